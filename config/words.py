"""Which words of Kaikukortti does the help explain, in three languages?"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Word(NamedTuple):
    """A term as each language has it, and what it means in the reader's own."""

    fi: str
    sv: str
    en: str
    meaning: str | Promise


WORDS = [
    Word(
        "Kaikukortti-alue",
        "Kaikukortti-område",
        "Kaikukortti region",
        _("One municipality, several, or a whole county's municipalities that use Kaikukortti together."),
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
    ),
    Word(
        "työpari",
        "arbetspar",
        "pair",
        _("The two responsible persons of a region, one of each side, who walk the ten steps together."),
    ),
    Word(
        "vastuuhenkilö",
        "ansvarsperson",
        "responsible person",
        _("Answers for the culture side or the care side of a region, or of one municipality in it."),
    ),
    Word(
        "kortinjakaja",
        "kortutdelare",
        "distributor",
        _("Gives cards to its own clients. Each new one is first discussed with Kaikukeskus."),
    ),
    Word(
        "kohde",
        "objekt",
        "venue",
        _("A culture, sports or nature venue that welcomes cardholders without payment."),
    ),
    Word(
        "kumppani",
        "samarbetspartner",
        "partner",
        _("A distributor or a venue of a region."),
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
    ),
    Word(
        "kokeilu",
        "försök",
        "trial",
        _("The first period with cards, usually a year. After it the region decides how to go on."),
    ),
    Word(
        "perehdytys",
        "introduktion",
        "induction",
        _("Teaches the partners' staff how Kaikukortti works, before the start and every year."),
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
