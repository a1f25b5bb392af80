"""What is written to those who are invited: what suits, the invitation, what has changed, and that it is off?"""

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from adoption.mail import write_to
from adoption.models import Act
from adoption.templatetags.kaiku import in_quotes, moment
from workflows.arranging.calendars import CANCEL, REQUEST, calendar_for
from workflows.arranging.links import address_for
from workflows.arranging.models import Invitee, Meeting
from workflows.arranging.picking import times_to_pick

State = Meeting.State


class Letter(NamedTuple):
    """Subject and body, and what the mail does to the reader's calendar."""

    subject: str
    body: str
    method: str = ""


ASKED = Letter(
    gettext_noop("Which times suit you? %(title)s"),
    gettext_noop(
        "Hello %(name)s,\n\n%(by)s invites you: %(title)s.\n%(message)s\nThese times are proposed:\n%(times)s\n\n"
        "%(details)s\nOpen the link and say which of them suit you. You need not sign in, and you can change your "
        "answer until the time is fixed.\n\n%(link)s\n\nQuestions? Ask %(by)s, %(address)s.\n"
    ),
)
AGAIN = ASKED._replace(subject=gettext_noop("Reminder: which times suit you? %(title)s"))
MORE = ASKED._replace(subject=gettext_noop("More times are proposed: %(title)s"))
FIXED = Letter(
    gettext_noop("Invitation: %(title)s, %(when)s"),
    gettext_noop(
        "Hello %(name)s,\n\n%(by)s invites you: %(title)s.\n\n%(facts)s\n%(message)s\n"
        "The invitation is attached for your calendar. The same and the agenda on a page:\n\n%(link)s\n\n"
        "Cannot you come? Say so on that page, or ask %(by)s, %(address)s.\n"
    ),
    REQUEST,
)
CHANGED = Letter(
    gettext_noop("Changed: %(title)s, %(when)s"),
    gettext_noop(
        "Hello %(name)s,\n\nthe meeting has changed: %(title)s. It is now as follows.\n\n%(facts)s\n%(message)s\n"
        "The attached file changes it in your calendar. The same and the agenda on a page:\n\n%(link)s\n\n"
        "Cannot you come? Say so on that page, or ask %(by)s, %(address)s.\n"
    ),
    REQUEST,
)
OFF = Letter(
    gettext_noop("Cancelled: %(title)s"),
    gettext_noop(
        "Hello %(name)s,\n\nthe meeting is cancelled: %(title)s.\n%(facts)s\n%(reason)s\nQuestions? Ask %(by)s, "
        "%(address)s.\n"
    ),
    CANCEL,
)
OUT = Letter(
    gettext_noop("You are not expected: %(title)s"),
    gettext_noop(
        "Hello %(name)s,\n\nyou are no longer on the list of those invited: %(title)s.\n%(facts)s\n"
        "Is that a mistake? Ask %(by)s, %(address)s.\n"
    ),
    CANCEL,
)
# Acts that tell all how it is now: of several only the newest does, so that nobody gets stale news after fresh ones.
TO_ALL = ("meeting_proposed", "meeting_times_added", "meeting_fixed", "meeting_changed", "meeting_cancelled")


def told(act_pk: int) -> None:
    """Whom the act concerns have a mail of it, each in the own language; once more does nothing."""
    act = Act.objects.get(pk=act_pk)
    meeting = Meeting.objects.select_related("region", "organiser").get(pk=act.about_id)
    letter = letter_of(act, meeting)
    if letter is None:
        return
    invitees = meeting.invitees.select_related("person")
    keys = act.data.get("invitees")
    chosen = invitees.filter(uninvited_at=None) if keys is None else invitees.filter(pk__in=keys)
    for invitee in chosen.exclude(person__is_active=False):
        invitee.meeting = meeting
        if (invitee.uninvited_at is not None) == (letter is OUT):
            _write(act, invitee, letter)


def letter_of(act: Act, meeting: Meeting) -> Letter | None:
    """What is to be written of the act as it is with the meeting now; nothing when a newer act tells it."""
    if act.what in ("meeting_uncalled", "meeting_left"):
        return OUT
    if act.what in (*TO_ALL, "meeting_called") and _told_by_newer(act):
        return None
    if meeting.state == State.CANCELLED:
        return OFF if act.what == "meeting_cancelled" else None
    if meeting.state == State.PROPOSED:
        return {"meeting_asked_again": AGAIN, "meeting_times_added": MORE}.get(act.what, ASKED)
    if meeting.state == State.HELD or act.what == "meeting_asked_again":
        return None
    return CHANGED if act.what in TO_ALL and _was_fixed(act) else FIXED


def _told_by_newer(act: Act) -> bool:
    """Whether a newer act tells all. A change before a time is fixed is told to nobody: it stands on the page."""
    newer = _same(act).filter(what__in=TO_ALL, number__gt=act.number).order_by("number")
    return any(one.what != "meeting_changed" or _was_fixed(one) for one in newer)


def _was_fixed(act: Act) -> bool:
    """Whether the meeting had been fixed before this act, so that it is in calendars."""
    return _same(act).filter(what="meeting_fixed", number__lt=act.number).exists()


def _same(act: Act) -> QuerySet[Act]:
    return Act.objects.filter(about_kind=act.about_kind, about_id=act.about_id)


def _write(act: Act, invitee: Invitee, letter: Letter) -> None:
    """Of a meeting that never had a time nothing comes into calendars, and nothing goes out of them."""
    method = letter.method if invitee.meeting.starts_at else ""

    def text() -> tuple[str, str]:
        facts = _facts(invitee)
        return _(letter.subject) % facts, _tidy(_(letter.body) % facts)

    event: Callable[[], str] = (lambda: calendar_for(invitee, method)) if method else str
    key = f"meeting:{act.pk}:{invitee.pk}"
    thread, by_clock = invitee.mail_thread, act.by_id is None
    write_to(key, invitee.email, _language(invitee), text, event=event, thread=thread, by_clock=by_clock)


def _language(invitee: Invitee) -> str:
    return invitee.person.language if invitee.person else invitee.language


def _facts(invitee: Invitee) -> dict[str, str]:
    """In the language that is active: so only inside a letter."""
    meeting = invitee.meeting
    return {
        "name": (invitee.name or invitee.email).split()[0],
        "by": meeting.organiser.name, "address": meeting.organiser.email,
        "title": meeting.title, "message": f"\n{meeting.message}\n" if meeting.message else "",
        "when": moment(meeting.starts_at), "details": _where_and_when(meeting),
        "facts": _where_and_when(meeting) if meeting.starts_at else "",
        "times": "\n".join(f"- {moment(one.starts_at)}" for one in times_to_pick(meeting)),
        "reason": f"\n{in_quotes(meeting.cancelled_because)}\n" if meeting.cancelled_because else "",
        "link": address_for(invitee),
    }  # fmt: skip


def _where_and_when(meeting: Meeting) -> str:
    """A line each: when or how long, where, and the link."""
    if meeting.starts_at:
        when = _("Time: %(when)s, %(length)s minutes") % {"when": moment(meeting.starts_at), "length": meeting.length}
    else:
        when = _("Length: %(length)s minutes") % {"length": meeting.length}
    where = _("Place: %(place)s") % {"place": meeting.place} if meeting.place else ""
    remote = _("Link: %(link)s") % {"link": meeting.link} if meeting.link else ""
    return "\n".join(line for line in (when, where, remote) if line) + "\n"


def _tidy(body: str) -> str:
    """Without the empty lines of what is not said."""
    while "\n\n\n" in body:
        body = body.replace("\n\n\n", "\n\n")
    return body
