"""To which meetings that are to come are a region's people called, or a person, and on which days do they stand?"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import F, Max, Q, QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from adoption.models import Person, Region
from adoption.templatetags.kaiku import moment, weekday_day
from workflows.arranging.models import Invitee, Meeting
from workflows.day_events import Event

State = Meeting.State
CALLED = Q(invitees__uninvited_at=None)


# -- in a year, and in calendars that follow -------------------------------------------------------------------------


def meetings_of(region: Region) -> list[Meeting]:
    """The region's meetings, and the national ones to come to which somebody is called for the region. A feedback
    meeting that was recorded stands in the record."""
    national = Q(region=None, invitees__regions=region, state__in=Meeting.UPCOMING) & CALLED
    found = Meeting.objects.filter(Q(region=region) | national, recorded=None).exclude(state=State.CANCELLED)
    return _whole(found.distinct().order_by("pk"))


def to_come_for(person: Person) -> list[Meeting]:
    """The meetings to come, of any region, to which the person is called, or which the person arranges."""
    called = Invitee.objects.filter(person=person, uninvited_at=None).values("meeting")
    found = Meeting.objects.filter(Q(pk__in=called) | Q(organiser=person), state__in=Meeting.UPCOMING)
    return _whole(found.exclude(starts_at__date__lt=localdate()).select_related("region").order_by("pk"))


def meetings_for(person: Person, regions: Iterable[int]) -> QuerySet[Meeting]:
    """The meetings to come of these regions that the person arranges or is called to, and the national ones to which
    the person is called for one of them."""
    regions = list(regions)
    called = Invitee.objects.filter(person=person, uninvited_at=None)
    national = Q(region=None, pk__in=called.filter(regions__in=regions).values("meeting"))
    own = Q(region__in=regions) & (Q(organiser=person) | Q(pk__in=called.values("meeting")))
    return Meeting.objects.filter(own | national, state__in=Meeting.UPCOMING)


def by_region(person: Person, regions: Iterable[int]) -> list[tuple[int, Meeting]]:
    """Region and meeting, for each of `meetings_for`, the nearest first; of a national one each region that the person
    is called for."""
    regions = list(regions)
    found = meetings_for(person, regions).select_related("region").order_by(F("starts_at").asc(nulls_last=True), "pk")
    called = Invitee.objects.filter(person=person, uninvited_at=None, meeting__region=None, regions__in=regions)
    national: dict[int, list[int]] = {}
    for meeting, region in called.values_list("meeting", "regions"):
        national.setdefault(meeting, []).append(region)
    return [(region, one) for one in found for region in ([one.region_id] if one.region_id else national[one.pk])]


def _whole(found: QuerySet[Meeting]) -> list[Meeting]:
    return list(found.select_related("organiser", "region").prefetch_related("times"))


def days_of(meeting: Meeting) -> list[date]:
    """The day on which it is, or, until its time is fixed, those on which it might be."""
    if meeting.starts_at:
        return [localdate(meeting.starts_at)]
    return sorted({localdate(one.starts_at) for one in meeting.times.all() if one.starts_at > now()})


def events_of(meeting: Meeting, path: str) -> list[Event]:
    """The meeting as a calendar that follows shows it: the same event as in its invitation, or, until its time is
    fixed, one for each time that is proposed."""
    name, told = f"meeting-{meeting.pk}", "\n\n".join(text for text in (meeting.message, meeting.link) if text)
    if meeting.starts_at:
        times, maybe = [(name, meeting.starts_at)], False
    else:
        times, maybe = [(f"{name}-time-{one.pk}", one.starts_at) for one in meeting.times.all()], True
    title = proposed(meeting) if maybe else meeting.title
    return [
        Event(own, meeting.sequence, localdate(at), title, told, path, at, meeting.length, maybe, meeting.place)
        for own, at in times
    ]


def proposed(meeting: Meeting) -> str:
    """What a time is called that is only proposed."""
    return _("%(title)s: a proposed time") % {"title": meeting.title}


# -- the national meeting that a region waits for ---------------------------------------------------------------------


class Awaited(NamedTuple):
    """A national meeting to which a region is called: the day on which it is, or until which its time is open."""

    meeting: Meeting
    on: date

    @property
    def is_to_come(self) -> bool:
        return self.meeting.is_upcoming and self.on >= localdate()

    @property
    def said(self) -> str:
        """When and where it is, in a sentence or two."""
        where = self.meeting.place or self.meeting.link
        facts = {"title": self.meeting.title, "where": where}
        if self.meeting.starts_at is None:
            text = _("Times are proposed for Kaikukeskus's meeting “%(title)s”; the last of them is on %(when)s.")
            return text % (facts | {"when": weekday_day(self.on)})
        facts["when"] = moment(self.meeting.starts_at)
        if where:
            return _("Kaikukeskus's meeting “%(title)s” is on %(when)s: %(where)s.") % facts
        return _("Kaikukeskus's meeting “%(title)s” is on %(when)s.") % facts


def national_for(regions: Iterable[int]) -> dict[int, Awaited]:
    """Region → the next national meeting to which it is called; without one to come, the last there was."""
    rows = Meeting.objects.filter(CALLED, region=None, invitees__regions__in=list(regions))
    rows = rows.exclude(state=State.CANCELLED).annotate(
        called=F("invitees__regions"), last_time=Max("times__starts_at")
    )
    found: dict[int, list[Awaited]] = {}
    for row in rows.order_by("pk"):
        at = row.starts_at or row.last_time
        found.setdefault(row.called, []).append(Awaited(row, localdate(at)))
    return {region: _next(some) for region, some in found.items()}


def _next(some: list[Awaited]) -> Awaited:
    to_come = [one for one in some if one.is_to_come]
    return min(to_come, key=_day) if to_come else max(some, key=_day)


def _day(one: Awaited) -> date:
    return one.on
