"""What stands in a list that was pasted or uploaded? Its rows by their columns: XLSX, CSV or the clipboard."""

import csv
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.columns import column_of, columns_in, heading
from adoption.fields import UNSEEN
from adoption.inside_xlsx import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from adoption.refusal import Refused
from adoption.sheets import bare

LARGEST = 10 * 1024 * 1024  # bytes
MOST = 10_000  # rows
SEARCHED = 20  # rows among which the headings are looked for: titles may stand above them
LONGEST_HEADING = 200  # characters
MARKS = "\t;,"  # between the cells of a text
PATIENCE = 45  # seconds; the process's own limit on processor time comes first, unless the machine is overloaded
PROGRAM = [sys.executable, "-m", "adoption.inside_xlsx"]
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BROKEN_LETTERS = re.compile("\ufffd|Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—™š›œžŸ]")
FORMULA = re.compile(r"^\s*(=|[-+@][^\s].*[(|!])")  # what a spreadsheet would compute, and no phone number
NOTHING = {"-", "–", "—"}  # what people write for an empty cell

TOO_LARGE = gettext_lazy("The list is larger than 10 MB: bring it in parts.")
TOO_MANY = gettext_lazy("The list has more than 10,000 rows: bring it in parts.")
UNFIT: dict[str, str | Promise] = {
    "unreadable": gettext_lazy(
        "The file cannot be read: it may be broken or protected by a password. Save it anew as XLSX or CSV."
    ),
    "no_xlsx": gettext_lazy("The file is no XLSX. Save the list as XLSX or CSV, or paste its rows."),
    "no_sheet": gettext_lazy("The file has no sheet with cells."),
    "grows_too_large": gettext_lazy(
        "The file grows too large when it is unpacked: copy the rows into a new file, or paste them."
    ),
    "takes_too_long": gettext_lazy(
        "The file takes too long to read: copy the rows with their headings into a new file, or paste them."
    ),
    "too_many_rows": TOO_MANY,
}


class Cell(NamedTuple):
    """The text of a cell; what is wrong with it, as a key; how long it is, if that is it."""

    text: str = ""
    fault: str = ""
    length: int = 0


class Line(NamedTuple):
    """A row as its list counts it, and its cells by column; what the list does not have is not there."""

    number: int
    cells: dict[str, Cell]


class Table(NamedTuple):
    """The rows of a list, which can be read once, its columns, the headings that mean nothing here, and how the list
    calls each column."""

    lines: Iterator[Line]
    columns: list[str]
    not_read: list[str]
    headings: Mapping[str, str] = MappingProxyType({})


Raw = Iterator[tuple[int, list[Cell]]]


class TooLarge(Refused):
    """The list is larger than one may be."""

    status = 413


def pasted(text: str) -> Table:
    """The rows that were copied from a spreadsheet, or typed. Raises Refused for what is no such list."""
    if len(text) > LARGEST:
        raise TooLarge([str(TOO_LARGE)])
    return _table(_of_text(text, strict=False))


def uploaded(content: bytes) -> Table:
    """The rows of an XLSX's first sheet or of a CSV. Raises Refused for what is neither, or not to be read."""
    if len(content) > LARGEST:
        raise TooLarge([str(TOO_LARGE)])
    if content.startswith(OLD_OFFICE):
        raise Refused([_("The file is of an old format or protected by a password: save it as XLSX or CSV.")])
    return _table(_of_xlsx(content) if content.startswith(ZIP) else _of_text(_decoded(content), strict=True))


# -- rows by columns --------------------------------------------------------------------------------------------------


def _table(raw: Raw) -> Table:
    """The headings are the row, of the first ones, of which most is known."""
    first: list[tuple[int, list[Cell]]] = []
    for row in raw:
        first.append(row)
        if len(first) == SEARCHED:
            break
    if not first:
        raise Refused([_("The list is empty. Copy its rows together with the headings.")])
    known = [len({one for one in columns_in(cell.text for cell in cells) if one}) for _number, cells in first]
    at = known.index(max(known))
    texts = [cell.text for cell in first[at][1]]
    columns = columns_in(texts)
    _refuse_headings(columns, texts)
    lines = _lines(first[at + 1 :], raw, columns)
    not_read = [text for text, column in zip(texts, columns, strict=True) if text and not column]
    headings = {column: text for column, text in zip(columns, texts, strict=True) if column}
    return Table(lines, list(headings), not_read, headings)


def _refuse_headings(columns: list[str], texts: list[str]) -> None:
    if "organisation" not in columns:
        said = _("No heading says where the organisations stand. The first row has the headings: %(names)s …")
        names = ", ".join(heading(one) for one in ("organisation", "business_id", "unit", "role", "municipalities"))
        raise Refused([said % {"names": names}])
    twice = {one for one in columns if one and columns.count(one) > 1}
    if twice:
        said = _("Two headings mean the same: %(names)s. Give one of them another name, or take the column out.")
        names = ", ".join(text for text, one in zip(texts, columns, strict=True) if one in twice)
        raise Refused([said % {"names": names}])


