"""A list of partners: what each row would become, nothing before it is confirmed, and nothing twice."""

import os
import re
import subprocess
import sys
from io import BytesIO
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django.core import mail
from django.utils import translation
from django.utils.timezone import localdate
from openpyxl import load_workbook

from adoption import partners
from adoption.columns import ON_PAPER, heading
from adoption.exporting import partners_table
from adoption.joining.organisations import join_organisations
from adoption.joining.partners import join_partners
from adoption.models import Act, Import, ImportRow, Municipality, Organisation, Partner, Person, Region
from adoption.people import end_responsibility, name_person
from adoption.refusal import NotYours, Refused
from adoption.sheets import csv_bytes, xlsx_bytes
from adoption.tables import pasted, uploaded
from commitments import importing
from commitments.models import Commitment
from tests.lists import HEADINGS, ID, TOWN, a_row, business_id, saved, text, xlsx
from tests.people import a_distributor, a_pair, a_region, a_stranger, a_venue
from workflows.checks import faults
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def pair(region):
    pair = a_pair(region)
    Person.objects.update(language="en")
    return [Person.objects.get(pk=person.pk) for person in pair]


def outcomes(brought: Import) -> list[str]:
    return list(brought.rows.values_list("outcome", flat=True))


def counts(brought: Import) -> dict[str, int]:
    return {key: outcomes(brought).count(key) for key in ("create", "update", "same", "refuse")}


def why(brought: Import, number: int) -> str:
    return " ".join(brought.rows.get(number=number).why)


def bring(region, by, rows, manner="partners", **more) -> Import:
    return importing.confirm_whole(importing.preview(region, by, pasted(text(rows)), manner, **more), by)


# -- the spreadsheet of 200 rows with 20 faults -----------------------------------------------------------------------


def with_faults() -> tuple[bytes, dict[int, str]]:
    """200 rows, and for each of 20 of them a word of why it is not taken."""
    rows = [a_row(number) for number in range(200)]
    wrong = {
        12: ("Row 11 is the same", list(rows[9])),  # a duplicate with other data, below
        20: ("check digit", a_row(18, id="1234567-2")),
        31: ("check digit", a_row(29, id="12345")),
        40: ("no municipality called Atlantis", a_row(38, town="Atlantis")),
        41: ("not a municipality of this region", a_row(39, town="Helsinki")),
        50: ("contact person is missing", a_row(48, contact="", email="", phone="")),
        51: ("way to sign in", a_row(49, email="")),
        52: ("valid email", a_row(50, email="ei ole")),
        60: ("formula", a_row(58, name='=HYPERLINK("http://x.example.org","Klikkaa")')),
        61: ("formula", a_row(59, town="=A1")),
        70: ("broken", a_row(68, name="JyvÃ¤skylÃ¤n kerho ry")),
        71: ("broken", a_row(69, contact="P\ufffdivi Kettunen")),
        90: ("merged", a_row(88)),
        91: ("merged", a_row(89)),
        100: ("distributor or a venue", a_row(98, role="")),
        101: ("not known", a_row(99, role="sponsori")),
        110: ("name of the organisation", a_row(108, name="")),
        120: ("not of", a_row(118, email="henkilo5@example.org")),
        130: ("error of the spreadsheet", a_row(128, contact="#REF!")),
    }
    wrong[12][1][9] = "+358 40 999"
    for number, (_word, row) in wrong.items():
        rows[number - 2] = row
    book = load_workbook(BytesIO(xlsx(rows)))
    sheet = book.active
    sheet.merge_cells("F90:F91")
    sheet["H130"].data_type = "e"
    faults = {number: word for number, (word, _row) in wrong.items()} | {140: "50\xa0000 characters"}
    return with_a_long_cell(saved(book)), faults


