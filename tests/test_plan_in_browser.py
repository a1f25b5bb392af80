"""Can a responsible person read the plan and move a day of it on a phone, by the keyboard alone?"""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from adoption.days import next_working_day
from adoption.templatetags.kaiku import day
from tests.test_signing_in_browser import WIDTH, fits, send, tab_to
from tests.trials import a_walk
from workflows.models import TrialStep
from workflows.walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here() -> Walk:
    return a_walk("kainuu", until="intro_event")


@pytest.fixture
def page(new_page, client, live_server, here) -> Page:
    """Aino's phone."""
    client.force_login(here.aino)
    page = new_page(width=WIDTH)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def typed(page: Page, name: str, text: str) -> None:
    tab_to(page, f"[name={name}]")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_a_day_is_moved_on_a_phone_by_keyboard(page, here, axe):
    row = TrialStep.objects.get(trial=here.trial, key="workshop")
    to = next_working_day(row.due + timedelta(days=60))
    page.goto("/regions/kainuu/")
    tab_to(page, "a[href$='/plan/']")
    send(page)
    assert (axe(page), fits(page)) == ([], True)
    tab_to(page, "a[href$='/plan/workshop/']")
    send(page)
    assert (axe(page), fits(page)) == ([], True)
    typed(page, "to", "1.1.2099")  # a holiday
    typed(page, "reason", "Sali on varattu.")
    tab_to(page, "button[value=look]")
    send(page)
    assert page.locator(".error-summary").evaluate("e => e === document.activeElement")
    typed(page, "to", day(to))
    tab_to(page, "button[value=look]")
    send(page)
    assert (axe(page), fits(page)) == ([], True)
    tab_to(page, "button[value=move]")
    send(page)
    row.refresh_from_db()
    assert (row.due, row.moved) == (to, "Sali on varattu.")
    assert "Sali on varattu." in page.locator(".timeline").inner_text()


def test_meetings_of_a_body_are_pasted_and_a_wish_is_tried_on_a_phone(page, here, axe):
    page.goto("/regions/kainuu/bodies/")
    assert (axe(page), fits(page)) == ([], True)
    typed(page, "name", "Sivistyslautakunta")
    typed(page, "days", "5.3.\n6.4.")
    tab_to(page, "main form button")
    send(page)
    assert "Sivistyslautakunta" in page.locator("table").inner_text()
    assert (axe(page), fits(page)) == ([], True)
    page.goto("/regions/kainuu/plan/")
    start = next_working_day(here.trial.planned_start + timedelta(days=200))
    typed(page, "start", day(start))
    tab_to(page, "main form button")
    send(page)
    assert (axe(page), fits(page)) == ([], True)
    assert page.locator("svg[role=img] .bar").count() == 11
