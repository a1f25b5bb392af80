"""Two rows of one person are joined: the person answers a survey once, and is invited to a meeting and counted once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import localdate, now
from time_machine import travel

from adoption.joining.people import join_people
from adoption.models import Act, Partner
from adoption.people import find_or_make, name_person
from adoption.refusal import Refused
from tests.meetings import a_meeting, with_venues
from tests.mornings import A_MONDAY, at, post
from workflows.arranging import services
from workflows.arranging.inviting import Whom, groups
from workflows.arranging.links import link_in as invitation_in
from workflows.arranging.links import token_of as invitation_of
from workflows.arranging.models import Invitee, Meeting, Pick
from workflows.arranging.picking import pick, say_if_coming, time_seen
from workflows.arranging.services import arrange
from workflows.models import Survey
from workflows.survey import letters
from workflows.survey.answering import answer
from workflows.survey.links import link_in, token_of
from workflows.survey.opening import open_survey
from workflows.survey.results import how_it_stands, result_of
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
DAY = timedelta(days=1)


@pytest.fixture
def here() -> Walk:
    return with_venues(5)


@pytest.fixture
def meeting(here) -> Meeting:
    return a_meeting(here, groups(here.region)["partners"])


@pytest.fixture
def survey(here, meeting) -> Survey:
    return open_survey(meeting, here.aino, localdate() + 14 * DAY)


@pytest.fixture
def two(here):
    """The two rows of one person, each the contact of a partner."""
    kept, gone = [one.contact for one in Partner.objects.order_by("pk")[:2]]
    return kept, gone


def link_of(survey: Survey, person):
    return link_in(token_of(survey.places.select_related("person").get(person=person)))


def invitation(meeting: Meeting, person):
    return invitation_in(invitation_of(meeting.invitees.select_related("person").get(person=person)))


# -- the survey -------------------------------------------------------------------------------------------------------


def test_one_place_is_left_with_one_link(here, survey, two):
    kept, gone = two
    former = link_of(survey, gone)
    join_people(kept, gone, here.laura)
    assert survey.places.filter(person=kept).count() == survey.places.count() - 3 == 1
    answer(link_of(survey, kept), {"went": 5}, "")
    with pytest.raises(Refused, match="no longer works"):
        answer(former, {"went": 5}, "")
    assert how_it_stands(survey) == "1 of 4 has answered."


def test_who_has_not_answered_yet_is_reminded_by_one_mail(worker):
    with at(A_MONDAY):
        here = with_venues(5)
        survey = open_survey(a_meeting(here, groups(here.region)["partners"]), here.aino, A_MONDAY + 14 * DAY)
        kept, gone = [one.contact for one in Partner.objects.order_by("pk")[:2]]
        join_people(kept, gone, here.laura)
        worker.run()
    mail.outbox.clear()
    for days in range(1, 15):
        with at(A_MONDAY + days * DAY, 6):
            letters.remind()
            worker.run()
        post(A_MONDAY + days * DAY, worker)
    reminded = [one.to[0] for one in mail.outbox if "/survey/" in one.body]
    assert len(reminded) == len(set(reminded)) == survey.places.count() == 4
    assert kept.email in reminded


@pytest.mark.parametrize("first", [0, 1])
def test_whoever_answered_by_either_link_has_answered(here, survey, two, first):
    answer(link_of(survey, two[first]), {"went": 5}, "")
    join_people(*two, here.laura)
    with pytest.raises(Refused, match="has been used"):
        answer(link_of(survey, two[0]), {"went": 1}, "")
    assert (survey.answers.count(), how_it_stands(survey)) == (1, "1 of 4 has answered.")


def test_two_answers_of_one_person_do_not_make_up_the_number(here, survey, two):
    for person in (*two, Partner.objects.order_by("pk")[2].contact):
        answer(link_of(survey, person), {"went": 5}, "")
    Survey.objects.update(opened_on=localdate() - 9 * DAY, closes_on=localdate() - DAY)
    survey = Survey.objects.get()
    assert result_of(survey).answered == 3
    join_people(*two, here.laura)
    assert result_of(survey) is None
    assert how_it_stands(survey) == "2 of 4 have answered."


# -- the meeting ------------------------------------------------------------------------------------------------------


def test_one_invitation_is_left_told_once_and_counted_once(here, meeting, two, worker):
    worker.run()
    join_people(*two, here.laura)
    worker.run()
    mail.outbox.clear()
    said = {"title": "Yearly meeting", "place": "Town hall", "link": "", "length": 90, "message": ""}
    services.change(meeting, here.aino, said, Meeting.objects.get().sequence)
    worker.run()
    assert [one.to[0] for one in mail.outbox].count(two[0].email) == 1
    with travel(now() + 31 * DAY):
        services.hold(meeting, here.aino, list(meeting.invitees.values_list("pk", flat=True)), 0, "Minutes")
    assert Act.objects.filter(what="meeting_held").last().data["people"] == 5  # Aino and four contact persons


def test_a_meeting_that_was_held_names_the_person_once(here, meeting, two):
    with travel(now() + 31 * DAY):
        gone = meeting.invitees.get(person=two[1])
        services.hold(meeting, here.aino, [gone.pk], 0, "Minutes")
        join_people(*two, here.laura)
    assert meeting.invitees.get(person=two[0]).came


def test_of_two_answers_the_later_one_counts(here, two):
    said = {"kind": "feedback", "title": "Yearly", "place": "", "link": "", "length": 90, "message": ""}
    times = [now() + 20 * DAY, now() + 21 * DAY]
    meeting = arrange(here.region, here.aino, said, times, [Whom(person) for person in two])
    first, second = meeting.times.all()
    pick(invitation(meeting, two[0]), {first.pk: "yes", second.pk: "yes"})
    with travel(now() + DAY):
        pick(invitation(meeting, two[1]), {first.pk: "no", second.pk: "maybe"})
        join_people(*two, here.laura)
    picks = Pick.objects.filter(time__meeting=meeting).order_by("time")
    assert [(one.invitee.person, one.suits) for one in picks] == [(two[0], "no"), (two[0], "maybe")]


def test_who_is_invited_by_one_name_is_invited_and_who_cannot_come_by_one_cannot(here, meeting, two):
    kept, gone = (meeting.invitees.get(person=person) for person in two)
    say_if_coming(invitation(meeting, two[1]), False, time_seen(meeting))
    services.uninvite(meeting, here.aino, kept.pk)
    link = invitation(meeting, two[1])
    join_people(*two, here.laura)
    one = meeting.invitees.get(person=two[0])
    assert (one.uninvited_at, one.cannot_come_at is None, one.partner) == (None, False, kept.partner)
    with pytest.raises(Refused, match="no longer works"):
        say_if_coming(link, True, time_seen(meeting))
    assert not Invitee.objects.filter(pk=gone.pk).exists()


def test_the_national_meeting_is_for_the_regions_of_both(here):
    liisa, former = find_or_make("liisa.laine@example.org", "Liisa Laine"), find_or_make("liisa@example.org", "Liisa")
    name_person(here.region, "culture", former.email, former.name, here.laura)
    said = {"kind": "national", "title": "National", "place": "", "link": "", "length": 90, "message": ""}
    meeting = arrange(
        None, here.laura, said, [now() + 20 * DAY], [Whom(liisa), Whom(former, regions=(here.region.pk,))]
    )
    join_people(liisa, former, here.laura)
    assert list(meeting.invitees.get(person=liisa).regions.all()) == [here.region]
