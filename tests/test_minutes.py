"""What is said in a meeting: is there an agenda, are minutes written, points agreed on, and all of it a document?"""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from docx import Document
from docx.oxml.ns import qn

from adoption.history import all_faults
from adoption.models import Act, Region
from adoption.people import find_or_make, name_person
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import day
from doc_templates import build
from doc_templates import minutes as template
from doc_templates.chart import with_chart
from doc_templates.check import check, fields
from doc_templates.render import render
from doc_templates.samples import MINUTES, MINUTES_MINIMAL, MOMENT, field_names
from tests.meetings import a_meeting, with_venues
from tests.people import a_pair, a_region, a_stranger
from tests.trials import text_of
from workflows.arranging.inviting import Whom, groups
from workflows.arranging.models import Meeting
from workflows.arranging.services import arrange, cancel, hold
from workflows.minutes.agenda import agenda_for, lines, set_agenda, shipped
from workflows.minutes.models import LANGUAGES, AgendaText, Minutes
from workflows.minutes.paper import document
from workflows.minutes.writing import agree, minutes_of, points_of, take_back, write
from workflows.models import OwnTask, Survey
from workflows.my_work import own_tasks
from workflows.my_work.own_tasks import change_task, finish_task
from workflows.sentences import sentences
from workflows.standing import written
from workflows.survey.answering import answer
from workflows.survey.links import link_in, token_of
from workflows.survey.opening import open_survey
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
SHIPPED = [language for language, _name in LANGUAGES]
SAID = {"language": "fi", "agenda": "Avaus\nLuvut", "said": "Puhuttiin.\n\nPaljon.", "decisions": "Jatketaan."}

NATIONAL = {"kind": "national", "title": "All of us", "place": "", "link": "", "length": 60, "message": ""}


@pytest.fixture
def here() -> Walk:
    """A region with its pair and three committed venues."""
    return with_venues(3)


def everybody(here: Walk) -> list[Whom]:
    return [one for group in groups(here.region).values() for one in group]


@pytest.fixture
def meeting(here) -> Meeting:
    return a_meeting(here, everybody(here))


def text_in(docx: bytes) -> list[str]:
    """Each paragraph of the document, those of tables too."""
    body = Document(io.BytesIO(docx)).element.body
    return ["".join(run.text or "" for run in one.iter(qn("w:t"))) for one in body.iter(qn("w:p"))]


