"""A region with committed venues and a meeting of it, for the tests of what is said and asked there."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from adoption.models import Person
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.trials import promise
from workflows.arranging.inviting import Whom
from workflows.arranging.models import Meeting
from workflows.arranging.services import arrange
from workflows.models import Trial
from workflows.walk import Walk


def with_venues(number: int) -> Walk:
    """A region with its pair and so many committed venues, each with a contact person of its own."""
    region = a_region("ruotsi")
    here = Walk(Trial(region=region), a_kaikukeskus_person(), *a_pair(region))
    for one in range(number):
        promise(a_venue(region, here.aino, f"Sali {one}"))
    Person.objects.update(language="en")
    return here


def a_meeting(here: Walk, whom: Iterable[Whom], kind: str = "feedback", days: int = 30) -> Meeting:
    """A meeting arranged by the culture person, in so many days, to which these are called."""
    starts_at = timezone.now() + timedelta(days=days)
    said = {"kind": kind, "title": "Yearly meeting", "place": "Library", "link": "", "length": 90, "message": ""}
    return arrange(here.region, here.aino, said, [starts_at], whom)
