"""What does the history of a commitment say? Each act about it in words, for its own page and the region's."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import spelt
from adoption.models import Act, Person
from commitments.asking import FIRST, round_of
from commitments.facts import day
from commitments.models import Commitment, Party

WHAT: dict[str, str | Promise] = {
    "commitment_drafted": _("Drafted"),
    "commitment_changed": _("The draft was changed"),
    "commitment_renewed": _("To be made anew from the present template"),
    "documents_made": _("The documents were made"),
    "documents_asked_again": _("The documents were asked for again"),
    "pdf_made": _("The PDF was made"),
    "pdf_asked_again": _("The PDF was asked for again"),
    "commitment_checked": _("The document was read and checked"),
    "commitment_sent": _("Sent to be signed"),
    "commitment_signed": _("A signed copy was uploaded"),
    "signature_asked": _("Asked to sign by a link in a mail"),
    "signature_renewed": _("A new link was sent"),
    "signature_reminded": _("Reminded by a mail"),
    "sign_by_moved": _("The day by which it is to be signed was moved"),
    "signature_forwarded": _("The request to sign was passed on within the organisation"),
    "signature_declined": _("Declined to sign"),
    "copy_sent": _("A signed copy was sent, to be looked at"),
    "copy_refused": _("The signed copy was not accepted"),
    "commitment_acknowledged": _("Acknowledged in Kaikukanta"),
    "commitment_in_force": _("The commitment came into force"),
    "commitment_on_paper": _("Committed earlier, on paper"),
    "commitment_paper_corrected": _("The days of the paper were corrected"),
    "certificate_made": _("The certificate of signatures was made"),
    "certificate_asked_again": _("The certificate of signatures was asked for again"),
    "documents_sealed": _("The PDFs were sealed"),
    "commitment_superseded": _("Superseded by a replacement"),
    "commitment_declined": _("Closed unsigned"),
    "commitment_ended": _("The commitment ended"),
    "commitment_carried_over": _("It goes on after the trial, without a new commitment"),
}
# What a signatory does by the link; the new link of an old one is asked for by whoever has the old one.
BY_SIGNATORY = ("commitment_signed", "signature_forwarded", "signature_declined", "copy_sent")
ASKING = ("signature_asked", "signature_renewed", "signature_forwarded")  # after each somebody has a link
LATER = _("To be asked by a link in a mail when it is the party's turn")
ANOTHER = _("Another signatory was asked by a link in a mail")
BY_LINK = _("Signed by link")


def sender_of(commitment: Commitment) -> Person | None:
    """Who has sent the commitment to be signed."""
    sent = acts_about(commitment).filter(what="commitment_sent").select_related("by").last()
    return sent.by if sent else None


def acts_about(commitment: Commitment) -> QuerySet[Act]:
    """The history of the commitment, the oldest act first."""
    acts = Act.objects.filter(region=commitment.region_id, about_kind="commitment", about_id=str(commitment.pk))
    return acts.order_by("number")


class Told(NamedTuple):
    """An act, what it was in words, the parties that it concerns, and who did it: a signatory has no account.

    `to`: whom a link was sent to, in the order of the parties; `former`: who was asked before, where another is now.
    """

    act: Act
    what: str | Promise
    parties: list[Party]
    who: str
    to: list[str]
    former: str = ""

    @property
    def concerns(self) -> str:
        """The parties, each with the person to whom a link was sent for it."""
        names = [party.short_name for party in self.parties]
        return ", ".join(map(self._with, names, self.to) if self.to else names)

    def _with(self, party: str, name: str) -> str:
        if not name:
            return party
        facts = {"party": party, "name": name, "former": self.former}
        if not self.former:
            return f"{party} ({name})"
        if self.act.what == "signature_forwarded":
            return gettext("%(party)s (from %(former)s to %(name)s)") % facts
        return gettext("%(party)s (%(name)s instead of %(former)s)") % facts


def history_of(commitment: Commitment, parties: Iterable[Party], whole: bool = True) -> list[Told]:
    """The acts about the commitment, newest first. `whole`: as `told` has it."""
    by_key = {party.pk: party for party in parties}
    acts = acts_about(commitment).reverse()
    return [told(act, by_key, whole) for act in acts.select_related("by", "on_behalf_of")]


def told(act: Act, by_key: dict[int, Party], whole: bool = True) -> Told:
    """The act in words. `by_key`: the commitment's parties by their keys, whose requests and rounds may be prefetched.

    `whole`: who was asked for other parties is told too; a partner's contact person reads it of the own party only.
    """
    parties = [by_key[key] for key in act.data.get("parties", []) if key in by_key]
    to = [_asked(act, party, 0, whole) for party in parties] if act.what in ASKING else []
    former = _asked(act, parties[0], -1, whole) if to and act.what != "signature_asked" else ""
    former = former if to and to[0] and spelt(former) != spelt(to[0]) else ""
    return Told(act, _what(act, former), parties, _who(act, parties, whole), to, former)


def _what(act: Act, former: str) -> str | Promise:
    if act.what == "commitment_signed" and act.data.get("method") == Party.Method.LINK:
        return BY_LINK
    if act.what == "signature_renewed":
        number = act.data.get("round")
        return {0: LATER, FIRST: WHAT["signature_asked"]}.get(number) or (ANOTHER if former else WHAT[act.what])
    if act.what == "sign_by_moved":
        return f"{WHAT[act.what]}: {day(date.fromisoformat(act.data['on']))}"
    return WHAT.get(act.what, act.what)


def _asked(act: Act, party: Party, before: int, whole: bool) -> str:
    """Who was asked in the round of the act, or in the one before it; nothing where it is not known or not told."""
    if not whole and party.role != Party.Role.PARTNER:
        return ""
    asked = round_of(party, act.data.get("round", 0) + before)
    return asked.name if asked else ""


def _who(act: Act, parties: list[Party], whole: bool) -> str:
    """The person; of what was done by a link the one who was asked by it; else the site itself."""
    if act.by:
        return act.by.name
    if act.what not in BY_SIGNATORY or not parties:
        return "Kaikupolku"
    if act.what == "commitment_signed":
        return parties[0].signed_by or parties[0].short_name
    before = -1 if act.what == "signature_forwarded" else 0
    return _asked(act, parties[0], before, whole) or parties[0].short_name
