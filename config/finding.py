"""What does a person find by some words? Places, people, organisations, partners and commitments.

One query for all of them: each kind is a part of it that reads only what the person may see, and finds names by the
folded columns (adoption.folding), which have their indexes on PostgreSQL.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from adoption.access import partners_of, regions_of
from adoption.fields import UNSEEN
from adoption.folding import folded
from adoption.models import County, Municipality, Organisation, Partner, Person, Phase, Region, RegionMunicipality
from adoption.operating_model import MODELS
from adoption.views.people import people_of
from commitments.access import commitments_of
from commitments.models import Commitment, Party
from config.terms import Meaning, meant_by

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AT_MOST = 50
SHORTEST = 2  # letters, of all words together
LONGEST = 200  # characters
WORDS = 6  # of which more would not find less
NUMBER = re.compile(r"kp[- ]?([0-9]{1,9})")  # as pages and papers name a commitment
WHOLE = 3  # letters by which a part of a word is found; fewer are looked for where a word begins

REGION, COUNTY, MUNICIPALITY, PERSON, ORGANISATION, PARTNER, COMMITMENT = range(1, 8)
KINDS: "dict[str, tuple[int, StrOrPromise]]" = {
    "regions": (REGION, gettext_lazy("Regions")),
    "counties": (COUNTY, gettext_lazy("Wellbeing services counties")),
    "municipalities": (MUNICIPALITY, gettext_lazy("Municipalities")),
    "people": (PERSON, gettext_lazy("People")),
    "organisations": (ORGANISATION, gettext_lazy("Organisations")),
    "partners": (PARTNER, gettext_lazy("Partners")),
    "commitments": (COMMITMENT, gettext_lazy("Commitments")),
}


class Row(NamedTuple):
    """What the query gives of each thing; an empty text or 0 where the kind has no such thing."""

    kind: int
    title: str
    unit: str
    place: str
    code: str  # role, kind of commitment, or the county where there is no region
    model: str  # the operating model, which names a commitment
    state: str
    slug: str  # the region's; empty for a county or a municipality of none
    key: int


class Found(NamedTuple):
    """One thing: what it is in a word, its name, where it is, in what state, and the address of its page, if it has
    one that the reader may see."""

    what: str
    title: str
    place: str
    state: str
    href: str


def cleaned(text: str) -> str:
    """The text without what cannot be seen, and no longer than a name is."""
    return " ".join(UNSEEN.sub("", text).split())[:LONGEST]


def words_of(text: str) -> list[str]:
    """The words that are looked for; none when they have too few letters to say anything."""
    words = folded(cleaned(text)).split()[:WORDS]
    return words if sum(map(len, words)) >= SHORTEST else []


def find(person: Person, text: str, only: str = "") -> list[Found]:
    """At most fifty things that the person may see, whose names have all words of the text, in this language or in
    another, now or formerly; by kind, then by name. `only`: a key of KINDS."""
    text = cleaned(text)
    words = words_of(text)
    if not words:
        return []
    means, rest = meant_by(text)
    wanted = KINDS[only][0] if only in KINDS else 0
    parts = [part for kind, part in _parts(person, words) if wanted in (0, kind)]
    parts += [part for kind, part in _meant(person, means, rest[:WORDS]) if wanted in (0, kind)]
    if not parts:
        return []
    rows = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
    ordered = rows.order_by("found_kind", "found_title", "found_unit", "found_key")
    return [_found(Row(*row), person) for row in ordered[:AT_MOST]]


# -- the parts of the query -------------------------------------------------------------------------------------------

Part = tuple[int, QuerySet[Any]]


def _parts(person: Person, words: list[str]) -> list[Part]:
    """What has the words in its name."""
    regions = regions_of(person)
    towns = RegionMunicipality.objects.filter(region__in=regions)
    found: list[Part] = [
        (REGION, _region(_named(regions, words))),
        (COUNTY, _county(_named(regions, words, "county__found_by"))),
        (COUNTY, _county_of_none(_beginning(County.objects.filter(regions=None), words))),
        (MUNICIPALITY, _municipality(_named(towns, words, "municipality__found_by"))),
        (MUNICIPALITY, _town_of_none(_beginning(Municipality.objects.filter(regions=None), words))),
        (PERSON, _person(_named(people_of(person).filter(joined_to=None), words))),
        (PARTNER, _partner(partners_of(person).filter(pk__in=_partners(words)))),
        *[(COMMITMENT, part) for part in _commitments(person, words)],
    ]
    if person.is_kaikukeskus:
        found.append((ORGANISATION, _organisation(_named(Organisation.objects.all(), words))))
        found.append((ORGANISATION, _organisation(Organisation.objects.filter(_is_county(words)))))
    return found


def _meant(person: Person, means: Meaning, words: list[str]) -> list[Part]:
    """What the terms among the words mean, with the other words in its name."""
    if roles := means.get("role"):
        partners = partners_of(person).filter(role__in=roles)
        return [(PARTNER, _partner(partners.filter(pk__in=_partners(words)) if words else partners))]
    kinds = means.get("kind", ())
    return [(COMMITMENT, part.filter(kind__in=kinds)) for part in _commitments(person, words)] if kinds else []


def _named(things: QuerySet[Any], words: list[str], column: str = "found_by") -> QuerySet[Any]:
    for word in words:
        things = things.filter(**_has(column, word))
    return things


def _has(column: str, word: str) -> dict[str, str]:
    """The word stands anywhere in the column; a short one at the beginning of a word."""
    return {f"{column}__contains": word if len(word) >= WHOLE else f" {word}"}


def _counties(words: list[str]) -> QuerySet[County]:
    """Those that have all words in their names, in whichever languages."""
    return _named(County.objects.order_by(), words)


def _is_county(words: list[str], path: str = "") -> Q:
    """The organisation is a county's own, which has one name here, and is looked for by the others."""
    names = _counties(words).values("name_fi").union(*(_counties(words).values(f"name_{one}") for one in ("sv", "en")))
    return Q(**{f"{path}name__in": names})


