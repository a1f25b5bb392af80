"""How does history vouch for who signed without naming anybody? By a salted hash of all that was given.

History is never erased, so no name stands in it. The act has a salt of its own and, for each party, the hash of the
salt and of what the party's row says of its signature: whoever has the row can show that it is as it was signed, and
whoever guesses a name, title, day and moment can have the guess confirmed, and nothing more.
"""

import json
from collections.abc import Iterable
from datetime import UTC
from secrets import token_hex
from typing import Any

from commitments.models import Party
from commitments.storage import digest_of


def marks_of(parties: Iterable[Party]) -> dict[str, Any]:
    """What an act keeps of the signatures that these rows have just got: {"salt": …, "marks": {key: hash}}."""
    salt = token_hex(16)
    return {"salt": salt, "marks": {str(party.pk): mark(party, salt) for party in parties}}


def mark(party: Party, salt: str) -> str:
    """The hash of what the row says of its signature."""
    at = party.signed_at.astimezone(UTC).isoformat() if party.signed_at else ""
    given = [
        party.pk, party.signed_by, party.signed_title, str(party.signed_on), at, party.method, party.reference,
        party.read_language, party.copy.sha256 if party.copy else "",
    ]  # fmt: skip
    return digest_of((salt + json.dumps(given, ensure_ascii=False)).encode())
