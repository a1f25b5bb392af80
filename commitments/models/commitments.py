"""Which states has a commitment, what moves it, and who are its parties?"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adoption.models import Partner
from adoption.operating_model import MODELS, PARTNER_COMMITMENT, REGION_COMMITMENT

if TYPE_CHECKING:
    from commitments.models.papers import Edition


def _is_on_paper(commitment: Any) -> bool:
    return commitment.pk is not None and commitment.is_on_paper


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Reads of commitments that have a name."""

    def in_force(self) -> "CommitmentQuerySet":
        return self.filter(state=Commitment.State.IN_FORCE)

    def unfinished(self) -> "CommitmentQuerySet":
        """Those that still wait for somebody: to be checked, sent or signed."""
        return self.filter(state__in=Commitment.UNFINISHED)


class Commitment(FSMModelMixin, models.Model):
    """A promise of parties to follow the operating model. A transition changes the state and nothing else."""

    class Kind(models.TextChoices):
        REGION = REGION_COMMITMENT, _("commitment of the region and Kaikukeskus")
        PARTNER = PARTNER_COMMITMENT, _("commitment of a partner")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        CHECKED = "checked", _("checked")
        AWAITING = "awaiting", _("awaiting signatures")
        PARTLY_SIGNED = "partly_signed", _("partly signed")
        IN_FORCE = "in_force", _("in force")
        DECLINED = "declined", _("closed unsigned")
        SUPERSEDED = "superseded", _("superseded")
        ENDED = "ended", _("ended")

    UNFINISHED = (State.DRAFT, State.CHECKED, State.AWAITING, State.PARTLY_SIGNED)
    SIGNING = (State.AWAITING, State.PARTLY_SIGNED)

    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="commitments")
    kind = models.CharField(max_length=20, choices=Kind)
    operating_model = models.CharField(max_length=8)
    partner = models.ForeignKey("adoption.Partner", models.PROTECT, null=True, related_name="commitments")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replacements")
    term_start = models.DateField(_("beginning of the trial"), null=True)
    term_end = models.DateField(_("end of the trial"), null=True)
    feedback_email = models.EmailField(_("feedback address"), blank=True, default="")
    local_page = models.URLField(_("local page"), blank=True, default="")
    in_turn = models.BooleanField(_("the parties sign in turn"), default=True)
    sign_by = models.DateField(_("to be signed by"), null=True)
    state = FSMField(default=State.DRAFT, choices=State.choices, protected=True)
    made_at = models.DateTimeField(auto_now_add=True)
    in_force_on = models.DateField(null=True)
    carried_over_on = models.DateField(null=True)  # R10: goes on after the trial without a new commitment
    ended_on = models.DateField(null=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "draft", "checked", "awaiting", "partly_signed", "in_force", "declined", "superseded", "ended",
                    ]
                ),
                name="known_commitment_state",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=REGION_COMMITMENT, partner=None)
                | models.Q(kind=PARTNER_COMMITMENT, partner__isnull=False),
                name="partner_commitment_has_partner",
            ),
            models.UniqueConstraint(
                fields=["partner"], condition=models.Q(state="in_force"), name="one_commitment_in_force_a_partner"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["region", "kind", "state"], name="commitment_of_region")]

    def __str__(self) -> str:
        return f"{self.name}: {self.partner or self.region}"

    def get_absolute_url(self) -> str:
        return reverse("commitment", args=[self.region.slug, self.pk])

    @property
    def name(self) -> str:
        """What this paper is called in its own operating model."""
        return str(MODELS[self.operating_model].names[self.kind])

    @property
    def edition(self) -> "Edition | None":
        """The newest set of files, made or waiting; earlier ones stay as they were. Editions may be prefetched."""
        return max(self.editions.all(), key=lambda edition: edition.number, default=None)

    @property
    def is_late(self) -> bool:
        """Whether the day has passed by which it was to be signed, and it has not been."""
        return self.days_late > 0

    @property
    def days_late(self) -> int:
        """Days since the one by which it was to be signed; 0 while that has not passed, and once it is signed."""
        return max((localdate() - self.sign_by).days, 0) if self.sign_by and self.state in self.SIGNING else 0

    @property
    def is_on_paper(self) -> bool:
        """Whether it was made on paper before it was entered here: it has no document. Parties may be prefetched."""
        return any(party.method == Party.Method.PAPER for party in self.parties.all())

    # -- transitions: the state's own block ------------------------------------------------------------------

    @transition(state, State.DRAFT, State.CHECKED)
    def check_off(self) -> None:
        """A responsible person has opened the preview and found it right."""

    @transition(state, [State.DRAFT, State.CHECKED], State.DRAFT)
    def redraft(self) -> None:
        """It was changed: the files are new, and it is checked again."""

    @transition(state, State.CHECKED, State.AWAITING)
    def send(self) -> None:
        """It waits for the parties' signatures."""

    @transition(state, [State.AWAITING, State.PARTLY_SIGNED], State.PARTLY_SIGNED)
    def sign_partly(self) -> None:
        """Some parties have signed, others are awaited."""

    @transition(state, [State.AWAITING, State.PARTLY_SIGNED], State.IN_FORCE)
    def enter_into_force(self) -> None:
        """Every party has signed."""

    @transition(state, State.DRAFT, State.IN_FORCE, conditions=[_is_on_paper])
    def take_over(self) -> None:
        """It was made on paper before it was entered here."""

    @transition(state, [State.DRAFT, State.CHECKED, State.AWAITING, State.PARTLY_SIGNED], State.DECLINED)
    def decline(self) -> None:
        """It is closed unsigned: a party will not sign, or the signing was stopped. The reason says which."""

    @transition(state, [State.AWAITING, State.PARTLY_SIGNED, State.IN_FORCE], State.SUPERSEDED)
    def supersede(self) -> None:
        """Its replacement is in force, or, where it was not signed by all, has been drafted."""

    @transition(state, State.IN_FORCE, State.ENDED)
    def end(self) -> None:
        """It has ended."""


