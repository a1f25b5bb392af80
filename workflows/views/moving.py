"""How is the day of a step moved on a page? First what moves with it is shown, then it is confirmed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.access import region_or_404
from adoption.refusal import Refused
from adoption.views import Request
from workflows.models import Trial, TrialStep
from workflows.moves import Moves
from workflows.moving import mark_of, move_due, what_moves, why_not
from workflows.plan_forms import MoveForm
from workflows.services import acting_in
from workflows.views.plan import trial_or_404
from workflows.views.trials import QUESTIONS, tried


@require_http_methods(QUESTIONS)
def plan_move(request: Request, slug: str, trial: int, key: str) -> HttpResponse:
    """The pair or Kaikukeskus moves the day by which a step is due."""
    region = region_or_404(request.user, slug)
    found = trial_or_404(region, trial)
    step = found.flow.step(key)
    if step is None:
        raise Http404
    acting_in(found, region, request.user)
    form = MoveForm(found.rows[key].due, request.POST or None)
    row, reasons, status = tried(form, lambda: _moved(request, found, key, form))
    if row:
        messages.success(request, _("The day is moved. The others of the pair get a mail."))
        return redirect("plan", slug, trial)
    moves, why = _moves(found, key, form)
    page = {
        "region": region, "trial": found, "step": step, "row": found.rows[key], "form": form, "moves": moves,
        "reasons": reasons or why, "closed": why_not(found, key), "seen": f"{form.day} {mark_of(found)}",
    }  # fmt: skip
    return render(request, "workflows/plan_move.html", page, status=422 if why else status)


def _moved(request: Request, trial: Trial, key: str, form: MoveForm) -> TrialStep | None:
    """The step with its new day, once the page has shown what moves with that very day."""
    to, _space, mark = request.POST.get("seen", "").partition(" ")
    if request.POST.get("act") != "move" or to != form.day:
        return None
    said = form.cleaned_data
    return move_due(trial, key, request.user, said["to"], said["reason"], mark)


def _moves(trial: Trial, key: str, form: MoveForm) -> tuple[Moves | None, list[str]]:
    """What moves with the day of the form, or why it cannot be moved there."""
    if not form.day:
        return None, []
    try:
        return what_moves(trial, key, form.cleaned_data["to"]), []
    except Refused as refusal:
        return None, refusal.reasons
