"""When Kaikukeskus corrects the planned days of a trial, does only that move which depends on them, and is it said?"""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from adoption.days import A_DAY, is_working_day, months_after, next_working_day
from adoption.models import Act
from adoption.refusal import Refused
from adoption.templatetags.kaiku import day, weekday_day
from tests.test_moving import a_working_day, dues, moved, planned, refused
from tests.trials import a_walk, text_of
from workflows import services
from workflows.checks import faults
from workflows.correcting import correct_trial
from workflows.models import Trial, TrialStep
from workflows.moving import mark_of, what_moves
from workflows.plan import due_dates, possible_ends
from workflows.replanning import moves_when_planned
from workflows.sentences import sentences
from workflows.trial import Trial2023, Trial2024

pytestmark = pytest.mark.usefixtures("in_english")

WEEK = timedelta(days=7)
AFTERWARDS = {"feedback", "decision"}


# -- the rules --------------------------------------------------------------------------------------------------------


def days_of(trial: Trial) -> dict[str, date]:
    return {key: row.due for key, row in trial.rows.items()}


def with_moves(trial: Trial, start: date, end: date, by_hand: set[str]) -> dict[str, date]:
    """The days before; the trial has moved."""
    was = days_of(trial)
    moves = moves_when_planned(trial, start, end, by_hand)
    for one in moves.steps:
        assert one.was == was[one.step.key] != one.to
        trial.rows[one.step.key].due = one.to
    trial.planned_start, trial.planned_end = start, end
    assert {one.step.key for one in moves.kept} <= by_hand
    return was


