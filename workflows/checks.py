"""Is every trial sound? Each open one has its open tasks, none is stranded, every row agrees with its history."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS

from adoption import history
from adoption.access import PAIR
from adoption.models import Act, Partner, Person, Phase, Region, RegionMunicipality, Responsibility
from adoption.partners import missing_for_active
from commitments.models import Commitment, Party
from workflows.models import FeedbackMeeting, Trial, TrialMunicipality, TrialStep
from workflows.replay import Replay, StepSaid
from workflows.services import OPEN, read
from workflows.trial import MODELS

REACHED = (Phase.TRIAL, Phase.LASTING, Phase.ENDED)  # the phases that only a trial brings
PROMISED = (Partner.State.COMMITTED, Partner.State.ACTIVE)
SIGNED = (Commitment.State.IN_FORCE, Commitment.State.ENDED)  # only what every party has signed comes here


def faults() -> list[str]:
    """What does not agree, one line each; empty when all is sound. Each region is read while nobody writes it."""
    found: list[str] = []
    for pk in _begun().values_list("pk", flat=True):
        with transaction.atomic():
            found += _of_region(history.locked(pk))
    return found + list(_of_kaikukeskus()) + [str(fault) for fault in history.country_faults()]


def _begun() -> QuerySet[Region]:
    """The regions with anything to look at: the others have no row and no history that could be wrong."""
    anything = Q(history_length__gt=0) | ~Q(history_head="")
    anything |= Q(Exists(RegionMunicipality.objects.filter(region=OuterRef("pk"), phase__in=REACHED)))
    for model in (Act, Trial, Partner, Commitment, FeedbackMeeting, Responsibility):
        anything |= Q(Exists(model._default_manager.filter(region=OuterRef("pk"))))
    return Region.objects.filter(anything).order_by("pk")


def _of_kaikukeskus() -> Iterator[str]:
    """Whoever has the right of Kaikukeskus was given it by an act, and nobody else has it."""
    acts = Act.objects.filter(region=None, what__in=("kaikukeskus_person_added", "kaikukeskus_ended"))
    given = dict(acts.order_by("number").values_list("about_id", "what"))
    told = {pk for pk, what in given.items() if what == "kaikukeskus_person_added"}
    has = {str(pk) for pk in Person.objects.filter(is_kaikukeskus=True).values_list("pk", flat=True)}
    yield from (f"person {pk}: the right of Kaikukeskus was given by no act" for pk in sorted(has - told))
    yield from (f"person {pk}: the right of Kaikukeskus was taken by no act" for pk in sorted(told - has))


def nightly() -> None:
    """The worker's own check: what is wrong stands in the log, and the job counts as failed."""
    if found := faults():
        raise RuntimeError("; ".join(found))


def _of_region(region: Region) -> list[str]:
    said = Replay(region)
    return [
        *said.unreadable,
        *_of_trials(region),
        *_against_history(region, said),
        *_of_responsibilities(region, said),
        *_of_phases(region, said),
        *_of_promises(region),
        *(str(fault) for fault in history.faults(region)),
    ]


# -- what the engine has open ---------------------------------------------------------------------------------------


def _of_trials(region: Region) -> Iterator[str]:
    for trial in Trial.objects.filter(region=region).select_related("region", "process").order_by("pk"):
        yield from _unreadable(trial) or _of_trial(trial.pk)


def _unreadable(trial: Trial) -> list[str]:
    """What keeps the trial from being read at all."""
    if trial.model not in MODELS:
        return [f"{trial}: no operating model is called {trial.model!r}"]
    if trial.process is None:
        return [f"{trial}: it has no process"]
    there = set(TrialStep.objects.filter(trial=trial).values_list("key", flat=True))
    keys = {step.key for step in MODELS[trial.model].all_steps()}
    if lost := keys - there:
        return [f"{trial}: steps without a row: {', '.join(sorted(lost))}"]
    tasks = Task.objects.filter(process_id=trial.process_id, **OPEN)
    return [f"{trial}: task {task.pk} belongs to no step of the model" for task in tasks if _name(task) not in keys]


def _name(task: Task) -> str:
    return task.flow_task.name if task.flow_task else ""


