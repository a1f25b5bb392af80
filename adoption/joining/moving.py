"""What points at a row, in every layer, and how does it come to point at another one?

Asked of the models themselves, so that a foreign key that is added one day is not forgotten.
"""

from typing import Any, Protocol, runtime_checkable

from django.apps import apps
from django.db import models
from django.db.models.fields.reverse_related import ManyToOneRel

from adoption.models import Note, Person

# Acts keep their person: the hash of history covers the key, and the row stays, saying into which it was joined.
STAYS = {("adoption.Act", "by"), ("adoption.Act", "on_behalf_of")}
# The copy that the sign-in keeps of an address: with the address it opens nothing more.
GOES = {("account.EmailAddress", "user")}
Reference = tuple[type[models.Model], Any]


@runtime_checkable
class TakesOver(Protocol):
    """A row that a person has once, and with whose twin something would be lost."""

    def take_over(self, twin: Any) -> None:
        """What the twin has and this row lacks is this row's; then the twin goes."""


def references(model: type[models.Model]) -> list[Reference]:
    """The models and their fields that point at rows of this one, also those whose way back has no name."""
    found = model._meta.get_fields(include_hidden=True)
    return [(one.related_model, one.field) for one in found if isinstance(one, ManyToOneRel)]


def label_of(reference: Reference) -> tuple[str, str]:
    """How STAYS and GOES name it."""
    return reference[0]._meta.label, reference[1].name


def counted(gone: models.Model) -> dict[str, int]:
    """How many rows of each model would move: label → number."""
    found: dict[str, int] = {}
    for reference in references(type(gone)):
        number = _rows(reference, gone).count()
        if number and label_of(reference) not in STAYS | GOES:
            label = reference[0]._meta.label
            found[label] = found.get(label, 0) + number
    return found


def move(gone: models.Model, kept: models.Model) -> None:
    """Everything that points at the gone row points at the kept one. The caller has locked what owns both."""
    for reference in references(type(gone)):
        label, rows = label_of(reference), _rows(reference, gone)
        if label in GOES:
            rows.delete()
        elif label not in STAYS:
            _move(reference, rows, gone, kept)
    _move_notes(gone, kept)


def _rows(reference: Reference, thing: models.Model) -> models.QuerySet[Any]:
    model, field = reference
    return model._base_manager.filter(**{field.name: thing})


def _move(reference: Reference, rows: models.QuerySet[Any], gone: models.Model, kept: models.Model) -> None:
    model, field = reference
    if model._meta.auto_created:  # of many to many: what both have stands once
        other = next(one for one in model._meta.fields if one.is_relation and one.name != field.name)
        both = _rows(reference, kept).values(other.attname)
        rows.filter(**{f"{other.attname}__in": both}).delete()
    if isinstance(gone, Person):
        _drop_twins(reference, gone, kept)
    rows.update(**{field.name: kept})


def _drop_twins(reference: Reference, gone: models.Model, kept: models.Model) -> None:
    """What one person may have once, such as a choice or a reminder, and both rows have: that of the kept one stays."""
    model, field = reference
    for only in model._meta.constraints:
        if isinstance(only, models.UniqueConstraint) and field.name in only.fields:
            rows = model._base_manager.filter(only.condition or models.Q())
            same = {name: models.OuterRef(name) for name in only.fields if name != field.name}
            twins = rows.filter(**{field.name: kept}, **same)
            going = rows.filter(models.Exists(twins), **{field.name: gone})
            for one in going:
                own = rows.get(**{field.name: kept}, **{name: getattr(one, name) for name in same})
                if isinstance(own, TakesOver):
                    own.take_over(one)
            going.delete()


def _move_notes(gone: models.Model, kept: models.Model) -> None:
    """A note names what it is about by kind and key."""
    if apps.get_model("adoption.Partner") is type(gone):
        Note.objects.filter(about_kind="partner", about_id=gone.pk).update(about_id=kept.pk)
