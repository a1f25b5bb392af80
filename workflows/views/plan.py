"""What does the plan of a trial say, and what would one say for a wished start?"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from adoption.access import region_or_404
from adoption.models import Act, Municipality, Region
from adoption.operating_model import DEFAULT
from adoption.sheets import XLSX, xlsx_bytes
from adoption.views import Request
from workflows.bodies import alike, deciding
from workflows.day_events import ICS
from workflows.models import Trial
from workflows.plan_files import calendar_of, plan_table
from workflows.plan_forms import WishForm
from workflows.plan_picture import drawing
from workflows.sentences import sentences
from workflows.services import read
from workflows.standing import acting_or_none
from workflows.timeline import Plan, plan_of_trial, wished
from workflows.trial import MODELS


def shown(plan: Plan | None, region: Region, municipalities: Iterable[Municipality]) -> dict[str, Any]:
    """What the parts of a page that show a plan need: the plan, its picture, and who decides when."""
    if plan is None:
        return {}
    return {"plan": plan, "drawing": drawing(plan), "deciding": alike(deciding(region, municipalities, plan))}


def trial_or_404(region: Region, pk: int) -> Trial:
    """The region's trial, with its rows and open tasks. One that had ended before it was entered here has no plan."""
    get_object_or_404(Trial, region=region, pk=pk, had_ended=False)
    trial = read(pk)
    trial.region = region  # so that no address asks for it again
    return trial


@require_safe
def plan(request: Request, slug: str, trial: int) -> HttpResponse:
    """The plan of the trial: what to think of, the picture, and each step's planned and actual day."""
    region = region_or_404(request.user, slug)
    found = trial_or_404(region, trial)
    who = None if found.decided else acting_or_none(found, region, request.user)
    page = {"region": region, "trial": found, "acts": who, "moved": sentences(_moves(found).order_by("-number"))}
    return render(
        request, "workflows/plan.html", page | shown(plan_of_trial(found), region, found.municipalities.all())
    )


def _moves(trial: Trial) -> QuerySet[Act]:
    """The acts by which days of the plan were moved: of single steps, by corrections of the planned days, and by the
    actual days, as step 9 recorded them or as they were corrected after an entry."""
    here = [row.pk for row in trial.rows.values()]
    steps = Q(what="due_moved", about_id__in=here)
    corrected = Q(what="trial_corrected", about_id=trial.pk, data__has_key="planned")
    actual = Q(what="step_confirmed", about_id__in=here, data__has_key="moves")
    entered = Q(what="entry_corrected", about_id=trial.pk, data__has_key="moves")
    return Act.objects.filter(steps | corrected | actual | entered, region=trial.region)


@never_cache
@require_safe
def plan_calendar(request: Request, slug: str, trial: int) -> HttpResponse:
    """The plan for a calendar: an all-day event a step."""
    region = region_or_404(request.user, slug)
    content = calendar_of(plan_of_trial(trial_or_404(region, trial)), region.name)
    return _file(content, ICS, f"plan-{region.slug}.ics")


@never_cache
@require_safe
def plan_sheet(request: Request, slug: str, trial: int) -> HttpResponse:
    """The plan as a table."""
    region = region_or_404(request.user, slug)
    rows = plan_table(plan_of_trial(trial_or_404(region, trial)))
    return _file(xlsx_bytes(rows, _("The plan")), XLSX, f"plan-{region.slug}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def plan_wished(request: Request, slug: str) -> HttpResponse:
    """The plan that a wished start of distribution would give; nothing is written."""
    region = region_or_404(request.user, slug)
    form = WishForm(request.GET if "start" in request.GET else None)
    found = wished(MODELS[DEFAULT], form.cleaned_data["start"], form.end) if form.is_valid() else None
    page = {"region": region, "form": form} | shown(found, region, region.municipalities.all())
    return render(request, "workflows/plan_wished.html", page, status=form.status)
