"""Commitments of many partners at once: drafted in one batch, sent as they were seen, each in its own language."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from adoption import partners
from adoption.days import next_working_day
from adoption.history import all_faults
from adoption.models import Act, Partner, Person, Region
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from commitments import services
from commitments.agreeing_signatures import signatures
from commitments.facts import own_of_partner
from commitments.making import finish
from commitments.models import Batch, Commitment, Party, SignatureRequest
from commitments.together import Common, Plan, Seen, draft_all, lacks_of_partner, send_all
from tests import papers
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial, a_venue
from tests.race import DONE, REFUSED
from tests.test_commitments import a_cleared_distributor, anew, refusal
from workflows import drafting

State = Commitment.State
BODIES = {"signatory_name": "Helena Rautio", "signatory_title": "johtaja", "signatory_email": "helena@example.org"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def kainuu(db) -> Region:
    return a_region()


@pytest.fixture
def pair(kainuu) -> tuple[Person, Person]:
    return a_pair(kainuu)


@pytest.fixture
def aino(pair) -> Person:
    return speaking(pair[0])


@pytest.fixture
def as_aino(aino) -> Client:
    return browser_of(aino)


def speaking(person: Person) -> Person:
    person.language = "en"
    person.save()
    return person


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def venues(region: Region, by: Person, count: int, first: int = 1, **details) -> list[Partner]:
    """Venues that lack nothing, each with a signatory of its own."""
    numbers = range(first, first + count)
    return [
        a_venue(
            region, by, f"Galleria {n}", signatory_email=f"johtaja.{n}@example.org", offering="Näyttelyt.", **details
        )
        for n in numbers
    ]


def common(region: Region, **said) -> Common:
    """Every body has a signatory."""
    bodies = services.bodies_of(region, region.municipalities.all())
    keys = ["county", *(f"m{body.municipality_id}" for body in bodies if body.municipality_id)]
    return Common(bodies=dict.fromkeys(keys, BODIES), **said)


def drafted(region: Region, by: Person, partners: list[Partner]) -> list[Commitment]:
    """A draft of each, with its papers."""
    made = draft_all(region, by, [Plan(partner) for partner in partners], common(region))
    assert made.left == []
    return [finish(edition.commitment) for edition in made.batch.editions.order_by("pk")]


def seen(drafts: list[Commitment]) -> dict[int, Seen]:
    """What the page shows of each."""
    editions = {draft.pk: anew(draft).edition for draft in drafts}
    return {pk: Seen(edition.number, edition.manifest_sha256) for pk, edition in editions.items()}


def acts(what: str) -> list[str]:
    return sorted(Act.objects.filter(what=what).values_list("about_id", flat=True))


def keys(drafts: list[Commitment]) -> list[str]:
    return sorted(str(draft.pk) for draft in drafts)


def text_of(answer) -> str:
    """The page as a reader has it."""
    body = re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#x27;", "'")
    return " ".join(body.split())


def address(name: str, *args) -> str:
    return reverse(name, args=["kainuu", *args])


# -- drafting ---------------------------------------------------------------------------------------------------------


def test_the_common_facts_stand_in_each_draft_and_all_papers_in_one_batch(kainuu, aino):
    partners = venues(kainuu, aino, 3)
    start = next_working_day(localdate() + timedelta(days=30))
    said = common(kainuu, term=(start, start + timedelta(days=300)), sign_by=start, in_turn=False)
    made = draft_all(kainuu, aino, [Plan(partner) for partner in partners], said)
    assert signatures(kainuu) == []
    drafts = [finish(edition.commitment) for edition in made.batch.editions.all()]
    assert sorted(draft.partner_id for draft in drafts) == sorted(partner.pk for partner in partners)
    for draft in drafts:
        assert (draft.term_start, draft.sign_by, draft.in_turn, draft.state) == (start, start, False, State.DRAFT)
        names = {party.signatory_name for party in draft.parties.exclude(role="partner")}
        assert names == {"Helena Rautio"}
        facts = draft.edition.documents.get(language="fi").facts
        assert {"Helena Rautio", f"Toimi {draft.partner}"} == {party["signatory_name"] for party in facts["parties"]}
    assert all_faults() == []


def test_one_that_cannot_be_drafted_is_named_and_the_others_go(kainuu, aino):
    good, nameless = venues(kainuu, aino, 1)[0], a_venue(kainuu, aino, "Nimetön", signatory_name="")
    made = draft_all(kainuu, aino, [Plan(nameless), Plan(good)], common(kainuu))
    assert [str(one) for one in made.left] == ["Nimetön: Name the signatory."]
    assert [edition.commitment.partner_id for edition in made.batch.editions.all()] == [good.pk]
    assert not nameless.commitments.exists()
    said = refusal(draft_all, kainuu, aino, [Plan(nameless), Plan(good)], common(kainuu))
    assert "Nimetön: Name the signatory." in said
    assert "unfinished already" in said
    assert Batch.objects.count() == 1


def test_what_a_partner_lacks_is_said_with_the_place_where_it_is_mended(kainuu, aino):
    bare = a_venue(kainuu, aino, "Paljas", signatory_name="")
    Partner.objects.filter(pk=bare.pk).update(contact=None)
    lacks = lacks_of_partner(anew(bare))
    edit = reverse("partner_edit", args=["kainuu", bare.pk])
    assert [(str(lack.what), lack.what.href, lack.needed) for lack in lacks] == [
        ("Name the signatory.", f"{edit}#id_signatory_name", True),
        ("Name the contact person.", f"{reverse('partner_contact', args=['kainuu', bare.pk])}#contact", True),
        ("It is not said what the venue offers.", f"{edit}#id_offering", False),
    ]
    page = browser_of(aino).get(edit).content.decode()
    assert all(f'id="{lack.what.href.partition("#")[2]}"' in page for lack in lacks if lack.what.href.startswith(edit))
    contact = browser_of(aino).get(reverse("partner", args=["kainuu", bare.pk])).content.decode()
    assert 'id="contact"' in contact
    assert lacks_of_partner(venues(kainuu, aino, 1)[0]) == []


def test_what_a_paper_can_be_sent_without_is_not_called_lacking(kainuu, aino):
    a_venue(kainuu, aino, "Avoin", signatory_email="johtaja@example.org")
    page = text_of(browser_of(aino).get(reverse("commitments_new", args=["kainuu"])))
    assert "1 of 1 are ready" in page
    assert "Lacking Nothing Worth adding, not needed: It is not said what the venue offers." in page


def test_only_those_who_may_commit_now_are_offered(kainuu, aino, pair):
    mikko, laura = pair[1], a_kaikukeskus_person()
    [ready, unfinished] = venues(kainuu, aino, 2)
    papers.draft_partner_commitment(unfinished, aino)
    a_venue(kainuu, aino, "Kieltäytynyt", interest="no")
    cleared = a_cleared_distributor(kainuu, mikko, name="Puollettu ry", signatory_email="p@example.org")
    papers_of = {one.partner: one.is_ready for one in drafting.candidates(kainuu, laura)}
    assert papers_of == {ready: True, cleared: True}
    assert [one.partner for one in drafting.candidates(kainuu, aino)] == [ready, cleared]
    elsewhere = kainuu.municipalities.order_by("name_fi").last()
    own = name_person(kainuu, "culture", "pirjo@example.org", "Pirjo Määttä", laura, municipality=elsewhere).person
    assert elsewhere not in ready.municipalities.all()
    assert drafting.candidates(kainuu, own) == []


def test_each_has_the_dates_of_its_own_trial(kainuu, aino):
    trial = a_trial(kainuu)
    partners = venues(kainuu, aino, 2)
    plans = drafting.plans(kainuu, partners)
    assert {(plan.model, plan.term) for plan in plans} == {("2024", (trial.planned_start, trial.planned_end))}
    assert drafting.common_term(plans) == (trial.planned_start, trial.planned_end)
    made = draft_all(kainuu, aino, plans, common(kainuu))
    assert {edition.commitment.term_end for edition in made.batch.editions.all()} == {trial.planned_end}


def test_the_page_drafts_the_chosen_and_keeps_what_was_typed(kainuu, aino, as_aino, worker):
    trial = a_trial(kainuu)
    [first, second, third] = venues(kainuu, aino, 3)
    page = as_aino.get(address("commitments_new"))
    assert page.content.decode().count('name="partners"') == 3
    assert (
        f'value="{trial.planned_end.day}.{trial.planned_end.month}.{trial.planned_end.year}"' in page.content.decode()
    )
    given = {name: page.context["form"].initial.get(name) or "" for name in page.context["form"].fields}
    given |= {"in_turn": "True", "term_start": "1.2.2030", "term_end": "1.1.2030", "sign_by": ""}
    town = first.municipalities.get()
    given |= {f"signatory_name_m{town.pk}": "Antti Hämäläinen", f"record_number_m{town.pk}": "KP/7"}
    given |= {"partners": [first.pk, third.pk]}
    answer = as_aino.post(address("commitments_new"), given)
    assert answer.status_code == 422
    assert "The end of the trial must be after its beginning." in text_of(answer)
    kept = answer.content.decode()
    assert 'value="KP/7"' in kept
    assert [f'value="{p.pk}" id="partner-{p.pk}" checked' in kept for p in (first, second, third)] == [
        True,
        False,
        True,
    ]
    answer = as_aino.post(address("commitments_new"), given | {"term_start": "", "term_end": ""})
    batch = Batch.objects.get()
    assert answer.url == reverse("batch", args=[batch.pk])
    worker.run()
    drafts = {edition.commitment.partner: edition.commitment for edition in batch.editions.all()}
    assert set(drafts) == {first, third}
    party = drafts[first].parties.get(municipality=town)
    assert (party.signatory_name, party.record_number) == ("Antti Hämäläinen", "KP/7")
    assert address("commitments_send") in as_aino.get(answer.url).content.decode()
    again = as_aino.post(address("commitments_new"), given | {"term_start": "", "term_end": ""})
    assert (again.status_code, Batch.objects.count()) == (422, 1)
    assert text_of(again).count("unfinished already") == 2
    nobody = as_aino.post(address("commitments_new"), {"in_turn": "True"})
    assert (nobody.status_code, "Choose at least one partner." in text_of(nobody)) == (422, True)


def test_a_reader_and_a_stranger_find_no_forms(kainuu, aino):
    reader = speaking(name_person(kainuu, "group", "r@example.org", "Reino Saari", a_kaikukeskus_person()).person)
    codes = {
        name: browser_of(reader).get(address(name)).status_code for name in ("commitments_new", "commitments_send")
    }
    assert codes == {"commitments_new": 403, "commitments_send": 403}
    signing = browser_of(reader).get(address("commitments_signing"))
    assert (signing.status_code, 'method="post"' in signing.content.decode().split("<main")[1]) == (200, False)
    for name in ("commitments_new", "commitments_send", "commitments_signing"):
        assert browser_of(a_stranger()).get(address(name)).status_code == 404
    assert browser_of(reader).post(address("commitments_remind")).status_code == 403


@pytest.mark.parametrize("name", ["commitments_new", "commitments_send", "commitments_signing"])
def test_an_empty_page_says_what_comes(kainuu, as_aino, name):
    answer = as_aino.get(address(name))
    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


# -- checking and sending ---------------------------------------------------------------------------------------------


def test_all_are_checked_and_sent_as_they_were_seen(kainuu, aino, worker):
    drafts = drafted(kainuu, aino, venues(kainuu, aino, 3))
    assert send_all(kainuu, aino, seen(drafts)) == (3, 0, [])
    assert {anew(draft).state for draft in drafts} == {State.AWAITING}
    checked = Act.objects.filter(what="commitment_checked")
    manifests = {pk: shown.manifest for pk, shown in seen(drafts).items()}
    assert {int(act.about_id): act.data["manifest"] for act in checked} == manifests
    assert {act.by for act in checked} == {aino}
    worker.run()
    assert sorted(a for letter in mail.outbox for a in letter.to if a.startswith("johtaja")) == [
        f"johtaja.{number}@example.org" for number in (1, 2, 3)
    ]
    assert send_all(kainuu, aino, seen(drafts)) == (0, 3, [])
    assert acts("commitment_sent") == keys(drafts)
    assert all_faults() == []


def test_one_that_has_changed_is_refused_and_named_and_the_others_go(kainuu, aino):
    drafts = drafted(kainuu, aino, venues(kainuu, aino, 3))
    shown = seen(drafts)
    papers.change_draft(drafts[1], aino, {}, in_turn=False)
    sent = send_all(kainuu, aino, shown)
    assert (sent.now, [str(one) for one in sent.left]) == (
        2, ["Galleria 2: The document has changed since you opened it: read it anew."],
    )  # fmt: skip
    assert [anew(draft).state for draft in drafts] == [State.AWAITING, State.DRAFT, State.AWAITING]
    sent = send_all(kainuu, aino, shown | {drafts[1].pk: Seen(2, "")})
    assert (sent.now, sent.before, len(sent.left)) == (0, 2, 1)


def test_a_draft_that_is_older_than_its_partners_data_is_not_offered_before_it_is_made_anew(kainuu, aino, as_aino):
    drafts = drafted(kainuu, aino, venues(kainuu, aino, 2))
    shown = seen(drafts)
    venue = drafts[0].partner
    partners.change_partner(venue, aino, list(venue.municipalities.all()), price_cap=12)
    said = "The partner's data have changed since the document was made"
    page = as_aino.get(reverse("commitments_send", args=[kainuu.slug])).content.decode()
    assert unescape(page).count(said) == 1
    assert page.count('name="seen"') == 1
    sent = send_all(kainuu, aino, shown)
    assert (sent.now, [str(one).startswith(f"Galleria 1: {said}") for one in sent.left]) == (1, [True])
    assert said in refusal(services.check, drafts[0], aino, shown[drafts[0].pk].manifest)
    papers.change_draft(drafts[0], aino, {})
    assert send_all(kainuu, aino, seen(drafts[:1])).now == 1


def test_a_draft_that_speaks_of_a_trial_in_lasting_use_is_made_anew_first(kainuu, aino):
    [draft] = drafted(kainuu, aino, venues(kainuu, aino, 1))
    papers.change_draft(draft, aino, {}, term_start=localdate(), term_end=localdate() + timedelta(days=365))
    assert not services.outdated(anew(draft))
    served = draft.partner.municipalities.all()
    kainuu.members.filter(municipality__in=served).update(phase="lasting")
    said = "Kaikukortti has come into lasting use, and the document speaks of a trial"
    assert said in refusal(services.check, draft, aino, anew(draft).edition.manifest_sha256)
    assert said in str(send_all(kainuu, aino, seen([draft])).left[0])
    papers.change_draft(draft, aino, {}, term_end=None)
    assert send_all(kainuu, aino, seen([draft])).now == 1


def test_the_rules_of_one_hold_for_each_of_many(kainuu, aino):
    """A signatory on both sides, a body without one, and a partner without an address are left."""
    [both, bare, silent] = venues(kainuu, aino, 3)
    Partner.objects.filter(pk=both.pk).update(signatory_name="helena  rautio")
    drafts = drafted(kainuu, aino, [both, bare, silent])
    papers.change_draft(
        drafts[1], aino, {p.pk: {"signatory_name": ""} for p in drafts[1].parties.filter(role="county")}
    )
    papers.change_draft(
        drafts[2], aino, {p.pk: {"signatory_email": ""} for p in drafts[2].parties.filter(role="partner")}
    )
    sent = send_all(kainuu, aino, seen(drafts))
    assert sent.now == 0
    said = [str(one) for one in sent.left]
    assert "two parties, two people" in said[0] or "cannot sign both" in said[0]
    assert said[1] == "Galleria 2: Name the signatory of Kainuu wellbeing services county."
    assert said[2] == "Galleria 3: Give the signatory's e-mail address."
    assert not Act.objects.filter(what__in=["commitment_checked", "commitment_sent"]).exists()


def test_who_may_not_act_sends_nothing(kainuu, aino):
    drafts = drafted(kainuu, aino, venues(kainuu, aino, 1))
    reader = name_person(kainuu, "group", "r@example.org", "Reino Saari", a_kaikukeskus_person()).person
    elsewhere = kainuu.municipalities.order_by("name_fi").last()
    pirjo = name_person(
        kainuu, "culture", "pirjo@example.org", "Pirjo Määttä", a_kaikukeskus_person(), municipality=elsewhere
    ).person
    for person in (reader, pirjo, a_stranger(), a_pair(a_region("lappi"))[0]):
        with pytest.raises(NotYours):
            send_all(kainuu, person, seen(drafts))
        with pytest.raises(NotYours):
            draft_all(kainuu, person, [Plan(venues(kainuu, aino, 1, first=person.pk + 100)[0])], Common())
    assert anew(drafts[0]).state == State.DRAFT
    with pytest.raises(Refused, match="Choose at least one commitment"):
        send_all(kainuu, aino, {})


def test_of_each_role_one_whole_paper_is_read(kainuu, aino, as_aino):
    mikko = Person.objects.get(name="Mikko Kettunen")
    cleared = a_cleared_distributor(kainuu, mikko, name="Puollettu ry", signatory_email="p@example.org")
    drafts = drafted(kainuu, aino, [*venues(kainuu, aino, 2), cleared])
    page = as_aino.get(address("commitments_send")).content.decode()
    assert re.findall(r'<h2 id="document-(\d+)">', page) == [str(drafts[0].pk), str(drafts[2].pk)]
    assert page.count('<article class="doc') == 2


def test_the_page_shows_one_whole_says_what_differs_and_sends(kainuu, aino, as_aino):
    drafts = drafted(kainuu, aino, venues(kainuu, aino, 3))
    page = as_aino.get(address("commitments_send"))
    said = text_of(page)
    assert page.content.decode().count('<article class="doc') == 1
    assert all(f"Toimi Galleria {n}" in said and f"johtaja.{n}@example.org" in said for n in (1, 2, 3))
    wanted = as_aino.get(address("commitments_send"), {"read": drafts[2].pk}).content.decode()
    assert f'<h2 id="document-{drafts[2].pk}">Document: Galleria 3</h2>' in wanted
    chosen = re.findall(r'name="seen" value="([^"]+)"', page.content.decode())
    assert chosen == [f"{pk}:{number}:{manifest}" for pk, (number, manifest) in seen(drafts).items()]
    unread = as_aino.post(address("commitments_send"), {"seen": chosen[:2]})
    assert (unread.status_code, "Tick that you have read" in text_of(unread)) == (422, True)
    assert unread.content.decode().count("checked") == 2
    assert not acts("commitment_sent")
    papers.change_draft(drafts[1], aino, {})
    answer = as_aino.post(address("commitments_send"), {"seen": chosen, "read": "on"})
    assert answer.status_code == 422
    assert "2 commitments have been checked and sent to be signed." in text_of(answer)
    assert "Galleria 2: The document has changed" in text_of(answer)
    again = re.findall(r'name="seen" value="([^"]+)"', answer.content.decode())
    assert again == [f"{drafts[1].pk}:2:{seen(drafts)[drafts[1].pk].manifest}"]
    answer = as_aino.post(address("commitments_send"), {"seen": again, "read": "on"})
    assert answer.url == address("commitments_signing")
    answer = as_aino.post(address("commitments_send"), {"seen": again, "read": "on"}, follow=True)
    assert "1 commitment had been sent already." in text_of(answer)
    assert acts("commitment_sent") == keys(drafts)


@pytest.mark.parametrize("given", ["", "x", "1:2", "99999999999999999999:1:" + "0" * 64, "5:1:" + "0" * 64])
def test_what_no_page_shows_is_refused(kainuu, as_aino, given):
    answer = as_aino.post(address("commitments_send"), {"seen": [given], "read": "on"})
    assert answer.status_code == 422


def test_each_partner_has_its_own_language(aino, worker):
    """One batch, one sending: a Finnish, a Swedish and an English venue of a Finnish-speaking town."""
    kainuu = a_region()
    partners = [
        a_venue(kainuu, aino, f"Galleria {code}", language=code, signatory_email=f"{code}@example.org")
        for code in ("fi", "sv", "en")
    ]
    drafts = drafted(kainuu, aino, partners)
    languages = {d.partner.language: [one.language for one in d.edition.documents.all()] for d in drafts}
    assert languages == {"fi": ["fi"], "sv": ["fi", "sv"], "en": ["en", "fi"]}
    page = browser_of(aino).get(address("commitments_send"), {"read": drafts[1].pk})
    assert re.findall(r'<article class="doc[^>]* lang="(\w+)"', page.content.decode()) == ["fi", "sv"]
    send_all(kainuu, aino, seen(drafts))
    worker.run()
    begins = {letter.to[0][:2]: letter.body.split()[0] for letter in mail.outbox if letter.to[0][2] == "@"}
    assert begins == {"fi": "Hei", "sv": "Hej", "en": "Hello"}
    requests = SignatureRequest.objects.filter(party__role="partner")
    assert {request.email[:2]: request.language for request in requests} == {"fi": "fi", "sv": "sv", "en": "en"}


# -- how much is asked ------------------------------------------------------------------------------------------------


def many_partners(region: Region, count: int) -> None:
    """So many more venues that may commit."""
    model = Partner.objects.filter(region=region).first()
    town = region.municipalities.first()
    made = Partner.objects.bulk_create(
        Partner(
            region=region, organisation=model.organisation, unit=f"{count}-{number}", role="venue", kind="culture",
            contact=model.contact, signatory_name=f"Toimi {number}", signatory_email=f"t{number}@example.org",
        )
        for number in range(count)
    )  # fmt: skip
    served = Partner.municipalities.through
    served.objects.bulk_create(served(partner_id=one.pk, municipality_id=town.pk) for one in made)


def copies_of(draft: Commitment, count: int) -> None:
    """As many drafts more of other partners, with the papers of this one, which say what is known of each."""
    edition, parties = draft.edition, list(draft.parties.all())
    many_partners(draft.region, count)
    for partner in Partner.objects.filter(region=draft.region, commitments=None):
        one = Commitment.objects.create(
            region=draft.region, kind=draft.kind, operating_model=draft.operating_model, partner=partner
        )
        for party in parties:
            party.pk, party.commitment = None, one
        Party.objects.bulk_create(parties)
        made = {"made_by": edition.made_by, "made_at": edition.made_at, "manifest_sha256": edition.manifest_sha256}
        copy = one.editions.create(number=1, **made)
        for document in edition.documents.all():
            document.pk, document.edition = None, copy
            document.facts = document.facts | own_of_partner(partner, document.language)
            document.save()


def test_the_list_of_partners_asks_as_much_at_10_as_at_200(kainuu, aino, as_aino, django_assert_num_queries):
    a_trial(kainuu)
    venues(kainuu, aino, 1)
    for more in (9, 190):
        many_partners(kainuu, more)
        with django_assert_num_queries(13):
            page = as_aino.get(address("commitments_new"))
    assert page.content.decode().count('name="partners"') == 200


def test_the_list_of_drafts_asks_as_much_at_10_as_at_200(kainuu, aino, as_aino, django_assert_num_queries):
    [draft] = drafted(kainuu, aino, venues(kainuu, aino, 1))
    for more in (9, 190):
        copies_of(draft, more)
        with django_assert_num_queries(15):
            page = as_aino.get(address("commitments_send"))
    assert page.content.decode().count('name="seen"') == 200


# -- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_draft_and_send_each_once(race):
    kainuu = a_region()
    aino, mikko = a_pair(kainuu)
    for round_ in range(5):
        partners = venues(kainuu, aino, 4, first=10 * round_)
        plans = [Plan(partner) for partner in partners]
        said = common(kainuu)
        ends = race((draft_all, (kainuu, aino, plans, said)), (draft_all, (kainuu, mikko, plans, said)))
        assert sorted(ends) == [REFUSED, DONE]
        drafts = [finish(partner.commitments.get()) for partner in partners]
        shown = seen(drafts)
        assert race((send_all, (kainuu, aino, shown)), (send_all, (kainuu, mikko, shown))) == [DONE, DONE]
        for draft in drafts:
            sent = Act.objects.filter(what="commitment_sent", about_id=str(draft.pk))
            assert (anew(draft).state, sent.count()) == (State.AWAITING, 1)
            assert SignatureRequest.objects.get(party__commitment=draft, party__role="partner").round == 1
    assert all_faults() == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_changed_while_it_is_sent_goes_as_it_was_seen_or_stays(race):
    kainuu = a_region()
    aino, mikko = a_pair(kainuu)
    for round_ in range(5):
        [draft] = drafted(kainuu, aino, venues(kainuu, aino, 1, first=10 * round_))
        shown = seen([draft])
        ends = race((send_all, (kainuu, aino, shown)), (services.change_draft, (draft, mikko, {})))
        found = anew(draft)
        assert ends[0] == DONE  # it says itself what was left
        assert found.state == (State.AWAITING if ends[1] == REFUSED else State.DRAFT)
        assert found.editions.count() == (1 if ends[1] == REFUSED else 2)
    assert all_faults() == []
