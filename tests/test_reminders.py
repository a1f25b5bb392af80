"""Is everybody reminded by the ladder of what is owed, once, on working mornings, and of nothing that is done?"""

import json
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now
from django_q.models import OrmQ

from adoption import ladders
from adoption.days import last_working_day, next_working_day
from adoption.ladders import Rung
from adoption.mail_choices import choose
from adoption.models import How, Kind, Mail, Person, Responsibility
from adoption.people import end_responsibility, find_or_make, name_person
from tests.many_duties import owed, regions_that_owe
from tests.meetings import a_meeting
from tests.mornings import A_MONDAY, a_morning, at, mornings, post
from tests.people import a_region
from tests.rows import rows_read
from tests.trials import text_of
from workflows import services
from workflows.arranging.inviting import Whom
from workflows.arranging.models import Meeting
from workflows.duties import SOURCES, Within, meetings
from workflows.models import OwnTask, Reminder, Trial, TrialStep
from workflows.reminded import told_in
from workflows.reminders import deliver_waiting, due, scan
from workflows.tasks import meeting_items
from workflows.walk import Walk, begin, walk

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
DUE = date(2027, 4, 14)  # a Wednesday


@pytest.fixture
def here() -> Walk:
    """The workshop is open in Kainuu, awaited of both sides, and due on DUE; nothing else has a day."""
    with at(A_MONDAY):
        return a_trial_at("workshop")


def a_trial_at(key: str, slug: str = "kainuu") -> Walk:
    """A trial whose step before this one has just been closed."""
    found = begin(a_region(slug), "2024", "walk")
    walk(found, services.read(found.trial.pk).flow.before(key)[-1].key)
    TrialStep.objects.filter(trial=found.trial).exclude(key=key).update(due=None)
    move(found, key, DUE)
    OrmQ.objects.all().delete()
    mail.outbox.clear()
    return found


def move(here: Walk, key: str, day: date) -> None:
    TrialStep.objects.filter(trial=here.trial, key=key).update(due=day)


def sent(*kinds: str) -> list[tuple[date, int, str]]:
    """Day, rung and address of the reminders that have left, of all kinds or of some."""
    rows = Reminder.objects.filter(mail__sent_at__isnull=False).select_related("mail", "person")
    rows = rows.filter(kind__in=kinds) if kinds else rows
    return sorted((localdate(row.mail.sent_at), row.rung, row.person.email) for row in rows)


def days(since: date = A_MONDAY, until: date = DUE + 30 * DAY) -> tuple[date, date]:
    return since + DAY, until


# -- the ladder -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rung", "due_on", "since", "day"),
    [
        (Rung(-14), DUE, None, date(2027, 3, 31)),
        (Rung(-14), DUE, date(2027, 3, 31), None),  # it began on the day: nothing is made up for
        (Rung(0), date(2027, 3, 29), None, date(2027, 3, 25)),  # Easter Monday: the Thursday before Good Friday
        (Rung(2), date(2027, 3, 25), None, date(2027, 3, 30)),  # Saturday of Easter: the Tuesday after it
        (Rung(2), DUE, DUE + 30 * DAY, date(2027, 5, 17)),  # who began a month late is late two days after that
        (Rung(1), date(2027, 12, 23), None, date(2027, 12, 27)),
    ],
)
def test_each_rung_has_a_working_day(rung, due_on, since, day):
    assert rung.day(due_on, since) == day


@pytest.mark.parametrize("ladder", [source.ladder for source in SOURCES.values()])
def test_the_ladders_go_up(ladder):
    assert list(ladder.rungs) == sorted(ladder.rungs, key=lambda rung: rung.days)
    whom = [list(ladders.WHOM).index(rung.whom) for rung in ladder.rungs]
    assert whom == sorted(whom)
    assert ladder.rungs[-1].whom == (ladders.ONESELF if ladder == ladders.OWN else ladders.KAIKUKESKUS)


# -- a step -----------------------------------------------------------------------------------------------------------


