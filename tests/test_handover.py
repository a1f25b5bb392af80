"""One who leaves hands over: everything has a successor, access ends on the day, and nothing is left to nobody."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override

from adoption import notes, partners
from adoption.access import regions_of
from adoption.contacts import asking, pair
from adoption.days import next_working_day
from adoption.history import all_faults
from adoption.leaving import close_person
from adoption.models import Act, ContactCheck, Handover, Note, Partner, Person, Responsibility
from adoption.people import end_responsibility, find_or_make, name_person
from adoption.refusal import NotYours, Refused
from commitments.models import Party
from commitments.services import send
from tests.meetings import a_meeting
from tests.mornings import post
from tests.papers import change_draft, draft_partner_commitment
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial, a_venue
from tests.test_commitments import TERM, checked
from tests.trials import a_walk, text_of
from workflows import passing
from workflows.arranging.inviting import groups
from workflows.arranging.models import Meeting
from workflows.checks import faults
from workflows.handing_over import Given, hand_over, withdraw
from workflows.hanging import hanging_on
from workflows.minutes.paper import facts_of
from workflows.minutes.writing import agree, minutes_of
from workflows.models import Trial
from workflows.my_work.own_tasks import own_tasks
from workflows.sentences import sentences
from workflows.walk import Walk

pytestmark = pytest.mark.django_db

TODAY, SOON = timedelta(0), timedelta(days=14)


class Ground:
    """A region with its pair, a venue whose contact Aino is, and a note to Aino."""

    def __init__(self) -> None:
        self.region = a_region()
        self.laura = a_kaikukeskus_person()
        self.aino, self.mikko = a_pair(self.region)
        self.venue = a_venue(self.region, self.aino)
        partners.name_contact(self.venue, self.aino, self.aino.email, self.aino.name)
        of = ("region", self.region.pk)
        self.note = notes.leave_note(self.region, of, self.mikko, "Muista tilat.", "region", self.aino)

    @property
    def hers(self) -> Responsibility:
        return Responsibility.objects.get(person=self.aino, region=self.region)

    def to_liisa(self, after: timedelta = SOON, by: Person | None = None) -> Handover:
        given = [Given(self.hers.pk, "liisa@example.org", "Liisa Laine")]
        return hand_over(self.aino, by or self.aino, localdate() + after, given)[0]

    @property
    def liisa(self) -> Person:
        return Person.objects.get(email="liisa@example.org")


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.fixture(autouse=True)
def sound():
    """Whatever was done, the history is whole and every row agrees with it. The services speak English here."""
    with override("en"):
        yield
    assert all_faults() == []
    assert faults() == []


def on_the_day(made: Handover) -> None:
    """The day has come, two weeks after it was agreed, and the night's job has run."""
    Responsibility.objects.filter(pk=made.responsibility_id).update(until=localdate())
    Handover.objects.filter(pk=made.pk).update(on=localdate(), made_at=made.made_at - SOON)
    passing.daily()


def signed_in(person: Person, language: str = "en") -> Client:
    Person.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(Person.objects.get(pk=person.pk))
    return client


def address(person: Person) -> str:
    return reverse("handover", args=[person.pk])


# -- agreeing and the day ---------------------------------------------------------------------------------------------


def test_until_the_day_both_answer_and_on_it_all_is_the_successors(ground):
    made = ground.to_liisa()
    assert {ground.region} == set(regions_of(ground.aino)) == set(regions_of(ground.liisa))
    assert Partner.objects.get(pk=ground.venue.pk).contact == ground.aino
    on_the_day(made)
    assert not regions_of(ground.aino).exists()
    assert Partner.objects.get(pk=ground.venue.pk).contact == ground.liisa
    assert Note.objects.get(pk=ground.note.pk).to == ground.liisa
    left = hanging_on(ground.aino, [ground.region])[0]
    assert (left.responsibilities, left.sections) == ([], [])


