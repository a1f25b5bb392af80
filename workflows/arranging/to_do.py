"""What is there to do about the meetings of a person's regions: a time to fix, or to say who came?"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Min, Q, QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.arranging.models import Meeting

State = Meeting.State


class ToDo(NamedTuple):
    """One meeting, what is to be done with it, and by when."""

    meeting: Meeting
    what: str
    act: str
    due: date


def to_do(regions: Iterable[int] | QuerySet) -> list[ToDo]:
    """The meetings of these regions whose time is to be fixed, or which have begun and nobody has said who came."""
    return to_do_among(Meeting.objects.filter(region__in=regions))


def to_do_among(meetings: QuerySet[Meeting]) -> list[ToDo]:
    """The same of these meetings."""
    found = meetings.filter(state__in=Meeting.UPCOMING).exclude(starts_at__gt=now())
    standing = Q(invitees__uninvited_at=None)
    rows = found.select_related("region").annotate(
        invited=Count("invitees", standing, distinct=True),
        answered=Count("invitees", standing & ~Q(invitees__answered_at=None), distinct=True),
        first=Min("times__starts_at"),
    )
    return [_to_do(one) for one in rows.order_by("pk")]


def _to_do(one: Meeting) -> ToDo:
    if one.starts_at:
        return ToDo(one, _("Say who came: %(title)s") % {"title": one.title}, _("Record"), localdate(one.starts_at))
    facts = {"title": one.title, "answered": getattr(one, "answered", 0), "all": getattr(one, "invited", 0)}
    what = _("Fix the time: %(title)s (%(answered)s of %(all)s have answered)") % facts
    first = getattr(one, "first", None) or one.made_at
    return ToDo(one, what, pgettext("verb", "Open"), localdate(first))


def feedback_fixed(regions: Iterable[int]) -> dict[int, Meeting]:
    """Region → its feedback meeting that is fixed: to come, or held and still to be recorded."""
    fixed = Meeting.objects.filter(region__in=regions, kind=Meeting.Kind.FEEDBACK, state=State.FIXED)
    return {one.region_id or 0: one for one in fixed.select_related("region").order_by("-starts_at")}


def is_too_late(fixed: Meeting, due: date) -> bool:
    """Whether the meeting is to come, and after the day by which it is to be held."""
    return bool(fixed.starts_at and fixed.starts_at > now() and localdate(fixed.starts_at) > due)


def ahead_in(regions: Iterable[int]) -> list[Meeting]:
    """The meetings of these regions that are fixed and still to come, the nearest first."""
    found = Meeting.objects.filter(region__in=regions, state=State.FIXED, starts_at__gt=now())
    return list(found.select_related("region").order_by("starts_at"))
