"""What does a meeting that was held offer to the record of its step? A person looks at it and saves it."""

from typing import Any

from django.utils.timezone import localdate

from workflows.arranging.models import Meeting
from workflows.models import Trial

KINDS = {
    "intro_event": Meeting.Kind.INTRODUCTION,
    "pair_training": Meeting.Kind.TRAINING,
    "workshop": Meeting.Kind.WORKSHOP,
    "feedback": Meeting.Kind.FEEDBACK,
}
OFFERED = ("intro_event", "pair_training", "workshop")  # a feedback meeting becomes a record of its own


def offered_for(trial: Trial, key: str) -> dict[str, Any]:
    """Day, place and number of the newest meeting of the step's kind that was held since the trial was opened; nothing
    where there is none."""
    if key not in OFFERED:
        return {}
    held = Meeting.objects.filter(region=trial.region_id, kind=KINDS[key], state=Meeting.State.HELD)
    found = held.filter(starts_at__date__gte=trial.opened_on).order_by("-starts_at").first()
    if found is None or found.starts_at is None:
        return {}
    came = found.invitees.filter(came=True).count() + found.others
    return {"date": localdate(found.starts_at), "place": found.place or found.link, "attendees": came}
