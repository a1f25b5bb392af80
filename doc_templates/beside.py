"""Do words stand beside a tag that takes its whole paragraph, row or cell away? They would vanish without a word."""

import re

from lxml import etree

from doc_templates.container import Finding, W

TAKING = re.compile(r"\{[%#](p|tr|tc) [^{}]*[%#]\}")  # as docxtpl knows them
ANY = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>")
WHITE = re.compile(r"\s+")
QUOTED = 100  # characters of a place
# What is seen and is no text: pictures, the fields of Word, notes.
SEEN = [f"{W}{name}" for name in
        ("drawing", "pict", "object", "fldSimple", "fldChar", "footnoteReference", "endnoteReference")]  # fmt: skip
WHAT = "All else in the paragraph, row or cell of the tag would be lost."


def lost_beside(name: str, tree: etree._Element) -> list[Finding]:
    """A finding for every paragraph, row or cell that such a tag takes away together with anything else, and for a tag
    of rows or cells outside a table."""
    found: dict[etree._Element, Finding] = {}
    for paragraph in tree.iter(f"{W}p"):
        text = "".join(paragraph.itertext())
        for tag in TAKING.finditer(text):
            taken = around(paragraph, tag[1])
            if taken is None:
                found[paragraph] = finding(name, text, tag[0])
            elif taken not in found and holds_more(taken, tag[0]):
                found[taken] = finding(name, "".join(taken.itertext()), tag[0])
    return list(found.values())


def around(paragraph: etree._Element, kind: str) -> etree._Element | None:
    """The paragraph itself, or the row or cell that it stands in."""
    return paragraph if kind == "p" else next(paragraph.iterancestors(f"{W}{kind}"), None)


def holds_more(taken: etree._Element, tag: str) -> bool:
    return bool("".join(taken.itertext()).replace(tag, "", 1).strip()) or next(taken.iter(*SEEN), None) is not None


def finding(name: str, text: str, tag: str) -> Finding:
    return Finding(f"{name}: “{' '.join(text.split())[:QUOTED]}”", WHAT, "lost_beside", (tag,))


def swallowed(name: str, xml: str, prepared: str) -> list[Finding]:
    """A finding when what docxtpl compiles has not all words and tags of the part: as of a tag that begins in one
    paragraph and ends in the next, or that draws paragraphs together by `-%}`."""
    before = ANY.sub("\0", MARKUP.sub("", xml))
    after = MARKUP.sub("", ANY.sub("\0", prepared))  # in its tags, `<` stands for itself
    return [] if WHITE.sub("", before) == WHITE.sub("", after) else [Finding(name, WHAT, "lost_beside", ("{%p …%}",))]
