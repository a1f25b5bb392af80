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
from docx.opc.constants import CONTENT_TYPE
from docx.oxml.ns import qn
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from lxml import etree

from commitments.numbering import BULLET, Numbers, every, value_of
from doc_templates.readable import MAX_BASED_ON

AROUND = ("w:sdt", "w:ins", "w:smartTag", "w:customXml")
BESIDE = (
    CONTENT_TYPE.WML_HEADER, CONTENT_TYPE.WML_FOOTER, CONTENT_TYPE.WML_FOOTNOTES, CONTENT_TYPE.WML_ENDNOTES,
)  # fmt: skip
SAFE = etree.XMLParser(resolve_entities=False, no_network=True)
FIRST_LEVEL = 3  # the page has its own h1 and h2; the document's title is an h2
LAST_LEVEL = 6


class Block(NamedTuple):
    """One piece of the page; neighbours of the same list stand in one element."""

    kind: str  # "", "item" or "fact"
    html: SafeString


def as_html(content: bytes) -> SafeString:
    """The document as HTML, every text in it escaped: what its page headers say, the body, what its footers say."""
    document = docx.Document(BytesIO(content))
    lay_open(document.element.body)
    numbers, styles = Numbers(document), Styles(document)
    blocks = [block for item in document.iter_inner_content() for block in _blocks(item, numbers, styles)]
    above, below = (_repeated(document, kind) for kind in (CONTENT_TYPE.WML_HEADER, CONTENT_TYPE.WML_FOOTER))
    return format_html_join("\n", "{}", ((html,) for html in (*above, *_grouped(blocks), *below)))


def _repeated(document: Document, kind: str) -> list[SafeString]:
    """What stands on every page of the document, once."""
    texts = [" ".join(_spaced(p).split()) for root in _parts(document, kind) for p in root.iter(qn("w:p"))]
    return [format_html('<p class="soft small">{}</p>', text) for text in dict.fromkeys(texts) if text]


def _spaced(paragraph: etree._Element) -> str:
    """What is set apart by a tab is apart on the page too: a foot's number of the paper, and of its page."""
    own = (t for t in paragraph.iter(qn("w:t"), qn("w:tab")) if next(t.iterancestors(qn("w:p"))) is paragraph)
    return "".join(" " if t.tag == qn("w:tab") else t.text or "" for t in own)


def lay_open(body: etree._Element) -> None:
    """What stands in a control, or was inserted while changes were tracked, is text like any other."""
    for around in list(body.iter(*(qn(name) for name in AROUND))):
        inside = around.find(qn("w:sdtContent")) if around.tag == qn("w:sdt") else around
        for child in list(inside) if inside is not None else []:
            around.addprevious(child)
        around.getparent().remove(around)


def left_out(content: bytes, page: str) -> list[str]:
    """The paragraphs of the document, headers, footnotes and text boxes among them, that its page does not show."""
    said = _letters(unescape(re.sub(r"<[^>]*>", "", page)))
    document = docx.Document(BytesIO(content))
    roots = [document.element.body, *(root for kind in BESIDE for root in _parts(document, kind))]
    texts = [_own_text(paragraph) for root in roots for paragraph in root.iter(qn("w:p"))]
    return [text for text in texts if _letters(text) not in said]


def _parts(document: Document, kind: str) -> list[etree._Element]:
    """The parts of the document of this content type."""
    parts = [rel.target_part for rel in document.part.rels.values() if not rel.is_external]
    return [etree.fromstring(part.blob, SAFE) for part in parts if part.content_type == kind]


def _own_text(paragraph: etree._Element) -> str:
    """Without that of a text box in it, whose paragraphs are paragraphs of their own."""
    return "".join(t.text or "" for t in paragraph.iter(qn("w:t")) if next(t.iterancestors(qn("w:p"))) is paragraph)


def _letters(text: str) -> str:
    return "".join(text.split())


def _grouped(blocks: list[Block]) -> Iterator[SafeString]:
    around = {"item": "<ul>{}</ul>", "fact": '<dl class="facts">{}</dl>', "": "{}"}
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        yield format_html(around[kind], format_html_join("\n", "{}", ((block.html,) for block in group)))


def _blocks(item: Paragraph | Table, numbers: "Numbers", styles: "Styles") -> Iterator[Block]:
    if isinstance(item, Table):
        yield Block("", _table(item))
    elif text := item.text.strip():
        yield _paragraph(text, styles.named(item), numbers.of(styles.numbering(item)), styles.outline_level(item))


def _paragraph(text: str, style: str, number: str, level: int | None) -> Block:
    if number == BULLET:
        return Block("item", format_html("<li>{}</li>", text))
    if style == "Title":
        return Block("", format_html('<h2 class="doc-title">{}</h2>', text))
    if style == "SampleNotice":
        return Block("", format_html('<p class="sample">{}</p>', text))
    label, tab, value = text.partition("\t")
    if tab:
        return Block("fact", format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, value))
    tag = "p" if level is None else f"h{min(level + FIRST_LEVEL, LAST_LEVEL)}"
    shown = format_html('<span class="number">{}</span> ', number) if number else ""
    return Block("", format_html("<{0}>{1}{2}</{0}>", tag, shown, text))


