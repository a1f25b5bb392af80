"""How does one who leaves hand over? Everything that hangs on the person passes to a successor, on one day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import PAIR
from adoption.contacts.asking import overtake
from adoption.history import Acting, locked, locked_country, record
from adoption.mail import later
from adoption.models import (
    ContactCheck,
    Handover,
    Municipality,
    Person,
    Region,
    Responsibility,
)
from adoption.people import find_or_make, give, left_empty, naming, refuse_unmailable, why_not_empty, why_not_of_side
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import day
from workflows.passing import (
    carry_out,
    contacts_of,
    notes_of,
    others_follow,
    points_of,
    said_of,
    same_of,
    stays,
    to_sign_of,
)

FARTHEST = timedelta(days=366)
State = Handover.State


class Given(NamedTuple):
    """Who follows in a responsibility, by its key; nobody only where a substitute or one of the working group leaves.
    `basis`: by which right the successor signs in the stead of the one who leaves, where that one was to sign."""

    responsibility: int
    email: str = ""
    name: str = ""
    title: str = ""
    basis: str = ""


# -- agreeing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(person: Person, by: Person, on: date, given: Sequence[Given]) -> list[Handover]:
    """The successors answer from today, beside the person, whose access ends on the day; then all that hangs on the
    person by name passes to them, today at once. The same again changes nothing.

    The person does it, another holder of the side, or Kaikukeskus. Raises Refused for a day that is past or more than a
    year away, a successor who cannot be named or leaves too, and what is handed over to somebody else already.
    """
    regions = _locked_regions(
        Responsibility.objects.filter(person=person, pk__in=[one.responsibility for one in given])
    )
    rows = Responsibility.objects.filter(
        person=person, pk__in=[one.responsibility for one in given], region__in=regions
    )
    by_key = {row.pk: row for row in rows.select_related("person", "municipality")}
    acting = {row.region_id: naming(by, regions[row.region_id], row.side) for row in by_key.values()}
    _refuse(_wrong_day(on) + ([] if by_key else [_("Choose who follows.")]))
    if on <= localdate():
        locked_country()  # of the national meetings, and before any person
    _lock_people(person, given)
    made = []
    for one in given:
        if row := by_key.get(one.responsibility):
            made.append(_agree(row, regions[row.region_id], acting[row.region_id], on, one))
    for handover in made:
        _refuse_unowned(handover)
    for handover in made:
        region = regions[handover.responsibility.region_id]
        if handover.state == State.AGREED and on <= localdate():
            carry_out(handover, region, acting[region.pk])
    return made


def _locked_regions(rows: QuerySet[Responsibility]) -> dict[int, Region]:
    """Their regions, locked in one order."""
    keys = rows.order_by("region").values_list("region", flat=True).distinct()
    return {pk: locked(pk) for pk in keys}


def _lock_people(person: Person, given: Sequence[Given]) -> None:
    """All at once and in one order, so that nobody is closed meanwhile, and no two handovers wait for each other."""
    for one in given:
        if one.email:
            refuse_unmailable(one.email)
            if not one.name.strip() and not Person.objects.filter(email=one.email.strip().lower()).exists():
                raise Refused([_("Write the name.")])
            find_or_make(one.email, one.name, language=person.language)
    addresses = [person.email, *(one.email.strip().lower() for one in given if one.email)]
    list(Person.objects.select_for_update(no_key=True).filter(email__in=addresses).order_by("pk"))


def _wrong_day(on: date) -> list[str]:
    if on < localdate():
        return [_("The day is past: access ends today at the earliest.")]
    return [_("The day is more than a year away. Check it.")] if on > localdate() + FARTHEST else []


def _refuse(wrong: Sequence[str]) -> None:
    if wrong:
        raise Refused(wrong)


def _agree(row: Responsibility, region: Region, who: Acting, on: date, one: Given) -> Handover:
    row.region = region
    email = one.email.strip().lower()
    if agreed := _agreed(row):
        return _same_or_refused(agreed, email, on)
    successor = Person.objects.get(email=email) if email else None
    _refuse(_against(row, region, successor, on))
    named = _name(row, region, who, successor) if successor else None
    assert who.person
    ends = Responsibility.objects.current(on).filter(pk=row.pk).exists()
    made = Handover.objects.create(
        responsibility=row, successor=successor, named=named, on=on, ends=ends, until_before=row.until, basis=one.basis,
        by=who.person,
    )  # fmt: skip
    if ends:
        row.until = on
        row.save(update_fields=["until"])
    _refuse_empty(row, ends)
    overtake(ContactCheck.objects.filter(responsibility=row))
    said = said_of(made) | {"on": on.isoformat(), "ends": ends}
    act = record(region, who, "handover_agreed" if successor else "leaving_agreed", row.person, **said)
    later("workflows.handover_letters.agreed", made.pk, act.pk)
    return made


def _agreed(row: Responsibility) -> Handover | None:
    found = Handover.objects.filter(responsibility=row, state=State.AGREED)
    return found.select_related("responsibility", "successor").first()


def _same_or_refused(agreed: Handover, email: str, on: date) -> Handover:
    if agreed.on == on and email == (agreed.successor.email if agreed.successor else ""):
        return agreed
    said = _("%(name)s hands over on %(day)s already, to %(successor)s. Withdraw that first.")
    successor = agreed.successor or _("nobody")
    raise Refused([said % {"name": agreed.responsibility.person, "day": day(agreed.on), "successor": successor}])


def _against(row: Responsibility, region: Region, successor: Person | None, on: date) -> list[str]:
    current = Responsibility.objects.current().filter(region=region)
    if successor is None:
        needed = row.side in PAIR and not row.substitute
        return [_("Choose who follows: a side is never left without a responsible person.")] if needed else []
    if successor.pk == row.person_id:
        return [_("%(name)s is the one who leaves. Choose another.") % {"name": successor.name}]
    wrong = why_not_of_side(current, row.side, successor)
    if Handover.objects.filter(responsibility__in=same_of(row, successor), state=State.AGREED).exists():
        wrong.append(_("%(name)s leaves too. Choose another.") % {"name": successor.name})
    return wrong


def _name(row: Responsibility, region: Region, who: Acting, successor: Person) -> Responsibility | None:
    """What the successor has by this; nothing for one who has the same already, or more than a substitute's."""
    own = same_of(row, successor)
    if own.filter(substitute=False).exists() or (row.substitute and own.exists()):
        return None
    town: Municipality | None = row.municipality
    return give(region, who, row.side, successor, town, row.substitute, row.until)[0]