def test_access_ends_by_itself_on_the_day(ground):
    made = ground.to_liisa()
    day = made.on
    current = Responsibility.objects.filter(person=ground.aino)
    assert current.current(day - timedelta(days=1)).exists()
    assert not current.current(day).exists()
    holders = Responsibility.objects.filter(region=ground.region, side="culture").holders()
    assert [one.person for one in holders.current(day)] == [ground.liisa]


def to_liisa(worker) -> str:
    """What she reads of her following, in English."""
    Person.objects.filter(email="liisa@example.org").update(language="en")
    worker.run()
    return next(one.body for one in mail.outbox if "you follow" in one.subject)


def test_the_last_day_with_access_is_said_and_not_the_first_without(ground, worker):
    made = ground.to_liisa()
    last, first_without = (f"{day.day}.{day.month}.{day.year}" for day in (made.on - timedelta(days=1), made.on))
    assert f"still sees the pages on {last}, as the last day" in to_liisa(worker)
    pages = [reverse("people", args=[ground.region.slug]), ground.aino.get_absolute_url()]
    for page in (signed_in(ground.liisa).get(one).content.decode() for one in pages):
        assert f"until {last}" in page
        assert f"until {first_without}" not in page


def test_who_hands_over_today_is_not_said_to_see_the_pages_any_more(ground, worker):
    ground.to_liisa(TODAY)
    assert "no longer sees the pages" in to_liisa(worker)


def test_today_it_passes_at_once(ground):
    made = ground.to_liisa(TODAY)
    assert Handover.objects.get(pk=made.pk).state == Handover.State.DONE
    assert not regions_of(ground.aino).exists()
    assert Partner.objects.get(pk=ground.venue.pk).contact == ground.liisa


def test_the_night_runs_twice_and_nothing_happens_twice(ground):
    on_the_day(ground.to_liisa())
    acts = Act.objects.count()
    assert passing.daily() == 0
    assert Act.objects.count() == acts


def test_the_same_again_changes_nothing(ground):
    first = ground.to_liisa()
    acts = Act.objects.count()
    assert ground.to_liisa() == first
    assert Act.objects.count() == acts


def test_a_second_handover_to_somebody_else_is_refused(ground):
    ground.to_liisa()
    with pytest.raises(Refused, match="already"):
        hand_over(
            ground.aino, ground.aino, localdate() + SOON, [Given(ground.hers.pk, "kalle@example.org", "Kalle Repo")]
        )


def test_history_says_who_handed_over_to_whom(ground):
    made = ground.to_liisa()
    on_the_day(made)
    said = [line.text for line in sentences(Act.objects.filter(region=ground.region).order_by("number"))]
    told = "\n".join(said)
    assert "Aino Virtanen (culture side) agreed that Aino Virtanen hands over to Liisa Laine on" in told
    assert "What hung on Aino Virtanen passed to Liisa Laine: culture side." in told
    assert "named the contact person of Taidehalli Pato: Liisa Laine" in told


def test_the_successor_gets_the_list_and_the_others_hear_of_it(ground, worker):
    worker.run()
    mail.outbox.clear()
    a_trial(ground.region)
    made = ground.to_liisa()
    worker.run()
    by_address = {one.to[0]: one for one in mail.outbox}
    assert {"liisa@example.org", ground.mikko.email} <= set(by_address)
    body = by_address["liisa@example.org"].body
    assert "Taidehalli Pato" in body
    assert "Muista tilat." in body
    leads_to(ground.liisa, body, f"/people/{ground.aino.pk}/handover/")
    mail.outbox.clear()
    on_the_day(made)
    worker.run()
    post(next_working_day(localdate() + timedelta(days=1)), worker)
    [body] = [one.body for one in mail.outbox if one.to == ["liisa@example.org"] and "Aino" in one.subject]
    leads_to(ground.liisa, body, f"/people/{ground.liisa.pk}/handover/")


def leads_to(reader: Person, body: str, path: str) -> None:
    """The mail has one link, to a page that its reader sees."""
    assert re.findall(r"http://localhost:8000(\S+)", body) == [path]
    assert signed_in(reader).get(path).status_code == 200


