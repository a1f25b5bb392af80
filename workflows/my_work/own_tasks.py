"""How does one keep small tasks of one's own? Only the person whose they are reads and writes them."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from adoption.access import regions_of
from adoption.models import Person, Region
from adoption.people import alone
from adoption.refusal import Refused
from workflows.my_work.models import OwnTask
from workflows.tasks import Item

MOST = 200  # open ones of a person
LATELY = timedelta(days=7)  # so long a done one can be taken back on the page


@transaction.atomic
def add_task(person: Person, text: str, due: date | None = None, region: Region | None = None) -> OwnTask:
    """The task stands in the person's work. Raises Refused for one more than MOST, and a region that the person does
    not read."""
    owner = alone(person)
    owner = owner.joined_to or owner
    if OwnTask.objects.open().filter(person=owner).count() >= MOST:
        raise Refused([_("You have %(most)s own tasks open: do some of them first.") % {"most": MOST}])
    _refuse_region(owner, region)
    return OwnTask.objects.create(person=owner, made_by=owner, text=text, due=due, region=region)


def _refuse_region(person: Person, region: Region | None) -> None:
    if region and not regions_of(person).filter(pk=region.pk).exists():
        raise Refused([_("Choose a region of yours, or none.")])


@transaction.atomic
def change_task(task: OwnTask, person: Person, text: str, due: date | None, region: Region | None) -> OwnTask:
    """The open task says what is given. Raises Refused for one that is done; of one that somebody else has given only
    the day changes."""
    task = _own(task, person)
    if task.done_at:
        raise Refused([_("It is done already. Take that back first.")])
    if task.made_by_id == person.pk:
        _refuse_region(person, region)
        task.text, task.region = text, region
    task.due = due
    task.save(update_fields=["text", "region", "due"])
    return task


@transaction.atomic
def finish_task(task: OwnTask, person: Person) -> OwnTask:
    """The task is done and leaves the list. Raises Refused for one that is done already."""
    task = _own(task, person)
    if task.done_at:
        raise Refused([_("It is done already.")])
    return _done(task, True)


@transaction.atomic
def take_back(task: OwnTask, person: Person) -> OwnTask:
    """The task is not done after all. Raises Refused for one that is open."""
    task = _own(task, person)
    if not task.done_at:
        raise Refused([_("It is open already.")])
    return _done(task, False)


def _own(task: OwnTask, person: Person) -> OwnTask:
    """The person's task, read anew while nobody else writes the person's list."""
    owner = alone(person)
    return OwnTask.objects.select_related("made_by").get(pk=task.pk, person=owner)


def _done(task: OwnTask, done: bool) -> OwnTask:
    task.done_at = now() if done else None
    task.save(update_fields=["done_at"])
    return task


# -- as the list shows them -------------------------------------------------------------------------------------------


def own_tasks(person: Person) -> list[OwnTask]:
    """The open ones, and those done lately, in one query."""
    shown = Q(done_at=None) | Q(done_at__gte=now() - LATELY)
    return list(OwnTask.objects.filter(shown, person=person).select_related("region", "made_by"))


def item_of(task: OwnTask) -> Item:
    """The task as one thing of the list."""
    given = _("given by %(name)s") % {"name": task.made_by} if task.made_by_id != task.person_id else ""
    return Item(
        what=task.text,
        where=str(task.region) if task.region else _("Your own task"),
        href=task.get_absolute_url(),
        act=_("Mark as done"),
        due=task.due,
        note=given,
        mine=True,
        key=f"own-{task.pk}",
        stand=task.text,
        region=task.region,
        own=True,
    )
