"""How is corrected what was entered afterwards of a region, and withdrawn what was entered by mistake? By Kaikukeskus.

The days are corrected: the steps and the municipalities are what they are, and an entry of others is withdrawn.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import Acting, record
from adoption.models import Act, Person, Phase, Region, RegionMunicipality
from adoption.refusal import Refused
from commitments import services as commitments
from commitments.models import Commitment
from commitments.on_paper import Paper, correct_paper, party_key
from workflows.correcting import back_to_their_phase
from workflows.entering import new_meeting, planned
from workflows.entry import DECISION, FEEDBACK, FIELD, KNOWN, LASTING, START, Entry, of_days
from workflows.models import FeedbackMeeting, Trial, TrialStep
from workflows.moves import as_data
from workflows.replanning import move_all, moves_when_started
from workflows.services import end_unwalked, locked_trial, read, require
from workflows.trial import WITHDRAWN


def entry_of(trial: Trial) -> Entry:
    """What was entered afterwards of the trial that `services.read` has read, as it stands now."""
    done = {key: row for key, row in trial.rows.items() if row.entered_at}
    keys = [step.key for step in trial.flow.all_steps()]
    present = LASTING if trial.had_ended else next(key for key in keys if key not in done)
    meeting = _meeting(trial)
    return Entry(
        trial.model, present, list(trial.municipalities.order_by("name_fi")),
        days={key: row.done_on for key, row in done.items() if key not in (START, FEEDBACK)},
        start=trial.term[0], end=trial.term[1], since=_since(trial), meeting=meeting.held_on if meeting else None,
        papers=_papers(paper_of(trial)), known=_known(done), entered=frozenset(done),
    )  # fmt: skip


def _known(done: dict[str, TrialStep]) -> dict[str, str]:
    names = [(key, name) for key, names in KNOWN.items() if key in done for name in names]
    return {name: done[key].evidence[name] for key, name in names if done[key].evidence.get(name)}


def _since(trial: Trial) -> dict[int, date]:
    if not trial.had_ended:
        return {}
    members = RegionMunicipality.objects.filter(
        region=trial.region_id, municipality__in=trial.members.values("municipality")
    )
    return dict(members.values_list("municipality", "phase_since"))


def _meeting(trial: Trial) -> FeedbackMeeting | None:
    return trial.meetings.filter(is_entered=True).first()


def paper_of(trial: Trial) -> Commitment | None:
    """The region commitment that was taken over with the entry, while it is in force."""
    act = Act.objects.filter(region=trial.region_id, about_kind="trial", about_id=str(trial.pk))
    data = act.filter(what__in=("trial_entered", "use_entered")).values_list("data", flat=True).first()
    return Commitment.objects.in_force().filter(pk=data["commitment"] or 0).first() if data else None


def _papers(commitment: Commitment | None) -> dict[str, Paper]:
    parties = commitment.parties.all() if commitment else []
    return {party_key(party): Paper(party.signed_on, party.record_number) for party in parties}


# -- correcting -----------------------------------------------------------------------------------------------------


def correct_entry(trial: Trial, by: Person, entry: Entry, reason: str) -> Trial:
    """What was entered afterwards is this: the days of the steps, of the trial, of lasting use, of the last meeting and
    of the commitment on paper. What has been walked here since stays.

    Raises Refused without a reason or a change, for days that cannot be, and for an entry that was withdrawn.
    """
    who = only_kaikukeskus(by)
    with locked_trial(trial.pk) as (trial, region):
        require(reason)
        old = entry_of(trial)
        if wrong := why_not_corrected(trial) or _against(old, entry):
            raise Refused(wrong)
        days = _correct_steps(trial, entry)
        moved = _correct_term(trial, old, entry)
        _correct_phases(trial, region, entry)
        meetings = _correct_meeting(trial, region, who, old, entry)
        record(
            region, who, "entry_corrected", trial, reason, days=days, meetings=meetings, term=_iso_term(trial),
            planned=trial.planned, model=trial.model, changed=changed(old, entry), **moved,
        )  # fmt: skip
        paper = paper_of(trial)
        if paper and entry.papers != old.papers:
            correct_paper(paper, region, who, None, entry.papers, reason)
    return trial


def changed(old: Entry, new: Entry) -> list[list[Any]]:
    """What a correction changes, for history: of what it is ("step", "municipality", "meeting", "known"), its key, and
    the day that stood and the day that stands; of what has no day, none."""
    found: list[list[Any]] = [
        ["step", step.key, _iso(old.days.get(step.key)), _iso(new.days.get(step.key))]
        for step in new.done
        if old.days.get(step.key) != new.days.get(step.key)
    ]
    found += [
        ["municipality", one.pk, _iso(old.since.get(one.pk)), _iso(new.since.get(one.pk))]
        for one in new.municipalities
        if old.since.get(one.pk) != new.since.get(one.pk)
    ]
    if old.meeting != new.meeting:
        found.append(["meeting", 0, _iso(old.meeting), _iso(new.meeting)])
    if dict(old.known) != dict(new.known):
        found.append(["known", 0, None, None])
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def why_not_corrected(trial: Trial) -> list[str]:
    """Why nothing of it is corrected; empty when it can be."""
    if trial.entered_on is None:
        return [_("This trial was walked here: nothing of it was entered afterwards.")]
    if trial.decided == WITHDRAWN:
        return [_("What had been entered was withdrawn: nothing of it is corrected any more.")]
    return []


def _against(old: Entry, new: Entry) -> list[str]:
    return of_days(new) if new != old else [_("Nothing has been changed.")]


def _iso_term(trial: Trial) -> list[str | None]:
    return [_iso(day) for day in trial.term]


def _correct_steps(trial: Trial, entry: Entry) -> dict[str, str | None]:
    """The rows that change; their days by key, for history."""
    changed = {}
    for step in entry.done:
        row, day = trial.rows[step.key], entry.day_of(step.key)
        kept = {name: said for name, said in row.evidence.items() if name not in _fields(step.key)}
        evidence = kept | entry.evidence(step.key)
        if (row.done_on, row.evidence) != (day, evidence):
            row.done_on, row.evidence = day, evidence
            row.save(update_fields=["done_on", "evidence"])
            changed[str(row.pk)] = day.isoformat() if day else None
    return changed


def _fields(key: str) -> set[str]:
    """The entries of a step that are entered afterwards with its day."""
    return {FIELD.get(key, ""), *KNOWN.get(key, ())} | ({"start", "end"} if key == START else set())


def _correct_term(trial: Trial, old: Entry, entry: Entry) -> dict[str, Any]:
    """The trial's days, and by them the due dates of what is ahead; what moved, for history."""
    if (entry.start, entry.end) == (old.start, old.end) or not entry.has_begun:
        return {}
    was_extended = trial.rows[DECISION].round > 1
    end = trial.ends_on if was_extended else entry.end
    moves = moves_when_started(trial, entry.start, end) if entry.start and end and not trial.decided else None
    trial.started_on = entry.start
    if not was_extended:
        trial.ends_on = entry.end
        trial.planned_start, trial.planned_end = planned(entry)
    trial.save(update_fields=["started_on", "ends_on", "planned_start", "planned_end"])
    if moves is None:
        return {}
    move_all(trial, moves)
    return as_data(moves)


