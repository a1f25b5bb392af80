"""What can Kaikukeskus correct of a trial's plan, who may leave it, and which trial is withdrawn?"""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.models import Act, Municipality, Phase
from adoption.refusal import Refused
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_trial
from tests.trials import a_walk, text_of
from workflows import services
from workflows.checks import faults
from workflows.correcting import correct_trial, withdraw_trial
from workflows.models import Trial
from workflows.plan import possible_ends
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def laura():
    person = a_kaikukeskus_person()
    person.language = "en"
    person.save()
    return person


@pytest.fixture
def trial(laura):
    """A trial of Kajaani and Kuhmo, both in use before."""
    region = a_region("kainuu")
    a_pair(region)
    return a_trial(region, municipalities=towns("Kajaani", "Kuhmo"))


def towns(*names: str) -> list[Municipality]:
    return list(Municipality.objects.filter(name_fi__in=names).order_by("name_fi"))


def phases(trial: Trial, *names: str) -> list[str]:
    members = trial.region.members.filter(municipality__name_fi__in=names).order_by("municipality__name_fi")
    return list(members.values_list("phase", flat=True))


def days(trial: Trial) -> tuple[date, date]:
    return trial.planned_start, trial.planned_end


def refused(act, *args) -> str:
    with pytest.raises(Refused) as caught:
        act(*args)
    return str(caught.value)


# -- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (date(2027, 9, 1), date(2028, 2, 29), date(2029, 8, 31)),
        (date(2027, 8, 31), date(2028, 2, 28), date(2029, 8, 30)),
    ],
)
def test_a_trial_lasts_from_six_to_twenty_four_months(start, first, last):
    assert possible_ends(start) == (first, last)
    assert services.wrong_days(start, first) == [] == services.wrong_days(start, last)
    for end in (first - timedelta(days=1), last + timedelta(days=1)):
        [said] = services.wrong_days(start, end)
        assert "from 6 to 24 months" in said


def test_the_page_of_opening_refuses_a_slip_of_thirteen_years(client, laura):
    region = a_region("kainuu")
    client.force_login(laura)
    start = localdate() + timedelta(days=200)
    said = {"model": "2024", "municipalities": [m.pk for m in towns("Kajaani")]}
    said |= {"planned_start": start.isoformat(), "planned_end": f"31.12.{start.year + 13}"}
    answer = client.post(reverse("trial_open", args=[region.slug]), said)
    assert answer.status_code == 422
    assert "A trial lasts from 6 to 24 months: with this start it ends between" in text_of(answer)
    assert not Trial.objects.exists()


def test_the_phase_stands_beside_each_municipality_and_lasting_use_is_not_offered(client, laura):
    region = a_region("kainuu")
    region.members.filter(municipality__name_fi="Kuhmo").update(phase=Phase.LASTING)
    client.force_login(laura)
    page = client.get(reverse("trial_open", args=[region.slug]))
    assert "Kajaani (in use (list of 2024))" in text_of(page)
    assert "Kuhmo: Kaikukortti is in lasting use there" in text_of(page)
    [kuhmo] = towns("Kuhmo")
    assert f'value="{kuhmo.pk}"' not in page.content.decode()
    assert "Kuhmo: Kaikukortti is in lasting use there" in refused(a_trial, region, "2024", [kuhmo])
    assert phases(Trial(region=region), "Kuhmo") == [Phase.LASTING]


def test_history_names_the_model_and_the_days_of_the_trial(trial):
    start, end = (f"{day.day}.{day.month}.{day.year}" for day in days(trial))
    [line] = sentences(Act.objects.filter(what="trial_opened"))
    assert line.text.endswith(f"Kajaani and Kuhmo. Operating model: operating model 2024. Planned: {start}–{end}.")


# -- correcting -------------------------------------------------------------------------------------------------------


