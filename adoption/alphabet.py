"""In what order do names stand, and which are one name?

As in Finnish and Swedish dictionaries: å, ä and ö are letters after z. Capitals, blanks, and the ways in which Unicode
writes one letter make no other name.
"""

import unicodedata
from collections.abc import Iterable
from typing import TypeVar
from unicodedata import normalize

# å, ä and ö stand after z in this order; ü, æ and ø stand with y, ä and ö. v and w are two letters in both languages
# (SFS 4600 of 2022; Svenska Akademiens ordlista since 2006).
LETTERS = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"})
Thing = TypeVar("Thing")


def alphabetical(name: str) -> str:
    """What sorts names as Finnish and Swedish do; an accent counts only between names that are else the same."""
    letters = unicodedata.normalize("NFC", name).casefold()
    bare = unicodedata.normalize("NFD", letters.translate(LETTERS))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)) + f"\0{letters}"


def spelt(name: str) -> str:
    """The name as it is compared with another."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def plain(name: str) -> str:
    """The name without case and blanks, by which two spellings of one are known."""
    return "".join(spelt(name).split())


def by_name(things: Iterable[Thing]) -> list[Thing]:
    """The things in the order of their names, in the language that is spoken at the moment."""
    return sorted(things, key=lambda one: alphabetical(str(one)))
