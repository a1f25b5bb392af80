"""What does the person asked answer by the link, and what does a successor? One outcome each, whoever acts at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import models, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.access import PAIR
from adoption.contacts.asking import ask_anew, lock_regions_of, regions_asked
from adoption.contacts.links import Link, is_of, round_of
from adoption.history import NOBODY, Acting, locked, record
from adoption.mail import later
from adoption.models import ContactCheck, Partner, Person, Region, Responsibility, Side
from adoption.people import OTHER, alone, end_responsibility, find_or_make, name_person, refuse_unmailable
from adoption.refusal import Refused

State = ContactCheck.State
MOST_SUCCESSORS = 8  # that one question names one after another
SELF_RENEWED = timedelta(hours=1)  # how often a link can be asked for from an old one: each is a mail to somebody


# -- what a link is good for ------------------------------------------------------------------------------------------


class Standing(models.TextChoices):
    """How it is with a link, in words for the one who has it."""

    OPEN = "open", gettext_lazy("You can answer by this link.")
    ANSWERED = "answered", gettext_lazy("You have answered. Thank you.")
    OLD = "old", gettext_lazy("This link no longer works: a newer one has been sent.")
    EXPIRED = "expired", gettext_lazy("This link no longer works: its time is over.")
    OVER = "over", gettext_lazy("This link is no longer needed: nothing is asked by it.")


def standing(person: Person, link: Link) -> Standing:
    """What a person's link is good for now."""
    if not is_of(link, person.email) or link.round != round_of(person):
        return Standing.OLD
    asked = ContactCheck.objects.filter(person=person, round=link.round)
    if asked.standing().exists():
        return Standing.EXPIRED if link.is_expired else Standing.OPEN
    return Standing.ANSWERED if asked.filter(answered_at__isnull=False).exists() else Standing.OVER


def standing_of_successor(check: ContactCheck, link: Link) -> Standing:
    """What a successor's link is good for now."""
    if link.round != check.successor_round or not is_of(link, check.successor_email):
        return Standing.OLD if check.state == State.HANDING else Standing.OVER
    if check.state == State.HANDED:
        return Standing.ANSWERED
    if check.state != State.HANDING or not ContactCheck.objects.standing().filter(pk=check.pk).exists():
        return Standing.OVER
    return Standing.EXPIRED if link.is_expired else Standing.OPEN


class Asked:
    """A person who answers, with the checks of the link, read under the locks of their regions."""

    def __init__(self, link: Link) -> None:
        self.regions = {pk: locked(pk) for pk in sorted(regions_asked(link.key))}
        self.person = Person.objects.get(pk=link.key)
        if (now_so := standing(self.person, link)) != Standing.OPEN:
            raise Refused([str(now_so.label)])
        found = ContactCheck.objects.standing().filter(person=self.person, round=link.round).with_subject()
        self.checks = [check for check in found.order_by("pk") if check.region.pk in self.regions]

    def one(self, key: int) -> ContactCheck:
        """The check that the answer is about. Raises Refused when it is not asked any more."""
        found = next((check for check in self.checks if check.pk == key), None)
        if found is None:
            raise Refused([str(Standing.OVER.label)])
        return found

    def region_of(self, check: ContactCheck) -> Region:
        """The region's row that is locked, whose chain grows."""
        return self.regions[check.region.pk]


@contextmanager
def answering(link: Link) -> Iterator[Asked]:
    """Who answers, in one transaction. Raises Refused unless the link is good."""
    with transaction.atomic():
        yield Asked(link)


def acting_of(check: ContactCheck) -> Acting:
    """The person who answers, for the side that one answers for."""
    return Acting(check.person, check.responsibility.side if check.responsibility else "")


# -- the person asked -------------------------------------------------------------------------------------------------


def stay(link: Link, key: int | None = None) -> list[ContactCheck]:
    """The person still is the contact: of the one check, or of all that have not been answered. Whoever was named to
    follow no longer is. Raises Refused when nothing waits for the answer."""
    with answering(link) as asked:
        checks = [check for check in asked.checks if check.state == State.ASKED] if key is None else [asked.one(key)]
        if not checks:
            raise Refused([str(Standing.ANSWERED.label)])
        for check in checks:
            settle(check)
            region, who = asked.region_of(check), acting_of(check)
            record(region, who, "contact_stays" if check.partner else "responsible_stays", check.about, **check.said)
    return checks


def settle(check: ContactCheck) -> None:
    """The person stays; the next question comes in twelve months."""
    check.stay()
    check.answered_at = check.since = now()
    check.successor_name = check.successor_email = check.reason = ""
    check.save()


def hand_over(link: Link, key: int, name: str, email: str) -> ContactCheck:
    """A successor is asked by a link of the own; the person stays the contact until that one accepts.

    Raises Refused for the own address, one to which no mail can be sent, and somebody who cannot be named.
    """
    with answering(link) as asked:
        check, email = asked.one(key), email.strip().lower()
        refuse_unmailable(email)
        if wrong := [*_without_name(name), *_too_many(check), *why_not(check, email)]:
            raise Refused(wrong)
        check.hand()
        check.successor_name, check.successor_email = name.strip(), email
        check.successor_round, check.since, check.reason = check.successor_round + 1, now(), ""
        check.save()
        record(
            asked.region_of(check),
            acting_of(check),
            "contact_hands_over" if check.partner else "responsible_hands_over",
            check.about,
            **check.said,
        )
        later("adoption.contacts.letters.successor_asked", check.pk, check.successor_round)
    return check


def _without_name(name: str) -> list[str]:
    return [] if name.strip() else [_("Write the name.")]


