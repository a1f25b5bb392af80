"""What is asked on the pages of a trial? One form a step, its evidence as plain JSON, and the forms of other acts.

Evidence may be saved half filled: what is missing is said by the gate, when the step is confirmed. So a field that
the gate demands is shown as one, and its absence is no error of the form.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.fields import Day, Form, Text
from adoption.models import Municipality, Partner
from adoption.partners import change_partner, describe_induction, record_account, record_induction
from adoption.templatetags.kaiku import day, euros
from commitments.models import Commitment
from workflows import rules
from workflows.services import DECISION_FIELDS
from workflows.standing import Standing, written
from workflows.trial import OUTCOME_NAMES, OUTCOMES

LANGUAGES = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English"), "other": _("Other")}
COUNTY = "county"  # the county's body; a municipality's is m and its key
JOINS = "yes"
ANSWERS = [(JOINS, _("takes part")), (rules.NO, _("does not take part"))]
FEW = 3  # bodies whose fields stand unfolded; more are unfolded one by one
NO_TOWN_LACKS_IT = _("Every municipality has one of its own: change it at the municipality.")
NO_PARTNER_LACKS_IT = _("Every partner has one of its own: change it on the partner's row.")
BEFORE = _("before %(day)s")
DAY_STAYS = _("A recorded day can be changed, but not taken away: write the right one.")
DAY_TOO = _("Write the day too: without it nothing of the row is stored.")
MOST = 1_000_000  # of cards, people, euros: more is a slip of the finger


class PastDay(Day):
    """A day that is not to come: what has happened is recorded when it has happened."""

    def clean(self, value: Any) -> date | None:
        value = super().clean(value)
        if value and value > localdate():
            raise ValidationError(_("The day is still to come: record it when it has happened."), code="to_come")
        return value


class Euros(forms.DecimalField):
    """A sum as people write it: 1 850,50."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input--short"})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("€", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return value.replace(".", ",") if isinstance(value, str) else value


def number(label: Any, **kwargs: Any) -> forms.IntegerField:
    """How many: nothing below zero, and nothing beyond what a region can have."""
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, **kwargs)


def note(label: Any) -> Text:
    return Text(
        label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The pair and Kaikukeskus see it. Write nothing about clients."),
    )  # fmt: skip


class Entry(NamedTuple):
    """One recorded fact, to be read."""

    label: str
    text: str


