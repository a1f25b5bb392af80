"""What is asked of who arranges a meeting, and of who is invited to one?"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adoption.fields import Form, Text, offer
from adoption.forms import area
from adoption.models import Region
from adoption.templatetags.kaiku import moment
from workflows.arranging.inviting import GROUPS, GROUPS_OF_COUNTRY, USUAL, Whom, groups, groups_of_country
from workflows.arranging.models import LONGEST, SHORTEST, Invitee, Meeting, Pick, ProposedTime
from workflows.arranging.services import DETAILS
from workflows.arranging.times import is_free_day, times_of
from workflows.forms import ReasonForm, number
from workflows.minutes.models import Minutes

Kind = Meeting.Kind
MOST_OTHERS = 100  # that are named one a line
NAMES_SHOWN = 6  # of a group, before the rest is only counted
OF_A_REGION = [(kind.value, kind.label) for kind in Kind if kind != Kind.NATIONAL]


class TimesField(Text):
    """Times, one a line."""

    default_error_messages = {"required": gettext_lazy("Propose at least one time.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Times"))
        kwargs.setdefault("help_text", gettext_lazy("One a line, as 5.3.2027 9.00. Finnish time."))
        super().__init__(max_length=2000, widget=area(5), **kwargs)

    def clean(self, value: Any) -> list[datetime]:
        found = times_of(super().clean(value))
        if found.refused:
            raise ValidationError([ValidationError(line, code="line") for line in found.refused])
        return found.times


class OthersField(Text):
    """People who are not known here: a name and an address a line."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Others"), required=False, max_length=8000, widget=area(4),
            help_text=gettext_lazy("One a line: name, e-mail address. They need no account."),
        )  # fmt: skip

    def clean(self, value: Any) -> list[Whom]:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > MOST_OTHERS:
            raise ValidationError(_("At most %(most)s lines.") % {"most": MOST_OTHERS}, code="many")
        return [_whom(line) for line in lines]


def _whom(line: str) -> Whom:
    name, _comma, email = (part.strip() for part in line.rpartition(","))
    try:
        validate_email(email.strip("<>"))
    except ValidationError as error:
        said = _("“%(line)s”: write the name, a comma and the e-mail address.") % {"line": line[:60]}
        raise ValidationError(said, code="line") from error
    return Whom(name=name[:150] or email.strip("<>"), email=email.strip("<>"))


class GroupsField(forms.MultipleChoiceField):
    """Groups of people; each choice says who is in it."""

    widget = forms.CheckboxSelectMultiple
    choice_help: dict[str, str] = {}


class PeopleForm(Form):
    """Whom a meeting is for: groups of the region, and others by name and address."""

    groups = GroupsField(label=gettext_lazy("Who is invited"), required=False)
    others = OthersField()
    use_required_attribute = False

    def __init__(self, region: Region | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region
        self.found = groups(region) if region else groups_of_country()
        labels = GROUPS if region else GROUPS_OF_COUNTRY
        offered = {key: people for key, people in self.found.items() if people}
        offer(self, "groups", [(key, f"{str(labels[key]).capitalize()} ({len(offered[key])})") for key in offered])
        field = self.fields["groups"]
        assert isinstance(field, GroupsField)
        field.choice_help = {key: _names(people) for key, people in offered.items()}

    @property
    def people(self) -> list[Whom]:
        """Everybody who was chosen or named."""
        said = self.cleaned_data
        return [one for key in said["groups"] for one in self.found[key]] + said["others"]


def _names(people: list[Whom]) -> str:
    """The first names of a group, and how many more there are."""
    said = ", ".join(map(str, people[:NAMES_SHOWN]))
    if (more := len(people) - NAMES_SHOWN) > 0:
        said += " " + ngettext("and %(count)s other", "and %(count)s others", more) % {"count": more}
    return said


class DetailsForm(Form):
    """What is said of a meeting."""

    title = Text(label=gettext_lazy("Name of the meeting"), max_length=200)
    place = Text(label=gettext_lazy("Place"), max_length=300, required=False)
    link = forms.URLField(
        label=gettext_lazy("Link to a remote meeting"), max_length=500, required=False, assume_scheme="https"
    )
    length = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), initial=90, min_value=SHORTEST, max_value=LONGEST
    )
    message = Text(
        label=gettext_lazy("Message to those invited"), required=False, max_length=4000, widget=area(5),
        help_text=gettext_lazy("It goes into the mails and the calendars. Write nothing about clients."),
    )  # fmt: skip
    use_required_attribute = False

    @classmethod
    def of(cls, meeting: Meeting, data: Any) -> "DetailsForm":
        return cls(data, initial={name: getattr(meeting, name) for name in DETAILS})


