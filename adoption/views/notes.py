"""How does one leave a note, ask Kaikukeskus, and answer what has been asked?"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption import about as abouts
from adoption import notes as services
from adoption.access import acting, note_or_404, notes_of, question_or_404, region_or_404, thing_or_404
from adoption.models import Note, Region
from adoption.note_forms import AnswerQuestionForm, NoteForm, QuestionForm
from adoption.refusal import NotYours, Refused
from adoption.similar import similar
from adoption.views import Request

A_PAGE = 50
READS = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def notes(request: Request, slug: str) -> HttpResponse:
    """Every note and question of the region that the person may read, the newest first."""
    region = region_or_404(request.user, slug)
    page = Paginator(notes_of(request.user).filter(region=region), A_PAGE).get_page(request.GET.get("page"))
    things = abouts.things_of(page)
    about = [things[note.about_kind, note.about_id] for note in page]
    entries = [(note, thing, abouts.title_of(thing)) for note, thing in zip(page, about, strict=True)]
    return render(request, "adoption/notes_page.html", {"region": region, "page": page, "entries": entries})


@READS
def note_new(request: Request, slug: str, about: str, pk: int) -> HttpResponse:
    """A note on the thing. Its form stands on the thing's page; here it comes back when it is refused."""
    region, thing = thing_or_404(request.user, slug, about, pk)
    acting(request.user, region)
    form = NoteForm(region, request.user, request.POST if request.method == "POST" else None)
    refused = Refused([])
    if form.is_valid():
        try:
            services.leave_note(region, (about, pk), request.user, **form.cleaned_data)
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, _("The note is there. Those whom you chose get a mail."))
            return _back(thing)
    shown = _shown(region, thing) | {"form": form, "reasons": refused.reasons}
    return render(request, "adoption/note_new.html", shown, status=refused.status if refused.reasons else form.status)


def _shown(region: Region, thing: Any) -> dict[str, Any]:
    return {"region": region, "thing": thing, "title": abouts.title_of(thing)}


def _back(thing: Any) -> HttpResponse:
    return redirect(f"{thing.get_absolute_url()}#notes")


@require_POST
def note_withdraw(request: Request, slug: str, pk: int) -> HttpResponse:
    """The reader's own note is gone."""
    note = note_or_404(request.user, slug, pk)
    services.withdraw_note(note, request.user)
    messages.success(request, _("It is withdrawn, and its text is gone."))
    return _back(abouts.find(note.region, note.about_kind, note.about_id))


@READS
def question_new(request: Request, slug: str, about: str, pk: int) -> HttpResponse:
    """A question to Kaikukeskus; answers like it that have been published are shown before it is sent. The page that
    led here may have its words ready."""
    region, thing = thing_or_404(request.user, slug, about, pk)
    if request.user.is_kaikukeskus:
        raise NotYours
    acting(request.user, region)
    ready = {"text": request.GET.get("text", "")}
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=ready)
    shown = _shown(region, thing) | {"form": form}
    if not form.is_valid():
        return render(request, "adoption/question_new.html", shown, status=form.status)
    found = similar(form.cleaned_data["text"])
    keys = {str(answer.pk) for answer in found}
    if not keys <= form.shown:
        seen = {"text": form.cleaned_data["text"], "seen": " ".join(sorted(keys | form.shown))}
        return render(
            request, "adoption/question_new.html", shown | {"form": QuestionForm(initial=seen), "found": found}
        )
    try:
        services.ask_kaikukeskus(region, (about, pk), request.user, form.cleaned_data["text"])
    except Refused as refusal:
        shown |= {"reasons": refusal.reasons, "found": found}
        return render(request, "adoption/question_new.html", shown, status=refusal.status)
    messages.success(request, _("The question stands in Kaikukeskus's queue. You get a mail when it is answered."))
    return _back(thing)


@READS
def question(request: Request, slug: str, pk: int) -> HttpResponse:
    """A question with its answer; Kaikukeskus answers it here or in its queue."""
    note = question_or_404(request.user, slug, pk)
    if request.method != "POST":
        return _question(request, note, AnswerQuestionForm())
    if not request.user.is_kaikukeskus:
        raise NotYours
    form = AnswerQuestionForm(request.POST)
    if not form.is_valid():
        return _question(request, note, form)
    try:
        answered = services.answer_question(note, request.user, **form.cleaned_data)
    except Refused as refusal:
        return _question(request, question_or_404(request.user, slug, pk), form, refusal)
    told = ", ".join(str(person) for person in services.to_be_told_of_answer(answered))
    said = _("The answer is stored, and %(name)s gets a mail.") if told else _("The answer is stored.")
    messages.success(request, said % {"name": told})
    return redirect("answer_edit", answered.shared.pk) if form.cleaned_data["share"] else redirect("queue")


def _question(request: Request, note: Note, form: AnswerQuestionForm, refusal: Refused | None = None) -> HttpResponse:
    """The page; after a refusal with all that was typed, also where the question has been withdrawn meanwhile."""
    if not (note.is_question or refusal):
        raise Http404
    waits = note.state == Note.State.ASKED and request.user.is_kaikukeskus
    shown = _shown(note.region, abouts.find(note.region, note.about_kind, note.about_id)) | {
        "note": note,
        "form": form if waits or refusal else None,
        "reasons": refusal.reasons if refusal else [],
        "found": similar(note.text) if waits else [],
    }
    return render(request, "adoption/question.html", shown, status=refusal.status if refusal else form.status)
