"""Do all pages say the same of whose turn it is with a commitment? Walked through its states, by every reader."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from adoption.models import Partner, Person
from adoption.people import name_person
from commitments import reviewing, services
from commitments import signing as links
from commitments.access import sides_in
from commitments.models import Commitment, SignatureRequest
from commitments.turn import next_of
from tests import papers
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.test_commitments import TERM, a_pdf, checked
from tests.test_signing import addressed, answer_of, link_of, party_of
from tests.trials import a_walk, promise, text_of
from workflows import services as trial_services
from workflows.models import TrialStep
from workflows.overview import queue
from workflows.tasks import step_items, trials_of, work_of
from workflows.walk import Walk, ready, sign_by_copy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def a_draft(here: Walk) -> Commitment:
    """The venue's, whose signatory has an address."""
    venue = next(partner for partner in here.partners() if not partner.is_distributor)
    Partner.objects.filter(pk=venue.pk).update(signatory_name="Teemu Rissanen", signatory_email="teemu@example.org")
    return papers.draft_partner_commitment(Partner.objects.get(pk=venue.pk), here.aino, term=TERM)


def sent_by_links(here: Walk) -> Iterator[tuple[str, str, Commitment]]:
    """The name of each state, whose turn it is in it, and the commitment."""
    aino = here.aino
    draft = a_draft(here)
    yield "a signatory is not named", "pair", draft
    draft = addressed(draft, aino)
    yield "a draft", "pair", draft
    yield "checked", "pair", checked(draft, aino)
    one = services.send(draft, aino)
    yield "asked", "parties", one
    Commitment.objects.filter(pk=one.pk).update(sign_by=localdate() - timedelta(days=3))
    papers.left_so(one)
    yield "late", "parties", one
    sent_at = SignatureRequest.objects.filter(party__commitment=one, party__role="partner")
    until = sent_at.get().expires_at
    sent_at.update(expires_at=now() - timedelta(days=1))
    yield "the link has expired", "pair", one
    sent_at.update(expires_at=until)
    links.decline_by_link(link_of(one, "partner"), "Ei nyt.")
    yield "declined", "pair", one
    party = party_of(one, "partner")
    links.ask_anew(one, aino, party.pk, party.signatory_name, "", party.signatory_email)
    yield "asked anew", "parties", one
    reviewing.send_copy(link_of(one, "partner"), a_pdf(), "kopio.pdf")
    yield "a copy waits", "pair", one
    reviewing.refuse_copy(one, aino, one.copies.get().pk, "Ei ole allekirjoitettu.")
    yield "the copy did not do", "parties", one
    links.sign_by_link(link_of(one, "partner"), answer_of(one, "partner"))
    yield "partly signed", "parties", one
    town = link_of(one, "municipality")
    links.decline_by_link(town, "Ei nyt.")
    yield "the town has declined", "pair", one
    party = party_of(one, "municipality")
    links.ask_anew(one, aino, party.pk, party.signatory_name, "", party.signatory_email)
    links.sign_by_link(link_of(one, "municipality"), answer_of(one, "municipality"))
    yield "in force", "", one


def sent_on_paper(here: Walk) -> Iterator[tuple[str, str, Commitment]]:
    """The town's signatory has no address; at last the town leaves the partner."""
    draft = a_draft(here)
    town = party_of(draft, "municipality")
    draft = papers.change_draft(draft, here.aino, {town.pk: {"signatory_name": "Hilkka Hallinen"}})
    one = services.send(checked(draft, here.aino), here.aino)
    yield "asked", "parties", one
    links.sign_by_link(link_of(one, "partner"), answer_of(one, "partner"))
    yield "the next party has no address", "pair", one
    assert one.partner
    one.partner.municipalities.set(a_region("kainuu").municipalities.all()[:1])
    yield "the paper fits no longer", "pair", one
    one.partner.municipalities.set(here.region.municipalities.all())
    services.decline(one, here.aino, "Ei nyt.")
    yield "closed unsigned", "", one


