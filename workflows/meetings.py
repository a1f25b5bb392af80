"""How is a feedback meeting corrected, and how is Kaikukeskus invited to the next one?"""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import acting
from adoption.history import Acting, locked, record
from adoption.mail import later
from adoption.models import Act, Person, Region
from adoption.refusal import NotYours, Refused
from workflows.models import FeedbackMeeting, Trial
from workflows.services import acting_in, check_meeting, read, withdraw_all


@transaction.atomic
def correct_meeting(
    meeting: FeedbackMeeting,
    by: Person,
    held_on: date | None = None,
    attendees: int | None = None,
    minutes: str | None = None,
    kaikukeskus_took_part: bool | None = None,
) -> FeedbackMeeting:
    """What is recorded of the meeting is this; what is not given stays. As evidence of step 10 it withdraws a half
    confirmation.

    Raises NotYours for who may not record one, and Refused as when it is recorded, and once its round has closed:
    step 10 is reopened first.
    """
    region = locked(meeting.region_id)
    meeting = FeedbackMeeting.objects.select_related("trial").get(pk=meeting.pk)
    trial = read(meeting.trial_id) if meeting.trial_id else None
    who = acting_in(trial, region, by) if trial else acting(by, region)
    if reasons := why_not(meeting, trial):
        raise Refused(reasons)
    given: dict[str, object] = {"held_on": held_on, "attendees": attendees, "minutes": minutes}
    given["kaikukeskus_took_part"] = kaikukeskus_took_part
    said = {name: value for name, value in given.items() if value is not None}
    check_meeting(region, trial, held_on or meeting.held_on, meeting.minutes if minutes is None else minutes, meeting)
    if any(getattr(meeting, name) != value for name, value in said.items()):
        _store(meeting, said, trial, region, who)
    return meeting


def _store(meeting: FeedbackMeeting, said: dict[str, object], trial: Trial | None, region: Region, who: Acting) -> None:
    for name, value in said.items():
        setattr(meeting, name, value)
    meeting.save()
    row = trial.rows["feedback"] if trial else None
    withdrew = [given["by"] for given in row.confirmed.values()] if row else []
    act = record(region, who, "meeting_corrected", meeting, on=meeting.held_on.isoformat(), withdrew=withdrew)
    if row and row.confirmed:
        withdraw_all(row, act)
        row.save()


def why_not(meeting: FeedbackMeeting, trial: Trial | None) -> list[str]:
    """Why the meeting cannot be corrected; empty while its round of step 10 is open, and without a trial always."""
    if trial is None or ("feedback" in trial.open and trial.rows["feedback"].round == meeting.round):
        return []
    return [_("The meeting belongs to a step that has been closed: it changes only when the step is reopened.")]


@transaction.atomic
def invite_kaikukeskus(region: Region, by: Person, on: date, message: str = "") -> Act:
    """History says that Kaikukeskus was invited to the meeting of that day, and Kaikukeskus gets a mail of it.

    Raises NotYours for who is not of the pair, and Refused for a day that is past and one it was invited to already.
    """
    region = locked(region.pk)
    who = acting(by, region)
    if by.is_kaikukeskus:
        raise NotYours
    if on < localdate():
        raise Refused([_("The day is past: Kaikukeskus is invited to a meeting that is still to come.")])
    invited = invitation(region)
    if invited and invited.on == on:
        raise Refused([_("Kaikukeskus has been invited to the meeting of this day already.")])
    act = record(region, who, "kaikukeskus_invited", region, reason=message, on=on.isoformat())
    later("workflows.letters.kaikukeskus_invited", act.pk)
    return act


class Invited(NamedTuple):
    """That Kaikukeskus was invited: by whom, when, and to the meeting of which day."""

    by: str
    at: datetime
    on: date


def invitation(region: Region) -> Invited | None:
    """The newest invitation of Kaikukeskus, as long as no meeting of its day or later has been recorded."""
    newest = (
        Act.objects.filter(region=region, what="kaikukeskus_invited").select_related("by").order_by("-number").first()
    )
    if newest is None or region.meetings.filter(held_on__gte=newest.data["on"]).exists():
        return None
    return Invited(newest.by_whom, newest.at, date.fromisoformat(newest.data["on"]))
