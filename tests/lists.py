"""Lists of partners as people make them: spreadsheets of invented organisations, with and without faults."""

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook

from adoption.forms import BusinessID

HEADINGS = (
    "Organisaatio", "Y-tunnus", "Yksikkö", "Rooli", "Sektori", "Kunta", "Kiinnostus", "Yhteyshenkilö", "Sähköposti",
    "Puhelin", "Allekirjoittaja",
)  # fmt: skip
NAME, ID, UNIT, ROLE, SECTOR, TOWN, INTEREST, CONTACT, EMAIL, PHONE, SIGNATORY = range(len(HEADINGS))
Row = list[object]


def business_id(number: int) -> str:
    """The number-th business ID whose check digit fits."""
    digits = 2_000_000 + number * 10
    while BusinessID.check_digit(f"{digits:07}") == 10:
        digits += 1
    return f"{digits:07}-{BusinessID.check_digit(f'{digits:07}')}"


def a_row(number: int, **changed: object) -> Row:
    """A distributor or a venue of Kajaani, with all that a row needs; every third one without a business ID."""
    role = "kohde" if number % 2 else "jakaja"
    row: Row = [
        f"Toimija {number} ry", business_id(number) if number % 3 else "", "", role, "kolmas sektori", "Kajaani",
        "kyllä", f"Henkilö {number}", f"henkilo{number}@example.org", f"+358 40 {number:07}", f"Toimi {number}",
    ]  # fmt: skip
    for name, value in changed.items():
        row[globals()[name.upper()]] = value
    return row


def xlsx(rows: Iterable[Row], headings: Iterable[str] = HEADINGS) -> bytes:
    """The rows as the first sheet of a workbook; a text that begins with = is a formula."""
    book = Workbook()
    sheet = book.active
    for row in [list(headings), *rows]:
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def text(rows: Iterable[Row], mark: str = "\t", headings: Iterable[str] = HEADINGS) -> str:
    """The rows as the clipboard has them."""
    return "\n".join(mark.join(str(cell) for cell in row) for row in [list(headings), *rows])
