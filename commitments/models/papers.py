"""Which papers stand behind a commitment: templates, editions, documents, their copies, and signed scans?"""

from django.db import models
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from commitments.models.commitments import Commitment, Party


class TemplateQuerySet(models.QuerySet["Template"]):
    """Reads of templates that have a name."""

    def published(self) -> "TemplateQuerySet":
        return self.exclude(published_at=None)

    def waiting(self) -> "TemplateQuerySet":
        """Those that have been uploaded, and neither published nor discarded."""
        return self.filter(published_at=None, discarded_at=None)


class Template(models.Model):
    """Kaikukeskus's own DOCX for one kind and language. Once published it never changes; a better one is a new one."""

    kind = models.CharField(max_length=20, choices=Commitment.Kind)
    language = models.CharField(max_length=2)
    number = models.PositiveSmallIntegerField(null=True)  # given when it is published
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey("adoption.Person", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "language", "-number", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "number"], name="template_number"),
            models.CheckConstraint(
                condition=models.Q(published_at=None, number=None)
                | models.Q(published_at__isnull=False, number__isnull=False, discarded_at=None),
                name="published_template_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.language} {self.number or '–'}"

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be published or discarded."""
        return self.published_at is None and self.discarded_at is None


class Batch(models.Model):
    """Papers that were asked for together, of one region or of the whole country."""

    region = models.ForeignKey("adoption.Region", models.PROTECT, null=True, related_name="batches")
    asked_by = models.ForeignKey("adoption.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.region or '–'} {self.asked_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.pk])


class EditionQuerySet(models.QuerySet["Edition"]):
    """Reads of editions that have a name."""

    def made(self) -> "EditionQuerySet":
        return self.exclude(made_at=None)

    def waiting(self) -> "EditionQuerySet":
        """Those whose job has neither ended well nor been given up."""
        return self.filter(made_at=None, fault="")

    def failed(self) -> "EditionQuerySet":
        """Those that could not be made, and are still needed."""
        drafts = self.filter(made_at=None, commitment__state=Commitment.State.DRAFT)
        return drafts.exclude(fault__in=["", Edition.Fault.NEEDLESS])


class Edition(models.Model):
    """The files of a commitment made together, one a language, and the manifest over them. A job makes them."""

    class Fault(models.TextChoices):
        FILLING = "filling", _("The template could not be filled in with what is known of this commitment.")
        STORING = "storing", _("The files could not be stored.")
        KILLED = "killed", _("The work was interrupted again and again.")
        NEEDLESS = "needless", _("No longer needed: the draft was changed once more, or closed.")

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="editions")
    made_by = models.ForeignKey("adoption.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    made_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=10, choices=Fault, blank=True, default="")
    manifest = models.TextField(blank=True, default="")
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="edition_number"),
            models.CheckConstraint(
                condition=models.Q(made_at=None, manifest_sha256="")
                | models.Q(made_at__isnull=False, manifest_sha256__gt="", fault=""),
                name="made_edition_has_manifest",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(made_at=None, fault=""), name="edition_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}/{self.number}"

    @property
    def is_waiting(self) -> bool:
        """Whether its job has neither ended well nor been given up."""
        return self.made_at is None and not self.fault


class Document(models.Model):
    """One stored file: its hash, and the facts and the template that it was made from. Never rendered again."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="documents")
    language = models.CharField(max_length=2)
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    template = models.CharField(max_length=80)
    template_sha256 = models.CharField(max_length=64)
    facts = models.JSONField()
    pdf_tries = models.PositiveSmallIntegerField(default=0)
    pdf_fault = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["edition", "language"], name="one_document_a_language")]

    def __str__(self) -> str:
        return f"{self.edition} {self.language}"

    @property
    def file_name(self) -> str:
        """What the file is called on a person's own machine."""
        return f"{self.edition.commitment.kind}-{self.edition.commitment_id}-{self.edition.number}-{self.language}.docx"


class Rendition(models.Model):
    """The document as PDF: made by the converter, or that PDF with the site's seal on it."""

    class Form(models.TextChoices):
        PDF = "pdf", _("PDF")
        SEALED = "sealed", _("sealed PDF")

    document = models.ForeignKey(Document, models.CASCADE, related_name="renditions")
    form = models.CharField(max_length=6, choices=Form)
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["form"]
        constraints = [models.UniqueConstraint(fields=["document", "form"], name="one_rendition_a_form")]

    def __str__(self) -> str:
        return f"{self.document} {self.form}"

    @property
    def file_name(self) -> str:
        """What the file is called on a person's own machine."""
        mark = "-sealed" if self.form == self.Form.SEALED else ""
        return f"{self.document.file_name.removesuffix('.docx')}{mark}.pdf"


class SignedCopyQuerySet(models.QuerySet["SignedCopy"]):
    """Reads of signed copies that have a name."""

    def waiting(self) -> "SignedCopyQuerySet":
        """Those that nobody has looked at."""
        return self.filter(state=SignedCopy.State.WAITING)


class SignedCopy(FSMModelMixin, models.Model):
    """A scan or an externally signed PDF. Nobody has signed by it before it is accepted."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be looked at")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("not accepted")

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="copies")
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    # A responsible person, or nobody: then the signatory of the party has sent it by the link.
    uploaded_by = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="+")
    sent_by = models.ForeignKey(Party, models.PROTECT, null=True, related_name="sent_copies")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    found = models.JSONField(default=dict)  # what the automatic check says: commitments.examining
    state = FSMField(default=State.ACCEPTED, choices=State.choices, protected=True)
    reviewed_by = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    objects = SignedCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "accepted", "refused"]), name="known_copy_state"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @transition(state, State.WAITING, State.ACCEPTED)
    def accept(self) -> None:
        """The check or a responsible person has found whose signatures it bears."""

    @transition(state, State.WAITING, State.REFUSED)
    def refuse(self) -> None:
        """A responsible person has found that it does not do, and said why."""
