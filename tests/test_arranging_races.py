"""What if two arrange at the same moment, or one picks while another fixes or cancels? One outcome each."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import get_default_timezone, localdate

from adoption.models import Act
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.race import DONE, REFUSED
from workflows.arranging import services
from workflows.arranging.inviting import Whom
from workflows.arranging.links import Link, link_in, token_of
from workflows.arranging.models import Meeting, Pick
from workflows.arranging.picking import pick

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
WON, LOST = [DONE, REFUSED], [REFUSED, DONE]
SAID = {"title": "Työpaja", "place": "", "link": "", "length": 60, "message": ""}


def at(days: int) -> datetime:
    day = localdate() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 9, tzinfo=get_default_timezone())


class Ground:
    """A region with its pair, and a meeting to which Liisa is invited for each round."""

    def __init__(self) -> None:
        self.region, self.laura = a_region(), a_kaikukeskus_person()
        self.aino, self.mikko = a_pair(self.region)

    def meeting(self, number: int, *times: int) -> Meeting:
        whom = Whom(name="Liisa Laine", email=f"liisa.{number}@example.org")
        said = SAID | {"kind": "workshop"}
        return services.arrange(self.region, self.aino, said, [at(one) for one in times or (10, 11)], [whom])


@pytest.fixture
def ground(transactional_db) -> Ground:
    return Ground()


def link_of(meeting: Meeting) -> Link:
    found = link_in(token_of(meeting.invitees.exclude(given_email="").get()))
    assert found
    return found


def picking(meeting: Meeting, suits: str = "yes") -> tuple:
    return (pick, (link_of(meeting), {one.pk: suits for one in meeting.times.all()}))


def count(meeting: Meeting, what: str) -> int:
    return Act.objects.filter(what=what, about_kind="meeting", about_id=str(meeting.pk)).count()


def anew(meeting: Meeting) -> Meeting:
    return Meeting.objects.get(pk=meeting.pk)


def test_two_fix_at_once(race, ground):
    """Whoever comes second has seen another state than there is, and is told so: nobody is invited twice."""
    for number in range(ROUNDS):
        meeting = ground.meeting(number)
        ends = race(
            (services.fix, (meeting, ground.aino, at(10), 0)), (services.fix, (meeting, ground.mikko, at(11), 0))
        )
        assert ends in (WON, LOST)
        assert anew(meeting).starts_at == (at(10) if ends == WON else at(11))
        assert (anew(meeting).sequence, count(meeting, "meeting_fixed")) == (1, 1)


def test_a_pick_against_the_fixing(race, ground):
    """Either it came in time, or whoever picks is told that it is too late; the fixing always stands."""
    for number in range(ROUNDS):
        meeting = ground.meeting(number)
        ends = race(picking(meeting), (services.fix, (meeting, ground.aino, at(10), 0)))
        assert ends in ([DONE, DONE], LOST)
        assert Pick.objects.filter(time__meeting=meeting).count() == (2 if ends == [DONE, DONE] else 0)
        assert anew(meeting).state == "fixed"


def test_a_pick_against_the_cancelling(race, ground):
    for number in range(ROUNDS):
        meeting = ground.meeting(number)
        ends = race(picking(meeting), (services.cancel, (meeting, ground.aino, "Sairaus.")))
        assert ends in ([DONE, DONE], LOST)
        assert Pick.objects.filter(time__meeting=meeting).exists() == (ends == [DONE, DONE])
        assert anew(meeting).state == "cancelled"


def test_two_picks_by_one_link(race, ground):
    """The link is open twice: the last answer stands whole, and nothing of the other."""
    for number in range(ROUNDS):
        meeting = ground.meeting(number)
        assert race(picking(meeting), picking(meeting, "no")) == [DONE, DONE]
        found = set(Pick.objects.filter(time__meeting=meeting).values_list("suits", flat=True))
        assert found in ({"yes"}, {"no"})
        assert Pick.objects.filter(time__meeting=meeting).count() == 2


def test_fixing_against_cancelling(race, ground):
    for number in range(ROUNDS):
        meeting = ground.meeting(number)
        ends = race(
            (services.fix, (meeting, ground.aino, at(10), 0)), (services.cancel, (meeting, ground.mikko, "Sairaus."))
        )
        assert ends in ([DONE, DONE], LOST)
        assert anew(meeting).state == "cancelled"


def test_two_cancel_at_once(race, ground):
    for number in range(ROUNDS):
        meeting = ground.meeting(number, 10)
        act = (services.cancel, (meeting, ground.aino, "Sairaus."))
        assert sorted(race(act, act)) == sorted(WON)
        assert count(meeting, "meeting_cancelled") == 1


def test_the_same_one_is_invited_twice_at_once(race, ground):
    for number in range(ROUNDS):
        meeting = ground.meeting(number)
        kalle = [Whom(name="Kalle Repo", email="kalle@example.org")]
        ends = race((services.invite, (meeting, ground.aino, kalle)), (services.invite, (meeting, ground.mikko, kalle)))
        assert sorted(ends) == sorted(WON)
        assert meeting.invitees.filter(given_email="kalle@example.org").count() == 1


def test_the_national_meeting_is_fixed_once_too(race, ground):
    for number in range(ROUNDS):
        said = SAID | {"kind": "national"}
        whom = [Whom(ground.aino), Whom(ground.mikko)]
        meeting = services.arrange(None, ground.laura, said, [at(20 + number), at(40 + number)], whom)
        act = (services.fix, (meeting, ground.laura, at(20 + number), 0))
        assert sorted(race(act, act)) == sorted(WON)
        assert count(meeting, "meeting_fixed") == 1
