"""Which trials are walked, with what evidence and confirmations, and which meetings were held?"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process, Task

from adoption.models import Person
from workflows.arranging.models import Invitee, Meeting, Pick, ProposedTime
from workflows.minutes.models import AgendaText, Minutes
from workflows.my_work.models import OwnTask as OwnTask
from workflows.my_work.models import SavedFilter as SavedFilter
from workflows.my_work.models import Snooze as Snooze
from workflows.survey.models import Answer, Place, Survey
from workflows.yearly.models import YearlyDone as YearlyDone

if TYPE_CHECKING:
    from workflows.steps import TrialFlow

__all__ = [
    "AgendaText",
    "Answer",
    "Body",
    "FeedbackMeeting",
    "Heartbeat",
    "Invitee",
    "Meeting",
    "Minutes",
    "Pick",
    "Place",
    "ProposedTime",
    "Reminder",
    "Survey",
    "Trial",
    "TrialMunicipality",
    "TrialStep",
]


class Trial(models.Model):
    """A region's trial. Which of its steps are open is said by viewflow's open tasks, and by nothing else."""

    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="trials")
    model = models.CharField(_("operating model"), max_length=8)
    process = models.OneToOneField(Process, models.PROTECT, null=True, related_name="trial")
    planned_start = models.DateField(_("planned start"))
    planned_end = models.DateField(_("planned end"))
    started_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    opened_on = models.DateField()
    decided = models.CharField(max_length=12, blank=True, default="")  # the outcome that ended it
    # Where Kaikukortti was there before the trial stood here: when and by whom it was entered afterwards.
    entered_on = models.DateField(null=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    had_ended = models.BooleanField(default=False)  # before it was entered: the planned days are mere bounds then
    municipalities = models.ManyToManyField("adoption.Municipality", through="TrialMunicipality", related_name="trials")

    # What a service has read under the lock; the step nodes look at these.
    flow: "type[TrialFlow]"
    rows: dict[str, "TrialStep"]
    of_all_rounds: list["TrialStep"]
    open: dict[str, Task]
    passing: frozenset[str] = frozenset()
    outcome: str = ""
    size: int = 0  # how many municipalities; 0 where nobody has counted
    held: dict[int, dict[str, Any] | None]  # person's key → what the person holds in the trial

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned_end__gt=models.F("planned_start")), name="trial_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        years = "–".join(str(day.year) if day else "" for day in self.term)
        return f"{self.region} {years}" if any(self.term) else str(self.region)

    @property
    def planned(self) -> list[str]:
        """The first and the last planned day, as history writes them."""
        return [self.planned_start.isoformat(), self.planned_end.isoformat()]

    @property
    def term(self) -> "tuple[date | None, date | None]":
        """Its beginning and end: the actual days where they are known, else the planned; of a trial that had ended
        before it was entered here nothing where they are not known."""
        if self.had_ended:
            return self.started_on, self.ends_on
        return self.started_on or self.planned_start, self.ends_on or self.planned_end


class TrialMunicipality(models.Model):
    """A municipality of a trial; while the trial is open, of no other open one."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="members")
    municipality = models.ForeignKey("adoption.Municipality", models.PROTECT, related_name="trial_memberships")
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "municipality"], name="municipality_once_in_trial"),
            models.UniqueConstraint(
                fields=["municipality"], condition=models.Q(is_open=True), name="municipality_in_one_open_trial"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial}: {self.municipality}"


