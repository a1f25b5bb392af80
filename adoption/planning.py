"""What would become of each row of a list of partners: new, changed, as before or refused? Nothing is written."""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from adoption.access import acting, may_act
from adoption.alphabet import plain
from adoption.columns import CHOICES, ON_PAPER, heading
from adoption.existing import UNCLEARED, Done, may_clear
from adoption.history import NOBODY, Acting
from adoption.known import Known
from adoption.models import Import, ImportRow, Municipality, Organisation, Partner, Person, Region
from adoption.partners import DETAILS, refuse_against_clearance, refuse_id_of_elsewhere, two_ids
from adoption.refusal import Refused
from adoption.regions import language_of_places
from adoption.rows import Given, Rows, kind_for, speaks_of
from adoption.tables import Line, Table

Outcome = ImportRow.Outcome
Manner = Import.Manner
TOGETHER = 500  # rows that are planned at once
GONE = (Partner.State.DECLINED, Partner.State.ENDED)
PROMISED = (Partner.State.COMMITTED, Partner.State.ACTIVE)


def left_out(table: Table, manner: str, met: Container[str]) -> list[str]:
    """The headings of what is not read of a list of this kind: of columns in which something stands though they belong
    to another kind, and of those that mean nothing here."""
    unread = {"key"} if manner == Manner.EXISTING else {"key", *ON_PAPER}
    return [text for column, text in table.headings.items() if column in unread and column in met] + table.not_read


class Planned(NamedTuple):
    """What would become of a row; `partner` and `organisation` are those that it would change or belong to, an
    organisation that it would make by a key below zero."""

    line: Line
    name: str
    outcome: str
    why: list[str]
    given: Given | None = None
    partner: Partner | None = None
    organisation: Organisation | None = None
    like: tuple[str, ...] = ()  # what of `why` says that it may stand here already

    @property
    def number(self) -> int:
        return self.line.number


