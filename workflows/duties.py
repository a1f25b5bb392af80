"""What is owed, by when, by whom? Each kind of duty reads from the data what its ladder may have to remind of.

A new kind is a function that gives its duties, and one line in SOURCES.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cached_property, partial
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from adoption.access import KAIKUKESKUS, PAIR
from adoption.days import done_until, due_again
from adoption.ladders import (
    DECISION,
    FEEDBACK,
    INDUCTION,
    NATIONAL,
    ONESELF,
    OWN,
    PAGE,
    POINT,
    SIGN,
    STEP,
    SUBSTITUTES,
    Ladder,
    Rung,
)
from adoption.ladders import KAIKUKESKUS as UP_TO_KAIKUKESKUS
from adoption.models import Partner, Person, Region, Responsibility
from adoption.templatetags.kaiku import in_quotes, moment
from commitments.access import SENT
from commitments.models import Commitment, Party, SignedCopy
from commitments.turn import looked_after_by
from workflows.arranging.models import Meeting
from workflows.arranging.to_do import feedback_fixed, is_too_late
from workflows.models import FeedbackMeeting, OwnTask, Trial, TrialMunicipality, TrialStep, YearlyDone
from workflows.tasks import BOTH, OpenStep, open_steps
from workflows.trial import MODELS
from workflows.year import running
from workflows.yearly.rounds import Inductions, Round, inductions, last_inductions, rounds
from workflows.yearly.words import TITLES, induction_title, induction_todo, what_to_do


class Duty(NamedTuple):
    """Something that is owed by a day: by these people, by whoever answers for the sides then, or by both."""

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
    rests: bool = False  # it is arranged for a day in time: nobody is reminded before that
    own_path: str = ""  # the place of these people, where it is another one

    def rung(self, on: date) -> Rung | None:
        """The rung of its ladder on which it stands on the day."""
        return None if self.rests else self.ladder.now(self.due, self.since, on)

    def path_for(self, person: Person) -> str:
        """The place that the person sees."""
        return self.own_path if self.own_path and person in self.people else self.path

    @property
    def where(self) -> str:
        """The region's name, which the mail begins with; one's own things stand in no region."""
        return self.region.name if self.region else "Kaikupolku"

    @property
    def key(self) -> tuple[str, str, date]:
        return self.ladder.kind, self.subject, self.due


class Within(NamedTuple):
    """Which duties are asked for: those due until a day, of some subjects or of some regions, or else all."""

    until: date
    subjects: Collection[str] | None = None
    regions: Collection[int] | None = None


Key = tuple[str, date]  # a subject and its due day


class Source(NamedTuple):
    """A kind of duty: its ladder, what gives those that are owed, and the titles and days of those that are done."""

    ladder: Ladder
    owed: Callable[[Within], list[Duty]]
    titles: Callable[[Collection[str]], dict[str, str]]
    done: Callable[[Collection[Key]], dict[Key, date]]


# -- open steps, and the decision -------------------------------------------------------------------------------------


def steps(within: Within) -> list[Duty]:
    """The open steps of undecided trials whose day in the plan has come by then; the decision has its own ladder."""
    trials = _trials(_rows(within).exclude(key="decision"))
    opened = [one for one in open_steps(trials) if one.due and one.due <= within.until and not one.step.outcomes]
    chosen = [one for one in opened if within.subjects is None or str(one.row.pk) in within.subjects]
    members = _members(trials)
    return [_of_step(one, members[one.trial.pk]) for one in chosen]


def _rows(within: Within) -> QuerySet[TrialStep]:
    rows = TrialStep.objects.filter(closed_at=None, due__lte=within.until, trial__decided="")
    if within.subjects is not None:
        rows = rows.filter(pk__in=within.subjects)
    return rows if within.regions is None else rows.filter(trial__region__in=within.regions)


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


def decisions(within: Within) -> list[Duty]:
    """The decisions on going on of trials that run: also before the step is open, for bodies meet seldom."""
    rows = _rows(within).filter(key="decision", trial__started_on__isnull=False)
    found = list(rows.select_related("trial__region__county").order_by("pk"))
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


def titles_of_steps(subjects: Collection[str]) -> dict[str, str]:
    """The steps' headings, in the reader's language."""
    rows = TrialStep.objects.filter(pk__in=subjects).select_related("trial__process")
    return {str(row.pk): row.heading for row in rows}


def done_steps(keys: Collection[Key]) -> dict[Key, date]:
    """The days on which they were closed."""
    rows = TrialStep.objects.filter(pk__in={subject for subject, _due in keys}, closed_at__isnull=False)
    closed = {str(pk): localdate(at) for pk, at in rows.values_list("pk", "closed_at")}
    return {key: closed[key[0]] for key in keys if key[0] in closed}


# -- the yearly feedback meeting --------------------------------------------------------------------------------------


def meetings(within: Within) -> list[Duty]:
    """The feedback meetings of regions in which the card runs, twelve months after the day from which they count. One
    that is fixed for a day in time rests: it stands in everybody's calendar."""
    regions = running(Region.objects.all()).filter(last__lte=done_until(within.until)).order_by("pk")
    keys: Collection[str | int] | None = within.subjects if within.regions is None else within.regions
    due = {one.pk: one for one in (regions if keys is None else regions.filter(pk__in=keys))}
    fixed = feedback_fixed(due) if due else {}
    return [_of_meeting(one, one.last, fixed.get(pk)) for pk, one in due.items()]


