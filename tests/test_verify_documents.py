"""Is every tampering with a stored paper seen, and named for what it is? And is nothing seen where all is well?"""

import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation
from django.utils.timezone import localdate, now
from django_q.models import OrmQ
from pypdf import PdfReader, PdfWriter

from adoption.history import NOBODY, locked_country, record
from adoption.models import Act, Country, Region
from commitments import agreeing, agreeing_signatures, asking, pdf, reviewing, signing, verifying
from commitments.asking import Link
from commitments.models import (
    Certificate,
    CertificateFile,
    Commitment,
    Document,
    Edition,
    Party,
    Rendition,
    SignatureRequest,
    SignatureRound,
    SignedCopy,
    Template,
)
from commitments.seal_keys import made_key
from commitments.sealing import seal
from commitments.services import Signature
from commitments.storage import digest_of, store
from commitments.stored import Edited
from tests import papers
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from workflows import walk

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[int, str]:
    """(exit status, what stands on standard output)."""
    out = io.StringIO()
    try:
        call_command("verify_documents", *args, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def codes() -> list[str]:
    """The codes of all that the command finds."""
    status, said = run("--json")
    answer = json.loads(said)
    assert answer["ok"] is (status == 0) is (not answer["faults"])
    assert all(fault["where"] and fault["what"] for fault in answer["faults"])
    return [fault["code"] for fault in answer["faults"]]


@pytest.fixture
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def signed(media) -> Commitment:
    """A commitment in force, with an earlier edition, two signed copies, a PDF and a template beside it."""
    region = a_region()
    aino, mikko = a_pair(region)
    municipalities = list(region.municipalities.order_by("name_fi")[:2])
    draft = papers.draft_region_commitment(region, municipalities, aino)
    draft.parties.filter(role="kaikukeskus").update(signatory_name="Laura Mäkelä")
    ready = walk.ready(draft, aino)
    walk.sign_by_copy(ready, mikko, a_kaikukeskus_person())
    a_pdf_of(ready.edition.documents.first())
    a_template()
    return Commitment.objects.get(pk=ready.pk)


def pages(number: int) -> bytes:
    made, writer = io.BytesIO(), PdfWriter()
    for _ in range(number):
        writer.add_blank_page(595, 842)
    writer.write(made)
    return made.getvalue()


def a_pdf_of(document: Document) -> Rendition:
    return pdf.keep(document, pages(3))


@transaction.atomic
def a_template() -> Template:
    content = b"PK\x03\x04 a template PK\x05\x06" + bytes(18)
    name, digest = store(content, "templates", "docx")
    made = Template.objects.create(
        kind="region_commitment", language="fi", number=1, file=name, sha256=digest, size=len(content),
        file_name="pohja.docx", uploaded_by=a_kaikukeskus_person(), published_at=now(),
    )  # fmt: skip
    record(locked_country(), NOBODY, "template_uploaded", made, sha256=digest)
    record(locked_country(), NOBODY, "template_published", made, sha256=digest, number=1)
    return made


def path_of(row) -> Path:
    return Path(row.file.path)


def rewrite(row, change: Callable[[bytes], bytes]) -> None:
    content = path_of(row).read_bytes()
    path_of(row).write_bytes(change(content))
    assert path_of(row).read_bytes() != content


# -- all is well ------------------------------------------------------------------------------------------------------


def test_what_is_as_it_was_made_has_no_fault(signed):
    assert run("--json") == (0, json.dumps({"ok": True, "files": 6, "faults": []}) + "\n")
    assert "6 files" in run()[1]


def test_an_empty_site_has_no_fault(media):
    assert json.loads(run("--json")[1]) == {"ok": True, "files": 0, "faults": []}


def test_every_fault_stands_on_a_line_of_its_own(signed):
    for document in Document.objects.all():
        path_of(document).unlink()
    status, said = run()
    assert status == 1
    assert said.count("[file_missing]") == Document.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_command_itself_ends_with_its_status(signed, child_environment, media):
    def ended(*args: str) -> subprocess.CompletedProcess:
        environment = child_environment | {"MEDIA_ROOT": str(media)}
        return subprocess.run(
            [sys.executable, "manage.py", "verify_documents", *args],
            cwd=site.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert ended("--json").returncode == 0
    assert ended("--jsonn").returncode == 2
    rewrite(Rendition.objects.get(), lambda content: content + b"junk")
    found = ended("--json")
    assert found.returncode == 1
    assert [fault["code"] for fault in json.loads(found.stdout)["faults"]] == ["file_junk"]


# -- tampering with files ---------------------------------------------------------------------------------------------


def one_byte(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def a_page_more(content: bytes) -> bytes:
    """A page appended as PDF editors do it: an update after the untouched file."""
    made, writer = io.BytesIO(), PdfWriter(PdfReader(io.BytesIO(content)), incremental=True)
    writer.add_blank_page(595, 842)
    writer.write(made)
    assert made.getvalue().startswith(content)
    return made.getvalue()


def saved_again(content: bytes) -> bytes:
    made, writer = io.BytesIO(), PdfWriter(clone_from=io.BytesIO(content))
    writer.add_metadata({"/Producer": "Another program"})
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (one_byte, "file_changed"),
        (lambda content: content[: len(content) // 2], "file_truncated"),
        (lambda content: b"", "file_truncated"),
        (lambda content: content + b"\nTrailing junk", "file_junk"),
        (a_page_more, "file_extended"),
        (saved_again, "file_rewritten"),
    ],
    ids=["one byte", "truncated", "emptied", "junk at the end", "a page more", "saved again"],
)
def test_a_changed_pdf_is_named_for_what_was_done(signed, change, code):
    rewrite(Rendition.objects.get(), change)
    assert codes() == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (one_byte, "file_changed"),
        (lambda content: content[:-100], "file_truncated"),
        (lambda content: content + b"%%EOF", "file_junk"),
    ],
    ids=["one byte", "truncated", "junk at the end"],
)
@pytest.mark.parametrize("kind", [Document, Template])
def test_a_changed_docx_is_named_for_what_was_done(signed, kind, change, code):
    rewrite(kind.objects.order_by("pk").last(), change)
    assert codes() == [code]


def test_a_missing_file_and_one_that_cannot_be_read(signed):
    path_of(Document.objects.last()).unlink()
    Template.objects.update(file="../../etc/passwd")
    assert sorted(codes()) == ["file_missing", "file_unreadable"]


def test_swapped_files(signed):
    first, second = Document.objects.order_by("pk")
    one, other = path_of(first).read_bytes(), path_of(second).read_bytes()
    path_of(first).write_bytes(other)
    path_of(second).write_bytes(one)
    assert codes() == ["file_swapped", "file_swapped"]


def test_files_swapped_in_the_rows(signed):
    first, second = Document.objects.order_by("pk")
    Document.objects.filter(pk=first.pk).update(file=second.file.name)
    assert codes() == ["file_swapped"]


# -- seals ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def key(settings, tmp_path) -> Callable[[str], None]:
    """key(name): from now on another key of this name seals, as on another site."""

    def take(name: str) -> None:
        settings.SEAL_KEY, settings.SEAL_PASSWORD = tmp_path / f"{name}.p12", ""
        settings.SEAL_KEY.write_bytes(made_key(name))

    return take


@pytest.fixture
def sealed(signed, key) -> Rendition:
    """The PDF of the newest document, with the site's seal."""
    key("Kaikupolku")
    plain = Rendition.objects.get()
    row = Rendition(document=plain.document, form="sealed")
    made = replaced(row, seal(path_of(plain).read_bytes(), signed.region.acts.first().hash))
    region = Region.objects.get(pk=signed.region_id)
    record(region, NOBODY, "documents_sealed", signed, files={plain.document.language: made.sha256})
    return made


def replaced(row: Rendition, content: bytes) -> Rendition:
    """The file is this one, and whoever put it there has thought of the row too."""
    row.file, row.sha256 = store(content, "documents", "pdf")
    row.size = len(content)
    row.save()
    return row


def test_what_the_worker_has_made_and_sealed_has_no_fault(signed, key, worker):
    key("Kaikupolku")
    worker.run()
    assert signed.certificate.files.filter(sealed=True).exists()
    assert Rendition.objects.filter(form="sealed").count() == 1
    assert codes() == []
    rewrite(signed.certificate.files.first(), one_byte)
    assert codes() == ["file_changed"]


UNKNOWN = ["sealed_unknown", "sealed_lost"]  # what history says of a file that was put in the place of another


def test_a_seal_that_holds_has_no_fault(sealed):
    assert codes() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (one_byte, "file_changed"),
        (a_page_more, "file_extended"),
        (saved_again, "file_rewritten"),
        (lambda content: content + b"junk", "file_junk"),
    ],
    ids=["one byte", "a page more", "saved again", "junk at the end"],
)
def test_a_changed_sealed_pdf_is_named_for_what_was_done(sealed, change, code):
    rewrite(sealed, change)
    assert codes() == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda content: content.replace(b"842", b"843", 1), "seal_broken"),
        (a_page_more, "seal_broken"),
        (saved_again, "seal_broken"),
        (lambda content: content + b"junk", "seal_exceeded"),
        (lambda content: pages(3), "seal_missing"),
        (lambda content: seal(pages(3), "0" * 64), "seal_head_unknown"),
    ],
    ids=["one byte", "a page more", "saved again", "junk at the end", "without a seal", "another history"],
)
def test_a_sealed_pdf_changed_together_with_its_row_is_seen_by_its_seal(sealed, change, code):
    replaced(sealed, change(path_of(sealed).read_bytes()))
    assert codes() == [code, *UNKNOWN]


