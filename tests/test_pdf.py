"""A PDF beside each DOCX: what it says, who makes it, and what happens while nobody does."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from urllib.request import urlopen
from zipfile import ZipFile

import docx
import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.styles.style import ParagraphStyle
from pypdf import PdfReader
from unoserver.client import UnoClient

from adoption.history import all_faults
from adoption.models import Act
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from commitments import pdf
from commitments.models import Document, Edition, Rendition
from commitments.pdf import MOST_TRIES, Fault, standing
from doc_templates import office, samples
from doc_templates.convert import Converter, Failed, NotOurs, Unavailable
from doc_templates.render import render
from tests import papers
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.trials import text_of
from workflows.schedule import beat

TEMPLATES = site.BASE_DIR / "doc_templates"
LOCALES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
TITLE = "Sitoumus: Puu & Sivu <Oy> Ääkkönen"
ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def a_document(kind: str = "partner_commitment", language: str = "fi") -> bytes:
    """A sample filled with every field, as the site makes it."""
    template = (TEMPLATES / f"{kind}.{language}.docx").read_bytes()
    facts = samples.in_language(samples.FULL[kind], language)
    return render(template, facts, title=TITLE, language=language, moment=datetime(2027, 3, 5, tzinfo=UTC))


# -- the real converter, by the real command --------------------------------------------------------------------------


class Running:
    """manage.py converter in a process of its own, with what it has started."""

    def __init__(self, folder: Path, port: int, *words: str) -> None:
        self.port = port
        self.log = (folder / "converter.log").open("wb")
        command = [sys.executable, "manage.py", "converter", "--port", str(port), *words]
        given = os.environ | {"VAR_DIR": str(folder)}
        self.process = subprocess.Popen(
            command, cwd=site.BASE_DIR, env=given, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.converter = Converter(f"127.0.0.1:{port}")

    def pdf(self, content: bytes, patience: float = 90) -> bytes:
        """The PDF, once there is a converter to make it."""
        deadline = time.monotonic() + patience
        while True:
            try:
                return self.converter.pdf(content)
            except (Unavailable, Failed):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def children(self, name: str = "") -> list[int]:
        """The running processes of this converter, or those of the name: unoserver, oosplash, soffice.bin."""
        listed = subprocess.run(["ps", "-wweo", "pid=,stat=,args="], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in listed.splitlines()]
        mine = [row for row in rows if f"/converter/{self.port}/" in row[2] and not row[1].startswith("Z")]
        return [int(row[0]) for row in mine if name in row[2]]

    def kill(self, name: str, with_signal: int = signal.SIGKILL) -> None:
        [pid] = self.children(name)
        os.kill(pid, with_signal)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)
        self.log.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Running]:
    """The converter, which answers."""
    here = Running(tmp_path_factory.mktemp("converter"), office.a_free_port(), "--conversion-timeout", "10")
    try:
        here.pdf(a_document())
        yield here
    finally:
        here.end()


@pytest.fixture
def own_running(tmp_path) -> Iterator[Callable[..., Running]]:
    """Converters that a test may break: own_running("--conversion-timeout", "3")."""
    made = []

    def start(*words: str) -> Running:
        made.append(Running(tmp_path, office.a_free_port(), *words))
        made[-1].pdf(a_document())
        return made[-1]

    yield start
    for one in made:
        one.end()


def with_office(test: Callable) -> Callable:
    """It needs LibreOffice, which takes some seconds to begin."""
    return pytest.mark.long(pytest.mark.office(test))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad]+", "", text)


def pieces(content: bytes) -> list[str]:
    """The text of each paragraph of the DOCX, in tables too."""
    body = docx.Document(BytesIO(content)).element.body
    found = ("".join(node.text or "" for node in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))
    return [squeezed(text) for text in found if text.strip()]


def poppler(program: str, *words: str | Path) -> str:
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


def marked_text(content: bytes) -> str:
    """The text that stands in tagged content, page by page; headers and footers are artifacts, outside of it."""
    found: list[str] = []
    marks: list[str] = []

    def before(operator: bytes, operands: list, *_where: object) -> None:
        if operator in (b"BDC", b"BMC"):
            marks.append(operands[0])
        elif operator == b"EMC":
            marks.pop()

    def text(piece: str, *_where: object) -> None:
        if marks and "/Artifact" not in marks:
            found.append(piece)

    for page in PdfReader(BytesIO(content)).pages:
        page.extract_text(visitor_operand_before=before, visitor_text=text)
    return squeezed("".join(found))


def held_by_tags(file: Path) -> str:
    """The text in the order of the tags, as poppler finds it, which takes it a quarter of a minute."""
    lines = poppler("pdfinfo", "-struct-text", file).splitlines()
    return squeezed("".join(found[1] for line in lines if (found := re.fullmatch(r'\s*"(.*)"', line))))


def says_the_same(told: str, content: bytes) -> None:
    """Every paragraph in its order, and between them only the numbers of clauses and the marks of lists."""
    at, between = 0, ""
    for piece in pieces(content):
        found = told.find(piece, at)
        assert found >= 0, piece
        between, at = between + told[at:found], found + len(piece)
    assert re.sub(r"[\d.•–\uf0b7-]", "", between + told[at:]) == ""


def is_heading(style: ParagraphStyle | None) -> bool:
    """A heading of the first level, or a style that stands on it."""
    return style is not None and (style.name == "Heading 1" or is_heading(style.base_style))


@with_office
@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("kind", samples.FULL)
def test_the_pdf_says_what_the_docx_says(running, tmp_path, kind, language):
    content = a_document(kind, language)
    made = running.converter.pdf(content)
    says_the_same(marked_text(made), content)
    file = tmp_path / "it.pdf"
    file.write_bytes(made)
    seen = squeezed(poppler("pdftotext", file, "-"))
    for party in samples.in_language(samples.FULL[kind], language)["parties"]:
        assert squeezed(party["signatory_name"]) in seen
    tags = re.findall(r"^ *(H1|H2|Table|TH|L|LI)\b", poppler("pdfinfo", "-struct", file), re.MULTILINE)
    assert tags.count("H1") == sum(is_heading(p.style) for p in docx.Document(BytesIO(content)).paragraphs)
    assert {"Table", "TH", "L", "LI"} <= set(tags)


@pytest.mark.slow
@pytest.mark.office
def test_the_tags_hold_the_text_in_its_order(running, tmp_path):
    content, file = a_document(), tmp_path / "it.pdf"
    file.write_bytes(running.converter.pdf(content))
    says_the_same(held_by_tags(file), content)


@with_office
@pytest.mark.parametrize("language", LOCALES)
def test_the_pdf_says_what_it_is(running, tmp_path, language):
    content = running.converter.pdf(a_document("region_commitment", language))
    catalog = PdfReader(BytesIO(content)).trailer["/Root"]
    assert catalog["/Lang"] == LOCALES[language]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/StructTreeRoot"]["/K"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalog["/OutputIntents"]
    said = catalog["/Metadata"].get_data().decode()
    assert ("<pdfaid:part>2<" in said, "<pdfaid:conformance>B<" in said, "pdfuaid" in said) == (True, True, False)
    file = tmp_path / "it.pdf"
    file.write_bytes(content)
    about = dict(line.split(":", 1) for line in poppler("pdfinfo", file).splitlines() if ":" in line)
    facts = ("Title", "Author", "Tagged", "Encrypted", "JavaScript")
    assert [about[key].strip() for key in facts] == [TITLE, "Kaikupolku", "yes", "no", "no"]
    assert "A4" in about["Page size"]
    fonts = poppler("pdffonts", file).splitlines()[2:]
    assert {line.split()[-5] for line in fonts} == {"yes"}, "PDF/A holds its fonts"


@with_office
def test_two_at_once_are_both_made(running):
    wanted = [a_document(kind, language) for kind in samples.FULL for language in ("fi", "sv")]
    with ThreadPoolExecutor(2) as both:
        made = list(both.map(running.converter.pdf, wanted * 2))
    titles = {PdfReader(BytesIO(content)).metadata.title for content in made}
    assert (len(made), titles) == (8, {TITLE})


@with_office
@pytest.mark.parametrize("name", ["soffice.bin", pytest.param("unoserver_child", marks=pytest.mark.slow)])
def test_it_is_started_again_when_a_part_of_it_is_killed(own_running, name):
    here = own_running()
    with ThreadPoolExecutor(2) as both:
        asked = [both.submit(here.pdf, a_document()) for _ in range(12)]
        while not any(one.done() for one in asked):
            time.sleep(0.05)
        before = here.children()
        here.kill(name)
        assert all(one.result().startswith(b"%PDF-") for one in asked)
    assert not set(before) & set(here.children()), "nothing of the dead one is left"


@pytest.mark.slow
@pytest.mark.office
def test_it_is_started_again_when_libreoffice_hangs(own_running):
    here = own_running("--conversion-timeout", "3")
    here.kill("soffice.bin", signal.SIGSTOP)
    assert here.pdf(a_document(), patience=120).startswith(b"%PDF-")


@with_office
@pytest.mark.parametrize(
    "with_signal", [signal.SIGTERM, signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_nothing_of_it_is_left_when_it_ends(own_running, with_signal):
    here = own_running()
    assert len(here.children()) == 3
    here.process.send_signal(with_signal)
    assert here.process.wait(timeout=20) == (-signal.SIGKILL if with_signal == signal.SIGKILL else 0)
    eventually(lambda: here.children() == [], patience=5)
    assert not here.converter.answers()


# -- what is not converted --------------------------------------------------------------------------------------------


class Counting(BaseHTTPRequestHandler):
    """Counts who asks for the picture, and gives it."""

    hits: list[str] = []

    def do_GET(self) -> None:
        self.hits.append(f"{self.command} {self.path}")
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(ONE_PIXEL)))
        self.end_headers()
        self.wfile.write(ONE_PIXEL)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_OPTIONS(self) -> None:
        self.do_GET()

    def log_message(self, *words: object) -> None:
        """Silent."""


@pytest.fixture
def elsewhere() -> Iterator[ThreadingHTTPServer]:
    """A web server of this machine; Counting.hits says what was asked of it."""
    Counting.hits.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def with_a_link(address: str) -> bytes:
    """A document of ours into which somebody has put a picture that lies elsewhere."""
    document = docx.Document(BytesIO(a_document()))
    picture, result = BytesIO(ONE_PIXEL), BytesIO()
    document.add_picture(picture)
    key = document.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
    [shown] = document.element.body.iter(qn("a:blip"))
    del shown.attrib[qn("r:embed")]
    shown.set(qn("r:link"), key)
    document.save(result)
    return result.getvalue()


@with_office
def test_a_document_that_links_a_picture_elsewhere_asks_for_nothing(running, elsewhere, tmp_path):
    hostile = with_a_link(f"http://127.0.0.1:{elsewhere.server_port}/picture.png")
    with pytest.raises(NotOurs):
        running.converter.pdf(hostile)
    # And were it not refused before, LibreOffice as the command sets it up would not ask either …
    past_us = UnoClient("127.0.0.1", str(running.port)).convert(indata=hostile, convert_to="pdf")
    assert past_us.startswith(b"%PDF-")
    assert Counting.hits == []
    # … while LibreOffice as it comes does.
    (tmp_path / "hostile.docx").write_bytes(hostile)
    bare = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [shutil.which("soffice"), bare, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "hostile.docx"], check=True, capture_output=True, timeout=60)
    assert Counting.hits


def changed(content: bytes, **parts: bytes) -> bytes:
    """The file with parts of it exchanged or added, by their names with _ for / and dots left out."""
    result = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(result, "w") as target:
        for name in source.namelist():
            target.writestr(name, parts.pop(re.sub(r"[/.]", "_", name), source.read(name)))
        for name, part in parts.items():
            target.writestr(name, part)
    return result.getvalue()


def foreign() -> bytes:
    """A DOCX that somebody else has written."""
    result = BytesIO()
    docx.Document().save(result)
    return result.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", b"%PDF-1.7", a_document()[:4000], foreign(), changed(a_document(), vbaProject=b"macro")],
    ids=["empty", "garbage", "pdf", "cut short", "foreign", "macro"],
)
def test_what_is_no_document_of_ours_never_reaches_the_converter(content):
    with pytest.raises(NotOurs):
        Converter("127.0.0.1:1").pdf(content)


@with_office
def test_libreoffice_does_not_take_garbage_for_text(running):
    with pytest.raises(Failed):
        running.converter._converted(b"garbage")
    assert running.converter.pdf(a_document()).startswith(b"%PDF-")


# -- a converter that is away or speaks nonsense ----------------------------------------------------------------------


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody else can open, and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_that_it_is_away_is_known_at_once(closed_port):
    began = time.monotonic()
    with pytest.raises(Unavailable):
        Converter(f"127.0.0.1:{closed_port}").pdf(a_document())
    assert time.monotonic() - began < 2


class Nonsense(Counting):
    """Answers every call, and never with a PDF."""

    def do_POST(self) -> None:
        self.do_GET()


def test_an_answer_that_is_no_pdf_is_no_pdf(elsewhere):
    elsewhere.RequestHandlerClass = Nonsense
    with pytest.raises(Failed):
        Converter(f"127.0.0.1:{elsewhere.server_port}").pdf(a_document())


@pytest.mark.parametrize("address", ["", "2003", "127.0.0.1", "127.0.0.1:no", "127.0.0.1:99999"])
def test_an_address_is_host_and_port(address):
    with pytest.raises(ValueError, match=r"host:port|[Pp]ort"):
        Converter(address)


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def manage(tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command: manage("check", SITE_URL="https://polku.example.org")."""
    own = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VAR_DIR": str(tmp_path)}

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=site.BASE_DIR, env=own | environment, capture_output=True, text=True, timeout=60
        )

    return run


