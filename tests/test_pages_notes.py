"""Can one leave a note, ask, answer and share on the pages, and does nobody else see it?"""

import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adoption import notes as services
from adoption.models import Note, Person, SharedAnswer
from adoption.people import name_person
from commitments.models import Commitment
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger
from tests.test_notes import ANSWER, IN_TWO, QUESTION, TEXT, a_published_answer
from tests.trials import a_walk, text_of
from workflows.overview import queue
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]


@pytest.fixture
def here() -> Walk:
    return a_walk(until="commitments")


def signed_in(person: Person) -> Client:
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    return client


def things(here: Walk) -> dict[str, object]:
    partner = here.partners()[0]
    return {
        "region": here.region,
        "step": here.trial.steps.select_related("trial__region").get(key="print_comms"),
        "partner": partner,
        "commitment": Commitment.objects.select_related("region").get(partner=partner),
    }


KINDS = ["region", "step", "partner", "commitment"]


# -- notes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_stands_on_the_page_that_it_is_about(here, kind):
    thing, client = things(here)[kind], signed_in(here.aino)
    form = re.search(
        r'action="(/regions/[^"]*/notes/new/[^"]*)"', client.get(thing.get_absolute_url()).content.decode()
    )
    answer = client.post(form[1], {"text": TEXT, "audience": "region", "to": ""})
    assert (answer.status_code, answer.url) == (302, f"{thing.get_absolute_url()}#notes")
    said = text_of(client.get(thing.get_absolute_url()))
    assert f"Aino Virtanen, culture side, for the region {TEXT}" in said
    assert TEXT in text_of(signed_in(here.mikko).get(thing.get_absolute_url()))
    others = [other for key, other in things(here).items() if key != kind]
    assert not any(TEXT in text_of(client.get(other.get_absolute_url())) for other in others)
    assert TEXT in text_of(client.get(reverse("notes", args=[here.region.slug])))