class StepForm(Form):
    """The evidence of a step. `evidence` is what the service stores: days as ISO, only what was written."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    demanded_by: dict[str, rules.Rule] = {}  # field → the rule that some models have and others have not
    beside: tuple[str, ...] = ()  # short fields that stand in one row
    use_required_attribute = False
    not_evidence = {"version", "all_on", "all_manner", "all_organ", "all_date"}

    def __init__(
        self,
        standing: Standing,
        data: Any = None,
        partners: Iterable[Partner] = (),
        bodies: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.standing, self.partners, self.bodies = standing, list(partners), list(bodies)
        super().__init__(data, initial={"version": standing.row.version})
        self.plain = [name for name in self.fields if name not in self.not_evidence]
        for name, rule in self.demanded_by.items():
            self.fields[name].required = rule in standing.step.missing
        for name in self.plain:
            self.initial[name] = _from_json(self.fields[name], standing.row.evidence.get(name))
        self.add_fields()

    def add_fields(self) -> None:
        """The fields of each partner or body, where the step has such."""

    def add_error(self, field: str | None, error: Any) -> None:
        """A missing entry is no fault here: the gate says it, by the same words as the checklist."""
        if field and getattr(error, "code", "") == "required":
            self.cleaned_data[field] = None
            return
        super().add_error(field, error)

    def offer(self, found: dict[str, Any]) -> None:
        """What is found of a meeting stands in the fields until the day is recorded; it is written when it is saved."""
        if not found or "date" in self.standing.row.evidence:
            return
        for name in found.keys() & set(self.plain):
            self.initial[name] = found[name]
        self.fields["date"].help_text = _("From the meeting that was arranged here. Look at it, then save.")

    @property
    def field_rows(self) -> list[list[BoundField]]:
        """The fields in their order, short ones beside each other."""
        rows: list[list[str]] = []
        for name in self.plain:
            if name in self.beside and rows and rows[-1][-1] in self.beside:
                rows[-1].append(name)
            else:
                rows.append([name])
        return [[self[name] for name in row] for row in rows]

    @property
    def evidence(self) -> dict[str, Any]:
        """What was written, as plain JSON."""
        found = {name: _to_json(self.cleaned_data.get(name)) for name in self.plain}
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def entries(self, evidence: dict[str, Any] | None = None) -> list[Entry]:
        """What is recorded, to be read; of an earlier round its own evidence."""
        evidence = self.standing.row.evidence if evidence is None else evidence
        return [Entry(str(self[n].label), _shown(self.fields[n], evidence[n])) for n in self.plain if n in evidence]

    def partner_acts(self) -> Iterator[tuple[Partner, Callable[..., Any]]]:
        """Each partner whose own row was changed, and the service that stores it."""
        return iter(())


def _from_json(field: forms.Field, value: Any) -> Any:
    return date.fromisoformat(value) if value and isinstance(field, Day) else value


def _to_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(field, Day):
        return day(date.fromisoformat(value))
    if isinstance(field, Euros):
        return euros(Decimal(value))
    if isinstance(field, forms.MultipleChoiceField):
        return ", ".join(str(LANGUAGES[key]) for key in LANGUAGES if key in value)
    return str(value)


# -- steps 1 to 3 --------------------------------------------------------------------------------------------------


class IntroEventForm(StepForm):
    date = PastDay(label=_("Day of the introductory event"))
    place = Text(label=_("Place"), max_length=200, help_text=_("The place, or Teams."))
    attendees = number(_("Number of people who took part"))


class LocalPairForm(StepForm):
    """Nothing is written: the rule looks at who has been named."""


class PairTrainingForm(StepForm):
    date = PastDay(label=_("Day of the training"))
    trainer = Text(label=_("Trainer"), max_length=150)
    place = Text(label=_("Place"), max_length=200, required=False, help_text=_("The place, or Teams."))


# -- rows of partners and of bodies ----------------------------------------------------------------------------------


class Cell(NamedTuple):
    """A field in a table, and the heading of its column, which a phone shows beside it."""

    heading: str
    field: BoundField


class PartnerRow(NamedTuple):
    """A partner and its own fields on the page."""

    partner: Partner
    cells: list[Cell]


class PartnersForm(StepForm):
    """A step with a row a partner. Each row that was changed is an act of its own."""

    partners_first = True
    columns: list[Any] = []  # the heading of each field of a row
    per_partner: list[str] = []
    dated = ""  # the one that is the day of the row
    wide_column: int | None = None  # the one whose choices are long

    def field_for(self, name: str, partner: Partner) -> forms.Field:
        raise NotImplementedError

    def add_fields(self) -> None:
        for partner in self.partners:
            for number_, name in enumerate(self.per_partner):
                field = self.field_for(name, partner)
                field.required = False
                field.show_hidden_initial = True  # so that a row which somebody else has changed is not set back
                field.widget.attrs["aria-labelledby"] = f"column-{number_} partner-{partner.pk}"
                field.label = f"{partner}, {self.columns[number_]}"
                self.fields[f"{name}_{partner.pk}"] = field

    @property
    def partner_rows(self) -> list[PartnerRow]:
        return [PartnerRow(p, self._cells(p)) for p in self.partners]

    def _cells(self, partner: Partner) -> list[Cell]:
        named = zip(self.columns, self.per_partner, strict=True)
        return [Cell(str(heading), self[f"{name}_{partner.pk}"]) for heading, name in named]

    @property
    def all_fields(self) -> list[BoundField]:
        """The fields whose value goes to every partner that has none."""
        return [self[name] for name in ("all_on", "all_manner") if name in self.fields]

    def said(self, name: str, partner: Partner) -> Any:
        return self.cleaned_data.get(f"{name}_{partner.pk}")

    def changed(self, partner: Partner, *names: str) -> bool:
        return any(f"{name}_{partner.pk}" in self.changed_data for name in names)

    def clean(self) -> dict[str, Any]:
        """Nothing typed is left out without a word: neither what is written for all, nor what lacks its day."""
        said = super().clean() or self.cleaned_data
        if said.get("all_on") and not any(self.takes_all(partner) for partner in self.partners):
            self.add_error("all_on", ValidationError(NO_PARTNER_LACKS_IT, code="nobody"))
        for partner in self.partners:
            if self.dated and self.changed(partner, *self.per_partner) and not self.said(self.dated, partner):
                self._check_day(partner)
        return self.cleaned_data

    def _check_day(self, partner: Partner) -> None:
        """Of a row that was changed and has no day now."""
        name = f"{self.dated}_{partner.pk}"
        if name in self.errors:
            return
        if self.changed(partner, self.dated):
            self.add_error(name, ValidationError(DAY_STAYS, code="taken_away"))
        elif not self.is_before(partner) and not (self.cleaned_data.get("all_on") and self.takes_all(partner)):
            self.add_error(name, ValidationError(DAY_TOO, code="no_day"))

    def is_before(self, partner: Partner) -> bool:
        """Whether it was done before the partner was entered here, on a day that is not known."""
        return bool(getattr(partner, f"{self.dated}_before"))

    def day_field(self, partner: Partner) -> PastDay:
        """The day of the row. Of one that is not known the field is empty, and beside it stands before when it was."""
        on = getattr(partner, f"{self.dated}_on")
        if self.is_before(partner):
            return PastDay(help_text=BEFORE % {"day": day(on)})
        return PastDay(initial=on, help_text="")

    def takes_all(self, partner: Partner) -> bool:
        """Whether the day that is written for all is the partner's too."""
        recorded = getattr(partner, f"{self.dated}_on")
        return recorded is None and not self.said(self.dated, partner) and self.was_shown(partner)

    def was_shown(self, partner: Partner) -> bool:
        """Whether the person saw the partner's row: one that came meanwhile is not meant by "all"."""
        return self[f"{self.per_partner[0]}_{partner.pk}"].html_initial_name in self.data


