"""Says whether every trial is sound; run each night."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.checks import faults


class Command(BaseCommand):
    help = (
        "Each open trial has its open tasks, none is stranded, states agree with history; exit 1 with a list when not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        found = faults()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not found, "faults": found}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(found) or "Every trial is sound.")
        if found:
            raise CommandError(f"{len(found)} found wrong", returncode=1)
