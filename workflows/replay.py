"""What must stand in a region's rows, by its history? Its acts, replayed one after another into what they left."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.timezone import localdate

from adoption.models import Act, Phase, Region
from commitments.agreeing_signatures import STATES as COMMITMENT_STATES
from workflows.models import FeedbackMeeting, TrialStep
from workflows.trial import WITHDRAWN

PARTNER_STATES = {
    "partner_added": "candidate", "clearance_asked": "asked", "clearance_answered": "asked",
    "clearance_given": "cleared", "clearance_more_wanted": "more_wanted", "partner_declined": "declined",
    "clearance_lapsed": "candidate",
    "partner_considered_again": "candidate", "partner_ended": "ended", "partner_committed": "committed",
    "partner_active": "active",
}  # fmt: skip


@dataclass
class StepSaid:
    """A step's row: who has confirmed for which side, in whose stead; the overridden rules, by whom and why."""

    closed: bool = False
    confirmed: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    overrides: dict[str, tuple[int | None, str]] = field(default_factory=dict)
    skipped: str = ""
    reopened: str = ""
    opened_early: str = ""
    entered: tuple[int | None, str | None] | None = None  # by whom, and the day of what was done, if it is known
    version: int = 0


@dataclass
class TrialSaid:
    """A trial's row and its municipalities; how often it was extended."""

    model: str = ""
    planned: tuple[str, ...] = ()
    municipalities: frozenset[int] = frozenset()
    decided: str = ""
    rounds: int = 1
    had_ended: bool = False


@dataclass
class PartnerSaid:
    """A partner's row."""

    state: str = ""
    role: str = ""
    contact: int | None = None
    account_on: str | None = None
    induction_on: str | None = None
    cleared_on: str | None = None


@dataclass
class CommitmentSaid:
    """A commitment's row and the keys of the parties that have signed."""

    state: str = ""
    partner: int | None = None
    signed: frozenset[int] = frozenset()
    in_force_on: str | None = None
    carried_over_on: str | None = None
    ended_on: str | None = None


class Replay:
    """What a region's acts have left behind, by the kind and the key of what they were about."""

    def __init__(self, region: Region) -> None:
        self.steps: dict[str, StepSaid] = defaultdict(StepSaid)
        self.trials: dict[str, TrialSaid] = defaultdict(TrialSaid)
        self.partners: dict[str, PartnerSaid] = defaultdict(PartnerSaid)
        self.commitments: dict[str, CommitmentSaid] = defaultdict(CommitmentSaid)
        self.meetings: dict[str, str] = {}
        self.phases: dict[int, str] = {}
        self.named: Counter[tuple[int, str, bool, int | None]] = Counter()
        self.ended: Counter[tuple[int, str]] = Counter()
        self.unreadable: list[str] = []
        self._read_keys(region)
        for act in Act.objects.filter(region=region).order_by("number").iterator():
            self._hear(region, act)

    def _read_keys(self, region: Region) -> None:
        """Of which trial a step is, and which step 10 a meeting belongs to: acts say neither."""
        rows = TrialStep.objects.filter(trial__region=region).values_list("pk", "trial", "key", "round")
        self.trial_of = {str(pk): str(trial) for pk, trial, _key, _round in rows}
        feedback = {(trial, number): str(pk) for pk, trial, key, number in rows if key == "feedback"}
        held = FeedbackMeeting.objects.filter(region=region).values_list("pk", "trial", "round")
        self.step_of_meeting = {str(pk): feedback.get((trial, number or 0), "") for pk, trial, number in held}

    def _hear(self, region: Region, act: Act) -> None:
        try:
            if act.what in PARTNER_STATES:
                _partner_moves(self.partners[act.about_id], act)
            if act.what in COMMITMENT_STATES:
                self.commitments[act.about_id].state = COMMITMENT_STATES[act.what]
            if act.what in ACTS:
                ACTS[act.what](self, act)
        except (KeyError, TypeError, ValueError, AttributeError):  # whatever was put there in its place
            self.unreadable.append(f"{region}: row {act.number} of the history cannot be understood")


# -- the trial ------------------------------------------------------------------------------------------------------


def _trial_opened(said: Replay, act: Act) -> None:
    towns = frozenset(act.data["municipalities"])
    said.trials[act.about_id] = TrialSaid(act.data["model"], tuple(act.data["planned"]), towns)
    _phase(said, act.about_id, Phase.PREPARATION)


def _trial_entered(said: Replay, act: Act) -> None:
    towns, had_ended = frozenset(act.data["municipalities"]), act.what == "use_entered"
    planned = tuple(act.data["planned"])
    said.trials[act.about_id] = TrialSaid(act.data["model"], planned, towns, act.data["decided"], had_ended=had_ended)
    _phases(said, act)


