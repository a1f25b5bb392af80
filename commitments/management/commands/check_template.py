"""Can this DOCX serve as a template of a commitment? `manage.py check_template FILE --kind region_commitment`."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from doc_templates.check import KINDS, check
from doc_templates.container import Finding, read_capped


class Command(BaseCommand):
    help = (
        "Checks a DOCX template: that it is a whole and harmless Word document, that its code is nothing but known "
        "fields, if and for, and that it can be filled in. Exit status 0: it may be used; 1: something was found; "
        "2: misuse."
    )
    requires_system_checks = ()  # a template can be checked while the database is down

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the template, a DOCX file")
        parser.add_argument("--kind", required=True, choices=KINDS, help="what it is for")
        parser.add_argument("--json", action="store_true", help='print {"ok", "findings": [{"where", "what", "code"}]}')

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check(content_of(options["file"]), options["kind"])
        self.stdout.write(as_json(findings) if options["json"] else as_text(options["file"], findings))
        if findings:
            sys.exit(1)


def content_of(file: Path) -> bytes:
    """The file's bytes. Raises CommandError with exit status 2 when it cannot be read."""
    try:
        return read_capped(file)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", returncode=2) from error


def as_json(findings: list[Finding]) -> str:
    told = [{"where": finding.where, "what": finding.what, "code": finding.code} for finding in findings]
    return json.dumps({"ok": not findings, "findings": told}, ensure_ascii=False)


def as_text(file: Path, findings: list[Finding]) -> str:
    lines = [f"{finding.where}: {finding.what} [{finding.code}]" for finding in findings]
    return "\n".join(lines) or f"{file}: may be used as a template."
