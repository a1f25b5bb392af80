"""How does one keep small tasks of one's own? Only the person whose they are writes them, and reads those that were not
agreed on in a meeting."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from adoption.access import regions_of
from adoption.history import Acting, locked, locked_country, record
from adoption.models import Chained, Person, Region
from adoption.people import alone
from adoption.refusal import Refused
from workflows.arranging.models import Meeting
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
    """The open task says what is given. Raises Refused for one that is done; of one that somebody else has given, or
    that was agreed on in a meeting, only the day changes."""
    task, chain = _own(task, person)
    if task.done_at:
        raise Refused([_("It is done already. Take that back first.")])
    if task.is_in_own_words:
        _refuse_region(person, region)
        task.text, task.region = text, region
    was, task.due = task.due, due
    task.save(update_fields=["text", "region", "due"])
    if was != due:
        _tell_history(chain, "point_moved", task, was=_iso(was), to=_iso(due))
    return task


@transaction.atomic
def finish_task(task: OwnTask, person: Person) -> OwnTask:
    """The task is done and leaves the list. Raises Refused for one that is done already."""
    task, chain = _own(task, person)
    if task.done_at:
        raise Refused([_("It is done already.")])
    _tell_history(chain, "point_done", task)
    return _done(task, True)


@transaction.atomic
def take_back(task: OwnTask, person: Person) -> OwnTask:
    """The task is not done after all. Raises Refused for one that is open."""
    task, chain = _own(task, person)
    if not task.done_at:
        raise Refused([_("It is open already.")])
    _tell_history(chain, "point_not_done", task)
    return _done(task, False)


def _own(task: OwnTask, person: Person) -> tuple[OwnTask, Chained | None]:
    """The person's task, read anew while nobody else writes the person's list, and of a point of a meeting the chain of
    its acts, locked. Raises Refused for a point that was taken back, or that another person has now."""
    chain = _chain(task.meeting) if task.meeting else None
    owner = alone(person)
    found = OwnTask.objects.select_related("person", "made_by").filter(pk=task.pk, person=owner).first()
    if found is None:
        raise Refused([_("It does not stand in your list any more.")])
    return found, chain


def _chain(meeting: Meeting) -> Chained:
    return locked(meeting.region_id) if meeting.region_id else locked_country()


def _tell_history(chain: Chained | None, what: str, task: OwnTask, **data: str) -> None:
    """What is promised to others is moved and done before their eyes; what is one's own alone is nobody's history."""
    if chain:
        record(chain, Acting(task.person), what, task.meeting, point=task.pk, **data)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


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
