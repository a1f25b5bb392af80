"""What is asked when a trial is opened or corrected, when a feedback meeting is recorded, and when it is called?"""

from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import alphabetical
from adoption.fields import Day, Form, Several, Text
from adoption.models import Municipality, Phase, Region, RegionMunicipality
from adoption.operating_model import DEFAULT
from adoption.operating_model import MODELS as OPERATING_MODELS
from workflows.forms import PastDay, ReasonForm, number
from workflows.models import Trial, TrialMunicipality
from workflows.services import wrong_days
from workflows.trial import MODELS


class TrialForm(Form):
    """What is asked when a trial is opened."""

    municipalities = Several(
        label=_("Municipalities of the trial"), queryset=Municipality.objects.none(),
        widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose at least one municipality.")},
    )  # fmt: skip
    others = Several(
        label=_("Others of the county"), queryset=Municipality.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("One that you choose becomes a municipality of the region."),
    )  # fmt: skip
    model = forms.ChoiceField(
        label=_("Operating model"), initial=DEFAULT, widget=forms.RadioSelect,
        choices=[(key, OPERATING_MODELS[key].label) for key in sorted(MODELS, reverse=True)],
    )  # fmt: skip
    planned_start = Day(
        label=_("Planned start of distribution"),
        help_text=_("In the form 5.3.2027. The preparation takes three to six months."),
    )
    planned_end = Day(
        label=_("Planned end of the trial"),
        help_text=_("In the form 5.3.2027. A trial lasts usually a year, at least 6 and at most 24 months."),
    )
    use_required_attribute = False

    def __init__(self, region: Region, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own, others = choosable(region)
        offer_municipalities(self, "municipalities", own)
        offer_municipalities(self, "others", others)
        if len(own) == 1:
            self.fields["municipalities"].initial = [pk for pk, _label in own]
        if not others:
            del self.fields["others"]
        elif not own:
            del self.fields["municipalities"]
            self.fields["others"].required = True

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        start = said.get("planned_start")
        check_plan(self, start, said.get("planned_end"))
        if start and start <= localdate():
            text = _("The planned start must be after today: the preparation comes first.")
            self.add_error("planned_start", ValidationError(text, code="past"))
        return said

    @property
    def has_choice(self) -> bool:
        """Whether any municipality is free for a trial."""
        return any(field.queryset.exists() for field in self.fields.values() if hasattr(field, "queryset"))

    @property
    def seen(self) -> str:
        """What the plan is made from: who has seen one plan does not open a trial by another."""
        said = self.cleaned_data
        return f"{said['planned_start']} {said['planned_end']} {said['model']}"

    @property
    def chosen(self) -> list[Municipality]:
        return [*self.cleaned_data.get("municipalities", []), *self.cleaned_data.get("others", [])]


class MeetingForm(Form):
    """What is recorded of a feedback meeting."""

    held_on = PastDay(label=_("Day of the meeting"))
    attendees = number(_("Number of attendees"))
    kaikukeskus_took_part = forms.BooleanField(label=_("Kaikukeskus took part"), required=False)
    minutes = Text(
        label=_("Minutes"), max_length=20000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What was said, what is to be developed, and what was agreed. Write nothing about clients."),
        error_messages={"required": _("Write the minutes, at least what was agreed.")},
    )  # fmt: skip
    use_required_attribute = False

    def only_day(self) -> None:
        """Of an arranged meeting: who came is marked, and what was said is written, on its own pages."""
        for name in ("attendees", "kaikukeskus_took_part", "minutes"):
            del self.fields[name]


class InviteForm(Form):
    """To which feedback meeting Kaikukeskus is invited."""

    on = Day(label=_("Day of the meeting"))
    message = Text(
        label=_("Time, place and agenda"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("It goes into the mail to Kaikukeskus."),
    )  # fmt: skip
    use_required_attribute = False


class CorrectionForm(ReasonForm):
    """What of a trial's plan can be corrected before distribution begins."""

    municipalities = TrialForm.base_fields["municipalities"]
    planned_start = TrialForm.base_fields["planned_start"]
    planned_end = TrialForm.base_fields["planned_end"]
    field_order = ["municipalities", "planned_start", "planned_end", "reason"]

    def __init__(self, trial: Trial, *args: Any, **kwargs: Any) -> None:
        members = list(trial.municipalities.all())
        initial: dict[str, Any] = {"planned_start": trial.planned_start, "planned_end": trial.planned_end}
        initial["municipalities"] = [one.pk for one in members]
        super().__init__(*args, initial=initial, **kwargs)
        own, others = choosable(trial.region)
        inside = [(one.pk, one.name) for one in members]
        offer_municipalities(self, "municipalities", _in_order(inside + own + others))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        check_plan(self, said.get("planned_start"), said.get("planned_end"))
        return said

    @property
    def days(self) -> tuple[date, date]:
        """The planned days of a valid form."""
        return self.cleaned_data["planned_start"], self.cleaned_data["planned_end"]

    @property
    def seen(self) -> str:
        """What the look at the plan is made from: who has seen another is shown this one first."""
        return "{} {}".format(*self.days)


def check_plan(form: Form, start: date | None, end: date | None) -> None:
    """The field of the end has an error when no trial can be planned for these days."""
    if start and end:
        for text in wrong_days(start, end):
            form.add_error("planned_end", ValidationError(text, code="order"))


Choices = list[tuple[int, str]]


def offer_municipalities(form: Form, name: str, choices: Choices) -> None:
    """The field offers these, and takes no others."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelMultipleChoiceField)
    field.queryset = Municipality.objects.filter(pk__in=[pk for pk, _label in choices])
    field.choices = choices


def choosable(region: Region) -> tuple[Choices, Choices]:
    """The municipalities for which a trial can be opened: the region's own with their phases, others of its county."""
    lasting = RegionMunicipality.objects.filter(phase=Phase.LASTING).values("municipality")
    free = Municipality.objects.exclude(trial_memberships__is_open=True).exclude(pk__in=lasting)
    phases = dict(region.members.values_list("municipality", "phase"))
    own = [(one.pk, f"{one.name} ({Phase(phases[one.pk]).label})") for one in free.filter(pk__in=phases)]
    near = free.filter(county=region.county_id).exclude(pk__in=phases) if region.county_id else free.none()
    return _in_order(own), _in_order([(one.pk, one.name) for one in near])


def _in_order(choices: Choices) -> Choices:
    """In the alphabetical order of the reader's language."""
    return sorted(choices, key=lambda choice: alphabetical(choice[1]))


class NotOffered(NamedTuple):
    """A municipality for which no trial can be opened now: in an open trial of a region, or in lasting use."""

    municipality: Municipality
    region: Region
    is_lasting: bool


def not_offered(region: Region) -> list[NotOffered]:
    """The region's municipalities and others of its county that a new trial cannot have, and why."""
    near = _near(region)
    taken = TrialMunicipality.objects.filter(is_open=True, municipality__in=near)
    found = [
        NotOffered(one.municipality, one.trial.region, False)
        for one in taken.select_related("municipality", "trial__region")
    ]
    lasting = RegionMunicipality.objects.filter(phase=Phase.LASTING, municipality__in=near)
    lasting = lasting.select_related("municipality", "region")
    found += [NotOffered(one.municipality, one.region, True) for one in lasting]
    return sorted(found, key=lambda one: alphabetical(one.municipality.name))


def _near(region: Region) -> Any:
    own = Municipality.objects.filter(regions=region)
    return (own | Municipality.objects.filter(county=region.county_id)).distinct() if region.county_id else own
