"""Does a bundle hold all that an archive needs, for those who may have it, whatever state the files are in?"""

import csv
import hashlib
import io
import json
import re
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from django.utils import translation
from docx import Document as Docx

from adoption.history import NOBODY, locked, record
from adoption.models import Person
from adoption.people import name_person
from adoption.sheets import FORMULA
from commitments import bundles
from commitments.models import (
    Certificate,
    CertificateFile,
    Commitment,
    Document,
    Rendition,
    SignatureRequest,
    SignedCopy,
)
from commitments.storage import store
from tests import papers
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from workflows import walk

pytestmark = pytest.mark.django_db

LARGEST = 20 * 1024 * 1024


@pytest.fixture
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def region(media):
    return a_region()


@pytest.fixture
def pair(region) -> tuple[Person, Person]:
    people = a_pair(region)
    Person.objects.update(language="en")
    return people


@pytest.fixture
def signed(region, pair) -> Commitment:
    """The region's commitment, in force, with all that can belong to one."""
    aino, mikko = pair
    municipalities = list(region.municipalities.order_by("name_fi")[:2])
    draft = papers.draft_region_commitment(region, municipalities, aino)
    draft.parties.filter(role="kaikukeskus").update(signatory_name="Laura Mäkelä")
    ready = walk.ready(draft, aino)
    walk.sign_by_copy(ready, mikko, a_kaikukeskus_person())
    document = ready.edition.documents.first()
    for form in ("pdf", "sealed"):
        Rendition.objects.create(document=document, form=form, **a_file(f"%PDF- {form}".encode(), "documents", "pdf"))
    certificate = Certificate.objects.get_or_create(commitment=ready, defaults={"code": "K7QF-3MXA-9TRB"})[0]
    content = a_file(b"<html>Signed</html>", "certificates", "html")
    CertificateFile.objects.get_or_create(certificate=certificate, language="fi", defaults={"form": "html", **content})
    return Commitment.objects.get(pk=ready.pk)


@pytest.fixture
def venue(region, pair) -> Commitment:
    """A venue's commitment, sent and not signed; the name of the venue wants to be a formula and a tag."""
    aino, mikko = pair
    partner = a_venue(region, aino, name='=HYPERLINK("http://x.example.org")<b>Pato</b>')
    return walk.ready(papers.draft_partner_commitment(partner, aino), mikko)


def a_file(content: bytes, folder: str, ending: str) -> dict[str, object]:
    name, digest = store(content, folder, ending)
    return {"file": name, "sha256": digest, "size": len(content)}


def a_copy(commitment: Commitment, state: str, content: bytes = b"%PDF- waits") -> SignedCopy:
    return SignedCopy.objects.create(
        commitment=commitment, name="skannaus 1.pdf", state=state, **a_file(content, "copies", "pdf")
    )


def get(person: Person, name: str, *args: object):
    client = Client()
    client.force_login(person)
    return client.get(reverse(name, args=args))


def opened(answer) -> ZipFile:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    archive = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    return archive


def of_region(region, person) -> ZipFile:
    return opened(get(person, "region_bundle", region.slug))


def of_one(commitment, person) -> ZipFile:
    return opened(get(person, "commitment_bundle", commitment.region.slug, commitment.pk))


def rows_of(archive: ZipFile) -> list[list[str]]:
    said = archive.read("index.csv")
    assert said.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(said.decode("utf-8-sig")), delimiter=";"))


