"""Can the record of a feedback meeting be corrected while its round is open, and is Kaikukeskus invited by the site?"""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.models import Act
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from tests.trials import a_walk, text_of
from workflows import services
from workflows.meetings import correct_meeting, invitation, invite_kaikukeskus
from workflows.models import FeedbackMeeting
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def here() -> Walk:
    """A trial at step 10."""
    return a_walk(until="start_distribution")


def record(here: Walk) -> FeedbackMeeting:
    return services.record_meeting(here.region, here.aino, localdate(), 8, "Hyvin meni.")


def corrected(meeting: FeedbackMeeting, by, minutes: str = "Uimahalli toivotaan mukaan.") -> FeedbackMeeting:
    return correct_meeting(meeting, by, localdate(), 18, minutes, True)


def feedback(here: Walk):
    return here.trial.steps.order_by("-round").filter(key="feedback").first()


# -- correcting -------------------------------------------------------------------------------------------------------


def test_a_corrected_meeting_withdraws_the_half_confirmation_and_tells_its_giver(here, worker):
    meeting = record(here)
    services.confirm_step(here.trial, "feedback", here.mikko)
    corrected(meeting, here.aino)
    meeting.refresh_from_db()
    assert (meeting.attendees, meeting.minutes, meeting.kaikukeskus_took_part) == (
        18, "Uimahalli toivotaan mukaan.", True,
    )  # fmt: skip
    assert feedback(here).confirmed == {}
    assert Act.objects.get(what="meeting_corrected").data["withdrew"] == [here.mikko.pk]
    worker.run()
    assert any(one.to == [here.mikko.email] and "confirm again" in one.body for one in mail.outbox)


def test_what_changes_nothing_withdraws_nothing(here):
    meeting = corrected(record(here), here.aino)
    services.confirm_step(here.trial, "feedback", here.mikko)
    corrected(meeting, here.aino)
    assert list(feedback(here).confirmed) == ["care"]
    assert Act.objects.filter(what="meeting_corrected").count() == 1


def test_a_meeting_of_a_closed_round_changes_only_when_step_ten_is_reopened(here):
    meeting = record(here)
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "feedback", person)
    with pytest.raises(Refused, match="changes only when the step is reopened"):
        corrected(meeting, here.aino)
    services.reopen_step(here.trial, "feedback", here.laura, "Muistiossa oli väärä luku.")
    assert corrected(meeting, here.aino).attendees == 18


def test_a_meeting_is_corrected_within_what_a_meeting_can_be(here):
    meeting = record(here)
    with pytest.raises(Refused, match="Write the minutes"):
        corrected(meeting, here.aino, " ")
    with pytest.raises(Refused, match="still to come"):
        correct_meeting(meeting, here.aino, localdate() + timedelta(days=1), 8, "Hyvin meni.", False)
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    with pytest.raises(NotYours):
        corrected(meeting, reader)


def test_the_page_offers_the_correction_and_keeps_what_was_typed(client, here):
    meeting = record(here)
    client.force_login(here.aino)
    step = client.get(feedback(here).get_absolute_url())
    page = reverse("meeting_correct", args=[here.region.slug, meeting.pk])
    assert page in step.content.decode()
    assert 'value="8"' in client.get(page).content.decode()
    said = {"held_on": localdate().isoformat(), "attendees": "11", "minutes": ""}
    answer = client.post(page, said)
    assert (answer.status_code, 'value="11"' in answer.content.decode()) == (422, True)
    answer = client.post(page, said | {"minutes": "Sovittiin jatkosta."}, follow=True)
    assert "The record of the meeting is corrected." in text_of(answer)
    assert "Sovittiin jatkosta." in text_of(answer)


# -- inviting ---------------------------------------------------------------------------------------------------------


def test_kaikukeskus_is_invited_by_a_mail_and_history_and_the_pages_say_so(client, here, worker):
    client.force_login(here.aino)
    page = reverse("meeting_invite", args=[here.region.slug])
    on = localdate() + timedelta(days=14)
    answer = client.post(page, {"on": on.isoformat(), "message": "Klo 9, kirjasto."}, follow=True)
    said = f"to the meeting of {on.day}.{on.month}.{on.year} (Aino Virtanen)"
    assert said in text_of(answer)
    for address in (feedback(here).get_absolute_url(), reverse("meeting_new", args=[here.region.slug])):
        assert said in text_of(client.get(address))
    worker.run()
    [letter] = [one for one in mail.outbox if one.to == [here.laura.email] and "Klo 9, kirjasto." in one.body]
    assert "invites Kaikukeskus" in letter.body
    assert client.post(page, {"on": on.isoformat(), "message": ""}).status_code == 422  # sent twice


def test_an_invitation_is_over_when_its_meeting_has_been_recorded(here):
    invite_kaikukeskus(here.region, here.aino, localdate())
    assert invitation(here.region).on == localdate()
    record(here)
    assert invitation(here.region) is None


def test_only_the_pair_invites_and_to_no_day_that_is_past(here):
    with pytest.raises(Refused, match="The day is past"):
        invite_kaikukeskus(here.region, here.aino, localdate() - timedelta(days=1))
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    for person in (here.laura, reader):
        with pytest.raises(NotYours):
            invite_kaikukeskus(here.region, person, localdate())
