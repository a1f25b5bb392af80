"""How is a plan drawn? A bar a step along the months, what is done marked, with a line for today.

The picture is computed from the plan's lines. What it says, the table and the words beside it say too.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from adoption.days import months_after
from workflows.timeline import Line, Plan

LEFT, RIGHT, TOP = 30, 322, 28  # where the days begin and end, and the first row
WIDTH, ROW, BAR = 340, 22, 10
SHORTEST_BAR = 3
MOST_MONTHS = 5  # that are written along the top, so that none touches another on a phone
EVERY = (1, 2, 3, 4, 6, 12, 24)  # months


class Bar(NamedTuple):
    """A step's row: its bar from begin to due day, the day on which it was done, and the time by which it is late."""

    y: float
    number: str
    state: str
    x: float
    width: float
    done: float | None
    late: str

    @property
    def top(self) -> float:
        return self.y - BAR / 2

    @property
    def text_y(self) -> float:
        return self.y + 4


class Month(NamedTuple):
    """The first day of a month, along the top."""

    x: float
    name: str


class Drawing(NamedTuple):
    """The whole picture."""

    bars: list[Bar]
    months: list[Month]
    today: float | None
    height: float
    width: float = WIDTH
    top: float = TOP - ROW / 2

    @property
    def text_x(self) -> float:
        """Where the word for today stands: on the line, and within the picture."""
        return min(max(self.today or 0, LEFT), RIGHT - 6)


def drawing(plan: Plan) -> Drawing:
    """The picture of the plan, as long as its days and today need."""
    first, last = _ends(plan)
    scale = _Scale(first, last)
    bars = [_bar(line, TOP + number * ROW, scale) for number, line in enumerate(plan.lines)]
    today = scale.x(plan.today) if first <= plan.today <= last else None
    return Drawing(bars, list(_months(first, last, scale)), today, TOP + len(bars) * ROW + 8)


class _Scale(NamedTuple):
    first: date
    last: date

    def x(self, day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - self.first).days / max((self.last - self.first).days, 1), 1)


def _ends(plan: Plan) -> tuple[date, date]:
    days = [plan.start, plan.end]
    days += [day for line in plan.lines for day in (line.begins, line.due, line.done) if day]
    if not (plan.trial and plan.trial.decided):
        days.append(plan.today)
    return min(days), max(days)


def _bar(line: Line, y: float, scale: _Scale) -> Bar:
    begins, due = line.begins or line.done, line.due or line.done
    x = scale.x(begins) if begins else LEFT
    width = max(scale.x(due) - x, SHORTEST_BAR) if due else 0
    late_until = line.done or (line.today if line.days_late and scale.last >= line.today else None)
    late = ""
    if due and late_until and late_until > due:
        late = f"M{scale.x(due):g} {y:g}H{scale.x(late_until):g}"
    done = scale.x(line.done) if line.done and line.state != "skip" else None
    return Bar(y, line.number, line.state, x, round(width, 1), done, late)


def _months(first: date, last: date, scale: _Scale) -> Iterator[Month]:
    """The first days of months, as many as there is room for: 1/2027."""
    count = (last.year - first.year) * 12 + last.month - first.month
    every = next(months for months in EVERY if count / months <= MOST_MONTHS or months == EVERY[-1])
    month = date(first.year, 1, 1)
    while month <= last:
        if month >= first:
            yield Month(scale.x(month), f"{month.month}/{month.year}")
        month = months_after(month, every)
