"""Which meetings are arranged, at which times, who is invited, and what has each picked?"""

from datetime import date, datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adoption.models import Partner, Person, Region

SHORTEST, LONGEST = 15, 12 * 60  # minutes


class Meeting(FSMModelMixin, models.Model):
    """A meeting of a region, or the national one. A transition changes the state alone."""

    class Kind(models.TextChoices):
        INTRODUCTION = "introduction", _("introductory event")
        TRAINING = "training", _("training of the pair")
        WORKSHOP = "workshop", _("workshop")
        FEEDBACK = "feedback", _("feedback meeting")
        NATIONAL = "national", _("national meeting of responsible persons")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("times are proposed")
        FIXED = "fixed", _("the time is fixed")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    UPCOMING = (State.PROPOSED, State.FIXED)

    kind = models.CharField(_("kind of meeting"), max_length=12, choices=Kind)
    # Nothing for the national one, which belongs to no region.
    region = models.ForeignKey("adoption.Region", models.PROTECT, null=True, related_name="arranged_meetings")
    title = models.CharField(_("name of the meeting"), max_length=200)
    place = models.CharField(_("place"), max_length=300, blank=True, default="")
    link = models.URLField(_("link to a remote meeting"), max_length=500, blank=True, default="")
    length = models.PositiveSmallIntegerField(
        _("length in minutes"), default=90, validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)]
    )
    message = models.TextField(_("message to those invited"), blank=True, default="")
    organiser = models.ForeignKey(Person, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(null=True)  # once it is fixed
    sequence = models.PositiveIntegerField(default=0)  # grows with each change that calendars are told of
    reminded_on = models.DateField(null=True)  # when the silent ones were last asked again
    cancelled_because = models.TextField(blank=True, default="")
    others = models.PositiveIntegerField(_("others who took part"), default=0)  # beside those who were invited
    # The record of step 10 and of the year that a feedback meeting became when it had been held.
    recorded = models.OneToOneField("workflows.FeedbackMeeting", models.PROTECT, null=True, related_name="arranged")
    made_at = models.DateTimeField(auto_now_add=True)
    state = FSMField(default=State.PROPOSED, choices=State.choices, protected=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "fixed", "held", "cancelled"]), name="known_meeting_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="national", region=None)
                | (models.Q(region__isnull=False) & ~models.Q(kind="national")),
                name="national_meeting_of_no_region",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=False) | models.Q(state__in=["proposed", "cancelled"]),
                name="fixed_meeting_has_time",
            ),
        ]
        indexes = [models.Index(fields=["region", "state"], name="meeting_of_region")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.page("arranged_meeting")

    def page(self, name: str) -> str:
        """The address of the page of this name; the national meeting has its own."""
        if self.region is None:
            return reverse(f"national_{name}", args=[self.pk])
        return reverse(name, args=[self.region.slug, self.pk])

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.length) if self.starts_at else None

    @property
    def recorded_on(self) -> date | None:
        """The day that the record has been given, if it is another one than was fixed."""
        on = self.recorded.held_on if self.recorded else None
        return on if on and self.starts_at and on != localdate(self.starts_at) else None

    @property
    def is_upcoming(self) -> bool:
        return self.state in self.UPCOMING

    # -- transitions: the state's own block ------------------------------------------------------------------

    @transition(state, [State.PROPOSED, State.FIXED], State.FIXED)
    def fix(self) -> None:
        """It is held at one time; a fixed one may be fixed anew, for another."""

    @transition(state, State.FIXED, State.HELD)
    def hold(self) -> None:
        """It was held."""

    @transition(state, [State.PROPOSED, State.FIXED], State.CANCELLED)
    def cancel(self) -> None:
        """It is not held."""


class ProposedTime(models.Model):
    """A time at which the meeting might begin."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="times")
    starts_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint(fields=["meeting", "starts_at"], name="time_proposed_once")]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.starts_at:%d.%m.%Y %H:%M}"


class Invitee(models.Model):
    """One who is invited: a person known here, or a name with an address; of a partner its contact person."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitees")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="invitations")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="invitations")
    regions = models.ManyToManyField(Region, related_name="+")  # of the national meeting: those that the person is for
    given_name = models.CharField(max_length=150, blank=True, default="")  # of one who is not known here
    given_email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=2, default="fi")
    # Invited as one who answers for a region or works at Kaikukeskus: with that the invitation ends (roll.py).
    of_office = models.BooleanField(default=False)
    uninvited_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # when the last picks were made
    cannot_come_at = models.DateTimeField(null=True)  # when that was said of the time that is fixed
    came = models.BooleanField(null=True)  # nothing until attendance is recorded

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "given_email"], condition=~models.Q(given_email=""), name="address_invited_once"
            ),
            models.UniqueConstraint(fields=["meeting", "person"], name="person_invited_once"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, given_email="")
                | (models.Q(person=None) & ~models.Q(given_email="")),
                name="invitee_is_known_or_given",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.given_name

    @property
    def email(self) -> str:
        return self.person.email if self.person else self.given_email

    @property
    def mail_thread(self) -> str:
        """What the mails that are written to the invitee of this meeting have in common."""
        return f"invitee:{self.pk}"

    def take_over(self, twin: "Invitee") -> None:
        """Two rows of the person were joined (adoption.joining.moving): the person is invited, came or cannot come if
        either was, is or cannot, and of two answers the later one counts."""
        self.partner = self.partner or twin.partner
        self.of_office = self.of_office and twin.of_office
        self.uninvited_at = self.uninvited_at and twin.uninvited_at
        self.cannot_come_at = self.cannot_come_at or twin.cannot_come_at
        if twin.came is not None:
            self.came = self.came or twin.came
        if twin.answered_at and (self.answered_at is None or self.answered_at < twin.answered_at):
            self.picks.all().delete()
            twin.picks.update(invitee=self)
            self.answered_at = twin.answered_at
        twin.picks.all().delete()
        self.regions.add(*twin.regions.all())
        self.save()


class Pick(models.Model):
    """How a proposed time suits one who is invited."""

    class Suits(models.TextChoices):
        YES = "yes", _("suits")
        MAYBE = "maybe", _("if need be")
        NO = "no", _("does not suit")

    invitee = models.ForeignKey(Invitee, models.PROTECT, related_name="picks")
    time = models.ForeignKey(ProposedTime, models.PROTECT, related_name="picks")
    suits = models.CharField(max_length=5, choices=Suits)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitee", "time"], name="one_pick_a_time")]

    def __str__(self) -> str:
        return f"{self.invitee}, {self.time}: {self.suits}"
