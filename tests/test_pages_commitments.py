"""The pages of commitments: who sees what, what the forms do, and what a refused form keeps."""

import re
from datetime import date
from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext

from adoption.models import Person
from adoption.people import name_person
from commitments import reviewing, services
from commitments.making import finish
from commitments.models import Commitment, Party
from commitments.preview import as_html
from commitments.templatetags.sizes import file_size
from tests import papers
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.test_commitments import (
    TERM,
    a_commitment_in_force,
    a_pdf,
    a_region_draft,
    checked,
    sent,
    signatures,
    with_signatories,
)

State = Commitment.State
GET_PAGES = ["commitment", "commitment_preview"]
FORM_PAGES = ["edit", "copy", "kaikukanta", "decline", "end", "replace"]
ACTS = [*FORM_PAGES, "check", "send"]


@pytest.fixture
def kainuu(db):
    return a_region()


@pytest.fixture
def aino(kainuu):
    return speaking_english(a_pair(kainuu)[0])


@pytest.fixture
def as_aino(client, aino):
    """Aino's own browser."""
    client.force_login(aino)
    return client


def speaking_english(person: Person) -> Person:
    person.language = "en"
    person.save()
    return person


def page_of(commitment, name="commitment", *args) -> str:
    return reverse(name, args=[commitment.region.slug, commitment.pk, *args])


def act_of(commitment, act) -> str:
    return page_of(commitment, f"commitment_{act}")


def a_draft(region, by, name="Taidehalli Pato", **details) -> Commitment:
    """A venue's commitment whose parties all have a signatory."""
    return with_signatories(papers.draft_partner_commitment(a_venue(region, by, name, **details), by), by)


def text_of(answer) -> str:
    return answer.content.decode()


def forms_of(answer) -> list[str]:
    """Where the page's own forms lead; language and sign-out are in the head of every page."""
    found = re.findall(r"<form[^>]*>", text_of(answer).split("<main")[1])
    return [form for form in found if 'method="post"' in form]


def state_of(commitment) -> str:
    return Commitment.objects.get(pk=commitment.pk).state


