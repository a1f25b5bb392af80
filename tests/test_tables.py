"""Lists are read whatever program they come from; what is hostile, broken or no plain text is told and not taken."""

import re
import struct
import time
import tracemalloc
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
from django.utils import translation
from openpyxl import Workbook

from adoption import inside_xlsx, tables
from adoption.columns import CHOICES, HEADINGS, WORDS, bare_word, choice_of, column_of, heading, word_key
from adoption.refusal import Refused
from adoption.tables import TooLarge, pasted, uploaded
from tests.lists import saved

pytestmark = pytest.mark.usefixtures("in_english")

LIST = "Nimi;Kunta\nTaidehalli Pato;Kajaani\nKerhoväki ry;Pyhäjärvi\n"


def texts(table: tables.Table) -> list[tuple]:
    return [(line.number, *(cell.text for cell in line.cells.values())) for line in table.lines]


def faults(table: tables.Table) -> list[dict[str, str]]:
    return [{key: cell.fault for key, cell in line.cells.items() if cell.fault} for line in table.lines]


def a_book(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def repacked(content: bytes, change) -> bytes:
    """The same file, each part as `change(name, part)` gives it."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return made.getvalue()


def in_sheet(content: bytes, old: bytes, new: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(old, new) if name == "xl/worksheets/sheet1.xml" else part

    return repacked(content, change)


# -- headings ---------------------------------------------------------------------------------------------------------


def test_each_heading_means_one_column():
    names: dict[str, set[str]] = {}
    for column, named in HEADINGS.items():
        assert set(named) == {"fi", "sv", "en"}
        for one in [name for several in named.values() for name in several]:
            names.setdefault(bare_word(one), set()).add(column)
    assert {name: columns for name, columns in names.items() if len(columns) > 1} == {}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Y-tunnus", "business_id"), ("y tunnus:", "business_id"), ("FO-nummer", "business_id"),
        ("BUSINESS ID", "business_id"), ("Yhteyshenkilön sähköposti", "contact_email"), ("E-post", "contact_email"),
        ("Kommun", "municipalities"), ("Tunnus", "account_on"), ("användarnamn", "account_on"), ("Huomautuksia", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_heading_is_known_however_it_is_written(text, column):
    assert column_of(text) == column


def test_each_word_means_one_thing():
    for column, choices in CHOICES.items():
        words: dict[str, set[str]] = {}
        for language in ("fi", "sv", "en"):
            with translation.override(language):
                for value, label in choices:
                    words.setdefault(word_key(str(label)), set()).add(value)
        for value, several in WORDS.get(column, {}).items():
            for word in several:
                words.setdefault(word_key(word), set()).add(value)
        assert {word: values for word, values in words.items() if len(values) > 1} == {}


@pytest.mark.parametrize("word", ["kyllä", "Kyllä.", "JA", "yes", "x"])
def test_yes_is_yes_in_three_languages(word):
    assert choice_of("interest", word) == "yes"


@pytest.mark.parametrize(
    ("word", "basis"),
    [("hallintosääntö", "administrative"), ("säännöt", "rules"), ("stadgar", "rules"), ("Muu", "other")],
)
def test_the_right_to_sign_is_known_by_the_short_word_too(word, basis):
    assert choice_of("signatory_basis", word) == basis


def test_titles_may_stand_above_the_headings_and_other_columns_beside_them():
    table = pasted("Kumppanit 2027\n\nHuom.\tNimi\tKunta\nsoita\tPato\tKajaani\n")
    assert (table.columns, table.not_read) == (["organisation", "municipalities"], ["Huom."])
    assert texts(table) == [(4, "Pato", "Kajaani")]


@pytest.mark.parametrize("text", ["Kunta\tRooli\nKajaani\tkohde", "Pato\tKajaani", "=1+1"])
def test_a_list_without_the_heading_of_the_organisation_is_refused(text):
    with pytest.raises(Refused, match="No heading says where the organisations stand"):
        pasted(text)


def test_two_headings_of_one_column_are_refused():
    with pytest.raises(Refused, match="Nimi, Organisaatio"):
        pasted("Nimi\tOrganisaatio\nPato\tPato")


@pytest.mark.parametrize("text", ["", "\n\n", "\t\t\n"])
def test_an_empty_list_is_refused(text):
    with pytest.raises(Refused, match="empty"):
        pasted(text)


# -- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_is_read_with_its_marks_ends_and_letters(mark, encoding, end):
    content = LIST.replace(";", mark).replace("\n", end).encode(encoding)
    assert texts(uploaded(content)) == [(2, "Taidehalli Pato", "Kajaani"), (3, "Kerhoväki ry", "Pyhäjärvi")]


@pytest.mark.parametrize("unseen", ["\x00", "\uffff", "\u202e"])
def test_what_cannot_be_seen_is_taken_out_of_a_cell(unseen):
    content = f"Nimi;Kunta;Rooli\nPa{unseen}to ry;Kajaani;kohde\n".encode("utf-16")
    assert texts(uploaded(content)) == [(2, "Pato ry", "Kajaani", "kohde")]


@pytest.mark.parametrize("encoding", ["cp1251", "cp437", "iso8859_7", "mac_roman"])
def test_letters_of_another_encoding_are_refused(encoding):
    letters = {"cp1251": "Привет", "cp437": "Kerhoväki", "iso8859_7": "Καλημέρα", "mac_roman": "Kerhoväki Änäri"}
    with pytest.raises(Refused, match="encoding"):
        uploaded(f"Nimi;Kunta\n{letters[encoding]};Kajaani\n".encode(encoding))


def test_one_row_with_broken_letters_is_told_and_the_others_are_read():
    content = LIST.encode() + "Tähkä ry;Kuhmo\n".encode("cp1252") + "Jyvã;Kuhmo\n".encode() + "JyvÃ¤;Kuhmo\n".encode()
    assert faults(uploaded(content)) == [{}, {}, {"organisation": "letters"}, {}, {"organisation": "letters"}]


def test_cells_with_line_ends_and_marks_are_one_cell():
    table = pasted('Nimi\tKunta\n"Pato\nSali"\t"Kajaani\tSotkamo"\nTupa\tKuhmo')
    assert texts(table) == [(2, "Pato\nSali", "Kajaani\tSotkamo"), (3, "Tupa", "Kuhmo")]


@pytest.mark.parametrize("towns", ["Kajaani; Kuhmo", '"Kajaani; Kuhmo"'])
def test_a_semicolon_in_a_cell_parts_no_list_whose_headings_a_comma_parts(towns):
    [line] = uploaded(f"Nimi,Kunta\nTaidehalli Pato,{towns}\n".encode()).lines
    assert [cell.text for cell in line.cells.values()] == ["Taidehalli Pato", "Kajaani; Kuhmo"]


def test_an_open_quotation_mark_swallows_no_rows():
    assert [row[1] for row in texts(pasted('Nimi\tKunta\n"Ilo ry\tKajaani\nTupa\tKuhmo'))] == ['"Ilo ry', "Tupa"]
    with pytest.raises(Refused, match="quotation mark"):
        uploaded(b'Nimi;Kunta\n"Ilo ry;Kajaani\nTupa;Kuhmo')


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("=1+1", "formula"), ("  =A1", "formula"), ("+SUM(A1)", "formula"), ("@SUM(1+1)*cmd|' /C calc'!A0", "formula"),
        ("-2+3+cmd|' /C calc'!A0", "formula"), ("+358 40 1234567", ""), ("-", ""), ("@taide", ""), ("'=1+1", ""),
        ("x" * 5001, "long"), ("x" * 200_000, "long"), ("x" * 5000, ""),
    ],
)  # fmt: skip
def test_what_is_no_plain_text_is_told(text, fault):
    [line] = list(pasted(f"Nimi\tKunta\n{text}\tKajaani").lines)
    assert line.cells["organisation"].fault == fault


def test_what_people_write_for_nothing_is_nothing():
    assert texts(pasted("Nimi\tYksikkö\tKunta\nPato\t–\t-"))[0][2:] == ("", "")


def test_too_much_is_refused_with_the_limit_named():
    with pytest.raises(TooLarge, match="10 MB"):
        uploaded(b"Nimi\n" + b"x" * tables.LARGEST)
    with pytest.raises(Refused, match="10,000"):
        list(pasted("Nimi\n" + "Pato\n" * 10_001).lines)
    assert len(list(pasted("Nimi\n" + "Pato\n" * 10_000).lines)) == 10_000


@pytest.mark.parametrize("content", [b"\x00\x01Nimi", b"%PDF-1.7\x00", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\x89PNG\r\n\x00"])
def test_what_is_no_list_is_refused(content):
    with pytest.raises(Refused, match="XLSX"):
        uploaded(content)


# -- spreadsheets -----------------------------------------------------------------------------------------------------


def test_a_spreadsheet_is_read():
    content = a_book(["Nimi", "Puhelin", "Kunta"], ["Pato", 401234567, "Kajaani"], [], ["Tupa", None, "Kuhmo"])
    assert texts(uploaded(content)) == [(2, "Pato", "401234567", "Kajaani"), (4, "Tupa", "", "Kuhmo")]


def test_formulas_errors_and_merged_cells_are_told():
    book = Workbook()
    rows = [["Nimi", "Kunta"], ["Pato", "=A1"], ["Tupa", "Kajaani"], ["Sali", None], ["Kerho", "#REF!"], ["Ilo", "x"]]
    for row in rows:
        book.active.append(row)
    book.active["B5"].data_type = "e"
    book.active.merge_cells("B3:B4")
    assert faults(uploaded(saved(book))) == [
        {"municipalities": "formula"}, {"municipalities": "merged"}, {"municipalities": "merged"},
        {"municipalities": "error"}, {},
    ]  # fmt: skip


def test_a_formula_with_a_stored_value_is_a_formula_all_the_same():
    content = in_sheet(a_book(["Nimi", "Kunta"], ["Pato", "=A1"]), b"<f>A1</f><v></v>", b"<f>A1</f><v>Kajaani</v>")
    content = in_sheet(content, b"<f>A1</f><v/>", b"<f>A1</f><v>Kajaani</v>")
    assert faults(uploaded(content)) == [{"municipalities": "formula"}]


def test_a_text_that_looks_like_a_formula_is_text():
    book = Workbook()
    book.active.append(["Nimi", "Kunta"])
    book.active.append(["x", "Kajaani"])
    book.active["A2"].value = "=1+1"
    book.active["A2"].data_type = "s"
    assert texts(uploaded(saved(book))) == [(2, "=1+1", "Kajaani")]


def test_a_cell_of_50_000_characters_is_told_with_its_length():
    content = in_sheet(a_book(["Nimi"], ["PATO"]), b"PATO", b"PATO")
    long = repacked(content, lambda name, part: part.replace(b"<t>PATO</t>", b"<t>" + b"x" * 50_000 + b"</t>"))
    [line] = list(uploaded(long).lines)
    assert line.cells["organisation"] == tables.Cell("x" * 80, "long", 50_000)


@pytest.mark.parametrize("read", [tables.pasted, lambda text: tables.uploaded(text.encode())])
def test_a_row_of_a_million_cells_is_read_as_far_as_a_sheet_goes(read):
    table = read("Organisaatio;Rooli;Kunta\nTesti ry;jakaja;Kajaani" + ";" * 1_000_000 + "\n")
    tracemalloc.start()
    [line] = table.lines
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert line.cells["organisation"].text == "Testi ry"
    assert peak < 1_000_000


def test_a_zip_that_grows_is_refused_unopened():
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _piece in range(200):
                part.write(b" " * 1024 * 1024)
    began = time.monotonic()
    with pytest.raises(Refused, match="grows too large"):
        uploaded(made.getvalue())
    assert time.monotonic() - began < tables.PATIENCE


def test_a_zip_that_lies_about_its_size_is_refused():
    content = bytearray(a_book(["Nimi"], ["Pato"]))
    for found in list(re.finditer(b"PK\x01\x02", bytes(content))):
        content[found.start() + 24 : found.start() + 28] = struct.pack("<I", 10)
    with pytest.raises(Refused, match="cannot be read"):
        list(uploaded(bytes(content)).lines)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="2"', b'<row r="999999999999"'),
        (b'<c r="A2"', b'<c r="XFD2"'),
        (b"<sheetData>", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><sheetData>'),
        (b"</sheetData>", b""),
        (b"</worksheet>", b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'),
    ],
    ids=["row", "column", "doctype", "cut", "merged"],
)
def test_what_a_hostile_sheet_says_harms_nobody(old, new):
    content = in_sheet(a_book(["Nimi"], ["Pato"]), old, new)
    try:
        found = texts(uploaded(content))
    except Refused:
        found = []
    assert found in ([], [(2, "")])


def test_entities_are_not_followed():
    def change(name: str, part: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return part
        head = b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        return head + part.split(b"?>", 1)[-1].replace(b"Pato", b"&x;")

    content = repacked(a_book(["Nimi"], ["Pato"]), change)
    try:
        found = texts(uploaded(content))
    except Refused:
        found = []
    assert "root" not in str(found)


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 100, a_book(["Nimi"], ["Pato"])[:-200]])
def test_a_broken_file_is_refused(content):
    with pytest.raises(Refused, match="cannot be read"):
        uploaded(content)


def test_a_zip_of_another_kind_is_refused():
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(Refused, match="no XLSX"):
        uploaded(made.getvalue())


def test_more_rows_than_a_list_may_have_are_refused(monkeypatch):
    content = a_book(["Nimi"], *([f"Pato {number}"] for number in range(10_001)))
    with pytest.raises(Refused, match="10,000"):
        list(uploaded(content).lines)


@pytest.mark.parametrize("last", [10_300, 1_048_576])
def test_a_row_below_the_last_one_that_may_be_read_is_not_lost(last):
    """The rows between may be empty, and the file may say that it ends before."""
    book = Workbook()
    book.active.append(["Nimi"])
    book.active.append(["Taidehalli Pato"])
    book.active.cell(last, 1, "Kerhoväki ry")
    content = in_sheet(saved(book), f'<dimension ref="A1:A{last}"'.encode(), b'<dimension ref="A1:A2"')
    with pytest.raises(Refused, match="10,000"):
        uploaded(content)


def test_empty_rows_without_end_are_no_rows():
    book = Workbook()
    book.active.append(["Nimi"])
    book.active.append(["Taidehalli Pato"])
    book.active.cell(60_000, 1).number_format = "0.00"
    assert texts(uploaded(saved(book))) == [(2, "Taidehalli Pato")]


def test_a_program_that_does_not_answer_is_ended(monkeypatch):
    monkeypatch.setattr(tables, "PROGRAM", ["sleep", "30"])
    monkeypatch.setattr(tables, "PATIENCE", 0.2)
    began = time.monotonic()
    with pytest.raises(Refused, match="takes too long"):
        uploaded(a_book(["Nimi"], ["Pato"]))
    assert time.monotonic() - began < 20


def test_a_program_that_is_ended_by_its_limit_on_time_says_so(monkeypatch):
    monkeypatch.setattr(tables, "PROGRAM", ["sh", "-c", "ulimit -t 1; while :; do :; done"])
    with pytest.raises(Refused, match="takes too long"):
        uploaded(a_book(["Nimi"], ["Pato"]))


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_what_no_spreadsheet_is_packed_by_is_not_unpacked(method):
    content, made = a_book(["Nimi"], ["Pato"]), BytesIO()
    with ZipFile(BytesIO(content)) as archive, ZipFile(made, "w", method) as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name))
    with pytest.raises(Refused, match="cannot be read"):
        uploaded(made.getvalue())


def test_merged_cells_without_end_are_refused():
    many = b"<mergeCells>" + b'<mergeCell ref="A1:CV10200"/>' * 100 + b"</mergeCells></worksheet>"
    with pytest.raises(Refused, match="grows too large"):
        list(uploaded(in_sheet(a_book(["Nimi"], ["Pato"]), b"</worksheet>", many)).lines)


def test_half_merged_cells_are_looked_for_in_one_go():
    """Each half one would otherwise be followed to the end of the part."""
    began = time.process_time()
    assert not inside_xlsx.MERGED.search(b"<mergeCell a" * 100_000 + b"<mergeCell " + b"a" * 1_000_000)
    assert time.process_time() - began < 5


def test_the_program_has_limits_of_its_own():
    assert inside_xlsx.SECONDS < tables.PATIENCE


def test_the_days_of_what_was_done_on_paper_have_the_names_that_the_pages_have():
    with translation.override("sv"):
        assert [heading(one) for one in ("committed_on", "account_on")] == [
            "Förbindelsens datum", "Kaikukanta-användarnamn",
        ]  # fmt: skip
    assert [column_of(one) for one in ("Förbunden", "Kaikukanta-konto", "Konto")] == [
        "committed_on", "account_on", "account_on",
    ]  # fmt: skip
