"""A region is entered on a phone: each page of the way is clean under axe, and Enter looks before anything stands."""

import pytest

from tests.people import a_kaikukeskus_person, a_region

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def page(new_page, client):
    client.force_login(a_kaikukeskus_person())
    page = new_page(width=390)
    page.goto("/sign-in/")
    where = page.url.split("/sign-in")[0]
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": where}])
    return page


def test_from_the_empty_page_to_the_correction_all_is_accessible_on_a_phone(page, axe):
    a_region("etela-savo")
    faults = []

    def look(name: str) -> None:
        faults.extend(f"{name}: {fault}" for fault in axe(page))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{name}: wider than a phone")

    page.goto("/regions/etela-savo/enter/")
    look("empty")
    page.fill("[name=end]", "kevät")
    page.press("[name=end]", "Enter")  # the form's first button is the one that looks
    page.wait_for_load_state()
    look("refused")
    assert page.input_value("[name=end]") == "kevät"
    page.fill("[name=end]", "31.8.2021")
    page.fill("[name=since_all]", "1.9.2021")
    page.locator("button[value=look]").last.click()
    look("looked at")
    page.press("[name=end]", "Enter")  # looks again, and enters nothing
    page.wait_for_load_state()
    assert page.locator("#seen").count() == 1
    page.click("button[value=enter]")
    page.wait_for_url("**/regions/etela-savo/")
    look("board")
    page.click("a[href$='/entry/']")
    page.wait_for_url("**/entry/")
    page.click("details.more summary")
    look("correction")
    assert faults == []
