"""Papers are made in jobs: once each, whole or not at all, with a page that says how far they are and what failed."""

import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import docx
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now
from django_q.models import OrmQ

from adoption.models import Act, Municipality, Person
from adoption.people import name_person
from adoption.refusal import NotYours
from commitments import making, services, storage
from commitments.batches import ask_anew, progress_of
from commitments.documents import manifest_of
from commitments.models import Batch, Commitment, Document, Edition, Party, Template
from commitments.storage import digest_of, store
from commitments.templates import current
from tests import papers
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger
from tests.race import DONE, REFUSED

TERM = (None, None)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings) -> Path:
    """Where the files of this test lie."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def kainuu(db):
    return a_region()


@pytest.fixture
def laura(db):
    return speaking_english(a_kaikukeskus_person())


@pytest.fixture
def pair(kainuu):
    return [speaking_english(person) for person in a_pair(kainuu)]


def speaking_english(person: Person) -> Person:
    person.language = "en"
    person.save()
    return person


def visitor(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file of the storage by its name, those that are being written as well."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def a_draft(region, by, town=0) -> Commitment:
    """A draft of one municipality, whose papers are not made yet."""
    return services.draft_region_commitment(region, [region.municipalities.order_by("pk")[town]], by)


def a_broken_template(kind="region_commitment", language="fi") -> Template:
    """A published template with a field that no commitment has: nothing can be made of it."""
    document = docx.Document(io.BytesIO(current(kind, language).content))
    document.add_paragraph("{{ no_such_field }}")
    content = io.BytesIO()
    document.save(content)
    stored, digest = store(content.getvalue(), "templates", "docx")
    laura = a_kaikukeskus_person()
    return Template.objects.create(
        kind=kind, language=language, number=1, file=stored, sha256=digest, size=content.tell(),
        file_name="broken.docx", uploaded_by=laura, published_by=laura, published_at=now(),
    )  # fmt: skip


def a_failed_draft(region, by, town=0) -> Commitment:
    """A draft whose papers could not be made; the template is in order again."""
    broken = a_broken_template()
    draft = papers.finish(a_draft(region, by, town))
    broken.delete()
    assert draft.edition.fault == "filling"
    return draft


# -- storing ----------------------------------------------------------------------------------------------------------


def test_a_file_lies_under_its_hash_and_only_its_owner_reads_it(folder):
    name, digest = store(b"Kaiku", "documents", "docx")
    assert name == f"documents/{digest[:2]}/{digest}.docx"
    assert files_in(folder) == {name: b"Kaiku"}
    kinds = {oct(path.stat().st_mode & 0o777) for path in (folder / name).parents if path.is_relative_to(folder)}
    assert (kinds - {"0o755"}, oct((folder / name).stat().st_mode & 0o777)) == ({"0o700"}, "0o600")


def test_storing_twice_changes_nothing(folder):
    first = store(b"Kaiku", "documents", "docx")
    before = (folder / first[0]).stat()
    assert store(b"Kaiku", "documents", "docx") == first
    assert (folder / first[0]).stat().st_ino == before.st_ino
    assert len(files_in(folder)) == 1


@pytest.mark.parametrize("left", [b"", b"Kai", b"Kaikk"], ids=["empty", "cut short", "of the same length"])
def test_a_damaged_file_is_not_trusted(folder, left):
    name, _digest = store(b"Kaiku", "documents", "docx")
    (folder / name).write_bytes(left)
    assert store(b"Kaiku", "documents", "docx")[0] == name
    assert files_in(folder) == {name: b"Kaiku"}


def test_any_storage_of_django_will_do(settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    name, _digest = store(b"Kaiku", "documents", "docx")
    assert store(b"Kaiku", "documents", "docx")[0] == name
    storage.sweep()
    with default_storage.open(name, "wb") as file:
        file.write(b"Kai")
    other, _digest = store(b"Kaiku", "documents", "docx")
    with default_storage.open(other) as file:
        assert file.read() == b"Kaiku"


STORING = """
import django; django.setup()
from commitments.storage import store
print("ready", flush=True)
store(bytes(80_000_000), "documents", "pdf")
"""


def storing(folder: Path, before: object = None) -> subprocess.Popen:
    """A process that stores 80 MB."""
    environment = os.environ | {"MEDIA_ROOT": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    child = subprocess.Popen(
        [sys.executable, "-c", STORING], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=before,
    )  # fmt: skip
    assert child.stdout.readline() == b"ready\n"
    return child


def killed_while_storing(folder: Path) -> list[int]:
    """The sizes of the files that a process left which was killed as soon as it had written something."""
    child = storing(folder)
    while not any(path.stat().st_size for path in folder.rglob("*") if path.is_file()):
        assert child.poll() is None
    child.kill()
    child.communicate()
    return [path.stat().st_size for path in folder.rglob("*") if path.is_file()]


@pytest.mark.long
def test_who_is_killed_while_storing_leaves_nothing_under_the_name(folder, settings):
    content = bytes(80_000_000)
    name = f"documents/{digest_of(content)[:2]}/{digest_of(content)}.pdf"
    assert min(killed_while_storing(folder)[0] for _round in range(3)) < len(content)  # killed in the middle
    assert name not in files_in(folder)
    assert store(content, "documents", "pdf")[0] == name
    assert files_in(folder)[name] == content


def small_files_only() -> None:
    """As on a disk that is full: from here on writing fails."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


