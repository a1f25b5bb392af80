"""What is known of one partner, what is next for it, and what can its region do about it?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from adoption import partners as services
from adoption.access import KAIKUKESKUS, holders_for_partner, may_act, partner_or_404, regions_of
from adoption.alphabet import by_name
from adoption.contacts import alarms, returned
from adoption.fields import Form
from adoption.forms import (
    AccountForm,
    AnswerForm,
    ClearanceForm,
    ContactForm,
    InductionForm,
    NothingAsked,
    ReasonForm,
)
from adoption.icons import COMMITMENT_ICONS, PARTNER_ICONS
from adoption.joined import about
from adoption.marking import again_soon
from adoption.models import Act, ContactCheck, Partner, Person
from adoption.network_list import published
from adoption.next_step import being_signed, next_for, said_to_contact, unfinished
from adoption.precedents import EARLIER, cleared_earlier
from adoption.refusal import NotYours, Refused
from adoption.silent_requests import unanswered
from adoption.views import Request
from adoption.views.partners import names_of, partner_to_change

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = Partner.State
GONE = (State.DECLINED, State.ENDED)
ALIVE = tuple(state for state in State if state not in GONE)
UNDECIDED = (State.CANDIDATE, State.MORE_WANTED, State.CLEARED)


class Signatory(NamedTuple):
    """Who signs for a partner: name, title, basis of the right to sign, address."""

    name: str
    title: str = ""
    basis: str = ""
    email: str = ""


@dataclass(frozen=True)
class PartnerAct:
    """One act of the page: its name, its form, the service it calls, and the states in which it is offered."""

    name: "StrOrPromise"
    button: "StrOrPromise"
    form: type[Form]
    do: Callable[[Partner, Person, dict[str, Any]], Partner]
    states: tuple[str, ...]
    done: "StrOrPromise"
    stops: bool = False


def _decide(partner: Partner, by: Person, said: dict[str, Any]) -> Partner:
    """Of a request that waits: one whom a colleague has cleared meanwhile is not declined by an old page."""
    if partner.state != State.ASKED:
        raise Refused([services.not_now(partner)])
    if said["decision"] == "clear":
        return services.clear(partner, by, said["message"], seen=said["seen"])
    if said["decision"] == "more":
        return services.want_more(partner, by, said["message"], said["seen"])
    return services.decline(partner, by, said["message"], said["seen"])


def decided_words(said: dict[str, Any]) -> "StrOrPromise":
    """What is said when Kaikukeskus has decided so, or asked."""
    if said["decision"] == "more":
        return _("The question is sent, and the pair gets a mail.")
    return ACTS["decide"].done


def _decline(partner: Partner, by: Person, said: dict[str, Any]) -> Partner:
    """Of one that does not wait for Kaikukeskus: a request that does is decided in its own form."""
    if partner.state == State.ASKED:
        raise Refused([services.not_now(partner)])
    return services.decline(partner, by, **said)


ACTS = {
    "decide": PartnerAct(
        _("Decide about the clearance"), _("Save the decision"), ClearanceForm, _decide,
        (State.ASKED,), _("The decision is stored, and the pair gets a mail."),
    ),
    "answer": PartnerAct(
        _("Answer Kaikukeskus's question"), _("Send the answer"), AnswerForm,
        lambda partner, by, said: services.answer_question(partner, by, **said),
        (State.MORE_WANTED,), _("The answer is sent, and the request is back in Kaikukeskus's queue."),
    ),
    "contact": PartnerAct(
        _("Name the contact person"), pgettext_lazy("verb", "Name"), ContactForm,
        lambda partner, by, said: services.name_contact(partner, by, **said),
        ALIVE, _("The contact person is %(contact)s. Whoever is new to it gets a mail."),
    ),
    "account": PartnerAct(
        _("Record the Kaikukanta account"), _("Save"), AccountForm,
        lambda partner, by, said: services.record_account(partner, by, **said),
        ALIVE, _("The day of the account is stored."),
    ),
    "induction": PartnerAct(
        _("Record the induction"), _("Save"), InductionForm,
        lambda partner, by, said: services.record_induction(partner, by, **said),
        ALIVE, _("The induction is stored."),
    ),
    "decline": PartnerAct(
        _("The partner is not taking part"), _("Not taking part"), ReasonForm, _decline,
        UNDECIDED, _("It is stored that the partner is not taking part."), stops=True,
    ),
    "end": PartnerAct(
        _("The partner has left"), _("The partner has left"), ReasonForm,
        lambda partner, by, said: services.end_partner(partner, by, **said),
        UNDECIDED, _("It is stored that the partner has left."), stops=True,
    ),
    "again": PartnerAct(
        _("Consider the partner again"), _("Consider again"), NothingAsked,
        lambda partner, by, said: services.consider_again(partner, by),
        GONE, _("The partner is a candidate again."),
    ),
}  # fmt: skip
DECIDED = ("clearance_given", "partner_declined", "partner_ended")


@require_safe
def partner(request: Request, slug: str, pk: int) -> HttpResponse:
    """The region's own view of the partner, or the plain one of its contact person."""
    found = partner_or_404(request.user, slug, pk)
    if regions_of(request.user).filter(pk=found.region_id).exists():
        return _page(request, found)
    commitments = list(found.commitments.select_related("region"))
    shown = {
        "partner": found,
        "said": said_to_contact(found, commitments),
        "again": again_soon(found),
        "being_signed": being_signed(commitments),
        "commitment": _newest(commitments),
        "signatory": _signatory(found),
        "to_call": holders_for_partner(found),
        "published": published(found),
        "may_leave": found.contact_id == request.user.pk and found.state not in GONE,
        "leaving": found.contact_checks.standing().exclude(state=ContactCheck.State.ASKED).first(),
        "is_listed": found.state in (State.COMMITTED, State.ACTIVE),
    }
    return render(request, "adoption/partner_contact.html", shown)


