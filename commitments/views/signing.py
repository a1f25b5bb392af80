"""What does a signatory see and do by the link in the mail? Pages for people without an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from allauth.account.adapter import get_adapter
from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption.alphabet import spelt
from adoption.fields import Form
from adoption.views.by_link import View, opened_by
from commitments import asking, certificates, reviewing, signing
from commitments.asking import Link
from commitments.forms import ForwardForm, NotSigningForm, SentCopyForm, SignForm
from commitments.letters import to_ask
from commitments.models import CertificateFile, Commitment, Document, Party, Rendition, SignatureRequest, SignedCopy
from commitments.preview import as_html
from commitments.signatories import asker_of, passings
from commitments.signing import Standing
from commitments.stored import Damaged, content_of
from commitments.turn import order_of
from commitments.views.commitments import DOCX, one_to_read
from commitments.views.files import given
from commitments.views.proof import TYPES

GONE = 410
PDF = "application/pdf"


class Visit(NamedTuple):
    """A request of HTTP by a link that this site has made: the link, and the request for a signature that it is of."""

    http: HttpRequest
    token: str
    link: Link
    asked: SignatureRequest

    @property
    def party(self) -> Party:
        return self.asked.party

    @property
    def commitment(self) -> Commitment:
        return self.asked.party.commitment

    @property
    def standing(self) -> Standing:
        return signing.standing(self.asked, self.link)

    @property
    def language(self) -> str:
        return self.asked.language

    def back(self) -> HttpResponse:
        return redirect("sign", token=self.token)


def by_link(view: View) -> View:
    """The view is open to whoever has a link."""

    @opened_by(_visit, "commitments/sign_unknown.html")
    @wraps(view)
    def opened(visit: Visit, **rest: Any) -> HttpResponseBase:
        return _answered(view, visit, rest)

    return opened


def _visit(request: HttpRequest, token: str) -> Visit | None:
    link = asking.link_in(token)
    asked = _find(link) if link else None
    return Visit(request, token, link, asked) if link and asked else None


def _answered(view: View, visit: Visit, rest: dict[str, Any]) -> HttpResponseBase:
    """What the view shows; or that a file of it is damaged, so that nobody reads or signs another than was made."""
    try:
        return view(visit, **rest)
    except Damaged as refusal:
        context = _about(visit) | {"reasons": refusal.reasons}
        return render(visit.http, "commitments/sign_damaged.html", context, status=refusal.status)


def _find(link: Link) -> SignatureRequest | None:
    commitment = "party__commitment"
    found = SignatureRequest.objects.select_related(
        "party__municipality", "party__county", f"{commitment}__region", f"{commitment}__partner__organisation"
    )
    return found.filter(pk=link.request).first()


# -- reading ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def sign(visit: Visit) -> HttpResponse:
    """The commitment with its form; a POST signs. Reading changes nothing."""
    if visit.http.method != "POST":
        return _page(visit)
    form = SignForm(visit.http.POST)
    return _done(visit, form, lambda: signing.sign_by_link(visit.link, form.answer(_address_of(visit.http))))


def _address_of(request: HttpRequest) -> str:
    """The visitor's network address, as far as our own proxies say it."""
    return get_adapter(request).get_client_ip(request) or ""


def _done(visit: Visit, form: Form, act: Callable[[], Commitment], said: str = "") -> HttpResponse:
    """Done and back to the page; or the page once more, with what was typed and why it was refused."""
    if form.done(act):
        if said:
            messages.success(visit.http, said)
        return visit.back()
    return _page(visit._replace(asked=_find(visit.link) or visit.asked), form)


def _page(visit: Visit, form: Form | None = None) -> HttpResponse:
    """What the link is good for now decides which page it is."""
    status = form.status if form else 200
    context = _about(visit) | {"form": form}
    if visit.standing in (Standing.OLD, Standing.EXPIRED, Standing.STOPPED):
        context |= _gone(visit)
        return render(visit.http, "commitments/sign_gone.html", context, status=form.status if form else GONE)
    if visit.standing != Standing.OPEN:  # sent once more, perhaps by a second click: the page says how it stands
        context |= _shown(visit) | {"form": None}
        return render(visit.http, "commitments/sign_answered.html", context, status=status)
    context |= _shown(visit) | _forms(visit, form)
    return render(visit.http, "commitments/sign.html", context, status=status)


def _gone(visit: Visit) -> dict[str, Any]:
    """Why nothing is signed by this link any more, and whether a new one may be asked for from it."""
    since = passings(visit.commitment, [visit.party])[visit.party.pk]
    return {
        "can_renew": signing.can_renew(visit.asked, visit.link),
        "passed": signing.is_passed(visit.asked, visit.link),
        "passings": [one for one in since if one.number > visit.link.round],
    }


def _about(visit: Visit) -> dict[str, Any]:
    """What every page of a link says."""
    return {
        "token": visit.token,
        "asked": visit.asked,
        "party": visit.party,
        "commitment": visit.commitment,
        "region": visit.commitment.region,
        "standing": visit.standing,
        "to_ask": to_ask(visit.commitment),
    }


