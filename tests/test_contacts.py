"""Is each contact and responsible person asked once a year, does the answer count once, and is silence seen?"""

import itertools
import random
import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation
from django.utils.timezone import localdate, now
from django_q.models import OrmQ

from adoption import partners
from adoption.access import holders_for_partner
from adoption.contacts import alarms, answers, asking, pair
from adoption.contacts.answers import Standing, standing, standing_of_successor
from adoption.contacts.following import followers, who_follows
from adoption.contacts.links import PERSON, SUCCESSOR, Link, link_in, token_of, token_of_successor
from adoption.days import due_again, next_working_day
from adoption.history import all_faults
from adoption.ladders import CONTACT_ALARM, CONTACT_REMIND
from adoption.models import Act, ContactCheck, Mail, Partner, Person, Responsibility
from adoption.people import correct_person, end_responsibility, name_person
from adoption.refusal import NotYours, Refused
from tests.mornings import left
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.rows import rows_read
from workflows.checks import faults
from workflows.overview import leavers
from workflows.sentences import sentences
from workflows.tasks import work_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 8, tzinfo=timezone.get_default_timezone())
State = ContactCheck.State


@pytest.fixture(autouse=True)
def spring():
    """All begins on a Monday in March, in English."""
    with translation.override("en"), time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def region(spring):
    return a_region()


@pytest.fixture
def mikko(region):
    return a_pair(region)[1]


@pytest.fixture
def aino(region, mikko):
    return Person.objects.get(email=f"aino.{region.slug}@example.org")


def anew(row):
    return type(row).objects.get(pk=row.pk)


def a_year_later(clock) -> None:
    clock.move_to(next_weekday(due_again(localdate())))


def next_weekday(day: date) -> datetime:
    day = next_working_day(day)
    return datetime(day.year, day.month, day.day, 8, tzinfo=timezone.get_default_timezone())


def morning(worker) -> None:
    asking.daily()
    left(worker)


@pytest.fixture
def venue(region, aino):
    return a_venue(region, aino)


@pytest.fixture
def asked(venue, spring, worker):
    """Outi, the contact person of the venue, has been asked today, and so has the pair; earlier mails are forgotten."""
    worker.run()
    Person.objects.update(language="en")
    a_year_later(spring)
    mail.outbox.clear()
    morning(worker)
    return ContactCheck.objects.get(partner=venue)


def link_of(check: ContactCheck) -> Link:
    check = anew(check)
    found = link_in(PERSON, token_of(check.person, check.round))
    assert found
    return found


def successor_link(check: ContactCheck) -> Link:
    found = link_in(SUCCESSOR, token_of_successor(anew(check)))
    assert found
    return found


def what(check: ContactCheck) -> list[str]:
    """What history says of the check's person since the question."""
    codes = Act.objects.filter(region=check.region).order_by("number").values_list("what", flat=True)
    return list(codes)[list(codes).index("contact_asked") :]


def refusal(act, *arguments) -> str:
    with pytest.raises(Refused) as refused:
        act(*arguments)
    return str(refused.value)


# -- asking -----------------------------------------------------------------------------------------------------------


def test_each_is_asked_a_year_after_being_named_by_one_mail_with_one_link(asked, venue, aino, mikko):
    to = sorted(one.to[0] for one in mail.outbox)
    assert to == sorted([venue.contact.email, aino.email, mikko.email])
    [letter] = [one for one in mail.outbox if one.to == [venue.contact.email]]
    assert "contact person of Taidehalli Pato" in letter.body
    assert len(re.findall(r"http\S+/still/\S+/", letter.body)) == 1
    assert (asked.state, asked.round) == ("asked", 1)
    assert all_faults() == []
    assert faults() == []


def test_the_text_with_the_link_is_wiped_once_it_has_left(asked):
    assert set(Mail.objects.filter(key__startswith="contact:").values_list("body", flat=True)) == {""}


def test_whoever_runs_twice_asks_once(asked, worker, spring):
    mail.outbox.clear()
    for _again in range(3):
        asking.ask(asked.person_id, localdate().isoformat())
        morning(worker)
    spring.shift(DAY)
    morning(worker)
    assert mail.outbox == []
    assert ContactCheck.objects.filter(partner=asked.partner).count() == 1


