"""How is a meeting arranged on the pages: what is to come, times, people, calendars, and who came?

The same views serve the meetings of a region and, without a region, the national ones of Kaikukeskus.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from adoption.access import kaikukeskus_or_404, may_act, region_or_404
from adoption.fields import Form
from adoption.models import Region
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import moment, weekday_day
from adoption.views import Request
from workflows.arranging import services
from workflows.arranging.forms import (
    AnotherTimeForm,
    ArrangeForm,
    CancelForm,
    DetailsForm,
    HeldForm,
    MoreTimesForm,
    PeopleForm,
)
from workflows.arranging.links import path_for
from workflows.arranging.models import Meeting
from workflows.arranging.shown import MeetingPage, meetings_of, national_attendance
from workflows.arranging.times import is_free_day
from workflows.arranging.to_do import is_too_late
from workflows.models import Survey
from workflows.views.trials import QUESTIONS
from workflows.year import next_feedback_due

LONGEST_KEY = 18  # digits that any database holds


def place_or_404(request: Request, slug: str | None) -> Region | None:
    """The region whose meetings the person may see; nothing of the national ones, which Kaikukeskus sees."""
    if slug is None:
        kaikukeskus_or_404(request.user)
        return None
    return region_or_404(request.user, slug)


def _acts(request: Request, region: Region | None) -> bool:
    return region is None or may_act(request.user, region)


def _only_who_acts(request: Request, region: Region | None) -> None:
    if not _acts(request, region):
        raise NotYours


def _meeting_or_404(request: Request, slug: str | None, pk: int) -> Meeting:
    region = place_or_404(request, slug)
    found = Meeting.objects.select_related("region", "organiser", "recorded")
    if region is None:
        return get_object_or_404(found, region__isnull=True, pk=pk)
    return get_object_or_404(found, region=region, pk=pk)


def list_of(region: Region | None) -> str:
    """The address of the list of meetings."""
    return reverse("arranged", args=[region.slug]) if region else reverse("national_arranged")


@require_safe
def arranged(request: Request, slug: str | None = None) -> HttpResponse:
    """The meetings that are to come, and those that were."""
    region = place_or_404(request, slug)
    page: dict[str, Any] = {"region": region, "acts": _acts(request, region), "meetings": meetings_of(region)}
    if region:
        page |= {"recorded": region.meetings.order_by("-held_on")[:20], "new": reverse("arranged_new", args=[slug])}
    else:
        page |= {"new": reverse("national_arranged_new")}
    return render(request, "workflows/arranged.html", page)


@require_http_methods(QUESTIONS)
def arranged_new(request: Request, slug: str | None = None) -> HttpResponse:
    """A meeting is arranged: with one time everybody is invited, with several all say what suits."""
    region = place_or_404(request, slug)
    _only_who_acts(request, region)
    form = ArrangeForm(region, request.GET.get("kind", ""), request.POST or None)

    def arrange() -> Meeting:
        return services.arrange(region, request.user, form.said, form.cleaned_data["times"], form.people)

    if meeting := form.done(arrange):
        said = _("Everybody has the invitation.") if meeting.starts_at else _("Everybody is asked which times suit.")
        messages.success(request, said)
        _warn(request, form.on_free_days)
        return redirect(meeting)
    page = {"region": region, "form": form, "list": list_of(region)}
    return render(request, "workflows/arranged_new.html", page, status=form.status)


def _warn(request: Request, times: list[datetime]) -> None:
    """A meeting may be on a weekend or a holiday; who arranges it is told."""
    for one in times:
        messages.warning(request, _("%(when)s is on a weekend or a holiday.") % {"when": moment(one)})


def _warn_late(request: Request, fixed: Meeting | None) -> None:
    """A feedback meeting after the day by which it is to be held silences no reminder; who fixes it is told."""
    if fixed is None or fixed.kind != Meeting.Kind.FEEDBACK or fixed.region_id is None:
        return
    due = next_feedback_due([fixed.region_id]).get(fixed.region_id)
    if due and is_too_late(fixed, due):
        said = _("The feedback meeting is to be held by %(day)s. Reminders go on until it has been held.")
        messages.warning(request, said % {"day": weekday_day(due)})


# -- one meeting ------------------------------------------------------------------------------------------------------


@require_http_methods(QUESTIONS)
def arranged_meeting(request: Request, pk: int, slug: str | None = None) -> HttpResponse:
    """The meeting: how the times suit, who is invited, and what is done with it next."""
    meeting = _meeting_or_404(request, slug, pk)
    if request.method != "POST":
        return _shown(request, meeting)
    _only_who_acts(request, meeting.region)
    form, said = ACTS.get(request.POST.get("act", ""), _nothing)(request, meeting)
    if form.errors:
        return _shown(request, meeting, form)
    messages.success(request, said)
    return redirect(meeting)


def _shown(request: Request, meeting: Meeting, refused: Form | None = None) -> HttpResponse:
    shown = MeetingPage(meeting, _acts(request, meeting.region))
    own = shown.own(request.user) if meeting.is_upcoming else None
    page: dict[str, Any] = {
        "region": meeting.region, "meeting": meeting, "page": shown, "own": own,
        "own_page": path_for(own) if own else "",
        "list": list_of(meeting.region), "change": meeting.page("arranged_change"),
        "people": meeting.page("arranged_people"), "held": meeting.page("arranged_held"), "form": refused,
        "more": _or_new(refused, MoreTimesForm), "another": _or_new(refused, AnotherTimeForm),
        "off": _or_new(refused, CancelForm),
    }  # fmt: skip
    if meeting.region is None:
        page["regions"] = meeting.page("arranged_regions")
    return render(request, "workflows/arranged_meeting.html", page, status=refused.status if refused else 200)


def _or_new(refused: Form | None, kind: type[Form]) -> Form:
    """The refused form with what was typed, or an empty one of the kind."""
    return refused if isinstance(refused, kind) else kind(auto_id=f"{kind.__name__}-%s")


def _key(request: Request, name: str) -> int:
    """The key that a button brought; 0 for what never was one."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < LONGEST_KEY else 0


