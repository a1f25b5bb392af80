"""Signing by a link in a mail, beside the other ways: who is asked when, what a link does, and what is refused."""

import logging
import re
from datetime import UTC, date, datetime, timedelta
from unicodedata import normalize

import pytest
import time_machine
from django.core import mail, signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate, now
from django_fsm import TransitionNotAllowed

from adoption import partners
from adoption.days import next_working_day
from adoption.history import all_faults
from adoption.models import Act, Mail, Partner, Person
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from commitments import asking, certifying, reminding, reviewing, services
from commitments import signing as links
from commitments.asking import Link
from commitments.facts import day
from commitments.forms import DraftForm, SignForm
from commitments.marks import mark, rows_of
from commitments.models import Commitment, Party, Rendition, SignatureRequest, SignedCopy
from commitments.reviewing import Broken
from commitments.services import Signature
from commitments.signing import Answer
from commitments.storage import store
from config.logs import WithoutLinks
from tests import papers
from tests.keys import Signer, with_a_byte_changed
from tests.mornings import a_morning, at, left
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.test_commitments import (
    TERM,
    a_cleared_distributor,
    a_pdf,
    a_region_draft,
    anew,
    checked,
    refusal,
    signatures,
)
from workflows import reminders

pytestmark = pytest.mark.usefixtures("in_english")

State = Commitment.State


@pytest.fixture
def kainuu(db):
    return a_region()


@pytest.fixture
def pair(kainuu):
    """Aino and Mikko, who read English."""
    pair = a_pair(kainuu)
    Person.objects.update(language="en")
    return [Person.objects.get(pk=person.pk) for person in pair]


@pytest.fixture
def venue(kainuu, aino):
    """A venue whose signatory has an address."""
    return a_venue(kainuu, aino, signatory_name="Teemu Rissanen", signatory_email="teemu@example.org")


@pytest.fixture
def commitment(venue, aino):
    """The venue's commitment, in which all three are asked by link, in turn; everybody reads English."""
    return asked(papers.draft_partner_commitment(venue, aino, term=TERM), aino)


NAMES = {"municipality": "Hilkka Hallinen", "county": "Helena Rautio", "kaikukeskus": "Kaisu Kuusisto"}


def addressed(draft, by) -> Commitment:
    """Each body and Kaikukeskus have a signatory with an address of the own."""
    draft.parties.filter(role="kaikukeskus").update(
        signatory_name=NAMES["kaikukeskus"], signatory_email="kaisu@example.org"
    )
    bodies = draft.parties.filter(role__in=("municipality", "county"))
    named = {
        party.pk: {"signatory_name": f"{NAMES[party.role]}", "signatory_email": f"signs.{party.pk}@example.org"}
        for party in bodies
    }
    return papers.change_draft(draft, by, named)


def asked(draft, by) -> Commitment:
    """The draft awaits its signatures; who is asked by link reads English."""
    commitment = services.send(checked(addressed(draft, by), by), by)
    in_english()
    return commitment


def in_english() -> None:
    """Whoever is asked by link reads English from now on."""
    SignatureRequest.objects.update(language="en")


def party_of(commitment, role: str) -> Party:
    return commitment.parties.get(role=role)


def request_of(commitment, role: str) -> SignatureRequest:
    return SignatureRequest.objects.get(party__commitment=commitment, party__role=role)


def link_of(commitment, role: str) -> Link:
    request = request_of(commitment, role)
    return Link(request.pk, request.round)


def answer_of(commitment, role: str, **changes) -> Answer:
    """What the named signatory gives who has read the document in its first language."""
    request = request_of(commitment, role)
    edition = commitment.edition
    given = Answer(
        request.name, "toiminnanjohtaja", edition.manifest_sha256, edition.documents.first().language, "192.0.2.7"
    )
    return given._replace(**changes)


def sign(commitment, role: str, **changes) -> Commitment:
    return links.sign_by_link(link_of(commitment, role), answer_of(commitment, role, **changes))


def states(commitment) -> dict[str, str]:
    rows = SignatureRequest.objects.filter(party__commitment=commitment)
    return dict(rows.values_list("party__role", "state"))


def page_of(commitment, role: str, name: str = "sign", *args) -> str:
    return reverse(name, args=[asking.token_of(request_of(commitment, role)), *args])


def text_of(answer) -> str:
    """The page as a reader has it."""
    body = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1]).replace("&#x27;", "'")
    return " ".join(body.split())


def filled(commitment, role: str, **changes) -> dict[str, str]:
    """The signing page's form, filled in."""
    given = answer_of(commitment, role)
    return given._asdict() | {"consent": "on"} | changes


def to(address: str) -> list:
    return [letter for letter in mail.outbox if letter.to == [address]]


# -- the language of the mails ----------------------------------------------------------------------------------------


def bilingual(kainuu, aino) -> Commitment:
    """The commitment of a venue in a bilingual town, sent, with the town's turn first."""
    town = kainuu.municipalities.first()
    town.language = "fi_sv"
    town.save()
    draft = addressed(papers.draft_partner_commitment(a_venue(kainuu, aino), aino, term=TERM), aino)
    draft = papers.change_draft(draft, aino, {}, in_turn=False)
    return services.send(checked(draft, aino), aino)


def test_the_signatory_of_a_bilingual_town_is_written_to_in_both_languages(kainuu, aino, worker):
    commitment = bilingual(kainuu, aino)
    worker.run()
    [letter] = to(party_of(commitment, "municipality").signatory_email)
    assert letter.body.startswith("Hei Hilkka Hallinen,")
    assert "Hej Hilkka Hallinen," in letter.body
    assert letter.body.count("/sign/") == 2
    assert "Allekirjoitettava" in letter.subject
    assert " / " in letter.subject
    [to_county] = to(party_of(commitment, "county").signatory_email)
    assert "Hej" in to_county.body  # a county with a bilingual municipality serves in both


def test_who_has_signed_in_swedish_reads_in_swedish_that_it_is_in_force(kainuu, aino, worker):
    commitment = bilingual(kainuu, aino)
    address = party_of(commitment, "municipality").signatory_email
    sign(commitment, "municipality", language="sv")
    worker.run()
    mail.outbox.clear()
    rest = signatures(commitment, "partner", "county")
    reviewing.record_copy(commitment, aino, a_pdf(), "kopio.pdf", rest)
    worker.run()
    [letter] = to(address)
    assert letter.body.startswith("Hej Hilkka Hallinen,")
    assert "Hei " not in letter.body


# -- in turn ----------------------------------------------------------------------------------------------------------


def test_a_partner_signs_first_then_the_bodies_are_asked_and_with_the_last_it_is_in_force(commitment, venue):
    assert states(commitment) == {"partner": "sent", "municipality": "waiting", "county": "waiting"}
    commitment = sign(commitment, "partner")
    assert commitment.state == State.PARTLY_SIGNED
    assert states(commitment) == {"partner": "signed", "municipality": "sent", "county": "sent"}
    sign(commitment, "county")
    commitment = sign(commitment, "municipality")
    assert (commitment.state, anew(venue).state) == (State.IN_FORCE, Partner.State.COMMITTED)
    row = party_of(commitment, "partner")
    assert (row.method, row.signed_by, row.signed_title) == ("link", "Teemu Rissanen", "toiminnanjohtaja")
    assert (row.signed_on, row.read_language, row.recorded_by) == (localdate(), "fi", None)
    assert row.signed_at is not None
    acts = Act.objects.filter(about_kind="commitment", about_id=str(commitment.pk)).order_by("number")
    assert [act.what for act in acts][-7:] == [
        "commitment_sent", "signature_asked", "commitment_signed", "signature_asked", "commitment_signed",
        "commitment_signed", "commitment_in_force",
    ]  # fmt: skip
    assert all_faults() == []


def test_the_history_binds_the_signature_to_what_was_read_and_keeps_the_address_to_itself(commitment):
    sign(commitment, "partner")
    act = Act.objects.get(what="commitment_signed")
    assert act.by is None
    party = party_of(commitment, "partner")
    salt, marks = act.data.pop("salt"), act.data.pop("marks")
    rows = rows_of([commitment.pk])[commitment.pk]
    own = f"party {party.pk}"
    assert marks[own] == mark(salt, rows[own])
    assert act.data == {
        "parties": [party.pk], "round": 1, "method": "link", "language": "fi", "address": "192.0.2.7",
        "manifest": commitment.edition.manifest_sha256,
    }  # fmt: skip


