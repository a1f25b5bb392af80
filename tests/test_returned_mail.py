"""Does the site see which of its mails came back, believe nothing else, and live on when the mailbox is away?"""

import email.policy
import os
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from time import process_time

import pytest
from django.core import mail
from django.db.models import F
from django.urls import reverse
from django.utils.timezone import now

from adoption.contacts import alarms, returned
from adoption.mail import tag_of, write
from adoption.models import Mail, Partner, ReturnedMail
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from workflows.schedule import beat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

ADDRESS = "contact.0@example.org"


@pytest.fixture
def venue(worker) -> Partner:
    """A venue whose contact person has had a mail."""
    region = a_region()
    aino, _mikko = a_pair(region)
    made = a_venue(region, aino)
    worker.run()
    return made


@pytest.fixture
def sent(venue) -> Mail:
    return Mail.objects.get(address=ADDRESS)


@pytest.fixture
def box(tmp_path, settings) -> Path:
    """A Maildir that the site reads."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    settings.RETURNED_MAIL = f"maildir:{tmp_path / 'box'}"
    return tmp_path / "box"


def the_mail(pk: int) -> EmailMessage:
    """What left, as the servers on its way have it."""
    original = EmailMessage()
    original["From"], original["To"], original["Subject"] = "Kaikupolku <k@example.org>", ADDRESS, "Hei"
    original["Message-ID"] = f"<{tag_of(pk)}@127.0.0.1>"
    original.set_content("Hei vain.")
    return original


def a_report(
    original: EmailMessage | None,
    action: str = "failed",
    recipient: str = ADDRESS,
    status: str = "5.1.1",
    headers_only: bool = False,
    to: str = "kaikupolku@example.org",
) -> bytes:
    """A report of RFC 3464, as Postfix and Exchange write it."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"], report["To"] = "MAILER-DAEMON@mx.example.org", to
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report.attach(MIMEText("<contact.0@example.org>: host mx said: 550 5.1.1 User unknown"))
    said = MIMEBase("message", "delivery-status")
    said.set_payload(
        email.message_from_string(
            "Reporting-MTA: dns; mx.example.org\n\n"
            f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        ).as_string()
    )
    parsed = email.message_from_string(f"Content-Type: message/delivery-status\n\n{said.get_payload()}")
    report.attach(parsed)
    if original is not None and headers_only:
        head = "".join(f"{name}: {value}\n" for name, value in original.items())
        part = MIMEText(head)
        part.replace_header("Content-Type", "text/rfc822-headers")
        report.attach(part)
    elif original is not None:
        report.attach(MIMEMessage(original))
    return report.as_bytes()


def put(box: Path, raw: bytes, name: str = "1", part: str = "new") -> None:
    (box / part / name).write_bytes(raw)


# -- what leaves ------------------------------------------------------------------------------------------------------


def test_each_mail_bears_its_mark_and_comes_back_to_the_return_path(venue, worker, settings):
    settings.RETURN_PATH = "returned+{mail}@example.org"
    write("test", [venue.contact], lambda _person: ("Hei", "Hei vain."))
    worker.run()
    letter, row = mail.outbox[-1], Mail.objects.latest("pk")
    assert letter.message()["Message-ID"].startswith(f"<{tag_of(row.pk)}@")
    assert letter.from_email == f"returned+{tag_of(row.pk)}@example.org"
    assert letter.message()["From"] == settings.DEFAULT_FROM_EMAIL


# -- a mailbox in a folder --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize("part", ["new", "cur"])
def test_a_report_shows_as_an_alarm_of_the_contact(box, venue, sent, headers_only, part):
    put(box, a_report(the_mail(sent.pk), headers_only=headers_only), part=part)
    before = sorted(str(path) for path in box.rglob("*"))
    assert returned.read() == 1
    sent.refresh_from_db()
    assert (sent.returned_at is not None, sent.returned_status) == (True, "5.1.1")
    assert alarms.of_partners([venue])[venue.pk].kind == alarms.RETURNED
    assert alarms.count() == alarms.Count(1, 0)
    assert returned.read() == 0  # once more does no harm
    assert sorted(str(path) for path in box.rglob("*")) == before  # and the mailbox is as it was


def test_the_mark_in_the_return_path_says_as_much(box, sent):
    put(box, a_report(None, to=f"returned+{tag_of(sent.pk)}@example.org"))
    assert returned.read() == 1


def test_another_name_of_the_mailbox_in_the_same_organisation_counts(box, sent):
    put(box, a_report(the_mail(sent.pk), recipient="okarppin@EXAMPLE.org"))
    assert returned.read() == 1


FORGED = {
    "no mark": lambda pk: a_report(None),
    "a mark that somebody made up": lambda pk: a_report(the_mail(pk)).replace(tag_of(pk).encode(), b"1." + b"0" * 24),
    "the mark of another mail": lambda pk: a_report(the_mail(pk)).replace(
        tag_of(pk).encode(), tag_of(pk).replace(f"{pk}.", f"{pk + 1}.").encode()
    ),
    "an address elsewhere": lambda pk: a_report(the_mail(pk), recipient="outi@mail.example.com"),
    "delayed": lambda pk: a_report(the_mail(pk), action="delayed", status="4.4.1"),
    "delivered": lambda pk: a_report(the_mail(pk), action="delivered", status="2.0.0"),
    "no report": lambda pk: the_mail(pk).as_bytes(),
    "an answer with the report's words": lambda pk: MIMEText(a_report(the_mail(pk)).decode()).as_bytes(),
    "cut off": lambda pk: a_report(the_mail(pk))[:300],
    "noise": lambda pk: bytes(range(256)) * 50,
    "nothing": lambda pk: b"",
    "broken headers": lambda pk: b"Content-Type: multipart/report; boundary=\xff\xfe\r\n =?x?q?\r\n\r\n--\xff\r\n",
    "nested without end": lambda pk: (
        b"Content-Type: multipart/report; boundary=a\n\n"
        + b"--a\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000
    ),
}