class TrialStep(models.Model):
    """What is known of a step of a trial: plan, evidence, confirmations, reasons, and when it was closed."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=24)
    round = models.PositiveSmallIntegerField(default=1)
    due = models.DateField(null=True)
    due_version = models.PositiveIntegerField(default=0)  # grows with each other day, for calendars
    moved = models.TextField(blank=True, default="")  # why its day is not the plan's own
    evidence = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)  # grows with the evidence, so that nobody overwrites unseen
    confirmed = models.JSONField(default=dict)  # side → {"by": key, "for": key or None, "at": ISO time}
    overrides = models.JSONField(default=dict)  # rule → {"by": key, "at": ISO time, "reason": text}
    skipped = models.TextField(blank=True, default="")
    reopened = models.TextField(blank=True, default="")
    reopened_at = models.DateTimeField(null=True)
    opened_early = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    # What had been done before the trial was entered here: when and by whom it was entered, and its day, if known.
    entered_at = models.DateTimeField(null=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    done_on = models.DateField(null=True)

    # What `services.read` reads with the row: what history keeps of the last move of this very step.
    given: dict[str, Any] | None = None

    class Meta:
        ordering = ["trial", "round", "pk"]
        constraints = [models.UniqueConstraint(fields=["trial", "key", "round"], name="one_row_a_round")]

    def __str__(self) -> str:
        return f"{self.trial} / {self.key} ({self.round})"

    def get_absolute_url(self) -> str:
        return reverse("step", args=[self.trial.region.slug, self.trial_id, self.key])

    def plan_for(self, due: date | None) -> None:
        """The day by which it is due; the caller saves `due` and `due_version`."""
        if due != self.due:
            self.due, self.due_version = due, self.due_version + 1

    @property
    def event_version(self) -> int:
        """The number of its event in calendars: greater when its day moves, when it is done, and when it is open
        again."""
        return 2 * self.due_version + (self.closed_at is not None)

    @property
    def heading(self) -> str:
        """The step's number and title, by the trial's own model."""
        process = self.trial.process
        step = process.flow_class.step(self.key) if process else None
        if step is None or step.outcomes:
            return str(step.title) if step else self.key
        return gettext("Step %(number)s, %(title)s") % {"number": step.number, "title": step.title}

    @property
    def keys_of_rounds(self) -> list[int]:
        """The keys of its rows in all rounds: what is noted about the step stays with it."""
        if self.round == 1:
            return [self.pk]
        return list(TrialStep.objects.filter(trial=self.trial_id, key=self.key).values_list("pk", flat=True))

    def given_by(self, side: str) -> int | None:
        """The key of the person who has confirmed for the side."""
        given: dict[str, Any] | None = self.confirmed.get(side)
        return given["by"] if given else None


class FeedbackMeeting(models.Model):
    """A region's feedback meeting (R8): when, who took part, what was said."""

    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="meetings")
    trial = models.ForeignKey(Trial, models.PROTECT, null=True, related_name="meetings")
    round = models.PositiveSmallIntegerField(null=True)
    held_on = models.DateField(_("day of the meeting"))
    attendees = models.PositiveIntegerField(_("number of attendees"), null=True)  # of one entered afterwards
    kaikukeskus_took_part = models.BooleanField(_("Kaikukeskus took part"), default=False)
    minutes = models.TextField(_("minutes"))
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_entered = models.BooleanField(default=False)  # held before the region was entered here: only its day is known

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["region", "trial", "held_on"], name="one_meeting_a_day"),
            models.UniqueConstraint(
                fields=["region", "held_on"], condition=models.Q(trial=None), name="one_meeting_a_day_without_trial"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.held_on}"


class Body(models.Model):
    """A body that decides for a municipality of a region, or for its county, and the days on which it meets."""

    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="bodies")
    municipality = models.ForeignKey("adoption.Municipality", models.PROTECT, null=True, related_name="bodies")
    name = models.CharField(_("name of the body"), max_length=200)
    days = models.JSONField(default=list)  # ISO days, each once and in order

    class Meta:
        verbose_name_plural = "bodies"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["region", "municipality", "name"], name="body_once"),
            models.UniqueConstraint(
                fields=["region", "name"], condition=models.Q(municipality=None), name="body_of_county_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.owner}"

    def get_absolute_url(self) -> str:
        return reverse("body", args=[self.region.slug, self.pk])

    @property
    def owner(self) -> str:
        """Whose body it is: the municipality, or the county."""
        return str(self.municipality or self.region.county)

    @property
    def meets_on(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.days]


class Heartbeat(models.Model):
    """When the worker last ran its minute job: a live process is no proof of a live queue."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.at.isoformat()


class Reminder(models.Model):
    """That a person is reminded of a duty: once for each of its days and each rung of its ladder."""

    kind = models.CharField(max_length=16)  # of the ladder
    subject = models.CharField(max_length=40)  # the key of what is owed, within the kind
    region = models.ForeignKey("adoption.Region", models.PROTECT, null=True, related_name="+")
    due = models.DateField()
    rung = models.SmallIntegerField()  # days after the due day, before it when negative
    person = models.ForeignKey(Person, models.PROTECT, related_name="reminders")
    made_at = models.DateTimeField(auto_now_add=True)
    mail = models.OneToOneField("adoption.Mail", models.PROTECT, null=True, related_name="reminder")

    class Meta:
        ordering = ["kind", "subject", "due", "rung", "person"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "due", "rung", "person"], name="reminded_once")
        ]
        indexes = [models.Index(fields=["region", "kind"], name="reminder_of_region")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}, {self.due} {self.rung:+d}: {self.person}"

    @property
    def state(self) -> str:
        """made, or how far its mail has come."""
        return self.mail.state if self.mail else "made"
