"""Two rows that are one: what moves, what is refused, and that history and every check stay whole."""

import re
from datetime import date, timedelta
from html import unescape
from itertools import count

import pytest
from django.apps import apps
from django.core import mail
from django.db.models import CharField, FileField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.timezone import now as now_at

from adoption import partners
from adoption.contacts import answers, asking, links, pair
from adoption.history import Acting, all_faults, locked, record
from adoption.joined import partner_of
from adoption.joining.doubles import organisations, partners_near
from adoption.joining.moving import GOES, STAYS, label_of, move, references
from adoption.joining.organisations import join_organisations
from adoption.joining.partners import join_partners
from adoption.joining.people import join_people
from adoption.leaving import reopen_person
from adoption.mail_choices import choices_of, choose
from adoption.models import Act, ContactCheck, Joined, Note, Organisation, Partner, Person, Region, Responsibility
from adoption.notes import leave_note
from adoption.people import add_kaikukeskus_person, end_responsibility, find_or_make, name_person
from adoption.refusal import NotYours, Refused
from commitments.agreeing import papers
from commitments.models import Commitment
from commitments.on_paper import partner_committed
from commitments.services import draft_partner_commitment
from tests.people import a_distributor, a_pair, a_region, a_stranger, a_trial, a_venue
from workflows.checks import faults
from workflows.handing_over import Given, hand_over, withdraw
from workflows.models import Invitee
from workflows.my_work.filters import Wanted, save_filter, show_first
from workflows.my_work.own_tasks import add_task
from workflows.my_work.snoozing import put_off
from workflows.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
AINO = "Aino Virtanen (culture side)"


@pytest.fixture
def aino(region) -> Person:
    return a_pair(region)[0]


def now(row):
    return type(row).objects.get(pk=row.pk)


def sound() -> bool:
    return (faults(), all_faults(), papers()) == ([], [], [])


def reasons(act, *arguments) -> str:
    with translation.override("en"), pytest.raises(Refused) as refusal:
        act(*arguments)
    return str(refusal.value)


def told(region: Region) -> list[str]:
    with translation.override("en"):
        return [line.text for line in sentences(Act.objects.filter(region=region))]


# -- partners ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(region, aino) -> tuple[Partner, Partner]:
    """The same library, once with its unit's name typed otherwise."""
    kept = a_venue(region, aino, "Kaupunki", unit="Kirjasto")
    return kept, a_venue(region, aino, "Kaupunki", unit="Pääkirjasto", offering="Kirjailijavierailut")


def test_what_belongs_to_the_one_belongs_to_the_other(region, aino, two):
    kept, gone = two
    commitment = draft_partner_commitment(gone, aino)
    Commitment.objects.filter(pk=commitment.pk).update(state="declined")
    note = leave_note(region, ("partner", gone.pk), aino, "Soitettu kahdesti.", Note.Audience.REGION)
    check = pair.ask_contact(gone, aino)
    towns = list(region.municipalities.all()[1:3])
    partners.change_partner(gone, aino, towns)
    join_partners(kept, gone, aino)
    kept = now(kept)
    assert now(commitment).partner == now(check).partner == kept
    assert (now(note).about_id, now(check).state) == (kept.pk, "overtaken")
    assert kept.offering == "Kirjailijavierailut"
    assert set(towns) < set(kept.municipalities.all())
    assert not Partner.objects.filter(pk=gone.pk).exists()
    joined = f"{AINO} joined two rows of one partner: Kaupunki, Kirjasto, and Kaupunki, Pääkirjasto."
    assert f"{joined} Outi Karppinen no longer is its contact person." in told(region)
    assert f"{AINO} added a partner: Kaupunki, Pääkirjasto." in told(region)


def test_the_limits_of_what_is_offered_are_taken_with_it(region, aino, two):
    kept, gone = two
    partners.change_partner(gone, aino, list(gone.municipalities.all()), tickets_per_event=2, price_cap=20)
    join_partners(kept, gone, aino)
    kept = now(kept)
    assert (kept.offering, kept.tickets_per_event, kept.price_cap) == ("Kirjailijavierailut", 2, 20)


