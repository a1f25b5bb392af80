"""What does a region's board show? Read in a number of queries that does not grow with its partners and its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.access import PAIR, may_act
from adoption.alphabet import alphabetical
from adoption.history import Acting
from adoption.models import Act, Partner, Person, Phase, Region, RegionMunicipality, Responsibility, Side
from adoption.next_step import SAID_NO
from adoption.operating_model import MODELS
from adoption.templatetags.kaiku import in_words, moment, weekday_day
from commitments.access import sides_in
from commitments.models import Commitment
from commitments.turn import OURS, WITH_WHAT_THEY_ASK
from commitments.turn import next_of as next_of_commitment
from workflows import services
from workflows.arranging.to_do import ahead_in, feedback_fixed, is_too_late
from workflows.facts import Facts
from workflows.meetings import invitation
from workflows.models import Trial, TrialMunicipality
from workflows.path import Picture, names, picture
from workflows.readiness import Readiness, readiness_of, readiness_without_trial
from workflows.sentences import OF_THE_SITE, Line, sentences
from workflows.standing import Standing, acting_or_none, between, checks_of, listed, standings, urgency, written
from workflows.tasks import OF_EVIDENCE
from workflows.trial import OUTCOME_NAMES, WITHDRAWN
from workflows.year import next_feedback_due, stage_of

RECENT = 6  # acts at the end of the board
NAMED = 3  # people of a side whose names stand on the board


# -- the trial ----------------------------------------------------------------------------------------------------


@dataclass
class Walked:
    """A trial as the board and the pages of its steps show it."""

    trial: Trial
    region: Region
    standings: dict[str, Standing]
    shared: Facts  # what the rules of all its steps look at
    who: Acting | None  # for whom the reader acts in it

    @property
    def blocks(self) -> list[list[Standing]]:
        return [[self.standings[step.key] for step in block] for block in self.trial.flow.blocks()]

    @property
    def picture(self) -> Picture:
        return picture(self.blocks, self.trial)

    @property
    def rows(self) -> list["Block"]:
        """The blocks for the list of steps, each with those that have to close before it opens."""
        return [Block(block, self._awaited(number)) for number, block in enumerate(self.blocks)]

    def _awaited(self, number: int) -> list[Standing]:
        """The steps that have to close before the block opens: those not closed of the nearest block that has such."""
        not_closed = [[s for s in block if s.row.closed_at is None] for block in self.blocks[:number]]
        return next((found for found in reversed(not_closed) if found), self.blocks[number - 1] if number else [])

    def ask_again(self, key: str) -> None:
        """The gate of the step is asked anew."""
        self.standings[key].checks = checks_of(self.standings[key], self.trial, self.shared.read)

    @property
    def open(self) -> list[Standing]:
        """The open steps: the reader's own first, of these the late, then by day."""
        return sorted((s for s in self.standings.values() if s.is_open), key=_order)

    @property
    def name(self) -> str:
        """Trial 1.9.2027–31.8.2028: Kemi and Tornio."""
        return _("Trial %(days)s: %(names)s") % {"days": self.days, "names": self.municipalities}

    @property
    def municipalities(self) -> str:
        return listed(self.shared.municipalities)

    @property
    def days(self) -> str:
        return between(self.trial.term)

    @property
    def planned(self) -> str:
        """The planned days, where the actual ones differ from them."""
        days = f"{written(self.trial.planned_start)}–{written(self.trial.planned_end)}"
        return "" if self.trial.had_ended or days == self.days else days

    @property
    def decisions(self) -> list[str]:
        """Which bodies decided on going on, each with its day, section and record number."""
        return self.standings["decision"].decisions

    @property
    def may_be_corrected(self) -> bool:
        """Whether Kaikukeskus can still correct its plan."""
        return self.trial.started_on is None and not self.trial.decided

    @property
    def entered(self) -> str:
        """That it was entered afterwards, by whom and when; empty where it was walked here."""
        if self.trial.entered_on is None:
            return ""
        said = {"name": self.trial.entered_by, "day": written(self.trial.entered_on)}
        return _("Entered afterwards by %(name)s, %(day)s.") % said

    @property
    def outcome(self) -> str:
        return str(OUTCOME_NAMES[self.trial.decided]) if self.trial.decided else ""


