"""Whose turn is it with a commitment, and what is to be done next?"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.access import KAIKUKESKUS, PAIR
from adoption.models import Person
from adoption.templatetags.kaiku import day, side_name
from commitments.access import sides_in
from commitments.asking import request_of, whose_turn
from commitments.models import Commitment, Party, SignatureRequest, SignedCopy
from commitments.services import named_twice, unfit

State = Commitment.State
MANY = 3  # more names than this are counted in a sentence
OURS = "pair"  # the side of the pair that looks after the commitment
PARTIES = "parties"  # those who sign it
WITH_WHAT_THEY_ASK = (
    Prefetch("parties", Party.objects.select_related("municipality", "county", "request")),
    "editions", "copies", "partner__municipalities",
)  # fmt: skip


class Next(NamedTuple):
    """The next thing in one sentence, why, whether it is the reader's, the act that the page offers for it, and whom
    it waits for: the pair, Kaikukeskus, the parties, or nobody."""

    what: str
    why: str = ""
    yours: bool = False
    act: str = ""  # name of the address
    whose: str = OURS
    about: int | None = None  # the party or the copy that the act is about

    def href(self, commitment: Commitment) -> str:
        """The page on which it is done; the commitment's own where that has the button."""
        if self.act in ("", "sign", "commitment_send"):
            return commitment.get_absolute_url()
        args = [commitment.region.slug, commitment.pk, *([self.about] if self.about else [])]
        return reverse(self.act, args=args)

    def sides(self, commitment: Commitment) -> frozenset[str]:
        """Whom it waits for, by sides."""
        return looked_after_by(commitment) if self.whose == OURS else frozenset([self.whose] if self.whose else [])

    def waits_for(self, commitment: Commitment) -> str:
        """The same in words."""
        return in_words(self.sides(commitment))


def in_words(sides: frozenset[str]) -> str:
    """Whom something waits for."""
    if sides == frozenset(PAIR):
        return str(_("both sides"))
    return ", ".join(_("those who sign") if side == PARTIES else side_name(side) for side in sorted(sides))


def looked_after_by(commitment: Commitment) -> frozenset[str]:
    """The sides of the pair whose turn it is with its commitment: of a partner's the one that looks after it (R3)."""
    return frozenset([commitment.partner.side]) if commitment.partner else frozenset(map(str, PAIR))


def turn_for(commitment: Commitment, person: Person) -> Next:
    """The same for one commitment, which nothing has been read of yet; `sides` as the services let the person act."""
    prefetch_related_objects([commitment], *WITH_WHAT_THEY_ASK)
    return next_of(commitment, person, sides_in(person, commitment.region)(commitment))


def next_of(commitment: Commitment, person: Person, sides: frozenset[str]) -> Next:
    """What comes next with the commitment, said to this person, who may act for it on these sides. The one place where
    it is decided whose turn it is: every page asks here.

    Reads the parties with their requests, the copies, and the partner's municipalities; all may be prefetched.
    """
    may_act, ours = bool(sides), bool(sides & looked_after_by(commitment))
    if commitment.state == State.DRAFT:
        return _of_draft(commitment, person, ours, may_act)
    if commitment.state == State.CHECKED:
        what = _("Send the commitment to be signed.") if ours else _("The pair sends the commitment to be signed.")
        why = _("It has been checked. Once sent, it changes only by being replaced.")
        return Next(what, why, ours, "commitment_send" if may_act else "")
    if commitment.state in Commitment.SIGNING:
        return _of_signing(commitment, person, ours, may_act)
    return Next(_("Nothing waits for anybody here."), whose="")


def _of_draft(commitment: Commitment, person: Person, ours: bool, may_act: bool) -> Next:
    edition = commitment.edition
    if edition and edition.fault:
        return Next(_("The documents could not be made. Ask for them again."), edition.get_fault_display(), ours)
    if edition is None or edition.made_at is None:
        return Next(_("The documents are being made. It takes some seconds."), whose="")
    if not may_act:
        return Next(_("The pair checks the document before it is sent to be signed."))
    if why := unfit(commitment):
        return Next(_("Close this draft and make a new one."), why, ours, "commitment_decline")
    if nameless := [party for party in commitment.parties.all() if not party.signatory_name]:
        return _of_nameless(nameless, person, ours)
    if named_twice(commitment):
        what = _("Change one of the two signatories, then read and check the document.")
        return Next(what, "", ours, "commitment_edit")
    why = _("Only one who has opened the document can check it.")
    return Next(_("Read the document and check that it is right."), why, ours, "commitment_preview")


