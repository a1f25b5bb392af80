"""One organisation in several regions is not typed again, and tells nothing of the other region."""

import pytest
from django.test import Client
from django.urls import reverse

from adoption.models import Act, Organisation, Partner
from adoption.partners import add_partner
from adoption.refusal import Refused
from tests.people import a_distributor, a_pair, a_region, a_venue

pytestmark = pytest.mark.django_db
NAME = "Vaara-kollektiivi ry"


@pytest.fixture
def known() -> Organisation:
    far = a_region("lappi")
    partner = a_venue(far, a_pair(far)[0], NAME, unit="Salainen näyttämö")
    Organisation.objects.filter(pk=partner.organisation_id).update(business_id="1234567-1", sector="third")
    return Organisation.objects.get(pk=partner.organisation_id)


@pytest.fixture
def add(client: Client):
    region = a_region()
    aino = a_pair(region)[0]
    aino.language = "en"
    aino.save()
    client.force_login(aino)
    town = region.municipalities.first()

    def post(**typed: str):
        given = {"kind": "culture", "municipalities": town.pk, "language": "fi", "contact_language": "fi"}
        return client.post(reverse("partner_new", args=[region.slug]) + "?role=venue", given | typed)

    return post


def test_a_business_id_brings_name_and_sector(add, known):
    assert add(business_id="12345671").status_code == 302
    assert Partner.objects.get(region__slug="kainuu").organisation == known


def test_with_a_business_id_the_known_name_and_sector_stay(add, known):
    assert add(business_id="1234567-1", organisation_name="Vaara", sector="private").status_code == 302
    owner = Partner.objects.get(region__slug="kainuu").organisation
    assert (owner, owner.name, owner.sector) == (known, NAME, "third")


def test_one_of_the_same_name_is_offered_with_its_public_facts_alone(add, known):
    answer = add(organisation_name="vaara-kollektiivi  RY", sector="public")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Vaara-kollektiivi ry, 1234567-1, third sector" in page
    for secret in ("Salainen", "Outi", "example.org", "Toimi", "Lappi"):
        assert secret not in page
    assert add(organisation_name=NAME, sector="public", organisation_known=str(known.pk)).status_code == 302
    assert Partner.objects.get(region__slug="kainuu").organisation == known


def test_another_organisation_of_the_same_name_is_a_new_one(add, known):
    assert add(organisation_name=NAME, sector="public", organisation_known="new").status_code == 302
    assert Partner.objects.get(region__slug="kainuu").organisation.sector == "public"
    assert Organisation.objects.filter(name=NAME).count() == 2


@pytest.fixture
def here(laura) -> Organisation:
    """One of the region itself, without a business ID."""
    return a_venue(a_region(), laura, "Kainuun Museo", unit="Arkisto").organisation


def test_a_business_id_asks_of_a_namesake_without_one_and_is_taken_by_it(add, here):
    typed = {"organisation_name": "Kainuun  museo", "sector": "public", "unit": "Näyttely", "business_id": "1234567-1"}
    page = add(**typed)
    assert (page.status_code, "Kainuun Museo, public" in page.content.decode()) == (422, True)
    assert add(**typed, organisation_known=str(here.pk)).status_code == 302
    here.refresh_from_db()
    assert (here.business_id, here.partners.count()) == ("1234567-1", 2)
    changed = Act.objects.get(what="partner_changed")
    assert (changed.data["fields"], changed.about_id) == (["business_id"], str(Partner.objects.get(unit="Näyttely").pk))


def test_with_a_business_id_another_of_the_same_name_is_a_new_one(add, here):
    typed = {"organisation_name": here.name, "sector": "public", "unit": "Näyttely", "business_id": "1234567-1"}
    assert add(**typed, organisation_known="new").status_code == 302
    here.refresh_from_db()
    assert (here.business_id, Organisation.objects.filter(name=here.name).count()) == ("", 2)


def test_of_one_that_has_another_business_id_here_is_asked_and_its_own_stays(add, here):
    Organisation.objects.filter(pk=here.pk).update(business_id="2345629-7")
    typed = {"organisation_name": here.name, "sector": "public", "unit": "Näyttely", "business_id": "1234567-1"}
    page = add(**typed)
    assert (page.status_code, "two business IDs, 2345629-7 and 1234567-1" in page.content.decode()) == (422, True)
    assert add(**typed, organisation_known=str(here.pk)).status_code == 302
    here.refresh_from_db()
    assert (here.business_id, here.partners.count()) == ("2345629-7", 2)
    assert add(**typed, organisation_known="new").status_code == 302
    assert Organisation.objects.filter(name=here.name).count() == 2


def test_one_of_another_region_with_another_business_id_is_another(add, known):
    assert add(organisation_name=NAME, sector="third", business_id="2345629-7").status_code == 302
    assert Organisation.objects.filter(name=NAME).count() == 2


def test_two_of_one_name_are_told_apart_by_where_they_act_here(add, here, known):
    Organisation.objects.update(name=NAME, business_id="")
    page = add(organisation_name=NAME, sector="public", business_id="1234567-1").content.decode()
    towns = [str(one) for one in here.partners.get().municipalities.all()]
    assert f"{NAME}, public, {towns[0]}" in page
    assert f"{NAME}, third sector</label>" in page or f"{NAME}, third sector\n" in page


