"""Which organisation that is known already, here or in another region, does somebody mean who adds a partner?

Of another region's partner nothing is told but what is public of the organisation: its name, business ID and sector.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import by_name, plain
from adoption.folding import folded
from adoption.models import Municipality, Organisation, Partner, Region
from adoption.partners import two_ids
from adoption.public_bodies import Bodies

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OFFERED = 5
NEW = "new"  # none of those that are offered


def taken_by_id(form: forms.BaseForm, data: dict[str, Any]) -> bool:
    """Name and sector come with a business ID that is known: they need not be typed, and another name is not taken.
    Whether it is known."""
    known = Organisation.objects.filter(business_id=data.get("business_id") or "-").first()
    if known is None:
        return False
    for field, value in (("organisation_name", known.name), ("sector", known.sector)):
        form.errors.pop(field, None)
        data[field] = value
    return True


def of_this_name(name: str, region: Region, business_id: str = "") -> list[Organisation]:
    """Those of other regions that are called so; of this region where there are two, since one is taken without asking.
    With a business ID that nobody has: those that have none, as the ID may be theirs, and, where they act in this
    region or are a county or a municipality, also those of another ID, as one of the two may be wrong."""
    if not name:
        return []
    bodies = Bodies()
    called = [Q(found_by__startswith=f" {folded(one)} ") for one in bodies.names(name)]
    has_words = Q(*(Q(found_by__contains=word) for word in folded(name).split()))
    found = Organisation.objects.filter(Q(*called, has_words, _connector=Q.OR))
    if not business_id:
        here = found.filter(partners__region=region).distinct()
        if len([one for one in here if bodies.key(one.name) == bodies.key(name)]) < 2:
            found = found.exclude(partners__region=region)
    elif bodies.of(name) is None:
        found = found.filter(Q(business_id="") | Q(pk__in=region.partners.values("organisation")))
    same = [one for one in found.order_by("pk")[: OFFERED * 4] if bodies.key(one.name) == bodies.key(name)]
    return same[:OFFERED]


def ask_which(form: forms.BaseForm, data: dict[str, Any], region: Region, field: str) -> Organisation | None:
    """The known organisation that is meant, whose business ID stays where it has one. Where some are called so, the
    form comes back with the question in a field of its own; for a business ID that is known nothing is asked. Of a
    county and of a municipality there is one: no second one is made."""
    name, business_id = data.get("organisation_name", ""), data.get("business_id") or ""
    offered = [] if taken_by_id(form, data) else of_this_name(name, region, business_id)
    offered = [one for one in offered if _has_other_id(one, business_id) or not _stands(one, region, data)]
    if not offered:
        return None
    chosen = form.data.get(form.add_prefix(field))
    choices: list[tuple[str, StrOrPromise]] = [(str(one.pk), _facts(one, region)) for one in offered]
    if not (Bodies().of(name) or (not business_id and _acts_in(region, offered))):
        choices.append((NEW, _("None of these: another organisation")))
    form.fields[field] = forms.ChoiceField(
        label=_("Is it one of these organisations, which are known already?"),
        choices=choices,
        widget=forms.RadioSelect,
        help_text=_("A known organisation is not typed again: its name, business ID and sector come with it."),
    )
    if chosen not in {value for value, _label in choices}:
        form.add_error(field, _("An organisation of this name is known already. Choose whether it is the same one."))
        for other in [one.business_id for one in offered if business_id]:
            form.errors[field].extend(two_ids(other, business_id))
    known = next((one for one in offered if str(one.pk) == chosen), None)
    if known and known.business_id:
        data["business_id"] = known.business_id
    return known


def _acts_in(region: Region, offered: list[Organisation]) -> bool:
    """Without a business ID a third one of the name could not be told from the two that act there."""
    return Organisation.objects.filter(pk__in=[one.pk for one in offered], partners__region=region).exists()


def _has_other_id(one: Organisation, business_id: str) -> bool:
    """Whether it is known under another business ID than this one: without a question a second one would be made."""
    return bool(business_id and one.business_id)


def _stands(one: Organisation, region: Region, data: dict[str, Any]) -> bool:
    """Whether the unit is in the region's list already in this role: then it is refused, and not asked about."""
    role = Partner.Role.VENUE if data.get("kind") in Partner.VENUE_KINDS else Partner.Role.DISTRIBUTOR
    units = one.partners.filter(region=region, role=role).values_list("unit", flat=True)
    return plain(data.get("unit") or "") in map(plain, units)


def _facts(one: Organisation, region: Region) -> str:
    """What is public of it, and where it acts in one's own region: two of one name are told apart."""
    towns = Municipality.objects.filter(partners__organisation=one, partners__region=region).distinct()
    parts = [one.name, one.business_id, one.get_sector_display(), *by_name(towns)]
    return ", ".join(str(part) for part in parts if part)
