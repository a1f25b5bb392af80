"""What is asked when several partners are marked at once, and when a list of accounts comes back?"""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from adoption.fields import Day, Form, Several, offer
from adoption.marking import What
from adoption.models import Partner
from adoption.refusal import Refused
from adoption.tables import LARGEST, Table, pasted, uploaded


class Service(Form):
    """A form that says a service's refusal in its own summary, with all that was typed."""

    refusal: Refused | None = None

    def refuse(self, refusal: Refused) -> None:
        self.refusal = refusal
        self.add_error(None, [str(reason) for reason in refusal.reasons])

    @property
    def status(self) -> int:
        return self.refusal.status if self.refusal else super().status


class MarkForm(Service):
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


class AccountsForm(Service):
    """The list of the accounts that have been made, pasted or uploaded."""

    rows = forms.CharField(
        label=_("Rows from a spreadsheet"),
        required=False,
        strip=False,
        help_text=_("Copy the rows together with their headings, and paste them here. At most 5 MB."),
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("XLSX, of which the first sheet is read, or CSV; at most 10 MB and 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not (data.get("rows") or "").strip() and not data.get("file"):
            self.add_error("rows", _("Paste the rows, or choose a file."))
        elif (data.get("rows") or "").strip() and data.get("file"):
            self.add_error("file", _("Give one of the two: the rows that are pasted, or a file."))
        return data

    def table(self) -> Table:
        """The list. Raises Refused for one that cannot be read."""
        file: UploadedFile | None = self.cleaned_data["file"]
        return uploaded(file.read(LARGEST + 1)) if file else pasted(self.cleaned_data["rows"])
