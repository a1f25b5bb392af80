"""Do a national meeting and the region's own stand in its year and in calendars, and is nobody late before one?

The calendars are read by a parser that did not write them (tests.test_plan_files.events_of).
"""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import get_default_timezone

from adoption.feeds import address_of_region, renew_feed
from adoption.models import Person, Region
from adoption.people import name_person
from tests.entries import refused
from tests.mornings import a_morning, at
from tests.people import a_pair, a_region
from tests.test_feeds import key, own, read
from tests.test_yearly import DUE, TODAY, Here, browse, owed
from tests.trials import text_of
from workflows.arranging import services
from workflows.arranging.inviting import Whom, responsible_everywhere
from workflows.arranging.models import Meeting
from workflows.models import Reminder
from workflows.tasks import work_of
from workflows.yearly.doing import say_done
from workflows.yearly.rounds import round_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

DAY = timedelta(days=1)
MEETS = DUE + 40 * DAY  # Mon 10.4.2028


@pytest.fixture
def here():
    """Kainuu in lasting use since long, and its yearly duties due on DUE. It is TODAY."""
    found = Here()
    with at(TODAY):
        yield found


def nine(day: date) -> datetime:
    return datetime.combine(day, time(9), get_default_timezone())


def called(here: Here, *days: date, people: list[Whom] | None = None) -> Meeting:
    said = {"kind": "national", "title": "Network day", "place": "Teams", "link": "", "length": 90, "message": ""}
    people = responsible_everywhere() if people is None else people
    return services.arrange(None, here.laura, said, [nine(day) for day in days], people)


def the_year(client, here: Here) -> str:
    client.force_login(here.aino)
    return text_of(client.get(f"{reverse('region_year', args=['kainuu'])}?year=2028")).replace("\xa0", " ")


def of_region(here: Here) -> dict[str, dict[str, str]]:
    return {key(event): event for event in read(address_of_region(renew_feed(here.mikko, here.mikko), "kainuu"))}


def of_person(person: Person) -> dict[str, dict[str, str]]:
    return {key(event): event for event in read(own(person))}


# -- where it stands --------------------------------------------------------------------------------------------------


def test_a_fixed_national_meeting_stands_in_the_year_and_its_calendar_of_who_is_called(client, here):
    meeting = called(here, MEETS)
    assert "Mon 10.4.2028 Network day How it stands To come Who Laura" in the_year(client, here)
    event = of_region(here)[f"meeting-{meeting.pk}"]
    assert (event["DTSTART"], event["DTEND"]) == ("20280410T060000Z", "20280410T073000Z")
    assert (event["SUMMARY"], event["LOCATION"], event["STATUS"]) == ("Network day", "Teams", "CONFIRMED")
    page = reverse("yearly_done", args=["kainuu", "national"])
    assert event["URL"].endswith(page)
    for person in (here.aino, here.mikko, here.laura):
        assert of_person(person)[f"meeting-{meeting.pk}"]["DTSTART"] == "20280410T060000Z"
    assert of_person(here.laura)[f"meeting-{meeting.pk}"]["URL"].endswith(meeting.get_absolute_url())
    client.force_login(here.aino)
    assert client.get(page).status_code == 200


def test_each_proposed_time_stands_there_until_one_is_fixed(client, here):
    meeting = called(here, MEETS, MEETS + DAY)
    year = the_year(client, here)
    assert "Mon 10.4.2028 Network day: a proposed time" in year
    assert "Tue 11.4.2028 Network day: a proposed time" in year
    times = [f"meeting-{meeting.pk}-time-{one.pk}" for one in meeting.times.all()]
    for events in (of_region(here), of_person(here.aino)):
        assert [events[one]["STATUS"] for one in times] == ["TENTATIVE", "TENTATIVE"]
    services.fix(meeting, here.laura, nine(MEETS), 0)
    for events in (of_region(here), of_person(here.aino)):
        assert not set(times) & events.keys()
        assert events[f"meeting-{meeting.pk}"]["DTSTART"] == "20280410T060000Z"
    services.cancel(meeting, here.laura, "Siirtyy syksyyn.")
    assert "Network day" not in the_year(client, here)
    assert f"meeting-{meeting.pk}" not in of_person(here.aino).keys() | of_region(here).keys()


def test_a_region_that_is_not_called_has_nothing_of_it(client, here):
    elsewhere = a_region("kymenlaakso")
    outi, _ossi = a_pair(elsewhere)
    Person.objects.update(language="en")
    meeting = called(here, MEETS, people=[Whom(outi)])
    assert "Network day" not in the_year(client, here)
    assert f"meeting-{meeting.pk}" not in of_region(here).keys() | of_person(here.aino).keys()
    client.force_login(outi)  # her region prepares a trial, and she is called by herself
    events = {key(event): event for event in read(own(outi))}
    assert events[f"meeting-{meeting.pk}"]["URL"].endswith(reverse("yearly_done", args=["kymenlaakso", "national"]))
    page = text_of(client.get(reverse("yearly_done", args=["kymenlaakso", "national"]))).replace("\xa0", " ")
    assert "Kaikukeskus's meeting “Network day” is on Mon 10.4.2028 at 9:00: Teams." in page