def _seen(request: Request) -> int:
    return _key(request, "seen")


Done = tuple[Form, str]


def _nothing(request: Request, meeting: Meeting) -> Done:
    form = Form({})
    form.refuse(Refused([_("Choose on the page what is to be done.")]))
    return form, ""


def _more(request: Request, meeting: Meeting) -> Done:
    form = MoreTimesForm(request.POST, auto_id="MoreTimesForm-%s")
    if form.done(lambda: services.propose_more(meeting, request.user, form.cleaned_data["times"])):
        _warn(request, [one for one in form.cleaned_data["times"] if is_free_day(one)])
    return form, _("Everybody is asked again which times suit.")


def _fix(request: Request, meeting: Meeting) -> Done:
    form = Form({})
    time = get_object_or_404(meeting.times, pk=_key(request, "time"))
    _fix_at(request, meeting, form, lambda: time.starts_at)
    return form, _("The time is fixed. Everybody has the invitation.")


def _fix_at(request: Request, meeting: Meeting, form: Form, at: Callable[[], datetime]) -> Meeting | None:
    """The meeting is fixed for the moment, and who fixes it is told what that means for reminders and survey."""
    before = _last_day(meeting)
    fixed = form.done(lambda: services.fix(meeting, request.user, at(), _seen(request)))
    _warn_late(request, fixed)
    after = _last_day(meeting)
    if before and after and before != after:
        said = _("The last day to answer the survey moved with the meeting: it was %(before)s, and is now %(day)s.")
        messages.warning(request, said % {"before": weekday_day(before), "day": weekday_day(after)})
    return fixed


def _last_day(meeting: Meeting) -> date | None:
    """The last day of the meeting's survey, if it has one."""
    return Survey.objects.filter(meeting=meeting).values_list("closes_on", flat=True).first()


