"""How does a form field look on a page? One piece of markup for each kind of field, whatever the form."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.renderers import TemplatesSetting

SHORT = (forms.DateInput, forms.NumberInput, forms.TimeInput)


class OurField(BoundField):
    """A field with the classes of the style sheet; its errors and its help are tied to it by Django."""

    @property
    def kind(self) -> str:
        """Which piece of markup it has: choices, checkbox or input."""
        if self.use_fieldset:
            return "choices"
        return "checkbox" if isinstance(self.field.widget, forms.CheckboxInput) else "input"

    @property
    def choices(self) -> Iterator[tuple[BoundWidget, str]]:
        """Each choice with its help, which a form gives in `field.choice_help` by value."""
        helps = getattr(self.field, "choice_help", {})
        for choice in self.subwidgets:
            text = helps.get(str(choice.data["value"]), "")
            if text:
                choice.data["attrs"]["aria-describedby"] = f"{choice.id_for_label}_helptext"
            yield choice, text

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if self.kind == "choices":
            # The group says that it is wrong; a single radio button cannot be.
            attrs.pop("aria-invalid", None)
        elif self.kind == "input" and not widget.is_hidden:
            attrs["class"] = f"input {widget.attrs.get('class') or _width(widget)}".strip()
        return attrs


def _width(widget: forms.Widget) -> str:
    if isinstance(widget, SHORT):
        return "input--short"
    return "input--half" if isinstance(widget, forms.Select) and not isinstance(widget, forms.SelectMultiple) else ""


class Renderer(TemplatesSetting):
    """All forms of the site, through the project's own templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = OurField
