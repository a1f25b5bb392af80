"""Services that ask for papers, with the worker beside them: the papers are there when they return."""

from typing import Any

from django.db import transaction

from adoption.history import NOBODY, locked
from commitments import services
from commitments.making import finish
from commitments.marks import record
from commitments.models import Commitment


def draft_region_commitment(*args: Any, **details: Any) -> Commitment:
    return finish(services.draft_region_commitment(*args, **details))


def draft_partner_commitment(*args: Any, **details: Any) -> Commitment:
    return finish(services.draft_partner_commitment(*args, **details))


def change_draft(*args: Any, **details: Any) -> Commitment:
    return finish(services.change_draft(*args, **details))


def replace(*args: Any) -> Commitment:
    return finish(services.replace(*args))


def left_so(commitment: Commitment) -> None:
    """What a test has written into the rows counts as left by an act."""
    with transaction.atomic():
        record(locked(commitment.region_id), NOBODY, "signature_reminded", commitment, parties=[])
