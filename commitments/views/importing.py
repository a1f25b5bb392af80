"""How are partners brought in by a list: what is asked, what would become of each row, and what has become of it?"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption.access import may_act, region_or_404
from adoption.columns import OF_PARTNER, ON_PAPER, column_of, heading
from adoption.icons import PARTNER_ICONS
from adoption.models import Import, ImportRow, Partner, Region
from adoption.refusal import Refused
from adoption.sheets import XLSX, xlsx_bytes
from commitments import importing
from commitments.import_forms import CandidatesForm, ImportForm
from commitments.models import Commitment
from commitments.views.commitments import Request

A_PAGE = 100
Outcome = ImportRow.Outcome
ICONS = {Outcome.CREATE: "done", Outcome.UPDATE: "half", Outcome.SAME: "skip", Outcome.REFUSE: "no"}


def _region(request: Request, slug: str) -> Region:
    """The region, for those who may bring partners in; for others the page does not exist."""
    region = region_or_404(request.user, slug)
    if not may_act(request.user, region):
        raise Http404
    return region


def _brought(request: Request, slug: str, key: Any) -> Import:
    region = _region(request, slug)
    return get_object_or_404(Import.objects.select_related("region", "by"), region=region, pk=key)


# -- a list -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def partners_import(request: Request, slug: str) -> HttpResponse:
    """The list is pasted or uploaded; what was pasted before stands there again, to be corrected."""
    region = _region(request, slug)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent, initial=_before(request, region))
    if form.is_valid() and (brought := _previewed(region, request, form)):
        return redirect(brought)
    headings = {"headings": [heading(one) for one in OF_PARTNER], "on_paper": [heading(one) for one in ON_PAPER]}
    shown = {"region": region, "form": form, **headings}
    return render(request, "commitments/partners_import.html", shown, status=form.status)


def _before(request: Request, region: Region) -> dict[str, str]:
    try:
        found = Import.objects.filter(region=region, pk=UUID(request.GET.get("from", ""))).first()
    except ValueError:
        found = None
    manner = request.GET.get("manner", "")
    wanted = {"manner": manner} if manner in Import.Manner.values else {}
    if found is None:
        return wanted
    return {"rows": found.pasted, "manner": found.manner, "model": found.model} | wanted


def _previewed(region: Region, request: Request, form: ImportForm) -> Import | None:
    data = form.cleaned_data
    try:
        return importing.preview(
            region, request.user, form.table(), data["manner"], data["role"], data["model"], **form.whence
        )
    except Refused as refusal:
        form.refuse(refusal)
        return None


@require_safe
def import_page(request: Request, slug: str, brought: Any) -> HttpResponse:
    """What would become of each row, with the button that does it; afterwards what has become of it."""
    found = _brought(request, slug, brought)
    return _shown(request, found)


def _shown(request: Request, found: Import, refusal: Refused | None = None) -> HttpResponse:
    wanted = request.GET.get("outcome", "")
    rows = found.rows.filter(outcome=wanted) if wanted in Outcome.values else found.rows.all()
    page = Paginator(rows.select_related("partner__organisation", "partner__region"), A_PAGE).get_page(
        request.GET.get("page")
    )
    counts = _counts(found)
    shown = {
        "brought": found,
        "on_paper": [text for text in found.not_read if column_of(text) in ON_PAPER],
        "unknown": [text for text in found.not_read if column_of(text) not in ON_PAPER],
        "region": found.region,
        "counts": [(one, counts[one], ICONS[one]) for one in Outcome],
        "to_do": found.rows.filter(done=False, outcome__in=importing.TO_DO).count(),
        "refused": counts[Outcome.REFUSE],
        "all": sum(counts.values()),
        "rows": [(row, ICONS[Outcome(row.outcome)]) for row in page],
        "page": page,
        "wanted": wanted if wanted in Outcome.values else "",
        "reasons": refusal.reasons if refusal else [],
    }
    return render(request, "commitments/import.html", shown, status=refusal.status if refusal else 200)


def _counts(found: Import) -> dict[str, int]:
    there = dict(found.rows.order_by().values_list("outcome").annotate(Count("pk")))
    return {outcome: there.get(outcome.value, 0) for outcome in Outcome}


@require_POST
def import_confirm(request: Request, slug: str, brought: Any) -> HttpResponse:
    """The rows are done, or what is left of them."""
    found = _brought(request, slug, brought)
    try:
        done = importing.confirm(found, request.user)
    except Refused as refusal:
        return _shown(request, found, refusal)
    if done.finished_at:
        messages.success(request, _told(done))
    return redirect(found)


def _told(done: Import) -> str:
    counts = _counts(done)
    facts = {"new": counts[Outcome.CREATE], "changed": counts[Outcome.UPDATE], "refused": counts[Outcome.REFUSE]}
    return _("Done: %(new)s new, %(changed)s changed, %(refused)s refused.") % facts


@never_cache
@require_safe
def import_refused(request: Request, slug: str, brought: Any) -> HttpResponse:
    """The refused rows as XLSX with the reasons beside them: corrected there, they can be brought again."""
    found = _brought(request, slug, brought)
    columns = [*OF_PARTNER, *(ON_PAPER if found.manner == Import.Manner.EXISTING else ())]
    rows: list[list[object]] = [[*(heading(column) for column in columns), _("Why it was refused")]]
    for row in found.rows.filter(outcome=Outcome.REFUSE).iterator(chunk_size=500):
        rows.append([*(row.said.get(column, "") for column in columns), " ".join(row.why)])
    answer = HttpResponse(xlsx_bytes(rows, _("Refused")), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="refused-{found.region.slug}.xlsx"'
    return answer


# -- candidates -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def candidates(request: Request, slug: str) -> HttpResponse:
    """The candidates of the workshop: more of them, one a line, and for each that says yes the way on."""
    region = _region(request, slug)
    form = CandidatesForm(region, request.POST if request.method == "POST" else None)
    if form.is_valid() and (number := _added(region, request, form)):
        said = ngettext("%(count)s candidate is in the list.", "%(count)s candidates are in the list.", number)
        messages.success(request, said % {"count": number})
        return redirect("candidates", region.slug)
    found = Partner.objects.filter(region=region, state=Partner.State.CANDIDATE)
    found = found.select_related("organisation", "region").prefetch_related("municipalities")
    drafted = Commitment.objects.unfinished().filter(region=region).values_list("partner", flat=True)
    groups = {interest: [one for one in found if one.interest == interest] for interest in ("yes", "maybe", "", "no")}
    shown = {
        "region": region,
        "form": form,
        "ready": [(one, one.pk in set(drafted)) for one in groups["yes"]],
        "others": [(one, PARTNER_ICONS[one.state]) for key in ("maybe", "", "no") for one in groups[key]],
    }
    return render(request, "commitments/candidates.html", shown, status=form.status)


def _added(region: Region, request: Request, form: CandidatesForm) -> int:
    """How many are in the list now; all of the lines or, with the reasons in the form, none of them."""
    try:
        return importing.add_candidates(region, request.user, form.table(), form.cleaned_data["role"])
    except Refused as refusal:
        form.refuse(refusal)
        return 0
