"""Do partners answer a survey by link, each once, and can nobody ever tell whose answer it is?"""

import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localdate, now
from hypothesis import given
from hypothesis import strategies as some

from adoption.days import last_working_day, next_working_day
from adoption.ladders import SURVEY_REMIND
from adoption.models import Act, Mail, Partner, Person
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import weekday_day
from config.logs import LINKS
from tests.meetings import a_meeting, with_venues
from tests.people import a_stranger
from tests.trials import text_of
from workflows.arranging.inviting import Whom, groups
from workflows.arranging.models import Meeting
from workflows.arranging.services import cancel, fix
from workflows.models import Answer, Place, Survey
from workflows.sentences import sentences
from workflows.survey import letters
from workflows.survey.answering import Standing, answer, place_of, standing
from workflows.survey.links import link_in, token_of
from workflows.survey.opening import contacts, open_survey
from workflows.survey.picture import drawing
from workflows.survey.questions import STATEMENTS
from workflows.survey.results import LEAST, Result, Row, how_it_stands, result_of
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
WELL = {"went": 4, "known": 3, "supported": 5}


@pytest.fixture
def here() -> Walk:
    """A region with five committed partners of five contact persons."""
    return with_venues(5)


def pair(here: Walk) -> list[Whom]:
    return groups(here.region)["pair"]


@pytest.fixture
def meeting(here) -> Meeting:
    return a_meeting(here, pair(here))


@pytest.fixture
def survey(here, meeting) -> Survey:
    return open_survey(meeting, here.aino, in_days(14))


def in_days(days: int):
    return localdate() + timedelta(days=days)


def links(survey: Survey) -> list:
    return [link_in(token_of(place)) for place in survey.places.select_related("person")]


def over(survey: Survey) -> Survey:
    """The survey, as if its days had passed."""
    Survey.objects.filter(pk=survey.pk).update(opened_on=in_days(-10), closes_on=in_days(-1))
    return Survey.objects.select_related("meeting").get(pk=survey.pk)


# -- opening ----------------------------------------------------------------------------------------------------------


def test_each_contact_person_has_one_link_and_answers_without_signing_in(client, here, survey, worker):
    worker.run()
    sent = [one for one in mail.outbox if one.subject.startswith("How has Kaikukortti gone?")]
    assert sorted(one.to[0] for one in sent) == sorted(one.email for one in contacts(here.region))
    address = re.search(r"/survey/\S+/", sent[0].body)[0]
    page = client.get(address)
    assert page.status_code == 200
    assert all(str(text) in text_of(page) for text in STATEMENTS.values())
    answer = client.post(address, {"went": "4", "known": "", "supported": "5", "text": "More posters."}, follow=True)
    assert "Thank you. Your answer has been stored." in text_of(answer)
    assert "This link has been used" not in text_of(answer)
    assert "This link has been used. Thank you" in text_of(client.get(address))
    [said] = Answer.objects.all()
    assert (said.scores, said.text) == ({"went": 4, "supported": 5}, "More posters.")
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_one_who_is_contact_of_two_partners_is_asked_once(here, meeting):
    first, second = Partner.objects.committed().filter(region=here.region)[:2]
    Partner.objects.filter(pk=second.pk).update(contact=first.contact)
    survey = open_survey(meeting, here.aino, in_days(14))
    assert survey.places.filter(person=first.contact).count() == 1


def test_a_meeting_that_is_moved_ahead_ends_its_survey_before_it_until_it_moves_back(here, survey):
    meeting = survey.meeting
    held_on = now() + timedelta(days=3)
    fix(meeting, here.aino, held_on, meeting.sequence)
    ends = Survey.objects.get().closes_on
    assert ends == localdate(held_on) - timedelta(days=1)
    meeting.refresh_from_db()
    fix(meeting, here.aino, held_on + timedelta(days=5), meeting.sequence)
    assert Survey.objects.get().closes_on == ends + timedelta(days=5)
    meeting.refresh_from_db()
    fix(meeting, here.aino, held_on + timedelta(days=30), meeting.sequence)
    assert Survey.objects.get().closes_on == in_days(14)
    moved = Act.objects.filter(what="survey_moved").order_by("number")
    assert [act.data["on"] for act in moved] == [
        day.isoformat() for day in (ends, ends + timedelta(days=5), in_days(14))
    ]
    assert "moved with the meeting the last day of the survey" in sentences(moved)[0].text