@given(
    some.sampled_from([Trial2023, Trial2024]), some.integers(60, 400), some.integers(6, 22), some.integers(0, 8),
    some.lists(
        some.tuples(some.integers(0, 10), some.integers(-40, 120), some.integers(-50, 150), some.integers(6, 24)),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_after_any_moves_and_corrections_the_plan_is_in_order(flow, ahead, months, closed, wishes):
    trial = planned(flow, ahead, months, closed)
    keys = [step.key for step in flow.all_steps()]
    by_hand: set[str] = set()
    for number, days, later, length in wishes:
        key = keys[number]
        try:
            moves = what_moves(trial, key, next_working_day(trial.rows[key].due + days * A_DAY))
        except Refused:
            continue
        for one in moves.steps:
            trial.rows[one.step.key].due = one.to
            trial.rows[one.step.key].moved = "Syy."
        trial.planned_start, trial.planned_end = moves.start, moves.end
        by_hand = by_hand - {one.step.key for one in moves.steps} | {key} - {"start_distribution"}
        start = max(trial.planned_start + later * A_DAY, trial.opened_on + A_DAY)
        before = trial.planned_start
        was = with_moves(trial, start, possible_ends(start)[0] + (length - 6) * 30 * A_DAY, by_hand)
        check(trial, was, by_hand, before)
        by_hand = {one for one in by_hand if trial.rows[one].due == was[one]}


def check(trial: Trial, was: dict[str, date], by_hand: set[str], before: date) -> None:
    """What is closed stays, what was moved by hand stays where it can, and the order is kept."""
    rows, begins = trial.rows, next_working_day(trial.planned_start)
    latest = date.min
    for block in trial.flow.blocks():
        here = [rows[step.key] for step in block if rows[step.key].closed_at is None]
        for row in here:
            assert is_working_day(row.due)
            assert row.due >= latest
            within = begins <= row.due <= trial.planned_end if row.key in AFTERWARDS else row.due <= begins
            assert within
            could = begins <= was[row.key] <= trial.planned_end if row.key in AFTERWARDS else was[row.key] <= begins
            assert row.due == was[row.key] or not (could and row.key in by_hand)
            if trial.planned_start == before and row.key not in AFTERWARDS:
                assert row.due == was[row.key]
        latest = max([latest, *(row.due for row in here)])
    assert all(row.due == was[key] for key, row in rows.items() if row.closed_at)
    assert rows["start_distribution"].closed_at or rows["start_distribution"].due == begins


def test_another_end_moves_what_comes_after_the_start_alone():
    trial = planned(Trial2024, 300, 12, 0)
    end = months_after(trial.planned_end, 2)
    moves = moves_when_planned(trial, trial.planned_start, end, set())
    assert {one.step.key for one in moves.steps} == AFTERWARDS
    assert (moves.moves_start, moves.moves_end) == (False, True)


def test_a_day_that_was_moved_and_cannot_stay_says_why_it_had_been_moved():
    trial = planned(Trial2024, 300, 12, 0)
    row = trial.rows["induction"]
    row.due, row.moved = trial.rows["start_distribution"].due, "Sali on varattu."
    start = trial.planned_start - 6 * WEEK
    moves = moves_when_planned(trial, start, trial.planned_end, {"induction"})
    [one] = [one for one in moves.steps if one.step.key == "induction"]
    assert one.reason == "Sali on varattu."
    assert one.to <= next_working_day(start)
    assert moves.kept == []


# -- the service ------------------------------------------------------------------------------------------------------


def corrected(here, start: date, end: date, **more):
    return correct_trial(
        here.trial, here.laura, here.trial.municipalities.all(), start, end, "Hallitus päätti.", **more
    )


@pytest.mark.django_db
def test_the_end_that_kaikukeskus_corrects_leaves_the_preparation_as_the_pair_moved_it(worker):
    here = a_walk()
    moved(here, "print_comms", a_working_day(dues(here)["print_comms"] + 5 * WEEK), reason="Painotalo on myöhässä.")
    moved(here, "induction", a_working_day(dues(here)["induction"]), reason="Sali on varattu.")
    here.trial.refresh_from_db()
    before = dues(here)
    worker.run()
    mail.outbox.clear()
    end = here.trial.planned_end + 5 * WEEK
    corrected(here, here.trial.planned_start, end)
    after = dues(here)
    changed = {key for key in after if after[key] != before[key]}
    assert changed == AFTERWARDS
    assert TrialStep.objects.get(trial=here.trial, key="print_comms").moved == "Painotalo on myöhässä."
    worker.run()
    bodies = [one.body for one in mail.outbox]
    assert len(bodies) == 2
    for body in bodies:
        assert f"from {weekday_day(here.trial.planned_end)} to {weekday_day(end)}" in body
        for key in AFTERWARDS:
            assert f"from {weekday_day(before[key])} to {weekday_day(after[key])}" in body
        assert "Hallitus päätti." in body
        assert reverse("plan", args=[here.region.slug, here.trial.pk]) in body
    [line] = sentences(Act.objects.filter(what="trial_corrected"))
    assert f"With it moved: step 10 to {day(after['feedback'])} and the decision on going on to" in line.text
    assert faults() == []


@pytest.mark.django_db
def test_what_moved_with_another_step_follows_the_plan_again():
    here = a_walk()
    moved(here, "workshop", a_working_day(dues(here)["workshop"] + 8 * WEEK))
    here.trial.refresh_from_db()
    start = here.trial.planned_start + 10 * WEEK
    end = months_after(start, 12)
    corrected(here, start, end)
    due = due_dates(Trial2024, here.trial.opened_on, start, end)
    assert dues(here)["commitments"] == due["commitments"]


@pytest.mark.django_db
def test_a_page_that_is_stale_corrects_nothing():
    here = a_walk()
    mark = mark_of(services.read(here.trial.pk))
    moved(here, "workshop", a_working_day(dues(here)["workshop"]))
    end = here.trial.planned_end + WEEK
    assert "since you opened the page" in refused(corrected, here, here.trial.planned_start, end, mark=mark)


# -- the page ---------------------------------------------------------------------------------------------------------


def on_page(on: date) -> str:
    """As `text_of` has it."""
    return " ".join(weekday_day(on).split())


@pytest.mark.django_db
def test_the_page_shows_each_day_before_it_is_saved_and_the_plan_has_a_row_of_it(client):
    here = a_walk()
    to = a_working_day(dues(here)["print_comms"])
    moved(here, "print_comms", to, reason="Painotalo on myöhässä.")
    here.trial.refresh_from_db()
    client.force_login(here.laura)
    page = reverse("trial_correct", args=[here.region.slug, here.trial.pk])
    before = dues(here)
    end = here.trial.planned_end + 5 * WEEK
    said = {
        "municipalities": [one.pk for one in here.trial.municipalities.all()], "planned_end": day(end),
        "planned_start": day(here.trial.planned_start), "reason": "Hallitus päätti.",
    }  # fmt: skip
    first = client.post(page, said)  # without a look nothing is saved
    look = client.post(page, said | {"act": "look"})
    for shown in (first, look):
        assert shown.status_code == 200
        assert f"The planned end of the trial moves to {on_page(end)}" in text_of(shown)
        assert f"{on_page(before['decision'])} From now on" in text_of(shown)
        assert f"{on_page(to)}: ”Painotalo on myöhässä.”" in text_of(shown)
    assert dues(here) == before
    confirmed = said | {"act": "correct", "seen": look.context["seen"]}
    done = client.post(page, confirmed, follow=True)
    assert "The trial is corrected." in text_of(done)
    assert "Hallitus päätti." in text_of(done)
    assert f"With it moved: step 10 to {day(dues(here)['feedback'])}" in text_of(done)
    again = client.post(page, confirmed)
    assert again.status_code == 422
    assert "Nothing has been changed" in text_of(again) or "since you opened" in text_of(again)


@pytest.mark.django_db
def test_a_correction_that_cannot_be_is_refused_at_the_look(client):
    here = a_walk()
    client.force_login(here.laura)
    page = reverse("trial_correct", args=[here.region.slug, here.trial.pk])
    said = {
        "municipalities": [one.pk for one in here.trial.municipalities.all()], "reason": "Syy.", "act": "look",
        "planned_start": day(here.trial.planned_start), "planned_end": day(here.trial.planned_end),
    }  # fmt: skip
    shown = client.post(page, said)
    assert shown.status_code == 422
    assert "Nothing has been changed." in text_of(shown)
