"""Where do the files lie? Under their own hash, so that writing twice changes nothing."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def digest_of(content: bytes) -> str:
    """The SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def store(content: bytes, folder: str, ending: str) -> tuple[str, str]:
    """(name, SHA-256) of the stored file. A file that no committed row names is harmless and is found again."""
    digest = digest_of(content)
    name = f"{folder}/{digest[:2]}/{digest}.{ending}"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(content))
    return name, digest
