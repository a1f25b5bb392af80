"""What is asked of Kaikukeskus when it decides about distributors, and when it writes what it decides with?"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from adoption.fields import Form, ModelForm, Text
from adoption.forms import area
from adoption.models import ClearanceTimes, Partner, PreparedText

Decision = PreparedText.Decision
ROWS = 5
LABELS = {
    Decision.CLEAR: _("Message to the pair"),
    Decision.MORE: _("Question to the pair"),
    Decision.DECLINE: _("Reason"),
}
HELPS = {
    Decision.CLEAR: _("Sent as it stands here."),
    Decision.MORE: _("Sent as it stands here. The answer comes to the same place in the queue."),
    Decision.DECLINE: _("Sent as it stands here. It stays visible."),
}
MISSING = {
    Decision.MORE: _("Write what you want to know: the pair sees it."),
    Decision.DECLINE: _("Write the reason: it stays visible."),
}
SAID_NO = _("The pair's answer to the rule is no. Write why you clear it all the same: the commitment says it.")


class DecisionForm(Form):
    """One of the three decisions, with the words that go to the pair."""

    decision = forms.ChoiceField(choices=Decision.choices, widget=forms.HiddenInput)
    seen = Text(required=False, widget=forms.HiddenInput)  # the mark of the request that the page has shown
    message = Text(required=False, widget=area(ROWS))

    def __init__(self, decision: str, partner: Partner, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"decision": decision} | kwargs.get("initial", {})
        super().__init__(*args, auto_id=f"{decision}_%s", use_required_attribute=False, **kwargs)
        self.chosen = chosen = Decision(decision)
        message = self.fields["message"]
        said_no = chosen == Decision.CLEAR and not partner.most_in_tight
        message.label, message.help_text = LABELS[chosen], SAID_NO if said_no else HELPS[chosen]
        message.required = said_no or chosen != Decision.CLEAR
        message.error_messages["required"] = SAID_NO if said_no else MISSING.get(chosen, "")
        message.widget.attrs["lang"] = partner.language


class Ticked(forms.MultipleChoiceField):
    """Rows that are ticked. One that has been decided meanwhile is no fault of the form: its own refusal says it."""

    def valid_value(self, value: str) -> bool:
        return value.isascii() and value.isdecimal() and len(value) < len(str(2**63))


class SeveralForm(Form):
    """Which requests are cleared together, and the words that go to each, by its language."""

    chosen = Ticked(
        label=_("Distributors to clear"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one distributor.")},
    )

    def __init__(self, partners: Iterable[Partner], first: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = list(partners)
        chosen: Any = self.fields["chosen"]
        chosen.choices = [(str(partner.pk), str(partner)) for partner in partners]
        for language in dict.fromkeys(partner.language for partner in partners):
            self.fields[f"message_{language}"] = _message(language, first.get(language, ""))

    @property
    def messages(self) -> dict[str, str]:
        """Language → message."""
        prefix = "message_"
        return {name.removeprefix(prefix): text for name, text in self.cleaned_data.items() if name.startswith(prefix)}


def _message(language: str, first: str) -> Text:
    name = get_language_info(language)["name_translated"]
    label = format_lazy("{label} ({language})", label=LABELS[Decision.CLEAR], language=name)
    message = Text(label=label, required=False, initial=first, widget=area(ROWS), help_text=HELPS[Decision.CLEAR])
    message.widget.attrs["lang"] = language
    return message


class PreparedTextForm(Form):
    """A new prepared text."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Decision.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=Partner.LANGUAGES, widget=forms.RadioSelect)
    name = Text(
        label=_("Name of the text"),
        max_length=80,
        help_text=_("By it you find the text beside a request. The pair does not see it."),
    )
    text = Text(label=_("Text"), widget=area(ROWS))


class ChangedTextForm(PreparedTextForm):
    """A prepared text that is there: its decision and language stay."""

    decision: Any = None
    language: Any = None


class TimesForm(ModelForm):
    """After how many days a silent pair is reminded, and its request returned."""

    class Meta:
        model = ClearanceTimes
        fields = ("remind_after", "return_after")
        labels = {
            "remind_after": _("The pair is reminded after so many days"),
            "return_after": _("The request goes back after so many days"),
        }
        help_texts = {
            "return_after": _(
                "Counted from the question, and at least a week after the reminder, which names the day."
            ),
        }