def _correct_phases(trial: Trial, region: Region, entry: Entry) -> None:
    """Since when: of lasting use that was entered so; of the trial, while the municipalities are in it."""
    members = RegionMunicipality.objects.filter(region=region, municipality__in=trial.members.values("municipality"))
    phase = Phase.LASTING if trial.had_ended else Phase.TRIAL
    for member in members.filter(phase=phase) if entry.has_begun else []:
        member.phase_since = entry.since.get(member.municipality_id) or entry.start or member.phase_since
        member.save(update_fields=["phase_since"])


def _correct_meeting(trial: Trial, region: Region, who: Acting, old: Entry, entry: Entry) -> dict[str, str | None]:
    """The last meeting; its day by key, nothing where there is none any more, for history."""
    if entry.meeting == old.meeting or not entry.is_done(FEEDBACK):
        return {}
    meeting = _meeting(trial)
    if meeting is None:
        assert entry.meeting
        return {str(new_meeting(region, trial, who, entry.meeting).pk): entry.meeting.isoformat()}
    key = str(meeting.pk)
    if entry.meeting is None:
        meeting.delete()
        return {key: None}
    meeting.held_on = entry.meeting
    meeting.save(update_fields=["held_on"])
    return {key: entry.meeting.isoformat()}


# -- withdrawing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_entry(trial: Trial, by: Person, reason: str) -> Trial:
    """What was entered by mistake is over: the municipalities are free and in the phase in which they were, the
    commitment that came with it has ended, and the meeting is gone. History keeps it all.

    Raises Refused without a reason, and once more has been done than was entered.
    """
    who = only_kaikukeskus(by)
    with locked_trial(trial.pk) as (trial, region):
        require(reason)
        if wrong := why_not_corrected(trial) or why_not_withdrawn(trial):
            raise Refused(wrong)
        paper = paper_of(trial)
    if paper:
        commitments.end(paper, by, reason)
    with locked_trial(trial.pk) as (trial, region):  # anew, after the end of the commitment, by the same transaction
        meeting = _meeting(trial)
        _let_go(trial)
        phases = back_to_their_phase(trial, region, trial.members.values_list("municipality", flat=True))
        record(
            region, who, "entry_withdrawn", trial, reason=reason, phases=phases, meeting=meeting.pk if meeting else None
        )
        if meeting:
            meeting.delete()
    return trial


def _let_go(trial: Trial) -> None:
    if not trial.decided:
        end_unwalked(trial)
    trial.decided = WITHDRAWN
    trial.save(update_fields=["decided"])
    trial.members.update(is_open=False)


def why_not_withdrawn(trial: Trial) -> list[str]:
    """Why the entry cannot be withdrawn; empty while nothing has been walked on and no commitment drafted since."""
    walked = any(_is_walked(row) for row in trial.rows.values())
    mine: dict[str, Any] = {"region": trial.region_id, "made_at__date__gte": trial.opened_on}
    made = Commitment.objects.filter(**mine).exclude(state=Commitment.State.DECLINED).exclude(parties__method="paper")
    promised = made.filter(parties__municipality__in=trial.members.values("municipality"))
    if walked or trial.meetings.filter(is_entered=False).exists() or promised.exists():
        return [_("More has been done here since than was entered, so it cannot be withdrawn any more.")]
    return []


def _is_walked(row: TrialStep) -> bool:
    """Whether something of the step was done here."""
    done_here = row.closed_at is not None and row.entered_at is None
    return done_here or bool(row.confirmed or row.overrides or row.reopened or row.opened_early or row.round > 1)


def standing_entry(trial: Trial) -> Entry:
    """What was entered afterwards, read for a page."""
    return entry_of(read(trial.pk))
