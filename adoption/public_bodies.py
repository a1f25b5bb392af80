"""Which county or municipality is an organisation, by its name in whichever language?

The register has their names in three languages; how a municipality calls itself is made of them: “Vaasan kaupunki”,
“Vasa stad”, “Mustasaaren kunta”, “Korsholms kommun”, or the bare name.
"""

from collections.abc import Iterator
from functools import cached_property

from adoption.alphabet import plain
from adoption.models import County, Municipality
from adoption.models.country import Named

NAMES = ("name_en", "name_sv", "name_fi")  # where two share a word, the Finnish name wins
COUNTY = " wellbeing services county"
# How the genitives end that are not made by an n alone: of the last word of a name, and of whole names.
ENDINGS = {
    "järvi": "järven", "joki": "joen", "koski": "kosken", "salmi": "salmen", "saari": "saaren", "niemi": "niemen",
    "nummi": "nummen", "lahti": "lahden", "vesi": "veden", "mäki": "mäen", "ranta": "rannan", "lampi": "lammin",
    "kaupunki": "kaupungin", "inen": "isten", "luoto": "luodon", "virta": "virran",
}  # fmt: skip
GENITIVES = {
    "Alavus": "Alavuden", "Hanko": "Hangon", "Harjavalta": "Harjavallan", "Helsinki": "Helsingin", "Iitti": "Iitin",
    "Juuka": "Juuan", "Kannus": "Kannuksen", "Kaustinen": "Kaustisen", "Keitele": "Keiteleen", "Kempele": "Kempeleen",
    "Koski Tl": "Kosken Tl", "Kuortane": "Kuortaneen", "Kurikka": "Kurikan", "Lieto": "Liedon", "Liminka": "Limingan",
    "Loppi": "Lopen", "Luhanka": "Luhangan", "Luoto": "Luodon", "Muhos": "Muhoksen", "Nurmes": "Nurmeksen",
    "Outokumpu": "Outokummun", "Pihtipudas": "Pihtiputaan", "Pomarkku": "Pomarkun", "Punkalaidun": "Punkalaitumen",
    "Puolanka": "Puolangan", "Pyhäntä": "Pyhännän", "Pälkäne": "Pälkäneen", "Savitaipale": "Savitaipaleen",
    "Tampere": "Tampereen", "Toivakka": "Toivakan", "Turku": "Turun", "Uusikaarlepyy": "Uudenkaarlepyyn",
    "Uusikaupunki": "Uudenkaupungin", "Varkaus": "Varkauden", "Vesanto": "Vesannon", "Vihti": "Vihdin",
    "Virrat": "Virtain",
}  # fmt: skip


class Bodies:
    """The counties and municipalities of the register, by all that they are called. It is read when it is asked."""

    @cached_property
    def _by_name(self) -> dict[str, Named]:
        found: dict[str, Named] = {}
        for town in Municipality.objects.all():
            found |= {plain(name): town for name in municipality_names(town)}
        for county in County.objects.all():
            found |= {plain(name): county for name in county_names(county)}
        return found

    def of(self, name: str) -> Named | None:
        """The county or municipality that is called so."""
        return self._by_name.get(plain(name))

    def key(self, name: str) -> str:
        """What all names of one organisation share: the body that is called so, else the name as it is compared."""
        body = self.of(name)
        return f"{type(body).__name__} {body.pk}" if body else plain(name)

    def names(self, name: str) -> list[str]:
        """All that the organisation of this name may be called."""
        body = self.of(name)
        if isinstance(body, Municipality):
            return list(municipality_names(body))
        return list(county_names(body)) if isinstance(body, County) else [name]


def municipality_names(town: Municipality) -> Iterator[str]:
    """As it is called in the register, and as it calls itself."""
    yield from (town.name_en, f"City of {town.name_en}", f"Municipality of {town.name_en}")
    yield from (town.name_sv, f"Staden {town.name_sv}")
    for name in (town.name_sv, f"{town.name_sv.removesuffix('s')}s"):
        yield from (f"{name} stad", f"{name} kommun")
    own = genitive(town.name_fi)
    yield from (f"{own} kaupunki", f"{own} kunta", town.name_fi)


def county_names(county: County) -> Iterator[str]:
    """As it is called in the register, and in English as counties call themselves."""
    for name in NAMES:
        yield getattr(county, name)
    place = county.name_en.removesuffix(COUNTY)
    yield from (f"{COUNTY.strip()} of {place}", f"the {COUNTY.strip()} of {place}")


def genitive(name: str) -> str:
    """Of a municipality's name in Finnish."""
    if name in GENITIVES:
        return GENITIVES[name]
    for ending, changed in ENDINGS.items():
        if name.lower().endswith(ending):
            return name[: -len(ending)] + (changed if name[-len(ending)].islower() else changed.capitalize())
    return name + ("n" if name[-1] in "aeiouyåäö" else "in")
