"""Do the shipped DOCX templates say what they must, and does the check refuse what would do harm?"""

import copy
import io
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.utils.safestring import mark_safe
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from jinja2.exceptions import SecurityError, TemplateError

from doc_templates import build, container
from doc_templates.check import check, fields
from doc_templates.convert import refuse_foreign
from doc_templates.render import render
from doc_templates.samples import FULL, MINIMAL, MOMENT, field_names
from tests.hostile import ESCAPE, HOSTILE, changed, field, related, saying, shipped

SHIPPED = sorted(build.TITLES)
NAMES = ["Puu & Sivu <Oy>", "Ä" * 300, "Yhdistys " * 33 + "ry", "{{ 7*7 }}", "{_{ x }_}", "</w:t></w:r>", "A “B” ’C’"]
LANGUAGES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
NOTICES = {
    "fi": "MALLI – ei Kaikukeskuksen virallinen pohja",
    "sv": "MODELL – inte Kaikukeskus officiella mall",
    "en": "SAMPLE – not an official template of Kaikukeskus",
}

template = pytest.mark.parametrize(("kind", "language"), SHIPPED)


def filled(kind: str, language: str, facts: dict) -> bytes:
    return render(shipped(kind, language), facts, title=facts["title"], language=language, moment=MOMENT)


def paragraphs(docx: bytes) -> list[str]:
    """The text of body, headers and footers, a paragraph each."""
    document = Document(io.BytesIO(docx))
    parts = [document.element, *(part._element for section in document.sections for part in edges(section))]
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for part in parts for p in part.iter(qn("w:p"))]


def edges(section) -> list:
    return [section.header, section.first_page_header, section.footer, section.first_page_footer]


def with_parties(kind: str, names: list[str]) -> dict:
    facts = copy.deepcopy(FULL[kind])
    facts["parties"] = [facts["parties"][0] | {"name": name, "signatory_name": name} for name in names]
    facts["municipalities"] = [facts["municipalities"][0] | {"name": name} for name in names]
    return facts


# What the documents say


@template
@pytest.mark.parametrize("sample", [FULL, MINIMAL], ids=["full", "minimal"])
def test_each_template_is_filled_from_each_sample(kind, language, sample):
    text = paragraphs(filled(kind, language, sample[kind]))
    assert text[0] == NOTICES[language]
    assert text[1] == sample[kind]["title"]
    assert sum(party["name"] in text for party in sample[kind]["parties"]) == len(sample[kind]["parties"])
    assert not [line for line in text if re.search(r"\{[{%]|[%}]\}|None|True|False", line)]


@template
def test_a_template_uses_every_field_of_its_kind_and_no_other(kind, language):
    assert fields(shipped(kind, language)) == field_names(FULL[kind])
    assert check(shipped(kind, language), kind) == []


@template
def test_the_samples_have_one_shape(kind, language):
    assert FULL[kind].keys() == MINIMAL[kind].keys()
    assert field_names(MINIMAL[kind]) - field_names(FULL[kind]) <= {
        key for key, value in MINIMAL[kind].items() if value == []
    }


@template
def test_every_party_stands_in_full_whatever_its_name(kind, language):
    text = paragraphs(filled(kind, language, with_parties(kind, NAMES)))
    for name in NAMES:
        clean = name.strip()
        assert sum(line.strip() == clean for line in text) >= 2, f"parties and signatures: {name[:40]}"


