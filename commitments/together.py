"""How are the commitments of many partners drafted, checked and sent at once? What holds for one holds for each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from adoption.access import acting
from adoption.history import locked
from adoption.models import Partner, Person, Region
from adoption.next_step import SAID_NO
from adoption.operating_model import DEFAULT
from adoption.refusal import Left, Linked, NotYours, Refused
from commitments import services
from commitments.models import Batch, Commitment, Party

State = Commitment.State
TO_SEND = (State.DRAFT, State.CHECKED)
Term = tuple[date | None, date | None]


class Lack(NamedTuple):
    """What is missing, in words that lead to where it is mended; whether it keeps the commitment from being sent with
    the others."""

    what: str
    needed: bool = True


# -- drafting ---------------------------------------------------------------------------------------------------------


class Plan(NamedTuple):
    """A partner, the operating model and the term of its commitment, and why none can be made, if so."""

    partner: Partner
    model: str = DEFAULT
    term: Term = (None, None)
    refusal: str = ""


class Common(NamedTuple):
    """What is said once for all: the term, where it is not each partner's own; how it is signed; and what each body's
    row says, by `services.key_of`."""

    term: Term = (None, None)
    sign_by: date | None = None
    in_turn: bool = True
    bodies: Mapping[str, Mapping[str, str]] = {}


class Drafted(NamedTuple):
    """The batch in which the papers are made, and the partners that were left."""

    batch: Batch
    left: list[Left]


def may_commit() -> QuerySet[Partner]:
    """The partners whose commitment can be drafted: cleared distributors and venues that have not said no, of which
    none is unfinished."""
    cleared = Partner.objects.filter(role=Partner.Role.DISTRIBUTOR, state=Partner.State.CLEARED)
    venues = Partner.objects.filter(role=Partner.Role.VENUE, state=Partner.State.CANDIDATE).exclude(SAID_NO)
    unfinished = Commitment.objects.unfinished().exclude(partner=None)
    return (cleared | venues).exclude(pk__in=unfinished.values("partner"))


def lacks_of_partner(partner: Partner) -> list[Lack]:
    """What the partner's data still lack for a paper that can be sent. The contact may be prefetched."""
    edit = reverse("partner_edit", args=[partner.region.slug, partner.pk])
    found = []
    if not partner.signatory_name:
        found.append(Lack(Linked(_("Name the signatory."), f"{edit}#id_signatory_name")))
    elif not services.signatory_address(partner):
        found.append(Lack(Linked(_("Give the signatory's e-mail address."), f"{edit}#id_signatory_email")))
    if partner.contact_id is None:
        contact = reverse("partner_contact", args=[partner.region.slug, partner.pk])
        found.append(Lack(Linked(_("Name the contact person."), f"{contact}#contact")))
    if partner.is_distributor and partner.cards_per_year is None:
        said = Linked(_("It is not said how many cards a year it gives."), f"{edit}#id_cards_per_year")
        found.append(Lack(said, needed=False))
    if not partner.is_distributor and not partner.offering:
        found.append(Lack(Linked(_("It is not said what the venue offers."), f"{edit}#id_offering"), needed=False))
    return found


@transaction.atomic
def draft_all(region: Region, by: Person, plans: Sequence[Plan], common: Common) -> Drafted:
    """Each of these partners has a draft, and the papers of all of them are made in one batch.

    One that cannot be drafted is left and named; the others are drafted. Raises Refused when none can, and NotYours
    for one who may act for none of them.
    """
    region = locked(region.pk)
    acting(by, region)
    if not plans:
        raise Refused([_("Choose at least one partner.")])
    batch, left = Batch.objects.create(region=region, asked_by=by), []
    for plan in plans:
        try:
            _draft(plan, by, batch, common)
        except Refused as refusal:
            left.append(Left(str(plan.partner), refusal))
    if len(left) == len(plans):
        raise _of_all(left)
    return Drafted(batch, left)


