"""How does each step of a trial stand: its state, what is missing, whose turn it is, and who has confirmed for whom?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from viewflow.workflow.models import Task

from adoption.access import PAIR
from adoption.history import Acting
from adoption.models import Act, Person, Region
from adoption.refusal import NotYours
from workflows.facts import Read
from workflows.models import Trial, TrialStep
from workflows.rules import Rule
from workflows.services import acting_in, facts_of, gate
from workflows.steps import Step

SIDES = ("culture", "care", "kaikukeskus")
LABELS = {"culture": gettext_lazy("Culture"), "care": gettext_lazy("Care"), "kaikukeskus": "Kaikukeskus"}
WAITING = {
    frozenset({"culture"}): gettext_lazy("Waiting for the culture side"),
    frozenset({"care"}): gettext_lazy("Waiting for the care side"),
    frozenset({"kaikukeskus"}): gettext_lazy("Waiting for Kaikukeskus"),
    frozenset({"culture", "care"}): gettext_lazy("Waiting for both sides"),
}
TOLD = {
    "step_reopened": gettext_lazy("Reopened %(day)s"),
    "step_skipped": gettext_lazy("Skipped %(day)s"),
    "next_opened_early": gettext_lazy("Next step opened early %(day)s"),
}
REASONED = tuple(TOLD)
WHOLE = ("earlier_step_open", "earlier_step_open_at_the_end")  # rules that say what is, not what is missing
FEW = 3  # missing things of one rule that stand one by one on the board; more are counted


class Word(NamedTuple):
    """A state as it is shown: its icon and its word."""

    icon: str
    text: str


class Given(NamedTuple):
    """A confirmation: whose, in whose stead, and when."""

    name: str
    behalf: str
    at: datetime


class SideOf(NamedTuple):
    """One side of a step, with its confirmation if it has given one."""

    side: str
    label: str
    given: Given | None
    is_turn: bool


class Because(NamedTuple):
    """Why something was reopened, skipped, opened early or overridden, and who said so."""

    what: str
    text: str
    name: str
    at: datetime | None


class Check(NamedTuple):
    """A rule of the gate as it stands now."""

    rule: Rule
    lacking: list[str]
    override: Because | None

    @property
    def is_missing(self) -> bool:
        return bool(self.lacking) and self.override is None

    @property
    def title(self) -> str:
        """The rule's words: a rule itself is a function, which a template would call."""
        return str(self.rule.title)

    def said(self, text: str) -> str:
        """What is missing by the rule as a whole sentence."""
        is_whole = self.rule.key in WHOLE
        return f"{text}." if is_whole else _("Missing: %(thing)s.") % {"thing": text[:1].lower() + text[1:]}

    @property
    def anchor(self) -> str:
        return f"rule-{self.rule.key}"


# -- the one owner of: in which state, and whose turn --------------------------------------------------------


class StepRow(Protocol):
    """What is looked at of a step's row."""

    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def skipped(self) -> str: ...
    @property
    def reopened_at(self) -> datetime | None: ...


def state_of(row: StepRow, is_open: bool) -> str:
    """done, skip, open, again or ahead."""
    if row.closed_at:
        return "skip" if row.skipped else "done"
    if not is_open:
        return "ahead"
    return "again" if row.reopened_at else "open"


def turn_of(step: Step, confirmed: dict[str, Any], missing: Collection[str]) -> frozenset[str]:
    """The sides for whom an open step waits: who enters it alone, while something is missing; another, where all that
    is missing is its; else who has not confirmed."""
    if step.writer and missing:
        return frozenset([step.writer])
    others = {getattr(text, "whose", "") for text in missing}
    return frozenset(others if others and all(others) else step.awaits(confirmed))


def waits_for(sides: Iterable[str], step: Step, confirmed: dict[str, Any], missing: Collection[str]) -> bool:
    """Whether an open step waits for one of the sides: to confirm it, or, of the pair, to write the entries of the
    introductory event, which Kaikukeskus then confirms."""
    sides = frozenset(sides)
    writes = step.key == "intro_event" and bool(missing) and not sides.isdisjoint(PAIR)
    return writes or not sides.isdisjoint(turn_of(step, confirmed, missing))


def end_of_week() -> date:
    """Sunday of this week: what has no day of its own stands among the things of this week."""
    today = localdate()
    return today + timedelta(days=6 - today.weekday())


def urgency(due: date | None, lacks: bool) -> tuple[date, bool, bool]:
    """Late first, then by day; of one day what has none last, and what lacks only the confirmation first."""
    return due or end_of_week(), due is None, lacks


