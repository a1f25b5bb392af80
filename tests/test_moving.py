"""Does the day of a step move with all that must move with it, and nothing else?"""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as some

from adoption.days import A_DAY, is_slow, is_working_day, months_after, next_working_day
from adoption.models import Act
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import day, weekday_day
from tests.people import a_stranger
from tests.trials import a_walk, text_of
from workflows import services
from workflows.checks import faults
from workflows.correcting import correct_trial
from workflows.models import Trial, TrialStep
from workflows.moving import mark_of, move_due, what_moves
from workflows.plan import due_dates, running
from workflows.sentences import sentences
from workflows.trial import Trial2023, Trial2024

pytestmark = pytest.mark.usefixtures("in_english")

WEEK = timedelta(days=7)


def a_working_day(after: date) -> date:
    return next_working_day(after + A_DAY)


def moved(here, key: str, to: date, by=None, reason: str = "Lautakunnan kokous siirtyi."):
    trial = services.read(here.trial.pk)
    return move_due(here.trial, key, by or here.aino, to, reason, mark_of(trial))


def dues(here) -> dict[str, date]:
    return dict(TrialStep.objects.filter(trial=here.trial).values_list("key", "due"))


def refused(act, *args, **more) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return str(caught.value)


# -- the rules --------------------------------------------------------------------------------------------------------


def planned(flow, ahead: int, months: int, closed: int) -> Trial:
    """A trial that is in no database, opened today, whose first steps are closed."""
    today = localdate()
    start = today + ahead * A_DAY
    trial = Trial(model="2024", opened_on=today, planned_start=start, planned_end=months_after(start, months) - A_DAY)
    trial.flow = flow
    due = due_dates(flow, today, start, trial.planned_end)
    steps = flow.all_steps()
    trial.rows = {
        step.key: TrialStep(trial=trial, key=step.key, due=due[step.key], closed_at=today if n < closed else None)
        for n, step in enumerate(steps)
    }
    return trial


@given(
    some.sampled_from([Trial2023, Trial2024]), some.integers(30, 500), some.integers(6, 22), some.integers(0, 8),
    some.lists(some.tuples(some.integers(0, 10), some.integers(-40, 200)), min_size=1, max_size=4),
)  # fmt: skip
def test_after_any_moves_the_plan_is_in_order(flow, ahead, months, closed, wishes):
    trial = planned(flow, ahead, months, closed)
    keys = [step.key for step in flow.all_steps()]
    for number, days in wishes:
        was = {key: trial.rows[key].due for key in keys}
        to = next_working_day(was[keys[number]] + days * A_DAY)
        try:
            moves = what_moves(trial, keys[number], to)
        except Refused:
            continue
        for one in moves.steps:
            trial.rows[one.step.key].due = one.to
        trial.planned_start, trial.planned_end = moves.start, moves.end
        check_order(trial, was, keys[number])
        assert trial.rows[keys[number]].due == to


def check_order(trial: Trial, was: dict[str, date], moved_key: str) -> None:
    """What is closed stays; the days of the others are working days in order, each with the time that it had."""
    rows = trial.rows
    latest = latest_was = None
    for block in trial.flow.blocks():
        here = [step for step in block if rows[step.key].closed_at is None]
        for step in block:
            row = rows[step.key]
            assert is_working_day(row.due)
            assert row.closed_at is None or row.due == was[step.key]
            if latest and step in here and was[step.key] >= latest_was:
                assert row.due >= latest
                if step.key not in (moved_key, "feedback", "decision"):
                    had = min(max(one.weeks for one in block) * 7, running(latest_was, was[step.key]))
                    assert running(latest, row.due) >= had - 6
        if here:
            latest, latest_was = max(rows[s.key].due for s in here), max(was[s.key] for s in here)
    assert services.wrong_days(trial.planned_start, trial.planned_end) == []
    assert rows["start_distribution"].due == next_working_day(trial.planned_start)


@pytest.mark.parametrize("days", [7, 14, 30])
def test_a_day_that_has_room_moves_alone(days):
    trial = planned(Trial2024, 400, 12, 0)
    to = next_working_day(trial.rows["induction"].due - days * A_DAY)
    assert [one.step.key for one in what_moves(trial, "induction", to).steps] == ["induction"]


def test_what_comes_after_moves_with_it_and_the_start_of_distribution():
    trial = planned(Trial2024, 400, 12, 0)
    to = a_working_day(trial.rows["workshop"].due + 10 * WEEK)
    moves = what_moves(trial, "workshop", to)
    keys = [one.step.key for one in moves.steps]
    assert keys[:6] == [
        "workshop", "commitments", "kaikukanta_users", "print_comms", "induction", "start_distribution",
    ]  # fmt: skip
    assert "intro_event" not in keys
    assert moves.moves_start
    assert moves.start == moves.steps[5].to
    assert all(one.to > one.was and not is_slow(one.to) for one in moves.steps[1:6])
    assert not moves.moves_end  # a trial of twelve months has room for it


