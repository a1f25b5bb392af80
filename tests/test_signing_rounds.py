"""Does it stay known who was asked to sign when, who passed it on to whom, and by which right each has signed?"""

import html
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate, now

from adoption.history import all_faults
from adoption.models import Act, Person
from commitments import agreeing, bundles, certifying, reviewing, services
from commitments import signing as links
from commitments.asking import Link
from commitments.certificate_words import exact, together
from commitments.facts import day
from commitments.models import Certificate, Commitment, Party, Rendition, SignatureRequest, SignatureRound
from commitments.services import Signature
from commitments.storage import digest_of, store
from commitments.told import Told, history_of
from tests import papers
from tests.keys import PASSWORD, a_seal_key
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.test_commitments import TERM, a_pdf, a_region_draft, checked, refusal
from tests.test_signing import addressed, asked, in_english, link_in, link_of, page_of, party_of, sign, text_of
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def aino():
    """Aino, who reads English."""
    a_pair(a_region())
    Person.objects.update(language="en")
    return Person.objects.get(name="Aino Virtanen")


@pytest.fixture
def commitment(aino) -> Commitment:
    """The venue's commitment, in which Teemu is asked to sign first; everybody reads English."""
    venue = a_venue(a_region(), aino, signatory_name="Teemu Rissanen", signatory_email="teemu@example.org")
    return asked(papers.draft_partner_commitment(venue, aino, term=TERM), aino)


def passed_on(commitment: Commitment, role: str = "partner", name: str = "Eeva Laine") -> Link:
    """Teemu passes the request on to Eeva. Gives the link that he had."""
    link = link_of(commitment, role)
    links.forward(link, name, "rehtori", f"{name.split()[0].lower()}@example.org", "board")
    in_english()
    return link


def asked_instead(commitment: Commitment, by: Person, role: str = "partner") -> None:
    """The pair asks Maija instead."""
    party = party_of(commitment, role)
    links.ask_anew(commitment, by, party.pk, "Maija Korpi", "johtaja", "maija@example.org", "administrative")
    in_english()


def told(commitment: Commitment, what: str, whole: bool = True) -> list[Told]:
    """The acts of this kind, the newest first."""
    parties = Party.objects.select_related("request", "municipality", "county").filter(commitment=commitment)
    return [one for one in history_of(commitment, parties, whole) if one.act.what == what]


def of_bundle(commitment: Commitment, person: Person, name: str) -> list | dict:
    chapters = bundles._read(commitment.region, person, commitment)
    return json.loads(next(file.content for file in bundles._files(chapters[0]) if file.path.endswith(name)))


# -- who did what -----------------------------------------------------------------------------------------------------


def test_who_declined_stays_the_one_who_did_whoever_signs_later(commitment, aino, client):
    links.decline_by_link(link_of(commitment, "partner"), "Hallitus ei ole vielä päättänyt.")
    asked_instead(commitment, aino)
    sign(commitment, "partner")
    (declined,), (renewed,) = told(commitment, "signature_declined"), told(commitment, "signature_renewed")
    assert declined.who == "Teemu Rissanen"
    assert (renewed.who, renewed.to, renewed.former) == ("Aino Virtanen", ["Maija Korpi"], "Teemu Rissanen")
    (signed,) = told(commitment, "commitment_signed")
    assert signed.who == "Maija Korpi"
    client.force_login(aino)
    page = text_of(client.get(commitment.get_absolute_url()))
    assert "“Hallitus ei ole vielä päättänyt.” Teemu Rissanen" in page
    assert "Another signatory was asked by a link in a mail: Taidehalli Pato (Maija Korpi instead of Teemu R" in page
    assert "Asked to sign by a link in a mail: Taidehalli Pato (Teemu Rissanen)" in page


