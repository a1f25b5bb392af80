"""Which days of a plan move when Kaikukeskus corrects the planned days of its trial, and which stay?"""

from collections.abc import Collection
from datetime import date

from adoption.models import Act
from workflows.models import Trial, TrialStep
from workflows.moving import DECISION, DISTRIBUTION, Dues, Move, Moves
from workflows.plan import PREPARED, due_dates
from workflows.services import term_of


def moves_when_planned(trial: Trial, start: date, end: date, by_hand: Collection[str]) -> Moves:
    """What moves when a trial that was read, and has not begun, is planned for these days. Nothing is written.

    A step that is not closed is due on the day of the new plan where the old one gave it another. One whose day was
    moved `by_hand` stays, unless it would prepare a start that has been, or lie outside the trial. Nothing is due
    before what comes first and stays, nor after what comes later and stays.
    """
    was, planned = (due_dates(trial.flow, trial.opened_on, *term) for term in (term_of(trial), (start, end)))
    dues = {key: row.due for key, row in trial.rows.items() if row.due and not row.closed_at}
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
    decided = new.get(DECISION, trial.rows[DECISION].due)
    differ = start != trial.planned_start, end != trial.planned_end
    return Moves(moves, start, end, *differ, term_of(trial), decided, kept)


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
    rows = [str(row.pk) for row in trial.rows.values()]
    last: dict[str, str] = {}
    acts = Act.objects.filter(region=trial.region_id, what="due_moved", about_kind="trialstep", about_id__in=rows)
    for act in acts.order_by("number"):
        last |= dict.fromkeys(act.data["moves"], act.data["step"])
    return {key for key, step in last.items() if key == step and trial.rows[key].moved} - {DISTRIBUTION}


def plan_anew(trial: Trial, moves: Moves) -> None:
    """The trial is planned for the days, and what moves with them is due as the new plan says."""
    trial.planned_start, trial.planned_end = moves.start, moves.end
    trial.save(update_fields=["planned_start", "planned_end"])
    rows = []
    for one in moves.steps:
        row = trial.rows[one.step.key]
        row.plan_for(one.to)
        row.moved = ""
        rows.append(row)
    TrialStep.objects.bulk_update(rows, ["due", "due_version", "moved"])
