"""How is a meeting arranged, changed, fixed, cancelled, and by whom is it attended? Every write by who arranges it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from adoption.access import acting, only_kaikukeskus
from adoption.history import NOBODY, Acting, locked, locked_country, record
from adoption.mail import later
from adoption.models import Chained, Person, Region
from adoption.refusal import Refused
from workflows.arranging.inviting import Whom, invite_all
from workflows.arranging.models import Invitee, Meeting, Pick, ProposedTime
from workflows.arranging.picking import times_to_pick
from workflows.arranging.roll import TOLD, settle
from workflows.arranging.times import MOST
from workflows.meetings import correct_meeting, why_not
from workflows.minutes.models import Minutes
from workflows.models import FeedbackMeeting
from workflows.services import read, record_meeting
from workflows.survey.models import Survey

State, Kind = Meeting.State, Meeting.Kind
DETAILS = ("title", "place", "link", "length", "message")


class Arranging:
    """A meeting read under its lock, the chain of its acts, and who acts."""

    def __init__(self, pk: int, by: Person) -> None:
        self.chain: Chained = _chain(Meeting.objects.only("region").get(pk=pk).region_id)
        self.meeting = Meeting.objects.select_related("region", "organiser").get(pk=pk)
        self.who = who_arranges(self.meeting.region, by)

    def changed(self, *fields: str) -> None:
        """Stored; calendars know the newer by its greater number."""
        self.meeting.sequence += 1
        self.meeting.save(update_fields=[*fields, "sequence"])


def _chain(region: int | None) -> Chained:
    return locked(region) if region else locked_country()


def who_arranges(region: Region | None, by: Person) -> Acting:
    """Who acts for the region; the national meeting is Kaikukeskus's. Raises NotYours for others."""
    return acting(by, region) if region else only_kaikukeskus(by)


@contextmanager
def _arranging(meeting: Meeting, by: Person, seen: int | None = None) -> Iterator[Arranging]:
    """The meeting, to be written. `seen`: the number of the state that the page showed.

    Raises Refused when somebody has changed it since, and where its state does not allow what is done to it.
    """
    with transaction.atomic():
        found = Arranging(meeting.pk, by)
        if seen is not None and seen != found.meeting.sequence:
            raise Refused([_("Somebody has changed the meeting since you opened the page: look at it anew.")])
        settle(found.meeting, found.chain, NOBODY)
        try:
            yield found
        except TransitionNotAllowed as error:
            raise Refused([why_closed(found.meeting)]) from error


def why_closed(meeting: Meeting) -> str:
    """Why nothing of the meeting can be changed any more, or not yet."""
    return {
        State.PROPOSED: _("Fix the time first."),
        State.HELD: _("The meeting has been held: only its attendance can be corrected."),
        State.CANCELLED: _("The meeting has been cancelled. Arrange a new one."),
    }.get(meeting.state, _("The time of the meeting is fixed."))


def _only_upcoming(meeting: Meeting) -> None:
    if not meeting.is_upcoming:
        raise Refused([why_closed(meeting)])


# -- arranging --------------------------------------------------------------------------------------------------------


@transaction.atomic
def arrange(
    region: Region | None, by: Person, said: Mapping[str, Any], times: Iterable[datetime], people: Iterable[Whom]
) -> Meeting:
    """The meeting is known, and everybody invited has a mail: with several times to pick what suits, with one the
    invitation itself. `said`: kind, title, place, link, length and message. Who arranges it is invited too.

    Raises NotYours for who does not act for the region, and Refused without a time or with too many, for one that is
    past, without anybody else to invite, and for an address that no mail can be sent to.
    """
    chain, times = _chain(region.pk if region else None), sorted(set(times))
    who = who_arranges(region, by)
    meeting = Meeting(region=region, organiser=by, kind=said["kind"], **{name: said[name] for name in DETAILS})
    _refuse([*_wrong_details(meeting), *_wrong_times(times)])
    if region and meeting.kind == Kind.NATIONAL:
        raise Refused([_("The national meeting belongs to no region.")])
    if len(times) == 1:
        meeting.fix()
        meeting.starts_at, meeting.sequence = times[0], 1
    meeting.save()
    ProposedTime.objects.bulk_create(ProposedTime(meeting=meeting, starts_at=one) for one in times)
    invited = invite_all(meeting, [*people, Whom(by)])
    _refuse([] if len(invited) > 1 else [_("Invite at least one other person.")])
    data: dict[str, Any] = {"on": _day(meeting.starts_at)} if meeting.starts_at else {"times": len(times)}
    act = record(
        chain, who, "meeting_fixed" if meeting.starts_at else "meeting_proposed", meeting, **data, people=len(invited)
    )
    later(TOLD, act.pk)
    return meeting


def _day(moment: datetime) -> str:
    return localdate(moment).isoformat()


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise Refused(wrong)


