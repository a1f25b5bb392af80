"""Which links are in the mails to those who are invited, and which of them work?"""

from typing import NamedTuple

from django.urls import reverse

from adoption import addressed
from adoption.mail import link
from workflows.arranging.models import Invitee

SALT = "workflows.arranging"


class Link(NamedTuple):
    """What a link says: which invitee's it is, and which address it was sent to, by a digest. Nothing of it is stored.

    It works as long as the meeting is to come, and only while the address is still the invitee's."""

    invitee: int
    address: str


def token_of(invitee: Invitee) -> str:
    """The secret part of the invitee's link."""
    return addressed.token(SALT, {"k": invitee.pk}, invitee.email)


def link_in(token: str) -> Link | None:
    """What the link says; nothing for one that this site has not made."""
    said = addressed.said_in(SALT, token)
    return Link(said["k"], said["a"]) if said else None


def is_of(sent: Link, invitee: Invitee) -> bool:
    """Whether the link was sent to the address that the invitee has now."""
    return addressed.is_sent_to(SALT, sent.address, invitee.email)


def path_for(invitee: Invitee) -> str:
    """The invitee's page."""
    return reverse("invited", args=[token_of(invitee)])


def address_for(invitee: Invitee) -> str:
    """Its full address."""
    return link(path_for(invitee))
