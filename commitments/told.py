"""What does the history of a commitment say? Each act about it in words, for its own page and the region's."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adoption.models import Act, Person
from commitments.models import Commitment, Party

WHAT: dict[str, str | Promise] = {
    "commitment_drafted": _("Drafted"),
    "commitment_changed": _("The draft was changed"),
    "commitment_renewed": _("To be made anew from the present template"),
    "documents_made": _("The documents were made"),
    "documents_asked_again": _("The documents were asked for again"),
    "pdf_asked_again": _("The PDF was asked for again"),
    "commitment_checked": _("The document was read and checked"),
    "commitment_sent": _("Sent to be signed"),
    "commitment_signed": _("A signed copy was uploaded"),
    "signature_asked": _("Asked to sign by a link in a mail"),
    "signature_renewed": _("A new link was sent"),
    "signature_reminded": _("Reminded by a mail"),
    "signature_forwarded": _("The request to sign was passed on within the organisation"),
    "signature_declined": _("Declined to sign"),
    "copy_sent": _("A signed copy was sent, to be looked at"),
    "copy_refused": _("The signed copy was not accepted"),
    "commitment_acknowledged": _("Acknowledged in Kaikukanta"),
    "commitment_in_force": _("The commitment came into force"),
    "commitment_on_paper": _("Committed earlier, on paper"),
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


def sender_of(commitment: Commitment) -> Person | None:
    """Who has sent the commitment to be signed."""
    sent = acts_about(commitment).filter(what="commitment_sent").select_related("by").last()
    return sent.by if sent else None


def acts_about(commitment: Commitment) -> QuerySet[Act]:
    """The history of the commitment, the oldest act first."""
    acts = Act.objects.filter(region=commitment.region_id, about_kind="commitment", about_id=str(commitment.pk))
    return acts.order_by("number")


class Told(NamedTuple):
    """An act, what it was in words, the parties that it concerns, and who did it: a signatory has no account."""

    act: Act
    what: str | Promise
    parties: list[Party]
    who: str


def history_of(commitment: Commitment, parties: Iterable[Party]) -> list[Told]:
    """The acts about the commitment, newest first."""
    by_key = {party.pk: party for party in parties}
    acts = acts_about(commitment).reverse()
    return [told(act, by_key) for act in acts.select_related("by", "on_behalf_of")]


def told(act: Act, by_key: dict[int, Party]) -> Told:
    """The act in words. `by_key`: the commitment's parties by their keys."""
    parties = [by_key[key] for key in act.data.get("parties", []) if key in by_key]
    by_link = act.what == "commitment_signed" and act.data.get("method") == Party.Method.LINK
    return Told(act, _("Signed by link") if by_link else WHAT.get(act.what, act.what), parties, _who(act, parties))


def _who(act: Act, parties: list[Party]) -> str:
    """The person; of what was done by a link the party's signatory; else the site itself."""
    if act.by:
        return act.by.name
    if act.what in BY_SIGNATORY and parties:
        return parties[0].signed_by or parties[0].short_name
    return "Kaikupolku"