@template
def test_forty_five_parties_stay_in_columns_of_fixed_width(kind, language):
    names = [f"{number}. {'kunta ' * 49}" for number in range(45)]
    document = Document(io.BytesIO(filled(kind, language, with_parties(kind, names))))
    signatures = next(t for t in document.tables if len(t.rows) == 46 and len(t.columns) == 3)
    assert signatures.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(table.autofit is False for table in document.tables)
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for table in document.tables for row in table.rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_municipality_without_a_county_reads_well(language):
    text = "\n".join(paragraphs(filled("region_commitment", language, MINIMAL["region_commitment"])))
    taking_part = {"fi": "Toiminnassa mukana", "sv": "Med i verksamheten", "en": "Taking part"}[language]
    assert f"{taking_part}: Kauniainen." in text
    no_county = {"fi": "Hyvinvointialue ei ole", "sv": "Välfärdsområdet är inte part", "en": "county is not a party"}
    assert no_county[language] in text
    assert " ," not in text
    assert "  " not in text
    assert "–." not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_distributor_and_a_venue_read_their_own_duties(language):
    facts = FULL["partner_commitment"]
    distributor = "\n".join(paragraphs(filled("partner_commitment", language, facts)))
    venue = facts | {"is_distributor": False, "is_venue": True}
    venue = "\n".join(paragraphs(filled("partner_commitment", language, venue)))
    for name, said_to in (("client_group", distributor), ("offering", venue), ("limits", venue)):
        assert facts[name] in said_to
    assert facts["client_group"] not in venue
    assert facts["offering"] not in distributor
    no_compensation = {"fi": "hyvän tahdon eleenä", "sv": "goodwillgest", "en": "gesture of goodwill"}[language]
    assert no_compensation in venue
    assert no_compensation not in distributor


@template
def test_title_language_author_and_paper_are_set(kind, language):
    docx = render(
        shipped(kind, language), FULL[kind], title="Sitoumus: Puu & Sivu <Oy>", language=language, moment=MOMENT
    )
    document, locale = Document(io.BytesIO(docx)), LANGUAGES[language]
    properties = document.core_properties
    assert (properties.title, properties.language) == ("Sitoumus: Puu & Sivu <Oy>", locale)
    assert (properties.author, properties.last_modified_by, properties.comments) == ("Kaikupolku", "Kaikupolku", "")
    assert {node.get(qn("w:val")) for node in document.styles.element.iter(qn("w:lang"))} == {locale}
    assert document.settings.element.find(qn("w:themeFontLang")).get(qn("w:val")) == locale
    assert [(round(s.page_width.mm), round(s.page_height.mm)) for s in document.sections] == [(210, 297)]
    assert document.sections[0].left_margin > Mm(20)


@template
def test_headings_are_headings_and_the_footer_counts_pages(kind, language):
    document = Document(io.BytesIO(filled(kind, language, FULL[kind])))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[:3] == ["Sample Notice", "Title", "Subtitle"]
    assert styles.count("Heading 1") >= 10
    footer = document.sections[0].footer._element
    assert FULL[kind]["document_id"] in "".join(t.text for t in footer.iter(qn("w:t")))
    assert [f.get(qn("w:instr")).strip() for f in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


@template
def test_the_shipped_file_is_what_the_clauses_build(kind, language):
    with zipfile.ZipFile(io.BytesIO(shipped(kind, language))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert parts == build.parts(kind, language), "run python -m doc_templates.build"


# Compared as text: LibreOffice is not on every laptop, where this test then does not exist.
if SOFFICE := shutil.which("soffice"):

    @pytest.mark.long
    def test_libreoffice_opens_each_document_and_reads_every_name(tmp_path):
        for kind, language in SHIPPED:
            facts = with_parties(kind, NAMES)
            (tmp_path / f"{kind}.{language}.docx").write_bytes(filled(kind, language, facts))
        command = [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
        files = sorted(tmp_path.glob("*.docx"))
        subprocess.run(
            [*command, "txt:Text (encoded):UTF8", "--outdir", tmp_path, *files],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        for file in files:
            text = file.with_suffix(".txt").read_text(encoding="utf-8-sig")
            assert [name for name in NAMES if name.strip() not in text] == [], file.name


# What facts may be


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"title": None}, "title"),
        ({"parties": [{"name": "A"}, {"name": None}]}, r"parties\[1\]\.name"),
        ({"kaikukeskus": {"name": 1.5}}, r"kaikukeskus\.name"),
        ({"parties": ("A", "B")}, "parties"),
        ({"title": mark_safe("<b>")}, "title"),
        ({"title": object()}, "title"),
        ({"title": lambda: "A"}, "title"),
    ],
)
def test_facts_other_than_plain_ones_are_refused_by_name(facts, place):
    with pytest.raises(TypeError, match=place):
        render(shipped(), FULL["region_commitment"] | facts, title="A", language="fi", moment=MOMENT)


