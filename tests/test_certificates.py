"""Is there a certificate of every commitment that all have signed, and does the public page know its files?"""

import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import segno
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import override
from django_q.models import OrmQ
from pypdf import PdfReader

from adoption.history import all_faults
from adoption.models import Act, Municipality, Partner
from adoption.people import name_person
from commitments import certificates, certifying, reviewing, services
from commitments.certificate_words import of_parties, who_looked
from commitments.models import Certificate, CertificateFile, Commitment, Party, Rendition, SignedCopy
from commitments.sealing import seals_of
from commitments.storage import digest_of, store
from commitments.told import history_of
from tests import papers
from tests.keys import PASSWORD, a_seal_key, pdfsig, saved_anew, with_a_byte_changed, with_a_page
from tests.people import a_distributor, a_pair, a_region, a_stranger, a_venue
from tests.trials import text_of
from workflows.sentences import sentences

pytestmark = pytest.mark.django_db


@pytest.fixture
def kainuu():
    return a_region()


@pytest.fixture
def aino(kainuu):
    person = a_pair(kainuu)[0]
    person.language = "en"
    person.save()
    return person


@pytest.fixture
def with_key(settings, tmp_path):
    """The site has a key, and a folder of stored files of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SEAL_KEY, settings.SEAL_PASSWORD = a_seal_key(tmp_path), PASSWORD


@pytest.fixture
def without_key(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SEAL_KEY, settings.DEMO = None, False


def sent(region, by, language: str = "fi") -> Commitment:
    """The commitment of one more venue, sent to be signed."""
    venue = a_venue(region, by, f"Taidehalli {Partner.objects.count()}")
    Partner.objects.filter(pk=venue.pk).update(language=language)
    draft = papers.draft_partner_commitment(Partner.objects.get(pk=venue.pk), by)
    names = {
        party.pk: {"signatory_name": f"Johtaja {party.position}"} for party in draft.parties.exclude(role="partner")
    }
    draft = papers.change_draft(draft, by, names)
    return services.send(services.check(draft, by, draft.edition.manifest_sha256), by)


def in_force(region, by, language: str = "fi") -> Commitment:
    """Acknowledged in Kaikukanta, and so in force."""
    return services.record_kaikukanta(sent(region, by, language), by, "Henna Kekäläinen", localdate(), "KK-77")


def with_certificate(region, by, worker, language: str = "fi") -> Certificate:
    """In force, and the worker has been at it."""
    commitment = in_force(region, by, language)
    worker.run()
    return Certificate.objects.get(commitment=commitment)


def with_pdf(commitment: Commitment) -> Rendition:
    """A PDF of the first document, as the converter would bring it."""
    document = commitment.edition.documents.first()
    pdf = certifying.pdf(f"<html lang=fi><title>KP</title><body><h1>Sitoumus {commitment.pk}</h1>".encode())
    stored, digest = store(pdf, "documents", "pdf")
    return Rendition.objects.create(document=document, form="pdf", file=stored, sha256=digest, size=len(pdf))


def content(row) -> bytes:
    with row.file.open() as file:
        return file.read()


def text_of_pdf(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


# --- Begun in the transaction ---------------------------------------------------------------------
def test_the_last_signature_begins_the_certificate_in_its_own_transaction(kainuu, aino, without_key):
    commitment = sent(kainuu, aino)
    OrmQ.objects.all().delete()
    with transaction.atomic():
        services.record_kaikukanta(commitment, aino, "Henna", localdate())
        assert Certificate.objects.count() == 1
        transaction.set_rollback(True)
    assert (Certificate.objects.count(), OrmQ.objects.count()) == (0, 0)
    services.record_kaikukanta(commitment, aino, "Henna", localdate())
    assert Certificate.objects.get().commitment == commitment
    assert certificates.JOB in [job.func() for job in OrmQ.objects.all()]


def test_a_second_begin_changes_nothing(kainuu, aino, without_key):
    commitment = in_force(kainuu, aino)
    before = OrmQ.objects.count()
    assert certificates.begin(commitment) == Certificate.objects.get()
    assert OrmQ.objects.count() == before


def test_codes_are_long_different_and_forgiving(kainuu):
    codes = {certificates.new_code() for _number in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code) for code in codes)
    assert len(certificates.ALPHABET) ** certificates.LENGTH >= 2**60
    assert certificates.written(" k7qf 3mxa-9tr0 ") == certificates.written("K7QF3MXA9TRO") == "K7QF-3MXA-9TR0"
    assert [certificates.written(text) for text in ("", "K7QF", "K7QF-3MXA-9TRU", "K7QF-3MXA-9TRB-1", "ä" * 12)] == [
        ""
    ] * 5


# --- Made -----------------------------------------------------------------------------------------
def test_the_certificate_says_who_when_how_and_what(kainuu, aino, worker, with_key):
    certificate = with_certificate(kainuu, aino, worker)
    commitment, made = certificate.commitment, certificate.files.get()
    assert (made.language, made.form, made.sealed, made.sha256) == ("fi", "pdf", True, digest_of(content(made)))
    text = text_of_pdf(content(made))
    document = commitment.edition.documents.get()
    for said in ["Henna Kekäläinen", "KK-77", f"KP-{commitment.pk}", certificate.code, f"{site.SITE_URL}/verify/"]:
        assert said in text
    for party in commitment.parties.all():
        assert party.name_in_languages["fi"] in text
    assert document.sha256 in text.replace(" ", "")
    assert commitment.edition.manifest_sha256 in text.replace(" ", "")


def test_the_pdf_is_tagged_has_its_language_and_title_and_says_so(kainuu, aino, worker, without_key):
    made = with_certificate(kainuu, aino, worker, "sv").files.get(language="sv")
    reader = PdfReader(BytesIO(content(made)))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("sv", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "KP-" in reader.metadata.title
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    kinds = {str(one["/S"]) for one in structure(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= kinds
    (figure,) = [one for one in structure(root["/StructTreeRoot"]) if one["/S"] == "/Figure"]
    assert "/verify/" in figure["/Alt"]


def structure(node):
    """Every element below the node of a PDF's structure."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        one = kid.get_object()
        if isinstance(one, dict) and "/S" in one:
            yield one
            yield from structure(one)


