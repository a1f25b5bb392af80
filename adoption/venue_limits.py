"""How may a venue limit its offer, and how is that said? By numbers, in the ways of the model, in plain text."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from adoption.operating_model import COURSES, DEFAULT, LIMITS, MODELS, PERIOD, PRICE, TICKETS

if TYPE_CHECKING:
    from adoption.models import Partner

MOST = 9999
# Way → language → how one of it is said, and more.
WORDS = {
    TICKETS: {
        "fi": ("enintään yksi lippu tilaisuutta kohti", "enintään {} lippua tilaisuutta kohti"),
        "sv": ("högst en biljett per evenemang", "högst {} biljetter per evenemang"),
        "en": ("at most one ticket an event", "at most {} tickets an event"),
    },
    COURSES: {
        "fi": ("enintään yksi kurssi kalenterivuodessa", "enintään {} kurssia kalenterivuodessa"),
        "sv": ("högst en kurs per kalenderår", "högst {} kurser per kalenderår"),
        "en": ("at most one course a calendar year", "at most {} courses a calendar year"),
    },
    PRICE: {
        "fi": ("lipun tai kurssin hinta enintään yksi euro", "lipun tai kurssin hinta enintään {} euroa"),
        "sv": ("biljettens eller kursens pris högst en euro", "biljettens eller kursens pris högst {} euro"),
        "en": ("price of the ticket or course at most one euro", "price of the ticket or course at most {} euros"),
    },
    PERIOD: {
        "fi": ("enintään yksi kuukausi kerrallaan", "enintään {} kuukautta kerrallaan"),
        "sv": ("högst en månad åt gången", "högst {} månader åt gången"),
        "en": ("at most one month at a time", "at most {} months at a time"),
    },
}


def made_text(partner: "Partner", language: str) -> str:
    """The numbers as one sentence in the language; empty where nothing is limited."""
    parts = [_words(way, getattr(partner, way), language) for way in LIMITS if getattr(partner, way)]
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _words(way: str, number: int, language: str) -> str:
    one, more = WORDS[way].get(language, WORDS[way]["fi"])
    return one if number == 1 else more.format(number)


def said(partner: "Partner", language: str) -> str:
    """How the offer is limited: the numbers, or, where there are none, what was written before there were numbers."""
    return made_text(partner, language) or partner.limits


def allowed(model: str) -> tuple[str, ...]:
    """The ways in which a venue that follows this operating model may limit its offer."""
    return MODELS[model or DEFAULT].limits


def limits_refused(partner: "Partner", details: dict[str, Any]) -> list[str]:
    """What is against the operating model in these limits: a distributor's, another way, no number from 1 on."""
    given = {way: details[way] for way in LIMITS if details.get(way) is not None}
    if given and partner.is_distributor:
        return [_("Only a venue's offer is limited: leave the limits out.")]
    if set(given) - set(allowed(partner.committed_model)):
        return [_("The operating model does not allow to limit the offer in this way.")]
    if not all(isinstance(number, int) and 1 <= number <= MOST for number in given.values()):
        return [_("Give a limit as a whole number from 1 to %(most)s, or leave it empty.") % {"most": MOST}]
    return []
