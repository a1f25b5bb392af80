"""How are the commitments of several partners drafted at once?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.alphabet import by_name
from adoption.models import Partner, Region
from adoption.refusal import Refused
from adoption.views import Request
from commitments.together import Drafted, draft_all
from commitments.together_forms import DraftsForm
from workflows.drafting import Candidate, bodies, candidates, common_term, plans
from workflows.views.trials import QUESTIONS, region_to_act_in


@require_http_methods(QUESTIONS)
def commitments_new(request: Request, slug: str) -> HttpResponse:
    """The partners that may commit now, what each lacks, and what is said once for all of them."""
    region = region_to_act_in(request, slug)
    found = candidates(region, request.user)
    form = _form(region, found, *([request.POST] if request.method == "POST" else []))
    if form.is_valid() and (made := _drafted(form, region, request)):
        for one in made.left:
            messages.warning(request, _("Not drafted: %(said)s") % {"said": one})
        return redirect(made.batch)
    ready = [one for one in found if one.is_ready]
    shown = {"region": region, "form": form, "found": found, "ready": ready, "lacking": len(found) - len(ready)}
    return render(request, "workflows/commitments_new.html", shown, status=form.status)


def _form(region: Region, found: list[Candidate], *sent: Any) -> DraftsForm:
    ready = [one.plan for one in found if one.is_ready]
    keys = [plan.partner.pk for plan in ready]
    start, end = common_term(ready)
    known = {"partners": keys, "term_start": start, "term_end": end}
    # Of whoever is chosen, the service says why one cannot commit any more, and drafts the others.
    return DraftsForm(Partner.objects.filter(region=region), bodies(region, found), *sent, initial=known)


def _drafted(form: DraftsForm, region: Region, request: Request) -> Drafted | None:
    chosen = form.cleaned_data["partners"].select_related("organisation", "region").prefetch_related("municipalities")
    try:
        return draft_all(region, request.user, plans(region, by_name(chosen)), form.common())
    except Refused as refusal:
        form.refuse(refusal)
        return None
