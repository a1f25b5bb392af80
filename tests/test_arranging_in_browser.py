"""Do those invited pick on a phone, without signing in and without scripts, and are the pages accessible?"""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localdate

from tests.people import a_pair, a_region
from workflows.arranging import services
from workflows.arranging.inviting import Whom
from workflows.arranging.links import token_of
from workflows.arranging.models import Meeting

pytestmark = pytest.mark.django_db(transaction=True)
WIDER = "document.documentElement.scrollWidth > innerWidth"
SAID = {
    "kind": "feedback", "title": "Palautekokous", "place": "Kirjasto", "length": 60, "message": "Kahvia on tarjolla.",
    "link": "https://etakokous.example.org/j/123456789?pwd=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
}  # fmt: skip


def a_meeting(*days: int) -> Meeting:
    region = a_region()
    aino, _mikko = a_pair(region)
    moments = [localdate() + timedelta(days=one) for one in days]
    times = [datetime(one.year, one.month, one.day, 9, tzinfo=get_default_timezone()) for one in moments]
    return services.arrange(region, aino, SAID, times, [Whom(name="Liisa Laine", email="liisa@example.org")])


def page_of(meeting: Meeting) -> str:
    return reverse("invited", args=[token_of(meeting.invitees.get(given_email="liisa@example.org"))])


def test_one_picks_on_a_phone_by_the_keyboard_alone_and_without_scripts(new_page):
    meeting = a_meeting(10, 11)
    page = new_page(width=390, java_script_enabled=False)
    page.goto(page_of(meeting))
    first, second = meeting.times.all()
    page.locator(f"[name=time{first.pk}]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    one = meeting.invitees.get(given_email="liisa@example.org")
    assert one.picks.get(time=first).suits == "yes"
    assert one.picks.filter(time=second).exists()


def test_the_pages_are_accessible_and_fit_a_phone(new_page, axe, client):
    meeting = a_meeting(10, 11)
    page = new_page(width=390)
    page.goto(page_of(meeting))
    assert (axe(page), page.evaluate(WIDER)) == ([], False)
    services.fix(meeting, meeting.organiser, meeting.times.all()[0].starts_at, 0)
    page.goto(page_of(meeting))
    assert (axe(page), page.evaluate(WIDER)) == ([], False)
    client.force_login(meeting.organiser)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}])
    region = meeting.region
    for address in (
        reverse("arranged", args=[region.slug]), reverse("arranged_new", args=[region.slug]),
        meeting.get_absolute_url(), meeting.page("arranged_change"), meeting.page("arranged_people"),
        meeting.page("arranged_held"),
    ):  # fmt: skip
        assert page.goto(address).status == 200
        assert (address, axe(page), page.evaluate(WIDER)) == (address, [], False)
