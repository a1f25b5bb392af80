"""What if the same partners are marked twice at one moment, or by a list and by hand? One mark each."""

import pytest
from django.utils.timezone import localdate

from adoption.accounts import accounts_table, take
from adoption.history import all_faults
from adoption.marking import What, mark
from adoption.models import Act, Partner, Person, Region
from adoption.sheets import csv_bytes
from adoption.tables import uploaded
from commitments.on_paper import partner_committed
from tests.people import a_pair, a_region, a_venue
from tests.race import DONE

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def take_text(content: bytes, by: Person, region: Region) -> None:
    """As a process takes it: a list that was read cannot be sent to another process."""
    take(uploaded(content), by, region)


@pytest.mark.parametrize("by_list", [False, True])
def test_marked_twice_at_one_moment(race, by_list):
    region = a_region()
    aino, _mikko = a_pair(region)
    venues = [a_venue(region, aino, f"Talo {number}") for number in range(4)]
    for venue in venues:
        partner_committed(venue, aino, account=False)
    rows = [list(row) for row in accounts_table(region)]
    for row in rows[1:]:
        row[-1] = localdate()
    by_hand = (mark, (region, aino, venues, What.ACCOUNT, localdate()))
    other = (take_text, (csv_bytes(rows), aino, region)) if by_list else by_hand
    assert race(by_hand, other) == [DONE, DONE]
    assert Act.objects.filter(what="account_recorded").count() == 4
    assert set(Partner.objects.values_list("account_on", flat=True)) == {localdate()}
    assert all_faults() == []
