"""What may the log say?"""

import logging
import re

LINKS = re.compile(r"(/(?:sign|still|successor|invited|survey|calendar)/)[^/\s\"'?]+")


class WithoutLinks(logging.Formatter):
    """A line of the log without the token of a link: who reads the log cannot act by it (settings.LOGGING)."""

    def format(self, record: logging.LogRecord) -> str:
        return LINKS.sub(r"\1…", super().format(record))