def _wrong_details(meeting: Meeting) -> list[str]:
    return [] if meeting.title.strip() else [_("Give the meeting a name.")]


def _wrong_times(times: list[datetime], known: int = 0) -> list[str]:
    if not times:
        return [_("Propose at least one time.")]
    if known + len(times) > MOST:
        return [_("Propose at most %(most)s times: too many choices are picked by nobody.") % {"most": MOST}]
    return [_("A time that you propose has passed.")] if times[0] <= now() else []


def change(meeting: Meeting, by: Person, said: Mapping[str, Any], seen: int) -> Meeting:
    """What is said of the meeting is this; where its time is fixed, calendars are told. Nothing happens when nothing is
    another. Raises Refused on a stale page, and for a meeting that is not to come."""
    with _arranging(meeting, by, seen) as found:
        _only_upcoming(found.meeting)
        changed = [name for name in DETAILS if getattr(found.meeting, name) != said[name]]
        for name in changed:
            setattr(found.meeting, name, said[name])
        _refuse(_wrong_details(found.meeting))
        if changed:
            found.changed(*changed)
            act = record(found.chain, found.who, "meeting_changed", found.meeting)
            if found.meeting.state == State.FIXED:
                later(TOLD, act.pk)
    return found.meeting


def propose_more(meeting: Meeting, by: Person, times: Iterable[datetime]) -> Meeting:
    """More times to pick from; everybody has a mail, and who could come at none of the others has not answered yet.
    Raises Refused once a time is fixed."""
    with _arranging(meeting, by) as found:
        if found.meeting.state != State.PROPOSED:
            raise Refused([why_closed(found.meeting)])
        known = set(found.meeting.times.values_list("starts_at", flat=True))
        new = sorted(set(times) - known)
        _refuse(_wrong_times(new, len(known)))
        ProposedTime.objects.bulk_create(ProposedTime(meeting=found.meeting, starts_at=one) for one in new)
        suited = found.meeting.invitees.filter(picks__suits__in=[Pick.Suits.YES, Pick.Suits.MAYBE])
        found.meeting.invitees.exclude(pk__in=suited.values("pk")).update(answered_at=None)
        act = record(found.chain, found.who, "meeting_times_added", found.meeting, times=len(new))
        later(TOLD, act.pk)
    return found.meeting


def fix(meeting: Meeting, by: Person, starts_at: datetime, seen: int) -> Meeting:
    """It is held at this time: everybody has the invitation into the calendar; one that was fixed before moves. A
    survey is over before it, and no earlier than was asked for that reason alone.

    Raises Refused on a stale page, for a time that has passed, and for that which is fixed already.
    """
    with _arranging(meeting, by, seen) as found:
        found.meeting.fix()
        if starts_at <= now():
            raise Refused([_("The time has passed: choose a later one.")])
        if found.meeting.starts_at == starts_at:
            raise Refused([_("This time is fixed already.")])
        found.meeting.starts_at = starts_at
        found.changed("starts_at", "state")
        found.meeting.invitees.update(cannot_come_at=None)  # it was said of another time
        act = record(found.chain, found.who, "meeting_fixed", found.meeting, on=_day(starts_at))
        if last := Survey.objects.follow(found.meeting):
            record(found.chain, found.who, "survey_moved", found.meeting, on=last.isoformat())
        later(TOLD, act.pk)
    return found.meeting


def cancel(meeting: Meeting, by: Person, reason: str) -> Meeting:
    """It is not held: everybody is told, and calendars take it out. Raises Refused for one held or cancelled."""
    with _arranging(meeting, by) as found:
        found.meeting.cancel()
        found.meeting.cancelled_because = reason.strip()
        found.changed("state", "cancelled_because")
        act = record(found.chain, found.who, "meeting_cancelled", found.meeting, reason.strip())
        later(TOLD, act.pk)
    return found.meeting


# -- who is invited ---------------------------------------------------------------------------------------------------


def invite(meeting: Meeting, by: Person, people: Iterable[Whom]) -> list[Invitee]:
    """They are invited too, and each of them has a mail. Raises Refused when all of them are already."""
    with _arranging(meeting, by) as found:
        _only_upcoming(found.meeting)
        new = invite_all(found.meeting, people)
        _refuse([] if new else [_("Everybody whom you named is invited already.")])
        found.changed()
        act = record(found.chain, found.who, "meeting_called", found.meeting, invitees=[one.pk for one in new])
        later(TOLD, act.pk)
    return new


def uninvite(meeting: Meeting, by: Person, key: int) -> None:
    """That one is no longer invited, is told so, and has it taken out of the calendar."""
    with _arranging(meeting, by) as found:
        _only_upcoming(found.meeting)
        invitee = found.meeting.invitees.filter(pk=key, uninvited_at=None).first()
        if invitee is None:
            raise Refused([_("That one is not invited any more.")])
        invitee.uninvited_at = now()
        invitee.save(update_fields=["uninvited_at"])
        found.changed()
        act = record(found.chain, found.who, "meeting_uncalled", found.meeting, invitees=[invitee.pk])
        later(TOLD, act.pk)