def test_a_meeting_of_the_region_stands_in_both_calendars(here):
    said = {"kind": "workshop", "title": "Workshop", "place": "", "link": "", "length": 60, "message": ""}
    guest = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    meeting = services.arrange(here.region, here.aino, said, [nine(MEETS)], [Whom(guest)])
    name = f"meeting-{meeting.pk}"
    assert of_region(here)[name]["URL"].endswith(meeting.get_absolute_url())
    assert of_person(here.aino)[name]["SEQUENCE"] == of_person(guest)[name]["SEQUENCE"] == str(meeting.sequence)
    assert name not in of_person(here.mikko)


def test_the_empty_list_says_which_meetings_are_arranged_there(client, here):
    client.force_login(here.laura)
    national = text_of(client.get(reverse("national_arranged")))
    assert "its meetings for the responsible persons of all regions here" in national
    assert "feedback meeting are arranged here" not in national
    assert "feedback meeting are arranged here" in text_of(client.get(reverse("arranged", args=["kainuu"])))


# -- nobody is late before it -----------------------------------------------------------------------------------------


def due(region: Region) -> date:
    return round_of(region, "national").due


def test_the_duty_is_due_on_the_meeting_to_come_and_as_before_without_one(here):
    meeting = called(here, DUE + 3 * DAY, MEETS)
    assert (due(here.region), owed(here.region)[f"national {here.region.pk}"]) == (MEETS, MEETS)
    services.fix(meeting, here.laura, nine(DUE + 3 * DAY), 0)
    assert due(here.region) == DUE + 3 * DAY
    early = called(here, TODAY + DAY)
    assert due(here.region) == DUE  # the next one is earlier
    services.cancel(early, here.laura, "")
    services.cancel(meeting, here.laura, "")
    assert due(here.region) == DUE


def test_who_was_called_and_did_not_come_is_late_from_the_meeting_on(here):
    called(here, MEETS)
    with at(MEETS + 5 * DAY):
        assert due(here.region) == MEETS
    called(here, MEETS + 60 * DAY)
    with at(MEETS + 5 * DAY):
        assert due(here.region) == MEETS + 60 * DAY


def test_a_region_that_is_not_called_is_late_as_before(here):
    outi, _ossi = a_pair(a_region("kymenlaakso"))
    called(here, MEETS, people=[Whom(outi)])
    assert due(here.region) == DUE


def test_nobody_is_reminded_of_being_late_before_the_meeting(here, worker):
    with at(DUE - 20 * DAY):
        called(here, MEETS)
    for days in (1, 14, 28):
        a_morning(DUE + days * DAY, worker)
    rows = Reminder.objects.filter(kind="national")
    assert {(row.due, row.rung) for row in rows} == {(MEETS, -30)}
    a_morning(MEETS + 28 * DAY, worker)
    assert here.laura in {row.person for row in rows.filter(rung=28)}


def test_the_task_and_the_page_say_when_it_is_and_that_nobody_is_late(client, here):
    called(here, MEETS)
    said = "Kaikukeskus's meeting “Network day” is on Mon 10.4.2028 at 9:00: Teams. Nobody is late before it."
    with at(MEETS - 10 * DAY):
        [item] = [one for one in work_of(here.aino).mine if one.key.startswith("national-")]
        assert (item.due, said in item.where.replace("\xa0", " ")) == (MEETS, True)
        page = text_of(browse(client, here.aino, "yearly_done", "kainuu", "national")).replace("\xa0", " ")
        assert said in page
        assert "To be done by Mon 10.4.2028" in page


def test_of_a_meeting_before_the_year_is_over_it_is_only_said_when_it_is(client, here):
    called(here, TODAY + 5 * DAY)
    page = text_of(browse(client, here.aino, "yearly_done", "kainuu", "national")).replace("\xa0", " ")
    assert "is on Tue 15.2.2028 at 9:00: Teams." in page
    assert "Nobody is late" not in page
    assert "To be done by Wed 1.3.2028" in page


def test_a_page_opened_before_the_meeting_was_arranged_still_records(here):
    page = round_of(here.region, "national").last
    called(here, MEETS)
    say_done(here.region, "national", page, here.aino, TODAY)
    assert "Somebody has said this already" in refused(say_done, here.region, "national", page, here.mikko, TODAY)


def test_many_meetings_and_regions_take_no_more_queries(here, django_assert_num_queries):
    def queries(number: int) -> None:
        with django_assert_num_queries(number):
            read(address)
        with django_assert_num_queries(number + 4):
            read(region)

    feed = renew_feed(here.aino, here.aino)
    region, address = address_of_region(feed, "kainuu"), own(here.aino)
    called(here, MEETS, MEETS + DAY)
    queries(20)
    for number in range(1, 6):
        called(here, MEETS + number * DAY, MEETS + 9 * DAY)
    queries(20)