def a_copy(content: bytes | None = None, name: str = "kopio.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_pdf() if content is None else content, "application/pdf")


def said_of(commitment, *, copy=None, **changes) -> dict:
    """The upload form filled in: every party has signed today."""
    data = {"copy": copy or a_copy()}
    for given in signatures(commitment):
        data |= {f"signed_{given.party}": "on", f"name_{given.party}": given.name}
        data[f"on_{given.party}"] = written(given.on)
    return data | changes


def written(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


# -- who sees what ----------------------------------------------------------------------------------------------------


def everything_about(commitment) -> list[str]:
    """Every address of the commitment, its files included."""
    pages = [page_of(commitment, name) for name in GET_PAGES] + [act_of(commitment, act) for act in ACTS]
    documents = [page_of(commitment, "document", d.pk) for d in commitment.edition.documents.all()]
    return pages + documents + [page_of(commitment, "signed_copy", copy.pk) for copy in commitment.copies.all()]


def test_a_stranger_finds_nothing_of_a_region(client, kainuu, aino):
    commitment = a_commitment_in_force(a_venue(kainuu, aino), aino)
    other = a_pair(a_region("etela-savo"))[0]
    for stranger in (a_stranger(), other):
        client.force_login(stranger)
        for address in [reverse("commitments", args=["kainuu"]), *everything_about(commitment)]:
            answers = [client.get(address).status_code, client.post(address).status_code]
            elsewhere = address.replace("/kainuu/", "/nowhere/")
            assert answers == [client.get(elsewhere).status_code, client.post(elsewhere).status_code]
            assert 404 in answers
            assert set(answers) <= {404, 405, 302}


def test_a_commitment_is_found_only_under_its_own_region(as_aino, aino, kainuu):
    commitment = a_region_draft(kainuu, aino)
    assert as_aino.get(page_of(commitment)).status_code == 200
    assert as_aino.get(reverse("commitment", args=["pohjois-savo", commitment.pk])).status_code == 404


def test_files_are_found_only_under_their_own_commitment(as_aino, aino, kainuu):
    mine = a_commitment_in_force(a_venue(kainuu, aino), aino)
    other = a_region_draft(kainuu, aino)
    document, copy = mine.edition.documents.get(), mine.copies.get()
    assert as_aino.get(page_of(other, "document", document.pk)).status_code == 404
    assert as_aino.get(page_of(other, "signed_copy", copy.pk)).status_code == 404


def test_the_contact_sees_the_own_partners_commitment_once_it_has_been_sent(client, kainuu, aino):
    draft = a_draft(kainuu, aino)
    contact = speaking_english(draft.partner.contact)
    client.force_login(contact)
    assert client.get(page_of(draft)).status_code == 404
    commitment = services.send(checked(draft, aino), aino)
    answer = client.get(page_of(commitment))
    assert "Read the document and have it signed by Toimi Taidehalli Pato." in text_of(answer)
    assert "Questions?" in text_of(answer)
    assert forms_of(answer) == []
    assert client.get(page_of(commitment, "commitment_preview")).status_code == 200
    sent_one, unsent = commitment.editions.all()
    assert client.get(page_of(commitment, "document", sent_one.documents.get().pk)).status_code == 200
    assert client.get(page_of(commitment, "document", unsent.documents.get().pk)).status_code == 404
    assert client.get(reverse("commitments", args=["kainuu"])).status_code == 404
    for act in ACTS:
        assert client.post(act_of(commitment, act)).status_code == 403


def test_a_contact_sees_nothing_of_another_partner_nor_what_was_declined_unsent(client, kainuu, aino):
    mine = a_draft(kainuu, aino)
    other = services.send(checked(a_draft(kainuu, aino, "Kirjasto"), aino), aino)
    services.decline(mine, aino, "Ei nyt.")
    client.force_login(mine.partner.contact)
    assert client.get(page_of(mine)).status_code == 404
    assert client.get(page_of(other)).status_code == 404


def test_the_working_group_reads_and_has_no_forms(client, kainuu, aino):
    draft = a_draft(kainuu, aino)
    client.force_login(name_person(kainuu, "group", "raija@example.org", "Raija Ryhmä", aino).person)
    for address in (reverse("commitments", args=["kainuu"]), page_of(draft), page_of(draft, "commitment_preview")):
        answer = client.get(address)
        assert (answer.status_code, forms_of(answer)) == (200, [])
        assert "Other means" not in text_of(answer)
    for act in ACTS:
        assert client.post(act_of(draft, act)).status_code == 403
    assert state_of(draft) == State.DRAFT


# -- the list ---------------------------------------------------------------------------------------------------------


def copies_of(commitment, count) -> None:
    """More commitments such as this one, without a document each, which the list does not look at."""
    parties = list(commitment.parties.all())
    for _number in range(count):
        commitment.pk = None
        commitment._state.adding = True
        commitment.save()
        for party in parties:
            party.pk, party.commitment = None, commitment
        Party.objects.bulk_create(parties)


def test_the_list_asks_as_much_at_10_as_at_200(client, kainuu, aino, django_assert_num_queries):
    first = kainuu.municipalities.order_by("name_fi").first()
    pirjo = ("culture", "pirjo@example.org", "Pirjo Määttä")
    client.force_login(name_person(kainuu, *pirjo, a_kaikukeskus_person(), municipality=first).person)
    draft, awaited = a_draft(kainuu, aino), sent(a_region_draft(kainuu, aino), aino)
    address = reverse("commitments", args=["kainuu"])
    for more in (4, 95):
        copies_of(draft, more)
        copies_of(awaited, more)
        with django_assert_num_queries(16):
            answer = client.get(address)
    assert text_of(answer).count('<h3 class="task-what">') == 200


def test_the_page_asks_as_much_for_one_edition_as_for_ten(as_aino, aino, kainuu, django_assert_num_queries):
    draft = a_draft(kainuu, aino)
    for editions in (2, 10):
        while draft.editions.count() < editions:
            papers.change_draft(draft, aino, {})
        with django_assert_num_queries(24):
            as_aino.get(page_of(draft))


def test_the_list_says_what_waits_first_and_when_there_is_nothing(as_aino, aino, kainuu):
    address = reverse("commitments", args=["kainuu"])
    assert "There are no commitments yet" in text_of(as_aino.get(address))
    services.decline(a_draft(kainuu, aino, "Kirjasto"), aino, "Ei nyt.")
    a_commitment_in_force(a_venue(kainuu, aino, "Uimahalli"), aino)
    assert "Nothing is unfinished here." in text_of(as_aino.get(address))
    a_draft(kainuu, aino)
    said = text_of(as_aino.get(address))
    assert said.index("Your turn") < said.index("Uimahalli") < said.index("Kirjasto")


# -- whose turn -------------------------------------------------------------------------------------------------------


def test_the_page_says_whose_turn_it_is(client, kainuu, aino):
    laura, mikko = speaking_english(a_kaikukeskus_person()), Person.objects.get(email="mikko.kainuu@example.org")
    draft = a_region_draft(kainuu, aino)

    def says(person: Person) -> str:
        client.force_login(person)
        found = re.search(r'class="(?:next-what|lede)">([^<]*)<', text_of(client.get(page_of(draft))))
        return found[1] if found else ""

    assert says(aino) == "Name the signatories, then read and check the document."
    with_signatories(draft, aino)
    assert says(aino) == "Read the document and check that it is right."
    checked(draft, aino)
    assert says(aino) == "Send the commitment to be signed."
    services.send(draft, mikko)
    three = "Hyrynsalmi, Kajaani and Kainuu wellbeing services county"
    assert says(aino) == f"Get the signature of {three} and upload the signed copy."
    assert says(laura).startswith("It waits for the signature of Hyrynsalmi")
    reviewing.record_copy(draft, aino, a_pdf(), "a.pdf", signatures(draft, "municipality", "county"))
    assert says(aino) == "All others have signed: it waits for Kaikukeskus, which signs last."
    assert says(laura) == "All others have signed: sign for Kaikukeskus."


# -- the document as a page -------------------------------------------------------------------------------------------


def test_the_preview_is_the_stored_document_escaped_and_in_its_own_language(as_aino, aino, kainuu):
    draft = a_draft(kainuu, aino, "Puu & Sivu <Oy>")
    said = text_of(as_aino.get(page_of(draft, "commitment_preview")))
    assert '<article class="doc" lang="fi">' in said
    assert '<h2 class="doc-title">Kumppanuussitoumus</h2>' in said
    assert '<h3><span class="number">1</span> Osapuolet</h3>' in said
    assert '<p><span class="number">1.1</span> Tämän sitoumuksen osapuolet ovat:</p>' in said
    assert '<th scope="col">Osapuoli</th>' in said
    assert "Puu &amp; Sivu &lt;Oy&gt;" in said
    assert "<Oy>" not in said
    assert draft.edition.manifest_sha256 in said


def test_every_word_of_the_stored_document_is_on_the_page(kainuu, aino):
    draft = a_region_draft(kainuu, aino)
    with draft.edition.documents.get().file.open() as file:
        content = file.read()
    page = re.sub(r"<[^>]*>", " ", as_html(content))
    opened = docx.Document(BytesIO(content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    words = " ".join([paragraph.text for paragraph in opened.paragraphs] + cells).split()
    assert set(words) - set(page.split()) == set()


def test_the_papers_long_name_may_be_divided_and_a_language_is_small_in_mid_phrase(client, db):
    """A phone's browser knows no Swedish hyphens."""
    haaparanta = a_region("ruotsi")
    aino, _mikko = a_pair(haaparanta)
    Person.objects.filter(pk=aino.pk).update(language="sv")
    client.force_login(aino)
    draft = with_signatories(papers.draft_partner_commitment(a_venue(haaparanta, aino), aino, term=TERM), aino)
    assert "<h1>Partnerskaps\u00adförbindelse</h1>" in text_of(client.get(page_of(draft)))
    assert ">Dokument, finska<" in text_of(client.get(page_of(draft, "commitment_preview")))


def test_who_looks_after_a_commitment_is_named_to_the_others(client, kainuu, aino):
    mikko = speaking_english(Person.objects.get(email="mikko.kainuu@example.org"))
    commitment = services.draft_partner_commitment(a_venue(kainuu, aino), aino)
    for person in (aino, mikko):
        client.force_login(person)
        assert "Whose turn:" not in text_of(client.get(page_of(commitment)))  # the papers are being made
    finish(commitment)
    assert f"Whose turn: culture side, {aino.name} (" in text_of(client.get(page_of(commitment)))


def test_who_checks_has_every_language_open_and_who_reads_one(client, db):
    haaparanta = a_region("ruotsi")
    aino = speaking_english(a_pair(haaparanta)[0])
    client.force_login(aino)
    draft = papers.draft_region_commitment(haaparanta, haaparanta.municipalities.all(), aino, term=TERM)
    with_signatories(draft, aino)
    address = page_of(draft, "commitment_preview")
    assert languages_on(client.get(address)) == ["fi", "sv"]
    assert 'name="manifest"' in text_of(client.get(address))
    assert languages_on(client.get(f"{address}?language=../../etc")) == ["fi", "sv"]
    other = client.get(f"{address}?language=sv")
    assert languages_on(other) == ["sv"]
    assert 'name="manifest"' not in text_of(other)
    assert f'<a href="{address}?language=fi" lang="fi" hreflang="fi">Suomi</a>' in text_of(other)
    assert f'href="{address}">Read all the languages</a>' in text_of(other)
    assert languages_on(client.post(act_of(draft, "check"), {"manifest": "another"})) == ["fi", "sv"]
    checked(draft, aino)
    assert languages_on(client.get(address)) == ["fi"]


def languages_on(answer) -> list[str]:
    """In which languages the page has the document open."""
    return re.findall(r'<article class="doc" lang="(\w+)">', text_of(answer))


def test_the_check_carries_the_hash_of_what_was_read(as_aino, aino, kainuu):
    draft = a_draft(kainuu, aino)
    found = re.search(r'name="manifest" value="(\w+)"', text_of(as_aino.get(page_of(draft, "commitment_preview"))))
    papers.change_draft(draft, aino, {}, term_start=date(2027, 9, 2))
    stale = as_aino.post(act_of(draft, "check"), {"manifest": found[1]})
    assert stale.status_code == 422
    assert "The document has changed since you opened it" in text_of(stale)
    assert as_aino.post(act_of(draft, "check")).status_code == 422
    answer = as_aino.post(act_of(draft, "check"), {"manifest": draft.edition.manifest_sha256})
    assert (answer.status_code, state_of(draft)) == (302, State.CHECKED)
    again = as_aino.post(act_of(draft, "check"), {"manifest": draft.edition.manifest_sha256})
    assert again.status_code == 422
    assert "“checked”" in text_of(again)


def test_without_signatories_the_page_says_who_is_missing_and_has_no_check_form(as_aino, aino, kainuu):
    draft = a_region_draft(kainuu, aino)
    answer = as_aino.get(page_of(draft, "commitment_preview"))
    assert "Name the signatory of Hyrynsalmi." in text_of(answer)
    assert forms_of(answer) == []


def test_two_parties_with_one_signatory_are_not_said_to_have_none(as_aino, aino, kainuu):
    draft = a_draft(kainuu, aino, signatory_name="Johtaja 3")
    for address in (page_of(draft), page_of(draft, "commitment_preview")):
        said = text_of(as_aino.get(address))
        assert "Change one of the two signatories, then read and check the document." in said
        assert "Name the signatories" not in said


# -- the draft's form -------------------------------------------------------------------------------------------------


def filled(draft, **changes) -> dict:
    """The draft's form with a signatory for each party."""
    data = {"term_start": "1.9.2027", "term_end": "31.8.2028", "feedback_email": "", "local_page": ""}
    data |= {"edition": str(draft.edition.number), "in_turn": "True"}
    for party in draft.parties.all():
        data |= {f"signatory_name_{party.pk}": f"Johtaja {party.pk}", f"record_number_{party.pk}": f"D/{party.pk}"}
        data |= {f"signatory_title_{party.pk}": "johtaja", f"signatory_basis_{party.pk}": "§ 25"}
    return data | changes


def test_the_draft_is_edited_and_its_documents_are_made_anew(as_aino, aino, kainuu):
    draft = a_region_draft(kainuu, aino)
    answer = as_aino.post(act_of(draft, "edit"), filled(draft, local_page="kaiku.example.org"))
    assert (answer.status_code, answer.url) == (302, page_of(draft))
    draft = Commitment.objects.get(pk=draft.pk)
    assert (draft.edition.number, draft.local_page) == (2, "https://kaiku.example.org")
    county = draft.parties.get(role="county")
    assert (county.signatory_name, county.record_number) == (f"Johtaja {county.pk}", f"D/{county.pk}")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"term_end": "31.8.2026"}, "The end of the trial must be after its beginning."),
        ({"term_end": "31.2.2028"}, "Month 2/2028 has only 29 days."),
        ({"term_start": ""}, "Give the day of the beginning."),
        ({"feedback_email": "kaiku"}, "Enter a valid email address."),
    ],
)
def test_a_refused_draft_keeps_what_was_typed(as_aino, aino, kainuu, changes, said):
    draft = a_region_draft(kainuu, aino)
    county = draft.parties.get(role="county")
    typed = {f"signatory_name_{county.pk}": "Puu & Sivu"} | changes
    answer = as_aino.post(act_of(draft, "edit"), filled(draft, **typed))
    assert answer.status_code == 422
    assert "<title>Error:" in text_of(answer)
    assert said in text_of(answer)
    assert 'value="Puu &amp; Sivu"' in text_of(answer)
    assert draft.editions.count() == 1


