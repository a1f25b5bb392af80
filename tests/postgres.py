"""How do the tests get a PostgreSQL of their own? In a folder, reached by a socket there, ending with them."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

USER = "kaikupolku"
# The data is thrown away: nothing has to survive a power cut.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def programs() -> Path:
    """The folder of the newest PostgreSQL, which Debian keeps off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("TEST_DB=postgres needs PostgreSQL: apt-get install postgresql")
    return found[-1].parent


def command(*words: str | Path) -> list[str]:
    """The words as a command that dies with this process; PostgreSQL refuses to run as root."""
    other_user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    return ["setpriv", "--pdeathsig=SIGQUIT", *other_user, *map(str, words)]


def start(folder: Path) -> subprocess.Popen:
    """A server answers on the socket in the folder, to USER, without a password."""
    folder.mkdir(0o700)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    initdb = ["initdb", "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]
    made = command(programs() / initdb[0], *initdb[1:], folder / "data")
    subprocess.run(made, check=True, cwd="/", stdout=subprocess.DEVNULL)
    return start_again(folder)


def start_again(folder: Path) -> subprocess.Popen:
    """The server whose data lies in the folder answers there."""
    data, log = folder / "data", folder / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command(programs() / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", *FAST),
            cwd="/",
            stdout=output,
            stderr=output,
        )
    wait_for(server, folder, log)
    return server


def wait_for(server: subprocess.Popen, folder: Path, log: Path) -> None:
    """The server answers; it has 30 seconds for it."""
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(folder), user=USER, dbname="postgres").close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return


def stop(server: subprocess.Popen) -> None:
    """The server is gone; whoever is still connected loses the connection."""
    server.send_signal(signal.SIGQUIT)
    server.wait(timeout=30)