def test_the_end_moves_when_the_trial_would_last_under_six_months():
    trial = planned(Trial2024, 300, 6, 0)
    moves = what_moves(trial, "start_distribution", a_working_day(trial.planned_start + 5 * WEEK))
    assert moves.moves_end
    assert moves.end == months_after(moves.start, 6) - A_DAY


def test_a_trial_that_gets_shorter_says_so():
    trial = planned(Trial2024, 400, 12, 0)
    later = what_moves(trial, "start_distribution", a_working_day(trial.planned_start + 5 * WEEK))
    assert (later.moves_start, later.moves_end, later.end) == (True, False, trial.planned_end)
    weeks = [round(((trial.planned_end - one).days + 1) / 7) for one in (later.start, trial.planned_start)]
    assert later.said[0] == (
        f"The trial gets shorter: it lasts about {weeks[0]} weeks instead of {weeks[1]}, and ends on "
        f"{weekday_day(trial.planned_end)}."
    )
    much = what_moves(trial, "start_distribution", a_working_day(trial.planned_start + 24 * WEEK))
    assert "weeks before the end, not four months" in " ".join(much.said)
    alone = what_moves(trial, "feedback", a_working_day(trial.rows["feedback"].due))
    assert "shorter" not in " ".join(alone.said)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("start_distribution", "Distribution would begin on a day on which few are at work."),
        ("feedback", "Few are at work on Thu\xa015.7.2027: it is in July or at the turn of the year."),
    ],
)
def test_a_day_in_july_can_be_given_and_is_said(key, said):
    with time_machine.travel(date(2026, 11, 23)):
        trial = planned(Trial2024, 150, 12, 0)
        trial.rows["feedback"].due = date(2027, 6, 30)
        told = " ".join(what_moves(trial, key, date(2027, 7, 15)).said)
    assert said in told


# -- the service ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_day_is_moved_with_its_reason_history_and_mails(worker):
    here = a_walk(until="pair_training")
    before = dues(here)
    to = a_working_day(before["workshop"] + 8 * WEEK)
    worker.run()
    mail.outbox.clear()
    row = moved(here, "workshop", to)
    assert (row.due, row.due_version, row.moved) == (to, 1, "Lautakunnan kokous siirtyi.")
    after = dues(here)
    assert all(after[key] == before[key] for key in ("intro_event", "local_pair", "pair_training"))
    assert after["commitments"] > before["commitments"]
    here.trial.refresh_from_db()
    assert here.trial.planned_start == after["start_distribution"]
    [line] = sentences(Act.objects.filter(what="due_moved"))
    assert f"from {day(before['workshop'])} to {day(to)}. " in line.text
    assert f"With it moved: step 5 to {day(after['commitments'])}, step 6 to" in line.text
    assert f"Planned: {day(here.trial.planned_start)}–" in line.text
    worker.run()
    assert [letter.to for letter in mail.outbox] == [[here.mikko.email]]
    assert "Lautakunnan kokous siirtyi." in mail.outbox[0].body
    assert reverse("plan", args=[here.region.slug, here.trial.pk]) in mail.outbox[0].body
    assert faults() == []


@pytest.mark.django_db
def test_kaikukeskus_moves_too_and_both_sides_are_told(worker):
    here = a_walk()
    worker.run()
    mail.outbox.clear()
    moved(here, "decision", a_working_day(dues(here)["decision"]), here.laura)
    worker.run()
    assert {letter.to[0] for letter in mail.outbox} == {here.aino.email, here.mikko.email}


@pytest.mark.django_db
def test_who_only_reads_moves_nothing():
    here = a_walk()
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.laura).person
    for person in (reader, a_stranger()):
        with pytest.raises(NotYours):
            moved(here, "workshop", a_working_day(dues(here)["workshop"]), person)


@pytest.mark.django_db
def test_what_cannot_be_moved_is_refused_in_words():
    here = a_walk(until="intro_event")
    later_on = a_working_day(dues(here)["workshop"])
    assert "Write the reason" in refused(moved, here, "workshop", later_on, reason=" ")
    assert "has been closed already" in refused(moved, here, "intro_event", later_on)
    assert "no such step" in refused(moved, here, "dance", later_on)
    assert "due on that day already" in refused(moved, here, "workshop", dues(here)["workshop"])
    assert "has passed" in refused(moved, here, "workshop", localdate() - WEEK)
    early = dues(here)["pair_training"] - A_DAY
    while not is_working_day(early):
        early -= A_DAY
    assert "comes first, and is due on" in refused(moved, here, "workshop", early)
    saturday = later_on + A_DAY * ((5 - later_on.weekday()) % 7)
    said = refused(moved, here, "workshop", saturday)
    assert f"Sat\xa0{day(saturday)} is a weekend or a holiday. The next working day is" in said
    assert day(next_working_day(saturday)) in said
    assert not Act.objects.filter(what="due_moved").exists()


@pytest.mark.django_db
def test_a_page_that_is_stale_moves_nothing():
    here = a_walk()
    mark = mark_of(services.read(here.trial.pk))
    moved(here, "workshop", a_working_day(dues(here)["workshop"]))
    args = here.trial, "pair_training", here.aino, a_working_day(dues(here)["pair_training"]), "Syy", mark
    assert "since you opened the page" in refused(move_due, *args)


