"""Which mails were made and which of them have left."""

from django.db import models


class Mail(models.Model):
    """One mail to one person; the key makes it at most one, whatever runs twice."""

    key = models.CharField(max_length=120, unique=True)
    person = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="mails")
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    secret = models.BooleanField(default=False)  # a sign-in code: its body is wiped once it has left
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"
