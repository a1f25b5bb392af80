"""Is this file a DOCX that is safe to open? Nothing in it is followed, run or expanded beyond its caps."""

import io
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from lxml import etree

MAX_FILE = 5 * 2**20
MAX_PARTS = 200
MAX_XML_PART = 2 * 2**20
MAX_MEDIA_PART = 5 * 2**20
MAX_EXPANSION = 20 * 2**20
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others Python unpacks whole, whatever it is asked for
MAX_NODES = 60_000
# Tags and attributes, counted before anything is parsed: of one part, and of all together.
MAX_MARKS = 4 * MAX_NODES
MAX_ALL_MARKS = 2 * MAX_MARKS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TYPES = "[Content_Types].xml"
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MAIN_TYPE = f"{WML}.document.main+xml"
WORD_TEMPLATE_TYPE = f"{WML}.template.main+xml"
MEDIA = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".ttf", ".odttf"}
PLAIN_LINKS = ("http://", "https://", "mailto:")
FOREIGN = re.compile(r"^(//|\\\\)|^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Relationship kinds by which Word takes in another document, a program or its data.
EMBEDDING = {"aFChunk", "subDocument", "oleObject", "package", "control", "activeXControlBinary", "frame"}
MACRO = {"vbaProject", "wordVbaData", "keyMapCustomizations", "attachedToolbars"}
# Field instructions that read a file, a database or another program.
REACHING = {
    "INCLUDETEXT",
    "INCLUDEPICTURE",
    "INCLUDE",
    "IMPORT",
    "LINK",
    "DDE",
    "DDEAUTO",
    "DATABASE",
    "RD",
    "EMBED",
    "MACROBUTTON",
    "GOTOBUTTON",
}
SHOWN = 120  # characters of what a finding quotes
UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


class Finding(NamedTuple):
    """What is wrong with a template: the place in it, a sentence for people, a code for programs.

    `about` is what the sentence names, such as a field and the one that was meant: for saying it in other languages.
    """

    where: str
    what: str
    code: str
    about: tuple[str, ...] = ()


NO_DOCUMENT = Finding("file", "The file is no Word document (DOCX).", "not_a_docx")


class Refused(Exception):
    """The file cannot be read further; `finding` says why."""

    def __init__(self, where: str, what: str, code: str, *about: str) -> None:
        super().__init__(what)
        self.finding = Finding(where, what, code, about)


def read_capped(file: Path) -> bytes:
    """The file's bytes, one more than the cap at most, so that `unpack` can refuse it without reading on."""
    with file.open("rb") as stream:
        return stream.read(MAX_FILE + 1)


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts of the file by name, within the caps. Raises Refused for what is no whole, plain DOCX."""
    if len(data) > MAX_FILE:
        raise Refused("file", f"The file is larger than {MAX_FILE // 2**20} MB.", "too_large", str(MAX_FILE // 2**20))
    refuse_other_formats(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = read_parts(archive)
    except UNREADABLE as error:
        raise Refused("file", "The file is damaged or cut short.", "damaged") from error
    if TYPES not in parts or "_rels/.rels" not in parts:
        raise Refused("file", "The file is a ZIP archive but no Word document (DOCX).", "not_a_docx")
    return parts


def refuse_other_formats(data: bytes) -> None:
    """Raises Refused when the first bytes are not those of a ZIP archive, which a DOCX is."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refused("file", "The file is protected by a password.", "encrypted")
        raise Refused("file", "The file is of an old Word format: save it as DOCX.", "old_word")
    if not data:
        raise Refused("file", "The file is empty.", "empty")
    if not data.startswith(b"PK\x03\x04"):
        raise Refused("file", "The file is no Word document (DOCX).", "not_a_docx")


def read_parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Every part, read no further than the caps, whatever size the archive claims."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_PARTS:
        raise Refused("file", f"The file has more than {MAX_PARTS} parts.", "too_many_parts", str(MAX_PARTS))
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        refuse_entry(entry, {name.lower() for name in parts})
        cap = MAX_MEDIA_PART if is_media(entry.filename) else MAX_XML_PART
        with archive.open(entry) as stream:
            content = stream.read(cap + 1)
        total += len(content)
        if len(content) > cap or total > MAX_EXPANSION:
            raise Refused(entry.filename, "The part grows too large when unpacked.", "grows_too_large")
        parts[entry.filename] = content
    return parts


def refuse_entry(entry: zipfile.ZipInfo, seen: set[str]) -> None:
    """Raises Refused for an entry that programs would read in different ways, or not at all."""
    if entry.flag_bits & 0x1:
        raise Refused("file", "The file is protected by a password.", "encrypted")
    if entry.compress_type not in PACKED:
        raise Refused(entry.filename, "The part is packed in a way that no word processor uses.", "odd_packing")
    path = PurePosixPath(entry.filename)
    odd = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or "\x00" in entry.filename
    if odd or entry.filename.lower() in seen:
        raise Refused("file", "The file holds a part twice or under a name that is not allowed.", "odd_part")


def is_media(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in MEDIA


def is_xml(name: str, content: bytes) -> bool:
    """True for every part that a reader might parse, whatever its name says."""
    return name.endswith((".xml", ".rels", ".vml")) or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def parse(name: str, content: bytes) -> etree._Element:
    """The part as a tree. Raises Refused for a DOCTYPE, for another encoding and for broken XML."""
    head = re.search(rb"^[^>]*encoding=[\"']([A-Za-z0-9._-]+)", content[:200])
    if b"\x00" in content or (head and head[1].lower() not in (b"utf-8", b"us-ascii")):
        raise Refused(name, "The part is not in UTF-8.", "other_encoding")
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        raise Refused(name, "The part declares a DOCTYPE, which a Word document never does.", "doctype")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(name, "The part is not well-formed XML.", "damaged") from error


def open_parts(data: bytes) -> tuple[dict[str, etree._Element], list[Finding]]:
    """The XML parts as trees, and what is wrong with the container. Raises Refused as `unpack` and `parse` do."""
    parts = unpack(data)
    xml = {name: content for name, content in parts.items() if is_xml(name, content)}
    refuse_many_marks(xml)
    trees = {name: parse(name, content) for name, content in xml.items()}
    for name, tree in trees.items():
        if sum(1 for _ in tree.iter()) > MAX_NODES:
            raise too_many_nodes(name)
    findings = macros(parts, trees) + unknown_parts(parts, trees) + relations(trees) + reaching_fields(trees)
    findings += fetched_pictures(trees) + mail_merges(trees)
    if not findings and MAIN_TYPE not in (types := content_types(trees)):
        findings = [NO_DOCUMENT]
        if WORD_TEMPLATE_TYPE in types:
            findings = [Finding("file", "The file is a Word template (DOTX): save it as DOCX.", "word_template")]
    return trees, findings


def refuse_many_marks(xml: dict[str, bytes]) -> None:
    """Raises Refused for parts that would become too large a tree. A parser needs fifty times the part's own size."""
    total = 0
    for name, content in xml.items():
        marks = content.count(b"<") + content.count(b"=")
        total += marks
        if marks > MAX_MARKS or total > MAX_ALL_MARKS:
            raise too_many_nodes(name)


def too_many_nodes(name: str) -> Refused:
    return Refused(name, f"The part has more than {MAX_NODES} elements.", "too_many_nodes")


def content_types(trees: dict[str, etree._Element]) -> set[str]:
    return {node.get("ContentType", "") for node in trees[TYPES]}


def macros(parts: dict[str, bytes], trees: dict[str, etree._Element]) -> list[Finding]:
    """One finding per sign of a macro: a part's name, its content type, or a relationship to it."""
    signs = [name for name in parts if "vba" in name.lower()]
    signs += [TYPES for kind in content_types(trees) if re.search("macroenabled|vba", kind, re.IGNORECASE)]
    signs += [name for name, node in relationships(trees) if kind_of(node) in MACRO]
    return [Finding(signs[0], "The file holds macros.", "macro")] if signs else []


def unknown_parts(parts: dict[str, bytes], trees: dict[str, etree._Element]) -> list[Finding]:
    """Parts that are neither XML nor pictures nor fonts. Printer settings, which Word leaves behind, pass."""
    return [
        Finding(name, "The part is neither text, picture nor font.", "embedded_object")
        for name in parts
        if name not in trees and not is_media(name) and "vba" not in name.lower() and "printerSettings" not in name
    ]


def relationships(trees: dict[str, etree._Element]) -> list[tuple[str, etree._Element]]:
    return [
        (name, node) for name, tree in trees.items() if name.endswith(".rels") for node in tree.iter("{*}Relationship")
    ]


def kind_of(node: etree._Element) -> str:
    """The last word of the relationship's type: image, hyperlink, attachedTemplate…"""
    return node.get("Type", "").rsplit("/", 1)[-1]


def relations(trees: dict[str, etree._Element]) -> list[Finding]:
    return [found for name, node in relationships(trees) if (found := relation(name, node))]


def relation(name: str, node: etree._Element) -> Finding | None:
    """A finding when the relationship leads outside the file, other than a plain link for the reader."""
    kind, target = kind_of(node), node.get("Target", "").strip()
    shown = target[:SHOWN]
    outside = node.get("TargetMode", "").lower() == "external" or FOREIGN.match(target)
    if kind == "attachedTemplate":
        return Finding(name, f"The file is attached to another template: {shown}", "attached_template", (shown,))
    if kind in EMBEDDING:
        return Finding(name, f"The file embeds another file or program: {shown}", "embedded_file", (shown,))
    if outside and not (kind == "hyperlink" and target.lower().startswith(PLAIN_LINKS)):
        return Finding(name, f"The file would fetch something from elsewhere: {shown}", "remote_part", (shown,))
    return None


def fetched_pictures(trees: dict[str, etree._Element]) -> list[Finding]:
    """Drawings that name a picture by its address instead of by a relationship."""
    found = [(name, value) for name, tree in trees.items() for node in tree.iter("*") for value in sources_of(node)]
    return [
        Finding(
            name, f"The file would fetch something from elsewhere: {value[:SHOWN]}", "remote_part", (value[:SHOWN],)
        )
        for name, value in found
        if FOREIGN.match(value.strip()) and not value.strip().lower().startswith("data:")
    ]


def sources_of(node: etree._Element) -> list[str]:
    """The addresses from which a program takes what the element shows. Other `href`s are links for the reader."""
    picture = etree.QName(node).localname in ("image", "feImage", "use")
    return [
        value
        for name, value in node.attrib.items()
        if name.rpartition("}")[2] in ("src", "href") and (picture or name == "src" or name.startswith("{"))
    ]


def mail_merges(trees: dict[str, etree._Element]) -> list[Finding]:
    return [
        Finding(name, "The file takes its data from a source of its own (mail merge).", "mail_merge")
        for name, tree in trees.items()
        if next(tree.iter(f"{W}mailMerge"), None) is not None
    ]


def reaching_fields(trees: dict[str, etree._Element]) -> list[Finding]:
    """Fields of Word that read a file, a database or another program."""
    return [
        Finding(name, f"A field would read something from elsewhere: {text[:SHOWN]}", "remote_field", (text[:SHOWN],))
        for name, tree in trees.items()
        for text in map(str.strip, instructions(tree))
        if text.split()[:1] and text.split()[0].upper() in REACHING
    ]


def instructions(tree: etree._Element) -> list[str]:
    """The field instructions of a part, each put together from the runs it is split over."""
    found = [node.get(f"{W}instr", "") for node in tree.iter(f"{W}fldSimple")]
    open_fields: list[str] = []
    for node in tree.iter(f"{W}fldChar", f"{W}instrText"):
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            open_fields.append("")
        elif kind == "end" and open_fields:
            found.append(open_fields.pop())
        elif node.tag == f"{W}instrText":
            open_fields = [*open_fields[:-1], (open_fields[-1:] or [""])[0] + (node.text or "")]
    return found + open_fields
