"""What does a gate ask of committed partners and of the first day, and where does each missing thing lead?"""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.models import Partner, Person
from adoption.partners import record_account, record_induction
from adoption.people import name_person
from adoption.refusal import Refused
from commitments.models import Commitment, Party
from tests.trials import a_walk, promise, text_of, venues
from workflows import services, walk
from workflows.models import TrialStep
from workflows.trial import MODELS
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

DAY = timedelta(days=1)


def lacking(here: Walk, key: str) -> dict[str, list[str]]:
    """Rule → what is missing by it now."""
    trial = services.read(here.trial.pk)
    trial.region = here.region
    return {rule.key: texts for rule, texts in services.gate(trial.flow.step(key), services.facts_of(trial, key))}


def at_nine(until: str = "induction", model: str = "2024") -> Walk:
    here = a_walk("kainuu", model, until)
    days = {"start": localdate().isoformat(), "end": (localdate() + 300 * DAY).isoformat()}
    services.save_evidence(here.trial, "start_distribution", here.aino, days, 0)
    return here


# -- of each committed partner ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["2023", "2024"])
def test_what_is_asked_of_each_committed_partner_does_not_hold_while_there_is_none(model):
    here = a_walk("kainuu", model, "workshop")
    nobody = ["A partner whose commitment is in force"]
    assert lacking(here, "induction") == {"inductions_missing": nobody, "contacts_missing": nobody}
    assert lacking(here, "start_distribution")["partners_no_longer_ready"] == nobody
    services.open_next_early(here.trial, "commitments", here.laura, "Perehdytykset on sovittu.")
    with pytest.raises(Refused) as caught:
        services.confirm_step(here.trial, "induction", here.aino)
    assert caught.value.reasons == nobody  # once, though two rules say so
    if model == "2024":
        assert lacking(here, "kaikukanta_users") == {"accounts_missing": nobody}


def test_nine_asks_anew_what_six_and_eight_closed_on():
    here = at_nine()
    assert lacking(here, "start_distribution") == {
        "start_not_recorded": [], "started_too_early": [], "commitments_no_longer_in_force": [],
        "partners_no_longer_ready": [], "earlier_step_open": [],
    }  # fmt: skip
    one, other, third = Partner.objects.order_by("pk")
    Partner.objects.filter(pk=one.pk).update(account_on=None)
    Partner.objects.filter(pk=other.pk).update(induction_on=None)
    Partner.objects.filter(pk=third.pk).update(contact=None)
    assert sorted(lacking(here, "start_distribution")["partners_no_longer_ready"]) == sorted(
        [f"The account of {one}", f"The induction of {other}", f"The contact person of {third}"]
    )


def test_nine_asks_no_account_in_2023_and_nothing_of_what_was_skipped_or_overridden():
    here = at_nine(model="2023")
    Partner.objects.update(account_on=None)
    assert lacking(here, "start_distribution")["partners_no_longer_ready"] == []
    Partner.objects.update(induction_on=None, contact=None)
    assert len(lacking(here, "start_distribution")["partners_no_longer_ready"]) == 6
    given = {"by": here.laura.pk, "at": "2026-11-01T10:00:00+02:00", "reason": "Sovittu."}
    TrialStep.objects.filter(key="induction").update(overrides={"inductions_missing": given})
    assert all("contact person" in text for text in lacking(here, "start_distribution")["partners_no_longer_ready"])
    TrialStep.objects.filter(key="induction").update(overrides={}, skipped="Perehdytys pidetään myöhemmin.")
    assert lacking(here, "start_distribution")["partners_no_longer_ready"] == []


def test_a_late_partner_keeps_nobody_waiting_at_nine():
    here = at_nine()
    [late] = venues(here, 1)
    Commitment.objects.filter(partner=late).update(in_force_on=localdate() + DAY)  # after step 5 had closed
    assert lacking(here, "start_distribution")["partners_no_longer_ready"] == []
    Commitment.objects.filter(partner=late).update(in_force_on=localdate() - DAY)
    assert f"The induction of {late}" in lacking(here, "start_distribution")["partners_no_longer_ready"]


# -- the first day ----------------------------------------------------------------------------------------------------


def test_distribution_begins_after_what_it_stands_on():
    here = at_nine()
    five = localdate() - 5 * DAY
    Party.objects.update(signed_on=five, signed_by="Toimi", method=Party.Method.KAIKUKANTA)
    Partner.objects.update(account_on=five, induction_on=five)
    printed = here.trial.steps.get(key="print_comms")
    printed.evidence["printed_on"] = five.isoformat()
    printed.save()
    for start, missing in ((five, 0), (five - DAY, 4)):
        row = here.trial.steps.get(key="start_distribution")
        said = row.evidence | {"start": start.isoformat()}
        services.save_evidence(here.trial, "start_distribution", here.aino, said, row.version)
        assert len(lacking(here, "start_distribution")["started_too_early"]) == missing
    with pytest.raises(Refused, match="not before the last Kaikukanta account"):
        services.confirm_step(here.trial, "start_distribution", here.aino)
    services.override_rule(
        here.trial, "start_distribution", "started_too_early", here.laura, "Päivät kirjattiin myöhään."
    )
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "start_distribution", person)


