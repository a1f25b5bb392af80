"""Which surveys are there, who has been asked, and what was answered? Nothing says who has answered what.

A place says whose link has been used, an answer what was said. Neither has a time, neither points at the other, and
all rows of a survey are written anew, in an order by chance, with each answer (`answering.py`): so not even the order
in which a database keeps them, or the transaction that wrote them, tells which of them came together.
"""

from datetime import date, timedelta
from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.models import Act, Person, Region
from workflows.arranging.models import Meeting


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Writes of surveys that have a name."""

    def follow(self, meeting: Meeting) -> date | None:
        """The meeting's open survey has the last day that was asked for it, or the day before the meeting if that is
        earlier; returns the day if it has moved. One that is over stays so: what was answered may have been seen."""
        eve = localdate(meeting.starts_at) - timedelta(days=1)
        survey = self.filter(meeting=meeting, closes_on__gte=localdate()).first()
        if survey is None:
            return None
        before, survey.closes_on = survey.closes_on, max(min(eve, survey.asked_until), survey.opened_on)
        survey.save(update_fields=["closes_on"])
        return survey.closes_on if survey.closes_on != before else None


class Survey(models.Model):
    """A feedback meeting's survey to the partners; it is open until its last day is over."""

    meeting = models.OneToOneField("workflows.Meeting", models.PROTECT, related_name="survey")
    opened_on = models.DateField()
    closes_on = models.DateField(_("last day to answer"))

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opened_on")), name="survey_closes_later")
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.opened_on}–{self.closes_on}"

    def get_absolute_url(self) -> str:
        return reverse("survey", args=[self.region.slug, self.meeting_id])

    @property
    def region(self) -> Region:
        """A feedback meeting has always one."""
        assert self.meeting.region
        return self.meeting.region

    @property
    def asked_until(self) -> date:
        """The last day that was chosen when it was opened, as history has it."""
        opened = Act.objects.filter(about_kind="meeting", about_id=str(self.meeting_id), what="survey_opened").first()
        return date.fromisoformat(opened.data["on"]) if opened else self.closes_on

    def is_open(self, today: date | None = None) -> bool:
        return self.meeting.state != "cancelled" and (today or localdate()) <= self.closes_on


class Place(models.Model):
    """That a contact person has a link of the survey, and whether it has been used: not when, and not for what."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="places")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    used = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["survey", "person"], name="one_place_a_person")]

    def __str__(self) -> str:
        return f"{self.survey}: {self.person}"

    def take_over(self, twin: "Place") -> None:
        """Two rows of the person were joined (adoption.joining.moving): one of the two links was answered by."""
        if twin.used:
            self.used = True
            self.save(update_fields=["used"])


class Answer(models.Model):
    """What somebody said: a number for each statement of `questions.STATEMENTS`, and a text. Of nobody, and of no
    moment."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers")
    scores = models.JSONField(default=dict)  # statement → 1 to 5; nothing of one about which nothing can be said
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.survey}: {self.scores}"