def test_who_signs_for_two_parties_tells_the_mails_apart(kainuu, aino, worker):
    draft = addressed(papers.draft_partner_commitment(a_venue(kainuu, aino), aino, term=TERM), aino)
    draft.parties.exclude(role="partner").update(signatory_email="hilkka@example.org")
    services.send(checked(papers.change_draft(draft, aino, {}, in_turn=False), aino), aino)
    worker.run()
    subjects = {letter.subject.partition(": ")[2] for letter in to("hilkka@example.org")}
    with translation.override("fi"):
        names = [party.short_name for party in draft.parties.exclude(role="partner")]
    assert subjects == {f"Kumppanuussitoumus, Taidehalli Pato ({name})" for name in names}


# -- the mail and the page --------------------------------------------------------------------------------------------


def link_in(letter) -> str:
    """The address in the mail, without the site's name."""
    return re.search(r"(/sign/\S+/)", letter.body)[1]


def test_from_the_mail_to_the_signature(commitment, worker, client, settings):
    worker.run()
    letter = to("teemu@example.org")[-1]
    assert letter.subject == f"To be signed by {day(commitment.sign_by)}: Partnership commitment, Taidehalli Pato"
    page = client.get(link_in(letter))
    assert page.status_code == 200
    said = text_of(page)
    assert "Hello Teemu Rissanen. Aino Virtanen asks you to sign this commitment for Taidehalli Pato." in said
    assert "Waits for you" in said
    done = client.post(link_in(letter), filled(commitment, "partner"), follow=True)
    assert "You have signed." in text_of(done)
    assert states(commitment)["partner"] == "signed"


def test_reading_changes_nothing_however_often_a_mail_scanner_opens_it(commitment, client):
    address = page_of(commitment, "partner")
    before = list(SignatureRequest.objects.order_by("pk").values())
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
            client.head(address)
        assert answer.status_code == 200
        assert [q["sql"] for q in captured if not q["sql"].startswith("SELECT")] == []
    assert "sessionid" not in client.cookies
    assert list(SignatureRequest.objects.order_by("pk").values()) == before
    assert not Act.objects.filter(what="commitment_signed").exists()


def test_the_page_is_kept_by_nobody_and_tells_no_other_site_its_address(commitment, client):
    for address in (page_of(commitment, "partner"), "/sign/made-up/", reverse("sign_document", args=["made-up", 1])):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_the_document_is_read_in_each_language_and_fetched_in_all(db, client):
    region = a_region("ruotsi")
    _aino, mikko = a_pair(region)
    partner = a_cleared_distributor(region, mikko, signatory_name="Teemu Rissanen", signatory_email="t@example.org")
    commitment = asked(papers.draft_partner_commitment(partner, mikko, term=TERM), mikko)
    address = page_of(commitment, "partner")
    first, second = client.get(address), client.get(f"{address}?language=sv")
    assert '<article class="doc gap-top" lang="fi">' in first.content.decode()
    assert '<article class="doc gap-top" lang="sv">' in second.content.decode()
    assert 'name="language" value="sv"' in second.content.decode()
    documents = list(commitment.edition.documents.all())
    for document in documents:
        got = client.get(page_of(commitment, "partner", "sign_document", document.pk))
        assert len(b"".join(got.streaming_content)) == document.size
        assert got["Content-Disposition"] == f'attachment; filename="{document.file_name}"'
        assert client.get(page_of(commitment, "partner", "sign_pdf", document.pk)).status_code == 404
    client.post(address, filled(commitment, "partner", language="sv"))
    assert party_of(commitment, "partner").read_language == "sv"
    other = asked(a_region_draft(a_region("kainuu"), a_kaikukeskus_person()), a_kaikukeskus_person())
    foreign = other.edition.documents.get().pk
    assert client.get(page_of(commitment, "partner", "sign_document", foreign)).status_code == 404


def test_the_page_speaks_the_language_of_the_mail_until_another_is_chosen(commitment, client):
    SignatureRequest.objects.update(language="sv")
    address = page_of(commitment, "partner")
    assert '<html lang="sv">' in client.get(address, headers={"accept-language": "fi"}).content.decode()
    client.post(reverse("set_language"), {"language": "fi", "next": address})
    answer = client.get(address)
    assert '<html lang="fi">' in answer.content.decode()


