"""What happens to a question when two press at the same moment? One outcome each, on both databases."""

import pytest

from adoption import notes
from adoption.models import Act, Note, Person, SharedAnswer
from adoption.people import add_kaikukeskus_person
from adoption.shared_answers import change_answer, write_answer
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.race import DONE, REFUSED
from tests.test_notes import IN_TWO

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 15


class Ground:
    """A region that asks, and two of Kaikukeskus who answer."""

    def __init__(self) -> None:
        self.region, self.laura = a_region("kainuu"), a_kaikukeskus_person()
        self.aino, self.mikko = a_pair(self.region)
        self.otso: Person = add_kaikukeskus_person("otso@example.org", "Otso Lehto", None)

    def asked(self, number: int) -> Note:
        return notes.ask_kaikukeskus(self.region, ("region", self.region.pk), self.aino, f"Kysymys {number}?")


@pytest.fixture
def ground(transactional_db) -> Ground:
    return Ground()


def acts_about(note: Note) -> list[str]:
    acts = Act.objects.filter(about_kind="note", about_id=str(note.pk)).exclude(what="question_asked")
    return list(acts.values_list("what", flat=True))


def test_two_answers_at_once(race, ground):
    for number in range(ROUNDS):
        note = ground.asked(number)
        acts = [(notes.answer_question, (note, by, f"Vastaa {by}.", True)) for by in (ground.laura, ground.otso)]
        assert sorted(race(*acts)) == [REFUSED, DONE]
        note.refresh_from_db()
        assert note.answer == f"Vastaa {note.answered_by}."
        assert acts_about(note) == ["question_answered"]
        assert SharedAnswer.objects.filter(note=note).count() == 1


def test_a_question_answered_while_it_is_withdrawn(race, ground):
    for number in range(ROUNDS):
        note = ground.asked(number)
        outcome = race(
            (notes.answer_question, (note, ground.laura, "Vastaus.")), (notes.withdraw_note, (note, ground.aino))
        )
        assert sorted(outcome) == [REFUSED, DONE]
        note = Note.objects.get(pk=note.pk)
        answered = outcome == [DONE, REFUSED]
        assert (note.state, bool(note.text), bool(note.answer)) == (
            ("answered", True, True) if answered else ("withdrawn", False, False)
        )
        assert acts_about(note) == ["question_answered" if answered else "note_withdrawn"]


def test_the_same_question_sent_twice(race, ground):
    for number in range(ROUNDS):
        act = (notes.ask_kaikukeskus, (ground.region, ("region", ground.region.pk), ground.aino, f"Kahdesti {number}?"))
        assert sorted(race(act, act)) == [REFUSED, DONE]
    assert Note.objects.count() == ROUNDS


def test_a_draft_is_published_twice(race, ground):
    for _number in range(ROUNDS):
        shared = write_answer(ground.laura, IN_TWO)
        acts = [(change_answer, (shared, by, IN_TWO, True)) for by in (ground.laura, ground.otso)]
        assert sorted(race(*acts)) == [REFUSED, DONE]
        assert Act.objects.filter(what="shared_answer_published", about_id=str(shared.pk)).count() == 1
