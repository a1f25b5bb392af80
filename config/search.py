"""What does the page of the search show?"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adoption.folding import folded
from adoption.views import Request
from config.finding import AT_MOST, KINDS, ORGANISATION, cleaned, find, words_of
from config.words import WORDS, Word


@require_safe
def search(request: Request) -> HttpResponse:
    """What the words find of what the reader may see; without words, what can be searched for."""
    text = cleaned(request.GET.get("q", ""))
    only = request.GET.get("only", "")
    found = find(request.user, text, only)
    kinds = [
        (key, label) for key, (number, label) in KINDS.items() if number != ORGANISATION or request.user.is_kaikukeskus
    ]
    shown = {"sought": text, "found": found, "too_short": bool(text) and not words_of(text), "kinds": kinds}
    shown |= {"only": only if only in KINDS else "", "full": len(found) == AT_MOST, "most": AT_MOST}
    return render(request, "search.html", shown | {"word": _word(text)})


def _word(text: str) -> Word | None:
    """The word of the help that was sought, in whichever language, by its present name or an older one."""
    wanted = folded(text)
    return next((word for word in WORDS if wanted in map(folded, word.names)), None)
