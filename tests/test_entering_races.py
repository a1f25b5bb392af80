"""Two entries at one moment, and an entry against the opening of a trial: one of them stands, in every order."""

import pytest

from adoption.models import Municipality, Person, Phase, Region, RegionMunicipality
from tests.entries import an_entry
from tests.people import a_kaikukeskus_person, a_region, a_trial
from tests.race import DONE, REFUSED
from workflows.checks import faults
from workflows.entering import enter_region
from workflows.models import Trial

pytestmark = pytest.mark.django_db(transaction=True)


def enters(slug: str, present: str) -> None:
    region = Region.objects.get(slug=slug)
    enter_region(region, an_entry(region, present), Person.objects.get(is_kaikukeskus=True))


def opens(slug: str) -> None:
    a_trial(Region.objects.get(slug=slug))


def both(race, first, second) -> None:
    assert sorted(race(first, second)) == sorted([DONE, REFUSED])
    assert Trial.objects.count() == 1
    assert faults() == []


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
    assert RegionMunicipality.objects.filter(municipality__in=shared(), phase=Phase.LASTING).count() == 1


def shared() -> list[Municipality]:
    return list(Region.objects.get(slug="ruotsi").municipalities.all())


def shared_with_kainuu() -> None:
    """Kainuu has no other municipality than the one of Ruotsi."""
    kainuu = Region.objects.get(slug="kainuu")
    kainuu.members.all().delete()
    for one in shared():
        RegionMunicipality.objects.create(region=kainuu, municipality=one, phase_since="2024-01-01")
