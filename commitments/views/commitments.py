"""What do the pages of commitments show, and which service does each of their forms call?"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from adoption.access import holders_for_partner, region_or_404
from adoption.icons import COMMITMENT_ICONS
from adoption.models import Person
from adoption.refusal import NotYours
from commitments import reviewing, services, signing
from commitments.access import (
    commitment_or_404,
    copy_or_404,
    document_or_404,
    editions_for,
    may_act_in,
    reads_region,
)
from commitments.asking import request_of, token_of, whose_turn
from commitments.examining import reasons
from commitments.forms import (
    ActForm,
    CheckForm,
    CloseForm,
    CopyForm,
    DraftForm,
    KaikukantaForm,
    ReasonForm,
    ReviewForm,
    SignatoryForm,
)
from commitments.models import Commitment, Document, Party, SignedCopy
from commitments.preview import as_html
from commitments.renewing import older_drafts
from commitments.told import history_of
from commitments.turn import next_of, order_of, unsigned

State = Commitment.State
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OVER = (State.DECLINED, State.SUPERSEDED, State.ENDED)


class Request(HttpRequest):
    """A request of somebody who has signed in: no other reaches these views."""

    user: Person


# -- reading ----------------------------------------------------------------------------------------------------------


@require_safe
def commitments(request: Request, slug: str) -> HttpResponse:
    """The region's commitments: what waits first, the oldest on top, then what is in force, then what is over."""
    region = region_or_404(request.user, slug)
    may = may_act_in(request.user, region)
    found = region.commitments.select_related("region", "partner__organisation")
    parties = Party.objects.select_related("municipality", "county", "request")
    found = found.prefetch_related(Prefetch("parties", parties), "editions", "copies", "partner__municipalities")
    rows = [_row(one, request.user, may(one)) for one in found]
    groups = {
        "waiting": [row for row in reversed(rows) if row["commitment"].state in Commitment.UNFINISHED],
        "in_force": [row for row in rows if row["commitment"].state == State.IN_FORCE],
        "over": [row for row in rows if row["commitment"].state in OVER],
    }
    yours = next((row for row in groups["waiting"] if row["next"].yours), None)
    older = older_drafts().filter(region=region).count() if groups["waiting"] else 0
    context = {"region": region, "yours": yours, "older": older, **groups}
    return render(request, "commitments/commitments.html", context)


def _row(commitment: Commitment, person: Person, may_act: bool) -> dict[str, Any]:
    parties = list(commitment.parties.all())
    return {
        "commitment": commitment,
        "icon": COMMITMENT_ICONS[commitment.state],
        "next": next_of(commitment, person, may_act),
        "signed": len(parties) - len(unsigned(commitment)),
        "parties": parties,
    }


@require_safe
def commitment(request: Request, slug: str, pk: int) -> HttpResponse:
    """One commitment: whose turn, its parties, its documents, its history."""
    return _shown(request, commitment_or_404(request.user, slug, pk))


def _shown(request: Request, commitment: Commitment, form: ActForm | None = None) -> HttpResponse:
    _prefetch(commitment)
    parties = list(commitment.parties.all())
    may_act = may_act_in(request.user, commitment.region)(commitment)
    editions = editions_for(request.user, commitment).select_related("made_by")
    context = _about(request, commitment) | {
        "form": form,
        "parties": parties,
        "may_act": may_act,
        "next": next_of(commitment, request.user, may_act),
        "missing": services.missing_signatories(commitment) if commitment.state == State.DRAFT else [],
        "editions": list(editions.prefetch_related("documents__renditions")),
        "copies": [(copy, reasons(copy.found)) for copy in commitment.copies.all()],
        "replacements": commitment.replacements.select_related("region").order_by("pk"),
        "history": history_of(commitment, parties),
        "to_ask": _to_ask(request.user, commitment),
    }
    context |= _signing(request.user, commitment, parties)
    return render(request, "commitments/commitment.html", context, status=form.status if form else 200)


