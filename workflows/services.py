"""What can be done to a trial, and by whom? The one door to its steps: each act locks the region's row first."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, Count, JSONField, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from adoption.access import KAIKUKESKUS, acting, holder_for, only_kaikukeskus
from adoption.history import Acting, locked, record
from adoption.mail import later
from adoption.models import Act, Municipality, Partner, Person, Phase, Region, RegionMunicipality, Responsibility
from adoption.operating_model import DEFAULT
from adoption.refusal import Linked, NotYours, Refused
from commitments.models import Commitment
from commitments.services import carry_over, draft_partner_commitment, draft_region_commitment
from commitments.together import Plan
from workflows.facts import Facts, Read
from workflows.holding import held_by, held_in
from workflows.models import FeedbackMeeting, Meeting, Trial, TrialMunicipality, TrialStep
from workflows.moves import DISTRIBUTION, Moves, as_data
from workflows.plan import due_dates, due_when_reopened, possible_ends, term_of
from workflows.replanning import move_all, moves_when_started, term_recorded
from workflows.rules import Rule
from workflows.steps import Step
from workflows.trial import MODELS, OUTCOME_NAMES, WITHDRAWN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OPEN = {"status": STATUS.NEW, "flow_task_type": "STEP"}


# -- reading a trial under the lock --------------------------------------------------------------------------------


@contextmanager
def locked_trial(trial_id: int, by: Person | None = None) -> Iterator[tuple[Trial, Region]]:
    """The trial with its rows and open tasks, alone: whoever waited here reads everything anew after the lock, and what
    the person holds in it."""
    with transaction.atomic():
        regions = Region.objects.select_for_update(of=("self",), no_key=True).select_related("county")
        region = regions.get(trials=trial_id)
        trial = read(trial_id, by)
        trial.region = region  # so that no rule and no address asks for it again
        yield trial, region


def read(trial_id: int, by: Person | None = None) -> Trial:
    """The trial as it stands, with `flow`, `rows` (the newest round of each step), those `of_all_rounds`, `open` (key →
    open task), and what the person holds in it."""
    rows = list(_rows_of(trial_id, by))
    trial = rows[0].trial
    trial.size = rows[0].size
    trial.held = {by.pk: rows[0].held} if by else {}
    trial.flow = MODELS[trial.model]
    trial.of_all_rounds, trial.rows = rows, {row.key: row for row in rows}
    for row in rows:
        row.trial, row.given = trial, row.last_move
    trial.open = {}
    for task in Task.objects.filter(process_id=trial.process_id, **OPEN).select_related("process"):
        task.process.trial = trial  # so that the engine asks no more
        trial.process = task.process
        trial.open[task.flow_task.name] = task
    return trial


def _rows_of(trial_id: int, by: Person | None) -> QuerySet[Any]:
    """The rows of its steps, each with the trial's `size`, with `held` by the person, and with the last move of its own
    as `last_move`, if its day was moved."""
    rows = TrialStep.objects.filter(trial=trial_id).select_related("trial").order_by("round")
    members = TrialMunicipality.objects.filter(trial=OuterRef("trial")).order_by().values("trial")
    rows = rows.annotate(size=Subquery(members.annotate(size=Count("pk")).values("size")))
    moves = Act.objects.filter(what="due_moved", about_kind="trialstep", about_id=Cast(OuterRef("pk"), CharField()))
    last = Subquery(moves.order_by("-number").values("data")[:1], output_field=JSONField())
    rows = rows.annotate(last_move=Case(When(~Q(moved=""), then=last)))
    return rows.annotate(held=held_by(by)) if by else rows


def open_step(trial: Trial, key: str) -> tuple[Step, TrialStep]:
    """The open step; raises Refused, in words, when the model has none of this key or it is not open."""
    step = trial.flow.step(key)
    if step is None:
        raise Refused([_("This trial has no such step.")])
    row = trial.rows[key]
    if key not in trial.open:
        if row.closed_at:
            raise Refused(
                [
                    _("Step %(title)s has been closed already. It changes only when it is reopened.")
                    % {"title": step.title}
                ]
            )
        raise Refused([_("Step %(title)s is not open yet.") % {"title": step.title}])
    return step, row


def open_before(trial: Trial, key: str) -> "list[StrOrPromise]":
    """The titles of the open steps that stand earlier in the model, those beside it not counted."""
    return [step.title for step in trial.flow.before(key) if step.key in trial.open]


def facts_of(trial: Trial, key: str, read: Read | None = None) -> Facts:
    """What the rules of the step look at; with what has been read for other steps, nothing twice."""
    read = read or Read([trial], {trial.pk: trial.rows})
    return Facts(read, trial, trial.rows[key], open_before(trial, key))


def gate(step: Step, facts: Facts) -> list[tuple[Rule, list[str]]]:
    """Each rule of the step with what is missing by it, overridden ones included."""
    return [(rule, rule(facts)) for rule in step.missing]


def missing(step: Step, facts: Facts) -> list[str]:
    """What keeps the step from closing, each once, without the rules that Kaikukeskus has overridden."""
    asked = (texts for rule, texts in gate(step, facts) if rule.key not in facts.row.overrides)
    return list(dict.fromkeys(text for texts in asked for text in texts))


def acting_in(trial: Trial, region: Region, by: Person) -> Acting:
    """For whom the person acts in this trial: a holder whose responsibility covers one of its municipalities."""
    if by.is_kaikukeskus and by.is_active:
        return Acting(by, KAIKUKESKUS)
    held = held_in(trial, by)
    if held is None or not by.is_active:
        raise NotYours
    if not held.substitute:
        return Acting(by, held.side)
    one = Responsibility(region=region, side=held.side, municipality_id=held.municipality)
    return Acting(by, held.side, holder_for(one, TrialMunicipality.objects.filter(trial=trial).values("municipality")))


# -- opening ------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_trial(
    region: Region,
    municipalities: Iterable[Municipality],
    planned_start: date,
    planned_end: date,
    by: Person,
    model: str = DEFAULT,
) -> Trial:
    """The region's trial begins at its first step, and its municipalities are in preparation.

    Only Kaikukeskus opens one (R1, S1: "ainoastaan tekemällä yhteistyötä Kaikukeskuksen kanssa"). Raises Refused for
    an unknown model, no municipality, an end that is not 6 to 24 months after the start, a start that is past, and a
    municipality that is in another open trial or in lasting use.
    """
    who = only_kaikukeskus(by)
    region = locked(region.pk)
    municipalities = list(municipalities)
    hold(municipalities)
    _check_opening(municipalities, planned_start, planned_end, model)
    trial = Trial(
        region=region, model=model, planned_start=planned_start, planned_end=planned_end, opened_on=localdate()
    )
    were = phases_of(region, municipalities)
    due = due_dates(MODELS[model], localdate(), planned_start, planned_end)
    begin(trial, municipalities, [TrialStep(key=key, due=day) for key, day in due.items()])
    _set_phase(trial, Phase.PREPARATION)
    record(
        region, who, "trial_opened", trial, model=model, municipalities=[m.pk for m in municipalities], were=were,
        planned=[planned_start.isoformat(), planned_end.isoformat()],
    )  # fmt: skip
    return trial


def begin(trial: Trial, municipalities: list[Municipality], rows: Iterable[TrialStep]) -> None:
    """The trial stands with its municipalities and its rows, in the model's order, and its process waits at the first
    step that is not closed: it passes those that are."""
    trial.flow = MODELS[trial.model]
    trial.save()
    add_members(trial, trial.region, municipalities)
    by_key = {row.key: row for row in rows}
    ordered = [by_key[step.key] for step in trial.flow.all_steps()]
    for row in ordered:
        row.trial = trial
    trial.rows = {row.key: row for row in TrialStep.objects.bulk_create(ordered)}
    trial.flow.start.run(trial=trial)
    trial.save(update_fields=["process"])


def hold(municipalities: Iterable[Municipality]) -> None:
    """Until the transaction ends nobody else takes one of them into a trial or into lasting use, in any region."""
    keys = [municipality.pk for municipality in municipalities]
    list(Municipality.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def _check_opening(municipalities: list[Municipality], start: date, end: date, model: str) -> None:
    wrong = []
    if model not in MODELS:
        wrong.append(_("Choose a published operating model."))
    if not municipalities:
        wrong.append(_("Choose at least one municipality."))
    wrong += wrong_days(start, end)
    if start <= localdate():
        wrong.append(_("The planned start must be after today: the preparation comes first."))
    wrong += not_free(municipalities)
    if wrong:
        raise Refused(wrong)


def wrong_days(start: date, end: date) -> list[str]:
    """Why a trial cannot be planned for these days; empty when it can."""
    first, last = possible_ends(start)
    if end <= start:
        return [_("The trial must end after it starts: the end must be after %(start)s.") % {"start": _day(start)}]
    if first <= end <= last:
        return []
    text = _("A trial lasts from 6 to 24 months: with this start it ends between %(first)s and %(last)s.")
    return [text % {"first": _day(first), "last": _day(last)}]


def not_free(municipalities: list[Municipality]) -> list[str]:
    """Which of the municipalities no trial can be opened for, and why."""
    keys = [municipality.pk for municipality in municipalities]
    taken = TrialMunicipality.objects.filter(municipality__in=keys, is_open=True).select_related("municipality")
    lasting = RegionMunicipality.objects.filter(municipality__in=keys, phase=Phase.LASTING)
    return [_("%(name)s is in another open trial.") % {"name": one.municipality.name} for one in taken] + [
        _("%(name)s: Kaikukortti is in lasting use there, so no trial is opened for it.")
        % {"name": one.municipality.name}
        for one in lasting.select_related("municipality")
    ]


def _day(value: date) -> str:
    return f"{value.day}.{value.month}.{value.year}"


def phases_of(region: Region, municipalities: list[Municipality]) -> dict[str, list[str]]:
    """Municipality's key → its phase in the region and since when: what it goes back to if it leaves the trial."""
    members = RegionMunicipality.objects.filter(region=region, municipality__in=municipalities)
    return {str(one.municipality_id): [one.phase, one.phase_since.isoformat()] for one in members}


