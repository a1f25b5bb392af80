"""How does Kaikukeskus enter a region on its page, look at it first, and correct it there?"""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.models import Act, Person, Region
from tests.entries import ENDS, SINCE, STARTED, english, towns
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.trials import text_of
from workflows import services
from workflows.checks import faults
from workflows.models import Trial
from workflows.trial import MODELS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def laura(client):
    laura = english(a_kaikukeskus_person())
    client.force_login(laura)
    return laura


def page(region: Region) -> str:
    return reverse("region_enter", args=[region.slug])


def typed(region: Region, **more) -> dict[str, str]:
    """What is typed of a region in lasting use."""
    said = {"present": "lasting", "model": "2024", "since_all": day(SINCE), "act": "enter"}
    said |= {f"in_{one.pk}": "on" for one in towns(region)} | {"start": day(STARTED), "end": day(ENDS)}
    return {name: value for name, value in (said | more).items() if value}


def day(value) -> str:
    return f"{value.day}.{value.month}.{value.year}"


def test_the_region_is_looked_at_first_and_nothing_is_written(client, region, laura):
    acts, people = Act.objects.count(), Person.objects.count()
    said = typed(
        region, act="look", done_4="27.10.2023", culture_name="Aino Virtanen", culture_email="aino@example.org"
    )
    answer = client.post(page(region), said)
    shown = text_of(answer)
    assert answer.status_code == 200
    assert "So the region would stand" in shown
    names = "Hyrynsalmi, Kajaani, Kuhmo, Paltamo, Puolanka, Ristijärvi, Sotkamo, Suomussalmi"
    assert f"Lasting use {names}, since {day(SINCE)}" in shown
    assert "4 Local workshop for possible distributors and venues" in shown
    assert "done 27.10.2023" in shown
    assert "on a day that is not known" in shown
    assert 'value="27.10.2023"' in answer.content.decode()
    assert not Trial.objects.exists()
    assert (Act.objects.count(), Person.objects.count()) == (acts, people)


