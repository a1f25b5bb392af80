"""How do the shipped templates look? Page, styles and numbering of the DOCX files, as WordprocessingML."""

from xml.sax.saxutils import escape

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OPC = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NS = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{OFFICE}"'
# Word has Calibri; LibreOffice has Carlito, which runs to the same width.
FONT = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/>'
INK, SOFT, LINE, EDGE = "14211B", "4A5850", "C3CCC3", "14211B"
INDENT = 680  # where all running text begins; the numbers stand in the margin before it

SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:headerReference w:type="first" r:id="rId5"/>'
    '<w:footerReference w:type="default" r:id="rId6"/><w:footerReference w:type="first" r:id="rId6"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1361" w:right="1134" w:bottom="1304" w:left="1418" w:header="624" w:footer="567" w:gutter="0"/>'
    "<w:titlePg/></w:sectPr>"
)


def style(
    name: str,
    title: str,
    ppr: str = "",
    rpr: str = "",
    *,
    based_on: str = "Normal",
    after: str = "",
    quick: bool = True,
) -> str:
    """A paragraph style; `after` is the style that Enter leads to."""
    follow = f'<w:next w:val="{after}"/>' if after else ""
    parent = f'<w:basedOn w:val="{based_on}"/>' if name != "Normal" else ""
    first = ' w:default="1"' if name == "Normal" else ""
    return (
        f'<w:style w:type="paragraph"{first} w:styleId="{name}"><w:name w:val="{title}"/>{parent}{follow}'
        f"{'<w:qFormat/>' if quick else ''}<w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def spacing(before: int, after: int, line: int = 264) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def box(colour: str, width: int) -> str:
    side = f'w:val="single" w:sz="{width}" w:space="5" w:color="{colour}"'
    return f"<w:pBdr><w:top {side}/><w:left {side}/><w:bottom {side}/><w:right {side}/></w:pBdr>"


def numbered(level: int, number: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


BOLD = "<w:b/><w:bCs/>"
INK_COLOUR, SOFT_COLOUR = f'<w:color w:val="{INK}"/>', f'<w:color w:val="{SOFT}"/>'
TEXT = spacing(30, 90)


def styles(locale: str) -> str:
    """Every style that the templates use, and no other; each takes the document's language from the defaults."""
    lang = f'<w:lang w:val="{locale}" w:eastAsia="{locale}" w:bidi="ar-SA"/>'
    defaults = f"<w:rPrDefault><w:rPr>{FONT}{size(22)}{lang}</w:rPr></w:rPrDefault><w:pPrDefault/>"
    content = head_styles() + clause_styles() + table_styles() + edge_styles() + other_styles()
    return f"{XML}<w:styles {NS}><w:docDefaults>{defaults}</w:docDefaults>{content}</w:styles>"


def head_styles() -> str:
    """The notice, the title and the facts at the head of a document."""
    boxed = box(EDGE, 8) + spacing(0, 420) + '<w:ind w:left="113" w:right="113"/>'
    title = "<w:keepNext/>" + spacing(0, 40, 240)
    fact = '<w:tabs><w:tab w:val="left" w:pos="2381"/></w:tabs>' + spacing(0, 50)
    return (
        style("Normal", "Normal", f"<w:widowControl/>{TEXT}", INK_COLOUR)
        + style("SampleNotice", "Sample Notice", boxed, BOLD, after="Title")
        + style("Title", "Title", title, BOLD + size(44), after="Subtitle")
        + style("Subtitle", "Subtitle", "<w:keepNext/>" + spacing(0, 300), SOFT_COLOUR + size(26), after="Fact")
        + style("Fact", "Fact", fact + '<w:ind w:left="2381" w:hanging="2381"/>')
    )


def clause_styles() -> str:
    """Headings, numbered points, lists and annexes."""
    kept = "<w:keepNext/><w:keepLines/>"
    heading = kept + numbered(0) + spacing(320, 110, 240) + '<w:outlineLvl w:val="0"/>'
    part = kept + spacing(220, 80, 240) + '<w:outlineLvl w:val="1"/>'
    annex = numbered(0, 0) + spacing(480, 110, 240) + '<w:ind w:left="0" w:firstLine="0"/>'
    annexes = "<w:pageBreakBefore/>" + spacing(0, 110, 240)
    return (
        style("Heading1", "heading 1", heading, BOLD + INK_COLOUR + size(26), after="Clause")
        + style("Heading2", "heading 2", part, BOLD + size(22), after="TableText")
        + style("Annex", "Annex", annex, based_on="Heading1", after="Heading2")
        + style("Annexes", "Annexes", annexes, based_on="Annex", after="Heading2")
        + style("Remark", "Remark", TEXT)
        + style("Clause", "Clause", numbered(1) + TEXT)
        + style("Lead", "Lead", "<w:keepNext/>" + spacing(30, 120), based_on="Clause", after="ListBullet")
        + style("ListBullet", "List Bullet", numbered(0, 2) + spacing(10, 40))
        + style("ListBulletKept", "List Bullet Kept", "<w:keepNext/>", based_on="ListBullet", quick=False)
    )


def table_styles() -> str:
    right = '<w:jc w:val="right"/>'
    head = BOLD + SOFT_COLOUR + size(19)
    return (
        style("TableText", "Table Text", spacing(0, 0, 252), size(20))
        + style("TableName", "Table Name", rpr=BOLD, based_on="TableText", after="TableText")
        + style("TableNumber", "Table Number", right, based_on="TableText")
        + style("TableHead", "Table Head", "<w:keepNext/>", head, based_on="TableText")
        + style("TableHeadRight", "Table Head Right", right, based_on="TableHead")
    )


def edge_styles() -> str:
    """Header, footer, and the template's code, which vanishes."""
    line = f'<w:pBdr><w:top w:val="single" w:sz="4" w:space="6" w:color="{LINE}"/></w:pBdr>'
    foot = line + '<w:tabs><w:tab w:val="right" w:pos="9354"/></w:tabs>' + spacing(0, 0, 240)
    small = SOFT_COLOUR + size(18)
    code = '<w:color w:val="6C7A72"/>' + size(16)
    return (
        style("Header", "header", spacing(0, 0, 240), small, quick=False)
        + style("Footer", "footer", foot, small, quick=False)
        + style("TemplateCode", "Template Code", spacing(0, 0, 240), code, quick=False)
    )


def other_styles() -> str:
    """What is no paragraph: the default character and table styles, and the labels of the facts."""
    label = f'<w:name w:val="Label"/><w:qFormat/><w:rPr>{SOFT_COLOUR}</w:rPr>'
    default = '<w:name w:val="Default Paragraph Font"/>'
    return (
        f'<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">{default}</w:style>'
        f'<w:style w:type="character" w:styleId="Label">{label}</w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style>'
    )


def numbering() -> str:
    """List 1 numbers clauses (1) and their points (1.1); list 2 has a dash before each item."""
    clauses = list_level(0, "decimal", "%1", "Heading1", INDENT, INDENT)
    points = list_level(1, "decimal", "%1.%2", "Clause", INDENT, INDENT)
    dashes = list_level(0, "bullet", "–", "ListBullet", INDENT + 284, 284)
    return (
        f"{XML}<w:numbering {NS}>"
        f'<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>{clauses}{points}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="singleLevel"/>{dashes}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
    )


def list_level(number: int, kind: str, text: str, linked: str, left: int, hanging: int) -> str:
    """One level of a list, bound to a paragraph style; the mark stands `hanging` before the text at `left`."""
    place = f'<w:tabs><w:tab w:val="num" w:pos="{left}"/></w:tabs><w:ind w:left="{left}" w:hanging="{hanging}"/>'
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:pStyle w:val="{linked}"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/><w:pPr>{place}</w:pPr></w:lvl>'
    )


def settings(locale: str) -> str:
    return (
        f'{XML}<w:settings {NS}><w:zoom w:percent="100"/><w:defaultTabStop w:val="680"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'<w:themeFontLang w:val="{locale}"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>'
    )


def core_properties(locale: str, title: str) -> str:
    return (
        f'{XML}<cp:coreProperties xmlns:cp="{OPC}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>Kaikupolku</dc:creator><dc:language>{locale}</dc:language>"
        "<cp:lastModifiedBy>Kaikupolku</cp:lastModifiedBy>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:created>'
        '<dcterms:modified xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>'
    )


def relationships(*targets: tuple[str, str]) -> str:
    """A .rels part of (type, target) pairs, numbered rId1 onwards."""
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{XML}<Relationships xmlns="{OPC}/relationships">{rows}</Relationships>'


def fixed_parts(locale: str, title: str) -> dict[str, str]:
    """Every part but the text: types, relationships, properties, styles, numbering, settings."""
    main = {"document": "document.main", "styles": "styles", "numbering": "numbering", "settings": "settings",
            "header1": "header", "header2": "header", "footer1": "footer"}  # fmt: skip
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{WML}.{kind}+xml"/>' for name, kind in main.items()
    )
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    inner = [("styles", "styles"), ("numbering", "numbering"), ("settings", "settings"),
             ("header", "header1"), ("header", "header2"), ("footer", "footer1")]  # fmt: skip
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{OPC}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'{overrides}<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>',
        "_rels/.rels": relationships(
            (f"{OFFICE}/officeDocument", "word/document.xml"),
            (f"{OPC}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "word/_rels/document.xml.rels": relationships(*((f"{OFFICE}/{kind}", f"{name}.xml") for kind, name in inner)),
        "docProps/core.xml": core_properties(locale, title),
        "word/styles.xml": styles(locale),
        "word/numbering.xml": numbering(),
        "word/settings.xml": settings(locale),
    }


def document(body: str) -> str:
    return f"{XML}<w:document {NS}><w:body>{body}{SECTION}</w:body></w:document>"


def header(content: str) -> str:
    return f"{XML}<w:hdr {NS}>{content}</w:hdr>"


def footer(left: str) -> str:
    """The text at the left and the page as “1 (5)” at the right, as Finnish public documents number theirs."""
    page = f'<w:fldSimple w:instr=" PAGE ">{run("1")}</w:fldSimple>'
    pages = f'<w:fldSimple w:instr=" NUMPAGES ">{run("1")}</w:fldSimple>'
    content = run(left) + tab() + page + run(" (") + pages + run(")")
    return f"{XML}<w:ftr {NS}>{paragraph('Footer', content)}</w:ftr>"


def paragraph(name: str, content: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr>{content}</w:p>'


def run(text: str, name: str = "") -> str:
    """A run of text that is XML already."""
    look = f'<w:rPr><w:rStyle w:val="{name}"/></w:rPr>' if name else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def tab() -> str:
    return "<w:r><w:tab/></w:r>"


def table(description: str, widths: list[int], rows: list[str]) -> str:
    """Hairlines between rows, an ink line above and below; fixed widths: no name can push a column off the page."""
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{LINE}"'
    edge = f'w:val="single" w:sz="8" w:space="0" w:color="{EDGE}"'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders><w:top {edge}/><w:bottom {edge}/><w:insideH {line}/></w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="68" w:type="dxa"/><w:left w:w="57" w:type="dxa"/>'
        '<w:bottom w:w="68" w:type="dxa"/><w:right w:w="113" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        'w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{escape(description)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
        + paragraph("TableText", "")
    )


def row(widths: list[int], cells: list[str], *, header: bool = False, tall: bool = False) -> str:
    """A row that is never split over two pages; a header row is repeated on each; a tall one leaves room to sign."""
    look = "<w:cantSplit/>" + ('<w:trHeight w:val="1134" w:hRule="atLeast"/>' if tall else "")
    look += "<w:tblHeader/>" if header else ""
    content = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
        for width, cell in zip(widths, cells, strict=True)
    )
    return f"<w:tr><w:trPr>{look}</w:trPr>{content}</w:tr>"
