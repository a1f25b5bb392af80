"""What does the page of each step ask, store and refuse? Walked through the web client, by named people."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.models import Partner, Person
from adoption.partners import describe_induction, record_induction
from adoption.people import name_person
from adoption.refusal import Refused
from commitments.models import Commitment, Party
from tests.people import a_distributor, a_region, a_stranger, a_venue
from tests.trials import a_walk, promise, text_of, venues
from workflows import services
from workflows.correcting import withdraw_trial
from workflows.models import TrialStep
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

TODAY = localdate()
ENTERED = TODAY - timedelta(days=3)


def address(here: Walk, key: str) -> str:
    return reverse("step", args=[here.region.slug, here.trial.pk, key])


def row(here: Walk, key: str) -> TrialStep:
    return here.trial.steps.order_by("-round").filter(key=key).first()


def written(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


class Desk:
    """A person at the site."""

    def __init__(self, client, here: Walk) -> None:
        self.client, self.here = client, here

    def look(self, key: str, person=None):
        self.client.force_login(person or self.here.aino)
        answer = self.client.get(address(self.here, key))
        assert answer.status_code == 200
        return answer

    def press(self, key: str, act: str, person=None, **said):
        """The form as the page gives it, with what the person typed into it, sent by the button."""
        fields = fields_of(self.look(key, person)) if person_may_look(self.here, person) else {}
        return self.client.post(address(self.here, key), fields | said | {"act": act})


def person_may_look(here: Walk, person) -> bool:
    return person is None or person.is_kaikukeskus or person.responsibilities.filter(region=here.region).exists()


def fields_of(page) -> dict:
    """Names and values of the evidence form on the page."""
    form = re.search(r'<form class="form" id="evidence".*?</form>', page.content.decode(), re.DOTALL)
    found: dict = {}
    for tag in re.findall(r"<input[^>]*>", form[0]) if form else []:
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if named.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in named and named["name"] != "csrfmiddlewaretoken":
            _add(found, named["name"], named.get("value", ""))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form[0] if form else "", re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = chosen[1]
    for name, text in re.findall(r'<textarea name="([^"]+)".*?>(.*?)</textarea>', form[0] if form else "", re.DOTALL):
        found[name] = text.strip()
    return found


def _add(found: dict, name: str, value: str) -> None:
    if name in found:
        found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
    else:
        found[name] = value


@pytest.fixture
def desk(client):
    return lambda here: Desk(client, here)


# -- each step's own evidence ---------------------------------------------------------------------------------------


def test_step_one_is_recorded_and_confirmed_by_kaikukeskus_in_one_press(desk):
    here = a_walk()
    at = desk(here)
    said = {"date": written(TODAY), "place": "Teams", "attendees": "25"}
    answer = at.press("intro_event", "confirm", here.laura, **said)
    assert (answer.status_code, answer.url) == (302, here.region.get_absolute_url())
    assert row(here, "intro_event").evidence == {"date": TODAY.isoformat(), "place": "Teams", "attendees": 25}
    assert row(here, "intro_event").closed_at
    assert "local_pair" in services.read(here.trial.pk).open


def test_step_two_shows_who_is_named_and_kaikukeskus_confirms(desk):
    here = a_walk(until="intro_event")
    page = text_of(desk(here).look("local_pair", here.laura))
    assert "Aino Virtanen, kulttuurituottaja" in page
    assert desk(here).press("local_pair", "confirm", here.laura).status_code == 302
    assert row(here, "local_pair").closed_at


def test_step_three_is_entered_by_kaikukeskus_and_confirmed_by_both(desk):
    here = a_walk(until="local_pair")
    at = desk(here)
    assert 'id="evidence"' not in at.look("pair_training").content.decode()
    assert at.press("pair_training", "save", date=written(TODAY), trainer="Aino").status_code == 403
    assert row(here, "pair_training").evidence == {}
    at.press("pair_training", "save", here.laura, date=written(TODAY), trainer="Laura Mäkelä")
    assert row(here, "pair_training").evidence == {"date": TODAY.isoformat(), "trainer": "Laura Mäkelä"}
    assert "Trainer Laura Mäkelä" in text_of(at.look("pair_training"))
    at.press("pair_training", "confirm", here.aino)
    assert "Waiting for the care side." in text_of(at.look("pair_training"))
    at.press("pair_training", "confirm", here.mikko)
    assert row(here, "pair_training").closed_at


def test_step_four_asks_the_workshop_each_candidates_answer_and_each_bodys_decision(desk):
    here = a_walk("kainuu", until="pair_training")
    venue = a_venue(here.region, here.aino, interest="")
    distributor = a_distributor(here.region, here.mikko, interest="")
    bodies = [f"m{m.pk}" for m in here.trial.municipalities.all()] + ["county"]
    decisions = {
        f"{part}_{body}": value
        for body in bodies
        for part, value in {"organ": "Lautakunta", "date": written(TODAY), "section": "§ 5", "record": "K/1"}.items()
    }
    said = {
        "date": written(TODAY), "place": "Library", "attendees": "30",
        f"interest_{venue.pk}": "yes", f"interest_{distributor.pk}": "maybe",
    }  # fmt: skip
    answer = desk(here).press("workshop", "confirm", here.aino, **said, **decisions)
    assert answer.status_code == 302
    stored = row(here, "workshop")
    assert stored.evidence["attendees"] == 30
    assert {given["body"] for given in stored.evidence["decisions"]} == set(bodies)
    assert stored.evidence["decisions"][0] | {"body": ""} == {
        "body": "", "organ": "Lautakunta", "date": TODAY.isoformat(), "section": "§ 5", "record": "K/1",
    }  # fmt: skip
    assert set(Partner.objects.values_list("interest", flat=True)) == {"yes", "maybe"}
    assert set(stored.confirmed) == {"culture"}


def test_a_pair_that_reads_two_alphabets_confirms_the_same_decisions(desk):
    here = a_walk("pohjanmaa", until="pair_training")
    a_venue(here.region, here.aino)
    Person.objects.filter(pk=here.aino.pk).update(language="sv")
    Person.objects.filter(pk=here.mikko.pk).update(language="fi")
    towns = [f"m{m.pk}" for m in here.trial.municipalities.all()]
    decided = {
        f"{part}_{body}": value
        for body in [*towns, "county"]
        for part, value in {"organ": "Lautakunta", "date": written(TODAY)}.items()
    }
    partner = here.partners()[0]
    said = {"date": written(TODAY), "place": "Kirjasto", "attendees": "30", f"interest_{partner.pk}": "yes"}
    at = desk(here)
    assert at.press("workshop", "confirm", here.mikko, **said, **decided).status_code == 302
    orders = [re.findall(r'name="organ_(m\d+)"', at.look("workshop", one).text) for one in (here.mikko, here.aino)]
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(towns)
    assert orders[0] != orders[1]
    assert at.press("workshop", "confirm", here.aino).status_code == 302
    assert row(here, "workshop").closed_at
    assert services.read(here.trial.pk).open.keys() == {"commitments"}


def test_what_is_written_for_all_municipalities_goes_to_each_that_lacks_it(desk):
    here = a_walk("kainuu", until="pair_training")
    a_venue(here.region, here.aino)
    first, second, third, *_others = towns = [f"m{m.pk}" for m in here.trial.municipalities.all()]
    said = {
        "date": written(TODAY), "place": "Library", "attendees": "30", "all_organ": "Sivistyslautakunta",
        "all_date": written(TODAY), f"section_{first}": "§ 5", f"answer_{second}": "no", f"organ_{third}": "Valtuusto",
    }  # fmt: skip
    assert desk(here).press("workshop", "save", here.aino, **said).status_code == 302
    stored = {given.pop("body"): given for given in row(here, "workshop").evidence["decisions"]}
    assert list(stored) == towns  # the county's body is its own
    assert {given["date"] for given in stored.values()} == {TODAY.isoformat()}
    assert {stored[town]["organ"] for town in towns if town != third} == {"Sivistyslautakunta"}
    assert stored[third]["organ"] == "Valtuusto"
    assert (stored[first]["section"], stored[second]["answer"]) == ("§ 5", "no")


def test_what_is_written_for_all_is_not_dropped_when_nobody_lacks_it(desk):
    here = a_walk("kainuu", until="pair_training")
    towns = [f"m{m.pk}" for m in here.trial.municipalities.all()]
    own = {f"organ_{town}": "Valtuusto" for town in towns}
    answer = desk(here).press("workshop", "save", here.aino, **own, all_organ="Sivistyslautakunta")
    assert answer.status_code == 422
    assert "Every municipality has one of its own" in text_of(answer)
    assert 'value="Sivistyslautakunta"' in answer.content.decode()


def test_the_notice_of_what_is_saved_names_what_is_missing_still(desk, client):
    here = a_walk("kainuu", until="pair_training")
    a_venue(here.region, here.aino)
    filled = {"date": written(TODAY), "place": "Library", "attendees": "30", "organ_county": "Aluehallitus"}
    towns = [f"m{m.pk}" for m in here.trial.municipalities.all()]
    decided = {f"organ_{town}": "Valtuusto" for town in towns} | {f"date_{town}": written(TODAY) for town in towns[2:]}
    saved = desk(here).press("workshop", "save", here.aino, **filled, **decided)
    said = text_of(client.get(saved.url))
    for town in here.trial.municipalities.all()[:2]:
        assert f"Missing: the decision of {town.name} to take part." in said.split("Step 4/10")[0]


@pytest.mark.parametrize("typed", [{"persons": "4"}, {"manner": "own"}])
def test_a_row_without_its_day_is_refused_and_not_dropped(desk, typed):
    here = a_walk(until="commitments")
    first = here.partners()[0]
    answer = desk(here).press("induction", "save", **{f"{name}_{first.pk}": said for name, said in typed.items()})
    assert (answer.status_code, "Write the day too" in text_of(answer)) == (422, True)


def test_a_recorded_day_that_is_emptied_is_said_to_stay(desk):
    here = a_walk(until="commitments")
    first = here.partners()[0]
    at = desk(here)
    at.press("kaikukanta_users", "save", **{f"account_{first.pk}": written(TODAY)})
    answer = at.press("kaikukanta_users", "save", **{f"account_{first.pk}": ""})
    assert "A recorded day can be changed, but not taken away" in text_of(answer)
    all_have = {f"account_{p.pk}": written(TODAY) for p in here.partners()}
    answer = at.press("kaikukanta_users", "save", **all_have, all_on=written(TODAY))
    assert "Every partner has one of its own" in text_of(answer)


# -- a day that is not known: done before the partner was entered here -------------------------------------------------


def done_before(here):
    """The first partner's account and induction, on days that are not known."""
    first = here.partners()[0]
    entered = {"account_on": ENTERED, "account_before": True, "induction_on": ENTERED, "induction_before": True}
    Partner.objects.filter(pk=first.pk).update(**entered)
    return first