@pytest.mark.parametrize("kind", FORGED)
def test_what_is_no_report_of_ours_changes_nothing_and_stops_nothing(box, sent, kind):
    put(box, FORGED[kind](sent.pk), "1")
    assert returned.read() == 0
    assert not Mail.objects.exclude(returned_at=None).exists()
    put(box, a_report(the_mail(sent.pk)), "2")
    assert returned.read() == 1


def test_only_what_came_lately_is_read(box, sent):
    put(box, a_report(the_mail(sent.pk)))
    assert returned.read(now() + timedelta(days=40)) == 0
    old = (now() - timedelta(days=40)).timestamp()
    os.utime(box / "new" / "1", (old, old))
    ReturnedMail.objects.all().delete()
    assert returned.read() == 0


def test_a_strangers_mail_takes_no_time_and_stops_no_other(box, sent):
    put(box, a_report(None, recipient="a" * 500_000), "1")
    put(box, a_report(the_mail(sent.pk), recipient="a" * 300_000), "2")
    parts = "".join(f'Content-Type: multipart/mixed; boundary="{number}"\n\n--{number}\n' for number in range(5_000))
    put(box, parts.encode() + b"x" * 300_000, "3")
    put(box, a_report(the_mail(sent.pk)), "4")
    began = process_time()
    assert returned.read() == 1
    assert process_time() - began < 20  # a quadratic reading takes minutes


def test_a_reading_that_is_killed_shows_as_one_that_fails(box, sent, monkeypatch):
    def killed(_raw):
        raise SystemExit

    monkeypatch.setattr(returned, "report_in", killed)
    put(box, a_report(the_mail(sent.pk)))
    with pytest.raises(SystemExit):
        returned.read()
    ReturnedMail.objects.update(failed_at=F("failed_at") - timedelta(hours=2))
    assert "not read" in returned.fault()
    monkeypatch.undo()
    assert (returned.read(), returned.fault()) == (1, "")


# -- a mailbox that is away -------------------------------------------------------------------------------------------


def test_a_mailbox_that_is_away_stops_nothing_and_is_said(box, sent, client, settings):
    beat()
    assert returned.read() == 0
    assert client.get(reverse("health")).json()["ok"]
    settings.RETURNED_MAIL = f"maildir:{box}/nowhere"
    assert returned.read() == 0
    assert returned.note() == ""  # a short absence is no fault
    ReturnedMail.objects.update(failed_at=now() - timedelta(hours=2))
    assert returned.read() == 0
    answer = client.get(reverse("health"), headers={"accept-language": "en"})
    assert (answer.status_code, list(answer.json()["faults"])) == (503, ["returned mail"])
    assert "cannot be read at present" in returned.note()
    settings.RETURNED_MAIL = f"maildir:{box}"
    put(box, a_report(the_mail(sent.pk)))
    assert returned.read() == 1
    assert client.get(reverse("health")).json()["ok"]


def test_where_no_mailbox_is_read_the_pages_say_so(venue, client, settings, box):
    client.force_login(a_kaikukeskus_person())
    pages = [reverse("partners", args=["kainuu"]), venue.get_absolute_url(), "/queue/", "/contacts/"]
    said = "does not read returned mail"
    a_kaikukeskus_person().__class__.objects.update(language="en")
    assert [path for path in pages if said in client.get(path).content.decode()] == []
    settings.RETURNED_MAIL = ""
    assert returned.read() == 0
    assert [path for path in pages if said in client.get(path).content.decode()] == pages


# -- a mailbox on a server --------------------------------------------------------------------------------------------


class Imap(socketserver.StreamRequestHandler):
    """As much of IMAP as a reader needs, who knows the password."""

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            self.server.heard.append(command)
            self.answer(tag, command)
            if command == "LOGOUT":
                return

    def answer(self, tag: str, command: str) -> None:
        word = "OK"
        if command == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif command.startswith("LOGIN"):
            word = "OK" if command == 'LOGIN kai "sala/sana"' else "NO"
        elif command.startswith("EXAMINE"):
            self.say("* 1 EXISTS")
        elif command.startswith("UID SEARCH"):
            self.say("* SEARCH 7")
        elif command.startswith("UID FETCH 7"):
            raw = self.server.raw
            self.wfile.write(b"* 1 FETCH (UID 7 BODY[]<0> {%d}\r\n" % len(raw) + raw + b")\r\n")
        self.say(f"{tag} {word} done")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server(sent) -> Iterator[socketserver.TCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as running:
        running.daemon_threads, running.heard = True, []
        running.raw = a_report(the_mail(sent.pk)).replace(b"\n", b"\r\n")
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def test_reports_are_read_of_a_server_which_keeps_them_unread(server, settings):
    port = server.server_address[1]
    settings.RETURNED_MAIL = f"imap://kai:sala%2Fsana@127.0.0.1:{port}/Palautuneet"
    assert returned.read() == 1
    assert 'EXAMINE "Palautuneet"' in server.heard
    assert not [command for command in server.heard if command.split()[0] in ("SELECT", "STORE", "EXPUNGE")]
    assert any("BODY.PEEK" in command for command in server.heard)


def test_a_wrong_password_is_a_fault_whose_words_are_in_no_log(server, settings, caplog):
    port = server.server_address[1]
    settings.RETURNED_MAIL = f"imap://kai:hukassa@127.0.0.1:{port}/INBOX"
    assert returned.read() == 0
    assert ReturnedMail.objects.get().failed_at
    assert "hukassa" not in caplog.text
    assert "cannot be read" in caplog.text
