"""How ready is the region? One list, to be read, mended and printed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from adoption.access import may_act, region_or_404
from adoption.views import Request
from workflows.readiness import readiness_of_region


@require_safe
def readiness(request: Request, slug: str) -> HttpResponse:
    """What is ready and what is missing, by the rules that gate the steps."""
    region = region_or_404(request.user, slug)
    lists = readiness_of_region(region)
    shown = {
        "region": region,
        "lists": lists,
        "on_the_way": sum(one.on_the_way for one in lists),
        "next": next((one.first for one in lists if one.first), None),
        "may_act": may_act(request.user, region),
        "today": localdate(),
    }
    return render(request, "workflows/readiness.html", shown)
