"""Walks a region through all ten steps to the decision, by the services that the pages call."""

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from adoption.country import load
from adoption.models import Region
from adoption.refusal import Refused
from workflows.report import report
from workflows.trial import MODELS
from workflows.walk import begin, only_invented_people, walk


class Command(BaseCommand):
    help = "The main job without a browser; for trying only: refused where real people are, and for a second walk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", required=True, metavar="SLUG", help="such as pohjois-savo")
        parser.add_argument("--model", default="2024", choices=sorted(MODELS))
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the documents are laid")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if "adoption_region" not in connection.introspection.table_names():
            call_command("migrate", verbosity=0)
        if not Region.objects.exists():
            load()
        region = Region.objects.filter(slug=options["region"]).first()
        if region is None:
            known = ", ".join(Region.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no region {options['region']}. There are: {known}", returncode=2)
        try:
            said = self.walk(region, options["model"], options["out"])
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        self.stdout.write(
            json.dumps(said, ensure_ascii=False, indent=None if options["json"] else 1)
            if options["json"]
            else self.told(said)
        )

    @transaction.atomic
    def walk(self, region: Region, model: str, out: Path) -> dict[str, Any]:
        """All of it or nothing: a walk that fails on its way leaves no half-walked region."""
        if not only_invented_people():
            raise Refused(["Here are people whom neither the demo nor a walk has made: walk in a database of its own."])
        here = begin(region, model, "walk")
        walk(here)
        return report(here.trial, out)

    def told(self, said: dict[str, Any]) -> str:
        """The same in a line that a person can read."""
        steps = sum(1 for step in said["steps"] if step["completed_at"])
        return (
            f"{said['region']} ({said['model']}): {steps} of 10 steps closed, decided: {said['decision']['outcome']}, "
            f"{len(said['documents'])} documents, next feedback meeting by {said['next_feedback_due']}"
        )
