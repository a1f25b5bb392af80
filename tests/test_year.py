"""Does the yearly meeting come round, and is each holder of the pair reminded once for due and once for late?"""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string
from django.utils.timezone import localdate, now
from django_q.models import OrmQ, Schedule

from adoption.mail import deliver_waiting
from adoption.models import Mail, Person, Region, Responsibility
from adoption.people import end_responsibility, name_person
from tests.people import a_kaikukeskus_person, a_region, a_trial
from workflows import schedule, services
from workflows.models import Heartbeat, Trial
from workflows.walk import Walk, begin, decide, give_feedback, walk
from workflows.year import SOON, a_year_after, daily, due_meetings, next_feedback_due

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def a_running_trial(slug: str = "kainuu") -> Walk:
    """Distribution began today, and what was queued until now is forgotten."""
    here = begin(a_region(slug), "2024", "walk")
    walk(here, "start_distribution")
    OrmQ.objects.all().delete()
    return here


def reminders() -> list[tuple[str, str]]:
    """Whom the reminders went to, and for which of the two."""
    keys = Mail.objects.filter(key__startswith="feedback:", sent_at__isnull=False).values_list("key", "address")
    return sorted((key.split(":")[3], address) for key, address in keys)


# -- when it is due ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "after"),
    [
        (date(2027, 9, 1), date(2028, 9, 1)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
    ],
)
def test_twelve_months_later_is_the_same_day(on, after):
    assert a_year_after(on) == after


def test_the_meeting_is_due_a_year_after_the_start_and_then_after_the_last_meeting():
    here = a_running_trial()
    start = localdate()
    assert next_feedback_due([here.region.pk]) == {here.region.pk: a_year_after(start)}
    Trial.objects.filter(pk=here.trial.pk).update(started_on=start - 40 * DAY)
    assert next_feedback_due([here.region.pk]) == {here.region.pk: a_year_after(start - 40 * DAY)}
    services.record_meeting(here.region, here.aino, start - 3 * DAY, 12, "Sovittiin uusista kohteista.")
    assert next_feedback_due([here.region.pk]) == {here.region.pk: a_year_after(start - 3 * DAY)}


def test_a_region_without_a_known_start_has_no_due_day():
    region = a_region()
    trial = a_trial(region)
    assert next_feedback_due(Region.objects.values_list("pk", flat=True)) == {}
    Trial.objects.filter(pk=trial.pk).update(started_on=localdate(), decided="stop")
    assert next_feedback_due([region.pk]) == {}


def test_the_duty_goes_on_when_the_region_goes_on_for_good():
    here = a_running_trial()
    give_feedback(here)
    decide(here)
    assert next_feedback_due([here.region.pk]) == {here.region.pk: a_year_after(localdate())}


def test_due_days_of_all_regions_take_two_queries(django_assert_num_queries):
    for slug in ("kainuu", "ruotsi"):
        a_running_trial(slug)
    with django_assert_num_queries(2):
        assert len(next_feedback_due(range(1, 1000))) == 2


@pytest.mark.parametrize(
    ("days", "stage"), [(-31, None), (-30, "due"), (-1, "due"), (0, "due"), (1, "late"), (200, "late")]
)
def test_it_is_due_for_thirty_days_and_late_after_the_day(days, stage):
    here = a_running_trial()
    due = a_year_after(localdate())
    found = due_meetings(due + days * DAY)
    assert [(one.region, one.due, one.stage) for one in found] == ([(here.region, due, stage)] if stage else [])


# -- reminders --------------------------------------------------------------------------------------------------------


def test_each_holder_has_one_mail_for_due_and_one_for_late_whatever_runs_twice(worker):
    here = a_running_trial()
    due = a_year_after(localdate())
    for day in (due - SOON - DAY, due - SOON, due - SOON, due - SOON + DAY, due, due + DAY, due + DAY, due + 90 * DAY):
        daily(day)
        daily(day)
        worker.run()
    pair = sorted([here.aino.email, here.mikko.email])
    assert reminders() == [("due", pair[0]), ("due", pair[1]), ("late", pair[0]), ("late", pair[1])]
    assert len(mail.outbox) == 4
    assert daily(due + 100 * DAY) == 0


def test_a_worker_that_was_down_sends_late_what_is_late_and_no_more(worker):
    here = a_running_trial()
    daily(a_year_after(localdate()) + 5 * DAY)
    worker.run()
    assert reminders() == sorted([("late", here.aino.email), ("late", here.mikko.email)])


