"""How has a signatory been written to, who is silent, and when is one reminded?"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import models, transaction
from django.db.models.functions import Cast, Concat, TruncDate
from django.db.models.lookups import LessThanOrEqual
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import acting
from adoption.days import A_DAY, is_working_day, next_working_day
from adoption.history import locked, record
from adoption.ladders import SIGN_AT_THE_END, SIGN_LATE
from adoption.mail import later
from adoption.models import Mail, Person, Region
from adoption.refusal import Refused
from commitments import asking
from commitments.access import may_act_in
from commitments.models import Commitment, Party, SignatureRequest, SignedCopy
from commitments.services import changing, refuse_unless_signing

State = SignatureRequest.State
STAGES = HALF, SOON, LATE = "half", "soon", "late"
MAILS = ("asked", "named", "renewed", "moved", "forwarded", *STAGES)
BY_HAND = "by_hand"
REMINDERS = (*STAGES, BY_HAND)
REFUSED = "copy_refused"
COPY_WAITS = models.Exists(SignedCopy.objects.waiting().filter(sent_by=models.OuterRef("party")))  # of a request


# -- the mails --------------------------------------------------------------------------------------------------------


class Mailed(NamedTuple):
    """Of a request's present round: when its signatory was last reminded, whether a mail was refused or came back, of
    which stages a reminder has been written, on which day anything was last, whether the mail with the link, or a
    reminder, still waits, and whether a copy that the signatory has sent waits to be looked at."""

    reminded_at: datetime | None
    lost: bool
    used: frozenset[str] = frozenset()
    last_on: date | None = None
    waits: bool = False
    reminder_waits: bool = False
    copy_waits: bool = False


def mails_about(parties: Iterable[Party]) -> dict[int, Mailed]:
    """Party → how its signatory has been written to; parties that are not asked by link are absent."""
    requests = {party.pk: request for party in parties if (request := asking.request_of(party))}
    copies: dict[int | None, dict[int, str]] = defaultdict(dict)
    for party, pk, state in SignedCopy.objects.filter(sent_by__in=requests).values_list("sent_by", "pk", "state"):
        copies[party][pk] = state
    keys = {party: _keys(request, copies[party]) for party, request in requests.items()}
    asked = Mail.objects.filter(key__in=[key for some in keys.values() for key in some])
    found = {mail.key: mail for mail in asked.select_related("digest")}
    return {
        party: _mailed(
            requests[party],
            [(kind, found[key]) for key, kind in some.items() if key in found],
            SignedCopy.State.WAITING in copies[party].values(),
        )
        for party, some in keys.items()
    }


def _keys(request: SignatureRequest, copies: Iterable[int]) -> dict[str, str]:
    """Key of each mail that the present round may have had → its kind; `copies`: that the signatory has sent."""
    keys = {asking.mail_key(request.pk, request.round, kind): kind for kind in MAILS}
    keys |= {f"{asking.mail_key(request.pk, request.round, REFUSED)}:{copy}": REFUSED for copy in copies}
    return keys | ({by_hand_key(request, request.reminded_on): BY_HAND} if request.reminded_on else {})


def by_hand_key(request: SignatureRequest, on: date) -> str:
    """The key of the reminder that a responsible person has sent on the day: a second of that day is the same mail."""
    return f"{asking.mail_key(request.pk, request.round, BY_HAND)}:{on.isoformat()}"


def _mailed(request: SignatureRequest, mails: list[tuple[str, Mail]], copy_waits: bool) -> Mailed:
    """By the mails, each with its kind."""
    reminders = [mail for kind, mail in mails if kind in REMINDERS]
    later_ones = [mail for kind, mail in mails if kind in (*REMINDERS, REFUSED)]
    moments = [mail.made_at for mail in later_ones] + ([request.sent_at] if request.sent_at else [])
    days = [localdate(moment) for moment in moments] + ([request.reminded_on] if request.reminded_on else [])
    return Mailed(
        reminded_at=max((mail.sent_at for mail in reminders if mail.sent_at), default=None),
        lost=any(mail.given_up_at or mail.state == "returned" for _kind, mail in mails),
        waits=_waiting([mail for kind, mail in mails if kind not in REMINDERS]),
        reminder_waits=_waiting(reminders),
        used=frozenset(kind for kind, _mail in mails if kind in STAGES),
        last_on=max(days, default=None),
        copy_waits=copy_waits,
    )


def _waiting(mails: Iterable[Mail]) -> bool:
    return any(mail.state in ("waits", "failed") for mail in mails)


# -- by the clock ------------------------------------------------------------------------------------------------------


def stage_of(sent_on: date, sign_by: date, today: date) -> str:
    """Of which reminder it is the time: half the days have gone, the last two are left, or it is late. Nobody is
    reminded within two days of being asked, unless it is late."""
    if today >= sign_by + SIGN_LATE:
        return LATE
    if today < sent_on + SIGN_AT_THE_END:
        return ""
    if today >= sign_by - SIGN_AT_THE_END:
        return SOON
    return HALF if today >= sent_on + (sign_by - sent_on) / 2 else ""


def next_on(request: SignatureRequest, sign_by: date | None, mailed: Mailed, today: date) -> date | None:
    """On which day the silent signatory is reminded next without anybody's doing; None when not any more, and while a
    copy that came waits to be looked at."""
    if request.state != State.SENT or mailed.copy_waits or not (request.sent_at and request.expires_at and sign_by):
        return None
    sent_on, last = localdate(request.sent_at), localdate(request.expires_at)
    first = today + A_DAY if request.reminded_on == today else today
    rested = max(first, sent_on + SIGN_AT_THE_END)
    starts = {
        HALF: max(rested, sent_on + (sign_by - sent_on) / 2), SOON: max(rested, sign_by - SIGN_AT_THE_END),
        LATE: max(first, sign_by + SIGN_LATE),
    }  # fmt: skip
    days = {stage: next_working_day(day) for stage, day in starts.items() if stage not in mailed.used}
    return min((d for stage, d in days.items() if d <= last and stage_of(sent_on, sign_by, d) == stage), default=None)


def remind(today: date) -> int:
    """Whoever was asked and is silent has one mail at half time, one two days before the day and one when it is late.
    On working days, and not on a day on which a responsible person has reminded; whatever runs twice or was down for a
    day. Returns how many jobs were queued."""
    if not is_working_day(today):
        return 0
    waiting = [(request, stage) for request in _silent(today) if (stage := _stage(request, today))]
    with transaction.atomic():
        for request, stage in waiting:
            later("commitments.letters.reminded", request.pk, request.round, stage)
    return len(waiting)


def _silent(today: date) -> models.QuerySet[SignatureRequest]:
    """The requests that wait, with a link that works and no copy to be looked at, and are in a stage of which no
    reminder has left: the database leaves out all others, so that a morning on which nobody is due reads nothing."""
    found = SignatureRequest.objects.filter(state=State.SENT, party__commitment__sign_by__isnull=False)
    found = found.filter(models.Q(reminded_on=None) | models.Q(reminded_on__lt=today), expires_at__date__gte=today)
    found = found.exclude(COPY_WAITS)
    colon = models.Value(":")
    key = Concat(models.Value("sign:"), _text("pk"), colon, _text("round"), colon, "stage")  # as `mail_key` has it
    found = found.alias(stage=_stage_in_sql(today)).exclude(stage="").alias(reminder=key)
    gone = Mail.objects.filter(key=models.OuterRef("reminder")).exclude(sent_at=None, given_up_at=None)
    return found.exclude(models.Exists(gone)).select_related("party__commitment").order_by("pk")


def _text(field: str) -> Cast:
    return Cast(field, models.CharField())


def _stage_in_sql(today: date) -> models.Case:
    """`stage_of`, as the database works it out."""
    now_on, tomorrow = (models.Value(day, models.DateField()) for day in (today, today + A_DAY))
    left = models.ExpressionWrapper(models.F("party__commitment__sign_by") - now_on, models.DurationField())
    gone = models.ExpressionWrapper(tomorrow - TruncDate("sent_at"), models.DurationField())
    return models.Case(
        models.When(party__commitment__sign_by__lte=today - SIGN_LATE, then=models.Value(LATE)),
        models.When(sent_at__date__gt=today - SIGN_AT_THE_END, then=models.Value("")),
        models.When(party__commitment__sign_by__lte=today + SIGN_AT_THE_END, then=models.Value(SOON)),
        models.When(LessThanOrEqual(left, gone), then=models.Value(HALF)),  # by a day more: the half of an odd day
        default=models.Value(""),
    )


def _stage(request: SignatureRequest, today: date) -> str:
    sign_by = request.party.commitment.sign_by
    if not (request.sent_at and sign_by):
        return ""
    return stage_of(localdate(request.sent_at), sign_by, today)


def awaited(keys: Collection[str]) -> set[str]:
    """Of the keys of these mails those whose signature is awaited by their link."""
    parts = {key: key.split(":")[1:4] for key in keys}
    found = SignatureRequest.objects.filter(state=State.SENT, pk__in={one[0] for one in parts.values()})
    found = found.annotate(copy_waits=COPY_WAITS)
    rows = {(str(one.pk), str(one.round)): one for one in found.select_related("party__commitment")}
    return {
        key
        for key, (pk, number, letter) in parts.items()
        if (one := rows.get((pk, number))) and _is_true(letter, one, one.copy_waits)
    }


def _is_true(letter: str, request: SignatureRequest, copy_waits: bool) -> bool:
    """Whether the mail to a signatory who has not answered still says what is so: why a copy was refused also after the
    link's end; a reminder while no copy waits to be looked at, and one by the clock in its stage."""
    if request.is_expired:
        return letter == REFUSED
    if letter in REMINDERS and copy_waits:
        return False
    return letter not in STAGES or _stage(request, localdate()) == letter


