"""Is every trial sound? Each open one has its open tasks, none is stranded, every state agrees with its history."""

from django.db import transaction
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS

from adoption.history import all_faults
from adoption.models import Act, Partner
from commitments.models import Commitment
from workflows.models import Trial, TrialStep
from workflows.services import OPEN, read

CLOSING = {"step_skipped": True, "step_reopened": False}
PARTNER_STATES = {
    "partner_added": "candidate", "clearance_asked": "asked", "clearance_answered": "asked",
    "clearance_given": "cleared",
    "clearance_more_wanted": "more_wanted", "partner_declined": "declined", "partner_considered_again": "candidate",
    "partner_ended": "ended", "partner_committed": "committed", "partner_active": "active",
}  # fmt: skip
COMMITMENT_STATES = {
    "commitment_drafted": "draft", "commitment_changed": "draft", "commitment_checked": "checked",
    "commitment_sent": "awaiting", "commitment_signed": "partly_signed", "commitment_acknowledged": "partly_signed",
    "commitment_in_force": "in_force", "commitment_declined": "declined", "commitment_superseded": "superseded",
    "commitment_ended": "ended",
}  # fmt: skip


@transaction.atomic
def faults() -> list[str]:
    """What does not agree, one line each; empty when all is sound."""
    found = [fault for pk in Trial.objects.values_list("pk", flat=True) for fault in _of_trial(pk)]
    return found + _of_steps() + _of_states() + all_faults()


def nightly() -> None:
    """The worker's own check: what is wrong stands in the log, and the job counts as failed."""
    if found := faults():
        raise RuntimeError("; ".join(found))


def _of_trial(pk: int) -> list[str]:
    """A step is open exactly when it is not closed and its turn has come: that alone is looked at here."""
    trial = read(pk)
    tasks = list(Task.objects.filter(process_id=trial.process_id, **OPEN))
    found = [f"{trial}: task {task.pk} belongs to no step of the model" for task in tasks if task.flow_task is None]
    if len(tasks) != len(trial.open):
        found.append(f"{trial}: two open tasks of one step")
    if trial.decided:
        done = trial.process and trial.process.status == PROCESS.DONE
        return found + ([] if done and not trial.open else [f"{trial}: decided, and its process has not ended"])
    expected = _expected(trial)
    if set(trial.open) != expected:
        found.append(f"{trial}: open are {sorted(trial.open)}, should be {sorted(expected)}")
    return found


def _expected(trial: Trial) -> set[str]:
    """Open are the steps not closed in every block that has been reached: one in which anything is open or half
    confirmed, and what follows a block that is closed."""
    blocks = trial.flow.blocks()
    begun = [any(s.key in trial.open or trial.rows[s.key].confirmed for s in block) for block in blocks]
    reached = max((number for number, yes in enumerate(begun) if yes), default=0)
    while reached + 1 < len(blocks) and all(trial.rows[step.key].closed_at for step in blocks[reached]):
        reached += 1
    return {s.key for block in blocks[: reached + 1] for s in block if trial.rows[s.key].closed_at is None}


def _of_steps() -> list[str]:
    """Each row is closed when its last closing act says so."""
    rows = {str(row.pk): row for row in TrialStep.objects.select_related("trial__region")}
    closed = dict.fromkeys(rows, False)
    for act in Act.objects.filter(about_kind="trialstep").order_by("region", "number").iterator():
        if act.what == "step_confirmed" and act.data.get("closes"):
            closed[act.about_id] = True
        closed[act.about_id] = CLOSING.get(act.what, closed[act.about_id])
    return [
        f"{rows[pk]}: history says closed={said}"
        for pk, said in closed.items()
        if said != (rows[pk].closed_at is not None)
    ]


def _of_states() -> list[str]:
    """Each partner and commitment is in the state that its last act of state gives."""
    found = []
    for model, states in ((Partner, PARTNER_STATES), (Commitment, COMMITMENT_STATES)):
        said: dict[str, str] = {}
        acts = Act.objects.filter(about_kind=model._meta.model_name, what__in=[*states, "partner_uncommitted"])
        for act in acts.order_by("region", "number").iterator():
            said[act.about_id] = states.get(act.what, "uncommitted")
        for pk, state, *role in model.objects.values_list("pk", "state", *(["role"] if model is Partner else [])):
            expected = said.get(str(pk), "")
            if expected == "uncommitted":
                expected = "cleared" if role == ["distributor"] else "candidate"
            if state != expected:
                found.append(f"{model._meta.model_name} {pk}: is {state}, history says {expected or 'nothing'}")
    return found
