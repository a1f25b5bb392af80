"""What do the pages of templates show: which is in use, one that was uploaded, its fields, and drafts on older ones?"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption.access import kaikukeskus_or_404
from adoption.models import Person
from adoption.refusal import Refused
from commitments.access import may_act_in
from commitments.models import Commitment, Template
from commitments.preview import as_html
from commitments.publishing import SAMPLES, discard, filled, publish, upload
from commitments.renewing import older_drafts, older_drafts_of, renew
from commitments.template_forms import DOCX, RenewForm, UploadForm, kinds, language_name
from commitments.template_words import fields_of
from commitments.templates import LANGUAGES, content_of, hashes_in_use, in_use, shipped
from commitments.views.commitments import Request
from commitments.views.files import given
from doc_templates.check import fields

SHOWN = 200  # drafts on one page; all of them can be renewed from it


# -- all --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: Request) -> HttpResponse:
    """What is in use, what waits to be published, and the form for another."""
    kaikukeskus_or_404(request.user)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid() and (made := _uploaded(form, request.user)):
        messages.success(request, _("The template has been checked and stored. Look at it filled in, then publish it."))
        return redirect("template", made.pk)
    return render(request, "commitments/templates.html", _overview() | {"form": form}, status=form.status)


def _uploaded(form: UploadForm, person: Person) -> Template | None:
    given = form.cleaned_data
    try:
        return upload(given["kind"], given["language"], form.content(), given["file"].name, person)
    except Refused as refusal:
        form.refuse(refusal)
        form.add_error("file", _("Choose the file again: a browser does not keep it."))
        return None


def _overview() -> dict[str, Any]:
    present = in_use()
    everything = list(Template.objects.select_related("uploaded_by", "published_by").order_by("-pk"))
    waiting = [one for one in everything if one.is_waiting]
    tables = [
        (kind, label, [_row(kind, language, present[kind, language], waiting) for language in LANGUAGES])
        for kind, label in kinds()
    ]
    used = {own.pk for own in present.values() if own}
    over = [one for one in everything if one.pk not in used and not one.is_waiting]
    return {"tables": tables, "waiting": waiting, "over": over, "older": older_drafts().count()}


def _row(kind: str, language: str, own: Template | None, waiting: list[Template]) -> dict[str, Any]:
    named = [one for one in waiting if (one.kind, one.language) == (kind, language)]
    return {"language": language, "name": language_name(language), "own": own, "waiting": named}


@never_cache
@require_safe
def template_ours(request: Request, kind: str, language: str) -> HttpResponse:
    """Our own sample, to begin from."""
    kaikukeskus_or_404(request.user)
    if kind not in Commitment.Kind.values or language not in LANGUAGES:
        raise Http404
    return _docx(shipped(kind, language).content, f"{kind}-{language}.docx")


def _docx(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=DOCX, headers=headers)


@require_safe
def template_fields(request: Request) -> HttpResponse:
    """Every field of each kind: how it is written, what it means, what it may say."""
    kaikukeskus_or_404(request.user)
    language = get_language() or "fi"
    tables = [(kind, label, fields_of(kind, language)) for kind, label in kinds()]
    return render(request, "commitments/template_fields.html", {"tables": tables})


# -- one --------------------------------------------------------------------------------------------------------------


def _one(request: Request, pk: int) -> Template:
    kaikukeskus_or_404(request.user)
    return get_object_or_404(Template.objects.select_related("uploaded_by", "published_by"), pk=pk)


@require_safe
def template(request: Request, pk: int) -> HttpResponse:
    """One template, filled in with both samples; with what it does not say; to be published or discarded."""
    return _shown(request, _one(request, pk))


def _shown(request: Request, one: Template, refusal: Refused | None = None) -> HttpResponse:
    content = content_of(one)
    unused = fields(content)
    context = {
        "template": one,
        "language": language_name(one.language),
        "unused": [field for field in fields_of(one.kind, get_language() or "fi") if field.name not in unused],
        "samples": [(name, as_html(filled(content, one.kind, one.language, name))) for name in SAMPLES],
        "reasons": refusal.reasons if refusal else [],
    }
    return render(request, "commitments/template.html", context, status=refusal.status if refusal else 200)


@never_cache
@require_safe
def template_file(request: Request, pk: int) -> FileResponse:
    """The template as it was uploaded."""
    one = _one(request, pk)
    return given(one, one.file_name, DOCX)


@never_cache
@require_safe
def template_filled(request: Request, pk: int, sample: str) -> HttpResponse:
    """The template filled in with a sample, as DOCX."""
    one = _one(request, pk)
    if sample not in SAMPLES:
        raise Http404
    content = filled(content_of(one), one.kind, one.language, sample)
    return _docx(content, f"{one.kind}-{one.language}-{sample}.docx")


@require_POST
def template_publish(request: Request, pk: int) -> HttpResponse:
    """New documents are made from it."""
    return _done(request, _one(request, pk), publish, _("The template has been published. New documents follow it."))


@require_POST
def template_discard(request: Request, pk: int) -> HttpResponse:
    """It will not be published."""
    return _done(request, _one(request, pk), discard, _("The template has been discarded."))


def _done(request: Request, one: Template, act: Callable[[Template, Person], Template], said: str) -> HttpResponse:
    try:
        act(one, request.user)
    except Refused as refusal:
        return _shown(request, _one(request, one.pk), refusal)
    messages.success(request, said)
    return redirect("templates")


# -- drafts on older ones ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def template_drafts(request: Request) -> HttpResponse:
    """The drafts that still stand on an older template; the chosen ones, or all, are made anew."""
    drafts = older_drafts_of(request.user)
    form = RenewForm(drafts, *([request.POST] if request.method == "POST" else []))
    if form.is_valid():
        try:
            made = renew(_chosen(form, drafts, request.user), request.user)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect("batch", made.pk)
    anew = _of_drafts(older_drafts_of(request.user), request.user, form)
    return render(request, "commitments/template_drafts.html", anew, status=form.status)


def _chosen(form: RenewForm, drafts: QuerySet[Commitment], person: Person) -> list[Commitment]:
    return _mine(drafts, person) if form.cleaned_data["every"] else list(form.cleaned_data["drafts"])


def _mine(drafts: QuerySet[Commitment], person: Person) -> list[Commitment]:
    """Those for which the person may act, a query for each region of a pair."""
    found = list(drafts)
    may = {region: may_act_in(person, region) for region in {draft.region for draft in found}}
    return [draft for draft in found if may[draft.region](draft)]


def _of_drafts(drafts: QuerySet[Commitment], person: Person, form: RenewForm) -> dict[str, Any]:
    found, present = list(drafts), hashes_in_use()
    mine = {draft.pk for draft in _mine(drafts, person)}
    rows = [
        {"draft": draft, "older": _older(draft, present), "mine": draft.pk in mine, "chosen": draft.pk in form.ticked}
        for draft in found[:SHOWN]
    ]
    return {"rows": rows, "form": form, "all": len(found), "mine": len(mine), "more": len(found) - len(rows)}


def _older(draft: Commitment, present: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """(language, number) of each document that an older template made; no number for our sample."""
    documents = draft.edition.documents.all() if draft.edition else []
    return [
        (language_name(document.language), document.template.partition(" ")[2])
        for document in documents
        if document.template_sha256 != present[draft.kind, document.language]
    ]
