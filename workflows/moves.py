"""Which days of a plan move together, what is to be thought of, and what does history keep of it?"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.days import is_slow
from adoption.templatetags.kaiku import weekday_day
from workflows.models import Trial
from workflows.plan import of_decision, of_the_day, weeks_between
from workflows.steps import Step

Dues = dict[str, Any]  # key of a step → the day by which it is due, if it has one
FEEDBACK, DECISION, DISTRIBUTION = "feedback", "decision", "start_distribution"
AFTERWARDS = (FEEDBACK, DECISION)  # what comes after distribution has begun


class Move(NamedTuple):
    """A step, and the days from which and to which it moves; the reason with which somebody had given it the day."""

    step: Step
    was: date
    to: date
    reason: str = ""


class Moves(NamedTuple):
    """All that moves: the steps in their order, and the planned days of the trial as they are then."""

    steps: list[Move]
    start: date
    end: date
    moves_start: bool
    moves_end: bool
    was: tuple[date, date]  # the beginning and the end until now
    met: date | None  # by when the feedback meeting is due then, if it is to come
    decided: date | None  # by when the decision is due then
    kept: Sequence[Move] = ()  # those that stay where somebody moved them, though the plan is made anew

    @property
    def moves_trial(self) -> bool:
        return self.moves_start or self.moves_end

    @property
    def is_shorter(self) -> bool:
        return weeks_between(self.start, self.end) < weeks_between(*self.was)

    @property
    def said(self) -> list[str]:
        """What to think of: that the trial gets shorter, that little time is left before or after its decision, that
        few are at work on a day; nothing where none is so."""
        changes = self.was != (self.start, self.end) or any(one.step.key in AFTERWARDS for one in self.steps)
        late = of_decision(self.met, self.decided, self.end) if changes else []
        return [*self._shorter(), *late, *self._gone_by(), *self._slow()]

    def _shorter(self) -> list[str]:
        if not self.is_shorter:
            return []
        weeks = {"weeks": weeks_between(self.start, self.end), "before": weeks_between(*self.was)}
        text = _("The trial gets shorter: it lasts about %(weeks)s weeks instead of %(before)s, and ends on %(end)s.")
        return [text % (weeks | {"end": weekday_day(self.end)})]

    def _gone_by(self) -> list[str]:
        text = _("%(day)s has gone by: what is due on it is late at once. Move it after this to a day to come.")
        days = dict.fromkeys(one.to for one in self.steps if one.to < localdate())
        return [text % {"day": weekday_day(day)} for day in days]

    def _slow(self) -> list[str]:
        days = dict.fromkeys(one.to for one in self.steps if is_slow(one.to) and one.step.key != DISTRIBUTION)
        text = _("Few are at work on %(day)s: it is in July or at the turn of the year. Choose another day if you can.")
        begins = of_the_day(self.start) if self.moves_start else []
        return [text % {"day": weekday_day(day)} for day in days] + begins


def to_come(trial: Trial, key: str, due: date | None) -> date | None:
    """The day by which the step is due, unless it has been closed."""
    return None if trial.rows[key].closed_at else due


def as_data(moves: Moves) -> dict[str, Any]:
    """What history keeps of the steps that moved: from which day to which, and with which reason somebody had given one
    the day at which it cannot stay. Nothing where none moved."""
    if not moves.steps:
        return {}
    dropped = {one.step.key: one.reason for one in moves.steps if one.reason}
    days = {one.step.key: [one.was.isoformat(), one.to.isoformat()] for one in moves.steps}
    return {"moves": days} | ({"dropped": dropped} if dropped else {})
