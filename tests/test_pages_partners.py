"""The pages of partners: the list, a new one, one's own page with its acts, and the contact person's plain page."""

import re
from datetime import timedelta
from html import escape

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from adoption import partners as services
from adoption.alphabet import by_name
from adoption.forms import BusinessID
from adoption.models import Act, Organisation, Partner, Person, Region
from adoption.people import name_person
from adoption.refusal import Refused
from commitments import services as commitments
from commitments.models import Commitment
from tests import papers
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from workflows.services import draft_for_partner

pytestmark = pytest.mark.django_db

R6 = {"client_group": "Matalan kynnyksen kohtaamispaikka", "most_in_tight": "yes", "why_most": "Neljä viidestä."}
ANSWERS = R6 | {"most_in_tight": True}
LONG = "Pohjoisen " * 30


def signed_in(person: Person) -> Client:
    """The person's browser; in English, so that the tests read what the code says."""
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    return client


def text(answer) -> str:
    return answer.content.decode()


def at(name: str, partner: Partner) -> str:
    return reverse(name, args=[partner.region.slug, partner.pk])


def filled(region: Region, **changes: object) -> dict[str, object]:
    """The form of a new distributor, filled in."""
    first = region.municipalities.first()
    return {
        "organisation_name": "Olohuone ry", "business_id": "", "sector": "third", "unit": "", "kind": "clubhouse",
        "municipalities": [first.pk], "language": "fi", "interest": "yes", "contact_name": "", "contact_email": "",
        "contact_title": "", "contact_phone": "", "contact_language": "fi", "signatory_name": "Teemu Rissanen",
        "signatory_title": "puheenjohtaja", "signatory_email": "", "signatory_basis": "rules",
    } | changes  # fmt: skip


def new_distributor(region: Region, by: Person, **changes: object):
    address = reverse("partner_new", args=[region.slug]) + "?role=distributor"
    return signed_in(by).post(address, filled(region, **changes))


def in_force(partner: Partner, by: Person) -> Commitment:
    """The partner's commitment, acknowledged in Kaikukanta today."""
    draft = draft_for_partner(partner, by)
    signing = {party.pk: {"signatory_name": f"Nimi {party.pk}"} for party in draft.parties.all()}
    papers.change_draft(draft, by, signing)
    commitments.check(draft, by, Commitment.objects.get(pk=draft.pk).edition.manifest_sha256)
    commitments.send(draft, by)
    return commitments.record_kaikukanta(draft, by, "Outi Karppinen", localdate())


# -- adding -------------------------------------------------------------------------------------------------------


def test_a_holder_adds_a_distributor_with_its_contact():
    region = a_region()
    _aino, mikko = a_pair(region)
    contact = {"contact_name": "Outi Karppinen", "contact_email": "Outi@Example.org"}
    answer = new_distributor(region, mikko, business_id="0112038-9", **contact)
    partner = Partner.objects.get()
    assert (answer.status_code, answer.url) == (302, partner.get_absolute_url())
    assert (partner.state, partner.signatory_name) == ("candidate", "Teemu Rissanen")
    assert (partner.contact.email, partner.organisation.business_id) == ("outi@example.org", "0112038-9")
    assert Act.objects.filter(what="partner_added", by=mikko, about_id=str(partner.pk)).exists()


def test_the_role_is_asked_first_and_decides_the_kinds():
    region = a_region()
    client = signed_in(a_pair(region)[0])
    address = reverse("partner_new", args=[region.slug])
    assert "In which role" in text(client.get(address))
    venue, distributor = (text(client.get(f"{address}?role={role}")) for role in ("venue", "distributor"))
    assert "culture venue" in venue
    assert "id_offering" in venue
    assert "clubhouse" not in venue
    assert "clubhouse" in distributor
    assert "id_offering" not in distributor


def test_what_is_wrong_in_the_form_is_said_and_nothing_is_lost():
    region = a_region()
    mikko = a_pair(region)[1]
    answer = new_distributor(region, mikko, organisation_name="Puu & Sivu <Oy>", sector="", municipalities=[])
    assert answer.status_code == 422
    assert text(answer).count("<title>Error:") == 1
    assert escape("Puu & Sivu <Oy>") in text(answer)
    assert "Choose at least one municipality in which the partner acts." in text(answer)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("given", ["0112038-8", "1234567-8", "012", "abcdefg-h", "٠١١٢٠٣٨-٩"])
def test_a_business_id_with_a_wrong_check_digit_is_refused(given):
    region = a_region()
    answer = new_distributor(region, a_pair(region)[1], business_id=given)
    assert answer.status_code == 422
    assert "This is not a Finnish business ID" in text(answer)


