"""What do people fill in about a commitment? Its draft, the signed copy, the acknowledgement, a reason."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Field
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adoption.fields import UNSEEN, Day, Fault, Form, Text, field_for, no_identity_code
from adoption.models import Partner, Person
from adoption.refusal import Refused
from commitments.facts import day
from commitments.models import Commitment, Party
from commitments.services import LARGEST_COPY, Changed, Signature, check_copy

SIGNATORY = ("signatory_name", "signatory_title", "signatory_basis")
AUTHORITIES = (Party.Role.MUNICIPALITY, Party.Role.COUNTY)
Rows = Iterator[tuple[Party, list[BoundField]]]


class ActForm(Form):
    """A form that calls one service, and says its refusal in its own summary with all that was typed."""

    refusal: Refused | None = None

    def done(self, act: Callable[[], Commitment]) -> Commitment | None:
        """The commitment that the act has made or changed; None when what was sent is not valid, or was refused."""
        if not self.is_valid():
            return None
        try:
            return act()
        except Refused as refusal:
            self.refuse(refusal)
        return None

    def refuse(self, refusal: Refused) -> None:
        self.refusal = refusal
        self.add_error(None, [str(reason) for reason in refusal.reasons])

    @property
    def status(self) -> int:
        return self.refusal.status if self.refusal else super().status


class CheckForm(ActForm):
    """Which edition was read: the hash that the preview page carries."""

    manifest = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(ActForm):
    """Why a commitment is declined or ended."""

    reason = Text(
        label=_("Reason"),
        help_text=_("It stays visible."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )


class KaikukantaForm(ActForm):
    """Who acknowledged the commitment in Kaikukanta, and when."""

    name = Text(
        label=_("Who acknowledged it"),
        max_length=150,
        error_messages={"required": _("Write who acknowledged it.")},
    )
    on = Day(
        label=_("Day of the acknowledgement"), error_messages={"required": _("Give the day of the acknowledgement.")}
    )


class OfParties(ActForm):
    """A form with the same fields for each of some parties."""

    parties: list[Party]

    def names(self, party: Party) -> tuple[str, ...]:
        """What is asked of the party."""
        raise NotImplementedError

    def rows(self) -> Rows:
        """Each party with its fields, for the page."""
        for party in self.parties:
            yield party, [self[f"{name}_{party.pk}"] for name in self.names(party)]

    def values(self, party: Party) -> dict[str, Any]:
        """What was given for the party."""
        return {name: self.cleaned_data[f"{name}_{party.pk}"] for name in self.names(party)}

    def summary(self) -> Iterator[Fault]:
        """A fault in a party's field names the party: the same label stands on the page once for each."""
        party_of = {f"#id_{name}_{party.pk}": party for party in self.parties for name in self.names(party)}
        for fault in super().summary():
            party = party_of.get(fault.href)
            names = [party.short_name, fault.label] if party else [fault.label]
            yield fault._replace(label=", ".join(name for name in names if name))


class DraftForm(OfParties):
    """The signatories, record numbers and dates that the document prints. Kaikukeskus names its own signatory."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    term_start = Day(label=_("Beginning"), error_messages={"required": _("Give the day of the beginning.")})
    term_end = Day(label=_("End of the trial"), required=False)
    feedback_email = forms.EmailField(label=_("Local feedback address"), required=False, max_length=254)
    local_page = forms.URLField(label=_("Local page"), required=False, max_length=200, assume_scheme="https")

    def __init__(self, commitment: Commitment, person: Person, *args: Any) -> None:
        parties = commitment.parties.select_related("municipality", "county")
        if not person.is_kaikukeskus:
            parties = parties.exclude(role=Party.Role.KAIKUKESKUS)
        self.parties = list(parties)
        super().__init__(*args)
        if commitment.kind == Commitment.Kind.PARTNER:
            del self.fields["feedback_email"], self.fields["local_page"]
        self.own = [name for name in self.fields if name != "edition"]
        for name in self.own:
            self.initial[name] = getattr(commitment, name)
        self.initial["edition"] = commitment.edition.number if commitment.edition else None
        for party in self.parties:
            self._add(party)

    def names(self, party: Party) -> tuple[str, ...]:
        """An authority's decision has a record number besides."""
        return (*SIGNATORY, "record_number") if party.role in AUTHORITIES else SIGNATORY

    def _add(self, party: Party) -> None:
        for name in self.names(party):
            # A partner's basis is chosen from a list, so that each language of the document has its own words.
            listed = name == "signatory_basis" and party.role == Party.Role.PARTNER
            owner = Partner if listed else Party
            field = field_for(cast(Field, owner._meta.get_field(name)))
            assert field
            if name == "signatory_name":
                field.help_text = _("Named before the document is checked.")
            self.fields[f"{name}_{party.pk}"] = field
            self.initial[f"{name}_{party.pk}"] = getattr(party, name)

    def details(self) -> list[BoundField]:
        return [self[name] for name in self.own]

    def changes(self) -> dict[str, Any]:
        """The arguments of `change_draft`."""
        details = {name: self.cleaned_data[name] for name in [*self.own, "edition"]}
        return {"parties": {p.pk: self.values(p) for p in self.parties}} | details

    def refuse(self, refusal: Refused) -> None:
        """After somebody else's change each field that differs says what the draft has, and can then be saved."""
        super().refuse(refusal)
        if isinstance(refusal, Changed):
            for name in self.changed_data:
                if name != "edition":
                    self.add_error(name, _("The draft now has here: %(value)s.") % {"value": self._stored(name)})
            self.data = {name: self.data[name] for name in self.data} | {"edition": str(refusal.number)}

    def _stored(self, name: str) -> str:
        value = self.initial[name]
        if isinstance(value, date):
            return day(value)
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value)) if value else gettext("nothing")


