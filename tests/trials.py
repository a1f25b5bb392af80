"""Where does the trial of a page's test stand? Walked there by the services, only the papers of step 5 left out."""

import re

from adoption.models import Partner
from commitments.models import Commitment, Party
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_trial
from workflows import services
from workflows import walk as acts
from workflows.models import Trial
from workflows.walk import Walk


def without_papers(here: Walk) -> None:
    """The partners are committed and step 5 is skipped: a page shows the same, without forty documents a test."""
    for partner in here.partners():
        promise(partner, here.trial.model)
    services.skip_step(here.trial, "commitments", here.laura, "The papers are in another test.")


def promise(partner: Partner, model: str = "2024") -> None:
    """The partner's commitment for its municipalities is in force, without its paper."""
    Partner.objects.filter(pk=partner.pk).update(state="committed", committed_model=model)
    commitment = Commitment.objects.create(
        region=partner.region, kind="partner_commitment", operating_model=model, partner=partner, state="in_force"
    )
    Party.objects.bulk_create(
        Party(commitment=commitment, position=number, role="municipality", municipality=town, name=town.name_fi)
        for number, town in enumerate(partner.municipalities.all(), 1)
    )


WALKED = {
    "intro_event": acts.introduce, "local_pair": acts.name_pair, "pair_training": acts.train, "workshop": acts.meet,
    "commitments": without_papers, "6": acts.make_accounts, "print_comms": acts.print_materials,
    "induction": acts.induct, "start_distribution": acts.start, "feedback": acts.give_feedback,
    "decision": acts.decide,
}  # fmt: skip


def a_walk(slug: str = "ruotsi", model: str = "2024", until: str = "") -> Walk:
    """A trial of the region, by default of one municipality, after the step `until`. Its pair reads English."""
    region = a_region(slug)
    aino, mikko = a_pair(region)
    here = Walk(a_trial(region, model), a_kaikukeskus_person(), aino, mikko)
    for person in (here.laura, aino, mikko):
        person.language = "en"
        person.save()
    for key in list(WALKED)[: list(WALKED).index(until) + 1 if until else 0]:
        WALKED[key](here)
    here.trial = Trial.objects.select_related("region").get(pk=here.trial.pk)
    return here


def text_of(response) -> str:
    """The page as a reader has it: tags away, spaces joined."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'")
    return " ".join(body.split())


def venues(here: Walk, count: int) -> list[Partner]:
    """So many committed venues more."""
    organisation = here.partners()[0].organisation
    town = here.region.municipalities.first()
    made = Partner.objects.bulk_create(
        Partner(
            region=here.region, organisation=organisation, unit=f"Unit {count}-{number}", role="venue",
            kind="culture",
        )
        for number in range(count)
    )  # fmt: skip
    served = Partner.municipalities.through
    served.objects.bulk_create(served(partner_id=partner.pk, municipality_id=town.pk) for partner in made)
    for partner in made:
        promise(partner)
    return made
