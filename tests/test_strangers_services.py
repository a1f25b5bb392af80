"""Does every service refuse who has no right, whatever page calls it? The list is made from the modules."""

import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from adoption import (
    accounts,
    clearing,
    leaving,
    marking,
    notes,
    partners,
    people,
    prepared_texts,
    regions,
    shared_answers,
)
from adoption.contacts import pair
from adoption.models import Act, Import, Municipality, Note, Person, PreparedText, SharedAnswer
from adoption.people import end_responsibility, name_person
from adoption.refusal import NotYours
from adoption.tables import pasted
from commitments import importing, on_paper, publishing, reminding, renewing, reviewing, signing, together
from commitments import services as commitments
from commitments.models import Template
from tests.people import a_pair, a_region, a_stranger
from workflows import bodies, correcting, handing_over, meetings, moving
from workflows import services as workflows
from workflows.models import Body, FeedbackMeeting
from workflows.walk import Walk, a_pdf, begin, walk

MODULES = (
    people, leaving, partners, regions, notes, shared_answers, pair, clearing, prepared_texts,
    marking, accounts,
    commitments, signing, reviewing, publishing, renewing, reminding, together, on_paper, importing,
    workflows, correcting, meetings, handing_over, moving, bodies,
)  # fmt: skip
SERVICES = [
    service
    for module in MODULES
    for name, service in inspect.getmembers(module, inspect.isfunction)
    if service.__module__ == module.__name__
    and not name.startswith("_")
    and "by" in inspect.signature(service).parameters
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Walk:
    here = begin(a_region("etela-savo"), "2024", "walk")
    walk(here, "commitments")
    return here


def arguments(here: Walk) -> dict[str, object]:
    """A value that would do for each parameter of a service, by its name."""
    partner = here.partners()[0]
    commitment = here.region.commitments.filter(partner=partner).get()
    today = localdate()
    return {
        "region": here.region, "trial": here.trial, "partner": partner, "commitment": commitment, "person": here.mikko,
        "responsibility": here.region.responsibilities.get(person=here.aino), "municipalities": [a_town(here)],
        "organisation": {"name": "Uusi ry", "sector": "third"}, "role": "distributor", "kind": "clubhouse",
        "side": "culture", "email": "uusi@example.org", "name": "Uusi Nimi", "answer": "Vastaus", "reason": "Syy",
        "question": "Miksi?", "on": today, "manner": "event", "names": {"name_fi": "Uusi"}, "county": None,
        "parties": {}, "manifest": commitment.edition.manifest_sha256, "content": a_pdf(), "signatures": [],
        "key": "print_comms", "rule_key": "materials_not_printed", "evidence": {"cards": 5}, "version": 0,
        "planned_start": today + timedelta(days=100), "planned_end": today + timedelta(days=400),
        "to": today, "mark": "", "municipality": a_town(here), "days": [today],
        "body": Body.objects.create(region=here.region, name="Lautakunta", days=["2027-03-05"]),
        "held_on": today, "attendees": 5, "minutes": "Muistio",
        "meeting": FeedbackMeeting.objects.create(
            region=here.region, held_on=today, attendees=3, minutes="Hyvin meni.", recorded_by=here.laura
        ),
        "kaikukeskus_took_part": True, "party": commitment.parties.first().pk, "copy": 1, "title": "johtaja",
        "table": pasted("Nimi\nTupa ry"), "brought": Import.objects.create(region=here.region, planned_at=now()),
        "language": "fi", "file_name": "a.docx", "template": Template(), "drafts": [commitment],
        "of": ("region", here.region.pk), "text": "Muistettava.", "audience": "region",
        "note": Note.objects.create(
            region=here.region, by=here.laura, side="kaikukeskus", audience="kaikukeskus", about_kind="region",
            about_id=here.region.pk, text="Huomio.",
        ),
        "shared": SharedAnswer.objects.create(), "said": {},
        "decision": "more", "one": PreparedText.objects.first(), "remind_after": 5,
        "return_after": 20, "partners": [partner], "messages": {},
        "given": [handing_over.Given(here.region.responsibilities.get(person=here.mikko).pk, "uusi@example.org", "U")],
        "what": "account", "plans": [together.Plan(partner)], "common": together.Common(),
        "seen": {commitment.pk: together.Seen(1, commitment.edition.manifest_sha256)},
    }  # fmt: skip


def a_town(here: Walk) -> Municipality:
    return here.region.municipalities.get()


def a_reader(here: Walk) -> Person:
    return name_person(here.region, "group", "reino@example.org", "Reino Saari", here.laura).person


def a_former_holder(here: Walk) -> Person:
    given = name_person(here.region, "culture", "entinen@example.org", "Entinen Vastaava", here.laura)
    end_responsibility(given, here.laura)
    return given.person


def a_holder_elsewhere(_here: Walk) -> Person:
    return a_pair(a_region("lappi"))[0]


def one_who_has_left(here: Walk) -> Person:
    person = name_person(here.region, "culture", "poissa@example.org", "Poissa Oleva", here.laura).person
    person.is_active = False
    person.save()
    return person


WITHOUT_RIGHT: list[Callable[[Walk], Person]] = [
    lambda _here: a_stranger(), a_reader, a_former_holder, a_holder_elsewhere, one_who_has_left,
]  # fmt: skip


def test_the_list_is_whole():
    assert len(SERVICES) > 35


def test_every_service_refuses_who_has_no_right(here):
    values = arguments(here)
    people_without = [make(here) for make in WITHOUT_RIGHT]
    written, allowed = Act.objects.count(), []
    for service in SERVICES:
        for person in people_without:
            try:
                call(service, values | {"by": person})
            except NotYours:
                continue
            allowed.append(f"{service.__module__}.{service.__name__} by {person}")
    assert allowed == []
    assert Act.objects.count() == written


def call(service: Callable, values: dict[str, object]) -> None:
    given = {}
    for name, parameter in inspect.signature(service).parameters.items():
        if name in values and (parameter.default is parameter.empty or name == "evidence"):
            given[name] = values[name]
    if "kind" in inspect.signature(service).parameters or service is partners.add_partner:
        given["kind"] = values["kind"]
    if hasattr(done := service(**given), "__enter__"):
        with done:
            pass
