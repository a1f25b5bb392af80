"""How ready is a region, item by item? Each item is a rule that gates a step, asked of the facts as they are now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.alphabet import by_name
from adoption.models import Municipality, Region, RegionMunicipality
from adoption.operating_model import DEFAULT
from workflows import rules
from workflows.facts import Facts, Read
from workflows.models import FeedbackMeeting, Trial, TrialStep
from workflows.rules import Rule
from workflows.steps import Step
from workflows.trial import MODELS, WITHDRAWN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OF_ENTRIES = ("statistics", "cards", "page", "feedback")  # items that look at the entries of a step alone
FEW = 5  # missing things of one item that stand one by one; more are counted
OF_PARTNERS = {"#id_account_": "partner_account", "#id_induction_": "partner_induction"}


OF_ALL, OF_COMMITTED = gettext_lazy("%(done)s of %(all)s"), gettext_lazy("%(done)s of %(all)s committed")


class Count(NamedTuple):
    """How many of how many: 17 of 20."""

    done: int
    all: int


@dataclass(frozen=True)
class Item:
    """A line of the list: its words, the rules of gates behind it, of which a model has some, and what is counted.

    `field`: where the rule asks for several entries of a step, the one that is this item's.
    """

    key: str
    title: "StrOrPromise"
    rules: tuple[Rule, ...]
    field: str = ""
    lacks: str = ""  # the filter of the list of partners that shows those without it
    count: Callable[[Facts, int], Count] | None = None
    counted: "StrOrPromise" = OF_ALL  # of which it is so many

    def missing(self, rule: Rule, facts: Facts) -> list[str]:
        """What is missing of this item: the rule's own list, or the part of it that is about the item's field."""
        found = rule(facts)
        return [text for text in found if getattr(text, "href", "") == f"#id_{self.field}"] if self.field else found


def _each_committed(facts: Facts, missing: int) -> Count:
    every = len(facts.committed)
    return Count(every - missing if every else 0, every)


def _commitments(facts: Facts, _missing: int) -> Count:
    committed = len(facts.committed)
    return Count(committed, committed + len(facts.unsigned))


ITEMS = (
    Item("pair", gettext_lazy("both sides named"), (rules.side_not_named,)),
    Item("third", gettext_lazy("third-sector distributor"), (rules.no_committed_third_sector_distributor,)),
    Item(
        "contacts", gettext_lazy("contact persons"), (rules.contacts_missing,), lacks="contact",
        count=_each_committed, counted=OF_COMMITTED,
    ),
    Item(
        "commitments", gettext_lazy("commitments"),
        (rules.region_commitment_not_in_force, rules.no_committed_venue), count=_commitments,
    ),
    Item(
        "accounts", gettext_lazy("Kaikukanta accounts"), (rules.accounts_missing,), lacks="account",
        count=_each_committed, counted=OF_COMMITTED,
    ),
    Item("statistics", gettext_lazy("local statistics"), (rules.statistics_person_missing,)),
    Item(
        "inductions", gettext_lazy("inductions"), (rules.inductions_missing,), lacks="induction",
        count=_each_committed, counted=OF_COMMITTED,
    ),
    Item("cards", gettext_lazy("cards and materials"), (rules.materials_not_printed,)),
    Item("page", gettext_lazy("local page"), (rules.local_page_missing,), field="local_page"),
    Item("feedback", gettext_lazy("feedback address"), (rules.local_page_missing,), field="feedback_email"),
)  # fmt: skip


class Asked(NamedTuple):
    """A rule as a gate of the trial asks it: the step, its row, and what is missing by it."""

    rule: Rule
    step: Step
    row: TrialStep
    missing: list[str]

    @property
    def is_set_aside(self) -> bool:
        """Whether Kaikukeskus has overridden the rule or skipped the step: the gate lets it pass."""
        return bool(self.row.skipped) or self.rule.key in self.row.overrides


@dataclass(frozen=True)
class Line:
    """An item as it stands."""

    item: Item
    asked: Sequence[Asked]
    count: Count | None
    region: Region
    has_trial: bool

    @property
    def missing(self) -> list[str]:
        """What is missing of it, whether or not Kaikukeskus has let it pass."""
        return [text for one in self.asked for text in one.missing]

    @property
    def is_ready(self) -> bool:
        """Whether the gate is open as far as this goes."""
        return all(one.is_set_aside or not one.missing for one in self.asked)

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left to do: a gate can be open while some partners are still on their way."""
        return self.state in ("done", "skip")

    @property
    def state(self) -> str:
        """The icon: done; half where it is so with some partners, whether or not the gate is open; skip; missing."""
        if not self.is_ready:
            return "half" if self.count and self.count.done else "missing"
        if self.missing:
            return "skip"
        return "half" if self.count and self.count.done < self.count.all else "done"

    @property
    def word(self) -> str:
        """The state in words, after what is counted: 17 of 20."""
        counted = [str(self.item.counted) % self.count._asdict()] if self.count and self.count.all else []
        return ", ".join([*counted, self._state_in_words])

    @property
    def _state_in_words(self) -> str:
        if self.state == "skip":
            return _("let pass by Kaikukeskus")
        if self.state == "half":
            return _("enough for the steps") if self.is_ready else _("not ready yet")
        if self.is_ready and self._was_done_before:
            return _("done before it was entered here")
        return _("ready") if self.is_ready else _("missing")

    @property
    def _was_done_before(self) -> bool:
        """Whether it stands on what is not known here: the entries of a step that was entered afterwards."""
        row = self.asked[0].row
        known = self.item.field and row.evidence.get(self.item.field)
        return row.entered_at is not None and self.item.key in OF_ENTRIES and not known

    @property
    def href(self) -> str:
        """Where it is mended: the step's page, or, before there is a trial, the list of partners or of people."""
        if self.has_trial:
            return self.asked[0].row.get_absolute_url()
        return reverse(NO_TRIAL.get(self.item.key, "board"), args=[self.region.slug])

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What is missing, each with the place where it is mended; many are counted."""
        found = [(text, self._place(one, text)) for one in self.asked for text in one.missing]
        return found[:FEW] if len(found) > FEW + 1 else found

    @property
    def more(self) -> int:
        """How many missing things do not stand one by one."""
        return len(self.missing) - len(self.lines)

    @property
    def more_href(self) -> str:
        partners = reverse("partners", args=[self.region.slug])
        return f"{partners}?lacks={self.item.lacks}" if self.item.lacks else self.href

    def _place(self, one: Asked, text: str) -> str:
        """The rule's own place; of a field of a step's page the page, of a partner's account the partner's own."""
        href = getattr(text, "href", "")
        for start, name in OF_PARTNERS.items():
            if href.startswith(start):
                return reverse(name, args=[self.region.slug, int(href.removeprefix(start))])
        if not href.startswith("#"):
            return href
        return f"{one.row.get_absolute_url()}{href}" if self.has_trial else self.href


NO_TRIAL = {
    "pair": "people", "third": "partners", "contacts": "partners", "commitments": "commitments", "accounts": "partners",
    "inductions": "partners",
}  # fmt: skip


@dataclass(frozen=True)
class Readiness:
    """The list of a trial, or of a region without one."""

    region: Region
    trial: Trial | None
    lines: Sequence[Line]
    municipalities: Sequence[Municipality]

    @property
    def ready(self) -> int:
        """How many are done; one that is half done is not, even where it is enough for the steps."""
        return sum(line.is_done for line in self.lines)

    @property
    def all(self) -> int:
        return len(self.lines)

    @property
    def first(self) -> Line | None:
        """The first item for which a step waits."""
        return next((line for line in self.lines if not line.is_ready), None)

    @property
    def summary(self) -> str:
        """7 of 9."""
        return _("%(done)s of %(all)s") % {"done": self.ready, "all": self.all}

    @property
    def on_the_way(self) -> int:
        """How many partners are still on their way to a commitment: no step waits for them."""
        found = next((line.count for line in self.lines if line.item.count is _commitments), None)
        return found.all - found.done if found else 0

    @property
    def lacking(self) -> str:
        """The names of what is not done."""
        return ", ".join(str(line.item.title) for line in self.lines if not line.is_done)


def readiness_of(trials: Iterable[Trial], read: Read | None = None) -> dict[int, Readiness]:
    """Trial → its list. What the rules look at is read for all of them together; `read`: where it has been read."""
    trials = list(trials)
    read = read or Read(trials)
    return {trial.pk: _of(trial, read, trial) for trial in trials}


def readiness_without_trial(regions: Iterable[Region]) -> dict[int, Readiness]:
    """Region → its list, for regions without a trial: the same rules, asked of all municipalities of the region."""
    regions = list(regions)
    read = ReadOfRegions(regions)
    return {region.pk: _of(read.trials[region.pk], read, None) for region in regions}


def _of(trial: Trial, read: Read, shown: Trial | None) -> Readiness:
    lines = [_line(item, asked, shown is not None) for item, asked in _asked(trial, read)]
    return Readiness(trial.region, shown, lines, read.municipalities[trial.pk])


def _asked(trial: Trial, read: Read) -> Iterable[tuple[Item, list[tuple[Asked, Facts]]]]:
    """The items that the trial's model asks about, each by the rules of its own gates."""
    gates = [(rule, step) for step in MODELS[trial.model].all_steps() for rule in step.missing]
    for item in ITEMS:
        found = []
        for rule, step in gates:
            if rule in item.rules:
                row = read.rows[trial.pk][step.key]
                facts = Facts(read, trial, row)
                found.append((Asked(rule, step, row, item.missing(rule, facts)), facts))
        if found:
            yield item, found


