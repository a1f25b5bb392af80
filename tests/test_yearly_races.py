"""Two people say at the same moment that the yearly thing is done, or one says it and another takes it back: what then?

One outcome each: it is said once, and the other is told so.
"""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from adoption.feeds import renew_feed
from adoption.models import Act, CalendarFeed, RegionMunicipality
from tests.people import a_pair, a_region
from tests.race import DONE, REFUSED
from workflows.models import YearlyDone
from workflows.yearly.doing import say_done, take_back
from workflows.yearly.rounds import round_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 10
DAY = timedelta(days=1)


@pytest.fixture
def ground(transactional_db):
    """A region in which the card has been in lasting use for some weeks; its pair."""
    region = a_region("ruotsi")
    return region, *a_pair(region)


def settled(region, weeks: int) -> None:
    """As history will find it after the race: the phase is the services' own again."""
    RegionMunicipality.objects.filter(region=region).update(phase="lasting", phase_since=localdate() - weeks * 7 * DAY)


@pytest.fixture(autouse=True)
def as_it_was(race, ground):
    """The region was never in a trial: its phase is put back, so that the check after the race finds no fault."""
    region = ground[0]
    before = {row.pk: (row.phase, row.phase_since) for row in region.members.all()}
    yield
    for pk, (phase, since) in before.items():
        RegionMunicipality.objects.filter(pk=pk).update(phase=phase, phase_since=since)


def saying(region, by, on):
    return say_done, (region, "page", round_of(region, "page").last, by, on, "Kisaa varten.")


def test_two_say_it_at_once_on_two_days(race, ground):
    region, aino, mikko = ground
    settled(region, 200)
    for number in range(1, ROUNDS):
        day = localdate() - (200 - 3 * number) * DAY
        ended = race(saying(region, aino, day), saying(region, mikko, day + DAY))
        assert sorted(ended) == sorted([DONE, REFUSED])
        assert YearlyDone.objects.count() == Act.objects.filter(what="yearly_done").count() == number


def test_one_takes_back_what_another_says_anew(race, ground):
    region, aino, mikko = ground
    settled(region, 200)
    for number in range(ROUNDS):
        act, arguments = saying(region, aino, localdate() - (190 - 2 * number) * DAY)
        done = act(*arguments)
        again = saying(region, mikko, done.on + DAY)
        ended = race((take_back, (done, aino)), again)
        # Whichever comes first: what was taken back is due as before, so the other page shows another day.
        assert sorted(ended) == sorted([DONE, REFUSED])
        for left in YearlyDone.objects.all():
            take_back(left, mikko)


def test_two_renewals_of_one_address_leave_one_that_works(race, ground):
    _region, aino, _mikko = ground
    for _number in range(ROUNDS):
        renewing = (renew_feed, (aino, aino))
        assert race(renewing, renewing) == [DONE, DONE]
        assert CalendarFeed.objects.filter(person=aino).count() == 1