def _newest(commitments: list[Any]) -> tuple[Any, str] | None:
    """The commitment in force, else the newest one, with its icon."""
    ordered = sorted(commitments, key=lambda one: one.state != "in_force")
    return (ordered[0], COMMITMENT_ICONS[ordered[0].state]) if ordered else None


def _signatory(found: Partner) -> Signatory | None:
    """Who signs for the partner; where that was said in its commitment only, who stands there."""
    if found.signatory_name:
        basis = found.get_signatory_basis_display() if found.signatory_basis else ""
        return Signatory(found.signatory_name, found.signatory_title, basis, found.signatory_email)
    rows = found.commitments.filter(state="in_force", parties__role="partner")
    signed = rows.values_list("parties__signed_by", "parties__signed_title").first()
    return Signatory(*signed) if signed and signed[0] else None


def partner_act(request: Request, slug: str, pk: int, act: str) -> HttpResponse:
    """One act on the partner; a link to its address shows the page with its form open."""
    found = partner_to_change(request.user, slug, pk)
    if act == "decide" and not request.user.is_kaikukeskus:
        raise NotYours
    sent = request.POST.copy() if request.method == "POST" else None
    if sent and act == "decide":
        sent["seen"] = services.mark_of(found)  # a page that comes back shows all
    form = _form(act, found, sent)
    if not form.is_valid():
        return _page(request, found, act, form)
    said = form.cleaned_data | ({"seen": request.POST.get("seen", "")} if act == "decide" else {})
    try:
        changed = ACTS[act].do(found, request.user, said)
    except Refused as refusal:
        return _page(request, partner_or_404(request.user, slug, pk), act, form, refusal)
    done = decided_words(form.cleaned_data) if act == "decide" else ACTS[act].done
    messages.success(request, str(done) % {"contact": changed.contact})
    return redirect(_next(request) or found.get_absolute_url())


