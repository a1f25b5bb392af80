"""What does a plan say of each step: from when, by when, done on which day, and how far from the plan, in words?"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.templatetags.kaiku import in_words, weekday_day
from workflows.models import Trial, TrialStep
from workflows.moves import DECISION, FEEDBACK
from workflows.plan import WEEK, Span, of_decision, plan_of, term_of, warnings_of, warnings_underway
from workflows.standing import listed, state_of, written
from workflows.steps import Step

SHOWN_IN_DAYS = 2 * WEEK  # a difference shorter than this is told in days, unless it is a whole week


class Line(NamedTuple):
    """A step in the plan: planned from and to, done on, and its state as on the board."""

    step: Step
    begins: date | None
    due: date | None
    today: date
    done: date | None = None
    state: str = "ahead"
    row: TrialStep | None = None
    is_over: bool = False  # the trial has ended: what is not done now stays so

    @property
    def number(self) -> str:
        return str(self.step.number)

    @property
    def round(self) -> int:
        return self.row.round if self.row else 1

    @property
    def days_late(self) -> int:
        """Days past the due day of a step that is not done."""
        waits = self.due and self.state != "done" and not self.is_over
        return max((self.today - self.due).days, 0) if self.due and waits else 0

    @property
    def icon(self) -> str:
        return "late" if self.days_late else self.state

    @property
    def difference(self) -> str:
        """How the step stands to the plan, in words; nothing while it is ahead."""
        if self.state == "skip":
            return _("skipped")
        if self.state == "done" and not self.done:
            return _("the day is not known")
        if self.due is None:
            return _("done again, so the plan has no day for it") if self.row and self.row.reopened else ""
        if self.done:
            return apart((self.done - self.due).days)
        if self.is_over:
            return _("not done")
        if self.days_late:
            return _("%(late)s, not done") % {"late": apart(self.days_late)}
        return _("open") if self.state in ("open", "again") else ""

    @property
    def done_said(self) -> str:
        """Done on 5.3.2027; nothing while it is not."""
        return _("Done on %(day)s.") % {"day": written(self.done)} if self.done and self.state == "done" else ""

    @property
    def may_move(self) -> bool:
        """Whether its day can be moved at all: it has one, and is not done."""
        return self.row is not None and self.due is not None and self.state in ("open", "again", "ahead")


def apart(days: int) -> str:
    """So many days after the plan's day, in words; negative before it: two weeks late."""
    if not days:
        return _("as planned")
    weeks, rest = divmod(abs(days), WEEK)
    if rest and abs(days) < SHOWN_IN_DAYS:
        return _in_days(days)
    count = {"count": in_words(weeks)}
    if rest:
        late = ngettext("over %(count)s week late", "over %(count)s weeks late", weeks)
        early = ngettext("over %(count)s week early", "over %(count)s weeks early", weeks)
    else:
        late = ngettext("%(count)s week late", "%(count)s weeks late", weeks)
        early = ngettext("%(count)s week early", "%(count)s weeks early", weeks)
    return (late if days > 0 else early) % count


def _in_days(days: int) -> str:
    count = {"count": abs(days)}
    if days > 0:
        return ngettext("%(count)s day late", "%(count)s days late", days) % count
    return ngettext("%(count)s day early", "%(count)s days early", -days) % count