def test_an_open_step_is_reminded_of_by_its_ladder_and_each_once(here, worker):
    with at(A_MONDAY):
        name_person(here.region, "care", "eino@example.org", "Eino Sijainen", here.mikko, substitute=True)
        worker.run()
    mornings(*days(), worker, times=2)
    aino, mikko, laura = here.aino.email, here.mikko.email, here.laura.email
    ladder = dict.fromkeys((-14, -2, 0, 2), (aino, mikko))
    ladder |= {7: (aino, mikko, "eino@example.org"), 14: (aino, mikko, "eino@example.org", laura)}
    found = {(rung, who) for _day, rung, who in sent()}
    assert found == {(rung, who) for rung, people in ladder.items() for who in people}
    assert len(sent()) == len(found)
    assert [day for day, rung, who in sent() if who == aino] == [
        *[last_working_day(DUE - number * DAY) for number in (14, 2, 0)],
        *[next_working_day(DUE + number * DAY) for number in (2, 7, 14)],
    ]


def test_the_mail_says_what_by_when_and_where(here, worker):
    with at(A_MONDAY):
        type(here.aino).objects.filter(pk=here.aino.pk).update(language="en")
    a_morning(DUE, worker)
    a_morning(DUE + 7 * DAY, worker)
    first, late = [one for one in mail.outbox if one.to == [here.aino.email]]
    path = f"/regions/kainuu/trials/{here.trial.pk}/workshop/"
    assert first.subject == "Today, Kainuu: step 4, Local workshop for possible distributors and venues"
    assert first.body.count("http") == 1
    assert path in first.body
    assert "Late, Kainuu" in late.subject
    assert "was to be done by" in late.body
    assert "Reminded too" not in first.body
    assert "Reminded too: Mikko Kettunen." in late.body


def test_days_without_a_worker_are_made_up_by_the_newest_rung_alone(here, worker):
    a_morning(DUE + 3 * DAY, worker)  # a Saturday
    assert sent() == []
    a_morning(DUE + 5 * DAY, worker)
    assert {(day, rung) for day, rung, _who in sent()} == {(DUE + 5 * DAY, 2)}


def test_only_who_is_awaited_is_reminded(here, worker):
    with at(A_MONDAY):
        given = {"by": here.aino.pk, "for": None, "at": "2027-03-01T10:00:00+02:00"}
        TrialStep.objects.filter(trial=here.trial, key="workshop").update(confirmed={"culture": given})
    a_morning(DUE, worker)
    assert [who for _day, _rung, who in sent()] == [here.mikko.email]


def test_who_follows_hears_of_what_is_late(here, worker):
    a_morning(DUE + 2 * DAY, worker)
    with at(DUE + 2 * DAY, 12):
        new = name_person(here.region, "culture", "venla@example.org", "Venla Aho", here.laura).person
        end_responsibility(Responsibility.objects.get(person=here.aino), here.laura)
        worker.run()
    mornings(DUE + 3 * DAY, DUE + 6 * DAY, worker)
    assert [(rung, who) for _day, rung, who in sent()] == [
        (2, here.aino.email), (2, here.mikko.email), (2, new.email),
    ]  # fmt: skip


# -- what is done, moved or overtaken ---------------------------------------------------------------------------------


def test_a_moved_deadline_has_a_ladder_of_its_own_and_the_old_one_is_silent(here, worker):
    a_morning(DUE - 14 * DAY, worker)
    move(here, "workshop", DUE + 28 * DAY)
    mornings(DUE - 13 * DAY, DUE + 13 * DAY, worker)
    assert {rung for _day, rung, _who in sent()} == {-14}
    mornings(DUE + 14 * DAY, DUE + 28 * DAY, worker)
    assert sorted({(day - DUE).days for day, _rung, _who in sent()}) == [-14, 14, 26, 28]


@pytest.mark.parametrize("what", ["moved", "closed"])
def test_what_waits_for_seven_is_taken_back_when_it_is_no_longer_true(here, worker, what):
    with at(DUE, 6, 0):
        scan(DUE)
        worker.run()
        assert Mail.objects.waiting().count() == 2
    with at(DUE, 6, 30):
        if what == "moved":
            move(here, "workshop", DUE + 60 * DAY)
        else:
            services.skip_step(here.trial, "workshop", here.laura, "Pidettiin jo.")
            OrmQ.objects.all().delete()
    post(DUE, worker)
    assert (sent(), Reminder.objects.count(), Mail.objects.waiting().count()) == ([], 0, 0)


