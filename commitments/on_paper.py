"""How is a commitment taken over that was made on paper, before anything stood here? In force, without a document."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption import partners
from adoption.access import only_kaikukeskus
from adoption.existing import Done, done_before
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
    _refuse_coming(on)
    if partner.state in services.PROMISED:
        raise Refused([_("%(partner)s has a commitment in force already.") % {"partner": partner}])
    if partner.state in (Partner.State.DECLINED, Partner.State.ENDED):
        said = _("%(partner)s is not taking part: consider it again first, on its own page.")
        raise Refused([said % {"partner": partner}])
    services.refuse_second_draft(Commitment.objects.filter(partner=partner))
    done_before(partner, region, who, cleared, account, induction)
    commitment = Commitment(region=region, kind=Commitment.Kind.PARTNER, operating_model=model, partner=partner)
    municipalities = list(partner.municipalities.order_by("name_fi"))
    _in_force(commitment, region, who, services.parties_of_partner(partner, municipalities), on)
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
    who = only_kaikukeskus(by)
    municipalities = list(municipalities)
    _refuse_coming(on)
    services.refuse_region_commitment(region, municipalities)
    commitment = Commitment(region=region, kind=Commitment.Kind.REGION, operating_model=model)
    _in_force(commitment, region, who, services.parties_of_region(region, municipalities), on)
    return commitment


def _refuse_coming(on: date | None) -> None:
    if on and on > localdate():
        raise Refused([_("The day is still to come: record it when it has happened.")])


def _in_force(commitment: Commitment, region: Region, who: Acting, parties: list[Party], on: date | None) -> None:
    """It stands with its parties; nothing is asked of anybody, and no certificate is made: nothing was signed here."""
    commitment.save()
    for position, party in enumerate(parties, 1):
        party.commitment, party.position = commitment, position
        party.method, party.signed_on, party.recorded_by = Party.Method.PAPER, on, who.person
    Party.objects.bulk_create(parties)
    commitment.take_over()
    commitment.in_force_on = on
    commitment.save()
    record(
        region, who, "commitment_on_paper", commitment, kind=commitment.kind, partner=commitment.partner_id,
        on=on.isoformat() if on else None, parties=[party.pk for party in parties],
    )  # fmt: skip
