"""How is a PDF sealed, and whose seals does one bear? PAdES by the site's own key; no network is asked for anything."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from commitments.inside_pdf import Signature, signatures_in
from commitments.seal_keys import Unusable, fault, is_configured, is_known, key, remember

__all__ = ["Seal", "Unusable", "fault", "is_configured", "seal", "seals_of"]

FIELD = "KaikupolkuSeal"
HEAD = "history of the region "
# Out of the page, so that it is nothing to read (PDF/UA), and still to be printed, as PDF/A wants of every field.
NOWHERE = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)


class AsItIs(IncrementalPdfFileWriter):
    """Adds the seal and nothing else, so that a PDF/A-2 or PDF/UA-1 stays one.

    pyHanko would call the file PDF 2.0, because its key is one of an elliptic curve, and write itself into one of the
    two places that name the program, which must agree.
    """

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        super().ensure_output_version(min(version, (1, 7)))

    def _update_meta(self) -> None:
        """What the file says of itself stays."""


class Seal(NamedTuple):
    """One seal or signature as it stands in a file.

    `valid`: the bytes under it are as they were. `whole_file`: nothing comes after them. `ours`: by a certificate
    that has sealed here. `head`: what the region's history came to, when it was sealed.
    """

    name: str
    fingerprint: str
    valid: bool
    whole_file: bool
    ours: bool
    at: datetime | None
    head: str

    @property
    def holds(self) -> bool:
        """Whether it is this site's, and the file as it was sealed, to the last byte."""
        return self.ours and self.valid and self.whole_file


def seal(pdf: bytes, head: str) -> bytes:
    """The PDF, byte by byte, and behind it the seal, which allows no change and names the head of the history.

    The certificate is known here before the first file bears it. What is sealed must never be saved anew.
    Raises Unusable for a key that cannot seal; any other exception means that the PDF cannot be.
    """
    used = key()
    remember(used)
    signer = SimpleSigner.load_pkcs12_data(used.file, [], used.password or None)
    about = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=f"{HEAD}{head}",
    )
    field = SigFieldSpec(FIELD, invis_sig_settings=NOWHERE, readable_field_name=used.name)
    writer = AsItIs(BytesIO(pdf))
    # pyHanko runs a loop of its own, and a thread has only one: this one may be inside another already.
    with ThreadPoolExecutor(1) as thread:
        signing = PdfSigner(about, signer, new_field_spec=field).sign_pdf
        return thread.submit(signing, writer).result().getvalue()


def seals_of(pdf: bytes) -> list[Seal]:
    """The seals and signatures of the file, the oldest first; none for what is no PDF, or a broken one.

    For files of our own: a stranger's is read apart (commitments.apart).
    """
    try:
        return [_seal(one) for one in signatures_in(pdf)]
    except Exception:  # readers of broken PDFs raise what they like
        return []


def _seal(one: Signature) -> Seal:
    head = re.fullmatch(f"{HEAD}([0-9a-f]*)", one.reason)
    at = datetime.fromisoformat(one.at) if one.at else None
    ours = is_known(one.fingerprint)
    return Seal(one.name, one.fingerprint, one.valid, one.whole_file, ours, at, head[1] if head else "")