def test_another_paper_under_our_seal_and_our_paper_under_another_seal(sealed, signed, key):
    head = signed.region.acts.first().hash
    replaced(sealed, seal(pages(4), head))
    assert codes() == ["seal_of_other", *UNKNOWN]
    key("Somebody else")
    replaced(sealed, seal(pages(3), head))
    gone_from_here = [path for path in Path(site.MEDIA_ROOT).glob("seals/*/*") if b"Somebody else" in path.read_bytes()]
    gone_from_here[0].unlink()
    assert codes() == ["seal_foreign", *UNKNOWN]


def test_a_history_written_anew_does_not_have_the_head_that_was_sealed(sealed, signed):
    """Who recomputes every hash of a region, and its head too, is told by the seal."""
    previous = ""
    for act in Act.objects.filter(region=signed.region).order_by("number"):
        act.previous, act.reason = previous, "Toisin."
        previous = act.computed_hash()
        Act.objects.filter(pk=act.pk).update(previous=act.previous, reason=act.reason, hash=previous)
    Region.objects.filter(pk=signed.region_id).update(history_head=previous)
    assert codes() == ["seal_head_unknown"]


# -- tampering with rows ----------------------------------------------------------------------------------------------


def test_an_edited_hash_disagrees_with_the_file_and_with_the_manifest(signed):
    Document.objects.filter(edition=signed.edition).update(sha256="0" * 64)
    assert codes() == ["hash_edited", "document_edited"]


