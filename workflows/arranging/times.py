"""Which times does a text name, a line each, and how do they suit those who are invited?"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import NamedTuple

from django.utils.timezone import get_default_timezone, now
from django.utils.translation import gettext as _

from adoption.days import A_DAY, is_working_day
from workflows.arranging.models import Invitee, Meeting, Pick, ProposedTime

MOST = 12  # times that one meeting is proposed for
YEARS_AHEAD = 2  # a day farther away is a slip
LONGEST_SHOWN = 60  # characters of a refused line
TIME = re.compile(
    r"\s*(?:(?:ma|ti|ke|to|pe|la|su|mån|tis|ons|tors|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun)\s+)?"
    r"(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)|(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}))"
    r"[\s,T]+(?:klo|kl\.?|at)?\s*(?P<hour>\d{1,2})(?:[.:](?P<minute>\d\d))?\s*",
    re.IGNORECASE,
)
Suits = Pick.Suits


# -- read from a text -------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """The times of a text, each once and in order, and what is wrong with the lines that are none."""

    times: list[datetime]
    refused: list[str]


def times_of(text: str) -> Found:
    """The times that the text names, a line each: 5.3.2027 klo 9.00 or 2027-03-05 09:00."""
    times: set[datetime] = set()
    refused = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = _time(line)
        if wrong := _wrong(read):
            said = {"number": number, "line": line.strip()[:LONGEST_SHOWN], "wrong": wrong}
            refused.append(_("Line %(number)s, “%(line)s”: %(wrong)s") % said)
        elif read:
            times.add(read)
    return Found(sorted(times), refused)


def _time(line: str) -> datetime | None:
    found = TIME.fullmatch(line)
    if found is None:
        return None
    try:
        day = date(*(int(found[name] or found[short]) for name, short in (("year", "y"), ("month", "m"), ("day", "d"))))
        clock = time(int(found["hour"]), int(found["minute"] or 0))
    except ValueError:
        return None
    return datetime.combine(day, clock, get_default_timezone())


def _wrong(read: datetime | None) -> str:
    """Why the line is no time at which a meeting can begin; empty when it is one."""
    if read is None:
        return _("no time was found. Write the day and the time as 5.3.2027 9.00.")
    if read != datetime.fromtimestamp(read.timestamp(), get_default_timezone()):
        return _("the clocks are turned forward then, and there is no such time.")
    if read <= now():
        return _("the time has passed.")
    if read > now() + YEARS_AHEAD * 366 * A_DAY:
        return _("the year is not near this one.")
    return ""


def is_free_day(starts_at: datetime) -> bool:
    """Whether it is on a weekend or a holiday: a meeting may be, and who proposes it is told."""
    return not is_working_day(starts_at.astimezone(get_default_timezone()).date())


# -- how they suit ----------------------------------------------------------------------------------------------------


class Suiting(NamedTuple):
    """A proposed time, and whom it suits, whom if need be, whom not; `is_best`: none suits more of those invited."""

    time: ProposedTime
    yes: list[str]
    maybe: list[str]
    no: list[str]
    is_best: bool

    @property
    def is_free_day(self) -> bool:
        return is_free_day(self.time.starts_at)

    @property
    def has_passed(self) -> bool:
        return self.time.starts_at <= now()


def suiting(meeting: Meeting, invitees: Iterable[Invitee]) -> list[Suiting]:
    """Each proposed time in order, with the names of the standing invitees by what they picked."""
    names = {one.pk: one.name for one in invitees if one.uninvited_at is None}
    found: dict[int, dict[str, list[str]]] = {}
    picks = Pick.objects.filter(time__meeting=meeting, invitee__in=names).order_by("invitee")
    for invitee, time_pk, suits in picks.values_list("invitee", "time", "suits"):
        found.setdefault(time_pk, {}).setdefault(suits, []).append(names[invitee])
    times = list(meeting.times.all())
    best = max((_rank(found.get(one.pk, {})) for one in times), default=(0, 0))
    return [_suiting(one, found.get(one.pk, {}), best) for one in times]


def _suiting(one: ProposedTime, picks: dict[str, list[str]], best: tuple[int, int]) -> Suiting:
    yes, maybe, no = (picks.get(suits, []) for suits in (Suits.YES, Suits.MAYBE, Suits.NO))
    return Suiting(one, yes, maybe, no, is_best=_rank(picks) == best != (0, 0))


def _rank(picks: dict[str, list[str]]) -> tuple[int, int]:
    """How many can come at all, and of them how many gladly."""
    yes = len(picks.get(Suits.YES, []))
    return yes + len(picks.get(Suits.MAYBE, [])), yes
