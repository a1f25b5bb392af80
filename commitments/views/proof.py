"""What do strangers see of our papers? Whether a file is one that was signed, and what the site's seal is."""

from typing import Any

from allauth.core.ratelimit import consume
from cryptography import x509
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adoption.fields import Form, Text
from commitments import certificates, seal_keys
from commitments.access import commitment_or_404
from commitments.models import CertificateFile, Commitment, Party
from commitments.storage import digest_of
from commitments.verification import Answer, answer
from commitments.views.commitments import Request
from commitments.views.files import given

LARGEST = 20 * 1024 * 1024  # bytes
TYPES = {CertificateFile.Form.PDF: "application/pdf", CertificateFile.Form.HTML: "text/html; charset=utf-8"}
KINDS = {
    "docx": gettext_lazy("the document, DOCX"),
    "pdf": gettext_lazy("the document, PDF"),
    "sealed": gettext_lazy("the document, sealed PDF"),
    "certificate": gettext_lazy("the certificate of signatures"),
    "copy": gettext_lazy("a signed copy"),
}
WHY = {
    "continued": gettext_lazy(
        "It begins with one of these files, byte by byte, but something was added after it: a page, a change or a "
        "signature. As a whole it is another file."
    ),
    "junk": gettext_lazy("It begins with one of these files, byte by byte, but more bytes follow after its end."),
    "shortened": gettext_lazy("It is the beginning of one of these files: the end is missing. Fetch it once more."),
    "changed": gettext_lazy(
        "It is as long as one of these files, but bytes in it differ: it was changed, or damaged on its way."
    ),
    "broken": gettext_lazy(
        "It bears a seal of this site, but the seal does not hold: the file was changed or saved anew after it was "
        "sealed."
    ),
    "other": gettext_lazy(
        "It bears a seal of this site that holds, but belongs to another code: see the certificate that came with it."
    ),
    "unknown": gettext_lazy(
        "Nothing shows that it comes from one of these files. A scan, a print, or a file that a program has saved anew "
        "is another file, even if it says the same."
    ),
}


# --- Checking a file ------------------------------------------------------------------------------
class CodeForm(Form):
    """The code, as it stands on a certificate."""

    code = Text(
        label=gettext_lazy("Code of the certificate"),
        help_text=gettext_lazy("Such as K7QF-3MXA-9TRB."),
        max_length=40,
        widget=forms.TextInput({"class": "input--half", "autocomplete": "off", "spellcheck": "false"}),
    )


class FileForm(Form):
    """The file that somebody holds. It is looked at and not kept."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("DOCX or PDF, at most 20 MB. It is not kept."),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty: fetch it once more."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(_("The file is larger than 20 MB: none of the files is."), code="too_large")
        return file

    @property
    def status(self) -> int:
        return 413 if self.has_error("file", "too_large") else super().status


def _unseen(response: HttpResponse) -> HttpResponse:
    """The page is found by its code alone, never by a search."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Asks for the code; a code leads to its page."""
    if "code" not in request.GET:
        return _unseen(render(request, "commitments/verify.html", {"form": CodeForm()}))
    form = CodeForm(request.GET)
    found = certificates.of_code(form.cleaned_data["code"]) if form.is_valid() else None
    return redirect("verify_file", found.code) if found else _unknown(request, form)


def _unknown(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """The same page for every code that there is not, with what was typed."""
    if form.is_valid():
        form.add_error("code", _("There is no certificate with this code. Compare it with the certificate."))
    return _unseen(render(request, "commitments/verify.html", {"form": form}, status=404))


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest, code: str) -> HttpResponse:
    """Asks for the file, and says whether it is one of those that were signed. Before that it says nothing."""
    if not (certificate := certificates.of_code(code)):
        return _unknown(request, CodeForm({"code": code[:40]}))
    sent = request.method == "POST"
    if sent and not consume(request, action="check_file"):
        return render(request, "429.html", status=429)
    form = FileForm({}, request.FILES) if sent else FileForm()
    context: dict[str, Any] = {"form": form, "code": certificate.code}
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        context |= _said(answer(certificate, file.read()), certificate.commitment) | {"name": file.name}
    return _unseen(render(request, "commitments/verify_file.html", context, status=form.status))


def _said(found: Answer, commitment: Commitment) -> dict[str, Any]:
    """The answer in words; of the commitment no more than whether and since when it is in force, and of a copy that
    does not bear all signatures, whose it bears."""
    if not found.kind:
        return {"answered": True, "why": WHY[found.why]}
    said = {"answered": True, "kind": KINDS[found.kind], "language": found.language, "commitment": commitment}
    parties = list(commitment.parties.select_related("municipality", "county", "copy"))
    here = [party for party in parties if party.copy and party.copy.sha256 == found.sha256]
    elsewhere = [party for party in parties if party not in here] if found.kind == "copy" else []
    acknowledged = any(party.method == Party.Method.KAIKUKANTA for party in parties)
    return said | {"here": here, "elsewhere": elsewhere, "acknowledged": acknowledged}


# --- The seal -------------------------------------------------------------------------------------
@login_not_required
@require_safe
def seal_help(request: HttpRequest) -> HttpResponse:
    """What the seal proves and what not, and by which certificate it is known."""
    now = _certificate_now()
    earlier = [_described(der) for der in seal_keys.known() if der != now]
    context = {
        "configured": seal_keys.is_configured(),
        "for_trying": seal_keys.for_trying(),
        "now": _described(now) if now else None,
        "earlier": earlier,
    }
    return render(request, "commitments/seal.html", context)


def _certificate_now() -> bytes:
    """The certificate of the key that seals now; nothing when there is none or it cannot be used."""
    try:
        return seal_keys.key().der
    except seal_keys.Unusable:
        return b""


def _described(der: bytes) -> dict[str, Any]:
    certificate, fingerprint = x509.load_der_x509_certificate(der), digest_of(der)
    return {
        "name": seal_keys.name_of(certificate),
        "fingerprint": fingerprint,
        "until": certificate.not_valid_after_utc,
    }


@login_not_required
@require_safe
def seal_certificate(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """A certificate that seals here, or did, for another program to check seals by."""
    known = {digest_of(der): der for der in (*seal_keys.known(), _certificate_now()) if der}
    if fingerprint not in known:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="kaikupolku-{fingerprint[:12]}.cer"'}
    return HttpResponse(known[fingerprint], content_type="application/pkix-cert", headers=headers)


# --- The certificate of a commitment --------------------------------------------------------------
@never_cache
@require_safe
def certificate_file(request: Request, slug: str, pk: int, language: str) -> FileResponse:
    """The certificate as it is stored, always to be kept on the person's own machine."""
    commitment = commitment_or_404(request.user, slug, pk)
    files = CertificateFile.objects.select_related("certificate")
    found = get_object_or_404(files, certificate__commitment=commitment, language=language)
    name, kind = certificates.file_name(found), TYPES[CertificateFile.Form(found.form)]
    return given(found, name, kind)


@require_POST
def certificate_again(request: Request, slug: str, pk: int) -> HttpResponse:
    """A certificate that could not be made is made after all."""
    commitment = commitment_or_404(request.user, slug, pk)
    certificates.ask_again(commitment, request.user)
    messages.success(request, _("The certificate is being made. Look at the page again in a moment."))
    return redirect(commitment)
