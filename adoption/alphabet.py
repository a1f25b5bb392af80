"""In what order do names stand, and which are one name?

As in Finnish and Swedish dictionaries: å, ä and ö are letters after z. Capitals, blanks, and the ways in which Unicode
writes one letter make no other name.
"""

from collections.abc import Iterable
from typing import TypeVar
from unicodedata import normalize

LAST_LETTERS = {ord("å"): "{", ord("ä"): "|", ord("ö"): "}"}  # after z, in this order
Thing = TypeVar("Thing")


def alphabetical(name: str) -> str:
    """What sorts names as Finnish and Swedish do."""
    return name.casefold().translate(LAST_LETTERS)


def spelt(name: str) -> str:
    """The name as it is compared with another."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def by_name(things: Iterable[Thing]) -> list[Thing]:
    """The things in the order of their names, in the language that is spoken at the moment."""
    return sorted(things, key=lambda one: alphabetical(str(one)))
