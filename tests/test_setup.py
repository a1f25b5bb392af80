"""Does the set-up install what it may, and does the demo start without what it may not?"""

import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

SETUP = settings.BASE_DIR / "config" / "setup.sh"
PANGO = "libpango-1.0-0 libpangoft2-1.0-0"


@pytest.fixture
def machine(tmp_path):
    """A machine on which the given programs answer so: each a line of shell."""

    def having(**programs: str) -> subprocess.CompletedProcess[str]:
        for name, line in programs.items():
            program = tmp_path / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{line}\n")
            program.chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        asked = subprocess.run(
            [SETUP, "pango"], env=os.environ | {"PATH": path, "LOG": str(tmp_path / "log")}, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        assert asked.returncode == 0, asked.stderr  # the demo starts in any case
        return asked

    return having


def installed(folder: Path) -> list[str]:
    log = folder / "log"
    return [line.partition(" install ")[2] for line in log.read_text().splitlines() if " install " in line]


def test_where_it_may_the_demo_installs_what_makes_certificates_pdf(machine, tmp_path):
    machine(ldconfig="exit 0", id="echo 0", apt_get='echo "$@" >> "$LOG"')
    assert installed(tmp_path) == [f"-y --no-install-recommends {PANGO}"]


@pytest.mark.parametrize("who", ["0", "1000"])
def test_where_it_may_not_it_says_so_and_goes_on(machine, who):
    said = machine(ldconfig="exit 0", id=f"echo {who}", apt_get="exit 100").stderr
    assert f"Without Pango certificates are web pages. On Debian: sudo apt-get install {PANGO}" in said


def test_what_is_there_is_not_installed_again(machine, tmp_path):
    said = machine(ldconfig="echo libpangoft2-1.0.so.0", id="echo 0", apt_get='echo "$@" >> "$LOG"')
    assert (said.stderr, (tmp_path / "log").exists()) == ("", False)


def test_make_demo_asks_for_it():
    said = subprocess.run(["make", "-n", "demo"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert "config/setup.sh pango" in said.stdout
