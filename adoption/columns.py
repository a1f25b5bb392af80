"""Which columns has a list of partners, and what do people call them and what stands in them? In three languages."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.utils import translation

from adoption.models import Organisation, Partner

# Column → language → what the heading may be; the first one of a language is what an export is headed with.
HEADINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "key": {
        "fi": ("Kaikupolun numero",),
        "sv": ("Nummer i Kaikupolku",),
        "en": ("Number in Kaikupolku",),
    },
    "organisation": {
        "fi": ("Organisaatio", "Organisaation nimi", "Nimi", "Kumppani", "Kumppanin nimi", "Toimija", "Toimijan nimi",
               "Yhdistys", "Järjestö"),
        "sv": ("Organisation", "Organisationens namn", "Namn", "Partner", "Partnerns namn", "Aktör", "Förening",
               "Samarbetspartner"),
        "en": ("Organisation", "Name of the organisation", "Organisation name", "Organization", "Name", "Partner"),
    },
    "business_id": {
        "fi": ("Y-tunnus", "Yritystunnus"),
        "sv": ("FO-nummer", "Företags- och organisationsnummer"),
        "en": ("Business ID", "Business identity code"),
    },
    "unit": {
        "fi": ("Yksikkö", "Yksikön nimi", "Toimipaikka", "Toimipiste"),
        "sv": ("Enhet", "Enhetens namn", "Verksamhetsställe"),
        "en": ("Unit", "Name of the unit"),
    },
    "role": {
        "fi": ("Rooli", "Jakaja vai kohde", "Jakaja tai kohde"),
        "sv": ("Roll",),
        "en": ("Role", "Distributor or venue"),
    },
    "kind": {
        "fi": ("Tyyppi", "Laji", "Palvelu"),
        "sv": ("Typ", "Slag", "Tjänst"),
        "en": ("Kind", "Type"),
    },
    "sector": {"fi": ("Sektori",), "sv": ("Sektor",), "en": ("Sector",)},
    "municipalities": {
        "fi": ("Kunnat", "Kunta", "Kaupunki", "Paikkakunta"),
        "sv": ("Kommuner", "Kommun", "Stad", "Ort"),
        "en": ("Municipalities", "Municipality", "Town"),
    },
    "language": {
        "fi": ("Asiakirjan kieli", "Kieli"),
        "sv": ("Dokumentets språk", "Språk"),
        "en": ("Language of the document", "Language"),
    },
    "interest": {
        "fi": ("Kiinnostus", "Kiinnostunut", "Vastaus", "Osallistuu", "Mukana"),
        "sv": ("Intresse", "Intresserad", "Svar", "Deltar", "Med"),
        "en": ("Interest", "Interested", "Answer", "Takes part"),
    },
    "contact_name": {
        "fi": ("Yhteyshenkilö", "Yhteyshenkilön nimi"),
        "sv": ("Kontaktperson", "Kontaktpersonens namn"),
        "en": ("Contact person", "Name of the contact person", "Contact"),
    },
    "contact_email": {
        "fi": ("Yhteyshenkilön sähköposti", "Sähköposti", "Sähköpostiosoite", "S-posti"),
        "sv": ("Kontaktpersonens e-post", "E-post", "E-postadress", "Epost"),
        "en": ("E-mail of the contact person", "E-mail", "E-mail address", "Contact e-mail"),
    },
    "contact_title": {
        "fi": ("Yhteyshenkilön tehtävänimike", "Yhteyshenkilön nimike", "Tehtävänimike", "Nimike"),
        "sv": ("Kontaktpersonens titel", "Titel", "Befattning"),
        "en": ("Title of the contact person", "Title"),
    },
    "contact_phone": {
        "fi": ("Yhteyshenkilön puhelin", "Puhelin", "Puhelinnumero", "Puh"),
        "sv": ("Kontaktpersonens telefon", "Telefon", "Telefonnummer", "Tel"),
        "en": ("Phone of the contact person", "Phone", "Telephone", "Phone number"),
    },
    "contact_language": {
        "fi": ("Yhteyshenkilön kieli",),
        "sv": ("Kontaktpersonens språk",),
        "en": ("Language of the contact person",),
    },
    "signatory_name": {
        "fi": ("Allekirjoittaja", "Allekirjoittajan nimi"),
        "sv": ("Undertecknare", "Undertecknarens namn"),
        "en": ("Signatory", "Name of the signatory"),
    },
    "signatory_title": {
        "fi": ("Allekirjoittajan tehtävänimike", "Allekirjoittajan nimike"),
        "sv": ("Undertecknarens titel",),
        "en": ("Title of the signatory",),
    },
    "signatory_email": {
        "fi": ("Allekirjoittajan sähköposti",),
        "sv": ("Undertecknarens e-post",),
        "en": ("E-mail of the signatory",),
    },
    "signatory_basis": {
        "fi": ("Allekirjoitusoikeuden peruste", "Allekirjoitusoikeus"),
        "sv": ("Grund för rätten att underteckna", "Undertecknanderätt"),
        "en": ("Basis of the right to sign",),
    },
    "committed_on": {
        "fi": ("Sitoutunut", "Sitoutumispäivä", "Sitoumuksen päivä"),
        "sv": ("Förbindelsens datum", "Förbunden"),
        "en": ("Committed on", "Committed"),
    },
    "cleared_on": {
        "fi": ("Puollettu", "Puollon päivä"),
        "sv": ("Förordad", "Förordad den"),
        "en": ("Cleared on", "Cleared"),
    },
    "account_on": {
        "fi": ("Kaikukanta-tunnus", "Tunnus luotu", "Kaikukanta", "Tunnus"),
        "sv": (
            "Kaikukanta-användarnamn",
            "Användarnamn skapat",
            "Användarnamn",
            "Kaikukanta-konto",
            "Kontot skapat",
            "Konto",
        ),
        "en": ("Kaikukanta account", "Account made on", "Account"),
    },
    "induction_on": {
        "fi": ("Perehdytys", "Perehdytetty", "Perehdytyksen päivä"),
        "sv": ("Introduktion", "Introducerad", "Introduktionsdag"),
        "en": ("Induction", "Inducted on", "Inducted"),
    },
}  # fmt: skip
ON_PAPER = ("committed_on", "cleared_on", "account_on", "induction_on")  # only of those that committed earlier
OF_PARTNER = tuple(key for key in HEADINGS if key not in ("key", *ON_PAPER))  # the key is of lists of accounts
EVERYWHERE = {"kaikki", "koko alue", "alla", "hela området", "all", "whole region"}  # all municipalities of the region

# What stands in the cells beside the site's own words for it.
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "role": {
        "distributor": ("jakaja", "kortinjakaja", "jakajaorganisaatio", "kortutdelare", "utdelare", "issuer"),
        "venue": ("kohde", "kaikukortti-kohde", "objekt"),  # and each kind of venue
    },
    "kind": {"culture": ("kulturaktör",), "sport": ("motionsaktör", "idrottsobjekt"), "nature": ("naturaktör",)},
    "sector": {
        "public": ("kunta", "kunnallinen", "julkinen sektori", "kommunal", "offentlig sektor", "public sector"),
        "third": ("järjestö", "yhdistys", "3. sektori", "3", "förening", "tredje", "3. sektorn", "third", "ngo"),
        "private": ("yritys", "yksityinen sektori", "företag", "privat sektor", "private sector", "company"),
    },
    "interest": {
        "yes": ("kyllä", "joo", "k", "x", "on", "mukana", "ja", "yes", "y", "true"),
        "maybe": ("ehkä", "harkitsee", "kanske", "maybe", "?"),
        "no": ("ei", "e", "nej", "no", "n", "false"),
    },
    "language": {
        "fi": ("fi", "suomi", "suomeksi", "finska", "finnish"),
        "sv": ("sv", "ruotsi", "ruotsiksi", "svenska", "swedish", "se"),
        "en": ("en", "englanti", "englanniksi", "engelska", "english"),
    },
    "signatory_basis": {
        "rules": ("säännöt", "yhtiöjärjestys", "stadgar", "stadgarna", "bolagsordning", "rules", "articles"),
        "board": ("päätös", "styrelsebeslut", "board decision"),
        "administrative": ("hallintosääntö", "delegointi", "delegointipäätös", "förvaltningsstadga", "delegering"),
        "other": ("valtuutus", "valtakirja", "muu", "fullmakt", "annan", "authorisation", "other"),
    },
}  # fmt: skip
CHOICES: dict[str, Any] = {
    "role": Partner.Role.choices,
    "kind": Partner.Kind.choices,
    "sector": Organisation.Sector.choices,
    "interest": [choice for choice in Partner.Interest.choices if choice[0]],
    "language": Partner.LANGUAGES,
    "signatory_basis": Partner.SignBasis.choices,
}


def heading(column: str) -> str:
    """What the column is called in the language that is spoken at the moment."""
    return HEADINGS[column].get(translation.get_language() or "fi", HEADINGS[column]["en"])[0]


def bare_word(text: str) -> str:
    """The text without case, blanks and marks, by which two spellings of one word are known."""
    return re.sub(r"[\W_]+", "", text.casefold())


@cache
def _columns() -> dict[str, str]:
    return {bare_word(name): key for key, named in HEADINGS.items() for names in named.values() for name in names}


def column_of(text: str) -> str:
    """The column that a heading means; nothing for one that is not known."""
    return _columns().get(bare_word(text), "")


def columns_in(headings: Iterable[str]) -> list[str]:
    """The column of each heading, nothing where it is not known."""
    return [column_of(one) for one in headings]


@cache
def _words(column: str) -> dict[str, str]:
    choices: Sequence[tuple[str, Any]] = CHOICES[column]
    found = {word_key(value): value for value, _label in choices}
    for language in ("fi", "sv", "en"):
        with translation.override(language):
            found |= {word_key(str(label)): value for value, label in choices}
    if column == "role":
        found |= {word: Partner.Role.VENUE for word, kind in _words("kind").items() if kind in Partner.VENUE_KINDS}
    return found | {word_key(word): value for value, words in WORDS.get(column, {}).items() for word in words}


def word_key(text: str) -> str:
    """As `bare_word`; a text that is nothing but marks is its own key."""
    return bare_word(text) or text.strip()


def choice_of(column: str, text: str) -> str | None:
    """The key that a word in a cell stands for; None for a word that is not known."""
    return _words("language" if column == "contact_language" else column).get(word_key(text))


def kind_in_role(text: str) -> str:
    """The kind of venue that a word for the role tells too; none for a culture venue's, which older material says of
    any venue."""
    kind = choice_of("kind", text)
    return kind if kind in (Partner.Kind.SPORT, Partner.Kind.NATURE) else ""


def words_of(column: str) -> str:
    """The words that may stand in the column, in the language that is spoken at the moment, for a sentence."""
    return ", ".join(str(label) for _value, label in CHOICES["language" if column == "contact_language" else column])
