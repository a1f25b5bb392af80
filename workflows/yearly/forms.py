"""What is asked when something that comes round every year has been done?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from adoption.fields import Form, Text
from workflows.forms import PastDay


class DoneForm(Form):
    """The day, and what is worth knowing a year later. `last`: when it was last done when one looked."""

    last = forms.DateField(widget=forms.HiddenInput)
    on = PastDay(label=_("Done on"))
    note = Text(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who took part, or what was changed. Write nothing about clients."),
    )  # fmt: skip
    use_required_attribute = False
