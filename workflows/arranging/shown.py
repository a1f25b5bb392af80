"""What do the pages of meetings show: which there are, how the times suit, who is invited, and which regions came?"""

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.alphabet import alphabetical
from adoption.models import Mail, Person, Region
from workflows.arranging.inviting import regions_running
from workflows.arranging.models import Invitee, Meeting, Pick
from workflows.arranging.times import Suiting, suiting

State = Meeting.State
ICONS = {State.PROPOSED: "half", State.FIXED: "ahead", State.HELD: "done", State.CANCELLED: "no"}
STANDING = Q(invitees__uninvited_at=None)


class Listed(NamedTuple):
    """A meeting in a list, with the icon of its state, and how many are invited and have answered."""

    meeting: Meeting
    icon: str
    invited: int
    answered: int


def meetings_of(region: Region | None) -> list[Listed]:
    """The meetings of the region, or the national ones: those to come first, the nearest on top."""
    found = Meeting.objects.filter(region=region) if region else Meeting.objects.filter(region__isnull=True)
    rows = found.select_related("region").annotate(
        invited=Count("invitees", STANDING), answered=Count("invitees", STANDING & ~Q(invitees__answered_at=None))
    )
    listed = [Listed(one, ICONS[one.state], one.invited, one.answered) for one in rows]
    ahead = [one for one in listed if one.meeting.is_upcoming]
    past = [one for one in listed if not one.meeting.is_upcoming]
    ahead.sort(key=lambda one: one.meeting.starts_at or now())
    past.sort(key=lambda one: one.meeting.starts_at or one.meeting.made_at, reverse=True)
    return ahead + past


class Guest(NamedTuple):
    """One who is invited; what is wrong with the newest mail: "lost", "waits", or nothing; and whether the time that is
    fixed does not suit, as was said before."""

    invitee: Invitee
    mail: str
    unsuited: bool


class MeetingPage:
    """One meeting, as its page shows it; `acts`: whether the reader arranges it."""

    def __init__(self, meeting: Meeting, acts: bool) -> None:
        self.meeting, self.acts = meeting, acts

    @cached_property
    def invitees(self) -> list[Invitee]:
        """Those who are invited now, in the order of the alphabet."""
        rows = self.meeting.invitees.filter(uninvited_at=None).select_related("person", "partner__organisation")
        return sorted(rows, key=lambda one: alphabetical(one.name))

    @property
    def guests(self) -> list[Guest]:
        """The same, each with whether the mail has come and the fixed time suits: a query each."""
        unsuited = self._unsuited()
        threads = [one.mail_thread for one in self.invitees]
        newest = {one.thread: one for one in Mail.objects.filter(thread__in=threads).order_by("pk")}
        return [Guest(one, _trouble(newest.get(one.mail_thread)), one.pk in unsuited) for one in self.invitees]

    def _unsuited(self) -> set[int]:
        """The invitees who had said of the fixed time that it does not suit."""
        if self.meeting.state != State.FIXED or not self.meeting.starts_at:
            return set()
        said = Pick.objects.filter(time__meeting=self.meeting, time__starts_at=self.meeting.starts_at)
        return set(said.filter(suits=Pick.Suits.NO).values_list("invitee", flat=True))

    def own(self, person: Person) -> Invitee | None:
        """The reader's own invitation."""
        return next((one for one in self.invitees if one.person_id == person.pk), None)

    @cached_property
    def times(self) -> list[Suiting]:
        """The proposed times, while one of them is to be chosen."""
        return suiting(self.meeting, self.invitees) if self.meeting.state == State.PROPOSED else []

    @property
    def answered(self) -> int:
        return sum(one.answered_at is not None for one in self.invitees)

    @property
    def silent(self) -> list[Invitee]:
        """Those who have picked nothing yet."""
        return [one for one in self.invitees if one.answered_at is None]

    @property
    def icon(self) -> str:
        return ICONS[self.meeting.state]

    @property
    def has_begun(self) -> bool:
        return bool(self.meeting.starts_at and self.meeting.starts_at <= now())

    @property
    def came(self) -> list[Invitee]:
        return [one for one in self.invitees if one.came]

    @property
    def to_hold(self) -> bool:
        """Whether the next thing is to say who came."""
        return self.acts and self.has_begun and self.meeting.state == State.FIXED

    @property
    def next(self) -> str:
        """What is next, in a sentence."""
        if self.meeting.state == State.PROPOSED:
            facts = {"answered": self.answered, "all": len(self.invitees)}
            return _("%(answered)s of %(all)s have answered. Fix the time when enough of them have.") % facts
        if self.meeting.state == State.CANCELLED:
            return _("The meeting is cancelled.")
        if self.meeting.state == State.HELD:
            return _("%(came)s came.") % {"came": len(self.came) + self.meeting.others}
        if self.has_begun:
            return _("Say who came.")
        absent = sum(one.cannot_come_at is not None for one in self.invitees)
        if not absent:
            return _("Everybody has the invitation for the calendar.")
        text = ngettext(
            "Everybody has the invitation for the calendar. %(count)s cannot come.",
            "Everybody has the invitation for the calendar. %(count)s cannot come.",
            absent,
        )
        return text % {"count": absent}


def _trouble(mail: Mail | None) -> str:
    if mail is None or mail.withdrawn_at:
        return ""
    if mail.returned_at or mail.given_up_at:
        return "lost"
    return "" if mail.sent_at else "waits"


# -- the national meeting ---------------------------------------------------------------------------------------------


class Attendance(NamedTuple):
    """A region, and who was invited for it and who came."""

    region: Region
    invited: list[Invitee]
    came: list[Invitee]


def national_attendance(meeting: Meeting) -> list[Attendance]:
    """Each region that runs today or was invited, with its invitees; in the order of the alphabet."""
    rows: QuerySet[Invitee] = meeting.invitees.filter(uninvited_at=None).select_related("person")
    invited: dict[int, list[Invitee]] = defaultdict(list)
    regions = {region.pk: region for region in regions_running()}
    for one in rows.prefetch_related("regions"):
        for region in one.regions.all():
            regions.setdefault(region.pk, region)
            invited[region.pk].append(one)
    found = [Attendance(one, invited[one.pk], [who for who in invited[one.pk] if who.came]) for one in regions.values()]
    return sorted(found, key=lambda one: alphabetical(one.region.name))
