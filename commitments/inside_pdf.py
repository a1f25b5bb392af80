"""What stands in a PDF: whose signatures, over what, and what of it would act by itself?

Knows nothing of the site. A file of a stranger is read in a process of its own (commitments.apart), which this module
is the program of: it takes no more memory and time than it gives itself, whatever the file does.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from asn1crypto import pem, x509
from pyhanko.pdf_utils.generic import DictionaryObject as Dictionary
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis.commons import compare_dicts
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NumberObject

from commitments.pages_in_pdf import count, fault_of, is_listed, limit

NOWHERE = [NumberObject(0)] * 4
MOST_SIGNATURES = 40  # each is compared with all that came after it
MOST_OBJECTS = 200_000
LONGEST = 300  # letters that are told of a name or a reason
# Of the root of a PDF: where signatures are listed, and what their programs write down about themselves.
MAY_CHANGE = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Perms", "/Version"})
OF_FORM = frozenset({"/Type", "/Fields", "/SigFlags", "/DA", "/DR", "/NeedAppearances"})  # what a list of fields has
# What a viewer may run, open or carry off; an OpenAction that only turns to a page is none of it.
ACTIVE_KEYS = {"/JS": "JavaScript", "/EmbeddedFiles": "EmbeddedFile", "/EF": "EmbeddedFile", "/XFA": "XFA"}
ACTIVE_KEYS |= {"/RichMediaContent": "RichMedia", "/RichMediaSettings": "RichMedia"}
ACTIVE_VALUES = {"/JavaScript": "JavaScript", "/Launch": "Launch", "/SubmitForm": "SubmitForm"}
ACTIVE_VALUES |= {"/ImportData": "ImportData", "/GoToE": "EmbeddedFile", "/EmbeddedFile": "EmbeddedFile"}
ACTIVE_VALUES |= {"/Rendition": "RichMedia", "/RichMedia": "RichMedia"}

Places = dict[tuple[int, int], Any]  # number and generation of a field's object → its rectangle


class Signature(NamedTuple):
    """One signature. `valid`: the bytes under it are as they were, and nothing but signatures has come after it."""

    name: str
    names: list[str]  # how the certificate spells the person
    fingerprint: str
    valid: bool
    whole_file: bool
    trusted: bool  # valid, and by a certificate of an issuer whose word is believed
    visible: bool
    at: str
    reason: str


# --- Signatures -----------------------------------------------------------------------------------
def signatures_in(content: bytes, issuers: Iterable[x509.Certificate] = (), strict: bool = True) -> list[Signature]:
    """The signatures, the oldest first. Raises nearly any exception for a file that is no PDF, or a broken one."""
    reader = PdfFileReader(BytesIO(content), strict=strict)
    if reader.encrypted:
        reader.decrypt("")
    found = reader.embedded_regular_signatures
    if len(found) > MOST_SIGNATURES:
        raise ValueError(f"{len(found)} signatures")
    return [_signature(one, list(issuers)) for one in found]


def _signature(one: EmbeddedPdfSignature, issuers: list[x509.Certificate]) -> Signature:
    names = names_of(one.signer_cert)
    valid = _is_valid(one)
    return Signature(
        name=names[0][:LONGEST],
        names=names,
        fingerprint=one.signer_cert.sha256.hex(),
        valid=valid,
        whole_file=valid and one.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        trusted=valid and bool(issuers) and _is_trusted(one, issuers),
        visible=_is_visible(one.sig_field),
        at=one.self_reported_timestamp.isoformat() if one.self_reported_timestamp else "",
        reason=str(_at(one.sig_object, "/Reason", ""))[:LONGEST],
    )


def _is_valid(one: EmbeddedPdfSignature) -> bool:
    """Whether the mathematics hold, whoever it is; a certificate says nothing about that."""
    one.compute_integrity_info()
    intact, fits = validate_sig_integrity(
        one.signer_info, one.signer_cert, expected_content_type="data", actual_digest=one.compute_digest()
    )
    return intact and fits and one.summarise_integrity_info()["docmdp_ok"] is True


def _is_trusted(one: EmbeddedPdfSignature, issuers: list[x509.Certificate]) -> bool:
    """By the issuers that are believed here, now; nothing is asked of the network, so not whether it was revoked."""
    context = ValidationContext(trust_roots=issuers, allow_fetching=False, revocation_mode="soft-fail")
    return bool(validate_pdf_signature(one, context).bottom_line)


def _is_visible(field: Any) -> bool:
    """Whether it shows anything on a page: a picture of a signature, or any words at all."""
    return any(_shows(widget.get_object()) for widget in [field, *_at(field, "/Kids", [])])


def _shows(widget: Any) -> bool:
    left, bottom, right, top = (float(number.get_object()) for number in _at(widget, "/Rect", NOWHERE))
    return left != right and bottom != top


def _at(holder: Any, key: str, default: Any) -> Any:
    """What stands under the key: pyHanko's own `get` would give a reference to it."""
    try:
        return holder[key]
    except KeyError:
        return default