def _of_nameless(nameless: list[Party], person: Person, ours: bool) -> Next:
    own = any(party.role == Party.Role.KAIKUKESKUS for party in nameless)
    if own and person.is_kaikukeskus:
        return Next(
            _("Name Kaikukeskus's signatory."), _("The document names all signatories."), True, "commitment_edit",
            KAIKUKESKUS,
        )  # fmt: skip
    if own and len(nameless) == 1:
        what = _("It waits for Kaikukeskus to name its signatory. Then read and check the document.")
        return Next(what, "", False, "commitment_preview", KAIKUKESKUS)
    why = _("Kaikukeskus names its own signatory.") if own else ""
    return Next(_("Name the signatories, then read and check the document."), why, ours, "commitment_edit")


# -- while it is being signed -----------------------------------------------------------------------------------------


def order_of(commitment: Commitment, in_turn: bool | None = None) -> str:
    """In which order the parties sign."""
    in_turn = commitment.in_turn if in_turn is None else in_turn
    return order_in(commitment.kind, in_turn, commitment.region.county_id is not None)


def order_in(kind: str, in_turn: bool, with_county: bool) -> str:
    """The same for commitments of the kind, in a region with or without a wellbeing services county."""
    if not in_turn:
        return _("All at once, in any order.")
    if kind == Commitment.Kind.REGION:
        if with_county:
            return _("In turn: municipalities and wellbeing services county first, Kaikukeskus last.")
        return _("In turn: municipalities first, Kaikukeskus last.")
    if with_county:
        return _("In turn: the partner first, then municipalities and wellbeing services county.")
    return _("In turn: the partner first, then the municipalities in which it acts.")


def awaits_kaikukeskus(commitment: Commitment) -> bool:
    """Whether Kaikukeskus may sign now: when all others have, or where they sign all at once, from the sending on."""
    signing = commitment.state in Commitment.SIGNING
    return signing and any(party.role == Party.Role.KAIKUKESKUS for party in whose_turn(commitment))


def _of_signing(commitment: Commitment, person: Person, ours: bool, may_act: bool) -> Next:
    contact = not may_act and commitment.partner is not None and commitment.partner.contact_id == person.pk
    if urgent := _trouble(commitment, person, ours):
        return _told_to_contact(commitment, urgent) if contact else urgent if may_act else urgent._replace(act="")
    turn = whose_turn(commitment)
    copy = "commitment_copy" if may_act else ""
    if any(party.role == Party.Role.KAIKUKESKUS for party in turn) and person.is_kaikukeskus:
        return _of_kaikukeskus(turn, person, copy)
    if [party.role for party in turn] == [Party.Role.KAIKUKESKUS]:
        what = _("All others have signed: it waits for Kaikukeskus.")
        if commitment.in_turn:
            what = _("All others have signed: it waits for Kaikukeskus, which signs last.")
        return Next(what, whose=KAIKUKESKUS)
    if contact:
        return _of_contact(turn, person)
    unasked = [party for party in turn if party.role != Party.Role.KAIKUKESKUS and request_of(party) is None]
    why = _then(commitment, turn)
    if ours and unasked:
        what = _("Get the signature of %(names)s and upload the signed copy.") % {"names": names_of(unasked)}
        return Next(what, why, True, copy)
    waits = OURS if unasked else PARTIES
    return Next(_("It waits for the signature of %(names)s.") % {"names": names_of(turn)}, why, False, copy, waits)


def _then(commitment: Commitment, turn: list[Party]) -> str:
    """By which day it is signed, and who signs after those whose turn it is."""
    later = [party for party in unsigned(commitment) if party not in turn]
    on_time = commitment.sign_by and not commitment.is_late  # that it is late is said by itself
    said = [_("To be signed by %(day)s.") % {"day": day(commitment.sign_by)}] if on_time else []
    if [party.role for party in later] == [Party.Role.KAIKUKESKUS]:
        said.append(_("Kaikukeskus signs last."))
    elif later:
        said.append(_("Then it is the turn of %(names)s.") % {"names": names_of(later)})
    return " ".join(said)


def lateness(commitment: Commitment) -> str:
    """In words, that the day by which it was to be signed has gone; nothing while it has not."""
    if not commitment.days_late or commitment.sign_by is None:
        return ""
    text = ngettext(
        "Late %(days)s day: it was to be signed by %(day)s.",
        "Late %(days)s days: it was to be signed by %(day)s.",
        commitment.days_late,
    )
    return text % {"days": commitment.days_late, "day": day(commitment.sign_by)}


