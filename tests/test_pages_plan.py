"""Does the plan's page say by when each step is to be done, and how what was done stands to it?"""

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.days import A_DAY, months_after, next_working_day
from adoption.people import name_person
from adoption.templatetags.kaiku import day
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger
from tests.trials import a_walk, text_of
from workflows import services
from workflows.correcting import withdraw_trial
from workflows.models import Trial, TrialStep
from workflows.plan import plan_of
from workflows.plan_picture import LEFT, RIGHT, drawing
from workflows.timeline import apart, plan_of_trial, wished
from workflows.trial import MODELS, Trial2024
from workflows.walk import decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def in_her_language(person):
    """She reads English, so that the pages are in the tests' words."""
    person.language = "en"
    person.save()
    return person


def the_plan(client, here, by=None):
    client.force_login(by or here.aino)
    return client.get(reverse("plan", args=[here.region.slug, here.trial.pk]))


def rows_of(response) -> list[list[str]]:
    """The cells of the table, in words."""
    body = response.content.decode()
    table = ElementTree.fromstring("<table>" + body[body.index("<tbody>") : body.index("</tbody>") + 8] + "</table>")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in table.iter("tr")]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "as planned"), (1, "1 day late"), (6, "6 days late"), (7, "1 week late"), (8, "8 days late"),
        (13, "13 days late"), (14, "two weeks late"), (15, "over two weeks late"), (77, "11 weeks late"),
        (-1, "1 day early"), (-7, "1 week early"), (-20, "over two weeks early"), (-21, "three weeks early"),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_words(days, said):
    assert apart(days) == said


def test_the_table_says_what_was_planned_and_when_it_was_done(client):
    here = a_walk(until="pair_training")
    opened = here.trial.opened_on
    planned = {span.step.key: span for span in plan_of(Trial2024, opened, *services.term_of(here.trial))}
    TrialStep.objects.filter(trial=here.trial, key="local_pair").update(due=localdate() - timedelta(days=14))
    rows = rows_of(the_plan(client, here))
    assert [row[0].split(".")[0] for row in rows] == [*map(str, range(1, 11)), "Decision on going on"]
    assert day(planned["intro_event"].due) in rows[0][1]
    assert rows[0][2].endswith(day(localdate()))
    assert rows[0][3].endswith("early")
    assert rows[1][3] == "two weeks late"
    assert rows[3][2:4] == ["", "open"]
    assert rows[4][1].endswith(day(planned["commitments"].due))
    assert rows[4][1].split()[1].startswith(day(planned["commitments"].begins))


def test_what_is_late_comes_first_in_words(client):
    here = a_walk(until="intro_event")
    TrialStep.objects.filter(trial=here.trial, key="local_pair").update(due=localdate() - timedelta(days=3))
    page = text_of(the_plan(client, here))
    assert "Late: step 2." in page
    assert "3 days late, not done" in page
    assert "Next: step 3, by" in page


def test_too_little_time_for_what_is_left_is_a_warning(client):
    here = a_walk(until="intro_event")
    Trial.objects.filter(pk=here.trial.pk).update(planned_start=localdate() + timedelta(days=40))
    page = text_of(the_plan(client, here))
    assert "The steps before distribution that are not done take 23 weeks" in page


def test_the_whole_trial_and_its_second_round_stand_in_the_table(client):
    here = a_walk(until="feedback")
    said = {"outcome": "extend", "body": "Lautakunta", "date": localdate().isoformat(), "section": "§ 1"}
    said |= {"record_number": "1/2027", "new_end": (here.trial.ends_on + timedelta(days=200)).isoformat()}
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "decision", person, said)
    rows = rows_of(the_plan(client, here))
    assert [row[0] for row in rows[-2:]] == [
        "10. Local feedback meetings and possible surveys round 2", "Decision on going on round 2",
    ]  # fmt: skip
    assert rows[-3][3].endswith("early")


def test_nothing_is_late_any_more_in_a_trial_that_was_withdrawn(client):
    here = a_walk()
    TrialStep.objects.filter(trial=here.trial).update(due=localdate() - timedelta(days=30))
    withdraw_trial(here.trial, here.laura, "Avattu vahingossa.")
    page = the_plan(client, here)
    assert {row[3] for row in rows_of(page)} == {"not done"}
    assert "Late" not in text_of(page)
    assert "Move" not in text_of(page)


def test_a_reader_sees_the_plan_and_a_stranger_does_not(client):
    here = a_walk()
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.laura).person
    assert the_plan(client, here, reader).status_code == 200
    assert the_plan(client, here, a_stranger()).status_code == 404


def test_the_board_leads_to_the_plan(client):
    here = a_walk()
    client.force_login(here.mikko)
    assert (
        reverse("plan", args=["ruotsi", here.trial.pk]) in client.get(here.region.get_absolute_url()).content.decode()
    )
    client.force_login(here.laura)
    board = client.get(reverse("board", args=["kainuu"]))
    assert reverse("plan_wished", args=["kainuu"]) in board.content.decode()


@pytest.mark.parametrize("until", ["", "induction", "decision"])
def test_the_page_asks_few_queries(client, until, django_assert_max_num_queries):
    here = a_walk(until=until)
    client.force_login(here.aino)
    with django_assert_max_num_queries(12):
        client.get(reverse("plan", args=[here.region.slug, here.trial.pk]))


