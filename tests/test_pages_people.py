"""The pages of people and of a new region: who is named, ended, corrected, and by whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.access import regions_of
from adoption.history import faults
from adoption.models import Act, Municipality, Person, Region, Responsibility
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from adoption.regions import correct_region, make_region
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial
from workflows.checks import faults as trial_faults

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    """The person's browser; in English, so that the tests read what the code says."""
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    return client


def text(answer) -> str:
    return answer.content.decode()


def named(**changes: object) -> dict[str, object]:
    """The form that names somebody, filled in."""
    given = {"side": "care", "name": "Sanna Heikkinen", "email": "sanna@example.org", "title": "", "phone": ""}
    return given | {"language": "fi", "municipality": "", "last_day": ""} | changes


def naming(region: Region) -> str:
    return reverse("person_name", args=[region.slug])


# -- naming and ending --------------------------------------------------------------------------------------------


def test_a_holder_names_somebody_of_the_own_side():
    region = a_region()
    mikko = a_pair(region)[1]
    kuhmo = region.municipalities.get(name_fi="Kuhmo")
    given = named(municipality=kuhmo.pk, substitute="on")
    answer = signed_in(mikko).post(naming(region), given)
    assert answer.url == reverse("people", args=[region.slug])
    made = Responsibility.objects.get(person__email="sanna@example.org")
    assert (made.side, made.municipality, made.substitute) == ("care", kuhmo, True)
    page = text(signed_in(mikko).get(answer.url))
    assert "Sanna Heikkinen" in page
    assert "substitute · Kuhmo" in page


def test_a_holder_is_offered_the_own_side_and_the_group_and_kaikukeskus_all():
    region = a_region()
    aino, _mikko = a_pair(region)
    for person, sides in ((aino, {"culture", "group"}), (a_kaikukeskus_person(), {"culture", "care", "group"})):
        page = text(signed_in(person).get(naming(region)))
        assert {side for side in ("culture", "care", "group") if f'value="{side}"' in page} == sides


def test_a_side_that_is_not_the_own_is_refused():
    region = a_region()
    aino, _mikko = a_pair(region)
    answer = signed_in(aino).post(naming(region), named(side="care"))
    assert answer.status_code == 422
    assert not Person.objects.filter(email="sanna@example.org").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": ""}, "Give: E-mail."),
        ({"email": "sanna"}, "Enter a valid email address"),
        ({"name": "x" * 151}, "at most 150 characters"),
        ({"last_day": "1.1.2020", "substitute": "on"}, "The last day must be after today."),
        ({"last_day": "1.1.2099"}, "Only a substitute has an end date"),
        ({"email": "aino.kainuu@example.org"}, "the two sides are always different people"),
        ({"email": "mikko.kainuu@example.org"}, "has this responsibility already"),
        ({"email": "laura@example.org"}, "works at Kaikukeskus"),
    ],
)
def test_a_faulty_naming_is_refused_in_words_and_nothing_typed_is_lost(changes, said):
    region = a_region()
    mikko = a_pair(region)[1]
    answer = signed_in(mikko).post(naming(region), named(**changes, title="palveluohjaaja"))
    assert answer.status_code == 422
    assert said in text(answer)
    assert "<title>Error:" in text(answer)
    assert 'value="palveluohjaaja"' in text(answer)
    assert Responsibility.objects.count() == 2


def test_sent_twice_the_second_naming_is_refused():
    region = a_region()
    client = signed_in(a_pair(region)[1])
    assert client.post(naming(region), named()).status_code == 302
    assert client.post(naming(region), named()).status_code == 422
    assert Responsibility.objects.count() == 3


def test_a_substitute_acts_on_the_last_day_too():
    region = a_region()
    aino, _mikko = a_pair(region)
    last = localdate() + timedelta(days=7)
    more = {"substitute": True, "last_day": last}
    given = name_person(region, "culture", "s@example.org", "Sini Sijainen", aino, **more)
    assert given.last_day == last
    current = Responsibility.objects.filter(pk=given.pk)
    assert current.current(last).exists()
    assert not current.current(last + timedelta(days=1)).exists()
    page = signed_in(aino).get(reverse("people", args=[region.slug])).content.decode()
    assert f"until {last.day}.{last.month}.{last.year}" in page


