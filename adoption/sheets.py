"""How does a table leave the site? As CSV or XLSX in which no cell can start a formula."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a spreadsheet would take for one
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LONGEST_CELL = 32_767  # characters; Excel calls a file with a longer one damaged
LONGEST_TITLE = 31
NOT_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
NO_CHARACTERS = dict.fromkeys((0xFFFE, 0xFFFF))
WIDTH = 24
DAY = "D.M.YYYY"  # how a spreadsheet shows it

Rows = Iterable[Iterable[object]]


def safe(cell: object) -> str:
    """The value as text that no spreadsheet takes for a formula when it opens a CSV; a day as 5.3.2027, nothing for
    None."""
    text = _text(cell)
    return f"'{text}" if _could_start_a_formula(text) else text


def bare(text: str) -> str:
    """The text as it was before `safe` guarded it, when such a table comes back."""
    return text[1:] if text.startswith("'") and _could_start_a_formula(text[1:]) else text


def _could_start_a_formula(text: str) -> bool:
    return text.lstrip("' \xa0").startswith(FORMULA)


def csv_bytes(rows: Rows) -> bytes:
    """The rows as a spreadsheet in Finland opens them: UTF-8 with its mark, semicolons."""
    table = StringIO()
    csv.writer(table, delimiter=";").writerows([safe(cell) for cell in row] for row in rows)
    return table.getvalue().encode("utf-8-sig")


def xlsx_bytes(rows: Rows, title: str) -> bytes:
    """The rows as one sheet, the first of them as headings. Texts are typed as texts, and stay so when edited."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title.translate(NOT_IN_TITLE).strip()[:LONGEST_TITLE] or None)
    sheet.freeze_panes = "A2"
    table = [list(row) for row in rows]
    for number in range(1, max(map(len, table), default=0) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    for number, row in enumerate(table):
        sheet.append([_cell(sheet, value, heading=number == 0) for value in row])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(sheet: object, value: object, heading: bool) -> WriteOnlyCell:
    """A number is a number and a day a day, to sort and to count with; all else is text, which openpyxl would take for
    a formula by its first character."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number or (isinstance(value, date) and not isinstance(value, datetime)):
        cell = WriteOnlyCell(sheet, value)
        if not number:
            cell.number_format = DAY
    else:
        cell = WriteOnlyCell(sheet, _clean(_text(value))[:LONGEST_CELL])
        cell.data_type = "s"
        cell.quotePrefix = True
    if heading:
        cell.font = Font(bold=True)
    return cell


def _clean(text: str) -> str:
    """Without what no XML may hold, which XLSX is."""
    return ILLEGAL_CHARACTERS_RE.sub("", text).translate(NO_CHARACTERS)


def _text(value: object) -> str:
    if isinstance(value, date):
        return f"{value.day}.{value.month}.{value.year}"
    return "" if value is None else str(value)