def test_a_copy_replaced_with_its_hash_is_seen_by_its_name_and_by_history(signed):
    copy = SignedCopy.objects.first()
    rewrite(copy, one_byte)
    found = verifying._read(copy.file.name, copy.size)
    SignedCopy.objects.filter(file=copy.file.name).update(sha256=found.sha256)
    assert set(codes()) == {"file_replaced", "copy_unknown", "copy_lost", "row_edited"}


def test_an_edited_size(signed):
    Rendition.objects.update(size=7)
    assert codes() == ["size_edited"]


def test_edited_facts(signed):
    document = signed.edition.documents.first()
    document.facts["term_end"] = "31.12.2099"
    document.save()
    assert codes() == ["facts_edited"]


def test_an_edited_template_of_a_document(signed):
    Document.objects.filter(edition=signed.edition).update(template="mine")
    assert codes() == ["document_edited"]


def test_an_edited_manifest(signed):
    edition = signed.edition
    Edition.objects.filter(pk=edition.pk).update(manifest=edition.manifest.replace('"fi"', '"sv"'))
    assert codes() == ["manifest_edited", "document_unknown", "document_lost"]
    Edition.objects.filter(pk=edition.pk).update(manifest="no JSON")
    assert codes() == ["manifest_edited", "manifest_edited"]