def _order(standing: Standing) -> tuple[bool, date, bool, bool]:
    """What comes first of the open steps: the reader's own, and of these as in my tasks."""
    return not standing.is_turn, *urgency(standing.due, bool(standing.missing))


class Block(NamedTuple):
    """A step, or steps side by side, and those before it."""

    steps: list[Standing]
    before: list[Standing]

    @property
    def opens(self) -> str:
        """When it opens, in words."""
        text = ngettext("Opens when step %(steps)s is done.", "Opens when %(steps)s are done.", len(self.before))
        return text % {"steps": names(self.before)}

    @property
    def is_split(self) -> bool:
        return len(self.steps) > 1

    @property
    def state(self) -> str:
        """ahead until one of them is open, done when all are, else open."""
        states = {standing.state for standing in self.steps}
        if "ahead" in states:
            return "ahead"
        return "done" if states <= {"done", "skip"} else "open"


def walked(trial_id: int, region: Region, reader: Person, checked: Iterable[str] = ()) -> Walked:
    """The trial with the standings of its steps; the gates of the open steps, and of those `checked`, are asked."""
    trial = services.read(trial_id)
    trial.region = region  # so that no rule and no address asks for it again
    shared = services.facts_of(trial, "intro_event")
    who = acting_or_none(trial, region, reader)
    asked = {*trial.open, *(key for key in checked if key in trial.rows)}
    found = standings(trial, region, shared.read, asked, who.side if who else "")
    return Walked(trial, region, found, shared, who)


# -- the next thing ---------------------------------------------------------------------------------------------------


class Next(NamedTuple):
    """The one sentence of a page's head: what, why and by when, and the button."""

    what: str
    why: str = ""
    href: str = ""
    button: str = ""
    is_mine: bool = False  # whether the reader is to act: nothing else has the mark


def next_of(standing: Standing) -> Next:
    """The next thing at this open step for the reader."""
    button = (
        str(standing.step.title)
        if standing.step.outcomes
        else _("Open step %(number)s") % {"number": standing.step.number}
    )
    return Next(_what(standing), _why(standing), standing.href, button, standing.is_turn)


def next_here(standing: Standing) -> Next:
    """The same on the step's own page, whose heading names the step."""
    return Next(_what_here(standing), _why(standing), is_mine=standing.is_turn)


def _what_here(standing: Standing) -> str:
    count = len(standing.missing)
    if not standing.is_turn:
        return f"{standing.waiting}."
    if standing.step.outcomes and not count:
        return _("Record and confirm what your side has decided on going on.")
    if not count:
        return _("Everything is there: confirm.")
    if standing.is_anothers:
        return _("It waits for Kaikukeskus's signature. Both sides confirm it then.")
    if standing.is_pairs_to_record:
        return _("Record what has been done. Kaikukeskus confirms it then.")
    if not standing.is_confirmer:
        return _("Record what has been done. Both sides confirm it then.")
    if _is_all_evidence(standing):
        return _("Record what has been done, then confirm.")
    text = ngettext("One thing is missing. Then confirm.", "%(count)s things are missing. Then confirm.", count)
    return capfirst(text % {"count": in_words(count)})


def _is_all_evidence(standing: Standing) -> bool:
    """Whether all that is missing is entries of the step's own form."""
    lacking = [check.rule in OF_EVIDENCE for check in standing.checks if check.is_missing]
    return len(standing.missing) > 1 and all(lacking)


def _what(standing: Standing) -> str:
    facts = {
        "title": standing.title,
        "step": standing.name,
        "count": in_words(len(standing.missing)),
        "waiting": standing.waiting,
    }
    if not standing.is_turn:
        return _("%(waiting)s: %(step)s.") % facts
    if standing.step.outcomes and not standing.missing:
        return _("Record and confirm what your side has decided on going on.")
    if not standing.missing:
        return _("Confirm %(step)s: everything is there.") % facts
    if standing.is_anothers:
        return _("The region commitment waits for Kaikukeskus's signature. Both sides confirm %(step)s then.") % facts
    if standing.is_pairs_to_record:
        return _("Record %(step)s. Kaikukeskus confirms it then.") % facts
    if not standing.is_confirmer:
        return _("Record %(step)s. Both sides confirm it then.") % facts
    if _is_all_evidence(standing):
        return _("Record what has been done, then confirm %(step)s.") % facts
    text = ngettext(
        "%(title)s: one thing is missing. Then confirm.",
        "%(title)s: %(count)s things are missing. Then confirm.",
        len(standing.missing),
    )
    return text % facts


