"""Which organisations and people stand twice, by what is known of them? A short list for Kaikukeskus."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from adoption.folding import folded
from adoption.models import Organisation, Partner, Person
from adoption.public_bodies import Bodies

MOST = 20  # of each kind


class Pair(NamedTuple):
    """Two rows that may be one: the older one first, which is offered to be kept."""

    kept: Any
    gone: Any


def bare(name: str) -> str:
    """A name without capitals, dots, and whatever is no letter or digit: Vaara-kollektiivi is vaarakollektiivi."""
    return "".join(letter for letter in folded(name) if letter.isalnum())


class _Owner(NamedTuple):
    pk: int
    business_id: str
    is_body: bool  # a county or a municipality, of which there is one


def organisations() -> list[Pair]:
    """The same bare name, or two names of one county or municipality, and not two business IDs; of others that act
    somewhere at least one municipality in common, or a region where only one of them has its ID."""
    bodies = Bodies()
    rows = Organisation.objects.order_by("pk").values_list("pk", "name", "business_id")
    groups = _together(
        (bare(bodies.key(name)), _Owner(pk, business_id, bodies.of(name) is not None))
        for pk, name, business_id in rows.iterator()
    )
    act_in = _where(one.pk for group in groups for one in group)
    found = [(one.pk, other.pk) for group in groups for one, other in _pairs(group) if _may_be_one(one, other, act_in)]
    return _read(Organisation, found)


def _where(owners: Iterable[int]) -> dict[int, dict[int, set[int]]]:
    """Organisation → the regions in which it acts → its municipalities there."""
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    through = Partner.municipalities.through.objects.filter(partner__organisation__in=set(owners))
    for owner, region, town in through.values_list("partner__organisation", "partner__region", "municipality"):
        found[owner][region].add(town)
    return found


def _may_be_one(one: _Owner, other: _Owner, act_in: dict[int, dict[int, set[int]]]) -> bool:
    here, there = act_in[one.pk], act_in[other.pk]
    if one.business_id and other.business_id:
        return False
    if one.is_body or not (here and there):
        return True
    if (one.business_id or other.business_id) and here.keys() & there.keys():
        return True
    return bool(set().union(*here.values()) & set().union(*there.values()))


def people() -> list[Pair]:
    """The same bare name, or the same address in other letters; those that can sign in."""
    rows = Person.objects.filter(joined_to=None, is_active=True).order_by("pk").values_list("pk", "name", "email")
    by_name, by_email = [], []
    for pk, name, email in rows.iterator():
        by_name.append((bare(name), pk))
        by_email.append((folded(email), pk))
    groups = [*_together(by_email), *_together(by_name)]
    return _read(Person, list(dict.fromkeys(pair for group in groups for pair in _pairs(group))))


def partners_like(partner: Partner) -> list[Partner]:
    """The other rows of its organisation in its role and region, which alone it can be joined with."""
    same = Partner.objects.filter(
        region=partner.region_id, organisation=partner.organisation_id, role=partner.role
    ).exclude(pk=partner.pk)
    return list(same.select_related("organisation", "region", "contact").order_by("unit", "pk"))


def _together(rows: Iterable[tuple[str, Any]]) -> list[list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for key, row in rows:
        groups[key].append(row)
    return [group for key, group in groups.items() if key and len(group) > 1]


def _pairs(group: list[Any]) -> list[tuple[Any, Any]]:
    """The first of them with each other one: what is joined with it leaves the list."""
    return [(group[0], other) for other in group[1:]]


def _read(model: Any, found: list[tuple[int, int]]) -> list[Pair]:
    found = found[:MOST]
    rows = model.objects.in_bulk({pk for pair in found for pk in pair})
    return [Pair(rows[one], rows[other]) for one, other in found]
