"""On which days is a person to do what: what is owed, what the plans foresee, and the meetings to which one is called?

One's own calendar shows them all, and My work the nearest one.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.timezone import localdate

from adoption.access import KAIKUKESKUS
from adoption.ladders import DECISION, NATIONAL, OWN, POINT, STEP, SUBSTITUTES
from adoption.models import Person, Responsibility
from workflows.arranging import called
from workflows.duties import SOURCES, Answerable, Duty, Within, own, points
from workflows.models import Meeting, OwnTask, Trial, TrialStep
from workflows.reminded import AHEAD
from workflows.tasks import Item, sides_held, trials_of
from workflows.trial import MODELS

# -- what is owed -----------------------------------------------------------------------------------------------------


def owed_by(person: Person, kinds: Iterable[str] = tuple(SOURCES)) -> list[Duty]:
    """The duties of these kinds that the person, or whom the person stands in for, is reminded of, and the own tasks
    and points. What rests is left out: it is fixed for a day."""
    until = localdate() + AHEAD
    within = Within(until, regions=None if person.is_kaikukeskus else _regions(person))
    shared = [SOURCES[kind] for kind in kinds if kind not in (OWN.kind, POINT.kind)]
    duties = [duty for source in shared for duty in source.owed(within) if not duty.rests]
    mine = Within(until, _own_tasks(person))
    duties += [*own(mine), *points(mine)]
    people = Answerable(duties, localdate())
    return [duty for duty in duties if person in people.of(duty, SUBSTITUTES)]


def _own_tasks(person: Person) -> list[str]:
    return [str(pk) for pk in OwnTask.objects.open().filter(person=person).values_list("pk", flat=True)]


def _regions(person: Person) -> list[int]:
    held = Responsibility.objects.current().filter(person=person).order_by("region")
    return list(held.values_list("region", flat=True).distinct())


# -- what the plans foresee -------------------------------------------------------------------------------------------


def steps_of(person: Person) -> dict[int, TrialStep]:
    """The steps ahead that have a day and whose entries or confirmation are the person's, by key."""
    if person.is_kaikukeskus:
        trials = {one.pk: one for one in Trial.objects.filter(decided="").select_related("region")}
    else:
        trials = {one.pk: one for one in trials_of(person)}
    found = {}
    for row in TrialStep.objects.filter(trial__in=trials, closed_at=None, due__isnull=False).order_by("pk"):
        row.trial = trials[row.trial_id]
        step = MODELS[row.trial.model].step(row.key)
        if step and _sides(person, row.trial) & {*step.sides, step.writer}:
            found[row.pk] = row
    return found


def _sides(person: Person, trial: Trial) -> frozenset[str]:
    return frozenset([KAIKUKESKUS]) if person.is_kaikukeskus else sides_held(trial)


# -- meetings ---------------------------------------------------------------------------------------------------------


def meetings_of(person: Person) -> list[tuple[Meeting, str]]:
    """The meetings to come, each with the page that the person may see."""
    held = dict(
        Responsibility.objects.current().filter(person=person).order_by("-pk").values_list("region", "region__slug")
    )
    return [(one, _page_of(one, person, held)) for one in called.to_come_for(person)]


def _page_of(meeting: Meeting, person: Person, held: dict[int, str]) -> str:
    if person.is_kaikukeskus or meeting.region_id in held:
        return meeting.get_absolute_url()
    if meeting.region_id is None and held:
        return reverse("yearly_done", args=[next(iter(held.values())), NATIONAL.kind])
    return ""


# -- the nearest of them ----------------------------------------------------------------------------------------------

FORESEEN = frozenset([STEP.kind, DECISION.kind])  # kinds whose days all stand in the plans


class Known(NamedTuple):
    """A day that is known, what is on it or due by it, and its page, if there is one."""

    due: date
    what: str
    href: str
    is_meeting: bool = False


def next_known(person: Person, put_off: Iterable[Item]) -> Known | None:
    """The nearest day to come of all that is the person's, what is put off with it, when nothing waits today."""
    known = [_of_duty(one) for one in owed_by(person, [kind for kind in SOURCES if kind not in FORESEEN])]
    known += [_of_row(row) for row in steps_of(person).values() if _is_awaited(person, row)]
    known += [Known(one.due, ", ".join(filter(None, [one.what, one.where])), one.href) for one in put_off if one.due]
    known += [
        Known(localdate(one.starts_at), one.title, path, is_meeting=True)
        for one, path in meetings_of(person)
        if one.starts_at
    ]
    return min((one for one in known if one.due >= localdate()), key=lambda one: one.due, default=None)


def _of_duty(duty: Duty) -> Known:
    return Known(duty.due, f"{duty.what()}, {duty.region}" if duty.region else duty.what(), duty.path)


def _of_row(row: TrialStep) -> Known:
    step = MODELS[row.trial.model].step(row.key)
    assert step
    assert row.due
    return Known(row.due, f"{step.title}, {row.trial.region}", row.get_absolute_url())


def _is_awaited(person: Person, row: TrialStep) -> bool:
    """Whether the person's sides have not yet done their part of it."""
    step = MODELS[row.trial.model].step(row.key)
    return bool(step and _sides(person, row.trial) & step.awaits(row.confirmed))
