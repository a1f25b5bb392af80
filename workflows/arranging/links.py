"""Which links are in the mails to those who are invited, and which of them work?"""

from typing import Any, NamedTuple

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

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
    return signing.dumps({"k": invitee.pk, "a": _digest(invitee.email)}, salt=SALT)


def _digest(email: str) -> str:
    return salted_hmac(SALT, email.lower(), algorithm="sha256").hexdigest()[:16]


def link_in(token: str) -> Link | None:
    """What the link says; nothing for one that this site has not made."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Link(said["k"], said["a"])


def is_of(sent: Link, invitee: Invitee) -> bool:
    """Whether the link was sent to the address that the invitee has now."""
    return constant_time_compare(sent.address, _digest(invitee.email))


def address_for(invitee: Invitee) -> str:
    """The full address of the invitee's page."""
    return link(reverse("invited", args=[token_of(invitee)]))
