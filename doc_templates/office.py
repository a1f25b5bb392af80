"""What of LibreOffice is on this machine, and how does one converter of it stay alive?"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from xml.parsers.expat import ExpatError
from xmlrpc.client import Error, ServerProxy

import unoserver

from doc_templates.convert import Bounded

HERE = "127.0.0.1"
CHILD = Path(__file__).with_name("unoserver_child.py")
TIMEOUT = 20  # seconds that one conversion may take; a hundred parties take half a second
LOOK = 1.0  # seconds between two looks at whether it runs
CALL = 15.0  # seconds between two calls, which find one that runs and does nothing
START = 60.0  # seconds that it has to begin; it takes six
YOUNG = 20.0  # seconds: what ends sooner is not started again at once
LONGEST_PAUSE = 30.0
INSTALL = "On Debian: sudo apt-get install libreoffice-writer-nogui python3-uno"
# Nothing is fetched for a document, and nothing in it runs.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""


class Lacking(Exception):
    """The converter cannot run here: what is lacking, in words."""


class Office(NamedTuple):
    """LibreOffice's program, and a Python that can speak with it."""

    soffice: str
    python: str


def find() -> Office:
    """The LibreOffice of this machine. Raises Lacking."""
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        raise Lacking(f"LibreOffice is not here: no `soffice` in PATH. {INSTALL}")
    found = [shutil.which("python3"), "/usr/bin/python3", str(Path(soffice).resolve().with_name("python"))]
    for python in dict.fromkeys(found):
        if python and speaks(python):
            return Office(soffice, python)
    raise Lacking(f"LibreOffice is here, but no Python that can speak with it (`import uno`). {INSTALL}")


def speaks(python: str) -> bool:
    """Whether it is a Python that has LibreOffice's module."""
    try:
        run = subprocess.run([python, "-c", "import uno"], capture_output=True, timeout=30, env=environment())
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def environment(**more: str) -> dict[str, str]:
    """What a child needs to know: none of the site's keys and passwords, and not our virtual environment."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"} | more


def is_free(port: int) -> bool:
    """Whether nobody listens at the port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError:
            return False
    return True


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; it stays a zombie, so that the number of its group is given to nobody else."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


class Keeper:
    """Keeps one converter running at a port of this machine, in a folder that is its own and is emptied each time."""

    def __init__(self, office: Office, port: int, folder: Path, say: Callable[[str], object]) -> None:
        self.office, self.port, self.folder, self.say = office, port, folder, say
        self.timeout = TIMEOUT
        self.child: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """The converter is started again whenever it ends, until KeyboardInterrupt; then all of it has ended.

        Its exit code says nothing: unoserver leaves with 0 also when LibreOffice was killed or hung.
        """
        pause = LOOK
        try:
            while True:
                began = time.monotonic()
                self.child = self.start()
                why = self.watched(self.child)
                self.end()
                pause = LOOK if time.monotonic() - began > YOUNG else min(2 * pause, LONGEST_PAUSE)
                self.say(f"The converter {why}: it is started again. {self.last_words()}".rstrip())
                time.sleep(pause)
        finally:
            self.end()

    def start(self) -> subprocess.Popen[bytes]:
        """unoserver as the first of a group of its own, on a fresh profile."""
        shutil.rmtree(self.folder, ignore_errors=True)
        profile, package, temporary = (self.folder / name for name in ("profile", "python", "temporary"))
        for made in (profile / "user", package, temporary):
            made.mkdir(mode=0o700, parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE)
        # Of our packages that Python sees this one alone, with the file that names its version.
        for part in Path(unoserver.__file__).parent.parent.glob("unoserver*"):
            (package / part.name).symlink_to(part)
        given = environment(HOME=str(self.folder), TMPDIR=str(temporary), PYTHONPATH=str(package))
        command = [
            self.office.python, "-s", "-B", str(CHILD), "--quiet", "--interface", HERE,
            "--port", str(self.port), "--uno-port", str(a_free_port()), "--executable", self.office.soffice,
            "--user-installation", str(profile), "--temp-dir", str(temporary),
            "--conversion-timeout", str(self.timeout),
        ]  # fmt: skip
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                command, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def last_words(self) -> str:
        """The end of what it wrote, which tells why it did not begin."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return " ".join(line for line in lines if "javaldx" not in line)[-300:]

    def watched(self, child: subprocess.Popen[bytes]) -> str:
        """Returns when the child has ended or must be ended, and says why."""
        if not self.begins(child):
            return "did not begin"
        self.say(f"The converter answers at {HERE}:{self.port}.")
        called = time.monotonic()
        while not has_ended(child):
            time.sleep(LOOK)
            if time.monotonic() - called > CALL:
                if not self.responds(wait=3 * self.timeout):
                    return "did not answer"
                called = time.monotonic()
        return "ended"

    def begins(self, child: subprocess.Popen[bytes]) -> bool:
        """Whether it answers in time."""
        deadline = time.monotonic() + START
        while not has_ended(child) and time.monotonic() < deadline:
            if self.responds(wait=START):
                return True
            time.sleep(LOOK / 4)
        return False

    def responds(self, wait: float) -> bool:
        """Whether it answers a call; it takes one at a time, so a call waits behind conversions."""
        with ServerProxy(f"http://{HERE}:{self.port}", Bounded(wait), allow_none=True) as converter:
            try:
                converter.info()
            except (OSError, HTTPException, Error, ExpatError):
                return False
        return True

    def end(self) -> None:
        """The child and all that it started are gone. Killed: asked kindly, LibreOffice's starter may hang."""
        if self.child is not None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
            self.child = None
