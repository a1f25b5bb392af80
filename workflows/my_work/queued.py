"""How does what waits for Kaikukeskus stand in the list of one who works there?"""

from adoption.access import KAIKUKESKUS
from workflows.overview import Waiting
from workflows.tasks import Item


def item_of_waiting(one: Waiting) -> Item:
    """The entry of the queue as one thing of the list. The day by which Kaikukeskus wants to answer is an aim."""
    return Item(
        what=f"{one.kind}: {one.title}",
        where=one.where,
        href=one.href,
        act=one.act,
        due=one.due,
        sides=frozenset([KAIKUKESKUS]),
        mine=True,
        key=one.key,
        stand=one.stand,
        region=one.region,
        exact=True,
        is_aim=one.planned is None,
    )