def add_members(trial: Trial, region: Region, municipalities: list[Municipality]) -> None:
    """The municipalities are in the trial, and in the region. Refused when another open trial has one of them."""
    for municipality in municipalities:
        RegionMunicipality.objects.get_or_create(
            region=region, municipality=municipality, defaults={"phase_since": localdate()}
        )
    try:
        with transaction.atomic():
            TrialMunicipality.objects.bulk_create(
                TrialMunicipality(trial=trial, municipality=municipality) for municipality in municipalities
            )
    except IntegrityError as error:  # a trial of another region took one of them in this same moment
        raise Refused([_("One of the municipalities is in another open trial.")]) from error


def _set_phase(trial: Trial, phase: str, on: date | None = None) -> None:
    members = RegionMunicipality.objects.filter(
        region=trial.region_id, municipality__in=trial.members.values("municipality")
    )
    same = {"phase": phase} | ({"phase_since": on} if on else {})
    members.exclude(**same).update(phase=phase, phase_since=on or localdate())


# -- evidence and confirmations -----------------------------------------------------------------------------------


def save_evidence(trial: Trial, key: str, by: Person, evidence: dict[str, Any], version: int) -> TrialStep:
    """The open step has this evidence. A change withdraws a half confirmation and tells its giver.

    `version`: the one that the person's page showed; refused when somebody has changed the evidence since.
    Raises NotYours for who may not enter it, and Refused for a closed step.
    """
    with locked_trial(trial.pk, by) as (trial, region):
        step, row = open_step(trial, key)
        who = acting_in(trial, region, by)
        _write_evidence(region, step, row, who, evidence, version)
        row.save()
    return row


