"""What happens when two people move days of one plan at the same moment? One of them does, by the plan they saw."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from adoption.days import A_DAY, next_working_day
from adoption.models import Act
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_trial
from tests.race import DONE, REFUSED
from workflows import services
from workflows.correcting import correct_trial
from workflows.models import TrialStep
from workflows.moving import mark_of, move_due

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 20


@pytest.fixture
def ground(transactional_db):
    region = a_region("ruotsi")
    aino, mikko = a_pair(region)
    return a_trial(region), aino, mikko


def due(trial, key):
    return TrialStep.objects.get(trial=trial, key=key).due


def a_move(trial, key, by, days):
    to = next_working_day(due(trial, key) + days * A_DAY)
    return move_due, (trial, key, by, to, "Kisaa varten.", mark_of(services.read(trial.pk)))


def test_two_moves_at_once_have_one_outcome(race, ground):
    trial, aino, mikko = ground
    for number in range(ROUNDS):
        acts = [a_move(trial, "workshop", aino, 1 + number), a_move(trial, "commitments", mikko, 2)]
        assert sorted(race(*acts)) == sorted([DONE, REFUSED])
        assert Act.objects.filter(what="due_moved").count() == number + 1


def test_a_move_and_a_closing_of_the_step(race, ground):
    """Whichever comes first: a step that is closed has kept its day, one that moved is closed by its new day."""
    trial, aino, _mikko = ground
    laura = a_kaikukeskus_person()
    for key in ("intro_event", "pair_training", "workshop"):
        was = due(trial, key)
        moving, skipping = race(a_move(trial, key, aino, 1), (services.skip_step, (trial, key, laura, "Kisaa varten.")))
        assert skipping == DONE
        assert (moving, due(trial, key) == was) in {(DONE, False), (REFUSED, True)}


def test_a_move_and_a_correction_of_the_planned_days(race, ground):
    trial, aino, _mikko = ground
    laura = a_kaikukeskus_person()
    for number in range(ROUNDS // 2):
        start = localdate() + timedelta(days=200 + 7 * number)
        correction = (trial, laura, list(trial.municipalities.all()), start, start + timedelta(days=360), "Kisa")
        moving, correcting = race(a_move(trial, "workshop", aino, 3), (correct_trial, correction))
        assert correcting == DONE
        trial.refresh_from_db()
        assert trial.planned_start == start or moving == DONE
