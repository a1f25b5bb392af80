"""How are many commitments checked and sent at once, who has signed them, and how are the silent reminded?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption.access import may_act, region_or_404
from adoption.models import Region
from adoption.refusal import NotYours, Refused
from commitments.access import commitment_or_404, may_act_in
from commitments.models import Commitment, Document, Party
from commitments.preview import as_html
from commitments.reminding import remind_all, remind_now, with_requests
from commitments.stored import content_of
from commitments.together import Lack, Sent, lacks_of_draft, send_all, to_send
from commitments.together_forms import SendForm
from commitments.views.commitments import Request
from commitments.who_signed import Answer, answers_of

# -- checking and sending ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def commitments_send(request: Request, slug: str) -> HttpResponse:
    """The drafts, what differs in them and what each lacks; one of them to be read whole; and the act that sends
    them."""
    region = region_or_404(request.user, slug)
    if not may_act(request.user, region):
        raise NotYours
    form = SendForm(*([request.POST] if request.method == "POST" else []))
    if form.is_valid() and _sent(form, region, request):
        return redirect("commitments_signing", region.slug)
    return render(request, "commitments/commitments_send.html", _drafts(region, request, form), status=form.status)


def _sent(form: SendForm, region: Region, request: Request) -> bool:
    """Whether all that were chosen have been sent; those that were left stand in the form's summary."""
    try:
        sent = send_all(region, request.user, form.cleaned_data["seen"])
    except Refused as refusal:
        form.refuse(refusal)
        return False
    _tell_sent(request, sent)
    if sent.left:
        form.refuse(Refused([str(one) for one in sent.left]))
    return not sent.left


def _tell_sent(request: Request, sent: Sent) -> None:
    if sent.now:
        said = ngettext(
            "%(count)s commitment has been checked and sent to be signed.",
            "%(count)s commitments have been checked and sent to be signed.",
            sent.now,
        )
        messages.success(request, said % {"count": sent.now})
    if sent.before:
        said = ngettext(
            "%(count)s commitment had been sent already.", "%(count)s commitments had been sent already.", sent.before
        )
        messages.info(request, said % {"count": sent.before})


def _drafts(region: Region, request: Request, form: SendForm) -> dict[str, Any]:
    found = to_send(region).select_related("region", "partner__organisation", "partner__contact")
    found = found.prefetch_related(with_requests(), "editions__documents", "partner__municipalities", "region__members")
    may = may_act_in(request.user, region)
    drafts = [_draft(one, form) for one in found if may(one)]
    ready = [draft for draft in drafts if draft["seen"]]
    return {
        "region": region, "form": form, "drafts": drafts, "ready": ready,
        "read": _to_read(ready, request.GET.get("read", "")),
        "making": sum(draft["is_waiting"] for draft in drafts),
    }  # fmt: skip


def _to_read(ready: list[dict[str, Any]], wanted: str) -> list[dict[str, Any]]:
    """One whole paper of each role and operating model, whose clauses differ: the wanted one, else the first."""
    chosen: dict[tuple[str, str], dict[str, Any]] = {}
    for draft in sorted(ready, key=lambda one: str(one["commitment"].pk) != wanted):
        one = draft["commitment"]
        chosen.setdefault((one.partner.role, one.operating_model), draft)
    for draft in chosen.values():
        draft["whole"] = [(document, as_html(content_of(document))) for document in draft["documents"]]
    return list(chosen.values())


def _draft(commitment: Commitment, form: SendForm) -> dict[str, Any]:
    """A draft as its row shows it: what its papers say, what it lacks, and by which words it is chosen."""
    edition = commitment.edition
    documents = list(edition.documents.all()) if edition and edition.made_at else []
    lacks: list[Lack] = lacks_of_draft(commitment)
    seen = f"{commitment.pk}:{edition.number}:{edition.manifest_sha256}" if edition and documents and not lacks else ""
    return {
        "commitment": commitment, "documents": documents, "lacks": lacks, "seen": seen,
        "chosen": seen in form.ticked if form.is_bound else True,
        "is_waiting": bool(edition and edition.is_waiting), "fault": edition.get_fault_display() if edition else "",
        "said": _said(documents), "parties": list(commitment.parties.all()),
    }  # fmt: skip


def _said(documents: list[Document]) -> dict[str, Any]:
    """What the first of the papers says that differs from partner to partner."""
    return documents[0].facts if documents else {}


# -- who has signed ---------------------------------------------------------------------------------------------------


@require_safe
def commitments_signing(request: Request, slug: str) -> HttpResponse:
    """Each partner's commitment: who has signed, who is silent, who has declined."""
    region = region_or_404(request.user, slug)
    answers = answers_of(region, request.user)
    show = request.GET.get("show", "")
    chosen = show if show in Answer.values else ""
    context = {
        "region": region,
        "rows": [row for row in answers.rows if not chosen or row.answer == chosen],
        "all": len(answers.rows),
        "signed": answers.count(Answer.SIGNED),
        "drafts": answers.drafts,
        "chosen": chosen,
        "choices": [("", _("All"), len(answers.rows)), *((one.value, one.label, answers.count(one)) for one in Answer)],
        "to_remind": any(row.may_act and row.can_remind for row in answers.rows),
        "may_act": may_act(request.user, region),
    }
    return render(request, "commitments/commitments_signing.html", context)


@require_POST
def commitment_remind(request: Request, slug: str, pk: int, party: int) -> HttpResponse:
    """The party's silent signatory is reminded."""
    one = commitment_or_404(request.user, slug, pk)
    if not may_act_in(request.user, one.region)(one):
        raise NotYours
    row: Party = get_object_or_404(one.parties.select_related("municipality", "county"), pk=party)
    try:
        remind_now(one, request.user, row.pk)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("%(party)s is reminded by a mail.") % {"party": row.short_name})
    return _back(request, one.region)


@require_POST
def commitments_remind(request: Request, slug: str) -> HttpResponse:
    """All silent signatories are reminded who have had no mail today."""
    region = region_or_404(request.user, slug)
    try:
        reminded = remind_all(region, request.user)
    except NotYours:
        raise
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return _back(request, region)
    said = ngettext(
        "%(count)s signatory is reminded by a mail.", "%(count)s signatories are reminded by a mail.", reminded.now
    )
    messages.success(request, said % {"count": reminded.now})
    if reminded.left:
        said = ngettext(
            "%(count)s is not reminded: see in the table why.", "%(count)s are not reminded: see in the table why.",
            reminded.left,
        )  # fmt: skip
        messages.info(request, said % {"count": reminded.left})
    return _back(request, region)


def _back(request: Request, region: Region) -> HttpResponse:
    """To the table, filtered as it was."""
    show = request.POST.get("show", "")
    answer = redirect("commitments_signing", region.slug)
    if show in Answer.values:
        answer["Location"] += "?" + urlencode({"show": show})
    return answer
