"""How does a region walk from the first step to the decision? The main job, by the services that the pages call.

Tests, the demo and `manage.py walk` all walk by this; every person and organisation in it is invented.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from pypdf import PdfWriter

from adoption import partners
from adoption.models import Organisation, Partner, Person, Region
from adoption.people import add_kaikukeskus_person, name_person
from adoption.refusal import Refused
from adoption.regions import language_of
from commitments import reviewing
from commitments import services as commitments
from commitments.making import finish
from commitments.models import Commitment, Party
from workflows import services
from workflows.models import Trial

KEYS = (
    "intro_event", "local_pair", "pair_training", "workshop", "commitments", "6", "print_comms", "induction",
    "start_distribution", "feedback", "decision",
)  # fmt: skip
SIX = {"2023": "statistics", "2024": "kaikukanta_users"}


@dataclass
class Walk:
    """A trial on its way, and those who walk it."""

    trial: Trial
    laura: Person
    aino: Person
    mikko: Person

    @property
    def region(self) -> Region:
        return self.trial.region

    def both(self, key: str, evidence: dict | None = None) -> None:
        """Culture records and confirms, then care."""
        self.record(key, evidence, self.aino)
        for person in (self.aino, self.mikko):
            services.confirm_step(self.trial, key, person)

    def record(self, key: str, evidence: dict | None, by: Person) -> None:
        if evidence is not None:
            services.save_evidence(
                self.trial, key, by, evidence, version=self.trial.steps.get(key=key, round=1).version
            )

    def partners(self) -> list[Partner]:
        return list(self.region.partners.select_related("organisation"))


def begin(region: Region, model: str, made_by: str) -> Walk:
    """The trial of all the region's municipalities is open, at its first step. Raises Refused for a second walk."""
    if region.trials.exists():
        raise Refused([_("This region has a trial already: a second walk would walk over it.")])
    laura = Person.objects.filter(is_kaikukeskus=True, made_by=made_by).first() or add_kaikukeskus_person(
        "laura.makela@example.org", "Laura Mäkelä", None, made_by, title="erityisasiantuntija"
    )
    start = localdate() + timedelta(days=168)
    trial = services.open_trial(region, region.municipalities.all(), start, start + timedelta(days=364), laura, model)
    aino, mikko = _pair(region, laura, made_by)
    return Walk(trial, laura, aino, mikko)


NAMES = (
    "Aino Virtanen",
    "Mikko Kettunen",
    "Pirjo Määttä",
    "Sanna Heikkinen",
    "Annika Sundqvist",
    "Johan Westerlund",
    "Tuula Niemelä",
    "Petri Alanko",
    "Katja Ranta",
    "Ilkka Hiltunen",
    "Marjo Toivanen",
    "Antero Saarinen",
)
TITLES = {
    "fi": {"culture": "kulttuurituottaja", "care": "hyvinvointikoordinaattori", "partner": "toiminnanjohtaja"},
    "sv": {"culture": "kulturproducent", "care": "välfärdskoordinator", "partner": "verksamhetsledare"},
}
CONTACTS = (
    "Outi Karppinen",
    "Jarmo Väisänen",
    "Henna Soini",
    "Leena Kuisma",
    "Timo Paavola",
    "Riikka Salonen",
    "Camilla Nyholm",
    "Stefan Backlund",
    "Maria Granholm",
    "Seppo Kinnunen",
    "Noora Lampinen",
    "Arto Jauhiainen",
    "Heli Mustonen",
    "Kalle Repo",
    "Veera Tolonen",
)


def _pair(region: Region, laura: Person, made_by: str) -> tuple[Person, Person]:
    first = 2 * (Trial.objects.count() - 1)
    people = []
    language = language_of(region)
    for number, side in enumerate(("culture", "care")):
        name = NAMES[(first + number) % len(NAMES)]
        address = f"{_plain(name)}.{region.slug}@example.org"
        given = name_person(
            region,
            side,
            address,
            name,
            laura,
            made_by=made_by,
            title=TITLES[language][side],
            phone="040 000 0000",
            language=language,
        )
        people.append(given.person)
    return people[0], people[1]


def _plain(name: str) -> str:
    return name.lower().replace(" ", ".").replace("ä", "a").replace("ö", "o")


