"""What does a stored file hold? Nothing is shown, sent, sealed or signed but the very bytes that a row names.

Jobs that store what they have made use commitments.storage; verify_documents says exactly what is wrong with a file.
"""

import logging
from email.utils import parseaddr
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db.models import Model
from django.utils.translation import gettext as _

from adoption.refusal import Refused
from commitments.marks import is_as_left
from commitments.models import Commitment
from commitments.storage import digest_of, store

log = logging.getLogger(__name__)


class Row(Protocol):
    """Whatever names a stored file and its hash: a document, a PDF of it, a copy, a certificate, a template."""

    @property
    def file(self) -> Any: ...

    @property
    def sha256(self) -> str: ...


class Damaged(Refused):
    """The stored file was changed, is missing or cannot be read: it is kept from everybody until it is put right."""

    status = 503

    def __init__(self, what: str) -> None:
        said = _(
            "A stored file is damaged or missing, so it is not shown, and nothing can be signed by it. "
            "Tell Kaikukeskus: %(contact)s. The file is %(file)s."
        )
        super().__init__([said % {"contact": contact(), "file": what}])


class Edited(Refused):
    """Rows of a commitment were changed otherwise than by an act: nobody signs what was slipped in."""

    status = 503

    def __init__(self) -> None:
        said = _(
            "What is stored of this commitment was changed outside the site, so nothing can be signed in it. "
            "Tell Kaikukeskus: %(contact)s."
        )
        super().__init__([said % {"contact": contact()}])


class NotStored(Refused):
    """The disk is full, or cannot be written."""

    status = 507

    def __init__(self) -> None:
        said = _(
            "The site cannot store files now, so nothing was saved. Try again later. If it lasts, tell Kaikukeskus: "
            "%(contact)s."
        )
        super().__init__([said % {"contact": contact()}])


def contact() -> str:
    """Where people of the site reach those who keep it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def content_of(row: Row) -> bytes:
    """The file's bytes. Raises Damaged unless they are those that the row names."""
    what = f"{row._meta.model_name} {row.pk}" if isinstance(row, Model) and row.pk else row.file.name
    try:
        with row.file.open() as file:
            content = file.read()
    except (OSError, SuspiciousOperation, ValueError) as error:  # ValueError: a row without a file
        log.exception("%s cannot be read", what)
        raise Damaged(what) from error
    if digest_of(content) != row.sha256:
        log.error("%s is not as it was stored", what)
        raise Damaged(what)
    return content


def refuse_damaged(commitment: Commitment) -> None:
    """Raises Damaged when one of the documents that are checked and signed is not as it was made."""
    for document in commitment.edition.documents.all() if commitment.edition else ():
        content_of(document)


def refuse_edited(commitment: Commitment) -> None:
    """Raises Edited when the commitment's rows are not as its newest act has left them."""
    if not is_as_left(commitment):
        raise Edited


def keep(content: bytes, folder: str, ending: str) -> tuple[str, str]:
    """(name, SHA-256) of the file that a person has brought. Raises NotStored when it cannot be written."""
    try:
        return store(content, folder, ending)
    except OSError as error:
        log.exception("A file of %s bytes cannot be stored in %s", len(content), folder)
        raise NotStored from error