@pytest.mark.parametrize(
    ("given", "kept"), [("0112038-9", "0112038-9"), ("01120389", "0112038-9"), (" 112038-9 ", "0112038-9"), ("", "")]
)
def test_a_business_id_is_kept_in_one_form(given, kept):
    assert BusinessID(required=False).clean(given) == kept


def test_an_organisation_is_found_again_by_its_business_id():
    region = a_region()
    mikko = a_pair(region)[1]
    new_distributor(region, mikko, business_id="0112038-9", unit="Kajaani")
    new_distributor(region, mikko, business_id="01120389", unit="Kuhmo", organisation_name="Toisin kirjoitettu")
    assert Organisation.objects.count() == 1
    assert Partner.objects.count() == 2


@pytest.mark.parametrize("given", [{"contact_name": "Outi Karppinen"}, {"contact_phone": "040 000 0000"}])
def test_a_contact_without_an_address_is_refused(given):
    region = a_region()
    answer = new_distributor(region, a_pair(region)[1], **given)
    assert answer.status_code == 422
    assert escape("Give the contact person's e-mail address") in text(answer)
    assert not Partner.objects.exists()


def test_a_name_of_300_characters_is_kept_and_a_longer_one_refused():
    region = a_region()
    mikko = a_pair(region)[1]
    long = LONG.strip() + "x" * (300 - len(LONG.strip()))
    partner = Partner.objects.get(pk=int(new_distributor(region, mikko, organisation_name=long).url.split("/")[-2]))
    assert long in text(signed_in(mikko).get(partner.get_absolute_url()))
    answer = new_distributor(region, mikko, organisation_name=long + "x")
    assert answer.status_code == 422
    assert long + "x" in text(answer)


def test_the_same_form_sent_twice_is_refused_in_words():
    region = a_region()
    mikko = a_pair(region)[1]
    new_distributor(region, mikko)
    answer = new_distributor(region, mikko)
    assert answer.status_code == 422
    assert "Olohuone ry is in the list already in this role." in text(answer)
    assert Partner.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"organisation_name": " olohuone  RY"}),
        ({"business_id": "0112038-9"}, {}),
        ({}, {"business_id": "0112038-9"}),
        ({}, {"sector": "public"}),
        ({"unit": "Kajaanin tupa"}, {"unit": "kajaanin  Tupa "}),
        (
            {"business_id": "0112038-9", "unit": "Tupa"},
            {"business_id": "0112038-9", "organisation_name": "Toisin", "unit": "TUPA"},
        ),
    ],
)
def test_the_same_unit_in_the_same_role_is_refused_however_it_is_typed(first, second):
    region = a_region()
    mikko = a_pair(region)[1]
    new_distributor(region, mikko, **first)
    there = Partner.objects.get()
    answer = new_distributor(region, mikko, **second)
    assert answer.status_code == 422
    assert f'<li><a href="{there.get_absolute_url()}">{there} is in the list already in this role.</a>' in text(answer)
    assert (Partner.objects.count(), Organisation.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"business_id": "0112038-9"}, {"business_id": "0201256-6", "organisation_known": "new"}),
        ({"unit": "Tupa"}, {"unit": "Toinen tupa"}),
        ({"business_id": "0112038-9", "unit": "Tupa"}, {"organisation_name": "OLOHUONE ry"}),
    ],
)
def test_another_unit_and_another_business_id_are_another_partner(first, second):
    region = a_region()
    mikko = a_pair(region)[1]
    assert [new_distributor(region, mikko, **given).status_code for given in (first, second)] == [302, 302]
    assert Organisation.objects.count() == (2 if "business_id" in second else 1)


def test_a_partner_is_not_renamed_to_one_that_is_there():
    region = a_region()
    mikko = a_pair(region)[1]
    new_distributor(region, mikko)
    there = Partner.objects.get()
    other = a_distributor(region, mikko, "Toinen ry")
    given = filled(region, organisation_name="OLOHUONE RY", business_id="0112038-9")
    answer = signed_in(mikko).post(at("partner_edit", other), given)
    assert answer.status_code == 422
    assert f'href="{there.get_absolute_url()}"' in text(answer)
    other.organisation.refresh_from_db()
    assert other.organisation.name == "Toinen ry"


@pytest.mark.parametrize(("slug", "reads", "document", "contact"), [
    ("pohjanmaa", "sv", "sv", "sv"), ("pohjanmaa", "fi", "sv", "fi"), ("kainuu", "en", "fi", "fi"),
    ("kainuu", "sv", "fi", "sv"),
])  # fmt: skip
def test_the_languages_of_a_new_partner_are_those_of_the_region_and_of_the_reader(slug, reads, document, contact):
    region = a_region(slug)
    client = signed_in(a_pair(region)[0])
    Person.objects.filter(is_kaikukeskus=False).update(language=reads)
    page = text(client.get(reverse("partner_new", args=[slug]) + "?role=venue"))
    assert f'<option value="{document}" selected>' in page[page.index('name="language"') :]
    assert f'<option value="{contact}" selected>' in page[page.index('name="contact_language"') :]
    assert "-----" not in page


