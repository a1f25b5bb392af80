"""Is what one types kept until it is sent, over a broken connection and a refusal, and never for the next one?"""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from adoption.models import Person
from tests.people import a_pair, a_stranger, a_trial
from workflows.models import OwnTask, TrialStep
from workflows.services import save_evidence

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/my-work/tasks/new/"
BACK = "What you wrote here, and did not send, has been put back."


@pytest.fixture
def aino(region) -> Person:
    return a_pair(region)[0]


@pytest.fixture
def sign_in(client, live_server):
    """The browser is signed in as the person, who reads English."""

    def sign_in(page: Page, person: Person) -> None:
        Person.objects.filter(pk=person.pk).update(language="en")
        client.force_login(Person.objects.get(pk=person.pk))
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])

    return sign_in


@pytest.fixture
def page(new_page, sign_in, aino) -> Page:
    page = new_page(width=390)
    sign_in(page, aino)
    page.goto(NEW)
    return page


def kept(page: Page) -> list[str]:
    """The drafts that the browser keeps."""
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))")


def write(page: Page, text: str) -> None:
    """It is typed, and the moment is over after which it is kept."""
    page.fill("[name=text]", text)
    for _tenth in range(100):
        if text in page.evaluate("JSON.stringify(localStorage)"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("it is not kept")


def press(page: Page) -> None:
    page.click("main form.form button[type=submit]")


def test_what_was_typed_is_back_after_another_page_and_is_forgotten_when_sent(page, axe):
    write(page, "Soita painoon")
    page.fill("[name=due]", "5.3.2031")
    page.goto("/regions/")
    page.goto(NEW)
    assert page.input_value("[name=text]") == "Soita painoon"
    assert page.input_value("[name=due]") == "5.3.2031"
    expect(page.get_by_text(BACK)).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page)
    page.wait_for_url(re.compile("/$"))
    assert OwnTask.objects.get().text == "Soita painoon"
    assert kept(page) == []
    assert not [one for one in page.context.cookies() if one["name"].startswith("taken_")]
    page.goto(NEW)
    assert page.input_value("[name=text]") == ""


def test_the_draft_can_be_discarded(page):
    write(page, "Soita painoon")
    page.reload()
    page.get_by_role("button", name="Discard the draft").click()
    assert (page.input_value("[name=text]"), kept(page)) == ("", [])
    page.reload()
    assert page.input_value("[name=text]") == ""
    assert page.get_by_text(BACK).count() == 0


def test_without_a_connection_nothing_is_sent_and_nothing_lost(page):
    write(page, "Soita painoon")
    page.context.set_offline(True)
    press(page)
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    assert page.input_value("[name=text]") == "Soita painoon"
    page.context.set_offline(False)
    press(page)
    page.wait_for_url(re.compile("/$"))
    assert (OwnTask.objects.count(), kept(page)) == (1, [])


def test_the_connection_breaks_in_the_midst_of_sending(page):
    page.route(
        "**/my-work/tasks/new/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.fill("[name=text]", "Soita painoon")  # sent at once: before the moment in which it is kept
    press(page)
    page.wait_for_url("chrome-error://**")
    page.unroute("**/my-work/tasks/new/")
    page.goto("/regions/")
    assert len(kept(page)) == 1
    page.goto(NEW)
    assert page.input_value("[name=text]") == "Soita painoon"
    press(page)
    page.wait_for_url(re.compile("/$"))
    assert (OwnTask.objects.count(), kept(page)) == (1, [])


def test_what_is_refused_stays_a_draft(page):
    write(page, "Soita painoon")
    page.fill("[name=due]", "31.2.2031")
    press(page)
    expect(page.get_by_text("has only 28 days")).to_have_count(2)
    assert page.get_by_text(BACK).count() == 0  # the page itself says what was typed
    page.fill("[name=text]", "Soita painoon heti")
    page.goto("/regions/")
    page.goto(NEW)
    assert [page.input_value(f"[name={name}]") for name in ("text", "due")] == ["Soita painoon heti", "31.2.2031"]


def test_the_session_ends_and_the_draft_waits_for_its_person(page, sign_in, aino):
    write(page, "Soita painoon")
    page.context.clear_cookies(name="sessionid")
    press(page)
    page.wait_for_url(re.compile("/sign-in/"))
    assert len(kept(page)) == 1
    sign_in(page, aino)
    page.goto(NEW)
    assert page.input_value("[name=text]") == "Soita painoon"


def test_signing_out_forgets_it_also_in_a_page_that_is_still_open(page):
    other = page.context.new_page()
    other.goto(NEW)
    write(page, "Soita painoon")
    other.click(".me button")
    other.wait_for_load_state()
    assert kept(other) == []
    page.fill("[name=text]", "Soita painoon taas")
    page.goto("/sign-in/")
    assert kept(page) == []


def test_the_next_one_at_the_keys_sees_nothing_of_it(page, sign_in):
    write(page, "Soita painoon")
    sign_in(page, a_stranger())
    page.goto(NEW)
    assert (page.input_value("[name=text]"), kept(page)) == ("", [])


def test_what_others_have_written_meanwhile_is_not_overwritten(new_page, sign_in, region, aino):
    trial = a_trial(region)
    page = new_page()
    sign_in(page, aino)
    path = reverse("step", args=[region.slug, trial.pk, "intro_event"])
    page.goto(path)
    page.fill("[name=place]", "Kirjasto")
    page.fill("[name=attendees]", "20")
    mikko = Person.objects.get(email="mikko.kainuu@example.org")
    version = TrialStep.objects.get(trial=trial, key="intro_event").version
    save_evidence(trial, "intro_event", mikko, {"place": "Teams"}, version)
    page.goto(path)
    assert [page.input_value(f"[name={name}]") for name in ("place", "attendees")] == ["Teams", "20"]
    expect(page.get_by_text("Meanwhile these have been changed here")).to_be_visible()
    expect(page.locator("[data-changed] li")).to_contain_text("Kirjasto")


def test_nothing_is_kept_where_nobody_needs_to_be_signed_in(page):
    for path in ("/help/", "/help/privacy/"):
        page.goto(path)
        assert page.locator("script").count() == 0
    page.goto(NEW)
    assert page.locator("script").count() == 1


def test_codes_files_and_hidden_fields_are_never_kept(page):
    page.evaluate(
        """() => document.querySelector('main form.form').insertAdjacentHTML('beforeend',
        '<input name="code" autocomplete="one-time-code"><input name="secret" type="password">'
        + '<input name="paper" type="file"><input name="hid" type="hidden">')"""
    )
    page.fill("[name=code]", "1234-5678")
    page.fill("[name=secret]", "salasana")
    page.evaluate("document.querySelector('[name=hid]').value = 'piilo'")
    write(page, "Soita painoon")
    said = page.evaluate("JSON.stringify(localStorage)")
    assert "Soita painoon" in said
    assert [word for word in ("1234", "salasana", "piilo", "csrf") if word in said] == []


def test_what_is_too_long_is_not_kept_and_breaks_nothing(page):
    page.evaluate(
        """() => { const text = document.querySelector('[name=text]'); text.value = 'x'.repeat(400000);
        text.dispatchEvent(new Event('input', {bubbles: true})); }"""
    )
    page.goto("/regions/")
    assert kept(page) == []


def test_a_browser_that_keeps_nothing_sends_as_before(new_page, sign_in, aino):
    page = new_page()
    sign_in(page, aino)
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    page.goto(NEW)
    page.fill("[name=text]", "Soita painoon")
    press(page)
    page.wait_for_url(re.compile("/$"))
    assert OwnTask.objects.count() == 1