@pytest.mark.parametrize("token", ["made-up", "eyJyIjoxfQ:1x:abc", "a" * 2000])
def test_a_link_that_this_site_has_not_made_leads_nowhere(commitment, client, token):
    answer = client.get(reverse("sign", args=[token]), headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()
    assert client.post(reverse("sign_renew", args=[token])).status_code == 404


def test_a_token_made_with_another_salt_or_for_no_request_is_none(commitment, client):
    request = request_of(commitment, "partner")
    for token in (
        signing.dumps({"r": request.pk, "n": 1}, salt="another"),
        signing.dumps({"r": 10**6, "n": 1}, salt=asking.SALT),
    ):
        assert client.get(reverse("sign", args=[token])).status_code == 404


def test_nothing_secret_is_stored(commitment, worker):
    """The token is in no row; a mail has it only until it has left."""
    token = asking.token_of(request_of(commitment, "partner"))
    worker.run()
    assert len(to("teemu@example.org")) == 1
    assert Mail.objects.get(address="teemu@example.org").body == ""
    assert token not in str(list(SignatureRequest.objects.values()))


def test_who_reads_the_log_has_no_link(commitment, client, caplog):
    address = page_of(commitment, "partner")
    assert client.post(address, {}).status_code == 422
    assert client.delete(address).status_code == 405
    lines = [handler.format(said) for handler in logging.root.handlers for said in caplog.records if formats(handler)]
    assert [line for line in lines if "/sign/…/" in line]
    assert asking.token_of(request_of(commitment, "partner")) not in str(lines)


def formats(handler: logging.Handler) -> bool:
    """Whether it writes what the settings say."""
    return isinstance(handler.formatter, WithoutLinks)


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Type your name."),
        ({"name": "Matti Toinen"}, "Teemu Rissanen was asked to sign: write the whole name so."),
        ({"title": " "}, "Type your title."),
        ({"consent": ""}, "Tick that you have read the commitment and accept it."),
        ({"manifest": "0" * 64}, "The document has changed since you opened it"),
        ({"language": "de"}, "Read the document in one of its languages."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(commitment, client, changes, said):
    answer = client.post(page_of(commitment, "partner"), filled(commitment, "partner", **changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "<title>Error:" in answer.content.decode()
    assert f'value="{changes.get("name", "Teemu Rissanen")}"' in answer.content.decode() or changes.get("name") == ""
    assert states(commitment)["partner"] == "sent"


def test_capitals_and_spaces_make_no_other_name(commitment):
    assert sign(commitment, "partner", name="  teemu   RISSANEN ").state == State.PARTLY_SIGNED


def test_the_service_refuses_what_the_form_would(commitment):
    link, given = link_of(commitment, "partner"), answer_of(commitment, "partner")
    for wrong in ({"title": ""}, {"name": ""}, {"manifest": ""}, {"language": "xx"}):
        with pytest.raises(Refused):
            links.sign_by_link(link, given._replace(**wrong))
    assert states(commitment)["partner"] == "sent"


def test_a_link_signs_once_and_a_second_click_is_told_that_it_is_done(commitment, client):
    given = filled(commitment, "partner")
    address = page_of(commitment, "partner")
    assert client.post(address, given).status_code == 302
    again = client.post(address, given)
    assert again.status_code == 422
    assert "You have signed." in text_of(again)
    assert Act.objects.filter(what="commitment_signed").count() == 1


def test_nobody_signs_before_the_turn(commitment):
    with pytest.raises(Refused, match="no longer works"):
        sign(commitment, "county")


def test_one_person_does_not_sign_on_both_sides(commitment, aino):
    """The copy of the municipality bears the partner's signatory; then the partner's link does not do."""
    Commitment.objects.filter(pk=commitment.pk).update(in_turn=False)
    papers.left_so(commitment)
    town = party_of(commitment, "municipality")
    given = [Signature(town.pk, "Teemu Rissanen", localdate())]
    reviewing.record_copy(commitment, aino, a_pdf(), "a.pdf", given)
    with pytest.raises(Refused, match="two parties, two people"):
        sign(commitment, "partner")


# -- old links --------------------------------------------------------------------------------------------------------


def test_a_renewed_link_makes_the_older_one_worthless(commitment, aino, client):
    old, given = page_of(commitment, "partner"), filled(commitment, "partner")
    party = party_of(commitment, "partner")
    links.ask_anew(commitment, aino, party.pk, party.signatory_name, party.signatory_title, party.signatory_email)
    in_english()
    page = client.get(old)
    assert page.status_code == 410
    assert "a newer one has been sent" in text_of(page)
    assert client.post(old, given).status_code == 422
    assert sign(commitment, "partner").state == State.PARTLY_SIGNED


def test_an_expired_link_says_so_and_a_new_one_comes_to_the_same_address(commitment, worker, client):
    old = page_of(commitment, "partner")
    later = request_of(commitment, "partner").expires_at + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        page = client.get(old)
        assert page.status_code == 410
        assert "its time is over" in text_of(page)
        assert "teemu@example.org" not in text_of(page)
        assert client.get(page_of(commitment, "partner", "sign_document", 1)).status_code == 404
        with pytest.raises(Refused, match="its time is over"):
            sign(commitment, "partner")
        worker.run()
        mail.outbox.clear()
        renewed = client.post(page_of(commitment, "partner", "sign_renew"), follow=True)
        assert "A new link is on its way" in renewed.content.decode()
        worker.run()
        assert [letter.to for letter in mail.outbox] == [["teemu@example.org"]]
        assert "Links in earlier mails no longer work." in mail.outbox[0].body
        assert sign(commitment, "partner").state == State.PARTLY_SIGNED


def test_a_new_link_is_asked_for_from_a_page_once_an_hour(commitment, client):
    old = page_of(commitment, "partner", "sign_renew")
    refused = client.post(old)
    assert refused.status_code == 422
    assert "within the last hour" in text_of(refused)
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert client.post(old).status_code == 302
        assert client.post(old).status_code == 422
    assert request_of(commitment, "partner").round == 2


def test_a_link_lives_two_weeks_past_the_day_and_the_mail_says_it(commitment, worker):
    request = request_of(commitment, "partner")
    assert commitment.sign_by == next_working_day(localdate() + timedelta(days=21))
    last = commitment.sign_by + timedelta(days=14)
    assert localdate(request.expires_at) == last
    worker.run()
    assert f"works until {day(last)}" in to("teemu@example.org")[0].body


def test_after_signing_the_link_fetches_the_document_and_no_longer_signs(commitment, client):
    sign(commitment, "partner")
    assert localdate(request_of(commitment, "partner").expires_at) == localdate() + timedelta(days=90)
    address = page_of(commitment, "partner", "sign_document", commitment.edition.documents.get().pk)
    assert client.get(address).status_code == 200
    with time_machine.travel(now() + timedelta(days=92)):
        assert client.get(address).status_code == 404
        assert client.get(page_of(commitment, "partner")).status_code == 410
        renew = client.post(page_of(commitment, "partner", "sign_renew"))
        assert renew.status_code == 422


# -- declining --------------------------------------------------------------------------------------------------------


def test_declining_tells_the_pair_and_leaves_the_commitment_open(commitment, aino, mikko, worker, client):
    worker.run()
    mail.outbox.clear()
    address = page_of(commitment, "partner", "sign_decline")
    assert client.post(address, {"decline-reason": "  "}).status_code == 422
    done = client.post(address, {"decline-reason": "Hallitus päättää vasta <maaliskuussa>."}, follow=True)
    assert "You have declined to sign." in text_of(done)
    assert anew(commitment).state == State.AWAITING
    worker.run()
    assert {letter.to[0] for letter in mail.outbox} == {aino.email, mikko.email}
    assert "“Hallitus päättää vasta <maaliskuussa>.”" in mail.outbox[0].body
    assert client.post(page_of(commitment, "partner"), filled(commitment, "partner")).status_code == 422


def test_who_has_declined_is_asked_anew_and_signs(commitment, aino):
    links.decline_by_link(link_of(commitment, "partner"), "Ei nyt.")
    party = party_of(commitment, "partner")
    links.ask_anew(commitment, aino, party.pk, party.signatory_name, "", party.signatory_email)
    assert request_of(commitment, "partner").reason == ""
    assert sign(commitment, "partner").state == State.PARTLY_SIGNED


# -- passing on -------------------------------------------------------------------------------------------------------


def test_passed_on_within_the_organisation_and_signed_by_the_right_person(commitment, aino, worker, client):
    worker.run()
    mail.outbox.clear()
    old = page_of(commitment, "partner")
    given = {"forward-name": "Maija Oikea", "forward-title": "johtaja", "forward-email": "maija@example.org"}
    given["forward-basis"] = "board"
    done = client.post(page_of(commitment, "partner", "sign_forward"), given, follow=True)
    assert "The request has been passed on. Your own link no longer works." in done.content.decode()
    assert "maija@example.org" not in done.content.decode()
    assert client.get(old).status_code == 410
    act = Act.objects.get(what="signature_forwarded")
    party = party_of(commitment, "partner")
    assert act.data | {"salt": "", "marks": {}} == {"parties": [party.pk], "round": 2, "salt": "", "marks": {}}
    assert party.signatory_name == "Maija Oikea"
    in_english()
    worker.run()
    assert "passed on to you" in to("maija@example.org")[0].body
    assert "Maija Oikea" in to(aino.email)[0].body
    assert to("teemu@example.org") == []
    assert sign(commitment, "partner").parties.get(role="partner").signed_by == "Maija Oikea"


@pytest.mark.parametrize(
    ("name", "email", "said"),
    [
        ("Teemu Rissanen", "teemu@example.org", "asked already"),
        (NAMES["county"], "helena@example.org", "two parties, two people"),
    ],
)
def test_not_passed_on_to_oneself_nor_to_the_other_side(commitment, name, email, said):
    assert said in refusal(links.forward, link_of(commitment, "partner"), name, "", email)
    assert request_of(commitment, "partner").round == 1


def test_kaikukeskus_does_not_pass_on(kainuu, aino, client):
    commitment = a_region_commitment_that_waits_for_kaikukeskus(kainuu, aino)
    given = (link_of(commitment, "kaikukeskus"), "Joku Toinen", "", "joku@example.org")
    assert "names its own" in refusal(links.forward, *given)
    assert "Pass on to another person" not in text_of(client.get(page_of(commitment, "kaikukeskus")))


# -- the region's commitment ------------------------------------------------------------------------------------------


def a_region_commitment_that_waits_for_kaikukeskus(region, by) -> Commitment:
    commitment = asked(a_region_draft(region, by), by)
    for request in SignatureRequest.objects.filter(party__commitment=commitment, state="sent"):
        edition = commitment.edition
        given = Answer(request.name, "johtaja", edition.manifest_sha256, "fi")
        commitment = links.sign_by_link(Link(request.pk, request.round), given)
    return commitment


def test_kaikukeskus_is_asked_last_and_signs_by_link(kainuu, aino):
    commitment = asked(a_region_draft(kainuu, aino), aino)
    rows = SignatureRequest.objects.filter(party__commitment=commitment).order_by("party__position")
    assert [row.state for row in rows] == ["sent", "sent", "sent", "waiting"]
    services.decline(commitment, aino, "Uudestaan.")
    commitment = a_region_commitment_that_waits_for_kaikukeskus(kainuu, aino)
    assert commitment.state == State.PARTLY_SIGNED
    assert sign(commitment, "kaikukeskus").state == State.IN_FORCE


def test_all_at_once_everybody_is_asked_and_kaikukeskus_may_sign_first(kainuu, aino):
    draft = addressed(a_region_draft(kainuu, aino), aino)
    draft = papers.change_draft(draft, aino, {}, in_turn=False)
    commitment = services.send(checked(draft, aino), aino)
    rows = SignatureRequest.objects.filter(party__commitment=commitment)
    assert {row.state for row in rows} == {"sent"}
    assert sign(commitment, "kaikukeskus").state == State.PARTLY_SIGNED


def test_all_at_once_kaikukeskus_may_record_its_copy_first(kainuu, aino):
    draft = papers.change_draft(addressed(a_region_draft(kainuu, aino), aino), aino, {}, in_turn=False)
    commitment = services.send(checked(draft, aino), aino)
    own = signatures(commitment, "kaikukeskus")
    assert "records its own" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", own)
    assert reviewing.record_copy(commitment, a_kaikukeskus_person(), a_pdf(), "a.pdf", own).state == "partly_signed"


def test_kaikukeskus_names_its_signatory_once_and_the_next_commitment_has_it(kainuu, aino, worker):
    laura = a_kaikukeskus_person()
    draft = a_region_draft(kainuu, aino)
    worker.run()
    assert draft.get_absolute_url() in to(laura.email)[0].body
    named = {party.pk: {"signatory_name": f"Johtaja {party.pk}"} for party in draft.parties.exclude(role="kaikukeskus")}
    draft = papers.change_draft(draft, aino, named)
    assert "Kaikukeskus names its own signatory" in refusal(checked, draft, aino)
    own = party_of(draft, "kaikukeskus")
    given = {"signatory_name": "Kaisu Kuusisto", "signatory_email": "kaisu@example.org"}
    draft = papers.change_draft(draft, laura, {own.pk: given})
    assert checked(draft, aino).state == State.CHECKED
    savo = a_region("etela-savo")
    other = papers.draft_region_commitment(savo, savo.municipalities.all()[:1], laura, term=TERM)
    own = party_of(other, "kaikukeskus")
    assert (own.signatory_name, own.signatory_email) == ("Kaisu Kuusisto", "kaisu@example.org")


# -- several ways in one commitment -----------------------------------------------------------------------------------


def test_each_party_signs_in_its_own_way(commitment, aino, mikko, venue):
    sign(commitment, "partner")
    town, county = party_of(commitment, "municipality"), party_of(commitment, "county")
    given = [Signature(town.pk, "Hilkka Hallinen", localdate())]
    commitment = reviewing.record_copy(commitment, aino, a_pdf(), "kunta.pdf", given)
    assert commitment.state == State.PARTLY_SIGNED
    assert states(commitment)["municipality"] == "stopped"
    commitment = services.record_kaikukanta(commitment, mikko, "Henna Soini", localdate(), "KK-118", [county.pk])
    assert commitment.state == State.IN_FORCE
    rows = commitment.parties.values_list("role", "method", "signed_by", "reference")
    assert list(rows) == [
        ("partner", "link", "Teemu Rissanen", ""), ("municipality", "copy", "Hilkka Hallinen", ""),
        ("county", "kaikukanta", "Henna Soini", "KK-118"),
    ]  # fmt: skip
    assert anew(venue).state == Partner.State.COMMITTED
    assert states(commitment) == {"partner": "signed", "municipality": "stopped", "county": "stopped"}


def test_in_turn_nobody_is_recorded_before_the_partner(commitment, aino):
    town = signatures(commitment, "municipality")
    said = refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", town)
    assert said == "The parties sign in turn: Taidehalli Pato has not signed yet."
    keys = [party.pk for party in commitment.parties.filter(role="municipality")]
    assert "in turn" in refusal(services.record_kaikukanta, commitment, aino, "Henna", localdate(), "", keys)
    assert reviewing.record_copy(commitment, aino, a_pdf(), "a.pdf", signatures(commitment)).state == State.IN_FORCE


def test_an_acknowledgement_for_no_party_is_refused(commitment, aino):
    assert "Choose the parties" in refusal(services.record_kaikukanta, commitment, aino, "H", localdate(), "", [])


def test_parties_without_an_address_are_not_asked(kainuu, aino):
    assert states(asked_nobody(kainuu, aino)) == {}


def asked_nobody(region, by) -> Commitment:
    draft = papers.draft_partner_commitment(a_venue(region, by, "Kirjasto"), by, term=TERM)
    named = {party.pk: {"signatory_name": f"Johtaja {party.pk}"} for party in draft.parties.exclude(role="partner")}
    return services.send(checked(papers.change_draft(draft, by, named), by), by)


def test_the_contact_who_is_the_signatory_is_asked_at_the_contacts_address(kainuu, aino, worker):
    venue = a_venue(kainuu, aino, signatory_name="Outi Karppinen")
    draft = papers.draft_partner_commitment(venue, aino)
    assert party_of(draft, "partner").signatory_email == venue.contact.email
    worker.run()
    mail.outbox.clear()
    asked(draft, aino)
    worker.run()
    assert len(to(venue.contact.email)) == 1  # the link, and no second letter about the same
    assert "/sign/" in to(venue.contact.email)[0].body


# -- the pair's means -------------------------------------------------------------------------------------------------


def test_the_pair_corrects_an_address_and_the_new_one_gets_the_link(commitment, aino, worker):
    worker.run()
    mail.outbox.clear()
    party = party_of(commitment, "partner")
    links.ask_anew(commitment, aino, party.pk, "Teemu Rissanen", "johtaja", "teemu.rissanen@example.org")
    worker.run()
    assert [letter.to for letter in mail.outbox] == [["teemu.rissanen@example.org"]]
    assert party_of(commitment, "partner").signatory_email == "teemu.rissanen@example.org"


def test_a_party_that_had_no_address_is_asked_when_it_is_its_turn(kainuu, aino):
    commitment = asked_nobody(kainuu, aino)
    partner, town = party_of(commitment, "partner"), party_of(commitment, "municipality")
    links.ask_anew(commitment, aino, town.pk, town.signatory_name, "", "kunta@example.org")
    assert states(commitment) == {"municipality": "waiting"}
    links.ask_anew(commitment, aino, partner.pk, partner.signatory_name, "", "kumppani@example.org")
    assert states(commitment) == {"municipality": "waiting", "partner": "sent"}
    sign(commitment, "partner")
    assert states(commitment) == {"municipality": "sent", "partner": "signed"}


def test_asking_anew_is_refused_of_strangers_after_signing_and_for_kaikukeskus(commitment, kainuu, aino):
    party = party_of(commitment, "partner")
    given = (party.pk, "Teemu Rissanen", "", "teemu@example.org")
    with pytest.raises(NotYours):
        links.ask_anew(commitment, a_stranger(), *given)
    sign(commitment, "partner")
    assert "has not signed" in refusal(links.ask_anew, commitment, aino, *given)
    region = asked(a_region_draft(kainuu, aino), aino)
    own = party_of(region, "kaikukeskus")
    assert "names its own" in refusal(links.ask_anew, region, aino, own.pk, "Joku", "", "joku@example.org")
    draft = papers.draft_partner_commitment(a_venue(kainuu, aino, "Uimahalli"), aino)
    its = party_of(draft, "partner")
    assert "“draft”" in refusal(links.ask_anew, draft, aino, its.pk, "Joku", "", "joku@example.org")


def test_a_stop_ends_every_link_and_tells_who_was_asked(commitment, aino, worker, client):
    worker.run()
    mail.outbox.clear()
    address, given = page_of(commitment, "partner"), filled(commitment, "partner")
    services.decline(commitment, aino, "Hanke siirtyy.", party_of(commitment, "partner").pk)
    assert set(states(commitment).values()) == {"stopped"}
    page = client.get(address)
    assert page.status_code == 410
    assert "Send me a new link" not in text_of(page)
    assert client.post(address, given).status_code == 422
    assert client.post(page_of(commitment, "partner", "sign_renew")).status_code == 422
    worker.run()
    assert [letter.to for letter in mail.outbox] == [["teemu@example.org"]]
    assert "“Hanke siirtyy.”" in mail.outbox[0].body
    act = Act.objects.get(what="commitment_declined")
    assert act.data["parties"] == [party_of(commitment, "partner").pk]


def test_a_stop_names_a_party_that_has_not_signed(commitment, aino):
    sign(commitment, "partner")
    signed = party_of(commitment, "partner").pk
    assert "has not signed" in refusal(services.decline, commitment, aino, "Syy", signed)


def test_one_that_is_being_signed_is_replaced_at_once(commitment, aino, venue, worker, client):
    sign(commitment, "partner")
    address = page_of(commitment, "county")
    new = papers.replace(commitment, aino)
    assert (anew(commitment).state, new.state, new.replaces_id) == (State.SUPERSEDED, State.DRAFT, commitment.pk)
    assert set(states(commitment).values()) == {"signed", "stopped"}
    assert client.get(address).status_code == 410
    new = asked(new, aino)
    for role in ("partner", "municipality", "county"):
        new = sign(new, role)
    assert (new.state, anew(commitment).state, anew(venue).state) == ("in_force", "superseded", "committed")


def signatory_of(commitment, role: str) -> tuple[str, str, str, str]:
    party = party_of(commitment, role)
    return party.signatory_name, party.signatory_title, party.signatory_basis, party.signatory_email


def test_a_replacement_has_who_signs_and_the_numbers_of_the_one_that_it_replaces(kainuu, venue, aino):
    """Not of a younger commitment, nor of the partner's data where the draft named another."""
    draft = addressed(papers.draft_partner_commitment(venue, aino, term=TERM), aino)
    antti = {
        "signatory_name": "Antti Haapa", "signatory_title": "sivistysjohtaja",
        "signatory_basis": "hallintosääntö § 25", "signatory_email": "", "record_number": "KjDno-2026-5",
    }  # fmt: skip
    tiina = {"signatory_name": "Tiina Aho", "signatory_title": "rehtori", "signatory_basis": "board"}
    given = {party_of(draft, "municipality").pk: antti, party_of(draft, "partner").pk: tiina}
    draft = papers.change_draft(
        draft, aino, given, in_turn=False, sign_by=next_working_day(localdate() + timedelta(days=30))
    )
    commitment = services.send(checked(draft, aino), aino)
    asked(papers.draft_partner_commitment(a_venue(kainuu, aino, "Toinen"), aino, term=TERM), aino)  # names Hilkka
    new = papers.replace(commitment, aino)
    assert signatory_of(new, "municipality") == ("Antti Haapa", "sivistysjohtaja", "hallintosääntö § 25", "")
    assert party_of(new, "municipality").record_number == "KjDno-2026-5"
    assert signatory_of(new, "partner") == ("Tiina Aho", "rehtori", "board", "teemu@example.org")
    assert (new.in_turn, new.sign_by) == (False, commitment.sign_by)


def test_a_replacement_has_no_day_to_sign_by_that_has_passed_and_the_partners_new_signatory(venue, aino, commitment):
    with time_machine.travel(now() + timedelta(days=40)):
        changes = {"signatory_name": "Uusi Johtaja", "signatory_email": "uusi@example.org"}
        partners.change_partner(venue, aino, venue.municipalities.all(), **changes)
        new = papers.replace(commitment, aino)
    assert new.sign_by is None
    assert signatory_of(new, "partner") == ("Uusi Johtaja", "johtaja", "rules", "uusi@example.org")


def test_a_commitment_without_a_day_is_to_be_signed_by_a_working_day(venue, aino):
    draft = addressed(papers.draft_partner_commitment(venue, aino, term=TERM), aino)
    with time_machine.travel(datetime(2027, 3, 5, 12, tzinfo=UTC)):  # three weeks later it is Good Friday
        draft = papers.change_draft(draft, aino, {})
        assert services.send(checked(draft, aino), aino).sign_by == date(2027, 3, 30)


def test_a_right_to_sign_that_was_chosen_from_a_list_is_in_no_later_draft(kainuu, aino, commitment):
    """The request went from one to another: the paper said nothing of the right of the later one."""
    links.forward(link_of(commitment, "partner"), "Liisa Luo", "rehtori", "liisa@example.org", "board")
    municipality = party_of(commitment, "municipality")
    links.ask_anew(commitment, aino, municipality.pk, "Kaisa Koski", "johtaja", "kaisa@example.org", "other")
    later = papers.draft_partner_commitment(a_venue(kainuu, aino, "Toinen"), aino, term=TERM)
    new = papers.replace(commitment, aino)
    for draft in (later, new):
        assert signatory_of(draft, "municipality") == ("Kaisa Koski", "johtaja", "", "kaisa@example.org")
    assert signatory_of(new, "partner") == ("Liisa Luo", "rehtori", "", "liisa@example.org")


def test_a_replacement_that_was_itself_replaced_supersedes_the_one_in_force(commitment, aino):
    for role in ("partner", "municipality", "county"):
        commitment = sign(commitment, role)
    second = asked(papers.replace(commitment, aino), aino)
    third = asked(papers.replace(second, aino), aino)
    assert (anew(commitment).state, anew(second).state) == (State.IN_FORCE, State.SUPERSEDED)
    for role in ("partner", "municipality", "county"):
        third = sign(third, role)
    assert (anew(commitment).state, third.state) == (State.SUPERSEDED, State.IN_FORCE)


def test_a_paper_whose_partner_has_left_a_municipality_is_signed_by_nobody(commitment, aino, kainuu, venue):
    other = kainuu.municipalities.last()
    partners.change_partner(venue, aino, [other])
    with pytest.raises(Refused, match="no longer acts in Hyrynsalmi"):
        sign(commitment, "partner")
    given = signatures(commitment)
    assert "no longer acts" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", given)
    assert "no longer acts" in refusal(services.record_kaikukanta, commitment, aino, "Henna", localdate())
    new = papers.replace(commitment, aino)
    assert [party.municipality for party in new.parties.filter(role="municipality")] == [other]


def test_a_draft_that_no_longer_fits_is_not_checked(kainuu, aino, venue):
    draft = addressed(papers.draft_partner_commitment(venue, aino), aino)
    partners.change_partner(venue, aino, [kainuu.municipalities.last()])
    assert "no longer acts in Hyrynsalmi" in refusal(checked, anew(draft), aino)


def test_a_day_that_has_passed_is_refused(kainuu, aino, venue):
    draft = addressed(papers.draft_partner_commitment(venue, aino), aino)
    yesterday = localdate() - timedelta(days=1)
    assert "has passed" in refusal(services.change_draft, draft, aino, {}, sign_by=yesterday)
    day_of_signing = next_working_day(localdate())
    draft = checked(papers.change_draft(draft, aino, {}, sign_by=day_of_signing), aino)
    with time_machine.travel(now() + (day_of_signing - localdate()) + timedelta(days=1)):
        assert "has passed" in refusal(services.send, draft, aino)


def test_a_weekend_and_a_holiday_are_no_day_to_sign_by(kainuu, aino, venue):
    draft = addressed(papers.draft_partner_commitment(venue, aino), aino)
    christmas = date(localdate().year + 1, 12, 25)
    saturday = localdate() + timedelta(days=(5 - localdate().weekday()) % 7 + 7)
    for off in (christmas, saturday):
        said = refusal(services.change_draft, draft, aino, {}, sign_by=off)
        assert f"{day(off)} is a weekend or a holiday. The next working day is" in said
        assert day(next_working_day(off)) in said
    form = DraftForm(draft, aino, {"sign_by": day(christmas)})
    assert any("weekend or a holiday" in error for error in form.errors["sign_by"])


# -- a signed copy by the link ----------------------------------------------------------------------------------------

ISSUER = Signer("Luotettu varmentaja")
PAPER = certifying.pdf(b"<html lang=fi><title>KP</title><body><h1>Sitoumus</h1><p>Osapuolet sitoutuvat.")


@pytest.fixture
def with_pdf(commitment, settings, tmp_path):
    """The commitment has our PDF, and the site believes one issuer of certificates."""
    settings.TRUSTED_SIGNERS = tmp_path / "issuers.pem"
    settings.TRUSTED_SIGNERS.write_bytes(ISSUER.pem)
    stored, digest = store(PAPER, "documents", "pdf")
    document = commitment.edition.documents.get()
    Rendition.objects.create(document=document, form="pdf", file=stored, sha256=digest, size=len(PAPER))
    return commitment


def a_scan(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("skannattu.pdf", a_pdf() if content is None else content, "application/pdf")


def test_a_scan_waits_for_a_responsible_person_and_activates_nothing(commitment, aino, mikko, worker, client):
    worker.run()
    mail.outbox.clear()
    done = client.post(page_of(commitment, "partner", "sign_copy"), {"copy-file": a_scan()}, follow=True)
    assert "The signed copy has been received." in done.content.decode()
    assert "They look at the signed copy that you sent" in text_of(done)
    copy = commitment.copies.get()
    assert (copy.state, copy.sent_by, copy.uploaded_by) == ("waiting", party_of(commitment, "partner"), None)
    assert copy.found["why"][:1] == ["not_ours"]
    assert (anew(commitment).state, states(commitment)["partner"]) == (State.AWAITING, "sent")
    worker.run()
    assert {letter.to[0] for letter in mail.outbox} == {aino.email, mikko.email}


def test_an_accepted_copy_counts_and_the_next_are_asked(commitment, aino):
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    copy = commitment.copies.get()
    with pytest.raises(NotYours):
        reviewing.accept_copy(commitment, a_stranger(), copy.pk, signatures(commitment, "partner"))
    commitment = reviewing.accept_copy(commitment, aino, copy.pk, signatures(commitment, "partner"))
    row, copy = party_of(commitment, "partner"), anew(copy)
    assert (row.method, row.copy, row.recorded_by, row.signed_by) == ("copy", copy, aino, "Teemu Rissanen")
    assert (copy.state, copy.reviewed_by) == ("accepted", aino)
    assert states(commitment) == {"partner": "signed", "municipality": "sent", "county": "sent"}
    assert "does not wait" in refusal(
        reviewing.accept_copy, commitment, aino, copy.pk, signatures(commitment, "county")
    )


def test_a_copy_that_does_not_do_is_refused_with_a_reason_that_its_sender_gets(commitment, aino, worker, client):
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    copy = commitment.copies.get()
    worker.run()
    mail.outbox.clear()
    assert "reason" in refusal(reviewing.refuse_copy, commitment, aino, copy.pk, " ")
    reviewing.refuse_copy(commitment, aino, copy.pk, "Toinen sivu puuttuu.")
    worker.run()
    assert "“Toinen sivu puuttuu.”" in to("teemu@example.org")[0].body
    assert "“Toinen sivu puuttuu.”" in text_of(client.get(link_in(to("teemu@example.org")[0])))
    assert sign(commitment, "partner").state == State.PARTLY_SIGNED


def test_a_newer_copy_takes_the_place_of_one_that_waits_and_a_signature_that_of_both(commitment):
    for name in ("a.pdf", "b.pdf"):
        reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), name)
    sign(commitment, "partner")
    rows = commitment.copies.order_by("pk").values_list("name", "state", "reviewed_by")
    assert list(rows) == [("a.pdf", "refused", None), ("b.pdf", "refused", None)]


def test_our_pdf_with_the_expected_valid_signature_counts_at_once(with_pdf):
    content = Signer("Teemu Rissanen", ISSUER).sign(PAPER)
    commitment = reviewing.send_copy(link_of(with_pdf, "partner"), content, "allekirjoitettu.pdf")
    row = party_of(commitment, "partner")
    assert (row.method, row.signed_by, row.recorded_by) == ("copy", "Teemu Rissanen", None)
    assert row.copy.state == "accepted"
    assert (commitment.state, states(commitment)["county"]) == (State.PARTLY_SIGNED, "sent")


@pytest.mark.parametrize("signer", ["Matti Toinen", NAMES["county"]])
def test_a_valid_signature_of_another_person_waits_for_a_look(with_pdf, signer):
    content = Signer(signer, ISSUER).sign(PAPER)
    commitment = reviewing.send_copy(link_of(with_pdf, "partner"), content, "allekirjoitettu.pdf")
    assert commitment.copies.get().state == "waiting"
    assert party_of(commitment, "partner").signed_on is None


def test_a_digital_signature_that_does_not_hold_is_accepted_by_nobody_unseen(with_pdf, aino):
    content = with_a_byte_changed(Signer("Teemu Rissanen", ISSUER).sign(PAPER), 900)
    reviewing.send_copy(link_of(with_pdf, "partner"), content, "muutettu.pdf")
    copy, given = with_pdf.copies.get(), signatures(with_pdf, "partner")
    assert "broken" in copy.found["why"]
    with pytest.raises(Broken):
        reviewing.accept_copy(with_pdf, aino, copy.pk, given)
    with pytest.raises(Broken):
        reviewing.record_copy(with_pdf, aino, content, "muutettu.pdf", given)
    assert with_pdf.copies.count() == 1
    assert reviewing.record_copy(with_pdf, aino, content, "muutettu.pdf", given, seen=True).state == "partly_signed"


def test_a_link_sends_so_many_copies_that_nobody_looks_at_and_one_mail_an_hour(commitment, aino, worker, client):
    for _number in range(3):
        reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    answer = client.post(page_of(commitment, "partner", "sign_copy"), {"copy-file": a_scan(a_pdf())})
    assert (answer.status_code, "3 copies that nobody has looked at" in text_of(answer)) == (422, True)
    worker.run()
    assert len(told_of_copies(aino)) == 1
    reviewing.refuse_copy(commitment, aino, commitment.copies.get(state="waiting").pk, "Sivu puuttuu.")
    with time_machine.travel(now() + timedelta(minutes=61)):
        reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "uusi.pdf")
        worker.run()
    assert len(told_of_copies(aino)) == 2
    assert commitment.copies.count() == 4


def test_why_a_copy_was_refused_is_told_also_after_the_link_has_ended(commitment, aino, worker):
    """The mail server was away; nothing is asked by it, so that nothing takes it back."""
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    worker.run()
    reviewing.refuse_copy(commitment, aino, commitment.copies.get(state="waiting").pk, "Sivu puuttuu.")
    worker.run()
    told = a_mail_that_waits(":copy_refused:")
    asked = Mail.objects.filter(key=f"sign:{request_of(commitment, 'partner').pk}:1:asked")
    asked.update(sent_at=None, tries=1, tried_at=None)
    SignatureRequest.objects.update(expires_at=now() - timedelta(days=1))
    reminders.take_back_answered()
    assert (told.count(), asked.count()) == (1, 0)


def a_mail_that_waits(part_of_key: str):
    """The mail server was away."""
    found = Mail.objects.filter(key__contains=part_of_key)
    found.update(sent_at=None, tries=1, tried_at=None)
    return found


@pytest.mark.parametrize("what", ["signed", "stopped", "forwarded", "nothing"])
def test_why_a_copy_was_refused_asks_nobody_to_sign_what_is_signed_stopped_or_passed_on(commitment, aino, worker, what):
    link, request = link_of(commitment, "partner"), request_of(commitment, "partner")
    reviewing.send_copy(link, a_pdf(), "skannattu.pdf")
    worker.run()
    reviewing.refuse_copy(commitment, aino, commitment.copies.get(state="waiting").pk, "Sivu puuttuu.")
    worker.run()
    told = a_mail_that_waits(":copy_refused:")
    if what == "signed":
        links.sign_by_link(link, answer_of(commitment, "partner"))
    elif what == "stopped":
        services.decline(commitment, aino, "Loppu.")
    elif what == "forwarded":
        links.forward(link, "Tiina Uusi", "rehtori", "tiina@example.org", "board")
    reminders.take_back_answered()
    assert told.exists() == (what == "nothing")
    told.update(sent_at=now(), returned_at=now())
    assert reminding.mails_about([anew(request).party])[request.party_id].lost == (what == "nothing")


def test_who_has_sent_a_copy_is_not_reminded_until_it_is_looked_at(commitment, aino, worker, client):
    worker.run()
    party = request_of(commitment, "partner").party
    by_clock = asking.mail_key(request_of(commitment, "partner").pk, 1, reminding.SOON)
    today = anew(commitment).sign_by
    with at(today, 12):
        reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
        said = refusal(reminding.remind_now, commitment, aino, party.pk)
        assert said == f"{party.short_name} has sent a signed copy: look at it."
        client.force_login(aino)
        said = text_of(client.get(reverse("commitments_signing", args=["kainuu"])))
        assert "A signed copy waits to be looked at" in said
        assert ("Next reminder" in said, "Remind now" in said) == (False, False)
        assert (reminding.remind(today), reminding.awaited([by_clock])) == (0, set())
        reviewing.refuse_copy(commitment, aino, commitment.copies.get(state="waiting").pk, "Sivu puuttuu.")
        assert reminding.remind(today) == 1


def test_a_copy_after_one_that_was_looked_at_is_told_of_at_once(commitment, aino, worker):
    for number in (1, 2):
        reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), f"skannattu {number}.pdf")
        worker.run()
        assert len(told_of_copies(aino)) == number
        reviewing.refuse_copy(commitment, aino, commitment.copies.get(state="waiting").pk, "Sivu puuttuu.")
        worker.run()


