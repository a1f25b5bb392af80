"""How is the path of a trial drawn at its present position, and what do the words beside the picture say?

The picture is computed from the published model: a station a step, side by side where the steps are, and the decision
as the goal. What the colours and dashes say, the words say too.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.models import Trial
from workflows.standing import Standing, listed, written
from workflows.trial import OUTCOME_NAMES

MIDDLE, RADIUS = 84, 14
STEP, SPLIT, LAST = 38, 57, 32  # distances between neighbours in a row, to and from a split, and to the goal
APART, APART_WITH_WORDS = 44, 60  # between steps side by side
SPLIT_WITH_WORDS = 76  # so that a long word under the middle one stays clear of the lines
SAID = {"again": gettext_lazy("again"), "skip": gettext_lazy("skipped")}
BELOW = (25, 39, 53)  # from the middle of a circle to the foot of the word below it
ASIDE = 14  # so that no way runs through a word
SIGN_WIDTH, SIGN_HEIGHT = 40, 17
WALKED = ("done", "open", "again")  # a step that is skipped before its turn has not been walked to


class Station(NamedTuple):
    """A step in the picture: where, its number, its state, and a word above or below it."""

    x: float
    y: float
    number: str
    state: str
    label: str
    label_x: float
    label_y: float

    @property
    def text_y(self) -> float:
        return self.y + 4.3


class Sign(NamedTuple):
    """The mark that says NOW."""

    x: float
    y: float

    @property
    def text_x(self) -> float:
        return self.x + SIGN_WIDTH / 2

    @property
    def text_y(self) -> float:
        return self.y + 12.5


class Way(NamedTuple):
    """A piece of the path; `ahead` while nobody has walked it."""

    line: str
    ahead: bool


class Goal(NamedTuple):
    """The decision, at the end of the path."""

    x: float
    y: float
    state: str

    @property
    def top(self) -> float:
        return self.y - 10


class Picture(NamedTuple):
    """The whole drawing, and what it says in words."""

    width: float
    top: float
    height: float
    ways: list[Way]
    signs: list[Sign]
    stations: list[Station]
    goal: Goal
    now: str
    behind: str
    ahead: str

    @property
    def words(self) -> str:
        return " ".join(text for text in (self.now, self.behind, self.ahead) if text)


Blocks = list[list[Standing]]


def picture(blocks: Blocks, trial: Trial) -> Picture:
    """The path of the trial, whose steps stand as in `blocks`; the last block is the decision."""
    columns = _columns(blocks)
    [goal] = columns[-1]
    stations = [station for column in columns[:-1] for station in column]
    signs = _signs(columns)
    top = min([0.0, *(sign.y - 2 for sign in signs)])
    bottom = max(s.label_y if s.label else s.y + RADIUS for s in stations)
    return Picture(
        width=goal.x + 13, top=top, height=max(bottom + 4, 146) - top, ways=_ways(columns), signs=signs,
        stations=stations, goal=Goal(goal.x, goal.y, goal.state),
        now=_now(blocks, trial), behind=_behind(blocks), ahead=_ahead(blocks, trial),
    )  # fmt: skip


def _columns(blocks: Blocks) -> list[list[Station]]:
    labels = [_labels(blocks, number) for number in range(len(blocks))]
    x, columns, level = 17.0, [], 0
    for number, block in enumerate(blocks):
        if number:
            x += _distance(labels[number - 1], labels[number], number == len(blocks) - 1)
        # All words stand below, where no sign is; neighbours' at other heights, since their circles are 38 apart.
        level = (level + 1) % len(BELOW) if number and any(labels[number]) and any(labels[number - 1]) else 0
        place = x + _aside(blocks, number)
        stations = zip(block, labels[number], _heights(labels[number]), strict=True)
        columns.append([_station(standing, label, x, y, place, BELOW[level]) for standing, label, y in stations])
    return columns


def _aside(blocks: Blocks, number: int) -> float:
    """How far the word of the column stands aside, where the way parts after it or has joined before it."""
    if len(blocks[number]) > 1:
        return 0
    parts = number + 1 < len(blocks) and len(blocks[number + 1]) > 1
    joins = number > 0 and len(blocks[number - 1]) > 1
    return ASIDE * (joins - parts)


def _labels(blocks: Blocks, number: int) -> list[str]:
    """The word at each step of the block; empty where the drawing says enough."""
    early = number > 0 and any(standing.is_passed_over for standing in blocks[number - 1])
    return [_label(standing, early) for standing in blocks[number]]


def _label(standing: Standing, early: bool) -> str:
    if standing.state in SAID:
        return str(SAID[standing.state])
    return _("early") if early and standing.state != "ahead" else ""


def _distance(before: list[str], labels: list[str], last: bool) -> float:
    if last:
        return LAST
    beside = [one for one in (before, labels) if len(one) > 1]
    if beside and any(before + labels):
        return SPLIT_WITH_WORDS
    return SPLIT if beside else STEP


def _heights(labels: list[str]) -> list[float]:
    """Steps side by side; wider apart where a word stands between them."""
    apart = APART_WITH_WORDS if any(labels) else APART
    return [MIDDLE + (index - (len(labels) - 1) / 2) * apart for index in range(len(labels))]


def _station(standing: Standing, label: str, x: float, y: float, label_x: float, below: float) -> Station:
    return Station(x, y, str(standing.step.number), standing.state, label, label_x, y + below)


def _ways(columns: list[list[Station]]) -> list[Way]:
    reached = max((i for i, column in enumerate(columns) if any(s.state in WALKED for s in column)), default=0)
    ways = [
        Way(_line(a, b), number > reached)
        for number, (before, column) in enumerate(pairwise(columns), 1)
        for a in before
        for b in column
    ]
    return sorted(ways, key=lambda way: not way.ahead)  # the walked lie over those ahead


def _line(a: Station, b: Station) -> str:
    if a.y == b.y:
        return f"M{a.x:g} {a.y:g}H{b.x:g}"
    leave, arrive = (33, 38) if a.y == MIDDLE else (38, 33)
    return f"M{a.x:g} {a.y:g}C{a.x + leave:g} {a.y:g} {b.x - arrive:g} {b.y:g} {b.x:g} {b.y:g}"


def _signs(columns: list[list[Station]]) -> list[Sign]:
    """One sign over each run of single neighbours that are open now, and one over those side by side."""
    runs: list[list[list[Station]]] = []
    for number, column in enumerate(columns):
        if not any(station.state == "open" for station in column):
            continue
        before = columns[number - 1] if number else []
        neighbours = len(before) == len(column) == 1 and before[0].state == "open"
        if neighbours:
            runs[-1].append(column)
        else:
            runs.append([column])
    return [_sign(run) for run in runs]


def _sign(run: list[list[Station]]) -> Sign:
    middle = (run[0][0].x + run[-1][0].x) / 2
    top = min(station.y for column in run for station in column)
    return Sign(middle - SIGN_WIDTH / 2, top - RADIUS - SIGN_HEIGHT - 9)


# -- the same in words -------------------------------------------------------------------------------------------


def names(steps: Iterable[Standing]) -> str:
    """1, 2 and the decision."""
    return listed(_("the decision") if s.step.outcomes else s.step.number for s in steps)


def _in(blocks: Blocks, *states: str) -> list[Standing]:
    return [standing for block in blocks for standing in block if standing.state in states]


def _now(blocks: Blocks, trial: Trial) -> str:
    if trial.decided:
        return _("Decided: %(outcome)s.") % {"outcome": OUTCOME_NAMES[trial.decided]}
    now = _in(blocks, "open")
    if not now:
        return ""
    if now[0].step.outcomes:
        return _("The decision on going on is open.")
    return ngettext("Step %(steps)s is open.", "Steps %(steps)s are open side by side.", len(now)) % {
        "steps": names(now)
    }


def _behind(blocks: Blocks) -> str:
    said = []
    if done := _in(blocks, "done"):
        said.append(_("Done: %(steps)s.") % {"steps": names(done)})
    if skipped := _in(blocks, "skip"):
        said.append(_("Skipped: %(steps)s.") % {"steps": names(skipped)})
    if again := _in(blocks, "again"):
        text = ngettext(
            "Step %(steps)s has been reopened, and closes before step 9, 10 or the decision.",
            "Steps %(steps)s have been reopened, and close before step 9, 10 or the decision.",
            len(again),
        )
        said.append(text % {"steps": names(again)})
    if passed := [s for block in blocks for s in block if s.is_passed_over]:
        text = ngettext(
            "The step after %(steps)s was opened early; %(steps)s is open still.",
            "The steps after %(steps)s were opened early; %(steps)s are open still.",
            len(passed),
        )
        said.append(text % {"steps": names(passed)})
    return " ".join(said)


def _ahead(blocks: Blocks, trial: Trial) -> str:
    said = []
    if ahead := _in(blocks, "ahead"):
        said.append(_("Ahead: %(steps)s.") % {"steps": names(ahead)})
    if not trial.started_on and not trial.decided:
        said.append(_("The trial is planned to start on %(day)s.") % {"day": written(trial.planned_start)})
    elif not trial.decided and trial.ends_on:
        said.append(_("The trial ends on %(day)s.") % {"day": written(trial.ends_on)})
    return " ".join(said)