def test_the_checks_stay_sound_and_the_partner_becomes_active(region, aino, two):
    _other, gone = two
    towns = list(region.municipalities.all()[:1])
    kept = partners.add_partner(region, aino, {"name": "Kaupunki", "sector": "public"}, "venue", towns, kind="culture")
    partners.record_account(gone, aino, localdate())
    partners.record_induction(gone, aino, localdate(), "own")
    partner_committed(kept, aino, account=False, induction=False)
    assert now(kept).state == "committed"
    join_partners(kept, gone, aino)
    assert (now(kept).state, now(kept).contact) == ("active", gone.contact)
    assert sound()


def test_the_row_that_is_further_is_kept(region, aino, two):
    kept, gone = two
    partner_committed(gone, aino)
    assert "Keep the other one" in reasons(join_partners, kept, gone, aino)
    join_partners(gone, kept, aino)
    assert now(gone).state == "active"
    assert sound()


def test_two_commitments_in_force_are_not_joined(region, aino, two):
    for one in two:
        partner_committed(one, aino)
    assert "both have a commitment in force" in reasons(join_partners, *two, aino)


def test_an_unfinished_commitment_keeps_its_row(region, aino, two):
    kept, gone = two
    draft_partner_commitment(gone, aino)
    assert "is unfinished" in reasons(join_partners, kept, gone, aino)


def test_what_is_not_one_partner_is_not_joined(region, aino, laura, two):
    kept, _gone = two
    other = a_venue(region, aino, "Toinen")
    assert "one and the same" in reasons(join_partners, kept, kept, aino)
    assert "two organisations" in reasons(join_partners, kept, other, aino)
    theirs = a_region("pirkanmaa")
    far = a_venue(theirs, a_pair(theirs)[0], "Kaupunki")
    assert "one role in one region" in reasons(join_partners, kept, far, laura)


def test_strangers_and_readers_join_no_partners(region, aino, two):
    reader = name_person(region, "group", "riku@example.org", "Riku Ryhmä", aino).person
    for person in (a_stranger(), reader):
        with pytest.raises(NotYours):
            join_partners(*two, person)


def test_an_act_on_the_row_that_is_gone_says_where_to_go_on(region, aino, two):
    kept, gone = two
    join_partners(kept, gone, aino)
    for act in (
        lambda: partners.end_partner(gone, aino, "Muutti"),
        lambda: partners.change_partner(gone, aino, []),
        lambda: draft_partner_commitment(gone, aino),
        lambda: pair.ask_contact(gone, aino),
        lambda: join_partners(kept, gone, aino),
    ):
        with pytest.raises(Refused, match="joined with Kaupunki, Kirjasto"):
            act()


def test_old_links_and_letters_find_the_kept_row(client, region, aino, two):
    kept, gone = two
    act = Act.objects.get(what="partner_added", about_id=str(gone.pk))
    join_partners(kept, gone, aino)
    assert partner_of(act) == kept
    client.force_login(aino)
    answer = client.get(reverse("partner", args=[region.slug, gone.pk]))
    assert (answer.status_code, kept.get_absolute_url() in answer.content.decode()) == (422, True)
    client.force_login(a_stranger())
    assert client.get(reverse("partner", args=[region.slug, gone.pk])).status_code == 404


def test_a_row_that_took_one_is_joined_itself(region, aino, two):
    last = a_venue(region, aino, "Kaupunki", unit="Sali")
    join_partners(*two, aino)
    join_partners(last, two[0], aino)
    assert set(Joined.objects.values_list("gone", "kept")) == {(one.pk, last.pk) for one in two}
    assert sound()


# -- organisations ----------------------------------------------------------------------------------------------------


@pytest.fixture
def other_region() -> Region:
    return a_region("pirkanmaa")


@pytest.fixture
def far(other_region) -> Partner:
    return a_venue(other_region, a_pair(other_region)[0], "Vaara kollektiivi")


def test_the_organisation_is_one_in_every_region(region, other_region, aino, laura, far):
    near = a_venue(region, aino, "Vaara-kollektiivi")
    Organisation.objects.filter(pk=far.organisation_id).update(business_id="1234567-1")
    join_organisations(near.organisation, far.organisation, laura)
    owner = Organisation.objects.get(pk=near.organisation_id)
    assert {one.region for one in owner.partners.all()} == {region, other_region}
    assert (owner.business_id, owner.former_names) == ("1234567-1", "Vaara kollektiivi")
    assert str(now(far)) == "Vaara-kollektiivi"
    said = "Laura Mäkelä (Kaikukeskus) joined two rows of one organisation: Vaara-kollektiivi, and Vaara kollektiivi."
    assert said in told(other_region)
    assert said in [line.text for line in sentences(Act.objects.filter(region=None))]
    assert sound()


