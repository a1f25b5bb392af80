"""How many pages has a PDF, and can it be opened at all? Asked in a process that gives itself so much and no more.

Knows nothing of the site. This module is the program of such a process (commitments.apart) for a plain scan, of which
nothing else is asked; commitments.inside_pdf is the one for all others, and takes seconds longer to begin.
"""

import json
import resource
import sys
from io import BytesIO
from typing import Any, BinaryIO

from pypdf import PdfReader

MEMORY = 1024 * 1024 * 1024  # bytes of address space
SECONDS = 6  # of a processor
TAIL = 64 * 1024  # bytes in which a PDF says where its list of objects is, with much more behind than is allowed


def limit() -> None:
    """From now on this process is ended when it takes more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def is_listed(content: bytes) -> bool:
    """Whether it says where its objects are. Else readers look for that byte by byte, for minutes in a large file."""
    return b"startxref" in content[-TAIL:]


def count(found: dict[str, Any], content: bytes) -> None:
    """`pages` of what is found is their number; 0 with a `fault` for a file that no reader opens."""
    try:
        found["pages"] = len(PdfReader(BytesIO(content)).pages) if is_listed(content) else 0
    except Exception as error:  # readers of broken PDFs raise what they like
        found["fault"] = fault_of(error)


def fault_of(error: Exception) -> str:
    """What kept the file from being read; that it wants too much is told from being broken."""
    return "exhausting" if isinstance(error, MemoryError) else type(error).__name__


def main(given: BinaryIO, answer: BinaryIO) -> None:
    """Reads a line that it asks nothing of, and the file behind it; answers with what is found, as JSON."""
    limit()
    given.readline()
    found: dict[str, Any] = {"fault": "", "pages": 0}
    count(found, given.read())
    answer.write(json.dumps(found).encode())


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