def _of_meeting(region: Region, last: date, fixed: Meeting | None) -> Duty:
    """`fixed`: the meeting that is to come, or has begun, and of which it is still to be said who came."""
    due = due_again(last)
    href = fixed.get_absolute_url() if fixed else reverse("arranged", args=[region.slug])
    whole = Duty(FEEDBACK, str(region.pk), region, due, last, _meeting_title, _meeting_todo, href)
    if fixed is None or fixed.starts_at is None or fixed.starts_at <= now():
        return whole
    return whole._replace(todo=partial(_fixed_todo, fixed, due), rests=not is_too_late(fixed, due))


def _meeting_title() -> str:
    return _("the yearly feedback meeting")


def titles_of_meetings(subjects: Collection[str]) -> dict[str, str]:
    return dict.fromkeys(subjects, capfirst(_meeting_title()))


def done_meetings(keys: Collection[Key]) -> dict[Key, date]:
    """The day of the meeting by which each was done: the first one of the twelve months before its due day, or after
    them."""
    held = FeedbackMeeting.objects.filter(region__in={subject for subject, _due in keys}).order_by("held_on")
    return _first_after(keys, [(str(region), on) for region, on in held.values_list("region", "held_on")])


def _fixed_todo(fixed: Meeting, due: date) -> str:
    facts = {"when": moment(fixed.starts_at)}
    if is_too_late(fixed, due):
        return _("It is fixed: %(when)s. That is after the day: hold it earlier if you can.") % facts
    return _("It is fixed: %(when)s. Nobody is reminded before that.") % facts


def _meeting_todo() -> str:
    return _(
        "Agree on a day with your pair, and invite the partners and Kaikukeskus. "
        "If it has been held, only the record is missing."
    )


# -- what else comes round every year ----------------------------------------------------------------------------------


def _regions(within: Within) -> QuerySet[Region]:
    """Those that are asked for, where a subject begins with the region's key."""
    found = Region.objects.all() if within.regions is None else Region.objects.filter(pk__in=within.regions)
    if within.subjects is not None:
        found = found.filter(pk__in={subject.partition("-")[0] for subject in within.subjects})
    return found


def yearly(ladder: Ladder, within: Within) -> list[Duty]:
    """What regions in lasting use are to do again, of the kind of the ladder."""
    return [_of_round(ladder, one) for one in rounds(_regions(within), ladder.kind, within.until)]


def _of_round(ladder: Ladder, one: Round) -> Duty:
    return Duty(
        ladder, str(one.region.pk), one.region, one.due, one.last, lambda: str(TITLES[one.kind]),
        partial(what_to_do, one), reverse("yearly_done", args=[one.region.slug, one.kind]),
    )  # fmt: skip


def titles_of_yearly(kind: str, subjects: Collection[str]) -> dict[str, str]:
    return dict.fromkeys(subjects, capfirst(str(TITLES[kind])))


def done_yearly(kind: str, keys: Collection[Key]) -> dict[Key, date]:
    """The first day of the twelve months before its due day, or after them, on which each was done."""
    rows = YearlyDone.objects.filter(kind=kind, region__in={subject for subject, _due in keys}).order_by("on")
    return _first_after(keys, [(str(region), on) for region, on in rows.values_list("region", "on")])


def _first_after(keys: Collection[Key], rows: Sequence[tuple[str, date]]) -> dict[Key, date]:
    """For each key the first of its subject's days by which it is due again only later."""
    found: dict[Key, date] = {}
    for subject, due in keys:
        after = [on for own, on in rows if own == subject and due_again(on) > due]
        found |= {(subject, due): after[0]} if after else {}
    return found


