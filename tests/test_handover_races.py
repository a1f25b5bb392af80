"""What if a handover comes at the same moment as something else? One outcome each, on both databases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from adoption.access import regions_of
from adoption.history import all_faults
from adoption.models import Handover, Person, Responsibility
from adoption.people import end_responsibility, name_person
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.race import DONE, NOT_YOURS, REFUSED
from tests.test_handover import SOON
from tests.trials import a_walk
from workflows import passing
from workflows.arranging.inviting import Whom
from workflows.arranging.services import arrange, fix
from workflows.checks import faults
from workflows.handing_over import Given, hand_over, withdraw
from workflows.services import confirm_step

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


@pytest.fixture(autouse=True)
def sound(transactional_db) -> Iterator[None]:
    """After all rounds the history is whole, and every row agrees with it."""
    yield
    assert all_faults() == []
    assert faults() == []


def a_leaver(number: int) -> Responsibility:
    """One more of the culture side, who answers for one municipality."""
    region = a_region()
    town = region.municipalities.order_by("pk").first()
    return name_person(region, "culture", f"eeva.{number}@example.org", "Eeva Salo", a_kaikukeskus_person(), town)


def handing(given: Responsibility, by: Person, name: str = "Liisa Laine", after=SOON) -> tuple:
    address = f"{name.split()[0].lower()}@example.org"
    return hand_over, (given.person, by, localdate() + after, [Given(given.pk, address, name)])


def test_the_same_handover_twice(race):
    a_pair(a_region())
    for number in range(ROUNDS):
        given = a_leaver(number)
        assert race(handing(given, given.person), handing(given, given.person)) == [DONE, DONE]
        assert Handover.objects.filter(responsibility=given).count() == 1


def test_two_handovers_to_two_people(race):
    aino, _mikko = a_pair(a_region())
    for number in range(ROUNDS):
        given = a_leaver(number)
        ended = race(handing(given, given.person), handing(given, aino, "Kalle Repo"))
        assert sorted(ended) == sorted([DONE, REFUSED])
        assert Handover.objects.get(responsibility=given).successor.name in ("Liisa Laine", "Kalle Repo")


def test_two_sides_to_one_person(race):
    """Nobody follows both: the two sides are always different people."""
    aino, mikko = a_pair(a_region())
    culture, care = (Responsibility.objects.get(person=person) for person in (aino, mikko))
    for number in range(ROUNDS):
        name = f"Uusi{number} Nimi"
        ended = race(handing(culture, aino, name), handing(care, mikko, name))
        assert sorted(ended) == sorted([DONE, REFUSED])
        made = Handover.objects.get(state="agreed").responsibility.person
        withdraw(made, made)


def test_a_handover_against_a_confirmation(race):
    """Who has confirmed first has confirmed; after the handover the leaver does nothing any more."""
    here = a_walk("ruotsi", until="local_pair")
    given = Responsibility.objects.get(person=here.aino)
    ended = race(handing(given, here.aino, after=SOON * 0), (confirm_step, (here.trial, "pair_training", here.aino)))
    assert ended[0] == DONE
    assert ended[1] in (NOT_YOURS, REFUSED)
    assert not regions_of(here.aino).exists()


def test_withdrawing_against_the_night(race):
    a_pair(a_region())
    for number in range(ROUNDS):
        given = a_leaver(number)
        act, arguments = handing(given, given.person)
        made = act(*arguments)[0]
        ended = race((withdraw, (given.person, given.person)), (passing.daily, (made.on,)))
        assert ended[1] == DONE
        assert ended[0] in (DONE, REFUSED)
        state = Handover.objects.get(pk=made.pk).state
        assert state == ("withdrawn" if ended[0] == DONE else "done")
        given.refresh_from_db()
        assert (given.until is None) == (state == "withdrawn")


def test_a_handover_against_the_end_of_the_one_who_follows(race):
    """The side keeps somebody who stays, whichever comes first."""
    region = a_region()
    aino, _mikko = a_pair(region)
    hers = Responsibility.objects.get(person=aino)
    laura = a_kaikukeskus_person()
    for number in range(ROUNDS):
        eeva = name_person(region, "culture", f"eeva.{number}@example.org", "Eeva Salo", laura)
        act = (hand_over, (aino, aino, localdate() + SOON, [Given(hers.pk, eeva.person.email, "Eeva Salo")]))
        assert race(act, (end_responsibility, (eeva, laura))).count(DONE) >= 1
        lasting = Responsibility.objects.current().holders().lasting().filter(region=region, side="culture")
        assert lasting.exists()
        withdraw(aino, laura) if Handover.objects.filter(state="agreed").exists() else None
        for one in Responsibility.objects.current().filter(person=eeva.person):
            end_responsibility(one, laura)


def test_both_of_a_pair_hand_over_while_the_national_meeting_moves(race):
    for number in range(3):
        region, laura = a_region(("kainuu", "lappi", "ruotsi")[number]), a_kaikukeskus_person()
        aino, mikko = a_pair(region)
        meeting = national(laura, [aino, mikko])
        given = {one: Given(one.responsibilities.get().pk, f"to.{one.email}", "Liisa Laine") for one in (aino, mikko)}
        ends = race(
            (hand_over, (aino, aino, localdate(), [given[aino]])),
            (hand_over, (mikko, mikko, localdate(), [given[mikko]])),
            (fix, (meeting, laura, meeting.starts_at + timedelta(days=1), meeting.sequence)),
        )
        assert ends[:2] == [DONE, DONE], ends
        assert ends[2] in (DONE, REFUSED), ends  # somebody else was invited first
        invited = meeting.invitees.filter(uninvited_at=None)
        assert {one.email for one in invited} == {f"to.{aino.email}", f"to.{mikko.email}", laura.email}


def national(by, people):
    said = {"kind": "national", "title": "Valtakunnallinen", "place": "", "link": "", "length": 60, "message": ""}
    return arrange(None, by, said, [now() + timedelta(days=30)], [Whom(one) for one in people])
