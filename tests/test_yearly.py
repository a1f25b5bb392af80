"""Does what comes round every year come round by itself where the card is in lasting use, as a task, and till done?"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localdate
from django_q.models import OrmQ

from adoption.days import due_again, months_after
from adoption.ladders import INDUCTION, NATIONAL, PAGE
from adoption.models import Act, Partner, Person, Region
from adoption.partners import record_induction
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from tests.entries import SINCE, lasting, refused
from tests.mornings import A_MONDAY, a_morning, at
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.test_reminders import sent
from tests.trials import a_walk, promise, text_of
from workflows.arranging import services as arranging
from workflows.arranging.inviting import responsible_everywhere
from workflows.checks import faults
from workflows.duties import SOURCES, Within
from workflows.models import Reminder, TrialStep, YearlyDone
from workflows.reminded import told_in
from workflows.tasks import Item, work_of
from workflows.walk import decide, give_feedback
from workflows.yearly.doing import say_done, take_back
from workflows.yearly.rounds import round_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

DAY = timedelta(days=1)
DUE = due_again(A_MONDAY)  # Wed 1.3.2028
TODAY = date(2028, 2, 10)
KINDS = pytest.mark.parametrize("kind", ["page", "national"])


class Here:
    """Kainuu, entered in lasting use on A_MONDAY, with its pair."""

    def __init__(self) -> None:
        self.region, self.laura = a_region("kainuu"), a_kaikukeskus_person()
        with at(A_MONDAY):
            self.trial = lasting(self.region, self.laura)
            self.aino, self.mikko = a_pair(self.region)
        Person.objects.update(language="en")
        OrmQ.objects.all().delete()
        mail.outbox.clear()

    def due(self, kind: str) -> date | None:
        found = round_of(self.region, kind)
        return found.due if found else None

    def last(self, kind: str) -> date | None:
        found = round_of(self.region, kind)
        return found.last if found else None

    def says(self, kind: str, on: date, by: Person | None = None, last: date | None = None) -> YearlyDone:
        return say_done(self.region, kind, last or self.last(kind), by or self.aino, on, "Käytiin läpi.")


@pytest.fixture
def here() -> Iterator[Here]:
    """It is TODAY."""
    found = Here()
    with at(TODAY):
        yield found


def owed(region: Region, until: date = date(2040, 1, 1)) -> dict[str, date]:
    """Subject-by-kind → due day of what else comes round."""
    ladders = (INDUCTION, NATIONAL, PAGE)
    found = [one for ladder in ladders for one in SOURCES[ladder.kind].owed(Within(until, regions=[region.pk]))]
    return {f"{one.ladder.kind} {one.subject}": one.due for one in found}


def titles(items: list[Item]) -> list[str]:
    return [item.what for item in items]


# -- it comes round ---------------------------------------------------------------------------------------------------


@KINDS
def test_it_is_due_twelve_months_after_the_entry_and_then_after_it_was_done(here, kind):
    assert here.due(kind) == DUE
    here.says(kind, date(2028, 2, 9))
    assert here.due(kind) == date(2029, 2, 9)


def test_each_kind_comes_round_for_itself(here):
    here.says("page", date(2028, 2, 9))
    assert owed(here.region) == {
        f"national {here.region.pk}": DUE, f"page {here.region.pk}": date(2029, 2, 9),
    }  # fmt: skip


def test_after_a_trial_it_counts_from_the_decision_to_go_on():
    here = a_walk(until="feedback")
    [on] = set(here.region.partners.exclude(induction_on=None).values_list("induction_on", flat=True))
    assert owed(here.region) == {
        f"induction {here.region.pk}-{role}": due_again(on) for role in ("venue", "distributor")
    }
    decide(here)
    expected = {f"{kind} {here.region.pk}": due_again(localdate()) for kind in ("page", "national")}
    assert owed(here.region).items() >= expected.items()


def test_where_the_card_is_not_in_lasting_use_nothing_comes_round():
    region = a_region("lappi")
    aino, _mikko = a_pair(region)
    assert owed(region) == {}
    assert "in lasting use, and here it is not" in refused(say_done, region, "page", DUE, aino, localdate())


# -- saying it --------------------------------------------------------------------------------------------------------


def test_history_says_who_did_it_when_and_the_record_is_whole(here):
    here.says("page", date(2028, 2, 9), by=here.mikko)
    act = Act.objects.get(what="yearly_done")
    assert (act.by, act.side, act.data) == (here.mikko, "care", {"kind": "page", "on": "2028-02-09"})
    assert faults() == []


def test_a_day_must_lie_in_the_year_and_not_be_to_come(here):
    assert "still to come" in refused(here.says, "page", date(2028, 2, 11))
    assert "give a day after it" in refused(here.says, "page", SINCE)
    assert not YearlyDone.objects.exists()
    here.says("page", A_MONDAY - DAY)  # where the card was in lasting use before it was entered
    assert here.due("page") == due_again(A_MONDAY - DAY)
    assert "give a day after it" in refused(here.says, "page", A_MONDAY - DAY)


def test_a_page_that_was_left_open_says_nothing_twice(here):
    here.says("national", date(2028, 2, 8))
    said = refused(here.says, "national", date(2028, 2, 9), here.mikko, DUE)
    assert said == "Somebody has said this already: done on 8.2.2028. It is next to be done by 8.2.2029."
    assert YearlyDone.objects.count() == 1


def test_readers_strangers_and_who_has_left_say_nothing(here):
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    for person in (reader, a_stranger()):
        with pytest.raises(NotYours):
            here.says("page", date(2028, 2, 9), by=person)
    done = here.says("page", date(2028, 2, 9), by=here.laura)
    with pytest.raises(NotYours):
        take_back(done, reader)


def test_what_was_said_last_can_be_taken_back(here):
    first = here.says("page", date(2028, 2, 1))
    second = here.says("page", date(2028, 2, 9))
    with pytest.raises(Refused, match="Only what was said last"):
        take_back(first, here.aino)
    take_back(second, here.mikko)
    assert here.due("page") == date(2029, 2, 1)
    with pytest.raises(Refused):
        take_back(second, here.mikko)
    assert list(Act.objects.filter(what__startswith="yearly").order_by("number").values_list("what", flat=True)) == [
        "yearly_done", "yearly_done", "yearly_taken_back",
    ]  # fmt: skip
    assert faults() == []


# -- the staff of the partners ----------------------------------------------------------------------------------------


def test_a_national_meeting_counts_for_the_regions_of_those_who_came(here, worker):
    elsewhere = a_region("kymenlaakso")
    lasting(elsewhere, here.laura)
    a_pair(elsewhere)
    start = datetime(2028, 2, 11, 9, tzinfo=get_default_timezone())
    said = {"kind": "national", "title": "Verkostopäivä", "place": "Helsinki", "link": "", "length": 90, "message": ""}
    meeting = arranging.arrange(None, here.laura, said, [start], responsible_everywhere())
    came = next(one.pk for one in meeting.invitees.select_related("person") if one.person == here.aino)
    with at(TODAY + 2 * DAY):
        before = round_of(elsewhere, "national")
        arranging.hold(meeting, here.laura, [came])
        arranging.hold(meeting, here.laura, [came])
        worker.run()
        [done] = YearlyDone.objects.all()
        assert (done.region, done.kind, done.on, done.note) == (here.region, "national", start.date(), "Verkostopäivä")
        assert here.due("national") == due_again(start.date())
        assert round_of(elsewhere, "national") == before
        there = next(one for one in meeting.invitees.all() if elsewhere in one.regions.all())
        arranging.hold(meeting, here.laura, [there.pk])
        worker.run()
        assert [done.region for done in YearlyDone.objects.all()] == [elsewhere]
        assert faults() == []


@pytest.fixture
def partners(here) -> list[Partner]:
    """Two venues inducted on one day, a distributor on another."""
    with at(A_MONDAY):
        venues = [a_venue(here.region, here.aino, name) for name in ("Sali", "Halli")]
        found = [*venues, a_distributor(here.region, here.mikko)]
        for partner in found:
            promise(partner)
        Partner.objects.filter(role="venue").update(induction_on=A_MONDAY)
        Partner.objects.filter(role="distributor").update(induction_on=A_MONDAY + 10 * DAY)
    return list(Partner.objects.order_by("pk"))


def test_inductions_are_due_by_role_and_day_until_the_last_is_marked(here, partners):
    key = f"induction {here.region.pk}-venue"
    assert owed(here.region)[key] == DUE
    with at(date(2028, 2, 20)):
        record_induction(partners[0], here.aino, date(2028, 2, 20), "event", 4)
        assert owed(here.region)[key] == date(2029, 2, 20)  # the later of the two days of one role
        assert [one.due for one in SOURCES["induction"].owed(Within(DUE, regions=[here.region.pk]))] == [DUE]
        record_induction(partners[1], here.aino, date(2028, 2, 20), "event", 4)
    assert SOURCES["induction"].owed(Within(DUE, regions=[here.region.pk])) == []


THURSDAY = date(2027, 5, 6)  # the same day of the next year is a Saturday
MONDAY_AFTER = date(2028, 5, 8)


def test_inductions_that_are_due_again_on_one_day_are_one_duty(here, partners):
    for partner, on in zip(partners[:2], (THURSDAY, THURSDAY + DAY), strict=True):
        Partner.objects.filter(pk=partner.pk).update(induction_on=on)
    duties = SOURCES["induction"].owed(Within(MONDAY_AFTER, regions=[here.region.pk]))
    [duty] = [one for one in duties if one.subject.endswith("venue")]
    assert (duty.due, duty.since) == (MONDAY_AFTER, THURSDAY + DAY)


@KINDS
def test_nothing_that_comes_round_is_due_on_a_weekend(here, kind):
    for on in (THURSDAY, THURSDAY + DAY, THURSDAY + 2 * DAY):
        YearlyDone.objects.all().delete()
        YearlyDone.objects.create(region=here.region, kind=kind, on=on, recorded_by=here.aino)
        assert here.due(kind) == MONDAY_AFTER
        key = str(here.region.pk), MONDAY_AFTER
        assert SOURCES[kind].done([key]) == {}


def test_each_side_sees_its_own_inductions_in_my_work(here, partners):
    with at(DUE - 10 * DAY):
        aino, mikko = work_of(here.aino), work_of(here.mikko)
        whose = ("venues", "distributors")
        venues, distributors = (f"The yearly induction of the {one}' staff: Kainuu" for one in whose)
        assert venues in titles(aino.mine)
        assert venues in titles(mikko.others)
        assert distributors in titles(mikko.mine)
        assert distributors in titles(aino.others)


def test_a_partner_that_left_is_not_inducted_again(here, partners):
    Partner.objects.update(state="ended")
    assert SOURCES["induction"].owed(Within(date(2040, 1, 1))) == []


# -- the task, and the reminders --------------------------------------------------------------------------------------


@KINDS
def test_it_is_a_task_a_month_before_it_is_due_and_until_it_is_done(here, kind):
    titles_of = {
        "page": "The yearly look through the local page",
        "national": "Taking part in Kaikukeskus's national meeting",
    }

    def tasks(day: date) -> list[Item]:
        with at(day):
            return [item for item in work_of(here.aino).mine if item.what == f"{titles_of[kind]}: Kainuu"]

    assert tasks(DUE - 31 * DAY) == []
    [item] = tasks(DUE - 30 * DAY)
    assert (item.due, item.href) == (DUE, reverse("yearly_done", args=["kainuu", kind]))
    assert len(tasks(DUE + 100 * DAY)) == 1
    with at(DUE + 100 * DAY):
        here.says(kind, DUE + 99 * DAY)
    assert tasks(DUE + 100 * DAY) == []


def test_everything_that_is_due_is_reminded_of_by_its_ladder_until_it_is_done(here, partners, worker):
    for days in (-30, -7, 0):
        a_morning(DUE + days * DAY, worker)
    kinds = {(row.kind, row.rung) for row in Reminder.objects.filter(person=here.aino)}
    assert kinds >= {(kind, rung) for kind in ("page", "national", "induction") for rung in (-30, -7, 0)}
    assert {row.person for row in Reminder.objects.filter(kind="induction", subject__endswith="venue")} == {here.aino}
    with at(DUE + 4 * DAY):
        for kind in ("page", "national"):
            here.says(kind, DUE + 4 * DAY)
        for partner in partners:
            record_induction(partner, here.laura, DUE + 4 * DAY, "event", 4)
        OrmQ.objects.all().delete()
    count = Reminder.objects.exclude(kind="feedback").count()
    a_morning(DUE + 14 * DAY, worker)
    assert Reminder.objects.exclude(kind="feedback").count() == count
    with at(DUE + 21 * DAY):
        done = {(told.key[0], told.done_on) for told in told_in(here.region) if told.state == "done"}
    assert done == {(kind, DUE + 4 * DAY) for kind in ("page", "national", "induction")}
    assert sent()


# -- the decision -----------------------------------------------------------------------------------------------------


def test_four_months_before_the_end_the_decision_is_a_task_also_before_its_step_is_open():
    here = a_walk(until="start_distribution")
    row = TrialStep.objects.get(trial=here.trial, key="decision")
    ends = here.trial.ends_on
    what = f"Prepare the decision on going on: {here.region}"

    def mine(day: date) -> list[str]:
        with at(day):
            return titles(work_of(here.mikko).mine)

    assert what not in mine(row.due - 68 * DAY)
    for day in (row.due - 60 * DAY, months_after(ends, -4), ends):
        assert what in mine(day)
    give_feedback(here)
    assert what not in mine(row.due)
    assert "Decision on going on" in mine(row.due)


# -- the pages --------------------------------------------------------------------------------------------------------


def browse(client, person: Person, name: str, *args: object):
    client.force_login(person)
    return client.get(reverse(name, args=args))


def test_one_says_it_on_its_page_and_sees_it_in_the_year(client, here):
    address = reverse("yearly_done", args=["kainuu", "national"])
    page = browse(client, here.aino, "yearly_done", "kainuu", "national")
    assert "To be done by Wed 1.3.2028" in text_of(page).replace("\xa0", " ")
    said = {"last": here.last("national").isoformat(), "on": "12.2.2028", "note": "Aino ja Mikko"}
    wrong = client.post(address, said)
    assert (wrong.status_code, "Aino ja Mikko" in text_of(wrong)) == (422, True)
    done = client.post(address, said | {"on": "9.2.2028"}, follow=True)
    assert "It is recorded, and comes round again in a year." in text_of(done)
    assert "Wed 9.2.2028 Taking part in Kaikukeskus's national meeting How it stands Done Who Aino Virtanen" in (
        text_of(done).replace("\xa0", " ")
    )
    assert client.post(address, said | {"on": "9.2.2028"}).status_code == 422  # sent twice
    pk = YearlyDone.objects.get().pk
    back = client.post(reverse("yearly_take_back", args=["kainuu", "national", pk]), follow=True)
    assert "It is taken back, and due as before." in text_of(back)


def test_who_only_reads_sees_what_was_said_and_no_form(client, here):
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    page = browse(client, reader, "yearly_done", "kainuu", "page")
    assert (page.status_code, b"<textarea" in page.content) == (200, False)
    assert client.post(reverse("yearly_done", args=["kainuu", "page"]), {}).status_code == 403


def test_the_local_page_is_looked_through_with_its_address_and_what_has_changed(client, here):
    TrialStep.objects.filter(trial=here.trial, key="print_comms").update(
        evidence={"local_page": "https://kainuu.example.org/kaikukortti"}
    )
    page = text_of(browse(client, here.mikko, "yearly_done", "kainuu", "page"))
    assert "https://kainuu.example.org/kaikukortti" in page
    assert "Nothing has changed with the partners." in page


@pytest.mark.parametrize("year", ["1989", "2101"])
def test_there_is_no_year_without_end(client, here, year):
    client.force_login(here.aino)
    assert client.get(f"{reverse('region_year', args=['kainuu'])}?year={year}").status_code == 404
    assert client.get(f"{reverse('region_year', args=['kainuu'])}?year=x").status_code == 200


def test_the_year_of_a_trial_shows_its_steps_its_meeting_and_its_end(client):
    here = a_walk(until="feedback")
    page = text_of(browse(client, here.aino, "region_year", here.region.slug)).replace("\xa0", " ")
    assert "Step 9, Start of distributing and registering the card" in page
    assert "Feedback meeting" in page
    after = client.get(f"{reverse('region_year', args=[here.region.slug])}?year={here.trial.ends_on.year}")
    assert "The trial ends" in text_of(after)
    assert "is asked whether still" in text_of(after) or "are asked whether still" in text_of(after)


def test_a_trial_that_has_turned_into_lasting_use_ends_no_more_in_the_year(client):
    here = a_walk(until="feedback")
    year = here.trial.ends_on.year
    decide(here)
    client.force_login(here.aino)
    page = client.get(f"{reverse('region_year', args=[here.region.slug])}?year={year}")
    assert "The trial ends" not in text_of(page)


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_year_and_my_work_take_the_same_number_of_queries_however_much_there_is(client, here, partners):
    pages = [reverse("region_year", args=["kainuu"]), "/"]
    with at(DUE + 5 * DAY):
        client.force_login(here.aino)
        before = [queries(client, path) for path in pages]
        more_rows(here, 30)
        assert [queries(client, path) for path in pages] == before


def more_rows(here: Here, number: int) -> None:
    """So many venues more whose staff is due, each with a day of its own, and so many days of the past."""
    organisation = here.region.partners.first().organisation
    Partner.objects.bulk_create(
        Partner(
            region=here.region, organisation=organisation, unit=f"Unit {one}", role="venue", kind="culture",
            state="active", induction_on=A_MONDAY - one * DAY,
        )
        for one in range(number)
    )  # fmt: skip
    YearlyDone.objects.bulk_create(
        YearlyDone(region=here.region, kind="national", on=date(2026, 1, 1) - one * DAY, recorded_by=here.aino)
        for one in range(number)
    )
