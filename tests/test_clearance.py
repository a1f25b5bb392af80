"""Does a clearance take minutes? The queue with all that a decision needs, prepared texts, several at once, silence."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from adoption import partners
from adoption.access import holders_for_partner
from adoption.days import next_working_day
from adoption.models import Act, ClearanceTimes, Mail, Partner, Person, PreparedText, Region
from adoption.people import end_responsibility, name_person
from adoption.precedents import similar_to, telling_words
from adoption.prepared_texts import add_text, change_text, load_shipped, remove_text, set_times
from adoption.refusal import Refused
from adoption.silent_requests import go_on, look_after, open_questions
from commitments.on_paper import partner_committed
from tests.mornings import at, post
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.trials import text_of
from workflows.checks import faults
from workflows.overview import queue, requests
from workflows.reminders import daily, take_back_answered
from workflows.sentences import sentences
from workflows.tasks import partner_items

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

ANSWERS = {"client_group": "Päihdekuntoutujia.", "most_in_tight": True, "why_most": "Perusturvan varassa."}
SAID_NO = ANSWERS | {"most_in_tight": False}
DAY = timedelta(days=1)


@pytest.fixture
def region() -> Region:
    region = a_region("kainuu")
    a_pair(region)
    return region


@pytest.fixture
def desk(laura) -> Client:
    """Laura's browser."""
    return signed_in(laura)


def signed_in(person: Person) -> Client:
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    return client


def mikko_of(region: Region) -> Person:
    return region.responsibilities.get(side="care").person


def a_request(
    region: Region, name: str, days: int = 0, answers: dict | None = None, kind: str = "clubhouse", **details: object
) -> Partner:
    """A distributor that has been asked about so many days ago."""
    mikko = mikko_of(region)
    asked = partners.request_clearance(a_distributor(region, mikko, name, **details), mikko, answers or ANSWERS)
    Partner.objects.filter(pk=asked.pk).update(asked_at=now() - days * DAY, kind=kind)
    return Partner.objects.select_related("organisation").get(pk=asked.pk)


def decide(desk: Client, partner: Partner, decision: str, message: str):
    return desk.post(reverse("queue_decide", args=[partner.pk]), {"decision": decision, "message": message})


def text(answer) -> str:
    return unescape(answer.content.decode())


def state(partner: Partner) -> str:
    return Partner.objects.get(pk=partner.pk).state


# -- who hears of it --------------------------------------------------------------------------------------------------


def own_holder(region: Region, side: str, name: str, town: str) -> str:
    """The address of one who holds the side for the one municipality."""
    email = f"{name.split()[0].lower()}@example.org"
    name_person(region, side, email, name, a_kaikukeskus_person(), municipality=region.municipalities.get(name_fi=town))
    return email


def a_new_one(region: Region, laura: Person, town: str) -> Partner:
    """A distributor of the one municipality that Kaikukeskus has been asked to clear."""
    partner = a_distributor(region, laura, f"{town}n tupa ry")
    partner.municipalities.set(region.municipalities.filter(name_fi=town))
    return partners.request_clearance(partner, laura, ANSWERS)


def told_of(partner: Partner, decide, worker) -> list[str]:
    """Who has a mail of what is decided about the partner, in the order in which they have it."""
    worker.run()
    mail.outbox.clear()
    decide(partner)
    worker.run()
    return [to for message in mail.outbox for to in message.to]


def test_the_mail_of_a_new_partner_goes_to_the_own_holders_of_its_municipality_alone(region, laura, worker):
    kaija = own_holder(region, "care", "Kaija Kajaanista", "Kajaani")
    sanna = own_holder(region, "care", "Sanna Sotkamosta", "Sotkamo")
    tuula = own_holder(region, "culture", "Tuula Sotkamosta", "Sotkamo")
    aino, mikko = (region.responsibilities.get(side=side, municipality=None).person for side in ("culture", "care"))
    hears = {"Kajaani": [kaija, aino.email], "Sotkamo": [sanna, tuula], "Kuhmo": [mikko.email, aino.email]}
    decisions = [
        lambda one: partners.want_more(one, laura, "Kuinka moni?"),
        lambda one: partners.decline(one, laura, "Muu kohderyhmä."),
    ]
    for town, addresses in hears.items():
        partner = a_new_one(region, laura, town)
        assert [told_of(partner, decide, worker) for decide in decisions] == [addresses, addresses]
        assert [person.email for person in holders_for_partner(partner)] == addresses[:1]
    cleared = a_new_one(region, laura, "Suomussalmi")
    own = own_holder(region, "care", "Seppo Suomussalmelta", "Suomussalmi")
    assert told_of(cleared, lambda one: partners.clear(one, laura), worker) == [own, aino.email]


