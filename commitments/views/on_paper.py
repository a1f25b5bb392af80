"""How is it recorded that a partner, or a region, committed itself on paper before it was entered here?"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from adoption.access import kaikukeskus_or_404, may_act, partners_of, region_or_404
from commitments.import_forms import OnPaperForm, RegionOnPaperForm
from commitments.on_paper import partner_committed, region_committed
from commitments.views.commitments import Request


def partner_on_paper(request: Request, slug: str, pk: int) -> HttpResponse:
    """The day of a partner's commitment, and what had been done for it."""
    region = region_or_404(request.user, slug)
    partner = get_object_or_404(partners_of(request.user), region=region, pk=pk)
    if not may_act(request.user, region, partner.municipalities.values_list("pk", flat=True)):
        raise Http404
    form = OnPaperForm(partner, request.POST if request.method == "POST" else None)
    done = form.done(
        lambda: partner_committed(
            partner, request.user, form.cleaned_data["on"], form.cleaned_data["model"], **form.done_before()
        )
    )
    if done:
        messages.success(request, _("It is recorded that the commitment was made earlier, on paper. It is in force."))
        return redirect(partner)
    shown = {"region": region, "partner": partner, "form": form}
    return render(request, "commitments/on_paper.html", shown, status=form.status)


def region_on_paper(request: Request, slug: str) -> HttpResponse:
    """The day of the region's own commitment, and its municipalities: Kaikukeskus is a party of it."""
    kaikukeskus_or_404(request.user)
    region = region_or_404(request.user, slug)
    form = RegionOnPaperForm(region, request.POST if request.method == "POST" else None)
    done = form.done(
        lambda: region_committed(
            region, form.cleaned_data["municipalities"], request.user, form.cleaned_data["on"],
            form.cleaned_data["model"],
        )
    )  # fmt: skip
    if done:
        messages.success(request, _("It is recorded that the commitment was made earlier, on paper. It is in force."))
        return redirect(done)
    return render(request, "commitments/on_paper.html", {"region": region, "form": form}, status=form.status)