class ArrangeForm(PeopleForm, DetailsForm):
    """A new meeting: what, when, and for whom."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of meeting"), choices=OF_A_REGION)
    times = TimesField(
        help_text=gettext_lazy(
            "One a line, as 5.3.2027 9.00. With one time everybody is invited to it at once; with several they first "
            "say which of them suit. Finnish time."
        )
    )
    field_order = ["kind", "title", "times", "length", "place", "link", "message", "groups", "others"]

    def __init__(self, region: Region | None, kind: str, *args: Any, **kwargs: Any) -> None:
        chosen = kind if kind in USUAL else Kind.FEEDBACK.value
        usual = USUAL[Kind(chosen)] if region else ("responsible",)
        super().__init__(region, *args, initial={"kind": chosen, "groups": usual}, **kwargs)
        if region is None:
            del self.fields["kind"]

    @property
    def said(self) -> dict[str, Any]:
        return {"kind": Kind.NATIONAL.value} | self.cleaned_data

    @property
    def on_free_days(self) -> list[datetime]:
        """The times that are on a weekend or a holiday."""
        return [one for one in self.cleaned_data["times"] if is_free_day(one)]


class MoreTimesForm(Form):
    """More times to pick from."""

    times = TimesField()
    use_required_attribute = False


class AnotherTimeForm(Form):
    """One time at which the meeting is held."""

    at = Text(label=gettext_lazy("Another time"), max_length=60, help_text=gettext_lazy("As 5.3.2027 9.00."))
    use_required_attribute = False

    def clean_at(self) -> datetime:
        found = times_of(self.cleaned_data["at"])
        if found.refused:
            raise ValidationError(_("Give one time that is to come, as 5.3.2027 9.00."), code="time")
        return found.times[0]


class CancelForm(ReasonForm):
    """Why the meeting is not held."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = gettext_lazy("Everybody invited reads it.")


class HeldForm(Form):
    """Who came; of a feedback meeting also what was said, unless it has been written in the minutes."""

    came = forms.MultipleChoiceField(
        label=gettext_lazy("Who came"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = number(gettext_lazy("How many others came"), initial=0)
    minutes = Text(
        label=gettext_lazy("Minutes"), max_length=20000, widget=area(8),
        help_text=gettext_lazy(
            "What was said, what is to be developed, and what was agreed. Write nothing about clients."
        ),
        error_messages={"required": gettext_lazy("Write the minutes, at least what was agreed.")},
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, meeting: Meeting, invitees: Iterable[Invitee], *args: Any) -> None:
        invitees = list(invitees)
        known = meeting.recorded.minutes if meeting.recorded else ""
        written = Minutes.objects.filter(meeting=meeting).first()
        initial = {"came": [one.pk for one in invitees if one.came], "others": meeting.others, "minutes": known}
        super().__init__(*args, initial=initial)
        offer(self, "came", [(one.pk, _named(one)) for one in invitees])
        if meeting.kind != Kind.FEEDBACK or (written and written.text):
            del self.fields["minutes"]

    @property
    def said(self) -> tuple[list[int], int, str]:
        """The keys of those who came, the number of others, the minutes."""
        said = self.cleaned_data
        return [int(key) for key in said["came"]], said["others"], said.get("minutes", "")


def _named(invitee: Invitee) -> str:
    return f"{invitee.name}, {invitee.partner}" if invitee.partner else invitee.name


class PickForm(Form):
    """How each time suits: one question a time."""

    use_required_attribute = False

    def __init__(self, times: Iterable[ProposedTime], picked: Mapping[int, str], *args: Any) -> None:
        super().__init__(*args)
        for one in times:
            label = f"{moment(one.starts_at)}"
            self.fields[f"time{one.pk}"] = forms.ChoiceField(
                label=label, choices=Pick.Suits.choices, widget=forms.RadioSelect, required=False,
                initial=picked.get(one.pk, ""),
            )  # fmt: skip

    @property
    def picks(self) -> dict[int, str]:
        """Time → how it suits, of those that were answered."""
        return {int(name.removeprefix("time")): said for name, said in self.cleaned_data.items() if said}
