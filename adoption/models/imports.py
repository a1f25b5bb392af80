"""Which lists of partners have been brought, and what is to become of each of their rows?"""

from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """A list that somebody has brought, kept from its preview until some days after; then it is deleted."""

    class Manner(models.TextChoices):
        PARTNERS = "partners", _("partners")
        EXISTING = "existing", _("partners that committed earlier, on paper")
        CANDIDATES = "candidates", _("candidates of the workshop")

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    region = models.ForeignKey("adoption.Region", models.CASCADE, related_name="imports")
    by = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="+")
    manner = models.CharField(max_length=10, choices=Manner, default=Manner.PARTNERS)
    model = models.CharField(max_length=8, blank=True, default="")  # the operating model of those on paper
    language = models.CharField(max_length=2, blank=True, default="")  # in which it was previewed
    pasted = models.TextField(blank=True, default="")
    file_name = models.CharField(max_length=200, blank=True, default="")
    not_read = models.JSONField(default=list)  # headings of columns of which nothing is taken
    made_at = models.DateTimeField(auto_now_add=True)
    planned_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.region}: {self.file_name or self.made_at}"

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.region.slug, self.key])


class ImportRow(models.Model):
    """A row of a list: what it says, what would become of it, and, once it is done, what has become of it."""

    class Outcome(models.TextChoices):
        CREATE = "create", _("new")
        UPDATE = "update", _("changes")
        SAME = "same", _("as before")
        REFUSE = "refuse", _("refused")

    brought = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as the spreadsheet counts
    said = models.JSONField(default=dict)  # column → text, as it was read
    outcome = models.CharField(max_length=6, choices=Outcome)
    name = models.CharField(max_length=700, blank=True, default="")
    why = models.JSONField(default=list)  # sentences
    done = models.BooleanField(default=False)
    partner = models.ForeignKey("adoption.Partner", models.SET_NULL, null=True, related_name="+")
    named = models.ForeignKey("adoption.Person", models.SET_NULL, null=True, related_name="+")  # who became its contact

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["brought", "number"], name="import_row_number"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["create", "update", "same", "refuse"]), name="known_import_outcome"
            ),
        ]
        indexes = [models.Index(fields=["brought", "done", "outcome"], name="import_rows_to_do")]

    def __str__(self) -> str:
        return f"{self.number}: {self.name}, {self.outcome}"