def test_a_mail_that_a_server_refused_is_tried_again(worker, monkeypatch):
    a_running_trial()
    due = a_year_after(localdate())
    with monkeypatch.context() as patch:
        patch.setattr("adoption.mail.EmailMessage.send", lambda _mail: (_ for _ in ()).throw(OSError("refused")))
        daily(due)
        worker.run()
    assert reminders() == []
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert deliver_waiting() == 2
    assert [stage for stage, _address in reminders()] == ["due", "due"]


def test_a_meeting_held_in_between_silences_the_queued_reminder(worker):
    here = a_running_trial()
    Trial.objects.filter(pk=here.trial.pk).update(started_on=localdate() - 364 * DAY)
    assert daily() == 1
    services.record_meeting(here.region, here.aino, localdate(), 9, "Pidettiin.")
    worker.run()
    assert reminders() == []


def test_only_todays_holders_are_reminded(worker):
    here = a_running_trial()
    due = a_year_after(localdate())
    new = name_person(here.region, "culture", "venla@example.org", "Venla Aho", a_kaikukeskus_person()).person
    end_responsibility(Responsibility.objects.get(person=here.aino), a_kaikukeskus_person())
    name_person(here.region, "care", "eino@example.org", "Eino Sijainen", here.mikko, substitute=True)
    name_person(here.region, "group", "reetta@example.org", "Reetta Ryhmä", here.mikko)
    daily(due)
    worker.run()
    assert reminders() == sorted([("due", new.email), ("due", here.mikko.email)])


def test_the_reminder_is_in_the_persons_own_language(worker):
    here = a_running_trial()
    Person.objects.filter(pk=here.mikko.pk).update(language="en")
    due = a_year_after(localdate())
    daily(due + DAY)
    worker.run()
    [sent] = [one for one in mail.outbox if one.to == [here.mikko.email]]
    assert sent.subject == "Feedback meeting late: Kainuu"
    assert f"{due.day}.{due.month}.{due.year}" in sent.body
    assert f"/regions/{here.region.slug}/meetings/new/" in sent.body


def test_the_scan_takes_a_fixed_number_of_queries(django_assert_num_queries):
    due = a_year_after(localdate())
    for count, slug in enumerate(("kainuu", "ruotsi"), 1):
        a_running_trial(slug)
        with django_assert_num_queries(5):
            assert len(due_meetings(due)) == count


# -- the command ------------------------------------------------------------------------------------------------------


def said(*options: str) -> dict:
    out = StringIO()
    call_command("send_reminders", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_says_what_is_due_to_whom_and_why(worker):
    here = a_running_trial()
    due = a_year_after(localdate())
    dry = said("--date", due.isoformat(), "--dry-run")
    assert dry["queued"] == OrmQ.objects.count() == 0
    [one] = dry["reminders"]
    assert (one["region"], one["stage"], one["due"]) == ("kainuu", "due", due.isoformat())
    assert "twelve months" in one["why"]
    assert sorted((to["email"], to["sent"]) for to in one["to"]) == sorted(
        [(here.aino.email, False), (here.mikko.email, False)]
    )
    assert said("--date", due.isoformat())["queued"] == 1
    worker.run()
    again = said("--date", due.isoformat())
    assert again["queued"] == 0
    assert all(to["sent"] for to in again["reminders"][0]["to"])


def test_the_command_prints_a_line_a_person_can_read():
    a_running_trial()
    out = StringIO()
    call_command("send_reminders", "--date", a_year_after(localdate()).isoformat(), stdout=out)
    assert "Kainuu" in out.getvalue()
    assert "1 queued" in out.getvalue()


def test_the_command_refuses_what_is_no_day_with_status_2():
    with pytest.raises(CommandError) as caught:
        call_command("send_reminders", "--date", "2027-02-30")
    assert caught.value.returncode == 2


# -- the clock --------------------------------------------------------------------------------------------------------


def test_the_schedules_stand_once_and_keep_their_next_run():
    schedule.ensure()
    before = {one.name: one.next_run for one in Schedule.objects.all()}
    schedule.ensure()
    assert {one.name: one.next_run for one in Schedule.objects.all()} == before
    assert Schedule.objects.count() == len(before)
    assert Schedule.objects.get(name="daily").func == "workflows.year.daily"
    assert Schedule.objects.get(name="heartbeat").minutes == 1


def test_every_scheduled_function_is_there():
    schedule.ensure()
    assert all(callable(import_string(func)) for func in Schedule.objects.values_list("func", flat=True))


def test_each_beat_is_the_one_row_of_the_heartbeat():
    schedule.beat()
    first = Heartbeat.objects.get().at
    schedule.beat()
    assert Heartbeat.objects.get().at > first