def with_a_long_cell(content: bytes) -> bytes:
    """Row 140 has a signatory of 50 000 characters, which no honest program writes: openpyxl would cut it."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                cell = b'<c r="K140" t="inlineStr"><is><t>' + b"x" * 50_000 + b"</t></is></c>"
                part, number = re.subn(rb'<c r="K140"[^>]*>.*?</c>', cell, part)
                assert number == 1
            target.writestr(name, part)
    return made.getvalue()


def test_a_spreadsheet_of_200_rows_with_20_faults(region, pair):
    content, wrong = with_faults()
    brought = importing.preview(region, pair[0], uploaded(content))
    assert Partner.objects.filter(region=region).count() == 0
    assert counts(brought) == {"create": 180, "update": 0, "same": 0, "refuse": 20}
    assert {row.number for row in brought.rows.filter(outcome="refuse")} == set(wrong)
    for number, word in wrong.items():
        assert word in why(brought, number)
    done = importing.confirm_whole(brought, pair[0])
    assert counts(done) == {"create": 180, "update": 0, "same": 0, "refuse": 20}
    there = Partner.objects.filter(region=region)
    assert there.count() == 180
    assert len({(one.organisation_id, one.unit, one.role) for one in there}) == 180
    assert not there.filter(contact=None).exists()
    assert faults() == []
    again = importing.confirm_whole(importing.preview(region, pair[0], uploaded(content)), pair[0])
    assert counts(again) == {"create": 0, "update": 0, "same": 180, "refuse": 20}
    assert Partner.objects.filter(region=region).count() == 180


# -- before it is confirmed, and twice --------------------------------------------------------------------------------


def test_nothing_is_written_before_it_is_confirmed(region, pair):
    acts, people = Act.objects.count(), Person.objects.count()
    importing.preview(region, pair[0], pasted(text([a_row(1), a_row(2)])))
    assert (Partner.objects.count(), Organisation.objects.count()) == (0, 0)
    assert (Act.objects.count(), Person.objects.count()) == (acts, people)


def test_what_a_row_says_stands_in_the_partner(region, pair):
    bring(region, pair[0], [a_row(1, unit="Toimisto", interest="ehkä", town="Kajaani, Sotkamo")])
    [one] = Partner.objects.all()
    assert (one.organisation.name, one.organisation.business_id) == ("Toimija 1 ry", business_id(1))
    assert (one.unit, one.role, one.kind, one.state) == ("Toimisto", "venue", "culture", "candidate")
    assert (one.interest, one.language, one.signatory_name) == ("maybe", "fi", "Toimi 1")
    assert sorted(m.name_fi for m in one.municipalities.all()) == ["Kajaani", "Sotkamo"]
    assert (one.contact.name, one.contact.email) == ("Henkilö 1", "henkilo1@example.org")
    assert one.contact.phone == "+358 40 0000001"


def test_the_same_list_twice_adds_nothing_twice(region, pair):
    rows = [a_row(number) for number in range(9)]
    bring(region, pair[0], rows)
    acts = Act.objects.count()
    assert counts(bring(region, pair[0], rows)) == {"create": 0, "update": 0, "same": 9, "refuse": 0}
    assert (Partner.objects.count(), Act.objects.count()) == (9, acts)


def test_confirming_twice_does_nothing_twice(region, pair):
    brought = importing.preview(region, pair[0], pasted(text([a_row(1), a_row(2)])))
    for _time in range(2):
        importing.confirm(brought, pair[0])
    assert Partner.objects.count() == 2


def test_a_previewed_row_that_others_have_brought_meanwhile_is_as_before(region, pair):
    first = importing.preview(region, pair[0], pasted(text([a_row(1), a_row(2)])))
    bring(region, pair[1], [a_row(1)])
    assert counts(importing.confirm_whole(first, pair[0])) == {"create": 1, "update": 0, "same": 1, "refuse": 0}
    assert Partner.objects.count() == 2


def test_what_the_preview_did_not_show_is_not_done(region, pair):
    aino, mikko = pair
    known = [a_row(2), a_row(3)]
    bring(region, mikko, known)
    changed = [a_row(1), a_row(2, contact="Uusi Nimi", email="uusi@example.org"), a_row(3, interest="ehkä")]
    first = importing.preview(region, aino, pasted(text(changed)))
    assert outcomes(first) == ["create", "update", "update"]
    bring(region, mikko, [a_row(1, contact="Oikea Henkilö", email="oikea@example.org")])
    second = Partner.objects.get(organisation__business_id=business_id(2))
    partners.name_contact(second, mikko, "toinen@example.org", "Toinen Henkilö")
    with translation.override("fi"):  # the words of the preview are compared in their own language
        done = importing.confirm_whole(first, mikko)
    assert outcomes(done) == ["refuse", "refuse", "update"]
    assert "since the preview" in why(done, 2)
    contacts = [one.contact.email for one in Partner.objects.order_by("organisation__name")]
    assert contacts == ["oikea@example.org", "toinen@example.org", "henkilo3@example.org"]
    assert faults() == []


def renamed(one: Partner, by: Person) -> None:
    partners.change_partner(one, by, one.municipalities.all(), unit="Keskus")


def given_another_id(one: Partner, by: Person) -> None:
    partners.change_partner(one, by, one.municipalities.all(), {"business_id": business_id(88)})


def moved_to_kuhmo(one: Partner, by: Person) -> None:
    partners.change_partner(one, by, one.region.municipalities.filter(name_fi="Kuhmo"))


@pytest.mark.parametrize("manner", ["partners", "existing"])
@pytest.mark.parametrize(
    ("number", "act", "words"),
    [
        (1, renamed, "since the preview"), (1, given_another_id, "since the preview"),
        (3, moved_to_kuhmo, "already in this role, in other municipalities"),
    ],
)  # fmt: skip
def test_what_would_be_changed_is_never_made_anew(region, pair, laura, manner, number, act, words):
    bring(region, pair[0], [a_row(number, unit="Kirjasto")])
    one = Partner.objects.get()
    rows = [a_row(number, unit="Kirjasto", signatory="Uusi Johtaja")]
    brought = importing.preview(region, laura, pasted(text(rows)), manner)
    assert outcomes(brought) == ["update"]
    act(one, pair[0])
    done = importing.confirm_whole(brought, laura)
    assert outcomes(done) == ["refuse"]
    assert words in why(done, 2)
    assert Partner.objects.get().state == "candidate"
    assert not Commitment.objects.exists()


def test_nor_is_it_by_the_workers_part(region, pair, worker, monkeypatch):
    monkeypatch.setattr(importing, "A_PART", 2)
    bring(region, pair[0], [a_row(number) for number in range(1, 6)])
    rows = [a_row(number, signatory="Uusi Johtaja") for number in range(1, 6)]
    brought = importing.confirm(importing.preview(region, pair[0], pasted(text(rows))), pair[0])
    given_another_id(Partner.objects.get(organisation__name="Toimija 5 ry"), pair[1])
    worker.run()
    assert outcomes(brought) == ["update"] * 4 + ["refuse"]
    assert Partner.objects.count() == 5
    assert faults() == []


def test_another_partner_than_the_one_shown_is_not_changed(region, pair):
    """Two units were renamed: the row means the other one now, with the same change."""
    first, second = [a_row(1, unit="Kirjasto"), a_row(1, unit="Museo")]
    bring(region, pair[0], [first, second])
    one, other = Partner.objects.order_by("pk")
    brought = importing.preview(region, pair[0], pasted(text([a_row(1, unit="Kirjasto", signatory="Uusi")])))
    for partner, unit in ((one, "Pato"), (other, "Kirjasto")):
        partners.change_partner(partner, pair[1], partner.municipalities.all(), unit=unit)
    assert outcomes(importing.confirm_whole(brought, pair[0])) == ["refuse"]
    assert set(Partner.objects.values_list("signatory_name", flat=True)) == {"Toimi 1"}


def test_a_new_one_is_not_made_beside_a_namesake_that_the_preview_did_not_show(region, pair):
    brought = importing.preview(region, pair[0], pasted(text([a_row(1), a_row(2)])))
    bring(region, pair[1], [a_row(1, id=business_id(88))])
    assert outcomes(importing.confirm_whole(brought, pair[0])) == ["refuse", "create"]
    again = importing.preview(region, pair[0], pasted(text([a_row(1)])))
    assert "stands here already" in why(again, 2)
    assert outcomes(importing.confirm_whole(again, pair[0])) == ["create"]


def test_a_killed_worker_leaves_whole_parts_and_the_rest_is_done_again(region, pair, monkeypatch):
    monkeypatch.setattr(importing, "A_PART", 3)
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    rows = [a_row(number) for number in range(10)]
    brought = importing.confirm(importing.preview(region, pair[0], pasted(text(rows))), pair[0])
    importing.do_part(brought)
    real, calls = importing._do_row, []

    def dies(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(importing, "_do_row", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.do_part(brought)
    monkeypatch.setattr(importing, "_do_row", real)
    assert Partner.objects.count() == 3
    done = importing.confirm_whole(brought, pair[0])
    assert (Partner.objects.count(), counts(done)["create"]) == (10, 10)
    assert faults() == []


def test_the_worker_does_what_the_page_leaves(region, pair, worker, monkeypatch):
    monkeypatch.setattr(importing, "A_PART", 2)
    rows = [a_row(number) for number in range(9)]
    brought = importing.confirm(importing.preview(region, pair[0], pasted(text(rows))), pair[0])
    assert (Partner.objects.count(), brought.finished_at) == (2, None)
    worker.run()
    brought.refresh_from_db()
    assert Partner.objects.count() == 9
    assert brought.finished_at


def test_all_that_is_wrong_with_a_row_is_said_at_once(region, pair):
    lacking = a_row(1, sector="valtio", contact="", email="", phone="")
    other = a_row(2, sector="", contact="", email="", phone="", name="Toimija")
    brought = importing.preview(region, pair[0], pasted(text([lacking, other])))
    assert outcomes(brought) == ["refuse", "refuse"]
    assert "“valtio” is not known" in why(brought, 2)
    assert "A contact person is missing" in why(brought, 2)
    assert "say whether it is public" not in why(brought, 2)
    assert "say whether it is public" in why(brought, 3)
    assert "A contact person is missing" in why(brought, 3)


@pytest.mark.parametrize("lacks", [{"town": "Varkau"}, {"town": ""}, {"role": ""}])
def test_what_a_new_organisation_lacks_is_said_beside_an_unknown_place_or_role(region, pair, lacks):
    row = a_row(1, name="Kajaanin opisto", sector="", contact="", email="", phone="", **lacks)
    said = why(importing.preview(region, pair[0], pasted(text([row]))), 2)
    assert "say whether it is public" in said
    assert "A contact person is missing" in said
    bring(region, pair[0], [a_row(1, name="Kajaanin opisto")])
    row[1] = ""
    said = why(importing.preview(region, pair[0], pasted(text([row]))), 2)
    assert "say whether it is public" not in said
    assert said


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("liikuntakohde", "sport"),
        ("Motionsaktör", "sport"),
        ("motionsobjekt", "sport"),
        ("luontokohde", "nature"),
        ("naturobjekt", "nature"),
        ("nature venue", "nature"),
        ("kulturaktör", "culture"),
        ("kulttuurikohde", "culture"),
        ("kohde", "culture"),
    ],
)
def test_a_word_for_the_role_tells_the_kind_too(region, pair, word, kind):
    bring(region, pair[0], [a_row(1, role=word)])
    one = Partner.objects.get()
    assert (one.role, one.kind) == ("venue", kind)


def test_the_column_of_the_kind_goes_before_the_word_for_the_role(region, pair):
    rows = text([[*a_row(1, role="liikuntakohde"), "luontokohde"]], headings=[*HEADINGS, "Tyyppi"])
    importing.confirm_whole(importing.preview(region, pair[0], pasted(rows)), pair[0])
    assert Partner.objects.get().kind == "nature"
    assert outcomes(bring(region, pair[0], [a_row(1, role="kulttuurikohde")])) == ["same"]


def test_a_formula_hides_no_other_fault_and_makes_no_second_one_of_its_own(region, pair):
    brought = importing.preview(region, pair[0], pasted(text([a_row(1, town="=A1()", sector="valtio")])))
    assert "holds a formula" in why(brought, 2)
    assert "“valtio” is not known" in why(brought, 2)
    assert "at least one municipality" not in why(brought, 2)


# -- who is the same --------------------------------------------------------------------------------------------------


def test_the_business_id_finds_the_organisation_and_never_the_unit(region, pair):
    county = business_id(7)
    rows = [
        a_row(1, name="Kainuun hyvinvointialue", id=county, unit="Kajaanin sosiaalitoimisto", role="jakaja", sector=""),
        a_row(2, name="Kainuun hyvinvointialue", id=county, unit="Nuorten tupa", role="jakaja", sector=""),
        a_row(3, name="KAINUUN  hyvinvointialue", id=county, unit="", role="jakaja", sector=""),
        a_row(4, name="Kainuun hyvinvointialue", id=county, unit="Museo", role="kohde", sector=""),
    ]
    assert counts(bring(region, pair[0], rows))["create"] == 4
    [owner] = Organisation.objects.all()
    assert (owner.sector, owner.partners.count()) == ("public", 4)
    assert counts(bring(region, pair[0], rows))["same"] == 4


def test_a_new_name_under_a_known_id_asks_for_its_unit(region, pair):
    county = business_id(7)
    rows = [a_row(1, name="Kainuun hyvinvointialue", id=county), a_row(3, name="Nuorten tupa", id=county)]
    brought = bring(region, pair[0], rows)
    assert "A unit of it" in why(brought, 3)
    assert "A unit of it" in why(bring(region, pair[0], [a_row(5, name="Tupa", id=county, role="jakaja")]), 2)


def test_without_an_id_the_same_is_the_name_in_the_municipality(region, pair):
    rows = [a_row(3, name="Kirjasto", town="Kajaani"), a_row(9, name="Kirjasto", town="Sotkamo")]
    assert counts(bring(region, pair[0], rows))["create"] == 2
    assert Organisation.objects.count() == 2
    assert counts(bring(region, pair[0], [a_row(3, name=" kirjasto", town="Kajaani")]))["same"] == 1


def test_an_organisation_of_another_region_is_not_made_again(region, pair):
    savo = a_region("etela-savo")
    town = savo.municipalities.first().name_fi
    bring(savo, a_pair(savo)[0], [a_row(1, town=town)])
    bring(region, pair[0], [a_row(1)])
    assert (Organisation.objects.count(), Partner.objects.count()) == (1, 2)


VAASA = [
    "Vaasan kaupunki",
    "Vasa stad",
    "VAASAN  KAUPUNKI",
    "Vasas stad",
    "Staden Vasa",
    "City of Vaasa",
    "Vaasa",
    "Vasa",
]
KORSHOLM = ["Mustasaaren kunta", "Korsholms kommun", "Korsholm kommun", "Mustasaari", "Municipality of Korsholm"]
OSTROBOTHNIA = [
    "Pohjanmaan hyvinvointialue",
    "Österbottens välfärdsområde",
    "Ostrobothnia wellbeing services county",
]


@pytest.fixture
def coast() -> tuple[Region, Person]:
    region = a_region("pohjanmaa")
    return region, a_pair(region)[0]


def of_coast(name: str, town: str = "Vaasa") -> list[object]:
    return a_row(3, name=name, unit="Museo", town=town, sector="julkinen")


@pytest.mark.parametrize("names", [VAASA, KORSHOLM, OSTROBOTHNIA])
def test_a_county_or_a_municipality_is_one_in_whichever_language(coast, names):
    rows = [of_coast(name) for name in names]
    brought = bring(*coast, rows)
    assert outcomes(brought) == ["create", *["same"] * (len(names) - 1)]
    assert why(brought, 3) == "The same as row 2."
    assert Partner.objects.get().organisation.name == names[0]
    assert set(outcomes(bring(*coast, rows))) == {"same"}


def test_it_is_one_wherever_it_acts(coast):
    bring(*coast, [of_coast("Vaasan kaupunki")])
    brought = bring(*coast, [of_coast("Vasa stad", town="Mustasaari")])
    assert outcomes(brought) == ["update"]
    assert "Municipalities: Vaasa → Korsholm, Vaasa" in why(brought, 2)
    assert outcomes(bring(*coast, [[*of_coast("Vasa")[:2], "", *of_coast("Vasa", "Laihia")[3:]]])) == ["create"]
    assert Organisation.objects.count() == 1


def test_the_other_name_is_no_units_name_under_a_known_id(coast):
    bring(*coast, [a_row(1, name=OSTROBOTHNIA[0], id=business_id(7), town="Vaasa", role="jakaja")])
    brought = bring(*coast, [a_row(1, name=OSTROBOTHNIA[1], id=business_id(7), town="Vaasa", role="kohde")])
    assert outcomes(brought) == ["create"]
    assert f"It is known here as {OSTROBOTHNIA[0]}" in why(brought, 2)


def test_one_organisation_is_distributor_and_venue(region, pair):
    rows = [a_row(1, role="jakaja"), a_row(1, role="kohde"), a_row(3, role="jakaja"), a_row(3, role="kohde")]
    assert counts(bring(region, pair[0], rows))["create"] == 4
    assert Organisation.objects.count() == 2


def test_the_same_row_twice_is_one_partner(region, pair):
    brought = bring(region, pair[0], [a_row(1), a_row(1), a_row(1, town="Sotkamo")])
    assert outcomes(brought) == ["create", "same", "refuse"]
    assert why(brought, 3) == "The same as row 2."
    assert Partner.objects.count() == 1


def test_an_id_that_was_lacking_is_filled_in(region, pair):
    bring(region, pair[0], [a_row(3)])
    brought = bring(region, pair[0], [a_row(3, id=business_id(3))])
    assert outcomes(brought) == ["update"]
    assert Organisation.objects.get().business_id == business_id(3)


def test_an_id_that_another_organisation_has_is_refused_before_it_is_confirmed(region, pair):
    savo = a_region("etela-savo")
    bring(
        savo, a_pair(savo)[0], [a_row(1, name="Toinen ry", id=business_id(3), town=savo.municipalities.first().name_fi)]
    )
    bring(region, pair[0], [a_row(3, unit="Tupa")])
    assert "has this business ID already" in why(
        importing.preview(region, pair[0], pasted(text([a_row(3, unit="Tupa", id=business_id(3))]))), 2
    )


COUNTY, FILLED = "Kainuun hyvinvointialue", "Business ID: – → " + business_id(7)


@pytest.fixture
def county(region, pair) -> Organisation:
    """One that stands without its business ID."""
    return a_distributor(region, pair[0], COUNTY, unit="Aikuissosiaalityö").organisation


def of_county(unit: str, number: int = 1, **more: str) -> list[object]:
    return a_row(number, **{"name": COUNTY, "id": business_id(7), "role": "jakaja", "sector": "", "unit": unit, **more})


def test_an_id_that_was_lacking_comes_with_a_new_unit(region, pair, county):
    there = county.partners.get().municipalities.get().name_fi
    rows = [of_county("Vammaispalvelut"), of_county("Päihdepalvelut"), of_county("Aikuissosiaalityö", town=there)]
    brought = importing.preview(region, pair[0], pasted(text(rows)))
    assert outcomes(brought) == ["create", "create", "update"]
    assert all(FILLED in row.why for row in brought.rows.all())
    importing.confirm_whole(brought, pair[0])
    county.refresh_from_db()
    assert (county.business_id, county.partners.count(), Organisation.objects.count()) == (business_id(7), 3, 1)
    acts = Act.objects.filter(what="partner_changed")
    assert [act.about_id for act in acts if "business_id" in act.data["fields"]] == [
        str(Partner.objects.get(unit="Vammaispalvelut").pk)
    ]
    assert counts(bring(region, pair[0], rows))["same"] == 3
    assert faults() == []


def test_the_rows_after_it_find_the_organisation_by_the_id_that_a_row_brings(region, pair, county):
    rows = [of_county("Vammaispalvelut"), of_county("Päihdepalvelut", name="Kainuu soten yksiköt")]
    assert outcomes(bring(region, pair[0], rows)) == ["create", "create"]
    assert Organisation.objects.get().partners.count() == 3


def test_an_id_comes_to_one_that_a_row_before_makes_without_it(region, pair):
    rows = [of_county("Vammaispalvelut", id=""), of_county("Päihdepalvelut")]
    assert outcomes(bring(region, pair[0], rows)) == ["create", "create"]
    assert Organisation.objects.get().business_id == business_id(7)


def test_a_second_id_for_one_organisation_is_refused_in_the_preview(region, pair, county):
    rows = [of_county("Vammaispalvelut"), of_county("Päihdepalvelut", id=business_id(8))]
    brought = importing.preview(region, pair[0], pasted(text(rows)))
    assert outcomes(brought) == ["create", "refuse"]
    assert "two business IDs" in why(brought, 3)
    importing.confirm_whole(brought, pair[0])
    assert Organisation.objects.get().business_id == business_id(7)


def test_a_county_of_another_id_is_refused_and_no_second_one_made(region, pair, county):
    bring(region, pair[0], [of_county("Vammaispalvelut")])
    brought = bring(region, pair[0], [of_county("Lastensuojelu", name="Kajanalands välfärdsområde", id=business_id(8))])
    assert outcomes(brought) == ["refuse"]
    assert f"two business IDs, {business_id(7)} and {business_id(8)}" in why(brought, 2)
    assert Organisation.objects.count() == 1


def test_a_county_that_another_region_knows_is_the_same_one(region, pair, laura, county):
    """Without an ID it is taken, under another one refused: there is one of each in the country."""
    Organisation.objects.filter(pk=county.pk).update(business_id=business_id(7))
    Partner.objects.filter(organisation=county).update(region=a_region("etela-savo"))
    name = "Kajanalands välfärdsområde"
    refused = bring(region, pair[0], [of_county("Lastensuojelu", name=name, id=business_id(8))])
    assert outcomes(refused) == ["refuse"]
    assert f"two business IDs, {business_id(7)} and {business_id(8)}" in why(refused, 2)
    assert outcomes(bring(region, pair[0], [of_county("Lastensuojelu", name=name, id="")])) == ["create"]
    assert Partner.objects.get(unit="Lastensuojelu").organisation == Organisation.objects.get() == county


def test_of_two_of_one_name_the_id_tells_which_is_meant(region, pair):
    bring(region, pair[0], [a_row(1, name="Ralli ry", id=business_id(number), unit=f"U{number}") for number in (7, 8)])
    refused = bring(region, pair[0], [a_row(1, name="Ralli ry", id="", unit="Kolmas")])
    assert outcomes(refused) == ["refuse"]
    assert "give the business ID of the one that is meant" in why(refused, 2)


def test_which_of_two_is_asked_in_the_preview_where_one_list_brings_both(region, pair):
    rows = [a_row(1, name="Ralli ry", id=business_id(number), unit=f"U{number}") for number in (7, 8)]
    brought = bring(region, pair[0], [*rows, a_row(1, name="Ralli ry", id="", unit="Kolmas")])
    assert outcomes(brought) == ["create", "create", "refuse"]
    assert "since the preview" not in why(brought, 4)


def test_a_name_under_anothers_id_brings_no_unit_to_that_one(region, pair):
    rows = [
        a_row(1, name="Kainuun hyvinvointialue", id=business_id(1), unit="A"),
        a_row(1, name="Kainuun Museo", id=business_id(1), unit="Näyttely"),
        a_row(1, name="Kainuun Museo", id="", unit="Arkisto"),
    ]
    assert outcomes(bring(region, pair[0], rows)) == ["create"] * 3
    assert outcomes(bring(region, pair[0], rows)) == ["same"] * 3
    assert [str(one) for one in Organisation.objects.get(business_id="").partners.all()] == ["Kainuun Museo, Arkisto"]


def test_a_unit_of_one_name_in_two_towns_is_refused_in_the_preview_with_a_way_on(region, pair):
    rows = [a_row(2, name="Tupa ry", id="", unit="Kohtaamispaikka", town=town) for town in ("Kajaani", "Sotkamo")]
    brought = importing.preview(region, pair[0], pasted(text(rows)))
    assert outcomes(brought) == ["create", "refuse"]
    assert "name them all on one row" in why(brought, 3)
    importing.confirm_whole(brought, pair[0])
    rows[0][TOWN] = "Kajaani, Sotkamo"
    assert outcomes(bring(region, pair[0], rows[:1])) == ["update"]


def test_of_an_organisation_that_a_row_makes_the_preview_shows_to_the_rows_after_it_what_it_is(region, pair):
    rows = [
        a_row(1, name="Tupa ry", id="", unit="A"),
        a_row(1, name="Tupa ry", id=business_id(7), unit="B", sector="julkinen"),
        a_row(1, name="Tupa ry", id=business_id(8), unit="C"),
    ]
    brought = importing.preview(region, pair[0], pasted(text(rows)))
    assert f"Business ID: – → {business_id(7)}" in why(brought, 3)
    assert "The sector of Tupa ry stays: third sector" in why(brought, 3)
    assert "one ID is wrong" in why(brought, 4)
    assert outcomes(importing.confirm_whole(brought, pair[0])) == ["create"] * 3
    assert Organisation.objects.count() == 2


def test_all_municipalities_of_the_country_are_read_in_one_list(region, laura):
    names = Municipality.objects.values_list("name_fi", flat=True)
    rows = [of_county(f"U{number}", name=name, id="", sector="julkinen") for number, name in enumerate(names)]
    brought = importing.preview(region, laura, pasted(text(rows)))
    assert outcomes(brought) == ["create"] * 309


def test_another_id_of_a_namesake_is_said_and_none_is_made_that_was_not_shown(region, pair):
    bring(region, pair[0], [a_row(1, name="Ralli ry", id="", unit="Eka")])
    lists = [
        importing.preview(region, pair[0], pasted(text([a_row(1, name="Ralli ry", id=business_id(number), unit=unit)])))
        for number, unit in ((7, "Toka"), (8, "Kolmas"))
    ]
    assert [outcomes(one) for one in lists] == [["create"], ["create"]]
    for one in lists:
        importing.confirm_whole(one, pair[0])
    assert Organisation.objects.get(name="Ralli ry").business_id == business_id(7)
    assert "since the preview" in why(lists[1], 2)
    shown = bring(region, pair[0], [a_row(1, name="Ralli ry", id=business_id(8), unit="Kolmas")])
    assert outcomes(shown) == ["create"]
    assert "one ID is wrong" in why(shown, 2)


def test_of_one_that_is_elsewhere_too_a_new_unit_brings_no_id(region, pair, laura, county):
    savo = a_region("etela-savo")
    owner = {"name": county.name, "sector": county.sector, "known": county}
    town = savo.municipalities.first()
    partners.add_partner(savo, a_pair(savo)[0], owner, "venue", [town], kind="culture")
    rows = [of_county("Vammaispalvelut")]
    said = why(importing.preview(region, pair[0], pasted(text(rows))), 2)
    assert "another region too: ask Kaikukeskus to correct it. Without the business ID it can be added at once." in said
    assert outcomes(bring(region, pair[0], [of_county("Arkisto", id="")])) == ["create"]
    assert outcomes(bring(region, laura, rows)) == ["create"]
    assert Organisation.objects.get().business_id == business_id(7)


def test_two_of_one_name_are_told_apart_by_their_ids(region, pair):
    bring(region, pair[0], [a_row(1, name="Tupa ry"), a_row(5, name="Tupa ry")])
    assert Partner.objects.count() == 2
    assert "Two of this name" in why(bring(region, pair[0], [a_row(7, name="Tupa ry", id="")]), 2)


# -- others' partners ------------------------------------------------------------------------------------------------


@pytest.fixture
def pirjo(region, laura) -> Person:
    """She answers for culture in Sotkamo alone."""
    town = region.municipalities.get(name_fi="Sotkamo")
    return name_person(region, "culture", "pirjo@example.org", "Pirjo Määttä", laura, municipality=town).person


@pytest.mark.parametrize("manner", ["partners", "existing", "candidates"])
def test_a_partner_of_anothers_municipality_is_not_changed_by_a_list(region, pair, laura, pirjo, manner):
    bring(region, laura, [a_row(1, unit="Talo")], "existing" if manner == "partners" else "partners")
    rows = [a_row(1, unit="Talo", town="Sotkamo", interest="ei", contact="Pirjon Oma", email="pirjon@example.org")]
    brought = bring(region, pirjo, rows, manner)
    assert "in Kajaani: those who are responsible there change it" in why(brought, 2)
    [one] = Partner.objects.all()
    assert (outcomes(brought), one.contact.name, one.interest) == (["refuse"], "Henkilö 1", "yes")
    assert [str(town) for town in one.municipalities.all()] == ["Kajaani"]
    assert outcomes(bring(region, pair[0], rows, "partners")) == ["update"]


def test_who_goes_on_with_anothers_list_does_it_for_that_one(region, pair, pirjo, monkeypatch):
    monkeypatch.setattr(importing, "A_PART", 2)
    brought = importing.preview(region, pair[0], pasted(text([a_row(number) for number in range(1, 7)])))
    importing.confirm(brought, pair[0])
    importing.confirm_whole(brought, pirjo)
    assert outcomes(brought) == ["create"] * 6
    assert Import.objects.get().by == pair[0]


def test_who_goes_on_with_the_list_of_one_who_has_left_does_it_oneself(region, pair, laura, monkeypatch):
    monkeypatch.setattr(importing, "A_PART", 2)
    brought = importing.preview(region, pair[0], pasted(text([a_row(number) for number in range(1, 7)])))
    importing.confirm(brought, pair[0])
    name_person(region, "culture", "uusi@example.org", "Uusi Culture", laura)
    end_responsibility(pair[0].responsibilities.get(), laura)
    assert outcomes(importing.confirm_whole(brought, laura)) == ["create"] * 6


def test_of_two_of_one_name_in_two_towns_each_takes_its_id(region, pair):
    rows = [a_row(2, name="Tupa ry", id="", town=town) for town in ("Kajaani", "Sotkamo")]
    bring(region, pair[0], rows)
    rows[0][ID] = business_id(7)
    assert outcomes(bring(region, pair[0], rows)) == ["update", "same"]
    assert set(Organisation.objects.values_list("business_id", flat=True)) == {"", business_id(7)}


# -- changes ----------------------------------------------------------------------------------------------------------


def test_what_differs_is_changed_and_an_empty_cell_changes_nothing(region, pair):
    bring(region, pair[0], [a_row(1)])
    brought = bring(region, pair[0], [a_row(1, interest="ei", town="Sotkamo", signatory="")])
    assert outcomes(brought) == ["update"]
    assert "Interest: yes → no" in why(brought, 2)
    assert "Municipalities: Kajaani → Kajaani, Sotkamo" in why(brought, 2)
    [one] = Partner.objects.all()
    assert (one.interest, one.signatory_name, one.municipalities.count()) == ("no", "Toimi 1", 2)


def test_another_contact_person_is_named_and_both_are_told(region, pair, worker):
    bring(region, pair[0], [a_row(1)])
    worker.run()
    mail.outbox.clear()
    brought = bring(region, pair[0], [a_row(1, contact="Uusi Henkilö", email="uusi@example.org")])
    assert "Henkilö 1 → Uusi Henkilö" in why(brought, 2)
    worker.run()
    assert {m.to[0] for m in mail.outbox} == {"uusi@example.org", "henkilo1@example.org"}


def test_what_kaikukeskus_has_cleared_the_pair_does_not_change(region, pair, laura):
    one = a_distributor(region, pair[1], client_group="Nuoret", most_in_tight=True, why_most="Tuet.")
    partners.request_clearance(one, pair[1])
    partners.clear(one, laura)
    row = [str(one), "jakaja", one.municipalities.get().name_fi, "etsivä nuorisotyö"]
    listed = text([row], headings=["Nimi", "Rooli", "Kunta", "Tyyppi"])
    assert "has cleared it" in why(importing.preview(region, pair[0], pasted(listed)), 2)
    assert outcomes(importing.preview(region, laura, pasted(listed))) == ["update"]


def test_a_name_or_sector_that_is_known_otherwise_stays_and_is_told(region, pair):
    bring(region, pair[0], [a_row(1, unit="Tupa")])
    brought = bring(region, pair[0], [a_row(1, unit="Tupa", name="Toimija ykkönen", sector="julkinen")])
    assert outcomes(brought) == ["same"]
    assert "Toimija 1 ry: this name stays" in why(brought, 2)
    assert "stays: third sector" in why(brought, 2)
    assert Organisation.objects.get().name == "Toimija 1 ry"


# -- who may ----------------------------------------------------------------------------------------------------------


def test_who_loses_the_right_half_way_leaves_the_rest_and_it_is_said(region, laura, worker, monkeypatch):
    monkeypatch.setattr(importing, "A_PART", 3)
    tuuli = name_person(region, "culture", "tuuli@example.org", "Tuuli Tuuri", laura)
    name_person(region, "culture", "aino@example.org", "Aino Virtanen", laura)
    brought = importing.preview(region, tuuli.person, pasted(text([a_row(number) for number in range(8)])))
    importing.confirm(brought, tuuli.person)
    end_responsibility(tuuli, laura)
    worker.run()
    brought.refresh_from_db()
    assert brought.finished_at
    assert counts(brought) == {"create": 3, "update": 0, "same": 0, "refuse": 5}
    assert "no longer acts for the region" in why(brought, 9)
    assert Act.objects.filter(what="partners_brought").exists()
    assert Partner.objects.count() == 3


def test_a_new_row_says_what_would_be_made_of_it(region, pair):
    bring(region, pair[0], [a_row(3, town="Sotkamo")])
    brought = importing.preview(region, pair[0], pasted(text([a_row(1), a_row(3)])))
    said = why(brought, 2)
    for word in (
        "Venue",
        "culture",
        "third sector",
        "Kajaani",
        "Finnish",
        "Henkilö 1, henkilo1@example.org",
        "Toimi 1",
    ):
        assert word in said
    assert "One of this name stands here already" in why(brought, 3)


def test_what_was_joined_or_renamed_is_found_by_its_former_names(region, pair, laura):
    aino, _mikko = pair
    nameless = [a_row(1, name="Vaara-kollektiivi ry", id=""), a_row(2, name="Vaarakollektiivi ry", id="")]
    units = [a_row(3, name="Kaupunki", unit="Kirjasto"), a_row(3, name="Kaupunki", unit="Pääkirjasto")]
    rows = [*nameless, *units, a_row(4, name="Vanha nimi ry", id="")]
    bring(region, aino, rows)
    first, second, *libraries, renamed = Partner.objects.order_by("pk")
    join_organisations(first.organisation, second.organisation, laura)
    join_partners(*libraries, aino)
    partners.change_partner(renamed, aino, list(renamed.municipalities.all()), {"name": "Uusi nimi ry"})
    before = Partner.objects.count(), Organisation.objects.count()
    again = bring(region, aino, rows)
    assert counts(again)["create"] == 0
    assert (Partner.objects.count(), Organisation.objects.count()) == before


def test_a_unit_that_was_renamed_is_found_by_its_former_names(region, pair):
    bring(region, pair[0], [a_row(1, unit="Kirjasto"), a_row(1, unit="Museo")])
    one = Partner.objects.get(unit="Kirjasto")
    for name in ("Pääkirjasto", "Keskus"):
        partners.change_partner(one, pair[1], one.municipalities.all(), unit=name)
    for name in ("Kirjasto", "PÄÄKIRJASTO"):
        again = bring(region, pair[0], [a_row(1, unit=name)])
        assert (outcomes(again), why(again, 2)) == (["same"], "It is known here as Keskus: this name stays.")
    partners.change_partner(Partner.objects.get(unit="Museo"), pair[1], one.municipalities.all(), unit="Kirjasto")
    assert why(bring(region, pair[0], [a_row(1, unit="Kirjasto")]), 2) == ""  # who is called so now comes first
    join_partners(one, Partner.objects.get(unit="Kirjasto"), pair[0])
    assert outcomes(bring(region, pair[0], [a_row(1, unit="Museo")])) == ["same"]
    assert Partner.objects.count() == 1


def test_a_day_on_which_it_cannot_have_been_is_refused_in_the_preview(region, laura):
    with translation.override("fi"):
        headings = (*HEADINGS, *(heading(one) for one in ON_PAPER))
    for day, said in (("1.1.2031", "still to come"), ("1.1.1990", "no Kaikukortti before 2014")):
        for column in ON_PAPER:
            row = [*a_row(1), *(day if one == column else "" for one in ON_PAPER)]
            brought = importing.preview(region, laura, pasted(text([row], headings=headings)), "existing")
            assert outcomes(brought) == ["refuse"], column
            assert said in why(brought, 2)


def test_a_business_id_of_an_organisation_of_two_regions_is_refused_in_the_preview(region, pair):
    aino, _mikko = pair
    bring(region, aino, [a_row(1, id="")])
    elsewhere = a_region("kymenlaakso")
    known = Organisation.objects.get(name="Toimija 1 ry")
    town = elsewhere.municipalities.first()
    person = a_pair(elsewhere)[0]
    partners.add_partner(
        elsewhere, person, {"name": known.name, "sector": known.sector, "known": known}, "venue", [town], kind="culture"
    )
    again = importing.preview(region, aino, pasted(text([a_row(1)])))
    assert (outcomes(again), "another region too" in why(again, 2)) == (["refuse"], True)


def test_others_bring_nothing(region, pair):
    group = name_person(region, "group", "g@example.org", "Gunilla Berg", pair[0]).person
    elsewhere = a_pair(a_region("etela-savo"))[0]
    for person in (a_stranger(), group, elsewhere):
        with pytest.raises(NotYours):
            importing.preview(region, person, pasted(text([a_row(1)])))
    brought = importing.preview(region, pair[0], pasted(text([a_row(1)])))
    with pytest.raises(NotYours):
        importing.confirm(brought, a_stranger())
    assert Partner.objects.count() == 0


def test_who_answers_for_one_municipality_brings_in_its_partners(region, laura):
    town = region.municipalities.get(name_fi="Sotkamo")
    pirjo = name_person(region, "culture", "pirjo@example.org", "Pirjo Määttä", laura, municipality=town).person
    brought = importing.preview(region, pirjo, pasted(text([a_row(1), a_row(3, town="Sotkamo")])))
    assert outcomes(brought) == ["refuse", "create"]
    assert "responsible there" in why(brought, 2)


# -- mails and history ------------------------------------------------------------------------------------------------


def test_a_contact_of_many_has_one_mail(region, pair, worker):
    rows = [a_row(n, contact="Outi Karppinen", email="outi@example.org") for n in (1, 2, 4)]
    bring(region, pair[0], rows)
    worker.run()
    [letter] = [letter for letter in mail.outbox if letter.to == ["outi@example.org"]]
    assert all(f"Toimija {n} ry" in letter.body for n in (1, 2, 4))


def test_history_tells_each_partner_and_the_list(region, pair):
    bring(region, pair[0], [a_row(1), a_row(2), a_row(4, town="Atlantis")])
    told = [line.text for line in sentences(Act.objects.filter(region=region))]
    assert "Aino Virtanen (culture side) brought partners in from a list. 2 new, 0 changed, 1 refused." in told
    assert "Aino Virtanen (culture side) added a partner: Toimija 1 ry." in told
    assert faults() == []


def test_a_list_is_deleted_after_a_week(region, pair):
    brought = importing.preview(region, pair[0], pasted(text([a_row(1)])))
    assert importing.expire() == 0
    Import.objects.update(made_at=brought.made_at - importing.KEPT * 2)
    going = importing.preview(region, pair[0], pasted(text([a_row(1)])))
    Import.objects.filter(pk=going.pk).update(
        made_at=brought.made_at - importing.KEPT * 2, confirmed_at=brought.made_at
    )
    assert importing.expire() == 1
    assert Import.objects.get() == going


# -- partners that committed earlier, on paper ------------------------------------------------------------------------


def test_existing_partners_are_in_force_without_a_document(region, laura):
    headings = [*HEADINGS, "Sitoutunut", "Kaikukanta-tunnus", "Perehdytys"]
    rows = [[*a_row(1), "15.10.2019", "1.2.2020", ""], [*a_row(2), "", "", ""], [*a_row(5), "", "ei", "3.3.2020"]]
    brought = importing.preview(region, laura, pasted(text(rows, headings=headings)), "existing")
    done = importing.confirm_whole(brought, laura)
    assert outcomes(done) == ["create"] * 3
    one, two, five = (Partner.objects.get(contact__email=f"henkilo{n}@example.org") for n in (1, 2, 5))
    assert [p.state for p in (one, two, five)] == ["active", "active", "committed"]
    assert (one.account_on.isoformat(), one.account_before, one.induction_before) == ("2020-02-01", False, True)
    assert (five.account_on, five.induction_on.isoformat()) == (None, "2020-03-03")
    days = {c.partner_id: c.in_force_on for c in Commitment.objects.in_force()}
    assert (days[one.pk].isoformat(), days[two.pk]) == ("2019-10-15", None)
    assert faults() == []
    again = importing.preview(region, laura, pasted(text(rows, headings=headings)), "existing")
    assert outcomes(again) == ["same"] * 3


def test_the_preview_of_those_on_paper_shows_the_days_that_it_takes(region, pair, laura):
    headings = [*HEADINGS, "Sitoutunut", "Puollettu", "Tunnus", "Perehdytys"]
    rows = [
        [*a_row(1), "5.3.2024", "", "6.3.2024", "ei"],
        [*a_row(2), "", "1.2.2024", "", ""],
        [*a_row(3), "7.3.2024", "", "8.3.2024", ""],
    ]
    there = partners.record_account(a_venue(region, pair[0], "Toimija 3 ry"), pair[0], localdate())
    there.municipalities.set(region.municipalities.filter(name_fi="Kajaani"))
    brought = importing.preview(region, laura, pasted(text(rows, headings=headings)), "existing")
    assert outcomes(brought) == ["create", "create", "update"]
    assert "Committed on: 5.3.2024 · Kaikukanta account: 6.3.2024 · Induction: not yet" in why(brought, 2)
    assert "Cleared" not in why(brought, 2)
    assert "Committed on: the day is not known · Cleared on: 1.2.2024" in why(brought, 3)
    assert "Committed on: 7.3.2024 Induction: the day is not known" in why(brought, 4)
    assert "Kaikukanta account" not in why(brought, 4)
    importing.confirm_whole(brought, laura)
    assert outcomes(brought) == ["create", "create", "update"]
    assert "Committed on" not in why(importing.preview(region, laura, pasted(text(rows, headings=headings))), 2)


def test_the_pair_takes_over_venues_and_leaves_uncleared_distributors_to_kaikukeskus(region, pair):
    brought = bring(region, pair[0], [a_row(1), a_row(2)], "existing")
    assert outcomes(brought) == ["create", "refuse"]
    assert "Only Kaikukeskus" in why(brought, 3)


def test_those_that_are_there_already_are_taken_over(region, pair):
    venue = a_venue(region, pair[0])
    listed = text([[str(venue), "kohde", venue.municipalities.get().name_fi]], headings=["Nimi", "Rooli", "Kunta"])
    brought = importing.confirm_whole(importing.preview(region, pair[0], pasted(listed), "existing"), pair[0])
    assert outcomes(brought) == ["update"]
    assert Partner.objects.get().state == "active"


def test_each_column_of_which_nothing_is_taken_is_named(region, pair):
    headings = [
        "Nimi",
        "Rooli",
        "Kunta",
        "Sitoutunut",
        "Puollettu",
        "Perehdytys",
        "Vapaa sarake",
        "S-posti",
        "Kaikupolun numero",
    ]
    row = ["Tupa ry", "kohde", "Kajaani", "1.2.2024", "", "3.2.2024", "x", "tupa@example.org", "7"]
    listed = text([row], headings=headings)
    brought = importing.preview(region, pair[0], pasted(listed))
    assert brought.not_read == ["Sitoutunut", "Perehdytys", "Kaikupolun numero", "Vapaa sarake"]
    assert importing.preview(region, pair[0], pasted(listed), "existing").not_read == [
        "Kaikupolun numero", "Vapaa sarake"
    ]  # fmt: skip


# -- round trip -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("write", [csv_bytes, lambda rows: xlsx_bytes(rows, "Kumppanit")])
def test_what_is_taken_along_comes_back_as_it_is(region, pair, language, write):
    rows = [a_row(n, unit="Tupa" if n % 4 == 0 else "", town="Kajaani, Sotkamo") for n in range(1, 9)]
    bring(region, pair[0], rows)
    a_venue(region, pair[0], name="=1+1 ry", signatory_basis="board", language="sv")
    with translation.override(language):
        content = write(partners_table(region))
    brought = importing.preview(region, pair[0], uploaded(content))
    assert counts(brought) == {"create": 0, "update": 0, "same": 9, "refuse": 0}
    assert brought.not_read == []


# -- much -------------------------------------------------------------------------------------------------------------


def test_a_refused_row_in_a_part_leaves_the_others_and_history_whole(region, pair, monkeypatch):
    brought = importing.preview(region, pair[0], pasted(text([a_row(n) for n in range(1, 6)])))
    real = importing._do_row

    def refuses(brought, region, planner, planned, row):
        real(brought, region, planner, planned, row)
        if row.number == 4:
            raise Refused(["No."])

    monkeypatch.setattr(importing, "_do_row", refuses)
    done = importing.confirm_whole(brought, pair[0])
    assert outcomes(done) == ["create", "create", "refuse", "create", "create"]
    assert Partner.objects.count() == 4
    assert faults() == []


def test_a_preview_asks_the_same_number_of_queries_for_10_and_for_400_rows(region, pair, django_assert_max_num_queries):
    for number in (10, 400):
        with django_assert_max_num_queries(24):
            importing.preview(region, pair[0], pasted(text([a_row(n) for n in range(number)])))


def peak_of(site: dict[str, str], *words: object) -> tuple[int, str]:
    """The most memory that this command has had in a process of its own, in bytes, and what it has printed."""
    command = [sys.executable, "manage.py", *map(str, words)]
    with TemporaryFile("w+") as said, subprocess.Popen(command, env=site, stdout=said, cwd=settings.BASE_DIR) as child:
        _pid, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        said.seek(0)
        return used.ru_maxrss * 1024, said.read()


@pytest.mark.slow
def test_ten_thousand_rows_are_previewed_and_taken_in_bounded_memory(tmp_path):
    """Against ten rows; each in a process whose peak nothing else has lifted."""
    site = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "VAR_DIR": str(tmp_path)}
    for command in ("migrate", "load_country"):
        peak_of(site, command)
    peaks = {}
    for number in (10, 10_000):
        (tmp_path / "list.xlsx").write_bytes(xlsx([a_row(one) for one in range(number)]))
        peaks[number], said = peak_of(site, "import_partners", tmp_path / "list.xlsx", "--region", "kainuu")
        assert f"{number if number == 10 else number - 10} create" in said
    assert peaks[10_000] - peaks[10] < 150 * 1024 * 1024, peaks


@pytest.mark.slow
def test_ten_thousand_rows_are_previewed_taken_and_known_again(region, pair):
    content = xlsx([a_row(number) for number in range(10_000)])
    brought = importing.preview(region, pair[0], uploaded(content))
    assert counts(brought)["create"] == 10_000
    importing.confirm_whole(brought, pair[0])
    assert Partner.objects.count() == 10_000
    assert ImportRow.objects.filter(outcome="create", done=True).count() == 10_000
    assert counts(importing.preview(region, pair[0], uploaded(content)))["same"] == 10_000
