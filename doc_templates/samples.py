"""Which fields may a template use? Those of FULL, one invented commitment per kind with every field filled, and those
of MINUTES, the minutes of an invented meeting.

MINIMAL is the least a commitment can say: one municipality, no county, no end, empty where empty is allowed.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

Facts = dict[str, Any]
MOMENT = datetime(2027, 3, 5, 12, tzinfo=UTC)


def _party(role: str, name: str, signatory: str = ",,", record: str = "", business_id: str = "") -> Facts:
    """`signatory` is "name, title, basis of the right to sign"."""
    keys = ("signatory_name", "signatory_title", "signatory_basis")
    signs = dict(zip(keys, map(str.strip, signatory.split(",")), strict=True))
    return {"role": role, "name": name, "business_id": business_id, "record_number": record} | signs


def _person(name: str, title: str, municipality: str, phone: str, substitute: str = "") -> Facts:
    email = name.lower().replace(" ", ".").replace("ä", "a").replace("ö", "o") + "@example.org"
    return {
        "name": name, "title": title, "substitute": substitute, "email": email, "phone": phone,
        "municipality": municipality,
    }  # fmt: skip


def _without_phone(person: Facts) -> Facts:
    return {key: value for key, value in person.items() if key != "phone"}


_KAIKUKESKUS = {
    "name": "Kaikukeskus – Kaikukortin tuki- ja kehittämispalvelu",
    "legal_name": "Yhdenvertaisen kulttuurin puolesta ry",
}
_IISALMI = _party("Kunta", "Iisalmi", "Aino Saarni, sivistysjohtaja, Hallintosääntö § 42", "IIS/214/2027")
_KUOPIO = _party("Kunta", "Kuopio", "Eero Lahdenranta, kulttuurijohtaja, Hallintosääntö § 31", "KUO/3087/2027")
_COUNTY = _party(
    "Hyvinvointialue",
    "Pohjois-Savon hyvinvointialue",
    "Helmi Koivusaari, osallisuuspäällikkö, Toimivaltapäätös 12.1.2027 § 3",
    "PSHVA/559/2027",
)
_CENTRE = _party(
    "Kaikukeskus",
    f"{_KAIKUKESKUS['name']} ({_KAIKUKESKUS['legal_name']})",
    "Kaisu Kuusisto, toiminnanjohtaja, Nimenkirjoitusoikeus",
)
_PARTNER = _party(
    "Kaikukortin jakaja",
    "Puu & Sivu <Oy>",
    "Ilmari Puro, toimitusjohtaja, Kaupparekisteri",
    business_id="1234567-1",
)

_CULTURE = [
    _person("Venla Kallio", "kulttuurituottaja", "Iisalmi", "040 555 0101"),
    _person("Onni Harju", "tapahtumakoordinaattori", "Kuopio", "040 555 0102", "sijainen"),
]
_CARE = [
    _person("Siiri Niemi", "hyvinvointikoordinaattori", "Pohjois-Savo", "040 555 0103"),
    _person("Tapio Kivelä", "suunnittelija", "Pohjois-Savo", "040 555 0104", "sijainen"),
]

_COMMON: Facts = {
    "document_id": "KP-128",
    "title": "Yhteistoimintasitoumus",
    "operating_model": "2024",
    "made_on": "5.3.2027",
    "region_name": "Pohjois-Savo",
    "term_start": "1.9.2027",
    "term_end": "31.8.2028",
    "kaikukeskus": _KAIKUKESKUS,
    "municipalities": [
        {"name": "Iisalmi", "code": "140", "population": "20\u00a0958"},
        {"name": "Kuopio", "code": "297", "population": "122\u00a0594"},
    ],
    "county_name": "Pohjois-Savon hyvinvointialue",
    "has_county": True,
}
_COMMON_MINIMAL: Facts = _COMMON | {
    "document_id": "KP-1",
    "region_name": "Kauniainen",
    "term_end": "",
    "municipalities": [{"name": "Kauniainen", "code": "235", "population": ""}],
    "county_name": "",
    "has_county": False,
}

FULL: dict[str, Facts] = {
    "region_commitment": _COMMON
    | {
        "parties": [_IISALMI, _KUOPIO, _COUNTY, _CENTRE],
        "population_year": "2022",
        "culture_people": _CULTURE,
        "care_people": _CARE,
        "feedback_email": "kaikukortti@example.org",
        "local_page": "https://example.org/kaikukortti",
        "costs": [
            {"name": "Iisalmi", "residents": "20\u00a0958", "share_2024": "220", "share_2025": "441"},
            {"name": "Kuopio", "residents": "122\u00a0594", "share_2024": "1\u00a0288", "share_2025": "2\u00a0577"},
            {
                "name": "Pohjois-Savon hyvinvointialue",
                "residents": "143\u00a0552",
                "share_2024": "1\u00a0509",
                "share_2025": "3\u00a0017",
            },
        ],
    },
    "partner_commitment": _COMMON
    | {
        "title": "Kumppanuussitoumus",
        "parties": [_PARTNER, _IISALMI, _COUNTY],
        "partner": {
            "name": "Puu & Sivu <Oy>",
            "unit": "Etsivä nuorisotyö",
            "business_id": "1234567-1",
            "sector": "Yksityinen",
            "kind": "Etsivä nuorisotyö",
            "contact_name": "Tuuli Metsä",
            "contact_title": "nuorisotyöntekijä",
            "contact_email": "tuuli.metsa@example.org",
            "contact_phone": "040 555 0110",
        },
        "is_distributor": True,
        "is_venue": False,
        "clearance_date": "12.2.2027",
        "client_group": "16–29-vuotiaat nuoret, joilla ei ole opiskelu- tai työpaikkaa",
        "most_in_tight": True,
        "why_cleared": "Asiakaskunta on pieni, ja alueella ei ole muuta jakajaa.",
        "why_most_clients": "Asiakkaat elävät pääosin perustoimeentulotuella tai työmarkkinatuella.",
        "cards_per_year": "60",
        "offering": "Teatterin kaikki omat näytännöt",
        "limits": "Enintään 10 lippua tilaisuutta kohti; enintään 3 kuukautta kerrallaan.",
        "how_to_get": "Lippu noudetaan lippumyymälästä tai varataan puhelimella.",
        "responsible_people": [_without_phone(person) for person in _CARE],
    },
}

MINIMAL: dict[str, Facts] = {
    "region_commitment": FULL["region_commitment"]
    | _COMMON_MINIMAL
    | {
        "parties": [_party("Kunta", "Kauniainen"), _party("Kaikukeskus", "Kaikukeskus")],
        "population_year": "",
        "culture_people": [],
        "care_people": [],
        "feedback_email": "",
        "local_page": "",
        "costs": [],
    },
    "partner_commitment": FULL["partner_commitment"]
    | _COMMON_MINIMAL
    | {
        "title": "Kumppanuussitoumus",
        "parties": [_party("Kaikukortti-kohde", "Teatteri Kuura"), _party("Kunta", "Kauniainen")],
        "partner": dict.fromkeys(FULL["partner_commitment"]["partner"], "") | {"name": "Teatteri Kuura"},
        "is_distributor": False,
        "is_venue": True,
        "clearance_date": "",
        "client_group": "",
        "most_in_tight": False,
        "why_most_clients": "",
        "why_cleared": "",
        "cards_per_year": "",
        "offering": "",
        "limits": "",
        "how_to_get": "",
        "responsible_people": [],
    },
}

MINUTES: Facts = {
    "title": "Palautekokous",
    "subtitle": "Kaikukortti-alue Pohjois-Savo",
    "held_on": "5.3.2027",
    "time": "13.00–14.30",
    "place": "Kuopion pääkirjasto",
    "written_by": "Venla Kallio",
    "agenda": [{"text": "Kortin käyttö ja luvut"}, {"text": "Kumppaneiden terveiset"}],
    "present": "14",
    "came": "2",
    "attendees": [
        {"name": "Venla Kallio", "whose": "Kulttuuripuoli"},
        {"name": "Ilmari Puro", "whose": "Puu & Sivu <Oy>"},
    ],
    "said": [{"text": "Korttia on käytetty eniten elokuvissa ja uimahallissa."}],
    "decisions": [{"text": "Perehdytys uusitaan syksyllä."}],
    "points": [{"text": "Lähettää uudet julisteet kohteille", "who": "Venla Kallio", "until": "31.3.2027"}],
    "has_survey": True,
    "survey": {
        "asked": "20",
        "answered": "12",
        "chart_words": "Keskiarvo: Kaikukortin käyttö on sujunut hyvin: 4,2.",
        "questions": [
            {
                "text": "Kaikukortin käyttö on sujunut hyvin.", "ones": "0", "twos": "1", "threes": "1", "fours": "5",
                "fives": "5", "mean": "4,2", "answers": "12",
            }
        ],
        "texts": [{"text": "Henkilökunta vaihtuu usein."}],
    },
}  # fmt: skip
MINUTES_MINIMAL: Facts = MINUTES | {
    "place": "–", "agenda": [], "present": "", "came": "0", "attendees": [], "said": [], "decisions": [], "points": [],
    "has_survey": False,
    "survey": {"asked": "", "answered": "", "chart_words": "", "questions": [], "texts": []},
}  # fmt: skip


class Shape(NamedTuple):
    """What a template of a kind is tried with: every field filled, and the least."""

    full: Facts
    minimal: Facts


SHAPES = {kind: Shape(full, MINIMAL[kind]) for kind, full in FULL.items()} | {
    "minutes": Shape(MINUTES, MINUTES_MINIMAL)
}


# What is another word, or another name, in another language. The rest is the same person and place.
_WORDS = {
    "Asiakaskunta on pieni, ja alueella ei ole muuta jakajaa.": (
        "Klientkretsen är liten och området har ingen annan kortutdelare.",
        "The group of clients is small, and the region has no other distributor.",
    ),
    "Kunta": ("Kommun", "Municipality"),
    "Hyvinvointialue": ("Välfärdsområde", "Wellbeing services county"),
    "Kaikukortin jakaja": ("Kortutdelare", "Kaikukortti distributor"),
    "Kaikukortti-kohde": ("Kaikukorttiobjekt", "Kaikukortti venue"),
    "Yhteistoimintasitoumus": ("Samarbetsförbindelse", "Cooperation commitment"),
    "Kumppanuussitoumus": ("Partnerskapsförbindelse", "Partnership commitment"),
    "Iisalmi": ("Idensalmi", "Iisalmi"),
    "Kauniainen": ("Grankulla", "Kauniainen"),
    "Pohjois-Savo": ("Norra Savolax", "North Savo"),
    "Pohjois-Savon hyvinvointialue": ("Norra Savolax välfärdsområde", "Wellbeing services county of North Savo"),
    "Yksityinen": ("Privat", "Private"),
    "Etsivä nuorisotyö": ("Uppsökande ungdomsarbete", "Outreach youth work"),
    "sijainen": ("ersättare", "substitute"),
    "Teatterin kaikki omat näytännöt": ("Teaterns alla egna föreställningar", "All the theatre's own performances"),
    "Enintään 10 lippua tilaisuutta kohti; enintään 3 kuukautta kerrallaan.": (
        "Högst 10 biljetter per evenemang; högst 3 månader åt gången.",
        "At most 10 tickets an event; at most 3 months at a time.",
    ),
    "Lippu noudetaan lippumyymälästä tai varataan puhelimella.": (
        "Biljetten hämtas i biljettkassan eller bokas per telefon.",
        "The ticket is fetched at the box office or booked by telephone.",
    ),
    "16–29-vuotiaat nuoret, joilla ei ole opiskelu- tai työpaikkaa": (
        "Unga på 16–29 år utan studie- eller arbetsplats", "Young people of 16–29 without a place to study or work",
    ),
    "Asiakkaat elävät pääosin perustoimeentulotuella tai työmarkkinatuella.": (
        "Klienterna lever främst på grundläggande utkomststöd eller arbetsmarknadsstöd.",
        "The clients live mainly on basic social assistance or labour market subsidy.",
    ),
    "Hallintosääntö § 42": ("Förvaltningsstadgan § 42", "Administrative regulations, section 42"),
    "Hallintosääntö § 31": ("Förvaltningsstadgan § 31", "Administrative regulations, section 31"),
    "Toimivaltapäätös 12.1.2027 § 3": ("Behörighetsbeslut 12.1.2027 § 3", "Decision on powers of 12.1.2027, section 3"),
    "Nimenkirjoitusoikeus": ("Namnteckningsrätt", "Right to sign for the association"),
    "Kaupparekisteri": ("Handelsregistret", "Trade register"),
    _KAIKUKESKUS["name"]: (
        "Kaikukeskus – stöd- och utvecklingstjänsten för Kaikukortti",
        "Kaikukeskus – Kaikukortti support and development service",
    ),
    _KAIKUKESKUS["legal_name"]: ("För kultur på lika villkor r.f.", _KAIKUKESKUS["legal_name"]),
    _CENTRE["name"]: (
        "Kaikukeskus – stöd- och utvecklingstjänsten för Kaikukortti (För kultur på lika villkor r.f.)",
        "Kaikukeskus – Kaikukortti support and development service (Yhdenvertaisen kulttuurin puolesta ry)",
    ),
}  # fmt: skip


def in_language(facts: Any, language: str) -> Any:
    """The sample as a document of the language would say it."""
    if isinstance(facts, dict):
        return {key: in_language(value, language) for key, value in facts.items()}
    if isinstance(facts, list):
        return [in_language(value, language) for value in facts]
    if language == "fi" or facts not in _WORDS:
        return facts
    return _WORDS[facts][language == "en"]


def field_names(facts: Any, path: str = "") -> set[str]:
    """The dotted names in the facts, a list's members as `parties[].name`, as `check.fields` gives them."""
    if isinstance(facts, dict):
        return {name for key, value in facts.items() for name in field_names(value, f"{path}.{key}" if path else key)}
    if isinstance(facts, list):
        return {name for value in facts for name in field_names(value, f"{path}[]")} or {path}
    return {path}