# -- the templates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SHIPPED)
def test_the_shipped_template_is_what_the_text_builds_and_may_be_used(language):
    content = (build.FOLDER / f"minutes.{language}.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert parts == build.parts_of_minutes(language), "run python -m doc_templates.build"
    assert check(content, "minutes") == []
    assert fields(content) == field_names(MINUTES)


@pytest.mark.parametrize("sample", [MINUTES, MINUTES_MINIMAL], ids=["full", "minimal"])
@pytest.mark.parametrize("language", SHIPPED)
def test_each_template_is_filled_from_each_sample(language, sample):
    content = (build.FOLDER / f"minutes.{language}.docx").read_bytes()
    text = text_in(render(content, sample, title="Minutes", language=language, moment=MOMENT))
    assert not [line for line in text if "{" in line or "None" in line]
    assert ("Lähettää uudet julisteet kohteille" in text) == bool(sample["points"])
    assert sample["title"] in text


def test_a_chart_comes_before_its_words_and_says_them_to_who_does_not_see_it():
    content = (build.FOLDER / "minutes.fi.docx").read_bytes()
    plain = render(content, MINUTES, title="Muistio", language="fi", moment=MOMENT)
    words, bars = MINUTES["survey"]["chart_words"], [("Sujunut & <hyvin>", 4.2), ("Jatkaa", 3.0)]
    made = with_chart(plain, words, bars, language="fi", moment=MOMENT)
    assert made == with_chart(plain, words, bars, language="fi", moment=MOMENT)
    body = Document(io.BytesIO(made)).element.body
    [drawing] = body.iter(qn("wp:docPr"))
    assert drawing.get("descr") == words
    paragraphs = list(body.iter(qn("w:p")))
    place = paragraphs.index(next(drawing.iterancestors(qn("w:p"))))
    assert "".join(run.text for run in paragraphs[place + 1].iter(qn("w:t"))) == words
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        chart = archive.read("word/charts/chart1.xml").decode()
    assert "Sujunut &amp; &lt;hyvin&gt;" in chart
    assert chart.index("4.2") < chart.index("3.0")
    assert with_chart(plain, "Words that stand nowhere.", bars, language="fi", moment=MOMENT) == plain


def test_every_language_says_every_part():
    assert set(template.TITLES) == set(SHIPPED)
    for language in SHIPPED:
        assert template.text_in(language).TABLES.keys() == {"attendees", "points", "survey"}


# -- the agenda -------------------------------------------------------------------------------------------------------


def test_there_is_an_agenda_for_every_kind_of_meeting_in_every_language():
    assert {kind: set(texts) for kind, texts in shipped().items()} == {key: set(SHIPPED) for key in Meeting.Kind.values}
    for kind, texts in shipped().items():
        assert len({len(lines(text)) for text in texts.values()}) == 1, kind


def test_kaikukeskus_edits_an_agenda_and_what_has_been_written_keeps_its_own(here, meeting):
    write(meeting, here.aino, SAID | {"agenda": minutes_of(meeting).agenda}, 0)
    set_agenda("feedback", "fi", "Oma kohta\n\n Toinen ", here.laura)
    assert agenda_for("feedback", "fi") == "Oma kohta\nToinen"
    assert minutes_of(a_meeting(here, everybody(here))).agenda in ("Oma kohta\nToinen", agenda_for("feedback", "sv"))
    assert minutes_of(meeting).agenda != "Oma kohta\nToinen"
    [act] = Act.objects.filter(what="agenda_changed")
    assert "feedback meeting, Finnish" in sentences([act])[0].text
    set_agenda("feedback", "fi", "", here.laura)
    assert agenda_for("feedback", "fi") == shipped()["feedback"]["fi"]
    assert not AgendaText.objects.exists()
    with pytest.raises(NotYours):
        set_agenda("feedback", "fi", "x", here.aino)
    for kind, language in (("party", "fi"), ("feedback", "de")):
        with pytest.raises(Refused, match="There is no agenda"):
            set_agenda(kind, language, "x", here.laura)


def test_agendas_are_kaikukeskuss_pages(client, here):
    page = reverse("agenda", args=["training", "sv"])
    client.force_login(here.aino)
    assert {client.get(page).status_code, client.get(reverse("agendas")).status_code} == {404}
    client.force_login(here.laura)
    assert "Kaikukanta" in text_of(client.get(page))
    assert "edited by Kaikukeskus" in text_of(client.post(page, {"text": "Eget"}, follow=True))
    assert client.get(reverse("agenda", args=["party", "fi"])).status_code == 404


# -- writing ----------------------------------------------------------------------------------------------------------


def test_minutes_begin_with_the_agenda_and_nobody_overwrites_unseen(here, meeting):
    begun = minutes_of(meeting)
    assert begun.pk is None
    assert begun.agenda == agenda_for("feedback", begun.language)
    assert write(meeting, here.aino, SAID, 0).version == 1
    with pytest.raises(Refused, match="Somebody has written the minutes"):
        write(meeting, here.mikko, SAID | {"said": "Muuta."}, 0)
    assert write(meeting, here.mikko, SAID, 1).version == 1  # nothing is another
    assert write(meeting, here.mikko, SAID | {"said": "Muuta."}, 1).written_by == here.mikko
    assert [act.what for act in Act.objects.filter(what="minutes_written")] == ["minutes_written"] * 2


def test_of_a_cancelled_meeting_nothing_is_written(here, meeting):
    cancel(meeting, here.aino, "Sairastapaus.")
    with pytest.raises(Refused, match="has been cancelled"):
        write(meeting, here.aino, SAID, 0)
    with pytest.raises(Refused, match="has been cancelled"):
        agree(meeting, here.aino, "Julisteet", here.mikko, None)


def test_only_who_acts_for_the_region_writes(here, meeting):
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    for person in (reader, a_stranger()):
        with pytest.raises(NotYours):
            write(meeting, person, SAID, 0)
        with pytest.raises(NotYours):
            agree(meeting, person, "Julisteet", here.mikko, None)


def test_history_keeps_no_words_of_the_minutes(here, meeting):
    write(meeting, here.aino, SAID, 0)
    agree(meeting, here.aino, "Julisteet", here.mikko, None)
    told = " ".join(f"{act.data} {act.reason}" for act in Act.objects.all())
    assert "Puhuttiin" not in told
    assert "Julisteet" not in told


# -- points -----------------------------------------------------------------------------------------------------------


def test_a_point_is_that_persons_own_task_and_a_mail_says_so(here, meeting, worker):
    due = localdate() + timedelta(days=40)
    point = agree(meeting, here.aino, "Send the posters", here.mikko, due)
    assert (point.person, point.region, point.meeting, point.made_by) == (here.mikko, here.region, meeting, here.aino)
    assert list(OwnTask.objects.open().filter(person=here.mikko)) == [point]
    worker.run()
    [letter] = [one for one in mail.outbox if one.subject == "Agreed on: Send the posters"]
    assert letter.to == [here.mikko.email]
    assert f"By {due.day}.{due.month}.{due.year}." in letter.body
    agree(meeting, here.aino, "My own one", here.aino, None)
    worker.run()
    assert not [one for one in mail.outbox if "My own one" in one.subject]
    [act, _own] = Act.objects.filter(what="point_agreed").order_by("pk")
    assert here.mikko.name in sentences([act])[0].text


def test_a_point_stands_in_my_work_until_it_is_done_and_the_minutes_say_so(client, here, meeting):
    point = agree(meeting, here.aino, "Send the posters", here.mikko, None)
    client.force_login(here.mikko)
    work = reverse("my_tasks")
    assert "Send the posters" in text_of(client.get(work))
    assert client.get(point.get_absolute_url()).status_code == 200
    finish_task(point, here.mikko)
    minutes = text_of(client.get(reverse("minutes", args=[here.region.slug, meeting.pk])))
    assert f"done {day(localdate())}" in minutes
    client.force_login(here.aino)
    assert "Send the posters" not in text_of(client.get(work))


def said_of_points(region: Region | None) -> list[str]:
    acts = Act.objects.filter(region=region, what__startswith="point_").order_by("number")
    return [line.text for line in sentences(acts)]


def test_what_becomes_of_a_point_is_history(client, here, meeting):
    """It is promised to others: its day is not moved unseen, nor is it done and undone."""
    soon, later = (localdate() + timedelta(days=days) for days in (10, 300))
    point = agree(meeting, here.aino, "Send the posters", here.mikko, soon)
    change_task(point, here.mikko, "Send nothing", later, None)
    change_task(point, here.mikko, "Send nothing", later, None)
    change_task(point, here.mikko, "", None, None)
    finish_task(point, here.mikko)
    with pytest.raises(Refused, match="done already"):
        finish_task(point, here.mikko)
    own_tasks.take_back(point, here.mikko)
    mikko, of = here.mikko.name, f"what was agreed on in a meeting ({meeting})"
    assert said_of_points(here.region)[1:] == [
        f"{mikko} moved the day of {of}: from {written(soon)} to {written(later)}.",
        f"{mikko} moved the day of {of}: from {written(later)} to no day.",
        f"{mikko} has done what was agreed on in a meeting: {meeting}.",
        f"{mikko} took back that a point of a meeting was done: {meeting}.",
    ]
    point.refresh_from_db()
    assert (point.text, point.region, all_faults()) == ("Send the posters", here.region, [])
    client.force_login(here.aino)
    assert "has done what was agreed on" in text_of(client.get(reverse("history", args=[here.region.slug])))


def test_what_was_agreed_on_nationally_is_the_countrys_history(here):
    national = arrange(None, here.laura, NATIONAL, [timezone.now() + timedelta(days=30)], [Whom(here.aino)])
    point = agree(national, here.laura, "Ask the printer", here.aino, None)
    finish_task(point, here.aino)
    assert said_of_points(None)[-1] == f"{here.aino.name} has done what was agreed on in a meeting: {national}."


def test_the_words_of_a_point_of_ones_own_stand_in_the_minutes(client, here, meeting):
    point = agree(meeting, here.aino, "Send the posters", here.aino, None)
    change_task(point, here.aino, "Send nothing", None, None)
    point.refresh_from_db()
    assert (point.text, point.region) == ("Send the posters", here.region)
    client.force_login(here.aino)
    page = text_of(client.get(point.get_absolute_url()))
    assert "Those who read its minutes see it" in page
    assert "nobody else sees it" not in page
    assert "It was agreed on in a meeting" in text_of(client.get(reverse("work_item", args=[f"own-{point.pk}"])))


def test_a_point_that_was_taken_back_meanwhile_is_refused_in_words(here, meeting):
    point = agree(meeting, here.aino, "Send the posters", here.mikko, None)
    take_back(meeting, here.aino, point.pk)
    with pytest.raises(Refused, match="does not stand in your list any more"):
        finish_task(point, here.mikko)


def test_a_point_is_given_to_somebody_of_the_meeting_once_and_for_a_day_to_come(here, meeting):
    elsewhere = find_or_make("muualla@example.org", "Maija Muualla")
    with pytest.raises(Refused, match="neither answers for the region nor was invited"):
        agree(meeting, here.aino, "Posters", elsewhere, None)
    with pytest.raises(Refused, match="The day is past"):
        agree(meeting, here.aino, "Posters", here.mikko, localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="Write what was agreed on"):
        agree(meeting, here.aino, "  ", here.mikko, None)
    agree(meeting, here.aino, "Posters", here.mikko, None)
    with pytest.raises(Refused, match="stands in the minutes already"):
        agree(meeting, here.mikko, "Posters", here.mikko, None)


def test_a_point_is_taken_back_until_it_is_done(here, meeting, worker):
    first, second = (agree(meeting, here.aino, text, here.mikko, None) for text in ("One", "Two"))
    OwnTask.objects.filter(pk=second.pk).update(done_at=timezone.now())
    take_back(meeting, here.aino, first.pk)
    with pytest.raises(Refused, match="taken back already"):
        take_back(meeting, here.aino, first.pk)
    with pytest.raises(Refused, match="This point is done"):
        take_back(meeting, here.aino, second.pk)
    with pytest.raises(Refused, match="taken back already"):
        take_back(a_meeting(here, everybody(here)), here.aino, second.pk)
    assert points_of(meeting) == [second]
    worker.run()
    assert not [one for one in mail.outbox if one.subject == "Agreed on: One"]


# -- the document -----------------------------------------------------------------------------------------------------


def a_held_one(here: Walk, meeting: Meeting) -> Meeting:
    """The meeting with a survey of three answers that is over, minutes, a point, and two who came."""
    survey = open_survey(meeting, here.aino, localdate() + timedelta(days=14))
    for number, place in enumerate(survey.places.select_related("person"), 3):
        answer(link_in(token_of(place)), {"went": number, "known": 2}, f"Sana {number}.")
    Survey.objects.update(opened_on=localdate() - timedelta(days=9), closes_on=localdate() - timedelta(days=1))
    write(meeting, here.aino, SAID, 0)
    agree(meeting, here.aino, "Lähettää julisteet", here.mikko, localdate() + timedelta(days=20))
    contact = meeting.invitees.filter(partner__isnull=False)[0]
    meeting.invitees.filter(person__in=[here.aino.pk, contact.person_id]).update(came=True)
    Meeting.objects.filter(pk=meeting.pk).update(others=4)
    return Meeting.objects.select_related("region").get(pk=meeting.pk)


def test_before_anything_is_recorded_the_document_counts_nobody(here, meeting):
    text = text_in(document(meeting, minutes_of(meeting)))
    assert text[text.index("Läsnäolijat") + 1] == "Ei kirjattu."
    assert not [line for line in text if line.startswith("Kokoukseen osallistui")]


def test_what_was_recorded_with_the_attendance_stands_in_the_minutes(client, here, meeting):
    with time_machine.travel(meeting.starts_at + timedelta(hours=2)):
        came = meeting.invitees.get(person=here.aino)
        held = hold(meeting, here.aino, [came.pk], 3, "Sovittiin julisteista.")
        assert "Sovittiin julisteista." in text_in(document(held, minutes_of(held)))
        client.force_login(here.aino)
        page = text_of(client.get(held.page("minutes")))
        assert "This is what was recorded with the attendance" in page
        assert "Sovittiin julisteista." in page
        assert "Sovittiin julisteista." in client.get(held.page("minutes_edit")).text


def test_the_document_says_who_came_what_was_said_the_points_and_the_survey(here, meeting):
    held = a_held_one(here, meeting)
    made = document(held, Minutes.objects.get(meeting=held))
    text = text_in(made)
    said = {"Avaus", "Luvut", "Puhuttiin.", "Paljon.", "Jatketaan.", "Aino Virtanen", "Lähettää julisteet", "4,0"}
    assert said <= set(text)
    assert {"Sana 3.", "Sana 4.", "Sana 5."} <= set(text)
    assert "Kokoukseen osallistui 6 henkilöä, joista kutsuttuja 2." in text
    assert any(line.startswith("Kutsuttuja oli 3, vastanneita 3.") for line in text)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert "word/charts/chart1.xml" in archive.namelist()
    assert made == document(held, Minutes.objects.get(meeting=held))


def test_the_document_is_in_the_language_of_the_minutes(here, meeting):
    held = a_held_one(here, meeting)
    write(held, here.aino, SAID | {"language": "sv"}, 1)
    text = text_in(document(held, Minutes.objects.get(meeting=held)))
    assert {"Beslut", "Överenskomna uppgifter"} <= set(text)


def test_without_minutes_and_survey_the_document_is_the_agenda(here, meeting):
    begun = minutes_of(meeting)
    text = text_in(document(meeting, begun))
    assert set(lines(begun.agenda)) <= set(text)
    assert not [line for line in text if "None" in line]


# -- the pages --------------------------------------------------------------------------------------------------------


def test_the_pair_writes_on_the_page_and_what_was_typed_is_kept(client, here, meeting):
    client.force_login(here.aino)
    page = reverse("minutes", args=[here.region.slug, meeting.pk])
    edit = reverse("minutes_edit", args=[here.region.slug, meeting.pk])
    assert "the agenda is the one that Kaikukeskus offers" in text_of(client.get(page))
    assert client.get(edit).status_code == 200
    done = client.post(edit, SAID | {"version": 0}, follow=True)
    assert "Puhuttiin." in text_of(done)
    again = client.post(edit, SAID | {"version": 0, "said": "Toinen teksti."})
    assert (again.status_code, "Toinen teksti." in text_of(again)) == (422, True)
    wrong = client.post(page, {"act": "add", "text": "Posters", "person": here.mikko.pk, "due": "31.2.2027"})
    assert (wrong.status_code, 'value="Posters"' in wrong.content.decode()) == (422, True)
    done = client.post(page, {"act": "add", "text": "Posters", "person": here.mikko.pk, "due": ""}, follow=True)
    assert "Posters" in text_of(done)
    key = OwnTask.objects.get().pk
    assert "The point is taken back." in text_of(client.post(page, {"act": "take_back", "point": key}, follow=True))
    assert client.post(page, {"act": "take_back", "point": key}).status_code == 422
    assert client.post(page, {"act": "take_back", "point": "x" * 40}).status_code == 404


def test_the_page_shows_the_survey_as_chart_and_table_and_gives_the_document(client, here, meeting):
    a_held_one(here, meeting)
    client.force_login(here.mikko)
    shown = client.get(reverse("minutes", args=[here.region.slug, meeting.pk]))
    assert 'class="survey"' in shown.content.decode()
    assert "Sana 3." in text_of(shown)
    file = client.get(reverse("minutes_file", args=[here.region.slug, meeting.pk]))
    assert file["Content-Disposition"] == f'attachment; filename="minutes-{meeting.pk}-fi.docx"'
    assert "Puhuttiin." in text_in(file.content)


def test_readers_read_and_strangers_find_nothing(client, here, meeting):
    write(meeting, here.aino, SAID, 0)
    names = ("minutes", "minutes_edit", "minutes_file")
    pages = {name: reverse(name, args=[here.region.slug, meeting.pk]) for name in names}
    client.force_login(name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person)
    assert "<form" not in client.get(pages["minutes"]).content.decode().split("<main")[1].split("</main")[0]
    assert client.get(pages["minutes_file"]).status_code == 200
    assert client.get(pages["minutes_edit"]).status_code == 403
    assert client.post(pages["minutes"], {"text": "x", "person": here.mikko.pk}).status_code == 403
    for person in (a_stranger(), a_pair(a_region("lappi"))[0]):
        client.force_login(person)
        assert {client.get(page).status_code for page in pages.values()} == {404}
        assert {client.post(pages[name]).status_code for name in names[:2]} == {404}


def test_national_minutes_are_kaikukeskuss_to_write_and_of_those_invited_to_read(client, here):
    said = {"kind": "national", "title": "All regions", "place": "", "link": "", "length": 90, "message": ""}
    starts_at = timezone.now() + timedelta(days=30)
    national = arrange(None, here.laura, said, [starts_at], [Whom(here.aino, regions=(here.region.pk,))])
    page, edit = (reverse(name, args=[national.pk]) for name in ("national_minutes", "national_minutes_edit"))
    client.force_login(here.laura)
    assert "Puhuttiin." in text_of(client.post(edit, SAID | {"version": 0}, follow=True))
    client.post(page, {"text": "News of the regions", "person": here.aino.pk, "due": ""})
    assert OwnTask.objects.get().region is None
    client.force_login(here.aino)
    assert "Puhuttiin." in text_of(client.get(page))
    assert client.get(edit).status_code == 403
    client.force_login(here.mikko)
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("count", [2, 30])
def test_the_page_asks_the_same_number_of_queries_of_few_and_of_many_points(
    client, here, meeting, count, django_assert_num_queries
):
    write(meeting, here.aino, SAID, 0)
    for number in range(count):
        agree(meeting, here.aino, f"Point {number}", here.mikko, None)
    client.force_login(here.aino)
    page = reverse("minutes", args=[here.region.slug, meeting.pk])
    client.get(page)
    with django_assert_num_queries(QUERIES):
        client.get(page)


QUERIES = 12
