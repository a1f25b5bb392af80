"""What is asked of who leaves a note, asks, answers, and edits a shared answer?"""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from adoption.fields import Form, ModelForm, OneOf, Text, offer
from adoption.forms import area
from adoption.models import Note, Person, Region, Responsibility, SharedAnswer
from adoption.shared_answers import TEXTS

Audience = Note.Audience
HELP = {
    Audience.OWN: _("Only the people of your own side read it."),
    Audience.REGION: _("All who read the region's pages, Kaikukeskus too."),
    Audience.KAIKUKESKUS: _("Kaikukeskus and your own side."),
}
NEEDED = _("Needed before it is published.")
NOBODYS = _("Write nothing about any cardholder or client.")


class AudienceField(forms.ChoiceField):
    """For whom a note is, each choice with who reads it."""

    choice_help = HELP


class NoteForm(Form):
    """A note: its text, for whom it is, and who is told."""

    text = Text(label=_("Note"), widget=area(3), help_text=NOBODYS, error_messages={"required": _("Write the note.")})
    audience = AudienceField(
        label=_("For whom"),
        widget=forms.RadioSelect,
        choices=Audience.choices,
        error_messages={"required": _("Choose for whom the note is.")},
    )
    to = OneOf(
        Person.objects.none(),
        label=_("Who gets a mail"),
        required=False,
        empty_label=_("all whom it is for"),
    )

    def __init__(self, region: Region, by: Person, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        own = [Audience.REGION, Audience.KAIKUKESKUS] if by.is_kaikukeskus else list(Audience)
        offer(self, "audience", [(one.value, one.label) for one in own])
        offer(self, "to", _people(region).exclude(pk=by.pk))


def _people(region: Region) -> QuerySet[Person]:
    """Everybody who may read a note in the region."""
    held = Responsibility.objects.current().filter(region=region)
    return Person.objects.filter(Q(is_kaikukeskus=True) | Q(pk__in=held.values("person")), is_active=True)


class QuestionForm(Form):
    """A question to Kaikukeskus. `seen`: the similar answers that the asker has been shown, by their keys."""

    text = Text(
        label=_("Question"),
        widget=area(),
        help_text=NOBODYS,
        error_messages={"required": _("Write the question.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    @property
    def shown(self) -> set[str]:
        return set(self.cleaned_data["seen"].split())


class AnswerQuestionForm(Form):
    """Kaikukeskus's answer, and whether it becomes a text for everybody."""

    text = Text(
        label=_("The answer"),
        widget=area(),
        help_text=_("The asker gets it by mail, too."),
        error_messages={"required": _("Write the answer.")},
    )
    share = forms.BooleanField(
        label=_("Make a shared text of it"),
        required=False,
        help_text=_("You edit it next, and decide when it is published. Nothing is shared as it is."),
    )


class SharedAnswerForm(ModelForm):
    """A shared answer in its languages."""

    class Meta:
        model = SharedAnswer
        fields = TEXTS
        widgets = {name: area(2 if name.startswith("question") else 6) for name in TEXTS}
        help_texts = {name: NEEDED for name in TEXTS if not name.endswith("_en")}


class AnswersFilter(Form):
    """Which shared answers are listed."""

    words = Text(label=_("Search the questions and answers"), required=False, max_length=200)
