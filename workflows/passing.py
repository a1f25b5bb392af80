"""The day of a handover has come: how does what hangs on the one who leaves pass to the successor?"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django_fsm import TransitionNotAllowed

from adoption.contacts.asking import overtake
from adoption.history import NOBODY, Acting, locked, locked_country, record
from adoption.mail import later
from adoption.models import Chained, ContactCheck, Handover, Note, Partner, Person, Region, Responsibility, Side
from adoption.partners import set_contact
from adoption.refusal import Refused
from commitments.models import Commitment, Party
from commitments.signing import Named, pass_on
from workflows.arranging.called import meetings_for
from workflows.arranging.models import Meeting
from workflows.arranging.roll import settle
from workflows.arranging.services import pass_on_meeting
from workflows.hanging import signed_by
from workflows.models import OwnTask

State = Handover.State


def daily(today: date | None = None) -> int:
    """Whatever is handed over by today has passed, each handover in a transaction of its own. Returns how many."""
    found = Handover.objects.filter(state=State.AGREED, on__lte=today or localdate()).order_by("on", "pk")
    keys = list(found.values_list("pk", "responsibility__region"))
    for pk, region in keys:
        with transaction.atomic():
            row = locked(region)
            locked_country()  # of the national meetings, and before any person
            one = Handover.objects.select_related("responsibility__person", "successor").get(pk=pk)
            if one.state == State.AGREED:
                carry_out(one, row, NOBODY)
    return len(keys)


def carry_out(one: Handover, region: Region, who: Acting) -> None:
    """All that hangs on the person by name is the successor's. Called under the region's lock.

    Of several responsibilities in a region each takes what is of its side and place, and the last one all the rest.
    """
    one.finish()
    one.save(update_fields=["state"])
    meetings = list(meetings_of(one).select_related("region", "organiser").order_by("pk"))
    if heir := _heir(one):
        passed: dict[str, Any] = {
            "signatures": _pass_signatures(one, heir, region, who),
            "contacts": _pass_contacts(one, heir, region, who),
            "notes": _pass_notes(one, heir),
            "points": _pass_points(one, heir),
            "meetings": _pass_meetings(meetings, one, heir, region, who),
        }
        _end_substitute(one, heir, region, who)
        said = said_of(one) | {"person": heir.pk}
        act = record(region, who, "handed_over", one.responsibility.person, **said, **passed)
        later("workflows.handover_letters.passed", one.pk, act.pk)
    for meeting in meetings:
        settle(meeting, _chain(meeting, region), who)


def _heir(one: Handover) -> Person | None:
    """The successor; when that one has left meanwhile, whoever follows; else another holder of the side."""
    row, heir, seen = one.responsibility, one.successor, set()
    while heir and heir.pk not in seen:
        seen.add(heir.pk)
        if heir.is_active and _same_side(row, heir):
            return heir
        later_one = Handover.objects.filter(
            responsibility__person=heir, responsibility__region=row.region_id, responsibility__side=row.side
        ).exclude(state=State.WITHDRAWN)
        newest = later_one.select_related("successor").order_by("-pk").first()
        heir = newest.successor if newest else None
    held = Responsibility.objects.current().holders().lasting().filter(region=row.region_id, side=row.side)
    found = held.exclude(person=row.person_id).filter(person__is_active=True).select_related("person").first()
    return found.person if found and one.successor else None


def _same_side(row: Responsibility, person: Person) -> bool:
    return Responsibility.objects.current().filter(region=row.region_id, side=row.side, person=person).exists()


def stays(row: Responsibility) -> bool:
    """Whether the person still answers for something in the region when this one has ended."""
    current = Responsibility.objects.current().filter(person=row.person_id, region=row.region_id).exclude(pk=row.pk)
    return current.lasting().exists()


def others_follow(one: Handover) -> bool:
    """Whether another responsibility of the person in the region is still to be handed over, with a successor."""
    row = one.responsibility
    found = Handover.objects.filter(
        responsibility__person=row.person_id, responsibility__region=row.region_id, state=State.AGREED
    )
    return found.exclude(pk=one.pk).exclude(successor=None).exists()


def _takes_all(one: Handover) -> bool:
    return not stays(one.responsibility) and not others_follow(one)


def contacts_of(one: Handover) -> QuerySet[Partner]:
    row = one.responsibility
    found = Partner.objects.filter(region=row.region_id, contact=row.person_id)
    if _takes_all(one):
        return found
    role = Partner.Role.DISTRIBUTOR if row.side == "care" else Partner.Role.VENUE
    found = found.filter(role=role)
    return found.filter(municipalities=row.municipality_id) if row.municipality_id else found


def _pass_contacts(one: Handover, heir: Person, region: Region, who: Acting) -> list[int]:
    passed = []
    for partner in contacts_of(one).select_related("organisation").order_by("pk"):
        overtake(ContactCheck.objects.filter(partner=partner))
        set_contact(partner, region, who, {"email": heir.email, "name": heir.name}, tell=False)
        passed.append(partner.pk)
    return passed


def notes_of(one: Handover) -> QuerySet[Note]:
    row = one.responsibility
    found = Note.objects.standing().filter(region=row.region_id, to=row.person_id)
    return found if _takes_all(one) else found.none()


def _pass_notes(one: Handover, heir: Person) -> list[int]:
    """Notes to the person are to the successor."""
    passed = list(notes_of(one).order_by("pk").values_list("pk", flat=True))
    Note.objects.filter(pk__in=passed).update(to=heir)
    return passed


def points_of(one: Handover) -> QuerySet[OwnTask]:
    row = one.responsibility
    found = OwnTask.objects.agreed(row.person, [row.region_id])
    return found if _takes_all(one) else found.none()


def _pass_points(one: Handover, heir: Person) -> list[int]:
    """What the person agreed on in meetings and has not done is in the successor's work."""
    passed = list(points_of(one).values_list("pk", flat=True))
    OwnTask.objects.filter(pk__in=passed).update(person=heir)
    return passed


