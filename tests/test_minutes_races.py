"""What happens when two people answer by one link, or write one meeting's minutes, at the same moment?"""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from adoption.history import all_faults
from adoption.models import Act
from adoption.people import find_or_make
from tests.people import a_pair, a_region
from tests.race import DONE, REFUSED
from workflows.arranging.inviting import groups
from workflows.arranging.services import arrange
from workflows.minutes.writing import agree, take_back, write
from workflows.models import Answer, Minutes, OwnTask, Place, Survey
from workflows.my_work.own_tasks import finish_task
from workflows.survey.answering import answer
from workflows.survey.links import link_in, token_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 10


@pytest.fixture
def ground(transactional_db):
    """A feedback meeting, and its pair."""
    region = a_region("ruotsi")
    aino, mikko = a_pair(region)
    said = {"kind": "feedback", "title": "Yearly meeting", "place": "", "link": "", "length": 90, "message": ""}
    starts_at = timezone.now() + timedelta(days=30)
    return arrange(region, aino, said, [starts_at], groups(region)["pair"]), aino, mikko


def a_survey(meeting):
    survey = Survey.objects.create(meeting=meeting, opened_on=localdate(), closes_on=localdate() + timedelta(days=9))
    people = [find_or_make(f"kumppani{number}@example.org", f"Kumppani {number}") for number in range(2 * ROUNDS)]
    places = [Place.objects.create(survey=survey, person=person) for person in people]
    return survey, [link_in(token_of(place)) for place in places]


def test_one_link_used_twice_at_once_is_one_answer(race, ground):
    survey, links = a_survey(ground[0])
    for number, link in enumerate(links[:ROUNDS], 1):
        one = (answer, (link, {"went": 4}, f"One {number}."))
        other = (answer, (link, {"went": 1}, f"Other {number}."))
        assert sorted(race(one, other)) == sorted([DONE, REFUSED])
        assert (survey.answers.count(), survey.places.filter(used=True).count()) == (number, number)


def test_two_links_used_at_once_are_two_answers(race, ground):
    """Each answer writes the others anew: none is lost, none doubled."""
    survey, links = a_survey(ground[0])
    for number in range(ROUNDS):
        first, second = links[2 * number], links[2 * number + 1]
        acts = [(answer, (first, {}, f"{number} first")), (answer, (second, {}, f"{number} second"))]
        assert race(*acts) == [DONE, DONE]
    wanted = {f"{number} {word}" for number in range(ROUNDS) for word in ("first", "second")}
    assert sorted(Answer.objects.values_list("text", flat=True)) == sorted(wanted)
    assert not survey.places.filter(used=False).exists()


def test_two_who_write_at_once_have_one_outcome(race, ground):
    meeting, aino, mikko = ground
    texts = {"language": "fi", "agenda": "Avaus", "decisions": ""}
    for number in range(ROUNDS):
        one = (write, (meeting, aino, texts | {"said": f"One {number}"}, number))
        other = (write, (meeting, mikko, texts | {"said": f"Other {number}"}, number))
        assert sorted(race(one, other)) == sorted([DONE, REFUSED])
        assert Minutes.objects.get().version == number + 1


def test_a_point_agreed_on_or_taken_back_twice_at_once_is_so_once(race, ground):
    meeting, aino, mikko = ground
    for number in range(ROUNDS // 2):
        agreeing = [(agree, (meeting, person, f"Point {number}", mikko, None)) for person in (aino, mikko)]
        assert sorted(race(*agreeing)) == sorted([DONE, REFUSED])
        point = OwnTask.objects.get()
        taking = [(take_back, (meeting, person, point.pk)) for person in (aino, mikko)]
        assert sorted(race(*taking)) == sorted([DONE, REFUSED])
        assert not OwnTask.objects.exists()


def test_a_point_that_is_done_and_taken_back_at_once_is_one_of_both(race, ground):
    meeting, aino, mikko = ground
    for number in range(ROUNDS // 2):
        point = agree(meeting, aino, f"Point {number}", mikko, None)
        ended = race((finish_task, (point, mikko)), (take_back, (meeting, aino, point.pk)))
        assert sorted(ended) == sorted([DONE, REFUSED])
        assert Act.objects.filter(what="point_done").count() == OwnTask.objects.count()
    assert all_faults() == []
