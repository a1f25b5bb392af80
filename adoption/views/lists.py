"""Which lists of the region's network can one take away, and what stands in them?"""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adoption.access import region_or_404
from adoption.network_list import LANGUAGES, SHAPES, as_html, as_text, network_list
from adoption.regions import language_for
from adoption.views import Request


@require_safe
def lists(request: Request, slug: str) -> HttpResponse:
    """The brochure's text, the fragment for a web page and the table, each to be seen, copied and downloaded."""
    region = region_or_404(request.user, slug)
    wanted = request.GET.get("language", "")
    network = network_list(region, wanted if wanted in LANGUAGES else language_for(request.user, region))
    shown = {
        "region": region,
        "network": network,
        "languages": LANGUAGES,
        "text": as_text(network),
        "fragment": as_html(network),
    }
    return render(request, "adoption/lists.html", shown)


@require_safe
def lists_file(request: Request, slug: str, language: str, kind: str) -> HttpResponse:
    """The list as a file of one of the three shapes."""
    region = region_or_404(request.user, slug)
    if language not in LANGUAGES or kind not in SHAPES:
        raise Http404
    shape = SHAPES[kind]
    headers = {"Content-Disposition": f'attachment; filename="kaikukortti-{slug}-{language}.{shape.ending}"'}
    return HttpResponse(shape.make(network_list(region, language)), content_type=shape.content_type, headers=headers)
