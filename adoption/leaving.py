"""Who leaves Kaikukeskus, or the site altogether? Neither leaves a place that nobody else fills."""

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import Acting, locked, locked_country, record
from adoption.models import Country, Partner, Person, Region, Responsibility
from adoption.people import alone, left_empty, refuse_handing_over
from adoption.refusal import Linked, Refused


def _country(by: Person) -> tuple[Country, Acting]:
    """The country's row, alone, and who acts, read anew: two people may take the right from each other at once."""
    country = locked_country()
    return country, only_kaikukeskus(Person.objects.get(pk=by.pk))


@transaction.atomic
def end_kaikukeskus(person: Person, by: Person, reason: str) -> Person:
    """The person no longer works at Kaikukeskus: from this moment nothing is seen or done by that right.

    Raises Refused without a reason, and for the last one of Kaikukeskus.
    """
    country, who = _country(by)
    person = alone(person)
    missing = [] if person.is_kaikukeskus else [_("%(name)s does not work at Kaikukeskus.") % {"name": person.name}]
    _refuse([*missing, *_without(reason), *_of_kaikukeskus(person)])
    _take_right(person, country, who, reason)
    return person


def _take_right(person: Person, country: Country, who: Acting, reason: str) -> None:
    person.is_kaikukeskus = False
    person.save(update_fields=["is_kaikukeskus"])
    record(country, who, "kaikukeskus_ended", person, reason=reason)


@transaction.atomic
def close_person(person: Person, by: Person, reason: str) -> Person:
    """The person has left: responsibilities and the right of Kaikukeskus have ended, and every session with them; no
    code opens another one. History keeps what was done.

    Only Kaikukeskus closes. Raises Refused without a reason, and while the person is the last responsible one
    somewhere, a partner's contact, or the last one of Kaikukeskus: it says where, and leads there.
    """
    only_kaikukeskus(by)
    regions = _regions_of(person)
    country, who = _country(by)
    person = alone(person)
    held = list(Responsibility.objects.current().filter(person=person).select_related("region", "municipality"))
    for given in held:
        refuse_handing_over(given)
    gone = [] if person.is_active else [_("%(name)s has been closed already.") % {"name": person.name}]
    last = [reason for given in held for reason in _last_holder(given, regions)]
    _refuse([*gone, *_without(reason), *_of_kaikukeskus(person), *last, *_contact_of(person)])
    for given in held:
        _end(given, regions[given.region_id], who, reason)
    if person.is_kaikukeskus:
        _take_right(person, country, who, reason)
    shut(person)
    record(country, who, "person_closed", person, reason=reason)
    return person


def _regions_of(person: Person) -> dict[int, Region]:
    """The regions in which the person answers for something, locked in one order and before the country."""
    keys = Responsibility.objects.current().filter(person=person).order_by("region").values_list("region", flat=True)
    return {pk: locked(pk) for pk in keys.distinct()}


def _end(given: Responsibility, region: Region, who: Acting, reason: str) -> None:
    given.until = localdate()
    given.save(update_fields=["until"])
    record(region, who, "responsibility_ended", given.person, reason=reason, side=given.side)


def shut(person: Person) -> None:
    """Nobody gets in any more. The new unusable password is in no session, so none lives on, nor after a reopening."""
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])


@transaction.atomic
def reopen_person(person: Person, by: Person, reason: str) -> Person:
    """The person can sign in again and be named; former rights do not come back. Raises Refused without a reason."""
    country, who = _country(by)
    person = alone(person)
    there = [_("%(name)s can sign in already.") % {"name": person.name}] if person.is_active else []
    if person.joined_to:
        said = _("%(name)s has been joined with another row, by whose address the person signs in: %(email)s.")
        there.append(said % {"name": person.name, "email": person.joined_to.email})
    _refuse([*there, *_without(reason)])
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(country, who, "person_reopened", person, reason=reason)
    return person


def _refuse(missing: list[str]) -> None:
    if missing:
        raise Refused(missing)


def _without(reason: str) -> list[str]:
    return [] if reason.strip() else [_("Write the reason: it stays visible.")]


def _of_kaikukeskus(person: Person) -> list[str]:
    others = Person.objects.filter(is_kaikukeskus=True, is_active=True).exclude(pk=person.pk)
    if not person.is_kaikukeskus or others.exists():
        return []
    return [_("%(name)s is the last one of Kaikukeskus: add another one first.") % {"name": person.name}]


def _last_holder(given: Responsibility, regions: dict[int, Region]) -> list[str]:
    facts = {"name": given.person.name, "side": given.get_side_display(), "region": given.region.name}
    if given.region_id not in regions:
        return [_("%(name)s has just been named in %(region)s. Look at the page anew.") % facts]
    others = Responsibility.objects.current().holders().lasting().filter(region=given.region_id, side=given.side)
    empty = left_empty(given, others.exclude(person=given.person_id))
    if not empty:
        return []
    said = _("%(name)s is the last responsible person in %(region)s (%(side)s: %(places)s): name the next one first.")
    places = ", ".join(municipality.name for municipality in empty)
    return [Linked(said % (facts | {"places": places}), reverse("people", args=[given.region.slug]))]


def _contact_of(person: Person) -> list[str]:
    said = _("%(name)s is the contact person of %(partner)s: name another one first.")
    found = Partner.objects.alive().filter(contact=person).select_related("organisation", "region")
    return [Linked(said % {"name": person.name, "partner": one}, one.get_absolute_url()) for one in found]
