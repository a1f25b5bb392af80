"""Over years in which the scan runs 0, 1 or 2 times a day and the worker dies at random: is everybody reminded by the
ladders, of nothing twice, and on no quiet day?

The days are simulated. What ought to be reminded of is read from a plain diary, day by day, and not by the product.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from django.core import mail
from django.db import transaction
from django.utils.timezone import localdate, now
from django_q.models import OrmQ

from adoption.days import is_quiet, is_working_day
from adoption.history import NOBODY, locked, record
from adoption.models import Municipality, Organisation, Partner, Person, Phase, Region, Responsibility
from adoption.people import find_or_make
from commitments.models import Commitment
from tests.mornings import at
from tests.people import a_kaikukeskus_person, a_pair, a_region
from workflows.models import FeedbackMeeting, Meeting, OwnTask, Reminder, Trial, TrialStep, YearlyDone
from workflows.reminders import daily, deliver_waiting
from workflows.services import go_on, locked_trial, open_trial

pytestmark = pytest.mark.django_db

BEGINNING = date(2027, 1, 4)
DAY = timedelta(days=1)
YEAR = 365
# Written here once more, in plain numbers: days after the due day → who hears: those who answer for it, from 1 on their
# substitutes too, from 2 on Kaikukeskus too.
A_YEAR_S = {-30: 0, -7: 0, 0: 0, 7: 0, 14: 1, 28: 2}
LADDERS = {
    "step": {-14: 0, -2: 0, 0: 0, 2: 0, 7: 1, 14: 2},
    "decision": {-60: 0, -14: 0, 0: 0, 2: 0, 7: 1, 14: 2},
    "feedback": A_YEAR_S,
    "page": A_YEAR_S,
    "national": A_YEAR_S,
    "induction": A_YEAR_S,
    "sign": {-2: 0, 0: 0, 2: 0, 7: 1, 14: 2},
    "own": {0: 0, 2: 0},
    "point": {-7: -1, 0: -1, 2: -1, 7: 0, 14: 1, 28: 2},  # at first only whose it is hears
}
YEARLY = ("page", "national")
SIDES = {"venue": 0, "distributor": 1}  # whose staff is inducted every year → who of the pair sees to it
BY_KAIKUKESKUS = ("local_pair", "pair_training")  # nobody writes their entries here, so they wait for Kaikukeskus


class Owed(NamedTuple):
    """A line of the diary: this was owed that morning, by these people."""

    kind: str
    subject: str
    due: date
    since: date
    people: frozenset[int]
    substitutes: frozenset[int] = frozenset()
    promised_to: frozenset[int] = frozenset()

    def hear(self, rung: int, laura: int) -> frozenset[int]:
        """Those to whom the rung goes."""
        up_to = LADDERS[self.kind][rung]
        told = self.people | (self.promised_to if up_to >= 0 else set())
        return told | (self.substitutes if up_to > 0 else set()) | ({laura} if up_to > 1 else set())


class Dead(Exception):
    """The worker was killed."""


class Settled:
    """A region in lasting use, as its people know it: when they did last what comes round every year."""

    def __init__(self, region: Region, pair: list[Person], dice: random.Random) -> None:
        self.region, self.pair, self.dice = region, pair, dice
        self.stands_in = find_or_make(f"eino.{region.slug}@example.org", "Eino Sijainen")  # for the second of the pair
        Responsibility.objects.create(
            person=self.stands_in, region=region, side="care", since=localdate(), substitute=True
        )
        self.meeting = Meeting.objects.create(
            region=region, organiser=pair[0], title="Kokous", length=60, state="held", starts_at=now()
        )
        self.last: dict[str, date] = {}
        self.next: dict[str, date] = {}
        self.tasks: dict[str, OwnTask] = {}
        self.paper: Commitment | None = None  # that waits for signatures
        self.sent_on = localdate()

    def settle(self, today: date) -> None:
        """From this day on the card is in lasting use."""
        self.region.members.update(phase=Phase.LASTING, phase_since=today)
        for kind in YEARLY:
            self.did(kind, today)

    def did(self, kind: str, today: date) -> None:
        self.last[kind], self.next[kind] = today, today + DAY * self.dice.randrange(300, 420)

    def owes(self) -> Iterator[Owed]:
        pair, stand_in = frozenset(person.pk for person in self.pair), frozenset([self.stands_in.pk])
        for kind, last in self.last.items():
            if kind not in SIDES:
                yield Owed(kind, str(self.region.pk), a_year_later(last), last, pair, stand_in)
                continue
            one = self.pair[SIDES[kind]].pk
            subject, others = f"{self.region.pk}-{kind}", stand_in if kind == "distributor" else frozenset()
            yield Owed("induction", subject, a_year_later(last), last, frozenset([one]), others)
        for kind, task in self.tasks.items():
            others = (stand_in, pair) if kind == "point" else (frozenset(), frozenset())
            yield Owed(kind, str(task.pk), task.due, localdate(task.made_at), frozenset([task.person_id]), *others)
        if self.paper:
            yield Owed("sign", str(self.paper.pk), self.paper.sign_by, self.sent_on, pair, stand_in)

    def act(self, today: date) -> None:
        for kind in [kind for kind, day in self.next.items() if day <= today]:
            if kind in SIDES:
                Partner.objects.filter(region=self.region, role=kind).update(induction_on=today)
            else:
                YearlyDone.objects.create(region=self.region, kind=kind, on=today, recorded_by=self.pair[0])
            self.did(kind, today)
        for kind, meeting in (("own", None), ("point", self.meeting)):
            self.small_task(kind, meeting, today)
        self.promise(today)
        if self.dice.random() < 0.004:
            self.follow(today)

    def small_task(self, kind: str, meeting: Meeting | None, today: date) -> None:
        """One of the pair writes down a task, or promises one in a meeting, and has done it early, in time, late or
        never."""
        task = self.tasks.get(kind)
        if task is None and self.dice.random() < 0.005:
            person, due = self.dice.choice(self.pair), today + DAY * self.dice.randrange(5, 40)
            given = {"person": person, "made_by": person, "meeting": meeting, "due": due, "text": "Soita."}
            self.tasks[kind] = OwnTask.objects.create(**given)
        elif task and today > task.due - 5 * DAY and self.dice.random() < (0.04 if meeting else 0.1):
            OwnTask.objects.filter(pk=task.pk).update(done_at=f"{today}T10:00Z")
            del self.tasks[kind]

    def promise(self, today: date) -> None:
        """The region's commitment is sent to be signed, its day is moved, and at last it is signed by all."""
        if self.paper is None and self.dice.random() < 0.01:
            due = today + DAY * self.dice.randrange(1, 40)
            given = {"kind": Commitment.Kind.REGION, "operating_model": "2024", "state": "awaiting"}
            self.paper, self.sent_on = Commitment.objects.create(region=self.region, sign_by=due, **given), today
            with transaction.atomic():
                record(locked(self.region.pk), NOBODY, "commitment_sent", self.paper)
        elif self.paper and self.dice.random() < 0.01:
            self.paper.sign_by += DAY * self.dice.randrange(1, 30)
            self.paper.save(update_fields=["sign_by"])
        elif self.paper and today > self.paper.sign_by - 5 * DAY and self.dice.random() < 0.06:
            Commitment.objects.filter(pk=self.paper.pk).update(state="in_force", in_force_on=today)
            self.paper = None

    def follow(self, today: date) -> None:
        """Another person follows on one side."""
        number = self.dice.randrange(2)
        held = Responsibility.objects.get(region=self.region, person=self.pair[number], until=None)
        new = find_or_make(f"{today}.{self.region.slug}@example.org", f"Uusi {self.region.slug}")
        Responsibility.objects.filter(pk=held.pk).update(until=today)
        Responsibility.objects.create(person=new, region=self.region, side=held.side, since=today)
        self.pair[number] = new


