"""Where does a reader get a document as PDF, and who asks for it once more?"""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from commitments import pdf
from commitments.access import commitment_or_404, document_or_404
from commitments.models import Rendition
from commitments.views.commitments import Request
from commitments.views.files import given

PDF = "application/pdf"


@never_cache
@require_safe
def document_pdf(request: Request, slug: str, pk: int, document: int, form: str = Rendition.Form.PDF) -> FileResponse:
    """The stored PDF, or that PDF with the site's seal, to be kept on the person's own machine."""
    commitment = commitment_or_404(request.user, slug, pk)
    rendition = get_object_or_404(document_or_404(request.user, commitment, document).renditions, form=form)
    return given(rendition, rendition.file_name, PDF)


@require_POST
def pdf_again(request: Request, slug: str, pk: int, document: int) -> HttpResponse:
    """A PDF that was given up is made after all."""
    commitment = commitment_or_404(request.user, slug, pk)
    pdf.retry(document_or_404(request.user, commitment, document), request.user)
    messages.success(request, _("The PDF is being made. Look at the page again in a moment."))
    return redirect(commitment)