def _next(request: Request) -> str:
    """The page of this site that the form came from and wants to go back to."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""


def _page(
    request: Request, found: Partner, act: str = "", form: Form | None = None, refusal: Refused | None = None
) -> HttpResponse:
    commitments = list(found.commitments.select_related("region"))
    municipalities = by_name(found.municipalities.all())
    acts_here = may_act(request.user, found.region, [one.pk for one in municipalities])
    shown = {
        "partner": found,
        "region": found.region,
        "municipalities": municipalities,
        "icon": PARTNER_ICONS[found.state],
        "may_act": acts_here,
        "acts": _acts(found, commitments, request.user, act, form) if acts_here else [],
        "on_paper": acts_here and may_be_on_paper(found, commitments, request.user),
        "commitments": [(one, COMMITMENT_ICONS[one.state]) for one in commitments],
        "current": _newest(commitments),
        "signatory": _signatory(found),
        "again": again_soon(found),
        **_decisions(found),
        "stand": alarms.stand_of(found) if found.contact and found.state not in GONE else None,
        "returned_note": returned.note(),
        "returned": unanswered(found),
        "form": form,
        "reasons": refusal.reasons if refusal else [],
    }
    status = refusal.status if refusal else form.status if form else 200
    shown |= _turn(found, commitments, acts_here, request.user.is_kaikukeskus)
    return render(request, "adoption/partner.html", shown, status=status)


def _turn(found: Partner, commitments: list[Any], acts_here: bool, is_kaikukeskus: bool) -> dict[str, Any]:
    """What is next, whether it is the reader's, and whose it is else."""
    what = next_for(found, commitments)
    mine = acts_here and (what.turn == KAIKUKESKUS) == is_kaikukeskus and bool(what.turn)
    if mine and what.act == "decide":
        what = replace(what, what=str(_("Decide whether this distributor is cleared.")))
    return {"next": what, "mine": mine, "whose": "" if mine else _whose(found, what.turn)}


def may_be_on_paper(found: Partner, commitments: list[Any], by: Person) -> bool:
    """Whether it may have committed itself before it was entered here; of an uncleared one Kaikukeskus says so."""
    if found.state in (*GONE, State.COMMITTED, State.ACTIVE) or unfinished(commitments):
        return False
    return found.may_commit or by.is_kaikukeskus


def _whose(found: Partner, turn: str) -> str:
    """Whose turn it is, by name; nothing where nothing waits."""
    return "Kaikukeskus" if turn == KAIKUKESKUS else names_of(holders_for_partner(found)) if turn else ""


def _acts(
    found: Partner, commitments: list[Any], by: Person, act: str, form: Form | None
) -> list[tuple[str, PartnerAct, Form, bool]]:
    """The acts that are offered now, and the one that was just tried: key, act, form, whether it is open."""
    tried = act if form and form.is_bound else ""
    return [
        (key, one, form if form and key == act else _form(key, found), key == act)
        for key, one in ACTS.items()
        if key == tried or _offered(key, one, found, commitments, by)
    ]


def _offered(key: str, act: PartnerAct, found: Partner, commitments: list[Any], by: Person) -> bool:
    """One that has never had a commitment is declined, one that had leaves; only Kaikukeskus decides a clearance."""
    if found.state not in act.states:
        return False
    if key == "decide":
        return by.is_kaikukeskus
    if key in ("decline", "end"):
        return (key == "end") == any(one.in_force_on or one.state in ("in_force", "ended") for one in commitments)
    if key in ("account", "induction"):
        return found.may_commit or found.state in (State.COMMITTED, State.ACTIVE)
    return True


def _form(key: str, found: Partner, data: QueryDict | None = None) -> Form:
    """The act's form, with ids of its own on the page, and with what is known already."""
    known: dict[str, dict[str, Any]] = {
        "decide": {"seen": services.mark_of(found)} if key == "decide" else {},
        "answer": {"most_in_tight": found.most_in_tight},
        "contact": {"language": found.language},
        "account": {"on": None if found.account_before else found.account_on},
        "induction": {
            "on": None if found.induction_before else found.induction_on,
            "manner": found.induction_manner,
            "persons": found.induction_persons,
        },
    }
    return ACTS[key].form(data, auto_id=f"{key}_%s", initial=known.get(key))


def _decisions(found: Partner) -> dict[str, Any]:
    """The newest decision about the partner with a reason, which stays visible; whether it was cleared before entry."""
    acts = list(Act.objects.filter(about(found), what__in=(*DECIDED, EARLIER)).select_related("by", "on_behalf_of"))
    return {"decided": next((act for act in acts if act.reason), None), "cleared_earlier": cleared_earlier(acts)}
