"""Who has been asked for a signature by a link, and how has it gone?"""

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adoption.models import Partner
from commitments.models.commitments import Party


class SignatureRequest(FSMModelMixin, models.Model):
    """One party's signatory is asked by mail. A renewal is a new round, and makes earlier links worthless."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for its turn")
        SENT = "sent", _("asked")
        SIGNED = "signed", _("signed")
        DECLINED = "declined", _("declined")
        STOPPED = "stopped", _("no longer asked")

    OPEN = (State.WAITING, State.SENT)

    party = models.OneToOneField(Party, models.CASCADE, related_name="request")
    name = models.CharField(max_length=150)
    title = models.CharField(max_length=150, blank=True, default="")
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=Partner.LANGUAGES, default="fi")
    round = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)  # the last day on which a responsible person had a reminder sent
    reason = models.TextField(blank=True, default="")
    state = FSMField(default=State.WAITING, choices=State.choices, protected=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sent", "signed", "declined", "stopped"]),
                name="known_request_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.name}"

    @property
    def is_expired(self) -> bool:
        """Whether the link has come to its end unused."""
        return self.state == self.State.SENT and self.expires_at is not None and self.expires_at < now()

    @transition(state, [State.WAITING, State.SENT, State.DECLINED], State.SENT)
    def send(self) -> None:
        """It is the party's turn: its signatory has a link, and only the newest one works."""

    @transition(state, State.SENT, State.SIGNED)
    def sign(self) -> None:
        """The signatory has signed by the link."""

    @transition(state, State.SENT, State.DECLINED)
    def decline(self) -> None:
        """The signatory will not sign, and has said why."""

    @transition(state, [State.WAITING, State.SENT, State.DECLINED], State.STOPPED)
    def stop(self) -> None:
        """Nothing is awaited by this link: the party has signed otherwise, or the signing has ended."""


class SignatureRound(models.Model):
    """Whom a link was mailed to, and when: a row for each time, so that it stays known who was asked before."""

    request = models.ForeignKey(SignatureRequest, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=150)
    title = models.CharField(max_length=150, blank=True, default="")
    email = models.EmailField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="one_round_a_number")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.number}: {self.name}"
