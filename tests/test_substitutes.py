"""A substitute acts in the holder's absence, and everywhere it is said for whom."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from adoption.models import Act, Partner, Person
from adoption.partners import name_contact, request_clearance
from adoption.people import name_person
from adoption.refusal import Refused
from tests.people import a_distributor, a_region
from tests.test_strangers_services import SERVICES, arguments, call, for_service
from tests.trials import a_walk, text_of
from workflows.sentences import sentences
from workflows.services import confirm_step
from workflows.tasks import work_of
from workflows.walk import Walk, begin, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

OWN = {"person_corrected"}  # what one does to one's own data, one does for oneself
ANSWERS = "R6, on the phone."


def a_substitute(here: Walk, side: str = "culture") -> Person:
    given = name_person(here.region, side, "sanna@example.org", "Sanna Heikkinen", here.laura, substitute=True)
    return given.person


def test_whatever_service_a_substitute_calls_history_says_for_whom():
    """The list of services is made from the modules; each that lets a substitute act says in whose stead."""
    here = begin(a_region("etela-savo"), "2024", "walk")
    walk(here, "commitments")
    sanna = a_substitute(here)
    values, acted = arguments(here), 0
    for service in SERVICES:
        acted += _tried(service, for_service(service, values) | {"by": sanna}, sanna, here.aino)
    assert acted > 10


def _tried(service: Callable, values: dict[str, object], substitute: Person, holder: Person) -> bool:
    """Whether the service let the substitute act; nothing of it stays."""
    newest = Act.objects.order_by("-pk").values_list("pk", flat=True).first()
    try:
        with transaction.atomic():
            call(service, values)
            said = list(Act.objects.filter(pk__gt=newest, by=substitute).exclude(what__in=OWN))
            assert {act.on_behalf_of for act in said} <= {holder}, service
            assert all(f"in the stead of {holder}" in line.text for line in sentences(said) if "Sanna" in line.text)
            transaction.set_rollback(True)
    except (Refused, AttributeError, TypeError, ValueError, KeyError):  # the values are meant for who has no right
        return False
    return bool(said)


def test_the_tasks_say_for_whom_a_step_was_confirmed():
    here = a_walk("ruotsi", until="local_pair")
    sanna = a_substitute(here)
    confirmed = _confirm_training(here, sanna)
    assert confirmed
    notes = [item.note for item in (*work_of(here.mikko).mine, *work_of(here.mikko).others)]
    assert any("Sanna Heikkinen, in the stead of Aino Virtanen, confirmed" in note for note in notes)


def _confirm_training(here: Walk, by: Person) -> bool:
    row = here.trial.steps.get(key="pair_training")
    row.evidence = {"date": "2026-11-01", "trainer": "Laura Mäkelä"}
    row.save()
    confirm_step(here.trial, "pair_training", by)
    return True


def test_mails_and_the_partners_page_say_it_too(worker, mailoutbox):
    here = a_walk("ruotsi", until="local_pair")
    riitta = a_substitute(here, "care")
    partner = a_distributor(here.region, here.mikko)
    answers = {"client_group": "Aikuisia", "most_in_tight": True, "why_most": ANSWERS}
    request_clearance(partner, riitta, answers)
    name_contact(Partner.objects.get(pk=partner.pk), riitta, "uusi@example.org", "Uusi Nimi", language="en")
    worker.run()
    said = "Sanna Heikkinen, in the stead of Mikko Kettunen"
    assert sum(said in one.body for one in mailoutbox) >= 2
    client = Client()
    client.force_login(here.laura)
    assert said in text_of(client.get(f"/queue/?open={partner.pk}"))


def test_who_has_done_an_act_in_words():
    act = Act(by=Person(name="Sanna Heikkinen"), on_behalf_of=Person(name="Aino Virtanen"))
    assert act.by_whom == "Sanna Heikkinen, in the stead of Aino Virtanen"
    assert (Act(by=Person(name="Aino Virtanen")).by_whom, Act().by_whom) == ("Aino Virtanen", "Kaikupolku")


def test_who_is_named_a_substitute_is_told_so(worker, mailoutbox):
    here = a_walk()
    name_person(here.region, "care", "sanna@example.org", "Sanna Heikkinen", here.laura, substitute=True)
    name_person(here.region, "care", "kaija@example.org", "Kaija Kettu", here.laura)
    Person.objects.update(language="en")
    worker.run()
    said = {one.to[0]: one.body for one in mailoutbox if "has named you in Kaikupolku" in one.body}
    assert "in Kaikupolku: care side, as a substitute, Sweden." in said["sanna@example.org"]
    assert "in Kaikupolku: care side, Sweden." in said["kaija@example.org"]