class Plan(NamedTuple):
    """A plan as it is shown and taken along: its lines, the days that it is made from, and what to think of."""

    lines: list[Line]
    start: date
    end: date
    warnings: list[str]
    today: date
    trial: Trial | None = None

    @property
    def has_started(self) -> bool:
        return self.trial is not None and self.trial.started_on is not None

    @property
    def said(self) -> list[str]:
        """The picture in words: what is late, what comes next, and when distribution begins and the trial ends."""
        return [text for text in (self._late(), self._next(), self._term()) if text]

    def _late(self) -> str:
        late = [line for line in self.lines if line.days_late]
        return _("Late: %(steps)s.") % {"steps": _names(late)} if late and not self._is_over() else ""

    def _next(self) -> str:
        ahead = [line for line in self.lines if line.due and line.state != "done" and not line.days_late]
        if not ahead or self._is_over():
            return ""
        day = min(line.due for line in ahead if line.due)
        first = [line for line in ahead if line.due == day]
        return _("Next: %(steps)s, by %(day)s.") % {"steps": _names(first), "day": weekday_day(day)}

    def _term(self) -> str:
        days = {"start": weekday_day(self.start), "end": weekday_day(self.end)}
        if self.has_started:
            return _("Distribution began on %(start)s, and the trial ends on %(end)s.") % days
        return _("Distribution begins on %(start)s, and the trial ends on %(end)s.") % days

    def _is_over(self) -> bool:
        return self.trial is not None and bool(self.trial.decided)


def _names(lines: Iterable[Line]) -> str:
    """Within a sentence: steps 6 and 7, or the decision, which has no number."""
    lines = list(lines)
    numbers = [line.number for line in lines if not line.step.outcomes]
    steps = ngettext("step %(steps)s", "steps %(steps)s", len(numbers)) % {"steps": listed(numbers)}
    decision = _("the decision") if len(numbers) < len(lines) else ""
    return listed(name for name in (steps if numbers else "", decision) if name)


def wished(flow: type, start: date, end: date) -> Plan:
    """The plan of a trial that would be prepared from today on; nothing is written."""
    today = localdate()
    lines = [Line(span.step, span.begins, span.due, today) for span in plan_of(flow, today, start, end)]
    warnings = warnings_of(flow, today, start) + _of_decision(lines, end)
    return Plan(lines, start, end, warnings, today)


def plan_of_trial(trial: Trial) -> Plan:
    """The plan of a trial that `services.read` has read, with what has been done, every round by itself."""
    today = localdate()
    start, end = term_of(trial)
    lines = list(_lines(trial, {span.step.key: span for span in plan_of(trial.flow, trial.opened_on, start, end)}))
    closed = {key for key, row in trial.rows.items() if row.closed_at}
    underway = not (trial.started_on or trial.decided)
    warnings = warnings_underway(trial.flow, today, start, closed) if underway else []
    warnings += [] if trial.decided else _of_decision(lines, end)
    return Plan(lines, start, end, warnings, today, trial)


def _of_decision(lines: Iterable[Line], end: date) -> list[str]:
    """That the decision which is ahead leaves less time than it is to leave, before it or until the end."""
    due = {line.step.key: line.due for line in lines if not line.done}
    return of_decision(due.get(FEEDBACK), due.get(DECISION), end)


def _lines(trial: Trial, spans: dict[str, Span]) -> Iterable[Line]:
    """A step begins when what stands before it is due; that is how the plan was made, and how its days move."""
    rows = {(row.round, row.key): row for row in trial.of_all_rounds}
    since: date | None = None
    for number in sorted({number for number, _key in rows}):
        for block in trial.flow.blocks():
            here = [(step, rows[number, step.key]) for step in block if (number, step.key) in rows]
            for step, row in here:
                yield _line(trial, step, row, since or spans[step.key].begins)
            since = max((row.due for _step, row in here if row.due), default=since)
        last = rows[number, "decision"].closed_at
        since = localdate(last) if last else since


def _line(trial: Trial, step: Step, row: TrialStep, since: date) -> Line:
    newest = trial.rows[step.key].pk == row.pk
    done = None if row.closed_at is None else localdate(row.closed_at)
    if row.entered_at:
        done = row.done_on
    elif step.key == "start_distribution" and done:
        done = trial.started_on or done
    state = state_of(row, newest and step.key in trial.open)
    begins = min(since, row.due) if row.due else None
    return Line(step, begins, row.due, localdate(), done, state, row, bool(trial.decided))