@pytest.mark.parametrize(("language", "names"), [
    ("fi", ["Kruunupyy", "Laihia", "Maalahti", "Mustasaari", "Vöyri"]),
    ("sv", ["Korsholm", "Kronoby", "Laihela", "Malax", "Vörå"]),
])  # fmt: skip
def test_municipalities_stand_in_the_order_of_the_readers_language(language, names):
    region = a_region("pohjanmaa")
    aino, _mikko = a_pair(region)
    chosen = region.municipalities.filter(name_fi__in=["Kruunupyy", "Laihia", "Maalahti", "Mustasaari", "Vöyri"])
    venue = services.add_partner(
        region, aino, {"name": "Sali", "sector": "public"}, "venue", chosen, kind="culture"
    )  # fmt: skip
    client = signed_in(aino)
    Person.objects.filter(pk=aino.pk).update(language=language)
    form = text(client.get(at("partner_edit", venue)))
    places = [form.index(f">{name}</label>") for name in names]
    assert places == sorted(places)
    for page in (venue.get_absolute_url(), reverse("partners", args=[region.slug])):
        assert ", ".join(names) in text(client.get(page))


def test_a_ring_stands_before_dots():
    assert by_name(["Öja", "Ähtäri", "Zürich", "Åbo", "abc", "Wasa"]) == [
        "abc",
        "Wasa",
        "Zürich",
        "Åbo",
        "Ähtäri",
        "Öja",
    ]


def test_the_data_is_changed_and_history_says_so():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    given = filled(region, kind="sport", signatory_name="Uusi Nimi", offering="Liput", limits="", how_to_get="Kassalta")
    assert signed_in(aino).post(at("partner_edit", venue), given).url == venue.get_absolute_url()
    venue = Partner.objects.get()
    assert (venue.kind, venue.signatory_name, venue.offering) == ("sport", "Uusi Nimi", "Liput")
    changed = Act.objects.get(what="partner_changed").data["fields"]
    assert {"kind", "signatory_name", "offering", "how_to_get"} <= set(changed)


def test_a_refusal_keeps_what_was_typed_when_the_data_is_changed():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    given = filled(region, kind="clubhouse", signatory_name="Uusi Nimi")
    answer = signed_in(aino).post(at("partner_edit", venue), given)
    assert answer.status_code == 422
    assert 'value="Uusi Nimi"' in text(answer)
    assert Partner.objects.get().signatory_name != "Uusi Nimi"


# -- clearance ----------------------------------------------------------------------------------------------------


def test_a_distributor_goes_through_question_and_answer_to_its_commitment():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner, laura = a_distributor(region, mikko), a_kaikukeskus_person()
    pair, kaikukeskus = signed_in(mikko), signed_in(laura)
    page = text(pair.get(partner.get_absolute_url()))
    assert "Ask Kaikukeskus to clear this distributor." in page
    assert '<blockquote class="rule' in page
    assert "keskustellaan ensin Kaikukeskuksen kanssa" in page
    pair.post(at("partner_ask", partner), R6)
    assert "Decide whether this distributor is cleared." in text(kaikukeskus.get(partner.get_absolute_url()))
    kaikukeskus.post(at("clearance_decide", partner), {"decision": "more", "message": "Montako työntekijää?"})
    page = text(pair.get(partner.get_absolute_url()))
    assert "Montako työntekijää?" in page
    assert escape("Answer Kaikukeskus's question.") in page
    pair.post(at("partner_answer", partner), {"answer": "Kaksi", "most_in_tight": "yes"})
    kaikukeskus.post(at("clearance_decide", partner), {"decision": "clear", "message": "Hyvä."})
    page = text(pair.get(partner.get_absolute_url()))
    assert Partner.objects.get().state == "cleared"
    assert f'action="{at("partner_draft", partner)}"' in page
    assert "”Hyvä.” Laura Mäkelä" in page


@pytest.mark.parametrize("missing", R6)
def test_a_request_without_an_answer_to_the_rule_is_refused(missing):
    region = a_region()
    _aino, mikko = a_pair(region)
    partner = a_distributor(region, mikko)
    answer = signed_in(mikko).post(at("partner_ask", partner), R6 | {missing: ""})
    assert answer.status_code == 422
    assert f'href="#id_{missing}' in text(answer)
    assert all(escape(R6[kept]) in text(answer) for kept in R6 if kept not in (missing, "most_in_tight"))
    assert Partner.objects.get().state == "candidate"


def test_a_venue_is_not_asked_about():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    client = signed_in(aino)
    assert "clearance" not in text(client.get(venue.get_absolute_url())).lower()
    answer = client.post(at("partner_ask", venue), R6)
    assert answer.status_code == 422
    assert "A venue needs no clearance" in text(answer)


