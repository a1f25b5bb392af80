"""How is a commitment told to one who does not have this site? Its facts, signatures and history as plain data."""

from collections.abc import Iterable
from typing import Any

from adoption.models import Person
from commitments.asking import request_of
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
from commitments.signatories import signed_as_asked
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
    by_key = {party.pk: party for party in commitment.parties.all()}
    copies = [_copy(copy, by_key.get(copy.sent_by_id or 0)) for copy in copies_of(commitment, whole)]
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
        "document_names": {
            "name": party.paper_name, "title": party.paper_title, "basis": party.paper_basis,
        } if party.paper_name else None,
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
        "basis": party.basis if signed_as_asked(party) else "",
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


def _copy(copy: SignedCopy, sender: Party | None) -> dict[str, Any]:
    return {
        "key": copy.pk,
        "name": copy.name,
        "sha256": copy.sha256,
        "size": copy.size,
        "state": copy.state,
        "uploaded_at": _iso(copy.uploaded_at),
        "uploaded_by": _name(copy.uploaded_by),
        "sent_for": copy.sent_by_id,
        "sent_by": _asked_then(sender, copy) if sender else None,
        "examination": copy.found,
        "reviewed_at": _iso(copy.reviewed_at),
        "reviewed_by": _name(copy.reviewed_by),
        "reason": copy.reason,
    }


def _asked_then(party: Party, copy: SignedCopy) -> str | None:
    """Who was asked for the party's signature when the copy was sent by the link."""
    request = request_of(party)
    names = [one.name for one in request.rounds.all() if one.sent_at <= copy.uploaded_at] if request else []
    return names[-1] if names else None


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