def test_who_passed_on_and_to_whom_stays_known(commitment, aino, client):
    passed_on(commitment)
    sign(commitment, "partner")
    (forwarded,) = told(commitment, "signature_forwarded")
    assert (forwarded.who, forwarded.to, forwarded.former) == ("Teemu Rissanen", ["Eeva Laine"], "Teemu Rissanen")
    client.force_login(aino)
    assert "Taidehalli Pato (from Teemu Rissanen to Eeva Laine) Teemu Rissanen" in text_of(
        client.get(commitment.get_absolute_url())
    )
    acts = {act["what"]: act for act in of_bundle(commitment, aino, "history.json")}
    assert (acts["signature_forwarded"]["by"], acts["signature_forwarded"]["link_to"]) == (
        "Teemu Rissanen", ["Eeva Laine"],
    )  # fmt: skip
    assert acts["commitment_signed"]["by"] == "Eeva Laine"
    request = of_bundle(commitment, aino, "facts.json")["parties"][0]["request"]
    assert [(one["number"], one["name"], one["email"]) for one in request["rounds"]] == [
        (1, "Teemu Rissanen", "teemu@example.org"), (2, "Eeva Laine", "eeva@example.org"),
    ]  # fmt: skip
    assert all_faults() == []


def test_the_mails_name_who_was_asked_in_that_round_however_late_the_worker_is(commitment, aino, worker, mailoutbox):
    links.decline_by_link(link_of(commitment, "partner"), "Ei nyt.")
    asked_instead(commitment, aino)
    worker.run()
    (letter,) = [one for one in mailoutbox if one.to == [aino.email] and one.subject.startswith("Declined")]
    assert "Teemu Rissanen will not sign" in letter.body


def test_a_first_link_is_no_new_one(commitment, aino):
    sign(commitment, "partner")
    SignatureRequest.objects.filter(party__role="county").delete()
    papers.left_so(commitment)
    town, county = party_of(commitment, "municipality"), party_of(commitment, "county")
    links.ask_anew(commitment, aino, county.pk, county.signatory_name, "", "helena@example.org")
    links.ask_anew(commitment, aino, town.pk, town.signatory_name, "", town.signatory_email)
    again, first = told(commitment, "signature_renewed")
    assert (first.what, first.to) == ("Asked to sign by a link in a mail", [county.signatory_name])
    assert (again.what, again.to, again.former) == ("A new link was sent", [town.signatory_name], "")


def test_who_is_named_before_the_turn_is_told_as_such(commitment, aino):
    county = party_of(commitment, "county")
    links.ask_anew(commitment, aino, county.pk, county.signatory_name, "", "helena@example.org")
    (renewed,) = told(commitment, "signature_renewed")
    assert renewed.what == "To be asked by a link in a mail when it is the party's turn"
    (line,) = sentences([renewed.act])
    assert line.text.startswith("Aino Virtanen (culture side) named whom to ask for a signature:")


def test_a_contact_reads_who_was_asked_for_the_own_party_only(commitment, aino):
    contact = commitment.partner.contact
    passed_on(commitment)
    sign(commitment, "partner")
    passed_on(commitment, "municipality", "Anna Kunnas")
    assert [one.who for one in told(commitment, "signature_forwarded", whole=False)] == [
        party_of(commitment, "municipality").short_name, "Teemu Rissanen",
    ]  # fmt: skip
    assert [one["by"] for one in of_bundle(commitment, contact, "history.json") if "forward" in one["what"]] == [
        "Teemu Rissanen", party_of(commitment, "municipality").short_name,
    ]  # fmt: skip
    facts = of_bundle(commitment, contact, "facts.json")
    assert "rounds" not in json.dumps(facts)


def test_an_act_of_which_no_round_is_kept_names_nobody_wrong(commitment, aino):
    passed_on(commitment)
    SignatureRound.objects.filter(number=1).update(name="", email="")
    (forwarded,) = told(commitment, "signature_forwarded")
    assert forwarded.who == "Taidehalli Pato"