def _of_trial(pk: int) -> list[str]:
    """A step is open exactly when it is not closed and its turn has come: that alone is looked at here."""
    trial = read(pk)
    found = []
    if Task.objects.filter(process_id=trial.process_id, **OPEN).count() != len(trial.open):
        found.append(f"{trial}: two open tasks of one step")
    ended = PROCESS.DONE if trial.decided else PROCESS.NEW
    if trial.process is None or trial.process.status != ended:
        found.append(f"{trial}: its process should be {ended}")
    expected = set() if trial.decided else _expected(trial)
    if set(trial.open) != expected:
        found.append(f"{trial}: open are {sorted(trial.open)}, should be {sorted(expected)}")
    return found


def _expected(trial: Trial) -> set[str]:
    """Open are the steps not closed in every block that has been reached: one in which anything is open or half
    confirmed, and what follows a block that is closed."""
    blocks = trial.flow.blocks()
    begun = [any(s.key in trial.open or trial.rows[s.key].confirmed for s in block) for block in blocks]
    reached = max((number for number, yes in enumerate(begun) if yes), default=0)
    while reached + 1 < len(blocks) and all(trial.rows[step.key].closed_at for step in blocks[reached]):
        reached += 1
    return {s.key for block in blocks[: reached + 1] for s in block if trial.rows[s.key].closed_at is None}


# -- rows against history -------------------------------------------------------------------------------------------

Facts = dict[str, Any]


class Row(NamedTuple):
    """A row as it is: what it is called in a line, and what of it history knows."""

    name: str
    facts: Facts


def _against_history(region: Region, said: Replay) -> list[str]:
    steps = {str(pk): asdict(StepSaid()) for pk in said.trial_of} | _told(said.steps)
    meetings = {pk: {"held_on": on} for pk, on in said.meetings.items()}
    return [
        *_compared("trial", _trials(region), _told(said.trials)),
        *_compared("step", _steps(region), steps),
        *_compared("partner", _partners(region), _told(said.partners)),
        *_compared("commitment", _commitments(region), _told(said.commitments)),
        *_compared("meeting", _meetings(region), meetings),
    ]


def _told(said: dict[str, Any]) -> dict[str, Facts]:
    return {pk: asdict(one) for pk, one in said.items()}


def _compared(kind: str, rows: dict[str, Row], said: dict[str, Facts]) -> Iterator[str]:
    for pk in said.keys() - rows.keys():
        yield f"{kind} {pk}: history knows it, and its row is gone"
    for pk, row in rows.items():
        if pk not in said:
            yield f"{row.name}: history does not know it"
            continue
        for name, value in row.facts.items():
            if value != said[pk][name]:
                yield f"{row.name}: {name} is {_shown(value)}, history says {_shown(said[pk][name])}"


def _shown(value: Any) -> str:
    return str(sorted(value)) if isinstance(value, frozenset) else repr(value)


def _trials(region: Region) -> dict[str, Row]:
    towns: dict[int, set[int]] = defaultdict(set)
    members = TrialMunicipality.objects.filter(trial__region=region)
    for trial, town in members.values_list("trial", "municipality"):
        towns[trial].add(town)
    rounds = Counter(TrialStep.objects.filter(trial__region=region, key="decision").values_list("trial", flat=True))
    return {str(one.pk): Row(f"trial {one.pk}", {
        "model": one.model, "decided": one.decided, "municipalities": frozenset(towns[one.pk]),
        "planned": tuple(one.planned), "rounds": rounds[one.pk],
        "had_ended": one.had_ended,
    }) for one in Trial.objects.filter(region=region)}  # fmt: skip


def _steps(region: Region) -> dict[str, Row]:
    rows = TrialStep.objects.filter(trial__region=region)
    return {str(row.pk): Row(f"trial {row.trial_id}, {row.key} ({row.round})", _step(row)) for row in rows}


def _step(row: TrialStep) -> Facts:
    return {
        "closed": row.closed_at is not None,
        "confirmed": {side: (given.get("by"), given.get("for")) for side, given in row.confirmed.items()},
        "overrides": {rule: (given.get("by"), given.get("reason")) for rule, given in row.overrides.items()},
        "skipped": row.skipped,
        "reopened": row.reopened,
        "opened_early": row.opened_early,
        "entered": (row.entered_by_id, _iso(row.done_on)) if row.entered_at else None,
        "version": row.version,
    }


