"""Which days are worked on in Finland, which are slow, and when does no mail leave that nobody has asked for?"""

from calendar import monthrange
from collections.abc import Container
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays
from django.utils.timezone import get_default_timezone, localtime

A_DAY = timedelta(days=1)
SATURDAY = 5
JULY, DECEMBER, JANUARY = 7, 12, 1
CHRISTMAS_EVE, EPIPHANY = 24, 6
DAY_BEGINS, DAY_ENDS = time(7), time(18)  # mails that nobody has asked for leave between the two


@cache
def _holidays() -> Container[date]:
    """Finland's public holidays, the eves of Christmas and midsummer among them; any year is worked out when asked."""
    return holidays.country_holidays("FI")


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.weekday() < SATURDAY and day not in _holidays()


def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it: no deadline is on a holiday or at a weekend."""
    while not is_working_day(day):
        day += A_DAY
    return day


def last_working_day(day: date) -> date:
    """The day itself, or the last working day before it."""
    while not is_working_day(day):
        day -= A_DAY
    return day


def is_slow(day: date) -> bool:
    """July, and from Christmas Eve to Epiphany: nobody meets, so no week of a plan runs."""
    return (
        day.month == JULY
        or (day.month == DECEMBER and day.day >= CHRISTMAS_EVE)
        or (day.month == JANUARY and day.day <= EPIPHANY)
    )


def is_quiet(moment: datetime) -> bool:
    """Night, weekend or holiday, by the site's clock: what nobody has just asked for waits."""
    here = localtime(moment)
    return not is_working_day(here.date()) or not DAY_BEGINS <= here.time() < DAY_ENDS


def next_morning(moment: datetime) -> datetime:
    """When the next time begins in which mails leave that nobody has asked for."""
    here = localtime(moment)
    day = here.date() if here.time() < DAY_BEGINS else here.date() + A_DAY
    return datetime.combine(next_working_day(day), DAY_BEGINS, get_default_timezone())


def next_open(moment: datetime) -> datetime:
    """The moment itself, or the next one that is not quiet."""
    return next_morning(moment) if is_quiet(moment) else moment


def months_after(day: date, months: int) -> date:
    """The same day of a later month (an earlier one, when negative), or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_again(on: date) -> date:
    """By when what was done on the day is done again: the same day of the next year (28.2. after a leap day), or the
    next working day after it."""
    return next_working_day(months_after(on, 12))


def done_until(due: date) -> date:
    """The latest day of which what was done on it is due again by the other."""
    end = last_working_day(due)
    before = months_after(end, -12)
    return before + A_DAY if months_after(before + A_DAY, 12) <= end else before
