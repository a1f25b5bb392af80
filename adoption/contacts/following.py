"""Who is told when somebody leaves and nobody follows, and how is it said to the one who leaves?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.access import holders_of
from adoption.models import ContactCheck, Person, Responsibility


def who_follows(check: ContactCheck) -> list[Person]:
    """Who sees that somebody follows the one who leaves: `followers`, or Kaikukeskus where there is nobody."""
    return followers([check])[check.pk] or list(Person.objects.filter(is_kaikukeskus=True, is_active=True))


def followers(checks: Sequence[ContactCheck]) -> dict[int, list[Person]]:
    """Check → who of the region sees that somebody follows: of a partner the side that looks after it, then the other
    one (R7); of a responsible person the others of the side. In as many queries however many they are."""
    partners = [check.partner for check in checks if check.partner]
    prefetch_related_objects(partners, "municipalities")
    first, then = holders_of(partners), holders_of(partners, other=True)
    sides = _holders_of_sides([check.responsibility for check in checks if check.responsibility])
    found = {}
    for check in checks:
        given, partner = check.responsibility, check.partner_id or 0
        people = sides[given.region_id, given.side] if given else first[partner] + then[partner]
        found[check.pk] = [person for person in dict.fromkeys(people) if person != check.person]
    return found


def _holders_of_sides(given: Iterable[Responsibility]) -> dict[tuple[int, str], list[Person]]:
    """Region and side → its responsible persons of today."""
    held = Responsibility.objects.current().holders().filter(region__in={one.region_id for one in given})
    found = defaultdict(list)
    for one in held.select_related("person").order_by("pk"):
        found[one.region_id, one.side].append(one.person)
    return found


# -- in words ---------------------------------------------------------------------------------------------------------


def will_be_told(people: Sequence[Person]) -> str:
    """What the one who leaves reads before."""
    said = ngettext(
        "%(who)s is told, and names another one. Until then you stay.",
        "%(who)s are told, and one of them names another one. Until then you stay.",
        len(people) or 1,
    )
    return said % {"who": _names(people)}


def has_been_told(people: Sequence[Person]) -> str:
    """What the one who leaves reads afterwards."""
    said = ngettext(
        "Thank you. %(who)s has been told, and names another one.",
        "Thank you. %(who)s have been told, and one of them names another one.",
        len(people) or 1,
    )
    return said % {"who": _names(people)}


def names_another(people: Sequence[Person]) -> str:
    """Whose turn it is while nobody follows."""
    said = ngettext("%(who)s names another one", "One of these names another one: %(who)s", len(people) or 1)
    return said % {"who": _names(people)}


def _names(people: Sequence[Person]) -> str:
    """Those who follow it; where there is nobody it is Kaikukeskus."""
    return ", ".join(person.name for person in people) or "Kaikukeskus"


def question(checks: Iterable[ContactCheck]) -> str:
    """The year's question in one line, by what is asked: a contact person is no responsible person."""
    kinds = {check.partner_id is None for check in checks}
    if kinds == {True}:
        return _("Are you still the responsible person?")
    if kinds == {False}:
        return _("Are you still the contact person?")
    return _("Are you still the contact person and the responsible person?")
