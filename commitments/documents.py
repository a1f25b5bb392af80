"""What are a commitment's papers? One DOCX a language, each of the current template, kept under their hashes."""

import json

from commitments.facts import facts
from commitments.models import Commitment, Document, Edition
from commitments.storage import store
from commitments.templates import LANGUAGES, current
from doc_templates.render import render


def languages(commitment: Commitment) -> list[str]:
    """The languages of the parties: each municipality's own, both where it is bilingual, and the partner's."""
    wanted = {commitment.partner.language} if commitment.partner else set()
    for party in commitment.parties.select_related("municipality").exclude(municipality=None):
        wanted |= set(party.municipality.languages if party.municipality else [])
    return [language for language in LANGUAGES if language in wanted] or ["fi"]


def documents_of(edition: Edition) -> list[Document]:
    """The edition's files are stored, and these rows of them wait to be saved. Doing it twice stores the same files."""
    return [_document(edition, language) for language in languages(edition.commitment)]


def _document(edition: Edition, language: str) -> Document:
    commitment = edition.commitment
    template = current(commitment.kind, language)
    said = facts(commitment, language, edition.asked_at)
    title = f"{said['title']}: {commitment.partner or said['region_name']}"
    content = render(template.content, said, title=title, language=language, moment=edition.asked_at)
    stored, digest = store(content, "documents", "docx")
    return Document(
        edition=edition, language=language, file=stored, sha256=digest, size=len(content),
        template=template.name, template_sha256=template.sha256, facts=said,
    )  # fmt: skip


def manifest_of(documents: list[Document]) -> str:
    """One line of JSON that names every file and its hash: what is checked, and what a signature binds to."""
    return json.dumps([_entry(d) for d in documents], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _entry(document: Document) -> dict[str, str | int]:
    return {
        "language": document.language,
        "sha256": document.sha256,
        "size": document.size,
        "template": document.template,
        "template_sha256": document.template_sha256,
    }
