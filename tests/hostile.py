"""Which templates would do harm, or are broken, and by which code is each refused? Made from a shipped one.

`python -m tests.hostile` checks them all in 512 MB of address space, and prints what each took, a line of JSON each.
It imports nothing of Django.
"""

import io
import json
import re
import resource
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

import doc_templates
from doc_templates import build, container, layout
from doc_templates.check import check

FOLDER = Path(doc_templates.__file__).parent
LIMIT = 512 * 2**20  # bytes of address space


def shipped(kind: str = "region_commitment", language: str = "fi") -> bytes:
    return (FOLDER / f"{kind}.{language}.docx").read_bytes()


def changed(name: str, change: Callable[[bytes], bytes], docx: bytes = b"") -> bytes:
    """The shipped template with one part changed, or added to nothing."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx or shipped())) as old, zipfile.ZipFile(result, "w") as new:
        for part in dict.fromkeys([*old.namelist(), name]):
            content = old.read(part) if part in old.namelist() else b""
            content = change(content) if part == name else content
            new.writestr(zipfile.ZipInfo(part, build.ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def saying(text: str, part: str = "word/document.xml") -> bytes:
    """The shipped template with a paragraph more in the body, or more text in another part."""
    run = f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'.encode()
    end = {"word/document.xml": b"<w:sectPr>", "word/header1.xml": b"</w:hdr>", "word/footer1.xml": b"</w:ftr>"}[part]
    return changed(part, lambda xml: xml.replace(end, run + end))


def related(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    link = f'<Relationship Id="rId99" Type="{layout.OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>'
    return changed("word/_rels/document.xml.rels", lambda xml: xml.replace(b"</Relationships>", link.encode()))


def typed(kind: str) -> bytes:
    return changed("[Content_Types].xml", lambda xml: xml.replace(b"document.main", kind.encode(), 1))


def encrypted() -> bytes:
    flagged = bytearray(shipped())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), bytes(flagged)):
            flagged[found.start() + offset] |= 1
    return bytes(flagged)


def twice() -> bytes:
    result = io.BytesIO(shipped())
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(result, "a") as archive:
        archive.writestr("word/document.xml", "<other/>")
    return result.getvalue()


def field(instruction: str) -> bytes:
    """A field of Word whose instruction is split over two runs."""
    halves = [instruction[:4], instruction[4:]]
    texts = "".join(f"<w:r><w:instrText>{half}</w:instrText></w:r>" for half in halves)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    xml = f"<w:p>{begin}{texts}{end}</w:p><w:sectPr>".encode()
    return changed("word/document.xml", lambda old: old.replace(b"<w:sectPr>", xml))


def padded(content: bytes) -> bytes:
    return changed("word/document.xml", lambda xml: xml.replace(b"<w:sectPr>", content + b"<w:sectPr>"))


def parts(content: bytes, *names: str, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The shipped template with these parts more, all of this content."""
    result = io.BytesIO(shipped())
    with zipfile.ZipFile(result, "a", packing) as archive:
        for name in names:
            archive.writestr(name, content)
    return result.getvalue()


def plain_zip() -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        archive.writestr("readme.txt", "no document")
    return result.getvalue()


