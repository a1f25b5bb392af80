"""How is a name found by those who type it otherwise? Without capitals, dots and accents, in the database and here.

The database keeps the folded text itself (a generated column), so that whatever writes a name, the search finds it.
"""

import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func
from django.db.models.sql.compiler import SQLCompiler

# Of the languages that names in Finland are written in, the Sami ones too, and no more: SQLite's parser takes some 28
# calls one in another. The columns are made of these letters: another one needs a migration that makes them anew.
LETTERS = {
    "å": "a", "ä": "a", "á": "a", "ö": "o", "ø": "o", "é": "e", "ü": "u", "š": "s", "ž": "z", "č": "c", "đ": "d",
}  # fmt: skip
PLAIN = LETTERS | {letter.upper(): plain for letter, plain in LETTERS.items()}
TABLE = str.maketrans(PLAIN)


def folded(text: str) -> str:
    """The text as the columns have it. However Unicode writes a letter, it is the same one."""
    return unicodedata.normalize("NFC", text).translate(TABLE).lower()


class Folded(Func):
    """The same of the given columns together, each after a blank: in SQL that every database knows."""

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        parts = [compiler.compile(one)[0] for one in self.get_source_expressions()]
        text = "".join(f" || ' ' || {part}" for part in parts).removeprefix(" || ")
        for letter, plain in PLAIN.items():
            text = f"REPLACE({text}, '{letter}', '{plain}')"
        return f"LOWER({text})", ()
