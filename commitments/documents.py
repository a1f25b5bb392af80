"""How is a commitment's paper made? One DOCX a language, together, kept under their hashes."""

import hashlib
import json
from pathlib import Path

from django.utils.timezone import now

import doc_templates
from adoption.models import Person
from commitments.facts import facts
from commitments.models import Commitment, Document, Edition
from commitments.storage import store
from doc_templates.render import render

FOLDER = Path(doc_templates.__file__).parent
LANGUAGES = ("fi", "sv")  # of the shipped templates


def languages(commitment: Commitment) -> list[str]:
    """The languages of the parties: each municipality's own, both where it is bilingual, and the partner's."""
    wanted = {commitment.partner.language} if commitment.partner else set()
    for party in commitment.parties.select_related("municipality").exclude(municipality=None):
        wanted |= set(party.municipality.languages if party.municipality else [])
    return [language for language in LANGUAGES if language in wanted] or ["fi"]


def make_edition(commitment: Commitment, by: Person) -> Edition:
    """The commitment has a new set of files of its present facts. The caller has locked the region."""
    last = commitment.edition
    documents = [_document(commitment, language) for language in languages(commitment)]
    manifest = json.dumps([_entry(d) for d in documents], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    edition = Edition.objects.create(
        commitment=commitment, number=last.number + 1 if last else 1, made_at=now(), made_by=by,
        manifest=manifest, manifest_sha256=hashlib.sha256(manifest.encode()).hexdigest(),
    )  # fmt: skip
    for document in documents:
        document.edition = edition
    Document.objects.bulk_create(documents)
    return edition


def _document(commitment: Commitment, language: str) -> Document:
    name = f"{commitment.kind}.{language}.docx"
    template = (FOLDER / name).read_bytes()
    said = facts(commitment, language)
    content = render(
        template, said, title=f"{said['title']}: {commitment.partner or said['region_name']}", language=language
    )
    stored, digest = store(content, "documents", "docx")
    return Document(
        language=language, file=stored, sha256=digest, size=len(content),
        template=name, template_sha256=hashlib.sha256(template).hexdigest(), facts=said,
    )  # fmt: skip


def _entry(document: Document) -> dict[str, str | int]:
    return {
        "language": document.language,
        "sha256": document.sha256,
        "size": document.size,
        "template": document.template,
        "template_sha256": document.template_sha256,
    }
