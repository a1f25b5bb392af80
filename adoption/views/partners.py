"""Which partners has a region, and how is one added, changed, and brought before Kaikukeskus?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from adoption.access import may_act, may_act_for, pair_for_partner, partner_or_404, region_or_404, regions_of
from adoption.alphabet import by_name
from adoption.contacts import alarms, returned
from adoption.contacts.alarms import Alarm
from adoption.forms import ClearanceRequestForm, NewPartnerForm, PartnerForm, PartnersFilter
from adoption.icons import PARTNER_ICONS
from adoption.marking import LACKS_ACCOUNT, LACKS_INDUCTION, Again, again_soon, induction_due
from adoption.models import Municipality, Partner, Person, Region
from adoption.next_step import R6, SAID_NO, has_said_no, lacks
from adoption.partners import add_partner, change_partner, kept_by_clearance, request_clearance
from adoption.refusal import NotYours, Refused
from adoption.regions import language_for, language_of
from adoption.silent_requests import unanswered
from adoption.views import Request

A_PAGE = 60
State = Partner.State
ON_THE_WAY = ~Q(state__in=[State.DECLINED, State.ENDED]) & ~SAID_NO
LACKING = {
    "contact": ON_THE_WAY & Q(contact=None),
    "account": LACKS_ACCOUNT,
    "induction": LACKS_INDUCTION,
}


@dataclass(frozen=True)
class Row:
    """A partner in the list: its state's icon, what it lacks, where it acts, and whether it has said no."""

    partner: Partner
    icon: str
    lacks: list[str]
    municipalities: list[Municipality]
    said_no: bool
    alarm: Alarm | None
    again: Again | None


@require_safe
def partners(request: Request, slug: str) -> HttpResponse:
    """The region's partners, of both roles, for both sides."""
    region = region_or_404(request.user, slug)
    everything = Partner.objects.filter(region=region)
    form = PartnersFilter(request.GET or None)
    page = Paginator(_chosen(everything, form), A_PAGE).get_page(request.GET.get("page"))
    why = alarms.of_partners(page)
    shown = {
        "region": region,
        "form": form,
        "page": page,
        "rows": [_row(partner, why.get(partner.pk)) for partner in page],
        "counts": _counts(everything),
        "filtered": any(_wanted(form).values()),
        "may_act": may_act(request.user, region),
        "returned_note": returned.note(),
    }
    return render(request, "adoption/partners.html", shown, status=form.status)


def _wanted(form: PartnersFilter) -> dict[str, str]:
    return form.cleaned_data if form.is_valid() else {}


def _chosen(everything: QuerySet[Partner], form: PartnersFilter) -> QuerySet[Partner]:
    wanted = _wanted(form)
    found = everything.select_related("organisation", "contact", "region").prefetch_related("municipalities")
    for field in ("role", "state"):
        if wanted.get(field):
            found = found.filter(**{field: wanted[field]})
    if wanted.get("lacks") == "reached":
        return found.filter(ON_THE_WAY & alarms.of_partner())
    if wanted.get("lacks") == "again":
        return found.filter(induction_due())
    return found.filter(LACKING[wanted["lacks"]]) if wanted.get("lacks") else found


def _row(partner: Partner, alarm: Alarm | None) -> Row:
    on_the_way = partner.state not in (State.DECLINED, State.ENDED)
    missing = lacks(partner) if partner.state == State.COMMITTED else ["contact"] if partner.contact_id is None else []
    said_no = has_said_no(partner)
    icon, places = PARTNER_ICONS[partner.state], by_name(partner.municipalities.all())
    return Row(
        partner,
        icon,
        missing if on_the_way and not said_no else [],
        places,
        said_no,
        None if said_no or not on_the_way else alarm,
        again_soon(partner),
    )


def _counts(everything: QuerySet[Partner]) -> dict[str, int]:
    """How many there are of each kind that the head of the page speaks of, in one query."""
    distributors = ON_THE_WAY & Q(role=Partner.Role.DISTRIBUTOR)
    return everything.aggregate(
        all=Count("pk"),
        on_the_way=Count("pk", filter=ON_THE_WAY),
        distributors=Count("pk", filter=distributors),
        third=Count("pk", filter=distributors & Q(organisation__sector="third")),
        venues=Count("pk", filter=ON_THE_WAY & Q(role=Partner.Role.VENUE)),
        said_no=Count("pk", filter=SAID_NO),
        committed=Count("pk", filter=Q(state__in=[State.COMMITTED, State.ACTIVE])),
        asked=Count("pk", filter=Q(state=State.ASKED)),
        reached=Count("pk", filter=ON_THE_WAY & alarms.of_partner()),
        again=Count("pk", filter=induction_due()),
        more_wanted=Count("pk", filter=Q(state=State.MORE_WANTED)),
        **{key: Count("pk", filter=lacking) for key, lacking in LACKING.items()},
    )