def names_of(certificate: x509.Certificate) -> list[str]:
    """The names that it gives its holder, that for people first; Finland's person certificates have it in parts."""
    subject: dict[str, Any] = certificate.subject.native
    given, family = subject.get("given_name"), subject.get("surname")
    whole = [f"{given} {family}", f"{family} {given}"] if given and family else []
    return [*whole, *(str(subject[key]) for key in ("common_name", "organization_name") if key in subject)] or ["?"]


# --- What came after our bytes --------------------------------------------------------------------
def only_signed(content: bytes, ours: int) -> bool:
    """Whether nothing but signatures was added to the PDF that its first bytes, so many, are.

    A file may begin with our bytes and say something else: by a later revision of a page, by words in a field or a
    note upon it, or by a whole other PDF behind, whose own list of objects leaves ours out. Each revision may add the
    fields of the signatures that `signatures_in` tells of, and nothing else that a reader sees; a time stamp's neither.
    """
    reader, before = PdfFileReader(BytesIO(content)), PdfFileReader(BytesIO(content[:ours]))
    last, signatures = before.xrefs.total_revisions - 1, reader.embedded_regular_signatures
    if not signatures or signatures[0].signed_revision <= last:
        return False
    if reader.xrefs.get_startxref_for_revision(last) != before.xrefs.get_startxref_for_revision(last):
        return False
    old, places = reader.get_historical_resolver(last), _places(reader.root, signatures)
    steps = range(last + 1, reader.xrefs.total_revisions)
    return all(_only_fields(old, reader.get_historical_resolver(step), places) for step in steps)


def _places(root: Any, signatures: list[EmbeddedPdfSignature]) -> Places:
    """The fields of these signatures by the numbers of their objects, and where each stands on its page."""
    of = {_number(one.sig_field.raw_get("/V")) for one in signatures}
    filled = [field for field in root["/AcroForm"]["/Fields"] if "/V" in field.get_object()]
    theirs = [field for field in filled if _number(field.get_object().raw_get("/V")) in of]
    return {_number(field): field.get_object()["/Rect"] for field in theirs}


def _number(named: Any) -> tuple[int, int]:
    return named.idnum, named.generation


def _only_fields(old: HistoricalResolver, new: HistoricalResolver, places: Places) -> bool:
    """Whether the revision changes nothing of what was there, but for the signatures' fields on its pages."""
    if new.root_ref != old.root_ref or new.refs_freed_in_revision() or "/Encrypt" in new.reader.trailer:
        return False
    form = _at(new.root, "/AcroForm", {})
    if not OF_FORM.issuperset(form) or not _are_theirs(_at(form, "/Fields", []), places):
        return False
    changed = [ref for ref in new.explicit_refs_in_revision() if old.reader.xrefs.get_historical_ref(ref, old.revision)]
    about = {_named(old.root, "/Metadata"), _named(old.trailer_view, "/Info")}
    return all(ref in about or _same(old(ref), new(ref), places, ref == old.root_ref) for ref in changed)


def _named(holder: Any, key: str) -> Any:
    """The object that stands under the key, by its number."""
    return getattr(holder.raw_get(key), "reference", None) if key in holder else None


