"""Where do the files lie? Under their own hash, each whole or not at all, so that writing twice changes nothing."""

import hashlib
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.timezone import now

DRAFTS = "unfinished"  # the folder of what is being written
LEFT = timedelta(hours=1)  # after which nobody is writing a draft any more


def digest_of(content: bytes) -> str:
    """The SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def store(content: bytes, folder: str, ending: str) -> tuple[str, str]:
    """(name, SHA-256) of the stored file. One that is there already is read, and written anew if it is not whole.

    A file that no committed row names is harmless and is found again. Raises OSError when it cannot be written.
    """
    digest = digest_of(content)
    name = f"{folder}/{digest[:2]}/{digest}.{ending}"
    if not _holds(name, digest):
        name = default_storage.save(name, ContentFile(content))
    return name, digest


def _holds(name: str, digest: str) -> bool:
    if not default_storage.exists(name):
        return False
    with default_storage.open(name) as file:
        return digest_of(file.read()) == digest


class Folder(FileSystemStorage):
    """A folder of this machine. Whoever is killed, or finds the disk full, leaves no part of a file under its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_overwrite": True} | options)

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        """Written under another name, forced to the disk, and only then moved."""
        assert name
        draft = f"{DRAFTS}/{uuid4().hex}"
        try:
            super().save(draft, content)
            _to_disk(self.path(draft))
            self._move(Path(self.path(draft)), Path(self.path(name)))
        finally:
            self.delete(draft)
        return name

    def _move(self, draft: Path, final: Path) -> None:
        for folder in reversed(final.relative_to(self.location).parents):
            (Path(self.location) / folder).mkdir(self.directory_permissions_mode or 0o777, exist_ok=True)
        draft.replace(final)
        _to_disk(final.parent)

    def sweep(self) -> None:
        """What was being written by somebody who was killed is gone."""
        with suppress(FileNotFoundError):
            for name in self.listdir(DRAFTS)[1]:
                if self.get_modified_time(f"{DRAFTS}/{name}") < now() - LEFT:
                    self.delete(f"{DRAFTS}/{name}")


def fault() -> str:
    """What keeps files from being stored, for the machine that watches the site; nothing when one could be written."""
    name = f"{DRAFTS}/{uuid4().hex}"
    try:
        default_storage.save(name, ContentFile(b"written"))
        default_storage.delete(name)
    except OSError as error:
        return f"cannot be written: {error.strerror or error}"
    return ""


def sweep() -> None:
    """Nothing half-written lies about for long. A storage elsewhere has nothing of the kind."""
    if isinstance(default_storage, Folder):
        default_storage.sweep()


def _to_disk(path: str | Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