def test_each_language_of_the_documents_has_its_certificate_with_a_seal(kainuu, aino, worker, with_key, tmp_path):
    finland_swedish = a_region("ruotsi")
    certificate = with_certificate(finland_swedish, a_pair(finland_swedish)[0], worker)
    languages = [document.language for document in certificate.commitment.edition.documents.all()]
    assert [made.language for made in certificate.files.all()] == languages
    head = Act.objects.get(what="certificate_made").previous
    for made in certificate.files.all():
        assert "Signature is Valid." in pdfsig(content(made), tmp_path)
        (seal,) = seals_of(content(made))
        assert (seal.holds, seal.head) == (True, head)


def test_every_way_of_signing_stands_on_it_in_its_own_words(kainuu, aino, worker, without_key):
    commitment = in_force(kainuu, aino)
    first, second, *_more = commitment.parties.all()
    copy = SignedCopy.objects.create(commitment=commitment, file="x", sha256="ab" * 32, size=1, name="x.pdf")
    Party.objects.filter(pk=first.pk).update(
        method="link", signed_at=now().replace(hour=12, minute=5, second=7), signed_title="rehtori", read_language="sv"
    )
    Party.objects.filter(pk=second.pk).update(method="copy", copy=copy)
    certificate = Certificate.objects.select_related("commitment__region", "commitment__partner").get()
    for language, words in {"fi": ".05.07", "sv": ".05.07", "en": ":05:07"}.items():
        page = certifying.page(certificate, language, sealed=False)
        assert f'<html lang="{language}">' in page
        assert words in page
        assert "rehtori" in page
        assert "ab" * 32 in page
    assert "by a personal link" in page
    assert "The signature is bound to the manifest." in page
    assert "offered to be read in: Swedish" in page
    assert "by a signed copy" in page
    assert "acknowledged in Kaikukanta" in page


