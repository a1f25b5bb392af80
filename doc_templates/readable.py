"""Does the page on which people read a document say what the document says? What no page could show is refused."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from lxml import etree

from doc_templates.container import SHOWN, Finding, W, instructions

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
TEXTS = ("document", "header", "footer", "footnotes", "endnotes")
MAX_STYLES = 1_000
MAX_BASED_ON = 20  # styles upon each other; Word itself goes no deeper than eleven
MAX_COLUMNS = 63  # of a table: Word's own limit
MAX_LISTS = 2_000
LEVELS = 9  # of a list: Word's own limit
FORMATS = {"decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman", "bullet", "none"}
# Fields of Word whose result stands still, or is a page's number. All others may say another thing each time.
STILL = {"PAGE", "NUMPAGES", "SECTIONPAGES", "HYPERLINK", "REF", "PAGEREF", "TOC", "STYLEREF"}
OFF = {"0", "false", "off"}


def unshowable(trees: dict[str, etree._Element]) -> list[Finding]:
    """What would make the page differ from the document, or take for ever: hidden text, symbols, formulas, fields that
    change by themselves, numbers of another kind, styles upon styles, tables that are too wide."""
    hidden = set()
    findings: list[Finding] = []
    for name, tree in trees.items():
        if name.startswith("word/styles"):
            findings += styles(name, tree)
            hidden |= hidden_styles(tree)
        elif name.startswith("word/numbering"):
            findings += numbering(name, tree)
    if findings:
        return findings
    return [one for name, tree in trees.items() if is_text(name) for one in texts(name, tree, hidden)]


def is_text(name: str) -> bool:
    return name.startswith("word/") and PurePosixPath(name).stem.rstrip("0123456789") in TEXTS


def styles(name: str, tree: etree._Element) -> list[Finding]:
    """Too many styles, or one that is based on itself or on too many others."""
    based = based_on(tree)
    if len(based) > MAX_STYLES:
        return [Finding(name, f"There are more than {MAX_STYLES} styles.", "too_many_styles", (str(MAX_STYLES),))]
    for style in based:
        above, steps = style, 0
        while above:
            above, steps = based.get(above, ""), steps + 1
            if steps > MAX_BASED_ON:
                what = f"The style {style} is based on itself, or on too many others."
                return [Finding(name, what, "style_loop", (style[:SHOWN],))]
    return []


def based_on(tree: etree._Element) -> dict[str, str]:
    """Style → the one that it is based on, or nothing."""
    found = {}
    for style in tree.iter(f"{W}style"):
        above = style.find(f"{W}basedOn")
        found[style.get(f"{W}styleId", "")] = above.get(f"{W}val", "") if above is not None else ""
    return found


def hidden_styles(tree: etree._Element) -> set[str]:
    """The styles whose text is hidden, and those that are based on them."""
    hidden = {style.get(f"{W}styleId", "") for style in tree.iter(f"{W}style") if next(hiding(style), None) is not None}
    based = based_on(tree)
    for _ in range(MAX_BASED_ON):
        hidden |= {style for style, above in based.items() if above in hidden}
    return hidden


def hiding(tree: etree._Element) -> Iterator[etree._Element]:
    """The marks by which text is hidden."""
    return (node for node in tree.iter(f"{W}vanish", f"{W}specVanish") if node.get(f"{W}val", "") not in OFF)


def numbering(name: str, tree: etree._Element) -> list[Finding]:
    """Lists that the page would number otherwise than Word."""
    if sum(1 for _ in tree.iter(f"{W}num")) > MAX_LISTS:
        return [Finding(name, f"There are more than {MAX_LISTS} lists.", "odd_numbering", (str(MAX_LISTS),))]
    for level in tree.iter(f"{W}lvl"):
        depth = level.get(f"{W}ilvl", "")
        shown = level.find(f"{W}numFmt")
        kind = shown.get(f"{W}val", "") if shown is not None else "decimal"
        if not depth.isdigit() or int(depth) >= LEVELS or kind not in FORMATS:
            return [
                Finding(name, f"The page cannot number a list in this way: {kind}", "odd_numbering", (kind[:SHOWN],))
            ]
    if next(tree.iter(f"{W}lvlRestart"), None) is not None:
        return [Finding(name, "The page cannot number a list in this way.", "odd_numbering", ("lvlRestart",))]
    return []


def texts(name: str, tree: etree._Element, hidden: set[str]) -> Iterator[Finding]:
    """What stands in a text and would not stand on its page, or stand there otherwise."""
    used = {node.get(f"{W}val", "") for node in tree.iter(f"{W}rStyle", f"{W}pStyle")}
    if next(hiding(tree), None) is not None or used & hidden:
        yield Finding(name, "Some of the text is hidden.", "hidden_text")
    if next(tree.iter(f"{W}sym"), None) is not None:
        yield Finding(name, "A symbol stands there as a picture of its font.", "symbol")
    if next(tree.iter(f"{MATH}oMath"), None) is not None:
        yield Finding(name, "A formula stands in the text.", "formula")
    for text in map(str.strip, instructions(tree)):
        if text and text.split()[0].upper() not in STILL:
            what = f"A field may say another thing each time the document is opened: {text[:SHOWN]}"
            yield Finding(name, what, "changing_field", (text[:SHOWN],))
    if any(too_wide(node) for node in tree.iter(f"{W}gridSpan", f"{W}gridBefore", f"{W}gridAfter")):
        yield Finding(name, f"A table has more than {MAX_COLUMNS} columns.", "too_wide_table", (str(MAX_COLUMNS),))


def too_wide(node: etree._Element) -> bool:
    width = node.get(f"{W}val", "")
    return not width.isdigit() or int(width) > MAX_COLUMNS
