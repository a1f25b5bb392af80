"""What did the partners answer, all together? Nothing as long as it could be told who said what.

An answer that comes in while others look at the sums would be the difference of two looks: so there is nothing to see
before the survey is over, and nothing of fewer than three.
"""

from collections import Counter
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.alphabet import alphabetical
from workflows.survey.models import Survey
from workflows.survey.questions import STATEMENTS

LEAST = 3  # answers of which something is shown
SCALE = (1, 2, 3, 4, 5)


class Row(NamedTuple):
    """How many gave each number to a statement."""

    text: str
    counts: tuple[int, ...]  # from 1 to 5

    @property
    def answers(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """To one decimal; nothing where all said that they cannot say."""
        total = sum(number * count for number, count in zip(SCALE, self.counts, strict=True))
        return round(total / self.answers, 1) if self.answers else None

    @property
    def mean_in_words(self) -> str:
        """With the decimal mark of the language: 4,2."""
        return "–" if self.mean is None else number_format(self.mean, 1)


class Result(NamedTuple):
    """The survey's answers together: in numbers, and the own words in the order of the alphabet."""

    asked: int
    answered: int
    rows: list[Row]
    texts: list[str]

    @property
    def in_words(self) -> str:
        """What the chart shows."""
        said = "; ".join(f"{row.text.rstrip('.')}: {row.mean_in_words}" for row in self.rows)
        return _("Means on the scale from 1 to 5. %(means)s.") % {"means": said}


def result_of(survey: Survey) -> Result | None:
    """What was answered; nothing while the survey is open, or when fewer than three have answered."""
    if survey.is_open() or (answered := _answered(survey)) < LEAST:
        return None
    answers = list(survey.answers.all())
    rows = [_row(str(text), [one.scores.get(key) for one in answers]) for key, text in STATEMENTS.items()]
    texts = sorted((one.text for one in answers if one.text), key=alphabetical)
    return Result(survey.places.count(), answered, rows, texts)


def _answered(survey: Survey) -> int:
    """How many people: one may have answered by two links before the two rows of that person were joined."""
    return survey.places.filter(used=True).count()


def _row(text: str, scores: list[int | None]) -> Row:
    counted = Counter(scores)
    return Row(text, tuple(counted[number] for number in SCALE))


def how_it_stands(survey: Survey) -> str:
    """How many have answered, in words: all that is told of a survey that is open, or has too few answers."""
    answered, asked = _answered(survey), survey.places.count()
    said = ngettext("%(answered)s of %(asked)s has answered.", "%(answered)s of %(asked)s have answered.", answered)
    return said % {"answered": answered, "asked": asked}