def staff(within: Within) -> list[Duty]:
    """The inductions of the partners' staff that are due again: one duty for those of a role inducted on one day."""
    found = inductions(Partner.objects.filter(region__in=_regions(within)), within.until)
    duties = [_of_inductions(one) for one in found]
    return [one for one in duties if within.subjects is None or one.subject in within.subjects]


def _of_inductions(one: Inductions) -> Duty:
    towns = frozenset(town.pk for partner in one.partners for town in partner.municipalities.all())
    return Duty(
        INDUCTION, f"{one.region.pk}-{one.role}", one.region, one.due, one.last, partial(induction_title, one.role),
        partial(induction_todo, one.partners), inductions_path(one.region), frozenset([one.side]), towns,
    )  # fmt: skip


def inductions_path(region: Region) -> str:
    """Where the partners whose staff is to be inducted again are marked."""
    return f"{reverse('partners_mark', args=[region.slug])}?show=again"


def titles_of_inductions(subjects: Collection[str]) -> dict[str, str]:
    return {subject: capfirst(induction_title(subject.partition("-")[2])) for subject in subjects}


def done_inductions(keys: Collection[Key]) -> dict[Key, date]:
    """The newest induction of the role since the reminders of that day began: with a partner stands only the last."""
    regions = {int(subject.partition("-")[0]) for subject, _due in keys}
    rows = [(f"{region}-{role}", on) for region, role, on in last_inductions(regions)]
    found: dict[Key, date] = {}
    for subject, due in keys:
        days = [on for own, on in rows if own == subject and on >= due - INDUCTION.before]
        found |= {(subject, due): days[0]} if days else {}
    return found


# -- commitments to be signed by a day ---------------------------------------------------------------------------------


def signatures(within: Within) -> list[Duty]:
    """The commitments that wait for signatures by a day. Whoever looks after them sees to it (R3); those who sign have
    reminders of their own."""
    found = Commitment.objects.filter(state__in=Commitment.SIGNING, sign_by__lte=within.until)
    found = found if within.regions is None else found.filter(region__in=within.regions)
    found = found if within.subjects is None else found.filter(pk__in=within.subjects)
    copies = SignedCopy.objects.waiting().filter(commitment=OuterRef("pk"))
    found = found.annotate(sent_at=Subquery(SENT.order_by("-number").values("at")[:1]), copy_waits=Exists(copies))
    parties = Prefetch("parties", Party.objects.select_related("municipality", "county"))
    rows = found.select_related("region__county", "partner__organisation").prefetch_related(parties)
    return [_of_signing(one, one.sent_at, one.copy_waits) for one in rows.order_by("pk")]


def _of_signing(one: Commitment, sent_at: datetime | None, copy_waits: bool) -> Duty:
    assert one.sign_by
    towns = frozenset(party.municipality_id for party in one.parties.all() if party.municipality_id)
    return Duty(
        SIGN, str(one.pk), one.region, one.sign_by, localdate(sent_at) if sent_at else None,
        partial(_signing_title, one), partial(_signing_todo, one, copy_waits), one.get_absolute_url(),
        looked_after_by(one), towns,
    )  # fmt: skip


def _signing_title(one: Commitment) -> str:
    return _("the signing of %(name)s, %(party)s") % {"name": one.name, "party": one.partner or one.region}


def _signing_todo(one: Commitment, copy_waits: bool) -> str:
    awaited = ", ".join(party.short_name for party in one.parties.all() if party.signed_on is None)
    said = _(
        "Still awaited: %(parties)s. Talk with them. On the page you can send a new link, record a signed copy, or "
        "stop the signing."
    )
    if copy_waits:
        said = _(
            "A signed copy has been sent: it counts once you have looked at it and accepted it on the page. Not signed "
            "yet: %(parties)s."
        )
    return said % {"parties": awaited}


def titles_of_signing(subjects: Collection[str]) -> dict[str, str]:
    found = Commitment.objects.filter(pk__in=subjects).select_related("region", "partner__organisation")
    return {str(one.pk): capfirst(_signing_title(one)) for one in found}


def done_signing(keys: Collection[Key]) -> dict[Key, date]:
    """The days on which they came into force: every party had signed."""
    rows = Commitment.objects.filter(pk__in={subject for subject, _due in keys})
    done = {str(pk): on for pk, on in rows.values_list("pk", "in_force_on") if on}
    return {key: done[key[0]] for key in keys if key[0] in done}


# -- own tasks --------------------------------------------------------------------------------------------------------