@pytest.mark.parametrize(("key", "name"), [("kaikukanta_users", "account"), ("induction", "induction")])
def test_an_unknown_day_stands_empty_and_stays_unknown_when_it_is_saved(desk, key, name):
    here = a_walk(until="commitments")
    first, at = done_before(here), desk(here)
    page = at.look(key).content.decode()
    field = re.search(rf'<input[^>]*name="{name}_{first.pk}"[^>]*>', page)
    assert field
    assert "value=" not in field[0]
    assert f'id="{name}_{first.pk}_helptext">before {written(ENTERED)}' in page.replace("id_", "")
    acts = here.region.acts.count()
    at.press(key, "save", **{f"{name}_{first.pk}": ""})
    first.refresh_from_db()
    assert (getattr(first, f"{name}_on"), getattr(first, f"{name}_before")) == (ENTERED, True)
    assert here.region.acts.count() == acts
    at.press(key, "save", **{f"{name}_{first.pk}": written(ENTERED)})  # the very day is known after all
    first.refresh_from_db()
    assert (getattr(first, f"{name}_on"), getattr(first, f"{name}_before")) == (ENTERED, False)


def test_what_is_added_to_an_induction_leaves_its_day_unknown(desk, client):
    here = a_walk(until="commitments")
    first = done_before(here)
    at = desk(here)
    at.press("induction", "save", **{f"persons_{first.pk}": "4"})
    first.refresh_from_db()
    assert (first.induction_on, first.induction_before) == (ENTERED, True)
    assert (first.induction_manner, first.induction_persons) == ("", 4)
    history = text_of(client.get(reverse("history", args=[here.region.slug])))
    assert f"added to an induction of an unknown day: {first}" in history
    page = text_of(client.get(first.get_absolute_url()))
    assert f"before {written(ENTERED)} 4 persons" in page
    before = here.region.acts.count()
    at.press("induction", "save")
    assert here.region.acts.count() == before