@transaction.atomic
def _draft(plan: Plan, by: Person, batch: Batch, common: Common) -> None:
    start, end = (own or given for own, given in zip(common.term, plan.term, strict=True))
    draft = services.draft_partner_commitment(
        plan.partner, by, plan.model, (start, end), batch=batch, bodies=common.bodies, sign_by=common.sign_by,
        in_turn=common.in_turn,
    )  # fmt: skip
    if plan.refusal:
        raise Refused([plan.refusal])
    services.check_term(draft)
    if lacks := [lack.what for lack in lacks_of_partner(draft.partner or plan.partner) if lack.needed]:
        raise Refused(lacks)


def _of_all(left: Sequence[Left]) -> Refused:
    """The refusal of all at once."""
    if all(isinstance(one.refusal, NotYours) for one in left):
        return NotYours()
    return Refused([str(one) for one in left])


# -- checking and sending ---------------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """What a page showed of a draft: the number of its newest edition, and that edition's manifest. The same papers may
    be made once more, when something changes that they do not print: an address, or the order of signing."""

    edition: int
    manifest: str


class Sent(NamedTuple):
    """How many were sent now, how many had been sent before as they were read, and those that were left."""

    now: int
    before: int
    left: list[Left]


def to_send(region: Region) -> QuerySet[Commitment]:
    """The region's partner commitments that are still to be checked and sent, the oldest first."""
    return Commitment.objects.filter(region=region, kind=Commitment.Kind.PARTNER, state__in=TO_SEND).order_by("pk")


def lacks_of_draft(commitment: Commitment) -> list[Lack]:
    """What the draft still lacks to be sent with the others. One without an address for the link is sent by itself, and
    a signed copy of it is uploaded."""
    edit = reverse("commitment_edit", args=[commitment.region.slug, commitment.pk])
    found = [Lack(Linked(said, edit)) for said in services.lacks_to_check(commitment)]
    for party in commitment.parties.all():
        if party.role == Party.Role.PARTNER and party.signatory_name and not party.signatory_email:
            said = Linked(_("Give the signatory's e-mail address."), f"{edit}#id_signatory_email_{party.pk}")
            found.append(Lack(said))
    partner = commitment.partner
    if partner and partner.contact_id is None:
        contact = reverse("partner_contact", args=[commitment.region.slug, partner.pk])
        found.append(Lack(Linked(_("Name the contact person."), f"{contact}#contact")))
    return found


def send_all(region: Region, by: Person, seen: Mapping[int, Seen]) -> Sent:
    """Each of these drafts has been checked as it was seen, and awaits its signatures. `seen`: key → what
    the page showed.

    Each in a transaction of its own: one that cannot be sent is left and named, and whoever is interrupted does the
    same again and sends the rest. What had been sent as it was seen stays as it is. Raises Refused when nothing was
    chosen, and NotYours for one who may act for none of them.
    """
    acting(by, region)
    now, before, left = 0, 0, []
    chosen = Commitment.objects.filter(region=region, kind=Commitment.Kind.PARTNER, pk__in=seen)
    for commitment in chosen.select_related("partner__organisation", "region").order_by("pk"):
        try:
            sent = send_as_seen(commitment, by, seen[commitment.pk])
        except Refused as refusal:
            left.append(Left(str(commitment.partner), refusal))
        else:
            now, before = now + sent, before + (not sent)
    if not (now or before or left):
        raise Refused([_("Choose at least one commitment.")])
    if not (now or before) and all(isinstance(one.refusal, NotYours) for one in left):
        raise NotYours
    return Sent(now, before, left)


def send_as_seen(commitment: Commitment, by: Person, seen: Seen) -> bool:
    """The commitment is checked and sent in one transaction, by the rules of `services.check` and `services.send`;
    False when it had been sent before as it was seen.

    Raises Refused when the document is not the one that was seen, and while anything is lacking.
    """
    with services.changing(commitment, by) as (row, _region, _who):
        edition = row.edition
        if edition is None or not seen.manifest or (edition.number, edition.manifest_sha256) != seen:
            raise Refused([_("The document has changed since you opened it: read it anew.")])
        if row.state in (*Commitment.SIGNING, State.IN_FORCE):
            return False
        if lacks := [lack.what for lack in lacks_of_draft(row) if lack.needed]:
            raise Refused(lacks)
        if row.state == State.DRAFT:
            services.check(row, by, seen.manifest)
        services.send(row, by)
    return True
