"""How does Kaikukeskus make a region, first its county, then its names and municipalities; and how correct it?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from adoption.access import kaikukeskus_or_404, region_or_404
from adoption.forms import CountyForm, RegionEditForm, RegionForm
from adoption.models import Region
from adoption.refusal import Refused
from adoption.regions import correct_region, make_region, on_their_way_elsewhere
from adoption.views import Request


def region_new(request: Request) -> HttpResponse:
    """The county is part of the address, so that the second form is one of its own."""
    kaikukeskus_or_404(request.user)
    counties = CountyForm(request.GET if "county" in request.GET else None)
    if not counties.is_valid():
        return render(request, "adoption/region_new.html", {"form": counties}, status=counties.status)
    county = counties.cleaned_data["county"]
    first = {"municipalities": request.GET.getlist("municipality")}
    form = RegionForm(county, request.POST if request.method == "POST" else None, initial=first)
    shown = {"form": form, "county": county, "county_chosen": True}
    if form.is_valid():
        try:
            region = make_region(form.names, county, form.chosen, request.user)
        except Refused as refusal:
            return _page(request, shown | {"reasons": refusal.reasons}, refusal.status)
        said = [_("The region is there. Name its responsible persons next."), *_elsewhere(region)]
        messages.success(request, " ".join(said))
        return redirect("people", region.slug)
    return _page(request, shown, form.status)


def region_edit(request: Request, slug: str) -> HttpResponse:
    """Its names, its county, and the municipalities that take part in nothing here yet."""
    kaikukeskus_or_404(request.user)
    region = region_or_404(request.user, slug)
    form = RegionEditForm(region, request.POST if request.method == "POST" else None)
    shown = {"region": region, "form": form}
    if form.is_valid():
        try:
            correct_region(region, form.names, form.cleaned_data["county"], form.chosen, request.user)
        except Refused as refusal:
            shown["reasons"] = refusal.reasons
            return render(request, "adoption/region_edit.html", shown, status=refusal.status)
        messages.success(request, " ".join([_("The region is corrected."), *_elsewhere(region)]))
        return redirect(region)
    return render(request, "adoption/region_edit.html", shown, status=form.status)


def _elsewhere(region: Region) -> list[str]:
    """Which of its municipalities are on their way in another region."""
    found = on_their_way_elsewhere(region)
    names = ", ".join(f"{one.municipality.name} ({one.region.name}, {one.get_phase_display()})" for one in found)
    text = _("In the trial or preparation of another region, and in no second trial meanwhile: %(names)s.")
    return [text % {"names": names}] if found else []


def _page(request: Request, shown: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "adoption/region_new.html", shown, status=status)