def test_when_the_own_holder_ends_the_whole_regions_holder_hears(region, laura, worker):
    own_holder(region, "care", "Kaija Kajaanista", "Kajaani")
    partner = a_new_one(region, laura, "Kajaani")
    end_responsibility(region.responsibilities.get(person__name="Kaija Kajaanista"), laura)
    aino, mikko = (region.responsibilities.get(side=side, municipality=None).person for side in ("culture", "care"))
    assert told_of(partner, lambda one: partners.clear(one, laura), worker) == [mikko.email, aino.email]


# -- the queue --------------------------------------------------------------------------------------------------------


def test_the_oldest_is_open_with_everything_and_the_others_are_a_press_away(desk, region):
    newer = a_request(region, "Toinen ry", 2)
    oldest = a_request(region, "Ensimmäinen ry", 20)
    shown = text(desk.get("/queue/"))
    opened = shown[shown.index('id="open"') :]
    assert "Päihdekuntoutujia." in opened
    assert opened.index("Ensimmäinen ry") < opened.index(f"?open={newer.pk}#open")
    assert [one.is_late for one in queue()] == [True, False]
    chosen = text(desk.get(f"/queue/?open={newer.pk}"))
    assert f"?open={oldest.pk}#open" in chosen
    assert f'action="{reverse("queue_decide", args=[newer.pk])}"' in chosen


def test_after_each_decision_the_next_one_comes_by_itself(desk, region):
    first, second, third = (a_request(region, f"Tupa {days} ry", days) for days in (9, 6, 3))
    assert decide(desk, second, "clear", "").url == f"/queue/?open={third.pk}"
    assert decide(desk, third, "more", "Kuinka moni?").url == "/queue/"
    assert decide(desk, first, "decline", "Muu kohderyhmä.").url == "/queue/"
    assert [state(one) for one in (first, second, third)] == ["declined", "cleared", "more_wanted"]
    assert "Nothing waits for your decision" in text(desk.get("/queue/"))


@pytest.mark.parametrize("wanted", ["0", "999999", "x", "9" * 40, "%00"])
def test_an_address_that_names_no_request_opens_the_first(desk, region, wanted):
    a_request(region, "Tupa ry")
    assert 'id="decide"' in text(desk.get(f"/queue/?open={wanted}&text={wanted}"))


def test_a_request_stands_once_whatever_has_been_said_of_it(desk, laura, region):
    asked, mikko = a_request(region, "Tupa ry", 30), mikko_of(region)
    a_request(region, "Muu ry", 10)
    place = asked.asked_at
    for question in ("Kuinka moni?", "Entä nuoret?"):
        partners.want_more(asked, laura, question)
        assert [one.partner for one in queue()] != []
        assert asked not in [one.partner for one in queue()]
        partners.answer_question(asked, mikko, f"Vastaus: {question}")
    assert [one.title for one in queue()] == ["Tupa ry", "Muu ry"]
    assert Partner.objects.get(pk=asked.pk).asked_at == place
    shown = text(desk.get("/queue/"))
    told = shown[shown.index('id="open"') :]
    said = [told.index(words) for words in ("Kuinka moni?", "Vastaus: Kuinka", "Entä", "Vastaus: Ent")]
    assert said == sorted(said)
    assert not queue()[0].is_late  # Kaikukeskus has been waited for since the answer only


def test_what_is_refused_keeps_what_was_typed_and_says_why(desk, region):
    asked = a_request(region, "Tupa ry", answers=SAID_NO)
    answer = decide(desk, asked, "clear", "")
    assert answer.status_code == 422
    assert "the commitment says it" in text(answer)
    partners.decline(asked, a_kaikukeskus_person(), "Ehti ensin.")
    late = decide(desk, asked, "more", "Kuinka moni heistä?")
    assert late.status_code == 422
    assert "not taking part" in text(late)
    assert decide(desk, asked, "nonsense", "x").status_code == 422


