"""What is known of an organisation in the whole country, and where is it a partner? For Kaikukeskus."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from adoption.access import kaikukeskus_or_404
from adoption.models import Organisation
from adoption.views import Request


@require_safe
def organisation(request: Request, pk: int) -> HttpResponse:
    """The organisation and its partners in every region."""
    kaikukeskus_or_404(request.user)
    found = get_object_or_404(Organisation, pk=pk)
    partners = found.partners.select_related("organisation", "region", "contact").order_by("region__name_fi", "pk")
    return render(request, "adoption/organisation.html", {"organisation": found, "partners": partners})
