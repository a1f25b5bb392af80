"""When is each contact and responsible person asked, and reminded? By the worker's daily scan and by what is known."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import CharField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.timezone import localdate, now

from adoption.contacts.links import PERSON, SUCCESSOR, round_of
from adoption.days import done_until, due_again, is_working_day
from adoption.history import NOBODY, Acting, locked, record
from adoption.ladders import CONTACT_REMIND
from adoption.mail import later
from adoption.models import Act, ContactCheck, Joined, Mail, Partner, Person, Region, Responsibility
from adoption.people import alone

TOGETHER = timedelta(days=30)  # what is due so soon is asked in the same mail as what is due now
State = ContactCheck.State


# -- when it is due ---------------------------------------------------------------------------------------------------


class Due(NamedTuple):
    """The day on which a person is next asked about a partner or a responsibility, given by its key."""

    on: date
    person: int
    region: int
    partner: int | None = None
    responsibility: int | None = None


def due_days(person: int | None = None, region: int | None = None, until: date | None = None) -> list[Due]:
    """When each contact person of a partner on its way and each holder is next asked; or those of one person or region,
    or those who are due by a day.

    Twelve months after being named, or after the last answer; one who has not answered twelve months after being asked.
    Whoever hands over or leaves is not asked.
    """
    due = _of_partners(person, region, until) + _of_holders(person, region, until)
    return due if until is None else [one for one in due if one.on <= until]


def _of_partners(person: int | None, region: int | None, until: date | None) -> list[Due]:
    found = _whose(Partner.objects.on_the_way().filter(contact__is_active=True), "contact", person, region)
    found = found if until is None else _may_be_due(found, "partner", "contact", until, _named_after(until))
    rows = list(found.order_by("pk").values_list("pk", "contact", "region"))
    if until is not None and not rows:
        return []
    keys = [pk for pk, _contact, _region in rows]
    named = _named(None if person is region is until is None else keys)
    checks = _newest("partner", person, None if until is None else keys)
    return [
        Due(day, contact, region, partner=pk)
        for pk, contact, region in rows
        if (day := _day(checks.get((pk, contact)), named.get(str(pk))))
    ]


def _of_holders(person: int | None, region: int | None, until: date | None) -> list[Due]:
    found = Responsibility.objects.current().holders().lasting().filter(person__is_active=True)
    found = _whose(found, "person", person, region)
    if until is not None:
        found = _may_be_due(found, "responsibility", "person", until, Q(since__gt=done_until(until)))
    rows = list(found.order_by("pk").values_list("pk", "person", "region", "since"))
    checks = _newest("responsibility", person, None if until is None else [row[0] for row in rows])
    return [
        Due(day, holder, region, responsibility=pk)
        for pk, holder, region, since in rows
        if (day := _day(checks.get((pk, holder)), since))
    ]


def _whose(found: Any, field: str, person: int | None, region: int | None = None) -> Any:
    found = found if person is None else found.filter(**{field: person})
    return found if region is None else found.filter(region=region)


def _may_be_due(found: Any, subject: str, person: str, until: date, since_then: Q | Exists) -> Any:
    """Of these those who may be due by the day: the database leaves out whom the newest check shows not to be, and,
    where no question is open, who was named less than a year before the day, as `since_then` says."""
    before, checks = done_until(until), ContactCheck.objects.filter(**{subject: OuterRef("pk")})
    newest = checks.exclude(state=State.OVERTAKEN).order_by("-pk")
    silent = Q(state=State.ASKED, asked_at__isnull=False, asked_at__date__lte=before)
    answered = ~Q(state__in=ContactCheck.UNFINISHED) & (Q(answered_at=None) | Q(answered_at__date__lte=before))
    later = ContactCheck.objects.exclude(silent | answered)
    found = found.filter(Exists(checks.unfinished()) | ~since_then).alias(
        newest=Subquery(newest.values("pk")[:1]), of=Subquery(newest.values("person")[:1])
    )
    return found.filter(Q(newest=None) | ~Q(newest__in=later.values("pk"), of=F(person)))


def _named_after(until: date) -> Exists:
    """Whether a contact was named for it less than a year before the day."""
    acts = Act.objects.filter(what="contact_named", about_kind="partner", at__date__gt=done_until(until))
    return Exists(acts.filter(about_id=Cast(OuterRef("pk"), CharField())))


def _named(partners: list[int] | None) -> dict[str, date]:
    """Partner's key, as history writes it → the day on which its contact person was last named; of one that another was
    joined into the later of the two."""
    acts = Act.objects.filter(what="contact_named", about_kind="partner")
    into = {str(gone): str(kept) for gone, kept in Joined.objects.filter(kind="partner").values_list("gone", "kept")}
    if partners is not None:
        wanted = {str(pk) for pk in partners}
        acts = acts.filter(about_id__in=wanted | {gone for gone, kept in into.items() if kept in wanted})
    found: dict[str, date] = {}
    for pk, at in acts.order_by().values_list("about_id").annotate(last=Max("at")).order_by("last"):
        found[into.get(pk, pk)] = localdate(at)
    return found


class Newest(NamedTuple):
    """Of the checks of one subject and person: the last answer, and the one that waits for something."""

    answered: datetime | None
    open: tuple[str, datetime | None] | None


def _newest(field: str, person: int | None, subjects: list[int] | None) -> dict[tuple[int, int], Newest]:
    """Subject and person → how they have been asked; of all subjects, or of these."""
    of = {f"{field}__isnull": False} if subjects is None else {f"{field}__in": subjects}
    checks = ContactCheck.objects.filter(**of)
    checks = _whose(checks.exclude(state=State.OVERTAKEN), "person", person)
    found: dict[tuple[int, int], Newest] = {}
    for pk, whose, state, asked, answered in checks.order_by("pk").values_list(
        field, "person", "state", "asked_at", "answered_at"
    ):
        is_open = state in ContactCheck.UNFINISHED
        found[pk, whose] = Newest(None if is_open else answered, (state, asked) if is_open else None)
    return found


def _day(checks: Newest | None, named: date | None) -> date | None:
    if checks and checks.open:
        state, asked = checks.open
        return due_again(localdate(asked)) if asked and state == State.ASKED else None
    days = [day for day in (named, localdate(checks.answered) if checks and checks.answered else None) if day]
    return due_again(max(days)) if days else date.min


# -- the daily job ----------------------------------------------------------------------------------------------------


def daily(today: date | None = None) -> int:
    """Whoever is due will have one mail with one link for all of it; the silent are reminded once. On working days;
    whatever runs twice or was down for some days. Returns how many jobs were queued."""
    today = today or localdate()
    if not is_working_day(today):
        return 0
    set_aside()
    people = sorted({due.person for due in due_days(until=today)})
    silent, successors = _to_remind(today)
    with transaction.atomic():
        for person in people:
            later("adoption.contacts.asking.ask", person, today.isoformat())
        for person, number in silent:
            later("adoption.contacts.letters.reminded", person, number)
        for check, number in successors:
            later("adoption.contacts.letters.successor_reminded", check, number)
    return len(people) + len(silent) + len(successors)


def ask(person_key: int, today: str) -> None:
    """The worker's job: the person has been asked about everything that is due, and about what soon will be. Once more
    does nothing."""
    day = date.fromisoformat(today)
    with transaction.atomic():
        regions = lock_regions_of(person_key)
        person = alone(Person.objects.get(pk=person_key))
        due = [one for one in due_days(person_key) if one.region in regions]
        if any(one.on <= day for one in due):
            for one in due:
                if one.on <= day + TOGETHER:
                    _ask(one, regions[one.region])
            begin_round(person)


def lock_regions_of(person: int, *more: int) -> dict[int, Region]:
    """The regions in which the person is somebody's contact or responsible, or is asked so: locked in one order, with
    more of them by their keys."""
    held = Responsibility.objects.current().filter(person=person).values_list("region", flat=True)
    contact = Partner.objects.filter(contact=person).values_list("region", flat=True)
    return {pk: locked(pk) for pk in sorted({*held, *contact, *regions_asked(person), *more})}


def regions_asked(person: int) -> set[int]:
    """The regions in which a question to the person is open."""
    checks = ContactCheck.objects.unfinished().filter(person=person)
    keys = checks.values_list(Coalesce("partner__region", "responsibility__region"), flat=True)
    return set(keys)


def _ask(due: Due, region: Region) -> ContactCheck:
    """The check that asks: a new one, or the one that was not answered for a year, whose alarm goes on."""
    subject = Q(partner=due.partner) if due.partner else Q(responsibility=due.responsibility)
    overtake(ContactCheck.objects.filter(subject).exclude(person=due.person))
    check = ContactCheck.objects.unfinished().filter(subject).first() or ContactCheck(
        partner_id=due.partner, responsibility_id=due.responsibility, person_id=due.person, since=now()
    )
    check.save()
    record(region, NOBODY, "contact_asked" if check.partner else "responsible_asked", check.about, **check.said)
    return check


def begin_round(person: Person, letter: str = "asked") -> int:
    """One new link for everything that the person is asked, mailed by the letter of this name: older ones are
    worthless. The caller has locked the regions."""
    number = round_of(person) + 1
    checks = ContactCheck.objects.unfinished().filter(person=person)
    checks.update(round=number, asked_at=now())
    later(f"adoption.contacts.letters.{letter}", person.pk, number)
    return number


def ask_anew(person: Person, who: Acting, regions: dict[int, Region]) -> None:
    """What the person has not answered is asked again by a new link. The caller has locked the regions."""
    silent = ContactCheck.objects.standing().filter(person=person, state=State.ASKED).with_subject()
    for check in silent:
        record(
            regions[check.region.pk],
            who,
            "contact_asked" if check.partner else "responsible_asked",
            check.about,
            **check.said,
        )
    begin_round(person, "renewed")


def overtake(checks: QuerySet[ContactCheck]) -> None:
    """Nothing is asked by these any more. The caller has locked their region."""
    for check in checks.filter(state__in=ContactCheck.UNFINISHED):
        check.overtake()
        check.successor_name = check.successor_email = ""
        check.save()


def set_aside() -> None:
    """What was asked of somebody whom another has followed meanwhile is no longer asked."""
    idle = ContactCheck.objects.unfinished().exclude(pk__in=ContactCheck.objects.standing().values("pk"))
    keys = idle.order_by().values_list(Coalesce("partner__region", "responsibility__region"), flat=True)
    for region in sorted(set(keys)):
        with transaction.atomic():
            locked(region)
            overtake(idle.filter(Q(partner__region=region) | Q(responsibility__region=region)))


# -- who is silent ----------------------------------------------------------------------------------------------------


def _to_remind(today: date) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Person and round of those who have not answered for two weeks and have had no reminder; the same of successors,
    by check and round."""
    standing = ContactCheck.objects.standing()
    asked = standing.filter(state=State.ASKED, asked_at__date__lte=today - CONTACT_REMIND)
    handing = standing.filter(state=State.HANDING, since__date__lte=today - CONTACT_REMIND)
    people = _not_reminded(asked, PERSON, "person", "round")
    return people, _not_reminded(handing, SUCCESSOR, "pk", "successor_round")