@pytest.mark.parametrize("meanwhile", ["more", "clear"])
@pytest.mark.parametrize("words", ["Oma <teksti> ei sovi", ""])
def test_a_decision_that_comes_too_late_names_the_request_and_keeps_the_words(desk, laura, region, meanwhile, words):
    asked = a_request(region, "Tupa ry", 9)
    a_request(region, "Muu ry", 3)
    seen = {"seen": desk.get("/queue/").context["open"].mark}
    decide(desk, asked, meanwhile, "Kuinka moni?")
    address = reverse("queue_decide", args=[asked.pk])
    late = desk.post(address, seen | {"decision": "decline", "message": words})
    shown = text(late)
    assert late.status_code == 422
    assert words in unescape(shown)
    assert "Nothing that you wrote was lost" not in shown
    assert "Tupa ry is now in the state" in shown
    assert "decide again" not in shown
    assert f'<a href="{asked.get_absolute_url()}">Tupa ry</a>' in shown[: shown.index("Waits for Kaikukeskus")]


def test_nobody_decides_by_a_page_that_has_not_shown_the_newest_answer(desk, laura, region):
    asked = a_request(region, "Tupa ry")
    address = reverse("queue_decide", args=[asked.pk])
    seen = {"seen": desk.get("/queue/").context["open"].mark, "decision": "clear", "message": "Hyvä."}
    partners.want_more(asked, laura, "Kuinka moni?")
    partners.answer_question(asked, mikko_of(region), "Ei juuri kukaan.", most_in_tight=False)
    refused = desk.post(address, seen)
    assert refused.status_code == 422
    assert "More has been said since this page was opened" in text(refused)
    assert "Ei juuri kukaan." in text(refused)
    [way] = [way for way in refused.context["ways"] if way.is_open]
    assert (way.form["message"].value(), state(asked)) == ("Hyvä.", "asked")
    desk.post(address, seen | {"seen": way.form["seen"].value()})
    assert state(asked) == "cleared"


def test_nobody_decides_by_a_page_of_a_request_that_says_something_else_now(desk, laura, region):
    asked = a_request(region, "Tupa ry")
    own = asked.get_absolute_url()
    marks = {
        address: re.findall(r'name="seen"[^>]* value="([^"]+)"', desk.get(address).content.decode())[-1]
        for address in ("/queue/", own, "/queue/several/")
    }
    partners.change_partner(asked, mikko_of(region), list(asked.municipalities.all()), {"name": "Yökerho ry"})
    clear = {"decision": "clear", "message": "Hyvä."}
    several = {"chosen": [asked.pk], "message_fi": "Hyvä."}
    for address, page, sent in (
        (reverse("queue_decide", args=[asked.pk]), "/queue/", clear),
        (f"{own}clearance/", own, clear),
        ("/queue/several/", "/queue/several/", several),
    ):
        refused = desk.post(address, sent | {"seen": marks[page]})
        assert (refused.status_code, state(asked)) == (422, "asked")
        assert "More has been said since this page was opened" in text(refused)
        assert "Yökerho ry" in text(refused)
        mark = re.findall(r'name="seen"[^>]* value="([^"]+)"', refused.content.decode())[-1]
        assert mark != marks[page]


def test_kaikukeskus_reads_that_its_question_was_answered_and_what(laura, region, worker):
    Person.objects.update(language="en")
    asked = a_request(region, "Tupa ry")
    partners.want_more(asked, laura, "Kuinka moni?")
    worker.run()
    mail.outbox.clear()
    partners.answer_question(asked, mikko_of(region), "Noin puolet.")
    worker.run()
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([laura.email], "Your question has been answered: Tupa ry")
    assert "has answered your question about a distributor in Kainuu: Tupa ry." in letter.body
    assert "Noin puolet." in letter.body
    assert f"?open={asked.pk}" in letter.body


def test_a_request_with_an_open_question_is_answered_and_not_sent_anew(laura, region):
    asked = a_request(region, "Tupa ry", 30)
    asked.refresh_from_db()
    since = asked.asked_at
    partners.want_more(asked, laura, "Kuinka moni?")
    said = {"client_group": "Nuoria", "most_in_tight": "yes", "why_most": "Siksi.", "cards_per_year": "4"}
    answer = signed_in(mikko_of(region)).post(f"{asked.get_absolute_url()}ask/", said)
    assert (answer.status_code, state(asked)) == (422, "more_wanted")
    assert "answer it on the partner" in text(answer)
    asked.refresh_from_db()
    assert (asked.question, asked.asked_at) == ("Kuinka moni?", since)


@pytest.mark.parametrize("number", [10, 200])
def test_so_many_queries_whatever_the_number_of_requests(desk, laura, region, number, django_assert_num_queries):
    first = a_request(region, "Tupa 0 ry")
    partners.clear(a_request(region, "Naapuri ry"), laura)
    partners.want_more(a_request(region, "Hiljainen ry"), laura, "Kuinka moni?")
    town = first.municipalities.get()
    rows = [
        Partner(
            region=region, organisation=first.organisation, unit=f"Yksikkö {n}", role="distributor", kind="clubhouse",
            state="asked", asked_at=now(), most_in_tight=True, client_group="A", why_most="B",
        )
        for n in range(1, number)
    ]  # fmt: skip
    for made in Partner.objects.bulk_create(rows):
        made.municipalities.add(town)
    with django_assert_num_queries(25):
        answer = desk.get("/queue/")
    assert answer.context["page"].paginator.count == number
    with django_assert_num_queries(7):
        desk.get("/queue/several/")


