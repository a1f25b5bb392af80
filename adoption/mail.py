"""How does a mail leave? As a job queued in the act's own transaction; only the worker sends."""

import logging
import re
import smtplib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.timezone import now
from django_q.tasks import async_task

from adoption.days import is_quiet, next_morning, next_open
from adoption.mail_choices import USUAL, chosen, may_be_off, off_path
from adoption.mail_form import digest_of, html_of
from adoption.models import Act, How, Kind, Mail, Person
from adoption.models.mail import CODE

log = logging.getLogger(__name__)
Letter = Callable[[Person], tuple[str, str]]  # subject and body, in the language that is active for the person

CLAIM = timedelta(minutes=2)  # after which a try counts as lost: longer than any mail server is waited for
CODE_LIVES = timedelta(minutes=15)
TAG = 24  # hexadecimal digits of the seal in a mail's name
METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)  # what a calendar is to do with an event
PERMANENT = 500  # SMTP answers from here on are final


def later(job: str, *args: object) -> None:
    """The job, a dotted path, runs in the worker once this transaction is committed; else it dies with it."""
    async_task(job, *args)


def others(people: Iterable[Person], act: Act) -> list[Person]:
    """Without who has done it: nobody has a mail of the own act."""
    return [person for person in people if person.pk != act.by_id]


def write(key: str, people: Iterable[Person], letter: Letter, kind: Kind = Kind.ALWAYS, by_clock: bool = False) -> None:
    """Each person has one mail under this key, in the own language, and a job that sends it; twice does no more.

    By the kind of the mail each has chosen whether it leaves at once, in the morning's list, or not at all; what no
    person has just done, but the clock, leaves on a working morning. All mails are written before any leaves, so one
    refused address keeps nobody else's.
    """
    told = [person for person in people if person.is_active]
    with transaction.atomic():
        how = chosen(told, kind)
        for person in told:
            if how[person.pk] != How.NONE:
                _write_one(f"{key}:{person.pk}", person, letter, kind, how[person.pk], by_clock)


def _write_one(key: str, person: Person, letter: Letter, kind: Kind, how: str, by_clock: bool) -> None:
    with translation.override(person.language):
        subject, body = letter(person)
    _queue(
        key, subject, body, person=person, address=person.email, language=person.language, kind=kind,
        together=how == How.DIGEST, not_before=_not_before(kind, how, by_clock),
    )  # fmt: skip


def _not_before(kind: Kind, how: str, by_clock: bool) -> datetime | None:
    """Nothing for what leaves at once; of a reminder, and of what the clock has brought, the next moment that is not
    quiet; of the rest of the morning's list the next morning."""
    if kind == Kind.DUTIES or (by_clock and how != How.DIGEST):
        return next_open(now())
    return next_morning(now()) if how == How.DIGEST else None


@transaction.atomic
def write_to(
    key: str,
    address: str,
    language: str,
    letter: Callable[[], tuple[str, str]],
    kind: Kind = Kind.ALWAYS,
    event: Callable[[], str] = str,
    thread: str = "",
    by_clock: bool = False,
) -> None:
    """One who has no account has one mail under this key, in the language, and a job that sends it; twice does no more.

    The mail bears a link by which its reader acts, so its text is wiped once it has left. `event` gives what it brings
    into the reader's calendar. Of the mails of a thread one that has not left is withdrawn when a newer one is written.
    Reminders leave in the morning's list with all others to this address, unless its person has chosen otherwise; what
    else no person has just done, but the clock, leaves on a working morning.
    """
    with translation.override(language):
        subject, body = letter()
        calendar = event()
    known = list(Person.objects.filter(email=address.lower(), is_active=True))
    how = next(iter(chosen(known, kind).values()), USUAL.get(kind, How.AT_ONCE))
    _queue(
        key, subject, body, address=address, language=language, kind=kind, secret=True,
        together=how == How.DIGEST, not_before=_not_before(kind, how, by_clock), calendar=calendar, thread=thread,
    )  # fmt: skip


def _queue(key: str, subject: str, body: str, **whose: Any) -> None:
    given = {"subject": " ".join(subject.split())[:300], "body": body} | whose
    mail, _made = Mail.objects.get_or_create(key=key, defaults=given)
    if mail.sent_at is None and not mail.together and (mail.not_before is None or mail.not_before <= now()):
        later("adoption.mail.deliver", mail.pk)


