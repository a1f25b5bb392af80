"""Which contacts are not to be counted on, for Kaikukeskus and the region, and what does the region do about them?"""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adoption.access import kaikukeskus_or_404, partner_or_404, region_or_404
from adoption.contacts import alarms, pair, returned
from adoption.contacts.alarms import Alarm
from adoption.models import ContactCheck, Partner, Person, Region, Responsibility
from adoption.refusal import Refused
from adoption.views import Request
from adoption.views.partners import partner_to_change
from adoption.views.people import people_page

A_PAGE = 60


class Lapsed(NamedTuple):
    """A contact or responsible person who is not to be counted on: of what, and why."""

    region: Region
    subject: Partner | Responsibility
    person: Person
    alarm: Alarm


@require_safe
def contacts(request: Request) -> HttpResponse:
    """For Kaikukeskus: all of the country, by region, the longest first."""
    kaikukeskus_or_404(request.user)
    found = sorted(_partners() + _holders(), key=lambda one: (one.region.name, one.alarm.since))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "adoption/contacts.html", {"page": page, "returned_note": returned.note()})


def _partners() -> list[Lapsed]:
    partners = Partner.objects.on_the_way().filter(alarms.of_partner())
    found = list(partners.select_related("organisation", "region", "contact"))
    why = alarms.of_partners(found)
    return [Lapsed(one.region, one, one.contact, why[one.pk]) for one in found if one.contact and one.pk in why]


def _holders() -> list[Lapsed]:
    holders = Responsibility.objects.current().holders().filter(alarms.of_holder())
    found = list(holders.select_related("person", "region", "municipality"))
    why = alarms.of_holders(found)
    return [Lapsed(one.region, one, one.person, why[one.pk]) for one in found if one.pk in why]


# -- what the region does ---------------------------------------------------------------------------------------------


@require_POST
def contact_confirm(request: Request, slug: str, pk: int) -> HttpResponse:
    """The pair has talked with the contact person, who stays."""
    return _of_partner(request, slug, pk, pair.confirm_contact, _("It is stored that %(name)s stays."))


@require_POST
def contact_ask(request: Request, slug: str, pk: int) -> HttpResponse:
    """The contact person is asked now, by the pair or by oneself."""
    found = partner_or_404(request.user, slug, pk)
    if found.contact_id != request.user.pk:
        return _of_partner(request, slug, pk, pair.ask_contact, _("%(name)s gets the question by mail now."))
    pair.ask_contact(found, request.user)
    messages.success(request, _("The link is on its way to your address. By it you name who follows you."))
    return redirect(found)


def _of_partner(
    request: Request, slug: str, pk: int, act: Callable[[Partner, Person], ContactCheck], said: str
) -> HttpResponse:
    partner = partner_to_change(request.user, slug, pk)
    check = act(partner, request.user)
    messages.success(request, said % {"name": check.person})
    return redirect(partner)


@require_POST
def responsible_confirm(request: Request, slug: str, pk: int) -> HttpResponse:
    """The responsible person stays."""
    return _of_holder(request, slug, pk, pair.confirm_responsible, _("It is stored that %(name)s stays."))


@require_POST
def responsible_ask(request: Request, slug: str, pk: int) -> HttpResponse:
    """The responsible person is asked now."""
    return _of_holder(request, slug, pk, pair.ask_responsible, _("%(name)s gets the question by mail now."))


def _of_holder(
    request: Request, slug: str, pk: int, act: Callable[[Responsibility, Person], ContactCheck], said: str
) -> HttpResponse:
    region = region_or_404(request.user, slug)
    given = get_object_or_404(Responsibility.objects.select_related("person"), region=region, pk=pk)
    try:
        act(given, request.user)
    except Refused as refusal:
        return people_page(request, region, refusal.reasons, refusal.status)
    messages.success(request, said % {"name": given.person})
    return redirect("people", region.slug)