def test_a_substitute_and_a_reader_name_nobody():
    region = a_region()
    aino, _mikko = a_pair(region)
    substitute = name_person(region, "culture", "s@example.org", "Sini Sijainen", aino, substitute=True).person
    reader = name_person(region, "group", "l@example.org", "Liisa Lukija", aino).person
    for person in (substitute, reader):
        client = signed_in(person)
        assert naming(region) not in text(client.get(reverse("people", args=[region.slug])))
        assert client.get(naming(region)).status_code == 403
        assert client.post(naming(region), named()).status_code == 403


def test_ending_is_confirmed_on_the_page_and_the_last_one_stays():
    region = a_region()
    mikko = a_pair(region)[1]
    client = signed_in(mikko)
    own = Responsibility.objects.get(person=mikko)
    end = reverse("responsibility_end", args=[region.slug, own.pk])
    assert f'action="{end}"' in text(client.get(reverse("people", args=[region.slug])))
    answer = client.post(end)
    assert answer.status_code == 422
    assert "name the next one first" in text(answer)
    client.post(naming(region), named())
    assert client.post(end).url == "/"
    assert not regions_of(mikko).exists()
    assert client.post(end).status_code == 404


def test_one_that_has_ended_is_not_ended_again():
    region = a_region()
    aino, _mikko = a_pair(region)
    given = name_person(region, "group", "l@example.org", "Liisa Lukija", aino)
    client, end = signed_in(aino), reverse("responsibility_end", args=[region.slug, given.pk])
    assert client.get(end).url == reverse("people", args=[region.slug])
    assert client.post(end).status_code == 302
    answer = client.post(end)
    assert answer.status_code == 422
    assert "has ended already" in text(answer)


def test_the_other_side_and_another_region_end_nobody():
    region = a_region()
    aino, mikko = a_pair(region)
    given = name_person(region, "culture", "t@example.org", "Toini Toinen", aino)
    assert signed_in(mikko).post(reverse("responsibility_end", args=[region.slug, given.pk])).status_code == 403
    other = a_region("lappi")
    lapp = signed_in(a_pair(other)[0])
    for slug in (region.slug, other.slug):
        assert lapp.post(reverse("responsibility_end", args=[slug, given.pk])).status_code == 404
    assert Responsibility.objects.current().filter(pk=given.pk).exists()


def test_a_region_without_people_asks_for_both():
    page = text(signed_in(a_kaikukeskus_person()).get(reverse("people", args=[a_region().slug])))
    assert "Name a responsible person for both sides." in page


QUERIES_OF_PEOPLE = 8


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_of_people_asks_the_same_however_long_it_is(number, django_assert_num_queries):
    region = a_region()
    _aino, mikko = a_pair(region)
    kuhmo = region.municipalities.get(name_fi="Kuhmo")
    for one in range(number):
        name_person(region, "care", f"h{one}@example.org", f"Henkilö {one}", mikko, municipality=kuhmo)
    client = signed_in(Person.objects.get(email="h0@example.org"))
    with django_assert_num_queries(QUERIES_OF_PEOPLE):
        page = text(client.get(reverse("people", args=[region.slug])))
    assert page.count("task-what") == number + 2


# -- one person ---------------------------------------------------------------------------------------------------


def data_of(person: Person, **changes: str) -> dict[str, str]:
    given = {"name": person.name, "email": person.email, "title": person.title, "phone": person.phone}
    return given | {"language": "en"} | changes


def test_a_person_corrects_the_own_data():
    region = a_region()
    aino, _mikko = a_pair(region)
    client = signed_in(aino)
    assert client.post(reverse("me"), data_of(aino, name="Aino Uusi-Nimi", email="Uusi@Example.org")).status_code == 302
    aino.refresh_from_db()
    assert (aino.name, aino.email) == ("Aino Uusi-Nimi", "uusi@example.org")
    assert Act.objects.get(what="person_corrected").data["fields"] == ["email", "name"]
    assert faults(Region.objects.get(pk=region.pk)) == []


def test_an_address_of_another_person_is_refused_and_the_page_still_says_who_one_is():
    aino, mikko = a_pair(a_region())
    answer = signed_in(aino).post(reverse("me"), data_of(aino, name="Toinen Nimi", email=mikko.email.upper()))
    assert answer.status_code == 422
    assert "Another person has this address already." in text(answer)
    assert 'value="Toinen Nimi"' in text(answer)
    assert "<h1>Aino Virtanen</h1>" in text(answer)