def _partners(words: list[str]) -> QuerySet[Any]:
    """The keys of the partners that have each word in the organisation's name, in a county's other ones, or in the
    unit's."""
    found = Partner.objects.order_by()
    for word in words:
        by_owner = Partner.objects.order_by().filter(**_has("organisation__found_by", word)).values("pk")
        by_county = Partner.objects.order_by().filter(_is_county([word], "organisation__")).values("pk")
        by_unit = Partner.objects.order_by().filter(**_has("found_by", word)).values("pk")
        found = found.filter(pk__in=by_owner.union(by_county, by_unit))
    return found.values("pk")


def _commitments(person: Person, words: list[str]) -> list[QuerySet[Any]]:
    """Those of a partner with the words in its name, and those of a region, or of its county; by its number the one
    that has it."""
    seen = commitments_of(person).order_by()
    of_partner, of_region = seen.exclude(partner=None), seen.filter(partner=None)
    of_county = of_region.none()
    number = NUMBER.fullmatch(" ".join(words))
    if number:
        of_partner, of_region = of_partner.filter(pk=number[1]), of_region.filter(pk=number[1])
    elif words:
        of_partner = of_partner.filter(partner__in=_partners(words))
        parties = Party.objects.filter(county__in=_counties(words)).values("commitment")
        of_county = of_region.filter(pk__in=parties)
        of_region = _named(of_region, words, "region__found_by")
    owner = {"title": F("partner__organisation__name"), "unit": F("partner__unit")}
    regional = [_commitment(some, title=_own_name("region")) for some in (of_region, of_county)]
    return [_commitment(of_partner, **owner), *regional]


def _own_name(path: str = "") -> F:
    """The name in the reader's language."""
    language = get_language() or "fi"
    name = f"name_{language}" if language in ("fi", "sv", "en") else "name_fi"
    return F(f"{path}__{name}" if path else name)


def _shaped(things: QuerySet[Any], kind: int, **given: Any) -> QuerySet[Any]:
    """The things with the columns of Row, in its order."""
    columns: dict[str, Any] = {"kind": Value(kind, IntegerField())}
    for name in Row._fields[1:-1]:
        columns[name] = given.get(name, Value("", TextField()))
    columns["key"] = given.get("key", F("pk"))
    shaped = {f"found_{name}": value for name, value in columns.items()}
    return things.order_by().select_related(None).annotate(**shaped).values_list(*shaped)


def _region(things: QuerySet[Region]) -> QuerySet[Any]:
    return _shaped(things, REGION, title=_own_name(), slug=F("slug"))


