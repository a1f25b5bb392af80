"""Who follows one who no longer answers for anything in a region?"""

from adoption.models import Handover, Person, Region, Responsibility


def now_for(person: Person, region: Region) -> Person:
    """The person, while answering for something in the region; else whoever has followed, one after another; of those
    who left without handing over the person oneself."""
    seen: set[int] = set()
    found = person
    while found.pk not in seen and not _answers(found, region):
        seen.add(found.pk)
        done = Handover.objects.filter(
            responsibility__person=found, responsibility__region=region, state=Handover.State.DONE
        )
        newest = done.exclude(successor=None).select_related("successor").order_by("-pk").first()
        found = newest.successor if newest and newest.successor else person
    return found if found.pk not in seen else person


def _answers(person: Person, region: Region) -> bool:
    return person.is_kaikukeskus or Responsibility.objects.current().filter(person=person, region=region).exists()