def test_controls_leave_a_text_on_one_line():
    text = "Puu\r\nja\tSivu\x00\x07\x0b\u202eOy\u2028r\ud800y\ufffe"
    docx = filled("region_commitment", "fi", FULL["region_commitment"] | {"region_name": text})
    assert "Kaikukortti-alue Puu ja Sivu Oy ry" in paragraphs(docx)


def test_a_missing_field_is_an_error_and_no_blank():
    facts = {key: value for key, value in FULL["region_commitment"].items() if key != "made_on"}
    with pytest.raises(TemplateError, match="made_on"):
        render(shipped(), facts, title="A", language="fi", moment=MOMENT)


def test_a_template_saved_by_libreoffice_names_its_properties_once():
    """It relates them in a way of its own, which python-docx does not know, and writes a second part beside."""
    office = b"officedocument/2006/relationships/metadata/core-properties"
    saved = changed(
        "_rels/.rels", lambda xml: xml.replace(b"package/2006/relationships/metadata/core-properties", office)
    )
    assert office in zipfile.ZipFile(io.BytesIO(saved)).read("_rels/.rels")
    assert check(saved, "region_commitment") == []
    made = render(saved, FULL["region_commitment"], title="Sitoumus", language="fi", moment=MOMENT)
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert len(names) == len(set(names))
    assert Document(io.BytesIO(made)).core_properties.title == "Sitoumus"
    refuse_foreign(made)


# What a template may be


@pytest.mark.parametrize("name", HOSTILE)
def test_a_template_that_would_do_harm_is_refused_with_its_own_code(name):
    make, code = HOSTILE[name]
    findings = check(make(), "region_commitment")
    assert {finding.code for finding in findings} == {code}
    assert all(finding.where and finding.what for finding in findings)