def test_kaikukeskus_corrects_anybody_and_others_nobody_else():
    aino, mikko = a_pair(a_region())
    page = reverse("person", args=[aino.pk])
    assert "Correct the data" not in text(signed_in(mikko).get(page))
    assert signed_in(mikko).post(page, data_of(aino, name="Väärä")).status_code == 403
    assert signed_in(a_kaikukeskus_person()).post(page, data_of(aino, name="Aino Oikea")).status_code == 302
    aino.refresh_from_db()
    assert aino.name == "Aino Oikea"


def test_a_person_is_seen_by_those_of_the_same_region_only():
    region = a_region()
    aino, mikko = a_pair(region)
    contact = a_distributor(region, mikko).contact
    lapp = a_pair(a_region("lappi"))[0]
    laura = a_kaikukeskus_person()
    sees = {
        aino: {aino, mikko, contact, laura},
        lapp: {lapp, laura},
        contact: set(),
        a_stranger(): set(),
        laura: {aino, mikko, contact, lapp, laura},
    }
    for reader, seen in sees.items():
        client = signed_in(reader)
        for person in (aino, mikko, contact, lapp, laura):
            status = client.get(reverse("person", args=[person.pk])).status_code
            assert status == (200 if person in seen else 404)


def test_what_a_person_does_in_other_regions_is_not_told():
    region, lappi = a_region(), a_region("lappi")
    aino, mikko = a_pair(region)
    name_person(lappi, "culture", aino.email, aino.name, a_kaikukeskus_person())
    page = reverse("person", args=[aino.pk])
    assert ">Lapland<" not in text(signed_in(mikko).get(page))
    assert ">Lapland<" in text(signed_in(aino).get(reverse("me")))


# -- a new region -------------------------------------------------------------------------------------------------


def region_form(**changes: object) -> dict[str, object]:
    own = Municipality.objects.filter(name_fi__in=["Lieksa", "Nurmes"])
    given = {"name_fi": "Pielisen Karjala", "name_sv": "", "name_en": "", "others": ""}
    return given | {"municipalities": [one.pk for one in own]} | changes


def new_region(by: Person, **changes: object):
    a_region()
    county = Municipality.objects.get(name_fi="Lieksa").county
    return signed_in(by).post(reverse("region_new") + f"?county={county.pk}", region_form(**changes))


def test_kaikukeskus_makes_a_region_that_begins_as_exploring():
    answer = new_region(a_kaikukeskus_person(), others="kajaani, Åbo")
    region = Region.objects.get(slug="pielisen-karjala")
    assert answer.url == reverse("people", args=[region.slug])
    assert {m.municipality.name_fi for m in region.members.all()} == {"Lieksa", "Nurmes", "Kajaani", "Turku"}
    assert {m.phase for m in region.members.all()} == {"exploring"}
    assert (region.name_sv, region.county.name_fi) == ("Pielisen Karjala", "Pohjois-Karjalan hyvinvointialue")
    assert (region.acts.get().what, faults(region)) == ("region_made", [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name_fi": "Kainuu"}, "There is a region of this name already."),
        ({"name_fi": "New"}, "No address can be made of this Finnish name"),
        ({"name_fi": "€€€"}, "No address can be made of this Finnish name"),
        ({"name_fi": "Pitkä " * 20}, "No address can be made of this Finnish name"),
        ({"name_fi": ""}, "Give: Name in Finnish."),
        ({"municipalities": []}, "Choose at least one municipality."),
        ({"municipalities": [], "others": "Kajaani"}, "None of these municipalities is in North Karelia"),
        ({"others": "Kajaani, Atlantis"}, "There is no municipality called: Atlantis."),
    ],
)
def test_a_faulty_region_is_refused_in_words(changes, said):
    before = Region.objects.count() or 15
    answer = new_region(a_kaikukeskus_person(), **({"name_sv": "Pielis"} | changes))
    assert answer.status_code == 422
    assert said in text(answer)
    assert 'value="Pielis"' in text(answer)
    assert Region.objects.count() == before


def test_the_same_region_sent_twice_is_one():
    laura = a_kaikukeskus_person()
    assert [new_region(laura).status_code for _time in range(2)] == [302, 422]


