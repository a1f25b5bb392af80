"""Was it sent, and when is one reminded at all?"""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from adoption import ladders
from adoption.access import region_or_404
from adoption.prepared_texts import times
from adoption.views import Request
from commitments.who_signed import asked_now
from workflows.asked import next_of_contacts, of_contacts, of_kaikukeskus
from workflows.duties import SOURCES
from workflows.reminded import said, told_in

MOST_ASKED = 50  # signatories in one table; all of the partners stand in their own


@require_safe
def reminders(request: Request, slug: str) -> HttpResponse:
    """For each thing that the region owes: which reminders are planned, have left or came back, and what was done."""
    region = region_or_404(request.user, slug)
    asked = asked_now(region)
    shown = {
        "region": region, "things": [(told, said(told)) for told in told_in(region)], "today": localdate(),
        "questions": [*of_kaikukeskus(region), *of_contacts(region)], "next_question": next_of_contacts(region),
        "asked": asked[:MOST_ASKED], "more_asked": len(asked) - MOST_ASKED,
    }  # fmt: skip
    return render(request, "workflows/reminders.html", shown)


@require_safe
def reminders_help(request: Request) -> HttpResponse:
    """The ladders in words."""
    shown = {
        "ladders": [source.ladder for source in SOURCES.values()],
        "days_at_the_end": ladders.SIGN_AT_THE_END.days,
        "late_to_sign": ladders.SIGN_LATE.days,
        "contact_remind": ladders.CONTACT_REMIND.days,
        "contact_alarm": ladders.CONTACT_ALARM.days,
        "survey_remind": ladders.SURVEY_REMIND.days,
        "clearance": times(),
        "notice": ladders.ANSWER_NOTICE.days,
    }
    return render(request, "workflows/reminders_help.html", shown)
