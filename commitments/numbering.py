"""Which number does Word write before a paragraph of a list? Counted from the document's own lists."""

from collections.abc import Iterator
from typing import NamedTuple

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

BULLET = "•"
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Level(NamedTuple):
    """How a level of a list is numbered: the kind of number, the text around it, and where it starts."""

    kind: str
    text: str
    start: int


class Numbers:
    """Counts numbered paragraphs as Word does: each list for itself, a deeper level anew under each higher one."""

    def __init__(self, document: Document) -> None:
        parts = [rel.target_part for rel in document.part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.NUMBERING]
        roots = [part.element for part in parts]
        kinds = {
            one.get(qn("w:abstractNumId")): dict(_levels(one)) for root in roots for one in every(root, "abstractNum")
        }
        self.starts = {one.get(qn("w:numId")): _starts(one) for root in roots for one in every(root, "num")}
        self.levels = {
            one.get(qn("w:numId")): kinds.get(value_of(one, "abstractNumId"), {})
            for root in roots
            for one in every(root, "num")
        }
        self.counts: dict[str, dict[int, int]] = {}

    def of(self, where: tuple[str, int]) -> str:
        """The number that stands before a paragraph of this list and depth, BULLET for an item, nothing for text."""
        number, depth = where
        levels = self.levels.get(number, {})
        if depth not in levels:
            return ""
        if levels[depth].kind == "bullet":
            return BULLET
        counts = self.counts.setdefault(number, {})
        counts[depth] = counts.get(depth, self._start(number, depth) - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        text = levels[depth].text
        for level, kind in levels.items():
            count = counts.get(level, self._start(number, level))
            text = text.replace(f"%{level + 1}", in_kind(count, kind.kind))
        return text

    def _start(self, number: str, depth: int) -> int:
        return self.starts[number].get(depth, self.levels[number][depth].start)


def in_kind(count: int, kind: str) -> str:
    """The number as the list writes it: 3, c, C, iii, III, or nothing."""
    if kind == "none":
        return ""
    if kind.endswith("Letter"):  # after z comes aa, then bb: Word's own way
        shown = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif kind.endswith("Roman"):
        shown = _roman(count)
    else:
        return str(count)
    return shown.upper() if kind.startswith("upper") else shown


def _roman(count: int) -> str:
    shown = ""
    for worth, letters in ROMAN:
        shown += letters * (count // worth)
        count %= worth
    return shown


def every(root: etree._Element, name: str) -> list[etree._Element]:
    return list(root.iter(qn(f"w:{name}")))


def value_of(node: etree._Element, name: str, otherwise: str = "") -> str:
    """The value of the node's child of this name."""
    child = node.find(qn(f"w:{name}"))
    return child.get(qn("w:val"), otherwise) if child is not None else otherwise


def _levels(kind: etree._Element) -> Iterator[tuple[int, Level]]:
    for level in every(kind, "lvl"):
        told = Level(
            value_of(level, "numFmt", "decimal"), value_of(level, "lvlText"), int(value_of(level, "start", "1"))
        )
        yield int(level.get(qn("w:ilvl"))), told


def _starts(number: etree._Element) -> dict[int, int]:
    """Depth → where this one list starts, other than its kind."""
    found = ((int(one.get(qn("w:ilvl"))), value_of(one, "startOverride")) for one in every(number, "lvlOverride"))
    return {depth: int(start) for depth, start in found if start}
