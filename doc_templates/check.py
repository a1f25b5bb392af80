"""Can this DOCX serve as a template of the given kind? What is wrong with it, where, and which fields it uses."""

import difflib
import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from docx import Document
from jinja2.exceptions import TemplateError
from lxml import etree

from doc_templates import samples
from doc_templates.beside import lost_beside, swallowed
from doc_templates.container import NO_DOCUMENT, Finding, Refused, W, open_parts
from doc_templates.convert import NotOurs, refuse_foreign
from doc_templates.readable import unshowable
from doc_templates.render import render
from doc_templates.tags import Use, broken_tags, fields_alone, filled_parts, has_tags, lint, shape_at, sources

__all__ = ["Finding", "check", "fields"]

KINDS = tuple(samples.SHAPES)
MAX_PARAGRAPHS = 5_000
FILLED = ("document", "header", "footer", "footnotes")
RENDER_FAULTS = (TemplateError, etree.LxmlError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError,
                 SyntaxError, RecursionError, zipfile.BadZipFile)  # fmt: skip


def fields(template: bytes) -> set[str]:
    """The dotted names that the template uses; what is used of a list's members reads `parties[].name`.

    A list or group stands for itself only where nothing inside it is used. For templates that passed `check`.
    """
    used = {use.path for _, source in sources(template) for use in lint("", source)[0]}
    return {path for path in used if not any(other.startswith((f"{path}[]", f"{path}.")) for other in used - {path})}


def check(template: bytes, kind: str) -> list[Finding]:
    """Everything found wrong with the template, by file, code, fields and trial rendering; empty when it may be used.

    Each stage runs only when the one before found nothing: a file that is not safe is never rendered.
    Raises KeyError for a kind that does not exist.
    """
    shape = samples.SHAPES[kind].full
    try:
        trees, findings = open_parts(template)
    except Refused as refusal:
        return [refusal.finding]
    findings = findings or too_long(trees) or unshowable(trees)
    if loose := [] if findings else loose_tags(trees):
        findings = loose + [finding for use in plain_fields(trees) if (finding := unknown(use, shape))]
    if findings:
        return findings
    try:
        parts = list(filled_parts(template))
        read = [lint(part, source) for part, _, source in parts]
    except (ValueError, LookupError, AttributeError, TypeError):
        return [NO_DOCUMENT]
    findings = [finding for _, found in read for finding in found]
    findings += [finding for uses, _ in read for use in uses if (finding := unknown(use, shape))]
    findings = findings or [finding for part in parts for finding in swallowed(*part)]
    return findings or trial(template, kind)


def too_long(trees: dict[str, etree._Element]) -> list[Finding]:
    """A part of more paragraphs than anybody would read, and no page could show."""
    return [
        Finding(name, f"The part has more than {MAX_PARAGRAPHS} paragraphs.", "too_long")
        for name, tree in trees.items()
        if sum(1 for _ in tree.iter(f"{W}p")) > MAX_PARAGRAPHS
    ]


def loose_tags(trees: dict[str, etree._Element]) -> list[Finding]:
    """Tags that are broken, that take words away with them, and tags where no field is ever filled in."""
    findings = []
    for name, tree in trees.items():
        if PurePosixPath(name).stem.rstrip("0123456789") in FILLED and name.startswith("word/"):
            findings += broken_tags(name, tree) or lost_beside(name, tree)
        elif has_tags(tree):
            code = "tag_in_properties" if is_properties(name, tree) else "tag_not_filled"
            findings.append(Finding(name, "A tag stands where no field is filled in.", code))
    return findings


def plain_fields(trees: dict[str, etree._Element]) -> Iterator[Use]:
    """The fields of the parts that are filled, as their paragraphs name them: of a template whose tags are broken."""
    for name, tree in trees.items():
        stem = PurePosixPath(name).stem.rstrip("0123456789")
        if stem in FILLED and name.startswith("word/"):
            lines = ["".join(text.text or "" for text in one.iter(f"{W}t")) for one in tree.iter(f"{W}p")]
            yield from fields_alone("body" if stem == "document" else stem, lines)


def is_properties(name: str, tree: etree._Element) -> bool:
    return name.startswith("docProps/") or "properties" in etree.QName(tree).localname.lower()


def unknown(use: Use, shape: samples.Facts) -> Finding | None:
    """A finding when the kind's sample has no such field, no list where the template loops, or no text to print."""
    try:
        held = shape_at(shape, use.path)
    except KeyError:
        close = difflib.get_close_matches(use.path, sorted(samples.field_names(shape)), n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        return Finding(use.where, f"There is no field {use.path}.{meant}", "unknown_field", (use.path, *close))
    if use.is_list and not isinstance(held, list):
        return Finding(use.where, f"The field {use.path} is not a list.", "not_a_list", (use.path,))
    if use.is_printed and not isinstance(held, str):
        what = f"The field {use.path} is no text: go through it with for, or ask for it with if."
        return Finding(use.where, what, "no_text", (use.path,))
    return None


def trial(template: bytes, kind: str) -> list[Finding]:
    """Renders the samples in the sealed environment; a fault is a finding with the paragraphs around it. What comes out
    is a document that the converter may be given."""
    for facts in samples.SHAPES[kind]:
        try:
            document = render(template, facts, title="Trial", language="fi", moment=samples.MOMENT)
            Document(io.BytesIO(document))
            refuse_foreign(document)
        except (NotOurs, *RENDER_FAULTS) as error:
            around = " ".join(" ".join(getattr(error, "docx_context", ())).split())
            return [Finding(around[:120] or "file", f"The template cannot be filled in: {error}", "render_failed")]
    return []
