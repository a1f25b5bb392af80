"""What goes along into an authority's own archive? Papers, facts and history as one ZIP that needs no other program."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.history import locked
from adoption.mail import link
from adoption.models import Act, Person, Region
from adoption.sheets import csv_bytes
from adoption.templatetags.kaiku import day
from commitments.access import editions_for, reads_region
from commitments.as_facts import certificate_of, copies_of, number_of, of_act, of_commitment
from commitments.models import Commitment, Edition, Rendition, SignedCopy
from commitments.told import Told, told

State = SignedCopy.State
PIECE = 1024 * 1024  # bytes read at once
KINDS = {
    "document": gettext_lazy("document (DOCX)"),
    "pdf": gettext_lazy("document as PDF"),
    "sealed": gettext_lazy("document as PDF with the site's seal"),
    "manifest": gettext_lazy("list of the files that were signed (manifest)"),
    "copy": gettext_lazy("signed copy"),
    "refused_copy": gettext_lazy("copy that was not accepted: nobody has signed by it"),
    "waiting_copy": gettext_lazy("copy that nobody has looked at yet: nobody has signed by it"),
    "certificate": gettext_lazy("certificate of the signatures"),
    "facts": gettext_lazy("facts of the commitment"),
    "history": gettext_lazy("history of the commitment"),
}


COPIES = {State.ACCEPTED: "copy", State.REFUSED: "refused_copy", State.WAITING: "waiting_copy"}


class File(NamedTuple):
    """One file of the bundle: stored under a name with a recorded hash, or written here."""

    path: str
    kind: str
    language: str
    commitment: str
    at: datetime
    sha256: str
    size: int
    stored: str = ""
    content: bytes = b""


class Line(NamedTuple):
    """The file as it went into the bundle; what is wrong with it in words."""

    file: File
    wrong: str = ""
    missing: bool = False

    @property
    def kind(self) -> str:
        return str(KINDS[self.file.kind])


class Chapter(NamedTuple):
    """One commitment of the bundle, with what goes along."""

    commitment: Commitment
    number: str
    editions: list[Edition]
    acts: list[Act]
    whole: bool

    @property
    def address(self) -> str:
        """Where anybody may ask whether a file is one of these."""
        certificate = certificate_of(self.commitment)
        return link(reverse("verify_file", args=[certificate.code])) if certificate else ""

    @property
    def told(self) -> list[Told]:
        """The history in words."""
        by_key = {party.pk: party for party in self.commitment.parties.all()}
        return [told(act, by_key, self.whole) for act in self.acts]


# -- making -----------------------------------------------------------------------------------------------------------


def bundle(region: Region, person: Person, commitment: Commitment | None = None) -> IO[bytes]:
    """A ZIP of the one commitment, or of all that the region has, in a temporary file that is gone once it is closed.

    The caller has asked whether the person may read it. What is read belongs together; then each file is copied piece
    by piece. A file that is missing or is not as it was recorded is told in the index; the bundle is made all the same.
    """
    chapters = _read(region, person, commitment)
    made = _temporary()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        lines = [_added(archive, file) for chapter in chapters for file in _files(chapter)]
        moment = now()
        _write(archive, "index.csv", as_csv(lines), moment)
        _write(archive, "index.html", _as_page(region, chapters, lines, moment, commitment is not None), moment)
    made.seek(0)
    return made


def _temporary() -> IO[bytes]:
    """Not in the machine's own folder for such, which may be its memory."""
    return TemporaryFile(dir=settings.VAR_DIR)


@transaction.atomic
def _read(region: Region, person: Person, commitment: Commitment | None) -> list[Chapter]:
    """Every write of a region begins with its lock: what is read behind it belongs together."""
    locked(region.pk)
    found = list(_commitments(region, commitment))
    whole = reads_region(person, region)
    acts = _acts(found)
    seen = None if whole or commitment is None else {edition.pk for edition in editions_for(person, commitment)}
    return [_chapter(one, acts[str(one.pk)], whole, seen) for one in found]


def _commitments(region: Region, commitment: Commitment | None) -> QuerySet[Commitment]:
    found = region.commitments.order_by("pk").select_related("region", "partner__organisation")
    editions = Edition.objects.made().order_by("number").select_related("made_by")
    found = found.prefetch_related(
        "parties__municipality", "parties__county", "parties__copy", "parties__recorded_by",
        "parties__request__rounds",
        Prefetch("editions", editions.prefetch_related("documents__renditions")),
        "copies__uploaded_by", "copies__reviewed_by", "certificate__files",
    )  # fmt: skip
    return found.filter(pk=commitment.pk) if commitment else found


def _acts(commitments: list[Commitment]) -> dict[str, list[Act]]:
    keys = [str(commitment.pk) for commitment in commitments]
    found: dict[str, list[Act]] = defaultdict(list)
    acts = Act.objects.filter(about_kind="commitment", about_id__in=keys).order_by("number")
    for act in acts.select_related("by", "on_behalf_of"):
        found[act.about_id].append(act)
    return found


def _chapter(commitment: Commitment, acts: list[Act], whole: bool, seen: set[int] | None) -> Chapter:
    sent = _sent(acts)
    editions = [one for one in commitment.editions.all() if one.manifest_sha256 in sent]
    if seen is not None:
        editions = [one for one in editions if one.pk in seen]
    return Chapter(commitment, number_of(commitment), editions, acts, whole)


