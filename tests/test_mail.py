"""Does a mail leave through a real server, once, and survive one that refuses, is away, or is slow?"""

import socket
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils.timezone import now

from adoption.mail import deliver_waiting, queue_secret, stuck, write
from adoption.models import Mail
from adoption.people import find_or_make

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
