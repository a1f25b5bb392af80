"""From draft to force and out of it: what happens to a commitment, and what is refused."""

import hashlib
import json
from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate, now
from django_fsm import TransitionNotAllowed
from pypdf import PdfWriter

from adoption import partners
from adoption.access import acting
from adoption.alphabet import alphabetical
from adoption.history import all_faults, locked
from adoption.models import Act, Municipality, Partner
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from commitments import reviewing, services
from commitments.agreeing_signatures import signatures as faults_of_signatures
from commitments.facts import facts
from commitments.models import Commitment, Document, Party
from commitments.reviewing import TooLarge, examined
from commitments.services import Changed, Signature
from commitments.told import WHAT, history_of
from doc_templates import samples
from tests import papers
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue

pytestmark = pytest.mark.usefixtures("in_english")

State = Commitment.State
TERM = (date(2027, 9, 1), date(2028, 8, 31))


@pytest.fixture
def kainuu(db):
    return a_region()


@pytest.fixture
def pair(kainuu):
    return a_pair(kainuu)


def a_pdf(password: str = "") -> bytes:
    """One empty page, as a scanner would give it."""
    page, writer = BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(page)
    return page.getvalue()


def a_cleared_distributor(region, mikko, **details) -> Partner:
    """A distributor that Kaikukeskus has cleared."""
    partner = a_distributor(region, mikko, **details)
    answers = {"client_group": "Aikuiset", "most_in_tight": True, "why_most": "Perusturva"}
    partners.request_clearance(partner, mikko, answers)
    return partners.clear(partner, a_kaikukeskus_person())


def a_region_draft(region, aino) -> Commitment:
    """The commitment of the region's first two municipalities."""
    return papers.draft_region_commitment(region, region.municipalities.order_by("name_fi")[:2], aino, term=TERM)


def with_signatories(draft, by) -> Commitment:
    """Each body has a signatory of its own, and Kaikukeskus has the one of its last commitment."""
    bodies = draft.parties.exclude(role__in=[Party.Role.PARTNER, Party.Role.KAIKUKESKUS])
    named = {p.pk: {"signatory_name": f"Johtaja {p.position}", "record_number": f"KP/{p.pk}"} for p in bodies}
    draft.parties.filter(role=Party.Role.KAIKUKESKUS, signatory_name="").update(signatory_name="Kaisu Kuusisto")
    return papers.change_draft(draft, by, named)


def checked(draft, by) -> Commitment:
    return services.check(draft, by, draft.edition.manifest_sha256)


def sent(draft, by) -> Commitment:
    """The draft awaits its signatures."""
    return services.send(checked(with_signatories(draft, by), by), by)


def signatures(commitment, *roles) -> list[Signature]:
    """One of each party, or of those in the roles, given today."""
    rows = commitment.parties.filter(role__in=roles) if roles else commitment.parties.all()
    return [Signature(party.pk, party.signatory_name or "Kaisu Kuusisto", localdate()) for party in rows]


def in_force(draft, by) -> Commitment:
    """Every party has signed."""
    commitment = sent(draft, by)
    return reviewing.record_copy(commitment, by, a_pdf(), "kopio.pdf", signatures(commitment))


def a_commitment_in_force(partner, by) -> Commitment:
    return in_force(papers.draft_partner_commitment(partner, by, term=TERM), by)


def anew(row):
    """The row as it stands in the database; a protected state is not refreshed in place."""
    return type(row).objects.get(pk=row.pk)


def refusal(act, *args, **kwargs) -> str:
    """What the service answers instead of doing it."""
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def text_of(document: Document) -> str:
    """All that the stored DOCX says, tables included."""
    with default_storage.open(document.file.name) as file:
        opened = docx.Document(BytesIO(file.read()))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in opened.paragraphs] + cells)


# -- the way into force ----------------------------------------------------------------------------------------------


def test_a_region_commitment_is_drafted_checked_sent_and_signed_by_all(kainuu, aino, mikko):
    draft = a_region_draft(kainuu, aino)
    assert [p.role for p in draft.parties.all()] == ["municipality", "municipality", "county", "kaikukeskus"]
    commitment = sent(draft, mikko)
    assert commitment.state == State.AWAITING
    bodies = signatures(commitment, "municipality", "county")
    commitment = reviewing.record_copy(commitment, mikko, a_pdf(), "kopio.pdf", bodies)
    assert commitment.state == State.PARTLY_SIGNED
    own = signatures(commitment, "kaikukeskus")
    commitment = reviewing.record_copy(commitment, a_kaikukeskus_person(), a_pdf(), "kaikki.pdf", own)
    assert (commitment.state, commitment.in_force_on) == (State.IN_FORCE, localdate())
    assert all(p.signed_on and p.method == "copy" and p.copy for p in commitment.parties.all())
    acts = Act.objects.filter(about_kind="commitment", about_id=str(commitment.pk)).order_by("number")
    acts = acts.exclude(what="documents_made")
    assert [act.what.removeprefix("commitment_") for act in acts] == [
        "drafted", "changed", "checked", "sent", "signed", "signed", "in_force",
    ]  # fmt: skip
    assert all_faults() == []


