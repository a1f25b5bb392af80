"""Which DOCX template is in use for a kind and language: the newest that Kaikukeskus published, or else our sample?"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import doc_templates
from commitments import stored
from commitments.models import Commitment, Template

FOLDER = Path(doc_templates.__file__).parent
LANGUAGES = ("fi", "sv", "en")


class Wording(NamedTuple):
    """A template as it is filled in."""

    name: str
    content: bytes
    sha256: str


def current(kind: str, language: str) -> Wording:
    """The template that a new document is made from."""
    own = Template.objects.published().filter(kind=kind, language=language).first()
    if own is None:
        return shipped(kind, language)
    return Wording(f"{kind}.{language} {own.number}", content_of(own), own.sha256)


def shipped(kind: str, language: str) -> Wording:
    """Our own sample of the kind in the language."""
    return _shipped(f"{kind}.{language}.docx")


@lru_cache(maxsize=16)
def _shipped(name: str) -> Wording:
    content = (FOLDER / name).read_bytes()
    return Wording(name, content, hashlib.sha256(content).hexdigest())


def content_of(template: Template) -> bytes:
    """The uploaded DOCX. Raises Damaged for one that is not as it was uploaded."""
    return _stored(template.file.name, template.sha256)


@lru_cache(maxsize=16)
def _stored(name: str, sha256: str) -> bytes:
    """A stored file lies under its hash, so what has been read once as it was recorded is the same for ever."""
    return stored.content_of(Template(file=name, sha256=sha256))


def in_use() -> dict[tuple[str, str], Template | None]:
    """(kind, language) → the published template in use, or nothing where our sample is. One query."""
    found: dict[tuple[str, str], Template | None] = {
        (kind, language): None for kind in Commitment.Kind.values for language in LANGUAGES
    }
    for template in Template.objects.published().select_related("published_by").order_by("number"):
        found[template.kind, template.language] = template
    return found


def hashes_in_use() -> dict[tuple[str, str], str]:
    """(kind, language) → the SHA-256 of the template that a document made now is made from."""
    return {key: own.sha256 if own else shipped(*key).sha256 for key, own in in_use().items()}
