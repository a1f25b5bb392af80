"""How does a plan leave the site? As a calendar with an all-day event a step, and as a table."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from adoption.mail import link
from adoption.templatetags.kaiku import day
from workflows.letters import named
from workflows.models import TrialStep
from workflows.timeline import Line, Plan

ICS = "text/calendar; charset=utf-8"
MAKER = "-//Kaikupolku//EN"


def uid_of(row: TrialStep) -> str:
    """By what a calendar knows the step again, whenever and by whomever it is taken along."""
    return f"step-{row.pk}@{urlsplit(settings.SITE_URL).hostname}"


def calendar_bytes(plan: Plan, place: str) -> bytes:
    """The plan as iCalendar, in the language that is spoken at the moment: on its due day, each step that has one.

    An event keeps its name for the calendar, and its number grows when the day moves, so that the newer one wins.
    """
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("%(region)s: the plan") % {"region": place})
    made = now()
    for line in plan.lines:
        if line.row and line.due:
            calendar.add_component(_event(line, line.row, place, made))
    return calendar.to_ical()


def _event(line: Line, row: TrialStep, place: str, made: datetime) -> Event:
    event = Event()
    event.add("uid", uid_of(row))
    event.add("dtstamp", made)
    event.add("sequence", row.due_version)
    event.add("dtstart", line.due)
    event.add("summary", f"{place}: {_name(line)}", parameters={"language": get_language() or "fi"})
    if told := [text for text in (line.done_said, row.moved) if text]:
        event.add("description", "\n".join(told))
    event.add("url", link(row.get_absolute_url()))
    event.add("transp", "TRANSPARENT")  # a day by which something is done keeps nobody busy
    return event


def _name(line: Line) -> str:
    rounds = _("round %(round)s") % {"round": line.round}
    return f"{named(line.step)}, {rounds}" if line.round > 1 else named(line.step)


def plan_table(plan: Plan) -> Iterator[list[object]]:
    """The headings, then a row a step, in the language that is spoken at the moment."""
    yield [_("Step"), _("Name"), _("Planned from"), _("Planned to"), _("Done on"), _("Compared with the plan")]
    for line in plan.lines:
        number: object = line.step.number
        yield [number, str(line.step.title), day(line.begins), day(line.due), day(line.done), line.difference]
