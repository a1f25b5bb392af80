"""Which distributors and venues has a region, for everybody to read? Nothing of persons stands in these lists."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.translation import override

from adoption.alphabet import alphabetical
from adoption.models import County, Partner, Region
from adoption.sheets import CSV, csv_bytes
from adoption.venue_limits import said

LANGUAGES = {"fi": "Suomeksi", "sv": "På svenska"}  # each by its own name


class Words(NamedTuple):
    """What the lists say besides the partners' own words. They leave the site in the language of the list."""

    title: str
    distributors: str
    venues: str
    offering: str
    limits: str
    how_to_get: str
    headings: tuple[str, ...]


WORDS = {
    "fi": Words(
        "Kaikukortti-verkosto", "Kortinjakajat", "Kaikukortti-kohteet", "Tarjonta", "Rajaukset", "Miten lipun saa",
        ("Rooli", "Nimi", "Yksikkö", "Tyyppi", "Kunnat", "Tarjonta", "Rajaukset", "Miten lipun saa"),
    ),
    "sv": Words(
        "Kaikukorttinätverket", "Kortutdelare", "Kaikukorttiobjekt", "Utbud", "Begränsningar", "Så får man biljett",
        ("Roll", "Namn", "Enhet", "Typ", "Kommuner", "Utbud", "Begränsningar", "Så får man biljett"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A partner as everybody may know it."""

    role: str
    name: str
    unit: str
    kind: str
    municipalities: str
    offering: str
    limits: str
    how_to_get: str

    @property
    def title(self) -> str:
        return f"{self.name}, {self.unit}" if self.unit else self.name

    @property
    def what_and_where(self) -> str:
        return ", ".join(text for text in (self.kind, self.municipalities) if text)


@dataclass(frozen=True)
class NetworkList:
    """The region's distributors and venues in one language, each in the order of the alphabet."""

    region: str
    language: str
    distributors: list[Entry]
    venues: list[Entry]

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def sections(self) -> list[tuple[str, list[Entry]]]:
        """Heading and entries; a heading without entries is left out."""
        both = [(self.words.distributors, self.distributors), (self.words.venues, self.venues)]
        return [(heading, entries) for heading, entries in both if entries]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """One row a partner, the distributors first."""
        return [
            (one.role, one.name, one.unit, one.kind, one.municipalities, one.offering, one.limits, one.how_to_get)
            for _heading, entries in self.sections
            for one in entries
        ]


def network_list(region: Region, language: str) -> NetworkList:
    """Those of the region whose commitment is in force: to be listed is how partners show that they take part (R11,
    "niiden nimet on listattu paikalliseen Kaikukortti-esitteeseen ja … -verkkosivulle")."""
    partners = region.partners.committed().annotate(owner_name=_owner_in(language))
    partners = partners.prefetch_related("municipalities")
    with override(language):
        listed = [(partner, _entry(partner, partner.owner_name, language)) for partner in partners]
    return NetworkList(
        region.name_in(language),
        language,
        _sorted(entry for partner, entry in listed if partner.is_distributor),
        _sorted(entry for partner, entry in listed if not partner.is_distributor),
    )


def _owner_in(language: str) -> Coalesce:
    """The organisation's name; that of a county, which the register has in three languages, in this one."""
    name = OuterRef("organisation__name")
    called = Q(name_fi__iexact=name) | Q(name_sv__iexact=name) | Q(name_en__iexact=name)
    county = County.objects.filter(called).values(f"name_{language}")[:1]
    return Coalesce(Subquery(county), F("organisation__name"))


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (alphabetical(one.name), alphabetical(one.unit)))


def _entry(partner: Partner, owner: str, language: str) -> Entry:
    names = sorted((place.name_in(language) for place in partner.municipalities.all()), key=alphabetical)
    return Entry(
        str(partner.get_role_display()),
        _one_line(owner),
        _one_line(partner.unit),
        str(partner.get_kind_display()),
        ", ".join(names),
        *_of_venue(partner, language),
    )


def _of_venue(partner: Partner, language: str) -> tuple[str, str, str]:
    """What a venue offers, its limits, and how one gets the ticket; of a distributor nothing."""
    if partner.is_distributor:
        return "", "", ""
    return _one_line(partner.offering), _one_line(said(partner, language)), _one_line(partner.how_to_get)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _named(words: Words, texts: Iterable[str]) -> list[tuple[str, str]]:
    """Each of a venue's three texts with its name; one that is empty is left out."""
    names = (words.offering, words.limits, words.how_to_get)
    return [(name, text) for name, text in zip(names, texts, strict=True) if text]


class Published(NamedTuple):
    """What a list in one language says of a venue: the language, its own name, and each text with its name."""

    language: str
    name: str
    texts: list[tuple[str, str]]


def published(partner: Partner) -> list[Published]:
    """What the lists say of the venue once it stands in them, in each language; nothing where nothing is written."""
    found = [Published(code, name, _named(WORDS[code], _of_venue(partner, code))) for code, name in LANGUAGES.items()]
    return [one for one in found if one.texts]


# -- the three shapes -------------------------------------------------------------------------------------------------


def as_text(network: NetworkList) -> str:
    """The text of a brochure: a paragraph for each partner, under two headings."""
    parts = [f"{network.words.title}: {network.region}"]
    for heading, entries in network.sections:
        parts += [heading.upper(), *(_paragraph(one, network.words) for one in entries)]
    return "\n\n".join(parts) + "\n"


def _paragraph(one: Entry, words: Words) -> str:
    said = [one.title, one.what_and_where]
    said += [f"{word}: {text}" for word, text in _named(words, (one.offering, one.limits, one.how_to_get))]
    return "\n".join(line for line in said if line)


def as_html(network: NetworkList) -> str:
    """A fragment for the municipality's own page: headings and lists, without any looks or scripts of ours."""
    return render_to_string("adoption/network_fragment.html", {"network": network, "words": network.words})


def as_csv(network: NetworkList) -> bytes:
    """The same as a table, in which no cell can start a formula."""
    return csv_bytes([network.words.headings, *network.rows])


class Shape(NamedTuple):
    """What a download is: its bytes, its type, and how the file's name ends."""

    make: Callable[[NetworkList], str | bytes]
    content_type: str
    ending: str


SHAPES = {
    "text": Shape(as_text, "text/plain; charset=utf-8", "txt"),
    "html": Shape(as_html, "text/html; charset=utf-8", "html"),
    "csv": Shape(as_csv, CSV, "csv"),
}
