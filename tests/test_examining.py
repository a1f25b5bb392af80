"""Is an uploaded copy taken without a person's look only when nothing is left to judge?"""

import json
import resource
import subprocess
import time
from io import BytesIO

import pytest
from django.utils import translation
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from adoption.models import Person
from adoption.refusal import Refused
from commitments import apart, certifying, reviewing
from commitments.examining import WHY, examine, reasons
from commitments.inside_pdf import only_signed
from commitments.models import Commitment, Party, Rendition
from commitments.storage import store
from tests import papers
from tests.keys import Signer, numbers, saved_anew, with_a_byte_changed, with_a_page, with_text, with_words_in
from tests.people import a_pair, a_region, a_venue

pytestmark = pytest.mark.django_db

PAPER = certifying.pdf(b"<html lang=fi><title>KP</title><body><h1>Sitoumus</h1><p>Osapuolet sitoutuvat.")
ANOTHER = certifying.pdf(b"<html lang=fi><title>KP</title><body><h1>Sitoumus</h1><p>Osapuolet eiv\xc3\xa4t sitoudu.")
PARTNER, TOWN, COUNTY = "Toimi Taidehalli Pato", "Johtaja 2", "Johtaja 3"
ISSUER = Signer("Luotettu varmentaja")


@pytest.fixture
def commitment() -> Commitment:
    """A venue's draft with its three signatories, and our PDF of it."""
    region = a_region()
    aino = a_pair(region)[0]
    draft = papers.draft_partner_commitment(a_venue(region, aino), aino)
    for party in draft.parties.all():
        Party.objects.filter(pk=party.pk).update(signatory_name=(PARTNER, TOWN, COUNTY)[party.position - 1])
    stored, digest = store(PAPER, "documents", "pdf")
    document = draft.edition.documents.get()
    Rendition.objects.create(document=document, form="pdf", file=stored, sha256=digest, size=len(PAPER))
    return draft


@pytest.fixture
def aino(commitment) -> Person:
    return commitment.region.responsibilities.get(side="culture").person


@pytest.fixture
def trusted(settings, tmp_path):
    """The site believes what one issuer says of people."""
    settings.TRUSTED_SIGNERS = tmp_path / "issuers.pem"
    settings.TRUSTED_SIGNERS.write_bytes(Signer("Toinen varmentaja").pem + ISSUER.pem)


def keys(commitment, *names) -> list[int]:
    return sorted(party.pk for party in commitment.parties.all() if party.signatory_name in names)


def signed(pdf: bytes, *names: str, **options) -> bytes:
    """Signed one after the other by these, whose certificates are of the believed issuer."""
    for name in names:
        pdf = Signer(name, ISSUER).sign(pdf, **options)
    return pdf


# --- Enough ---------------------------------------------------------------------------------------
def test_our_bytes_with_the_expected_signature_suffice(commitment, trusted):
    found = examine(signed(PAPER, PARTNER), commitment)
    assert found["automatic"]
    assert (found["ours"], found["language"], found["why"], found["active"]) == (True, "fi", [], [])
    assert found["parties"] == keys(commitment, PARTNER)
    (one,) = found["signatures"]
    assert (one["name"], one["valid"], one["whole_file"], one["trusted"]) == (PARTNER, True, True, True)
    assert one["at"]
    assert json.loads(json.dumps(found)) == found
    assert reasons(found) == []


def test_two_signers_one_after_the_other_suffice(commitment, trusted):
    found = examine(signed(PAPER, PARTNER, TOWN), commitment)
    assert found["automatic"]
    assert found["parties"] == keys(commitment, PARTNER, TOWN)
    assert [one["whole_file"] for one in found["signatures"]] == [False, True]


def test_a_person_who_is_named_in_parts_is_the_same_person(commitment, trusted):
    card = Signer("PATO TOIMI TAIDEHALLI 99911112A", ISSUER, GIVEN_NAME="toimi taidehalli", SURNAME="PATO")
    found = examine(card.sign(PAPER), commitment)
    assert found["automatic"]
    assert found["parties"] == keys(commitment, PARTNER)


def test_one_person_may_sign_for_several(commitment, trusted):
    Party.objects.filter(signatory_name=COUNTY).update(signatory_name=TOWN)
    assert len(examine(signed(PAPER, TOWN), commitment)["parties"]) == 2


# --- Not enough -----------------------------------------------------------------------------------
def an_edited_signature(pdf: bytes) -> bytes:
    """What is said of the fields is another than what was signed."""
    return with_a_byte_changed(pdf, pdf.index(b"/SigFlags") + 10)


