"""What does a document say? A commitment as a plain dict for its template, in one language."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption import venue_limits
from adoption.alphabet import alphabetical
from adoption.costs import share
from adoption.models import Partner, Responsibility, Side
from adoption.operating_model import KAIKUKESKUS_LEGAL_NAME, KAIKUKESKUS_NAME, MODELS
from commitments.models import Commitment, Party
from commitments.templates import LANGUAGES

PARTNER_ROLES = {
    Partner.Role.DISTRIBUTOR: {"fi": "Kaikukortin jakaja", "sv": "Kortutdelare", "en": "Kaikukortti distributor"},
    Partner.Role.VENUE: {"fi": "Kaikukortti-kohde", "sv": "Kaikukorttiobjekt", "en": "Kaikukortti venue"},
}


class Known(NamedTuple):
    """A commitment with the rows that its papers tell of."""

    commitment: Commitment
    parties: list[Party]
    people: list[Responsibility]


def facts(commitment: Commitment, language: str, moment: datetime) -> dict:
    """The facts of the commitment in the language, for papers that were asked for at the moment.

    Strings, booleans and lists of dicts only, never None.
    """
    return _said(_known(commitment), language, moment)


def in_languages(commitment: Commitment, moment: datetime) -> dict[str, dict]:
    """The facts in each language of the parties. The rows are read once for all, so that no two tell of other days."""
    known = _known(commitment)
    return {language: _said(known, language, moment) for language in _languages(commitment, known.parties)}


def languages(commitment: Commitment) -> list[str]:
    """The languages of the parties: those of each municipality and of the county, both where it is bilingual, the
    partner's, and Kaikukeskus's, which works in Finnish."""
    return _languages(commitment, commitment.parties.select_related("municipality", "county"))


def _languages(commitment: Commitment, parties: Iterable[Party]) -> list[str]:
    wanted = {commitment.partner.language} if commitment.partner else set()
    for party in parties:
        wanted |= _of_party(party)
    return [language for language in LANGUAGES if language in wanted] or ["fi"]


def _of_party(party: Party) -> set[str]:
    if party.role == Party.Role.KAIKUKESKUS:
        return {"fi"}
    body = party.municipality or party.county
    return set(body.languages) if body else set()


def _known(commitment: Commitment) -> Known:
    parties = list(commitment.parties.select_related("municipality", "county"))
    members = [party.municipality_id for party in parties if party.municipality_id]
    sides = [commitment.partner.side] if commitment.partner else [Side.CULTURE, Side.CARE]
    held = Responsibility.objects.current().filter(region=commitment.region_id, side__in=sides).covering(members)
    people = held.select_related("person", "municipality").order_by("substitute", "pk")
    return Known(commitment, parties, list(people))


def _said(known: Known, language: str, moment: datetime) -> dict:
    with translation.override(language):
        said = _common(known, language) | {"made_on": day(localdate(moment))}
        partner = known.commitment.partner
        return said | (_of_partner(known, partner, language) if partner else _of_region(known, language))


def _common(known: Known, language: str) -> dict:
    commitment, parties = known.commitment, in_order(known.parties, language)
    municipalities = [p.municipality for p in parties if p.municipality]
    county = next((p.county for p in parties if p.role == Party.Role.COUNTY), None)
    return {
        "document_id": f"KP-{commitment.pk}",
        "title": MODELS[commitment.operating_model].titles[commitment.kind][language],
        "operating_model": commitment.operating_model,
        "region_name": commitment.region.name_in(language),
        "term_start": day(commitment.term_start or localdate(commitment.made_at)),  # a paper has a beginning
        "term_end": day(commitment.term_end),
        "parties": [_party(commitment, party, language) for party in parties],
        "kaikukeskus": {"name": KAIKUKESKUS_NAME[language], "legal_name": KAIKUKESKUS_LEGAL_NAME[language]},
        "municipalities": [
            {"name": m.name_in(language), "code": m.code or "", "population": number(m.population_2022)}
            for m in municipalities
        ],
        "county_name": county.name_in(language) if county else "",
        "has_county": county is not None,
    }


def in_order(parties: Iterable[Party], language: str) -> list[Party]:
    """The partner, the municipalities in the alphabetical order of the language, the county, Kaikukeskus."""
    roles = list(Party.Role)
    return sorted(
        parties,
        key=lambda party: (roles.index(Party.Role(party.role)), alphabetical(party.name_in_languages[language])),
    )


def _party(commitment: Commitment, party: Party, language: str) -> dict:
    role = str(Party.Role(party.role).label)
    business_id = ""
    if party.role == Party.Role.PARTNER and commitment.partner:
        role = PARTNER_ROLES[Partner.Role(commitment.partner.role)][language]
        business_id = commitment.partner.organisation.business_id
    return {
        "role": role[:1].upper() + role[1:],
        "name": party.name_in_languages[language] if party.role != Party.Role.KAIKUKESKUS else kaikukeskus(language),
        "business_id": business_id,
        "signatory_name": party.signatory_name,
        "signatory_title": party.signatory_title,
        "signatory_basis": party.basis,
        "record_number": party.record_number,
    }


def kaikukeskus(language: str) -> str:
    """Kaikukeskus as a party: its name and, behind it, the association that it is a service of."""
    return f"{KAIKUKESKUS_NAME[language]} ({KAIKUKESKUS_LEGAL_NAME[language]})"


def _of_region(known: Known, language: str) -> dict:
    return {
        "population_year": "2022",
        "culture_people": _people(known, Side.CULTURE, language),
        "care_people": _people(known, Side.CARE, language),
        "feedback_email": known.commitment.feedback_email,
        "local_page": known.commitment.local_page,
        "costs": _costs(known, language),
    }


def _people(known: Known, side: str, language: str) -> list[dict]:
    """The side's responsible persons, then their substitutes, who are marked as such."""
    return [
        {
            "name": one.person.name,
            "title": one.person.title,
            "substitute": _("substitute") if one.substitute else "",
            "email": one.person.email,
            "phone": one.person.phone,
            "municipality": one.municipality.name_in(language)
            if one.municipality
            else known.commitment.region.name_in(language),
        }
        for one in known.people
        if one.side == side
    ]


