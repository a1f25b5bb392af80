"""Does any order of acts keep a trial sound? Random acts against an oracle that has no engine.

The oracle knows what is closed and how far the trial has come; what must be open follows from these two. Its tables
are written out here and taken from nowhere: a change of a model or of a gate has to be made in both places.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS

from adoption import partners
from adoption.models import Act, Partner, Person
from adoption.people import end_responsibility, name_person
from adoption.refusal import Refused
from commitments.models import Party
from commitments.services import record_kaikukanta
from tests.people import a_region, a_stranger
from workflows import services, walk
from workflows.checks import faults
from workflows.models import Trial
from workflows.sentences import sentences

pytestmark = pytest.mark.long

FIRST_FIVE = ["intro_event", "local_pair", "pair_training", "workshop", "commitments"]
LAST_THREE = [["start_distribution"], ["feedback"], ["decision"]]
BLOCKS = {
    "2023": [*([key] for key in FIRST_FIVE), ["statistics", "print_comms", "induction"], *LAST_THREE],
    "2024": [*([key] for key in FIRST_FIVE), ["kaikukanta_users", "print_comms", "induction"], *LAST_THREE],
}
# Each rule of a step, and what it asks: "said": the step's evidence; "earlier": that no earlier step is open; "met": a
# meeting of the round; a date that the partners have; "ready": the dates that 6 and 8 asked, but for what was skipped
# or overridden there; "there": what these runs have from the beginning.
GATES = {
    "intro_event": {"introduction_not_held": "said"},
    "local_pair": {"side_not_named": "there"},
    "pair_training": {"training_not_recorded": "said"},
    "workshop": {"workshop_not_held": "said", "candidates_not_asked": "there", "decision_to_join_missing": "said"},
    "commitments": {
        "region_commitment_not_in_force": "there", "no_committed_venue": "there",
        "no_committed_third_sector_distributor": "there",
    },
    "kaikukanta_users": {"accounts_missing": "account_on"},
    "statistics": {"statistics_person_missing": "said"},
    "print_comms": {"materials_not_printed": "said", "local_page_missing": "said"},
    "induction": {"inductions_missing": "induction_on", "contacts_missing": "there"},
    "start_distribution": {
        "start_not_recorded": "said", "started_too_early": "there", "commitments_no_longer_in_force": "there",
        "partners_no_longer_ready": "ready", "earlier_step_open": "earlier",
    },
    "feedback": {"feedback_meeting_not_held": "met", "earlier_step_open": "earlier"},
    "decision": {"earlier_step_open_at_the_end": "earlier"},
}  # fmt: skip
GATES_OF_2023 = {"commitments": {"commitments_meeting_not_held": "said"}, "feedback": {"survey_not_held": "said"}}
READY = [("kaikukanta_users", "accounts_missing", "account_on"), ("induction", "inductions_missing", "induction_on")]
FIRM = {"start_not_recorded", "earlier_step_open_at_the_end"}
NEVER_SKIPPED = {"local_pair", "start_distribution", "decision"}
KAIKUKESKUS_CONFIRMS = {"intro_event", "local_pair"}
AGAIN = ("feedback", "decision")  # these come again with each extension
DONE, REFUSED, NOT_YOURS = "done", "Refused", "NotYours"
STARTED = timedelta(days=300)  # ago


# -- the oracle -------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A step of a round: what has been said, by whom it is confirmed, and which rules are overridden."""

    said: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    confirmed: dict[str, int] = field(default_factory=dict)
    overridden: set[str] = field(default_factory=set)
    skipped: bool = False