def glued(signers: list[str]) -> bytes:
    """Another whole PDF behind our bytes, its list of objects leaving ours out, and validly signed."""
    shifted = bytearray(ANOTHER)
    reader = PdfReader(BytesIO(ANOTHER))
    plain = BytesIO()
    PdfWriter(clone_from=reader).write(plain)
    shifted = plain.getvalue()
    table = shifted.rindex(b"xref\n", 0, shifted.rindex(b"startxref"))
    head, tail = shifted[:table], shifted[table:]
    lines = [
        b"%010d" % (int(line[:10]) + len(PAPER)) + line[10:] if line.rstrip().endswith(b" n") else line
        for line in tail.split(b"\n")
    ]
    tail = b"\n".join(lines)
    at = tail.index(b"startxref\n") + len(b"startxref\n")
    tail = tail[:at] + str(len(PAPER) + table).encode() + tail[tail.index(b"\n", at) :]
    return signed(PAPER + head + tail, *signers)


def with_action(pdf: bytes, action: dict[str, str]) -> bytes:
    """The PDF, anew, with an action on opening that is no object of its own."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    entries = {NameObject(key): NameObject(value) if value[:1] == "/" else TextStringObject(value)
               for key, value in action.items()}  # fmt: skip
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(entries)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def stamped(pdf: bytes) -> bytes:
    """Words in a field that holds what calls itself a time stamp."""
    signature = PdfFileReader(BytesIO(Signer("Kuka Vain").sign(PAPER))).embedded_signatures[0].pkcs7_content
    stamp = {"Type": "/DocTimeStamp", "Filter": "/Adobe.PPKLite", "SubFilter": "/ETSI.RFC3161",
             "ByteRange": numbers(0, 10, 20, 10), "Contents": generic.ByteStringObject(signature)}  # fmt: skip
    field = {"Subtype": "/Widget", "FT": "/Sig", "T": generic.TextStringObject("TS")}
    return with_words_in(pdf, True, stamp, **field)


def noted(pdf: bytes) -> bytes:
    """Words in a note that calls itself a signature, and stands in no list of fields."""
    return with_words_in(pdf, False, Subtype="/FreeText", FT="/Sig", V=numbers(1)[0])


def filled_in(pdf: bytes) -> bytes:
    """Words in a text field."""
    return with_words_in(pdf, True, Subtype="/Widget", FT="/Tx", T=generic.TextStringObject("T"))


def empty_field(pdf: bytes) -> bytes:
    """Words in a field for a signature that nobody has given."""
    return with_words_in(pdf, True, Subtype="/Widget", FT="/Sig", T=generic.TextStringObject("S"))


def a_widget(pdf: bytes) -> bytes:
    """Words in a field for a signature that is on the page and in no list of fields."""
    return with_words_in(pdf, False, Subtype="/Widget", FT="/Sig", V=numbers(1)[0])


LAUNCH, SCRIPT = {"/S": "/Launch", "/F": "calc.exe"}, {"/S": "/JavaScript", "/JS": "app.alert(1)"}

NOT_ENOUGH = {
    "unsigned": (lambda: PAPER, {"itself", "unsigned"}),
    "a scan": (lambda: saved_anew(ANOTHER), {"not_ours", "unsigned"}),
    "another paper with the right signature": (lambda: signed(ANOTHER, PARTNER), {"not_ours"}),
    "saved anew and then signed": (lambda: signed(saved_anew(PAPER), PARTNER), {"not_ours"}),
    "EI VOIMASSA written on it, then signed": (lambda: signed(with_text(PAPER), PARTNER), {"added"}),
    "a page appended, then signed": (lambda: signed(with_a_page(PAPER), PARTNER), {"added"}),
    "another paper glued behind it, then signed": (lambda: glued([PARTNER]), {"added"}),
    "written on between two signatures": (
        lambda: signed(with_text(signed(PAPER, PARTNER)), TOWN), {"broken", "added"},
    ),
    "written on after the signature": (lambda: with_text(signed(PAPER, PARTNER)), {"broken", "untrusted", "added"}),
    "junk after the end": (lambda: signed(PAPER, PARTNER) + b"\nroskaa", {"not_whole"}),
    "a changed byte under the signature": (
        lambda: an_edited_signature(signed(PAPER, PARTNER)), {"broken", "untrusted"},
    ),
    "an unexpected signer": (lambda: signed(PAPER, "Vieras Vilma"), {"unexpected"}),
    "one expected and one not": (lambda: signed(PAPER, PARTNER, "Vieras Vilma"), {"unexpected"}),
    "a certificate that anybody can make": (lambda: Signer(PARTNER).sign(PAPER), {"untrusted"}),
    "a signature to be seen on the page": (lambda: signed(PAPER, PARTNER, box=(50, 50, 250, 120)), {"visible"}),
}  # fmt: skip
OVERLAYS = {"time stamp": stamped, "note": noted, "text field": filled_in, "empty field": empty_field,
            "widget": a_widget}  # fmt: skip


@pytest.mark.parametrize("what", NOT_ENOUGH)
def test_less_is_put_before_a_person_and_says_why(commitment, trusted, what):
    make, why = NOT_ENOUGH[what]
    found = examine(make(), commitment)
    assert not found["automatic"]
    assert why <= set(found["why"]) <= why | {"untrusted", "unreadable"}
    assert len(reasons(found)) == len(found["why"])


def test_the_document_itself_is_no_signed_copy(commitment, aino):
    with translation.override("en"), pytest.raises(Refused, match="nobody has signed it"):
        reviewing.record_copy(commitment, aino, PAPER, "sitoumus.pdf", [])


@pytest.mark.parametrize("what", OVERLAYS)
def test_words_laid_over_a_page_are_looked_at_whatever_bears_them(commitment, trusted, what):
    lay, once = OVERLAYS[what], signed(PAPER, PARTNER)
    first = signed(lay(PAPER), PARTNER)
    assert "added" in examine(first, commitment)["why"]
    assert only_signed(once, len(PAPER))
    assert only_signed(signed(once, TOWN), len(PAPER))
    for content in (first, signed(lay(once), TOWN), lay(once)):
        assert b"EI VOIMASSA" in content
        assert not only_signed(content, len(PAPER))


@pytest.mark.parametrize("action", [SCRIPT, LAUNCH], ids=["script", "launch"])
def test_what_acts_by_itself_is_found_wherever_it_stands(commitment, trusted, action):
    found = examine(signed(with_action(PAPER, action), PARTNER), commitment)
    assert found["active"] == [action["/S"].removeprefix("/")]
    assert "active" in found["why"]


def test_an_attached_file_is_found(commitment):
    writer = PdfWriter(clone_from=PdfReader(BytesIO(PAPER)))
    writer.add_attachment("ohje.exe", b"MZ")
    made = BytesIO()
    writer.write(made)
    assert examine(made.getvalue(), commitment)["active"] == ["EmbeddedFile"]


def test_an_action_that_turns_to_a_page_is_no_fault(commitment):
    writer = PdfWriter(clone_from=PdfReader(BytesIO(PAPER)))
    view = ArrayObject([writer.pages[0].indirect_reference, NameObject("/XYZ"), NumberObject(0), NumberObject(0)])
    writer._root_object[NameObject("/OpenAction")] = view
    made = BytesIO()
    writer.write(made)
    assert examine(made.getvalue(), commitment)["active"] == []


def test_a_disguised_name_is_read_all_the_same(commitment):
    plain = with_action(PAPER, SCRIPT).replace(b"/JavaScript", b"/Java#53cript").replace(b"/JS", b"/J#53")
    assert examine(plain, commitment)["active"] == ["JavaScript"]


def test_without_believed_issuers_every_copy_is_looked_at(commitment, settings, tmp_path):
    settings.TRUSTED_SIGNERS = None
    assert examine(signed(PAPER, PARTNER), commitment)["why"] == ["untrusted"]
    settings.TRUSTED_SIGNERS = tmp_path / "nowhere.pem"
    assert examine(signed(PAPER, PARTNER), commitment)["why"] == ["untrusted"]


def test_a_party_that_has_signed_is_no_longer_awaited(commitment, trusted):
    Party.objects.filter(signatory_name=PARTNER).update(signed_on="2027-03-05", method="link")
    found = examine(signed(PAPER, PARTNER), commitment)
    assert (found["parties"], found["why"]) == ([], ["unexpected"])


def test_each_reason_has_words():
    assert all(str(text).endswith(".") for text in WHY.values())


# --- Hostile and broken files ---------------------------------------------------------------------
def deep(levels: int) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"<</A " * levels + b"null" + b">>" * levels + b"\nendobj\n"


def looped() -> bytes:
    """A tree of pages that is its own parent and child."""
    body = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/JS 2 0 R>>\nendobj\n"
    second = len(body)
    body += b"2 0 obj\n<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>\nendobj\n"
    table = b"xref\n0 3\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n" % (9, second)
    return body + table + b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


HOSTILE = {
    "empty": lambda: b"",
    "text": lambda: b"hello",
    "nothing but a head": lambda: b"%PDF-1.7\n",
    "half of ours": lambda: PAPER[: len(PAPER) // 2],
    "cut in the signature": lambda: signed(PAPER, PARTNER)[:-3000],
    "deep": lambda: deep(200_000) + b"/ByteRange startxref\n9\n%%EOF",
    "looped": looped,
    "a signature that is none": lambda: PAPER + b"\n/ByteRange [0 1 2 3] /Contents <00>\nstartxref\n0\n%%EOF\n",
    "twenty megabytes of zeros": lambda: b"%PDF-1.4\n/ByteRange startxref" + b"0" * (20 * 1024 * 1024),
}  # fmt: skip


def searched(kids: int, padding: int) -> bytes:
    """A list that says of each page that it lies where another object does: readers search the whole file for each."""
    pages = b" ".join(b"%d 0 R" % number for number in range(4, 4 + kids))
    out, starts = b"%PDF-1.7\n", []
    for body in (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[" + pages + b"]>>", b"<</Type/Page>>"):
        starts.append(len(out))
        out += b"%d 0 obj\n" % len(starts) + body + b"\nendobj\n"
    out += b"%" + b" " * padding + b"\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (4 + kids)
    lines = b"".join(b"%010d 00000 n \n" % start for start in [*starts, *[starts[2]] * kids])
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (4 + kids, len(out))
    return out + table + lines + trailer


@pytest.mark.parametrize("more", [b"", b"%/ByteRange"], ids=["plain", "telling"])
def test_a_small_file_that_takes_minutes_is_refused_and_holds_the_site_for_seconds(commitment, aino, more, monkeypatch):
    monkeypatch.setattr(apart, "PATIENCE", 3)  # its own limit is longer than a test
    content = searched(20_000, 200_000).replace(b"%   ", more or b"%   ", 1)
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with translation.override("en"), pytest.raises(Refused, match="takes too long"):
        reviewing.record_copy(commitment, aino, content, "skannaus.pdf", [])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - begun < 1
    assert commitment.copies.count() == 0


@pytest.mark.parametrize("what", HOSTILE)
def test_a_broken_or_hostile_file_is_never_taken_and_never_hangs(commitment, trusted, what):
    content = HOSTILE[what]()
    begun = time.monotonic()
    found = examine(content, commitment)
    assert not found["automatic"]
    assert time.monotonic() - begun < apart.PATIENCE + 5  # on a machine that has other things to do
    assert set(found["why"]) <= set(WHY)


def test_the_process_that_reads_it_takes_only_so_much(commitment):
    """Half a gigabyte in a stream ends the reading, not the site; the limits hold in the process alone."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    packed = b"9 0 obj\n<</Type/ObjStm>>\nendobj\n/ByteRange\nstartxref\n9\n%%EOF\n"
    assert apart.read(PAPER + packed * 1000)["signatures"] == []
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    program = [*apart.PROGRAM[:1], "-c", "from commitments import inside_pdf as i, apart; import io, sys\n"
               "i.read = lambda *given: bytearray(2 * 1024 ** 3)\n"
               "i.main(io.BytesIO(b'{\"ours\": 0, \"issuers\": \"\"}\\nx'), sys.stdout.buffer)"]  # fmt: skip
    ended = subprocess.run(program, capture_output=True, text=True, cwd=apart.settings.BASE_DIR, timeout=60)
    assert "MemoryError" in ended.stderr


@pytest.mark.parametrize(("program", "content"), [("PROGRAM", b"/ByteRange"), ("PLAIN", b"a scan")])
def test_one_that_never_ends_is_ended(monkeypatch, program, content):
    monkeypatch.setattr(apart, program, [*apart.PROGRAM[:1], "-c", "while True: pass"])
    monkeypatch.setattr(apart, "PATIENCE", 1)
    assert apart.read(content) == apart.EXHAUSTING


def test_the_process_that_reads_it_knows_nothing_of_the_site(monkeypatch):
    monkeypatch.setenv("SEAL_PASSWORD", "salaisuus")
    tell = "import json, os; print(json.dumps({'keys': sorted(os.environ)}))"
    monkeypatch.setattr(apart, "PROGRAM", [*apart.PROGRAM[:1], "-c", tell])
    assert not {"SEAL_PASSWORD", "SECRET_KEY", "DATABASE_URL"} & set(apart.read(b"/ByteRange")["keys"])
