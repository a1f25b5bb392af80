"""The people of the whole country: who sees them, who ends whose rights, and what is never left empty."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from adoption import leaving
from adoption.access import regions_of
from adoption.history import all_faults
from adoption.models import Act, Partner, Person, Region
from adoption.partners import name_contact
from adoption.people import add_kaikukeskus_person, end_responsibility, name_person
from adoption.refusal import NotYours, Refused
from adoption.regions import correct_region
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger
from tests.race import DONE, NOT_YOURS
from workflows.sentences import sentences

pytestmark = pytest.mark.django_db

ACTS = ["person_right", "person_close", "person_reopen"]


def signed_in(person: Person) -> Client:
    """The person's browser; in English, so that the tests read what the code says."""
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    return client


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def a_colleague() -> Person:
    """Eero, the second one of Kaikukeskus."""
    return add_kaikukeskus_person("eero@example.org", "Eero Toinen", None)


def act(by: Person, name: str, person: Person, reason: str = "On siirtynyt toisiin tehtäviin."):
    return signed_in(by).post(reverse(name, args=[person.pk]), {"reason": reason})


def now(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


# -- who may ------------------------------------------------------------------------------------------------------


def test_only_kaikukeskus_sees_everybody_and_ends_anything():
    region = a_region()
    aino, mikko = a_pair(region)
    contact = a_distributor(region, mikko).contact
    reader = name_person(region, "group", "lukija@example.org", "Liisa Lukija", aino).person
    for person in (aino, contact, reader, a_stranger()):
        client = signed_in(person)
        assert client.get(reverse("everybody")).status_code == 404
        assert client.post(reverse("colleague_new"), {"name": "X", "email": "x@example.org"}).status_code == 404
        for name in ACTS:
            assert act(person, name, mikko).status_code == 404
        for service in (leaving.close_person, leaving.end_kaikukeskus, leaving.reopen_person):
            with pytest.raises(NotYours):
                service(mikko, person, "Syy")
        assert "person-close" not in text(client.get(reverse("me")))
    assert now(mikko).is_active
    assert [signed_in(a_kaikukeskus_person()).get(reverse(name, args=[mikko.pk])).status_code for name in ACTS] == [
        302
    ] * 3


def test_a_persons_page_offers_what_can_be_done_to_kaikukeskus_alone():
    region = a_region()
    aino, mikko = a_pair(region)
    page = reverse("person", args=[mikko.pk])
    assert reverse("person_close", args=[mikko.pk]) in text(signed_in(a_kaikukeskus_person()).get(page))
    assert reverse("person_close", args=[mikko.pk]) not in text(signed_in(aino).get(page))


# -- the list -----------------------------------------------------------------------------------------------------


def listed(**wanted: str) -> str:
    return text(signed_in(a_kaikukeskus_person()).get(reverse("everybody"), wanted))


def test_everybody_is_found_by_name_address_and_kind():
    region = a_region()
    aino, mikko = a_pair(region)
    a_distributor(region, mikko)
    name_person(region, "group", "aijala@example.org", "Östen Äijälä", aino)
    assert all(name in listed() for name in ("Aino Virtanen", "Outi Karppinen", "Laura Mäkelä", "Östen Äijälä"))
    assert "Culture side, <a" in listed(words="aino")
    assert "Mikko Kettunen" not in listed(words="aino")
    assert "Östen Äijälä" in listed(words="äijälä ÖSTEN")
    assert "Östen Äijälä" in listed(words="aijala@")
    assert "Kohtaamispaikka Tupanen ry</a>" in listed(words="outi")
    assert "Laura Mäkelä" in listed(only="kaikukeskus")
    assert "Aino Virtanen" not in listed(only="kaikukeskus")
    assert "Nobody is like this." in listed(only="closed")
    assert "Nobody is like this." in listed(words="%")
    assert signed_in(a_kaikukeskus_person()).get(reverse("everybody"), {"only": "x"}).status_code == 422


QUERIES_OF_EVERYBODY = 6


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_of_everybody_asks_the_same_however_long_it_is(number, django_assert_num_queries):
    region = a_region()
    _aino, mikko = a_pair(region)
    a_distributor(region, mikko)
    for one in range(number):
        name_person(region, "group", f"h{one}@example.org", f"Henkilö {one}", mikko)
    client = signed_in(a_kaikukeskus_person())
    with django_assert_num_queries(QUERIES_OF_EVERYBODY):
        page = text(client.get(reverse("everybody"), {"words": "henkilö"}))
    assert page.count('<th class="breaks"') == min(number, 60)
    assert ("words=henkil%C3%B6&amp;page=2" in page) == (number > 60)


# -- Kaikukeskus's right ------------------------------------------------------------------------------------------


def test_a_colleague_is_added_and_told(worker):
    answer = signed_in(a_kaikukeskus_person()).post(
        reverse("colleague_new"), {"name": "Uusi Työntekijä", "email": "Uusi@example.org", "language": "en"}
    )
    added = Person.objects.get(email="uusi@example.org")
    assert (answer.status_code, answer.url, added.is_kaikukeskus) == (302, added.get_absolute_url(), True)
    worker.run()
    assert [one.to for one in mail.outbox] == [["uusi@example.org"]]
    assert "has added you to Kaikukeskus" in mail.outbox[0].body


def test_a_colleague_by_the_address_of_somebody_else_is_asked_about_and_a_holder_refused():
    aino, _mikko = a_pair(a_region())
    client, given = signed_in(a_kaikukeskus_person()), {"name": "Uusi", "email": aino.email, "language": "fi"}
    answer = client.post(reverse("colleague_new"), given)
    assert (answer.status_code, "is the address of Aino Virtanen" in text(answer)) == (422, True)
    answer = client.post(reverse("colleague_new"), given | {"same": aino.pk})
    assert (answer.status_code, "is responsible for a region" in text(answer)) == (422, True)
    assert not now(aino).is_kaikukeskus


def test_kaikukeskus_takes_its_right_from_another_with_a_reason():
    region, laura, eero = a_region(), a_kaikukeskus_person(), a_colleague()
    his = signed_in(eero)
    assert act(laura, "person_right", eero, " ").status_code == 422
    assert now(eero).is_kaikukeskus
    assert act(laura, "person_right", eero).url == eero.get_absolute_url()
    assert his.get(reverse("board", args=[region.slug])).status_code == 404
    page = text(signed_in(laura).get(eero.get_absolute_url()))
    assert "On siirtynyt toisiin tehtäviin.” Laura Mäkelä" in page
    written = Act.objects.get(what="kaikukeskus_ended")
    assert (written.region, written.about_id, all_faults()) == (None, str(eero.pk), [])
    assert sentences([written])[0].text
    assert act(laura, "person_right", eero).status_code == 422


def test_the_last_one_of_kaikukeskus_stays():
    laura, eero = a_kaikukeskus_person(), a_colleague()
    leaving.close_person(eero, laura, "Vaihtoi työpaikkaa.")
    for name in ("person_right", "person_close"):
        answer = act(laura, name, laura)
        assert answer.status_code == 422
        assert "is the last one of Kaikukeskus" in text(answer)
    assert (now(laura).is_kaikukeskus, now(laura).is_active) == (True, True)


def test_who_has_lost_the_right_since_cannot_take_it_from_another():
    laura, eero = a_kaikukeskus_person(), a_colleague()
    stale = now(eero)
    leaving.end_kaikukeskus(eero, laura, "Syy")
    with pytest.raises(NotYours):
        leaving.end_kaikukeskus(laura, stale, "Kosto")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_last_two_of_kaikukeskus_end_each_other(race):
    laura, eero = a_kaikukeskus_person(), a_colleague()
    for _round in range(20):
        ends = race((leaving.end_kaikukeskus, (laura, eero, "Syy")), (leaving.close_person, (eero, laura, "Syy")))
        assert sorted(ends) == [NOT_YOURS, DONE]
        left = Person.objects.get(is_kaikukeskus=True)
        for gone in Person.objects.filter(is_kaikukeskus=False):
            if not gone.is_active:
                leaving.reopen_person(gone, left, "Takaisin")
            add_kaikukeskus_person(gone.email, gone.name, left)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_person_leaves_while_the_region_is_corrected(race):
    region, laura = a_region(), a_kaikukeskus_person()
    a_pair(region)
    towns = list(region.municipalities.all())
    for number in range(12):
        gone = name_person(region, "culture", f"lahtija{number}@example.org", "Lauri Lähtijä", laura).person
        names = dict.fromkeys(("fi", "sv", "en"), f"Alue {number}")
        closes = (leaving.close_person, (gone, laura, "Lähti."))
        assert race(closes, (correct_region, (region, names, region.county, towns, laura))) == [DONE, DONE]


# -- closing ------------------------------------------------------------------------------------------------------


def test_closing_ends_responsibilities_sessions_and_sign_in_at_once():
    region = a_region()
    aino, mikko = a_pair(region)
    second = name_person(region, "culture", "toinen@example.org", "Toini Toinen", aino).person
    hers, also_hers = signed_in(second), signed_in(second)
    assert act(a_kaikukeskus_person(), "person_close", second, "Jäi eläkkeelle.").status_code == 302
    assert [client.get(reverse("me")).status_code for client in (hers, also_hers)] == [302, 302]
    assert not regions_of(second).exists()
    assert Act.objects.get(region=region, what="responsibility_ended").reason == "Jäi eläkkeelle."
    assert Act.objects.get(region=None, what="person_closed").reason == "Jäi eläkkeelle."
    assert all_faults() == []
    with pytest.raises(Refused):
        name_person(region, "group", second.email, second.name, mikko)
    shown = text(signed_in(a_kaikukeskus_person()).get(second.get_absolute_url()))
    assert "Closed: cannot sign in" in shown
    assert "Let the person in again" in shown


def test_one_let_in_again_has_neither_old_sessions_nor_old_rights():
    region = a_region()
    aino, _mikko = a_pair(region)
    second = name_person(region, "culture", "toinen@example.org", "Toini Toinen", aino).person
    old, laura = signed_in(second), a_kaikukeskus_person()
    act(laura, "person_close", second)
    assert act(laura, "person_reopen", second, "Palasi.").status_code == 302
    assert now(second).is_active
    assert old.get(reverse("me")).status_code == 302
    assert not regions_of(second).exists()
    assert act(laura, "person_reopen", second, "Palasi.").status_code == 422
    name_person(region, "culture", second.email, second.name, aino)


def test_the_last_holder_of_a_side_is_not_closed_and_the_page_says_where():
    region, lappi = a_region(), a_region("lappi")
    aino, _mikko = a_pair(region)
    name_person(lappi, "culture", aino.email, aino.name, a_kaikukeskus_person())
    answer = act(a_kaikukeskus_person(), "person_close", aino)
    assert answer.status_code == 422
    for slug, name in (("kainuu", "Kainuu"), ("lappi", "Lapland")):
        assert f'<a href="{reverse("people", args=[slug])}">Aino Virtanen is the last responsible person in {name}' in (
            text(answer)
        )
    assert now(aino).is_active
    for where in (region, lappi):
        name_person(where, "culture", f"uusi.{where.slug}@example.org", "Uusi Vastaava", a_kaikukeskus_person())
    assert act(a_kaikukeskus_person(), "person_close", aino).status_code == 302


@pytest.mark.usefixtures("in_english")
def test_two_responsibilities_of_one_person_do_not_hold_each_other():
    region = a_region()
    aino, _mikko = a_pair(region)
    kuhmo = region.municipalities.get(name_fi="Kuhmo")
    name_person(region, "culture", aino.email, aino.name, aino, municipality=kuhmo)
    with pytest.raises(Refused, match="last responsible person"):
        leaving.close_person(aino, a_kaikukeskus_person(), "Syy")


def test_a_partners_contact_is_not_closed_before_there_is_another():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner = a_distributor(region, mikko)
    answer = act(a_kaikukeskus_person(), "person_close", partner.contact)
    assert answer.status_code == 422
    assert f'<a href="{partner.get_absolute_url()}">Outi Karppinen is the contact person of' in text(answer)
    former = partner.contact
    name_contact(partner, mikko, "uusi@example.org", "Uusi Yhteys")
    assert act(a_kaikukeskus_person(), "person_close", former).status_code == 302
    with pytest.raises(Refused):
        name_contact(Partner.objects.get(), mikko, former.email, former.name)


def test_a_substitute_and_a_reader_are_closed_at_once():
    region = a_region()
    aino, _mikko = a_pair(region)
    until = localdate() + timedelta(days=9)
    for side, more in (("culture", {"substitute": True, "last_day": until}), ("group", {})):
        person = name_person(region, side, f"{side}@example.org", "Lea Lähtijä", aino, **more).person
        leaving.close_person(person, a_kaikukeskus_person(), "Syy")
        assert not now(person).is_active


@pytest.mark.usefixtures("in_english")
def test_why_a_holder_stays_names_the_municipalities_that_nobody_else_has():
    region = a_region()
    aino, _mikko = a_pair(region)
    others = [m for m in region.municipalities.all() if m.name_fi not in ("Kuhmo", "Sotkamo")]
    for town in others:
        name_person(region, "culture", f"h{town.pk}@example.org", "Hilkka Holder", aino, municipality=town)
    with pytest.raises(
        Refused, match=r"Nobody else of this side answers for Kuhmo, Sotkamo: name the next one first\."
    ):
        end_responsibility(region.responsibilities.get(person=aino), aino)


def test_closing_writes_each_region_once_in_its_own_chain():
    region = a_region()
    aino, _mikko = a_pair(region)
    name_person(region, "culture", "toinen@example.org", "Toini Toinen", aino)
    kuhmo = region.municipalities.get(name_fi="Kuhmo")
    name_person(region, "culture", aino.email, aino.name, aino, municipality=kuhmo)
    name_person(region, "group", aino.email, aino.name, aino)
    leaving.close_person(aino, a_kaikukeskus_person(), "Syy")
    assert Act.objects.filter(region=region, what="responsibility_ended").count() == 3
    assert Region.objects.get(pk=region.pk).history_length == Act.objects.filter(region=region).count()
    assert all_faults() == []


# -- in the browser -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_are_accessible_and_whole_at_their_width(new_page, axe, live_server, width):
    aino, mikko = a_pair(a_region())
    a_distributor(a_region(), mikko)
    page = new_page(width=width)
    session = signed_in(a_kaikukeskus_person()).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    for path in (reverse("everybody"), reverse("colleague_new"), aino.get_absolute_url()):
        page.goto(path)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#close summary").click()
    page.fill("#close_reason", "Jäi eläkkeelle.")
    page.locator("#close button").click()
    assert "is the last responsible person in Kainuu" in page.locator(".error-summary a").inner_text()
    assert axe(page) == []
