"""Can a partner answer the survey on a phone, by the keyboard and without scripts, and does the pair read and write the
minutes there?"""

import re
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core import mail
from django.urls import reverse
from django.utils.timezone import localdate, now
from playwright.sync_api import Page

from adoption.models import Person
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.test_signing_in_browser import fits, send, tab_to
from tests.trials import promise
from workflows.arranging.inviting import groups
from workflows.arranging.services import arrange
from workflows.models import Answer, Meeting, Survey
from workflows.survey.answering import answer
from workflows.survey.links import link_in, token_of
from workflows.survey.opening import open_survey

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH = 390


@pytest.fixture
def meeting(transactional_db) -> Meeting:
    """A feedback meeting to come, whose survey three contact persons are asked, in Swedish."""
    region = a_region("pohjanmaa")
    a_kaikukeskus_person()
    aino, _mikko = a_pair(region)
    for number in range(3):
        promise(a_venue(region, aino, f"Sal {number}"))
    Person.objects.update(language="sv")
    said = {"kind": "feedback", "title": "Responsmöte", "place": "", "link": "", "length": 90, "message": ""}
    made = arrange(region, aino, said, [now() + timedelta(days=30)], groups(region)["pair"])
    open_survey(made, aino, localdate() + timedelta(days=14))
    return made


def clean(page: Page, axe) -> tuple[list[str], bool]:
    return axe(page), fits(page)


def test_a_partner_answers_by_keyboard_in_the_language_of_the_mail(meeting, worker, new_page, axe, live_server):
    worker.run()
    [link, *_others] = [found for one in mail.outbox for found in re.findall(r"http\S+/survey/\S+", one.body)]
    page = new_page(width=WIDTH, locale="fi-FI")
    assert page.goto(link).status == 200
    assert page.locator("html").get_attribute("lang") == "sv"
    assert clean(page, axe) == ([], True)
    tab_to(page, "[name=went]:checked")
    page.keyboard.press("ArrowDown")  # around from the last choice to the first
    tab_to(page, "textarea[name=text]")
    page.keyboard.type("Fler affischer.")
    tab_to(page, "main form button")
    send(page)
    assert clean(page, axe) == ([], True)
    assert page.locator("main form").count() == 0
    [said] = Answer.objects.all()
    assert (said.scores, said.text) == ({"went": 5}, "Fler affischer.")


def test_a_partner_answers_without_scripts(meeting, new_page, live_server):
    token = token_of(Survey.objects.get().places.select_related("person")[0])
    page = new_page(width=WIDTH, java_script_enabled=False)
    page.goto(reverse("survey_answer", args=[token]))
    page.locator("[name=goes_on][value='4']").check()
    page.locator("main form button").click()
    assert page.locator("main form").count() == 0
    assert Answer.objects.get().scores == {"goes_on": 4}


@pytest.mark.parametrize("width", [WIDTH, 1280])
def test_the_pair_writes_the_minutes_and_sees_the_survey(meeting, new_page, axe, client, width):
    for place in Survey.objects.get().places.select_related("person"):
        answer(link_in(token_of(place)), {"went": 4}, "Bra.")
    Survey.objects.update(opened_on=localdate() - timedelta(days=9), closes_on=localdate() - timedelta(days=1))
    page = new_page(width=width)
    aino = Person.objects.get(email="aino.pohjanmaa@example.org")
    client.force_login(aino)
    cookie = client.cookies[site.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": site.SITE_URL}])
    slug = meeting.region.slug
    page.goto(reverse("minutes_edit", args=[slug, meeting.pk]))
    assert clean(page, axe) == ([], True)
    page.locator("textarea[name=said]").fill("Vi talade.")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    assert page.locator("text=Vi talade.").is_visible()
    assert page.locator("figure.survey svg").is_visible()
    assert clean(page, axe) == ([], True)
    assert page.goto(reverse("survey", args=[slug, meeting.pk])).status == 200
    assert clean(page, axe) == ([], True)
