"""How is a trial opened, and a feedback meeting recorded?"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.access import kaikukeskus_or_404, may_act, region_or_404
from adoption.models import Region
from adoption.refusal import NotYours, Refused
from adoption.views import Request
from workflows import services
from workflows.forms import MeetingForm, TrialForm, taken
from workflows.models import FeedbackMeeting, TrialStep
from workflows.year import next_feedback_due

QUESTIONS = ["GET", "HEAD", "POST"]


@require_http_methods(QUESTIONS)
def trial_open(request: Request, slug: str) -> HttpResponse:
    """Kaikukeskus opens a trial: its municipalities, its operating model and its planned days."""
    person = request.user
    kaikukeskus_or_404(person)
    region = region_or_404(person, slug)
    form, reasons, status = TrialForm(region, request.POST or None), [], 200
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.open_trial(region, form.chosen, said["planned_start"], said["planned_end"], person, said["model"])
        except Refused as refusal:
            reasons, status = refusal.reasons, refusal.status
        else:
            messages.success(request, _("The trial is open, at its first step."))
            return redirect(region)
    shown = {"region": region, "form": form, "reasons": reasons, "taken": taken(region)}
    return render(request, "workflows/trial_open.html", shown, status=max(status, form.status))


@require_http_methods(QUESTIONS)
def meeting_new(request: Request, slug: str) -> HttpResponse:
    """A feedback meeting that was held stands in the record, with its minutes."""
    person = request.user
    region = region_or_404(person, slug)
    if not may_act(person, region):
        raise NotYours
    form, reasons, status = MeetingForm(request.POST or None), [], 200
    if form.is_valid():
        try:
            meeting = services.record_meeting(region, person, **form.cleaned_data)
        except Refused as refusal:
            reasons, status = refusal.reasons, refusal.status
        else:
            messages.success(request, _("The meeting is recorded."))
            return redirect(_after(meeting, region))
    shown = {
        "region": region, "form": form, "reasons": reasons, "meetings": region.meetings.all()[:10],
        "due": next_feedback_due([region.pk]).get(region.pk),
    }  # fmt: skip
    return render(request, "workflows/meeting_new.html", shown, status=max(status, form.status))


def _after(meeting: FeedbackMeeting, region: Region) -> TrialStep | Region:
    """Step 10, whose meeting this is; else the board."""
    row = TrialStep.objects.filter(trial=meeting.trial_id, key="feedback").order_by("-round").first()
    return row or region
