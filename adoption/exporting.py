"""Which table are a region's partners? In the columns in which a list is brought in, so that it can come back."""

from collections.abc import Iterator

from adoption.alphabet import by_name
from adoption.columns import OF_PARTNER, heading
from adoption.models import Partner, Region

COLUMNS = (*OF_PARTNER, "cleared_on", "account_on", "induction_on")


def partners_table(region: Region) -> Iterator[list[object]]:
    """The headings, then a row for each partner of the region, in the language that is spoken at the moment."""
    yield [heading(column) for column in COLUMNS]
    found = Partner.objects.filter(region=region).select_related("organisation", "contact")
    for partner in found.prefetch_related("municipalities").iterator(chunk_size=500):
        cells = _cells(partner)
        yield [cells[column] for column in COLUMNS]


def _cells(partner: Partner) -> dict[str, object]:
    owner = partner.organisation
    return {
        "organisation": owner.name,
        "business_id": owner.business_id,
        "unit": partner.unit,
        "role": partner.get_role_display(),
        "kind": partner.get_kind_display(),
        "sector": owner.get_sector_display(),
        "municipalities": ", ".join(str(one) for one in by_name(partner.municipalities.all())),
        "language": partner.get_language_display(),
        "interest": partner.get_interest_display() if partner.interest else "",
        "signatory_name": partner.signatory_name,
        "signatory_title": partner.signatory_title,
        "signatory_email": partner.signatory_email,
        "signatory_basis": partner.get_signatory_basis_display() if partner.signatory_basis else "",
        "cleared_on": partner.cleared_on,
        "account_on": None if partner.account_before else partner.account_on,
        "induction_on": None if partner.induction_before else partner.induction_on,
        **_contact(partner),
    }


def _contact(partner: Partner) -> dict[str, object]:
    person = partner.contact
    parts = ("name", "email", "title", "phone")
    cells: dict[str, object] = {f"contact_{part}": getattr(person, part) if person else "" for part in parts}
    return cells | {"contact_language": person.get_language_display() if person else ""}
