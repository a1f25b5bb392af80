"""Does the yearly meeting come round, and do the worker's schedules stand?"""

from datetime import date, timedelta

import pytest
from django.utils.module_loading import import_string
from django.utils.timezone import localdate
from django_q.models import OrmQ, Schedule

from adoption.models import Region
from tests.people import a_region, a_trial
from workflows import schedule, services
from workflows.models import Heartbeat, Trial
from workflows.walk import Walk, begin, decide, give_feedback, walk
from workflows.year import due_again, next_feedback_due, stage_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def a_running_trial(slug: str = "kainuu") -> Walk:
    """Distribution began today, and what was queued until now is forgotten."""
    here = begin(a_region(slug), "2024", "walk")
    walk(here, "start_distribution")
    OrmQ.objects.all().delete()
    return here


# -- when it is due ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "after"),
    [
        (date(2027, 9, 1), date(2028, 9, 1)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2025, 11, 28), date(2026, 11, 30)),  # a Saturday
        (date(2027, 12, 24), date(2028, 12, 27)),  # a Sunday before Christmas
        (date(2025, 6, 19), date(2026, 6, 22)),  # the eve of midsummer
    ],
)
def test_a_year_later_is_the_same_day_or_the_next_working_day(on, after):
    assert due_again(on) == after


def test_the_meeting_is_due_a_year_after_the_start_and_then_after_the_last_meeting():
    here = a_running_trial()
    start = localdate()
    assert next_feedback_due([here.region.pk]) == {here.region.pk: due_again(start)}
    Trial.objects.filter(pk=here.trial.pk).update(started_on=start - 40 * DAY)
    assert next_feedback_due([here.region.pk]) == {here.region.pk: due_again(start - 40 * DAY)}
    services.record_meeting(here.region, here.aino, start - 3 * DAY, 12, "Sovittiin uusista kohteista.")
    assert next_feedback_due([here.region.pk]) == {here.region.pk: due_again(start - 3 * DAY)}


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
    assert next_feedback_due([here.region.pk]) == {here.region.pk: due_again(localdate())}


def test_due_days_of_all_regions_take_one_query(django_assert_num_queries):
    for slug in ("kainuu", "ruotsi"):
        a_running_trial(slug)
    with django_assert_num_queries(1):
        assert len(next_feedback_due(range(1, 1000))) == 2


@pytest.mark.parametrize(
    ("days", "stage"), [(-31, ""), (-30, "due"), (-1, "due"), (0, "due"), (1, "late"), (200, "late")]
)
def test_it_is_due_for_thirty_days_and_late_after_the_day(days, stage):
    due = date(2027, 9, 1)
    assert stage_of(due, due + days * DAY) == stage


# -- the clock --------------------------------------------------------------------------------------------------------


def test_the_schedules_stand_once_and_keep_their_next_run():
    schedule.ensure()
    before = {one.name: one.next_run for one in Schedule.objects.all()}
    schedule.ensure()
    assert {one.name: one.next_run for one in Schedule.objects.all()} == before
    assert Schedule.objects.count() == len(before)
    assert Schedule.objects.get(name="daily").func == "workflows.reminders.daily"
    assert Schedule.objects.get(name="heartbeat").minutes == 1


def test_every_scheduled_function_is_there():
    schedule.ensure()
    assert all(callable(import_string(func)) for func in Schedule.objects.values_list("func", flat=True))


def test_each_beat_is_the_one_row_of_the_heartbeat():
    schedule.beat()
    first = Heartbeat.objects.get().at
    schedule.beat()
    assert Heartbeat.objects.get().at > first
