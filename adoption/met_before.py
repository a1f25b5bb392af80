"""Which organisation that is known already, here or in another region, does somebody mean who adds a partner?

Of another region's partner nothing is told but what is public of the organisation: its name, business ID and sector.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from adoption.folding import folded
from adoption.models import Organisation, Region
from adoption.partners import plain

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OFFERED = 5
NEW = "new"  # none of those that are offered


def taken_by_id(form: forms.BaseForm, data: dict[str, Any]) -> None:
    """Name and sector come with a business ID that is known: they need not be typed, and another name is not taken."""
    known = Organisation.objects.filter(business_id=data.get("business_id") or "-").first()
    if known is None:
        return
    for field, value in (("organisation_name", known.name), ("sector", known.sector)):
        form.errors.pop(field, None)
        data[field] = value


def of_this_name(name: str, region: Region) -> list[Organisation]:
    """Those of other regions that are called so; one of this region is taken without asking."""
    words = folded(name).split()
    found = Organisation.objects.exclude(partners__region=region)
    for word in words:
        found = found.filter(found_by__contains=word)
    same = [one for one in found.order_by("pk")[: OFFERED * 4] if plain(one.name) == plain(name)]
    return same[:OFFERED] if words else []


def ask_which(form: forms.BaseForm, data: dict[str, Any], region: Region, field: str) -> Organisation | None:
    """The known organisation that is meant. Where some are called so, the form comes back with the question in a field
    of its own; for a business ID nothing is asked."""
    offered = of_this_name(data.get("organisation_name", ""), region) if not data.get("business_id") else []
    if not offered:
        return None
    chosen = form.data.get(form.add_prefix(field))
    choices: list[tuple[str, StrOrPromise]] = [(str(one.pk), _facts(one)) for one in offered]
    form.fields[field] = forms.ChoiceField(
        label=_("Is it one of these organisations, which are known already?"),
        choices=[*choices, (NEW, _("None of these: another organisation"))],
        widget=forms.RadioSelect,
        help_text=_("A known organisation is not typed again: its name, business ID and sector come with it."),
    )
    if chosen not in {value for value, _label in choices} | {NEW}:
        form.add_error(field, _("An organisation of this name is known already. Choose whether it is the same one."))
    return next((one for one in offered if str(one.pk) == chosen), None)


def _facts(one: Organisation) -> str:
    return ", ".join(str(part) for part in (one.name, one.business_id, one.get_sector_display()) if part)