# -- who follows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [timedelta(days=-1), timedelta(days=400)])
def test_a_day_that_is_past_or_far_away_is_refused(ground, after):
    with pytest.raises(Refused):
        ground.to_liisa(after)


def test_a_holder_always_has_a_successor(ground):
    with pytest.raises(Refused, match="never left without"):
        hand_over(ground.aino, ground.aino, localdate(), [Given(ground.hers.pk)])


def test_the_two_sides_stay_different_people(ground):
    with pytest.raises(Refused, match="other side"):
        hand_over(ground.aino, ground.aino, localdate(), [Given(ground.hers.pk, ground.mikko.email)])


def test_nobody_follows_oneself_and_nobody_of_kaikukeskus_does(ground):
    for email in (ground.aino.email, ground.laura.email):
        with pytest.raises(Refused):
            hand_over(ground.aino, ground.aino, localdate(), [Given(ground.hers.pk, email)])


def test_a_successor_who_has_left_is_refused(ground):
    gone = find_or_make("gone@example.org", "Gunilla Gran")
    close_person(gone, ground.laura, "Left.")
    with pytest.raises(Refused, match="has left"):
        hand_over(ground.aino, ground.aino, localdate(), [Given(ground.hers.pk, gone.email)])


def test_one_who_leaves_holds_no_place_for_another(ground):
    """Before the day the successor is the side's last one, and cannot be ended."""
    made = ground.to_liisa()
    named = Responsibility.objects.get(person=ground.liisa)
    assert made.named == named
    with pytest.raises(Refused, match="last responsible person"):
        end_responsibility(named, ground.laura)
    with pytest.raises(Refused, match="last responsible person"):
        close_person(ground.liisa, ground.laura, "No.")


def test_two_who_leave_do_not_follow_each_other(ground):
    eeva = name_person(ground.region, "culture", "eeva@example.org", "Eeva Salo", ground.aino).person
    hers = Responsibility.objects.get(person=eeva)
    hand_over(ground.aino, ground.aino, localdate() + SOON, [Given(ground.hers.pk, eeva.email)])
    with pytest.raises(Refused, match="leaves too"):
        hand_over(eeva, eeva, localdate() + SOON, [Given(hers.pk, ground.aino.email)])


def test_what_was_agreed_in_a_meeting_passes_and_the_minutes_stay_as_they_were(ground):
    meeting = arrange_meeting(ground)
    point = agree(meeting, ground.mikko, "Order the posters", ground.aino)
    assert "Order the posters" in [one.what for one in hanging_on(ground.aino, [ground.region])[0].points]
    on_the_day(ground.to_liisa())
    assert [one.pk for one in own_tasks(ground.liisa)] == [point.pk]
    assert own_tasks(ground.aino) == []
    minutes = minutes_of(meeting)
    assert facts_of(meeting, minutes, None)["points"] == [{"text": point.text, "who": ground.aino.name, "until": "–"}]


def test_a_substitute_with_a_point_agreed_on_does_not_leave_without_anybody_following(ground):
    name_person(ground.region, "culture", "sanna@example.org", "Sanna Heikkinen", ground.aino, substitute=True)
    given = Responsibility.objects.get(person__email="sanna@example.org")
    agree(arrange_meeting(ground), ground.mikko, "Order the posters", given.person)
    with pytest.raises(Refused, match="agreed points"):
        hand_over(given.person, ground.aino, localdate(), [Given(given.pk)])


def arrange_meeting(ground: Ground) -> Meeting:
    here = Walk(Trial(region=ground.region), ground.laura, ground.aino, ground.mikko)
    return a_meeting(here, groups(ground.region)["pair"])