def test_a_decision_goes_back_to_the_queue_and_nowhere_else():
    region = a_region()
    _aino, mikko = a_pair(region)
    laura = signed_in(a_kaikukeskus_person())
    for number, (wanted, led) in enumerate([("/queue/", "/queue/"), ("https://example.com/", None)]):
        partner = services.request_clearance(a_distributor(region, mikko, f"Ryhmä {number} ry"), mikko, ANSWERS)
        answer = laura.post(at("clearance_decide", partner) + f"?next={wanted}", {"decision": "clear", "message": ""})
        assert answer.url == (led or partner.get_absolute_url())


def test_a_decision_needs_its_message_and_comes_once():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner = services.request_clearance(a_distributor(region, mikko), mikko, ANSWERS)
    laura = signed_in(a_kaikukeskus_person())
    for decision in ("", "more", "decline"):
        answer = laura.post(at("clearance_decide", partner), {"decision": decision, "message": ""})
        assert answer.status_code == 422
    laura.post(at("clearance_decide", partner), {"decision": "clear", "message": ""})
    answer = laura.post(at("clearance_decide", partner), {"decision": "decline", "message": "Myöhässä lähetetty"})
    assert answer.status_code == 422
    assert "Myöhässä lähetetty" in text(answer)
    assert Partner.objects.get().state == "cleared"


def no(region: Region, mikko: Person) -> Partner:
    """A distributor whose pair has answered the rule with no."""
    answers = {"client_group": "Kaikki", "most_in_tight": False, "why_most": "Emme tiedä."}
    return services.request_clearance(a_distributor(region, mikko), mikko, answers)


def test_clearing_in_spite_of_a_no_needs_a_reason_that_stays():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner, laura = no(region, mikko), signed_in(a_kaikukeskus_person())
    answer = laura.post(at("clearance_decide", partner), {"decision": "clear", "message": ""})
    assert answer.status_code == 422
    assert "Write why you clear the distributor all the same" in text(answer)
    assert Partner.objects.get().state == "asked"
    why = {"decision": "clear", "message": "Ryhmä on pieni, mutta <juuri> oikea."}
    assert laura.post(at("clearance_decide", partner), why).status_code == 302
    partner = Partner.objects.get()
    assert (partner.state, partner.cleared_because) == ("cleared", why["message"])
    page = text(signed_in(mikko).get(partner.get_absolute_url()))
    assert "Why cleared though the answer is no" in page
    assert escape(why["message"]) in page


def test_a_later_answer_may_turn_the_no_and_belongs_to_the_grounds():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner, laura = no(region, mikko), a_kaikukeskus_person()
    services.want_more(partner, laura, "Voitteko arvioida?")
    client = signed_in(mikko)
    assert re.search(r'value="no"[^>]* checked', text(client.get(at("partner_answer", partner))))
    assert client.post(at("partner_answer", partner), {"answer": "Lähes kaikki."}).status_code == 422
    client.post(at("partner_answer", partner), {"answer": "Lähes kaikki.", "most_in_tight": "yes"})
    services.clear(partner, laura)
    partner = Partner.objects.get()
    assert (partner.most_in_tight, partner.cleared_because) == (True, "")
    assert partner.grounds == "Emme tiedä.\nLähes kaikki."


