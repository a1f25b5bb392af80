"""How do a region's year and a person's own duties get into a calendar, and follow there by themselves?"""

from datetime import date
from itertools import chain

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import KAIKUKESKUS
from adoption.ladders import DECISION, NATIONAL, STEP, SUBSTITUTES
from adoption.models import Act, Person, Region, Responsibility
from workflows.arranging import called
from workflows.day_events import Event, calendar_bytes
from workflows.duties import SOURCES, Answerable, Duty, Within, own
from workflows.letters import named
from workflows.models import Meeting, OwnTask, Trial, TrialStep
from workflows.reminded import AHEAD
from workflows.tasks import sides_held, trials_of
from workflows.trial import MODELS
from workflows.yearly.region_year import DONE, Entry, entries, event_name_of, path_of

# -- a region's year --------------------------------------------------------------------------------------------------


def of_region(region: Region) -> bytes:
    """Last year, this one and the two to come. What is not asked for any more is left out.

    Every change of a day is an act of the region or of a national meeting, so the number grows with their acts."""
    year = localdate().year
    first, last = date(year - 1, 1, 1), date(year + 2, 12, 31)
    version = region.history_length + _national_acts()
    events = [_of_entry(one, region, version) for one in entries(region, first, last) if one.uid]
    meetings = [event for one in called.meetings_of(region) for event in called.events_of(one, path_of(one, region))]
    events += [event for event in meetings if first <= event.day <= last]
    name = _("%(region)s: the year") % {"region": region.name}
    return calendar_bytes(name, sorted(events, key=lambda event: event.day))


def _national_acts() -> int:
    """How often something was done to a national meeting, which moves what regions owe."""
    return Act.objects.filter(region=None, about_kind="meeting").count()


def _of_entry(one: Entry, region: Region, version: int) -> Event:
    told = [_("Done"), one.who] if one.state == DONE else [one.who]
    said = ": ".join(str(text) for text in told if text)
    title = f"{region.name}: {one.what}"
    return Event(f"year-{one.uid}", version, one.day, title, said, one.href)


# -- one's own duties -------------------------------------------------------------------------------------------------


def of_person(person: Person) -> bytes:
    """What the person is to do, on the days by which it is to be done: what is owed now, the steps that the plans
    foresee for the person's sides, and the meetings to which the person is called. What is done is left out."""
    rows = _steps_of(person)
    duties = _owed_by(person)
    owed = {duty.subject for duty in duties if duty.ladder in (STEP, DECISION)}
    acts = _national_acts()
    events = [_of_duty(duty, rows, acts) for duty in duties]
    events += [_of_row(row) for row in rows.values() if str(row.pk) not in owed]
    events += _meetings_of(person)
    name = _("Kaikukortti: what I am to do")
    return calendar_bytes(name, sorted(events, key=lambda event: (event.day, event.name)))


def _owed_by(person: Person) -> list[Duty]:
    """The duties that the person, or whom the person stands in for, is reminded of."""
    today = localdate()
    duties = list(chain.from_iterable(_owed_in(region) for region in _regions(person)))
    if not person.is_kaikukeskus:  # whose duties of all regions are read with these among them
        duties += own(Within(today + AHEAD, _own_tasks(person)))
    people = Answerable(duties, today)
    return [duty for duty in duties if person in people.of(duty, SUBSTITUTES)]


def _own_tasks(person: Person) -> list[str]:
    return [str(pk) for pk in OwnTask.objects.open().filter(person=person).values_list("pk", flat=True)]


def _regions(person: Person) -> list[int | None]:
    """Of which regions the duties are read; for Kaikukeskus of all at once."""
    if person.is_kaikukeskus:
        return [None]
    held = Responsibility.objects.current().filter(person=person).order_by("region")
    return list(held.values_list("region", flat=True).distinct())


def _owed_in(region: int | None) -> list[Duty]:
    within = Within(localdate() + AHEAD, region=region)
    owed = chain.from_iterable(source.owed(within) for source in SOURCES.values())
    return [duty for duty in owed if not duty.rests]


def _meetings_of(person: Person) -> list[Event]:
    """The meetings to come, each with the page that the person may see."""
    own = dict(
        Responsibility.objects.current().filter(person=person).order_by("-pk").values_list("region", "region__slug")
    )
    found = called.to_come_for(person)
    return [event for one in found for event in called.events_of(one, _page_of(one, person, own))]


def _page_of(meeting: Meeting, person: Person, own: dict[int, str]) -> str:
    if person.is_kaikukeskus or meeting.region_id in own:
        return meeting.get_absolute_url()
    if meeting.region_id is None and own:
        return reverse("yearly_done", args=[next(iter(own.values())), NATIONAL.kind])
    return ""


def _steps_of(person: Person) -> dict[int, TrialStep]:
    """The steps ahead that have a day and whose entries or confirmation are the person's, by key."""
    if person.is_kaikukeskus:
        trials = {one.pk: one for one in Trial.objects.filter(decided="").select_related("region")}
    else:
        trials = {one.pk: one for one in trials_of(person)}
    found = {}
    for row in TrialStep.objects.filter(trial__in=trials, closed_at=None, due__isnull=False).order_by("pk"):
        row.trial = trials[row.trial_id]
        step = MODELS[row.trial.model].step(row.key)
        own = {KAIKUKESKUS} if person.is_kaikukeskus else sides_held(row.trial)
        if step and own & {*step.sides, step.writer}:
            found[row.pk] = row
    return found


def _of_duty(duty: Duty, rows: dict[int, TrialStep], national_acts: int) -> Event:
    """A step's number grows with its day alone, as in the calendar of the plan; of what comes round every year each
    change is an act of the region or of a national meeting."""
    row = rows.get(int(duty.subject)) if duty.ladder in (STEP, DECISION) else None
    version = row.event_version if row else duty.region.history_length + national_acts if duty.region else 0
    return Event(event_name_of(duty), version, duty.due, f"{duty.where}: {duty.what()}", duty.todo(), duty.path)


def _of_row(row: TrialStep) -> Event:
    step = MODELS[row.trial.model].step(row.key)
    assert step
    title = f"{row.trial.region.name}: {named(step)}"
    return Event(
        f"step-{row.pk}", row.event_version, row.due or localdate(), title, str(step.what), row.get_absolute_url()
    )
