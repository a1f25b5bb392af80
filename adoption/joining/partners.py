"""Two rows of one partner become one: which is kept, what it takes from the other, and why it may not be?"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from adoption.access import acting
from adoption.contacts.asking import overtake
from adoption.history import Acting, locked, record
from adoption.joined import PARTNER, read_anew
from adoption.joining.moving import move
from adoption.mail import later
from adoption.models import ContactCheck, Joined, Partner, Person, Region
from adoption.operating_model import LIMITS
from adoption.partners import activate_if_ready, with_lines
from adoption.people import alone
from adoption.refusal import Refused

State = Partner.State
# How far each state is: the row that is further stays, so that nothing that has been reached is lost.
FAR = [State.ENDED, State.DECLINED, State.CANDIDATE, State.MORE_WANTED, State.ASKED, State.CLEARED]
PROMISED = (State.COMMITTED, State.ACTIVE)
UNFINISHED = ("draft", "checked", "awaiting", "partly_signed")
# What belongs together is taken together, where the kept row has none of it.
TAKEN = [
    ("contact",),
    ("signatory_name", "signatory_title", "signatory_email", "signatory_basis"),
    ("client_group", "most_in_tight", "why_most", "cards_per_year"),
    ("offering", *LIMITS, "limits"),
    ("how_to_get",),
    ("account_on", "account_before"),
    ("induction_on", "induction_before", "induction_manner", "induction_persons"),
]


def how_far(partner: Partner) -> int:
    """The place of its state on the way; with a commitment in force the last."""
    return len(FAR) if partner.state in PROMISED else FAR.index(State(partner.state))


def in_order(one: Partner, other: Partner) -> tuple[Partner, Partner]:
    """The row to be kept, and the one that goes into it: the one that is further stays, else the older one."""
    return (one, other) if (how_far(one), -one.pk) >= (how_far(other), -other.pk) else (other, one)


def against(kept: Partner, gone: Partner, one_owner: bool = False) -> list[str]:
    """Why the two cannot be joined so. `one_owner`: their organisations are being joined in the same act."""
    names = {"kept": _with_state(kept), "gone": _with_state(gone)}
    if kept.pk == gone.pk:
        return [_("These are one and the same row.")]
    if (kept.region_id, kept.role) != (gone.region_id, gone.role):
        return [_("Only two rows of one role in one region can be joined.")]
    if kept.organisation_id != gone.organisation_id and not one_owner:
        return [_("They belong to two organisations: ask Kaikukeskus to join those, and these are joined with them.")]
    if kept.state in PROMISED and gone.state in PROMISED:
        return [_("%(kept)s and %(gone)s both have a commitment in force: end one of them first.") % names]
    if how_far(gone) > how_far(kept):
        return [_("Keep the other one, which is further: %(gone)s.") % names]
    if gone.commitments.filter(state__in=UNFINISHED).exists():
        said = _("The commitment of %(gone)s is unfinished: close that first, so that nobody signs it.")
        return [said % names]
    return []


def _with_state(partner: Partner) -> str:
    return f"{partner} ({partner.get_state_display()})"


@transaction.atomic
def join_partners(kept: Partner, gone: Partner, by: Person) -> Partner:
    """The two rows of one partner are one: commitments, notes, questions to the contact person and all else of the gone
    one belong to the kept one, which also takes what it lacked itself. History says so, and keeps both pasts.

    The pair joins partners of its own municipalities, Kaikukeskus any. Raises Refused for what `against` says.
    """
    region = locked(kept.region_id)
    kept, gone = (read_anew(one, "organisation", "region", "contact") for one in (kept, gone))
    acting(by, region, list(gone.municipalities.values_list("pk", flat=True)))
    who = acting(by, region, list(kept.municipalities.values_list("pk", flat=True)))
    if wrong := against(kept, gone):
        raise Refused(wrong)
    join_rows(kept, gone, region, who)
    return kept


def join_rows(kept: Partner, gone: Partner, region: Region, who: Acting) -> None:
    """The same within a transaction that has locked the region and found nothing against it."""
    taken, former = _taken(kept, gone), contact_that_goes(kept, gone)
    kept.former_units = with_lines(kept.former_units, *gone.former_units.split("\n"))
    kept.save()
    overtake(ContactCheck.objects.filter(partner=gone))
    move(gone, kept)
    Joined.objects.filter(kind=PARTNER, kept=gone.pk).update(kept=kept.pk)
    Joined.objects.create(kind=PARTNER, gone=gone.pk, kept=kept.pk, name=str(gone))
    act = record(region, who, "partners_joined", kept, gone=gone.pk, former=former.pk if former else None, **taken)
    if former:
        later("adoption.joining.letters.contact_goes", act.pk)
    Partner.objects.filter(pk=gone.pk).delete()
    if kept.state == State.COMMITTED:
        activate_if_ready(kept, region, who)


def contact_that_goes(kept: Partner, gone: Partner) -> Person | None:
    """Who no longer is a contact person by this: the other row's, where the kept one has its own."""
    return gone.contact if kept.contact_id and gone.contact_id != kept.contact_id else None


def _taken(kept: Partner, gone: Partner) -> dict[str, Any]:
    """What the kept row takes since it had none; what history says of it, by which checks replay it."""
    if kept.contact is None and gone.contact and not alone(gone.contact).is_active:
        gone.contact = None
    said: dict[str, Any] = {}
    for first, *more in TAKEN:
        if not _any(kept, first, *more) and _any(gone, first, *more):
            for field in (first, *more):
                setattr(kept, field, getattr(gone, field))
            said[first] = _written(getattr(gone, first))
    return {key: said.get(key) for key in ("contact", "account_on", "induction_on")}


def _any(partner: Partner, *fields: str) -> bool:
    return any(getattr(partner, field) not in (None, "", False) for field in fields)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value.pk if isinstance(value, Person) else value
