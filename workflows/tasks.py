"""What waits for a person today, and what for others? Reads only, in queries whose number never grows with the tasks.

Permission is read live: the rows are found in SQL by the responsibilities that the person has today.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from viewflow.workflow.models import Task

from adoption.access import KAIKUKESKUS, PAIR, holders_of
from adoption.contacts import alarms
from adoption.ladders import DECISION, MEETING_SOON
from adoption.marking import LACKS_ACCOUNT, LACKS_INDUCTION
from adoption.models import Municipality, Partner, Person, Region, Responsibility, Side
from adoption.next_step import lacks
from adoption.silent_requests import answer_by
from adoption.templatetags.kaiku import day, moment, weekday_day
from adoption.templatetags.kaiku import in_words as number_in_words
from commitments.models import Commitment, Party
from commitments.turn import OURS, WITH_WHAT_THEY_ASK, in_words, looked_after_by, next_of
from workflows import rules
from workflows.arranging.models import Meeting
from workflows.arranging.to_do import feedback_fixed, is_too_late, to_do
from workflows.facts import Facts, Read
from workflows.models import Trial, TrialMunicipality, TrialStep
from workflows.plan import term_of
from workflows.services import OPEN, gate
from workflows.standing import WAITING, turn_of, urgency, waits_for
from workflows.steps import Step, both
from workflows.trial import MODELS as FLOWS
from workflows.year import next_feedback_due, stage_of
from workflows.yearly.rounds import KINDS, Inductions, Round, inductions, rounds
from workflows.yearly.words import TITLES, induction_title, induction_todo, what_to_do

BOTH = frozenset(PAIR)
WITH_ROWS = ("workshop", "kaikukanta_users", "induction")  # steps whose page has a row for each partner or body
# Steps of which it depends on what is missing who is waited for.
TURNS_ON_WHAT_IS_MISSING = ("intro_event", "commitments", "start_distribution")
# The rules that look at nothing but the step's own evidence: asking them costs no query.
OF_EVIDENCE = frozenset(
    [
        rules.introduction_not_held,
        rules.training_not_recorded,
        rules.workshop_not_held,
        rules.statistics_person_missing,
        rules.materials_not_printed,
        rules.local_page_missing,
        rules.start_not_recorded,
        rules.survey_not_held,
        rules.commitments_meeting_not_held,
    ]
)


@dataclass(frozen=True)
class Item:
    """One thing to do or to wait for: what, where, by when, on which page, and whose turn it is."""

    what: str
    where: str
    href: str
    act: str = ""  # the word on the button
    due: date | None = None
    state: str = "open"
    word: str = ""
    note: str = ""
    sides: frozenset[str] = frozenset()
    mine: bool = False
    lacks: int = 0  # things that are missing before it can be confirmed
    key: str = ""  # by which it is known from day to day: its kind and what it is about
    stand: str = ""  # how it stands, in no language: another one says that something has happened to it
    region: Region | None = None
    own: bool = False  # one of the person's own small tasks
    exact: bool = False  # it waits for these sides and for nobody else, whoever reads it
    each: bool = False  # each of the sides does its own part of it, and none the other's
    is_aim: bool = False  # its day is what one aims at: nothing else hangs on it

    @property
    def whose(self) -> str:
        """Whom it waits for, in words."""
        return in_words(self.sides)

    @property
    def days_late(self) -> int:
        """Days since the due date; 0 when it has not passed."""
        return max((localdate() - self.due).days, 0) if self.due else 0


class Work(NamedTuple):
    """What the person's side does next, late first, and what others do."""

    mine: list[Item]
    others: list[Item]


def work_of(person: Person) -> Work:
    """Everything of the person's regions that is open today."""
    trials = list(trials_of(person))
    items = step_items(trials) + partner_items(person) + commitment_items(person) + meeting_items(person)
    items += contact_items(person) + colleague_items(person) + yearly_items(person) + arranged_items(person)
    items.sort(key=by_urgency)
    return Work([item for item in items if item.mine], [item for item in items if not item.mine])


