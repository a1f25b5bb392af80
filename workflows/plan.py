"""By when is each step to be done? Backwards from the planned start of distribution."""

from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from workflows.steps import TrialFlow

SATURDAY = 5
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


def due_of(due: date | None, reopened_at: datetime | None) -> date | None:
    """The plan's day of a step, unless the step was reopened after that day."""
    return None if due and reopened_at and localdate(reopened_at) >= due else due
