"""Was the question sent? The year's question to contact and responsible persons, and Kaikukeskus's to the pair: of each
that waits for its answer the mails, and the reminder that is planned."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption import silent_requests
from adoption.access import holders_of
from adoption.contacts.asking import due_days, mail_key
from adoption.contacts.links import PERSON, SUCCESSOR
from adoption.ladders import CONTACT_REMIND
from adoption.models import ContactCheck, Mail, Person, Region
from adoption.prepared_texts import times
from workflows.reminded import ICONS, WORDS, next_scan

State = ContactCheck.State
MOST = 50  # questions on one page
LETTERS = {
    "asked": gettext_lazy("Question"), "renewed": gettext_lazy("New link"), "reminded": gettext_lazy("Reminder"),
}  # fmt: skip


class Sent(NamedTuple):
    """A mail about a question, or one that is planned: which, to whom, when, and how far it has come."""

    letter: str
    whom: str
    when: date | datetime
    state: str

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def word(self) -> str:
        return str(WORDS[self.state])


class Question(NamedTuple):
    """What is asked, the page where it is seen, and its mails, the next one last."""

    what: str
    href: str
    mails: Sequence[Sent]


# -- the year's question ----------------------------------------------------------------------------------------------


def of_contacts(region: Region) -> list[Question]:
    """What contact and responsible persons of the region, or those who are to follow them, are asked now, the oldest
    first, at most `MOST`; four queries."""
    found = ContactCheck.objects.standing().filter(state__in=[State.ASKED, State.HANDING]).with_subject()
    of_region = found.filter(partner__region=region) | found.filter(responsibility__region=region)
    checks = [one for one in of_region.order_by("since", "pk")[:MOST] if one.asked_at or one.state == State.HANDING]
    mails = {one.key: one for one in Mail.objects.filter(key__in=[key for one in checks for key in _keys(one)])}
    return [_of_contact(one, mails, region) for one in checks]


def _keys(check: ContactCheck) -> dict[str, str]:
    """Key of each mail of the present round → its letter."""
    if check.state == State.HANDING:
        kind, key, number = SUCCESSOR, check.pk, check.successor_round
    else:
        kind, key, number = PERSON, check.person_id, check.round
    return {mail_key(kind, key, number, letter): letter for letter in LETTERS}


def _of_contact(check: ContactCheck, mails: dict[str, Mail], region: Region) -> Question:
    handing = check.state == State.HANDING
    whom = check.successor_name if handing else check.person.name
    sent = {letter: _sent(letter, whom, mails[key]) for key, letter in _keys(check).items() if key in mails}
    begun = check.since if handing else check.asked_at
    if "reminded" not in sent and begun:
        sent["reminded"] = _planned(whom, localdate(begun) + CONTACT_REMIND)
    what = _("Will %(who)s follow as %(what)s?") if handing else _("Still %(what)s?")
    href = check.partner.get_absolute_url() if check.partner else reverse("people", args=[region.slug])
    return Question(what % {"who": whom, "what": check.what}, href, list(sent.values()))


def next_of_contacts(region: Region) -> tuple[date, int] | None:
    """The day on which the year's question next goes to somebody of the region, and to how many persons."""
    days: dict[date, set[int]] = defaultdict(set)
    for one in due_days(region=region.pk):
        days[next_scan(one.on)].add(one.person)
    return (min(days), len(days[min(days)])) if days else None


# -- Kaikukeskus's question about a request for clearance --------------------------------------------------------------


def of_kaikukeskus(region: Region) -> list[Question]:
    """The questions about requests for clearance that wait for the pair, the oldest first, at most `MOST`."""
    asked = silent_requests.open_questions(region)[:MOST]
    partners = [one.partner for one in asked]
    prefetch_related_objects(partners, "municipalities")
    first, then = holders_of(partners), holders_of(partners, other=True)
    pairs = {pk: list(dict.fromkeys(people + then[pk])) for pk, people in first.items()}
    told = Person.objects.filter(responsibilities__region=region).distinct().order_by("name") if asked else ()
    keys = [_key(act, person) for one in asked for act in (one.act, one.reminder) for person in told]
    mails = {mail.key: mail for mail in Mail.objects.filter(key__in=keys).select_related("digest")}
    return [_of_request(one, pairs[one.partner.pk], list(told), mails) for one in asked]


def _key(act: int | None, person: Person) -> str:
    return f"act:{act}:{person.pk}"


def _of_request(
    one: silent_requests.Question, pair: list[Person], told: list[Person], mails: dict[str, Mail]
) -> Question:
    found = [
        _sent(letter, person.name, mails[_key(act, person)])
        for act, letter in ((one.act, "asked"), (one.reminder, "reminded"))
        for person in told
        if _key(act, person) in mails
    ]
    if one.reminder is None:
        whom = ", ".join(person.name for person in pair)
        found.append(_planned(whom, one.asked_on + timedelta(days=times().remind_after)))
    what = _("Kaikukeskus's question about %(partner)s") % {"partner": one.partner}
    return Question(what, one.partner.get_absolute_url(), found)


# -- their mails ------------------------------------------------------------------------------------------------------


def _sent(letter: str, whom: str, mail: Mail) -> Sent:
    return Sent(str(LETTERS[letter]), whom, mail.moment, mail.state)


def _planned(whom: str, on: date) -> Sent:
    return Sent(str(LETTERS["reminded"]), whom, next_scan(on), "planned")
