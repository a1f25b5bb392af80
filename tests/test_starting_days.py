"""When step 9 records the actual beginning and end, is it said before and after which days move with them?"""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from adoption.days import A_DAY, last_working_day
from adoption.models import Act
from adoption.templatetags.kaiku import day, weekday_day
from tests.test_moving import a_working_day, dues, moved
from tests.test_queries import CLOSING
from tests.trials import a_walk, text_of
from workflows import services
from workflows.models import Trial, TrialStep
from workflows.plan import due_dates, of_decision
from workflows.sentences import sentences

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.django_db]

WEEK = timedelta(weeks=1)
AFTERWARDS = ("feedback", "decision")


def on_page(on: date) -> str:
    """As `text_of` has it."""
    return " ".join(weekday_day(on).split())


def recorded(here, end: date, start: date | None = None) -> None:
    """The days stand in step 9, and the culture side has confirmed them."""
    said = {"start": (start or localdate()).isoformat(), "end": end.isoformat()}
    version = TrialStep.objects.get(trial=here.trial, key="start_distribution").version
    services.save_evidence(here.trial, "start_distribution", here.aino, said, version)
    services.confirm_step(here.trial, "start_distribution", here.aino)


def step_nine(client, here) -> str:
    client.force_login(here.mikko)
    return text_of(client.get(reverse("step", args=[here.region.slug, here.trial.pk, "start_distribution"])))


def confirmed(client, here) -> str:
    """The other side confirms on the page, which closes the step; the plan as it is then."""
    client.force_login(here.mikko)
    page = reverse("step", args=[here.region.slug, here.trial.pk, "start_distribution"])
    row = TrialStep.objects.get(trial=here.trial, key="start_distribution")
    days = {name: day(date.fromisoformat(row.evidence[name])) for name in ("start", "end")}
    assert client.post(page, days | {"act": "confirm", "version": row.version}).status_code == 302
    return text_of(client.get(reverse("plan", args=[here.region.slug, here.trial.pk])))


def of_the_plan(here, start: date, end: date) -> dict[str, date]:
    planned = due_dates(services.read(here.trial.pk).flow, here.trial.opened_on, start, end)
    return {key: planned[key] for key in AFTERWARDS}


def test_a_start_before_the_planned_one_says_what_moves_before_and_after(client, worker):
    here = a_walk(until="induction")
    before = dues(here)
    end = localdate() + 52 * WEEK
    new = of_the_plan(here, localdate(), end)
    recorded(here, end)
    shown = step_nine(client, here)
    for key in AFTERWARDS:
        assert new[key] != before[key]
        assert f"{on_page(before[key])} From now on {on_page(new[key])}" in shown
    assert dues(here) == before
    worker.run()
    mail.outbox.clear()
    plan = confirmed(client, here)
    assert {key: dues(here)[key] for key in AFTERWARDS} == new
    said = f"With it moved: step 10 to {day(new['feedback'])} and the decision on going on to {day(new['decision'])}."
    assert "Days that were moved" in plan
    assert said in plan
    [line] = sentences(Act.objects.filter(what="step_confirmed", data__has_key="moves"))
    assert said in line.text
    worker.run()
    [letter] = mail.outbox
    for key in AFTERWARDS:
        assert f"from {weekday_day(before[key])} to {weekday_day(new[key])}" in letter.body
    assert reverse("plan", args=[here.region.slug, here.trial.pk]) in letter.body
    assert "What moves" not in step_nine(client, here)


def test_a_day_moved_by_hand_that_cannot_stay_is_named_and_its_reason_goes(client, worker):
    here = a_walk(until="induction")
    to = a_working_day(dues(here)["decision"] + 2 * WEEK)
    moved(here, "decision", to, reason="Lautakunta vasta silloin.")
    end = to - 3 * WEEK
    recorded(here, end)
    shown = step_nine(client, here)
    assert "It had been moved there with the reason ”Lautakunta vasta silloin.”, and cannot stay." in shown
    worker.run()
    mail.outbox.clear()
    with CaptureQueriesContext(connection) as captured:
        services.confirm_step(here.trial, "start_distribution", here.mikko)
    assert len([one for one in captured if "SAVEPOINT" not in one["sql"]]) <= CLOSING["start_distribution"]
    row = TrialStep.objects.get(trial=here.trial, key="decision")
    assert (row.due, row.moved) == (of_the_plan(here, localdate(), end)["decision"], "")
    dropped = "The day to which the decision on going on had been moved could not stay; its reason was: ”Lautakunta"
    plan = reverse("plan", args=[here.region.slug, here.trial.pk])
    assert dropped in text_of(client.get(plan))
    calendar = client.get(reverse("plan_calendar", args=[here.region.slug, here.trial.pk]))
    assert "Lautakunta" not in calendar.content.decode()
    worker.run()
    [letter] = mail.outbox
    assert "with the reason ”Lautakunta vasta silloin.”, and cannot stay" in letter.body


