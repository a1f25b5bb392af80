"""What does a person hold in a trial? Asked beside the trial's rows, so that no act needs a query for it."""

from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from adoption.models import Person, Responsibility
from workflows.models import Trial, TrialMunicipality, TrialStep


class Held(NamedTuple):
    """By which responsibility a person acts in a trial, and whether another person's row has been joined into this."""

    side: str
    substitute: bool
    municipality: int | None  # none: the whole region
    joined: bool


def held_by(person: Person) -> Subquery:
    """For each row of TrialStep the responsibility that covers one of its trial's municipalities, one's own before that
    of a substitute; null without one."""
    members = TrialMunicipality.objects.filter(trial=OuterRef(OuterRef("trial"))).values("municipality")
    here = Responsibility.objects.current().filter(region=OuterRef("trial__region"), side__in=("culture", "care"))
    said = JSONObject(
        side="side", substitute="substitute", municipality="municipality",
        joined=Exists(Person.objects.filter(joined_to=person.pk)),
    )  # fmt: skip
    return Subquery(here.filter(person=person).covering(members).order_by("substitute").values(said=said)[:1])


def held_in(trial: Trial, person: Person) -> Held | None:
    """What the person holds in the trial: as it was read with the rows, else asked now."""
    read = vars(trial).get("held", {})
    found = read[person.pk] if person.pk in read else _asked(trial, person)
    return Held(**found) if found else None


def _asked(trial: Trial, person: Person) -> dict[str, Any] | None:
    rows = TrialStep.objects.filter(trial=trial.pk).order_by()
    found: dict[str, Any] | None = rows.values_list(held_by(person), flat=True)[0]
    return found
