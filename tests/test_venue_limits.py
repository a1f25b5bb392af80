"""A venue's offer is limited by numbers alone, in the ways of the operating model, and said in plain text."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from adoption import partners as services
from adoption.models import Act, Partner, Person
from adoption.network_list import as_text, network_list
from adoption.operating_model import LIMITS, MODELS
from adoption.refusal import Refused
from adoption.venue_limits import MOST, WORDS, allowed, made_text, said
from commitments.facts import facts
from tests import papers
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_venue
from tests.trials import promise

ALL = {"tickets_per_event": 10, "courses_per_year": 2, "price_cap": 25, "period_months": 3}
SAID = {
    "fi": "Enintään 10 lippua tilaisuutta kohti; enintään 2 kurssia kalenterivuodessa; lipun tai kurssin hinta "
    "enintään 25 euroa; enintään 3 kuukautta kerrallaan.",
    "sv": "Högst 10 biljetter per evenemang; högst 2 kurser per kalenderår; biljettens eller kursens pris högst "
    "25 euro; högst 3 månader åt gången.",
    "en": "At most 10 tickets an event; at most 2 courses a calendar year; price of the ticket or course at most "
    "25 euros; at most 3 months at a time.",
}
numbers = st.none() | st.integers(1, MOST)


@pytest.fixture
def venue(db):
    region = a_region()
    return a_venue(region, a_pair(region)[0], offering="Konsertit")


def by(partner: Partner) -> Person:
    return Person.objects.get(email=f"aino.{partner.region.slug}@example.org")


def limit(partner: Partner, **details: object) -> Partner:
    return services.change_partner(partner, by(partner), partner.municipalities.all(), **details)


def browser(partner: Partner) -> Client:
    Person.objects.filter(pk=by(partner).pk).update(language="en")
    client = Client()
    client.force_login(by(partner))
    return client


def typed(partner: Partner, **details: object) -> dict[str, object]:
    """The form as the page shows it, with these typed."""
    shown = browser(partner).get(edit(partner)).context["form"]
    as_it_is = {field.name: "" if field.value() is None else field.value() for field in shown}
    return as_it_is | {"municipalities": [m.pk for m in partner.municipalities.all()]} | details


def edit(partner: Partner) -> str:
    return reverse("partner_edit", args=[partner.region.slug, partner.pk])


# -- the text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_numbers_are_said_in_each_language(language):
    assert made_text(Partner(**ALL), language) == SAID[language]


def test_one_is_said_as_one():
    one = Partner(**dict.fromkeys(LIMITS, 1))
    assert made_text(one, "fi").startswith("Enintään yksi lippu tilaisuutta kohti; enintään yksi kurssi ")
    assert made_text(one, "sv").endswith("pris högst en euro; högst en månad åt gången.")


@given(st.fixed_dictionaries(dict.fromkeys(LIMITS, numbers)), st.sampled_from(["fi", "sv", "en"]))
def test_each_number_is_said_and_nothing_else(found, language):
    text = made_text(Partner(**found), language)
    limited = [number for number in found.values() if number]
    assert text.count(";") == max(len(limited) - 1, 0)
    assert bool(text) == bool(limited)
    assert [number for number in limited if number > 1 and str(number) not in text] == []


def test_every_way_of_every_model_has_its_words():
    for model in MODELS:
        assert set(allowed(model)) <= set(WORDS)
    assert all(set(words) == {"fi", "sv", "en"} for words in WORDS.values())
    assert allowed("") == LIMITS


def test_what_was_written_before_is_said_until_there_are_numbers():
    old = Partner(limits="Vain arkisin")
    assert said(old, "sv") == "Vain arkisin"
    old.price_cap = 5
    assert said(old, "sv") == "Biljettens eller kursens pris högst 5 euro."


# -- the service ------------------------------------------------------------------------------------------------------


def test_limits_are_kept_with_history(venue):
    limit(venue, **ALL)
    venue.refresh_from_db()
    assert {way: getattr(venue, way) for way in LIMITS} == ALL
    assert Act.objects.filter(what="partner_changed").latest("pk").data["fields"] == sorted(ALL)


@pytest.mark.parametrize("number", [0, -1, MOST + 1, "kymmenen"])
def test_a_limit_is_a_number_from_one_on(venue, number):
    with pytest.raises(Refused):
        limit(venue, tickets_per_event=number)


def test_a_distributor_has_no_limits(venue):
    distributor = a_distributor(venue.region, by(venue))
    with pytest.raises(Refused):
        limit(distributor, price_cap=5)


def test_only_the_ways_of_the_operating_model_are_taken(venue, monkeypatch):
    """A venue is bound by the model that it has promised to follow."""
    promise(venue, "2023")
    monkeypatch.setitem(MODELS, "2023", MODELS["2023"]._replace(limits=("price_cap",)))
    venue.refresh_from_db()
    with pytest.raises(Refused):
        limit(venue, courses_per_year=2)
    assert limit(venue, price_cap=5).price_cap == 5
    shown = browser(venue).get(edit(venue)).context["form"]
    assert [way for way in LIMITS if way in shown.fields] == ["price_cap"]


# -- pages and papers -------------------------------------------------------------------------------------------------


def test_limits_are_given_by_the_form(venue):
    answer = browser(venue).post(edit(venue), typed(venue, **ALL))
    assert answer.status_code == 302
    page = browser(venue).get(venue.get_absolute_url()).content.decode()
    assert SAID["en"] in page
    assert "id_limits" not in browser(venue).get(edit(venue)).content.decode()


@pytest.mark.parametrize("given_", ["0", "-3", "10000", "2,5", "monta"])
def test_the_form_keeps_what_was_typed_and_refuses_it(venue, given_):
    answer = browser(venue).post(edit(venue), typed(venue, price_cap=given_, offering="Näytökset"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["price_cap"]
    assert "Näytökset" in answer.content.decode()


def test_an_old_text_is_read_and_can_only_be_emptied(venue):
    Partner.objects.filter(pk=venue.pk).update(limits="Vain arkisin")
    assert "Vain arkisin" in browser(venue).get(venue.get_absolute_url()).content.decode()
    refused = browser(venue).post(edit(venue), typed(venue, limits="Vain maanantaisin"))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["limits"])
    assert browser(venue).post(edit(venue), typed(venue, price_cap=5)).status_code == 302
    page = browser(venue).get(venue.get_absolute_url()).content.decode()
    assert "Written earlier, not printed any more: Vain arkisin" in page
    assert browser(venue).post(edit(venue), typed(venue, limits="")).status_code == 302
    assert Partner.objects.get(pk=venue.pk).limits == ""


def test_lists_and_papers_print_the_text_in_their_own_language(venue):
    limit(venue, **ALL)
    commitment = papers.draft_partner_commitment(venue, a_kaikukeskus_person())
    assert {language: facts(commitment, language, now())["limits"] for language in SAID} == SAID
    promise(venue)
    assert f"Rajaukset: {SAID['fi']}" in as_text(network_list(venue.region, "fi"))
    assert f"Begränsningar: {SAID['sv']}" in as_text(network_list(venue.region, "sv"))
