"""Do the pages of the yearly question work without an account, change nothing by a GET, and keep what was typed?"""

import logging
import re

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now

from adoption import partners
from adoption.contacts import answers
from adoption.contacts.links import token_of, token_of_successor
from adoption.days import due_again, next_working_day
from adoption.ladders import CONTACT_ALARM, CONTACT_REMIND
from adoption.models import Act, ContactCheck, Mail, Partner, Person, Responsibility
from adoption.people import find_or_make
from adoption.templatetags.kaiku import day, weekday_day
from config.logs import WithoutLinks
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.test_contacts import MONDAY, a_year_later, anew, link_of, morning
from tests.trials import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def spring():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def pair(spring):
    return a_pair(a_region())


@pytest.fixture
def venue(pair):
    return a_venue(a_region(), pair[0])


@pytest.fixture
def asked(venue, spring, worker):
    """Outi has been asked about her venue; everybody reads English."""
    Person.objects.update(language="en")
    worker.run()
    a_year_later(spring)
    mail.outbox.clear()
    morning(worker)
    return ContactCheck.objects.select_related("person").get(partner=venue)


@pytest.fixture
def address(asked) -> str:
    """The address in Outi's mail."""
    [letter] = [one for one in mail.outbox if one.to == [asked.person.email]]
    return re.search(r"http://[^/]+(/still/\S+/)", letter.body)[1]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows() -> list:
    """Everything that an answer could change."""
    return [list(model.objects.order_by("pk").values()) for model in (ContactCheck, Partner, Person, Act, Mail)]


# -- the person asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_reading_changes_nothing(client, address, method):
    before = rows()
    for _again in range(2):
        getattr(client, method)(address)
    assert rows() == before


def test_one_button_and_it_is_stored_without_signing_in(client, address, asked):
    page = client.get(address)
    assert (page.status_code, page["Referrer-Policy"], page["X-Robots-Tag"]) == (
        200,
        "same-origin",
        "noindex, nofollow",
    )
    assert "no-store" in page["Cache-Control"]
    assert "Outi, in Kaikupolku you are contact person of Taidehalli Pato." in text_of(page)
    done = client.post(address, follow=True)
    assert "You have answered. Thank you." in text_of(done)
    assert anew(asked).state == "stays"
    again = client.post(address)
    assert (again.status_code, anew(asked).state) == (422, "stays")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("typed", ["0", "-1", "abc", "9" * 30, "½", "٣"])
def test_a_key_of_nothing_answers_nothing(client, address, asked, typed):
    assert client.post(address, {"check": typed}).status_code == 422
    assert anew(asked).state == "asked"


def test_each_of_several_can_be_answered_and_all_by_one_button(client, address, asked, pair, worker, spring):
    mikko = pair[1]
    distributor = a_distributor(a_region(), mikko)
    partners.name_contact(distributor, mikko, asked.person.email, asked.person.name)
    a_year_later(spring)
    worker.run()
    mail.outbox.clear()
    morning(worker)
    assert [one.to for one in mail.outbox].count([asked.person.email]) == 1
    new = reverse("still", args=[token_of(asked.person, 2)])
    page = client.get(new)
    assert "Yes, everything as before" in text_of(page)
    one = ContactCheck.objects.get(partner=distributor)
    client.post(new, {"check": one.pk})
    assert [anew(one).state, anew(asked).state] == ["stays", "asked"]
    client.post(new)
    assert anew(asked).state == "stays"
    assert client.get(address).status_code == 410


def test_naming_a_successor_keeps_what_was_typed_and_tells_nobody_whose_an_address_is(client, address, asked):
    find_or_make("liisa@example.org", "Liisa Laine")
    url = f"{address}{asked.pk}/successor/"
    page = client.post(url, {"name": "Kalle Repo", "email": "nonsense"})
    assert page.status_code == 422
    assert 'value="Kalle Repo"' in page.content.decode()
    own = client.post(url, {"name": "Outi Karppinen", "email": asked.person.email})
    assert (own.status_code, "This is your own address" in text_of(own)) == (422, True)
    assert anew(asked).state == "asked"
    page = client.post(url, {"name": "Kalle Repo", "email": "liisa@example.org"}, follow=True)
    assert "Laine" not in text_of(page)
    assert "Until it is accepted, it is still you." in text_of(page)
    assert anew(asked).state == "handing"
    assert "I stay after all" in text_of(page)


