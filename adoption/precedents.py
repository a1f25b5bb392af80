"""Which organisations like this one has Kaikukeskus cleared or declined before, and why?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.access import KAIKUKESKUS
from adoption.models import Act, Partner

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 5
DECISIONS = ("clearance_given", "partner_declined")
EARLIER = "partner_taken_over"  # recorded here afterwards: what Kaikukeskus had cleared before the entry
SAME, ALIKE, KIND = range(3)
WHY: "dict[int, StrOrPromise]" = {
    SAME: _("the same organisation"),
    ALIKE: _("a name alike"),
    KIND: _("the same kind"),
}
SHORTEST = 6  # letters of a word that says something of what an organisation is
# Words that many organisations have in their names, whatever they do.
COMMON = {
    "yhdistys", "hyvinvointialue", "välfärdsområde", "välfärdsområdet", "kaupunki", "kaupungin", "kunnan", "palvelut",
    "förening", "föreningen", "suomen", "finlands", "foundation", "association",
}  # fmt: skip


@dataclass(frozen=True)
class Before:
    """A decision about another one: which, why it stands here, whether it was cleared, when, what was said, and
    whether that was before it was entered here, on a day that may not be known."""

    partner: Partner
    why: "StrOrPromise"
    cleared: bool
    on: date | None
    reason: str
    earlier: bool


def similar_to(partner: Partner) -> list[Before]:
    """At most five others, in two queries: the same organisation's first, then like names, then the same kind; of
    each the newest first."""
    decisions = Q(what__in=DECISIONS, side=KAIKUKESKUS) | Q(what=EARLIER, data__clears=True)
    decided = Act.objects.filter(decisions, about_kind="partner")
    newest = decided.filter(about_id=Cast(OuterRef("pk"), CharField())).order_by("-at", "-pk")
    same, alike = _same(partner), _alike(partner)
    others = Partner.objects.filter(same | alike | Q(kind=partner.kind), role=partner.role).exclude(pk=partner.pk)
    rank = Case(When(same, Value(SAME)), When(alike, Value(ALIKE)), default=Value(KIND), output_field=IntegerField())
    found = others.annotate(act=Subquery(newest.values("pk")[:1]), at=Subquery(newest.values("at")[:1]), rank=rank)
    found = found.filter(act__isnull=False).select_related("organisation", "region").order_by("rank", "-at", "pk")
    return _told(list(found[:MOST]))


def _told(found: list[Any]) -> list[Before]:
    acts = Act.objects.in_bulk([one.act for one in found])
    return [_before(one, acts[one.act], one.rank) for one in found]


def _before(partner: Partner, act: Act, rank: int) -> Before:
    if act.what == EARLIER:
        day = act.data["cleared"]
        return Before(partner, WHY[rank], True, date.fromisoformat(day) if day else None, "", True)
    return Before(partner, WHY[rank], act.what == "clearance_given", localdate(act.at), act.reason, False)


def cleared_earlier(acts: Iterable[Act]) -> bool:
    """Whether the newest clearance among these acts of one partner, the newest first, was given before its entry."""
    newest = (act.what for act in acts if act.what == "clearance_given" or act.data.get("clears"))
    return next(newest, "") == EARLIER


def _same(partner: Partner) -> Q:
    return Q(organisation=partner.organisation_id)


def _alike(partner: Partner) -> Q:
    """A telling word of the one's name, or of its unit's, stands in the other's."""
    found = Q(pk__in=[])
    for word in telling_words(f"{partner.organisation.name} {partner.unit}"):
        for written in {word, word.lower(), word.capitalize()}:  # SQLite knows no case beyond a to z
            found |= Q(organisation__name__contains=written) | Q(unit__contains=written)
    return found


def telling_words(name: str) -> list[str]:
    """The words of a name that may say what the organisation is, the longest first, three at most."""
    words = {word for word in re.findall(r"\w+", name) if len(word) >= SHORTEST and word.casefold() not in COMMON}
    return sorted(words, key=lambda word: (-len(word), word))[:3]