CHANGES = [
    {"organisation_name": "Aivan muu ry"}, {"unit": "Toinen yksikkö"}, {"sector": "private"}, {"kind": "family_work"},
    {"business_id": "0201256-6"},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_kaikukeskus_has_cleared_only_kaikukeskus_makes_another(change):
    region = a_region()
    _aino, mikko = a_pair(region)
    new_distributor(region, mikko, business_id="0112038-9")
    partner, laura = Partner.objects.get(), a_kaikukeskus_person()
    services.clear(services.request_clearance(partner, mikko, ANSWERS), laura)
    given = filled(region, business_id="0112038-9") | change
    client = signed_in(mikko)
    assert "ask Kaikukeskus to change them" in text(client.get(at("partner_edit", partner)))
    answer = client.post(at("partner_edit", partner), given)
    assert answer.status_code == 422
    assert "Kaikukeskus has cleared it" in text(answer)
    assert client.post(at("partner_edit", partner), filled(region, business_id="0112038-9")).status_code == 302
    assert signed_in(laura).post(at("partner_edit", partner), given).status_code == 302


def test_of_a_unit_never_cleared_it_is_not_said_that_it_was():
    """Kaikukeskus has cleared a sister of it: the organisation's name stands, the unit's own data may change."""
    region = a_region()
    _aino, mikko = a_pair(region)
    new_distributor(region, mikko)
    cleared, laura = Partner.objects.get(), a_kaikukeskus_person()
    services.clear(services.request_clearance(cleared, mikko, ANSWERS), laura)
    sister = Partner.objects.create(
        region=region, organisation=cleared.organisation, unit="Toinen talo", role="distributor", kind=cleared.kind
    )
    sister.municipalities.set(cleared.municipalities.all())
    client = signed_in(mikko)
    page = text(client.get(at("partner_edit", sister)))
    assert "Kaikukeskus has cleared another unit of this organisation" in page
    assert "has cleared it" not in page
    renamed = filled(region, unit="Toinen talo", organisation_name="Aivan muu ry")
    assert "has cleared another unit" in text(client.post(at("partner_edit", sister), renamed))
    assert client.post(at("partner_edit", sister), filled(region, unit="Kolmas talo")).status_code == 302


def test_a_cleared_one_may_get_its_business_id_and_one_that_is_not_cleared_any_name():
    region = a_region()
    _aino, mikko = a_pair(region)
    new_distributor(region, mikko)
    partner, client = Partner.objects.get(), signed_in(mikko)
    assert client.post(at("partner_edit", partner), filled(region, kind="family_work")).status_code == 302
    services.clear(services.request_clearance(partner, mikko, ANSWERS), a_kaikukeskus_person())
    given = filled(region, kind="family_work", business_id="0112038-9")
    assert client.post(at("partner_edit", partner), given).status_code == 302


def test_the_pair_does_not_decide():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner = services.request_clearance(a_distributor(region, mikko), mikko, ANSWERS)
    client = signed_in(mikko)
    assert client.post(at("clearance_decide", partner), {"decision": "clear"}).status_code == 403
    assert "decide_decision" not in text(client.get(partner.get_absolute_url()))
    assert Partner.objects.get().state == "asked"


# -- the way to active --------------------------------------------------------------------------------------------


def test_a_committed_venue_becomes_active_by_its_page():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    in_force(venue, aino)
    client, today = signed_in(aino), localdate()
    written = f"{today.day}.{today.month}.{today.year}"
    assert "Make the Kaikukanta account" in text(client.get(venue.get_absolute_url()))
    client.post(at("partner_account", venue), {"on": written})
    page = text(client.get(venue.get_absolute_url()))
    assert "Hold the induction" in page
    assert "Perehdytys vastuuhenkilöille" in page
    client.post(at("partner_induction", venue), {"on": written, "manner": "event", "persons": "3"})
    page = text(client.get(venue.get_absolute_url()))
    assert Partner.objects.get().state == "active"
    assert 'class="next"' not in page
    assert "Nothing is missing" in page


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("partner_account", {"on": ""}),
        ("partner_account", {"on": "31.2.2026"}),
        ("partner_induction", {"on": "1.3.2026", "manner": "by pigeon"}),
        ("partner_induction", {"on": "1.3.2026", "manner": "own", "persons": "-1"}),
        ("partner_contact", {"name": "Outi Karppinen", "email": ""}),
        ("partner_contact", {"name": "Outi Karppinen", "email": "outi"}),
        ("partner_decline", {"reason": " "}),
        ("partner_end", {"reason": ""}),
    ],
)
def test_a_faulty_act_is_refused_on_the_partners_own_page(name, given):
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    answer = signed_in(aino).post(at(name, venue), given)
    key = name.removeprefix("partner_")
    assert answer.status_code == 422
    assert f'<details class="more" id="{key}" open>' in text(answer)
    assert all(escape(value) in text(answer) for value in given.values() if value.strip() and value != "by pigeon")


def test_a_day_to_come_is_refused_and_stays_in_the_field():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    day = localdate() + timedelta(days=400)
    answer = signed_in(aino).post(at("partner_account", venue), {"on": day.isoformat()})
    assert answer.status_code == 422
    assert "The day is still to come" in text(answer)
    assert day.isoformat() in text(answer)


def test_a_link_to_an_act_opens_its_form():
    region = a_region()
    aino, _mikko = a_pair(region)
    page = text(signed_in(aino).get(at("partner_contact", a_venue(region, aino))))
    assert '<details class="more" id="contact" open>' in page
    assert "<title>Error:" not in page


def test_declined_with_a_reason_that_stays_and_considered_again():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue, client = a_venue(region, aino), signed_in(aino)
    client.post(at("partner_decline", venue), {"reason": "Ei työaikaa <tänä> vuonna"})
    page = text(client.get(venue.get_absolute_url()))
    assert escape("Ei työaikaa <tänä> vuonna") in page
    assert "Not taking part" in page
    assert client.post(at("partner_decline", venue), {"reason": "Uudestaan"}).status_code == 422
    client.post(at("partner_again", venue))
    assert Partner.objects.get().state == "candidate"
    assert client.post(at("partner_again", venue)).status_code == 422