def by_urgency(item: Item) -> tuple[date, bool, bool, str, str]:
    return *urgency(item.due, item.lacks > 0), item.where, item.what


# -- whose it is ----------------------------------------------------------------------------------------------------


def held(person: Person, members: QuerySet, region: str = "region") -> dict[str, Exists]:
    """For annotations: side → whether the person has today a responsibility of it that covers the row.

    `members`: keys of the row's municipalities, by OuterRef(OuterRef("pk")).
    """
    own = Responsibility.objects.current().filter(person=person, region=OuterRef(region)).covering(members)
    return {side: Exists(own.filter(side=side)) for side in Side.values}


def sides_held(row: object) -> frozenset[str]:
    """The sides that `held` has found for the row; of the pair, and "group" of the working group."""
    return frozenset(side for side in Side.values if getattr(row, side))


def own_regions(person: Person) -> QuerySet:
    """Keys of the regions in which the person has a responsibility today."""
    return Responsibility.objects.current().filter(person=person).values("region")


IN_SOME_ROLE = Q(culture=True) | Q(care=True) | Q(group=True)


def trials_of(person: Person) -> QuerySet[Trial]:
    """The undecided trials that a responsibility of the person covers, each with the sides held in it."""
    members = TrialMunicipality.objects.filter(trial=OuterRef(OuterRef("pk"))).values("municipality")
    open_trials = Trial.objects.filter(decided="", region__in=own_regions(person)).select_related("region__county")
    return open_trials.annotate(**held(person, members)).filter(IN_SOME_ROLE)


# -- open steps -----------------------------------------------------------------------------------------------------


@dataclass
class OpenStep:
    """An open step of a trial: its words, its row, since when it has been open, and what its rules look at."""

    step: Step
    row: TrialStep
    since: datetime
    facts: Facts

    @property
    def trial(self) -> Trial:
        return self.facts.trial

    @property
    def due(self) -> date | None:
        """The plan's day; nothing for a step done and reopened after it, which the plan did not foresee."""
        return self.row.due

    @cached_property
    def lacking(self) -> list[tuple[rules.Rule, list[str]]]:
        """What its gate lacks now, by the rules that are not overridden."""
        return [
            (rule, texts) for rule, texts in gate(self.step, self.facts) if texts and rule.key not in self.row.overrides
        ]

    @property
    def missing(self) -> list[str]:
        """The same without the rules, each thing once."""
        return list(dict.fromkeys(text for _rule, texts in self.lacking for text in texts))

    @property
    def lacks_evidence(self) -> bool:
        """Whether the step's own entries are still to be written."""
        return any(rule in OF_EVIDENCE for rule, _texts in self.lacking)

    @property
    def has_entries_to_write(self) -> bool:
        """Whether some of what is missing is written on the step's own page."""
        return bool(self.lacking) and (self.lacks_evidence or self.step.key in WITH_ROWS)

    @property
    def awaits(self) -> frozenset[str]:
        """Whose turn it is."""
        return turn_of(self.step, self.row.confirmed, self._deciding)

    def waits_for(self, sides: frozenset[str]) -> bool:
        return waits_for(sides, self.step, self.row.confirmed, self._deciding)

    @property
    def stand(self) -> str:
        """Whether it is still to be filled in, and who has confirmed it when."""
        given = sorted(f"{side} {given['at']}" for side, given in self.row.confirmed.items())
        return f"{bool(self.lacking)} {given}"

    @property
    def _deciding(self) -> list[str]:
        """What is missing; asked only where whose turn it is depends on it."""
        return self.missing if self.step.writer or self.step.key in TURNS_ON_WHAT_IS_MISSING else []


