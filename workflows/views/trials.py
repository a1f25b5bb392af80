"""How is a trial opened, and a feedback meeting called, recorded and corrected?"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.access import kaikukeskus_or_404, may_act, region_or_404
from adoption.fields import Form
from adoption.models import Region
from adoption.refusal import NotYours, Refused
from adoption.views import Request
from workflows import meetings, services
from workflows.arranging.models import Meeting
from workflows.models import FeedbackMeeting, Trial, TrialStep
from workflows.timeline import wished
from workflows.trial import MODELS
from workflows.trial_forms import InviteForm, MeetingForm, TrialForm, not_offered
from workflows.views.plan import shown
from workflows.year import next_feedback_due

QUESTIONS = ["GET", "HEAD", "POST"]
MEETING = ("held_on", "attendees", "kaikukeskus_took_part", "minutes")


def tried(form: Form, act: Callable[[], Any]) -> tuple[Any, list[str], int]:
    """What the act of a valid form gave, or nothing with the reasons and the status of the refusal."""
    if not form.is_valid():
        return None, [], form.status
    try:
        return act(), [], 200
    except Refused as refusal:
        return None, refusal.reasons, refusal.status


@require_http_methods(QUESTIONS)
def trial_open(request: Request, slug: str) -> HttpResponse:
    """Kaikukeskus opens a trial: its municipalities, its operating model and its planned days.

    The page shows the plan that they give before it offers to open the trial by it.
    """
    person = request.user
    kaikukeskus_or_404(person)
    region = region_or_404(person, slug)
    form = TrialForm(region, request.POST or None)
    looks = form.is_bound and form.is_valid() and _looks(request, form)

    def act() -> Trial | None:
        if looks:
            return None
        said = form.cleaned_data
        days = said["planned_start"], said["planned_end"]
        return services.open_trial(region, form.chosen, *days, person, said["model"])

    trial, reasons, status = tried(form, act)
    if trial:
        messages.success(request, _("The trial is open, at its first step."))
        return redirect(region)
    page = {"region": region, "form": form, "reasons": reasons, "not_offered": not_offered(region)}
    return render(request, "workflows/trial_open.html", page | _planned(region, form), status=status)


def _looks(request: Request, form: TrialForm) -> bool:
    """Whether the plan is to be shown: it was asked for, or another one was seen than would be opened."""
    return request.POST.get("act") == "look" or request.POST.get("seen", form.seen) != form.seen


def _planned(region: Region, form: TrialForm) -> dict[str, Any]:
    """The plan that the form's days give."""
    if not (form.is_bound and form.is_valid()):
        return {}
    said = form.cleaned_data
    return shown(wished(MODELS[said["model"]], said["planned_start"], said["planned_end"]), region, form.chosen)


# -- feedback meetings ----------------------------------------------------------------------------------------------


def region_to_act_in(request: Request, slug: str) -> Region:
    """The region, for who acts in it."""
    region = region_or_404(request.user, slug)
    if not may_act(request.user, region):
        raise NotYours
    return region


@require_http_methods(QUESTIONS)
def meeting_new(request: Request, slug: str) -> HttpResponse:
    """A feedback meeting that was held stands in the record, with its minutes."""
    region = region_to_act_in(request, slug)
    form = MeetingForm(request.POST or None)
    meeting, reasons, status = tried(form, lambda: services.record_meeting(region, request.user, **form.cleaned_data))
    if meeting:
        messages.success(request, _("The meeting is recorded."))
        return redirect(_after(meeting, region))
    shown = {
        "region": region, "form": form, "reasons": reasons, "meetings": region.meetings.all()[:10],
        "due": next_feedback_due([region.pk]).get(region.pk), "invitation": meetings.invitation(region),
        "arranged": services.arranged_to_record(region),
    }  # fmt: skip
    return render(request, "workflows/meeting_new.html", shown, status=status)


@require_http_methods(QUESTIONS)
def meeting_correct(request: Request, slug: str, pk: int) -> HttpResponse:
    """What is recorded of a feedback meeting is corrected while its round is open."""
    region = region_to_act_in(request, slug)
    meeting = get_object_or_404(FeedbackMeeting, region=region, pk=pk)
    arranged = Meeting.objects.filter(recorded=meeting).first()
    form = MeetingForm(request.POST or None, initial={name: getattr(meeting, name) for name in MEETING})
    if arranged:
        form.only_day()
    done, reasons, status = tried(form, lambda: meetings.correct_meeting(meeting, request.user, **form.cleaned_data))
    if done:
        messages.success(request, _("The record of the meeting is corrected."))
        return redirect(_after(meeting, region))
    closed = meetings.why_not(meeting, services.read(meeting.trial_id) if meeting.trial_id else None)
    shown = {"region": region, "meeting": meeting, "form": form, "reasons": reasons, "closed": closed}
    shown["arranged"] = arranged
    return render(request, "workflows/meeting_correct.html", shown, status=status)


@require_http_methods(QUESTIONS)
def meeting_invite(request: Request, slug: str) -> HttpResponse:
    """The pair invites Kaikukeskus to a feedback meeting, and history says so."""
    region = region_to_act_in(request, slug)
    form = InviteForm(request.POST or None)
    act, reasons, status = tried(form, lambda: meetings.invite_kaikukeskus(region, request.user, **form.cleaned_data))
    if act:
        messages.success(request, _("Kaikukeskus is invited, and gets a mail."))
        return redirect(region)
    shown = {"region": region, "form": form, "reasons": reasons, "invitation": meetings.invitation(region)}
    return render(request, "workflows/meeting_invite.html", shown, status=status)


def _after(meeting: FeedbackMeeting, region: Region) -> TrialStep | Region:
    """Step 10, whose meeting this is; else the board."""
    row = TrialStep.objects.filter(trial=meeting.trial_id, key="feedback").order_by("-round").first()
    return row or region
