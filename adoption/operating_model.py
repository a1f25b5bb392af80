"""What is called what in which version of the national operating model? Keys are neutral, names are versioned."""

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REGION_COMMITMENT = "region_commitment"
PARTNER_COMMITMENT = "partner_commitment"

# How a venue may limit its offer, in exceptional situations (R18): the fields of Partner that hold the numbers.
TICKETS, COURSES, PRICE, PERIOD = "tickets_per_event", "courses_per_year", "price_cap", "period_months"
LIMITS = (TICKETS, COURSES, PRICE, PERIOD)

KAIKUKESKUS_NAME = {
    "fi": "Kaikukeskus – Kaikukortin tuki- ja kehittämispalvelu",
    "sv": "Kaikukeskus – stöd- och utvecklingstjänsten för Kaikukortti",
    "en": "Kaikukeskus – Kaikukortti support and development service",
}
KAIKUKESKUS_LEGAL_NAME = {
    "fi": "Yhdenvertaisen kulttuurin puolesta ry",
    "sv": "För kultur på lika villkor r.f.",
    "en": "Yhdenvertaisen kulttuurin puolesta ry",
}


class OperatingModel(NamedTuple):
    """One dated version: the names of the two commitments (S1, S3), what makes a partner active,
    and how a venue may limit its offer."""

    key: str
    label: "StrOrPromise"
    names: "dict[str, StrOrPromise]"
    titles: dict[str, dict[str, str]]  # kind → language → title printed on the document
    needs_account: bool
    limits: tuple[str, ...] = LIMITS


def _titles(fi: str, sv: str, en: str) -> dict[str, str]:
    return {"fi": fi, "sv": sv, "en": en}


MODELS = {
    "2023": OperatingModel(
        "2023",
        _("operating model 2023"),
        # In 2023 "kumppanuussitoumus" meant the paper between the region and Kaikukeskus (S1).
        {
            REGION_COMMITMENT: _("Partnership commitment of the region"),
            PARTNER_COMMITMENT: _("Commitment of a partner"),
        },
        {
            REGION_COMMITMENT: _titles("Kumppanuussitoumus", "Partnerskapsförbindelse", "Partnership commitment"),
            PARTNER_COMMITMENT: _titles(
                "Kaikukortti-kumppanin sitoumus",
                "Kaikukorttipartnerns förbindelse",
                "Commitment of a Kaikukortti partner",
            ),
        },
        needs_account=False,
    ),
    "2024": OperatingModel(
        "2024",
        _("operating model 2024"),
        {REGION_COMMITMENT: _("Cooperation commitment"), PARTNER_COMMITMENT: _("Partnership commitment")},
        {
            REGION_COMMITMENT: _titles("Yhteistoimintasitoumus", "Samarbetsförbindelse", "Cooperation commitment"),
            PARTNER_COMMITMENT: _titles("Kumppanuussitoumus", "Partnerskapsförbindelse", "Partnership commitment"),
        },
        needs_account=True,
    ),
}

DEFAULT = "2024"
