"""Which rows are gone because they turned out to be another one, and which one is that?"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Joined(models.Model):
    """A partner or an organisation that is no row any more: history, jobs and old links name it by its key.

    A person is never deleted: of one the row itself says into which it was joined.
    """

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("organisation")
        PARTNER = "partner", _("partner")

    kind = models.CharField(max_length=12, choices=Kind)
    gone = models.PositiveBigIntegerField()
    kept = models.PositiveBigIntegerField()
    name = models.CharField(max_length=620)  # what it was called
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "gone"], name="joined_once")]
        indexes = [models.Index(fields=["kind", "kept"], name="joined_into")]

    def __str__(self) -> str:
        return f"{self.kind} {self.gone} → {self.kept}: {self.name}"