def test_a_lost_or_changed_round_is_found(commitment):
    passed_on(commitment)
    assert agreeing.papers() == agreeing.orphans() == []
    SignatureRound.objects.filter(number=2).update(name="Joku Toinen")
    assert [fault.code for fault in agreeing.papers()] == ["round_edited"]
    SignatureRound.objects.filter(number=1).delete()
    assert [fault.code for fault in agreeing.papers()] == ["round_lost"]


def test_every_round_has_its_act(commitment, aino):
    passed_on(commitment)
    asked_instead(commitment, aino)
    rounds = SignatureRound.objects.filter(request__party__role="partner").values_list("number", flat=True)
    acts = Act.objects.filter(what__in=("signature_asked", "signature_forwarded", "signature_renewed"))
    assert list(rounds) == [act.data["round"] for act in acts.order_by("number")] == [1, 2, 3]


# -- the right to sign ------------------------------------------------------------------------------------------------


def test_the_basis_is_asked_of_another_than_the_document_names(commitment, aino, client):
    page = client.get(page_of(commitment, "partner"))
    assert "The document gives as the basis of your right to sign: rules of the association" in text_of(page)
    given = {"forward-name": "Eeva Laine", "forward-title": "rehtori", "forward-email": "eeva@example.org"}
    answer = client.post(page_of(commitment, "partner", "sign_forward"), given)
    assert answer.status_code == 422
    assert "Choose the basis of the right to sign: the document gives that of Teemu Rissanen." in text_of(answer)
    assert 'href="#id_forward-basis"' in answer.content.decode()
    assert "Choose by which right" in refusal(
        links.forward, link_of(commitment, "partner"), "Eeva Laine", "", "eeva@example.org"
    )
    assert client.post(page_of(commitment, "partner", "sign_forward"), given | {"forward-basis": "board"}).url
    party = party_of(commitment, "partner")
    assert (party.signatory_name, party.signatory_basis) == ("Eeva Laine", "board")
    assert (party.paper_name, party.paper_title, party.paper_basis) == ("Teemu Rissanen", "johtaja", "rules")


def test_the_page_of_another_than_the_document_names_says_so(commitment, client):
    passed_on(commitment)
    said = text_of(client.get(page_of(commitment, "partner")))
    assert "The document names Teemu Rissanen as the signatory." in said
    assert "Teemu Rissanen passed the request to sign on to Eeva Laine on" in said
    assert "As the basis of your right to sign has been given: decision of the board." in said
    assert "The document gives as the basis" not in said
    assert "as they stand in the document" not in said


def test_whom_the_document_names_gets_the_basis_of_the_document_again(commitment, aino):
    passed_on(commitment)
    party = party_of(commitment, "partner")
    links.ask_anew(commitment, aino, party.pk, "Teemu Rissanen", "johtaja", "teemu@example.org", "other")
    party = party_of(commitment, "partner")
    assert (party.signatory_basis, party.paper_name, party.named) == ("rules", "", "Teemu Rissanen")


def test_a_renewal_keeps_the_basis_that_was_given_of_the_same_person(commitment, aino, client):
    passed_on(commitment)
    party = party_of(commitment, "partner")
    client.force_login(aino)
    address = reverse("commitment_ask", args=[commitment.region.slug, commitment.pk, party.pk])
    assert '<option value="board" selected>' in client.get(address).content.decode()
    links.ask_anew(commitment, aino, party.pk, "Eeva Laine", "rehtori", "eeva.laine@example.org")
    assert party_of(commitment, "partner").signatory_basis == "board"
    refused = client.post(address, {"name": "Maija Korpi", "title": "", "email": "maija@example.org", "basis": ""})
    assert refused.status_code == 422


