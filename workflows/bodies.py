"""Which bodies decide in a region, when do they meet, and by which meeting is a decision needed?"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import acting
from adoption.alphabet import alphabetical
from adoption.history import Acting, locked, record
from adoption.models import Municipality, Person, Region
from adoption.refusal import Refused
from adoption.templatetags.kaiku import weekday_day
from workflows.models import Body, Trial
from workflows.standing import listed
from workflows.timeline import Plan

COUNTY = "county"
SHORTLY = timedelta(weeks=6)  # a body meets at least so often
LONGEST_PAUSE = timedelta(weeks=13)  # but in summer, between two meetings that are known


# -- keeping them -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_body(region: Region, by: Person, municipality: Municipality | None, name: str, days: Iterable[date]) -> Body:
    """The body of the municipality, or of the county where none is given, is known with the days on which it meets.

    Raises NotYours for who does not act for the municipality, and Refused for a municipality of another region, a
    county that the region has not, no name, no day, and a body that is known already.
    """
    region = locked(region.pk)
    who = acting(by, region, [municipality.pk] if municipality else None)
    body = Body(region=region, municipality=municipality, name=name.strip(), days=_written(days))
    _check(body)
    body.save()
    _record(body, who, "body_added")
    return body


@transaction.atomic
def change_body(body: Body, by: Person, name: str, days: Iterable[date]) -> Body:
    """The body has this name, and meets on these days. Refused as in `add_body`."""
    who = _locked(body, by)
    body = Body.objects.select_related("region", "municipality").get(pk=body.pk)
    body.name, body.days = name.strip(), _written(days)
    _check(body)
    body.save()
    _record(body, who, "body_changed")
    return body


@transaction.atomic
def remove_body(body: Body, by: Person) -> None:
    """The body is not known any more; history says that it was."""
    who = _locked(body, by)
    found = Body.objects.filter(pk=body.pk).select_related("region", "municipality").first()
    if found is None:
        raise Refused([_("The body has been removed already.")])
    _record(found, who, "body_removed")
    found.delete()


def _locked(body: Body, by: Person) -> Acting:
    region = locked(body.region_id)
    who = acting(by, region, [body.municipality_id] if body.municipality_id else None)
    if not Body.objects.filter(pk=body.pk).exists():
        raise Refused([_("The body has been removed already.")])
    return who


def _record(body: Body, who: Acting, what: str) -> None:
    record(body.region, who, what, name=body.name, municipality=body.municipality_id, days=len(body.days))


def _written(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(set(days))]


def _check(body: Body) -> None:
    wrong = []
    if not body.name:
        wrong.append(_("Give the name of the body."))
    if not body.days:
        wrong.append(_("Give at least one day on which it meets."))
    if body.municipality is None and body.region.county_id is None:
        wrong.append(_("The region has no county."))
    if body.municipality and not body.region.members.filter(municipality=body.municipality).exists():
        wrong.append(_("%(name)s is not in this region.") % {"name": body.municipality.name})
    same = Body.objects.filter(region=body.region, municipality=body.municipality, name__iexact=body.name)
    if same.exclude(pk=body.pk).exists():
        wrong.append(_("This body is known already: change its days on its own page."))
    if wrong:
        raise Refused(wrong)


# -- which meeting is the last ----------------------------------------------------------------------------------------


class Needed(NamedTuple):
    """A decision, and the meeting in which it can still be made: a state and its word."""

    icon: str
    text: str


class Deciding(NamedTuple):
    """A municipality or the county: its decision to take part, and the one on going on."""

    name: str
    join: Needed
    go_on: Needed


def deciding(region: Region, municipalities: Iterable[Municipality], plan: Plan) -> list[Deciding]:
    """For each municipality, in their order, and for the county: the last meetings by which decisions are needed."""
    known: dict[int | None, list[tuple[date, str]]] = defaultdict(list)
    for body in Body.objects.filter(region=region):
        known[body.municipality_id] += [(day, body.name) for day in body.meets_on]
    join, go_on = (_due(plan, key) for key in ("workshop", "decision"))
    said = _decisions(plan.trial)
    rows: list[tuple[str, int | None, str]]
    rows = [(f"m{one.pk}", one.pk, one.name) for one in sorted(municipalities, key=lambda m: alphabetical(m.name))]
    if region.county:
        rows.append((COUNTY, None, region.county.name))
    return [
        Deciding(
            name,
            said.get(key) or _needed(known[pk], join, _closed(plan, "workshop")),
            _needed(known[pk], go_on, _closed(plan, "decision")),
        )
        for key, pk, name in rows
    ]


def alike(rows: Iterable[Deciding]) -> list[Deciding]:
    """The same with those together of whom the same is said: Kemi, Rovaniemi and Tornio."""
    names: dict[tuple[Needed, Needed], list[str]] = defaultdict(list)
    for row in rows:
        names[row.join, row.go_on].append(row.name)
    return [Deciding(listed(found), *said) for said, found in names.items()]


def _due(plan: Plan, key: str) -> date | None:
    """The day by which the step is due, of its newest round."""
    return [line.due for line in plan.lines if line.step.key == key][-1]


def _closed(plan: Plan, key: str) -> bool:
    return [line.done is not None for line in plan.lines if line.step.key == key][-1]


def _decisions(trial: Trial | None) -> dict[str, Needed]:
    """Who has decided to take part, as step 4 records it."""
    given = trial.rows["workshop"].evidence.get("decisions", []) if trial else []
    return {
        one["body"]: Needed("done", f"{one['organ']} {weekday_day(date.fromisoformat(one['date']))}")
        for one in given
        if one.get("date") and one.get("organ")
    }


def _needed(meetings: list[tuple[date, str]], due: date | None, is_closed: bool) -> Needed:
    """The last of the meetings from today until the day, where the calendar reaches it; else the first after it, which
    is too late."""
    if is_closed:
        return Needed("done", _("the step is done"))
    if due is None:
        return Needed("ahead", _("no day is planned"))
    ahead = sorted(one for one in meetings if one[0] >= localdate())
    in_time = [one for one in ahead if one[0] <= due]
    if in_time and _reaches([day for day, _name in ahead], due):
        return Needed("open", _meeting(in_time[-1]))
    if in_time:
        said = {"meeting": _meeting(in_time[-1]), "due": weekday_day(due)}
        return Needed(
            "missing",
            _("later meetings than %(meeting)s are not known yet, and the decision is needed by %(due)s") % said,
        )
    if ahead:
        late = {"meeting": _meeting(ahead[0]), "due": weekday_day(due)}
        return Needed("late", _("%(meeting)s: after the planned day, %(due)s") % late)
    return Needed(
        "missing", _("no meeting is known, and the decision is needed by %(due)s") % {"due": weekday_day(due)}
    )


def _reaches(days: list[date], due: date) -> bool:
    """Whether the meetings known, in order, are all that there are before the day: calendars are entered for a year,
    and a decision may be needed in a later one."""
    last = max(day for day in days if day <= due)
    after = next((day for day in days if day > due), None)
    return due - last <= SHORTLY or (after is not None and after - last <= LONGEST_PAUSE)


def _meeting(one: tuple[date, str]) -> str:
    return f"{one[1]}, {weekday_day(one[0])}"
