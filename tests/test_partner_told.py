"""Who hears at once that a partner has been added: the own holders of its municipality, else those of the side."""

import re

import pytest
from django.core import mail

from adoption.mail_choices import choose
from adoption.models import How, Kind, Partner, Person, Region
from adoption.partners import add_partner
from adoption.people import name_person
from adoption.tables import pasted
from commitments import importing
from tests.lists import a_row, text
from tests.people import a_kaikukeskus_person, a_pair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def pair(region) -> list[Person]:
    """Aino of culture and Mikko of care, each for the whole region."""
    return list(a_pair(region))


@pytest.fixture
def told(worker):
    """Whom the mails that an act causes have reached, and the mails, in the order in which they left."""

    def by(act) -> list[str]:
        worker.run()
        mail.outbox.clear()
        act()
        worker.run()
        return [to for message in mail.outbox for to in message.to]

    return by


def own_holder(region: Region, side: str, name: str, town: str) -> Person:
    where = region.municipalities.get(name_fi=town)
    email = f"{name.split()[0].lower()}@example.org"
    return name_person(region, side, email, name, a_kaikukeskus_person(), municipality=where).person


def a_new_one(region: Region, by: Person, role: str, town: str) -> Partner:
    where = [region.municipalities.get(name_fi=town)]
    kind = "culture" if role == "venue" else "clubhouse"
    return add_partner(region, by, {"name": f"{town}n {role} ry", "sector": "third"}, role, where, kind=kind)


def test_the_own_holder_hears_of_it_and_nobody_else(region, pair, told):
    aino, mikko = pair
    kaija = own_holder(region, "culture", "Kaija Kajaanista", "Kajaani")
    own_holder(region, "culture", "Sanna Sotkamosta", "Sotkamo")
    own_holder(region, "care", "Tuula Kajaanista", "Kajaani")
    assert told(lambda: a_new_one(region, mikko, "venue", "Kajaani")) == [kaija.email]
    assert told(lambda: a_new_one(region, kaija, "distributor", "Kajaani")) == ["tuula@example.org"]
    assert told(lambda: a_new_one(region, a_kaikukeskus_person(), "venue", "Kuhmo")) == [aino.email]


def test_who_added_it_hears_nothing_of_it(region, pair, told):
    aino, _mikko = pair
    kaija = own_holder(region, "culture", "Kaija Kajaanista", "Kajaani")
    assert told(lambda: a_new_one(region, kaija, "venue", "Kajaani")) == []
    assert told(lambda: a_new_one(region, aino, "venue", "Kuhmo")) == []


def test_the_mail_names_it_and_leads_to_it_in_the_readers_language(region, pair, told):
    Person.objects.filter(pk=pair[0].pk).update(language="en")
    partner: list[Partner] = []
    told(lambda: partner.append(a_new_one(region, pair[1], "venue", "Kuhmo")))
    [letter] = mail.outbox
    assert letter.subject == "New in Kainuu: Kuhmon venue ry"
    assert letter.body.startswith("Hello Aino,\n\nMikko ")
    assert partner[0].get_absolute_url() in letter.body


def test_one_may_have_no_such_mails(region, pair, told):
    aino, mikko = pair
    choose(aino, aino, {Kind.TOLD: How.NONE})
    assert told(lambda: a_new_one(region, mikko, "venue", "Kuhmo")) == []


def test_of_a_list_each_holder_has_one_mail_with_the_own_ones(region, pair, told):
    aino, mikko = pair
    kaija = own_holder(region, "care", "Kaija Kajaanista", "Kajaani")
    rows = [a_row(number, town="Kajaani" if number < 4 else "Kuhmo") for number in range(26)]
    rows += [a_row(26 + number, role="jakaja") for number in range(22)]
    plan = importing.preview(region, aino, pasted(text(rows)), "partners")
    addresses = told(lambda: importing.confirm_whole(plan, aino))
    assert [to for to in addresses if not to.startswith("henkilo")] == [kaija.email, mikko.email]
    for_kaija, for_mikko = [letter for letter in mail.outbox if not letter.to[0].startswith("henkilo")]
    assert Partner.objects.filter(region=region, role="distributor").count() == 35
    for letter in (for_mikko, for_kaija):
        assert re.findall(r"http://\S+", letter.body) == ["http://localhost:8000/regions/kainuu/partners/"]
    assert "Toimija 4 ry" in for_mikko.body
    assert "Toimija 0 ry" in for_kaija.body