class Party(models.Model):
    """One party's row: who it is, who signs for it, and when and how it has signed."""

    class Role(models.TextChoices):
        PARTNER = "partner", _("partner")
        MUNICIPALITY = "municipality", _("municipality")
        COUNTY = "county", _("wellbeing services county")
        KAIKUKESKUS = "kaikukeskus", _("Kaikukeskus")

    class Method(models.TextChoices):
        LINK = "link", _("signed by link")
        COPY = "copy", _("signed copy")
        KAIKUKANTA = "kaikukanta", _("acknowledged in Kaikukanta")
        PAPER = "paper", _("committed earlier, on paper")

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="parties")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=12, choices=Role)
    municipality = models.ForeignKey("adoption.Municipality", models.PROTECT, null=True)
    county = models.ForeignKey("adoption.County", models.PROTECT, null=True)
    name = models.CharField(max_length=620)
    signatory_name = models.CharField(_("signatory"), max_length=150, blank=True, default="")
    signatory_title = models.CharField(_("title of the signatory"), max_length=150, blank=True, default="")
    signatory_basis = models.CharField(_("basis of the right to sign"), max_length=200, blank=True, default="")
    signatory_email = models.EmailField(_("address of the signatory"), blank=True, default="")
    # Whom the document names, once somebody else has been asked in that person's stead.
    paper_name = models.CharField(max_length=150, blank=True, default="")
    paper_title = models.CharField(max_length=150, blank=True, default="")
    paper_basis = models.CharField(max_length=200, blank=True, default="")
    record_number = models.CharField(_("record number"), max_length=60, blank=True, default="")
    signed_on = models.DateField(null=True)
    signed_by = models.CharField(max_length=150, blank=True, default="")
    signed_title = models.CharField(max_length=150, blank=True, default="")
    signed_at = models.DateTimeField(null=True)  # to the second, where the signature was given here
    read_language = models.CharField(max_length=2, blank=True, default="")
    reference = models.CharField(_("reference"), max_length=100, blank=True, default="")
    method = models.CharField(max_length=10, choices=Method, blank=True, default="")
    copy = models.ForeignKey("SignedCopy", models.PROTECT, null=True, related_name="parties")
    recorded_by = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "position"], name="party_position"),
            models.CheckConstraint(
                condition=models.Q(signed_on=None, method__in=["", "paper"])
                | models.Q(signed_on__isnull=False, method__gt=""),
                name="signed_by_some_method",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name for a page in the reader's language."""
        owner = self.municipality or self.county
        return "Kaikukeskus" if self.role == self.Role.KAIKUKESKUS else owner.name if owner else self.name

    @property
    def named(self) -> str:
        """The signatory whom the document names, whoever has been asked since."""
        return self.paper_name or self.signatory_name

    @property
    def basis(self) -> str:
        """The basis of the signatory's right to sign in words: chosen from a list, or of an authority written."""
        return str(dict(Partner.SignBasis.choices).get(self.signatory_basis, self.signatory_basis))

    @property
    def name_in_languages(self) -> dict[str, str]:
        """The name by language: an authority's own names, a partner's one name."""
        owner = self.municipality or self.county
        return {code: owner.name_in(code) if owner else self.name for code in ("fi", "sv", "en")}
