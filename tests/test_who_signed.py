"""Who has signed, is silent, has declined: the region's table, and reminders that a responsible person sends."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import get_default_timezone, localdate, now
from hypothesis import given
from hypothesis import strategies as st

from adoption.days import is_working_day
from adoption.history import all_faults
from adoption.models import Act, Mail, Partner, Person
from adoption.people import name_person
from adoption.refusal import NotYours
from commitments import reminding, services, signing
from commitments.asking import Link
from commitments.models import Commitment, Party, SignatureRequest
from commitments.reminding import Mailed, next_on, remind_all, remind_now, stage_of
from commitments.together import send_all
from commitments.told import history_of
from commitments.who_signed import Answer, answers_of
from tests import papers
from tests.mornings import left
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.race import DONE, REFUSED
from tests.test_commitments import anew, refusal
from tests.test_together import address, browser_of, drafted, many_partners, seen, speaking, text_of, venues
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
State = SignatureRequest.State
MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is Monday the first of March 2027."""
    with time_machine.travel(MONDAY, tick=False) as travelling:
        yield travelling


@pytest.fixture
def kainuu(clock, db):
    return a_region()


@pytest.fixture
def aino(kainuu) -> Person:
    return speaking(a_pair(kainuu)[0])


@pytest.fixture
def sent(kainuu, aino, worker) -> list[Commitment]:
    """Four commitments that were sent on Monday, and their mails have left."""
    drafts = drafted(kainuu, aino, venues(kainuu, aino, 4))
    send_all(kainuu, aino, seen(drafts))
    worker.run()
    mail.outbox.clear()
    return [anew(draft) for draft in drafts]


def request_of(commitment: Commitment) -> SignatureRequest:
    return SignatureRequest.objects.get(party__commitment=commitment, party__role="partner")


def partner_of(commitment: Commitment) -> Party:
    return commitment.parties.get(role="partner")


def signed(commitment: Commitment, *roles: str) -> None:
    """These parties sign by their links, in turn."""
    for party in commitment.parties.filter(role__in=roles):
        request = SignatureRequest.objects.get(party=party)
        given = signing.Answer(request.name, "johtaja", commitment.edition.manifest_sha256, "fi")
        signing.sign_by_link(Link(request.pk, request.round), given)


def declined(commitment: Commitment, reason: str) -> None:
    request = request_of(commitment)
    signing.decline_by_link(Link(request.pk, request.round), reason)


