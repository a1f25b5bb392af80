"""Who is reminded of what today? By a daily scan of what is owed; each once, and only while it is true."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate, now

from adoption import mail
from adoption.contacts.asking import awaited as contacts_awaited
from adoption.days import is_quiet, is_working_day
from adoption.ladders import Rung
from adoption.mail import later
from adoption.models import Kind, Mail, Person
from adoption.silent_requests import answered
from adoption.silent_requests import look_after as look_after_silent_requests
from commitments.reminding import awaited as signatures_awaited
from commitments.reminding import remind as remind_signatories
from commitments.reviewing import looked_at
from workflows.duties import SOURCES, Answerable, Duty, Within
from workflows.models import Reminder
from workflows.reminder_letters import letter
from workflows.survey.letters import awaited as surveys_awaited

Key = tuple[str, str, date, int, int]
Made = dict[tuple[str, str, date, int], set[int]]  # kind, subject, due day and person → the rungs reminded of


class Due(NamedTuple):
    """That a person is to be reminded of a duty, by a rung of its ladder."""

    duty: Duty
    rung: Rung
    person: Person

    @property
    def key(self) -> Key:
        return *self.duty.key, self.rung.days, self.person.pk


# -- the scan ---------------------------------------------------------------------------------------------------------


def on_its_rung(today: date) -> list[Due]:
    """Everybody who is to be reminded of something by today, whether or not it has been done. Of the rungs whose day
    has come the newest one counts."""
    owed = [duty for source in SOURCES.values() for duty in source.owed(Within(today + source.ladder.before))]
    now_on = [(duty, rung) for duty in owed if (rung := duty.rung(today))]
    people = Answerable([duty for duty, _rung in now_on], today)
    return [Due(duty, rung, person) for duty, rung in now_on for person in people.of(duty, rung.whom)]


def due(today: date) -> list[Due]:
    """The reminders that are still to be made today."""
    found = on_its_rung(today)
    done = made(found)
    return [one for one in found if one.key not in done]


def made(found: Iterable[Due]) -> dict[Key, Reminder]:
    """Of these the reminders that there are."""
    subjects = {one.duty.subject for one in found}
    if not subjects:
        return {}
    rows = Reminder.objects.filter(subject__in=subjects, due__in={one.duty.due for one in found})
    rows = rows.select_related("mail__digest")
    return {(row.kind, row.subject, row.due, row.rung, row.person_id): row for row in rows}


def daily(today: date | None = None) -> int:
    """The worker's morning: what is due is queued, and so are the silent signatories of commitments, and the pairs that
    owe Kaikukeskus an answer. Returns for how many people a job was queued."""
    today = today or localdate()
    remind_signatories(today)
    look_after_silent_requests(today)
    return scan(today)


def scan(today: date) -> int:
    """Each reminder that is due stands, and a job that writes it, in one transaction; nothing happens on a quiet day.
    Run twice, by two workers or after days without one, none is made again. Returns how many jobs were queued."""
    if not is_working_day(today):
        return 0
    found = due(today)
    with transaction.atomic():
        Reminder.objects.bulk_create(map(_row, found), ignore_conflicts=True)
        unwritten = Reminder.objects.filter(mail=None).values_list("person", flat=True)
        people = {one.person.pk for one in found} | set(unwritten)
        for person in sorted(people):
            later("workflows.reminders.write", person)
    return len(people)


def _row(one: Due) -> Reminder:
    kind, subject, due_on, rung, person = one.key
    return Reminder(kind=kind, subject=subject, region=one.duty.region, due=due_on, rung=rung, person_id=person)


# -- the worker's jobs ------------------------------------------------------------------------------------------------


@transaction.atomic
def write(person_pk: int) -> None:
    """The person's reminders are mails that leave together; none is of what has been done or moved meanwhile."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_pk)
    unwritten = list(Reminder.objects.filter(person=person, mail=None))
    owed = still_owed(unwritten, localdate())
    for reminder in unwritten:
        if reminder.pk in owed:
            _write(reminder, owed[reminder.pk], person)
        else:
            reminder.delete()


def _write(reminder: Reminder, due_now: Due, person: Person) -> None:
    key = f"reminder:{reminder.pk}"
    mail.write(key, [person], letter(due_now.duty, due_now.rung, localdate()), Kind.DUTIES)
    reminder.mail = Mail.objects.get(key=f"{key}:{person.pk}")
    reminder.save(update_fields=["mail"])


