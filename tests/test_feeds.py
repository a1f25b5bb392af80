"""Does a calendar read a person's duties and a region's year at a secret address, and nobody at one that was renewed?

Read by a parser that did not write the files (tests.test_plan_files.events_of).
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localdate, now

from adoption import partners
from adoption.days import next_working_day
from adoption.feeds import address_of, address_of_region, end_feed, feed_of, renew_feed
from adoption.models import Act, CalendarFeed, Person, Responsibility
from adoption.people import end_responsibility, find_or_make, name_person
from adoption.prepared_texts import set_times
from adoption.refusal import NotYours, Refused
from config.logs import WithoutLinks
from tests.mornings import at
from tests.people import a_distributor, a_stranger
from tests.test_arranging_calendars import Khal
from tests.test_clearance import ANSWERS
from tests.test_plan_files import calendar as plan_calendar
from tests.test_plan_files import events_of
from tests.test_yearly import DUE, TODAY, Here
from tests.trials import a_walk, text_of
from workflows import services
from workflows.arranging.inviting import Whom
from workflows.arranging.services import arrange
from workflows.models import Meeting, OwnTask, TrialStep
from workflows.moving import mark_of, move_due
from workflows.my_work.own_tasks import add_task, change_task, finish_task
from workflows.walk import Walk, introduce

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

DAY = timedelta(days=1)
AGAIN = "20290212"  # a Monday: a year after TODAY is a Saturday


@pytest.fixture
def lasting() -> Iterator[Here]:
    """Kainuu in lasting use. It is TODAY."""
    found = Here()
    with at(TODAY):
        yield found


@pytest.fixture
def trial() -> Walk:
    return a_walk(until="intro_event")


def path(address: str) -> str:
    return address.removeprefix(site.SITE_URL.rstrip("/"))


def read(address: str) -> list[dict[str, str]]:
    """The events at the address, for a program that is not signed in."""
    answer = Client().get(path(address))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer["Cache-Control"] == "private, no-store"
    return events_of(answer.content)


def own(person: Person) -> str:
    return address_of(feed_of(person) or renew_feed(person, person))


def days(events: list[dict[str, str]], word: str) -> list[str]:
    return [event["DTSTART"] for event in events if word in event["SUMMARY"]]


def key(event: dict[str, str]) -> str:
    """By what a calendar knows the event, without the site's name."""
    return event["UID"].partition("@")[0]


def kind(event: dict[str, str]) -> str:
    return key(event).partition("-")[0]


def uids(events: list[dict[str, str]]) -> set[str]:
    return {key(event) for event in events}


# -- what stands in it ------------------------------------------------------------------------------------------------


def test_ones_own_calendar_holds_what_is_owed_and_the_steps_that_the_plan_foresees(trial):
    events = read(own(trial.aino))
    rows = TrialStep.objects.filter(trial=trial.trial, closed_at=None)
    of_both = [row for row in rows if trial.trial.process.flow_class.step(row.key).sides & {"culture"}]
    assert uids(events) == {f"step-{row.pk}" for row in of_both}
    assert {event["DTSTART"] for event in events} == {f"{row.due:%Y%m%d}" for row in of_both}
    assert {event["DTSTART?"] for event in events} == {"VALUE=DATE"}
    assert events[0]["URL"].startswith(site.SITE_URL)


def test_an_own_task_with_a_day_stands_in_ones_own_calendar_alone(trial):
    due = localdate() + 20 * DAY
    add_task(trial.aino, "Soita kirjastoon", due)
    assert days(read(own(trial.aino)), "Soita kirjastoon") == [f"{due:%Y%m%d}"]
    for other in (trial.mikko, trial.laura):
        assert days(read(own(other)), "Soita kirjastoon") == []


def test_a_point_of_a_meeting_stands_in_its_persons_calendar_alone_until_it_is_done(trial):
    due = localdate() + 20 * DAY
    maija = find_or_make("maija@example.org", "Maija Muualla")  # who answers for nothing there
    places = [("workshop", trial.region, trial.aino), ("workshop", trial.region, maija), ("national", None, trial.aino)]
    for kind, region, person in places:
        meeting = Meeting.objects.create(
            organiser=trial.laura, region=region, kind=kind, title="Yhdessä", length=60, state="held", starts_at=now()
        )
        point = OwnTask.objects.create(person=person, made_by=trial.laura, text="Soita", due=due, meeting=meeting)
        [event] = [event for event in read(own(person)) if "Soita" in event["SUMMARY"]]
        assert (event["UID"].partition("@")[0], event["DTSTART"]) == (f"point-{point.pk}", f"{due:%Y%m%d}")
        assert event["URL"].endswith(point.get_absolute_url())
        for other in {trial.aino, trial.mikko, trial.laura} - {person}:
            assert days(read(own(other)), "Soita") == []
        before = int(event["SEQUENCE"])
        change_task(point, person, "", due + DAY, None)
        [event] = [event for event in read(own(person)) if "Soita" in event["SUMMARY"]]
        assert (event["DTSTART"], int(event["SEQUENCE"]) > before) == (f"{due + DAY:%Y%m%d}", True)
        finish_task(point, person)
        assert days(read(own(person)), "Soita") == []


