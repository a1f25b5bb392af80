"""Whose turn is it with a commitment, and what is to be done next?"""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.models import Person
from adoption.templatetags.kaiku import day
from commitments.asking import request_of, whose_turn
from commitments.models import Commitment, Party, SignatureRequest, SignedCopy
from commitments.services import named_twice, unfit

State = Commitment.State
MANY = 3  # more names than this are counted in a sentence


class Next(NamedTuple):
    """The next thing in one sentence, why, whether it is the reader's, and the act that the page offers for it."""

    what: str
    why: str = ""
    yours: bool = False
    act: str = ""  # name of the address


def next_of(commitment: Commitment, person: Person, may_act: bool) -> Next:
    """What comes next with the commitment, said to this person.

    Reads the parties with their requests, the copies, and the partner's municipalities; all may be prefetched.
    """
    ours = may_act and not person.is_kaikukeskus
    if commitment.state == State.DRAFT:
        return _of_draft(commitment, person, ours, may_act)
    if commitment.state == State.CHECKED:
        what = _("Send the commitment to be signed.") if ours else _("The pair sends the commitment to be signed.")
        why = _("It has been checked. Once sent, it changes only by being replaced.")
        return Next(what, why, ours, "commitment_send" if may_act else "")
    if commitment.state in Commitment.SIGNING:
        return _of_signing(commitment, person, ours, may_act)
    return Next(_("Nothing waits for anybody here."))


def _of_draft(commitment: Commitment, person: Person, ours: bool, may_act: bool) -> Next:
    edition = commitment.edition
    if edition and edition.fault:
        return Next(_("The documents could not be made. Ask for them again."), edition.get_fault_display(), ours)
    if edition is None or edition.made_at is None:
        return Next(_("The documents are being made. It takes some seconds."))
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
            _("Name Kaikukeskus's signatory."), _("The document names all signatories."), True, "commitment_edit"
        )
    if own and len(nameless) == 1:
        what = _("It waits for Kaikukeskus to name its signatory. Then read and check the document.")
        return Next(what, "", False, "commitment_preview")
    why = _("Kaikukeskus names its own signatory.") if own else ""
    return Next(_("Name the signatories, then read and check the document."), why, ours, "commitment_edit")


# -- while it is being signed -----------------------------------------------------------------------------------------


def order_of(commitment: Commitment, in_turn: bool | None = None) -> str:
    """In which order the parties sign."""
    if not (commitment.in_turn if in_turn is None else in_turn):
        return _("All at once, in any order.")
    if commitment.kind == Commitment.Kind.REGION:
        return _("In turn: municipalities and wellbeing services county first, Kaikukeskus last.")
    return _("In turn: the partner first, then municipalities and wellbeing services county.")


def _of_signing(commitment: Commitment, person: Person, ours: bool, may_act: bool) -> Next:
    if may_act and (urgent := _trouble(commitment, ours)):
        return urgent
    turn = whose_turn(commitment)
    copy = "commitment_copy" if may_act else ""
    if any(party.role == Party.Role.KAIKUKESKUS for party in turn) and person.is_kaikukeskus:
        return _of_kaikukeskus(turn, person, copy)
    if [party.role for party in turn] == [Party.Role.KAIKUKESKUS]:
        return Next(_("All others have signed: it waits for Kaikukeskus, which signs last."))
    if not may_act and commitment.partner and commitment.partner.contact_id == person.pk:
        return _of_contact(turn, person)
    unasked = [party for party in turn if party.role != Party.Role.KAIKUKESKUS and request_of(party) is None]
    why = _then(commitment, turn)
    if ours and unasked:
        what = _("Get the signature of %(names)s and upload the signed copy.") % {"names": names_of(unasked)}
        return Next(what, why, True, copy)
    return Next(_("It waits for the signature of %(names)s.") % {"names": names_of(turn)}, why, False, copy)