def test_after_reopening_a_day_moved_by_hand_stays_where_it_can_and_what_moved_with_it_does_not(client):
    here = a_walk(until="start_distribution")
    to = a_working_day(dues(here)["feedback"] + 2 * WEEK)
    moved(here, "feedback", to, reason="Sali on varattu.")
    assert TrialStep.objects.get(trial=here.trial, key="decision").moved == "Sali on varattu."
    services.reopen_step(here.trial, "start_distribution", here.laura, "Loppupäivä väärin.")
    end = Trial.objects.get(pk=here.trial.pk).ends_on + 12 * WEEK
    recorded(here, end)
    shown = step_nine(client, here)
    assert f"{on_page(to)}: ”Sali on varattu.”" in shown
    assert "cannot stay" not in shown
    services.confirm_step(here.trial, "start_distribution", here.mikko)
    new = of_the_plan(here, localdate(), end)
    assert {key: dues(here)[key] for key in AFTERWARDS} == new | {"feedback": to}
    assert list(TrialStep.objects.exclude(moved="").values_list("key", flat=True)) == ["feedback"]


def test_days_confirmed_as_they_were_move_nothing(client):
    here = a_walk(until="start_distribution")
    before, acts = dues(here), Act.objects.filter(data__has_key="moves").count()
    services.reopen_step(here.trial, "start_distribution", here.laura, "Tarkistetaan.")
    services.confirm_step(here.trial, "start_distribution", here.aino)
    assert "No day of a step moves." in step_nine(client, here)
    services.confirm_step(here.trial, "start_distribution", here.mikko)
    after = dues(here)
    assert {key: after[key] for key in AFTERWARDS} == {key: before[key] for key in AFTERWARDS}
    assert Act.objects.filter(data__has_key="moves").count() == acts


def test_little_time_around_the_decision_is_said_before_it_is_confirmed(client):
    here = a_walk(until="start_distribution")
    end = Trial.objects.get(pk=here.trial.pk).ends_on
    late = last_working_day(end - 6 * WEEK)
    moved(here, "decision", last_working_day(end - 4 * WEEK))
    moved(here, "feedback", late)
    moved(here, "decision", late, reason="Lautakunta vasta silloin.")
    services.reopen_step(here.trial, "start_distribution", here.laura, "Loppupäivä väärin.")
    recorded(here, late + 14 * A_DAY)
    shown = step_nine(client, here)
    assert "due about 2 weeks before the end, not four months." in shown
    assert "due on the same day, not four weeks apart." in shown


def test_a_new_day_that_has_gone_by_is_said_before_it_is_confirmed(client):
    here = a_walk(until="start_distribution")
    began, later = localdate(), localtime() + 300 * A_DAY
    with time_machine.travel(later, tick=False):
        services.reopen_step(here.trial, "start_distribution", here.laura, "Loppupäivä väärin.")
        recorded(here, localdate() + 30 * A_DAY, began)
        shown = step_nine(client, here)
    decision = of_the_plan(here, began, later.date() + 30 * A_DAY)["decision"]
    assert f"{on_page(decision)} has gone by: what is due on it is late at once." in shown


def test_no_weeks_at_all_are_never_said():
    end = date(2027, 6, 30)
    said = {days: of_decision(None, end - days * A_DAY, end)[0] for days in (20, 7, 1, 0, -10)}
    assert "about 3 weeks before" in said[20]
    assert "about 1 week before" in said[7]
    assert said[1] == said[0]
    assert "in the last days before the end" in said[0]
    assert "only after the end" in said[-10]


def test_the_mail_about_the_reopening_says_what_is_true_of_it(worker):
    here = a_walk(until="start_distribution")
    worker.run()
    mail.outbox.clear()
    services.reopen_step(here.trial, "start_distribution", here.laura, "Loppupäivä väärin.")
    worker.run()
    for letter in mail.outbox:
        assert "Later steps stay as they are" not in letter.body
        assert "the days by which those two are due move with them" in letter.body
    assert len(mail.outbox) == 2
