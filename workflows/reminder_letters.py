"""What does a reminder say? What is owed, by when, what to do, and why its reader has it."""

from datetime import date

from django.utils.translation import gettext as _

from adoption.ladders import HOLDERS, ONESELF, Rung
from adoption.mail import Letter, link
from adoption.models import Person
from adoption.templatetags.kaiku import day, weekday_day
from workflows.duties import Answerable, Duty


def letter(duty: Duty, rung: Rung, today: date) -> Letter:
    """Subject and body of the reminder, in the language that is active for the person."""

    def text(person: Person) -> tuple[str, str]:
        what = duty.what()
        facts = {
            "name": person.given_name, "region": duty.where, "what": what, "day": day(duty.due),
            "weekday": weekday_day(duty.due), "todo": duty.todo(), "why": _who_else(duty, rung, person, today),
            "link": link(duty.path_for(person)),
        }  # fmt: skip
        body = _("Hello %(name)s,\n\n%(region)s: %(what)s is to be done by %(weekday)s.\n%(todo)s\n\n%(link)s\n")
        if today > duty.due:
            body = _(
                "Hello %(name)s,\n\n%(region)s: %(what)s was to be done by %(weekday)s, and is not.\n%(todo)s\n%(why)s"
                "\n\n%(link)s\n"
            )
        return _subject(duty, today) % facts, _tidy(body % facts)

    return text


def _subject(duty: Duty, today: date) -> str:
    if today > duty.due:
        return _("Late, %(region)s: %(what)s, by %(day)s")
    return _("Today, %(region)s: %(what)s") if today == duty.due else _("By %(day)s, %(region)s: %(what)s")


def _who_else(duty: Duty, rung: Rung, person: Person, today: date) -> str:
    """Who hears of it besides, when it has gone up the ladder."""
    if rung.whom == ONESELF or (rung.whom == HOLDERS and not duty.people):
        return ""
    others = [one for one in Answerable([duty], today).of(duty, rung.whom) if one != person]
    names = dict.fromkeys("Kaikukeskus" if one.is_kaikukeskus else one.name for one in others)
    return _("Reminded too: %(names)s.") % {"names": ", ".join(names)} if names else ""


def _tidy(body: str) -> str:
    """Without the empty line of what is not said."""
    while "\n\n\n" in body:
        body = body.replace("\n\n\n", "\n\n")
    return body
