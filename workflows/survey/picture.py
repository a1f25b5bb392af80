"""How is the result of a survey drawn? A bar for each statement, from 1 to 5; the table beside it says the same."""

from typing import NamedTuple

from workflows.survey.results import SCALE, Result

LEFT, RIGHT, TOP = 8, 330, 22
WIDTH, ROW, BAR = 372, 44, 14


class Bar(NamedTuple):
    """A statement above its bar, and the mean at the bar's end."""

    text: str
    y: float
    width: float
    mean: str

    @property
    def text_y(self) -> float:
        return self.y - 7

    @property
    def mean_x(self) -> float:
        return LEFT + self.width + 6

    @property
    def mean_y(self) -> float:
        return self.y + BAR - 3


class Line(NamedTuple):
    """A number of the scale, from top to bottom."""

    x: float
    number: int


class Drawing(NamedTuple):
    """The whole picture."""

    bars: list[Bar]
    lines: list[Line]
    height: float
    width: float = WIDTH
    left: float = LEFT
    top: float = TOP
    bar: float = BAR

    @property
    def foot(self) -> float:
        """Where the lines end; the numbers stand below."""
        return self.height - 16


def drawing(result: Result) -> Drawing:
    """The picture of the means."""
    bars = [
        Bar(row.text, TOP + number * ROW, _x(row.mean) - LEFT if row.mean else 0, row.mean_in_words)
        for number, row in enumerate(result.rows)
    ]
    return Drawing(bars, [Line(_x(number), number) for number in SCALE], TOP + len(bars) * ROW + 4)


def _x(value: float) -> float:
    first, last = SCALE[0], SCALE[-1]
    return round(LEFT + (RIGHT - LEFT) * (value - first) / (last - first), 1)