class BodyRow(NamedTuple):
    """A body and its decision: its fields, its state, in words, and whether its fields are unfolded."""

    key: str
    name: str
    cells: list[Cell]
    state: str  # done, no for one that does not take part, or missing
    words: str
    is_open: bool


class WorkshopForm(PartnersForm):
    """The workshop, each candidate's answer, and each body's decision to take part."""

    date = PastDay(label=_("Day of the workshop"))
    place = Text(label=_("Place"), max_length=200, help_text=_("The place, or Teams."))
    attendees = number(_("Number of people who took part"))
    all_organ = Text(
        label=_("The same body for all municipalities that have no decision yet"), max_length=150, required=False
    )
    all_date = PastDay(label=_("The same day for these"), required=False)
    partners_first = False
    columns = [_("Interested?")]
    per_partner = ["interest"]
    PARTS = (
        ("organ", _("Body that decided")),
        ("date", _("Day")),
        ("section", _("Section")),
        ("record", _("Record number")),
        ("answer", _("Does it take part?")),
    )
    SHARED = ("organ", "date")  # the parts that may be written once for all municipalities

    def field_for(self, name: str, partner: Partner) -> forms.Field:
        return forms.ChoiceField(
            choices=Partner.Interest.choices, initial=partner.interest,
            widget=forms.Select(attrs={"class": "input--short"}),
        )  # fmt: skip

    def add_fields(self) -> None:
        super().add_fields()
        known = self.known
        if sum(body != COUNTY for body, _name in self.bodies) < 2:
            del self.fields["all_organ"], self.fields["all_date"]
        for body, name in self.bodies:
            for part, label in self.PARTS:
                field = _part_field(part)
                field.label = f"{name}, {label}"
                field.initial = _from_json(field, known.get(body, {}).get(part, JOINS if part == "answer" else None))
                field.widget.attrs["class"] = "" if part == "organ" else "input--short"
                self.fields[f"{part}_{body}"] = field

    @property
    def known(self) -> dict[str, dict[str, str]]:
        """Body → its decision as it is stored."""
        return {given["body"]: given for given in self.standing.row.evidence.get("decisions", [])}

    @property
    def all_of_bodies(self) -> list[BoundField]:
        """The fields whose value goes to every municipality that has no decision; a county's body is always its own."""
        return [self[name] for name in ("all_organ", "all_date") if name in self.fields]

    @property
    def body_rows(self) -> list["BodyRow"]:
        """Each body's fields: folded where its decision is there, and where there are many bodies."""
        return [self._body_row(key, name, self.known.get(key, {})) for key, name in self.bodies]

    def _body_row(self, key: str, name: str, given: dict[str, str]) -> "BodyRow":
        cells = [Cell(str(label), self[f"{part}_{key}"]) for part, label in self.PARTS]
        done = bool(given.get("organ") and given.get("date"))
        state = ("no" if given.get("answer") == rules.NO else "done") if done else "missing"
        faulty = any(cell.field.errors for cell in cells)
        is_open = faulty or (not done and len(self.bodies) <= FEW)
        return BodyRow(key, name, cells, state, _decision_in_words(given), is_open)

    @property
    def evidence(self) -> dict[str, Any]:
        """The decisions stand in the order in which they are stored: that of the page is its reader's alphabet, and
        the same words in another order are no change."""
        decisions = [self._decision(body) for body, _name in self.bodies]
        found = {given["body"]: given for given in decisions if set(given.values()) - {given["body"], ""}}
        found |= {body: given for body, given in self.known.items() if body not in dict(self.bodies)}
        stored = [found[body] for body in self.known if body in found]
        new = [given for body, given in found.items() if body not in self.known]
        return super().evidence | ({"decisions": stored + new} if found else {})

    def _decision(self, body: str) -> dict[str, str]:
        said = {part: self._said(f"{part}_{body}") for part, _label in self.PARTS}
        if body != COUNTY:
            said |= {part: said[part] or self._said(f"all_{part}") for part in self.SHARED}
        answer = said.pop("answer")
        return {"body": body} | said | ({"answer": answer} if answer == rules.NO else {})

    def _said(self, name: str) -> str:
        return _to_json(self.cleaned_data.get(name)) or ""

    def clean(self) -> dict[str, Any]:
        """What is written for all must be meant for some municipality: nothing typed is left out without a word."""
        towns = [body for body, _name in self.bodies if body != COUNTY]
        for part in self.SHARED:
            if self._said(f"all_{part}") and all(self._said(f"{part}_{body}") for body in towns):
                self.add_error(f"all_{part}", ValidationError(NO_TOWN_LACKS_IT, code="nobody"))
        return super().clean()

    def entries(self, evidence: dict[str, Any] | None = None) -> list[Entry]:
        evidence = self.standing.row.evidence if evidence is None else evidence
        decisions = evidence.get("decisions", [])
        names = dict(self.bodies)
        names |= _names_of_those_gone({given["body"] for given in decisions} - names.keys())
        given = {one["body"]: one for one in decisions}
        names |= {body: body for body in given if body not in names}
        found = [Entry(name, _decision_in_words(given[body])) for body, name in names.items() if body in given]
        return super().entries(evidence) + found

    def partner_acts(self) -> Iterator[tuple[Partner, Callable[..., Any]]]:
        for partner in self.partners:
            said = self.said("interest", partner)
            if said != partner.interest and self.changed(partner, "interest"):
                yield partner, partial(change_partner, municipalities=list(partner.municipalities.all()), interest=said)


