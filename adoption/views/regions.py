"""How does Kaikukeskus make a region? First its county, then its names and municipalities."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from adoption.access import kaikukeskus_or_404
from adoption.forms import CountyForm, RegionForm
from adoption.refusal import Refused
from adoption.regions import make_region
from adoption.views import Request


def region_new(request: Request) -> HttpResponse:
    """The county is part of the address, so that the second form is one of its own."""
    kaikukeskus_or_404(request.user)
    counties = CountyForm(request.GET if "county" in request.GET else None)
    if not counties.is_valid():
        return render(request, "adoption/region_new.html", {"form": counties}, status=counties.status)
    county = counties.cleaned_data["county"]
    form = RegionForm(county, request.POST if request.method == "POST" else None)
    shown = {"form": form, "county": county, "county_chosen": True}
    if form.is_valid():
        try:
            region = make_region(form.names, county, form.chosen, request.user)
        except Refused as refusal:
            return _page(request, shown | {"reasons": refusal.reasons}, refusal.status)
        messages.success(request, _("The region is there. Name its responsible persons next."))
        return redirect("people", region.slug)
    return _page(request, shown, form.status)


def _page(request: Request, shown: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "adoption/region_new.html", shown, status=status)
