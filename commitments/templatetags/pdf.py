"""What does a page say of a document's PDF?"""

from django import template

from commitments import pdf
from commitments.models import Document

register = template.Library()


@register.simple_tag
def makes_pdf() -> bool:
    """{% makes_pdf as makes %}: whether this site has a converter."""
    return pdf.is_configured()


@register.simple_tag
def pdf_of(document: Document) -> pdf.Standing:
    """{% pdf_of document as pdf %}: its file, or why there is none."""
    return pdf.standing(document)