def test_its_towns_stand_in_the_alphabet_of_its_language(kainuu):
    one = Commitment.objects.create(region=kainuu, kind="region_commitment", operating_model="2024", state="in_force")
    for position, code in enumerate(("202", "322", "445"), 1):
        town = Municipality.objects.get(code=code)
        Party.objects.create(
            commitment=one, position=position, role="municipality", municipality=town, name=town.name_fi,
            method="kaikukanta", signed_on=localdate(), signed_by="Antti Hämäläinen",
        )  # fmt: skip
    names = {"fi": ["Kaarina", "Kemiönsaari", "Parainen"], "sv": ["Kimitoön", "Pargas", "S:t Karins"]}
    for language, said in names.items():
        with override(language):
            assert [line["name"] for line in of_parties(one, language)] == said


def test_who_found_a_copy_right_is_of_a_town_only_where_that_is_known(kainuu):
    _aino, mikko = a_pair(kainuu)
    town = kainuu.municipalities.first()
    of_town = name_person(kainuu, "care", "kaija@example.org", "Kaija Kettu", mikko, municipality=town).person
    for by, said in (
        (mikko, "Mikko Kettunen, care side, Kainuu"),
        (of_town, f"Kaija Kettu, care side, {town.name_fi}"),
    ):
        a_distributor(kainuu, by, f"Tupa {by.given_name} ry")
        with override("en"):
            assert who_looked(Act.objects.filter(by=by).first(), "en") == said


def test_no_network_address_and_no_mail_address_stands_on_it(kainuu, aino, worker, without_key):
    commitment = in_force(kainuu, aino)
    Party.objects.filter(commitment=commitment).update(signatory_email="johtaja@example.org")
    certificate = Certificate.objects.select_related("commitment__region", "commitment__partner").get()
    page = certifying.page(certificate, "en", sealed=True)
    assert "@example.org" not in page
    without_site = page.replace(site.SITE_URL, "")
    assert not re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b", without_site)
    assert "http" not in re.sub(r'src="data:[^"]*"', "", without_site)


def test_the_square_code_is_that_of_the_public_page(kainuu, aino, worker, without_key):
    certificate = with_certificate(kainuu, aino, worker)
    address = f"{site.SITE_URL}/verify/{certificate.code}/"
    assert client_get(address.removeprefix(site.SITE_URL)).status_code == 200
    page = certifying.page(certificate, "fi", sealed=False)
    assert segno.make(address, error="m").svg_data_uri(border=2).replace("&", "&amp;").replace("'", "&#x27;") in page


def client_get(path: str):
    return Client().get(path)


def test_it_is_told_in_the_history_once(kainuu, aino, worker, with_key):
    commitment = in_force(kainuu, aino)
    with_pdf(commitment)
    worker.run()
    acts = Act.objects.filter(about_kind="commitment", about_id=str(commitment.pk))
    made, sealed = acts.get(what="certificate_made"), acts.get(what="documents_sealed")
    assert made.data["files"] == {one.language: one.sha256 for one in CertificateFile.objects.all()}
    assert sealed.data["files"] == {"fi": Rendition.objects.get(form="sealed").sha256}
    assert {line.act.what: line.text for line in sentences([made])}
    assert {"certificate_made", "documents_sealed"} <= {told.act.what for told in history_of(commitment, [])}
    assert all_faults() == []


