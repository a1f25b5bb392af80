"""When is a certificate made, and when are a commitment's PDFs sealed? In a job, each once, however often it runs.

Only the worker loads this module, by the name of its job: WeasyPrint and pyHanko take seconds to begin.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import segno
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now

from adoption.history import NOBODY, locked, record
from adoption.mail import link
from adoption.models import Region
from adoption.operating_model import MODELS
from commitments import sealing
from commitments.certificate_words import copies_named, exact, of_parties
from commitments.certificates import signed_edition
from commitments.models import Certificate, CertificateFile, Document, Party, Rendition
from commitments.seal_keys import for_trying
from commitments.storage import store
from commitments.stored import Damaged, content_of

log = logging.getLogger(__name__)
LOST = timedelta(minutes=2)  # after which a certificate that nobody has made is taken up anew
MOST_TRIES = 5
MOST_AT_ONCE = 50  # that one look round takes up

weasyprint: Any
try:
    weasyprint = import_module("weasyprint")
except OSError:  # its libraries (Pango) are not installed here: a certificate is then a web page
    weasyprint = None


# --- The job --------------------------------------------------------------------------------------
def make(pk: int) -> None:
    """The certificate has a file in each language of the documents, and their PDFs are sealed where there is a key.

    What is there already stays as it is, so it is safe to run twice, at the same time too, and to be killed: then
    `make_waiting` takes it up. A fault that trying again would not mend stands on the row. A fault of the database
    is raised.
    """
    if not Certificate.objects.filter(pk=pk, fault="").update(tries=F("tries") + 1):
        return
    certificate = Certificate.objects.select_related("commitment__region", "commitment__partner").get(pk=pk)
    if certificate.tries > MOST_TRIES:
        _failed(certificate, "killed")
    elif _done(certificate, "making", _make_files) and _done(certificate, "sealing", _seal_documents):
        Certificate.objects.filter(pk=pk).update(tries=0)


def _done(certificate: Certificate, what: str, part: Callable[[Certificate], None]) -> bool:
    """Whether this part of the job has ended well; else what went wrong stands on the row."""
    try:
        part(certificate)
    except DatabaseError:
        raise
    except sealing.Unusable:
        _failed(certificate, "key")
    except Damaged:
        _failed(certificate, "damaged")
    except OSError:
        _failed(certificate, "storing")
    except Exception:  # libraries raise what they like at a file that they cannot cope with
        _failed(certificate, what)
    else:
        return True
    return False


def _failed(certificate: Certificate, fault: str) -> None:
    log.exception("Certificate of commitment %s: %s", certificate.commitment_id, fault)
    Certificate.objects.filter(pk=certificate.pk).update(fault=fault, tries=0)


def make_waiting() -> int:
    """Certificates whose job was lost are made after all, PDFs that came later are sealed, and what failed for the key
    is tried again once the key can be used; the worker runs this each minute. Returns how many it took up."""
    if sealing.is_configured() and not sealing.fault():
        Certificate.objects.filter(fault="key").update(fault="")
    found = list(_unfinished().order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for pk in found:
        make(pk)
    return len(found)


def _unfinished() -> QuerySet[Certificate]:
    """Those without files though their job has had its time, and those with a PDF that could be sealed and is not."""
    waits = Q(files=None, made_at__lt=now() - LOST)
    if sealing.is_configured():
        waits |= Q(Exists(_unsealed().filter(document__edition__commitment__certificate=OuterRef("pk"))))
    return Certificate.objects.filter(waits, fault="").distinct()


def _unsealed() -> QuerySet[Rendition]:
    """PDFs of signed papers without their sealed twin."""
    sealed = Rendition.objects.filter(document=OuterRef("document"), form=Rendition.Form.SEALED)
    newer = Document.objects.filter(
        edition__commitment=OuterRef("document__edition__commitment"),
        edition__number__gt=OuterRef("document__edition__number"),
    )
    return Rendition.objects.filter(~Exists(sealed), ~Exists(newer), form=Rendition.Form.PDF)


# --- The files ------------------------------------------------------------------------------------
def _make_files(certificate: Certificate) -> None:
    """A file in each language, all in one transaction: whoever comes second finds them and stores nothing more."""
    if certificate.files.exists():
        return
    edition = signed_edition(certificate.commitment)
    languages = [document.language for document in edition.documents.all()] if edition else ["fi"]
    made = [_file(certificate, language) for language in languages]
    with transaction.atomic():
        region = locked(certificate.commitment.region_id)
        if not certificate.files.exists():
            CertificateFile.objects.bulk_create(made)
            _record_files(region, certificate, "certificate_made", {one.language: one.sha256 for one in made})


def _record_files(region: Region, certificate: Certificate, what: str, files: dict[str, str]) -> None:
    record(region, NOBODY, what, certificate.commitment, files=files)


def _file(certificate: Certificate, language: str) -> CertificateFile:
    form = CertificateFile.Form.PDF if weasyprint else CertificateFile.Form.HTML
    sealed = bool(weasyprint) and sealing.is_configured()
    content = page(certificate, language, sealed).encode()
    if weasyprint:
        content = pdf(content)
    if sealed:
        content = sealing.seal(content, certificate.commitment.region.history_head)
    stored, digest = store(content, "certificates", form)
    return CertificateFile(
        certificate=certificate, language=language, form=form, sealed=sealed, file=stored, sha256=digest,
        size=len(content),
    )  # fmt: skip


def pdf(html: bytes) -> bytes:
    """The page as a tagged PDF (PDF/UA-1). Nothing that it names is fetched from anywhere."""
    nowhere = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
    return weasyprint.HTML(string=html.decode(), url_fetcher=nowhere).write_pdf(pdf_variant="pdf/ua-1")


def _seal_documents(certificate: Certificate) -> None:
    """The PDFs of the signed papers have their sealed twins, as many of them as there are by now."""
    if not sealing.is_configured():
        return
    commitment = certificate.commitment
    waiting = _unsealed().filter(document__edition__commitment=commitment).select_related("document")
    head = Region.objects.values_list("history_head", flat=True).get(pk=commitment.region_id)
    made = [_sealed(rendition, head) for rendition in waiting]
    with transaction.atomic():
        region = locked(commitment.region_id)
        missing = set(waiting.values_list("document", flat=True))
        new = [one for one in made if one.document_id in missing]
        Rendition.objects.bulk_create(new)
        if new:
            _record_files(region, certificate, "documents_sealed", {one.document.language: one.sha256 for one in new})


def _sealed(rendition: Rendition, head: str) -> Rendition:
    """The sealed twin of the very PDF that was made. Raises Damaged for any other."""
    content = sealing.seal(content_of(rendition), head)
    stored, digest = store(content, "documents", "pdf")
    return Rendition(
        document=rendition.document, form=Rendition.Form.SEALED, file=stored, sha256=digest, size=len(content)
    )


# --- What the certificate says --------------------------------------------------------------------
def page(certificate: Certificate, language: str, sealed: bool) -> str:
    """The certificate as a page that needs nothing else. It says who, when and how; no network address of anybody."""
    commitment = certificate.commitment
    edition = signed_edition(commitment)
    address = link(reverse("verify_file", args=[certificate.code]))
    methods = set(commitment.parties.values_list("method", flat=True))
    with translation.override(language):
        said = {
            "certificate": certificate,
            "commitment": commitment,
            "language": language,
            "title": MODELS[commitment.operating_model].titles[commitment.kind][language],
            "about": str(commitment.partner or commitment.region.name_in(language)),
            "region": commitment.region.name_in(language),
            "parties": of_parties(commitment, language),
            "copies": copies_named(commitment, language),
            "methods": methods,
            "acknowledged": Party.Method.KAIKUKANTA in methods,
            "signed": methods != {Party.Method.KAIKUKANTA},
            "documents": list(edition.documents.all()) if edition else [],
            "manifest": edition.manifest_sha256 if edition else "",
            "address": address,
            "qr": segno.make(address, error="m").svg_data_uri(border=2),
            "made": exact(now()),
            "sealed": sealed,
            "for_trying": for_trying(),
        }
        return render_to_string("commitments/certificate/certificate.html", said)