def _phase(said: Replay, trial: str, phase: str) -> None:
    said.phases |= dict.fromkeys(said.trials[trial].municipalities, str(phase))


def _trial_decided(said: Replay, act: Act) -> None:
    trial, outcome = said.trials[act.about_id], act.data["outcome"]
    if outcome == "extend":
        trial.rounds += 1
        return
    trial.decided = outcome
    _phase(said, act.about_id, Phase.ENDED if outcome == "stop" else Phase.LASTING)


def _trial_corrected(said: Replay, act: Act) -> None:
    trial = said.trials[act.about_id]
    trial.municipalities = (trial.municipalities | set(act.data["joined"])) - set(act.data["left"])
    trial.planned = tuple(act.data.get("planned", trial.planned))
    _phases(said, act)


def _phases(said: Replay, act: Act) -> None:
    """The act says itself in which phase each municipality is by it."""
    said.phases |= {int(town): phase for town, phase in act.data["phases"].items()}


def _trial_withdrawn(said: Replay, act: Act) -> None:
    said.trials[act.about_id].decided = WITHDRAWN
    _phases(said, act)


def _entry_corrected(said: Replay, act: Act) -> None:
    said.trials[act.about_id].planned = tuple(act.data["planned"])
    for key, day in act.data["days"].items():
        said.steps[key].entered = (said.steps[key].entered or (None, None))[0], day
    for key, day in act.data["meetings"].items():
        said.meetings[key] = day
        if day is None:
            del said.meetings[key]


def _entry_withdrawn(said: Replay, act: Act) -> None:
    _trial_withdrawn(said, act)
    said.meetings.pop(str(act.data["meeting"]), None)


def _due_moved(said: Replay, act: Act) -> None:
    trial = said.trials[said.trial_of[act.about_id]]
    trial.planned = tuple(act.data.get("planned", trial.planned))


def _evidence_saved(said: Replay, act: Act) -> None:
    step = said.steps[act.about_id]
    step.version, step.confirmed = step.version + 1, {}


def _step_confirmed(said: Replay, act: Act) -> None:
    step = said.steps[act.about_id]
    step.confirmed = step.confirmed | {act.side: (act.by_id, act.on_behalf_of_id)}
    step.closed = act.data["closes"]
    if step.closed and act.data["step"] == "start_distribution" and act.about_id in said.trial_of:
        _phase(said, said.trial_of[act.about_id], Phase.TRIAL)


def _step_entered(said: Replay, act: Act) -> None:
    step = said.steps[act.about_id]
    step.closed, step.entered = True, (act.by_id, act.data["on"])


def _confirmation_withdrawn(said: Replay, act: Act) -> None:
    said.steps[act.about_id].confirmed.pop(act.data["of"], None)


def _step_reopened(said: Replay, act: Act) -> None:
    step = said.steps[act.about_id]
    step.closed, step.confirmed, step.overrides, step.skipped, step.reopened = False, {}, {}, "", act.reason
    step.entered = None


def _rule_overridden(said: Replay, act: Act) -> None:
    said.steps[act.about_id].overrides[act.data["rule"]] = (act.by_id, act.reason)


def _step_skipped(said: Replay, act: Act) -> None:
    step = said.steps[act.about_id]
    step.closed, step.confirmed, step.skipped = True, {}, act.reason


def _next_opened_early(said: Replay, act: Act) -> None:
    said.steps[act.about_id].opened_early = act.reason


def _meeting_entered(said: Replay, act: Act) -> None:
    said.meetings[act.about_id] = act.data["on"]


def _meeting_recorded(said: Replay, act: Act) -> None:
    said.meetings[act.about_id] = act.data["on"]
    step = said.step_of_meeting.get(act.about_id)
    if step and act.data["withdrew"]:
        said.steps[step].confirmed = {}


# -- people, partners and commitments -------------------------------------------------------------------------------


def _person_named(said: Replay, act: Act) -> None:
    said.named[int(act.about_id), act.data["side"], act.data["substitute"], act.data["municipality"]] += 1


def _responsibility_ended(said: Replay, act: Act) -> None:
    said.ended[int(act.about_id), act.data["side"]] += 1


def _handover_agreed(said: Replay, act: Act) -> None:
    """The responsibility ends on a day by it, unless it had ended before."""
    said.ended[int(act.about_id), act.data["side"]] += act.data["ends"]


def _handover_withdrawn(said: Replay, act: Act) -> None:
    said.ended[int(act.about_id), act.data["side"]] -= act.data["ends"]


def _people_joined(said: Replay, act: Act) -> None:
    """What history said of the row that went is said of the one that was kept."""
    kept, gone = int(act.about_id), act.data["gone"]
    for (person, side, substitute, town), number in [*said.named.items()]:
        if person == gone:
            del said.named[person, side, substitute, town]
            said.named[kept, side, substitute, town] += number
    for (person, side), number in [*said.ended.items()]:
        if person == gone:
            del said.ended[person, side]
            said.ended[kept, side] += number
    for partner in said.partners.values():
        partner.contact = kept if partner.contact == gone else partner.contact


