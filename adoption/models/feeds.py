"""At which addresses does a calendar read what its owner is to do?"""

from uuid import uuid4

from django.db import models


class CalendarFeed(models.Model):
    """An address that works, as long as its row is there. The address bears the site's signature beside the key, so
    that who has read the database cannot open it (`adoption.feeds`)."""

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey("adoption.Person", models.PROTECT, related_name="feeds")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.person}, {self.made_at:%Y-%m-%d}"
