"""How does a region come to be? Kaikukeskus makes it; its phase is then the one of its municipalities."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import locked_country, record
from adoption.models import County, Municipality, Person, Region, RegionMunicipality
from adoption.refusal import Refused

TAKEN_BY_PAGES = {"new"}  # /regions/new/ is the page that makes a region
LONGEST_SLUG = Region._meta.get_field("slug").max_length or 60


def language_of(region: Region) -> str:
    """Swedish where most of its municipalities are served in Swedish first, else Finnish."""
    first = [municipality.languages[0] for municipality in region.municipalities.all()]
    return "sv" if first.count("sv") * 2 > len(first) else "fi"


def language_for(reader: Person, region: Region) -> str:
    """The language in which the reader most likely writes to somebody of the region: the own one, of Finnish and
    Swedish; the region's, where the reader has another or is of Kaikukeskus, which serves the whole country."""
    if reader.is_kaikukeskus or reader.language not in ("fi", "sv"):
        return language_of(region)
    return reader.language


@transaction.atomic
def make_region(
    names: dict[str, str], county: County | None, municipalities: Iterable[Municipality], by: Person
) -> Region:
    """The region exists, and its municipalities are exploring. `names`: fi, and sv and en where they differ from it.

    Only Kaikukeskus makes one (R1, S1: "ainoastaan tekemällä yhteistyötä Kaikukeskuksen kanssa"). Raises Refused
    without a municipality, and for a Finnish name whose address exists already or cannot be made.
    """
    who = only_kaikukeskus(by)
    locked_country()  # two regions of one name made at the same moment wait for each other here
    municipalities = list(municipalities)
    slug = slugify(names["fi"])
    _check(slug, municipalities)
    region = Region.objects.create(
        slug=slug, county=county, **{f"name_{code}": names.get(code) or names["fi"] for code in ("fi", "sv", "en")}
    )
    RegionMunicipality.objects.bulk_create(
        RegionMunicipality(region=region, municipality=municipality, phase_since=localdate())
        for municipality in municipalities
    )
    record(region, who, "region_made", region, municipalities=[m.pk for m in municipalities])
    return region


def _check(slug: str, municipalities: list[Municipality]) -> None:
    missing = []
    if not slug or slug in TAKEN_BY_PAGES or len(slug) > LONGEST_SLUG:
        missing.append(_("No address can be made of this Finnish name: give another, shorter one with letters."))
    elif Region.objects.filter(slug=slug).exists():
        missing.append(_("There is a region of this name already."))
    if not municipalities:
        missing.append(_("Choose at least one municipality."))
    if missing:
        raise Refused(missing)
