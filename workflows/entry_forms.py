"""What is asked of a region that already has the card, and what when that is corrected?"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.alphabet import by_name
from adoption.fields import Day, Form, Text
from adoption.models import Municipality, Region
from adoption.operating_model import DEFAULT
from adoption.operating_model import MODELS as OPERATING_MODELS
from commitments.on_paper import Paper
from workflows.entering import Named
from workflows.entry import DECISION, FEEDBACK, KNOWN, LASTING, START, Entry
from workflows.forms import PastDay, ReasonForm
from workflows.steps import Step
from workflows.trial import MODELS
from workflows.trial_forms import choosable

BESIDE = "beside"  # the region is at the steps that run side by side
NO_DAY = (START, FEEDBACK)  # their days stand elsewhere: the trial's beginning, the last meeting
SIDES = ("culture", "care")
UNKNOWN = gettext_lazy("In the form 5.3.2027. Leave it empty if it is not known.")


def slot(step: Step) -> str:
    """What a step is called in the form, whose fields are the same for every model."""
    return DECISION if step.outcomes else str(step.number)


def titles() -> dict[str, str]:
    """Slot → number and title; both titles where the models have two steps of one number."""
    found: dict[str, dict[str, str]] = {}
    for model in sorted(MODELS, reverse=True):
        for step in MODELS[model].all_steps():
            found.setdefault(slot(step), {}).setdefault(step.key, str(step.title))
    return {
        key: " / ".join(by_key.values()) if key == DECISION else f"{key} {' / '.join(by_key.values())}"
        for key, by_key in found.items()
    }


def side_by_side() -> list[str]:
    """The slots of the steps that run side by side."""
    return [slot(step) for block in MODELS[DEFAULT].blocks() if len(block) > 1 for step in block]


class Row(NamedTuple):
    """A row of a table of fields: what it is about, and its cells, empty where nothing is asked."""

    key: str
    name: str
    cells: list[BoundField | None]


def past(label: Any, **more: Any) -> PastDay:
    """A day that may be unknown."""
    return PastDay(label=label, required=False, **({"help_text": UNKNOWN} | more))


def in_table(field: forms.Field, column: str, row: str) -> forms.Field:
    """A field of a table, which its column's and its row's heading name."""
    field.help_text, field.required = "", False
    field.widget.attrs["aria-labelledby"] = f"column-{column} {row}"
    return field


class DaysForm(Form):
    """What is entered afterwards: the days of each municipality, each step and each party, and those of the trial."""

    start = Day(label=gettext_lazy("Distribution began, or begins, on"), required=False, help_text=UNKNOWN)
    end = Day(label=gettext_lazy("The trial ends, or ended, on"), required=False, help_text=UNKNOWN)
    meeting = past(
        gettext_lazy("The last feedback meeting was held on"),
        help_text=gettext_lazy(
            "In the form 5.3.2027. Leave it empty if it is not known. Step 10 has the same day, unless the decision on "
            "going on was made before it."
        ),
    )
    local_page = forms.URLField(
        label=gettext_lazy("Address of the local page"), required=False, assume_scheme="https", max_length=200
    )
    feedback_email = forms.EmailField(label=gettext_lazy("Local feedback address"), required=False)
    statistics_person = Text(
        label=gettext_lazy("Person who sees to the local statistics"), max_length=150, required=False,
        help_text=gettext_lazy("Asked in the operating model 2023."),
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, region: Region, towns: Iterable[Municipality], slots: Iterable[str], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.region, self.towns, self.slots, self.titles = region, by_name(towns), list(slots), titles()
        for one in self.towns:
            self.add_town(one)
        for key in self.slots:
            day = past(_("%(step)s, done on") % {"step": self.titles[key]})
            self.fields[f"done_{key}"] = in_table(day, "done", f"step-{key}")
        for key, name in self.parties.items():
            self._add_party(key, name)

    def add_town(self, one: Municipality) -> None:
        day = past(_("%(name)s, in lasting use since") % {"name": one.name})
        self.fields[f"since_{one.pk}"] = in_table(day, "since", f"town-{one.pk}")

    def _add_party(self, key: str, name: str) -> None:
        day = past(_("%(name)s, signed on") % {"name": name})
        number = Text(label=_("%(name)s, record number") % {"name": name}, max_length=60)
        self.fields[f"signed_{key}"] = in_table(day, "signed", f"party-{key}")
        self.fields[f"number_{key}"] = in_table(number, "number", f"party-{key}")

    @property
    def parties(self) -> dict[str, str]:
        """The parties of the region commitment: their keys as in `commitments.on_paper`, and their names."""
        found = {f"m{one.pk}": one.name for one in self.towns}
        county = {"county": self.region.county.name} if self.region.county else {}
        return found | county | {"kaikukeskus": "Kaikukeskus"}

    # -- what the page shows --------------------------------------------------------------------------------------

    @property
    def town_rows(self) -> list[Row]:
        return [self._row(f"town-{one.pk}", one.name, f"in_{one.pk}", f"since_{one.pk}") for one in self.towns]

    @property
    def step_rows(self) -> list[Row]:
        return [self._row(f"step-{key}", self.titles[key], f"beside_{key}", f"done_{key}") for key in self.slots]

    @property
    def party_rows(self) -> list[Row]:
        names = [(key, name) for key, name in self.parties.items() if f"signed_{key}" in self.fields]
        return [self._row(f"party-{key}", name, f"signed_{key}", f"number_{key}") for key, name in names]

    @property
    def has_papers(self) -> bool:
        """Whether anything is said of a single party, or is wrong there."""
        cells = [cell for row in self.party_rows for cell in row.cells if cell]
        return any(cell.errors or cell.value() for cell in cells)

    @property
    def others(self) -> list[BoundField]:
        """The last meeting, and what is known besides, where it is asked."""
        names = ("meeting", *(name for names in KNOWN.values() for name in names))
        return [self[name] for name in names if name in self.fields]

    def _row(self, key: str, name: str, *fields: str) -> Row:
        return Row(key, name, [self[one] if one in self.fields else None for one in fields])

    # -- what was said --------------------------------------------------------------------------------------------

    def said(self, prefix: str) -> dict[str, Any]:
        """What was typed in the fields of one kind, by what follows the prefix."""
        found = self.cleaned_data.items()
        return {name.removeprefix(prefix): value for name, value in found if name.startswith(prefix) and value}

    @property
    def papers(self) -> dict[str, Paper]:
        days, numbers = self.said("signed_"), self.said("number_")
        return {key: Paper(days.get(key), numbers.get(key, "")) for key in [*days, *(numbers.keys() - days.keys())]}

    @property
    def known(self) -> dict[str, str]:
        names = [name for names in KNOWN.values() for name in names]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    def days(self, model: str) -> dict[str, date | None]:
        """Step's key in the model → its day."""
        said = self.said("done_")
        return {step.key: said.get(slot(step)) for step in MODELS[model].all_steps() if step.key not in NO_DAY}

    def refuse_what_is_ahead(self, entry: Entry) -> None:
        """What was typed about something that has not been done has its error: nothing is left out without a word."""
        text = _("This has not been done at the step where the region is: leave it empty.")
        for name in self._ahead(entry, {slot(step) for step in entry.done}):
            self.add_error(name, ValidationError(text, code="ahead"))

    def _ahead(self, entry: Entry, done: set[str]) -> Iterator[str]:
        needs = {"meeting": "10", "local_page": "7", "feedback_email": "7", "statistics_person": "6"}
        needs |= {"committed_on": "5"} | {f"{part}_{key}": key for key in self.slots for part in ("done", "beside")}
        needs |= {f"{part}_{key}": "5" for key in self.parties for part in ("signed", "number")}
        yield from (name for name, key in needs.items() if self.cleaned_data.get(name) and key not in done)
        if not entry.is_lasting:
            yield from (f"since_{key or 'all'}" for key in self.said("since_"))


