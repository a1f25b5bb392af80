"""What does Kaikukeskus see of the whole country: its queue, the regions × ten steps, and where Kaikukortti is used?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from viewflow.workflow.models import Task

from adoption.about import things_of, title_of
from adoption.access import KAIKUKESKUS
from adoption.alphabet import alphabetical
from adoption.models import Act, ContactCheck, Municipality, Note, Partner, Phase, Region, RegionMunicipality
from adoption.notes import stands_in_queue
from adoption.partners import mark_of
from commitments.models import Commitment, Party
from commitments.turn import awaits_kaikukeskus, order_of
from workflows.models import Trial, TrialMunicipality, TrialStep
from workflows.readiness import readiness_of
from workflows.services import OPEN
from workflows.standing import listed, state_of
from workflows.steps import Step
from workflows.tasks import OpenStep, open_steps
from workflows.trial import MODELS, WITHDRAWN
from workflows.year import next_feedback_due, stage_of

ANSWER_WITHIN = 7  # days in which Kaikukeskus wants to have answered

# -- the queue ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for Kaikukeskus: since when, what, where, of which kind, and how it is decided."""

    since: datetime  # its place in the queue
    title: str
    where: str
    kind: str
    href: str = ""
    act: str = ""
    note: str = ""
    missing: list[str] = field(default_factory=list)
    partner: Partner | None = None
    thread: list[Act] = field(default_factory=list)
    question: Note | None = None
    planned: date | None = None  # the plan's day, of a step that has one
    turn_since: datetime | None = None  # since when Kaikukeskus is waited for, where that is later than its place
    key: str = ""  # by which it is known from day to day: its kind and what it is about
    stand: str = ""  # how it stands, in no language
    region: Region | None = None

    @property
    def days(self) -> int:
        """For how many days it has waited."""
        return max((localdate() - localdate(self.since)).days, 0)

    @property
    def mark(self) -> str:
        """That of the request, as it is shown."""
        return mark_of(self.partner) if self.partner else ""

    @property
    def due(self) -> date:
        """The plan's day of a step; else the day by which Kaikukeskus wants to have answered."""
        return self.planned or localdate(self.turn_since or self.since) + timedelta(days=ANSWER_WITHIN)

    @property
    def is_late(self) -> bool:
        return self.due < localdate()


def queue() -> list[Waiting]:
    """Everything that waits for Kaikukeskus, the oldest first."""
    found = requests() + steps_to_confirm() + signatures() + questions() + leavers()
    return sorted(found, key=lambda one: (one.since, one.title))


def requests() -> list[Waiting]:
    """Distributors to clear, each with what was asked and answered before."""
    found = Partner.objects.waiting_for_kaikukeskus().select_related("organisation", "region", "contact")
    partners = list(found.prefetch_related("municipalities"))
    threads = _threads(partners)
    return [_request(partner, threads[str(partner.pk)]) for partner in partners]


THREAD = (
    "clearance_asked", "clearance_more_wanted", "clearance_reminded", "clearance_answered", "clearance_lapsed",
    "clearance_given", "partner_declined",
)  # fmt: skip


def _threads(partners: Sequence[Partner]) -> dict[str, list[Act]]:
    """Partner's key, as history writes it → who asked, answered and decided what, the oldest first."""
    keys = [str(partner.pk) for partner in partners]
    acts = Act.objects.filter(about_kind="partner", about_id__in=keys, what__in=THREAD).select_related("by")
    threads: dict[str, list[Act]] = defaultdict(list)
    for act in acts.order_by("region", "number"):
        threads[act.about_id].append(act)
    return threads


def _request(partner: Partner, thread: list[Act]) -> Waiting:
    places = ", ".join(municipality.name for municipality in partner.municipalities.all())
    where = f"{partner.region} · {partner.organisation.get_sector_display()} · {places}"
    since = partner.asked_at or now()
    kind = _("More information has come") if partner.answer else _("New distributor")
    answered = thread[-1].at if thread and thread[-1].what == "clearance_answered" else None
    return Waiting(
        since, str(partner), where, kind, f"{reverse('queue')}?open={partner.pk}", partner=partner, thread=thread,
        turn_since=answered, key=f"clearance-{partner.pk}", stand=mark_of(partner), region=partner.region,
    )  # fmt: skip


def steps_to_confirm() -> list[Waiting]:
    """Open steps that Kaikukeskus confirms, and trainings that it enters."""
    keys = {step.key for flow in MODELS.values() for step in flow.all_steps() if _is_ours(step)}
    trials = Trial.objects.filter(decided="", steps__key__in=keys, steps__closed_at=None).select_related(
        "region__county"
    )
    ours = [one for one in open_steps(list(trials.distinct())) if _is_ours(one.step)]
    return [_step(one) for one in ours if KAIKUKESKUS in one.awaits]


