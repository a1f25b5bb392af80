"""What does a region's year hold, and how is said to be done what comes round every year?"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption.access import may_act, region_or_404
from adoption.feeds import address_of_region, feed_of
from adoption.fields import YEARS
from adoption.models import Act, Region
from adoption.refusal import Refused
from adoption.views import Request
from workflows.arranging.called import Awaited, national_for
from workflows.day_events import ICS
from workflows.models import Trial, TrialStep, YearlyDone
from workflows.sentences import sentences
from workflows.trial import WITHDRAWN
from workflows.views.trials import QUESTIONS, region_to_act_in
from workflows.yearly.calendars import of_region
from workflows.yearly.doing import say_done, take_back
from workflows.yearly.forms import DoneForm
from workflows.yearly.region_year import late, months
from workflows.yearly.rounds import KINDS, Round, round_of
from workflows.yearly.words import QUOTES, TITLES, what_to_do

CHANGED = ("partner_active", "partner_ended", "partner_changed", "partners_joined")
MOST_CHANGED = 20


@require_safe
def region_year(request: Request, slug: str) -> HttpResponse:
    """The months of a year in order, with what is due and what was done."""
    region = region_or_404(request.user, slug)
    today = localdate()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    if year not in YEARS:
        raise Http404
    feed = feed_of(request.user)
    shown = {
        "feed_address": address_of_region(feed, region.slug) if feed else "",
        "region": region, "months": months(region, year), "year": year, "today": today, "late": late(region),
        "before": year - 1 if year - 1 in YEARS else None, "after": year + 1 if year + 1 in YEARS else None,
    }  # fmt: skip
    return render(request, "workflows/region_year.html", shown)


@require_safe
def region_year_calendar(request: Request, slug: str) -> HttpResponse:
    """The region's year as a file, to be taken into a calendar once."""
    region = region_or_404(request.user, slug)
    answer = HttpResponse(of_region(region), content_type=ICS)
    answer["Content-Disposition"] = f'attachment; filename="kaikukortti-{region.slug}-{localdate().year}.ics"'
    return answer


# -- what comes round -------------------------------------------------------------------------------------------------


@require_http_methods(QUESTIONS)
def yearly_done(request: Request, slug: str, kind: str) -> HttpResponse:
    """The region says that it has done what comes round every year; who only reads sees what was said."""
    if kind not in KINDS:
        raise Http404
    region = region_or_404(request.user, slug)
    acts = may_act(request.user, region)
    if request.method == "POST":
        region_to_act_in(request, slug)
    now = round_of(region, kind)
    form = DoneForm(request.POST or None, initial={"last": now.last if now else None})
    done = form.done(lambda: say_done(region, kind, by=request.user, **form.cleaned_data))
    if done:
        messages.success(request, _("It is recorded, and comes round again in a year."))
        return redirect("region_year", region.slug)
    return render(request, "workflows/yearly_done.html", _shown(region, kind, now, form, acts), status=form.status)


@require_POST
def yearly_take_back(request: Request, slug: str, kind: str, pk: int) -> HttpResponse:
    """What was said last is taken back."""
    region = region_or_404(request.user, slug)
    done = get_object_or_404(YearlyDone, region=region, kind=kind, pk=pk)
    try:
        take_back(done, request.user)
    except Refused as refusal:
        now = round_of(region, kind)
        form = DoneForm(initial={"last": now.last if now else None})
        shown = _shown(region, kind, now, form, may_act(request.user, region)) | {"reasons": refusal.reasons}
        return render(request, "workflows/yearly_done.html", shown, status=refusal.status)
    messages.success(request, _("It is taken back, and due as before."))
    return redirect("yearly_done", region.slug, kind)


def _shown(region: Region, kind: str, now: Round | None, form: DoneForm, acts: bool) -> dict[str, Any]:
    said = list(YearlyDone.objects.filter(region=region, kind=kind).select_related("recorded_by")[:10])
    shown = {
        "region": region, "kind": kind, "title": TITLES[kind], "todo": what_to_do(now) if now else "",
        "quote": QUOTES[kind], "awaited": _awaited(region) if kind == YearlyDone.Kind.NATIONAL and not now else None,
        "now": now, "form": form if now and acts else None, "tried": form, "said": said, "acts": acts,
    }  # fmt: skip
    return shown | (_of_page(region, now) if kind == YearlyDone.Kind.PAGE and now else {})


def _awaited(region: Region) -> Awaited | None:
    """The national meeting to come to which a region is called that does not owe it yet."""
    found = national_for([region.pk]).get(region.pk)
    return found if found and found.is_to_come else None


def _of_page(region: Region, now: Round) -> dict[str, Any]:
    """The addresses of the local page, and what has changed with the partners since it was looked through."""
    trials = Trial.objects.filter(region=region).exclude(decided=WITHDRAWN)
    rows = TrialStep.objects.filter(trial__in=trials, key="print_comms").order_by("-pk")
    acts = Act.objects.filter(region=region, what__in=CHANGED, at__date__gt=now.last)
    return {
        "addresses": list(dict.fromkeys(one for row in rows if (one := row.evidence.get("local_page")))),
        "changed": sentences(acts.order_by("-number")[:MOST_CHANGED]),
    }
