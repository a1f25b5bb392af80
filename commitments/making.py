"""When are a commitment's papers made? In a job, each edition once, however often the job runs or is killed."""

import logging
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils.timezone import now

from adoption.access import acting
from adoption.history import Acting, locked, record
from adoption.mail import later
from adoption.models import Person, Region
from commitments.documents import documents_of, manifest_of
from commitments.models import Batch, Commitment, Document, Edition
from commitments.storage import digest_of

log = logging.getLogger(__name__)
JOB = "commitments.making.make"
LOST = timedelta(minutes=2)  # after which an edition that nobody has made is taken up anew
MOST_TRIES = 5


def ask(commitment: Commitment, by: Person, batch: Batch | None = None) -> Edition:
    """A new edition waits for its job, which is queued in this transaction. The caller has locked the region."""
    last = commitment.edition
    edition = Edition.objects.create(
        commitment=commitment, number=last.number + 1 if last else 1, batch=batch, made_by=by
    )
    later(JOB, edition.pk)
    return edition


def make(pk: int) -> None:
    """The edition has its documents and its manifest, or says why it has none; one that has them stays as it is."""
    if not Edition.objects.waiting().filter(pk=pk).update(tries=F("tries") + 1):
        return
    edition = Edition.objects.select_related("commitment__partner__organisation", "commitment__region").get(pk=pk)
    if edition.tries > MOST_TRIES:
        _failed(edition, Edition.Fault.KILLED)
        return
    try:
        documents = documents_of(edition)
    except DatabaseError:
        raise
    except OSError:
        _failed(edition, Edition.Fault.STORING)
    except Exception:
        _failed(edition, Edition.Fault.FILLING)
    else:
        _finish(edition, documents)


def _failed(edition: Edition, fault: Edition.Fault) -> None:
    log.exception("Edition %s was not made.", edition)
    Edition.objects.waiting().filter(pk=edition.pk).update(fault=fault)


@transaction.atomic
def _finish(edition: Edition, documents: list[Document]) -> None:
    region = locked(edition.commitment.region_id)
    manifest = manifest_of(documents)
    facts = {"made_at": now(), "manifest": manifest, "manifest_sha256": digest_of(manifest.encode())}
    if not Edition.objects.waiting().filter(pk=edition.pk).update(**facts):
        return
    Document.objects.bulk_create(documents)
    record(region, Acting(edition.made_by), "documents_made", edition.commitment, manifest=facts["manifest_sha256"])


def make_waiting() -> int:
    """Editions whose job was lost are made after all; the worker runs this each minute. Returns how many it took up."""
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


@transaction.atomic
def retry(region: Region, by: Person, editions: list[int]) -> int:
    """Those of the region's editions that could not be made wait again, and their jobs are queued. Returns how many.

    Raises NotYours for one who may not act in the region.
    """
    region = locked(region.pk)
    who = acting(by, region, None)
    failed = Edition.objects.filter(pk__in=editions, commitment__region=region, made_at=None).exclude(fault="")
    found = list(failed.select_related("commitment"))
    failed.update(fault="", tries=0, asked_at=now())
    for edition in found:
        later(JOB, edition.pk)
        record(region, who, "documents_asked_again", edition.commitment)
    return len(found)
