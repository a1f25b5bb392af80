"""What is entered of a region that already has the card, and what of it cannot be?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.alphabet import by_name
from adoption.existing import why_not_done_on
from adoption.models import Municipality, Region
from commitments.on_paper import Paper
from workflows.services import not_free, wrong_days
from workflows.standing import written
from workflows.steps import Step, TrialFlow
from workflows.trial import MODELS

LASTING = "lasting"
START, FEEDBACK, DECISION = "start_distribution", "feedback", "decision"
# Where a day stands among the entries of its own step; the others have none.
FIELD = {
    "intro_event": "date", "pair_training": "date", "workshop": "date", "commitments": "meeting",
    "print_comms": "printed_on",
}  # fmt: skip
KNOWN = {"print_comms": ("local_page", "feedback_email"), "statistics": ("statistics_person",)}


@dataclass(frozen=True)
class Entry:
    """A region as it stands without us: its municipalities, where they are, and the days that are known.

    `present`: the key of the step that is open, or `LASTING`. `beside`: of steps side by side at present, those that
    are done. `days`: step → when it was done. `start`, `end`: of the trial; planned ones until distribution began.
    `since`: municipality → since when it is in lasting use. `papers`: of the region commitment, by `party_key`.
    `entered`: of a region that stands here already, the steps that are entered so still; they alone are corrected.
    """

    model: str
    present: str
    municipalities: Sequence[Municipality]
    days: Mapping[str, date | None] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    start: date | None = None
    end: date | None = None
    since: Mapping[int, date] = field(default_factory=dict)
    meeting: date | None = None
    committed_on: date | None = None
    papers: Mapping[str, Paper] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)  # the fields of KNOWN
    entered: frozenset[str] | None = None

    @property
    def flow(self) -> type[TrialFlow]:
        return MODELS[self.model]

    @property
    def is_lasting(self) -> bool:
        return self.present == LASTING

    @property
    def done(self) -> list[Step]:
        """The steps that are closed: all before the present ones, and of these those that are done."""
        if self.entered is not None:
            return [step for step in self.flow.all_steps() if step.key in self.entered]
        if self.is_lasting:
            return self.flow.all_steps()
        return [*self.flow.before(self.present), *(s for s in self.flow.all_steps() if s.key in self.beside)]

    def is_done(self, key: str) -> bool:
        return any(step.key == key for step in self.done)

    @property
    def has_begun(self) -> bool:
        """Whether distribution has."""
        return self.is_done(START)

    def day_of(self, key: str) -> date | None:
        """When the step was done, if that is known: distribution began, the trial's feedback meeting was held."""
        return {START: self.start, FEEDBACK: self._met_in_trial}.get(key, self.days.get(key))

    @property
    def _met_in_trial(self) -> date | None:
        """The last feedback meeting, if it can have been the trial's: in lasting use one is held every year, and those
        come after the decision on going on."""
        decided = self.days.get(DECISION) or min(self.since.values(), default=None)
        return None if self.meeting and decided and self.meeting > decided else self.meeting

    def evidence(self, key: str) -> dict[str, str]:
        """What is known among the entries of the step."""
        day = self.day_of(key)
        said = {FIELD[key]: day.isoformat()} if key in FIELD and day else {}
        said |= {name: self.known[name] for name in KNOWN.get(key, ()) if self.known.get(name)}
        if key == START:
            said |= {name: day.isoformat() for name, day in (("start", self.start), ("end", self.end)) if day}
        return said


def wrong(region: Region, entry: Entry) -> list[str]:
    """Why it cannot be entered; empty when it can. The caller holds the region and its municipalities."""
    found = list(_of_form(entry))
    return found or [*_of_municipalities(region, entry), *of_days(entry)]


