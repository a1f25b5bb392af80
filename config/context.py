"""Which places does the menu offer to this person?"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from adoption.models import Partner, Person, Region, Responsibility

MANY = 3  # more regions than this stand on their own page instead of in the menu


@dataclass(frozen=True)
class Link:
    """One place of the menu, and whether the reader is there: on the page itself, or below it."""

    href: str
    label: str
    current: str = ""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The menu, made only when a page shows it."""
    return {
        "nav": SimpleLazyObject(lambda: menu(request)),
        "keeps_drafts": SimpleLazyObject(lambda: keeps_drafts(request)),
    }


def keeps_drafts(request: HttpRequest) -> bool:
    """Whether the browser keeps what is typed here: of a signed-in person, and only where one must be signed in. So
    nothing is kept of signing, of codes and of addresses that let act."""
    found = request.resolver_match
    return bool(found and getattr(found.func, "login_required", True) and request.user.is_authenticated)


def menu(request: HttpRequest) -> list[Link]:
    """The places of the person who asks; the help alone for one who has not signed in."""
    places = places_of(request.user) if isinstance(request.user, Person) else []
    places.append((reverse("help"), _("Help")))
    here = max((href for href, _label in places if request.path.startswith(href)), key=len, default="")
    return [Link(href, label, _current(href, request.path) if href == here else "") for href, label in places]


def _current(href: str, path: str) -> str:
    if path == href:
        return "page"
    return "true" if href != "/" and path.startswith(href) else ""


def places_of(person: Person) -> list[tuple[str, str]]:
    """Address and name of each place that is the person's own: one query, and none for Kaikukeskus."""
    if person.is_kaikukeskus:
        return [
            (reverse("queue"), _("Queue")),
            (reverse("regions"), _("Regions")),
            (reverse("everybody"), _("People")),
            (reverse("templates"), _("Templates")),
        ]
    today = Responsibility.objects.current().filter(person=person, region=OuterRef("pk"))
    partners = Partner.objects.filter(contact=person, region=OuterRef("pk")).order_by("pk")
    found = Region.objects.annotate(own=Exists(today), partner=Subquery(partners.values("pk")[:1]))
    found = found.filter(Q(own=True) | Q(partner__isnull=False))
    regions = [region for region in found if region.own]
    own = [(region.get_absolute_url(), region.name) for region in regions]
    if len(regions) == 1:
        own.append((reverse("partners", args=[regions[0].slug]), _("Partners")))
    mine = [(reverse("partner", args=[r.slug, r.partner]), _("My partner")) for r in found if r.partner]
    if len(own) > MANY:
        own = [(reverse("regions"), _("Regions"))]
    return [*my_work(own), *own, *mine[:1]]


def my_work(own: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The tasks' page, for those who have a region; a partner's contact has the partner alone."""
    return [(reverse("my_tasks"), _("My work"))] if own else []
