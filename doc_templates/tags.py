"""Which fields does a template use, where, and is all of its code allowed? Read from the code, without running it."""

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from docx.opc.constants import CONTENT_TYPE
from docxtpl import DocxTemplate
from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from lxml import etree

from doc_templates.container import Finding
from doc_templates.render import LOOP_FACTS, SEALED

MAX_TAGS = 2_000
MAX_TAG = 300
MAX_LOOPS_INSIDE = 2
MAX_DEPTH = 30
MAX_WEIGHT = 20_000_000  # characters of the finished part, were each list LONG_LIST members long
LONG_LIST = 50
SHOWN = 60  # characters of a tag that a finding quotes
OPENERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
FOOTNOTES = CONTENT_TYPE.WML_FOOTNOTES
# docxtpl's tags that put raw XML into the document, or reckon with numbers of columns.
RAW = re.compile(r"\{\{\s*(p|tr|tc|r)\s|\{%-?\s*(hm|vm|colspan|cellbg)\b")
PLAIN_FIELD = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}")
ASKED_FIELD = re.compile(r"\{%\w*-?\s*(?:el)?if\s+(?:not\s+)?([A-Za-z_]\w*(?:\.\w+)*)\s*-?%\}")
LOOP_NAME = re.compile(r"\{%\w*-?\s*for\s+(\w+)")
NAMES = {
    nodes.Call: "a call", nodes.Getitem: "an index in brackets", nodes.Assign: "an assignment",
    nodes.AssignBlock: "an assignment", nodes.BinExpr: "arithmetic", nodes.UnaryExpr: "arithmetic",
    nodes.Filter: "a filter", nodes.Test: "a test", nodes.Macro: "a macro", nodes.Include: "an include",
    nodes.Import: "an import", nodes.FromImport: "an import", nodes.Extends: "an include",
    nodes.Getattr: "a part of something that is no field",
}  # fmt: skip
ALLOWED = (nodes.Output, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr, nodes.If)


Names = tuple[tuple[str, str], ...]  # the loops around a piece of code, outermost first: (variable, field)


class Use(NamedTuple):
    """A field as the template names it, and the place."""

    path: str
    where: str
    is_list: bool
    is_printed: bool = False


def sources(template: bytes) -> Iterator[tuple[str, str]]:
    """Each part that docxtpl fills, as (name for people, the very source that it compiles)."""
    return ((name, prepared) for name, _, prepared in filled_parts(template))


def filled_parts(template: bytes) -> Iterator[tuple[str, str, str]]:
    """The same with the part's XML as it is in the file: (name, XML, source)."""
    document = DocxTemplate(io.BytesIO(template))
    document.init_docx()
    for name, xml in texts(document):
        yield name, xml, prepared(document, xml)


def texts(document: DocxTemplate) -> Iterator[tuple[str, str]]:
    yield "body", document.get_xml()
    for name, kind in (("header", document.HEADER_URI), ("footer", document.FOOTER_URI)):
        for _, part in document.get_headers_footers(kind):
            yield name, document.get_part_xml(part)
    for part in document.docx.part.package.iter_parts():
        if part.content_type == FOOTNOTES:
            yield "footnotes", part.blob.decode("utf-8")


def prepared(document: DocxTemplate, xml: str) -> str:
    """As docxtpl does it: tags freed of markup, and every paragraph on a line of its own."""
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", document.patch_xml(xml))


def broken_tags(name: str, tree: etree._Element) -> list[Finding]:
    """Tags of a part that are never closed, too long, too many, or of a kind that writes raw XML."""
    texts = ["".join(tree.itertext()), *(value for node in tree.iter("*") for value in node.attrib.values())]
    text = "\n".join(value for value in texts if "{" in value)
    found = list(re.finditer(r"\{[{%#]", text))
    if len(found) > MAX_TAGS:
        return [Finding(name, f"The part has more than {MAX_TAGS} tags.", "too_many_tags", (str(MAX_TAGS),))]
    findings = [
        Finding(name, f"This tag is not closed, or too long: {tag}", "unclosed_tag", (tag,))
        for m in found
        if OPENERS[m[0]] not in text[m.start() + 2 : m.start() + MAX_TAG]
        for tag in [text[m.start() :][:SHOWN]]
    ]
    return findings + [
        Finding(name, f"This kind of tag is not allowed: {tag}", "tag_not_allowed", (tag,))
        for m in RAW.finditer(text)
        for tag in [text[m.start() :][:SHOWN]]
    ]


def has_tags(tree: etree._Element) -> bool:
    """True when a part that is never filled holds a tag, which would stay in the document, or run."""
    values = ["".join(tree.itertext()), *(value for node in tree.iter("*") for value in node.attrib.values())]
    return any(opener in value for value in values for opener in ("{{", "{%"))


def lint(part: str, source: str) -> tuple[list[Use], list[Finding]]:
    """The fields that the part uses, and a finding for all code but fields, `if`, `for` and `|length`."""
    reader = Reader(part, source.splitlines())
    try:
        reader.block(SEALED.parse(source).body, (), 0)
    except TemplateSyntaxError as error:
        reader.refuse(error.lineno, f"The template code cannot be read: {error.message}", "syntax")
        reader.uses += fields_alone(part, source.splitlines())
    except RecursionError:
        reader.refuse(1, "The template code is nested too deeply.", "too_deep")
    return reader.uses, reader.findings