def test_the_command_says_that_libreoffice_is_not_here(manage, tmp_path):
    run = manage("converter", PATH=str(tmp_path))
    assert run.returncode == 2
    assert "LibreOffice is not here" in run.stderr
    assert "apt-get install libreoffice-writer-nogui python3-uno" in run.stderr


def test_our_own_python_cannot_speak_with_libreoffice():
    assert not office.speaks(sys.executable)
    assert not office.speaks("/no/such/python")


@pytest.mark.office
def test_the_command_says_that_its_port_is_taken(manage):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = manage("converter", "--port", str(taken.getsockname()[1]))
    assert (run.returncode, "listens at port" in run.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/no/such/folder", "No PDF of documents is made here. LibreOffice is not here"),
        pytest.param(os.environ["PATH"], "The converter answers at 127.0.0.1:", marks=pytest.mark.office),
    ],
    ids=["without LibreOffice", "with it"],
)
def test_the_demo_runs_with_and_without_libreoffice(tmp_path, path, says):
    port = office.a_free_port()
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PDF_CONVERTER")}
    given |= {"PATH": path, "VAR_DIR": str(tmp_path), "DEMO": "1", "SITE_URL": f"http://127.0.0.1:{port}"}
    with (tmp_path / "said").open("wb") as said:
        command = [sys.executable, "manage.py", "demo", "--port", str(port)]
        demo = subprocess.Popen(command, cwd=site.BASE_DIR, env=given, stdout=said, stderr=said)
    try:
        eventually(lambda: says in (tmp_path / "said").read_text() and answers(f"http://127.0.0.1:{port}/sign-in/"))
    finally:
        demo.terminate()
        demo.wait(timeout=30)
    running = subprocess.run(["ps", "-wweo", "args="], capture_output=True, text=True, check=True).stdout
    assert (str(tmp_path) in running, f":{port}" in running) == (False, False)


