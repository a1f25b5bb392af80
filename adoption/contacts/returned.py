"""Which of our mails came back? Read of a mailbox that is never changed, and of which nothing is believed unseen.

A report counts that bears the mark of one of our mails (`adoption.mail.tag_of`), which only its reader has seen, and
that says of its address, or of another one of the same domain, that delivery has failed (RFC 3464).
"""

import imaplib
import logging
import re
import ssl
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from hmac import compare_digest
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _

from adoption.mail import TAG, tag_of
from adoption.models import Mail, ReturnedMail

log = logging.getLogger(__name__)
MARK = re.compile(rf"(?<![0-9a-f])([0-9]{{1,18}}\.[0-9a-f]{{{TAG}}})(?![0-9a-f])")
BESIDE = re.compile(r"[\s;<>]+")  # what stands between the addresses of a field
STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
LARGEST = 512 * 1024  # bytes that are read of one message: a report's own parts come first
MOST_PARTS = 50
OVERLAP = timedelta(days=2)  # by so much each reading goes back: clocks differ, and once more does no harm
LATEST = timedelta(days=30)  # how far back the first reading goes
TIMEOUT = 20
TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


def read(at: datetime | None = None) -> int:
    """The reports of the mailbox have been read, and mails that came back are known as such. A mailbox that cannot be
    read is told of on the page and by /health/, and tried again. Returns how many came back newly."""
    if not settings.RETURNED_MAIL:
        return 0
    state, _made = ReturnedMail.objects.get_or_create(pk=1)
    began = at or now()
    since = (state.read_at or began - LATEST) - OVERLAP
    # Until it has been read to its end it counts as not read: a reading that is killed shows so.
    ReturnedMail.objects.filter(pk=1, failed_at=None).update(failed_at=began)
    try:
        found = sum(came_back(report) for raw in messages(since) if (report := report_in(raw)))
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        # Not the error's own words: a server may quote the password in them.
        log.warning("Returned mail cannot be read: %s.", type(error).__name__)
        return 0
    ReturnedMail.objects.filter(pk=1).update(read_at=began, failed_at=None)
    return found


# -- the mailbox ------------------------------------------------------------------------------------------------------


def messages(since: datetime) -> Iterator[bytes]:
    """What has come into the mailbox since then."""
    place = urlsplit(settings.RETURNED_MAIL)
    if place.scheme == "maildir":
        yield from _of_maildir(Path(unquote(place.path)), since)
    else:
        yield from _of_imap(settings.RETURNED_MAIL, since)


def _of_maildir(folder: Path, since: datetime) -> Iterator[bytes]:
    """Files new and seen. Raises OSError for a folder that is none."""
    for part in ("new", "cur"):
        for file in sorted((folder / part).iterdir()):
            try:
                if file.is_file() and file.stat().st_mtime >= since.timestamp():
                    with file.open("rb") as opened:
                        yield opened.read(LARGEST)
            except FileNotFoundError:
                continue  # moved meanwhile by another program: the next reading meets it again


