"""How do steps in words become viewflow's nodes? The only file that knows how the engine is wired."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from viewflow import this
from viewflow.workflow import lock, nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Flow
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflows.rules import Rule

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SIDES = {"both": {"culture", "care"}, "either": {"culture", "care"}}
both, either, culture, care, kaikukeskus = "both", "either", "culture", "care", "kaikukeskus"


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a model: its number and neutral key, who confirms it, its weeks, its words and its rules."""

    number: int | str
    key: str
    who: str
    weeks: int
    title: "StrOrPromise"
    why: "StrOrPromise"
    what: "StrOrPromise"
    missing: tuple[Rule, ...] = ()
    writer: str = ""  # who alone enters the evidence; empty: the pair and Kaikukeskus
    may_be_skipped: bool = True
    outcomes: dict[str, str | None] = field(
        default_factory=dict
    )  # of a decision: outcome → step that opens, None = end

    @property
    def sides(self) -> set[str]:
        """Whose confirmation counts."""
        return SIDES.get(self.who, {self.who})

    def awaits(self, confirmed: dict[str, Any]) -> set[str]:
        """The sides still to confirm; empty when the step is satisfied."""
        if self.who == either and self.sides & confirmed.keys():
            return set()
        return self.sides - confirmed.keys()


Block = Step | tuple[Step, ...]


def side_by_side(*steps: Step) -> tuple[Step, ...]:
    """Steps that open together, run in any order, and go on together."""
    return steps


class StepActivation(nodes.Handle.activation_class):
    """A step that is open until its row is closed."""

    @Activation.status.super()
    def activate(self) -> None:
        """A step that is closed already lets the process pass, so that a skipped one is never waited for."""
        trial, key = self.process.trial, self.flow_task.name
        if key in trial.passing or trial.rows[key].closed_at:
            self.task.status = STATUS.STARTED

    @Activation.status.transition(source=STATUS.DONE, target=STATUS.REVIVED)
    def reopen(self) -> Task:
        """What viewflow's revive does for a cancelled task, for a finished one: same place, same token, a new task."""
        self.task.data = {**(self.task.data or {}), "again": True}
        return super().revive.original()

    @Activation.status.super()
    def create_next(self) -> Iterator[Activation]:
        """The second run of a step goes on only where something still waits for it: a join."""
        if (self.task.data or {}).get("again") and not self._join_waits():
            return
        yield from super().create_next.original()

    def _join_waits(self) -> bool:
        waiting = self.flow_class.task_class.objects.filter(
            process=self.process, flow_task=self.flow_task._next, status=STATUS.STARTED
        )
        return waiting.exists()


class JoinActivation(nodes.Join.activation_class):
    """viewflow reads a waiting join anew, with another process object: give it ours back, which carries the trial."""

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Activation, *args: Any, **kwargs: Any) -> Activation:
        activation = super().create(flow_task, prev_activation, *args, **kwargs)
        activation.process = activation.task.process = prev_activation.process
        return activation


class StepNode(nodes.Handle):
    """A step as viewflow's node: done outside the flow, without owner, permission or page of viewflow's."""

    task_type, activation_class = "STEP", StepActivation

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step


class TrialFlow(Flow):
    """A published model of the trial. Its nodes are made from `steps`, here and nowhere else."""

    lock_impl = lock.SelectForUpdateLock(nowait=False)  # viewflow's default is no lock at all
    steps: list[Block] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if any(vars(base).get("steps") for base in cls.__mro__[1:]):
            raise TypeError(f"{cls.__name__}: a published model is never subclassed; write its steps out")
        for name, node in _nodes(cls.blocks()).items():
            if hasattr(cls, name):
                raise TypeError(f"{cls.__name__}: {name!r} is viewflow's word, take another key")
            setattr(cls, name, node)
        super().__init_subclass__(**kwargs)

    def begin(self, activation: Activation, trial: Any) -> Any:
        """The process knows its trial, also later, when the trial may have gone over to another process."""
        activation.process.trial = activation.process.seed = trial
        return activation.process

    @classmethod
    def blocks(cls) -> list[tuple[Step, ...]]:
        """The steps in their order, those side by side together."""
        return [block if isinstance(block, tuple) else (block,) for block in cls.steps]

    @classmethod
    def all_steps(cls) -> list[Step]:
        """Every step in its order, the decision last."""
        return [step for block in cls.blocks() for step in block]

    @classmethod
    def before(cls, key: str) -> list[Step]:
        """The steps that stand earlier than this one, those beside it not counted."""
        found: list[Step] = []
        for block in cls.blocks():
            if key in [step.key for step in block]:
                break
            found += block
        return found

    @classmethod
    def step(cls, key: str) -> Step | None:
        """The step with this key, if the model has it."""
        return next((step for step in cls.all_steps() if step.key == key), None)


def _nodes(blocks: list[tuple[Step, ...]]) -> dict[str, Any]:
    entries = [block[0].key if len(block) == 1 else f"split_{block[0].number}" for block in blocks] + ["end"]
    made: dict[str, Any] = {"start": nodes.StartHandle(this.begin).Next(getattr(this, entries[0])), "end": nodes.End()}
    for block, entry, following in zip(blocks, entries, entries[1:], strict=False):
        for name, node in _block(block, entry, following).items():
            if name in made:
                raise TypeError(f"{name!r} stands twice in one model")
            made[name] = node
    return made


def _block(block: tuple[Step, ...], entry: str, following: str) -> dict[str, Any]:
    if len(block) > 1:
        join = f"join_{block[0].number}"
        made = {step.key: StepNode(step).Next(getattr(this, join)) for step in block}
        if len(made) < len(block):
            raise TypeError(f"one of {', '.join(made)} stands twice side by side")
        split = nodes.Split()
        for step in block:
            split.Always(getattr(this, step.key))
        return made | {entry: split, join: nodes.Join(activation_class=JoinActivation).Next(getattr(this, following))}
    [step] = block
    if not step.outcomes:
        return {entry: StepNode(step).Next(getattr(this, following))}
    switch = nodes.Switch()
    for outcome, target in step.outcomes.items():
        switch.Case(getattr(this, target or following), _decided(outcome))
    return {entry: StepNode(step).Next(getattr(this, f"after_{entry}")), f"after_{entry}": switch}


def _decided(outcome: str) -> Callable[[Activation], bool]:
    return lambda activation: activation.process.trial.outcome == outcome