def test_the_same_partner_of_both_is_joined_with_them(region, aino, laura):
    one = a_venue(region, aino, "Vaara kollektiivi ry", unit="Sali")
    other = a_venue(region, aino, "Vaara-kollektiivi", unit=" sali ")
    partner_committed(other, aino)
    join_organisations(one.organisation, other.organisation, laura)
    left = Partner.objects.get(region=region)
    assert (left.pk, left.state, str(left)) == (other.pk, "active", "Vaara kollektiivi ry,  sali ")
    assert sound()


def test_a_contact_person_who_goes_with_a_row_is_named_before_told_and_in_history(client, region, aino, laura, worker):
    one, other = a_venue(region, aino, "Vaara kollektiivi ry"), a_venue(region, aino, "Vaara-kollektiivi")
    partners.name_contact(one, aino, "anna@example.org", "Anna Aalto")
    partners.name_contact(other, aino, "bea@example.org", "Bea Berg")
    worker.run()
    mail.outbox.clear()
    client.force_login(laura)
    for address in (
        reverse("join", args=["organisations", one.organisation_id, other.organisation_id]),
        reverse("partner_join", args=[region.slug, one.pk, other.pk]),
    ):
        page = client.get(address, headers={"accept-language": "en"}).content.decode()
        assert "Bea Berg" in page
        assert "Anna Aalto" in page
    join_organisations(one.organisation, other.organisation, laura)
    worker.run()
    assert [letter.to for letter in mail.outbox] == [["bea@example.org"]]
    assert "Anna Aalto" in mail.outbox[0].body
    assert "Bea Berg no longer is its contact person." in " ".join(told(region))
    assert now(one).contact.name == "Anna Aalto"
    assert sound()


def test_what_is_two_organisations_is_not_joined(region, aino, laura, far):
    near = a_venue(region, aino, "Vaara-kollektiivi")
    Organisation.objects.filter(pk=far.organisation_id).update(business_id="1234567-1")
    Organisation.objects.filter(pk=near.organisation_id).update(business_id="2345678-2", sector="private")
    said = reasons(join_organisations, near.organisation, far.organisation, laura)
    assert "two business IDs, 2345678-2 and 1234567-1" in said
    assert "sectors differ" in said
    assert "one and the same" in reasons(join_organisations, near.organisation, near.organisation, laura)
    with pytest.raises(NotYours):
        join_organisations(near.organisation, far.organisation, aino)


def test_two_commitments_of_the_same_unit_keep_the_organisations_apart(region, aino, laura):
    one, other = a_venue(region, aino, "Vaara ry"), a_venue(region, aino, "Vaara r.y.")
    for partner in (one, other):
        partner_committed(partner, aino)
    assert "both have a commitment in force" in reasons(join_organisations, one.organisation, other.organisation, laura)


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_person_answers_for_what_the_former_row_did(region, aino, laura, worker):
    liisa = find_or_make("liisa.laine@example.org", "Liisa Laine")
    former = name_person(region, "culture", "liisa@example.org", "Liisa Laine-Aho", laura, title="tuottaja").person
    venue = a_venue(region, former)
    partners.name_contact(venue, former, former.email, former.name)
    worker.run()
    mail.outbox.clear()
    join_people(liisa, former, laura)
    worker.run()
    liisa, former = now(liisa), now(former)
    assert now(venue).contact == Responsibility.objects.current().filter(side="culture").last().person == liisa
    assert (former.is_active, former.joined_to, liisa.title) == (False, liisa, "tuottaja")
    assert Act.objects.filter(by=former).exists()
    assert "Laura Mäkelä (Kaikukeskus) joined two rows of one person: Liisa Laine, and Liisa Laine-Aho." in told(region)
    assert {address for one in mail.outbox for address in one.to} == {former.email, liisa.email}
    assert sound()


