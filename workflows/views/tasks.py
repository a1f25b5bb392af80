"""What waits for me, and where is Kaikukortti in use?"""

from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from adoption.access import regions_of
from adoption.models import Phase, Region, Responsibility
from adoption.operating_model import DEFAULT
from adoption.operating_model import MODELS as OPERATING_MODELS
from adoption.views import Request
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
    path("regions/", regions, name="regions"),
    path("help/steps/", steps_help, name="steps_help"),
]
