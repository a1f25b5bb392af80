"""Which contact and responsible persons have been asked whether they still are, and what came of it?"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adoption.models.country import Region
from adoption.models.partners import Partner
from adoption.models.people import Responsibility, Side


class ContactCheckQuerySet(models.QuerySet["ContactCheck"]):
    """Reads of checks that have a name."""

    def unfinished(self) -> "ContactCheckQuerySet":
        return self.filter(state__in=ContactCheck.UNFINISHED)

    def standing(self) -> "ContactCheckQuerySet":
        """Those unfinished whose person still is what the question is about: nobody else has been named meanwhile."""
        of_partner = models.Q(partner__in=Partner.objects.on_the_way(), partner__contact=models.F("person"))
        of_side = models.Q(responsibility__in=Responsibility.objects.current().holders())
        return self.unfinished().filter(of_partner | of_side)

    def with_subject(self) -> "ContactCheckQuerySet":
        """With all that names what the question is about."""
        of_partner = ("partner__organisation", "partner__region", "partner__contact")
        of_side = ("responsibility__region", "responsibility__municipality", "responsibility__person")
        return self.select_related("person", *of_partner, *of_side)


class ContactCheck(FSMModelMixin, models.Model):
    """The yearly question to one person about one partner or one side: are you still the contact?

    A round is one mail with one link for all of a person's questions; a newer one makes older links worthless.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked, not answered")
        HANDING = "handing", _("a successor is asked")
        LEAVING = "leaving", _("leaves, and nobody follows yet")
        STAYS = "stays", _("stays")
        HANDED = "handed", _("handed over")
        OVERTAKEN = "overtaken", _("no longer asked")

    UNFINISHED = (State.ASKED, State.HANDING, State.LEAVING)

    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="contact_checks")
    responsibility = models.ForeignKey(Responsibility, models.PROTECT, null=True, related_name="contact_checks")
    person = models.ForeignKey("adoption.Person", models.PROTECT, related_name="contact_checks")
    round = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()  # since when the present state waits for somebody
    asked_at = models.DateTimeField(null=True)  # the newest mail with a link; nothing where the pair said it unasked
    answered_at = models.DateTimeField(null=True)
    successor_name = models.CharField(max_length=150, blank=True, default="")
    successor_email = models.EmailField(blank=True, default="")
    successor_round = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, default="")  # what the one who leaves, or the one who declines, has written
    state = FSMField(default=State.ASKED, choices=State.choices, protected=True)

    objects = ContactCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(partner=None, responsibility__isnull=False)
                | models.Q(partner__isnull=False, responsibility=None),
                name="check_of_partner_or_side",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "handing", "leaving", "stays", "handed", "overtaken"]),
                name="known_check_state",
            ),
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(state__in=["asked", "handing", "leaving"]),
                name="one_open_check_a_partner",
            ),
            models.UniqueConstraint(
                fields=["responsibility"],
                condition=models.Q(state__in=["asked", "handing", "leaving"]),
                name="one_open_check_a_side",
            ),
        ]
        indexes = [models.Index(fields=["person", "round"], name="check_round_of_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.partner or self.responsibility}"

    @property
    def subject(self) -> Partner | Responsibility:
        found = self.partner or self.responsibility
        assert found
        return found

    @property
    def region(self) -> Region:
        return self.subject.region

    @property
    def side(self) -> str:
        """The side that looks after it."""
        return self.responsibility.side if self.responsibility else self.partner.side if self.partner else ""

    @property
    def what(self) -> str:
        """For the person asked: contact person of a partner, or responsible for a side of a region."""
        given = self.responsibility
        if given is None:
            return _("contact person of %(partner)s") % {"partner": self.partner}
        place = given.municipality or given.region
        return _("responsible person of %(place)s, %(side)s") % {"place": place, "side": Side(given.side).label}

    @property
    def about(self) -> models.Model:
        """What history says that an act was about: the partner, or the responsible person."""
        return self.partner or self.person

    @property
    def said(self) -> dict[str, Any]:
        """What history keeps beside that: the person, and of a responsible person which side and place."""
        given = self.responsibility
        if given is None:
            return {"person": self.person_id}
        return {"person": self.person_id, "side": given.side, "municipality": given.municipality_id}

    # -- transitions: the state's own block ------------------------------------------------------------------

    @transition(state, [State.ASKED, State.HANDING, State.LEAVING], State.STAYS)
    def stay(self) -> None:
        """The person still is the contact."""

    @transition(state, [State.ASKED, State.HANDING, State.LEAVING], State.HANDING)
    def hand(self) -> None:
        """The person has named a successor, who is asked; until that one accepts, the person stays."""

    @transition(state, [State.ASKED, State.HANDING, State.LEAVING], State.LEAVING)
    def leave(self) -> None:
        """The person leaves and nobody follows yet: whoever is told names another."""

    @transition(state, State.HANDING, State.HANDED)
    def accept(self) -> None:
        """The successor has accepted."""

    @transition(state, [State.ASKED, State.HANDING, State.LEAVING], State.OVERTAKEN)
    def overtake(self) -> None:
        """Somebody else has been named meanwhile, or nobody is needed any more."""


class ReturnedMail(models.Model):
    """How the reading of returned mail goes: the one row."""

    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # nothing after a reading that went well

    def __str__(self) -> str:
        return f"read {self.read_at}, failed {self.failed_at}"