def test_all_of_them_are_refused_in_512_mb_within_the_caps_and_quickly():
    """In a process of its own, whose address space ends there: it counts what is read, expanded and parsed."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.hostile"], capture_output=True, text=True, check=True, timeout=300
    )
    rows = [json.loads(line) for line in child.stdout.splitlines()]
    assert {row["name"]: row["codes"] for row in rows} == {name: [code] for name, (_make, code) in HOSTILE.items()}
    assert max(row["parts"] for row in rows) <= container.MAX_PARTS
    assert max(row["expanded"] for row in rows) <= container.MAX_EXPANSION + container.MAX_MEDIA_PART + 1
    assert max(row["nodes"] for row in rows) <= container.MAX_ALL_MARKS
    assert max(row["seconds"] for row in rows) < 10


def test_what_goes_through_every_stage_is_checked_quickly_too():
    """As many marks as the caps let pass: braces that are no tags, and runs between a brace and its fellow."""
    began = time.monotonic()
    for text in ("{ " * 400_000, "&amp;lt;" * 100_000, "{" + "</w:t></w:r><w:r><w:t>" * 20_000):
        assert check(saying(text), "region_commitment") == []
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "code",
    [
        ESCAPE,
        "{{ 9**9 }}",
        "{{ -1 }}",
        "{{ title.upper() }}",
        "{{ parties.append(1) }}",
        "{{ title.__class__ }}",
        "{% for x in range(9) %}{% endfor %}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ title|upper }}",
        "{{ parties }}",
    ],
)
def test_rendering_is_sealed_even_where_nobody_has_checked(code):
    with pytest.raises((TemplateError, SecurityError, TypeError)):
        render(saying(code), FULL["region_commitment"], title="A", language="fi", moment=MOMENT)


def test_an_unescaping_template_still_escapes():
    docx = saying("{% autoescape false %}{{ region_name }}{% endautoescape %}")
    facts = FULL["region_commitment"] | {"region_name": "</w:t></w:r></w:p><w:p><w:r><w:t>Lisäys"}
    assert "Lisäys" not in paragraphs(render(docx, facts, title="A", language="fi", moment=MOMENT))


def test_a_finding_names_the_place_and_the_nearest_field():
    [finding] = check(saying("Alue {{ region_nam }} sitoutuu"), "region_commitment")
    assert finding == (
        "body: “Alue {{ region_nam }} sitoutuu”",
        "There is no field region_nam. Did you mean region_name?",
        "unknown_field",
        ("region_nam", "region_name"),
    )
    [finding] = check(saying("{% for p in parties %}{{ p.nmae }}{% endfor %}", "word/header1.xml"), "region_commitment")
    assert finding.where.startswith("header: “")
    assert "parties[].nmae" in finding.what
    assert "parties[].name" in finding.what


NEXT = "</w:t></w:r></w:p><w:p><w:r><w:t>"


def test_code_that_cannot_be_read_hides_no_unknown_field():
    first, loop = "Alue {{ region_nam }}, {{ partner.nmae }}", "{% for p in parties %}{{ p.nmae }}{% endfor %}"
    found = check(saying(first + NEXT + loop + "{% if title %}"), "region_commitment")
    assert [finding.code for finding in found] == ["syntax", "unknown_field", "unknown_field"]
    assert [finding.where for finding in found[1:]] == ["body: “Alue {{ region_nam }}, {{ partner.nmae }}”"] * 2


@pytest.mark.parametrize(
    ("docx", "codes"),
    [
        (saying("{{ titel }} {{ title"), ["unclosed_tag", "unknown_field"]),
        (
            saying("{%p if titel %}" + NEXT + "{%p endif %}" + NEXT + "{{r title }}"),
            ["tag_not_allowed", "unknown_field"],
        ),
        (saying("{% if titel %}"), ["syntax", "unknown_field"]),
    ],
)
def test_a_broken_tag_hides_no_unknown_field(docx, codes):
    found = check(docx, "region_commitment")
    assert [finding.code for finding in found] == codes
    assert found[-1].about == ("titel", "title")


PICTURE = "{%p if title %}</w:t></w:r><w:r><w:pict/></w:r><w:r><w:t>" + NEXT + "{%p endif %}"
CELLS = "</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>"
ROWS = "</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>"


def tabled(text: str) -> bytes:
    """The shipped template with a table more, whose only cell says the text."""
    row = f"<w:tr><w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>"
    table = f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>{row}</w:tbl><w:sectPr>".encode()
    return changed("word/document.xml", lambda xml: xml.replace(b"<w:sectPr>", table))


@pytest.mark.parametrize(
    ("docx", "place"),
    [
        (saying("{%p if title %} TÄRKEÄÄ {{ nmae }}" + NEXT + "{%p endif %}"), "“{%p if title %} TÄRKEÄÄ {{ nmae }}”"),
        (saying("{%p if title %}" + NEXT + "{{ nmae }} {%p endif %}"), "“{{ nmae }} {%p endif %}”"),
        (saying("{%p if title %}{%p endif %}"), "“{%p if title %}{%p endif %}”"),
        (saying("{#p A remark. #} TÄRKEÄÄ"), "“{#p A remark. #} TÄRKEÄÄ”"),
        (saying(PICTURE), "“{%p if title %}”"),
        (tabled("{%tr if title %}" + CELLS + "TÄRKEÄÄ" + ROWS + "{%tr endif %}"), "“{%tr if title %}TÄRKEÄÄ”"),
        (tabled("{%tc if title %}" + NEXT + "TÄRKEÄÄ" + CELLS + "{%tc endif %}"), "“{%tc if title %}TÄRKEÄÄ”"),
        (saying("{%tr if title %}" + NEXT + "{%tr endif %}"), "“{%tr if title %}”"),
        (saying("TÄRKEÄÄ {%p if " + NEXT + "title %}" + NEXT + "{%p endif %}"), "body"),
        (saying("{%p if title -%}" + NEXT + "TÄRKEÄÄ" + NEXT + "{%p endif %}"), "body"),
    ],
    ids=["beside", "before", "two tags", "a remark", "a picture", "a row", "a cell", "no row", "split",
         "drawn together"],
)  # fmt: skip
def test_what_a_tag_would_take_away_with_it_is_refused_by_its_place(docx, place):
    findings = check(docx, "region_commitment")
    unknown = {"unknown_field"} if "nmae" in place else set()
    assert {finding.code for finding in findings} == {"lost_beside"} | unknown
    assert findings[0].where.endswith(place)


def test_a_tag_that_stands_alone_in_paragraph_row_or_cell_may_stay():
    split = "{%p </w:t></w:r><w:r><w:t>if title %}" + NEXT + "TÄRKEÄÄ" + NEXT + " {%p endif %} "
    row = "{%tr if title and 1 &lt; 2 %}" + CELLS + ROWS + "TÄRKEÄÄ {{ title }}" + ROWS + "{%tr endif %}"
    for docx in (saying(split), tabled(row)):
        assert check(docx, "region_commitment") == []
        assert any("TÄRKEÄÄ" in text for text in paragraphs(filled_from(docx)))


def filled_from(docx: bytes) -> bytes:
    facts = FULL["region_commitment"]
    return render(docx, facts, title=facts["title"], language="fi", moment=MOMENT)


def test_what_word_and_people_do_to_a_template_is_no_harm():
    plain_link = related("hyperlink", "https://example.org/kaikukortti")
    split = "{{ </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>region_</w:t></w:r><w:r><w:t>name }}"
    across = "{% if title %}</w:t></w:r></w:p><w:p><w:r><w:t>{% endif %}"
    counted = "{% if parties|length &gt; 1 and not has_county %}{{ county_name if term_end else title }}{% endif %}"
    for docx in (plain_link, saying(split), saying(across), saying(counted), field(" TOC \\o ")):
        assert check(docx, "region_commitment") == []


# The command


@pytest.fixture
def run_check(tmp_path, capsys):
    """run_check(docx) gives (exit status, what was printed)."""

    def run(docx: bytes, *options: str) -> tuple[int, str]:
        file = tmp_path / "template.docx"
        file.write_bytes(docx)
        status = 0
        try:
            call_command("check_template", str(file), "--kind", "region_commitment", *options)
        except SystemExit as end:
            status = end.code
        return status, capsys.readouterr().out

    return run


def test_the_command_prints_one_object_and_nothing_else(run_check):
    assert run_check(shipped(), "--json") == (0, '{"ok": true, "findings": []}\n')
    status, out = run_check(saying("{{ titel }}"), "--json")
    answer = json.loads(out)
    assert (status, answer["ok"]) == (1, False)
    assert [set(finding) for finding in answer["findings"]] == [{"where", "what", "code"}]


def test_the_command_speaks_to_people(run_check):
    assert "may be used" in run_check(shipped())[1]
    assert run_check(b"no zip")[1] == "file: The file is no Word document (DOCX). [not_a_docx]\n"


def test_the_command_calls_misuse_2(tmp_path):
    with pytest.raises(CommandError) as missing:
        call_command("check_template", str(tmp_path / "nowhere.docx"), "--kind", "region_commitment")
    assert missing.value.returncode == 2
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("check_template", "a.docx", "--kind", "letter")