def test_what_was_queued_and_is_done_before_the_worker_comes_is_not_written(here, worker):
    with at(DUE, 6, 0):
        scan(DUE)
        move(here, "workshop", DUE + 60 * DAY)
        worker.run()
    assert (Reminder.objects.count(), Mail.objects.filter(kind=Kind.DUTIES).count()) == (0, 0)


def test_a_job_that_was_lost_is_queued_again_and_one_that_runs_twice_does_no_more(here, worker):
    with at(DUE - DAY, 6, 0):
        scan(DUE - DAY)
        OrmQ.objects.all().delete()
    a_morning(DUE, worker, times=2)
    assert len(sent()) == 2


def test_a_scan_that_comes_at_night_waits_for_the_morning(here, worker):
    with at(DUE, 22, 0):
        scan(DUE)
        worker.run()
    with at(DUE, 23, 30):
        assert mail.outbox == []
    post(DUE + DAY, worker)
    assert {day for day, _rung, _who in sent()} == {DUE + DAY}


# -- the clock is set --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "ahead"), [(15, 14), (15, 29), (3, 5), (3, 400)])  # days before DUE, days ahead
def test_a_clock_that_was_ahead_for_a_morning_loses_nothing_and_repeats_nothing(here, worker, before, ahead):
    """What came too soon is not taken back; every other rung comes on its day, and none twice."""
    first = DUE - before * DAY
    mornings(DUE - 16 * DAY, first - DAY, worker)
    a_morning(next_working_day(first + ahead * DAY), worker)
    soon = [(rung, who) for _day, rung, who in sent()]
    mornings(first, DUE + 15 * DAY, worker)
    aino = [(rung, day) for day, rung, who in sent() if who == here.aino.email]
    own_days = {rung.days: rung.day(DUE, A_MONDAY) for rung in ladders.STEP.rungs}
    assert sorted(rung for rung, _day in aino) == list(own_days)
    assert [(rung, day) for rung, day in aino if (rung, here.aino.email) not in soon and day != own_days[rung]] == []


def test_what_a_clock_that_was_ahead_has_made_and_not_sent_is_taken_back(here, worker):
    with at(DUE, 6, 0):
        scan(DUE)
        worker.run()
    assert Mail.objects.waiting().count() == 2
    mornings(DUE - 15 * DAY, DUE + 3 * DAY, worker)
    assert [rung for _day, rung, who in sent() if who == here.aino.email] == [-14, -2, 0, 2]


def test_a_clock_that_was_behind_for_a_morning_repeats_nothing(here, worker):
    mornings(DUE - 14 * DAY, DUE, worker)
    a_morning(DUE - 14 * DAY, worker)
    a_morning(A_MONDAY, worker)
    mornings(DUE, DUE + 15 * DAY, worker)
    assert [rung for _day, rung, who in sent() if who == here.aino.email] == [rung.days for rung in ladders.STEP.rungs]


# -- the decision and the yearly meeting ------------------------------------------------------------------------------


def test_the_decision_is_reminded_of_before_its_step_is_open(worker):
    with at(A_MONDAY):
        here = a_trial_at("feedback")
        move(here, "feedback", DUE + 300 * DAY)
        TrialStep.objects.filter(trial=here.trial, key="decision").update(due=DUE)
        Trial.objects.filter(pk=here.trial.pk).update(started_on=A_MONDAY)
    mornings(*days(until=DUE + 2 * DAY), worker)
    assert [(day, rung) for day, rung, who in sent() if who == here.aino.email] == [
        (DUE - 14 * DAY, -14), (DUE, 0), (DUE + 2 * DAY, 2)
    ]  # fmt: skip


def test_the_meeting_is_reminded_of_every_year_until_it_is_held(worker):
    with at(A_MONDAY):
        here = a_trial_at("feedback")
        TrialStep.objects.filter(trial=here.trial).update(due=None)
        Trial.objects.filter(pk=here.trial.pk).update(started_on=A_MONDAY)
    owed = A_MONDAY.replace(year=2028)
    mornings(owed - 31 * DAY, owed + 2 * DAY, worker)
    assert [(day, rung) for day, rung, who in sent("feedback") if who == here.mikko.email] == [
        (date(2028, 1, 31), -30), (date(2028, 2, 23), -7), (date(2028, 3, 1), 0)
    ]  # fmt: skip
    with at(owed + 3 * DAY):
        services.record_meeting(here.region, here.aino, owed + 3 * DAY, 9, "Pidettiin.")
        OrmQ.objects.all().delete()
    count = len(sent("feedback"))
    mornings(owed + 4 * DAY, owed + 16 * DAY, worker)
    assert len(sent("feedback")) == count