def _shown(visit: Visit) -> dict[str, Any]:
    """The document to read, and who has signed."""
    edition = visit.commitment.edition
    assert edition  # nothing is sent to be signed without its papers
    documents = list(edition.documents.prefetch_related("renditions"))
    wanted = visit.http.POST.get("language") or visit.http.GET.get("language")
    shown = one_to_read(documents, wanted)
    return {
        "edition": edition,
        "documents": documents,
        "shown": shown,
        "html": as_html(content_of(shown)),
        "parties": list(visit.commitment.parties.select_related("municipality", "county", "request")),
        "order": order_of(visit.commitment),
        "sender": asker_of(visit.party),
        "is_named": _is_named(visit),
        "turn": [party.pk for party in asking.whose_turn(visit.commitment)],
        "passings": passings(visit.commitment, [visit.party])[visit.party.pk],
        "copies": visit.party.sent_copies.exclude(state=SignedCopy.State.ACCEPTED).order_by("-pk"),
    }


def _forms(visit: Visit, form: Form | None) -> dict[str, Any]:
    """The page's forms: that which was refused, and the others empty."""
    forms: dict[str, Form] = {
        "sign_form": SignForm(), "forward": ForwardForm(visit.party), "decline": NotSigningForm(),
        "copy": SentCopyForm(),
    }  # fmt: skip
    found = {name: form if isinstance(form, type(one)) else one for name, one in forms.items()}
    if not _is_named(visit):
        found["sign_form"].fields["name"].help_text = _("Type your first name and surname.")
    return found


def _is_named(visit: Visit) -> bool:
    """Whether the one who is asked is the one whom the document names."""
    return spelt(visit.asked.name) == spelt(visit.party.named)


# -- files ------------------------------------------------------------------------------------------------------------


@require_safe
@by_link
def sign_document(visit: Visit, document: int) -> FileResponse:
    """The DOCX that is signed."""
    found = _document(visit, document)
    return given(found, found.file_name, DOCX)


@require_safe
@by_link
def sign_pdf(visit: Visit, document: int) -> FileResponse:
    """The same as PDF, where one has been made."""
    found = get_object_or_404(_document(visit, document).renditions, form=Rendition.Form.PDF)
    return given(found, found.file_name, PDF)


@require_safe
@by_link
def sign_sealed(visit: Visit, document: int) -> FileResponse:
    """The PDF with the site's seal, for one who has signed, once it is in force."""
    _signed(visit)
    found = get_object_or_404(_document(visit, document).renditions, form=Rendition.Form.SEALED)
    return given(found, found.file_name, PDF)


@require_safe
@by_link
def sign_certificate(visit: Visit, language: str) -> FileResponse:
    """The certificate of the signatures, for one who has signed, once it is in force."""
    made = CertificateFile.objects.select_related("certificate")
    found = get_object_or_404(made, certificate__commitment=_signed(visit), language=language)
    name, kind = certificates.file_name(found), TYPES[CertificateFile.Form(found.form)]
    return given(found, name, kind)


def _signed(visit: Visit) -> Commitment:
    """The commitment of one who has signed it by this link; its proof is nobody else's by a link."""
    if visit.standing != Standing.SIGNED:
        raise Http404
    return visit.commitment


def _document(visit: Visit, pk: int) -> Document:
    if visit.standing not in (Standing.OPEN, Standing.SIGNED, Standing.DECLINED):
        raise Http404
    found = Document.objects.select_related("edition__commitment")
    return get_object_or_404(found, pk=pk, edition=visit.commitment.edition)


# -- acts -------------------------------------------------------------------------------------------------------------


@require_POST
@by_link
def sign_decline(visit: Visit) -> HttpResponse:
    """The signatory will not sign."""
    form = NotSigningForm(visit.http.POST)
    return _done(visit, form, lambda: signing.decline_by_link(visit.link, form.cleaned_data["reason"]))


@require_POST
@by_link
def sign_forward(visit: Visit) -> HttpResponse:
    """Somebody else of the organisation is asked instead."""
    form = ForwardForm(visit.party, visit.http.POST)
    said = _("The request has been passed on. Your own link no longer works.")
    return _done(visit, form, lambda: signing.forward(visit.link, **form.cleaned_data), said)


@require_POST
@by_link
def sign_copy(visit: Visit) -> HttpResponse:
    """A copy signed elsewhere is sent."""
    if not consume(visit.http, action="send_copy"):
        return render(visit.http, "429.html", status=429)
    form = SentCopyForm(visit.http.POST, visit.http.FILES)

    def act() -> Commitment:
        return reviewing.send_copy(visit.link, form.content(), form.cleaned_data["file"].name)

    return _done(visit, form, act, _("The signed copy has been received."))


@require_POST
@by_link
def sign_renew(visit: Visit) -> HttpResponse:
    """A new link is sent to the address on record."""
    form = Form(visit.http.POST)
    said = _("A new link is on its way to the address that the request was sent to.")
    return _done(visit, form, lambda: signing.renew_by_link(visit.link), said)