def test_of_two_who_edit_one_draft_the_later_reads_what_it_has_now(as_aino, aino, kainuu):
    draft = a_region_draft(kainuu, aino)
    county = draft.parties.get(role="county")
    name, basis = f"signatory_name_{county.pk}", f"signatory_basis_{county.pk}"
    late = filled(draft, **{name: "Puu & Sivu", basis: "§ 26", "term_start": "31.2.2027"})
    papers.change_draft(draft, aino, {county.pk: {"signatory_name": "Helena Rautio", "signatory_basis": "§ 26"}})
    wrong = as_aino.post(act_of(draft, "edit"), late)
    assert edition_on(wrong) == "1"  # a mistyped day is no way round it
    answer = as_aino.post(act_of(draft, "edit"), late | {"term_start": "2.9.2027"})
    assert (answer.status_code, edition_on(answer)) == (422, "2")
    assert "Somebody has changed the draft since you opened it." in text_of(answer)
    assert "The draft now has here: Helena Rautio." in text_of(answer)
    assert "The draft now has here: 1.9.2027." in text_of(answer)
    assert "The draft now has here: § 26." not in text_of(answer)
    assert 'value="Puu &amp; Sivu"' in text_of(answer)
    again = late | {"term_start": "2.9.2027", "edition": edition_on(answer)}
    assert as_aino.post(act_of(draft, "edit"), again).status_code == 302
    assert draft.parties.get(role="county").signatory_name == "Puu & Sivu"


