"""What waits for me, what for Kaikukeskus, and where is Kaikukortti in use?"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from adoption.access import kaikukeskus_or_404, regions_of
from adoption.contacts import alarms, returned
from adoption.forms import ClearanceForm
from adoption.models import Partner, Phase, Region, Responsibility
from adoption.operating_model import DEFAULT
from adoption.operating_model import MODELS as OPERATING_MODELS
from adoption.refusal import Refused
from adoption.views import Request
from adoption.views.partner import ACTS as PARTNER_ACTS
from workflows import overview
from workflows.standing import end_of_week
from workflows.steps import Step
from workflows.tasks import BOTH, Item, Work, next_known, partners_of_contact, work_of
from workflows.trial import MODELS

A_PAGE = 50


class HelpStep(NamedTuple):
    """A step and its rules for a page; a rule itself is a function, which a template would call."""

    step: Step
    rules: list[dict[str, str]]


class Section(NamedTuple):
    """A part of the list: its key for the page, its title, its items."""

    key: str
    title: str
    items: list[Item]


@require_GET
def my_tasks(request: Request) -> HttpResponse:
    """What waits for the person, late first; what others do; for a partner's contact, whom to call."""
    person = request.user
    if person.is_kaikukeskus:
        return redirect("queue")
    roles = set(Responsibility.objects.current().filter(person=person).values_list("side", flat=True))
    work = work_of(person) if roles else Work([], [])
    acts = bool(roles & BOTH)
    listed = work.mine if acts else work.others
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "person": person,
        "has_role": bool(roles),
        "acts": acts,
        "page": page,
        "sections": sections(list(page)),
        "first": listed[0] if acts and listed else None,
        "others": work.others[:A_PAGE] if acts else [],
        "more_others": max(len(work.others) - A_PAGE, 0) if acts else 0,
        "contact_of": partners_of_contact(person),
        "next_known": next_known(person) if acts and not listed else None,
        "regions": [] if listed else regions_of(person),
    }
    return render(request, "workflows/my_tasks.html", shown | today())


def today() -> dict[str, Any]:
    """The day and the week of the eyebrow."""
    day = localdate()
    return {"today": day, "week": day.isocalendar().week}


def sections(items: list[Item]) -> list[Section]:
    """The items late, of this week, without a day, and later; parts with nothing in them are left out."""
    week = end_of_week()
    late = [item for item in items if item.days_late]
    soon = [item for item in items if item.due and not item.days_late and item.due <= week]
    undated = [item for item in items if item.due is None]
    later = [item for item in items if item.due and item.due > week]
    parts = [
        Section("late", _("Late"), late),
        Section("week", _("This week"), soon),
        Section("undated", _("As soon as you can"), undated),
        Section("later", _("Later"), later),
    ]
    return [part for part in parts if part.items]


# -- Kaikukeskus ----------------------------------------------------------------------------------------------------


@require_GET
def queue(request: Request) -> HttpResponse:
    """Kaikukeskus's front page: what waits for it, decided in place, and the regions × ten steps."""
    kaikukeskus_or_404(request.user)
    return queue_page(request, Tried(0))


class Tried(NamedTuple):
    """A decision that was sent from the queue and refused: whose, its form, the reasons, and the status."""

    partner: int
    form: ClearanceForm | None = None
    reasons: Sequence[str] = ()
    status: int = 200


@require_POST
def queue_decide(request: Request, pk: int) -> HttpResponse:
    """A request is decided in place; what is refused stays in the queue, with all that was typed."""
    kaikukeskus_or_404(request.user)
    partner = get_object_or_404(Partner.objects.select_related("organisation", "region"), pk=pk)
    form = ClearanceForm(request.POST, auto_id=f"p{pk}-%s", use_required_attribute=False)
    if not form.is_valid():
        return queue_page(request, Tried(pk, form, status=form.status))
    try:
        PARTNER_ACTS["decide"].do(partner, request.user, form.cleaned_data)
    except Refused as refusal:
        return queue_page(request, Tried(pk, form, refusal.reasons, refusal.status))
    messages.success(request, str(PARTNER_ACTS["decide"].done))
    return redirect("queue")


