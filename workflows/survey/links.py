"""Which links are in the mails of a survey, and which of them work? As elsewhere the database keeps no secret."""

from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from adoption import addressed
from adoption.mail import link
from workflows.survey.models import Place

SALT = "workflows.survey"


class Link(NamedTuple):
    """What a link says: which place's it is, and which address it was sent to, by a digest."""

    place: UUID
    address: str


def token_of(place: Place) -> str:
    """The secret part of the link of this place."""
    return addressed.token(SALT, {"k": place.pk.hex}, place.person.email)


def link_in(token: str) -> Link | None:
    """What the link says; nothing for one that this site has not made."""
    said = addressed.said_in(SALT, token)
    return Link(UUID(hex=said["k"]), said["a"]) if said else None


def is_of(sent: Link, place: Place) -> bool:
    """Whether the link was sent to the address that the person has now."""
    return addressed.is_sent_to(SALT, sent.address, place.person.email)


def address_for(place: Place) -> str:
    """The full address of the page on which the survey is answered."""
    return link(reverse("survey_answer", args=[token_of(place)]))