def open_steps(trials: Sequence[Trial]) -> list[OpenStep]:
    """The open steps of the trials: viewflow's open tasks, each with its newest row. What their rules look at is read
    for all the trials together."""
    by_process = {trial.process_id: trial for trial in trials}
    tasks = Task.objects.filter(process__in=list(by_process), **OPEN).only("process", "flow_task", "created")
    found = {(by_process[task.process_id].pk, task.flow_task.name): task for task in tasks if task.flow_task}
    rows = TrialStep.objects.filter(trial__in=trials, closed_at=None, key__in={key for _pk, key in found})
    read, steps = Read(trials), []
    for row in rows.order_by("trial", "pk"):
        if task := found.get((row.trial_id, row.key)):
            row.trial = by_process[task.process_id]
            before = FLOWS[row.trial.model].before(row.key)
            titles = [step.title for step in before if (row.trial_id, step.key) in found]
            steps.append(OpenStep(task.flow_task.step, row, task.created, Facts(read, row.trial, row, titles)))
    return steps


def step_items(trials: Sequence[Trial]) -> list[Item]:
    """The open steps of the trials, for the reader whose sides stand on each trial."""
    steps = open_steps(trials)
    given = [given for one in steps for given in one.row.confirmed.values()]
    givers = {key for one in given for key in (one["by"], one.get("for")) if key}
    names = Person.objects.in_bulk(list(givers)) if givers else {}
    items = [_step_item(one, sides_held(one.trial), names) for one in steps]
    return items + decisions_ahead(trials, {one.row.pk for one in steps})


def _step_item(one: OpenStep, held_sides: frozenset[str], names: dict[int, Person]) -> Item:
    pair, lacks = held_sides & BOTH, len(one.missing)
    mine = one.waits_for(pair)
    state, word = _step_state(one, mine, lacks)
    start, end = term_of(one.trial)
    years = f"{start.year}–{end.year}"
    return Item(
        what=_step_title(one) if pair else _under_way(one.step),
        where=_("%(region)s, trial %(years)s") % {"region": one.trial.region, "years": years},
        href=one.row.get_absolute_url(),
        act=_step_act(one),
        due=one.due,
        state=state,
        word=word,
        note=_who_confirmed(one, names),
        sides=one.awaits,
        mine=mine,
        lacks=lacks,
        key=f"step-{one.row.pk}",
        stand=one.stand,
        region=one.trial.region,
        each=one.step.who == both,
    )


def _step_title(one: OpenStep) -> str:
    """With the verb of what is to be done now: entries to fill in, or all is there and the step is confirmed."""
    step = one.step
    if step.outcomes:
        return str(step.title)
    if one.has_entries_to_write:
        text = _("Fill in step %(number)s: %(title)s")
    else:
        text = _("Step %(number)s, %(title)s") if one.lacking else _("Confirm step %(number)s: %(title)s")
    return text % {"number": step.number, "title": step.title}


def _under_way(step: Step) -> str:
    """For who only reads: no verb that asks for an act."""
    if step.outcomes:
        return str(step.title)
    return _("Under way: step %(number)s, %(title)s") % {"number": step.number, "title": step.title}


def _step_act(one: OpenStep) -> str:
    if one.has_entries_to_write:
        return _("Fill in")
    return pgettext("verb", "Open") if one.lacking else _("Confirm")


def _step_state(one: OpenStep, mine: bool, lacks: int) -> tuple[str, str]:
    if mine and lacks:
        text = ngettext("One thing is missing", "%(count)s things are missing", lacks)
        return "missing", capfirst(text % {"count": number_in_words(lacks)})
    if one.row.confirmed and mine:
        return "half", _("Your confirmation is missing")
    if one.row.reopened_at:
        return "again", _("Reopened %(day)s") % {"day": day(one.row.reopened_at)}
    return "open", str(WAITING[one.awaits])


def _who_confirmed(one: OpenStep, names: dict[int, Person]) -> str:
    return ", ".join(_confirmed(given, names) for given in one.row.confirmed.values())


