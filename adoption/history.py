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


def faults(chain: Chained) -> list[str]:
    """What does not agree in the chain: empty when every row, its order and the head are as they were written."""
    acts = Act.objects.filter(region=chain if isinstance(chain, Region) else None).order_by("number")
    found, previous, length = [], "", 0
    for length, act in enumerate(acts.iterator(), 1):
        if act.number != length or act.previous != previous or act.hash != act.computed_hash():
            found.append(f"{chain}: row {act.number} is not as it was written")
        previous = act.hash
    if (length, previous) != (chain.history_length, chain.history_head):
        found.append(f"{chain}: the head says {chain.history_length} rows, {length} are there")
    return found


def all_faults() -> list[str]:
    """The faults of every region's chain and of the country's."""
    with transaction.atomic():
        chains: list[Chained] = [*Country.objects.all(), *Region.objects.order_by("pk")]
        return [fault for chain in chains for fault in faults(chain)]