def test_the_region_is_entered_and_its_board_says_so(client, region, laura, worker):
    said = typed(region, meeting=day(localdate() - timedelta(days=40)), local_page="kainuu.example.org/kaikukortti")
    said |= {"culture_name": "Aino Virtanen", "culture_email": "aino@example.org"}
    assert page(region) in client.get(region.get_absolute_url()).text
    answer = client.post(page(region), said, follow=True)
    assert page(region) not in answer.text
    board = text_of(answer)
    assert "The region stands as it was entered." in board
    assert "Name the responsible persons: nobody is named yet for the care side." in board
    assert "Done before it was entered here" in board
    worker.run()
    assert [one.to for one in mail.outbox] == [["aino@example.org"]]
    trial = Trial.objects.get()
    assert trial.steps.get(key="print_comms").evidence["local_page"].endswith("kaikukortti")
    assert faults() == []
    again = client.post(page(region), said)
    assert again.status_code == 422
    assert "Choose at least one municipality" in text_of(again)
    assert "Kuhmo: Kaikukortti is in lasting use there" in text_of(client.get(page(region)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"since_all": ""}, "Say since when Kaikukortti has been in lasting use"),
        ({"start": "kevät"}, "Give the day in the form 5.3.2027"),
        ({"present": "3", "since_all": "", "end": "1.1.2050"}, "A trial lasts from 6 to 24 months"),
        (
            {"present": "4", "since_all": "", "done_5": "1.1.2024"},
            "This has not been done at the step where the region is",
        ),
        ({"present": "9"}, "This has not been done at the step where the region is"),
        ({"care_name": "Mikko"}, "Give both the name and the e-mail, or neither"),
        ({"culture_name": "Laura", "culture_email": "laura@example.org"}, "works at Kaikukeskus"),
        ({"meeting": "1.1.2090"}, "The day is still to come"),
        ({"model": "1999"}, "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("act", ["look", "enter"])
def test_a_refused_entry_keeps_what_was_typed_and_writes_nothing(client, region, laura, changes, said, act):
    answer = client.post(page(region), typed(region, act=act, done_2="3.4.2023", **changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="3.4.2023"' in answer.content.decode()
    assert not Trial.objects.exists()


@pytest.mark.parametrize(
    ("present", "done", "is_open"),
    [
        ("1", [], {"intro_event"}),
        ("5", [], {"commitments"}),
        ("beside", [], {"kaikukanta_users", "print_comms", "induction"}),
        ("beside", ["7"], {"kaikukanta_users", "induction"}),
        ("9", [], {"start_distribution"}),
    ],
)
def test_a_region_before_distribution_waits_at_its_step(client, region, laura, present, done, is_open):
    start = localdate() + timedelta(days=60)
    said = typed(region, present=present, since_all="", start=day(start), end=day(start + timedelta(days=364)))
    client.post(page(region), said | {f"beside_{key}": "on" for key in done})
    assert set(services.read(Trial.objects.get().pk).open) == is_open
    assert faults() == []


def test_a_running_trial_of_2023_is_entered_at_its_step_ten(client, region, laura):
    client.post(
        page(region), typed(region, present="10", model="2023", since_all="", statistics_person="Aino Virtanen")
    )
    trial = services.read(Trial.objects.get().pk)
    assert (trial.model, set(trial.open), trial.started_on, trial.ends_on) == ("2023", {"feedback"}, STARTED, ENDS)
    assert trial.rows["statistics"].evidence == {"statistics_person": "Aino Virtanen"}
    a_pair(region)
    assert client.get(region.get_absolute_url()).status_code == 200
    for step in MODELS["2023"].all_steps():
        assert client.get(reverse("step", args=[region.slug, trial.pk, step.key])).status_code == 200


def test_all_beside_done_is_no_present_step(client, region, laura):
    start = localdate() + timedelta(days=60)
    said = typed(region, present="beside", since_all="", start=day(start), end=day(start + timedelta(days=364)))
    answer = client.post(page(region), said | {f"beside_{key}": "on" for key in "678"})
    assert "Choose at which step the region is" in text_of(answer)


def test_what_is_typed_of_a_municipality_that_is_not_chosen_is_not_left_out_without_a_word(client, region, laura):
    first = towns(region)[0]
    said = typed(region, **{f"in_{first.pk}": "", f"number_m{first.pk}": "KAJ/1"})
    answer = client.post(page(region), said)
    assert (answer.status_code, "The municipality is not chosen" in text_of(answer)) == (422, True)
    assert 'value="KAJ/1"' in answer.content.decode()


def test_the_days_are_corrected_on_the_page(client, region, laura):
    client.post(page(region), typed(region, committed_on="5.5.2020", done_4="27.10.2019"))
    trial = Trial.objects.get()
    where = reverse("entry_correct", args=[region.slug, trial.pk])
    shown = client.get(where).content.decode()
    said = dict(re.findall(r'name="((?:done|since|signed|number)_\w+|start|end|meeting)" value="([^"]*)"', shown))
    assert said["done_4"] == "27.10.2019"
    said |= {"done_4": "28.10.2019", "number_kaikukeskus": "KK/1", "reason": "Muistio löytyi."}
    assert client.post(where, said | {"reason": ""}).status_code == 422
    answer = client.post(where, said, follow=True)
    assert "What was entered is corrected." in text_of(answer)
    assert trial.steps.get(key="workshop").evidence == {"date": "2019-10-28"}
    assert region.commitments.get().parties.get(role="kaikukeskus").record_number == "KK/1"
    assert "Nothing has been changed" in text_of(client.post(where, said))
    assert faults() == []


def test_an_entry_is_withdrawn_on_the_page(client, region, laura):
    client.post(page(region), typed(region))
    where = reverse("entry_correct", args=[region.slug, Trial.objects.get().pk])
    assert client.post(where, {"act": "withdraw", "withdraw-reason": ""}).status_code == 422
    answer = client.post(where, {"act": "withdraw", "withdraw-reason": "Väärä alue."}, follow=True)
    assert "What had been entered is withdrawn." in text_of(answer)
    assert "opened by mistake and withdrawn" in text_of(answer).lower()
    assert "was withdrawn" in text_of(client.get(where))
    assert client.post(page(region), typed(region), follow=True).status_code == 200
    assert faults() == []


def test_a_trial_that_was_walked_here_has_no_entry_to_correct(client, region, laura):
    start = localdate() + timedelta(days=60)
    trial = services.open_trial(region, towns(region), start, start + timedelta(days=364), laura)
    assert client.get(reverse("entry_correct", args=[region.slug, trial.pk])).status_code == 404
    shown = text_of(client.get(page(region)))
    assert "Every municipality of the region is in an open trial or in lasting use already." in shown


@pytest.mark.parametrize("slug", ["ruotsi", "pohjois-pohjanmaa"])
def test_the_page_asks_as_much_of_the_database_for_one_municipality_as_for_many(
    client, laura, slug, django_assert_max_num_queries
):
    region = a_region(slug)
    client.get(page(region))
    with django_assert_max_num_queries(14):
        assert client.get(page(region)).status_code == 200
