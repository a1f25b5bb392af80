"""What do the pages say that belong to no app: help, language, health, and what went wrong?"""

import logging
import sys
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language
from django_q.models import Failure

from adoption.contacts import returned
from adoption.mail import stuck
from adoption.models import Person
from adoption.refusal import Refused
from commitments import certificates, pdf, seal_keys, storage
from config.sent import sent_with
from config.words import WORDS
from workflows.models import Heartbeat

log = logging.getLogger(__name__)
YOUNG = timedelta(minutes=5)
A_NIGHT = timedelta(hours=25)  # until the next check has run
OUT_OF_REACH = "cannot be reached"


# --- Help -----------------------------------------------------------------------------------------
def contact() -> dict[str, Any]:
    """Where people of the site reach those who keep it: the address that its mails come from."""
    return {"contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help/help.html", contact())


@login_not_required
@require_safe
def letting_in(request: HttpRequest) -> HttpResponse:
    return render(request, "help/letting_in.html", contact())


@login_not_required
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    return render(request, "help/words.html", {"words": WORDS})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "help/privacy.html", contact())


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "help/accessibility.html", contact())


# --- The person -----------------------------------------------------------------------------------
@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The site speaks the language from now on: to the person everywhere, to a stranger in this browser."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        Person.objects.filter(pk=request.user.pk).update(language=language)
    return django_set_language(request)


# --- Health ---------------------------------------------------------------------------------------
@never_cache
@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the site can work, 503 when not, and what is wrong, for a machine that watches it."""
    database = database_fault()
    parts = {"database": database}
    if not database:
        parts |= {"worker": worker_fault(), "mail": mail_fault(), "converter": pdf.fault()}
        parts |= {"returned mail": returned.fault(), "record": record_fault()}
        parts |= {"store": storage.fault(), "seal": seal_keys.fault(), "certificates": certificate_fault()}
    return state({part: fault for part, fault in parts.items() if fault})


def state(faults: dict[str, str]) -> JsonResponse:
    """The faults by part, as the machine reads them."""
    return JsonResponse({"ok": not faults, "faults": faults}, status=503 if faults else 200)


def database_fault() -> str:
    """What keeps the database from answering; nothing when it answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        log.exception("The database cannot be reached.")
        return OUT_OF_REACH
    return ""


def mail_fault() -> str:
    """What shows that mails do not leave; nothing when none has waited for over an hour."""
    return f"{waiting} have not left for over an hour" if (waiting := stuck()) else ""


def certificate_fault() -> str:
    """What shows that a commitment in force lacks its proof: a file is damaged, or the key cannot be used."""
    return f"{failed} could not be made or sealed" if (failed := certificates.given_up()) else ""


def record_fault() -> str:
    """That the night's check has found a history or rows that were changed behind the site's back."""
    tonight = Failure.objects.filter(func="workflows.checks.nightly", stopped__gt=now() - A_NIGHT)
    return "history and rows do not agree: manage.py check_trials says where" if tonight.exists() else ""


def worker_fault() -> str:
    """What shows that jobs are not run; nothing when the last sign of life is young."""
    heartbeat = Heartbeat.objects.order_by("-at").first()
    if heartbeat is None:
        return "has not begun"
    return "" if now() - heartbeat.at < YOUNG else f"silent since {heartbeat.at:%Y-%m-%d %H:%M} UTC"


# --- What went wrong ------------------------------------------------------------------------------
@login_not_required
def anything_else(request: HttpRequest, path: str) -> HttpResponse:
    """An address that nothing has: a stranger is led to sign in, as everywhere; a person gets 404.

    The slash that was forgotten is added, which Django would do itself if this view did not take every address.
    """
    if request.method == "GET" and not path.endswith("/") and exists(f"/{path}/"):
        return redirect(request.get_full_path(force_append_slash=True))
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path())


def exists(path: str) -> bool:
    """Whether another view than `anything_else` has the address."""
    try:
        return resolve(path).func is not anything_else
    except Resolver404:
        return False


def bare(template: str, status: int, **more: object) -> HttpResponse:
    """A page that is made without the request, its person and the database."""
    return HttpResponse(render_to_string(template, more), status=status)


def back(request: HttpRequest) -> str:
    """The page of this site that the reader came from; the front page when there is none."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if ours else "/"


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The reasons of a refusal, with a way back."""
    context = {"reasons": refusal.reasons, "back": back(request)}
    return render(request, "refused.html", context, status=refusal.status)


def unreachable(request: HttpRequest) -> HttpResponse:
    """The database did not answer: nothing was saved, and the same can be sent again from this very page.

    The machine that asks /health/ with a session gets its own answer: the session was asked for before the view.
    """
    log.exception("The database cannot be reached: %s %s", request.method, request.path)
    if request.path_info == reverse("health"):
        return state({"database": OUT_OF_REACH})
    answer = bare("503.html", 503, sent=sent_with(request))
    add_never_cache_headers(answer)
    return answer


def to_the_form(request: HttpRequest) -> HttpResponse:
    """The address takes only a form: on to the page on which that stands, the nearest one above."""
    parts = request.path_info.strip("/").split("/")
    above = [f"/{'/'.join(parts[:length])}/" for length in range(len(parts) - 1, 0, -1)]
    query = request.META.get("QUERY_STRING", "")
    return redirect(next(filter(exists, above), "/") + (f"?{query}" if query else ""))


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    response = render(request, "405.html", {"back": back(request)}, status=405)
    response["Allow"] = allowed
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return bare("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was not one of this site's, or had been open since before the person signed in or out."""
    return render(request, "403_csrf.html", {"back": back(request)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; or the database was gone before any view was asked, which only the exception tells."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unreachable(request)
    return bare("500.html", 500)