def own(within: Within) -> list[Duty]:
    """The open own tasks that have a day. They stand in no region, whatever they are about: only their person reads
    them."""
    if within.regions is not None:
        return []
    tasks = _tasks(within).filter(meeting=None, person__is_active=True)
    return [_of_own(task) for task in tasks.select_related("person")]


def _tasks(within: Within) -> QuerySet[OwnTask]:
    tasks = OwnTask.objects.open().filter(due__lte=within.until).order_by("pk")
    return tasks if within.subjects is None else tasks.filter(pk__in=within.subjects)


def _of_own(task: OwnTask) -> Duty:
    assert task.due
    return Duty(
        OWN, str(task.pk), None, task.due, localdate(task.made_at), lambda: in_quotes(task.text), _own_todo,
        task.get_absolute_url(), frozenset(), people=(task.person,),
    )  # fmt: skip


def _own_todo() -> str:
    return _("Mark it as done there, or give it another day.")


def titles_of_own(subjects: Collection[str]) -> dict[str, str]:
    return {str(task.pk): task.text for task in OwnTask.objects.filter(pk__in=subjects)}


def done_own(keys: Collection[Key]) -> dict[Key, date]:
    """The days on which they were marked as done."""
    rows = OwnTask.objects.filter(pk__in={subject for subject, _due in keys}, done_at__isnull=False)
    done = {str(pk): localdate(at) for pk, at in rows.values_list("pk", "done_at")}
    return {key: done[key[0]] for key in keys if key[0] in done}


# -- points of meetings ------------------------------------------------------------------------------------------------


def points(within: Within) -> list[Duty]:
    """What was agreed on in meetings, has a day, and is not done: promised to the others of the meeting's region, or in
    a national meeting to Kaikukeskus, who hear of it when it is late."""
    tasks = _tasks(within).exclude(meeting=None)
    if within.regions is not None:
        tasks = tasks.filter(meeting__region__in=within.regions)
    return [_of_point(task) for task in tasks.select_related("person", "meeting__region")]


def _of_point(task: OwnTask) -> Duty:
    assert task.due
    assert task.meeting
    region = task.meeting.region
    return Duty(
        POINT, str(task.pk), region, task.due, localdate(task.made_at), lambda: in_quotes(task.text),
        partial(_point_todo, task), task.meeting.page("minutes"), BOTH if region else frozenset([KAIKUKESKUS]),
        people=(task.person,) if task.person.is_active else (), own_path=task.get_absolute_url(),
    )  # fmt: skip


def _point_todo(task: OwnTask) -> str:
    facts = {"name": task.person, "meeting": task.meeting}
    return (
        _(
            "It was agreed on in a meeting (%(meeting)s) as the task of %(name)s, who marks it as done in My work, or "
            "gives it another day."
        )
        % facts
    )


SOURCES: dict[str, Source] = {
    source.ladder.kind: source
    for source in (
        Source(STEP, steps, titles_of_steps, done_steps),
        Source(DECISION, decisions, titles_of_steps, done_steps),
        Source(FEEDBACK, meetings, titles_of_meetings, done_meetings),
        Source(INDUCTION, staff, titles_of_inductions, done_inductions),
        *(
            Source(one, partial(yearly, one), partial(titles_of_yearly, one.kind), partial(done_yearly, one.kind))
            for one in (NATIONAL, PAGE)
        ),
        Source(SIGN, signatures, titles_of_signing, done_signing),
        Source(OWN, own, titles_of_own, done_own),
        Source(POINT, points, titles_of_own, done_own),
    )
}


# -- who answers for it -----------------------------------------------------------------------------------------------


class Answerable:
    """Who hears of the duties on the day, read for all of them together."""

    def __init__(self, duties: Iterable[Duty], today: date) -> None:
        self.regions = {duty.region.pk for duty in duties if duty.region}
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
        if whom == ONESELF and duty.people:
            return list(duty.people)
        region = duty.region.pk if duty.region else None
        held = [one for one in self.held[region] if _covers(one, duty)] if region else []
        found = list(duty.people) + [one.person for one in held if not one.substitute]
        found += self.kaikukeskus if KAIKUKESKUS in duty.sides else []
        if whom in (SUBSTITUTES, UP_TO_KAIKUKESKUS) or not found:
            found += [one.person for one in held if one.substitute]
        if whom == UP_TO_KAIKUKESKUS or not found:
            found += self.kaikukeskus
        return list(dict.fromkeys(found))


def _covers(one: Responsibility, duty: Duty) -> bool:
    everywhere = one.municipality_id is None or duty.municipalities is None
    return one.side in duty.sides and (everywhere or one.municipality_id in (duty.municipalities or ()))