def eventually(is_so: Callable[[], bool], patience: float = 180) -> None:
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def answers(address: str) -> bool:
    with suppress(OSError):
        return urlopen(address, timeout=10).status == 200
    return False


PUBLIC = {
    "SITE_URL": "https://polku.example.org",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "SECRET_KEY": "no secret",
    "DATABASE_URL": "postgres://kaiku@127.0.0.1/kaiku",
}


def test_a_public_site_without_a_converter_is_warned(manage):
    assert "commitments.W001" in manage("check", **PUBLIC).stderr
    assert "commitments.W001" not in manage("check", **PUBLIC, PDF_CONVERTER="127.0.0.1:2003").stderr
    assert "commitments.W001" not in manage("check").stderr


def test_an_address_that_is_none_keeps_the_site_from_starting(manage):
    run = manage("check", PDF_CONVERTER="http://127.0.0.1:2003/")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert run.stderr.startswith("PDF_CONVERTER must be host:port")


# -- documents of the site --------------------------------------------------------------------------------------------


@pytest.fixture
def aino(db):
    return a_pair(a_region())[0]


@pytest.fixture
def commitment(aino):
    """A draft of two municipalities, in Finnish."""
    region = a_region()
    aino.language = "en"
    aino.save()
    return papers.draft_region_commitment(region, region.municipalities.order_by("name_fi")[:2], aino)


