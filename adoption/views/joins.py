"""How are two rows that are one looked at side by side, and joined?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from adoption.access import kaikukeskus_or_404
from adoption.folding import folded
from adoption.joining import doubles
from adoption.joining.moving import counted
from adoption.joining.organisations import against_organisations, join_organisations, twins_of
from adoption.joining.partners import against, contact_that_goes, how_far, join_partners
from adoption.joining.people import against_people, join_people
from adoption.models import Joined, Organisation, Partner, Person, Responsibility
from adoption.refusal import Refused
from adoption.templatetags.kaiku import day
from adoption.views import Request
from adoption.views.partners import partner_to_change

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 20
Facts = list[tuple[Any, Any]]  # what it is called, and what stands there
MOVES: "dict[str, StrOrPromise]" = {
    "adoption.Partner": gettext_lazy("Partners"),
    "commitments.Commitment": gettext_lazy("Commitments"),
    "adoption.Responsibility": gettext_lazy("Responsibilities"),
    "adoption.ContactCheck": gettext_lazy("Questions to contact persons"),
    "adoption.Mail": gettext_lazy("Mails"),
    "adoption.Note": gettext_lazy("Notes"),
}


@dataclass(frozen=True)
class Joining:
    """One kind of what Kaikukeskus joins."""

    heading: "StrOrPromise"
    rows: Callable[[], QuerySet[Any]]
    facts: Callable[[Any], Facts]
    against: Callable[[Any, Any, Person], list[str]]
    join: Callable[[Any, Any, Person], Any]
    joined: Callable[[], QuerySet[Any]]  # keys of those that went into others


def _of_organisation(one: Organisation) -> Facts:
    partners = one.partners.select_related("organisation", "region").order_by("region__name_fi", "pk")[:SHOWN]
    return [
        (_("Business ID"), one.business_id),
        (_("Sector"), one.get_sector_display().capitalize()),
        (_("Former names"), one.former_names),
        (_("Partners"), "\n".join(f"{partner} ({partner.region.name})" for partner in partners)),
    ]


def _of_person(one: Person) -> Facts:
    given = Responsibility.objects.current().filter(person=one).select_related("region")
    contact = one.contact_of.select_related("organisation", "region")[:SHOWN]
    return [
        (_("E-mail address"), one.email),
        (_("Title"), one.title),
        (_("Phone"), one.phone),
        (_("Can sign in"), _("Yes") if one.is_active else _("No")),
        (_("Responsible"), "\n".join(f"{each.region.name}, {each.get_side_display()}" for each in given)),
        (_("Contact person"), "\n".join(f"{partner} ({partner.region.name})" for partner in contact)),
    ]


def _of_partner(one: Partner) -> Facts:
    return [
        (_("State"), one.get_state_display().capitalize()),
        (_("Kind"), one.get_kind_display().capitalize()),
        (_("Municipalities"), ", ".join(sorted(town.name for town in one.municipalities.all()))),
        (_("Contact person"), one.contact),
        (_("Signatory"), one.signatory_name),
        (_("Kaikukanta account"), day(one.account_on)),
        (_("Induction"), day(one.induction_on)),
    ]


KINDS = {
    "organisations": Joining(
        gettext_lazy("Two rows of one organisation"),
        Organisation.objects.all,
        _of_organisation,
        lambda kept, gone, _by: against_organisations(kept, gone),
        join_organisations,
        lambda: Joined.objects.filter(kind=Joined.Kind.ORGANISATION).values_list("gone", flat=True),
    ),
    "people": Joining(
        gettext_lazy("Two rows of one person"),
        lambda: Person.objects.filter(joined_to=None),
        _of_person,
        against_people,
        join_people,
        lambda: Person.objects.exclude(joined_to=None).values_list("pk", flat=True),
    ),
}


@require_safe
def joins(request: Request) -> HttpResponse:
    """What stands twice, as it seems."""
    kaikukeskus_or_404(request.user)
    found = [("organisations", doubles.organisations()), ("people", doubles.people())]
    shown = [(KINDS[kind].heading, kind, pairs) for kind, pairs in found]
    return render(request, "adoption/joins.html", {"kinds": shown})


def _kind(request: Request, kind: str) -> Joining:
    kaikukeskus_or_404(request.user)
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


@require_safe
def join_choose(request: Request, kind: str, pk: int) -> HttpResponse:
    """Which other row is the same one."""
    joining = _kind(request, kind)
    kept = get_object_or_404(joining.rows(), pk=pk)
    words = request.GET.get("with", kept.name).replace("\x00", "")
    others = joining.rows().exclude(pk=pk)
    for word in folded(words).split():
        others = others.filter(found_by__contains=word)
    shown = {"kind": kind, "kept": kept, "heading": joining.heading, "words": words}
    shown["others"] = [(other, reverse("join", args=[kind, pk, other.pk])) for other in others.order_by("pk")[:SHOWN]]
    return render(request, "adoption/join_choose.html", shown)


def join(request: Request, kind: str, pk: int, gone: int) -> HttpResponse:
    """The two side by side; a POST joins them."""
    joining = _kind(request, kind)
    kept, other = _row(joining, pk), _row(joining, gone)
    twins = twins_of(kept, other) if isinstance(kept, Organisation) else []
    shown = {
        "heading": joining.heading,
        "swapped": reverse("join", args=[kind, gone, pk]),
        "twins": twins,
        "going": _going(twins),
    }
    return _side_by_side(request, kept, other, joining, shown)


def _going(pairs: Iterable[tuple[Partner, Partner]]) -> list[tuple[Partner, Person]]:
    """Who would no longer be the contact person of which partner."""
    return [(kept, person) for kept, gone in pairs if (person := contact_that_goes(kept, gone))]


def _row(joining: Joining, pk: int) -> Any:
    """The row; refused in words when it has been joined already, as by the same form sent twice."""
    found = joining.rows().filter(pk=pk).first()
    if found is None and pk in joining.joined():
        raise Refused([_("This row has been joined with another one already.")])
    return found or get_object_or_404(joining.rows(), pk=pk)


def _side_by_side(request: Request, kept: Any, gone: Any, joining: Joining, shown: dict[str, Any]) -> HttpResponse:
    reasons = joining.against(kept, gone, request.user)
    status = 200
    if request.method == "POST":
        try:
            kept = joining.join(kept, gone, request.user)
        except Refused as refusal:
            reasons, status = refusal.reasons, refusal.status
        else:
            messages.success(request, _("They are one now: %(name)s.") % {"name": kept})
            return redirect(kept.get_absolute_url())
    theirs = [value for _label, value in joining.facts(gone)]
    both = zip(joining.facts(kept), theirs, strict=True)
    rows = [(label, one, other) for (label, one), other in both if one or other]
    shown |= {"kept": kept, "gone": gone, "rows": rows, "moves": _moves(gone), "against": reasons}
    shown |= {"reasons": reasons if status != 200 else []}
    return render(request, "adoption/join.html", shown, status=status)


def _moves(gone: Any) -> "list[tuple[StrOrPromise, int]]":
    """How much moves, by what it is; what people have no word for in one sum."""
    numbers = counted(gone)
    found = [(word, numbers.pop(label)) for label, word in MOVES.items() if label in numbers]
    rest = sum(numbers.values())
    return [*found, (_("Other references"), rest)] if rest else found


# -- partners: the pair's own -----------------------------------------------------------------------------------------

PARTNERS = Joining(
    gettext_lazy("Two rows of one partner"),
    Partner.objects.all,
    _of_partner,
    lambda kept, gone, _by: against(kept, gone),
    join_partners,
    lambda: Joined.objects.filter(kind=Joined.Kind.PARTNER).values_list("gone", flat=True),
)


@require_safe
def partner_joins(request: Request, slug: str, pk: int) -> HttpResponse:
    """Which other row of its organisation in the region is the same partner, and which of another organisation."""
    partner = partner_to_change(request.user, slug, pk)
    others = [(other, _partner_address(partner, other)) for other in doubles.partners_like(partner)]
    near = [(other, _partner_address(partner, other)) for other in doubles.partners_near(partner)]
    shown = {"kept": partner, "region": partner.region, "heading": PARTNERS.heading, "others": others, "near": near}
    return render(request, "adoption/join_choose.html", shown)


def _partner_address(one: Partner, other: Partner) -> str:
    kept, gone = (one, other) if how_far(one) >= how_far(other) else (other, one)
    return reverse("partner_join", args=[kept.region.slug, kept.pk, gone.pk])


def partner_join(request: Request, slug: str, pk: int, gone: int) -> HttpResponse:
    """The two side by side; a POST joins them."""
    kept, other = partner_to_change(request.user, slug, pk), partner_to_change(request.user, slug, gone)
    shown = {"heading": PARTNERS.heading, "region": kept.region, "going": _going([(kept, other)])}
    if kept.organisation_id != other.organisation_id:
        shown["of_two"] = _of_two(request, kept, other)
    return _side_by_side(
        request, kept, other, PARTNERS, shown | {"swapped": reverse("partner_join", args=[slug, gone, pk])}
    )


def _of_two(request: Request, kept: Partner, gone: Partner) -> str:
    """Where the two organisations are joined: by Kaikukeskus, which the pair asks with the words ready."""
    if request.user.is_kaikukeskus:
        return reverse("join", args=["organisations", kept.organisation_id, gone.organisation_id])
    said = _("“%(one)s” and “%(other)s” are the same partner, under two organisations. Please join the organisations.")
    address = reverse("question_new", args=[kept.region.slug, "partner", kept.pk])
    return f"{address}?{urlencode({'text': said % {'one': kept, 'other': gone}})}"
