"""What is left of two hundred documents when the worker is killed while it makes them, again and again?

A real worker, with its queue, its processes and its files. Each time one of its processes is killed with -9, and then
all of them, at a random moment of the making. In the end each document is there exactly once, and nothing else.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site

from adoption.history import all_faults
from adoption.models import Act, Municipality
from commitments import services, storage
from commitments.documents import manifest_of
from commitments.facts import languages
from commitments.models import Document, Edition
from commitments.storage import digest_of
from tests.people import a_kaikukeskus_person, a_region

DOCUMENTS = 200
PATIENCE = 120  # seconds in which something must happen
QUICK = {"Q_TIMEOUT": "3", "Q_RETRY": "4"}


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def environment(transactional_db, child_environment, folder) -> dict[str, str]:
    return child_environment | QUICK | {"MEDIA_ROOT": str(folder)}


@contextmanager
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    """The worker in a group of its own, of which nothing lives on."""
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"], cwd=site.BASE_DIR, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield worker
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def processes(worker: subprocess.Popen) -> list[int]:
    """All of the worker's group: itself, those that make, and those that fetch and note."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(said[2]) == worker.pid:
            found.append(int(path.parent.name))
    return found


def kill_one(worker: subprocess.Popen, dice: random.Random) -> None:
    """One process of the group, whichever it is."""
    try:
        os.kill(dice.choice(processes(worker)), signal.SIGKILL)
    except ProcessLookupError:
        return


def made() -> int:
    return Edition.objects.made().count()


def wait_until(enough: int) -> None:
    """So many editions are made; there are no others than in the database, however often the worker has died."""
    last, since = made(), time.monotonic()
    while (now := made()) < enough:
        if now > last:
            last, since = now, time.monotonic()
        assert time.monotonic() - since < PATIENCE, f"{now} of {enough} editions are made, and no more"
        time.sleep(0.005)


def two_hundred_drafts() -> int:
    """Drafts with as many documents, all of which wait; how many drafts."""
    region, laura = a_region(), a_kaikukeskus_person()
    wanted = drafts = 0
    for town in Municipality.objects.order_by("-language", "pk"):
        if wanted >= DOCUMENTS:
            break
        draft = services.draft_region_commitment(region, [town], laura)
        wanted, drafts = wanted + len(languages(draft)), drafts + 1
    return drafts


def nothing_lost(folder: Path, drafts: int) -> None:
    """Each document exactly once, whole, as its manifest says; each edition once in the history; no other file."""
    editions = list(Edition.objects.select_related("commitment").prefetch_related("documents").order_by("pk"))
    assert (len(editions), Edition.objects.made().count()) == (drafts, drafts)
    for edition in editions:
        documents = sorted(edition.documents.all(), key=lambda document: document.pk)
        assert [document.language for document in documents] == languages(edition.commitment)
        assert edition.manifest == manifest_of(documents)
        assert edition.manifest_sha256 == digest_of(edition.manifest.encode())
    assert Document.objects.count() >= DOCUMENTS
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    named = {document.file.name: document.sha256 for document in Document.objects.all()}
    assert {name: digest_of(content) for name, content in files.items()} == named
    acts = Act.objects.filter(what="documents_made", about_kind="commitment").values_list("about_id", flat=True)
    assert sorted(map(int, acts)) == sorted(edition.commitment_id for edition in editions)
    assert all_faults() == []


@pytest.mark.parametrize("kills", [pytest.param(2, marks=pytest.mark.long), pytest.param(20, marks=pytest.mark.slow)])
def test_whoever_is_killed_each_document_is_made_once(environment, folder, monkeypatch, kills):
    dice = random.Random()
    drafts = two_hundred_drafts()
    for moment in sorted(dice.sample(range(1, drafts - 10), kills)):
        with running(environment) as worker:
            wait_until(max(moment, made() + 1))
            time.sleep(dice.uniform(0, 0.05))
            kill_one(worker, dice)
            time.sleep(dice.uniform(0, 0.2))
    with running(environment):
        wait_until(drafts)
    monkeypatch.setattr(storage, "LEFT", timedelta(0))
    storage.sweep()
    nothing_lost(folder, drafts)
