"""How does a region come in that already has the card? At its present step or in lasting use, by Kaikukeskus.

What was done stands as done, marked as entered afterwards; the trial's own process passes it, and waits at the rest.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import Acting, locked, record
from adoption.models import Person, Phase, Region, RegionMunicipality
from adoption.people import name_person
from adoption.refusal import Refused
from commitments.models import Commitment
from commitments.on_paper import region_takes_over
from workflows.entry import FEEDBACK, Entry, wrong
from workflows.models import FeedbackMeeting, Trial, TrialStep
from workflows.plan import due_dates
from workflows.services import begin, hold, phases_of

OUTCOME = "continue"  # how the trial ended of a region that is in lasting use


class Named(NamedTuple):
    """A responsible person who is named together with the entry."""

    side: str
    name: str
    email: str


@transaction.atomic
def enter_region(region: Region, entry: Entry, by: Person, pair: Iterable[Named] = ()) -> Trial:
    """The region stands where it is: its steps up to there are closed with the days that are known, its commitment is
    in force on paper, and who is named is told. Everything is marked as entered afterwards, by whom and when.

    Only Kaikukeskus enters one. Raises Refused for municipalities that are in an open trial or in lasting use already,
    for days that cannot be, and for whoever cannot be named; then nothing stands.
    """
    who = only_kaikukeskus(by)
    region = locked(region.pk)
    hold(entry.municipalities)
    if reasons := wrong(region, entry):
        raise Refused(reasons)
    commitment = _commitment(region, who, entry)
    were = phases_of(region, list(entry.municipalities))
    trial = _trial(region, who, entry)
    meeting = _meeting(region, trial, who, entry)
    record(
        region, who, "use_entered" if entry.is_lasting else "trial_entered", trial, model=trial.model, were=were,
        municipalities=sorted(one.pk for one in entry.municipalities), phases=_phases(region, entry),
        decided=trial.decided, planned=trial.planned, term=[day.isoformat() if day else None for day in trial.term],
        commitment=commitment.pk if commitment else None, meeting=meeting.pk if meeting else None,
    )  # fmt: skip
    _tell_steps(region, who, trial, entry, meeting)
    for one in pair:
        name_person(region, one.side, one.email, one.name, by)
    return trial


def _commitment(region: Region, who: Acting, entry: Entry) -> Commitment | None:
    """The region commitment of those that have none in force yet, once step 5 is done."""
    if not entry.is_done("commitments"):
        return None
    found = Commitment.objects.in_force().filter(region=region, kind=Commitment.Kind.REGION)
    bound = set(found.values_list("parties__municipality", flat=True))
    unbound = [one for one in entry.municipalities if one.pk not in bound]
    if not unbound and (entry.committed_on or entry.papers):
        raise Refused([_("The commitment of these municipalities is in force here already: leave its days empty.")])
    if not unbound:
        return None
    return region_takes_over(region, unbound, who, entry.committed_on, entry.model, entry.papers)


def _trial(region: Region, who: Acting, entry: Entry) -> Trial:
    planned_start, planned_end = planned(entry)
    trial = Trial(
        region=region, model=entry.model, planned_start=planned_start, planned_end=planned_end, opened_on=localdate(),
        entered_on=localdate(), entered_by=who.person, had_ended=entry.is_lasting,
    )  # fmt: skip
    if entry.has_begun:
        trial.started_on, trial.ends_on = entry.start, entry.end
    if entry.is_lasting:
        trial.decided = trial.outcome = OUTCOME
    begin(trial, list(entry.municipalities), _rows(entry, who, trial))
    if entry.is_lasting:
        trial.members.update(is_open=False)
    return trial


def planned(entry: Entry) -> tuple[date, date]:
    """The trial's days; of one that had ended, where they are not known, the last possible."""
    end = entry.end or max(min(entry.since.values()), (entry.start or date.min) + timedelta(days=1))
    return entry.start or end - timedelta(days=1), end


def _rows(entry: Entry, who: Acting, trial: Trial) -> list[TrialStep]:
    due = due_dates(entry.flow, localdate(), trial.planned_start, trial.planned_end)
    done = {step.key for step in entry.done}
    rows = []
    for step in entry.flow.all_steps():
        row = TrialStep(key=step.key, due=due[step.key])
        if step.key in done:
            row.due, row.closed_at, row.entered_at, row.entered_by = None, now(), now(), who.person
            row.done_on = entry.day_of(step.key)
            row.evidence = entry.evidence(step.key)
        rows.append(row)
    return rows


def _phases(region: Region, entry: Entry) -> dict[str, str]:
    """Each municipality is in its phase since the day that is known; the phases by municipality, for history."""
    phase, since = _phase(entry)
    for member in RegionMunicipality.objects.filter(region=region, municipality__in=entry.municipalities):
        member.phase, member.phase_since = phase, entry.since.get(member.municipality_id, since)
        member.save(update_fields=["phase", "phase_since"])
    return {str(one.pk): str(phase) for one in entry.municipalities}


def _phase(entry: Entry) -> tuple[Phase, date]:
    if entry.is_lasting:
        return Phase.LASTING, localdate()
    if entry.has_begun and entry.start:
        return Phase.TRIAL, entry.start
    days = [day for step in entry.done if (day := entry.days.get(step.key))]
    return Phase.PREPARATION, min(days, default=localdate())


def _meeting(region: Region, trial: Trial, who: Acting, entry: Entry) -> FeedbackMeeting | None:
    """The last meeting, of which only the day is known."""
    return new_meeting(region, trial, who, entry.meeting) if entry.meeting and entry.is_done(FEEDBACK) else None


def new_meeting(region: Region, trial: Trial, who: Acting, on: date) -> FeedbackMeeting:
    """The trial's last meeting stands, as entered afterwards."""
    assert who.person
    return FeedbackMeeting.objects.create(
        region=region, trial=trial, round=1, held_on=on, recorded_by=who.person, is_entered=True
    )


def _tell_steps(region: Region, who: Acting, trial: Trial, entry: Entry, meeting: FeedbackMeeting | None) -> None:
    """History has each step and the meeting by itself."""
    for step in entry.done:
        row = trial.rows[step.key]
        record(region, who, "step_entered", row, step=step.key, on=row.done_on.isoformat() if row.done_on else None)
    if meeting:
        record(region, who, "meeting_entered", meeting, on=meeting.held_on.isoformat())
