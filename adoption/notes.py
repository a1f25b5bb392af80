"""Who leaves a note or asks Kaikukeskus, about what and for whom? Every write about notes and questions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from adoption import about
from adoption.access import KAIKUKESKUS, PAIR, acting, only_kaikukeskus
from adoption.fields import no_identity_code
from adoption.history import locked, record
from adoption.mail import later
from adoption.models import Mail, Note, Person, Region, Responsibility, Side
from adoption.refusal import NotYours, Refused
from adoption.shared_answers import draft_from

Audience = Note.Audience


@transaction.atomic
def leave_note(
    region: Region, of: tuple[str, int], by: Person, text: str, audience: str, to: Person | None = None
) -> Note:
    """A note stands on the page of the thing, and the one it is addressed to is told; without `to`, all whom it is
    for. `of`: the thing's kind and key.

    What Kaikukeskus leaves for its own side is for Kaikukeskus. Raises Refused for an empty text, one with a personal
    identity code, a thing of another region, an addressee who would not read it, and the same note twice.
    """
    region = locked(region.pk)
    who = acting(by, region)
    if audience == Audience.OWN and who.side == KAIKUKESKUS:
        audience = Audience.KAIKUKESKUS
    note = Note(region=region, by=by, side=who.side, audience=audience, to=to)
    _set(note, of, text)
    if to and to not in readers_of(note):
        said = _("%(name)s does not read what is for them: choose another reader, or for whom it is.")
        raise Refused([said % {"name": to.name}])
    note.save()
    record(region, who, "note_left", note, of=list(of))
    later("adoption.note_letters.left", note.pk)
    return note


@transaction.atomic
def ask_kaikukeskus(region: Region, of: tuple[str, int], by: Person, text: str) -> Note:
    """A question stands in Kaikukeskus's queue until it is answered, and Kaikukeskus is told.

    The pair asks; Kaikukeskus does not ask itself. Raises Refused as `leave_note` does.
    """
    region = locked(region.pk)
    who = acting(by, region)
    if who.side == KAIKUKESKUS:
        raise NotYours
    note = Note(region=region, by=by, side=who.side, audience=Audience.KAIKUKESKUS)
    _set(note, of, text)
    note.ask()
    note.save()
    record(region, who, "question_asked", note, of=list(of))
    later("adoption.note_letters.left", note.pk)
    return note


def _set(note: Note, of: tuple[str, int], text: str) -> None:
    """The note is about the thing and says the text; refused where either is wrong, and where it stands already."""
    note.about_kind, note.about_id = of
    note.text = checked(text)
    if about.find(note.region, *of) is None:
        raise Refused([_("What this is about is not of the region %(region)s.") % {"region": note.region}])
    same = Note.objects.filter(region=note.region, by=note.by, about_kind=of[0], about_id=of[1], text=note.text)
    if same.exclude(state__in=[Note.State.WITHDRAWN, Note.State.ANSWERED]).exists():
        raise Refused([_("You have written the same here already. It was not stored again.")])


def checked(text: str) -> str:
    """The text, trimmed; raises Refused where it is empty or has a personal identity code."""
    if not text.strip():
        raise Refused([_("Write what you want to say.")])
    try:
        no_identity_code(text)
    except ValidationError as error:
        raise Refused(error.messages) from error
    return text.strip()


@contextmanager
def _changing(note: Note) -> Iterator[tuple[Note, Region]]:
    """The note read anew under the region's lock; what its state does not allow is refused in words."""
    with transaction.atomic():
        region = locked(note.region_id)
        note = Note.objects.select_related("by", "answered_by").get(pk=note.pk)
        try:
            yield note, region
        except TransitionNotAllowed as error:
            raise Refused([_not_now(note)]) from error


def _not_now(note: Note) -> str:
    if note.state == Note.State.ANSWERED:
        return _("%(name)s has answered this question already.") % {"name": note.answered_by}
    if note.state == Note.State.WITHDRAWN:
        return _("%(name)s has withdrawn this.") % {"name": note.by}
    return _("This is a note, and nobody waits for an answer to it.")


def withdraw_note(note: Note, by: Person) -> None:
    """The note or question is gone from every page with its text, and the stored copies of its mails too; history
    says that it was left, and that it was withdrawn.

    Only its writer withdraws, while still acting in the region. Raises Refused once a question has been answered.
    """
    with _changing(note) as (note, region):
        who = acting(by, region)
        if note.by_id != by.pk:
            raise NotYours
        note.withdraw()
        note.text = ""
        note.save(update_fields=["state", "text"])
        record(region, who, "note_withdrawn", note, of=[note.about_kind, note.about_id])
        mails = Mail.objects.filter(key__startswith=f"note:{note.pk}:")
        mails.waiting().update(given_up_at=now())
        mails.update(body="")


def answer_question(note: Note, by: Person, text: str, share: bool = False) -> Note:
    """The question is answered and off the queue, and the asker is told. With `share` a draft of a shared answer is
    there, for Kaikukeskus to edit and publish.

    Only Kaikukeskus answers. Raises Refused for a question that has been answered or withdrawn meanwhile, and for a
    text that is empty or has a personal identity code.
    """
    who = only_kaikukeskus(by)
    with _changing(note) as (note, region):
        note.give_answer()
        note.answer, note.answered_by, note.answered_at = checked(text), by, now()
        note.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        record(region, who, "question_answered", note, of=[note.about_kind, note.about_id])
        later("adoption.note_letters.answered", note.pk)
        if share:
            draft_from(note, who)
    return note


# -- whom a note is for ---------------------------------------------------------------------------------------------


def readers_of(note: Note) -> list[Person]:
    """Whom the note is for, each once and without its writer: they are told, or the one of them who is addressed."""
    if note.audience == Audience.KAIKUKESKUS:
        found: Iterable[Person] = Person.objects.filter(is_kaikukeskus=True, is_active=True).order_by("name")
    else:
        sides = [note.side] if note.audience == Audience.OWN else [*PAIR, Side.GROUP]
        held = Responsibility.objects.current().filter(region=note.region_id, side__in=sides, person__is_active=True)
        found = [one.person for one in held.select_related("person").order_by("side", "substitute", "pk")]
    return [person for person in dict.fromkeys(found) if person.pk != note.by_id]


def to_be_told_of_answer(note: Note) -> list[Person]:
    """The asker; one who no longer answers for the side has those told who do."""
    of_side = Q(side=note.side, region=note.region_id)
    current = Responsibility.objects.current().filter(of_side)
    if current.filter(person=note.by_id, person__is_active=True).exists():
        return [note.by]
    return list(dict.fromkeys(one.person for one in current.holders().select_related("person").order_by("pk")))


def stands_in_queue() -> list[Note]:
    """The questions that wait for Kaikukeskus, the oldest first."""
    return list(Note.objects.waiting().select_related("region", "by").order_by("at", "pk"))
