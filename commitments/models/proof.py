"""What proves a commitment that is in force: its certificate, and the code by which anyone can ask about a file?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commitments.models.commitments import Commitment


class Certificate(models.Model):
    """Made when the last party has signed. Its code stands on its files, and opens the public page of checking."""

    commitment = models.OneToOneField(Commitment, models.CASCADE, related_name="certificate")
    code = models.CharField(max_length=20, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.code


class CertificateFile(models.Model):
    """The certificate in one language: a sealed PDF, a PDF, or a page where no PDF can be made."""

    class Form(models.TextChoices):
        PDF = "pdf", _("PDF")
        HTML = "html", _("web page")

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="files")
    language = models.CharField(max_length=2)
    form = models.CharField(max_length=4, choices=Form)
    sealed = models.BooleanField(default=False)
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["certificate", "language"], name="one_certificate_a_language")]

    def __str__(self) -> str:
        return f"{self.certificate} {self.language}"
