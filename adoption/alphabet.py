"""In what order do names stand? As in Finnish and Swedish dictionaries: å, ä and ö are letters after z."""

from collections.abc import Iterable
from typing import TypeVar

LAST_LETTERS = {ord("å"): "{", ord("ä"): "|", ord("ö"): "}"}  # after z, in this order
Thing = TypeVar("Thing")


def alphabetical(name: str) -> str:
    """What sorts names as Finnish and Swedish do."""
    return name.casefold().translate(LAST_LETTERS)


def by_name(things: Iterable[Thing]) -> list[Thing]:
    """The things in the order of their names, in the language that is spoken at the moment."""
    return sorted(things, key=lambda one: alphabetical(str(one)))
