"""By when is each step to be done? Backwards from the planned start of distribution, in whole weeks."""

from collections.abc import Container, Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.days import A_DAY, is_slow, last_working_day, months_after, next_working_day
from workflows.models import Trial
from workflows.steps import Step, TrialFlow

START = 9  # the number of the step that the others prepare
PREPARED = range(1, START + 1)  # the numbers of the steps whose days are counted back from it
SHORTEST, LONGEST = 6, 24  # months that a trial lasts; those that were held lasted from 8 to 19
USUAL = 12  # months, when nobody says otherwise: the median of those that were held is 11
PREPARATION = 3  # months at least (S1: "noin 3–6 kuukauden valmistelujaksolle")
DECIDED_BEFORE = 4  # months before the trial's end, as in Rovaniemi (W12: 3–4)
MET_BEFORE = timedelta(weeks=4)  # the feedback meeting before the decision that it is for
WEEK = 7


def term_of(trial: Trial) -> tuple[date, date]:
    """The trial's beginning and end: the actual ones where they are known, else the planned."""
    return trial.started_on or trial.planned_start, trial.ends_on or trial.planned_end


class Span(NamedTuple):
    """The time that a plan gives to a step: it is begun at the earliest on the one day, and done on the other."""

    step: Step
    begins: date
    due: date


def plan_of(flow: type[TrialFlow], today: date, start: date, end: date) -> list[Span]:
    """The spans of all steps, in their order, for a preparation that begins today.

    A step takes its whole weeks, of days that are not slow (July, the turn of the year); with less time than that until
    `start`, all are squeezed alike. The decision is due four months before `end`, half-way at the earliest, and the
    feedback meeting four weeks before it. Nothing is due on a weekend, a holiday or a slow day but the start itself.
    """
    blocks = [block for block in flow.blocks() if _prepares(block)]
    days = _days_of(blocks, running(today, start))
    bounds = [start]
    for count in reversed(days):
        bounds.insert(0, _back(bounds[0], count))
    found = [
        Span(step, settled(begins), settled(due) if due < start else next_working_day(due))
        for block, begins, due in zip(blocks, bounds, bounds[1:], strict=False)
        for step in block
    ]
    return found + list(_afterwards(flow, start, end))


def due_dates(flow: type[TrialFlow], today: date, start: date, end: date) -> dict[str, date]:
    """Key → due date, of all steps."""
    return {span.step.key: span.due for span in plan_of(flow, today, start, end)}


def _prepares(block: Iterable[Step]) -> bool:
    return all(step.number in PREPARED for step in block)


def weeks_of(block: Iterable[Step]) -> int:
    """Of steps side by side, those of the longest."""
    return max(step.weeks for step in block)


def running(first: date, end: date) -> int:
    """How many days from the first until the end, which is not counted, are not slow."""
    return sum(not is_slow(first + timedelta(days=n)) for n in range((end - first).days))


def _days_of(blocks: list[tuple[Step, ...]], left: int) -> list[int]:
    """For each block the running days that it takes: its whole weeks, or its share of fewer days."""
    wanted = [weeks_of(block) * WEEK for block in blocks]
    share = min(1.0, left / sum(wanted))
    after = [round(sum(wanted[index:]) * share) for index in range(len(wanted) + 1)]
    return [one - other for one, other in pairwise(after)]


def _back(day: date, count: int) -> date:
    """The day before which so many days that are not slow lie until the other."""
    while count:
        day -= A_DAY
        count -= not is_slow(day)
    return day


def forward(day: date, count: int) -> date:
    """The first day that is not slow and until which so many such days lie from the other."""
    while count > 0 or is_slow(day):
        count -= not is_slow(day)
        day += A_DAY
    return day


def settled(day: date) -> date:
    """The working day on which that is due which was to be done on the day: the next one, or, where the slow time lies
    between, the last one before it."""
    later = next_working_day(day)
    return last_working_day(day - A_DAY) if is_slow(later) and not is_slow(day) else later


def before_slow(day: date) -> date:
    """The day itself, or the next working day; of a day in the slow time the last working day before that."""
    day = next_working_day(day)
    while is_slow(day):
        day = last_working_day(day - A_DAY)
    return day