def test_the_former_address_means_the_person_and_opens_nothing(client, region, aino, laura, worker):
    liisa, former = find_or_make("liisa.laine@example.org", "Liisa Laine"), find_or_make("liisa@example.org", "Liisa")
    join_people(liisa, former, laura)
    assert find_or_make(" Liisa@example.org", "Liisa") == liisa
    venue = a_venue(region, aino)
    partners.name_contact(venue, aino, "liisa@example.org", "Liisa")
    assert now(venue).contact == liisa
    worker.run()
    mail.outbox.clear()
    answers = []
    for address in ("liisa@example.org", "nobody@example.org"):
        page = Client()
        answer = page.post(reverse("account_login"), {"email": address})
        answers.append((answer.status_code, answer.headers.get("Location")))
    worker.run()
    assert answers[0] == answers[1]
    assert mail.outbox == []
    assert "joined with another row" in reasons(reopen_person, former, laura, "Takaisin")


def test_what_both_rows_have_chosen_stands_once(region, laura):
    liisa, former = find_or_make("liisa.laine@example.org", "Liisa Laine"), find_or_make("liisa@example.org", "Liisa")
    for person, how in ((liisa, "digest"), (former, "none")):
        choose(person, person, {"notes": how})
        put_off(person, f"own-{add_task(person, 'Soita').pk}", localdate() + timedelta(days=1))
        show_first(save_filter(person, "Omat", Wanted(kind="own")), person, True)
    choose(former, former, {"told": "digest"})
    join_people(liisa, former, laura)
    assert choices_of(liisa) == {"duties": "digest", "asked": "once", "told": "digest", "notes": "digest"}
    assert (liisa.own_tasks.count(), liisa.snoozes.count(), liisa.saved_filters.count()) == (2, 2, 1)


def test_whoever_is_signed_in_by_the_former_row_is_out(client, region, laura):
    liisa, former = find_or_make("liisa.laine@example.org", "Liisa Laine"), find_or_make("liisa@example.org", "Liisa")
    client.force_login(former)
    assert client.get("/me/").status_code == 200
    join_people(liisa, former, laura)
    assert client.get("/me/").status_code == 302


def test_the_two_sides_are_different_people(region, aino, laura):
    mikko = Person.objects.get(email="mikko.kainuu@example.org")
    assert "two sides of Kainuu" in reasons(join_people, aino, mikko, laura)


def test_whoever_went_from_one_side_to_the_other_is_one_person(region, aino, laura):
    former = name_person(region, "care", "liisa@example.org", "Liisa", laura)
    Responsibility.objects.filter(pk=former.pk).update(since=localdate() - timedelta(days=9))
    end_responsibility(former, laura)
    liisa = name_person(region, "culture", "liisa.laine@example.org", "Liisa Laine", laura).person
    join_people(liisa, former.person, laura)
    assert sound()


def test_one_step_confirmed_for_both_sides_keeps_them_apart(region, aino, laura):
    liisa = find_or_make("liisa.laine@example.org", "Liisa Laine")
    trial = a_trial(region)
    row = trial.steps.get(key="intro_event")
    record(locked(region.pk), Acting(aino, "culture"), "step_confirmed", row, step=row.key, closes=False)
    record(locked(region.pk), Acting(liisa, "care"), "step_confirmed", row, step=row.key, closes=True)
    assert "confirmed a step of Kainuu" in reasons(join_people, liisa, aino, laura)


def test_nobody_joins_oneself_and_kaikukeskus_stays_kaikukeskus(region, aino, laura):
    eero = add_kaikukeskus_person("eero@example.org", "Eero", laura)
    liisa = find_or_make("liisa.laine@example.org", "Liisa Laine")
    assert "you yourself" in reasons(join_people, liisa, laura, laura)
    assert "works at Kaikukeskus" in reasons(join_people, liisa, eero, laura)
    assert "nobody is both" in reasons(join_people, eero, aino, laura)
    with pytest.raises(NotYours):
        join_people(liisa, eero, aino)
    join_people(eero, liisa, laura)
    assert now(eero).is_kaikukeskus


def test_the_same_responsibility_twice_ends_once(region, aino, laura):
    former = name_person(region, "culture", "aino.vanha@example.org", "Aino Virtanen", laura).person
    name_person(region, "culture", "aino.sijainen@example.org", "Aino Virtanen", laura, substitute=True)
    substitute = Person.objects.get(email="aino.sijainen@example.org")
    join_people(aino, former, laura)
    join_people(aino, substitute, laura)
    current = Responsibility.objects.current().filter(region=region, person=aino)
    assert [(one.side, one.substitute) for one in current] == [("culture", False)]
    assert sound()