def test_a_colleague_who_has_the_same_takes_the_rest(ground):
    eeva = name_person(ground.region, "culture", "eeva@example.org", "Eeva Salo", ground.aino).person
    made = hand_over(ground.aino, ground.aino, localdate(), [Given(ground.hers.pk, eeva.email)])[0]
    assert made.named is None
    assert Partner.objects.get(pk=ground.venue.pk).contact == eeva
    assert Responsibility.objects.filter(person=eeva).count() == 1


def test_a_substitute_who_follows_is_the_holder_and_no_substitute(ground):
    sanna = name_person(ground.region, "culture", "sanna@example.org", "Sanna Heikkinen", ground.aino, substitute=True)
    hand_over(ground.aino, ground.aino, localdate(), [Given(ground.hers.pk, "sanna@example.org")])
    held = Responsibility.objects.current().filter(person=sanna.person)
    assert [one.substitute for one in held] == [False]


def test_whoever_follows_the_successor_gets_what_passes_later(ground):
    made = ground.to_liisa()
    hers = Responsibility.objects.get(person=ground.liisa)
    hand_over(ground.liisa, ground.liisa, localdate(), [Given(hers.pk, "kalle@example.org", "Kalle Repo")])
    on_the_day(made)
    assert Partner.objects.get(pk=ground.venue.pk).contact.name == "Kalle Repo"


def test_a_substitute_leaves_without_anybody_following(ground):
    name_person(ground.region, "culture", "sanna@example.org", "Sanna Heikkinen", ground.aino, substitute=True)
    given = Responsibility.objects.get(person__email="sanna@example.org")
    hand_over(given.person, ground.aino, localdate(), [Given(given.pk)])
    assert not Responsibility.objects.current().filter(person=given.person).exists()
    assert "nobody follows" in sentences([Act.objects.filter(what="leaving_agreed").get()])[0].text


def test_several_regions_and_places_at_once(ground):
    other = a_region("ruotsi")
    a_pair(other)
    hers = [ground.hers, name_person(other, "culture", ground.aino.email, "", ground.laura)]
    given = [Given(one.pk, f"x{one.pk}@example.org", f"Uusi {one.pk}") for one in hers]
    hand_over(ground.aino, ground.aino, localdate(), given)
    assert not regions_of(ground.aino).exists()
    for one in hers:
        assert regions_of(Person.objects.get(email=f"x{one.pk}@example.org")).get() == one.region


# -- who may ----------------------------------------------------------------------------------------------------------


def test_another_holder_of_the_side_and_kaikukeskus_may_and_others_may_not(ground):
    name_person(ground.region, "culture", "eeva@example.org", "Eeva Salo", ground.aino)
    sanna = name_person(ground.region, "culture", "s@example.org", "Sanna Heikkinen", ground.aino, substitute=True)
    for person in (ground.mikko, sanna.person, a_stranger()):
        with pytest.raises(NotYours):
            ground.to_liisa(by=person)
    ground.to_liisa(by=Person.objects.get(email="eeva@example.org"))
    withdraw(ground.aino, ground.laura)
    ground.to_liisa(by=ground.laura)


def test_what_is_left_of_one_who_has_gone_can_be_handed_over(ground):
    eeva = name_person(ground.region, "culture", "eeva@example.org", "Eeva Salo", ground.aino).person
    hers = ground.hers
    end_responsibility(hers, eeva)
    page = signed_in(eeva).get(address(ground.aino))
    assert "Taidehalli Pato" in text_of(page)
    hand_over(ground.aino, eeva, localdate(), [Given(hers.pk, eeva.email)])
    assert Partner.objects.get(pk=ground.venue.pk).contact == eeva


# -- withdrawing ------------------------------------------------------------------------------------------------------


def test_before_the_day_it_is_withdrawn_and_all_is_as_before(ground, worker):
    ground.to_liisa()
    withdraw(ground.aino, ground.aino)
    assert ground.hers.until is None
    assert not regions_of(ground.liisa).exists()
    mail.outbox.clear()
    worker.run()
    assert any("stays" in one.subject or "jatkaa" in one.subject for one in mail.outbox)
    with pytest.raises(Refused, match="nothing to withdraw"):
        withdraw(ground.aino, ground.aino)


