"""Which mails were made, and which of them have left?"""

from django.db import models


class MailQuerySet(models.QuerySet["Mail"]):
    """Reads of mails that have a name."""

    def waiting(self) -> "MailQuerySet":
        return self.filter(sent_at=None, given_up_at=None)


class Mail(models.Model):
    """One mail to one person; the key makes it at most one, whatever runs twice."""

    key = models.CharField(max_length=120, unique=True)
    person = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="mails")
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    secret = models.BooleanField(default=False)  # a code or a link that lets act: its body is wiped once it has left
    made_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)  # who tries says so first, so that no transaction waits for a server
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)  # refused for good, or a code that nobody waits for any more

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["made_at"], condition=models.Q(sent_at=None, given_up_at=None), name="mail_that_waits")
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"
