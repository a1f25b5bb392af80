"""How many queries does each page ask of somebody who covers one municipality only? As many at 10 tasks as at 200."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.models import Person, Region, Responsibility
from adoption.people import name_person
from commitments.models import Commitment, Party
from tests import papers
from tests.people import a_venue
from tests.test_commitments import with_signatories
from tests.trials import a_walk, venues
from workflows.tasks import work_of
from workflows.walk import Walk

pytestmark = pytest.mark.django_db

STEPS = ["commitments", "kaikukanta_users", "induction"]
QUERIES = {
    "home": 31,
    "board": 35,
    "step commitments": 24,
    "step kaikukanta_users": 19,
    "step induction": 19,
    "people": 8,
    "me": 8,
    "person": 10,
    "partners": 11,
    "commitments": 16,
    "commitment": 24,
    "commitment_preview": 23,
}
SIGN_IN, ASK_CODE = 0, 11


def more_people(region: Region, number: int) -> None:
    """So many more, each responsible for one municipality."""
    town, so_far = region.municipalities.first(), Person.objects.count()
    made = Person.objects.bulk_create(
        Person(email=f"heli.{so_far + one}@example.org", name=f"Heli {one}") for one in range(number)
    )
    Responsibility.objects.bulk_create(
        Responsibility(region=region, person=person, side="care", municipality=town, since=localdate())
        for person in made
    )


def more_drafts(draft: Commitment, number: int) -> None:
    """So many more such as this one, without their documents."""
    parties = list(draft.parties.all())
    fields = {f.attname: getattr(draft, f.attname) for f in Commitment._meta.concrete_fields if f.attname != "id"}
    for one in Commitment.objects.bulk_create(Commitment(**fields) for _one in range(number)):
        for party in parties:
            party.pk, party.commitment = None, one
        Party.objects.bulk_create(parties)


def addresses(here: Walk, draft: Commitment, person: Person) -> dict[str, str]:
    slug = here.region.slug
    steps = {f"step {key}": reverse("step", args=[slug, here.trial.pk, key]) for key in STEPS}
    of_region = {name: reverse(name, args=[slug]) for name in ("board", "people", "partners", "commitments")}
    of_draft = {name: reverse(name, args=[slug, draft.pk]) for name in ("commitment", "commitment_preview")}
    own = {"home": "/", "me": reverse("me"), "person": reverse("person", args=[person.pk])}
    return own | of_region | steps | of_draft


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return len(captured)


def test_each_page_asks_the_same_number_at_10_and_at_200_tasks():
    here = a_walk("kainuu", until="commitments")
    first = here.region.municipalities.first()
    pirjo = name_person(here.region, "culture", "pirjo@example.org", "Pirjo Määttä", here.laura, municipality=first)
    draft = papers.draft_partner_commitment(a_venue(here.region, here.aino), here.aino)
    draft = with_signatories(draft, here.aino)
    client = Client()
    client.force_login(pirjo.person)
    pages = addresses(here, draft, pirjo.person)
    for more, tasks in ((10, 10), (190, 200)):
        venues(here, more)
        more_people(here.region, more)
        more_drafts(draft, more)
        assert len(work_of(pirjo.person).mine) >= tasks
        assert {name: asked(client, path) for name, path in pages.items()} == QUERIES
        ask_code(pirjo.person)


def ask_code(person: Person) -> None:
    """The page of sign-in, and the address typed there."""
    client = Client()
    assert asked(client, reverse("account_login")) == SIGN_IN
    with CaptureQueriesContext(connection) as captured:
        assert client.post(reverse("account_login"), {"email": person.email}).status_code == 302
    assert len(captured) == ASK_CODE