def test_the_acknowledgement_in_kaikukanta_counts_for_all_parties_and_commits_the_partner(kainuu, aino, mikko):
    venue = a_venue(kainuu, aino)
    commitment = sent(papers.draft_partner_commitment(venue, aino, term=TERM), aino)
    commitment = services.record_kaikukanta(commitment, mikko, "Henna Soini", localdate())
    assert commitment.state == State.IN_FORCE
    rows = commitment.parties.values_list("role", "method", "signed_by")
    assert list(rows) == [(role, "kaikukanta", "Henna Soini") for role in ("partner", "municipality", "county")]
    venue = anew(venue)
    assert (venue.state, venue.committed_model) == (Partner.State.COMMITTED, "2024")


def test_a_region_commitment_is_not_acknowledged_in_kaikukanta(kainuu, aino):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    assert "Only a partner's" in refusal(services.record_kaikukanta, commitment, aino, "Aino", localdate())


def test_the_last_signature_makes_a_partner_active_that_lacked_nothing_else(kainuu, aino):
    venue = a_venue(kainuu, aino)
    partners.record_account(venue, aino, localdate())
    partners.record_induction(venue, aino, localdate(), Partner.Manner.EVENT)
    a_commitment_in_force(venue, aino)
    venue = anew(venue)
    assert venue.state == Partner.State.ACTIVE


def test_a_region_of_one_municipality_without_a_county(db):
    haaparanta = a_region("ruotsi")
    aino, mikko = a_pair(haaparanta)
    region = in_force_with_kaikukeskus(
        papers.draft_region_commitment(haaparanta, haaparanta.municipalities.all(), aino, term=TERM), aino
    )
    assert [p.name for p in region.parties.all()][:1] == ["Haaparanta"]
    assert [p.role for p in region.parties.all()] == ["municipality", "kaikukeskus"]
    partner = a_commitment_in_force(a_cleared_distributor(haaparanta, mikko), mikko)
    assert [p.role for p in partner.parties.all()] == ["partner", "municipality"]
    assert [d.language for d in partner.edition.documents.all()] == ["fi", "sv"]
    for document in (*region.edition.documents.all(), *partner.edition.documents.all()):
        assert "Haaparanta" in text_of(document) or "Haparanda" in text_of(document)


def in_force_with_kaikukeskus(draft, by) -> Commitment:
    """Every party has signed, Kaikukeskus last."""
    commitment = sent(draft, by)
    bodies = signatures(commitment, "municipality", "county")
    commitment = reviewing.record_copy(commitment, by, a_pdf(), "kopio.pdf", bodies)
    own = signatures(commitment, "kaikukeskus")
    return reviewing.record_copy(commitment, a_kaikukeskus_person(), a_pdf(), "kaikki.pdf", own)


def test_a_unit_of_the_county_signs_as_partner_and_the_county_as_body_two_rows_two_people(kainuu, mikko):
    unit = a_cleared_distributor(
        kainuu, mikko, name=kainuu.county.name_fi, unit="Talous- ja velkaneuvonta", signatory_name="Teemu Laaksonen"
    )
    draft = with_signatories(papers.draft_partner_commitment(unit, mikko, term=TERM), mikko)
    assert [p.name for p in draft.parties.all()] == [
        "Kainuun hyvinvointialue, Talous- ja velkaneuvonta", "Hyrynsalmi", "Kainuun hyvinvointialue",
    ]  # fmt: skip
    county = draft.parties.get(role="county")
    draft = papers.change_draft(draft, mikko, {county.pk: {"signatory_name": "Teemu Laaksonen"}})
    assert "two parties, two people" in refusal(checked, draft, mikko)
    draft = papers.change_draft(draft, mikko, {county.pk: {"signatory_name": "Helena Rautio"}})
    assert checked(draft, mikko).state == State.CHECKED


# -- drafting ---------------------------------------------------------------------------------------------------------


def test_a_distributor_that_is_not_cleared_is_refused(kainuu, mikko):
    distributor = a_distributor(kainuu, mikko)
    assert "has not cleared" in refusal(services.draft_partner_commitment, distributor, mikko)
    assert not Commitment.objects.exists()