def test_saving_says_what_keeps_the_step_from_being_confirmed(client):
    here = at_nine()
    client.force_login(here.aino)
    page = reverse("step", args=[here.region.slug, here.trial.pk, "start_distribution"])
    said = {"act": "save", "version": "1", "start": "1.1.2026", "end": (localdate() + 300 * DAY).isoformat()}
    shown = text_of(client.post(page, said, follow=True))
    assert (
        "The entries are saved. It cannot be confirmed yet. Missing: a start that is not before the training" in shown
    )


def test_step_nine_says_when_the_commitments_say_other_days(client):
    here = at_nine()
    client.force_login(here.aino)
    page = reverse("step", args=[here.region.slug, here.trial.pk, "start_distribution"])
    assert "The commitments in force say other days" not in text_of(client.get(page))
    Commitment.objects.update(term_start="2027-05-09", term_end="2028-05-07")
    shown = text_of(client.get(page))
    assert "The commitments in force say other days: 9.5.2027–7.5.2028." in shown


# -- places -----------------------------------------------------------------------------------------------------------


def links(client, here: Walk, key: str) -> dict[str, str]:
    """What the checklist of the step's page says is missing, and where it leads."""
    page = client.get(reverse("step", args=[here.region.slug, here.trial.pk, key])).content.decode()
    checklist = page.split('<ul class="checklist">')[1].split("</ul>")[0]
    found = {text: href for href, text in re.findall(r'<p><a href="([^"]+)">([^<]+)</a></p>', checklist)}
    assert all(f'id="{href[1:]}"' in page for href in found.values() if href.startswith("#"))
    return found


def test_each_missing_thing_leads_to_where_it_is_mended(client):
    here = a_walk("kainuu", until="pair_training")
    walk.add_partners(here)
    one = Partner.objects.order_by("pk")[0]
    Partner.objects.update(interest="")
    client.force_login(here.aino)
    found = links(client, here, "workshop")
    assert found["The day of the workshop"] == "#id_date"
    assert found[f"The answer of {one}"].startswith("#id_interest_")
    assert found["The decision of Kajaani to take part"].startswith("#body-m")
    assert links(client, here, "commitments")["A venue whose commitment is in force"] == "#partner-commitments"
    assert links(client, here, "induction")["A partner whose commitment is in force"].endswith("/partners/")
    promise(one)
    Partner.objects.filter(pk=one.pk).update(contact=None)
    assert links(client, here, "induction")[f"The contact person of {one}"].endswith(f"/{one.pk}/contact/")
    assert links(client, here, "start_distribution")[f"The induction of {one}"].endswith(f"/partners/{one.pk}/")
    assert links(client, here, "feedback")["A feedback meeting, its attendance and its minutes"].endswith("/new/")


def test_who_only_reads_is_led_nowhere_to_act(client):
    here = a_walk("kainuu", until="pair_training")
    client.force_login(name_person(here.region, "group", "reino@example.org", "Reino Saari", here.laura).person)
    assert links(client, here, "workshop") == {}


# -- what step 7 knows already ----------------------------------------------------------------------------------------


def test_step_seven_begins_with_the_addresses_of_the_region_commitment(client):
    here = a_walk("kainuu", until="commitments")
    Commitment.objects.create(
        region=here.region, kind="region_commitment", operating_model="2024", state="in_force",
        feedback_email="kaiku@example.org", local_page="https://kaiku.example.org/",
    )  # fmt: skip
    client.force_login(here.aino)
    page = client.get(reverse("step", args=[here.region.slug, here.trial.pk, "print_comms"])).content.decode()
    assert 'value="kaiku@example.org"' in page
    assert 'value="https://kaiku.example.org/"' in page


def test_records_of_partners_still_count_for_themselves():
    here = a_walk("kainuu", until="commitments")
    for partner in here.partners():
        record_account(partner, here.mikko, localdate())
        record_induction(partner, here.mikko, localdate(), Partner.Manner.EVENT)
    assert lacking(here, "induction") == {"inductions_missing": [], "contacts_missing": []}


@pytest.mark.parametrize("model", ["2023", "2024"])
def test_each_rule_says_whose_it_is(model):
    """Kaikukeskus's own words with their source, or that it is this service's own rule, and why."""
    rules = [rule for step in MODELS[model].all_steps() for rule in step.missing]
    said = [(bool(rule.quote), bool(rule.source), bool(rule.ours)) for rule in rules]
    assert set(said) == {(True, True, False), (False, False, True)}


def test_the_pages_say_of_our_own_rule_that_it_is_ours(client):
    here = a_walk("ruotsi", until="start_distribution")
    Person.objects.filter(pk=here.aino.pk).update(language="en")
    client.force_login(here.aino)
    own = "This is Kaikupolku&#x27;s own rule: what was reopened or passed over is closed before step 10"
    for page in (here.trial.steps.get(key="feedback").get_absolute_url(), reverse("steps_help")):
        assert client.get(page).content.decode().count(own) == 1
