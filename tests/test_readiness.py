"""Does the list of readiness say what the gates say, of every region, and lead to where it is mended?"""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adoption.models import Partner, Person
from adoption.people import name_person
from commitments.models import Commitment, Party
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial, a_venue
from tests.trials import WALKED, a_walk, promise, text_of, venues
from workflows import services
from workflows.models import Trial
from workflows.overview import matrix
from workflows.readiness import ITEMS, Readiness, readiness_of, readiness_of_region, readiness_without_trial
from workflows.rules import Rule
from workflows.steps import Step
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

NINE = {
    "2023": ["pair", "third", "contacts", "commitments", "statistics", "inductions", "cards", "page", "feedback"],
    "2024": ["pair", "third", "contacts", "commitments", "accounts", "inductions", "cards", "page", "feedback"],
}


def read(trial: Trial) -> Readiness:
    return readiness_of([Trial.objects.select_related("region").get(pk=trial.pk)])[trial.pk]


def gates(trial: Trial) -> dict[Rule, list[str]]:
    """Every rule of the trial's gates with what is missing by it, as the services ask them."""
    trial = services.read(trial.pk)
    found: dict[Rule, list[str]] = {}
    for step in trial.flow.all_steps():
        found |= dict(services.gate(step, services.facts_of(trial, step.key)))
    return found


def visit(person: Person, path: str, status: int = 200):
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == status
    return answer


def page(person: Person, slug: str) -> str:
    return text_of(visit(person, reverse("readiness", args=[slug])))


# -- the same rules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["2023", "2024"])
def test_at_each_place_of_the_way_the_list_is_the_gates_own(model):
    """What is missing of the items of a rule is, together, the very list of the step's gate."""
    here = a_walk(model=model)
    a_distributor(here.region, here.aino, "Tupa ry")
    ready = []
    for act in [lambda _here: None, *WALKED.values()]:
        act(here)
        asked, found = gates(here.trial), read(here.trial)
        assert [line.item.key for line in found.lines] == NINE[model]
        by_rule: dict[Rule, list[str]] = {}
        for line in found.lines:
            for one in line.asked:
                by_rule.setdefault(one.rule, []).extend(one.missing)
        assert by_rule == {rule: asked[rule] for rule in by_rule}
        assert {rule for item in ITEMS for rule in item.rules} & asked.keys() == by_rule.keys()
        ready.append(found.ready)
    assert ready == sorted(ready)
    assert ready[-1] >= 8


def test_a_rule_is_one_object_and_not_a_copy():
    every: list[Step] = [step for flow in services.MODELS.values() for step in flow.all_steps()]
    of_gates = {rule for step in every for rule in step.missing}
    assert {rule for item in ITEMS for rule in item.rules} <= of_gates


def test_what_kaikukeskus_lets_pass_is_told_apart_and_counts():
    here = a_walk(until="commitments")
    before = read(here.trial).ready
    services.override_rule(here.trial, "print_comms", "materials_not_printed", here.laura, "Painetaan myöhemmin.")
    found = read(here.trial)
    [cards] = [line for line in found.lines if line.item.key == "cards"]
    assert (cards.state, cards.word, found.ready) == ("skip", "let pass by Kaikukeskus", before + 1)
    assert cards.missing


def test_the_number_counts_no_row_that_is_half_done():
    """Wherever the number stands: on the list, on the board and in the overview."""
    here = a_walk(until="decision")
    in_force_with(here)
    whole = read(here.trial)
    late = a_venue(here.region, here.aino, "Myöhäinen sali")
    found = read(here.trial)
    line = line_of(found, "commitments")
    assert (line.state, line.is_ready, found.first) == ("half", True, None)
    assert (found.ready, found.all) == (whole.ready - 1, whole.all)
    assert found.lacking == "commitments"
    marks = [one.state for one in found.lines]
    assert found.ready == marks.count("done") + marks.count("skip")
    said = f"{found.summary} ready"
    assert said in page(here.aino, here.region.slug)
    assert said in text_of(visit(here.aino, here.region.get_absolute_url()))
    assert said in text_of(visit(a_kaikukeskus_person(), "/queue/"))
    Partner.objects.filter(pk=late.pk).update(state="declined")
    assert read(here.trial).ready == whole.ready


