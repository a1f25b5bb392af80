"""How does a plan leave the site? As a calendar with an all-day event a step, and as a table."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from workflows.day_events import Event, calendar_bytes
from workflows.letters import named
from workflows.models import TrialStep
from workflows.timeline import Line, Plan


def calendar_of(plan: Plan, place: str) -> bytes:
    """The plan as iCalendar, in the language that is spoken at the moment: each step that has a day on that by which it
    is due, and a done one on that on which it was done.

    An event keeps its name for the calendar, and its number grows when its day is another, so that the newer one wins.
    """
    name = _("%(region)s: the plan") % {"region": place}
    return calendar_bytes(
        name, [_event(line, line.row, line.due, place) for line in plan.lines if line.row and line.due]
    )


def _event(line: Line, row: TrialStep, due: date, place: str) -> Event:
    told = "\n".join(text for text in (line.done_said, row.moved) if text)
    on = line.done if line.done and line.state == "done" else due
    return Event(f"step-{row.pk}", row.event_version, on, f"{place}: {_name(line)}", told, row.get_absolute_url())


def _name(line: Line) -> str:
    rounds = _("round %(round)s") % {"round": line.round}
    return f"{named(line.step)}, {rounds}" if line.round > 1 else named(line.step)


def plan_table(plan: Plan) -> Iterator[list[object]]:
    """The headings, then a row a step, in the language that is spoken at the moment."""
    yield [_("Step"), _("Name"), _("Planned from"), _("Planned to"), _("Done on"), _("Compared with the plan")]
    for line in plan.lines:
        number: object = line.step.number
        yield [number, str(line.step.title), line.begins, line.due, line.done, line.difference]
