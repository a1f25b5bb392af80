"""How many queries does closing a step take? The history row and the mail's job are counted; BEGIN and COMMIT, which
read and write nothing, are not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import a_region
from workflows import services, walk

# Beyond what any step takes: the tables that its gate reads, and what it opens. In the order of the walk.
CLOSING = {
    "intro_event": 10,
    "local_pair": 12,
    "pair_training": 12,
    "workshop": 14,
    "commitments": 22,  # opens three, by viewflow's split
    "kaikukanta_users": 18,  # the first to arrive at viewflow's join
    "print_comms": 15,
    "induction": 25,  # the last of the three, which goes through the join
    "start_distribution": 17,
    "feedback": 13,
    "decision": 38,  # ends the trial and carries three commitments over
}
# Step 9 does more than close: it sets the trial's dates, the phase of its municipalities, and the plan of the rest.
OWN_WRITES = {"start_distribution": 3}
LINEAR = ["intro_event", "local_pair", "pair_training", "workshop", "start_distribution", "feedback"]


@pytest.mark.django_db(transaction=True)
def test_closing_each_step(monkeypatch):
    """The number of each step's last confirmation, which closes it; a linear step takes at most 15."""
    found = {}

    def counted(trial, key, by, *said):
        with CaptureQueriesContext(connection) as captured:
            row = confirm_step(trial, key, by, *said)
        found[key] = sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in captured)
        return row

    confirm_step = services.confirm_step
    monkeypatch.setattr(services, "confirm_step", counted)
    walk.walk(walk.begin(a_region("kainuu"), "2024", "walk"))
    assert found == CLOSING
    assert max(found[key] - OWN_WRITES.get(key, 0) for key in LINEAR) <= 15
