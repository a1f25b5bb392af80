"""The pages of templates: Kaikukeskus brings its own into use, what would do harm is refused, drafts are renewed."""

import io
import re
import resource
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from adoption.history import all_faults
from adoption.models import Act, Person
from adoption.people import add_kaikukeskus_person, name_person
from adoption.refusal import NotYours, Refused
from commitments import services
from commitments.making import finish
from commitments.models import Batch, Commitment, Document, Template
from commitments.preview import as_html
from commitments.publishing import SAMPLES, discard, filled, publish, unreadable, upload
from commitments.renewing import older_drafts, renew
from commitments.template_words import CODE, MEANINGS, REASONS, fields_of, in_words
from commitments.templates import LANGUAGES, current, shipped
from doc_templates import tags
from doc_templates.check import check
from doc_templates.container import MAX_FILE
from doc_templates.render import render
from doc_templates.samples import FULL, MOMENT, field_names
from tests import papers
from tests.hostile import HOSTILE, changed, level, saying, table, with_list
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.race import DONE, REFUSED
from tests.test_commitments import anew, checked, in_force, sent, text_of, with_signatories
from workflows.sentences import sentences

State = Commitment.State
KINDS = Commitment.Kind.values
ROOM = 300 * 2**20  # bytes by which the site may grow while it looks at an upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def laura() -> Person:
    return speaking(a_kaikukeskus_person())


@pytest.fixture
def as_laura(laura) -> Client:
    return browser_of(laura)


@pytest.fixture
def kainuu():
    return a_region()


@pytest.fixture
def aino(kainuu) -> Person:
    return speaking(a_pair(kainuu)[0])


def speaking(person: Person, language: str = "en") -> Person:
    person.language = language
    person.save()
    return person


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def own(text: str = "Kaikukeskuksen oma lause.", kind: str = "partner_commitment", language: str = "fi") -> bytes:
    """The sample with a sentence of Kaikukeskus's own."""
    run = f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'.encode()
    sample = shipped(kind, language).content
    return changed("word/document.xml", lambda xml: xml.replace(b"<w:sectPr>", run + b"<w:sectPr>"), sample)


