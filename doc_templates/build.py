"""How are the nine shipped templates made? `python -m doc_templates.build` sets the clauses' text as DOCX files.

The text lies in `clauses_fi.py`, `clauses_sv.py` and `clauses_en.py`, that of minutes in `minutes.py`, the look in
`layout.py`; the result is the same on every machine.
"""

import io
import re
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from xml.sax.saxutils import escape

from doc_templates import clauses_en, clauses_fi, clauses_sv, layout, minutes
from doc_templates.render import LOCALES

FOLDER = Path(__file__).parent
LANGUAGES = {"fi": clauses_fi, "sv": clauses_sv, "en": clauses_en}
TITLES = {
    ("region_commitment", "fi"): "Yhteistoimintasitoumus",
    ("region_commitment", "sv"): "Samarbetsförbindelse",
    ("region_commitment", "en"): "Cooperation commitment",
    ("partner_commitment", "fi"): "Kumppanuussitoumus",
    ("partner_commitment", "sv"): "Partnerskapsförbindelse",
    ("partner_commitment", "en"): "Partnership commitment",
}
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
STYLES = {"# ": "Heading1", "## ": "Annexes", "### ": "Annex", "#### ": "Heading2", "! ": "Remark", "- ": "ListBullet"}
TEXT_WIDTH = 9354  # in twentieths of a point: A4 less the margins of layout.SECTION


Text = ModuleType | SimpleNamespace  # the notice, the facts at the head, the bodies and the tables of a language


def main() -> None:
    """Writes the templates beside this file."""
    for kind, language in TITLES:
        (FOLDER / f"{kind}.{language}.docx").write_bytes(build(kind, language))
    for language in minutes.TITLES:
        (FOLDER / f"minutes.{language}.docx").write_bytes(zipped(parts_of_minutes(language)))


def build(kind: str, language: str) -> bytes:
    """The template of the kind of commitment in the language, as DOCX."""
    return zipped(parts(kind, language))


def zipped(parts: dict[str, str]) -> bytes:
    """The parts as a DOCX file."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def parts(kind: str, language: str) -> dict[str, str]:
    """The parts of a commitment's template by name, as XML."""
    return _parts(LANGUAGES[language], kind, language, TITLES[kind, language], "{{ document_id }}")


def parts_of_minutes(language: str) -> dict[str, str]:
    """The parts of the template of minutes by name, as XML."""
    return _parts(minutes.text_in(language), "minutes", language, minutes.TITLES[language], "{{ subtitle }}")


def _parts(text: Text, kind: str, language: str, title: str, foot: str) -> dict[str, str]:
    return layout.fixed_parts(LOCALES[language], title) | {
        "word/document.xml": layout.document(body(text, kind)),
        "word/header1.xml": layout.header(paragraph("Header", text.RUNNING_HEAD)),
        "word/header2.xml": layout.header(paragraph("Header", "")),
        "word/footer1.xml": layout.footer(escape(foot)),
    }


def body(text: Text, kind: str) -> str:
    """Notice, title, the facts at the head, the clauses, the annexes."""
    head = (
        paragraph("SampleNotice", text.NOTICE)
        + paragraph("Title", "{{ title }}")
        + paragraph("Subtitle", text.SUBTITLE)
    )
    front = "".join(front_line(line) for line in lines(text.FRONTS[kind]))
    following = [*lines(text.BODIES[kind]), "", ""]
    clauses = "".join(clause_line(*three, text) for three in zip(following, following[1:], following[2:], strict=False))
    return head + front + clauses


def lines(text: str) -> list[str]:
    """The text's paragraphs: blank lines dropped, indented lines joined to the one above."""
    return [line for line in re.sub(r"\n +", " ", text).split("\n") if line]


def front_line(line: str) -> str:
    if line.startswith("{%p"):
        return paragraph("TemplateCode", line)
    label, value = line.split(": ", 1)
    return layout.paragraph("Fact", layout.run(escape(label), "Label") + layout.tab() + layout.run(escape(value)))


def clause_line(line: str, after: str, second: str, text: Text) -> str:
    """One line of the clauses' text as a paragraph of its style, or as the table that it names.

    A point before a table or a list stays on one page with it, and so do the last two items of a list.
    """
    if line.startswith("["):
        return table(*text.TABLES[line.strip("[]")])
    for mark, style in STYLES.items():
        if line.startswith(mark):
            kept = mark == "- " and after.startswith("- ") and not second.startswith("- ")
            return paragraph("ListBulletKept" if kept else style, line.removeprefix(mark))
    if line.startswith("{%p"):
        return paragraph("TemplateCode", line)
    return paragraph("Lead" if after.startswith(("[", "- ")) else "Clause", line)


def paragraph(style: str, text: str) -> str:
    return layout.paragraph(style, layout.run(escape(text)) if text else "")


def table(rows: str, description: str, columns: list[tuple[str, int, list[str]]]) -> str:
    """A table with a repeating header row and one row for each of `rows`, which the code calls `p`."""
    widths = [TEXT_WIDTH * percent // 100 for _, percent, _ in columns]
    header = [
        paragraph("TableHeadRight" if cell[0].startswith("#") else "TableHead", name) for name, _, cell in columns
    ]
    signing = any("/" in cell for _, _, cell in columns)
    return layout.table(description, widths, [
        layout.row(widths, header, header=True),
        code_row(widths, f"{{%tr for p in {rows} %}}"),
        layout.row(widths, [cell_lines(*cell) for _, _, cell in columns], tall=signing),
        code_row(widths, "{%tr endfor %}"),
    ])  # fmt: skip


def code_row(widths: list[int], code: str) -> str:
    """A row that vanishes when the template is filled."""
    return layout.row(widths, [paragraph("TemplateCode", code), *[paragraph("TemplateCode", "")] * (len(widths) - 1)])


def cell_lines(first: str, *others: str) -> str:
    """A cell's fields, one a line: an empty first one shows a dash, an empty further one leaves no line."""
    return cell_line(first, "{% else %}–{% endif %}") + "".join(
        paragraph("TemplateCode", f"{{%p if {field} %}}")
        + cell_line(field, "{% endif %}")
        + paragraph("TemplateCode", "{%p endif %}")
        for field in others
    )


def cell_line(line: str, end: str) -> str:
    """A field in a cell: `**` strong, `#` a number set to the right, `/` nothing."""
    if line == "/":
        return paragraph("TableText", "")
    style = {"*": "TableName", "#": "TableNumber"}.get(line[0], "TableText")
    field = line.lstrip("*#")
    return paragraph(style, f"{{% if {field} %}}{{{{ {field} }}}}{end}")


if __name__ == "__main__":
    main()
