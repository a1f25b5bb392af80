"""By which link in the head of a mail does its reader have no more of the kind, without signing in?"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from adoption.mail_choices import choose, may_be_off, whose
from adoption.models import How


@csrf_exempt  # a mail program posts it of itself (RFC 8058); the signed link says whose it is
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mails_off(request: HttpRequest, token: str) -> HttpResponse:
    """Says what the link does; a POST does it, once or more. What the role requires stays, and the page says so."""
    found = whose(token)
    if found is None:
        raise Http404
    person, kind = found
    is_off = request.method == "POST" and may_be_off(kind)
    if is_off:
        choose(person, person, {kind.value: How.NONE})
    with translation.override(person.language):
        shown = {"kind": kind, "may_be_off": may_be_off(kind), "is_off": is_off}
        return render(request, "adoption/mails_off.html", shown)