class Oracle:
    """What must be open, and how each act must end: "done", or the name of the refusal."""

    def __init__(self, model: str) -> None:
        self.blocks = BLOCKS[model]
        more = GATES_OF_2023 if model == "2023" else {}
        self.gates = {key: GATES[key] | more.get(key, {}) for block in self.blocks for key in block}
        self.rows = {key: Row() for key in self.gates}
        self.closed: set[str] = set()
        self.reached, self.round = 0, 1
        self.facts = {"there", "account_on", "induction_on"}
        self.met: set[int] = set()
        self.outcome = ""

    @property
    def open(self) -> list[str]:
        """The steps that are not closed, in the blocks that have been reached."""
        return [key for block in self.blocks[: self.reached + 1] for key in block if key not in self.closed]

    def block_of(self, key: str) -> int:
        return next(number for number, block in enumerate(self.blocks) if key in block)

    def sides(self, key: str) -> set[str]:
        return {"kaikukeskus"} if key in KAIKUKESKUS_CONFIRMS else {"culture", "care"}

    # -- how an act must end, in the order in which the door asks

    def saving(self, key: str, side: str, said: dict[str, Any], stale: bool) -> str:
        if key not in self.open:
            return REFUSED
        if not side:
            return NOT_YOURS
        if key == "decision":
            return REFUSED
        if said == self.rows[key].said:
            return DONE
        if key == "pair_training" and side != "kaikukeskus":
            return NOT_YOURS
        return REFUSED if stale else DONE

    def confirming(self, key: str, side: str, person: int) -> str:
        if key not in self.open:
            return REFUSED
        if side not in self.sides(key):
            return NOT_YOURS
        given = self.rows[key].confirmed
        return DONE if side not in given and person not in given.values() and self.passes(key) else REFUSED

    def deciding(self, side: str, outcome: str, person: int) -> str:
        given = self.confirming("decision", side, person)
        differs = any(said != outcome for said in self.rows["decision"].said.values())
        return REFUSED if given == DONE and differs else given

    def withdrawing(self, key: str, side: str, person: int, holders: dict[str, set[int]]) -> str:
        """The side whose confirmation falls: the person's own, or one whose giver answers for it no more."""
        if key not in self.open:
            return REFUSED
        if not side:
            return NOT_YOURS
        for of, giver in self.rows[key].confirmed.items():
            if (of == side and giver == person) or (
                side in (of, "kaikukeskus") and giver not in holders.get(of, set())
            ):
                return of
        return REFUSED

    def reopening(self, key: str, side: str) -> str:
        if side not in {*self.sides(key), "kaikukeskus"}:
            return NOT_YOURS
        return DONE if self.open and key in self.closed else REFUSED

    def skipping(self, key: str, side: str) -> str:
        if side != "kaikukeskus":
            return NOT_YOURS
        return REFUSED if key in NEVER_SKIPPED | self.closed or not self.open else DONE

    def overriding(self, key: str, rule: str, side: str) -> str:
        if side != "kaikukeskus":
            return NOT_YOURS
        return DONE if key in self.open and rule in self.gates[key] and rule not in FIRM else REFUSED

    def opening_early(self, key: str, side: str) -> str:
        if side != "kaikukeskus":
            return NOT_YOURS
        at_its_end = key in self.open and self.block_of(key) == self.reached
        return DONE if at_its_end and key in FIRST_FIVE else REFUSED

    def passes(self, key: str) -> bool:
        rules = self.gates[key].items()
        return all(rule in self.rows[key].overridden or self.holds(key, asked) for rule, asked in rules)

    def holds(self, key: str, asked: str) -> bool:
        if asked == "said":
            return bool(self.rows[key].said)
        if asked == "met":
            return self.round in self.met
        if asked == "earlier":
            return not any(self.block_of(one) < self.block_of(key) for one in self.open)
        if asked == "ready":
            return all(self.ready(*one) for one in READY)
        return asked in self.facts

    def ready(self, key: str, rule: str, fact: str) -> bool:
        row = self.rows.get(key)
        return row is None or row.skipped or rule in row.overridden or fact in self.facts

    # -- what follows from it

    def confirmed(self, key: str, side: str, person: int) -> None:
        row = self.rows[key]
        row.confirmed = row.confirmed | {side: person}
        if row.confirmed.keys() != self.sides(key):
            return
        if key == "decision" and row.said[side] == "extend":
            self.extend()
        else:
            self.outcome = row.said[side] if key == "decision" else ""
            self.close(key)

    def extend(self) -> None:
        self.round += 1
        for key in AGAIN:
            self.rows[key] = Row()
            self.closed.discard(key)
        self.reached = self.block_of("feedback")

    def close(self, key: str) -> None:
        self.closed.add(key)
        self.go_on()

    def pass_early(self, key: str) -> None:
        self.reached += 1
        self.go_on()

    def go_on(self) -> None:
        while self.reached < len(self.blocks) and self.closed.issuperset(self.blocks[self.reached]):
            self.reached += 1


