"""Which icon of the sprite, each of a shape of its own, stands beside the word of a state?"""

from adoption.models import Partner

State = Partner.State
PARTNER_ICONS: dict[str, str] = {
    State.CANDIDATE: "ahead",
    State.ASKED: "pause",
    State.MORE_WANTED: "missing",
    State.CLEARED: "open",
    State.DECLINED: "no",
    State.COMMITTED: "half",
    State.ACTIVE: "done",
    State.ENDED: "skip",
}
# By the states of commitments, whose model is of the layer above.
COMMITMENT_ICONS = {
    "draft": "open",
    "checked": "open",
    "awaiting": "pause",
    "partly_signed": "half",
    "in_force": "done",
    "declined": "no",
    "superseded": "skip",
    "ended": "skip",
}
