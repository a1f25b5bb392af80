"""Is every page that a link leads to clean under axe, whole at its width, and in the reader's language?"""

import re
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from adoption.models import Person
from tests.people import a_region
from workflows.demo import fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

FILES = re.compile(r"/(documents|copies)/\d+/$")


@pytest.fixture
def people(live_server):
    a_region()
    assert fill()
    return {
        "kaikukeskus": Person.objects.get(is_kaikukeskus=True),
        "culture": Person.objects.get(responsibilities__region__slug="pohjois-savo", responsibilities__side="culture"),
        "care": Person.objects.get(responsibilities__region__slug="pohjanmaa", responsibilities__side="care"),
        "contact": Person.objects.filter(contact_of__region__slug="pohjois-savo").first(),
    }


def crawl(page: Page, start: list[str]) -> list[str]:
    """One page of each kind of address that a link leads to, breadth first, without files; none is left out.

    Addresses to which no link leads are opened by tests/test_every_page.py.
    """
    waiting, seen, kinds = list(start), [], set()
    while waiting:
        waiting.sort(key=len)
        path = waiting.pop(0)
        if _kind(path) in kinds:
            continue
        seen.append(path)
        kinds.add(_kind(path))
        try:
            answer = page.goto(path)
        except PlaywrightError as error:
            if "Download is starting" not in error.message:
                raise
            continue  # a file, not a page
        assert answer
        assert answer.status == 200, path
        yield path
        for href in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            found = urlsplit(urldefrag(href).url)
            if found.netloc == urlsplit(page.url).netloc and not FILES.search(found.path):
                target = found.path + (f"?{found.query}" if found.query else "")
                if target not in seen and target not in waiting:
                    waiting.append(target)


def _kind(path: str) -> str:
    return re.sub(r"\?.*|\d+|regions/[\w-]+", "", path)


@pytest.mark.parametrize(
    ("who", "language", "width", "scheme"),
    [
        ("kaikukeskus", "en", 390, "light"),
        ("culture", "fi", 1280, "dark"),
        ("care", "sv", 320, "light"),
        ("contact", "fi", 390, "light"),
        (None, "sv", 390, "light"),
    ],
)
def test_each_page_is_accessible(people, new_page, axe, client, who, language, width, scheme):
    page = new_page(width=width, locale=f"{language}-FI", color_scheme=scheme)  # en-FI: English, in Finland
    if who:
        person = people[who]
        Person.objects.filter(pk=person.pk).update(language=language)
        client.force_login(person)
        page.goto("/sign-in/")
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url.split("/sign-in")[0]}]
        )
    faults, visited = [], 0
    for path in crawl(page, ["/"] if who else ["/sign-in/", "/help/"]):
        visited += 1
        faults += [f"{path}: {fault}" for fault in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{path}: wider than {width} px")
        if page.locator("html").get_attribute("lang") != language:
            faults.append(f"{path}: not in {language}")
    assert faults == []
    assert visited >= (20 if who in ("kaikukeskus", "culture") else 5)
