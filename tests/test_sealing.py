"""Does the seal say what the help page says of it: this site held this file, and not one byte has changed since?"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader

from commitments import certifying, seal_keys
from commitments.checks import seal as check_seal
from commitments.sealing import seal, seals_of
from tests.keys import PASSWORD, Signer, a_seal_key, pdfsig, saved_anew, with_a_byte_changed, with_a_page
from tests.trials import text_of

HEAD = "5f" * 32
PAPER = certifying.pdf(b"<html lang=fi><title>Sitoumus</title><body><h1>Sitoumus</h1><p>T\xc3\xa4m\xc3\xa4 on paperi.")


@pytest.fixture
def media(settings, tmp_path):
    """A folder of stored files of this test's own: no other has sealed here."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def with_key(settings, tmp_path, media):
    """The site has a key of its configuration."""
    settings.SEAL_KEY, settings.SEAL_PASSWORD = a_seal_key(tmp_path), PASSWORD
    return settings.SEAL_KEY


@pytest.fixture
def sealed(with_key) -> bytes:
    return seal(PAPER, HEAD)


# --- The seal -------------------------------------------------------------------------------------
def test_poppler_calls_the_seal_valid_and_the_whole_document_signed(sealed, tmp_path):
    told = pdfsig(sealed, tmp_path)
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "Kaikukeskus, sinetti" in told


def test_the_sealed_file_is_the_paper_and_the_seal_behind_it(sealed):
    assert sealed.startswith(PAPER)
    (one,) = seals_of(sealed)
    assert (one.holds, one.name, one.head) == (True, "Kaikukeskus, sinetti", HEAD)
    assert one.at is not None


def test_the_seal_is_nothing_to_read_on_a_page(sealed):
    field = PdfFileReader(BytesIO(sealed)).root["/AcroForm"]["/Fields"][0].get_object()
    _left, _bottom, right, top = field["/Rect"]
    assert right <= 0
    assert top <= 0
    assert field["/F"] & 4  # to be printed, as PDF/A wants
    assert field["/TU"] == "Kaikukeskus, sinetti"


def test_the_seal_leaves_the_standards_that_the_paper_keeps(sealed):
    before, after = PdfReader(BytesIO(PAPER)), PdfReader(BytesIO(sealed))
    assert b"pdfuaid:part" in after.trailer["/Root"]["/Metadata"].get_data()
    assert after.trailer["/Root"]["/Metadata"].get_data() == before.trailer["/Root"]["/Metadata"].get_data()
    assert (after.pdf_header, after.trailer["/Root"].get("/Version", "/1.7")) == ("%PDF-1.7", "/1.7")
    assert after.trailer["/Root"]["/MarkInfo"] == before.trailer["/Root"]["/MarkInfo"] == {"/Marked": True}
    assert after.metadata == before.metadata


def test_a_seal_is_made_inside_another_loop_too(with_key):
    async def inside() -> bytes:
        return seal(PAPER, HEAD)

    with ThreadPoolExecutor(1) as thread:  # a browser test before this one leaves its loop in this thread
        assert seals_of(thread.submit(asyncio.run, inside()).result())[0].holds