class Links(HTMLParser):
    """What a page names: links, and anything that a browser would fetch or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


# -- what is in it ----------------------------------------------------------------------------------------------------


def test_a_region_takes_all_its_commitments_along(region, pair, signed, venue):
    archive = of_region(region, pair[0])
    one, other = f"KP-{signed.pk}", f"KP-{venue.pk}"
    edition, copies = signed.edition.number, signed.copies.order_by("pk").values_list("pk", flat=True)
    assert set(archive.namelist()) == {
        "index.html", "index.csv",
        f"{one}/edition-{edition}/region_commitment-fi.docx", f"{one}/edition-{edition}/region_commitment-fi.pdf",
        f"{one}/edition-{edition}/region_commitment-fi-sealed.pdf", f"{one}/edition-{edition}/manifest.json",
        *(f"{one}/signed-copies/{pk}.pdf" for pk in copies),
        f"{one}/certificate-fi.html", f"{one}/facts.json", f"{one}/history.json",
        f"{other}/edition-{venue.edition.number}/partner_commitment-fi.docx",
        f"{other}/edition-{venue.edition.number}/manifest.json", f"{other}/facts.json", f"{other}/history.json",
    }  # fmt: skip


def test_the_index_says_which_copy_was_not_accepted(region, pair, signed):
    state = SignedCopy.State
    made = {state: a_copy(signed, state, f"%PDF- {state}".encode()) for state in (state.REFUSED, state.WAITING)}
    kinds = {row[0]: row[1] for row in rows_of(of_region(region, pair[0]))[1:]}
    said = {one: kinds[f"KP-{signed.pk}/signed-copies/{copy.pk}.pdf"] for one, copy in made.items()}
    assert said[state.REFUSED] == "copy that was not accepted: nobody has signed by it"
    assert said[state.WAITING] == "copy that nobody has looked at yet: nobody has signed by it"
    assert "signed copy" in kinds.values()


def test_every_file_stands_in_the_index_with_its_hash_and_size(region, pair, signed, venue):
    archive = of_region(region, pair[0])
    head, *rows = rows_of(archive)
    assert head == ["Path", "Kind", "Language", "Commitment", "SHA-256", "Bytes", "Made on", "Remark"]
    assert {row[0] for row in rows} == set(archive.namelist()) - {"index.csv", "index.html"}
    for path, _kind, _language, commitment, digest, size, made, remark in rows:
        content = archive.read(path)
        assert (hashlib.sha256(content).hexdigest(), str(len(content))) == (digest, size)
        assert path.startswith(f"{commitment}/")
        assert re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{4}", made)
        assert remark == ""


def test_names_are_plain_and_the_same_each_time(region, pair, signed, venue):
    names = of_region(region, pair[0]).namelist()
    assert names == of_region(region, pair[0]).namelist()
    assert all(re.fullmatch(r"[A-Za-z0-9_./-]+", name) and ".." not in name for name in names)


def test_only_what_was_sent_to_be_signed_goes_along(region, pair, signed):
    draft = papers.draft_region_commitment(region, list(region.municipalities.order_by("-name_fi")[:1]), pair[0])
    archive = of_region(region, pair[0])
    assert signed.editions.count() > 1
    assert len([name for name in archive.namelist() if name.endswith(".docx")]) == 1
    said = json.loads(archive.read(f"KP-{draft.pk}/facts.json"))
    assert (said["state"], said["editions"]) == ("draft", [])


def test_the_facts_say_who_when_and_how(region, pair, signed):
    said = json.loads(of_one(signed, pair[0]).read(f"KP-{signed.pk}/facts.json"))
    assert (said["number"], said["state"], said["state_in_words"]) == (f"KP-{signed.pk}", "in_force", "in force")
    assert said["dates"]["in_force_on"] == signed.in_force_on.isoformat()
    assert [party["role"] for party in said["parties"]] == ["municipality", "municipality", "county", "kaikukeskus"]
    assert all(party["signature"]["by"] and party["signature"]["method"] == "copy" for party in said["parties"])
    assert {party["signature"]["signed_copy"] for party in said["parties"]} == {c["key"] for c in said["signed_copies"]}
    [edition] = said["editions"]
    [document] = edition["documents"]
    assert document["facts"] == Document.objects.get(edition=signed.edition).facts
    assert said["certificate"]["code"] == signed.certificate.code


def test_the_manifest_goes_along_as_it_was_signed(region, pair, signed):
    archive = of_one(signed, pair[0])
    content = archive.read(f"KP-{signed.pk}/edition-{signed.edition.number}/manifest.json")
    assert hashlib.sha256(content).hexdigest() == signed.edition.manifest_sha256
    history = json.loads(archive.read(f"KP-{signed.pk}/history.json"))
    assert signed.edition.manifest_sha256 in [act["data"].get("manifest") for act in history]


def test_the_history_can_be_checked_without_the_site(region, pair, signed):
    history = json.loads(of_one(signed, pair[0]).read(f"KP-{signed.pk}/history.json"))
    acts = list(region.acts.filter(about_kind="commitment", about_id=str(signed.pk)).order_by("number"))
    assert [act["hash"] for act in history] == [act.hash for act in acts]
    for act in history:
        assert hashlib.sha256(act["hashed"].encode()).hexdigest() == act["hash"]
        assert act["previous"] in act["hashed"]
    sent = next(act for act in history if act["what"] == "commitment_sent")
    assert (sent["by"], sent["in_words"]) == ("Aino Virtanen", "Sent to be signed")


def test_no_link_to_sign_by_goes_along(region, pair, venue):
    party = venue.parties.get(role="partner")
    SignatureRequest.objects.get_or_create(party=party, defaults={"name": "Outi", "email": "outi@example.org"})
    archive = of_one(venue, pair[0])
    said = json.loads(archive.read(f"KP-{venue.pk}/facts.json"))
    asked = next(row["request"] for row in said["parties"] if row["role"] == "partner")
    assert set(asked) == {
        "name", "title", "email", "language", "round", "state", "sent_at", "expires_at", "reason", "rounds",
    }  # fmt: skip
    assert not any(b"/sign/" in archive.read(name) for name in archive.namelist() if not name.endswith(".docx"))


# -- its index --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "word"), [("fi", "Kajaani"), ("sv", "Kajana"), ("en", "How to check that a file is unchanged")]
)
def test_the_page_is_in_the_readers_language_and_needs_nothing_else(region, pair, signed, venue, language, word):
    Person.objects.filter(pk=pair[0].pk).update(language=language)
    archive = of_region(region, Person.objects.get(pk=pair[0].pk))
    page = archive.read("index.html").decode()
    found = Links(page)
    assert f'<html lang="{language}">' in page
    assert word in page or language != "en"
    assert not found.tags & {"script", "link", "img", "iframe", "object", "form", "b"}
    inner = {link for link in found.links if not link.startswith("#")}
    assert {unquote(link) for link in inner} <= set(archive.namelist())
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(re.findall(r'id="([^"]+)"', page))


def test_the_page_names_parties_signatures_and_how_to_check(region, pair, signed):
    page = of_one(signed, pair[0]).read("index.html").decode()
    for word in ("Kainuu", "Helena Rautio", "Laura Mäkelä", signed.edition.documents.get().sha256, "certutil -hashfile",
                 "sha256sum", "shasum -a 256", "The commitment came into force"):  # fmt: skip
        assert word in page


def test_no_cell_starts_a_formula(region, pair, venue):
    cells = [cell for row in rows_of(of_one(venue, pair[0])) for cell in row]
    assert not any(cell.startswith(FORMULA) for cell in cells)


def test_a_missing_and_a_changed_file_are_told_and_the_bundle_is_made(region, pair, signed):
    document = Document.objects.get(edition=signed.edition)
    Path(document.file.path).unlink()
    Path(a_copy(signed, "accepted").file.path).write_bytes(b"%PDF- something else")
    archive = of_one(signed, pair[0])
    remarks = {row[0]: row[-1] for row in rows_of(archive)[1:] if row[-1]}
    lost, changed = sorted(remarks)
    assert lost.endswith("fi.docx")
    assert lost not in archive.namelist()
    assert "missing" in remarks[lost]
    assert hashlib.sha256(archive.read(changed)).hexdigest() in remarks[changed]
    page = archive.read("index.html").decode()
    assert "Not everything is as it should be" in page
    assert lost not in Links(page).links
    assert changed in Links(page).links


def test_the_documents_open_in_word(region, pair, signed):
    archive = of_one(signed, pair[0])
    name = next(name for name in archive.namelist() if name.endswith(".docx"))
    assert Docx(io.BytesIO(archive.read(name))).paragraphs


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_and_fits_a_phone(region, pair, signed, venue, new_page, axe, width, tmp_path):
    file = tmp_path / "index.html"
    file.write_bytes(of_region(region, pair[0]).read("index.html"))
    page = new_page(width=width)
    page.set_content(file.read_text())
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# -- who may have it --------------------------------------------------------------------------------------------------


def test_who_takes_what_along(region, pair, signed, venue):
    laura, contact = a_kaikukeskus_person(), venue.partner.contact
    reader = name_person(region, "group", "venla@example.org", "Venla Moisio", laura).person
    for person in (laura, reader, *pair):
        assert get(person, "region_bundle", region.slug).status_code == 200
    for person in (a_stranger(), contact):
        assert get(person, "region_bundle", region.slug).status_code == 404
        assert get(person, "commitment_bundle", region.slug, signed.pk).status_code == 404
    assert get(contact, "commitment_bundle", region.slug, venue.pk).status_code == 200
    assert get(laura, "commitment_bundle", "etela-savo", venue.pk).status_code == 404


def test_a_contact_person_has_nothing_before_it_is_sent(region, pair):
    draft = papers.draft_partner_commitment(a_venue(region, pair[0]), pair[0])
    assert get(draft.partner.contact, "commitment_bundle", region.slug, draft.pk).status_code == 404


def test_a_contact_person_gets_the_own_paper_and_no_history_of_the_region(region, pair, signed, venue):
    contact = venue.partner.contact
    a_copy(venue, "waiting")
    record(locked(region.pk), NOBODY, "commitment_signed", venue, parties=[], address="192.0.2.7")
    archive = of_one(venue, contact)
    names = archive.namelist()
    assert any(name.endswith(".docx") for name in names)
    assert not any("signed-copies" in name or f"KP-{signed.pk}/" in name for name in names)
    said = "".join(archive.read(name).decode() for name in names if name.endswith((".json", ".csv", ".html")))
    assert "192.0.2.7" not in said
    history = json.loads(archive.read(f"KP-{venue.pk}/history.json"))
    assert history
    assert not {"number", "hash", "hashed", "previous", "data"} & history[0].keys()
    parties = json.loads(archive.read(f"KP-{venue.pk}/facts.json"))["parties"]
    assert all("request" not in party and "email" not in party["signatory"] for party in parties)
    assert any("signed-copies" in name for name in of_one(venue, pair[0]).namelist())


def test_the_pages_lead_to_the_bundles(region, pair, signed, venue):
    said = get(pair[0], "commitments", region.slug).content.decode()
    assert reverse("region_bundle", args=[region.slug]) in said
    for person in (pair[0], venue.partner.contact):
        assert (
            reverse("commitment_bundle", args=[region.slug, venue.pk])
            in get(person, "commitment", region.slug, venue.pk).content.decode()
        )


def test_a_region_without_commitments_has_a_bundle_too(region, pair):
    archive = of_region(region, pair[0])
    assert archive.namelist() == ["index.csv", "index.html"]
    assert "There are no commitments" in archive.read("index.html").decode()


# -- much of it -------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_forty_five_copies_of_the_largest_size_never_lie_in_memory(region, pair, signed):
    first = a_copy(signed, "accepted", b"%PDF-" + bytes(LARGEST - 5))
    facts = {"commitment": signed, "file": first.file.name, "sha256": first.sha256, "size": first.size}
    SignedCopy.objects.bulk_create(SignedCopy(name=f"{number}.pdf", **facts) for number in range(44))
    tracemalloc.start()
    with translation.override("en"):
        made = bundles.bundle(region, pair[0])
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * 1024 * 1024
    size = made.seek(0, io.SEEK_END)
    assert size > 45 * LARGEST
    made.close()
    assert not list(site.VAR_DIR.glob("tmp*"))


def test_so_many_queries_whatever_the_number_of_commitments(region, pair, signed, venue, django_assert_num_queries):
    party = venue.parties.get(role="partner")
    SignatureRequest.objects.get_or_create(party=party, defaults={"name": "Outi", "email": "outi@example.org"})
    with django_assert_num_queries(QUERIES):
        bundles.bundle(region, pair[0])
    for number, town in enumerate(region.municipalities.order_by("-name_fi")[:5]):
        papers.draft_region_commitment(region, [town], pair[0])
        partner = a_venue(region, pair[0], name=f"Taidehalli {number}")
        walk.ready(papers.draft_partner_commitment(partner, pair[0]), pair[1])
    with django_assert_num_queries(QUERIES):
        bundles.bundle(region, pair[0])


QUERIES = 21
