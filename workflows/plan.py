"""By when is each step to be done? Backwards from the planned start of distribution."""

from calendar import monthrange
from datetime import date, timedelta

from django.utils.timezone import localdate

from workflows.steps import TrialFlow

SATURDAY = 5
SHORTEST, LONGEST = 6, 24  # months that a trial lasts; those that were held lasted from 8 to 19
DECIDE_BEFORE_END = timedelta(days=120)  # decided 3–4 months before the trial ends, as in Rovaniemi (W12)


def due_dates(flow: type[TrialFlow], today: date, start: date, end: date) -> dict[str, date]:
    """Key → due date: the preparation runs back from `start`, squeezed evenly when there is less time than the steps
    take; the decision is due 120 days before `end`, and the feedback meeting four weeks before the decision."""
    blocks = [block for block in flow.blocks() if isinstance(block[0].number, int) and block[0].number <= 9]
    weeks = [max(step.weeks for step in block) for block in blocks]
    week = min(timedelta(weeks=1), max(start - today, timedelta(days=1)) / sum(weeks))
    due: dict[str, date] = {}
    for index, block in enumerate(blocks):
        day = start - timedelta(days=round(sum(weeks[index + 1 :]) * week / timedelta(days=1)))
        due |= {step.key: day for step in block}
    due["decision"] = max(end - DECIDE_BEFORE_END, start + (end - start) / 2)
    due["feedback"] = max(due["decision"] - timedelta(weeks=4), start)
    return {key: working_day(day) for key, day in due.items()}


def working_day(day: date) -> date:
    """The day, or the Monday after when it falls on a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def due_when_reopened(due: date | None, was_skipped: bool) -> date | None:
    """The day of a step that is reopened today: the plan's own, unless the step was done and the plan's day has gone,
    for the plan did not foresee that it is done again. A skipped one has not been done, and stays as late as it was."""
    return None if due and not was_skipped and localdate() >= due else due


def possible_ends(start: date) -> tuple[date, date]:
    """The first and the last day on which a trial that begins then can be planned to end."""
    return _months_after(start, SHORTEST) - timedelta(days=1), _months_after(start, LONGEST) - timedelta(days=1)


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
