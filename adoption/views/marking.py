"""How are accounts and inductions of many partners marked on one page, and how does a list of accounts go and come?"""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from adoption.access import kaikukeskus_or_404, may_act, region_or_404
from adoption.accounts import AccountRow, Outcome, accounts_table, as_text, plan, take, to_make
from adoption.alphabet import by_name
from adoption.fields import Form
from adoption.icons import PARTNER_ICONS
from adoption.list_form import ListForm
from adoption.marking import LACKS_ACCOUNT, LACKS_INDUCTION, Marked, What, induction_due, mark, next_induction
from adoption.marking_forms import MarkForm
from adoption.models import Partner, Region
from adoption.refusal import NotYours, Refused
from adoption.sheets import CSV, csv_bytes
from adoption.views import Request

MOST_SHOWN = 500
ICONS = {Outcome.MARK: "done", Outcome.SAME: "skip", Outcome.NONE: "open", Outcome.REFUSE: "no"}
SHOWN = {
    "account": gettext_lazy("no Kaikukanta account"),
    "induction": gettext_lazy("no induction"),
    "again": gettext_lazy("induction due again"),
    "all": gettext_lazy("all partners on the way"),
}

NONE = {
    "account": gettext_lazy("Every committed partner has its account."),
    "induction": gettext_lazy("Every committed partner has had its induction."),
    "again": gettext_lazy("No yearly induction is due within a month."),
    "all": gettext_lazy("No partner is on the way."),
}


# -- several at once --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def partners_mark(request: Request, slug: str) -> HttpResponse:
    """The partners that lack an account or an induction, all of them chosen, and one day for all."""
    region = _region(request, slug)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "account"
    found = _listed(region, show)
    known = {"partners": [] if show == "all" else [one.pk for one in found], "what": _usual(show)}
    form = MarkForm(region.partners.all(), *([request.POST] if request.method == "POST" else []), initial=known)
    if form.is_valid() and _marked(form, region, request):
        return redirect(f"{reverse('partners_mark', args=[region.slug])}?show={show}")
    rows = [(one, PARTNER_ICONS[one.state], next_induction(one)) for one in _with_chosen(found, region, form)]
    shown = {"region": region, "form": form, "rows": rows, "show": show, "choices": SHOWN.items()}
    shown |= {"none": NONE[show]}
    return render(request, "adoption/partners_mark.html", shown, status=form.status)


def _region(request: Request, slug: str) -> Region:
    region = region_or_404(request.user, slug)
    if not may_act(request.user, region):
        raise NotYours
    return region


def _usual(show: str) -> str:
    return What.INDUCTION if show in ("induction", "again") else What.ACCOUNT


def _listed(region: Region, show: str) -> QuerySet[Partner]:
    which = {"account": LACKS_ACCOUNT, "induction": LACKS_INDUCTION, "again": induction_due()}.get(show, Q())
    return Partner.objects.on_the_way().filter(which, region=region).select_related("organisation", "region")


def _with_chosen(found: QuerySet[Partner], region: Region, form: MarkForm) -> list[Partner]:
    """After a refusal those that were chosen stand in the list still, although some of them lack nothing more."""
    rows = list(found)
    if form.is_bound:
        there = {one.pk for one in rows}
        keys = [int(key) for key in form.ticked if key.isascii() and key.isdigit() and len(key) < 10]
        chosen = region.partners.filter(pk__in=keys).select_related("organisation", "region")
        rows += [one for one in chosen if one.pk not in there]
    return by_name(rows)


def _marked(form: MarkForm, region: Region, request: Request) -> bool:
    data = form.cleaned_data
    marked = form.done(lambda: mark(region, request.user, data["partners"], data["what"], data["on"], data["manner"]))
    return marked is not None and _told(marked, form, request)


def _told(marked: Marked, form: Form, request: Request) -> bool:
    """Whether nothing was left; what was left stands in the form's summary."""
    if marked.now:
        said = ngettext("%(count)s partner was marked.", "%(count)s partners were marked.", marked.now)
        messages.success(request, said % {"count": marked.now})
    if marked.before:
        said = ngettext("%(count)s was marked already.", "%(count)s were marked already.", marked.before)
        messages.info(request, said % {"count": marked.before})
    if marked.left:
        form.refuse(Refused([str(one) for one in marked.left]))
    return not marked.left


# -- accounts as a list -----------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """One region, or for Kaikukeskus all of them: their accounts, and the addresses of their pages."""

    region: Region | None

    @property
    def page(self) -> str:
        return reverse("accounts", args=[self.region.slug]) if self.region else reverse("all_accounts")

    @property
    def csv(self) -> str:
        return reverse("accounts_csv", args=[self.region.slug]) if self.region else reverse("all_accounts_csv")


def _place(request: Request, slug: str) -> Place:
    if slug:
        return Place(_region(request, slug))
    kaikukeskus_or_404(request.user)
    return Place(None)


@never_cache
@require_safe
def accounts_csv(request: Request, slug: str = "") -> HttpResponse:
    """The accounts to be made, with an empty column for the day."""
    place = _place(request, slug)
    answer = HttpResponse(csv_bytes(accounts_table(place.region)), content_type=CSV)
    answer["Content-Disposition"] = f'attachment; filename="kaikukanta-{slug or "all"}.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: Request, slug: str = "") -> HttpResponse:
    """The list goes out, comes back with days, is seen row by row, and marked once that is confirmed."""
    place = _place(request, slug)
    form = ListForm(*([request.POST, request.FILES] if request.method == "POST" else []))
    rows: list[AccountRow] = []
    marked: Marked | None = None
    if form.is_valid():
        if request.POST.get("act") == "confirm":
            marked = form.done(lambda: take(form.table(), request.user, place.region))
            if marked and _told(marked, form, request):
                return redirect(place.page)
        else:
            rows = _previewed(form, place, request)
    shown = _shown(place, form, rows) | {"partly": marked is not None}
    return render(request, "adoption/accounts.html", shown, status=form.status)


def _previewed(form: ListForm, place: Place, request: Request) -> list[AccountRow]:
    rows = form.done(lambda: plan(form.table(), request.user, place.region))
    if rows == []:
        form.refuse(Refused([_("The list has no rows below its headings.")]))
    return rows or []


def _shown(place: Place, form: ListForm, rows: list[AccountRow]) -> dict[str, Any]:
    counts = [(one, sum(row.outcome == one for row in rows), ICONS[one]) for one in Outcome]
    return {
        "place": place, "region": place.region, "form": form, "to_make": to_make(place.region).count(),
        "rows": [(row, ICONS[row.outcome]) for row in rows[:MOST_SHOWN]], "all": len(rows), "counts": counts,
        "to_mark": counts[0][1], "text": as_text(rows) if rows else "",
    }  # fmt: skip
