"""Does every page open, for each kind of person, at every stage of both models: also reopened, early and skipped?"""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from adoption.models import Person
from adoption.people import name_person
from tests.trials import WALKED, a_walk
from workflows import services
from workflows.models import Trial
from workflows.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(params=["2023", "2024"])
def here(request: pytest.FixtureRequest) -> Walk:
    return a_walk("ruotsi", request.param)


def people(here: Walk) -> dict[str, Client]:
    """One of each kind, signed in."""
    region, laura = here.region, here.laura
    substitute = name_person(region, "care", "sini@example.org", "Sini Sijainen", laura, substitute=True).person
    reader = name_person(region, "group", "reino@example.org", "Reino Saari", laura).person
    kinds = {"culture": here.aino, "care": here.mikko, "substitute": substitute, "reader": reader, "laura": laura}
    return {kind: signed_in(person) for kind, person in kinds.items()}


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def addresses(here: Walk, kind: str) -> Iterator[str]:
    """My tasks, the board and the open steps; for one of the pair every step, as far as it has come."""
    slug = here.region.slug
    trial = services.read(here.trial.pk)
    yield from (reverse("my_tasks"), reverse("board", args=[slug]), reverse("plan", args=[slug, trial.pk]))
    yield from (reverse("step", args=[slug, trial.pk, k]) for k in (trial.rows if kind == "culture" else trial.open))


def wrong(here: Walk, visitors: dict[str, Client], stage: str) -> dict[str, int]:
    """The pages that do not open."""
    found = {
        f"{stage}: {path} as {kind}": visitor.get(path, follow=True).status_code
        for kind, visitor in visitors.items()
        for path in addresses(here, kind)
    }
    for partner in here.partners()[:1]:
        assert partner.contact
        found[f"{stage}: my tasks as contact"] = signed_in(partner.contact).get("/").status_code
    return {path: status for path, status in found.items() if status != 200}


def test_every_page_opens_at_every_stage(here):
    visitors, faults = people(here), {}
    for stage, act in WALKED.items():
        faults |= wrong(here, visitors, f"before {stage}")
        act(here)
    assert Trial.objects.get(pk=here.trial.pk).decided == "continue"
    assert faults | wrong(here, visitors, "decided") == {}


def test_every_page_opens_with_steps_reopened_early_and_skipped(here):
    visitors, faults = people(here), {}
    for number, (stage, act) in enumerate(WALKED.items()):
        open_keys = list(services.read(here.trial.pk).open)
        if number < 5 and stage != "commitments":
            services.open_next_early(here.trial, open_keys[0], here.laura, "Sovittu puhelimessa.")
        faults |= wrong(here, visitors, f"early {stage}")
        act(here)
        closed = [key for key, row in services.read(here.trial.pk).rows.items() if row.closed_at]
        for key in closed[-1:] if stage != "decision" else []:
            services.reopen_step(here.trial, key, here.laura, "Tieto muuttui.")
            faults |= wrong(here, visitors, f"reopened {key}")
            close_again(here, key)
    assert faults == {}


def close_again(here: Walk, key: str) -> None:
    if key in ("local_pair", "start_distribution"):
        for person in (here.laura,) if key == "local_pair" else (here.aino, here.mikko):
            services.confirm_step(here.trial, key, person)
    else:
        services.skip_step(here.trial, key, here.laura, "Asia on kunnossa.")