def edition_on(answer) -> str:
    """Which edition the form on the page carries."""
    found = re.search(r'name="edition" value="(\d*)"', text_of(answer))
    return found[1] if found else ""


def test_record_numbers_are_asked_of_authorities_and_kaikukeskus_names_its_own_signatory(client, kainuu, aino):
    region, partner = a_region_draft(kainuu, aino), a_draft(kainuu, aino)

    def asked(person: Person, draft: Commitment) -> dict[str, set[str]]:
        client.force_login(person)
        fields = re.findall(r' name="(\w+)_(\d+)"', text_of(client.get(act_of(draft, "edit"))))
        roles = {str(party.pk): party.role for party in draft.parties.all()}
        return {role: {name for name, key in fields if roles.get(key) == role} for role in roles.values()}

    signatory = {"signatory_name", "signatory_title", "signatory_basis", "signatory_email"}
    authority = signatory | {"record_number"}
    bodies = {"municipality": authority, "county": authority}
    assert asked(aino, region) == bodies | {"kaikukeskus": set()}
    assert asked(speaking_english(a_kaikukeskus_person()), region) == bodies | {"kaikukeskus": signatory}
    assert asked(aino, partner) == bodies | {"partner": signatory}


def test_an_identity_code_is_not_kept(as_aino, aino, kainuu):
    draft = a_region_draft(kainuu, aino)
    county = draft.parties.get(role="county")
    answer = as_aino.post(act_of(draft, "edit"), filled(draft, **{f"signatory_basis_{county.pk}": "hetu 010190-123A"}))
    assert (answer.status_code, draft.editions.count()) == (422, 1)