# -- similar ones -----------------------------------------------------------------------------------------------------


def test_similar_ones_stand_there_the_same_organisation_first_then_like_names_then_the_kind(laura, region):
    lappi = a_region("lappi")
    a_pair(lappi)
    words = {"same": "Mielenterveyden tuki ry", "alike": "Kemin Mielenterveyskeskus", "kind": "Olohuone ry"}
    kind = a_request(lappi, words["kind"])
    partners.decline(kind, laura, "Ei asiakastyötä.")
    alike = a_request(lappi, "Savon mielenterveystyön talo", kind="substance_mental")
    partners.clear(alike, laura, "Hyvä.")
    there = a_request(lappi, "Huoma ry", kind="family_work")
    partners.clear(there, laura)
    undecided = a_request(lappi, "Ratkaisematta ry")
    others = a_request(lappi, "Muualla ry", kind="debt_advice")
    partners.clear(others, laura)
    asked = a_request(region, "Kainuun Mielenterveystyön keskus", unit="Tupa")
    Partner.objects.filter(pk=asked.pk).update(organisation=there.organisation, unit="Mielenterveystyön tupa")
    found = similar_to(Partner.objects.get(pk=asked.pk))
    assert [(one.partner, str(one.why), one.cleared, one.reason) for one in found] == [
        (there, "the same organisation", True, ""),
        (alike, "a name alike", True, "Hyvä."),
        (kind, "the same kind", False, "Ei asiakastyötä."),
    ]
    assert undecided not in [one.partner for one in found]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2019, 3, 1), "1.3.2019, before it was entered here"),
        (None, "before it was entered here, on a day that is not known"),
    ],
)
def test_what_was_cleared_before_its_entry_is_a_similar_one_too(desk, laura, region, day, words):
    before = a_distributor(region, mikko_of(region), "Hämeen Mielenterveystyö ry")
    partner_committed(before, laura, cleared=day)
    asked = a_request(region, "Kainuun Mielenterveystyö ry")
    found = similar_to(asked)
    assert [(one.partner, one.cleared, one.on, one.earlier) for one in found] == [(before, True, day, True)]
    assert words in desk.get(f"/queue/?open={asked.pk}").content.decode()


def test_what_the_pair_has_declined_itself_is_no_decision_of_kaikukeskus(laura, region):
    gone = a_distributor(region, mikko_of(region), "Poissa ry")
    partners.decline(gone, mikko_of(region), "Eivät ehdi.")
    venue = a_venue(region, mikko_of(region))
    assert similar_to(a_request(region, "Tupa ry")) == []
    assert venue.role == "venue"


def test_of_the_same_kind_the_newest_five_stand_there(laura, region):
    before = [a_request(region, f"{letter} ry") for letter in "ABCDEFG"]
    for one in before:
        partners.clear(one, laura, one.organisation.name)
    found = similar_to(a_request(region, "Uusi ry"))
    assert [one.partner for one in found] == before[:1:-1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Kainuun hyvinvointialue, Aikuissosiaalityö", ["Aikuissosiaalityö", "Kainuun"]),
        ("Tupa ry", []),
        ("Pohjanmaan 100% (ry) _", ["Pohjanmaan"]),
    ],
)
def test_the_telling_words_of_a_name(name, words):
    assert telling_words(name) == words


def test_similar_ones_take_two_queries(laura, region, django_assert_num_queries):
    for letter in "ABCDEF":
        partners.clear(a_request(region, f"Työpaja {letter} ry"), laura)
    asked = a_request(region, "Työpaja Uusi ry")
    with django_assert_num_queries(2):
        assert len(similar_to(asked)) == 5


# -- prepared texts ---------------------------------------------------------------------------------------------------


