"""Which service does each form of a commitment's pages call?"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from adoption.fields import Form
from adoption.refusal import NotYours
from commitments import moving, reviewing, services, signing
from commitments.access import commitment_or_404, may_act_in
from commitments.examining import reasons
from commitments.forms import (
    CheckForm,
    CloseForm,
    CopyForm,
    DraftForm,
    KaikukantaForm,
    MoveSigningForm,
    ReasonForm,
    ReviewForm,
    SignatoryForm,
)
from commitments.models import Commitment, Party
from commitments.views.commitments import Request, about, previewed, shown

State = Commitment.State
ALLOWED = {
    "commitment_edit": (State.DRAFT, State.CHECKED),
    "commitment_copy": Commitment.SIGNING,
    "commitment_kaikukanta": Commitment.SIGNING,
    "commitment_decline": Commitment.UNFINISHED,
    "commitment_end": (State.IN_FORCE,),
    "commitment_replace": (State.IN_FORCE, *Commitment.SIGNING),
    "commitment_ask": Commitment.SIGNING,
    "commitment_move": Commitment.SIGNING,
    "commitment_review": Commitment.SIGNING,
}


def _mine(request: Request, slug: str, pk: int) -> Commitment:
    """The commitment, if the person may act for it. Raises NotYours for one who only reads it."""
    commitment = commitment_or_404(request.user, slug, pk)
    if not may_act_in(request.user, commitment.region)(commitment):
        raise NotYours
    return commitment


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _form_page(
    request: Request,
    commitment: Commitment,
    name: str,
    form: Form,
    act: Callable[[], Commitment],
    said: str,
    **more: Any,
) -> HttpResponse:
    """The page of one form: shown, refused with what was typed, or done and back to the commitment.

    A state in which the act cannot be done has no form to show; what is sent all the same the service refuses.
    """
    if request.method == "POST" and (done := form.done(act)):
        messages.success(request, said)
        return redirect(done)
    if request.method != "POST" and commitment.state not in ALLOWED[name]:
        messages.warning(request, services.not_now(commitment))
        return redirect(commitment)
    context = about(request, commitment) | {"form": form} | more
    return render(request, f"commitments/{name}.html", context, status=form.status)


def commitment_edit(request: Request, slug: str, pk: int) -> HttpResponse:
    """Signatories, record numbers and dates; the documents are made anew."""
    one = _mine(request, slug, pk)
    form = DraftForm(one, request.user, _sent(request))
    said = _("The draft has been saved, and its documents are being made anew. Read and check them then.")
    return _form_page(
        request, one, "commitment_edit", form, lambda: services.change_draft(one, request.user, **form.changes()), said
    )


@require_POST
def commitment_check(request: Request, slug: str, pk: int) -> HttpResponse:
    """The very edition that the preview page showed is checked."""
    one = _mine(request, slug, pk)
    form = CheckForm(request.POST)
    if form.done(lambda: services.check(one, request.user, form.cleaned_data["manifest"])):
        messages.success(request, _("The document has been checked. Send it to be signed."))
        return redirect(one)
    return previewed(request, one, form)


@require_POST
def commitment_send(request: Request, slug: str, pk: int) -> HttpResponse:
    """The commitment awaits its signatures."""
    one = _mine(request, slug, pk)
    form = Form(request.POST)
    if form.done(lambda: services.send(one, request.user)):
        messages.success(request, _("The commitment awaits its signatures."))
        return redirect(one)
    return shown(request, one, form)


def commitment_copy(request: Request, slug: str, pk: int) -> HttpResponse:
    """The signed copy is uploaded, and the parties whose signatures it bears have signed."""
    one = _mine(request, slug, pk)
    form = CopyForm(one, request.user, *((request.POST, request.FILES) if request.method == "POST" else ()))

    def act() -> Commitment:
        seen = form.cleaned_data["seen"]
        return reviewing.record_copy(one, request.user, form.content(), form.file_name, form.signatures(), seen)

    return _form_page(request, one, "commitment_copy", form, act, _("The signed copy has been stored."))


def commitment_kaikukanta(request: Request, slug: str, pk: int) -> HttpResponse:
    """Acknowledged in Kaikukanta, for all parties that have not signed or some of them."""
    one = _mine(request, slug, pk)
    form = KaikukantaForm(one, _sent(request))

    def act() -> Commitment:
        return services.record_kaikukanta(one, request.user, **form.cleaned_data)

    return _form_page(request, one, "commitment_kaikukanta", form, act, _("The acknowledgement has been stored."))


def commitment_decline(request: Request, slug: str, pk: int) -> HttpResponse:
    """A party will not sign, or the signing is stopped."""
    one = _mine(request, slug, pk)
    form = CloseForm(one, _sent(request))
    said = _("The commitment has been closed unsigned.")
    return _form_page(
        request, one, "commitment_decline", form, lambda: services.decline(one, request.user, **form.cleaned_data), said
    )


def commitment_end(request: Request, slug: str, pk: int) -> HttpResponse:
    """A commitment in force ends."""
    one = _mine(request, slug, pk)
    form, said = ReasonForm(_sent(request)), _("The commitment has ended.")
    return _form_page(
        request, one, "commitment_end", form, lambda: services.end(one, request.user, form.cleaned_data["reason"]), said
    )


def commitment_ask(request: Request, slug: str, pk: int, party: int) -> HttpResponse:
    """The party's signatory, perhaps another one or at another address, has a new link."""
    one = _mine(request, slug, pk)
    row = get_object_or_404(one.parties.select_related("municipality", "county"), pk=party)
    given = {name: getattr(row, f"signatory_{name}") for name in ("name", "title", "email", "basis")}
    if row.role == Party.Role.KAIKUKESKUS and not row.signatory_email and request.user.name == row.signatory_name:
        given["email"] = request.user.email
    form = SignatoryForm(row, _sent(request), initial=given)

    def act() -> Commitment:
        return signing.ask_anew(one, request.user, row.pk, **form.cleaned_data)

    said = _("The signatory is asked: the link leaves now, or when it is the party's turn.")
    return _form_page(request, one, "commitment_ask", form, act, said, party=row)


