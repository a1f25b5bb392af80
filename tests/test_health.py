"""Does the site say when it cannot work, and a command when it cannot run?"""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import localtime, now
from django_q.models import Failure, Schedule

from adoption.models import Person
from workflows.checks import nightly
from workflows.models import Heartbeat
from workflows.schedule import beat

pytestmark = pytest.mark.django_db


def test_health_wants_a_young_heartbeat(client):
    assert client.get(reverse("health")).status_code == 503
    beat()
    assert client.get(reverse("health")).json() == {"ok": True, "faults": {}}
    Heartbeat.objects.update(at=now() - timedelta(minutes=6))
    answer = client.get(reverse("health"))
    assert (answer.status_code, list(answer.json()["faults"])) == (503, ["worker"])


def test_health_says_what_the_nights_check_has_found(client):
    beat()
    nightly()
    begun = localtime()
    failed = Failure.objects.create(
        id="0" * 32, name="nightly", func="workflows.checks.nightly", started=begun, stopped=begun, success=False
    )
    answer = client.get(reverse("health"))
    assert (answer.status_code, list(answer.json()["faults"])) == (503, ["record"])
    Failure.objects.filter(pk=failed.pk).update(stopped=now() - timedelta(hours=26))
    assert client.get(reverse("health")).status_code == 200


def test_the_schedules_stand_once_however_often_they_are_set(capsys):
    call_command("set_schedule")
    call_command("set_schedule")
    assert sorted(Schedule.objects.values_list("name", flat=True)) == [
        "contacts",
        "daily",
        "files",
        "handovers",
        "heartbeat",
        "invited",
        "lists",
        "mails",
        "nightly",
        "papers",
        "pdf",
        "proof",
        "returned",
        "surveys",
    ]


# --- What no browser sends -----------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-7", "hex", "utf-16", "latin-1"])
def test_only_utf8_is_read(client, charset):
    said = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.generic("POST", "/sign-in/", b"email=Sali+2AA-", said).status_code == 400
    assert client.get("/help/", CONTENT_TYPE=said).status_code == 400
    assert client.get("/help/").status_code == 200


def test_a_cookie_that_no_session_ever_had_is_no_session(client):
    client.cookies["sessionid"] = "\0" + "a" * 16
    assert client.get("/help/").status_code == 200
    assert client.get("/").url == "/sign-in/?next=/"


def test_a_body_longer_than_any_form_is_refused_before_it_is_read(client):
    class Unread:
        def read(self, *size):
            raise AssertionError("read")

        readline = read

    for more, status in (({"CONTENT_LENGTH": str(400 * 1024 * 1024)}, 413), ({"CONTENT_LENGTH": "long"}, 413),
                         ({"CONTENT_LENGTH": "0" * 30 + str(400 * 1024 * 1024)}, 413),
                         ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411)):  # fmt: skip
        given = {"REQUEST_METHOD": "POST", "wsgi.input": Unread(), "CONTENT_TYPE": "multipart/form-data; boundary=B"}
        answer = client.request(PATH_INFO="/sign-in/", **(given | more))
        assert answer.status_code == status
    answer = client.post("/sign-in/", {"email": "x" * (26 * 1024 * 1024)}, headers={"accept-language": "en"})
    assert (answer.status_code, b"larger than 20 MB" in answer.content) == (413, True)


@pytest.mark.django_db
def test_what_is_refused_before_anybody_asks_who_it_is_speaks_the_persons_language(client):
    client.force_login(Person.objects.create(email="tove@example.org", name="Tove Lind", language="sv"))
    client.get("/me/", headers={"accept-language": "fi"})
    answer = client.post("/sign-in/", CONTENT_LENGTH=str(40 * 1024 * 1024), headers={"accept-language": "fi"})
    assert (answer.status_code, b'<html lang="sv"' in answer.content) == (413, True)


# --- Commands in a process of their own -----------------------------------------------------------
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def manage(tmp_path) -> Run:
    """Runs a command of manage.py on an empty VAR_DIR: manage("check", SITE_URL="https://polku.example.org")."""
    own = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VAR_DIR": str(tmp_path)}

    def run(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(
            command, cwd=site.BASE_DIR, env=own | environment, capture_output=True, text=True, timeout=60
        )

    return run


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody else can open, and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def said(run: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command which cannot run leaves."""
    assert (run.returncode, run.stdout) == (1, "")
    [line] = run.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", [["add_person", "sanna@example.org", "--kaikukeskus"], ["check_trials"]])
def test_a_command_says_that_the_database_is_empty(manage, command):
    assert said(manage(*command)) == "The database has no tables yet: run manage.py migrate."


def test_a_command_says_that_the_tables_are_old(manage, tmp_path):
    with sqlite3.connect(tmp_path / "kaikupolku.sqlite3") as database:
        database.execute("CREATE TABLE django_migrations (id integer, app text, name text, applied text)")
        database.execute("INSERT INTO django_migrations VALUES (1, 'contenttypes', '0001_initial', '2026-11-21')")
    assert said(manage("check_trials")) == "The database has the tables of an older version: run manage.py migrate."


def test_a_command_says_that_the_database_is_away(manage, closed_port):
    away = manage("check_trials", DATABASE_URL=f"postgres://kaiku:secret-word@127.0.0.1:{closed_port}/kaiku")
    assert said(away).startswith("The database cannot be reached: ")
    assert "secret-word" not in away.stderr


def test_a_public_site_asks_for_its_database_in_one_sentence(manage):
    wanted = {"SITE_URL": "https://polku.example.org", "EMAIL_URL": "smtp://127.0.0.1:25"}
    assert said(manage("check", **wanted)).startswith("Set DATABASE_URL to a database of PostgreSQL")
    wanted["DATABASE_URL"] = "postgres://kaiku@127.0.0.1/kaiku"
    assert manage("check", **wanted).returncode == 0
