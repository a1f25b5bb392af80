"""What are a commitment's papers? One DOCX a language, each of the current template, kept under their hashes."""

import json
from typing import Any

from commitments.facts import in_languages
from commitments.models import Document, Edition
from commitments.storage import digest_of, store
from commitments.templates import current
from doc_templates.render import render


def documents_of(edition: Edition) -> list[Document]:
    """The edition's files are stored, and these rows of them wait to be saved. Doing it twice stores the same files."""
    said = in_languages(edition.commitment, edition.asked_at)
    return [_document(edition, language, facts) for language, facts in said.items()]


def _document(edition: Edition, language: str, said: dict[str, Any]) -> Document:
    commitment = edition.commitment
    template = current(commitment.kind, language)
    title = f"{said['title']}: {commitment.partner or said['region_name']}"
    content = render(template.content, said, title=title, language=language, moment=edition.asked_at)
    stored, digest = store(content, "documents", "docx")
    return Document(
        edition=edition, language=language, file=stored, sha256=digest, size=len(content),
        template=template.name, template_sha256=template.sha256, facts=said,
    )  # fmt: skip


def manifest_of(documents: list[Document]) -> str:
    """One line of JSON that names every file and its hash: what is checked, and what a signature binds to."""
    return one_line([entry_of(document) for document in documents])


def entry_of(document: Document) -> dict[str, str | int]:
    """What the manifest says of a document: its file, its template, and the facts that it was made from."""
    return {
        "language": document.language,
        "sha256": document.sha256,
        "size": document.size,
        "template": document.template,
        "template_sha256": document.template_sha256,
        "facts_sha256": digest_of(one_line(document.facts).encode()),
    }


def one_line(facts: Any) -> str:
    """The facts as one line of JSON, the same for the same facts."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
