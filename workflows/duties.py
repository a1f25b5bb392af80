"""What is owed, by when, by whom? Each kind of duty reads from the data what its ladder may have to remind of.

A new kind is a function that gives its duties, and one line in SOURCES.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property, partial
from typing import NamedTuple

from django.db.models import F, Max, Min, Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import KAIKUKESKUS, PAIR
from adoption.days import a_year_after, months_after
from adoption.ladders import DECISION, FEEDBACK, HOLDERS, STEP, Ladder
from adoption.ladders import KAIKUKESKUS as UP_TO_KAIKUKESKUS
from adoption.models import Person, Region, Responsibility
from workflows.models import Trial, TrialMunicipality, TrialStep
from workflows.tasks import BOTH, OpenStep, open_steps
from workflows.trial import MODELS

A_YEAR = 12  # months between two feedback meetings at most


class Duty(NamedTuple):
    """Something that is owed by a day: by these people, or else by whoever answers for the sides then."""

    ladder: Ladder
    subject: str  # its key within the kind
    region: Region | None
    due: date
    since: date | None  # the day on which it began to be owed
    what: Callable[[], str]  # in the reader's language
    todo: Callable[[], str]
    path: str  # the very place
    sides: frozenset[str] = BOTH
    municipalities: frozenset[int] | None = None  # None: of the whole region
    people: tuple[Person, ...] = ()

    @property
    def where(self) -> str:
        """The region's name, which the mail begins with; one's own things stand in no region."""
        return self.region.name if self.region else "Kaikupolku"

    @property
    def key(self) -> tuple[str, str, date]:
        return self.ladder.kind, self.subject, self.due


Owed = Callable[[date, Collection[str] | None], list[Duty]]


class Source(NamedTuple):
    """A kind of duty: its ladder, and what gives those that are due until a day, of some subjects or of all."""

    ladder: Ladder
    owed: Owed


# -- open steps, and the decision -------------------------------------------------------------------------------------


def steps(until: date, subjects: Collection[str] | None = None) -> list[Duty]:
    """The open steps of undecided trials whose day in the plan has come by then; the decision has its own ladder."""
    rows = TrialStep.objects.filter(closed_at=None, due__lte=until).exclude(key="decision")
    if subjects is not None:
        rows = rows.filter(pk__in=subjects)
    trials = _trials(rows)
    opened = [one for one in open_steps(trials) if one.due and one.due <= until and not one.step.outcomes]
    chosen = [one for one in opened if subjects is None or str(one.row.pk) in subjects]
    members = _members(trials)
    return [_of_step(one, members[one.trial.pk]) for one in chosen]


def _trials(rows: Iterable[TrialStep]) -> list[Trial]:
    return list(Trial.objects.filter(decided="", steps__in=rows).select_related("region__county").distinct())


def _members(trials: Sequence[Trial]) -> dict[int, frozenset[int]]:
    """Trial → the keys of its municipalities."""
    found: dict[int, set[int]] = defaultdict(set)
    if trials:
        for trial, municipality in TrialMunicipality.objects.filter(trial__in=trials).values_list(
            "trial", "municipality"
        ):
            found[trial].add(municipality)
    return defaultdict(frozenset, {trial: frozenset(keys) for trial, keys in found.items()})


def _of_step(one: OpenStep, members: frozenset[int]) -> Duty:
    """Owed by the sides that it waits for; the introductory event's entries by the pair as well."""
    assert one.due
    pair_writes = not one.awaits & BOTH and one.waits_for(BOTH)
    return Duty(
        STEP, str(one.row.pk), one.trial.region, one.due, localdate(one.since), partial(_step_title, one),
        lambda: str(one.step.what), one.row.get_absolute_url(), one.awaits | (BOTH if pair_writes else frozenset()),
        members,
    )  # fmt: skip


def _step_title(one: OpenStep) -> str:
    return _("step %(number)s, %(title)s") % {"number": one.step.number, "title": one.step.title}


def decisions(until: date, subjects: Collection[str] | None = None) -> list[Duty]:
    """The decisions on going on of trials that run: also before the step is open, for bodies meet seldom."""
    rows = TrialStep.objects.filter(key="decision", closed_at=None, due__lte=until, trial__decided="")
    rows = rows.filter(trial__started_on__isnull=False).select_related("trial__region__county").order_by("pk")
    found = list(rows if subjects is None else rows.filter(pk__in=subjects))
    members = _members([row.trial for row in found])
    return [_of_decision(row, members[row.trial_id]) for row in found]


