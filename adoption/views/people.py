"""Who answers for what in a region, and what is known of a person?"""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adoption.access import acting, partners_of, region_or_404, regions_of
from adoption.alphabet import alphabetical
from adoption.contacts import alarms, returned
from adoption.feeds import address_of, feed_of
from adoption.forms import NameForm, PersonForm
from adoption.mail_forms import MailsForm
from adoption.models import Partner, Person, Region, Responsibility, Side
from adoption.people import correct_person, end_responsibility, name_person
from adoption.refusal import NotYours, Refused
from adoption.regions import language_for
from adoption.views import Request


@require_safe
def people(request: Request, slug: str) -> HttpResponse:
    """The region's people by side."""
    return people_page(request, region_or_404(request.user, slug))


def people_page(request: Request, region: Region, reasons: list[str] | None = None, status: int = 200) -> HttpResponse:
    """The page, and the reasons of a refusal of what was tried on it."""
    found = responsibilities_of(region)
    own = sides_to_name(request.user, region)
    sides = [(side, [given for given in found if given.side == side], side in own) for side in Side]
    empty = [side for side, given, _mine in sides if side != Side.GROUP and not given]
    shown = {"region": region, "sides": sides, "may_name": own, "empty": empty, "reasons": reasons}
    shown |= {"alarms": alarms.of_holders(one for one in found if not one.substitute), "returned_note": returned.note()}
    return render(request, "adoption/people.html", shown, status=status)


def responsibilities_of(region: Region) -> list[Responsibility]:
    """Those of today, the holders of the whole region first, then by municipality in the reader's language."""
    found = Responsibility.objects.current().filter(region=region).select_related("person", "municipality")
    return sorted(found, key=_place_in_list)


def _place_in_list(given: Responsibility) -> tuple[bool, bool, str, str]:
    place = alphabetical(given.municipality.name) if given.municipality else ""
    return given.substitute, bool(given.municipality), place, alphabetical(given.person.name)


def sides_to_name(person: Person, region: Region) -> list[Side]:
    """The sides for which the service would let the person name somebody: all, the own and the group's, or none."""
    try:
        who = acting(person, region)
    except NotYours:
        return []
    if person.is_kaikukeskus:
        return list(Side)
    return [] if who.on_behalf_of else [Side(who.side), Side.GROUP]


def person_name(request: Request, slug: str) -> HttpResponse:
    """Somebody is named to a side of the region."""
    region = region_or_404(request.user, slug)
    sides = sides_to_name(request.user, region)
    if not sides:
        raise NotYours
    form = NameForm(
        region, sides, request.POST if request.method == "POST" else None, initial=_asked_side(request, region, sides)
    )
    shown: dict[str, Any] = {"region": region, "form": form}
    if form.is_valid():
        try:
            given = name_person(region, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            shown["reasons"] = refusal.reasons
            return render(request, "adoption/person_name.html", shown, status=refusal.status)
        messages.success(request, _("%(name)s has been named, and gets a mail.") % {"name": given.person})
        return redirect("people", region.slug)
    return render(request, "adoption/person_name.html", shown, status=form.status)


def _asked_side(request: Request, region: Region, sides: list[Side]) -> dict[str, str]:
    """The side that the link was about, else the first that there is; the language that is likely."""
    asked = request.GET.get("side")
    return {"side": asked if asked in sides else sides[0], "language": language_for(request.user, region)}


@require_POST
def responsibility_end(request: Request, slug: str, pk: int) -> HttpResponse:
    """The responsibility ends today; refused on the same page."""
    region = region_or_404(request.user, slug)
    given = get_object_or_404(Responsibility.objects.select_related("person"), region=region, pk=pk)
    try:
        end_responsibility(given, request.user)
    except Refused as refusal:
        return people_page(request, region, refusal.reasons, refusal.status)
    messages.success(request, _("The responsibility of %(name)s has ended.") % {"name": given.person})
    # Who has ended the own last responsibility no longer sees the region.
    return redirect("people", region.slug) if regions_of(request.user).filter(pk=region.pk).exists() else redirect("/")


# -- one person ----------------------------------------------------------------------------------------------------


def people_of(reader: Person) -> QuerySet[Person]:
    """The people whose page the reader may open: all for Kaikukeskus, else the own regions' and Kaikukeskus's."""
    if reader.is_kaikukeskus:
        return Person.objects.all()
    regions = regions_of(reader)
    of_region = Q(pk__in=Responsibility.objects.filter(region__in=regions).values("person"))
    of_partner = Q(pk__in=Partner.objects.filter(region__in=regions).values("contact"))
    of_kaikukeskus = Q(Exists(regions)) & Q(is_kaikukeskus=True)
    return Person.objects.filter(of_region | of_partner | of_kaikukeskus)


def me(request: Request) -> HttpResponse:
    """The reader's own data, which one corrects oneself."""
    return _person_page(request, request.user, own=True)


def my_page(request: Request, more: dict[str, Any], status: int) -> HttpResponse:
    """The reader's own page after another form's refusal."""
    return _person_page(request, request.user, own=True, more=more, status=status)


def person_page(request: Request, pk: int, more: dict[str, Any], status: int = 200) -> HttpResponse:
    """Another person's data; Kaikukeskus corrects it. `more`: what the page shows besides, after another act's refusal
    with the reasons."""
    found = get_object_or_404(people_of(request.user), pk=pk)
    if request.method == "POST" and not request.user.is_kaikukeskus and found.pk != request.user.pk:
        raise NotYours
    return _person_page(request, found, found.pk == request.user.pk, more, status)


def _person_page(
    request: Request, found: Person, own: bool, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    # A row of its own: what is typed must not show as known before it is saved.
    typed = Person.objects.get(pk=found.pk)
    form = PersonForm(request.POST if request.method == "POST" and status == 200 else None, instance=typed)
    shown = _shown(request.user, found) | {"own": own, "form": form if _may_correct(request.user, found) else None}
    shown |= (_of_ones_own(found) if own else {}) | (more or {})
    if form.is_valid():
        try:
            correct_person(found, request.user, **form.cleaned_data)
        except Refused as refusal:
            shown["reasons"] = refusal.reasons
            return render(request, "adoption/person.html", shown, status=refusal.status)
        messages.success(request, _("The data has been saved."))
        return redirect(request.path)
    return render(request, "adoption/person.html", shown, status=form.status if form.is_bound else status)


def _of_ones_own(person: Person) -> dict[str, Any]:
    """What only the person sees: which mails to have, and the address of the calendar."""
    feed = feed_of(person)
    return {"mails_form": MailsForm(person), "feed": feed, "feed_address": address_of(feed) if feed else ""}


def _may_correct(reader: Person, found: Person) -> bool:
    return found.joined_to_id is None and (reader.pk == found.pk or reader.is_kaikukeskus)


def _shown(reader: Person, found: Person) -> dict[str, Any]:
    """What the person does today, as far as the reader may see it."""
    given = Responsibility.objects.current().filter(person=found).select_related("region", "municipality")
    if reader.pk != found.pk:
        given = given.filter(region__in=regions_of(reader))
    return {"person": found, "responsibilities": given, "partners": partners_of(reader).filter(contact=found)}
