"""Which days does a pasted text name? In any usual form: 5.3.2027, 5.3. of a given year, 2027-03-05."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

# klo 17.00, kl. 17.00–19.30, at 5:00, or 17:00 alone: no days.
TIME = re.compile(
    r"(?:\b(?:klo|kl\.?|at)\s*\d{1,2}(?:[.:]\d{2})?|\b\d{1,2}:\d{2})(?:\s*[-–—]\s*\d{1,2}(?:[.:]\d{2})?(?!\.?\d))?",
    re.IGNORECASE,
)
DAY = re.compile(
    r"(?<!\d)(?:(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})(?!\d)(?:\.\s*(?P<year>\d{4})|\.(?P<short>\d{2})(?![\d.])|\.)?)(?!\d)"
)
LONGEST_SHOWN = 60  # characters of a refused line
YEARS_BACK, YEARS_AHEAD = 1, 4  # a day farther away is a slip


class Found(NamedTuple):
    """The days of a text, each once and in order, and what is wrong with the lines that are no days."""

    days: list[date]
    refused: list[str]


def days_of(text: str, year: int) -> Found:
    """The days that the text names; `year` is that of the days which name none."""
    days: set[date] = set()
    refused = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        here = list(_days(line, year))
        if wrong := _wrong(line, here):
            said = {"number": number, "line": line.strip()[:LONGEST_SHOWN], "wrong": wrong}
            refused.append(_("Line %(number)s, “%(line)s”: %(wrong)s") % said)
        days |= {day for day in here if day}
    return Found(sorted(days), refused)


def _days(line: str, year: int) -> Iterator[date | None]:
    """The days of a line; None for one that no calendar has."""
    for found in DAY.finditer(TIME.sub(" ", line)):
        try:
            yield date.fromisoformat(found["iso"]) if found["iso"] else _day(found, year)
        except ValueError:
            yield None


def _day(found: re.Match[str], year: int) -> date:
    if found["short"]:
        year = 2000 + int(found["short"])
    return date(int(found["year"] or year), int(found["month"]), int(found["day"]))


def _wrong(line: str, days: list[date | None]) -> str:
    """Why the line cannot be read; empty when it can."""
    if None in days:
        return _("there is no such day.")
    if not days:
        return _("no day was found. Write days as 5.3.2027.")
    if re.search(r"\d", DAY.sub(" ", TIME.sub(" ", line))):
        return _("something beside the days was not understood. Write each day whole, as 5.3.2027.")
    this = localdate().year
    if any(not this - YEARS_BACK <= day.year <= this + YEARS_AHEAD for day in days if day):
        return _("the year is not near this one.")
    return ""