def test_the_responsibility_that_lasts_is_the_one_that_stays(region, aino, laura):
    former = name_person(region, "culture", "aino.vanha@example.org", "Aino Virtanen", laura).person
    Responsibility.objects.filter(person=aino).update(until=localdate() + timedelta(days=14))
    join_people(aino, former, laura)
    [one] = Responsibility.objects.current().filter(region=region, side="culture")
    assert (one.person, one.until) == (aino, None)


def test_who_hands_over_is_joined_with_nobody_until_it_is_done(region, aino, laura):
    given = Given(Responsibility.objects.get(person=aino).pk, "aino.uusi@example.org", "Aino Virtanen")
    hand_over(aino, aino, localdate() + timedelta(days=14), [given])
    new = Person.objects.get(email="aino.uusi@example.org")
    for kept, gone in ((new, aino), (aino, new)):
        assert "Aino Virtanen hands over on" in reasons(join_people, kept, gone, laura)
    withdraw(aino, aino)
    join_people(new, aino, laura)
    assert [one.person for one in Responsibility.objects.current().filter(side="culture")] == [new]
    assert sound()


def test_who_follows_oneself_follows_nobody(region, aino, laura, worker):
    venue = a_venue(region, aino)
    outi = now(venue).contact
    check = pair.ask_contact(venue, aino)
    worker.run()
    link = links.link_in("person", links.token_of(outi, links.round_of(outi)))
    answers.hand_over(link, check.pk, outi.name, "o.k@example.org")
    assert now(check).state == "handing"
    new = find_or_make("o.k@example.org", outi.name)
    join_people(new, outi, laura)
    assert now(check).state == "overtaken"
    assert [one.partner for one in asking.due_days(new.pk)] == [venue.pk]


def test_the_open_link_of_the_kept_address_stays_good_however_often_the_other_was_asked(region, aino, laura, worker):
    venue = a_venue(region, aino)
    former = now(a_venue(region, aino, "Kuhmotalo")).contact
    theirs = Partner.objects.get(contact=former)
    for _time in range(3):
        pair.ask_contact(now(theirs), aino)
    worker.run()
    answers.stay(links.link_in("person", links.token_of(former, 3)))
    outi = now(venue).contact
    check = pair.ask_contact(now(venue), aino)
    worker.run()
    link = links.link_in("person", links.token_of(outi, 1))
    join_people(outi, former, laura)
    assert answers.standing(now(outi), link) == answers.Standing.OPEN
    answers.stay(link)
    assert now(check).state == "stays"
    pair.ask_contact(now(theirs), aino)
    assert links.round_of(outi) == 2


def test_what_was_asked_of_the_former_address_is_asked_anew(region, aino, laura, worker):
    liisa, former = find_or_make("liisa.laine@example.org", "Liisa Laine"), find_or_make("liisa@example.org", "Liisa")
    venue = a_venue(region, aino)
    partners.name_contact(venue, aino, former.email, former.name)
    check = pair.ask_contact(now(venue), aino)
    join_people(liisa, former, laura)
    assert (now(check).state, now(check).person) == ("overtaken", liisa)
    assert [one.partner for one in asking.due_days(liisa.pk)] == [venue.pk]


# -- nothing is forgotten ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Organisation, Partner, Person])
def test_every_reference_of_today_and_later_moves_or_is_named(model):
    """The move asks the models for their references; those of hidden names, and of other layers, are among them."""
    pointing = {
        (field.model._meta.label, field.name)
        for one in apps.get_models(include_auto_created=True)
        for field in one._meta.get_fields(include_hidden=True)
        if field.is_relation and field.concrete and not field.many_to_many and field.related_model is model
    }
    assert pointing == {label_of(reference) for reference in references(model)}
    assert {label_of(reference) for reference in references(Person)} >= STAYS | GOES


