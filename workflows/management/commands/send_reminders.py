"""Queues the reminders of a day, or says only what is due, to whom, and why."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.timezone import localdate

from adoption.days import is_working_day
from adoption.templatetags.kaiku import day
from workflows.models import Reminder
from workflows.reminders import Due, daily, made, on_its_rung

LANGUAGE = "en"  # of the command line


class Command(BaseCommand):
    help = (
        "What is owed and whose reminder's day has come, by the ladder of its kind: open steps, decisions on going on, "
        "yearly feedback meetings. Queues those that have not been made; on weekends and holidays nothing. Safe to run "
        "again, since no reminder is made twice. Exit status 0: done; 2: misuse."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", help="the day, YYYY-MM-DD; today when not given")
        parser.add_argument("--dry-run", action="store_true", help="queue nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: object, **options: Any) -> None:
        today = day_from(options["date"]) if options["date"] else localdate()
        with translation.override(LANGUAGE):
            found = on_its_rung(today)
            rows = made(found)
            reminders = [row(one, rows.get(one.key)) for one in found]
            queued = 0 if options["dry_run"] else daily(today)
        said = {"date": today.isoformat(), "quiet": not is_working_day(today), "reminders": reminders, "queued": queued}
        if options["json"]:
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write("\n".join([*map(line, reminders), f"{day(today)}: {len(found)} due, {queued} queued"]))


def day_from(text: str, option: str = "--date") -> date:
    """The day of the option; exit status 2 for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{option} wants YYYY-MM-DD, not {text!r}.", returncode=2) from error


def row(one: Due, reminder: Reminder | None) -> dict[str, Any]:
    """A reminder as JSON: of what, by when, on which rung, to whom, and where it stands."""
    return {
        "region": one.duty.region.slug if one.duty.region else None,
        "kind": one.duty.ladder.kind,
        "subject": one.duty.subject,
        "what": one.duty.what(),
        "due": one.duty.due.isoformat(),
        "rung": one.rung.days,
        "why": f"{one.rung.words}, to {one.rung.to}",
        "to": {"name": one.person.name, "email": one.person.email},
        "state": reminder.state if reminder else "due",
    }


def line(said: dict[str, Any]) -> str:
    """The same as a line for people."""
    return (
        f"{said['region']}: {said['what']}, by {said['due']}, {said['why']}: "
        f"{said['to']['name']} <{said['to']['email']}> ({said['state']})"
    )
