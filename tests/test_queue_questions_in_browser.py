"""Can Kaikukeskus answer a question in its queue, and the next who asks find the answer, on a phone by keyboard?"""

import pytest
from playwright.sync_api import Page

from adoption import notes
from adoption.models import Note, Person, SharedAnswer
from adoption.shared_answers import change_answer, write_answer
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.test_notes import ANSWER, QUESTION
from tests.test_signing_in_browser import fits, send, tab_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(new_page, client, live_server):
    """Opens a page of the site as the person, 390 px wide, in English."""

    def visit(person: Person, path: str, **options) -> Page:
        Person.objects.filter(pk=person.pk).update(language="en")
        client.force_login(Person.objects.get(pk=person.pk))
        page = new_page(width=390, **options)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        assert page.goto(path).status == 200
        return page

    return visit


def test_a_question_is_answered_in_the_queue_by_keyboard(visit, axe):
    region = a_region("kainuu")
    aino, _mikko = a_pair(region)
    note = notes.ask_kaikukeskus(region, ("region", region.pk), aino, QUESTION)
    page = visit(a_kaikukeskus_person(), "/queue/")
    assert (axe(page), fits(page)) == ([], True)
    assert page.locator(".queue details[open]").count() == 1  # the oldest is unfolded
    tab_to(page, f"#q{note.pk}-text")
    page.keyboard.type(ANSWER)
    tab_to(page, f"#q{note.pk}-share")
    page.keyboard.press("Space")
    tab_to(page, ".decide button.btn")
    send(page)
    note = Note.objects.get()
    assert (note.state, note.answer) == ("answered", ANSWER)
    assert page.url.endswith(f"/answers/{SharedAnswer.objects.get().pk}/")
    assert (axe(page), fits(page)) == ([], True)
    for name, text in (("question_fi", QUESTION), ("answer_fi", ANSWER), ("question_sv", "Får barn ett kort?"),
                       ("answer_sv", "Nej.")):  # fmt: skip
        tab_to(page, f"[name={name}]")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    tab_to(page, "button[value=publish]")
    send(page)
    assert SharedAnswer.objects.get().state == "published"
    page.goto("/answers/")
    assert (axe(page), fits(page)) == ([], True)


def test_a_refused_answer_keeps_what_was_typed(visit, axe):
    region = a_region("kainuu")
    aino, _mikko = a_pair(region)
    note = notes.ask_kaikukeskus(region, ("region", region.pk), aino, QUESTION)
    page = visit(a_kaikukeskus_person(), "/queue/")
    tab_to(page, f"#q{note.pk}-text")
    page.keyboard.type(f"{ANSWER} 131052-308T")
    tab_to(page, ".decide button.btn")
    send(page)
    assert page.locator(".error-summary").is_visible()
    assert page.locator("textarea").input_value() == f"{ANSWER} 131052-308T"
    assert (axe(page), fits(page)) == ([], True)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_next_who_asks_sees_the_answer_first(visit, axe, scripts):
    region, laura = a_region("kainuu"), a_kaikukeskus_person()
    aino, _mikko = a_pair(region)
    from_before = {"question_fi": QUESTION, "answer_fi": ANSWER, "question_sv": "Får barn kort?", "answer_sv": "Nej."}
    change_answer(write_answer(laura, from_before), laura, from_before, publish=True)
    page = visit(aino, "/regions/kainuu/", java_script_enabled=scripts)
    page.get_by_role("link", name="Ask Kaikukeskus").press("Enter")
    page.locator("textarea[name=text]").fill("Voiko alle 16-vuotias saada oman kortin jakajalta?")
    page.get_by_role("button", name="Ask").press("Enter")
    page.get_by_role("heading", name="Answered before").wait_for()
    assert not Note.objects.exists()
    if scripts:
        assert (axe(page), fits(page)) == ([], True)
    page.get_by_role("button", name="Send it to Kaikukeskus").press("Enter")
    page.get_by_text("stands in Kaikukeskus's queue").first.wait_for()
    assert Note.objects.get().state == "asked"
    if scripts:
        assert (axe(page), fits(page)) == ([], True)
        page.goto("/regions/kainuu/readiness/")
        assert (axe(page), fits(page)) == ([], True)