@pytest.fixture
def document(commitment) -> Document:
    return Document.objects.select_related("edition__commitment").get(edition__commitment=commitment)


@pytest.fixture
def away(settings, closed_port):
    """The site has a converter, and it is away."""
    settings.PDF_CONVERTER = f"127.0.0.1:{closed_port}"


def anew(document: Document) -> Document:
    return Document.objects.select_related("edition__commitment").get(pk=document.pk)


def now_due() -> None:
    """A minute has gone since the documents were made."""
    Edition.objects.update(made_at=now() - timedelta(minutes=2))


def page_of(document: Document, person) -> str:
    client = Client()
    client.force_login(person)
    return text_of(client.get(document.edition.commitment.get_absolute_url()))


def download(document: Document, person, name: str = "document_pdf"):
    client = Client()
    client.force_login(person)
    commitment = document.edition.commitment
    return client.get(reverse(name, args=[commitment.region.slug, commitment.pk, document.pk]))


def ask_again(document: Document, person):
    client = Client()
    client.force_login(person)
    commitment = document.edition.commitment
    address = reverse("pdf_again", args=[commitment.region.slug, commitment.pk, document.pk])
    return client.post(address, follow=True)


@with_office
def test_a_document_has_its_pdf_and_one_only(running, settings, document, aino):
    settings.PDF_CONVERTER = running.converter.address
    pdf.make(document.pk)
    made = Rendition.objects.get(document=document)
    pdf.make(document.pk)
    assert Rendition.objects.get(document=document).sha256 == made.sha256
    with default_storage.open(made.file.name) as file:
        content = file.read()
    assert (len(content), made.file.name.split("/")[-1]) == (made.size, f"{made.sha256}.pdf")
    assert (anew(document).pdf_tries, anew(document).pdf_fault) == (1, "")
    kept = download(document, aino)
    assert (kept.getvalue(), kept["Content-Type"]) == (content, "application/pdf")
    assert document.file_name.replace(".docx", ".pdf") in kept["Content-Disposition"]
    assert "Finnish, PDF" in page_of(document, aino)
    assert download(document, aino, "document_sealed").status_code == 404