def _why(standing: Standing) -> str:
    said = [
        _("%(name)s confirmed on %(day)s.") % {"name": side.given.name, "day": written(side.given.at)}
        for side in standing.sides
        if side.given
    ]
    if len(standing.missing) == 1:
        said.append(standing.missing_said[0])
    if standing.days_late:
        said.append(_("It was due on %(day)s.") % {"day": weekday_day(standing.due)})
    elif standing.due:
        said.append(_("Due on %(day)s.") % {"day": weekday_day(standing.due)})
    return " ".join(said)


def _next(
    region: Region,
    open_trials: list[Walked],
    due: date | None,
    reader: Person,
    decided: Walked | None,
    acts: bool,
    in_use: bool,
) -> Next:
    steps = sorted((s for one in open_trials for s in one.open), key=_order)
    if steps and steps[0].is_turn:
        return next_of(steps[0])
    if due and stage_of(due, localdate()):
        return _next_meeting(region, due, acts)
    if steps:
        return next_of(steps[0])
    if decided is None and in_use:
        return _next_in_use(region, reader)
    if reader.is_kaikukeskus and decided is None:
        return Next(
            _("No trial is open here. Open one when the region is ready to begin."),
            _("Municipalities, operating model and the planned days are asked."),
            reverse("trial_open", args=[region.slug]), _("Open a trial"), True,
        )  # fmt: skip
    return _next_at_rest(due, decided, acts and not reader.is_kaikukeskus)


def _next_named(region: Region, shown: list[Walked], people: "list[SidePeople]", reader: Person) -> Next | None:
    """Of a region that was entered after its pair had been named elsewhere, Kaikukeskus names the pair here first."""
    entered = any(one.trial.rows["local_pair"].entered_at for one in shown)
    empty = [side.label.lower() for side in people if side.side in PAIR and not side.named]
    if not (reader.is_kaikukeskus and entered and empty):
        return None
    return Next(
        _("Name the responsible persons: nobody is named yet for the %(sides)s.") % {"sides": listed(empty)},
        _("The region was entered afterwards. Whoever is named is told by mail, and goes on from here."),
        reverse("people", args=[region.slug]), _("People"), True,
    )  # fmt: skip


def _next_in_use(region: Region, reader: Person) -> Next:
    """Where Kaikukortti has been in use without a trial that is known here, nothing is waited for."""
    if not reader.is_kaikukeskus:
        return Next(_("Kaikukortti is in use here."))
    href = reverse("trial_open", args=[region.slug])
    why = _("Open a trial if new municipalities join.")
    return Next(_("Kaikukortti is in use here."), why, href, _("Open a trial"))


def _next_meeting(region: Region, due: date, acts: bool) -> Next:
    if fixed := feedback_fixed([region.pk]).get(region.pk):
        what = _("The feedback meeting is fixed: %(when)s.") % {"when": moment(fixed.starts_at)}
        why = _("When it has begun, say who came.")
        if is_too_late(fixed, due):
            why = _("It was to be held by %(day)s: hold it earlier if you can.") % {"day": weekday_day(due)}
        return Next(what, why, fixed.get_absolute_url(), _("The meeting"), acts)
    late = stage_of(due, localdate()) == "late"
    what = (
        _("Hold the feedback meeting: it was due on %(day)s.") if late else _("Hold the feedback meeting by %(day)s.")
    )
    why = _("There is one at least every twelve months. Invite Kaikukeskus.")
    href = reverse("meeting_new", args=[region.slug]) if acts else ""
    return Next(what % {"day": weekday_day(due)}, why, href, _("Record the meeting"), acts)