def _of_form(entry: Entry) -> Iterator[str]:
    if entry.model not in MODELS:
        yield _("Choose a published operating model.")
        return
    block = next((block for block in entry.flow.blocks() if entry.present in {step.key for step in block}), ())
    if not (entry.is_lasting or block) or entry.beside - {s.key for s in block} or entry.present in entry.beside:
        yield _("Choose at which step the region is, or that Kaikukortti is in lasting use.")
    if not entry.municipalities:
        yield _("Choose at least one municipality.")


def _of_municipalities(region: Region, entry: Entry) -> list[str]:
    own = set(region.members.values_list("municipality", flat=True))
    text = _("%(name)s is not a municipality of this region.")
    strange = [text % {"name": one.name} for one in by_name(entry.municipalities) if one.pk not in own]
    return strange + not_free(list(entry.municipalities))


def of_days(entry: Entry) -> list[str]:
    """Which of the days cannot be."""
    if entry.is_lasting:
        found = [*_of_term(entry), *_of_since(entry)]
    elif entry.start is None or entry.end is None:
        found = [_("Give the beginning and the end of the trial: the actual days, or the planned ones.")]
    elif entry.has_begun:
        found = _of_term(entry)
    else:  # planned days of a trial that stands here already are corrected by themselves
        found = wrong_days(entry.start, entry.end) if entry.entered is None else []
    return found + list(_to_come(entry)) + _too_early(entry) + list(_in_wrong_order(entry))


def _too_early(entry: Entry) -> list[str]:
    days = [entry.start, entry.end, entry.meeting, entry.committed_on, *entry.days.values(), *entry.since.values()]
    first = min(filter(None, days), default=None)
    why = why_not_done_on(first) if first and first <= localdate() else ""
    return [why] if why else []


def _of_term(entry: Entry) -> list[str]:
    start, end = entry.start, entry.end
    found = []
    if start and end and end <= start:
        text = _("The trial must end after it starts: the end must be after %(start)s.")
        found.append(text % {"start": written(start)})
    if start and start > localdate():
        found.append(_("Distribution has begun, so its first day is not to come."))
    return found


def _of_since(entry: Entry) -> list[str]:
    nowhere = [one.name for one in by_name(entry.municipalities) if one.pk not in entry.since]
    text = _("Say since when Kaikukortti has been in lasting use: %(names)s.")
    found = [text % {"names": ", ".join(nowhere)}] if nowhere else []
    if entry.start and any(day <= entry.start for day in entry.since.values()):
        found.append(_("Lasting use begins after the trial has begun."))
    last = max(entry.since.values(), default=None)
    decided = entry.days.get(DECISION)
    if last and decided and decided > last:
        text = _("The decision on going on comes before lasting use begins, which was on %(day)s.")
        found.append(text % {"day": written(last)})
    return found


def _to_come(entry: Entry) -> Iterator[str]:
    today = localdate()
    done = {step.key: step for step in entry.done}
    for key, day in entry.days.items():
        if key in done and day and day > today:
            yield _("%(step)s: the day is still to come.") % {"step": done[key].title}
    if any(day > today for day in entry.since.values()):
        yield _("The day since which Kaikukortti is in lasting use is still to come.")
    if entry.meeting and entry.meeting > today:
        yield _("The day of the feedback meeting is still to come.")


def _in_wrong_order(entry: Entry) -> Iterator[str]:
    """What precedes distribution (S4, W4), and what follows it, by the days that are known."""
    if not (entry.has_begun and entry.start):
        return
    said, before = {"start": written(entry.start)}, {step.key for step in entry.flow.before(START)}
    for step in entry.done:
        day = entry.days.get(step.key)
        if day and step.key in before and day > entry.start:
            yield _("%(step)s is done before distribution begins, which was on %(start)s.") % (
                said | {"step": step.title}
            )
        if day and step.key == DECISION and day < entry.start:
            yield _("%(step)s comes after distribution has begun, which was on %(start)s.") % (
                said | {"step": step.title}
            )
    if entry.meeting and entry.meeting < entry.start:
        yield _("The meeting was before distribution began on %(start)s.") % said