def test_no_other_signatory_is_asked_while_a_copy_waits_and_who_passes_on_takes_it_back(commitment, aino, worker):
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    request = request_of(commitment, "partner")
    new = ("Tiina Uusi", "rehtori", "tiina@example.org", "board")
    with pytest.raises(Refused, match="look at it") as refused:
        links.ask_anew(commitment, aino, request.party_id, *new)
    review = reverse("commitment_review", args=["kainuu", commitment.pk, commitment.copies.get().pk])
    assert refused.value.reasons[0].href == review
    links.ask_anew(commitment, aino, request.party_id, request.name, request.title, "toinen@example.org")
    assert commitment.copies.get().state == "waiting"
    for _number in range(2):
        reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    links.forward(link_of(commitment, "partner"), *new)
    assert not commitment.copies.filter(state="waiting").exists()
    assert all_faults() == []
    worker.run()
    assert not reminding.mails_about([request_of(commitment, "partner").party])[request.party_id].copy_waits
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "tiinan.pdf")


def test_who_looks_after_the_signing_hears_that_a_copy_waits(commitment, aino, worker):
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    worker.run()
    a_morning(anew(commitment).sign_by, worker)
    assert "A signed copy has been sent: it counts once you have looked at it" in mail.outbox[-1].body


def test_a_copy_that_has_been_looked_at_asks_nobody_to_look(commitment, aino, worker):
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    worker.run()
    act = Act.objects.get(what="copy_sent").pk
    asked = a_mail_that_waits(f"act:{act}:")
    reminders.take_back_answered()
    assert asked.exists()
    reviewing.refuse_copy(commitment, aino, commitment.copies.get(state="waiting").pk, "Sivu puuttuu.")
    reminders.take_back_answered()
    assert not asked.exists()


