"""What has a person put on the own list, put off in it, and chosen to see of it? Nobody else reads these rows, and no
history tells of them: they are about nobody's promise. Only a point of a meeting's minutes is one."""

from collections.abc import Iterable

from django.db import models
from django.urls import reverse

from adoption.models import Person


class OwnTaskQuerySet(models.QuerySet["OwnTask"]):
    """Reads of own tasks that have a name."""

    def open(self) -> "OwnTaskQuerySet":
        return self.filter(done_at=None)

    def agreed(self, person: Person, regions: Iterable[int]) -> "OwnTaskQuerySet":
        """What the person has taken upon oneself in meetings of these regions, and not done."""
        return self.open().filter(person=person, region__in=list(regions)).exclude(meeting=None)


class OwnTask(models.Model):
    """Something small that a person is to do; it stands in that person's work until it is done."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="own_tasks")
    text = models.CharField(max_length=200)
    due = models.DateField(null=True, blank=True)
    region = models.ForeignKey("adoption.Region", models.PROTECT, null=True, blank=True, related_name="+")
    meeting = models.ForeignKey(
        "workflows.Meeting", models.PROTECT, null=True, related_name="points"
    )  # agreed on there
    agreed_with = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # the minutes say so for good
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    objects = OwnTaskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["person"], condition=models.Q(done_at=None), name="own_task_open"),
            models.Index(fields=["due"], condition=models.Q(done_at=None), name="own_task_due"),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("own_task", args=[self.pk])

    @property
    def is_promised(self) -> bool:
        """It was agreed on in a meeting: others rely on it, and its words stand in the minutes."""
        return self.meeting_id is not None

    @property
    def is_in_own_words(self) -> bool:
        """The person has written it for oneself, and nobody else reads it."""
        return self.made_by_id == self.person_id and not self.is_promised


class Snooze(models.Model):
    """A person has put something off until a day. It hides nothing from others, and nothing that has changed since."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="snoozes")
    key = models.CharField(max_length=40)  # of the item in the list
    stand = models.CharField(max_length=16)  # how the item stood then
    until = models.DateField()
    note = models.CharField(max_length=200, blank=True, default="")
    made_on = models.DateField()

    class Meta:
        ordering = ["until", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="put_off_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.key} {self.until}"


class SavedFilter(models.Model):
    """What a person wants to see of the own list, under a name."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="saved_filters")
    name = models.CharField(max_length=40)
    region = models.ForeignKey("adoption.Region", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, blank=True, default="")
    side = models.CharField(max_length=8, blank=True, default="")
    late = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)  # what the page shows when nothing is asked for

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="filter_name_once"),
            models.UniqueConstraint(fields=["person"], condition=models.Q(is_default=True), name="one_default_filter"),
        ]

    def __str__(self) -> str:
        return self.name
