"""How is a commitment told to one who does not have this site? Its facts, signatures and history as plain data."""

from collections.abc import Iterable
from typing import Any

from adoption.models import Person
from commitments.models import (
    Certificate,
    Commitment,
    Document,
    Edition,
    Party,
    SignatureRequest,
    SignatureRound,
    SignedCopy,
)
from commitments.told import Told

LANGUAGES = ("fi", "sv", "en")


def number_of(commitment: Commitment) -> str:
    """KP-12: what the commitment is called on its papers."""
    return f"KP-{commitment.pk}"


def of_commitment(commitment: Commitment, editions: Iterable[Edition], whole: bool) -> dict[str, Any]:
    """What is known of the commitment, its parties and these editions; without addresses and requests unless `whole`.

    Dates are ISO 8601, keys and states the product's own English words, each state with its words beside it.
    """
    parties = [_party(party, whole) for party in commitment.parties.all()]
    copies = [_copy(copy) for copy in copies_of(commitment, whole)]
    certificate = certificate_of(commitment)
    return {
        "number": number_of(commitment),
        "kind": commitment.kind,
        "name": commitment.name,
        "region": {code: commitment.region.name_in(code) for code in LANGUAGES},
        "partner": str(commitment.partner) if commitment.partner else None,
        "operating_model": commitment.operating_model,
        "state": commitment.state,
        "state_in_words": commitment.get_state_display(),
        "replaces": f"KP-{commitment.replaces_id}" if commitment.replaces_id else None,
        "in_turn": commitment.in_turn,
        "dates": _dates(commitment),
        "feedback_email": commitment.feedback_email,
        "local_page": commitment.local_page,
        "parties": parties,
        "editions": [_edition(edition) for edition in editions],
        "signed_copies": copies,
        "certificate": _certificate(certificate) if certificate else None,
    }


def _dates(commitment: Commitment) -> dict[str, str | None]:
    fields = (
        "term_start", "term_end", "sign_by", "made_at", "in_force_on", "carried_over_on", "ended_on",
    )  # fmt: skip
    return {field: _iso(getattr(commitment, field)) for field in fields}


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _name(person: Person | None) -> str | None:
    return person.name if person else None


# -- parties and their signatures -------------------------------------------------------------------------------------


def _party(party: Party, whole: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": party.pk,
        "role": party.role,
        "name": party.name,
        "names": party.name_in_languages,
        "signatory": {
            "name": party.signatory_name, "title": party.signatory_title, "basis": party.basis,
        },
        "record_number": party.record_number,
        "signature": _signature(party) if party.method else None,
    }  # fmt: skip
    if whole:
        said["signatory"]["email"] = party.signatory_email
        said["request"] = _request(party.request) if hasattr(party, "request") else None
    return said


def _signature(party: Party) -> dict[str, Any]:
    return {
        "by": party.signed_by,
        "title": party.signed_title,
        "on": _iso(party.signed_on),
        "at": _iso(party.signed_at),
        "method": party.method,
        "method_in_words": party.get_method_display(),
        "language_read": party.read_language,
        "reference": party.reference,
        "signed_copy": party.copy_id,
        "recorded_by": _name(party.recorded_by),
    }


def _request(request: SignatureRequest) -> dict[str, Any]:
    """Who was asked by a link, and how it went; the link itself is nowhere stored, and not here either."""
    return {
        "name": request.name,
        "title": request.title,
        "email": request.email,
        "language": request.language,
        "round": request.round,
        "state": request.state,
        "sent_at": _iso(request.sent_at),
        "expires_at": _iso(request.expires_at),
        "reason": request.reason,
        "rounds": [_round(one) for one in request.rounds.all()],
    }


def _round(one: SignatureRound) -> dict[str, Any]:
    return {
        "number": one.number, "name": one.name, "title": one.title, "email": one.email, "sent_at": _iso(one.sent_at),
    }  # fmt: skip


# -- papers -----------------------------------------------------------------------------------------------------------


def copies_of(commitment: Commitment, whole: bool) -> list[SignedCopy]:
    """The signed copies; only those that were accepted, unless `whole`."""
    copies = sorted(commitment.copies.all(), key=lambda copy: copy.pk)
    return [copy for copy in copies if whole or copy.state == SignedCopy.State.ACCEPTED]


def certificate_of(commitment: Commitment) -> Certificate | None:
    """The certificate, where there is one."""
    return getattr(commitment, "certificate", None)


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "number": edition.number,
        "made_at": _iso(edition.made_at),
        "asked_by": _name(edition.made_by),
        "manifest": edition.manifest,
        "manifest_sha256": edition.manifest_sha256,
        "documents": [_document(document) for document in edition.documents.all()],
    }


def _document(document: Document) -> dict[str, Any]:
    """The stored file, and the facts that it was made from."""
    return {
        "language": document.language,
        "sha256": document.sha256,
        "size": document.size,
        "template": document.template,
        "template_sha256": document.template_sha256,
        "facts": document.facts,
    }


def _copy(copy: SignedCopy) -> dict[str, Any]:
    return {
        "key": copy.pk,
        "name": copy.name,
        "sha256": copy.sha256,
        "size": copy.size,
        "state": copy.state,
        "uploaded_at": _iso(copy.uploaded_at),
        "uploaded_by": _name(copy.uploaded_by),
        "examination": copy.found,
        "reviewed_at": _iso(copy.reviewed_at),
        "reviewed_by": _name(copy.reviewed_by),
        "reason": copy.reason,
    }


def _certificate(certificate: Certificate) -> dict[str, Any]:
    files = [
        {"language": file.language, "form": file.form, "sealed": file.sealed, "sha256": file.sha256, "size": file.size}
        for file in certificate.files.all()
    ]
    return {"code": certificate.code, "made_at": _iso(certificate.made_at), "files": files}


# -- history ----------------------------------------------------------------------------------------------------------


def of_act(told: Told, whole: bool) -> dict[str, Any]:
    """Who did what and when. Where `whole`, also the row's place in the region's chain: `hash` is the SHA-256 of the
    text `hashed`, which names the hash of the row before."""
    act = told.act
    said = {
        "at": act.at.isoformat(),
        "what": act.what,
        "in_words": str(told.what),
        "by": told.who,
        "side": act.side,
        "on_behalf_of": _name(act.on_behalf_of),
        "parties": [party.pk for party in told.parties],
        "link_to": told.to,
        "reason": act.reason,
    }
    row = {"number": act.number, "data": act.data, "previous": act.previous, "hash": act.hash, "hashed": act.hashed}
    return said | (row if whole else {})
