"""Who walks through the tests? Named people and the places they live in, made by the services that the pages call."""

from datetime import timedelta

from django.utils.timezone import localdate

from adoption.country import load
from adoption.models import Municipality, Partner, Person, Region
from adoption.partners import add_partner
from adoption.people import add_kaikukeskus_person, find_or_make, name_person
from workflows.models import Trial
from workflows.services import open_trial


def a_kaikukeskus_person() -> Person:
    """Laura of Kaikukeskus."""
    return Person.objects.filter(email="laura@example.org").first() or add_kaikukeskus_person(
        "laura@example.org", "Laura Mäkelä", None
    )


def a_region(slug: str = "kainuu") -> Region:
    """A region of the shipped data."""
    if not Region.objects.exists():
        load()
    return Region.objects.get(slug=slug)


def a_pair(region: Region) -> tuple[Person, Person]:
    """Aino of culture and Mikko of care, each for the whole region."""
    laura = a_kaikukeskus_person()
    aino = name_person(
        region, "culture", f"aino.{region.slug}@example.org", "Aino Virtanen", laura, title="kulttuurituottaja"
    )
    mikko = name_person(
        region, "care", f"mikko.{region.slug}@example.org", "Mikko Kettunen", laura, title="koordinaattori"
    )
    return aino.person, mikko.person


def a_stranger() -> Person:
    """Sirpa, who is known to the site and responsible for nothing."""
    return find_or_make("sirpa@example.org", "Sirpa Outola")


def a_trial(region: Region, model: str = "2024", municipalities: list[Municipality] | None = None) -> Trial:
    """A trial of the region that begins in half a year, at its first step."""
    start = localdate() + timedelta(days=180)
    chosen = municipalities or list(region.municipalities.all())
    return open_trial(region, chosen, start, start + timedelta(days=365), a_kaikukeskus_person(), model)


def a_distributor(region: Region, by: Person, name: str = "Kohtaamispaikka Tupanen ry", **details: object) -> Partner:
    """A third-sector distributor with contact and signatory, a candidate who has said yes."""
    return _a_partner(region, by, name, "third", Partner.Role.DISTRIBUTOR, Partner.Kind.CLUBHOUSE, **details)


def a_venue(region: Region, by: Person, name: str = "Taidehalli Pato", **details: object) -> Partner:
    """A public venue with contact and signatory, a candidate who has said yes."""
    return _a_partner(region, by, name, "public", Partner.Role.VENUE, Partner.Kind.CULTURE, **details)


def _a_partner(region: Region, by: Person, name: str, sector: str, role: str, kind: str, **details: object) -> Partner:
    address = f"contact.{Partner.objects.count()}@example.org"
    given = {
        "interest": "yes",
        "signatory_name": f"Toimi {name}",
        "signatory_title": "johtaja",
        "signatory_basis": "rules",
    }
    return add_partner(
        region, by, {"name": name, "sector": sector}, role, list(region.municipalities.all()[:1]),
        contact={"email": address, "name": "Outi Karppinen"}, kind=kind, **(given | details),
    )  # fmt: skip
