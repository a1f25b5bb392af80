"""Who finds what by which words? In three languages, by old terms and names, and only of what one may see."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from adoption.folding import folded
from adoption.models import County, Municipality, Organisation, Partner, Person, RegionMunicipality
from adoption.partners import change_partner
from adoption.people import find_or_make, name_person
from commitments.services import draft_partner_commitment, draft_region_commitment
from config.finding import AT_MOST, find
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def titles(person: Person, text: str, only: str = "") -> list[str]:
    return [one.title for one in find(person, text, only)]


@pytest.fixture
def aino(region) -> Person:
    pair = a_pair(region)
    Person.objects.update(language="en")
    return pair[0]


# -- letters ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.text(alphabet="aAzZåÅäÄöÖéÉüÜáÁšŠžŽčČøØđĐ -.%_'\\", max_size=40))
def test_the_database_folds_as_the_search_does(text):
    made = Organisation.objects.create(name=text, sector="third")
    assert Organisation.objects.get(pk=made.pk).found_by == f" {folded(text)}  "


@pytest.mark.parametrize(
    "text", ["Äänekosken Öljymylly", "aanekosken", "ÖLJYMYLLY", "mylly", "öl", "oljy aane", "a\u0308a\u0308ne"]
)
def test_dots_and_capitals_make_no_difference(region, aino, text):
    a_venue(region, aino, "Äänekosken Öljymylly")
    assert "Äänekosken Öljymylly" in titles(aino, text)


@pytest.mark.parametrize("text", ["%", "_", "100%", "a_b", "'", "\\", "ei ole", "(", "\x00aa", "💃💃"])
def test_what_means_something_to_a_database_is_text(region, aino, text):
    a_venue(region, aino)
    assert titles(aino, text) == []


def test_two_letters_are_looked_for_where_a_word_begins(region, aino):
    a_venue(region, aino, "Taidehalli Pato")
    assert titles(aino, "pa") == ["Paltamo", "Taidehalli Pato"]
    assert titles(aino, "at") == []
    assert titles(aino, "ato") == ["Taidehalli Pato"]


# -- kinds and languages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Kajaani", "Kajana", "kajana"])
def test_a_municipality_is_found_by_its_names_in_any_language(aino, text):
    found = [(one.what, one.title, one.href) for one in find(aino, text)]
    assert ("Municipality", "Kajaani", "/regions/kainuu/") in found


@pytest.mark.parametrize("text", ["Turku", "Åbo", "abo", "tur"])
def test_a_municipality_in_no_region_is_found_and_said_to_be_in_none(client, aino, text):
    assert [(one.what, one.title, one.state, one.href) for one in find(aino, text, "municipalities")] == [
        ("Municipality", "Turku", "not in any region yet", "")
    ]
    client.force_login(aino)
    page = client.get("/search/", {"q": text, "only": "municipalities"}).content.decode()
    assert '<th class="breaks" scope="row">Turku</th>' in page


def test_from_there_kaikukeskus_makes_its_region_where_its_trial_begins(client, region, aino):
    laura = a_kaikukeskus_person()
    [found] = find(laura, "Turku", "municipalities")
    client.force_login(laura)
    page = client.get(found.href)
    turku = Municipality.objects.get(name_fi="Turku")
    assert page.context["form"].initial["municipalities"] == [str(turku.pk)]
    assert re.search(rf'value="{turku.pk}"[^>]*checked', page.content.decode())
    said = {"name_fi": "Turku", "municipalities": [turku.pk]}
    made = client.post(found.href, said)
    assert (made.status_code, found.state) == (302, "not in any region yet")
    assert [one.href for one in find(laura, "Turku", "municipalities")] == ["/regions/turku/"]


def test_a_short_name_is_found_whole_and_not_all_that_begin_alike(region, aino):
    """Of those in no region; two letters would name a third of the country."""
    RegionMunicipality.objects.filter(municipality__name_fi="Ii").delete()
    assert [one.title for one in find(aino, "ii", "municipalities")] == ["Ii"]


NORTH_SAVO = ["Pohjois-Savon hyvinvointialue", "Norra Savolax välfärdsområde", "norra savolax", "North Savo wellbeing"]


@pytest.mark.parametrize("text", NORTH_SAVO)
def test_a_county_is_found_by_its_names_in_any_language_with_what_is_its_own(text):
    region = a_region("pohjois-savo")
    aino, laura = a_pair(region)[0], a_kaikukeskus_person()
    unit = a_distributor(region, aino, "Pohjois-Savon hyvinvointialue", unit="Iisalmen sosiaalipalvelut")
    paper = draft_region_commitment(region, list(region.municipalities.all()), aino)
    own = [("counties", region.get_absolute_url()), ("partners", unit.get_absolute_url())]
    own.append(("commitments", paper.get_absolute_url()))
    for kind, href in own:
        assert [one.href for one in find(aino, text, kind)] == [href]
    assert [one.href for one in find(laura, text, "organisations")] == [unit.organisation.get_absolute_url()]
    assert find(a_pair(a_region("kainuu"))[0], text) == find(a_stranger(), text) == []
    assert titles(aino, f"{text} iisal", "partners") == [str(unit)]


def test_a_county_without_a_region_is_found_and_leads_kaikukeskus_to_make_one(client, region, aino):
    free = County.objects.filter(regions=None)[0]
    [found] = find(laura := a_kaikukeskus_person(), free.name_sv, "counties")
    assert (found.what, found.title, found.state) == (
        "Wellbeing services county", free.name_en, "not in any region yet"
    )  # fmt: skip
    assert [one.href for one in find(aino, free.name_sv, "counties")] == [""]
    client.force_login(laura)
    assert free.municipalities.all()[0].name_fi in client.get(found.href).content.decode()


def test_a_region_a_unit_a_business_id_a_person_and_a_commitment(region, aino):
    partner = a_venue(region, aino, "Vaara-kollektiivi ry", unit="Näyttämö")
    Organisation.objects.filter(pk=partner.organisation_id).update(business_id="1234567-1")
    made = draft_region_commitment(region, list(region.municipalities.all()), aino)
    assert titles(aino, "näyttämö kollektiivi") == titles(aino, "1234567-1") == ["Vaara-kollektiivi ry, Näyttämö"]
    assert titles(aino, "karppinen") == titles(aino, "contact.0@") == ["Outi Karppinen"]
    assert made.get_absolute_url() in [one.href for one in find(aino, region.name)]


def test_a_commitment_by_its_number(region, aino):
    made = draft_region_commitment(region, list(region.municipalities.all()[:1]), aino)
    for text in (f"KP-{made.pk}", f"kp {made.pk}", f"kp{made.pk}"):
        assert [one.href for one in find(aino, text)] == [made.get_absolute_url()]
        assert find(a_stranger(), text) == []
    assert find(aino, f"KP-{made.pk + 1}") == []


def test_kaikukeskus_finds_the_organisation_too(region, aino):
    a_venue(region, aino)
    laura = a_kaikukeskus_person()
    assert [(one.what, one.title) for one in find(laura, "pato")] == [
        ("Organisation", "Taidehalli Pato"),
        ("venue", "Taidehalli Pato"),
    ]


def test_only_one_kind(region, aino):
    a_venue(region, aino, "Outi-teatteri")
    assert titles(aino, "outi") == ["Outi Karppinen", "Outi-teatteri"]
    assert titles(aino, "outi", "people") == ["Outi Karppinen"]
    assert titles(aino, "outi", "commitments") == []


# -- old terms and names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["jakaja", "jakajien", "kortinjakaja", "jakajaorganisaatio", "kortutdelare", "utdelare", "issuer", "Distributor"],
)
def test_a_distributor_by_any_of_its_words(region, aino, word):
    a_distributor(region, aino, "Tupanen ry")
    a_venue(region, aino, "Tupasen talo")
    assert titles(aino, word) == ["Tupanen ry"]
    assert titles(aino, f"tup {word}") == ["Tupanen ry"]


@pytest.mark.parametrize(
    "word", ["kohde", "kulttuurikohteet", "kulturobjekt", "venues", "liikuntakohde", "cultural venue"]
)
def test_a_venue_by_any_of_its_words(region, aino, word):
    a_distributor(region, aino, "Tupanen ry")
    a_venue(region, aino, "Tupasen talo")
    assert titles(aino, word) == ["Tupasen talo"]


@pytest.mark.parametrize(
    "text",
    ["yhteistoimintasitoumus", "kumppanuussitoumus", "samarbetsförbindelse", "partnerskapsförbindelsen",
     "cooperation commitment", "kontrakt", "sitoumus kainuu", "sopimus", "avtalet"],
)  # fmt: skip
def test_the_regions_commitment_by_its_present_and_its_former_name(region, aino, text):
    made = draft_region_commitment(region, list(region.municipalities.all()), aino)
    assert [one.href for one in find(aino, text)] == [made.get_absolute_url()]


@pytest.mark.parametrize("text", ["kumppanisitoumus", "kumppanisitoumuksen", "kumppanuussitoumus"])
def test_a_partners_commitment_by_the_word_of_2025_too(region, aino, text):
    draft_region_commitment(region, list(region.municipalities.all()), aino)
    made = draft_partner_commitment(a_venue(region, aino), aino)
    assert made.get_absolute_url() in [one.href for one in find(aino, text)]
    assert len(find(aino, text)) == (1 if text.startswith("kumppanisi") else 2)


def test_an_organisation_by_its_former_name(region, aino):
    venue = a_venue(region, aino, "Vanha Navetta")
    change_partner(venue, aino, list(venue.municipalities.all()), {"name": "Uusi Galleria"})
    assert titles(aino, "navetta") == titles(aino, "galleria") == ["Uusi Galleria"]


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_nobody_finds_what_is_anothers(region, aino):
    other = a_region("pirkanmaa")
    their = a_pair(other)[0]
    mine, theirs = a_distributor(region, aino, "Tupanen ry"), a_distributor(other, their, "Tupala ry")
    laura = a_kaikukeskus_person()
    assert titles(aino, "tupa", "partners") == [str(mine)]
    assert titles(their, "tupa", "partners") == [str(theirs)]
    assert titles(laura, "tupa", "partners") == [str(theirs), str(mine)]
    assert titles(a_stranger(), "tupa") == titles(a_stranger(), "kainuu") == titles(a_stranger(), "aino") == []
    assert titles(aino, other.name) == titles(aino, f"aino.{other.slug}") == []


def test_a_contact_finds_the_own_partner_alone(region, aino):
    mine, _other = a_distributor(region, aino, "Tupanen ry"), a_venue(region, aino, "Tupasen talo")
    mine.contact = find_or_make("oma@example.org", "Oma Tupanen")
    mine.save()
    assert titles(mine.contact, "tupa") == ["Tupanen ry"]
    assert titles(mine.contact, "kajaani") == titles(mine.contact, "aino") == []


def test_the_working_group_finds_its_region(region, aino):
    a_venue(region, aino)
    reader = name_person(region, "group", "ryhma@example.org", "Riku Ryhmä", aino).person
    assert titles(reader, "pato") == ["Taidehalli Pato"]


def test_whoever_has_left_the_region_finds_nothing(region, aino):
    a_venue(region, aino)
    aino.responsibilities.update(until=aino.responsibilities.get().since)
    assert titles(aino, "pato") == []


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_box_is_on_every_page_and_leads_to_the_page(client, region, aino):
    client.force_login(aino)
    front = client.get(region.get_absolute_url()).content.decode()
    assert 'action="/search/"' in front
    page = client.get("/search/", {"q": "kajaani"})
    assert 'value="kajaani"' in page.content.decode()
    assert '<a href="/regions/kainuu/">Kajaani</a>' in page.content.decode()


@pytest.mark.parametrize("text", ["", "k", " ", "zzzz"])
def test_the_page_says_what_can_be_searched_for(client, aino, text):
    client.force_login(aino)
    page = client.get("/search/", {"q": text}).content.decode()
    assert "What can be searched for" in page
    assert ("Write at least two letters" in page) == (text == "k")


@pytest.mark.parametrize(
    ("text", "name"),
    [("kortutdelare", "distributor"), ("jakaja", "distributor"), ("kokeilu", "trial"), ("Pilot", "trial"),
     ("pilotti", "trial"), ("forsok", "trial"), ("kumppanisitoumus", "partnership commitment"),
     ("pysyvä ylläpito", "lasting use"), ("locality", "Kaikukortti region"), ("issuer of the card", "distributor"),
     ("locally responsible person", "responsible person"), ("national guideline", "operating model")],
)  # fmt: skip
def test_a_word_of_the_field_is_explained_by_the_one_that_the_pages_have(client, aino, text, name):
    client.force_login(aino)
    page = client.get("/search/", {"q": text})
    assert page.context["word"].name == name
    assert f"<strong>{text}</strong> ({name})" in page.content.decode()
    assert reverse("words") in page.content.decode()


def test_the_page_of_words_has_the_old_ones(client, aino):
    client.force_login(aino)
    said = client.get(reverse("words")).content.decode()
    for old in ("pilot", "jakajaorganisaatio", "kumppanisitoumus", "issuer"):
        assert old in said


def test_strange_addresses_are_no_fault(client, aino):
    client.force_login(aino)
    for query in ("q=%00%00", "q=" + "a" * 9000, "q=aa&only=nothing", "q=%F0%9F%92%83", "q=%27%22%3Cb%3E"):
        assert client.get(f"/search/?{query}").status_code == 200
    assert client.post("/search/", {"q": "aa"}).status_code == 405


# -- ten thousand -----------------------------------------------------------------------------------------------------


@pytest.fixture
def many(region) -> None:
    """10 000 partners of this region, and as many organisations."""
    owners = Organisation.objects.bulk_create(
        Organisation(name=f"Yhdistys {number:05} {'Kulttuuri' if number % 2 else 'Liikunta'} ry", sector="third")
        for number in range(10_000)
    )
    Partner.objects.bulk_create(
        Partner(region=region, organisation=owner, unit=f"Toimipiste {owner.name[9:14]}", role="venue", kind="culture")
        for owner in owners
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_ten_thousand_partners_are_one_query_and_fifty_rows(region, aino, many):
    for person in (aino, a_kaikukeskus_person()):
        for text in ("yhdistys", "ry", "kohde", "05432", "toimipiste kulttuuri 1", "sitoumus"):
            with CaptureQueriesContext(connection) as asked:
                found = find(person, text)
            assert len(asked) == 1
            assert len(found) <= AT_MOST
        assert len(find(person, "yhdistys")) == AT_MOST
    assert titles(aino, "05432") == ["Yhdistys 05432 Liikunta ry, Toimipiste 05432"]


READ_ONE_BY_ONE = re.compile(r"Seq Scan on adoption_(?:partner|organisation)\b.*\n.*Filter:.*found_by")


def test_postgresql_reads_its_indexes(region, aino, many):
    with CaptureQueriesContext(connection) as asked:
        find(aino, "05432")
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explain + asked[0]["sql"])
        plan = "\n".join(str(row) for row in cursor.fetchall())
    used = set(re.findall(r"Index Scan on (\w+_found_by)", plan))
    expected = {"organisation_found_by", "partner_found_by"} if connection.vendor == "postgresql" else set()
    assert used == expected
    assert not READ_ONE_BY_ONE.search(plan)
