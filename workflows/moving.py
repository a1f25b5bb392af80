"""How is the day of a step moved, and what moves with it? By the pair or Kaikukeskus, with a reason."""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.days import next_working_day
from adoption.deadlines import why_no_deadline
from adoption.history import record
from adoption.mail import later
from adoption.models import Person
from adoption.refusal import Refused
from adoption.templatetags.kaiku import weekday_day
from workflows.models import Trial, TrialStep
from workflows.moves import DECISION, DISTRIBUTION, FEEDBACK, Dues, Move, Moves, as_data, to_come
from workflows.plan import PREPARED, WEEK, due_dates, forward, possible_ends, running, settled, term_of, weeks_of
from workflows.services import acting_in, locked_trial, require, wrong_days
from workflows.steps import Step


def mark_of(trial: Trial) -> str:
    """What the plan of a trial that was read is known by: another once any day of it has moved."""
    said = [f"{row.pk} {row.due} {row.due_version}" for row in trial.rows.values()]
    return sha256(f"{trial.planned_start} {trial.planned_end} {sorted(said)}".encode()).hexdigest()[:16]


def why_stale(trial: Trial, mark: str) -> list[str]:
    """Why nothing is moved by a page that showed the plan with this mark; empty where the plan is still that one."""
    if mark == mark_of(trial):
        return []
    return [_("Somebody has moved a day of the plan since you opened the page: look at it anew.")]


def move_due(trial: Trial, key: str, by: Person, to: date, reason: str, mark: str) -> TrialStep:
    """The step is due on this day, and what cannot stay where it was has moved with it; all others are told.

    `mark`: that of the plan which the person's page showed. Raises NotYours for who does not act in the trial, and
    Refused without a reason, when the plan has moved meanwhile, and for what `what_moves` refuses.
    """
    with locked_trial(trial.pk, by) as (trial, region):
        who = acting_in(trial, region, by)
        require(reason)
        if why := why_stale(trial, mark):
            raise Refused(why)
        moves = what_moves(trial, key, to)
        row = trial.rows[key]
        _write(trial, moves, reason)
        planned = {"planned": [moves.start.isoformat(), moves.end.isoformat()]} if moves.moves_trial else {}
        act = record(region, who, "due_moved", row, reason=reason, step=key, **as_data(moves), **planned)
        later("workflows.letters.due_moved", act.pk)
    return row


def _write(trial: Trial, moves: Moves, reason: str) -> None:
    rows = []
    for one in moves.steps:
        row = trial.rows[one.step.key]
        row.plan_for(one.to)
        row.moved = reason
        rows.append(row)
    TrialStep.objects.bulk_update(rows, ["due", "due_version", "moved"])
    if moves.moves_trial:
        trial.planned_start, trial.planned_end = moves.start, moves.end
        trial.save(update_fields=["planned_start", "planned_end"])


# -- what moves -------------------------------------------------------------------------------------------------------


def what_moves(trial: Trial, key: str, to: date) -> Moves:
    """What moves when the step of a trial that was read is due on the day. Nothing is written.

    Each later step that is not closed keeps the running days that the plan gave it after the one before it, at most
    its own weeks; the planned start and end of the trial move when they must. Raises Refused for a closed step, for a
    weekend, a holiday or a day that has passed, for a day before that of a step which comes first, and for one after
    the end of a trial that has begun.
    """
    wrong = _wrong(trial, key, to)
    if wrong:
        raise Refused(wrong)
    was = {row.key: row.due for row in trial.rows.values()}
    dues = was | {key: to}
    _push(trial, key, was, dues)
    start, end = _term(trial, dues)
    _afterwards(trial, key, was, dues, start, end)
    end = _end(trial, dues, start, end)
    met = to_come(trial, FEEDBACK, dues[FEEDBACK])
    steps = list(_moved(trial, was, dues))
    return Moves(steps, start, end, *_differ(trial, start, end), term_of(trial), met, dues[DECISION])


def _differ(trial: Trial, start: date, end: date) -> tuple[bool, bool]:
    """Whether the planned start and end of the trial move; the actual ones never do."""
    planned = trial.started_on is None
    return planned and start != trial.planned_start, planned and end != trial.planned_end


def _moved(trial: Trial, was: Dues, dues: Dues) -> Iterator[Move]:
    for step in trial.flow.all_steps():
        before, after = was[step.key], dues[step.key]
        if before and after and before != after:
            yield Move(step, before, after)


