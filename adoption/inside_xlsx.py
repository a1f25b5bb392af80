"""What stands in the first sheet of an XLSX? Texts, and what of them is no plain text, row by row.

Knows nothing of the site. A file of a stranger is read in a process of its own (adoption.tables), which this module
is the program of: it takes no more memory and time than it gives itself, whatever the file does. Nothing is computed.
"""

import json
import re
import resource
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from itertools import repeat
from operator import is_not
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.cell import range_boundaries

MEMORY = 768 * 1024 * 1024  # bytes of address space
SECONDS = 15  # of a processor: twice what the longest list takes with all the columns that are known here
UNPACKED = 64 * 1024 * 1024  # bytes that all parts together may have; a list of the most rows and columns has 56
PACKED = {ZIP_STORED, ZIP_DEFLATED}  # as spreadsheets are; what else a ZIP may be takes much longer to unpack
ANSWER = 100 * 1024 * 1024  # bytes of what it answers
PARTS = 1000
MOST_ROWS = 10_200  # headings, titles and empty rows included
LAST_ROW = 1_048_576  # of a sheet
MOST_COLUMNS = 100
LONGEST_CELL = 5000  # characters that are handed on; no field takes as many
MOST_MERGED = 100_000  # rows of all merged cells together
MERGED = re.compile(rb"<(?:\w{1,20}:)?mergeCell\s[^<>]{0,200}?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
PIECE = 256 * 1024

Cell = list[Any]  # text, what is wrong with it or nothing, the length of a text that is too long


class Unfit(Exception):
    """The file is not read: its code says why."""


def rows(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The number of each row that is not empty, and its cells. Raises Unfit, or nearly anything for a broken file."""
    _refuse_bomb(content)
    book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    if not book.worksheets:
        raise Unfit("no_sheet")
    sheet = book.worksheets[0]
    merged = _merged(content, sheet._worksheet_path)
    sheet.reset_dimensions()  # what the file says of its own size may be wrong: rows are read to the last one
    for number, row in enumerate(sheet.iter_rows(min_row=1, min_col=1, max_col=MOST_COLUMNS), 1):
        if number > LAST_ROW:
            raise Unfit("too_many_rows")
        if not any(map(is_not, row, repeat(EMPTY_CELL))):
            continue
        cells = [_cell(one, any(low <= at <= high for low, high in merged[number])) for at, one in enumerate(row, 1)]
        while cells and not any(cells[-1]):
            cells.pop()
        if not cells:
            continue
        if number > MOST_ROWS:
            raise Unfit("too_many_rows")
        yield number, cells


def _refuse_bomb(content: bytes) -> None:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except BadZipFile as error:
        raise Unfit("unreadable") from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Unfit("no_xlsx")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Unfit("grows_too_large")
    if not {part.compress_type for part in parts} <= PACKED:
        raise Unfit("unreadable")


def _merged(content: bytes, part: str) -> dict[int, list[tuple[int, int]]]:
    """Row → the columns, from and to, that are merged with others there."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    count = 0
    for area in _areas(content, part):
        first_column, first, last_column, last = range_boundaries(area)
        count += max(0, min(last, MOST_ROWS) - first + 1)
        if count > MOST_MERGED:
            raise Unfit("grows_too_large")
        for row in range(first, min(last, MOST_ROWS) + 1):
            found[row].append((first_column, last_column))
    return found


def _areas(content: bytes, part: str) -> Iterator[str]:
    with ZipFile(BytesIO(content)) as archive, archive.open(part) as stream:
        before = b""
        while piece := stream.read(PIECE):
            text = before + piece
            end = 0
            for found in MERGED.finditer(text):
                end = found.end()
                yield found[1].decode()
            before = text[max(end, len(text) - 200) :]


def _cell(cell: Any, merged: bool) -> Cell:
    if merged:
        return ["", "merged"]
    kind, value = cell.data_type, cell.value
    if kind == "f":
        return ["", "formula"]
    if kind == "e":
        return [str(value), "error"]
    text = _text(value)
    return [text[:80], "long", len(text)] if len(text) > LONGEST_CELL else [text]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def main(given: BinaryIO, answer: BinaryIO) -> None:
    """Reads the file, answers with a line of JSON for each row, and with a last one: "end", or why there is no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER, ANSWER))
    warnings.simplefilter("ignore")
    said = "end"
    try:
        for row in rows(given.read()):
            answer.write(json.dumps(row, ensure_ascii=True).encode() + b"\n")
    except Unfit as unfit:
        said = str(unfit)
    except Exception:  # openpyxl and what it stands on say by nearly any exception that a file is broken
        said = "unreadable"
    answer.write(json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
