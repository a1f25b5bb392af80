"""Does every service refuse who has no right, whatever page calls it? The list is made from the modules."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType

import pytest
from django.utils.timezone import localdate, now

import adoption
import commitments
import workflows
from adoption import partners
from adoption.models import Import, Municipality, Note, Person, PreparedText, SharedAnswer
from adoption.people import end_responsibility, name_person
from adoption.refusal import NotYours
from adoption.tables import pasted
from commitments import together
from commitments.models import Edition, Template
from tests.entries import an_entry
from tests.people import a_pair, a_region, a_stranger, a_venue
from tests.strangers import everything
from workflows import handing_over
from workflows.models import Body, FeedbackMeeting, Meeting, YearlyDone
from workflows.walk import Walk, a_pdf, begin, walk

# The pages ask `adoption.access` themselves (test_strangers); the walk is the demo's own.
NO_SERVICES = ("views", "management", "migrations", "walk")
# Public functions with `by` that are no acts: what they are for instead.
NO_ACTS = {
    "adoption.joining.people.against_people",  # reads, for the page that only Kaikukeskus opens
    "commitments.making.ask",  # the last part of an act, whose service has checked who acts
    "workflows.services.locked_trial",
    "workflows.services.read",  # what every act on a trial begins with
}


def modules() -> Iterator[ModuleType]:
    """Every module of the three areas that can have a service, so that none is forgotten."""
    for area in (adoption, commitments, workflows):
        for found in pkgutil.walk_packages(area.__path__, f"{area.__name__}."):
            if not set(found.name.split(".")) & set(NO_SERVICES):
                yield importlib.import_module(found.name)


def services() -> Iterator[Callable]:
    """What a module itself defines for others to call, with the person who acts as `by`."""
    for module in modules():
        for name, one in inspect.getmembers(module, inspect.isfunction):
            own = one.__module__ == module.__name__ and not name.startswith("_")
            if own and "by" in inspect.signature(one).parameters and title(one) not in NO_ACTS:
                yield one


def title(service: Callable) -> str:
    return f"{service.__module__}.{service.__name__}"


SERVICES = list(services())

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Walk:
    here = begin(a_region("etela-savo"), "2024", "walk")
    walk(here, "commitments")
    return here


def arguments(here: Walk) -> dict[str, object]:
    """A value that would do for each parameter of a service, by its name."""
    partner, other = here.partners()[:2]
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
        "to": today, "was": today, "closes_on": today, "mark": "", "due": today, "last": today,
        "done": YearlyDone.objects.create(region=here.region, kind="page", on=today, recorded_by=here.laura),
        "municipality": a_town(here), "days": [today],
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
        "shared": SharedAnswer.objects.create(), "said": {}, "choices": {},
        "decision": "more", "one": PreparedText.objects.first(), "remind_after": 5,
        "return_after": 20, "partners": [partner], "messages": {},
        "given": [handing_over.Given(here.region.responsibilities.get(person=here.mikko).pk, "uusi@example.org", "U")],
        "what": "account", "plans": [together.Plan(partner)], "common": together.Common(),
        "seen": {commitment.pk: together.Seen(1, commitment.edition.manifest_sha256)},
        "kept": partner, "gone": other, "editions": [a_failed_edition(here).pk], "entry": an_entry(here.region),
        "document": commitment.edition.documents.first(), "times": [], "people": [], "starts_at": now(), "came": [],
        "arranged": Meeting.objects.create(
            kind="workshop", region=here.region, title="Työpaja", organiser=here.aino
        ),
    }  # fmt: skip


def a_failed_edition(here: Walk) -> Edition:
    """A draft's newest papers, which could not be made."""
    draft = workflows.services.draft_for_partner(a_venue(here.region, here.aino), here.aino)
    Edition.objects.filter(commitment=draft).update(fault=Edition.Fault.STORING)
    return draft.editions.get()


OF_ARRANGED = ("workflows.arranging", "workflows.minutes", "workflows.survey")  # whose `meeting` is such a one


def for_service(service: Callable, values: dict[str, object]) -> dict[str, object]:
    """The same values, with two of what the service itself joins."""
    partner, other = values["kept"], values["gone"]
    joined = {
        "join_organisations": (partner.organisation, other.organisation),
        "join_people": (partner.contact, other.contact),
    }
    kept, gone = joined.get(service.__name__, (partner, other))
    arranged = {"meeting": values["arranged"]} if service.__module__.startswith(OF_ARRANGED) else {}
    return values | {"kept": kept, "gone": gone} | arranged


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


def test_the_list_has_the_services_of_every_area():
    """The list is made by walking; had the walk lost its way, these would be the first to be missed."""
    found = {title(service) for service in SERVICES}
    assert {
        "adoption.joining.people.join_people", "adoption.contacts.pair.confirm_contact", "commitments.making.retry",
        "commitments.services.send", "workflows.entering.enter_region", "workflows.services.confirm_step",
    } <= found  # fmt: skip
    assert len(SERVICES) > 95


def test_what_is_said_to_be_no_act_is_there():
    known = {title(one) for module in modules() for _name, one in inspect.getmembers(module, inspect.isfunction)}
    assert known >= NO_ACTS


def test_every_service_refuses_who_has_no_right(here):
    values = arguments(here)
    people_without = [make(here) for make in WITHOUT_RIGHT]
    before, allowed = everything(), []
    for service in SERVICES:
        for person in people_without:
            try:
                call(service, for_service(service, values) | {"by": person})
            except NotYours:
                continue
            allowed.append(f"{title(service)} by {person}")
    assert allowed == []
    assert everything() == before


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