def test_a_survey_that_is_over_gets_no_day_more_when_its_meeting_moves(here, survey):
    ends = over(survey).closes_on
    fix(survey.meeting, here.aino, now() + timedelta(days=60), survey.meeting.sequence)
    assert Survey.objects.get().closes_on == ends
    assert not Act.objects.filter(what="survey_moved").exists()


def test_who_moves_the_meeting_reads_on_the_page_that_the_survey_moved(client, here, survey):
    client.force_login(here.aino)
    page = survey.meeting.get_absolute_url()
    at = next_working_day(in_days(5))
    typed = {"act": "another", "at": f"{at.day}.{at.month}.{at.year} 12.00", "seen": survey.meeting.sequence}
    shown = text_of(client.post(page, typed, follow=True))
    eve = weekday_day(at - timedelta(days=1))
    said = f"moved with the meeting: it was {weekday_day(in_days(14))}, and is now {eve}."
    assert " ".join(said.split()) in shown


def test_the_pair_ends_a_survey_when_all_have_answered(client, here, survey):
    client.force_login(here.aino)
    page = survey.get_absolute_url()
    for link in links(survey)[:3]:
        answer(link, {"went": 4}, "")
    said = client.post(page, {"act": "end"})
    assert (said.status_code, "opened today" in text_of(said)) == (422, True)
    Survey.objects.update(opened_on=in_days(-3))
    client.force_login(a_stranger())
    assert client.post(page, {"act": "end"}).status_code == 404
    client.force_login(here.mikko)
    assert "End the survey today" in client.get(page).text
    shown = text_of(client.post(page, {"act": "end"}, follow=True))
    assert "The survey is over. Nobody answers any more." in shown
    assert "3 of 5 have answered." in shown
    assert result_of(Survey.objects.get()).answered == 3
    assert client.post(page, {"act": "end"}).status_code == 422
    with pytest.raises(Refused, match="over"):
        answer(links(survey)[4], {"went": 1}, "")
    [act] = Act.objects.filter(what="survey_ended")
    assert sentences([act])[0].text == "Mikko Kettunen (care side) ended the survey to the partners before its day."


def test_reading_changes_nothing_and_a_link_works_once(client, survey):
    address = reverse("survey_answer", args=[token_of(survey.places.select_related("person")[0])])
    before = (list(Place.objects.values_list()), Act.objects.count())
    for _again in range(2):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert before == (list(Place.objects.values_list()), Act.objects.count())
    assert client.post(address, {"went": "4"}).status_code == 302
    assert client.post(address, {"went": "1"}).status_code == 422
    assert [one.scores for one in Answer.objects.all()] == [{"went": 4}]


def test_an_answer_that_says_nothing_or_too_much_is_refused_and_kept(client, survey):
    address = reverse("survey_answer", args=[token_of(survey.places.select_related("person")[0])])
    said = client.post(address, {"text": " "})
    assert (said.status_code, "Answer at least one" in text_of(said)) == (422, True)
    said = client.post(address, {"went": "2", "text": "Maija 131052-308T"})
    assert (said.status_code, "identity code" in text_of(said)) == (422, True)
    assert 'value="2"' in said.content.decode().split("checked")[0][-60:]
    assert client.post(address, {"went": "9"}).status_code == 422
    assert not Answer.objects.exists()


def test_what_was_typed_when_the_survey_ended_can_be_copied(client, survey):
    address = reverse("survey_answer", args=[token_of(survey.places.select_related("person")[0])])
    assert "Nothing is kept on this page before you send it." in text_of(client.get(address))
    over(survey)
    answer = client.post(address, {"went": "4", "text": "More posters."})
    assert answer.status_code == 422
    assert "This is what you wrote: More posters." in text_of(answer)
    assert "Thank you" not in text_of(answer)
    assert "What was said" not in text_of(client.get(f"{address}?sent=1"))
    assert "Your answer has been stored" not in text_of(client.get(f"{address}?sent=1"))


