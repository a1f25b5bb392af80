"""Why can a day not be a deadline? In words that name the next day that can."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from adoption.days import is_working_day, next_working_day
from adoption.fields import Day
from adoption.templatetags.kaiku import weekday_day


def why_no_deadline(day: date) -> str:
    """Why nothing can be due on the day: it is a weekend or a holiday. Empty when it can."""
    if is_working_day(day):
        return ""
    days = {"day": weekday_day(day), "next": weekday_day(next_working_day(day))}
    return _("%(day)s is a weekend or a holiday. The next working day is %(next)s.") % days


class Deadline(Day):
    """A day by which something is due: no weekend, and no holiday."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and (why := why_no_deadline(value)):
            raise ValidationError(why, code="day_off")