def _is_ours(step: Step) -> bool:
    return KAIKUKESKUS in step.sides or step.writer == KAIKUKESKUS


def _step(one: OpenStep) -> Waiting:
    enters = bool(one.step.writer)
    facts = {"number": one.step.number, "title": one.step.title}
    return Waiting(
        since=one.row.reopened_at or one.since,
        title=_("Step %(number)s, %(title)s") % facts,
        where=str(one.trial),
        kind=_("Training to enter") if enters else _("Confirmation"),
        href=one.row.get_absolute_url(),
        act=_("Enter the training") if enters else _("Open the step"),
        note=str(one.step.what),
        missing=_missing(one),
        planned=one.due,
        key=f"step-{one.row.pk}",
        stand=one.stand,
        region=one.trial.region,
    )


def _missing(one: OpenStep) -> list[str]:
    return [_("The entries of the step are not complete yet.")] if one.lacks_evidence else one.missing


def signatures() -> list[Waiting]:
    """Region commitments that Kaikukeskus signs now: every other party has, or they sign all at once."""
    found = Commitment.objects.filter(state__in=Commitment.SIGNING, kind=Commitment.Kind.REGION)
    found = found.filter(parties__role=Party.Role.KAIKUKESKUS, parties__signed_on=None)
    found = found.select_related("region").prefetch_related("parties__municipality", "parties__county")
    waiting = [one for one in found if awaits_kaikukeskus(one)]
    since = _turn_since(waiting)
    return [_signature(one, since.get(str(one.pk), now())) for one in waiting]


def _turn_since(commitments: list[Commitment]) -> dict[str, datetime]:
    """Commitment's key → the moment from which it waits: the last signature of another party, or where they sign all at
    once, the sending."""
    at_once = {str(one.pk) for one in commitments if not one.in_turn}
    keys = [str(one.pk) for one in commitments]
    acts = Act.objects.filter(about_kind="commitment", about_id__in=keys, what__in=(SENT, *STORED))
    said = acts.order_by("region", "number").values_list("about_id", "at", "what")
    return {about: at for about, at, what in said if what == SENT or about not in at_once}


SENT = "commitment_sent"
STORED = ("commitment_signed", "commitment_acknowledged")


def _signature(commitment: Commitment, since: datetime) -> Waiting:
    others = [party for party in commitment.parties.all() if party.role != Party.Role.KAIKUKESKUS]
    return Waiting(
        since=since,
        title=f"{commitment.name}, {commitment.region}",
        where=", ".join(party.name_in_languages["fi"] for party in others),
        kind=_("Signature"),
        href=reverse("commitment_copy", args=[commitment.region.slug, commitment.pk]),
        act=_("Record the signature"),
        note=" ".join([_signed(others), _("Kaikukeskus signs last.") if commitment.in_turn else order_of(commitment)]),
        key=f"commitment-{commitment.pk}",
        stand=str([party.pk for party in others if party.signed_on]),
        region=commitment.region,
    )


def _signed(others: list[Party]) -> str:
    """How many of the others have signed."""
    count = sum(party.signed_on is not None for party in others)
    if count < len(others):
        return _("%(signed)s of %(all)s others have signed.") % {"signed": count, "all": len(others)}
    return ngettext("The other party has signed.", "All %(count)s other parties have signed.", count) % {"count": count}


def questions() -> list[Waiting]:
    """Questions of the regions that have not been answered."""
    found = stands_in_queue()
    things = things_of(found)
    return [_question(one, title_of(things[one.about_kind, one.about_id])) for one in found]


def _question(note: Note, about: str) -> Waiting:
    where = f"{note.region} · {about}" if note.about_kind != "region" else str(note.region)
    title = Truncator(note.text).words(12)
    return Waiting(
        since=note.at, title=title, where=where, kind=_("Question"), question=note,
        href=reverse("question", args=[note.region.slug, note.pk]), key=f"note-{note.pk}", region=note.region,
    )  # fmt: skip


def leavers() -> list[Waiting]:
    """Responsible persons who leave and know nobody to follow: Kaikukeskus may name the next one of any side."""
    checks = ContactCheck.objects.standing().filter(state=ContactCheck.State.LEAVING, responsibility__isnull=False)
    return [_leaver(check) for check in checks.with_subject()]


def _leaver(check: ContactCheck) -> Waiting:
    return Waiting(
        since=check.since,
        title=_("%(name)s leaves") % {"name": check.person},
        where=check.what,
        kind=_("Responsible person leaves"),
        href=reverse("people", args=[check.region.slug]),
        act=_("Name the next one"),
        note=check.reason or _("Nobody is known to follow. Until another one is named, this person stays."),
        key=f"leaver-{check.pk}",
        region=check.region,
    )


# -- regions × ten steps --------------------------------------------------------------------------------------------

