"""Which links are in the mails to contact persons and their successors, and which of them work?"""

from datetime import timedelta
from typing import NamedTuple

from django.core import signing
from django.db.models import Max
from django.urls import reverse

from adoption.addressed import digest, is_sent_to, said_in
from adoption.mail import link
from adoption.models import ContactCheck, Person

SALT = "adoption.contacts"
LINK_LIVES = timedelta(days=120)


class Link(NamedTuple):
    """What a link says: whose it is (a person's, or the successor of a check's), which round, and which address it was
    sent to, by a digest. Nothing of it is stored."""

    kind: str
    key: int
    round: int
    address: str
    is_expired: bool = False


PERSON, SUCCESSOR = "person", "successor"


def token_of(person: Person, number: int) -> str:
    """The secret part of a person's link of this round."""
    return _token(PERSON, person.pk, number, person.email)


def token_of_successor(check: ContactCheck) -> str:
    """The secret part of the link by which the successor accepts."""
    return _token(SUCCESSOR, check.pk, check.successor_round, check.successor_email)


def _token(kind: str, key: int, number: int, email: str) -> str:
    return signing.dumps({"k": key, "n": number, "a": digest(SALT, email)}, salt=f"{SALT}.{kind}")


def link_in(kind: str, token: str) -> Link | None:
    """What the link says; nothing for one that this site has not made."""
    salt = f"{SALT}.{kind}"
    said = said_in(salt, token)
    if said is None:
        return None
    try:
        signing.loads(token, salt=salt, max_age=LINK_LIVES)
    except signing.SignatureExpired:
        return Link(kind, said["k"], said["n"], said["a"], is_expired=True)
    return Link(kind, said["k"], said["n"], said["a"])


def is_of(sent: Link, email: str) -> bool:
    """Whether the link was sent to this address."""
    return is_sent_to(SALT, sent.address, email)


def round_of(person: Person | int) -> int:
    """The newest round of the person; 0 before the first."""
    return ContactCheck.objects.filter(person=person).aggregate(newest=Max("round"))["newest"] or 0


def address_for(person: Person, number: int) -> str:
    """The full address of the person's page."""
    return link(reverse("still", args=[token_of(person, number)]))


def address_for_successor(check: ContactCheck) -> str:
    """The full address of the successor's page."""
    return link(reverse("successor", args=[token_of_successor(check)]))