def _write_evidence(
    region: Region, step: Step, row: TrialStep, who: Acting, evidence: dict[str, Any], version: int
) -> None:
    if step.outcomes:
        raise Refused([_("The decision is recorded when it is confirmed.")])
    if evidence == row.evidence:
        return
    if step.writer and who.side != step.writer:
        raise NotYours
    if version != row.version:
        raise Refused(
            [
                _(
                    "Somebody has changed this step since you opened the page. "
                    "Look at the new entries, and save yours again."
                )
            ]
        )
    row.evidence, row.version = evidence, row.version + 1
    act = record(region, who, "evidence_saved", row, step=row.key, withdrew=_givers(row))
    withdraw_all(row, act)


def _givers(row: TrialStep) -> list[int]:
    """The keys of those who have confirmed."""
    return [given["by"] for given in row.confirmed.values()]


def withdraw_all(row: TrialStep, act: Act) -> None:
    """Nobody has confirmed the step, whose row the caller saves; those who had are told by the act, but not its own."""
    others = [giver for giver in _givers(row) if giver != act.by_id]
    row.confirmed = {}
    if others:
        later("workflows.letters.confirmation_fell", act.pk, row.pk, others)


def confirm_step(
    trial: Trial, key: str, by: Person, evidence: dict[str, Any] | None = None, version: int = 0
) -> TrialStep:
    """The person's side has confirmed the step; when every side has, the step is closed and the next is open.

    With `evidence`, that is saved first, in the same act. For the decision `evidence` is this side's record
    (outcome, body, date, section, record_number, new_end). Raises NotYours for who may not confirm; Refused with the
    list of what is missing, for a step that is not open, and for a side that has confirmed already.
    """
    with locked_trial(trial.pk, by) as (trial, region):
        step, row = open_step(trial, key)
        who = acting_in(trial, region, by)
        if who.side not in step.sides:
            raise NotYours
        if step.outcomes:
            _refuse_second(trial, row, who)
            _check_decision(trial, step, row, who, evidence or {})
            row.evidence = row.evidence | {who.side: evidence}
        elif evidence is not None:
            _write_evidence(region, step, row, who, evidence, version)
        _confirm(trial, region, step, row, who)
    return row