class EntryForm(DaysForm):
    """What is asked when a region is entered."""

    model = forms.ChoiceField(
        label=gettext_lazy("Operating model"), initial=DEFAULT, widget=forms.RadioSelect,
        choices=[(key, OPERATING_MODELS[key].label) for key in sorted(MODELS, reverse=True)],
    )  # fmt: skip
    present = forms.ChoiceField(
        label=gettext_lazy("Where is the region?"), widget=forms.RadioSelect, initial=LASTING,
        help_text=gettext_lazy("What comes before the step counts as done. The step itself is open, as usual."),
    )  # fmt: skip
    since_all = past(
        gettext_lazy("In lasting use since"),
        help_text=gettext_lazy("In the form 5.3.2027. It goes to each municipality that has no day of its own below."),
    )
    committed_on = past(gettext_lazy("The region committed itself on paper on"))
    culture_name = Text(label=gettext_lazy("Culture side: name"), max_length=150, required=False)
    culture_email = forms.EmailField(label=gettext_lazy("Culture side: e-mail"), required=False)
    care_name = Text(label=gettext_lazy("Care side: name"), max_length=150, required=False)
    care_email = forms.EmailField(label=gettext_lazy("Care side: e-mail"), required=False)

    def __init__(self, region: Region, *args: Any, **kwargs: Any) -> None:
        towns = Municipality.objects.filter(pk__in=[pk for pk, _label in choosable(region)[0]])
        dated = [slot(step) for step in MODELS[DEFAULT].all_steps() if step.key not in NO_DAY]
        super().__init__(region, towns, dated, *args, **kwargs)
        for key in side_by_side():
            done = forms.BooleanField(label=_("%(step)s, done already") % {"step": self.titles[key]})
            self.fields[f"beside_{key}"] = in_table(done, "beside", f"step-{key}")
        present: Any = self.fields["present"]
        present.choices = self._places()
        self.fields["end"].help_text = self.fields["start"].help_text = _(
            "In the form 5.3.2027. Before step 10 the planned day; of a region in lasting use it may be left empty."
        )

    def add_town(self, one: Municipality) -> None:
        taken = forms.BooleanField(label=one.name, initial=True)
        self.fields[f"in_{one.pk}"] = in_table(taken, "in", f"town-{one.pk}")
        super().add_town(one)

    def _places(self) -> list[tuple[str, str]]:
        beside = side_by_side()
        places = [(key, title) for key, title in self.titles.items() if key not in beside]
        at = next(number for number, (key, _title) in enumerate(places) if key == "9")
        places.insert(at, (BESIDE, _("6, 7 and 8, side by side: mark below those that are done")))
        return [(LASTING, _("Kaikukortti is in lasting use")), *places]

    @property
    def has_choice(self) -> bool:
        """Whether any municipality of the region is free to be entered."""
        return bool(self.towns)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not any(said.get(f"in_{one.pk}") for one in self.towns):
            self.add_error(None, ValidationError(_("Choose at least one municipality."), code="nobody"))
        for side in SIDES:
            self._check_person(said, side)
        self._check_towns(said)
        if not self.errors:
            self.refuse_what_is_ahead(self.entry)
        return said

    def _check_towns(self, said: dict[str, Any]) -> None:
        """What is typed of a municipality that is not chosen has its error."""
        text = _("The municipality is not chosen: choose it, or leave this empty.")
        for one in self.towns:
            for name in (f"since_{one.pk}", f"signed_m{one.pk}", f"number_m{one.pk}"):
                if said.get(name) and not said.get(f"in_{one.pk}"):
                    self.add_error(name, ValidationError(text, code="not_chosen"))

    def _check_person(self, said: dict[str, Any], side: str) -> None:
        """A name without an address, or the other way round, names nobody."""
        for one, other in (("name", "email"), ("email", "name")):
            if said.get(f"{side}_{one}") and not said.get(f"{side}_{other}") and f"{side}_{other}" not in self.errors:
                text = _("Give both the name and the e-mail, or neither: the person can be named later.")
                self.add_error(f"{side}_{other}", ValidationError(text, code="half"))

    @property
    def entry(self) -> Entry:
        """The region as it was typed."""
        said, flow = self.cleaned_data, MODELS[self.cleaned_data["model"]]
        keys = {slot(step): step.key for step in flow.all_steps()}
        done = [keys[key] for key in self.said("beside_")] if said["present"] == BESIDE else []
        waiting = [keys[key] for key in side_by_side() if keys[key] not in done]
        present = (waiting or [""])[0] if said["present"] == BESIDE else keys.get(said["present"], said["present"])
        towns = [one for one in self.towns if said.get(f"in_{one.pk}")]
        own, everywhere = self.said("since_"), said.get("since_all")
        since = {one.pk: own.get(str(one.pk)) or everywhere for one in towns}
        return Entry(
            said["model"], present, towns, self.days(said["model"]), frozenset(done), said["start"], said["end"],
            {pk: day for pk, day in since.items() if day}, said["meeting"], said["committed_on"], self.papers,
            self.known,
        )  # fmt: skip

    @property
    def pair(self) -> list[Named]:
        """The responsible persons who are named at once."""
        said = self.cleaned_data
        return [Named(side, said[f"{side}_name"], said[f"{side}_email"]) for side in SIDES if said[f"{side}_email"]]


