"""Whom does Kaikukeskus know in the whole country, and how does somebody come to it, leave it, or leave the site?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from adoption.access import kaikukeskus_or_404
from adoption.forms import ColleagueForm, PeopleFilter, ReasonForm
from adoption.leaving import close_person, end_kaikukeskus, reopen_person
from adoption.models import Act, Partner, Person, Responsibility
from adoption.people import add_kaikukeskus_person
from adoption.refusal import Refused
from adoption.views import Request
from adoption.views.people import person_page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

A_PAGE = 60


@require_safe
def everybody(request: Request) -> HttpResponse:
    """Everybody whom the site knows, with what each does today, to be searched by name and address."""
    kaikukeskus_or_404(request.user)
    form = PeopleFilter(request.GET or None)
    wanted = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    page = Paginator(_found(**wanted), A_PAGE).get_page(request.GET.get("page"))
    shown = {"form": form, "page": page, "filtered": bool(wanted)}
    return render(request, "adoption/everybody.html", shown, status=form.status)


def _found(words: str = "", only: str = "") -> QuerySet[Person]:
    found = (
        Person.objects.filter(joined_to=None)
        .order_by(Lower("name"), "pk")
        .prefetch_related(
            Prefetch("responsibilities", Responsibility.objects.current().select_related("region", "municipality")),
            Prefetch("contact_of", Partner.objects.select_related("organisation", "region")),
        )
    )
    for word in words.split():
        found = found.filter(_like(word))
    kinds = {"kaikukeskus": Q(is_kaikukeskus=True), "closed": Q(is_active=False)}
    return found.filter(kinds.get(only, Q()))


def _like(word: str) -> Q:
    """In name or address. SQLite knows no case beyond a to z, so the word is looked for as names write it, too."""
    name = Q(name__icontains=word) | Q(name__icontains=word.capitalize()) | Q(name__icontains=word.lower())
    return name | Q(email__icontains=word)


def colleague_new(request: Request) -> HttpResponse:
    """Somebody comes to work at Kaikukeskus."""
    kaikukeskus_or_404(request.user)
    form = ColleagueForm(request.POST if request.method == "POST" else None)
    reasons: list[str] = []
    if form.is_valid():
        try:
            added = add_kaikukeskus_person(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            messages.success(request, _("%(name)s works at Kaikukeskus, and gets a mail.") % {"name": added})
            return redirect(added.get_absolute_url())
    status = 422 if reasons else form.status
    return render(request, "adoption/colleague_new.html", {"form": form, "reasons": reasons}, status=status)


# -- what Kaikukeskus can do about one person -----------------------------------------------------------------------


@dataclass(frozen=True)
class PersonAct:
    """One act of a person's page: its name, what it means, the service it calls, and what is said when it is done."""

    name: "StrOrPromise"
    means: "StrOrPromise"
    do: Callable[[Person, Person, str], Person]
    done: "StrOrPromise"
    stops: bool = True


ACTS = {
    "right": PersonAct(
        _("End the right of Kaikukeskus"),
        _("The person sees and does nothing more for Kaikukeskus from this moment, and can still sign in."),
        end_kaikukeskus,
        _("%(name)s no longer works at Kaikukeskus."),
    ),
    "close": PersonAct(
        _("Close the person"),
        _("The person has left: every session ends at once, and no code opens a new one. History stays as it is."),
        close_person,
        _("%(name)s has been closed, and can no longer sign in."),
    ),
    "reopen": PersonAct(
        _("Let the person in again"),
        _("The person can sign in and be named again. Former rights do not come back."),
        reopen_person,
        _("%(name)s can sign in again."),
        stops=False,
    ),
}
TOLD = ("kaikukeskus_ended", "person_closed", "person_reopened")


def person(request: Request, pk: int) -> HttpResponse:
    """A person's data; Kaikukeskus corrects it, and ends what the person may do."""
    return person_page(request, pk, _for_kaikukeskus(request, pk))


@require_POST
def person_act(request: Request, pk: int, act: str) -> HttpResponse:
    """One act on the person; what is refused comes back on the person's own page."""
    kaikukeskus_or_404(request.user)
    found = get_object_or_404(Person, pk=pk)
    form = ReasonForm(request.POST, auto_id=f"{act}_%s")
    refused = Refused([])
    if form.is_valid():
        try:
            ACTS[act].do(found, request.user, form.cleaned_data["reason"])
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, str(ACTS[act].done) % {"name": found})
            return redirect("/" if found.pk == request.user.pk else found.get_absolute_url())
    shown = _for_kaikukeskus(request, pk, act, form) | {"tried": form, "reasons": refused.reasons}
    return person_page(request, pk, shown, status=refused.status)


def _for_kaikukeskus(request: Request, pk: int, act: str = "", form: ReasonForm | None = None) -> dict[str, Any]:
    """The acts that are offered for the person, and what was done so before: for Kaikukeskus alone."""
    found = Person.objects.filter(pk=pk).first()
    if not request.user.is_kaikukeskus or found is None:
        return {}
    offered = {
        "right": found.is_kaikukeskus,
        "close": found.is_active,
        "reopen": not (found.is_active or found.joined_to_id),
    }
    acts = [
        (key, one, form if form and key == act else ReasonForm(auto_id=f"{key}_%s"), key == act)
        for key, one in ACTS.items()
        if offered[key] or key == act
    ]
    told = Act.objects.filter(region=None, about_kind="person", about_id=str(pk), what__in=TOLD)
    return {"acts": acts, "told": told.select_related("by")}
