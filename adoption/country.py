"""How does the country's data get in? The register of 2026 and the Kaikukortti areas of 2024, safe to load again."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from adoption.models import Country, County, Municipality, Phase, Region, RegionMunicipality
from adoption.prepared_texts import load_shipped

DATA = Path(__file__).parent / "data"
LANGUAGES = {0: "fi", 1: "fi_sv", 2: "sv", 3: "sv_fi"}  # of the register's language_code
NO_COUNTY = {"90", "91"}  # Helsinki and Åland stand in the data under codes that are no counties
LISTED_ON = date(2024, 2, 7)  # the day of the slide's list (S3)
NAMES = {"name_fi": "fi", "name_sv": "sv", "name_en": "en"}
PHASES = {"in_use": Phase.IN_USE, "coming_2024": Phase.PREPARATION}


@transaction.atomic
def load() -> dict[str, int]:
    """Counties, municipalities, the regions of 2024 and prepared texts are there; what people have changed since is
    not touched."""
    Country.objects.get_or_create(pk=1)
    register = json.loads((DATA / "municipalities_2026.json").read_text(encoding="utf-8"))["municipalities"]
    areas = json.loads((DATA / "kaikukortti_areas_2024.json").read_text(encoding="utf-8"))["regions"]
    _register(register)
    by_code = Municipality.objects.exclude(code=None).select_related("county").in_bulk(field_name="code")
    for area in areas:
        _region(area, by_code)
    load_shipped()
    return {
        "counties": County.objects.count(),
        "municipalities": Municipality.objects.exclude(code=None).count(),
        "regions": Region.objects.count(),
    }


def _register(rows: list[dict]) -> None:
    """Its counties and municipalities are there, as it says."""
    counties = {row["hva_code"]: _names(row, "hva") for row in rows if row["hva_code"] not in NO_COUNTY}
    _put(County, [County(code=code, **names) for code, names in counties.items()], [*NAMES])
    county = County.objects.in_bulk(field_name="code")
    municipalities = [
        Municipality(
            code=row["code"], language=LANGUAGES[row["language_code"]], county=county.get(row["hva_code"]),
            population_2022=row["population_2022"], **_names(row, "name"),
        )
        for row in rows
    ]  # fmt: skip
    _put(Municipality, municipalities, [*NAMES, "language", "county", "population_2022"])


def _put(model: type[County] | type[Municipality], rows: list, fields: list[str]) -> None:
    """The rows are there, by their code; those that were have what these say."""
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)


def _names(row: dict, prefix: str) -> dict[str, str]:
    return {name: row[f"{prefix}_{language}"].strip() for name, language in NAMES.items()}


def _region(area: dict, by_code: dict[str, Municipality]) -> None:
    members = [(_member(row, by_code), PHASES[row["status"]]) for row in area["municipalities"]]
    county = members[0][0].county
    slug = slugify(area["region_fi"])
    region, _made = Region.objects.get_or_create(slug=slug, defaults=_region_names(area, county) | {"county": county})
    RegionMunicipality.objects.bulk_create(
        [RegionMunicipality(region=region, municipality=m, phase=p, phase_since=LISTED_ON) for m, p in members],
        ignore_conflicts=True,
    )


def _member(row: dict, by_code: dict[str, Municipality]) -> Municipality:
    """By its code; Haaparanta, which has none, by its name, with nothing known beyond that."""
    if row["code"]:
        return by_code[row["code"]]
    names = {"name_fi": row["name_fi"], "name_sv": row["name_sv"], "name_en": row["name_sv"]}
    return Municipality.objects.get_or_create(code=None, name_fi=row["name_fi"], defaults=names)[0]


def _region_names(area: dict, county: County | None) -> dict[str, str]:
    """A region is called after its county, without the word county; the one abroad after its country."""
    if county is None:
        return {"name_fi": area["region_fi"], "name_sv": "Sverige", "name_en": "Sweden"}
    sv = county.name_sv.removesuffix(" välfärdsområde").removesuffix("s")  # the genitive
    en = county.name_en.removesuffix(" wellbeing services county")
    return {"name_fi": area["region_fi"], "name_sv": sv, "name_en": en}