@pytest.mark.django_db
def test_after_the_start_only_what_comes_after_it_moves_and_not_beyond_the_end():
    here = a_walk(until="start_distribution")
    before = dues(here)
    to = a_working_day(before["feedback"] + 2 * WEEK)
    moved(here, "feedback", to)
    after = dues(here)
    assert after["feedback"] == to
    assert after["decision"] >= to
    here.trial.refresh_from_db()
    said = refused(moved, here, "decision", a_working_day(here.trial.ends_on))
    assert "The trial ends on" in said


@pytest.mark.django_db
def test_a_moved_day_stays_when_the_actual_days_are_recorded():
    here = a_walk(until="induction")
    to = a_working_day(dues(here)["decision"] - 3 * WEEK)
    moved(here, "decision", to)
    start = localdate()
    said = {"start": start.isoformat(), "end": (here.trial.planned_end).isoformat()}
    services.save_evidence(here.trial, "start_distribution", here.aino, said, 0)
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "start_distribution", person)
    after = dues(here)
    assert after["decision"] == to
    assert after["feedback"] <= to


@pytest.mark.django_db
def test_a_correction_of_the_days_makes_the_plan_anew_and_keeps_what_was_moved_with_a_reason():
    here = a_walk()
    to = a_working_day(dues(here)["workshop"] + 8 * WEEK)
    moved(here, "workshop", to)
    here.trial.refresh_from_db()
    start = here.trial.planned_start + 10 * WEEK
    end = months_after(start, 12)
    towns = here.trial.municipalities.all()
    correct_trial(here.trial, here.laura, towns, start, end, "Korjaus")
    planned_anew = due_dates(Trial2024, here.trial.opened_on, start, end)
    days = {key: min(planned_anew[key], to) for key in ("intro_event", "local_pair", "pair_training")}
    assert dues(here) == planned_anew | days | {"workshop": to}
    assert [row.key for row in TrialStep.objects.exclude(moved="")] == ["workshop"]
    assert faults() == []


@pytest.mark.django_db
def test_the_check_sees_planned_days_that_no_act_brought():
    here = a_walk()
    Trial.objects.filter(pk=here.trial.pk).update(planned_end=here.trial.planned_end + A_DAY)
    assert any("planned is" in fault for fault in faults())


# -- the page ---------------------------------------------------------------------------------------------------------


def the_page(here, key: str) -> str:
    return reverse("plan_move", args=[here.region.slug, here.trial.pk, key])


@pytest.mark.django_db
def test_the_page_shows_what_moves_before_it_is_confirmed(client):
    here = a_walk()
    client.force_login(here.mikko)
    plan = client.get(reverse("plan", args=[here.region.slug, here.trial.pk]))
    assert the_page(here, "workshop") in plan.content.decode()
    assert "Planned for" in text_of(client.get(the_page(here, "workshop")))
    before = dues(here)
    to = a_working_day(before["workshop"] + 8 * WEEK)
    said = {"to": day(to), "reason": "Sali on varattu."}
    page = client.post(the_page(here, "workshop"), said | {"act": "look"})
    assert "This step, and those that move with it" in text_of(page)
    assert "The planned start of distribution moves to" in text_of(page)
    assert "The trial gets shorter" in text_of(page)
    assert dues(here) == before
    other = said | {"to": day(a_working_day(to)), "act": "move", "seen": page.context["seen"]}
    assert client.post(the_page(here, "workshop"), other).status_code == 200  # that day was not seen
    assert dues(here) == before
    confirmed = said | {"act": "move", "seen": page.context["seen"]}
    assert client.post(the_page(here, "workshop"), confirmed).status_code == 302
    assert dues(here)["workshop"] == to
    again = client.post(the_page(here, "workshop"), confirmed)
    assert again.status_code == 422
    assert "since you opened the page" in text_of(again)
    shown = text_of(client.get(reverse("plan", args=[here.region.slug, here.trial.pk])))
    assert "Days that were moved" in shown
    assert "Sali on varattu." in shown


@pytest.mark.django_db
def test_a_slip_is_told_and_what_was_typed_is_kept(client):
    here = a_walk()
    client.force_login(here.aino)
    saturday = localdate() + A_DAY * ((5 - localdate().weekday()) % 7 + 350)
    page = client.post(the_page(here, "workshop"), {"to": day(saturday), "reason": "Tapahtuma", "act": "look"})
    assert page.status_code == 422
    assert "The next working day is" in text_of(page)
    assert f'value="{day(saturday)}"' in page.content.decode()
    assert "Tapahtuma" in page.content.decode()
    assert client.post(the_page(here, "workshop"), {"act": "move"}).status_code == 422


@pytest.mark.django_db
def test_a_reader_is_not_offered_to_move(client):
    here = a_walk()
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.laura).person
    client.force_login(reader)
    plan = client.get(reverse("plan", args=[here.region.slug, here.trial.pk]))
    assert the_page(here, "workshop") not in plan.content.decode()
    assert client.get(the_page(here, "workshop")).status_code == 403
    client.force_login(here.aino)
    assert client.get(the_page(here, "dance")).status_code == 404
