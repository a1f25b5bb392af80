"""Do calendars understand an invitation, its update and its cancel? A real one, and a reader that did not write it."""

import email
import email.policy
import re
import subprocess
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localdate, localtime

from adoption.models import Act, Person
from tests.people import a_pair
from tests.test_plan_files import events_of
from workflows.arranging import services
from workflows.arranging.inviting import Whom
from workflows.arranging.letters import told
from workflows.arranging.links import token_of
from workflows.arranging.models import Meeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LIISA = "liisa@example.org"
SAID = {
    "kind": "workshop", "title": "Työpaja; Äänekoski, 1/2", "place": "Kulttuuritalo, sali 2",
    "link": "https://etakokous.example.org/j/123?pwd=a,b;c", "length": 120,
    "message": "Tervetuloa!\nKahvia on tarjolla, \\ ja pullaa; ilmoittakaa ruokavaliot. " + "Ääkkösiä riittää. " * 8,
}  # fmt: skip


@pytest.fixture
def aino(region) -> Person:
    return a_pair(region)[0]


def at(days: int, hour: int = 9) -> datetime:
    day = localdate() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=get_default_timezone())


def meeting_of(region, aino, *times: datetime) -> Meeting:
    return services.arrange(region, aino, SAID, times or [at(10)], [Whom(name="Liisa Laine", email=LIISA)])


def sent(worker, to: str = LIISA) -> EmailMessage:
    """The newest mail to the address, as a mail program reads it."""
    worker.run()
    written = [one for one in mail.outbox if one.to == [to]][-1].message().as_bytes()
    return email.message_from_bytes(written, policy=email.policy.default)


def part(message: EmailMessage, kind: str) -> EmailMessage:
    [found] = [one for one in message.walk() if one.get_content_type() == kind]
    return found


def file_of(message: EmailMessage) -> bytes:
    return part(message, "application/ics").get_content()


def seen(content: bytes) -> dict[str, str]:
    [event] = events_of(content)
    return event


# -- read by a plain reader -------------------------------------------------------------------------------------------


def test_the_mail_has_the_event_as_a_part_and_as_a_file(region, aino, worker):
    meeting_of(region, aino)
    message = sent(worker)
    [mixed, *files] = [one.get_content_type() for one in message.iter_parts()]
    assert (message.get_content_type(), mixed, files) == (
        "multipart/mixed", "multipart/alternative", ["application/ics"],
    )  # fmt: skip
    event = part(message, "text/calendar")
    assert dict(event["Content-Type"].params) == {"method": "REQUEST", "charset": "utf-8"}
    assert file_of(message).decode() == event.get_content().replace("\r\n", "\n").replace("\n", "\r\n")
    assert "Kulttuuritalo, sali 2" in part(message, "text/plain").get_content()
    assert "Kulttuuritalo, sali 2" in part(message, "text/html").get_content()


