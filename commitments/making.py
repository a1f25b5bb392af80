"""When are a commitment's papers made? In a job, each edition once, however often the job runs or is killed."""

import logging
from datetime import timedelta

from django.db import Error, transaction
from django.db.models import F
from django.utils.timezone import now

from adoption.access import acting
from adoption.history import Acting, locked, record
from adoption.mail import later
from adoption.models import Person, Region
from commitments import pdf
from commitments.documents import documents_of, manifest_of
from commitments.models import Batch, Commitment, Document, Edition
from commitments.storage import digest_of, sweep
from commitments.stored import Damaged

log = logging.getLogger(__name__)
JOB = "commitments.making.make"
LOST = timedelta(minutes=2)  # after which an edition that nobody has made is taken up anew
MOST_TRIES = 5


# -- asking -----------------------------------------------------------------------------------------------------------


def ask(commitment: Commitment, by: Person, batch: Batch | None = None) -> Edition:
    """A new edition of a draft waits for its job, which is queued in this transaction; an older one that is not made
    is needed no more. The caller has locked the region."""
    last = commitment.editions.order_by("-number").first()
    commitment.editions.filter(made_at=None).update(fault=Edition.Fault.NEEDLESS)
    edition = Edition.objects.create(
        commitment=commitment, number=last.number + 1 if last else 1, batch=batch, made_by=by
    )
    later(JOB, edition.pk)
    return edition


@transaction.atomic
def retry(region: Region, by: Person, editions: list[int]) -> int:
    """Those of the region's editions that could not be made wait again, and their jobs are queued. Returns how many.

    Raises NotYours when one of them is of a commitment that the person may not act for, and then none waits.
    """
    region = locked(region.pk)
    failed = Edition.objects.failed().filter(pk__in=editions, commitment__region=region)
    found = list(failed.select_related("commitment").prefetch_related("commitment__parties"))
    for edition in found:
        _wait_again(edition, region, by)
    return len(found)


def _wait_again(edition: Edition, region: Region, by: Person) -> None:
    members = [party.municipality_id for party in edition.commitment.parties.all() if party.municipality_id]
    who = acting(by, region, members)
    Edition.objects.filter(pk=edition.pk).update(fault="", tries=0, asked_at=now())
    later(JOB, edition.pk)
    record(region, who, "documents_asked_again", edition.commitment)


# -- making -----------------------------------------------------------------------------------------------------------


def make(pk: int) -> None:
    """The edition has its documents and its manifest, or says why it has none; one that has them stays as it is.

    It is safe to run this twice, at the same time too: the first that is done counts. A fault of the database is
    raised, so that the edition waits on.
    """
    if not Edition.objects.waiting().filter(pk=pk).update(tries=F("tries") + 1):
        return
    rows = ("commitment__partner__organisation", "commitment__partner__contact", "commitment__region", "made_by")
    edition = Edition.objects.select_related(*rows).get(pk=pk)
    if edition.tries > MOST_TRIES:
        _failed(edition, Edition.Fault.KILLED)
        return
    try:
        documents = documents_of(edition)
    except Error:
        raise
    except (OSError, Damaged):
        _failed(edition, Edition.Fault.STORING)
    except Exception:
        _failed(edition, Edition.Fault.FILLING)
    else:
        _finish(edition, documents)


def _failed(edition: Edition, fault: Edition.Fault) -> None:
    log.error("Edition %s was not made: %s", edition, fault, exc_info=True)
    Edition.objects.waiting().filter(pk=edition.pk).update(fault=fault)


@transaction.atomic
def _finish(edition: Edition, documents: list[Document]) -> None:
    region = locked(edition.commitment.region_id)
    waiting = Edition.objects.waiting().filter(pk=edition.pk)
    if not waiting.filter(commitment__state=Commitment.State.DRAFT).exists():
        waiting.update(fault=Edition.Fault.NEEDLESS)
        return
    manifest = manifest_of(documents)
    digest = digest_of(manifest.encode())
    waiting.update(made_at=now(), manifest=manifest, manifest_sha256=digest)
    for document in Document.objects.bulk_create(documents):
        if pdf.is_configured():
            later(pdf.JOB, document.pk)
    record(region, Acting(edition.made_by), "documents_made", edition.commitment, manifest=digest, tells_pdf=True)


def make_waiting() -> int:
    """Editions whose job was lost are made after all; the worker runs this each minute. Returns how many it took up."""
    sweep()
    lost = Edition.objects.waiting().filter(asked_at__lt=now() - LOST).order_by("asked_at")
    found = list(lost.values_list("pk", flat=True)[:100])
    for pk in found:
        make(pk)
    return len(found)


def finish(commitment: Commitment) -> Commitment:
    """The commitment with its newest papers made here and now, for whoever has no worker; see their `fault`."""
    if edition := commitment.edition:
        make(edition.pk)
    return Commitment.objects.select_related("partner__organisation", "region").get(pk=commitment.pk)