def _confirm(trial: Trial, region: Region, step: Step, row: TrialStep, who: Acting) -> None:
    _refuse_second(trial, row, who)
    facts = facts_of(trial, step.key)
    lacking = missing(step, facts)
    if lacking:
        raise Refused(lacking)
    assert who.person
    behalf = who.on_behalf_of.pk if who.on_behalf_of else None
    row.confirmed = row.confirmed | {who.side: {"by": who.person.pk, "for": behalf, "at": now().isoformat()}}
    closes = not step.awaits(row.confirmed)
    row.closed_at = now() if closes else None
    moves = _moves_of_start(trial) if closes and step.key == DISTRIBUTION else None
    act = record(
        region, who, "step_confirmed", row, step=row.key, closes=closes, round=row.round,
        opens=_opens(trial, step, row) if closes else [], unsigned=_unsigned(step, facts) if closes else [],
        **(as_data(moves) if moves else {}),
    )  # fmt: skip
    if closes:
        _close(trial, region, step, row, who, moves)
    else:
        row.save()
    later("workflows.letters.step_confirmed", act.pk)


def _refuse_second(trial: Trial, row: TrialStep, who: Acting) -> None:
    """One confirmation a side, and never the same person for both: the pair is always two people (R2)."""
    if who.side in row.confirmed:
        raise Refused([_("Your side has confirmed this step already. It waits for the other side.")])
    givers = _givers(row)
    if givers and who.person and not _keys(trial, who.person).isdisjoint(givers):
        raise Refused(
            [_("You have confirmed this step for the other side. That side takes the confirmation back first.")]
        )


def _keys(trial: Trial, person: Person) -> set[int]:
    """By which confirmations know the person; rows joined into this one are asked for only where there are any."""
    held = held_in(trial, person)
    return person.keys if held and held.joined else {person.pk}


def _opens(trial: Trial, step: Step, row: TrialStep) -> list[str]:
    """The keys of the steps that open when this one closes: the next block's, once nothing else of this is open."""
    if step.outcomes:
        outcome = next(iter(row.evidence.values()))["outcome"]
        return [again] if (again := step.outcomes[outcome]) else []
    blocks = trial.flow.blocks()
    here = next(number for number, block in enumerate(blocks) if step in block)
    if any(s.key in trial.open for block in blocks[here + 1 :] for s in block):
        return []
    if any(trial.rows[s.key].closed_at is None for s in blocks[here] if s is not step):
        return []
    ahead = ([s.key for s in block if trial.rows[s.key].closed_at is None] for block in blocks[here + 1 :])
    return next((keys for keys in ahead if keys), [])


def _unsigned(step: Step, facts: Facts) -> list[int]:
    """Partners not signed when step 5 closes are named in history: they go on by the late partner's path."""
    return [partner.pk for partner in facts.unsigned] if step.key == "commitments" else []


def _moves_of_start(trial: Trial) -> Moves:
    """What moves by the actual days that step 9 has recorded, and is closed with."""
    term = term_recorded(trial)
    assert term
    return moves_when_started(trial, *term)


def _close(trial: Trial, region: Region, step: Step, row: TrialStep, who: Acting, moves: Moves | None) -> None:
    if moves:
        _start(trial, row, moves)
    else:
        row.save()
    if step.outcomes:
        _decide(trial, region, step, row, who)
    go_on(trial.open[step.key])


