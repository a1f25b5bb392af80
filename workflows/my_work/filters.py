"""What of the own work does one want to see: of which region, of which kind, of which side, only what is late?"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.models import Person, Region
from adoption.people import alone
from adoption.refusal import Refused
from workflows.my_work.models import SavedFilter
from workflows.tasks import BOTH, Item

MOST = 20  # saved ones of a person
KINDS = {
    "step": gettext_lazy("Steps of a trial"),
    "partner": gettext_lazy("Partners and their contact persons"),
    "commitment": gettext_lazy("Commitments"),
    "year": gettext_lazy("What the year brings round"),
    "meeting": gettext_lazy("Meetings"),
    "question": gettext_lazy("Questions of the regions"),
    "people": gettext_lazy("Responsible persons"),
    "own": gettext_lazy("Own tasks"),
}
# Kinds that only the pair, or only Kaikukeskus, has in its list.
OF_THE_PAIR, OF_KAIKUKESKUS = frozenset(["year"]), frozenset(["question"])
# By the beginning of an item's key; what is not named here comes round with the year.
OF_KEYS = {
    "step": "step", "clearance": "partner", "question": "partner", "contact": "partner", "lapsed": "partner",
    "lacks": "partner", "commitment": "commitment", "colleague": "people", "own": "own", "arranged": "meeting",
    "invited": "meeting", "note": "question", "leaver": "people",
}  # fmt: skip


def kind_of(item: Item) -> str:
    """To which of KINDS the item belongs."""
    return OF_KEYS.get(item.key.rpartition("-")[0], "year")


def kinds_for(person: Person) -> dict[str, str]:
    """The kinds of things that the person's list may hold."""
    never = OF_THE_PAIR if person.is_kaikukeskus else OF_KAIKUKESKUS
    return {kind: str(label) for kind, label in KINDS.items() if kind not in never}


def awaited(item: Item) -> frozenset[str]:
    """The sides whose turn it is; both where the pair writes what Kaikukeskus then confirms."""
    return BOTH if item.mine and not (item.own or item.exact or item.sides & BOTH) else item.sides


@dataclass(frozen=True)
class Wanted:
    """What is to be seen: everything that is named must fit."""

    region: Region | None = None
    kind: str = ""
    side: str = ""
    late: bool = False

    def __bool__(self) -> bool:
        return bool(self.region or self.kind or self.side or self.late)

    def shows(self, item: Item) -> bool:
        """Whether the item is among what is wanted."""
        if self.region and item.region != self.region:
            return False
        if self.kind and kind_of(item) != self.kind:
            return False
        return (not self.side or self.side in awaited(item)) and (not self.late or item.days_late > 0)

    def of(self, items: Iterable[Item]) -> list[Item]:
        return [item for item in items if self.shows(item)]

    @property
    def values(self) -> dict[str, str]:
        """As the form has them."""
        said = {"region": self.region.slug if self.region else "", "kind": self.kind, "side": self.side}
        return {name: value for name, value in said.items() if value} | ({"late": "on"} if self.late else {})

    @property
    def query(self) -> str:
        """As an address has them."""
        return urlencode(self.values)


def wanted_of(saved: SavedFilter) -> Wanted:
    """What the saved filter shows."""
    return Wanted(saved.region, saved.kind, saved.side, saved.late)


def saved_by(person: Person) -> list[SavedFilter]:
    return list(SavedFilter.objects.filter(person=person).select_related("region"))


@transaction.atomic
def save_filter(person: Person, name: str, wanted: Wanted) -> SavedFilter:
    """What is wanted stands under the name; one of the same name is changed. Raises Refused for what shows everything,
    and for one more than MOST."""
    owner = alone(person)
    if not wanted:
        raise Refused([_("This shows everything: choose first what you want to see.")])
    others = SavedFilter.objects.filter(person=owner).exclude(name=name)
    if others.count() >= MOST:
        raise Refused([_("You have %(most)s filters saved: remove one of them first.") % {"most": MOST}])
    said = {"region": wanted.region, "kind": wanted.kind, "side": wanted.side, "late": wanted.late}
    return SavedFilter.objects.update_or_create(person=owner, name=name, defaults=said)[0]


@transaction.atomic
def show_first(saved: SavedFilter, person: Person, first: bool) -> None:
    """The page begins with this filter, and with no other; or with everything again."""
    owner = alone(person)
    SavedFilter.objects.filter(person=owner, is_default=True).update(is_default=False)
    SavedFilter.objects.filter(person=owner, pk=saved.pk).update(is_default=first)


@transaction.atomic
def remove_filter(saved: SavedFilter, person: Person) -> None:
    """The filter is gone. Twice is no more."""
    SavedFilter.objects.filter(person=alone(person), pk=saved.pk).delete()
