"""How would a region stand once it is entered? A few lines of what is written, to be looked at before it is."""

from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from adoption.models import Phase, RegionMunicipality
from commitments.models import Commitment
from workflows.models import Trial
from workflows.services import read
from workflows.standing import between, written
from workflows.year import next_feedback_due


class SeenStep(NamedTuple):
    """A step: its title, the icon of its state, and what is known of it."""

    title: str
    icon: str
    words: str


class Seen(NamedTuple):
    """The region as it would stand."""

    facts: list[tuple[str, str]]
    steps: list[SeenStep]


def seen(trial: Trial) -> Seen:
    """What an entry has written, in words; read before it is kept or not."""
    trial = read(trial.pk)
    return Seen([*_phases(trial), *_facts(trial)], _steps(trial))


def _phases(trial: Trial) -> list[tuple[str, str]]:
    towns = trial.members.values("municipality")
    members = RegionMunicipality.objects.filter(region=trial.region_id, municipality__in=towns)
    found: dict[tuple[str, str], list[str]] = {}
    for one in members.select_related("municipality"):
        label = capfirst(str(Phase(one.phase).label))
        found.setdefault((label, written(one.phase_since)), []).append(one.municipality.name)
    text = _("%(names)s, since %(day)s")
    return [(label, text % {"names": ", ".join(names), "day": day}) for (label, day), names in found.items()]


def _facts(trial: Trial) -> list[tuple[str, str]]:
    found = [(_("Trial"), between(trial.term))]
    theirs = Commitment.objects.in_force().filter(
        region=trial.region_id, kind=Commitment.Kind.REGION,
        parties__municipality__in=trial.members.values("municipality"),
    )  # fmt: skip
    for one in theirs.distinct().order_by("pk"):
        on = written(one.in_force_on) if one.in_force_on else _("on a day that is not known")
        found.append((one.name, _("in force, on paper, %(day)s") % {"day": on} if one.is_on_paper else _("in force")))
    for meeting in trial.meetings.all():
        found.append((_("Last feedback meeting"), written(meeting.held_on)))
    due = next_feedback_due([trial.region_id]).get(trial.region_id)
    return [*found, (_("Next feedback meeting by"), written(due))] if due else found


def _steps(trial: Trial) -> list[SeenStep]:
    found = []
    for step in trial.flow.all_steps():
        row = trial.rows[step.key]
        title = str(step.title) if step.outcomes else f"{step.number} {step.title}"
        if row.closed_at:
            day = _("done %(day)s") % {"day": written(row.done_on)} if row.done_on else _("done, day not known")
            found.append(SeenStep(title, "done", day))
        else:
            is_open = step.key in trial.open
            found.append(SeenStep(title, "open" if is_open else "ahead", _("open") if is_open else _("ahead")))
    return found