def test_what_is_late_and_next_is_named_with_the_decision_which_has_no_number():
    here = a_walk(until="feedback")
    last = TrialStep.objects.filter(trial=here.trial, key__in=["feedback", "decision"])
    services.reopen_step(here.trial, "feedback", here.laura, "Muistio täydentyy.")
    last.update(due=localdate() + 7 * A_DAY)
    assert plan_of_trial(services.read(here.trial.pk)).said[0].startswith("Next: step 10 and the decision, by ")
    last.update(due=localdate() - A_DAY)
    assert plan_of_trial(services.read(here.trial.pk)).said[0] == "Late: step 10 and the decision."
    last.filter(key="feedback").update(due=None)
    assert plan_of_trial(services.read(here.trial.pk)).said[0] == "Late: the decision."


# -- the picture ------------------------------------------------------------------------------------------------------


def test_the_picture_has_a_bar_a_step_and_today():
    here = a_walk(until="pair_training")
    plan = plan_of_trial(services.read(here.trial.pk))
    found = drawing(plan)
    assert [bar.number for bar in found.bars] == [*map(str, range(1, 11)), "→"]
    assert [bar.done is not None for bar in found.bars] == [True] * 3 + [False] * 8
    assert LEFT <= found.today <= RIGHT
    assert all(bar.x >= LEFT and bar.x + bar.width <= RIGHT + 3 for bar in found.bars)


@pytest.mark.parametrize("months", [6, 12, 24])
@pytest.mark.parametrize("ahead", [1, 100, 700])
def test_the_months_along_the_top_do_not_touch(months, ahead):
    start = localdate() + timedelta(days=ahead)
    found = drawing(wished(MODELS["2024"], start, months_after(start, months) - A_DAY))
    places = [month.x for month in found.months]
    assert 1 < len(places) <= 9
    assert all(after - before > 38 for before, after in pairwise(places))


# -- a wished start ---------------------------------------------------------------------------------------------------


def test_a_wished_start_gives_a_plan_and_writes_nothing(client):
    region = a_region("kainuu")
    aino, _mikko = a_pair(region)
    client.force_login(in_her_language(aino))
    start = next_working_day(date(localdate().year + 1, 9, 1))
    page = client.get(reverse("plan_wished", args=["kainuu"]), {"start": day(start), "months": 8})
    spans = plan_of(Trial2024, localdate(), start, months_after(start, 8) - A_DAY)
    assert [row[1].endswith(day(span.due)) for row, span in zip(rows_of(page), spans, strict=True)] == [True] * 11
    assert not Trial.objects.exists()
    late = client.get(reverse("plan_wished", args=["kainuu"]), {"start": day(localdate() + timedelta(days=30))})
    assert "Less than three months of preparation are left" in text_of(late)


@pytest.mark.parametrize(("months", "is_said"), [(6, True), (7, True), (9, False), (12, False)])
def test_a_decision_less_than_four_months_before_the_end_is_said(client, months, is_said):
    client.force_login(in_her_language(a_kaikukeskus_person()))
    a_region("kainuu")
    start = next_working_day(date(localdate().year + 1, 9, 1))
    page = text_of(client.get(reverse("plan_wished", args=["kainuu"]), {"start": day(start), "months": months}))
    assert ("weeks before the end, not four months." in page) == is_said


def test_a_decision_that_is_moved_near_the_end_is_said_on_the_plan_until_it_is_made(client):
    here = a_walk(until="feedback")
    assert "not four months" not in text_of(the_plan(client, here))
    TrialStep.objects.filter(trial=here.trial, key="decision").update(due=here.trial.ends_on - timedelta(days=20))
    assert "is due about 3 weeks before the end, not four months." in text_of(the_plan(client, here))
    decide(here)
    assert "not four months" not in text_of(the_plan(client, here))


@pytest.mark.parametrize(
    ("start", "months", "said"),
    [
        ("", "", "Wished start"), ("1.1.2020", "12", "must be after today"), ("soon", "12", "in the form 5.3.2027"),
        ("1.3.2099", "5", "from 6 to 24 months"), ("1.3.2099", "25", "from 6 to 24 months"),
        ("1.3.2099", "year", "from 6 to 24 months"),
    ],
)  # fmt: skip
def test_a_slip_in_the_wish_is_told_and_kept(client, start, months, said):
    client.force_login(in_her_language(a_kaikukeskus_person()))
    a_region("kainuu")
    page = client.get(reverse("plan_wished", args=["kainuu"]), {"start": start, "months": months})
    assert page.status_code == 422
    assert said in text_of(page)
    assert f'value="{months}"' in page.content.decode() or not months


def test_the_plan_is_seen_before_the_trial_is_opened(client):
    region, laura = a_region("kainuu"), in_her_language(a_kaikukeskus_person())
    client.force_login(laura)
    start = localdate() + timedelta(days=60)
    said = {"model": "2024", "municipalities": [region.municipalities.first().pk], "planned_start": day(start)}
    said |= {"planned_end": day(months_after(start, 12))}
    address = reverse("trial_open", args=["kainuu"])
    assert 'value="open"' not in client.get(address).content.decode()
    page = client.post(address, said | {"act": "look"})
    assert page.status_code == 200
    assert "Less than three months of preparation are left" in text_of(page)
    assert not Trial.objects.exists()
    seen = page.context["form"].seen
    other = said | {"planned_start": day(start + A_DAY), "act": "open", "seen": seen}
    assert "Look at the plan below" in text_of(client.post(address, other))
    assert not Trial.objects.exists()
    assert client.post(address, said | {"act": "open", "seen": seen}).status_code == 302
    assert Trial.objects.get().planned_start == start