@dataclass
class Standing:
    """A step as it stands."""

    step: Step
    row: TrialStep
    task: Task | None
    names: dict[int, str]
    said: dict[str, Act]  # of the acts that carry a reason, the newest of each kind
    region: Region
    reader: str = ""  # the side for which the reader of the page acts
    checks: list[Check] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.task is not None

    @property
    def is_passed_over(self) -> bool:
        """Kaikukeskus has opened the next step early, and this one is open still."""
        return self.is_open and bool(self.row.opened_early)

    @property
    def state(self) -> str:
        """The class of the station and the icon of the state."""
        return state_of(self.row, self.is_open)

    @property
    def title(self) -> str:
        """Step 5, Commitments; of the decision the title alone."""
        if self.step.outcomes:
            return str(self.step.title)
        return _("Step %(number)s, %(title)s") % {"number": self.step.number, "title": self.step.title}

    @property
    def name(self) -> str:
        """The same within a sentence: step 5, Commitments."""
        if self.step.outcomes:
            return _("the decision on going on")
        return _("step %(number)s, %(title)s") % {"number": self.step.number, "title": self.step.title}

    @property
    def href(self) -> str:
        return self.row.get_absolute_url()

    # -- what is missing, and whose turn it is -------------------------------------------------------------

    @property
    def missing(self) -> list[str]:
        """The gate's own list, overridden rules left out."""
        return list(dict.fromkeys(text for check in self.checks if check.is_missing for text in check.lacking))

    @property
    def missing_said(self) -> list[str]:
        """The same as whole sentences."""
        said = [check.said(text) for check in self.checks if check.is_missing for text in check.lacking]
        return list(dict.fromkeys(said))

    @property
    def missing_lines(self) -> list[tuple[str, str]]:
        """The same for the board, each with its place on the step's page; many things of one rule are counted."""
        lines: list[tuple[str, str]] = []
        for check in self.checks:
            if check.is_missing:
                texts = check.lacking if len(check.lacking) <= FEW else [_counted(check)]
                lines += [(text, f"{self.href}#{check.anchor}") for text in texts]
        return lines

    @property
    def turn(self) -> frozenset[str]:
        """The sides for whom the step waits now."""
        return turn_of(self.step, self.row.confirmed, self.missing) if self.is_open else frozenset()

    @property
    def is_turn(self) -> bool:
        """Whether the step waits for the reader."""
        return self.is_open and waits_for({self.reader}, self.step, self.row.confirmed, self.missing)

    @property
    def is_anothers(self) -> bool:
        """Whether all that is missing is a matter of one who neither writes nor confirms the step."""
        return bool(self.turn) and self.turn.isdisjoint({*self.step.sides, self.step.writer})

    @property
    def is_pairs_to_record(self) -> bool:
        """Whether the reader may write the entries of the introductory event, which Kaikukeskus then confirms."""
        return self.is_turn and self.reader not in self.turn

    @property
    def is_confirmer(self) -> bool:
        """Whether the reader's side is one that confirms the step."""
        return self.reader in self.step.sides

    @property
    def waiting(self) -> str:
        """Whom the open step waits for, in words."""
        return str(WAITING[self.turn])

    @property
    def is_half(self) -> bool:
        return self.is_open and bool(self.row.confirmed)

    @property
    def due(self) -> date | None:
        """The plan's day; nothing for a step done and reopened after it, which the plan did not foresee."""
        return self.row.due

    @property
    def days_late(self) -> int:
        """Days past the due day of an open step; 0 when it is in time."""
        return max((localdate() - self.due).days, 0) if self.is_open and self.due else 0

    # -- in words ------------------------------------------------------------------------------------------

    @property
    def words(self) -> list[Word]:
        """The states of the step, the most telling first."""
        if self.row.entered_at:
            return [Word("done", _("Done before it was entered here"))]
        if not self.is_open:
            return [Word(self.state, str(CLOSED[self.state]))]
        found = []
        if self.row.reopened and self.row.reopened_at:
            found.append(Word("again", _("Reopened %(day)s") % {"day": written(self.row.reopened_at)}))
        if self.days_late:
            late = ngettext("%(count)s day late", "%(count)s days late", self.days_late)
            found.append(Word("late", late % {"count": self.days_late}))
        if self.is_half:
            found.append(Word("half", self.waiting))
        return found or [Word("open", _("Open"))]

    @property
    def sides(self) -> list[SideOf]:
        return [
            SideOf(side, str(LABELS[side]), self._given(side), side in self.turn)
            for side in SIDES
            if side in self.step.sides
        ]

    def _given(self, side: str) -> Given | None:
        given = self.row.confirmed.get(side)
        if not given:
            return None
        behalf = self.names.get(given["for"], "") if given.get("for") else ""
        return Given(self.names.get(given["by"], ""), behalf, datetime.fromisoformat(given["at"]))

    @property
    def decisions(self) -> list[str]:
        """Which body decided for which side, when, and where it stands; of the closed decision."""
        if not (self.step.outcomes and self.row.closed_at):
            return []
        return [_decision(str(LABELS[side]), self.row.evidence[side]) for side in SIDES if side in self.row.evidence]

    @property
    def reasons(self) -> list[Because]:
        """Every reason that was written on this step, which stays visible."""
        return self.told + [self.override(rule) for rule in self.step.missing if rule.key in self.row.overrides]

    @property
    def told(self) -> list[Because]:
        """The reasons without those of overridden rules, which stand in the checklist of an open step."""
        found = []
        if self.row.reopened:
            found.append(self._because("step_reopened", self.row.reopened))
        if self.row.opened_early:
            found.append(self._because("next_opened_early", self.row.opened_early))
        if self.row.skipped:
            found.append(self._because("step_skipped", self.row.skipped))
        if self.row.entered_at:
            found.append(self._entered(self.row.entered_at))
        return found

    def _entered(self, at: datetime) -> Because:
        days = {"day": written(at), "done": written(self.row.done_on) if self.row.done_on else ""}
        known, unknown = _("Done %(done)s, entered afterwards %(day)s"), _("Day not known, entered afterwards %(day)s")
        name = f"{self.names.get(self.row.entered_by_id or 0, '')}, Kaikukeskus"
        return Because((known if self.row.done_on else unknown) % days, "", name, at)

    def _because(self, what: str, text: str) -> Because:
        act = self.said.get(what)
        words = str(TOLD[what]) % {"day": written(act.at) if act else ""}
        return Because(words, text, by_line(act) if act else "", act.at if act else None)

    def override(self, rule: Rule) -> Because:
        given = self.row.overrides[rule.key]
        name = f"{self.names.get(given['by'], '')}, Kaikukeskus"
        at = datetime.fromisoformat(given["at"])
        what = _("Rule overridden %(day)s: %(rule)s") % {"day": written(at), "rule": rule.title}
        return Because(what, given["reason"], name, at)