class Pages:
    """What each page says of the commitment to one reader: whether it is the reader's turn."""

    def __init__(self, here: Walk, person: Person, one: Commitment) -> None:
        self.here, self.person, self.one = here, person, one
        self.client = Client()
        self.client.force_login(person)

    def get(self, name: str, *args: object) -> str:
        answer = self.client.get(reverse(name, args=args))
        assert answer.status_code == 200
        return answer.content.decode()

    @property
    def turns(self) -> dict[str, bool]:
        slug, pk, partner = self.here.region.slug, self.one.pk, self.one.partner_id
        address = self.one.get_absolute_url()
        listed = re.findall(r"<li>.*?</li>", self.get("commitments", slug), re.DOTALL)
        step = re.findall(r"<tr>.*?</tr>", self.get("step", slug, self.here.trial.pk, "commitments"), re.DOTALL)
        board = self.client.get(self.here.region.get_absolute_url()).content.decode()
        # A partner page that leads to another thing, such as a committed one's account, says nothing of the commitment.
        head = self.get("partner", slug, partner).split('<div class="cols')[0]
        return {
            "commitment": 'class="next"' in self.get("commitment", slug, pk).split("<section")[0],
            "list": any(address in row and ">Your turn<" in row for row in listed),
            "step": any(address in row and ">Your turn<" in row for row in step),
            "partner": 'class="next"' in head and address in head,
            "board": "waits for the pair to go on</a> <span" in board or self.one.state not in Commitment.SIGNING,
        }

    @property
    def is_mine_in_my_tasks(self) -> bool:
        return any(self.is_about(item.href) for item in work_of(self.person).mine)

    @property
    def is_others_in_my_tasks(self) -> bool:
        return any(self.is_about(item.href) for item in work_of(self.person).others)

    def is_about(self, href: str) -> bool:
        return href.startswith(self.one.get_absolute_url())


@pytest.mark.parametrize("states", [sent_by_links, sent_on_paper])
def test_in_each_state_all_pages_agree_on_whose_turn_it_is(states):
    here = a_walk(until="workshop")
    group = name_person(here.region, "group", "ryhma@example.org", "Raija Ryhmä", here.laura).person
    Person.objects.update(language="en")
    for name, whose, found in states(here):
        Person.objects.update(language="en")
        one = Commitment.objects.select_related("region", "partner").get(pk=found.pk)
        for person in (here.aino, here.mikko, group, here.laura):
            person = Person.objects.get(pk=person.pk)
            pages = Pages(here, person, one)
            coming = next_of(one, person, sides_in(person, here.region)(one))
            # The culture side looks after a venue.
            mine = whose == "pair" and person.pk == here.aino.pk
            assert (coming.whose, coming.yours) == (whose, mine), (name, person)
            turns = pages.turns
            if name == "the paper fits no longer":
                turns.pop("step")  # the partner is of no municipality of the trial now
            if one.state not in Commitment.SIGNING or whose != "pair":
                turns.pop("board")
            assert set(turns.values()) == {mine}, (name, person, turns)
            if not person.is_kaikukeskus:
                unfinished = one.state in Commitment.UNFINISHED
                assert pages.is_mine_in_my_tasks == mine, (name, person)
                assert pages.is_others_in_my_tasks == (unfinished and not mine), (name, person)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("asked", "Read the document. Teemu Rissanen signs it by the link"),
        ("the link has expired", "The link of Teemu Rissanen has expired unused"),
        ("declined", "Teemu Rissanen has declined to sign. The region&#x27;s responsible persons get in touch."),
        ("a copy waits", "A signed copy has been sent. The region&#x27;s responsible persons look at it."),
        ("the town has declined", "You have signed. The region&#x27;s responsible persons see to what is left."),
    ],
)
def test_the_contacts_two_pages_say_the_same(state, words):
    here = a_walk(until="workshop")
    one = next(one for name, _whose, one in sent_by_links(here) if name == state)
    contact = Partner.objects.get(pk=one.partner_id).contact
    Person.objects.update(language="en")
    pages = Pages(here, contact, one)
    assert words in pages.get("commitment", here.region.slug, one.pk)
    assert words in pages.get("partner", here.region.slug, one.partner_id)