def test_an_active_distributor_is_not_said_to_be_uncleared(kainuu, mikko):
    distributor = a_cleared_distributor(kainuu, mikko)
    partners.record_account(distributor, mikko, localdate())
    partners.record_induction(distributor, mikko, localdate(), Partner.Manner.EVENT)
    a_commitment_in_force(distributor, mikko)
    said = refusal(services.draft_partner_commitment, distributor, mikko)
    assert "has not cleared" not in said
    assert "active" in said


def test_a_second_draft_of_the_same_parties_is_refused(kainuu, aino):
    a_region_draft(kainuu, aino)
    assert "unfinished already" in refusal(a_region_draft, kainuu, aino)
    venue = a_venue(kainuu, aino)
    papers.draft_partner_commitment(venue, aino)
    assert "unfinished already" in refusal(services.draft_partner_commitment, venue, aino)


def test_a_region_commitment_needs_a_municipality(kainuu, aino):
    assert "at least one municipality" in refusal(services.draft_region_commitment, kainuu, [], a_kaikukeskus_person())


def test_the_end_of_the_trial_is_after_its_beginning(kainuu, aino):
    draft = a_region_draft(kainuu, aino)
    said = refusal(services.change_draft, draft, aino, {}, term_start=date(2027, 9, 1), term_end=date(2027, 9, 1))
    assert "after its beginning" in said
    assert draft.editions.count() == 1


