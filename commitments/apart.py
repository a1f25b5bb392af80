"""How is a stranger's PDF read? By another process, which a hostile file may exhaust or crash: the site goes on."""

import json
import re
import subprocess
import sys
from typing import Any

from django.conf import settings

PLAIN = [sys.executable, "-m", "commitments.pages_in_pdf"]
PROGRAM = [sys.executable, "-m", "commitments.inside_pdf"]
PATIENCE = 30  # seconds; its own limit on processor time comes first, unless the machine is overloaded
NOTHING: dict[str, Any] = {"fault": "", "pages": 0, "signatures": [], "only_signed": False, "active": []}
UNREADABLE = NOTHING | {"fault": "unreadable"}
EXHAUSTING = NOTHING | {"fault": "exhausting"}  # it took more time or memory than a file may
# A signature, an object that others are packed in, a password, whatever acts by itself, and names that are disguised.
TELLING = re.compile(
    rb"/(ByteRange|ObjStm|Encrypt|JS|JavaScript|Launch|EF|EmbeddedFiles?|XFA|RichMedia|SubmitForm|ImportData|GoToE"
    rb"|Rendition)|/[^\s/<>\[\]()]{0,120}#"
)


def read(content: bytes, ours: int = 0, issuers: str = "") -> dict[str, Any]:
    """What stands in the PDF, as commitments.inside_pdf.read says it, and how many pages it has; 0 when it cannot be
    opened, or wants more than it may.

    The process has nothing of this one's environment: no key, no address of a database. Of a plain scan, whose every
    object lies open and is none of those, another one counts the pages, which begins sooner.
    """
    plain = not (ours or TELLING.search(content))
    asked = json.dumps({"ours": ours, "issuers": issuers}).encode()
    try:
        done = subprocess.run(
            PLAIN if plain else PROGRAM,
            input=asked + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
            cwd=settings.BASE_DIR,
            env={"LANG": "C.UTF-8"},
        )
        return NOTHING | json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return EXHAUSTING
    except subprocess.CalledProcessError as ended:
        return EXHAUSTING if ended.returncode < 0 else UNREADABLE
    except (subprocess.SubprocessError, ValueError):
        return UNREADABLE