class Walked(Settled):
    """A region on its way, as its people know it: what is open since when, by when, and who they are."""

    def __init__(self, trial: Trial, pair: list[Person], laura: Person, dice: random.Random) -> None:
        super().__init__(trial.region, pair, dice)
        self.trial, self.laura = trial, laura
        self.rows = {row.key: row for row in TrialStep.objects.filter(trial=trial)}
        self.open = {"intro_event": localdate()}
        self.closes = {"intro_event": self.some_day("intro_event")}
        self.started = self.met = self.meets = None
        self.decided = False

    def some_day(self, key: str) -> date:
        """The day on which the people will be done with the step: early, in time, or late."""
        return max(localdate() + DAY, self.rows[key].due + DAY * self.dice.randrange(-20, 25))

    # -- what is owed ---------------------------------------------------------------------------------------------

    def owes(self) -> Iterator[Owed]:
        yield from super().owes()
        pair, stand_in = frozenset(person.pk for person in self.pair), frozenset([self.stands_in.pk])
        for key, since in self.open.items():
            people = {"intro_event": pair | {self.laura.pk}} | {one: {self.laura.pk} for one in BY_KAIKUKESKUS}
            others = frozenset() if key in BY_KAIKUKESKUS else stand_in
            if key != "decision":
                row = self.rows[key]
                yield Owed("step", str(row.pk), row.due, since, frozenset(people.get(key, pair)), others)
        if self.started and not self.decided:
            row = self.rows["decision"]
            yield Owed("decision", str(row.pk), row.due, self.started, pair, stand_in)
        if self.started:
            last = self.met or self.started
            yield Owed("feedback", str(self.region.pk), a_year_later(last), last, pair, stand_in)

    # -- what the people do ---------------------------------------------------------------------------------------

    def act(self, today: date) -> None:
        for key in [key for key, day in self.closes.items() if day <= today]:
            self.close(key, today)
        if self.open and self.dice.random() < 0.01:
            self.move(self.dice.choice(sorted(self.open)))
        super().act(today)
        if self.started and today >= (self.meets or today + DAY):
            FeedbackMeeting.objects.create(
                region=self.region, held_on=today, attendees=9, minutes="Sovittiin.", recorded_by=self.pair[0]
            )
            self.met, self.meets = today, today + DAY * self.dice.randrange(300, 420)

    def induct(self, today: date) -> None:
        """There are partners, and their staff has been inducted."""
        organisation = Organisation.objects.create(name=f"Kumppani {self.region.slug}")
        given = {"region": self.region, "organisation": organisation, "state": "active", "induction_on": today}
        Partner.objects.create(role="venue", kind="culture", **given)
        Partner.objects.create(role="distributor", kind="clubhouse", **given)
        for role in SIDES:
            self.did(role, today)

    def close(self, key: str, today: date) -> None:
        """The step is closed, and what it opens is open."""
        with locked_trial(self.trial.pk) as (trial, _region):
            TrialStep.objects.filter(pk=self.rows[key].pk).update(closed_at=f"{today}T10:00Z")
            trial.outcome = "continue"
            go_on(trial.open[key])
        if key == "start_distribution":
            self.started, self.meets = today, today + DAY * self.dice.randrange(300, 420)
            Trial.objects.filter(pk=self.trial.pk).update(started_on=today)
            self.induct(today)
        if key == "decision":
            self.decided = True
            self.settle(today)
            Trial.objects.filter(pk=self.trial.pk).update(decided="continue")
        with locked_trial(self.trial.pk) as (trial, _region):
            self.open = {key: self.open.get(key, today) for key in trial.open}
        self.closes = {key: self.closes.get(key) or self.some_day(key) for key in self.open}

    def move(self, key: str) -> None:
        """The deadline is moved."""
        row = self.rows[key]
        row.due += DAY * self.dice.randrange(-10, 40)
        row.save(update_fields=["due"])


