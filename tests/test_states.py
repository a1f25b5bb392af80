"""What can happen to each thing that has states? The allowed sets written out, and none without one."""

import pytest
from django.apps import apps
from django_fsm import FSMFieldMixin, TransitionNotAllowed, can_proceed

from adoption.models import Partner
from adoption.models.contacts import ContactCheck
from adoption.models.handovers import Handover
from adoption.models.notes import Note, SharedAnswer
from commitments.models import Commitment, SignatureRequest, SignedCopy
from tests import test_commitments, test_partner_states, test_signing
from workflows.models import Meeting

# (state, transition) → the state after it; whatever is not here is refused.
HERE = {
    ContactCheck: {
        ("asked", "stay"): "stays",
        ("asked", "hand"): "handing",
        ("asked", "leave"): "leaving",
        ("asked", "overtake"): "overtaken",
        ("handing", "stay"): "stays",
        ("handing", "hand"): "handing",
        ("handing", "leave"): "leaving",
        ("handing", "accept"): "handed",
        ("handing", "overtake"): "overtaken",
        ("leaving", "stay"): "stays",
        ("leaving", "hand"): "handing",
        ("leaving", "leave"): "leaving",
        ("leaving", "overtake"): "overtaken",
    },
    Note: {
        ("left", "ask"): "asked",
        ("left", "withdraw"): "withdrawn",
        ("asked", "give_answer"): "answered",
        ("asked", "withdraw"): "withdrawn",
    },
    SharedAnswer: {("draft", "publish"): "published", ("published", "take_back"): "draft"},
    Handover: {("agreed", "finish"): "done", ("agreed", "withdraw"): "withdrawn"},
    Meeting: {
        ("proposed", "fix"): "fixed",
        ("proposed", "cancel"): "cancelled",
        ("fixed", "fix"): "fixed",
        ("fixed", "hold"): "held",
        ("fixed", "cancel"): "cancelled",
    },
}
OF_PARTNERS = {
    (state, name): after
    for states in test_partner_states.ALLOWED.values()
    for state, allowed in states.items()
    for name, after in allowed.items()
}
# Those of the other files are tried there, state by state.
ALL = HERE | {
    Partner: OF_PARTNERS,
    Commitment: test_commitments.ALLOWED | test_commitments.ON_PAPER,
    SignatureRequest: test_signing.OF_REQUEST,
    SignedCopy: test_signing.OF_COPY,
}


def transitions(model) -> set[str]:
    return {transition.name for transition in model._meta.get_field("state").get_all_transitions(model)}


def test_whatever_has_states_has_its_allowed_set_written_out():
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    found = {(field.model, field.name) for field in fields if isinstance(field, FSMFieldMixin)}
    assert found == {(model, "state") for model in ALL}


@pytest.mark.parametrize("model", ALL)
def test_the_written_set_names_all_that_there_is(model):
    assert {name for _state, name in ALL[model]} == transitions(model)
    assert {state for one in ALL[model].items() for state in (one[0][0], one[1])} <= set(model.State.values)


@pytest.mark.parametrize(
    ("model", "state", "name"),
    [(model, state, name) for model in HERE for state in model.State.values for name in sorted(transitions(model))],
)
def test_every_transition_from_every_state(model, state, name):
    row, after = model(state=state), HERE[model].get((state, name))
    move = getattr(row, name)
    assert can_proceed(move) == bool(after)
    if after:
        move()
    else:
        with pytest.raises(TransitionNotAllowed):
            move()
    assert row.state == (after or state)