@pytest.mark.parametrize("model", [Organisation, Partner, Person])
def test_no_row_points_at_the_one_that_went(model):
    """In every table a row points at it; none does afterwards but those of history, and the copy of the address."""
    kept, gone = a_row(model), a_row(model)
    for table, field in references(model):
        row = a_row(table, **NEEDS.get(label_of((table, field)), {}))
        table._base_manager.filter(pk=row.pk).update(**{field.name: gone})
    move(gone, kept)
    left = {label_of((table, field)) for table, field in references(model) if rows_of(table, field, gone)}
    came = {label_of((table, field)) for table, field in references(model) if rows_of(table, field, kept)}
    everything = {label_of(reference) for reference in references(model)}
    assert (left, came) == (everything & STAYS, everything - STAYS - GOES)


# What a table demands of its rows beside the types of its columns.
NEEDS = {("adoption.Person", "joined_to"): {"is_active": False}}
DEMANDS = {
    "adoption.Note": {"text": "x", "audience": "region", "side": "culture"},
    "adoption.ImportRow": {"outcome": "create"},
    "adoption.Responsibility": {"side": "culture"},
    "commitments.Commitment": {"kind": "partner_commitment"},
    "workflows.YearlyDone": {"kind": "page"},
    "workflows.Meeting": {"kind": "national"},
    "workflows.Trial": {"planned_start": date(2027, 1, 1), "planned_end": date(2027, 12, 31)},
}
NUMBERS = count(1_000_000)


def rows_of(table, field, thing) -> bool:
    return table._base_manager.filter(**{field.name: thing}).exists()


def a_row(table, **given):
    """A row with nothing in it but what the table demands, and rows of its own to point at."""
    given = DEMANDS.get(table._meta.label, {}) | given
    if table in (ContactCheck, Commitment):
        given["partner"] = a_row(Partner)
    if table is Invitee:
        given["person"] = a_row(Person)
    for field in table._meta.concrete_fields:
        if field.generated or field.null or field.has_default() or field.primary_key or field.name in given:
            continue
        given[field.name] = a_row(field.related_model) if field.is_relation else a_value(field)
    return table._base_manager.create(**given)


def a_value(field):
    kind = field.get_internal_type()
    if kind in ("DateField", "DateTimeField"):
        return now_at() if kind == "DateTimeField" else localdate()
    if kind == "BooleanField":
        return False
    number = next(NUMBERS)
    if isinstance(field, CharField | TextField | FileField):
        return f"x{number}@example.org"[-(field.max_length or 99) :]
    return number % 30_000


# -- the pages --------------------------------------------------------------------------------------------------------


def test_the_pair_joins_on_its_pages(client, region, aino, two):
    kept, gone = two
    client.force_login(aino)
    choose = client.get(reverse("partner_joins", args=[region.slug, kept.pk])).content.decode()
    address = reverse("partner_join", args=[region.slug, kept.pk, gone.pk])
    assert address in choose
    assert "Kirjailijavierailut" not in client.get(address).content.decode()
    answer = client.post(address)
    assert (answer.status_code, answer.url) == (302, kept.get_absolute_url())
    assert client.post(address).status_code == 422


def test_the_double_of_another_organisation_is_shown_and_kaikukeskus_asked(client, region, aino, laura):
    kept, gone = a_venue(region, aino, "Taidehalli Pato"), a_venue(region, aino, "Kuhmo: Taidehalli Pato")
    apart = a_venue(region, aino, "Kajaanin kirjasto")
    client.force_login(aino)
    choose = client.get(reverse("partner_joins", args=[region.slug, kept.pk])).content.decode()
    address = reverse("partner_join", args=[region.slug, kept.pk, gone.pk])
    assert address in choose
    assert str(apart) not in choose
    page = client.get(address).content.decode()
    question = reverse("question_new", args=[region.slug, "partner", kept.pk])
    [ask] = re.findall(f'href="({question}[^"]*)"', page)
    assert "Kuhmo: Taidehalli Pato” " in client.get(unescape(ask)).content.decode()
    client.force_login(laura)
    assert (
        reverse("join", args=["organisations", kept.organisation_id, gone.organisation_id])
        in client.get(address).content.decode()
    )


