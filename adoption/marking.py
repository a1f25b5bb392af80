"""How are accounts and inductions of many partners marked at once, and when are inductions due again?"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.access import acting
from adoption.days import done_until, due_again
from adoption.history import locked
from adoption.models import Partner, Person, Region
from adoption.partners import record_account, record_induction
from adoption.refusal import Left, NotYours, Refused
from adoption.templatetags.kaiku import day

SOON = timedelta(days=30)  # the time in which an induction is arranged
PROMISED = (Partner.State.COMMITTED, Partner.State.ACTIVE)
LACKS_ACCOUNT = Q(state=Partner.State.COMMITTED, account_on=None) & ~Q(committed_model="2023")
LACKS_INDUCTION = Q(state=Partner.State.COMMITTED, induction_on=None)


class What(models.TextChoices):
    """What is marked."""

    ACCOUNT = "account", gettext_lazy("Kaikukanta account made")
    INDUCTION = "induction", gettext_lazy("Induction held")


# -- the year: R21, the partners induct new and old staff at least once a year -----------------------------------------


def induction_due() -> Q:
    """For partners that take part: the yearly induction of their staff is due within a month, or late."""
    return Q(state__in=PROMISED, induction_on__lte=done_until(localdate() + SOON))


def next_induction(partner: Partner) -> date | None:
    """The day by which the staff is inducted again; nothing before the first time, and for who does not take part."""
    if partner.induction_on is None or partner.state not in PROMISED:
        return None
    return due_again(partner.induction_on)


class Again(NamedTuple):
    """By when a partner's staff is inducted again."""

    by: date

    @property
    def is_late(self) -> bool:
        return self.by < localdate()


def again_soon(partner: Partner) -> Again | None:
    """What every page says of the yearly induction: by when it is held again, once that is a month ahead or past."""
    by = next_induction(partner)
    return Again(by) if by and by <= localdate() + SOON else None


# -- marking ----------------------------------------------------------------------------------------------------------


class Marked(NamedTuple):
    """How many were marked now, how many had the same mark before, and those that were left."""

    now: int
    before: int
    left: list[Left]


def mark(
    region: Region, by: Person, partners: Iterable[Partner], what: str, on: date, manner: str = "",
    persons: int | None = None,
) -> Marked:  # fmt: skip
    """Each of these partners has its account, or its induction, of the day; all in one transaction.

    One that cannot be marked is left and named; the others are marked. The same again changes nothing. Raises Refused
    when none can, and NotYours for one who may act for none of them.
    """
    with transaction.atomic():
        region = locked(region.pk)
        acting(by, region)
        keys = [partner.pk for partner in partners]
        found = Partner.objects.filter(region=region, pk__in=keys).select_related("organisation", "region")
        details: dict[str, Any] = {"manner": manner, "persons": persons} if what == What.INDUCTION else {}
        marked = mark_each([(partner, on) for partner in found.order_by("pk")], by, what, **details)
        if not marked.now and not marked.before:
            raise _of_all(marked.left)
    return marked


def mark_each(rows: Iterable[tuple[Partner, date]], person: Person, what: str, **details: Any) -> Marked:
    """The same for rows with a day each, by the person, within a transaction that has locked their regions."""
    now, before, left = 0, 0, []
    for partner, on in rows:
        try:
            if marked := _mark_one(partner, person, what, on, details):
                now += marked
            else:
                before += 1
        except Refused as refusal:
            left.append(Left(str(partner), refusal))
    return Marked(now, before, left)


@transaction.atomic
def _mark_one(partner: Partner, by: Person, what: str, on: date, details: dict[str, Any]) -> bool:
    """Whether it is marked by this; False when it had the same mark."""
    partner = Partner.objects.select_related("organisation", "region").get(pk=partner.pk)
    if wrong := why_not(partner, what, on):
        raise Refused([wrong])
    if what == What.ACCOUNT:
        same = partner.account_on == on
        record_account(partner, by, on)
    else:
        same = partner.induction_on == on
        record_induction(partner, by, on, **details)
    return not same


def why_not(partner: Partner, what: str, on: date) -> str:
    """Why the partner cannot be marked together with others; empty when it can."""
    if partner.state in (Partner.State.DECLINED, Partner.State.ENDED):
        return _("it is not taking part")
    had, before = getattr(partner, f"{what}_on"), getattr(partner, f"{what}_before")
    if had is None or (had == on and not before):
        return ""
    if what == What.ACCOUNT:
        said = (
            _("it has an account, made before %(day)s; the day is corrected on its own page")
            if before
            else _("it has an account, made %(day)s; another day is written on its own page")
        )
        return said % {"day": day(had)}
    if on <= had:
        return _("its staff was inducted later, %(day)s") % {"day": day(had)}
    return ""


def _of_all(left: list[Left]) -> Refused:
    """The refusal of all at once."""
    if not left:
        return Refused([_("Choose at least one partner.")])
    if all(isinstance(one.refusal, NotYours) for one in left):
        return NotYours()
    return Refused([str(one) for one in left])
