"""What is seen of papers that are being made, and who asks for them again?"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HTMX_STOP_POLLING
from django_htmx.middleware import HtmxDetails

from adoption.access import region_or_404
from adoption.models import Person
from adoption.refusal import NotYours, Refused
from commitments.access import batch_or_404, commitment_or_404, may_act_in
from commitments.batches import Progress, ask_anew, editions_of, progress_of
from commitments.making import retry
from commitments.models import Batch, Commitment, Edition

NOTHING_NEW = 204


class Request(HttpRequest):
    """A request of somebody who has signed in: no other reaches these views."""

    user: Person
    htmx: HtmxDetails


# -- one commitment ---------------------------------------------------------------------------------------------------


@require_safe
def making(request: Request, slug: str, pk: int) -> HttpResponse:
    """Nothing while the newest papers are being made; then what lays the commitment's page anew over the old one."""
    one = commitment_or_404(request.user, slug, pk)
    if one.edition and one.edition.is_waiting:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "commitments/making_done.html", {"page": one}, status=HTMX_STOP_POLLING)


@require_POST
def making_again(request: Request, slug: str, pk: int) -> HttpResponse:
    """The papers that could not be made wait again."""
    one = commitment_or_404(request.user, slug, pk)
    if not may_act_in(request.user, one.region)(one):
        raise NotYours
    number = retry(one.region, request.user, [one.edition.pk] if one.edition else [])
    _tell(request, number)
    return redirect(one)


def _tell(request: Request, number: int) -> None:
    if number:
        said = ngettext(
            "The documents of %(count)s commitment have been asked for again.",
            "The documents of %(count)s commitments have been asked for again.",
            number,
        )
        messages.success(request, said % {"count": number})
    else:
        messages.info(request, _("No documents have failed: all are made, or being made."))


# -- many -------------------------------------------------------------------------------------------------------------


@vary_on_headers("HX-Request")
@require_safe
def batch(request: Request, pk: int) -> HttpResponse:
    """How many are made, live; what could not be made, and why; all of them."""
    found = batch_or_404(request.user, pk)
    progress = progress_of(found)
    if request.htmx and request.GET.get("told"):
        return _moved(request, found, progress)
    editions = list(editions_of(found))
    context = {
        "batch": found,
        "progress": progress,
        "failed": [edition for edition in editions if _has_failed(edition)],
        "editions": editions,
    }
    return render(request, "commitments/batch.html", context)


def _has_failed(edition: Edition) -> bool:
    gone = edition.fault == Edition.Fault.NEEDLESS or edition.commitment.state != Commitment.State.DRAFT
    return bool(edition.fault) and not gone


def _moved(request: Request, batch: Batch, progress: Progress) -> HttpResponse:
    """The numbers, and each quarter a sentence for those who hear the page; at the end the page is laid anew."""
    told = request.GET.get("told") == str(progress.quarters)
    return render(request, "commitments/batch_moved.html", {"batch": batch, "progress": progress, "told": told})


@require_POST
def batch_again(request: Request, pk: int) -> HttpResponse:
    """Those that could not be made wait again: the ticked ones, or all of them."""
    found = batch_or_404(request.user, pk)
    failed = [edition for edition in editions_of(found) if _has_failed(edition)]
    if "all" not in request.POST:
        ticked = set(request.POST.getlist("edition"))
        failed = [edition for edition in failed if str(edition.pk) in ticked]
        if not ticked:
            messages.warning(request, _("Tick those that are to be asked for again."))
            return redirect(found)
    _tell(request, _retried(failed, request.user))
    return redirect(found)


def _retried(editions: list[Edition], by: Person) -> int:
    """How many wait again. Those that the person may not act for are left; raises NotYours when there are no others."""
    regions = {edition.commitment.region for edition in editions}
    may = {region.pk: may_act_in(by, region) for region in regions}
    own = [edition for edition in editions if may[edition.commitment.region_id](edition.commitment)]
    if editions and not own:
        raise NotYours
    by_region = {region: [e.pk for e in own if e.commitment.region_id == region.pk] for region in regions}
    return sum(retry(region, by, found) for region, found in by_region.items())


@require_POST
def drafts_again(request: Request, slug: str) -> HttpResponse:
    """The papers of all the region's drafts that have failed are asked for in one batch."""
    region = region_or_404(request.user, slug)
    try:
        return redirect(ask_anew(region, request.user))
    except NotYours:
        raise
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("commitments", region.slug)