def test_who_was_told_of_it_hears_that_it_is_withdrawn(ground, worker):
    ground.to_liisa()
    withdraw(ground.aino, ground.laura)
    mail.outbox.clear()
    worker.run()
    told = {one.to[0] for one in mail.outbox if "jatkaa" in one.subject}
    assert told == {"liisa@example.org", ground.mikko.email, ground.aino.email}
    people = reverse("people", args=[ground.region.slug])
    for one in mail.outbox:
        if "jatkaa" in one.subject:
            leads_to(Person.objects.get(email=one.to[0]), one.body, "/" if "liisa" in one.to[0] else people)


def test_after_the_day_it_is_not_withdrawn(ground):
    on_the_day(ground.to_liisa())
    with pytest.raises(Refused, match="nothing to withdraw"):
        withdraw(ground.aino, ground.laura)


def test_a_responsibility_that_is_handed_over_is_not_ended_beside_it(ground):
    ground.to_liisa()
    for act in (
        lambda: end_responsibility(ground.hers, ground.laura),
        lambda: close_person(ground.aino, ground.laura, "x"),
    ):
        with pytest.raises(Refused, match="hands over on"):
            act()


def test_one_who_hands_over_is_not_asked_whether_one_stays(ground):
    pair.ask_responsible(ground.hers, ground.laura)
    ground.to_liisa()
    assert not ContactCheck.objects.unfinished().filter(responsibility=ground.hers).exists()
    assert not [due for due in asking.due_days(ground.aino.pk) if due.responsibility]


# -- papers -----------------------------------------------------------------------------------------------------------


def a_commitment_that_aino_signs(ground: Ground) -> Party:
    """The venue's commitment, sent, of which Aino is to sign for the municipality."""
    Partner.objects.filter(pk=ground.venue.pk).update(signatory_email="toimi@example.org")
    venue = Partner.objects.get(pk=ground.venue.pk)
    draft = draft_partner_commitment(venue, ground.aino, term=TERM)
    rows = draft.parties.exclude(role="partner")
    party = rows.exclude(municipality=None).get()
    named = {one.pk: {"signatory_name": "Helena Rautio", "signatory_email": "helena@example.org"} for one in rows}
    named[party.pk] = {"signatory_name": ground.aino.name, "signatory_email": ground.aino.email}
    draft = change_draft(draft, ground.aino, named, in_turn=False)
    send(checked(draft, ground.aino), ground.aino)
    return party


def test_the_successor_is_asked_to_sign_by_the_right_that_was_given(ground):
    party = a_commitment_that_aino_signs(ground)
    hanging = hanging_on(ground.aino, [ground.region])[0]
    assert hanging.to_sign
    with override("en"):
        assert "Aino Virtanen is asked to sign, sent by Aino Virtanen" in hanging.commitments[0].note
    given = [Given(ground.hers.pk, "liisa@example.org", "Liisa Laine", "", "administrative")]
    hand_over(ground.aino, ground.aino, localdate(), given)
    party.refresh_from_db()
    assert (party.signatory_name, party.signatory_email) == ("Liisa Laine", "liisa@example.org")
    assert party.paper_name == ground.aino.name
    assert Act.objects.get(what="handed_over").data["signatures"] == [party.commitment_id]


# -- the page ---------------------------------------------------------------------------------------------------------


def filled(ground: Ground, **changes: str) -> dict[str, str]:
    pk = ground.hers.pk
    day = localdate() + SOON
    given = {f"who_{pk}": "other", f"name_{pk}": "Liisa Laine", f"email_{pk}": "liisa@example.org"}
    given |= {"on": f"{day.day}.{day.month}.{day.year}"}
    return given | {key.replace("PK", str(pk)): value for key, value in changes.items()}