def _confirmed(given: dict[str, Any], names: dict[int, Person]) -> str:
    facts = {"name": names[given["by"]], "day": day(datetime.fromisoformat(given["at"]))}
    if holder := names.get(given.get("for") or 0):
        return _("%(name)s, in the stead of %(holder)s, confirmed %(day)s") % (facts | {"holder": holder})
    return _("%(name)s confirmed %(day)s") % facts


def decisions_ahead(trials: Sequence[Trial], opened: Collection[int]) -> list[Item]:
    """The decisions on going on that are near and whose step is not open yet: bodies meet seldom, so the pair brings it
    to them from the first reminder on, four months before the trial ends at the latest."""
    running = {trial.pk: trial for trial in trials if trial.started_on}
    if not running:
        return []
    near = localdate() + DECISION.before
    rows = TrialStep.objects.filter(trial__in=running, key="decision", closed_at=None, due__lte=near)
    return [_decision_ahead(row, running[row.trial_id]) for row in rows.exclude(pk__in=opened).order_by("pk")]


def _decision_ahead(row: TrialStep, trial: Trial) -> Item:
    row.trial = trial
    ends = weekday_day(term_of(trial)[1])
    return Item(
        what=_("Prepare the decision on going on: %(region)s") % {"region": trial.region},
        where=_("The trial ends on %(day)s. See when the bodies meet, and take it to them.") % {"day": ends},
        href=row.get_absolute_url(),
        act=pgettext("verb", "Open"),
        due=row.due,
        note=_("It is recorded once the feedback meeting, step 10, is confirmed."),
        sides=BOTH,
        mine=bool(BOTH & sides_held(trial)),
        key=f"step-{row.pk}",
        region=trial.region,
        each=True,
    )


# -- partners -------------------------------------------------------------------------------------------------------


def partner_items(person: Person) -> list[Item]:
    """Questions of Kaikukeskus to answer, committed partners that lack something which no open step asks for, and
    requests on their way."""
    state = Partner.State
    members = Municipality.objects.filter(partners=OuterRef(OuterRef("pk"))).values("pk")
    late = Q(state__in=[state.COMMITTED, state.ACTIVE], contact=None)
    late |= LACKS_ACCOUNT & ~_asked_at("kaikukanta_users") | LACKS_INDUCTION & ~_asked_at("induction")
    found = Partner.objects.filter(Q(state__in=[state.MORE_WANTED, state.ASKED]) | late)
    found = found.filter(region__in=own_regions(person)).select_related("organisation", "region")
    partners = list(found.annotate(**held(person, members)).filter(IN_SOME_ROLE))
    days = answer_by(one for one in partners if one.state == state.MORE_WANTED)
    return [_partner_item(partner, days.get(partner.pk)) for partner in partners]


def _asked_at(key: str) -> Exists:
    """Whether an open trial's step asks for it: then it is a part of the step, and no task of its own."""
    rows = TrialStep.objects.filter(key=key, closed_at=None, trial__decided="", trial__region=OuterRef("region"))
    return Exists(rows.filter(trial__municipalities__partners=OuterRef("pk")))


# What a late partner lacks: what is to be done, on which page, the button's word, and why.
LACKING = {
    "contact": (
        gettext_lazy("Name a contact person: %(partner)s"), "partner_contact", pgettext_lazy("verb", "Name"),
        gettext_lazy("Without a contact person it cannot begin."),
    ),
    "account": (
        gettext_lazy("Make the Kaikukanta account: %(partner)s"), "partner_account", pgettext_lazy("verb", "Open"),
        gettext_lazy("It becomes active when nothing is missing any more."),
    ),
    "induction": (
        gettext_lazy("Hold the induction: %(partner)s"), "partner_induction", pgettext_lazy("verb", "Open"),
        gettext_lazy("It becomes active when nothing is missing any more."),
    ),
}  # fmt: skip


