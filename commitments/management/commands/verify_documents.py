"""Is every stored paper as it was made? `manage.py verify_documents`."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commitments.verifying import Report, verify


class Command(BaseCommand):
    help = (
        "Checks every stored file against its hash, the seals, the manifests, and the chains of history. Exit status "
        "0: everything is as it was made; 1: all that is not is listed; 2: misuse."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help='print {"ok", "files", "faults": [{"where", "what", "code"}]}'
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify()
        self.stdout.write(as_json(report) if options["json"] else as_text(report))
        if report.faults:
            sys.exit(1)


def as_json(report: Report) -> str:
    faults = [fault._asdict() for fault in report.faults]
    return json.dumps({"ok": not faults, "files": report.files, "faults": faults}, ensure_ascii=False)


def as_text(report: Report) -> str:
    lines = [f"{fault} [{fault.code}]" for fault in report.faults]
    if not lines:
        return f"{report.files} files, and every history: all as they were made."
    return "\n".join([*lines, f"{report.files} files looked at, {len(lines)} faults"])
