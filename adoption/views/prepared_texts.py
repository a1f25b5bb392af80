"""What does Kaikukeskus begin from when it decides about distributors, and how long does it wait for an answer?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adoption.access import kaikukeskus_or_404
from adoption.clearance_forms import ChangedTextForm, PreparedTextForm, TimesForm
from adoption.fields import Form, ModelForm
from adoption.models import Partner, PreparedText
from adoption.prepared_texts import add_text, change_text, remove_text, set_times, times
from adoption.views import Request


@require_safe
def prepared_texts(request: Request) -> HttpResponse:
    """All the texts, by decision and language, and the times."""
    kaikukeskus_or_404(request.user)
    return render(request, "adoption/prepared_texts.html", {"decisions": _by_decision(), "times": times()})


def _by_decision() -> list[tuple[str, str, list[tuple[str, str, list[PreparedText]]]]]:
    """(decision, its name, [(language, its name, texts)])."""
    texts = list(PreparedText.objects.all())
    languages = [(code, get_language_info(code)["name_translated"]) for code, _name in Partner.LANGUAGES]
    return [
        (key, str(label), [(c, n, [t for t in texts if (t.decision, t.language) == (key, c)]) for c, n in languages])
        for key, label in PreparedText.Decision.choices
    ]


def prepared_text_new(request: Request) -> HttpResponse:
    """One more text; the address may say for which decision and language."""
    kaikukeskus_or_404(request.user)
    known = {key: request.GET.get(key, "") for key in ("decision", "language")}
    form = PreparedTextForm(request.POST if request.method == "POST" else None, initial=known)
    if form.done(lambda: add_text(**form.cleaned_data, by=request.user)):
        messages.success(request, _("The text is stored."))
        return redirect("prepared_texts")
    return _form_page(request, "adoption/prepared_text_new.html", form)


def prepared_text(request: Request, pk: int) -> HttpResponse:
    """One text, to be edited or removed."""
    kaikukeskus_or_404(request.user)
    one = get_object_or_404(PreparedText, pk=pk)
    known = {"name": one.name, "text": one.text}
    form = ChangedTextForm(request.POST if request.method == "POST" else None, initial=known)
    if form.done(lambda: change_text(one, **form.cleaned_data, by=request.user)):
        messages.success(request, _("The text is stored."))
        return redirect("prepared_texts")
    return _form_page(request, "adoption/prepared_text.html", form, one=one)


@require_POST
def prepared_text_remove(request: Request, pk: int) -> HttpResponse:
    """The text is offered no more."""
    kaikukeskus_or_404(request.user)
    remove_text(get_object_or_404(PreparedText, pk=pk), request.user)
    messages.success(request, _("The text is removed."))
    return redirect("prepared_texts")


def clearance_times(request: Request) -> HttpResponse:
    """After how many days a silent pair is reminded, and its request returned."""
    kaikukeskus_or_404(request.user)
    form = TimesForm(request.POST if request.method == "POST" else None, instance=times())
    if form.done(lambda: set_times(**form.cleaned_data, by=request.user)):
        messages.success(request, _("The days are stored."))
        return redirect("prepared_texts")
    return _form_page(request, "adoption/clearance_times.html", form)


def _form_page(request: Request, template: str, form: Form | ModelForm, **more: Any) -> HttpResponse:
    return render(request, template, {"form": form} | more, status=form.status)