def a_year_later(day: date) -> date:
    """29.2. is no day of the next year, and nothing is due on a quiet day."""
    later = date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    return next(one for one in (later + DAY * n for n in range(10)) if is_working_day(one))


class Country:
    """Regions on their way, a worker that dies, and the diary."""

    def __init__(self, regions: int, seed: int, worker) -> None:
        self.dice, self.worker = random.Random(seed), worker
        self.diary: dict[date, list[Owed]] = {}
        self.whole: set[date] = set()  # working days on which the scan ran and every job was done
        with at(BEGINNING, 9):
            a_region()
            laura = a_kaikukeskus_person()
            towns = list(Municipality.objects.all())
            self.regions: list[Settled] = [self.begin(town, laura) for town in towns[:regions]]
            self.regions += [self.settled(town) for town in towns[regions : regions + regions // 4]]
        OrmQ.objects.all().delete()

    def begin(self, municipality: Municipality, laura: Person) -> Walked:
        region = Region.objects.create(slug=f"r{municipality.pk}", name_fi=municipality.name_fi)
        pair = list(a_pair(region))
        start = BEGINNING + DAY * self.dice.randrange(90, 330)
        end = start + DAY * self.dice.randrange(200, 700)
        return Walked(open_trial(region, [municipality], start, end, laura), pair, laura, self.dice)

    def settled(self, municipality: Municipality) -> Settled:
        """A region in which the card has been in lasting use from the beginning."""
        region = Region.objects.create(slug=f"r{municipality.pk}", name_fi=municipality.name_fi)
        region.members.create(municipality=municipality, phase_since=BEGINNING)
        found = Settled(region, list(a_pair(region)), self.dice)
        found.settle(BEGINNING)
        return found

    def live(self, today: date) -> None:
        """The morning, as far as it goes; then people act."""
        self.diary[today] = [owed for one in self.regions for owed in one.owes()]
        times = self.dice.choice([0, 1, 1, 1, 2])
        with at(today, 6, 0):
            whole = [self.scans() for _again in range(times)] + [self.works()]
        for minute in [1, 9] if self.dice.random() < 0.3 else [1]:
            if lives := self.dice.random() > 0.05:
                with at(today, 7, minute):
                    deliver_waiting()
                    whole.append(self.works())
            whole.append(lives)
        if times and all(whole) and is_working_day(today):
            self.whole.add(today)
        with at(today, 12):
            for one in self.regions:
                one.act(today)

    def scans(self) -> bool:
        """Whether the worker did: now and then it is killed before anything is committed."""
        try:
            with transaction.atomic():
                daily()
                if self.dice.random() < 0.05:
                    raise Dead
        except Dead:
            return False
        return True

    def works(self) -> bool:
        """Whether all queued jobs are done, some of them twice: now and then the worker is killed, and the next job is
        lost or waits."""
        again: list[OrmQ] = []
        while job := again.pop() if again else OrmQ.objects.order_by("pk").first():
            if self.dice.random() < 0.02:
                OrmQ.objects.filter(pk=self.dice.choice([job.pk, None])).delete()
                return False
            if self.dice.random() < 0.05:
                again.append(OrmQ(key=job.key, payload=job.payload, lock=job.lock))
            if job.pk is None:
                job.save()
            self.worker.do(job)
        return True


# -- the plain reading of the ladders ---------------------------------------------------------------------------------


def newest_rung(owed: Owed, today: date) -> int | None:
    """Of the rungs whose day has come the last one."""
    come = [rung for rung in LADDERS[owed.kind] if (day := day_of(rung, owed)) and day <= today]
    return max(come, default=None)


def day_of(rung: int, owed: Owed) -> date | None:
    day = max(owed.due, owed.since) + rung * DAY if rung > 0 else owed.due + rung * DAY
    while not is_working_day(day):
        day += DAY if rung > 0 else -DAY
    return None if rung <= 0 and day <= owed.since else day


def wanted(country: Country, laura: int) -> dict[tuple, date]:
    """What must have left → on which day at the latest."""
    found: dict[tuple, date] = {}
    for today in sorted(country.whole):
        for owed in country.diary[today]:
            rung = newest_rung(owed, today)
            if rung is not None:
                for person in owed.hear(rung, laura):
                    found.setdefault((owed.kind, owed.subject, owed.due, rung, person), today)
    return found


def allowed(country: Country, laura: int, row: Reminder, on: date) -> bool:
    """Whether it was true on the morning on which it left."""
    for owed in country.diary[on]:
        if (owed.kind, owed.subject, owed.due) == (row.kind, row.subject, row.due):
            day = day_of(row.rung, owed)
            return row.person_id in owed.hear(row.rung, laura) and day is not None and day <= on
    return False


@pytest.mark.parametrize(
    ("regions", "years"), [pytest.param(20, 2, marks=pytest.mark.long), pytest.param(200, 5, marks=pytest.mark.slow)]
)
def test_over_the_years_everybody_is_reminded_by_the_ladders_and_never_twice(worker, regions, years):
    country = Country(regions, 20270104, worker)
    mail.outbox.clear()
    for number in range(1, years * YEAR):
        country.live(BEGINNING + number * DAY)
    laura = a_kaikukeskus_person().pk
    rows = Reminder.objects.filter(mail__sent_at__isnull=False).select_related("mail__digest")
    sent = {(row.kind, row.subject, row.due, row.rung, row.person_id): localdate(row.mail.sent_at) for row in rows}
    assert {key: day for key, day in wanted(country, laura).items() if sent.get(key, date.max) > day} == {}
    assert [row for row in rows if not allowed(country, laura, row, localdate(row.mail.sent_at))] == []
    assert [row for row in rows if is_quiet(row.mail.sent_at)] == []
    assert len(sent) > 20 * regions
    assert {(kind, rung) for kind, _subject, _due, rung, _person in sent} == {
        (kind, rung) for kind, rungs in LADDERS.items() for rung in rungs
    }
    # And what has left is that and nothing more: each letter once, each thing once in all of them.
    assert Counter(one.extra_headers["Message-ID"] for one in mail.outbox).most_common(1)[0][1] == 1
    assert sum(one.body.count("http") for one in mail.outbox) == len(sent)