def test_a_business_id_that_came_meanwhile_is_not_replaced(here, laura):
    region = here.partners.get().region
    known = Organisation.objects.get(pk=here.pk)
    Organisation.objects.filter(pk=here.pk).update(business_id="2345629-7")
    owner = {"name": here.name, "sector": "public", "business_id": "1234567-1", "known": known}
    with pytest.raises(Refused):
        add_partner(region, laura, owner, "venue", [region.municipalities.first()], unit="Näyttely", kind="culture")
    here.refresh_from_db()
    assert (here.business_id, here.partners.count()) == ("2345629-7", 1)


def test_without_an_id_it_is_asked_which_of_two_of_one_name(add, here, laura):
    other = Organisation.objects.create(name=here.name, sector="public", business_id="2345629-7")
    Partner.objects.filter(pk=a_venue(a_region(), laura, "Muu").pk).update(organisation=other)
    typed = {"organisation_name": here.name, "sector": "public", "unit": "Näyttely"}
    assert add(**typed).status_code == 422
    assert add(**typed, organisation_known="new").status_code == 422
    assert add(**typed, organisation_known=str(other.pk)).status_code == 302
    assert Partner.objects.get(unit="Näyttely").organisation == other


COUNTY = ("Kainuun hyvinvointialue", "Kajanalands välfärdsområde")


def test_a_county_of_the_region_is_taken_in_whichever_language(add, laura):
    one = a_distributor(a_region(), laura, COUNTY[0], unit="Aikuissosiaalityö").organisation
    Organisation.objects.update(sector="public")
    assert add(organisation_name=COUNTY[1], sector="public", unit="Museo").status_code == 302
    assert (Organisation.objects.get(), one.partners.count()) == (one, 2)
    assert add(organisation_name=COUNTY[1], sector="third", unit="museo").status_code == 422


def test_a_county_is_not_made_under_another_business_id(add, laura):
    one = a_venue(a_region(), laura, COUNTY[0], unit="Kulttuuri").organisation
    Organisation.objects.update(sector="public", business_id="2345629-7")
    typed = {"organisation_name": COUNTY[1], "sector": "public", "unit": "Museo", "business_id": "1234567-1"}
    for unit in ("Museo", "Kulttuuri"):
        assert add(**typed | {"unit": unit}).status_code == 422
        assert add(**typed | {"unit": unit}, organisation_known="new").status_code == 422
    assert add(**typed, organisation_known=str(one.pk)).status_code == 302
    assert (Organisation.objects.get().business_id, one.partners.count()) == ("2345629-7", 2)


@pytest.mark.parametrize("theirs", ["", "2345629-7"])
@pytest.mark.parametrize("ours", ["", "1234567-1"])
def test_no_second_county_is_made_beside_that_of_another_region(add, laura, theirs, ours):
    one = a_venue(a_region("lappi"), laura, COUNTY[0], unit="Kulttuuri").organisation
    Organisation.objects.update(sector="public", business_id=theirs)
    typed = {"organisation_name": COUNTY[1], "sector": "public", "unit": "Museo", "business_id": ours}
    for chosen in ("", "new"):
        page = add(**typed, organisation_known=chosen)
        assert (page.status_code, "None of these" in page.content.decode()) == (422, False)
    taken = add(**typed, organisation_known=str(one.pk))
    if ours and not theirs:
        assert "Without the business ID it can be added at once." in taken.content.decode()
        taken = add(**typed | {"business_id": ""}, organisation_known=str(one.pk))
    assert (taken.status_code, one.partners.count(), Organisation.objects.count()) == (302, 2, 1)


def test_a_county_of_the_region_stays_the_same_where_another_sector_is_typed(add, laura):
    one = a_venue(a_region(), laura, COUNTY[0], unit="Kulttuuri").organisation
    Organisation.objects.update(sector="public")
    assert add(organisation_name=COUNTY[1], sector="third", unit="Museo").status_code == 302
    assert (Organisation.objects.get(), one.partners.count()) == (one, 2)


def test_a_county_is_known_by_how_it_is_called_in_english(add, laura):
    one = a_distributor(a_region(), laura, COUNTY[0], unit="Aikuissosiaalityö").organisation
    Organisation.objects.update(sector="public")
    for number, name in enumerate(["Wellbeing services county of Kainuu", "The wellbeing services county of Kainuu"]):
        assert add(organisation_name=name, sector="public", unit=f"Museo {number}").status_code == 302
    assert (Organisation.objects.get(), one.partners.count()) == (one, 3)


def test_a_municipality_of_another_region_is_offered_in_whichever_language(add, laura):
    one = a_venue(a_region("pohjanmaa"), laura, "Mustasaaren kunta", unit="Museo").organisation
    for number in range(30):
        Organisation.objects.create(name=f"Korsholm kommun {number}", sector="third")
    page = add(organisation_name="Korsholms kommun", sector="public", unit="Museum").content.decode()
    assert "Mustasaaren kunta, public" in page
    assert "Korsholm kommun 1" not in page
    typed = {"organisation_name": "Korsholm", "sector": "public", "unit": "Museum"}
    assert add(**typed, organisation_known=str(one.pk)).status_code == 302
    assert one.partners.count() == 2


def test_only_what_was_offered_can_be_chosen(add, known):
    other = Organisation.objects.create(name="Jokin muu", sector="third")
    assert add(organisation_name=NAME, sector="public", organisation_known=str(other.pk)).status_code == 422


def test_a_name_that_nobody_has_is_not_asked_about(add, known):
    assert add(organisation_name="Aivan uusi ry", sector="third").status_code == 302