def test_a_moved_own_task_is_the_same_event_with_a_higher_number(trial):
    due = localdate() + 20 * DAY
    task = add_task(trial.aino, "Soita kirjastoon", due)
    [before] = [event for event in read(own(trial.aino)) if kind(event) == "own"]
    with at(localdate() + DAY):
        change_task(task, trial.aino, task.text, due - 7 * DAY, None)
        [after] = [event for event in read(own(trial.aino)) if kind(event) == "own"]
    assert (after["UID"], after["DTSTART"]) == (before["UID"], f"{due - 7 * DAY:%Y%m%d}")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_a_question_of_kaikukeskus_stands_there_until_it_is_answered(trial):
    asked = partners.request_clearance(a_distributor(trial.region, trial.mikko), trial.mikko, ANSWERS)
    partners.want_more(asked, trial.laura, "Kuinka moni?")
    [event] = [event for event in read(own(trial.mikko)) if kind(event) == "question"]
    assert event["DTSTART"] == f"{localdate() + 60 * DAY:%Y%m%d}"
    assert "Answer Kaikukeskus" in event["SUMMARY"]
    assert event["DESCRIPTION"] == "Kuinka moni?"
    set_times(10, 30, trial.laura)
    [moved] = [event for event in read(own(trial.mikko)) if kind(event) == "question"]
    assert (moved["UID"], moved["DTSTART"]) == (event["UID"], f"{localdate() + 30 * DAY:%Y%m%d}")
    assert int(moved["SEQUENCE"]) > int(event["SEQUENCE"])
    for other in (trial.aino, trial.laura):
        assert [event for event in read(own(other)) if kind(event) == "question"] == []
    partners.answer_question(asked, trial.mikko, "Kaksi kolmesta.")
    assert [event for event in read(own(trial.mikko)) if kind(event) == "question"] == []


def test_a_meeting_whose_time_is_to_be_fixed_stands_there_by_its_first_proposed_day(trial):
    on = next_working_day(localdate() + 20 * DAY)
    times = [datetime.combine(on + days, time(12), get_default_timezone()) for days in (0 * DAY, DAY)]
    said = {"kind": "feedback", "title": "Palaute", "place": "Kirjasto", "link": "", "length": 90, "message": ""}
    meeting = arrange(trial.region, trial.aino, said, times, [Whom(trial.mikko)])
    [event] = [event for event in read(own(trial.aino)) if kind(event) == "arranged"]
    assert event["DTSTART"] == f"{on:%Y%m%d}"
    assert event["URL"].endswith(meeting.get_absolute_url())


@pytest.mark.calendar
def test_a_real_calendar_takes_the_plan_the_year_and_the_own_days_and_follows_a_moved_one(client, trial, tmp_path):
    client.force_login(trial.aino)
    addresses = [reverse("plan_calendar", args=[trial.region.slug, trial.trial.pk]), path(own(trial.aino))]
    addresses.append(path(address_of_region(feed_of(trial.aino), trial.region.slug)))
    for number, address in enumerate(addresses):
        folder = tmp_path / str(number)
        folder.mkdir()
        khal = Khal(folder)
        for _before_and_after in range(2):
            content = client.get(address).content
            khal.take(content)
            taken = {path.read_text() for path in (folder / "calendar").glob("*.ics")}
            shown = {(event["UID"], event["DTSTART"]) for event in events_of(content)}
            assert len(taken) == len(shown) > 5
            for uid, day in shown:
                assert [text for text in taken if f"UID:{uid}" in text and f"DTSTART;VALUE=DATE:{day}" in text]
            row = TrialStep.objects.get(trial=trial.trial, key="workshop")
            mark = mark_of(services.read(trial.trial.pk))
            move_due(trial.trial, "workshop", trial.aino, next_working_day(row.due + 7 * DAY), "Lautakunta.", mark)


def test_it_is_the_same_event_as_in_the_plans_own_file(client, trial):
    in_plan = {event["UID"]: event for event in plan_calendar(client, trial)}
    for event in read(own(trial.mikko)):
        assert [in_plan[event["UID"]][name] for name in ("DTSTART", "SEQUENCE", "URL")] == [
            event[name] for name in ("DTSTART", "SEQUENCE", "URL")
        ]