def _of_imap(address: str, since: datetime) -> Iterator[bytes]:
    """Reports alone, by the server's own search; opened for reading only."""
    place = urlsplit(address)
    host, user, word = place.hostname or "", unquote(place.username or ""), unquote(place.password or "")
    if place.scheme == "imaps":
        context = ssl.create_default_context()
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, place.port or 993, ssl_context=context, timeout=TIMEOUT)
    else:
        box = imaplib.IMAP4(host, place.port or 143, timeout=TIMEOUT)
    with box:
        box.login(user, word)
        _fine(box.select(_quoted(unquote(place.path.strip("/")) or "INBOX"), readonly=True))
        wanted = ("SINCE", imaplib.Time2Internaldate(since)[1:12].strip(), "HEADER", "Content-Type", "delivery-status")
        for number in _fine(box.uid("SEARCH", *wanted))[0].split():
            for answer in _fine(box.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")):
                if isinstance(answer, tuple):
                    yield answer[1]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _fine(answer: tuple) -> list:
    """What the server has given. Raises IMAP4.error for a refusal."""
    word, given = answer
    if word != "OK":
        raise imaplib.IMAP4.error("refused")
    return [] if given == [None] else given


# -- the report -------------------------------------------------------------------------------------------------------


class Report(NamedTuple):
    """What a report says: the marks of mails that it names, and of each address that failed the status."""

    marks: list[str]
    failed: dict[str, str]


def report_in(raw: bytes) -> Report | None:
    """The report of a failed delivery; nothing of any other mail, nor of one that cannot be understood."""
    if not _may_be_ours(raw):
        return None
    try:
        report = message_from_bytes(raw)
        if report.get_content_type() != "multipart/report":
            return None
        parts = [part for part, _number in zip(report.walk(), range(MOST_PARTS), strict=False)]
        failed = {address: status for part in parts for address, status in _failed(part)}
        texts = [str(value) for name in TO for value in report.get_all(name, [])]
        texts += [text for part in parts for text in _message_ids(part)]
    except Exception:  # whatever a stranger's mail does to the parser, the next one is read
        log.warning("A returned mail could not be understood.")
        return None
    marks = list(dict.fromkeys(mark for text in texts for mark in MARK.findall(text)))
    return Report(marks, failed) if marks and failed else None


def _may_be_ours(raw: bytes) -> bool:
    """Whether it is worth parsing, which a stranger's mail could make long: it bears one of our marks, and no more
    parts than are looked at."""
    marks = MARK.findall(raw.decode("latin-1"))[:MOST_PARTS]
    return raw.lower().count(b"multipart/") <= MOST_PARTS and any(compare_digest(mark, _right(mark)) for mark in marks)


def _failed(part: Message) -> Iterator[tuple[str, str]]:
    """The addresses of a delivery status that have failed for good."""
    if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
        return
    for block in part.get_payload():
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            status = STATUS.search(str(block.get("Status", "")))
            for name in ("Original-Recipient", "Final-Recipient"):
                for address in BESIDE.split(str(block.get(name, ""))):
                    if "@" in address.strip("@"):
                        yield address.lower(), status[0] if status else ""


def _message_ids(part: Message) -> Iterator[str]:
    """The names of the mails whose text or headers the report has with it."""
    kind = part.get_content_type()
    original: object = None
    if kind == "text/rfc822-headers":
        text = part.get_payload(decode=True)
        original = message_from_string(text.decode("ascii", "replace")) if isinstance(text, bytes) else None
    elif kind == "message/rfc822" and part.is_multipart():
        original = part.get_payload(0)
    if isinstance(original, Message):
        yield str(original.get("Message-ID", ""))


def came_back(report: Report) -> bool:
    """The mail that the report is about is known to have come back; the first report of it counts."""
    return any(_came_back(mail, report.failed) for mail in _ours(report.marks))


def _ours(marks: Iterable[str]) -> list[Mail]:
    keys = [int(mark.partition(".")[0]) for mark in marks if compare_digest(mark, _right(mark))]
    return list(Mail.objects.filter(pk__in=keys, returned_at=None))


def _right(mark: str) -> str:
    return tag_of(int(mark.partition(".")[0]))


def _came_back(mail: Mail, failed: dict[str, str]) -> bool:
    """An organisation may name its mailbox otherwise than the address that it gives; another domain is another's."""
    address = mail.address.lower()
    same = [one for one in failed if one == address or one.rpartition("@")[2] == address.rpartition("@")[2]]
    if not same:
        return False
    status = failed.get(address, failed[same[0]])
    return bool(Mail.objects.filter(pk=mail.pk, returned_at=None).update(returned_at=now(), returned_status=status))


def fault() -> str:
    """What shows that returned mail is not read though it should be; nothing for an hour after the last reading."""
    if not settings.RETURNED_MAIL:
        return ""
    state = ReturnedMail.objects.first()
    if state is None or state.failed_at is None or now() - state.failed_at < timedelta(hours=1):
        return ""
    since = f"since {state.read_at:%Y-%m-%d %H:%M} UTC" if state.read_at else "yet"
    return f"not read {since}"


def note() -> str:
    """For the pages that speak of silence: whether returned mail is seen."""
    if not settings.RETURNED_MAIL:
        return _("This site does not read returned mail: an address that no longer works shows as silence only.")
    if fault():
        return _("Returned mail cannot be read at present: an address that no longer works may show as silence only.")
    return ""
