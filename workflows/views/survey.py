"""How does a region ask its partners before a feedback meeting, and what does it see of the answers?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.views import Request
from workflows.minutes.access import may_write, meeting_or_404
from workflows.models import Survey
from workflows.survey.forms import EndSurveyForm, OpenSurveyForm
from workflows.survey.letters import was_it_sent
from workflows.survey.opening import contacts, end_survey, open_survey, why_not
from workflows.survey.picture import drawing
from workflows.survey.questions import IN_OWN_WORDS, STATEMENTS
from workflows.survey.results import LEAST, how_it_stands, result_of
from workflows.views.trials import QUESTIONS


@require_http_methods(QUESTIONS)
def survey(request: Request, slug: str, pk: int) -> HttpResponse:
    """The survey of a feedback meeting: to be opened, how many have answered, and once it is over what they said."""
    meeting = meeting_or_404(request.user, slug, pk)
    found = Survey.objects.filter(meeting=meeting).select_related("meeting__region").first()
    writes = may_write(request.user, meeting)
    closed = [] if found else why_not(meeting)
    opens = request.method == "POST" and request.POST.get("act") != "end"
    form = OpenSurveyForm(meeting, request.POST if opens else None)

    ends = EndSurveyForm(request.POST if request.POST.get("act") == "end" else None)

    def opened() -> Survey:
        return open_survey(meeting, request.user, form.cleaned_data["closes_on"])

    if ends.done(lambda: end_survey(meeting, request.user)):
        messages.success(request, _("The survey is over. Nobody answers any more."))
        return redirect("survey", slug, pk)
    if form.done(opened):
        messages.success(request, _("The survey is open: each contact person gets a link by mail."))
        return redirect("survey", slug, pk)
    shown: dict[str, Any] = {
        "region": meeting.region, "meeting": meeting, "up": meeting, "survey": found, "statements": STATEMENTS.values(),
        "in_own_words": IN_OWN_WORDS, "least": LEAST, "closed": closed,
        "form": form if writes and not found and not closed else None, "ends": ends, "writes": writes,
        "asked": len(contacts(meeting.region)) if meeting.region and not found else 0,
    }  # fmt: skip
    if found:
        result = result_of(found)
        shown |= {"was_it_sent": was_it_sent(found) if writes else []}
        shown |= {"stands": how_it_stands(found), "is_open": found.is_open(), "result": result}
        shown["drawing"] = drawing(result) if result else None
    return render(request, "workflows/survey.html", shown, status=max(form.status, ends.status))