class EntryCorrectionForm(DaysForm):
    """What of an entry can be corrected: the days, of what was entered."""

    reason = ReasonForm.base_fields["reason"]

    def __init__(self, region: Region, standing: Entry, *args: Any, **kwargs: Any) -> None:
        dated = [slot(step) for step in standing.done if step.key not in NO_DAY]
        super().__init__(region, standing.municipalities, dated, *args, initial=self._as_it_is(standing), **kwargs)
        self.fields["reason"].help_text = _("It stays visible in the region's history.")
        self.standing = standing
        for name in self._not_entered(standing):
            del self.fields[name]

    @staticmethod
    def _as_it_is(standing: Entry) -> dict[str, Any]:
        said: dict[str, Any] = {"start": standing.start, "end": standing.end, "meeting": standing.meeting}
        said |= dict(standing.known) | {f"since_{pk}": day for pk, day in standing.since.items()}
        said |= {f"done_{slot(step)}": standing.days.get(step.key) for step in standing.done}
        for key, paper in standing.papers.items():
            said |= {f"signed_{key}": paper.on, f"number_{key}": paper.record_number}
        return said

    def _not_entered(self, standing: Entry) -> Iterator[str]:
        """The fields of what was not entered afterwards."""
        needs = {"start": START, "end": START, "meeting": FEEDBACK}
        needs |= {name: key for key, names in KNOWN.items() for name in names}
        yield from (name for name, key in needs.items() if not standing.is_done(key))
        yield from (f"since_{one.pk}" for one in self.towns if not standing.is_lasting)
        strange = [key for key in self.parties if key not in standing.papers]
        yield from (f"{part}_{key}" for key in strange for part in ("signed", "number"))

    @property
    def entry(self) -> Entry:
        """What was entered, as it is now to stand."""
        said, old = self.cleaned_data, self.standing
        since = {int(key): day for key, day in self.said("since_").items()}
        days = {key: day for key, day in self.days(old.model).items() if old.is_done(key)}
        return replace(
            old, days=days, start=said.get("start", old.start), end=said.get("end", old.end), since=since,
            meeting=said.get("meeting", old.meeting), known=self.known,
            papers={key: self.papers.get(key, Paper()) for key in old.papers},
        )  # fmt: skip
