"""How do facts become a document? Rendering of one DOCX template, sealed against code in it and in the facts."""

import io
import re
import struct
import zipfile
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import escape

LOCALES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
AUTHOR = "Kaikupolku"
KEPT = 200_000  # characters of a part up to which what was made of it is kept: an upload may be of any size
LOOP_FACTS = {"first", "last", "index", "length"}
# What would break a line, and what XML or the eye cannot take: other controls, lone surrogates,
# marks that turn the direction of writing (a name must not rewrite the text beside it).
BREAKS = re.compile("\r\n|[\t\n\r\x0b\x0c\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
LISTING = re.compile("[\t\n\a\f]")
BRACES = {ord("{"): "&#123;", ord("}"): "&#125;"}


def render(template: bytes, facts: dict[str, Any], *, title: str, language: str, moment: datetime) -> bytes:
    """The template filled with the facts, as DOCX: every field printed as text, whatever it holds.

    The same arguments give the same bytes; `moment` is what the file says of when it was made.

    Facts are plain dicts, lists, strings, booleans and whole numbers. Raises TypeError for anything else, naming the
    place; jinja2's UndefinedError for a field that the facts lack; SecurityError for code beyond fields, `if`
    and `for`; and lxml's XMLSyntaxError for a template whose tags cut a paragraph apart.
    """
    document = StrictTemplate(io.BytesIO(template))
    document.render(plain(facts), SEALED)
    set_properties(document.docx, plain(title, "title"), LOCALES[language], moment)
    set_language(document.docx, LOCALES[language])
    result = io.BytesIO()
    document.docx.save(result)
    return dated(result, moment)


def dated(archive: io.BytesIO, moment: datetime) -> bytes:
    """The archive with every part of the moment's date: a ZIP file otherwise tells when it was written.

    The dates are written over in their places, of which each part has two: before itself, and in the list at the end.
    """
    at = moment.astimezone(UTC)
    date = struct.pack(
        "<HH", at.hour << 11 | at.minute << 5 | at.second // 2, at.year - 1980 << 9 | at.month << 5 | at.day
    )
    result = bytearray(archive.getvalue())
    with zipfile.ZipFile(archive) as source:
        listed = source.start_dir
        for part in source.infolist():
            result[part.header_offset + 10 : part.header_offset + 14] = result[listed + 12 : listed + 16] = date
            listed += 46 + sum(struct.unpack_from("<3H", result, listed + 28))  # name, extra field and comment
    return bytes(result)


def plain(value: Any, path: str = "") -> Any:
    """A clean copy of the facts. Raises TypeError, naming the path, for None, floats, objects and marked-up text."""
    kind = type(value)
    if kind is dict:
        return {plain(key, path): plain(inner, f"{path}.{key}".lstrip(".")) for key, inner in value.items()}
    if kind is list:
        return [plain(inner, f"{path}[{index}]") for index, inner in enumerate(value)]
    if kind in (bool, int):
        return value
    # Django's SafeString and Jinja's Markup are strings that say of themselves that they need no escaping.
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return clean(value)
    raise TypeError(f"{path or 'facts'}: {kind.__name__} is not allowed in a document")


def clean(text: str) -> str:
    """The text on one line, without characters that XML or a reader cannot take."""
    if text.isprintable():  # nearly every text is, and has none of them
        return str.__str__(text)
    return CONTROLS.sub("", BREAKS.sub(" ", str.__str__(text)))


class SealedEnvironment(ImmutableSandboxedEnvironment):
    """Fields, `if` and `for` work; calls, arithmetic, attributes of objects, globals and filters do not exist."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=printable, cache_size=0)
        self.globals.clear()
        self.filters = {"length": len}
        self.tests.clear()

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP_FACTS:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, argument)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise SecurityError("calls are not allowed in a template")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError("arithmetic is not allowed in a template")

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        raise SecurityError("arithmetic is not allowed in a template")

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:
        return _compiled(source) if len(source) <= KEPT else _compiled.__wrapped__(source)


def printable(value: Any) -> Any:
    """A field as XML text. Braces become character references: docxtpl rewrites `{_{` and the like after rendering."""
    if isinstance(value, str):
        escaped = escape(value)
        return escaped.translate(BRACES) if "{" in value or "}" in value else escaped
    if isinstance(value, (bool, list, dict)):
        raise TypeError(f"a {type(value).__name__} cannot be printed")
    return value


SEALED = SealedEnvironment()


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    """Twenty commitments of one template are compiled once."""
    return super(SealedEnvironment, SEALED).from_string(source)


@lru_cache(maxsize=64)
def _patched(source: str) -> str:
    """docxtpl's own tags as Jinja's: half the time of a short document, and the same for each of one template."""
    return DocxTemplate(None).patch_xml(source)


class StrictTemplate(DocxTemplate):
    """docxtpl repairs broken XML by dropping text without a word; this one refuses it."""

    def patch_xml(self, src_xml: str) -> str:
        return _patched(src_xml) if len(src_xml) <= KEPT else _patched.__wrapped__(src_xml)

    def resolve_listing(self, xml: str) -> str:
        """Tabs and line breaks in text become Word's own. Facts have none, so mostly there is nothing to look for."""
        return super().resolve_listing(xml) if LISTING.search(xml) else xml

    def fix_tables(self, xml: str) -> etree._Element:
        etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
        return super().fix_tables(xml)


def set_properties(document: Document, title: str, locale: str, moment: datetime) -> None:
    """Title, language and author of the file; whatever machine or person the template names is gone."""
    drop_other_properties(document)
    properties = document.core_properties
    properties.title, properties.language = title[:255], locale
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments = properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.revision = 1


def drop_other_properties(document: Document) -> None:
    """LibreOffice names the properties by a relation of its own, beside which a second part would be written."""
    relations = document.part.package.rels
    for key, relation in list(relations.items()):
        is_core = not relation.is_external and relation.target_part.content_type == CT.OPC_CORE_PROPERTIES
        if is_core and relation.reltype != RT.CORE_PROPERTIES:
            del relations[key]


def set_language(document: Document, locale: str) -> None:
    """Every style and the theme speak the language: PDF programs read it from there and take en-US otherwise."""
    for node in [*document.styles.element.iter(qn("w:lang")), *document.settings.element.iter(qn("w:themeFontLang"))]:
        node.set(qn("w:val"), locale)