def test_a_day_that_was_written_meanwhile_is_not_taken_for_unknown():
    here = a_walk(until="commitments")
    first = done_before(here)
    record_induction(first, here.mikko, TODAY, "own")
    with pytest.raises(Refused, match="Write the day too"):
        describe_induction(first, here.mikko, "event", 4)


@pytest.mark.parametrize("act", ["account", "induction"])
def test_the_partner_s_own_form_does_not_offer_the_day_of_the_entry(client, act):
    here = a_walk(until="commitments")
    first = done_before(here)
    client.force_login(here.aino)
    page = client.get(reverse(f"partner_{act}", args=[here.region.slug, first.pk])).content.decode()
    assert "value=" not in re.search(rf'<input[^>]*id="{act}_on"[^>]*>', page)[0]


def test_step_four_says_what_is_missing_and_keeps_what_was_typed(desk):
    here = a_walk(until="pair_training")
    answer = desk(here).press("workshop", "confirm", place="Library", attendees="30")
    body = answer.content.decode()
    assert answer.status_code == 422
    assert body.split("<title>")[1].startswith("Error:")
    assert re.search(r'<div class="error-summary" role="alert"[^>]* tabindex="-1" autofocus>', body)
    assert '<a href="#id_date">Missing: the day of the workshop.</a>' in body
    body_of = f"#body-m{here.region.municipalities.get().pk}"
    assert f'<a href="{body_of}">Missing: the decision of Haparanda to take part.</a>' in body
    assert f'<a href="{body_of}">The decision of Haparanda to take part</a>' in body
    assert '<li id="rule-workshop_not_held" class="is-missing">' in body
    assert "The place of the workshop" not in body  # it was typed, so it is not missing
    assert 'value="Library"' in body
    assert row(here, "workshop").evidence == {}


