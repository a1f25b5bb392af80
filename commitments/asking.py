"""Whose turn is it to sign, who is asked by a link, and which links work?"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.core import signing
from django.utils.timezone import get_default_timezone, localdate, now

from adoption.history import Acting
from adoption.mail import later
from adoption.models import Person, Region
from commitments.marks import record
from commitments.models import Commitment, Party, SignatureRequest, SignatureRound

SALT = "commitments.asking"
TIME_TO_SIGN = timedelta(days=21)  # where the draft gives no day
LINK_LIVES = timedelta(days=14)  # after the day by which it is to be signed, or after a later renewal
FIRST = 1  # the round of one who has waited for the party's turn: nothing was sent before
COPY_LIVES = timedelta(days=90)  # in which one who has signed may fetch the document by the link
Role, State = Party.Role, SignatureRequest.State
BOTH = ("fi", "sv")  # the languages of the country, in which some authorities serve
BODIES = (Role.MUNICIPALITY, Role.COUNTY)
TURNS: dict[str, tuple[tuple[str, ...], ...]] = {
    Commitment.Kind.REGION: (BODIES, (Role.KAIKUKESKUS,)),
    Commitment.Kind.PARTNER: ((Role.PARTNER,), BODIES),
}


# -- whose turn -------------------------------------------------------------------------------------------------------


def whose_turn(commitment: Commitment) -> list[Party]:
    """The parties that may sign now: all that have not, or where they sign in turn, the first of them."""
    parties = [party for party in commitment.parties.all() if party.signed_on is None]
    turns = [_turn(commitment, party) for party in parties]
    return [party for party, turn in zip(parties, turns, strict=True) if turn == min(turns)]


def awaited_before(commitment: Commitment, signing_now: set[int]) -> list[Party]:
    """The parties that have to sign before these may; nobody, where they sign all at once."""
    parties = list(commitment.parties.all())
    latest = max((_turn(commitment, party) for party in parties if party.pk in signing_now), default=0)
    awaited = [party for party in parties if party.signed_on is None and party.pk not in signing_now]
    return [party for party in awaited if _turn(commitment, party) < latest]


def _turn(commitment: Commitment, party: Party) -> int:
    turns = TURNS[commitment.kind] if commitment.in_turn else ()
    return next((number for number, roles in enumerate(turns) if party.role in roles), 0)


# -- links ------------------------------------------------------------------------------------------------------------


class Link(NamedTuple):
    """What a link says: which request, and which round of it. Nothing of it is stored."""

    request: int
    round: int


def token_of(request: SignatureRequest) -> str:
    """The secret part of the link of the request's present round."""
    return signing.dumps({"r": request.pk, "n": request.round}, salt=SALT)


def link_in(token: str) -> Link | None:
    """What the link says; nothing for one that this site has not made."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Link(said["r"], said["n"])


def mail_key(request: int, number: int, letter: str) -> str:
    """The key of a mail to the signatory about this round of the request."""
    return f"sign:{request}:{number}:{letter}"


# -- asking -----------------------------------------------------------------------------------------------------------


def await_turns(commitment: Commitment) -> None:
    """Every party with an address has a request, which waits for its turn. An act is recorded after it: its marks
    cover these rows."""
    parties = commitment.parties.select_related("municipality").exclude(signatory_email="").filter(signed_on=None)
    SignatureRequest.objects.bulk_create(request_for(commitment, party) for party in parties)


def request_for(commitment: Commitment, party: Party) -> SignatureRequest:
    """A request that waits for the party's turn."""
    return SignatureRequest(
        party=party, name=party.signatory_name, title=party.signatory_title, email=party.signatory_email,
        language=language_of(commitment, party),
    )  # fmt: skip


def language_of(commitment: Commitment, party: Party) -> str:
    """In which language the party's signatory is written to: the own one of a person who is known here."""
    known = Person.objects.filter(email__iexact=party.signatory_email).values_list("language", flat=True).first()
    if known:
        return known
    if party.role == Role.PARTNER and commitment.partner:
        return commitment.partner.language
    return party.municipality.languages[0] if party.municipality else "fi"