def _partners(region: Region) -> dict[str, Row]:
    return {str(one.pk): Row(f"partner {one.pk}", {
        "state": one.state, "role": one.role, "contact": one.contact_id, "account_on": _iso(one.account_on),
        "induction_on": _iso(one.induction_on), "cleared_on": _iso(one.cleared_on),
    }) for one in Partner.objects.filter(region=region)}  # fmt: skip


def _commitments(region: Region) -> dict[str, Row]:
    signed: dict[int, set[int]] = defaultdict(set)
    parties = Party.objects.filter(commitment__region=region).exclude(method="")
    for commitment, party in parties.values_list("commitment", "pk"):
        signed[commitment].add(party)
    return {str(one.pk): Row(f"commitment {one.pk}", {
        "state": one.state, "partner": one.partner_id, "signed": frozenset(signed[one.pk]),
        "in_force_on": _iso(one.in_force_on),
        "carried_over_on": _iso(one.carried_over_on), "ended_on": _iso(one.ended_on),
    }) for one in Commitment.objects.filter(region=region)}  # fmt: skip


def _meetings(region: Region) -> dict[str, Row]:
    rows = FeedbackMeeting.objects.filter(region=region).values_list("pk", "held_on")
    return {str(pk): Row(f"meeting {pk}", {"held_on": _iso(held_on)}) for pk, held_on in rows}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# -- people, phases and promises ------------------------------------------------------------------------------------


def _of_responsibilities(region: Region, said: Replay) -> Iterator[str]:
    """Each row is of one naming; one of a holder ends by an act alone, others by an act or on a day given before."""
    rows = list(Responsibility.objects.filter(region=region))
    there = Counter((row.person_id, row.side, row.substitute, row.municipality_id) for row in rows)
    for person, side, *_more in (there - said.named).keys() | (said.named - there).keys():
        yield f"{region}: history does not agree who is responsible: person {person}, {side}"
    over = Counter((row.person_id, row.side) for row in rows if row.until)
    holders = Counter(
        (row.person_id, row.side) for row in rows if row.until and row.side in PAIR and not row.substitute
    )
    for person, side in (holders - said.ended).keys() | (said.ended - over).keys():
        yield f"{region}: history does not agree whose responsibility has ended: person {person}, {side}"


def _of_phases(region: Region, said: Replay) -> Iterator[str]:
    """A municipality is in the phase that its last trial brought; without one, in none that only a trial brings."""
    for member in RegionMunicipality.objects.filter(region=region).select_related("municipality"):
        expected = said.phases.get(member.municipality_id, "")
        if member.phase != expected if expected else member.phase in REACHED:
            yield f"{region}: {member.municipality} is in phase {member.phase}, history says {expected or 'no trial'}"
    towns = TrialMunicipality.objects.filter(trial__region=region).select_related("trial__region")
    for town in towns:
        if town.is_open != (town.trial.decided == ""):
            yield f"{town.trial}: municipality {town.municipality_id} is held by it: {town.is_open}"


def _of_promises(region: Region) -> Iterator[str]:
    """What is in force is signed by all, and its partner is committed; an active partner lacks nothing, and nobody who
    has left is a partner's contact person."""
    found = Commitment.objects.filter(region=region, state__in=SIGNED)
    for pk in found.filter(parties__method="").distinct().values_list("pk", flat=True):
        yield f"commitment {pk}: it has been in force, and a party has not signed"
    bound = set(found.in_force().exclude(partner=None).values_list("partner", flat=True))
    for partner in Partner.objects.filter(region=region):
        if (partner.state in PROMISED) != (partner.pk in bound):
            yield f"partner {partner.pk}: {partner.state}, and its commitment in force: {partner.pk in bound}"
        if partner.state == Partner.State.ACTIVE and (lacking := missing_for_active(partner)):
            yield f"partner {partner.pk}: active without {', '.join(map(str, lacking))}"
    left = Partner.objects.alive().filter(region=region, contact__is_active=False).order_by("pk")
    for pk in left.values_list("pk", flat=True):
        yield f"partner {pk}: its contact person has left"