def test_links_that_this_site_has_not_made_or_of_another_address_lead_nowhere(client, survey):
    place = survey.places.select_related("person")[0]
    token = token_of(place)
    for wrong in ("x", token[:-1], token + "A"):
        assert client.get(reverse("survey_answer", args=[wrong])).status_code == 404
    Person.objects.filter(pk=place.person_id).update(email="toinen@example.org")
    assert client.get(reverse("survey_answer", args=[token])).status_code == 410
    assert client.post(reverse("survey_answer", args=[token]), {"went": "4"}).status_code == 422
    assert standing(place_of(link_in(token)), link_in(token)) == Standing.OLD


def test_a_survey_that_is_over_or_whose_meeting_is_cancelled_takes_no_answer(client, here, survey):
    link, other = links(survey)[:2]
    cancel(survey.meeting, here.aino, "Sairastapaus.")
    with pytest.raises(Refused, match="The survey is over"):
        answer(link, WELL, "")
    client.force_login(here.aino)
    page = text_of(client.get(survey.get_absolute_url()))
    assert "The meeting is cancelled, and nobody answers any more." in page
    assert "It was open until" not in page
    gone = text_of(Client().get(reverse("survey_answer", args=[token_of(survey.places.select_related("person")[0])])))
    assert "The feedback meeting is cancelled. You need do nothing" in gone
    assert "Speak in the feedback meeting" not in gone
    Meeting.objects.filter(pk=survey.meeting_id).update(state="fixed")
    over(survey)
    with pytest.raises(Refused, match="The survey is over"):
        answer(other, WELL, "")
    token = token_of(survey.places.select_related("person")[0])
    assert client.get(reverse("survey_answer", args=[token])).status_code == 410


def test_only_who_acts_opens_one_and_only_where_it_makes_sense(here, meeting):
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    for person in (reader, a_stranger()):
        with pytest.raises(NotYours):
            open_survey(meeting, person, in_days(14))
    for day, said in ((0, "at least until tomorrow"), (30, "before the meeting"), (-1, "at least until tomorrow")):
        with pytest.raises(Refused, match=said):
            open_survey(meeting, here.aino, in_days(day))
    with pytest.raises(Refused, match="belongs to a feedback meeting"):
        open_survey(a_meeting(here, pair(here), "workshop"), here.aino, in_days(14))
    open_survey(meeting, here.aino, in_days(14))
    with pytest.raises(Refused, match="has a survey already"):
        open_survey(meeting, here.mikko, in_days(14))
    [act] = Act.objects.filter(what="survey_opened")
    assert "opened a survey to the partners, until" in sentences([act])[0].text


def test_where_answers_could_be_told_apart_no_survey_is_opened(here, meeting):
    few = contacts(here.region)[: LEAST - 1]
    Partner.objects.filter(region=here.region).exclude(contact__in=few).update(contact=few[0])
    with pytest.raises(Refused, match="could be told apart"):
        open_survey(meeting, here.aino, in_days(14))


# -- nobody can tell whose answer it is -------------------------------------------------------------------------------


def test_no_column_of_the_site_joins_an_answer_with_its_giver(client, here, survey, worker, caplog):
    """After answers in a known order: an answer has no column but the survey, a key by chance and what was said, no
    other row names it, and no row but the places has changed by the answering."""
    worker.run()
    before = rows_but(Place, Answer)
    texts = [f"Word number {number}." for number in range(4)]
    with caplog.at_level("DEBUG"):
        for text, place in zip(texts, survey.places.select_related("person"), strict=False):
            assert client.post(reverse("survey_answer", args=[token_of(place)]), {"text": text}).status_code == 302
    assert rows_but(Place, Answer) == before
    assert {field.name for field in Answer._meta.get_fields()} == {"id", "survey", "scores", "text"}
    assert {field.name for field in Place._meta.get_fields()} == {"id", "survey", "person", "used"}
    keys = {str(one.pk) for one in Answer.objects.all()} | {one.pk.hex for one in Answer.objects.all()}
    everything = dump()
    assert not [key for key in keys if everything.count(key) > 1]
    assert not [text for text in texts if everything.count(text) != 1 or text in caplog.text]
    assert "session" not in "".join(client.cookies)


def rows_but(*left_out) -> dict:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model not in left_out
    }


def dump() -> str:
    """Every row of every table, as text."""
    out = StringIO()
    call_command("dumpdata", stdout=out, use_base_manager=True, verbosity=0)
    return out.getvalue()


