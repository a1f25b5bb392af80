"""Does anything leave by the clock at night, on a weekend or on a holiday, whatever brings it, and whenever it runs?"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.utils.timezone import get_default_timezone
from django_q.models import Schedule

from adoption import partners, silent_requests
from adoption.contacts import answers, asking
from adoption.contacts.links import PERSON, SUCCESSOR, Link, link_in, token_of, token_of_successor
from adoption.ladders import CONTACT_REMIND
from adoption.mail import put_together, stuck
from adoption.models import ContactCheck, Mail, Person, Responsibility
from adoption.people import end_responsibility, name_person
from commitments.models import Commitment
from commitments.services import decline
from commitments.together import send_all
from tests.meetings import a_meeting, with_venues
from tests.mornings import a_morning, at, post
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.test_clearance import ANSWERS
from tests.test_handover import Ground, a_commitment_that_aino_signs
from tests.test_meetings_of_leavers import arranged
from tests.test_reminders import a_trial_at, move
from tests.test_together import drafted, seen, venues
from workflows import passing, reminders, schedule
from workflows.arranging import roll
from workflows.arranging.inviting import Whom
from workflows.arranging.models import Meeting
from workflows.arranging.services import cancel
from workflows.handing_over import Given, hand_over
from workflows.survey import letters as survey_letters
from workflows.survey.opening import open_survey

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FRIDAY = date(2027, 3, 19)
MONDAY = FRIDAY + 3 * DAY
# What the clock starts and writes to people of; and what it starts besides.
MORNINGS = [reminders.daily, asking.daily, survey_letters.remind]
NIGHTS = [passing.daily, roll.keep]
WRITE_NOTHING = {
    "workflows.checks.nightly", "commitments.verifying.nightly", "commitments.making.make_waiting",
    "commitments.pdf.make_waiting", "commitments.certifying.make_waiting", "adoption.contacts.returned.read",
    "commitments.importing.expire", "workflows.schedule.beat", "workflows.reminders.deliver_waiting",
}  # fmt: skip


# -- what is due on the Friday -----------------------------------------------------------------------------------------


def a_step_is_due(_worker) -> None:
    with at(FRIDAY - 60 * DAY, 9):
        move(a_trial_at("workshop"), "workshop", FRIDAY)


def a_contact_is_to_be_asked(_worker, on: date = FRIDAY) -> None:
    with at(on - 366 * DAY, 9):
        region = a_region()
        a_venue(region, a_pair(region)[0])


def a_contact_is_silent(worker) -> None:
    asked_on = FRIDAY - CONTACT_REMIND
    a_contact_is_to_be_asked(worker, asked_on)
    with at(asked_on, 9):
        worker.run()
        asking.daily()
        worker.run()
        reminders.deliver_waiting()
        worker.run()


def a_successor_is_silent(worker) -> None:
    a_contact_is_silent(worker)
    with at(FRIDAY - CONTACT_REMIND, 10):
        [check] = ContactCheck.objects.filter(partner__isnull=False)
        for one in ContactCheck.objects.exclude(pk=check.pk):
            answers.stay(link_of(one), one.pk)
        answers.hand_over(link_of(check), check.pk, "Liisa Laine", "liisa@example.org")


def link_of(check: ContactCheck) -> Link:
    found = link_in(PERSON, token_of(check.person, check.round))
    assert found
    return found


def a_signature_is_awaited(sent: int, sign_by: int) -> Callable[[object], None]:
    """Sent so many days before the Friday, to be signed so many days after it."""

    def begin(_worker) -> None:
        with at(FRIDAY - sent * DAY, 9):
            region = a_region()
            aino = a_pair(region)[0]
            drafts = drafted(region, aino, venues(region, aino, 1))
            send_all(region, aino, seen(drafts))
            Commitment.objects.update(sign_by=FRIDAY + sign_by * DAY)

    return begin


def a_survey_is_open(_worker) -> None:
    with at(FRIDAY - 10 * DAY, 9):
        here = with_venues(5)
        open_survey(a_meeting(here, [Whom(here.mikko)]), here.aino, MONDAY)


def a_question_is_silent(_worker, days: int = 14) -> None:
    with at(FRIDAY - days * DAY, 9):
        region, laura = a_region(), a_kaikukeskus_person()
        mikko = a_pair(region)[1]
        asked = partners.request_clearance(a_distributor(region, mikko), mikko, ANSWERS)
        partners.want_more(asked, laura, "Kuinka moni?")


def a_question_has_been_reminded_of(worker) -> None:
    a_question_is_silent(worker, 100)
    with at(FRIDAY - 60 * DAY, 9):
        worker.run()
        silent_requests.look_after(FRIDAY - 60 * DAY)
        worker.run()
    post(FRIDAY - 59 * DAY, worker)


def a_handover_has_come(worker) -> None:
    """Aino has a commitment to sign, arranges a meeting, and hands over from the Friday on."""
    with at(FRIDAY - 3 * DAY, 9):
        ground = Ground()
        a_commitment_that_aino_signs(ground)
        arranged(ground.region, ground.aino, [Whom(ground.mikko)])
        given = [Given(ground.hers.pk, "liisa@example.org", "Liisa Laine", "", "administrative")]
        hand_over(ground.aino, ground.aino, FRIDAY, given)
        worker.run()


def one_who_is_invited_has_left(worker) -> None:
    with at(FRIDAY - 3 * DAY, 9):
        region, laura = a_region(), a_kaikukeskus_person()
        aino, mikko = a_pair(region)
        name_person(region, "culture", "liisa@example.org", "Liisa Laine", laura)
        arranged(region, mikko, [Whom(aino)])
        end_responsibility(Responsibility.objects.get(person=aino), laura)
        worker.run()


# What is due → how it became so, and of what the mails are.
DUE = {
    "a step": (a_step_is_due, ["reminder"] * 2),
    "a contact": (a_contact_is_to_be_asked, ["asked"] * 3),
    "a silent contact": (a_contact_is_silent, ["reminded"] * 3),
    "a silent successor": (a_successor_is_silent, ["reminded"]),
    "half the time to sign": (a_signature_is_awaited(12, 10), ["half"]),
    "the last days to sign": (a_signature_is_awaited(20, 2), ["reminder", "soon"]),
    "late to sign": (a_signature_is_awaited(20, -1), ["late", "reminder"]),
    "a survey": (a_survey_is_open, ["reminded"] * 5),
    "a question": (a_question_is_silent, ["act"] * 2),
    "a question that goes back": (a_question_has_been_reminded_of, ["act"] * 2),
    "a handover": (a_handover_has_come, ["act", "meeting", "meeting", "named"]),
    "one who has left": (one_who_is_invited_has_left, ["meeting"]),
}


@pytest.mark.parametrize(("day", "hour"), [(FRIDAY, 6), (FRIDAY, 18), (FRIDAY, 23), (FRIDAY + DAY, 12), (MONDAY, 6)])
@pytest.mark.parametrize("what", DUE)
def test_what_the_clock_brings_waits_for_a_working_morning(worker, what, day, hour):
    """The worker may come to it late: in the evening, at night, on a weekend, or before seven."""
    begin, expected = DUE[what]
    begin(worker)
    with at(day - DAY, 9):
        worker.run()
    mail.outbox.clear()
    with at(day, hour):
        for job in MORNINGS:
            job(FRIDAY)
        passing.daily(FRIDAY)
        roll.keep()
        worker.run()
        reminders.deliver_waiting()
        worker.run()
        assert mail.outbox == []
        assert stuck() == 0
        assert sorted(map(letter_of, Mail.objects.waiting())) == true_on(day, expected)
    leaves_on = FRIDAY if (day, hour) == (FRIDAY, 6) else MONDAY
    post(leaves_on, worker)
    assert len(mail.outbox) == len(true_on(leaves_on, expected))


def true_on(day: date, expected: list[str]) -> list[str]:
    """On Monday the last days to sign are over, and it is late."""
    return [one for one in expected if (one, day) != ("soon", MONDAY)]


def test_the_last_days_to_sign_that_go_by_on_a_weekend_are_said_to_be_over(worker):
    a_signature_is_awaited(20, 2)(worker)
    with at(FRIDAY, 18):
        reminders.daily(FRIDAY)
        worker.run()
    a_morning(MONDAY, worker)
    told = Mail.objects.filter(key__startswith="sign:", sent_at__date=MONDAY)
    assert [letter_of(one) for one in told] == ["late"]


def letter_of(waiting: Mail) -> str:
    """By its key: the letter's name stands at the end, or, where a row has but one letter, what the row is."""
    first, *_row, last = waiting.key.split(":")
    return last if last.isalpha() else first


