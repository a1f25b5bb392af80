"""What is asked of those who write minutes, agree on points, and keep the agendas?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from adoption.fields import Day, Form, OneOf, Text
from adoption.forms import area
from adoption.models import Person
from workflows.arranging.models import Meeting
from workflows.minutes.models import LANGUAGES, Minutes
from workflows.minutes.writing import PARTS, people_for

LONGEST = 10_000
A_LINE_EACH = _("A line for each.")


class MinutesForm(Form):
    """Agenda, what was said, and decisions."""

    agenda = Text(
        label=_("Agenda"), required=False, widget=area(12), max_length=LONGEST,
        help_text=_("A line for each. Once the time is fixed, everybody invited reads it by the own link."),
    )  # fmt: skip
    said = Text(label=_("What was said"), required=False, widget=area(12), max_length=LONGEST, help_text=A_LINE_EACH)
    decisions = Text(label=_("Decisions"), required=False, widget=area(6), max_length=LONGEST, help_text=A_LINE_EACH)
    language = forms.ChoiceField(
        label=_("Language of the document"), choices=LANGUAGES, widget=forms.RadioSelect,
        help_text=_("In it headings, statements and days are said; what you write stays as it is."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, minutes: Minutes, *args: Any) -> None:
        known = {part: getattr(minutes, part) for part in (*PARTS, "version")}
        super().__init__(*args, initial=known)

    @property
    def said_now(self) -> dict[str, str]:
        return {part: self.cleaned_data[part] for part in PARTS}


class PointForm(Form):
    """What was agreed on, who does it, and by when."""

    text = Text(label=_("What was agreed on"), max_length=200)
    person = OneOf(label=_("Who does it"), queryset=Person.objects.none(), empty_label=_("Choose"))
    due = Day(label=_("By when"), required=False)

    def __init__(self, meeting: Meeting, *args: Any) -> None:
        super().__init__(*args)
        field: Any = self.fields["person"]
        field.queryset = people_for(meeting)


class AgendaForm(Form):
    """The agenda of a kind of meeting in a language."""

    text = Text(
        label=_("Agenda"), required=False, widget=area(14), max_length=LONGEST,
        help_text=_("A line for each. Leave it empty to have the text back that the site came with."),
    )  # fmt: skip
