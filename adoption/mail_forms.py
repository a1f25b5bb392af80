"""What is asked of a person about the mails that one wants to have?"""

from typing import Any

from django import forms

from adoption.fields import Form
from adoption.mail_choices import choices_of, ways_of
from adoption.models import Kind, Person


class MailsForm(Form):
    """For each kind of mail how the person hears of it; what the role requires cannot be switched off."""

    prefix = "mails"

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, how in choices_of(person).items():
            kind = Kind(key)
            ways = [(way.value, way.label) for way in ways_of(kind)]
            self.fields[key] = forms.ChoiceField(label=kind.label, choices=ways, initial=how)
