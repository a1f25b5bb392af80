"""What of the things that come round every year has a region said to be done?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from adoption.models import Person


class YearlyDone(models.Model):
    """That a region has done what comes round every year: what, on which day, and who said so.

    Only of what no other row says: feedback meetings have their own, inductions stand with the partners.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("the local page looked through")
        NATIONAL = "national", _("taking part in Kaikukeskus's national meeting of responsible persons")

    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="yearly")
    kind = models.CharField(max_length=16, choices=Kind)
    on = models.DateField(_("day"))
    note = models.TextField(_("note"), blank=True, default="")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "yearly done"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["region", "kind", "on"], name="yearly_once_a_day"),
            models.CheckConstraint(condition=models.Q(kind__in=["page", "national"]), name="known_yearly_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.region}: {self.kind} {self.on}"
