"""What does a row of a list of partners say, and what of it cannot be understood? By the fields of the forms."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.columns import CHOICES, EVERYWHERE, bare_word, choice_of, heading, kind_in_role, words_of
from adoption.existing import Done, why_not_done_on
from adoption.fields import Day, Text
from adoption.forms import BusinessID
from adoption.models import Municipality, Organisation, Partner, Region
from adoption.refusal import Refused
from adoption.regions import language_of_places
from adoption.tables import Cell, Line

FIELDS: dict[str, forms.Field] = {
    "organisation": Text(max_length=300, required=False),
    "business_id": BusinessID(required=False),
    "unit": Text(max_length=300, required=False),
    "contact_name": Text(max_length=150, required=False),
    "contact_email": forms.EmailField(max_length=254, required=False),
    "contact_title": Text(max_length=150, required=False),
    "contact_phone": Text(max_length=40, required=False),
    "signatory_name": Text(max_length=150, required=False),
    "signatory_title": Text(max_length=150, required=False),
    "signatory_email": forms.EmailField(max_length=254, required=False),
}
CHOSEN = (*CHOICES, "contact_language")
DAYS = {key: Day(required=False) for key in ("committed_on", "cleared_on", "account_on", "induction_on")}
DETAILS = (
    "kind", "language", "interest", "signatory_name", "signatory_title", "signatory_email", "signatory_basis",
)  # fmt: skip
FAULTS: dict[str, str | Promise] = {
    "formula": gettext_lazy("the cell holds a formula, which is not taken: write its result as plain text"),
    "error": gettext_lazy("the cell holds an error of the spreadsheet: write what belongs there"),
    "merged": gettext_lazy("the cell is merged with others: unmerge the cells and fill in each"),
    "letters": gettext_lazy("letters are broken, as after a wrong encoding: write the text anew"),
    "long": gettext_lazy("the cell has %(length)s characters, which is too many: shorten it"),
}
DEFAULT_KIND = {Partner.Role.DISTRIBUTOR: Partner.Kind.OTHER_CLIENTS, Partner.Role.VENUE: Partner.Kind.CULTURE}
# By its last word an association, a company, or what belongs to a municipality or a county.
SECTORS = {
    Organisation.Sector.THIRD: r"\b(ry|rf|r\.\s?y\.?|r\.\s?f\.?|säätiö|stiftelsen?|sr|seurakunta|församling)$",
    Organisation.Sector.PRIVATE: r"\b(oy|ab|oyj|abp|tmi|ky|kb|osk|oy ab)\.?$",
    Organisation.Sector.PUBLIC: r"(kaupunki|kunta|kuntayhtymä|hyvinvointialue|välfärdsområde|\bstad|kommun|samkommun)$",
}


class Given(NamedTuple):
    """What a row says, understood. `details`: the partner's own fields that have a cell with something in it."""

    organisation: str
    business_id: str
    unit: str
    role: str
    sector: str
    sector_said: bool
    municipalities: list[Municipality]
    details: dict[str, Any]
    contact: dict[str, str] | None
    committed_on: date | None = None
    cleared_on: date | None = None
    account: Done = True
    induction: Done = True

    @property
    def name(self) -> str:
        return f"{self.organisation}, {self.unit}" if self.unit else self.organisation

    @property
    def is_distributor(self) -> bool:
        return self.role == Partner.Role.DISTRIBUTOR

    @property
    def towns(self) -> set[int]:
        return {one.pk for one in self.municipalities}

    def key_id(self, owner: Organisation | None) -> str:
        """The business ID that tells it apart once it is there."""
        return self.business_id or (owner.business_id if owner else "")