def test_a_basis_from_the_list_is_written_out_in_the_draft_of_an_authority(commitment, aino, client):
    """As drafts have it that were made when a new one still took it over."""
    new = papers.replace(commitment, aino)
    new.parties.filter(role="municipality").update(signatory_basis="administrative")
    client.force_login(aino)
    page = client.get(reverse("commitment_edit", args=[new.region.slug, new.pk])).content.decode()
    assert 'value="administrative regulations or delegation"' in page


# -- the certificate --------------------------------------------------------------------------------------------------


def certificate_of(commitment: Commitment, language: str = "en") -> str:
    """The certificate as a reader has it."""
    certificate = Certificate.objects.select_related("commitment__region", "commitment__partner").get()
    page = re.sub(r"<style>.*?</style>", "", certifying.page(certificate, language, sealed=False), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").split())


def line_of(said: str, party: Party) -> str:
    """The party's line in the table."""
    table = said.split("When and how")[1].split("What was signed")[0]
    starts = sorted(table.index(one.name_in_languages["en"]) for one in party.commitment.parties.all())
    start = table.index(party.name_in_languages["en"])
    return table[start : next((one for one in starts if one > start), None)]


def test_nobody_has_a_right_to_sign_that_was_not_stated_and_an_acknowledgement_is_no_signature(commitment, aino):
    sign(commitment, "partner")
    town, county = party_of(commitment, "municipality"), party_of(commitment, "county")
    Party.objects.filter(pk__in=[town.pk, county.pk]).update(signatory_basis="hallintosääntö § 25")
    papers.left_so(commitment)
    given = [Signature(town.pk, town.signatory_name, localdate())]
    reviewing.record_copy(commitment, aino, a_pdf(), "kunta.pdf", given)
    services.record_kaikukanta(commitment, aino, "Laura Mäkelä", localdate(), "KK-7", [county.pk])
    said = certificate_of(commitment)
    assert "or it has been acknowledged in Kaikukanta for the party" in said
    assert "Who has signed or acknowledged, when and how" in said
    assert "Right to sign: rules of the association or articles" in line_of(said, party_of(commitment, "partner"))
    assert "Right to sign: hallintosääntö § 25 found right by Aino Virtanen, culture side, " in line_of(said, town)
    acknowledged = line_of(said, county)
    assert "Right to sign" not in acknowledged
    assert county.signatory_name not in said
    assert "Kaikukeskus represents the wellbeing services county there recorded by Aino Virtanen" in acknowledged
    facts = of_bundle(commitment, aino, "facts.json")["parties"]
    assert [party["signature"]["basis"] for party in facts] == [
        "rules of the association or articles", "hallintosääntö § 25", "",
    ]  # fmt: skip


def test_where_all_was_acknowledged_nobody_is_said_to_have_signed(commitment, aino):
    services.record_kaikukanta(commitment, aino, "Laura Mäkelä", localdate())
    said = certificate_of(commitment)
    assert "has been acknowledged in Kaikukanta for every party" in said
    assert "Every party has signed" not in said
    assert "Right to sign" not in said


def test_the_certificate_says_that_another_signed_than_the_document_names_and_how_that_came(commitment, aino):
    passed_on(commitment)
    sign(commitment, "partner")
    asked_instead(commitment, aino, "municipality")
    sign(commitment, "municipality")
    sign(commitment, "county")
    town, today = party_of(commitment, "municipality"), day(localdate())
    said = certificate_of(commitment)
    partner = line_of(said, party_of(commitment, "partner"))
    assert "Eeva Laine, toiminnanjohtaja Right to sign: decision of the board" in partner
    assert "The document names Teemu Rissanen as the signatory." in partner
    assert f"Teemu Rissanen passed the request to sign on to Eeva Laine on {today}." in partner
    assert "link sent to eeva@example.org" in partner
    assert f"Aino Virtanen asked Maija Korpi to sign instead of {town.named} on {today}." in line_of(said, town)
    assert "Right to sign: administrative regulations" in line_of(said, town)
    assert "The document names" not in line_of(said, party_of(commitment, "county"))


def test_one_who_signed_a_copy_unasked_has_no_basis_of_another(commitment, aino):
    sign(commitment, "partner")
    sign(commitment, "county")
    town = party_of(commitment, "municipality")
    Party.objects.filter(pk=town.pk).update(signatory_basis="hallintosääntö")
    papers.left_so(commitment)
    given = [Signature(town.pk, "Sijainen Salmi", localdate())]
    reviewing.record_copy(commitment, aino, a_pdf(), "kunta.pdf", given)
    line = line_of(certificate_of(commitment), town)
    assert "Sijainen Salmi The document names Hilkka Hallinen as the signatory." in line
    assert "Right to sign" not in line


def test_the_certificate_says_of_a_link_only_what_the_site_knows(commitment):
    for role in ("partner", "municipality", "county"):
        sign(commitment, role)
    said = certificate_of(commitment)
    assert "The page that opens by it offers the whole document" in said
    assert "link sent to teemu@example.org" in line_of(said, party_of(commitment, "partner"))
    assert "offered to be read in: Finnish" in said
    assert "work address" not in said
    assert "read the document" not in said


def test_the_paragraph_sign_stays_with_its_number_and_hours_have_no_zero():
    assert together("hallintosääntö § 25") == "hallintosääntö §\xa025"
    with translation.override("fi"):
        assert exact(datetime(2027, 3, 8, 1, 5, 7, tzinfo=UTC)) == "8.3.2027 klo\xa03.05.07"


# -- copies -----------------------------------------------------------------------------------------------------------


def test_who_adds_a_copy_has_looked_at_it_and_says_so_before_the_tick(commitment, aino, client):
    client.force_login(aino)
    address = reverse("commitment_copy", args=[commitment.region.slug, commitment.pk])
    page = text_of(client.get(address))
    assert page.index("You say that this copy bears these signatures") < page.index("The copy bears this signature")
    party = party_of(commitment, "partner")
    given = [Signature(party.pk, party.signatory_name, localdate())]
    reviewing.record_copy(commitment, aino, a_pdf(), "a.pdf", given)
    copy = commitment.copies.get()
    assert (copy.reviewed_by, copy.reviewed_at is not None) == (aino, True)


def test_the_certificate_says_who_found_each_copy_right_and_whose_it_is(commitment, aino):
    mikko = Person.objects.get(name="Mikko Kettunen")
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "kumppani.pdf")
    given = [Signature(party_of(commitment, "partner").pk, "Teemu Rissanen", localdate())]
    reviewing.accept_copy(commitment, mikko, commitment.copies.get().pk, given)
    bodies = [
        Signature(party.pk, party.signatory_name, localdate()) for party in commitment.parties.exclude(role="partner")
    ]
    reviewing.record_copy(commitment, aino, a_pdf() + b"\n", "viranomaiset.pdf", bodies)
    said = certificate_of(commitment)
    assert "found right by Mikko Kettunen, care side, Kainuu" in said
    assert "found right by Aino Virtanen, culture side, Kainuu" in said
    assert "Signed copy 1, PDF Taidehalli Pato SHA-256" in said
    assert "Signed copy 2, PDF Hyrynsalmi, Kainuu wellbeing services county SHA-256" in said
    (sent, added) = of_bundle(commitment, aino, "facts.json")["signed_copies"]
    assert (sent["sent_by"], sent["uploaded_by"], sent["reviewed_by"]) == ("Teemu Rissanen", None, "Mikko Kettunen")
    assert (added["sent_by"], added["uploaded_by"], added["reviewed_by"]) == (None, "Aino Virtanen", "Aino Virtanen")