def _not_reminded(checks: QuerySet[ContactCheck], kind: str, whose: str, number: str) -> list[tuple[int, int]]:
    who, rounds = Cast(whose, CharField()), Cast(number, CharField())
    key = Concat(Value(f"contact:{kind}:"), who, Value(":"), rounds, Value(":reminded"))  # as `mail_key` has it
    fresh = checks.alias(reminder=key).exclude(Exists(Mail.objects.filter(key=OuterRef("reminder"))))
    return sorted(set(fresh.order_by().values_list(whose, number)))


def mail_key(kind: str, key: int, number: int, letter: str) -> str:
    """The key of a mail to a person, or to the successor of a check, about this round."""
    return f"contact:{kind}:{key}:{number}:{letter}"


def awaited(keys: Collection[str]) -> set[str]:
    """Of the keys of these mails those whose question waits for an answer by their link."""
    parts = {key: key.split(":")[1:4] for key in keys}
    whose = {kind: {int(one[1]) for one in parts.values() if one[0] == kind} for kind in (PERSON, SUCCESSOR)}
    standing = ContactCheck.objects.standing()
    asked = standing.filter(state=State.ASKED, person__in=whose[PERSON]).values_list("person", "round")
    handing = standing.filter(state=State.HANDING, pk__in=whose[SUCCESSOR]).values_list("pk", "successor_round")
    waits = {(PERSON, *row) for row in asked} | {(SUCCESSOR, *row) for row in handing}
    return {key for key, (kind, whom, number) in parts.items() if (kind, int(whom), int(number)) in waits}
