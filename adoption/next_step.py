"""What is next for a partner, whose turn is it, and which rule of Kaikukeskus's stands in the way?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.access import KAIKUKESKUS
from adoption.marking import again_soon
from adoption.models import Partner
from adoption.operating_model import DEFAULT, MODELS
from adoption.templatetags.kaiku import day

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAIR = "pair"
State = Partner.State
SAID_NO = Q(state=State.CANDIDATE, interest=Partner.Interest.NO)
Commitment = Any  # the model of the layer above, which nothing here imports


class Rule(NamedTuple):
    """Kaikukeskus's own words, and where they stand."""

    quote: str
    source: "StrOrPromise"


S3 = gettext_lazy("Kaikukeskus's slides 2024")
R5 = Rule("Uusista kortinjakajista keskustellaan ensin Kaikukeskuksen kanssa.", S3)
R6 = Rule("Toimijoiden kriteeri: suurin osa asiakkaista tiukassa taloudellisessa tilanteessa.", S3)
R7 = Rule(
    "Huolehtivat, että jokaisella Kaikukortti-kohteella ja Kaikukortin jakaja-organisaatiolla on nimetty "
    "Kaikukortti-yhteyshenkilö.",
    S3,
)
R15 = Rule(
    "Tekevät Kaikukantaan tunnuksia paikallisille Kaikukortin jakajille ja kortin kulttuuri- ja liikuntakohteille.", S3
)
S4_INDUCTION = Rule(
    "Perehdytys vastuuhenkilöille, kortin jakajille, Kaikukorttikohteille ennen kokeilun aloittamista",
    gettext_lazy("Workshop slides of North Savo 2023"),
)


@dataclass(frozen=True)
class Next:
    """One sentence with the next thing, why, whose turn it is, which act does it, and the rule behind it."""

    what: str
    why: str = ""
    turn: str = ""
    act: str = ""
    rule: Rule | None = None
    commitment: Commitment = None  # the one that is on its way: its own layer says what comes next with it


def next_for(partner: Partner, commitments: Sequence[Commitment]) -> Next:
    """What is next for the partner, which has these commitments, newest first."""
    if partner.state in (State.DECLINED, State.ENDED):
        return Next(_("Nothing is waited for: the partner is not on its way."))
    if partner.state == State.ACTIVE and (going_on := unfinished(commitments)):
        return _going_on(going_on)
    if partner.state == State.ACTIVE:
        return _for_active(partner)
    if partner.state == State.COMMITTED:
        return _to_active(partner)
    if has_said_no(partner) and not unfinished(commitments):
        return Next(
            _("It has said no: record that it is not taking part, or ask it again."),
            _("It is not counted among those that are coming."), PAIR, "decline",
        )  # fmt: skip
    return _to_commitment(partner, commitments) if partner.may_commit else _to_clearance(partner)


def has_said_no(partner: Partner) -> bool:
    """Whether a candidate has answered that it does not take part; the same as SAID_NO."""
    return partner.state == State.CANDIDATE and partner.interest == Partner.Interest.NO


def unfinished(commitments: Sequence[Commitment]) -> Commitment | None:
    """The commitment that still waits for somebody."""
    return next((one for one in commitments if one.state in one.UNFINISHED), None)


def lacks(partner: Partner) -> list[str]:
    """What the partner still lacks to be active: the keys contact, account and induction."""
    has = {
        "contact": partner.contact_id is not None,
        "account": partner.account_on is not None or not MODELS[partner.committed_model or DEFAULT].needs_account,
        "induction": partner.induction_on is not None,
    }
    return [key for key, there in has.items() if not there]


def _to_clearance(partner: Partner) -> Next:
    if partner.state == State.ASKED:
        return Next(
            _("Kaikukeskus decides about the clearance."),
            _("Its commitment can be made once it is cleared."), KAIKUKESKUS, "decide", R5,
        )  # fmt: skip
    if partner.state == State.MORE_WANTED:
        return Next(
            _("Answer Kaikukeskus's question."),
            _("Its commitment can be made once it is cleared."), PAIR, "answer", R5,
        )  # fmt: skip
    return Next(
        _("Ask Kaikukeskus to clear this distributor."),
        _("A new distributor is discussed with Kaikukeskus before its commitment is made."), PAIR, "ask", R5,
    )  # fmt: skip