def walk(here: Walk, until: str = "decision") -> None:
    """The trial stands after the step `until`: everything before it is recorded, signed and confirmed."""
    acts: dict[str, Callable[[Walk], None]] = {
        "intro_event": introduce, "local_pair": name_pair, "pair_training": train, "workshop": meet,
        "commitments": commit, "6": make_accounts, "print_comms": print_materials, "induction": induct,
        "start_distribution": start, "feedback": give_feedback, "decision": decide,
    }  # fmt: skip
    for key in KEYS[: KEYS.index(until) + 1]:
        acts[key](here)


def introduce(here: Walk) -> None:
    here.record("intro_event", {"date": _day(-60), "place": "Teams", "attendees": 25}, here.laura)
    services.confirm_step(here.trial, "intro_event", here.laura)


def name_pair(here: Walk) -> None:
    services.confirm_step(here.trial, "local_pair", here.laura)


def train(here: Walk) -> None:
    here.record("pair_training", {"date": _day(-45), "trainer": here.laura.name, "place": "Teams"}, here.laura)
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "pair_training", person)


def meet(here: Walk) -> None:
    """The workshop: three candidates, and each body has decided to take part."""
    add_partners(here)
    bodies = [f"m{m.pk}" for m in here.trial.municipalities.all()] + (["county"] if here.region.county else [])
    decided = [
        {"body": body, "organ": "aluehallitus" if body == "county" else "hyvinvointilautakunta",
         "date": _day(-20), "section": f"§ {number}", "record": f"KP/{number}/{localdate().year}"}
        for number, body in enumerate(bodies, 11)
    ]  # fmt: skip
    here.both(
        "workshop", {"date": _day(-30), "place": "Pääkirjaston kokoussali", "attendees": 34, "decisions": decided}
    )


def add_partners(here: Walk) -> None:
    """A third-sector distributor, a public one of the county or town itself, and a venue."""
    town = list(here.trial.municipalities.order_by("-population_2022"))[:1]
    body = here.region.county.name_fi if here.region.county else town[0].name_fi
    slug = here.region.slug
    _add(here, f"Kohtaamispaikka Valonpilke {town[0].name_fi} ry", "", "third", "clubhouse", town, slug)
    _add(here, body, "Talous- ja velkaneuvonta", "public", "debt_advice", town, slug)
    _add(here, f"{town[0].name_fi}: Taidehalli Pato", "", "private", "culture", town, slug)


def _add(here: Walk, name: str, unit: str, sector: str, kind: str, towns: list, slug: str) -> Partner:
    distributor = kind not in Partner.VENUE_KINDS
    number = Partner.objects.count()
    contact, signatory = CONTACTS[number % len(CONTACTS)], "Teemu Laaksonen" if distributor else "Ville Aho"
    return partners.add_partner(
        here.region, here.mikko if distributor else here.aino, {"name": name, "sector": Organisation.Sector(sector)},
        Partner.Role.DISTRIBUTOR if distributor else Partner.Role.VENUE, towns, unit=unit, kind=kind,
        contact={"email": f"{_plain(contact)}.{slug}.{number}@example.org", "name": contact,
                 "made_by": here.aino.made_by},
        language=language_of(here.region), interest="yes", signatory_name=signatory,
        signatory_title=TITLES[language_of(here.region)]["partner"],
        signatory_email=f"{_plain(signatory)}@example.org", signatory_basis="administrative" if unit else "rules",
        client_group="Matalan kynnyksen palvelu aikuisille." if distributor else "",
        cards_per_year=60 if distributor else None,
        most_in_tight=True if distributor else None,
        why_most="Noin neljä viidestä kävijästä elää perusturvan varassa." if distributor else "",
        offering="" if distributor else "Kaikki omat näyttelyt.", how_to_get="" if distributor else "Lippukassalta.",
    )  # fmt: skip


def commit(here: Walk) -> None:
    """Kaikukeskus clears the distributors; every commitment is drafted, checked, sent and signed, its own way."""
    for partner in here.partners():
        if partner.is_distributor:
            partners.request_clearance(partner, here.mikko)
            partners.clear(partner, here.laura)
    draft = services.draft_for_trial(here.trial, here.aino)
    sign_by_copy(ready(draft, here.aino), here.mikko, here.laura)
    for number, partner in enumerate(here.partners()):
        draft = ready(services.draft_for_partner(partner, here.aino), here.mikko)
        if number % 2:
            commitments.record_kaikukanta(draft, here.mikko, here.laura.name, localdate())
        else:
            sign_by_copy(draft, here.mikko)
    here.both("commitments", {"meeting": _day(-8)})


