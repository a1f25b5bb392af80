"""What does a reminder say? What is owed, by when, what to do, and why its reader has it."""

from datetime import date

from django.utils.translation import gettext as _

from adoption.ladders import HOLDERS, ONESELF, SUBSTITUTES, Rung
from adoption.mail import Letter, link
from adoption.models import Person
from adoption.templatetags.kaiku import day, weekday_day
from workflows.duties import Duty


def letter(duty: Duty, rung: Rung, today: date) -> Letter:
    """Subject and body of the reminder, in the language that is active for the person."""

    def text(person: Person) -> tuple[str, str]:
        what = duty.what()
        facts = {
            "name": person.given_name, "region": duty.where, "what": what, "day": day(duty.due),
            "weekday": weekday_day(duty.due), "todo": duty.todo(), "why": _why(duty, rung),
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


def _why(duty: Duty, rung: Rung) -> str:
    """Who hears of it besides, when it has gone up the ladder."""
    if rung.whom == ONESELF or (rung.whom == HOLDERS and not duty.people):
        return ""
    if duty.region is None:
        return _("Kaikukeskus has this mail too.")
    if rung.whom == HOLDERS:
        return _("The responsible persons have this mail too.")
    if rung.whom == SUBSTITUTES:
        return _("The substitutes have this mail too.")
    return _("The substitutes and Kaikukeskus have this mail too.")


def _tidy(body: str) -> str:
    """Without the empty line of what is not said."""
    while "\n\n\n" in body:
        body = body.replace("\n\n\n", "\n\n")
    return body
