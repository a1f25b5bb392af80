"""What do people fill in about a commitment? Its draft, the signed copy, the acknowledgement, a reason."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Field
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from adoption.deadlines import Deadline
from adoption.fields import BLANK, UNSEEN, Day, Fault, Form, Text, field_for, no_identity_code, offer
from adoption.models import Partner, Person
from adoption.refusal import Refused
from commitments.facts import day
from commitments.models import Commitment, Party, SignedCopy
from commitments.reviewing import Broken, check_copy
from commitments.services import Changed, Signature, why_not_on
from commitments.signatories import needs_basis
from commitments.signing import Answer
from commitments.turn import order_of

SIGNATORY = ("signatory_name", "signatory_title", "signatory_basis", "signatory_email")
AUTHORITIES = (Party.Role.MUNICIPALITY, Party.Role.COUNTY)
Rows = Iterator[tuple[Party, list[BoundField]]]


def _checked(form: Form, file: UploadedFile) -> UploadedFile:
    """The signed copy, if its size and its first bytes are those of one; the service looks into it."""
    file.name = UNSEEN.sub("", file.name or "")
    no_identity_code(file.name)
    try:
        check_copy(file.size or 0, file.read(len(b"%PDF-")))
    except Refused as refusal:
        form.refusal = refusal
        raise ValidationError([str(reason) for reason in refusal.reasons]) from refusal
    return file


class CheckForm(Form):
    """Which edition was read: the hash that the preview page carries."""

    manifest = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(Form):
    """Why a commitment is declined or ended."""

    reason = Text(
        label=_("Reason"),
        help_text=_("It stays visible."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )


class MoveSigningForm(ReasonForm):
    """By which day it is to be signed instead, and why."""

    was = forms.DateField(widget=forms.HiddenInput, required=False, input_formats=["%Y-%m-%d"])
    to = Deadline(label=_("New day"), help_text=_("In the form 5.3.2027. Monday to Friday, and no holiday."))
    field_order = ["was", "to", "reason"]

    def __init__(self, commitment: Commitment, *args: Any) -> None:
        was = commitment.sign_by.isoformat() if commitment.sign_by else ""
        super().__init__(*args, initial={"was": was, "to": commitment.sign_by})
        self.fields["reason"].help_text = _("Those who were asked to sign read it in their mail. It stays visible.")

    def refuse(self, refusal: Refused) -> None:
        """What is sent next is sent by one who has been told the present day."""
        super().refuse(refusal)
        self.data = {name: self.data[name] for name in self.data} | {"was": self.initial["was"]}


class CloseForm(ReasonForm):
    """Which party will not sign, if it is because of one, and why the commitment is closed."""

    party = forms.TypedChoiceField(
        label=_("Which party will not sign?"), widget=forms.RadioSelect, required=False, coerce=int, empty_value=None
    )
    field_order = ("party", "reason")

    def __init__(self, commitment: Commitment, *args: Any) -> None:
        super().__init__(*args)
        others = ("", _("None: the signing is stopped for another reason"))
        sent = [self.data.get("party", "")] if self.is_bound else []
        offer(self, "party", [*((p.pk, p.short_name) for p in unsigned_or_sent(commitment, sent)), others])


def unsigned_or_sent(commitment: Commitment, sent: list[str]) -> list[Party]:
    """The parties that have not signed, and those whose keys were sent: a party that has signed meanwhile the service
    refuses in its own words."""
    parties = commitment.parties.select_related("municipality", "county")
    return [party for party in parties if party.signed_on is None or str(party.pk) in sent]


class KaikukantaForm(Form):
    """Who acknowledged the commitment in Kaikukanta, when, under which reference, and for which parties."""

    name = Text(
        label=_("Who acknowledged it"),
        max_length=150,
        error_messages={"required": _("Write who acknowledged it.")},
    )
    on = Day(
        label=_("Day of the acknowledgement"), error_messages={"required": _("Give the day of the acknowledgement.")}
    )
    reference = Text(
        label=_("Reference in Kaikukanta"), max_length=100, required=False, help_text=_("By which it is found there.")
    )
    parties = forms.TypedMultipleChoiceField(
        label=_("For which parties?"), widget=forms.CheckboxSelectMultiple, coerce=int,
        error_messages={"required": _("Choose the parties that have signed.")},
    )  # fmt: skip

    def __init__(self, commitment: Commitment, *args: Any) -> None:
        super().__init__(*args)
        sent = cast(QueryDict, self.data).getlist("parties") if self.is_bound else []
        parties = unsigned_or_sent(commitment, sent)
        offer(self, "parties", [(party.pk, party.short_name) for party in parties])
        self.initial["parties"] = [party.pk for party in parties]


class OfParties(Form):
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
    in_turn = forms.TypedChoiceField(
        label=_("In which order is it signed?"), widget=forms.RadioSelect, coerce=lambda value: value == "True"
    )
    sign_by = Deadline(
        label=_("To be signed by"),
        required=False,
        help_text=_("In the form 5.3.2027. Without a day, three weeks from the sending."),
    )

    def __init__(self, commitment: Commitment, person: Person, *args: Any) -> None:
        parties = commitment.parties.select_related("municipality", "county")
        if not person.is_kaikukeskus:
            parties = parties.exclude(role=Party.Role.KAIKUKESKUS)
        self.parties = list(parties)
        super().__init__(*args)
        if commitment.kind == Commitment.Kind.PARTNER:
            del self.fields["feedback_email"], self.fields["local_page"]
        offer(self, "in_turn", [(True, order_of(commitment, True)), (False, order_of(commitment, False))])
        self.own = [name for name in self.fields if name != "edition"]
        for name in self.own:
            self.initial[name] = getattr(commitment, name)
        self.initial["term_start"] = commitment.term_start or localdate(commitment.made_at)  # as the document says
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
            if name == "signatory_email":
                field.help_text = _("A link for signing is mailed here. Without an address a signed copy is uploaded.")
            self.fields[f"{name}_{party.pk}"] = field
            # One that was chosen for a later signatory of an authority is a word of the list here.
            written = name == "signatory_basis" and not listed
            self.initial[f"{name}_{party.pk}"] = party.basis if written else getattr(party, name)

    def details(self) -> list[BoundField]:
        """The dates and addresses; the two fields about signing stand by themselves."""
        return [self[name] for name in self.own if name not in ("in_turn", "sign_by")]

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


class OfSignatures(OfParties):
    """For each party whether a copy bears its signature, whose it is and of which day."""

    use_required_attribute = False  # only the ticked parties need a name and a day
    seen = forms.BooleanField(label=_("I have seen this and accept the file all the same"), required=False)

    def __init__(self, commitment: Commitment, person: Person, *args: Any) -> None:
        super().__init__(*args)
        self.commitment, self.person = commitment, person
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

    def clean(self) -> None:
        """A day on which nobody can have signed is said at its own field."""
        for party in self.parties:
            on = self.cleaned_data.get(f"on_{party.pk}")
            if on and self.cleaned_data.get(f"signed_{party.pk}") and (why := why_not_on(self.commitment, on)):
                self.add_error(f"on_{party.pk}", why)

    def _signatory(self, party: Party) -> str:
        own = party.role == Party.Role.KAIKUKESKUS and not party.signatory_name
        return self.person.name if own else party.signatory_name

    def signatures(self) -> list[Signature]:
        """What the copy says of each ticked party."""
        ticked = [(party, self.values(party)) for party in self.parties]
        return [Signature(party.pk, given["name"], given["on"]) for party, given in ticked if given["signed"]]


class ReviewForm(OfSignatures):
    """The signatures that a copy bears which a signatory has sent. Nothing is ticked or dated beforehand: who accepts
    the copy vouches for both."""

    def __init__(self, commitment: Commitment, copy: SignedCopy, person: Person, *args: Any) -> None:
        super().__init__(commitment, person, *args)
        expected = {copy.sent_by_id, *copy.found.get("parties", [])}
        self.parties.sort(key=lambda party: party.pk not in expected)  # the sender's own first


class CopyForm(OfSignatures):
    """The signed copy, and the signatures that it bears."""

    copy = forms.FileField(
        label=_("Signed copy"),
        help_text=_("A PDF of at most 20 MB: a scan, or a file signed in another service."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose the signed copy.")},
    )

    def clean_copy(self) -> UploadedFile:
        return _checked(self, self.cleaned_data["copy"])

    def clean(self) -> None:
        super().clean()
        self._say_that_the_file_is_gone()

    def refuse(self, refusal: Refused) -> None:
        super().refuse(refusal)
        self._say_that_the_file_is_gone()

    def _say_that_the_file_is_gone(self) -> None:
        if self.errors and not self.has_error("copy"):
            self.add_error("copy", _("Choose the file again: a browser does not keep it."))

    @property
    def file_name(self) -> str:
        """What the person called the file."""
        return self.cleaned_data["copy"].name

    @property
    def is_broken(self) -> bool:
        """Whether the file's digital signatures do not hold, which the person is asked to have seen."""
        return isinstance(self.refusal, Broken) or "seen" in self.data

    def content(self) -> bytes:
        """The whole file."""
        return whole(self.cleaned_data["copy"])