def test_one_that_had_a_commitment_leaves_after_it_has_ended():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue, client = a_venue(region, aino), signed_in(aino)
    commitment = in_force(venue, aino)
    answer = client.post(at("partner_end", venue), {"reason": "Ovet kiinni"})
    assert answer.status_code == 422
    assert "End its commitment first." in text(answer)
    commitments.end(commitment, aino, "Ovet kiinni")
    assert 'id="end"' in text(client.get(venue.get_absolute_url()))
    client.post(at("partner_end", venue), {"reason": "Ovet kiinni"})
    assert Partner.objects.get().state == "ended"


# -- the contact person -------------------------------------------------------------------------------------------


def contact(**changes: object) -> dict[str, object]:
    given = {"name": "Uusi Yhteys", "email": "uusi@example.org", "title": "", "phone": "", "language": "fi"}
    return given | changes


def test_an_address_of_another_person_is_asked_about_before_it_is_used(worker):
    region = a_region()
    aino, _mikko = a_pair(region)
    venue, client = a_venue(region, aino), signed_in(aino)
    former = venue.contact
    answer = client.post(at("partner_contact", venue), contact(email="AINO.kainuu@example.org"))
    assert answer.status_code == 422
    assert "is the address of Aino Virtanen, not of Uusi Yhteys" in text(answer)
    assert f'name="same" value="{aino.pk}"' in text(answer)
    assert Partner.objects.get().contact == former
    wrong = client.post(at("partner_contact", venue), contact(email=aino.email, same=former.pk))
    assert wrong.status_code == 422
    done = client.post(at("partner_contact", venue), contact(email=aino.email, same=aino.pk), follow=True)
    assert "The contact person is Aino Virtanen." in text(done)
    assert Partner.objects.get().contact == aino
    assert not Person.objects.filter(name="Uusi Yhteys").exists()


def test_who_loses_the_task_is_told_by_mail(worker):
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    former = Person.objects.get(pk=venue.contact.pk)
    signed_in(former)
    worker.run()
    mail.outbox.clear()
    signed_in(aino).post(at("partner_contact", venue), contact())
    worker.run()
    told = {one.to[0]: one for one in mail.outbox}
    assert set(told) == {former.email, "uusi@example.org"}
    assert "Aino Virtanen has named Uusi Yhteys the Kaikukortti contact person" in told[former.email].body
    assert aino.email in told[former.email].body


def test_the_same_name_asks_nothing():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue, client = a_venue(region, aino), signed_in(aino)
    given = contact(name="outi  karppinen", email=venue.contact.email)
    assert client.post(at("partner_contact", venue), given).status_code == 302


def test_a_new_partners_contact_is_asked_about_too():
    region = a_region()
    aino, mikko = a_pair(region)
    given = {"contact_name": "Uusi Yhteys", "contact_email": aino.email}
    answer = new_distributor(region, mikko, **given)
    assert answer.status_code == 422
    assert f'name="contact_same" value="{aino.pk}"' in text(answer)
    assert new_distributor(region, mikko, **given, contact_same=aino.pk).status_code == 302
    assert Partner.objects.get().contact == aino


def test_the_one_who_signed_is_not_missing_as_signatory():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino, signatory_name="", signatory_basis="")
    promised = Commitment.objects.create(
        region=region, kind="partner_commitment", operating_model="2024", partner=venue, state="in_force"
    )
    signed = {"signed_by": "Bib Chef", "signed_title": "chef", "signed_on": localdate(), "method": "copy"}
    promised.parties.create(position=1, role="partner", name="Pato", **signed)
    Partner.objects.filter(pk=venue.pk).update(state="committed", committed_model="2024")
    for person in (aino, venue.contact):
        page = " ".join(text(signed_in(person).get(venue.get_absolute_url())).split())
        assert "<dt>Signatory</dt><dd>Bib Chef" in page


# -- who sees what ------------------------------------------------------------------------------------------------

ACTS = ["ask", "answer", "contact", "account", "induction", "decline", "again", "end", "edit"]
ADDRESSES = [*(f"partner_{act}" for act in ACTS), "clearance_decide"]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_acts_are_not_there_for_strangers_and_not_for_readers(name, method):
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    reader = name_person(region, "group", "lukija@example.org", "Liisa Lukija", aino).person
    expected = {a_pair(a_region("lappi"))[0]: 404, a_stranger(): 404, venue.contact: 404, reader: 403}
    for person, status in expected.items():
        assert getattr(signed_in(person), method)(at(name, venue)).status_code == status


def test_a_reader_sees_the_page_without_forms():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    reader = name_person(region, "group", "lukija@example.org", "Liisa Lukija", aino).person
    page = text(signed_in(reader).get(venue.get_absolute_url()))
    assert "<details" not in page
    assert 'class="next"' not in page
    assert at("partner_draft", venue) not in page
    assert "partner_new" not in text(signed_in(reader).get(reverse("partners", args=[region.slug])))


