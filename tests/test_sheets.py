"""Tables leave as CSV and XLSX in which no cell starts a formula, and nothing of them is lost."""

import csv
from datetime import date, datetime, time
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from adoption.sheets import FORMULA, bare, csv_bytes, safe, xlsx_bytes

EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "'=1", "\xa0=1", '=HYPERLINK("x";"y")']
TAME = ["Pato", "Kohde = Pato", "a@example.org", "", "5.3.2027", "Teatteri; Turku", 'Kerho "Ilo"']
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(EVIL)


def of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def of_xlsx(content: bytes) -> list[list]:
    return [list(row) for row in load_workbook(BytesIO(content)).worksheets[0].iter_rows()]


@pytest.mark.parametrize("text", EVIL)
def test_a_cell_that_would_be_a_formula_is_text(text):
    assert of_csv(csv_bytes([[text]])) == [[f"'{text}"]]
    cell = of_xlsx(xlsx_bytes([["Name"], [text]], "Partners"))[1][0]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value.replace("_x000D_", "\r").strip() == text.strip()


@pytest.mark.parametrize("text", TAME)
def test_other_text_stays_as_it_is(text):
    assert safe(text) == text
    assert bare(text) == text


@given(texts)
def test_no_text_starts_a_formula_and_each_comes_back(text):
    assert not safe(text).lstrip(" \xa0").startswith(FORMULA)
    assert bare(safe(text)) == text


@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=4))
def test_every_row_of_a_csv_comes_back(rows):
    assert [[bare(cell) for cell in row] for row in of_csv(csv_bytes(rows))] == rows


def test_no_formula_is_in_a_workbook():
    content = xlsx_bytes([EVIL, [*TAME, "\x00\x08nul", "x" * 40_000, 17, None, date(2027, 3, 5)]], "Kohteet: [a/b]*?'")
    with ZipFile(BytesIO(content)) as book:
        written = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/"))
    assert b"<f" not in written.replace(b"<font", b"")
    cells = of_xlsx(content)[1][len(TAME) :]
    assert [cell.value for cell in cells] == ["nul", "x" * 32_767, 17, None, datetime.combine(date(2027, 3, 5), time())]
    assert cells[-1].is_date
    assert cells[-1].number_format == "D.M.YYYY"


@pytest.mark.parametrize("unseen", ["\x00", "\x0b", "\ufffe", "\uffff"])
def test_what_no_xml_holds_breaks_no_workbook(unseen):
    sheet = load_workbook(BytesIO(xlsx_bytes([["Nimi"], [f"Out{unseen}i"]], "Lista"))).active
    assert sheet["A2"].value == "Outi"


def test_an_empty_table_is_a_file_too():
    assert of_csv(csv_bytes([])) == []
    assert of_xlsx(xlsx_bytes([], "")) == []