CLOSED = {"done": gettext_lazy("Done"), "skip": gettext_lazy("Skipped"), "ahead": gettext_lazy("Not open yet")}


def _counted(check: Check) -> str:
    return _("%(rule)s: %(count)s missing") % {"rule": check.rule.title, "count": len(check.lacking)}


def _decision(side: str, said: dict[str, Any]) -> str:
    """Culture: Sivistyslautakunta 17.6.2027, § 21, KP/99/2027."""
    body = f"{said.get('body', '')} {written(date.fromisoformat(said['date'])) if said.get('date') else ''}".strip()
    return f"{side}: " + ", ".join(text for text in (body, said.get("section"), said.get("record_number")) if text)


def by_line(act: Act) -> str:
    """Who did it, with Kaikukeskus behind its own people's names."""
    return f"{act.by}, Kaikukeskus" if act.side == "kaikukeskus" else act.by_whom


def written(value: date) -> str:
    """5.3.2027; of a moment its day here."""
    value = localdate(value) if isinstance(value, datetime) else value
    return f"{value.day}.{value.month}.{value.year}"


def between(term: tuple[date | None, date | None]) -> str:
    """5.3.2027–4.3.2028; a day that is not known says so, once where neither is."""
    if not any(term):
        return _("not known")
    return "–".join(written(day) if day else _("not known") for day in term)


def listed(things: Iterable[Any]) -> str:
    """6, 7 and 8."""
    *first, last = [str(thing) for thing in things] or [""]
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


# -- reading --------------------------------------------------------------------------------------------------


def standings(
    trial: Trial, region: Region, read: Read, checked: Iterable[str], reader: str = ""
) -> dict[str, Standing]:
    """Every step of a trial that `services.read` has read, by key; the gates of the steps `checked` are asked.

    `read`: what the rules look at, for all the steps together; `reader`: the side for which the reader acts.
    """
    names = _names(trial)
    acts = _reasons(trial, region)
    found = {}
    for step in trial.flow.all_steps():
        row = trial.rows[step.key]
        found[step.key] = Standing(step, row, trial.open.get(step.key), names, acts.get(row.pk, {}), region, reader)
    for key in checked:
        found[key].checks = checks_of(found[key], trial, read)
    return found


def checks_of(standing: Standing, trial: Trial, read: Read) -> list[Check]:
    """The gate of the step: each rule with what is missing by it now."""
    return [
        Check(rule, lacking, standing.override(rule) if rule.key in standing.row.overrides else None)
        for rule, lacking in gate(standing.step, facts_of(trial, standing.step.key, read))
    ]


def _names(trial: Trial) -> dict[int, str]:
    given = [one for row in trial.rows.values() for one in [*row.confirmed.values(), *row.overrides.values()]]
    keys = {one[whose] for one in given for whose in ("by", "for") if one.get(whose)}
    keys |= {row.entered_by_id for row in trial.rows.values() if row.entered_by_id}
    return dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))


def _reasons(trial: Trial, region: Region) -> dict[int, dict[str, Act]]:
    rows = [str(row.pk) for row in trial.rows.values()]
    acts = Act.objects.filter(region=region, about_kind="trialstep", about_id__in=rows, what__in=REASONED)
    found: dict[int, dict[str, Act]] = {}
    for act in acts.select_related("by").order_by("number"):
        found.setdefault(int(act.about_id), {})[act.what] = act
    return found


def acting_or_none(trial: Trial, region: Region, person: Person) -> Acting | None:
    """For whom the person acts in this trial; None for who only reads."""
    try:
        return acting_in(trial, region, person)
    except NotYours:
        return None
