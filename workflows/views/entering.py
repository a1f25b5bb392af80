"""How does Kaikukeskus enter a region that already has the card, look at it first, and correct or withdraw it?"""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.access import kaikukeskus_or_404, region_or_404
from adoption.models import Person, Region
from adoption.views import Request
from workflows.entering import enter_region
from workflows.entry_correcting import (
    correct_entry,
    standing_entry,
    why_not_corrected,
    why_not_withdrawn,
    withdraw_entry,
)
from workflows.entry_forms import EntryCorrectionForm, EntryForm
from workflows.forms import ReasonForm
from workflows.models import Trial
from workflows.seen import Seen, seen
from workflows.services import read
from workflows.trial_forms import not_offered
from workflows.views.trials import QUESTIONS, tried


@require_http_methods(QUESTIONS)
def region_enter(request: Request, slug: str) -> HttpResponse:
    """A region that already has the card comes in; first it is shown how it would stand, and nothing is written."""
    person = request.user
    kaikukeskus_or_404(person)
    region = region_or_404(person, slug)
    form = EntryForm(region, request.POST or None)
    looks = request.POST.get("act") == "look"
    done, reasons, status = tried(form, lambda: _look(form, region, person) if looks else _enter(form, region, person))
    if done and not looks:
        messages.success(request, _("The region stands as it was entered."))
        return redirect(region)
    own = set(region.municipalities.values_list("pk", flat=True))
    taken = [one for one in not_offered(region) if one.municipality.pk in own]
    shown = {"region": region, "form": form, "reasons": reasons, "not_offered": taken, "seen": done}
    return render(request, "workflows/region_enter.html", shown, status=status)


def _enter(form: EntryForm, region: Region, person: Person) -> Trial:
    return enter_region(region, form.entry, person, form.pair)


def _look(form: EntryForm, region: Region, person: Person) -> Seen:
    """The region as it would stand: it is entered, looked at, and nothing of it is kept."""
    with transaction.atomic():
        found = seen(_enter(form, region, person))
        transaction.set_rollback(True)
    return found


@require_http_methods(QUESTIONS)
def entry_correct(request: Request, slug: str, trial: int) -> HttpResponse:
    """What was entered afterwards is corrected, or withdrawn where it was entered by mistake."""
    person = request.user
    kaikukeskus_or_404(person)
    region = region_or_404(person, slug)
    found = get_object_or_404(Trial, region=region, pk=trial, entered_on__isnull=False)
    withdrawing = request.POST.get("act") == "withdraw"
    form = EntryCorrectionForm(region, standing_entry(found), None if withdrawing else request.POST or None)
    why = ReasonForm(request.POST if withdrawing else None, prefix="withdraw")
    why.fields["reason"].help_text = form.fields["reason"].help_text

    def act() -> Trial:
        if withdrawing:
            return withdraw_entry(found, person, why.cleaned_data["reason"])
        return correct_entry(found, person, form.entry, form.cleaned_data["reason"])

    refused: Any = why if withdrawing else form
    done, reasons, status = tried(refused, act)
    if done:
        said = _("What had been entered is withdrawn.") if withdrawing else _("What was entered is corrected.")
        messages.success(request, said)
        return redirect(region)
    shown = {
        "region": region, "trial": found, "form": form, "why": why, "refused": refused, "withdrawing": withdrawing,
        "reasons": reasons, "closed": why_not_corrected(found), "kept": why_not_withdrawn(read(found.pk)),
    }  # fmt: skip
    return render(request, "workflows/entry_correct.html", shown, status=status)
