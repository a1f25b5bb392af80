"""What does Kaikukeskus fill in about a template, and which drafts are chosen to be made anew?"""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from adoption.fields import UNSEEN, Form, Several, no_identity_code, offer
from commitments.models import Commitment
from commitments.templates import LANGUAGES
from doc_templates.container import MAX_FILE

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def kinds() -> list[tuple[str, str]]:
    """The kinds of commitments by their names, with a capital letter."""
    return [(kind.value, str(kind.label)[:1].upper() + str(kind.label)[1:]) for kind in Commitment.Kind]


def language_name(code: str) -> str:
    """The language in the reader's own, with a capital letter."""
    return str(get_language_info(code)["name_translated"]).capitalize()


class UploadForm(Form):
    """A DOCX of Kaikukeskus's own, for one kind of commitment in one language."""

    kind = forms.ChoiceField(label=_("Kind of commitment"))
    language = forms.ChoiceField(label=_("Language of the document"))
    file = forms.FileField(
        label=_("Template"),
        help_text=_("A Word document (DOCX) of at most 5 MB."),
        allow_empty_file=True,  # what is wrong with it, the check says
        widget=forms.ClearableFileInput(attrs={"accept": f"{DOCX},.docx"}),
        error_messages={"required": _("Choose the template.")},
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        offer(self, "kind", [("", "–"), *kinds()])
        offer(self, "language", [("", "–"), *((code, language_name(code)) for code in LANGUAGES)])

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        file.name = UNSEEN.sub("", file.name)
        no_identity_code(file.name)
        return file

    def clean(self) -> None:
        if self.errors and not self.has_error("file"):
            self.add_error("file", _("Choose the file again: a browser does not keep it."))

    def content(self) -> bytes:
        """The file's bytes, one more than it may have at most: no more is read than shows that it is too large."""
        return self.cleaned_data["file"].read(MAX_FILE + 1)


class RenewForm(Form):
    """The drafts that are to be made anew: those that are ticked, or all."""

    drafts = Several(
        queryset=Commitment.objects.none(),
        label=_("Drafts"),
        error_messages={
            "required": _("Choose at least one draft."),
            "invalid_choice": _("One of these drafts has been renewed or sent meanwhile. Look at the list anew."),
        },
    )
    every = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, drafts: QuerySet[Commitment], *args: Any) -> None:
        super().__init__(*args)
        offer(self, "drafts", drafts)
        self.fields["drafts"].required = "every" not in self.data

    @property
    def ticked(self) -> set[int]:
        """The keys of the drafts that were chosen, for a page that shows the form anew."""
        return {draft.pk for draft in self.cleaned_data.get("drafts", ())} if self.is_bound else set()