def _lines(first: list[tuple[int, list[Cell]]], rest: Raw, columns: list[str]) -> Iterator[Line]:
    count = 0
    for number, cells in _chained(first, rest):
        if not any(cell != Cell() for cell in cells):
            continue
        count += 1
        if count > MOST:
            raise Refused([str(TOO_MANY)])
        yield Line(number, {column: cell for column, cell in zip(columns, cells, strict=False) if column})


def _chained(first: Iterable[tuple[int, list[Cell]]], rest: Raw) -> Raw:
    yield from first
    yield from rest


# -- text -------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    """The text of the file. Windows-1252 is known by not being UTF-8, and by letters that people here use."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\x00" in content:
        raise Refused([_("The file is neither XLSX nor CSV. Save the list as one of them, or paste its rows.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(content):
        return content.decode("utf-8-sig", "replace")  # the rows with broken letters are refused one by one
    text = content.decode("cp1252", "replace")
    if not _of_here(text):
        said = _("The letters of the file are not in an encoding that is known here. Save it as XLSX, or as CSV UTF-8.")
        raise Refused([said])
    return text


def _of_here(text: str) -> bool:
    """Whether its letters beyond ASCII are mostly those that Finnish and Swedish are written with."""
    letters = [letter for letter in text if not letter.isascii() and letter not in "€–—‘’“”•…§°´«»½\xa0®©"]
    ours = sum(letter in "åäöÅÄÖéÉüÜ" for letter in letters)
    return ours * 2 >= len(letters)


def _mostly_utf8(content: bytes) -> bool:
    """Whether some rows with letters beyond ASCII are UTF-8, so that the others are the broken ones."""
    for line in content.splitlines():
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            return True
    return False


def _of_text(text: str, strict: bool) -> Raw:
    """The rows of a text, without the empty ones."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows = _split(text, _mark(text.split("\n", SEARCHED)[:SEARCHED]), strict)
    near = ((number, row[:MOST_COLUMNS]) for number, row in rows)  # as of an XLSX
    return ((number, [_cell(value) for value in row]) for number, row in near if any(value.strip() for value in row))


def _mark(first: list[str]) -> str:
    """What stands between the cells: a tab, a semicolon or a comma, the first that parts a heading from others; else
    the first that there is."""
    for mark in MARKS:
        parted = (line.split(mark, MOST_COLUMNS)[:MOST_COLUMNS] for line in first if mark in line)
        if any(column_of(cell[:LONGEST_HEADING].strip(' "')) for cells in parted for cell in cells):
            return mark
    return next((mark for mark in MARKS if any(mark in line for line in first)), MARKS[-1])


def _split(text: str, mark: str, strict: bool) -> list[tuple[int, list[str]]]:
    """Each row with the number of its first line. Raises Refused for a quotation mark that is never closed: what
    follows it would be one cell. On the clipboard it is a plain mark."""
    csv.field_size_limit(LARGEST)
    try:
        return list(_numbered(csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)))
    except csv.Error as error:
        if strict:
            said = _("A quotation mark in the CSV is not closed, or stands within a cell. Save the list as XLSX.")
            raise Refused([said]) from error
    return list(_numbered(csv.reader(StringIO(text, newline=""), delimiter=mark, quoting=csv.QUOTE_NONE)))


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(reader, 1):
        if number > MOST_ROWS:
            raise Refused([str(TOO_MANY)])
        yield number, row


def _cell(value: str) -> Cell:
    """A text that our own export has guarded is a text; any other that a spreadsheet would compute is a formula."""
    text = value.strip()
    plain = bare(text)
    if plain == text and FORMULA.match(text):
        return Cell(text[:80], "formula")
    return _checked(plain, len(plain))


def _checked(text: str, length: int) -> Cell:
    text = UNSEEN.sub("", text)
    text = "" if text.strip() in NOTHING else text.strip()
    if length > LONGEST_CELL:
        return Cell(text[:80], "long", length)
    return Cell(text, "letters" if BROKEN_LETTERS.search(text) else "")


# -- XLSX -------------------------------------------------------------------------------------------------------------


def _of_xlsx(content: bytes) -> Raw:
    """By another process, which a hostile file may exhaust or crash: the site goes on. It answers into a file, so that
    it waits for nobody, and nobody holds all of it in memory."""
    with TemporaryFile(dir=settings.VAR_DIR) as answer:
        try:
            ended = subprocess.run(
                PROGRAM, input=content, stdout=answer, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False,
                cwd=settings.BASE_DIR, env={"LANG": "C.UTF-8"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Refused([str(UNFIT["takes_too_long"])]) from None
        if ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            raise Refused([str(UNFIT["takes_too_long"])])
        answer.seek(0)
        yield from _answered(answer)


def _answered(answer: IO[bytes]) -> Raw:
    for line in answer:
        said = json.loads(line) if line.endswith(b"\n") else "unreadable"
        if said == "end":
            return
        if isinstance(said, str):
            raise Refused([str(UNFIT[said])])
        yield said[0], [_of_program(*cell) for cell in said[1]]
    raise Refused([str(UNFIT["unreadable"])])  # it was ended before it came to the end


def _of_program(text: str, fault: str = "", length: int = 0) -> Cell:
    return Cell(text.strip(), fault, length) if fault else _checked(text, len(text))