def test_step_five_drafts_the_commitments_and_names_who_has_not_signed(desk, client):
    here = a_walk(until="workshop")
    at = desk(here)
    page = text_of(at.look("commitments"))
    assert "It has not been drafted yet." in page
    assert "Draft the region's commitment" in page
    drafted = client.post(reverse("region_draft", args=[here.region.slug, here.trial.pk]))
    commitment = Commitment.objects.get()
    assert (drafted.status_code, drafted.url) == (302, commitment.get_absolute_url())
    assert commitment.term_start == here.trial.planned_start
    again = client.post(reverse("region_draft", args=[here.region.slug, here.trial.pk]))
    assert again.status_code == 422
    assert "The commitment was not drafted" in text_of(again)
    assert "unfinished already" in text_of(again)
    venue = next(p for p in here.partners() if not p.is_distributor)
    drafted = client.post(reverse("partner_draft", args=[here.region.slug, venue.pk]))
    assert drafted.url == venue.commitments.get().get_absolute_url()
    distributor = next(p for p in here.partners() if p.is_distributor)
    refused = client.post(reverse("partner_draft", args=[here.region.slug, distributor.pk]))
    assert refused.status_code == 422
    assert "has not cleared" in text_of(refused)
    assert "3 are not committed yet" in text_of(at.look("commitments"))


def test_step_five_counts_no_candidate_that_has_said_no(desk):
    here = a_walk(until="workshop")
    one = next(p for p in here.partners() if not p.is_distributor)
    coming = len(here.partners()) - 1
    Partner.objects.filter(pk=one.pk).update(interest="no")
    page = text_of(desk(here).look("commitments"))
    assert f"{coming} partners. {coming} are not committed yet" in page
    assert str(one) not in page
    assert "One candidate has said no and is not counted" in page


@pytest.mark.parametrize(("model", "demanded"), [("2023", True), ("2024", False)])
def test_the_meeting_of_step_five_is_demanded_in_2023_and_offered_in_2024(desk, model, demanded):
    here = a_walk(model=model, until="workshop")
    page = text_of(desk(here).look("commitments"))
    assert ("Day of the meeting about the commitments (not mandatory)" in page) is not demanded
    assert ("The meeting about the commitments has been held" in page) is demanded


def test_step_six_stores_an_account_a_partner_and_one_day_for_the_rest(desk):
    here = a_walk(until="commitments")
    first, *others = here.partners()
    yesterday = TODAY - timedelta(days=1)
    said = {f"account_{first.pk}": written(TODAY), "all_on": written(yesterday), "statistics_person": "Aino"}
    assert desk(here).press("kaikukanta_users", "confirm", here.mikko, **said).status_code == 302
    assert Partner.objects.get(pk=first.pk).account_on == TODAY
    assert {p.account_on for p in Partner.objects.exclude(pk=first.pk)} == {yesterday}
    assert row(here, "kaikukanta_users").evidence == {"statistics_person": "Aino"}
    assert set(row(here, "kaikukanta_users").confirmed) == {"care"}
    assert here.region.acts.filter(what="account_recorded").count() == 1 + len(others)


def test_a_row_that_somebody_else_has_changed_meanwhile_is_not_set_back(desk, client):
    here = a_walk(until="commitments")
    first = here.partners()[0]
    page = fields_of(desk(here).look("kaikukanta_users"))
    Partner.objects.filter(pk=first.pk).update(account_on=TODAY - timedelta(days=3))
    client.post(address(here, "kaikukanta_users"), page | {"act": "save"})
    assert Partner.objects.get(pk=first.pk).account_on == TODAY - timedelta(days=3)


def test_a_partner_that_the_person_did_not_see_is_not_meant_by_all(desk, client):
    here = a_walk(until="commitments")
    page = fields_of(desk(here).look("kaikukanta_users"))
    late = a_venue(here.region, here.aino, "Late")
    promise(late)
    client.post(address(here, "kaikukanta_users"), page | {"act": "save", "all_on": written(TODAY)})
    assert list(Partner.objects.filter(account_on=None)) == [late]


