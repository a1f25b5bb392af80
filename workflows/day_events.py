"""How do days and meetings get into a calendar? As events that keep their names, all day but the meetings."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import get_language
from icalendar import Calendar
from icalendar import Event as ICalendarEvent

from adoption.mail import link

ICS = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=6)  # how often a calendar program is asked to look (RFC 7986)


class Event(NamedTuple):
    """By what a calendar knows it again, the number that grows when it is another, its day, its words and its place on
    the site; of a meeting also when it begins, its minutes, whether that is only proposed, and where it is."""

    name: str
    version: int
    day: date
    title: str
    told: str
    path: str
    starts_at: datetime | None = None
    minutes: int = 0
    maybe: bool = False
    where: str = ""


def uid_of(name: str) -> str:
    """The name with the site's, so that no calendar takes it for another's."""
    return f"{name}@{urlsplit(settings.SITE_URL).hostname}"


def calendar(method: str) -> Calendar:
    """An empty iCalendar of this method (RFC 5546)."""
    made = Calendar()
    made.add("prodid", "-//Kaikupolku//EN")
    made.add("version", "2.0")
    made.add("method", method)
    return made


def calendar_bytes(name: str, events: Iterable[Event]) -> bytes:
    """The events as iCalendar, in the language that is spoken at the moment."""
    made = calendar("PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for event in events:
        made.add_component(_component(event))
    return made.to_ical()


def _component(event: Event) -> ICalendarEvent:
    found = ICalendarEvent()
    found.add("uid", uid_of(event.name))
    found.add("dtstamp", now())
    found.add("sequence", event.version)
    _add_time(found, event)
    found.add("summary", event.title, parameters={"language": get_language() or "fi"})
    if event.told:
        found.add("description", event.told)
    if event.path:
        found.add("url", link(event.path))
    return found


def _add_time(found: ICalendarEvent, event: Event) -> None:
    """The day, or when the meeting begins and ends."""
    if event.starts_at is None:
        found.add("dtstart", event.day)
        found.add("transp", "TRANSPARENT")  # a day by which something is done keeps nobody busy
        return
    begins = event.starts_at.astimezone(UTC)
    found.add("dtstart", begins)
    found.add("dtend", begins + timedelta(minutes=event.minutes))
    found.add("status", "TENTATIVE" if event.maybe else "CONFIRMED")
    if event.where:
        found.add("location", event.where)
