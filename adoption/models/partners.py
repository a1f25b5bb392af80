"""Which organisations take part as distributors and venues, and what state each partner is in."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adoption import venue_limits
from adoption.models.country import found_by


def _distributor(partner: Any) -> bool:
    return partner.is_distributor


def _venue(partner: Any) -> bool:
    return not partner.is_distributor


def _may_commit(partner: Any) -> bool:
    return partner.may_commit


def _limit(words: Any) -> models.PositiveSmallIntegerField:
    """A number from 1 on, or nothing where the offer is not limited in this way."""
    of_use = [MinValueValidator(1), MaxValueValidator(venue_limits.MOST)]
    return models.PositiveSmallIntegerField(words, null=True, blank=True, validators=of_use)


class Organisation(models.Model):
    """An organisation, whole: its units become partners of a region."""

    class Sector(models.TextChoices):
        PUBLIC = "public", _("public")
        THIRD = "third", _("third sector")
        PRIVATE = "private", _("private")

    name = models.CharField(_("name of the organisation"), max_length=300)
    business_id = models.CharField(_("business ID"), max_length=9, blank=True, default="")
    sector = models.CharField(_("sector"), max_length=7, choices=Sector)
    former_names = models.TextField(blank=True, default="")  # a line each: renamed, or joined from another row
    found_by = found_by("name", "business_id", "former_names")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["business_id"], condition=~models.Q(business_id=""), name="one_organisation_a_business_id"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.pk])


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Reads of partners that have a name."""

    def committed(self) -> "PartnerQuerySet":
        return self.filter(state__in=[Partner.State.COMMITTED, Partner.State.ACTIVE])

    def alive(self) -> "PartnerQuerySet":
        return self.exclude(state__in=[Partner.State.DECLINED, Partner.State.ENDED])

    def on_the_way(self) -> "PartnerQuerySet":
        """Those alive without the candidates that have said no."""
        return self.alive().exclude(state=Partner.State.CANDIDATE, interest=Partner.Interest.NO)

    def waiting_for_kaikukeskus(self) -> "PartnerQuerySet":
        return self.filter(state=Partner.State.ASKED)

    def cleared(self) -> "PartnerQuerySet":
        """Distributors for which Kaikukeskus's clearance stands."""
        given = [Partner.State.CLEARED, Partner.State.COMMITTED, Partner.State.ACTIVE]
        return self.filter(role=Partner.Role.DISTRIBUTOR, state__in=given)


