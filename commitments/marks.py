"""How does history vouch for the rows of a commitment without naming anybody? By a salted hash of each.

History is never erased, so no name stands in it. An act has a salt of its own and, for each row of the commitment, the
hash of the salt and of what the row says: whoever has the row can show that it is as it was left, and whoever guesses
all of it can have the guess confirmed, and nothing more.
"""

import json
from collections import defaultdict
from secrets import token_hex
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from adoption import history
from adoption.history import Acting
from adoption.models import Act, Region
from commitments.models import Commitment, Party, SignatureRequest, SignatureRound, SignedCopy
from commitments.storage import digest_of

LONG = 32  # hexadecimal digits of a mark


class Kind(NamedTuple):
    """Rows that bind a commitment: their model, how they belong to it, and what of them may change without an act."""

    model: type[models.Model]
    owner: str
    free: frozenset[str]

    @property
    def fields(self) -> list[str]:
        """What is vouched for: everything else of the row."""
        return [field.attname for field in self.model._meta.concrete_fields if field.name not in self.free]


# The state of a commitment, its partner and its days are told by the acts themselves, as is who has recorded it:
# commitments.agreeing_signatures and workflows.replay compare those. People and partners may be joined later.
KINDS = [
    Kind(Commitment, "pk", frozenset(["region", "partner", "state", "in_force_on", "carried_over_on", "ended_on"])),
    Kind(Party, "commitment", frozenset(["recorded_by"])),
    Kind(SignatureRequest, "party__commitment", frozenset(["language", "reminded_on", "sent_at", "expires_at"])),
    Kind(SignatureRound, "request__party__commitment", frozenset()),
    Kind(SignedCopy, "commitment", frozenset(["uploaded_by", "reviewed_by"])),
]


def record(region: Region, who: Acting, what: str, commitment: Commitment, reason: str = "", **data: object) -> Act:
    """The act stands in history, with a mark of each row of the commitment as it is now: all must have been saved."""
    salt = token_hex(LONG // 2)
    rows = rows_of([commitment.pk])[commitment.pk]
    marks = {name: mark(salt, row) for name, row in rows.items()}
    return history.record(region, who, what, commitment, reason, salt=salt, marks=marks, **data)


def differences(salt: str, marks: dict[str, str], rows: dict[str, list[Any]]) -> list[tuple[str, str]]:
    """(row, "row_edited", "row_lost" or "row_unknown") of each that is not as the marks say; none without marks."""
    said = {name: mark(salt, row) for name, row in rows.items()} if marks else {}
    return [
        (name, "row_unknown" if name not in marks else "row_edited" if name in said else "row_lost")
        for name in sorted(said.keys() | marks.keys())
        if said.get(name) != marks.get(name)
    ]


def is_as_left(commitment: Commitment) -> bool:
    """Whether each row of the commitment is as its newest act has left it."""
    acts = Act.objects.filter(about_kind="commitment", about_id=str(commitment.pk), data__has_key="marks")
    newest = acts.order_by("-number").values_list("data", flat=True).first()
    return not newest or not differences(newest["salt"], newest["marks"], rows_of([commitment.pk])[commitment.pk])


def rows_of(commitments: list[int]) -> dict[int, dict[str, list[Any]]]:
    """Commitment → name of each of its rows, such as "party 5" → what the row says. In five queries."""
    found: dict[int, dict[str, list[Any]]] = defaultdict(dict)
    for kind in KINDS:
        rows = kind.model._default_manager.filter(**{f"{kind.owner}__in": commitments}).order_by("pk")
        for owner, *row in rows.values_list(kind.owner, "pk", *kind.fields):
            found[owner][f"{kind.model._meta.model_name} {row[0]}"] = row
    return found


def mark(salt: str, row: list[Any]) -> str:
    """The hash of what the row says."""
    said = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return digest_of((salt + said).encode())[:LONG]
