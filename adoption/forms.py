"""What is asked of people on the pages of regions, people and partners?"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import plain
from adoption.fields import BLANK, Day, Form, ModelForm, OneOf, Several, Text, field_for, offer
from adoption.met_before import ask_which
from adoption.models import County, Municipality, Organisation, Partner, Person, Region, Side
from adoption.operating_model import LIMITS
from adoption.venue_limits import allowed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROWS = 4
WEIGHTS = (
    7,
    9,
    10,
    5,
    8,
    4,
    2,
)  # of a Finnish business ID's digits; the last one is what makes the sum a multiple of 11
WRONG_ID = _("This is not a Finnish business ID: its check digit does not fit. Give it as 1234567-1, or leave it out.")


def area(rows: int = ROWS) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class BusinessID(Text):
    """A Finnish business ID with its right check digit, as 1234567-1; the hyphen may be left out."""

    def clean(self, value: Any) -> str:
        text = super().clean(value).replace(" ", "")
        if not text:
            return ""
        found = re.fullmatch(r"(\d{6,7})-?(\d)", text, re.ASCII)
        digits = found[1].zfill(7) if found else ""
        if not found or self.check_digit(digits) != int(found[2]):
            raise ValidationError(WRONG_ID, code="business_id")
        return f"{digits}-{found[2]}"

    @staticmethod
    def check_digit(digits: str) -> int:
        """The digit that belongs to the seven; 10 for those that are never given."""
        return -sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11


# -- regions and people --------------------------------------------------------------------------------------------


class CountyForm(Form):
    """Which county's municipalities are shown."""

    county = OneOf(
        County.objects.all(),
        label=_("Wellbeing services county"),
        required=False,
        empty_label=_("No county (Helsinki, Åland, abroad)"),
    )