def fields_alone(part: str, lines: list[str]) -> Iterator[Use]:
    """Of code that cannot be read as a whole, the fields outside loops, so that one fault hides no other."""
    reader, of_loops = Reader(part, lines), {"loop", *(name for text in lines for name in LOOP_NAME.findall(text))}
    for line, text in enumerate(lines, 1):
        for kind, found in ((True, PLAIN_FIELD), (False, ASKED_FIELD)):
            for path in found.findall(text):
                if path.split(".")[0] not in of_loops:
                    yield Use(path, reader.place(line, path.split(".")[-1]), is_list=False, is_printed=kind)


class Reader:
    """Walks the code of one part; `names` says which field the variable of each loop around stands for."""

    def __init__(self, part: str, lines: list[str]) -> None:
        self.part, self.lines = part, lines
        self.weight = 0
        self.uses: list[Use] = []
        self.findings: list[Finding] = []

    def place(self, line: int, hint: str = "") -> str:
        """The paragraph on the line; of several, as docxtpl leaves a `{%p …%}` behind another, that with the hint."""
        pieces = "".join(self.lines[line - 1 : line]).split("</w:p>")
        piece = next((piece for piece in pieces if hint and hint in piece), "".join(pieces))
        text = " ".join(re.sub(r"<[^>]*>", "", piece.replace("<w:tab/>", " ")).split())
        return f"{self.part}: “{text[:100]}”" if text else self.part

    def refuse(self, line: int, what: str, code: str, *about: str) -> None:
        self.findings.append(Finding(self.place(line), what, code, about))

    def block(self, body: list[nodes.Node], names: Names, depth: int) -> None:
        for node in body:
            self.node(node, names, depth)

    def node(self, node: nodes.Node, names: Names, depth: int, printed: bool = False) -> None:
        path = field_path(node, names)
        if depth > MAX_DEPTH:
            self.refuse(node.lineno, "The template code is nested too deeply.", "too_deep")
        elif path is not None:
            self.field(node, path, printed)
        elif isinstance(node, nodes.TemplateData):
            self.weigh(node, len(names))
        elif isinstance(node, nodes.For):
            self.loop(node, names, depth)
        elif isinstance(node, ALLOWED) or is_length(node):
            for child in node.iter_child_nodes():
                self.node(child, names, depth + 1, printed=isinstance(node, nodes.Output))
        elif not isinstance(node, nodes.Const):
            kind = next((name for cls, name in NAMES.items() if isinstance(node, cls)), "code of another kind")
            self.refuse(node.lineno, f"Only fields, if and for are allowed, not {kind}.", "code_not_allowed", kind)

    def field(self, node: nodes.Node, path: str, printed: bool) -> None:
        if path.split(".")[0] == "loop" and path.count(".") == 1 and path.split(".")[1] in LOOP_FACTS:
            return
        self.uses.append(Use(path, self.place(node.lineno, path.split(".")[-1]), is_list=False, is_printed=printed))

    def weigh(self, node: nodes.TemplateData, loops: int) -> None:
        """Text in a loop comes once for each member: what is small in the template may be huge in the document."""
        before, self.weight = self.weight, self.weight + len(node.data) * LONG_LIST**loops
        if before <= MAX_WEIGHT < self.weight:
            self.refuse(node.lineno, "The loops would make the document too long.", "too_long")

    def loop(self, node: nodes.For, names: Names, depth: int) -> None:
        """`for one in parties`: inside, `one.name` is the field `parties[].name`."""
        path = field_path(node.iter, names)
        inside = len(names) >= MAX_LOOPS_INSIDE
        if path is None or inside or node.recursive or node.test or not isinstance(node.target, nodes.Name):
            what = "A loop goes over one list, as in “for party in parties”, at most two inside each other."
            self.refuse(node.lineno, what, "loop_not_allowed")
            return
        self.uses.append(Use(path, self.place(node.lineno, "{% for"), is_list=True))
        self.block(node.body, (*names, (node.target.name, f"{path}[]")), depth + 1)
        self.block(node.else_, names, depth + 1)


def field_path(node: nodes.Node, names: Names) -> str | None:
    """`partner.name` for a field, loop variables resolved; None for anything else."""
    if isinstance(node, nodes.Name):
        return dict(names).get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        inner = field_path(node.node, names)
        return f"{inner}.{node.attr}" if inner else None
    return None


def is_length(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Filter) and node.name == "length" and not (node.args or node.kwargs or node.dyn_args)


def shape_at(facts: Any, path: str) -> Any:
    """What the sample holds at the path. Raises KeyError when there is no such field."""
    for key in path.replace("[]", ".[]").split("."):
        if key == "[]" and isinstance(facts, list):
            facts = facts[0]
        elif isinstance(facts, dict):
            facts = facts[key]
        else:
            raise KeyError(path)
    return facts
