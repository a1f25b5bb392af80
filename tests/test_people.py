"""Who may name, end and correct whom?"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate

from adoption.access import acting, regions_of
from adoption.history import all_faults
from adoption.models import Act, Municipality, Person
from adoption.people import add_kaikukeskus_person, correct_person, end_responsibility, name_person
from adoption.refusal import NotYours, Refused
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger

pytestmark = pytest.mark.django_db


def test_the_command_makes_the_first_kaikukeskus_person(capsys):
    call_command("add_person", "Eka@Example.org", "--kaikukeskus", "--name", "Eka Henkilö")
    assert Person.objects.get(email="eka@example.org").is_kaikukeskus
    with pytest.raises(CommandError):
        call_command("add_person", "no address", "--kaikukeskus")


def test_a_holder_names_and_ends_others_of_the_own_side_only():
    region = a_region()
    aino, mikko = a_pair(region)
    second = name_person(region, "culture", "toinen@example.org", "Toini Toinen", aino)
    with pytest.raises(NotYours):
        name_person(region, "care", "kolmas@example.org", "Kolme Kolmas", aino)
    with pytest.raises(NotYours):
        end_responsibility(second, mikko)
    end_responsibility(second, aino)
    assert not regions_of(second.person).exists()


def test_the_last_holder_of_a_side_stays_until_there_is_another():
    region = a_region()
    aino, _mikko = a_pair(region)
    own = region.responsibilities.get(person=aino)
    with pytest.raises(Refused):
        end_responsibility(own, a_kaikukeskus_person())
    kajaani = Municipality.objects.get(name_fi="Kajaani")
    name_person(region, "culture", "k@example.org", "Kaija Kajaanista", aino, municipality=kajaani)
    with pytest.raises(Refused):  # the other municipalities would have nobody
        end_responsibility(own, a_kaikukeskus_person())
    name_person(region, "culture", "t@example.org", "Toini Toinen", aino)
    end_responsibility(own, a_kaikukeskus_person())


def test_the_two_sides_are_different_people_and_none_of_them_kaikukeskus():
    region = a_region()
    aino, mikko = a_pair(region)
    for side, person in (("care", aino), ("culture", mikko), ("culture", a_kaikukeskus_person())):
        with pytest.raises(Refused):
            name_person(region, side, person.email, person.name, a_kaikukeskus_person())
    with pytest.raises(Refused):
        add_kaikukeskus_person(aino.email, aino.name, a_kaikukeskus_person())
    assert a_pair(a_region("lappi"))[0] != aino


def test_one_person_may_hold_a_side_in_several_regions():
    kainuu, lappi = a_region(), a_region("lappi")
    aino, _mikko = a_pair(kainuu)
    name_person(lappi, "care", aino.email, aino.name, a_kaikukeskus_person())
    assert set(regions_of(aino)) == {kainuu, lappi}
    assert acting(aino, lappi).side == "care"


def test_a_substitute_acts_in_the_holders_stead_and_names_nobody():
    region = a_region()
    aino, _mikko = a_pair(region)
    last = localdate() + timedelta(days=30)
    given = name_person(region, "culture", "kaisa@example.org", "Kaisa Oja", aino, substitute=True, last_day=last)
    kaisa = given.person
    assert acting(kaisa, region) == (kaisa, "culture", aino)
    with pytest.raises(NotYours):
        name_person(region, "culture", "x@example.org", "Xenia X", kaisa)
    with pytest.raises(Refused):
        name_person(region, "culture", "y@example.org", "Yrjö Y", aino, last_day=last)


def test_a_stranger_and_an_inactive_person_act_for_nobody():
    region = a_region()
    aino, _mikko = a_pair(region)
    with pytest.raises(NotYours):
        acting(a_stranger(), region)
    aino.is_active = False
    with pytest.raises(NotYours):
        acting(aino, region)


def test_names_and_addresses_are_corrected_with_history_intact():
    region = a_region()
    aino, mikko = a_pair(region)
    before = Act.objects.count()
    correct_person(aino, aino, "Aino Virtanen-Hakkarainen", "Aino.Uusi@example.org", title="tuottaja")
    aino.refresh_from_db()
    assert (aino.name, aino.email) == ("Aino Virtanen-Hakkarainen", "aino.uusi@example.org")
    assert Act.objects.count() == before + 1
    assert all_faults() == []
    with pytest.raises(NotYours):
        correct_person(aino, mikko, "Joku Muu", aino.email)
    with pytest.raises(Refused):
        correct_person(aino, aino, aino.name, mikko.email)


@pytest.mark.parametrize("address", ["a@" + "ä" * 60 + ".fi", "b@x\u2028y.fi", "c@\u202eabc.fi"])
def test_nobody_is_named_by_an_address_that_no_mail_can_be_sent_to(address):
    region = a_region()
    aino, _mikko = a_pair(region)
    with pytest.raises(Refused):
        name_person(region, "culture", address, "Paha Osoite", aino)
    with pytest.raises(Refused):
        correct_person(aino, aino, aino.name, address)
    assert not Person.objects.filter(name="Paha Osoite").exists()
