"""Queues the reminders of a day, or says only what is due, to whom, and why."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from adoption.models import Person
from adoption.templatetags.kaiku import day
from workflows.year import Duty, daily, due_meetings, reminded

WHY = {
    "due": "a feedback meeting is held at least every twelve months: within 30 days, by {}",
    "late": "a feedback meeting is held at least every twelve months: it was to be held by {}, none is recorded",
}


class Command(BaseCommand):
    help = (
        "Feedback meetings that are due within 30 days or late: one mail to each holder of the pair for each of the "
        "two. Safe to run again, since a mail that has left is never sent twice. Exit status 0: done; 2: misuse."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", help="the day, YYYY-MM-DD; today when not given")
        parser.add_argument("--dry-run", action="store_true", help="queue nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: object, **options: Any) -> None:
        today = day_from(options["date"]) if options["date"] else localdate()
        duties = due_meetings(today)
        gone = reminded(duties)
        queued = 0 if options["dry_run"] else daily(today)
        if options["json"]:
            reminders = [row(duty, gone) for duty in duties]
            self.stdout.write(json.dumps({"date": today.isoformat(), "reminders": reminders, "queued": queued}))
            return
        for duty in duties:
            self.stdout.write(line(duty, gone))
        self.stdout.write(f"{day(today)}: {len(duties)} due or late, {queued} queued")


def day_from(text: str, option: str = "--date") -> date:
    """The day of the option; exit status 2 for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{option} wants YYYY-MM-DD, not {text!r}.", returncode=2) from error


def row(duty: Duty, gone: set[str]) -> dict[str, Any]:
    """A meeting as JSON: the region, its day, why, and to whom; `sent`: the person's mail has left already."""
    return {
        "region": duty.region.slug,
        "kind": "feedback_meeting",
        "stage": duty.stage,
        "due": duty.due.isoformat(),
        "why": WHY[duty.stage].format(duty.due.isoformat()),
        "to": [{"name": p.name, "email": p.email, "sent": duty.reminder_of(p) in gone} for p in duty.pair],
    }


def line(duty: Duty, gone: set[str]) -> str:
    """The same as a line for people."""
    to = ", ".join(_to(person, duty, gone) for person in duty.pair) or "nobody"
    return f"{duty.region.name}: {WHY[duty.stage].format(day(duty.due))}; to {to}"


def _to(person: Person, duty: Duty, gone: set[str]) -> str:
    return f"{person.name} (sent)" if duty.reminder_of(person) in gone else person.name
