"""How do a region's year and a person's own duties get into a calendar, and follow there by themselves?"""

from datetime import date

from django.db.models import Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from adoption.ladders import DECISION, OWN, STEP
from adoption.models import Act, Person, Region
from workflows.arranging import called
from workflows.day_events import Event, calendar_bytes
from workflows.duties import Duty
from workflows.letters import named
from workflows.models import TrialStep
from workflows.tasks import Item, arranged_items, partner_items
from workflows.trial import MODELS
from workflows.yearly.own_days import meetings_of, owed_by, steps_of
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
    """How often something was done to a national meeting, which moves what regions owe, or to the times in which they
    answer."""
    moving = Q(about_kind="meeting") | Q(what="clearance_times_set")
    return Act.objects.filter(moving, region=None).count()


def _of_entry(one: Entry, region: Region, version: int) -> Event:
    told = [_("Done"), one.who] if one.state == DONE else [one.who]
    said = ": ".join(str(text) for text in told if text)
    title = f"{region.name}: {one.what}"
    return Event(f"year-{one.uid}", version, one.day, title, said, one.href)


# -- one's own duties -------------------------------------------------------------------------------------------------


def of_person(person: Person) -> bytes:
    """What the person is to do, on the days by which it is to be done: what is owed now, the steps that the plans
    foresee for the person's sides, what else stands in the person's work with a day, and the meetings to which the
    person is called. What is done is left out."""
    rows = steps_of(person)
    duties = owed_by(person)
    owed = {duty.subject for duty in duties if duty.ladder in (STEP, DECISION)}
    acts = _national_acts()
    events = [_of_duty(duty, rows, acts, person) for duty in duties]
    events += [_of_row(row) for row in rows.values() if str(row.pk) not in owed]
    events += _no_duties_of(person, acts)
    events += [event for one, path in meetings_of(person) for event in called.events_of(one, path)]
    name = _("Kaikukortti: what I am to do")
    return calendar_bytes(name, sorted(events, key=lambda event: (event.day, event.name)))


def _no_duties_of(person: Person, national_acts: int) -> list[Event]:
    """Kaikukeskus's questions that the person answers, and the meetings whose time the person fixes, or says who came.
    Each change of their day is an act of the region, or of Kaikukeskus."""
    return [
        Event(item.key, item.region.history_length + national_acts, item.due, _titled(item), item.note, item.href)
        for item in partner_items(person) + arranged_items(person)
        if item.mine and item.due and item.region
    ]


def _titled(item: Item) -> str:
    return f"{item.region}: {item.what}"


def _of_duty(duty: Duty, rows: dict[int, TrialStep], national_acts: int, reader: Person) -> Event:
    """A step's number grows with its day alone, as in the calendar of the plan; of what comes round every year, and of
    the points of meetings, each change is an act of the region or of a national meeting. Own tasks have no history:
    their number is the minute."""
    row = rows.get(int(duty.subject)) if duty.ladder in (STEP, DECISION) else None
    if row:
        version = row.event_version
    elif duty.ladder is OWN:
        version = int(now().timestamp()) // 60
    else:
        version = national_acts + (duty.region.history_length if duty.region else 0)
    path = duty.path_for(reader)
    return Event(event_name_of(duty), version, duty.due, f"{duty.where}: {duty.what()}", duty.todo(), path)


def _of_row(row: TrialStep) -> Event:
    step = MODELS[row.trial.model].step(row.key)
    assert step
    title = f"{row.trial.region.name}: {named(step)}"
    return Event(
        f"step-{row.pk}", row.event_version, row.due or localdate(), title, str(step.what), row.get_absolute_url()
    )