def _afterwards(flow: type[TrialFlow], start: date, end: date) -> Iterable[Span]:
    begins = next_working_day(start)
    decided = max(before_slow(max(months_after(end, -DECIDED_BEFORE), start + (end - start) / 2)), begins)
    met = max(before_slow(decided - MET_BEFORE), begins)
    dues = {"feedback": (begins, met), "decision": (met, decided)}
    return [Span(step, *dues[step.key]) for step in flow.all_steps() if step.key in dues]


def due_when_reopened(due: date | None, was_skipped: bool) -> date | None:
    """The day of a step that is reopened today: the plan's own, unless the step was done and the plan's day has gone,
    for the plan did not foresee that it is done again. A skipped one has not been done, and stays as late as it was."""
    return None if due and not was_skipped and localdate() >= due else due


def of_decision(met: date | None, decided: date | None, end: date) -> list[str]:
    """That less time is left after the decision than it is to have, nothing where it has a week less at most; and that
    the feedback meeting which is for it is due on the same day. `met`: by when the meeting is due, if it is to come."""
    if decided is None:
        return []
    same = _("The feedback meeting and the decision on going on are due on the same day, not four weeks apart.")
    return [*_decided_late(decided, end), *([same] if met == decided else [])]


def _decided_late(decided: date, end: date) -> list[str]:
    if decided <= months_after(end, -DECIDED_BEFORE) + timedelta(days=WEEK):
        return []
    if decided > end:
        return [_("The decision on going on is due only after the end, not four months before it.")]
    weeks = weeks_between(decided, end)
    if not weeks:
        return [_("The decision on going on is due in the last days before the end, not four months before it.")]
    text = ngettext(
        "The decision on going on is due about %(weeks)s week before the end, not four months.",
        "The decision on going on is due about %(weeks)s weeks before the end, not four months.",
        weeks,
    )
    return [text % {"weeks": weeks}]


def weeks_between(first: date, last: date) -> int:
    """About how many weeks the two days and those between them are."""
    return round(((last - first).days + 1) / WEEK)


def possible_ends(start: date) -> tuple[date, date]:
    """The first and the last day on which a trial that begins then can be planned to end."""
    return months_after(start, SHORTEST) - A_DAY, months_after(start, LONGEST) - A_DAY


def warnings_of(flow: type[TrialFlow], today: date, start: date) -> list[str]:
    """What to think of before distribution is planned to begin on that day, in whole sentences."""
    wanted = sum(weeks_of(block) for block in flow.blocks() if _prepares(block))
    left = running(today, start)
    said = []
    if start < months_after(today, PREPARATION):
        said.append(_("Less than three months of preparation are left. Those before you have needed three to six."))
    if left < wanted * WEEK:
        asked = {"wanted": wanted, "left": left // WEEK}
        said.append(
            _(
                "The steps take %(wanted)s weeks, and %(left)s are left when July and the turn of the year are not "
                "counted: all steps are shorter in the same measure."
            )
            % asked
        )
    return said + of_the_day(start)


def of_the_day(start: date) -> list[str]:
    """That distribution would begin on a day on which few are at work; nothing on any other day."""
    if is_slow(start) or next_working_day(start) != start:
        return [_("Distribution would begin on a day on which few are at work. Choose another day if you can.")]
    return []


def warnings_underway(flow: type[TrialFlow], today: date, start: date, closed: Container[str]) -> list[str]:
    """The same for a trial of which some steps are closed: whether there is time for the others."""
    blocks = [[step for step in block if step.key not in closed] for block in flow.blocks() if _prepares(block)]
    wanted = sum(weeks_of(block) for block in blocks if block)
    left = running(today, start)
    if left >= wanted * WEEK:
        return of_the_day(start)
    asked = {"wanted": wanted, "left": left // WEEK}
    text = _(
        "The steps before distribution that are not done take %(wanted)s weeks, and %(left)s are left when July and "
        "the turn of the year are not counted."
    )
    return [text % asked, *of_the_day(start)]