def days(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def to(address: str) -> list[str]:
    return [letter.subject for letter in mail.outbox if letter.to == [address]]


# -- the table --------------------------------------------------------------------------------------------------------


def test_each_row_says_who_has_signed_who_is_awaited_and_who_has_declined(kainuu, aino, sent, clock):
    everybody, half, silent, no = sent
    clock.move_to(days(3))
    signed(everybody, "partner", "municipality", "county")
    signed(half, "partner")
    declined(no, "Johtokunta ei puolla.")
    rows = {row.commitment.pk: row for row in answers_of(kainuu, aino).rows}
    assert [rows[one.pk].answer for one in sent] == [Answer.SIGNED, Answer.SILENT, Answer.SILENT, Answer.DECLINED]
    assert [len(rows[one.pk].signed) for one in sent] == [3, 1, 0, 0]
    [waited] = rows[silent.pk].awaited
    assert (waited.party, waited.since, waited.next_on) == (partner_of(silent), MONDAY.date(), date(2027, 3, 11))
    assert {one.party.role for one in rows[half.pk].awaited} == {"municipality", "county"}
    assert {one.since for one in rows[half.pk].awaited} == {date(2027, 3, 4)}
    assert [(party, reason) for party, reason in rows[no.pk].refusals] == [(partner_of(no), "Johtokunta ei puolla.")]
    page = browser_of(aino).get(address("commitments_signing"))
    said = text_of(page)
    assert "1 of 4 have signed" in said
    for words in ("Since 1.3.2027", "Next reminder 11.3.2027", "4.3.2027, signed by link", "“Johtokunta ei puolla.”"):
        assert words in said
    for answer, names in ((Answer.SIGNED, "1"), (Answer.SILENT, "23"), (Answer.DECLINED, "4")):
        shown = text_of(browser_of(aino).get(address("commitments_signing"), {"show": answer.value}))
        assert [n for n in "1234" if f"Galleria {n}" in shown] == list(names)
    assert browser_of(aino).get(address("commitments_signing"), {"show": "nonsense"}).status_code == 200


def test_one_that_was_closed_says_why_and_a_newer_draft_takes_its_place(kainuu, aino, sent):
    services.decline(sent[0], aino, "Hanke siirtyy.", party=partner_of(sent[0]).pk)
    services.decline(sent[1], aino, "Muu syy.")
    page = text_of(browser_of(aino).get(address("commitments_signing"), {"show": "declined"}))
    assert "Galleria 1 has declined" in page
    assert "“Hanke siirtyy.”" in page
    assert "The signing was stopped" in page
    services.draft_partner_commitment(sent[0].partner, aino)
    answers = answers_of(kainuu, aino)
    assert (len(answers.rows), answers.drafts) == (3, 1)
    assert "One draft has not been sent yet" in text_of(browser_of(aino).get(address("commitments_signing")))


def test_a_commitment_in_force_counts_while_its_replacement_is_a_draft_no_more(kainuu, aino, sent):
    signed(sent[0], "partner", "municipality", "county")
    new = services.replace(anew(sent[0]), aino)
    services.decline(new, aino, "Ei tarvita.")
    assert answers_of(kainuu, aino).count(Answer.SIGNED) == 1


def test_a_mail_that_could_not_be_delivered_and_an_expired_link_are_said(kainuu, aino, sent, clock):
    Mail.objects.filter(key=f"sign:{request_of(sent[0]).pk}:1:asked").update(given_up_at=now())
    clock.move_to(days(60))
    said = text_of(browser_of(aino).get(address("commitments_signing")))
    assert "The mail could not be delivered" not in said  # the expired link says more
    assert said.count("The link expired unused") == 4
    clock.move_to(days(2))
    said = text_of(browser_of(aino).get(address("commitments_signing")))
    assert said.count("The mail could not be delivered") == 1
    assert said.count("Remind now") == 3


def test_a_mail_that_came_back_or_waits_is_said(kainuu, aino, sent, clock):
    back, waits = (f"sign:{request_of(one).pk}:1:asked" for one in sent[:2])
    Mail.objects.filter(key=back).update(sent_at=now(), returned_at=now())
    Mail.objects.exclude(key__in=(back, waits)).update(sent_at=now())
    Mail.objects.filter(key=waits).update(sent_at=None)
    clock.move_to(days(2))
    browser = browser_of(aino)
    said = text_of(browser.get(address("commitments_signing")))
    assert (said.count("The mail could not be delivered"), said.count("Remind now")) == (1, 3)
    assert said.count("The mail has not left yet") == 1
    assert "the mail has not left yet" in text_of(browser.get(sent[1].get_absolute_url()))
    assert "The mail could not be delivered" in text_of(browser.get(sent[0].get_absolute_url()))


def test_a_reminder_that_waits_is_no_link_that_has_not_left(kainuu, aino, sent, clock):
    key = f"sign:{request_of(sent[0]).pk}:1"
    Mail.objects.update(sent_at=now())
    Mail.objects.create(key=f"{key}:half", address="x@example.org", subject="", body="")
    clock.move_to(days(2))
    browser = browser_of(aino)
    assert "The reminder has not left yet" in text_of(browser.get(address("commitments_signing")))
    assert "the mail has not left yet" not in text_of(browser.get(sent[0].get_absolute_url()))


def test_addresses_are_shown_to_those_who_act_only(kainuu, aino, sent, clock):
    clock.move_to(days(1))
    reader = speaking(name_person(kainuu, "group", "r@example.org", "Reino Saari", a_kaikukeskus_person()).person)
    mine, theirs = (browser_of(one).get(address("commitments_signing")).content.decode() for one in (aino, reader))
    assert ("johtaja.1@example.org" in mine, "johtaja.1@example.org" in theirs) == (True, False)
    assert ("Remind now" in mine, "Remind now" in theirs) == (True, False)


def test_the_table_asks_as_much_at_10_as_at_200(kainuu, aino, sent, django_assert_num_queries):
    client = browser_of(aino)
    for more in (6, 190):
        copies_of(sent[0], more)
        with django_assert_num_queries(11):
            page = client.get(address("commitments_signing"))
    assert page.content.decode().count("New link, or another signatory") == 200


def test_the_page_of_reminders_says_who_is_asked_and_reminded_when(kainuu, aino, sent, clock):
    signed(sent[0], "partner", "municipality", "county")
    Mail.objects.filter(key=f"sign:{request_of(sent[1]).pk}:1:asked").update(given_up_at=now())
    reader = speaking(name_person(kainuu, "group", "r@example.org", "Reino Saari", a_kaikukeskus_person()).person)
    clock.move_to(days(1))
    page = browser_of(reader).get(address("reminders"))
    said = text_of(page).replace("\xa0", " ").partition("Commitments that await a signature")[2]
    assert f"{sent[1].partner} To be signed by 22.3.2027" in said
    assert "The mail could not be delivered" in said
    assert said.count("Next reminder 11.3.2027") == 3
    assert str(sent[0].partner) not in said
    assert "johtaja.1@example.org" not in page.content.decode()


def test_the_page_of_reminders_asks_as_much_at_10_as_at_200_and_names_the_next_ones(kainuu, aino, sent):
    client, counted = browser_of(aino), set()
    client.get(address("reminders"))
    for more in (6, 190):
        copies_of(sent[0], more)
        with CaptureQueriesContext(connection) as captured:
            page = text_of(client.get(address("reminders")))
        counted.add(len(captured))
    assert len(counted) == 1
    assert "150 more are asked." in page


def copies_of(commitment: Commitment, count: int) -> None:
    """As many more that await their first signature."""
    parties, request = list(commitment.parties.all()), request_of(commitment)
    many_partners(commitment.region, count)
    for partner in Partner.objects.filter(region=commitment.region, commitments=None):
        one = Commitment.objects.create(
            region=commitment.region, kind=commitment.kind, operating_model=commitment.operating_model,
            partner=partner, state=commitment.state, sign_by=commitment.sign_by,
        )  # fmt: skip
        for party in parties:
            party.pk, party.commitment = None, one
        Party.objects.bulk_create(parties)
        asked = SignatureRequest(
            party=one.parties.get(role="partner"), name=request.name, email=request.email, round=1, state="sent",
            sent_at=request.sent_at, expires_at=request.expires_at,
        )  # fmt: skip
        asked.save()


# -- reminding by hand ------------------------------------------------------------------------------------------------


def test_a_silent_one_is_reminded_once_a_day_and_the_link_stays_the_same(kainuu, aino, sent, clock, worker):
    one, party = sent[0], partner_of(sent[0])
    assert "has had a mail today" in refusal(remind_now, one, aino, party.pk)
    clock.move_to(days(1))
    remind_now(one, aino, party.pk)
    assert "has had a mail today" in refusal(remind_now, one, aino, party.pk)
    worker.run()
    assert to("johtaja.1@example.org") == [
        "Muistutus, allekirjoitettava viimeistään 22.3.2027: Kumppanuussitoumus, Galleria 1"
    ]
    assert request_of(one).round == 1
    clock.move_to(days(2))
    remind_now(one, aino, party.pk)
    clock.move_to(days(30))
    remind_now(one, aino, party.pk)
    worker.run()
    assert to("johtaja.1@example.org")[-1].startswith("Myöhässä")
    [act, *_] = Act.objects.filter(what="signature_reminded")
    assert (act.by, act.data["parties"]) == (aino, [party.pk])
    assert "had silent signatories reminded" in sentences([act])[0].text
    assert history_of(one, one.parties.all())[0].what == "Reminded by a mail"
    assert all_faults() == []


def test_who_is_reminded_by_hand_has_no_other_reminder_that_day(kainuu, aino, sent, clock, worker):
    clock.move_to(days(10))
    remind_now(sent[0], aino, partner_of(sent[0]).pk)
    assert reminding.remind(localdate()) == 3
    left(worker)
    assert len(to("johtaja.1@example.org")) == 1
    assert "has had a mail today" in refusal(remind_now, sent[1], aino, partner_of(sent[1]).pk)
    clock.move_to(days(11))
    assert reminding.remind(localdate()) == 1
    left(worker)
    assert len(to("johtaja.1@example.org")) == 2


def test_who_cannot_be_reminded_is_told_why(kainuu, aino, sent, clock):
    clock.move_to(days(1))
    signed(sent[0], "partner")
    declined(sent[1], "Ei nyt.")
    assert "has signed already" in refusal(remind_now, sent[0], aino, partner_of(sent[0]).pk)
    assert "has declined" in refusal(remind_now, sent[1], aino, partner_of(sent[1]).pk)
    town = sent[2].parties.get(role="municipality")
    assert "not the turn of" in refusal(remind_now, sent[2], aino, town.pk)
    assert "Choose a party" in refusal(remind_now, sent[2], aino, town.pk + 1000)
    SignatureRequest.objects.filter(party=partner_of(sent[2])).delete()
    papers.left_so(sent[2])
    assert "no address" in refusal(remind_now, sent[2], aino, partner_of(sent[2]).pk)
    clock.move_to(days(60))
    assert "expired unused" in refusal(remind_now, sent[3], aino, partner_of(sent[3]).pk)
    services.decline(sent[3], aino, "Loppu.")
    assert "closed unsigned" in refusal(remind_now, sent[3], aino, partner_of(sent[3]).pk)


def test_all_silent_ones_are_reminded_now(kainuu, aino, sent, clock, worker):
    client = browser_of(aino)
    early = client.post(address("commitments_remind"), follow=True)
    assert "Nobody can be reminded now" in text_of(early)
    clock.move_to(days(1))
    signed(sent[0], "partner", "municipality")
    declined(sent[3], "Ei nyt.")
    remind_now(sent[1], aino, partner_of(sent[1]).pk)
    worker.run()
    mail.outbox.clear()
    answer = client.post(address("commitments_remind"), {"show": "silent"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("?show=silent")
    assert "1 signatory is reminded by a mail." in text_of(answer)
    assert "3 are not reminded" in text_of(answer)
    worker.run()
    assert [letter.to for letter in mail.outbox] == [["johtaja.3@example.org"]]
    again = client.post(address("commitments_remind"), follow=True)
    assert "Nobody can be reminded now" in text_of(again)


def test_one_click_reminds_from_the_table(kainuu, aino, sent, clock):
    clock.move_to(days(1))
    client, party = browser_of(aino), partner_of(sent[0])
    there = address("commitment_remind", sent[0].pk, party.pk)
    assert there in client.get(address("commitments_signing")).content.decode()
    assert "Galleria 1 is reminded by a mail." in text_of(client.post(there, follow=True))
    second = client.post(there, {"show": "silent"}, follow=True)
    assert "Galleria 1 has had a mail today" in text_of(second)
    assert there not in second.content.decode()
    assert address("commitment_ask", sent[0].pk, party.pk) in second.content.decode()


def test_others_may_remind_nobody(kainuu, aino, sent, clock):
    clock.move_to(days(1))
    elsewhere = kainuu.municipalities.order_by("name_fi").last()
    pirjo = name_person(
        kainuu, "culture", "pirjo@example.org", "Pirjo Määttä", a_kaikukeskus_person(), municipality=elsewhere
    ).person
    with pytest.raises(NotYours):
        remind_now(sent[0], pirjo, partner_of(sent[0]).pk)
    assert "Nobody can be reminded" in refusal(remind_all, kainuu, pirjo)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_remind_at_once_send_one_mail(race, worker):
    kainuu = a_region()
    aino, mikko = a_pair(kainuu)
    drafts = drafted(kainuu, aino, venues(kainuu, aino, 3))
    send_all(kainuu, aino, seen(drafts))
    yesterday = now() - timedelta(days=1)
    for round_ in range(5):
        SignatureRequest.objects.filter(party__role="partner").update(sent_at=yesterday, reminded_on=None)
        one, party = drafts[0], partner_of(drafts[0])
        ends = race((remind_now, (one, aino, party.pk)), (remind_now, (one, mikko, party.pk)))
        assert sorted(ends) == [REFUSED, DONE]
        assert sorted(race((remind_all, (kainuu, aino)), (remind_all, (kainuu, mikko)))) == [REFUSED, DONE]
        assert Act.objects.filter(what="signature_reminded").count() == 3 * (round_ + 1)
    worker.run()
    reminders = [letter for letter in mail.outbox if letter.subject.startswith("Muistutus")]
    assert sorted(letter.to[0] for letter in reminders) == [f"johtaja.{n}@example.org" for n in (1, 2, 3)]


# -- when the next one goes -------------------------------------------------------------------------------------------

SENT_ON = date(2027, 3, 1)


def goes_on(request: SignatureRequest, sign_by: date, used: set[str], today: date) -> date | None:
    """Day after day, as the daily job looks at it."""
    day = today
    while day <= request.expires_at.date():
        stage = stage_of(SENT_ON, sign_by, day)
        if is_working_day(day) and stage and stage not in used and request.reminded_on != day:
            return day
        day += timedelta(days=1)
    return None


@given(
    to_sign=st.integers(0, 60), passed=st.integers(0, 90), used=st.sets(st.sampled_from(reminding.STAGES)),
    by_hand=st.booleans(),
)  # fmt: skip
def test_the_page_names_the_day_on_which_the_daily_job_reminds(to_sign, passed, used, by_hand):
    sign_by, today = SENT_ON + timedelta(days=to_sign), SENT_ON + timedelta(days=passed)
    zone = get_default_timezone()
    request = SignatureRequest(
        state="sent", sent_at=datetime.combine(SENT_ON, time(9), zone), reminded_on=today if by_hand else None,
        expires_at=datetime.combine(sign_by + timedelta(days=14), time(23, 59), zone),
    )  # fmt: skip
    mailed = Mailed(None, False, frozenset(used))
    assert next_on(request, sign_by, mailed, today) == goes_on(request, sign_by, used, today)
