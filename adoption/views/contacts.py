"""What does one see and do by the link of the yearly question, or as the successor? Pages without an account."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from adoption.contacts import answers, following
from adoption.contacts.answers import Standing
from adoption.contacts.forms import DeclineForm, HandOverForm, LeaveForm
from adoption.contacts.links import PERSON, SUCCESSOR, Link, link_in
from adoption.fields import Form
from adoption.models import ContactCheck, Person, Responsibility
from adoption.refusal import Refused
from adoption.views.by_link import View, opened_by

GONE = 410
NO_KEY = 0
LONGEST_KEY = 18  # digits that any database holds
State = ContactCheck.State


class Visit(NamedTuple):
    """A request of HTTP by a link that this site has made: the link, and whose it is."""

    http: HttpRequest
    token: str
    link: Link
    person: Person
    check: ContactCheck | None = None  # of a successor's link

    @property
    def language(self) -> str:
        """That of the mail: a successor who is known here has an own one."""
        known = Person.objects.filter(email=self.check.successor_email).first() if self.check else None
        return (known or self.person).language


def by_link(kind: str) -> Callable[[View], View]:
    """The view is open to whoever has a link of this kind."""
    return opened_by(partial(_visit, kind), "adoption/still_unknown.html")


def _visit(kind: str, request: HttpRequest, token: str) -> Visit | None:
    link = link_in(kind, token)
    if link is None:
        return None
    if kind == SUCCESSOR:
        check = ContactCheck.objects.with_subject().filter(pk=link.key).first()
        return Visit(request, token, link, check.person, check) if check else None
    person = Person.objects.filter(pk=link.key).first()
    return Visit(request, token, link, person) if person else None


# -- are you still the contact? ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One question of the page, with its forms, and which of them has just been refused."""

    check: ContactCheck
    hand: Form
    leave: Form
    follow: list[Person]  # who is told when one leaves; nobody where it is Kaikukeskus

    @property
    def waits(self) -> bool:
        return self.check.state == State.ASKED

    @property
    def will_be_told(self) -> str:
        return following.will_be_told(self.follow)

    @property
    def names_another(self) -> str:
        return following.names_another(self.follow)


