"""What is written about notes, questions and answers? Jobs that the worker runs once the act has been committed."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from adoption import about
from adoption.mail import link, write
from adoption.models import Kind, Note, Person
from adoption.notes import readers_of, to_be_told_of_answer


def left(note_pk: int) -> None:
    """The addressee, or all whom the note is for, know of it; of one that has been withdrawn nobody hears."""
    note = Note.objects.select_related("region", "by", "to").get(pk=note_pk)
    if note.state == Note.State.WITHDRAWN:
        return
    thing = about.find(note.region, note.about_kind, note.about_id)
    letter = _asked if note.is_question else _left
    readers = [person for person in readers_of(note) if note.to_id in (None, person.pk)]
    kind = Kind.ASKED if note.is_question else Kind.NOTES
    write(f"note:{note.pk}", readers, lambda person: letter(person, note, thing), kind)


def _facts(person: Person, note: Note, thing: Any) -> dict[str, object]:
    return {
        "name": person.given_name, "by": note.by, "region": note.region.name, "about": about.title_of(thing),
        "text": note.text,
    }  # fmt: skip


def _left(person: Person, note: Note, thing: Any) -> tuple[str, str]:
    facts = _facts(person, note, thing) | {"link": link(f"{thing.get_absolute_url()}#notes")}
    body = _("Hello %(name)s,\n\n%(by)s has left a note on this in %(region)s: %(about)s.\n\n%(text)s\n\n%(link)s\n")
    return _("%(region)s: a note from %(by)s") % facts, body % facts


def _asked(person: Person, note: Note, thing: Any) -> tuple[str, str]:
    facts = _facts(person, note, thing) | {"link": link(reverse("question", args=[note.region.slug, note.pk]))}
    body = _("Hello %(name)s,\n\n%(by)s in %(region)s asks you about this: %(about)s.\n\n%(text)s\n\n%(link)s\n")
    return _("%(region)s: a question from %(by)s") % facts, body % facts


def answered(note_pk: int) -> None:
    """Who asked knows the answer, and where it stands."""
    note = Note.objects.select_related("region", "by", "answered_by").get(pk=note_pk)
    thing = about.find(note.region, note.about_kind, note.about_id)

    def text(person: Person) -> tuple[str, str]:
        facts = _facts(person, note, thing) | {
            "by": note.answered_by, "answer": note.answer, "link": link(f"{thing.get_absolute_url()}#notes"),
        }  # fmt: skip
        if person.pk != note.by_id:
            return _of_another(facts | {"asker": note.by})
        body = _(
            "Hello %(name)s,\n\n%(by)s of Kaikukeskus has answered your question about this: %(about)s.\n\n"
            "You asked:\n%(text)s\n\nThe answer:\n%(answer)s\n\n%(link)s\n"
        )
        return _("%(region)s: Kaikukeskus has answered your question") % facts, body % facts

    write(f"answer:{note.pk}", to_be_told_of_answer(note), text, Kind.NOTES)


def _of_another(facts: dict[str, object]) -> tuple[str, str]:
    """To who answers for the side now that the asker does not."""
    body = _(
        "Hello %(name)s,\n\n%(by)s of Kaikukeskus has answered the question of %(asker)s about this: %(about)s.\n\n"
        "%(asker)s asked:\n%(text)s\n\nThe answer:\n%(answer)s\n\n%(link)s\n"
    )
    return _("%(region)s: Kaikukeskus has answered a question of your side") % facts, body % facts
