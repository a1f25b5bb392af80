"""Which mails were made, which of them have left, and which of them does each person want?"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from adoption.days import is_quiet

CODE = "code:"  # how the keys of mails with a sign-in code begin


class Kind(models.TextChoices):
    """What a mail is, as people choose by it: all but the first and the last."""

    ALWAYS = "", _("Codes, links and what you have been named for")
    DUTIES = "duties", _("Reminders of what you are to do")
    ASKED = "asked", _("What somebody asks of you")
    TOLD = "told", _("What others have done in your regions")
    NOTES = "notes", _("Notes and answers")
    DIGEST = "digest", _("The morning's list")


class How(models.TextChoices):
    """How one wants to hear of a kind of thing."""

    AT_ONCE = "once", _("A mail of its own")
    DIGEST = "digest", _("In one list, on a working morning")
    NONE = "none", _("No mail")


class MailChoice(models.Model):
    """How one person hears of one kind of thing; without a row as `adoption.mail_choices.USUAL` says."""

    person = models.ForeignKey("adoption.Person", models.PROTECT, related_name="mail_choices")
    kind = models.CharField(max_length=8, choices=Kind)
    how = models.CharField(max_length=8, choices=How)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_choice_a_kind")]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} {self.how}"


class MailQuerySet(models.QuerySet["Mail"]):
    """Reads of mails that have a name."""

    def waiting(self) -> "MailQuerySet":
        """Those that are still to leave by themselves: what stands in a digest leaves with it."""
        return self.filter(sent_at=None, given_up_at=None, withdrawn_at=None, digest=None)

    def ready(self, moment: datetime) -> "MailQuerySet":
        """Those that may leave now: at night, on weekends and holidays only what somebody waits for."""
        found = self.waiting().filter(together=False)
        if is_quiet(moment):
            return found.filter(not_before=None)
        return found.filter(models.Q(not_before=None) | models.Q(not_before__lte=moment))

    def lost(self) -> "MailQuerySet":
        """Those that no server took for good, and those that came back. A code that left too late is no such mail."""
        refused = models.Q(given_up_at__isnull=False) & ~models.Q(key__startswith=CODE)
        return self.filter(models.Q(returned_at__isnull=False) | refused)


class Mail(models.Model):
    """One mail to one person; the key makes it at most one, whatever runs twice."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, blank=True, default=Kind.ALWAYS)
    person = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="mails")
    address = models.EmailField()
    language = models.CharField(max_length=2, default="fi")
    subject = models.CharField(max_length=300)
    body = models.TextField()
    calendar = models.TextField(blank=True, default="")  # of an invitation: the event, as calendars read it
    thread = models.CharField(max_length=60, blank=True, default="")  # of its mails only the newest is still true
    secret = models.BooleanField(default=False)  # a code or a link that lets act: its body is wiped once it has left
    made_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(null=True)  # what nobody waits for leaves from this moment on, and never in quiet
    together = models.BooleanField(default=False)  # it waits for the others of the person: one mail a morning
    digest = models.ForeignKey("self", models.PROTECT, null=True, related_name="items")  # the mail in which it leaves
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)  # who tries says so first, so that no transaction waits for a server
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)  # refused for good, or a code that nobody waits for any more
    withdrawn_at = models.DateTimeField(null=True)  # before it left, it was no longer true

    returned_at = models.DateTimeField(null=True)  # it came back: read of the mailbox that returned mail comes to
    returned_status = models.CharField(max_length=12, blank=True, default="")  # such as 5.1.1 (RFC 3463)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=models.Q(sent_at=None, given_up_at=None, withdrawn_at=None, digest=None),
                name="mail_that_waits",
            ),
            models.Index(fields=["thread"], condition=~models.Q(thread=""), name="mail_of_a_thread"),
            models.Index(
                fields=["address"],
                condition=models.Q(returned_at__isnull=False) | models.Q(given_up_at__isnull=False),
                name="mail_that_was_lost",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"

    @property
    def state(self) -> str:
        """waits, failed, returned, refused, sent or withdrawn: how far it has come, alone or in a list."""
        if self.withdrawn_at:
            return "withdrawn"
        leaves = self.digest or self
        if leaves.returned_at:
            return "returned"
        if leaves.sent_at:
            return "sent"
        if leaves.given_up_at:
            return "refused"
        return "failed" if leaves.tries else "waits"

    @property
    def moment(self) -> datetime:
        """When it has come so far."""
        leaves = self.digest or self
        reached = leaves.returned_at or leaves.sent_at or leaves.given_up_at or leaves.tried_at
        return self.withdrawn_at or reached or self.made_at
