"""What is asked about plans: a wished start, a day that is moved, the days on which a body meets?"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import alphabetical
from adoption.days import A_DAY, months_after
from adoption.deadlines import Deadline
from adoption.fields import Day, Form, Text, offer
from adoption.models import Municipality, Region
from workflows.bodies import COUNTY
from workflows.forms import ReasonForm
from workflows.meeting_days import days_of
from workflows.models import Body
from workflows.plan import LONGEST, SHORTEST, USUAL
from workflows.standing import written

MONTHS = _("A trial lasts from 6 to 24 months. Give the months as a number between them.")
NEXT_YEAR_FROM = 11  # the month from which calendars of the next year are pasted


class WishForm(Form):
    """From which day distribution is wished to begin, and for how long."""

    start = Day(label=_("Wished start of distribution"))
    months = forms.IntegerField(
        label=_("Length of the trial in months"), initial=USUAL, required=False, min_value=SHORTEST, max_value=LONGEST,
        help_text=_("Usually 12, at least 6 and at most 24."),
        error_messages={"invalid": MONTHS, "min_value": MONTHS, "max_value": MONTHS},
    )  # fmt: skip
    use_required_attribute = False

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if start <= localdate():
            raise ValidationError(_("The planned start must be after today: the preparation comes first."), code="past")
        return start

    @property
    def end(self) -> date:
        """The last day of the trial."""
        said: dict[str, Any] = self.cleaned_data
        return months_after(said["start"], said["months"] or USUAL) - A_DAY


class MoveForm(ReasonForm):
    """To which day a step is moved, and why."""

    to = Deadline(label=_("New day"), help_text=_("In the form 5.3.2027. Monday to Friday, and no holiday."))
    field_order = ["to", "reason"]

    def __init__(self, due: date | None, *args: Any) -> None:
        super().__init__(*args, initial={"to": due})
        self.fields["reason"].help_text = _("It stays visible in the plan and in the history.")

    @property
    def day(self) -> str:
        """The day of a form that can be looked at, else nothing."""
        return self.cleaned_data["to"].isoformat() if self.is_bound and self.is_valid() else ""


class BodyForm(Form):
    """Whose body it is, what it is called, and when it meets."""

    owner = forms.ChoiceField(label=_("Whose body"))
    name = Text(label=_("Name of the body"), max_length=200, help_text=_("For example the education committee."))
    year = forms.IntegerField(label=_("Year of the days that name none"), min_value=2000, max_value=2100)
    days = Text(
        label=_("Days of its meetings"), max_length=8000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Paste them from the body's calendar: 5.3.2027, 5.3. or 2027-03-05, one or several on a line."),
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, region: Region, towns: Iterable[Municipality], body: Body | None, *args: Any) -> None:
        super().__init__(*args)
        self.towns = {f"m{one.pk}": one for one in towns}
        self.initial["year"] = localdate().year + (localdate().month >= NEXT_YEAR_FROM)
        if body:
            del self.fields["owner"]
            self.initial["name"] = body.name
            self.initial["days"] = "\n".join(written(day) for day in body.meets_on)
            return
        choices = [(key, town.name) for key, town in self.towns.items()]
        choices.sort(key=lambda choice: alphabetical(choice[1]))
        offer(self, "owner", choices + ([(COUNTY, region.county.name)] if region.county else []))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("days") and said.get("year"):
            said["days"], refused = days_of(said["days"], said["year"])
            for line in refused:
                self.add_error("days", ValidationError(line, code="line"))
        return said

    @property
    def municipality(self) -> Municipality | None:
        """The municipality whose body it is; None for the county's."""
        return self.towns.get(self.cleaned_data["owner"])
