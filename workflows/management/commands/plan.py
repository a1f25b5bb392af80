"""Says by when each step is to be done, backwards from a wished start of distribution."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.timezone import localdate

from adoption.days import A_DAY, months_after
from adoption.models import Region
from adoption.operating_model import DEFAULT
from adoption.templatetags.kaiku import day
from workflows.management.commands.send_reminders import day_from
from workflows.plan import USUAL, Span, plan_of, warnings_of
from workflows.trial import MODELS


class Command(BaseCommand):
    help = (
        "The plan backwards from a wished start of distribution, for a trial of twelve months that is prepared from "
        "today on: a line a step, and what to think of. Writes nothing. Exit status 0: done; 2: misuse."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, metavar="SLUG")
        parser.add_argument("--start", required=True, help="the wished start of distribution, YYYY-MM-DD")
        parser.add_argument("--model", choices=list(MODELS), default=DEFAULT)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: object, **options: Any) -> None:
        start, today = day_from(options["start"], "--start"), localdate()
        region = Region.objects.filter(slug=options["region"]).first()
        if region is None:
            raise CommandError(f"No region is called {options['region']!r}.", returncode=2)
        if start <= today:
            raise CommandError("--start must be after today: the preparation comes first.", returncode=2)
        flow = MODELS[options["model"]]
        with translation.override("en"):
            spans = plan_of(flow, today, start, months_after(start, USUAL) - A_DAY)
            warnings = warnings_of(flow, today, start)
            self.stdout.write(as_json(spans, warnings) if options["json"] else as_lines(spans, warnings))


def as_json(spans: list[Span], warnings: list[str]) -> str:
    """The plan as one JSON object."""
    steps = [
        {"number": s.step.number, "key": s.step.key, "from": s.begins.isoformat(), "to": s.due.isoformat()}
        for s in spans
    ]
    return json.dumps({"steps": steps, "warnings": warnings}, ensure_ascii=False)


def as_lines(spans: list[Span], warnings: list[str]) -> str:
    """The same as lines for people."""
    lines = [f"{s.step.number:>2}  {_days(s.begins, s.due):<24} {s.step.title}" for s in spans]
    return "\n".join(lines + [f"! {warning}" for warning in warnings])


def _days(begins: date, due: date) -> str:
    return f"{day(begins)}–{day(due)}"
