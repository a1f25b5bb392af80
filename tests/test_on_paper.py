"""What was committed on paper, before anything stood here, is in force with its date or without, and bears no paper."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django_fsm import TransitionNotAllowed

from adoption import partners
from adoption.models import Act, Partner, Person
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from commitments import services
from commitments.agreeing import papers as faults_of_papers
from commitments.models import Commitment, Edition, Party
from commitments.on_paper import partner_committed, region_committed
from commitments.told import history_of
from tests import papers
from tests.entries import english
from tests.people import a_distributor, a_stranger, a_trial, a_venue
from workflows.checks import faults
from workflows.facts import Facts, Read
from workflows.rules import region_commitment_not_in_force, started_too_early
from workflows.sentences import sentences
from workflows.walk import ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ON = date(2019, 10, 15)


def now(partner: Partner) -> Partner:
    return Partner.objects.get(pk=partner.pk)


def test_a_venue_committed_on_paper_is_active_at_once(region, pair):
    aino, _mikko = pair
    venue = a_venue(region, aino)
    commitment = partner_committed(venue, aino, ON, "2024")
    venue = now(venue)
    assert (commitment.state, commitment.in_force_on) == ("in_force", ON)
    assert (venue.state, venue.committed_model) == ("active", "2024")
    assert (venue.account_on, venue.account_before) == (localdate(), True)
    assert (venue.induction_on, venue.induction_before) == (localdate(), True)
    parties = list(commitment.parties.all())
    assert {(p.method, p.signed_on, p.recorded_by) for p in parties} == {("paper", ON, aino)}
    assert [p.role for p in parties] == ["partner", "municipality", "county"]
    assert not Edition.objects.filter(commitment=commitment).exists()
    assert not hasattr(commitment, "certificate")
    assert [*faults(), *faults_of_papers()] == []


def test_its_day_may_be_unknown(region, pair):
    commitment = partner_committed(a_venue(region, pair[0]), pair[0])
    assert commitment.in_force_on is None
    assert set(commitment.parties.values_list("method", "signed_on")) == {("paper", None)}
    assert [*faults(), *faults_of_papers()] == []


def test_nobody_is_asked_or_mailed(region, pair, worker):
    venue = a_venue(region, pair[0])
    worker.run()
    mail.outbox.clear()
    partner_committed(venue, pair[0], ON)
    worker.run()
    assert mail.outbox == []


def test_days_that_are_known_are_kept(region, pair):
    venue = a_venue(region, pair[0])
    partner_committed(venue, pair[0], ON, account=ON, induction=ON + timedelta(days=1))
    venue = now(venue)
    assert (venue.account_on, venue.account_before) == (ON, False)
    assert (venue.induction_on, venue.induction_before) == (ON + timedelta(days=1), False)


def test_what_is_recorded_here_already_stays(region, pair):
    venue = a_venue(region, pair[0])
    partners.record_account(venue, pair[0], ON)
    partner_committed(venue, pair[0], ON)
    assert (now(venue).account_on, now(venue).account_before) == (ON, False)


def test_what_is_not_done_yet_is_waited_for(region, pair):
    venue = a_venue(region, pair[0])
    partner_committed(venue, pair[0], ON, induction=False)
    assert now(venue).state == "committed"
    partners.record_induction(venue, pair[0], localdate(), "own")
    assert now(venue).state == "active"
    assert faults() == []


def test_a_day_that_becomes_known_takes_the_place_of_the_unknown_one(region, pair):
    venue = a_venue(region, pair[0])
    partner_committed(venue, pair[0])
    partners.record_account(venue, pair[0], localdate())
    partners.record_induction(venue, pair[0], ON, "event")
    venue = now(venue)
    assert (venue.account_before, venue.induction_before) == (False, False)
    assert faults() == []


def test_kaikukeskus_takes_over_a_distributor_that_it_had_cleared_before(region, pair, laura):
    tupanen = a_distributor(region, pair[1])
    with pytest.raises(Refused, match="Only Kaikukeskus"):
        partner_committed(tupanen, pair[1], ON)
    assert now(tupanen).state == "candidate"
    partner_committed(tupanen, laura, ON, cleared=ON)
    assert (now(tupanen).state, now(tupanen).cleared_on) == ("active", ON)
    assert faults() == []


def test_a_distributor_cleared_on_an_unknown_day_stays_cleared(region, pair, laura):
    tupanen = a_distributor(region, pair[1])
    commitment = partner_committed(tupanen, laura)
    services.end(commitment, laura, "Irtisanottu.")
    assert (now(tupanen).state, now(tupanen).cleared_on) == ("cleared", None)
    assert faults() == []


def test_the_pair_takes_over_a_distributor_that_is_cleared_here(region, pair, laura):
    tupanen = a_distributor(region, pair[1], client_group="Työttömät", most_in_tight=True, why_most="Perusturvalla.")
    partners.request_clearance(tupanen, pair[1])
    partners.clear(tupanen, laura)
    partner_committed(tupanen, pair[1], ON)
    assert (now(tupanen).state, now(tupanen).cleared_on) == ("active", localdate())
    assert faults() == []


@pytest.mark.parametrize(
    ("on", "on_page", "in_list"),
    [
        (ON, "15.10.2019, before it was entered here", "cleared 15.10.2019"),
        (None, "Before it was entered here, on a day that is not known", "cleared before, on a day that is not known"),
    ],
)
def test_its_clearance_is_shown_as_it_was_and_not_as_never_asked(region, pair, laura, on, on_page, in_list):
    tupanen = a_distributor(region, pair[1])
    partner_committed(tupanen, laura, ON, cleared=on)
    client = Client()
    client.force_login(english(laura))
    page = client.get(tupanen.get_absolute_url()).content.decode()
    assert on_page in page
    assert "It has not been asked yet." not in page
    assert "tight financial" not in page  # nobody has answered it here
    assert in_list in client.get(reverse("partners", args=[region.slug])).content.decode()


def test_what_is_cleared_here_later_is_not_called_earlier(region, pair, laura):
    tupanen = a_distributor(region, pair[1])
    services.end(partner_committed(tupanen, laura, ON, cleared=ON), laura, "Irtisanottu.")
    partners.end_partner(now(tupanen), laura, "Lopettaa.")
    partners.consider_again(now(tupanen), laura)
    said = {"client_group": "Työttömät", "most_in_tight": True, "why_most": "Perusturvalla."}
    partners.request_clearance(now(tupanen), pair[1], said)
    partners.clear(now(tupanen), laura, "Hyvä.")
    client = Client(headers={"accept-language": "en"})
    client.force_login(laura)
    page = client.get(tupanen.get_absolute_url()).content.decode()
    assert "Hyvä." in page
    assert "entered here" not in page


@pytest.mark.parametrize("days", [{"on": 1}, {"account": 1}, {"induction": 1}])
def test_no_day_is_to_come(region, pair, days):
    venue = a_venue(region, pair[0])
    coming = {key: localdate() + timedelta(days=more) for key, more in days.items()}
    with pytest.raises(Refused, match="still to come"):
        partner_committed(venue, pair[0], **coming)
    assert not Commitment.objects.exists()


def test_the_same_twice_is_refused(region, pair):
    venue = a_venue(region, pair[0])
    partner_committed(venue, pair[0], ON)
    with pytest.raises(Refused, match="in force already"):
        partner_committed(venue, pair[0], ON)
    assert Commitment.objects.count() == 1


def test_an_unfinished_draft_is_gone_on_with_first(region, pair):
    venue = a_venue(region, pair[0])
    services.draft_partner_commitment(venue, pair[0])
    with pytest.raises(Refused, match="unfinished"):
        partner_committed(venue, pair[0], ON)
    assert now(venue).account_on is None


def test_one_that_is_not_taking_part_is_considered_again_first(region, pair):
    venue = a_venue(region, pair[0])
    partners.decline(venue, pair[0], "Ei tänä vuonna.")
    with pytest.raises(Refused, match="consider it again"):
        partner_committed(venue, pair[0], ON)


def test_others_may_not(region, pair):
    venue = a_venue(region, pair[0])
    for person in (a_stranger(), name_person(region, "group", "g@example.org", "Gunilla Berg", pair[0]).person):
        with pytest.raises(NotYours):
            partner_committed(venue, person, ON)


def test_it_is_replaced_by_one_that_is_signed_here(region, pair):
    venue = a_venue(region, pair[0])
    old = partner_committed(venue, pair[0], ON)
    new = ready(papers.replace(old, pair[0]), pair[1])
    services.record_kaikukanta(new, pair[0], "Toimi Pato", localdate())
    old.refresh_from_db()
    assert (old.state, now(venue).state) == ("superseded", "active")
    assert [*faults(), *faults_of_papers()] == []


# -- the region's own -------------------------------------------------------------------------------------------------


def test_a_regions_commitment_on_paper_binds_its_municipalities(region, pair, laura):
    trial = a_trial(region)
    read = Facts(Read([trial]), trial, trial.steps.get(key="commitments"))
    [lacking] = region_commitment_not_in_force(read)
    assert str(lacking).endswith("Suomussalmi, wellbeing services county, Kaikukeskus")
    commitment = region_committed(region, region.municipalities.all(), laura, ON, "2024")
    assert (commitment.state, commitment.in_force_on) == ("in_force", ON)
    assert [p.role for p in commitment.parties.all()][-2:] == ["county", "kaikukeskus"]
    again = Facts(Read([trial]), trial, trial.steps.get(key="commitments"))
    assert region_commitment_not_in_force(again) == []
    assert [*faults(), *faults_of_papers()] == []


def test_only_kaikukeskus_takes_over_a_regions_commitment(region, pair, laura):
    towns = list(region.municipalities.all())
    with pytest.raises(NotYours):
        region_committed(region, towns, pair[0], ON)
    with pytest.raises(Refused, match="at least one"):
        region_committed(region, [], laura, ON)
    region_committed(region, towns, laura)
    with pytest.raises(Refused, match="in force"):
        region_committed(region, towns, laura, ON)


def test_unknown_days_hinder_no_start(region, pair, laura):
    """A start in the past, and partners taken over today on days that nobody knows."""
    trial = a_trial(region)
    partner_committed(a_venue(region, pair[0], "Iltakerho", **{}), pair[0])
    row = trial.steps.get(key="start_distribution")
    row.evidence = {"start": ON.isoformat()}
    assert started_too_early(Facts(Read([trial]), trial, row)) == []


# -- what is told ----------------------------------------------------------------------------------------------------


def test_history_tells_it(region, pair, laura):
    tupanen = a_distributor(region, pair[1])
    with_day = partner_committed(tupanen, laura, ON)
    without = partner_committed(a_venue(region, pair[0]), pair[0])
    texts = [line.text for line in sentences(Act.objects.filter(region=region))]
    assert any("made earlier, on paper" in text and "15.10.2019" in text for text in texts)
    assert any("made earlier, on paper" in text and "not known" in text for text in texts)
    assert any("before it was entered here" in text for text in texts)
    for one in (with_day, without):
        [told] = history_of(one, one.parties.all())
        assert str(told.what) == "Committed earlier, on paper"


@pytest.mark.parametrize("on", [ON, None])
def test_the_pages_tell_it(region, pair, laura, on):
    venue = a_venue(region, pair[0])
    own = partner_committed(venue, pair[0], on)
    whole = region_committed(region, region.municipalities.all(), laura, on)
    Person.objects.filter(pk=pair[0].pk).update(language="en")
    client = Client()
    client.force_login(pair[0])
    for page in (own.get_absolute_url(), whole.get_absolute_url()):
        said = client.get(page).content.decode()
        assert "Committed earlier, on paper" in said
        assert "there is no document here" in said
        assert ("15.10.2019" in said) == bool(on)
    told = client.get(venue.get_absolute_url()).content.decode()
    assert f"before {localdate().day}.{localdate().month}.{localdate().year}" in told
    listed = client.get(reverse("commitments", args=[region.slug])).content.decode()
    assert ("15.10.2019" if on else "not known") in listed
    assert client.get(reverse("region_bundle", args=[region.slug])).status_code == 200


# -- the database and the states --------------------------------------------------------------------------------------


def test_what_is_not_on_paper_needs_its_signatures(region, pair):
    draft = services.draft_partner_commitment(a_venue(region, pair[0]), pair[0])
    with pytest.raises(TransitionNotAllowed):
        draft.take_over()
    with pytest.raises(IntegrityError, match="signed_by_some_method"), transaction.atomic():
        Party.objects.filter(commitment=draft).update(method="link")