def test_step_six_of_2023_asks_who_sees_to_the_statistics(desk):
    here = a_walk(model="2023", until="commitments")
    answer = desk(here).press("statistics", "confirm")
    assert "The person who sees to the local statistics" in text_of(answer)
    desk(here).press("statistics", "confirm", statistics_person="Aino Virtanen")
    assert row(here, "statistics").evidence == {"statistics_person": "Aino Virtanen"}


PRINTED = {
    "printed_on": written(TODAY), "languages": ["fi", "sv"], "cards": "500", "community_cards": "0",
    "brochures": "1500", "posters": "80", "cost": "1 850,50", "local_page": "www.example.org/kaiku",
    "feedback_email": "kaiku@example.org",
}  # fmt: skip


def test_step_seven_stores_plain_json(desk):
    here = a_walk(until="commitments")
    assert desk(here).press("print_comms", "save", **PRINTED).status_code == 302
    assert row(here, "print_comms").evidence == {
        "printed_on": TODAY.isoformat(), "languages": ["fi", "sv"], "cards": 500, "community_cards": 0,
        "brochures": 1500, "posters": 80, "cost": "1850.50", "local_page": "https://www.example.org/kaiku",
        "feedback_email": "kaiku@example.org",
    }  # fmt: skip
    assert 'value="1850,50"' in desk(here).look("print_comms").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("printed_on", "1.1.2099", "The day is still to come"),
        ("printed_on", "31.2.2026", "has only 28 days"),
        ("cards", "-5", "greater than or equal to 0"),
        ("cost", "dear", "Enter a number"),
        ("local_page", "not a page", "Enter a valid URL"),
        ("feedback_email", "kaiku", "Enter a valid email address"),
        ("languages", "tlh", "Select a valid choice"),
    ],
)
def test_step_seven_refuses_what_cannot_be_and_loses_nothing(desk, field, value, words):
    here = a_walk(until="commitments")
    answer = desk(here).press("print_comms", "confirm", **PRINTED | {field: value})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "The step was not confirmed" in text_of(answer)
    assert 'value="1500"' in answer.content.decode()
    assert row(here, "print_comms").evidence == {}


def test_step_eight_stores_day_manner_and_persons_of_each(desk):
    here = a_walk(until="commitments")
    first, second, _third = here.partners()
    said = {
        f"induction_{first.pk}": written(TODAY), f"manner_{first.pk}": "own", f"persons_{first.pk}": "4",
        "all_on": written(TODAY), "all_manner": "remote", "note": "In the hall.",
    }  # fmt: skip
    assert desk(here).press("induction", "confirm", **said).status_code == 302
    first, second = Partner.objects.get(pk=first.pk), Partner.objects.get(pk=second.pk)
    assert (first.induction_on, first.induction_manner, first.induction_persons) == (TODAY, "own", 4)
    assert (second.induction_on, second.induction_manner) == (TODAY, "remote")
    before = here.region.acts.count()
    desk(here).press("induction", "save", here.mikko, note="In the hall.")
    assert here.region.acts.count() == before  # nothing was changed, so nothing is recorded


def test_a_holder_of_one_municipality_changes_only_its_partners(desk):
    here = a_walk("kainuu", until="commitments")
    own, other = here.region.municipalities.order_by("name_fi")[:2]
    pirjo = name_person(here.region, "culture", "pirjo@example.org", "Pirjo Aho", here.laura, municipality=own).person
    mine, foreign, _third = here.partners()
    for partner, town in ((mine, own), (foreign, other)):
        partner.municipalities.set([town])
        Party.objects.filter(commitment__partner=partner).update(municipality=town)
    page = desk(here).look("kaikukanta_users", pirjo).content.decode()
    assert f'name="account_{mine.pk}"' in page
    assert f'name="account_{foreign.pk}"' not in page
    assert str(foreign) in page


def test_what_has_not_been_asked_yet_is_not_said_to_be_done(desk):
    here = a_walk(until="induction")
    rule = "Distribution began after what it stands on"
    at = desk(here)
    assert f"Looked at once the day is written: {rule}" in text_of(at.look("start_distribution"))
    at.press("start_distribution", "save", start=written(TODAY), end=written(TODAY + timedelta(days=300)))
    assert f"Done: {rule}" in text_of(at.look("start_distribution"))


def test_a_decision_that_nobody_has_recorded_lacks_its_records(desk):
    here = a_walk(until="feedback")
    page = text_of(desk(here).look("decision"))
    assert "Nothing is missing" not in page
    assert "those recorded here" not in page


def test_a_step_of_a_withdrawn_trial_says_so(desk):
    here = a_walk()
    withdraw_trial(here.trial, here.laura, "The wrong region.")
    for key in ("intro_event", "workshop", "decision"):
        page = text_of(desk(here).look(key, here.laura))
        assert "The trial was withdrawn: nothing is done at this step any more." in page
        assert "not open yet. " not in page


