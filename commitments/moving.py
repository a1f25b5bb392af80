"""How is the day by which a commitment is to be signed moved, after it has been sent?"""

from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.deadlines import why_no_deadline
from adoption.models import Person
from adoption.refusal import Refused
from commitments import asking
from commitments.facts import day
from commitments.marks import record
from commitments.models import Commitment, SignatureRequest
from commitments.services import changing, refuse_unfit, refuse_unless_signing


def move_sign_by(commitment: Commitment, by: Person, was: date | None, to: date, reason: str) -> Commitment:
    """It is to be signed by this day, and whoever was asked and is silent has a mail with the day, the reason and a new
    link; the reminders follow the new day. The paper says nothing of it and stays as it is.

    `was`: the day that the person's page showed. Raises Refused without a reason, for a day that has passed, is no
    working day or is the same, when somebody has moved it meanwhile, and for what waits for no signatures.
    """
    with changing(commitment, by) as (commitment, region, who):
        refuse_unless_signing(commitment)
        refuse_unfit(commitment)
        if wrong := _wrong(commitment, was, to, reason):
            raise Refused([wrong])
        commitment.sign_by = to
        commitment.save(update_fields=["sign_by"])
        silent = SignatureRequest.objects.filter(party__commitment=commitment, state=SignatureRequest.State.SENT)
        parties = []
        for request in silent.order_by("party__position"):
            asking.send_link(request, commitment, "moved")
            parties.append(request.party_id)
        record(region, who, "sign_by_moved", commitment, reason=reason, parties=parties, on=to.isoformat())
    return commitment


def _wrong(commitment: Commitment, was: date | None, to: date, reason: str) -> str:
    if not reason.strip():
        return _("Write the reason.")
    if to == commitment.sign_by:
        return _("It is to be signed by %(day)s already.") % {"day": day(to)}
    if was != commitment.sign_by:
        said = _(
            "Somebody has moved the day meanwhile: it is to be signed by %(day)s. Move it from there, or leave it."
        )
        return said % {"day": day(commitment.sign_by)}
    if to < localdate():
        return _("The day by which it is to be signed has passed: give a later one.")
    return why_no_deadline(to)
