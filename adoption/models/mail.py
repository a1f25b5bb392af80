"""Which mails were made, and which of them have left?"""

from django.db import models

CODE = "code:"  # how the keys of mails with a sign-in code begin


class MailQuerySet(models.QuerySet["Mail"]):
    """Reads of mails that have a name."""

    def waiting(self) -> "MailQuerySet":
        return self.filter(sent_at=None, given_up_at=None)

    def lost(self) -> "MailQuerySet":
        """Those that no server took for good, and those that came back. A code that left too late is no such mail."""
        refused = models.Q(given_up_at__isnull=False) & ~models.Q(key__startswith=CODE)
        return self.filter(models.Q(returned_at__isnull=False) | refused)


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

    returned_at = models.DateTimeField(null=True)  # it came back: read of the mailbox that returned mail comes to
    returned_status = models.CharField(max_length=12, blank=True, default="")  # such as 5.1.1 (RFC 3463)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["made_at"], condition=models.Q(sent_at=None, given_up_at=None), name="mail_that_waits"
            ),
            models.Index(
                fields=["address"],
                condition=models.Q(returned_at__isnull=False) | models.Q(given_up_at__isnull=False),
                name="mail_that_was_lost",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"
