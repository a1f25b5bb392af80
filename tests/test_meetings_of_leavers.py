"""Whoever leaves is off the lists of the meetings to come, and who follows is on them; who stays counts for all."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from adoption import partners
from adoption.history import all_faults
from adoption.leaving import close_person, end_kaikukeskus
from adoption.models import Act, Person, Region, Responsibility
from adoption.people import add_kaikukeskus_person, end_responsibility, name_person
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.trials import text_of
from workflows import passing
from workflows.arranging import roll, services
from workflows.arranging.called import to_come_for
from workflows.arranging.inviting import Whom, groups_of_country
from workflows.arranging.models import Invitee, Meeting
from workflows.arranging.shown import meetings_of, national_attendance
from workflows.checks import faults
from workflows.handing_over import Given, hand_over, withdraw
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

DAY = timedelta(days=1)
LIISA = ("liisa@example.org", "Liisa Laine")


@pytest.fixture(autouse=True)
def sound():
    """Whatever was done, the history is whole and every row agrees with it."""
    yield
    assert (all_faults(), faults()) == ([], [])


class Here:
    """Kainuu with its pair."""

    def __init__(self) -> None:
        self.region = a_region()
        self.aino, self.mikko = a_pair(self.region)
        self.laura = a_kaikukeskus_person()
        Person.objects.update(language="en")

    def held(self, person: Person) -> Responsibility:
        return Responsibility.objects.current().get(person=person, region=self.region)

    def national(self) -> Meeting:
        called = groups_of_country()
        return arranged(None, self.laura, called["responsible"] + called["preparing"])

    def workshop(self, *people: Whom, by: Person | None = None) -> Meeting:
        return arranged(self.region, by or self.mikko, people or [Whom(self.aino)])

    def hands_over(self, person: Person, email: str, name: str, after: int = 0) -> Person:
        hand_over(person, person, localdate() + after * DAY, [Given(self.held(person).pk, email, name)])
        return Person.objects.get(email=email)


@pytest.fixture
def here() -> Here:
    return Here()


def arranged(region: Region | None, by: Person, people: list[Whom], days: int = 60, **more) -> Meeting:
    said = {"kind": "workshop" if region else "national", "title": "Spring meeting", "place": "", "link": ""}
    return services.arrange(region, by, said | {"length": 60, "message": ""} | more, [now() + days * DAY], people)


def invited(meeting: Meeting) -> set[str]:
    return {one.name for one in meeting.invitees.filter(uninvited_at=None)}


def moved(meeting: Meeting, by: Person, worker) -> set[str]:
    """Who has a mail when the meeting is moved."""
    worker.run()
    mail.outbox.clear()
    fresh = Meeting.objects.get(pk=meeting.pk)
    services.fix(fresh, by, now() + 70 * DAY, fresh.sequence)
    worker.run()
    return {one.to[0] for one in mail.outbox if not one.subject.startswith("You are not expected")}


def page_of(person: Person, of: Person) -> str:
    client = Client()
    client.force_login(person)
    return text_of(client.get(reverse("handover", args=[of.pk])))


# -- the national meeting ---------------------------------------------------------------------------------------------


def test_the_national_meeting_is_handed_over_with_the_region(here, worker):
    meeting = here.national()
    assert re.search(r"Meetings to come.*Spring meeting", page_of(here.aino, here.aino))
    liisa = here.hands_over(here.aino, *LIISA)
    kalle = here.hands_over(here.mikko, "kalle@example.org", "Kalle Koski")
    assert invited(meeting) == {"Liisa Laine", "Kalle Koski", here.laura.name}
    assert [one.pk for one in to_come_for(liisa)] == [meeting.pk]
    assert to_come_for(here.aino) == to_come_for(here.mikko) == []
    of_kainuu = next(one for one in national_attendance(meeting) if one.region == here.region)
    assert {one.name for one in of_kainuu.invited} == {liisa.name, kalle.name}
    assert moved(meeting, here.laura, worker) == {liisa.email, kalle.email, here.laura.email}


def test_who_stays_responsible_elsewhere_is_called_for_the_other_region_alone(here):
    lappi = a_region("lappi")
    name_person(lappi, "culture", here.aino.email, here.aino.name, here.laura)
    meeting = here.national()
    liisa = here.hands_over(here.aino, *LIISA)
    regions = {one.person: {region.slug for region in one.regions.all()} for one in meeting.invitees.all()}
    assert regions[here.aino] == {"lappi"}
    assert regions[liisa] == {"kainuu"}
    assert here.aino.name in invited(meeting)


def test_who_becomes_responsible_in_a_second_region_counts_for_both(here):
    meeting = here.national()
    lappi = a_region("lappi")
    name_person(lappi, "culture", here.aino.email, here.aino.name, here.laura)
    assert roll.keep() == 1
    assert roll.keep() == 0
    of_lappi = next(one for one in national_attendance(meeting) if one.region == lappi)
    assert [one.name for one in of_lappi.invited] == [here.aino.name]


def test_two_regions_handed_over_on_one_day_have_a_successor_each(here):
    lappi = a_region("lappi")
    far = name_person(lappi, "culture", here.aino.email, here.aino.name, here.laura)
    meeting = here.national()
    given = [Given(here.held(here.aino).pk, *LIISA), Given(far.pk, "sari@example.org", "Sari Salo")]
    hand_over(here.aino, here.aino, localdate(), given)
    regions = {one.name: {region.slug for region in one.regions.all()} for one in meeting.invitees.all()}
    assert (regions["Liisa Laine"], regions["Sari Salo"]) == ({"kainuu"}, {"lappi"})
    assert here.aino.name not in invited(meeting)


# -- a region's own meetings ------------------------------------------------------------------------------------------


def test_who_has_handed_over_is_told_once_and_hears_no_more(here, worker):
    meeting = here.workshop(Whom(here.aino), Whom(name="Guest", email="guest@example.org"))
    worker.run()
    mail.outbox.clear()
    here.hands_over(here.aino, *LIISA)
    worker.run()
    off = [one for one in mail.outbox if one.subject == "You are not expected: Spring meeting"]
    assert [one.to for one in off] == [[here.aino.email]]
    assert "METHOD:CANCEL" in str(off[0].attachments)
    assert moved(meeting, here.mikko, worker) == {"guest@example.org", LIISA[0], here.mikko.email}
    assert meetings_of(here.region)[0].invited == 3
    said = [line.text for line in sentences(Act.objects.filter(what="meeting_left"))]
    assert said == [
        "Whoever no longer answers for the region or works at Kaikukeskus is not invited any more: Spring meeting."
    ]


def test_until_the_day_of_the_handover_both_are_invited_and_from_it_the_successor_alone(here):
    meeting = here.workshop()
    here.hands_over(here.aino, *LIISA, after=14)
    assert (roll.keep(), invited(meeting)) == (0, {here.aino.name, here.mikko.name})
    Responsibility.objects.filter(person=here.aino).update(until=localdate())
    here.aino.responsibilities.get().handovers.update(on=localdate())
    assert roll.keep() == 0  # the minute's job leaves the place for the successor
    passing.daily()
    assert invited(meeting) == {"Liisa Laine", here.mikko.name}


def test_a_withdrawn_handover_takes_nobody_off(here):
    meeting = here.workshop()
    here.hands_over(here.aino, *LIISA, after=14)
    withdraw(here.aino, here.aino)
    roll.keep()
    assert invited(meeting) == {here.aino.name, here.mikko.name}


def test_whose_responsibility_ends_is_off_at_the_next_act_and_within_a_minute(here, worker):
    one, other = here.workshop(), here.workshop()
    name_person(here.region, "culture", *LIISA, here.laura)
    end_responsibility(here.held(here.aino), here.laura)
    assert moved(one, here.mikko, worker) == {here.mikko.email}
    assert roll.keep() == 1
    assert invited(one) == invited(other) == {here.mikko.name}


def test_a_substitute_whose_last_day_is_over_is_off(here):
    substitute = name_person(here.region, "culture", *LIISA, here.aino, substitute=True, last_day=localdate() + 3 * DAY)
    meeting = here.workshop(Whom(substitute.person))
    assert roll.keep() == 0
    Responsibility.objects.filter(pk=substitute.pk).update(until=localdate())
    assert roll.keep() == 1
    assert invited(meeting) == {here.mikko.name}


def test_who_is_closed_has_no_mail_and_is_not_counted(here, worker):
    meeting = here.workshop(Whom(a_stranger()))
    worker.run()
    mail.outbox.clear()
    close_person(a_stranger(), here.laura, "Left.")
    assert roll.keep() == 1
    worker.run()
    assert (invited(meeting), mail.outbox) == ({here.mikko.name}, [])


def test_who_no_longer_works_at_kaikukeskus_is_off(here):
    pirjo = add_kaikukeskus_person("pirjo@example.org", "Pirjo Puro", here.laura)
    meeting = here.workshop(Whom(pirjo))
    end_kaikukeskus(pirjo, here.laura, "Left.")
    roll.keep()
    assert invited(meeting) == {here.mikko.name}


def test_who_is_there_by_another_role_stays(here):
    venue = a_venue(here.region, here.aino)
    meeting = here.workshop()
    name_person(here.region, "culture", *LIISA, here.laura)
    partners.name_contact(venue, here.aino, here.aino.email, here.aino.name)
    end_responsibility(here.held(here.aino), here.laura)
    roll.keep()
    assert here.aino.name in invited(meeting)


def test_a_guest_who_never_answered_for_the_region_and_a_former_one_invited_anew_stay(here):
    meeting = here.workshop(Whom(a_stranger()))
    here.hands_over(here.aino, *LIISA)
    services.invite(meeting, here.mikko, [Whom(here.aino)])
    roll.keep()
    assert {a_stranger().name, here.aino.name} <= invited(meeting)


def test_a_meeting_that_has_begun_keeps_its_list(here):
    meeting = here.workshop()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now() - timedelta(hours=1))
    here.hands_over(here.aino, *LIISA)
    assert (roll.keep(), here.aino.name in invited(meeting)) == (0, True)


def test_questions_go_to_another_when_the_one_who_arranged_it_has_left(here):
    liisa = name_person(here.region, "culture", *LIISA, here.laura).person
    meeting = here.workshop(by=liisa)
    end_responsibility(here.held(liisa), here.laura)
    roll.keep()
    assert Meeting.objects.get(pk=meeting.pk).organiser == here.aino


def test_who_arranged_it_and_was_taken_off_the_list_is_followed_too(here):
    """Off by hand, or never thought of: whoever has left is not named for questions."""
    name_person(here.region, "culture", *LIISA, here.laura)
    meeting = here.workshop(Whom(a_stranger()), by=here.aino)
    services.uninvite(meeting, here.mikko, meeting.invitees.get(person=here.aino).pk)
    assert roll.keep() == 0
    end_responsibility(here.held(here.aino), here.laura)
    number = Meeting.objects.get(pk=meeting.pk).sequence
    assert (roll.keep(), roll.keep()) == (1, 0)
    found = Meeting.objects.get(pk=meeting.pk)
    assert (found.organiser, found.sequence) == (here.mikko, number)
    [said] = sentences(Act.objects.filter(what="organiser_followed"))
    assert said.text.endswith(f"{here.mikko.name} is asked about it from now on: Spring meeting.")


def test_of_the_national_meeting_another_of_kaikukeskus_is_asked(here):
    pirjo = add_kaikukeskus_person("pirjo@example.org", "Pirjo Puro", here.laura)
    called = groups_of_country()
    meeting = arranged(None, pirjo, called["responsible"] + called["preparing"])
    services.uninvite(meeting, here.laura, meeting.invitees.get(person=pirjo).pk)
    end_kaikukeskus(pirjo, here.laura, "Left.")
    assert (roll.keep(), roll.keep()) == (1, 0)
    assert Meeting.objects.get(pk=meeting.pk).organiser == here.laura


def test_where_nobody_follows_the_one_who_has_left_stays_named(here, monkeypatch):
    name_person(here.region, "culture", *LIISA, here.laura)
    meeting = here.workshop(Whom(a_stranger()), by=here.aino)
    services.uninvite(meeting, here.mikko, meeting.invitees.get(person=here.aino).pk)
    end_responsibility(here.held(here.aino), here.laura)
    monkeypatch.setattr(roll, "_next_organiser", lambda meeting: None)
    assert (roll.keep(), Meeting.objects.get(pk=meeting.pk).organiser) == (0, here.aino)


def test_the_minutes_job_asks_as_often_for_many_meetings_as_for_one(here, django_assert_num_queries):
    people = [Whom(name=f"Guest {one}", email=f"guest{one}@example.org") for one in range(5)]
    for _each in range(4):
        here.workshop(Whom(here.aino), *people)
    assert Invitee.objects.count() == 28
    with django_assert_num_queries(2):
        assert roll.keep() == 0
