"""Whose turn is it with a commitment, and what is to be done next?"""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.models import Person
from commitments.models import Commitment, Party
from commitments.services import named_twice, unnamed

State = Commitment.State
ICONS = {
    State.DRAFT: "open",
    State.CHECKED: "open",
    State.AWAITING: "pause",
    State.PARTLY_SIGNED: "half",
    State.IN_FORCE: "done",
    State.DECLINED: "no",
    State.SUPERSEDED: "skip",
    State.ENDED: "skip",
}
MANY = 3  # more names than this are counted in a sentence


class Next(NamedTuple):
    """The next thing in one sentence, why, whether it is the reader's, and the act that the page offers for it."""

    what: str
    why: str = ""
    yours: bool = False
    act: str = ""  # name of the address


def next_of(commitment: Commitment, person: Person, may_act: bool) -> Next:
    """What comes next with the commitment, said to this person; reads only the parties, which may be prefetched."""
    ours = may_act and not person.is_kaikukeskus
    if commitment.state == State.DRAFT:
        return _of_draft(commitment, ours, may_act)
    if commitment.state == State.CHECKED:
        what = _("Send the commitment to be signed.") if ours else _("The pair sends the commitment to be signed.")
        why = _("It has been checked. Once sent, it changes only by being replaced.")
        return Next(what, why, ours, "commitment_send" if may_act else "")
    if commitment.state in Commitment.SIGNING:
        return _of_signing(commitment, person, ours, may_act)
    return Next(_("Nothing waits for anybody here."))


def _of_draft(commitment: Commitment, ours: bool, may_act: bool) -> Next:
    edition = commitment.edition
    if edition and edition.fault:
        return Next(_("The documents could not be made. Ask for them again."), edition.get_fault_display(), ours)
    if edition is None or edition.made_at is None:
        return Next(_("The documents are being made. It takes some seconds."))
    if not may_act:
        return Next(_("The pair checks the document before it is sent to be signed."))
    if unnamed(commitment):
        return Next(_("Name the signatories, then read and check the document."), "", ours, "commitment_edit")
    if named_twice(commitment):
        what = _("Change one of the two signatories, then read and check the document.")
        return Next(what, "", ours, "commitment_edit")
    why = _("Only one who has opened the document can check it.")
    return Next(_("Read the document and check that it is right."), why, ours, "commitment_preview")


def _of_signing(commitment: Commitment, person: Person, ours: bool, may_act: bool) -> Next:
    awaited = unsigned(commitment)
    others = [party for party in awaited if party.role != Party.Role.KAIKUKESKUS]
    copy = "commitment_copy" if may_act else ""
    if not others:
        if person.is_kaikukeskus:
            return Next(_("All others have signed: sign for Kaikukeskus and upload the signed copy."), "", True, copy)
        return Next(_("All others have signed: it waits for Kaikukeskus, which signs last."))
    names = {"names": names_of(others)}
    last = _("Kaikukeskus signs last.") if len(others) < len(awaited) else ""
    if ours:
        return Next(_("Get the signature of %(names)s and upload the signed copy.") % names, last, True, copy)
    if not may_act and commitment.partner and commitment.partner.contact_id == person.pk:
        return _of_contact(commitment, others)
    return Next(_("It waits for the signature of %(names)s.") % names, last, False, copy)


def _of_contact(commitment: Commitment, awaited: list[Party]) -> Next:
    own = next((party for party in awaited if party.role == Party.Role.PARTNER), None)
    if own is None:
        return Next(_("You have signed. It waits for the signature of %(names)s.") % {"names": names_of(awaited)})
    what = _("Read the document and have it signed by %(name)s.") % {"name": own.signatory_name}
    why = _("Give the signed copy to the region's responsible person, who uploads it here.")
    return Next(what, why, True, "commitment_preview")


def unsigned(commitment: Commitment) -> list[Party]:
    """The parties whose signature is awaited."""
    return [party for party in commitment.parties.all() if party.signed_on is None]


def names_of(parties: Iterable[Party]) -> str:
    """The parties in a sentence; many are counted."""
    names = [party.short_name for party in parties]
    if len(names) > MANY:
        return ngettext("%(count)s party", "%(count)s parties", len(names)) % {"count": len(names)}
    return _(" and ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
