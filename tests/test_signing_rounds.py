"""Does it stay known who was asked to sign when, who passed it on to whom, and by which right each has signed?"""

import json

import pytest
from django.utils import translation

from adoption.history import all_faults
from adoption.models import Act, Person
from commitments import agreeing, bundles
from commitments import signing as links
from commitments.asking import Link
from commitments.models import Commitment, Party, SignatureRequest, SignatureRound
from commitments.told import Told, history_of
from tests import papers
from tests.people import a_pair, a_region, a_venue
from tests.test_commitments import TERM
from tests.test_signing import asked, in_english, link_of, party_of, sign, text_of
from workflows.sentences import sentences

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


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
    links.forward(link, name, "rehtori", f"{name.split()[0].lower()}@example.org")
    in_english()
    return link


def asked_instead(commitment: Commitment, by: Person, role: str = "partner") -> None:
    """The pair asks Maija instead."""
    party = party_of(commitment, role)
    links.ask_anew(commitment, by, party.pk, "Maija Korpi", "johtaja", "maija@example.org")
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
