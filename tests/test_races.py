"""What happens when people press at the same moment? Forty rounds each, in processes of their own, on both databases.

Each round has one outcome and one successor, nothing errs, and at the end every trial is sound.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate
from viewflow.workflow.models import Task

from adoption import partners
from adoption.models import Act, Municipality, Partner, Person, Responsibility
from adoption.people import add_kaikukeskus_person, end_responsibility, name_person
from commitments.models import Commitment, Party
from commitments.reviewing import record_copy
from commitments.services import Signature
from tests import papers
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.race import DONE, NOT_YOURS, REFUSED
from workflows import services
from workflows.models import Trial, TrialMunicipality
from workflows.trial import MODELS
from workflows.walk import a_pdf, ready

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 40
FIRST_FIVE = ["intro_event", "local_pair", "pair_training", "workshop", "commitments"]
THREE = ["kaikukanta_users", "print_comms", "induction"]


class Ground:
    """A region with its pair, and a trial of another municipality for each round."""

    def __init__(self) -> None:
        self.region, self.laura = a_region("kainuu"), a_kaikukeskus_person()
        self.aino, self.mikko = a_pair(self.region)
        self.municipalities = iter(Municipality.objects.order_by("pk"))

    def opened(self) -> Trial:
        start = localdate() + timedelta(days=100)
        here, end = [next(self.municipalities)], start + timedelta(days=365)
        return Trial.objects.get(pk=services.open_trial(self.region, here, start, end, self.laura).pk)

    def at(self, *keys: str) -> Trial:
        """A trial with these steps open, each confirmed by culture, and all before them closed."""
        trial = self.opened()
        one_by_one = [key for key in keys if key in FIRST_FIVE]
        before = FIRST_FIVE[: FIRST_FIVE.index(one_by_one[0])] if one_by_one else FIRST_FIVE + THREE
        for key in before:
            if key not in keys:
                self.close(trial, key)
        for key in keys:
            self.half(trial, key)
        return trial

    def close(self, trial: Trial, key: str) -> None:
        if key == "local_pair":
            services.confirm_step(trial, key, self.laura)
        else:
            services.skip_step(trial, key, self.laura, "Kisaa varten.")

    def half(self, trial: Trial, key: str) -> None:
        day = localdate().isoformat()
        said = {
            "pair_training": {"date": day, "trainer": "Laura Mäkelä"},
            "start_distribution": {"start": day, "end": (localdate() + timedelta(days=300)).isoformat()},
            "print_comms": {
                "printed_on": day, "languages": ["fi"], "cards": 1, "community_cards": 1, "brochures": 1, "posters": 1,
                "cost": "1.00", "local_page": "https://kortti.example.org", "feedback_email": "palaute@example.org",
            },
        }  # fmt: skip
        services.save_evidence(trial, key, self.laura, said.get(key, {}), 0)
        if key in (THREE[0], THREE[2]):  # they ask about committed partners, and there are none
            for rule in MODELS["2024"].step(key).missing:
                services.override_rule(trial, key, rule.key, self.laura, "Kisaa varten.")
        services.confirm_step(trial, key, self.aino)


def open_steps(trial: Trial) -> list[str]:
    """The keys of the trial's open tasks: a step with two of them would stand here twice."""
    tasks = Task.objects.filter(process__trial=trial.pk, **services.OPEN)
    return sorted(task.flow_task.name for task in tasks)


def closings(trial: Trial, key: str) -> int:
    acts = Act.objects.filter(what="step_confirmed", about_id=str(trial.steps.get(key=key).pk))
    return sum(act.data["closes"] for act in acts)


@pytest.fixture
def ground(transactional_db) -> Ground:
    return Ground()


# -- steps ------------------------------------------------------------------------------------------------------------


def test_both_sides_confirm_the_same_step(race, ground):
    for _round in range(ROUNDS):
        trial = ground.at("pair_training")
        services.withdraw(trial, "pair_training", ground.aino)
        acts = [(services.confirm_step, (trial, "pair_training", by)) for by in (ground.aino, ground.mikko)]
        assert race(*acts) == [DONE, DONE]
        assert open_steps(trial) == ["workshop"]
        assert closings(trial, "pair_training") == 1


def test_one_side_confirms_twice(race, ground):
    for _round in range(ROUNDS):
        trial = ground.at("pair_training")
        act = (services.confirm_step, (trial, "pair_training", ground.mikko))
        assert sorted(race(act, act)) == [REFUSED, DONE]
        assert open_steps(trial) == ["workshop"]
        assert closings(trial, "pair_training") == 1