def test_each_body_keeps_the_signatory_of_its_newest_commitment(kainuu, aino):
    with_signatories(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    other = papers.draft_partner_commitment(a_venue(kainuu, aino, "Kirjasto"), aino)
    assert other.parties.get(role="municipality").signatory_name == "Johtaja 2"


def test_only_the_pair_and_kaikukeskus_act(kainuu, aino):
    group = name_person(kainuu, "group", "ryhma@example.org", "Raija Ryhmä", aino).person
    draft = a_region_draft(kainuu, aino)
    acts = [
        (services.change_draft, {}), (services.check, draft.edition.manifest_sha256), (services.send,),
        (reviewing.record_copy, a_pdf(), "a.pdf", signatures(draft)), (services.record_kaikukanta, "A", localdate()),
        (services.decline, "syy"), (services.end, "syy"),
    ]  # fmt: skip
    for person in (group, a_stranger()):
        for act, *rest in acts:
            with pytest.raises(NotYours):
                act(draft, person, *rest)


def test_a_holder_of_another_municipality_does_not_act(kainuu, aino):
    far = kainuu.municipalities.order_by("name_fi").last()
    name = ("culture", "pirjo@example.org", "Pirjo Määttä")
    pirjo = name_person(kainuu, *name, a_kaikukeskus_person(), municipality=far).person
    with pytest.raises(NotYours):
        checked(a_region_draft(kainuu, aino), pirjo)


def test_the_later_of_two_savers_is_told_and_can_save_again(kainuu, aino, mikko):
    draft = a_region_draft(kainuu, aino)
    county = draft.parties.get(role="county")
    papers.change_draft(draft, aino, {county.pk: {"signatory_name": "Helena Rautio"}}, edition=1)
    late = {county.pk: {"signatory_name": "Teemu Laaksonen"}}
    with pytest.raises(Changed, match="Somebody has changed the draft since you opened it") as refused:
        papers.change_draft(draft, mikko, late, edition=1)
    assert (anew(county).signatory_name, draft.edition.number) == ("Helena Rautio", 2)
    papers.change_draft(draft, mikko, late, edition=refused.value.number)
    assert (anew(county).signatory_name, draft.edition.number) == ("Teemu Laaksonen", 3)


def test_kaikukeskus_names_its_own_signatory(kainuu, aino):
    draft = a_region_draft(kainuu, aino)
    own = draft.parties.get(role="kaikukeskus")
    named = {own.pk: {"signatory_name": "Laura Mäkelä"}}
    assert "names its own signatory" in refusal(services.change_draft, draft, aino, named)
    papers.change_draft(draft, a_kaikukeskus_person(), named)
    assert anew(own).signatory_name == "Laura Mäkelä"


# -- documents --------------------------------------------------------------------------------------------------------


def test_the_stored_files_keep_their_hashes_and_facts_and_the_manifest_its_own(kainuu, aino):
    draft = a_region_draft(kainuu, aino)
    first = draft.edition
    with_signatories(draft, aino)
    assert [e.number for e in draft.editions.all()] == [2, 1]
    for document in Document.objects.filter(edition__commitment=draft):
        with default_storage.open(document.file.name) as file:
            assert hashlib.sha256(file.read()).hexdigest() == document.sha256
        assert document.facts["document_id"] == f"KP-{draft.pk}"
    entries = json.loads(first.manifest)
    assert [entry["sha256"] for entry in entries] == [d.sha256 for d in first.documents.all()]
    assert hashlib.sha256(first.manifest.encode()).hexdigest() == first.manifest_sha256


def test_one_file_a_language_of_the_parties(db):
    region = a_region("lansi-uusimaa")
    aino, _mikko = a_pair(region)
    bilingual = list(region.municipalities.filter(language="fi_sv"))[:1]
    draft = papers.draft_region_commitment(region, bilingual, aino, term=TERM)
    assert [d.language for d in draft.edition.documents.all()] == ["fi", "sv"]
    assert bilingual[0].name_sv in text_of(draft.edition.documents.get(language="sv"))


def languages_of(draft) -> list[str]:
    return [document.language for document in draft.edition.documents.order_by("language")]


@pytest.mark.parametrize(
    ("slug", "town", "of_region", "of_venue"),
    [
        ("lansi-uusimaa", "Vihti", ["fi", "sv"], ["fi", "sv"]),  # a Finnish town in a bilingual county
        ("kainuu", "Kajaani", ["fi"], ["fi"]),
        ("kainuu", "Geta", ["fi", "sv"], ["fi", "sv"]),  # a Swedish one: the county and Kaikukeskus read Finnish
        ("turku", "Geta", ["fi", "sv"], ["sv"]),  # the same without a county: only Kaikukeskus does
    ],
)
def test_county_and_kaikukeskus_have_the_document_in_their_language(db, slug, town, of_region, of_venue):
    region, laura = a_region("kainuu" if slug == "turku" else slug), a_kaikukeskus_person()
    if slug == "turku":
        region.county = None
        region.save()
    [there] = Municipality.objects.filter(name_fi=town)
    assert languages_of(papers.draft_region_commitment(region, [there], laura, term=TERM)) == of_region
    venue = a_venue(region, laura, language="sv" if town == "Geta" else "fi")
    venue.municipalities.set([there])
    assert languages_of(papers.draft_partner_commitment(venue, laura, term=TERM)) == of_venue


@pytest.mark.parametrize("name", ["Puu & Sivu <Oy>", "Y" * 297 + " ry", "{{ title }} {% for %}", "Åsa “Öl” – ry"])
def test_every_party_is_named_in_full(kainuu, aino, name):
    venue = a_venue(kainuu, aino, name, signatory_name="Toimi Venho")
    draft = with_signatories(papers.draft_partner_commitment(venue, aino, term=TERM), aino)
    said = text_of(draft.edition.documents.get())
    assert [party.name for party in draft.parties.all() if party.name not in said] == []
    assert name in said


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_the_facts_are_those_that_a_template_may_use(kainuu, aino, mikko, language):
    commitments = [a_region_draft(kainuu, aino), papers.draft_partner_commitment(a_venue(kainuu, aino), aino)]
    commitments.append(papers.draft_partner_commitment(a_cleared_distributor(kainuu, mikko), aino))
    for commitment in commitments:
        said = facts(commitment, language, now())
        assert samples.field_names(said) == samples.field_names(samples.FULL[commitment.kind])
        assert said["term_start"]


@pytest.mark.parametrize(
    ("language", "names"), [("fi", ["Helsinki", "Espoo", "Porvoo"]), ("sv", ["Helsingfors", "Esbo", "Borgå"])]
)
def test_municipalities_stand_in_the_order_of_the_documents_language(db, language, names):
    region = a_region("lansi-uusimaa")
    towns = list(Municipality.objects.filter(name_fi__in=["Helsinki", "Espoo", "Porvoo"]))
    said = facts(papers.draft_region_commitment(region, towns, a_kaikukeskus_person()), language, now())
    assert [town["name"] for town in said["municipalities"]] == sorted(names)
    assert [party["name"] for party in said["parties"]][:3] == sorted(names)
    assert [cost["name"] for cost in said["costs"]][:3] == sorted(names)


def test_the_last_letters_of_the_alphabet_come_last():
    names = ["Övertorneå", "Zonen", "Åbo", "Ähtäri", "Alavus", "öja"]
    assert sorted(names, key=alphabetical) == ["Alavus", "Zonen", "Åbo", "Ähtäri", "öja", "Övertorneå"]


@pytest.mark.parametrize(
    ("language", "venue", "distributor", "town", "substitute"),
    [
        ("fi", "Kaikukortti-kohde", "Kaikukortin jakaja", "Kunta", "sijainen"),
        ("sv", "Kaikukorttiobjekt", "Kortutdelare", "Kommun", "ersättare"),
    ],
)
def test_roles_business_ids_and_substitutes_are_written_out(
    kainuu, aino, mikko, language, venue, distributor, town, substitute
):
    name_person(kainuu, "culture", "saija@example.org", "Saija Sijainen", aino, substitute=True)
    drafts = [
        papers.draft_partner_commitment(p, aino) for p in (a_venue(kainuu, aino), a_cleared_distributor(kainuu, mikko))
    ]
    organisation = drafts[0].partner.organisation
    organisation.business_id = "1234567-1"
    organisation.save()
    said = [facts(anew(draft), language, now()) for draft in drafts]
    assert [[party["role"] for party in one["parties"]][:2] for one in said] == [[venue, town], [distributor, town]]
    assert [one["parties"][0]["business_id"] for one in said] == ["1234567-1", ""]
    people = [(p["name"], p["substitute"]) for p in said[0]["responsible_people"]]
    assert people == [("Aino Virtanen", ""), ("Saija Sijainen", substitute)]
    papers.change_draft(drafts[0], aino, {})
    assert "1234567-1" in text_of(anew(drafts[0]).edition.documents.get())
    assert "Saija Sijainen" in text_of(anew(drafts[0]).edition.documents.get())


# -- checking ---------------------------------------------------------------------------------------------------------


def test_only_the_edition_that_was_read_can_be_checked(kainuu, aino):
    draft = with_signatories(a_region_draft(kainuu, aino), aino)
    read = draft.edition.manifest_sha256
    draft = papers.change_draft(draft, aino, {}, feedback_email="kaiku@example.org")
    assert "changed since" in refusal(services.check, draft, aino, read)
    assert "changed since" in refusal(services.check, draft, aino, "")


def test_a_party_without_signatory_is_named(kainuu, aino):
    said = refusal(checked, a_region_draft(kainuu, aino), aino)
    assert "Name the signatory of Hyrynsalmi." in said
    assert "Kaikukeskus names its own signatory, and has not done so yet." in said


def test_a_party_is_named_in_the_readers_language(db):
    region = a_region("lansi-uusimaa")
    towns = list(Municipality.objects.filter(name_fi="Helsinki"))
    draft = papers.draft_region_commitment(region, towns, a_kaikukeskus_person(), term=TERM)
    with translation.override("sv"):
        assert any("Helsingfors" in text for text in services.unnamed(draft))


def test_nobody_is_named_both_for_an_authority_and_for_kaikukeskus(kainuu, aino):
    draft = with_signatories(a_region_draft(kainuu, aino), aino)
    own, county = draft.parties.get(role="kaikukeskus"), draft.parties.get(role="county")
    laura = a_kaikukeskus_person()
    draft = papers.change_draft(draft, laura, {own.pk: {"signatory_name": county.signatory_name.upper()}})
    assert "two parties, two people" in refusal(checked, draft, aino)
    assert [draft.parties.get(pk=p.pk) and 1 for p in (own, county)] == [1, 1]
    draft = papers.change_draft(draft, laura, {own.pk: {"signatory_name": "Laura Mäkelä"}})
    assert checked(draft, aino).state == State.CHECKED


def test_several_municipalities_may_have_one_signatory(kainuu, aino):
    draft = with_signatories(a_region_draft(kainuu, aino), aino)
    towns = draft.parties.filter(role="municipality")
    draft = papers.change_draft(draft, aino, {p.pk: {"signatory_name": "Antti Hämäläinen"} for p in towns})
    assert checked(draft, aino).state == State.CHECKED


def test_a_checked_draft_that_is_changed_is_checked_again(kainuu, aino):
    draft = checked(with_signatories(a_region_draft(kainuu, aino), aino), aino)
    assert papers.change_draft(draft, aino, {}).state == State.DRAFT


def test_what_has_been_sent_does_not_change(kainuu, aino):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    assert "cannot be done" in refusal(services.change_draft, commitment, aino, {})
    assert commitment.editions.count() == 2


def test_sending_twice_is_refused_in_words(kainuu, aino):
    draft = with_signatories(a_region_draft(kainuu, aino), aino)
    checked(draft, aino)
    assert "“checked”" in refusal(checked, draft, aino)
    services.send(draft, aino)
    assert "“awaiting signatures”" in refusal(services.send, draft, aino)


# -- signing ----------------------------------------------------------------------------------------------------------


def test_the_same_copy_sent_twice_is_recorded_once(kainuu, aino):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    given = signatures(commitment)
    reviewing.record_copy(commitment, aino, a_pdf(), "kopio.pdf", given)
    assert "“in force”" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "kopio.pdf", given)
    assert commitment.copies.count() == 1