def _start(trial: Trial, row: TrialStep, moves: Moves) -> None:
    """Step 9 records the actual dates, by which what comes afterwards is due, and the municipalities are in trial; its
    row is saved with those that move."""
    trial.started_on, trial.ends_on = moves.start, moves.end
    trial.save(update_fields=["started_on", "ends_on"])
    _set_phase(trial, Phase.TRIAL, trial.started_on)
    move_all(trial, moves, row)


def withdraw(trial: Trial, key: str, by: Person) -> TrialStep:
    """The half confirmation is taken back by its giver; where the giver no longer answers for that side, by whoever
    does, or by Kaikukeskus. Raises Refused when there is none such, or the step has closed."""
    with locked_trial(trial.pk, by) as (trial, region):
        step, row = open_step(trial, key)
        who = acting_in(trial, region, by)
        fallen = withdrawable(trial, row, who)
        if not fallen:
            raise Refused([_("Only the one who confirmed can take the confirmation back.")])
        giver = row.given_by(fallen)
        row.confirmed = {side: given for side, given in row.confirmed.items() if side != fallen}
        if step.outcomes:
            row.evidence = {side: said for side, said in row.evidence.items() if side != fallen}
        row.save()
        record(region, who, "confirmation_withdrawn", row, step=key, of=fallen, giver=giver)
    return row


def withdrawable(trial: Trial, row: TrialStep, who: Acting) -> str:
    """The side whose half confirmation this person may take back now; empty when none."""
    for side, given in row.confirmed.items():
        own = who.person is not None and side == who.side and given["by"] == who.person.pk
        if own or (who.side in (side, KAIKUKESKUS) and _has_gone(trial, side, given["by"])):
            return side
    return ""


def _has_gone(trial: Trial, side: str, giver: int) -> bool:
    """Whether the giver no longer answers for the side in this trial."""
    held = Responsibility.objects.current().filter(
        region=trial.region_id, side=side, person=giver, person__is_active=True
    )
    return not held.covering(TrialMunicipality.objects.filter(trial=trial).values("municipality")).exists()


# -- the decision -------------------------------------------------------------------------------------------------


def _check_decision(trial: Trial, step: Step, row: TrialStep, who: Acting, said: dict[str, Any]) -> None:
    wrong = []
    if said.get("outcome") not in step.outcomes:
        wrong.append(_("Choose what was decided."))
    wrong += [str(text) for field, text in DECISION_FIELDS.items() if not str(said.get(field) or "").strip()]
    present = trial.ends_on or trial.planned_end
    if said.get("outcome") == "extend" and not _is_later(said.get("new_end"), present):
        wrong.append(_("Give the trial a new end, after the present one %(end)s.") % {"end": _day(present)})
    wrong += _against_the_first(row, who, said)
    if wrong:
        raise Refused(wrong)


def _is_later(written: str | None, day: date) -> bool:
    """Whether what was written is a day after the other."""
    try:
        return date.fromisoformat(written or "") > day
    except ValueError:
        return False


DECISION_FIELDS = {
    "body": gettext_lazy("Write which body decided."),
    "date": gettext_lazy("Give the day of the decision."),
    "section": gettext_lazy("Give the section of the minutes."),
    "record_number": gettext_lazy("Give the record number."),
}


def _against_the_first(row: TrialStep, who: Acting, said: dict[str, Any]) -> list[str]:
    """Both sides confirm the same outcome, and the same new end; a differing one is refused, naming the first."""
    for side, given in row.confirmed.items():
        first = row.evidence[side]
        if side == who.side or [first["outcome"], first.get("new_end")] == [said.get("outcome"), said.get("new_end")]:
            continue
        until = (
            _(" until %(end)s") % {"end": _day(date.fromisoformat(first["new_end"]))} if first.get("new_end") else ""
        )
        return [
            _("%(name)s has confirmed for the other side: %(outcome)s%(until)s. Both sides confirm the same: "
              "agree, and one of you takes the confirmation back.")
            % {"name": Person.objects.get(pk=given["by"]), "outcome": OUTCOME_NAMES[first["outcome"]], "until": until}
        ]  # fmt: skip
    return []


