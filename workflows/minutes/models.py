"""What is on the agenda of a meeting, what was said in it, and which points of it are whose?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from adoption.models import Person
from workflows.arranging.models import Meeting

LANGUAGES = (("fi", "suomi"), ("sv", "svenska"), ("en", "English"))  # each by its own name


class AgendaText(models.Model):
    """Kaikukeskus's own agenda for a kind of meeting in a language; without a row the shipped one is in use."""

    kind = models.CharField(max_length=12, choices=Meeting.Kind)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    text = models.TextField(_("agenda"))

    class Meta:
        ordering = ["kind", "language"]
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="one_agenda_a_kind_and_language")]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


class Minutes(models.Model):
    """The agenda of a meeting, and what was said and decided in it: each line is a point of its own."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes")
    language = models.CharField(_("language of the minutes"), max_length=2, choices=LANGUAGES, default="fi")
    agenda = models.TextField(_("agenda"), blank=True, default="")
    said = models.TextField(_("what was said"), blank=True, default="")
    decisions = models.TextField(_("decisions"), blank=True, default="")
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)  # grows with each change, so that nobody overwrites unseen

    class Meta:
        verbose_name_plural = "minutes"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.meeting)

    @property
    def text(self) -> str:
        """What was said and decided, as one text; of a feedback meeting its record says the same."""
        return "\n\n".join(part for part in (self.said, self.decisions) if part.strip())