def _to_commitment(partner: Partner, commitments: Sequence[Commitment]) -> Next:
    if going_on := unfinished(commitments):
        return _going_on(going_on)
    why = _("Its parties, clauses and dates come from what is known here.")
    if not partner.signatory_name:
        why = _("Its signatory is not known yet: it is needed before the commitment is sent.")
    return Next(_("Draft the commitment."), why, PAIR, "draft")


def _going_on(commitment: Commitment) -> Next:
    why = _("Its state now: %(state)s.") % {"state": commitment.get_state_display()}
    return Next(_("Go on with the commitment."), why, PAIR, "commitment", commitment=commitment)


TO_ACTIVE = {
    "contact": (gettext_lazy("Name the contact person."), R7),
    "account": (gettext_lazy("Make the Kaikukanta account, and record the day."), R15),
    "induction": (gettext_lazy("Hold the induction, and record the day."), S4_INDUCTION),
}


def _for_active(partner: Partner) -> Next:
    """R21: the partners induct new and old staff at least once a year."""
    again = again_soon(partner)
    if again is None:
        return Next(_("Nothing is missing: the partner is active."))
    why = _("The yearly induction was to be held by %(day)s.") if again.is_late else _("It is due by %(day)s.")
    return Next(
        _("Hold the yearly induction, and record the day."), why % {"day": day(again.by)}, PAIR, "induction"
    )  # fmt: skip


def _to_active(partner: Partner) -> Next:
    missing = lacks(partner)
    if not missing:  # the service that sets the last condition makes it active; so this is not seen
        return Next(_("Nothing is missing: the partner is active."))
    what, rule = TO_ACTIVE[missing[0]]
    why = _("It becomes active when nothing is missing any more.")
    return Next(str(what), why, PAIR, missing[0], rule)


def said_to_contact(partner: Partner, commitments: Sequence[Commitment]) -> str:
    """The same for the partner's own contact person, in plain words, where no commitment is being signed."""
    if partner.state == State.COMMITTED:
        return str(CONTACT_TOLD[lacks(partner)[0] if lacks(partner) else State.ACTIVE])
    if partner.state == State.ACTIVE and again_soon(partner):
        return str(CONTACT_TOLD["again"])
    if partner.may_commit and unfinished(commitments):
        return _("Your commitment is being prepared. You get a mail when it can be signed.")
    return str(CONTACT_TOLD[State.CLEARED if partner.may_commit else partner.state])


def being_signed(commitments: Sequence[Commitment]) -> Commitment | None:
    """The commitment that has been sent to be signed: its own layer says what comes next with it."""
    return next((one for one in commitments if one.state in one.SIGNING), None)


CONTACT_TOLD: "dict[str, StrOrPromise]" = {
    State.CANDIDATE: gettext_lazy("The region is preparing your part. You need not do anything now."),
    State.ASKED: gettext_lazy("Kaikukeskus is looking at your part. You need not do anything now."),
    State.MORE_WANTED: gettext_lazy(
        "Kaikukeskus has asked the region for more information about you. The region gets in touch."
    ),
    State.CLEARED: gettext_lazy("Next, the region makes your commitment. You get a mail when it can be signed."),
    State.ACTIVE: gettext_lazy("Everything is ready: you are active."),
    State.DECLINED: gettext_lazy("You are not taking part at present."),
    State.ENDED: gettext_lazy("You are no longer taking part."),
    "contact": gettext_lazy("The region names your contact person next."),
    "account": gettext_lazy("Your commitment is in force. Next, the region makes you a Kaikukanta account."),
    "induction": gettext_lazy(
        "Your commitment is in force. Next, your staff is inducted: agree on a time with the region."
    ),
    "again": gettext_lazy("You are active. Your staff is inducted once a year: agree on a time with the region."),
}
