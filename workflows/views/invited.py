"""What does one who is invited see and say by the personal link, without an account?"""

from typing import NamedTuple

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from adoption.fields import Form
from adoption.views.by_link import opened_by
from workflows.arranging.calendars import PUBLISH, calendar_for
from workflows.arranging.forms import PickForm
from workflows.arranging.links import Link, link_in
from workflows.arranging.models import Invitee
from workflows.arranging.picking import Standing, invitee_of, pick, say_if_coming, standing, time_seen, times_to_pick
from workflows.day_events import ICS
from workflows.minutes.writing import agenda_of

GONE = 410


class Visit(NamedTuple):
    """A request of HTTP by a link that this site has made, and whose it is."""

    http: HttpRequest
    token: str
    link: Link
    invitee: Invitee

    @property
    def standing(self) -> Standing:
        return standing(self.invitee, self.link)

    @property
    def language(self) -> str:
        return self.invitee.person.language if self.invitee.person else self.invitee.language


def _visit(request: HttpRequest, token: str) -> Visit | None:
    link = link_in(token)
    invitee = invitee_of(link) if link else None
    return Visit(request, token, link, invitee) if link and invitee else None


by_link = opened_by(_visit, "workflows/invited_unknown.html")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def invited(visit: Visit) -> HttpResponse:
    """The proposed times, each with how it suits; or when and where the meeting is. Reading changes nothing."""
    times = times_to_pick(visit.invitee.meeting)
    picked = dict(visit.invitee.picks.values_list("time", "suits"))
    if visit.http.method != "POST":
        return _page(visit, PickForm(times, picked))
    if not consume(visit.http, action="pick"):
        return render(visit.http, "429.html", status=429)
    if visit.http.POST.get("act") in COMING:
        return _says_if_coming(visit)
    form = PickForm(times, picked, visit.http.POST)
    if form.done(lambda: pick(visit.link, form.picks)) is None:
        return _page(visit, form)
    messages.success(
        visit.http, _("Thank you. Your answer has been stored. You can change it until the time is fixed.")
    )
    return redirect("invited", token=visit.token)


COMING = {"comes": True, "cannot": False}


def _says_if_coming(visit: Visit) -> HttpResponse:
    comes, form = COMING[visit.http.POST["act"]], Form({})
    if form.done(lambda: say_if_coming(visit.link, comes, visit.http.POST.get("seen", ""))) is None:
        return _page(visit, form)
    name = {"name": visit.invitee.meeting.organiser}
    said = _("You are expected.") if comes else _("Thank you. %(name)s sees that you cannot come.") % name
    messages.success(visit.http, said)
    return redirect("invited", token=visit.token)


def _page(visit: Visit, form: Form) -> HttpResponse:
    """What the link is good for now decides what the page shows."""
    meeting = visit.invitee.meeting
    meeting.refresh_from_db(fields=["state", "starts_at", "cancelled_because"])
    now_so = visit.standing
    shown = {
        "token": visit.token, "invitee": visit.invitee, "meeting": meeting, "standing": now_so, "form": form,
        "other": meeting.organiser.pk != visit.invitee.person_id,
        "may_say": now_so == Standing.FIXED and meeting.starts_at and meeting.starts_at > now(),
        "seen": time_seen(meeting),
    }  # fmt: skip
    if now_so in (Standing.FIXED, Standing.HELD):
        shown["agenda_language"], shown["agenda"] = agenda_of(meeting, get_language() or visit.language)
    status = max(form.status, GONE) if now_so in (Standing.GONE, Standing.CANCELLED) else form.status
    return render(visit.http, "workflows/invited.html", shown, status=status)


@require_safe
@by_link
def invited_calendar(visit: Visit) -> HttpResponse:
    """The meeting as a file for a calendar that does not read mails."""
    if visit.standing != Standing.FIXED:
        raise Http404
    answer = HttpResponse(calendar_for(visit.invitee, PUBLISH), content_type=ICS)
    answer["Content-Disposition"] = 'attachment; filename="kaikupolku.ics"'
    return answer