def _next_at_rest(due: date | None, decided: Walked | None, has_work: bool) -> Next:
    """`has_work`: whether the reader is of the pair, whose own work says what else waits here."""
    if decided is None:
        return Next(_("No trial is open here."), _("Kaikukeskus opens a trial together with the region."))
    why = _("The next feedback meeting is to be held by %(day)s.") % {"day": weekday_day(due)} if due else ""
    what = _("Decided: %(outcome)s.") % {"outcome": decided.outcome}
    return Next(what, why, reverse("my_tasks") if has_work else "", _("What waits for you: My work"))


def _is_to_be_entered(members: list[RegionMunicipality]) -> bool:
    """Whether any municipality is neither in lasting use nor in an open trial."""
    free = {one.municipality_id for one in members if one.phase != Phase.LASTING}
    return TrialMunicipality.objects.filter(is_open=True, municipality__in=free).count() < len(free)


# -- the whole board --------------------------------------------------------------------------------------------------


def board(region: Region, reader: Person) -> dict[str, Any]:
    """Everything on the board of the region, for this very reader."""
    trials = list(region.trials.order_by("-pk"))
    undecided = [trial.pk for trial in trials if not trial.decided]
    walked_to_the_end = [trial.pk for trial in trials if trial.decided not in ("", WITHDRAWN)]
    shown = [walked(pk, region, reader) for pk in undecided or walked_to_the_end[:1]]
    due = next_feedback_due([region.pk]).get(region.pk)
    members = _members(region)
    at_rest = shown[0] if shown and not undecided else None
    acts = may_act(reader, region)
    people = people_of(region)
    in_use = any(member.phase == Phase.IN_USE for member in members)
    return {
        "region": region,
        "trials": shown,
        "many_trials": len(shown) > 1,
        "earlier": [_earlier(region, trial) for trial in trials if trial.pk not in {one.trial.pk for one in shown}],
        "next": _next_named(region, shown, people, reader)
        or _next(region, shown if undecided else [], due, reader, at_rest, acts, in_use),
        "eyebrow": _eyebrow(members, shown),
        "people": people,
        "kaikukeskus": list(Person.objects.filter(is_kaikukeskus=True, is_active=True).order_by("name")),
        "figures": figures(region, reader),
        "readiness": _readiness(region, shown),
        "recent": recent(region),
        "may_open": reader.is_kaikukeskus,
        "may_enter": reader.is_kaikukeskus and _is_to_be_entered(members),
        "may_act": acts,
        "today": localdate(),
        **_phases(members),
        **_meetings(region, due),
    }


def _members(region: Region) -> list[RegionMunicipality]:
    found = RegionMunicipality.objects.filter(region=region).select_related("municipality__county")
    return sorted(found, key=lambda member: alphabetical(member.municipality.name))


def _phases(members: list[RegionMunicipality]) -> dict[str, Any]:
    """The municipalities, each with its phase, and what the phases come to together."""
    return {
        "members": members,
        "phases": phases(members),
        "in_use": any(member.phase in (Phase.LASTING, Phase.IN_USE) for member in members),
        "has_ended": bool(members) and all(member.phase == Phase.ENDED for member in members),
    }


def _meetings(region: Region, due: date | None) -> dict[str, Any]:
    """The last feedback meeting, and what is known of the next."""
    return {
        "invitation": invitation(region),
        "arranged": ahead_in([region.pk]),
        "feedback_due": due,
        "feedback_stage": stage_of(due, localdate()) if due else "",
        "last_meeting": region.meetings.first(),
    }


def _readiness(region: Region, shown: list[Walked]) -> list[Readiness]:
    """How ready each trial is that stands on the board, by what has been read for it already; else the region."""
    if not shown:
        return list(readiness_without_trial([region]).values())
    return [readiness_of([one.trial], one.shared.read)[one.trial.pk] for one in shown]


def _eyebrow(members: list[RegionMunicipality], shown: list[Walked]) -> str:
    labels = list(dict.fromkeys(str(member.get_phase_display()) for member in members))
    labels += [str(MODELS[one.trial.model].label) for one in shown[:1]]
    return capfirst(" · ".join(labels))