def test_a_holder_of_another_municipality_reads_only():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    other = region.municipalities.last()
    holder = name_person(region, "culture", "toinen@example.org", "Toini Toinen", aino, municipality=other).person
    page = text(signed_in(holder).get(venue.get_absolute_url()))
    assert 'id="acts"' not in page
    assert page.count("<details") == 1  # a note can be left
    assert signed_in(holder).post(at("partner_decline", venue), {"reason": "Ei"}).status_code == 403


def test_the_contact_person_sees_the_own_partner_in_plain_words():
    region = a_region()
    aino, _mikko = a_pair(region)
    Person.objects.filter(pk=aino.pk).update(phone="040 000 0001")
    venue, other = a_venue(region, aino, "Puu & Sivu <Oy>"), a_venue(region, aino, "Toinen paikka")
    client = signed_in(venue.contact)
    page = text(client.get(venue.get_absolute_url()))
    assert escape("Puu & Sivu <Oy>") in page
    assert 'href="tel:0400000001"' in page
    assert "Next, the region makes your commitment." in page
    assert page.count("<details") == 1  # it can be somebody else's task now
    assert reverse("board", args=[region.slug]) + '"' not in page
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(reverse("partners", args=[region.slug])).status_code == 404


def test_the_contact_person_is_told_how_the_commitment_goes():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    client = signed_in(venue.contact)
    draft_for_partner(venue, aino)
    assert "Your commitment is being prepared." in text(client.get(venue.get_absolute_url()))
    commitments.decline(Commitment.objects.get(), aino, "Väärä kieli")
    commitment = in_force(venue, aino)
    page = text(client.get(venue.get_absolute_url()))
    assert "In force" in page
    assert commitment.get_absolute_url() in page
    assert "the region makes you a Kaikukanta account" in page


def test_a_former_contact_person_sees_nothing_more():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    former = signed_in(venue.contact)
    signed_in(aino).post(
        at("partner_contact", venue),
        {"name": "Uusi Ihminen", "email": "uusi@example.org", "title": "", "phone": "", "language": "sv"},
    )
    venue = Partner.objects.get()
    assert (venue.contact.name, venue.contact.language) == ("Uusi Ihminen", "sv")
    assert former.get(venue.get_absolute_url()).status_code == 404


# -- the list -----------------------------------------------------------------------------------------------------


def listed(person: Person, region: Region, **wanted: str) -> str:
    return text(signed_in(person).get(reverse("partners", args=[region.slug]), wanted))


def test_the_list_filters_by_role_state_and_what_is_missing():
    region = a_region()
    aino, mikko = a_pair(region)
    olohuone, pato = a_distributor(region, mikko, "Olohuone ry"), a_venue(region, aino, "Taidehalli Pato")
    services.request_clearance(olohuone, mikko, ANSWERS)
    Partner.objects.filter(pk=pato.pk).update(contact=None)
    shown = {
        (): {"Olohuone ry", "Taidehalli Pato"},
        (("role", "venue"),): {"Taidehalli Pato"},
        (("state", "asked"),): {"Olohuone ry"},
        (("lacks", "contact"),): {"Taidehalli Pato"},
        (("lacks", "account"),): set(),
        (("role", "venue"), ("state", "asked")): set(),
    }
    for wanted, names in shown.items():
        page = listed(aino, region, **dict(wanted))
        assert {name for name in ("Olohuone ry", "Taidehalli Pato") if name in page} == names
    assert "Name a contact person for the one partner that has none." in listed(mikko, region)


def test_a_filter_that_is_none_is_refused_in_words():
    region = a_region()
    aino, _mikko = a_pair(region)
    a_venue(region, aino)
    answer = signed_in(aino).get(reverse("partners", args=[region.slug]), {"state": "lost", "page": "many"})
    assert answer.status_code == 422


def test_the_empty_list_says_what_to_do():
    region = a_region()
    assert "Add the first distributor and the first venue." in listed(a_pair(region)[0], region)


def test_counts_say_who_lacks_account_and_induction():
    region = a_region()
    aino, _mikko = a_pair(region)
    in_force(a_venue(region, aino), aino)
    page = listed(aino, region)
    assert "One committed partner has no Kaikukanta account" in page
    assert "One committed partner has had no induction" in page
    assert "Taidehalli Pato" in listed(aino, region, lacks="induction")