# --- Safe to run twice, to be killed, to fail -----------------------------------------------------
def test_running_the_job_twice_changes_nothing(kainuu, aino, worker, with_key):
    certificate = with_certificate(kainuu, aino, worker)
    with_pdf(certificate.commitment)
    certifying.make(certificate.pk)
    before = [*CertificateFile.objects.values(), *Rendition.objects.values()]
    acts = Act.objects.count()
    certifying.make(certificate.pk)
    certifying.make_waiting()
    assert [*CertificateFile.objects.values(), *Rendition.objects.values()] == before
    assert Act.objects.count() == acts


def test_whoever_comes_second_in_the_same_moment_stores_nothing_more(kainuu, aino, with_key, monkeypatch):
    commitment = in_force(kainuu, aino)
    with_pdf(commitment)
    certificate = Certificate.objects.get()
    seal = certifying.sealing.seal
    ran = []

    def seal_while_another_runs(pdf, head):
        if not ran:
            ran.append(True)
            certifying.make(certificate.pk)
        return seal(pdf, head)

    monkeypatch.setattr(certifying.sealing, "seal", seal_while_another_runs)
    certifying.make(certificate.pk)
    assert (certificate.files.count(), Rendition.objects.filter(form="sealed").count()) == (1, 1)
    assert Act.objects.filter(what__in=["certificate_made", "documents_sealed"]).count() == 2


def test_a_lost_job_is_made_up_for(kainuu, aino, with_key):
    in_force(kainuu, aino)
    OrmQ.objects.all().delete()
    assert certifying.make_waiting() == 0
    Certificate.objects.update(made_at=now() - timedelta(minutes=3), tries=2)
    assert certifying.make_waiting() == 1
    assert CertificateFile.objects.count() == 1
    assert certifying.make_waiting() == 0


def test_one_that_kills_its_worker_again_and_again_is_given_up(kainuu, aino, with_key):
    in_force(kainuu, aino)
    Certificate.objects.update(made_at=now() - timedelta(minutes=9), tries=certifying.MOST_TRIES)
    certifying.make_waiting()
    assert (Certificate.objects.get().fault, CertificateFile.objects.count()) == ("killed", 0)
    assert certifying.make_waiting() == 0


def test_a_pdf_that_comes_later_is_sealed_and_only_that_of_what_was_signed(kainuu, aino, worker, with_key, tmp_path):
    certificate = with_certificate(kainuu, aino, worker)
    assert certifying.make_waiting() == 0
    pdf = with_pdf(certificate.commitment)
    draft = papers.draft_partner_commitment(a_venue(kainuu, aino), aino)
    with_pdf(draft)
    assert certifying.make_waiting() == 1
    sealed = Rendition.objects.get(form="sealed")
    assert sealed.document == pdf.document
    assert content(sealed).startswith(content(pdf))
    assert "Total document signed" in pdfsig(content(sealed), tmp_path)
    assert certifying.make_waiting() == 0


def test_without_a_key_everything_else_works(kainuu, aino, worker, without_key, client):
    certificate = with_certificate(kainuu, aino, worker)
    with_pdf(certificate.commitment)
    assert certifying.make_waiting() == 0
    made = certificate.files.get()
    assert (made.form, made.sealed, seals_of(content(made))) == ("pdf", False, [])
    assert not Rendition.objects.filter(form="sealed").exists()
    client.force_login(aino)
    assert "This site has no key: nothing is sealed." in part_of(client, certificate)
    assert "Yes, this is one of the files" in checked(client, certificate, content(made))


def test_a_key_that_comes_later_seals_what_waits_for_it(kainuu, aino, worker, without_key, settings, tmp_path):
    certificate = with_certificate(kainuu, aino, worker)
    with_pdf(certificate.commitment)
    settings.SEAL_KEY, settings.SEAL_PASSWORD = a_seal_key(tmp_path), PASSWORD
    assert certifying.make_waiting() == 1
    assert seals_of(content(Rendition.objects.get(form="sealed")))[0].holds


