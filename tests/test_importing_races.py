"""Two people confirm the same list, or bring the same one, at one instant: each partner stands once."""

import pytest

from adoption.models import Act, Import, Organisation, Partner, Person, Region
from adoption.tables import pasted
from commitments import importing
from tests.lists import a_row, text
from tests.people import a_pair, a_region
from tests.race import DONE
from workflows.checks import faults

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 10
ROWS = 4


def a_list(number: int) -> str:
    return text([a_row(number * ROWS + row) for row in range(ROWS)])


def sound(done: int) -> None:
    """That many rows have been brought, each once, and every chain of history is whole."""
    assert Partner.objects.count() == Organisation.objects.count() == done
    assert Act.objects.filter(what="partner_added").count() == done
    assert faults() == []


def test_two_confirmations_at_once_do_each_row_once(race):
    region = a_region("kainuu")
    aino, mikko = a_pair(region)
    for number in range(ROUNDS):
        brought = importing.preview(region, aino, pasted(a_list(number)))
        assert race((importing.confirm, (brought, aino)), (importing.confirm, (brought, mikko))) == [DONE, DONE]
        assert Import.objects.get(pk=brought.pk).finished_at
    assert Act.objects.filter(what="partners_brought").count() == ROUNDS
    sound(ROUNDS * ROWS)


def test_the_same_list_brought_by_two_at_once_stands_once(race):
    region = a_region("kainuu")
    pair = a_pair(region)
    for number in range(ROUNDS):
        lists = [importing.preview(region, person, pasted(a_list(number))) for person in pair]
        ends = race(*((importing.confirm, (one, person)) for one, person in zip(lists, pair, strict=True)))
        assert ends == [DONE, DONE]
        outcomes = [set(one.rows.values_list("outcome", flat=True)) for one in lists]
        assert sorted(map(sorted, outcomes)) == [["create"], ["same"]]
    sound(ROUNDS * ROWS)


def write(region: Region, person: Person, rows: str) -> int:
    return importing.add_candidates(region, person, pasted(rows))


def test_the_same_candidates_written_by_two_at_once_stand_once(race):
    region = a_region("kainuu")
    pair = a_pair(region)
    for number in range(ROUNDS):
        assert race(*((write, (region, person, a_list(number))) for person in pair)) == [DONE, DONE]
    outcomes = [sorted(set(one.rows.values_list("outcome", flat=True))) for one in Import.objects.all()]
    assert sorted(outcomes) == [["create"]] * ROUNDS + [["same"]] * ROUNDS
    sound(ROUNDS * ROWS)


def test_the_same_organisation_brought_into_two_regions_at_once_is_one(race):
    regions = [a_region("kainuu"), a_region("etela-savo")]
    pairs = [a_pair(region)[0] for region in regions]
    towns = [region.municipalities.first().name_fi for region in regions]
    for number in range(ROUNDS):
        rows = [[a_row(number * 3 + 1, town=town)] for town in towns]
        lists = [
            importing.preview(region, person, pasted(text(row)))
            for region, person, row in zip(regions, pairs, rows, strict=True)
        ]
        ends = race(*((importing.confirm, (one, person)) for one, person in zip(lists, pairs, strict=True)))
        assert ends == [DONE, DONE]
    assert (Organisation.objects.count(), Partner.objects.count()) == (ROUNDS, 2 * ROUNDS)


def test_two_regions_bring_the_same_organisations_in_the_opposite_order(race):
    regions = [a_region("kainuu"), a_region("etela-savo")]
    pairs = [a_pair(region)[0] for region in regions]
    towns = [region.municipalities.first().name_fi for region in regions]
    for number in range(ROUNDS):
        rows = [[a_row((number * 12 + row) * 3 + 1, town=town) for row in range(12)] for town in towns]
        lists = [
            importing.preview(region, person, pasted(text(some)))
            for region, person, some in zip(regions, pairs, (rows[0], rows[1][::-1]), strict=True)
        ]
        ends = race(*((importing.confirm, (one, person)) for one, person in zip(lists, pairs, strict=True)))
        assert ends == [DONE, DONE]
    assert (Organisation.objects.count(), Partner.objects.count()) == (ROUNDS * 12, ROUNDS * 24)
    assert not Import.objects.filter(finished_at=None).exists()


def test_a_list_is_done_by_the_worker_when_its_confirmation_broke_off(worker, monkeypatch):
    region = a_region("kainuu")
    aino, _mikko = a_pair(region)
    brought = importing.preview(region, aino, pasted(a_list(0)))
    with monkeypatch.context() as broken:
        broken.setattr(importing, "AT_ONCE", 0)  # as when the first part meets a database that is away
        assert importing.confirm(brought, aino).finished_at is None
    worker.run()
    assert Import.objects.get(pk=brought.pk).finished_at
    sound(ROWS)