@pytest.mark.long
def test_a_full_disk_is_an_error_and_leaves_nothing(folder):
    child = storing(folder, small_files_only)
    assert b"OSError: [Errno 27] File too large" in child.communicate()[1]
    assert files_in(folder) == {}


def test_what_was_left_half_written_is_swept_and_what_is_being_written_is_not(db, folder):
    store(b"Kaiku", "documents", "docx")
    old, new = folder / storage.DRAFTS / "old", folder / storage.DRAFTS / "new"
    for draft in (old, new):
        draft.write_bytes(b"Ka")
    os.utime(old, (time.time() - 3700,) * 2)
    making.make_waiting()
    assert (old.exists(), new.exists(), len(files_in(folder))) == (False, True, 2)


# -- making -----------------------------------------------------------------------------------------------------------


def test_the_job_makes_each_language_with_manifest_and_history(kainuu, aino, worker, folder):
    draft = a_draft(kainuu, aino)
    assert draft.edition.is_waiting
    worker.run()
    edition = draft.edition
    documents = list(edition.documents.all())
    assert (edition.is_waiting, edition.fault, edition.tries) == (False, "", 1)
    assert set(files_in(folder)) == {document.file.name for document in documents}
    assert edition.manifest == manifest_of(documents)
    assert edition.manifest_sha256 == digest_of(edition.manifest.encode())
    assert Act.objects.get(what="documents_made").data["manifest"] == edition.manifest_sha256


def test_made_again_it_is_the_same_file_to_the_byte(kainuu, aino, worker, folder):
    edition = a_draft(kainuu, aino).edition
    worker.run()
    before = files_in(folder)
    Document.objects.all().delete()
    Edition.objects.update(made_at=None, manifest="", manifest_sha256="")
    making.make(edition.pk)
    assert files_in(folder) == before


def test_making_what_is_made_changes_nothing(kainuu, aino, worker):
    edition = a_draft(kainuu, aino).edition
    worker.run()
    making.make(edition.pk)
    assert (Document.objects.count(), Act.objects.filter(what="documents_made").count()) == (1, 1)
    assert Edition.objects.get().tries == 1


