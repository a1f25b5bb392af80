"""Which pages stand open to whoever has a link from a mail, without an account?"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]


class OfLink(Protocol):
    """A request of HTTP by a link that this site has made."""

    @property
    def language(self) -> str:
        """That of the mail."""


V = TypeVar("V", bound=OfLink)


def opened_by(find: Callable[[HttpRequest, str], V | None], unknown: str) -> Callable[[View], View]:
    """The view has the visit that `find` makes of the link's secret part; a link that this site has not made leads to
    the page `unknown`, and nowhere else. Nobody keeps what is shown.

    Referrer-Policy stays at the site's same-origin: no other site learns the address, and with no-referrer browsers
    send no origin of a form either, which would be refused as forged.
    """

    def decorated(view: View) -> View:
        @login_not_required
        @never_cache
        @wraps(view)
        def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponseBase:
            visit = find(request, token)
            if visit is None:
                response: HttpResponseBase = render(request, unknown, status=404)
            else:
                _speak(request, visit)
                response = view(visit, **rest)
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return opened

    return decorated


def _speak(request: HttpRequest, visit: OfLink) -> None:
    """The page is in the language of the mail, unless the visitor has chosen another."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated:
        translation.activate(visit.language)
        request.LANGUAGE_CODE = translation.get_language()
