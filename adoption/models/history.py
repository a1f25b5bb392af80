"""Who did what, and when: one append-only row an act, chained by hashes."""

import hashlib
import json
from typing import Any

from django.db import models
from django.utils.translation import gettext as _


class Chained(models.Model):
    """A row that owns a chain of acts; it is locked before the chain grows."""

    history_head = models.CharField(max_length=64, blank=True, default="")
    history_length = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Country(Chained):
    """The one row that owns the acts which belong to no region, such as a corrected name."""

    def __str__(self) -> str:
        return "Suomi"


class Act(models.Model):
    """One act: who, for whom, what, about what, when, why. The hash covers the person's key, never the name."""

    region = models.ForeignKey("adoption.Region", models.PROTECT, null=True, related_name="acts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="acts")
    side = models.CharField(max_length=12, blank=True, default="")
    on_behalf_of = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="acts_on_behalf")
    what = models.CharField(max_length=40)
    about_kind = models.CharField(max_length=40, blank=True, default="")
    about_id = models.CharField(max_length=40, blank=True, default="")
    data = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["region", "number"], name="act_number_in_region"),
            models.UniqueConstraint(fields=["number"], condition=models.Q(region=None), name="act_number_in_country"),
        ]
        indexes = [models.Index(fields=["about_kind", "about_id"], name="act_about")]

    def __str__(self) -> str:
        return f"{self.region_id or 'country'}/{self.number} {self.what}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row is written once; an act that is regretted is another act."""
        if self.pk:
            raise TypeError("history is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("history is append-only")

    @property
    def by_whom(self) -> str:
        """Who has done it, of a substitute also in whose stead; of no person the site itself."""
        if self.by is None:
            return "Kaikupolku"
        if self.on_behalf_of is None:
            return self.by.name
        return _("%(name)s, in the stead of %(holder)s") % {"name": self.by.name, "holder": self.on_behalf_of.name}

    @property
    def hashed(self) -> str:
        """The text that the hash is taken of: the row and the hash of the row before it."""
        facts = [
            self.region_id, self.number, self.at.isoformat(), self.by_id, self.side, self.on_behalf_of_id,
            self.what, self.about_kind, self.about_id, self.data, self.reason, self.previous,
        ]  # fmt: skip
        return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def computed_hash(self) -> str:
        """SHA-256 over the row and the hash of the row before it."""
        return hashlib.sha256(self.hashed.encode()).hexdigest()
