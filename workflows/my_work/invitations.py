"""Which meetings are a person's own: what to answer, what Kaikukeskus arranges, and which are to come?"""

from typing import NamedTuple

from django.db.models import Exists, Min, OuterRef, Q
from django.utils.text import capfirst
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from adoption.access import KAIKUKESKUS, regions_of
from adoption.models import Person
from workflows.arranging.links import path_for
from workflows.arranging.models import Invitee, Meeting
from workflows.arranging.to_do import to_do_among
from workflows.tasks import BOTH, Item

State = Meeting.State


def to_answer(person: Person) -> list[Item]:
    """The meetings to which the person is invited and has not said which of the times suit. Who arranges a meeting has
    proposed them."""
    found = Invitee.objects.filter(person=person, uninvited_at=None, answered_at=None)
    found = found.filter(meeting__state=State.PROPOSED, meeting__times__starts_at__gt=now())
    found = found.exclude(meeting__organiser=person).annotate(first=Min("meeting__times__starts_at"))
    return [_to_answer(one) for one in found.select_related("person", "meeting__region").order_by("pk")]


def _to_answer(one: Invitee) -> Item:
    return Item(
        what=_("Say which times suit you: %(title)s") % {"title": one.meeting.title},
        where=where_of(one.meeting),
        href=path_for(one),
        act=pgettext("verb", "Answer"),
        due=localdate(getattr(one, "first", None)),
        mine=True,
        key=f"invited-{one.pk}",
        stand=str(one.meeting.sequence),
        region=one.meeting.region,
        exact=True,
    )


def where_of(meeting: Meeting) -> str:
    return str(meeting.region) if meeting.region else capfirst(str(meeting.get_kind_display()))


def to_arrange(person: Person) -> list[Item]:
    """What there is to do about the national meetings, which are Kaikukeskus's, and those that the person arranges for
    a region: for one who works at Kaikukeskus."""
    found = to_do_among(Meeting.objects.filter(Q(region=None) | Q(organiser=person)))
    return [
        Item(
            one.what, where_of(one.meeting), one.meeting.get_absolute_url(), one.act, one.due,
            sides=frozenset([KAIKUKESKUS]) | (BOTH if one.meeting.region else frozenset()), mine=True,
            key=f"arranged-{one.meeting.pk}", region=one.meeting.region, exact=True,
        )
        for one in found
    ]  # fmt: skip


class Ahead(NamedTuple):
    """A meeting that is to come, and the page of it that the person may read."""

    meeting: Meeting
    href: str

    @property
    def where(self) -> str:
        """The region, and the place if it is known."""
        return " · ".join(text for text in (where_of(self.meeting), self.meeting.place) if text)


def ahead_of(person: Person) -> list[Ahead]:
    """The meetings with a fixed time to which the person is invited, the nearest first."""
    found = Invitee.objects.filter(person=person, uninvited_at=None)
    found = found.filter(meeting__state=State.FIXED, meeting__starts_at__gt=now())
    reads = regions_of(person).filter(pk=OuterRef("meeting__region"))
    rows = found.annotate(reads=Exists(reads)).select_related("person", "meeting__region")
    return [_ahead(one, person) for one in rows.order_by("meeting__starts_at", "pk")]


def _ahead(one: Invitee, person: Person) -> Ahead:
    reads = person.is_kaikukeskus or getattr(one, "reads", False)
    return Ahead(one.meeting, one.meeting.get_absolute_url() if reads else path_for(one))