def _costs(known: Known, language: str) -> list[dict]:
    """Each municipality by its own residents, the county by those of all of them; not known where they are not."""
    parties = in_order(known.parties, language)
    residents = {p.pk: p.municipality.population_2022 or 0 for p in parties if p.municipality}
    together = sum(residents.values())
    residents |= {p.pk: together for p in parties if p.county}
    return [
        {
            "name": party.name_in_languages[language],
            "residents": number(residents[party.pk] or None),
            "share_2024": number(share(residents[party.pk], 2024)) if residents[party.pk] else "",
            "share_2025": number(share(residents[party.pk], 2025)) if residents[party.pk] else "",
        }
        for party in parties
        if party.pk in residents
    ]


def _of_partner(known: Known, partner: Partner, language: str) -> dict:
    people = [
        {key: person[key] for key in ("name", "title", "substitute", "email", "municipality")}
        for person in _people(known, partner.side, language)
    ]
    return _own(partner, language) | {"responsible_people": people}


def own_of_partner(partner: Partner, language: str) -> dict:
    """What a paper in the language says of the partner by its own data, as they are now."""
    with translation.override(language):
        return _own(partner, language)


def _own(partner: Partner, language: str) -> dict:
    contact = partner.contact
    return {
        "partner": {
            "name": partner.organisation.name,
            "unit": partner.unit,
            "business_id": partner.organisation.business_id,
            "sector": str(partner.organisation.get_sector_display()),
            "kind": str(partner.get_kind_display()),
            "contact_name": contact.name if contact else "",
            "contact_title": contact.title if contact else "",
            "contact_email": contact.email if contact else "",
            "contact_phone": contact.phone if contact else "",
        },
        "is_distributor": partner.is_distributor,
        "is_venue": not partner.is_distributor,
        "clearance_date": day(partner.cleared_on),
        "client_group": partner.client_group,
        "most_in_tight": partner.most_in_tight is not False,
        "why_most_clients": partner.grounds,
        "why_cleared": partner.cleared_because,
        "cards_per_year": number(partner.cards_per_year),
        "offering": partner.offering,
        "limits": venue_limits.said(partner, language),
        "how_to_get": partner.how_to_get,
    }


def day(value: date | None) -> str:
    """5.3.2027, as Finnish and Swedish papers in Finland write it; empty when there is none."""
    return f"{value.day}.{value.month}.{value.year}" if value else ""


def number(value: int | None) -> str:
    """1 371 with a hard space; empty when it is not known."""
    return f"{value:,}".replace(",", "\u00a0") if value is not None else ""