# -- the mails --------------------------------------------------------------------------------------------------------


def test_one_who_never_had_a_link_reads_of_no_former_ones(commitment, aino, worker, mailoutbox):
    worker.run()
    asked_instead(commitment, aino)
    worker.run()
    (letter,) = [one for one in mailoutbox if one.to == ["maija@example.org"]]
    assert "Aino Virtanen asks you to sign a commitment for Taidehalli Pato" in letter.body
    assert "The document names Teemu Rissanen as its signatory, and you are asked instead." in letter.body
    assert "no longer work" not in letter.body
    party = party_of(commitment, "partner")
    links.ask_anew(commitment, aino, party.pk, "Maija Korpi", "johtaja", "maija@example.org")
    in_english()
    worker.run()
    assert "Links in earlier mails no longer work." in mailoutbox[-1].body


def test_one_who_asks_oneself_is_not_asked_by_oneself(aino, worker, mailoutbox, client):
    laura = a_kaikukeskus_person()
    draft = papers.change_draft(addressed(a_region_draft(a_region(), aino), aino), aino, {}, in_turn=False)
    commitment = services.send(checked(draft, aino), aino)
    own = party_of(commitment, "kaikukeskus")
    Party.objects.filter(pk=own.pk).update(signatory_name=laura.name)
    papers.left_so(commitment)
    worker.run()
    links.ask_anew(commitment, laura, own.pk, laura.name, "asiantuntija", laura.email)
    in_english()
    worker.run()
    assert "here is your link for signing for Kaikukeskus" in mailoutbox[-1].body
    said = text_of(client.get(page_of(commitment, "kaikukeskus")))
    assert "Laura Mäkelä, here you sign this commitment for Kaikukeskus." in said
    assert "asks you to sign" not in said