def told_of_copies(person) -> list:
    return [letter for letter in to(person.email) if "signed copy to be looked at" in letter.subject]


def test_an_address_sends_only_so_many_copies_a_minute(commitment, client):
    address = page_of(commitment, "partner", "sign_copy")
    codes = [client.post(address, {"copy-file": a_scan(b"PK not a pdf")}).status_code for _number in range(11)]
    assert codes == [422] * 10 + [429]


@pytest.mark.parametrize("form", ["NFD", "NFKD", "NFC"])
def test_a_name_is_the_same_however_unicode_writes_it(commitment, form):
    name = "Sirkka Hämäläinen"
    SignatureRequest.objects.filter(party__role="partner").update(name=normalize(form, name))
    papers.left_so(commitment)
    assert sign(commitment, "partner", name=name.upper()).state == State.PARTLY_SIGNED


def test_nobody_signs_on_both_sides_in_two_forms_of_unicode(venue, aino):
    name = "Sirkka Hämäläinen"
    draft = addressed(papers.draft_partner_commitment(venue, aino, term=TERM), aino)
    draft.parties.filter(role="partner").update(signatory_name=normalize("NFD", name))
    draft.parties.filter(role="municipality").update(signatory_name=name)
    assert "two parties, two people" in refusal(services.check, draft, aino, draft.edition.manifest_sha256)
    assert SignForm().fields["name"].clean(normalize("NFD", name)) == name