NUMBERS = range(1, 11)
SHORT = {
    1: gettext_lazy("introduction"),
    2: gettext_lazy("pair"),
    3: gettext_lazy("training"),
    4: gettext_lazy("workshop"),
    5: gettext_lazy("commitments"),
    6: gettext_lazy("Kaikukanta"),
    7: gettext_lazy("printing"),
    8: gettext_lazy("induction"),
    9: gettext_lazy("distribution"),
    10: gettext_lazy("feedback"),
}
WORDS = {
    "done": gettext_lazy("done"),
    "open": gettext_lazy("open"),
    "half": gettext_lazy("waits for the other side"),
    "again": gettext_lazy("reopened"),
    "late": gettext_lazy("late"),
    "skip": gettext_lazy("skipped"),
    "ahead": gettext_lazy("not yet"),
}


class Cell(NamedTuple):
    """A step of a trial in the table: its number, the icon of its state, and the word."""

    number: int
    state: str
    word: str

    @property
    def css(self) -> str:
        """Marked where the trial now is, paler where it has not come."""
        return {"ahead": " is-ahead", "done": "", "skip": ""}.get(self.state, " is-now")


@dataclass(frozen=True)
class Row:
    """A trial in the table: where it is, how late or since when, its ten cells, its region's next feedback meeting."""

    trial: Trial
    places: list[str]  # its municipalities, where the region has several open trials
    cells: list[Cell]
    at: list[Step]  # the open steps; where some are late, those that are latest
    days: int  # that the latest is late, or for which the oldest has been open
    is_late: bool
    meeting: date | None
    ready: str = ""  # 7 of 9

    @property
    def meeting_is_late(self) -> bool:
        return self.meeting is not None and stage_of(self.meeting, localdate()) == "late"

    @property
    def is_stuck(self) -> bool:
        """Whether something is late in it: a step, or the yearly meeting."""
        return self.is_late or self.meeting_is_late

    @property
    def situation(self) -> str:
        """Where it is, in a few words."""
        if not self.at:
            return _("In lasting use")
        if [step.key for step in self.at] == ["feedback"] and not self.is_late:
            return _("The trial is running")
        facts = {"where": self._where, "days": self.days}
        if self.is_late:
            return ngettext("%(where)s, %(days)s day late", "%(where)s, %(days)s days late", self.days) % facts
        if not self.days:
            return _("%(where)s, open since today") % facts
        return ngettext("%(where)s, open for %(days)s day", "%(where)s, open for %(days)s days", self.days) % facts

    @property
    def _where(self) -> str:
        """Step 4, or Steps 6, 7 and 8."""
        if any(step.outcomes for step in self.at):
            return _("Decision")
        text = ngettext("Step %(steps)s", "Steps %(steps)s", len(self.at))
        return text % {"steps": listed(step.number for step in self.at)}


class Brief(NamedTuple):
    """What the table needs of a step's row."""

    trial: int
    key: str
    due: date | None
    closed_at: datetime | None
    skipped: str
    reopened_at: datetime | None
    confirmed: dict[str, object]


def matrix() -> list[Row]:
    """Each open trial, of regions without one the newest that went on; the late first, by their days at the step."""
    trials = shown_trials()
    briefs, tasks, due = _briefs(trials), _open_since(trials), next_feedback_due(trial.region_id for trial in trials)
    places = _places(trials)
    rows = [_row(t, briefs[t.pk], tasks[t.process_id], due.get(t.region_id), places.get(t.pk, [])) for t in trials]
    ready = readiness_of(trials)
    rows = [replace(row, ready=ready[row.trial.pk].summary) for row in rows]
    return sorted(rows, key=lambda row: (not row.is_stuck, not row.at, -row.days, row.trial.region.name))


def shown_trials() -> list[Trial]:
    """The open trials, and the newest undiscontinued one of each region that has none open."""
    found = list(Trial.objects.exclude(decided__in=("stop", WITHDRAWN)).select_related("region").order_by("-pk"))
    having = {trial.region_id for trial in found if not trial.decided}
    shown = []
    for trial in found:
        if not trial.decided or trial.region_id not in having:
            shown.append(trial)
            having.add(trial.region_id)
    return shown


def _briefs(trials: Sequence[Trial]) -> dict[int, dict[str, Brief]]:
    """Trial → key → the newest round's row."""
    found: dict[int, dict[str, Brief]] = defaultdict(dict)
    for facts in TrialStep.objects.filter(trial__in=trials).order_by("round", "pk").values_list(*Brief._fields):
        brief = Brief(*facts)
        found[brief.trial][brief.key] = brief
    return found