def lying() -> bytes:
    """A part that says it is small, and is not."""
    docx = bytearray(parts(bytes(30 * 2**20), "word/media/a.png"))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = docx.rindex(mark) + offset
        docx[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(docx)


def in_settings(xml: bytes) -> bytes:
    return changed("word/settings.xml", lambda old: old.replace(b"<w:compat>", xml + b"<w:compat>"))


def in_properties(text: bytes) -> bytes:
    return changed("docProps/core.xml", lambda xml: xml.replace(b"<dc:title>", b"<dc:title>" + text))


def before_styles(text: bytes) -> bytes:
    return changed("word/styles.xml", lambda xml: xml.replace(b"<w:styles", text + b"<w:styles", 1))


def with_styles(*styles: str) -> bytes:
    """Paragraph styles, each "name>the one it is based on", and a paragraph of the first."""
    told = ""
    for style in styles:
        name, _, above = style.partition(">")
        told += f'<w:style w:type="paragraph" w:styleId="{name}"><w:basedOn w:val="{above}"/></w:style>'
    first = styles[0].partition(">")[0]
    docx = changed("word/styles.xml", lambda xml: xml.replace(b"</w:styles>", told.encode() + b"</w:styles>"))
    paragraph = f'<w:p><w:pPr><w:pStyle w:val="{first}"/></w:pPr><w:r><w:t>A</w:t></w:r></w:p><w:sectPr>'.encode()
    return changed("word/document.xml", lambda xml: xml.replace(b"<w:sectPr>", paragraph), docx)


def hidden_by_style() -> bytes:
    style = b'<w:style w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    docx = changed("word/styles.xml", lambda xml: xml.replace(b"</w:styles>", style))
    run = b'<w:p><w:r><w:rPr><w:rStyle w:val="Gone"/></w:rPr><w:t>not</w:t></w:r></w:p><w:sectPr>'
    return changed("word/document.xml", lambda xml: xml.replace(b"<w:sectPr>", run), docx)


def with_list(levels: str, more: str = "") -> bytes:
    """A list of these levels, and two items of it. `more`: of the one list that uses them."""
    kind = f'<w:abstractNum w:abstractNumId="900">{levels}</w:abstractNum><w:abstractNum '.encode()
    used = f'<w:num w:numId="900"><w:abstractNumId w:val="900"/>{more}</w:num></w:numbering>'.encode()
    docx = changed(
        "word/numbering.xml",
        lambda xml: xml.replace(b"<w:abstractNum ", kind, 1).replace(b"</w:numbering>", used),
    )
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="900"/></w:numPr>'
    items = "".join(f"<w:p><w:pPr>{number}</w:pPr><w:r><w:t>Item {n}</w:t></w:r></w:p>" for n in "AB")
    return changed("word/document.xml", lambda xml: xml.replace(b"<w:sectPr>", items.encode() + b"<w:sectPr>"), docx)


def level(kind: str, start: int = 1, text: str = "%1)", depth: int = 0) -> str:
    inside = f'<w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}">{inside}</w:lvl>'


def table(*rows: str) -> bytes:
    """A table of these rows, each the properties of its cells, with bars between."""
    told = ""
    for row in rows:
        cells = (f"<w:tc><w:tcPr>{cell}</w:tcPr><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc>" for cell in row.split("|"))
        told += f"<w:tr>{''.join(cells)}</w:tr>"
    return padded(f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>{told}</w:tbl>".encode())


FORMULA = (
    b'<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>5000</m:t></m:r>'
    b"</m:oMath></w:p>"
)
DOCTYPE = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 1000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">]>'
ESCAPE = "{{ ().__class__.__base__.__subclasses__() }}"
OLD_WORD = b"\xd0\xcf\x11\xe0"
NODES = b"<a>" + b"<b/>" * 500_000 + b"</a>"
ATTRIBUTES = b"<a" + b"".join(b" a%d=''" % number for number in range(150_000)) + b"/>"
FOUR_MB = bytes(4 * 2**20)
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://192.0.2.1/a.png"/></svg>'
VML = '<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://192.0.2.1/a.png"/>'
CUSTOM = (
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties">{{ x }}</Properties>'
)

# name: (what makes the file, the code of what is found)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # the file itself
    "empty": (lambda: b"", "empty"),
    "no zip": (lambda: b"%PDF-1.7 no zip", "not_a_docx"),
    "another zip": (plain_zip, "not_a_docx"),
    "a spreadsheet": (lambda: typed("sheet.main"), "not_a_docx"),
    "a Word template": (lambda: typed("template.main"), "word_template"),
    "old Word": (lambda: OLD_WORD + b"\x00" * 600, "old_word"),
    "password": (lambda: OLD_WORD + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "zip password": (encrypted, "encrypted"),
    "truncated": (lambda: shipped()[:3000], "damaged"),
    "bit flipped": (lambda: shipped()[:400] + b"\xff" * 40 + shipped()[440:], "damaged"),
    "a part twice": (twice, "odd_part"),
    "a part outside": (lambda: parts(b"<a/>", "../document.xml"), "odd_part"),
    "a part at the root": (lambda: parts(b"<a/>", "/etc/document.xml"), "odd_part"),
    "a part with a backslash": (lambda: parts(b"<a/>", "word\\..\\document.xml"), "odd_part"),
    "broken XML": (lambda: padded(b"<w:p>"), "damaged"),
    "deep XML": (lambda: padded(b"<w:p>" * 5000 + b"</w:p>" * 5000), "damaged"),
    "UTF-16": (
        lambda: changed("word/styles.xml", lambda _: '<?xml version="1.0"?><a/>'.encode("utf-16")),
        "other_encoding",
    ),
    # bombs
    "zip bomb": (lambda: parts(bytes(100 * 2**20), "word/media/a.png"), "grows_too_large"),
    "zip bomb in BZIP2": (
        lambda: parts(bytes(100 * 2**20), "word/media/a.png", packing=zipfile.ZIP_BZIP2),
        "odd_packing",
    ),
    "zip bomb in LZMA": (
        lambda: parts(bytes(100 * 2**20), "word/media/a.png", packing=zipfile.ZIP_LZMA),
        "odd_packing",
    ),
    "zip bomb of a wrong size": (lying, "damaged"),
    "zip bomb of many parts": (
        lambda: parts(FOUR_MB, *(f"word/media/{number}.png" for number in range(9))),
        "grows_too_large",
    ),
    "XML bomb": (lambda: padded(b" " * 3 * 2**20), "grows_too_large"),
    "large file": (lambda: shipped() + bytes(container.MAX_FILE), "too_large"),
    "many parts": (lambda: parts(b"<a/>", *(f"word/{number}.xml" for number in range(300))), "too_many_parts"),
    "node bomb": (lambda: padded(b"<w:p/>" * 70_000), "too_many_nodes"),
    "node bomb of many parts": (
        lambda: parts(NODES, *(f"customXml/item{number}.xml" for number in range(9))),
        "too_many_nodes",
    ),
    "attribute bomb": (
        lambda: parts(ATTRIBUTES, *(f"customXml/item{number}.xml" for number in range(9))),
        "too_many_nodes",
    ),
    "thousands of paragraphs": (lambda: padded(b"<w:p/>" * 6000), "too_long"),
    "loop bomb": (
        lambda: saying("{% for a in parties %}{% for b in parties %}" + "x" * 20_000 + "{% endfor %}{% endfor %}"),
        "too_long",
    ),
    "tag bomb": (lambda: padded(b"<w:p><w:r><w:t>" + b"{{ title }}" * 3000 + b"</w:t></w:r></w:p>"), "too_many_tags"),
    "billion laughs": (lambda: before_styles(LAUGHS), "doctype"),
    # what reaches out or brings something along
    "external entity": (lambda: before_styles(DOCTYPE), "doctype"),
    "macro part": (lambda: parts(b"\x00macro", "word/vbaProject.bin"), "macro"),
    "macro type": (lambda: typed("macroEnabled.main"), "macro"),
    "macro by relation": (lambda: related("vbaProject", "project.bin", ""), "macro"),
    "remote image": (lambda: related("image", "http://192.0.2.1/a.png"), "remote_part"),
    "image on a share": (lambda: related("image", "\\\\192.0.2.1\\a.png"), "remote_part"),
    "image without mode": (lambda: related("image", "file:///etc/hostname", ""), "remote_part"),
    "image in a drawing": (lambda: padded(f"<w:p>{VML}</w:p>".encode()), "remote_part"),
    "image in a picture": (lambda: parts(SVG.encode(), "word/media/a.svg"), "remote_part"),
    "link to a file": (lambda: related("hyperlink", "file:///etc/hostname"), "remote_part"),
    "data source": (lambda: in_settings(b'<w:mailMerge><w:query w:val="SELECT 1"/></w:mailMerge>'), "mail_merge"),
    "attached template": (lambda: related("attachedTemplate", "http://192.0.2.1/a.dotm"), "attached_template"),
    "attached inside": (lambda: related("attachedTemplate", "a.dotx", ""), "attached_template"),
    "OLE object": (lambda: parts(b"\x00\x01", "word/embeddings/a.bin"), "embedded_object"),
    "OLE by relation": (lambda: related("oleObject", "a.xml", ""), "embedded_file"),
    "another document": (lambda: related("aFChunk", "a.html", ""), "embedded_file"),
    "field that reads": (lambda: field(' INCLUDETEXT "file:///etc/hostname" '), "remote_field"),
    "field that fetches": (lambda: field(' INCLUDEPICTURE "http://192.0.2.1/a.png" '), "remote_field"),
    "field that runs": (lambda: field(" DDEAUTO c:\\\\a.exe "), "remote_field"),
    # what the page for reading could not show as the document does
    "style on itself": (lambda: with_styles("A>B", "B>A"), "style_loop"),
    "styles on styles": (lambda: with_styles(*(f"S{n}>S{n + 1}" for n in range(100))), "style_loop"),
    "thousands of styles": (lambda: with_styles(*(f"S{n}>" for n in range(2000))), "too_many_styles"),
    "a million columns": (lambda: table('<w:gridSpan w:val="1000000"/>'), "too_wide_table"),
    "many levels": (lambda: with_list("".join(level("decimal", depth=n) for n in range(40))), "odd_numbering"),
    "thousands of lists": (
        lambda: with_list(level("decimal"), "</w:num>" + '<w:num w:numId="1"/>' * 3000 + '<w:num w:numId="2">'),
        "odd_numbering",
    ),
    "ordinal numbers": (lambda: with_list(level("ordinalText")), "odd_numbering"),
    "hidden text": (lambda: padded(b"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>not</w:t></w:r></w:p>"), "hidden_text"),
    "hidden by style": (hidden_by_style, "hidden_text"),
    "symbol": (lambda: padded(b'<w:p><w:r><w:sym w:font="Symbol" w:char="F035"/></w:r></w:p>'), "symbol"),
    "formula": (lambda: padded(FORMULA), "formula"),
    "date of today": (lambda: field(" DATE \\@ dd.MM.yyyy "), "changing_field"),
    "field that asks": (lambda: field(" IF 1 = 1 "), "changing_field"),
    # template code
    "escape in the body": (lambda: saying(ESCAPE), "code_not_allowed"),
    "escape in the footer": (lambda: saying(ESCAPE, "word/footer1.xml"), "code_not_allowed"),
    "escape in a property": (lambda: in_properties(ESCAPE.encode()), "tag_in_properties"),
    "property in references": (lambda: in_properties(b"&#123;&#x7b; x }}"), "tag_in_properties"),
    "property of one's own": (lambda: parts(CUSTOM, "docProps/custom.xml"), "tag_in_properties"),
    "tag in the styles": (
        lambda: changed("word/styles.xml", lambda xml: xml.replace(b'"Fact"', b'"{{ title }}"')),
        "tag_not_filled",
    ),
    "arithmetic": (lambda: saying("{{ 'a' * 200000000 }}"), "code_not_allowed"),
    "call": (lambda: saying("{{ title.upper() }}"), "code_not_allowed"),
    "loop over a call": (lambda: saying("{% for x in range(9) %}{% endfor %}"), "loop_not_allowed"),
    "attribute": (lambda: saying("{{ title.__class__ }}"), "unknown_field"),
    "assignment": (lambda: saying("{% set x = title %}"), "code_not_allowed"),
    "filter": (lambda: saying("{{ title|upper }}"), "code_not_allowed"),
    "include": (lambda: saying("{% include 'a' %}"), "code_not_allowed"),
    "index": (lambda: saying("{{ parties[0].name }}"), "code_not_allowed"),
    "macro of jinja": (lambda: saying("{% macro a() %}{% endmacro %}"), "code_not_allowed"),
    "raw XML": (lambda: saying("{{r title }}"), "tag_not_allowed"),
    "three loops": (lambda: saying("{% for a in parties %}" * 3 + "{% endfor %}" * 3), "loop_not_allowed"),
    "deep code": (lambda: saying("{% if title %}" * 200 + "{% endif %}" * 200), "too_deep"),
    "words beside a tag": (lambda: saying("{%p if title %}A clause.{%p endif %}"), "lost_beside"),
    "not closed": (lambda: saying("{{ title"), "unclosed_tag"),
    "no end": (lambda: saying("{% if title %}"), "syntax"),
    # fields
    "typing error": (lambda: saying("{{ titel }}"), "unknown_field"),
    "typing error in a header": (lambda: saying("{{ titel }}", "word/header1.xml"), "unknown_field"),
    "member of no list": (lambda: saying("{{ parties.name }}"), "unknown_field"),
    "loop over a text": (lambda: saying("{% for x in title %}{% endfor %}"), "not_a_list"),
    "list as text": (lambda: saying("{{ parties }}"), "no_text"),
    "yes or no as text": (lambda: saying("{{ has_county }}"), "no_text"),
    "group as text": (lambda: saying("{{ kaikukeskus if has_county else title }}"), "render_failed"),
    "paragraph cut": (
        lambda: saying("{% if has_county %}</w:t></w:r></w:p><w:p><w:r><w:t>{%p endif %}"),
        "render_failed",
    ),
}


class Count:
    """What a check reads, counted where it is read: parts, bytes out of the archive, elements of the trees."""

    def __init__(self) -> None:
        self.parts = self.expanded = self.nodes = 0
        self.read, self.parsed = zipfile.ZipExtFile.read, container.parse

    def watch(self) -> None:
        def read(stream: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
            content = self.read(stream, n)
            self.parts, self.expanded = self.parts + 1, self.expanded + len(content)
            return content

        def parse(name: str, content: bytes) -> etree._Element:
            tree = self.parsed(name, content)
            self.nodes += sum(1 for _ in tree.iter())
            return tree

        zipfile.ZipExtFile.read, container.parse = read, parse

    def stop(self) -> None:
        zipfile.ZipExtFile.read, container.parse = self.read, self.parsed


def taken(name: str) -> dict[str, object]:
    """How the template is refused, and what it takes until then."""
    make, _code = HOSTILE[name]
    docx, count = make(), Count()
    began = time.monotonic()
    count.watch()
    codes = sorted({finding.code for finding in check(docx, "region_commitment")})
    count.stop()
    took = time.monotonic() - began
    return {
        "name": name, "codes": codes, "seconds": took, "parts": count.parts,
        "expanded": count.expanded, "nodes": count.nodes,
    }  # fmt: skip


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    for one in HOSTILE:
        sys.stdout.write(json.dumps(taken(one)) + "\n")
