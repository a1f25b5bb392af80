"""Which texts does Kaikukeskus begin from when it decides about a distributor, and how long may a question wait?

Ours are there from the beginning; Kaikukeskus edits, adds and removes them. What it sends is its own: a text is
copied into the decision, and changing it here changes nothing that has been sent.
"""

import json
from collections import defaultdict
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import locked_country, record
from adoption.models import Act, ClearanceTimes, Partner, Person, PreparedText
from adoption.refusal import Refused

SHIPPED = Path(__file__).parent / "data" / "prepared_texts.json"
ABOUT = PreparedText._meta.model_name or ""
LONGEST_WAIT = 365  # days


def load_shipped() -> None:
    """Our own texts are there, unless Kaikukeskus has had any: what it has removed does not come back."""
    if PreparedText.objects.exists() or Act.objects.filter(region=None, about_kind=ABOUT).exists():
        return
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    PreparedText.objects.bulk_create(
        PreparedText(decision=decision, language=language, name=name, text=text)
        for decision, by_language in shipped.items()
        for language, texts in by_language.items()
        for name, text in texts
    )


def texts_for(partner: Partner) -> dict[str, list[PreparedText]]:
    """Decision → the texts in the partner's language. Where the answer to rule R6 is no, none clears: the commitment
    will say in Kaikukeskus's own words why it was cleared all the same."""
    found: dict[str, list[PreparedText]] = defaultdict(list)
    for one in PreparedText.objects.filter(language=partner.language):
        if one.decision != PreparedText.Decision.CLEAR or partner.most_in_tight:
            found[one.decision].append(one)
    return found


def first_texts(decision: str) -> dict[str, str]:
    """Language → the text that is offered first for the decision."""
    texts = PreparedText.objects.filter(decision=decision).order_by("-pk")
    return dict(texts.values_list("language", "text"))


# -- what Kaikukeskus does with them ----------------------------------------------------------------------------------


@transaction.atomic
def add_text(decision: str, language: str, name: str, text: str, by: Person) -> PreparedText:
    """There is one more text. Raises Refused for a name that another of the same decision and language has."""
    who, country = only_kaikukeskus(by), locked_country()
    made = PreparedText(decision=decision, language=language, name=name, text=text)
    _refuse_twin(made)
    made.save()
    record(country, who, "prepared_text_added", made, name=name)
    return made


@transaction.atomic
def change_text(one: PreparedText, name: str, text: str, by: Person) -> PreparedText:
    """The text reads so from now on. Raises Refused for a name that another has, and for a text that is gone."""
    who, country = only_kaikukeskus(by), locked_country()
    one = _there(one)
    if (one.name, one.text) == (name, text):
        return one
    one.name, one.text = name, text
    _refuse_twin(one)
    one.save()
    record(country, who, "prepared_text_changed", one, name=name)
    return one


@transaction.atomic
def remove_text(one: PreparedText, by: Person) -> None:
    """The text is offered no more. Raises Refused for one that is gone already."""
    who, country = only_kaikukeskus(by), locked_country()
    one = _there(one)
    record(country, who, "prepared_text_removed", one, name=one.name)
    one.delete()


def _there(one: PreparedText) -> PreparedText:
    found = PreparedText.objects.filter(pk=one.pk).first()
    if found is None:
        raise Refused([_("This text has been removed meanwhile.")])
    return found


def _refuse_twin(one: PreparedText) -> None:
    same = PreparedText.objects.filter(decision=one.decision, language=one.language, name=one.name)
    if same.exclude(pk=one.pk).exists():
        raise Refused([_("Another text of this decision and language has this name: give another one.")])


# -- times ------------------------------------------------------------------------------------------------------------


def times() -> ClearanceTimes:
    """The times that are in force: Kaikukeskus's, or ours while it has set none."""
    return ClearanceTimes.objects.filter(pk=1).first() or ClearanceTimes(pk=1)


@transaction.atomic
def set_times(remind_after: int, return_after: int, by: Person) -> ClearanceTimes:
    """A silent pair is reminded and its request returned after so many days. A day that a reminder has named already
    stays. Raises Refused for a return that is not after the reminder, or after more than a year."""
    who, country = only_kaikukeskus(by), locked_country()
    if not 0 < remind_after < return_after <= LONGEST_WAIT:
        raise Refused([_("The request goes back after the reminder, and within a year: correct the days.")])
    present = times()
    if (present.remind_after, present.return_after) == (remind_after, return_after):
        return present
    present.remind_after, present.return_after = remind_after, return_after
    present.save()
    record(country, who, "clearance_times_set", remind=remind_after, back=return_after)
    return present