class Planner:
    """Plans rows against a region as it is, and against the rows before them."""

    def __init__(self, region: Region, by: Person | None, manner: str = Manner.PARTNERS, role: str = "") -> None:
        """`by`: None for the command line, which may all. `role`: of rows that do not say it."""
        self.region, self.by, self.manner = region, by, manner
        self.who: Acting = acting(by, region) if by else NOBODY
        self.rows = Rows(region, role, needs_contact=manner != Manner.CANDIDATES, on_paper=manner == Manner.EXISTING)
        self.known = Known(region)
        self.brought: dict[int, Given] = {}  # row → what it says
        self.met: dict[int, int] = {}  # partner → the row that means it
        self.mine: dict[frozenset[int], bool] = {}

    def plan(self, lines: Iterable[Line]) -> Iterator[Planned]:
        """Each row in its order."""
        some: list[Line] = []
        for line in lines:
            some.append(line)
            if len(some) == TOGETHER:
                yield from self._together(some)
                some = []
        yield from self._together(some)

    def _together(self, lines: list[Line]) -> Iterator[Planned]:
        """What many rows ask of the database is read once for all of them."""
        read = [(line, *self.rows.read(line)) for line in lines]
        self.known.look_up([given for _line, given, _why in read if given])
        for line, given, why in read:
            name = given.name if given else self.rows.name_of(line)
            if why or given is None:
                yield Planned(line, name, Outcome.REFUSE, [*why, *self._besides(given, why)])
                continue
            try:
                yield self._planned(line, given)
            except Refused as refusal:
                yield Planned(line, name, Outcome.REFUSE, [str(reason) for reason in refusal.reasons], given)

    def _planned(self, line: Line, given: Given) -> Planned:
        self._refuse_foreign(given)
        self._refuse_nameless_unit(given)
        self.known.refuse_other_name(given)
        kept = self.known.partner_of(given)
        row = kept and (kept.row or self.met.get(kept.pk))
        if row:
            return self._again(line, given, row)
        planned = self._changed(line, given, self.known.partner(kept)) if kept else self._new(line, given)
        self.known.meet_contact(given)
        return planned

    def _refuse_foreign(self, given: Given) -> None:
        """Who answers for one municipality brings its partners in, and leaves the others' to those who do for them."""
        if not self._may_act_for(given.municipalities):
            said = _("%(names)s: this is brought in by those who are responsible there.")
            raise Refused([said % {"names": _text("municipalities", given.municipalities)}])

    def _refuse_others(self, partner: Partner) -> None:
        """The same of a partner that the row would change: it may act elsewhere than the row says."""
        towns = list(partner.municipalities.all())
        if not self._may_act_for(towns):
            facts = {"partner": partner, "names": _text("municipalities", towns)}
            said = _("%(partner)s is in the list already, in %(names)s: those who are responsible there change it.")
            raise Refused([said % facts])

    def _may_act_for(self, towns: list[Municipality]) -> bool:
        keys = frozenset(one.pk for one in towns)
        if self.by is not None and keys not in self.mine:
            self.mine[keys] = may_act(self.by, self.region, keys)
        return self.by is None or self.mine[keys]

    def _refuse_nameless_unit(self, given: Given) -> None:
        """A county has one business ID and tens of units: another name under a known ID is a unit's, which has its
        own column. Another county's or municipality's name is never one."""
        owner = self.known.organisations.get(given.business_id)
        if owner is None or (given.unit and not self.known.is_body(given)):
            return
        same_as = self.known.bodies.key
        if same_as(given.organisation) not in map(same_as, [owner.name, *owner.former_names.split("\n")]):
            said = _(
                "The business ID is that of %(name)s: give this name. A unit of it has a column of its own, “%(unit)s”."
            )
            raise Refused([said % {"name": owner.name, "unit": heading("unit")}])

    def _again(self, line: Line, given: Given, row: int) -> Planned:
        """The same partner stood on a row before."""
        if self.brought[row]._replace(organisation=given.organisation) == given:
            return Planned(line, given.name, Outcome.SAME, [_("The same as row %(number)s.") % {"number": row}])
        said = _("Row %(number)s is the same partner with other data: put all that belongs to it on one row.")
        raise Refused([said % {"number": row}])

    def _new(self, line: Line, given: Given) -> Planned:
        owner = self.known.organisation_of(given)
        if missing := self._missing(given, owner):
            raise Refused(missing)
        if self.manner == Manner.EXISTING and given.is_distributor:
            self._refuse_uncleared(given.name)
        if owner:
            self.known.refuse_twin(given, owner)
        like = self._like(given)
        brought = self._id_brought(given, owner)
        why = [self._said(given, owner), *brought, *self._notes(given, owner), *like]
        owner = owner or self.known.would_make(given, line.number)
        self.brought[line.number] = given
        self.known.add(given, owner, line.number)
        return Planned(line, given.name, Outcome.CREATE, why, given, None, owner, tuple(like))

    def _id_brought(self, given: Given, owner: Organisation | None) -> list[str]:
        """That the known organisation takes the row's business ID, which each row with it says. Raises Refused
        where it is another's, where another row brings another, and where it is Kaikukeskus's to correct."""
        is_brought = owner is not None and owner.pk in self.known.ids
        if owner is None or not given.business_id or (owner.business_id and not is_brought):
            return []
        if not is_brought:
            refuse_id_of_elsewhere(owner, self.region.pk, self.who)
        self.known.meet_id(owner, given.business_id)
        return [_("%(what)s: %(old)s → %(new)s") % _shown("business_id", "", given.business_id)]

    def _missing(self, given: Given, owner: Organisation | None) -> list[str]:
        """What a row of a new partner has to say besides."""
        found = []
        if not (owner or given.sector):
            found.append(_("%(column)s: say whether it is public, of the third sector or private.") % _of("sector"))
        if given.contact is None and self.rows.needs_contact:
            found.append(_("A contact person is missing: give name and e-mail address."))
        return found

    def _besides(self, given: Given | None, why: list[str]) -> list[str]:
        """What a row that is refused for something else lacks too, where it would be a new partner."""
        try:
            if given is None or self.known.partner_of(given):
                return []
            if not (given.role and given.towns) and self.known.has_owner(given):
                return []  # it may be one that is there
            owner = self.known.organisation_of(given)
        except Refused as refusal:
            return [str(reason) for reason in refusal.reasons]
        if speaks_of(why, "sector"):
            given = given._replace(sector="-")
        if speaks_of(why, "contact_name", "contact_email"):
            given = given._replace(contact={})
        return self._missing(given, owner)

    def _said(self, given: Given, owner: Organisation | None) -> str:
        """What would be made of the row, with what it does not say itself."""
        contact = given.contact
        language = given.details.get("language") or language_of_places(given.municipalities)
        parts = [
            capfirst(_text("role", given.role)), _text("kind", kind_for(given)),
            _text("sector", owner.sector if owner else given.sector), _text("municipalities", given.municipalities),
            str(_text("language", language)),
            ", ".join(filter(None, [contact["name"], contact["email"]])) if contact else "",
            given.details.get("signatory_name", ""), *self._days(given),
        ]  # fmt: skip
        return " · ".join(filter(None, parts))

    def _days(self, given: Given, partner: Partner | None = None) -> list[str]:
        """Of one that committed earlier, on paper, the days that the list gives, but for what is recorded already."""
        if self.manner != Manner.EXISTING:
            return []
        days: dict[str, Done | None] = {"committed_on": given.committed_on}
        if given.is_distributor and (partner is None or partner.state in UNCLEARED):
            days["cleared_on"] = given.cleared_on
        if partner is None or not partner.account_on:
            days["account_on"] = given.account
        if partner is None or not partner.induction_on:
            days["induction_on"] = given.induction
        return [f"{heading(column)}: {_day_said(done)}" for column, done in days.items()]

    def _like(self, given: Given) -> list[str]:
        """That one of this name and role stands here already, in other municipalities or under another business ID, or
        an organisation of this name under another ID. Raises Refused for a county or a municipality of another ID."""
        other = two_ids(self.known.other_id_of(given), given.business_id)
        if other and self.known.is_body(given):
            raise Refused(other)
        if not self.known.has_namesake(given):
            return other
        said = _("One of this name stands here already in this role, in other municipalities or with another ID.")
        return [said + " " + _("If it is the same, correct that one, and bring the row again.")]

    def _changed(self, line: Line, given: Given, partner: Partner) -> Planned:
        changes = changes_of(partner, given)
        takes_over = self.manner == Manner.EXISTING and partner.state not in PROMISED
        if changes or takes_over:
            self._refuse_others(partner)
        if "kind" in changes:
            refuse_against_clearance(partner, self.who, given.details["kind"], {}, None)
        changes.pop("business_id", None)  # said with what is against it
        why = [_("%(what)s: %(old)s → %(new)s") % _shown(key, *both) for key, both in changes.items()]
        if takes_over:
            self._refuse_taking_over(partner)
            why += [_("Committed earlier, on paper"), *self._days(given, partner)]
        why = [*self._id_brought(given, partner.organisation), *why]
        self.brought[line.number], self.met[partner.pk] = given, line.number
        outcome = Outcome.UPDATE if why else Outcome.SAME
        notes = self._notes(given, partner.organisation)
        if plain(partner.unit) != plain(given.unit):
            notes.append(_("It is known here as %(name)s: this name stays.") % {"name": partner.unit})
        return Planned(line, str(partner), outcome, why + notes, given, partner, partner.organisation)

    def _refuse_taking_over(self, partner: Partner) -> None:
        if partner.state in GONE:
            said = _("%(partner)s is not taking part: consider it again first, on its own page.")
            raise Refused([said % {"partner": partner}])
        if partner.pk in self.known.unfinished:
            raise Refused([_("Its commitment is unfinished: close that first, so that nobody signs it.")])
        if partner.is_distributor and partner.state in UNCLEARED:
            self._refuse_uncleared(str(partner))

    def _refuse_uncleared(self, name: str) -> None:
        if not may_clear(self.who):
            said = _("Only Kaikukeskus can record that it has cleared %(partner)s before: ask Kaikukeskus to do it.")
            raise Refused([said % {"partner": name}])

    def _notes(self, given: Given, owner: Organisation | None) -> list[str]:
        """What of the row is not taken, since the organisation is known otherwise."""
        if owner is None:
            return []
        notes = []
        if plain(owner.name) != plain(given.organisation):
            notes.append(_("It is known here as %(name)s: this name stays.") % {"name": owner.name})
        if given.sector_said and owner.sector != given.sector:
            facts = {"name": owner.name, "sector": owner.get_sector_display()}
            notes.append(_("The sector of %(name)s stays: %(sector)s.") % facts)
        return notes


