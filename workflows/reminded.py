"""Was it sent? Of each thing that a region owes: its reminders, planned, sent or come back, and what was done."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.days import A_DAY, next_working_day
from adoption.ladders import Rung
from adoption.models import Person, Region
from workflows.duties import SOURCES, Answerable, Duty, Within
from workflows.models import Reminder
from workflows.schedule import MORNING

AHEAD = timedelta(days=800)  # longer than a trial lasts
BEHIND = timedelta(days=365)  # what was done longer ago is no longer asked about
Key = tuple[str, str, date]
ICONS = {
    "planned": "ahead", "made": "open", "waits": "open", "failed": "late", "refused": "no", "returned": "no",
    "withdrawn": "no", "sent": "done",
}  # fmt: skip
WORDS = {
    "planned": gettext_lazy("Planned"),
    "made": gettext_lazy("Waits for its morning"),
    "waits": gettext_lazy("Waits for its morning"),
    "failed": gettext_lazy("Not taken by the mail server, tried again"),
    "refused": gettext_lazy("Refused by the mail server"),
    "returned": gettext_lazy("Came back"),
    "withdrawn": gettext_lazy("Taken back"),
    "sent": gettext_lazy("Sent"),
}


class Line(NamedTuple):
    """A reminder: on which rung, to whom, when, and how far it has come."""

    rung: Rung
    whom: str
    when: date | datetime
    state: str

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def word(self) -> str:
        return str(WORDS[self.state])


class Told(NamedTuple):
    """Something that is or was owed by a day, with its reminders, the newest or next last."""

    key: Key
    title: str
    href: str
    done_on: date | None
    is_moved: bool
    lines: list[Line]
    why_none: str = ""  # why none is planned

    @property
    def due(self) -> date:
        return self.key[2]

    @property
    def anchor(self) -> str:
        return f"{self.key[0]}-{self.key[1]}"

    @property
    def state(self) -> str:
        """done, moved, late or open."""
        if self.done_on:
            return "done"
        if self.is_moved:
            return "moved"
        return "late" if self.due < localdate() else "open"


def told_in(region: Region) -> list[Told]:
    """What the region owes and has owed within a year, the next first, the done ones last."""
    today = localdate()
    within = Within(today + AHEAD, regions=[region.pk])
    owed = {duty.key: duty for source in SOURCES.values() for duty in source.owed(within)}
    made = _made(region, today)
    people = Answerable(owed.values(), today)
    now = [_open(duty, made.get(key, []), people, today) for key, duty in owed.items()]
    past = _past({key: rows for key, rows in made.items() if key not in owed})
    return sorted(now, key=lambda one: one.key[2]) + sorted(past, key=lambda one: one.key[2], reverse=True)


def _made(region: Region, today: date) -> dict[Key, list[Reminder]]:
    rows = Reminder.objects.filter(region=region, made_at__date__gte=today - BEHIND)
    found: dict[Key, list[Reminder]] = defaultdict(list)
    for row in rows.select_related("person", "mail__digest").order_by("rung", "person__name", "pk"):
        found[row.kind, row.subject, row.due].append(row)
    return found


def _open(duty: Duty, rows: list[Reminder], people: Answerable, today: date) -> Told:
    if duty.rests:
        return Told(duty.key, capfirst(duty.what()), duty.path, None, False, [*map(_line, rows)], duty.todo())
    ahead = duty.ladder.to_come(duty.due, duty.since, today)
    to_come = [_planned(rung, people.of(duty, rung.whom), day) for rung, day in ahead]
    if made_up := _made_up_for(duty, rows, people, today):
        to_come = [line for line in to_come if line.when > made_up.when]
        to_come.insert(0, made_up)
    return Told(duty.key, capfirst(duty.what()), duty.path, None, False, [*map(_line, rows), *to_come])


def _planned(rung: Rung, whom: Iterable[Person], day: date) -> Line:
    return Line(rung, ", ".join(person.name for person in whom), day, "planned")


def _made_up_for(duty: Duty, rows: list[Reminder], people: Answerable, today: date) -> Line | None:
    """What the next scan sends of days that have passed: to whom the newest rung has not been sent yet."""
    on = next_scan(today)
    rung = duty.rung(on)
    if rung is None:
        return None
    told = {row.person_id for row in rows if row.rung == rung.days}
    left = [person for person in people.of(duty, rung.whom) if person.pk not in told]
    return _planned(rung, left, on) if left else None


def next_scan(on: date) -> date:
    """The day of the first scan that is still to come, on that day or after it."""
    today = localdate()
    return next_working_day(max(on, today if localtime().time() < MORNING else today + A_DAY))


def _line(row: Reminder) -> Line:
    return Line(Rung(row.rung), row.person.name, row.mail.moment if row.mail else row.made_at, row.state)


def _past(made: dict[Key, list[Reminder]]) -> list[Told]:
    """What has been reminded of and is no longer owed: done, or owed by another day now."""
    found = []
    for kind, keys in _by_kind(made).items():
        source = SOURCES[kind]
        titles = source.titles({subject for subject, _due in keys})
        done = source.done(keys)
        for subject, due in keys:
            lines = [_line(row) for row in made[kind, subject, due]]
            on = done.get((subject, due))
            title = titles.get(subject) or str(source.ladder.title)
            found.append(Told((kind, subject, due), title, "", on, on is None, lines))
    return found


def _by_kind(keys: Iterable[Key]) -> dict[str, list[tuple[str, date]]]:
    found: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for kind, subject, due in keys:
        found[kind].append((subject, due))
    return found


def said(told: Told) -> str:
    """How the thing itself stands, in words."""
    return {
        "done": _("Done"),
        "moved": _("Its day was moved, or it is no longer asked for"),
        "late": _("Late"),
        "open": _("Open"),
    }[told.state]