def _same(old: Any, new: Any, places: Places, is_root: bool) -> bool:
    """Whether the object says what it said; a page may have the signatures' fields, the root the list of them."""
    if is_root:
        return compare_dicts(old, new, MAY_CHANGE, raise_exc=False)
    if not (isinstance(old, Dictionary) and isinstance(new, Dictionary) and _at(old, "/Type", "") == "/Page"):
        return bool(old == new)
    before, after = list(_at(old, "/Annots", [])), list(_at(new, "/Annots", []))
    added, kept = after[len(before) :], after[: len(before)] == before
    return kept and _are_theirs(added, places) and compare_dicts(old, new, frozenset({"/Annots"}), raise_exc=False)


def _are_theirs(fields: Iterable[Any], places: Places) -> bool:
    """Whether these are nothing but the signatures' own fields, each in its place; what it shows, `visible` says."""
    return all(_is_field(field.get_object(), places.get(_number(field))) for field in fields)


def _is_field(one: Any, place: Any) -> bool:
    alone = not {"/Kids", "/Parent"} & one.keys()
    return alone and _at(one, "/FT", "") == "/Sig" and _at(one, "/Subtype", "") == "/Widget" and one["/Rect"] == place


# --- What would act by itself ---------------------------------------------------------------------
def active_in(reader: PdfReader) -> list[str]:
    """The kinds of content that a viewer would run, open or hand on; each object is looked at once."""
    return sorted({kind for one in _dictionaries(reader.trailer) for kind in _active(one)})


def _active(one: DictionaryObject) -> Iterator[str]:
    yield from (kind for key, kind in ACTIVE_KEYS.items() if key in one)
    values = {str(one.get(key, "")) for key in ("/S", "/Type", "/Subtype")}
    yield from (ACTIVE_VALUES[value] for value in values & ACTIVE_VALUES.keys())


def _dictionaries(trailer: Any) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached, by a stack: a deep file is no deep recursion."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [trailer]
    count = 0
    while waiting:
        if (count := count + 1) > MOST_OBJECTS:
            raise ValueError("too many objects")
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if (key := (one.idnum, one.generation)) in seen:
                continue
            seen.add(key)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting.extend(one.raw_get(key) for key in one)
        elif isinstance(one, ArrayObject):
            waiting.extend(one)


# --- All of it ------------------------------------------------------------------------------------
def read(content: bytes, ours: int = 0, issuers: Iterable[x509.Certificate] = ()) -> dict[str, Any]:
    """All that can be said of the file; `fault` is empty when everything of it could be read.

    `ours`: how many of its first bytes are a PDF of ours; 0 when they are none.
    """
    found: dict[str, Any] = {"fault": "", "pages": 0, "signatures": [], "only_signed": False, "active": []}
    if not is_listed(content):
        return found | {"fault": "NoPDF"}
    count(found, content)
    for part in (_read_active, _read_signatures, _read_added):
        try:
            part(found, content, ours, list(issuers))
        except Exception as error:  # readers of broken PDFs raise what they like
            found["fault"] = found["fault"] or fault_of(error)
    return found


def _read_active(found: dict[str, Any], content: bytes, ours: int, issuers: list[x509.Certificate]) -> None:
    found["active"] = active_in(PdfReader(BytesIO(content)))


def _read_signatures(found: dict[str, Any], content: bytes, ours: int, issuers: list[x509.Certificate]) -> None:
    try:
        found["signatures"] = [one._asdict() for one in signatures_in(content, issuers)]
    except Exception as error:
        # Scanners write carelessly: what can be read shows an officer who signed, and counts for no more than that.
        found["fault"] = found["fault"] or fault_of(error)
        found["signatures"] = [one._asdict() for one in signatures_in(content, strict=False)]


def _read_added(found: dict[str, Any], content: bytes, ours: int, issuers: list[x509.Certificate]) -> None:
    found["only_signed"] = bool(ours) and only_signed(content, ours)


def issuers_in(text: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, one after the other."""
    if not pem.detect(text):
        return []
    return [x509.Certificate.load(der) for _kind, _headers, der in pem.unarmor(text, multiple=True)]


def main(given: BinaryIO, answer: BinaryIO) -> None:
    """Reads {"ours": …, "issuers": …} on one line and the file behind it; answers with what `read` says, as JSON."""
    limit()
    asked = json.loads(given.readline())
    found = read(given.read(), asked["ours"], issuers_in(asked["issuers"].encode()))
    answer.write(json.dumps(found).encode())


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
