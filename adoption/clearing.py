"""How does Kaikukeskus clear several distributors at once? Each is an act of its own, with mails of its own."""

from collections.abc import Iterable
from typing import NamedTuple

from adoption.access import only_kaikukeskus
from adoption.models import Partner, Person
from adoption.partners import clear
from adoption.refusal import Linked, Refused


class Cleared(NamedTuple):
    """Who was cleared, and why each of the others was not."""

    partners: list[Partner]
    refused: list[Linked]


def clear_several(
    partners: Iterable[Partner], by: Person, messages: dict[str, str], seen: dict[int, str] | None = None
) -> Cleared:
    """Each is cleared in a transaction of its own, so that one that is refused keeps no other. `messages`: by the
    language of the partner; `seen`: by its key the mark of what the page showed.
    Refused, with its reason, is what has been decided meanwhile, and whatever needs a word of
    its own. Raises NotYours for others than Kaikukeskus."""
    only_kaikukeskus(by)
    done, refused = [], []
    for partner in partners:
        try:
            message, mark = messages.get(partner.language, ""), (seen or {}).get(partner.pk, "")
            done.append(clear(partner, by, message, among_others=True, seen=mark))
        except Refused as refusal:
            refused.append(Linked(f"{partner}: {refusal}", partner.get_absolute_url()))
    return Cleared(done, refused)