# -- tables -----------------------------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """A cell: the column in which it begins, how many it takes, and its lines."""

    column: int
    width: int
    lines: list[str]


def _table(table: Table) -> SafeString:
    """Header cells for the rows that the document marks as header, and for the first cell of every other row."""
    headers: list[list[Cell]] = []
    others: list[list[Cell]] = []
    above: dict[int, list[str]] = {}
    for row in table._tbl.tr_lst:
        (headers if _is_header(row) else others).append(list(_cells(row, table, above)))
    names = {cell.column: " ".join(cell.lines) for cell in headers[0]} if headers else {}
    head = format_html_join("", "<tr>{}</tr>", ((_head(row),) for row in headers))
    body = format_html_join("\n", "<tr>{}</tr>", ((_body(row, names),) for row in others))
    caption = table._tbl.tblPr.find(qn("w:tblCaption"))
    said = format_html("<caption>{}</caption>", caption.get(qn("w:val"))) if caption is not None else ""
    return format_html('<table class="table">{}<thead>{}</thead><tbody>{}</tbody></table>', said, head, body)


def _is_header(row: etree._Element) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def _cells(row: etree._Element, table: Table, above: dict[int, list[str]]) -> Iterator[Cell]:
    """The row's cells; one that goes on from the row above says again what that one said."""
    column = 0
    for cell in row.iterchildren(qn("w:tc")):
        span, merge = (cell.find(f"{qn('w:tcPr')}/{qn(name)}") for name in ("w:gridSpan", "w:vMerge"))
        goes_on = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
        lines = above.get(column, [""]) if goes_on else _lines(_Cell(cell, table).text)
        above[column] = lines
        width = int(span.get(qn("w:val"))) if span is not None else 1
        yield Cell(column, width, lines)
        column += width


def _head(row: list[Cell]) -> SafeString:
    return format_html_join("", '<th scope="col"{}>{}</th>', ((_span(cell), "\n".join(cell.lines)) for cell in row))


def _body(row: list[Cell], names: dict[int, str]) -> SafeString:
    """On a phone a cell stands alone, so the name of its column is repeated in it."""
    if not row:
        return SafeString("")
    first, *others = row
    cells = format_html_join(
        "",
        '<td{}><span class="cell-label">{} </span>{}</td>',
        ((_span(cell), names.get(cell.column, ""), _broken(cell.lines)) for cell in others),
    )
    name, *more = first.lines
    said = format_html_join("", '<br><span class="small">{}</span>', ((line,) for line in more))
    return format_html('<th scope="row"{}>{}{}</th>{}', _span(first), name, said, cells)


def _span(cell: Cell) -> SafeString:
    return format_html(' colspan="{}"', cell.width) if cell.width > 1 else SafeString("")


def _broken(lines: list[str]) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()] or [""]


# -- styles -----------------------------------------------------------------------------------------------------------


class Styles:
    """What a paragraph is by its own properties, or else by those of its style and of those that this is based on."""

    def __init__(self, document: Document) -> None:
        found = {one.get(qn("w:styleId"), ""): one for one in every(document.styles.element, "style")}
        self.above = {name: [found[one] for one in _chain(name, found)] for name in found}
        kinds = [name for name, one in found.items() if one.get(qn("w:type")) == "paragraph" and _is_default(one)]
        self.default = kinds[0] if kinds else ""

    def named(self, paragraph: Paragraph) -> str:
        return paragraph._p.style or self.default

    def numbering(self, paragraph: Paragraph) -> tuple[str, int]:
        """(list, depth)."""
        found = next(
            (p.find(qn("w:numPr")) for p in self._properties(paragraph) if p.find(qn("w:numPr")) is not None), None
        )
        return ("", 0) if found is None else (value_of(found, "numId"), int(value_of(found, "ilvl", "0")))

    def outline_level(self, paragraph: Paragraph) -> int | None:
        """0 for a heading of the first level; None for text."""
        levels = (value_of(properties, "outlineLvl") for properties in self._properties(paragraph))
        level = next((int(level) for level in levels if level), 9)
        return level if level < 9 else None

    def _properties(self, paragraph: Paragraph) -> Iterator[etree._Element]:
        own = paragraph._p.pPr
        if own is not None:
            yield own
        for style in self.above.get(self.named(paragraph), ()):
            if (given := style.find(qn("w:pPr"))) is not None:
                yield given


def _chain(name: str, found: dict[str, etree._Element]) -> list[str]:
    """The style, the one that it is based on, and so on: at most as deep as a template may go."""
    chain: list[str] = []
    while name in found and len(chain) <= MAX_BASED_ON:
        chain.append(name)
        name = value_of(found[name], "basedOn")
    return chain


def _is_default(style: etree._Element) -> bool:
    return style.get(qn("w:default"), "") in ("1", "true", "on")