def test_nobody_is_asked_on_a_weekend_nor_before_the_day(venue, worker):
    worker.run()
    assert asking.daily(due_again(localdate()) - DAY) == 0
    saturday = date(2027, 3, 6)
    assert asking.daily(saturday) == 0
    assert asking.daily(saturday + 2 * DAY) == 3


def test_one_person_with_several_partners_has_one_mail_for_all_of_them(region, aino, mikko, spring, worker):
    venue, distributor = a_venue(region, aino), a_distributor(region, mikko)
    spring.shift(20 * DAY)  # named later, and asked together all the same
    partners.name_contact(distributor, mikko, venue.contact.email, venue.contact.name)
    spring.shift(-20 * DAY)
    worker.run()
    a_year_later(spring)
    mail.outbox.clear()
    morning(worker)
    [letter] = [one for one in mail.outbox if one.to == [venue.contact.email]]
    assert "Taidehalli Pato" in letter.body
    assert "Tupanen" in letter.body
    first = ContactCheck.objects.get(partner=venue)
    assert len(answers.stay(link_of(first))) == 2
    assert ContactCheck.objects.filter(state="stays").count() == 2


def test_the_holders_are_asked_and_substitutes_are_not(asked, aino, mikko):
    of_sides = ContactCheck.objects.exclude(responsibility=None)
    assert {check.person for check in of_sides} == {aino, mikko}


def test_a_partner_that_has_said_no_and_one_that_has_left_are_not_asked(region, aino, spring, worker):
    Partner.objects.filter(pk=a_venue(region, aino, "Sali", interest="no").pk).update(interest="no")
    partners.decline(a_venue(region, aino, "Halli"), aino, "Ei nyt.")
    worker.run()
    a_year_later(spring)
    morning(worker)
    assert not ContactCheck.objects.filter(partner__isnull=False).exists()


# -- two years --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_in_two_years_of_any_mornings_each_is_asked_once_a_year(region, aino, mikko, spring, worker, seed):
    """Each day the scan runs not at all, once or twice, and the worker is sometimes away; those asked answer after
    some days, some of them never. Nobody is asked more often than once in twelve months, nor later than the outages."""
    chance = random.Random(seed)
    made = [a_venue(region, aino, "Sali"), a_venue(region, aino, "Halli"), a_distributor(region, mikko)]
    never = {made[0].contact_id}
    worker.run()
    first, asked_on, answering = localdate(), {}, {}
    for number in range(1, 2 * 365 + 40):
        spring.move_to(MONDAY + number * DAY)
        for _run in range(chance.choice((0, 1, 1, 2))):
            asking.daily()
        if OrmQ.objects.exists() and chance.random() < 0.7:
            worker.run()
            for check in ContactCheck.objects.filter(asked_at=now(), state="asked"):
                asked_on.setdefault((check.partner_id, check.responsibility_id), set()).add(localdate())
                if check.person_id not in never:
                    answering[check.person] = number + chance.randrange(1, 20)
        for person in [who for who, on in answering.items() if on == number]:
            answers.stay(link_of(ContactCheck.objects.filter(person=person).latest("pk")))
            del answering[person]
    assert len(asked_on) == 5
    for days in asked_on.values():
        second, third = sorted(days)
        assert timedelta(0) <= second - due_again(first) <= 12 * DAY
        assert due_again(second) <= third <= due_again(second) + 35 * DAY
    once = Mail.objects.filter(key__regex=r"^contact:person:\d+:\d+:asked$")
    assert once.count() == 2 * len(asked_on)
    assert all_faults() == []


@pytest.mark.parametrize("ago", [0, 364, 365, 366, 800])
def test_the_database_chooses_the_same_ones_as_are_due(venue, ago):
    """Of partners that have been asked, have answered and were named in every way, the newest check standing after an
    older one that was answered long ago."""
    ways = list(itertools.product([None, *State.values], [None, 364, 365, 800], [None, 364, 365, 800]))
    for partner, (state, asked, answered) in zip(copies_of(venue, len(ways), ago), ways, strict=True):
        about = {"partner": partner, "person": venue.contact, "since": now()}
        if asked == answered:
            ContactCheck.objects.create(**about, state="stays", asked_at=before(900), answered_at=before(800))
        if state:
            ContactCheck.objects.create(**about, state=state, asked_at=before(asked), answered_at=before(answered))
    today = localdate()
    everybody = asking.due_days()
    for until in (today, today + DAY, today - 400 * DAY):
        assert asking.due_days(until=until) == [one for one in everybody if one.on <= until]
    assert len(asking.due_days(until=today)) > (10 if ago > 364 else 0)


