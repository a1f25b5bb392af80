"""Is a stored file that was changed, is missing or broken kept from everybody? And is a full disk said in words?"""

import shutil
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.models import Person
from commitments import certifying, pdf, services, templates
from commitments import signing as links
from commitments.asking import Link
from commitments.examining import examine
from commitments.facts import day
from commitments.models import Certificate, Commitment, Rendition, SignatureRequest, Template
from commitments.publishing import publish
from commitments.signing import Answer
from commitments.storage import store
from commitments.stored import Damaged
from commitments.verifying import verify
from tests.keys import PASSWORD, a_seal_key
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.test_commitments import TERM, a_pdf, checked, papers
from tests.test_signing import addressed, page_of, text_of
from workflows.schedule import beat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def aino() -> Person:
    aino = a_pair(a_region())[0]
    Person.objects.update(language="en")
    return Person.objects.get(pk=aino.pk)


@pytest.fixture
def commitment(aino) -> Commitment:
    """A venue's, awaiting its signatures by links, with a PDF of it."""
    venue = a_venue(a_region(), aino, signatory_name="Teemu Rissanen", signatory_email="teemu@example.org")
    draft = addressed(papers.draft_partner_commitment(venue, aino, term=TERM), aino)
    commitment = services.send(checked(draft, aino), aino)
    SignatureRequest.objects.update(language="en")
    with_pdf(commitment)
    return commitment


def with_pdf(commitment: Commitment) -> Rendition:
    content = certifying.pdf(b"<html lang=fi><title>KP</title><body><h1>Sitoumus</h1>")
    return pdf.keep(commitment.edition.documents.first(), content)


def changed(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"PK", b"KP", 1) + b"Teatteri maksaa 5000 euroa")


HARM = {"changed": changed, "missing": Path.unlink, "broken": lambda file: file.write_bytes(b"PK broken")}


def sign(commitment: Commitment, role: str) -> Commitment:
    request = SignatureRequest.objects.get(party__commitment=commitment, party__role=role)
    answer = Answer(request.name, "johtaja", commitment.edition.manifest_sha256, "fi")
    return links.sign_by_link(Link(request.pk, request.round), answer)


# -- what is read before signing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_document_is_shown_to_nobody_and_signed_by_nobody(commitment, client, aino, harm):
    document = commitment.edition.documents.get()
    HARM[harm](Path(document.file.path))
    slug, pk = commitment.region.slug, commitment.pk
    by_link = [page_of(commitment, "partner"), page_of(commitment, "partner", "sign_document", document.pk)]
    inside = [reverse("commitment_preview", args=[slug, pk]), reverse("document", args=[slug, pk, document.pk])]
    for address in by_link:
        answer = client.get(address)
        assert (answer.status_code, "damaged or missing" in text_of(answer)) == (503, True)
        assert f"kaikupolku@{site.HOST}" in text_of(answer)
        assert aino.email in text_of(answer)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
    filled = {"name": "Teemu Rissanen", "title": "johtaja", "consent": "on", "language": "fi",
              "manifest": commitment.edition.manifest_sha256}  # fmt: skip
    assert client.post(by_link[0], filled).status_code == 503
    client.force_login(aino)
    for address in inside:
        answer = client.get(address)
        assert (answer.status_code, "damaged or missing" in text_of(answer)) == (503, True)
    assert not commitment.parties.exclude(signed_on=None).exists()
    with pytest.raises(Damaged):
        sign(commitment, "partner")
    with pytest.raises(Damaged):
        services.record_kaikukanta(commitment, aino, "Henna", localdate())


def test_a_damaged_pdf_or_template_is_sent_to_nobody(commitment, client, aino):
    laura = a_kaikukeskus_person()
    slug, pk = commitment.region.slug, commitment.pk
    rendition = Rendition.objects.select_related("document").get()
    changed(Path(rendition.file.path))
    assert client.get(page_of(commitment, "partner", "sign_pdf", rendition.document_id)).status_code == 503
    client.force_login(aino)
    assert client.get(reverse("document_pdf", args=[slug, pk, rendition.document_id])).status_code == 503
    template = a_template(laura)
    Path(template.file.path).write_bytes(b"PK other")
    client.force_login(laura)
    assert client.get(reverse("template_file", args=[template.pk])).status_code == 503
    with pytest.raises(Damaged):
        publish(template, laura)
    assert templates.current("partner_commitment", "fi").name == "partner_commitment.fi.docx"


