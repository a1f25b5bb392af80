"""How does a list of partners become partners? It is previewed, confirmed, and done in parts that end whole."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _

from adoption import partners
from adoption.access import acting, may_act
from adoption.history import NOBODY, locked, locked_country, record
from adoption.mail import later
from adoption.models import Import, ImportRow, Organisation, Partner, Person, Region
from adoption.operating_model import DEFAULT
from adoption.planning import Manner, Outcome, Planned, Planner, changes_of, left_out
from adoption.refusal import Refused
from adoption.regions import language_of_places
from adoption.rows import Given, kind_for
from adoption.tables import Cell, Line, Table
from commitments.on_paper import take_over

JOB = "commitments.importing.go_on"
WRITTEN_TOGETHER = 500  # rows of a preview
A_PART = 200  # rows that are done in one transaction
AT_ONCE = 1  # parts that are done before the page answers; the worker does the rest
KEPT = timedelta(days=7)
TO_DO = (Outcome.CREATE, Outcome.UPDATE)


# -- the preview ------------------------------------------------------------------------------------------------------


def preview(
    region: Region,
    by: Person | None,
    table: Table,
    manner: str = Manner.PARTNERS,
    role: str = "",
    model: str = DEFAULT,
    **whence: Any,
) -> Import:
    """The list is kept with what would become of each row; no partner is touched. `whence`: pasted, file_name.

    Raises NotYours for who may not act in the region, and Refused for a list that cannot be read to its end.
    """
    planner = Planner(region, by, manner, role)
    brought = Import.objects.create(
        region=region, by=by, manner=manner, model=model, language=translation.get_language(), **whence
    )
    met: set[str] = set()
    try:
        for some in _in_parts(planner.plan(table.lines)):
            rows = ImportRow.objects.bulk_create([_row(brought, role, planned) for planned in some])
            met |= {column for row in rows for column in row.said}
    except Refused:
        brought.delete()
        raise
    brought.planned_at, brought.not_read = now(), left_out(table, manner, met)[:50]
    brought.save(update_fields=["planned_at", "not_read"])
    return brought


def _in_parts(planned: Iterable[Planned]) -> Iterable[list[Planned]]:
    some: list[Planned] = []
    for one in planned:
        some.append(one)
        if len(some) == WRITTEN_TOGETHER:
            yield some
            some = []
    if some:
        yield some


def _row(brought: Import, role: str, planned: Planned) -> ImportRow:
    said = {column: cell.text for column, cell in planned.line.cells.items() if cell.text}
    if role and not said.get("role"):
        said["role"] = role
    return ImportRow(
        brought=brought, number=planned.number, said=said, outcome=planned.outcome, name=planned.name[:700],
        why=planned.why, partner=planned.partner,
    )  # fmt: skip


# -- doing it ---------------------------------------------------------------------------------------------------------


def confirm(brought: Import, by: Person | None) -> Import:
    """The rows that are new or changed are done: the first ones now, the others by the worker, part by part.

    Doing it again goes on with what is left, for who has confirmed it as long as that one acts for the region, and two
    at once share the rows: none is done twice. Raises NotYours for who may not act in the region, and Refused for a
    list that was not read to its end or has nothing to do.
    """
    with transaction.atomic():
        region = locked(brought.region_id)
        brought = Import.objects.get(pk=brought.pk)
        if by:
            acting(by, region)
        if brought.planned_at is None:
            raise Refused([_("The list was not read to its end: bring it again.")])
        if brought.finished_at is None:
            if brought.confirmed_at is None or not _may(brought, region):
                brought.by, brought.confirmed_at = by, now()
                brought.save(update_fields=["by", "confirmed_at"])
            later(JOB, str(brought.pk))  # whatever becomes of the parts below, the worker goes on
    for _part in range(AT_ONCE):
        if not do_part(brought):
            break
    return Import.objects.get(pk=brought.pk)


def confirm_whole(brought: Import, by: Person | None) -> Import:
    """The same without the worker: the command waits until all is done."""
    confirm(brought, by)
    while do_part(brought):
        pass
    return Import.objects.get(pk=brought.pk)


@transaction.atomic
def add_candidates(region: Region, by: Person, table: Table, role: str = "") -> int:
    """The candidates of all the lines are in the list, or those of none. Returns how many.

    Raises NotYours for who may not act in the region, and Refused with the reason of each line that cannot be taken.
    """
    locked(region.pk)
    brought = preview(region, by, table, Manner.CANDIDATES, role)
    said = _("Line %(number)s, %(name)s: %(why)s")
    refused = brought.rows.filter(outcome=Outcome.REFUSE)
    if lines := [said % {"number": row.number, "name": row.name, "why": " ".join(row.why)} for row in refused]:
        raise Refused(lines)
    return confirm_whole(brought, by).rows.count()


def go_on(key: str) -> None:
    """A job: the next part is done, and the job after it queued with it."""
    brought = Import.objects.filter(pk=key).exclude(confirmed_at=None).first()
    if brought:
        do_part(brought, JOB)


@transaction.atomic
def do_part(brought: Import, job: str = "") -> bool:
    """The next rows are done, or none of them. Returns whether any are left; the last part finishes the import.

    `job` is queued in the same transaction while rows are left.
    """
    region = locked(brought.region_id)
    locked_country()  # organisations and people are of no region: two lists with the same ones wait for each other
    brought = Import.objects.select_related("by").get(pk=brought.pk)
    if brought.finished_at or brought.confirmed_at is None:
        return False
    to_do = brought.rows.filter(done=False, outcome__in=TO_DO)
    with translation.override(brought.language or translation.get_language()):
        if not _may(brought, region):
            said = _("Who confirmed the list no longer acts for the region: somebody else brings the row again.")
            to_do.update(done=True, outcome=Outcome.REFUSE, why=[said])
        if rows := list(to_do[:A_PART]):
            _do(brought, region, {row.number: row for row in rows})
    if left := to_do.exists():
        if job:
            later(job, str(brought.pk))
    else:
        _finish(brought, region)
    return left


def _may(brought: Import, region: Region) -> bool:
    """Whether who confirmed the list still acts for the region."""
    return brought.by is None or may_act(brought.by, region)


def _do(brought: Import, region: Region, rows: dict[int, ImportRow]) -> None:
    """Each row is planned anew, since others may have been faster, and done, or refused alone."""
    left = [Line(row.number, {key: Cell(text) for key, text in row.said.items()}) for row in rows.values()]
    while left:
        done = _until_refused(brought, region, rows, left)
        left = left[done:]
    ImportRow.objects.bulk_update(rows.values(), ["outcome", "why", "done", "partner", "named"])


def _until_refused(brought: Import, region: Region, rows: dict[int, ImportRow], lines: list[Line]) -> int:
    """How many of the lines have been done. It stops behind one that a service refused: nothing that was read along
    with it, or made for it, holds any more."""
    planner, done = Planner(region, brought.by, brought.manner), 0
    for planned in planner.plan(lines):
        row, done = rows[planned.number], done + 1
        row.done = True
        try:
            with transaction.atomic():
                _do_row(brought, region, planner, planned, row)
            continue
        except Refused as refusal:
            row.why = [str(reason) for reason in refusal.reasons]
        except IntegrityError:
            row.why = [_("Somebody else has just brought the same: bring the row again.")]
        row.outcome, row.partner, row.named = Outcome.REFUSE, None, None
        region.refresh_from_db()
        break
    return done


def _do_row(brought: Import, region: Region, planner: Planner, planned: Planned, row: ImportRow) -> None:
    _refuse_overtaken(row, planned)
    row.outcome, row.why, given = planned.outcome, planned.why, planned.given
    if planned.outcome not in TO_DO or given is None:
        return
    partner = planned.partner or _new(region, planner, planned, given)
    if planned.partner:
        _change(region, planner, partner, given)
    elif given.contact:
        partners.set_contact(partner, region, planner.who, given.contact, tell=False)
        row.named = partner.contact
    if brought.manner == Manner.EXISTING and partner.state not in (Partner.State.COMMITTED, Partner.State.ACTIVE):
        take_over(
            partner, region, planner.who, given.committed_on, brought.model or DEFAULT, cleared=given.cleared_on,
            account=given.account, induction=given.induction,
        )  # fmt: skip
    row.partner = partner


def _refuse_overtaken(row: ImportRow, planned: Planned) -> None:
    """Raises Refused for what the preview did not show: others have brought or changed the partner since."""
    if planned.outcome in TO_DO and not _was_shown(row, planned):
        said = _("Somebody has brought or changed it since the preview: bring the row again, to see what would change.")
        raise Refused([said])


def _was_shown(row: ImportRow, planned: Planned) -> bool:
    """Whether the preview said the same: the same partner is changed so, or a new one made, of whose name none stood
    there unsaid. Of whom a new one is, may have become known since: by the rows before it too."""
    meant = planned.partner.pk if planned.partner else None
    said = planned.why if planned.partner else planned.like
    return (row.outcome, row.partner_id) == (planned.outcome, meant) and set(said) <= set(row.why)


def _new(region: Region, planner: Planner, planned: Planned, given: Given) -> Partner:
    """The partner, of its organisation, which is made where nobody knew it."""
    assert planned.organisation
    owner = planned.organisation if planned.organisation.pk > 0 else _organisation(planner, planned.organisation)
    partner = Partner(region=region, organisation=owner, unit=given.unit, role=given.role)
    details = {"language": language_of_places(given.municipalities), **given.details, "kind": kind_for(given)}
    partners.enter(partner, region, planner.who, given.municipalities, details)
    partners.take_id(partner, region, planner.who, given.business_id)
    return partner


def _organisation(planner: Planner, planned: Organisation) -> Organisation:
    """The organisation that a row makes; somebody else's form may just have made the one of its business ID."""
    new = {"name": planned.name, "sector": planned.sector}
    if planned.business_id:
        owner, _made = Organisation.objects.get_or_create(business_id=planned.business_id, defaults=new)
    else:
        owner = Organisation.objects.create(**new)
    planner.known.meet_organisation(planned, owner)
    return owner


