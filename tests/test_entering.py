"""A region that already has the card comes in at its present step or in lasting use, and is then as one that walked."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import translation
from django.utils.timezone import localdate

from adoption.models import Act, Municipality, Partner, Phase, Region
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from commitments.models import Commitment
from commitments.on_paper import Paper, partner_committed
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_trial, a_venue
from workflows import services, walk
from workflows.checks import faults
from workflows.entering import Named, enter_region
from workflows.entry import LASTING, Entry
from workflows.models import FeedbackMeeting, Trial
from workflows.trial import MODELS
from workflows.walk import Walk
from workflows.year import next_feedback_due

pytestmark = pytest.mark.django_db
STARTED = localdate() - timedelta(days=300)
ENDS = localdate() + timedelta(days=65)
SINCE = localdate() - timedelta(days=100)
STAGES = [(model, step.key) for model, flow in MODELS.items() for step in flow.all_steps()]
ACTS = {
    "intro_event": walk.introduce, "local_pair": walk.name_pair, "pair_training": walk.train, "workshop": walk.meet,
    "commitments": walk.commit, "statistics": walk.make_accounts, "kaikukanta_users": walk.make_accounts,
    "print_comms": walk.print_materials, "induction": walk.induct, "start_distribution": walk.start,
    "feedback": walk.give_feedback, "decision": walk.decide,
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def laura():
    return a_kaikukeskus_person()


def towns(region: Region) -> list[Municipality]:
    return list(region.municipalities.order_by("name_fi"))


def an_entry(region: Region, present: str = LASTING, model: str = "2024", **more) -> Entry:
    """The region as it stands, with the days of the trial and of lasting use, and nothing more."""
    flow = MODELS[model]
    begun = present in (LASTING, "feedback", "decision")
    block = next((block for block in flow.blocks() if present in {step.key for step in block}), ())
    keys = [step.key for step in block]
    start = STARTED if begun else localdate() + timedelta(days=90)
    said = {
        "start": start, "end": ENDS if begun else start + timedelta(days=364),
        "since": {one.pk: SINCE for one in towns(region)} if present == LASTING else {},
        "beside": frozenset(keys[: keys.index(present)] if keys else []),
    }  # fmt: skip
    return Entry(model, present, towns(region), **(said | more))


def partners_on_paper(region: Region, by) -> list[Partner]:
    """What the import with --existing brings: a third-sector distributor and a venue."""
    found = [a_distributor(region, by), a_venue(region, by)]
    for partner in found:
        partner_committed(partner, by, STARTED - timedelta(days=20))
    return found


# -- every step of both models ----------------------------------------------------------------------------------------


def end_state(trial: Trial) -> dict:
    """What a region that walked all and one that was entered have alike."""
    trial = services.read(trial.pk)
    members = trial.region.members.filter(municipality__in=trial.municipalities.all())
    return {
        "model": trial.model, "decided": trial.decided, "process": trial.process.status, "open": sorted(trial.open),
        "closed": {key: row.closed_at is not None for key, row in trial.rows.items()},
        "begun": trial.started_on is not None and trial.ends_on is not None,
        "held": trial.members.filter(is_open=True).count(),
        "phases": set(members.values_list("phase", flat=True)),
        "bound": set(
            Commitment.objects.in_force().filter(region=trial.region).values_list("kind", flat=True)
        ),
        "partners": set(trial.region.partners.values_list("state", flat=True)),
    }  # fmt: skip


def walk_on(here: Walk) -> None:
    """Every step that is open is done by the pair, until the decision."""
    while open_keys := set(services.read(here.trial.pk).open):
        key = next(step.key for step in services.read(here.trial.pk).flow.all_steps() if step.key in open_keys)
        ACTS[key](here)


@pytest.mark.parametrize(("model", "present"), STAGES)
def test_a_region_entered_at_any_step_walks_on_to_where_all_others_come(model, present, laura):
    region = a_region("ruotsi")
    trial = enter_region(region, an_entry(region, present, model), laura)
    assert faults() == []
    read = services.read(trial.pk)
    block = next(block for block in read.flow.blocks() if present in {step.key for step in block})
    ahead = [step.key for step in block if not read.rows[step.key].closed_at]
    assert sorted(read.open) == sorted(ahead)
    assert all((row.entered_at is not None) == (row.closed_at is not None) for row in read.rows.values())
    aino, mikko = a_pair(region)
    here = Walk(trial, laura, aino, mikko)
    if read.rows["workshop"].closed_at:
        walk.add_partners(here)
    if read.rows["commitments"].closed_at:
        for partner in here.partners():
            partner_committed(partner, laura, STARTED - timedelta(days=20), model)
    walk_on(here)
    assert faults() == []
    assert end_state(trial) == WALKED[model]


WALKED = {
    model: {
        "model": model, "decided": "continue", "process": "DONE", "open": [],
        "closed": {step.key: True for step in flow.all_steps()}, "begun": True, "held": 0,
        "phases": {"lasting"}, "bound": {"region_commitment", "partner_commitment"}, "partners": {"active"},
    }
    for model, flow in MODELS.items()
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_one_that_walked_all_ends_there(model):
    region = a_region("ruotsi")
    a_kaikukeskus_person()
    here = walk.begin(region, model, "")
    walk.walk(here)
    assert end_state(here.trial) == WALKED[model]