def before(days: int | None) -> datetime | None:
    return None if days is None else now() - days * DAY


def copies_of(venue: Partner, count: int, ago: int) -> list[Partner]:
    """As many partners like it, whose contact person was named so many days ago."""
    like = {"region": venue.region, "organisation": venue.organisation, "contact": venue.contact}
    like |= {"role": "venue", "kind": "culture", "state": "active"}
    units = (f"Sali {number}" for number in itertools.count(Partner.objects.count()))
    made = Partner.objects.bulk_create((Partner(unit=next(units), **like) for _one in range(count)), batch_size=2000)
    named = {"region": venue.region, "what": "contact_named", "about_kind": "partner", "at": before(ago)}
    Act.objects.bulk_create((Act(number=one.pk + 1000, about_id=str(one.pk), **named) for one in made), batch_size=2000)
    return made


def test_the_scan_of_contacts_of_whom_none_is_due_reads_no_row(venue, worker, django_assert_num_queries):
    """A third was named lately, a third has answered lately, and a third is silent and was reminded."""
    worker.run()
    for number, ago in enumerate([100, 500, 500]):
        made = copies_of(venue, 300, ago)
        state, answered = ("stays", before(90)) if number == 1 else ("asked", None)
        about = {"person": venue.contact, "round": 1, "since": before(100), "state": state, "answered_at": answered}
        checks = [ContactCheck(partner=partner, asked_at=before(100), **about) for partner in made]
        ContactCheck.objects.bulk_create(checks if number else [], batch_size=2000)
    Mail.objects.create(key=asking.mail_key(PERSON, venue.contact.pk, 1, "reminded"), address="a@example.org")
    with rows_read() as rows:
        assert asking.daily() == 0
    assert rows.count == 0
    with django_assert_num_queries(7):
        assert asking.daily() == 0


# -- reminders and alarms ---------------------------------------------------------------------------------------------


def test_the_silent_are_reminded_once_after_two_weeks_and_alarm_after_four(asked, spring, worker, aino, mikko, venue):
    for responsibility in Responsibility.objects.filter(person__in=[aino, mikko]):
        pair.confirm_responsible(responsibility, a_kaikukeskus_person())
    mail.outbox.clear()
    spring.shift(CONTACT_REMIND - 3 * DAY)
    morning(worker)
    assert mail.outbox == []
    for _day in range(8):
        spring.shift(DAY)
        morning(worker)
    assert [(one.to, one.subject.split(":")[0]) for one in mail.outbox] == [([asked.person.email], "Reminder")]
    assert alarms.count().all == 0
    spring.shift(CONTACT_ALARM)
    assert alarms.count() == alarms.Count(1, 0)
    [item] = [item for item in work_of(aino).mine if "Reach the contact person" in item.what]
    assert "no answer since 2.3.2027" in item.word
    assert [i.mine for i in work_of(mikko).others if "Reach the contact" in i.what] == [False]
    answers.stay(link_of(asked))
    assert alarms.count().all == 0


def test_one_who_never_answers_is_asked_again_after_a_year_and_the_alarm_goes_on(asked, spring, worker):
    spring.shift(CONTACT_ALARM + DAY)
    assert alarms.count().partners == 1
    spring.move_to(next_weekday(due_again(localdate(asked.asked_at))))
    mail.outbox.clear()
    morning(worker)
    assert [one.to for one in mail.outbox].count([asked.person.email]) == 1
    assert (anew(asked).round, alarms.count().partners) == (2, 1)