def test_a_template_that_cannot_be_filled_in_is_said_and_can_be_mended(kainuu, aino, worker):
    broken = a_broken_template()
    draft = a_draft(kainuu, aino)
    worker.run()
    assert (draft.edition.fault, Document.objects.count()) == ("filling", 0)
    making.make(draft.edition.pk)
    assert draft.edition.tries == 1
    broken.delete()
    assert making.retry(kainuu, aino, [draft.edition.pk]) == 1
    worker.run()
    assert (draft.edition.fault, Document.objects.count()) == ("", 1)


def test_a_folder_that_cannot_be_written_is_said(kainuu, aino, worker, folder):
    draft = a_draft(kainuu, aino)
    folder.write_text("not a folder")
    worker.run()
    assert draft.edition.fault == "storing"
    folder.unlink()
    assert making.retry(kainuu, aino, [draft.edition.pk]) == 1
    worker.run()
    assert draft.edition.made_at


def test_who_is_killed_again_and_again_gives_up(kainuu, aino):
    """Each try is counted before it begins: nothing else is left of one that was killed."""
    draft = a_draft(kainuu, aino)
    Edition.objects.update(tries=making.MOST_TRIES)
    making.make(draft.edition.pk)
    assert (draft.edition.fault, Document.objects.count()) == ("killed", 0)


def test_a_job_that_was_lost_is_made_up_for_after_two_minutes(kainuu, aino):
    draft = a_draft(kainuu, aino)
    OrmQ.objects.all().delete()
    assert making.make_waiting() == 0
    Edition.objects.update(asked_at=now() - timedelta(minutes=3))
    assert making.make_waiting() == 1
    assert draft.edition.made_at
    assert making.make_waiting() == 0


def test_a_waiting_edition_is_needed_no_more_when_a_newer_one_is_asked_for(kainuu, aino, worker):
    draft = a_draft(kainuu, aino)
    draft = services.change_draft(draft, aino, {}, feedback_email="palaute@example.org")
    worker.run()
    first, second = draft.editions.order_by("number")
    assert (first.fault, first.made_at, first.tries) == ("needless", None, 0)
    assert second.documents.get().facts["feedback_email"] == "palaute@example.org"
    assert making.retry(kainuu, aino, [first.pk]) == 0


def test_a_failed_edition_is_needed_no_more_when_the_draft_is_changed(kainuu, aino, worker):
    draft = a_failed_draft(kainuu, aino)
    services.change_draft(draft, aino, {})
    worker.run()
    assert [edition.fault for edition in draft.editions.order_by("number")] == ["needless", ""]


def test_a_draft_that_was_closed_needs_no_papers(kainuu, aino, worker):
    draft = a_draft(kainuu, aino)
    services.decline(draft, aino, "Ei nyt.")
    worker.run()
    assert (draft.edition.fault, Document.objects.count()) == ("needless", 0)
    assert not Act.objects.filter(what="documents_made").exists()


def test_both_languages_tell_of_the_same_moment(db, worker):
    """The rows are read once for all languages: what is changed between them is in both or in none."""
    region = a_region("lansi-uusimaa")
    town = Municipality.objects.filter(language="fi_sv").order_by("pk")[0]
    draft = services.draft_region_commitment(region, [town], a_kaikukeskus_person())
    with CaptureQueriesContext(connection) as captured:
        making.make(draft.edition.pk)
    assert [document.language for document in draft.edition.documents.order_by("language")] == ["fi", "sv"]
    asked = [query["sql"] for query in captured.captured_queries]
    assert sum('FROM "adoption_responsibility"' in sql for sql in asked) == 1


# -- the page of one draft --------------------------------------------------------------------------------------------


def page(draft: Commitment, name: str = "commitment") -> str:
    return reverse(name, args=[draft.region.slug, draft.pk])


SCRIPT = "htmx-2.min.js"


