"""How is a trial corrected or withdrawn on a page? What moves with its days is shown before it is confirmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.access import kaikukeskus_or_404, region_or_404
from adoption.views import Request
from workflows import correcting, services
from workflows.forms import ReasonForm
from workflows.models import Trial
from workflows.moves import Moves
from workflows.moving import mark_of
from workflows.plan import warnings_underway
from workflows.replanning import moved_by_hand, moves_when_planned
from workflows.trial_forms import CorrectionForm
from workflows.views.trials import QUESTIONS, tried


@require_http_methods(QUESTIONS)
def trial_correct(request: Request, slug: str, trial: int) -> HttpResponse:
    """Kaikukeskus corrects municipalities and planned days of a trial, or withdraws one opened by mistake."""
    person = request.user
    kaikukeskus_or_404(person)
    region = region_or_404(person, slug)
    found = get_object_or_404(Trial.objects.select_related("region__county"), region=region, pk=trial)
    withdrawing = request.POST.get("act") == "withdraw"
    form = CorrectionForm(found, None if withdrawing else request.POST or None)
    why = ReasonForm(request.POST if withdrawing else None, prefix="withdraw")

    def act() -> Trial | None:
        if withdrawing:
            return correcting.withdraw_trial(found, person, why.cleaned_data["reason"])
        return _corrected(request, found, form)

    done, reasons, status = tried(why if withdrawing else form, act)
    if done:
        messages.success(request, _("The trial is withdrawn.") if withdrawing else _("The trial is corrected."))
        return redirect("plan", slug, trial) if form.is_bound and _moves_days(found, form) else redirect(region)
    read = services.read(found.pk)
    look = _look(read, form)
    page = {
        "region": region, "trial": found, "form": form, "why": why, "refused": why if withdrawing else form,
        "withdrawing": withdrawing, "closed": correcting.why_not(read), "kept": correcting.why_not_withdrawn(read),
    } | look | {"reasons": reasons or look.get("reasons", [])}  # fmt: skip
    return render(request, "workflows/trial_correct.html", page, status=422 if "reasons" in look else status)


def _moves_days(trial: Trial, form: CorrectionForm) -> bool:
    return form.days != (trial.planned_start, trial.planned_end)


def _corrected(request: Request, trial: Trial, form: CorrectionForm) -> Trial | None:
    """The corrected trial, once the page has shown what moves with these very days."""
    seen, _space, mark = request.POST.get("seen", "").rpartition(" ")
    if request.POST.get("act") == "look" or (_moves_days(trial, form) and seen != form.seen):
        return None
    said = form.cleaned_data
    read_by = mark if seen else None
    towns = said["municipalities"]
    return correcting.correct_trial(trial, request.user, towns, *form.days, said["reason"], read_by)


def _look(trial: Trial, form: CorrectionForm) -> dict[str, Any]:
    """What moves with the days of the form and what to think of, or why the trial cannot be corrected to them."""
    if not (form.is_bound and form.is_valid()) or correcting.why_not(trial):
        return {}
    if wrong := correcting.why_not_so(trial, list(form.cleaned_data["municipalities"]), *form.days):
        return {"reasons": wrong}
    moves = moves_when_planned(trial, *form.days, moved_by_hand(trial))
    return {"moves": moves, "said": _to_think_of(trial, moves), "seen": f"{form.seen} {mark_of(trial)}"}


def _to_think_of(trial: Trial, moves: Moves) -> list[str]:
    closed = {key for key, row in trial.rows.items() if row.closed_at}
    warnings = warnings_underway(trial.flow, localdate(), moves.start, closed) if moves.moves_start else []
    return list(dict.fromkeys([*moves.said, *warnings]))