def _prefetch(commitment: Commitment) -> None:
    """Everything that the page asks of the commitment's parties, copies and papers."""
    parties = Party.objects.select_related("municipality", "county", "copy", "recorded_by", "request")
    copies = SignedCopy.objects.select_related("uploaded_by", "reviewed_by", "sent_by__municipality", "sent_by__county")
    prefetch_related_objects(
        [commitment], "editions", Prefetch("parties", parties), Prefetch("copies", copies.order_by("pk")),
        "partner__municipalities",
    )  # fmt: skip


def _signing(person: Person, commitment: Commitment, parties: list[Party]) -> dict[str, Any]:
    """Who is asked, and how it goes."""
    waiting = [copy for copy in commitment.copies.all() if copy.state == SignedCopy.State.WAITING]
    return {
        "waiting_copy": waiting[0] if waiting else None,
        "turn": [party.pk for party in whose_turn(commitment)],
        "mailed": signing.mails_about(parties),
        "order": order_of(commitment),
        "my_link": _link_of(person, parties),
    }


def _link_of(person: Person, parties: list[Party]) -> str:
    """The address by which the reader signs, whom a link was mailed to; nothing for others."""
    for request in filter(None, map(request_of, parties)):
        if request.state == request.State.SENT and request.email.lower() == person.email.lower():
            return reverse("sign", args=[token_of(request)])
    return ""


def _to_ask(person: Person, commitment: Commitment) -> list[Person]:
    """Whom the partner's contact person asks."""
    is_contact = commitment.partner and commitment.partner.contact_id == person.pk
    return holders_for_partner(commitment.partner) if commitment.partner and is_contact else []


def _about(request: Request, commitment: Commitment) -> dict[str, Any]:
    """What every page of a commitment shows in its head."""
    return {
        "commitment": commitment,
        "region": commitment.region,
        "icon": COMMITMENT_ICONS[commitment.state],
        "reads_region": reads_region(request.user, commitment.region),
    }


@require_safe
def commitment_preview(request: Request, slug: str, pk: int) -> HttpResponse:
    """The document as it is stored: all its languages with the form that checks them, or one language to read."""
    return _previewed(request, commitment_or_404(request.user, slug, pk))


def _previewed(request: Request, commitment: Commitment, form: CheckForm | None = None) -> HttpResponse:
    edition = commitment.edition
    if edition is None or edition.made_at is None:
        return redirect(commitment)
    documents = list(edition.documents.all())
    may_act = may_act_in(request.user, commitment.region)(commitment)
    checks = commitment.state == State.DRAFT and may_act
    shown = _to_read(documents, request.GET.get("language"), checks)
    context = _about(request, commitment) | {
        "edition": edition,
        "documents": documents,
        "shown": [(document, as_html(content_of(document))) for document in shown],
        "form": form,
        "checks": checks,
        "may_check": checks and shown == documents,
        "next": next_of(commitment, request.user, may_act),
        "missing": services.missing_signatories(commitment),
    }
    return render(request, "commitments/preview.html", context, status=form.status if form else 200)


def _to_read(documents: list[Document], wanted: str | None, checks: bool) -> list[Document]:
    """The wanted language; else all of them for one who checks, so that nobody checks a language unopened, and the
    reader's own for others."""
    if checks and wanted not in [document.language for document in documents]:
        return documents
    return [one_to_read(documents, wanted)]


def one_to_read(documents: list[Document], wanted: str | None) -> Document:
    """The document in the wanted language; else in the reader's own, if there is one."""
    by_language = {document.language: document for document in documents}
    return by_language.get(wanted or "") or by_language.get(get_language() or "") or documents[0]


def content_of(document: Document) -> bytes:
    """The stored DOCX."""
    with document.file.open() as file:
        return file.read()


# -- files ------------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def document(request: Request, slug: str, pk: int, document: int) -> FileResponse:
    """The stored DOCX, to be kept on the person's own machine."""
    commitment = commitment_or_404(request.user, slug, pk)
    found = document_or_404(request.user, commitment, document)
    return FileResponse(found.file.open(), as_attachment=True, filename=found.file_name, content_type=DOCX)


