"""Which answers does everybody share, and how does Kaikukeskus edit and publish them?"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from adoption.access import kaikukeskus_or_404
from adoption.models import SharedAnswer
from adoption.note_forms import AnswersFilter, SharedAnswerForm
from adoption.refusal import Refused
from adoption.shared_answers import change_answer, take_back_answer, write_answer
from adoption.similar import having
from adoption.views import Request
from adoption.views.notes import READS

A_PAGE = 50


@require_safe
def answers(request: Request) -> HttpResponse:
    """The published questions and answers, to be searched; for Kaikukeskus its drafts, too."""
    form = AnswersFilter(request.GET or None)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    page = Paginator(having(words), A_PAGE).get_page(request.GET.get("page"))
    drafts = SharedAnswer.objects.filter(state=SharedAnswer.State.DRAFT) if request.user.is_kaikukeskus else []
    shown = {"form": form, "page": page, "words": words, "drafts": drafts}
    return render(request, "adoption/answers.html", shown, status=form.status)


@READS
def answer_new(request: Request) -> HttpResponse:
    """Kaikukeskus writes a shared answer that nobody has asked for yet."""
    return _edited(request, None)


@READS
def answer_edit(request: Request, pk: int) -> HttpResponse:
    """Kaikukeskus edits a shared answer, publishes it, or takes it back."""
    return _edited(request, pk)


def _edited(request: Request, pk: int | None) -> HttpResponse:
    kaikukeskus_or_404(request.user)
    shared = get_object_or_404(SharedAnswer.objects.select_related("note__by", "note__region"), pk=pk) if pk else None
    act = request.POST.get("act", "save")
    data = request.POST if request.method == "POST" and act != "take_back" else None
    form = SharedAnswerForm(data, instance=shared)
    refused = Refused([])
    if request.method == "POST" and (act == "take_back" or form.is_valid()):
        try:
            stored = _act(request, act, shared, form)
        except Refused as refusal:
            refused = refusal
        else:
            return redirect("answer_edit", stored.pk)
    shown = {"shared": shared, "form": form, "reasons": refused.reasons}
    status = refused.status if refused.reasons else form.status
    return render(request, "adoption/answer_edit.html", shown, status=status)


def _act(request: Request, act: str, shared: SharedAnswer | None, form: SharedAnswerForm) -> SharedAnswer:
    """What the button says, done; publishing stores what was typed in the same act."""
    if shared and act == "take_back":
        messages.success(request, _("It is a draft again, and only Kaikukeskus sees it."))
        return take_back_answer(shared, request.user)
    said: dict[str, Any] = form.cleaned_data
    shared = shared or write_answer(request.user, said)
    stored = change_answer(shared, request.user, said, publish=act == "publish")
    done = _("Published: everybody who signs in finds it.") if act == "publish" else _("The text is saved.")
    messages.success(request, done)
    return stored