class Partner(FSMModelMixin, models.Model):
    """One row for (region, unit of an organisation, role). A transition changes the state and nothing else."""

    class Role(models.TextChoices):
        DISTRIBUTOR = "distributor", _("distributor")
        VENUE = "venue", _("venue")

    class Kind(models.TextChoices):
        """Distributors: S3's list of client services. Venues: culture, sport and nature (S4)."""

        YOUTH_OUTREACH = "youth_outreach", _("youth outreach work")
        SENIOR_OUTREACH = "senior_outreach", _("senior outreach work")
        CLUBHOUSE = "clubhouse", _("clubhouse")
        FAMILY_WORK = "family_work", _("family work at home")
        REHABILITATIVE_WORK = "rehabilitative_work", _("rehabilitative work")
        IMMIGRANTS = "immigrants", _("services for immigrants")
        SUBSTANCE_MENTAL = "substance_mental", _("substance abuse and mental health services")
        SOCIAL_OFFICE = "social_office", _("social services office")
        DISABILITY = "disability", _("disability services")
        DEBT_ADVICE = "debt_advice", _("financial and debt counselling")
        LABOUR_CENTRE = "labour_centre", _("labour force service centre")
        OTHER_CLIENTS = "other_clients", _("other client service")
        CULTURE = "culture", _("culture venue")
        SPORT = "sport", _("sports venue")
        NATURE = "nature", _("nature venue")

    VENUE_KINDS = (Kind.CULTURE, Kind.SPORT, Kind.NATURE)

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        ASKED = "asked", _("waiting for Kaikukeskus")
        MORE_WANTED = "more_wanted", _("more information wanted")
        CLEARED = "cleared", _("cleared")
        DECLINED = "declined", _("not taking part")
        COMMITTED = "committed", _("committed")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")

    class Interest(models.TextChoices):
        UNKNOWN = "", _("not known")
        YES = "yes", _("yes")
        MAYBE = "maybe", _("maybe")
        NO = "no", _("no")

    class Manner(models.TextChoices):
        EVENT = "event", _("at a common event")
        OWN = "own", _("at the partner's own place")
        REMOTE = "remote", _("remotely")

    class SignBasis(models.TextChoices):
        RULES = "rules", _("rules of the association or articles")
        BOARD = "board", _("decision of the board")
        ADMINISTRATIVE = "administrative", _("administrative regulations or delegation")
        OTHER = "other", _("other authorisation")

    LANGUAGES = [("fi", _("Finnish")), ("sv", _("Swedish")), ("en", _("English"))]

    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="partners")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="partners")
    unit = models.CharField(_("unit"), max_length=300, blank=True, default="")
    former_units = models.TextField(blank=True, default="")  # a line each: what the unit was called before
    role = models.CharField(_("role"), max_length=11, choices=Role)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    municipalities = models.ManyToManyField("adoption.Municipality", related_name="partners")
    language = models.CharField(_("language of the document"), max_length=2, default="fi", choices=LANGUAGES)
    interest = models.CharField(_("interest"), max_length=5, choices=Interest, blank=True, default="")
    contact = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="contact_of")
    signatory_name = models.CharField(_("signatory"), max_length=150, blank=True, default="")
    signatory_title = models.CharField(_("title of the signatory"), max_length=150, blank=True, default="")
    signatory_email = models.EmailField(_("e-mail of the signatory"), blank=True, default="")
    signatory_basis = models.CharField(
        _("basis of the right to sign"), max_length=14, choices=SignBasis, blank=True, default=""
    )
    state = FSMField(default=State.CANDIDATE, choices=State.choices, protected=True)

    # The answers of rule R6, which a distributor's clearance is asked with.
    client_group = models.TextField(_("what the unit does and for whom"), blank=True, default="")
    most_in_tight = models.BooleanField(null=True)
    why_most = models.TextField(_("why most clients are in a tight financial situation"), blank=True, default="")
    cards_per_year = models.PositiveIntegerField(_("estimated cards a year"), null=True, blank=True)
    asked_at = models.DateTimeField(null=True)
    question = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")
    cleared_on = models.DateField(null=True)
    cleared_because = models.TextField(blank=True, default="")  # why in spite of a no to the rule: Kaikukeskus's words

    # What a venue offers, and how it is limited.
    offering = models.TextField(_("what is offered"), blank=True, default="")
    tickets_per_event = _limit(_("tickets for one event, at most"))
    courses_per_year = _limit(_("courses in a calendar year, at most"))
    price_cap = _limit(_("price of a ticket or course in euros, at most"))
    period_months = _limit(_("months at a time, at most"))
    limits = models.TextField(_("limits"), blank=True, default="")  # what was written before there were numbers
    how_to_get = models.TextField(_("how one gets the ticket"), blank=True, default="")

    committed_model = models.CharField(
        max_length=8, blank=True, default=""
    )  # the operating model it promised to follow
    account_on = models.DateField(_("Kaikukanta account made on"), null=True, blank=True)
    account_before = models.BooleanField(default=False)  # made by the day above, on one that is not known
    induction_on = models.DateField(_("induction held on"), null=True, blank=True)
    induction_before = models.BooleanField(default=False)  # the same
    induction_manner = models.CharField(_("manner of induction"), max_length=6, choices=Manner, blank=True, default="")
    induction_persons = models.PositiveIntegerField(_("persons inducted"), null=True, blank=True)
    found_by = found_by("unit")

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["role", "organisation__name", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["region", "organisation", "unit", "role"], name="partner_once"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "candidate", "asked", "more_wanted", "cleared", "declined", "committed", "active", "ended",
                    ]
                ),
                name="known_partner_state",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["region", "state"], name="partner_state_in_region")]

    def __str__(self) -> str:
        return f"{self.organisation.name}, {self.unit}" if self.unit else self.organisation.name

    def get_absolute_url(self) -> str:
        return reverse("partner", args=[self.region.slug, self.pk])

    @property
    def is_distributor(self) -> bool:
        return self.role == self.Role.DISTRIBUTOR

    @property
    def is_third_sector(self) -> bool:
        return self.organisation.sector == Organisation.Sector.THIRD

    @property
    def stands_cleared(self) -> bool:
        """Whether it is a distributor for which Kaikukeskus's clearance stands; the same as `cleared` of the rows."""
        return self.is_distributor and self.state in (self.State.CLEARED, self.State.COMMITTED, self.State.ACTIVE)

    @property
    def grounds(self) -> str:
        """What the pair has said to rule R6: why, and what it answered when Kaikukeskus asked for more."""
        return "\n".join(text for text in (self.why_most, self.answer) if text)

    @property
    def side(self) -> str:
        """The side that looks after this partner: care for distributors, culture for venues (R3)."""
        return "care" if self.is_distributor else "culture"

    @property
    def said_limits(self) -> str:
        """How a venue's offer is limited, in the reader's language."""
        return venue_limits.said(self, get_language() or "fi")

    @property
    def may_commit(self) -> bool:
        """A distributor after Kaikukeskus's clearance (R5), a venue as it is."""
        return self.state == (self.State.CLEARED if self.is_distributor else self.State.CANDIDATE)

    # -- transitions: the state's own block ------------------------------------------------------------------

    @transition(state, [State.CANDIDATE, State.MORE_WANTED, State.DECLINED], State.ASKED, conditions=[_distributor])
    def ask(self) -> None:
        """The pair asks Kaikukeskus to clear a distributor, or answers its question."""

    @transition(state, State.ASKED, State.MORE_WANTED)
    def want_more(self) -> None:
        """Kaikukeskus asks the pair for more."""

    @transition(state, State.MORE_WANTED, State.CANDIDATE, conditions=[_distributor])
    def lapse(self) -> None:
        """Nobody has answered Kaikukeskus's question in time."""

    @transition(state, State.ASKED, State.CLEARED)
    def clear(self) -> None:
        """Kaikukeskus has discussed the distributor and supports it (R5)."""

    @transition(state, [State.CANDIDATE, State.ASKED, State.MORE_WANTED], State.CLEARED, conditions=[_distributor])
    def clear_before(self) -> None:
        """Kaikukeskus had cleared the distributor before it was entered here."""

    @transition(state, [State.CANDIDATE, State.ASKED, State.MORE_WANTED, State.CLEARED], State.DECLINED)
    def decline(self) -> None:
        """The partner is not taking part."""

    @transition(state, [State.DECLINED, State.ENDED], State.CANDIDATE)
    def consider_again(self) -> None:
        """The partner is a candidate once more."""

    @transition(state, [State.CANDIDATE, State.CLEARED], State.COMMITTED, conditions=[_may_commit])
    def commit(self) -> None:
        """Its commitment has come into force."""

    @transition(state, State.COMMITTED, State.ACTIVE)
    def activate(self) -> None:
        """Commitment, induction, contact and, where the model asks for it, account are all there."""

    @transition(state, [State.COMMITTED, State.ACTIVE], State.CLEARED, conditions=[_distributor])
    def uncommit_distributor(self) -> None:
        """Its commitment has ended; the clearance stands."""

    @transition(state, [State.COMMITTED, State.ACTIVE], State.CANDIDATE, conditions=[_venue])
    def uncommit_venue(self) -> None:
        """Its commitment has ended."""

    @transition(state, [State.CANDIDATE, State.ASKED, State.MORE_WANTED, State.CLEARED, State.DECLINED], State.ENDED)
    def end(self) -> None:
        """The partner has left; one with a commitment in force ends that first."""
