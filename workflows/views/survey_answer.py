"""What does one see and do by the link of a survey? A page without an account."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workflows.survey.answering import Standing, answer, place_of, standing
from workflows.survey.forms import AnswerForm
from workflows.survey.links import Link, link_in
from workflows.survey.models import Place

GONE = 410


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The survey, to be answered once. Reading changes nothing, and no session is begun."""
    link = link_in(token)
    place = place_of(link) if link else None
    if link is None or place is None:
        response = render(request, "adoption/link_unknown.html", status=404)
    else:
        _speak(request, place)
        response = _answered(request, token, link) if request.method == "POST" else _page(request, link, AnswerForm())
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _speak(request: HttpRequest, place: Place) -> None:
    """The page is in the language of the mail, unless the visitor has chosen another."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated:
        translation.activate(place.person.language)
        request.LANGUAGE_CODE = translation.get_language()


def _answered(request: HttpRequest, token: str, link: Link) -> HttpResponse:
    form = AnswerForm(request.POST)
    if form.done(lambda: answer(link, form.scores, form.cleaned_data["text"]) or True):
        return redirect("survey_answer", token=token)
    return _page(request, link, form)


def _page(request: HttpRequest, link: Link, form: AnswerForm) -> HttpResponse:
    """What the link is good for now decides which page it is."""
    place = place_of(link)
    assert place
    now_so = standing(place, link)
    shown = {"survey": place.survey, "region": place.survey.region, "form": form, "standing": now_so}
    if now_so == Standing.OPEN:
        return render(request, "workflows/survey_answer.html", shown, status=form.status)
    status = 200 if now_so == Standing.USED else GONE
    return render(request, "workflows/survey_gone.html", shown, status=max(form.status, status))