def test_the_event_says_what_the_meeting_is(region, aino, worker):
    meeting = meeting_of(region, aino)
    content = file_of(sent(worker))
    event = seen(content)
    assert event["SUMMARY"] == SAID["title"]
    assert event["LOCATION"] == f"{SAID['place']} · {SAID['link']}"
    assert event["DESCRIPTION"].startswith(SAID["message"].strip())
    assert event["DTSTART?"] == event["DTEND?"] == "TZID=Europe/Helsinki"
    begins = datetime.strptime(event["DTSTART"], "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo("Europe/Helsinki"))
    ends = datetime.strptime(event["DTEND"], "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo("Europe/Helsinki"))
    assert (begins, ends) == (meeting.starts_at, meeting.starts_at + timedelta(minutes=120))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", "1")
    assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
    assert event["ATTENDEE"] == f"mailto:{LIISA}"
    assert 'CN="Aino Virtanen (Kaikupolku)"' in event["ORGANIZER?"]
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Helsinki\r\n" in content
    assert b"METHOD:REQUEST\r\n" in content


def test_an_update_and_a_cancel_are_of_the_same_event_with_a_greater_number(region, aino, worker):
    meeting = meeting_of(region, aino, at(10), at(12))
    assert [one.get_content_type() for one in sent(worker).iter_parts()] == ["text/plain", "text/html"]
    services.fix(meeting, aino, at(12), 0)
    invitation = file_of(sent(worker))
    services.change(meeting, aino, SAID | {"place": "Kirjasto"}, 1)
    update = file_of(sent(worker))
    services.fix(meeting, aino, at(13), 2)
    moved = file_of(sent(worker))
    services.cancel(meeting, aino, "Sairaus.")
    off = file_of(sent(worker))
    events = [seen(one) for one in (invitation, update, moved, off)]
    assert len({event["UID"] for event in events}) == 1
    assert len({event["ORGANIZER"] for event in events}) == 1
    assert [int(event["SEQUENCE"]) for event in events] == [1, 2, 3, 4]
    assert [event["STATUS"] for event in events] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    assert events[1]["LOCATION"].startswith("Kirjasto")
    assert events[2]["DTSTART"] == events[3]["DTSTART"] == f"{localtime(at(13)):%Y%m%dT%H%M%S}"
    assert b"METHOD:CANCEL\r\n" in off


def test_nobody_sees_the_addresses_of_the_others(region, aino, worker):
    services.arrange(
        region, aino, SAID, [at(10)], [Whom(name="Liisa", email=LIISA), Whom(name="Kalle", email="kalle@example.org")]
    )
    for to, other in ((LIISA, "kalle@example.org"), ("kalle@example.org", LIISA)):
        assert other not in file_of(sent(worker, to)).decode()


def test_whoever_is_taken_off_gets_a_cancel_and_the_others_nothing(region, aino, worker):
    meeting = meeting_of(region, aino)
    worker.run()
    before = len(mail.outbox)
    services.uninvite(meeting, aino, meeting.invitees.get(given_email=LIISA).pk)
    assert seen(file_of(sent(worker)))["STATUS"] == "CANCELLED"
    assert len(mail.outbox) == before + 1
    services.invite(meeting, aino, [Whom(name="Liisa Laine", email=LIISA)])
    again = seen(file_of(sent(worker)))
    assert (again["STATUS"], again["SEQUENCE"]) == ("CONFIRMED", "3")


def test_what_came_late_says_only_what_is_so_now(region, aino, worker):
    """The worker was away while it was fixed, moved and cancelled: one mail says that it is off."""
    meeting = meeting_of(region, aino, at(10), at(11))
    services.fix(meeting, aino, at(10), 0)
    services.fix(meeting, aino, at(11), 1)
    services.cancel(meeting, aino, "Sairaus.")
    message = sent(worker)
    assert len([one for one in mail.outbox if one.to == [LIISA]]) == 1
    assert b"METHOD:CANCEL" in file_of(message)


def test_a_job_that_runs_twice_writes_one_mail(region, aino, worker):
    meeting = meeting_of(region, aino)
    worker.run()
    number = len(mail.outbox)
    told(Act.objects.get(about_kind="meeting", about_id=meeting.pk).pk)
    worker.run()
    assert len(mail.outbox) == number


@pytest.mark.parametrize(("month", "shift"), [(1, "+0200"), (7, "+0300")])
def test_winter_and_summer_keep_their_hour(region, aino, worker, month, shift):
    """The file names the zone and describes it: half past nine in Helsinki, whatever the reader's own zone."""
    year = localdate().year + 1
    when = datetime(year, month, 12, 9, 30, tzinfo=get_default_timezone())
    meeting_of(region, aino, when)
    content = file_of(sent(worker)).decode()
    assert seen(content.encode())["DTSTART"] == f"{year}{month:02}12T093000"
    assert f"TZOFFSETTO:{shift}" in content


def test_the_file_of_the_link_is_the_same_event(client, region, aino, worker):
    meeting = meeting_of(region, aino)
    one = meeting.invitees.get(given_email=LIISA)
    answer = client.get(reverse("invited_calendar", args=[token_of(one)]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"METHOD:PUBLISH" in answer.content
    taken, mailed = seen(answer.content), seen(file_of(sent(worker)))
    assert (taken["UID"], taken["SEQUENCE"]) == (mailed["UID"], mailed["SEQUENCE"])
    assert "ATTENDEE" not in taken


# -- read by a real calendar ------------------------------------------------------------------------------------------


class Khal:
    """Debian's khal with one calendar of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "calendar").mkdir()
        (folder / "conf").write_text(
            f"[calendars]\n[[work]]\npath = {folder / 'calendar'}\n[locale]\nlocal_timezone = Europe/Helsinki\n"
            "default_timezone = Europe/Helsinki\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
            "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            f"[sqlite]\npath = {folder / 'khal.db'}\n[default]\ndefault_calendar = work\n"
        )

    def run(self, *words: str) -> str:
        command = ["/usr/bin/khal", "-c", str(self.folder / "conf"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    def take(self, content: bytes) -> None:
        (self.folder / "mail.ics").write_bytes(content)
        self.run("import", "--batch", "-a", "work", str(self.folder / "mail.ics"))

    def shows(self) -> list[str]:
        """What stands in the calendar in the next forty days: begin, end, what, where, and whether it is off."""
        shown = "{start-long} {end-time} {title} @ {location} {status}"
        found = self.run("list", "-df", "", "-f", shown, f"{localdate():%Y-%m-%d}", "40d")
        return [line.strip() for line in found.splitlines() if line.strip()]

    @property
    def files(self) -> int:
        return len(list((self.folder / "calendar").glob("*.ics")))


@pytest.fixture
def khal(tmp_path) -> Khal:
    return Khal(tmp_path)


@pytest.mark.calendar
def test_in_a_real_calendar_update_and_cancel_change_the_same_event(region, aino, worker, khal):
    meeting = meeting_of(region, aino)
    khal.take(file_of(sent(worker)))
    first = f"{at(10):%Y-%m-%d %H:%M} 11:30 {SAID['title']} @ {SAID['place']}"
    [shown] = khal.shows()
    assert shown.startswith(first)
    services.fix(meeting, aino, at(12), 1)
    khal.take(file_of(sent(worker)))
    [shown] = khal.shows()
    assert shown.startswith(f"{at(12):%Y-%m-%d %H:%M} 11:30 {SAID['title']}")
    services.cancel(meeting, aino, "Sairaus.")
    khal.take(file_of(sent(worker)))
    [shown] = khal.shows()
    assert shown.endswith("CANCELLED")
    assert khal.files == 1
