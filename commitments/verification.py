"""Is this file one of those that a code vouches for, and if not, what is the matter with it? Nothing of it is kept."""

from typing import NamedTuple

from commitments import apart
from commitments.certificates import Proved, proved
from commitments.models import Certificate
from commitments.seal_keys import is_known
from commitments.storage import digest_of
from commitments.stored import Damaged, content_of

PIECE = 1024
ALIKE = 0.5  # so large a part of the pieces is the same in a file that was changed here and there


class Answer(NamedTuple):
    """`kind`, `language` and hash of the very file that it is; else `why` it is none: a key of the page's words."""

    kind: str = ""
    language: str = ""
    why: str = ""
    sha256: str = ""


def answer(certificate: Certificate, content: bytes) -> Answer:
    """What the page says of the file. That is all that it says: nothing else of the commitment is known by it."""
    files, digest = list(proved(certificate)), digest_of(content)
    for one in files:
        if one.sha256 == digest:
            return Answer(one.kind, one.language, sha256=digest)
    found = [(one.size, why) for one in files if (why := _likeness(one, content))]
    # A sealed PDF begins with the one that has no seal: the longest file that is like this one says most.
    return Answer(why=max(found)[1] if found else _seal(content))


def _likeness(one: Proved, content: bytes) -> str:
    """How the file comes from one of ours, as its bytes alone tell; nothing when they do not."""
    try:
        ours = content_of(one)
    except Damaged:  # nothing is said by it: verify_documents tells those who keep the site
        return ""
    if len(content) != one.size and not content.startswith(ours[:PIECE]):
        return ""
    if content.startswith(ours):
        return "continued" if b"startxref" in content[len(ours) :] else "junk"
    if ours.startswith(content):
        return "shortened"
    return "changed" if len(content) == len(ours) and _alike(content, ours) else ""


def _alike(content: bytes, ours: bytes) -> bool:
    """Whether most pieces of two files of one size are the same."""
    starts = range(0, len(ours), PIECE)
    same = sum(content[start : start + PIECE] == ours[start : start + PIECE] for start in starts)
    return same >= ALIKE * len(starts)


def _seal(content: bytes) -> str:
    """Whether the file bears a seal of this site, and one that holds: it is then a paper of another code."""
    if not content.startswith(b"%PDF-"):
        return "unknown"
    ours = [one for one in apart.read(content)["signatures"] if is_known(one["fingerprint"])]
    if any(one["valid"] and one["whole_file"] for one in ours):
        return "other"
    return "broken" if ours else "unknown"
