"""What happens when two press at the same moment about one clearance? One outcome each, on both databases."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from adoption import partners
from adoption.clearing import clear_several
from adoption.models import Act, Mail, Partner
from adoption.prepared_texts import add_text, set_times
from adoption.silent_requests import go_on
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region
from tests.race import DONE, NOT_YOURS, REFUSED

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 15
ANSWERS = {"client_group": "Päiväkeskus", "most_in_tight": True, "why_most": "Toimeentulotuella."}
WON, LOST = [DONE, REFUSED], [REFUSED, DONE]
State = Partner.State


class Ground:
    """A region with its pair, and a request for each round."""

    def __init__(self) -> None:
        self.region, self.laura = a_region("kainuu"), a_kaikukeskus_person()
        self.aino, self.mikko = a_pair(self.region)

    def asked(self, number: int) -> Partner:
        partner = a_distributor(self.region, self.mikko, f"Tupa {number} ry")
        return partners.request_clearance(partner, self.mikko, ANSWERS)

    def questioned(self, number: int, reminded: bool = False) -> Partner:
        partner = partners.want_more(self.asked(number), self.laura, "Kuinka moni?")
        if reminded:
            go_on(partner.pk, (localdate() + timedelta(days=20)).isoformat())
        return partner


@pytest.fixture
def ground(transactional_db) -> Ground:
    return Ground()


def state(partner: Partner) -> str:
    return Partner.objects.get(pk=partner.pk).state


def acts(partner: Partner, *what: str) -> list[str]:
    found = Act.objects.filter(about_kind="partner", about_id=str(partner.pk), what__in=what).order_by("number")
    return list(found.values_list("what", flat=True))


def test_two_questions_at_once(race, ground):
    for number in range(ROUNDS):
        partner = ground.asked(number)
        outcome = race(*((partners.want_more, (partner, ground.laura, question)) for question in ("Eka?", "Toka?")))
        assert outcome in (WON, LOST)
        assert Partner.objects.get(pk=partner.pk).question == ("Eka?" if outcome == WON else "Toka?")
        assert acts(partner, "clearance_more_wanted") == ["clearance_more_wanted"]


def test_a_question_and_a_clearance_at_once(race, ground):
    ends = {tuple(WON): State.CLEARED, tuple(LOST): State.MORE_WANTED}
    for number in range(ROUNDS):
        partner = ground.asked(number)
        outcome = race((partners.clear, (partner, ground.laura)), (partners.want_more, (partner, ground.laura, "?")))
        assert state(partner) == ends[tuple(outcome)]


def test_a_distributor_is_cleared_alone_and_among_others(race, ground):
    for number in range(ROUNDS):
        partner = ground.asked(number)
        several = (clear_several, ([partner], ground.laura, {}))
        assert race((partners.clear, (partner, ground.laura)), several) in ([DONE, DONE], [REFUSED, DONE])
        assert acts(partner, "clearance_given") == ["clearance_given"]


def test_an_answer_against_kaikukeskus_declining(race, ground):
    """Whoever was first: nothing is declined by one who has not seen the answer."""
    ends = {tuple(WON): State.ASKED, tuple(LOST): State.DECLINED}
    for number in range(ROUNDS):
        partner = ground.questioned(number)
        outcome = race(
            (partners.answer_question, (partner, ground.mikko, "Kaksi kolmesta.")),
            (partners.decline, (partner, ground.laura, "Ei vastausta.")),
        )
        assert state(partner) == ends[tuple(outcome)]


def test_an_answer_against_the_pair_giving_up(race, ground):
    ends = {(DONE, NOT_YOURS): State.ASKED, (REFUSED, DONE): State.DECLINED}
    for number in range(ROUNDS):
        partner = ground.questioned(number)
        outcome = race(
            (partners.answer_question, (partner, ground.mikko, "Kaksi kolmesta.")),
            (partners.decline, (partner, ground.aino, "Eivät ehdi.")),
        )
        assert state(partner) == ends[tuple(outcome)]


def test_an_answer_against_the_return_of_the_request(race, ground):
    late = (localdate() + timedelta(days=100)).isoformat()
    for number in range(ROUNDS):
        partner = ground.questioned(number, reminded=True)
        answered, _returned = race(
            (partners.answer_question, (partner, ground.mikko, "Kaksi kolmesta.")), (go_on, (partner.pk, late))
        )
        assert (answered, state(partner), acts(partner, "clearance_answered", "clearance_lapsed")) in (
            (DONE, State.ASKED, ["clearance_answered"]),
            (REFUSED, State.CANDIDATE, ["clearance_lapsed"]),
        )


def test_the_daily_job_runs_twice_at_once(race, ground, worker):
    for number in range(ROUNDS):
        partner = ground.questioned(number)
        for days, what in ((20, "clearance_reminded"), (100, "clearance_lapsed")):
            job = (go_on, (partner.pk, (localdate() + timedelta(days=days)).isoformat()))
            assert race(job, job) == [DONE, DONE]
            assert acts(partner, what) == [what]
    worker.run()
    assert (
        Mail.objects.filter(subject__contains="Tupa 0 ry").count() == 8
    )  # the contact, Kaikukeskus, and three to each of two


def test_what_kaikukeskus_keeps_ready_is_changed_by_two_at_once(race, ground):
    for number in range(ROUNDS):
        added = (add_text, ("more", "fi", f"Kysymys {number}", "Kuinka moni?", ground.laura))
        assert race(added, added) in (WON, LOST)
        assert race((set_times, (5, 20, ground.laura)), (set_times, (7, 30, ground.laura))) == [DONE, DONE]