def test_what_can_be_no_copy_is_refused_by_the_link_too(commitment, client):
    address = page_of(commitment, "partner", "sign_copy")
    for content, status, said in (
        (b"PK not a pdf", 422, "not a PDF"), (b"%PDF-" + bytes(21 * 1024 * 1024), 413, "larger than 20 MB"),
    ):  # fmt: skip
        answer = client.post(address, {"copy-file": a_scan(content)})
        assert (answer.status_code, said in text_of(answer)) == (status, True)
    assert client.post(address, {}).status_code == 422
    assert not commitment.copies.exists()


# -- the pages of the pair --------------------------------------------------------------------------------------------


@pytest.fixture
def as_aino(client, aino):
    client.force_login(aino)
    return client


def of_commitment(commitment, name: str, *args) -> str:
    return reverse(name, args=[commitment.region.slug, commitment.pk, *args])


def test_the_page_says_who_is_asked_who_waits_and_who_has_signed_how(commitment, as_aino, worker):
    worker.run()
    address = commitment.get_absolute_url()
    said = text_of(as_aino.get(address))
    today = day(localdate())
    assert f"Awaited asked by link {today}" in said
    assert said.count("Waits for its turn will be asked by link") == 2
    assert "In turn: the partner first, then municipalities and wellbeing services county." in said
    assert f"To be signed by {day(commitment.sign_by)}. Then it is the turn of" in said
    sign(commitment, "partner")
    said = text_of(as_aino.get(address))
    assert "Teemu Rissanen, toiminnanjohtaja signed by link" in said
    assert "read in Finnish" in said
    assert "Signed by link: Taidehalli Pato Teemu Rissanen" in said
    assert "192.0.2.7" not in said
    links.decline_by_link(link_of(commitment, "county"), "Puuttuu päätös.")
    said = text_of(as_aino.get(address))
    assert "the signatory has declined. Talk with them, then ask anew or stop the signing." in said
    assert "Has declined “Puuttuu päätös.”" in said


