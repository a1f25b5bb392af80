"""Which region that already has the card comes in? As the tests of entering type it."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from adoption.models import Municipality, Person, Region
from adoption.refusal import Refused
from workflows.entering import enter_region
from workflows.entry import LASTING, Entry
from workflows.models import Trial
from workflows.trial import MODELS

STARTED = localdate() - timedelta(days=300)
ENDS = localdate() + timedelta(days=65)
SINCE = localdate() - timedelta(days=100)
TO_COME = localdate() + timedelta(days=9)


def english(person: Person) -> Person:
    person.language = "en"
    person.save()
    return person


def towns(region: Region) -> list[Municipality]:
    return list(region.municipalities.order_by("name_fi"))


def an_entry(region: Region, present: str = LASTING, model: str = "2024", **more) -> Entry:
    """The region as it stands, with the days of the trial and of lasting use, and nothing more."""
    flow = MODELS.get(model, MODELS["2024"])
    begun = present in (LASTING, "feedback", "decision")
    block = next((block for block in flow.blocks() if present in {step.key for step in block}), ())
    keys = [step.key for step in block]
    all_since = {one.pk: SINCE for one in towns(region)}
    start = STARTED if begun else localdate() + timedelta(days=90)
    said = {
        "start": start, "end": ENDS if begun else start + timedelta(days=364),
        "municipalities": towns(region), "since": all_since if present == LASTING else {},
        "beside": frozenset(keys[: keys.index(present)] if keys else []),
    }  # fmt: skip
    return Entry(model, present, **(said | more))


def lasting(region: Region, laura: Person, **more) -> Trial:
    return enter_region(region, an_entry(region, **more), laura)


def refused(act, *args) -> str:
    with pytest.raises(Refused) as caught:
        act(*args)
    return str(caught.value)
