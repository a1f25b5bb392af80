"""How does a region come to be, and how is it corrected? By Kaikukeskus; its phase is the one of its municipalities."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.alphabet import by_name
from adoption.history import locked, locked_country, record
from adoption.models import County, Municipality, Person, Phase, Region, RegionMunicipality, Responsibility
from adoption.refusal import Refused

TAKEN_BY_PAGES = {"new"}  # /regions/new/ is the page that makes a region
LONGEST_SLUG = Region._meta.get_field("slug").max_length or 60


def language_of(region: Region) -> str:
    """In which language its people are most likely written to."""
    return language_of_places(region.municipalities.all())


def language_of_places(municipalities: Iterable[Municipality]) -> str:
    """Swedish where most of them are served in Swedish first, else Finnish."""
    first = [municipality.languages[0] for municipality in municipalities]
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
    without a municipality, for a county in which none of them is, and for a Finnish name whose address exists already
    or cannot be made.
    """
    who = only_kaikukeskus(by)
    locked_country()  # two regions of one name made at the same moment wait for each other here
    municipalities = list(municipalities)
    slug = slugify(names["fi"])
    _check(slug, county, municipalities)
    region = Region.objects.create(
        slug=slug, county=county, **{f"name_{code}": names.get(code) or names["fi"] for code in ("fi", "sv", "en")}
    )
    RegionMunicipality.objects.bulk_create(
        RegionMunicipality(region=region, municipality=municipality, phase_since=localdate())
        for municipality in municipalities
    )
    record(region, who, "region_made", region, municipalities=[m.pk for m in municipalities])
    return region


def _check(slug: str, county: County | None, municipalities: list[Municipality]) -> None:
    missing = wrong_places(county, municipalities)
    if not slug or slug in TAKEN_BY_PAGES or len(slug) > LONGEST_SLUG:
        missing.append(_("No address can be made of this Finnish name: give another, shorter one with letters."))
    elif Region.objects.filter(slug=slug).exists():
        missing.append(_("There is a region of this name already."))
    if missing:
        raise Refused(missing)


def wrong_places(county: County | None, municipalities: list[Municipality]) -> list[str]:
    """Why these cannot be the region's municipalities and county: one of them at least is in that county."""
    if not municipalities:
        return [_("Choose at least one municipality.")]
    if any(one.county_id == (county.pk if county else None) for one in municipalities):
        return []
    theirs = list(dict.fromkeys(one.county.name if one.county else _("no county") for one in municipalities))
    said = {"county": county.name if county else _("no county"), "theirs": ", ".join(theirs)}
    if county is None:
        return [_("All of these municipalities are in a county: choose it for the region. It is: %(theirs)s.") % said]
    text = _("None of these municipalities is in %(county)s, the county that is chosen. Theirs: %(theirs)s.")
    return [text % said]


# -- what is elsewhere, and what keeps a municipality here ------------------------------------------------------------

WITHDRAWN = "withdrawn"  # a trial that was opened by mistake, as the layer above writes it
ON_ITS_WAY = (Phase.PREPARATION, Phase.TRIAL)
FREE = (Phase.EXPLORING, Phase.PAUSED)  # the phases in which a municipality takes part in nothing yet


def on_their_way_elsewhere(region: Region) -> list[RegionMunicipality]:
    """Its municipalities that are being prepared or tried in another region: in no second trial meanwhile."""
    others = RegionMunicipality.objects.filter(municipality__in=region.municipalities.all(), phase__in=ON_ITS_WAY)
    return list(others.exclude(region=region).select_related("region", "municipality").order_by("municipality"))


def kept_here(region: Region, municipality: Municipality) -> bool:
    """Whether the municipality takes part in something of the region: in use, a trial, a commitment, a partner, or
    somebody who has been named for it."""
    return (
        region.members.filter(municipality=municipality).exclude(phase__in=FREE).exists()
        or region.trials.filter(members__municipality=municipality).exclude(decided=WITHDRAWN).exists()
        or region.commitments.filter(parties__municipality=municipality).exists()
        or region.partners.filter(municipalities=municipality).exists()
        or Responsibility.objects.current().filter(region=region, municipality=municipality).exists()
    )


def is_bound_to_county(region: Region) -> bool:
    """Whether the county stands in something already: a trial, whose bodies decide, or a commitment."""
    return region.trials.exclude(decided=WITHDRAWN).exists() or region.commitments.exists()


# -- correcting -------------------------------------------------------------------------------------------------------


@transaction.atomic
def correct_region(
    region: Region, names: dict[str, str], county: County | None, municipalities: Iterable[Municipality], by: Person
) -> Region:
    """The region has these names, this county and these municipalities; those that join are exploring. Its address
    stays. Raises Refused when nothing changes, for what no region can be made of, for a municipality that takes part
    in something here, and for another county once a trial or a commitment stands on the present one."""
    who = only_kaikukeskus(by)
    region = locked(region.pk)
    locked_country()  # no other region gets the same name meanwhile
    wanted = list(municipalities)
    inside = {one.pk: one for one in region.municipalities.all()}
    joining = [one for one in wanted if one.pk not in inside]
    leaving = [one for pk, one in inside.items() if pk not in {one.pk for one in wanted}]
    new = {f"name_{code}": names.get(code) or names["fi"] for code in ("fi", "sv", "en")}
    old = {field: getattr(region, field) for field in new}
    changes = bool(joining or leaving or new != old or region.county_id != (county.pk if county else None))
    if wrong := _against(region, new["name_fi"], county, wanted, leaving, changes):
        raise Refused(wrong)
    were = {field: name for field, name in old.items() if new[field] != name}
    _put(region, new, county, joining, leaving)
    phases = {str(one.pk): str(Phase.EXPLORING) for one in joining}
    record(
        region, who, "region_corrected", region, county=region.county_id, were=were, phases=phases,
        joined=[one.pk for one in joining], left=[one.pk for one in leaving],
    )  # fmt: skip
    return region


def _against(
    region: Region, name: str, county: County | None, wanted: list[Municipality], leaving: list[Municipality],
    changes: bool,
) -> list[str]:  # fmt: skip
    if not changes:
        return [_("Nothing has been changed.")]
    wrong = wrong_places(county, wanted)
    if Region.objects.exclude(pk=region.pk).filter(name_fi__iexact=name).exists():
        wrong.append(_("There is a region of this name already."))
    if region.county_id != (county.pk if county else None) and is_bound_to_county(region):
        wrong.append(_("The region's trial or commitments stand on its county: it cannot be changed any more."))
    text = _("%(name)s takes part here already (use, trial, partner or person): it cannot be taken out.")
    return wrong + [text % {"name": one.name} for one in by_name(leaving) if kept_here(region, one)]


def _put(
    region: Region, names: dict[str, str], county: County | None, joining: list[Municipality],
    leaving: list[Municipality],
) -> None:  # fmt: skip
    region.county = county
    for field, name in names.items():
        setattr(region, field, name)
    region.save(update_fields=[*names, "county"])
    region.members.filter(municipality__in=leaving).delete()
    RegionMunicipality.objects.bulk_create(
        RegionMunicipality(region=region, municipality=one, phase_since=localdate()) for one in joining
    )