def test_each_decision_begins_from_the_first_text_in_the_partners_language(desk, region):
    swedish = a_request(region, "Stugan rf", language="sv")
    forms = {way.decision: way for way in desk.get("/queue/").context["ways"]}
    firsts = {
        key: PreparedText.objects.filter(decision=key, language="sv").first().text
        for key in ("clear", "more", "decline")
    }
    assert {key: way.form.initial["message"] for key, way in forms.items()} == firsts
    other = PreparedText.objects.filter(decision="more", language="sv")[1]
    assert other in forms["more"].texts
    taken = {way.decision: way for way in desk.get(f"/queue/?open={swedish.pk}&text={other.pk}").context["ways"]}
    assert taken["more"].form.initial["message"] == other.text
    assert [key for key, way in taken.items() if way.is_open] == ["more"]


def test_what_is_sent_is_what_was_edited(desk, region, worker):
    asked = a_request(region, "Tupa ry")
    worker.run()
    mail.outbox.clear()
    decide(desk, asked, "more", "Kuinka moni heistä,\narviolta?")
    worker.run()
    assert len(mail.outbox) == 2
    assert all("Kuinka moni heistä,\narviolta?" in letter.body for letter in mail.outbox)


def test_where_the_answer_is_no_kaikukeskus_finds_the_words_itself(desk, region):
    a_request(region, "Tupa ry", answers=SAID_NO)
    clear = desk.get("/queue/").context["ways"][0]
    assert (clear.form.initial["message"], clear.texts) == ("", [])


def test_texts_are_added_changed_and_removed(desk, laura):
    a_region()
    given = {"decision": "more", "language": "sv", "name": "Öppettider", "text": "När har ni öppet?"}
    assert desk.post(reverse("prepared_text_new"), given).url == reverse("prepared_texts")
    again = desk.post(reverse("prepared_text_new"), given)
    assert again.status_code == 422
    assert "has this name" in text(again)
    assert "När har ni öppet?" in text(again)
    one = PreparedText.objects.get(name="Öppettider")
    address = reverse("prepared_text", args=[one.pk])
    assert desk.post(address, {"name": "Öppettider", "text": ""}).status_code == 422
    desk.post(address, {"name": "Öppettiderna", "text": "När är det öppet?"})
    assert "När är det öppet?" in text(desk.get(reverse("prepared_texts")))
    desk.post(reverse("prepared_text_remove", args=[one.pk]))
    assert not PreparedText.objects.filter(pk=one.pk).exists()
    assert desk.post(reverse("prepared_text_remove", args=[one.pk])).status_code == 404
    acts = Act.objects.filter(about_kind="preparedtext").order_by("number")
    assert [line.text for line in sentences(acts)] == [
        "Laura Mäkelä (Kaikukeskus) added a prepared text: Öppettider.",
        "Laura Mäkelä (Kaikukeskus) changed a prepared text: Öppettiderna.",
        "Laura Mäkelä (Kaikukeskus) removed a prepared text: Öppettiderna.",
    ]


def test_a_text_with_an_identity_code_is_refused(desk):
    given = {"decision": "more", "language": "fi", "name": "Koe", "text": "Hän on 010190-123A."}
    assert desk.post(reverse("prepared_text_new"), given).status_code == 422


def test_our_texts_are_there_once_and_what_was_removed_does_not_come_back(laura):
    PreparedText.objects.all().delete()
    load_shipped()
    shipped = PreparedText.objects.count()
    assert {(one.decision, one.language) for one in PreparedText.objects.all()} == {
        (decision, language) for decision in PreparedText.Decision.values for language in ("fi", "sv", "en")
    }
    load_shipped()
    assert PreparedText.objects.count() == shipped
    for one in PreparedText.objects.all():
        remove_text(one, laura)
    load_shipped()
    assert not PreparedText.objects.exists()


def test_without_any_text_the_queue_works_all_the_same(desk, laura, region):
    PreparedText.objects.all().delete()
    asked = a_request(region, "Tupa ry")
    assert [way.form.initial["message"] for way in desk.get("/queue/").context["ways"]] == ["", "", ""]
    assert decide(desk, asked, "clear", "").status_code == 302
    assert "None yet." in text(desk.get(reverse("prepared_texts")))


def test_a_text_that_is_gone_or_named_twice_is_refused_in_words(laura):
    one = add_text("more", "en", "One", "Text", laura)
    add_text("more", "en", "Two", "Text", laura)
    with pytest.raises(Refused, match="has this name"):
        change_text(one, "Two", "Text", laura)
    remove_text(one, laura)
    for act in (lambda: change_text(one, "Three", "Text", laura), lambda: remove_text(one, laura)):
        with pytest.raises(Refused, match="removed meanwhile"):
            act()


@pytest.mark.parametrize("name", ["prepared_texts", "prepared_text_new", "clearance_times", "queue_several"])
def test_the_pages_are_kaikukeskuss_own(region, name):
    pair = signed_in(mikko_of(region))
    assert (pair.get(reverse(name)).status_code, pair.post(reverse(name)).status_code in (404, 405)) == (404, True)