def _decide(trial: Trial, region: Region, step: Step, row: TrialStep, who: Acting) -> None:
    """What follows from the outcome: a new round, lasting use with the commitments carried over (R10), or the end."""
    said = row.evidence[who.side]
    trial.outcome = said["outcome"]
    again = step.outcomes[trial.outcome]
    if again:
        trial.ends_on = date.fromisoformat(said["new_end"])
        _new_round(trial, again)
    else:
        trial.decided = trial.outcome
        trial.members.update(is_open=False)
        _set_phase(trial, Phase.ENDED if trial.outcome == "stop" else Phase.LASTING)
    trial.save(update_fields=["ends_on", "decided"])
    record(region, who, "trial_decided", trial, outcome=trial.outcome)
    if not again and trial.outcome != "stop":
        carry_over(region, trial.members.values_list("municipality", flat=True), who, localdate())


def _new_round(trial: Trial, first: str) -> None:
    """Step 10 and the decision come again, each with a row of its own."""
    keys = [step.key for step in trial.flow.all_steps()]
    due = due_dates(
        trial.flow, localdate(), trial.started_on or trial.planned_start, trial.ends_on or trial.planned_end
    )
    for key in keys[keys.index(first) :]:
        row = TrialStep.objects.create(trial=trial, key=key, round=trial.rows[key].round + 1, due=due[key])
        trial.rows[key] = row


# -- Kaikukeskus's own means --------------------------------------------------------------------------------------


def reopen_step(trial: Trial, key: str, by: Person, reason: str) -> TrialStep:
    """The step is open again beside what is open; nothing later is taken back; 9, 10 and the decision wait for it.

    A holder of a side that confirms it, or Kaikukeskus, may. Raises Refused without a reason, for a step that is not
    closed, and once the trial has been decided.
    """
    with locked_trial(trial.pk, by) as (trial, region):
        who = acting_in(trial, region, by)
        step, row = _known(trial, key)
        require(reason)
        if who.side != KAIKUKESKUS and who.side not in step.sides:
            raise NotYours
        if not trial.open:
            raise Refused([_("The trial has been decided: its steps are closed for good.")])
        if row.closed_at is None:
            raise Refused([_("Step %(title)s is not closed, so it cannot be reopened.") % {"title": step.title}])
        were = row.confirmed
        row.due, row.due_version = due_when_reopened(row.due, bool(row.skipped)), row.due_version + 1
        row.confirmed, row.overrides, row.skipped, row.closed_at = {}, {}, "", None
        row.entered_at, row.entered_by, row.done_on = None, None, None
        row.reopened, row.reopened_at = reason, now()
        row.save()
        open_again(trial, key)
        act = record(region, who, "step_reopened", row, reason=reason, step=key, confirmed=were)
        later("workflows.letters.step_reopened", act.pk)
    return row


def override_rule(trial: Trial, key: str, rule_key: str, by: Person, reason: str) -> TrialStep:
    """The one rule no longer keeps the step from closing; the sides still confirm. It ends when the step is reopened.

    Only Kaikukeskus. Raises Refused without a reason, and for a rule that the step has not or that is firm.
    """
    who = only_kaikukeskus(by)
    with locked_trial(trial.pk) as (trial, region):
        step, row = open_step(trial, key)
        require(reason)
        rule = next((rule for rule in step.missing if rule.key == rule_key), None)
        if rule is None:
            raise Refused([_("This step has no such rule.")])
        if rule.firm:
            raise Refused([_("This rule cannot be overridden.")])
        given = {"by": by.pk, "at": now().isoformat(), "reason": reason}
        row.overrides = row.overrides | {rule_key: given}
        row.save()
        act = record(region, who, "rule_overridden", row, reason=reason, step=key, rule=rule_key)
        later("workflows.letters.told_of_step", act.pk)
    return row


def skip_step(trial: Trial, key: str, by: Person, reason: str) -> TrialStep:
    """Kaikukeskus has closed the step itself; one not yet reached is passed when its turn comes.

    Raises Refused without a reason, for 2, 9 and the decision, which are never skipped, and for a closed step.
    """
    who = only_kaikukeskus(by)
    with locked_trial(trial.pk) as (trial, region):
        step, row = _known(trial, key)
        require(reason)
        if not step.may_be_skipped:
            raise Refused([_("Step %(title)s is never skipped.") % {"title": step.title}])
        if row.closed_at:
            raise Refused([_("Step %(title)s has been closed already.") % {"title": step.title}])
        if not trial.open:
            raise Refused([_("The trial has been decided: its steps are closed for good.")])
        row.skipped, row.confirmed, row.closed_at = reason, {}, now()
        row.save()
        act = record(region, who, "step_skipped", row, reason=reason, step=key)
        if key in trial.open:
            go_on(trial.open[key])
        later("workflows.letters.told_of_step", act.pk)
    return row