def queue_secret(address: str, subject: str, body: str) -> None:
    """A sign-in code is queued; its text is wiped once it has left, except in the demo, which shows its mails."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    with transaction.atomic():
        mail = Mail.objects.create(
            key=f"{CODE}{uuid4()}", address=address, language=language, subject=subject[:300], body=body, secret=True
        )
        later("adoption.mail.deliver", mail.pk)


def deliver(pk: int) -> None:
    """The mail has left, unless it waits for its morning. Who sends claims it first, in a transaction of its own, so
    that no lock waits for a server.

    A worker killed while it sends may send once more: `deliver_waiting` takes up what has not left.
    """
    if not _claimed(pk):
        return
    mail = Mail.objects.select_related("person").get(pk=pk)
    if _is_stale(mail) or (mail.kind == Kind.DIGEST and not _has_items(mail)):
        return
    try:
        message_of(mail).send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        _failed(mail, final=code >= PERMANENT)
    except (OSError, smtplib.SMTPException):
        _failed(mail, final=False)
    except ValueError:  # an address that no server could be given: UnicodeError is one
        _failed(mail, final=True)
    else:
        _done(mail, sent_at=now())


def _is_stale(mail: Mail) -> bool:
    """Whether its reader has left, or a newer mail of its thread has been written: then this one never leaves. What was
    written to the address alone, and not to the person, waits on without the list."""
    left = mail.person is not None and not mail.person.is_active
    if left:
        mail.items.filter(person=None).update(digest=None, together=True)
    overtaken = bool(mail.thread) and Mail.objects.filter(thread=mail.thread, pk__gt=mail.pk).exists()
    if left or overtaken:
        _done(mail, withdrawn_at=now())
    return left or overtaken


def _has_items(mail: Mail) -> bool:
    """The list says what stands now: some of it may have been done since it was made. Of nothing no mail leaves."""
    items = list(mail.items.filter(withdrawn_at=None).order_by("pk"))
    with translation.override(mail.language):
        mail.subject, mail.body = digest_of(mail.person, items)
    stamp = {"subject": mail.subject[:300], "body": mail.body} | ({} if items else {"withdrawn_at": now()})
    Mail.objects.filter(pk=mail.pk).update(**stamp)
    return bool(items)


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """The mail as it leaves: the text, and the same as HTML, in one language."""
    headers = headers_of(mail.pk) | _standing_orders(mail)
    message = EmailMultiAlternatives(mail.subject, mail.body, envelope_of(mail.pk), [mail.address], headers=headers)
    message.attach_alternative(html_of(mail.subject, mail.body, mail.language), "text/html")
    if mail.calendar:
        _bring_event(message, mail.calendar)
    return message


def _bring_event(message: EmailMultiAlternatives, calendar: str) -> None:
    """The event as the part that mail programs offer to the calendar (RFC 6047), and as a file for the others."""
    [method] = METHOD.findall(calendar)
    message.attach_alternative(calendar, f"text/calendar; method={method}")
    message.attach("kaikupolku.ics", calendar.encode(), "application/ics")


def _standing_orders(mail: Mail) -> dict[str, str]:
    """That a machine has written it, in which language, and how its reader has no more of its kind (RFC 2369, 8058)."""
    said = {"Auto-Submitted": "auto-generated", "Content-Language": mail.language}
    if mail.person_id is None or not mail.kind:
        return said | {"List-Unsubscribe": f"<mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}?subject=unsubscribe>"}
    said["List-Unsubscribe"] = f"<{link(off_path(mail.person_id, mail.kind))}>"
    return said | ({"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if may_be_off(mail.kind) else {})


def tag_of(pk: int) -> str:
    """What a returned mail is known by, and nobody else can make."""
    return f"{pk}.{salted_hmac('adoption.mail', str(pk), algorithm='sha256').hexdigest()[:TAG]}"


def envelope_of(pk: int) -> str:
    """The sender on the envelope: where the mail comes back to when it cannot be delivered."""
    return settings.RETURN_PATH.replace("{mail}", tag_of(pk)) or settings.DEFAULT_FROM_EMAIL


def headers_of(pk: int) -> dict[str, str]:
    """The sender that the reader sees, and the name of the mail, which a report of its return quotes."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return {"From": settings.DEFAULT_FROM_EMAIL, "Message-ID": f"<{tag_of(pk)}@{domain}>"}


def _claimed(pk: int) -> bool:
    free = Q(tried_at=None) | Q(tried_at__lt=now() - CLAIM)
    return bool(Mail.objects.ready(now()).filter(free, pk=pk).update(tried_at=now(), tries=F("tries") + 1))


