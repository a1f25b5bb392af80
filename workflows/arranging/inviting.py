"""Whom can a meeting be for: which groups are there, and who are they?"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from adoption.models import Partner, Person, Phase, Region, Responsibility, Side
from adoption.people import refuse_unmailable
from adoption.regions import language_of
from workflows.arranging.models import Invitee, Meeting

Kind = Meeting.Kind
RUNS = (Phase.TRIAL, Phase.LASTING)  # the phases of a municipality in which Kaikukortti is there
GROUPS = {
    "pair": _("responsible persons and substitutes"),
    "group": _("others of the working group"),
    "partners": _("contact persons of the partners"),
    "kaikukeskus": _("Kaikukeskus"),
}
# Of the national meeting: nobody is left out unseen.
GROUPS_OF_COUNTRY = {
    "responsible": _("responsible persons of the regions in trial or in lasting use"),
    "preparing": _("responsible persons of the regions that explore or prepare"),
}
# Whom a meeting of this kind is usually for.
USUAL = {
    Kind.INTRODUCTION: ("pair", "group", "partners", "kaikukeskus"),
    Kind.TRAINING: ("pair", "group", "kaikukeskus"),
    Kind.WORKSHOP: ("pair", "group", "partners"),
    Kind.FEEDBACK: ("pair", "group", "partners", "kaikukeskus"),
}


class Whom(NamedTuple):
    """One to invite: a person known here, or a name and an address; for which partner, or for which regions."""

    person: Person | None = None
    name: str = ""
    email: str = ""
    partner: Partner | None = None
    regions: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.person.name if self.person else self.name


def groups(region: Region) -> dict[str, list[Whom]]:
    """Who is in each group of the region today, each person once a group."""
    held = Responsibility.objects.current().filter(region=region, person__is_active=True).select_related("person")
    rows = list(held.order_by("substitute", "pk"))
    partners = Partner.objects.on_the_way().filter(region=region, contact__is_active=True)
    contacts = [Whom(one.contact, partner=one) for one in partners.select_related("contact").order_by("pk")]
    return {
        "pair": _once(Whom(row.person) for row in rows if row.side != Side.GROUP),
        "group": _once(Whom(row.person) for row in rows if row.side == Side.GROUP),
        "partners": _once(contacts),
        "kaikukeskus": [Whom(one) for one in kaikukeskus()],
    }


def kaikukeskus() -> QuerySet[Person]:
    """Everybody who works at Kaikukeskus."""
    return Person.objects.filter(is_kaikukeskus=True, is_active=True).order_by("pk")


def responsible_everywhere() -> list[Whom]:
    """The responsible persons of all regions in trial or in lasting use, each once, with the regions they are for."""
    return groups_of_country()["responsible"]


def groups_of_country() -> dict[str, list[Whom]]:
    """The responsible persons of the regions in trial or in lasting use, and those of the others alone: each once, with
    all the regions that they are for."""
    held = Responsibility.objects.current().holders().filter(person__is_active=True)
    regions: dict[Person, list[int]] = {}
    for row in held.select_related("person").order_by("pk"):
        regions.setdefault(row.person, []).append(row.region_id)
    running = set(regions_running().values_list("pk", flat=True))
    found: dict[str, list[Whom]] = {key: [] for key in GROUPS_OF_COUNTRY}
    for person, some in regions.items():
        key = "responsible" if running & set(some) else "preparing"
        found[key].append(Whom(person, regions=tuple(dict.fromkeys(some))))
    return found


def regions_running() -> QuerySet[Region]:
    """The regions in which a municipality is in trial or in lasting use."""
    return Region.objects.filter(members__phase__in=RUNS).distinct()


def _once(people: Iterable[Whom]) -> list[Whom]:
    """Each person once, the first mention counting."""
    return list({one.person: one for one in reversed(list(people))}.values())[::-1]


# -- the rows ---------------------------------------------------------------------------------------------------------


def invite_all(meeting: Meeting, people: Iterable[Whom]) -> list[Invitee]:
    """Those of them who are not invited yet are; whoever was and no longer is, is again. The caller holds the lock.

    Raises Refused for an address that no mail can be sent to.
    """
    known = {_who(one): one for one in meeting.invitees.select_related("person")}
    office, made = _in_office(meeting.region), []
    for whom in _alone(list(map(_known, people))):
        if meeting.region is None and whom.person and not whom.regions:
            whom = whom._replace(regions=_answered_for(whom.person))
        invitee = known.get(_key(whom))
        if invitee is None:
            invitee = known[_key(whom)] = _make(meeting, whom, _key(whom) in office)
        elif invitee.uninvited_at is None:
            continue
        else:
            invitee.uninvited_at = invitee.cannot_come_at = None
            invitee.of_office = invitee.person_id in office
            invitee.save(update_fields=["uninvited_at", "cannot_come_at", "of_office"])
        made.append(invitee)
    return made


def _known(whom: Whom) -> Whom:
    """An address that belongs to somebody who is known here means that person."""
    if whom.person:
        return whom
    refuse_unmailable(whom.email)
    person = Person.objects.filter(email=whom.email.strip().lower()).select_related("joined_to").first()
    person = (person.joined_to or person) if person else None
    return whom._replace(person=person) if person and person.is_active else whom


def _alone(people: list[Whom]) -> list[Whom]:
    """The same, their rows locked in one order: whoever is being joined with another row is that one."""
    keys = [one.person.pk for one in people if one.person]
    # Not joined in the query: PostgreSQL, having waited, reads only the locked row anew.
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    now_so = {row.pk: row.joined_to or row for row in rows}
    return [one._replace(person=now_so[one.person.pk]) if one.person else one for one in people]


def _answered_for(person: Person) -> tuple[int, ...]:
    """The regions whose responsible person or substitute one is: for them one is called to the national meeting."""
    held = Responsibility.objects.current().filter(person=person).exclude(side=Side.GROUP)
    return tuple(held.order_by("region").values_list("region", flat=True).distinct())


def _in_office(region: Region | None) -> set[int]:
    """The keys of the people of the region and of Kaikukeskus today; the national meeting is for all responsible."""
    held = Responsibility.objects.current()
    held = held.filter(region=region) if region else held.exclude(side=Side.GROUP)
    return {*held.values_list("person", flat=True), *kaikukeskus().values_list("pk", flat=True)}


def _key(whom: Whom) -> int | str:
    return whom.person.pk if whom.person else whom.email.strip().lower()


def _who(invitee: Invitee) -> int | str:
    return invitee.person_id or invitee.given_email


def _make(meeting: Meeting, whom: Whom, of_office: bool) -> Invitee:
    language = whom.person.language if whom.person else language_of(meeting.region) if meeting.region else "fi"
    given = {} if whom.person else {"given_name": whom.name.strip(), "given_email": whom.email.strip().lower()}
    made = Invitee.objects.create(
        meeting=meeting, person=whom.person, partner=whom.partner, language=language, of_office=of_office, **given
    )
    made.regions.set(whom.regions)
    return made