@pytest.mark.parametrize("at", range(100, len(PAPER), len(PAPER) // 12))
def test_one_changed_byte_breaks_the_seal(sealed, at):
    assert [one.holds for one in seals_of(with_a_byte_changed(sealed, at))] in ([False], [])


@pytest.mark.parametrize("change", [with_a_page, saved_anew, lambda pdf: pdf + b"\nroskaa", lambda pdf: pdf[:-40]])
def test_a_page_a_resave_junk_and_a_lost_end_break_the_seal(sealed, change):
    assert [one.holds for one in seals_of(change(sealed))] in ([False], [])


def test_the_signature_of_another_is_no_seal_of_ours(sealed):
    (other,) = seals_of(Signer("Kaikukeskus, sinetti").sign(PAPER))
    assert (other.valid, other.whole_file, other.ours, other.holds) == (True, True, False, False)


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n%%EOF", PAPER[: len(PAPER) // 2], PAPER])
def test_what_bears_no_seal_has_none(content):
    assert seals_of(content) == []


# --- The key --------------------------------------------------------------------------------------
def test_seals_of_an_earlier_key_stay_ours(sealed, settings, tmp_path):
    settings.SEAL_KEY = a_seal_key(tmp_path, "Toinen sinetti")
    newer = seal(PAPER, HEAD)
    assert [one.name for one in (*seals_of(sealed), *seals_of(newer))] == ["Kaikukeskus, sinetti", "Toinen sinetti"]
    assert seals_of(sealed)[0].holds
    assert len(list(seal_keys.known())) == 2


def test_without_a_key_nothing_is_sealed(settings, media):
    settings.SEAL_KEY, settings.DEMO = None, False
    assert not seal_keys.is_configured()
    assert seal_keys.fault() == ""
    with pytest.raises(seal_keys.Unusable):
        seal(PAPER, HEAD)


def a_key_out_of_date(folder):
    signer = Signer("Vanha")
    bundle = pkcs12.serialize_key_and_certificates(b"k", signer.key, expired(signer), None, seal_keys.NoEncryption())
    file = folder / "old.p12"
    file.write_bytes(bundle)
    return file, ""


def expired(signer: Signer) -> x509.Certificate:
    builder = x509.CertificateBuilder(signer.subject, signer.subject, signer.key.public_key(), 1)
    day = signer.certificate.not_valid_before_utc
    return builder.not_valid_before(day.replace(year=2020)).not_valid_after(day.replace(year=2021)).sign(
        signer.key, seal_keys.SHA256()
    )  # fmt: skip


BAD_KEYS = {
    "no such file": lambda folder: (folder / "nowhere.p12", ""),
    "another password": lambda folder: (a_seal_key(folder), "väärä"),
    "no key at all": lambda folder: (folder, ""),
    "out of date": a_key_out_of_date,
}


@pytest.mark.parametrize("kind", BAD_KEYS)
def test_a_key_that_cannot_seal_says_so_before_the_site_starts(settings, tmp_path, media, kind):
    settings.SEAL_KEY, settings.SEAL_PASSWORD = BAD_KEYS[kind](tmp_path)
    assert seal_keys.is_configured()
    assert [fault.id for fault in check_seal(None)] == ["commitments.E001"]
    with pytest.raises(seal_keys.Unusable):
        seal(PAPER, HEAD)


def test_a_site_that_others_reach_is_told_that_it_has_no_key(settings):
    settings.SEAL_KEY, settings.DEMO, settings.ON_THIS_MACHINE = None, False, False
    assert [fault.id for fault in check_seal(None)] == ["commitments.W002"]


def test_the_demo_makes_one_key_however_many_begin_at_once(settings, tmp_path, media):
    settings.DEMO, settings.SEAL_KEY, settings.VAR_DIR = True, None, tmp_path / "var"
    with ThreadPoolExecutor(8) as threads:
        names = list(threads.map(lambda _number: seal_keys.key().fingerprint, range(8)))
    assert len(set(names)) == 1
    assert [file.name for file in settings.VAR_DIR.iterdir()] == ["seal.p12"]
    assert (settings.VAR_DIR / "seal.p12").stat().st_mode & 0o077 == 0
    assert seals_of(seal(PAPER, HEAD))[0].name == "Kaikupolku: for trying only"


def test_the_command_makes_a_key_that_seals_and_never_overwrites_one(settings, tmp_path, media, capsys):
    file = tmp_path / "keys" / "seal.p12"
    settings.SEAL_KEY, settings.SEAL_PASSWORD = file, PASSWORD
    call_command("make_seal_key", str(file), "--name", "Kainuun sinetti")
    before = file.read_bytes()
    assert seals_of(seal(PAPER, HEAD))[0].name == "Kainuun sinetti"
    assert seal_keys.key().fingerprint in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("make_seal_key", str(file), "--name", "Toinen")
    assert file.read_bytes() == before


def test_the_command_wants_a_password(settings, tmp_path):
    settings.SEAL_PASSWORD = ""
    with pytest.raises(CommandError):
        call_command("make_seal_key", str(tmp_path / "seal.p12"), "--name", "Kainuun sinetti")
    assert not (tmp_path / "seal.p12").exists()


# --- The page about it ----------------------------------------------------------------------------
def seal_page(client) -> str:
    with translation.override("en"):
        return text_of(client.get(reverse("seal_help"), headers={"accept-language": "en"}))


def test_the_page_gives_the_certificate_and_its_fingerprint(client, db, sealed, settings, tmp_path):
    first = seal_keys.key()
    settings.SEAL_KEY = a_seal_key(tmp_path, "Toinen sinetti")
    text = seal_page(client)
    assert "not a qualified signature of a person" in text
    assert text.index(seal_keys.key().fingerprint) < text.index("sealed here before") < text.index(first.fingerprint)
    for one in (first, seal_keys.key()):
        answer = client.get(reverse("seal_certificate", args=[one.fingerprint]))
        assert (answer.content, answer["Content-Type"]) == (one.der, "application/pkix-cert")
    assert client.get(reverse("seal_certificate", args=["0" * 64])).status_code == 404


def test_the_page_says_that_there_is_no_key(client, db, settings, media):
    settings.SEAL_KEY, settings.DEMO = None, False
    assert "This site has no key: nothing is sealed" in seal_page(client)


def test_the_page_of_a_demo_says_that_it_is_for_trying_only(client, db, settings, tmp_path, media):
    settings.DEMO, settings.SEAL_KEY, settings.VAR_DIR = True, None, tmp_path
    assert "For trying only" in seal_page(client)


def test_the_page_says_that_the_key_cannot_be_used(client, db, settings, tmp_path, media):
    settings.SEAL_KEY = tmp_path / "nowhere.p12"
    assert "cannot be used at the moment" in seal_page(client)
