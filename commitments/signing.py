"""What do a signatory and the pair do about a link: sign by it, decline, pass it on, have a new one?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.access import KAIKUKESKUS
from adoption.alphabet import spelt
from adoption.history import NOBODY, Acting, locked
from adoption.mail import later
from adoption.models import Person, Region
from adoption.refusal import Linked, Refused
from commitments import asking
from commitments.asking import Link
from commitments.marks import record
from commitments.models import Commitment, Party, SignatureRequest
from commitments.services import (
    SIGNATORY,
    Signature,
    both_sides,
    changing,
    close_copies,
    refuse_unfit,
    refuse_unless_signing,
    settle,
    sign,
    signed_so,
)
from commitments.signatories import basis_for, needs_basis
from commitments.stored import refuse_damaged, refuse_edited

State = SignatureRequest.State
SELF_RENEWED = timedelta(hours=1)  # how often a link can be asked for from an old one: each is a mail to somebody


class Answer(NamedTuple):
    """What the signatory gives: name and title as typed, and of the page the manifest, the language and the address."""

    name: str
    title: str
    manifest: str
    language: str
    address: str = ""


# -- what a link is good for ------------------------------------------------------------------------------------------


class Standing(models.TextChoices):
    """How it is with a link, in words for the one who has it."""

    OPEN = "open", gettext_lazy("You can sign by this link.")
    SIGNED = "signed", gettext_lazy("You have signed.")
    DECLINED = "declined", gettext_lazy("You have declined to sign.")
    OLD = "old", gettext_lazy("This link no longer works: a newer one has been sent.")
    EXPIRED = "expired", gettext_lazy("This link no longer works: its time is over.")
    STOPPED = "stopped", gettext_lazy("This link is no longer needed: nothing is to be signed by it.")


OWN = {State.SIGNED: Standing.SIGNED, State.DECLINED: Standing.DECLINED}


def standing(request: SignatureRequest, link: Link) -> Standing:
    """What the link is good for now."""
    if request.round != link.round:
        return Standing.OLD
    if request.state == State.STOPPED:
        return Standing.STOPPED
    if request.expires_at is None or request.expires_at < now():
        return Standing.EXPIRED
    return OWN.get(State(request.state), Standing.OPEN)


def can_renew(request: SignatureRequest, link: Link) -> bool:
    """Whether a new link may be asked for from this one: a signatory is still awaited, at the address that this link
    was sent to. Nobody restarts anything of somebody else."""
    own = asking.round_of(request.party, link.round)
    return request.state == State.SENT and own is not None and own.email.lower() == request.email.lower()


def is_passed(request: SignatureRequest, link: Link) -> bool:
    """Whether the request has gone on to another address since the link was sent."""
    own = asking.round_of(request.party, link.round)
    return own is None or own.email.lower() != request.email.lower()


@contextmanager
def answering(link: Link) -> Iterator[tuple[SignatureRequest, Commitment, Region]]:
    """The request read anew under the region's lock. Raises Refused unless its link is good for signing, and Edited for
    a commitment that was changed behind our back."""
    with transaction.atomic():
        region = locked(_region_of(link))
        request = _read(link)
        if (now_so := standing(request, link)) != Standing.OPEN:
            raise Refused([str(now_so.label)])
        refuse_edited(request.party.commitment)
        yield request, request.party.commitment, region


def _region_of(link: Link) -> int:
    found = SignatureRequest.objects.filter(pk=link.request)
    return found.values_list("party__commitment__region", flat=True).get()


def _read(link: Link) -> SignatureRequest:
    related = ("party__municipality", "party__county", "party__commitment__region", "party__commitment__partner")
    return SignatureRequest.objects.select_related(*related).get(pk=link.request)


# -- the signatory ----------------------------------------------------------------------------------------------------


def sign_by_link(link: Link, answer: Answer) -> Commitment:
    """The party has signed, and with the last one the commitment is in force. The link works no more.

    Raises Refused for a link that is not good any more, another manifest than that of the document, a name that is not
    the one of the person who was asked, and a paper that no longer fits its partner or is not as it was made.
    """
    with answering(link) as (request, commitment, region):
        if missing := _against(request, commitment, answer):
            raise Refused(missing)
        refuse_unfit(commitment)
        refuse_damaged(commitment)
        party = request.party
        asking.close_link(request)
        sign(
            party, Signature(party.pk, answer.name, localdate()), method=Party.Method.LINK, signed_at=now(),
            signed_title=answer.title.strip(), read_language=answer.language,
        )  # fmt: skip
        record(
            region, NOBODY, "commitment_signed", commitment, parties=[party.pk], method=Party.Method.LINK.value,
            round=request.round, manifest=answer.manifest, language=answer.language, address=answer.address,
        )  # fmt: skip
        settle(commitment, region, NOBODY)
    return commitment


def _against(request: SignatureRequest, commitment: Commitment, answer: Answer) -> list[str]:
    edition = commitment.edition
    if edition is None or answer.manifest != edition.manifest_sha256:
        return [_("The document has changed since you opened it: read it anew.")]
    if not edition.documents.filter(language=answer.language).exists():
        return [_("Read the document in one of its languages.")]
    if not answer.title.strip():
        return [_("Write your title.")]
    if spelt(answer.name) != spelt(request.name):
        return [
            _("%(name)s was asked to sign: write the whole name so. Somebody else passes the request on below.")
            % {"name": request.name}
        ]
    return both_sides(signed_so(commitment, [Signature(request.party_id, answer.name, localdate())]))


def decline_by_link(link: Link, reason: str) -> Commitment:
    """The signatory will not sign, and has said why. The commitment stays open, and its pair is told."""
    with answering(link) as (request, commitment, region):
        if not reason.strip():
            raise Refused([_("Write the reason.")])
        request.decline()
        request.reason = reason.strip()
        request.save()
        parties = [request.party_id]
        act = record(
            region, NOBODY, "signature_declined", commitment, reason=reason, parties=parties, round=request.round
        )
        later("commitments.letters.declined", act.pk)
    return commitment


def forward(link: Link, name: str, title: str, email: str, basis: str = "") -> Commitment:
    """The right person of the same organisation is asked instead, and the link that was used works no more, nor does a
    copy that was sent by it wait any longer; the pair is told. The paper goes on naming the former one, so the basis of
    the right to sign is given here.

    Raises Refused for Kaikukeskus, which names its signatory itself, for the same person, for one who is named on the
    other side of the table, and without the basis.
    """
    with answering(link) as (request, commitment, region):
        if request.party.role == Party.Role.KAIKUKESKUS:
            raise Refused([_("Kaikukeskus names its own signatory.")])
        if email.strip().lower() == request.email.lower() and spelt(name) == spelt(request.name):
            raise Refused([_("This is the person who was asked already.")])
        _readdress(request, commitment, Named(name, title, email, basis))
        close_copies(request.party.sent_copies.waiting())
        asking.send_link(request, commitment, "forwarded")
        act = record(region, NOBODY, "signature_forwarded", commitment, parties=[request.party_id], round=request.round)
        later("commitments.letters.passed_on", act.pk)
    return commitment


class Named(NamedTuple):
    """Who is to sign for a party: as given, at which address, and by which right."""

    name: str
    title: str
    email: str
    basis: str


def _readdress(request: SignatureRequest, commitment: Commitment, given: Named) -> None:
    """The party's signatory is this person from now on; whom the document names stays known. Raises Refused for one who
    is named on the other side, and for another than the document names without the basis of the right to sign."""
    party = request.party
    rows = commitment.parties.select_related("municipality", "county")
    named = [(one, given.name if one.pk == party.pk else one.signed_by or one.signatory_name) for one in rows]
    if both := both_sides(named):
        raise Refused(both)
    if needs_basis(party, given.name, given.basis):
        facts = {"name": given.name.strip(), "named": party.named}
        raise Refused([_("Choose by which right %(name)s signs: the document says it of %(named)s.") % facts])
    _name(party, given)
    request.name, request.title, request.email = party.signatory_name, party.signatory_title, party.signatory_email
    request.language = asking.language_of(commitment, party)


def _name(party: Party, given: Named) -> None:
    basis, back = basis_for(party, given.name, given.basis), spelt(given.name) == spelt(party.named)
    if back:
        party.paper_name = party.paper_title = party.paper_basis = ""
    elif not party.paper_name:
        party.paper_name, party.paper_title = party.signatory_name, party.signatory_title
        party.paper_basis = party.signatory_basis
    party.signatory_name, party.signatory_title = given.name.strip(), given.title.strip()
    party.signatory_email, party.signatory_basis = given.email.strip(), basis
    party.save(update_fields=[*SIGNATORY, "paper_name", "paper_title", "paper_basis"])


def renew_by_link(link: Link) -> Commitment:
    """A new link is on its way to the address on record, whoever asked. Raises Refused when nobody is awaited by it any
    more, by a link of somebody who was asked before, and within an hour of the last one."""
    with transaction.atomic():
        region = locked(_region_of(link))
        request = _read(link)
        if is_passed(request, link):
            raise Refused([_("The request has gone on to somebody else: a new link is sent only to them.")])
        if not can_renew(request, link):
            raise Refused([str(Standing.STOPPED.label)])
        if request.sent_at and request.sent_at > now() - SELF_RENEWED:
            raise Refused([_("A link was sent within the last hour. Look for it in your mail, also among the junk.")])
        commitment = request.party.commitment
        asking.send_link(request, commitment, "renewed")
        record(region, NOBODY, "signature_renewed", commitment, parties=[request.party_id], round=request.round)
    return commitment


# -- the pair ---------------------------------------------------------------------------------------------------------


def ask_anew(
    commitment: Commitment, by: Person, party: int, name: str, title: str, email: str, basis: str = ""
) -> Commitment:
    """The party's signatory is this person at this address, and has a new link: now, or when it is the party's turn.

    So a link is renewed, an address corrected, and one who has declined asked anew. Raises Refused once the party has
    signed, for Kaikukeskus's signatory by anybody else, for one who is named on the other side, for another than the
    document names without the basis of the right to sign, and for another while a signed copy waits to be looked at.
    """
    with changing(commitment, by) as (commitment, region, who):
        refuse_unless_signing(commitment)
        row = commitment.parties.select_related("municipality", "county").filter(pk=party, signed_on=None).first()
        if row is None:
            raise Refused([_("Choose a party that has not signed.")])
        if row.role == Party.Role.KAIKUKESKUS and who.side != KAIKUKESKUS:
            raise Refused([_("Kaikukeskus names its own signatory.")])
        row.commitment = commitment
        _refuse_instead_of_sender(row, name)
        pass_on(row, region, who, Named(name, title, email, basis))
    return commitment


def _refuse_instead_of_sender(party: Party, name: str) -> None:
    """Raises Refused for another than the signatory whose copy waits; the reason leads to the copy."""
    request, copy = asking.request_of(party), party.sent_copies.waiting().first()
    if request and copy and spelt(name) != spelt(request.name):
        said = _("%(party)s has sent a signed copy: look at it.") % {"party": party.short_name}
        commitment = party.commitment
        page = reverse("commitment_review", args=[commitment.region.slug, commitment.pk, copy.pk])
        raise Refused([Linked(said, page)])


def pass_on(party: Party, region: Region, who: Acting, given: Named) -> None:
    """The party's signatory has left, and this person is asked: now, or when it is the party's turn. Called under the
    region's lock. Raises Refused as `ask_anew` does."""
    commitment = party.commitment
    refuse_unfit(commitment)
    request = asking.request_of(party) or asking.request_for(commitment, party)
    request.party = party
    _readdress(request, commitment, given)
    request.save()
    if party.pk in {one.pk for one in asking.whose_turn(commitment)}:
        asking.send_link(request, commitment, _letter(request), by_clock=who.person is None)
    record(region, who, "signature_renewed", commitment, parties=[party.pk], round=request.round)


def _letter(request: SignatureRequest) -> str:
    """Which letter brings the link: only one who has had a link is told that earlier ones no longer work."""
    last = asking.round_of(request.party, request.round)
    same = last is not None and spelt(last.name) == spelt(request.name) and last.email.lower() == request.email.lower()
    if same:
        return "renewed"
    return "named" if request.party.paper_name else "asked"
