"""Serves the site and its worker together, with people in it, on this machine only."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.management.commands.converter import port
from doc_templates import office
from workflows import schedule
from workflows.demo import fill

PATIENCE = 8  # seconds that a child has to end by itself


class Command(BaseCommand):
    help = "Migrates, loads the country, makes the demo people, and serves the site with all it needs until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=1: the demo lets anyone in, so it never starts by accident.", returncode=2)
        call_command("migrate", verbosity=0)
        fill()
        schedule.ensure()
        serve(options["port"], self.stdout.write)


def serve(on: int, say: Any) -> None:
    """Site and worker run until one of them ends or this process is asked to; then both have ended."""
    site = [
        "-m",
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{on}",
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "warning",
    ]
    worker = ["manage.py", "qcluster"]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    children = _converter(say)
    needed = [_start(site), _start(worker)]
    children += needed
    say(f"Kaikupolku: http://127.0.0.1:{on}/  (choose whom to sign in as; Ctrl-C ends it all)")
    try:
        while all(child.poll() is None for child in needed):
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("Ending site and worker.")
    finally:
        _end(children)


def _converter(say: Any) -> list[subprocess.Popen[bytes]]:
    """The converter, and its address for the children to come; nothing but a sentence where LibreOffice is not here."""
    if settings.PDF_CONVERTER:
        return []
    try:
        office.find()
    except office.Lacking as lacking:
        say(f"No PDF of documents is made here. {lacking}")
        return []
    at = str(office.a_free_port())
    os.environ["PDF_CONVERTER"] = f"{office.HERE}:{at}"
    return [_start(["manage.py", "converter", "--port", at])]


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own, so that Ctrl-C comes here first and the whole group can be ended.
    return subprocess.Popen([sys.executable, *arguments], cwd=settings.BASE_DIR, start_new_session=True)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for again in (signal.SIGINT, signal.SIGTERM):  # a second one must not leave children behind
        signal.signal(again, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)  # django-q's cluster can hang when a worker of it was killed
            child.wait()
