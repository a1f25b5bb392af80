"""Which day is a year after another?"""

from datetime import date


def a_year_after(on: date) -> date:
    """The same day of the next year; 28.2. after a leap day."""
    try:
        return on.replace(year=on.year + 1)
    except ValueError:
        return on.replace(year=on.year + 1, day=28)
