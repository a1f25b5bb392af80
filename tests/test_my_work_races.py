"""Something is put off while somebody does it, or twice at once: is there one outcome, and nothing hidden for ever?"""

from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.timezone import localdate

from tests.people import a_pair, a_region
from tests.race import DONE, REFUSED
from tests.trials import a_walk
from workflows.models import OwnTask, SavedFilter, Snooze
from workflows.my_work import own_tasks
from workflows.my_work.filters import Wanted, save_filter, show_first
from workflows.my_work.own_tasks import add_task, finish_task, take_back
from workflows.my_work.snoozing import bring_back, put_off
from workflows.my_work.whole import whole_of
from workflows.services import confirm_step, withdraw

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
SOON = timedelta(days=3)


@pytest.fixture
def aino(transactional_db):
    return a_pair(a_region())[0]


def test_putting_off_an_own_task_against_finishing_it(race, aino):
    task = add_task(aino, "Soita painoon")
    key, until = f"own-{task.pk}", localdate() + SOON
    for _round in range(ROUNDS):
        ended = race((put_off, (aino, key, until)), (finish_task, (task, aino)))
        assert (ended[0] in (DONE, REFUSED), ended[1]) == (True, DONE)
        whole = whole_of(aino)
        assert (whole.mine, whole.put_off, whole.done) == ([], [], [task])
        Snooze.objects.all().delete()
        take_back(task, aino)


def test_putting_off_a_step_against_the_other_sides_confirmation(race, transactional_db):
    """Whoever is first: the step waits for the one who has put it off, since it has changed, or stays put off as it
    stands after the confirmation."""
    here = a_walk("ruotsi", until="local_pair")
    here.record("pair_training", {"date": "2026-02-01", "trainer": "Laura Mäkelä"}, here.laura)
    with translation.override("en"):
        [item] = whole_of(here.aino).mine
    for _round in range(ROUNDS):
        acts = (
            (put_off, (here.aino, item.key, localdate() + SOON)),
            (confirm_step, (here.trial, "pair_training", here.mikko)),
        )
        assert race(*acts) == [DONE, DONE]
        whole = whole_of(here.aino)
        assert len(whole.mine) + len(whole.put_off) == 1
        assert Snooze.objects.count() == 1
        withdraw(here.trial, "pair_training", here.mikko)
        Snooze.objects.all().delete()


def test_putting_off_a_step_against_its_closing(race, transactional_db):
    here = a_walk("ruotsi", until="local_pair")
    here.record("pair_training", {"date": "2026-02-01", "trainer": "Laura Mäkelä"}, here.laura)
    confirm_step(here.trial, "pair_training", here.mikko)
    [item] = whole_of(here.aino).mine
    acts = (
        (put_off, (here.aino, item.key, localdate() + SOON)),
        (confirm_step, (here.trial, "pair_training", here.aino)),
    )
    ended = race(*acts)
    assert (ended[0] in (DONE, REFUSED), ended[1]) == (True, DONE)
    whole = whole_of(here.aino)
    assert whole.find(item.key) is None
    assert whole.put_off == []


def test_one_thing_is_put_off_twice_or_brought_back_at_once(race, aino):
    key = f"own-{add_task(aino, 'Soita painoon').pk}"
    for days in range(1, ROUNDS + 1):
        both = [(put_off, (aino, key, localdate() + timedelta(days=days + one))) for one in (0, 1)]
        assert race(*both) == [DONE, DONE]
        assert Snooze.objects.count() == 1
        assert sorted(race((bring_back, (aino, key)), (bring_back, (aino, key)))) == sorted([DONE, REFUSED])


def test_a_task_is_finished_once(race, aino):
    for _round in range(ROUNDS):
        task = add_task(aino, "Soita painoon")
        assert sorted(race((finish_task, (task, aino)), (finish_task, (task, aino)))) == sorted([DONE, REFUSED])


def test_the_last_place_of_the_list_is_given_once(race, aino):
    rows = [OwnTask(person=aino, made_by=aino, text="Soita") for _one in range(own_tasks.MOST - 1)]
    OwnTask.objects.bulk_create(rows)
    assert sorted(race((add_task, (aino, "a")), (add_task, (aino, "b")))) == sorted([DONE, REFUSED])
    assert OwnTask.objects.count() == own_tasks.MOST


def test_two_filters_are_to_be_shown_first_at_once(race, aino):
    saved = [save_filter(aino, name, Wanted(late=True)) for name in ("a", "b")]
    for _round in range(ROUNDS):
        assert race(*((show_first, (one, aino, True)) for one in saved)) == [DONE, DONE]
        assert SavedFilter.objects.filter(is_default=True).count() == 1
    assert race((save_filter, (aino, "c", Wanted(late=True))), (save_filter, (aino, "c", Wanted(kind="own")))) == [
        DONE,
        DONE,
    ]
    assert SavedFilter.objects.count() == 3
