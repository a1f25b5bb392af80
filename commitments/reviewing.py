"""Which signed copies wait for a responsible person's look, and what comes of it?"""

from collections.abc import Callable, Iterable

from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from adoption.history import NOBODY, record
from adoption.mail import later
from adoption.models import Person
from adoption.refusal import Refused
from commitments import asking
from commitments.asking import Link
from commitments.examining import examine
from commitments.models import Commitment, Party, SignatureRequest, SignedCopy
from commitments.services import (
    Signature,
    changing,
    check_copy,
    keep_copy,
    parties_to_sign,
    refuse_both_sides,
    refuse_broken,
    refuse_unless_signing,
    settle,
    sign_by_copy,
)
from commitments.signing import answering

State = SignedCopy.State


def send_copy(link: Link, content: bytes, name: str) -> Commitment:
    """The signatory has sent a signed copy. Where the examination leaves nothing to judge, the party has signed; else
    the copy waits for a responsible person, and the pair is told. A newer copy takes the place of one that waits.

    Raises Refused for a link that is not good any more and for what can be no signed copy.
    """
    check_copy(content)
    with answering(link) as (request, _commitment, _region):
        party = request.party
    found = examine(content, party.commitment)
    with answering(link) as (request, commitment, region):
        party = request.party
        for older in party.sent_copies.filter(state=State.WAITING):
            _reviewed(older.refuse, older, None)
        copy = keep_copy(commitment, content, name, found, sent_by=party, state=State.WAITING)
        if found.get("automatic") and party.pk in found["parties"]:
            signature = Signature(party.pk, request.name, localdate())
            rows = parties_to_sign(commitment, NOBODY, [signature])
            refuse_both_sides(commitment, [signature])
            _accept(copy, request, [signature], rows, None)
            record(region, NOBODY, "commitment_signed", commitment, parties=[party.pk], sha256=copy.sha256)
            settle(commitment, region, NOBODY)
        else:
            act = record(region, NOBODY, "copy_sent", commitment, parties=[party.pk], sha256=copy.sha256)
            later("commitments.letters.copy_sent", act.pk)
    return commitment


def accept_copy(
    commitment: Commitment, by: Person, copy: int, signatures: Iterable[Signature], seen: bool = False
) -> Commitment:
    """The copy that a signatory has sent bears these signatures: the parties have signed.

    Raises Refused as `services.record_copy` does, and for a copy that does not wait.
    """
    with changing(commitment, by) as (commitment, region, who):
        refuse_unless_signing(commitment)
        row = _waiting(commitment, copy)
        signatures = list(signatures)
        parties = parties_to_sign(commitment, who, signatures)
        refuse_both_sides(commitment, signatures)
        refuse_broken(row.found, seen)
        request = SignatureRequest.objects.filter(party=row.sent_by).first()
        _accept(row, request, signatures, parties, by)
        record(region, who, "commitment_signed", commitment, parties=sorted(parties), sha256=row.sha256)
        settle(commitment, region, who)
    return commitment


def refuse_copy(commitment: Commitment, by: Person, copy: int, reason: str) -> Commitment:
    """The copy does not do, for the reason; its sender is told, and may sign by the link or send another."""
    with changing(commitment, by) as (commitment, region, who):
        refuse_unless_signing(commitment)
        row = _waiting(commitment, copy)
        if not reason.strip():
            raise Refused([_("Write the reason.")])
        row.reason = reason.strip()
        _reviewed(row.refuse, row, by)
        parties = [row.sent_by_id] if row.sent_by_id else []
        record(region, who, "copy_refused", commitment, reason=reason, parties=parties, sha256=row.sha256)
        later("commitments.letters.copy_refused", row.pk)
    return commitment


def _waiting(commitment: Commitment, copy: int) -> SignedCopy:
    row = commitment.copies.select_related("sent_by").filter(pk=copy).first()
    if row is None or row.state != State.WAITING:
        raise Refused([_("This copy does not wait to be looked at any more: see the page anew.")])
    return row


def _accept(
    copy: SignedCopy,
    request: SignatureRequest | None,
    signatures: list[Signature],
    parties: dict[int, Party],
    by: Person | None,
) -> None:
    """The copy counts, and the link by which it was sent has done its work."""
    _reviewed(copy.accept, copy, by)
    if request and request.party_id in parties and request.state == SignatureRequest.State.SENT:
        asking.close_link(request)
    sign_by_copy(copy, signatures, parties, by)


def _reviewed(transition: Callable[[], None], copy: SignedCopy, by: Person | None) -> None:
    transition()
    copy.reviewed_by, copy.reviewed_at = by, now()
    copy.save()
