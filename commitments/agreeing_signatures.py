"""Do the signatures and the states in the rows agree with history? And the templates with the country's history?

An act of an older version says less, and what it does not say is not asked of the rows.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from adoption.history import Fault
from adoption.models import Act, Country, Region
from commitments.agreeing import fault_of
from commitments.marks import differences, rows_of
from commitments.models import Commitment, Party, Template
from commitments.storage import digest_of

# What a commitment's state is after an act.
STATES = {
    "commitment_drafted": "draft", "commitment_changed": "draft", "commitment_renewed": "draft",
    "commitment_checked": "checked",
    "commitment_sent": "awaiting", "commitment_signed": "partly_signed", "commitment_acknowledged": "partly_signed",
    "commitment_in_force": "in_force", "commitment_on_paper": "in_force", "commitment_declined": "declined",
    "commitment_superseded": "superseded", "commitment_ended": "ended",
}  # fmt: skip
WORDS = {
    "row_edited": "it is not as history has left it",
    "row_lost": "its row is gone",
    "row_unknown": "history does not know this row",
}
SIGNED = ("partly_signed", "in_force")  # an act that leads there names the parties that have signed by it


# -- what history says ------------------------------------------------------------------------------------------------


class Said:
    """What a region's history says of one commitment's state and signatures."""

    def __init__(self) -> None:
        self.state = ""
        self.members: set[int] | None = None
        self.signed: set[int] = set()
        self.salt = ""
        self.marks: dict[str, str] = {}  # of the newest act that has them: name of a row → its mark
        self.code: str | None = None
        self.in_force_on: date | None = None

    def hear(self, what: str, data: dict[str, Any], at: datetime) -> None:
        """Acts are heard in their order."""
        if "marks" in data:
            self.salt, self.marks = data["salt"], data["marks"]
        self.state = STATES.get(what, self.state)
        if what == "commitment_drafted" and "members" in data:
            self.members = set(data["members"])
        if STATES.get(what) in SIGNED:
            self.signed |= set(data.get("parties", ()))
        if what == "commitment_on_paper":
            self.members = set(data["parties"])
            self.in_force_on = date.fromisoformat(data["on"]) if data["on"] else None
        if what == "commitment_paper_corrected":
            self.in_force_on = date.fromisoformat(data["on"]) if data["on"] else None
        if what == "commitment_in_force":
            self.in_force_on, self.code = localdate(at), data.get("code")


def _said(region: Region) -> dict[str, Said]:
    said: dict[str, Said] = defaultdict(Said)
    acts = Act.objects.filter(region=region, about_kind="commitment").order_by("number")
    for about, what, data, at in acts.values_list("about_id", "what", "data", "at").iterator():
        said[about].hear(what, data, at)
    return said


# -- commitments ------------------------------------------------------------------------------------------------------


def signatures(region: Region) -> list[Fault]:
    """What of the region's commitments is not as history says. The caller has locked the region."""
    said = _said(region)
    commitments = region.commitments.order_by("pk").prefetch_related("parties", "certificate")
    rows = rows_of([one.pk for one in commitments])
    found = []
    for one in commitments:
        heard = said[str(one.pk)]
        found += _of_commitment(one, heard) or _of_rows(heard, rows[one.pk])
    return found


def _of_rows(said: Said, rows: dict[str, list[Any]]) -> list[Fault]:
    """Every row that binds the commitment is as its newest act has left it."""
    return [Fault(name, WORDS[code], code) for name, code in differences(said.salt, said.marks, rows)]


def _of_commitment(one: Commitment, said: Said) -> list[Fault]:
    found = []
    if one.state != said.state:
        found.append(fault_of(one, f"it is {one.state}, and history says {said.state or 'nothing'}", "state_edited"))
    elif said.in_force_on and one.in_force_on != said.in_force_on:
        found.append(fault_of(one, f"history says that it came into force on {said.in_force_on}", "day_edited"))
    certificate = getattr(one, "certificate", None)
    if said.code and (certificate is None or digest_of(certificate.code.encode()) != said.code):
        found.append(fault_of(certificate or one, "the code of its certificate is another", "code_edited"))
    return found + _of_parties(one, list(one.parties.all()), said)


def _of_parties(one: Commitment, parties: list[Party], said: Said) -> list[Fault]:
    keys = {party.pk for party in parties}
    members = said.signed | (keys if said.members is None else said.members)
    found = [fault_of(one, f"its party {pk} is gone", "party_lost") for pk in sorted(members - keys)]
    for party in parties:
        if party.pk not in members:
            found.append(fault_of(party, "history does not know this party", "party_unknown"))
        elif bool(party.method) != (party.pk in said.signed):
            told = "has signed" if party.pk in said.signed else "has not signed"
            found.append(fault_of(party, f"history says that it {told}", "signature_edited"))
    return found


# -- templates --------------------------------------------------------------------------------------------------------


@transaction.atomic
def templates() -> list[Fault]:
    """Uploaded templates that are not as the country's history says, read while nobody writes it."""
    Country.objects.select_for_update(no_key=True).first()
    uploaded, published = _acts("template_uploaded"), _acts("template_published")
    found, rows = [], list(Template.objects.order_by("pk"))
    for row in rows:
        if uploaded.pop(str(row.pk), {}).get("sha256") != row.sha256:
            found.append(fault_of(row, "history does not know this template", "template_unknown"))
        elif _published(row) != _told(published.get(str(row.pk))):
            found.append(fault_of(row, "it was not published so", "template_edited"))
    return found + [Fault(f"template {pk}", "its row is gone", "template_lost") for pk in uploaded]


def _acts(what: str) -> dict[str, dict[str, Any]]:
    acts: QuerySet[Act] = Act.objects.filter(region=None, about_kind="template", what=what)
    return dict(acts.values_list("about_id", "data"))


def _published(row: Template) -> tuple[int, str] | None:
    return (row.number or 0, row.sha256) if row.published_at else None


def _told(data: dict[str, Any] | None) -> tuple[int, str] | None:
    return (data["number"], data["sha256"]) if data else None