def _refuse_empty(row: Responsibility, ends: bool) -> None:
    """Belt and braces: whatever was agreed, the side keeps somebody who stays."""
    others = Responsibility.objects.current().holders().lasting().filter(region=row.region_id, side=row.side)
    if ends and (empty := left_empty(row, others.exclude(pk=row.pk))):
        raise Refused([why_not_empty(empty, others)])


def _refuse_unowned(made: Handover) -> None:
    """Raises Refused where nobody would follow in what hangs on the person by name."""
    row = made.responsibility
    alone = made.successor is None and not stays(row) and not others_follow(made)
    if alone and any(of(made).exists() for of in (contacts_of, notes_of, points_of, to_sign_of)):
        said = _(
            "%(name)s is somebody's contact person, or has notes, agreed points or papers to sign: choose who follows."
        )
        raise Refused([said % {"name": row.person}])


# -- withdrawing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(person: Person, by: Person) -> list[Handover]:
    """The person stays: what was agreed no longer holds, and a successor who was named by it answers no more.

    Raises Refused once the day has come, for a person who has been closed, and for a successor who hands over oneself.
    """
    found = Handover.objects.filter(responsibility__person=person, state=State.AGREED)
    regions = _locked_regions(Responsibility.objects.filter(handovers__in=found))
    person = Person.objects.get(pk=person.pk)
    rows = found.filter(responsibility__region__in=regions)
    mine = []
    for one in rows.select_related("responsibility__person", "named", "successor"):
        if who := _who_may(by, regions[one.responsibility.region_id], one.responsibility.side):
            mine.append((one, who))
    if not mine:
        if rows or not _has_a_say(person, by):
            raise NotYours
        raise Refused([_("There is nothing to withdraw: nothing waits to be handed over.")])
    _refuse([] if person.is_active else [_("%(name)s has left and cannot be named.") % {"name": person.name}])
    for one, who in mine:
        _withdraw(one, regions[one.responsibility.region_id], who)
    return [one for one, _who in mine]


def _has_a_say(person: Person, by: Person) -> bool:
    held = Responsibility.objects.filter(person=person).select_related("region")
    return by == person or any(_who_may(by, one.region, one.side) for one in held)


def _who_may(by: Person, region: Region, side: str) -> Acting | None:
    try:
        return naming(by, region, side)
    except Refused:
        return None


def _withdraw(one: Handover, region: Region, who: Acting) -> None:
    if one.on <= localdate():
        raise Refused([_("The day has come: what hangs on %(name)s passes now.") % {"name": one.responsibility.person}])
    one.withdraw()
    one.save(update_fields=["state"])
    row = one.responsibility
    if one.ends:
        row.until = one.until_before
        row.save(update_fields=["until"])
    _take_back(one, region, who)
    act = record(region, who, "handover_withdrawn", row.person, **said_of(one), ends=one.ends)
    later("workflows.handover_letters.withdrawn", one.pk, act.pk)


def _take_back(one: Handover, region: Region, who: Acting) -> None:
    """What the successor was named to by this ends today."""
    named = one.named
    if named is None or not Responsibility.objects.current().filter(pk=named.pk).exists():
        return
    if Handover.objects.filter(responsibility=named, state=State.AGREED).exists():
        said = _("%(name)s, who follows, hands over too: withdraw that first.")
        raise Refused([said % {"name": one.successor}])
    named.until = localdate()
    named.save(update_fields=["until"])
    record(region, who, "responsibility_ended", named.person, side=named.side)
