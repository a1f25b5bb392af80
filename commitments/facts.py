"""What does a document say? A commitment as a plain dict for its template, in one language."""

from datetime import date, datetime

from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.costs import share
from adoption.models import Partner, Responsibility, Side
from adoption.operating_model import KAIKUKESKUS_LEGAL_NAME, KAIKUKESKUS_NAME, MODELS
from commitments.models import Commitment, Party

PARTNER_ROLES = {
    Partner.Role.DISTRIBUTOR: {"fi": "Kaikukortin jakaja", "sv": "Kortutdelare", "en": "Kaikukortti distributor"},
    Partner.Role.VENUE: {"fi": "Kaikukortti-kohde", "sv": "Kaikukorttiobjekt", "en": "Kaikukortti venue"},
}
LAST_LETTERS = {ord("å"): "{", ord("ä"): "|", ord("ö"): "}"}  # after z, in this order


def facts(commitment: Commitment, language: str, moment: datetime) -> dict:
    """The facts of the commitment in the language, for papers that were asked for at the moment.

    Strings, booleans and lists of dicts only, never None.
    """
    with translation.override(language):
        said = _common(commitment, language) | {"made_on": day(localdate(moment))}
        said |= (
            _of_region(commitment, language)
            if commitment.partner is None
            else _of_partner(commitment, commitment.partner)
        )
        return said


def _common(commitment: Commitment, language: str) -> dict:
    parties = _parties(commitment, language)
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


def _parties(commitment: Commitment, language: str) -> list[Party]:
    """The partner, the municipalities in the alphabetical order of the language, the county, Kaikukeskus."""
    roles = list(Party.Role)
    found = commitment.parties.select_related("municipality", "county")
    return sorted(
        found, key=lambda party: (roles.index(Party.Role(party.role)), alphabetical(party.name_in_languages[language]))
    )


def alphabetical(name: str) -> str:
    """What sorts names as Finnish and Swedish do: å, ä and ö are letters of their own, after z."""
    return name.casefold().translate(LAST_LETTERS)


def _party(commitment: Commitment, party: Party, language: str) -> dict:
    role = str(party.get_role_display())
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


def _of_region(commitment: Commitment, language: str) -> dict:
    return {
        "population_year": "2022",
        "culture_people": _people(commitment, Side.CULTURE, language),
        "care_people": _people(commitment, Side.CARE, language),
        "feedback_email": commitment.feedback_email,
        "local_page": commitment.local_page,
        "costs": _costs(commitment, language),
    }


def _people(commitment: Commitment, side: str, language: str) -> list[dict]:
    """The side's responsible persons, then their substitutes, who are marked as such."""
    members = commitment.parties.exclude(municipality=None).values("municipality")
    held = Responsibility.objects.current().filter(region=commitment.region, side=side).covering(members)
    return [
        {
            "name": one.person.name,
            "title": one.person.title,
            "substitute": _("substitute") if one.substitute else "",
            "email": one.person.email,
            "phone": one.person.phone,
            "municipality": one.municipality.name_in(language)
            if one.municipality
            else commitment.region.name_in(language),
        }
        for one in held.select_related("person", "municipality").order_by("substitute", "pk")
    ]


def _costs(commitment: Commitment, language: str) -> list[dict]:
    """Each municipality by its own residents, the county by those of all of them; not known where they are not."""
    parties = _parties(commitment, language)
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


def _of_partner(commitment: Commitment, partner: Partner) -> dict:
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
        "why_most_clients": partner.why_most,
        "cards_per_year": number(partner.cards_per_year),
        "offering": partner.offering,
        "limits": partner.limits,
        "how_to_get": partner.how_to_get,
        "responsible_people": [
            {key: person[key] for key in ("name", "title", "substitute", "email", "municipality")}
            for person in _people(commitment, partner.side, translation.get_language() or "fi")
        ],
    }


def day(value: date | None) -> str:
    """5.3.2027, as Finnish and Swedish papers in Finland write it; empty when there is none."""
    return f"{value.day}.{value.month}.{value.year}" if value else ""


def number(value: int | None) -> str:
    """1 371 with a hard space; empty when it is not known."""
    return f"{value:,}".replace(",", "\u00a0") if value is not None else ""