def test_an_alarm_is_over_when_the_pair_has_talked_or_named_another(asked, spring, aino, venue):
    spring.shift(CONTACT_ALARM + DAY)
    pair.confirm_contact(venue, aino)
    assert alarms.of_partners([anew(venue)]) == {}
    assert (anew(asked).state, what(asked)[-1]) == ("stays", "contact_confirmed")


def test_the_pair_sends_the_question_anew_and_the_older_link_is_worthless(asked, aino, venue, worker):
    old = link_of(asked)
    mail.outbox.clear()
    pair.ask_contact(venue, aino)
    worker.run()
    assert [one.to for one in mail.outbox] == [[asked.person.email]]
    assert standing(asked.person, old) == Standing.OLD
    assert "newer one" in refusal(answers.stay, old)
    answers.stay(link_of(asked))


@pytest.mark.parametrize("act", [pair.confirm_contact, pair.ask_contact])
def test_only_those_of_the_region_confirm_and_ask(asked, venue, aino, act):
    contact_of_another = a_venue(venue.region, aino, "Sali").contact
    for person in (a_stranger(), contact_of_another):
        with pytest.raises(NotYours):
            act(venue, person)
    with pytest.raises(NotYours):
        pair.confirm_contact(venue, venue.contact)


def test_a_contact_who_leaves_mid_year_has_the_link_sent_to_oneself(region, venue, worker, aino, spring):
    """By the same link as in the yearly mail, not oftener than once an hour, and not once it is answered."""
    outi = venue.contact
    worker.run()
    mail.outbox.clear()
    check = pair.ask_contact(venue, outi)
    worker.run()
    assert [(one.to, "/still/" in one.body) for one in mail.outbox] == [([outi.email], True)]
    act = Act.objects.get(what="contact_asked")
    assert (act.by, act.side, act.data["person"]) == (outi, "", outi.pk)
    assert "within the last hour" in refusal(pair.ask_contact, venue, outi)
    spring.shift(answers.SELF_RENEWED + DAY)
    handed(check)
    assert "answered already" in refusal(pair.ask_contact, venue, outi)
    answers.accept(successor_link(check), "fi")
    assert anew(venue).contact.email == "liisa@example.org"
    with pytest.raises(NotYours):
        pair.ask_contact(venue, outi)
    assert (faults(), all_faults()) == ([], [])


def test_one_of_the_pair_who_is_the_contact_too_asks_as_the_pair(venue, aino):
    partners.name_contact(venue, aino, aino.email, aino.name)
    for _again in range(2):
        pair.ask_contact(venue, aino)
    assert set(Act.objects.filter(what="contact_asked").values_list("side", flat=True)) == {"culture"}


def test_the_other_side_does_not_confirm_a_responsible_person(asked, aino, mikko):
    responsibility = Responsibility.objects.get(person=aino)
    for act in (pair.confirm_responsible, pair.ask_responsible):
        with pytest.raises(NotYours):
            act(responsibility, mikko)


# -- mail that does not get there -------------------------------------------------------------------------------------


def test_an_address_that_no_server_takes_is_an_alarm_at_once(venue, worker, aino, spring):
    worker.run()
    Mail.objects.filter(address=venue.contact.email).update(sent_at=None, given_up_at=now())
    assert alarms.of_partners([venue])[venue.pk].words == "mail came back 2.3.2026"
    assert [item.word for item in work_of(aino).mine if "Reach" in item.what] == [
        "Outi Karppinen: mail came back 2.3.2026"
    ]
    spring.shift(DAY)
    Person.objects.filter(pk=venue.contact_id).update(last_login=now())
    assert alarms.count().all == 0


def test_a_code_that_left_too_late_is_no_lost_mail(venue):
    Mail.objects.create(key="code:1", address=venue.contact.email, subject="x", body="", given_up_at=now())
    assert alarms.count().all == 0


def test_a_corrected_address_ends_the_alarm_and_the_links_sent_to_the_old_one(asked, venue, spring):
    Mail.objects.filter(address=venue.contact.email).update(returned_at=now())
    assert alarms.count().partners == 1
    old = link_of(asked)
    correct_person(venue.contact, a_kaikukeskus_person(), venue.contact.name, "uusi.osoite@example.org")
    assert alarms.count().partners == 0
    assert standing(anew(venue.contact), old) == Standing.OLD