def test_whatever_else_the_clock_starts_is_known_here():
    schedule.ensure()
    tried = {f"{job.__module__}.{job.__name__}" for job in [*MORNINGS, *NIGHTS]}
    assert set(Schedule.objects.values_list("func", flat=True)) == tried | WRITE_NOTHING


def test_what_a_person_has_just_done_tells_at_once_at_night_too(worker):
    with at(FRIDAY, 23):
        ground = Ground()
        a_commitment_that_aino_signs(ground)
        arranged(ground.region, ground.aino, [Whom(ground.mikko)])
        worker.run()
        mail.outbox.clear()
        given = [Given(ground.hers.pk, "liisa@example.org", "Liisa Laine", "", "administrative")]
        hand_over(ground.aino, ground.aino, FRIDAY, given)
        worker.run()
        assert [one.to for one in mail.outbox].count(["liisa@example.org"]) == 3  # she follows, signs and is invited


# -- what is done before they leave -----------------------------------------------------------------------------------


def all_stay() -> None:
    for check in ContactCheck.objects.unfinished():
        answers.stay(link_of(check), check.pk)


def the_successor_accepts() -> None:
    [check] = ContactCheck.objects.filter(state="handing")
    link = link_in(SUCCESSOR, token_of_successor(check))
    assert link
    answers.accept(link, "fi")


