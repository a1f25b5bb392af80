"""What does Kaikukeskus keep ready for clearances: texts to decide with, and how long a question may wait?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from adoption.models.partners import Partner


class PreparedText(models.Model):
    """A text that Kaikukeskus begins from when it decides about a distributor. Of one kind the oldest is offered
    first."""

    class Decision(models.TextChoices):
        CLEAR = "clear", _("Clear it")
        MORE = "more", _("Ask for more information")
        DECLINE = "decline", _("Decline it")

    decision = models.CharField(max_length=7, choices=Decision)
    language = models.CharField(max_length=2, choices=Partner.LANGUAGES)
    name = models.CharField(max_length=80)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "language", "name"], name="prepared_text_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ClearanceTimes(models.Model):
    """The one row that says after how many days a silent pair is reminded, and its request goes back."""

    remind_after = models.PositiveSmallIntegerField(default=14)  # days
    return_after = models.PositiveSmallIntegerField(default=60)

    def __str__(self) -> str:
        return f"{self.remind_after}, {self.return_after}"