# -- by a responsible person ------------------------------------------------------------------------------------------


class Reminded(NamedTuple):
    """How many signatories have a reminder now, and how many silent ones could have none."""

    now: int
    left: int


def why_not(party: Party, is_turn: bool, mailed: Mailed | None, today: date) -> str:
    """Why the party's signatory cannot be reminded today; nothing when it can. Once a day at most, whoever writes."""
    request = asking.request_of(party)
    if party.signed_on:
        return _("%(party)s has signed already.") % {"party": party.short_name}
    if request is None:
        return _("%(party)s has no address for a link: talk with the signatory.") % {"party": party.short_name}
    if request.state == State.DECLINED:
        return _("%(party)s has declined: talk with the signatory before you ask anew.") % {"party": party.short_name}
    if request.state != State.SENT or not is_turn:
        return _("It is not the turn of %(party)s.") % {"party": party.short_name}
    if request.is_expired and not (mailed and mailed.copy_waits):
        return _("The link of %(names)s has expired unused: send a new one.") % {"names": party.short_name}
    return _why_not_after(mailed, today) % {"party": party.short_name} if mailed else ""


def _why_not_after(mailed: Mailed, today: date) -> str:
    """Why a further mail would be wrong, after those that there have been and what came back."""
    if mailed.copy_waits:
        return _("%(party)s has sent a signed copy: look at it.")
    if mailed.lost:
        return _("The mail to %(party)s could not be delivered: correct the address.")
    return _("%(party)s has had a mail today: remind tomorrow at the earliest.") if mailed.last_on == today else ""