def queue_page(request: Request, tried: Tried) -> HttpResponse:
    """The queue; with what was refused, the page of it on which that stands, unfolded."""
    waiting = overview.queue()
    at = next((i for i, one in enumerate(waiting) if one.partner and one.partner.pk == tried.partner), None)
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page") if at is None else at // A_PAGE + 1)
    shown = {
        "page": page,
        "entries": [(one, *_decision(one, tried, first=one is page[0])) for one in page],
        "form": tried.form,
        "reasons": tried.reasons,
        "first": waiting[0] if waiting else None,
        "kinds": Counter(one.kind for one in waiting).items(),
        "target": overview.ANSWER_WITHIN,
        "rows": overview.matrix(),
        "words": overview.WORDS.items(),
        "short": overview.SHORT.items(),
        "lapsed": alarms.count(),
        "returned_note": returned.note(),
    }
    return render(request, "workflows/queue.html", shown | today(), status=tried.status)


def _decision(one: overview.Waiting, tried: Tried, first: bool) -> tuple[ClearanceForm | None, bool]:
    """The form of the entry, and whether the entry is unfolded: the one that was tried, else the first."""
    if tried.form and one.partner and one.partner.pk == tried.partner:
        _say_when_mandatory(tried.form)
        return tried.form, True
    return decision_form(one), first and not tried.partner


def decision_form(one: overview.Waiting) -> ClearanceForm | None:
    """The partner page's own form of the decision, with field ids that are this entry's."""
    if one.partner is None:
        return None
    form = ClearanceForm(auto_id=f"p{one.partner.pk}-%s", use_required_attribute=False)
    _say_when_mandatory(form)
    return form


def _say_when_mandatory(form: ClearanceForm) -> None:
    """The help of the message says when it is mandatory: "(not mandatory)" beside that would deny it."""
    form.fields["message"].required = True


# -- regions --------------------------------------------------------------------------------------------------------


@require_GET
def regions(request: Request) -> HttpResponse:
    """The regions that the person may read, by phase; all of them for Kaikukeskus."""
    person = request.user
    mine = regions_of(person)
    phase = request.GET.get("phase", "")
    phase = phase if phase in Phase.values else ""
    shown = {
        "all_regions": person.is_kaikukeskus,
        "phase": phase,
        "phases": Phase.choices,
        "page": places_page(mine, phase, request.GET.get("page")),
        "used": overview.names_in(mine, overview.USED),
        "coming": overview.names_in(mine, overview.COMING),
    }
    return render(request, "workflows/regions.html", shown)


def places_page(mine: QuerySet[Region], phase: str, number: str | None) -> Page:
    """One page of the regions that have a municipality in the phase."""
    return Paginator(overview.places(mine, phase), A_PAGE).get_page(number)


# -- help -----------------------------------------------------------------------------------------------------------


@require_GET
def steps_help(request: Request) -> HttpResponse:
    """The ten steps in words, with the rules of each in Kaikukeskus's own words; either published model."""
    model = request.GET.get("model", DEFAULT)
    model = model if model in MODELS else DEFAULT
    shown = {
        "steps": [HelpStep(step, [vars(rule) for rule in step.missing]) for step in MODELS[model].all_steps()],
        "model": OPERATING_MODELS[model],
        "others": [OPERATING_MODELS[key] for key in MODELS if key != model],
    }
    return render(request, "workflows/steps_help.html", shown)


urlpatterns = [
    path("", my_tasks, name="my_tasks"),
    path("queue/", queue, name="queue"),
    path("queue/<int:pk>/", queue_decide, name="queue_decide"),
    path("regions/", regions, name="regions"),
    path("help/steps/", steps_help, name="steps_help"),
]
