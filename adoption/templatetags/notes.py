"""Which notes and questions stand on a page, and what may its reader leave there?"""

from typing import Any

from django import template
from django.template.context import Context

from adoption import about
from adoption.access import may_act, notes_of
from adoption.models import Note, Region
from adoption.note_forms import AnswerQuestionForm, NoteForm

register = template.Library()
SHOWN = 10  # on a thing's own page; the region's list has them all


@register.inclusion_tag("adoption/notes.html", takes_context=True)
def notes(context: Context, thing: Any, region: Region) -> dict[str, Any]:
    """What stands about the thing for this reader, the newest first, and the forms of who may act in the region.

    Only for pages that the region's readers alone see. Three queries, however many notes there are.
    """
    person = context["request"].user
    kind = about.kind_of(thing)
    found = notes_of(person).filter(region=region, about_kind=kind, about_id__in=about.keys_of(thing))
    shown = list(found[: SHOWN + 1])
    return {
        "csrf_token": context.get("csrf_token"),
        "user": person,
        "region": region,
        "kind": kind,
        "thing": thing,
        "title": about.title_of(thing),
        "notes": shown[:SHOWN],
        "more": len(shown) > SHOWN,
        "form": NoteForm(region, person, auto_id="note_%s") if may_act(person, region) else None,
    }


@register.simple_tag
def answer_form(note: Note) -> AnswerQuestionForm:
    """The form of a question in the queue, with field ids that are its own."""
    return AnswerQuestionForm(auto_id=f"q{note.pk}-%s", use_required_attribute=False)
