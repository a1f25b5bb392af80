"""How many pages and key presses does Kaikukeskus need from a request to its decision, by keyboard alone?"""

import pytest
from django.test import Client
from playwright.sync_api import Page, Request

from adoption import partners
from adoption.models import Act, Partner, Person
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region
from workflows.overview import queue
from workflows.walk import begin, walk

pytestmark = pytest.mark.django_db(transaction=True)

MOST_PAGES, MOST_PRESSES = 3, 12
ANSWERS = {"client_group": "Päiväkeskus.", "most_in_tight": True, "why_most": "Toimeentulotuella."}
STATES = {"clear": "cleared", "more": "more_wanted", "decline": "declined"}


class Keyboard:
    """Somebody without a mouse: counts the keys that are pressed and the pages that are read."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses, self.pages = page, 0, 0
        page.on("requestfinished", self.note)

    def note(self, asked: Request) -> None:
        answer = asked.response() if asked.is_navigation_request() else None
        self.pages += bool(answer and answer.status < 300)

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def tab_to(self, selector: str) -> None:
        """Goes on with the Tab key until the thing has the focus."""
        for _press in range(MOST_PRESSES):
            self.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached by Tab")

    def open(self, selector: str) -> None:
        """Goes to a link or a button and presses Enter; the page that it leads to is there."""
        self.tab_to(selector)
        before = self.page.url
        leads_away = self.page.evaluate(
            "() => document.activeElement.matches('button') || !document.activeElement.matches('a[href^=\"#\"]')"
        )
        if leads_away:
            with self.page.expect_navigation():
                self.press("Enter")
        else:
            self.press("Enter")
            self.page.wait_for_url(lambda url: url != before)


def at_the_desk(new_page, live_server, person: Person, **options) -> Keyboard:
    client = Client()
    client.force_login(person)
    page = new_page(**options)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return Keyboard(page)


def decide(desk: Keyboard, decision: str) -> None:
    """From the queue's address to the decision, with the prepared text as it stands."""
    desk.page.goto("/queue/")
    desk.open("a.skip")
    desk.open(".next a[href$='#decide']")
    desk.tab_to(f"#decide ~ details:has([value={decision}]) > summary")
    desk.press("Enter")
    desk.tab_to("textarea")
    assert desk.page.locator("textarea:focus").input_value() != ""
    desk.open("button[type=submit]")


@pytest.mark.parametrize("step_is_older", [False, True])
@pytest.mark.parametrize("decision", STATES)
def test_a_clearance_takes_three_pages_and_twelve_presses_at_most(new_page, live_server, decision, step_is_older):
    region, laura = a_region("kainuu"), a_kaikukeskus_person()
    _aino, mikko = a_pair(region)
    if step_is_older:
        walk(begin(a_region("ruotsi"), "2024", "walk"), "local_pair")
    for name in ("Vanha tupa ry", "Toinen tupa ry"):
        before = partners.request_clearance(a_distributor(region, mikko, name), mikko, ANSWERS)
        partners.clear(before, laura, "Hyvä.")
    asked = partners.request_clearance(a_distributor(region, mikko, "Uusi tupa ry"), mikko, ANSWERS)
    following = partners.request_clearance(a_distributor(region, mikko, "Seuraava tupa ry"), mikko, ANSWERS)
    assert bool(queue()[0].partner) != step_is_older
    desk = at_the_desk(new_page, live_server, laura)
    decide(desk, decision)
    assert Partner.objects.get(pk=asked.pk).state == STATES[decision]
    assert Act.objects.filter(about_kind="partner", about_id=str(asked.pk)).first().reason != ""
    assert 2 <= desk.pages <= MOST_PAGES
    assert desk.presses <= MOST_PRESSES
    assert desk.page.locator(f"#open form[action='/queue/{following.pk}/']").count() == 3
    assert desk.page.locator("script:not([src*=drafts])").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_kaikukeskuss_pages_are_accessible_and_whole(new_page, axe, live_server, width, scheme):
    region, laura = a_region("kainuu"), a_kaikukeskus_person()
    _aino, mikko = a_pair(region)
    long = "Pohjois-Suomen mielenterveysomaistenyhdistysten keskusliitto ry"
    partners.decline(
        partners.request_clearance(a_distributor(region, mikko, f"{long} 2"), mikko, ANSWERS), laura, "Ei asiakastyötä."
    )
    asked = partners.request_clearance(a_distributor(region, mikko, long), mikko, ANSWERS)
    partners.want_more(
        partners.request_clearance(a_distributor(region, mikko, "Hiljainen ry"), mikko, ANSWERS), laura, "Kuinka moni?"
    )
    page = at_the_desk(new_page, live_server, laura, width=width, color_scheme=scheme).page
    page.goto("/queue/texts/")
    one = page.locator("main .links a").first.get_attribute("href")
    pages = [f"?open={asked.pk}&text=2#decide", "several/", "texts/", "texts/new/", "times/"]
    for path in ["/queue/", one, *(f"/queue/{rest}" for rest in pages)]:
        page.goto(path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
