"""How does one get the address of the own calendar, renew it when it leaked, and close it?"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from adoption.feeds import end_feed, renew_feed
from adoption.refusal import Refused
from adoption.views import Request
from adoption.views.people import my_page


@require_POST
def feed_renew(request: Request) -> HttpResponse:
    """The reader has a new address, and an old one leads nowhere."""
    renew_feed(request.user, request.user)
    messages.success(request, _("Your calendar has a new address. One that you had before leads nowhere now."))
    return redirect(f"{reverse('me')}#calendar")


@require_POST
def feed_end(request: Request) -> HttpResponse:
    """No address of the reader works any more."""
    try:
        end_feed(request.user, request.user)
    except Refused as refusal:
        return my_page(request, {"reasons": refusal.reasons}, refusal.status)
    messages.success(request, _("Your calendar address is closed."))
    return redirect(f"{reverse('me')}#calendar")