class RegionForm(Form):
    """A new region: its names, its county's municipalities to choose from, and others by name."""

    name_fi = Text(label=_("Name in Finnish"), max_length=120, help_text=_("The address of its pages is made of it."))
    name_sv = Text(label=_("Name in Swedish"), max_length=120, required=False)
    name_en = Text(label=_("Name in English"), max_length=120, required=False)
    municipalities = Several(
        Municipality.objects.none(), label=_("Municipalities"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = Text(
        label=_("Municipalities of other counties"),
        required=False,
        help_text=_("Their names, with commas between."),
    )

    def __init__(self, county: County | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "municipalities", Municipality.objects.filter(county=county))

    def clean_others(self) -> list[Municipality]:
        names = [name.strip() for name in self.cleaned_data["others"].split(",") if name.strip()]
        found = {name: municipality_named(name) for name in names}
        unknown = [name for name, one in found.items() if one is None]
        if unknown:
            raise ValidationError(_("There is no municipality called: %(names)s.") % {"names": ", ".join(unknown)})
        return [one for one in found.values() if one]

    @property
    def chosen(self) -> list[Municipality]:
        """All the municipalities, each once."""
        return list(
            {one.pk: one for one in [*self.cleaned_data["municipalities"], *self.cleaned_data["others"]]}.values()
        )

    @property
    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{code}"] for code in ("fi", "sv", "en")}


class RegionEditForm(RegionForm):
    """A region to be corrected: its names, its county, and the municipalities that it has or could have."""

    county = OneOf(
        County.objects.all(),
        label=_("Wellbeing services county"),
        required=False,
        empty_label=_("No county (Helsinki, Åland, abroad)"),
    )
    field_order = ("name_fi", "name_sv", "name_en", "county", "municipalities", "others")

    def __init__(self, region: Region, *args: Any, **kwargs: Any) -> None:
        own = list(region.municipalities.all())
        names = {name: getattr(region, name) for name in ("name_fi", "name_sv", "name_en")}
        kwargs["initial"] = {**names, "county": region.county_id, "municipalities": [one.pk for one in own]}
        super().__init__(region.county, *args, **kwargs)
        self.fields["name_fi"].help_text = _("The address of its pages stays as it is.")
        near = models.Q(regions=region)
        if region.county_id:
            near |= models.Q(county=region.county_id)
        offer(self, "municipalities", Municipality.objects.filter(near).distinct())


def municipality_named(name: str) -> Municipality | None:
    """The municipality with the name, in Finnish or in Swedish."""
    found = Municipality.objects.filter(name_fi__iexact=name) | Municipality.objects.filter(name_sv__iexact=name)
    return found.first()


def ask_whose(form: forms.BaseForm, name: str, email: str, field: str) -> None:
    """An address that belongs to somebody of another name is used once the person who typed it has ticked that this
    one is meant: the form comes back with the question in a field of its own, and the tick is for this one only."""
    known = Person.objects.filter(email=email.strip().lower()).first() if name and email else None
    if known is None or plain(known.name) == plain(name):
        return
    ticks = forms.CheckboxSelectMultiple()
    if str(known.pk) in (ticks.value_from_datadict(form.data, form.files, form.add_prefix(field)) or []):
        return
    form.fields[field] = forms.MultipleChoiceField(
        label=_("Whose address is it?"),
        choices=[(str(known.pk), _("I mean %(name)s") % {"name": known.name})],
        widget=ticks,
        help_text=_("The name, title, phone and language that are known of this person stay as they are."),
    )
    said = _("%(email)s is the address of %(name)s, not of %(typed)s. Tick that you mean this person, or correct it.")
    form.add_error(field, said % {"email": known.email, "name": known.name, "typed": name})


class PersonForm(ModelForm):
    """A person's own data, to be corrected."""

    class Meta:
        model = Person
        fields = ("name", "email", "title", "phone", "language")

    def validate_unique(self) -> None:
        """The service asks this under its lock, and says it in its own words."""


class ColleagueForm(PersonForm):
    """Who comes to work at Kaikukeskus."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ask_whose(self, data.get("name", ""), data.get("email", ""), "same")
        return data


class PeopleFilter(Form):
    """Which people are listed."""

    words = Text(label=_("Name or address"), required=False, max_length=150)
    only = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[("", _("all")), ("kaikukeskus", _("people of Kaikukeskus")), ("closed", _("closed"))],
    )


class NameForm(PersonForm):
    """Who is named to what: one of the sides that the person who names may fill."""

    side = forms.ChoiceField(label=_("Side"), widget=forms.RadioSelect)
    municipality = OneOf(
        Municipality.objects.none(),
        label=_("Municipality"),
        required=False,
        empty_label=_("The whole region"),
    )
    substitute = forms.BooleanField(
        label=_("Substitute"),
        required=False,
        help_text=_("Acts for the side in the responsible person's stead, at any time; history says for whom."),
    )
    last_day = Day(
        label=_("Last day"),
        required=False,
        help_text=_("Only for a substitute and for the working group. In the form 5.3.2027."),
    )
    field_order = ("side", "name", "email", "title", "phone", "language", "municipality", "substitute", "last_day")

    def __init__(self, region: Region, sides: list[Side], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "side", [(side.value, side.label) for side in sides])
        offer(self, "municipality", region.municipalities.all())


# -- partners ------------------------------------------------------------------------------------------------------


class PartnersFilter(Form):
    """Which partners are listed."""

    LACKING = (
        ("contact", _("no contact person")),
        ("account", _("no Kaikukanta account")),
        ("induction", _("no induction")),
        ("again", _("induction due again")),
        ("reached", _("contact person not reached")),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all")), *Partner.Role.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *Partner.State.choices])
    lacks = forms.ChoiceField(label=_("What is missing"), required=False, choices=[("", _("all")), *LACKING])


def kinds(role: str) -> "list[tuple[str, StrOrPromise]]":
    """The kinds that belong to the role, with their names."""
    venue = role == Partner.Role.VENUE
    return [(kind.value, kind.label) for kind in Partner.Kind if (kind in Partner.VENUE_KINDS) == venue]


def organisation_field(name: str, **kwargs: Any) -> forms.Field:
    field = field_for(cast(models.Field, Organisation._meta.get_field(name)), **kwargs)
    assert field
    return field


class PartnerForm(ModelForm):
    """A partner's own facts; which kinds and fields there are depends on its role."""

    OFFERED = ("offering", *LIMITS, "limits", "how_to_get")
    GROUPS: "tuple[tuple[StrOrPromise, tuple[str, ...]], ...]" = (
        (_("Organisation"), ("organisation_name", "business_id", "sector", "unit")),
        (_("The partner"), ("kind", "municipalities", "language", "interest")),
        (
            _("Signatory"),
            ("signatory_name", "signatory_title", "signatory_email", "signatory_basis"),
        ),
        (_("What is offered"), OFFERED),
    )
    organisation_name = organisation_field("name", help_text=_("The official name, as in the register."))
    business_id = BusinessID(
        label=_("Business ID"),
        required=False,
        help_text=_("For example 1234567-1. By it the same organisation is found again."),
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=Organisation.Sector.choices, widget=forms.RadioSelect)
    unit = Text(
        label=_("Unit"),
        required=False,
        max_length=300,
        help_text=_("The unit that takes part, when it is not the whole organisation."),
    )
    municipalities = Several(
        Municipality.objects.none(),
        label=_("Municipalities in which it acts"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one municipality in which the partner acts.")},
    )

    class Meta:
        model = Partner
        fields = (
            "kind", "municipalities", "language", "interest", "signatory_name", "signatory_title", "signatory_email",
            "signatory_basis", "offering", *LIMITS, "limits", "how_to_get",
        )  # fmt: skip
        help_texts = {
            "signatory_name": _("Who signs the commitment: often somebody else than the contact person."),
            "interest": _("What the partner has answered to the question whether it takes part."),
            "tickets_per_event": _(
                "The offer is limited only in exceptional situations, by these numbers. What is empty is not limited."
            ),
            "limits": _("Written before there were numbers. Once the numbers say it, this is not printed: empty it."),
        }
        labels = {"limits": _("Limits as they were written earlier")}
        widgets = {"offering": area(), "limits": area(), "how_to_get": area()}
        help_texts = {"how_to_get": _("Everybody reads it in the region's lists: write no names of persons.")}

    def __init__(self, region: Region, role: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            owner = self.instance.organisation
            own = {"organisation_name": owner.name, "business_id": owner.business_id, "sector": owner.sector}
            self.initial = {**self.initial, **own, "unit": self.instance.unit}
        self.offer_only(region.municipalities.all())
        offer(self, "kind", [("", BLANK), *kinds(role)])
        for name in self._not_offered(role):
            del self.fields[name]

    def _not_offered(self, role: str) -> set[str]:
        """The fields that this partner has not: a distributor none of an offer, a venue no way of limiting it that its
        operating model does not allow, and the text of limits only where one was written before."""
        if role == Partner.Role.DISTRIBUTOR:
            return set(self.OFFERED)
        old = set() if self.instance.limits else {"limits"}
        return old | set(LIMITS) - set(allowed(self.instance.committed_model))

    def clean_limits(self) -> str:
        """The old text as it was, or emptied: limits are given as numbers now."""
        text = self.cleaned_data["limits"]
        if text and text.split() != self.initial["limits"].split():
            raise forms.ValidationError(_("Say limits by the numbers above: this text can only be emptied."))
        return text and self.initial["limits"]

    def offer_only(self, municipalities: models.QuerySet[Municipality]) -> None:
        """These are offered; a single one is chosen already."""
        offer(self, "municipalities", municipalities)
        only = list(municipalities[:2])
        self.fields["municipalities"].initial = only if len(only) == 1 else None

    def groups(self) -> "Iterator[tuple[StrOrPromise, list[BoundField]]]":
        """The fields under their headings, in the order of the page."""
        for heading, names in self.GROUPS:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield heading, fields

    @property
    def organisation(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"name": data["organisation_name"], "sector": data["sector"], "business_id": data["business_id"]}

    @property
    def details(self) -> dict[str, Any]:
        """What the services take beside the municipalities."""
        return {
            name: self.cleaned_data[name]
            for name in self.Meta.fields
            if name in self.fields and name != "municipalities"
        }


class NewPartnerForm(PartnerForm):
    """A new partner: its organisation, its own facts, and its contact person if one is known."""

    GROUPS = (
        (_("Organisation"), ("organisation_name", "organisation_known", "business_id", "sector", "unit")),
        PartnerForm.GROUPS[1],
        (
            _("Contact person"),
            ("contact_name", "contact_email", "contact_same", "contact_title", "contact_phone", "contact_language"),
        ),
        *PartnerForm.GROUPS[2:],
    )
    field_order = [name for _heading, names in GROUPS for name in names]
    contact_name = Text(label=_("Contact person"), required=False, max_length=150)
    contact_email = forms.EmailField(
        max_length=254,
        label=_("E-mail of the contact person"),
        required=False,
        help_text=_("By it the contact person signs in and sees the partner's own page."),
    )
    contact_title = Text(label=_("Title of the contact person"), required=False, max_length=150)
    contact_phone = Text(label=_("Phone of the contact person"), required=False, max_length=40)
    contact_language = forms.ChoiceField(
        label=_("Language of the contact person"),
        choices=Person._meta.get_field("language").choices or (),
    )

    known: Organisation | None = None

    def __init__(self, region: Region, role: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(region, role, *args, **kwargs)
        self.region = region
        self.fields["business_id"].help_text = _(
            "For example 1234567-1. Of an organisation that is known by it, name and sector need not be given."
        )

    def clean(self) -> dict[str, Any]:
        """A contact person is whole or not given: without an address the person could not be reached."""
        data = super().clean() or self.cleaned_data
        self.known = ask_which(self, data, self.region, "organisation_known")
        given = [data.get(f"contact_{part}") for part in ("name", "email", "title", "phone")]
        if any(given):
            if not data.get("contact_email") and "contact_email" not in self.errors:
                self.add_error(
                    "contact_email", _("Give the contact person's e-mail address: it is the way to sign in.")
                )
            if not data.get("contact_name") and "contact_name" not in self.errors:
                self.add_error("contact_name", _("Give the contact person's name."))
        ask_whose(self, data.get("contact_name", ""), data.get("contact_email", ""), "contact_same")
        return data

    @property
    def organisation(self) -> dict[str, Any]:
        return {**super().organisation, "known": self.known}

    @property
    def contact(self) -> dict[str, str] | None:
        parts = ("name", "email", "title", "phone", "language")
        contact = {part: self.cleaned_data[f"contact_{part}"] for part in parts}
        return contact if contact["email"] else None


class YesOrNo(forms.TypedChoiceField):
    """The question of rule R6, which is answered and never left open."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Are most of the clients in a tight financial situation?"),
            choices=[("yes", _("yes")), ("no", _("no"))],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            error_messages={"required": _("Answer yes or no: Kaikukeskus asks this of every distributor.")},
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class ClearanceRequestForm(ModelForm):
    """The answers of rule R6."""

    most_in_tight = YesOrNo()

    class Meta:
        model = Partner
        fields = ("client_group", "most_in_tight", "why_most", "cards_per_year")
        labels = {"why_most": _("Why do you think so?")}
        help_texts = {
            "why_most": _("What you know of the clients as a group. Write nothing about any single person."),
            "client_group": _("What kind of work, how many clients, in how many units."),
        }
        widgets = {"client_group": area(), "why_most": area()}
        error_messages = {
            "client_group": {"required": _("Write what the unit does and for whom.")},
            "why_most": {"required": _("Write why you think so: Kaikukeskus decides by it.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("client_group", "why_most"):
            self.fields[name].required = True


class AnswerForm(Form):
    """The pair's answer to Kaikukeskus's question."""

    answer = Text(
        label=_("Answer"), widget=area(), help_text=_("The commitment prints it after the reason that you gave before.")
    )
    most_in_tight = YesOrNo()


class ClearanceForm(Form):
    """Kaikukeskus's decision about a distributor."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("clear", _("Clear it")), ("more", _("Ask for more information")), ("decline", _("Decline it"))],
        widget=forms.RadioSelect,
    )
    seen = Text(required=False, widget=forms.HiddenInput)  # the mark of the request that the page has shown
    message = Text(
        label=_("Message to the pair"),
        required=False,
        widget=area(3),
        help_text=_("Mandatory unless you clear; then too, if the pair's answer is no."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") in ("more", "decline") and not data.get("message") and "message" not in self.errors:
            self.add_error("message", _("Write what you want to know, or why you decline: the pair sees it."))
        return data


class ContactForm(Form):
    """The partner's one named contact person."""

    name = Text(label=_("Name"), max_length=150)
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail address"),
        help_text=_("By it the contact person signs in and sees the partner's own page."),
        error_messages={"required": _("Give the contact person's e-mail address: it is the way to sign in.")},
    )
    title = Text(label=_("Title"), required=False, max_length=150)
    phone = Text(label=_("Phone"), required=False, max_length=40)
    language = forms.ChoiceField(label=_("Language"), choices=Person._meta.get_field("language").choices or ())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ask_whose(self, data.get("name", ""), data.get("email", ""), "same")
        return data


class AccountForm(Form):
    """The day of the Kaikukanta account."""

    on = Day(label=_("Kaikukanta account made on"))


class InductionForm(Form):
    """The day and manner of the induction."""

    on = Day(label=_("Induction held on"))
    manner = forms.ChoiceField(label=_("Manner of induction"), choices=Partner.Manner.choices, widget=forms.RadioSelect)
    persons = forms.IntegerField(label=_("Persons inducted"), required=False, min_value=1, max_value=100_000)


class ReasonForm(Form):
    """Why; it stays visible."""

    reason = Text(label=_("Reason"), widget=area(3), help_text=_("It stays visible."))


class NothingAsked(Form):
    """An act that needs no more than the button."""