def the_commitment_is_declined() -> None:
    [commitment] = Commitment.objects.all()
    decline(commitment, Person.objects.get(email="aino.kainuu@example.org"), "Ei tänä vuonna.")


def the_meeting_is_cancelled() -> None:
    [meeting] = Meeting.objects.all()
    cancel(meeting, meeting.organiser, "Sairaus.")


MEANWHILE = {
    "a silent contact": (all_stay, "reminded"),
    "a silent successor": (the_successor_accepts, "reminded"),
    "half the time to sign": (the_commitment_is_declined, "half"),
    "a survey": (the_meeting_is_cancelled, "reminded"),
}


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("what", MEANWHILE)
def test_what_was_done_before_it_could_leave_is_reminded_of_no_more(worker, what, listed):
    """`listed`: the mails are put together already, and the mail server was away."""
    begin, expected = DUE[what]
    act, letter = MEANWHILE[what]
    begin(worker)
    with at(FRIDAY - DAY, 9):
        worker.run()
    with at(FRIDAY, 6):
        for job in MORNINGS:
            job(FRIDAY)
        worker.run()
        waiting = Mail.objects.filter(key__endswith=f":{letter}", sent_at=None)
        assert waiting.count() == expected.count(letter) > 0
    with at(FRIDAY, 7, 1):
        if listed:
            put_together()
        act()
    post(FRIDAY, worker)
    assert not Mail.objects.filter(key__endswith=f":{letter}", made_at__gt=at_six()).exists()
    assert not [one for one in mail.outbox if "odottavat sinua" in one.body]


def at_six():
    return datetime.combine(FRIDAY, time(5, 59), get_default_timezone())
