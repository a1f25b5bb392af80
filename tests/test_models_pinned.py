"""Do open trials still find their steps? What a published model is stored as, written out: it never changes."""

from importlib.metadata import packages_distributions

import pytest
from django.db.models import CharField
from django.db.models.functions import Cast
from viewflow.workflow.fields import get_flow_ref
from viewflow.workflow.models import Process, Task

from tests.people import a_region
from workflows import walk
from workflows.models import TrialStep
from workflows.steps import Step, TrialFlow, both, kaikukeskus, side_by_side
from workflows.trial import MODELS, Trial2024

PUBLISHED = {
    "workflows/trial.Trial2023": [
        "after_decision", "commitments", "decision", "end", "feedback", "induction", "intro_event", "join_6",
        "local_pair", "pair_training", "print_comms", "split_6", "start", "start_distribution", "statistics",
        "workshop",
    ],
    "workflows/trial.Trial2024": [
        "after_decision", "commitments", "decision", "end", "feedback", "induction", "intro_event", "join_6",
        "kaikukanta_users", "local_pair", "pair_training", "print_comms", "split_6", "start", "start_distribution",
        "workshop",
    ],
}  # fmt: skip
# Number, key and who confirms.
STEPS = {
    "2023": [
        (1, "intro_event", "kaikukeskus"), (2, "local_pair", "kaikukeskus"), (3, "pair_training", "both"),
        (4, "workshop", "both"), (5, "commitments", "both"), (6, "statistics", "both"),
        (7, "print_comms", "both"), (8, "induction", "both"), (9, "start_distribution", "both"),
        (10, "feedback", "both"), ("→", "decision", "both"),
    ],
    "2024": [
        (1, "intro_event", "kaikukeskus"), (2, "local_pair", "kaikukeskus"), (3, "pair_training", "both"),
        (4, "workshop", "both"), (5, "commitments", "both"), (6, "kaikukanta_users", "both"),
        (7, "print_comms", "both"), (8, "induction", "both"), (9, "start_distribution", "both"),
        (10, "feedback", "both"), ("→", "decision", "both"),
    ],
}  # fmt: skip
ACTS = [
    walk.introduce, walk.name_pair, walk.train, walk.meet, walk.commit, walk.make_accounts, walk.print_materials,
    walk.induct, walk.start, walk.give_feedback, walk.decide,
]  # fmt: skip
TEXT = CharField()


def a_step(key: str, number: int = 1) -> Step:
    return Step(number, key, both, weeks=1, title=key, why="", what="")


def test_the_published_models_are_stored_under_these_names():
    stored = {get_flow_ref(flow): sorted(node.name for node in flow.instance.nodes()) for flow in MODELS.values()}
    assert stored == PUBLISHED


@pytest.mark.parametrize("model", ["2023", "2024"])
def test_the_steps_and_who_confirms_them(model):
    assert [(step.number, step.key, step.who) for step in MODELS[model].all_steps()] == STEPS[model]


def test_a_published_model_cannot_be_subclassed():
    with pytest.raises(TypeError, match="never subclassed"):
        type("Trial2024b", (Trial2024,), {})


@pytest.mark.parametrize("word", ["nodes", "node", "urls", "lock", "cancel", "instance", "begin", "steps"])
def test_a_key_that_is_viewflows_word_is_refused(word):
    with pytest.raises(TypeError, match="viewflow's word"):
        type("Odd", (TrialFlow,), {"steps": [a_step(word)]})


@pytest.mark.parametrize("keys", [("twice", "twice"), ("start",), ("end",)])
def test_a_key_stands_once(keys):
    with pytest.raises(TypeError, match="twice"):
        type("Odd", (TrialFlow,), {"steps": [a_step(key) for key in keys]})


def test_a_key_stands_once_side_by_side_too():
    with pytest.raises(TypeError, match="twice"):
        type("Odd", (TrialFlow,), {"steps": [side_by_side(a_step("one", 1), a_step("one", 2)), a_step("two", 3)]})


def test_who_confirms_what():
    assert a_step("one").awaits({"culture": {}}) == {"care"}
    assert Step(1, "one", kaikukeskus, weeks=1, title="", why="", what="").sides == {"kaikukeskus"}


def test_only_one_django_fsm_is_installed():
    """django-fsm and django-fsm-2 share a package name: with both, whichever was installed last would run."""
    assert packages_distributions()["django_fsm"] == ["django-fsm-2"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["2023", "2024"])
def test_every_open_row_resolves(model):
    """At each place of a walk the stored names are those of the published model, and each leads to its node and row."""
    here = walk.begin(a_region("etela-savo"), model, "walk")
    flow, seen = f"workflows/trial.Trial{model}", set()
    for act in ACTS:
        act(here)
        stored = {task.stored: task.flow_task.name for task in Task.objects.annotate(stored=Cast("flow_task", TEXT))}
        assert list(stored) == [f"{flow}.{name}" for name in stored.values()]
        seen |= set(stored.values())
    assert sorted(seen) == PUBLISHED[flow]
    assert {process.flow_class for process in Process.objects.all()} == {MODELS[model]}
    assert all(MODELS[model].step(row.key) for row in TrialStep.objects.all())
