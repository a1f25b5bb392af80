"""How is a stored DOCX read on a page? Its headings, paragraphs, lists and tables as small HTML of our own."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from itertools import groupby
from typing import NamedTuple

import docx
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from lxml import etree

AROUND = ("w:sdt", "w:ins", "w:smartTag", "w:customXml")
NOTES = (CONTENT_TYPE.WML_FOOTNOTES, CONTENT_TYPE.WML_ENDNOTES)
SAFE = etree.XMLParser(resolve_entities=False, no_network=True)
FIRST_LEVEL = 3  # the page has its own h1 and h2; the document's title is an h2
LAST_LEVEL = 6


class Block(NamedTuple):
    """One piece of the page; neighbours of the same list stand in one element."""

    kind: str  # "", "item" or "fact"
    html: SafeString


def as_html(content: bytes) -> SafeString:
    """The document as HTML, every text in it escaped. Page headers and footers, which repeat it, are left out."""
    document = docx.Document(BytesIO(content))
    lay_open(document.element.body)
    numbers = Numbers(document)
    blocks = [block for item in document.iter_inner_content() for block in _blocks(item, numbers)]
    return format_html_join("\n", "{}", ((html,) for html in _grouped(blocks)))


def lay_open(body: etree._Element) -> None:
    """What stands in a control, or was inserted while changes were tracked, is text like any other."""
    for around in list(body.iter(*(qn(name) for name in AROUND))):
        inside = around.find(qn("w:sdtContent")) if around.tag == qn("w:sdt") else around
        for child in list(inside) if inside is not None else []:
            around.addprevious(child)
        around.getparent().remove(around)


def left_out(content: bytes, page: str) -> list[str]:
    """The paragraphs of the document, footnotes and text boxes among them, that its page does not show."""
    said = _letters(unescape(re.sub(r"<[^>]*>", "", page)))
    document = docx.Document(BytesIO(content))
    roots = [document.element.body, *_footnotes(document)]
    texts = [_own_text(paragraph) for root in roots for paragraph in root.iter(qn("w:p"))]
    return [text for text in texts if _letters(text) not in said]


def _footnotes(document: Document) -> list[etree._Element]:
    parts = [rel.target_part for rel in document.part.rels.values() if not rel.is_external]
    return [etree.fromstring(part.blob, SAFE) for part in parts if part.content_type in NOTES]


def _own_text(paragraph: etree._Element) -> str:
    """Without that of a text box in it, whose paragraphs are paragraphs of their own."""
    return "".join(t.text or "" for t in paragraph.iter(qn("w:t")) if next(t.iterancestors(qn("w:p"))) is paragraph)


def _letters(text: str) -> str:
    return "".join(text.split())


def _grouped(blocks: list[Block]) -> Iterator[SafeString]:
    around = {"item": "<ul>{}</ul>", "fact": '<dl class="facts">{}</dl>', "": "{}"}
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        yield format_html(around[kind], format_html_join("\n", "{}", ((block.html,) for block in group)))


def _blocks(item: Paragraph | Table, numbers: "Numbers") -> Iterator[Block]:
    if isinstance(item, Table):
        yield Block("", _table(item))
    elif item.text.strip():
        yield _paragraph(item, numbers.of(item))


def _paragraph(paragraph: Paragraph, number: str) -> Block:
    style = paragraph.style.style_id if paragraph.style else ""
    if number == BULLET:
        return Block("item", format_html("<li>{}</li>", paragraph.text))
    if style == "Title":
        return Block("", format_html('<h2 class="doc-title">{}</h2>', paragraph.text))
    if style == "SampleNotice":
        return Block("", format_html('<p class="sample">{}</p>', paragraph.text))
    label, tab, value = paragraph.text.partition("\t")
    if tab:
        return Block("fact", format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, value))
    level = outline_level(paragraph)
    tag = "p" if level is None else f"h{min(level + FIRST_LEVEL, LAST_LEVEL)}"
    shown = format_html('<span class="number">{}</span> ', number) if number else ""
    return Block("", format_html("<{0}>{1}{2}</{0}>", tag, shown, paragraph.text))


# -- tables -----------------------------------------------------------------------------------------------------------


def _table(table: Table) -> SafeString:
    """Header cells for the rows that the document marks as header, and for the first cell of every other row."""
    rows = list(table.rows)
    headers = [row for row in rows if _is_header(row)]
    names = [cell.text for cell in headers[0].cells] if headers else []
    head = format_html_join("", "<tr>{}</tr>", ((_head(row),) for row in headers))
    body = format_html_join("\n", "<tr>{}</tr>", ((_body(row, names),) for row in rows if not _is_header(row)))
    caption = table._tbl.tblPr.find(qn("w:tblCaption"))
    said = format_html("<caption>{}</caption>", caption.get(qn("w:val"))) if caption is not None else ""
    return format_html('<table class="table">{}<thead>{}</thead><tbody>{}</tbody></table>', said, head, body)


def _is_header(row: _Row) -> bool:
    properties = row._tr.trPr
    return properties is not None and properties.find(qn("w:tblHeader")) is not None


def _head(row: _Row) -> SafeString:
    return format_html_join("", '<th scope="col">{}</th>', ((cell.text,) for cell in row.cells))


def _body(row: _Row, names: list[str]) -> SafeString:
    """On a phone a cell stands alone, so the name of its column is repeated in it."""
    first, *others = row.cells
    labels = [*names[1:], *[""] * len(others)]
    cells = format_html_join(
        "",
        '<td><span class="cell-label">{} </span>{}</td>',
        ((label, _text(cell)) for label, cell in zip(labels, others, strict=False)),
    )
    name, *more = _lines(first.text)
    said = format_html_join("", '<br><span class="small">{}</span>', ((line,) for line in more))
    return format_html('<th scope="row">{}{}</th>{}', name, said, cells)


def _text(cell: _Cell) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in _lines(cell.text)))


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()] or [""]


# -- numbers and levels, which Word counts itself ---------------------------------------------------------------------

BULLET = "•"


class Numbers:
    """Counts numbered paragraphs as Word does: each list for itself, a deeper level anew under each higher one."""

    def __init__(self, document: Document) -> None:
        parts = [rel.target_part for rel in document.part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.NUMBERING]
        self.levels = {key: level for part in parts for key, level in _levels(part.element)}
        self.counts: dict[str, dict[int, int]] = {}

    def of(self, paragraph: Paragraph) -> str:
        """The number that stands before the paragraph, BULLET for an item of a list, nothing for other text."""
        number, depth = _numbering(paragraph)
        if (number, depth) not in self.levels:
            return ""
        kind, text = self.levels[number, depth]
        if kind == "bullet":
            return BULLET
        counts = self.counts.setdefault(number, {})
        counts[depth] = counts.get(depth, 0) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        for level, count in counts.items():
            text = text.replace(f"%{level + 1}", str(count))
        return text


def _levels(root: etree._Element) -> Iterator[tuple[tuple[str, int], tuple[str, str]]]:
    """((list, depth), (kind, text such as "%1.%2")) of every level that the document defines."""
    lists = {one.get(qn("w:abstractNumId")): one for one in root.iter(qn("w:abstractNum"))}
    for number in root.iter(qn("w:num")):
        for level in lists[number.find(qn("w:abstractNumId")).get(qn("w:val"))].iter(qn("w:lvl")):
            kind, text = (level.find(qn(name)).get(qn("w:val")) for name in ("w:numFmt", "w:lvlText"))
            yield (number.get(qn("w:numId")), int(level.get(qn("w:ilvl")))), (kind, text)


def _numbering(paragraph: Paragraph) -> tuple[str, int]:
    """(list, depth) of the paragraph itself, or else of its style."""
    found = next((p.find(qn("w:numPr")) for p in _properties(paragraph) if p.find(qn("w:numPr")) is not None), None)
    if found is None:
        return "", 0
    number, depth = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
    return number.get(qn("w:val")), int(depth.get(qn("w:val"))) if depth is not None else 0


def outline_level(paragraph: Paragraph) -> int | None:
    """0 for a heading of the first level; None for text."""
    levels = (p.find(qn("w:outlineLvl")) for p in _properties(paragraph))
    level = next((int(level.get(qn("w:val"))) for level in levels if level is not None), 9)
    return level if level < 9 else None


def _properties(paragraph: Paragraph) -> Iterator:
    """The paragraph's own properties, then those of its style, and of the styles that this one is based on."""
    style = paragraph.style
    if paragraph._p.pPr is not None:
        yield paragraph._p.pPr
    while isinstance(style, ParagraphStyle):
        if style.element.pPr is not None:
            yield style.element.pPr
        style = style.base_style
