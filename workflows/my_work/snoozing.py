"""How is something put off until a day? For the person alone: others see it as before, and reminders go on."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.models import Person
from adoption.people import alone
from adoption.refusal import Refused
from workflows.my_work.models import Snooze
from workflows.my_work.whole import back_on, stand_of, whole_of

LONGEST = timedelta(days=366)


def put_off(person: Person, key: str, until: date, note: str = "") -> date:
    """The item leaves the person's list until the day, or until it is late; returns on which it comes back. A later one
    counts instead. Raises Refused for a day that is not ahead or more than a year away, and for what no longer waits
    for the person.

    The list is read before the row is locked: what is done in between leaves a snooze that hides nothing."""
    if wrong := _wrong_day(until):
        raise Refused([wrong])
    before = list(Snooze.objects.filter(person=person).values_list("pk", flat=True))
    whole = whole_of(person)
    waiting = {item.key: item for item in [*whole.mine, *(one.item for one in whole.put_off)]}
    if key not in waiting:
        raise Refused([_("It no longer waits for you, so there is nothing to put off.")])
    gone = Snooze.objects.filter(pk__in=before).exclude(key__in=waiting)  # of what is done nothing is kept
    stand = {"stand": stand_of(waiting[key]), "until": until, "note": note, "made_on": localdate()}
    with transaction.atomic():
        owner = alone(person)
        gone.delete()
        snooze, _made = Snooze.objects.update_or_create(person=owner, key=key, defaults=stand)
    return back_on(snooze, waiting[key])


def _wrong_day(until: date) -> str:
    if until <= localdate():
        return _("Choose a day that is ahead.")
    return _("The day is more than a year away. Check it.") if until > localdate() + LONGEST else ""


@transaction.atomic
def bring_back(person: Person, key: str) -> None:
    """The item stands in the person's list again. Raises Refused for what is not put off."""
    if not Snooze.objects.filter(person=alone(person), key=key).delete()[0]:
        raise Refused([_("It is in your list already.")])