# -- links of those who were asked before -----------------------------------------------------------------------------


def test_who_passed_on_restarts_nothing_for_the_one_who_is_asked_now(commitment, client):
    address = page_of(commitment, "partner")
    passed_on(commitment)
    today = localdate()
    with time_machine.travel(now() + timedelta(hours=3)):
        page = client.get(address)
        assert page.status_code == 410
        assert f"Teemu Rissanen passed the request to sign on to Eeva Laine on {day(today)}." in text_of(page)
        assert "Send me a new link" not in text_of(page)
        assert "eeva@example.org" not in page.content.decode()
        refused = client.post(f"{address}renew/")
    assert refused.status_code == 422
    assert "a new link is sent only to them" in text_of(refused)
    assert SignatureRequest.objects.get(party__role="partner").round == 2
    assert sign(commitment, "partner").state == "partly_signed"


def test_one_who_was_replaced_by_the_pair_restarts_nothing_either(commitment, aino, client):
    address = page_of(commitment, "partner")
    asked_instead(commitment, aino)
    with time_machine.travel(now() + timedelta(hours=3)):
        assert "Aino Virtanen asked Maija Korpi to sign instead of Teemu Rissanen" in text_of(client.get(address))
        assert client.post(f"{address}renew/").status_code == 422


def test_a_corrected_address_is_not_told_to_the_old_one(commitment, aino, client):
    address, party = page_of(commitment, "partner"), party_of(commitment, "partner")
    links.ask_anew(commitment, aino, party.pk, "Teemu Rissanen", "johtaja", "teemu.rissanen@example.org")
    in_english()
    page = client.get(address)
    assert "The link has been sent to another address." in text_of(page)
    assert "teemu.rissanen" not in page.content.decode()


def test_a_link_that_is_old_and_of_a_replaced_commitment_says_that_a_corrected_one_comes(commitment, aino, client):
    address = page_of(commitment, "partner")
    papers.replace(commitment, aino)
    with time_machine.travel(now() + timedelta(days=60)):
        page = client.get(address)
    assert page.status_code == 410
    assert "The commitment is being replaced by a corrected one." in text_of(page)


# -- what a signatory gets, once it is in force -----------------------------------------------------------------------


def in_force_by_links(commitment: Commitment) -> Commitment:
    for role in ("partner", "municipality", "county"):
        commitment = sign(commitment, role)
    return commitment


