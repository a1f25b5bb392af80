"""Which drafts stand on an older template than the one in use, and how are their papers made anew?"""

from collections.abc import Iterable
from itertools import groupby

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from adoption.access import acting, regions_of
from adoption.history import locked, record
from adoption.models import Person
from adoption.refusal import Refused
from commitments.making import ask
from commitments.models import Batch, Commitment, Document, Edition
from commitments.templates import hashes_in_use

State = Commitment.State
OPEN = (State.DRAFT, State.CHECKED)


def older_drafts() -> QuerySet[Commitment]:
    """The unfinished drafts whose newest papers were made from a template that is no longer in use, the oldest first.

    Papers that are being made are not among them: they are made from the one in use.
    """
    newest = Edition.objects.filter(commitment=OuterRef("edition__commitment")).order_by("-number").values("pk")[:1]
    present = Q(pk__in=())
    for (kind, language), digest in hashes_in_use().items():
        present |= Q(edition__commitment__kind=kind, language=language, template_sha256=digest)
    older = Document.objects.filter(edition=Subquery(newest), edition__commitment__state__in=OPEN).exclude(present)
    return Commitment.objects.filter(pk__in=older.values("edition__commitment")).order_by("pk")


def is_older(commitment: Commitment) -> bool:
    """Whether this one is such a draft."""
    return commitment.state in OPEN and older_drafts().filter(pk=commitment.pk).exists()


def older_drafts_of(person: Person) -> QuerySet[Commitment]:
    """Those of the regions that the person reads, as a page shows them."""
    found = older_drafts().filter(region__in=regions_of(person))
    return found.select_related("region", "partner__organisation").prefetch_related("parties", "editions__documents")


def renew(drafts: Iterable[Commitment], by: Person) -> Batch:
    """New papers of these drafts are asked for in one batch; a checked one is a draft again, to be checked anew.

    Those of a region in one transaction under its lock. What somebody else has renewed, sent or closed meanwhile
    stays as it is. Raises Refused when none is left; NotYours for one who may not act for them.
    """
    wanted = sorted(drafts, key=lambda draft: (draft.region_id, draft.pk))
    groups = {region: [draft.pk for draft in found] for region, found in groupby(wanted, lambda d: d.region_id)}
    batch = None
    for region, keys in groups.items():
        batch = _renewed(region, keys, by, batch, len(groups) == 1) or batch
    if batch is None:
        raise Refused([_("None of these drafts stands on an older template any more: they have been renewed or sent.")])
    return batch


@transaction.atomic
def _renewed(region_id: int, keys: list[int], by: Person, batch: Batch | None, alone: bool) -> Batch | None:
    """The batch in which the region's papers are asked for; nothing when none has to be made anew."""
    region = locked(region_id)
    older = set(older_drafts().filter(pk__in=keys).values_list("pk", flat=True))
    for commitment in Commitment.objects.filter(pk__in=keys).prefetch_related("parties").order_by("pk"):
        who = acting(by, region, [party.municipality_id for party in commitment.parties.all() if party.municipality_id])
        if commitment.pk in older:
            batch = batch or Batch.objects.create(region=region if alone else None, asked_by=by)
            commitment.redraft()
            commitment.save(update_fields=["state"])
            ask(commitment, by, batch)
            record(region, who, "commitment_renewed", commitment)
    return batch