def test_step_nine_stores_the_actual_days_and_refuses_an_end_before_the_start(desk):
    here = a_walk(until="induction")
    said = {"start": written(TODAY), "end": written(TODAY - timedelta(days=1))}
    answer = desk(here).press("start_distribution", "confirm", **said)
    assert answer.status_code == 422
    assert "The trial must end after it starts" in text_of(answer)
    future = written(TODAY + timedelta(days=2))
    assert "The day is still to come" in text_of(desk(here).press("start_distribution", "save", start=future))
    end = TODAY + timedelta(days=300)
    for person in (here.aino, here.mikko):
        answer = desk(here).press("start_distribution", "confirm", person, start=written(TODAY), end=written(end))
        assert answer.status_code == 302
    here.trial.refresh_from_db()
    assert (here.trial.started_on, here.trial.ends_on) == (TODAY, end)


@pytest.mark.parametrize(("model", "demanded"), [("2023", True), ("2024", False)])
def test_step_ten_demands_a_survey_in_2023_and_offers_it_in_2024(desk, model, demanded):
    here = a_walk(model=model, until="start_distribution")
    services.record_meeting(here.region, here.aino, TODAY, 9, "Well.")
    answer = desk(here).press("feedback", "confirm", note="No survey.")
    assert (answer.status_code == 422) is demanded
    answer = desk(here).press("feedback", "confirm", here.mikko, survey=written(TODAY))
    assert answer.status_code == 302
    assert row(here, "feedback").evidence["survey"] == TODAY.isoformat()


# -- the decision -----------------------------------------------------------------------------------------------------

DECIDED = {
    "outcome": "continue", "body": "Lautakunta", "date": written(TODAY), "section": "§ 9", "record_number": "K/9",
}  # fmt: skip


def test_both_sides_record_the_same_decision_and_the_trial_ends(desk):
    here = a_walk(until="feedback")
    at = desk(here)
    assert at.press("decision", "confirm", **DECIDED).status_code == 302
    assert row(here, "decision").evidence["culture"] == DECIDED | {"date": TODAY.isoformat(), "new_end": None}
    differing = at.press("decision", "confirm", here.mikko, **DECIDED | {"outcome": "stop"})
    assert differing.status_code == 422
    assert "Aino Virtanen has confirmed for the other side: Kaikukortti goes on for good" in text_of(differing)
    again = at.press("decision", "confirm", **DECIDED | {"outcome": "stop"})
    assert again.status_code == 422
    assert "Your side has confirmed this step already" in text_of(again)
    at.press("decision", "confirm", here.mikko, **DECIDED)
    here.trial.refresh_from_db()
    assert here.trial.decided == "continue"
    assert "This step is closed. The trial has been decided." in text_of(at.look("decision"))


def test_a_decision_without_its_record_is_refused_field_by_field(desk):
    here = a_walk(until="feedback")
    answer = desk(here).press("decision", "confirm", body="Lautakunta")
    page = text_of(answer)
    assert answer.status_code == 422
    for words in ("Choose what was decided.", "Give the day of the decision.", "Give the record number."):
        assert words in page
    assert "Write which body decided." not in page


def test_an_extension_needs_a_later_end_and_brings_a_new_round(desk):
    here = a_walk(until="feedback")
    at = desk(here)
    answer = at.press("decision", "confirm", **DECIDED | {"outcome": "extend", "new_end": written(TODAY)})
    assert "Give the trial a new end, after the present one" in text_of(answer)
    later = TODAY + timedelta(days=700)
    for person in (here.aino, here.mikko):
        at.press("decision", "confirm", person, **DECIDED | {"outcome": "extend", "new_end": written(later)})
    assert row(here, "feedback").round == 2
    page = text_of(at.look("feedback"))
    assert "Step 10/10 · round 2" in page
    assert "A feedback meeting, its attendance and its minutes" in page


def test_kaikukeskus_confirms_no_decision(desk):
    here = a_walk(until="feedback")
    assert 'id="evidence"' not in desk(here).look("decision", here.laura).content.decode()
    assert desk(here).press("decision", "confirm", here.laura, **DECIDED).status_code == 403


# -- half confirmations, conflicts, sending twice -------------------------------------------------------------------


def test_a_half_confirmation_is_taken_back_by_its_giver_alone(desk):
    here = a_walk(until="commitments")
    at = desk(here)
    at.press("print_comms", "confirm", **PRINTED)
    assert "Take back the confirmation" in text_of(at.look("print_comms"))
    assert "Take back the confirmation" not in text_of(at.look("print_comms", here.mikko))
    assert at.press("print_comms", "withdraw", here.mikko).status_code == 422
    assert at.press("print_comms", "withdraw", here.aino).status_code == 302
    assert row(here, "print_comms").confirmed == {}