# -- sending and signing ----------------------------------------------------------------------------------------------


def test_sent_once_however_often_it_is_pressed(as_aino, aino, kainuu):
    draft = checked(a_draft(kainuu, aino), aino)
    assert as_aino.post(act_of(draft, "send")).status_code == 302
    again = as_aino.post(act_of(draft, "send"))
    assert again.status_code == 422
    assert "“awaiting signatures”" in text_of(again)
    assert "<h1>Partnership commitment</h1>" in text_of(again)


def test_the_upload_form_has_the_signatories_and_kaikukeskus_only_its_own_row(client, kainuu, aino):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    county, own = commitment.parties.get(role="county"), commitment.parties.get(role="kaikukeskus")
    client.force_login(aino)
    said = text_of(client.get(act_of(commitment, "copy")))
    assert re.search(rf'name="name_{county.pk}" value="{county.signatory_name}"', said)
    assert f"name_{own.pk}" not in said
    client.force_login(a_kaikukeskus_person())
    said = text_of(client.get(act_of(commitment, "copy")))
    assert re.search(rf'name="name_{own.pk}" value="{own.signatory_name}"', said)


def test_a_copy_with_all_signatures_brings_the_commitment_into_force_once(as_aino, aino, kainuu):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    said = said_of(commitment)
    assert as_aino.post(act_of(commitment, "copy"), said).status_code == 302
    assert state_of(commitment) == State.IN_FORCE
    again = as_aino.post(act_of(commitment, "copy"), said | {"copy": a_copy()})
    assert again.status_code == 422
    assert "“in force”" in text_of(again)
    assert "Choose the file again" in text_of(again)
    assert commitment.copies.count() == 1
    assert "Toimi Taidehalli Pato" in text_of(as_aino.get(page_of(commitment)))