# -- counts and places ------------------------------------------------------------------------------------------------


def line_of(found: Readiness, key: str):
    return next(line for line in found.lines if line.item.key == key)


def test_commitments_and_accounts_are_counted():
    here = a_walk(until="commitments")
    committed = len(here.partners())
    late = a_venue(here.region, here.aino, "Myöhäinen sali")
    counted = f"{committed} of {committed + 1}"
    assert line_of(read(here.trial), "commitments").word == f"{counted}, let pass by Kaikukeskus"
    in_force_with(here)
    found = read(here.trial)
    line = line_of(found, "commitments")
    assert (line.word, line.state, line.is_ready) == (f"{counted}, enough for the steps", "half", True)
    assert line_of(found, "accounts").word == f"0 of {committed} committed, missing"
    assert line_of(found, "contacts").word == f"{committed} of {committed} committed, ready"
    Partner.objects.filter(pk=here.partners()[0].pk).update(account_on=here.trial.opened_on)
    accounts = line_of(read(here.trial), "accounts")
    assert (accounts.word, accounts.state) == (f"1 of {committed} committed, not ready yet", "half")
    assert str(late) not in str(line_of(found, "accounts").missing)


def in_force_with(here: Walk) -> None:
    """The region's commitment is in force with its municipality, without its paper."""
    made = Commitment.objects.create(
        region=here.region, kind="region_commitment", operating_model="2024", state="in_force"
    )
    town = here.region.municipalities.get()
    Party.objects.create(commitment=made, position=1, role="municipality", municipality=town, name=town.name_fi)


def test_each_line_leads_to_where_it_is_mended():
    here = a_walk(until="commitments")
    [first, *_rest] = here.partners()
    found = read(here.trial)
    step = reverse("step", args=[here.region.slug, here.trial.pk, "print_comms"])
    assert line_of(found, "feedback").lines == [("The local feedback address", f"{step}#id_feedback_email")]
    assert line_of(found, "page").lines == [("The address of the local page", f"{step}#id_local_page")]
    hrefs = [href for _text, href in line_of(found, "accounts").lines]
    assert reverse("partner_account", args=[here.region.slug, first.pk]) in hrefs
    html = visit(here.aino, reverse("readiness", args=[here.region.slug])).content.decode()
    main = html.split("<main")[1].split("<footer")[0]
    for href in set(re.findall(r'href="(/[^"#]*)', main)):
        visit(here.aino, href)


def test_many_missing_things_are_counted_and_lead_to_the_list():
    here = a_walk(until="commitments")
    venues(here, 20)
    line = line_of(read(here.trial), "accounts")
    assert len(line.lines) == 5
    assert line.more == len(line.missing) - 5 > 10
    assert line.more_href == reverse("partners", args=[here.region.slug]) + "?lacks=account"
    assert f"and {line.more} others" in page(here.aino, here.region.slug)


# -- every region -----------------------------------------------------------------------------------------------------


def test_a_region_without_a_trial_is_asked_the_same():
    region = a_region("kainuu")
    found = readiness_without_trial([region])[region.pk]
    assert [line.item.key for line in found.lines] == NINE["2024"]
    assert found.ready == 0
    aino, _mikko = a_pair(region)
    distributor = a_distributor(region, aino)
    promise(distributor)
    promise(a_venue(region, aino))
    Partner.objects.filter(pk=distributor.pk).update(contact=None)
    found = readiness_without_trial([region])[region.pk]
    assert [line.item.key for line in found.lines if line.is_ready] == ["pair", "third"]
    assert line_of(found, "contacts").word == "1 of 2 committed, not ready yet"
    assert line_of(found, "commitments").word == "2 of 2, not ready yet"
    said = page(aino, "kainuu")
    assert "2 of 9 ready" in said
    assert "No trial has been opened here" in said
    assert not Trial.objects.exists()


