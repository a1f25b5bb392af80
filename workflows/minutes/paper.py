"""What do the minutes of a meeting say? The facts of the page and of the document, in the language of the minutes."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.timezone import localdate, localtime

import doc_templates
from adoption.alphabet import alphabetical
from adoption.models import Responsibility, Side
from adoption.templatetags.kaiku import day
from doc_templates.chart import with_chart
from doc_templates.minutes import NUMBERS
from doc_templates.render import render
from workflows.arranging.models import Invitee, Meeting
from workflows.minutes.agenda import lines
from workflows.minutes.models import Minutes
from workflows.minutes.writing import points_of
from workflows.models import Survey
from workflows.survey.results import Result, result_of

Facts = dict[str, Any]
NOTHING = "–"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document(meeting: Meeting, minutes: Minutes) -> bytes:
    """The minutes as DOCX, from our sample in their language. The same minutes give the same bytes."""
    with translation.override(minutes.language):
        result = survey_of(meeting)
        facts = facts_of(meeting, minutes, result)
    at = minutes.written_at or meeting.made_at
    filled = render(_template(minutes.language), facts, title=facts["title"], language=minutes.language, moment=at)
    if result is None:
        return filled
    bars = [(row.text, row.mean) for row in result.rows if row.mean is not None]
    return with_chart(filled, facts["survey"]["chart_words"], bars, language=minutes.language, moment=at)


@lru_cache(maxsize=3)
def _template(language: str) -> bytes:
    return (Path(doc_templates.__file__).parent / f"minutes.{language}.docx").read_bytes()


def survey_of(meeting: Meeting) -> Result | None:
    """What the partners answered, when it may be shown."""
    found = Survey.objects.filter(meeting=meeting).select_related("meeting").first()
    return result_of(found) if found else None


def facts_of(meeting: Meeting, minutes: Minutes, result: Result | None) -> Facts:
    """The fields of the template, in the language that is active."""
    came = _came(meeting)
    present = len(came) + meeting.others
    return {
        "title": meeting.title,
        "subtitle": _subtitle(meeting),
        "held_on": _held_on(meeting),
        "time": _time(meeting),
        "place": meeting.place or meeting.link or NOTHING,
        "written_by": minutes.written_by.name if minutes.written_by else NOTHING,
        "agenda": _texts(minutes.agenda),
        "present": str(present) if present else "",
        "came": str(len(came)),
        "attendees": came,
        "said": _texts(minutes.said),
        "decisions": _texts(minutes.decisions),
        "points": [
            {"text": one.text, "who": str(one.agreed_with), "until": day(one.due) if one.due else NOTHING}
            for one in points_of(meeting)
        ],
        "has_survey": result is not None,
        "survey": _survey(result),
    }


def _held_on(meeting: Meeting) -> str:
    """The day as it is recorded, which may have been corrected; else as it was fixed."""
    if meeting.recorded:
        return day(meeting.recorded.held_on)
    return day(localdate(meeting.starts_at)) if meeting.starts_at else NOTHING


def _subtitle(meeting: Meeting) -> str:
    kind = str(meeting.get_kind_display())
    where = meeting.region.name if meeting.region else ""
    return ", ".join(part for part in (kind[0].upper() + kind[1:], where) if part)


def _texts(text: str) -> list[Facts]:
    return [{"text": line} for line in lines(text)]


def _time(meeting: Meeting) -> str:
    """13.00–14.30, as one writes it in the language."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return NOTHING
    return f"{_clock(meeting.starts_at)}–{_clock(meeting.ends_at)}"


def _clock(moment: datetime) -> str:
    between = ":" if translation.get_language() == "en" else "."
    return localtime(moment).strftime(f"%H{between}%M")


def _came(meeting: Meeting) -> list[Facts]:
    """The invited who came, by name, and for whom."""
    found = meeting.invitees.filter(came=True, uninvited_at=None)
    rows = found.select_related("person", "partner__organisation").prefetch_related("regions")
    sides = _sides(meeting)
    people = [{"name": one.name, "whose": _whose(one, sides)} for one in rows]
    return sorted(people, key=lambda one: alphabetical(one["name"]))


def _sides(meeting: Meeting) -> dict[int, str]:
    """Person → the side in the meeting's region; as the first of several the one that was named first."""
    held = Responsibility.objects.current().filter(region=meeting.region_id).order_by("-pk")
    return {person: str(Side(side).label) for person, side in held.values_list("person", "side")}


def _whose(one: Invitee, sides: dict[int, str]) -> str:
    if one.partner:
        return str(one.partner)
    if one.person and one.person.is_kaikukeskus:
        return "Kaikukeskus"
    regions = sorted((region.name for region in one.regions.all()), key=alphabetical)
    return ", ".join(regions) or sides.get(one.person_id or 0, "")


def _survey(result: Result | None) -> Facts:
    if result is None:
        return {"asked": "", "answered": "", "chart_words": "", "questions": [], "texts": []}
    questions = [
        dict(zip(NUMBERS, map(str, row.counts), strict=True))
        | {"text": row.text, "mean": row.mean_in_words, "answers": str(row.answers)}
        for row in result.rows
    ]
    return {
        "asked": str(result.asked), "answered": str(result.answered), "chart_words": result.in_words,
        "questions": questions, "texts": [{"text": text} for text in result.texts],
    }  # fmt: skip
