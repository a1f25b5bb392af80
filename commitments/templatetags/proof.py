"""What does a page say of a commitment's proof?"""

from typing import NamedTuple

from django import template
from django.utils.functional import Promise

from commitments import seal_keys
from commitments.certificates import FAULTS
from commitments.models import Certificate, CertificateFile, Commitment

register = template.Library()


class Proof(NamedTuple):
    """The code, the files of the certificate as far as they are made, and what went wrong."""

    code: str
    files: list[CertificateFile]
    fault: str | Promise
    as_page: bool  # it could not be made as PDF here
    seals: bool
    for_trying: bool


@register.simple_tag
def proof_of(commitment: Commitment) -> Proof | None:
    """The proof of a commitment that every party has signed; nothing before that. Two queries."""
    certificate = Certificate.objects.filter(commitment=commitment).first()
    if certificate is None:
        return None
    files = list(certificate.files.all())
    as_page = any(one.form == CertificateFile.Form.HTML for one in files)
    fault = FAULTS.get(certificate.fault, certificate.fault)
    return Proof(certificate.code, files, fault, as_page, seal_keys.is_configured(), seal_keys.for_trying())
