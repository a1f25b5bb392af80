"""What does one see and do by the link of a survey? A page without an account."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from adoption.views.by_link import opened_by
from workflows.survey.answering import Standing, answer, place_of, standing
from workflows.survey.forms import AnswerForm
from workflows.survey.links import Link, link_in
from workflows.survey.models import Place

GONE = 410
SENT = "sent"  # said in the address of the page that thanks, since no session is begun


class Visit(NamedTuple):
    """A request of HTTP by a link that this site has made, and whose place it is."""

    http: HttpRequest
    token: str
    link: Link
    place: Place

    @property
    def language(self) -> str:
        return self.place.person.language


def _visit(request: HttpRequest, token: str) -> Visit | None:
    link = link_in(token)
    place = place_of(link) if link else None
    return Visit(request, token, link, place) if link and place else None


@require_http_methods(["GET", "HEAD", "POST"])
@opened_by(_visit, "adoption/link_unknown.html")
def survey_answer(visit: Visit) -> HttpResponse:
    """The survey, to be answered once. Reading changes nothing, and no session is begun."""
    if visit.http.method != "POST":
        return _page(visit, AnswerForm())
    form = AnswerForm(visit.http.POST)
    if form.done(lambda: answer(visit.link, form.scores, form.cleaned_data["text"]) or True):
        return redirect(f"{reverse('survey_answer', args=[visit.token])}?{SENT}=1")
    return _page(visit, form)


def _page(visit: Visit, form: AnswerForm) -> HttpResponse:
    """What the link is good for now decides which page it is."""
    place = place_of(visit.link)
    assert place
    now_so = standing(place, visit.link)
    shown = {"survey": place.survey, "region": place.survey.region, "form": form, "standing": now_so}
    if now_so == Standing.OPEN:
        return render(visit.http, "workflows/survey_answer.html", shown, status=form.status)
    shown["thanks"] = now_so == Standing.USED and SENT in visit.http.GET
    status = 200 if now_so == Standing.USED else GONE
    return render(visit.http, "workflows/survey_gone.html", shown, status=max(form.status, status))
