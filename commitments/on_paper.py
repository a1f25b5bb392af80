"""How is a commitment taken over that was made on paper, before anything stood here? In force, without a document."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from adoption import partners
from adoption.access import only_kaikukeskus
from adoption.existing import Done, done_before, refuse_impossible
from adoption.history import Acting, locked
from adoption.models import Municipality, Partner, Person, Region
from adoption.operating_model import DEFAULT
from adoption.refusal import Refused
from commitments import services
from commitments.marks import record
from commitments.models import Commitment, Party


def partner_committed(
    partner: Partner,
    by: Person,
    on: date | None = None,
    model: str = DEFAULT,
    *,
    cleared: date | None = None,
    account: Done = True,
    induction: Done = True,
) -> Commitment:
    """The partner has committed itself on paper on the day, or on one that is not known: the commitment is in force.

    A distributor counts as cleared before, and account and induction as made before, if they are not recorded here.
    Raises Refused for a day to come, a partner that is committed or not on its way, one with an unfinished draft, and
    a distributor that stands uncleared here by anybody but Kaikukeskus.
    """
    with partners.changing(partner, by) as (partner, region, who):
        return take_over(partner, region, who, on, model, cleared=cleared, account=account, induction=induction)


def take_over(
    partner: Partner,
    region: Region,
    who: Acting,
    on: date | None,
    model: str = DEFAULT,
    cleared: date | None = None,
    account: Done = True,
    induction: Done = True,
) -> Commitment:
    """The same within a transaction that has locked the region and asked who may act."""
    refuse_impossible(on)
    if partner.state in services.PROMISED:
        raise Refused([_("%(partner)s has a commitment in force already.") % {"partner": partner}])
    if partner.state in (Partner.State.DECLINED, Partner.State.ENDED):
        said = _("%(partner)s is not taking part: consider it again first, on its own page.")
        raise Refused([said % {"partner": partner}])
    services.refuse_second_draft(Commitment.objects.filter(partner=partner))
    done_before(partner, region, who, cleared, account, induction)
    commitment = Commitment(region=region, kind=Commitment.Kind.PARTNER, operating_model=model, partner=partner)
    municipalities = list(partner.municipalities.order_by("name_fi"))
    _in_force(commitment, region, who, services.parties_of_partner(partner, municipalities, {}), on)
    partners.committed(partner, region, who, model)
    return commitment


@transaction.atomic
def region_committed(
    region: Region, municipalities: Iterable[Municipality], by: Person, on: date | None = None, model: str = DEFAULT
) -> Commitment:
    """Municipalities, county and Kaikukeskus have committed themselves on paper, on the day or on one that is not
    known: the commitment is in force.

    Only Kaikukeskus, which is a party of it, takes it over. Raises Refused for a day to come, without a municipality,
    for municipalities that all have one in force, and while a draft of theirs is unfinished.
    """
    region = locked(region.pk)
    return region_takes_over(region, list(municipalities), only_kaikukeskus(by), on, model)


class Paper(NamedTuple):
    """What is known of one party's signature on paper: its day, where it is another, and its record number."""

    on: date | None = None
    record_number: str = ""


def party_key(party: Party) -> str:
    """Which party it is: m12 for a municipality, else its role."""
    return f"m{party.municipality_id}" if party.municipality_id else str(party.role)


def region_takes_over(
    region: Region,
    municipalities: list[Municipality],
    who: Acting,
    on: date | None,
    model: str = DEFAULT,
    papers: Mapping[str, Paper] | None = None,
) -> Commitment:
    """The same within a transaction that has locked the region and asked who may act. `papers`: by `party_key`.

    It is in force from the day of the last signature, which is not known where one of them is not."""
    papers = papers or {}
    refuse_impossible(on, *(paper.on for paper in papers.values()))
    services.refuse_region_commitment(region, municipalities)
    commitment = Commitment(region=region, kind=Commitment.Kind.REGION, operating_model=model)
    _in_force(commitment, region, who, services.parties_of_region(region, municipalities), on, papers)
    return commitment


def correct_paper(
    commitment: Commitment, region: Region, who: Acting, on: date | None, papers: Mapping[str, Paper], reason: str
) -> None:
    """Its days and record numbers are these. Called under the region's lock. Raises Refused for a day to come."""
    refuse_impossible(on, *(paper.on for paper in papers.values()))
    parties = list(commitment.parties.all())
    for party in parties:
        _sign_on_paper(party, on, papers)
        party.save(update_fields=["signed_on", "record_number"])
    commitment.in_force_on = day = _last(parties)
    commitment.save(update_fields=["in_force_on"])
    record(region, who, "commitment_paper_corrected", commitment, reason, on=day.isoformat() if day else None)


def _sign_on_paper(party: Party, on: date | None, papers: Mapping[str, Paper]) -> None:
    paper = papers.get(party_key(party), Paper())
    party.signed_on, party.record_number = paper.on or on, paper.record_number


def _last(parties: list[Party]) -> date | None:
    days = [party.signed_on for party in parties if party.signed_on]
    return max(days) if len(days) == len(parties) else None


def _in_force(
    commitment: Commitment,
    region: Region,
    who: Acting,
    parties: list[Party],
    on: date | None,
    papers: Mapping[str, Paper] | None = None,
) -> None:
    """It stands with its parties; nothing is asked of anybody, and no certificate is made: nothing was signed here."""
    commitment.save()
    for position, party in enumerate(parties, 1):
        party.commitment, party.position = commitment, position
        party.method, party.recorded_by = Party.Method.PAPER, who.person
        _sign_on_paper(party, on, papers or {})
    Party.objects.bulk_create(parties)
    commitment.take_over()
    commitment.in_force_on = day = _last(parties)
    commitment.save()
    record(
        region, who, "commitment_on_paper", commitment, kind=commitment.kind, partner=commitment.partner_id,
        on=day.isoformat() if day else None, parties=[party.pk for party in parties],
    )  # fmt: skip
