"""Where is Kaikukortti in use and where is it coming, as a text for slides and pages?"""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from adoption.access import kaikukeskus_or_404
from adoption.network_list import LANGUAGES
from adoption.views import Request
from workflows.national import national_texts


@require_safe
def national(request: Request) -> HttpResponse:
    """The paragraph in Finnish and in Swedish, made from the phases of today. Kaikukeskus's page."""
    kaikukeskus_or_404(request.user)
    texts = national_texts(localdate())
    shown = [(language, LANGUAGES[language], text) for language, text in texts.items()]
    return render(request, "workflows/national.html", {"texts": shown})


@require_safe
def national_file(request: Request, language: str) -> HttpResponse:
    """The paragraph in one language as a text file."""
    kaikukeskus_or_404(request.user)
    texts = national_texts(localdate())
    if language not in texts:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="kaikukortti-{language}.txt"'}
    return HttpResponse(f"{texts[language]}\n", content_type="text/plain; charset=utf-8", headers=headers)
