"""What is asked of those who open a survey, and of those who answer it?"""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.days import A_DAY, last_working_day
from adoption.fields import Day, Form, Text
from adoption.forms import area
from workflows.arranging.models import Meeting
from workflows.survey.questions import CANNOT_SAY, IN_OWN_WORDS, LONGEST, SCORES, STATEMENTS

USUAL = timedelta(days=14)


class OpenSurveyForm(Form):
    """Until when the partners may answer."""

    closes_on = Day(label=_("Last day to answer"), help_text=_("In the form 5.3.2027. Before the meeting."))

    def __init__(self, meeting: Meeting, *args: Any) -> None:
        super().__init__(*args, initial={"closes_on": offered(meeting)})


class EndSurveyForm(Form):
    """That the survey ends today: nothing is asked."""


def offered(meeting: Meeting) -> date:
    """The day that is offered: the last working day within two weeks, and before the meeting."""
    usual = last_working_day(localdate() + USUAL)
    if meeting.starts_at is None:
        return usual
    return min(usual, last_working_day(localdate(meeting.starts_at) - A_DAY))


class AnswerForm(Form):
    """The four statements and the question. Nothing of it has to be answered."""

    text = Text(
        label=IN_OWN_WORDS, required=False, widget=area(5), max_length=LONGEST,
        help_text=_("Write nothing by which you, a colleague or a cardholder can be known."),
    )  # fmt: skip
    field_order = [*STATEMENTS, "text"]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for key, text in STATEMENTS.items():
            self.fields[key] = forms.TypedChoiceField(
                label=text, choices=[*SCORES.items(), ("", CANNOT_SAY)], coerce=int, empty_value=None, required=False,
                widget=forms.RadioSelect,
            )  # fmt: skip
        self.order_fields(self.field_order)

    @property
    def scores(self) -> dict[str, int]:
        """Statement → number, of those about which something was said."""
        return {key: self.cleaned_data[key] for key in STATEMENTS if self.cleaned_data[key] is not None}
