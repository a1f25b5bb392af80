"""Which accounts are to be made in Kaikukanta, and which of a list that comes back have been made?"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.access import acting, may_act_for, only_kaikukeskus, regions_of
from adoption.alphabet import by_name, plain
from adoption.columns import heading
from adoption.fields import Day
from adoption.history import locked
from adoption.marking import LACKS_ACCOUNT, Marked, What, mark_each, why_not
from adoption.models import Partner, Person, Region
from adoption.refusal import Left, Refused
from adoption.rows import FAULTS
from adoption.sheets import safe
from adoption.tables import Cell, Line, Table

COLUMNS = (
    "key", "organisation", "unit", "business_id", "role", "municipalities", "contact_name", "contact_email",
    "contact_phone", "contact_language", "account_on",
)  # fmt: skip
KEPT = ("key", "organisation", "unit", "account_on")  # what of a list goes from the preview to the confirmation


# -- out --------------------------------------------------------------------------------------------------------------


def to_make(region: Region | None) -> QuerySet[Partner]:
    """The partners whose account is to be made, of one region or of all."""
    found = Partner.objects.filter(LACKS_ACCOUNT).select_related("organisation", "region", "contact")
    found = found.filter(region=region) if region else found
    return found.prefetch_related("municipalities").order_by("region__slug", "role", "organisation__name", "unit", "pk")


def accounts_table(region: Region | None) -> Iterator[list[object]]:
    """The headings, then a row for each account to be made, with an empty cell for the day; over all regions also the
    name of the region."""
    yield [*(heading(column) for column in COLUMNS), *([] if region else [_("Region")])]
    for partner in to_make(region).iterator(chunk_size=500):
        yield [*_cells(partner), *([] if region else [partner.region.name])]


def _cells(partner: Partner) -> list[object]:
    person = partner.contact
    towns = ", ".join(str(one) for one in by_name(partner.municipalities.all()))
    contact = [person.name, person.email, person.phone, person.get_language_display()] if person else [""] * 4
    owner = partner.organisation
    return [partner.pk, owner.name, partner.unit, owner.business_id, partner.get_role_display(), towns, *contact, None]


# -- back in ----------------------------------------------------------------------------------------------------------


class Outcome(models.TextChoices):
    """What would become of a row."""

    MARK = "mark", gettext_lazy("is marked")
    SAME = "same", gettext_lazy("marked already")
    NONE = "none", gettext_lazy("no day: not made yet")
    REFUSE = "refuse", gettext_lazy("refused")


class AccountRow(NamedTuple):
    """A row of the list that came back: whose account, made when, what would become of it, and why not."""

    number: int
    said: dict[str, str]
    outcome: Outcome
    why: str = ""
    partner: Partner | None = None
    on: date | None = None

    @property
    def name(self) -> str:
        return ", ".join(text for text in (self.said.get("organisation"), self.said.get("unit")) if text)


def plan(table: Table, person: Person, region: Region | None = None) -> list[AccountRow]:
    """What would become of each row, for this person. Rows are known by our number, with the name as a check."""
    if "key" not in table.columns:
        said = _("The list has no column “%(column)s”: bring back the list that was downloaded here.")
        raise Refused([said % {"column": heading("key")}])
    lines = list(table.lines)
    keys = {key for line in lines if (key := _key(line))}
    found = Partner.objects.filter(region__in=Region.objects.filter(pk=region.pk) if region else regions_of(person))
    found = found.filter(pk__in=keys).select_related("organisation", "region").prefetch_related("municipalities")
    partners = {partner.pk: partner for partner in found}
    planner = _Planner(partners, _served(person, {partner.region for partner in partners.values()}))
    return [planner.row(line) for line in lines]


def _key(line: Line) -> int | None:
    text = line.cells.get("key", Cell()).text.removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _served(by: Person, regions: Iterable[Region]) -> dict[int, set[int]]:
    """Region → the municipalities for which the person may act."""
    return {region.pk: set(may_act_for(by, region).values_list("pk", flat=True)) for region in regions}


class _Planner:
    """Rows one after another: one partner stands in a list once."""

    def __init__(self, partners: dict[int, Partner], served: dict[int, set[int]]) -> None:
        self.partners, self.served, self.met = partners, served, set[int]()

    def row(self, line: Line) -> AccountRow:
        said = {column: cell.text for column, cell in line.cells.items() if column in KEPT}
        partner = self.partners.get(_key(line) or 0)
        on, why = _day_of(line)
        why = self._why(line, said, partner) or why
        if why or partner is None:
            return AccountRow(line.number, said, Outcome.REFUSE, why, partner)
        if on is None:
            return AccountRow(line.number, said, Outcome.NONE, "", partner)
        if why := why_not(partner, What.ACCOUNT, on):
            return AccountRow(line.number, said, Outcome.REFUSE, why, partner, on)
        outcome = Outcome.SAME if partner.account_on == on else Outcome.MARK
        return AccountRow(line.number, said, outcome, "", partner, on)

    def _why(self, line: Line, said: dict[str, str], partner: Partner | None) -> str:
        fault = next((cell for column, cell in line.cells.items() if column in KEPT and cell.fault), None)
        if fault:
            return str(FAULTS[fault.fault]) % {"length": fault.length}
        if partner is None:
            return _("not found: there is no partner with this number here")
        if plain(said.get("organisation", "")) != plain(partner.organisation.name) or (
            "unit" in said and plain(said["unit"]) != plain(partner.unit)
        ):
            return _("the number is that of %(partner)s: the name does not agree") % {"partner": partner}
        if partner.pk in self.met:
            return _("it stands in the list twice")
        self.met.add(partner.pk)
        if not {town.pk for town in partner.municipalities.all()} & self.served[partner.region_id]:
            return _("it belongs to others: somebody of its own municipality marks it")
        return ""


def _day_of(line: Line) -> tuple[date | None, str]:
    """The day of the row, and what is wrong with it."""
    text = line.cells.get("account_on", Cell()).text
    try:
        on = Day(required=False).clean(text)
    except ValidationError as error:
        return None, " ".join(error.messages)
    if on and on > localdate():
        return None, _("the day is still to come")
    return on, ""


def as_text(rows: Iterable[AccountRow]) -> str:
    """The list as it is sent from the preview to the confirmation, which reads it anew."""
    lines = [[heading(column) for column in KEPT]]
    lines += [[safe(row.said.get(column, "")) for column in KEPT] for row in rows]
    written = StringIO()
    csv.writer(written, delimiter="\t").writerows([" ".join(cell.split()) for cell in line] for line in lines)
    return written.getvalue()


@transaction.atomic
def take(table: Table, by: Person, region: Region | None = None) -> Marked:
    """The accounts of the list are marked, in one transaction; a row that cannot be is left and named, and the same
    list again changes nothing. Raises NotYours for who may not act, and Refused where no row has a day."""
    if region is None:
        only_kaikukeskus(by)
    lines = list(table.lines)
    rows = plan(Table(iter(lines), table.columns, table.not_read), by, region)
    for pk in sorted({row.partner.region_id for row in rows if row.partner} | ({region.pk} if region else set())):
        locked(pk)
    if region:
        acting(by, region)
    rows = plan(Table(iter(lines), table.columns, table.not_read), by, region)  # anew, under the locks
    marked = mark_each(
        [(row.partner, row.on) for row in rows if row.partner and row.on and not row.why], by, What.ACCOUNT
    )
    left = [Left(row.name or str(row.number), Refused([row.why])) for row in rows if row.outcome == Outcome.REFUSE]
    if not (marked.now or marked.before):
        raise Refused([str(one) for one in left] or [_("No row has a day: there is nothing to mark.")])
    return marked._replace(left=[*marked.left, *left])