def test_a_key_that_cannot_be_used_stops_nothing_else_and_is_tried_again(
    kainuu, aino, worker, with_key, settings, client
):
    settings.SEAL_PASSWORD = "väärä"
    commitment = in_force(kainuu, aino)
    worker.run()
    assert commitment.state == "in_force"
    assert (Certificate.objects.get().fault, CertificateFile.objects.count()) == ("key", 0)
    client.force_login(aino)
    assert "key cannot be used" in part_of(client, Certificate.objects.get())
    assert certifying.make_waiting() == 0
    settings.SEAL_PASSWORD = PASSWORD
    Certificate.objects.update(made_at=now() - timedelta(minutes=3))
    assert certifying.make_waiting() == 1
    assert CertificateFile.objects.get().sealed


def test_one_that_failed_is_asked_for_again_by_who_may_act(kainuu, aino, worker, with_key, client):
    commitment = in_force(kainuu, aino)
    OrmQ.objects.all().delete()
    Certificate.objects.update(fault="making")
    address = reverse("certificate_again", args=[kainuu.slug, commitment.pk])
    client.force_login(a_stranger())
    assert client.post(address).status_code == 404
    client.force_login(aino)
    assert client.post(address, follow=True).status_code == 200
    worker.run()
    assert CertificateFile.objects.count() == 1
    assert client.post(address).status_code == 422
    assert Act.objects.filter(what="certificate_asked_again").count() == 1


# --- Without WeasyPrint ---------------------------------------------------------------------------
WITHOUT = """
import ctypes.util, sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")

sys.meta_path.insert(0, Lacking())
import django
django.setup()
from commitments import certifying
certifying.make(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_where_weasyprint_is_missing_it_is_a_web_page_and_the_site_says_so(
    child_environment, client, tmp_path, settings, worker
):
    settings.MEDIA_ROOT = tmp_path / "media"
    region = a_region()
    by = a_pair(region)[0]
    by.language = "en"
    by.save()
    commitment = in_force(region, by)
    key = {"SEAL_KEY": str(a_seal_key(tmp_path)), "SEAL_PASSWORD": PASSWORD, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    environment = child_environment | key | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", WITHOUT, str(commitment.certificate.pk)]
    subprocess.run(command, cwd=site.BASE_DIR, env=environment, check=True, timeout=60)
    made = CertificateFile.objects.get()
    assert (made.form, made.sealed) == ("html", False)
    assert b"Henna" in content(made)
    assert b"<script" not in content(made)
    client.force_login(by)
    said = part_of(client, commitment.certificate)
    assert "web page" in said
    assert "lacks the libraries" in said
    answer = client.get(reverse("certificate_file", args=[region.slug, commitment.pk, "fi"]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Yes, this is one of the files" in checked(
        client, commitment.certificate, b"".join(answer.streaming_content)
    )


# --- On the commitment's page ---------------------------------------------------------------------
def part_of(client, certificate) -> str:
    """The commitment's page as the signed-in person reads it."""
    return text_of(client.get(certificate.commitment.get_absolute_url()))


