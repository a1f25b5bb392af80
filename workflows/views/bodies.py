"""Which bodies decide in the region, and when do they meet?"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from adoption.access import may_act, may_act_for, region_or_404
from adoption.alphabet import by_name
from adoption.models import County, Municipality, Region
from adoption.views import Request
from workflows.bodies import add_body, change_body, remove_body
from workflows.models import Body
from workflows.plan_forms import BodyForm
from workflows.views.trials import QUESTIONS, region_to_act_in, tried


@require_http_methods(QUESTIONS)
def bodies(request: Request, slug: str) -> HttpResponse:
    """The bodies of the region with their next meetings; who acts here adds one."""
    region = region_or_404(request.user, slug)
    acts = may_act(request.user, region)
    if request.method == "POST":
        region_to_act_in(request, slug)
    form = BodyForm(region, may_act_for(request.user, region), None, request.POST or None)

    def add() -> Body:
        return add_body(region, request.user, form.municipality, form.cleaned_data["name"], form.cleaned_data["days"])

    body, reasons, status = tried(form, add)
    if body:
        messages.success(request, _("The meetings of the body are known."))
        return redirect("bodies", slug)
    known = list(Body.objects.filter(region=region).select_related("municipality", "region__county"))
    page = {
        "region": region, "form": form if acts else None, "reasons": reasons, "today": localdate(),
        "rows": [_row(one) for one in by_name(known)],
        "without": _without(region, known),
    }  # fmt: skip
    return render(request, "workflows/bodies.html", page, status=status)


def _without(region: Region, known: list[Body]) -> list[Municipality | County]:
    """The municipalities, and the county, of which no body is known."""
    having = {body.municipality_id for body in known}
    towns = by_name(town for town in region.municipalities.all() if town.pk not in having)
    return [*towns, *([region.county] if region.county and None not in having else [])]


def _row(body: Body) -> dict[str, object]:
    """The body, its next meeting, and how many are known after today."""
    ahead = [day for day in body.meets_on if day >= localdate()]
    return {"body": body, "next": ahead[0] if ahead else None, "last": body.meets_on[-1]}


@require_http_methods(QUESTIONS)
def body(request: Request, slug: str, pk: int) -> HttpResponse:
    """The name and the days of a body are changed, or it is removed."""
    region = region_to_act_in(request, slug)
    found = get_object_or_404(Body.objects.select_related("municipality", "region__county"), region=region, pk=pk)
    removing = request.POST.get("act") == "remove"
    form = BodyForm(region, [], found, None if removing else request.POST or None)

    def act() -> bool:
        if removing:
            remove_body(found, request.user)
        else:
            change_body(found, request.user, form.cleaned_data["name"], form.cleaned_data["days"])
        return True

    if removing:
        act()
        messages.success(request, _("The body is removed."))
        return redirect("bodies", slug)
    done, reasons, status = tried(form, act)
    if done:
        messages.success(request, _("The meetings of the body are known."))
        return redirect("bodies", slug)
    page = {"region": region, "body": found, "form": form, "reasons": reasons}
    return render(request, "workflows/body.html", page, status=status)
