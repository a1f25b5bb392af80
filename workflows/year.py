"""What does the year bring round? The feedback meeting that is due every twelve months."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Max, Min, Q
from django.db.models.functions import Coalesce

from adoption.days import a_year_after
from adoption.ladders import MEETING_SOON
from workflows.models import FeedbackMeeting, Trial
from workflows.trial import WITHDRAWN

# -- when the meeting is due: R8, "Järjestävät palautekokouksen (vähintään kerran vuodessa)" (S3) ------------------


def next_feedback_due(region_ids: Iterable[int]) -> dict[int, date]:
    """Region → the day by which its next feedback meeting is held: twelve months after the start of distribution, or
    after the last meeting. Of a region that was entered in lasting use, and of which no meeting is known, twelve months
    after the entry. A region of which no start is known, or whose trial was stopped, is absent."""
    regions = list(region_ids)
    begun = Trial.objects.filter(Q(started_on__isnull=False) | Q(had_ended=True), region__in=regions).order_by()
    begun = begun.exclude(decided__in=("stop", WITHDRAWN)).annotate(begins=Coalesce("started_on", "entered_on"))
    starts = begun.values_list("region").annotate(
        first=Min("begins"), entered=Max("entered_on", filter=Q(had_ended=True))
    )
    held = FeedbackMeeting.objects.filter(region__in=regions).order_by()
    last = dict(held.values_list("region").annotate(Max("held_on")))
    return {region: a_year_after(_counts_from(start, last.get(region), entered)) for region, start, entered in starts}


def _counts_from(start: date, last: date | None, entered: date | None) -> date:
    """The meeting that is known last counts; before the first one the start, or the entry of a region in use."""
    if last and entered:
        return last
    return max(start, last or entered or start)


def stage_of(due: date, today: date) -> str:
    """ "due" from 30 days before the day, "late" after it, nothing before."""
    if today > due:
        return "late"
    return "due" if today >= due - MEETING_SOON else ""
