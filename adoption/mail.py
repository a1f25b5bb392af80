"""How does a mail leave? As a job queued in the act's own transaction; only the worker sends."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.timezone import now
from django_q.tasks import async_task

from adoption.models import Mail, Person

Text = Callable[[Person], tuple[str, str]]  # subject and body, in the language that is active for the person


def later(job: str, *args: object) -> None:
    """The job, a dotted path, runs in the worker once this transaction is committed; else it dies with it."""
    async_task(job, *args)


def write(key: str, people: Iterable[Person], text: Text) -> None:
    """Each person has one mail under this key, written in the own language, and it is sent; twice does no more."""
    for person in people:
        if person.is_active:
            with translation.override(person.language):
                subject, body = text(person)
            mail, _made = Mail.objects.get_or_create(
                key=f"{key}:{person.pk}",
                defaults={"person": person, "address": person.email, "subject": subject[:300], "body": body},
            )
            deliver(mail.pk)


def queue_secret(address: str, subject: str, body: str) -> None:
    """A sign-in code is queued; its text is wiped once it has left, except in the demo, which shows its mails."""
    with transaction.atomic():
        mail = Mail.objects.create(
            key=f"code:{now().timestamp()}:{address}", address=address, subject=subject, body=body, secret=True
        )
        later("adoption.mail.deliver", mail.pk)


def deliver(pk: int) -> None:
    """The mail has left, once, however many workers try; a refusing server raises, and the queue tries again."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update().get(pk=pk)
        if mail.sent_at:
            return
        EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.address]).send()
        mail.sent_at = now()
        if mail.secret and not settings.DEMO:
            mail.body = ""
        mail.save(update_fields=["sent_at", "body"])


def link(path: str) -> str:
    """The full address of a page of this site."""
    return settings.SITE_URL.rstrip("/") + path
