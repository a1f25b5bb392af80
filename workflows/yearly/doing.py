"""How does a region say that it has done what comes round every year, and how is that taken back?"""

from contextlib import suppress
from datetime import date

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import acting
from adoption.history import locked, record
from adoption.ladders import NATIONAL
from adoption.models import Person, Region
from adoption.refusal import Refused
from adoption.templatetags.kaiku import day
from workflows.models import Meeting, YearlyDone
from workflows.yearly.rounds import Round, round_of


@transaction.atomic
def say_done(region: Region, kind: str, last: date, by: Person, on: date, note: str = "") -> YearlyDone:
    """The region has done it on the day, and is next to do it twelve months later. `last`: from which day the twelve
    months were counted when the page was shown.

    Raises NotYours for who does not act in the region, and Refused where the card is not in lasting use, for a day to
    come, for one before which it was last done, and when somebody else has said it meanwhile.
    """
    region = locked(region.pk)
    who = acting(by, region)
    now = round_of(region, kind)
    if wrong := _wrong(now, last, on):
        raise Refused([wrong])
    done = YearlyDone.objects.create(region=region, kind=kind, on=on, note=note, recorded_by=by)
    record(region, who, "yearly_done", done, kind=kind, on=on.isoformat())
    return done


def _wrong(now: Round | None, last: date, on: date) -> str:
    if now is None:
        return _("This comes round where Kaikukortti is in lasting use, and here it is not.")
    if now.last != last:
        said = {"day": day(now.last), "due": day(now.due)}
        return _("Somebody has said this already: done on %(day)s. It is next to be done by %(due)s.") % said
    if on > localdate():
        return _("The day is still to come: record it when it has happened.")
    if on <= now.after:
        return _("The year is counted from %(day)s: give a day after it.") % {"day": day(now.after)}
    return ""


def took_part(meeting_pk: int, by_pk: int) -> None:
    """A job: each region of which somebody came to Kaikukeskus's national meeting has taken part in this year's, unless
    it counts from a later day; where that was said by mistake, it is taken back. `by_pk`: who has said who came."""
    meeting, by = Meeting.objects.get(pk=meeting_pk), Person.objects.get(pk=by_pk)
    came = Region.objects.filter(pk__in=meeting.invitees.filter(came=True, uninvited_at=None).values("regions"))
    on = localdate(meeting.starts_at)
    said = YearlyDone.objects.filter(kind=NATIONAL.kind, on=on, note=meeting.title, recorded_by__is_kaikukeskus=True)
    for done in said.exclude(region__in=came).order_by("pk"):
        with suppress(Refused):  # the region has said something newer itself
            take_back(done, by)
    for region in came.order_by("pk"):
        now = round_of(region, NATIONAL.kind)
        if now and on > now.after:
            with suppress(Refused):  # the region has just said it itself
                say_done(region, NATIONAL.kind, now.last, by, on, meeting.title)


@transaction.atomic
def take_back(done: YearlyDone, by: Person) -> None:
    """What was said to be done is not said any more, and is due again as before; history says both.

    Raises NotYours for who does not act in the region, and Refused for one that is not the newest, or is gone.
    """
    region = locked(done.region_id)
    who = acting(by, region)
    newest = YearlyDone.objects.filter(region=region, kind=done.kind).first()
    if newest is None or newest.pk != done.pk:
        raise Refused([_("Only what was said last can be taken back. Look at the page anew.")])
    record(region, who, "yearly_taken_back", newest, kind=newest.kind, on=newest.on.isoformat())
    newest.delete()