def why_not(trial: Trial, key: str) -> list[str]:
    """Why no day can be given to the step; empty when one can."""
    step = trial.flow.step(key)
    if step is None:
        return [_("This trial has no such step.")]
    row = trial.rows[key]
    if trial.decided:
        return [_("The trial has ended: no day of it is moved any more.")]
    if row.closed_at:
        return [_("Step %(title)s has been closed already: its day stays.") % {"title": step.title}]
    if row.due is None:
        return [_("Step %(title)s is done again, and the plan has no day for it.") % {"title": step.title}]
    return []


def _wrong(trial: Trial, key: str, to: date) -> list[str]:
    """Why the day of the step cannot be moved to this one; empty when it can."""
    if wrong := why_not(trial, key):
        return wrong
    if trial.rows[key].due == to:
        return [_("The step is due on that day already.")]
    if to < localdate():
        return [_("The day has passed: choose a later one.")]
    if why := why_no_deadline(to):
        return [why]
    return _too_early(trial, key, to)


def _too_early(trial: Trial, key: str, to: date) -> list[str]:
    text = _("Step %(title)s comes first, and is due on %(day)s: move that one first, or choose a later day.")
    before = [(one, trial.rows[one.key]) for one in trial.flow.before(key)]
    return [
        text % {"title": one.title, "day": weekday_day(row.due)}
        for one, row in before
        if row.closed_at is None and row.due and row.due > to
    ]


def _open(trial: Trial, block: Iterable[Step], dues: Dues) -> list[tuple[Step, date]]:
    """The steps of the block that are not closed, each with its day, where it has one."""
    found = ((step, dues[step.key]) for step in block if trial.rows[step.key].closed_at is None)
    return [(step, due) for step, due in found if due]


def _push(trial: Trial, key: str, was: Dues, dues: Dues) -> None:
    """The later steps that prepare distribution are due where they can be at the earliest, if they were before it."""
    last: tuple[date, date] | None = None  # of the steps before: the latest day as it was, and as it is now
    for block in trial.flow.blocks():
        here = _open(trial, block, was)
        if last and last[1] > last[0] and _prepares(block):
            for step, due in here:
                days = min(weeks_of(block) * WEEK, running(last[0], due))
                dues[step.key] = max(due, settled(forward(last[1], days)))
        if any(step.key == key for step, _due in here) or (last and here):
            last = max(due for _step, due in here), max(due for _step, due in _open(trial, block, dues))


def _prepares(block: Iterable[Step]) -> bool:
    return all(step.number in PREPARED for step in block)


def _term(trial: Trial, dues: Dues) -> tuple[date, date]:
    """The beginning and the end of the trial by these days: the end stays where it is, if it can."""
    start, end = term_of(trial)
    begins = dues[DISTRIBUTION]
    if trial.started_on or begins is None or begins == trial.rows[DISTRIBUTION].due:
        return start, end
    first, last = possible_ends(begins)
    return begins, min(max(end, first), last)


def _afterwards(trial: Trial, key: str, was: Dues, dues: Dues, start: date, end: date) -> None:
    """The feedback meeting and the decision: as planned for the new beginning and end, where the plan's own days stood;
    never before what they come after."""
    planned_was, planned = (due_dates(trial.flow, trial.opened_on, *term) for term in (term_of(trial), (start, end)))
    met, decided = was[FEEDBACK], was[DECISION]
    free = {step.key for step, _due in _open(trial, trial.flow.all_steps(), was)} - {key}
    if met and FEEDBACK in free and (met == planned_was[FEEDBACK] or met < start):
        dues[FEEDBACK] = planned[FEEDBACK]
    if decided and DECISION in free:
        if decided == planned_was[DECISION] or decided < start:
            dues[DECISION] = planned[DECISION]
        if key == FEEDBACK and met:
            step = trial.flow.step(DECISION)
            days = min(step.weeks * WEEK if step else 0, running(met, decided))
            dues[DECISION] = max(decided, next_working_day(forward(dues[FEEDBACK], days)))
        if met and FEEDBACK in free | {key}:
            dues[DECISION] = max(dues[DECISION], dues[FEEDBACK])


def _end(trial: Trial, dues: Dues, start: date, end: date) -> date:
    """The end of the trial, which is not before the decision. Raises Refused when it cannot be later."""
    decided = dues[DECISION]
    if decided is None or decided <= end or trial.rows[DECISION].closed_at:
        return end
    if decided == trial.rows[DECISION].due:  # it was after the end before, and is not what moves
        return end
    if trial.started_on:
        text = _("The trial ends on %(end)s, and the decision on going on would be due only on %(day)s.")
        raise Refused([text % {"end": weekday_day(end), "day": weekday_day(decided)}])
    if wrong := wrong_days(start, decided):
        raise Refused(wrong)
    return decided