def test_a_party_signs_once(kainuu, aino):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    given = signatures(commitment, "county")
    reviewing.record_copy(commitment, aino, a_pdf(), "kopio.pdf", given)
    assert "has signed already" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "kopio.pdf", given)
    assert commitment.copies.count() == 1


def test_kaikukeskus_signs_last_and_records_it_itself(kainuu, aino):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    own = signatures(commitment, "kaikukeskus")
    laura = a_kaikukeskus_person()
    assert "signs last" in refusal(reviewing.record_copy, commitment, laura, a_pdf(), "a.pdf", own)
    reviewing.record_copy(commitment, aino, a_pdf(), "a.pdf", signatures(commitment, "municipality", "county"))
    assert "records its own" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", own)
    assert reviewing.record_copy(commitment, laura, a_pdf(), "a.pdf", own).state == State.IN_FORCE


@pytest.mark.parametrize("together", [True, False], ids=["one copy", "two copies"])
def test_nobody_signs_both_for_an_authority_and_for_kaikukeskus(kainuu, aino, together):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    bodies, own = signatures(commitment, "municipality", "county"), signatures(commitment, "kaikukeskus")
    laura, same = a_kaikukeskus_person(), [own[0]._replace(name=" johtaja  1 ")]
    if not together:
        reviewing.record_copy(commitment, aino, a_pdf(), "a.pdf", bodies)
        bodies = []
    said = refusal(reviewing.record_copy, commitment, laura, a_pdf(), "b.pdf", [*bodies, *same])
    assert "two parties, two people" in said
    assert commitment.copies.count() == (0 if together else 1)
    assert reviewing.record_copy(commitment, laura, a_pdf(), "b.pdf", [*bodies, *own]).state == State.IN_FORCE