def test_while_the_documents_are_made_the_page_says_so_and_looks_again(kainuu, aino, worker):
    draft, client = a_draft(kainuu, aino), visitor(aino)
    text = client.get(page(draft)).content.decode()
    assert "The documents are being made. It takes some seconds." in text
    assert (SCRIPT in text, f'<a href="{page(draft)}">Look again</a>' in text) == (True, True)
    assert f'hx-get="{page(draft, "making")}"' in text
    assert client.get(page(draft, "commitment_preview"), follow=True).redirect_chain == [(page(draft), 302)]
    assert client.get(page(draft, "making")).status_code == 204
    worker.run()
    answer = client.get(page(draft, "making"))
    assert (answer.status_code, page(draft) in answer.content.decode()) == (286, True)  # 286: htmx asks no more
    text = client.get(page(draft)).content.decode()
    assert (SCRIPT in text, "Look again" in text, "DOCX" in text) == (False, False, True)


def test_the_page_runs_no_text_as_a_program_and_writes_no_styles(kainuu, aino):
    text = visitor(aino).get(page(a_draft(kainuu, aino))).content.decode()
    said = json.loads(re.search(r"""name="htmx-config" content='([^']+)'""", text)[1])
    assert (said["includeIndicatorStyles"], said["allowEval"], said["allowScriptTags"]) == (False, False, False)


def test_why_the_documents_could_not_be_made_and_a_button_that_asks_again(kainuu, aino, worker):
    draft, client = a_failed_draft(kainuu, aino), visitor(aino)
    text = client.get(page(draft)).content.decode()
    assert "The template could not be filled in with what is known of this commitment." in text
    assert ("Ask for the documents again" in text, SCRIPT in text) == (True, False)
    answer = client.post(page(draft, "making_again"), follow=True)
    assert "The documents of 1 commitment have been asked for again." in answer.content.decode()
    assert "being made" in answer.content.decode()
    again = client.post(page(draft, "making_again"), follow=True)
    assert "No documents have failed" in again.content.decode()
    worker.run()
    assert draft.edition.documents.count() == 1
    assert Act.objects.filter(what="documents_asked_again").count() == 1


def test_who_may_not_act_sees_no_button_and_is_refused(kainuu, aino):
    draft = a_failed_draft(kainuu, aino)
    reader = speaking_english(name_person(kainuu, "group", "ryhma@example.org", "Riitta Ryhmä", aino).person)
    elsewhere = kainuu.municipalities.order_by("pk")[1]
    neighbour = name_person(
        kainuu, "culture", "naapuri@example.org", "Niilo Naapuri", a_kaikukeskus_person(), municipality=elsewhere
    ).person
    for person in (reader, speaking_english(neighbour)):
        assert "Ask for the documents again" not in visitor(person).get(page(draft)).content.decode()
        assert visitor(person).post(page(draft, "making_again")).status_code == 403
        with pytest.raises(NotYours):
            making.retry(kainuu, person, [draft.edition.pk])
    other = a_pair(a_region("etela-savo"))[0]
    for person in (a_stranger(), other):
        assert visitor(person).post(page(draft, "making_again")).status_code == 404
        assert visitor(person).get(page(draft, "making")).status_code == 404
    assert draft.edition.fault == "filling"


# -- many -------------------------------------------------------------------------------------------------------------


def drafts_of(region, by, count: int) -> list[Commitment]:
    """So many drafts of one municipality each, whose papers nobody has asked for yet."""
    towns = Municipality.objects.exclude(language="fi_sv").order_by("pk")
    drafts = Commitment.objects.bulk_create(
        Commitment(region=region, kind="region_commitment", operating_model="2024") for _ in range(count)
    )
    Party.objects.bulk_create(
        Party(commitment=draft, position=1, role="municipality", municipality=town, name=town.name_fi)
        for draft, town in zip(drafts, list(towns) * count, strict=False)
    )
    return drafts


def a_batch(region, by, drafts: list[Commitment], of_region=True) -> Batch:
    batch = Batch.objects.create(region=region if of_region else None, asked_by=by)
    for draft in drafts:
        making.ask(draft, by, batch)
    return batch