def sending(client: Client, content: bytes, kind: str = "partner_commitment", language: str = "fi", name="oma.docx"):
    given = {"kind": kind, "language": language, "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("templates"), given)


def text(answer) -> str:
    return answer.content.decode()


def a_template(laura: Person, content: bytes = b"", kind: str = "partner_commitment", language: str = "fi") -> Template:
    return upload(kind, language, content or own(kind=kind, language=language), "oma.docx", laura)


def in_use(laura: Person, content: bytes = b"", **about: str) -> Template:
    return publish(a_template(laura, content, **about), laura)


def a_draft(region, by: Person, number: int = 1) -> Commitment:
    return papers.draft_partner_commitment(a_venue(region, by, f"Galleria {number}"), by)


def acts() -> list[str]:
    return list(Act.objects.filter(about_kind="template").order_by("number").values_list("what", flat=True))


def stored() -> int:
    folder = Path(settings.MEDIA_ROOT) / "templates"
    return sum(1 for file in folder.rglob("*") if file.is_file()) if folder.exists() else 0


# -- from the upload into use -----------------------------------------------------------------------------------------


def test_kaikukeskus_uploads_looks_and_publishes(as_laura, laura, kainuu, aino):
    answer = sending(as_laura, own("Oma lause: {{ region_name }}."))
    template = Template.objects.get()
    assert answer.url == reverse("template", args=[template.pk])
    assert (template.number, template.is_waiting, current("partner_commitment", "fi").name) == (
        None, True, "partner_commitment.fi.docx",
    )  # fmt: skip
    page = text(as_laura.get(answer.url))
    assert page.count("Oma lause: Pohjois-Savo.") == 1
    assert page.count("Oma lause: Kauniainen.") == 1
    assert page.count('class="btn"') == 1

    answer = as_laura.post(reverse("template_publish", args=[template.pk]), follow=True)
    assert "Number 1" in text(answer)
    assert "Laura Mäkelä" in text(answer)
    template = anew(template)
    assert (template.number, template.published_by, template.is_waiting) == (1, laura, False)
    document = a_draft(kainuu, aino).edition.documents.get(language="fi")
    assert (document.template, document.template_sha256) == ("partner_commitment.fi 1", template.sha256)
    assert "Oma lause: Kainuu." in text_of(document)
    assert acts() == ["template_uploaded", "template_published"]
    assert all_faults() == []


def test_the_acts_are_told_in_sentences(laura):
    discard(a_template(laura), laura)
    in_use(laura, own("Toinen."))
    said = [line.text for line in sentences(Act.objects.filter(about_kind="template").order_by("number"))]
    assert said == [
        "Laura Mäkelä (Kaikukeskus) uploaded a template: commitment of a partner, Finnish.",
        "Laura Mäkelä (Kaikukeskus) discarded a template: commitment of a partner, Finnish.",
        "Laura Mäkelä (Kaikukeskus) uploaded a template: commitment of a partner, Finnish.",
        "Laura Mäkelä (Kaikukeskus) published a template: commitment of a partner, Finnish, number 1.",
    ]


def test_old_documents_keep_their_template(laura, kainuu, aino):
    before = a_draft(kainuu, aino).edition.documents.get(language="fi")
    in_use(laura)
    assert before.template == "partner_commitment.fi.docx"
    assert "Kaikukeskuksen oma lause." not in text_of(anew(before))


def test_numbers_follow_the_order_of_publishing(laura):
    first, second = a_template(laura, own("Yksi.")), a_template(laura, own("Kaksi."))
    swedish = a_template(laura, language="sv")
    assert [publish(one, laura).number for one in (second, first, swedish)] == [1, 2, 1]
    assert current("partner_commitment", "fi").sha256 == first.sha256
    assert current("partner_commitment", "en").name == "partner_commitment.en.docx"


def test_one_that_was_in_use_before_can_be_published_again(laura):
    in_use(laura, own("Yksi."))
    in_use(laura, own("Kaksi."))
    assert in_use(laura, own("Yksi.")).number == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sample_of_ours_can_be_downloaded_changed_and_published(as_laura, laura, kind, language):
    answer = as_laura.get(reverse("template_ours", args=[kind, language]))
    assert answer.content == shipped(kind, language).content
    assert sending(as_laura, answer.content, kind, language).status_code == 302
    page = text(as_laura.get(reverse("template", args=[Template.objects.get().pk])))
    assert "Fields that it does not use" not in page
    for sample in SAMPLES:
        made = as_laura.get(reverse("template_filled", args=[Template.objects.get().pk, sample]))
        assert made["Content-Disposition"].startswith("attachment")
        assert as_html(made.content) in page


def test_a_partner_that_reads_english_gets_the_english_document(kainuu, aino):
    partner = a_venue(kainuu, aino, language="en")
    documents = {d.language: d for d in papers.draft_partner_commitment(partner, aino).edition.documents.all()}
    assert set(documents) == {"fi", "en"}
    said = text_of(documents["en"])
    assert "Partnership commitment" in said
    assert "Kaikukortti venue" in said
    assert "Municipality" in said
    assert "Kumppanuussitoumus" not in said


def test_what_a_template_does_not_use_is_told_and_no_refusal(as_laura):
    plain = docx.Document()
    plain.add_paragraph("{{ title }}: {% for p in parties %}{{ p.name }} {% endfor %}")
    content = io.BytesIO()
    plain.save(content)
    page = text(as_laura.get(sending(as_laura, content.getvalue()).url))
    assert "Fields that it does not use" in page
    assert '<code class="small">partner.contact_email</code>' in page
    assert '<code class="small">parties[].name</code>' not in page


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_every_finding_is_named_with_its_place_and_what_was_meant(as_laura):
    before = stored()
    answer = sending(as_laura, own("Alue {{ region_nam }} ja {{ partner.nmae }}"))
    assert answer.status_code == 422
    page = text(answer)
    assert "Text, “Alue {{ region_nam }} ja {{ partner.nmae }}”" in page
    assert "There is no field region_nam. Did you mean region_name?" in page
    assert "There is no field partner.nmae. Did you mean partner.name?" in page
    assert "<title>Error:" in page
    assert '<option value="partner_commitment" selected>' in page
    assert (Template.objects.count(), stored(), acts()) == (0, before, [])


@pytest.fixture
def bounded():
    """The process may not grow by more than ROOM."""
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_do_harm_is_refused_on_the_page_and_nothing_is_kept(as_laura, bounded, name):
    make, code = HOSTILE[name]
    content, before = make(), stored()
    answer = sending(as_laura, content, "region_commitment")
    assert answer.status_code == (413 if code == "too_large" else 422)
    said = [str(reason) for reason in answer.context["form"].non_field_errors()]
    assert said == list(dict.fromkeys(in_words(finding) for finding in check(content, "region_commitment")))
    assert (Template.objects.count(), stored(), acts()) == (0, before, [])


def test_each_code_has_a_reason_of_its_own_in_each_language():
    told = []
    for language in LANGUAGES:
        with translation.override(language):
            told += [str(reason) for reason in REASONS.values()]
    assert {code for _make, code in HOSTILE.values()} <= set(REASONS)
    assert len(set(told)) == len(LANGUAGES) * len(REASONS)
    assert set(CODE) >= set(tags.NAMES.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_each_reason_in_the_readers_language(laura, language):
    """One hostile file for each code."""
    client = browser_of(speaking(laura, language))
    for make, code in {code: (make, code) for make, code in HOSTILE.values()}.values():
        content = make()
        page = text(sending(client, content, "region_commitment"))
        with translation.override(language):
            said = in_words(check(content, "region_commitment")[0])
        assert escape(said) in page, code


def test_nothing_larger_than_the_limit_is_read(as_laura):
    answer = sending(as_laura, shipped("partner_commitment", "fi").content + bytes(2 * MAX_FILE))
    assert answer.status_code == 413
    assert "larger than 5 MB" in text(answer)
    assert "Choose the file again" in text(answer)


def test_a_form_that_is_not_whole_says_so(as_laura):
    answer = as_laura.post(reverse("templates"), {"kind": "", "language": "xx"})
    assert answer.status_code == 422
    assert "Choose the template." in text(answer)


def with_paragraph(xml: str) -> bytes:
    return changed("word/document.xml", lambda old: old.replace(b"<w:sectPr>", f"<w:p>{xml}</w:p><w:sectPr>".encode()))


RUN = "<w:r><w:t>Lisäehto.</w:t></w:r>"
NO_LEVEL = '<w:pPr><w:numPr><w:ilvl w:val="x"/><w:numId w:val="1"/></w:numPr></w:pPr>'
BOX = f"<w:r><w:pict><w:txbxContent><w:p>{RUN}</w:p></w:txbxContent></w:pict></w:r>"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [(NO_LEVEL + RUN, "cannot be shown as a page"), (BOX, "“Lisäehto.”: The page on which people read")],
)
def test_what_the_page_of_the_document_would_not_show_is_refused(as_laura, xml, reason):
    answer = sending(as_laura, with_paragraph(xml), "region_commitment")
    assert answer.status_code == 422
    assert reason in text(answer)


@pytest.mark.parametrize(
    "xml",
    [f"<w:sdt><w:sdtContent>{RUN}</w:sdtContent></w:sdt>", f"<w:ins>{RUN}</w:ins>", f"<w:smartTag>{RUN}</w:smartTag>"],
)
def test_what_word_lays_around_text_is_shown_all_the_same(as_laura, xml):
    answer = sending(as_laura, with_paragraph(xml), "region_commitment")
    assert text(as_laura.get(answer.url)).count("Lisäehto.") == len(SAMPLES)


def test_many_findings_are_counted(as_laura):
    answer = sending(as_laura, own("".join(f"{{{{ field_{number} }}}}" for number in range(50))))
    assert "And 30 more things of this kind." in text(answer)


# -- twice, and at once -----------------------------------------------------------------------------------------------


def test_the_same_file_twice_is_stored_once_and_told(as_laura, laura):
    sending(as_laura, own())
    answer = sending(as_laura, own())
    assert answer.status_code == 422
    assert "uploaded already" in text(answer)
    publish(Template.objects.get(), laura)
    assert "in use already, as number 1" in text(sending(as_laura, own()))
    assert sending(as_laura, own(kind="region_commitment"), "region_commitment").status_code == 302


@pytest.mark.parametrize("first", ["template_publish", "template_discard"])
@pytest.mark.parametrize("second", ["template_publish", "template_discard"])
def test_what_is_sent_after_the_end_is_told_in_words(as_laura, laura, first, second):
    template = a_template(laura)
    assert as_laura.post(reverse(first, args=[template.pk])).status_code == 302
    outcome = (anew(template).number, acts())
    answer = as_laura.post(reverse(second, args=[template.pk]))
    assert answer.status_code == 422
    said = "published already, as number 1, by Laura" if first == "template_publish" else "discarded already"
    assert said in text(answer)
    assert (anew(template).number, acts()) == outcome
    assert "<form" not in text(answer).split("<main")[1]


# -- who may ----------------------------------------------------------------------------------------------------------


def everything(template: Template) -> list[str]:
    pages = [reverse(name) for name in ("templates", "template_fields")]
    one = [f"template{end}" for end in ("", "_publish", "_discard", "_file")]
    return [
        *pages, *(reverse(name, args=[template.pk]) for name in one),
        reverse("template_filled", args=[template.pk, "full"]),
        reverse("template_ours", args=["region_commitment", "fi"]),
    ]  # fmt: skip


def test_only_kaikukeskus_finds_the_templates(laura, aino):
    template = a_template(laura)
    for person in (aino, a_stranger()):
        client = browser_of(person)
        for address in everything(template):
            assert client.get(address).status_code in (404, 302), address
            assert client.post(address).status_code in (404, 405), address
        for act, given in ((upload, ("partner_commitment", "fi", own("Toinen."), "a.docx")), (publish, (template,))):
            with pytest.raises(NotYours):
                act(*given, person)
        with pytest.raises(NotYours):
            discard(template, person)
    assert anew(template).is_waiting


def test_no_sample_and_no_kind_but_ours(as_laura, laura):
    template = a_template(laura)
    assert as_laura.get(reverse("template_filled", args=[template.pk, "other"])).status_code == 404
    assert as_laura.get(reverse("template_ours", args=["letter", "fi"])).status_code == 404
    assert as_laura.get(reverse("template_ours", args=["region_commitment", "de"])).status_code == 404


# -- fields -----------------------------------------------------------------------------------------------------------


def test_every_field_and_no_other_has_a_meaning():
    assert set(MEANINGS) == field_names(FULL["region_commitment"]) | field_names(FULL["partner_commitment"])
    for kind in KINDS:
        assert {field.name for field in fields_of(kind, "fi")} == field_names(FULL[kind])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_field_as_the_page_writes_it_passes_the_check(kind, language):
    said = " ".join(field.tag for field in fields_of(kind, language))
    assert check(own(said, kind, language), kind) == []


def test_the_page_has_all_fields_in_the_readers_language(laura):
    found = {}
    for language, example in (("fi", "Iisalmi"), ("sv", "Idensalmi"), ("en", "North Savo")):
        found[language] = text(browser_of(speaking(laura, language)).get(reverse("template_fields")))
        assert example in found[language]
        assert found[language].count("<tr>") == 2 + sum(len(field_names(FULL[kind])) for kind in KINDS)
    assert "Norra Savolax" not in found["fi"]


class Words(HTMLParser):
    """What a page says, in its order, without the numbers of clauses and without the names of columns that are
    repeated in the cells for a phone."""

    BESIDE = {"number", "cell-label"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said, self.inside = "", 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.inside or dict(attrs).get("class") in self.BESIDE:
            self.inside += tag != "br"

    def handle_endtag(self, tag: str) -> None:
        self.inside = max(self.inside - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.said += "".join(data.split())


def words_of(content: bytes) -> str:
    """What a DOCX says, in its order: what heads its pages, the body, a table's caption before it, what foots them."""
    opened = docx.Document(io.BytesIO(content))
    [section] = opened.sections
    tags = [docx.oxml.ns.qn(f"w:{name}") for name in ("t", "tblCaption")]
    value = docx.oxml.ns.qn("w:val")
    roots = (section.header._element, opened.element.body, section.footer._element)
    said = [one.text or one.get(value) or "" for root in roots for one in root.iter(*tags)]
    return "".join("".join(said).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_of_a_document_says_what_the_document_says_in_its_order_and_nothing_else(kind, language, sample):
    content = filled(shipped(kind, language).content, kind, language, sample)
    assert Words(as_html(content)).said == words_of(content)


def test_the_numbers_that_stand_before_the_clauses_are_counted_and_in_order():
    """The page's own addition: the headings 1, 2, 3 …, and under each its clauses, without a gap."""
    page = as_html(filled(shipped("partner_commitment", "fi").content, "partner_commitment", "fi", "full"))
    found = [tuple(map(int, number.split("."))) for number in re.findall(r'class="number">([\d.]+)<', page)]
    assert found == sorted(found)
    last = (0,)
    for number in found:
        assert number in ((last[0] + 1,), (*last[:1], (last[1] if last[1:] else 0) + 1)), number
        last = number


@pytest.mark.parametrize(
    ("levels", "more", "shown"),
    [
        (level("lowerLetter"), "", ["a) Item A", "b) Item B"]),
        (level("decimal", start=5, text="%1."), "", ["5. Item A", "6. Item B"]),
        (level("upperRoman", start=4, text="§ %1"), "", ["§ IV Item A", "§ V Item B"]),
        (level("upperLetter", start=26), "", ["Z) Item A", "AA) Item B"]),
        (level("none", text="Note"), "", ["Note Item A", "Note Item B"]),
        (
            level("decimal"),
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride>',
            ["9) Item A", "10) Item B"],
        ),
    ],
)
def test_the_page_numbers_a_list_as_word_does(levels, more, shown):
    page = re.sub("<[^>]*>", "", as_html(with_list(levels, more)))
    assert [line for line in page.splitlines() if "Item" in line] == shown


def test_what_stands_in_header_and_footer_stands_on_the_page():
    for part in ("word/header1.xml", "word/footer1.xml"):
        docx = saying("The partner pays 5000 euros", part)
        assert "The partner pays 5000 euros" in as_html(docx)
        assert unreadable(docx, "region_commitment", "fi") == []


def test_what_a_tab_parts_in_a_foot_is_parted_on_the_page():
    """The number of the paper at the left, that of its page at the right."""
    facts = FULL["partner_commitment"]
    made = render(shipped("partner_commitment", "fi").content, facts, title="A", language="fi", moment=MOMENT)
    assert f'<p class="soft small">{facts["document_id"]} 1 (1)</p>' in as_html(made)


def test_merged_cells_are_read_once_each_however_long_the_table():
    rows = ['<w:vMerge w:val="restart"/>|<w:gridSpan w:val="2"/>', *['<w:vMerge/>|<w:gridSpan w:val="2"/>'] * 1500]
    page = as_html(table(*rows))
    assert page.count('<th scope="row">A</th><td colspan="2">') == 1501


# -- drafts on an older template --------------------------------------------------------------------------------------


def test_a_draft_on_an_older_template_is_listed_and_renewed_on_a_click(as_laura, laura, kainuu, aino):
    draft = checked(with_signatories(a_draft(kainuu, aino), aino), aino)
    untouched = sent(a_draft(kainuu, aino, 2), aino)
    assert not older_drafts().exists()
    in_use(laura)
    page = text(as_laura.get(reverse("template_drafts")))
    assert "Finnish: our sample" in page
    assert "Galleria 1" in page
    assert "Galleria 2" not in page
    assert "One draft stands on an older template" in text(as_laura.get(reverse("templates")))

    for name in ("commitment", "commitment_preview"):
        own = text(as_laura.get(reverse(name, args=["kainuu", draft.pk])))
        assert "This draft was made from an older template than the one in use." in own
        assert f'<input type="hidden" name="drafts" value="{draft.pk}">' in own
        assert "older template" not in text(as_laura.get(reverse(name, args=["kainuu", untouched.pk])))

    answer = as_laura.post(reverse("template_drafts"), {"drafts": [draft.pk]})
    batch = Batch.objects.get()
    assert answer.url == reverse("batch", args=[batch.pk])
    assert (batch.region, batch.asked_by) == (kainuu, laura)
    draft = anew(draft)
    assert (draft.state, draft.edition.batch, draft.edition.made_at) == (State.DRAFT, batch, None)
    assert not older_drafts().exists()
    assert "Kaikukeskuksen oma lause." in text_of(finish(draft).edition.documents.get(language="fi"))
    assert (anew(untouched).state, older_drafts().count()) == (State.AWAITING, 0)
    act = Act.objects.get(what="commitment_renewed")
    assert (act.about_id, act.by, act.region) == (str(draft.pk), laura, kainuu)
    [line] = sentences([act])
    assert "from the present template" in line.text


def test_all_are_renewed_of_all_regions_in_one_batch(as_laura, laura, kainuu, aino):
    lappi = a_region("lappi")
    other = a_pair(lappi)[0]
    drafts = [a_draft(kainuu, aino), a_draft(lappi, other, 2)]
    in_use(laura)
    answer = as_laura.post(reverse("template_drafts"), {"every": "on"})
    batch = Batch.objects.get()
    assert (answer.url, batch.region) == (reverse("batch", args=[batch.pk]), None)
    assert {edition.commitment_id for edition in batch.editions.all()} == {draft.pk for draft in drafts}
    assert as_laura.get(answer.url).status_code == 200
    assert all_faults() == []


def test_a_pair_sees_and_renews_the_own_drafts_alone(laura, kainuu, aino):
    other = a_pair(a_region("lappi"))[0]
    mine, theirs = a_draft(kainuu, aino), a_draft(a_region("lappi"), other, 2)
    in_use(laura)
    as_aino = browser_of(aino)
    assert reverse("template_drafts") in as_aino.get(reverse("commitments", args=["kainuu"])).content.decode()
    page = text(as_aino.get(reverse("template_drafts")))
    assert "Galleria 1" in page
    assert "Galleria 2" not in page
    answer = as_aino.post(reverse("template_drafts"), {"drafts": [theirs.pk]})
    assert (answer.status_code, Batch.objects.count()) == (422, 0)
    with pytest.raises(NotYours):
        renew([theirs], aino)
    answer = as_aino.post(reverse("template_drafts"), {"every": "on"})
    assert as_aino.get(answer.url).status_code == 200
    assert [edition.commitment_id for edition in Batch.objects.get().editions.all()] == [mine.pk]
    assert reverse("template_drafts") not in as_aino.get(reverse("commitments", args=["kainuu"])).content.decode()


def test_one_who_holds_two_regions_sees_the_batch_of_both(laura, kainuu, aino):
    lappi = a_region("lappi")
    mikko = a_pair(lappi)[1]
    name_person(lappi, "culture", aino.email, aino.name, laura)
    a_draft(kainuu, aino)
    a_draft(lappi, aino, 2)
    in_use(laura)
    as_aino = browser_of(aino)
    answer = as_aino.post(reverse("template_drafts"), {"every": "on"})
    assert as_aino.get(answer.url).status_code == 200
    assert browser_of(mikko).get(answer.url).status_code == 404


def test_a_reader_sees_the_drafts_and_no_form(laura, kainuu, aino):
    reino = speaking(name_person(kainuu, "group", "reino@example.org", "Reino Saari", laura).person)
    draft = a_draft(kainuu, aino)
    in_use(laura)
    client = browser_of(reino)
    page = text(client.get(reverse("template_drafts")))
    assert "Galleria 1" in page
    assert "Renew" not in page
    with pytest.raises(NotYours):
        renew([draft], reino)
    assert client.post(reverse("template_drafts"), {"drafts": [draft.pk]}).status_code == 403
    assert not browser_of(a_stranger()).get(reverse("template_drafts")).context["rows"]


def test_what_is_renewed_twice_is_made_once_and_told(as_laura, laura, kainuu, aino):
    draft = a_draft(kainuu, aino)
    in_use(laura)
    for given in ({"drafts": [draft.pk]}, {"every": "on"}):
        as_laura.post(reverse("template_drafts"), given)
        answer = as_laura.post(reverse("template_drafts"), given)
        assert answer.status_code == 422
        assert "renewed or sent" in text(answer)
    assert (Batch.objects.count(), draft.editions.count()) == (1, 2)
    with pytest.raises(Refused, match="renewed or sent"):
        renew([draft], laura)


def test_what_was_sent_meanwhile_is_left_as_it_is(laura, kainuu, aino):
    draft, other = with_signatories(a_draft(kainuu, aino), aino), a_draft(kainuu, aino, 2)
    in_use(laura)
    services.send(checked(draft, aino), aino)
    batch = renew([draft, other], laura)
    assert [edition.commitment_id for edition in batch.editions.all()] == [other.pk]
    assert anew(draft).state == State.AWAITING


def test_a_commitment_in_force_is_never_listed(laura, kainuu, aino):
    in_force(a_draft(kainuu, aino), aino)
    in_use(laura)
    assert not older_drafts().exists()


def test_only_the_language_that_is_older_is_named(as_laura, laura, kainuu, aino):
    first = in_use(laura)
    papers.draft_partner_commitment(a_venue(kainuu, aino, language="sv"), aino)
    in_use(laura, own("Uusi."))
    page = text(as_laura.get(reverse("template_drafts")))
    assert f"Finnish: number {first.number}" in page
    assert "Swedish: our sample" not in page


def copies_of(draft: Commitment, number: int) -> None:
    """As many drafts more with the papers of this one."""
    [edition] = draft.editions.all()
    for _number in range(number):
        fresh = Commitment.objects.create(
            region=draft.region, kind=draft.kind, operating_model=draft.operating_model, partner=draft.partner
        )
        made = {"made_by": edition.made_by, "made_at": edition.made_at, "manifest_sha256": edition.manifest_sha256}
        copy = fresh.editions.create(number=1, **made)
        Document.objects.bulk_create(
            Document(
                edition=copy, language=d.language, file=d.file, sha256=d.sha256, size=d.size, template=d.template,
                template_sha256=d.template_sha256, facts=d.facts,
            )
            for d in edition.documents.all()
        )  # fmt: skip


def test_the_list_asks_as_much_at_10_as_at_200(as_laura, laura, kainuu, aino, django_assert_num_queries):
    draft = a_draft(kainuu, aino)
    in_use(laura)
    counted = 0
    for number in (10, 200):
        copies_of(draft, number - 1 - counted)
        counted = number - 1
        with django_assert_num_queries(9):
            page = text(as_laura.get(reverse("template_drafts")))
        assert page.count('name="drafts"') == number


def test_the_page_of_templates_asks_as_much_for_one_as_for_many(as_laura, laura, django_assert_num_queries):
    in_use(laura)
    for _round in range(2):
        with django_assert_num_queries(6):
            as_laura.get(reverse("templates"))
        for number in range(4):
            one = a_template(laura, own(f"Lause {_round} {number}."))
            (publish if number % 2 else discard)(one, laura)


def test_files_lie_under_their_hash(laura):
    template = a_template(laura)
    with default_storage.open(template.file.name) as file:
        assert file.read() == own()
    assert template.sha256 in template.file.name


# -- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done_and_the_other_told(race):
    """The same file uploaded twice, one template published by two, published and discarded; a draft renewed by two."""
    kainuu, laura = a_region(), a_kaikukeskus_person()
    aino = a_pair(kainuu)[0]
    kaisu = add_kaikukeskus_person("kaisu@example.org", "Kaisu Kuusisto", None)
    for number in range(1, 11):
        draft = a_draft(kainuu, aino, number)
        content = own(f"Lause {number}.")
        uploads = [(upload, ("partner_commitment", "fi", content, "oma.docx", by)) for by in (laura, kaisu)]
        assert sorted(race(*uploads)) == [REFUSED, DONE]
        template = Template.objects.waiting().get()
        assert sorted(race((publish, (template, laura)), (publish, (template, kaisu)))) == [REFUSED, DONE]
        assert anew(template).number == number
        other = a_template(laura, own(f"Toinen {number}."), language="sv")
        assert sorted(race((publish, (other, laura)), (discard, (other, kaisu)))) == [REFUSED, DONE]
        assert not anew(other).is_waiting
        assert sorted(race((renew, ([draft], laura)), (renew, ([draft], aino)))) == [REFUSED, DONE]
        assert draft.editions.count() == 2
    published = Act.objects.filter(what="template_published", data__language="fi")
    assert (Batch.objects.count(), published.count()) == (10, 10)
    assert all_faults() == []
