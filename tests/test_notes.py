"""Who leaves a note or a question, who reads it, who is told, and what becomes of the answer?"""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from adoption import notes, similar
from adoption.access import notes_of
from adoption.models import Act, Note, Person, SharedAnswer
from adoption.people import end_responsibility, name_person
from adoption.refusal import NotYours, Refused
from adoption.shared_answers import change_answer, take_back_answer, write_answer
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial
from workflows.checks import faults
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

TEXT = "Kohtaamispaikka haluaa koulutuksen vasta elokuussa."
QUESTION = "Saako kortinjakaja antaa kortin myös alle 16-vuotiaalle asiakkaalle?"
ANSWER = "Kortin saa 16 vuotta täyttänyt. Alle 16-vuotias kulkee aikuisen kortilla."


@pytest.fixture
def reino(region, laura) -> Person:
    """Of the working group: reads, and leaves nothing."""
    return name_person(region, "group", "reino@example.org", "Reino Saari", laura).person


def of(region) -> tuple[str, int]:
    return "region", region.pk


def told(worker) -> dict[str, str]:
    """Address → subject of what the worker has sent now."""
    mail.outbox.clear()
    worker.run()
    return {message.to[0]: message.subject for message in mail.outbox}


def seen(note: Note, *people: Person) -> list[bool]:
    return [notes_of(person).filter(pk=note.pk).exists() for person in people]


# -- who reads, and who is told ---------------------------------------------------------------------------------------


def test_a_note_for_the_own_side_is_read_by_it_alone(region, aino, mikko, laura, reino, worker):
    colleague = name_person(region, "culture", "ulla@example.org", "Ulla Aho", aino).person
    told(worker)
    note = notes.leave_note(region, of(region), aino, TEXT, "own")
    assert seen(note, aino, colleague, mikko, laura, reino) == [True, True, False, False, False]
    assert list(told(worker)) == [colleague.email]


def test_a_note_for_the_region_is_read_by_all_who_read_it(region, aino, mikko, laura, reino, worker):
    told(worker)
    note = notes.leave_note(region, of(region), aino, TEXT, "region")
    elsewhere = a_pair(a_region("lappi"))[0]
    assert seen(note, aino, mikko, laura, reino, elsewhere, a_stranger()) == [True, True, True, True, False, False]
    assert set(told(worker)) >= {mikko.email, reino.email}


def test_a_note_for_kaikukeskus_is_read_by_it_and_the_own_side(region, aino, mikko, laura, reino, worker):
    told(worker)
    note = notes.leave_note(region, of(region), aino, TEXT, "kaikukeskus")
    assert seen(note, aino, mikko, laura, reino) == [True, False, True, False]
    assert list(told(worker)) == [laura.email]


def test_what_kaikukeskus_notes_for_itself_is_read_by_nobody_else(region, aino, laura):
    note = notes.leave_note(region, of(region), laura, TEXT, "own")
    assert note.audience == "kaikukeskus"
    assert seen(note, aino, laura) == [False, True]


def test_one_person_who_is_chosen_gets_the_only_mail(region, aino, mikko, laura, reino, worker):
    told(worker)
    notes.leave_note(region, of(region), aino, TEXT, "region", mikko)
    assert list(told(worker)) == [mikko.email]
    assert TEXT in mail.outbox[0].body
    assert "/regions/kainuu/#notes" in mail.outbox[0].body


def test_one_who_would_not_read_it_is_not_addressed(region, aino, mikko):
    with pytest.raises(Refused, match="Mikko Kettunen does not read"):
        notes.leave_note(region, of(region), aino, TEXT, "own", mikko)
    assert not Note.objects.exists()


def test_a_partners_contact_reads_none_of_the_pairs_notes(region, aino):
    partner = a_distributor(region, aino)
    note = notes.leave_note(region, ("partner", partner.pk), aino, TEXT, "region")
    assert seen(note, partner.contact) == [False]


def test_whoever_no_longer_answers_for_the_side_reads_no_more(region, aino, laura):
    given = name_person(region, "culture", "ulla@example.org", "Ulla Aho", laura)
    note = notes.leave_note(region, of(region), aino, TEXT, "own")
    assert seen(note, given.person) == [True]
    end_responsibility(given, laura)
    assert seen(note, given.person) == [False]


# -- what is refused --------------------------------------------------------------------------------------------------


def test_the_working_group_leaves_nothing(region, reino):
    with pytest.raises(NotYours):
        notes.leave_note(region, of(region), reino, TEXT, "region")
    with pytest.raises(NotYours):
        notes.ask_kaikukeskus(region, of(region), reino, QUESTION)


def test_kaikukeskus_does_not_ask_itself(region, laura):
    with pytest.raises(NotYours):
        notes.ask_kaikukeskus(region, of(region), laura, QUESTION)