def _partners_joined(said: Replay, act: Act) -> None:
    partner = said.partners[act.about_id]
    said.partners.pop(str(act.data["gone"]))
    partner.contact = act.data["contact"] or partner.contact
    partner.account_on = act.data["account_on"] or partner.account_on
    partner.induction_on = act.data["induction_on"] or partner.induction_on
    for commitment in said.commitments.values():
        if commitment.partner == act.data["gone"]:
            commitment.partner = int(act.about_id)


def _partner_moves(partner: PartnerSaid, act: Act) -> None:
    if act.what == "partner_added":
        partner.role = act.data["role"]
    if act.what == "clearance_given":
        partner.cleared_on = localdate(act.at).isoformat()
    if act.what == "partner_considered_again" and partner.state == "ended":
        partner.account_on = partner.induction_on = None
    if act.data.get("contact_left"):
        partner.contact = None
    partner.state = PARTNER_STATES[act.what]


def _partner_uncommitted(said: Replay, act: Act) -> None:
    partner = said.partners[act.about_id]
    partner.state = "cleared" if partner.role == "distributor" else "candidate"


def _contact_named(said: Replay, act: Act) -> None:
    said.partners[act.about_id].contact = act.data["person"]


def _account_recorded(said: Replay, act: Act) -> None:
    said.partners[act.about_id].account_on = act.data["on"]


def _induction_recorded(said: Replay, act: Act) -> None:
    said.partners[act.about_id].induction_on = act.data["on"]


def _taken_over(said: Replay, act: Act) -> None:
    partner = said.partners[act.about_id]
    if act.data["clears"]:
        partner.state, partner.cleared_on = "cleared", act.data["cleared"]
    partner.account_on = act.data["account"] or partner.account_on
    partner.induction_on = act.data["induction"] or partner.induction_on


def _drafted(said: Replay, act: Act) -> None:
    said.commitments[act.about_id].partner = act.data["partner"]


def _signed(said: Replay, act: Act) -> None:
    said.commitments[act.about_id].signed |= frozenset(act.data["parties"])


def _in_force(said: Replay, act: Act) -> None:
    said.commitments[act.about_id].in_force_on = localdate(act.at).isoformat()


def _on_paper(said: Replay, act: Act) -> None:
    _drafted(said, act)
    _signed(said, act)
    said.commitments[act.about_id].in_force_on = act.data["on"]


def _paper_corrected(said: Replay, act: Act) -> None:
    said.commitments[act.about_id].in_force_on = act.data["on"]


def _carried_over(said: Replay, act: Act) -> None:
    said.commitments[act.about_id].carried_over_on = act.data["on"]


def _ended(said: Replay, act: Act) -> None:
    said.commitments[act.about_id].ended_on = localdate(act.at).isoformat()


ACTS: dict[str, Callable[[Replay, Act], Any]] = {
    "trial_entered": _trial_entered, "use_entered": _trial_entered, "step_entered": _step_entered,
    "meeting_entered": _meeting_entered, "entry_corrected": _entry_corrected, "entry_withdrawn": _entry_withdrawn,
    "commitment_paper_corrected": _paper_corrected,
    "trial_opened": _trial_opened, "trial_corrected": _trial_corrected, "trial_withdrawn": _trial_withdrawn,
    "due_moved": _due_moved,
    "region_corrected": _phases, "trial_decided": _trial_decided, "evidence_saved": _evidence_saved,
    "step_confirmed": _step_confirmed, "confirmation_withdrawn": _confirmation_withdrawn,
    "step_reopened": _step_reopened, "rule_overridden": _rule_overridden, "step_skipped": _step_skipped,
    "next_opened_early": _next_opened_early, "meeting_recorded": _meeting_recorded,
    "meeting_corrected": _meeting_recorded,
    "person_named": _person_named, "responsibility_ended": _responsibility_ended,
    "handover_agreed": _handover_agreed, "leaving_agreed": _handover_agreed, "handover_withdrawn": _handover_withdrawn,
    "people_joined": _people_joined, "partners_joined": _partners_joined,
    "partner_uncommitted": _partner_uncommitted, "contact_named": _contact_named,
    "account_recorded": _account_recorded, "induction_recorded": _induction_recorded,
    "partner_taken_over": _taken_over, "commitment_drafted": _drafted, "commitment_on_paper": _on_paper,
    "commitment_signed": _signed, "commitment_acknowledged": _signed, "commitment_in_force": _in_force,
    "commitment_carried_over": _carried_over, "commitment_ended": _ended,
}  # fmt: skip
