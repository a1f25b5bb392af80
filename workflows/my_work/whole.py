"""What stands in a person's work altogether: what waits, what is put off, and what was done lately of the own tasks?"""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from django.utils.timezone import localdate

from adoption.days import A_DAY
from adoption.models import Person
from workflows.my_work.invitations import Ahead, ahead_of, to_answer, to_arrange
from workflows.my_work.models import OwnTask, Snooze
from workflows.my_work.own_tasks import item_of, own_tasks
from workflows.my_work.queued import item_of_waiting
from workflows.overview import Waiting
from workflows.overview import queue as queue_of_kaikukeskus
from workflows.tasks import Item, Work, by_urgency, work_of


class PutOff(NamedTuple):
    """Something that has been put off: what, until when, and the person's note."""

    item: Item
    until: date
    note: str


class Whole(NamedTuple):
    """The person's work: what waits now, what is put off, what others do, the own tasks that were done lately, and the
    meetings to come."""

    mine: list[Item]
    put_off: list[PutOff]
    others: list[Item]
    done: list[OwnTask]
    ahead: list[Ahead]

    def find(self, key: str) -> Item | None:
        """The item of this key, wherever it stands."""
        everything = [*self.mine, *(one.item for one in self.put_off), *self.others]
        return next((item for item in everything if item.key == key), None)


def whole_of(person: Person, has_role: bool = True, queue: Sequence[Waiting] | None = None) -> Whole:
    """Everything of the person's regions, for one of Kaikukeskus what stands in its queue, which may be given; meetings
    and own tasks. What is put off comes back by itself on its day; at once when it has changed or become late. A snooze
    of what is done hides nothing and is not seen."""
    if person.is_kaikukeskus:
        work = _of_kaikukeskus(person, queue_of_kaikukeskus() if queue is None else queue)
    else:
        work = work_of(person) if has_role else Work([], [])
    tasks = own_tasks(person)
    mine = work.mine + to_answer(person) + [item_of(task) for task in tasks if not task.done_at]
    mine.sort(key=by_urgency)
    snoozes = {snooze.key: snooze for snooze in Snooze.objects.filter(person=person)}
    hidden = {item.key: snoozes[item.key] for item in mine if item.key in snoozes and hides(snoozes[item.key], item)}
    put_off = [PutOff(item, back_on(s, item), s.note) for item in mine if (s := hidden.get(item.key))]
    waiting = [item for item in mine if item.key not in hidden]
    return Whole(waiting, put_off, work.others, [task for task in tasks if task.done_at], ahead_of(person))


def _of_kaikukeskus(person: Person, queue: Sequence[Waiting]) -> Work:
    return Work([*map(item_of_waiting, queue), *to_arrange(person)], [])


def stand_of(item: Item) -> str:
    """How the item stands, short enough to be kept."""
    return sha256(f"{item.due} {item.stand}".encode()).hexdigest()[:16]


def hides(snooze: Snooze, item: Item) -> bool:
    """Whether the item is still put off today."""
    return localdate() < back_on(snooze, item) and snooze.stand == stand_of(item)


def back_on(snooze: Snooze, item: Item) -> date:
    """The day on which the item comes back: the chosen one, or the one on which it becomes late."""
    if item.due and not item.is_aim and snooze.made_on <= item.due:
        return min(snooze.until, item.due + A_DAY)
    return snooze.until
