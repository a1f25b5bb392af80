"""How do two people press at the same moment? Processes of their own on the test's database, started at one instant.

The test has a `Racers`. Each child reads an act from its pipe, says that it is ready, waits for the instant, does the
act, and answers how it ended: "done", "Refused", "NotYours", or the name and words of any other error.
`python -m tests.race` is a child.
"""

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from adoption.models import Region
from adoption.refusal import Refused

SOON = 0.005  # seconds in which every child has been told the instant
DONE, REFUSED, NOT_YOURS = "done", "Refused", "NotYours"


class Racers:
    """Processes that wait for an act each; they live until `stop`."""

    def __init__(self, number: int, environment: dict[str, str], *words: str) -> None:
        self.children = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.race", *words],
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for _ in range(number)
        ]
        for child in self.children:
            self.heard(child)  # it has connected

    def __call__(self, *acts: tuple[Callable, tuple]) -> list[str]:
        """All acts begin at one instant, each in a process of its own; how each ended."""
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


class Unlocked(QuerySet):
    """Reads without a lock, and lingers: what the lock is for can then be seen each time."""

    def get(self, *args: Any, **filters: Any) -> Any:
        found = super().get(*args, **filters)
        time.sleep(0.1)
        return found


if __name__ == "__main__":
    if "unlocked" in sys.argv:
        Region.objects.select_for_update = lambda **_options: Unlocked(Region)
    serve()