def _of_decision(row: TrialStep, members: frozenset[int]) -> Duty:
    step = MODELS[row.trial.model].step(row.key)
    assert step
    assert row.due
    title, what = step.title, step.what
    return Duty(
        DECISION, str(row.pk), row.trial.region, row.due, row.trial.started_on, lambda: str(title), lambda: str(what),
        row.get_absolute_url(), frozenset(step.awaits(row.confirmed)), members,
    )  # fmt: skip


# -- the yearly feedback meeting --------------------------------------------------------------------------------------


def meetings(until: date, subjects: Collection[str] | None = None) -> list[Duty]:
    """The feedback meetings of regions in which the card runs: twelve months after the start or the last meeting
    (R8), as `workflows.year.next_feedback_due` has it."""
    begun = Min("trials__started_on", filter=~Q(trials__decided="stop"))
    regions = Region.objects.annotate(begun=begun, held=Max("meetings__held_on"))
    last = Greatest("begun", Coalesce("held", "begun"))
    # A day more than twelve months: the same day of the next year may be 28.2. for 29.2.
    newest = months_after(until, -A_YEAR) + timedelta(days=1)
    regions = regions.filter(begun__isnull=False).annotate(last=last).filter(last__lte=newest).order_by("pk")
    found = regions if subjects is None else regions.filter(pk__in=subjects)
    duties = [_of_meeting(region, region.last) for region in found.annotate(since=F("last"))]
    return [duty for duty in duties if duty.due <= until]


def _of_meeting(region: Region, last: date) -> Duty:
    return Duty(
        FEEDBACK, str(region.pk), region, a_year_after(last), last, lambda: _("the yearly feedback meeting"),
        _meeting_todo, reverse("meeting_new", args=[region.slug]),
    )  # fmt: skip


def _meeting_todo() -> str:
    return _(
        "Agree on a day with your pair, and invite the partners and Kaikukeskus. "
        "If it has been held, only the record is missing."
    )


SOURCES: dict[str, Source] = {
    source.ladder.kind: source
    for source in (
        Source(STEP, steps),
        Source(DECISION, decisions),
        Source(FEEDBACK, meetings),
    )
}


# -- who answers for it -----------------------------------------------------------------------------------------------


class Answerable:
    """Who hears of the duties on the day, read for all of them together."""

    def __init__(self, duties: Iterable[Duty], today: date) -> None:
        self.regions = {duty.region.pk for duty in duties if duty.region and not duty.people}
        self.today = today

    @cached_property
    def held(self) -> dict[int, list[Responsibility]]:
        """Region → the responsibilities of both sides today, holders first."""
        found: dict[int, list[Responsibility]] = defaultdict(list)
        current = Responsibility.objects.current(self.today).filter(region__in=self.regions, side__in=PAIR)
        for one in current.filter(person__is_active=True).select_related("person").order_by("substitute", "pk"):
            found[one.region_id].append(one)
        return found

    @cached_property
    def kaikukeskus(self) -> list[Person]:
        return list(Person.objects.filter(is_kaikukeskus=True, is_active=True).order_by("pk"))

    def of(self, duty: Duty, whom: str) -> list[Person]:
        """Those who are reminded on a rung that goes up to `whom`: who is missing is stood in for by the next ones."""
        region = duty.region.pk if duty.region and not duty.people else None
        held = [one for one in self.held[region] if _covers(one, duty)] if region else []
        found = list(duty.people) + [one.person for one in held if not one.substitute]
        found += self.kaikukeskus if KAIKUKESKUS in duty.sides else []
        if whom != HOLDERS or not found:
            found += [one.person for one in held if one.substitute]
        if whom == UP_TO_KAIKUKESKUS or not found:
            found += self.kaikukeskus
        return list(dict.fromkeys(found))


def _covers(one: Responsibility, duty: Duty) -> bool:
    everywhere = one.municipality_id is None or duty.municipalities is None
    return one.side in duty.sides and (everywhere or one.municipality_id in (duty.municipalities or ()))
