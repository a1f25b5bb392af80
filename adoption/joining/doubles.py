"""Which organisations and people stand twice, by what is known of them? A short list for Kaikukeskus."""

from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any, NamedTuple

from adoption.folding import folded
from adoption.models import Organisation, Partner, Person
from adoption.public_bodies import Bodies

MOST = 20  # of each kind
LEAST = 5  # letters of a name that is looked for within another
NEAR = 0.85  # of their letters two names have in common that are spelt nearly alike


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
    return _read(Organisation, _once(found))


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
    return _read(Person, _once(pair for group in groups for pair in _pairs(group)))


def partners_like(partner: Partner) -> list[Partner]:
    """The other rows of its organisation in its role and region, which alone it can be joined with."""
    same = Partner.objects.filter(
        region=partner.region_id, organisation=partner.organisation_id, role=partner.role
    ).exclude(pk=partner.pk)
    return list(same.select_related("organisation", "region", "contact").order_by("unit", "pk"))


def partners_near(partner: Partner) -> list[Partner]:
    """The rows of other organisations in its role and region that have nearly its name, or its unit's, or whose
    organisation is called the same: Kaikukeskus joins their organisations, and these with them."""
    others = Partner.objects.filter(region=partner.region_id, role=partner.role)
    others = others.exclude(organisation=partner.organisation_id).order_by("pk")
    rows = others.values_list("pk", "organisation__name", "unit")
    mine, owner = (bare(str(partner)), bare(partner.unit)), bare(partner.organisation.name)
    found = [
        pk
        for pk, name, unit in rows.iterator()
        if bare(name) == owner or _are_near(mine, (bare(f"{name}{unit}"), bare(unit)))
    ][:MOST]
    return list(Partner.objects.filter(pk__in=found).select_related("organisation", "region", "contact").order_by("pk"))


def _are_near(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Of the bare names, whole and of the unit: the same unit, one name within the other, or two that are spelt nearly
    alike."""
    (name, unit), (second, second_unit) = one, other
    shorter, longer = sorted((name, second), key=len)
    if (unit and unit == second_unit) or (len(shorter) >= LEAST and shorter in longer):
        return True
    alike = SequenceMatcher(None, name, second, autojunk=False)
    return alike.real_quick_ratio() >= NEAR and alike.quick_ratio() >= NEAR and alike.ratio() >= NEAR


def _together(rows: Iterable[tuple[str, Any]]) -> list[list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for key, row in rows:
        groups[key].append(row)
    return [group for key, group in groups.items() if key and len(group) > 1]


def _pairs(group: list[Any]) -> list[tuple[Any, Any]]:
    """Each with each, of a group that is not too large to be read."""
    return list(combinations(group[:MOST], 2))


def _once(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is joined with an older one leaves the list: each is offered with one older one alone."""
    gone: dict[int, int] = {}
    for one, other in found:
        if one not in gone:
            gone.setdefault(other, one)
    return [(one, other) for other, one in gone.items()]


def _read(model: Any, found: list[tuple[int, int]]) -> list[Pair]:
    found = found[:MOST]
    rows = model.objects.in_bulk({pk for pair in found for pk in pair})
    return [Pair(rows[one], rows[other]) for one, other in found]
