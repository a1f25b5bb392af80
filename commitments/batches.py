"""How far are papers that were asked for together, and which of them are to be asked for again?"""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from adoption.access import acting
from adoption.history import locked, record
from adoption.models import Person, Region
from adoption.refusal import NotYours, Refused
from commitments.access import may_act_in
from commitments.making import ask
from commitments.models import Batch, Commitment, Edition


class Progress(NamedTuple):
    """How many editions of a batch are made, still to be made, not made, and not needed any more."""

    made: int
    waiting: int
    failed: int
    needless: int

    @property
    def wanted(self) -> int:
        return self.made + self.waiting + self.failed

    @property
    def done(self) -> int:
        """Those with which nothing more happens by itself."""
        return self.made + self.failed

    @property
    def quarters(self) -> int:
        """From 0 to 4: a reader who does not see the page is told of no smaller steps."""
        return 4 * self.done // self.wanted if self.wanted else 4


def progress_of(batch: Batch) -> Progress:
    """One query, however many there are."""
    draft = Q(commitment__state=Commitment.State.DRAFT)
    none = Q(made_at=None)
    needless = Q(fault=Edition.Fault.NEEDLESS) | ~Q(fault="") & ~draft
    found = batch.editions.aggregate(
        made=Count("pk", filter=~none),
        waiting=Count("pk", filter=none & Q(fault="")),
        failed=Count("pk", filter=none & ~Q(fault="") & ~needless),
        needless=Count("pk", filter=none & needless),
    )
    return Progress(**found)


def editions_of(batch: Batch) -> QuerySet[Edition]:
    """The batch's editions as a page shows them, in the order in which they were asked for."""
    rows = ("commitment__region", "commitment__partner__organisation")
    return batch.editions.select_related(*rows).prefetch_related("commitment__parties").order_by("pk")


def failed_drafts(region: Region) -> QuerySet[Commitment]:
    """The region's drafts whose newest papers could not be made."""
    failed = Edition.objects.failed().filter(commitment__region=region)
    return Commitment.objects.filter(pk__in=failed.values("commitment"))


@transaction.atomic
def ask_anew(region: Region, by: Person) -> Batch:
    """The papers of the region's failed drafts that the person may act for are asked for in a batch.

    Raises NotYours for one who may act for none of them, and Refused when none has failed.
    """
    region = locked(region.pk)
    failed = list(failed_drafts(region).prefetch_related("parties").order_by("pk"))
    if not failed:
        raise Refused([_("No documents have failed: all are made, or being made.")])
    may = may_act_in(by, region)
    drafts = [draft for draft in failed if may(draft)]
    if not drafts:
        raise NotYours
    batch = Batch.objects.create(region=region, asked_by=by)
    for draft in drafts:
        members = [party.municipality_id for party in draft.parties.all() if party.municipality_id]
        record(region, acting(by, region, members), "documents_asked_again", draft)
        ask(draft, by, batch)
    return batch
