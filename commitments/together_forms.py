"""What is chosen and said once about the commitments of many partners?"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from adoption.deadlines import Deadline
from adoption.fields import Day, Fault, Form, Several, field_for, offer
from adoption.models import Partner
from commitments.forms import SIGNATORY
from commitments.models import Commitment, Party
from commitments.services import key_of
from commitments.together import Common, Seen
from commitments.turn import order_in

OF_BODY = (*SIGNATORY, "record_number")
SEEN = re.compile(r"([0-9]{1,15}):([0-9]{1,4}):([0-9a-f]{64})", re.ASCII)  # commitment, edition, manifest


class DraftsForm(Form):
    """The partners whose commitments are drafted, and what is the same in all of them."""

    partners = Several(
        queryset=Partner.objects.none(),
        label=_("Partners"),
        error_messages={
            "required": _("Choose at least one partner."),
            "invalid_choice": _("The commitment of one of these partners cannot be made now. Look at the list anew."),
        },
    )
    term_start = Day(label=_("Beginning"), required=False)
    term_end = Day(label=_("End of the trial"), required=False)
    in_turn = forms.TypedChoiceField(
        label=_("In which order is it signed?"), widget=forms.RadioSelect, coerce=lambda value: value == "True"
    )
    sign_by = Deadline(
        label=_("To be signed by"),
        required=False,
        help_text=_("In the form 5.3.2027. Without a day, three weeks from the sending."),
    )

    def __init__(self, partners: QuerySet[Partner], bodies: Iterable[Party], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = list(bodies)
        offer(self, "partners", partners)
        county = any(body.role == Party.Role.COUNTY for body in self.bodies)
        offer(self, "in_turn", [(how, order_in(Commitment.Kind.PARTNER, how, county)) for how in (True, False)])
        self.initial.setdefault("in_turn", True)
        for body in self.bodies:
            for name in OF_BODY:
                field = field_for(cast(Field, Party._meta.get_field(name)))
                assert field
                self.fields[f"{name}_{key_of(body)}"] = field
                self.initial[f"{name}_{key_of(body)}"] = getattr(body, name)

    @property
    def ticked(self) -> set[str]:
        """The keys of the partners that stand chosen: at first all of them."""
        if self.is_bound:
            return set(cast(QueryDict, self.data).getlist("partners"))
        return {str(pk) for pk in self.initial.get("partners", ())}

    def details(self) -> list[BoundField]:
        """The fields about the term, which stand abreast."""
        return [self["term_start"], self["term_end"]]

    def rows(self) -> Iterator[tuple[Party, str, list[BoundField]]]:
        """Each body with its key and its fields."""
        for body in self.bodies:
            yield body, key_of(body), [self[f"{name}_{key_of(body)}"] for name in OF_BODY]

    def summary(self) -> Iterator[Fault]:
        """A fault in a body's field names the body: the same label stands on the page once for each."""
        of_field = {f"#id_{name}_{key_of(body)}": body for body in self.bodies for name in OF_BODY}
        for fault in super().summary():
            body = of_field.get(fault.href)
            yield fault._replace(label=f"{body.short_name}, {fault.label}") if body else fault

    def common(self) -> Common:
        """The argument of `draft_all`."""
        said = self.cleaned_data
        bodies = {key_of(body): {name: said[f"{name}_{key_of(body)}"] for name in OF_BODY} for body in self.bodies}
        return Common((said["term_start"], said["term_end"]), said["sign_by"], said["in_turn"], bodies)


class SendForm(Form):
    """Which drafts are sent, each with the edition that the page showed, and that they were read."""

    seen = forms.CharField(required=False)
    read = forms.BooleanField(
        label=_("I have read what stands above, and looked at what differs in the others"),
        error_messages={"required": _("Tick that you have read the document and looked at what differs.")},
    )

    @property
    def ticked(self) -> set[str]:
        """What was chosen, for a page that shows the form anew."""
        return set(cast(QueryDict, self.data).getlist("seen"))

    def clean_seen(self) -> dict[int, Seen]:
        """Key of a commitment → what was seen of it."""
        found = [SEEN.fullmatch(one) for one in self.ticked]
        if not found:
            raise ValidationError(_("Choose at least one commitment."), code="required")
        if not all(found):
            raise ValidationError(_("Look at the page anew."), code="invalid")
        return {int(one[1]): Seen(int(one[2]), one[3]) for one in found if one}
