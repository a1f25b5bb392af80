"""What do tests stand on? A browser, axe, the worker, and an environment for processes of their own."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Value
from queue import Queue

import hypothesis
import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.db import connection
from django.db.models import Field
from django.utils import translation
from django_fsm import FSMFieldMixin
from django_q.brokers import get_broker
from django_q.models import OrmQ
from django_q.monitor import monitor
from django_q.signing import SignedPackage
from django_q.worker import worker as django_q_worker
from playwright.sync_api import Browser, Page, Request, sync_playwright

from adoption.country import load
from adoption.models import Person, Region
from tests import postgres
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.race import Racers
from workflows.checks import faults

AXE = site.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Chromium itself would otherwise ask the outside for its own things.
NOTHING_LEAVES = "--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE localhost,EXCLUDE 127.0.0.1"

# In make test-quick with all that opens no database: the main job, its rules, and each address by whom it is not for.
QUICK = {"test_country", "test_fields", "test_gates", "test_people", "test_plan", "test_strangers", "test_trial"}

hypothesis.settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ, database=None)
hypothesis.settings.load_profile("ours")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page is a browser test, and whatever opens the database one of it, without having to say so.

    What takes long comes first, so that at the end no worker waits for the other."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", []))
        opens = item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"}
        if "browser" in fixtures:
            item.add_marker("browser")
        if opens:
            item.add_marker("database")
        if not opens or item.path.stem in QUICK:
            item.add_marker("quick")
    items.sort(key=lambda item: not (item.get_closest_marker("long") or item.get_closest_marker("browser")))


def pytest_collection_finish() -> None:
    """What has been imported and collected stays to the end: it is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@contextmanager
def states_at_rest() -> Iterator[None]:
    """Migrations build each model many times; a state looks through none of them for transitions, which they lack."""
    with pytest.MonkeyPatch.context() as at_rest:
        at_rest.setattr(FSMFieldMixin, "contribute_to_class", Field.contribute_to_class)
        yield


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker) -> None:
    """The country is there once for all tests; those that flush the database load it anew (tests.people.a_region)."""
    with states_at_rest():
        request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock():
        load()


@pytest.fixture(autouse=True)
def nothing_of_other_tests() -> None:
    """The limits on sign-in attempts count anew, and the site's own language is spoken, not the last page's."""
    cache.clear()
    translation.deactivate()


@pytest.fixture
def in_english() -> Iterator[None]:
    """The services speak English: the msgids are English, so that a test does not hang on a translation."""
    with translation.override("en"):
        yield


@pytest.fixture
def site_in_english(settings, in_english) -> None:
    """So do its pages and mails, whoever reads them."""
    settings.LANGUAGE_CODE = "en"


# -- a region and its people, as most tests want them ------------------------------------------------------------------


@pytest.fixture
def region() -> Region:
    return a_region()


@pytest.fixture
def pair(region) -> tuple[Person, Person]:
    return a_pair(region)


@pytest.fixture
def aino(pair) -> Person:
    return pair[0]


@pytest.fixture
def mikko(pair) -> Person:
    return pair[1]


@pytest.fixture
def laura() -> Person:
    return a_kaikukeskus_person()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. A process may have only one, so no other module makes one."""
    # Playwright's loop lives in this thread; Django would take every query for one inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-dev-shm-usage", NOTHING_LEAVES]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser, live_server, settings) -> Iterator[Callable[..., Page]]:
    """Opens pages of the running site, each as another visitor: new_page(width=390, locale="sv-FI").

    Further options are those of Playwright's new_context: color_scheme="dark", java_script_enabled=False.
    Links in mails lead to the running site. At the end no page has thrown an error, broken the content
    security policy or asked anything of another site.
    """
    settings.SITE_URL = live_server.url
    contexts, faults = [], []

    def note_if_elsewhere(asked: Request) -> None:
        if not asked.url.startswith((live_server.url, "data:", "blob:")):
            faults.append(asked.url)

    def open_page(width: int = 1280, height: int = 900, locale: str = "fi-FI", **options) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=locale,
            timezone_id="Europe/Helsinki",
            viewport={"width": width, "height": height},
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("request", note_if_elsewhere)
        context.on("weberror", lambda thrown: faults.append(str(thrown.error)))
        context.on("console", lambda said: "Content Security Policy" in said.text and faults.append(said.text))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Says what is wrong with an open page by WCAG 2.2 AA, a line each: assert axe(page) == [].

    Never on a page with java_script_enabled=False: it would wait for ever.
    """
    source = AXE.read_text()

    def check(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
        return [f"{v['id']} at {n['target']}: {v['help']}" for v in found["violations"] for n in v["nodes"]]

    return check


class Worker:
    """The worker's part of the site, in this process: django-q's own code, without its processes."""

    def run(self) -> int:
        """All queued jobs are done, those too that they queue; their number. Raises what a job raises."""
        done = 0
        while job := OrmQ.objects.order_by("pk").first():
            self.do(job)
            done += 1
        return done

    def do(self, job: OrmQ) -> None:
        """The job is done, its result kept, and it is off the queue."""
        tasks, results = Queue(), Queue()
        # In sync mode django-q lets the error through, and leaves the test's connection open.
        tasks.put(SignedPackage.loads(job.payload) | {"ack_id": job.pk, "sync": True})
        tasks.put("STOP")
        django_q_worker(tasks, results, Value("f", -1))
        results.put("STOP")
        monitor(results, get_broker())


@pytest.fixture
def worker() -> Worker:
    """worker.run() does what is queued; the mails of it lie in django.core.mail.outbox."""
    return Worker()


@pytest.fixture
def child_environment() -> dict[str, str]:
    """The environment for a process that is to work on this test's database (which must be transactional)."""
    name = connection.settings_dict["NAME"]
    url = f"postgres://{postgres.USER}@/{name}" if connection.vendor == "postgresql" else f"sqlite:///{name}"
    return os.environ | {"DATABASE_URL": url}


@pytest.fixture(scope="module")
def started() -> Iterator[list[Racers]]:
    """The processes that race in a module; they stay alive over its tests."""
    racers: list[Racers] = []
    yield racers
    for racer in racers:
        racer.stop()


@pytest.fixture
def race(transactional_db, child_environment, started) -> Iterator[Racers]:
    """Does acts at one instant, each in a process of its own: race(act, act) says how each ended.

    After all rounds no trial is stuck, and every state agrees with a history that is whole."""
    if not started:
        started.append(Racers(child_environment))
    yield started[0]
    assert faults() == []


@pytest.fixture
def unlocked_race(transactional_db, child_environment, tmp_path) -> Iterator[Racers]:
    """The same for two acts without the region's lock: what the lock is for can then be seen each time."""
    racers = Racers(child_environment, "unlocked", str(tmp_path))
    yield racers
    racers.stop()
