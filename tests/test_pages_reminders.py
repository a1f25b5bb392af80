"""Does the region see of each thing whether it was sent, and does each person choose which mails to have?"""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from adoption.mail_choices import choices_of
from adoption.models import Mail, Person
from tests.mornings import A_MONDAY, a_morning, at
from tests.people import a_pair, a_region, a_stranger
from tests.test_reminders import DAY, DUE, a_trial_at, move
from workflows import services
from workflows.models import Reminder
from workflows.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings) -> Walk:
    settings.LANGUAGE_CODE = "en"
    with at(A_MONDAY):
        return a_trial_at("workshop")


def browser_of(person: Person) -> Client:
    Person.objects.filter(pk=person.pk).update(language="en")
    browser = Client()
    browser.force_login(person)
    return browser


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def the_page(here: Walk, person: Person | None = None) -> str:
    answer = browser_of(person or here.aino).get(reverse("reminders", args=["kainuu"]))
    assert answer.status_code == 200
    return words(answer.content.decode())


def test_the_page_says_what_is_planned_sent_returned_and_done(here, worker):
    with at(DUE - 20 * DAY):
        assert "14 days before Aino Virtanen, Mikko Kettunen Planned 31.3.2027" in the_page(here)
    a_morning(DUE - 14 * DAY, worker)
    Mail.objects.filter(reminder__person=here.mikko).update(returned_at=now())
    with at(DUE - 13 * DAY):
        page = the_page(here)
        assert re.search("14 days before Aino Virtanen Sent [A-Z][a-z]+ 31.3.2027", page)
        assert "14 days before Mikko Kettunen Came back" in page
        assert "2 days before Aino Virtanen, Mikko Kettunen Planned 12.4.2027" in page
        services.skip_step(here.trial, "workshop", here.laura, "Pidettiin jo.")
        assert "Done 1.4.2027" in the_page(here)


def test_what_the_next_scan_makes_up_for_is_planned_too(here, worker):
    with at(DUE + 5 * DAY, 9):
        page = the_page(here)
        assert "2 days late Aino Virtanen, Mikko Kettunen Planned 20.4.2027" in page
        assert page.count("Planned") == 3
    a_morning(DUE + 6 * DAY, worker)
    assert {row.rung for row in Reminder.objects.all()} == {2}
    with at(DUE + 6 * DAY, 9):
        assert "2 days late Aino Virtanen, Mikko Kettunen Planned" not in the_page(here)


def test_what_the_mail_server_did_not_take_and_what_was_moved_is_said(here, worker):
    a_morning(DUE - 14 * DAY, worker)
    Mail.objects.filter(reminder__person=here.aino).update(sent_at=None)
    Mail.objects.filter(reminder__person=here.mikko).update(sent_at=None, given_up_at=now())
    move(here, "workshop", DUE + 60 * DAY)
    with at(DUE - 13 * DAY):
        page = the_page(here)
        assert "Its day was moved" in page
        assert "Not taken by the mail server, tried again" in page
        assert "Refused by the mail server" in page


def test_a_region_without_days_says_so_and_a_stranger_sees_nothing(here):
    move(here, "workshop", None)
    with at(DUE):
        assert "nobody is reminded of anything" in the_page(here)
    assert browser_of(a_stranger()).get(reverse("reminders", args=["kainuu"])).status_code == 404


def test_the_page_takes_a_fixed_number_of_queries(here, django_assert_num_queries):
    steps = [str(pk) for pk in here.trial.steps.values_list("pk", flat=True)]
    with at(DUE):
        browser = browser_of(here.aino)
        browser.get(reverse("reminders", args=["kainuu"]))
        for rung in (1, 2):
            Reminder.objects.bulk_create(
                Reminder(kind="step", subject=one, region=here.region, due=DUE - DAY, rung=rung, person=here.aino)
                for one in steps[:: 3 - rung]
            )
            with django_assert_num_queries(28):
                assert browser.get(reverse("reminders", args=["kainuu"])).status_code == 200


def test_the_help_says_every_rung(here):
    page = words(browser_of(here.aino).get(reverse("reminders_help")).content.decode())
    for said in (
        "60 days before",
        "On the day",
        "28 days late the responsible persons, their substitutes and Kaikukeskus",
        "a national meeting that is later than the due day, the duty is due on the day of the meeting. An earlier one",
        "what waits for Kaikukeskus alone is sent to Kaikukeskus alone",
        "A point agreed on in a meeting",
        "Whoever has not answered is reminded once, 3 days before the survey is over",
    ):
        assert said in page


# -- what one chooses -------------------------------------------------------------------------------------------------


def test_one_chooses_on_the_own_page(here):
    browser = browser_of(here.aino)
    page = browser.get(reverse("me")).content.decode()
    assert page.count("<select") == 5  # the language, and four kinds of mails
    assert page.count('value="none"') == 2
    chosen = {"mails-duties": "once", "mails-asked": "digest", "mails-told": "none", "mails-notes": "once"}
    assert browser.post(reverse("mails_choose"), chosen).status_code == 302
    assert choices_of(here.aino) == {"duties": "once", "asked": "digest", "told": "none", "notes": "once"}
    assert 'value="none" selected' in browser.get(reverse("me")).content.decode()


def test_what_the_role_requires_cannot_be_switched_off(here):
    chosen = {"mails-duties": "none", "mails-asked": "digest", "mails-told": "none", "mails-notes": "once"}
    answer = browser_of(here.aino).post(reverse("mails_choose"), chosen)
    assert answer.status_code == 422
    assert choices_of(here.aino)["told"] == "once"


def test_a_choice_of_ones_own_is_nobody_elses(here):
    assert a_pair(a_region())  # named already: nothing of their choices stands
    browser_of(here.mikko).post(reverse("mails_choose"), {f"mails-{kind}": "digest" for kind in choices_of(here.mikko)})
    assert set(choices_of(here.mikko).values()) == {"digest"}
    assert choices_of(here.aino)["notes"] == "once"
