"""In which language does a person read the site, who may keep a page, and what is shown where no view answers?"""

import re
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation

from adoption.refusal import Refused
from config.views import bare, refused, to_the_form, unreachable, wrong_method

Answer = Callable[[HttpRequest], HttpResponse]

DRAFT = re.compile(r"[a-z0-9]{8,20}")  # the name of a draft
TAKEN = (302, 303)  # every act that is done leads on to a page
A_DAY = 24 * 60 * 60
LONGEST_LENGTH = 20  # digits of a Content-Length that anybody would send


class BodyLimit:
    """What is longer than the largest form, or does not say how long it is, is refused before a byte of it is read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        with translation.override(translation.get_language_from_request(request)):
            if request.headers.get("Transfer-Encoding"):
                return bare("400.html", 411)
            if not length.isdecimal() or len(length) > LONGEST_LENGTH or int(length) > settings.LARGEST_BODY:
                return bare("413.html", 413)
        return self.get_response(request)


class Utf8:
    """Forms are read as UTF-8, which every page asks for. Another charset may hold what no page could ever show."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]  # PostgreSQL would choke on it
        charset = (request.content_params or {}).get("charset", "utf-8")
        return self.get_response(request) if charset.lower() in ("utf-8", "utf8") else bare("400.html", 400)


class PersonLanguage:
    """A signed-in person reads the site in the own language, whichever browser it is. The browser is told it too, for
    the pages that are made before anybody asks who it is: a body too long, a database that is away."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        if request.user.is_authenticated:
            _tell_language(request, response, request.user.language)
        return response


def _tell_language(request: HttpRequest, response: HttpResponse, language: str) -> None:
    name = settings.LANGUAGE_COOKIE_NAME
    if request.COOKIES.get(name) != language and name not in response.cookies:
        response.set_cookie(
            name, language, max_age=settings.LANGUAGE_COOKIE_AGE, secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY, samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )  # fmt: skip


class PrivatePages:
    """What a signed-in person is shown is kept by no proxy, and by no browser for the next one at its keys."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in:
            response.setdefault("Cache-Control", "private, no-store")
        return response


class DraftTaken:
    """A form of a signed-in person that the site has taken is answered with a cookie that names the browser's draft of
    it (config/static/drafts.js), which is then forgotten. What is refused, or shown once more, stays a draft."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code in TAKEN and request.user.is_authenticated:
            draft = request.POST.get("draft", "")
            if DRAFT.fullmatch(draft):
                response.set_cookie(
                    f"taken_{draft}", "1", max_age=A_DAY, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
                )
        return response


class RefusedToPage:
    """A refusal that no view caught, a database out of reach and a wrong method are shown as pages."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            if request.method in ("GET", "HEAD"):  # reloaded after a refusal, or read in another language
                return to_the_form(request)
            return wrong_method(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refused(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            return unreachable(request)
        return None
