"""Two rows of one organisation become one, in every region at once: by Kaikukeskus."""

from collections import defaultdict
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.alphabet import plain
from adoption.history import locked, locked_country, record
from adoption.joined import ORGANISATION
from adoption.joining.moving import move
from adoption.joining.partners import against, in_order, join_rows
from adoption.models import Joined, Organisation, Partner, Person, Region
from adoption.partners import remember, two_ids
from adoption.refusal import Linked, Refused


class Twins(NamedTuple):
    """Two rows of one partner, one of each organisation: they are joined with these."""

    kept: Partner
    gone: Partner


def twins_of(kept: Organisation, gone: Organisation) -> list[Twins]:
    """The same unit in the same role and region, however its name was typed."""
    partners = Partner.objects.filter(organisation__in=[kept, gone])
    by_unit: dict[tuple[int, str, str], list[Partner]] = defaultdict(list)
    for one in partners.select_related("organisation", "region", "contact").order_by("pk"):
        by_unit[one.region_id, one.role, plain(one.unit)].append(one)
    found = []
    for together in by_unit.values():
        first, *rest = sorted(together, key=lambda one: one.organisation_id != kept.pk)
        for other in rest:
            first, second = in_order(first, other)
            found.append(Twins(first, second))
    return found


def against_organisations(kept: Organisation, gone: Organisation) -> list[str]:
    """Why the two cannot be joined."""
    if kept.pk == gone.pk:
        return [_("These are one and the same row.")]
    wrong = two_ids(kept.business_id, gone.business_id)
    if kept.sector != gone.sector:
        said = _("Their sectors differ, %(one)s and %(other)s: correct the wrong one first.")
        wrong.append(said % {"one": kept.get_sector_display(), "other": gone.get_sector_display()})
    for twins in twins_of(kept, gone):
        address = twins.gone.get_absolute_url()
        wrong += [Linked(f"{twins.kept.region.name}: {reason}", address) for reason in against(*twins, one_owner=True)]
    return wrong


@transaction.atomic
def join_organisations(kept: Organisation, gone: Organisation, by: Person) -> Organisation:
    """The two rows of one organisation are one: its partners in every region belong to the kept one, which takes the
    business ID that it lacked and is found by the other's name too; two rows of one partner are joined with them.

    Only Kaikukeskus joins. Raises Refused for what `against_organisations` says, and when a partner has just been added
    in one more region.
    """
    only_kaikukeskus(by)
    regions = {pk: locked(pk) for pk in sorted(_regions_of(kept, gone))}
    country, who = locked_country(), only_kaikukeskus(by)
    kept, gone = _both(kept, gone)
    if not _regions_of(kept, gone) <= regions.keys():
        raise Refused([_("A partner of it has just been added. Look at the page anew.")])
    if wrong := against_organisations(kept, gone):
        raise Refused(wrong)
    moved = set(gone.partners.values_list("region", flat=True))
    for twins in twins_of(kept, gone):
        join_rows(*twins, regions[twins.kept.region_id], who)
    _make_one(kept, gone)
    for chain in (country, *(regions[pk] for pk in sorted(moved))):
        record(chain, who, "organisations_joined", kept, gone=gone.pk)
    Organisation.objects.filter(pk=gone.pk).delete()
    if business_id := kept.business_id or gone.business_id:
        Organisation.objects.filter(pk=kept.pk).update(business_id=business_id)
    kept.refresh_from_db()
    return kept


def _regions_of(*organisations: Organisation) -> set[int]:
    keys = Region.objects.filter(partners__organisation__in=organisations).values_list("pk", flat=True)
    return set(keys)


def _both(kept: Organisation, gone: Organisation) -> tuple[Organisation, Organisation]:
    """Their rows, alone: nobody makes a partner of either meanwhile. Raises Refused for one that is gone already."""
    rows = Organisation.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
    found = {one.pk: one for one in rows}
    if {kept.pk, gone.pk} - found.keys():
        raise Refused([_("This organisation has just been joined with another one. Look for it anew.")])
    return found[kept.pk], found[gone.pk]


def _make_one(kept: Organisation, gone: Organisation) -> None:
    move(gone, kept)
    remember(kept, gone.name, *gone.former_names.split("\n"))
    kept.save(update_fields=["former_names"])
    Joined.objects.filter(kind=ORGANISATION, kept=gone.pk).update(kept=kept.pk)
    Joined.objects.create(kind=ORGANISATION, gone=gone.pk, kept=kept.pk, name=gone.name)
