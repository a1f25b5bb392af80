"""What becomes of a signed copy: one that a responsible person uploads, and one that a signatory sends by the link?"""

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from adoption.history import NOBODY
from adoption.mail import later
from adoption.models import Act, Person
from adoption.refusal import Refused
from commitments import asking
from commitments.asking import Link
from commitments.examining import examine, reasons
from commitments.marks import record
from commitments.models import Commitment, Party, SignatureRequest, SignedCopy
from commitments.services import (
    Signature,
    changing,
    parties_to_sign,
    refuse_both_sides,
    refuse_unless_signing,
    settle,
    sign,
)
from commitments.signing import answering
from commitments.stored import keep

State = SignedCopy.State
LARGEST_COPY = 20 * 1024 * 1024  # bytes
MOST_UNSEEN = 3  # copies of one party that nobody has looked at
MAILED = timedelta(hours=1)  # how often the pair is told of copies of one commitment


# -- uploaded by a responsible person ---------------------------------------------------------------------------------


def record_copy(
    commitment: Commitment,
    by: Person,
    content: bytes,
    name: str,
    signatures: Iterable[Signature],
    seen: bool = False,
) -> Commitment:
    """The signed copy is kept with what its examination found, and the parties whose signatures it bears have signed.

    Raises Refused for what is no readable PDF or over 20 MB, no party, a party that has signed, a day to come or
    before the document was made, one person on both sides of the table, a party whose turn it is not, and
    Kaikukeskus's own signature by anybody else. Raises Broken for a file whose digital signatures do not hold, unless
    `seen` says that the person knows.
    """
    found = examined(content, commitment)
    with changing(commitment, by) as (commitment, region, who):
        refuse_unless_signing(commitment)
        signatures = list(signatures)
        parties = parties_to_sign(commitment, who, signatures)
        refuse_both_sides(commitment, signatures)
        refuse_broken(found, seen)
        copy = keep_copy(commitment, content, name, found, uploaded_by=by, reviewed_by=by, reviewed_at=now())
        sign_by_copy(copy, signatures, parties, by)
        record(region, who, "commitment_signed", commitment, parties=sorted(parties), sha256=copy.sha256)
        settle(commitment, region, who)
    return commitment


# -- sent by a signatory ----------------------------------------------------------------------------------------------


def send_copy(link: Link, content: bytes, name: str) -> Commitment:
    """The signatory has sent a signed copy. Where the examination leaves nothing to judge, the party has signed; else
    the copy waits for a responsible person, and the pair is told, once an hour until it has looked at it. A newer copy
    takes the place of one that waits.

    Raises Refused for a link that is not good any more, for what can be no signed copy, and after three that nobody has
    looked at.
    """
    check_copy(len(content), content)
    with answering(link) as (request, _commitment, _region):
        party = request.party
        _refuse_many(request)
    found = examined(content, party.commitment)
    with answering(link) as (request, commitment, region):
        party = request.party
        _refuse_many(request)
        for older in party.sent_copies.waiting():
            _reviewed(older.refuse, older, None)
        copy = keep_copy(commitment, content, name, found, sent_by=party, state=State.WAITING)
        by_link: dict[str, Any] = {"parties": [party.pk], "round": request.round, "sha256": copy.sha256}
        if found.get("automatic") and party.pk in found["parties"]:
            _sign_by_itself(copy, request, commitment)
            record(region, NOBODY, "commitment_signed", commitment, "", **by_link)
            settle(commitment, region, NOBODY)
        else:
            mails = not _told_of_late(commitment)
            act = record(region, NOBODY, "copy_sent", commitment, "", **by_link, mails=mails)
            if mails:
                later("commitments.letters.copy_sent", act.pk)
    return commitment


def _sign_by_itself(copy: SignedCopy, request: SignatureRequest, commitment: Commitment) -> None:
    """The party has signed by the copy, which leaves nothing to judge."""
    signature = Signature(request.party_id, request.name, localdate())
    rows = parties_to_sign(commitment, NOBODY, [signature])
    refuse_both_sides(commitment, [signature])
    _accept(copy, request, [signature], rows, None)