def _trouble(commitment: Commitment, person: Person, ours: bool) -> Next | None:
    """What keeps the signing from going on until somebody does something; nothing when all is well."""
    if why := unfit(commitment):
        return Next(_("Replace the commitment by a new draft."), why, ours, "commitment_replace")
    if waiting := [copy for copy in commitment.copies.all() if copy.state == SignedCopy.State.WAITING]:
        why = _("Its signatures count once you have accepted it.")
        what = _("Look at the signed copy that has been sent.")
        return Next(what, why, ours, "commitment_review", about=waiting[0].pk)
    asked = {party: request for party in unsigned(commitment) if (request := request_of(party))}
    if gone := [party for party, request in asked.items() if request.state == SignatureRequest.State.DECLINED]:
        what = _("%(names)s: the signatory has declined. Talk with them, then ask anew or stop the signing.")
        return _to_ask_anew(what, gone, person, ours)
    if old := [party for party, request in asked.items() if request.is_expired]:
        return _to_ask_anew(_("The link of %(names)s has expired unused: send a new one."), old, person, ours)
    return None


def _to_ask_anew(what: str, parties: list[Party], person: Person, ours: bool) -> Next:
    """The pair asks anew; Kaikukeskus its own signatory itself."""
    others = [party for party in parties if party.role != Party.Role.KAIKUKESKUS]
    whose, yours = (OURS, ours) if others else (KAIKUKESKUS, person.is_kaikukeskus)
    act = "commitment_ask" if others or yours else ""
    return Next(what % {"names": names_of(parties)}, "", yours, act, whose, (others or parties)[0].pk)


def _told_to_contact(commitment: Commitment, trouble: Next) -> Next:
    """The same for the partner's contact person, who cannot mend it: what has happened, and who gets in touch."""
    own = next((p for p in unsigned(commitment) if p.role == Party.Role.PARTNER), None)
    request = request_of(own) if own else None
    whose = trouble.whose
    if own is None:
        return Next(_("You have signed. The region's responsible persons see to what is left."), whose=whose)
    if any(copy.sent_by_id == own.pk for copy in commitment.copies.all() if copy.state == SignedCopy.State.WAITING):
        return Next(_("A signed copy has been sent. The region's responsible persons look at it."), whose=whose)
    if request and request.state == SignatureRequest.State.DECLINED:
        what = _("%(name)s has declined to sign. The region's responsible persons get in touch.")
        return Next(what % {"name": request.name}, whose=whose)
    if request and request.is_expired:
        what = _("The link of %(name)s has expired unused. The region's responsible persons send a new one.")
        return Next(what % {"name": request.name}, whose=whose)
    return Next(_("The signing stands still. The region's responsible persons see to it."), whose=whose)


def _of_kaikukeskus(turn: list[Party], person: Person, copy: str) -> Next:
    own = next(party for party in turn if party.role == Party.Role.KAIKUKESKUS)
    last = len(turn) == 1
    if own.signatory_email and own.signatory_email.lower() != person.email.lower():
        what = _("It waits for the signature of %(names)s.") % {"names": names_of(turn)}
        return Next(what, _("%(name)s signs for Kaikukeskus.") % {"name": own.signatory_name}, False, copy, KAIKUKESKUS)
    if own.signatory_email:
        what = _("All others have signed: sign for Kaikukeskus.") if last else _("Sign for Kaikukeskus.")
        return Next(what, _("The link is in your mail, and here."), True, "sign", KAIKUKESKUS)
    why = _("By a link to yourself you sign here at once; or upload a copy that was signed elsewhere.")
    what = _("All others have signed: sign for Kaikukeskus.") if last else _("Sign for Kaikukeskus.")
    return Next(what, why, True, copy, KAIKUKESKUS)


def _of_contact(turn: list[Party], person: Person) -> Next:
    own = next((party for party in turn if party.role == Party.Role.PARTNER), None)
    if own is None:
        return Next(
            _("You have signed. It waits for the signature of %(names)s.") % {"names": names_of(turn)}, whose=PARTIES
        )
    if own.signatory_email.lower() == person.email.lower():
        return Next(
            _("Read the document and sign it."), _("The link is in your mail, and here."), True, "sign", PARTIES
        )
    if request_of(own):
        what = _("Read the document. %(name)s signs it by the link that was mailed to %(email)s.")
        facts = {"name": own.signatory_name, "email": own.signatory_email}
        return Next(what % facts, "", True, "commitment_preview", PARTIES)
    what = _("Read the document and have it signed by %(name)s.") % {"name": own.signatory_name}
    why = _("Give the signed copy to the region's responsible person, who uploads it here.")
    return Next(what, why, True, "commitment_preview", PARTIES)


def unsigned(commitment: Commitment) -> list[Party]:
    """The parties whose signature is awaited."""
    return [party for party in commitment.parties.all() if not party.method]


def names_of(parties: Iterable[Party]) -> str:
    """The parties in a sentence; many are counted."""
    names = [party.short_name for party in parties]
    if len(names) > MANY:
        return ngettext("%(count)s party", "%(count)s parties", len(names)) % {"count": len(names)}
    return _(" and ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