def test_leaving_is_told_and_stays_on_the_page(client, address, asked, pair, worker):
    both = ", ".join(person.name for person in pair)
    assert f"{both} are told, and one of them names" in text_of(client.get(address))
    page = client.post(f"{address}{asked.pk}/leave/", {"reason": "Viimeinen päivä 31.3."}, follow=True)
    assert f"{both} have been told, and one of them names another one." in text_of(page)
    assert f"One of these names another one: {both}" in text_of(page)
    assert client.post(f"{address}{asked.pk}/leave/", {"reason": ""}).status_code == 422
    aino = signed_in(pair[0])
    assert "Name a new contact person: Taidehalli Pato" in text_of(aino.get("/"))
    assert "Leaves, nobody follows yet" in text_of(aino.get(asked.partner.get_absolute_url()))


def test_the_only_responsible_person_of_a_side_leaves_to_kaikukeskus(client, asked, pair):
    check = ContactCheck.objects.get(responsibility__person=pair[0])
    address = reverse("still", args=[token_of(pair[0], check.round)])
    page = client.get(address)
    assert "<h1>Are you still the responsible person?</h1>" in page.content.decode()
    assert "contact person" not in text_of(page)
    assert "Kaikukeskus is told, and names another one." in text_of(page)
    page = client.post(f"{address}{check.pk}/leave/", {"reason": ""}, follow=True)
    assert "Thank you. Kaikukeskus has been told, and names another one." in text_of(page)
    assert "Kaikukeskus names another one" in text_of(page).split("Has it changed?")[1]


def test_the_page_asks_the_same_however_much_is_asked(client, asked, pair):
    address = reverse("still", args=[token_of(asked.person, asked.round)])
    counts = []
    for name in ("Sali", "Lava"):
        venue = a_venue(a_region(), pair[0], name)
        ContactCheck.objects.create(
            partner=venue, person=asked.person, round=asked.round, since=asked.since, asked_at=asked.asked_at
        )
        Partner.objects.filter(pk=venue.pk).update(contact=asked.person)
        with CaptureQueriesContext(connection) as captured:
            assert text_of(client.get(address)).count("I leave and know nobody to follow") == len(counts) + 2
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_identity_code_is_refused_here_too(client, address, asked):
    page = client.post(f"{address}{asked.pk}/leave/", {"reason": "131052-308T"})
    assert (page.status_code, anew(asked).state) == (422, "asked")


def test_an_old_link_leads_to_a_new_one(client, address, asked, spring, worker, pair):
    spring.shift(3600 * 2)
    answers.renew(link_of(asked))
    page = client.get(address)
    assert (page.status_code, "a newer one has been sent" in text_of(page)) == (410, True)
    refused = client.post(f"{address}new-link/")
    assert refused.status_code == 422 or "within the last hour" in text_of(refused)
    spring.shift(3600 * 2)
    mail.outbox.clear()
    client.post(f"{address}new-link/")
    worker.run()
    assert [one.to for one in mail.outbox] == [[asked.person.email]]


@pytest.mark.parametrize("path", ["/still/made-up/", "/successor/made-up/", "/still/made-up/1/leave/"])
def test_a_link_that_nobody_made_leads_nowhere(client, path):
    page = client.get(path) if "leave" not in path else client.post(path)
    assert page.status_code == 404


def test_the_page_speaks_the_language_of_the_mail(client, address, asked):
    Person.objects.filter(pk=asked.person_id).update(language="sv")
    assert '<html lang="sv">' in client.get(address).content.decode()
    client.post(reverse("set_language"), {"language": "fi"})
    assert '<html lang="fi">' in client.get(address).content.decode()


def test_the_log_has_no_link():
    said = WithoutLinks("%(message)s")
    for kind in ("still", "successor"):
        line = logging.LogRecord("x", 20, "", 0, f"GET /{kind}/abc:def:ghi/leave/", (), None)
        assert said.format(line) == f"GET /{kind}/…/leave/"


# -- the successor ----------------------------------------------------------------------------------------------------


