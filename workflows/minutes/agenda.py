"""What is on the agenda of a kind of meeting? Kaikukeskus's own text, or else ours; each line is an item.

A meeting's minutes begin with a copy, which is edited there and follows no later change.
"""

import json
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import locked_country, record
from adoption.models import Person
from adoption.refusal import Refused
from workflows.minutes.models import AgendaText

SHIPPED = Path(__file__).parent / "agendas.json"


@cache
def shipped() -> dict[str, dict[str, str]]:
    """Kind → language → our own text."""
    texts: dict[str, dict[str, str]] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return texts


def agenda_for(kind: str, language: str) -> str:
    """What a meeting of this kind begins with."""
    own = AgendaText.objects.filter(kind=kind, language=language).first()
    return own.text if own else shipped()[kind][language]


def lines(text: str) -> list[str]:
    """The items of a text: its lines, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@transaction.atomic
def set_agenda(kind: str, language: str, text: str, by: Person) -> None:
    """Meetings of this kind begin with this text; with our own once it is the same, or empty. Those that have an agenda
    keep it. Raises NotYours for who is not of Kaikukeskus, and Refused for a kind or language that does not exist."""
    who, country = only_kaikukeskus(by), locked_country()
    if language not in shipped().get(kind, {}):
        raise Refused([_("There is no agenda of this kind and language.")])
    wanted = "\n".join(lines(text)) or shipped()[kind][language]
    if wanted == agenda_for(kind, language):
        return
    if wanted == shipped()[kind][language]:
        AgendaText.objects.filter(kind=kind, language=language).delete()
    else:
        AgendaText.objects.update_or_create(kind=kind, language=language, defaults={"text": wanted})
    record(country, who, "agenda_changed", kind=kind, language=language)
