"""How is a stranger's PDF read? By another process, which a hostile file may exhaust or crash: the site goes on."""

import json
import re
import subprocess
import sys
from typing import Any

from django.conf import settings

PROGRAM = [sys.executable, "-m", "commitments.inside_pdf"]
PATIENCE = 30  # seconds; its own limit on processor time comes first, unless the machine is overloaded
NOTHING: dict[str, Any] = {"fault": "", "signatures": [], "only_signed": False, "active": []}
UNREADABLE = NOTHING | {"fault": "unreadable"}
# A signature, an object that others are packed in, a password, whatever acts by itself, and names that are disguised.
TELLING = re.compile(
    rb"/(ByteRange|ObjStm|Encrypt|JS|JavaScript|Launch|EF|EmbeddedFiles?|XFA|RichMedia|SubmitForm|ImportData|GoToE"
    rb"|Rendition)|/[^\s/<>\[\]()]{0,120}#"
)


def read(content: bytes, ours: int = 0, issuers: str = "") -> dict[str, Any]:
    """What stands in the PDF, as commitments.inside_pdf.read says it; a file that it cannot cope with is unreadable.

    The process has nothing of this one's environment: no key, no address of a database. A plain scan, whose every
    object lies open and is none of those, needs no process.
    """
    if not (ours or TELLING.search(content)):
        return NOTHING if b"startxref" in content else UNREADABLE
    asked = json.dumps({"ours": ours, "issuers": issuers}).encode()
    try:
        done = subprocess.run(
            PROGRAM,
            input=asked + b"\n" + content,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            cwd=settings.BASE_DIR,
            env={"LANG": "C.UTF-8"},
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return UNREADABLE
