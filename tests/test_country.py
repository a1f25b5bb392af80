"""Is the country's data as published, and safe to load again?"""

from datetime import date

import pytest
from django.core.management import call_command
from django.utils import translation

from adoption.country import load
from adoption.models import County, Municipality, Phase, Region, RegionMunicipality
from tests.people import a_region

pytestmark = pytest.mark.django_db


def test_the_register_has_308_municipalities_and_21_counties():
    a_region()
    assert Municipality.objects.exclude(code=None).count() == 308
    assert sorted(County.objects.values_list("code", flat=True)) == [f"{n:02}" for n in range(1, 22)]
    languages = [Municipality.objects.filter(language=code).count() for code in ("fi", "fi_sv", "sv_fi", "sv")]
    assert languages == [259, 18, 15, 16]


def test_helsinki_and_aland_have_no_county_and_haaparanta_is_not_known():
    a_region()
    assert Municipality.objects.get(name_fi="Helsinki").county is None
    assert Municipality.objects.get(name_fi="Maarianhamina").county is None
    haaparanta = Municipality.objects.get(name_fi="Haaparanta")
    assert (haaparanta.code, haaparanta.county, haaparanta.population_2022, haaparanta.language) == (
        None,
        None,
        None,
        "",
    )


def test_seven_counties_are_bilingual():
    """As the counties' own association lists them: hyvil.fi, Kaksikielisyys (suomi-ruotsi)."""
    a_region()
    both = {county.name_fi.removesuffix(" hyvinvointialue") for county in County.objects.all() if county.languages[1:]}
    assert both == {
        "Itä-Uudenmaan", "Keski-Pohjanmaan", "Kymenlaakson", "Länsi-Uudenmaan", "Pohjanmaan", "Vantaan ja Keravan",
        "Varsinais-Suomen",
    }  # fmt: skip
    assert {county.languages[0] for county in County.objects.all()} == {"fi"}


def test_the_regions_of_2024_have_their_municipalities_phases_and_names():
    region = a_region("pirkanmaa")
    assert Region.objects.count() == 15
    phases = dict(region.members.values_list("municipality__name_fi", "phase"))
    assert phases == {
        "Tampere": "in_use",
        "Nokia": "preparation",
        "Orivesi": "preparation",
        "Valkeakoski": "preparation",
    }
    assert RegionMunicipality.objects.filter(phase=Phase.IN_USE).count() == 60
    assert RegionMunicipality.objects.filter(phase=Phase.PREPARATION).count() == 41
    with translation.override("sv"):
        names = [a_region(slug).name for slug in ("pohjois-savo", "kainuu", "keski-uusimaa", "pohjois-pohjanmaa")]
    assert names == ["Norra Savolax", "Kajanaland", "Mellersta Nyland", "Norra Österbotten"]


def test_loading_again_changes_nothing_that_people_have_changed(capsys):
    region = a_region("pirkanmaa")
    nokia = region.members.get(municipality__name_fi="Nokia")
    nokia.phase, nokia.phase_since = Phase.TRIAL, date(2026, 9, 1)
    nokia.save()
    before = (Municipality.objects.count(), Region.objects.count(), RegionMunicipality.objects.count())
    call_command("load_country")
    assert load() == {"counties": 21, "municipalities": 308, "regions": 15}
    assert (Municipality.objects.count(), Region.objects.count(), RegionMunicipality.objects.count()) == before
    nokia.refresh_from_db()
    assert nokia.phase == Phase.TRIAL