def _refuse_many(request: SignatureRequest) -> None:
    """Raises Refused for one more copy by this link than a responsible person is expected to look at."""
    sent = request.party.sent_copies.filter(uploaded_at__gte=request.sent_at)
    seen = sent.exclude(reviewed_by=None).aggregate(last=Max("pk"))["last"] or 0
    if sent.filter(pk__gt=seen).count() >= MOST_UNSEEN:
        raise Refused(
            [
                _(
                    "You have sent %(count)s copies that nobody has looked at yet: wait for the answer, or ask the "
                    "responsible persons."
                )
                % {"count": MOST_UNSEEN}
            ]
        )


def _told_of_late(commitment: Commitment) -> bool:
    """Whether the pair has had a mail about a copy of this commitment within the hour, and looked at none since; the
    page shows every copy."""
    told = Act.objects.filter(about_kind="commitment", about_id=str(commitment.pk), what="copy_sent")
    seen = commitment.copies.exclude(reviewed_by=None).aggregate(last=Max("reviewed_at"))["last"]
    since = max(filter(None, [seen, now() - MAILED]))
    return told.filter(at__gt=since, data__mails=True).exists()


def accept_copy(
    commitment: Commitment, by: Person, copy: int, signatures: Iterable[Signature], seen: bool = False
) -> Commitment:
    """The copy that a signatory has sent bears these signatures: the parties have signed.

    Raises Refused as `record_copy` does, and for a copy that does not wait.
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


def looked_at(acts: Collection[int]) -> set[int]:
    """Of these acts those by which copies were sent to commitments of which none waits to be looked at any more."""
    sent = dict(Act.objects.filter(pk__in=acts, what="copy_sent").values_list("pk", "about_id"))
    waiting = SignedCopy.objects.waiting().filter(commitment__in=set(sent.values()))
    left = set(map(str, waiting.values_list("commitment", flat=True)))
    return {act for act, commitment in sent.items() if commitment not in left}


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


# -- what can be a copy, and how it is kept ---------------------------------------------------------------------------


def keep_copy(commitment: Commitment, content: bytes, name: str, found: dict, **whose: Any) -> SignedCopy:
    """The file is stored with what the examination found. Raises NotStored when it cannot be."""
    stored, digest = keep(content, "copies", "pdf")
    return SignedCopy.objects.create(
        commitment=commitment, file=stored, sha256=digest, size=len(content), name=name[:200], found=found, **whose
    )


def sign_by_copy(
    copy: SignedCopy, signatures: list[Signature], parties: dict[int, Party], recorder: Person | None
) -> None:
    """These parties have signed by this copy."""
    for given in signatures:
        sign(parties[given.party], given, method=Party.Method.COPY, copy=copy, recorded_by=recorder)


class Broken(Refused):
    """A digital signature of the file does not hold: who accepts it all the same says that they have seen it."""


def is_broken(found: dict) -> bool:
    """Whether the file bears a digital signature that does not hold, or was changed after the last one."""
    return not {"broken", "not_whole"}.isdisjoint(found.get("why", ()))


def refuse_broken(found: dict, seen: bool) -> None:
    """Raises Broken unless the person has seen it."""
    if is_broken(found) and not seen:
        raise Broken(
            [
                _(
                    "A digital signature in the file does not hold: the file was changed after it was signed. Ask for "
                    "another, or tick below that you accept it all the same."
                )
            ]
        )


def check_copy(size: int, beginning: bytes) -> None:
    """Raises Refused, in words, for a file that cannot be a signed copy, as far as its size and first bytes tell."""
    if size > LARGEST_COPY:
        raise TooLarge([_("The file is larger than 20 MB: scan it in a lower resolution.")])
    if not beginning.startswith(b"%PDF-"):
        raise Refused([_("The file is not a PDF. Save or scan the signed copy as PDF and choose it again.")])


def examined(content: bytes, commitment: Commitment) -> dict[str, Any]:
    """What the file shows. Raises Refused, in words, for a file that cannot be a signed copy; it is opened by another
    process alone, which takes only so long."""
    check_copy(len(content), content)
    found = examine(content, commitment)
    if refused := [code for code in found["why"] if code in ("exhausting", "itself")]:
        raise Refused(reasons({"why": refused}))
    if not found["pages"]:
        raise Refused([_("The PDF cannot be opened: it may be broken or password-protected.")])
    return found


class TooLarge(Refused):
    """The file is larger than a copy may be."""

    status = 413