class Earlier(NamedTuple):
    """A decided trial that is not on the board any more."""

    name: str
    outcome: str
    href: str


def _earlier(region: Region, trial: Trial) -> Earlier:
    name = _("Trial %(days)s") % {"days": between(trial.term)}
    href = reverse("step", args=[region.slug, trial.pk, "decision"])
    return Earlier(name, str(OUTCOME_NAMES[trial.decided]) if trial.decided else "", href)


class InPhase(NamedTuple):
    """The municipalities that have been in a phase since the same day."""

    phase: str
    since: date
    names: str


def phases(members: list[RegionMunicipality]) -> list[InPhase]:
    """The municipalities by phase and day; one of which the register knows nothing says so."""
    found: dict[tuple[str, date], list[str]] = {}
    for member in members:
        municipality = member.municipality
        known = municipality.code is not None
        name = (
            municipality.name
            if known
            else _("%(name)s (code, county and population not known)") % {"name": municipality}
        )
        found.setdefault((str(member.get_phase_display()), member.phase_since), []).append(name)
    return [InPhase(capfirst(phase), since, listed(names)) for (phase, since), names in found.items()]


class SidePeople(NamedTuple):
    """The people of a side: some by name, and how many more there are."""

    side: str
    label: str
    named: list[Responsibility]
    more: int


def people_of(region: Region) -> list[SidePeople]:
    """The people of today by side, the holders before the substitutes."""
    current = Responsibility.objects.current().filter(region=region).select_related("person", "municipality")
    by_side: dict[str, list[Responsibility]] = {side: [] for side in Side.values}
    for one in current.order_by("substitute", "pk"):
        by_side[one.side].append(one)
    return [
        SidePeople(side, capfirst(str(Side(side).label)), found[:NAMED], max(len(found) - NAMED, 0))
        for side, found in by_side.items()
        if found or side != Side.GROUP
    ]


def figures(region: Region, reader: Person) -> dict[str, Any]:
    """How many partners there are, how far they are, and what they wait for; in a fixed number of queries."""
    state, alive = Partner.State, ~Q(state__in=[Partner.State.DECLINED, Partner.State.ENDED]) & ~SAID_NO
    committed = Q(state__in=[state.COMMITTED, state.ACTIVE])
    counted = Partner.objects.filter(region=region).aggregate(
        all=Count("pk", filter=alive),
        committed=Count("pk", filter=committed),
        active=Count("pk", filter=Q(state=state.ACTIVE)),
        distributors=Count("pk", filter=alive & Q(role=Partner.Role.DISTRIBUTOR)),
        third=Count("pk", filter=alive & Q(role=Partner.Role.DISTRIBUTOR, organisation__sector="third")),
        venues=Count("pk", filter=alive & Q(role=Partner.Role.VENUE)),
        asked=Count("pk", filter=Q(state=state.ASKED)),
        more_wanted=Count("pk", filter=Q(state=state.MORE_WANTED)),
        no_contact=Count("pk", filter=committed & Q(contact=None)),
    )
    return counted | _signing(region, reader)


def _signing(region: Region, reader: Person) -> dict[str, Any]:
    """How many commitments wait for those who sign, and how many for the pair before that can go on."""
    found = Commitment.objects.filter(region=region, state__in=Commitment.SIGNING).select_related("partner")
    sides = sides_in(reader, region)
    turns = [(one, next_of_commitment(one, reader, sides(one))) for one in found.prefetch_related(*WITH_WHAT_THEY_ASK)]
    waiting = [one for one, turn in turns if turn.whose != OURS]
    return {
        "signing": len(waiting),
        "oldest": min((one.made_at for one in waiting), default=None),
        "late": sum(one.is_late for one in waiting),
        "stopped": len(turns) - len(waiting),
        "stopped_yours": any(turn.yours for _one, turn in turns if turn.whose == OURS),
    }


def recent(region: Region) -> list[Line]:
    """What people did last, the newest first."""
    acts = Act.objects.filter(region=region).exclude(what__in=OF_THE_SITE)
    return sentences(acts.order_by("-number")[:RECENT])