def test_a_meeting_that_is_fixed_is_not_asked_for_until_it_has_begun(worker):
    with at(A_MONDAY):
        here = a_trial_at("feedback")
        TrialStep.objects.filter(trial=here.trial).update(due=None)
        Trial.objects.filter(pk=here.trial.pk).update(started_on=A_MONDAY)
    owed = A_MONDAY.replace(year=2028)
    with at(owed - 31 * DAY):
        meeting = a_meeting(here, [Whom(here.mikko)], days=20)
        [duty] = meetings(Within(owed))
        assert duty.rests
        assert meeting_items(here.aino) == []
        [told] = [one for one in told_in(here.region) if one.key[0] == "feedback"]
        assert (told.state, told.lines) == ("open", [])
        assert "Sitä ennen ketään ei muistuteta." in told.why_none
        OrmQ.objects.all().delete()
    mornings(owed - 30 * DAY, owed - 12 * DAY, worker)
    assert sent("feedback") == []
    with at(owed - 9 * DAY):
        [duty] = meetings(Within(owed))
        assert (duty.due, duty.path, duty.rests) == (owed, meeting.get_absolute_url(), False)
        assert meeting_items(here.aino) == []


def test_a_meeting_that_is_fixed_for_too_late_a_day_silences_nothing(worker):
    """S1: at least once a year; nobody gets round it by a day that is years away."""
    with at(A_MONDAY):
        here = a_trial_at("feedback")
        TrialStep.objects.filter(trial=here.trial).update(due=None)
        Trial.objects.filter(pk=here.trial.pk).update(started_on=A_MONDAY)
    owed = A_MONDAY.replace(year=2028)
    with at(owed - 8 * DAY):
        client = Client()
        client.force_login(here.aino)
        meeting = a_meeting(here, [Whom(here.mikko)], days=20)
        said = client.post(meeting.get_absolute_url(), another_time(meeting, owed + 100 * DAY), follow=True)
        assert "Muistutukset jatkuvat, kunnes se on pidetty." in text_of(said)
        OrmQ.objects.all().delete()
        [item] = meeting_items(here.aino)
        assert (item.href, item.mine) == (meeting.get_absolute_url(), True)
        assert "määräpäivän jälkeen" in item.where
        year = client.get(reverse("region_year", args=[here.region.slug]), {"year": owed.year})
        assert "Vuosittainen palautekokous" in text_of(year)
    mornings(owed - 7 * DAY, owed + 30 * DAY, worker)
    assert [rung for _day, rung, who in sent("feedback") if who == here.mikko.email] == [-7, 0, 7, 14, 28]
    assert [rung for _day, rung, who in sent("feedback") if who == here.laura.email] == [28]


def another_time(meeting: Meeting, on: date) -> dict[str, object]:
    """What the page of the meeting sends to move it."""
    return {"act": "another", "at": f"{on.day}.{on.month}.{on.year} 12.00", "seen": meeting.sequence}


def test_a_meeting_of_a_leap_day_is_due_on_the_28th():
    with at(date(2028, 2, 1)):
        here = a_trial_at("feedback")
        Trial.objects.filter(pk=here.trial.pk).update(started_on=date(2028, 2, 29))
    assert meetings(Within(date(2029, 2, 27))) == []
    assert [duty.due for duty in meetings(Within(date(2029, 2, 28)))] == [date(2029, 2, 28)]


# -- one mail a morning -----------------------------------------------------------------------------------------------


def test_several_reminders_of_one_morning_are_one_mail(two_due, worker):
    here = two_due
    a_morning(DUE, worker)
    [one] = [letter for letter in mail.outbox if letter.to == [here.aino.email]]
    assert one.body.count("http") == one.body.count("\n- ") == 2
    assert {day for day, _rung, _who in sent()} == {DUE}
    assert len(sent()) == 4


def test_who_wants_each_alone_has_each_alone(two_due, worker):
    here = two_due
    choose(here.aino, here.aino, {"duties": How.AT_ONCE})
    a_morning(DUE, worker)
    assert len([letter for letter in mail.outbox if letter.to == [here.aino.email]]) == 2
    assert len([letter for letter in mail.outbox if letter.to == [here.mikko.email]]) == 1