def meetings_of(one: Handover) -> QuerySet[Meeting]:
    """The meetings to come of the region that the person arranges or is invited to, and the national ones to which the
    person is called for the region."""
    row = one.responsibility
    if others_follow(one):
        return Meeting.objects.none()
    called = meetings_for(row.person, [row.region_id])
    still = Responsibility.objects.current().filter(person=row.person_id, region=row.region_id)
    if row.side == Side.GROUP or still.exclude(side=Side.GROUP).exists():
        called = called.exclude(region=None)
    return called.exclude(region=row.region_id) if stays(row) else called


def _pass_meetings(meetings: list[Meeting], one: Handover, heir: Person, region: Region, who: Acting) -> list[int]:
    """The successor arranges what the person arranged, and is invited to what the person is invited to."""
    for meeting in meetings:
        pass_on_meeting(meeting, one.responsibility.person, heir, _chain(meeting, region), who)
    return [meeting.pk for meeting in meetings]


def _chain(meeting: Meeting, region: Region) -> Chained:
    return region if meeting.region_id else locked_country()


def to_sign_of(one: Handover) -> QuerySet[Party]:
    row = one.responsibility
    found = signed_by(row.person, [row.region_id]).filter(commitment__state__in=Commitment.SIGNING)
    if _takes_all(one) or not row.municipality_id:
        return found
    return found.filter(municipality=row.municipality_id)


def _pass_signatures(one: Handover, heir: Person, region: Region, who: Acting) -> list[int]:
    """Who was asked to sign is no longer; the successor is, by the right that was given. What cannot be asked of the
    successor stays a task of the pair, and the mail says so."""
    passed: list[int] = []
    if not one.basis:
        return passed
    for party in to_sign_of(one).select_related("commitment__region", "commitment__partner", "municipality", "county"):
        try:
            with transaction.atomic():
                pass_on(party, region, who, Named(heir.name, heir.title, heir.email, one.basis))
        except (Refused, TransitionNotAllowed):
            continue
        passed.append(party.commitment_id)
    return passed


def _end_substitute(one: Handover, heir: Person, region: Region, who: Acting) -> None:
    """A substitute who has become the responsible person is no longer one's own substitute."""
    if one.responsibility.substitute:
        return
    for own in same_of(one.responsibility, heir).filter(substitute=True):
        own.until = localdate()
        own.save(update_fields=["until"])
        record(region, who, "responsibility_ended", heir, side=own.side)


def same_of(row: Responsibility, person: Person) -> QuerySet[Responsibility]:
    """What the person has today of the same side and place."""
    return Responsibility.objects.current().filter(
        region=row.region_id, side=row.side, municipality=row.municipality_id, person=person
    )


def said_of(one: Handover) -> dict[str, Any]:
    """What history keeps of a handover: who follows, in which responsibility."""
    row = one.responsibility
    said = {"side": row.side, "municipality": row.municipality_id, "substitute": row.substitute}
    return said | ({"person": one.successor_id} if one.successor_id else {})
