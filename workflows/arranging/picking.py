"""Which times suit one who is invited, and who cannot come? Said by the personal link."""

from collections.abc import Mapping

from django.db import models, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.history import NOBODY, Acting, locked, locked_country, record
from adoption.models import Chained
from adoption.refusal import Refused
from workflows.arranging.links import Link, is_of
from workflows.arranging.models import Invitee, Meeting, Pick, ProposedTime

State = Meeting.State


class Standing(models.TextChoices):
    """How it is with a link, in words for the one who has it."""

    OPEN = "open", gettext_lazy("Which times suit you?")
    FIXED = "fixed", gettext_lazy("The time is fixed")
    HELD = "held", gettext_lazy("The meeting has been held")
    CANCELLED = "cancelled", gettext_lazy("The meeting is cancelled")
    GONE = "gone", gettext_lazy("This link no longer works")


BY_STATE = {
    State.PROPOSED: Standing.OPEN, State.FIXED: Standing.FIXED, State.HELD: Standing.HELD,
    State.CANCELLED: Standing.CANCELLED,
}  # fmt: skip


def invitee_of(link: Link) -> Invitee | None:
    """Whose link it is, with the meeting."""
    found = Invitee.objects.select_related("person", "meeting__region", "meeting__organiser")
    return found.filter(pk=link.invitee).first()


def standing(invitee: Invitee, link: Link) -> Standing:
    """What the invitee's link is good for now."""
    if invitee.uninvited_at or not is_of(link, invitee):
        return Standing.GONE
    return BY_STATE[invitee.meeting.state]


def times_to_pick(meeting: Meeting) -> list[ProposedTime]:
    """The proposed times that are still to come."""
    return [one for one in meeting.times.all() if one.starts_at > now()]


@transaction.atomic
def pick(link: Link, picks: Mapping[int, str]) -> Invitee:
    """These are the invitee's picks: time → yes, maybe or no; of a time that is not among them nothing is known.

    The same again changes nothing. Raises Refused once the time is fixed, for one no longer invited, and where nothing
    is picked.
    """
    chain = _locked(link)
    invitee = invitee_of(link)
    if invitee is None or (now_so := standing(invitee, link)) == Standing.GONE:
        raise Refused([str(Standing.GONE.label)])
    if now_so != Standing.OPEN:
        raise Refused([_("It is too late to pick. %(state)s.") % {"state": now_so.label}])
    wanted = {one.pk: picks[one.pk] for one in times_to_pick(invitee.meeting) if picks.get(one.pk) in Pick.Suits.values}
    if not wanted:
        raise Refused([_("Say of at least one time how it suits you.")])
    if wanted != dict(invitee.picks.filter(time__in=wanted).values_list("time", "suits")):
        _store(invitee, wanted)
        record(chain, _who(invitee), "meeting_picked", invitee.meeting, invitee=invitee.pk)
    return invitee


@transaction.atomic
def say_if_coming(link: Link, comes: bool, seen: str) -> Invitee:
    """Whoever arranges the meeting sees that the invitee cannot come at the time that is fixed, or can after all. It is
    no mail: it stands on the page of the meeting. Once more changes nothing. `seen`: by `time_seen`, the time that the
    page showed.

    Raises Refused unless the time is fixed and to come, when it has moved since, and for one no longer invited.
    """
    chain = _locked(link)
    invitee = invitee_of(link)
    if invitee is None or (now_so := standing(invitee, link)) == Standing.GONE:
        raise Refused([str(Standing.GONE.label)])
    if now_so != Standing.FIXED or not invitee.meeting.starts_at or invitee.meeting.starts_at <= now():
        raise Refused([_("It is no longer asked who comes: tell whoever arranges the meeting.")])
    if seen != time_seen(invitee.meeting):
        raise Refused([_("The meeting has been moved since you opened the page: look at the new time.")])
    if comes == (invitee.cannot_come_at is not None):
        invitee.cannot_come_at = None if comes else now()
        invitee.save(update_fields=["cannot_come_at"])
        record(
            chain, _who(invitee), "meeting_can_come" if comes else "meeting_cannot_come", invitee.meeting,
            invitee=invitee.pk,
        )  # fmt: skip
    return invitee


def time_seen(meeting: Meeting) -> str:
    """The time that is fixed, as a page brings it back."""
    return meeting.starts_at.isoformat() if meeting.starts_at else ""


def _locked(link: Link) -> Chained:
    meeting = Meeting.objects.only("region").filter(invitees=link.invitee).first()
    if meeting is None:  # two rows of the person have just been joined
        raise Refused([str(Standing.GONE.label)])
    return locked(meeting.region_id) if meeting.region_id else locked_country()


def _who(invitee: Invitee) -> Acting:
    return Acting(invitee.person) if invitee.person else NOBODY


def _store(invitee: Invitee, wanted: dict[int, str]) -> None:
    invitee.picks.filter(time__in=times_to_pick(invitee.meeting)).delete()
    Pick.objects.bulk_create(Pick(invitee=invitee, time_id=time, suits=suits) for time, suits in wanted.items())
    invitee.answered_at = now()
    invitee.save(update_fields=["answered_at"])
