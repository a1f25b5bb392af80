"""What is asked of one who hands over: the day, and who follows in each responsibility?"""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from adoption.access import PAIR
from adoption.alphabet import alphabetical
from adoption.fields import BLANK, Day, Fault, Form, Text
from adoption.models import Partner, Person, Responsibility
from workflows.handing_over import Given

OTHER = "other"
ADDRESS = _("Give the e-mail address.")
NEEDED = _("Choose who follows: a side is never left without a responsible person.")


class HandoverForm(Form):
    """The day, and for each responsibility a person who is known in the region, or the name and address of another."""

    on = Day(
        label=_("Access ends on"),
        help_text=_("The first day without access, today or later. In the form 5.3.2027."),
    )

    def __init__(
        self,
        rows: Iterable[Responsibility],
        known: dict[int, list[Person]],
        to_sign: set[int],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """`known`: responsibility → who of the region may follow; `to_sign`: keys of the responsibilities whose holder
        is asked to sign."""
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        self.people: dict[tuple[int, str], Person] = {}
        for row in self.rows:
            self._ask(row, known[row.pk], row.pk in to_sign)

    def _ask(self, row: Responsibility, known: list[Person], signs: bool) -> None:
        people = sorted(known, key=lambda person: alphabetical(person.name))
        self.people |= {(row.pk, str(person.pk)): person for person in people}
        needed = row.side in PAIR and not row.substitute
        by_list = bool(people) or not needed
        if by_list:
            self.fields[f"who_{row.pk}"] = self._who(people, needed)
        names = (_("Name of somebody else"), _("E-mail of somebody else")) if by_list else (_("Name"), _("E-mail"))
        self.fields[f"name_{row.pk}"] = Text(
            label=names[0], max_length=150, required=not by_list, error_messages={"required": _("Write the name.")}
        )
        self.fields[f"email_{row.pk}"] = forms.EmailField(
            label=names[1], required=not by_list, max_length=254, error_messages={"required": ADDRESS}
        )
        if signs:
            self.fields[f"basis_{row.pk}"] = forms.ChoiceField(
                label=_("By which right the successor signs"),
                choices=[("", BLANK), *Partner.SignBasis.choices],
                required=needed,
                error_messages={"required": _("Choose by which right the successor signs.")},
                help_text=_("A commitment waits for the signature of the one who leaves. The successor is asked then."),
            )

    def _who(self, people: list[Person], needed: bool) -> forms.ChoiceField:
        blank = BLANK if needed else _("nobody follows")
        known = [(str(one.pk), _described(one)) for one in people]
        choices = [("", blank), *known, (OTHER, _("somebody else, below"))]
        return forms.ChoiceField(label=_("Who follows"), choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for row in self.rows:
            self._check(row, data)
        return data

    def _check(self, row: Responsibility, data: dict[str, Any]) -> None:
        if f"who_{row.pk}" not in self.fields:
            return
        who, other = data.get(f"who_{row.pk}"), data.get(f"name_{row.pk}") or data.get(f"email_{row.pk}")
        if other and not who:
            who = data[f"who_{row.pk}"] = OTHER
        if who != OTHER and other:
            self.add_error(f"who_{row.pk}", _("Choose somebody from the list, or give name and address; not both."))
        if not who and row.side in PAIR and not row.substitute and f"who_{row.pk}" not in self.errors:
            self.add_error(f"who_{row.pk}", NEEDED)
        for field, said in (("name", _("Write the name.")), ("email", ADDRESS)):
            if who == OTHER and not data.get(f"{field}_{row.pk}") and f"{field}_{row.pk}" not in self.errors:
                self.add_error(f"{field}_{row.pk}", said)

    def fields_of(self, row: Responsibility) -> Iterator[BoundField]:
        """The fields of one responsibility."""
        for name in ("who", "name", "email", "basis"):
            if f"{name}_{row.pk}" in self.fields:
                yield self[f"{name}_{row.pk}"]

    def summary(self) -> Iterator[Fault]:
        """A fault names the responsibility: the same labels stand on the page once for each."""
        of_field = {f"#{field.id_for_label}": row for row in self.rows for field in self.fields_of(row)}
        for fault in super().summary():
            row = of_field.get(fault.href)
            place = f"{row.municipality or row.region}, {row.get_side_display()}" if row else ""
            yield fault._replace(label=f"{place}, {fault.label}".rstrip(", ")) if row and len(self.rows) > 1 else fault

    def given(self) -> list[Given]:
        """The argument of `hand_over`."""
        return [self._given(row) for row in self.rows]

    def _given(self, row: Responsibility) -> Given:
        data = self.cleaned_data
        known = self.people.get((row.pk, data.get(f"who_{row.pk}", "")))
        basis = data.get(f"basis_{row.pk}", "")
        if known:
            return Given(row.pk, known.email, known.name, known.title, basis)
        return Given(row.pk, data[f"email_{row.pk}"], data[f"name_{row.pk}"], "", basis)


def _described(person: Person) -> str:
    return f"{person.name} ({person.title})" if person.title else person.name