def test_a_manifest_edited_with_its_hash_is_unknown_to_history(signed):
    edition = signed.edition
    longer = edition.manifest + " "
    Edition.objects.filter(pk=edition.pk).update(manifest=longer, manifest_sha256=digest_of(longer.encode()))
    assert codes() == ["manifest_unknown", "manifest_lost", "checked_other"]


def test_a_newer_edition_slipped_in_after_the_check(signed):
    first = Edition.objects.get(number=1, commitment=signed)
    Edition.objects.filter(pk=first.pk).update(number=3)
    assert codes() == ["checked_other"]


def test_a_deleted_edition_and_a_deleted_document(signed):
    Document.objects.filter(edition=signed.edition).delete()
    assert codes() == ["document_lost", "pdf_lost"]
    signed.editions.filter(number=1).delete()
    assert codes() == ["document_lost", "manifest_lost", "pdf_lost"]


def test_a_document_slipped_in(signed):
    document = signed.edition.documents.first()
    document.pk, document.language = None, "en"
    document.save()
    assert codes() == ["document_unknown"]


def test_a_certificate_slipped_in_and_one_taken_away(signed):
    content = b"<html>Certificate</html>"
    name, digest = store(content, "certificates", "html")
    certificate = Certificate.objects.get_or_create(commitment=signed, defaults={"code": "K7QF-3MXA-9TRB"})[0]
    facts = {"certificate": certificate, "form": "html", "file": name, "sha256": digest, "size": len(content)}
    row = CertificateFile.objects.create(language="fi", **facts)
    assert codes() == ["certificate_unknown"]
    region = Region.objects.get(pk=signed.region_id)
    record(region, NOBODY, "certificate_made", signed, files={"fi": digest})
    assert codes() == []
    row.delete()
    assert codes() == ["certificate_lost"]


def test_a_copy_slipped_in(signed):
    content = pages(5)
    name, digest = store(content, "copies", "pdf")
    SignedCopy.objects.create(commitment=signed, file=name, sha256=digest, size=len(content), name="uusi.pdf")
    assert codes() == ["copy_unknown", "row_unknown"]


def test_a_pdf_or_a_template_replaced_together_with_its_row_is_unknown_to_history(signed):
    replaced(Rendition.objects.get(), pages(4))
    assert codes() == ["pdf_unknown", "pdf_lost"]
    replaced(Template.objects.get(), b"PK another PK\x05\x06" + bytes(18))
    assert codes() == ["pdf_unknown", "pdf_lost", "template_unknown"]


def test_a_template_published_or_taken_away_behind_the_back_of_history(signed):
    Template.objects.update(number=7)
    assert codes() == ["template_edited"]
    Template.objects.all().delete()
    assert codes() == ["template_lost"]


def test_pdfs_of_an_edition_that_an_older_version_made_are_not_asked_for_in_history(signed, monkeypatch):
    heard = agreeing.Said.hear

    def older(said, what, data) -> None:
        if what != "pdf_made":
            heard(said, what, {key: data[key] for key in data.keys() - {"tells_pdf"}})

    monkeypatch.setattr(agreeing.Said, "hear", older)
    assert agreeing.papers() == []


# -- tampering with signatures ----------------------------------------------------------------------------------------

EDITED = {
    "signed by another": {"signed_by": "Vale Henkilö"},
    "on another day": {"signed_on": "2020-01-01"},
    "in another way": {"method": "link"},
    "with another title": {"signed_title": "kuningas"},
    "by another copy": {"copy": None},
    "for another": {"name": "Vale ry"},
    "in another role": {"role": "county"},
    "by another right": {"signatory_basis": "other", "paper_basis": "board"},
    "named otherwise on the paper": {"paper_name": "Vale Henkilö"},
}


@pytest.mark.parametrize("what", EDITED)
def test_an_edited_signature(signed, what):
    party = signed.parties.order_by("position").first()
    Party.objects.filter(pk=party.pk).update(**EDITED[what])
    assert codes() == ["row_edited"]


def test_a_signature_taken_away(signed):
    Party.objects.filter(pk=signed.parties.first().pk).update(signed_on=None, method="", signed_by="")
    assert codes() == ["signature_edited"]


