"""Who did what, and when? Writes one row an act in the act's transaction, and checks the chains."""

from typing import NamedTuple

from django.db import models, transaction
from django.utils.timezone import now

from adoption.models import Act, Chained, Country, Person, Region


class Acting(NamedTuple):
    """Who acts, for which side, and in whose stead."""

    person: Person | None
    side: str = ""
    on_behalf_of: Person | None = None


NOBODY = Acting(None)
HEAD = "history_head"


def locked(region_id: int) -> Region:
    """The region's row, alone: every write of a region begins here; whoever waited reads all anew."""
    return Region.objects.select_for_update(no_key=True).get(pk=region_id)


def locked_country() -> Country:
    """The row that owns the acts which belong to no region."""
    Country.objects.get_or_create(pk=1)
    return Country.objects.select_for_update(no_key=True).get(pk=1)


def record(
    chain: Chained, acting: Acting, what: str, about: models.Model | None = None, reason: str = "", **data: object
) -> Act:
    """The act stands as the newest row of the chain, whose row the caller has locked. `data`: keys, never names."""
    act = Act(
        region=chain if isinstance(chain, Region) else None,
        number=chain.history_length + 1,
        at=now(),
        by=acting.person,
        side=acting.side,
        on_behalf_of=acting.on_behalf_of,
        what=what,
        about_kind=about._meta.model_name or "" if about else "",
        about_id=str(about.pk) if about else "",
        data=data,
        reason=reason,
        previous=chain.history_head,
    )
    act.hash = act.computed_hash()
    act.save()
    chain.history_length, chain.history_head = act.number, act.hash
    chain.save(update_fields=["history_length", "history_head"])
    return act


class Fault(NamedTuple):
    """Something that is not as it was written: where, what in words, and a code that scripts rely on."""

    where: str
    what: str
    code: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def all_faults() -> list[Fault]:
    """The faults of every region's chain and of the country's, each read while nobody writes it."""
    found = country_faults()
    for pk in Region.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            found += faults(locked(pk))
    return found


@transaction.atomic
def country_faults() -> list[Fault]:
    """The faults of the country's chain. Loaded data always has its row, so one that is not there was taken away."""
    country = Country.objects.select_for_update(no_key=True).first()
    if country:
        return faults(country)
    if not Region.objects.exists():
        return []
    gone = Fault(str(Country()), "its row is gone, and with it the head of its chain", "country_missing")
    return [gone, *_of_rows(Country())[0]]


def faults(chain: Chained) -> list[Fault]:
    """What does not agree in the chain: empty when every row, its order and the head are as they were written."""
    found, number, head = _of_rows(chain)
    if number != chain.history_length:
        found.append(Fault(str(chain), f"the head says {chain.history_length} rows, the last is {number}", HEAD))
    elif head != chain.history_head:
        found.append(Fault(str(chain), "the last row is not the one that the head names", HEAD))
    return found


def _of_rows(chain: Chained) -> tuple[list[Fault], int, str]:
    """The faults of the rows, and the number and the hash of the last one."""
    acts = Act.objects.filter(region=chain if isinstance(chain, Region) else None).order_by("number")
    found, number, previous = [], 0, ""
    for act in acts.iterator():
        if wrong := _wrong(act, number + 1, previous):
            found.append(Fault(f"{chain}, row {act.number}", *wrong))
        number, previous = act.number, act.hash
    return found, number, previous


def _wrong(act: Act, number: int, previous: str) -> tuple[str, str] | None:
    if act.number != number:
        return f"row {number} is gone", "history_row_missing"
    if act.hash != act.computed_hash():
        return "it is not as it was written", "history_row_changed"
    if act.previous != previous:
        return "the row before it is not the one that it was written after", "history_row_replaced"
    return None
