"""Does whoever looks after a commitment hear that it is to be signed, and who else, and is it seen where duties are?"""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from adoption.models import Person, Responsibility
from adoption.people import name_person
from commitments.models import Commitment
from commitments.moving import move_sign_by
from commitments.services import decline
from commitments.together import send_all
from tests.mornings import at, mornings
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.test_feeds import days as event_days
from tests.test_feeds import own, read
from tests.test_together import drafted, seen, venues
from tests.trials import text_of
from workflows.models import Reminder
from workflows.reminded import told_in
from workflows.tasks import work_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

DAY = timedelta(days=1)
SENT, BY = date(2027, 3, 24), date(2027, 4, 14)  # Wednesdays


@pytest.fixture
def paper(worker) -> Commitment:
    """A venue's commitment, which Aino's side looks after, is sent to be signed by a day."""
    with at(SENT, 9):
        region = a_region()
        aino = a_pair(region)[0]
        for side in ("culture", "care"):
            name_person(
                region, side, f"{side}@example.org", f"Sijainen {side}", a_kaikukeskus_person(), substitute=True
            )
        drafts = drafted(region, aino, venues(region, aino, 1))
        send_all(region, aino, seen(drafts))
        Person.objects.update(language="en")
        worker.run()
        OrmQ.objects.all().delete()
    return Commitment.objects.get()


def aino() -> Person:
    return Person.objects.get(email="aino.kainuu@example.org")


def told() -> list[tuple[int, int, str]]:
    """Days after the day by which it is to be signed, rung, and who."""
    rows = Reminder.objects.filter(kind="sign", mail__sent_at__isnull=False).select_related("mail", "person")
    return sorted(((row.mail.sent_at.date() - row.due).days, row.rung, row.person.email) for row in rows)


AINO, EINO = "aino.kainuu@example.org", "culture@example.org"


def test_the_side_that_looks_after_it_hears_by_the_ladder_then_its_substitute_then_kaikukeskus(paper, worker):
    laura = a_kaikukeskus_person().email
    mornings(BY - 5 * DAY, BY + 21 * DAY, worker)
    assert told() == sorted([
        (-2, -2, AINO), (0, 0, AINO), (2, 2, AINO), (7, 7, AINO), (7, 7, EINO),
        *((14, 14, who) for who in (AINO, EINO, laura)),
    ])  # fmt: skip
    mail = Reminder.objects.get(rung=2).mail
    assert mail.subject == "Late, Kainuu: the signing of Partnership commitment, Galleria 1, by 14.4.2027"
    assert "Still awaited: Galleria 1, " in mail.body
    assert paper.get_absolute_url() in mail.body


def test_of_a_regions_commitment_both_sides_hear(paper, worker):
    Commitment.objects.update(kind=Commitment.Kind.REGION, partner=None)
    mornings(BY - 2 * DAY, BY - 2 * DAY, worker)
    assert {who for _day, _rung, who in told()} == {AINO, "mikko.kainuu@example.org"}


def test_without_a_responsible_person_the_substitute_hears_at_once(paper, worker):
    Responsibility.objects.filter(person=aino()).update(until=BY - 10 * DAY)
    mornings(BY - 2 * DAY, BY, worker)
    assert told() == [(-2, -2, EINO), (0, 0, EINO)]


@pytest.mark.parametrize("what", ["signed", "stopped", "moved"])
def test_what_is_signed_stopped_or_moved_is_not_reminded_of(paper, worker, what):
    with at(BY - 10 * DAY):
        if what == "signed":
            Commitment.objects.update(state="in_force", in_force_on=BY - 10 * DAY)
        elif what == "stopped":
            decline(paper, aino(), "Ei enää.")
        else:
            move_sign_by(paper, aino(), BY, BY + 61 * DAY, "Johtaja on lomalla.")
        OrmQ.objects.all().delete()
    mornings(BY - 3 * DAY, BY + 8 * DAY, worker)
    assert told() == []
    mornings(BY + 58 * DAY, BY + 61 * DAY, worker)
    assert [rung for _day, rung, _who in told()] == ([-2, 0] if what == "moved" else [])


def test_it_stands_on_the_page_of_the_reminders_until_it_is_done(paper, worker):
    mornings(BY - 2 * DAY, BY - 2 * DAY, worker)
    with at(BY - DAY):
        client = Client()
        client.force_login(aino())
        page = text_of(client.get(reverse("reminders", args=["kainuu"])))
        assert "The signing of Partnership commitment, Galleria 1" in page
        assert "2 days before Aino Virtanen Sent" in page
        assert "7 days late Aino Virtanen, Sijainen culture Planned 21.4.2027" in page
        Commitment.objects.update(state="in_force", in_force_on=BY - DAY)
        [done] = [one for one in told_in(paper.region) if one.key[0] == "sign"]
    assert (done.state, done.done_on, len(done.lines)) == ("done", BY - DAY, 1)
    assert done.title == "The signing of Partnership commitment, Galleria 1"


def test_it_is_in_the_calendar_of_who_looks_after_it_and_once_in_my_work(paper):
    with at(BY - 20 * DAY):
        mikko = Person.objects.get(email="mikko.kainuu@example.org")
        word = "the signing of Partnership commitment, Galleria 1"
        for person, expected in ((aino(), ["20270414"]), (mikko, [])):
            assert event_days(read(own(person)), word) == expected
        items = [*work_of(aino()).mine, *work_of(aino()).others]
        assert [item.key for item in items if "Galleria 1" in item.what] == [f"commitment-{paper.pk}"]


def test_the_help_says_its_ladder_and_when_those_who_sign_are_reminded(paper):
    client = Client()
    client.force_login(aino())
    page = text_of(client.get(reverse("reminders_help")))
    assert "A commitment that waits for signatures Counted from: the day by which it is to be signed." in page
    assert "in its last 2 days, and 1 day after it" in page