# -- answers ----------------------------------------------------------------------------------------------------------


def test_staying_is_stored_once_and_told(asked):
    answers.stay(link_of(asked))
    assert "answered" in refusal(answers.stay, link_of(asked))
    assert what(asked).count("contact_stays") == 1
    [line] = sentences(Act.objects.filter(what="contact_stays"))
    assert line.text == "Outi Karppinen still is the contact person of Taidehalli Pato."


def handed(check: ContactCheck, email: str = "liisa@example.org", name: str = "Liisa Laine") -> ContactCheck:
    return answers.hand_over(link_of(check), check.pk, name, email)


def test_the_old_contact_stays_until_the_successor_accepts(asked, venue, worker, aino):
    old = venue.contact
    handed(asked)
    mail.outbox.clear()
    worker.run()
    assert [one.to for one in mail.outbox] == [["liisa@example.org"]]
    assert (anew(venue).contact, Person.objects.filter(email="liisa@example.org").exists()) == (old, False)
    mail.outbox.clear()
    answers.accept(successor_link(asked), "sv")
    worker.run()
    liisa = Person.objects.get(email="liisa@example.org")
    assert (anew(venue).contact, liisa.language, anew(asked).state) == (liisa, "sv", "handed")
    assert sorted(one.to[0] for one in mail.outbox) == sorted(
        [liisa.email, old.email, *(person.email for person in both_sides(venue))]
    )
    assert what(asked)[-2:] == ["contact_accepts", "contact_named"]
    assert "no longer needed" not in str(standing_of_successor(anew(asked), successor_link(asked)).label)
    assert "answered" in refusal(answers.accept, successor_link(asked), "sv")
    assert (faults(), all_faults()) == ([], [])


def both_sides(venue: Partner) -> list[Person]:
    return holders_for_partner(venue, "culture") + holders_for_partner(venue, "care")


def test_the_next_question_goes_to_the_successor_a_year_later(asked, venue, spring, worker):
    handed(asked)
    answers.accept(successor_link(asked), "fi")
    worker.run()
    a_year_later(spring)
    mail.outbox.clear()
    morning(worker)
    assert [one.to for one in mail.outbox].count(["liisa@example.org"]) == 1
    assert ContactCheck.objects.get(partner=venue, state="asked").person.name == "Liisa Laine"


def test_a_successor_may_be_changed_and_taken_back(asked):
    handed(asked)
    old = successor_link(asked)
    handed(asked, "kalle@example.org", "Kalle Repo")
    assert "newer one" in refusal(answers.accept, old, "fi")
    current = successor_link(asked)
    answers.stay(link_of(asked), asked.pk)
    assert "no longer needed" in refusal(answers.accept, current, "fi")


def test_a_successor_who_declines_leaves_a_task_and_the_leaver_may_name_another(asked, aino, worker, venue):
    handed(asked)
    mail.outbox.clear()
    answers.decline(successor_link(asked), "Olen jo muualla.")
    worker.run()
    assert {one.to[0] for one in mail.outbox} >= {asked.person.email, aino.email}
    assert any("Name a new contact person" in item.what for item in work_of(aino).mine)
    handed(asked, "kalle@example.org", "Kalle Repo")
    answers.accept(successor_link(asked), "fi")
    assert anew(venue).contact.name == "Kalle Repo"


def test_a_silent_successor_is_reminded_and_then_an_alarm(asked, spring, worker, aino):
    handed(asked)
    worker.run()
    mail.outbox.clear()
    spring.shift(CONTACT_REMIND)
    morning(worker)
    morning(worker)
    assert [one.to for one in mail.outbox].count(["liisa@example.org"]) == 1
    spring.shift(CONTACT_ALARM)
    assert "Liisa Laine, asked to follow" in alarms.of_partners([asked.partner])[asked.partner_id].words


