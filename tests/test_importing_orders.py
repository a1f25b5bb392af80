"""Whatever rows a list has, in whatever order: what its preview says is done, and nothing twice."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from adoption.models import Import, Organisation, Partner, Person, Region
from adoption.tables import pasted
from commitments import importing
from tests.lists import Row, a_row, business_id, text
from workflows.checks import faults

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english"), pytest.mark.long]

COUNTY, COUNTY_SV, CITY = "Kainuun hyvinvointialue", "Kajanalands välfärdsområde", "Kajaanin kaupunki"
NAMES = (COUNTY, COUNTY_SV, CITY, "Museo", "Tupa ry")
ONE, OTHER = business_id(1), business_id(2)


def row(name: str, number: str = "", unit="", town="Kajaani", role="kohde", sector="julkinen") -> Row:
    return a_row(1, name=name, id=number, unit=unit, town=town, role=role, sector=sector)


MANY = 30  # half a second each
ROWS = some.builds(
    row, some.sampled_from(NAMES), some.sampled_from(["", "", ONE, OTHER]), some.sampled_from(["", "A", "B"]),
    some.sampled_from(["Kajaani", "Sotkamo", "Kajaani, Sotkamo"]), some.sampled_from(["kohde", "kohde", "jakaja"]),
    some.sampled_from(["julkinen", "julkinen", "kolmas sektori"]),
)  # fmt: skip


def said(brought: Import) -> list[tuple]:
    return list(brought.rows.order_by("number").values_list("number", "outcome", "why"))


def stored() -> tuple[set, set]:
    units = Partner.objects.values_list("organisation", "unit", "role", "municipalities")
    return set(Organisation.objects.values_list("pk", "name", "sector", "business_id")), set(units)


@settings(max_examples=MANY, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(ROWS, max_size=2), some.lists(ROWS, min_size=1, max_size=5))
@example([], [row(COUNTY, ONE, "A"), row("Museo", ONE, "B"), row("Museo", unit="C")])
@example([], [row("Tupa ry", unit="A", role="jakaja"), row("Tupa ry", unit="A", role="jakaja", town="Sotkamo")])
@example([], [row(COUNTY, unit="A"), row(COUNTY_SV, ONE, "B"), row(COUNTY, OTHER, "C")])
@example([], [row("Museo", unit="A"), row("Museo", ONE, "B"), row("Museo", OTHER, "B")])
@example([], [row("Museo", ONE, sector="kolmas sektori"), row("Museo", unit="A")])
@example([], [row(COUNTY, ONE, "A"), row(COUNTY, OTHER, "B"), row(COUNTY, OTHER, "B")])
@example([row(CITY, OTHER)], [row(COUNTY), row(CITY, ONE, "A"), row(COUNTY, ONE, "B")])
@example([row("Museo"), row("Museo", town="Sotkamo")], [row("Museo", OTHER), row("Museo", town="Sotkamo")])
def test_what_the_preview_says_is_done_and_nothing_twice(region, laura, known, rows):
    with transaction.atomic():
        importing.confirm_whole(importing.preview(region, laura, pasted(text(known))), laura)
        walk(region, laura, rows)
        transaction.set_rollback(True)


def walk(region: Region, laura: Person, rows: list[Row]) -> None:
    shown = importing.preview(region, laura, pasted(text(rows)))
    before = said(shown)
    taken = importing.confirm_whole(shown, laura)
    assert said(taken) == before
    assert faults() == []
    refused = {number for number, outcome, _why in before if outcome == "refuse"}
    there = stored()
    again = importing.confirm_whole(importing.preview(region, laura, pasted(text(rows))), laura)
    # A row may have been refused for want of what a row after it has brought.
    assert {number for number, outcome, _why in said(again) if outcome in ("create", "update")} <= refused
    assert refused or stored() == there