def _another(request: Request, meeting: Meeting) -> Done:
    form = AnotherTimeForm(request.POST, auto_id="AnotherTimeForm-%s")
    if _fix_at(request, meeting, form, lambda: form.cleaned_data["at"]):
        _warn(request, [one for one in [form.cleaned_data["at"]] if is_free_day(one)])
    return form, _("The time is fixed. Everybody has the invitation.")


def _cancel(request: Request, meeting: Meeting) -> Done:
    form = CancelForm(request.POST, auto_id="CancelForm-%s")
    form.done(lambda: services.cancel(meeting, request.user, form.cleaned_data["reason"]))
    return form, _("The meeting is cancelled. Everybody is told.")


def _remind(request: Request, meeting: Meeting) -> Done:
    form = Form({})
    count = form.done(lambda: services.remind(meeting, request.user)) or 0
    text = ngettext("%(count)s who is silent has a mail.", "%(count)s who are silent have a mail.", count)
    return form, text % {"count": count}


def _uninvite(request: Request, meeting: Meeting) -> Done:
    form = Form({})
    form.done(lambda: services.uninvite(meeting, request.user, _key(request, "invitee")))
    return form, _("That one is not invited any more, and is told.")


ACTS: dict[str, Callable[[Request, Meeting], Done]] = {
    "more": _more, "fix": _fix, "another": _another, "cancel": _cancel, "remind": _remind, "uninvite": _uninvite,
}  # fmt: skip


@require_http_methods(QUESTIONS)
def arranged_change(request: Request, pk: int, slug: str | None = None) -> HttpResponse:
    """What is said of the meeting is changed; calendars follow."""
    meeting = _meeting_or_404(request, slug, pk)
    _only_who_acts(request, meeting.region)
    form = DetailsForm.of(meeting, request.POST or None)
    if form.done(lambda: services.change(meeting, request.user, form.cleaned_data, _seen(request))):
        messages.success(request, _("The meeting is changed."))
        return redirect(meeting)
    return _asked(request, meeting, form, "workflows/arranged_change.html")


@require_http_methods(QUESTIONS)
def arranged_people(request: Request, pk: int, slug: str | None = None) -> HttpResponse:
    """More people are invited."""
    meeting = _meeting_or_404(request, slug, pk)
    _only_who_acts(request, meeting.region)
    form = PeopleForm(meeting.region, request.POST or None)
    if invited := form.done(lambda: services.invite(meeting, request.user, form.people)):
        text = ngettext("%(count)s more is invited.", "%(count)s more are invited.", len(invited))
        messages.success(request, text % {"count": len(invited)})
        return redirect(meeting)
    return _asked(request, meeting, form, "workflows/arranged_people.html")


@require_http_methods(QUESTIONS)
def arranged_held(request: Request, pk: int, slug: str | None = None) -> HttpResponse:
    """Who came to the meeting, and of a feedback meeting what was said."""
    meeting = _meeting_or_404(request, slug, pk)
    _only_who_acts(request, meeting.region)
    invitees = meeting.invitees.filter(uninvited_at=None).select_related("person", "partner__organisation")
    form = HeldForm(meeting, invitees, request.POST or None)
    if form.done(lambda: services.hold(meeting, request.user, *form.said)):
        messages.success(request, _("It is recorded who came."))
        return redirect(meeting)
    return _asked(request, meeting, form, "workflows/arranged_held.html")


def _asked(request: Request, meeting: Meeting, form: Form, template: str) -> HttpResponse:
    page = {"region": meeting.region, "meeting": meeting, "form": form, "list": list_of(meeting.region)}
    return render(request, template, page, status=form.status)


@require_safe
def national_regions(request: Request, pk: int) -> HttpResponse:
    """The regions in trial and in lasting use, and who of each came to the national meeting."""
    meeting = _meeting_or_404(request, None, pk)
    page = {"meeting": meeting, "rows": national_attendance(meeting), "list": list_of(None)}
    return render(request, "workflows/arranged_regions.html", page)