def past(commitment: Commitment, days: int) -> datetime:
    """So many days after the one by which it is to be signed."""
    assert commitment.sign_by
    return now() + (commitment.sign_by - localdate()) + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "Late, was to be signed by"),
        (15, "The link expired unused"),
        (15, "The link of Taidehalli Pato has expired unused: send a new one."),
    ],
)
def test_the_page_says_when_it_is_late_and_when_a_link_has_expired(commitment, aino, client, days, said):
    with time_machine.travel(past(commitment, days)):
        client.force_login(aino)
        assert said in text_of(client.get(commitment.get_absolute_url()))


def test_a_link_renewed_late_names_no_day_that_has_passed(commitment, aino, worker):
    worker.run()
    mail.outbox.clear()
    party = party_of(commitment, "partner")
    with time_machine.travel(past(commitment, 1)):
        links.ask_anew(commitment, aino, party.pk, party.signatory_name, "", party.signatory_email)
        in_english()
        worker.run()
    (letter,) = to("teemu@example.org")
    assert letter.subject == "To be signed: Partnership commitment, Taidehalli Pato"
    assert day(commitment.sign_by) not in letter.body


def test_a_late_signatory_is_told_so_and_signs(commitment, client):
    with time_machine.travel(past(commitment, 1)):
        assert "It was to be signed by" in text_of(client.get(page_of(commitment, "partner")))
        assert sign(commitment, "partner").state == State.PARTLY_SIGNED


def test_the_page_says_when_the_mail_did_not_arrive(commitment, as_aino, worker):
    worker.run()
    Mail.objects.filter(address="teemu@example.org").update(given_up_at=now(), sent_at=None)
    assert "The mail could not be delivered" in text_of(as_aino.get(commitment.get_absolute_url()))


def test_addresses_are_shown_to_those_who_act_only(commitment, as_aino, kainuu, aino, client):
    assert "teemu@example.org" in text_of(as_aino.get(commitment.get_absolute_url()))
    client.force_login(name_person(kainuu, "group", "raija@example.org", "Raija Ryhmä", aino).person)
    assert "teemu@example.org" not in text_of(client.get(commitment.get_absolute_url()))


def test_the_pair_asks_anew_on_a_page(commitment, as_aino):
    party = party_of(commitment, "partner")
    address = of_commitment(commitment, "commitment_ask", party.pk)
    assert 'value="teemu@example.org"' in as_aino.get(address).content.decode()
    assert as_aino.post(address, {"name": "Teemu", "email": "ei osoite"}).status_code == 422
    given = {"name": "Teemu Rissanen", "title": "johtaja", "email": "uusi@example.org"}
    assert as_aino.post(address, given).url == commitment.get_absolute_url()
    assert request_of(commitment, "partner").email == "uusi@example.org"
    sign(commitment, "partner")
    assert as_aino.post(address, given).status_code == 422


def test_the_pair_looks_at_a_copy_on_a_page(commitment, as_aino, aino):
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    copy, party = commitment.copies.get(), party_of(commitment, "partner")
    said = text_of(as_aino.get(commitment.get_absolute_url()))
    assert "Look at the signed copy that has been sent." in said
    address = of_commitment(commitment, "commitment_review", copy.pk)
    assert address in as_aino.get(commitment.get_absolute_url()).content.decode()
    page = as_aino.get(address)
    assert "it may be a scan" in text_of(page)
    assert not page.context["yes"].initial
    assert f'name="signed_{party.pk}" id="id_signed_{party.pk}"' in page.content.decode()
    assert " checked" not in page.content.decode()
    given = {f"name_{party.pk}": "Teemu Rissanen", f"on_{party.pk}": ""}
    for pressed in (given, given | {f"signed_{party.pk}": "on"}):  # with nothing ticked; ticked without a day
        assert as_aino.post(address, pressed).status_code == 422
    assert party_of(commitment, "partner").method == ""
    assert as_aino.post(address, {"act": "refuse", "no-reason": " "}).status_code == 422
    given = {f"signed_{party.pk}": "on", f"name_{party.pk}": "Teemu Rissanen", f"on_{party.pk}": day(localdate())}
    assert as_aino.post(address, given).status_code == 302
    assert as_aino.post(address, given).status_code == 422
    assert "to be looked at" not in text_of(as_aino.get(address))
    assert party_of(commitment, "partner").method == "copy"


