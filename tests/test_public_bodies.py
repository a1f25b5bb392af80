"""Counties and municipalities are known by all that they are called, and by nothing else."""

import pytest

from adoption.models import County, Municipality
from adoption.public_bodies import NAMES, Bodies, genitive, municipality_names
from tests.people import a_region

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Vaasa", "Vaasan"),
        ("Mustasaari", "Mustasaaren"),
        ("Lahti", "Lahden"),
        ("Ruokolahti", "Ruokolahden"),
        ("Kuhmoinen", "Kuhmoisten"),
        ("Kaustinen", "Kaustisen"),
        ("Uusikaupunki", "Uudenkaupungin"),
        ("Kristiinankaupunki", "Kristiinankaupungin"),
        ("Lappeenranta", "Lappeenrannan"),
        ("Sund", "Sundin"),
        ("Turku", "Turun"),
        ("Varkaus", "Varkauden"),
        ("Virrat", "Virtain"),
        ("Raasepori", "Raaseporin"),
    ],
)
def test_the_genitive_of_a_municipality(name, own):
    assert genitive(name) == own


def test_no_two_bodies_share_a_name():
    a_region()
    bodies = Bodies()
    for town in Municipality.objects.all():
        assert {bodies.of(name) for name in municipality_names(town)} == {town}
    for county in County.objects.all():
        assert {bodies.of(getattr(county, name)) for name in NAMES} == {county}


@pytest.mark.parametrize("name", ["Vaasan kaupungin museo", "Kainuun museo", "Vaasan kaupunki ry", "", "kaupunki"])
def test_what_is_only_near_it_is_no_body(name):
    a_region()
    assert Bodies().of(name) is None


def test_all_names_of_a_body_lead_to_it():
    a_region()
    bodies = Bodies()
    assert "Korsholms kommun" in bodies.names("mustasaaren  kunta")
    assert bodies.names("Kainuun hyvinvointialue")[1] == "Kajanalands välfärdsområde"
    assert bodies.names("Vaara-kollektiivi ry") == ["Vaara-kollektiivi ry"]
