"""What is asked when several partners are marked at once?"""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from adoption.fields import Day, Form, Several, offer
from adoption.marking import What
from adoption.models import Partner


class MarkForm(Form):
    """Which partners, what, and the day that is the same for all."""

    partners = Several(
        queryset=Partner.objects.none(),
        label=_("Partners"),
        error_messages={
            "required": _("Choose at least one partner."),
            "invalid_choice": _("One of these partners is no longer in the list. Look at it anew."),
        },
    )
    what = forms.ChoiceField(label=_("What is marked?"), choices=What.choices, widget=forms.RadioSelect)
    on = Day(label=_("Day"))
    manner = forms.ChoiceField(
        label=_("Manner of induction"),
        choices=[("", _("Choose")), *Partner.Manner.choices],
        required=False,
        help_text=_("Needed of an induction, and of nothing else."),
    )

    def __init__(self, partners: QuerySet[Partner], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "partners", partners)

    @property
    def ticked(self) -> set[str]:
        """The keys of the partners that stand chosen."""
        if self.is_bound:
            return set(cast(QueryDict, self.data).getlist("partners"))
        return {str(pk) for pk in self.initial.get("partners", ())}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("what") == What.INDUCTION and not data.get("manner"):
            self.add_error("manner", _("Choose in which manner the staff was inducted."))
        return data