# -- several at once --------------------------------------------------------------------------------------------------


def test_several_are_cleared_at_once_each_with_its_own_act_and_mails(desk, region, worker):
    asked = [a_request(region, f"Tupa {n} ry", language=language) for n, language in enumerate(("fi", "fi", "sv"))]
    worker.run()
    mail.outbox.clear()
    page = text(desk.get(reverse("queue_several")))
    assert page.count('type="checkbox" name="chosen"') == 3
    messages = {"message_fi": "Tervetuloa!", "message_sv": "Välkommen!"}
    answer = desk.post(reverse("queue_several"), {"chosen": [one.pk for one in asked], **messages})
    assert answer.url == "/queue/"
    assert [state(one) for one in asked] == ["cleared"] * 3
    acts = Act.objects.filter(what="clearance_given").order_by("number")
    assert [act.reason for act in acts] == ["Tervetuloa!", "Tervetuloa!", "Välkommen!"]
    worker.run()
    assert len(mail.outbox) == 6


def test_one_that_is_refused_keeps_nobody_elses(desk, laura, region):
    ready, taken, no = a_request(region, "Valmis ry"), a_request(region, "Ehditty ry"), a_request(region, "Ei ry")
    Partner.objects.filter(pk=no.pk).update(most_in_tight=False)
    partners.want_more(taken, laura, "Kuinka moni?")
    answer = desk.post(
        reverse("queue_several"), {"chosen": [one.pk for one in (taken, no, ready)], "message_fi": "Tervetuloa!"}
    )
    assert answer.status_code == 422
    assert [state(one) for one in (ready, taken, no)] == ["cleared", "more_wanted", "asked"]
    assert "Ehditty ry is now in the state" in text(answer)
    assert "Ei ry: The pair's answer to the rule is no." in text(answer)
    assert "One distributor is cleared." in text(answer)
    assert Partner.objects.get(pk=no.pk).cleared_because == ""


@pytest.mark.parametrize("chosen", [[], ["x"], ["-1"], ["9" * 30]])
def test_nothing_that_can_be_chosen_is_said(desk, region, chosen):
    a_request(region, "Tupa ry")
    answer = desk.post(reverse("queue_several"), {"chosen": chosen, "message_fi": "Tervetuloa!"})
    assert answer.status_code == 422
    assert Partner.objects.get().state == "asked"


def test_those_with_a_no_are_not_offered_together(desk, region):
    no = a_request(region, "Ei ry", answers=SAID_NO)
    shown = text(desk.get(reverse("queue_several")))
    assert 'type="checkbox"' not in shown
    assert f"/queue/?open={no.pk}" in shown


# -- the pair's request -----------------------------------------------------------------------------------------------


def test_the_request_asks_four_things_and_nothing_twice(region):
    mikko = mikko_of(region)
    pair = signed_in(mikko)
    first = a_distributor(region, mikko, "Kainuun palvelut", unit="Kajaani")
    address = reverse("partner_ask", args=[region.slug, first.pk])
    assert list(pair.get(address).context["form"].fields) == [
        "client_group", "most_in_tight", "why_most", "cards_per_year",
    ]  # fmt: skip
    pair.post(address, ANSWERS | {"most_in_tight": "yes", "cards_per_year": "40"})
    partners.want_more(first, a_kaikukeskus_person(), "Kuinka moni?")
    other = a_distributor(region, mikko, "Kainuun palvelut", unit="Kuhmo")
    shown = pair.get(reverse("partner_ask", args=[region.slug, other.pk]))
    form = shown.context["form"]
    assert (form.initial["client_group"], form.initial["why_most"]) == ("Päihdekuntoutujia.", "Perusturvan varassa.")
    assert form.initial["most_in_tight"] is None
    assert "Kainuun palvelut, Kajaani" in text(shown)


def test_what_another_region_has_said_of_the_organisation_is_not_shown(region):
    lappi = a_region("lappi")
    a_pair(lappi)
    there = a_request(lappi, "Kainuun palvelut")
    here = a_distributor(region, mikko_of(region), "Kainuun palvelut")
    Partner.objects.filter(pk=here.pk).update(organisation=there.organisation)
    form = signed_in(mikko_of(region)).get(reverse("partner_ask", args=[region.slug, here.pk])).context["form"]
    assert form.initial["client_group"] == ""


# -- silence ----------------------------------------------------------------------------------------------------------


