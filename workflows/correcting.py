"""How is a trial corrected that was opened with a slip, and withdrawn that was opened by mistake? By Kaikukeskus."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import record
from adoption.mail import later
from adoption.models import Act, Municipality, Person, Phase, Region, RegionMunicipality
from adoption.refusal import Refused
from commitments.models import Commitment
from workflows.models import Trial
from workflows.moves import as_data
from workflows.moving import why_stale
from workflows.replanning import moved_by_hand, moves_when_planned, plan_anew
from workflows.services import add_members, end_unwalked, hold, locked_trial, not_free, phases_of, require, wrong_days
from workflows.trial import WITHDRAWN


def correct_trial(
    trial: Trial,
    by: Person,
    municipalities: Iterable[Municipality],
    planned_start: date,
    planned_end: date,
    reason: str,
    mark: str | None = None,
) -> Trial:
    """The trial has these municipalities and these planned days; what depends on the days has moved with them, and the
    pair is told.

    `mark`: that of the plan which the person's page showed. A municipality that leaves, as one whose body decided not
    to take part, is in the phase again in which it was. Raises Refused once distribution has begun, without a reason or
    a change, when the plan has moved meanwhile, for what no trial can be opened for, and for a municipality that joins
    after step 4 has closed without its decision.
    """
    who = only_kaikukeskus(by)
    with locked_trial(trial.pk) as (trial, region):
        require(reason)
        _refuse(why_not(trial) or ([] if mark is None else why_stale(trial, mark)))
        wanted = list(municipalities)
        joining, leaving = _joining_and_leaving(trial, wanted)
        hold(joining)
        _refuse(why_not_so(trial, wanted, planned_start, planned_end))
        said = _moved(trial, region, joining, leaving)
        if (planned_start, planned_end) != (trial.planned_start, trial.planned_end):
            said |= _plan_anew(trial, planned_start, planned_end)
        act = record(region, who, "trial_corrected", trial, reason=reason, **said)
        later("workflows.letters.told_of_trial", act.pk)
    return trial


def why_not(trial: Trial) -> list[str]:
    """Why the plan of the trial cannot be corrected any more; empty when it can."""
    if trial.decided:
        return [_("The trial has ended: nothing is corrected any more.")]
    if trial.started_on:
        return [_("Distribution has begun: the actual days stand in step 9, which can be reopened.")]
    return []


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Refused(reasons)


def _joining_and_leaving(trial: Trial, wanted: Iterable[Municipality]) -> tuple[list[Municipality], set[int]]:
    inside = set(trial.members.values_list("municipality", flat=True))
    return [one for one in wanted if one.pk not in inside], inside - {one.pk for one in wanted}


def why_not_so(trial: Trial, wanted: list[Municipality], start: date, end: date) -> list[str]:
    """Why the trial cannot be corrected to these municipalities and days; empty when it can."""
    joining, leaving = _joining_and_leaving(trial, wanted)
    if not (joining or leaving or (start, end) != (trial.planned_start, trial.planned_end)):
        return [_("Nothing has been changed.")]
    wrong = wrong_days(start, end) + not_free(joining)
    if not wanted:
        wrong.append(_("Choose at least one municipality."))
    if start != trial.planned_start and start <= localdate():
        wrong.append(_("The planned start must be after today: the preparation comes first."))
    workshop = trial.rows["workshop"]
    if joining and workshop.closed_at and not workshop.skipped:
        wrong.append(_("Step 4 is closed: reopen it first, so that the body of a new municipality can decide too."))
    return wrong


def _moved(trial: Trial, region: Region, joining: list[Municipality], leaving: set[int]) -> dict[str, Any]:
    """Who joins is in preparation, who leaves is where it was; for history."""
    were = phases_of(region, joining)
    add_members(trial, region, joining)
    members = RegionMunicipality.objects.filter(region=region)
    members.filter(municipality__in=joining).update(phase=Phase.PREPARATION, phase_since=localdate())
    phases = {str(one.pk): str(Phase.PREPARATION) for one in joining} | back_to_their_phase(trial, region, leaving)
    trial.members.filter(municipality__in=leaving).delete()
    return {"joined": [one.pk for one in joining], "left": sorted(leaving), "were": were, "phases": phases}


def back_to_their_phase(trial: Trial, region: Region, municipalities: Iterable[int]) -> dict[str, str]:
    """What history says of the phase before; exploring where it says nothing. Returns the phases by municipality."""
    were: dict[str, list[str]] = {}
    phases = {}
    acts = Act.objects.filter(region=region, about_kind="trial", about_id=str(trial.pk)).order_by("number")
    for act in acts.filter(what__in=("trial_opened", "trial_entered", "use_entered", "trial_corrected")):
        were |= act.data.get("were", {})
    for member in RegionMunicipality.objects.filter(region=region, municipality__in=list(municipalities)):
        phase, since = were.get(str(member.municipality_id), [Phase.EXPLORING, localdate().isoformat()])
        member.phase, member.phase_since = phase, date.fromisoformat(since)
        member.save(update_fields=["phase", "phase_since"])
        phases[str(member.municipality_id)] = phase
    return phases


def _plan_anew(trial: Trial, start: date, end: date) -> dict[str, Any]:
    """What history says of the days that moved."""
    moves = moves_when_planned(trial, start, end, moved_by_hand(trial))
    plan_anew(trial, moves)
    return {
        "planned": [start.isoformat(), end.isoformat()], "planned_was": [day.isoformat() for day in moves.was],
        "model": trial.model,
    } | as_data(moves)  # fmt: skip


def withdraw_trial(trial: Trial, by: Person, reason: str) -> Trial:
    """The trial opened by mistake is over, and its municipalities are free and in the phase in which they were.

    Raises Refused without a reason, and when more than step 1 has been done in it.
    """
    who = only_kaikukeskus(by)
    with locked_trial(trial.pk) as (trial, region):
        require(reason)
        _refuse(why_not(trial) or why_not_withdrawn(trial))
        end_unwalked(trial)
        trial.decided = WITHDRAWN
        trial.save(update_fields=["decided"])
        trial.members.update(is_open=False)
        phases = back_to_their_phase(trial, region, trial.members.values_list("municipality", flat=True))
        act = record(region, who, "trial_withdrawn", trial, reason=reason, phases=phases)
        later("workflows.letters.told_of_trial", act.pk)
    return trial


def why_not_withdrawn(trial: Trial) -> list[str]:
    """Why the trial cannot be withdrawn; empty while nothing but step 1 has been done in it."""
    rows = [row for key, row in trial.rows.items() if key != "intro_event"]
    made = Commitment.objects.filter(region=trial.region_id, made_at__date__gte=trial.opened_on).exclude(
        state=Commitment.State.DECLINED
    )
    made = made.exclude(parties__method="paper")  # made before, whenever it was recorded
    promised = made.filter(parties__municipality__in=trial.members.values("municipality"))
    if any(row.evidence or row.confirmed or row.overrides or row.closed_at for row in rows) or promised.exists():
        return [_("More than step 1 has been done in this trial, so it cannot be withdrawn any more.")]
    return []
