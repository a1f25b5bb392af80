"""What is asked about plans: a wished start, a day that is moved, the days on which a body meets?"""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.days import A_DAY, months_after
from adoption.fields import Day, Form
from workflows.forms import ReasonForm
from workflows.plan import LONGEST, SHORTEST, USUAL

MONTHS = _("A trial lasts from 6 to 24 months. Give the months as a number between them.")


class WishForm(Form):
    """From which day distribution is wished to begin, and for how long."""

    start = Day(label=_("Wished start of distribution"))
    months = forms.IntegerField(
        label=_("Length of the trial in months"), initial=USUAL, required=False, min_value=SHORTEST, max_value=LONGEST,
        help_text=_("Usually 12, at least 6 and at most 24."),
        error_messages={"invalid": MONTHS, "min_value": MONTHS, "max_value": MONTHS},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
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

    to = Day(label=_("New day"), help_text=_("In the form 5.3.2027. Monday to Friday, and no holiday."))
    field_order = ["to", "reason"]

    def __init__(self, due: date | None, *args: Any) -> None:
        super().__init__(*args, initial={"to": due})

    @property
    def day(self) -> str:
        """The day of a form that can be looked at, else nothing."""
        return self.cleaned_data["to"].isoformat() if self.is_bound and self.is_valid() else ""