def _municipality(things: QuerySet[RegionMunicipality]) -> QuerySet[Any]:
    region = {"place": _own_name("region"), "slug": F("region__slug")}
    return _shaped(things, MUNICIPALITY, title=_own_name("municipality"), state=F("phase"), **region)


def _beginning(things: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
    """Where nothing has begun, a name is found by its beginning, and by two letters only where it has no more: a
    reader looks for a town, and is not shown all that begin alike."""
    for word in words:
        whole = Q(found_by__contains=f" {word} ") | Q(found_by__endswith=f" {word}")
        things = things.filter(Q(found_by__contains=f" {word}") if len(word) >= WHOLE else whole)
    return things


def _town_of_none(things: QuerySet[Municipality]) -> QuerySet[Any]:
    county = Coalesce(Cast("county", TextField()), Value("", TextField()))
    return _shaped(things, MUNICIPALITY, title=_own_name(), code=county)


def _county(things: QuerySet[Region]) -> QuerySet[Any]:
    region = {"place": _own_name(), "slug": F("slug")}
    return _shaped(things, COUNTY, title=_own_name("county"), **region)


def _county_of_none(things: QuerySet[County]) -> QuerySet[Any]:
    return _shaped(things, COUNTY, title=_own_name(), code=Cast("pk", TextField()))


def _person(things: QuerySet[Person]) -> QuerySet[Any]:
    return _shaped(things, PERSON, title=F("name"), place=F("title"))


def _organisation(things: QuerySet[Organisation]) -> QuerySet[Any]:
    return _shaped(things, ORGANISATION, title=F("name"), place=F("business_id"))


def _partner(things: QuerySet[Partner]) -> QuerySet[Any]:
    owner = {"title": F("organisation__name"), "unit": F("unit"), "code": F("role"), "state": F("state")}
    return _shaped(things, PARTNER, place=_own_name("region"), slug=F("region__slug"), **owner)


def _commitment(things: QuerySet[Commitment], **owner: Any) -> QuerySet[Any]:
    own = {"code": F("kind"), "model": F("operating_model"), "state": F("state")}
    return _shaped(things, COMMITMENT, place=_own_name("region"), slug=F("region__slug"), **own, **owner)


# -- in words ---------------------------------------------------------------------------------------------------------


def _found(row: Row, person: Person) -> Found:
    what, state = WHAT[row.kind](row)
    title = f"{row.title}, {row.unit}" if row.unit else row.title
    return Found(what, title, "" if row.place == title else row.place, state, _address(row, person))


def _address(row: Row, person: Person) -> str:
    """Of a municipality or a county in no region Kaikukeskus gets to making one, where its trial begins; others see it
    named."""
    if row.kind in (COUNTY, MUNICIPALITY) and not row.slug:
        town = [("municipality", str(row.key))] if row.kind == MUNICIPALITY else []
        query = urlencode([("county", row.code), *town])
        return f"{reverse('region_new')}?{query}" if person.is_kaikukeskus else ""
    given: dict[int, tuple[str, list[str | int]]] = {
        REGION: ("board", [row.slug]),
        COUNTY: ("board", [row.slug]),
        MUNICIPALITY: ("board", [row.slug]),
        PERSON: ("person", [row.key]),
        ORGANISATION: ("organisation", [row.key]),
        PARTNER: ("partner", [row.slug, row.key]),
        COMMITMENT: ("commitment", [row.slug, row.key]),
    }
    name, arguments = given[row.kind]
    return reverse(name, args=arguments)


def _label(choices: Any, value: str) -> str:
    return str(dict(choices).get(value, value))


WHAT: dict[int, Callable[[Row], tuple[str, str]]] = {
    REGION: lambda _row: (_("Region"), ""),
    COUNTY: lambda row: (_("Wellbeing services county"), "" if row.slug else _("not in any region yet")),
    MUNICIPALITY: lambda row: (
        _("Municipality"),
        _label(Phase.choices, row.state) if row.slug else _("not in any region yet"),
    ),
    PERSON: lambda _row: (_("Person"), ""),
    ORGANISATION: lambda _row: (_("Organisation"), ""),
    PARTNER: lambda row: (_label(Partner.Role.choices, row.code), _label(Partner.State.choices, row.state)),
    COMMITMENT: lambda row: (
        str(MODELS[row.model].names[row.code]),
        _label(Commitment.State.choices, row.state),
    ),
}