class CopyForm(OfParties):
    """The signed copy, and for each party whether it bears the signature, whose it is and of which day."""

    use_required_attribute = False  # only the ticked parties need a name and a day
    copy = forms.FileField(
        label=_("Signed copy"),
        help_text=_("A PDF of at most 20 MB: a scan, or a file signed in another service."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose the signed copy.")},
    )

    def __init__(self, commitment: Commitment, person: Person, *args: Any) -> None:
        super().__init__(*args)
        self.person = person
        self.parties = list(self._choose(commitment.parties.select_related("municipality", "county")))
        for party in self.parties:
            self._add(party)

    def names(self, party: Party) -> tuple[str, ...]:
        return ("signed", "name", "on")

    def _choose(self, parties: Iterable[Party]) -> Iterator[Party]:
        """Those not signed yet, and whatever was sent, so that a second sending finds its fields again. Kaikukeskus
        records its own signature."""
        for party in parties:
            own = party.role != Party.Role.KAIKUKESKUS or self.person.is_kaikukeskus
            if own and (party.signed_on is None or f"name_{party.pk}" in self.data):
                yield party

    def _add(self, party: Party) -> None:
        needed = not self.is_bound or f"signed_{party.pk}" in self.data
        self.fields[f"signed_{party.pk}"] = forms.BooleanField(label=_("The copy bears this signature"), required=False)
        self.fields[f"name_{party.pk}"] = Text(
            label=_("Who has signed"), max_length=150, required=needed, initial=self._signatory(party),
            error_messages={"required": _("Write who has signed.")},
        )  # fmt: skip
        self.fields[f"on_{party.pk}"] = Day(
            label=_("Day of signing"), required=needed, error_messages={"required": _("Give the day of signing.")}
        )

    def _signatory(self, party: Party) -> str:
        own = party.role == Party.Role.KAIKUKESKUS and not party.signatory_name
        return self.person.name if own else party.signatory_name

    def clean_copy(self) -> UploadedFile:
        """No more is read than shows that the file is too large."""
        file = self.cleaned_data["copy"]
        file.name = UNSEEN.sub("", file.name)
        no_identity_code(file.name)
        try:
            check_copy(file.read(LARGEST_COPY + 1))
        except Refused as refusal:
            self.refusal = refusal
            raise ValidationError([str(reason) for reason in refusal.reasons]) from refusal
        return file

    def clean(self) -> None:
        self._say_that_the_file_is_gone()

    def refuse(self, refusal: Refused) -> None:
        super().refuse(refusal)
        self._say_that_the_file_is_gone()

    def _say_that_the_file_is_gone(self) -> None:
        if self.errors and not self.has_error("copy"):
            self.add_error("copy", _("Choose the file again: a browser does not keep it."))

    def signatures(self) -> list[Signature]:
        """What the copy says of each ticked party."""
        ticked = [(party, self.values(party)) for party in self.parties]
        return [Signature(party.pk, given["name"], given["on"]) for party, given in ticked if given["signed"]]

    @property
    def file_name(self) -> str:
        """What the person called the file."""
        return self.cleaned_data["copy"].name

    def content(self) -> bytes:
        """The whole file, which `clean_copy` has read already."""
        file = self.cleaned_data["copy"]
        file.seek(0)
        return file.read()