def test_the_page_lists_all_and_hands_over(ground):
    a_trial(ground.region)
    client = signed_in(ground.aino)
    page = text_of(client.get(address(ground.aino)))
    for said in ("Taidehalli Pato", "Muista tilat.", "Calendar of the next six months", "Step 3, "):
        assert said in page
    answer = client.post(address(ground.aino), filled(ground))
    assert (answer.status_code, answer.url) == (302, address(ground.aino))
    page = text_of(client.get(answer.url))
    assert "Liisa Laine follows" in page
    answer = client.post(address(ground.aino), filled(ground))
    assert answer.status_code == 422
    assert "handed over already" in text_of(answer)
    answer = client.post(reverse("handover_withdraw", args=[ground.aino.pk]))
    assert answer.status_code == 302
    assert client.post(reverse("handover_withdraw", args=[ground.aino.pk])).status_code == 422


def test_open_steps_and_unfinished_commitments_stand_in_the_list():
    here = a_walk("ruotsi", until="local_pair")
    draft_partner_commitment(a_venue(here.region, here.aino), here.aino)
    page = text_of(signed_in(here.aino).get(address(here.aino)))
    assert "Step 3, " in page
    assert "Partnership commitment" in page


def test_today_the_leaver_is_out_and_a_second_press_is_no_fault(ground):
    client, today = signed_in(ground.aino), localdate()
    given = filled(ground, on=f"{today.day}.{today.month}.{today.year}")
    answer = client.post(address(ground.aino), given)
    assert answer.status_code == 302
    assert client.post(address(ground.aino), given).status_code == 422
    assert client.get(ground.region.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on": ""}, "Give: Access ends on."),
        ({"on": "1.1.2020"}, "The day is past"),
        ({"who_PK": "", "name_PK": "", "email_PK": ""}, "a side is never left without"),
        ({"email_PK": ""}, "Give the e-mail address."),
        ({"name_PK": ""}, "Write the name."),
        ({"email_PK": "liisa"}, "valid email"),
        ({"who_PK": "999999"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(ground, changes, said):
    name_person(ground.region, "culture", "sanna@example.org", "Sanna Heikkinen", ground.aino, substitute=True)
    given = filled(ground, **changes)
    answer = signed_in(ground.aino).post(address(ground.aino), given)
    assert answer.status_code == 422
    assert said in text_of(answer)
    kept = [value for key, value in given.items() if not key.startswith("who") and value]
    assert all(f'value="{value}"' in answer.content.decode() for value in kept)
    assert not Handover.objects.exists()


def test_where_nobody_is_known_name_and_address_are_asked(ground):
    client = signed_in(ground.aino)
    assert "who_" not in client.get(address(ground.aino)).content.decode()
    answer = client.post(address(ground.aino), filled(ground, name_PK="", email_PK=""))
    assert answer.status_code == 422
    assert "Write the name." in text_of(answer)


def test_a_stranger_finds_no_page_and_the_other_side_no_form(ground):
    assert signed_in(a_stranger()).get(address(ground.aino)).status_code == 404
    client = signed_in(ground.mikko)
    page = client.get(address(ground.aino))
    assert page.status_code == 200
    assert f"who_{ground.hers.pk}" not in page.content.decode()
    assert client.post(address(ground.aino), filled(ground)).status_code == 403


def test_the_ways_to_the_page(ground):
    for person, page in ((ground.aino, reverse("me")), (ground.laura, reverse("people", args=[ground.region.slug]))):
        assert address(ground.aino) in signed_in(person).get(page).content.decode()


def test_as_many_queries_for_two_things_as_for_many(ground, django_assert_max_num_queries):
    a_trial(ground.region)
    for number in range(12):
        one = a_distributor(ground.region, ground.aino, f"Tupa {number} ry")
        partners.name_contact(one, ground.aino, ground.aino.email, ground.aino.name)
        notes.leave_note(ground.region, ("partner", one.pk), ground.mikko, f"Asia {number}", "region", ground.aino)
    client = signed_in(ground.aino)
    client.get(address(ground.aino))
    with django_assert_max_num_queries(45):
        client.get(address(ground.aino))
