"""Which are the ten steps, in order, who confirms each, how long does it take, and what must be there?

Both published versions. A published model is never changed in its keys, subclassed, renamed or moved: open trials
refer to `workflows/trial.Trial2024.workshop` by name. Words, weeks and rules may be mended in place.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workflows import rules
from workflows.steps import Step, TrialFlow, both, kaikukeskus, side_by_side

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OUTCOMES: dict[str, str | None] = {"continue": None, "extend": "feedback", "expand": None, "stop": None}
WITHDRAWN = "withdrawn"  # no outcome of a decision: Kaikukeskus had opened the trial by mistake
OUTCOME_NAMES = {
    "continue": _("Kaikukortti goes on for good"),
    "extend": _("the trial is extended"),
    "expand": _("Kaikukortti goes on and expands"),
    "stop": _("the activity stops"),
    WITHDRAWN: _("opened by mistake and withdrawn"),
}


def intro_event() -> Step:
    return Step(1, "intro_event", kaikukeskus, weeks=3, title=_("Introductory event"),
                why=_("Decision-makers and the future partners hear the same thing at once, from Kaikukeskus."),
                what=_("The region invites, Kaikukeskus presents and confirms."),
                missing=(rules.introduction_not_held,))  # fmt: skip


def local_pair(title: "StrOrPromise") -> Step:
    return Step(2, "local_pair", kaikukeskus, weeks=2, title=title, may_be_skipped=False,
                why=_("Kaikukortti is run together: one side knows the culture, the other the clients."),
                what=_("Both sides name their responsible persons. Kaikukeskus confirms."),
                missing=(rules.side_not_named,))  # fmt: skip


def pair_training(title: "StrOrPromise") -> Step:
    return Step(3, "pair_training", both, weeks=2, title=title, writer=kaikukeskus,
                why=_("The pair learns the national operating model before it asks others along."),
                what=_("Kaikukeskus enters the training. Both sides confirm that they took part."),
                missing=(rules.training_not_recorded,))  # fmt: skip


def workshop(title: "StrOrPromise") -> Step:
    return Step(4, "workshop", both, weeks=3, title=title,
                why=_("Future distributors and venues meet, and the bodies decide whether they take part."),
                what=_("Record the workshop, the answer of each candidate, and the decision of each body."),
                missing=(rules.workshop_not_held, rules.candidates_not_asked,
                         rules.decision_to_join_missing))  # fmt: skip


def commitments(title: "StrOrPromise", *more: rules.Rule) -> Step:
    return Step(5, "commitments", both, weeks=6, title=title,
                why=_("Everybody promises to follow the same national model, so that the card works everywhere alike."),
                what=_("The pair makes the commitments, the parties sign, Kaikukeskus last in the region's own."),
                missing=(rules.region_commitment_not_in_force, rules.no_committed_venue,
                         rules.no_committed_third_sector_distributor, *more))  # fmt: skip


def print_comms() -> Step:
    return Step(7, "print_comms", both, weeks=8, title=_("Printing the cards and local materials"),
                why=_("Distribution needs cards, clients a brochure, and everybody an address for feedback."),
                what=_("Record the print run, the local page and the feedback address."),
                missing=(rules.materials_not_printed, rules.local_page_missing))  # fmt: skip


def induction(title: "StrOrPromise") -> Step:
    return Step(8, "induction", both, weeks=6, title=title,
                why=_("Whoever meets a client knows what the card is and how it is used."),
                what=_("The culture side sees to the venues, the care side to the distributors."),
                missing=(rules.inductions_missing, rules.contacts_missing))  # fmt: skip


def start_distribution(title: "StrOrPromise") -> Step:
    return Step(9, "start_distribution", both, weeks=2, title=title, may_be_skipped=False,
                why=_("From this day the card is given out and used: the trial runs."),
                what=_("Record the day on which distribution began and the day on which the trial ends."),
                missing=(rules.start_not_recorded, rules.started_too_early, rules.commitments_no_longer_in_force,
                         rules.partners_no_longer_ready, rules.earlier_step_open))  # fmt: skip


def feedback(title: "StrOrPromise", *more: rules.Rule) -> Step:
    return Step(10, "feedback", both, weeks=36, title=title,
                why=_("What was learnt is said aloud before anybody decides how to go on."),
                what=_("Hold a feedback meeting, invite Kaikukeskus, and record the minutes."),
                missing=(rules.feedback_meeting_not_held, *more, rules.earlier_step_open_at_feedback))  # fmt: skip


def decision() -> Step:
    return Step("→", "decision", both, weeks=4, title=_("Decision on going on"), may_be_skipped=False,
                why=_("The bodies decide whether Kaikukortti stays, in good time before the trial ends."),
                what=_("Each side confirms the same outcome, with the body, date, section and record number."),
                missing=(rules.earlier_step_open_at_the_end,), outcomes=OUTCOMES)  # fmt: skip


class Trial2023(TrialFlow):
    """The ten steps as published in 3/2023 (S1)."""

    steps = [
        intro_event(),
        local_pair(_("Local working group")),
        pair_training(_("Training for the local working group")),
        workshop(_("Kick-off workshop for interested actors of care and culture")),
        commitments(_("Meeting and commitments of the trial's actors"), rules.commitments_meeting_not_held),
        side_by_side(
            Step(6, "statistics", both, weeks=6, title=_("Seeing to the local statistics"),
                 why=_("Numbers show what the card does, and somebody has to follow them."),
                 what=_("Name the person who sees to the statistics."),
                 missing=(rules.statistics_person_missing,)),
            print_comms(),
            induction(_("Induction of the staff of the Kaikukortti network")),
        ),
        start_distribution(_("Start of distributing the card")),
        feedback(_("Local feedback meetings and surveys"), rules.survey_not_held),
        decision(),
    ]  # fmt: skip


class Trial2024(TrialFlow):
    """The ten steps as published in 2024 (S3)."""

    steps = [
        intro_event(),
        local_pair(_("Local pair or working group")),
        pair_training(_("Kaikukeskus's training for the pair")),
        workshop(_("Local workshop for possible distributors and venues")),
        commitments(_("Commitments of the trial's actors")),
        side_by_side(
            Step(6, "kaikukanta_users", both, weeks=6, title=_("Users in Kaikukanta"),
                 why=_("A card works only once it has been registered in Kaikukanta."),
                 what=_("Make an account for each committed partner and record its date."),
                 missing=(rules.accounts_missing,)),
            print_comms(),
            induction(_("Induction of distributors' and venues' staff")),
        ),
        start_distribution(_("Start of distributing and registering the card")),
        feedback(_("Local feedback meetings and possible surveys")),
        decision(),
    ]  # fmt: skip


MODELS: dict[str, type[TrialFlow]] = {"2023": Trial2023, "2024": Trial2024}
