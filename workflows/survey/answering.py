"""How is a survey answered so that nobody can tell whose answer it is? History says nothing of it, nor does the log.

That a link was used and what was said are stored in one transaction, which a database marks on the rows that it
writes, in the order in which it writes them. So each answer writes all rows of the survey anew, the answers in an order
by chance and with new keys: neither marks, nor order, nor keys join a place and an answer afterwards.
"""

from collections.abc import Mapping
from random import SystemRandom

from django.db import models, transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.history import locked
from adoption.refusal import Refused
from workflows.survey.links import Link, is_of
from workflows.survey.models import Answer, Place, Survey


class Standing(models.TextChoices):
    """How it is with a link, in words for the one who has it."""

    OPEN = "open", gettext_lazy("You can answer by this link.")
    USED = "used", gettext_lazy("This link has been used. Thank you for the answer.")
    CLOSED = "closed", gettext_lazy("The survey is over.")
    OLD = "old", gettext_lazy("This link no longer works: it was sent to another address.")


def standing(place: Place, link: Link) -> Standing:
    """What the link of this place is good for now."""
    if not is_of(link, place):
        return Standing.OLD
    if place.used:
        return Standing.USED
    return Standing.OPEN if place.survey.is_open() else Standing.CLOSED


def place_of(link: Link) -> Place | None:
    """The place that the link is of, as it is now."""
    found = Place.objects.select_related("person", "survey__meeting__region")
    return found.filter(pk=link.place).first()


@transaction.atomic
def answer(link: Link, scores: Mapping[str, int], text: str) -> None:
    """The survey has one answer more, and the link is used. Raises Refused unless the link is good, and for an answer
    that says nothing."""
    if place := place_of(link):
        locked(place.survey.region.pk)
        place = place_of(link)
    if place is None:  # two rows of its person have just been joined
        raise Refused([str(Standing.OLD.label)])
    if (now_so := standing(place, link)) != Standing.OPEN:
        raise Refused([str(now_so.label)])
    if not scores and not text.strip():
        raise Refused([_("Answer at least one of the questions.")])
    Answer.objects.create(survey=place.survey, scores=dict(scores), text=text.strip())
    _write_anew(place.survey, used=place)


def _write_anew(survey: Survey, used: Place) -> None:
    """All rows of the survey are rows of this transaction, and the order of the answers is one by chance."""
    survey.places.update(used=Case(When(pk=used.pk, then=Value(True)), default=F("used")))
    said = [Answer(survey=survey, scores=one.scores, text=one.text) for one in survey.answers.all()]
    survey.answers.all().delete()
    SystemRandom().shuffle(said)
    Answer.objects.bulk_create(said)