def whole(file: UploadedFile) -> bytes:
    """All of the file, of which the beginning has been read already."""
    file.seek(0)
    return file.read()


# -- what a signatory fills in, by the link ---------------------------------------------------------------------------


class SignForm(Form):
    """The signature: the typed name and title, the consent, and what was read."""

    manifest = forms.CharField(widget=forms.HiddenInput)
    language = forms.CharField(widget=forms.HiddenInput)
    name = Text(
        label=_("Your name"),
        max_length=150,
        help_text=_("Type your first name and surname as they stand in the document."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name.")},
    )
    title = Text(
        label=_("Your title"),
        max_length=150,
        help_text=_("For example executive director."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": _("Type your title.")},
    )
    consent = forms.BooleanField(
        label=_("I have read the commitment and accept it for the party that I sign for"),
        help_text=_("Your name, your title, the time, your network address and the hash of the document are kept."),
        error_messages={"required": _("Tick that you have read the commitment and accept it.")},
    )

    def answer(self, address: str) -> Answer:
        """What is given to the service."""
        given = {name: self.cleaned_data[name] for name in ("name", "title", "manifest", "language")}
        return Answer(**given, address=address)


class NotSigningForm(Form):
    """Why a signatory will not sign."""

    prefix = "decline"
    reason = Text(
        label=_("Why?"),
        help_text=_("The responsible persons get the reason and will contact you."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason.")},
    )


class SignatoryForm(Form):
    """Who signs for a party, and where the link is sent."""

    name = Text(label=_("Name"), max_length=150, error_messages={"required": _("Write the name.")})
    title = Text(label=_("Title"), max_length=150, required=False)
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, error_messages={"required": _("Write the e-mail address.")}
    )
    basis = forms.ChoiceField(
        label=_("Basis of the right to sign"), choices=[("", BLANK), *Partner.SignBasis.choices], required=False
    )

    def __init__(self, party: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.party = party
        said = _("Needed for another person than %(named)s, whom the document names.") % {"named": party.named}
        self.fields["basis"].help_text = said

    def clean(self) -> None:
        given = self.cleaned_data
        if "basis" in given and needs_basis(self.party, given.get("name", ""), given["basis"]):
            said = _("Choose the basis of the right to sign: the document gives that of %(named)s.")
            self.add_error("basis", said % {"named": self.party.named})


class ForwardForm(SignatoryForm):
    """To whom in the organisation the request is passed on."""

    prefix = "forward"


class SentCopyForm(Form):
    """A copy signed on paper or elsewhere, which the signatory sends by the link."""

    prefix = "copy"
    file = forms.FileField(
        label=_("Signed copy"),
        help_text=_("A PDF of at most 20 MB: a scan, or a file signed in another service."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose the signed copy.")},
    )

    def clean_file(self) -> UploadedFile:
        return _checked(self, self.cleaned_data["file"])

    def content(self) -> bytes:
        """The whole file."""
        return whole(self.cleaned_data["file"])