def test_6_7_and_8_end_together(race, ground):
    for _round in range(ROUNDS):
        trial = ground.at(*THREE)
        assert race(*((services.confirm_step, (trial, key, ground.mikko)) for key in THREE)) == [DONE, DONE, DONE]
        assert open_steps(trial) == ["start_distribution"]


def test_a_confirmation_against_a_reopening_of_the_same_step(race, ground):
    ends = {(DONE, DONE): ["pair_training", "workshop"], (DONE, REFUSED): ["workshop"]}
    for _round in range(ROUNDS):
        trial = ground.at("pair_training")
        outcome = race(
            (services.confirm_step, (trial, "pair_training", ground.mikko)),
            (services.reopen_step, (trial, "pair_training", ground.aino, "Kouluttaja vaihtui.")),
        )
        assert open_steps(trial) == ends[tuple(outcome)]


def test_the_last_of_three_against_a_reopening_of_another(race, ground):
    """Whichever was first: 6 is open, and 9 opens once, beside it or after it."""
    for _round in range(ROUNDS):
        trial = ground.at("print_comms")
        outcome = race(
            (services.confirm_step, (trial, "print_comms", ground.mikko)),
            (services.reopen_step, (trial, "kaikukanta_users", ground.aino, "Tunnus puuttui.")),
        )
        assert outcome == [DONE, DONE]
        assert open_steps(trial) in (["kaikukanta_users"], ["kaikukanta_users", "start_distribution"])
        services.skip_step(trial, "kaikukanta_users", ground.laura, "Kisaa varten.")
        assert open_steps(trial) == ["start_distribution"]


def test_the_start_against_a_reopening_of_an_earlier_step(race, ground):
    """Either the start waits for the reopened step, or it was first."""
    ends = {
        (DONE, DONE): ["feedback", "print_comms"],
        (REFUSED, DONE): ["print_comms", "start_distribution"],
    }
    for _round in range(ROUNDS):
        trial = ground.at("start_distribution")
        outcome = race(
            (services.confirm_step, (trial, "start_distribution", ground.mikko)),
            (services.reopen_step, (trial, "print_comms", ground.aino, "Julisteet loppuivat.")),
        )
        assert open_steps(trial) == ends[tuple(outcome)]


def test_one_municipality_is_taken_by_two_regions(race, ground):
    regions = [ground.region, a_region("lappi")]
    start = localdate() + timedelta(days=100)
    for _round in range(ROUNDS):
        here = [next(ground.municipalities)]
        acts = [
            (services.open_trial, (region, here, start, start + timedelta(days=365), ground.laura))
            for region in regions
        ]
        assert sorted(race(*acts)) == [REFUSED, DONE]
        assert TrialMunicipality.objects.filter(municipality__in=here).count() == 1


# -- signatures ---------------------------------------------------------------------------------------------------


def awaiting(ground: Ground, number: int) -> Commitment:
    """A venue's commitment that waits for its signatures, in any order."""
    venue = a_venue(ground.region, ground.aino, f"Galleria {number}")
    draft = papers.change_draft(papers.draft_partner_commitment(venue, ground.aino), ground.aino, {}, in_turn=False)
    return ready(draft, ground.mikko)


def copy_of(commitment: Commitment, by: Person, *parties: Party) -> tuple:
    signed = [Signature(party.pk, party.signatory_name, localdate()) for party in parties]
    return (record_copy, (commitment, by, a_pdf(), "allekirjoitettu.pdf", signed))


def assert_in_force_once(commitment: Commitment) -> None:
    commitment = Commitment.objects.get(pk=commitment.pk)
    assert commitment.state == Commitment.State.IN_FORCE
    assert commitment.partner.state == Partner.State.COMMITTED
    assert Act.objects.filter(what="commitment_in_force", about_id=str(commitment.pk)).count() == 1
    assert Act.objects.filter(what="partner_committed", about_id=str(commitment.partner_id)).count() == 1


def test_the_last_signature_is_uploaded_twice(race, ground):
    for number in range(ROUNDS):
        commitment = awaiting(ground, number)
        last, *others = commitment.parties.all()
        act, arguments = copy_of(commitment, ground.aino, *others)
        act(*arguments)
        outcome = race(copy_of(commitment, ground.aino, last), copy_of(commitment, ground.mikko, last))
        assert sorted(outcome) == [REFUSED, DONE]
        assert commitment.copies.count() == 2
        assert_in_force_once(commitment)