@pytest.fixture
def two_due(here) -> Walk:
    """The workshop and the decision are due on the same day."""
    Trial.objects.filter(pk=here.trial.pk).update(started_on=A_MONDAY)
    move(here, "decision", DUE)
    return here


def test_a_list_that_no_server_took_leaves_later_with_what_is_still_true(two_due, worker, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1  # nobody listens
    a_morning(DUE, worker)
    assert Mail.objects.filter(kind=Kind.DIGEST, tries=1, sent_at=None).count() == 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with at(DUE, 8):
        services.skip_step(two_due.trial, "workshop", two_due.laura, "Pidettiin jo.")
        OrmQ.objects.all().delete()
    with at(DUE, 9):
        deliver_waiting()
    with at(DUE, 10):
        deliver_waiting()
    assert [letter.body.count("http") for letter in mail.outbox] == [1, 1]
    assert len(sent()) == 2


def test_of_a_list_of_which_nothing_is_true_any_more_no_mail_leaves(two_due, worker, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    a_morning(DUE, worker)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for key in ("workshop", "decision"):
        move(two_due, key, DUE + 99 * DAY)
    with at(DUE, 9):
        deliver_waiting()
    assert (mail.outbox, Mail.objects.waiting().count(), Reminder.objects.count()) == ([], 0, 0)


# -- points of meetings -----------------------------------------------------------------------------------------------


def a_point(here: Walk, person: Person, due_on: date, national: bool = False) -> OwnTask:
    """Agreed on in a workshop that was held, or in Kaikukeskus's national meeting."""
    given = {"kind": "national", "region": None} if national else {"kind": "workshop", "region": here.region}
    meeting = Meeting.objects.create(
        organiser=here.laura, title="Yhdessä", length=60, state="held", starts_at=now(), **given
    )
    return OwnTask.objects.create(
        meeting=meeting, region=meeting.region, person=person, agreed_with=person, made_by=here.laura, due=due_on,
        text="Tilaa esitteet",
    )  # fmt: skip


def who_heard() -> dict[int, set[str]]:
    """Rung of a point → who was reminded by it."""
    found: dict[int, set[str]] = {}
    for _day, rung, who in sent("point"):
        found.setdefault(rung, set()).add(who)
    return found


def test_of_a_late_point_of_a_meeting_the_pair_hears_then_substitutes_then_kaikukeskus(here, worker):
    move(here, "workshop", None)
    with at(A_MONDAY):
        name_person(here.region, "care", "eino@example.org", "Eino Sijainen", here.mikko, substitute=True)
        Person.objects.update(language="en")
        point = a_point(here, here.mikko, DUE)
        worker.run()
        mail.outbox.clear()
    mornings(*days(), worker, times=2)
    own, pair = {here.mikko.email}, {here.aino.email, here.mikko.email}
    more = pair | {"eino@example.org"}
    assert who_heard() == {-7: own, 0: own, 2: own, 7: pair, 14: more, 28: more | {here.laura.email}}
    assert len(sent()) == 12
    [to_aino, *_more] = [one for one in mail.outbox if one.to == [here.aino.email]]
    assert to_aino.subject == "Late, Kainuu: “Tilaa esitteet”, by 14.4.2027"
    assert "as the task of Mikko Kettunen" in to_aino.body
    assert point.meeting.page("minutes") in to_aino.body
    late = [one for one in mail.outbox if one.to == [here.mikko.email] and one.subject.startswith("Late")]
    assert point.get_absolute_url() in late[1].body
    also = [re.findall("Reminded too: (.*)\\.", one.body) for one in late]
    assert also == [
        [], ["Aino Virtanen"], ["Aino Virtanen, Eino Sijainen"], ["Aino Virtanen, Eino Sijainen, Kaikukeskus"],
    ]  # fmt: skip


def test_of_a_late_point_of_the_national_meeting_kaikukeskus_hears(here, worker):
    move(here, "workshop", None)
    with at(A_MONDAY):
        a_point(here, here.mikko, DUE, national=True)
    mornings(*days(), worker)
    own, both = {here.mikko.email}, {here.mikko.email, here.laura.email}
    assert who_heard() == {-7: own, 0: own, 2: own, 7: both, 14: both, 28: both}


def test_of_a_point_of_one_who_is_not_here_any_more_the_pair_hears_at_once(here, worker):
    move(here, "workshop", None)
    with at(A_MONDAY):
        liisa = find_or_make("liisa@example.org", "Liisa Laine")
        point = a_point(here, liisa, DUE)
        Person.objects.filter(pk=liisa.pk).update(is_active=False)
    a_morning(DUE, worker)
    assert who_heard() == {0: {here.aino.email, here.mikko.email}}
    OwnTask.objects.filter(pk=point.pk).update(done_at=f"{DUE}T10:00Z")
    a_morning(DUE + 7 * DAY, worker)
    assert len(sent()) == 2


def test_the_regions_page_says_of_a_point_what_was_sent_and_of_ones_own_tasks_nothing(here, worker):
    with at(A_MONDAY):
        a_point(here, here.mikko, DUE)
        OwnTask.objects.create(person=here.mikko, made_by=here.mikko, region=here.region, due=DUE, text="Soita")
    a_morning(DUE, worker)
    with at(DUE, 9):
        told = told_in(here.region)
    [point] = [one for one in told if "Tilaa esitteet" in one.title]
    assert [line.state for line in point.lines] == ["sent", *["planned"] * 4]
    assert not [one for one in told if "Soita" in one.title]


# -- how much is read -------------------------------------------------------------------------------------------------


def test_the_scan_of_ten_thousand_duties_of_which_none_is_due_reads_no_row(here):
    """Of every kind there are hundreds; with twice as many the scan asks the same few questions."""
    move(here, "workshop", DUE + 90 * DAY)
    queries = [quiet_scan_of(here, 500), quiet_scan_of(here, 500)]
    assert queries == [QUIET_SCAN, QUIET_SCAN]
    with at(DUE), rows_read() as rows:
        there = owed(DUE)
    assert sum(there.values()) > 10_000
    assert min(there.values()) >= 1000
    assert rows.count > 10_000  # so it counts


def quiet_scan_of(here: Walk, more: int) -> int:
    """How many queries the scan takes once so many regions more owe something later."""
    with at(DUE):
        regions_that_owe(here, more, DUE)
        with rows_read() as rows:
            assert due(DUE) == []
        assert rows.count == 0
        with CaptureQueriesContext(connection) as queries:
            due(DUE)
    return len(queries)


QUIET_SCAN = 9  # one for each kind of duty


def test_the_scan_of_what_is_due_takes_a_fixed_number_of_queries(here, django_assert_num_queries):
    with at(A_MONDAY):
        a_trial_at("workshop", "ruotsi")
    with at(DUE), django_assert_num_queries(14):
        assert len(due(DUE)) == 4


# -- the command ------------------------------------------------------------------------------------------------------


def said(*options: str) -> dict:
    out = StringIO()
    call_command("send_reminders", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_says_what_is_due_to_whom_why_and_where_it_stands(here, worker):
    with at(DUE, 6, 0):
        dry = said("--date", DUE.isoformat(), "--dry-run")
        assert dry["queued"] == OrmQ.objects.count() == 0
        assert [one["state"] for one in dry["reminders"]] == ["due", "due"]
        one = dry["reminders"][0]
        assert (one["region"], one["kind"], one["due"], one["rung"]) == ("kainuu", "step", DUE.isoformat(), 0)
        assert one["why"] == "on the day, to the responsible persons"
        assert {row["to"]["email"] for row in dry["reminders"]} == {here.aino.email, here.mikko.email}
        assert said()["queued"] == 2
        worker.run()
        assert [one["state"] for one in said()["reminders"]] == ["waits", "waits"]
    post(DUE, worker)
    with at(DUE, 9):
        assert [one["state"] for one in said()["reminders"]] == ["sent", "sent"]


def test_the_command_prints_lines_that_a_person_can_read(here):
    out = StringIO()
    with at(DUE):
        call_command("send_reminders", "--date", (DUE + 3 * DAY).isoformat(), stdout=out)
    assert "kainuu: step 4" in out.getvalue()
    assert "0 queued" in out.getvalue()  # a Saturday


def test_the_command_refuses_what_is_no_day_with_status_2():
    with pytest.raises(CommandError) as caught:
        call_command("send_reminders", "--date", "2027-02-30")
    assert caught.value.returncode == 2