def test_a_moved_day_is_the_same_event_with_a_higher_number(trial):
    before = {key(event): event for event in read(own(trial.aino))}
    row = TrialStep.objects.get(trial=trial.trial, key="workshop")
    mark = mark_of(services.read(trial.trial.pk))
    move_due(trial.trial, "workshop", trial.aino, next_working_day(row.due + DAY), "Sali on varattu.", mark)
    after = {key(event): event for event in read(own(trial.aino))}
    assert before.keys() == after.keys()
    moved = [uid for uid in after if after[uid]["DTSTART"] != before[uid]["DTSTART"]]
    assert f"step-{row.pk}" in moved
    assert all(int(after[uid]["SEQUENCE"]) == int(before[uid]["SEQUENCE"]) + 2 for uid in moved)


def test_what_is_done_leaves_ones_own_calendar():
    here = a_walk()
    first = f"step-{here.trial.steps.get(key='intro_event').pk}"
    assert first in uids(read(own(here.aino)))
    introduce(here)
    assert first not in uids(read(own(here.aino)))


def test_what_comes_round_is_one_event_that_moves_when_it_is_done(lasting):
    [before] = [event for event in read(own(lasting.aino)) if kind(event) == "page"]
    assert before["DTSTART"] == f"{DUE:%Y%m%d}"
    lasting.says("page", TODAY)
    [after] = [event for event in read(own(lasting.aino)) if kind(event) == "page"]
    assert (after["UID"], after["DTSTART"]) == (before["UID"], AGAIN)
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_kaikukeskus_has_its_own_steps_and_no_region_s_duties(trial):
    mine = read(own(trial.laura))
    assert any("step 3" in event["SUMMARY"] for event in mine)
    assert not any("step 7" in event["SUMMARY"] for event in mine)


def test_a_reader_of_the_region_owes_nothing(trial):
    reader = name_person(trial.region, "group", "reino@example.org", "Reino Saari", trial.aino).person
    assert read(own(reader)) == []


def test_a_regions_year_holds_what_is_due_and_what_was_done(lasting):
    lasting.says("national", TODAY)
    feed = renew_feed(lasting.mikko, lasting.mikko)
    events = read(address_of_region(feed, "kainuu"))
    assert days(events, "local page") == [f"{DUE:%Y%m%d}"]
    assert days(events, "national meeting") == [f"{TODAY:%Y%m%d}", AGAIN]
    [done] = [event for event in events if event["DTSTART"] == f"{TODAY:%Y%m%d}"]
    assert done["DESCRIPTION"] == "Done: Aino Virtanen"
    assert len({event["UID"] for event in events}) == len(events)


def test_the_file_of_the_region_is_the_same_as_its_feed(client, lasting):
    client.force_login(lasting.aino)
    answer = client.get(reverse("region_year_calendar", args=["kainuu"]))
    assert answer["Content-Disposition"] == 'attachment; filename="kaikukortti-kainuu-2028.ics"'
    feed = renew_feed(lasting.aino, lasting.aino)
    assert events_of(answer.content) == read(address_of_region(feed, "kainuu"))


def test_the_words_are_in_the_persons_language_whatever_the_program_asks_for(lasting):
    Person.objects.filter(pk=lasting.aino.pk).update(language="sv")
    lasting.aino.refresh_from_db()
    answer = Client(headers={"accept-language": "en"}).get(path(own(lasting.aino)))
    assert "LANGUAGE=sv" in {event["SUMMARY?"] for event in events_of(answer.content)}


# -- whose it is ------------------------------------------------------------------------------------------------------


def test_a_renewed_address_leads_nowhere_at_once(trial):
    old = own(trial.aino)
    feed = feed_of(trial.aino)
    new = renew_feed(trial.aino, trial.aino)
    assert Client().get(path(old)).status_code == 404
    assert Client().get(path(address_of_region(feed, trial.region.slug))).status_code == 404
    assert read(address_of(new))


def test_a_closed_address_leads_nowhere_and_is_closed_once(trial):
    address = own(trial.aino)
    end_feed(trial.aino, trial.aino)
    assert Client().get(path(address)).status_code == 404
    with pytest.raises(Refused, match="nothing had to be closed"):
        end_feed(trial.aino, trial.aino)


def test_who_cannot_sign_in_any_more_has_no_calendar(trial):
    address = own(trial.aino)
    Person.objects.filter(pk=trial.aino.pk).update(is_active=False)
    assert Client().get(path(address)).status_code == 404


def test_the_region_is_read_only_as_long_as_the_person_may(trial):
    name_person(trial.region, "culture", "venla@example.org", "Venla Aho", trial.laura)
    feed = renew_feed(trial.aino, trial.aino)
    address = path(address_of_region(feed, trial.region.slug))
    assert Client().get(address).status_code == 200
    assert Client().get(path(address_of_region(feed, "lappi"))).status_code == 404
    end_responsibility(Responsibility.objects.get(person=trial.aino, region=trial.region), trial.laura)
    assert Client().get(address).status_code == 404
    assert read(address_of(feed)) == []


