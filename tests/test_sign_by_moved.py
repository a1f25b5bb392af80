"""The day by which a commitment is to be signed is moved: who is told, what follows it, what is refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils.timezone import localdate

from adoption.history import all_faults
from adoption.models import Act, Person
from adoption.refusal import NotYours
from commitments import reminding, services, signing
from commitments.asking import LINK_LIVES, Link
from commitments.models import Commitment, SignatureRequest
from commitments.moving import move_sign_by
from commitments.together import send_all
from commitments.told import history_of
from tests.mornings import left
from tests.people import a_pair, a_region
from tests.race import DONE
from tests.test_commitments import anew, refusal
from tests.test_signing_races import REFUSED, Ground, act, only
from tests.test_together import address, browser_of, drafted, seen, speaking, text_of, venues
from workflows.sentences import sentences

pytestmark = pytest.mark.usefixtures("in_english")

WAS, LATER = date(2027, 3, 22), date(2027, 4, 16)
WHY = "Johtaja on lomalla huhtikuun alkuun."


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is Monday the first of March 2027."""
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC), tick=False) as travelling:
        yield travelling


@pytest.fixture
def aino(clock, db) -> Person:
    return speaking(a_pair(a_region())[0])


@pytest.fixture
def sent(aino, worker) -> Commitment:
    """A commitment that was sent on Monday, to be signed within three weeks; its mail has left."""
    region = a_region()
    (draft,) = drafted(region, aino, venues(region, aino, 1))
    send_all(region, aino, seen([draft]))
    worker.run()
    mail.outbox.clear()
    return anew(draft)


def request_of(commitment: Commitment) -> SignatureRequest:
    return SignatureRequest.objects.get(party__commitment=commitment, party__role="partner")


def filled(**changes: str) -> dict[str, str]:
    return {"was": WAS.isoformat(), "to": "16.4.2027", "reason": WHY} | changes


def test_who_was_asked_hears_of_the_new_day_and_has_a_new_link(sent, aino, worker):
    old = request_of(sent)
    move_sign_by(sent, aino, WAS, LATER, WHY)
    worker.run()
    (letter,) = mail.outbox
    assert letter.to == [old.email]
    assert letter.subject == "Uusi päivä, allekirjoitettava viimeistään 16.4.2027: Kumppanuussitoumus, Galleria 1"
    assert f"”{WHY}”" in letter.body
    request = request_of(sent)
    assert (anew(sent).sign_by, request.round) == (LATER, old.round + 1)
    assert localdate(request.expires_at) == LATER + LINK_LIVES
    assert "no longer" in refusal(signing.decline_by_link, Link(old.pk, old.round), "Ei nyt.").lower()
    assert all_faults() == []


def test_history_says_who_moved_it_where_and_why(sent, aino):
    move_sign_by(sent, aino, WAS, LATER, WHY)
    (moved,) = Act.objects.filter(what="sign_by_moved")
    assert (moved.by, moved.reason) == (aino, WHY)
    assert (
        "moved the day by which a commitment is to be signed: Partnership commitment, Galleria 1, 16.4.2027"
        in sentences([moved])[0].text
    )
    told = history_of(sent, sent.parties.all())[0]
    assert told.what == "The day by which it is to be signed was moved: 16.4.2027"


def test_the_reminders_follow_the_new_day(sent, aino, clock, worker):
    clock.move_to(datetime(2027, 3, 23, 9, tzinfo=UTC))
    reminding.remind(localdate())
    left(worker)
    assert sum("Myöhässä" in letter.subject for letter in mail.outbox) == 1
    move_sign_by(sent, aino, WAS, LATER, WHY)
    worker.run()
    mail.outbox.clear()
    assert reminding.remind(localdate() + timedelta(days=1)) == 0
    clock.move_to(datetime(2027, 4, 19, 9, tzinfo=UTC))
    reminding.remind(localdate())
    left(worker)
    assert [letter.to for letter in mail.outbox] == [[request_of(sent).email]]


def test_what_is_refused(sent, aino, clock):
    for to, why, said in (
        (LATER, " ", "Write the reason."),
        (WAS, WHY, "by 22.3.2027 already"),
        (date(2027, 2, 26), WHY, "has passed"),
        (date(2027, 4, 17), WHY, "The next working day is Mon 19.4.2027"),
    ):
        assert said in refusal(move_sign_by, sent, aino, WAS, to, why).replace("\xa0", " ")
    assert "Somebody has moved the day meanwhile" in refusal(move_sign_by, sent, aino, date(2027, 3, 15), LATER, WHY)
    services.decline(sent, aino, "Loppu.")
    assert "closed unsigned" in refusal(move_sign_by, sent, aino, WAS, LATER, WHY)
    assert not Act.objects.filter(what="sign_by_moved").exists()


def test_a_pair_of_elsewhere_moves_nothing(sent):
    with pytest.raises(NotYours):
        move_sign_by(sent, a_pair(a_region("kymenlaakso"))[0], WAS, LATER, WHY)


def test_the_page_moves_it_once_and_keeps_what_was_typed(sent, aino):
    client, there = browser_of(aino), address("commitment_move", sent.pk)
    assert there in client.get(sent.get_absolute_url()).content.decode()
    page = client.get(there)
    assert page.status_code == 200
    assert "22.3.2027" in text_of(page)
    refused = client.post(there, filled(to="17.4.2027"))
    assert refused.status_code == 422
    assert WHY in refused.content.decode()
    assert client.post(there, filled()).status_code == 302
    again = client.post(there, filled())
    assert (again.status_code, Act.objects.filter(what="sign_by_moved").count()) == (422, 1)
    elsewhere = client.post(there, filled(to="19.4.2027"))
    assert "Somebody has moved the day meanwhile: it is to be signed by 16.4.2027" in text_of(elsewhere)
    assert 'name="was" value="2027-04-16"' in elsewhere.content.decode()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_move_against_a_signature_and_against_another_move(race):
    ground = Ground()
    for number in range(4):
        one = ground.awaiting(number, "partner")
        moves = [
            (move_sign_by, (one, who, one.sign_by, one.sign_by + timedelta(weeks=weeks), WHY))
            for who, weeks in ((ground.aino, 2), (ground.mikko, 3))
        ]
        assert sorted(race(*moves)) == sorted([DONE, REFUSED])
        one = anew(one)
        week_later = (one, ground.aino, one.sign_by, one.sign_by + timedelta(weeks=1), WHY)
        signed, moved = race(act(only(one)), (move_sign_by, week_later))
        # Either was first: who signs by the former link after the move is refused, and a signed one cannot be moved.
        assert [signed, moved].count(DONE) == 1
        assert (anew(one).state == Commitment.State.IN_FORCE) == (signed == DONE)
