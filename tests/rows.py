"""How many rows does a block of code fetch from the database?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

Row = Sequence[Any]


class Rows:
    """How many have been fetched."""

    count = 0


class Counting(CursorWrapper):
    """A cursor that counts what it gives."""

    rows: Rows

    def fetchone(self) -> Row | None:
        return next(iter(self._counted([row] if (row := self.cursor.fetchone()) else [])), None)

    def fetchmany(self, *size: int) -> list[Row]:
        return self._counted(self.cursor.fetchmany(*size))

    def fetchall(self) -> list[Row]:
        return self._counted(self.cursor.fetchall())

    def __iter__(self) -> Iterator[Row]:
        for row in self.cursor:
            yield from self._counted([row])

    def _counted(self, found: list[Row]) -> list[Row]:
        self.rows.count += len(found)
        return found


@contextmanager
def rows_read() -> Iterator[Rows]:
    """Within it the rows that this thread fetches are counted, whoever asks for them."""
    rows = Rows()

    def cursor(given: Any) -> Counting:
        made = Counting(given, connection)
        made.rows = rows
        return made

    with pytest.MonkeyPatch.context() as patch:
        for make in ("make_cursor", "make_debug_cursor"):
            patch.setattr(connection, make, cursor)
        yield rows
