"""The database itself goes away under a running site, and comes back: what do its pages and commands say, what is lost?

On PostgreSQL a server of its own is stopped, on SQLite the file is moved away.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from adoption.models import Person
from doc_templates.office import a_free_port
from tests import postgres
from tests.people import a_pair, a_region

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
CSRF = "a" * 32
TYPED = "Åsa “Öl” & <b>söner</b>\r\nkäsittelijä"


class OwnFile:
    """A copy of the test's SQLite file; while it is away, there is a folder in its place, so that none is made."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "site.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(self.file)])
        self.url, self.environment = f"sqlite:///{self.file}", {}

    def go(self) -> None:
        self.file.rename(self.file.with_suffix(".away"))
        self.file.mkdir()

    def come_back(self) -> None:
        self.file.rmdir()
        self.file.with_suffix(".away").rename(self.file)

    def end(self) -> None:
        """Nothing runs."""


class OwnServer:
    """A PostgreSQL of its own with a copy of the test's database, as its dump makes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "postgres"
        self.server = postgres.start(self.folder)
        self.environment = {"PGHOST": str(self.folder), "PGUSER": postgres.USER}
        self.url = f"postgres://{postgres.USER}@/postgres"
        programs = postgres.programs()
        dump = [programs / "pg_dump", "-U", postgres.USER, connection.settings_dict["NAME"]]
        made = subprocess.run(dump, capture_output=True, check=True)
        into = [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "postgres"]
        subprocess.run(into, input=made.stdout, env=os.environ | self.environment, capture_output=True, check=True)

    def go(self) -> None:
        postgres.stop(self.server)

    def come_back(self) -> None:
        self.server = postgres.start_again(self.folder)

    def end(self) -> None:
        postgres.stop(self.server)


@pytest.fixture
def folder() -> Iterator[Path]:
    """In /tmp itself, since the path of a socket may have 107 bytes, and open to PostgreSQL's own user."""
    made = Path(tempfile.mkdtemp(prefix="kaiku-away-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


class Site:
    """gunicorn with the site, on the database that can go away."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = a_free_port()
        self.environment = os.environ | environment | {"SITE_URL": f"http://127.0.0.1:{self.port}"}
        words = ["-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--threads", "2"]
        self.process = subprocess.Popen(
            [sys.executable, *words, "--no-control-socket"], cwd=settings.BASE_DIR, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ask(self, method: str, path: str, cookies: dict[str, str], fields: list[tuple[str, str]] | None = None):
        """The status, the text and the cookies of the answer; the site has a minute to begin listening."""
        until = time.monotonic() + 60
        while True:
            try:
                return self._asked(method, path, cookies, fields)
            except ConnectionRefusedError:
                assert time.monotonic() < until
                time.sleep(0.1)

    def _asked(self, method, path, cookies, fields):
        said = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Accept-Language": "fi"}
        said |= {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request(method, path, urlencode(fields) if fields is not None else None, said)
        answer = line.getresponse()
        text = answer.read().decode()
        set_by = dict(re.findall(r"^(\w+)=([^;]*)", cookie)[0] for cookie in answer.headers.get_all("Set-Cookie", []))
        line.close()
        return answer.status, text, set_by

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


class Fields(HTMLParser):
    """The form that a page has: where it goes, and what it sends when its button is pressed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.address, self.sent = "", []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.address = said["action"]
        if tag == "input":
            self.sent.append((said["name"], said["value"]))


def language_of(page: str) -> str:
    return re.search(r'<html lang="(\w+)"', page)[1]


def test_what_was_typed_is_kept_and_saved_once_the_database_is_back(folder):
    aino, _mikko = a_pair(a_region("kainuu"))
    Person.objects.filter(pk=aino.pk).update(language="sv")
    browser = Client()
    browser.force_login(aino)
    cookies = {"sessionid": browser.cookies["sessionid"].value, "csrftoken": CSRF}
    place = OwnServer(folder) if connection.vendor == "postgresql" else OwnFile(folder)
    site = Site(place.environment | {"DATABASE_URL": place.url, "VAR_DIR": str(folder / "var")})
    try:
        status, page, told = site.ask("GET", "/me/", cookies)
        assert (status, language_of(page)) == (200, "sv")
        cookies |= told  # the browser now knows the person's language
        fields = [("csrfmiddlewaretoken", CSRF), ("name", "Aino Virtanen"), ("email", aino.email),
                  ("title", TYPED), ("phone", "040 1"), ("language", "sv")]  # fmt: skip
        place.go()
        for path in ("/me/", "/", "/regions/kainuu/", "/nowhere/"):
            status, page, _told = site.ask("GET", path, cookies)
            assert (status, language_of(page), "<form" in page) == (503, "sv", False), path
        assert site.ask("GET", "/health/", cookies)[0] == 503
        status, page, _told = site.ask("POST", "/me/", cookies, fields)
        assert (status, language_of(page)) == (503, "sv")
        assert "<b>" not in page
        kept = Fields(page)
        assert (kept.address, kept.sent) == ("/me/", fields)
        status, again, _told = site.ask("POST", kept.address, cookies, kept.sent)
        assert (status, Fields(again).sent) == (503, fields)
        away = site.manage("check_trials")
        assert (away.returncode, away.stdout) == (1, "")
        assert away.stderr.startswith("The database cannot be reached: ")
        assert len(away.stderr.splitlines()) == 1
        place.come_back()
        assert site.ask("POST", kept.address, cookies, kept.sent)[0] == 302
        status, page, _told = site.ask("GET", "/me/", cookies)
        assert (status, "Åsa “Öl” &amp; &lt;b&gt;söner&lt;/b&gt;" in page) == (200, True)
        assert site.ask("GET", "/regions/kainuu/", cookies)[0] == 200
    finally:
        site.end()
        place.end()
