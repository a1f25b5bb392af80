"""Does a mail leave through a real server, once, and survive one that refuses, is away, or is slow?"""

import email
import email.policy
import re
import socket
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import connection
from django.test import Client
from django.utils.timezone import localtime, now

from adoption.mail import CLAIM, deliver_waiting, put_together, queue_secret, stuck, write, write_to
from adoption.mail_choices import choices_of, choose, off_path
from adoption.mail_form import LINK, html_of
from adoption.models import Act, How, Kind, Mail, Person
from adoption.people import find_or_make
from config import settings as shipped
from tests.mornings import at
from tests.people import a_kaikukeskus_person

FRIDAY = date(2027, 3, 19)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db(transaction=True)


class Server:
    """A mail server that keeps what it gets, and refuses whom it is told to refuse."""

    def __init__(self) -> None:
        self.got, self.refuse, self.meanwhile = [], "", None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == self.refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.meanwhile:
            await server.loop.run_in_executor(None, self.meanwhile)
        self.got.append((envelope.rcpt_tos[0], envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def server(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Server()
    handler.controller = Controller(handler, hostname="127.0.0.1", port=port)
    handler.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    yield handler
    if handler.controller:
        handler.controller.stop()


@pytest.fixture
def pair():
    return [find_or_make("aino@example.org", "Aino Virtanen"), find_or_make("mikko@example.org", "Mikko Kettunen")]


def say(person) -> tuple[str, str]:
    return f"Hei {person.given_name}: työpöytä, Ålandin €", f"Hei {person.name}, käyhän katsomassa.\n"


def to(server: Server) -> list[str]:
    return sorted(address for address, _content in server.got)


def test_each_person_gets_one_mail_whatever_runs_twice(server, pair, worker):
    for _again in range(2):
        write("news", pair, say)
        worker.run()
    assert to(server) == ["aino@example.org", "mikko@example.org"]
    assert "=?utf-8?" in server.got[0][1]


def test_one_refused_address_keeps_nobody_elses_mail(server, pair, worker):
    server.refuse = "aino@example.org"
    write("news", pair, say)
    worker.run()
    assert to(server) == ["mikko@example.org"]
    assert Mail.objects.get(address="aino@example.org").given_up_at
    assert deliver_waiting() == 0


def test_a_server_that_is_away_delays_and_loses_nothing(server, pair, worker):
    server.controller.stop()
    write("news", pair, say)
    worker.run()
    assert Mail.objects.filter(sent_at=None).count() == 2
    with time_machine.travel(now() + timedelta(hours=3), tick=False):
        assert deliver_waiting() == 2
        assert stuck() == 2
    again = server.controller = Controller(server, hostname="127.0.0.1", port=server.controller.port)
    again.start()
    with time_machine.travel(now() + timedelta(hours=6), tick=False):
        assert deliver_waiting() == 2
        assert deliver_waiting() == 0
    assert to(server) == ["aino@example.org", "mikko@example.org"]


def test_a_server_that_hangs_delays_and_loses_nothing(server, pair, worker, settings):
    """It takes the connection and never says a word; the worker goes on all the same."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        listens, settings.EMAIL_PORT = settings.EMAIL_PORT, silent.getsockname()[1]
        settings.EMAIL_TIMEOUT = 0.2
        write("news", pair, say)
        worker.run()
        assert Mail.objects.filter(sent_at=None, given_up_at=None, tries=1).count() == 2
        with time_machine.travel(now() + timedelta(hours=1), tick=False):
            assert deliver_waiting() == 2
    assert Mail.objects.filter(sent_at=None, given_up_at=None, tries=2).count() == 2
    settings.EMAIL_PORT = listens
    with time_machine.travel(now() + timedelta(hours=3), tick=False):
        assert (deliver_waiting(), deliver_waiting()) == (2, 0)
    assert to(server) == ["aino@example.org", "mikko@example.org"]


def test_the_site_waits_for_no_server_longer_than_a_try_counts():
    assert 0 < shipped.EMAIL_TIMEOUT < min(CLAIM.total_seconds(), shipped.Q_TIMEOUT)


def test_when_the_server_is_back_the_oldest_leaves_first_and_of_a_thread_only_the_newest(server, worker):
    def tell(number: int, thread: str = "") -> None:
        address = f"{thread or number}@example.org"
        write_to(f"news:{number}", address, "fi", lambda: (f"Viesti {number}", "Teksti."), thread=thread)

    server.controller.stop()
    for number, thread in enumerate(["", "kokous", "", "kokous", "muu"]):
        tell(number, thread)
        worker.run()
    again = server.controller = Controller(server, hostname="127.0.0.1", port=server.controller.port)
    again.start()
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        deliver_waiting()
    assert [re.search(r"Subject: Viesti (\d)", content)[1] for _to, content in server.got] == ["0", "2", "3", "4"]
    stale = Mail.objects.get(key="news:1")
    assert (stale.sent_at, stale.withdrawn_at is not None, stale.body) == (None, True, "")
    assert stuck() == 0


def test_a_job_that_was_lost_is_made_up_for(server, pair):
    write("news", pair, say)  # and the worker dies before it runs the jobs
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        assert deliver_waiting() == 2
    assert len(server.got) == 2


def test_the_database_is_free_while_a_server_is_slow(server, pair, worker):
    def write_meanwhile() -> None:
        find_or_make("uusi@example.org", "Uusi Ihminen")
        connection.close()

    server.meanwhile = write_meanwhile
    write("news", pair[:1], say)
    worker.run()
    assert to(server) == ["aino@example.org"]


def test_an_old_code_is_wiped_and_not_sent(server):
    queue_secret("aino@example.org", "Code", "ABC-123")
    with time_machine.travel(now() + timedelta(minutes=20), tick=False):
        assert deliver_waiting() == 0
    mail = Mail.objects.get()
    assert (mail.body, mail.sent_at) == ("", None)
    assert server.got == []


def test_an_address_that_cannot_be_written_keeps_no_other_mail_back(server, pair, worker):
    pair[0].email = "a@" + "ä" * 60 + ".fi"
    pair[0].save()
    write("one", pair, say)
    worker.run()
    assert [address for address, _content in server.got] == ["mikko@example.org"]
    assert Mail.objects.get(person=pair[0]).given_up_at
    assert deliver_waiting() == 0


# -- what a mail is made of -------------------------------------------------------------------------------------------


def letters(server: Server) -> list[email.message.EmailMessage]:
    raw = [content.encode() for _address, content in server.got]
    return [email.message_from_bytes(one, policy=email.policy.default) for one in raw]


def test_each_mail_has_a_text_and_the_same_as_html_in_the_readers_language(server, pair, worker):
    pair[0].language = "sv"
    pair[0].save()
    body = "Hej Åsa,\n\nöppna sidan, är du snäll:\n<b>\n\n- ett\n  http://127.0.0.1/a?b=1&c=2\n- två\n"
    write("news", pair[:1], lambda _person: ("Ändring på Åland", body), Kind.TOLD)
    worker.run()
    [letter] = letters(server)
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_charset() for part in (text, html)] == ["utf-8", "utf-8"]
    assert (letter["Subject"], text.get_content().replace("\r\n", "\n")) == ("Ändring på Åland", body)
    shown = html.get_content()
    assert '<html lang="sv">' in shown
    assert "<p>Hej Åsa,</p>" in shown
    assert "&lt;b&gt;" in shown
    assert re.findall("<li>", shown) == ["<li>"] * 2
    assert '<a href="http://127.0.0.1/a?b=1&amp;c=2">' in shown
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "sv")


@pytest.mark.parametrize(("kind", "one_click"), [(Kind.TOLD, True), (Kind.NOTES, True), (Kind.ASKED, False)])
def test_each_mail_says_how_to_have_no_more_and_by_one_press_where_one_may(server, pair, worker, kind, one_click):
    write("news", pair[:1], say, kind)
    worker.run()
    [letter] = letters(server)
    said = off_path(pair[0].pk, kind).split(":")[0]  # whose mails of which kind; after it stand moment and signature
    assert letter["List-Unsubscribe"].split("localhost:8000")[-1].split(":")[0] == said
    assert letter["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if one_click else None)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.DIGEST])
@pytest.mark.parametrize("how", [How.AT_ONCE, How.DIGEST])
def test_every_mail_and_every_list_says_how_to_have_no_more(server, pair, worker, kind, how):
    if kind:
        choose(pair[0], pair[0], {kind: how})
    with at(FRIDAY, 10):
        for key in ("1", "2"):
            write(key, pair[:1], say, kind)
            write_to(f"to:{key}", "toimi@example.org", "fi", lambda: ("Linkki", "http://127.0.0.1/"), kind)
        worker.run()
    with at(FRIDAY + 3 * DAY):
        put_together()
        worker.run()
        deliver_waiting()
    no_account, is_list = "<mailto:kaikupolku@localhost?subject=unsubscribe>", bool(kind) and how == How.DIGEST
    path = off_path(pair[0].pk, Kind.DIGEST if is_list else kind).split(":")[0]
    expected = [(pair[0].email, f"<http://localhost:8000{path}" if kind else no_account)] * (1 if is_list else 2)
    expected += [("toimi@example.org", no_account)] * (1 if kind == Kind.DUTIES else 2)
    said = [(letter["To"], letter["List-Unsubscribe"].strip()) for letter in letters(server)]
    assert sorted((to, link if link == no_account else link.rsplit(":", 2)[0]) for to, link in said) == expected


def test_codes_and_links_can_be_answered_by_mail(server, worker):
    queue_secret("aino@example.org", "Code", "ABC-123")
    write_to("key", "toimi@example.org", "fi", lambda: ("Linkki", "http://127.0.0.1/sign/x/"))
    worker.run()
    assert {letter["List-Unsubscribe"] for letter in letters(server)} == {
        "<mailto:kaikupolku@localhost?subject=unsubscribe>"
    }


def test_nothing_in_the_text_becomes_a_tag():
    shown = html_of("<i>", 'http://x.example/"onclick="a <script>\n\n<img src=x>', "fi")
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<i>" not in shown
    assert 'onclick="' not in shown.replace("&quot;", "")


# -- what one wants to have -------------------------------------------------------------------------------------------


def test_the_link_changes_nothing_until_it_is_pressed_and_once_more_does_no_harm(pair):
    a_kaikukeskus_person()  # the country is there
    path, browser = off_path(pair[0].pk, Kind.TOLD), Client(enforce_csrf_checks=True)
    assert browser.get(path).status_code == 200
    assert choices_of(pair[0])["told"] == How.AT_ONCE
    for _again in range(2):
        assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert choices_of(pair[0])["told"] == How.NONE
    assert Act.objects.filter(what="mails_chosen", by=pair[0]).count() == 1
    write("news", pair, say, Kind.TOLD)
    assert [mail.person for mail in Mail.objects.all()] == [pair[1]]


@pytest.mark.parametrize("kind", [Kind.DUTIES, Kind.ASKED, Kind.DIGEST])
def test_what_the_role_requires_stays(pair, kind):
    browser = Client()
    assert browser.post(off_path(pair[0].pk, kind)).status_code == 200
    assert How.NONE not in choices_of(pair[0]).values()
    choose(pair[0], pair[0], {Kind.DUTIES: How.NONE})
    assert choices_of(pair[0])[Kind.DUTIES] == How.DIGEST


def test_a_made_up_link_is_no_page(pair):
    assert Client().post("/mails/made-up/").status_code == 404


def test_what_is_wanted_in_a_list_comes_the_next_morning_with_the_reminders(server, pair, worker):
    choose(pair[0], pair[0], {Kind.TOLD: How.DIGEST})
    place = "http://127.0.0.1/regions/kainuu/"
    with at(FRIDAY, 10):
        for key in ("told:1", "told:2"):
            write(key, pair[:1], lambda _person: ("Sivu", f"Hei\n\n{place}\n"), Kind.TOLD)
        worker.run()
        assert put_together() == 0
    with at(FRIDAY + 3 * DAY, 6, 0):
        write("reminder:1", pair[:1], lambda _person: ("Myöhässä", f"Hei\n\n{place}trials/1/\n"), Kind.DUTIES)
    with at(FRIDAY + 3 * DAY):
        assert put_together() == 1
        worker.run()
        assert put_together() == 0
    [letter] = letters(server)
    assert letter.get_body(("plain",)).get_content().count(place) == 3
    assert Mail.objects.filter(sent_at=None).count() == 0


def test_reminders_to_one_address_are_one_mail_whoever_writes_them(server, pair, worker):
    aino = pair[0]
    with at(FRIDAY, 6, 0):
        write("reminder:1", [aino], lambda _person: ("Askel", "Hei\n\nhttp://127.0.0.1/1/\n"), Kind.DUTIES)
        for number in (2, 3):
            for address in ("Aino@example.org", "toimi@example.org"):
                said = ("Vastaa", f"Hei\n\nhttp://127.0.0.1/{number}/\n")
                write_to(f"{address}:{number}", address, "sv", lambda said=said: said, Kind.DUTIES)
        worker.run()
        assert (put_together(), letters(server)) == (0, [])
    with at(FRIDAY):
        assert put_together() == 2
        worker.run()
    found = {letter["To"]: letter.get_body(("plain",)).get_content() for letter in letters(server)}
    assert {to: LINK.findall(text) for to, text in found.items()} == {
        aino.email: [f"http://127.0.0.1/{number}/" for number in (1, 2, 3)],
        "toimi@example.org": [f"http://127.0.0.1/{number}/" for number in (2, 3)],
    }
    assert found["toimi@example.org"].startswith("Hej,")
    assert not Mail.objects.filter(sent_at=None).exists()
    assert not Mail.objects.filter(secret=True).exclude(body="").exists()
    assert Mail.objects.get(key=f"reminder:1:{aino.pk}").body


def test_a_list_to_who_has_left_takes_nothing_with_it_that_was_written_to_the_address(server, pair, worker):
    aino = pair[0]
    with at(FRIDAY, 6, 0):
        write("reminder:1", [aino], say, Kind.DUTIES)
        write_to("to:1", aino.email, "fi", lambda: ("Allekirjoita", "http://127.0.0.1/\n"), Kind.DUTIES)
    with at(FRIDAY):
        put_together()
        Person.objects.filter(pk=aino.pk).update(is_active=False)
        worker.run()
        put_together()
        worker.run()
    assert [letter["Subject"] for letter in letters(server)] == ["Allekirjoita"]
    assert Mail.objects.get(key=f"reminder:1:{aino.pk}").withdrawn_at


def test_whoever_wants_each_reminder_by_itself_has_it_so(server, pair, worker):
    choose(pair[0], pair[0], {Kind.DUTIES: How.AT_ONCE})
    with at(FRIDAY, 10):
        for number in (1, 2):
            write_to(f"to:{number}", pair[0].email, "fi", lambda: ("Vastaa", "http://127.0.0.1/\n"), Kind.DUTIES)
        worker.run()
    assert to(server) == [pair[0].email] * 2


# -- quiet ------------------------------------------------------------------------------------------------------------


def test_at_night_and_on_weekends_only_what_somebody_waits_for_leaves(server, pair, worker):
    with at(FRIDAY, 17, 50):
        server.controller.stop()
        write("reminder:1", pair[:1], say, Kind.DUTIES)
        put_together()
        worker.run()
    server.controller = Controller(server, hostname="127.0.0.1", port=server.controller.port)
    server.controller.start()
    for day, hour in ((FRIDAY, 18), (FRIDAY, 23), (FRIDAY + DAY, 12), (FRIDAY + 2 * DAY, 12), (FRIDAY + 3 * DAY, 6)):
        with at(day, hour, 30):
            assert (deliver_waiting(), stuck()) == (0, 0)
            queue_secret("mikko@example.org", "Code", "ABC-123")
            write(f"act:{day}:{hour}", pair[1:], say, Kind.TOLD)
            worker.run()
    assert to(server) == ["mikko@example.org"] * 10
    with at(FRIDAY + 3 * DAY, 7, 0):
        assert deliver_waiting() == 1
    assert to(server)[0] == "aino@example.org"


@pytest.mark.parametrize("day", [date(2028, 3, 26), date(2027, 10, 31)])  # Sundays on which the clock is changed
def test_the_nights_on_which_the_clock_is_changed_lose_nothing_and_repeat_nothing(server, pair, worker, day):
    with at(day - 2 * DAY, 18, 0):
        write("reminder:1", pair, say, Kind.DUTIES)
    for minutes in range(0, 48 * 60, 30):
        with time_machine.travel(datetime.combine(day - DAY, time(20), UTC) + timedelta(minutes=minutes), tick=False):
            put_together()
            deliver_waiting()
            worker.run()
            assert to(server) == [] or localtime(now()) >= datetime.combine(day + DAY, time(7), localtime().tzinfo)
    assert to(server) == ["aino@example.org", "mikko@example.org"]
    assert {localtime(mail.sent_at).isoformat()[:16] for mail in Mail.objects.all()} == {f"{day + DAY}T07:00"}
