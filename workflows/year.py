"""What does the year bring round? The feedback meeting that is due every twelve months."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, F, Max, Min, Q, QuerySet, When
from django.db.models.functions import Coalesce, Greatest

from adoption.days import due_again
from adoption.ladders import MEETING_SOON
from adoption.models import Region
from workflows.trial import WITHDRAWN

# -- when the meeting is due: R8, "Järjestävät palautekokouksen (vähintään kerran vuodessa)" (S3) ------------------


def running(regions: QuerySet[Region]) -> QuerySet[Any]:
    """Those of the regions in which the card runs, each with `last`: the day from which twelve months are counted.

    It is the last meeting, and before the first one the start of distribution, or the day on which a region was entered
    that had the card already.
    """
    counts = ~Q(trials__decided__in=("stop", WITHDRAWN))
    in_use = Q(trials__had_ended=True) & counts
    found = regions.annotate(
        begun=Min(
            Coalesce("trials__started_on", "trials__entered_on"),
            filter=(Q(trials__started_on__isnull=False) & counts) | in_use,
        ),
        entered=Max("trials__entered_on", filter=in_use),
        held=Max("meetings__held_on"),
    ).filter(begun__isnull=False)
    known = When(held__isnull=False, entered__isnull=False, then=F("held"))
    return found.annotate(last=Case(known, default=Greatest("begun", Coalesce("held", "entered", "begun"))))


def next_feedback_due(region_ids: Iterable[int]) -> dict[int, date]:
    """Region → the day by which its next feedback meeting is held. A region in which the card does not run, or of which
    no start is known, is absent."""
    found = running(Region.objects.filter(pk__in=list(region_ids))).order_by()
    return {pk: due_again(last) for pk, last in found.values_list("pk", "last")}


def stage_of(due: date, today: date) -> str:
    """ "due" from 30 days before the day, "late" after it, nothing before."""
    if today > due:
        return "late"
    return "due" if today >= due - MEETING_SOON else ""