def test_only_the_ticked_parties_sign(as_aino, aino, kainuu):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    county = commitment.parties.get(role="county")
    said = {key: value for key, value in said_of(commitment).items() if key != f"signed_{county.pk}"}
    assert as_aino.post(act_of(commitment, "copy"), said | {f"on_{county.pk}": ""}).status_code == 302
    assert state_of(commitment) == State.PARTLY_SIGNED
    assert [p.pk for p in commitment.parties.filter(signed_on=None)] == [county.pk]


@pytest.mark.parametrize(
    ("copy", "status", "said"),
    [
        (a_copy(b"%PDF-" + bytes(21 * 1024 * 1024)), 413, "larger than 20 MB"),
        (a_copy(b"PK word"), 422, "not a PDF"),
        (a_copy(a_pdf("salasana")), 422, "password-protected"),
        (a_copy(b""), 422, "The submitted file is empty."),
        (a_copy(name="Teemu 010190-123A.pdf"), 422, "personal identity code"),
    ],
    ids=["40 MB", "no PDF", "password", "empty", "identity code"],
)
def test_a_file_that_cannot_be_a_copy_is_refused_and_the_rest_is_kept(as_aino, aino, kainuu, copy, status, said):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    county = commitment.parties.get(role="county")
    typed = {f"name_{county.pk}": "Maija & Co"}
    answer = as_aino.post(act_of(commitment, "copy"), said_of(commitment, copy=copy, **typed))
    assert answer.status_code == status
    assert said in text_of(answer)
    assert 'value="Maija &amp; Co"' in text_of(answer)
    assert "<title>Error:" in text_of(answer)
    assert (state_of(commitment), commitment.copies.count()) == (State.AWAITING, 0)


