"""Whose is a meeting to read, and to write of? The door of its agenda, its minutes and its survey."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from adoption.access import may_act, regions_of
from adoption.models import Person
from workflows.arranging.models import Meeting


def meetings_of(person: Person) -> QuerySet[Meeting]:
    """The meetings of the regions that the person reads, and the national ones to which one is invited; Kaikukeskus
    reads all."""
    meetings = Meeting.objects.select_related("region", "organiser", "recorded")
    if person.is_kaikukeskus:
        return meetings
    invited = Q(region=None, invitees__person=person, invitees__uninvited_at=None)
    return meetings.filter(Q(region__in=regions_of(person)) | Q(pk__in=Meeting.objects.filter(invited)))


def meeting_or_404(person: Person, slug: str, pk: int) -> Meeting:
    """The meeting of the region, if the person may read it; with no slug a national one."""
    found = meetings_of(person)
    found = found.filter(region__slug=slug) if slug else found.filter(region=None)
    return get_object_or_404(found, pk=pk)


def above(person: Person, meeting: Meeting) -> Meeting | None:
    """The meeting's own page, to lead back to; of a national one only Kaikukeskus has it."""
    return meeting if meeting.region or person.is_kaikukeskus else None


def may_write(person: Person, meeting: Meeting) -> bool:
    """Whether the person may write of the meeting: who acts in its region, of a national one Kaikukeskus."""
    return may_act(person, meeting.region) if meeting.region else person.is_kaikukeskus
