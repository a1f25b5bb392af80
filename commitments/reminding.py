"""How has a signatory been written to, who is silent, and when is one reminded?"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.utils.timezone import localdate

from adoption.mail import later
from adoption.models import Mail
from commitments import asking
from commitments.models import Commitment, Party, SignatureRequest

State = SignatureRequest.State
STAGES = HALF, SOON, LATE = "half", "soon", "late"
MAILS = ("asked", "renewed", "forwarded", *STAGES)


# -- the mails --------------------------------------------------------------------------------------------------------


class Mailed(NamedTuple):
    """Of a request's present round: when its signatory was last reminded, and whether a mail could not be delivered."""

    reminded_at: datetime | None
    lost: bool


def mails_about(parties: Iterable[Party]) -> dict[int, Mailed]:
    """Party → how its signatory has been written to; parties that are not asked by link are absent."""
    requests = {party.pk: request for party in parties if (request := asking.request_of(party))}
    keys = {pk: [asking.mail_key(r.pk, r.round, kind) for kind in MAILS] for pk, r in requests.items()}
    found = {mail.key: mail for mail in Mail.objects.filter(key__in=[key for some in keys.values() for key in some])}
    return {pk: _mailed([found.get(key) for key in some]) for pk, some in keys.items()}


def _mailed(mails: list[Mail | None]) -> Mailed:
    """By the mails in the order of MAILS."""
    reminders = [mail.sent_at for mail in mails[-len(STAGES) :] if mail and mail.sent_at]
    return Mailed(max(reminders, default=None), any(mail.given_up_at for mail in mails if mail))


# -- reminders --------------------------------------------------------------------------------------------------------

BEFORE = timedelta(days=2)  # the end of the time in which one is reminded that it is ending; and the rest after a mail
SATURDAY = 5


def stage_of(sent_on: date, sign_by: date, today: date) -> str:
    """Of which reminder it is the time: half the days have gone, the last two are left, or it is late. Nobody is
    reminded within two days of being asked, unless it is late."""
    if today > sign_by:
        return LATE
    if today < sent_on + BEFORE:
        return ""
    if today >= sign_by - BEFORE:
        return SOON
    return HALF if today >= sent_on + (sign_by - sent_on) / 2 else ""


def remind(today: date) -> int:
    """Whoever was asked and is silent has one mail at half time, one two days before the day and one when it is late;
    then the pair too. On weekdays; whatever runs twice or was down for a day. Returns how many jobs were queued."""
    if today.weekday() >= SATURDAY:
        return 0
    due = [(request, stage) for request in _silent(today) if (stage := _stage(request, today))]
    gone = _gone(due)
    waiting = [(request, stage) for request, stage in due if _key(request, stage) not in gone]
    overdue = Commitment.objects.filter(state__in=Commitment.SIGNING, sign_by__lt=today)
    late = list(overdue.order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        for request, stage in waiting:
            later("commitments.letters.reminded", request.pk, request.round, stage)
        for pk in late:
            later("commitments.letters.late", pk)
    return len(waiting) + len(late)


def _silent(today: date) -> models.QuerySet[SignatureRequest]:
    found = SignatureRequest.objects.filter(state=State.SENT, party__commitment__sign_by__isnull=False)
    return found.filter(expires_at__date__gte=today).select_related("party__commitment").order_by("pk")


def _stage(request: SignatureRequest, today: date) -> str:
    sign_by = request.party.commitment.sign_by
    assert request.sent_at
    assert sign_by
    return stage_of(localdate(request.sent_at), sign_by, today)


def _key(request: SignatureRequest, stage: str) -> str:
    return asking.mail_key(request.pk, request.round, stage)


def _gone(due: Iterable[tuple[SignatureRequest, str]]) -> set[str]:
    """The keys of those reminders that have left; one that a mail server refused is tried again the next day."""
    keys = [_key(request, stage) for request, stage in due]
    return set(Mail.objects.filter(key__in=keys, sent_at__isnull=False).values_list("key", flat=True))