@pytest.fixture
def follows(asked) -> str:
    """The address in the successor's mail."""
    answers.hand_over(link_of(asked), asked.pk, "Liisa Laine", "liisa@example.org")
    return reverse("successor", args=[token_of_successor(anew(asked))])


def test_a_successor_accepts_without_an_account(client, follows, asked):
    before = rows()
    page = client.get(follows)
    assert "Outi Karppinen would like you to follow as contact person of Taidehalli Pato" in text_of(page)
    assert "What the task means" in text_of(page)
    assert rows() == before
    page = client.post(follows, follow=True)
    assert "You now are contact person of Taidehalli Pato." in text_of(page)
    assert anew(asked.partner).contact.email == "liisa@example.org"
    assert client.post(follows).status_code == 422
    assert "Sign in" in text_of(client.get(follows))


def test_a_successor_declines(client, follows, asked):
    page = client.post(f"{follows}decline/", {"reason": "Ei minun."}, follow=True)
    assert (page.status_code, anew(asked).state) == (410, "leaving")
    assert "Whoever named you has been told." in text_of(page)
    assert client.post(follows).status_code == 422


def test_a_pair_that_has_named_another_leaves_the_link_useless(client, follows, asked, pair):
    partners.name_contact(asked.partner, pair[0], "kalle@example.org", "Kalle Repo")
    assert client.get(follows).status_code == 410
    assert client.post(follows).status_code == 422
    assert anew(asked.partner).contact.name == "Kalle Repo"


# -- the region and Kaikukeskus ---------------------------------------------------------------------------------------


def test_the_alarm_stands_in_the_list_of_partners_and_in_the_overview(asked, pair, spring):
    aino, laura = signed_in(pair[0]), signed_in(a_kaikukeskus_person())
    listed = reverse("partners", args=["kainuu"])
    assert "None: whoever was asked" in text_of(laura.get("/queue/"))
    assert "Everybody is reached" in text_of(laura.get("/contacts/"))
    spring.shift(CONTACT_ALARM)
    aino, laura = signed_in(pair[0]), signed_in(a_kaikukeskus_person())
    for page in (aino.get(listed), aino.get(f"{listed}?lacks=reached"), laura.get("/contacts/")):
        assert "o answer since 2.3.2027" in text_of(page)
        assert "Taidehalli Pato" in text_of(page)
    assert "One partner's contact person is not reached" in text_of(aino.get(listed))
    overview = laura.get("/queue/")
    assert overview.context["lapsed"] == (1, 2)
    assert aino.get("/contacts/").status_code == 404


def test_the_pair_confirms_and_asks_on_the_partners_page(asked, pair, worker, venue):
    aino = signed_in(pair[0])
    mail.outbox.clear()
    page = aino.post(reverse("contact_ask", args=["kainuu", venue.pk]), follow=True)
    assert "gets the question by mail now" in text_of(page)
    assert "Asked 2.3.2027 whether it is still the same" in text_of(page)
    worker.run()
    assert [one.to for one in mail.outbox] == [[asked.person.email]]
    page = aino.post(reverse("contact_confirm", args=["kainuu", venue.pk]), follow=True)
    assert "confirmed 2.3.2027" in text_of(page)
    for name in ("contact_confirm", "contact_ask"):
        assert signed_in(a_stranger()).post(reverse(name, args=["kainuu", venue.pk])).status_code == 404
    assert signed_in(asked.person).post(reverse("contact_confirm", args=["kainuu", venue.pk])).status_code in (403, 404)


def test_a_contact_asks_for_the_link_on_the_own_page(pair, venue, worker):
    Person.objects.update(language="en")
    worker.run()
    mail.outbox.clear()
    outi = signed_in(venue.contact)
    assert reverse("contact_ask", args=["kainuu", venue.pk]) in outi.get(venue.get_absolute_url()).content.decode()
    page = outi.post(reverse("contact_ask", args=["kainuu", venue.pk]), follow=True)
    assert "The link is on its way to your address." in text_of(page)
    worker.run()
    assert [one.to for one in mail.outbox] == [[venue.contact.email]]
    again = outi.post(reverse("contact_ask", args=["kainuu", venue.pk]))
    assert (again.status_code, "within the last hour" in text_of(again)) == (422, True)
    assert "Whom to contact" in text_of(outi.get(venue.get_absolute_url()))


