"""What can happen to a partner in each state? The allowed set written out, and random ways through all of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django_fsm import TransitionNotAllowed, can_proceed
from hypothesis import HealthCheck, Phase, currently_in_test_context, given, note, settings
from hypothesis import strategies as st

from adoption import partners
from adoption.clearing import clear_several
from adoption.leaving import close_person, reopen_person
from adoption.models import Act, Partner, Person
from adoption.partners import missing_for_active
from adoption.refusal import Refused
from adoption.silent_requests import go_on
from commitments import services as commitments
from commitments.models import Commitment
from commitments.on_paper import partner_committed
from tests.people import a_kaikukeskus_person, a_pair, a_region
from workflows.checks import faults
from workflows.walk import ready

STATES = ["candidate", "asked", "more_wanted", "cleared", "declined", "committed", "active", "ended"]
TRANSITIONS = {
    "ask", "want_more", "lapse", "clear", "decline", "consider_again", "commit", "activate", "uncommit_distributor",
    "uncommit_venue", "end", "clear_before",
}  # fmt: skip
# state → transition → the state after it; what does not stand here is refused.
ALLOWED = {
    "distributor": {
        "candidate": {"ask": "asked", "clear_before": "cleared", "decline": "declined", "end": "ended"},
        "asked": {
            "want_more": "more_wanted",
            "clear": "cleared",
            "clear_before": "cleared",
            "decline": "declined",
            "end": "ended",
        },
        "more_wanted": {
            "ask": "asked",
            "lapse": "candidate",
            "clear_before": "cleared",
            "decline": "declined",
            "end": "ended",
        },
        "cleared": {"commit": "committed", "decline": "declined", "end": "ended"},
        "declined": {"ask": "asked", "consider_again": "candidate", "end": "ended"},
        "committed": {"activate": "active", "uncommit_distributor": "cleared"},
        "active": {"uncommit_distributor": "cleared"},
        "ended": {"consider_again": "candidate"},
    },
    "venue": {
        "candidate": {"commit": "committed", "decline": "declined", "end": "ended"},
        # A venue is never asked for; were it in one of the next three states, it could still leave it.
        "asked": {"want_more": "more_wanted", "clear": "cleared", "decline": "declined", "end": "ended"},
        "more_wanted": {"decline": "declined", "end": "ended"},
        "cleared": {"decline": "declined", "end": "ended"},
        "declined": {"consider_again": "candidate", "end": "ended"},
        "committed": {"activate": "active", "uncommit_venue": "candidate"},
        "active": {"uncommit_venue": "candidate"},
        "ended": {"consider_again": "candidate"},
    },
}


# -- each state, each transition, each role -----------------------------------------------------------------------


def test_nothing_is_left_out():
    field = Partner._meta.get_field("state")
    assert {one.name for one in field.get_all_transitions(Partner)} == TRANSITIONS
    assert [value for value, _name in field.choices] == STATES
    assert [list(states) for states in ALLOWED.values()] == [STATES, STATES]


@pytest.mark.parametrize("transition_name", sorted(TRANSITIONS))
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ["distributor", "venue"])
def test_a_transition_is_allowed_or_refused(role, state, transition_name):
    partner = Partner(role=role, state=state)
    move, target = getattr(partner, transition_name), ALLOWED[role][state].get(transition_name)
    assert can_proceed(move) == bool(target)
    if target:
        move()
    else:
        with pytest.raises(TransitionNotAllowed):
            move()
    assert partner.state == (target or state)


def test_a_state_is_changed_by_transitions_only():
    with pytest.raises(AttributeError):
        Partner(role="venue").state = "active"


@pytest.fixture
def people(db: None) -> dict[str, Person]:
    region = a_region("etela-savo")
    laura, pair = a_kaikukeskus_person(), a_pair(region)
    return {"laura": laura, "aino": pair[0], "mikko": pair[1]}


def a_partner(people: dict[str, Person], role: str) -> Partner:
    """A candidate without a contact; what clearance asks is answered."""
    region = a_region("etela-savo")
    kind = "clubhouse" if role == "distributor" else "culture"
    return partners.add_partner(
        region, people["aino"], {"name": "Tupa ry", "sector": "third"}, role, region.municipalities.all(), kind=kind,
        signatory_name="Toimi Tupa", signatory_basis="rules", client_group="Työttömät", most_in_tight=True,
        why_most="Perusturvalla.",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["", "gone", "Active", "candidate "])
def test_the_database_refuses_an_unknown_state(people, state):
    partner = a_partner(people, "venue")
    with pytest.raises(IntegrityError, match="known_partner_state"), transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(state=state)
    with transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(state="active")


# -- random ways --------------------------------------------------------------------------------------------------


def told(text: str) -> None:
    """Shown where a random way fails."""
    if currently_in_test_context():
        note(text)


class Way:
    """One partner, and everything that anybody can do to it."""

    def __init__(self, people: dict[str, Person], role: str) -> None:
        self.people, self.partner = people, a_partner(people, role)
        self.laura, self.aino, self.mikko = people.values()

    def attempt(self, act: Callable, *args: Any, **details: Any) -> bool:
        """Whether it was done; a refusal is an answer too, any other error is a fault."""
        try:
            act(*args, **details)
        except Refused as refusal:
            told(f"{act.__name__}: {refusal}")
            return False
        told(f"{act.__name__}: done")
        return True

    def now(self) -> Partner:
        return Partner.objects.get(pk=self.partner.pk)

    def newest(self, *states: str) -> Commitment | None:
        return Commitment.objects.filter(partner=self.partner, state__in=states).first()

    def on_newest(self, states: tuple, act: Callable, *args: Any) -> None:
        found = self.newest(*states)
        if found:
            self.attempt(act, found, *args)

    # the acts, named as in the list below

    def rest(self, model: str) -> None:
        """Nothing."""

    def ask(self, model: str) -> None:
        self.attempt(partners.request_clearance, self.now(), self.mikko)

    def answer(self, model: str) -> None:
        self.attempt(partners.answer_question, self.now(), self.mikko, "Noin sata.")

    def clear(self, model: str) -> None:
        self.attempt(partners.clear, self.now(), self.laura)

    def want_more(self, model: str) -> None:
        self.attempt(partners.want_more, self.now(), self.laura, "Kuinka monta?")

    def decline(self, model: str) -> None:
        self.attempt(partners.decline, self.now(), self.laura, "Ei tänä vuonna.")

    def silence(self, model: str) -> None:
        """Nobody answers for three weeks."""
        go_on(self.partner.pk, (localdate() + timedelta(days=21)).isoformat())

    def long_silence(self, model: str) -> None:
        """Nobody answers until every day that a reminder could name is over."""
        go_on(self.partner.pk, (localdate() + timedelta(days=200)).isoformat())

    def clear_with_others(self, model: str) -> None:
        self.attempt(clear_several, [self.now()], self.laura, {"fi": "Tervetuloa."})

    def decline_by_the_pair(self, model: str) -> None:
        self.attempt(partners.decline, self.now(), self.aino, "Ei ehdi.")

    def correct(self, model: str) -> None:
        """Another kind, sector and unit, whoever may say so."""
        now = self.now()
        kind = {"clubhouse": "debt_advice", "culture": "sport"}.get(now.kind, now.kind)
        towns, owner = now.municipalities.all(), {"name": "Tupa ry", "sector": "private"}
        self.attempt(partners.change_partner, now, self.aino, towns, owner, "Toinen tupa", kind=kind)

    def other_contact(self, model: str) -> None:
        self.attempt(partners.name_contact, self.now(), self.mikko, "pirjo@example.org", "Pirjo Karppinen")

    def contact_leaves(self, model: str) -> None:
        if contact := self.now().contact:
            self.attempt(close_person, contact, self.laura, "Lähti muualle.")

    def contacts_come_back(self, model: str) -> None:
        for person in Person.objects.filter(is_active=False):
            self.attempt(reopen_person, person, self.laura, "Palasi.")

    def consider_again(self, model: str) -> None:
        self.attempt(partners.consider_again, self.now(), self.aino)

    def end(self, model: str) -> None:
        self.attempt(partners.end_partner, self.now(), self.aino, "Lopetti.")

    def account(self, model: str) -> None:
        self.attempt(partners.record_account, self.now(), self.mikko, localdate())

    def induction(self, model: str) -> None:
        self.attempt(partners.record_induction, self.now(), self.mikko, localdate(), Partner.Manner.OWN)

    def contact(self, model: str) -> None:
        self.attempt(partners.name_contact, self.now(), self.mikko, "outi@example.org", "Outi Karppinen")

    def draft(self, model: str) -> None:
        self.attempt(commitments.draft_partner_commitment, self.now(), self.aino, model)

    def prepare(self, model: str) -> None:
        """The unfinished commitment is on its way to the signatories."""
        self.on_newest(("draft", "checked"), ready, self.mikko)

    def sign(self, model: str) -> None:
        signing = (Commitment.State.AWAITING, Commitment.State.PARTLY_SIGNED)
        self.on_newest(signing, commitments.record_kaikukanta, self.mikko, "Toimi Tupa", localdate())

    def promise(self, model: str) -> None:
        """From the draft to the signature, as far as it goes."""
        self.draft(model)
        self.prepare(model)
        self.sign(model)

    def on_paper(self, model: str) -> None:
        """Committed earlier, on paper, says the pair or Kaikukeskus; only what the form says is done counts."""
        by = self.laura if model == "2023" else self.mikko
        self.attempt(partner_committed, self.now(), by, None, model, account=model == "2024", induction=localdate())

    def decline_commitment(self, model: str) -> None:
        self.on_newest(Commitment.UNFINISHED, commitments.decline, self.aino, "Ei allekirjoita.")

    def replace(self, model: str) -> None:
        """The draft of a replacement, whatever model one would like: it keeps that of the one it replaces."""
        self.on_newest(("in_force",), commitments.replace, self.aino)

    def end_commitment(self, model: str) -> None:
        self.on_newest(("in_force",), commitments.end, self.aino, "Irtisanottu.")


ACTS = [
    "rest", "ask", "answer", "clear", "want_more", "decline", "consider_again", "end", "account", "induction",
    "contact", "draft", "prepare", "sign", "promise", "decline_commitment", "replace", "end_commitment", "promise",
    "ask", "clear", "sign", "prepare", "consider_again", "consider_again",
    "silence", "long_silence", "clear_with_others", "decline_by_the_pair", "correct", "other_contact",
    "contact_leaves", "contacts_come_back", "on_paper",
]  # fmt: skip


def wrong(partner: Partner) -> list[str]:
    """What an active or a committed partner must have, looked up without the code that makes it active."""
    if partner.state not in ("declined", "ended") and partner.contact and not partner.contact.is_active:
        return ["on its way with a contact who has left"]
    in_force = Commitment.objects.filter(partner=partner, state="in_force")
    if partner.state not in ("committed", "active"):
        return ["a commitment in force, and not committed"] if in_force else []
    found = [] if len(in_force) == 1 else ["not one commitment in force"]
    if partner.role == "distributor" and not was_cleared(partner):
        found.append("no clearance")
    lacks = {"contact": partner.contact is None, "induction": partner.induction_on is None}
    lacks["account"] = partner.account_on is None and any(one.operating_model == "2024" for one in in_force)
    missing = [name for name, lacking in lacks.items() if lacking]
    if partner.state == "active":
        return found + missing
    return found + ([] if missing else ["everything is there, and not active"])


def was_cleared(partner: Partner) -> bool:
    """Whether Kaikukeskus's newest word on it, or that of the pair, is the clearance, here or before."""
    words = ["clearance_given", "clearance_asked", "clearance_more_wanted", "partner_declined", "partner_ended",
             "clearance_lapsed"]  # fmt: skip
    acts = Act.objects.filter(about_kind="partner", about_id=str(partner.pk)).order_by("number")
    said = [act for act in acts if act.what in words or act.data.get("clears")]
    if not said or said[-1].what == "clearance_given":
        return bool(said)
    return bool(said[-1].data.get("clears")) and said[-1].by.is_kaikukeskus