def _partner_item(partner: Partner, until: date | None) -> Item:
    """The side that looks after the partner acts (R3)."""
    name, where = {"partner": partner}, f"{partner.region}, {partner.get_role_display()}"
    sides = frozenset([partner.side])
    mine = partner.side in sides_held(partner)
    args = [partner.region.slug, partner.pk]
    if partner.state == Partner.State.ASKED:
        since = _("asked %(day)s") % {"day": day(partner.asked_at)}
        what = _("Clearance of %(partner)s") % name
        return Item(
            what, where, reverse("partner", args=args), note=since, sides=frozenset([KAIKUKESKUS]),
            key=f"clearance-{partner.pk}", region=partner.region,
        )  # fmt: skip
    if partner.state == Partner.State.MORE_WANTED:
        what, href, act = _("Answer Kaikukeskus's question: %(partner)s"), "partner_answer", pgettext("verb", "Answer")
        return Item(
            what % name, where, reverse(href, args=args), act, until, note=partner.question, sides=sides, mine=mine,
            key=f"question-{partner.pk}", stand=partner.question, region=partner.region,
        )  # fmt: skip
    first = lacks(partner)[0]
    title, href, button, note = LACKING[first]
    return Item(
        str(title) % name, where, reverse(href, args=args), str(button), None, "missing", "", str(note), sides, mine,
        key=f"contact-{partner.pk}" if first == "contact" else f"lacks-{partner.pk}",
        stand="" if first == "contact" else first, region=partner.region,
    )  # fmt: skip


# -- contacts that lapse ----------------------------------------------------------------------------------------------


def contact_items(person: Person) -> list[Item]:
    """Contact persons who are not to be counted on: the side that looks after the partner acts (R3)."""
    members = Municipality.objects.filter(partners=OuterRef(OuterRef("pk"))).values("pk")
    found = Partner.objects.on_the_way().filter(alarms.of_partner(), region__in=own_regions(person))
    found = found.select_related("organisation", "region", "contact").annotate(**held(person, members))
    partners = list(found.filter(IN_SOME_ROLE))
    why = alarms.of_partners(partners)
    return [_contact_item(partner, why[partner.pk]) for partner in partners if partner.pk in why]


def _contact_item(partner: Partner, why: alarms.Alarm) -> Item:
    args = [partner.region.slug, partner.pk]
    leaves = why.kind == alarms.LEAVING
    what = _("Name a new contact person: %(partner)s") if leaves else _("Reach the contact person: %(partner)s")
    return Item(
        what=what % {"partner": partner},
        where=f"{partner.region}, {partner.get_role_display()}",
        href=reverse("partner_contact", args=args) if leaves else partner.get_absolute_url(),
        act=pgettext("verb", "Name") if leaves else pgettext("verb", "Open"),
        state="late",
        word=f"{partner.contact}: {why.words}",
        sides=frozenset([partner.side]),
        mine=partner.side in sides_held(partner),
        key=f"lapsed-{partner.pk}",
        stand=f"{why.kind} {partner.contact_id}",
        region=partner.region,
    )


def colleague_items(person: Person) -> list[Item]:
    """Responsible persons of the own side who are not to be counted on: the others of the side reach them, or name the
    next one."""
    sides = Responsibility.objects.current().filter(person=person, region=OuterRef("region"), side=OuterRef("side"))
    found = Responsibility.objects.current().holders().filter(alarms.of_holder()).exclude(person=person)
    given = list(found.filter(Exists(sides)).select_related("person", "region", "municipality"))
    why = alarms.of_holders(given)
    return [_colleague_item(one, why[one.pk]) for one in given if one.pk in why]


