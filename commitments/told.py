"""What does the history of a commitment say? Each act about it in words, for its own page and the region's."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adoption.models import Act
from commitments.models import Commitment, Party

WHAT: dict[str, str | Promise] = {
    "commitment_drafted": _("Drafted"),
    "commitment_changed": _("The draft was changed"),
    "documents_made": _("The documents were made"),
    "documents_asked_again": _("The documents were asked for again"),
    "commitment_checked": _("The document was read and checked"),
    "commitment_sent": _("Sent to be signed"),
    "commitment_signed": _("A signed copy was uploaded"),
    "commitment_acknowledged": _("Acknowledged in Kaikukanta"),
    "commitment_in_force": _("The commitment came into force"),
    "commitment_superseded": _("Superseded: its replacement came into force"),
    "commitment_declined": _("A party will not sign"),
    "commitment_ended": _("The commitment ended"),
    "commitment_carried_over": _("It goes on after the trial, without a new commitment"),
}


class Told(NamedTuple):
    """An act, what it was in words, and the parties whose signatures it recorded."""

    act: Act
    what: str | Promise
    parties: list[Party]


def history_of(commitment: Commitment, parties: Iterable[Party]) -> list[Told]:
    """The acts about the commitment, newest first."""
    by_key = {party.pk: party for party in parties}
    acts = Act.objects.filter(region=commitment.region_id, about_kind="commitment", about_id=str(commitment.pk))
    return [
        Told(act, WHAT.get(act.what, act.what), [by_key[key] for key in act.data.get("parties", []) if key in by_key])
        for act in acts.select_related("by", "on_behalf_of").order_by("-number")
    ]
