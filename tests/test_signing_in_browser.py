"""Can a partner's contact who has no account sign on a phone, by the keyboard alone, in Swedish?"""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.utils.timezone import localdate
from playwright.sync_api import Page

from adoption.models import Person
from commitments import services
from commitments.models import Commitment, SignatureRequest
from tests import papers
from tests.people import a_pair, a_region, a_venue
from tests.test_commitments import a_pdf, checked

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH = 390
ADDRESS = "camilla.nyholm@example.org"


@pytest.fixture
def commitment() -> Commitment:
    """A bilingual region's commitment with a venue that is written to in Swedish; its signatory has no account."""
    region = a_region("pohjanmaa")
    aino, _mikko = a_pair(region)
    venue = a_venue(
        region, aino, "Konsthallen Dammen", language="sv", signatory_name="Camilla Nyholm", signatory_email=ADDRESS
    )
    draft = papers.draft_partner_commitment(venue, aino)
    named = {party.pk: {"signatory_name": f"Johtaja {party.pk}"} for party in draft.parties.exclude(role="partner")}
    return services.send(checked(papers.change_draft(draft, aino, named), aino), aino)


@pytest.fixture
def link(commitment, worker, live_server, settings) -> str:
    """The address in the mail that the signatory got."""
    settings.SITE_URL = live_server.url
    worker.run()
    (letter,) = (letter for letter in mail.outbox if letter.to == [ADDRESS])
    assert not Person.objects.filter(email=ADDRESS).exists()
    return re.search(r"http\S+/sign/\S+/", letter.body)[0]


def tab_to(page: Page, selector: str) -> None:
    """The keyboard's way there: Tab after Tab, and wherever one is, one sees it."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", selector
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def send(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def request() -> SignatureRequest:
    return SignatureRequest.objects.get(email=ADDRESS)


def test_signing_on_a_phone_by_keyboard_in_swedish(link, commitment, new_page, axe):
    page = new_page(width=WIDTH, locale="fi-FI")  # the mail decides the language, not the browser
    assert page.goto(link).status == 200
    assert page.locator("html").get_attribute("lang") == "sv"
    assert page.locator("article.doc").get_attribute("lang") == "sv"
    assert (axe(page), fits(page)) == ([], True)
    tab_to(page, "[name=name]")
    page.keyboard.type("Camilla Fel")
    tab_to(page, "[name=title]")
    page.keyboard.type("verksamhetsledare")
    tab_to(page, "[name=consent]")
    page.keyboard.press("Space")
    tab_to(page, "main form button")
    send(page)
    summary = page.locator(".error-summary")
    assert "Camilla Nyholm" in summary.inner_text()
    assert summary.evaluate("e => e === document.activeElement")
    assert page.locator("[name=title]").input_value() == "verksamhetsledare"
    assert (axe(page), fits(page)) == ([], True)
    tab_to(page, "[name=name]")
    page.keyboard.press("Control+a")
    page.keyboard.type("Camilla Nyholm")
    tab_to(page, "main form button")
    send(page)
    assert page.locator(".state--done").first.is_visible()
    assert (axe(page), fits(page)) == ([], True)
    party = commitment.parties.get(role="partner")
    assert (party.signed_by, party.signed_title, party.read_language) == ("Camilla Nyholm", "verksamhetsledare", "sv")
    assert party.signed_on == localdate()


def test_declining_by_keyboard(link, commitment, new_page, axe):
    page = new_page(width=WIDTH)
    page.goto(link)
    tab_to(page, "details:has([name=decline-reason]) summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=decline-reason]")
    page.keyboard.type("Styrelsen beslutar först i mars.")
    tab_to(page, "form[action$='/decline/'] button")
    send(page)
    assert (request().state, request().reason) == ("declined", "Styrelsen beslutar först i mars.")
    assert (axe(page), fits(page)) == ([], True)


@pytest.fixture
def without_scripts(new_page, link) -> Callable[[], Page]:
    def opened() -> Page:
        page = new_page(width=WIDTH, java_script_enabled=False)
        page.goto(link)
        return page

    return opened


def test_signing_without_scripts(without_scripts, commitment):
    page = without_scripts()
    page.locator("[name=name]").fill("Camilla Nyholm")
    page.locator("[name=title]").fill("verksamhetsledare")
    page.locator("[name=consent]").check()
    page.locator("form:has([name=consent]) button").click()
    assert request().state == "signed"
    page.locator("button[lang=fi]").click()
    assert page.locator("html").get_attribute("lang") == "fi"


def test_passing_on_without_scripts(without_scripts):
    page = without_scripts()
    page.locator("details:has([name=forward-name]) summary").click()
    page.locator("[name=forward-name]").fill("Stefan Backlund")
    page.locator("[name=forward-email]").fill("stefan@example.org")
    page.locator("[name=forward-basis]").select_option("board")
    page.locator("form[action$='/pass-on/'] button").click()
    assert page.get_by_role("status").is_visible()
    row = SignatureRequest.objects.get(email="stefan@example.org")
    assert (row.name, row.round) == ("Stefan Backlund", 2)


def test_sending_a_copy_without_scripts(without_scripts, commitment, tmp_path):
    scan = tmp_path / "skannad.pdf"
    scan.write_bytes(a_pdf())
    page = without_scripts()
    page.locator("details:has([name=copy-file]) summary").click()
    page.locator("[name=copy-file]").set_input_files(scan)
    page.locator("form[action$='/copy/'] button").click()
    assert page.get_by_role("status").is_visible()
    assert commitment.copies.get().state == "waiting"


@pytest.mark.parametrize("width", [1280, WIDTH])
def test_every_page_of_a_link_is_clean_and_fits(link, commitment, new_page, axe, width):
    page = new_page(width=width)
    for address, status in ((link, 200), (f"{link}?language=fi", 200), ("/sign/made-up/", 404)):
        assert page.goto(address).status == status
        assert (axe(page), fits(page)) == ([], True), address
    page.goto(link)
    for summary in page.locator("details.more > summary").all():
        summary.click()
    assert (axe(page), fits(page)) == ([], True)
    SignatureRequest.objects.update(round=2)
    assert page.goto(link).status == 410
    assert (axe(page), fits(page)) == ([], True)


@pytest.mark.parametrize("width", [1280, WIDTH])
def test_the_pairs_pages_of_a_signing_are_clean_and_fit(link, commitment, new_page, axe, client, live_server, width):
    aino = Person.objects.get(email="aino.pohjanmaa@example.org")
    client.force_login(aino)
    page = new_page(width=width)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([session])
    page.goto(link)
    page.locator("details:has([name=copy-file]) summary").click()
    page.locator("[name=copy-file]").set_input_files(
        {"name": "s.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    )
    page.locator("form[action$='/copy/'] button").click()
    one, copy = commitment.get_absolute_url(), commitment.copies.get()
    party = commitment.parties.get(role="partner")
    addresses = [one, f"{one}copies/{copy.pk}/review/", f"{one}parties/{party.pk}/ask/"]
    addresses += [f"{one}{name}/" for name in ("copy", "kaikukanta", "decline", "replace")]
    for address in addresses:
        assert page.goto(address).status == 200, address
        assert (axe(page), fits(page)) == ([], True), address