def test_nobody_signs_both_for_the_partner_and_for_an_authority(kainuu, aino):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    same = [one._replace(name="Toimi Taidehalli Pato") for one in signatures(commitment)]
    assert "two parties, two people" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", same)


def test_an_acknowledgement_has_a_day_on_which_the_document_was_there(kainuu, aino):
    commitment = sent(papers.draft_partner_commitment(a_venue(kainuu, aino), aino), aino)
    for days, said in ((-1, "when the document was made"), (1, "still to come")):
        day = localdate() + timedelta(days=days)
        assert said in refusal(services.record_kaikukanta, commitment, aino, "Henna Soini", day)
    assert anew(commitment).state == State.AWAITING


@pytest.mark.parametrize(
    ("name", "days", "said"),
    [
        ("Teemu", 1, "still to come"),
        ("Teemu", -1, "when the document was made"),
        ("  ", 0, "write who has signed"),
    ],
)
def test_a_signature_has_a_name_and_a_day_that_has_been(kainuu, aino, name, days, said):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    county = commitment.parties.get(role="county")
    given = [Signature(county.pk, name, localdate() + timedelta(days=days))]
    assert said in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", given)
    assert not commitment.copies.exists()


def test_a_copy_bears_at_least_one_signature_and_none_of_strangers(kainuu, aino):
    commitment = sent(a_region_draft(kainuu, aino), aino)
    other = papers.draft_partner_commitment(a_venue(kainuu, aino), aino)
    assert "Choose the parties" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", [])
    foreign = signatures(other)
    assert "does not belong" in refusal(reviewing.record_copy, commitment, aino, a_pdf(), "a.pdf", foreign)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a PDF"),
        (b"PK\x03\x04 a Word document", "not a PDF"),
        (b"%PDF-1.7\nnothing more", "cannot be opened"),
        (a_pdf()[:-120], "cannot be opened"),
        (a_pdf("salasana"), "cannot be opened"),
        # AES, which pypdf cannot even begin to open
        (a_pdf("salasana").replace(b"/V 2", b"/V 5").replace(b"/R 3", b"/R 6"), "cannot be opened"),
    ],
    ids=["empty", "docx", "only a head", "cut off", "password", "password, AES"],
)
def test_what_is_no_readable_pdf_is_refused_in_words(kainuu, aino, content, said):
    assert said in refusal(examined, content, a_draft(kainuu, aino))


def a_draft(region, by) -> Commitment:
    return papers.draft_partner_commitment(a_venue(region, by), by)


def test_a_copy_of_40_mb_is_too_large(kainuu, aino):
    draft = a_draft(kainuu, aino)
    with pytest.raises(TooLarge, match="20 MB"):
        examined(b"%PDF-" + bytes(40 * 1024 * 1024), draft)
    assert examined(a_pdf(), draft)["pages"] == 1


# -- the other ends ---------------------------------------------------------------------------------------------------


def test_a_replacement_supersedes_only_when_it_is_itself_in_force(kainuu, aino):
    venue = a_venue(kainuu, aino)
    old = a_commitment_in_force(venue, aino)
    new = sent(papers.replace(old, aino), aino)
    old = anew(old)
    assert (old.state, new.replaces_id) == (State.IN_FORCE, old.pk)
    reviewing.record_copy(new, aino, a_pdf(), "uusi.pdf", signatures(new))
    old = anew(old)
    assert (old.state, anew(new).state) == (State.SUPERSEDED, State.IN_FORCE)
    venue = anew(venue)
    assert venue.state == Partner.State.COMMITTED


