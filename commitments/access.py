"""Who may read a commitment, and who may act for it? The door to its pages and files: the object, or 404."""

from collections.abc import Callable

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404

from adoption.access import KAIKUKESKUS, PAIR, regions_of
from adoption.models import Act, Person, Region, Responsibility
from commitments.models import Batch, Commitment, Document, Edition, SignedCopy

SENT = Act.objects.filter(
    what="commitment_sent", about_kind="commitment", about_id=Cast(OuterRef("pk"), CharField(max_length=40))
)


def commitments_of(person: Person) -> QuerySet[Commitment]:
    """Those of the regions that the person reads, and those of the own partner once they have been sent."""
    found = Commitment.objects.select_related("region", "partner__organisation", "partner__region", "replaces__region")
    if person.is_kaikukeskus:
        return found
    return found.filter(Q(region__in=regions_of(person)) | Q(Exists(SENT), partner__contact=person))


def commitment_or_404(person: Person, slug: str, pk: int) -> Commitment:
    """The commitment, if the person may read it."""
    return get_object_or_404(commitments_of(person), region__slug=slug, pk=pk)


def reads_region(person: Person, region: Region) -> bool:
    """Whether the person reads the whole region, and not only the own partner's papers."""
    return regions_of(person).filter(pk=region.pk).exists()


def editions_for(person: Person, commitment: Commitment) -> QuerySet[Edition]:
    """Every edition for the region's readers; a contact person sees the one that was sent."""
    editions = commitment.editions.made().order_by("-number")
    return editions if reads_region(person, commitment.region) else editions[:1]


def document_or_404(person: Person, commitment: Commitment, pk: int) -> Document:
    """A stored document of the commitment, which the caller has fetched through the door above."""
    found = Document.objects.select_related("edition__commitment")
    return get_object_or_404(found, pk=pk, edition__in=editions_for(person, commitment))


def copy_or_404(commitment: Commitment, pk: int) -> SignedCopy:
    """A signed copy of the commitment, which the caller has fetched through the door above."""
    return get_object_or_404(commitment.copies, pk=pk)


def batches_of(person: Person) -> QuerySet[Batch]:
    """Those of the whole country for Kaikukeskus, those of a region for its pair as well, and of several regions for
    the one who holds them and has asked."""
    found = Batch.objects.select_related("region", "asked_by")
    if person.is_kaikukeskus:
        return found
    held = Responsibility.objects.current().filter(person=person, side__in=PAIR)
    elsewhere = Edition.objects.filter(batch=OuterRef("pk")).exclude(commitment__region__in=held.values("region"))
    over_regions = Q(region=None, asked_by=person) & ~Exists(elsewhere)
    return found.filter(Q(region__in=held.values("region")) | over_regions)


def batch_or_404(person: Person, pk: int) -> Batch:
    """The batch, if the person may look at it."""
    return get_object_or_404(batches_of(person), pk=pk)


def may_act_in(person: Person, region: Region) -> Callable[[Commitment], bool]:
    """Says of each commitment of the region whether the services let the person act; one query for all of them."""
    sides = sides_in(person, region)
    return lambda commitment: bool(sides(commitment))


def sides_in(person: Person, region: Region) -> Callable[[Commitment], frozenset[str]]:
    """Says of each commitment of the region on which sides the services let the person act; one query for all."""
    if person.is_kaikukeskus:
        return lambda commitment: frozenset([KAIKUKESKUS])
    held = Responsibility.objects.current().filter(person=person, region=region, side__in=PAIR)
    covered = list(held.values_list("side", "municipality"))

    def sides(commitment: Commitment) -> frozenset[str]:
        if not covered:
            return frozenset()
        towns = {None, *(party.municipality_id for party in commitment.parties.all() if party.municipality_id)}
        return frozenset(side for side, municipality in covered if municipality in towns)

    return sides
