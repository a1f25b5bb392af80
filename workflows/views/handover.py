"""How does one who leaves hand over, on one page?"""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Q
from django.forms.boundfield import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from adoption.access import PAIR, regions_of
from adoption.models import Handover, Person, Region, Responsibility
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import day
from adoption.views import Request
from adoption.views.people import people_of, sides_to_name
from workflows.handing_over import hand_over, withdraw
from workflows.handover_forms import HandoverForm
from workflows.hanging import Hanging, agreed_of, hanging_on, signed_by


class Row(NamedTuple):
    """A responsibility on the page: its fields, or the handover that waits for its day."""

    given: Responsibility
    fields: list[BoundField]
    agreed: Handover | None


class Place(NamedTuple):
    """A region on the page: what hangs on the person there, and the responsibilities."""

    hanging: Hanging
    rows: list[Row]


class Page:
    """What the page shows of a person, to this reader."""

    def __init__(self, reader: Person, person: Person) -> None:
        self.reader, self.person = reader, person
        found = Region.objects.filter(pk__in=regions_of(reader).values("pk")).filter(_of(person)).distinct()
        all_of_it = hanging_on(person, found.order_by("slug"))
        self.hanging = [one for one in all_of_it if one.responsibilities or one.moves]
        self.agreed = {one.responsibility_id: one for one in agreed_of(person)}
        self.rows = {one.region.pk: _rows(person, one) for one in self.hanging}
        may = {one.region.pk: set(sides_to_name(reader, one.region)) for one in self.hanging}
        self.open = [
            row
            for region, rows in self.rows.items()
            for row in rows
            if row.side in may[region] and row.pk not in self.agreed
        ]
        self.may_withdraw = any(
            one.responsibility.side in may.get(one.responsibility.region_id, ()) for one in self.agreed.values()
        )

    def form(self, *sent: Any) -> HandoverForm:
        signs = {one.commitment.region_id for one in self._to_sign()}
        pair = {row.pk for row in self.open if row.side in PAIR and row.region_id in signs}
        return HandoverForm(self.open, _known(self.open, self.person), pair, *sent)

    def _to_sign(self) -> Any:
        return signed_by(self.person, self.rows).select_related("commitment")

    def places(self, form: HandoverForm) -> list[Place]:
        asked = {row.pk for row in self.open}
        return [
            Place(
                one,
                [
                    Row(row, list(form.fields_of(row)) if row.pk in asked else [], self.agreed.get(row.pk))
                    for row in self.rows[one.region.pk]
                ],
            )
            for one in self.hanging
        ]


def _of(person: Person) -> Q:
    """The regions in which the person answers for something, or has, and in which something still is the person's."""
    return Q(responsibilities__person=person)


def _rows(person: Person, hanging: Hanging) -> list[Responsibility]:
    """The responsibilities of today; of one who has none left there the last one, while anything hangs on it."""
    if hanging.responsibilities or not hanging.moves:
        return hanging.responsibilities
    ended = Responsibility.objects.filter(person=person, region=hanging.region)
    return list(ended.select_related("region", "municipality", "person").order_by("substitute", "-until", "-pk")[:1])


def _known(rows: list[Responsibility], person: Person) -> dict[int, list[Person]]:
    """Responsibility → the others of its side and of the working group."""
    regions = {row.region_id for row in rows}
    current = Responsibility.objects.current().filter(region__in=regions, person__is_active=True)
    held = list(current.exclude(person=person).select_related("person").order_by("pk"))
    found = {}
    for row in rows:
        there = [one for one in held if one.region_id == row.region_id]
        other = {one.person_id for one in there if one.side in PAIR and one.side != row.side}
        fit = [one.person for one in there if row.side not in PAIR or one.person_id not in other]
        found[row.pk] = list(dict.fromkeys(fit))
    return found


def _page(request: Request, pk: int) -> Page:
    """404 for who may not see the person, and for a person of whom nothing can be handed over."""
    people = people_of(request.user) | Person.objects.filter(pk=request.user.pk)
    page = Page(request.user, get_object_or_404(people, pk=pk))
    own = page.person == request.user and Responsibility.objects.filter(person=page.person).exists()
    if not own and not any(page.rows.values()):
        raise Http404
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: Request, pk: int) -> HttpResponse:
    """All that hangs on the person, region by region, who follows, and the day from which access ends."""
    page = _page(request, pk)
    form = page.form(*([request.POST] if request.method == "POST" else []))
    if request.method == "POST" and not page.open:
        return _nothing_left(request, page, form)
    if form.is_valid() and _handed(form, page, request):
        return _onwards(request, page.person)
    return _shown(request, page, form, form.status)


def _nothing_left(request: Request, page: Page, form: HandoverForm) -> HttpResponse:
    """The same was sent twice, or by one whose act it is not."""
    if any(page.rows.values()) and not page.may_withdraw:
        raise NotYours
    return _shown(request, page, form, Refused.status, [_("This has been handed over already: see below.")])


def _handed(form: HandoverForm, page: Page, request: Request) -> bool:
    on = form.cleaned_data["on"]
    try:
        hand_over(page.person, request.user, on, form.given())
    except Refused as refusal:
        form.refuse(refusal)
        return False
    said = _("Handed over. The access of %(name)s ends on %(day)s; those who follow get a mail.")
    messages.success(request, said % {"name": page.person.name, "day": day(on)})
    return True


def _onwards(request: Request, person: Person) -> HttpResponse:
    """The same page, as long as the reader sees it."""
    try:
        _page(request, person.pk)
    except Http404:
        return redirect("/")
    return redirect("handover", person.pk)


def _shown(
    request: Request, page: Page, form: HandoverForm, status: int, reasons: list[str] | None = None
) -> HttpResponse:
    shown = {
        "person": page.person,
        "own": page.person == request.user,
        "form": form,
        "places": page.places(form),
        "is_open": bool(page.open),
        "agreed": list(page.agreed.values()),
        "may_withdraw": page.may_withdraw,
        "reasons": reasons or [],
    }
    return render(request, "workflows/handover.html", shown, status=status)


@require_POST
def handover_withdraw(request: Request, pk: int) -> HttpResponse:
    """The person stays; refused on the same page."""
    page = _page(request, pk)
    try:
        withdraw(page.person, request.user)
    except Refused as refusal:
        return _shown(request, page, page.form(), refusal.status, refusal.reasons)
    messages.success(request, _("The handover has been withdrawn: %(name)s stays.") % {"name": page.person.name})
    return redirect("handover", page.person.pk)