def _names_of_those_gone(bodies: set[str]) -> dict[str, str]:
    """The names of municipalities that have left the trial since."""
    keys = [int(body[1:]) for body in bodies if body[1:].isdecimal()]
    return {f"m{one.pk}": one.name for one in Municipality.objects.filter(pk__in=keys)} if keys else {}


def _part_field(part: str) -> forms.Field:
    if part == "answer":
        return forms.ChoiceField(choices=ANSWERS, required=False)
    return PastDay(required=False, help_text="") if part == "date" else Text(required=False, max_length=150)


def _decision_in_words(given: dict[str, str]) -> str:
    on = day(date.fromisoformat(given["date"])) if given.get("date") else ""
    answer = str(ANSWERS[1][1]) if given.get("answer") == rules.NO else ""
    parts = (answer, given.get("organ"), on, given.get("section"), given.get("record"))
    return ", ".join(text for text in parts if text)


class CommitmentsForm(StepForm):
    meeting = PastDay(label=_("Day of the meeting about the commitments"))
    note = note(_("Notes"))
    demanded_by = {"meeting": rules.commitments_meeting_not_held}


class AccountsForm(PartnersForm):
    """Step 6 of 2024: an account for each committed partner."""

    all_on = PastDay(label=_("The same day for all that have none"), required=False)
    statistics_person = Text(label=_("Person who sees to the local statistics"), max_length=150, required=False)
    columns = [_("Account made on")]
    per_partner = ["account"]
    dated = "account"

    def field_for(self, name: str, partner: Partner) -> forms.Field:
        return self.day_field(partner)

    def partner_acts(self) -> Iterator[tuple[Partner, Callable[..., Any]]]:
        for partner in self.partners:
            said = self.said("account", partner) if self.changed(partner, "account") else None
            if self.takes_all(partner):
                said = self.cleaned_data.get("all_on")
            if said and (said != partner.account_on or self.is_before(partner)):
                yield partner, partial(record_account, on=said)