@pytest.mark.usefixtures("in_english")
def test_after_another_fault_the_file_is_to_be_chosen_again(as_aino, aino, kainuu):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    county = commitment.parties.get(role="county")
    for day, said in (
        ("31.2.2026", f"{county.short_name}, Day of signing: Month 2/2026 has only 28 days"),
        ("1.1.2099", "still to come"),
        ("1.1.2026", "when the document was made"),
        ("", f"{county.short_name}: Give the day of signing."),
    ):
        answer = as_aino.post(act_of(commitment, "copy"), said_of(commitment, **{f"on_{county.pk}": day}))
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert "Choose the file again" in text_of(answer)
        assert f'value="{day}"' in text_of(answer) or not day
    nothing = as_aino.post(act_of(commitment, "copy"), {"copy": a_copy()})
    assert "Choose the parties that have signed." in text_of(nothing)


def test_acknowledged_in_kaikukanta(as_aino, aino, kainuu):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    address = act_of(commitment, "kaikukanta")
    assert "Give the day of the acknowledgement." in text_of(as_aino.post(address, {"name": "Henna Soini"}))
    all_three = [party.pk for party in commitment.parties.all()]
    early = as_aino.post(address, {"name": "Henna Soini", "on": "1.1.2099", "parties": all_three})
    assert early.status_code == 422
    assert "still to come" in text_of(early)
    assert 'value="Henna Soini"' in text_of(early)
    today = localdate().isoformat()
    given = {"name": "Henna Soini", "on": today, "parties": all_three, "reference": "KK-2027/118"}
    assert as_aino.post(address, given).status_code == 302
    again = as_aino.post(address, given)
    assert again.status_code == 422
    assert "“in force”" in text_of(again)
    said = text_of(as_aino.get(page_of(commitment)))
    assert said.count(f"Acknowledged in Kaikukanta {written(localdate())}") == 3
    assert said.count("acknowledged by Henna Soini; Kaikukeskus represents") == 2
    assert said.count("reference KK-2027/118") == 3
    assert "Signed " not in said


# -- the other ends ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "state"), [("decline", State.DECLINED), ("end", State.ENDED)])
def test_closed_with_a_reason_that_stays_visible(as_aino, aino, kainuu, act, state):
    venue = a_venue(kainuu, aino)
    commitment = a_commitment_in_force(venue, aino) if act == "end" else papers.draft_partner_commitment(venue, aino)
    assert as_aino.post(act_of(commitment, act), {"reason": "  "}).status_code == 422
    assert as_aino.post(act_of(commitment, act), {"reason": "Toiminta <loppui>."}).status_code == 302
    assert state_of(commitment) == state
    assert "Toiminta &lt;loppui&gt;." in text_of(as_aino.get(page_of(commitment)))
    again = as_aino.post(act_of(commitment, act), {"reason": "Uudestaan."})
    assert again.status_code == 422
    assert "Uudestaan." in text_of(again)


def test_replaced_by_a_new_draft(as_aino, aino, kainuu):
    old = a_commitment_in_force(a_venue(kainuu, aino), aino)
    assert "stays in force until" in text_of(as_aino.get(act_of(old, "replace")))
    answer = as_aino.post(act_of(old, "replace"))
    new = Commitment.objects.get(replaces=old)
    assert answer.url == page_of(new)
    assert as_aino.post(act_of(old, "replace")).status_code == 422
    assert f">KP-{new.pk}</a>" in text_of(as_aino.get(page_of(old)))
    assert f">KP-{old.pk}</a>" in text_of(as_aino.get(page_of(new)))


@pytest.mark.parametrize("act", ["copy", "kaikukanta", "end", "replace"])
def test_a_form_whose_time_is_not_now_leads_back_and_says_so(as_aino, aino, kainuu, act):
    draft = a_region_draft(kainuu, aino)
    answer = as_aino.get(act_of(draft, act), follow=True)
    assert answer.redirect_chain == [(page_of(draft), 302)]
    assert "“draft”" in text_of(answer)


# -- files ------------------------------------------------------------------------------------------------------------


