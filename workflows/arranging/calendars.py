"""How does a meeting come into a calendar, move there, and go out of it again?

As an event in Helsinki's time with one stable name (UID), whose number (SEQUENCE) grows: RFC 5545 and 5546. The site
itself is the organiser, by an address that never changes: calendars take an update only from the organiser they know.
"""

from datetime import UTC
from email.utils import parseaddr

from django.conf import settings
from django.utils.timezone import get_default_timezone, localtime, now
from django.utils.translation import gettext as _
from icalendar import Event, vCalAddress

from workflows.arranging.models import Invitee, Meeting
from workflows.day_events import calendar, uid_of

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def calendar_for(invitee: Invitee, method: str) -> str:
    """The meeting for one invitee's calendar; nobody sees the addresses of the others."""
    made = calendar(method)
    event = _event(invitee.meeting, method)
    if method != PUBLISH:
        event.add("organizer", _organiser(invitee.meeting))
        event.add("attendee", _attendee(invitee))
    made.add_component(event)
    made.add_missing_timezones()
    return made.to_ical().decode()


def _event(meeting: Meeting, method: str) -> Event:
    assert meeting.starts_at
    assert meeting.ends_at
    event = Event()
    event.add("uid", uid_of(f"meeting-{meeting.pk}"))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now().astimezone(UTC))
    event.add("dtstart", localtime(meeting.starts_at, get_default_timezone()))
    event.add("dtend", localtime(meeting.ends_at, get_default_timezone()))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    if where := " · ".join(text for text in (meeting.place, meeting.link) if text):
        event.add("location", where)
    if meeting.link:
        event.add("url", meeting.link)
    event.add("description", _description(meeting))
    return event


def _description(meeting: Meeting) -> str:
    asked = _("Questions: %(name)s, %(email)s")
    said = asked % {"name": meeting.organiser.name, "email": meeting.organiser.email}
    return "\n\n".join(text for text in (meeting.message, meeting.link, said) if text)


def _organiser(meeting: Meeting) -> vCalAddress:
    address = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    address.params["CN"] = f"{meeting.organiser.name} (Kaikupolku)"
    return address


def _attendee(invitee: Invitee) -> vCalAddress:
    """Without RSVP: the answer that counts is given here, and not to the site's mailbox."""
    address = vCalAddress(f"mailto:{invitee.email}")
    address.params.update({"CN": invitee.name, "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    return address