def test_new_days_move_the_due_dates_of_what_is_not_closed(trial, laura, worker):
    services.skip_step(trial, "intro_event", laura, "Pidetty keväällä.")
    before = dict(trial.steps.values_list("key", "due"))
    start = trial.planned_start + timedelta(days=60)
    correct_trial(trial, laura, towns("Kajaani", "Kuhmo"), start, start + timedelta(days=400), "Talousarvio siirtyi.")
    trial.refresh_from_db()
    assert days(trial) == (start, start + timedelta(days=400))
    after = dict(trial.steps.values_list("key", "due"))
    assert after["intro_event"] == before["intro_event"]
    assert all(after[key] > before[key] for key in after if key != "intro_event")
    worker.run()
    assert any("Talousarvio siirtyi." in one.body for one in mail.outbox)
    [line] = sentences(Act.objects.filter(what="trial_corrected"))
    assert (line.reason, "Planned: " in line.text) == ("Talousarvio siirtyi.", True)


def test_a_municipality_leaves_into_the_phase_in_which_it_was_and_another_joins(trial, laura):
    assert phases(trial, "Kajaani", "Kuhmo", "Sotkamo") == [Phase.PREPARATION, Phase.PREPARATION, Phase.IN_USE]
    correct_trial(trial, laura, towns("Kajaani", "Sotkamo"), *days(trial), "Kuhmo ei lähde.")
    assert phases(trial, "Kajaani", "Kuhmo", "Sotkamo") == [Phase.PREPARATION, Phase.IN_USE, Phase.PREPARATION]
    assert [m.name_fi for m in trial.municipalities.order_by("name_fi")] == ["Kajaani", "Sotkamo"]
    assert a_trial(trial.region, municipalities=towns("Kuhmo")).pk
    [line] = sentences(Act.objects.filter(what="trial_corrected"))
    assert line.text.endswith("corrected the trial. Joined: Sotkamo. Left: Kuhmo.")
    assert faults() == []


def test_what_no_trial_can_be_is_no_correction_either(trial, laura):
    both, start = towns("Kajaani", "Kuhmo"), trial.planned_start
    assert "Write the reason" in refused(correct_trial, trial, laura, both, start, trial.planned_end, " ")
    assert "Nothing has been changed" in refused(correct_trial, trial, laura, both, *days(trial), "Syy.")
    assert "at least one" in refused(correct_trial, trial, laura, [], *days(trial), "Syy.")
    late = start + timedelta(days=3000)
    assert "from 6 to 24 months" in refused(correct_trial, trial, laura, both, start, late, "Syy.")
    a_trial(trial.region, municipalities=towns("Sotkamo"))
    more = towns("Kajaani", "Kuhmo", "Sotkamo")
    assert "Sotkamo is in another open trial" in refused(correct_trial, trial, laura, more, *days(trial), "Syy.")
    trial.steps.filter(key="workshop").update(closed_at="2026-01-01T10:00Z")
    more = towns("Kajaani", "Kuhmo", "Hyrynsalmi")
    assert "Step 4 is closed" in refused(correct_trial, trial, laura, more, *days(trial), "Syy.")


def test_nothing_is_corrected_once_distribution_has_begun(client):
    here = a_walk(until="start_distribution")
    said = here.trial.municipalities.all(), *days(here.trial), "Syy."
    assert "Distribution has begun" in refused(correct_trial, here.trial, here.laura, *said)
    client.force_login(here.laura)
    page = client.get(reverse("trial_correct", args=[here.region.slug, here.trial.pk]))
    assert "Distribution has begun" in text_of(page)
    assert "Withdraw the trial" not in text_of(page)
    assert reverse("step", args=[here.region.slug, here.trial.pk, "start_distribution"]) in page.text


# -- a body that does not take part -----------------------------------------------------------------------------------


