"""Is every paper as it was made? Each stored file against its hash, its size and its seal; the rows beside them."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.db import models, transaction

from adoption.history import Fault, all_faults, locked
from adoption.mail import later
from adoption.models import Act, Region
from commitments.agreeing import fault_of, orphans, papers
from commitments.agreeing_signatures import signatures, templates
from commitments.models import (
    CertificateFile,
    Document,
    Rendition,
    SignedCopy,
    Template,
)
from commitments.sealing import seals_of
from commitments.storage import digest_of

KINDS: dict[str, Any] = {kind._meta.model_name or "": kind for kind in (
    Document, Rendition, SignedCopy, CertificateFile, Template,
)}  # fmt: skip
PIECE = 1024 * 1024  # bytes read at once
TAIL = 1024  # bytes in which a whole file says that it ends
ENDS = {"pdf": b"%%EOF", "docx": b"PK\x05\x06", "html": b"</html>"}
MOST_FILES, MOST_BYTES = 200, 256 * 1024 * 1024  # that one job of the night looks at


class Report(NamedTuple):
    """How many files were looked at, and what is wrong."""

    files: int
    faults: list[Fault]


def verify() -> Report:
    """Everything is looked at: each file, each manifest, each history. Nothing is locked while files are read."""
    files, found = 0, orphans()
    for kind in KINDS.values():
        for row in _rows(kind).iterator():
            files += 1
            found += faults_of_file(row)
    return Report(files, found + papers() + _signatures() + templates() + all_faults())


def _signatures() -> list[Fault]:
    """Signatures and states against history, region by region, each read while nobody writes it."""
    found = []
    for pk in Region.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            found += signatures(locked(pk))
    return found


# -- by night ---------------------------------------------------------------------------------------------------------


def nightly() -> None:
    """Each night every file is looked at again, in jobs that each end in time; each says itself what it found."""
    later("commitments.verifying.look_at_papers")
    for name, first, last in slices():
        later("commitments.verifying.look_at_files", name, first, last)


def slices() -> Iterator[tuple[str, int, int]]:
    """All stored files as (kind, first key, last key), so many that a job gets through them."""
    for name, kind in KINDS.items():
        keys: list[int] = []
        size = 0
        for pk, more in kind.objects.order_by("pk").values_list("pk", "size").iterator():
            if keys and (len(keys) == MOST_FILES or size + more > MOST_BYTES):
                yield name, keys[0], keys[-1]
                keys, size = [], 0
            keys, size = [*keys, pk], size + more
        if keys:
            yield name, keys[0], keys[-1]


def look_at_files(name: str, first: int, last: int) -> None:
    """What is wrong with these files stands in the log, and the job counts as failed."""
    _tell(fault for row in _rows(KINDS[name]).filter(pk__range=(first, last)) for fault in faults_of_file(row))


def look_at_papers() -> None:
    """What is wrong with the rows stands in the log, and the job counts as failed."""
    _tell([*orphans(), *papers(), *_signatures(), *templates()])


def _tell(faults: Iterable[Fault]) -> None:
    if found := [str(fault) for fault in faults]:
        raise RuntimeError("; ".join(found))


# -- files ------------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """What lies there: its hash and size, the hash of as much of its beginning as was recorded, and its end."""

    sha256: str
    size: int
    beginning: str
    tail: bytes


def _rows(kind: Any) -> models.QuerySet:
    rows = kind.objects.order_by("pk")
    return rows.defer("facts") if kind is Document else rows


def faults_of_file(row: Any) -> list[Fault]:
    """What is wrong with the stored file of the row, most exactly named: at most one thing of its bytes."""
    try:
        found = _read(row.file.name, row.size)
    except FileNotFoundError:
        return [fault_of(row, "the file is missing", "file_missing")]
    except (OSError, SuspiciousOperation) as error:
        return [fault_of(row, f"the file cannot be read: {error}", "file_unreadable")]
    wrong = _of_bytes(row, found) or _of_seal(row)
    return [fault_of(row, *wrong)] if wrong else []


def _read(name: str, recorded: int) -> Found:
    whole, beginning, size, tail = hashlib.sha256(), hashlib.sha256(), 0, b""
    with default_storage.open(name) as file:
        while piece := file.read(PIECE):
            whole.update(piece)
            beginning.update(piece[: max(recorded - size, 0)])
            size += len(piece)
            tail = (tail + piece)[-TAIL:]
    return Found(whole.hexdigest(), size, beginning.hexdigest(), tail)


def _of_bytes(row: Any, found: Found) -> tuple[str, str] | None:
    named = _named(row.file.name)
    if found.sha256 == row.sha256:
        return _of_row(row, found, named)
    if other := _owner_of(found.sha256):
        return f"the file is that of {other}", "file_swapped"
    if found.sha256 == named:
        return "the recorded hash is not that of the file, which is as it was stored", "hash_edited"
    if found.size > row.size and found.beginning == row.sha256:
        return _appended(row, found)
    if found.size < row.size and _end(row) not in found.tail:
        return f"the file ends after {found.size} of {row.size} bytes", "file_truncated"
    if found.size != row.size:
        return f"the file was written anew: {found.size} bytes, not {row.size}", "file_rewritten"
    return "the file was changed: its hash is not the recorded one", "file_changed"


def _of_row(row: Any, found: Found, named: str) -> tuple[str, str] | None:
    """The file has the recorded hash; size and name must then agree too."""
    if found.size != row.size:
        return f"the recorded size is {row.size}, the file has {found.size} bytes", "size_edited"
    if named not in ("", row.sha256):
        return "the file and its recorded hash were both replaced: it lies under the hash of another", "file_replaced"
    return None


def _named(name: str) -> str:
    """The hash under which the file was stored."""
    found = re.search(r"/([0-9a-f]{64})\.\w+$", name)
    return found[1] if found else ""


def _end(row: Any) -> bytes:
    return ENDS.get(row.file.name.rpartition(".")[2], b"\0")


def _appended(row: Any, found: Found) -> tuple[str, str]:
    more = found.size - row.size
    if _end(row) == ENDS["pdf"] and found.tail.rstrip().endswith(ENDS["pdf"]):
        return f"the PDF was continued after its end by {more} bytes: a page or a change was added", "file_extended"
    return f"after the end of the file stand {more} bytes that do not belong to it", "file_junk"


def _owner_of(digest: str) -> str:
    for name, kind in KINDS.items():
        if pk := kind.objects.filter(sha256=digest).values_list("pk", flat=True).first():
            return f"{name} {pk}"
    return ""


# -- seals ------------------------------------------------------------------------------------------------------------


def _of_seal(row: Any) -> tuple[str, str] | None:
    """A file that is sealed bears this site's seal, over all of it, with a head that the region's history once had."""
    if not ((isinstance(row, Rendition) and row.form == Rendition.Form.SEALED) or getattr(row, "sealed", False)):
        return None
    with row.file.open() as file:
        content = file.read()
    seal = next(reversed(seals_of(content)), None)
    if seal is None:
        return "it bears no seal", "seal_missing"
    if not seal.valid:
        return "its seal is broken", "seal_broken"
    if not seal.whole_file:
        return "something stands after its seal", "seal_exceeded"
    if not seal.ours:
        return "its seal is not one of this site", "seal_foreign"
    if not Act.objects.filter(region__in=_regions_of(row), hash=seal.head).exists():
        return "the history that its seal names is not that of the region", "seal_head_unknown"
    return None if _seals_its_pdf(row, content) else ("it is not the PDF of its document", "seal_of_other")


def _regions_of(row: Rendition | CertificateFile) -> models.QuerySet:
    if isinstance(row, Rendition):
        return Region.objects.filter(commitments__editions__documents=row.document_id)
    return Region.objects.filter(commitments__certificate=row.certificate_id)


def _seals_its_pdf(row: Rendition | CertificateFile, content: bytes) -> bool:
    """A sealed PDF begins with the very PDF that it was made from."""
    if not isinstance(row, Rendition):
        return True
    plain = Rendition.objects.filter(document=row.document_id, form=Rendition.Form.PDF).first()
    return plain is None or digest_of(content[: plain.size]) == plain.sha256