def _colleague_item(given: Responsibility, why: alarms.Alarm) -> Item:
    leaves = why.kind == alarms.LEAVING
    what = _("Name the next one: %(name)s leaves") if leaves else _("Reach the responsible person: %(name)s")
    return Item(
        what=what % {"name": given.person},
        where=f"{given.municipality or given.region}, {given.get_side_display()}",
        href=reverse("people", args=[given.region.slug]),
        act=pgettext("verb", "Open"),
        state="late",
        word=capfirst(why.words),
        sides=frozenset([given.side]),
        mine=True,
        key=f"colleague-{given.pk}",
        stand=why.kind,
        region=given.region,
    )


# -- commitments ----------------------------------------------------------------------------------------------------


def commitment_items(person: Person) -> list[Item]:
    """Commitments to check, to send, and those that wait for signatures."""
    members = Party.objects.filter(commitment=OuterRef(OuterRef("pk"))).values("municipality")
    found = Commitment.objects.unfinished().filter(region__in=own_regions(person)).annotate(**held(person, members))
    found = found.filter(IN_SOME_ROLE).select_related("region", "partner__organisation")
    return [_commitment_item(one, person) for one in found.prefetch_related(*WITH_WHAT_THEY_ASK)]


def _commitment_item(one: Commitment, person: Person) -> Item:
    """Whose turn it is, and what to do, as `commitments.turn` says it on the commitment's own page."""
    turn = next_of(one, person, sides_held(one) & BOTH)
    what, act = _commitment_words(one, turn.whose)
    where = str(one.region) if one.partner else _("%(region)s, commitment of the region") % {"region": one.region}
    return Item(
        what=what % {"name": one.name, "party": one.partner or one.region},
        where=where,
        href=turn.href(one) if turn.yours else one.get_absolute_url(),
        act=act,
        due=one.sign_by if one.state in Commitment.SIGNING else None,
        note=_commitment_note(one, turn.what),
        sides=turn.sides(one) or looked_after_by(one),
        mine=turn.yours,
        key=f"commitment-{one.pk}",
        stand=f"{one.state} {one.edition and one.edition.pk} {turn.act} {turn.about}",
        region=one.region,
    )


def _commitment_words(one: Commitment, whose: str) -> tuple[str, str]:
    """What is to be done with it, and the word on the button."""
    if one.state == Commitment.State.DRAFT:
        return _("Check: %(name)s, %(party)s"), _("Check")
    if one.state == Commitment.State.CHECKED:
        return _("Send to be signed: %(name)s, %(party)s"), _("Send")
    if whose == OURS:
        return _("Help the signing on: %(name)s, %(party)s"), pgettext("verb", "Open")
    return _("Signatures: %(name)s, %(party)s"), ""


def _commitment_note(one: Commitment, what: str) -> str:
    if one.state not in Commitment.SIGNING:
        return what
    parties = one.parties.all()
    signed = sum(party.signed_on is not None for party in parties)
    said = _("%(signed)s of %(all)s have signed") % {"signed": signed, "all": len(parties)}
    return f"{said}. {what}"


# -- the year -------------------------------------------------------------------------------------------------------


def meeting_items(person: Person) -> list[Item]:
    """Feedback meetings of the person's regions that are due within a month, or late, and not fixed, or fixed for a day
    after that: of one that has begun it is to be said who came."""
    own = Responsibility.objects.current().filter(person=person, region=OuterRef("pk"))
    found = Region.objects.filter(pk__in=own_regions(person))
    regions = list(found.annotate(**{side: Exists(own.filter(side=side)) for side in Side.values}))
    due = next_feedback_due([region.pk for region in regions])
    owed = [region for region in regions if region.pk in due and stage_of(due[region.pk], localdate())]
    fixed = feedback_fixed([region.pk for region in owed]) if owed else {}
    late = {pk: one for pk, one in fixed.items() if is_too_late(one, due[pk])}
    return [_meeting_item(one, due[one.pk], late.get(one.pk)) for one in owed if one.pk not in fixed or one.pk in late]


