"""Who is named to what, by whom? Every write about people and their responsibilities."""

from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.mail.message import sanitize_address
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import PAIR, acting, only_kaikukeskus
from adoption.alphabet import by_name
from adoption.history import NOBODY, Acting, locked, locked_country, record
from adoption.mail import later
from adoption.models import Act, Handover, Municipality, Person, Region, RegionMunicipality, Responsibility, Side
from adoption.models.people import ResponsibilityQuerySet
from adoption.refusal import Linked, NotYours, Refused
from adoption.templatetags.kaiku import day

OTHER = {Side.CULTURE: Side.CARE, Side.CARE: Side.CULTURE}


def find_or_make(email: str, name: str, made_by: str = "", **details: Any) -> Person:
    """The person with this address, or whose former row had it; made now when there is none. What is known of a person
    is not overwritten.

    Raises Refused for an address that no mail can be sent to.
    """
    refuse_unmailable(email)
    person, _made = Person.objects.get_or_create(
        email=email.strip().lower(), defaults={"name": name.strip(), "made_by": made_by, **details}
    )
    return person.joined_to or person


def alone(person: Person) -> Person:
    """The person's row, locked after the region's or the country's: nobody becomes Kaikukeskus and a holder at once."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def refuse_unmailable(email: str) -> None:
    """Raises Refused for an address that no mail can be sent to."""
    said = _("No mail can be sent to %(email)s. Check the address.") % {"email": email}
    if not email.strip().isprintable():
        raise Refused([said])
    try:
        sanitize_address(email.strip(), "utf-8")
    except ValueError as error:
        raise Refused([said]) from error


@transaction.atomic
def add_kaikukeskus_person(email: str, name: str, by: Person | None, made_by: str = "", **details: Any) -> Person:
    """The person works at Kaikukeskus, sees every region, and is told. Only Kaikukeskus or the command line may do it.

    Raises Refused for somebody who is responsible for a region, or has left.
    """
    who = only_kaikukeskus(by) if by else NOBODY
    country = locked_country()
    person = alone(find_or_make(email, name, made_by, **details))
    if person.responsibilities.current().exists():
        raise Refused([_("This person is responsible for a region, and cannot be Kaikukeskus at the same time.")])
    if not person.is_active:
        raise Refused([_("%(name)s has left and cannot be named.") % {"name": person.name}])
    person.is_kaikukeskus = True
    person.save(update_fields=["is_kaikukeskus"])
    act = record(country, who, "kaikukeskus_person_added", person)
    if by:
        later("adoption.letters.kaikukeskus_person_added", act.pk)
    return person


@transaction.atomic
def name_person(
    region: Region,
    side: str,
    email: str,
    name: str,
    by: Person,
    municipality: Municipality | None = None,
    substitute: bool = False,
    last_day: date | None = None,
    made_by: str = "",
    **details: Any,
) -> Responsibility:
    """The person answers for the side from today, and is told.

    Kaikukeskus names anyone; a holder names others of the own side (S1: each side names its persons) and of the
    working group. Refused: a person of the other side (the two sides are always different people), of Kaikukeskus,
    one who has this responsibility already, a substitute of nobody, a last day before tomorrow, and a last day
    for a holder, whose side could be left empty by it.
    """
    region = locked(region.pk)
    who = naming(by, region, side)
    person = alone(find_or_make(email, name, made_by, **details))
    _check_naming(region, side, person, municipality, substitute, last_day)
    until = last_day and last_day + timedelta(days=1)
    given, act = give(region, who, side, person, municipality, substitute, until)
    later("adoption.letters.named", act.pk)
    return given


def give(
    region: Region,
    who: Acting,
    side: str,
    person: Person,
    municipality: Municipality | None,
    substitute: bool,
    until: date | None,
) -> tuple[Responsibility, Act]:
    """The person, whom nothing is against, answers for it from today. Called under the region's lock."""
    given = Responsibility.objects.create(
        region=region, side=side, person=person, municipality=municipality,
        substitute=substitute, since=localdate(), until=until,
    )  # fmt: skip
    act = record(
        region, who, "person_named", person, side=side, substitute=substitute,
        municipality=municipality.pk if municipality else None,
    )  # fmt: skip
    return given, act


def naming(by: Person, region: Region, side: str) -> Acting:
    """Who names: a substitute may not, since naming is the holder's own (one's own successor is not a day's task)."""
    who = acting(by, region)
    if not by.is_kaikukeskus and (who.on_behalf_of or (side != Side.GROUP and side != who.side)):
        raise NotYours
    return who


def _check_naming(
    region: Region,
    side: str,
    person: Person,
    municipality: Municipality | None,
    substitute: bool,
    last_day: date | None,
) -> None:
    current = Responsibility.objects.current().filter(region=region)
    wrong = _against_person(current, side, person, municipality)
    if municipality and not RegionMunicipality.objects.filter(region=region, municipality=municipality).exists():
        wrong.append(_("%(name)s is not a municipality of this region.") % {"name": municipality.name})
    if substitute and not current.holders().filter(side=side).exists():
        wrong.append(_("Name the responsible person first: a substitute acts in somebody's stead."))
    if last_day and last_day <= localdate():
        wrong.append(_("The last day must be after today."))
    if last_day and not substitute and side != Side.GROUP:
        wrong.append(_("Only a substitute has an end date: a side is never left without a responsible person."))
    if wrong:
        raise Refused(wrong)


