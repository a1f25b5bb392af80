"""Keeps the converter running that makes PDF of documents, on this machine only."""

import signal
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from doc_templates import office

PORT = 2003


def port(text: str) -> int:
    """A port that a person may open."""
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise ArgumentTypeError(f"{text} is no port between 1024 and 65535")
    return int(text)


class Command(BaseCommand):
    help = "Keeps one LibreOffice running that makes PDF of documents, until Ctrl-C. PDF_CONVERTER names its port."
    requires_system_checks: list[str] = []  # it needs neither the database nor the pages

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port, default=PORT)
        parser.add_argument(
            "--conversion-timeout", type=int, default=office.TIMEOUT, help="seconds that one conversion may take"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keeper = self.keeper(options["port"])
        keeper.timeout = options["conversion_timeout"]
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            keeper.keep()
        except KeyboardInterrupt:
            self.say("The converter has ended.")

    def keeper(self, port: int) -> office.Keeper:
        """Raises CommandError, with status 2, where it cannot run."""
        try:
            found = office.find()
        except office.Lacking as lacking:
            raise CommandError(str(lacking), returncode=2) from lacking
        if not office.is_free(port):
            raise CommandError(f"Something listens at port {port} already: a converter?", returncode=2)
        folder = (settings.VAR_DIR / "converter" / str(port)).resolve()
        return office.Keeper(found, port, folder, self.say)

    def say(self, sentence: str) -> None:
        """At once, also when a file or a pipe is written."""
        self.stdout.write(sentence)
        self.stdout.flush()