def test_a_copy_is_refused_on_the_page_and_found_only_under_its_own_commitment(commitment, as_aino, kainuu, aino):
    reviewing.send_copy(link_of(commitment, "partner"), a_pdf(), "skannattu.pdf")
    copy = commitment.copies.get()
    other = a_region_draft(kainuu, aino)
    assert as_aino.get(of_commitment(other, "commitment_review", copy.pk)).status_code == 404
    address = of_commitment(commitment, "commitment_review", copy.pk)
    assert as_aino.post(address, {"act": "refuse", "no-reason": "Epäselvä."}).status_code == 302
    assert (anew(copy).state, anew(copy).reason) == ("refused", "Epäselvä.")
    assert "“Epäselvä.”" in text_of(as_aino.get(commitment.get_absolute_url()))


def test_a_changed_file_is_uploaded_only_with_the_tick_that_says_so(with_pdf, as_aino):
    content = with_a_byte_changed(Signer("Teemu Rissanen", ISSUER).sign(PAPER), 900)
    party, address = party_of(with_pdf, "partner"), of_commitment(with_pdf, "commitment_copy")
    given = {f"signed_{party.pk}": "on", f"name_{party.pk}": "Teemu Rissanen", f"on_{party.pk}": day(localdate())}
    assert 'name="seen"' not in as_aino.get(address).content.decode()
    answer = as_aino.post(address, given | {"copy": a_scan(content)})
    assert answer.status_code == 422
    assert "A digital signature in the file does not hold" in text_of(answer)
    assert 'name="seen"' in answer.content.decode()
    assert as_aino.post(address, given | {"copy": a_scan(content), "seen": "on"}).status_code == 302


def test_closing_asks_which_party(commitment, as_aino):
    address, party = of_commitment(commitment, "commitment_decline"), party_of(commitment, "county")
    said = text_of(as_aino.get(address))
    assert "Which party will not sign?" in said
    assert as_aino.post(address, {"party": party.pk, "reason": "Ei päätöstä."}).status_code == 302
    assert "Closed unsigned: Kainuu wellbeing services county “Ei päätöstä.”" in text_of(
        as_aino.get(commitment.get_absolute_url())
    )


def test_replacing_while_it_is_signed_says_what_happens(commitment, as_aino):
    address = of_commitment(commitment, "commitment_replace")
    assert "superseded at once" in text_of(as_aino.get(address))
    assert as_aino.post(address).status_code == 302
    said = text_of(as_aino.get(commitment.get_absolute_url()))
    assert "Superseded by a replacement" in said
    assert "Was asked, not signed" in said


def test_who_signs_and_has_an_account_finds_the_link_on_the_page_too(kainuu, aino, client):
    venue = a_venue(kainuu, aino, signatory_name="Outi Karppinen")
    commitment = asked(papers.draft_partner_commitment(venue, aino), aino)
    contact = venue.contact
    contact.language = "en"
    contact.save()
    client.force_login(contact)
    page = client.get(commitment.get_absolute_url())
    assert "Read the document and sign it." in text_of(page)
    address = re.search(r'href="(/sign/[^"]+)"', page.content.decode())[1]
    assert client.get(address).status_code == 200
    client.force_login(aino)
    assert "/sign/" not in client.get(commitment.get_absolute_url()).content.decode()


# -- reminders --------------------------------------------------------------------------------------------------------

SENT, BY = date(2027, 3, 1), date(2027, 3, 22)  # Mondays


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        (date(2027, 3, 2), ""), (date(2027, 3, 10), ""), (date(2027, 3, 11), "half"), (date(2027, 3, 19), "half"),
        (date(2027, 3, 20), "soon"), (BY, "soon"), (date(2027, 3, 23), "late"),
    ],
)  # fmt: skip
def test_the_stages_of_a_reminder(on, stage):
    assert reminding.stage_of(SENT, BY, on) == stage


def test_nobody_is_reminded_within_two_days_of_being_asked_unless_it_is_late():
    assert reminding.stage_of(date(2027, 3, 21), BY, BY) == ""
    assert reminding.stage_of(date(2027, 3, 22), BY, date(2027, 3, 23)) == "late"


@pytest.fixture
def asked_on_monday(kainuu):
    """A venue's commitment that was sent on the first day of March."""
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC)):
        aino = a_pair(kainuu)[0]
        venue = a_venue(kainuu, aino, signatory_name="Teemu Rissanen", signatory_email="teemu@example.org")
        yield asked(papers.draft_partner_commitment(venue, aino, term=TERM), aino)


def test_the_silent_one_has_each_reminder_once(asked_on_monday, worker):
    worker.run()
    mail.outbox.clear()
    subjects, commitment = [], asked_on_monday
    for days in range(31):
        with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC) + timedelta(days=days)):
            for _twice in range(2):
                reminding.remind(localdate())
                worker.run()
                reminders.deliver_waiting()
                worker.run()
            subjects += [(localdate(), letter.to[0], letter.subject) for letter in mail.outbox]
            mail.outbox.clear()
    facts = "Partnership commitment, Taidehalli Pato"
    assert [said for said in subjects if said[1] == "teemu@example.org"] == [
        (date(2027, 3, 11), "teemu@example.org", f"Reminder, to be signed by 22.3.2027: {facts}"),
        (date(2027, 3, 22), "teemu@example.org", f"Reminder, to be signed by 22.3.2027: {facts}"),
        (date(2027, 3, 23), "teemu@example.org", f"Late, was to be signed by 22.3.2027: {facts}"),
    ]
    assert {said[1] for said in subjects} == {"teemu@example.org"}
    with time_machine.travel(datetime(2027, 3, 13, 9, tzinfo=UTC)):
        assert reminding.mails_about(commitment.parties.select_related("request"))


def test_who_has_signed_or_declined_is_not_reminded(asked_on_monday, worker):
    links.decline_by_link(link_of(asked_on_monday, "partner"), "Ei nyt.")
    worker.run()
    mail.outbox.clear()
    with time_machine.travel(datetime(2027, 3, 12, 9, tzinfo=UTC)):
        assert reminding.remind(localdate()) == 0


def test_a_reminder_whose_time_has_passed_when_the_worker_comes_is_not_sent(asked_on_monday, worker):
    worker.run()
    with time_machine.travel(datetime(2027, 3, 12, 9, tzinfo=UTC)):
        assert reminding.remind(localdate()) == 1
        sign(asked_on_monday, "partner")
        mail.outbox.clear()
        worker.run()
    assert to("teemu@example.org") == []


def test_the_daily_job_reminds_signatories_too(asked_on_monday, worker):
    worker.run()
    mail.outbox.clear()
    with time_machine.travel(datetime(2027, 3, 12, 9, tzinfo=UTC)):
        reminders.daily(localdate())
        left(worker)
    assert len(to("teemu@example.org")) == 1


# -- the states -------------------------------------------------------------------------------------------------------

# (state, transition) → the state after it; whatever is not here is refused.
OF_REQUEST = {
    ("waiting", "send"): "sent",
    ("waiting", "stop"): "stopped",
    ("sent", "send"): "sent",
    ("sent", "sign"): "signed",
    ("sent", "decline"): "declined",
    ("sent", "stop"): "stopped",
    ("declined", "send"): "sent",
    ("declined", "stop"): "stopped",
}
OF_COPY = {("waiting", "accept"): "accepted", ("waiting", "refuse"): "refused"}


def every(model, field: str, allowed: dict) -> list:
    names = sorted({name for _state, name in allowed})
    transitions = {transition.name for transition in getattr(model(), f"get_all_{field}_transitions")()}
    assert set(names) == transitions
    return [(model, state, name, allowed.get((state, name))) for state in model.State.values for name in names]


@pytest.mark.parametrize(
    ("model", "state", "name", "after"),
    [*every(SignatureRequest, "state", OF_REQUEST), *every(SignedCopy, "state", OF_COPY)],
)
def test_every_transition_from_every_state(model, state, name, after):
    row = model(state=state)
    if after:
        getattr(row, name)()
        assert row.state == after
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(row, name)()
        assert row.state == state