@pytest.mark.parametrize("token", ["x", "0" * 32, f"{'0' * 32}.made-up", "%00", "..", "a" * 2000])
def test_a_made_up_address_is_404(db, token):
    for more in ("own.ics", "regions/kainuu.ics"):
        assert Client().get(f"/calendar/{token}/{more}").status_code in (404, 302)


def test_another_sites_signature_opens_nothing(trial, settings):
    address = own(trial.aino)
    settings.SECRET_KEY = "another"
    assert Client().get(path(address)).status_code == 404


def test_a_get_changes_nothing_and_nothing_else_is_answered(trial):
    address = path(own(trial.aino))
    acts = Act.objects.count()
    assert (Client().head(address).status_code, Client().post(address).status_code) == (200, 405)
    assert Act.objects.count() == acts


def test_neither_history_nor_the_database_nor_the_log_holds_the_address(trial):
    token = own(trial.aino).split("/calendar/")[1].partition("/")[0]
    secret = token.partition(".")[2]
    said = str(list(Act.objects.values_list())) + str(list(CalendarFeed.objects.values_list()))
    assert secret not in said
    assert feed_of(trial.aino).key.hex not in str(list(Act.objects.values_list()))
    line = logging.LogRecord("django", 30, "", 1, f"Not Found: /calendar/{token}/own.ics", None, None)
    assert WithoutLinks().format(line) == "Not Found: /calendar/…/own.ics"


def test_a_program_that_asks_too_often_waits(trial):
    address = path(own(trial.aino))
    visitor = Client()
    answers = [visitor.get("/calendar/made-up/own.ics").status_code for _try in range(60)]
    assert set(answers) == {404}
    assert visitor.get(address).status_code == 429


def test_only_oneself_or_kaikukeskus_renews_and_closes(trial):
    own(trial.aino)
    for act in (renew_feed, end_feed):
        for person in (trial.mikko, a_stranger()):
            with pytest.raises(NotYours):
                act(trial.aino, person)
    end_feed(trial.aino, trial.laura)
    assert list(Act.objects.filter(what__startswith="feed").order_by("pk").values_list("what", "by")) == [
        ("feed_made", trial.aino.pk), ("feed_ended", trial.laura.pk),
    ]  # fmt: skip


# -- the pages --------------------------------------------------------------------------------------------------------


def test_one_makes_renews_and_closes_it_on_the_own_page(client, trial):
    client.force_login(trial.aino)
    assert "Make the address" in text_of(client.get(reverse("me")))
    made = client.post(reverse("feed_renew"), follow=True)
    first = address_of(feed_of(trial.aino))
    assert first in made.content.decode()
    renewed = client.post(reverse("feed_renew"), follow=True).content.decode()
    assert address_of(feed_of(trial.aino)) in renewed
    assert first not in renewed
    assert "Your calendar address is closed." in text_of(client.post(reverse("feed_end"), follow=True))
    assert client.post(reverse("feed_end")).status_code == 422
    assert read_or_404(first) == 404


def read_or_404(address: str) -> int:
    return Client().get(path(address)).status_code


def test_the_regions_page_shows_each_reader_the_own_address(client, trial):
    feed = renew_feed(trial.aino, trial.aino)
    page = reverse("region_year", args=[trial.region.slug])
    client.force_login(trial.aino)
    assert address_of_region(feed, trial.region.slug) in client.get(page).content.decode()
    client.force_login(trial.mikko)
    assert "/calendar/" not in client.get(page).content.decode()


def test_nobody_sees_anothers_address_on_that_persons_page(client, trial):
    address = own(trial.aino)
    for reader in (trial.mikko, trial.laura):
        client.force_login(reader)
        assert address not in client.get(reverse("person", args=[trial.aino.pk])).content.decode()


# -- how much is read -------------------------------------------------------------------------------------------------


def test_a_calendar_takes_the_same_number_of_queries_however_much_it_holds(lasting, django_assert_num_queries):
    feed = renew_feed(lasting.aino, lasting.aino)
    for more in (1, 40):
        with at(TODAY):
            for number in range(more):
                lasting.region.yearly.create(
                    kind="page", on=date(2026, 1, 1) - (more + number) * DAY, recorded_by=lasting.aino
                )
        with django_assert_num_queries(OF_PERSON):
            read(address_of(feed))
        with django_assert_num_queries(OF_REGION):
            read(address_of_region(feed, "kainuu"))


OF_PERSON, OF_REGION = 19, 22
