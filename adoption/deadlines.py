"""Why can a day not be a deadline? In words that name the next day that can."""

from datetime import date

from django.utils.translation import gettext as _

from adoption.days import is_working_day, next_working_day
from adoption.templatetags.kaiku import weekday_day


def why_no_deadline(day: date) -> str:
    """Why nothing can be due on the day: it is a weekend or a holiday. Empty when it can."""
    if is_working_day(day):
        return ""
    days = {"day": weekday_day(day), "next": weekday_day(next_working_day(day))}
    return _("%(day)s is a weekend or a holiday. The next working day is %(next)s.") % days