def test_a_region_in_lasting_use_is_seen_by_its_last_trial():
    here = a_walk(until="decision")
    [found] = readiness_of_region(here.region)
    assert found.trial == here.trial
    assert "8 of 9 ready" in page(here.aino, here.region.slug) or found.ready == 9
    Partner.objects.filter(pk=here.partners()[0].pk).update(contact=None)
    said = page(here.aino, here.region.slug)
    assert "First of what is missing: contact persons." in said


def test_all_is_not_called_ready_while_partners_are_on_their_way():
    here = a_walk(until="decision")
    in_force_with(here)
    assert "Everything on the list is ready." in page(here.aino, here.region.slug)
    committed = len(here.partners())
    late = a_distributor(here.region, here.aino, "Myöhäinen ry")
    Partner.objects.filter(pk=late.pk).update(contact=None)
    said = page(here.aino, here.region.slug)
    assert "Everything that the steps ask for is ready. One partner is still on its way to its commitment." in said
    assert "Everything on the list" not in said
    assert f"{committed} of {committed} committed" in said
    assert f"{committed} of {committed + 1}" in said


def test_each_open_trial_has_its_own_list():
    region = a_region("kainuu")
    aino, _mikko = a_pair(region)
    first, second = region.municipalities.all()[:2]
    trials = [a_trial(region, municipalities=[one]) for one in (first, second)]
    assert {one.trial for one in readiness_of_region(region)} == set(trials)
    said = page(aino, "kainuu")
    assert said.count("1 of 9 ready") == 2


# -- who reads it, and where ------------------------------------------------------------------------------------------


def test_all_who_read_the_region_read_it_and_nobody_else():
    here = a_walk(until="workshop")
    reader = name_person(here.region, "group", "liisa@example.org", "Liisa Aho", here.laura).person
    path = reverse("readiness", args=[here.region.slug])
    for person in (here.aino, here.laura, reader):
        visit(person, path)
    partner = a_distributor(here.region, here.aino)
    for person in (a_stranger(), a_pair(a_region("lappi"))[0], partner.contact):
        visit(person, path, 404)
    entry = "print_comms/#id_printed_on"
    assert entry in visit(here.aino, path).content.decode()
    assert entry not in visit(reader, path).content.decode()


def test_the_board_and_the_overview_say_it_in_a_line():
    here = a_walk(until="commitments")
    found = read(here.trial)
    said = text_of(visit(here.aino, here.region.get_absolute_url()))
    assert f"{found.summary} ready Not ready: {found.lacking}" in said
    [row] = matrix()
    assert row.ready == found.summary
    assert f"{found.summary} ready" in text_of(visit(a_kaikukeskus_person(), "/queue/"))


# -- queries ----------------------------------------------------------------------------------------------------------


def queries(person: Person, path: str) -> int:
    client = Client()
    client.force_login(person)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_list_asks_the_same_number_of_queries_at_ten_and_at_two_hundred_partners():
    here: Walk = a_walk(until="commitments")
    path = reverse("readiness", args=[here.region.slug])
    venues(here, 10)
    few = queries(here.aino, path)
    venues(here, 190)
    assert queries(here.aino, path) == few
    assert few <= 20


def test_so_it_does_without_a_trial():
    region = a_region("kainuu")
    aino, _mikko = a_pair(region)
    path = reverse("readiness", args=["kainuu"])
    counted = []
    for number in (2, 6):
        for one in range(number):
            promise(a_venue(region, aino, f"Sali {number}.{one}"))
        counted.append(queries(aino, path))
    assert counted[0] == counted[1] <= 20