def open_next_early(trial: Trial, key: str, by: Person, reason: str) -> TrialStep:
    """The step after this open one is open too; this one stays open beside it and must close before 9.

    Only Kaikukeskus, for the steps 1 to 5, which open one after another. Raises Refused without a reason, and when
    the next is open already.
    """
    who = only_kaikukeskus(by)
    with locked_trial(trial.pk) as (trial, region):
        step, row = open_step(trial, key)
        require(reason)
        if not isinstance(step.number, int) or step.number > 5:
            raise Refused([_("Only the steps 1 to 5 open one after another.")])
        if (trial.open[key].data or {}).get("again"):
            raise Refused([_("The next step is open already.")])
        row.opened_early = reason
        row.save()
        trial.passing = frozenset({key})
        go_on(trial.open[key])
        trial.passing = frozenset()
        open_again(trial, key)
        act = record(region, who, "next_opened_early", row, reason=reason, step=key)
        later("workflows.letters.told_of_step", act.pk)
    return row


def _known(trial: Trial, key: str) -> tuple[Step, TrialStep]:
    step = trial.flow.step(key)
    if step is None:
        raise Refused([_("This trial has no such step.")])
    return step, trial.rows[key]


def require(reason: str) -> None:
    """Raises Refused without a reason."""
    if not reason.strip():
        raise Refused([_("Write the reason: it stays visible.")])


# -- the engine's moves ---------------------------------------------------------------------------------------


def go_on(task: Task) -> None:
    """The task is done, and what follows it in the model is open."""
    activation = task.flow_task.activation_class(task)
    activation.run(None)
    activation.execute()


def open_again(trial: Trial, key: str) -> None:
    """The step has a second open task at its own place; one closed before its turn opens when its turn comes."""
    node = trial.flow.instance.node(key)
    task = Task.objects.filter(process_id=trial.process_id, flow_task=node, status=STATUS.DONE).order_by("-pk").first()
    if task is None:
        return
    task.process = trial.process
    node.activation_class(task).reopen()


def end_unwalked(trial: Trial) -> None:
    """Nothing of the trial is open any more, and its process has ended, without a decision."""
    open_tasks = Task.objects.filter(process=trial.process_id, **OPEN)
    open_tasks.update(status=STATUS.CANCELED, finished=now())
    Process.objects.filter(pk=trial.process_id).update(status=PROCESS.DONE, finished=now())


# -- drafting with the trial's own dates --------------------------------------------------------------------------


def draft_for_trial(trial: Trial, by: Person) -> Commitment:
    """The region commitment of the trial: its municipalities, its model, its planned or actual dates, and the local
    page and feedback address where step 7 has them already.

    Refused as in `draft_region_commitment`, and for a trial that was stopped."""
    _refuse_stopped(trial)
    printed = TrialStep.objects.get(trial=trial, key="print_comms").evidence
    details = {key: printed[key] for key in ("feedback_email", "local_page") if printed.get(key)}
    municipalities = trial.municipalities.order_by("name_fi")
    return draft_region_commitment(trial.region, municipalities, by, trial.model, term_of(trial), **details)


def draft_for_partner(partner: Partner, by: Person) -> Commitment:
    """The partner's commitment, with model and dates of the newest trial in its municipalities; without a trial (a
    region of the 2024 list) with today's model and no end. Refused as in `draft_partner_commitment`."""
    found = Trial.objects.filter(region=partner.region_id, municipalities__in=partner.municipalities.all())
    plan = plan_by(found.exclude(decided=WITHDRAWN).first(), partner)
    if plan.refusal:
        raise Refused([plan.refusal])
    return draft_partner_commitment(partner, by, plan.model, plan.term)


def plan_by(trial: Trial | None, partner: Partner) -> Plan:
    """Model and dates of a commitment by the trial in which the partner takes part, if there is one."""
    if trial is None:
        return Plan(partner)
    term = (None, None) if trial.decided else term_of(trial)
    return Plan(partner, trial.model, term, _stopped(trial))