def _then(commitment: Commitment, turn: list[Party]) -> str:
    """By which day it is signed, and who signs after those whose turn it is."""
    later = [party for party in unsigned(commitment) if party not in turn]
    said = [_("To be signed by %(day)s.") % {"day": day(commitment.sign_by)}] if commitment.sign_by else []
    if [party.role for party in later] == [Party.Role.KAIKUKESKUS]:
        said.append(_("Kaikukeskus signs last."))
    elif later:
        said.append(_("Then it is the turn of %(names)s.") % {"names": names_of(later)})
    return " ".join(said)


def _trouble(commitment: Commitment, ours: bool) -> Next | None:
    """What keeps the signing from going on until the pair does something; nothing when all is well."""
    if why := unfit(commitment):
        return Next(_("Replace the commitment by a new draft."), why, ours, "commitment_replace")
    if any(copy.state == SignedCopy.State.WAITING for copy in commitment.copies.all()):
        why = _("Its signatures count once you have accepted it.")
        return Next(_("Look at the signed copy that has been sent."), why, ours, "commitment_review")
    requests = {party: request_of(party) for party in unsigned(commitment)}
    gone = [p for p, r in requests.items() if r and r.state == SignatureRequest.State.DECLINED]
    if gone:
        what = _("%(names)s: the signatory has declined. Talk with them, then ask anew or stop the signing.")
        return Next(what % {"names": names_of(gone)}, "", ours)
    old = [party for party, request in requests.items() if request and request.is_expired]
    if old:
        return Next(_("The link of %(names)s has expired unused: send a new one.") % {"names": names_of(old)}, "", ours)
    return None


def _of_kaikukeskus(turn: list[Party], person: Person, copy: str) -> Next:
    own = next(party for party in turn if party.role == Party.Role.KAIKUKESKUS)
    last = len(turn) == 1
    if own.signatory_email and own.signatory_email.lower() != person.email.lower():
        what = _("It waits for the signature of %(names)s.") % {"names": names_of(turn)}
        return Next(what, _("%(name)s signs for Kaikukeskus.") % {"name": own.signatory_name}, False, copy)
    if own.signatory_email:
        what = _("All others have signed: sign for Kaikukeskus.") if last else _("Sign for Kaikukeskus.")
        return Next(what, _("The link is in your mail, and here."), True, "sign")
    why = _("By a link to yourself you sign here at once; or upload a copy that was signed elsewhere.")
    what = _("All others have signed: sign for Kaikukeskus.") if last else _("Sign for Kaikukeskus.")
    return Next(what, why, True, copy)


def _of_contact(turn: list[Party], person: Person) -> Next:
    own = next((party for party in turn if party.role == Party.Role.PARTNER), None)
    if own is None:
        return Next(_("You have signed. It waits for the signature of %(names)s.") % {"names": names_of(turn)})
    if own.signatory_email.lower() == person.email.lower():
        return Next(_("Read the document and sign it."), _("The link is in your mail, and here."), True, "sign")
    if request_of(own):
        what = _("Read the document. %(name)s signs it by the link that was mailed to %(email)s.")
        facts = {"name": own.signatory_name, "email": own.signatory_email}
        return Next(what % facts, "", True, "commitment_preview")
    what = _("Read the document and have it signed by %(name)s.") % {"name": own.signatory_name}
    why = _("Give the signed copy to the region's responsible person, who uploads it here.")
    return Next(what, why, True, "commitment_preview")


def unsigned(commitment: Commitment) -> list[Party]:
    """The parties whose signature is awaited."""
    return [party for party in commitment.parties.all() if not party.method]


def names_of(parties: Iterable[Party]) -> str:
    """The parties in a sentence; many are counted."""
    names = [party.short_name for party in parties]
    if len(names) > MANY:
        return ngettext("%(count)s party", "%(count)s parties", len(names)) % {"count": len(names)}
    return _(" and ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