def test_a_body_that_says_no_holds_the_step_until_its_municipality_has_left(client):
    here = a_walk("kainuu", until="pair_training")
    [kuhmo] = towns("Kuhmo")
    page = reverse("step", args=[here.region.slug, here.trial.pk, "workshop"])
    client.force_login(here.aino)
    day = localdate().isoformat()
    said = {"act": "save", "version": "0", "date": day, "place": "Kirjasto", "attendees": 9, "all_organ": "Hallitus"}
    said |= {"all_date": day, "organ_county": "Aluehallitus", "date_county": day, f"answer_m{kuhmo.pk}": "no"}
    said |= {f"organ_m{kuhmo.pk}": "Kaupunginhallitus", f"date_m{kuhmo.pk}": day, f"section_m{kuhmo.pk}": "§ 12"}
    shown = text_of(client.post(page, said, follow=True))
    assert "The leaving of Kuhmo, which has decided not to take part: Kaikukeskus takes it out of the trial" in shown
    assert "does not take part, Kaupunginhallitus" in shown
    with pytest.raises(Refused, match="The leaving of Kuhmo, which has decided not to take part"):
        services.confirm_step(here.trial, "workshop", here.aino)
    others = here.trial.municipalities.exclude(pk=kuhmo.pk)
    correct_trial(here.trial, here.laura, others, *days(here.trial), "Kaupunginhallitus päätti niin.")
    assert "Kuhmo" not in refused(services.confirm_step, here.trial, "workshop", here.aino)
    shown = text_of(client.get(page))
    client.post(page, said | {"version": "1", "place": "Kaupungintalo"})
    kept = here.trial.steps.get(key="workshop").evidence["decisions"]
    assert [one["body"] for one in kept if one.get("answer") == "no"] == [f"m{kuhmo.pk}"]


def test_the_same_body_is_that_of_the_municipalities_and_never_of_the_county(client):
    here = a_walk("kainuu", until="pair_training")
    client.force_login(here.aino)
    page = reverse("step", args=[here.region.slug, here.trial.pk, "workshop"])
    said = {"act": "save", "version": "0", "all_organ": "Sivistyslautakunta", "all_date": localdate().isoformat()}
    client.post(page, said)
    bodies = {one["body"] for one in here.trial.steps.get(key="workshop").evidence["decisions"]}
    assert bodies == {f"m{m.pk}" for m in here.trial.municipalities.all()}


# -- withdrawing ------------------------------------------------------------------------------------------------------


def test_a_trial_opened_by_mistake_is_withdrawn_and_leaves_all_as_it_was(client, trial, laura):
    services.save_evidence(trial, "intro_event", laura, {"place": "Teams"}, 0)
    client.force_login(laura)
    page = reverse("trial_correct", args=["kainuu", trial.pk])
    assert client.post(page, {"act": "withdraw", "withdraw-reason": ""}).status_code == 422
    answer = client.post(page, {"act": "withdraw", "withdraw-reason": "Väärä alue."}, follow=True)
    assert "The trial is withdrawn." in text_of(answer)
    assert "opened by mistake and withdrawn" in text_of(answer).lower()
    assert phases(trial, "Kajaani", "Kuhmo") == [Phase.IN_USE, Phase.IN_USE]
    assert not services.read(trial.pk).open
    assert "was withdrawn" in refused(services.draft_for_trial, Trial.objects.get(pk=trial.pk), laura)
    assert a_trial(trial.region, municipalities=towns("Kajaani", "Kuhmo")).pk
    assert client.get("/queue/").status_code == client.get("/regions/").status_code == 200
    assert faults() == []


def test_a_trial_in_which_more_has_been_done_is_not_withdrawn(client, trial, laura):
    services.skip_step(trial, "intro_event", laura, "Pidetty keväällä.")
    services.confirm_step(trial, "local_pair", laura)
    assert "More than step 1 has been done" in refused(withdraw_trial, trial, laura, "Väärä alue.")
    client.force_login(laura)
    page = client.get(reverse("trial_correct", args=["kainuu", trial.pk]))
    assert "More than step 1 has been done" in text_of(page)


def test_only_kaikukeskus_reaches_the_page_of_correcting(client, trial):
    aino = trial.region.responsibilities.get(side="culture").person
    client.force_login(aino)
    assert client.get(reverse("trial_correct", args=["kainuu", trial.pk])).status_code == 404
    board = client.get(reverse("board", args=["kainuu"])).content.decode()
    assert "/correct/" not in board