def remind(meeting: Meeting, by: Person) -> int:
    """Those who have picked nothing have a mail again, at most one a day. Returns how many they are."""
    with _arranging(meeting, by) as found:
        if found.meeting.state != State.PROPOSED:
            raise Refused([why_closed(found.meeting)])
        if not times_to_pick(found.meeting):
            raise Refused([_("All times that were proposed have passed: propose more.")])
        silent = found.meeting.invitees.filter(uninvited_at=None, answered_at=None)
        keys = list(silent.values_list("pk", flat=True))
        _refuse([] if keys else [_("Everybody has answered.")])
        if found.meeting.reminded_on == localdate():
            raise Refused([_("They have been reminded today already.")])
        found.meeting.reminded_on = localdate()
        found.meeting.save(update_fields=["reminded_on"])
        act = record(found.chain, found.who, "meeting_asked_again", found.meeting, invitees=keys)
        later(TOLD, act.pk)
    return len(keys)


def pass_on_meeting(meeting: Meeting, former: Person, heir: Person, chain: Chained, who: Acting) -> None:
    """The successor arranges the meeting if the former did, and is invited. Called under the chain's lock."""
    if meeting.region_id and meeting.organiser_id == former.pk:
        meeting.organiser = heir
    new = invite_all(meeting, [Whom(heir)])
    meeting.sequence += bool(new)
    meeting.save(update_fields=["organiser", "sequence"])
    if new:
        act = record(chain, who, "meeting_called", meeting, invitees=[one.pk for one in new])
        later(TOLD, act.pk)


# -- who came ---------------------------------------------------------------------------------------------------------


def hold(meeting: Meeting, by: Person, came: Iterable[int], others: int = 0, minutes: str = "") -> Meeting:
    """It was held: these invitees came, and so many others. A feedback meeting becomes the record of step 10 and of the
    year, with the minutes as they are written, or else as they are given here; in the national one the regions of those
    who came have taken part this year. Said again, it corrects.

    Raises Refused before the meeting has begun, with nobody there, for a cancelled one, and of a feedback meeting for
    what cannot be recorded.
    """
    with _arranging(meeting, by) as found:
        if found.meeting.state != State.HELD:
            found.meeting.hold()
        if found.meeting.starts_at and found.meeting.starts_at > now():
            raise Refused([_("The meeting is still to come: say who came when it has begun.")])
        number = _mark(found.meeting, set(came)) + others
        _refuse([] if number else [_("Mark who came. If nobody did, cancel the meeting.")])
        found.meeting.others = others
        found.meeting.save(update_fields=["state", "others"])
        on = _day(found.meeting.starts_at or now())
        record(found.chain, found.who, "meeting_held", found.meeting, on=on, people=number)
        if found.meeting.kind == Kind.FEEDBACK:
            _into_record(found.meeting, by, number, _written(found.meeting, by, minutes))
        if found.meeting.kind == Kind.NATIONAL:
            later("workflows.yearly.doing.took_part", found.meeting.pk, by.pk)
    return found.meeting


def _mark(meeting: Meeting, came: set[int]) -> int:
    """How many of the invitees came."""
    standing = meeting.invitees.filter(uninvited_at=None)
    standing.exclude(pk__in=came).update(came=False)
    return standing.filter(pk__in=came).update(came=True)


def _written(meeting: Meeting, by: Person, given: str) -> str:
    """What the minutes say; where they are begun, but say nothing yet, they say what was given with the attendance."""
    minutes = Minutes.objects.filter(meeting=meeting).first()
    if minutes is None:
        return given
    if given.strip() and not minutes.text:
        minutes.said, minutes.version, minutes.written_by, minutes.written_at = given, minutes.version + 1, by, now()
        minutes.save()
    return minutes.text


def _into_record(meeting: Meeting, by: Person, number: int, minutes: str) -> None:
    """The feedback meeting stands in the region's record, or is corrected there; a day that was corrected stays. What
    was recorded of the day by itself is its record, and stays as it is once its step has closed."""
    assert meeting.region
    ours = meeting.invitees.filter(person__is_kaikukeskus=True, came=True).exists()
    on = localdate(meeting.starts_at)
    if meeting.recorded:
        correct_meeting(meeting.recorded, by, None, number, minutes, ours)
        return
    if same := FeedbackMeeting.objects.filter(region=meeting.region, held_on=on, arranged=None).first():
        meeting.recorded = same
        if not why_not(same, read(same.trial_id) if same.trial_id else None):
            correct_meeting(same, by, None, number, minutes or same.minutes, ours)
    else:
        meeting.recorded = record_meeting(meeting.region, by, on, number, minutes, ours)
    meeting.save(update_fields=["recorded"])
