"""What does one who is invited see of a meeting, and say of coming, by the link and on the site?"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from adoption.models import Act, Person
from adoption.refusal import Refused
from tests.people import a_pair
from tests.test_arranging import at, everything, fresh, invitee, liisa, link_of, page_of, picks, proposed
from tests.trials import text_of
from workflows.arranging import services
from workflows.arranging.inviting import Whom
from workflows.arranging.links import link_in
from workflows.arranging.models import Invitee, Meeting
from workflows.arranging.picking import pick, say_if_coming, time_seen
from workflows.minutes.agenda import agenda_for, lines
from workflows.minutes.writing import minutes_of, write
from workflows.models import Minutes
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

LIISA = "liisa@example.org"


@pytest.fixture
def pair(region) -> tuple[Person, Person]:
    found = a_pair(region)
    Person.objects.update(language="en")
    return found


@pytest.fixture
def meeting(region, pair) -> Meeting:
    """Fixed in ten days; Mikko and Liisa are invited."""
    return proposed(region, pair[0], Whom(pair[1]), liisa(), times=(10,))


def tokens(page: str) -> list[str]:
    return re.findall(r"/invited/([^/\s]+)/", page)


def says(one: Invitee, comes: bool) -> Invitee:
    return say_if_coming(link_of(one), comes, time_seen(one.meeting))


def said_by_page(one: Invitee, act: str):
    return Client().post(page_of(one), {"act": act, "seen": time_seen(one.meeting)}, follow=True)


def shown_to(one: Invitee) -> str:
    Invitee.objects.update(language="en")
    return text_of(Client().get(page_of(one)))


def shown_on_site(meeting: Meeting, person: Person) -> str:
    client = Client()
    client.force_login(Person.objects.get(pk=person.pk))
    return text_of(client.get(meeting.get_absolute_url()))


# -- coming or not ----------------------------------------------------------------------------------------------------


def test_who_cannot_come_says_so_by_the_link_and_takes_it_back(meeting, aino, worker):
    worker.run()
    mail.outbox.clear()
    one = invitee(meeting, LIISA)
    assert "I cannot come" in shown_to(one)
    answer = said_by_page(one, "cannot")
    assert f"{aino} sees that you cannot come" in text_of(answer)
    assert "Liisa Laine cannot come" in shown_on_site(meeting, aino)
    assert "1 cannot come." in shown_on_site(meeting, aino)
    answer = said_by_page(one, "comes")
    assert "You are expected." in text_of(answer)
    assert "cannot come" not in shown_on_site(meeting, aino)
    said = [line.text for line in sentences(Act.objects.filter(about_kind="meeting").order_by("pk"))[-2:]]
    assert [text.split(":")[0] for text in said] == [
        "One who is invited cannot come", "One who is invited can come after all",
    ]  # fmt: skip
    worker.run()
    assert mail.outbox == []  # it stands on the page: no storm of mails


def test_the_same_again_changes_nothing(meeting):
    one = invitee(meeting, LIISA)
    says(one, comes=True)
    assert not Act.objects.filter(what="meeting_can_come").exists()
    says(one, comes=False)
    before = everything()
    says(one, comes=False)
    assert everything() == before


def test_it_is_said_of_one_time_only(meeting, aino):
    says(invitee(meeting, LIISA), comes=False)
    services.fix(meeting, aino, at(20), fresh(meeting).sequence)
    assert invitee(meeting, LIISA).cannot_come_at is None
    says(invitee(meeting, LIISA), comes=False)
    services.uninvite(meeting, aino, invitee(meeting, LIISA).pk)
    services.invite(meeting, aino, [liisa()])
    assert invitee(meeting, LIISA).cannot_come_at is None


def test_who_has_not_seen_that_it_was_moved_is_told_so(meeting, aino):
    one = invitee(meeting, LIISA)
    services.fix(meeting, aino, at(20), fresh(meeting).sequence)
    Invitee.objects.update(language="en")
    answer = said_by_page(one, "cannot")
    assert answer.status_code == 422
    assert "has been moved since you opened the page" in text_of(answer)
    assert fresh(meeting).invitees.exclude(cannot_come_at=None).count() == 0


def test_it_is_asked_only_of_a_fixed_time_that_is_to_come(region, pair, meeting, aino):
    open_one = invitee(proposed(region, aino, liisa()), LIISA)
    one = invitee(meeting, LIISA)
    answer = Client().post(page_of(open_one), {"act": "cannot"})
    assert answer.status_code == 422
    with time_machine.travel(at(10) + timedelta(hours=1), tick=False):
        assert "I cannot come" not in shown_to(one)
        with pytest.raises(Refused, match="no longer asked"):
            says(one, comes=False)
    services.uninvite(meeting, aino, one.pk)
    with pytest.raises(Refused, match="no longer works"):
        says(one, comes=False)
    assert not Invitee.objects.exclude(cannot_come_at=None).exists()


def test_who_had_said_no_to_the_time_is_seen_after_it_is_fixed(region, aino, pair):
    meeting = proposed(region, aino, Whom(pair[1]), liisa())
    pick(link_of(invitee(meeting, LIISA)), picks(meeting, "no", "yes"))
    services.fix(meeting, aino, at(10), fresh(meeting).sequence)
    page = shown_on_site(meeting, aino)
    assert page.count("had said that this time does not suit") == 1
    services.fix(meeting, aino, at(11), fresh(meeting).sequence)
    assert "had said that this time" not in shown_on_site(meeting, aino)


# -- on the site ------------------------------------------------------------------------------------------------------


def test_who_is_signed_in_answers_from_the_meetings_page(region, pair):
    aino, mikko = pair
    meeting = proposed(region, aino, Whom(mikko), liisa())
    one = invitee(meeting, mikko.email)
    client = Client()
    client.force_login(mikko)
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert [link_in(token) for token in tokens(page)] == [link_of(one)]
    assert "Say which times suit you" in page
    pick(link_of(one), picks(meeting, "yes", "no"))
    assert "Change what suits you" in shown_on_site(meeting, mikko)
    services.fix(meeting, aino, at(10), fresh(meeting).sequence)
    assert "Your own invitation" in shown_on_site(meeting, mikko)
    says(invitee(meeting, mikko.email), comes=False)
    assert "You have said that you cannot come" in shown_on_site(meeting, mikko)
    services.cancel(meeting, aino, "Sairastapaus.")
    assert tokens(client.get(meeting.get_absolute_url()).content.decode()) == []


# -- what it is about -------------------------------------------------------------------------------------------------


def test_the_first_mail_says_how_long_it_is_and_where(region, aino, worker):
    meeting = proposed(region, aino, liisa(), place="Kirjasto")
    worker.run()
    [letter] = [one for one in mail.outbox if one.to == [LIISA]]
    Invitee.objects.update(language="en")
    assert f"{meeting.length} min" in letter.body
    assert "Kirjasto" in letter.body
    mail.outbox.clear()
    services.cancel(meeting, aino, "Peruttu.")
    worker.run()
    [letter] = [one for one in mail.outbox if one.to == [LIISA]]
    assert f"{meeting.length} min" not in letter.body


def test_those_invited_read_the_agenda_once_the_time_is_fixed_and_nothing_of_the_minutes(region, aino, meeting):
    one = invitee(meeting, LIISA)
    ours = lines(agenda_for(meeting.kind, "en"))
    assert all(line in shown_to(one) for line in ours)
    open_one = invitee(proposed(region, aino, liisa()), LIISA)
    assert ours[0] not in shown_to(open_one)
    said = {"language": "sv", "agenda": "Öppning\nKortet", "said": "Salaista", "decisions": "Päätetty"}
    write(meeting, aino, said, minutes_of(meeting).version)
    with time_machine.travel(at(10) + timedelta(hours=1), tick=False):
        services.hold(meeting, aino, [one.pk], minutes="Salaista")
        page = Client().get(page_of(one)).content.decode()
    assert '<ol class="prose" lang="sv"><li>Öppning</li><li>Kortet</li></ol>' in page
    assert "Salaista" not in page
    assert "Päätetty" not in page
    assert Minutes.objects.count() == 1


def test_reading_writes_no_minutes(meeting):
    before = everything()
    shown = Client().get(page_of(invitee(meeting, LIISA)))
    assert shown.status_code == 200
    assert everything() == before