def commitment_move(request: Request, slug: str, pk: int) -> HttpResponse:
    """It is to be signed by another day."""
    one = _mine(request, slug, pk)
    form = MoveSigningForm(one, _sent(request))

    def act() -> Commitment:
        return moving.move_sign_by(one, request.user, **form.cleaned_data)

    said = _("The day has been moved, and those who were asked are told.")
    return _form_page(request, one, "commitment_move", form, act, said)


def commitment_review(request: Request, slug: str, pk: int, copy: int) -> HttpResponse:
    """A signed copy that a signatory has sent is accepted, with the parties whose signatures it bears, or refused."""
    one = _mine(request, slug, pk)
    row = get_object_or_404(one.copies.select_related("sent_by__municipality", "sent_by__county"), pk=copy)
    refused = request.POST.get("act") == "refuse"
    yes = ReviewForm(one, row, request.user, *(() if refused else (_sent(request),)))
    no = ReasonForm(_sent(request) if refused else None, prefix="no")
    more = {"copy": row, "found": reasons(row.found), "broken": reviewing.is_broken(row.found), "yes": yes, "no": no}

    def accept() -> Commitment:
        return reviewing.accept_copy(one, request.user, row.pk, yes.signatures(), yes.cleaned_data["seen"])

    def refuse() -> Commitment:
        return reviewing.refuse_copy(one, request.user, row.pk, no.cleaned_data["reason"])

    if refused:
        said = _("The copy was not accepted, and its sender is told.")
        return _form_page(request, one, "commitment_review", no, refuse, said, **more)
    said = _("The signed copy has been accepted.")
    return _form_page(request, one, "commitment_review", yes, accept, said, **more)


def commitment_replace(request: Request, slug: str, pk: int) -> HttpResponse:
    """A new draft with the same parties; one in force stays so until the new one is."""
    one = _mine(request, slug, pk)
    said = _("The replacing draft has been made. The present commitment is in force until every party has signed it.")
    if one.state in Commitment.SIGNING:
        said = _("The replacing draft has been made. Nobody can sign the former one any more.")
    return _form_page(
        request, one, "commitment_replace", Form(_sent(request)), lambda: services.replace(one, request.user), said
    )
