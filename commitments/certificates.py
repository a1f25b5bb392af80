"""Which certificate does a commitment have, and which files does its code vouch for?

The certificate is made by commitments.certifying, which only the worker loads: its libraries take seconds to begin.
"""

import re
import secrets
from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adoption.access import acting
from adoption.history import locked, record
from adoption.mail import later
from adoption.models import Person
from adoption.refusal import Refused
from commitments.models import Certificate, CertificateFile, Commitment, Edition, Rendition, SignedCopy

JOB = "commitments.certifying.make"
# Digits and letters without I, L, O and U, which look like others; five bits each.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
ALIKE = str.maketrans("OIL", "011")

FAULTS: dict[str, str | Promise] = {
    "making": _("The certificate could not be made."),
    "storing": _("The files could not be stored."),
    "sealing": _("A PDF could not be sealed."),
    "damaged": _("A stored PDF is not as it was made, so it was not sealed. Tell Kaikukeskus."),
    "key": _("The site's key cannot be used: nothing can be sealed until it can."),
    "killed": _("The work was interrupted again and again."),
}


# --- Begun and asked for again --------------------------------------------------------------------
def begin(commitment: Commitment) -> Certificate:
    """The commitment, just in force, has a code, and the job that makes its certificate is queued in this transaction.

    The caller has locked the region. A second call changes nothing.
    """
    certificate, new = Certificate.objects.get_or_create(commitment=commitment, defaults={"code": new_code()})
    if new:
        later(JOB, certificate.pk)
    return certificate


@transaction.atomic
def ask_again(commitment: Commitment, by: Person) -> None:
    """A certificate that could not be made is queued once more. Raises Refused for one that nothing is wrong with."""
    region = locked(commitment.region_id)
    members = commitment.parties.exclude(municipality=None).values_list("municipality", flat=True)
    who = acting(by, region, members)
    failed = Certificate.objects.filter(commitment=commitment).exclude(fault="")
    found = failed.first()
    if found is None:
        raise Refused([gettext("Nothing is wrong with the certificate: look at the page anew.")])
    failed.update(fault="", tries=0)
    later(JOB, found.pk)
    record(region, who, "certificate_asked_again", commitment)


def given_up() -> int:
    """How many certificates have not been made or sealed, and will not be before somebody has looked."""
    return Certificate.objects.exclude(fault="").count()


# --- The code -------------------------------------------------------------------------------------
def new_code() -> str:
    """K7QF-3MXA-9TRB: sixty random bits, to be read and typed."""
    letters = "".join(secrets.choice(ALPHABET) for _number in range(LENGTH))
    return _grouped(letters)


def written(code: str) -> str:
    """The code as it is kept, however it was typed; nothing for what cannot be one."""
    letters = re.sub(r"[\s-]", "", code).upper().translate(ALIKE)
    return _grouped(letters) if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else ""


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def of_code(code: str) -> Certificate | None:
    """The certificate with the code, and its commitment."""
    kept = written(code)
    return Certificate.objects.select_related("commitment").filter(code=kept).first() if kept else None


# --- The files ------------------------------------------------------------------------------------
class Proved(NamedTuple):
    """One file that was signed, or that proves it."""

    kind: str  # docx, pdf, sealed, certificate, copy
    language: str
    sha256: str
    size: int
    file: FieldFile


def signed_edition(commitment: Commitment) -> Edition | None:
    """The papers that were signed: once a commitment has been sent, no newer ones are made."""
    return commitment.editions.made().order_by("-number").first()


def proved(certificate: Certificate) -> Iterator[Proved]:
    """Every file that the certificate's code vouches for, by the rows as they are now.

    History has the hash of each: a document's by the manifest, a PDF's, a sealed one's, a certificate's and a copy's by
    the act that brought it. So a row that was replaced together with its file is not told here; verify_documents tells
    it, each night.
    """
    edition = signed_edition(certificate.commitment)
    for document in edition.documents.all() if edition else ():
        yield Proved("docx", document.language, document.sha256, document.size, document.file)
    for one in Rendition.objects.filter(document__edition=edition).select_related("document"):
        yield Proved(one.form, one.document.language, one.sha256, one.size, one.file)
    for made in certificate.files.all():
        yield Proved("certificate", made.language, made.sha256, made.size, made.file)
    for copy in certificate.commitment.copies.filter(state=SignedCopy.State.ACCEPTED):
        yield Proved("copy", "", copy.sha256, copy.size, copy.file)


def file_name(made: CertificateFile) -> str:
    """What the file is called on a person's own machine."""
    return f"certificate-{made.certificate.commitment_id}-{made.language}.{made.form}"