def silent(region: Region, laura: Person, name: str = "Tupa ry") -> Partner:
    """One about whom Kaikukeskus asked today; what was queued has left."""
    asked = a_request(region, name)
    partners.want_more(asked, laura, "Kuinka moni?")
    return Partner.objects.get(pk=asked.pk)


def acts_of(partner: Partner) -> list[str]:
    acts = Act.objects.filter(about_kind="partner", about_id=str(partner.pk)).order_by("number")
    return [act.what for act in acts if act.what in ("clearance_reminded", "clearance_lapsed")]


def run(worker, *days: int) -> None:
    for day in days:
        look_after(localdate() + day * DAY)
        worker.run()


def test_a_silent_pair_is_reminded_once_and_the_request_goes_back_on_the_named_day(laura, region, worker):
    asked = silent(region, laura)
    worker.run()
    mail.outbox.clear()
    assert [one.due for one in partner_items(mikko_of(region))] == [localdate() + 60 * DAY]
    run(worker, 1, 13)
    assert (acts_of(asked), mail.outbox) == ([], [])
    run(worker, 14, 14, 15, 59, 60)
    assert acts_of(asked) == ["clearance_reminded"]
    tomorrow = next_working_day(localdate() + DAY)
    post(tomorrow, worker)
    assert sorted(letter.to[0] for letter in mail.outbox) == ["aino.kainuu@example.org", "mikko.kainuu@example.org"]
    named = localdate() + 60 * DAY
    assert f"{named.day}.{named.month}.{named.year}" in mail.outbox[0].body
    assert "Kuinka moni?" in mail.outbox[0].body
    run(worker, 61, 61, 62, 100)
    assert (state(asked), acts_of(asked)) == ("candidate", ["clearance_reminded", "clearance_lapsed"])
    post(tomorrow, worker)
    assert len(mail.outbox) == 4
    assert Act.objects.get(what="clearance_lapsed").by is None
    assert faults() == []


def test_the_note_stands_with_the_partner_and_in_history_and_the_request_can_be_sent_anew(laura, region, worker):
    asked = silent(region, laura)
    run(worker, 14, 61)
    pair = signed_in(mikko_of(region))
    page = text(pair.get(asked.get_absolute_url()))
    assert "The request for clearance has gone back" in page
    assert "Kuinka moni?" in page
    told = [line.text for line in sentences(Act.objects.filter(what__startswith="clearance_"))]
    assert "Kaikukeskus's question was not answered in time, and the request went back: Tupa ry." in told
    address = reverse("partner_ask", args=[region.slug, asked.pk])
    form = pair.get(address)
    assert "Kuinka moni?" in text(form)
    assert form.context["form"].initial["client_group"] == ANSWERS["client_group"]
    pair.post(address, ANSWERS | {"most_in_tight": "yes"})
    assert state(asked) == "asked"
    assert "The request for clearance has gone back" not in text(pair.get(asked.get_absolute_url()))
    shown = text(signed_in(laura).get("/queue/"))
    assert "Nobody answered in time" in shown


def test_days_that_were_missed_take_no_time_from_the_pair(laura, region, worker):
    asked = silent(region, laura)
    run(worker, 90)
    assert acts_of(asked) == ["clearance_reminded"]
    run(worker, 96, 97)
    assert state(asked) == "more_wanted"
    run(worker, 98)
    assert state(asked) == "candidate"


def test_a_job_that_was_killed_or_comes_twice_or_late_does_no_harm(laura, region, worker):
    asked = silent(region, laura)
    day = (localdate() + 14 * DAY).isoformat()
    for _again in range(3):
        go_on(asked.pk, day)
    assert acts_of(asked) == ["clearance_reminded"]
    partners.answer_question(asked, mikko_of(region), "Kaksi kolmesta.")
    go_on(asked.pk, (localdate() + 90 * DAY).isoformat())
    assert (state(asked), acts_of(asked)) == ("asked", ["clearance_reminded"])


def test_a_second_question_has_its_own_time(laura, region, worker):
    asked = silent(region, laura)
    run(worker, 14)
    partners.answer_question(asked, mikko_of(region), "Kaksi kolmesta.")
    partners.want_more(asked, laura, "Entä nuoret?")
    run(worker, 13)
    assert acts_of(asked) == ["clearance_reminded"]
    run(worker, 14)
    assert acts_of(asked) == ["clearance_reminded"] * 2


