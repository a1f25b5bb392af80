"""Which things does a word of the field mean, in three languages, in the present material and in the older?"""

from typing import NamedTuple

from adoption.folding import folded
from adoption.models import Partner
from adoption.operating_model import PARTNER_COMMITMENT, REGION_COMMITMENT

LEFT_OUT = 2  # letters of a word that is not written to its end, at most


Meaning = dict[str, tuple[str, ...]]  # field → values


class Term(NamedTuple):
    """What a word means: partners of a role, or commitments of some kinds. Words are written folded, and without the
    ends that Finnish and Swedish bend."""

    means: Meaning
    beginnings: tuple[str, ...]
    phrases: tuple[str, ...] = ()


DISTRIBUTORS: Meaning = {"role": (Partner.Role.DISTRIBUTOR.value,)}
VENUES: Meaning = {"role": (Partner.Role.VENUE.value,)}
TERMS = [
    # kortinjakaja; "issuer of the card" on the site in English, "aktör som delar ut kort" in Swedish (W6, W7).
    Term(
        DISTRIBUTORS,
        ("jakaja", "jakaji", "kortinjaka", "kortutdel", "utdelare", "distributor", "issuer"),
        ("aktor som delar ut kort", "aktorer som delar ut kort", "issuer of the card", "issuers of the card"),
    ),
    Term(
        VENUES,
        (
            "kaikukorttikoh", "kaikukortti-koh", "kohde", "kohteet", "kohteen", "kohteita", "kohteiden",
            "kulttuurikoh", "liikuntakoh",
            "objekt", "kulturobjekt", "kulturaktor", "motionsaktor", "venue",
        ),
        ("cultural venue", "cultural venues", "sports venue", "sports venues"),
    ),
    # Of 2024 the region's paper; its name of 2023 is the one that the partner's has now (S1, S3).
    Term(
        {"kind": (REGION_COMMITMENT,)},
        ("yhteistoimintasitoumu", "samarbetsforbindels", "cooperation"),
        ("alueen kumppanuussitoumus", "omradets partnerskapsforbindelse", "partnership commitment of the region"),
    ),
    Term({"kind": (PARTNER_COMMITMENT,)}, ("kumppanisitoumu",)),  # of 2025 (W1)
    Term(
        {"kind": (REGION_COMMITMENT, PARTNER_COMMITMENT)},
        ("kumppanuussitoumu", "partnerskapsforbindels", "partnership", "sitoumu", "forbindels", "kontrakt",
         "commitment", "agreement", "sopimu", "avtal"),
        ("cooperation commitment", "partnership commitment", "kaikukortti-kumppanin sitoumus"),
    ),
]  # fmt: skip


def meant_by(text: str) -> tuple[Meaning, list[str]]:
    """What the terms in the text mean, and the words beside them; no meaning where there is no term, or where two of
    them mean things that nothing is at once."""
    text = f" {' '.join(folded(text).split())} "
    means: Meaning = {}
    for term in TERMS:
        for phrase in term.phrases:
            if f" {phrase} " in text:
                text, means = text.replace(f" {phrase} ", " "), means | term.means
    rest = []
    for word in text.split():
        term_of_word = next((term for term in TERMS if _begins(word, term)), None)
        if term_of_word:
            means = means | term_of_word.means
        else:
            rest.append(word)
    return ({}, rest) if len(means) > 1 else (means, rest)


def _begins(word: str, term: Term) -> bool:
    """Bent at its end, or not yet written to it."""
    return any(
        word.startswith(beginning) or (len(word) >= len(beginning) - LEFT_OUT and beginning.startswith(word))
        for beginning in term.beginnings
    )
