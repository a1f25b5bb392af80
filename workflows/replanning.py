"""Which days of a plan move when the trial is planned for other days, or the actual ones are recorded? Which stay?"""

from collections.abc import Collection
from datetime import date

from workflows.models import Trial, TrialStep
from workflows.moves import AFTERWARDS, DECISION, DISTRIBUTION, FEEDBACK, Dues, Move, Moves, to_come
from workflows.plan import PREPARED, due_dates, term_of


def moves_when_planned(trial: Trial, start: date, end: date, by_hand: Collection[str]) -> Moves:
    """What moves when a trial that was read, and has not begun, is planned for these days. Nothing is written.

    A step that is not closed is due on the day of the new plan where the old one gave it another. One whose day was
    moved `by_hand` stays, unless it would prepare a start that has been, or lie outside the trial. Nothing is due
    before what comes first and stays, nor after what comes later and stays.
    """
    differ = start != trial.planned_start, end != trial.planned_end
    return _moves(trial, trial.rows, start, end, by_hand, differ)


def moves_when_started(trial: Trial, start: date, end: date) -> Moves:
    """What moves when distribution of a trial that was read has begun, and the trial ends, on these days: in the same
    way, of what comes afterwards alone. The planned days of the trial stay."""
    return _moves(trial, AFTERWARDS, start, end, moved_by_hand(trial), (False, False))


def term_recorded(trial: Trial) -> tuple[date, date] | None:
    """The actual beginning and end as they stand in step 9; nothing until both do. An extended trial keeps its end."""
    said = trial.rows[DISTRIBUTION].evidence
    try:
        start, end = date.fromisoformat(said["start"]), date.fromisoformat(said["end"])
    except (KeyError, TypeError, ValueError):
        return None
    if trial.ends_on and trial.rows[DECISION].round > 1:
        end = trial.ends_on
    return (start, end) if start < end else None


def _moves(
    trial: Trial, among: Collection[str], start: date, end: date, by_hand: Collection[str], differ: tuple[bool, bool]
) -> Moves:
    """`differ`: whether the planned start and end of the trial move."""
    was, planned = (due_dates(trial.flow, trial.opened_on, *term) for term in (term_of(trial), (start, end)))
    dues = {key: row.due for key, row in trial.rows.items() if key in among and row.due and not row.closed_at}
    fit = {key for key, due in dues.items() if _fits(trial, key, due, planned[DISTRIBUTION], end)}
    stay = {key: due for key, due in dues.items() if key in fit and (key in by_hand or was[key] == planned[key])}
    new = _placed(trial, dues, stay, planned)
    steps = [step for step in trial.flow.all_steps() if step.key in dues]
    reasons = {key: trial.rows[key].moved for key in by_hand}
    moves, kept = [], []
    for step in steps:
        one = Move(step, dues[step.key], new[step.key], reasons.get(step.key, ""))
        if one.was != one.to:
            moves.append(one)
        elif one.reason:
            kept.append(one)
    met, decided = (new.get(key, trial.rows[key].due) for key in AFTERWARDS)
    return Moves(moves, start, end, *differ, term_of(trial), to_come(trial, FEEDBACK, met), decided, kept)


def _fits(trial: Trial, key: str, due: date, begins: date, end: date) -> bool:
    """Whether a step can be due on the day: until distribution begins, or, after that, within the trial."""
    step = trial.flow.step(key)
    return due <= begins if step and step.number in PREPARED else begins <= due <= end


def _placed(trial: Trial, dues: Dues, stay: Dues, planned: Dues) -> Dues:
    """The days of the new plan for those that move, each between the days that stay before it and after it."""
    blocks = [[step.key for step in block if step.key in dues] for block in trial.flow.blocks()]
    days = dict(stay)
    for number, block in enumerate(blocks):
        before = [stay[key] for other in blocks[:number] for key in other if key in stay]
        after = [stay[key] for other in blocks[number + 1 :] for key in other if key in stay]
        for key in block:
            if key not in stay:
                days[key] = max([min([planned[key], *after]), *before])
    return days


def moved_by_hand(trial: Trial) -> set[str]:
    """The steps to which somebody gave the day that they have; the start of distribution is what the plan begins from.

    What moved with another step, or with a correction, was not given its day by anybody.
    """
    return {key for key, row in trial.rows.items() if row.moved and _is_as_given(row)} - {DISTRIBUTION}


def _is_as_given(row: TrialStep) -> bool:
    return row.due is not None and row.given is not None and row.given["moves"][row.key][1] == row.due.isoformat()


def plan_anew(trial: Trial, moves: Moves) -> None:
    """The trial is planned for the days, and what moves with them is due as the new plan says."""
    trial.planned_start, trial.planned_end = moves.start, moves.end
    trial.save(update_fields=["planned_start", "planned_end"])
    move_all(trial, moves)


def move_all(trial: Trial, moves: Moves, *closing: TrialStep) -> None:
    """What moves is due as the new plan says, and no longer where somebody had moved it. With it is saved the row of
    the step whose closing brought the moves."""
    rows = []
    for one in moves.steps:
        row = trial.rows[one.step.key]
        row.plan_for(one.to)
        row.moved = ""
        rows.append(row)
    of_closing = ["evidence", "version", "confirmed", "closed_at"] if closing else []
    TrialStep.objects.bulk_update([*rows, *closing], ["due", "due_version", "moved", *of_closing])
