"""What if two rows are joined both ways at once, or one of them is acted on? One outcome each, on both databases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils.timezone import now

from adoption import partners
from adoption.history import all_faults
from adoption.joining.organisations import join_organisations
from adoption.joining.partners import join_partners
from adoption.joining.people import join_people
from adoption.models import Organisation, Partner, Person
from adoption.people import find_or_make, name_person
from commitments.services import draft_partner_commitment
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.race import DONE, REFUSED
from workflows.arranging.inviting import Whom
from workflows.arranging.models import Invitee
from workflows.arranging.services import arrange, invite
from workflows.checks import faults
from workflows.models import OwnTask
from workflows.my_work.own_tasks import add_task

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
ONE_EACH = [DONE, REFUSED]


class Ground:
    """Two regions with their pairs, and Kaikukeskus."""

    def __init__(self) -> None:
        self.region, self.far = a_region(), a_region("lappi")
        self.aino, self.mikko = a_pair(self.region)
        self.their, _care = a_pair(self.far)
        self.laura = a_kaikukeskus_person()

    def two(self, number: int) -> tuple[Partner, Partner]:
        return tuple(a_venue(self.region, self.aino, f"Galleria {number}", unit=unit) for unit in ("Sali", "Aula"))

    def owners(self, number: int) -> tuple[Organisation, Organisation]:
        names = (f"Vaara {number}", f"Vaara-{number}")
        return tuple(a_venue(self.region, self.aino, name).organisation for name in names)

    def people(self, number: int) -> tuple[Person, Person]:
        return tuple(find_or_make(f"liisa.{which}.{number}@example.org", "Liisa Laine") for which in "ab")


@pytest.fixture
def ground(race) -> Iterator[Ground]:
    yield Ground()
    assert (faults(), all_faults()) == ([], [])


def both_ways(race, act, pairs, by) -> None:
    for one, other in pairs:
        ends = race((act, (one, other, by)), (act, (other, one, by)))
        assert sorted(ends) == sorted(ONE_EACH), ends


def test_partners_both_ways(race, ground):
    both_ways(race, join_partners, [ground.two(number) for number in range(ROUNDS)], ground.aino)


def test_organisations_both_ways(race, ground):
    both_ways(race, join_organisations, [ground.owners(number) for number in range(ROUNDS)], ground.laura)


def test_people_both_ways(race, ground):
    both_ways(race, join_people, [ground.people(number) for number in range(ROUNDS)], ground.laura)


@pytest.mark.parametrize("act", [partners.end_partner, draft_partner_commitment])
def test_partners_against_an_act_on_the_one_that_goes(race, ground, act):
    more = ("Muutti",) if act is partners.end_partner else ()
    for number in range(ROUNDS):
        kept, gone = ground.two(number)
        ends = race((join_partners, (kept, gone, ground.aino)), (act, (gone, ground.aino, *more)))
        assert ends in ([DONE, REFUSED], [REFUSED, DONE], [DONE, DONE]), ends
        assert Partner.objects.filter(pk=gone.pk).exists() == (ends[0] == REFUSED)


def test_organisations_against_a_new_partner_elsewhere(race, ground):
    towns = list(ground.far.municipalities.all()[:1])
    for number in range(ROUNDS):
        kept, gone = ground.owners(number)
        business_id = f"{number}000000-0"
        Organisation.objects.filter(pk=gone.pk).update(business_id=business_id)
        owner = {"name": gone.name, "sector": gone.sector, "business_id": business_id}
        ends = race(
            (join_organisations, (kept, gone, ground.laura)), (add_venue, (ground.far, ground.their, owner, towns))
        )
        assert DONE in ends, ends
        assert set(ends) <= {DONE, REFUSED}, ends
        found = Organisation.objects.get(business_id=business_id)
        assert (found.pk == gone.pk) == (ends[0] == REFUSED)


def add_venue(region, by, owner, towns) -> Partner:
    return partners.add_partner(region, by, owner, "venue", towns, kind="culture")


def test_people_against_a_naming_of_the_one_that_goes(race, ground):
    for number in range(ROUNDS):
        kept, gone = ground.people(number)
        ends = race(
            (join_people, (kept, gone, ground.laura)),
            (name_person, (ground.far, "culture", gone.email, gone.name, ground.laura)),
        )
        assert DONE in ends, ends
        assert set(ends) <= {DONE, REFUSED}, ends
        holder = kept if ends[0] == DONE else gone
        named = holder.responsibilities.current().filter(region=ground.far).exists()
        assert named == (ends[1] == DONE)


def test_people_against_a_contact_of_the_one_that_goes(race, ground):
    for number in range(ROUNDS):
        kept, gone = ground.people(number)
        venue = a_venue(ground.far, ground.their, f"Talo {number}")
        ends = race(
            (join_people, (kept, gone, ground.laura)),
            (partners.name_contact, (venue, ground.their, gone.email, gone.name)),
        )
        assert DONE in ends, ends
        assert set(ends) <= {DONE, REFUSED}, ends
        holder = kept if ends[0] == DONE else gone
        assert (Partner.objects.get(pk=venue.pk).contact_id == holder.pk) == (ends[1] == DONE)


@pytest.mark.parametrize("by_address", [True, False])
def test_people_against_an_invitation_of_the_one_that_goes(race, ground, by_address):
    said = {"kind": "workshop", "title": "Ilta", "place": "", "link": "", "length": 60, "message": ""}
    meeting = arrange(ground.far, ground.their, said, [now() + timedelta(days=9)], [Whom(ground.aino)])
    for number in range(2 * ROUNDS):
        kept, gone = ground.people(number)
        whom = Whom(name=gone.name, email=gone.email) if by_address else Whom(gone)
        ends = race((join_people, (kept, gone, ground.laura)), (invite, (meeting, ground.their, [whom])))
        assert ends == [DONE, DONE], ends
        assert Invitee.objects.get(meeting=meeting, person__in=[kept, gone]).person == kept


def test_people_against_a_task_of_the_one_that_goes(race, ground):
    for number in range(2 * ROUNDS):
        kept, gone = ground.people(number)
        assert race((join_people, (kept, gone, ground.laura)), (add_task, (gone, "Soita."))) == [DONE, DONE]
        assert OwnTask.objects.get(person__in=[kept, gone]).person == kept
