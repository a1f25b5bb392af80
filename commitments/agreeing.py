"""Do the rows of the papers agree with each other and with history? Manifests, documents, facts, and files by name."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import models, transaction

from adoption.history import Fault, locked
from adoption.models import Act, Region
from commitments.documents import entry_of
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
)
from commitments.storage import digest_of

OWNERS: dict[Any, str] = {
    Edition: "commitment", Document: "edition", Rendition: "document", SignedCopy: "commitment",
    Certificate: "commitment", CertificateFile: "certificate", Party: "commitment", SignatureRequest: "party",
    SignatureRound: "request",
}  # fmt: skip
CHECKED = [
    Commitment.State.CHECKED, Commitment.State.AWAITING, Commitment.State.PARTLY_SIGNED, Commitment.State.IN_FORCE,
    Commitment.State.SUPERSEDED, Commitment.State.ENDED,
]  # fmt: skip
# Acts that name files by language.
FILES = {"pdf_made": "pdf", "certificate_made": "certificate", "documents_sealed": "sealed"}


def fault_of(row: models.Model, what: str, code: str) -> Fault:
    """What is wrong with the row, or with the file that it names."""
    name = f", {row.file.name}" if hasattr(row, "file") else ""
    return Fault(f"{row._meta.model_name} {row.pk}{name}", what, code)


def orphans() -> list[Fault]:
    """Rows whose owner is gone: no page shows them, and nothing vouches for them."""
    found = []
    for kind, field in OWNERS.items():
        owners = kind._meta.get_field(field).related_model._default_manager
        for row in kind.objects.exclude(**{f"{field}__in": owners.all()}).order_by("pk"):
            found.append(fault_of(row, f"the {field} that it belongs to is gone", "row_orphan"))
    return found


class Said:
    """What a region's history says of the papers of one commitment."""

    def __init__(self) -> None:
        self.made: set[str] = set()
        self.tells_pdf: set[str] = set()  # manifests of the editions whose every PDF has an act: older ones had none
        self.checked = ""
        self.signed: set[str] = set()
        self.bound: set[str] = set()  # every manifest that an act names
        self.files: dict[str, set[str]] = defaultdict(set)  # kind → SHA-256 of the files that acts name

    def hear(self, what: str, data: dict[str, Any]) -> None:
        manifest = data.get("manifest")
        if manifest:
            self.bound.add(manifest)
        if what == "documents_made":
            self.made.add(manifest or "")
            if data.get("tells_pdf"):
                self.tells_pdf.add(manifest or "")
        if what == "commitment_checked":
            self.checked = manifest or ""
        if what == "commitment_signed" and manifest:
            self.signed.add(manifest)
        if data.get("sha256"):
            self.files["copy"].add(data["sha256"])
        if what in FILES:
            self.files[FILES[what]] |= set(data["files"].values())


def papers() -> list[Fault]:
    """Manifests, documents, facts and signed copies against each other and history, region by region, each read while
    nobody writes it."""
    found = []
    for pk in Region.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            found += _of_region(locked(pk))
    return found


def _of_region(region: Region) -> list[Fault]:
    said = _said(region)
    found = _of_editions(region, said) + _of_commitments(region, said) + _of_kept_files(region, said)
    return found + _of_rounds(region)


def _said(region: Region) -> dict[str, Said]:
    said: dict[str, Said] = defaultdict(Said)
    acts = Act.objects.filter(region=region, about_kind="commitment").order_by("number")
    for about, what, data in acts.values_list("about_id", "what", "data").iterator():
        said[about].hear(what, data)
    return said


def _of_editions(region: Region, said: dict[str, Said]) -> list[Fault]:
    found = []
    editions = Edition.objects.filter(commitment__region=region).order_by("pk").prefetch_related("documents")
    kept: dict[str, set[str]] = defaultdict(set)
    for edition in editions.iterator(chunk_size=50):
        found += _of_edition(edition, said[str(edition.commitment_id)])
        kept[str(edition.commitment_id)].add(edition.manifest_sha256)
    for pk, one in said.items():
        for lost in sorted(one.bound - kept[pk]):
            where = f"commitment {pk}"
            found.append(Fault(where, f"history names the manifest {lost}, which no edition has", "manifest_lost"))
    return found


def _of_edition(edition: Edition, said: Said) -> list[Fault]:
    documents = list(edition.documents.all())
    if edition.made_at is None:
        return [fault_of(one, "its edition has not been made", "document_unknown") for one in documents]
    found = []
    if digest_of(edition.manifest.encode()) != edition.manifest_sha256:
        found.append(fault_of(edition, "the manifest does not have its recorded hash", "manifest_edited"))
    if edition.manifest_sha256 not in said.made:
        found.append(fault_of(edition, "history does not know its manifest", "manifest_unknown"))
    return found + _of_documents(edition, documents)