def ready(draft: Commitment, by: Person) -> Commitment:
    """The draft has its signatories and record numbers, has been read and sent."""
    rows = draft.parties.exclude(role__in=[Party.Role.PARTNER, Party.Role.KAIKUKESKUS])
    named = {
        party.pk: {
            "signatory_name": "Helena Rautio" if party.county_id else "Antti Hämäläinen",
            "signatory_title": "hyvinvointialuejohtaja" if party.county_id else "sivistysjohtaja",
            "signatory_basis": "hallintosääntö § 25",
            "record_number": f"KP/{party.pk}/{localdate().year}",
        }
        for party in rows
    }
    draft = commitments.change_draft(draft, by, named)
    own = draft.parties.filter(role=Party.Role.KAIKUKESKUS, signatory_name="").first()
    if own:  # Kaikukeskus names its own signatory, in its first commitment; later ones have the same
        laura = Person.objects.filter(is_kaikukeskus=True).order_by("pk")[0]
        draft = commitments.change_draft(draft, laura, {own.pk: {"signatory_name": laura.name}})
    edition = finish(draft).edition
    assert edition
    return commitments.send(commitments.check(draft, by, edition.manifest_sha256), by)


def sign_by_copy(commitment: Commitment, by: Person, kaikukeskus: Person | None = None) -> None:
    """The others' copy first; Kaikukeskus, where it is a party, signs last and uploads its own."""
    rows = list(commitment.parties.all())
    others = [p for p in rows if p.role != Party.Role.KAIKUKESKUS]
    signed = [commitments.Signature(p.pk, p.signatory_name, localdate()) for p in others]
    reviewing.record_copy(commitment, by, a_pdf(), "allekirjoitettu.pdf", signed)
    for party in rows:
        if party.role == Party.Role.KAIKUKESKUS and kaikukeskus:
            own = [commitments.Signature(party.pk, kaikukeskus.name, localdate())]
            reviewing.record_copy(commitment, kaikukeskus, a_pdf(), "kaikki.pdf", own)


def a_pdf() -> bytes:
    """An empty A4 page, for want of a scanner."""
    page, writer = BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(page)
    return page.getvalue()


def make_accounts(here: Walk) -> None:
    """2024: an account for each partner. 2023: the person who sees to the statistics, and accounts all the same."""
    for partner in here.partners():
        partners.record_account(partner, here.mikko, localdate() - timedelta(days=5))
    here.both(SIX[here.trial.model], {"statistics_person": here.aino.name})


def print_materials(here: Walk) -> None:
    slug = here.region.slug
    printed = {
        "printed_on": _day(-4), "languages": ["fi", "sv"], "cards": 500, "community_cards": 20, "brochures": 1500,
        "posters": 80, "cost": "1850.00", "local_page": f"https://{slug}.example.org/kaikukortti",
        "feedback_email": f"kaikukortti.{slug}@example.org",
    }  # fmt: skip
    here.both("print_comms", printed)


def induct(here: Walk) -> None:
    for partner in here.partners():
        partners.record_induction(partner, here.mikko, localdate() - timedelta(days=2), Partner.Manner.EVENT, 6)
    here.both("induction", {"note": "Yhteinen perehdytys."})


def start(here: Walk) -> None:
    here.both("start_distribution", {"start": _day(0), "end": _day(364)})


def give_feedback(here: Walk) -> None:
    minutes = "Korttia on jaettu odotettua enemmän. Uimahalli toivotaan mukaan."
    services.record_meeting(here.region, here.aino, localdate(), 18, minutes, kaikukeskus_took_part=True)
    here.both("feedback", {"survey": _day(0)})


def decide(here: Walk) -> None:
    for person, body in ((here.aino, "Sivistyslautakunta"), (here.mikko, "Aluehallitus")):
        record = {
            "outcome": "continue",
            "body": body,
            "date": _day(0),
            "section": "§ 21",
            "record_number": "KP/99/2027",
            "new_end": None,
        }
        services.confirm_step(here.trial, "decision", person, record)


def _day(days: int) -> str:
    return (localdate() + timedelta(days=days)).isoformat()


def only_invented_people() -> bool:
    """Whether every person here was made by the demo or a walk, so that a walk disturbs nobody."""
    return not Person.objects.filter(made_by="").exists()
