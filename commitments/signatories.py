"""By which right has a party's signatory signed, and how did the request come from one person to another?"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.alphabet import spelt
from adoption.models import Act, Partner, Person
from adoption.successors import now_for
from commitments.asking import FIRST, request_of
from commitments.facts import day
from commitments.models import Commitment, Party, SignatureRound
from commitments.told import acts_about, sender_of

PASSING = ("signature_forwarded", "signature_renewed")

# -- the right to sign ------------------------------------------------------------------------------------------------


def needs_basis(party: Party, name: str, basis: str) -> bool:
    """Whether it still has to be said by which right this person signs: the document says it of another one."""
    return spelt(name) != spelt(party.named) and basis_for(party, name, basis) not in Partner.SignBasis.values


def basis_for(party: Party, name: str, basis: str) -> str:
    """The basis of this person's right: of the one whom the document names that of the document, else the given one,
    or the one that was given of the same person before. Never one that was given of somebody else."""
    if spelt(name) == spelt(party.named):
        return party.paper_basis if party.paper_name else party.signatory_basis
    return basis or (party.signatory_basis if spelt(name) == spelt(party.signatory_name) else "")


def signed_as_asked(party: Party) -> bool:
    """Whether the party's own signatory has signed; an acknowledgement in Kaikukanta is no signature of anybody."""
    signed = party.signed_on is not None and party.method != Party.Method.KAIKUKANTA
    return signed and spelt(party.signed_by) == spelt(party.signatory_name)


def signed_by_another(party: Party) -> bool:
    """Whether somebody else has signed than the one whom the document names."""
    signed = party.signed_on is not None and party.method != Party.Method.KAIKUKANTA
    return signed and spelt(party.signed_by) != spelt(party.named)


# -- from one person to another ---------------------------------------------------------------------------------------


class Passing(NamedTuple):
    """The request came from the former person to this one; by a responsible person, or passed on by the former."""

    number: int
    former: str
    name: str
    at: datetime
    by: Person | None

    def __str__(self) -> str:
        facts = {"former": self.former, "name": self.name, "day": day(localdate(self.at)), "by": self.by}
        if self.by:
            return _("%(by)s asked %(name)s to sign instead of %(former)s on %(day)s.") % facts
        return _("%(former)s passed the request to sign on to %(name)s on %(day)s.") % facts


def passings(commitment: Commitment, parties: Iterable[Party]) -> dict[int, list[Passing]]:
    """Party → how its request came from one person to another. Requests and their rounds may be prefetched."""
    acts = list(acts_about(commitment).filter(what__in=PASSING).select_related("by"))
    return {party.pk: _of_party(party, acts) for party in parties}


def _of_party(party: Party, acts: list[Act]) -> list[Passing]:
    request, last, found = request_of(party), party.named, []
    for one in request.rounds.all() if request else ():
        if one.name and spelt(one.name) != spelt(last):
            act = _act_of(party, one, acts)
            found.append(Passing(one.number, last, one.name, act.at if act else one.sent_at, act.by if act else None))
        last = one.name or last
    return found


def _act_of(party: Party, one: SignatureRound, acts: list[Act]) -> Act | None:
    """The act by which this person was named; before the turn the last such one, by which no link was sent."""
    numbers = (one.number, 0) if one.number == FIRST else (one.number,)
    own = [act for act in acts if party.pk in act.data["parties"] and act.data.get("round") in numbers]
    return own[-1] if own else None


def asker_of(party: Party) -> Person | None:
    """Who asks the party's present signatory: the responsible person who has asked anew last, else the sender; and in
    the stead of one who has handed over whoever follows."""
    commitment = party.commitment
    acts = acts_about(commitment).filter(what="signature_renewed").exclude(by=None).select_related("by").reverse()
    asker = next((act.by for act in acts if party.pk in act.data["parties"]), None) or sender_of(commitment)
    return now_for(asker, commitment.region) if asker else None
