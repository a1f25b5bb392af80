"""What does a year hold for a region? What was done on which day and by whom, and what is due, month by month."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.access import PAIR
from adoption.contacts.asking import due_days
from adoption.ladders import DECISION, FEEDBACK, INDUCTION, NATIONAL, PAGE
from adoption.models import ContactCheck, Partner, Person, Region
from commitments.turn import in_words
from workflows.arranging import called
from workflows.duties import SOURCES, Duty, Within
from workflows.models import FeedbackMeeting, Meeting, Trial, TrialStep, YearlyDone
from workflows.trial import MODELS, WITHDRAWN
from workflows.yearly.words import TITLES

COMES_ROUND = (FEEDBACK, INDUCTION, NATIONAL, PAGE)
DONE, LATE, DUE, AHEAD = "done", "late", "open", "ahead"
SOON = timedelta(days=30)  # the time in which one begins with what is due


class Entry(NamedTuple):
    """Something of the year: its day, what it is, how it stands, who did it or is to, and where one sees it."""

    day: date
    what: str
    state: str
    who: str = ""
    href: str = ""
    uid: str = ""  # by what a calendar knows it again; nothing where it is no event of its own


class Months(NamedTuple):
    """A month with its entries, in the order of their days; or several months in which there is nothing."""

    first: date
    last: date
    entries: list[Entry]

    @property
    def is_one(self) -> bool:
        return self.first == self.last

    @property
    def is_now(self) -> bool:
        return self.first <= localdate().replace(day=1) <= self.last


def months(region: Region, year: int) -> list[Months]:
    """The twelve months of the year; empty ones that follow each other are one."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries(region, date(year, 1, 1), date(year, 12, 31)):
        found[entry.day.month].append(entry)
    rows: list[Months] = []
    for month in (date(year, number, 1) for number in range(1, 13)):
        here = found[month.month]
        if rows and not here and not rows[-1].entries:
            rows[-1] = rows[-1]._replace(last=month)
        else:
            rows.append(Months(month, month, here))
    return rows


def entries(region: Region, first: date, last: date) -> list[Entry]:
    """Everything between the two days, in their order."""
    parts = (
        _steps(region), _ends(region), _held(region), _arranged(region), _said(region), _inducted(region),
        _asked(region, last),
    )  # fmt: skip
    found = [one for one in chain(*parts, _owed(region, last)) if first <= one.day <= last]
    return sorted(found, key=lambda one: one.day)


def late(region: Region) -> list[Entry]:
    """What comes round every year and is past its day."""
    return [one for one in _owed(region, localdate()) if one.state == LATE]


def _stands(due: date) -> str:
    today = localdate()
    if due < today:
        return LATE
    return DUE if due <= today + SOON else AHEAD


# -- what is owed ------------------------------------------------------------------------------------------------------


def _owed(region: Region, last: date) -> list[Entry]:
    """What comes round every year, on the day by which it is next done; what is arranged in time stands on its own."""
    within = Within(last, regions=[region.pk])
    duties = chain.from_iterable(SOURCES[ladder.kind].owed(within) for ladder in COMES_ROUND)
    return [_of_duty(duty) for duty in duties if not duty.rests]


def _of_duty(duty: Duty) -> Entry:
    return Entry(
        duty.due, capfirst(duty.what()), _stands(duty.due), in_words(duty.sides), duty.path, event_name_of(duty)
    )  # fmt: skip


def event_name_of(duty: Duty) -> str:
    """By what a calendar knows the duty again, also when its day moves: of inductions, of which a region owes several,
    by their day as well."""
    kind = "step" if duty.ladder is DECISION else duty.ladder.kind
    day = f"-{duty.due:%Y%m%d}" if duty.ladder is INDUCTION else ""
    return f"{kind}-{duty.subject}{day}"


# -- trials ------------------------------------------------------------------------------------------------------------


def _steps(region: Region) -> Iterator[Entry]:
    """Each step on the day on which it was done, or by which it is planned to be."""
    rows = TrialStep.objects.filter(trial__region=region).exclude(trial__decided=WITHDRAWN)
    dated = rows.filter(Q(due__isnull=False) | Q(closed_at__isnull=False)).select_related("trial__process", "trial")
    steps = list(dated.order_by("pk"))
    names = _names(given["by"] for row in steps for given in row.confirmed.values())
    for row in steps:
        row.trial.region = region
        done = _done_on(row)
        if done or (row.due and not row.closed_at and not row.trial.decided):
            yield _of_step(row, done, names)


def _done_on(row: TrialStep) -> date | None:
    """The day of the deed: of an entered step its own, if it is known; a skipped one was not done."""
    if row.closed_at is None or row.skipped:
        return None
    if row.key == "start_distribution" and row.trial.started_on:
        return row.trial.started_on
    return row.done_on if row.entered_at else localdate(row.closed_at)


