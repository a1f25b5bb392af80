"""Which notes and questions stand about what, for whom, and which answers does everybody share?"""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from adoption.models.people import Side

LANGUAGES = ("fi", "sv", "en")


class NoteQuerySet(models.QuerySet["Note"]):
    """Reads of notes that have a name."""

    def standing(self) -> "NoteQuerySet":
        """Those that their writers have not withdrawn."""
        return self.exclude(state=Note.State.WITHDRAWN)

    def waiting(self) -> "NoteQuerySet":
        """Questions that Kaikukeskus has not answered yet."""
        return self.filter(state=Note.State.ASKED)


class Note(FSMModelMixin, models.Model):
    """A note, or a question to Kaikukeskus, about a region, a step, a partner or a commitment. A transition changes
    the state and nothing else."""

    class Audience(models.TextChoices):
        OWN = "own", _("my own side")
        REGION = "region", _("the region")
        KAIKUKESKUS = "kaikukeskus", _("Kaikukeskus")

    class State(models.TextChoices):
        LEFT = "left", _("note")
        ASKED = "asked", _("waits for Kaikukeskus")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="notes")
    about_kind = models.CharField(max_length=10)  # a key of adoption.about.KINDS
    about_id = models.PositiveBigIntegerField()
    audience = models.CharField(max_length=11, choices=Audience)
    side = models.CharField(max_length=11)  # the writer's, who reads what it has written itself
    to = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("adoption.Person", models.PROTECT, related_name="notes")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(blank=True, default="")  # empty once withdrawn
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey("adoption.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    state = FSMField(default=State.LEFT, choices=State.choices, protected=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["left", "asked", "answered", "withdrawn"]), name="known_note_state"
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=["own", "region", "kaikukeskus"])
                & models.Q(side__in=[Side.CULTURE, Side.CARE, "kaikukeskus"]),
                name="known_readers_of_note",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="answered") | models.Q(answer__gt="", answered_by__isnull=False),
                name="answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(text="", state="withdrawn") | models.Q(text__gt="") & ~models.Q(state="withdrawn"),
                name="text_until_withdrawn",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "about_kind", "about_id"], name="note_about"),
            models.Index(fields=["at"], condition=models.Q(state="asked"), name="question_that_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:60]}"

    @property
    def is_question(self) -> bool:
        return self.state in (self.State.ASKED, self.State.ANSWERED)

    # -- transitions: the state's own block ------------------------------------------------------------------

    @transition(state, State.LEFT, State.ASKED)
    def ask(self) -> None:
        """It is a question, and stands in Kaikukeskus's queue."""

    @transition(state, State.ASKED, State.ANSWERED)
    def give_answer(self) -> None:
        """Kaikukeskus has answered."""

    @transition(state, [State.LEFT, State.ASKED], State.WITHDRAWN)
    def withdraw(self) -> None:
        """Its writer has taken it back: its text is gone."""


class SharedAnswer(FSMModelMixin, models.Model):
    """A question and its answer for everybody, edited by Kaikukeskus. A transition changes the state alone."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    note = models.OneToOneField(Note, models.PROTECT, null=True, related_name="shared")
    question_fi = models.TextField(_("question in Finnish"), blank=True, default="")
    answer_fi = models.TextField(_("answer in Finnish"), blank=True, default="")
    question_sv = models.TextField(_("question in Swedish"), blank=True, default="")
    answer_sv = models.TextField(_("answer in Swedish"), blank=True, default="")
    question_en = models.TextField(_("question in English"), blank=True, default="")
    answer_en = models.TextField(_("answer in English"), blank=True, default="")
    changed_at = models.DateTimeField(auto_now=True)
    published_on = models.DateField(null=True)
    state = FSMField(default=State.DRAFT, choices=State.choices, protected=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(
                    state="published", question_fi__gt="", answer_fi__gt="", question_sv__gt="", answer_sv__gt=""
                ),
                name="published_in_both_languages",
            )
        ]

    def __str__(self) -> str:
        return self.question[:80]

    @property
    def language(self) -> str:
        """The reader's language, if it is written in it, else the first in which it is: the two are never mixed."""
        wanted = get_language() or "fi"
        return next((code for code in (wanted, *LANGUAGES) if self.is_in(code)), "fi")

    def is_in(self, language: str) -> bool:
        """Whether both the question and the answer are written in the language."""
        return bool(getattr(self, f"question_{language}", "") and getattr(self, f"answer_{language}", ""))

    @property
    def question(self) -> str:
        return getattr(self, f"question_{self.language}") or self.question_fi or self.question_sv or self.question_en

    @property
    def answer(self) -> str:
        return getattr(self, f"answer_{self.language}") or self.answer_fi or self.answer_sv or self.answer_en

    @property
    def words(self) -> str:
        """All that is written in it, in whatever language: what a search looks at."""
        return " ".join(getattr(self, f"{part}_{code}") for code in LANGUAGES for part in ("question", "answer"))

    # -- transitions: the state's own block ------------------------------------------------------------------

    @transition(state, State.DRAFT, State.PUBLISHED)
    def publish(self) -> None:
        """Everybody who signs in finds it."""

    @transition(state, State.PUBLISHED, State.DRAFT)
    def take_back(self) -> None:
        """Only Kaikukeskus sees it again."""
