"""Can a step be recorded and confirmed without scripts, from signing in on, and by the keyboard alone?"""

import pytest
from django.test import Client
from django.utils.timezone import localdate
from playwright.sync_api import Page

from adoption.models import Partner, Person
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_trial
from tests.test_signing_in_browser import WIDTH, fits, send, tab_to
from tests.test_walk_in_browser import Visitor, add_partners, today
from tests.trials import a_walk
from workflows import walk
from workflows.models import Trial, TrialStep
from workflows.walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)


# -- without scripts --------------------------------------------------------------------------------------------------


@pytest.fixture
def here() -> Walk:
    """A trial of one municipality at the workshop."""
    region = a_region("etela-savo")
    aino, mikko = a_pair(region)
    trial = a_trial(region, municipalities=[region.municipalities.first()])
    here = Walk(trial, a_kaikukeskus_person(), aino, mikko)
    for act in (walk.introduce, walk.name_pair, walk.train):
        act(here)
    return here


def test_signing_in_adding_partners_and_a_step_need_no_scripts(here, new_page, worker):
    aino, mikko = (
        Visitor(new_page(width=WIDTH, java_script_enabled=False), worker, person.email)
        for person in (here.aino, here.mikko)
    )
    town = here.trial.municipalities.get()
    add_partners(aino, mikko, town.pk)
    assert sorted(Partner.objects.values_list("role", flat=True)) == ["distributor", "venue"]
    bodies = {f"organ_m{town.pk}": "Sivistyslautakunta", f"date_m{town.pk}": today()}
    bodies |= {"organ_county": "Aluehallitus", "date_county": today()}
    aino.step("workshop", button="save", date=today(), place="Kirjasto", attendees=34)
    aino.step("workshop", **bodies)
    assert set(workshop_of(here.trial).confirmed) == {"culture"}
    mikko.step("workshop")
    workshop = workshop_of(here.trial)
    assert workshop.closed_at
    assert workshop.evidence["attendees"] == 34
    assert len(workshop.evidence["decisions"]) == 2


def workshop_of(trial: Trial) -> TrialStep:
    return TrialStep.objects.get(trial=trial, key="workshop")


# -- by the keyboard alone --------------------------------------------------------------------------------------------


def opened(new_page, live_server, person: Person) -> Page:
    """The person's phone."""
    client = Client()
    client.force_login(person)
    page = new_page(width=WIDTH)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return page


def typed(page: Page, name: str, text: object) -> None:
    tab_to(page, f"[name={name}]")
    page.keyboard.press("Control+a")
    page.keyboard.type(str(text))


def pressed(page: Page, act: str) -> None:
    tab_to(page, f"button[name=act][value={act}]")
    send(page)


def to_the_workshop(page: Page, region) -> None:
    page.goto(region.get_absolute_url())
    tab_to(page, ".steps a[href$='/workshop/']")
    send(page)


def test_a_step_is_recorded_and_confirmed_by_keyboard(new_page, live_server, axe):
    here = a_walk(until="pair_training")
    walk.add_partners(here)
    page = opened(new_page, live_server, here.aino)
    to_the_workshop(page, here.region)
    assert (axe(page), fits(page)) == ([], True)
    typed(page, "attendees", 34)
    pressed(page, "confirm")
    assert page.locator(".error-summary").evaluate("e => e === document.activeElement")
    assert page.locator("[name=attendees]").input_value() == "34"
    assert (axe(page), fits(page)) == ([], True)
    typed(page, "date", today())
    typed(page, "place", "Kirjasto")
    organs = [field.get_attribute("name") for field in page.locator("[name^=organ_]").all()]
    assert organs
    for organ in organs:
        typed(page, organ, "Hallitus")
        typed(page, organ.replace("organ", "date"), today())
    pressed(page, "confirm")
    assert (axe(page), fits(page)) == ([], True)
    assert set(workshop_of(here.trial).confirmed) == {"culture"}
    page = opened(new_page, live_server, here.mikko)
    to_the_workshop(page, here.region)
    pressed(page, "confirm")
    assert workshop_of(here.trial).closed_at
    assert workshop_of(here.trial).evidence["attendees"] == 34
    assert workshop_of(here.trial).evidence["date"] == localdate().isoformat()