def test_who_has_said_to_leave_reads_so_on_the_own_page(asked, venue):
    Person.objects.update(language="en")
    outi = signed_in(venue.contact)
    ask = reverse("contact_ask", args=["kainuu", venue.pk])
    for state, said in (("handing", "Until Pekka Uusi accepts"), ("leaving", "You have said that you leave.")):
        ContactCheck.objects.filter(pk=asked.pk).update(state=state, successor_name="Pekka Uusi")
        page = outi.get(venue.get_absolute_url())
        assert (said in text_of(page), ask in page.content.decode()) == (True, False)


def test_the_side_confirms_and_asks_on_the_page_of_people(asked, pair):
    aino, mikko = (signed_in(person) for person in pair)
    of_aino = Responsibility.objects.get(person=pair[0])
    ask = reverse("responsible_ask", args=["kainuu", of_aino.pk])
    stays = reverse("responsible_confirm", args=["kainuu", of_aino.pk])
    assert mikko.post(ask).status_code == mikko.post(stays).status_code == 403
    assert "gets the question by mail now" in text_of(aino.post(ask, follow=True))
    assert "stays" in text_of(aino.post(stays, follow=True))
    assert ContactCheck.objects.get(responsibility=of_aino).state == "stays"


def test_the_list_of_kaikukeskus_asks_the_same_however_long_it_is(asked, pair, spring, django_assert_num_queries):
    spring.shift(CONTACT_ALARM)
    laura = signed_in(a_kaikukeskus_person())
    for count in (3, 23):
        with django_assert_num_queries(8):
            page = laura.get("/contacts/")
        assert page.context["page"].paginator.count == count
        more = [a_venue(a_region(), pair[0], f"Sali {number}") for number in range(20)] if count == 3 else []
        ContactCheck.objects.bulk_create(
            ContactCheck(partner=one, person=one.contact, since=now() - 2 * CONTACT_ALARM) for one in more
        )


# -- was it sent? -----------------------------------------------------------------------------------------------------


def was_it_sent(pair) -> str:
    return text_of(signed_in(pair[0]).get(reverse("reminders", args=["kainuu"])))


def test_the_page_of_what_was_sent_has_the_years_question(asked, pair, worker, spring):
    shown = was_it_sent(pair)
    still = f"Still {asked.what}?"
    sent = localtime().strftime("%-d.%-m.%Y")
    assert re.search(rf"{re.escape(still)} Question {asked.person.name} Sent \w+ {sent}", shown)
    planned = next_working_day(localdate(asked.asked_at) + CONTACT_REMIND)
    assert f"Reminder {asked.person.name} Planned {day(planned)}" in shown
    spring.shift(planned - localdate())
    morning(worker)
    assert f"Reminder {asked.person.name} Sent" in was_it_sent(pair)
    Mail.objects.filter(key__endswith=":reminded").update(returned_at=now())
    assert f"Reminder {asked.person.name} Came back" in was_it_sent(pair)
    answers.hand_over(link_of(asked), asked.pk, "Pekka Uusi", "pekka@example.org")
    worker.run()
    shown = was_it_sent(pair)
    assert f"Will Pekka Uusi follow as {anew(asked).what}? Question Pekka Uusi Sent" in shown
    assert "Reminder Pekka Uusi Planned" in shown
    assert still not in shown


def test_once_answered_the_page_says_when_it_is_asked_again(asked, pair):
    for check in ContactCheck.objects.unfinished():
        answers.stay(link_of(check), check.pk)
    shown = was_it_sent(pair)
    assert "Still " not in shown
    on = " ".join(weekday_day(due_again(localdate())).split())
    assert f"The yearly question goes next on {on}, to 3 persons." in shown


def test_the_page_of_what_was_sent_asks_the_same_however_many_are_asked(asked, pair, django_assert_num_queries):
    aino, page = signed_in(pair[0]), reverse("reminders", args=["kainuu"])
    for count in (3, 13):
        with django_assert_num_queries(23):
            shown = text_of(aino.get(page))
        assert shown.count("Still ") == count
        more = [a_venue(a_region(), pair[0], f"Sali {number}") for number in range(10)] if count == 3 else []
        ContactCheck.objects.bulk_create(
            ContactCheck(partner=one, person=one.contact, since=now(), asked_at=now(), round=1) for one in more
        )