class Tried(NamedTuple):
    """What was sent and refused: its form, of which check, and the reasons."""

    status: int = 200
    form: Form | None = None
    check: int = NO_KEY
    reasons: tuple[str, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(PERSON)
def still(visit: Visit) -> HttpResponse:
    """The questions with a button each, and one for all; a POST answers that the person stays. Reading changes
    nothing."""
    if visit.http.method != "POST":
        return _page(visit, Tried())
    key = _key(visit.http.POST.get("check"))
    return _done(visit, lambda: answers.stay(visit.link, key), _("Thank you. Your answer has been stored."))


def _key(typed: str | None) -> int | None:
    """Of which check the button was; none for the one button for all. What was never a key is of no check."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < LONGEST_KEY else NO_KEY


@require_POST
@by_link(PERSON)
def still_hand_over(visit: Visit, pk: int) -> HttpResponse:
    """Somebody else is asked to follow."""
    form = HandOverForm(visit.http.POST, auto_id=f"hand{pk}-%s")
    if not form.is_valid():
        return _page(visit, Tried(form.status, form, pk))
    name, email = form.cleaned_data["name"], form.cleaned_data["email"]
    said = _("%(name)s has a link now. Until it is accepted, it is still you.") % {"name": name}
    return _done(visit, lambda: answers.hand_over(visit.link, pk, name, email), said, form, pk)


@require_POST
@by_link(PERSON)
def still_leave(visit: Visit, pk: int) -> HttpResponse:
    """The person leaves and knows nobody."""
    form = LeaveForm(visit.http.POST, auto_id=f"leave{pk}-%s")
    if not form.is_valid():
        return _page(visit, Tried(form.status, form, pk))
    said = following.has_been_told(following.followers(_asked(visit)).get(pk, []))
    return _done(visit, lambda: answers.leave(visit.link, pk, form.cleaned_data["reason"]), said, form, pk)


@require_POST
@by_link(PERSON)
def still_renew(visit: Visit) -> HttpResponse:
    """A new link is sent to the address on record."""
    said = _("A new link is on its way to the address that is known here.")
    return _done(visit, lambda: answers.renew(visit.link), said)


def _done(visit: Visit, act: Callable[[], object], said: str, form: Form | None = None, key: int = 0) -> HttpResponse:
    """Done and back to the page; or the page once more, with what was typed and why it was refused."""
    try:
        act()
    except Refused as refusal:
        return _page(visit, Tried(refusal.status, form, key, tuple(refusal.reasons)))
    messages.success(visit.http, said)
    return redirect("still", token=visit.token)


def _page(visit: Visit, tried: Tried) -> HttpResponse:
    """What the link is good for now decides which page it is."""
    person = Person.objects.get(pk=visit.person.pk)
    now_so = answers.standing(person, visit.link)
    checks = ContactCheck.objects.filter(person=person, round=visit.link.round)
    shown = {"token": visit.token, "person": person, "standing": now_so, "reasons": tried.reasons, "form": tried.form}
    if now_so in (Standing.OLD, Standing.EXPIRED, Standing.OVER):
        shown["can_renew"] = ContactCheck.objects.standing().filter(person=person).exists()
        return render(visit.http, "adoption/still_gone.html", shown, status=max(tried.status, GONE))
    if now_so == Standing.ANSWERED:
        shown["checks"] = list(checks.exclude(answered_at=None).with_subject().order_by("pk"))
        return render(visit.http, "adoption/still_answered.html", shown, status=tried.status)
    asked = _asked(visit)
    follow = following.followers(asked)
    rows = [_row(check, tried, follow[check.pk]) for check in asked]
    shown |= {"rows": rows, "waiting": sum(row.waits for row in rows), "to_ask": _to_ask(rows)}
    shown["question"] = following.question(asked)
    return render(visit.http, "adoption/still.html", shown, status=tried.status)


def _asked(visit: Visit) -> list[ContactCheck]:
    """What the person is asked by the link."""
    found = ContactCheck.objects.standing().filter(person=visit.person, round=visit.link.round)
    return list(found.with_subject().order_by("pk"))


def _row(check: ContactCheck, tried: Tried, follow: list[Person]) -> Row:
    """The forms of the check: that which was refused, and the others empty."""
    refused = tried.form if tried.check == check.pk else None
    hand = refused if isinstance(refused, HandOverForm) else HandOverForm(auto_id=f"hand{check.pk}-%s")
    leave = refused if isinstance(refused, LeaveForm) else LeaveForm(auto_id=f"leave{check.pk}-%s")
    return Row(check, hand, leave, follow)


def _to_ask(rows: list[Row]) -> list[Person]:
    """The responsible persons who look after what is asked."""
    places = {(row.check.region.pk, row.check.side) for row in rows}
    held = Responsibility.objects.current().holders().filter(region__in={region for region, _side in places})
    found = [one.person for one in held.select_related("person").order_by("pk") if (one.region_id, one.side) in places]
    return list(dict.fromkeys(person for person in found if person != rows[0].check.person))


# -- the successor ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(SUCCESSOR)
def successor(visit: Visit) -> HttpResponse:
    """What the successor is asked, with one button; a POST accepts."""
    if visit.http.method != "POST":
        return _successor_page(visit)
    try:
        answers.accept(visit.link, translation.get_language())
    except Refused as refusal:
        return _successor_page(visit, refusal.status, reasons=refusal.reasons)
    return redirect("successor", token=visit.token)


@require_POST
@by_link(SUCCESSOR)
def successor_decline(visit: Visit) -> HttpResponse:
    """The successor does not follow."""
    form = DeclineForm(visit.http.POST)
    if not form.is_valid():
        return _successor_page(visit, form.status, form)
    try:
        answers.decline(visit.link, form.cleaned_data["reason"])
    except Refused as refusal:
        return _successor_page(visit, refusal.status, form, refusal.reasons)
    messages.success(visit.http, _("Thank you. Whoever named you has been told."))
    return redirect("successor", token=visit.token)


def _successor_page(
    visit: Visit, status: int = 200, form: DeclineForm | None = None, reasons: list[str] | None = None
) -> HttpResponse:
    check = ContactCheck.objects.with_subject().get(pk=visit.link.key)
    now_so = answers.standing_of_successor(check, visit.link)
    shown = {"token": visit.token, "check": check, "standing": now_so, "reasons": reasons}
    shown |= {"form": form, "decline": form or DeclineForm()}
    if now_so == Standing.OPEN:
        return render(visit.http, "adoption/successor.html", shown, status=status)
    if now_so == Standing.ANSWERED:
        return render(visit.http, "adoption/successor_accepted.html", shown, status=status)
    return render(visit.http, "adoption/successor_gone.html", shown, status=status if reasons else GONE)