def languages_to(request: SignatureRequest) -> list[str]:
    """In which languages a mail to the signatory is written, the main one first: that of an authority of two languages
    in both, until it has been signed; then in the language in which the document was read. A person who is known here
    reads the own one."""
    party, main = request.party, request.language
    body = party.municipality or party.county
    both = body.languages if body else []
    if len(both) < len(BOTH) or Person.objects.filter(email__iexact=request.email).exists():
        return [main]
    return [party.read_language or main] if request.state == State.SIGNED else list(dict.fromkeys([main, *both]))


def ask_next(commitment: Commitment, region: Region, who: Acting) -> None:
    """Those whose turn it is now, and who wait for it, have their links; Kaikukeskus without an address for a link is
    told, once."""
    turn = whose_turn(commitment)
    waiting = SignatureRequest.objects.filter(party__in=turn, state=State.WAITING)
    asked = list(waiting.order_by("party__position"))
    for request in asked:
        send_link(request, commitment, "asked")
    if asked:
        parties = [request.party_id for request in asked]
        record(region, who, "signature_asked", commitment, parties=parties, round=FIRST)
    if any(party.role == Role.KAIKUKESKUS and not party.signatory_email for party in turn):
        later("commitments.letters.kaikukeskus_signs", commitment.pk)


def send_link(request: SignatureRequest, commitment: Commitment, letter: str, by_clock: bool = False) -> None:
    """The request has a new round: its link is mailed by the letter of this name, every older one is worthless, and
    it stays known whom it was sent to. `by_clock`: no person has just asked for it, so that it leaves on a working
    morning."""
    request.send()
    request.round += 1
    request.sent_at, request.expires_at, request.reason = now(), end_of_link(commitment), ""
    request.save()
    SignatureRound.objects.create(
        request=request, number=request.round, name=request.name, title=request.title, email=request.email,
        sent_at=request.sent_at,
    )  # fmt: skip
    later(f"commitments.letters.{letter}", request.pk, request.round, *([True] if by_clock else []))


def end_of_link(commitment: Commitment) -> datetime:
    """The end of the last day on which a link that is sent now works."""
    last = max(commitment.sign_by or localdate(), localdate()) + LINK_LIVES
    return datetime.combine(last, time(23, 59, 59), get_default_timezone())


# -- no longer asking -------------------------------------------------------------------------------------------------


def request_of(party: Party) -> SignatureRequest | None:
    """The party's request, where it is asked by link."""
    return getattr(party, "request", None)


def round_of(party: Party, number: int | None) -> SignatureRound | None:
    """Whom the party's signature was asked of in that round. The party's request and its rounds may be prefetched."""
    request = request_of(party)
    return next((one for one in request.rounds.all() if one.number == number), None) if request else None


def close_link(request: SignatureRequest) -> None:
    """The signatory has signed, and may fetch the document by the link for some time."""
    request.sign()
    request.expires_at = now() + COPY_LIVES
    request.save()


def asked(commitment: Commitment) -> list[int]:
    """The requests of those who have a link and have not signed."""
    sent = SignatureRequest.objects.filter(party__commitment=commitment, state=State.SENT)
    return list(sent.values_list("pk", flat=True))


def stop_asking(parties: Iterable[Party]) -> None:
    """Nothing is awaited from these parties by a link any more."""
    going = SignatureRequest.objects.filter(party__in=parties).exclude(state__in=[State.SIGNED, State.STOPPED])
    for request in going:
        request.stop()
        request.save()


def keep_links(commitment: Commitment) -> None:
    """Who has signed by link may fetch the document for some time from now on."""
    signed = SignatureRequest.objects.filter(party__commitment=commitment, state=State.SIGNED)
    signed.update(expires_at=now() + COPY_LIVES)