def test_who_has_signed_by_a_link_has_the_proof_by_it_and_nobody_else(
    commitment, aino, worker, client, mailoutbox, settings, tmp_path
):
    settings.SEAL_KEY, settings.SEAL_PASSWORD = a_seal_key(tmp_path), PASSWORD
    sign(commitment, "partner")
    county = party_of(commitment, "county")
    services.record_kaikukanta(commitment, aino, "Laura Mäkelä", localdate(), "", [county.pk])
    early = page_of(commitment, "partner", "sign_certificate", "fi")
    assert client.get(early).status_code == 404
    assert "Certificate of signatures" not in text_of(client.get(page_of(commitment, "partner")))
    document = commitment.edition.documents.get()
    pdf = certifying.pdf(b"<html lang=fi><title>KP</title><body><h1>Sitoumus")
    stored, digest = store(pdf, "documents", "pdf")
    Rendition.objects.create(document=document, form="pdf", file=stored, sha256=digest, size=len(pdf))
    commitment = sign(commitment, "municipality")
    worker.run()
    certificate = Certificate.objects.get()
    said = text_of(client.get(page_of(commitment, "partner")))
    for word in ("Certificate of signatures, Finnish", "The document, sealed PDF, Finnish", certificate.code):
        assert word in said
    got = client.get(page_of(commitment, "partner", "sign_certificate", "fi"))
    assert digest_of(b"".join(got.streaming_content)) == certificate.files.get().sha256
    got = client.get(page_of(commitment, "partner", "sign_sealed", document.pk))
    assert digest_of(b"".join(got.streaming_content)) == Rendition.objects.get(form="sealed").sha256
    assert client.get(page_of(commitment, "partner", "sign_certificate", "sv")).status_code == 404
    for name, of in (("sign_certificate", "fi"), ("sign_sealed", document.pk)):
        assert client.get(page_of(commitment, "county", name, of)).status_code == 404
    (letter,) = [one for one in mailoutbox if one.to == ["teemu@example.org"] and one.subject.startswith("In force")]
    assert "the certificate of the signatures" in letter.body
    assert reverse("verify_file", args=[certificate.code]) in letter.body
    assert certificate.code in text_of(client.get(link_in(letter)))
    (other,) = [
        one for one in mailoutbox if "In force" in one.subject and "signs." in one.to[0] and "/sign/" not in one.body
    ]
    assert certificate.code not in other.body


def test_a_copy_of_one_party_is_known_as_that(commitment, aino, client):
    scan = a_pdf()
    sign(commitment, "partner")
    town, county = party_of(commitment, "municipality"), party_of(commitment, "county")
    given = [Signature(town.pk, town.signatory_name, localdate())]
    reviewing.record_copy(commitment, aino, scan, "kunta.pdf", given)
    services.record_kaikukanta(commitment, aino, "Laura Mäkelä", localdate(), "", [county.pk])
    document = commitment.edition.documents.get()
    assert "on this copy: Hyrynsalmi otherwise, not on this copy: Taidehalli Pato, Kainuu wellbeing" in found(
        client, scan
    )
    said = found(client, document.file.open().read())
    assert "by the parties, or acknowledged in Kaikukanta for them; in force since" in said
    assert "Hyrynsalmi" not in said


def found(client, content: bytes) -> str:
    """What the public page says of the file."""
    address = reverse("verify_file", args=[Certificate.objects.get().code])
    return text_of(
        client.post(address, {"file": SimpleUploadedFile("x.pdf", content)}, headers={"accept-language": "en"})
    )


# -- when nothing is to be signed any more ----------------------------------------------------------------------------