def test_the_last_two_signatures_are_uploaded_at_once(race, ground):
    for number in range(ROUNDS):
        commitment = awaiting(ground, number)
        last, *others = commitment.parties.all()
        outcome = race(copy_of(commitment, ground.aino, last), copy_of(commitment, ground.mikko, *others))
        assert outcome == [DONE, DONE]
        assert_in_force_once(commitment)


# -- people and partners ----------------------------------------------------------------------------------------------


def test_one_person_is_named_to_both_sides(race, ground):
    for number in range(ROUNDS):
        address = f"kiistelty.{number}@example.org"
        acts = [
            (name_person, (ground.region, side, address, "Kaisa Kiistelty", ground.laura))
            for side in ("culture", "care")
        ]
        assert sorted(race(*acts)) == [REFUSED, DONE]
        assert Responsibility.objects.get(person__email=address).until is None


def test_one_new_person_is_named_in_two_regions(race, ground):
    regions = [ground.region, a_region("lappi")]
    for number in range(ROUNDS):
        address = f"kahden.{number}@example.org"
        acts = [(name_person, (region, "culture", address, "Kaija Kahdella", ground.laura)) for region in regions]
        assert race(*acts) == [DONE, DONE]
        assert Person.objects.get(email=address).responsibilities.count() == 2


def test_one_person_is_named_to_a_region_and_to_kaikukeskus(race, ground):
    for number in range(ROUNDS):
        address = f"molempien.{number}@example.org"
        outcome = race(
            (name_person, (ground.region, "culture", address, "Maija Molempien", ground.laura)),
            (add_kaikukeskus_person, (address, "Maija Molempien", ground.laura)),
        )
        assert sorted(outcome) == [REFUSED, DONE]
        person = Person.objects.get(email=address)
        assert person.is_kaikukeskus != person.responsibilities.exists()


def test_two_regions_give_one_business_id_to_two_organisations(race, ground):
    regions = [ground.region, a_region("lappi")]
    for number in range(ROUNDS):
        venues = [a_venue(region, ground.laura, f"{region.slug} {number}") for region in regions]
        given = {"business_id": f"{number:07}-0"}
        outcome = race(*((corrected, (venue, ground.laura, given)) for venue in venues))
        assert sorted(outcome) == [REFUSED, DONE]


def corrected(venue: Partner, by: Person, organisation: dict) -> None:
    partners.change_partner(venue, by, list(venue.municipalities.all()), organisation)


def test_the_last_two_holders_end_each_other(race, ground):
    holders = Responsibility.objects.current().holders().filter(region=ground.region, side="culture")
    for number in range(ROUNDS):
        name_person(ground.region, "culture", f"toinen.{number}@example.org", "Toini Toinen", ground.laura)
        one, other = holders.select_related("person")
        outcome = race((end_responsibility, (one, other.person)), (end_responsibility, (other, one.person)))
        assert sorted(outcome) == [NOT_YOURS, DONE]
        assert holders.count() == 1


def test_a_distributor_is_cleared_and_declined(race, ground):
    """Whoever was first: two people of Kaikukeskus never both decide."""
    answers = {"client_group": "Päiväkeskus", "most_in_tight": True, "why_most": "Toimeentulotuella."}
    ends = {(DONE, REFUSED): Partner.State.CLEARED, (REFUSED, DONE): Partner.State.DECLINED}
    for number in range(ROUNDS):
        partner = a_distributor(ground.region, ground.mikko, f"Tupa {number} ry")
        partner = partners.request_clearance(partner, ground.mikko, answers)
        outcome = race(
            (partners.clear, (partner, ground.laura)),
            (partners.decline, (partner, ground.laura, "Kohderyhmä on toinen.")),
        )
        assert Partner.objects.get(pk=partner.pk).state == ends[tuple(outcome)]


# -- can these tests see a fault? ----------------------------------------------------------------------------------


def test_without_the_lock_the_race_is_lost(ground, unlocked_race):
    """On PostgreSQL the region's lock alone keeps two acts apart. SQLite lets only one write anyway."""
    trial = ground.at("pair_training")
    act = (services.confirm_step, (trial, "pair_training", ground.mikko))
    outcome = sorted(unlocked_race(act, act))
    assert (outcome == [REFUSED, DONE]) == (connection.vendor != "postgresql"), outcome