def test_files_are_downloaded_whole_and_kept_from_being_opened_as_pages(as_aino, aino, kainuu):
    commitment = a_commitment_in_force(a_venue(kainuu, aino), aino)
    document, copy = commitment.edition.documents.get(), commitment.copies.get()
    answer = as_aino.get(page_of(commitment, "document", document.pk))
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert answer["Content-Disposition"] == f'attachment; filename="{document.file_name}"'
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"][:7]) == ("nosniff", "max-age")
    assert len(b"".join(answer.streaming_content)) == document.size
    answer = as_aino.get(page_of(commitment, "signed_copy", copy.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="kopio.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == a_pdf()


def test_the_page_has_the_hashes_in_full(as_aino, aino, kainuu):
    commitment = a_commitment_in_force(a_venue(kainuu, aino), aino)
    said = text_of(as_aino.get(page_of(commitment)))
    edition = commitment.edition
    for digest in (edition.documents.get().sha256, edition.manifest_sha256, commitment.copies.get().sha256):
        assert f">{digest}</code>" in said
    assert "List of the files (manifest)" in said


@pytest.mark.parametrize(
    ("language", "size", "said"),
    [("en", 9216, "9 kB"), ("en", 40, "1 kB"), ("fi", 1_250_000, "1,2 MB"), ("sv", 20_971_520, "21,0 MB")],
)
def test_sizes_are_written_in_the_readers_language(language, size, said):
    with translation.override(language):
        written_so = file_size(size)
        unit = {"kB": gettext("%(size)s kB"), "MB": gettext("%(size)s MB")}[said[-2:]]
    assert written_so == unit % {"size": said[:-3]}


# -- names that break pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Puu & Sivu <Oy>", "Y" * 297 + " ry"])
def test_names_are_shown_whole_and_escaped(as_aino, aino, kainuu, name):
    draft = a_draft(kainuu, aino, name, signatory_name="Toimi Venho")
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for address in (reverse("commitments", args=["kainuu"]), page_of(draft), page_of(draft, "commitment_preview")):
        assert shown in text_of(as_aino.get(address))
        assert "<Oy>" not in text_of(as_aino.get(address))


def test_the_words_of_2023_are_explained(as_aino, aino, kainuu):
    said = text_of(as_aino.get(page_of(a_region_draft(kainuu, aino))))
    assert "in the material of 2023 the commitment between region and Kaikukeskus was called kumppanuussitoumus" in said


# -- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def aino_opens(new_page, client, live_server):
    """Opens pages in which Aino of Kainuu is signed in."""
    aino = speaking_english(a_pair(a_region())[0])
    client.force_login(aino)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}

    def opened(**options):
        page = new_page(**options)
        page.context.add_cookies([session])
        return aino, page

    return opened


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_clean_and_fit(aino_opens, axe, width):
    aino, page = aino_opens(width=width)
    region = a_region()
    long = a_venue(region, aino, "Y" * 297 + " ry", signatory_name="Toimi Venho")
    draft = papers.draft_partner_commitment(long, aino)
    awaited = sent(a_region_draft(region, aino), aino)
    kept = a_commitment_in_force(a_venue(region, aino, "Puu & Sivu <Oy>"), aino)
    addresses = [reverse("commitments", args=["kainuu"]), page_of(draft), page_of(draft, "commitment_preview")]
    addresses += [act_of(draft, "edit"), page_of(awaited), act_of(awaited, "copy"), page_of(kept), act_of(kept, "end")]
    for address in addresses:
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_read_checked_sent_and_signed_without_scripts(aino_opens, tmp_path):
    aino, page = aino_opens(width=390, java_script_enabled=False)
    draft = a_draft(a_region(), aino)
    scan = tmp_path / "skannattu.pdf"
    scan.write_bytes(a_pdf())
    page.goto(page_of(draft))
    page.get_by_role("link", name="Read the document", exact=True).click()
    page.get_by_role("button", name="I have read it and it is right").click()
    page.get_by_role("button", name="Send to be signed").click()
    page.get_by_role("link", name="Upload the signed copy").click()
    page.get_by_label("Signed copy").set_input_files(scan)
    for party in draft.parties.all():
        page.locator(f"#id_signed_{party.pk}").check()
        page.locator(f"#id_on_{party.pk}").fill(f"{localdate():%-d.%-m.%Y}")
    page.get_by_role("button", name="Store the signed copy").click()
    assert page.get_by_role("status").inner_text() == "The signed copy has been stored."
    assert state_of(draft) == State.IN_FORCE
