"""What waits for me, and where is Kaikukortti in use?"""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from adoption.access import regions_of
from adoption.models import Phase, Region, Responsibility
from adoption.operating_model import DEFAULT
from adoption.operating_model import MODELS as OPERATING_MODELS
from adoption.views import Request
from workflows import overview
from workflows.models import SavedFilter
from workflows.my_work.filters import Wanted, saved_by, wanted_of
from workflows.my_work.forms import FilterForm, OwnTaskForm
from workflows.my_work.whole import whole_of
from workflows.standing import end_of_week
from workflows.steps import Step
from workflows.tasks import BOTH, Item, by_urgency, partners_of_contact
from workflows.trial import MODELS
from workflows.yearly.own_days import next_known

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


class Filtering(NamedTuple):
    """The saved filters, the one that is in use, what is wanted, and the form that says so."""

    saved: list[SavedFilter]
    now: SavedFilter | None
    wanted: Wanted
    form: FilterForm

    @property
    def query(self) -> str:
        """What an address says, so that the page shows the same; nothing for what it shows by itself."""
        if self.now:
            return "" if self.now.is_default else urlencode({"filter": self.now.pk})
        begins = any(one.is_default for one in self.saved)
        return self.wanted.query or (urlencode({"filter": "all"}) if begins else "")


@require_GET
def my_tasks(request: Request) -> HttpResponse:
    """What waits for the person, late first; what others do; for a partner's contact, whom to call."""
    person = request.user
    if person.is_kaikukeskus:
        return redirect(with_query(reverse("queue"), request.GET.urlencode()))
    roles = set(Responsibility.objects.current().filter(person=person).values_list("side", flat=True))
    acts = bool(roles & BOTH)
    whole, filtering = whole_of(person, has_role=bool(roles)), filtering_of(request)
    everything = whole.mine if acts else sorted(whole.mine + whole.others, key=by_urgency)
    shown = {
        "person": person,
        "has_role": bool(roles),
        "acts": acts,
        "waiting": len(whole.mine),
        "all": len(everything),
        "contact_of": partners_of_contact(person),
        "next_known": next_known(person, [one.item for one in whole.put_off]) if acts and not everything else None,
        "next_back": min(whole.put_off, key=lambda one: one.until, default=None),
        "regions": [] if everything else regions_of(person),
        "whole": whole,
        "filtering": filtering,
        "task_form": OwnTaskForm(person, None, auto_id="task_%s") if roles else None,
    }
    shown |= _parts(filtering.wanted.of(everything), acts, request.GET.get("page"))
    shown |= _of_others(filtering.wanted.of(whole.others) if acts else [])
    return render(request, "workflows/my_tasks.html", shown | today())


def _parts(listed: list[Item], acts: bool, number: str | None) -> dict[str, Any]:
    """One page of the list in its parts, and the first thing to do."""
    page = Paginator(listed, A_PAGE).get_page(number)
    return {"page": page, "sections": sections(list(page)), "first": listed[0] if acts and listed else None}


def _of_others(items: list[Item]) -> dict[str, Any]:
    return {"others": items[:A_PAGE], "more_others": max(len(items) - A_PAGE, 0)}


def filtering_of(request: Request) -> Filtering:
    """What of the list is asked for: by a saved filter, by the fields, or by the filter with which the list begins."""
    person, saved, chosen = request.user, saved_by(request.user), request.GET.get("filter", "")
    if chosen.isdecimal():
        now = next((one for one in saved if str(one.pk) == chosen), None)
        if now is None:
            raise Http404
    else:
        asked = chosen or any(name in request.GET for name in FilterForm.base_fields)
        now = None if asked else next((one for one in saved if one.is_default), None)
    wanted = wanted_of(now) if now else FilterForm(person, request.GET).wanted
    return Filtering(saved, now, wanted, FilterForm(person, wanted.values))


def with_query(path: str, query: str) -> str:
    """The address, with what it says of the filter."""
    return f"{path}?{query}" if query else path


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