def _change(region: Region, planner: Planner, partner: Partner, given: Given) -> None:
    changes = changes_of(partner, given)
    if "contact_name" in changes and given.contact:
        partners.set_contact(partner, region, planner.who, given.contact)
    towns = changes["municipalities"][1] if "municipalities" in changes else list(partner.municipalities.all())
    corrected = {"business_id": given.business_id} if "business_id" in changes else {}
    partners.change(partner, region, planner.who, towns, corrected, None, given.details)


def _finish(brought: Import, region: Region) -> None:
    brought.finished_at = now()
    brought.save(update_fields=["finished_at"])
    who = acting(brought.by, region) if brought.by and _may(brought, region) else NOBODY
    numbers = {
        outcome.value: brought.rows.filter(outcome=outcome).count()
        for outcome in (Outcome.CREATE, Outcome.UPDATE, Outcome.REFUSE)
    }
    if numbers["create"] or numbers["update"]:
        act = record(region, who, "partners_brought", region, "", manner=brought.manner, numbers=numbers)
        later("adoption.letters.contacts_brought", str(brought.pk), act.pk)
        later("adoption.letters.partners_added", str(brought.pk), act.pk)


# -- afterwards -------------------------------------------------------------------------------------------------------


def expire() -> int:
    """Lists that were brought a week ago are deleted, with the people in them, but for those that are being done."""
    old = Import.objects.filter(made_at__lt=now() - KEPT)
    return old.exclude(confirmed_at__isnull=False, finished_at=None).delete()[1].get("adoption.Import", 0)
