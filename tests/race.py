"""How do two people press at the same moment? Processes of their own on the test's database, started at one instant.

The test has a `Racers`. Each child reads an act from its pipe, says that it is ready, waits for the instant, does the
act, and answers how it ended: "done", "Refused", "NotYours", or the name and words of any other error.
`python -m tests.race` is a child.
"""

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from adoption.models import Region
from adoption.refusal import Refused

SOON = 0.005  # seconds in which every child has been told the instant
DONE, REFUSED, NOT_YOURS = "done", "Refused", "NotYours"


class Racers:
    """Processes that wait for an act each. They start when they are first needed, and live until `stop`."""

    def __init__(self, environment: dict[str, str], *words: str) -> None:
        self.command, self.environment = [sys.executable, "-m", "tests.race", *words], environment
        self.children: list[subprocess.Popen] = []

    def start(self, number: int) -> None:
        """That many more children have connected."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        started = [
            subprocess.Popen(self.command, cwd=settings.BASE_DIR, env=self.environment, **pipes) for _ in range(number)
        ]
        self.children += started
        for child in started:
            self.heard(child)

    def __call__(self, *acts: tuple[Callable, tuple]) -> list[str]:
        """All acts begin at one instant, each in a process of its own; how each ended."""
        self.start(max(0, len(acts) - len(self.children)))
        running = self.children[: len(acts)]
        for child, act in zip(running, acts, strict=True):
            self.tell(child, act)
        for child in running:
            self.heard(child)  # it is ready
        instant = time.monotonic() + SOON
        for child in running:
            self.tell(child, instant)
        return [self.heard(child) for child in running]

    def tell(self, child: subprocess.Popen, what: Any) -> None:
        pickle.dump(what, child.stdin)
        child.stdin.flush()

    def heard(self, child: subprocess.Popen) -> Any:
        return pickle.load(child.stdout)

    def stop(self) -> None:
        for child in self.children:
            child.stdin.close()
            child.wait(timeout=30)
            child.stdout.close()


def outcome(act: Callable, arguments: tuple) -> str:
    """How the act ended."""
    try:
        act(*arguments)
    except Refused as refusal:
        return type(refusal).__name__
    except Exception as error:  # whatever it was, the test names it
        return f"{type(error).__name__}: {error}"
    return DONE


def serve() -> None:
    """Acts are done as they come, until the pipe is closed."""
    connection.ensure_connection()
    say(None)
    while True:
        try:
            act, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        say(None)
        instant = pickle.load(sys.stdin.buffer)
        while time.monotonic() < instant:
            pass
        say(outcome(act, arguments))


def say(answer: Any) -> None:
    pickle.dump(answer, sys.stdout.buffer)
    sys.stdout.buffer.flush()


class Meeting:
    """Two acts without the lock: each has read all it decides by before either writes. So they err every time.

    The children meet in a folder, where each puts a file. Where the database itself keeps the second from beginning,
    the first gives up waiting for it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.is_over = folder, False

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if not self.is_over and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            self.is_over = True
            self.wait()
        return execute(sql, params, many, context)

    def wait(self) -> None:
        (self.folder / str(os.getpid())).touch()
        end = time.monotonic() + (60 if connection.vendor == "postgresql" else 1)
        while len(list(self.folder.iterdir())) < 2 and time.monotonic() < end:
            time.sleep(0.01)


if __name__ == "__main__":
    if "unlocked" in sys.argv:
        Region.objects.select_for_update = lambda **_options: Region.objects.all()
        connection.execute_wrappers.append(Meeting(Path(sys.argv[-1])))
    serve()