@never_cache
@require_safe
def signed_copy(request: Request, slug: str, pk: int, copy: int) -> FileResponse:
    """The signed PDF as it was uploaded."""
    found = copy_or_404(commitment_or_404(request.user, slug, pk), copy)
    return FileResponse(found.file.open(), as_attachment=True, filename=found.name, content_type="application/pdf")


# -- acts -------------------------------------------------------------------------------------------------------------


ALLOWED = {
    "commitment_edit": (State.DRAFT, State.CHECKED),
    "commitment_copy": Commitment.SIGNING,
    "commitment_kaikukanta": Commitment.SIGNING,
    "commitment_decline": Commitment.UNFINISHED,
    "commitment_end": (State.IN_FORCE,),
    "commitment_replace": (State.IN_FORCE, *Commitment.SIGNING),
    "commitment_ask": Commitment.SIGNING,
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
    form: ActForm,
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
    context = _about(request, commitment) | {"form": form} | more
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
    return _previewed(request, one, form)


@require_POST
def commitment_send(request: Request, slug: str, pk: int) -> HttpResponse:
    """The commitment awaits its signatures."""
    one = _mine(request, slug, pk)
    form = ActForm(request.POST)
    if form.done(lambda: services.send(one, request.user)):
        messages.success(request, _("The commitment awaits its signatures."))
        return redirect(one)
    return _shown(request, one, form)


def commitment_copy(request: Request, slug: str, pk: int) -> HttpResponse:
    """The signed copy is uploaded, and the parties whose signatures it bears have signed."""
    one = _mine(request, slug, pk)
    form = CopyForm(one, request.user, *((request.POST, request.FILES) if request.method == "POST" else ()))

    def act() -> Commitment:
        seen = form.cleaned_data["seen"]
        return services.record_copy(one, request.user, form.content(), form.file_name, form.signatures(), seen)

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
    given = {name: getattr(row, f"signatory_{name}") for name in ("name", "title", "email")}
    form = SignatoryForm(_sent(request), initial=given)

    def act() -> Commitment:
        return signing.ask_anew(one, request.user, row.pk, **form.cleaned_data)

    said = _("The signatory is asked: the link is mailed when it is the party's turn.")
    return _form_page(request, one, "commitment_ask", form, act, said, party=row)


def commitment_review(request: Request, slug: str, pk: int, copy: int) -> HttpResponse:
    """A signed copy that a signatory has sent is accepted, with the parties whose signatures it bears, or refused."""
    one = _mine(request, slug, pk)
    row = get_object_or_404(one.copies.select_related("sent_by__municipality", "sent_by__county"), pk=copy)
    refused = request.POST.get("act") == "refuse"
    yes = ReviewForm(one, row, request.user, *(() if refused else (_sent(request),)))
    no = ReasonForm(_sent(request) if refused else None, prefix="no")
    about = {"copy": row, "found": reasons(row.found), "broken": services.is_broken(row.found), "yes": yes, "no": no}

    def accept() -> Commitment:
        return reviewing.accept_copy(one, request.user, row.pk, yes.signatures(), yes.cleaned_data["seen"])

    def refuse() -> Commitment:
        return reviewing.refuse_copy(one, request.user, row.pk, no.cleaned_data["reason"])

    if refused:
        said = _("The copy was not accepted, and its sender is told.")
        return _form_page(request, one, "commitment_review", no, refuse, said, **about)
    said = _("The signed copy has been accepted.")
    return _form_page(request, one, "commitment_review", yes, accept, said, **about)


def commitment_replace(request: Request, slug: str, pk: int) -> HttpResponse:
    """A new draft with the same parties; one in force stays so until the new one is."""
    one = _mine(request, slug, pk)
    said = _("The replacing draft has been made. The present commitment is in force until every party has signed it.")
    if one.state in Commitment.SIGNING:
        said = _("The replacing draft has been made. Nobody can sign the former one any more.")
    return _form_page(
        request, one, "commitment_replace", ActForm(_sent(request)), lambda: services.replace(one, request.user), said
    )
