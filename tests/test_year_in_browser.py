"""Can one say on a phone, by the keyboard alone, that the yearly thing is done, and see the calendar's address?"""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page

from adoption.models import RegionMunicipality
from adoption.templatetags.kaiku import day
from tests.people import a_pair, a_region
from tests.test_plan_in_browser import typed
from tests.test_signing_in_browser import WIDTH, fits, send
from workflows.models import YearlyDone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(new_page, client, live_server) -> Page:
    """Aino's phone; the card has been in lasting use for over a year."""
    region = a_region("ruotsi")
    aino, _mikko = a_pair(region)
    since = localdate() - timedelta(days=380)
    RegionMunicipality.objects.filter(region=region).update(phase="lasting", phase_since=since)
    client.force_login(aino)
    page = new_page(width=WIDTH)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return page


def test_the_yearly_thing_is_said_to_be_done_on_a_phone_by_keyboard(page, axe):
    page.goto("/regions/ruotsi/year/page/")
    assert axe(page) == []
    typed(page, "on", day(localdate()))
    send(page)
    page.wait_for_url("**/regions/ruotsi/year/")
    assert YearlyDone.objects.get().kind == "page"
    assert fits(page)
    assert axe(page) == []


def test_the_address_of_the_calendar_fits_on_a_phone(page, axe):
    page.goto("/me/")
    page.locator("#calendar ~ form button").press("Enter")
    page.wait_for_url("**/me/#calendar")
    assert page.locator("code.address").inner_text().endswith("/own.ics")
    assert fits(page)
    assert axe(page) == []