def test_the_page_of_the_commitment_gives_the_certificate_and_the_code(kainuu, aino, worker, with_key, client):
    client.force_login(aino)
    waiting = in_force(kainuu, aino).certificate
    assert "The certificate is being made." in part_of(client, waiting)
    worker.run()
    said = part_of(client, waiting)
    assert "Certificate of signatures, Finnish" in said
    assert "sealed PDF" in said
    assert waiting.code in said
    answer = client.get(reverse("certificate_file", args=[kainuu.slug, waiting.commitment_id, "fi"]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="certificate-{waiting.commitment_id}-fi.pdf"'
    assert b"".join(answer.streaming_content) == content(waiting.files.get())
    client.force_login(a_stranger())
    assert client.get(reverse("certificate_file", args=[kainuu.slug, waiting.commitment_id, "fi"])).status_code == 404


def test_before_it_is_in_force_the_page_has_no_proof(kainuu, aino, client):
    client.force_login(aino)
    assert "Certificate of signatures" not in text_of(client.get(sent(kainuu, aino).get_absolute_url()))


# --- The public page ------------------------------------------------------------------------------
def checked(client, certificate, given: bytes, name: str = "file.pdf") -> str:
    """What the public page says of the file, to a reader of English."""
    answer = client.post(
        reverse("verify_file", args=[certificate.code]),
        {"file": SimpleUploadedFile(name, given)},
        headers={"accept-language": "en"},
    )
    assert answer.status_code == 200
    return text_of(answer)


@pytest.fixture
def proved(kainuu, aino, worker, with_key) -> Certificate:
    """In force, with everything: a signed copy, a PDF and its seal, and the certificate."""
    commitment = sent(kainuu, aino)
    with_pdf(commitment)
    scan = certifying.pdf(b"<html lang=fi><title>s</title><body><p>Allekirjoitettu paperi")
    parties = [services.Signature(party.pk, party.signatory_name, localdate()) for party in commitment.parties.all()]
    reviewing.record_copy(commitment, aino, scan, "skannaus.pdf", parties)
    worker.run()
    return Certificate.objects.get()


def test_each_file_is_known_for_what_it_is(proved, client):
    (docx,), pdf = proved.commitment.edition.documents.all(), Rendition.objects.get(form="pdf")
    said = {
        "document, DOCX": docx, "document, PDF": pdf, "document, sealed PDF": Rendition.objects.get(form="sealed"),
        "certificate of signatures": proved.files.get(), "signed copy": SignedCopy.objects.get(),
    }  # fmt: skip
    since = f"by all parties; in force since {localdate().day}.{localdate().month}.{localdate().year}"
    for words, row in said.items():
        answer = checked(client, proved, content(row))
        assert "Yes, this is one of the files" in answer
        assert words in answer
        assert since in answer
        assert ("Finnish" in answer) == (row != said["signed copy"])


CHANGES = {
    "changed": (lambda pdf: with_a_byte_changed(pdf, len(pdf) // 2), "bytes in it differ"),
    "appended page": (with_a_page, "something was added after it"),
    "saved anew": (saved_anew, "changed or saved anew after it was sealed"),
    "junk": (lambda pdf: pdf + b"roskaa", "more bytes follow after its end"),
    "shortened": (lambda pdf: pdf[:-100], "the end is missing"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_file_is_not_the_same_and_the_page_says_why(proved, client, what):
    change, why = CHANGES[what]
    for row in (Rendition.objects.get(form="sealed"), proved.files.get()):
        answer = checked(client, proved, change(content(row)))
        assert "No, this is not one of the files" in answer
        assert why in answer
        assert "in force since" not in answer


def a_docx_saved_anew(docx: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(BytesIO(docx)) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return made.getvalue()


def test_a_changed_docx_is_not_the_same_either(proved, client):
    docx = content(proved.commitment.edition.documents.get())
    assert "bytes in it differ" in checked(client, proved, with_a_byte_changed(docx, 300))
    assert "more bytes follow" in checked(client, proved, docx + b"\0")
    assert "Nothing shows that it comes from" in checked(client, proved, a_docx_saved_anew(docx))


def test_a_file_of_another_commitment_is_none_of_these(proved, kainuu, aino, worker, client):
    other = with_certificate(kainuu, aino, worker)
    assert "belongs to another code" in checked(client, proved, content(other.files.get()))
    docx = other.commitment.edition.documents.get()
    assert "Nothing shows that it comes from" in checked(client, proved, content(docx))


def test_a_copy_that_was_not_accepted_is_none_of_these(proved, client):
    copy = SignedCopy.objects.get()
    SignedCopy.objects.update(state="refused")
    assert "No, this is not one of the files" in checked(client, proved, content(copy))


def test_the_page_tells_nothing_else(proved, client):
    """Not before a file is given, not after a wrong one, not after the right one."""
    commitment = proved.commitment
    names = [commitment.region.name, str(commitment.partner), commitment.name, f"KP-{commitment.pk}", "Johtaja"]
    names += [party.short_name for party in commitment.parties.all()]
    asked = text_of(client.get(reverse("verify_file", args=[proved.code]), headers={"accept-language": "en"}))
    pages = [asked, checked(client, proved, b"hello"), checked(client, proved, content(proved.files.get()))]
    assert [name for page in pages for name in names if name in page] == []
    assert "in force" not in pages[0] + pages[1]


def test_the_state_of_today_is_told(proved, aino, client):
    paper = content(proved.files.get())
    assert "Now in force" in checked(client, proved, paper)
    services.end(proved.commitment, aino, "Loppui.")
    assert "no longer in force: it ended on" in checked(client, proved, paper)
    Commitment.objects.filter(pk=proved.commitment_id).update(state="superseded")
    assert "a newer commitment has come in its place" in checked(client, proved, paper)


def test_nothing_of_a_given_file_is_kept(proved, client, settings):
    before = {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}
    rows = [model.objects.count() for model in (Act, SignedCopy, Rendition, CertificateFile)]
    checked(client, proved, b"%PDF-1.7 hello")
    assert {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()} == before
    assert [model.objects.count() for model in (Act, SignedCopy, Rendition, CertificateFile)] == rows


@pytest.mark.parametrize("code", ["K7QF-3MXA-9TRB", "hello", "K7QF", "ä", "%00", "x" * 300])
def test_an_unknown_code_is_the_same_polite_page_whatever_it_is(client, code):
    answer = client.get(f"/verify/{code}/", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "No certificate was found" in text_of(answer)
    assert client.post(f"/verify/{code}/").status_code == 404


def test_a_code_is_found_however_it_is_typed(proved, client):
    typed = proved.code.lower().replace("-", " ")
    answer = client.get(reverse("verify"), {"code": typed})
    assert (answer.status_code, answer.url) == (302, reverse("verify_file", args=[proved.code]))
    assert client.get(reverse("verify")).status_code == 200
    assert client.get(reverse("verify"), {"code": ""}).status_code == 404
    assert client.get(reverse("verify"), {"code": "K7QF-3MXA-9TRB"}).status_code == 404


def test_the_pages_are_found_by_no_search_and_kept_by_nobody(proved, client):
    for address in (reverse("verify"), reverse("verify_file", args=[proved.code]), "/verify/K7QF-3MXA-9TRB/"):
        answer = client.get(address)
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]


def test_no_file_an_empty_one_and_one_too_large_are_refused_in_words(proved, client):
    address = reverse("verify_file", args=[proved.code])
    english = {"accept-language": "en"}
    for given, status, words in [
        ({}, 422, "Choose the file."),
        ({"file": SimpleUploadedFile("x.pdf", b"")}, 422, "The file is empty"),
        ({"file": SimpleUploadedFile("x.pdf", b"x" * (20 * 1024 * 1024 + 1))}, 413, "larger than 20 MB"),
    ]:
        answer = client.post(address, given, headers=english)
        assert answer.status_code == status
        assert words in text_of(answer)


def test_whoever_asks_without_end_waits(proved, client):
    address = reverse("verify_file", args=[proved.code])
    statuses = [client.post(address, {"file": SimpleUploadedFile("x", b"hello")}).status_code for _number in range(21)]
    assert statuses == [200] * 20 + [429]
    assert client.get(address).status_code == 200


def test_the_form_of_the_page_needs_its_token(proved):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("verify_file", args=[proved.code]), {"file": SimpleUploadedFile("x", b"hello")})
    assert answer.status_code == 403


def test_the_help_leads_to_both_pages(client):
    page = client.get(reverse("help")).content.decode()
    assert reverse("verify") in page
    assert reverse("seal_help") in page