def _of_documents(edition: Edition, documents: list[Document]) -> list[Fault]:
    try:
        entries = {entry["language"]: entry for entry in json.loads(edition.manifest)}
    except (ValueError, TypeError, KeyError):
        return [fault_of(edition, "the manifest cannot be read", "manifest_edited")]
    found = [fault for one in documents for fault in _of_document(one, entries.pop(one.language, None))]
    return found + [
        fault_of(edition, f"its document in the language {language} is gone", "document_lost") for language in entries
    ]


def _of_document(document: Document, entry: dict[str, Any] | None) -> list[Fault]:
    if entry is None:
        return [fault_of(document, "the manifest does not name it", "document_unknown")]
    now = entry_of(document)
    wrong = [field for field, value in entry.items() if now.get(field) != value]
    found = []
    if "facts_sha256" in wrong:
        wrong.remove("facts_sha256")
        found.append(fault_of(document, "its facts are not those that it was made from", "facts_edited"))
    if wrong:
        found.append(fault_of(document, f"it differs from the manifest: {', '.join(wrong)}", "document_edited"))
    return found


def _of_commitments(region: Region, said: dict[str, Said]) -> list[Fault]:
    """From its check on, a commitment's newest edition is the one that was checked, and the one that is signed."""
    found = []
    for one in region.commitments.filter(state__in=CHECKED).order_by("pk").prefetch_related("editions"):
        newest = max((edition for edition in one.editions.all() if edition.made_at), key=_number, default=None)
        manifest, heard = newest.manifest_sha256 if newest else "", said[str(one.pk)]
        if manifest != heard.checked:
            found.append(fault_of(one, "its newest edition is not the one that was checked", "checked_other"))
        if heard.signed - {manifest}:
            found.append(fault_of(one, "its newest edition is not the one that was signed", "signed_other"))
    return found


def _number(edition: Edition) -> int:
    return edition.number


def _of_rounds(region: Region) -> list[Fault]:
    """Of every request each round is there, and the newest says whom the request says."""
    found = []
    requests = SignatureRequest.objects.filter(party__commitment__region=region).order_by("pk")
    for request in requests.prefetch_related("rounds"):
        rounds = list(request.rounds.all())
        if [one.number for one in rounds] != list(range(1, request.round + 1)):
            found.append(fault_of(request, "the rounds of asking are not all there", "round_lost"))
        elif rounds and _asked(rounds[-1]) != _asked(request):
            found.append(fault_of(request, "it names another than its newest round of asking", "round_edited"))
    return found


def _asked(row: SignatureRequest | SignatureRound) -> tuple[str, str, str]:
    return row.name, row.title, row.email


def _of_kept_files(region: Region, said: dict[str, Said]) -> list[Fault]:
    """Signed copies, certificates, PDFs and sealed ones: each that is there is known to history, and the other way."""
    found = []
    for kind, rows in _kept_files(region).items():
        kept: dict[str, set[str]] = defaultdict(set)
        for commitment, row in rows:
            kept[str(commitment)].add(row.sha256)
            if row.sha256 not in said[str(commitment)].files[kind] and _is_told(kind, row, said[str(commitment)]):
                found.append(fault_of(row, "history does not know this file", f"{kind}_unknown"))
        for pk, one in said.items():
            for lost in sorted(one.files[kind] - kept[pk]):
                found.append(Fault(f"commitment {pk}", f"the {kind} {lost} is gone", f"{kind}_lost"))
    return found


def _is_told(kind: str, row: Any, said: Said) -> bool:
    """Whether history would know the file."""
    return kind != "pdf" or row.document.edition.manifest_sha256 in said.tells_pdf


def _kept_files(region: Region) -> dict[str, Iterator[tuple[int, Any]]]:
    """Kind → (key of the commitment, row)."""
    copies = SignedCopy.objects.filter(commitment__region=region).order_by("pk")
    certificates = CertificateFile.objects.filter(certificate__commitment__region=region).order_by("pk")
    renditions = Rendition.objects.filter(document__edition__commitment__region=region).order_by("pk")
    renditions = renditions.select_related("document__edition").defer("document__facts")
    plain, sealed = (renditions.filter(form=form) for form in (Rendition.Form.PDF, Rendition.Form.SEALED))
    return {
        "copy": ((one.commitment_id, one) for one in copies),
        "certificate": ((one.certificate.commitment_id, one) for one in certificates.select_related("certificate")),
        "pdf": ((one.document.edition.commitment_id, one) for one in plain),
        "sealed": ((one.document.edition.commitment_id, one) for one in sealed),
    }