@with_office
def test_pdf_are_made_by_the_minute_when_the_converter_is_back(running, settings, closed_port, document, aino):
    settings.PDF_CONVERTER = f"127.0.0.1:{closed_port}"
    now_due()
    for _minute in range(MOST_TRIES + 1):
        assert pdf.make_waiting() == 0
    assert "The converter does not answer" in page_of(document, aino)
    settings.PDF_CONVERTER = running.converter.address
    assert (pdf.make_waiting(), pdf.make_waiting()) == (1, 0)
    assert "Finnish, PDF" in page_of(document, aino)


def test_a_converter_that_is_away_costs_no_try(away, document):
    for _again in range(MOST_TRIES + 1):
        pdf.make(document.pk)
    assert (anew(document).pdf_tries, anew(document).pdf_fault) == (0, Fault.AWAY)
    assert standing(anew(document)).given_up is False


def test_a_job_that_has_just_been_queued_is_left_alone(away, document):
    pdf.make_waiting()
    assert anew(document).pdf_fault == ""


def test_it_is_given_up_after_some_tries(settings, elsewhere, document, aino):
    elsewhere.RequestHandlerClass = Nonsense
    settings.PDF_CONVERTER = f"127.0.0.1:{elsewhere.server_port}"
    now_due()
    taken = [pdf.make_waiting() for _minute in range(MOST_TRIES + 2)]
    assert taken == [1] * MOST_TRIES + [0, 0]
    assert len(Counting.hits) == MOST_TRIES
    page = page_of(document, aino)
    assert "No PDF The converter could not make a PDF of it." in page
    assert "Make the PDF again" in page