def test_the_order_in_which_a_database_keeps_them_is_no_order_of_answering(survey):
    """SQLite counts its rows, and PostgreSQL marks each with its transaction and its place. So each answer writes all
    of them anew: here every row has the mark of the newest one, and the order is another than that of answering."""
    place, mark = ("rowid", "rowid") if connection.vendor == "sqlite" else ("ctid", "xmin")
    orders = set()
    for number, link in enumerate(links(survey)):
        keys = set(Answer.objects.values_list("pk", flat=True))
        answer(link, {}, str(number))
        assert not keys & set(Answer.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        for _again in range(40):
            Place.objects.filter(used=True).update(used=True)
            one_more(survey)
            cursor.execute(f"SELECT text FROM workflows_answer ORDER BY {place}")
            orders.add("".join(text for [text] in cursor.fetchall()))
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT count(DISTINCT {mark}::text) FROM workflows_answer")
            assert cursor.fetchone() == (1,)
            cursor.execute(f"SELECT count(DISTINCT {mark}::text) FROM workflows_place")
            assert cursor.fetchone() == (1,)
    assert len(orders) > 1


def one_more(survey: Survey) -> None:
    """The last of the places answers again, in the stead of its answer."""
    place = survey.places.select_related("person").last()
    Answer.objects.filter(text="4").delete()
    Place.objects.filter(pk=place.pk).update(used=False)
    answer(link_in(token_of(place)), {}, "4")


def test_the_log_has_no_link_of_a_survey():
    assert LINKS.sub(r"\1…", '"POST /survey/eyJrIjoi.abc:1x:sig/ HTTP/1.1" 302') == '"POST /survey/…/ HTTP/1.1" 302'


# -- what is seen of it -----------------------------------------------------------------------------------------------


def test_nothing_is_shown_while_it_is_open_or_of_fewer_than_three(client, here, survey):
    for number, link in enumerate(links(survey)[: LEAST - 1]):
        answer(link, WELL, f"Secret {number}.")
    client.force_login(here.aino)
    page = reverse("survey", args=[here.region.slug, survey.meeting_id])
    for now_so in (survey, over(survey)):
        assert result_of(now_so) is None
        shown = client.get(page)
        assert "Secret" not in text_of(shown)
        assert "2 of 5 have answered." in text_of(shown)
    assert "Fewer than 3 have answered" in text_of(client.get(page))


def test_three_answers_are_not_shown_either_before_it_is_over(survey):
    """Each further answer would be the difference of two looks."""
    for link in links(survey)[:LEAST]:
        answer(link, WELL, "")
    assert result_of(survey) is None
    assert result_of(over(survey)).answered == LEAST


def test_the_result_is_numbers_a_picture_a_table_and_words_in_the_order_of_the_alphabet(client, here, survey):
    said = [(WELL, "Ääniä."), ({"went": 5}, ""), ({"went": 3, "known": 1}, "Apua."), ({}, "Zorro.")]
    for link, (scores, text) in zip(links(survey), said, strict=False):
        answer(link, scores, text)
    result = result_of(over(survey))
    assert (result.asked, result.answered) == (5, 4)
    assert [row.counts for row in result.rows] == [(0, 0, 1, 1, 1), (1, 0, 1, 0, 0), (0, 0, 0, 0, 1), (0, 0, 0, 0, 0)]
    assert [row.mean for row in result.rows] == [4.0, 2.0, 5.0, None]
    assert result.texts == ["Apua.", "Zorro.", "Ääniä."]
    client.force_login(here.aino)
    page = client.get(reverse("survey", args=[here.region.slug, survey.meeting_id]))
    shown = page.content.decode()
    assert 'role="img"' in shown
    assert "Kaikukortti has worked well with us: 4.0;" in shown
    assert re.findall(r'<rect class="bar"[^>]* width="([\d.]+)"', shown) == ["241.5", "80.5", "322.0", "0"]
    assert shown.index("Apua.") < shown.index("Zorro.") < shown.index("Ääniä.")


@given(some.lists(some.tuples(*[some.integers(0, 30)] * 5), min_size=1, max_size=4))
def test_every_bar_lies_within_the_picture_and_is_as_long_as_its_mean(counts):
    result = Result(30, 30, [Row("x", count) for count in counts], [])
    picture = drawing(result)
    for row, bar in zip(result.rows, picture.bars, strict=True):
        scores = [number for number, count in enumerate(row.counts, 1) for _one in range(count)]
        assert row.mean == (round(sum(scores) / len(scores), 1) if scores else None)
        assert 0 <= picture.left + bar.width <= picture.width
        assert bar.y + picture.bar < picture.foot


def test_how_it_stands_says_numbers_alone(survey):
    assert how_it_stands(survey) == "0 of 5 have answered."
    answer(links(survey)[0], WELL, "")
    assert how_it_stands(survey) == "1 of 5 has answered."


# -- reminding --------------------------------------------------------------------------------------------------------


def test_whoever_has_not_answered_is_reminded_once_three_days_before_the_end(survey, monkeypatch):
    last = next_working_day(in_days(28)) + timedelta(days=7)  # far from today, whatever day it is
    last = next(last + timedelta(days=n) for n in range(7) if (last + timedelta(days=n)).weekday() == 4)
    Survey.objects.update(closes_on=last, opened_on=localdate())
    answer(links(survey)[0], WELL, "")
    said = {}
    for back in range(7, -2, -1):
        day = last - timedelta(days=back)
        monkeypatch.setattr(letters, "now", lambda day=day: datetime(day.year, day.month, day.day, 6, tzinfo=ZONE))
        letters.remind(day)
        letters.remind(day)
        said[back] = Mail.objects.filter(key__endswith=":reminded").count()
    assert (said[4], said[3], said[0], said[-1]) == (0, 4, 4, 4)


ZONE = get_default_timezone()


def test_the_page_says_how_many_mails_have_left_and_when_the_reminder_is_planned_and_nobodys_name(
    client, here, survey, worker, monkeypatch
):
    worker.run()
    lost = Mail.objects.filter(key__endswith=":asked")[0]
    Mail.objects.filter(pk=lost.pk).update(sent_at=None, given_up_at=now())
    client.force_login(here.aino)
    page = client.get(survey.get_absolute_url()).content.decode()
    number = survey.places.count()
    assert f"Mails with the link: {number - 1} sent, 0 waiting, 1 not delivered." in page
    planned = last_working_day(survey.closes_on - SURVEY_REMIND)
    assert f"Whoever has not answered is reminded on {weekday_day(planned)}." in page
    assert not [place for place in survey.places.all() if place.person.name in page]
    monkeypatch.setattr(letters, "now", lambda: datetime(planned.year, planned.month, planned.day, 6, tzinfo=ZONE))
    letters.remind(planned)
    page = client.get(survey.get_absolute_url()).content.decode()
    assert f"Reminders: 0 sent, {number} waiting, 0 not delivered." in page
    assert "is reminded on " not in page


def test_a_reminder_that_could_leave_only_after_the_end_is_not_written(survey, monkeypatch):
    friday = next(in_days(n) for n in range(7, 14) if in_days(n).weekday() == 4)
    Survey.objects.update(closes_on=friday + timedelta(days=1), opened_on=localdate())
    saturday = friday + timedelta(days=1)
    monkeypatch.setattr(letters, "now", lambda: datetime(saturday.year, saturday.month, saturday.day, 9, tzinfo=ZONE))
    assert letters.remind(saturday) == 0


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_pair_opens_it_on_the_page_and_a_reader_only_looks(client, here, meeting):
    page = reverse("survey", args=[here.region.slug, meeting.pk])
    client.force_login(here.mikko)
    assert "Ask 5 contact persons before the meeting." in text_of(client.get(page))
    assert client.post(page, {"closes_on": "31.2.2027"}).status_code == 422
    day = in_days(10)
    done = client.post(page, {"closes_on": f"{day.day}.{day.month}.{day.year}"}, follow=True)
    assert "0 of 5 have answered." in text_of(done)
    assert client.post(page, {"closes_on": day.isoformat()}).status_code == 422  # sent twice
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    client.force_login(reader)
    assert "<form" not in client.get(page).content.decode().split("<main")[1].split("</main")[0]
    assert client.post(page, {"closes_on": day.isoformat()}).status_code in (403, 422)
    client.force_login(a_stranger())
    assert client.get(page).status_code == 404