def test_who_has_said_no_is_not_counted_as_coming():
    region = a_region()
    aino, mikko = a_pair(region)
    a_distributor(region, mikko, "Olohuone ry")
    refusing = a_distributor(region, mikko, "Ei kiitos ry", interest="no")
    a_venue(region, aino)
    Partner.objects.filter(pk=refusing.pk).update(contact=None)
    page = " ".join(listed(aino, region).split())
    assert "<dd>0 <small>/ 2</small></dd>" in page
    assert "<dt>distributors, one of them of the third sector</dt><dd>1</dd>" in page
    assert "One candidate has said no and is not counted" in page
    assert "has said no</span>" in page
    assert "no contact person</a>" not in page
    assert "Ei kiitos ry" not in listed(aino, region, lacks="contact")


QUERIES_OF_LIST = 11


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_asks_the_same_however_long_it_is(number, django_assert_num_queries):
    region = a_region()
    _aino, mikko = a_pair(region)
    kajaani = region.municipalities.get(name_fi="Kajaani")
    holder = name_person(region, "care", "k@example.org", "Kaija Kajaanista", mikko, municipality=kajaani).person
    for one in range(number):
        a_distributor(region, mikko, f"Ryhmä {one:03} ry")
    client = signed_in(holder)
    with django_assert_num_queries(QUERIES_OF_LIST):
        page = text(client.get(reverse("partners", args=[region.slug])))
    assert page.count("<tr>") - 1 == min(number, 60)
    assert ("Next page" in page) == (number > 60)


QUERIES_OF_PARTNER = 16


def test_a_partners_page_asks_the_same_however_many_commitments_it_has(django_assert_num_queries):
    region = a_region()
    aino, _mikko = a_pair(region)
    venue, client = a_venue(region, aino), signed_in(aino)
    for _number in range(5):
        commitments.decline(draft_for_partner(venue, aino), aino, "Väärä kieli")
    with django_assert_num_queries(QUERIES_OF_PARTNER):
        client.get(venue.get_absolute_url())


def test_the_sector_in_a_commitment_is_not_changed_through_a_sibling():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino, "Kunnan kulttuuri", unit="Sali")
    in_force(venue, aino)
    sibling = services.add_partner(
        region, aino, {"name": "Kunnan kulttuuri", "sector": "public"}, "venue", [region.municipalities.first()],
        kind="culture", unit="Halli",
    )  # fmt: skip
    assert sibling.organisation == venue.organisation
    with pytest.raises(Refused):
        services.change_partner(sibling, aino, sibling.municipalities.all(), {"sector": "third"})
    venue.organisation.refresh_from_db()
    assert venue.organisation.sector == "public"


# -- holders of one municipality ---------------------------------------------------------------------------------


def two_towns():
    """Elina and Sami of culture, each of one municipality, and Sami's venue."""
    region, laura = a_region(), a_kaikukeskus_person()
    own, other = region.municipalities.order_by("name_fi")[:2]
    elina = name_person(region, "culture", "elina@example.org", "Elina Aho", laura, municipality=own).person
    sami = name_person(region, "culture", "sami@example.org", "Sami Laukkanen", laura, municipality=other).person
    venue = a_venue(region, laura, "Kirjasto")
    venue.municipalities.set([other])
    return region, own, other, elina, sami, venue


def test_a_new_partner_is_offered_the_own_municipalities_alone():
    region, own, other, elina, _sami, _venue = two_towns()
    page = text(signed_in(elina).get(reverse("partner_new", args=[region.slug]) + "?role=venue"))
    assert f'name="municipalities" value="{own.pk}"' in page
    assert f'name="municipalities" value="{other.pk}"' not in page
    everybody = text(signed_in(a_kaikukeskus_person()).get(reverse("partner_new", args=[region.slug]) + "?role=venue"))
    assert f'name="municipalities" value="{other.pk}"' in everybody
    answer = signed_in(elina).post(
        reverse("partner_new", args=[region.slug]) + "?role=venue", {"municipalities": [other.pk]}
    )
    assert answer.status_code == 422


def test_a_partner_of_others_says_by_name_whose_turn_it_is_and_so_does_the_refusal():
    region, _own, _other, elina, sami, venue = two_towns()
    client = signed_in(elina)
    page = text(client.get(venue.get_absolute_url()))
    assert f"Whose turn: {sami.name}" in page
    refused = client.post(reverse("partner_contact", args=[region.slug, venue.pk]), {})
    assert refused.status_code == 403
    assert f"This act belongs to others: {sami.name}." in text(refused)
    assert "Whose turn:" not in text(signed_in(sami).get(venue.get_absolute_url()))


def test_the_list_and_the_board_say_what_they_count():
    region = a_region()
    aino, _mikko = a_pair(region)
    a_venue(region, aino, "Museo")
    gone = a_venue(region, aino, "Teatteri")
    services.decline(gone, aino, "Ei nyt.")
    assert "2 partners, one of them on the way" in text(signed_in(aino).get(reverse("partners", args=[region.slug])))
    assert "1 partner on the way" in text(signed_in(aino).get(region.get_absolute_url()))
