"""What is asked when a list comes in, pasted from a spreadsheet or as a file?"""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from adoption.fields import Form
from adoption.tables import LARGEST, Table, pasted, uploaded


class ListForm(Form):
    """Rows that are pasted, or a file; one of the two."""

    rows = forms.CharField(
        label=_("Rows from a spreadsheet"),
        required=False,
        strip=False,
        help_text=_("Copy the rows together with their headings, and paste them here. At most 5 MB."),
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
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
