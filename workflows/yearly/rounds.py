"""By when does what comes round every year come round again? Counted from when it was last done.

R16 the national meeting: "Osallistuvat Kaikukeskuksen järjestämään valtakunnalliseen vastuuhenkilöiden
(etä)kokoukseen" (S3). R14 the local page: "Vastaavat … paikallisesta Kaikukortti-verkkosivusta ja sen pitämisestä ajan
tasalla" (S3). R21 the staff of each partner is inducted, new and old, at least once a year (W4).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from adoption.days import done_until, due_again
from adoption.ladders import NATIONAL
from adoption.marking import PROMISED
from adoption.models import Partner, Phase, Region, RegionMunicipality
from workflows.arranging.called import Awaited, national_for
from workflows.models import Trial, YearlyDone
from workflows.year import running

KINDS = tuple(map(str, YearlyDone.Kind.values))


# -- what a region itself says to be done ------------------------------------------------------------------------------


class Round(NamedTuple):
    """That a region is to do it again within twelve months of the day. Of the national meeting also the one to which
    the region is called."""

    region: Region
    kind: str
    last: date
    after: date  # it can have been done since this day: where a region was entered afterwards, before `last` too
    awaited: Awaited | None = None

    @property
    def due(self) -> date:
        """Nobody is late before the meeting to which one is called."""
        return max(self.by_the_year, self.awaited.on) if self.awaited else self.by_the_year

    @property
    def is_put_off(self) -> bool:
        """Whether the meeting to come is after the end of the twelve months."""
        return bool(self.awaited and self.awaited.is_to_come and self.awaited.on > self.by_the_year)

    @property
    def by_the_year(self) -> date:
        return due_again(self.last)


def lasting(regions: QuerySet[Region], kind: str) -> QuerySet[Any]:
    """Those of the regions in which the card is in lasting use, each with `last`: the day from which twelve months are
    counted. It is the day on which it was last done, and before the first time the one on which lasting use began, or
    on which a region was entered that had the card already."""
    here = OuterRef("pk")
    since = RegionMunicipality.objects.filter(region=here, phase=Phase.LASTING).order_by("phase_since")
    entered = Trial.objects.filter(region=here, had_ended=True).exclude(entered_on=None).order_by("entered_on")
    done = YearlyDone.objects.filter(region=here, kind=kind).order_by("-on")
    found = regions.annotate(
        since=Subquery(since.values("phase_since")[:1]),
        entered=Subquery(entered.values("entered_on")[:1]),
        done=Subquery(done.values("on")[:1]),
    ).filter(since__isnull=False)
    begun = Greatest("since", Coalesce("entered", "since"))
    return found.annotate(last=Coalesce("done", begun), after=Coalesce("done", "since"))


def rounds(regions: QuerySet[Region], kind: str, until: date) -> list[Round]:
    """What is to be done again by then, in the order of the regions' keys."""
    found = lasting(regions, kind).filter(last__lte=done_until(until)).order_by("pk")
    return [one for one in _rounds(list(found), kind) if one.due <= until]


def round_of(region: Region, kind: str) -> Round | None:
    """When the region does it next; nothing where the card is not in lasting use."""
    return next(iter(_rounds(list(lasting(Region.objects.filter(pk=region.pk), kind)), kind)), None)


def _rounds(found: list[Any], kind: str) -> list[Round]:
    """Of regions that were read with their last day."""
    awaited = national_for(region.pk for region in found) if found and kind == NATIONAL.kind else {}
    return [Round(region, kind, region.last, region.after, awaited.get(region.pk)) for region in found]


# -- the staff of the partners -----------------------------------------------------------------------------------------


class Inductions(NamedTuple):
    """Partners of a role whose staff is to be inducted again by the same day, twelve months after the last time."""

    region: Region
    role: str
    due: date
    partners: list[Partner]

    @property
    def last(self) -> date:
        """The latest of the days on which it was inducted."""
        return max(partner.induction_on for partner in self.partners if partner.induction_on)

    @property
    def side(self) -> str:
        """The side that sees to it (R3)."""
        return self.partners[0].side


def inductions(partners: QuerySet[Partner], until: date) -> list[Inductions]:
    """Of these partners those whose staff is to be inducted again by then, where the card runs; with their
    municipalities."""
    in_use = running(Region.objects.all()).order_by().values("pk")
    found = partners.filter(state__in=PROMISED, induction_on__lte=done_until(until), region__in=in_use)
    rows = found.select_related("region", "organisation").prefetch_related("municipalities")
    return _grouped(rows.order_by("region", "role", "induction_on", "pk"))


def _grouped(partners: Iterable[Partner]) -> list[Inductions]:
    found: dict[tuple[Region, str, date], list[Partner]] = defaultdict(list)
    for partner in partners:
        assert partner.induction_on
        found[partner.region, partner.role, due_again(partner.induction_on)].append(partner)
    return [Inductions(*key, rows) for key, rows in found.items()]


def last_inductions(regions: Iterable[int]) -> list[tuple[int, str, date]]:
    """Region, role and day of the partners' last inductions, the newest first."""
    rows = Partner.objects.filter(region__in=regions, state__in=PROMISED, induction_on__isnull=False)
    found = rows.order_by("-induction_on").values_list("region", "role", "induction_on").distinct()
    return [(region, role, on) for region, role, on in found if on]
