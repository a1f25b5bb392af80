"""Brings a list of partners into a region: `manage.py import_partners FILE --region SLUG --dry-run --json`."""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser

from adoption.models import Import, Partner, Person, Region
from adoption.operating_model import DEFAULT, MODELS
from adoption.planning import Manner, Outcome, Planner, left_out
from adoption.refusal import Refused
from adoption.tables import LARGEST, Table, uploaded
from commitments.importing import confirm_whole, preview


class Said(NamedTuple):
    """What is said of a row."""

    row: int
    outcome: str
    name: str
    why: str


class Told(NamedTuple):
    """What is said of a list: its rows, the headings of which nothing is taken, and why it is refused as a whole."""

    rows: list[Said]
    not_read: list[str] = []
    why: str = ""


class Command(BaseCommand):
    help = (
        "Brings the partners of an XLSX or CSV into a region. The same list twice adds nothing twice. Exit status 0: "
        "done; 1: a row or the whole list was refused, the good rows are done; 2: misuse."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the list: XLSX (first sheet), CSV, or tab-separated text")
        parser.add_argument(
            "--region", required=True, metavar="SLUG", help="the region, as in the addresses of its pages"
        )
        parser.add_argument("--existing", action="store_true", help="partners that committed earlier, on paper")
        parser.add_argument("--model", default=DEFAULT, choices=list(MODELS), help="which operating model they follow")
        parser.add_argument("--role", default="", choices=["", *Partner.Role.values], help="of rows that do not say it")
        parser.add_argument("--by", metavar="EMAIL", help="who brings it; without, the command line, which may all")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")
        parser.add_argument(
            "--json",
            action="store_true",
            help='print {"rows": [{"row", "outcome", "name", "why"}], "not_read": [HEADING]}',
        )

    def handle(self, *args: object, **options: Any) -> None:
        region, by, content = region_of(options["region"]), person_of(options["by"]), content_of(options["file"])
        try:
            told = self.told(region, by, uploaded(content), options)
        except Refused as refusal:
            told = Told([], why=str(refusal))
        self.stdout.write(as_json(told) if options["json"] else as_text(told))
        if told.why or any(row.outcome == Outcome.REFUSE for row in told.rows):
            sys.exit(1)

    def told(self, region: Region, by: Person | None, table: Table, options: dict[str, Any]) -> Told:
        manner = Manner.EXISTING if options["existing"] else Manner.PARTNERS
        if options["dry_run"]:
            return _planned(Planner(region, by, manner, options["role"]), table, manner)
        brought = preview(region, by, table, manner, options["role"], options["model"], file_name=options["file"].name)
        return _done(confirm_whole(brought, by))


def _planned(planner: Planner, table: Table, manner: str) -> Told:
    rows, met = [], set()
    for one in planner.plan(table.lines):
        rows.append(Said(one.number, one.outcome, one.name, " ".join(one.why)))
        met |= {column for column, cell in one.line.cells.items() if cell.text}
    return Told(rows, left_out(table, manner, met))


def _done(done: Import) -> Told:
    rows = done.rows.iterator(chunk_size=500)
    return Told([Said(row.number, row.outcome, row.name, " ".join(row.why)) for row in rows], done.not_read)


def region_of(slug: str) -> Region:
    """The region; exit status 2 when there is none."""
    found = Region.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Region.objects.values_list("slug", flat=True))
        raise CommandError(f"There is no region {slug}. There are: {known}", returncode=2)
    return found


def person_of(email: str | None) -> Person | None:
    """Who brings the list; exit status 2 for an address that nobody has."""
    if email is None:
        return None
    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise CommandError(f"Nobody here has the address {email}.", returncode=2)
    return found


def content_of(file: Path) -> bytes:
    """The file's bytes, one more than a list may have at most; exit status 2 when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", returncode=2) from error


def as_json(told: Told) -> str:
    said: dict[str, Any] = {"rows": [row._asdict() for row in told.rows]}
    said |= {"not_read": told.not_read} if told.not_read else {}
    return json.dumps(said | ({"why": told.why} if told.why else {}), ensure_ascii=False)


def as_text(told: Told) -> str:
    if told.why:
        return told.why
    lines = [f"{row.row}: {row.outcome}: {row.name}" + (f": {row.why}" if row.why else "") for row in told.rows]
    counts = {outcome.value: sum(row.outcome == outcome for row in told.rows) for outcome in Outcome}
    unread = [f"columns not read: {', '.join(told.not_read)}"] if told.not_read else []
    return "\n".join([*lines, *unread, ", ".join(f"{number} {outcome}" for outcome, number in counts.items())])