def _too_many(check: ContactCheck) -> list[str]:
    """Each naming is a mail to somebody who has not asked for it."""
    if check.successor_round < MOST_SUCCESSORS:
        return []
    return [_("So many have been asked already. Say instead that you know nobody: another one is then named.")]


def why_not(check: ContactCheck, email: str) -> list[str]:
    """Why the one with this address cannot follow; nothing of somebody who is not known here yet."""
    if email == check.person.email.lower():
        return [_("This is your own address. Give the successor's.")]
    known = Person.objects.filter(email=email).first()
    if known is None:
        return []
    if not known.is_active:
        return [_("Nobody can be named by this address. Give another one.")]
    return _against_responsible(check.responsibility, known) if check.responsibility else []


def _against_responsible(given: Responsibility, known: Person) -> list[str]:
    if known.is_kaikukeskus:
        return [_("%(name)s works at Kaikukeskus: name somebody of the region.") % {"name": known.name}]
    others = Responsibility.objects.current().filter(region=given.region_id, person=known)
    if given.side in PAIR and others.filter(side=OTHER[Side(given.side)]).exists():
        said = _("%(name)s is on the other side of this region: the two sides are always different people.")
        return [said % {"name": known.name}]
    return []


def leave(link: Link, key: int, reason: str = "") -> ContactCheck:
    """The person leaves and knows nobody to follow: those who follow it are told, and name another. Until then the
    person stays."""
    with answering(link) as asked:
        check = asked.one(key)
        if check.state == State.LEAVING:
            raise Refused([str(Standing.ANSWERED.label)])
        check.leave()
        check.since, check.reason = now(), reason.strip()
        check.successor_name = check.successor_email = ""
        check.save()
        region, who = asked.region_of(check), acting_of(check)
        act = record(
            region,
            who,
            "contact_leaves" if check.partner else "responsible_leaves",
            check.about,
            check.reason,
            **check.said,
        )
        later("adoption.contacts.letters.leaving", check.pk, act.pk)
    return check


def renew(link: Link) -> None:
    """A new link is on its way to the address on record, whoever asked by an old one. Raises Refused when nothing is
    asked any more, and within an hour of the last one."""
    with transaction.atomic():
        regions = lock_regions_of(link.key)
        person = alone(Person.objects.get(pk=link.key))
        if not ContactCheck.objects.standing().filter(person=person).exists():
            raise Refused([str(Standing.OVER.label)])
        refuse_so_soon(person)
        ask_anew(person, NOBODY, regions)


def refuse_so_soon(person: Person) -> None:
    """Raises Refused within an hour of the last link, where nobody but the person, or whoever has a link, asks."""
    asked = ContactCheck.objects.standing().filter(person=person, asked_at__gt=now() - SELF_RENEWED)
    if asked.exists():
        raise Refused([_("A link was sent within the last hour. Look for it in your mail, also among the junk.")])


# -- the successor ----------------------------------------------------------------------------------------------------


@contextmanager
def following(link: Link) -> Iterator[tuple[ContactCheck, Region]]:
    """The check whose successor answers, read under its region's lock. Raises Refused unless the link is good."""
    with transaction.atomic():
        region = locked(ContactCheck.objects.with_subject().get(pk=link.key).region.pk)
        check = ContactCheck.objects.with_subject().get(pk=link.key)
        if (now_so := standing_of_successor(check, link)) != Standing.OPEN:
            raise Refused([str(now_so.label)])
        yield check, region


def accept(link: Link, language: str) -> ContactCheck:
    """The successor is the contact person, or responsible, from now on, and the former one no longer is; all whom it
    concerns are told. Raises Refused for somebody who cannot be named."""
    with following(link) as (check, region):
        person = alone(find_or_make(check.successor_email, check.successor_name, language=language))
        if wrong := why_not(check, person.email):  # with the person's row locked: nobody closes it meanwhile
            raise Refused(wrong)
        check.accept()
        check.answered_at = check.since = now()
        check.save()
        act = record(
            region,
            Acting(person),
            "contact_accepts" if check.partner else "responsible_accepts",
            check.about,
            **check.said | {"person": person.pk},
        )
        if check.partner:
            _becomes_contact(check, check.partner, region, person)
        elif check.responsibility:
            _becomes_responsible(check.responsibility, person)
        later("adoption.contacts.letters.handed_over", check.pk, act.pk)
    return check


def _becomes_contact(check: ContactCheck, partner: Partner, region: Region, person: Person) -> None:
    partner.contact = person
    partner.save(update_fields=["contact"])
    record(region, acting_of(check), "contact_named", partner, person=person.pk, former=check.person_id)


def _becomes_responsible(given: Responsibility, person: Person) -> None:
    """Named by the one who leaves, whose responsibility then ends. A substitute becomes the holder; one who has the
    same responsibility already only stays."""
    same = Responsibility.objects.current().filter(
        region=given.region_id, side=given.side, municipality=given.municipality_id, person=person
    )
    for substitute in same.filter(substitute=True):
        end_responsibility(substitute, given.person)
    if not same.filter(substitute=False).exists():
        name_person(given.region, given.side, person.email, person.name, given.person, municipality=given.municipality)
    end_responsibility(given, given.person)


def decline(link: Link, reason: str) -> ContactCheck:
    """The successor does not follow: the one who leaves may name another by the link, and the side's responsible person
    is told."""
    with following(link) as (check, region):
        check.leave()
        check.since, check.reason = now(), reason.strip()
        check.save()
        act = record(
            region,
            NOBODY,
            "successor_declined" if check.partner else "responsible_successor_declined",
            check.about,
            check.reason,
            **check.said,
        )
        later("adoption.contacts.letters.declined", check.pk, act.pk)
    return check
