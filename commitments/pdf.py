"""Is there a PDF beside each DOCX? Jobs make them where a converter is configured; without one nothing else changes."""

import logging
import time
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.access import acting
from adoption.history import NOBODY, locked, record
from adoption.mail import later
from adoption.models import Person
from adoption.refusal import Refused
from commitments.models import Document, Rendition
from commitments.storage import digest_of, store
from doc_templates.convert import Converter, Failed, NotOurs, Unavailable

log = logging.getLogger(__name__)
JOB = "commitments.pdf.make"
MOST_TRIES = 5
SOON = timedelta(minutes=1)  # after which a document whose job has not made its PDF is looked after
TURN = 30.0  # seconds that one look round may take: a job of the worker has sixty


class Fault(models.TextChoices):
    """Why a document has no PDF: what is kept in its `pdf_fault`."""

    AWAY = "away", gettext_lazy("The converter does not answer. It is asked again each minute.")
    CONVERTING = "converting", gettext_lazy("The converter could not make a PDF of it.")
    FOREIGN = "foreign", gettext_lazy("It holds something that is not given to the converter.")
    CHANGED = "changed", gettext_lazy("The stored file is not as it was made.")
    STORING = "storing", gettext_lazy("The file could not be read or stored.")
    KILLED = "killed", gettext_lazy("The work was interrupted again and again.")


FINAL = (Fault.FOREIGN, Fault.CHANGED)  # trying again would change nothing


def is_configured() -> bool:
    """Whether this site has a converter; it may be away for a while."""
    return bool(settings.PDF_CONVERTER)


def fault() -> str:
    """What keeps PDF from being made now, for the machine that watches the site; nothing where none is to be made."""
    return "does not answer" if is_configured() and not _converter().answers() else ""


def _converter() -> Converter:
    return Converter(settings.PDF_CONVERTER)


def waiting() -> QuerySet[Document]:
    """The documents that have no PDF and have not been given up."""
    return Document.objects.filter(pdf_tries__lt=MOST_TRIES).exclude(renditions__form=Rendition.Form.PDF)


# -- making -----------------------------------------------------------------------------------------------------------


def make(pk: int) -> None:
    """The document has its PDF, or says why it has none; one that has it stays as it is.

    It is safe to run this twice, at the same time too: the first PDF that is done counts. A converter that is away
    costs no try. A fault of the database is raised, so that the document waits on.
    """
    if is_configured():
        _try(waiting().filter(pk=pk), pk)


def _try(still_waiting: QuerySet[Document], pk: int) -> None:
    claimed = {"pdf_tries": F("pdf_tries") + 1, "pdf_fault": Fault.KILLED}  # what remains if we are killed
    if not still_waiting.update(**claimed):
        return
    document = Document.objects.select_related("edition__commitment").get(pk=pk)
    try:
        pdf = _converter().pdf(_content(document))
        keep(document, pdf)
    except Unavailable:
        _waits(Document.objects.filter(pk=pk, pdf_tries__gt=0), pdf_tries=F("pdf_tries") - 1)
    except NotOurs:
        _failed(document, Fault.FOREIGN)
    except Failed:
        _failed(document, Fault.CONVERTING)
    except Changed:
        _failed(document, Fault.CHANGED)
    except OSError:
        _failed(document, Fault.STORING)


class Changed(Exception):
    """The stored DOCX is not the one that the database names."""


def _content(document: Document) -> bytes:
    with document.file.open() as file:
        content = file.read()
    if digest_of(content) != document.sha256:
        raise Changed(document.file.name)
    return content


def keep(document: Document, pdf: bytes) -> Rendition:
    """The document has this PDF, and history its hash; of two that come at once, the first counts."""
    stored, digest = store(pdf, "documents", "pdf")
    facts = {"file": stored, "sha256": digest, "size": len(pdf)}
    commitment = document.edition.commitment
    with transaction.atomic():
        region = locked(commitment.region_id)
        made, new = Rendition.objects.get_or_create(document=document, form=Rendition.Form.PDF, defaults=facts)
        if new:
            record(region, NOBODY, "pdf_made", commitment, files={document.language: digest})
        Document.objects.filter(pk=document.pk).update(pdf_fault="")
    return made


def _waits(documents: QuerySet[Document], **more: object) -> None:
    documents.update(pdf_fault=Fault.AWAY, **more)


def _failed(document: Document, fault: Fault) -> None:
    log.error("Document %s has no PDF: %s", document, fault, exc_info=True)
    tries = {"pdf_tries": MOST_TRIES} if fault in FINAL else {}
    Document.objects.filter(pk=document.pk).update(pdf_fault=fault, **tries)


def make_waiting() -> int:
    """PDF whose job was lost, or came while the converter was away, are made after all, as many as half a minute
    allows; the worker runs this each minute. Returns how many documents it took up."""
    if not is_configured():
        return 0
    due = waiting().filter(edition__made_at__lt=now() - SOON)
    deadline, taken = time.monotonic() + TURN, 0
    for pk, tries in list(due.order_by("pk").values_list("pk", "pdf_tries")[:1000]):
        if time.monotonic() > deadline:
            break
        if not _converter().answers():
            _waits(due)
            break
        _try(waiting().filter(pk=pk, pdf_tries=tries), pk)  # of two that look round at once, one takes it
        taken += 1
    return taken


@transaction.atomic
def retry(document: Document, by: Person) -> None:
    """The PDF that was given up waits again, and its job is queued.

    Raises NotYours for one who may not act for the commitment, and Refused when it has not been given up.
    """
    commitment = document.edition.commitment
    region = locked(commitment.region_id)
    members = commitment.parties.exclude(municipality=None).values_list("municipality", flat=True)
    who = acting(by, region, members)
    given_up = Document.objects.filter(pk=document.pk, pdf_tries__gte=MOST_TRIES)
    if not given_up.exclude(renditions__form=Rendition.Form.PDF).update(pdf_tries=0, pdf_fault=""):
        raise Refused([_("The PDF is there, or is being made: look at the page anew.")])
    later(JOB, document.pk)
    record(region, who, "pdf_asked_again", commitment, language=document.language)


# -- for a page -------------------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """What a page says of a document's PDF: the file, or that it waits and for what, or why it was given up."""

    file: Rendition | None
    sealed: Rendition | None
    given_up: bool
    why: str | Promise


def standing(document: Document) -> Standing:
    """How it stands with the document's PDF. Its renditions may be prefetched."""
    made = {rendition.form: rendition for rendition in document.renditions.all()}
    given_up = document.pdf_tries >= MOST_TRIES
    told = document.pdf_fault if given_up or document.pdf_fault == Fault.AWAY else ""
    why = Fault(told).label if told in Fault.values else ""
    return Standing(made.get(Rendition.Form.PDF), made.get(Rendition.Form.SEALED), given_up, why)