def test_the_days_are_kaikukeskuss_to_set_and_a_named_day_stays(desk, laura, region, worker):
    reminded, later_one = silent(region, laura, "Eka ry"), silent(region, laura, "Toka ry")
    go_on(reminded.pk, (localdate() + 14 * DAY).isoformat())
    assert desk.post(reverse("clearance_times"), {"remind_after": "5", "return_after": "20"}).status_code == 302
    assert "5 days" in text(desk.get(reverse("prepared_texts")))
    run(worker, 21)
    assert (state(reminded), state(later_one)) == ("more_wanted", "more_wanted")
    run(worker, 29)
    assert (state(reminded), state(later_one)) == ("more_wanted", "candidate")
    run(worker, 61)
    assert state(reminded) == "candidate"


@pytest.mark.parametrize(("remind", "back"), [("20", "20"), ("0", "5"), ("10", "400"), ("", "60"), ("-1", "4")])
def test_days_that_make_no_sense_are_refused(desk, remind, back):
    answer = desk.post(reverse("clearance_times"), {"remind_after": remind, "return_after": back})
    assert answer.status_code == 422
    assert not ClearanceTimes.objects.exists()


def test_setting_the_same_days_again_is_no_act(laura):
    set_times(10, 30, laura)
    set_times(10, 30, laura)
    assert [line.text for line in sentences(Act.objects.filter(what="clearance_times_set"))] == [
        "Laura Mäkelä (Kaikukeskus) set when an unanswered question is reminded of, 10 days, and returned, 30 days."
    ]


def test_the_daily_job_looks_after_silent_requests_too(laura, region, worker):
    asked = silent(region, laura)
    daily(localdate() + 14 * DAY)
    worker.run()
    assert acts_of(asked) == ["clearance_reminded"]


def test_questions_that_wait_stand_below_the_queue(desk, laura, region, worker):
    silent(region, laura)
    run(worker, 14)
    shown = text(desk.get("/queue/"))
    assert "Asked, and not answered yet" in shown
    assert "Kuinka moni?" in shown
    [question] = open_questions()
    assert question.until == localdate() + 60 * DAY
    assert requests() == []


def test_the_region_sees_whether_the_question_and_its_reminder_were_sent(laura, region, worker):
    asked = silent(region, laura)
    worker.run()
    mikko, page = signed_in(mikko_of(region)), reverse("reminders", args=[region.slug])
    shown = text_of(mikko.get(page))
    assert f"Kaikukeskus's question about {asked} Question Aino Virtanen Sent" in shown
    assert "Question Mikko Kettunen Sent" in shown
    assert re.search("Reminder Mikko Kettunen, Aino Virtanen Planned [0-9.]+", shown)
    run(worker, 14)
    shown = text_of(mikko.get(page))
    assert "Planned" not in shown.split("Questions by mail")[1]
    assert "Reminder Mikko Kettunen Waits for its morning" in shown or "Reminder Mikko Kettunen Sent" in shown


def test_who_has_answered_is_reminded_of_the_question_no_more(laura, region, worker):
    """Written on a Friday evening, answered on Saturday."""
    with at(date(2027, 3, 5), 9):
        asked = silent(region, laura)
        worker.run()
    with at(date(2027, 3, 19), 18):
        look_after(localdate())
        worker.run()
        waiting = Mail.objects.filter(sent_at=None, key__startswith="act:")
        assert (acts_of(asked), waiting.count()) == (["clearance_reminded"], 2)
    with at(date(2027, 3, 20), 10):
        partners.answer_question(asked, mikko_of(region), "Noin puolet.")
    mail.outbox.clear()
    post(date(2027, 3, 22), worker)
    assert [one.subject for one in mail.outbox if "mikko" in one.to[0]] == []


def test_a_question_that_has_been_answered_asks_nobody(laura, region, worker):
    """It waits for the morning's list, or the mail server was away; another question waits on."""
    asked, other = silent(region, laura), silent(region, laura, "Toinen tupa")
    worker.run()
    Mail.objects.filter(key__startswith="act:").update(sent_at=None, tries=1, tried_at=None)
    partners.answer_question(asked, mikko_of(region), "Noin puolet.")
    take_back_answered()
    for one, waits in ((asked, False), (other, True)):
        act = Act.objects.get(what="clearance_more_wanted", about_id=one.pk)
        assert Mail.objects.filter(key__startswith=f"act:{act.pk}:").exists() == waits


def test_a_reader_of_the_region_is_not_written_to(laura, region, worker):
    name_person(region, "group", "reetta@example.org", "Reetta Ryhmä", laura)
    silent(region, laura)
    worker.run()
    mail.outbox.clear()
    run(worker, 14)
    assert re.findall("reetta", " ".join(letter.to[0] for letter in mail.outbox)) == []
