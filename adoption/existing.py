"""What was done for a partner before it was entered here? Clearance, account and induction, with days or without."""

from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import KAIKUKESKUS
from adoption.history import Acting, record
from adoption.models import Partner, Region
from adoption.refusal import Refused

UNCLEARED = (Partner.State.CANDIDATE, Partner.State.ASKED, Partner.State.MORE_WANTED)
FIRST = date(2014, 1, 1)  # the year before the first trial, in Espoo from April 2015
Done = date | bool  # on the day; True: earlier, on a day that is not known; False: not yet


def done_before(
    partner: Partner, region: Region, who: Acting, cleared: date | None, account: Done, induction: Done
) -> None:
    """The distributor counts as cleared, and the account and the induction as made, unless it is known here when.

    Called by commitments under the region's lock. Of an unknown day the day of entry stands, as the last one possible.
    Only Kaikukeskus, or the command line, says that a distributor was cleared (R5). Raises Refused for a day to come.
    """
    refuse_impossible(cleared, account, induction)
    clears = partner.is_distributor and partner.state in UNCLEARED
    if clears:
        _refuse_uncleared(partner, who)
        partner.clear_before()
        partner.cleared_on = cleared
    known = {"account": _set_account(partner, account), "induction": _set_induction(partner, induction)}
    if not clears and not any(known.values()):
        return
    partner.save()
    days: dict[str, object] = {key: day.isoformat() if day else None for key, day in known.items()}
    days |= {"clears": clears, "cleared": cleared.isoformat() if clears and cleared else None}
    record(region, who, "partner_taken_over", partner, "", **days)


def may_clear(who: Acting) -> bool:
    """Kaikukeskus itself, and the command line."""
    return who.side == KAIKUKESKUS or who.person is None


def _refuse_uncleared(partner: Partner, who: Acting) -> None:
    if not may_clear(who):
        said = _("Only Kaikukeskus can record that it has cleared %(partner)s before: ask Kaikukeskus to do it.")
        raise Refused([said % {"partner": partner}])


def refuse_impossible(*days: date | bool | None) -> None:
    """Raises Refused for a day on which nothing can have been done: one to come, or before there was a Kaikukortti."""
    for day in days:
        if isinstance(day, date) and (why := why_not_done_on(day)):
            raise Refused([why])


def why_not_done_on(day: date) -> str:
    """Why nothing can have been done on the day; empty when it can."""
    if day > localdate():
        return _("The day is still to come: record it when it has happened.")
    return _("There was no Kaikukortti before 2014: check the year.") if day < FIRST else ""


def _set_account(partner: Partner, account: Done) -> date | None:
    """The day that stands there now; nothing when nothing was changed."""
    if partner.account_on or account is False:
        return None
    partner.account_before = account is True
    partner.account_on = localdate() if account is True else account
    return partner.account_on


def _set_induction(partner: Partner, induction: Done) -> date | None:
    """The day that stands there now; nothing when nothing was changed."""
    if partner.induction_on or induction is False:
        return None
    partner.induction_before = induction is True
    partner.induction_on = localdate() if induction is True else induction
    return partner.induction_on
