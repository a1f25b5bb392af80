"""How are the minutes of a meeting written, and its points agreed on?"""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from adoption.access import regions_of
from adoption.history import record
from adoption.mail import later
from adoption.models import Person, Region, Responsibility
from adoption.refusal import Refused
from adoption.regions import language_of
from workflows.arranging.models import Meeting
from workflows.arranging.services import Arranging
from workflows.meetings import correct_meeting
from workflows.minutes.agenda import agenda_for, lines
from workflows.minutes.models import Minutes
from workflows.my_work.models import OwnTask

PARTS = ("language", "agenda", "said", "decisions")


def minutes_of(meeting: Meeting) -> Minutes:
    """The minutes as they stand; before anybody has written them, Kaikukeskus's agenda for such a meeting, and what was
    recorded of it with the attendance."""
    found = Minutes.objects.filter(meeting=meeting).select_related("written_by").first()
    if found:
        return found
    language = language_of(meeting.region) if meeting.region else "fi"
    said = meeting.recorded.minutes if meeting.recorded else ""
    return Minutes(meeting=meeting, language=language, agenda=agenda_for(meeting.kind, language), said=said)


def agenda_of(meeting: Meeting, language: str) -> tuple[str, list[str]]:
    """The agenda as those invited read it: its language and its items. Until somebody has written it for the meeting it
    is Kaikukeskus's own in the reader's language."""
    found = Minutes.objects.filter(meeting=meeting).only("language", "agenda").first()
    return (found.language, lines(found.agenda)) if found else (language, lines(agenda_for(meeting.kind, language)))


@transaction.atomic
def write(meeting: Meeting, by: Person, said: Mapping[str, str], version: int) -> Minutes:
    """The minutes say this: language, agenda, what was said, decisions. Nothing happens when nothing is another.

    Where a feedback meeting has been recorded, its record says the same as they: what changes it withdraws a half
    confirmation of step 10. Raises NotYours for who does not act for the meeting's region, and Refused when somebody
    has written them since, for a meeting that was cancelled, and for another text once step 10 has been closed.
    """
    found = Arranging(meeting.pk, by)
    _only_if_not_cancelled(found.meeting)
    minutes = minutes_of(found.meeting)
    if minutes.version != version:
        raise Refused([_("Somebody has written the minutes since you opened the page: look at them anew.")])
    if minutes.pk and all(getattr(minutes, part) == said[part] for part in PARTS):
        return minutes
    before = minutes.text
    for part in PARTS:
        setattr(minutes, part, said[part])
    minutes.version, minutes.written_by, minutes.written_at = version + 1, by, now()
    minutes.save()
    record(found.chain, found.who, "minutes_written", found.meeting)
    if found.meeting.recorded and minutes.text != before:
        correct_meeting(found.meeting.recorded, by, minutes=minutes.text)
    return minutes


def _only_if_not_cancelled(meeting: Meeting) -> None:
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused([_("The meeting has been cancelled: nothing was said in it.")])


# -- points -----------------------------------------------------------------------------------------------------------


def people_for(meeting: Meeting) -> QuerySet[Person]:
    """Whose a point can be: who answers for the region, Kaikukeskus, and who was invited."""
    held = Responsibility.objects.current().filter(region=meeting.region_id).values("person")
    invited = meeting.invitees.filter(uninvited_at=None).values("person")
    people = Q(is_kaikukeskus=True) | Q(pk__in=held) | Q(pk__in=invited)
    return Person.objects.filter(people, is_active=True)


def points_of(meeting: Meeting) -> list[OwnTask]:
    """What was agreed on, in the order in which it was written."""
    return list(OwnTask.objects.filter(meeting=meeting).select_related("agreed_with").order_by("pk"))


@transaction.atomic
def agree(meeting: Meeting, by: Person, text: str, person: Person, due: date | None = None) -> OwnTask:
    """The point stands in the minutes, and in the person's own work until it is done; another person has a mail.

    Raises Refused for a cancelled meeting, a person who was not there to take it, a day that is past, and the same
    point twice.
    """
    found = Arranging(meeting.pk, by)
    _only_if_not_cancelled(found.meeting)
    if wrong := _wrong(found.meeting, text.strip(), person, due):
        raise Refused(wrong)
    point = OwnTask.objects.create(
        meeting=found.meeting,
        region=_region_of(found.meeting, person),
        person=person,
        agreed_with=person,
        text=text.strip(),
        due=due,
        made_by=by,
    )
    record(found.chain, found.who, "point_agreed", found.meeting, person=person.pk)
    if person != by:
        later("workflows.minutes.letters.point", point.pk)
    return point


def _region_of(meeting: Meeting, person: Person) -> Region | None:
    """The meeting's, for who reads it: the contact person of a partner does not."""
    return regions_of(person).filter(pk=meeting.region.pk).first() if meeting.region else None


def _wrong(meeting: Meeting, text: str, person: Person, due: date | None) -> list[str]:
    wrong = [] if text else [_("Write what was agreed on.")]
    if not people_for(meeting).filter(pk=person.pk).exists():
        wrong.append(_("%(name)s neither answers for the region nor was invited.") % {"name": person.name})
    if due and due < localdate():
        wrong.append(_("The day is past: give a later one."))
    if OwnTask.objects.filter(meeting=meeting, person=person, text=text, done_at=None).exists():
        wrong.append(_("This point stands in the minutes already."))
    return wrong


@transaction.atomic
def take_back(meeting: Meeting, by: Person, key: int) -> None:
    """The point is not agreed on after all: it leaves the minutes and the person's work. Raises Refused for one that is
    done, or gone."""
    found = Arranging(meeting.pk, by)
    point = OwnTask.objects.filter(meeting=found.meeting, pk=key).first()
    if point is None:
        raise Refused([_("This point has been taken back already.")])
    if point.done_at:
        raise Refused([_("This point is done: it stays in the minutes.")])
    record(found.chain, found.who, "point_taken_back", found.meeting, person=point.person_id)
    point.delete()