def test_the_newest_stands_first_and_the_own_can_be_withdrawn(here):
    client, page = signed_in(here.aino), here.region.get_absolute_url()
    old = services.leave_note(here.region, ("region", here.region.pk), here.mikko, "Vanhempi.", "region")
    new = services.leave_note(here.region, ("region", here.region.pk), here.aino, "Uudempi.", "region")
    said = text_of(client.get(page))
    assert said.index("Uudempi.") < said.index("Vanhempi.")
    assert said.count("Withdraw the note") == 1
    assert client.get(reverse("note_withdraw", args=[here.region.slug, new.pk])).url == reverse(
        "notes", args=[here.region.slug]
    )
    assert client.post(reverse("note_withdraw", args=[here.region.slug, old.pk])).status_code == 403
    assert client.post(reverse("note_withdraw", args=[here.region.slug, new.pk])).status_code == 302
    assert "Uudempi." not in text_of(client.get(page))
    assert client.post(reverse("note_withdraw", args=[here.region.slug, new.pk])).status_code == 404


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"text": "", "audience": "region"}, "Write the note."),
        ({"text": "Asiakas 131052-308T kysyi.", "audience": "region"}, "This looks like a personal identity code."),
        ({"text": "Muistettava.", "audience": ""}, "Choose for whom the note is."),
        ({"text": "Muistettava.", "audience": "own", "to": "mikko"}, "Mikko Kettunen does not read"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(here, sent, why):
    if "to" in sent:
        sent = sent | {"to": here.mikko.pk}
    path = reverse("note_new", args=[here.region.slug, "region", here.region.pk])
    answer = signed_in(here.aino).post(path, sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert why in text_of(answer)
    assert sent["text"] in html
    assert "Error:" in html
    assert not Note.objects.exists()


def test_a_partners_contact_sees_neither_notes_nor_forms(here):
    partner = here.partners()[0]
    commitment = Commitment.objects.select_related("region").get(partner=partner)
    for kind, thing in (("partner", partner), ("commitment", commitment)):
        services.leave_note(here.region, (kind, thing.pk), here.aino, f"{TEXT} {kind}", "region")
    contact = signed_in(partner.contact)
    for thing in (partner, commitment):
        answer = contact.get(thing.get_absolute_url())
        if answer.status_code == 200:
            assert TEXT not in text_of(answer)
            assert "Notes and questions" not in text_of(answer)
    for kind in ("partner", "commitment", "region"):
        pk = {"partner": partner.pk, "commitment": commitment.pk, "region": here.region.pk}[kind]
        for name in ("note_new", "question_new"):
            assert contact.get(reverse(name, args=[here.region.slug, kind, pk])).status_code == 404
    assert contact.get(reverse("notes", args=[here.region.slug])).status_code == 404


def test_the_working_group_reads_and_is_offered_no_form(here):
    services.leave_note(here.region, ("region", here.region.pk), here.aino, TEXT, "region")
    reader = signed_in(name_person(here.region, "group", "liisa@example.org", "Liisa Aho", here.laura).person)
    said = text_of(reader.get(here.region.get_absolute_url()))
    assert TEXT in said
    assert "Leave a note" not in said
    assert "Ask Kaikukeskus" not in said
    for name in ("note_new", "question_new"):
        path = reverse(name, args=[here.region.slug, "region", here.region.pk])
        assert (reader.get(path).status_code, reader.post(path).status_code) == (403, 403)


@pytest.mark.parametrize("kind", [*KINDS, "person", "organisation"])
def test_a_thing_of_another_region_has_no_form(here, kind):
    elsewhere = a_region("lappi")
    aino, _mikko = a_pair(elsewhere)
    pk = things(here)[kind].pk if kind in KINDS else 1
    client = signed_in(aino)
    for name in ("note_new", "question_new"):
        for slug in (elsewhere.slug, here.region.slug):
            path = reverse(name, args=[slug, kind, pk])
            assert (client.get(path).status_code, client.post(path, {"text": TEXT}).status_code) == (404, 404)


# -- questions --------------------------------------------------------------------------------------------------------


def test_a_question_stands_in_the_queue_until_it_is_answered_there(here):
    aino, laura = signed_in(here.aino), signed_in(here.laura)
    path = reverse("question_new", args=[here.region.slug, "step", things(here)["step"].pk])
    assert aino.get(path).status_code == 200
    answer = aino.post(path, {"text": QUESTION, "seen": ""})
    assert (answer.status_code, urlsplit(answer.url).fragment) == (302, "notes")
    [waiting] = [one for one in queue() if one.question]
    assert waiting.title == QUESTION
    shown = laura.get("/queue/").content.decode()
    assert QUESTION in shown
    assert "Step 7, Printing the cards and local materials" in text_of(laura.get("/queue/"))
    form = re.search(r'action="([^"]*/questions/\d+/)"', shown)
    answer = laura.post(form[1], {"text": ANSWER})
    assert (answer.status_code, answer.url) == (302, "/queue/")
    assert [one for one in queue() if one.question] == []
    said = text_of(aino.get(things(here)["step"].get_absolute_url()))
    assert ANSWER in said
    assert "Laura Mäkelä, Kaikukeskus" in said


def test_the_queue_is_oldest_first_with_questions_in_it(here):
    first, second = (
        services.ask_kaikukeskus(here.region, ("region", here.region.pk), by, f"{QUESTION} {number}")
        for number, by in enumerate((here.mikko, here.aino))
    )
    assert [one.question for one in queue() if one.question] == [first, second]


def test_an_answer_that_is_refused_comes_back_with_what_was_typed(here):
    note = services.ask_kaikukeskus(here.region, ("region", here.region.pk), here.aino, QUESTION)
    laura, path = signed_in(here.laura), reverse("question", args=[here.region.slug, note.pk])
    assert laura.post(path, {"text": ""}).status_code == 422
    services.withdraw_note(note, here.aino)
    answer = laura.post(path, {"text": ANSWER})
    assert answer.status_code == 422
    assert ANSWER in answer.content.decode()
    assert "Aino Virtanen has withdrawn this." in text_of(answer)
    assert laura.get(path).status_code == 404


def test_who_reads_a_question_and_who_answers(here):
    note = services.ask_kaikukeskus(here.region, ("region", here.region.pk), here.aino, QUESTION)
    path = reverse("question", args=[here.region.slug, note.pk])
    assert QUESTION in text_of(signed_in(here.aino).get(path))
    assert signed_in(here.aino).post(path, {"text": ANSWER}).status_code == 403
    for person in (here.mikko, a_stranger(), a_pair(a_region("lappi"))[0]):
        assert signed_in(person).get(path).status_code == 404
        assert signed_in(person).post(path, {"text": ANSWER}).status_code == 404


def test_kaikukeskus_is_not_offered_to_ask_itself(here):
    laura = signed_in(here.laura)
    assert "Ask Kaikukeskus" not in text_of(laura.get(here.region.get_absolute_url()))
    assert laura.get(reverse("question_new", args=[here.region.slug, "region", here.region.pk])).status_code == 403


# -- shared answers ---------------------------------------------------------------------------------------------------


def test_the_next_who_asks_is_shown_the_answer_before_the_question_is_sent(here):
    shared = a_published_answer(here.laura)
    aino, path = signed_in(here.aino), reverse("question_new", args=[here.region.slug, "region", here.region.pk])
    mine = "Voiko alle 16-vuotias saada oman kortin jakajalta?"
    answer = aino.post(path, {"text": mine, "seen": ""})
    assert answer.status_code == 200
    assert ANSWER in text_of(answer)
    assert mine in answer.content.decode()
    assert not Note.objects.exists()
    seen = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())
    assert seen[1] == str(shared.pk)
    assert aino.post(path, {"text": mine, "seen": seen[1]}).status_code == 302
    assert Note.objects.get().text == mine
    again = aino.post(path, {"text": mine, "seen": seen[1]})
    assert (again.status_code, Note.objects.count()) == (422, 1)


def test_from_answer_to_shared_text_by_the_pages(here):
    note = services.ask_kaikukeskus(here.region, ("region", here.region.pk), here.aino, QUESTION)
    laura = signed_in(here.laura)
    answer = laura.post(reverse("question", args=[here.region.slug, note.pk]), {"text": ANSWER, "share": "on"})
    shared = SharedAnswer.objects.get()
    assert answer.url == reverse("answer_edit", args=[shared.pk])
    page = laura.get(answer.url)
    assert "As it was asked" in text_of(page)
    assert page.context["form"].initial["answer_en"] == ANSWER  # Aino reads English here
    typed = {"question_fi": QUESTION, "answer_fi": ANSWER, "question_en": "Who gets the card?"}
    refused = laura.post(answer.url, typed | {"act": "publish"})
    assert refused.status_code == 422
    assert "Who gets the card?" in refused.content.decode()
    assert laura.post(answer.url, IN_TWO | {"act": "publish"}).status_code == 302
    reader = signed_in(here.aino)
    assert QUESTION in text_of(reader.get("/answers/"))
    assert laura.post(answer.url, {"act": "take_back"}).status_code == 302
    assert QUESTION not in text_of(reader.get("/answers/"))
    assert QUESTION in text_of(laura.get("/answers/"))


def test_everybody_signed_in_searches_and_only_kaikukeskus_edits(here):
    shared = a_published_answer(here.laura)
    for person in (here.aino, here.partners()[0].contact, a_stranger()):
        client = signed_in(person)
        assert QUESTION in text_of(client.get("/answers/", {"words": "kortti vuotiaan"}))
        assert "Nothing like this has been answered." in text_of(client.get("/answers/", {"words": "julisteet"}))
        for path in (reverse("answer_edit", args=[shared.pk]), reverse("answer_new")):
            assert (client.get(path).status_code, client.post(path, IN_TWO).status_code) == (404, 404)


def test_kaikukeskus_writes_one_that_nobody_has_asked(here):
    laura = signed_in(here.laura)
    answer = laura.post(reverse("answer_new"), IN_TWO | {"act": "publish"})
    assert answer.url == reverse("answer_edit", args=[SharedAnswer.objects.get().pk])
    assert laura.post(reverse("answer_new"), {"act": "save"}).status_code == 422
    assert laura.post(answer.url, IN_TWO | {"answer_sv": "Svar.", "act": "save"}).status_code == 302
    assert SharedAnswer.objects.get().answer_sv == "Svar."


# -- queries ----------------------------------------------------------------------------------------------------------


def test_notes_ask_the_same_number_of_queries_however_many_there_are(here):
    client, counted = signed_in(here.aino), []
    paths = [thing.get_absolute_url() for thing in things(here).values()] + [reverse("notes", args=[here.region.slug])]
    for number in (1, 30):
        for kind, thing in things(here).items():
            Note.objects.bulk_create(
                Note(region=here.region, about_kind=kind, about_id=thing.pk, audience="region", side="care",
                     by=here.mikko, text=f"{number}.{one}")
                for one in range(number)
            )  # fmt: skip
        counted.append([queries(client, path) for path in paths])
    assert counted[0][:-1] == counted[1][:-1]
    assert counted[0][-1] >= counted[1][-1]  # a page of the list has fewer kinds of things


def test_questions_in_the_queue_ask_the_same_number_of_queries(here):
    client, counted = signed_in(a_kaikukeskus_person()), []
    for number in (1, 30):
        for kind, thing in things(here).items():
            for one in range(number):
                services.ask_kaikukeskus(here.region, (kind, thing.pk), here.aino, f"{QUESTION} {number}.{one}")
        counted.append(queries(client, "/queue/"))
    assert counted[0] == counted[1]


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