def test_who_changes_the_entries_of_a_half_confirmed_step_is_told_and_withdraws_it(desk):
    here = a_walk(until="commitments")
    at = desk(here)
    at.press("print_comms", "confirm", **PRINTED)
    assert "If you change them, its confirmation is withdrawn" in text_of(at.look("print_comms", here.mikko))
    at.press("print_comms", "confirm", here.mikko, cards="600")
    assert set(row(here, "print_comms").confirmed) == {"care"}


def test_entries_that_somebody_has_changed_meanwhile_are_shown_beside_ones_own(desk, client):
    here = a_walk(until="commitments")
    old = fields_of(desk(here).look("print_comms"))
    desk(here).press("print_comms", "save", here.mikko, **PRINTED)
    client.force_login(here.aino)
    answer = client.post(address(here, "print_comms"), old | {"cards": "7", "act": "save"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Somebody has changed this step since you opened the page." in page
    assert "What is recorded now" in page
    assert "Cards 500" in page
    assert 'value="7"' in answer.content.decode()
    again = client.post(address(here, "print_comms"), fields_of(answer) | {"act": "save"})
    assert again.status_code == 302
    assert row(here, "print_comms").evidence == {"cards": 7}


def test_the_same_form_sent_twice_is_refused_in_words(desk, client):
    here = a_walk(until="commitments")
    at = desk(here)
    fields = fields_of(at.look("print_comms")) | PRINTED | {"act": "confirm"}
    assert client.post(address(here, "print_comms"), fields).status_code == 302
    twice = client.post(address(here, "print_comms"), fields)
    assert twice.status_code == 422
    assert "Your side has confirmed this step already" in text_of(twice)
    at.press("print_comms", "confirm", here.mikko)
    third = client.post(address(here, "print_comms"), fields)
    assert third.status_code == 422
    assert "has been closed already" in text_of(third)


def test_an_act_that_is_none_of_the_page_is_refused(desk):
    here = a_walk()
    for act in ("", "dance", "draft"):
        answer = desk(here).press("intro_event", act, here.laura)
        assert answer.status_code == 422
        assert "Choose one of the acts of this page." in text_of(answer)


# -- who may what -------------------------------------------------------------------------------------------------


ACTS = ["save", "confirm", "withdraw", "reopen", "override", "skip", "early"]


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_meets_nothing(client, act):
    here = a_walk(until="commitments")
    client.force_login(a_stranger())
    assert client.get(address(here, "print_comms")).status_code == 404
    assert client.post(address(here, "print_comms"), {"act": act}).status_code == 404
    assert client.post(reverse("region_draft", args=[here.region.slug, here.trial.pk])).status_code == 404
    assert client.post(reverse("partner_draft", args=[here.region.slug, here.partners()[0].pk])).status_code == 404


def test_a_trial_of_another_region_and_a_step_of_another_model_are_not_there(client):
    here, other = a_walk(), a_region("kainuu")
    client.force_login(here.laura)
    assert client.get(reverse("step", args=[other.slug, here.trial.pk, "workshop"])).status_code == 404
    assert client.get(address(here, "statistics")).status_code == 404
    assert client.post(address(here, "statistics"), {"act": "confirm"}).status_code == 404
    drafting = client.get(reverse("region_draft", args=[here.region.slug, here.trial.pk]))
    assert drafting.url == address(here, "commitments")


@pytest.mark.parametrize("act", ACTS)
def test_the_working_group_reads_and_does_nothing(desk, act):
    here = a_walk(until="commitments")
    reader = name_person(here.region, "group", "liisa@example.org", "Liisa Aho", here.laura).person
    page = desk(here).look("print_comms", reader).content.decode().split("<main")[1]
    assert '<form method="post"' not in page
    assert 'name="act"' not in page
    said = {f"{act}-reason": "Because.", f"{act}-rule": "materials_not_printed"}
    before = here.region.acts.count()
    assert desk(here).press("print_comms", act, reader, **PRINTED, **said).status_code == 403
    assert here.region.acts.count() == before


@pytest.mark.parametrize("act", ["override", "skip", "early"])
def test_the_pair_is_not_offered_and_not_given_kaikukeskuss_own_means(desk, act):
    here = a_walk(until="local_pair")
    assert "Other means" not in text_of(desk(here).look("pair_training"))
    said = {f"{act}-reason": "Because.", f"{act}-rule": "training_not_recorded"}
    assert desk(here).press("pair_training", act, **said).status_code == 403


# -- other means ----------------------------------------------------------------------------------------------------


def test_kaikukeskus_overrides_one_rule_with_a_reason(desk):
    here = a_walk(until="local_pair")
    at = desk(here)
    said = {"override-rule": "training_not_recorded", "override-reason": "They were trained for the neighbour."}
    assert at.press("pair_training", "override", here.laura, **said).status_code == 302
    page = text_of(at.look("pair_training"))
    assert (
        "Rule overridden: Kaikukeskus has trained the pair ”They were trained for the neighbour.” Laura Mäkelä" in page
    )
    assert at.press("pair_training", "confirm").status_code == 302


def test_kaikukeskus_skips_a_step_and_opens_the_next_early(desk):
    here = a_walk(until="local_pair")
    at = desk(here)
    at.press("pair_training", "early", here.laura, **{"early-reason": "The hall is booked."})
    assert set(services.read(here.trial.pk).open) == {"pair_training", "workshop"}
    at.press("pair_training", "skip", here.laura, **{"skip-reason": "Trained before."})
    assert set(services.read(here.trial.pk).open) == {"workshop"}
    assert "”Trained before.” Laura Mäkelä, Kaikukeskus" in text_of(at.look("pair_training"))


@pytest.mark.parametrize("person", ["aino", "laura"])
def test_a_closed_step_is_read_and_reopened_with_a_reason(desk, person):
    here = a_walk(until="commitments")
    at = desk(here)
    page = text_of(at.look("workshop", getattr(here, person)))
    assert "What is recorded Day of the workshop" in page
    assert "Haparanda hyvinvointilautakunta" in page
    answer = at.press("workshop", "reopen", getattr(here, person), **{"reopen-reason": "One body is missing."})
    assert answer.status_code == 302
    assert set(services.read(here.trial.pk).open) >= {"workshop", "print_comms"}
    assert "One body is missing." in text_of(at.look("workshop"))


@pytest.mark.parametrize(("key", "act"), [("workshop", "reopen"), ("print_comms", "skip"), ("print_comms", "override")])
def test_other_means_without_a_reason_are_refused_and_stay_unfolded(desk, key, act):
    here = a_walk(until="commitments")
    answer = desk(here).press(key, act, here.laura, **{f"{act}-reason": "  "})
    assert answer.status_code == 422
    assert "Write the reason: it stays visible." in text_of(answer)
    assert '<details class="more" open>' in answer.content.decode()
    assert f'href="#id_{act}-reason"' in answer.content.decode()


@pytest.mark.parametrize("key", ["local_pair", "start_distribution", "decision"])
def test_two_nine_and_the_decision_are_never_skipped(desk, key):
    here = a_walk(until="intro_event")
    assert "Skip this step" not in text_of(desk(here).look(key, here.laura))
    answer = desk(here).press(key, "skip", here.laura, **{"skip-reason": "No time."})
    assert answer.status_code == 422
    assert "is never skipped" in text_of(answer)


def test_a_step_that_is_not_open_yet_shows_what_will_be_needed_and_refuses(desk):
    here = a_walk(until="commitments")
    page = text_of(desk(here).look("start_distribution"))
    assert "This step is not open yet." in page
    assert "What will be needed" in page
    answer = desk(here).press("start_distribution", "confirm")
    assert answer.status_code == 422
    assert "is not open yet" in text_of(answer)


# -- every page, and its queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["2023", "2024"])
def test_every_step_opens_for_everybody_of_the_region_with_a_bounded_number_of_queries(client, model):
    here = a_walk("kainuu", model=model, until="commitments")
    reader = name_person(here.region, "group", "liisa@example.org", "Liisa Aho", here.laura).person
    for person in (here.aino, here.mikko, here.laura, reader):
        client.force_login(person)
        for step in services.read(here.trial.pk).flow.all_steps():
            with CaptureQueriesContext(connection) as asked:
                page = client.get(address(here, step.key))
            assert page.status_code == 200
            assert len(asked) <= 26, f"{step.key}: {len(asked)}"
            ids = re.findall(r'\bid="([^"]+)"', page.content.decode())
            assert len(ids) == len(set(ids)), step.key


@pytest.mark.parametrize("key", ["commitments", "kaikukanta_users", "induction"])
def test_a_step_asks_the_same_number_of_queries_at_ten_and_at_two_hundred_partners(client, key):
    here = a_walk("kainuu", until="commitments")
    client.force_login(here.aino)
    venues(here, 10)
    few = _queries(client, address(here, key))
    venues(here, 190)
    assert _queries(client, address(here, key)) == few


def _queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_a_version_that_is_no_number_is_no_fault_of_the_site(desk):
    here = a_walk()
    for version in ("²", "9" * 5000, "-1"):
        assert desk(here).press("intro_event", "nonsense", here.laura, version=version).status_code == 422