@pytest.mark.parametrize("kind", ["region", "partner", "step", "commitment", "person"])
def test_a_thing_of_another_region_is_refused(region, aino, kind):
    lappi = a_region("lappi")
    a_pair(lappi)
    partner, trial = a_distributor(lappi, a_kaikukeskus_person()), a_trial(lappi)
    keys = {"region": lappi.pk, "partner": partner.pk, "step": trial.steps.first().pk}
    with pytest.raises(Refused, match="is not of the region"):
        notes.leave_note(region, (kind, keys.get(kind, 1)), aino, TEXT, "region")


@pytest.mark.parametrize("text", ["", "  \n ", "Hänen tunnuksensa on 131052-308T.", "131052A308X"])
def test_an_empty_text_and_an_identity_code_are_refused(region, aino, laura, text):
    for act in (
        lambda: notes.leave_note(region, of(region), aino, text, "region"),
        lambda: notes.ask_kaikukeskus(region, of(region), aino, text),
    ):
        with pytest.raises(Refused):
            act()
    note = notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    with pytest.raises(Refused):
        notes.answer_question(note, laura, text)
    assert Note.objects.get().state == "asked"


def test_the_same_twice_is_stored_once(region, aino):
    notes.leave_note(region, of(region), aino, TEXT, "region")
    with pytest.raises(Refused, match="the same here already"):
        notes.leave_note(region, of(region), aino, f" {TEXT}\n", "region")
    notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    with pytest.raises(Refused, match="the same here already"):
        notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    assert Note.objects.count() == 2


# -- withdrawing ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_note_leaves_no_text_anywhere(region, aino, mikko, worker):
    note = notes.leave_note(region, of(region), aino, TEXT, "region")
    worker.run()
    notes.withdraw_note(note, aino)
    note = Note.objects.get()
    assert (note.state, note.text, seen(note, aino, mikko)) == ("withdrawn", "", [False, False])
    assert TEXT not in str(list(Act.objects.values()))
    assert TEXT not in str(list(mikko.mails.values()))
    lines = [line.text for line in sentences(Act.objects.filter(region=region).order_by("number"))]
    assert lines[-2:] == [
        "Aino Virtanen (culture side) left a note: Kainuu.",
        "Aino Virtanen (culture side) withdrew what was written: Kainuu.",
    ]
    assert faults() == []


def test_of_what_is_withdrawn_before_the_worker_comes_nobody_hears(region, aino, worker):
    told(worker)
    notes.withdraw_note(notes.leave_note(region, of(region), aino, TEXT, "region"), aino)
    assert told(worker) == {}


def test_only_its_writer_withdraws(region, aino, mikko, laura):
    note = notes.leave_note(region, of(region), aino, TEXT, "region")
    for person in (mikko, laura):
        with pytest.raises(NotYours):
            notes.withdraw_note(note, person)
    notes.withdraw_note(note, aino)
    with pytest.raises(Refused, match="Aino Virtanen has withdrawn this"):
        notes.withdraw_note(note, aino)


# -- questions --------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_and_the_asker_told(region, aino, mikko, laura, reino, worker):
    told(worker)
    Person.objects.update(language="en")
    note = notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    assert told(worker) == {laura.email: "Kainuu: a question from Aino Virtanen"}
    assert seen(note, aino, laura, mikko, reino) == [True, True, False, False]
    notes.answer_question(note, laura, ANSWER)
    assert told(worker) == {aino.email: "Kainuu: Kaikukeskus has answered your question"}
    assert QUESTION in mail.outbox[0].body
    assert ANSWER in mail.outbox[0].body
    note = Note.objects.get()
    assert (note.state, note.answer, note.answered_by) == ("answered", ANSWER, laura)


def test_who_has_left_the_side_is_not_told_and_its_holders_are(region, aino, laura, worker):
    given = name_person(region, "culture", "ulla@example.org", "Ulla Aho", laura)
    note = notes.ask_kaikukeskus(region, of(region), given.person, QUESTION)
    end_responsibility(given, laura)
    told(worker)
    notes.answer_question(note, laura, ANSWER)
    Person.objects.update(language="en")
    assert told(worker) == {aino.email: "Kainuu: Kaikukeskus has answered a question of your side"}
    assert "has answered the question of Ulla Aho" in mail.outbox[0].body
    assert "your question" not in mail.outbox[0].body


def test_who_answers_reads_who_really_gets_the_mail(region, aino, laura):
    given = name_person(region, "culture", "ulla@example.org", "Ulla Aho", laura)
    note = notes.ask_kaikukeskus(region, of(region), given.person, QUESTION)
    end_responsibility(given, laura)
    Person.objects.update(language="en")
    client = Client()
    client.force_login(Person.objects.get(pk=laura.pk))
    address = reverse("question", args=[region.slug, note.pk])
    said = client.post(address, {"text": ANSWER}, follow=True).content.decode()
    assert "Aino Virtanen gets a mail." in said
    assert "Ulla Aho gets a mail" not in said


def test_only_kaikukeskus_answers(region, aino, mikko):
    note = notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    for person in (aino, mikko, a_stranger()):
        with pytest.raises(NotYours):
            notes.answer_question(note, person, ANSWER)