class StatisticsForm(StepForm):
    """Step 6 of 2023."""

    statistics_person = Text(label=_("Person who sees to the local statistics"), max_length=150)


class PrintForm(StepForm):
    printed_on = PastDay(label=_("Day of the print run"))
    languages = forms.MultipleChoiceField(
        label=_("Languages of the materials"), widget=forms.CheckboxSelectMultiple,
        choices=list(LANGUAGES.items()),
    )  # fmt: skip
    beside = ("cards", "community_cards", "brochures", "posters")
    cards = number(_("Cards"))
    community_cards = number(_("Community cards"))
    brochures = number(_("Brochures"))
    posters = number(_("Posters"))
    cost = Euros(
        label=_("Cost of the print run"), min_value=0, max_value=MOST, decimal_places=2, help_text=_("In euros.")
    )
    local_page = forms.URLField(
        label=_("Address of the local page"), assume_scheme="https", max_length=200,
        help_text=_("Such as https://www.example.org/kaikukortti."),
    )  # fmt: skip
    feedback_email = forms.EmailField(
        label=_("Local feedback address"), max_length=254, help_text=_("An e-mail address.")
    )

    def __init__(self, standing: Standing, *args: Any, **kwargs: Any) -> None:
        """What the region's commitment in force says already is not typed again."""
        super().__init__(standing, *args, **kwargs)
        if standing.is_open and not standing.row.evidence:
            found = Commitment.objects.in_force().filter(region=standing.region, kind=Commitment.Kind.REGION)
            for name in ("feedback_email", "local_page"):
                said = found.exclude(**{name: ""}).values_list(name, flat=True).first()
                self.initial[name] = said


class InductionForm(PartnersForm):
    """Step 8: a day and a manner for each committed partner."""

    all_on = PastDay(label=_("The same day for all that have none"), required=False)
    all_manner = forms.ChoiceField(label=_("The same manner for these"), choices=Partner.Manner.choices, required=False)
    note = note(_("Notes"))
    columns = [_("Held on"), _("Manner"), _("Persons")]
    wide_column = 1
    per_partner = ["induction", "manner", "persons"]
    dated = "induction"

    def field_for(self, name: str, partner: Partner) -> forms.Field:
        if name == "induction":
            return self.day_field(partner)
        if name == "persons":
            return forms.IntegerField(
                initial=partner.induction_persons, min_value=0, max_value=MOST,
                widget=forms.NumberInput(attrs={"class": "input--number"}),
            )  # fmt: skip
        before = self.is_before(partner)  # what nobody has said is not made up
        return forms.ChoiceField(
            initial=partner.induction_manner or ("" if before else Partner.Manner.EVENT),
            choices=[("", _("not known")), *Partner.Manner.choices] if before else Partner.Manner.choices,
            widget=forms.Select(attrs={"class": "input--fill"}),
        )  # fmt: skip

    def partner_acts(self) -> Iterator[tuple[Partner, Callable[..., Any]]]:
        for partner in self.partners:
            given = self._given(partner)
            if given == self._known(partner):
                continue
            if given["on"]:
                yield partner, partial(record_induction, **given)
            elif self.is_before(partner):
                yield partner, partial(describe_induction, manner=given["manner"], persons=given["persons"])

    def _given(self, partner: Partner) -> dict[str, Any]:
        own = {"on": self.said("induction", partner), "manner": self.said("manner", partner)}
        own["persons"] = self.said("persons", partner)
        if self.takes_all(partner):
            return own | {"on": self.cleaned_data.get("all_on"), "manner": self.cleaned_data.get("all_manner")}
        return own if self.changed(partner, *self.per_partner) else self._known(partner)

    def _known(self, partner: Partner) -> dict[str, Any]:
        on = None if self.is_before(partner) else partner.induction_on
        return {"on": on, "manner": partner.induction_manner, "persons": partner.induction_persons}


# -- steps 9, 10 and the decision ------------------------------------------------------------------------------------


