"""Which responsibility passes from whom to whom, and on which day?"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adoption.models.partners import Partner
from adoption.models.people import Person, Responsibility


class Handover(FSMModelMixin, models.Model):
    """One who leaves hands a responsibility over, with all that hangs on it. A transition changes the state alone."""

    class State(models.TextChoices):
        AGREED = "agreed", _("waits for its day")
        DONE = "done", _("handed over")
        WITHDRAWN = "withdrawn", _("withdrawn")

    responsibility = models.ForeignKey(Responsibility, models.PROTECT, related_name="handovers")
    # Nobody where a substitute or one of the working group simply leaves.
    successor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    named = models.ForeignKey(
        Responsibility, models.PROTECT, null=True, related_name="+"
    )  # what the successor got by it
    on = models.DateField(_("access ends on"))  # the first day without access
    until_before = models.DateField(null=True)  # the end that was known before
    ends = models.BooleanField()  # whether the responsibility ends by it: one that has ended already does not
    basis = models.CharField(max_length=14, choices=Partner.SignBasis, blank=True, default="")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    state = FSMField(default=State.AGREED, choices=State.choices, protected=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["agreed", "done", "withdrawn"]), name="known_handover_state"
            ),
            models.UniqueConstraint(
                fields=["responsibility"], condition=models.Q(state="agreed"), name="one_handover_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["on"], condition=models.Q(state="agreed"), name="handover_that_waits")]

    def __str__(self) -> str:
        return f"{self.responsibility} → {self.successor} {self.on}"

    # -- transitions: the state's own block ------------------------------------------------------------------

    @transition(state, State.AGREED, State.DONE)
    def finish(self) -> None:
        """The day has come, and everything has passed to the successor."""

    @transition(state, State.AGREED, State.WITHDRAWN)
    def withdraw(self) -> None:
        """The person stays."""
