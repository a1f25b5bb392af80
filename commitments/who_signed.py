"""Who has signed, who is silent, and who has declined? A row for each partner's commitment of a region."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import alphabetical
from adoption.icons import COMMITMENT_ICONS
from adoption.models import Act, Person, Region
from commitments.access import may_act_in
from commitments.asking import request_of, whose_turn
from commitments.models import Commitment, Party, SignatureRequest
from commitments.reminding import Mailed, mails_about, next_on, why_not, with_requests
from commitments.turn import unsigned

State = Commitment.State
SHOWN = (*Commitment.SIGNING, State.IN_FORCE, State.DECLINED)


class Answer(models.TextChoices):
    """How a partner's commitment stands, in the words of the table's filter."""

    SIGNED = "signed", _("Signed by all")
    SILENT = "silent", _("Silent")
    DECLINED = "declined", _("Declined")


class Awaited(NamedTuple):
    """A party whose turn it is: since when, how it was written to, when it is reminded next, and why not today."""

    party: Party
    request: SignatureRequest | None
    since: date | None
    mailed: Mailed | None
    next_on: date | None
    why_not: str


class Row(NamedTuple):
    """A partner's commitment: how it stands, who has signed, who is awaited now and later, who has declined and why;
    whether the reader may act for it."""

    commitment: Commitment
    icon: str
    answer: Answer
    signed: list[Party]
    awaited: list[Awaited]
    later: list[Party]
    refusals: list[tuple[Party | None, str]]
    may_act: bool

    @property
    def can_remind(self) -> bool:
        """Whether anybody awaited can be reminded today."""
        return any(not one.why_not for one in self.awaited)


class Answers(NamedTuple):
    """All rows, and how many partners have a draft that has not been sent."""

    rows: list[Row]
    drafts: int

    def count(self, answer: Answer) -> int:
        """How many stand so."""
        return sum(row.answer == answer for row in self.rows)


def answers_of(region: Region, person: Person) -> Answers:
    """The newest commitment of each of the region's partners, in the order of their names; the number of queries never
    grows. A commitment in force stands for a partner whose newer paper was closed unsigned."""
    found = region.commitments.filter(kind=Commitment.Kind.PARTNER).exclude(state__in=[State.SUPERSEDED, State.ENDED])
    rows = found.select_related("partner__organisation", "region").prefetch_related(with_requests())
    newest = _newest(rows)
    drafts = sum(one.state not in SHOWN for one in newest)
    shown = [one for one in newest if one.state in SHOWN]
    acts, mailed = _acts(region), mails_about([party for one in shown for party in one.parties.all()])
    may = may_act_in(person, region)
    return Answers([_row(one, acts.get(str(one.pk), {}), mailed, may(one)) for one in shown], drafts)


def asked_now(region: Region) -> list[tuple[Commitment, Awaited]]:
    """Who has the link to sign one of the region's commitments and is awaited, whom a mail reaches next first; the
    number of queries never grows."""
    found = region.commitments.filter(state__in=Commitment.SIGNING).select_related("partner__organisation", "region")
    commitments = list(found.order_by("sign_by", "pk").prefetch_related(with_requests()))
    asked = [(one, party) for one in commitments for party in whose_turn(one) if _has_link(party)]
    mailed = mails_about(party for _one, party in asked)
    rows = [(one, _awaited(one, party, {}, mailed.get(party.pk))) for one, party in asked]
    return sorted(rows, key=lambda row: row[1].next_on or date.max)


def _has_link(party: Party) -> bool:
    request = request_of(party)
    return request is not None and request.state == SignatureRequest.State.SENT


def _newest(commitments: Iterable[Commitment]) -> list[Commitment]:
    """For each partner the one that counts."""
    by_partner: dict[int | None, list[Commitment]] = {}
    for one in sorted(commitments, key=lambda one: one.pk, reverse=True):
        by_partner.setdefault(one.partner_id, []).append(one)
    chosen = [
        next((one for one in several if one.state != State.DECLINED), several[0]) for several in by_partner.values()
    ]
    return sorted(chosen, key=lambda one: alphabetical(str(one.partner)))


def _acts(region: Region) -> dict[str, dict[str, Act]]:
    """Commitment → when it was sent, and why it was closed unsigned."""
    found: dict[str, dict[str, Act]] = {}
    acts = Act.objects.filter(region=region, what__in=["commitment_sent", "commitment_declined"])
    for act in acts.order_by("number"):
        found.setdefault(act.about_id, {})[act.what] = act
    return found


def _row(commitment: Commitment, acts: dict[str, Act], mailed: dict[int, Mailed], may_act: bool) -> Row:
    signing = commitment.state in Commitment.SIGNING
    turn = whose_turn(commitment) if signing else []
    refusals = _refusals(commitment, acts)
    answer = Answer.SIGNED if commitment.state == State.IN_FORCE else Answer.DECLINED if refusals else Answer.SILENT
    return Row(
        commitment, COMMITMENT_ICONS[commitment.state], answer,
        signed=[party for party in commitment.parties.all() if party.signed_on],
        awaited=[_awaited(commitment, party, acts, mailed.get(party.pk)) for party in turn],
        later=[party for party in unsigned(commitment) if party not in turn] if signing else [],
        refusals=refusals, may_act=may_act,
    )  # fmt: skip


def _refusals(commitment: Commitment, acts: dict[str, Act]) -> list[tuple[Party | None, str]]:
    """Who has declined, and why; without a party the signing was stopped for another reason."""
    parties = {party.pk: party for party in commitment.parties.all()}
    closed = acts.get("commitment_declined")
    if commitment.state == State.DECLINED:
        keys = closed.data.get("parties", []) if closed else []
        return [(parties.get(keys[0]) if keys else None, closed.reason if closed else "")]
    requests = [(party, request_of(party)) for party in unsigned(commitment)]
    return [(party, one.reason) for party, one in requests if one and one.state == SignatureRequest.State.DECLINED]


def _awaited(commitment: Commitment, party: Party, acts: dict[str, Act], mailed: Mailed | None) -> Awaited:
    request = request_of(party)
    sent = acts.get("commitment_sent")
    if request and request.sent_at:
        since: date | None = localdate(request.sent_at)
    else:
        since = max((p.signed_on for p in commitment.parties.all() if p.signed_on), default=None)
        since = since or (localdate(sent.at) if sent else None)
    following = next_on(request, commitment.sign_by, mailed, localdate()) if request and mailed else None
    return Awaited(party, request, since, mailed, following, why_not(party, True, mailed, localdate()))
