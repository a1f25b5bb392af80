"""Which commitments are taken along as a bundle, and by whom?"""

from django.http import FileResponse, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from adoption.access import region_or_404
from adoption.models import Person
from commitments.access import commitment_or_404
from commitments.bundles import bundle

ZIP = "application/zip"


class Request(HttpRequest):
    """A request of somebody who has signed in: no other reaches these views."""

    user: Person


@never_cache
@require_safe
def region_bundle(request: Request, slug: str) -> FileResponse:
    """All commitments of the region."""
    region = region_or_404(request.user, slug)
    made = bundle(region, request.user)
    return FileResponse(made, as_attachment=True, filename=f"commitments-{region.slug}.zip", content_type=ZIP)


@never_cache
@require_safe
def commitment_bundle(request: Request, slug: str, pk: int) -> FileResponse:
    """One commitment."""
    commitment = commitment_or_404(request.user, slug, pk)
    made = bundle(commitment.region, request.user, commitment)
    return FileResponse(made, as_attachment=True, filename=f"commitment-KP-{commitment.pk}.zip", content_type=ZIP)