def test_a_region_commitment_is_replaced_with_the_same_parties(kainuu, aino):
    old = in_force_with_kaikukeskus(a_region_draft(kainuu, aino), aino)
    new = papers.replace(old, aino)
    assert [p.name for p in new.parties.all()] == [p.name for p in old.parties.all()]
    assert "unfinished already" in refusal(services.replace, old, aino)


def test_only_what_is_in_force_is_replaced(kainuu, aino):
    assert "“draft”" in refusal(services.replace, a_region_draft(kainuu, aino), aino)


@pytest.mark.parametrize(("make", "state"), [(a_cleared_distributor, "cleared"), (a_venue, "candidate")])
def test_a_commitment_that_ends_returns_its_partner(kainuu, mikko, make, state):
    partner = make(kainuu, mikko)
    commitment = a_commitment_in_force(partner, mikko)
    assert "reason" in refusal(services.end, commitment, mikko, " ")
    commitment = services.end(commitment, mikko, "Toiminta loppui.")
    partner = anew(partner)
    assert (commitment.state, commitment.ended_on, partner.state) == (State.ENDED, localdate(), state)
    assert "“ended”" in refusal(services.end, commitment, mikko, "Toiminta loppui.")


def test_declined_with_a_reason_and_drafted_anew(kainuu, aino):
    venue = a_venue(kainuu, aino)
    commitment = sent(papers.draft_partner_commitment(venue, aino), aino)
    assert "reason" in refusal(services.decline, commitment, aino, "")
    assert services.decline(commitment, aino, "Hallitus ei allekirjoita.").state == State.DECLINED
    assert papers.draft_partner_commitment(venue, aino).state == State.DRAFT


def test_the_trials_partner_commitments_carry_over_and_stay_in_force(kainuu, aino, mikko):
    """R10."""
    venue = a_commitment_in_force(a_venue(kainuu, aino), aino)
    region = in_force_with_kaikukeskus(a_region_draft(kainuu, aino), aino)
    own = list(venue.parties.exclude(municipality=None).values_list("municipality", flat=True))
    elsewhere = list(Municipality.objects.exclude(pk__in=own).values_list("pk", flat=True))
    with transaction.atomic():
        here = locked(kainuu.pk)
        who = acting(aino, here)
        assert services.carry_over(here, elsewhere, who, localdate()) == 0
        assert services.carry_over(here, own, who, localdate()) == 1
        assert services.carry_over(here, own, who, localdate()) == 0
    assert anew(venue).carried_over_on == localdate()
    assert anew(venue).state == State.IN_FORCE
    assert anew(region).carried_over_on is None


def test_the_replacement_of_one_carried_over_begins_when_it_is_made_and_not_on_the_trials_planned_day(kainuu, aino):
    planned = localdate() + timedelta(days=200)
    old = a_commitment_in_force(a_venue(kainuu, aino), aino)
    Commitment.objects.filter(pk=old.pk).update(term_start=planned, term_end=planned + timedelta(days=365))
    in_trial = papers.replace(anew(old), aino)
    assert (in_trial.term_start, in_trial.term_end) == (planned, planned + timedelta(days=365))
    services.decline(in_trial, aino, "Tehdään myöhemmin.")
    Commitment.objects.filter(pk=old.pk).update(carried_over_on=localdate())
    new = papers.replace(anew(old), aino)
    assert (new.term_start, new.term_end) == (None, None)
    today = localdate()
    assert facts(new, "fi", now())["term_start"] == f"{today.day}.{today.month}.{today.year}"


# -- the states -------------------------------------------------------------------------------------------------------

# (state, transition) → the state after it; whatever is not here is refused.
ALLOWED = {
    ("draft", "check_off"): "checked",
    ("draft", "redraft"): "draft",
    ("draft", "decline"): "declined",
    ("checked", "redraft"): "draft",
    ("checked", "send"): "awaiting",
    ("checked", "decline"): "declined",
    ("awaiting", "sign_partly"): "partly_signed",
    ("awaiting", "enter_into_force"): "in_force",
    ("awaiting", "decline"): "declined",
    ("partly_signed", "sign_partly"): "partly_signed",
    ("partly_signed", "enter_into_force"): "in_force",
    ("partly_signed", "decline"): "declined",
    ("awaiting", "supersede"): "superseded",
    ("partly_signed", "supersede"): "superseded",
    ("in_force", "supersede"): "superseded",
    ("in_force", "end"): "ended",
}
# Besides, for what was signed on paper before it was entered.
ON_PAPER = {("draft", "take_over"): "in_force"}
TRANSITIONS = sorted({transition.name for transition in Commitment().get_all_state_transitions()})


