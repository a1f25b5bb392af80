"""How does a mail leave? As a job queued in the act's own transaction; only the worker sends."""

import logging
import smtplib
from collections.abc import Callable, Iterable
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.timezone import now
from django_q.tasks import async_task

from adoption.models import Mail, Person
from adoption.models.mail import CODE

log = logging.getLogger(__name__)
Letter = Callable[[Person], tuple[str, str]]  # subject and body, in the language that is active for the person

CLAIM = timedelta(minutes=2)  # after which a try counts as lost: longer than any mail server is waited for
CODE_LIVES = timedelta(minutes=15)
TAG = 24  # hexadecimal digits of the seal in a mail's name
PERMANENT = 500  # SMTP answers from here on are final


def later(job: str, *args: object) -> None:
    """The job, a dotted path, runs in the worker once this transaction is committed; else it dies with it."""
    async_task(job, *args)


def write(key: str, people: Iterable[Person], letter: Letter) -> None:
    """Each person has one mail under this key, in the own language, and a job that sends it; twice does no more.

    All mails are written before any leaves, so one refused address keeps nobody else's.
    """
    with transaction.atomic():
        for person in people:
            if person.is_active:
                _write_one(f"{key}:{person.pk}", person, letter)


def _write_one(key: str, person: Person, letter: Letter) -> None:
    with translation.override(person.language):
        subject, body = letter(person)
    _queue(key, subject, body, person=person, address=person.email)


@transaction.atomic
def write_to(key: str, address: str, language: str, letter: Callable[[], tuple[str, str]]) -> None:
    """One who has no account has one mail under this key, in the language, and a job that sends it; twice does no more.

    The mail bears a link by which its reader acts, so its text is wiped once it has left.
    """
    with translation.override(language):
        subject, body = letter()
    _queue(key, subject, body, address=address, secret=True)


def _queue(key: str, subject: str, body: str, **whose: Any) -> None:
    given = {"subject": " ".join(subject.split())[:300], "body": body} | whose
    mail, _made = Mail.objects.get_or_create(key=key, defaults=given)
    if mail.sent_at is None:
        later("adoption.mail.deliver", mail.pk)


def queue_secret(address: str, subject: str, body: str) -> None:
    """A sign-in code is queued; its text is wiped once it has left, except in the demo, which shows its mails."""
    with transaction.atomic():
        mail = Mail.objects.create(
            key=f"{CODE}{uuid4()}", address=address, subject=subject[:300], body=body, secret=True
        )
        later("adoption.mail.deliver", mail.pk)


def deliver(pk: int) -> None:
    """The mail has left. Who sends claims it first, in a transaction of its own, so that no lock waits for a server.

    A worker killed while it sends may send once more: `deliver_waiting` takes up what has not left.
    """
    if not _claimed(pk):
        return
    mail = Mail.objects.get(pk=pk)
    try:
        EmailMessage(mail.subject, mail.body, envelope_of(pk), [mail.address], headers=headers_of(pk)).send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        _failed(mail, final=code >= PERMANENT)
    except (OSError, smtplib.SMTPException):
        _failed(mail, final=False)
    except ValueError:  # an address that no server could be given: UnicodeError is one
        _failed(mail, final=True)
    else:
        _done(mail, sent_at=now())


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
    return bool(Mail.objects.waiting().filter(free, pk=pk).update(tried_at=now(), tries=F("tries") + 1))


def _failed(mail: Mail, final: bool) -> None:
    log.warning(
        "Mail %s to %s did not leave%s.", mail.pk, mail.address, " and never will" if final else "", exc_info=True
    )
    if final:
        _done(mail, given_up_at=now())


def _done(mail: Mail, **stamp: object) -> None:
    if mail.secret and not settings.DEMO:
        stamp["body"] = ""
    Mail.objects.filter(pk=mail.pk).update(**stamp)


def deliver_waiting() -> int:
    """Every mail that has not left is tried again, less often the longer it waits; a code that is too old is wiped.

    The worker runs this each minute, so a mail server that is away delays and loses nothing. Returns how many tried.
    """
    too_old = Mail.objects.waiting().filter(key__startswith=CODE, made_at__lt=now() - CODE_LIVES)
    too_old.update(given_up_at=now(), body="")
    due = [mail for mail in Mail.objects.waiting().filter(tries__gt=0) if _is_due(mail)]
    lost = list(Mail.objects.waiting().filter(tries=0, made_at__lt=now() - CLAIM))
    for mail in due + lost:
        deliver(mail.pk)
    return len(due) + len(lost)


def _is_due(mail: Mail) -> bool:
    """After 2, 4, 8 … minutes, at most once an hour."""
    waits = min(CLAIM * 2 ** min(mail.tries - 1, 10), timedelta(hours=1))
    return mail.tried_at is None or mail.tried_at < now() - waits


def stuck() -> int:
    """How many mails have not left for over an hour."""
    return Mail.objects.waiting().filter(made_at__lt=now() - timedelta(hours=1)).count()


def link(path: str) -> str:
    """The full address of a page of this site."""
    return settings.SITE_URL.rstrip("/") + path