def _line(item: Item, asked: list[tuple[Asked, Facts]], has_trial: bool) -> Line:
    one, facts = asked[0]
    count = item.count(facts, len(one.missing)) if item.count else None
    return Line(item, [one for one, _facts in asked], count, facts.region, has_trial)


class ReadOfRegions(Read):
    """The same of regions without a trial: each has a stand-in that is never stored, under the region's own key, with
    all its municipalities and no entries."""

    MEMBER, REGION = "memberships__region", "memberships__region"

    def __init__(self, regions: Iterable[Region]) -> None:
        super().__init__(Trial(pk=region.pk, region=region, model=DEFAULT) for region in regions)

    @cached_property
    def rows(self) -> dict[int, dict[str, TrialStep]]:
        steps = MODELS[DEFAULT].all_steps()
        return {
            pk: {step.key: TrialStep(trial=trial, key=step.key) for step in steps} for pk, trial in self.trials.items()
        }

    @cached_property
    def municipalities(self) -> dict[int, list[Municipality]]:
        found: dict[int, list[Municipality]] = {pk: [] for pk in self.trials}
        for one in RegionMunicipality.objects.filter(region__in=self.trials).select_related("municipality"):
            found[one.region_id].append(one.municipality)
        return {pk: by_name(municipalities) for pk, municipalities in found.items()}

    @cached_property
    def meetings(self) -> dict[int, list[FeedbackMeeting]]:
        return {pk: [] for pk in self.trials}


def readiness_of_region(region: Region) -> list[Readiness]:
    """The lists of the region's open trials; without one, of the newest that was walked to its end; else of the
    region as it is."""
    trials = list(region.trials.exclude(decided=WITHDRAWN).order_by("-pk"))
    shown = [trial for trial in trials if not trial.decided] or trials[:1]
    if not shown:
        return list(readiness_without_trial([region]).values())
    for trial in shown:
        trial.region = region
    return list(readiness_of(shown).values())
