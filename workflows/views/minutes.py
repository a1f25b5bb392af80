"""What was said in a meeting: its agenda and minutes to read, to write, and as a document; its points; the agendas that
Kaikukeskus keeps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from adoption.access import kaikukeskus_or_404
from adoption.refusal import NotYours, Refused
from adoption.views import Request
from workflows.arranging.models import Meeting
from workflows.minutes.access import above, may_write, meeting_or_404
from workflows.minutes.agenda import agenda_for, set_agenda, shipped
from workflows.minutes.forms import AgendaForm, MinutesForm, PointForm
from workflows.minutes.models import LANGUAGES, AgendaText
from workflows.minutes.paper import DOCX, document, facts_of, survey_of
from workflows.minutes.writing import agree, minutes_of, points_of, take_back, write
from workflows.survey.picture import drawing
from workflows.survey.questions import IN_OWN_WORDS
from workflows.views.trials import QUESTIONS

LONGEST_KEY = 18  # digits that any database holds


def address(name: str, meeting: Meeting) -> str:
    """The address of a page of the meeting: the national ones have no region in theirs."""
    if meeting.region is None:
        return reverse(f"national_{name}", args=[meeting.pk])
    return reverse(name, args=[meeting.region.slug, meeting.pk])


def _to_write_of(request: Request, slug: str, pk: int) -> Meeting:
    meeting = meeting_or_404(request.user, slug, pk)
    if not may_write(request.user, meeting):
        raise NotYours
    return meeting


@require_http_methods(QUESTIONS)
def minutes(request: Request, pk: int, slug: str = "") -> HttpResponse:
    """The agenda, who came, what was said and decided, the points, the survey; who writes adds points and takes them
    back."""
    meeting = meeting_or_404(request.user, slug, pk)
    form, status = PointForm(meeting), 200
    reasons: list[str] = []
    if request.method == "POST":
        meeting = _to_write_of(request, slug, pk)
        if request.POST.get("act") == "take_back":
            reasons, status = _taken_back(request, meeting)
        else:
            form = PointForm(meeting, request.POST)
            form.done(lambda: agree(meeting, request.user, **form.cleaned_data))
            status = form.status
        if status == 200:
            return redirect(f"{address('minutes', meeting)}#points")
    shown = _shown(request, meeting) | {"form": form, "reasons": reasons}
    return render(request, "workflows/minutes.html", shown, status=status)


def _taken_back(request: Request, meeting: Meeting) -> tuple[list[str], int]:
    """The reasons and the status of a refusal; none when it is done."""
    key = request.POST.get("point", "")
    if not (key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY):
        raise Http404
    try:
        take_back(meeting, request.user, int(key))
    except Refused as refusal:
        return refusal.reasons, refusal.status
    messages.success(request, _("The point is taken back."))
    return [], 200


def _shown(request: Request, meeting: Meeting) -> dict[str, Any]:
    found, result = minutes_of(meeting), survey_of(meeting)
    return {
        "region": meeting.region, "meeting": meeting, "up": above(request.user, meeting), "minutes": found,
        "facts": facts_of(meeting, found, result),
        "points": points_of(meeting), "result": result, "drawing": drawing(result) if result else None,
        "in_own_words": IN_OWN_WORDS, "writes": may_write(request.user, meeting) and meeting.state != "cancelled",
        "may_ask": meeting.kind == Meeting.Kind.FEEDBACK,
        "here": {name: address(name, meeting) for name in ("minutes", "minutes_edit", "minutes_file")},
    }  # fmt: skip


@require_http_methods(QUESTIONS)
def minutes_edit(request: Request, pk: int, slug: str = "") -> HttpResponse:
    """The agenda and the minutes are written; what somebody else has written meanwhile is not overwritten."""
    meeting = _to_write_of(request, slug, pk)
    found = minutes_of(meeting)
    form = MinutesForm(found, request.POST if request.method == "POST" else None)
    if form.done(lambda: write(meeting, request.user, form.said_now, form.cleaned_data["version"])):
        messages.success(request, _("The minutes are stored."))
        return redirect(address("minutes", meeting))
    shown = {
        "region": meeting.region,
        "meeting": meeting,
        "up": meeting,
        "form": form,
        "back": address("minutes", meeting),
    }
    return render(request, "workflows/minutes_edit.html", shown, status=form.status)


@never_cache
@require_safe
def minutes_file(request: Request, pk: int, slug: str = "") -> HttpResponse:
    """The minutes as DOCX."""
    meeting = meeting_or_404(request.user, slug, pk)
    found = minutes_of(meeting)
    answer = HttpResponse(document(meeting, found), content_type=DOCX)
    answer["Content-Disposition"] = f'attachment; filename="minutes-{meeting.pk}-{found.language}.docx"'
    return answer


# -- the agendas that Kaikukeskus keeps -------------------------------------------------------------------------------


@require_safe
def agendas(request: Request) -> HttpResponse:
    """The agenda of each kind of meeting in each language."""
    kaikukeskus_or_404(request.user)
    own = set(AgendaText.objects.values_list("kind", "language"))
    kinds = [
        (label, [(code, _name_of(code), (kind, code) in own) for code, _own_name in LANGUAGES], kind)
        for kind, label in Meeting.Kind.choices
    ]
    return render(request, "workflows/agendas.html", {"kinds": kinds})


def _name_of(language: str) -> str:
    name: str = get_language_info(language)["name_translated"]
    return name


@require_http_methods(QUESTIONS)
def agenda(request: Request, kind: str, language: str) -> HttpResponse:
    """The agenda of one kind in one language, to be edited."""
    kaikukeskus_or_404(request.user)
    if language not in shipped().get(kind, {}):
        raise Http404
    form = AgendaForm(request.POST if request.method == "POST" else None, initial={"text": agenda_for(kind, language)})
    if form.is_valid():
        set_agenda(kind, language, form.cleaned_data["text"], request.user)
        messages.success(request, _("Meetings that are written of from now on begin with this agenda."))
        return redirect("agendas")
    shown = {"form": form, "kind": Meeting.Kind(kind).label, "language": _name_of(language), "code": language}
    return render(request, "workflows/agenda.html", shown, status=form.status)