def _of_step(row: TrialStep, done: date | None, names: dict[int, str]) -> Entry:
    step = MODELS[row.trial.model].step(row.key)
    assert step
    if done:
        who = ", ".join(names[given["by"]] for given in row.confirmed.values())
        return Entry(done, row.heading, DONE, who, row.get_absolute_url(), f"step-{row.pk}")
    assert row.due
    who = in_words(frozenset(step.sides & set(PAIR) or step.sides))
    return Entry(row.due, row.heading, _stands(row.due), who, row.get_absolute_url(), f"step-{row.pk}")


def _names(keys: Iterable[int]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in=set(keys)).values_list("pk", "name"))


def _ends(region: Region) -> Iterator[Entry]:
    """The last days of the trials, as far as they are known; one that has turned into lasting use ends no more."""
    decided = Max("steps__closed_at", filter=Q(steps__key="decision"))
    trials = Trial.objects.filter(region=region).exclude(decided=WITHDRAWN).annotate(decided_at=decided)
    for trial in trials.order_by("pk"):
        ends = trial.term[1]
        turned = trial.decided not in ("", "stop") and trial.decided_at
        if ends and not (turned and localdate(trial.decided_at) < ends):
            state = DONE if ends < localdate() else AHEAD
            yield Entry(ends, _("The trial ends"), state, "", region.get_absolute_url(), f"end-{trial.pk}")


# -- what was done -----------------------------------------------------------------------------------------------------


def _held(region: Region) -> Iterator[Entry]:
    """The feedback meetings."""
    for meeting in FeedbackMeeting.objects.filter(region=region).select_related("recorded_by").order_by("pk"):
        href = reverse("meeting_correct", args=[region.slug, meeting.pk])
        who = "" if meeting.is_entered else meeting.recorded_by.name
        yield Entry(meeting.held_on, _("Feedback meeting"), DONE, who, href, f"meeting-{meeting.pk}")


def _arranged(region: Region) -> Iterator[Entry]:
    """The meetings that were held or are to come, the national ones to which the region is called among them. For a
    calendar they are events with a time."""
    for one in called.meetings_of(region):
        state = DONE if one.state == Meeting.State.HELD else AHEAD
        what = one.title if one.starts_at else called.proposed(one)
        for on in called.days_of(one):
            yield Entry(on, what, state, str(one.organiser), path_of(one, region))


def path_of(meeting: Meeting, region: Region) -> str:
    """Where the region's people see the meeting: of the national one, where they say that they took part."""
    if meeting.region_id:
        return meeting.get_absolute_url()
    return reverse("yearly_done", args=[region.slug, NATIONAL.kind])


def _said(region: Region) -> Iterator[Entry]:
    """What the region has said to be done."""
    for one in YearlyDone.objects.filter(region=region).select_related("recorded_by").order_by("pk"):
        href = reverse("yearly_done", args=[region.slug, one.kind])
        yield Entry(one.on, capfirst(str(TITLES[one.kind])), DONE, one.recorded_by.name, href, f"yearly-{one.pk}")


def _inducted(region: Region) -> Iterator[Entry]:
    """The last inductions of the partners' staff, as many as there were on a day."""
    counted: dict[tuple[date, str], int] = defaultdict(int)
    rows = Partner.objects.on_the_way().filter(region=region, induction_on__isnull=False, induction_before=False)
    for on, role in rows.values_list("induction_on", "role"):
        if on:
            counted[on, role] += 1
    for (on, role), count in counted.items():
        said = ngettext("%(count)s partner", "%(count)s partners", count) % {"count": count}
        venues, distributors = _("Induction of the venues' staff"), _("Induction of the distributors' staff")
        title = venues if role == Partner.Role.VENUE else distributors
        yield Entry(on, f"{title}: {said}", DONE, "", reverse("partners", args=[region.slug]))


# -- the yearly question to contact and responsible persons ------------------------------------------------------------


def _asked(region: Region, last: date) -> Iterator[Entry]:
    """On which days people are asked whether all is as it was, and have answered; the site asks by itself."""
    href = reverse("partners", args=[region.slug])
    ahead = (max(one.on, localdate()) for one in due_days(region=region.pk) if one.on <= last)
    for on, count in _by_day(ahead):
        text = ngettext(
            "%(count)s person is asked whether still the contact or responsible person",
            "%(count)s persons are asked whether still the contact or responsible persons",
            count,
        )
        yield Entry(on, text % {"count": count}, AHEAD, "Kaikupolku", href)
    checks = ContactCheck.objects.filter(Q(partner__region=region) | Q(responsibility__region=region))
    answered = checks.exclude(state=ContactCheck.State.OVERTAKEN).exclude(answered_at=None)
    for on, count in _by_day(localdate(at) for at in answered.values_list("answered_at", flat=True)):
        text = ngettext(
            "%(count)s person answered whether still the contact or responsible person",
            "%(count)s persons answered whether still the contact or responsible persons",
            count,
        )
        yield Entry(on, text % {"count": count}, DONE, "", href)


def _by_day(days: Iterable[date]) -> list[tuple[date, int]]:
    counted: dict[date, int] = defaultdict(int)
    for on in days:
        counted[on] += 1
    return sorted(counted.items())
