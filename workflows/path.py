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
SIGN_WIDTH, SIGN_HEIGHT = 40, 17
WALKED = ("done", "open", "again")  # a step that is skipped before its turn has not been walked to


class Station(NamedTuple):
    """A step in the picture: where, its number, its state, and a word above or below it."""

    x: float
    y: float
    number: str
    state: str
    label: str
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
    signs = _signs(columns, blocks)
    top = min([0.0, *(sign.y - 2 for sign in signs)])
    bottom = max(s.label_y if s.label else s.y + RADIUS for s in stations)
    return Picture(
        width=goal.x + 13, top=top, height=max(bottom + 4, 146) - top, ways=_ways(columns), signs=signs,
        stations=stations, goal=Goal(goal.x, goal.y, goal.state),
        now=_now(blocks, trial), behind=_behind(blocks), ahead=_ahead(blocks, trial),
    )  # fmt: skip


def _columns(blocks: Blocks) -> list[list[Station]]:
    x, columns = 17.0, []
    for number, block in enumerate(blocks):
        if number:
            x += _distance(blocks[number - 1], block, number == len(blocks) - 1)
        early = number > 0 and any(s.is_passed_over for s in blocks[number - 1])
        columns.append([_station(s, x, y, len(block) > 1, early) for s, y in zip(block, _heights(block), strict=True)])
    return columns


def _distance(before: list[Standing], block: list[Standing], last: bool) -> float:
    if last:
        return LAST
    beside = [block for block in (before, block) if len(block) > 1]
    if any(_has_words(block) for block in beside):
        return SPLIT_WITH_WORDS
    return SPLIT if beside else STEP


def _has_words(block: list[Standing]) -> bool:
    return any(standing.state in SAID for standing in block)


def _heights(block: list[Standing]) -> list[float]:
    """Steps side by side; wider apart where a word stands between them."""
    apart = APART_WITH_WORDS if _has_words(block) else APART
    return [MIDDLE + (index - (len(block) - 1) / 2) * apart for index in range(len(block))]


def _station(standing: Standing, x: float, y: float, beside: bool, early: bool) -> Station:
    label = str(SAID.get(standing.state, ""))
    if not label and early and standing.state != "ahead":
        label = _("early")
    # Neighbours are 38 apart, so their words stand above and below by turns.
    below = beside or (isinstance(standing.step.number, int) and standing.step.number % 2 == 0)
    return Station(x, y, str(standing.step.number), standing.state, label, y + 25 if below else y - 20)


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


def _signs(columns: list[list[Station]], blocks: Blocks) -> list[Sign]:
    """One sign over each run of neighbours that are open now."""
    runs: list[list[list[Station]]] = []
    for number, column in enumerate(columns):
        if not any(station.state == "open" for station in column):
            continue
        neighbours = number and any(station.state == "open" for station in columns[number - 1])
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
    if not trial.started_on:
        said.append(_("The trial is planned to start on %(day)s.") % {"day": written(trial.planned_start)})
    elif not trial.decided and trial.ends_on:
        said.append(_("The trial ends on %(day)s.") % {"day": written(trial.ends_on)})
    return " ".join(said)
