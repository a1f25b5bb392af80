"""What does a region's board say to this reader, and what has happened in the region?"""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from adoption.access import region_or_404
from adoption.models import Act
from adoption.views import Request
from workflows.board import board as board_of
from workflows.sentences import sentences

A_PAGE = 50


@require_GET
def board(request: Request, slug: str) -> HttpResponse:
    """The board: the next thing, the path, the ten steps, the facts, the partners, and what happened last."""
    person = request.user
    return render(request, "workflows/board.html", board_of(region_or_404(person, slug), person))


@require_GET
def history(request: Request, slug: str) -> HttpResponse:
    """Every act of the region in people's words, the newest first."""
    region = region_or_404(request.user, slug)
    page = Paginator(Act.objects.filter(region=region).order_by("-number"), A_PAGE).get_page(request.GET.get("page"))
    shown = {"region": region, "page": page, "lines": sentences(page.object_list)}
    return render(request, "workflows/history.html", shown)
