"""What was entered wrong is corrected with a reason, and what was entered by mistake is withdrawn."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from adoption.days import due_again
from adoption.models import Act
from commitments.agreeing import papers as faults_of_papers
from commitments.on_paper import Paper
from tests.entries import ENDS, SINCE, STARTED, TO_COME, an_entry, english, lasting, refused
from tests.people import a_kaikukeskus_person, a_pair, a_region
from workflows import services
from workflows.checks import faults
from workflows.entering import enter_region
from workflows.entry import LASTING
from workflows.entry_correcting import correct_entry, standing_entry, withdraw_entry
from workflows.models import FeedbackMeeting
from workflows.sentences import sentences
from workflows.standing import written
from workflows.year import next_feedback_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def laura():
    return english(a_kaikukeskus_person())


def test_the_days_are_corrected_with_a_reason_and_history_says_so(laura):
    region = a_region("kainuu")
    trial = lasting(region, laura, meeting=SINCE, committed_on=date(2019, 10, 15))
    old = standing_entry(trial)
    assert "Write the reason" in refused(correct_entry, trial, laura, replace(old, meeting=None), " ")
    assert "Nothing has been changed" in refused(correct_entry, trial, laura, old, "Syy.")
    assert "still to come" in refused(correct_entry, trial, laura, replace(old, meeting=TO_COME), "Syy.")
    met, began = localdate() - timedelta(days=30), STARTED - timedelta(days=9)
    papers = old.papers | {"kaikukeskus": Paper(date(2019, 12, 1), "KK/7/2019")}
    since = dict.fromkeys(old.since, SINCE + timedelta(days=1))
    days = old.days | {"workshop": date(2018, 5, 5)}
    new = replace(old, meeting=met, start=began, papers=papers, since=since, days=days)
    correct_entry(trial, laura, new, "Pöytäkirjat löytyivät.")
    assert standing_entry(trial) == new
    trial.refresh_from_db()
    assert (trial.started_on, trial.planned_start) == (began, began)
    assert trial.steps.get(key="workshop").evidence == {"date": "2018-05-05"}
    assert region.commitments.get().in_force_on == date(2019, 12, 1)
    assert next_feedback_due([region.pk]) == {region.pk: due_again(met)}
    assert set(region.members.values_list("phase_since", flat=True)) == {SINCE + timedelta(days=1)}
    last = {line.act.what: line for line in sentences(Act.objects.filter(region=region).order_by("number"))}
    assert last["entry_corrected"].reason == last["commitment_paper_corrected"].reason == "Pöytäkirjat löytyivät."
    said = last["entry_corrected"].text
    town = region.members.first().municipality
    for words in (
        "Feedback meeting: ", f"{written(met)}, before the correction {written(SINCE)}.",
        "Step 4, ", ": 5.5.2018, before the correction on a day that is not known.",
        f"{town.name}, in lasting use since: {written(SINCE + timedelta(days=1))}, "
        f"before the correction {written(SINCE)}.",
    ):  # fmt: skip
        assert words in said
    assert [*faults(), *faults_of_papers()] == []


def test_a_meeting_can_come_and_go_by_a_correction(laura):
    region = a_region("ruotsi")
    trial = lasting(region, laura)
    correct_entry(trial, laura, replace(standing_entry(trial), meeting=SINCE), "Muistio löytyi.")
    assert [one.held_on for one in region.meetings.all()] == [SINCE]
    correct_entry(trial, laura, replace(standing_entry(trial), meeting=None), "Olikin toisen alueen.")
    assert not FeedbackMeeting.objects.exists()
    assert faults() == []


def test_a_running_trial_is_corrected_where_it_was_entered_and_nowhere_else(laura):
    region = a_region("ruotsi")
    trial = enter_region(region, an_entry(region, "feedback"), laura)
    new = STARTED - timedelta(days=5)
    correct_entry(trial, laura, replace(standing_entry(trial), start=new, end=ENDS + timedelta(days=30)), "Syy.")
    trial.refresh_from_db()
    assert (trial.started_on, trial.ends_on) == (new, ENDS + timedelta(days=30))
    assert region.members.get().phase_since == new
    a_pair(region)
    services.reopen_step(trial, "workshop", laura, "Päätös puuttuu.")
    assert "workshop" not in standing_entry(trial).entered
    assert trial.steps.get(key="workshop").entered_at is None
    correct_entry(trial, laura, replace(standing_entry(trial), end=ENDS), "Syy.")
    assert "More has been done here" in refused(withdraw_entry, trial, laura, "Väärä alue.")
    assert faults() == []


@pytest.mark.parametrize("present", [LASTING, "induction"])
def test_an_entry_by_mistake_is_withdrawn_and_the_region_is_as_it_was(laura, present):
    region = a_region("kainuu")
    before = list(region.members.order_by("pk").values_list("pk", "phase", "phase_since"))
    trial = enter_region(region, an_entry(region, present, meeting=SINCE if present == LASTING else None), laura)
    assert "Write the reason" in refused(withdraw_entry, trial, laura, "")
    withdraw_entry(trial, laura, "Väärä alue.")
    assert list(region.members.order_by("pk").values_list("pk", "phase", "phase_since")) == before
    assert list(region.commitments.values_list("state", flat=True)) == ["ended"]
    assert not region.meetings.exists()
    assert next_feedback_due([region.pk]) == {}
    assert services.read(trial.pk).open == {}
    assert "was withdrawn" in refused(withdraw_entry, trial, laura, "Vielä.")
    assert [*faults(), *faults_of_papers()] == []
    enter_region(region, an_entry(region), laura)
    assert [*faults(), *faults_of_papers()] == []


def test_what_was_walked_on_since_is_not_withdrawn(laura):
    region = a_region("ruotsi")
    trial = enter_region(region, an_entry(region, "local_pair"), laura)
    a_pair(region)
    services.confirm_step(trial, "local_pair", laura)
    assert "More has been done here" in refused(withdraw_entry, trial, laura, "Väärä alue.")
    assert trial.decided == ""
