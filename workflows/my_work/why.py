"""Why does a person see something in the own work, and who else can do it?"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import KAIKUKESKUS
from adoption.models import Municipality, Person, Responsibility, Side
from adoption.models.people import ResponsibilityQuerySet
from adoption.templatetags.kaiku import day, side_name
from commitments.models import Party
from commitments.turn import in_words
from workflows.models import Invitee, OwnTask, TrialMunicipality
from workflows.my_work.filters import awaited
from workflows.overview import ANSWER_WITHIN
from workflows.tasks import BOTH, Item

Keys = Iterable[int]


def _of_trial(step: int) -> Keys:
    return TrialMunicipality.objects.filter(trial__steps=step).values_list("municipality", flat=True)


def _of_partner(partner: int) -> Keys:
    return Municipality.objects.filter(partners=partner).values_list("pk", flat=True)


def _of_commitment(commitment: int) -> Keys:
    return Party.objects.filter(commitment=commitment).exclude(municipality=None).values_list("municipality", flat=True)


# By the beginning of an item's key: the municipalities that it is about. What is not named is of the whole region.
ABOUT: dict[str, Callable[[int], Keys]] = {
    "step": _of_trial, "clearance": _of_partner, "question": _of_partner, "contact": _of_partner,
    "lapsed": _of_partner, "lacks": _of_partner, "commitment": _of_commitment,
}  # fmt: skip


def _covering(item: Item) -> ResponsibilityQuerySet:
    """The responsibilities of today that cover what the item is about."""
    found = Responsibility.objects.current().filter(region=item.region, person__is_active=True)
    kind, _dash, key = item.key.rpartition("-")
    about = ABOUT.get(kind)
    return found.covering(list(about(int(key)))) if about else found


def why_seen(person: Person, item: Item) -> list[str]:
    """Each responsibility of the person that the item comes from, and whom it waits for, in sentences."""
    kind, _dash, key = item.key.rpartition("-")
    if item.own:
        return [_given(OwnTask.objects.select_related("made_by", "meeting").get(pk=int(key), person=person))]
    if kind == "invited":
        return [_invited(Invitee.objects.select_related("meeting__organiser").get(pk=int(key), person=person))]
    if item.exact and person.is_kaikukeskus:
        return [*_of_kaikukeskus(kind), _("It waits for: %(whose)s.") % {"whose": in_words(item.sides)}]
    own = _covering(item).filter(person=person).select_related("region", "municipality")
    said = [_answers(one) for one in own]
    return [*said, _("It waits for: %(whose)s.") % {"whose": in_words(awaited(item))}]


def _given(task: OwnTask) -> str:
    facts = {"name": task.made_by, "day": day(localdate(task.made_at))}
    if task.is_promised:
        facts["meeting"] = task.meeting
        return _("It was agreed on in a meeting (%(meeting)s), and %(name)s wrote it down on %(day)s.") % facts
    if task.is_in_own_words:
        return _("You wrote it yourself on %(day)s. Nobody else sees it.") % facts
    return _("%(name)s gave it to you on %(day)s.") % facts


def _invited(one: Invitee) -> str:
    facts = {"name": one.meeting.organiser, "title": one.meeting.title}
    return _("%(name)s has invited you: %(title)s. Only you can say which times suit you.") % facts


def _of_kaikukeskus(kind: str) -> list[str]:
    """Of a meeting no answer is awaited within days."""
    said = _("You work at Kaikukeskus: whoever is there first does it, and it leaves everybody's list.")
    aim = _("The aim is to answer within %(days)s days.") % {"days": ANSWER_WITHIN}
    return [said] if kind == "arranged" else [said, aim]


def _answers(one: Responsibility) -> str:
    facts = {"side": side_name(one.side), "place": one.municipality or one.region, "day": day(one.since)}
    if one.side == Side.GROUP:
        return _("You belong to the working group of %(place)s, since %(day)s.") % facts
    if one.substitute:
        return _("You are a substitute of the %(side)s in %(place)s, since %(day)s.") % facts
    return _("You are a responsible person of the %(side)s in %(place)s, since %(day)s.") % facts


class Other(NamedTuple):
    """Another one who can do it: whose side, a substitute or not, and where."""

    person: Person
    side: str
    substitute: bool = False
    place: object = ""


def who_else(person: Person, item: Item) -> list[Other]:
    """The others who can do it, responsible persons before substitutes, each person once; where each side does its own
    part, those of the person's side; nobody of the pair where it waits for Kaikukeskus or for those who sign. Of
    Kaikukeskus only its own people speak."""
    sides = awaited(item)
    if item.mine and item.each:
        sides &= frozenset(_covering(item).filter(person=person).values_list("side", flat=True))
    colleagues = _colleagues(person) if KAIKUKESKUS in sides and person.is_kaikukeskus else []
    if item.region is None or not sides & BOTH:
        return colleagues
    found = _covering(item).filter(side__in=sides & BOTH).exclude(person=person)
    once: dict[int, Other] = {}
    for one in found.select_related("person", "municipality").order_by("substitute", "side", "pk"):
        once.setdefault(one.person_id, Other(one.person, one.side, one.substitute, one.municipality or item.region))
    return [*colleagues, *once.values()]


def _colleagues(person: Person) -> list[Other]:
    found = Person.objects.filter(is_kaikukeskus=True, is_active=True).exclude(pk=person.pk)
    return [Other(one, KAIKUKESKUS) for one in found.order_by("name", "pk")]