def _stopped(trial: Trial) -> str:
    """Why nothing is drafted by the trial any more; nothing when it is."""
    if trial.decided == WITHDRAWN:
        return _("The trial was withdrawn: a commitment is drafted once a new trial has been opened.")
    if trial.decided == "stop":
        return _("The trial was stopped: a commitment is drafted once a new trial has been opened.")
    return ""


def _refuse_stopped(trial: Trial) -> None:
    if said := _stopped(trial):
        raise Refused([said])


# -- feedback meetings --------------------------------------------------------------------------------------------


@transaction.atomic
def record_meeting(
    region: Region, by: Person, held_on: date, attendees: int, minutes: str, kaikukeskus_took_part: bool = False
) -> FeedbackMeeting:
    """The feedback meeting stands in the region's record, and in the round of the trial whose step 10 is open.

    As evidence of step 10 it withdraws a half confirmation. Raises Refused for a day to come, one before
    distribution began, a second meeting of the same day, one arranged here of which it is to be said who came, and
    missing minutes.
    """
    region = locked(region.pk)
    if arranged := arranged_to_record(region).filter(starts_at__date=held_on).first():
        said = _("The meeting of this day was arranged here: say on its page who came, and it is recorded by that.")
        raise Refused([Linked(said, arranged.page("arranged_held"))])
    trial = _trial_at_feedback(region, by)
    who = acting_in(trial, region, by) if trial else acting(by, region)
    row = trial.rows["feedback"] if trial else None
    check_meeting(region, trial, held_on, minutes)
    meeting = FeedbackMeeting.objects.create(
        region=region, trial=trial, round=row.round if row else None, held_on=held_on, attendees=attendees,
        minutes=minutes, kaikukeskus_took_part=kaikukeskus_took_part, recorded_by=by,
    )  # fmt: skip
    withdrew = _givers(row) if row else []
    act = record(region, who, "meeting_recorded", meeting, on=held_on.isoformat(), withdrew=withdrew)
    if row and row.confirmed:
        withdraw_all(row, act)
        row.save()
    return meeting


def arranged_to_record(region: Region) -> QuerySet[Meeting]:
    """The feedback meetings arranged here that have begun, and of which nobody has said who came."""
    fixed = Meeting.objects.filter(region=region, kind=Meeting.Kind.FEEDBACK, state=Meeting.State.FIXED)
    return fixed.filter(starts_at__lte=now()).select_related("region").order_by("-starts_at")


def _trial_at_feedback(region: Region, by: Person) -> Trial | None:
    """The trial at step 10 in which the person acts; of several the one whose round has no meeting yet."""
    running = Trial.objects.filter(region=region, decided="", started_on__isnull=False).order_by("pk")
    found = [trial for trial in map(read, running.values_list("pk", flat=True)) if "feedback" in trial.open]
    own = [trial for trial in found if _acts_in(trial, region, by)]
    without = [t for t in own if not t.meetings.filter(round=t.rows["feedback"].round).exists()]
    return next(iter(without or own), None)


def _acts_in(trial: Trial, region: Region, by: Person) -> bool:
    try:
        return bool(acting_in(trial, region, by))
    except NotYours:
        return False


def check_meeting(
    region: Region, trial: Trial | None, held_on: date, minutes: str, itself: FeedbackMeeting | None = None
) -> None:
    """Raises Refused for what no meeting can be; `itself`: the one that is corrected."""
    wrong = []
    if held_on > localdate():
        wrong.append(_("The day is still to come: record the meeting when it has been held."))
    if trial and trial.started_on and held_on < trial.started_on:
        wrong.append(_("The meeting was before distribution began on %(start)s.") % {"start": _day(trial.started_on)})
    others = FeedbackMeeting.objects.filter(region=region, trial=trial)
    if (others.exclude(pk=itself.pk) if itself else others).filter(held_on=held_on).exists():
        wrong.append(_("A meeting of this day is recorded already."))
    elif trial and (last := _last_of_earlier_rounds(trial)) and held_on <= last:
        wrong.append(_("This round needs a meeting of its own, after the one of %(day)s.") % {"day": _day(last)})
    if not minutes.strip():
        wrong.append(_("Write the minutes, at least what was agreed."))
    if wrong:
        raise Refused(wrong)


def _last_of_earlier_rounds(trial: Trial) -> date | None:
    earlier = trial.meetings.filter(round__lt=trial.rows["feedback"].round)
    return earlier.aggregate(last=Max("held_on"))["last"]
