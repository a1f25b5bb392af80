"""How many queries does closing a step take? All that goes to the database is counted: the history row, the mail's job,
the step's own writes, BEGIN and COMMIT."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import a_region
from workflows import services, walk
from workflows.trial import MODELS

# Beyond what any step takes: the tables that its gate reads, and what it opens. In the order of the walk.
CLOSING = {
    "intro_event": 12,
    "local_pair": 14,
    "pair_training": 12,
    "workshop": 14,
    "commitments": 21,  # opens three, by viewflow's split
    "kaikukanta_users": 18,  # the first to arrive at viewflow's join
    "statistics": 16,  # in its place in 2023: it asks nothing of the partners
    "print_comms": 15,
    "induction": 25,  # the last of the three, which goes through the join
    "start_distribution": 15,  # with the trial's dates, the phase of its municipalities, and the plan of the rest
    "feedback": 13,
    "decision": 37,  # ends the trial and carries three commitments over
}
LINEAR = ["intro_event", "local_pair", "pair_training", "workshop", "start_distribution", "feedback"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", ["2023", "2024"])
def test_closing_each_step(monkeypatch, model):
    """The number of each step's last confirmation, which closes it; a linear step takes at most 15 all told."""
    found = {}

    def counted(trial, key, by, *said):
        with CaptureQueriesContext(connection) as captured:
            row = confirm_step(trial, key, by, *said)
        found[key] = len(captured)
        return row

    confirm_step = services.confirm_step
    monkeypatch.setattr(services, "confirm_step", counted)
    walk.walk(walk.begin(a_region("kainuu"), model, "walk"))
    assert found == {key: CLOSING[key] for key in found}
    assert found.keys() == {step.key for step in MODELS[model].all_steps()}
    assert max(found[key] for key in LINEAR) <= 15