def test_the_county_is_asked_first():
    a_region()
    client = signed_in(a_kaikukeskus_person())
    assert "Choose the county" in text(client.get(reverse("region_new")))
    assert "Helsinki" in text(client.get(reverse("region_new"), {"county": ""}))
    assert client.get(reverse("region_new"), {"county": "999999"}).status_code == 422


def test_only_kaikukeskus_makes_regions():
    region = a_region()
    aino, _mikko = a_pair(region)
    assert signed_in(aino).get(reverse("region_new")).status_code == 404
    assert new_region(aino).status_code == 404
    with pytest.raises(NotYours):
        make_region({"fi": "Oma"}, None, region.municipalities.all(), aino)
    with pytest.raises(Refused):
        make_region({"fi": "Kainuu"}, None, region.municipalities.all(), a_kaikukeskus_person())


@pytest.mark.usefixtures("in_english")
def test_a_region_in_no_county_has_a_municipality_that_is_in_none():
    region = a_region()
    with pytest.raises(Refused, match="choose it for the region"):
        make_region({"fi": "Oma"}, None, region.municipalities.all(), a_kaikukeskus_person())
    helsinki = Municipality.objects.filter(name_fi="Helsinki")
    assert make_region({"fi": "Oma"}, None, helsinki, a_kaikukeskus_person()).county is None


def test_a_municipality_in_another_regions_trial_is_named():
    kainuu = a_region()
    a_trial(kainuu, municipalities=list(kainuu.municipalities.filter(name_fi="Kajaani")))
    answer = new_region(a_kaikukeskus_person(), others="Kajaani")
    assert "In the trial or preparation of another region" in text(page_after(answer))


def page_after(answer):
    """The page to which the answer led."""
    return answer.client.get(answer.url)


# -- correcting a region ------------------------------------------------------------------------------------------


def corrected(region: Region, by: Person, **changes: object):
    own = [one.pk for one in region.municipalities.all()]
    given = {"name_fi": region.name_fi, "name_sv": region.name_sv, "name_en": region.name_en, "others": ""}
    given |= {"county": region.county_id or "", "municipalities": own}
    return signed_in(by).post(reverse("region_edit", args=[region.slug]), given | changes)


def test_kaikukeskus_corrects_a_region_that_takes_part_in_nothing():
    laura = a_kaikukeskus_person()
    new_region(laura, others="Kuopio")
    region = Region.objects.get(slug="pielisen-karjala")
    page = text(signed_in(laura).get(reverse("region_edit", args=[region.slug])))
    assert all(name in page for name in ("Lieksa", "Kuopio", "Joensuu"))
    wanted = Municipality.objects.filter(name_fi__in=["Lieksa", "Joensuu"])
    keys = [one.pk for one in wanted]
    answer = corrected(region, laura, name_sv="Pielis-Karelen", municipalities=keys, others="Kajaani")
    assert answer.url == region.get_absolute_url()
    region.refresh_from_db()
    assert {one.name_fi for one in region.municipalities.all()} == {"Lieksa", "Joensuu", "Kajaani"}
    assert (region.name_sv, region.slug) == ("Pielis-Karelen", "pielisen-karjala")
    act = region.acts.order_by("number").last()
    assert (act.what, len(act.data["joined"]), len(act.data["left"])) == ("region_corrected", 2, 2)
    assert faults(region) == []
    assert list(trial_faults()) == []
    assert corrected(region, laura).status_code == 422  # nothing is changed by the same once more


def test_a_region_in_use_keeps_its_county_and_its_municipalities():
    region, laura = a_region(), a_kaikukeskus_person()
    aino, _mikko = a_pair(region)
    a_trial(region, municipalities=list(region.municipalities.all()[:1]))
    answer = corrected(region, laura, municipalities=[], others="Kuopio", county="")
    assert answer.status_code == 422
    for words in ("choose it for the region", "trial or commitments stand on its county", "Kajaani takes part here"):
        assert words in text(answer)
    assert 'value="Kuopio"' in text(answer)
    assert "There is a region of this name already." in text(corrected(region, laura, name_fi="lappi"))
    assert corrected(region, aino, name_sv="Nej").status_code == 404
    with pytest.raises(NotYours):
        correct_region(region, {"fi": "Oma"}, None, region.municipalities.all(), aino)