class StartForm(StepForm):
    start = PastDay(label=_("Day on which distribution and registration began"))
    end = Day(label=_("Day on which the trial ends"))

    def __init__(self, standing: Standing, *args: Any, **kwargs: Any) -> None:
        super().__init__(standing, *args, **kwargs)
        if not standing.row.evidence:
            self.initial["end"] = standing.row.trial.planned_end

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        check_end(self, said.get("start"), said.get("end"), "end")
        return said


class FeedbackForm(StepForm):
    survey = PastDay(label=_("Day of the survey"))
    note = note(_("Notes"))
    demanded_by = {"survey": rules.survey_not_held}


def check_end(form: Form, start: date | None, end: date | None, name: str) -> None:
    """The field has an error when the end is not after the start."""
    if start and end and end <= start:
        text = _("The trial must end after it starts: the end must be after %(start)s.") % {"start": written(start)}
        form.add_error(name, ValidationError(text, code="order"))


class DecisionForm(StepForm):
    """One side's record of the decision; it is stored when it is confirmed."""

    outcome = forms.ChoiceField(
        label=_("What was decided"), widget=forms.RadioSelect,
        choices=[(outcome, capfirst(OUTCOME_NAMES[outcome])) for outcome in OUTCOMES],
        error_messages={"required": _("Choose what was decided.")},
    )  # fmt: skip
    new_end = Day(label=_("New end of the trial"), required=False, help_text=_("Only when the trial is extended."))
    body = Text(label=_("Body that decided"), max_length=200, error_messages={"required": DECISION_FIELDS["body"]})
    date = PastDay(label=_("Day of the decision"), error_messages={"required": DECISION_FIELDS["date"]})
    section = Text(
        label=_("Section"), max_length=40, help_text=_("Such as § 21."),
        error_messages={"required": DECISION_FIELDS["section"]},
    )  # fmt: skip
    record_number = Text(
        label=_("Record number"), max_length=60, error_messages={"required": DECISION_FIELDS["record_number"]}
    )

    def add_error(self, field: str | None, error: Any) -> None:
        super(StepForm, self).add_error(field, error)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        trial = self.standing.row.trial
        present, new = trial.ends_on or trial.planned_end, said.get("new_end")
        if said.get("outcome") == "extend" and (new is None or new <= present) and "new_end" not in self.errors:
            text = _("Give the trial a new end, after the present one %(end)s.") % {"end": written(present)}
            self.add_error("new_end", ValidationError(text, code="order"))
        return said

    @property
    def evidence(self) -> dict[str, Any]:
        """All of the record; a new end only where the trial is extended, so that both sides' records can agree."""
        said = {name: _to_json(self.cleaned_data.get(name)) for name in self.plain}
        return said | {"new_end": said["new_end"] if said["outcome"] == "extend" else None}

    def entries_of(self, said: dict[str, Any]) -> list[Entry]:
        """What a side has recorded, to be read."""
        return [Entry(str(self[n].label), self._in_words(n, said[n])) for n in self.plain if said.get(n)]

    def _in_words(self, name: str, value: Any) -> str:
        return capfirst(str(OUTCOME_NAMES[value])) if name == "outcome" else _shown(self.fields[name], value)


FORMS: dict[str, type[StepForm]] = {
    "intro_event": IntroEventForm,
    "local_pair": LocalPairForm,
    "pair_training": PairTrainingForm,
    "workshop": WorkshopForm,
    "commitments": CommitmentsForm,
    "kaikukanta_users": AccountsForm,
    "statistics": StatisticsForm,
    "print_comms": PrintForm,
    "induction": InductionForm,
    "start_distribution": StartForm,
    "feedback": FeedbackForm,
    "decision": DecisionForm,
}


# -- other acts ----------------------------------------------------------------------------------------------------


class ReasonForm(Form):
    """Why a step is reopened, skipped or its next one opened early."""

    reason = Text(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays visible on the step and in the history."),
        error_messages={"required": _("Write the reason: it stays visible.")},
    )  # fmt: skip
    use_required_attribute = False


class OverrideForm(ReasonForm):
    """Which rule is overridden, and why."""

    rule = forms.ChoiceField(
        label=_("Which rule?"), widget=forms.RadioSelect, error_messages={"required": _("Choose the rule.")}
    )
    field_order = ["rule", "reason"]

    def __init__(self, offered: Iterable[rules.Rule], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rule"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(rule.key, rule.title) for rule in offered]