@pytest.mark.parametrize("method", Party.Method.values)
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", TRANSITIONS)
def test_every_transition_from_every_state(state, name, method):
    commitment = Commitment(pk=1, state=state)
    commitment._prefetched_objects_cache = {"parties": [Party(method=method)]}
    allowed = ALLOWED | (ON_PAPER if method == "paper" else {})
    if (state, name) in allowed:
        getattr(commitment, name)()
        assert commitment.state == allowed[state, name]
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(commitment, name)()
        assert commitment.state == state


def test_the_written_set_names_only_what_there_is():
    assert {name for _state, name in ALLOWED | ON_PAPER} == set(TRANSITIONS)


# -- letters ----------------------------------------------------------------------------------------------------------


def test_the_partners_contact_hears_that_it_is_to_be_signed_and_all_that_it_is_in_force(
    kainuu, aino, mikko, worker, settings
):
    venue = a_venue(kainuu, aino)
    draft = papers.draft_partner_commitment(venue, aino)
    worker.run()
    mail.outbox.clear()
    commitment = sent(draft, aino)
    worker.run()
    assert [m.to for m in mail.outbox] == [[venue.contact.email]]
    assert settings.SITE_URL + commitment.get_absolute_url() in mail.outbox[0].body
    reviewing.record_copy(commitment, aino, a_pdf(), "a.pdf", signatures(commitment))
    mail.outbox.clear()
    worker.run()
    assert {m.to[0] for m in mail.outbox} == {mikko.email, venue.contact.email}  # Aino knows


def test_the_pair_hears_of_the_regions_own_commitment(kainuu, aino, mikko, worker):
    far = kainuu.municipalities.order_by("name_fi").last()
    name_person(kainuu, "culture", "pirjo@example.org", "Pirjo Määttä", a_kaikukeskus_person(), municipality=far)
    worker.run()
    mail.outbox.clear()
    sent(a_region_draft(kainuu, aino), aino)
    worker.run()
    assert {m.to[0] for m in mail.outbox} == {mikko.email}


def test_a_partner_without_contact_gets_no_letter(kainuu, aino, worker):
    venue = a_venue(kainuu, aino)
    Partner.objects.filter(pk=venue.pk).update(contact=None)
    worker.run()
    mail.outbox.clear()
    sent(papers.draft_partner_commitment(venue, aino), aino)
    worker.run()
    assert mail.outbox == []


# -- history ----------------------------------------------------------------------------------------------------------


def test_every_act_about_a_commitment_has_words(kainuu, aino):
    venue = a_venue(kainuu, aino)
    old = a_commitment_in_force(venue, aino)
    new = papers.replace(old, aino)
    services.end(services.record_kaikukanta(sent(new, aino), aino, "Henna", localdate()), aino, "Loppui.")
    services.decline(papers.draft_partner_commitment(venue, aino), aino, "Ei nyt.")
    acts = Act.objects.filter(about_kind="commitment")
    elsewhere = {
        "commitment_carried_over", "commitment_renewed", "commitment_on_paper", "commitment_paper_corrected",
    }  # fmt: skip
    walked = {what for what in WHAT if what.startswith("commitment_")} - elsewhere
    assert walked | {"documents_made"} <= {act.what for act in acts} <= set(WHAT)
    signed = next(told for told in history_of(old, old.parties.all()) if told.act.what == "commitment_signed")
    assert [party.role for party in signed.parties] == ["partner", "municipality", "county"]


@pytest.mark.parametrize("kind", ["partner", "region"])
def test_those_without_an_address_sign_on_paper_before_those_who_have_one(kainuu, aino, kind):
    region = kainuu
    if kind == "partner":
        draft = papers.draft_partner_commitment(a_venue(region, aino), aino)
        first = ["partner"]
        later_ones = draft.parties.exclude(role="partner")
        said = {one.pk: {"signatory_email": f"j{one.pk}@example.org"} for one in later_ones}
    else:
        draft = papers.draft_region_commitment(region, region.municipalities.order_by("name_fi")[:2], aino)
        first = ["municipality", "county"]
        draft.parties.filter(role="kaikukeskus").update(signatory_name="Kaisu K", signatory_email="kaisu@example.org")
        said = {one.pk: {} for one in draft.parties.exclude(role="kaikukeskus")}
    said = {key: given | {"signatory_name": f"Johtaja {key}"} for key, given in said.items()}
    sent = services.send(checked(papers.change_draft(draft, aino, said), aino), aino)
    assert faults_of_signatures(region) == []
    reviewing.record_copy(sent, aino, a_pdf(), "kopio.pdf", signatures(sent, *first))
    assert not sent.parties.filter(role__in=first, signed_on=None).exists()
    asked = sent.parties.exclude(signatory_email="").filter(request__state="sent")
    assert asked.exists()
    assert faults_of_signatures(region) == []