def remind_now(commitment: Commitment, by: Person, party: int) -> Commitment:
    """The party's silent signatory has a reminder with the same link. Raises Refused for one who is not awaited, whom
    no mail reaches, and who has had a mail today."""
    with changing(commitment, by) as (commitment, region, who):
        refuse_unless_signing(commitment)
        rows = {row.pk: row for row in _parties().filter(commitment=commitment)}
        if party not in rows:
            raise Refused([_("Choose a party that has not signed.")])
        turn = {row.pk for row in asking.whose_turn(commitment)}
        mailed = mails_about([rows[party]]).get(party)
        if said := why_not(rows[party], party in turn, mailed, localdate()):
            raise Refused([said])
        _send([rows[party]])
        record(region, who, "signature_reminded", commitment, parties=[party])
    return commitment


@transaction.atomic
def remind_all(region: Region, by: Person) -> Reminded:
    """Every silent signatory of the region's partner commitments has a reminder, as in `remind_now`. Raises Refused
    when nobody can be reminded today; those that the person may not act for are not looked at."""
    region = locked(region.pk)
    acting(by, region)
    found = Commitment.objects.filter(region=region, kind=Commitment.Kind.PARTNER, state__in=Commitment.SIGNING)
    may, now, left = may_act_in(by, region), 0, 0
    commitments = [one for one in found.order_by("pk").prefetch_related(with_requests()) if may(one)]
    mailed = mails_about([party for one in commitments for party in one.parties.all()])
    for one in commitments:
        turn = asking.whose_turn(one)
        free = [party for party in turn if not why_not(party, True, mailed.get(party.pk), localdate())]
        now, left = now + len(free), left + len(turn) - len(free)
        if free:
            _send(free)
            members = [party.municipality_id for party in one.parties.all() if party.municipality_id]
            record(region, acting(by, region, members), "signature_reminded", one, parties=[p.pk for p in free])
    if not now:
        raise Refused(
            [_("Nobody can be reminded now: each has had a mail today, has sent a signed copy, or needs a new link.")]
        )
    return Reminded(now, left)


def _parties() -> models.QuerySet[Party]:
    return Party.objects.select_related("municipality", "county", "request")


def with_requests() -> models.Prefetch:
    """The parties of commitments with what `why_not` and the pages look at."""
    return models.Prefetch("parties", _parties())


def _send(parties: Iterable[Party]) -> None:
    """Each has a reminder of today, written by a job."""
    for party in parties:
        request = asking.request_of(party)
        assert request
        request.reminded_on = localdate()
        request.save(update_fields=["reminded_on"])
        later("commitments.letters.reminded_by_hand", request.pk, request.round, request.reminded_on.isoformat())
