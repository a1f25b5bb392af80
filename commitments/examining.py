"""What can be said of an uploaded copy without a person's look, and does that suffice?

It suffices only when nothing is left to judge: the file begins with the very bytes of our PDF, nothing but signatures
was added, each is valid and by an issuer whose word is believed here, the last one covers the whole file, and each is
that of a signatory who is awaited. Text that looks right proves nothing: "ei voimassa" can be written beside it.
"""

import logging
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import spelt
from commitments import apart
from commitments.models import Commitment, Party, Rendition
from commitments.storage import digest_of

log = logging.getLogger(__name__)
SAID = ("name", "valid", "whole_file", "trusted", "at")  # of each signature, for whoever looks at the copy

WHY: dict[str, str | Promise] = {
    "exhausting": _("The PDF is so complex that reading it takes too long: print it into a new PDF and choose that."),
    "itself": _("This is the document itself, as it was made here: nobody has signed it. Choose the signed copy."),
    "unreadable": _("The PDF is not built as a PDF should be, so it cannot be checked by itself."),
    "not_ours": _("The file does not begin with the bytes of the PDF that was made here: it may be a scan."),
    "unsigned": _("The file has no digital signature."),
    "broken": _("A digital signature does not hold: the file was changed after it was signed."),
    "not_whole": _("Something was added after the last digital signature."),
    "added": _("More than signatures was added to the PDF that was made here."),
    "untrusted": _("Who issued the signer's certificate is not among those that this site believes."),
    "unexpected": _("A digital signature is not that of a signatory who is awaited."),
    "visible": _("A signature shows words or a picture on a page: see that they take nothing back."),
    "active": _("The file has content that would act by itself: scripts, attached files or commands."),
}


def examine(content: bytes, commitment: Commitment) -> dict[str, Any]:
    """What the file shows, for the row of the copy and for whoever looks at it. Never raises for a bad file.

    `ours`: it begins with the exact bytes of our stored PDF, that of `language`; `itself`: there is nothing more, so
    that nobody can have signed it. `signatures`: the oldest first.
    `signers_expected`: each is a signatory who is awaited. `parties`: keys of those whose signatory's name a valid
    signature bears. `pages`: their number; 0 for a file that cannot be opened, or not in the time that it may take.
    `automatic`: nothing is left to judge. `why`: what keeps it from that, as keys of WHY.
    """
    length, language = _ours(content, commitment)
    inside = apart.read(content, length, _issuers())
    signatures = inside["signatures"]
    signers = [_parties_of(one["names"], commitment) for one in signatures]
    valid = {key for one, keys in zip(signatures, signers, strict=True) if one["valid"] for key in keys}
    found = {
        "ours": length > 0,
        "itself": length == len(content),
        "language": language,
        "signatures": [{key: one[key] for key in SAID} for one in signatures],
        "signers_expected": bool(signers) and all(signers),
        "parties": sorted(valid),
        "active": inside["active"],
        "pages": inside["pages"],
    }  # fmt: skip
    why = [code for code, says in _against(found, inside).items() if says]
    return found | {"why": why, "automatic": not why}


def reasons(found: dict[str, Any]) -> list[str]:
    """Why a person looks at the copy, in words."""
    return [str(WHY[code]) for code in found.get("why", []) if code in WHY]


def _against(found: dict[str, Any], inside: dict[str, Any]) -> dict[str, bool]:
    """Everything that calls for a person's look, in the order in which it is said; several may hold at once."""
    signatures = inside["signatures"]
    return {
        "exhausting": inside["fault"] == "exhausting",
        "itself": found["itself"],
        "unreadable": inside["fault"] not in ("", "exhausting"),
        "not_ours": not found["ours"],
        "unsigned": not signatures,
        "broken": not all(one["valid"] for one in signatures),
        "not_whole": bool(signatures) and signatures[-1]["valid"] and not signatures[-1]["whole_file"],
        "added": bool(signatures) and found["ours"] and not inside["only_signed"],
        "untrusted": not all(one["trusted"] for one in signatures),
        "unexpected": bool(signatures) and not found["signers_expected"],
        "visible": any(one["visible"] for one in signatures),
        "active": bool(inside["active"]),
    }


def _ours(content: bytes, commitment: Commitment) -> tuple[int, str]:
    """How many of the first bytes are one of our PDFs of the commitment, and its language; 0 when they are none."""
    edition = commitment.edition
    made = Rendition.objects.filter(document__edition=edition, form=Rendition.Form.PDF, size__lte=len(content))
    for rendition in made.select_related("document"):
        if digest_of(content[: rendition.size]) == rendition.sha256:
            return rendition.size, rendition.document.language
    return 0, ""


def _parties_of(names: list[str], commitment: Commitment) -> list[int]:
    """The parties that wait for a signatory with one of these names. One person may sign for several municipalities."""
    given = {spelt(name) for name in names}
    waiting = Party.objects.filter(commitment=commitment, signed_on=None).exclude(signatory_name="")
    return [party.pk for party in waiting if spelt(party.signatory_name) in given]


def _issuers() -> str:
    """The certificates of those whose word is believed here."""
    if settings.TRUSTED_SIGNERS is None:
        return ""
    try:
        return settings.TRUSTED_SIGNERS.read_text()
    except (OSError, ValueError):
        log.exception("TRUSTED_SIGNERS cannot be read: every signed copy is looked at.")
        return ""
