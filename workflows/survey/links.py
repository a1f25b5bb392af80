"""Which links are in the mails of a survey, and which of them work? As elsewhere the database keeps no secret."""

from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from adoption.mail import link
from workflows.survey.models import Place

SALT = "workflows.survey"


class Link(NamedTuple):
    """What a link says: which place's it is, and which address it was sent to, by a digest."""

    place: UUID
    address: str


def token_of(place: Place) -> str:
    """The secret part of the link of this place."""
    return signing.dumps({"k": place.pk.hex, "a": _digest(place.person.email)}, salt=SALT)


def _digest(email: str) -> str:
    return salted_hmac(SALT, email.lower(), algorithm="sha256").hexdigest()[:16]


def link_in(token: str) -> Link | None:
    """What the link says; nothing for one that this site has not made."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Link(UUID(hex=said["k"]), said["a"])


def is_of(sent: Link, place: Place) -> bool:
    """Whether the link was sent to the address that the person has now."""
    return constant_time_compare(sent.address, _digest(place.person.email))


def address_for(place: Place) -> str:
    """The full address of the page on which the survey is answered."""
    return link(reverse("survey_answer", args=[token_of(place)]))