def test_one_who_leaves_and_knows_nobody_gives_the_side_a_task_and_stays_until_then(asked, aino, mikko, worker, venue):
    old = venue.contact
    mail.outbox.clear()
    answers.leave(link_of(asked), asked.pk, "Viimeinen päivä 31.3.")
    worker.run()
    assert {one.to[0] for one in mail.outbox} == {aino.email, mikko.email}
    assert "Viimeinen päivä 31.3." in mail.outbox[0].body
    assert anew(venue).contact == old
    [item] = [item for item in work_of(aino).mine if "Name a new contact person" in item.what]
    assert item.href.endswith("/contact/")
    partners.name_contact(venue, aino, "liisa@example.org", "Liisa Laine")
    assert not [item for item in work_of(aino).mine if "contact person" in item.what]
    assert standing(old, link_of(asked)) == Standing.OVER
    assert "no longer needed" in refusal(answers.stay, link_of(asked), asked.pk)


def test_a_distributors_contact_is_told_to_the_care_side_first(region, mikko, spring, worker):
    distributor = a_distributor(region, mikko)
    worker.run()
    a_year_later(spring)
    morning(worker)
    check = ContactCheck.objects.get(partner=distributor)
    answers.leave(link_of(check), check.pk)
    assert any("Tupanen" in item.what for item in work_of(mikko).mine)


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("contact.0@example.org", "your own address"),
        ("poissa@example.org", "Nobody can be named"),
        ("a\n@example.org", "Check"),
    ],
)
def test_who_cannot_follow_is_refused_before_anybody_is_asked(asked, email, said):
    Person.objects.create(email="poissa@example.org", name="Poissa Oleva", is_active=False)
    assert said in refusal(handed, asked, email)
    assert anew(asked).state == "asked"


def test_a_link_does_not_write_to_strangers_without_end(asked):
    for number in range(answers.MOST_SUCCESSORS):
        handed(asked, f"liisa.{number}@example.org")
    assert "So many have been asked" in refusal(handed, asked, "liisa@example.org")


def test_so_many_queries_however_many_are_asked(region, aino, django_assert_num_queries):
    for number in range(12):
        a_venue(region, aino, f"Sali {number}")
        if number in (1, 11):
            with django_assert_num_queries(6):
                assert len(asking.due_days()) == number + 3


# -- responsible persons ----------------------------------------------------------------------------------------------


def of_side(person: Person) -> ContactCheck:
    return ContactCheck.objects.get(responsibility__person=person)


def test_a_responsible_person_hands_over_to_one_who_accepts(asked, aino, mikko, worker, region):
    check = of_side(aino)
    handed(check)
    assert Responsibility.objects.current().filter(person=aino).exists()
    worker.run()
    mail.outbox.clear()
    answers.accept(successor_link(check), "fi")
    worker.run()
    assert not Responsibility.objects.current().filter(person=aino).exists()
    held = Responsibility.objects.current().get(region=region, side="culture")
    assert (held.person.email, held.substitute) == ("liisa@example.org", False)
    assert {one.to[0] for one in mail.outbox} >= {"liisa@example.org", aino.email, mikko.email}
    assert (faults(), all_faults()) == ([], [])


def test_a_substitute_may_follow_the_holder(asked, aino, region):
    name_person(region, "culture", "liisa@example.org", "Liisa Laine", aino, substitute=True)
    check = of_side(aino)
    handed(check)
    answers.accept(successor_link(check), "fi")
    held = Responsibility.objects.current().get(region=region, side="culture")
    assert (held.person.email, held.substitute) == ("liisa@example.org", False)
    assert faults() == []


def test_the_other_side_and_kaikukeskus_cannot_follow(asked, aino, mikko):
    check = of_side(aino)
    assert "other side" in refusal(handed, check, mikko.email, mikko.name)
    laura = a_kaikukeskus_person()
    assert "works at Kaikukeskus" in refusal(handed, check, laura.email, laura.name)


def test_a_responsible_person_who_knows_nobody_stands_in_kaikukeskuss_queue(asked, aino, worker, region):
    check = of_side(aino)
    mail.outbox.clear()
    answers.leave(link_of(check), check.pk)
    worker.run()
    assert [one.to for one in mail.outbox] == [[a_kaikukeskus_person().email]]
    assert [(one.title, one.kind) for one in leavers()] == [("Aino Virtanen leaves", "Responsible person leaves")]
    assert alarms.count().holders == 1
    name_person(region, "culture", "liisa@example.org", "Liisa Laine", a_kaikukeskus_person())
    end_responsibility(Responsibility.objects.get(person=aino), a_kaikukeskus_person())
    assert (leavers(), alarms.count().holders) == ([], 0)