@pytest.mark.long
@pytest.mark.parametrize("role", ["distributor", "venue"])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["2024", "2023"])), min_size=20, max_size=30))
@settings(
    max_examples=50,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_active_partner_has_all_that_it_needs(people, role, acts):
    with transaction.atomic():
        way = Way(people, role)
        for name, model in acts:
            getattr(way, name)(model)
            partner = way.now()
            assert wrong(partner) == []
            assert missing_for_active(partner) == [] or partner.state != "active"
        assert faults() == []
        transaction.set_rollback(True)


def test_a_contact_who_left_while_the_partner_was_away_is_not_kept(people):
    """Declined, its contact closed, taken back: it must not become active with nobody to write to."""
    way = Way(people, "venue")
    for act in (
        "contact", "decline", "contact_leaves", "consider_again", "promise", "account", "induction",
    ):  # fmt: skip
        getattr(way, act)("2024")
    assert (way.now().state, way.now().contact) == ("committed", None)
    assert faults() == []
    way.other_contact("2024")
    assert way.now().state == "active"


def test_a_contact_who_left_is_not_kept_by_a_request_made_again(people):
    way = Way(people, "distributor")
    for act in ("contact", "ask", "decline", "contact_leaves", "ask"):
        getattr(way, act)("2024")
    assert (way.now().state, way.now().contact) == ("asked", None)
    assert faults() == []