BINDS = {
    "another term": {"term_end": "2030-01-01"},
    "another model": {"operating_model": "2023"},
    "another order": {"in_turn": False},
    "another day": {"sign_by": "2030-01-01"},
    "another address": {"feedback_email": "muu@example.org"},
}


@pytest.mark.parametrize("what", BINDS)
def test_what_binds_a_commitment_is_edited(signed, what):
    Commitment.objects.filter(pk=signed.pk).update(**BINDS[what])
    assert codes() == ["row_edited"]


@pytest.mark.parametrize(
    "edited", [{"state": "refused"}, {"state": "waiting"}, {"found": {"automatic": True}}, {"name": "x.pdf"}]
)
def test_an_edited_copy(signed, edited):
    copy = signed.copies.first()
    SignedCopy.objects.filter(pk=copy.pk).update(**edited)
    assert codes() == ["row_edited"]


def test_whom_a_link_was_sent_to_is_edited_everywhere_at_once(media, worker):
    """Nobody signs in it either: what was slipped in would else be vouched for by the next act."""
    region = a_region()
    _aino, mikko = a_pair(region)
    venue = a_venue(region, mikko, signatory_name="Teemu Rissanen", signatory_email="teemu@example.org")
    sent = walk.ready(papers.draft_partner_commitment(venue, mikko), mikko)
    worker.run()
    party = asking.whose_turn(sent)[0]
    assert codes() == []
    SignatureRound.objects.filter(request__party=party).update(name="Vale Henkilö", email="vale@example.org")
    SignatureRequest.objects.filter(party=party).update(name="Vale Henkilö", email="vale@example.org")
    Party.objects.filter(pk=party.pk).update(signatory_name="Vale Henkilö", signatory_email="vale@example.org")
    assert codes() == ["row_edited"] * 3
    with translation.override("en"), pytest.raises(Edited, match="changed outside the site"):
        reviewing.record_copy(sent, mikko, walk.a_pdf(), "a.pdf", [Signature(party.pk, "Vale Henkilö", localdate())])
    request = SignatureRequest.objects.get(party=party)
    with pytest.raises(Edited):
        signing.decline_by_link(Link(request.pk, request.round), "Ei käy.")


def test_a_deleted_party_and_one_slipped_in(signed):
    first, last = signed.parties.order_by("position").first(), signed.parties.order_by("position").last()
    Party.objects.filter(pk=first.pk)._raw_delete("default")
    assert codes() == ["party_lost"]
    last.pk, last.position = None, 9
    last.save()
    assert codes() == ["party_lost", "party_unknown"]


def test_a_commitment_in_force_without_its_acts(signed):
    """Its parties are marked as signed and its state as in force, in the rows alone."""
    mikko = signed.region.responsibilities.get(side="care").person
    ready = walk.ready(papers.draft_partner_commitment(a_venue(signed.region, mikko), mikko), mikko)
    assert codes() == []
    ready.parties.update(signed_on="2027-03-05", method="link", signed_by="X")
    Commitment.objects.filter(pk=ready.pk).update(state="in_force", in_force_on="2027-03-05")
    assert codes() == ["state_edited", *["signature_edited"] * ready.parties.count()]


def test_another_state_day_or_code(signed):
    Commitment.objects.filter(pk=signed.pk).update(in_force_on="2020-01-01")
    assert codes() == ["day_edited"]
    Commitment.objects.filter(pk=signed.pk).update(state="ended")
    assert codes() == ["state_edited"]
    Certificate.objects.update(code="AAAA-BBBB-CCCC")
    assert codes() == ["state_edited", "code_edited"]
    Certificate.objects.all().delete()
    assert codes() == ["state_edited", "code_edited"]


def test_acts_of_an_older_version_say_less_and_are_not_asked_for_more(signed, monkeypatch):
    heard = agreeing_signatures.Said.hear

    def older(said, what, data, at) -> None:
        heard(said, what, {key: data[key] for key in data.keys() - {"members", "marks", "salt", "code"}}, at)

    monkeypatch.setattr(agreeing_signatures.Said, "hear", older)
    signed.parties.update(signed_by="Vale Henkilö")
    assert codes() == []