def _sent(acts: list[Act]) -> set[str]:
    """The manifests of the editions that were sent to be signed: each was the one checked last before."""
    checked, sent = "", set()
    for act in acts:
        if act.what == "commitment_checked":
            checked = act.data["manifest"]
        if act.what == "commitment_sent":
            sent.add(checked)
    return sent


# -- its files --------------------------------------------------------------------------------------------------------


def _files(chapter: Chapter) -> Iterator[File]:
    for edition in chapter.editions:
        yield from _of_edition(chapter, edition)
    for copy in copies_of(chapter.commitment, chapter.whole):
        yield _stored(chapter, f"signed-copies/{copy.pk}.pdf", COPIES[copy.state], "", copy, copy.uploaded_at)
    if certificate := certificate_of(chapter.commitment):
        for one in certificate.files.all():
            path = f"certificate-{one.language}.{one.form}"
            yield _stored(chapter, path, "certificate", one.language, one, one.made_at)
    yield _written(chapter, "facts.json", "facts", _json(_facts(chapter)), now())
    history = [of_act(one, chapter.whole) for one in chapter.told]
    yield _written(chapter, "history.json", "history", _json(history), now())


def _of_edition(chapter: Chapter, edition: Edition) -> Iterator[File]:
    folder = f"edition-{edition.number}"
    at = edition.made_at
    assert at
    for document in edition.documents.all():
        name = f"{folder}/{chapter.commitment.kind}-{document.language}"
        yield _stored(chapter, f"{name}.docx", "document", document.language, document, at)
        for one in document.renditions.all():
            sealed = one.form == Rendition.Form.SEALED
            path = f"{name}-sealed.pdf" if sealed else f"{name}.pdf"
            yield _stored(chapter, path, one.form, document.language, one, one.made_at)
    yield _written(chapter, f"{folder}/manifest.json", "manifest", edition.manifest.encode(), at)


def _facts(chapter: Chapter) -> dict[str, Any]:
    return of_commitment(chapter.commitment, chapter.editions, chapter.whole)


def _stored(chapter: Chapter, path: str, kind: str, language: str, row: Any, at: datetime) -> File:
    return File(
        f"{chapter.number}/{path}", kind, language, chapter.number, at, row.sha256, row.size, stored=row.file.name
    )


def _written(chapter: Chapter, path: str, kind: str, content: bytes, at: datetime) -> File:
    digest = hashlib.sha256(content).hexdigest()
    return File(f"{chapter.number}/{path}", kind, "", chapter.number, at, digest, len(content), content=content)


def _json(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=2).encode()


# -- into the archive -------------------------------------------------------------------------------------------------


def _added(archive: ZipFile, file: File) -> Line:
    if not file.stored:
        _write(archive, file.path, file.content, file.at)
        return Line(file)
    try:
        found = _copied(archive, file)
    except (OSError, SuspiciousOperation):
        return Line(file, _("The file is missing: it could not be read from the site's own store."), missing=True)
    if found != file.sha256:
        return Line(file, _("The file is not as it was recorded. Its SHA-256 is now %(sha256)s.") % {"sha256": found})
    return Line(file)


def _copied(archive: ZipFile, file: File) -> str:
    """The file is in the archive, piece by piece; the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with default_storage.open(file.stored) as source, archive.open(_info(file.path, file.at, ZIP_STORED), "w") as copy:
        while piece := source.read(PIECE):
            digest.update(piece)
            copy.write(piece)
    return digest.hexdigest()


def _write(archive: ZipFile, path: str, content: bytes, at: datetime) -> None:
    archive.writestr(_info(path, at, ZIP_DEFLATED), content)


def _info(path: str, at: datetime, compression: int) -> ZipInfo:
    info = ZipInfo(path, localtime(at).timetuple()[:6])
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    return info


# -- its index --------------------------------------------------------------------------------------------------------


def as_csv(lines: Iterable[Line]) -> bytes:
    """A line for each file, as a spreadsheet in Finland opens it: UTF-8 with its mark, semicolons."""
    head = (_("Path"), _("Kind"), _("Language"), _("Commitment"), "SHA-256", _("Bytes"), _("Made on"), _("Remark"))
    return csv_bytes([head, *(_row(line) for line in lines)])


def _row(line: Line) -> tuple[object, ...]:
    file = line.file
    return (file.path, line.kind, file.language, file.commitment, file.sha256, file.size, day(file.at), line.wrong)


def _as_page(region: Region, chapters: list[Chapter], lines: list[Line], moment: datetime, single: bool) -> bytes:
    by_chapter = defaultdict(list)
    for line in lines:
        by_chapter[line.file.commitment].append(line)
    context = {
        "region": region,
        "single": chapters[0] if single else None,
        "moment": moment,
        "site": link("/"),
        "chapters": [(chapter, by_chapter[chapter.number]) for chapter in chapters],
        "wrong": [line for line in lines if line.wrong],
        "example": next((line.file for line in lines if line.file.kind == "document"), None),
    }
    return render_to_string("commitments/bundle.html", context).encode()