class Rows:
    """Understands the rows of a list for one region."""

    def __init__(self, region: Region, role: str = "", needs_contact: bool = True, on_paper: bool = False) -> None:
        self.role, self.needs_contact, self.on_paper = role, needs_contact, on_paper
        self.own = list(region.municipalities.all())
        self.towns = _by_name(self.own)
        self.others = _by_name(list(Municipality.objects.exclude(pk__in=[one.pk for one in self.own])))

    @staticmethod
    def name_of(line: Line) -> str:
        """What to call a row that is not understood."""
        parts = [line.cells.get(key, Cell()).text[:80] for key in ("organisation", "unit")]
        return ", ".join(part for part in parts if part)

    def read(self, line: Line) -> tuple[Given | None, list[str]]:
        """What the row says, or nothing where it has no name; and why it is refused, all of it at once: without role or
        municipality always."""
        why = [_wrong(key, cell) for key, cell in line.cells.items() if cell.fault]
        texts = {key: "" if cell.fault else cell.text for key, cell in line.cells.items()}
        values = {key: self._value(key, text, why) for key, text in texts.items()}
        values["kind"] = values.get("kind") or kind_in_role(texts.get("role", ""))
        towns = self._municipalities(texts.get("municipalities", ""), why)
        return self._given(values, towns, why), why

    def _value(self, key: str, text: str, why: list[str]) -> Any:
        """The cell's value, by the field that the forms have for it."""
        try:
            if key in FIELDS:
                return FIELDS[key].clean(text)
            if key in CHOSEN and text:
                return _chosen(key, text)
            if key in DAYS and self.on_paper:
                return _day(key, text)
        except ValidationError as error:
            why += [_at(key, message) for message in error.messages]
        except Refused as refusal:
            why += [_at(key, reason) for reason in refusal.reasons]
        return ""

    def _municipalities(self, text: str, why: list[str]) -> list[Municipality]:
        """Those of the region that the cell names; without a word the only one there is."""
        names = [name.strip() for name in re.split(r"[,;/\n]", text) if name.strip()]
        if (not names and len(self.own) == 1) or text.strip().casefold() in EVERYWHERE:
            return self.own
        if not names and not speaks_of(why, "municipalities"):
            why.append(_at("municipalities", _("give at least one municipality in which the partner acts")))
        found = {}
        for name in names:
            if town := self.towns.get(bare_word(name)):
                found[town.pk] = town
            elif other := self.others.get(bare_word(name)):
                said = _("%(name)s is not a municipality of this region.") % {"name": other.name}
                why.append(_at("municipalities", said))
            else:
                said = _("there is no municipality called %(name)s") % {"name": name[:80]}
                why.append(_at("municipalities", said))
        return list(found.values())

    def _given(self, values: dict[str, Any], towns: list[Municipality], why: list[str]) -> Given | None:
        role = values.get("role") or self.role
        name = values.get("organisation", "")
        if not name and not why:
            why.append(_at("organisation", _("give the name of the organisation")))
        if not role and not speaks_of(why, "role"):
            why.append(_at("role", _("say whether it is a distributor or a venue")))
        contact = _contact(values, values.get("language") or language_of_places(towns), why)
        details = {key: values[key] for key in DETAILS if values.get(key)}
        if "kind" in details and role and (details["kind"] in Partner.VENUE_KINDS) != (role == Partner.Role.VENUE):
            why.append(_at("kind", _("this kind does not belong to the role")))
        if not name:
            return None
        sector = values.get("sector") or sector_by_name(name)
        return Given(
            name, values.get("business_id", ""), values.get("unit", ""), role, sector, bool(values.get("sector")),
            towns, details, contact if contact and "email" in contact else None, **self._before(values),
        )  # fmt: skip

    def _before(self, values: dict[str, Any]) -> dict[str, Any]:
        """Days of what was done before; where a list gives no day it is not known, and counts as done all the same."""
        if not self.on_paper:
            return {}
        days = {key: values.get(f"{key}_on") for key in ("committed", "cleared", "account", "induction")}
        known = {f"{key}_on": day if isinstance(day, date) else None for key, day in days.items()}
        done = {key: True if days[key] in (None, "") else days[key] for key in ("account", "induction")}
        return {"committed_on": known["committed_on"], "cleared_on": known["cleared_on"], **done}


def _by_name(towns: list[Municipality]) -> dict[str, Municipality]:
    found = {}
    for town in towns:
        for name in (town.name_en, town.name_sv, town.name_fi, town.code or ""):
            if name:
                found[bare_word(name)] = town
    return found


def speaks_of(why: Iterable[str], *columns: str) -> bool:
    """Whether one of the sentences is about one of the columns."""
    return any(reason.startswith(f"{heading(column)}:") for reason in why for column in columns)


def _at(column: str, what: object) -> str:
    """A sentence about the column."""
    said = f"{heading(column)}: {what}"
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _wrong(column: str, cell: Cell) -> str:
    length = f"{cell.length:,}".replace(",", "\xa0")
    return _at(column, str(FAULTS[cell.fault]) % {"length": length} if cell.length else FAULTS[cell.fault])


def _chosen(column: str, text: str) -> str:
    value = choice_of(column, text)
    if value is None:
        said = _("“%(text)s” is not known. Write one of these: %(words)s")
        raise Refused([said % {"text": text[:80], "words": words_of(column)}])
    return value


def _day(column: str, text: str) -> Any:
    """The day; True and False for yes and no; nothing for an empty cell."""
    answer = choice_of("interest", text) if text else None
    if answer in ("yes", "no") and column in ("account_on", "induction_on"):
        return answer == "yes"
    if answer == "yes":
        return ""
    day = DAYS[column].clean(text)
    if day and (why := why_not_done_on(day)):
        raise Refused([why])
    return day


def _contact(values: dict[str, Any], language: str, why: list[str]) -> dict[str, str] | None:
    """A contact person is whole or not given: without an address the person could not be reached."""
    parts = {part: values.get(f"contact_{part}") or "" for part in ("name", "email", "title", "phone", "language")}
    if not any(parts[part] for part in ("name", "email", "title", "phone")):
        return None
    if not parts["email"] and not speaks_of(why, "contact_email"):
        why.append(_at("contact_email", _("give the contact person's e-mail address: it is the way to sign in")))
    parts |= {"email": parts["email"].strip().lower(), "language": parts["language"] or language}
    return {key: value for key, value in parts.items() if value or key == "name"}


def sector_by_name(name: str) -> str:
    """The sector that the end of a name tells; nothing where it tells none."""
    text = " ".join(name.casefold().split())
    return next((sector.value for sector, pattern in SECTORS.items() if re.search(pattern, text)), "")


def kind_for(given: Given) -> str:
    """The kind of a new partner: what its row says, else the widest of its role."""
    return given.details.get("kind") or DEFAULT_KIND[Partner.Role(given.role)]