def test_history_names_nobody_who_signed(signed):
    names = [party.signed_by for party in signed.parties.all()]
    told = json.dumps(list(Act.objects.filter(region=signed.region).values_list("data", flat=True)), ensure_ascii=False)
    assert all(names)
    assert not any(name in told for name in names)


def test_an_orphan_row(signed):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM commitments_edition WHERE id = %s", [signed.edition.pk])
        assert "row_orphan" in codes()
        transaction.set_rollback(True)


# -- tampering with history -------------------------------------------------------------------------------------------


def gone(acts) -> None:
    acts._raw_delete("default")


def test_a_row_of_history_taken_away(signed):
    gone(Act.objects.filter(region=signed.region, what="commitment_sent"))
    assert codes() == ["history_row_missing"]


def test_the_last_row_of_history_taken_away(signed):
    gone(Act.objects.filter(pk=Act.objects.filter(region=signed.region).order_by("number").last().pk))
    assert codes() == ["pdf_unknown", "history_head"]


def test_a_changed_row_of_history(signed):
    Act.objects.filter(region=signed.region, what="commitment_sent").update(reason="Ei sittenkään.")
    assert codes() == ["history_row_changed"]


def test_a_row_of_history_changed_with_its_hash(signed):
    act = Act.objects.get(region=signed.region, what="commitment_sent")
    act.reason = "Ei sittenkään."
    Act.objects.filter(pk=act.pk).update(reason=act.reason, hash=act.computed_hash())
    assert codes() == ["history_row_replaced"]


def test_the_country_taken_away(signed):
    Country.objects.all().delete()
    assert codes() == ["country_missing"]
    Act.objects.filter(region=None).update(reason="Toisin.")
    changed = Act.objects.filter(region=None).count()
    assert codes() == ["country_missing", *["history_row_changed"] * changed]


def test_a_signature_under_another_edition(signed):
    region = Region.objects.get(pk=signed.region_id)
    record(region, NOBODY, "commitment_signed", signed, manifest=signed.editions.get(number=1).manifest_sha256)
    assert codes() == ["signed_other", "state_edited"]  # a commitment in force is signed by nobody


def test_the_row_of_the_check_taken_away_leaves_the_edition_unchecked(signed):
    gone(Act.objects.filter(region=signed.region, what="commitment_checked"))
    assert codes() == ["checked_other", "history_row_missing"]


# -- by night, and in little memory -----------------------------------------------------------------------------------


def test_each_night_every_file_is_looked_at_in_jobs_of_its_own(signed, worker, monkeypatch):
    OrmQ.objects.all().delete()
    monkeypatch.setattr(verifying, "MOST_FILES", 1)
    assert len(list(verifying.slices())) == 6
    verifying.nightly()
    assert worker.run() == 7
    rewrite(Rendition.objects.get(), one_byte)
    verifying.nightly()
    with pytest.raises(RuntimeError, match="rendition"):
        worker.run()


def test_by_night_the_rows_are_looked_at_too(signed, worker):
    OrmQ.objects.all().delete()
    Document.objects.update(template="mine")
    verifying.nightly()
    with pytest.raises(RuntimeError, match="differs from the manifest"):
        worker.run()


def test_a_large_file_is_not_read_at_once(signed):
    copy = SignedCopy.objects.first()
    path_of(copy).write_bytes(os.urandom(40 * verifying.PIECE))
    tracemalloc.start()
    assert len(verifying.faults_of_file(copy)) == 1
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * verifying.PIECE


def test_the_rows_of_a_region_are_read_in_so_many_queries_whatever_their_number(signed, django_assert_num_queries):
    region = signed.region
    with django_assert_num_queries(10):
        agreeing._of_region(region)
    with django_assert_num_queries(9):
        agreeing_signatures.signatures(region)
    mikko = region.responsibilities.get(side="care").person
    for town in region.municipalities.order_by("-name_fi")[:4]:
        papers.draft_region_commitment(region, [town], mikko)
    with django_assert_num_queries(10):
        assert agreeing._of_region(region) == []
    with django_assert_num_queries(9):
        assert agreeing_signatures.signatures(region) == []
