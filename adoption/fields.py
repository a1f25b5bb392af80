"""Which fields and base forms do all forms share? Days, clean text, and what a refused form says."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple, TypeVar
from unicodedata import normalize

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelChoiceIterator, ModelFormMetaclass
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from adoption.alphabet import alphabetical
from adoption.refusal import Refused

# Control characters but tab and new line, marks that turn the direction of text, and invisible ones.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
# Day, month, year, the century's mark, the number of the person, the check mark; also when it was mistyped.
IDENTITY_CODE = re.compile(
    r"(?<!\w)(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d[-+A-FU-Y]\d{3}[0-9A-Y](?!\w)", re.IGNORECASE
)
YEARS = range(1990, 2101)
LONGEST = 4000  # characters of a text that sets no limit of its own
UNPROCESSABLE = 422
GIVE, CHOOSE = _("Give: {field}."), _("Choose: {field}.")
T = TypeVar("T")
BLANK = _("Choose")  # what a list shows before anything is chosen of it


def no_identity_code(text: str) -> None:
    """Raises ValidationError for a text with a Finnish personal identity code: such are never kept here."""
    if IDENTITY_CODE.search(text):
        raise ValidationError(
            _("This looks like a personal identity code. Take it out: nobody's identity code is kept here."),
            code="identity_code",
        )


class Text(forms.CharField):
    """Text without what cannot be seen and without personal identity codes; one line unless it has a text area."""

    default_validators = [no_identity_code]

    def __init__(self, **kwargs: Any) -> None:
        """A text has always an end: what is pasted by mistake is refused and not kept."""
        if kwargs.get("max_length") is None:
            kwargs["max_length"] = LONGEST
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without maxlength: a browser would cut a pasted name without a word, where the form says it is too long."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs

    def to_python(self, value: Any) -> str | None:
        if isinstance(value, str):
            value = normalize("NFC", UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n")))
            if not isinstance(self.widget, forms.Textarea):
                value = " ".join(value.split())
        return super().to_python(value)


class InOrder(ModelChoiceIterator):
    """Rows to choose from, in the order of their names in the reader's language, which no database knows."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from sorted((self.choice(row) for row in self.queryset), key=lambda choice: alphabetical(str(choice[1])))


class OneOf(forms.ModelChoiceField):
    """A row to choose."""

    iterator = InOrder


class Several(forms.ModelMultipleChoiceField):
    """Rows to choose from. A key that no database can hold is no choice, and no fault of the site."""

    iterator = InOrder

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            raise ValidationError(self.error_messages["required"], code="invalid_pk_value") from error


class DayInput(forms.DateInput):
    """A day as 5.3.2027, without leading zeros."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return f"{value.day}.{value.month}.{value.year}" if isinstance(value, date) else value


class Day(forms.DateField):
    """A day typed as 5.3.2027 or 2027-03-05, whatever the language of the page."""

    widget = DayInput
    default_error_messages = {
        "invalid": _("Give the day in the form 5.3.2027."),
        "too_long": _("Month %(month)s has only %(days)s days. Give the day in the form 5.3.2027."),
        "year": _("The year must be between 1990 and 2100. Give the day in the form 5.3.2027."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("In the form 5.3.2027."))
        super().__init__(input_formats=["%d.%m.%Y", "%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        try:
            day = super().to_python(value.replace(" ", "") if isinstance(value, str) else value)
        except ValidationError as error:
            raise self._past_the_month(str(value)) or error from None
        if day and day.year not in YEARS:
            raise ValidationError(self.error_messages["year"], code="year")
        return day

    def _past_the_month(self, text: str) -> ValidationError | None:
        """What to say of 31.2.2027; nothing when the text is no day at all."""
        found = re.fullmatch(r"\s*(\d\d?)\.\s*(\d\d?)\.\s*(\d{4})\s*", text)
        day, month, year = map(int, found.groups()) if found else (0, 0, 0)
        if year not in YEARS or not 1 <= month <= 12 or day <= (days := monthrange(year, month)[1]):
            return None
        values = {"month": f"{month}/{year}", "days": days}
        return ValidationError(self.error_messages["too_long"], code="too_long", params=values)


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """The field offers these: the rows of a query, or pairs of value and label."""
    field: Any = form.fields[name]
    if isinstance(choices, models.QuerySet):
        field.queryset = choices
    else:
        field.choices = choices


def field_for(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form field of a model's field: our own for text and days, Django's for the rest, blanks with a word."""
    if type(db_field) in (models.CharField, models.TextField):
        kwargs.setdefault("form_class", Text)
    elif type(db_field) is models.DateField:
        kwargs.setdefault("form_class", Day)
    field = db_field.formfield(**kwargs)
    if isinstance(field, forms.TypedChoiceField):
        offered: Any = field.choices
        field.choices = [("", BLANK) if choice == models.BLANK_CHOICE_DASH[0] else choice for choice in offered]
    return field


class Fault(NamedTuple):
    """One line of the summary of errors: where it leads, and what it says."""

    href: str
    label: str
    message: str


class Refusable(forms.BaseForm):
    """What every form of the site can say after a refusal, its own or a service's, with all that was typed."""

    refusal: Refused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # A message of a form's own says more; Django's does not say which field it is about.
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                text = CHOOSE if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else GIVE
                field.error_messages["required"] = format_lazy(text, field=field.label)

    def done(self, act: Callable[[], T]) -> T | None:
        """What the act has given; None when what was sent is not valid, or was refused, which the form then says."""
        if not self.is_valid():
            return None
        try:
            return act()
        except Refused as refusal:
            self.refuse(refusal)
        return None

    def refuse(self, refusal: Refused) -> None:
        """The form says the refusal in its own summary."""
        self.refusal = refusal
        self.add_error(None, [str(reason) for reason in refusal.reasons])

    @property
    def status(self) -> int:
        """The status code of the page that shows the form: 422 once it has been refused, or the refusal's own."""
        if self.refusal:
            return self.refusal.status
        return UNPROCESSABLE if self.errors else 200

    def summary(self) -> Iterator[Fault]:
        """Every error of the form, those of the whole form first."""
        for message in self.non_field_errors():
            yield Fault("", "", str(message))
        for field in self:
            # A group of choices has no field of its own: its first choice is the place to go.
            href = f"#{field.auto_id}_0" if field.use_fieldset else f"#{field.id_for_label or field.auto_id}"
            for error, message in zip(field.errors.as_data(), field.errors, strict=True):
                label = "" if error.code == "required" else str(field.label)  # that message names the field itself
                yield Fault("" if field.is_hidden else href, label, str(message))


class Form(Refusable, forms.Form):
    """A form of the site."""


class OurFields(ModelFormMetaclass):
    """Gives each model form `field_for`, which Django asks for only in the form's own Meta."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> "OurFields":
        if (meta := attrs.get("Meta")) and not hasattr(meta, "formfield_callback"):
            meta.formfield_callback = field_for
        return super().__new__(mcs, name, bases, attrs)


class ModelForm(Refusable, forms.ModelForm, metaclass=OurFields):
    """A form of one row."""
