"""What is asked of people who bring partners in: a list, candidates one a line, what was committed on paper?"""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from adoption.columns import choice_of
from adoption.existing import UNCLEARED, Done
from adoption.fields import BLANK, UNSEEN, Day, Form, OneOf, Several, offer
from adoption.list_form import ListForm
from adoption.models import Import, Municipality, Organisation, Partner, Region
from adoption.operating_model import DEFAULT, MODELS
from adoption.refusal import Refused
from adoption.rows import sector_by_name
from adoption.tables import Cell, Line, Table

MOST_LINES = 200
ROLES = [("", BLANK), *Partner.Role.choices]


def models() -> list[tuple[str, Any]]:
    return [(key, model.label) for key, model in MODELS.items()]


class Model(forms.ChoiceField):
    """Which operating model was committed to."""

    def __init__(self) -> None:
        super().__init__(label=_("Operating model"), choices=models, initial=DEFAULT)


class ImportForm(ListForm):
    """A list, pasted or uploaded, and what it is a list of."""

    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=ROLES, help_text=_("Of the rows that do not say it themselves.")
    )
    manner = forms.ChoiceField(
        label=_("What is it a list of?"),
        choices=[
            (Import.Manner.PARTNERS, _("Partners and candidates")),
            (Import.Manner.EXISTING, _("Partners that committed earlier, on paper")),
        ],
        initial=Import.Manner.PARTNERS,
        widget=forms.RadioSelect,
    )
    model = Model()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].help_text = _("Only of those that committed earlier.")
        manner: Any = self.fields["manner"]
        manner.choice_help = {
            Import.Manner.EXISTING.value: _(
                "Their commitment is in force without a document. Where the list gives no day of commitment, account "
                "or induction, it counts as done before today."
            )
        }

    @property
    def whence(self) -> dict[str, str]:
        """Where the list is from; what was pasted is kept with it, to be corrected."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file:
            return {"file_name": UNSEEN.sub("", file.name or "")[:200]}
        return {"pasted": self.cleaned_data["rows"]}


class CandidatesForm(Form):
    """Candidates of the workshop, one a line."""

    rows = forms.CharField(
        label=_("Candidates, one a line"),
        help_text=_("Name, role and answer with commas between, for example: Taidehalli Pato, venue, yes"),
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        max_length=40_000,
        error_messages={"required": _("Write at least one name.")},
    )
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=ROLES, help_text=_("Of the lines that do not say it themselves.")
    )
    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=Organisation.Sector.choices,
        help_text=_("Of those whose name does not tell it, as “ry” does."),
        initial=Organisation.Sector.PUBLIC,
    )
    municipality = OneOf(
        Municipality.objects.none(),
        label=_("Municipality"),
        required=False,
        empty_label=_("The whole region"),
        help_text=_("Of the lines that do not say it themselves."),
    )

    def __init__(self, region: Region, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "municipality", region.municipalities.all())

    def table(self) -> Table:
        """The lines as rows of a list. Raises Refused for too many of them."""
        lines = [line for line in self.cleaned_data["rows"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise Refused([str(_("At most 200 lines at a time: bring a longer list as a spreadsheet."))])
        return Table((self._line(number, text) for number, text in enumerate(lines, 1)), [], [])

    def _line(self, number: int, text: str) -> Line:
        """The name stands first; each other word says by itself what it is."""
        mark = next((mark for mark in "\t;" if mark in text), ",")
        name, *words = (word.strip() for word in text.split(mark))
        town = self.cleaned_data["municipality"]
        said = {"organisation": name, "municipalities": town.name if town else "kaikki"}
        for word in filter(None, words):
            said |= {_column_of(word): word}
        said["sector"] = sector_by_name(name) or self.cleaned_data["sector"]
        return Line(number, {column: Cell(word) for column, word in said.items()})


def _column_of(word: str) -> str:
    """Whether a word is a role or an answer; else it is taken for a municipality."""
    return next((column for column in ("role", "interest") if choice_of(column, word)), "municipalities")


class OnPaperForm(Form):
    """When a partner committed itself on paper, and what had been done for it before it was entered here."""

    on = Day(
        label=_("Committed on"), required=False, help_text=_("In the form 5.3.2027. Leave it empty if it is not known.")
    )
    model = Model()
    cleared = Day(
        label=_("Cleared by Kaikukeskus on"),
        required=False,
        help_text=_("In the form 5.3.2027. Leave it empty if it is not known."),
    )
    account = Day(
        label=_("Kaikukanta account made on"),
        required=False,
        help_text=_("In the form 5.3.2027. If it is left empty, it counts as made before today."),
    )
    no_account = forms.BooleanField(label=_("The account has not been made yet"), required=False)
    induction = Day(
        label=_("Induction held on"),
        required=False,
        help_text=_("In the form 5.3.2027. If it is left empty, it counts as held before today."),
    )
    no_induction = forms.BooleanField(label=_("The induction has not been held yet"), required=False)

    def __init__(self, partner: Partner, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (partner.is_distributor and partner.state in UNCLEARED):
            del self.fields["cleared"]
        for name in ("account", "induction"):
            if getattr(partner, f"{name}_on"):
                del self.fields[name], self.fields[f"no_{name}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("account", "induction"):
            if data.get(name) and data.get(f"no_{name}"):
                self.add_error(name, _("Give the day, or tick that it has not been done yet; not both."))
        return data

    def done_before(self) -> dict[str, Any]:
        """What the service takes beside the day and the model."""
        data = self.cleaned_data
        done: dict[str, Done] = {
            name: data.get(name) or not data.get(f"no_{name}", False) for name in ("account", "induction")
        }
        return {"cleared": data.get("cleared"), **done}


class RegionOnPaperForm(Form):
    """When the region committed itself on paper, and which of its municipalities."""

    on = Day(
        label=_("Committed on"), required=False, help_text=_("In the form 5.3.2027. Leave it empty if it is not known.")
    )
    model = Model()
    municipalities = Several(
        Municipality.objects.none(),
        label=_("Municipalities"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one municipality.")},
    )

    def __init__(self, region: Region, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "municipalities", region.municipalities.all())
