"""What is asked for an own task, for putting something off, and for what is to be seen of the own work?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from adoption.access import PAIR, regions_of
from adoption.fields import Day, Form, OneOf, Text, offer
from adoption.models import Person, Region, Side
from workflows.models import OwnTask
from workflows.my_work.filters import Wanted, kinds_for

EVERYTHING = _("all")


class OwnTaskForm(Form):
    """An own small task; of one that somebody else has given, or that was agreed on in a meeting, only the day."""

    text = Text(
        label=_("What is to be done"), max_length=200,
        help_text=_("Only you see it. Write nothing about any cardholder or client."),
        error_messages={"required": _("Write what is to be done.")},
    )  # fmt: skip
    due = Day(
        label=_("Due day"),
        required=False,
        help_text=_("In the form 5.3.2027. You get a reminder on the day, and when it is late."),
    )
    region = OneOf(
        Region.objects.none(), label=_("Region"), required=False, empty_label=_("none"), to_field_name="slug"
    )

    def __init__(self, person: Person, task: OwnTask | None, *args: Any, **kwargs: Any) -> None:
        if task:
            region = task.region.slug if task.region else None
            kwargs["initial"] = {"text": task.text, "due": task.due, "region": region}
        super().__init__(*args, **kwargs)
        offer(self, "region", regions_of(person))
        if task and not task.is_in_own_words:
            for name in ("text", "region"):
                self.fields[name].disabled = True


class SnoozeForm(Form):
    """Until when something is put off."""

    until = Day(label=_("Comes back on"))
    note = Text(label=_("Note to yourself"), required=False, max_length=200)
    use_required_attribute = False


class FilterForm(Form):
    """What is to be seen of the own work."""

    region = OneOf(
        Region.objects.none(), label=_("Region"), required=False, empty_label=EVERYTHING, to_field_name="slug"
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    side = forms.ChoiceField(
        label=_("Whose turn"), required=False, choices=[("", EVERYTHING), *((side, Side(side).label) for side in PAIR)]
    )
    late = forms.BooleanField(label=_("Only what is late"), required=False)

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "region", regions_of(person))
        offer(self, "kind", [("", EVERYTHING), *kinds_for(person).items()])
        if person.is_kaikukeskus:  # whose turn alone its queue holds
            del self.fields["side"]

    @property
    def wanted(self) -> Wanted:
        """What was chosen; everything for what cannot be."""
        return Wanted(**self.cleaned_data) if self.is_valid() else Wanted()


class NameFilterForm(Form):
    """The name under which a filter is saved."""

    name = Text(label=_("Name of the filter"), max_length=40, error_messages={"required": _("Give it a name.")})