def test_one_answer_and_no_withdrawal_after_it(region, aino, laura):
    note = notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    notes.answer_question(note, laura, ANSWER)
    with pytest.raises(Refused, match="Laura Mäkelä has answered this question already"):
        notes.answer_question(note, laura, "Toinen vastaus.")
    with pytest.raises(Refused, match="Laura Mäkelä has answered this question already"):
        notes.withdraw_note(note, aino)


def test_no_answer_to_what_is_withdrawn_nor_to_a_note(region, aino, laura):
    note = notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    notes.withdraw_note(note, aino)
    with pytest.raises(Refused, match="Aino Virtanen has withdrawn this"):
        notes.answer_question(note, laura, ANSWER)
    left = notes.leave_note(region, of(region), aino, TEXT, "kaikukeskus")
    with pytest.raises(Refused, match="nobody waits for an answer"):
        notes.answer_question(left, laura, ANSWER)


# -- shared answers ---------------------------------------------------------------------------------------------------

IN_TWO = {
    "question_fi": QUESTION, "answer_fi": ANSWER, "question_sv": "Får ett barn under 16 år ett eget Kaikukortti?",
    "answer_sv": "Den som har fyllt 16 år får kortet.",
}  # fmt: skip


def a_published_answer(by: Person, **said: str) -> SharedAnswer:
    return change_answer(write_answer(by, IN_TWO | said), by, IN_TWO | said, publish=True)


def test_an_answer_becomes_a_draft_that_kaikukeskus_edits_and_publishes(region, aino, laura):
    note = notes.ask_kaikukeskus(region, of(region), aino, QUESTION)
    notes.answer_question(note, laura, ANSWER, share=True)
    shared = SharedAnswer.objects.get()
    assert (shared.question_fi, shared.answer_fi, shared.state) == (QUESTION, ANSWER, "draft")
    assert similar.similar(QUESTION) == []
    with pytest.raises(Refused, match="in Swedish: a published text stands in Finnish and in Swedish"):
        change_answer(shared, laura, {"question_fi": QUESTION, "answer_fi": ANSWER}, publish=True)
    change_answer(shared, laura, IN_TWO, publish=True)
    assert similar.similar(QUESTION) == [shared]
    assert take_back_answer(shared, laura).state == "draft"
    assert similar.similar(QUESTION) == []
    assert faults() == []


def test_only_kaikukeskus_writes_shared_answers(aino, laura):
    shared = a_published_answer(laura)
    for act in (lambda: write_answer(aino, IN_TWO), lambda: change_answer(shared, aino, IN_TWO),
                lambda: take_back_answer(shared, aino)):  # fmt: skip
        with pytest.raises(NotYours):
            act()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "at least one language"),
        ({"question_fi": QUESTION}, "in Finnish, or neither"),
        (IN_TWO | {"answer_en": "Yes."}, "in English, or neither"),
        (IN_TWO | {"answer_sv": "Kod 131052-308T"}, "personal identity code"),
    ],
)
def test_a_shared_answer_is_whole(laura, said, why):
    shared = a_published_answer(laura)
    for act in (lambda: write_answer(laura, said), lambda: change_answer(shared, laura, said)):
        with pytest.raises(Refused, match=why):
            act()


def test_a_published_one_cannot_lose_a_language_of_the_country(laura):
    shared = a_published_answer(laura)
    with pytest.raises(Refused, match="in Swedish"):
        change_answer(shared, laura, {"question_fi": QUESTION, "answer_fi": ANSWER})
    with pytest.raises(Refused, match="Look at the page anew"):
        change_answer(shared, laura, IN_TWO, publish=True)


def test_the_readers_language_is_never_mixed_with_another(laura):
    shared = a_published_answer(laura)
    assert (shared.language, shared.question, shared.answer) == ("fi", QUESTION, ANSWER)


@pytest.mark.parametrize(
    "text",
    [
        "Voiko alle 16-vuotias saada oman kortin jakajalta?",
        "Kun asiakkaan vuotiaalle lapselle annetaan kortti, kenen kortti se on?",
        "Kan en kund under sexton få ett Kaikukortti, ett barn alltså?",
    ],
)
def test_another_form_of_the_words_finds_the_answer(laura, text):
    shared = a_published_answer(laura)
    _others(laura)
    assert shared in similar.similar(text)


def test_another_matter_finds_none_of_them(laura):
    a_published_answer(laura)
    _others(laura)
    for text in ("Milloin seuraava valtakunnallinen kokous pidetään?", "Hei!", ""):
        assert similar.similar(text) == []


def _others(laura: Person) -> None:
    for question, answer in (
        ("Kuka allekirjoittaa kumppanuussitoumuksen?", "Yksikön johtaja tai se, jolle oikeus on annettu."),
        ("Mistä saamme esitteen taittopohjan?", "Kaikukeskus lähettää InDesign-pohjan pyynnöstä."),
        ("Miten kohde kirjaa käynnin Kaikukantaan?", "Kirjaudu Kaikukantaan ja valitse käynti."),
    ):
        a_published_answer(
            laura, question_fi=question, answer_fi=answer, question_sv="Om en annan sak", answer_sv="Svar."
        )