def _meeting_item(region: Region, due: date, fixed: Meeting | None) -> Item:
    """`fixed`: the meeting to come, on a day after the due one."""
    where = _("There is one at least every twelve months. Invite Kaikukeskus.")
    if fixed:
        where = _("It is fixed: %(when)s. That is after the day: hold it earlier if you can.")
        where %= {"when": moment(fixed.starts_at)}
    return Item(
        what=_("Hold the feedback meeting: %(region)s") % {"region": region},
        where=where,
        href=fixed.get_absolute_url() if fixed else reverse("arranged", args=[region.slug]),
        act=pgettext("verb", "Open"),
        due=due,
        sides=BOTH,
        mine=bool(BOTH & sides_held(region)),
        key=f"meeting-{region.pk}",
        region=region,
    )


def yearly_items(person: Person) -> list[Item]:
    """What else comes round every year and is due within a month, or late: what the region says to be done itself, and
    the inductions of the partners' staff, of the side that sees to them (R3)."""
    until = localdate() + MEETING_SOON
    own = Responsibility.objects.current().filter(person=person, region=OuterRef("pk"))
    regions = Region.objects.filter(pk__in=own_regions(person))
    regions = regions.annotate(**{side: Exists(own.filter(side=side)) for side in Side.values})
    items = [_yearly_item(one) for kind in KINDS for one in rounds(regions, kind, until)]
    members = Municipality.objects.filter(partners=OuterRef(OuterRef("pk"))).values("pk")
    partners = Partner.objects.filter(region__in=own_regions(person)).annotate(**held(person, members))
    return items + [_induction_item(one) for one in inductions(partners.filter(IN_SOME_ROLE), until)]


def _yearly_item(one: Round) -> Item:
    return Item(
        what=f"{capfirst(str(TITLES[one.kind]))}: {one.region}",
        where=what_to_do(one),
        href=reverse("yearly_done", args=[one.region.slug, one.kind]),
        act=_("Record"),
        due=one.due,
        sides=BOTH,
        mine=bool(BOTH & sides_held(one.region)),
        key=f"{one.kind}-{one.region.pk}",
        region=one.region,
    )


def _induction_item(one: Inductions) -> Item:
    return Item(
        what=f"{capfirst(induction_title(one.role))}: {one.region}",
        where=induction_todo(one.partners),
        href=f"{reverse('partners_mark', args=[one.region.slug])}?show=again",
        act=_("Record"),
        due=one.due,
        sides=frozenset([one.side]),
        mine=any(one.side in sides_held(partner) for partner in one.partners),
        key=f"induction-{one.role}-{one.due:%Y%m%d}-{one.region.pk}",
        region=one.region,
    )


def arranged_items(person: Person) -> list[Item]:
    """Arranged meetings whose time is to be fixed, or of which nobody has said who came."""
    found = to_do(own_regions(person))
    own = Responsibility.objects.current().filter(person=person, side__in=BOTH) if found else []
    acts_in = {given.region_id for given in own}
    return [
        Item(
            one.what, str(one.meeting.region), one.meeting.get_absolute_url(), one.act, one.due,
            sides=BOTH, mine=one.meeting.region_id in acts_in,
            key=f"arranged-{one.meeting.pk}", region=one.meeting.region,
        )
        for one in found
    ]  # fmt: skip


# -- whom to call -----------------------------------------------------------------------------------------------------


class Contacted(NamedTuple):
    """A partner whose contact person is asking, and whom to call about it."""

    partner: Partner
    whom: list[Person]


def partners_of_contact(person: Person) -> list[Contacted]:
    """The partners whose contact the person is, each with the holders who look after it, for all of them
    in three queries."""
    partners = Partner.objects.alive().filter(contact=person).select_related("organisation", "region")
    found = list(partners.prefetch_related("municipalities"))
    whom = holders_of(found)
    return [Contacted(partner, whom[partner.pk]) for partner in found]
