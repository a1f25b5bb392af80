"""What if an answer comes at the same moment as something else? One outcome each, on both databases."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from adoption import partners
from adoption.contacts import answers, asking, pair
from adoption.contacts.links import PERSON, SUCCESSOR, Link, link_in, token_of, token_of_successor
from adoption.leaving import close_person
from adoption.models import Act, ContactCheck, Person, Responsibility
from adoption.people import end_responsibility, find_or_make, name_person
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.race import DONE, REFUSED

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 8
WON, LOST = [DONE, REFUSED], [REFUSED, DONE]


class Ground:
    """A region with its pair, and a venue whose contact person is asked for each round."""

    def __init__(self) -> None:
        self.region = a_region()
        self.aino, self.mikko = a_pair(self.region)

    def asked(self, number: int) -> ContactCheck:
        venue = a_venue(self.region, self.aino, f"Galleria {number}")
        return pair.ask_contact(venue, self.aino)

    def handed(self, number: int) -> ContactCheck:
        check = self.asked(number)
        return answers.hand_over(link_of(check), check.pk, "Liisa Laine", f"liisa.{number}@example.org")


def anew(check: ContactCheck) -> ContactCheck:
    return ContactCheck.objects.select_related("person", "partner__contact").get(pk=check.pk)


def link_of(check: ContactCheck) -> Link:
    check = anew(check)
    found = link_in(PERSON, token_of(check.person, check.round))
    assert found
    return found


def successor_link(check: ContactCheck) -> Link:
    found = link_in(SUCCESSOR, token_of_successor(anew(check)))
    assert found
    return found


def naming(check: ContactCheck, by: Person) -> tuple:
    """The pair names Kalle."""
    return (partners.name_contact, (check.partner, by, "kalle@example.org", "Kalle Repo"))


def count(check: ContactCheck, what: str) -> int:
    return Act.objects.filter(what=what, about_kind="partner", about_id=str(check.partner_id)).count()


@pytest.fixture
def ground(transactional_db) -> Ground:
    return Ground()


def test_the_same_answer_is_sent_twice(race, ground):
    for number in range(ROUNDS):
        check = ground.asked(number)
        act = (answers.stay, (link_of(check),))
        assert sorted(race(act, act)) == sorted(WON)
        assert (anew(check).state, count(check, "contact_stays")) == ("stays", 1)


def test_staying_against_leaving(race, ground):
    """Either order is an outcome: who leaves may think again, and who has said to stay may not leave by the link."""
    for number in range(ROUNDS):
        check = ground.asked(number)
        link = link_of(check)
        ends = race((answers.stay, (link, check.pk)), (answers.leave, (link, check.pk)))
        assert ends in (WON, [DONE, DONE])
        assert anew(check).state == "stays"


def test_an_answer_against_the_pair_naming_another(race, ground):
    for number in range(ROUNDS):
        check = ground.asked(number)
        ends = race((answers.stay, (link_of(check),)), naming(check, ground.aino))
        assert ends in ([DONE, DONE], LOST)
        assert anew(check).partner.contact.name == "Kalle Repo"
        assert count(check, "contact_stays") == (ends == [DONE, DONE])


def test_a_successor_accepts_against_the_pair_naming_another(race, ground):
    """Whoever comes second names the last one: Kalle in either order, and a successor who comes second is refused."""
    for number in range(ROUNDS):
        check = ground.handed(number)
        ends = race((answers.accept, (successor_link(check), "fi")), naming(check, ground.aino))
        assert ends in ([DONE, DONE], LOST)
        assert anew(check).partner.contact.name == "Kalle Repo"
        assert count(check, "contact_accepts") == (ends == [DONE, DONE])


def test_a_successor_accepts_while_kaikukeskus_closes_that_person(race, ground):
    laura = a_kaikukeskus_person()
    for number in range(ROUNDS):
        check = ground.handed(number)
        liisa = find_or_make(f"liisa.{number}@example.org", "Liisa Laine")
        ends = race((answers.accept, (successor_link(check), "fi")), (close_person, (liisa, laura, "Lähti.")))
        assert ends in (WON, LOST)
        assert anew(check).partner.contact.is_active


def test_a_successor_accepts_against_the_old_one_staying(race, ground):
    for number in range(ROUNDS):
        check = ground.handed(number)
        ends = race((answers.accept, (successor_link(check), "fi")), (answers.stay, (link_of(check), check.pk)))
        assert ends in (WON, LOST)
        name = anew(check).partner.contact.name
        assert (name == "Liisa Laine") == (ends == WON)


def test_a_successor_accepts_twice_and_accepts_against_declining(race, ground):
    for number in range(ROUNDS):
        check = ground.handed(number)
        link = successor_link(check)
        other = (answers.decline, (link, "")) if number % 2 else (answers.accept, (link, "fi"))
        ends = race((answers.accept, (link, "fi")), other)
        assert sorted(ends) == sorted(WON)
        assert count(check, "contact_accepts") + count(check, "successor_declined") == 1


def test_two_scans_ask_once(race, ground):
    for number in range(ROUNDS):
        given = name_person(ground.region, "culture", f"venla.{number}@example.org", "Venla Aho", ground.aino)
        Responsibility.objects.filter(pk=given.pk).update(since=localdate() - timedelta(days=400))
        act = (asking.ask, (given.person_id, localdate().isoformat()))
        assert race(act, act) == [DONE, DONE]
        assert ContactCheck.objects.get(responsibility=given).round == 1
        assert Act.objects.filter(what="responsible_asked", about_id=str(given.person_id)).count() == 1


def test_a_responsible_successor_accepts_against_the_end_of_the_responsibility(race, ground):
    """The side is never left empty: the last holder's responsibility ends only once there is another one."""
    aino = Responsibility.objects.get(person=ground.aino)
    check = pair.ask_responsible(aino, a_kaikukeskus_person())
    check = answers.hand_over(link_of(check), check.pk, "Liisa Laine", "liisa@example.org")
    ends = race((answers.accept, (successor_link(check), "fi")), (end_responsibility, (aino, a_kaikukeskus_person())))
    assert ends == WON
    held = Responsibility.objects.current().holders().get(region=ground.region, side="culture")
    assert held.person.name == "Liisa Laine"