def test_who_was_asked_reads_why_it_ends_whom_to_ask_and_whether_another_comes(commitment, aino, worker, mailoutbox):
    worker.run()
    second = asked(papers.replace(commitment, aino), aino)
    worker.run()
    (letter,) = [one for one in mailoutbox if one.subject.startswith("No longer to be signed")]
    assert letter.to == ["teemu@example.org"]
    assert "it is being replaced by a corrected one" in letter.body
    assert "whoever signs it for Taidehalli Pato gets a link of its own" in letter.body
    assert f"Questions? Ask Aino Virtanen ({aino.email})" in letter.body
    services.decline(second, aino, "Hanke siirtyy.")
    mailoutbox.clear()
    worker.run()
    (letter,) = [one for one in mailoutbox if one.subject.startswith("No longer to be signed")]
    assert "the signing was stopped" in letter.body
    assert "“Hanke siirtyy.”" in letter.body
    assert "Questions? Ask Aino Virtanen" in letter.body


# -- the turn of Kaikukeskus, and small things ------------------------------------------------------------------------


def test_kaikukeskus_signs_here_or_by_a_copy(aino, client):
    laura = a_kaikukeskus_person()
    draft = addressed(a_region_draft(a_region(), aino), aino)
    draft.parties.filter(role="kaikukeskus").update(signatory_name=laura.name, signatory_email="")
    commitment = services.send(checked(papers.change_draft(draft, aino, {}, in_turn=False), aino), aino)
    client.force_login(Person.objects.get(pk=laura.pk))
    own = party_of(commitment, "kaikukeskus")
    page = client.get(commitment.get_absolute_url())
    address = reverse("commitment_ask", args=[commitment.region.slug, commitment.pk, own.pk])
    assert "Sign for Kaikukeskus. By a link to yourself you sign here at once" in text_of(page)
    assert f'<a class="btn" href="{address}">Sign here by a link</a>' in page.content.decode()
    assert f'value="{laura.email}"' in client.get(address).content.decode()
    client.post(address, {"name": laura.name, "title": "asiantuntija", "email": laura.email})
    assert "Read and sign" in text_of(client.get(commitment.get_absolute_url()))


def test_a_day_on_which_nobody_can_have_signed_leads_to_its_field(commitment, aino, client):
    client.force_login(aino)
    party = party_of(commitment, "partner")
    given = {f"signed_{party.pk}": "on", f"name_{party.pk}": "Teemu Rissanen", f"on_{party.pk}": "1.1.2099"}
    scan = SimpleUploadedFile("s.pdf", a_pdf(), "application/pdf")
    address = reverse("commitment_copy", args=[commitment.region.slug, commitment.pk])
    answer = client.post(address, given | {"copy": scan})
    assert answer.status_code == 422
    assert f'href="#id_on_{party.pk}"' in answer.content.decode()
    assert "Taidehalli Pato, Day of signing: The day 1.1.2099 is still to come." in text_of(answer)


def test_the_senders_form_stands_first_at_the_review(commitment, aino, client):
    sign(commitment, "partner")
    county = party_of(commitment, "county")
    reviewing.send_copy(link_of(commitment, "county"), a_pdf(), "a.pdf")
    client.force_login(aino)
    copy = commitment.copies.get()
    page = client.get(reverse("commitment_review", args=[commitment.region.slug, commitment.pk, copy.pk]))
    text = page.content.decode()
    assert text.index(f'id="party-{county.pk}"') < text.index(f'id="party-{party_of(commitment, "municipality").pk}"')


def test_the_page_of_a_link_says_whose_turn_it_is_not_and_who_acknowledged(commitment, aino, client):
    said = text_of(client.get(page_of(commitment, "partner")))
    assert said.count("Waits for its turn") == 2
    sign(commitment, "partner")
    county = party_of(commitment, "county").pk
    services.record_kaikukanta(commitment, aino, "Laura Mäkelä", localdate(), "", [county])
    said = text_of(client.get(page_of(commitment, "partner")))
    assert f"Acknowledged in Kaikukanta {day(localdate())} Laura Mäkelä" in said
    assert said.count(f"Signed {day(localdate())}") == 2  # at the head of the page, and in the list