def _addresses(person: Person | None) -> set[str]:
    """The address, and those of rows that were joined into this one."""
    return {person.email, *person.former_names.split("\n")} if person else set()


def changes_of(partner: Partner, given: Given) -> dict[str, tuple[Any, Any]]:
    """Column → what stands there and what would; of empty cells nothing. Municipalities are added, never taken."""
    found = {
        key: (getattr(partner, key), value)
        for key, value in given.details.items()
        if key in DETAILS and getattr(partner, key) != value
    }
    there = {one.pk: one for one in partner.municipalities.all()}
    if not given.towns <= there.keys():
        both = {one.pk: one for one in [*there.values(), *given.municipalities]}
        found["municipalities"] = (list(there.values()), list(both.values()))
    if given.business_id and partner.organisation.business_id != given.business_id:
        found["business_id"] = (partner.organisation.business_id, given.business_id)
    if given.contact and given.contact["email"] not in _addresses(partner.contact):
        found["contact_name"] = (partner.contact, given.contact["name"] or given.contact["email"])
    return found


def _day_said(done: Done | None) -> str:
    if isinstance(done, date):
        return f"{done.day}.{done.month}.{done.year}"
    return _("not yet") if done is False else _("the day is not known")


def _of(column: str) -> dict[str, str]:
    return {"column": heading(column)}


def _shown(column: str, old: Any, new: Any) -> dict[str, str]:
    return {"what": heading(column), "old": _text(column, old) or "–", "new": _text(column, new)}


def _text(column: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(str(one) for one in value))
    return str(dict(CHOICES.get(column, ())).get(value, value) or "")
