"""What does a region do about a silent contact person: confirm what it knows, or have the link sent again? The link is
also sent to a contact person who wants to leave."""

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from adoption.access import acting, may_act
from adoption.contacts.answers import refuse_so_soon, settle
from adoption.contacts.asking import ask_anew, lock_regions_of, overtake
from adoption.history import Acting, record
from adoption.joined import read_anew
from adoption.models import ContactCheck, Partner, Person, Region, Responsibility
from adoption.people import alone, naming
from adoption.refusal import Refused

State = ContactCheck.State


def confirm_contact(partner: Partner, by: Person) -> ContactCheck:
    """The pair has talked with the contact person, who stays: nothing is waited for any more, and the alarm is over.

    Raises Refused for a partner that has none.
    """
    with transaction.atomic():
        partner, person, regions, who = _of_partner(partner, by)
        check = _open_check(partner=partner, person=person)
        _confirmed(check, regions[partner.region_id], who)
    return check


def ask_contact(partner: Partner, by: Person) -> ContactCheck:
    """The contact person is asked now, by a new link: as the pair wants, or oneself, to name who follows.

    Raises Refused for a partner that has none; to oneself also within an hour of the last link, and once answered.
    """
    with transaction.atomic():
        partner, person, regions, who = _of_partner(partner, by, or_oneself=True)
        check = _open_check(partner=partner, person=person)
        if not who.side:
            _refuse_oneself(check)
        _asked(check, regions, who)
    return check


def _refuse_oneself(check: ContactCheck) -> None:
    if check.state != State.ASKED:
        raise Refused([_("You have answered already. By the link in your mail you can still answer otherwise.")])
    refuse_so_soon(check.person)


def confirm_responsible(responsibility: Responsibility, by: Person) -> ContactCheck:
    """The side knows that its responsible person stays. Only who may name one for the side may say so."""
    with transaction.atomic():
        responsibility, regions, who = _of_side(responsibility, by)
        check = _open_check(responsibility=responsibility, person=responsibility.person)
        _confirmed(check, regions[responsibility.region_id], who)
    return check


def ask_responsible(responsibility: Responsibility, by: Person) -> ContactCheck:
    """The responsible person is asked now, by a new link."""
    with transaction.atomic():
        responsibility, regions, who = _of_side(responsibility, by)
        check = _open_check(responsibility=responsibility, person=responsibility.person)
        _asked(check, regions, who)
    return check


def _of_partner(
    partner: Partner, by: Person, or_oneself: bool = False
) -> tuple[Partner, Person, dict[int, Region], Acting]:
    """The partner read anew, its contact person, the locked regions of that one, and who acts: somebody of the region,
    or the contact person oneself, for no side."""
    seen = read_anew(partner).contact_id
    regions = lock_regions_of(seen or 0, partner.region_id)
    partner = read_anew(partner, "organisation", "region", "contact")
    towns = partner.municipalities.values_list("pk", flat=True)
    own = or_oneself and partner.contact_id == by.pk and not may_act(by, regions[partner.region_id], towns)
    who = Acting(by) if own else acting(by, regions[partner.region_id], towns)
    if partner.contact is None or not Partner.objects.on_the_way().filter(pk=partner.pk).exists():
        raise Refused([_("This partner has no contact person to ask: name one.")])
    if partner.contact_id != seen:
        raise Refused([_("Another contact person has just been named. Look at the page anew.")])
    return partner, alone(partner.contact), regions, who


def _of_side(responsibility: Responsibility, by: Person) -> tuple[Responsibility, dict[int, Region], Acting]:
    regions = lock_regions_of(responsibility.person_id, responsibility.region_id)
    who = naming(by, regions[responsibility.region_id], responsibility.side)
    found = Responsibility.objects.current().holders().select_related("person", "region", "municipality")
    given = found.filter(pk=responsibility.pk).first()
    if given is None:
        raise Refused([_("Only a responsible person of today is asked.")])
    return given, regions, who


def _open_check(person: Person, **subject: object) -> ContactCheck:
    """What is asked of this person about this now; begun when nothing is."""
    overtake(ContactCheck.objects.filter(**subject).exclude(person=person))
    found = ContactCheck.objects.unfinished().filter(**subject).with_subject().first()
    return found or ContactCheck(person=person, since=now(), **subject)


def _confirmed(check: ContactCheck, region: Region, who: Acting) -> None:
    settle(check)
    record(region, who, "contact_confirmed" if check.partner else "responsible_confirmed", check.about, **check.said)


def _asked(check: ContactCheck, regions: dict[int, Region], who: Acting) -> None:
    if check.state != State.ASKED:
        raise Refused([_("%(name)s has answered already: see below.") % {"name": check.person.name}])
    check.save()
    ask_anew(check.person, who, regions)
