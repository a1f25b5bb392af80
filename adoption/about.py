"""What can a note or a question be about? A region and what belongs to it, whichever layer the thing is of."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from adoption.models import Note, Region


class Kind(NamedTuple):
    """A kind of thing: its model, named as a foreign key names one of a layer above, the way from it to its region,
    and what its title needs."""

    model: str
    region: str
    needs: tuple[str, ...] = ()

    def things(self) -> models.QuerySet[Any]:
        return apps.get_model(self.model).objects.select_related(*self.needs)


KINDS = {
    "region": Kind("adoption.Region", "pk"),
    "step": Kind("workflows.TrialStep", "trial__region", ("trial__region", "trial__process")),
    "partner": Kind("adoption.Partner", "region", ("region", "organisation")),
    "commitment": Kind("commitments.Commitment", "region", ("region", "partner__organisation")),
}


def find(region: Region, kind: str, pk: int) -> Any:
    """The thing, if it is of this region; else nothing."""
    if kind not in KINDS:
        return None
    return KINDS[kind].things().filter(**{KINDS[kind].region: region.pk}).filter(pk=pk).first()


def kind_of(thing: models.Model) -> str:
    """The key of the thing's kind."""
    return next(key for key, kind in KINDS.items() if isinstance(thing, apps.get_model(kind.model)))


def keys_of(thing: models.Model) -> list[int]:
    """The keys under which notes about the thing stand: of a step those of its rounds."""
    return getattr(thing, "keys_of_rounds", None) or [thing.pk]


def title_of(thing: models.Model) -> str:
    """What the thing is called in a sentence."""
    return str(getattr(thing, "heading", thing))


def things_of(notes: Iterable[Note]) -> dict[tuple[str, int], Any]:
    """Kind and key → the thing, for all that the notes are about: a query for each kind."""
    keys: dict[str, set[int]] = defaultdict(set)
    for note in notes:
        keys[note.about_kind].add(note.about_id)
    found = {kind: KINDS[kind].things().in_bulk(list(pks)) for kind, pks in keys.items()}
    return {(kind, pk): thing for kind, things in found.items() for pk, thing in things.items()}