def _open_since(trials: Sequence[Trial]) -> dict[int | None, dict[str, datetime]]:
    """Process → key of an open step → since when it has been open."""
    tasks = Task.objects.filter(process__in=[trial.process_id for trial in trials], **OPEN)
    found: dict[int | None, dict[str, datetime]] = defaultdict(dict)
    for process, node, created in tasks.values_list("process", "flow_task", "created"):
        found[process][node.name] = created
    return found


def _places(trials: Sequence[Trial]) -> dict[int, list[str]]:
    """Trial → its municipalities, where the region has another open one."""
    regions = [trial.region_id for trial in trials]
    shared = [trial for trial in trials if regions.count(trial.region_id) > 1]
    found: dict[int, list[str]] = defaultdict(list)
    members = TrialMunicipality.objects.filter(trial__in=shared).select_related("municipality")
    for one in members:
        found[one.trial_id].append(one.municipality.name)
    return {pk: sorted(names, key=alphabetical) for pk, names in found.items()}


def _row(
    trial: Trial, briefs: dict[str, Brief], since: dict[str, datetime], meeting: date | None, places: list[str]
) -> Row:
    steps = MODELS[trial.model].all_steps()
    cells = [_cell(step, briefs[step.key], step.key in since) for step in steps if isinstance(step.number, int)]
    late = {key: _days_late(briefs[key]) for key in since if _is_late(briefs[key])}
    days = max(late.values()) if late else _days_open(since)
    at = [step for step in steps if (late.get(step.key) == days if late else step.key in since)]
    return Row(trial, places, cells, at, days, bool(late), meeting)


def _days_open(since: dict[str, datetime]) -> int:
    """For how many days the oldest of the steps has been open."""
    return max(((localdate() - localdate(opened)).days for opened in since.values()), default=0)


def _cell(step: Step, row: Brief, is_open: bool) -> Cell:
    state = cell_state(row, is_open)
    assert isinstance(step.number, int)
    return Cell(step.number, state, str(WORDS[state]))


def cell_state(row: Brief, is_open: bool) -> str:
    """The one state of a step that says most about it."""
    state = state_of(row, is_open)
    if state != "open":
        return state
    return "late" if _is_late(row) else "half" if row.confirmed else "open"


def _is_late(row: Brief) -> bool:
    return _days_late(row) > 0


def _days_late(row: Brief) -> int:
    return (localdate() - row.due).days if row.due else 0


# -- where Kaikukortti is used --------------------------------------------------------------------------------------

USED = (Phase.IN_USE, Phase.TRIAL, Phase.LASTING)
COMING = (Phase.PREPARATION,)


class Group(NamedTuple):
    """Municipalities of a region that are in one phase since one day."""

    phase: Phase
    since: date
    names: list[str]


@dataclass(frozen=True)
class Place:
    """A region: its municipalities by phase, its trials, and how many live there."""

    region: Region
    groups: list[Group]
    trials: list[Trial]
    residents: int | None  # of those whose number is known; None where of nobody
    unknown: list[str]  # municipalities of which it is not known


def places(regions: QuerySet[Region], phase: str = "") -> list[Place]:
    """The regions with their municipalities by phase; with `phase`, only those municipalities and their regions."""
    members = RegionMunicipality.objects.filter(region__in=regions).select_related("municipality")
    by_region: dict[int, list[RegionMunicipality]] = defaultdict(list)
    for one in members.filter(phase=phase) if phase else members:
        by_region[one.region_id].append(one)
    trials: dict[int, list[Trial]] = defaultdict(list)
    for trial in Trial.objects.filter(region__in=regions).exclude(decided=WITHDRAWN).select_related("region"):
        trials[trial.region_id].append(trial)
    shown = sorted(regions, key=lambda region: region.name)
    return [_place(r, by_region[r.pk], trials[r.pk]) for r in shown if by_region[r.pk] or not phase]


def _place(region: Region, members: list[RegionMunicipality], trials: list[Trial]) -> Place:
    groups: dict[tuple[Phase, date], list[str]] = defaultdict(list)
    for one in members:
        groups[Phase(one.phase), one.phase_since].append(one.municipality.name)
    known = [one.municipality.population_2022 for one in members if one.municipality.population_2022 is not None]
    unknown = [one.municipality.name for one in members if one.municipality.population_2022 is None]
    order = sorted(groups, key=lambda group: (list(Phase).index(group[0]), group[1]))
    found = [Group(*group, sorted(groups[group], key=alphabetical)) for group in order]
    return Place(region, found, trials, sum(known) if known else None, unknown)


def names_in(regions: QuerySet[Region], phases: Iterable[Phase]) -> list[str]:
    """The names of the municipalities that are in one of the phases in one of the regions, in their order."""
    members = RegionMunicipality.objects.filter(region__in=regions, phase__in=list(phases))
    found = Municipality.objects.filter(pk__in=members.values("municipality"))
    return sorted((municipality.name for municipality in found), key=alphabetical)
