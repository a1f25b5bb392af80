"""Can a responsible person draft, read, send and follow up many commitments on a phone, by the keyboard alone?"""

import pytest
from django.core import mail
from playwright.sync_api import Page

from adoption.models import Partner
from commitments.models import Batch, Commitment, SignatureRequest
from tests.people import a_pair, a_region, a_venue
from tests.test_signing_in_browser import WIDTH, fits, send, tab_to
from tests.test_together import venues

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(new_page, client, live_server) -> Page:
    """Aino's phone; her region has two venues that lack nothing, and one without a signatory."""
    region = a_region()
    aino = a_pair(region)[0]
    aino.language = "en"
    aino.save()
    venues(region, aino, 2)
    a_venue(region, aino, "Nimetön", signatory_name="")
    client.force_login(aino)
    page = new_page(width=WIDTH)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def typed(page: Page, name: str, text: str) -> None:
    tab_to(page, f"[name^={name}]")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_many_commitments_on_a_phone_by_keyboard(page, worker, axe):
    page.goto("/regions/kainuu/commitments/")
    tab_to(page, "a[href$='/commitments/new/']")
    send(page)
    assert (axe(page), fits(page)) == ([], True)
    assert page.locator("[name=partners]:checked").count() == 2
    assert page.get_by_role("link", name="Name the signatory. Nimetön").count() == 1
    typed(page, "signatory_name_m", "Antti Hämäläinen")
    typed(page, "signatory_name_county", "Helena Rautio")
    tab_to(page, "main form button")
    send(page)
    worker.run()
    page.goto(Batch.objects.get().get_absolute_url())
    tab_to(page, "a[href$='/commitments/send/']")
    send(page)
    assert (axe(page), fits(page)) == ([], True)
    tab_to(page, "main form button")
    send(page)
    summary = page.locator(".error-summary")
    assert summary.evaluate("e => e === document.activeElement")
    assert (axe(page), fits(page)) == ([], True)
    tab_to(page, "[name=read]")
    page.keyboard.press("Space")
    tab_to(page, "main form button")
    send(page)
    assert page.url.endswith("/commitments/signing/")
    assert (axe(page), fits(page)) == ([], True)
    assert {one.state for one in Commitment.objects.all()} == {Commitment.State.AWAITING}
    worker.run()
    assert {f"johtaja.{n}@example.org" for n in (1, 2)} <= {letter.to[0] for letter in mail.outbox}


def test_reminding_on_a_phone_by_keyboard(page, worker, axe):
    test_many_commitments_on_a_phone_by_keyboard(page, worker, axe)
    SignatureRequest.objects.exclude(sent_at=None).update(sent_at="2026-01-01T09:00:00Z")
    page.reload()
    tab_to(page, "main form[action$='/remind/'] button:has(.hidden)")
    send(page)
    assert "Galleria 1 is reminded by a mail." in page.locator(".notices").inner_text()
    tab_to(page, ".next button")
    send(page)
    assert "1 signatory is reminded by a mail." in page.locator(".notices").inner_text()
    assert (axe(page), fits(page)) == ([], True)
    assert Partner.objects.filter(commitments__parties__request__reminded_on__isnull=False).count() == 2