def still_owed(reminders: Iterable[Reminder], today: date) -> dict[int, Due]:
    """Of the reminders those that are true now, by key: the duty is owed by its day and by its person, and no later
    rung has overtaken it."""
    by_kind: dict[str, list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        by_kind[reminder.kind].append(reminder)
    duties: dict[tuple[str, str, date], Duty] = {}
    for kind, rows in by_kind.items():
        source = SOURCES[kind]
        owed = source.owed(Within(today + source.ladder.before, {row.subject for row in rows}))
        duties |= {duty.key: duty for duty in owed}
    people, made_of = Answerable(duties.values(), today), _made_of(by_kind)
    found = {row.pk: _true(row, duties, people, made_of, today) for rows in by_kind.values() for row in rows}
    return {pk: one for pk, one in found.items() if one}


def _made_of(by_kind: dict[str, list[Reminder]]) -> Made:
    rows = [row for some in by_kind.values() for row in some]
    found: Made = defaultdict(set)
    if rows:
        for row in Reminder.objects.filter(subject__in={row.subject for row in rows}):
            found[row.kind, row.subject, row.due, row.person_id].add(row.rung)
    return found


def _true(
    row: Reminder,
    duties: dict[tuple[str, str, date], Duty],
    people: Answerable,
    made_of: Made,
    today: date,
) -> Due | None:
    """A rung whose day has not come, of which there is a reminder since the clock was ahead, overtakes nothing."""
    duty = duties.get((row.kind, row.subject, row.due))
    rung = duty.rung(today) if duty else None
    if duty is None or rung is None or rung.days < row.rung:
        return None
    own = next((one for one in duty.ladder.rungs if one.days == row.rung), None)
    come = {days for days in made_of[row.kind, row.subject, row.due, row.person_id] if days <= rung.days}
    if own is None or max(come) != row.rung:
        return None
    person = next((one for one in people.of(duty, own.whom) if one.pk == row.person_id), None)
    return Due(duty, own, person) if person else None


# -- what waits for the morning ---------------------------------------------------------------------------------------


def deliver_waiting() -> int:
    """Each minute: what is no longer true is taken back, the morning's mails are put together, and every mail that may
    leave and has not is tried. Returns how many were tried."""
    take_back_answered()
    if not is_quiet(now()):
        take_back()
        mail.put_together()
    return mail.deliver_waiting()


def take_back() -> int:
    """The reminders that wait and are no longer true are withdrawn, as if never made. Returns how many."""
    waiting = Reminder.objects.filter(mail__sent_at=None, mail__given_up_at=None, mail__isnull=False)
    rows = list(waiting.select_related("mail"))
    owed = still_owed(rows, localdate())
    gone = [row for row in rows if row.pk not in owed]
    return sum(_withdrawn(row) for row in gone)


def _acts_awaited(keys: Collection[str]) -> set[str]:
    """What is told by an act of history asks for nothing, but Kaikukeskus's question and a copy to be looked at."""
    acts = {key: int(key.split(":")[1]) for key in keys}
    over = answered(acts.values()) | looked_at(acts.values())
    return {key for key, act in acts.items() if act not in over}


# The beginning of a mail's key → of such keys those that still ask for something.
ASKING: dict[str, Callable[[Collection[str]], set[str]]] = {
    "contact": contacts_awaited, "sign": signatures_awaited, "survey": surveys_awaited, "act": _acts_awaited,
}  # fmt: skip


def take_back_answered() -> int:
    """The questions and their reminders that wait, by night too, and ask for nothing any more, were never written."""
    return sum(mail.unwrite(pk) for pk in _answered_meanwhile())


def _answered_meanwhile() -> list[int]:
    found = Mail.objects.filter(sent_at=None, given_up_at=None, withdrawn_at=None)
    keys: dict[str, dict[str, int]] = defaultdict(dict)
    for key, pk in found.values_list("key", "pk"):
        keys[key.partition(":")[0]][key] = pk
    awaited = {key for begin, some in keys.items() if begin in ASKING for key in ASKING[begin](some)}
    return [pk for begin in ASKING for key, pk in keys[begin].items() if key not in awaited]


@transaction.atomic
def _withdrawn(reminder: Reminder) -> bool:
    """Whether it could be: not while a worker sends it, alone or in a list."""
    letter_of = mail.unsent(reminder.mail_id) if reminder.mail_id else None
    if letter_of is None:
        return False
    letter_of.withdrawn_at = now()
    letter_of.save(update_fields=["withdrawn_at"])
    reminder.delete()
    return True
