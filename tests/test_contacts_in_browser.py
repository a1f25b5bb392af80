"""Can a contact person answer on a phone, by the keyboard alone, in the own language, without an account or scripts?"""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import now
from playwright.sync_api import Page

from adoption.contacts import pair
from adoption.models import ContactCheck, Partner, Person
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.test_signing_in_browser import fits, send, tab_to

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH = 390


@pytest.fixture
def venue() -> Partner:
    region = a_region("pohjanmaa")
    aino, _mikko = a_pair(region)
    Person.objects.update(language="sv")
    made = a_venue(region, aino, "Konsthallen Dammen")
    Person.objects.filter(pk=made.contact_id).update(language="sv")
    return made


@pytest.fixture
def link(venue, worker, live_server, settings) -> str:
    """The address in the mail that the contact person got."""
    settings.SITE_URL = live_server.url
    pair.ask_contact(venue, Person.objects.get(email="aino.pohjanmaa@example.org"))
    return mailed(worker, venue.contact.email, "still")


def mailed(worker, address: str, kind: str) -> str:
    mail.outbox.clear()
    worker.run()
    [found] = [
        found for one in mail.outbox if one.to == [address] for found in re.findall(rf"http\S+/{kind}/\S+", one.body)
    ]
    return found


def the_check() -> ContactCheck:
    return ContactCheck.objects.get()


def clean(page: Page, axe) -> tuple[list[str], bool]:
    return axe(page), fits(page)


def test_still_the_contact_by_keyboard_in_swedish(link, new_page, axe):
    page = new_page(width=WIDTH, locale="fi-FI")  # the mail decides the language, not the browser
    assert page.goto(link).status == 200
    assert page.locator("html").get_attribute("lang") == "sv"
    assert clean(page, axe) == ([], True)
    assert the_check().state == "asked"
    tab_to(page, "main .next button")
    send(page)
    assert the_check().state == "stays"
    assert page.locator(".state--done").first.is_visible()
    assert clean(page, axe) == ([], True)


def test_handing_over_by_keyboard_and_the_successor_accepts(link, venue, worker, new_page, axe):
    page = new_page(width=WIDTH)
    page.goto(link)
    tab_to(page, "details:has([name=email]) summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=name]")
    page.keyboard.type("Liisa Laine")
    tab_to(page, "[name=email]")
    page.keyboard.type("liisa@")
    tab_to(page, "form[action$='/successor/'] button")
    send(page)
    assert page.locator(".error-summary").evaluate("e => e === document.activeElement")
    assert page.locator("[name=name]").input_value() == "Liisa Laine"
    assert clean(page, axe) == ([], True)
    tab_to(page, "[name=email]")
    page.keyboard.press("Control+a")
    page.keyboard.type("liisa@example.org")
    tab_to(page, "form[action$='/successor/'] button")
    send(page)
    assert the_check().state == "handing"
    assert clean(page, axe) == ([], True)
    follows = mailed(worker, "liisa@example.org", "successor")
    other = new_page(width=WIDTH)
    other.goto(follows)
    assert clean(other, axe) == ([], True)
    tab_to(other, "main .next button")
    send(other)
    assert clean(other, axe) == ([], True)
    assert Partner.objects.get(pk=venue.pk).contact.email == "liisa@example.org"


def test_leaving_without_scripts(link, new_page):
    page = new_page(width=WIDTH, java_script_enabled=False)
    page.goto(link)
    page.locator("details:has([name=reason]) summary").click()
    page.locator("[name=reason]").fill("Jag slutar i mars.")
    page.locator("form[action$='/leave/'] button").click()
    assert (the_check().state, the_check().reason) == ("leaving", "Jag slutar i mars.")


@pytest.mark.parametrize("width", [1280, WIDTH])
def test_the_pages_of_those_who_follow_it_are_clean_and_fit(link, venue, new_page, axe, client, live_server, width):
    ContactCheck.objects.update(since=now() - timedelta(days=40))
    for person, paths in (
        (Person.objects.get(email="aino.pohjanmaa@example.org"), ["/", venue.get_absolute_url()]),
        (a_kaikukeskus_person(), ["/queue/", "/contacts/", "/regions/pohjanmaa/partners/?lacks=reached"]),
        (a_kaikukeskus_person(), ["/regions/pohjanmaa/people/"]),
    ):
        client.force_login(person)
        page = new_page(width=width)
        session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([session])
        for path in paths:
            assert page.goto(path).status == 200, path
            for summary in page.locator("details.more > summary").all():
                summary.click()
            assert clean(page, axe) == ([], True), path
    page = new_page(width=width)
    for path, status in ((link, 200), ("/still/made-up/", 404), ("/successor/made-up/", 404)):
        assert page.goto(path).status == status
        assert clean(page, axe) == ([], True), path
    ContactCheck.objects.update(round=2)
    assert page.goto(link).status == 410
    assert clean(page, axe) == ([], True)