def a_template(by: Person) -> Template:
    content = templates.shipped("partner_commitment", "fi").content
    name, digest = store(content, "templates", "docx")
    return Template.objects.create(
        kind="partner_commitment", language="fi", file=name, sha256=digest, size=len(content), uploaded_by=by
    )


# -- what is sealed ---------------------------------------------------------------------------------------------------


def test_a_changed_pdf_is_never_sealed_and_the_fault_stays_to_be_seen(commitment, client, aino, settings, tmp_path):
    settings.SEAL_KEY, settings.SEAL_PASSWORD = a_seal_key(tmp_path), PASSWORD
    beat()
    file = Path(Rendition.objects.get().file.path)
    whole = file.read_bytes()
    forged = certifying.pdf(b"<html lang=fi><title>KP</title><body><h1>Sitoumus</h1><p>Kumppani maksaa 5000 e.")
    file.write_bytes(forged)
    for role in ("partner", "municipality", "county"):
        sign(commitment, role)
    certificate = Certificate.objects.get(commitment=commitment)
    certifying.make(certificate.pk)
    assert not Rendition.objects.filter(form="sealed").exists()
    client.force_login(aino)
    assert "was not sealed" in text_of(client.get(commitment.get_absolute_url()))
    health = client.get(reverse("health"))
    assert (health.status_code, list(health.json()["faults"])) == (503, ["certificates"])
    assert [fault.code for fault in verify().faults] == ["file_rewritten"]
    file.write_bytes(whole)
    client.post(reverse("certificate_again", args=[commitment.region.slug, commitment.pk]))
    certifying.make(certificate.pk)
    assert Rendition.objects.get(form="sealed").file.open().read().startswith(whole)
    assert client.get(reverse("health")).status_code == 200


def test_a_forged_pdf_on_the_disk_is_not_taken_for_ours(commitment):
    forged = certifying.pdf(b"<html lang=fi><title>KP</title><body><h1>Muu</h1>")
    Path(Rendition.objects.get().file.path).write_bytes(forged)
    assert not examine(forged, commitment)["ours"]


# -- a store that cannot be written -----------------------------------------------------------------------------------


@pytest.fixture
def full(commitment, media) -> None:
    """Nothing can be written: where drafts are written stands a file."""
    shutil.rmtree(media / "unfinished", ignore_errors=True)
    (media / "unfinished").write_bytes(b"")


def a_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("tiedosto", content)


def test_a_full_disk_is_said_in_words_and_what_was_typed_stays(commitment, full, client, aino):
    answer = client.post(page_of(commitment, "partner", "sign_copy"), {"copy-file": a_file(a_pdf())})
    assert (answer.status_code, "cannot store files now" in text_of(answer)) == (507, True)
    client.force_login(aino)
    party = commitment.parties.get(role="partner")
    typed = {f"signed_{party.pk}": "on", f"name_{party.pk}": "Teemu Rissanen", f"on_{party.pk}": day(localdate())}
    address = reverse("commitment_copy", args=[commitment.region.slug, commitment.pk])
    answer = client.post(address, typed | {"copy": a_file(a_pdf())})
    assert (answer.status_code, "cannot store files now" in text_of(answer)) == (507, True)
    assert f'value="{typed[f"on_{party.pk}"]}"' in answer.content.decode()
    assert commitment.copies.count() == 0
    client.force_login(a_kaikukeskus_person())
    given = {"kind": "partner_commitment", "language": "fi"}
    content = templates.shipped("partner_commitment", "fi").content
    answer = client.post(reverse("templates"), given | {"file": a_file(content)})
    assert answer.status_code == 507
    assert not Template.objects.exists()


def test_health_names_a_store_that_cannot_be_written_and_a_key_that_cannot_seal(full, client, settings, tmp_path):
    beat()
    settings.SEAL_KEY = tmp_path / "nowhere.p12"
    answer = client.get(reverse("health"))
    assert (answer.status_code, set(answer.json()["faults"])) == (503, {"store", "seal"})