@pytest.mark.parametrize(
    ("name", "unit", "near"),
    [
        ("Kainuun Opisto ry", "", True),
        ("Kainun opisto", "", True),
        ("Kuhmon kaupunki", "Talo", True),
        ("Kuhmon kaupunki", "Kirjasto", False),
        ("Opisto", "", True),
        ("Opis", "", False),
        ("Kaarinan museo", "", False),
    ],
)
def test_which_rows_of_other_organisations_are_like_it(region, aino, name, unit, near):
    one = a_venue(region, aino, "Kainuun opisto", unit="Talo" if unit else "")
    other = a_venue(region, aino, name, unit=unit)
    a_distributor(region, aino, "Kainuun opisto", unit="Talo")
    assert partners_near(one) == [other] * near


def test_another_unit_of_an_organisation_that_is_called_the_same_is_like_it(region, aino):
    one, other = a_venue(region, aino, "Yhteinen ry", unit="Talo"), a_venue(region, aino, "Toinen ry", unit="Museo")
    Organisation.objects.filter(pk=other.organisation_id).update(name="Yhteinen Ry", business_id="1234567-1")
    assert partners_near(one) == [now(other)]


def test_a_refusal_stands_on_the_page(client, region, aino, two):
    kept, gone = two
    partner_committed(gone, aino)
    client.force_login(aino)
    page = reverse("partner_join", args=[region.slug, kept.pk, gone.pk])
    assert client.get(page).status_code == 200
    assert b'type="submit">Yhdist' not in client.get(page).content
    assert client.post(page).status_code == 422


def test_kaikukeskus_finds_what_stands_twice(client, region, aino, laura):
    one, other = a_venue(region, aino, "Vaara kollektiivi"), a_venue(region, aino, "Vaara-kollektiivi")
    a_venue(region, aino, "Muu")
    liisa, former = (
        find_or_make("liisa.laine@example.org", "Liisa Laine"),
        find_or_make("liisa@example.org", "liisa laine"),
    )
    client.force_login(laura)
    page = client.get(reverse("joins")).content.decode()
    organisations = reverse("join", args=["organisations", one.organisation_id, other.organisation_id])
    people = reverse("join", args=["people", liisa.pk, former.pk])
    assert organisations in page
    assert people in page
    for address in (organisations, people):
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 302
        assert client.post(address).status_code == 422
    assert organisations not in client.get(reverse("joins")).content.decode()
    assert client.get(former.get_absolute_url()).status_code == 200
    assert client.get(reverse("organisation", args=[one.organisation_id])).status_code == 200
    assert client.get(reverse("join_choose", args=["people", liisa.pk]), {"with": "ain"}).status_code == 200


def test_one_with_its_id_and_one_without_are_one_in_a_region_whose_towns_differ(region, aino):
    one, other = a_venue(region, aino, "Kainuun museo"), a_venue(region, aino, "Kainuun Museo", unit="Arkisto")
    owner = Organisation.objects.create(name="Kainuun museo", sector="public")
    Partner.objects.filter(pk=other.pk).update(organisation=owner)
    other.municipalities.set(region.municipalities.exclude(pk__in=one.municipalities.all())[:1])
    assert organisations() == []
    Organisation.objects.filter(pk=owner.pk).update(business_id="1234567-1")
    assert organisations() == [(one.organisation, owner)]
    Partner.objects.filter(pk=other.pk).update(region=a_region("kymenlaakso"))
    assert organisations() == []


def test_a_double_is_found_beside_an_older_namesake_elsewhere(region, other_region, aino, laura):
    older = a_venue(other_region, laura, "Kolmas Testi ry").organisation
    one, other = (a_venue(region, aino, name).organisation for name in ("Kolmas Testi ry", "Kolmas-Testi ry"))
    assert organisations() == [(one, other)]
    third = Organisation.objects.create(name="kolmas testi RY", sector="third")
    assert organisations() == [(older, third), (one, other)]


def test_a_county_under_two_of_its_names_is_one(region, laura):
    one = a_venue(region, laura, "Kainuun hyvinvointialue").organisation
    other = Organisation.objects.create(name="Kajanalands välfärdsområde", sector="public", business_id="1234567-1")
    partner = a_venue(region, laura, "Museo")
    Partner.objects.filter(pk=partner.pk).update(organisation=other, region=a_region("kymenlaakso"))
    assert organisations() == [(one, other)]


def test_others_see_none_of_it(client, region, aino):
    client.force_login(aino)
    for address in (reverse("joins"), reverse("join", args=["people", 1, 2]), reverse("organisation", args=[1])):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in (404, 405)