@pytest.mark.parametrize(
    ("of", "asks"),
    [
        ("partner", "Are you still the contact person?"),
        ("responsibility", "Are you still the responsible person?"),
        ("both", "Are you still the contact person and the responsible person?"),
    ],
)
def test_the_question_names_what_is_asked(asked, aino, venue, worker, spring, of, asks):
    """Kaikukeskus's words: a contact person (yhteyshenkilö) is no responsible person (vastuuhenkilö)."""
    person = venue.contact if of == "partner" else aino
    if of == "both":
        partners.name_contact(venue, aino, aino.email, aino.name)
        a_year_later(spring)
        morning(worker)
    mail.outbox.clear()
    spring.shift(CONTACT_REMIND)
    morning(worker)
    number = max(ContactCheck.objects.filter(person=person).values_list("round", flat=True))
    sent = Mail.objects.filter(address=person.email, key__startswith=f"contact:person:{person.pk}:{number}:")
    assert list(sent.order_by("pk").values_list("subject", flat=True)) == [asks, f"Reminder: a{asks[1:]}"]


def test_who_follows_is_the_same_one_by_one_and_together(asked, aino, mikko, region, venue):
    """The own contact of a partner does not follow oneself, and where nobody of the region does it is Kaikukeskus."""
    name_person(region, "culture", "liisa@example.org", "Liisa Laine", aino, municipality=venue.municipalities.get())
    checks = list(ContactCheck.objects.unfinished().with_subject().order_by("pk"))
    found = followers(checks)
    assert found == {check.pk: followers([check])[check.pk] for check in checks}
    said = {check.what: [person.given_name for person in found[check.pk]] for check in checks}
    assert said == {
        "contact person of Taidehalli Pato": ["Liisa", "Mikko"],
        "responsible person of Kainuu, culture side": ["Liisa"],
        "responsible person of Kainuu, care side": [],
    }
    [alone] = [check for check in checks if not found[check.pk]]
    assert [person.is_kaikukeskus for person in who_follows(alone)] == [True]


def test_a_colleague_of_the_side_has_the_task(asked, aino, region):
    liisa = name_person(region, "culture", "liisa@example.org", "Liisa Laine", aino).person
    check = of_side(aino)
    answers.leave(link_of(check), check.pk)
    assert [item.what for item in work_of(liisa).mine if "leaves" in item.what] == [
        "Name the next one: Aino Virtanen leaves"
    ]


# -- links ------------------------------------------------------------------------------------------------------------


def test_a_link_has_its_time_and_an_old_one_brings_a_new_one_to_the_address_on_record(asked, spring, worker):
    token = token_of(asked.person, 1)
    spring.shift(timedelta(days=121))
    link = link_in(PERSON, token)
    assert standing(asked.person, link) == Standing.EXPIRED
    assert "its time is over" in refusal(answers.stay, link)
    mail.outbox.clear()
    answers.renew(link)
    worker.run()
    assert [one.to for one in mail.outbox] == [[asked.person.email]]
    assert "within the last hour" in refusal(answers.renew, link)
    answers.stay(link_of(asked))


def test_what_this_site_has_not_made_is_no_link(asked):
    token = token_of(asked.person, 1)
    assert link_in(SUCCESSOR, token) is None
    assert link_in(PERSON, token[:-1] + ("a" if token[-1] != "a" else "b")) is None


def test_nobody_answers_for_another(asked, aino):
    assert "no longer needed" in refusal(answers.stay, link_of(of_side(aino)), asked.pk)
    assert "no longer needed" in refusal(answers.leave, link_of(of_side(aino)), asked.pk)


def test_every_sentence_of_the_history_is_whole(asked, aino):
    handed(asked)
    answers.decline(successor_link(asked), "")
    answers.leave(link_of(of_side(aino)), of_side(aino).pk)
    told = [line.text for line in sentences(Act.objects.filter(region=asked.region))]
    assert not [text for text in told if "not known" in text or "%(" in text or "  " in text]
    assert "Aino Virtanen leaves and knows nobody to follow: culture side." in told