@pytest.mark.usefixtures("in_english")
def test_a_job_killed_in_the_middle_counts_as_a_try(settings, elsewhere, document):
    """What a worker that was killed leaves behind: the try that it had begun."""
    settings.PDF_CONVERTER = f"127.0.0.1:{elsewhere.server_port}"
    Document.objects.filter(pk=document.pk).update(pdf_tries=MOST_TRIES, pdf_fault=Fault.KILLED)
    now_due()
    assert pdf.make_waiting() == 0
    assert str(standing(anew(document)).why) == "The work was interrupted again and again."


def test_a_file_that_has_been_changed_is_not_converted(away, document):
    with default_storage.open(document.file.name, "wb") as file:
        file.write(a_document())
    pdf.make(document.pk)
    assert (anew(document).pdf_tries, anew(document).pdf_fault) == (MOST_TRIES, Fault.CHANGED)


def test_a_file_that_is_gone_is_not_converted(away, document):
    default_storage.delete(document.file.name)
    pdf.make(document.pk)
    assert (anew(document).pdf_tries, anew(document).pdf_fault) == (1, Fault.STORING)


def test_only_who_may_act_asks_again_and_once(away, document, aino):
    region = document.edition.commitment.region
    reader = name_person(region, "group", "ryhma@example.org", "Riitta Ryhmä", a_kaikukeskus_person()).person
    reader.language = "en"
    reader.save()
    Document.objects.update(pdf_tries=MOST_TRIES, pdf_fault=Fault.CONVERTING)
    assert "Make the PDF again" not in page_of(document, reader)
    assert ask_again(document, reader).status_code == 403
    assert ask_again(document, a_stranger()).status_code == 404
    with pytest.raises(NotYours):
        pdf.retry(document, reader)
    assert "The PDF is being made." in text_of(ask_again(document, aino))
    assert (anew(document).pdf_tries, anew(document).pdf_fault) == (0, "")
    assert ask_again(document, aino).status_code == 422
    with pytest.raises(Refused):
        pdf.retry(document, aino)
    assert Act.objects.filter(what="pdf_asked_again").values_list("data", flat=True).get() == {"language": "fi"}
    assert all_faults() == []


def test_the_pdf_has_the_door_of_the_docx(document, aino):
    stored = {"file": document.file.name, "sha256": document.sha256, "size": document.size}
    Rendition.objects.create(document=document, form="sealed", **stored)
    region = document.edition.commitment.region
    contact = a_venue(region, aino).contact
    for person in (a_stranger(), contact):
        assert download(document, person, "document_sealed").status_code == 404
    kept = download(document, aino, "document_sealed")
    assert document.file_name.replace(".docx", "-sealed.pdf") in kept["Content-Disposition"]
    assert download(document, aino).status_code == 404
    assert "Finnish, sealed PDF" in page_of(document, aino)


def test_without_a_converter_the_page_says_so_once_and_all_else_works(settings, document, aino):
    settings.PDF_CONVERTER = ""
    changed_draft = papers.change_draft(document.edition.commitment, aino, {})
    newest = changed_draft.edition.documents.get()
    for step in (lambda: pdf.make(newest.pk), pdf.make_waiting):
        assert not step()
    page = page_of(newest, aino)
    assert page.count("This site makes no PDF of documents") == 1
    assert ("being made" in page, "No PDF" in page) == (False, False)
    assert download(newest, aino, "document").status_code == 200
    assert Document.objects.aggregate(Max("pdf_tries"))["pdf_tries__max"] == 0


def test_health_names_the_converter_only_when_it_is_away(client, db, settings, elsewhere, closed_port):
    beat()
    there, gone = f"127.0.0.1:{elsewhere.server_port}", f"127.0.0.1:{closed_port}"
    for address, named in (("", []), (there, []), (gone, ["converter"])):
        settings.PDF_CONVERTER = address
        answer = client.get(reverse("health"))
        assert (list(answer.json()["faults"]), answer.status_code) == (named, 503 if named else 200)


def test_the_worker_makes_the_pdf_after_the_document(settings, worker, elsewhere, aino):
    """Whoever has a converter need ask nobody: the job of the documents queues that of their PDF."""
    elsewhere.RequestHandlerClass = Nonsense
    settings.PDF_CONVERTER = f"127.0.0.1:{elsewhere.server_port}"
    region = a_region()
    papers.draft_region_commitment(region, region.municipalities.order_by("name_fi")[:2], aino)
    worker.run()
    assert Document.objects.get().pdf_tries == 1
