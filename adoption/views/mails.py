"""How does one choose which mails to have: on the own page, or by the link in the head of a mail?"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from adoption.mail_choices import choose, may_be_off, whose
from adoption.mail_forms import MailsForm
from adoption.models import How
from adoption.views import Request
from adoption.views.people import my_page


@require_POST
def mails_choose(request: Request) -> HttpResponse:
    """The reader hears of each kind of thing as chosen."""
    form = MailsForm(request.user, request.POST)
    if not form.is_valid():
        return my_page(request, {"mails_form": form, "tried": form}, form.status)
    choose(request.user, request.user, form.cleaned_data)
    messages.success(request, _("The mails come as you have chosen."))
    return redirect(f"{reverse('me')}#mails")


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
