"""Links in mails that are good only for the address that they were sent to. The database keeps nothing of them."""

from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac


def token(salt: str, said: dict[str, Any], email: str) -> str:
    """The secret part of a link that says this, and to which address it was sent, by a digest."""
    return signing.dumps(said | {"a": digest(salt, email)}, salt=salt)


def said_in(salt: str, secret: str) -> dict[str, Any] | None:
    """What the link says, with the digest as "a"; nothing for one that this site has not made."""
    try:
        said: dict[str, Any] = signing.loads(secret, salt=salt)
    except signing.BadSignature:
        return None
    return said


def digest(salt: str, email: str) -> str:
    """By what a link knows its address, in sixteen hexadecimal digits."""
    return salted_hmac(salt, email.lower(), algorithm="sha256").hexdigest()[:16]


def is_sent_to(salt: str, address: str, email: str) -> bool:
    """Whether a link with this digest was sent to this address."""
    return constant_time_compare(address, digest(salt, email))