# -- a run: each act is done to the trial and to the oracle -----------------------------------------------------------


class Run:
    """One trial with its people, and the oracle beside it. Acts take numbers that choose step, person and variant."""

    def __init__(self, here: walk.Walk) -> None:
        self.trial, self.region, self.laura = here.trial, here.region, here.laura
        self.oracle = Oracle(here.trial.model)
        self.holders = {"culture": [here.aino], "care": [here.mikko]}
        self.others = [a_stranger()]
        self.full = full_evidence(here.trial)
        self.made = 0  # people named and meetings held so far

    def side(self, person: Person) -> str:
        if person == self.laura:
            return "kaikukeskus"
        return next((side for side, holders in self.holders.items() if person in holders), "")

    def step(self, pick: int, likely: Iterable[str] = ()) -> str:
        """A likely step three times of four, else any of the model."""
        likely, every = sorted(likely), list(self.oracle.gates)
        choice = likely if likely and pick % 4 else every
        return choice[pick // 4 % len(choice)]

    def person(self, pick: int) -> Person:
        """A holder, Kaikukeskus, or one who holds nothing: the stranger or the newest former holder."""
        choice = [*self.holders["culture"], *self.holders["care"], self.laura, self.others[-1]]
        return choice[pick % len(choice)]

    def kaikukeskus(self, who: int) -> Person:
        """Laura three times of four, else somebody."""
        return self.laura if who % 4 else self.person(who // 4)

    def attempt(self, expected: str, act: Callable, *args: Any) -> bool:
        """The act is done or refused as the oracle says."""
        try:
            act(*args)
        except Refused as refusal:
            outcome, said = type(refusal).__name__, str(refusal)
        else:
            outcome = said = DONE
        note(f"{act.__name__} {', '.join(str(one) for one in args[1:])}: {said}")
        assert outcome == expected
        return outcome == DONE

    def agree(self) -> None:
        """The trial stands where the oracle says, with the same confirmations and overrides."""
        oracle, trial = self.oracle, services.read(self.trial.pk)
        assert sorted(trial.open) == sorted(oracle.open)
        assert Task.objects.filter(process=trial.process_id, **services.OPEN).count() == len(oracle.open)
        assert {key for key, row in trial.rows.items() if row.closed_at} == oracle.closed
        assert trial.decided == oracle.outcome
        for key, row in trial.rows.items():
            mine = oracle.rows[key]
            assert {side: given["by"] for side, given in row.confirmed.items()} == mine.confirmed, key
            assert (set(row.overrides), row.version) == (mine.overridden, mine.version), key
            assert row.round == (oracle.round if key in AGAIN else 1), key

    # -- the acts

    def rest(self, pick: int, who: int, how: int) -> None:
        """Nothing: what an act that does not matter becomes when a fault is made small."""

    def save(self, pick: int, who: int, how: int) -> None:
        key = self.step(pick, self.oracle.open)
        said = [self.full[key], self.full[key] | {"more": "words"}, {}][how % 3]
        self.save_as(key, self.person(who), said, stale=how > 5)

    def save_as(self, key: str, by: Person, said: dict[str, Any], stale: bool = False) -> None:
        row = self.oracle.rows[key]
        expected = self.oracle.saving(key, self.side(by), said, stale)
        changes = said != row.said
        version = row.version + stale
        if self.attempt(expected, services.save_evidence, self.trial, key, by, said, version) and changes:
            row.said, row.version, row.confirmed = said, row.version + 1, {}

    def confirm(self, pick: int, who: int, how: int) -> None:
        key, by = self.step(pick, self.oracle.open), self.person(who)
        if key == "decision":
            self.decide_as(by, OUTCOMES[how % len(OUTCOMES)])
        else:
            self.confirm_as(key, by)

    def confirm_as(self, key: str, by: Person) -> None:
        side = self.side(by)
        if self.attempt(self.oracle.confirming(key, side, by.pk), services.confirm_step, self.trial, key, by):
            self.oracle.confirmed(key, side, by.pk)

    def decide_as(self, by: Person, outcome: str) -> None:
        side, row = self.side(by), self.oracle.rows["decision"]
        new_end = until(self.oracle.round) if outcome == "extend" else None
        said = {"outcome": outcome, "new_end": new_end, "body": "Lautakunta", "date": localdate().isoformat(),
                "section": "§ 4", "record_number": "KP/4"}  # fmt: skip
        if self.attempt(
            self.oracle.deciding(side, outcome, by.pk), services.confirm_step, self.trial, "decision", by, said
        ):
            row.said = row.said | {side: outcome}
            self.oracle.confirmed("decision", side, by.pk)

    def close(self, pick: int, who: int, how: int) -> None:
        """The open step gets what it lacks and is confirmed by everybody who has not."""
        if self.oracle.open:
            self.close_step(self.oracle.open[pick % len(self.oracle.open)], OUTCOMES[how % len(OUTCOMES)])

    def close_step(self, key: str, outcome: str) -> None:
        row = self.oracle.rows[key]
        if key != "decision" and not row.said:
            self.save_as(key, self.laura, self.full[key])
        if key == "feedback" and not self.oracle.holds(key, "met"):
            self.meet(0, 0, 0)
        for side in sorted(self.oracle.sides(key) - row.confirmed.keys()):
            by = self.laura if side == "kaikukeskus" else self.holders[side][0]
            if key == "decision":
                self.decide_as(by, next(iter(row.said.values()), outcome))
            else:
                self.confirm_as(key, by)

    def withdraw(self, pick: int, who: int, how: int) -> None:
        key = self.step(pick, [key for key in self.oracle.open if self.oracle.rows[key].confirmed])
        givers = list(self.oracle.rows[key].confirmed.values())
        self.withdraw_as(key, Person.objects.get(pk=givers[0]) if givers and who % 4 else self.person(who))

    def withdraw_as(self, key: str, by: Person) -> None:
        side, row = self.side(by), self.oracle.rows[key]
        holders = {of: {one.pk for one in people} for of, people in self.holders.items()}
        of = self.oracle.withdrawing(key, side, by.pk, holders)
        expected = of if of in (REFUSED, NOT_YOURS) else DONE
        if self.attempt(expected, services.withdraw, self.trial, key, by):
            del row.confirmed[of]
            if key == "decision":
                del row.said[of]

    def reopen(self, pick: int, who: int, how: int) -> None:
        key, by = self.step(pick, self.oracle.closed), self.person(who)
        if self.attempt(
            self.oracle.reopening(key, self.side(by)), services.reopen_step, self.trial, key, by, "Tieto muuttui."
        ):
            self.oracle.closed.discard(key)
            row = self.oracle.rows[key]
            row.confirmed, row.overridden, row.skipped = {}, set(), False

    def skip(self, pick: int, who: int, how: int) -> None:
        key, by = self.step(pick, self.oracle.open), self.kaikukeskus(who)
        if self.attempt(
            self.oracle.skipping(key, self.side(by)), services.skip_step, self.trial, key, by, "Ei tarvita täällä."
        ):
            self.oracle.rows[key].confirmed, self.oracle.rows[key].skipped = {}, True
            self.oracle.close(key)

    def override(self, pick: int, who: int, how: int) -> None:
        key, by = self.step(pick, self.oracle.open), self.kaikukeskus(who)
        rule = [*self.oracle.gates[key], "survey_not_held"][how % (len(self.oracle.gates[key]) + 1)]
        expected = self.oracle.overriding(key, rule, self.side(by))
        if self.attempt(expected, services.override_rule, self.trial, key, rule, by, "Sovittu puhelimessa."):
            self.oracle.rows[key].overridden.add(rule)

    def open_next_early(self, pick: int, who: int, how: int) -> None:
        key, by = self.step(pick, self.oracle.open), self.kaikukeskus(who)
        expected = self.oracle.opening_early(key, self.side(by))
        if self.attempt(expected, services.open_next_early, self.trial, key, by, "Työpaja on jo sovittu."):
            self.oracle.pass_early(key)

    def move(self, pick: int, who: int, how: int) -> None:
        """Another person is named to the side, and a former holder ended; how > 5: both stay."""
        side = ["culture", "care"][who % 2]
        self.made += 1
        given = name_person(self.region, side, f"seuraaja.{self.made}@example.org", "Seija Seuraaja", self.laura)
        self.holders[side].append(given.person)
        note(f"{given.person.email} for {side}")
        if how <= 5:
            self.end(pick, who, how)

    def end(self, pick: int, who: int, how: int) -> None:
        """A holder is ended, but never the last one of a side."""
        side = ["culture", "care"][who % 2]
        leaving = self.holders[side][pick % len(self.holders[side])]
        held = leaving.responsibilities.current().get(side=side)
        expected = DONE if len(self.holders[side]) > 1 else REFUSED
        if self.attempt(expected, end_responsibility, held, self.laura):
            self.holders[side].remove(leaving)
            self.others.append(leaving)

    def facts(self, pick: int, who: int, how: int) -> None:
        """A partner's date goes missing, as when one more partner has come, or is there again."""
        self.set_fact(["account_on", "induction_on"][who % 2], there=how % 3 > 0)

    def set_fact(self, fact: str, there: bool) -> None:
        Partner.objects.filter(region=self.region).update(**{fact: localdate() - STARTED if there else None})
        self.oracle.facts = self.oracle.facts | {fact} if there else self.oracle.facts - {fact}
        note(f"{fact}: {there}")

    def meet(self, pick: int, who: int, how: int) -> None:
        """A feedback meeting; it is the round's own, and withdraws, only while step 10 is open."""
        self.made += 1
        by, held_on = self.person(who), localdate() - STARTED + timedelta(days=self.made)
        expected = DONE if self.side(by) else NOT_YOURS
        done = self.attempt(expected, services.record_meeting, self.region, by, held_on, 9, "Hyvin meni.")
        if done and "feedback" in self.oracle.open:
            self.oracle.met.add(self.oracle.round)
            self.oracle.rows["feedback"].confirmed = {}

    def walk_to_the_end(self) -> None:
        """From wherever it is, the trial goes on for good; nothing is stuck."""
        for fact in ("account_on", "induction_on"):
            self.set_fact(fact, there=True)
        for side, said in list(self.oracle.rows["decision"].said.items()):
            if said != "continue" and self.oracle.open:
                self.take_back(side, Person.objects.get(pk=self.oracle.rows["decision"].confirmed[side]))
        while self.oracle.open:
            self.close_step(self.oracle.open[0], "continue")
            self.agree()

    def take_back(self, side: str, giver: Person) -> None:
        """The half decision is withdrawn by its giver, or by who came after."""
        self.withdraw_as("decision", giver if giver in self.holders[side] else self.holders[side][0])


ACTS = [
    "rest", "close", "confirm", "save", "withdraw", "reopen", "skip", "override", "open_next_early", "move", "end",
    "facts", "meet", "close", "confirm", "save", "confirm", "reopen",
]  # fmt: skip
OUTCOMES = ["extend", "continue", "extend", "stop"]


def until(round_: int) -> str:
    """The end of the trial in its round: each extension is of a month."""
    return (localdate() + timedelta(days=60 + 30 * round_)).isoformat()


def full_evidence(trial: Trial) -> dict[str, dict[str, Any]]:
    """What each step asks, whole."""
    day = (localdate() - STARTED).isoformat()
    bodies = [f"m{pk}" for pk in trial.municipalities.values_list("pk", flat=True)] + ["county"]
    event = {"date": day, "place": "Kirjasto", "attendees": 20}
    said: dict[str, dict[str, Any]] = {
        "intro_event": event, "pair_training": {"date": day, "trainer": "Laura Mäkelä"},
        "workshop": event | {"decisions": [{"body": body, "organ": "Hallitus", "date": day} for body in bodies]},
        "commitments": {"meeting": day}, "statistics": {"statistics_person": "Aino Virtanen"},
        "print_comms": {
            "printed_on": day, "languages": ["fi"], "cards": 100, "community_cards": 5, "brochures": 300,
            "posters": 20, "cost": "900.00", "local_page": "https://kortti.example.org",
            "feedback_email": "palaute@example.org",
        },
        "start_distribution": {"start": day, "end": until(0)}, "feedback": {"survey": day},
    }  # fmt: skip
    return {key: said.get(key, {"note": "Sovittu."}) for key in GATES}


# -- the tests ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["2023", "2024"])
def here(request: pytest.FixtureRequest, db: None) -> walk.Walk:
    """A trial at its first step, in a region whose commitments are in force and whose partners have all dates."""
    here = walk.begin(a_region("etela-savo"), request.param, "walk")
    walk.add_partners(here)
    for partner in here.partners():
        if partner.is_distributor:
            partners.clear(partners.request_clearance(partner, here.mikko), here.laura)
        commitment = walk.ready(services.draft_for_partner(partner, here.aino), here.mikko)
        record_kaikukanta(commitment, here.mikko, "Toimi Ketola", localdate())
        partners.record_account(partner, here.mikko, localdate() - STARTED)
        partners.record_induction(partner, here.mikko, localdate() - STARTED, Partner.Manner.EVENT)
    walk.sign_by_copy(walk.ready(services.draft_for_trial(here.trial, here.aino), here.aino), here.mikko, here.laura)
    Party.objects.update(signed_on=localdate() - STARTED)  # the papers were signed before distribution began
    return here


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done inside is undone at the end, so that the next run begins where this one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(here: walk.Walk, depth: int, acts: list[tuple[str, int, int, int]]) -> None:
    """The acts from the given depth on, the comparison after each, and the walk to the end."""
    with taken_back():
        one = Run(here)
        for key in list(one.oracle.gates)[:depth]:
            one.close_step(key, "extend")
        for name, pick, who, how in acts:
            getattr(one, name)(pick, who, how)
            one.agree()
        one.walk_to_the_end()
        assert Trial.objects.get(pk=here.trial.pk).process.status == PROCESS.DONE
        assert faults() == []
        assert all(line.text for line in sentences(list(Act.objects.filter(region=here.region))))


NUMBER = st.integers(0, 60)


def some_acts(least: int, most: int) -> st.SearchStrategy[list[tuple[str, int, int, int]]]:
    return st.lists(st.tuples(st.sampled_from(ACTS), NUMBER, NUMBER, st.integers(0, 7)), min_size=least, max_size=most)


# Explaining takes many runs, and the acts are told by notes already.
QUICK = settings(
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(depth=st.integers(0, 10), acts=some_acts(24, 36))
@settings(QUICK, max_examples=40)
def test_random_acts_keep_the_trial_sound(here, depth, acts):
    run(here, depth, acts)


@pytest.mark.slow
@given(depth=st.integers(0, 10), acts=some_acts(40, 60))
@settings(QUICK, max_examples=200)
def test_many_random_acts_keep_the_trial_sound(here, depth, acts):
    run(here, depth, acts)
