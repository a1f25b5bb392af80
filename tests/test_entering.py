"""A region that already has the card comes in at its present step or in lasting use, and is then as one that walked."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate

from adoption.days import due_again, next_working_day
from adoption.ladders import FEEDBACK, NATIONAL, PAGE
from adoption.models import Act, Partner, Phase, Region
from adoption.refusal import NotYours
from commitments.models import Commitment
from commitments.on_paper import Paper, partner_committed, party_key, region_committed
from commitments.services import draft_region_commitment
from tests.entries import SINCE, STARTED, TO_COME, an_entry, english, lasting, refused, towns
from tests.mornings import a_morning
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_trial, a_venue
from tests.trials import text_of
from workflows import services, walk
from workflows.checks import faults
from workflows.entering import Named, enter_region
from workflows.entry import LASTING
from workflows.entry_correcting import correct_entry, standing_entry, withdraw_entry
from workflows.models import Reminder, Trial
from workflows.national import national_texts
from workflows.readiness import readiness_of_region
from workflows.sentences import sentences
from workflows.trial import MODELS
from workflows.walk import Walk
from workflows.year import next_feedback_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
STAGES = [(model, step.key) for model, flow in MODELS.items() for step in flow.all_steps()]
ACTS = {
    "intro_event": walk.introduce, "local_pair": walk.name_pair, "pair_training": walk.train, "workshop": walk.meet,
    "commitments": walk.commit, "statistics": walk.make_accounts, "kaikukanta_users": walk.make_accounts,
    "print_comms": walk.print_materials, "induction": walk.induct, "start_distribution": walk.start,
    "feedback": walk.give_feedback, "decision": walk.decide,
}  # fmt: skip


@pytest.fixture
def laura():
    return english(a_kaikukeskus_person())


def partners_on_paper(region: Region, by) -> list[Partner]:
    """What the import with --existing brings: a third-sector distributor and a venue."""
    found = [a_distributor(region, by), a_venue(region, by)]
    for partner in found:
        partner_committed(partner, by, STARTED - timedelta(days=20))
    return found


# -- lasting use ------------------------------------------------------------------------------------------------------


def test_a_region_in_lasting_use_stands_as_one_that_walked_there(laura):
    region = a_region("kainuu")
    met = localdate() - timedelta(days=200)
    trial = lasting(region, laura, meeting=met, days={"decision": SINCE}, committed_on=date(2019, 10, 15))
    partners_on_paper(region, laura)
    here = end_state(trial) | {"model": "2024"}
    assert here == WALKED["2024"]
    assert faults() == []
    members = region.members.values_list("phase", "phase_since")
    assert set(members) == {(Phase.LASTING, SINCE)}
    [paper] = region.commitments.filter(kind="region_commitment")
    assert (paper.in_force_on, paper.is_on_paper) == (date(2019, 10, 15), True)
    assert {party.role for party in paper.parties.all()} == {"municipality", "county", "kaikukeskus"}
    assert next_feedback_due([region.pk]) == {region.pk: due_again(met)}
    row = trial.steps.get(key="decision")
    assert (row.done_on, row.entered_by, row.closed_at is not None) == (SINCE, laura, True)


@pytest.mark.parametrize(
    ("met", "decided", "expected"),
    [(5, SINCE, None), (5, None, None), (-5, SINCE, -5), (0, SINCE, 0), (-5, None, -5), (None, SINCE, None)],
)
def test_a_meeting_of_lasting_use_is_not_the_day_of_step_10(laura, met, decided, expected):
    """Step 10 comes before the decision on going on; the year counts from the last meeting all the same."""
    region = a_region("kainuu")
    day = None if met is None else SINCE + timedelta(days=met)
    trial = lasting(region, laura, meeting=day, days={"decision": decided})
    shown = None if expected is None else SINCE + timedelta(days=expected)
    assert trial.steps.get(key="feedback").done_on == shown
    assert Act.objects.get(what="step_entered", data__step="feedback").data["on"] == (shown and shown.isoformat())
    assert [one.held_on for one in region.meetings.all()] == ([day] if day else [])
    assert next_feedback_due([region.pk]) == {region.pk: due_again(day or localdate())}
    if day and shown is None:
        correct_entry(trial, laura, replace(standing_entry(trial), meeting=SINCE), "Päivä oli väärä.")
        assert trial.steps.get(key="feedback").done_on == SINCE
    assert faults() == []


def test_unknown_days_are_said_to_be_unknown_and_the_year_begins_with_the_entry(client, laura):
    region = a_region("ruotsi")
    trial = lasting(region, laura, start=None, end=None)
    assert (str(trial), trial.term) == (str(region), (None, None))
    assert next_feedback_due([region.pk]) == {region.pk: due_again(localdate())}
    assert region.commitments.get().in_force_on is None
    client.force_login(laura)
    board = text_of(client.get(region.get_absolute_url()))
    assert "Trial not known" in board
    assert "not known–" not in board
    assert "next, bring in the list of those that have committed themselves on paper" in board
    assert "before the workshop" not in board
    listed = client.get(f"{reverse('partners_import', args=[region.slug])}?manner=existing").content.decode()
    assert re.search(r'value="existing"[^>]* checked', listed)
    assert "Entered afterwards by Laura Mäkelä" in board
    assert "Nobody is named yet." in board
    assert "Day not known, entered afterwards" in board
    assert faults() == []


def test_each_municipality_has_its_own_day_and_each_party_its_own_paper(laura):
    region = a_region("kainuu")
    first, *others = towns(region)
    since = {first.pk: date(2019, 1, 1)} | {one.pk: date(2021, 5, 5) for one in others}
    papers = {f"m{first.pk}": Paper(date(2018, 12, 1), "KAJ/1/2018"), "county": Paper(None, "HVA/2/2023")}
    entry = an_entry(region, since=since, papers=papers, committed_on=date(2023, 2, 2), start=date(2018, 12, 20))
    trial = enter_region(region, entry, laura)
    assert dict(region.members.values_list("municipality", "phase_since")) == since
    parties = {party_key(p): (p.signed_on, p.record_number) for p in region.commitments.get().parties.all()}
    assert parties[f"m{first.pk}"] == (date(2018, 12, 1), "KAJ/1/2018")
    assert parties["county"] == (date(2023, 2, 2), "HVA/2/2023")
    assert parties["kaikukeskus"] == (date(2023, 2, 2), "")
    assert region.commitments.get().in_force_on == date(2023, 2, 2)
    assert services.read(trial.pk).open == {}


def test_history_says_what_was_entered_afterwards_by_whom_and_when(client, laura):
    region = a_region("ruotsi")
    lasting(region, laura, meeting=SINCE, days={"workshop": date(2025, 3, 5)})
    lines = [line.text for line in sentences(Act.objects.filter(region=region).order_by("number"))]
    assert any("entered afterwards that Kaikukortti is in lasting use" in line for line in lines)
    assert any("what had been done: Step 4" in line and line.endswith("5.3.2025.") for line in lines)
    assert sum("on a day that is not known" in line for line in lines) >= 8
    assert any("entered afterwards a feedback meeting" in line for line in lines)
    assert all(line.startswith("Laura Mäkelä (Kaikukeskus)") for line in lines)


def test_the_pair_is_named_with_the_entry_and_told(laura, worker):
    region = a_region("ruotsi")
    pair = [Named("culture", "Aino Virtanen", "aino@example.org"), Named("care", "Mikko Kettunen", "mikko@example.org")]
    enter_region(region, an_entry(region), laura, pair)
    worker.run()
    assert sorted(address for one in mail.outbox for address in one.to) == ["aino@example.org", "mikko@example.org"]
    assert faults() == []


def test_a_year_of_mornings_reminds_the_pair_of_the_meeting_and_all_stays_sound(laura, worker):
    region = a_region("ruotsi")
    lasting(region, laura, meeting=localdate() - timedelta(days=100))
    aino, _mikko = a_pair(region)
    worker.run()
    today = localdate()
    for number in range(1, 366, 5):
        a_morning(next_working_day(today + timedelta(days=number)), worker)
    due = due_again(today - timedelta(days=100))
    of_the_year = {(one.kind, str(region.pk), due_again(today)) for one in (NATIONAL, PAGE)}
    expected = {(FEEDBACK.kind, str(region.pk), due)} | of_the_year
    assert set(Reminder.objects.values_list("kind", "subject", "due")) == expected
    rungs = [rung.days for rung in FEEDBACK.rungs]
    meeting = Reminder.objects.filter(kind=FEEDBACK.kind)
    assert [one.rung for one in meeting.filter(person=aino)] == rungs
    assert [one.rung for one in meeting.filter(person=laura)] == rungs[-1:]
    assert not Reminder.objects.filter(mail__sent_at=None).exists()
    assert faults() == []


def test_every_page_of_a_region_in_lasting_use_opens(client, laura):
    region = a_region("kainuu")
    trial = lasting(region, laura, start=None, meeting=SINCE)
    aino, _mikko = a_pair(region)
    names = ("board", "history", "readiness", "partners", "commitments", "people", "meeting_new", "region_enter")
    paths = [reverse(name, args=[region.slug]) for name in names[:-1]]
    paths += [reverse("step", args=[region.slug, trial.pk, step.key]) for step in MODELS["2024"].all_steps()]
    ours = ["/regions/", "/queue/", "/country/", reverse("region_enter", args=["kainuu"])]
    for person, more in ((laura, ours), (aino, ["/"])):
        client.force_login(person)
        assert {path: client.get(path).status_code for path in paths + more} == dict.fromkeys(paths + more, 200)
    assert "Kajaani" in national_texts(localdate())["fi"]
    with translation.override("en"):
        ready = readiness_of_region(region)[0]
        assert {line.item.key: line.word for line in ready.lines}["cards"] == "done before it was entered here"


# -- every step of both models ----------------------------------------------------------------------------------------


def end_state(trial: Trial) -> dict:
    """What a region that walked all and one that was entered have alike."""
    trial = services.read(trial.pk)
    members = trial.region.members.filter(municipality__in=trial.municipalities.all())
    return {
        "model": trial.model, "decided": trial.decided, "process": trial.process.status, "open": sorted(trial.open),
        "closed": {key: row.closed_at is not None for key, row in trial.rows.items()},
        "begun": trial.started_on is not None and trial.ends_on is not None,
        "held": trial.members.filter(is_open=True).count(),
        "phases": set(members.values_list("phase", flat=True)),
        "bound": set(
            Commitment.objects.in_force().filter(region=trial.region).values_list("kind", flat=True)
        ),
        "partners": set(trial.region.partners.values_list("state", flat=True)),
    }  # fmt: skip


def walk_on(here: Walk) -> None:
    """Every step that is open is done by the pair, until the decision."""
    while open_keys := set(services.read(here.trial.pk).open):
        key = next(step.key for step in services.read(here.trial.pk).flow.all_steps() if step.key in open_keys)
        ACTS[key](here)


@pytest.mark.parametrize(("model", "present"), STAGES)
def test_a_region_entered_at_any_step_walks_on_to_where_all_others_come(model, present, laura):
    region = a_region("ruotsi")
    trial = enter_region(region, an_entry(region, present, model), laura)
    assert faults() == []
    read = services.read(trial.pk)
    block = next(block for block in read.flow.blocks() if present in {step.key for step in block})
    ahead = [step.key for step in block if not read.rows[step.key].closed_at]
    assert sorted(read.open) == sorted(ahead)
    assert all((row.entered_at is not None) == (row.closed_at is not None) for row in read.rows.values())
    aino, mikko = a_pair(region)
    here = Walk(trial, laura, aino, mikko)
    if read.rows["workshop"].closed_at:
        walk.add_partners(here)
    if read.rows["commitments"].closed_at:
        for partner in here.partners():
            partner_committed(partner, laura, STARTED - timedelta(days=20), model)
    walk_on(here)
    assert faults() == []
    assert end_state(trial) == WALKED[model]


WALKED = {
    model: {
        "model": model, "decided": "continue", "process": "DONE", "open": [],
        "closed": {step.key: True for step in flow.all_steps()}, "begun": True, "held": 0,
        "phases": {"lasting"}, "bound": {"region_commitment", "partner_commitment"}, "partners": {"active"},
    }
    for model, flow in MODELS.items()
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_one_that_walked_all_ends_there(model):
    region = a_region("ruotsi")
    a_kaikukeskus_person()
    here = walk.begin(region, model, "")
    walk.walk(here)
    assert end_state(here.trial) == WALKED[model]


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "changes", "said"),
    [
        (LASTING, {"since": {}}, "Say since when Kaikukortti has been in lasting use: "),
        (LASTING, {"meeting": TO_COME}, "The day of the feedback meeting is still to come"),
        (LASTING, {"meeting": STARTED - timedelta(days=1)}, "The meeting was before distribution began"),
        (LASTING, {"end": STARTED}, "The trial must end after it starts"),
        (LASTING, {"start": SINCE, "end": None}, "Lasting use begins after the trial has begun"),
        (LASTING, {"days": {"decision": TO_COME}}, "Decision on going on: the day is still to come"),
        (LASTING, {"days": {"induction": SINCE}}, "is done before distribution begins"),
        (LASTING, {"days": {"decision": STARTED - timedelta(days=9)}}, "comes after distribution has begun"),
        (LASTING, {"committed_on": TO_COME}, "The day is still to come"),
        (LASTING, {"days": {"decision": SINCE + timedelta(days=1)}}, "The decision on going on comes before"),
        (LASTING, {"days": {"workshop": SINCE}}, "is done before distribution begins"),
        (LASTING, {"start": date(1990, 1, 1)}, "There was no Kaikukortti before 2014"),
        (LASTING, {"model": "2019"}, "Choose a published operating model"),
        (LASTING, {"municipalities": []}, "Choose at least one municipality"),
        ("lunch", {}, "Choose at which step the region is"),
        ("workshop", {"beside": frozenset({"induction"})}, "Choose at which step the region is"),
        ("feedback", {"start": TO_COME, "end": TO_COME + timedelta(days=300)}, "its first day is not to come"),
        ("feedback", {"start": None}, "Give the beginning and the end of the trial"),
        ("workshop", {"end": localdate() + timedelta(days=3000)}, "A trial lasts from 6 to 24 months"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(laura, present, changes, said):
    region = a_region("ruotsi")
    written = Act.objects.count()
    assert said in refused(enter_region, region, an_entry(region, present, **changes), laura)
    assert not Trial.objects.exists()
    assert Act.objects.count() == written
    assert not region.commitments.exists()


def test_only_kaikukeskus_enters_corrects_and_withdraws(client, laura):
    region = a_region("ruotsi")
    aino, _mikko = a_pair(region)
    with pytest.raises(NotYours):
        enter_region(region, an_entry(region), aino)
    trial = lasting(region, laura)
    with pytest.raises(NotYours):
        correct_entry(trial, aino, standing_entry(trial), "Syy.")
    with pytest.raises(NotYours):
        withdraw_entry(trial, aino, "Syy.")
    client.force_login(aino)
    for name, arguments in (("region_enter", [region.slug]), ("entry_correct", [region.slug, trial.pk])):
        assert client.get(reverse(name, args=arguments)).status_code == 404
        assert client.post(reverse(name, args=arguments)).status_code == 404
    assert "/entry/" not in client.get(region.get_absolute_url()).content.decode()


def test_the_same_entry_twice_and_one_of_an_open_trial_are_refused(laura):
    region = a_region("kainuu")
    lasting(region, laura)
    assert "Kaikukortti is in lasting use there" in refused(lasting, region, laura)
    other = a_region("ruotsi")
    a_trial(other)
    assert "is in another open trial" in refused(lasting, other, laura)
    assert "is in another open trial" in refused(enter_region, other, an_entry(other, "workshop"), laura)
    strange = an_entry(other, "workshop", municipalities=towns(a_region("kainuu")))
    assert "Kajaani is not a municipality of this region" in refused(enter_region, other, strange, laura)


def test_a_town_in_use_and_its_neighbours_in_trial_are_entered_one_after_the_other(laura):
    """Pirkanmaa in S3: Tampere in use, Nokia, Orivesi and Valkeakoski coming."""
    region = a_region("kainuu")
    first, *others = towns(region)
    enter_region(region, an_entry(region, municipalities=[first]), laura)
    trial = enter_region(region, an_entry(region, "print_comms", municipalities=others), laura)
    assert set(services.read(trial.pk).open) == {"print_comms", "induction"}
    assert set(region.members.values_list("phase", flat=True)) == {Phase.LASTING, Phase.PREPARATION}
    assert region.commitments.in_force().count() == 2
    assert faults() == []


def test_a_commitment_in_force_already_is_not_entered_again_and_a_draft_holds_the_entry(laura):
    region = a_region("kainuu")
    first, *others = towns(region)
    region_committed(region, [first], laura, date(2020, 1, 1))
    twice = an_entry(region, municipalities=[first], committed_on=date(2020, 1, 1))
    assert "is in force here already: leave its days empty" in refused(enter_region, region, twice, laura)
    lasting(region, laura)
    parties = [set(one.parties.values_list("municipality", flat=True)) - {None} for one in region.commitments.all()]
    assert parties == [{one.pk for one in others}, {first.pk}]
    other = a_region("ruotsi")
    draft_region_commitment(other, towns(other), laura)
    assert "unfinished already" in refused(lasting, other, laura)
