"""Who is invited no more, having left, and for which regions does one who stays count?

It is asked of those alone who were invited as people of the region or of Kaikukeskus: another guest stays until taken
off by hand.
"""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.timezone import localdate, now

from adoption.history import NOBODY, Acting, locked, locked_country, record
from adoption.mail import later
from adoption.models import Chained, Handover, Partner, Person, Responsibility, Side
from workflows.arranging.inviting import kaikukeskus
from workflows.arranging.models import Invitee, Meeting

TOLD = "workflows.arranging.letters.told"


def keep() -> int:
    """A job of each minute: whatever has ended or begun since, by an act or by its day, the lists of the meetings to
    come agree with it. Returns how many of them changed."""
    differing = _standing().filter(Q(gone=True) | Q(office=True, of_office=False))
    keys = set(differing.values_list("meeting", flat=True))
    others = _upcoming().filter(Q(region=None) | Q(left=True)).exclude(pk__in=keys)
    keys |= {one.pk for one in others if (one.left and _next_organiser(one)) or _recounted(one)}
    for pk, region in Meeting.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "region"):
        with transaction.atomic():
            chain = locked(region) if region else locked_country()
            settle(Meeting.objects.select_related("region", "organiser").get(pk=pk), chain, NOBODY)
    return len(keys)


def settle(meeting: Meeting, chain: Chained, who: Acting) -> None:
    """Whoever was invited as one of the region or of Kaikukeskus, and is no longer, is off the list of the meeting to
    come and told so; to the national one each is called for the regions of today. Who arranged it and has left, invited
    or not, is followed. Called under the chain's lock."""
    rows = _standing().filter(meeting=meeting)
    rows.filter(pk__in=list(rows.filter(office=True).values_list("pk", flat=True))).update(of_office=True)
    for invitee, regions in _recounted(meeting).items():
        invitee.regions.set(regions)
    if gone := list(rows.filter(gone=True).order_by("pk")):
        Invitee.objects.filter(pk__in=[one.pk for one in gone]).update(uninvited_at=now())
        meeting.sequence += 1
        meeting.save(update_fields=["sequence"])
        act = record(chain, who, "meeting_left", meeting, invitees=[one.pk for one in gone])
        later(TOLD, act.pk)
    if _upcoming().filter(pk=meeting.pk, left=True).exists() and (heir := _next_organiser(meeting)):
        meeting.organiser = heir
        meeting.save(update_fields=["organiser"])
        record(chain, who, "organiser_followed", meeting, person=heir.pk)


def _upcoming() -> QuerySet[Any]:
    """The meetings to come. `left`: whoever arranges it neither works at Kaikukeskus nor answers for the region, and
    hands over nothing today."""
    held = Responsibility.objects.current().filter(person=OuterRef("organiser"), region=OuterRef("region"))
    there = Q(organiser__is_active=True) & (Q(organiser__is_kaikukeskus=True) | Exists(held))
    ahead = Q(starts_at=None) | Q(starts_at__gt=now())
    left = ahead & ~there & ~Q(Exists(_waiting("organiser")))
    found = Meeting.objects.filter(state__in=Meeting.UPCOMING)
    return found.annotate(left=ExpressionWrapper(left, BooleanField()))


def _waiting(person: str) -> QuerySet[Handover]:
    """What the person of the outer row hands over by today, and what is carried out first."""
    agreed = Handover.objects.filter(state=Handover.State.AGREED, on__lte=localdate())
    return agreed.filter(responsibility__person=OuterRef(person))


def _next_organiser(meeting: Meeting) -> Person | None:
    """Who is named for questions when the one who arranged it has left."""
    held = Responsibility.objects.current().holders().lasting().filter(region=meeting.region_id)
    there = [one.person for one in held.filter(person__is_active=True).select_related("person").order_by("pk")]
    return next(iter(there or kaikukeskus()), None)


def _standing() -> QuerySet[Any]:
    """The people invited to the meetings that have not begun. `office`: one of the region or of Kaikukeskus today;
    `gone`: so called, and no longer, nor known there as a contact person. What waits to be handed over today is
    carried out first."""
    person, region, everywhere = OuterRef("person"), OuterRef("meeting__region"), Q(meeting__region=None)
    held = Responsibility.objects.current().filter(person=person)
    waiting = _waiting("person")
    contact = Exists(Partner.objects.alive().filter(contact=person, region=region))
    here = Q(Exists(held.filter(region=region))) | (everywhere & Q(Exists(held.exclude(side=Side.GROUP))))
    active = Q(person__is_active=True)
    office = active & (Q(person__is_kaikukeskus=True) | here)
    gone = ~active | (Q(of_office=True) & ~office & ~Q(contact))
    ahead = Q(meeting__starts_at=None) | Q(meeting__starts_at__gt=now())
    rows = Invitee.objects.filter(ahead, meeting__state__in=Meeting.UPCOMING, uninvited_at=None, person__isnull=False)
    return rows.annotate(
        office=ExpressionWrapper(office, BooleanField()),
        gone=ExpressionWrapper(gone & ~Q(Exists(waiting)), BooleanField()),
        waits=Exists(waiting),
    )


def _recounted(meeting: Meeting) -> dict[Invitee, set[int]]:
    """Of the national meeting those who are called for other regions than before: without those that they no longer
    answer for, and with those of which they have become the responsible person."""
    if meeting.region_id:
        return {}
    rows = list(_standing().filter(meeting=meeting, office=True, waits=False).prefetch_related("regions"))
    held, own = defaultdict(set), defaultdict(set)
    given = Responsibility.objects.current().filter(person__in=[one.person_id for one in rows])
    for person, region, substitute in given.exclude(side=Side.GROUP).values_list("person", "region", "substitute"):
        held[person].add(region)
        if not substitute:
            own[person].add(region)
    found = {}
    for one in rows:
        was = {region.pk for region in one.regions.all()}
        regions = (was & held[one.person_id]) | own[one.person_id]
        if regions != was:
            found[one] = regions
    return found
