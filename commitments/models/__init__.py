"""The nouns of commitments, each in the module of its question."""

from commitments.models.commitments import Commitment, Party
from commitments.models.papers import Batch, Document, Edition, Rendition, SignedCopy, Template
from commitments.models.proof import Certificate, CertificateFile
from commitments.models.signing import SignatureRequest, SignatureRound

__all__ = [
    "Batch", "Certificate", "CertificateFile", "Commitment", "Document", "Edition", "Party", "Rendition",
    "SignatureRequest", "SignatureRound", "SignedCopy", "Template",
]  # fmt: skip
