"""Which words of Kaikukortti does the help explain, in three languages, and by which others are they known?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Word(NamedTuple):
    """A term as each language has it, and what it means in the reader's own; what older material and other pages
    call it."""

    fi: str
    sv: str
    en: str
    meaning: str | Promise
    also: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # language → names

    @property
    def names(self) -> list[str]:
        """All of them, in whichever language."""
        return [self.fi, self.sv, self.en, *(name for names in self.also.values() for name in names)]

    @property
    def name(self) -> str:
        return {"sv": self.sv, "en": self.en}.get(get_language() or "fi", self.fi)


WORDS = [
    Word(
        "Kaikukortti-alue",
        "Kaikukortti-område",
        "Kaikukortti region",
        _("One municipality, several, or a whole county's municipalities that use Kaikukortti together."),
        {"fi": ("alue",), "sv": ("område",), "en": ("region", "locality")},
    ),
    Word(
        "Kaikukeskus",
        "Kaikukeskus",
        "Kaikukeskus",
        _("The support and development service of Kaikukortti. Every region takes Kaikukortti into use with it."),
    ),
    Word(
        "hyvinvointialue",
        "välfärdsområde",
        "wellbeing services county",
        _("Provides social welfare and health care. Wished for as a party of every region; a region can be without."),
        {"en": ("wellbeing county", "welfare area", "wellness area")},
    ),
    Word(
        "työpari",
        "arbetspar",
        "pair",
        _("The two responsible persons of a region, one of each side, who walk the ten steps together."),
        {"en": ("work pair",)},
    ),
    Word(
        "vastuuhenkilö",
        "ansvarsperson",
        "responsible person",
        _("Answers for the culture side or the care side of a region, or of one municipality in it."),
        {"en": ("locally responsible person",)},
    ),
    Word(
        "kortinjakaja",
        "kortutdelare",
        "distributor",
        _("Gives cards to its own clients. Each new one is first discussed with Kaikukeskus."),
        {
            "fi": ("jakaja", "jakajaorganisaatio"),
            "sv": ("aktör som delar ut kort", "utdelare"),
            "en": ("issuer", "issuer of the card"),
        },
    ),
    Word(
        "kohde",
        "objekt",
        "venue",
        _("A culture, sports or nature venue that welcomes cardholders without payment."),
        {
            "fi": ("Kaikukortti-kohde", "kulttuurikohde", "liikuntakohde"),
            "sv": ("kulturobjekt", "kulturaktör", "motionsaktör"),
            "en": ("cultural venue", "sports venue"),
        },
    ),
    Word(
        "kumppani",
        "samarbetspartner",
        "partner",
        _("A distributor or a venue of a region."),
        {"fi": ("Kaikukortti-kumppani",)},
    ),
    Word(
        "yhteyshenkilö",
        "kontaktperson",
        "contact person",
        _("The one named person of a partner. Not the same as a responsible person."),
    ),
    Word(
        "kolmas sektori",
        "tredje sektorn",
        "third sector",
        _("Associations, foundations and parishes. Every region has at least one as a distributor."),
        {"fi": ("järjestö",), "en": ("NGO",)},
    ),
    Word(
        "yhteistoimintasitoumus",
        "samarbetsförbindelse",
        "cooperation commitment",
        _("Made by the region and Kaikukeskus. In the material of 2023 it was called kumppanuussitoumus."),
    ),
    Word(
        "kumppanuussitoumus",
        "partnerskapsförbindelse",
        "partnership commitment",
        _("Made by one partner, the municipalities in which it acts, and the county."),
        {"fi": ("kumppanisitoumus", "Kaikukortti-kumppanin sitoumus")},
    ),
    Word(
        "kokeilu",
        "försök",
        "trial",
        _("The first period with cards, usually a year. After it the region decides how to go on."),
        {"fi": ("kokeilujakso", "pilotti"), "en": ("pilot",)},
    ),
    Word(
        "pysyvä käyttö",
        "permanent bruk",
        "lasting use",
        _("What follows the trial when the region goes on: the commitments stay, and the duties of the year begin."),
        {
            "fi": ("pysyvä ylläpito",),
            "sv": ("permanent upprätthållande",),
            "en": ("permanent use", "permanent maintenance"),
        },
    ),
    Word(
        "toimintamalli",
        "verksamhetsmodell",
        "operating model",
        _("Kaikukeskus's nationwide rules for Kaikukortti. Its versions are dated, and a commitment names its own."),
        {
            "fi": ("valtakunnallinen toimintamalli",),
            "sv": ("riksomfattande verksamhetsmodell",),
            "en": ("national guideline",),
        },
    ),
    Word(
        "perehdytys",
        "introduktion",
        "induction",
        _("Teaches the partners' staff how Kaikukortti works, before the start and every year."),
        {"en": ("staff induction", "introduction")},
    ),
    Word(
        "palautekokous",
        "responsmöte",
        "feedback meeting",
        _("The pair, the partners and Kaikukeskus look back, at least every twelve months."),
    ),
    Word(
        "Kaikukanta",
        "Kaikukanta",
        "Kaikukanta",
        _("The national register of the cards. Cards and cardholders are only there, never here."),
    ),
]