def _failed(mail: Mail, final: bool) -> None:
    log.warning(
        "Mail %s to %s did not leave%s.", mail.pk, mail.address, " and never will" if final else "", exc_info=True
    )
    if final:
        _done(mail, given_up_at=now())


@transaction.atomic
def _done(mail: Mail, **stamp: object) -> None:
    """So it is with the mail, and with all that left in it; of what lets act no text is kept."""
    ended = Mail.objects.filter(Q(pk=mail.pk) | Q(digest=mail, withdrawn_at=None))
    if not settings.DEMO:
        ended.filter(secret=True).update(body="", calendar="")
    ended.update(**stamp)


def deliver_waiting() -> int:
    """Every mail that has not left is tried again, less often the longer it waits; a code that is too old is wiped.

    The worker runs this each minute, so a mail server that is away delays and loses nothing. Returns how many tried.
    """
    too_old = Mail.objects.waiting().filter(key__startswith=CODE, made_at__lt=now() - CODE_LIVES)
    too_old.update(given_up_at=now(), body="")
    ready = Mail.objects.ready(now()).order_by("pk")
    due = [mail for mail in ready.filter(tries__gt=0) if _is_due(mail)]
    lost = list(ready.filter(tries=0, made_at__lt=now() - CLAIM))
    for mail in due + lost:
        deliver(mail.pk)
    return len(due) + len(lost)


def _is_due(mail: Mail) -> bool:
    """After 2, 4, 8 … minutes, at most once an hour."""
    waits = min(CLAIM * 2 ** min(mail.tries - 1, 10), timedelta(hours=1))
    return mail.tried_at is None or mail.tried_at < now() - waits


def unsent(pk: int) -> Mail | None:
    """The mail, locked with the list in which it leaves; nothing once it has left, and while a worker sends it, alone
    or in that list. Called within a transaction."""
    rows = Mail.objects.select_for_update(no_key=True)
    found = rows.filter(pk=pk, sent_at=None, given_up_at=None).first()
    leaves = rows.get(pk=found.digest_id) if found and found.digest_id else found
    if leaves is None or leaves.sent_at or (leaves.tried_at and leaves.tried_at > now() - CLAIM):
        return None
    return found


@transaction.atomic
def unwrite(pk: int) -> bool:
    """The mail was never written, so that it can be written anew; returns whether it had not left."""
    found = unsent(pk)
    if found:
        found.delete()
    return found is not None


def stuck() -> int:
    """How many mails have not left for over an hour in which they might have."""
    hour_ago = now() - timedelta(hours=1)
    late = Q(not_before=None) | Q(not_before__lt=hour_ago)
    return Mail.objects.ready(now()).filter(late, made_at__lt=hour_ago).count()


# -- several mails of one morning are one -----------------------------------------------------------------------------


def put_together() -> int:
    """What waits for somebody's morning leaves now: one thing as it is, several as one list. Nothing does at night, on
    weekends and holidays. Returns for how many addresses."""
    if is_quiet(now()):
        return 0
    readers = sorted(set(_gathered().values_list("reader", flat=True)))
    for reader in readers:
        _put_together(reader)
    return len(readers)


def _gathered() -> QuerySet[Any]:
    """`reader`: the address of today of whoever has an account, else the one that was written to."""
    found = Mail.objects.waiting().filter(together=True, not_before__lte=now()).order_by()
    return found.annotate(reader=Lower(Coalesce("person__email", "address")))


@transaction.atomic
def _put_together(reader: str) -> None:
    """The mails are locked: of two workers one finds nothing more."""
    found = _gathered().filter(reader=reader).select_related("person")
    items = list(found.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not items:
        return
    [leaves] = items if len(items) == 1 else [_digest(items)]
    Mail.objects.filter(pk=leaves.pk).update(together=False)
    later("adoption.mail.deliver", leaves.pk)


def _digest(items: list[Mail]) -> Mail:
    """To the person whom one of them is to, if any: who has no account may have several as well."""
    person = next((mail.person for mail in items if mail.person), None)
    whose: dict[str, Any] = {"address": items[0].address, "language": items[0].language}
    if person:
        whose = {"person": person, "address": person.email, "language": person.language}
    made = Mail.objects.create(
        key=f"digest:{items[0].pk}", kind=Kind.DIGEST, subject="", body="", not_before=now(),
        secret=any(mail.secret for mail in items), **whose,
    )  # fmt: skip
    Mail.objects.filter(pk__in=[mail.pk for mail in items]).update(digest=made)
    return made


def link(path: str) -> str:
    """The full address of a page of this site."""
    return settings.SITE_URL.rstrip("/") + path