def test_what_keeps_the_signing_leads_to_the_page_where_it_is_mended():
    here = a_walk(until="workshop")
    mended = {}
    for name, _whose, one in sent_by_links(here):
        found = [item.href for item in work_of(here.aino).mine if "/commitments/" in item.href]
        mended[name] = found[0].removeprefix(one.get_absolute_url()).rstrip("0123456789/") if found else ""
        for href in found:
            client = Client()
            client.force_login(here.aino)
            assert client.get(href).status_code == 200
    assert mended["declined"].startswith("parties/")
    assert mended["declined"].endswith("ask")
    assert mended["the link has expired"] == mended["declined"]
    assert mended["a copy waits"].endswith("review")
    assert mended["a draft"] == "preview"


def test_a_late_commitment_is_said_to_be_late_on_all_its_pages():
    here = a_walk(until="workshop")
    one = next(one for name, _whose, one in sent_by_links(here) if name == "late")
    Person.objects.update(language="en")
    pages = Pages(here, Person.objects.get(pk=here.aino.pk), one)
    slug = here.region.slug
    for page in (
        pages.get("commitment", slug, one.pk), pages.get("commitments", slug),
        pages.get("partner", slug, one.partner_id), pages.get("step", slug, here.trial.pk, "commitments"),
    ):  # fmt: skip
        assert "Late 3 days: it was to be signed by" in page
    assert "Late 3 days" in pages.get("my_tasks")
    assert "1 is late" in pages.client.get(here.region.get_absolute_url()).content.decode()


def test_the_queries_do_not_grow_with_the_commitments_being_signed(django_assert_num_queries):
    region = a_region()
    aino, _mikko = a_pair(region)
    a_kaikukeskus_person()
    client = Client()
    client.force_login(aino)
    for numbers in (range(1), range(1, 5)):
        for number in numbers:
            venue = a_venue(region, aino, f"Sali {number}", signatory_email=f"sali{number}@example.org")
            one = services.send(checked(addressed(papers.draft_partner_commitment(venue, aino), aino), aino), aino)
            if number % 2 == 0:
                links.decline_by_link(link_of(one, "partner"), "Ei nyt.")
        with django_assert_num_queries(27):
            client.get("/")
        with django_assert_num_queries(31):
            client.get(region.get_absolute_url())


def test_the_step_of_the_commitments_waits_for_kaikukeskus_while_its_signature_alone_lacks(client):
    here = a_walk(until="workshop")
    for partner in here.partners():
        promise(partner)
    one = ready(trial_services.draft_for_trial(here.trial, here.aino), here.aino)
    assert "Your turn" in said_of_the_step(client, here.aino, here)
    sign_by_copy(one, here.mikko)

    for person in (here.aino, here.mikko):
        board = said_of_the_step(client, person, here)
        assert "Waiting for Kaikukeskus: step 5, Commitments of the trial's actors." in board
        assert "Missing: the signature of Kaikukeskus in the region commitment" in board
        assert "Your turn" not in board
        assert not [item for item in work_of(person).mine if "step-" in item.key]
    assert "The region commitment waits for Kaikukeskus's signature." in said_of_the_step(client, here.laura, here)
    assert [waiting.kind for waiting in queue()] == ["Signature"]
    own = [services.Signature(one.parties.get(role="kaikukeskus").pk, here.laura.name, localdate())]
    reviewing.record_copy(one, here.laura, a_pdf(), "kaikki.pdf", own)
    assert "Confirm step 5, Commitments of the trial's actors: everything is there." in said_of_the_step(
        client, here.aino, here
    )


def said_of_the_step(client: Client, person: Person, here: Walk) -> str:
    """The head of the board with the list of steps, as the person reads it."""
    client.force_login(person)
    return text_of(client.get(here.region.get_absolute_url())).split("Not open yet")[0]


def test_step_nine_waits_for_kaikukeskus_too_where_the_region_commitment_was_replaced():
    here = a_walk(until="induction")
    Commitment.objects.filter(region=here.region, kind="region_commitment").update(state="ended")
    TrialStep.objects.filter(trial=here.trial, key="commitments").update(skipped="")
    one = ready(trial_services.draft_for_trial(here.trial, here.aino), here.aino)
    sign_by_copy(one, here.mikko)
    days = {"start": localdate().isoformat(), "end": (localdate() + timedelta(days=365)).isoformat()}
    here.record("start_distribution", days, here.aino)
    [item] = [item for item in step_items(list(trials_of(here.aino))) if "step 9" in item.what.lower()]
    assert (item.sides, item.mine) == (frozenset(["kaikukeskus"]), False)