# -- forms of their own pages ---------------------------------------------------------------------------------------


def partner_to_change(person: Person, slug: str, pk: int) -> Partner:
    """The partner of a region that the person may read, or 404; raises NotYours for who only reads it."""
    region = region_or_404(person, slug)
    found = partner_or_404(person, slug, pk)
    if not may_act(person, region, found.municipalities.values_list("pk", flat=True)):
        raise NotYours(names_of(pair_for_partner(found)))
    return found


def names_of(people: Iterable[Person]) -> str:
    """Who looks after it, in one line."""
    return ", ".join(f"{one.name} ({one.title})" if one.title else one.name for one in people)


def partner_new(request: Request, slug: str) -> HttpResponse:
    """A new candidate; its role stands in the address, since the form depends on it."""
    region = region_or_404(request.user, slug)
    if not may_act(request.user, region):
        raise NotYours
    role = request.GET.get("role", "")
    if role not in Partner.Role.values:
        return render(request, "adoption/partner_role.html", {"region": region})
    known = {"language": language_of(region), "contact_language": language_for(request.user, region)}
    form = NewPartnerForm(region, role, request.POST if request.method == "POST" else None, initial=known)
    form.offer_only(may_act_for(request.user, region))
    shown: dict[str, Any] = {"region": region, "form": form, "role": Partner.Role(role)}
    if form.is_valid():
        try:
            made = _add(region, role, form, request.user)
        except Refused as refusal:
            shown["reasons"] = refusal.reasons
            return render(request, "adoption/partner_new.html", shown, status=refusal.status)
        messages.success(request, _("%(partner)s is in the list.") % {"partner": made})
        return redirect(made)
    return render(request, "adoption/partner_new.html", shown, status=form.status)


def _add(region: Region, role: str, form: NewPartnerForm, by: Person) -> Partner:
    unit, municipalities = form.cleaned_data["unit"], form.cleaned_data["municipalities"]
    return add_partner(region, by, form.organisation, role, municipalities, form.contact, unit, **form.details)


def partner_edit(request: Request, slug: str, pk: int) -> HttpResponse:
    """The partner's own facts are corrected."""
    partner = partner_to_change(request.user, slug, pk)
    typed = Partner.objects.get(pk=partner.pk)  # the form writes what is typed into a row of its own
    form = PartnerForm(partner.region, partner.role, request.POST if request.method == "POST" else None, instance=typed)
    kept = "" if request.user.is_kaikukeskus else kept_by_clearance(partner)
    shown: dict[str, Any] = {"partner": partner, "region": partner.region, "form": form, "kept": kept}
    if form.is_valid():
        try:
            data = form.cleaned_data
            corrected = {"organisation": form.organisation, "unit": data["unit"]}
            change_partner(partner, request.user, data["municipalities"], **corrected, **form.details)
        except Refused as refusal:
            shown["reasons"] = refusal.reasons
            return render(request, "adoption/partner_edit.html", shown, status=refusal.status)
        messages.success(request, _("The data has been saved."))
        return redirect(partner)
    return render(request, "adoption/partner_edit.html", shown, status=form.status)


def partner_ask(request: Request, slug: str, pk: int) -> HttpResponse:
    """Kaikukeskus is asked to clear the distributor, with the answers of rule R6."""
    partner = partner_to_change(request.user, slug, pk)
    typed = Partner.objects.get(pk=partner.pk)
    source = _answered_before(partner, request.user)
    if source:
        typed.client_group, typed.why_most = source.client_group, source.why_most
    form = ClearanceRequestForm(request.POST if request.method == "POST" else None, instance=typed)
    shown: dict[str, Any] = {"partner": partner, "region": partner.region, "form": form, "rule": R6}
    shown |= {"source": source, "returned": unanswered(partner)}
    if form.is_valid():
        try:
            request_clearance(partner, request.user, form.cleaned_data)
        except Refused as refusal:
            shown["reasons"] = refusal.reasons
            return render(request, "adoption/partner_ask.html", shown, status=refusal.status)
        messages.success(request, _("The request stands in Kaikukeskus's queue. You get a mail when it has decided."))
        return redirect(partner)
    return render(request, "adoption/partner_ask.html", shown, status=form.status)


def _answered_before(partner: Partner, person: Person) -> Partner | None:
    """Of one that has said nothing yet, another unit of its organisation that has, where the person may read it."""
    if partner.client_group:
        return None
    others = Partner.objects.filter(organisation=partner.organisation_id, region__in=regions_of(person))
    others = others.exclude(client_group="").exclude(pk=partner.pk).select_related("organisation")
    return others.order_by("-pk").first()
