"""Which answers does everybody share, and who edits and publishes them? Every write about shared answers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from adoption.access import only_kaikukeskus
from adoption.fields import no_identity_code
from adoption.history import Acting, locked_country, record
from adoption.models import Note, Person, SharedAnswer
from adoption.models.notes import LANGUAGES
from adoption.refusal import Refused

TEXTS = tuple(f"{part}_{code}" for code in LANGUAGES for part in ("question", "answer"))


def draft_from(note: Note, who: Acting) -> SharedAnswer:
    """A draft with the question and its answer as they were written, in the asker's language; the caller has locked
    the region, and the country is locked after it."""
    country = locked_country()
    language = note.by.language
    shared = SharedAnswer(note=note)
    setattr(shared, f"question_{language}", note.text)
    setattr(shared, f"answer_{language}", note.answer)
    shared.save()
    record(country, who, "shared_answer_drafted", shared)
    return shared


@transaction.atomic
def write_answer(by: Person, said: Mapping[str, str]) -> SharedAnswer:
    """A draft that began with nobody's question. `said`: question_fi, answer_fi and so on. Kaikukeskus writes."""
    who = only_kaikukeskus(by)
    country = locked_country()
    shared = SharedAnswer()
    _set(shared, said)
    shared.save()
    record(country, who, "shared_answer_drafted", shared)
    return shared


@transaction.atomic
def change_answer(shared: SharedAnswer, by: Person, said: Mapping[str, str], publish: bool = False) -> SharedAnswer:
    """Its texts are as given, and with `publish` everybody who signs in finds it, and the next who asks is shown it.
    Kaikukeskus edits and publishes; a published one stays published.

    Raises Refused for a personal identity code, a question without its answer, and, of a published one, where it does
    not stand both in Finnish and in Swedish; English may be left out.
    """
    who = only_kaikukeskus(by)
    country = locked_country()
    shared = SharedAnswer.objects.get(pk=shared.pk)
    changed = _set(shared, said)
    if publish:
        with _movable():
            shared.publish()
        shared.published_on = localdate()
    if shared.state == SharedAnswer.State.PUBLISHED:
        _refuse_unready(shared)
    shared.save()
    if changed:
        record(country, who, "shared_answer_changed", shared, fields=changed)
    if publish:
        record(country, who, "shared_answer_published", shared)
    return shared


@transaction.atomic
def take_back_answer(shared: SharedAnswer, by: Person) -> SharedAnswer:
    """It is a draft again, which Kaikukeskus alone sees."""
    who = only_kaikukeskus(by)
    country = locked_country()
    shared = SharedAnswer.objects.get(pk=shared.pk)
    with _movable():
        shared.take_back()
    shared.published_on = None
    shared.save()
    record(country, who, "shared_answer_taken_back", shared)
    return shared


@contextmanager
def _movable() -> Iterator[None]:
    try:
        yield
    except TransitionNotAllowed as error:
        raise Refused(
            [_("Somebody else has published it or taken it back meanwhile. Look at the page anew.")]
        ) from error


def _set(shared: SharedAnswer, said: Mapping[str, str]) -> list[str]:
    """The texts are as given; which of them changed. A question and its answer belong together in each language."""
    wanted = {key: said.get(key, "").strip() for key in TEXTS}
    _refuse([*_with_identity_code(wanted), *_halves(wanted)])
    changed = [key for key, text in wanted.items() if getattr(shared, key) != text]
    for key in changed:
        setattr(shared, key, wanted[key])
    return changed


def _with_identity_code(texts: Mapping[str, str]) -> list[str]:
    try:
        no_identity_code("\n".join(texts.values()))
    except ValidationError as error:
        return error.messages
    return []


def _halves(texts: Mapping[str, str]) -> list[str]:
    """The languages in which only the question or only the answer is written; none at all is refused too."""
    if not any(texts.values()):
        return [_("Write the question and its answer in at least one language.")]
    halves = [code for code in LANGUAGES if bool(texts[f"question_{code}"]) != bool(texts[f"answer_{code}"])]
    said = _("Write both the question and the answer %(language)s, or neither.")
    return [said % {"language": _in(code)} for code in halves]


def _refuse_unready(shared: SharedAnswer) -> None:
    lacking = [code for code in ("fi", "sv") if not shared.is_in(code)]
    said = _("Write the question and the answer %(language)s: a published text stands in Finnish and in Swedish.")
    _refuse([said % {"language": _in(code)} for code in lacking])


def _in(code: str) -> str:
    return {"fi": _("in Finnish"), "sv": _("in Swedish"), "en": _("in English")}[code]


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Refused(reasons)
