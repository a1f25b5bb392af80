"""What does the year bring round? The feedback meeting that is due every twelve months, and who is reminded of it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.days import a_year_after
from adoption.mail import Letter, later, link, write
from adoption.models import Mail, Person, Region, Responsibility
from adoption.silent_requests import look_after as look_after_silent_requests
from adoption.templatetags.kaiku import day
from commitments.reminding import remind as remind_signatories
from workflows.models import FeedbackMeeting, Trial
from workflows.trial import WITHDRAWN

SOON = timedelta(days=30)  # the time in which a meeting is found and people are invited


class Duty(NamedTuple):
    """A feedback meeting that a region owes: its day, "due" until that day and "late" after it, and the pair."""

    region: Region
    due: date
    stage: str
    pair: list[Person]

    @property
    def key(self) -> str:
        """The beginning of the keys of its mails, one a person."""
        return f"feedback:{self.region.pk}:{self.due.isoformat()}:{self.stage}"

    def reminder_of(self, person: Person) -> str:
        """The key under which `adoption.mail.write` keeps the person's mail."""
        return f"{self.key}:{person.pk}"


# -- when the meeting is due: R8, "Järjestävät palautekokouksen (vähintään kerran vuodessa)" (S3) ------------------


def next_feedback_due(region_ids: Iterable[int]) -> dict[int, date]:
    """Region → the day by which its next feedback meeting is held: twelve months after the start of distribution, or
    after the last meeting. Of a region that was entered in lasting use, and of which no meeting is known, twelve months
    after the entry. A region of which no start is known, or whose trial was stopped, is absent."""
    regions = list(region_ids)
    begun = Trial.objects.filter(Q(started_on__isnull=False) | Q(had_ended=True), region__in=regions).order_by()
    begun = begun.exclude(decided__in=("stop", WITHDRAWN)).annotate(begins=Coalesce("started_on", "entered_on"))
    starts = begun.values_list("region").annotate(
        first=Min("begins"), entered=Max("entered_on", filter=Q(had_ended=True))
    )
    held = FeedbackMeeting.objects.filter(region__in=regions).order_by()
    last = dict(held.values_list("region").annotate(Max("held_on")))
    return {region: a_year_after(_counts_from(start, last.get(region), entered)) for region, start, entered in starts}


def _counts_from(start: date, last: date | None, entered: date | None) -> date:
    """The meeting that is known last counts; before the first one the start, or the entry of a region in use."""
    if last and entered:
        return last
    return max(start, last or entered or start)


def stage_of(due: date, today: date) -> str:
    """ "due" from 30 days before the day, "late" after it, nothing before."""
    if today > due:
        return "late"
    return "due" if today >= due - SOON else ""


def due_meetings(today: date) -> list[Duty]:
    """The meetings of all regions that are due or late today, the oldest first, each with the holders of the pair."""
    stages = {
        region: (due, stage)
        for region, due in next_feedback_due(Region.objects.values_list("pk", flat=True)).items()
        if (stage := stage_of(due, today))
    }
    pairs = _pairs(stages, today)
    regions = Region.objects.in_bulk(list(stages))
    found = [Duty(regions[pk], due, stage, pairs[pk]) for pk, (due, stage) in stages.items()]
    return sorted(found, key=lambda duty: (duty.due, duty.region.slug))


def _pairs(regions: Iterable[int], today: date) -> dict[int, list[Person]]:
    """Region → the responsible persons of both sides, each once."""
    held = Responsibility.objects.current(today).holders().filter(region__in=list(regions), person__is_active=True)
    found: dict[int, dict[int, Person]] = defaultdict(dict)
    for one in held.select_related("person").order_by("side", "pk"):
        found[one.region_id][one.person_id] = one.person
    return defaultdict(list, {region: list(people.values()) for region, people in found.items()})


# -- the daily job ------------------------------------------------------------------------------------------------


def reminded(duties: Iterable[Duty]) -> set[str]:
    """The keys of those reminders that have left; one that a mail server refused is tried again the next day."""
    keys = [duty.reminder_of(person) for duty in duties for person in duty.pair]
    return set(Mail.objects.filter(key__in=keys, sent_at__isnull=False).values_list("key", flat=True))


def daily(today: date | None = None) -> int:
    """Each holder of a pair whose meeting is due or late will have one mail for each of the two, whatever runs twice
    or was down for a day; and so have the silent signatories of commitments, and the pairs that owe
    Kaikukeskus an answer. Returns the number of regions that a job
    was queued for."""
    today = today or localdate()
    remind_signatories(today)
    look_after_silent_requests(today)
    duties = due_meetings(today)
    gone = reminded(duties)
    waiting = [duty for duty in duties if any(duty.reminder_of(person) not in gone for person in duty.pair)]
    with transaction.atomic():
        for duty in waiting:
            later("workflows.year.remind", duty.region.pk, today.isoformat())
    return len(waiting)


def remind(region_id: int, today: str) -> None:
    """The worker's job: the pair of the region has its mails, if the meeting is still owed."""
    for duty in due_meetings(date.fromisoformat(today)):
        if duty.region.pk == region_id:
            write(duty.key, duty.pair, letter(duty))


def letter(duty: Duty) -> Letter:
    """Subject and body of the reminder, in the language that is active for the person."""

    def text(person: Person) -> tuple[str, str]:
        facts = {
            "name": person.given_name,
            "region": duty.region.name,
            "day": day(duty.due),
            "link": link(reverse("meeting_new", args=[duty.region.slug])),
        }
        if duty.stage == "late":
            return _("Feedback meeting late: %(region)s") % facts, _late() % facts
        return _("Feedback meeting by %(day)s: %(region)s") % facts, _due() % facts

    return text


def _due() -> str:
    return _(
        "Hello %(name)s,\n\n"
        "the next feedback meeting of %(region)s is to be held by %(day)s: there is one at least every twelve months.\n"
        "Agree on a day with your pair, and invite the partners and Kaikukeskus.\n\n"
        "When it has been held, record it here:\n%(link)s\n"
    )


def _late() -> str:
    return _(
        "Hello %(name)s,\n\n"
        "the feedback meeting of %(region)s was to be held by %(day)s, and none is recorded.\n"
        "Agree on a day with your pair, and invite the partners and Kaikukeskus. "
        "If it has been held, only the record is missing.\n\n"
        "Record it here:\n%(link)s\n"
    )
