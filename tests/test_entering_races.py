"""Two entries at one moment, and an entry against the opening of a trial: one of them stands, in every order."""

import pytest
from django.contrib.contenttypes.models import ContentType

from adoption.models import Municipality, Person, Phase, Region, RegionMunicipality
from tests.entries import an_entry
from tests.people import a_kaikukeskus_person, a_region, a_trial
from tests.race import DONE, REFUSED
from workflows.checks import faults
from workflows.correcting import withdraw_trial
from workflows.entering import enter_region
from workflows.entry_correcting import withdraw_entry
from workflows.models import Trial
from workflows.trial import WITHDRAWN

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 3


def enters(slug: str, present: str) -> None:
    ContentType.objects.clear_cache()  # this process has lived through the flush of the database
    region = Region.objects.get(slug=slug)
    enter_region(region, an_entry(region, present), Person.objects.get(is_kaikukeskus=True))


def opens(slug: str) -> None:
    ContentType.objects.clear_cache()
    a_trial(Region.objects.get(slug=slug))


def both(race, first, second) -> None:
    """Of the two one is done and one refused, whichever comes first; and so again, once that one is withdrawn."""
    for _number in range(ROUNDS):
        assert sorted(race(first, second)) == sorted([DONE, REFUSED])
        [trial] = Trial.objects.exclude(decided=WITHDRAWN)
        assert lasting_at_once() <= 1
        (withdraw_entry if trial.entered_on else withdraw_trial)(trial, a_kaikukeskus_person(), "The next round.")
    assert faults() == []


def lasting_at_once() -> int:
    """In how many regions the municipality of Ruotsi is in lasting use."""
    return RegionMunicipality.objects.filter(municipality__in=shared(), phase=Phase.LASTING).count()


@pytest.mark.parametrize("present", ["lasting", "feedback"])
def test_two_entries_of_one_region(race, present):
    a_region("ruotsi")
    a_kaikukeskus_person()
    both(race, (enters, ("ruotsi", present)), (enters, ("ruotsi", "lasting")))


def test_an_entry_and_the_opening_of_a_trial(race):
    a_region("ruotsi")
    a_kaikukeskus_person()
    both(race, (enters, ("ruotsi", "lasting")), (opens, ("ruotsi",)))


def test_an_entry_and_a_trial_of_another_region_that_has_the_same_municipality(race):
    """The region's lock is of no help here: the municipalities themselves are held."""
    a_region("ruotsi")
    a_kaikukeskus_person()
    shared_with_kainuu()
    both(race, (enters, ("ruotsi", "lasting")), (opens, ("kainuu",)))


def test_two_regions_enter_the_same_municipality(race):
    a_region("ruotsi")
    a_kaikukeskus_person()
    shared_with_kainuu()
    both(race, (enters, ("ruotsi", "lasting")), (enters, ("kainuu", "lasting")))


def shared() -> list[Municipality]:
    return list(Region.objects.get(slug="ruotsi").municipalities.all())


def shared_with_kainuu() -> None:
    """Kainuu has no other municipality than the one of Ruotsi."""
    kainuu = Region.objects.get(slug="kainuu")
    kainuu.members.all().delete()
    for one in shared():
        RegionMunicipality.objects.create(region=kainuu, municipality=one, phase_since="2024-01-01")