def test_a_batch_says_how_many_are_made_live_and_on_reload(kainuu, laura, worker):
    batch, client = a_batch(kainuu, laura, drafts_of(kainuu, laura, 4)), visitor(laura)
    text = client.get(batch.get_absolute_url()).content.decode()
    assert ("0 of 4 are made." in text, "The documents are being made." in text, SCRIPT in text) == (True, True, True)
    assert text.count("Being made") == 4
    for job in OrmQ.objects.order_by("pk")[:2]:
        worker.do(job)
    moved = look(client, batch, told=0)
    assert "2 of 4 are made." in moved
    assert 'id="told"' in moved
    assert "?told=2" in moved
    assert 'id="told"' not in look(client, batch, told=2)  # the same quarter is told once
    worker.run()
    done = look(client, batch, told=2)
    assert ("4 of 4 are made." in done, 'id="made"' in done, "every 2s" in done) == (True, True, False)
    text = client.get(batch.get_absolute_url()).content.decode()
    assert ("All documents are made" in text, SCRIPT in text, text.count("Made ")) == (True, False, 4)


def look(client: Client, batch: Batch, told: int) -> str:
    """What the page fetches while it waits."""
    answer = client.get(f"{batch.get_absolute_url()}?told={told}", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    return answer.content.decode()


def test_what_failed_stands_there_with_its_reason_and_just_that_is_asked_for_again(kainuu, laura, worker):
    drafts, client = drafts_of(kainuu, laura, 5), visitor(laura)
    batch = a_batch(kainuu, laura, drafts)
    for job in OrmQ.objects.order_by("pk")[:2]:
        worker.do(job)
    broken = a_broken_template()
    worker.run()
    broken.delete()
    text = client.get(batch.get_absolute_url()).content.decode()
    assert ("2 of 5 are made." in text, "3 could not be made." in text) == (True, True)
    assert text.count("The template could not be filled in") == 3
    again = reverse("batch_again", args=[batch.pk])
    assert "Tick those" in client.post(again, follow=True).content.decode()
    ticked = [edition.pk for edition in Edition.objects.failed().order_by("pk")[:1]]
    made = Edition.objects.made().first()
    said = client.post(again, {"edition": [*ticked, made.pk, "x", "99999999"]}, follow=True).content.decode()
    assert "The documents of 1 commitment have been asked for again." in said
    assert "They can be asked for again once the others are made." in said
    worker.run()
    assert progress_of(batch) == (3, 0, 2, 0)
    client.post(again, {"all": "1"})
    assert "No documents have failed" in client.post(again, {"all": "1"}, follow=True).content.decode()
    worker.run()
    assert progress_of(batch) == (5, 0, 0, 0)
    assert {edition.documents.count() for edition in batch.editions.all()} == {1}
    assert Act.objects.filter(what="documents_asked_again").count() == 3


def test_what_is_no_longer_needed_is_not_counted_as_wanted(kainuu, laura, worker):
    drafts, client = drafts_of(kainuu, laura, 3), visitor(laura)
    batch = a_batch(kainuu, laura, drafts)
    making.ask(drafts[0], laura)
    services.decline(drafts[1], laura, "Ei nyt.")
    worker.run()
    assert progress_of(batch) == (1, 0, 0, 2)
    text = client.get(batch.get_absolute_url()).content.decode()
    assert ("1 of 1 are made." in text, "2 are no longer needed" in text) == (True, True)


def test_a_batch_of_which_nothing_is_needed_is_through(kainuu, laura, worker):
    batch = a_batch(kainuu, laura, drafts_of(kainuu, laura, 1))
    services.decline(Commitment.objects.get(), laura, "Ei nyt.")
    worker.run()
    text = visitor(laura).get(batch.get_absolute_url()).content.decode()
    assert "No document of these is needed any more." in text


def test_who_may_look_at_a_batch(kainuu, laura, pair):
    of_region = a_batch(kainuu, laura, drafts_of(kainuu, laura, 1))
    of_country = a_batch(kainuu, laura, drafts_of(kainuu, laura, 1), of_region=False)
    aino, mikko = pair
    reader = name_person(kainuu, "group", "ryhma@example.org", "Riitta Ryhmä", aino).person
    foreign = a_pair(a_region("etela-savo"))[0]
    seen = {
        person.name: [visitor(person).get(batch.get_absolute_url()).status_code for batch in (of_region, of_country)]
        for person in (laura, aino, mikko, reader, foreign, a_stranger())
    }
    assert seen == {
        "Laura Mäkelä": [200, 200], "Aino Virtanen": [200, 404], "Mikko Kettunen": [200, 404],
        "Riitta Ryhmä": [404, 404], "Sirpa Outola": [404, 404], foreign.name: [404, 404],
    }  # fmt: skip
    assert visitor(foreign).post(reverse("batch_again", args=[of_region.pk]), {"all": "1"}).status_code == 404


def test_who_holds_one_municipality_asks_again_for_its_own_and_not_for_others(kainuu, laura, aino):
    towns = list(kainuu.municipalities.order_by("pk")[:2])
    name_person(kainuu, "culture", "naapuri@example.org", "Niilo Naapuri", laura, municipality=towns[0])
    neighbour = speaking_english(Person.objects.get(email="naapuri@example.org"))
    drafts = [a_failed_draft(kainuu, laura, number) for number in range(2)]
    batch = Batch.objects.create(region=kainuu, asked_by=laura)
    Edition.objects.update(batch=batch)
    again, client = reverse("batch_again", args=[batch.pk]), visitor(neighbour)
    client.post(again, {"all": "1"})
    assert [draft.edition.fault for draft in drafts] == ["", "filling"]
    assert client.post(again, {"all": "1"}).status_code == 403
    assert [draft.edition.fault for draft in drafts] == ["", "filling"]


def test_the_queries_of_a_batchs_page_do_not_grow(kainuu, laura):
    client, counts = visitor(laura), set()
    for count in (10, 200):
        batch = a_batch(kainuu, laura, drafts_of(kainuu, laura, count))
        Edition.objects.filter(batch=batch, pk__in=batch.editions.order_by("pk")[: count // 2]).update(fault="storing")
        for address, headers in ((batch.get_absolute_url(), {}), ("?told=0", {"HX-Request": "true"})):
            with CaptureQueriesContext(connection) as captured:
                text = client.get(
                    f"{batch.get_absolute_url()}{address[len(batch.get_absolute_url()) :]}", headers=headers
                )
            counts.add((bool(headers), len(captured)))
            assert text.status_code == 200
    assert len(counts) == 2, counts
    assert max(number for _live, number in counts) <= 8


def test_the_regions_page_asks_anew_for_all_drafts_that_have_failed(kainuu, laura, aino, worker):
    for town in range(2):
        a_failed_draft(kainuu, aino, town)
    closed = a_failed_draft(kainuu, aino, 2)
    services.decline(closed, aino, "Ei nyt.")
    a_draft(kainuu, aino, 3)
    worker.run()
    client, list_page = visitor(aino), reverse("commitments", args=[kainuu.slug])
    text = client.get(list_page).content.decode()
    assert "The documents of 2 drafts could not be made." in text
    answer = client.post(reverse("drafts_again", args=[kainuu.slug]), follow=True)
    batch = Batch.objects.get()
    assert answer.redirect_chain == [(batch.get_absolute_url(), 302)]
    assert "0 of 2 are made." in answer.content.decode()
    assert batch.get_absolute_url() in client.get(list_page).content.decode()
    again = client.post(reverse("drafts_again", args=[kainuu.slug]), follow=True).content.decode()
    assert ("No documents have failed" in again, Batch.objects.count()) == (True, 1)
    worker.run()
    assert progress_of(batch) == (2, 0, 0, 0)
    text = client.get(list_page).content.decode()
    assert ("could not be made" in text, batch.get_absolute_url() in text) == (False, False)


def test_only_who_may_act_asks_anew_for_the_regions_drafts(kainuu, aino):
    a_failed_draft(kainuu, aino)
    reader = name_person(kainuu, "group", "ryhma@example.org", "Riitta Ryhmä", aino).person
    address = reverse("drafts_again", args=[kainuu.slug])
    assert "drafts_again" not in visitor(reader).get(reverse("commitments", args=[kainuu.slug])).content.decode()
    assert [visitor(person).post(address).status_code for person in (reader, a_stranger())] == [403, 404]
    with pytest.raises(NotYours):
        ask_anew(kainuu, reader)
    assert not Batch.objects.exists()


# -- in Chromium ------------------------------------------------------------------------------------------------------


@pytest.fixture
def page_of_aino(transactional_db, new_page, live_server):
    """Aino's browser, and a draft whose papers are not made."""
    aino = speaking_english(a_pair(a_region())[0])
    page = new_page(width=390)
    sign_in(page, aino, live_server)
    return page, aino


def sign_in(page, person: Person, live_server) -> None:
    cookie = visitor(person).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


def test_the_page_shows_the_documents_without_reload_when_they_are_made(page_of_aino, worker, axe):
    page, aino = page_of_aino
    draft = a_draft(a_region(), aino)
    page.goto(draft.get_absolute_url())
    page.evaluate("window.same = true")
    page.get_by_text("The documents are being made.").wait_for()
    page.wait_for_timeout(2500)  # it has looked once, and found nothing
    assert axe(page) == []
    worker.run()
    page.get_by_role("link", name="Finnish, DOCX").wait_for()
    assert page.evaluate("window.same") is True
    assert page.get_by_text("The documents are being made.").count() == 0
    assert axe(page) == []


def test_the_page_of_a_batch_moves_by_itself_and_ends_with_what_failed(page_of_aino, worker, axe):
    page, aino = page_of_aino
    region = a_region()
    worker.run()  # the letters to the pair
    batch = a_batch(region, aino, drafts_of(region, aino, 8))
    page.goto(batch.get_absolute_url())
    page.evaluate("window.same = true")
    assert axe(page) == []
    for job in OrmQ.objects.order_by("pk")[:4]:
        worker.do(job)
    page.locator("#progress").get_by_text("4 of 8 are made.").wait_for()
    assert page.locator("progress").evaluate("it => it.value / it.max") == 0.5
    assert page.locator("#told").inner_text() == "4 of 8 are made."
    broken = a_broken_template()
    worker.run()
    broken.delete()
    page.get_by_role("button", name="Ask for all of these again").wait_for()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.same") is True
    page.get_by_role("button", name="Ask for all of these again").click()
    worker.run()
    page.get_by_text("All documents are made: read and check them.").wait_for()
    assert progress_of(batch) == (8, 0, 0, 0)


def test_without_scripts_the_page_has_a_link_that_looks_again(transactional_db, client, new_page, live_server, worker):
    aino = speaking_english(a_pair(a_region())[0])
    client.force_login(aino)
    page = new_page(width=390, java_script_enabled=False)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(a_draft(a_region(), aino).get_absolute_url())
    worker.run()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("link", name="Finnish, DOCX").wait_for()


# -- at the same moment -----------------------------------------------------------------------------------------------

ROUNDS = 12


@pytest.fixture
def child_environment(child_environment, folder):
    return child_environment | {"MEDIA_ROOT": str(folder)}


def sound(folder: Path) -> None:
    """Every made edition has one document a language, which its manifest names, and whose file is whole."""
    files = files_in(folder)
    for edition in Edition.objects.made().prefetch_related("documents"):
        documents = list(edition.documents.order_by("pk"))
        assert [document.language for document in documents] == [
            one["language"] for one in json.loads(edition.manifest)
        ]
        assert edition.manifest == manifest_of(documents)
        assert {digest_of(files[document.file.name]) == document.sha256 for document in documents} == {True}
    for edition in Edition.objects.filter(made_at=None):
        assert not edition.documents.exists()


@pytest.mark.race
def test_the_same_papers_made_three_times_at_once(race, folder):
    region, laura = a_region(), a_kaikukeskus_person()
    town = Municipality.objects.filter(language="fi_sv").order_by("pk")[0]
    draft = services.draft_region_commitment(region, [town], laura)
    for number in range(1, ROUNDS + 1):
        pk = draft.edition.pk
        assert race(*[(making.make, (pk,))] * 3) == [DONE] * 3
        assert Document.objects.filter(edition=pk).count() == 2
        assert Act.objects.filter(what="documents_made").count() == number
        services.change_draft(draft, laura, {})
    sound(folder)
    assert {document.file.name for document in Document.objects.all()} == set(files_in(folder))


@pytest.mark.race
def test_making_against_two_changes_of_the_draft(race, folder):
    region, laura = a_region(), a_kaikukeskus_person()
    draft = a_draft(region, laura)
    for number in range(ROUNDS):
        party = draft.parties.order_by("pk")[0].pk
        changes = [{party: {"signatory_name": f"{who} {number}"}} for who in ("Ensimmäinen", "Toinen")]
        ended = race(
            (making.make, (draft.edition.pk,)), *((services.change_draft, (draft, laura, change)) for change in changes)
        )
        assert ended == [DONE] * 3
        newest = draft.edition
        making.make(newest.pk)
        said = Document.objects.get(edition=newest.pk).facts["parties"][0]["signatory_name"]
        assert said == draft.parties.get(pk=party).signatory_name
        assert not Edition.objects.waiting().exists()
    assert sorted(draft.editions.values_list("number", flat=True)) == list(range(1, 2 * ROUNDS + 2))
    sound(folder)


@pytest.mark.race
def test_making_against_declining(race, folder):
    region, laura = a_region(), a_kaikukeskus_person()
    for town in range(6):
        draft = a_draft(region, laura, town)
        pk = draft.edition.pk
        assert race((making.make, (pk,)), (services.decline, (draft, laura, "Ei nyt."))) == [DONE, DONE]
        edition = Edition.objects.get(pk=pk)
        acts = Act.objects.filter(about_kind="commitment", about_id=str(draft.pk)).order_by("number")
        expected = ["commitment_drafted", "documents_made", "commitment_declined"]
        assert [act.what for act in acts] == (
            expected if edition.made_at else ["commitment_drafted", "commitment_declined"]
        )
        assert edition.fault == ("" if edition.made_at else "needless")
    sound(folder)


@pytest.mark.race
def test_asked_for_again_by_three_at_once_each_waits_once(race, folder):
    region, laura = a_region(), a_kaikukeskus_person()
    drafts = [a_failed_draft(region, laura, town) for town in range(4)]
    OrmQ.objects.all().delete()
    failed = [draft.edition.pk for draft in drafts]
    assert race(*[(making.retry, (region, laura, failed))] * 3) == [DONE] * 3
    assert (OrmQ.objects.count(), Act.objects.filter(what="documents_asked_again").count()) == (4, 4)


@pytest.mark.race
def test_asked_anew_by_three_at_once_there_is_one_batch(race, folder):
    region, laura = a_region(), a_kaikukeskus_person()
    for town in range(3):
        a_failed_draft(region, laura, town)
    ended = race(*[(ask_anew, (region, laura))] * 3)
    assert sorted(ended) == sorted([DONE, REFUSED, REFUSED])
    assert (Batch.objects.count(), Edition.objects.waiting().count()) == (1, 3)
