"""In which environment do the tests run? In one of their own, made before Django reads its settings.

The first process makes a folder for everything that is written; the test workers and the processes that
tests start inherit it. TEST_DB=postgres adds a PostgreSQL server in it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django

from tests import postgres

MARK = "kaikupolku-tests-"
OF_A_SITE = [
    "DATABASE_URL", "DEBUG", "DEMO", "EMAIL_URL", "MAIL_FROM", "MEDIA_ROOT", "PDF_CONVERTER", "PROXIES",
    "Q_RETRY", "Q_TIMEOUT", "SEAL_KEY", "SEAL_PASSWORD", "TRUSTED_SIGNERS",
]  # fmt: skip


def sweep() -> None:
    """Folders of test runs that were killed are gone."""
    for folder in Path("/tmp").glob(f"{MARK}*"):
        if not Path("/proc", folder.name.removeprefix(MARK).split("-")[0]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def own_environment() -> Path:
    """A folder for this run, and nothing of the developer's own site in the environment."""
    # In /tmp whatever TMPDIR says: the path of a socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir="/tmp"))
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in OF_A_SITE:
        os.environ.pop(name, None)
    os.environ |= {
        "SECRET_KEY": "known to everyone, for the tests only",
        "SITE_URL": "http://localhost:8000",
        "TEST_FOLDER": str(folder),
    }
    return folder


if "TEST_FOLDER" not in os.environ:
    sweep()
    own = own_environment()
    if os.environ.get("TEST_DB") == "postgres":
        atexit.register(postgres.stop, postgres.start(own / "postgres"))
        os.environ |= {"PGHOST": str(own / "postgres"), "DATABASE_URL": f"postgres://{postgres.USER}@/kaikupolku"}

os.environ["VAR_DIR"] = str(Path(os.environ["TEST_FOLDER"], os.environ.get("PYTEST_XDIST_WORKER", "main")))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
# Test workers inherit the environment; pytest-django would read their settings before this file does.
del os.environ["DJANGO_SETTINGS_MODULE"]
