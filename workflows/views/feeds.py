"""What does a calendar program read at a person's secret address?"""

from allauth.core.internal.ratelimit import consume
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from adoption.access import region_or_404
from adoption.feeds import whose
from adoption.models import Person
from workflows.day_events import ICS
from workflows.yearly.calendars import of_person, of_region


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What the person is to do, in the person's language."""
    return _answer(request, token, "")


@login_not_required
@require_safe
def feed_region(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """The year of a region that the person may read today."""
    return _answer(request, token, slug)


def _answer(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    # The public form of `consume` counts no GET.
    if not consume(request, app="allauth.account", action="calendar", limit_get=True):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    person = whose(token)
    if person is None:
        raise Http404
    with translation.override(person.language):
        # Nobody is signed in here, yet it is private.
        return HttpResponse(_calendar(person, slug), content_type=ICS, headers={"Cache-Control": "private, no-store"})


def _calendar(person: Person, slug: str) -> bytes:
    return of_region(region_or_404(person, slug)) if slug else of_person(person)
