"""What is asked of a person who is still the contact or not, and of the successor?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from adoption.fields import Form, Text
from adoption.forms import area


class HandOverForm(Form):
    """Who follows. Asked of somebody who has not signed in: whose an address is, it does not tell."""

    name = Text(label=_("Successor's name"), max_length=150)
    email = forms.EmailField(
        label=_("Successor's e-mail address"),
        max_length=254,
        help_text=_("A link goes there, by which the successor accepts. Until then it is still you."),
    )


class LeaveForm(Form):
    """What the one who leaves wants to say."""

    reason = Text(
        label=_("Message to whoever is told"),
        required=False,
        widget=area(3),
        help_text=_("For example who to ask, and from which day on."),
    )


class DeclineForm(Form):
    """Why the successor declines."""

    reason = Text(label=_("Why?"), required=False, widget=area(3), help_text=_("Whoever named you sees it."))