def _against_person(
    current: ResponsibilityQuerySet, side: str, person: Person, municipality: Municipality | None
) -> list[str]:
    wrong = why_not_of_side(current, side, person)
    if current.filter(person=person, side=side, municipality=municipality).exists():
        wrong.append(_("%(name)s has this responsibility already.") % {"name": person.name})
    return wrong


def why_not_of_side(current: ResponsibilityQuerySet, side: str, person: Person) -> list[str]:
    """Why the person cannot answer for the side at all; `current`: the region's responsibilities of today."""
    name = {"name": person.name}
    wrong = []
    if person.is_kaikukeskus:
        wrong.append(_("%(name)s works at Kaikukeskus: name somebody of the region.") % name)
    if not person.is_active:
        wrong.append(_("%(name)s has left and cannot be named.") % name)
    if side in PAIR and current.filter(person=person, side=OTHER[Side(side)]).exists():
        wrong.append(
            _("%(name)s is on the other side of this region: the two sides are always different people.") % name
        )
    return wrong


@transaction.atomic
def end_responsibility(responsibility: Responsibility, by: Person) -> None:
    """The responsibility has ended today: from this moment the person can do nothing more by it.

    Raises Refused for the last holder of a side: name the next one first.
    """
    region = locked(responsibility.region_id)
    responsibility = Responsibility.objects.select_related("person").get(pk=responsibility.pk)
    who = naming(by, region, responsibility.side)
    current = Responsibility.objects.current().filter(region=region, side=responsibility.side)
    if not current.filter(pk=responsibility.pk).exists():
        raise Refused([_("This responsibility has ended already.")])
    refuse_handing_over(responsibility)
    others = current.holders().lasting().exclude(pk=responsibility.pk)
    if empty := left_empty(responsibility, others):
        raise Refused([why_not_empty(empty, others)])
    responsibility.until = localdate()
    responsibility.save(update_fields=["until"])
    record(region, who, "responsibility_ended", responsibility.person, side=responsibility.side)


def refuse_handing_over(responsibility: Responsibility) -> None:
    """Raises Refused for one that is handed over on a day to come, and ends by that."""
    agreed = Handover.objects.filter(responsibility=responsibility, state=Handover.State.AGREED).first()
    if agreed:
        said = _("%(name)s hands over on %(day)s. Withdraw the handover first, or make it anew for today.")
        facts = {"name": responsibility.person.name, "day": day(agreed.on)}
        raise Refused([Linked(said % facts, reverse("handover", args=[responsibility.person_id]))])


def left_empty(leaving: Responsibility, others: ResponsibilityQuerySet) -> list[Municipality]:
    """The municipalities that would have nobody of the leaving one's side; `others`: the side's other holders."""
    if leaving.side not in PAIR or leaving.substitute or others.filter(municipality=None).exists():
        return []
    answered = leaving.region.municipalities.all()
    if leaving.municipality_id:
        answered = answered.filter(pk=leaving.municipality_id)
    return by_name(answered.exclude(pk__in=others.values("municipality")))


def why_not_empty(empty: list[Municipality], others: ResponsibilityQuerySet) -> str:
    """Why the last one of these municipalities stays until there is another."""
    if not others.exists():
        return _("This is the side's last responsible person: name the next one first.")
    names = ", ".join(municipality.name for municipality in empty)
    return _("Nobody else of this side answers for %(names)s: name the next one first.") % {"names": names}


@transaction.atomic
def correct_person(person: Person, by: Person, name: str, email: str, **details: Any) -> Person:
    """The person's own data is right again; history keeps its rows, which know the person by key.

    A person corrects the own data; Kaikukeskus anybody's. A new address is where the next code goes, and the old one
    opens nothing more. Raises Refused when another person has the address.
    """
    country = locked_country()
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by.pk != person.pk:
        only_kaikukeskus(by)
    if person.joined_to:
        raise Refused(
            [_("This row has been joined with %(name)s: correct that one.") % {"name": person.joined_to.name}]
        )
    email = email.strip().lower()
    refuse_unmailable(email)
    changes = {"name": name.strip(), "email": email, **details}
    changed = sorted(field for field, value in changes.items() if getattr(person, field) != value)
    for field in changed:
        setattr(person, field, changes[field])
    if changed:
        if "email" in changed:
            EmailAddress.objects.filter(user=person).delete()  # allauth's copy of the old one
        _save_unless_taken(person, changed)
        record(country, Acting(by), "person_corrected", person, fields=changed)
    return person


def _save_unless_taken(person: Person, changed: list[str]) -> None:
    try:
        with transaction.atomic():
            person.save(update_fields=changed)
    except IntegrityError as error:
        raise Refused([_("Another person has this address already.")]) from error
