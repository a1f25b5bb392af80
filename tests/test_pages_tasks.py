"""Does each person see what waits for them, Kaikukeskus its queue and the country, and nobody anything else?"""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from viewflow.workflow.models import Task

from adoption import partners
from adoption.days import due_again
from adoption.models import Municipality, Partner, Person, Region, Responsibility
from adoption.people import end_responsibility, name_person
from adoption.templatetags.kaiku import weekday_day
from commitments import reviewing, signing
from commitments import services as commitments
from commitments.making import finish
from tests import papers
from tests.entries import lasting
from tests.meetings import a_meeting
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial, a_venue
from workflows import services
from workflows.arranging.inviting import Whom
from workflows.models import Meeting, OwnTask, Trial, TrialStep
from workflows.my_work.own_tasks import add_task
from workflows.my_work.snoozing import put_off
from workflows.overview import matrix, queue
from workflows.services import confirm_step, override_rule, reopen_step, save_evidence, skip_step
from workflows.tasks import work_of
from workflows.walk import Walk, a_pdf, begin, ready, walk
from workflows.yearly.own_days import next_known

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

ANSWERS = {
    "client_group": "Päihdekuntoutujia.",
    "most_in_tight": True,
    "why_most": "Useimmat elävät perusturvan varassa.",
}
# Looking, choosing what is shown, and small tasks of one's own.
FOR_EVERYBODY = (
    r'<form class="find.*?</form>|<nav class="gap-top" aria-labelledby="shown.*?</nav>'
    r'|<section class="section" aria-labelledby="own.*?</section>'
)
INTRODUCED = {"date": "2026-01-12", "place": "Teams", "attendees": 20}


def page(person: Person, path: str = "/", status: int = 200) -> str:
    """The page as the person sees it, in English."""
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def words(html: str) -> str:
    """What stands between the tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def mine(person: Person) -> list[str]:
    return [str(item.what) for item in work_of(person).mine]


def others(person: Person) -> list[tuple[str, set[str]]]:
    return [(str(item.what), set(item.sides)) for item in work_of(person).others]


def a_walk(until: str | None = None, slug: str = "kainuu", model: str = "2024") -> Walk:
    here = begin(a_region(slug), model, "walk")
    if until:
        walk(here, until)
    return here


def due_in(here: Walk, key: str, days: int) -> None:
    TrialStep.objects.filter(trial=here.trial, key=key).update(due=localdate() + timedelta(days=days))


def trials_of_one_municipality(region: Region, numbers: range) -> None:
    """So many trials of the region, each of one municipality."""
    for municipality in Municipality.objects.order_by("pk")[numbers.start : numbers.stop]:
        a_trial(region, municipalities=[municipality])


# -- my tasks: whose turn it is ---------------------------------------------------------------------------------------


def test_the_entries_of_the_first_step_are_the_pairs_to_write_and_then_kaikukeskus_confirms():
    here = a_walk()
    assert mine(here.aino) == ["Fill in step 1: Introductory event"] == mine(here.mikko)
    save_evidence(here.trial, "intro_event", here.aino, INTRODUCED, 0)
    assert mine(here.aino) == []
    assert others(here.aino) == [("Confirm step 1: Introductory event", {"kaikukeskus"})]


def test_the_training_waits_for_kaikukeskus_until_it_has_been_entered():
    here = a_walk("local_pair")
    [(what, sides)] = others(here.aino)
    assert ("training" in what, sides) == (True, {"kaikukeskus"})
    here.record("pair_training", {"date": "2026-02-01", "trainer": "Laura Mäkelä"}, here.laura)
    assert mine(here.aino) == ["Confirm step 3: Kaikukeskus's training for the pair"] == mine(here.mikko)


def test_after_a_half_confirmation_it_is_the_other_sides_turn_alone():
    here = a_walk("local_pair")
    here.record("pair_training", {"date": "2026-02-01", "trainer": "Laura Mäkelä"}, here.laura)
    confirm_step(here.trial, "pair_training", here.mikko)
    assert mine(here.mikko) == []
    assert others(here.mikko) == [("Confirm step 3: Kaikukeskus's training for the pair", {"culture"})]
    shown = words(page(here.aino))
    assert f"Hello {here.aino.given_name}, one thing waits for you" in shown
    assert f"Your confirmation is missing {here.mikko} confirmed" in shown


def test_late_stands_first_then_this_week_then_later():
    here = a_walk("commitments")
    due_in(here, "kaikukanta_users", 60)
    due_in(here, "print_comms", -5)
    due_in(here, "induction", 0)
    shown = words(page(here.aino))
    assert shown.index("Late 1 thing") < shown.index("This week 1 thing") < shown.index("Later 1 thing")
    assert "Late 5 days" in shown
    assert [key for key in ("7", "8", "6") if f"step {key}" in shown] == ["7", "8", "6"]
    next_thing = re.search(r'class="next-what">([^<]+)', page(here.aino))
    assert next_thing
    assert next_thing[1].startswith("Fill in step 7")


def test_a_reopened_step_is_not_late_by_the_plan_that_knew_nothing_of_it():
    here = a_walk("pair_training")
    due_in(here, "local_pair", -40)
    due_in(here, "pair_training", -30)
    reopen_step(here.trial, "pair_training", here.laura, "Uusi vastuuhenkilö ei ole saanut koulutusta.")
    [item] = [one for one in work_of(here.aino).mine if "training" in one.what]
    assert (item.due, item.days_late, item.state) == (None, 0, "again")


def test_a_late_step_that_is_skipped_and_reopened_is_as_late_as_it_was():
    here = a_walk("pair_training")
    due_in(here, "workshop", -9)
    skip_step(here.trial, "workshop", here.laura, "Pidettiin jo keväällä.")
    reopen_step(here.trial, "workshop", here.laura, "Ei pidettykään.")
    [item] = [one for one in work_of(here.aino).mine if "step 4" in one.what]
    assert (item.due, item.days_late) == (localdate() - timedelta(days=9), 9)
    [row] = matrix()
    assert row.is_late


def test_a_trial_is_called_by_its_real_years_once_they_are_known():
    here = a_walk("start_distribution")
    Trial.objects.filter(pk=here.trial.pk).update(
        planned_start=date(2031, 1, 1),
        planned_end=date(2032, 1, 1),
        started_on=date(2026, 3, 1),
        ends_on=date(2027, 3, 1),
    )
    assert str(Trial.objects.get()) == "Kainuu 2026–2027"
    work = work_of(here.aino)
    assert {item.where for item in work.mine + work.others if "trial" in item.where} == {"Kainuu, trial 2026–2027"}


def test_skipped_and_overridden_rules_are_not_asked_for():
    here = a_walk()
    override_rule(here.trial, "intro_event", "introduction_not_held", here.laura, "Pidetään myöhemmin.")
    assert mine(here.aino) == []
    skip_step(here.trial, "intro_event", here.laura, "Pidettiin jo keväällä.")
    assert [what for what, _sides in others(here.aino)] == ["Confirm step 2: Local pair or working group"]


def test_each_person_sees_only_the_own_regions():
    here = a_walk()
    there = a_walk(slug="ruotsi")
    assert {item.where.split(",")[0] for item in work_of(there.aino).mine} == {there.region.name_en}
    assert there.region.name_en not in page(here.aino)


def test_a_holder_of_one_municipality_sees_the_trials_that_include_it():
    region = a_region("pohjois-savo")
    kuopio, iisalmi = (Municipality.objects.get(name_fi=name) for name in ("Kuopio", "Iisalmi"))
    a_trial(region, municipalities=[kuopio])
    laura = a_kaikukeskus_person()
    venla = name_person(region, "culture", "venla@example.org", "Venla Aho", laura, kuopio).person
    eino = name_person(region, "culture", "eino@example.org", "Eino Lahti", laura, iisalmi).person
    assert len(mine(venla)) == 1
    assert work_of(eino) == ([], [])


def test_tasks_move_with_the_responsibility_at_once():
    here = a_walk()
    new = name_person(here.region, "culture", "venla@example.org", "Venla Aho", here.laura).person
    assert mine(new) == mine(here.aino) != []
    end_responsibility(Responsibility.objects.get(person=here.aino), here.laura)
    assert work_of(here.aino) == ([], [])
    assert "Nobody has named you" in page(here.aino)


def test_a_substitute_sees_the_sides_tasks():
    here = a_walk()
    riitta = name_person(here.region, "care", "riitta@example.org", "Riitta Kallio", here.mikko, substitute=True).person
    assert mine(riitta) == mine(here.mikko) != []


def test_the_working_group_sees_the_same_without_anything_to_do():
    here = a_walk("commitments")
    reetta = name_person(here.region, "group", "reetta@example.org", "Reetta Ryhmä", here.mikko).person
    shown = re.sub(FOR_EVERYBODY, "", page(reetta), flags=re.DOTALL)
    assert "step 7" in words(shown)
    assert 'class="next"' not in shown
    assert 'class="btn' not in shown
    assert "you can follow here how it goes" in shown


def test_one_person_of_several_regions_sees_them_in_one_list():
    here = a_walk()
    there = a_walk(slug="ruotsi")
    name_person(there.region, "care", here.mikko.email, "", there.laura)
    assert {item.where.split(",")[0] for item in work_of(here.mikko).mine} == {"Kainuu", there.region.name_en}


# -- my tasks: partners, commitments, the year ------------------------------------------------------------------------


def test_kaikukeskuss_question_is_the_care_sides_to_answer():
    region = a_region()
    aino, mikko = a_pair(region)
    partner = a_distributor(region, mikko)
    partners.request_clearance(partner, mikko, ANSWERS)
    assert others(mikko) == [(f"Clearance of {partner}", {"kaikukeskus"})]
    partners.want_more(partner, a_kaikukeskus_person(), "Kuinka moni?")
    assert mine(mikko) == [f"Answer Kaikukeskus's question: {partner}"]
    assert others(aino) == [(f"Answer Kaikukeskus's question: {partner}", {"care"})]
    partners.answer_question(partner, mikko, "Kuusikymmentä.")
    assert mine(mikko) == []


def test_a_commitment_is_checked_then_sent_then_waits_for_those_who_sign():
    region = a_region()
    aino, _mikko = a_pair(region)
    venue = a_venue(region, aino)
    draft = papers.draft_partner_commitment(venue, aino)
    assert mine(aino) == [f"Check: Partnership commitment, {venue}"]
    rows = {p.pk: {"signatory_name": f"Nimi {p.pk}"} for p in draft.parties.all() if not p.signatory_name}
    draft = papers.change_draft(draft, aino, rows)
    commitments.check(draft, aino, draft.edition.manifest_sha256)
    assert mine(aino) == [f"Send to be signed: Partnership commitment, {venue}"]
    commitments.send(draft, aino)  # nobody has an address: the pair gets the signatures
    assert mine(aino) == [f"Help the signing on: Partnership commitment, {venue}"]
    partner = draft.parties.get(role="partner")
    signing.ask_anew(draft, aino, partner.pk, partner.signatory_name, "", "toimi@example.org")
    assert mine(aino) == []
    assert others(aino) == [(f"Signatures: Partnership commitment, {venue}", {"parties"})]


def test_a_committed_partner_without_contact_person_waits_for_its_own_side():
    here = a_walk("commitments")
    venue = here.region.partners.get(role="venue")
    Partner.objects.filter(pk=venue.pk).update(contact=None)
    assert f"Name a contact person: {venue}" in mine(here.aino)
    assert f"Name a contact person: {venue}" not in mine(here.mikko)


def test_the_feedback_meeting_stands_there_a_month_before_and_late_after():
    here = a_walk("start_distribution")
    wanted = "Hold the feedback meeting: Kainuu"
    assert wanted not in mine(here.aino)
    Trial.objects.filter(pk=here.trial.pk).update(started_on=localdate() - timedelta(days=340))
    assert wanted in mine(here.aino)
    Trial.objects.filter(pk=here.trial.pk).update(started_on=localdate() - timedelta(days=400))
    assert work_of(here.mikko).mine[0].what == wanted
    assert work_of(here.mikko).mine[0].days_late > 0


# -- my tasks: others, and nothing to do ------------------------------------------------------------------------------


def test_with_nothing_to_do_the_page_says_what_comes_next():
    here = a_walk("local_pair")
    shown = words(page(here.aino))
    assert f"Hello {here.aino.given_name}, nothing waits for you" in shown
    assert "The next due date that is known is" in shown
    assert "See where Kainuu is on the path" in shown
    assert 'class="next"' not in page(here.aino)


def test_in_lasting_use_the_next_thing_is_the_feedback_meeting():
    here = a_walk("decision")
    Partner.objects.update(induction_on=localdate())  # not nearer, whatever the weekday
    assert "feedback meeting, Kainuu" in words(page(here.aino))


def test_the_next_day_is_the_nearest_of_all_that_is_the_persons_own():
    here = a_walk("decision")
    inducted = localdate() - timedelta(days=200)
    Partner.objects.update(induction_on=localdate())
    Partner.objects.filter(region=here.region, role="venue").update(induction_on=inducted)
    said = f"The next due date that is known is {weekday_day(due_again(inducted))}: the yearly induction of the venues"
    assert words(said) in words(page(here.aino))
    assert "feedback meeting, Kainuu" in words(page(here.mikko))
    a_meeting(here, [Whom(here.mikko)], days=3)
    Meeting.objects.update(state="fixed", starts_at=now() + timedelta(days=40))
    assert words(f"is {weekday_day(localdate() + timedelta(days=40))}, a meeting:") in words(page(here.mikko))


def test_with_something_put_off_not_everything_is_done():
    here = a_walk("local_pair")
    TrialStep.objects.filter(closed_at=None).update(due=localdate() + timedelta(days=90))
    task = add_task(here.aino, "Soita kirjastoon", localdate() + timedelta(days=4))
    back = localdate() + timedelta(days=2)
    put_off(here.aino, f"own-{task.pk}", back)
    shown = words(page(here.aino))
    assert f"Hello {here.aino.given_name}, nothing waits for you today" in shown
    said = f"Nothing waits today Put off: 1 . The next one is back on {weekday_day(back)}: Soita kirjastoon"
    assert words(said) in shown
    assert words(f"The next due date that is known is {weekday_day(task.due)}: “Soita kirjastoon”") in shown
    assert "Everything is done" not in shown
    OwnTask.objects.update(due=localdate() - timedelta(days=9))
    put_off(here.aino, f"own-{task.pk}", back)
    shown = words(page(here.aino))
    assert words(f"Soita kirjastoon . The due date was {weekday_day(localdate() - timedelta(days=9))}.") in shown


def test_what_one_has_confirmed_is_no_next_thing_of_ones_own():
    here = a_walk("workshop")
    TrialStep.objects.filter(trial=here.trial, closed_at=None).exclude(key="decision").update(confirmed={"culture": {}})
    assert next_known(here.aino, []).what.startswith("Decision")
    assert not next_known(here.mikko, []).what.startswith("Decision")


def test_the_next_day_takes_the_same_number_of_queries_in_one_region_and_in_three(django_assert_num_queries):
    laura = a_kaikukeskus_person()
    region = a_region()
    aino, _mikko = a_pair(region)
    lasting(region, laura)
    with CaptureQueriesContext(connection) as first:
        assert "feedback meeting" in next_known(aino, []).what
    for slug in ("lappi", "ruotsi"):
        other = a_region(slug)
        name_person(other, "culture", aino.email, aino.name, laura)
        lasting(other, laura)
    with django_assert_num_queries(len(first)):
        assert next_known(aino, [])
    assert len(first) <= 15


def test_a_partners_contact_sees_the_own_partner_and_whom_to_call():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner = a_distributor(region, mikko)
    other = a_venue(region, mikko)
    shown = words(page(partner.contact))
    assert str(partner) in shown
    assert mikko.email in shown
    assert str(other) not in shown


def test_whoever_is_responsible_for_nothing_reads_so():
    shown = words(page(a_stranger()))
    assert "You are responsible for no region at present" in shown
    assert "Kainuu" not in shown


def test_kaikukeskus_is_led_to_its_queue():
    client = Client()
    client.force_login(a_kaikukeskus_person())
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/queue/")


@pytest.mark.parametrize("path", ["/", "/queue/", "/regions/", "/help/steps/"])
def test_a_post_has_nothing_to_do_there(path):
    client = Client()
    client.force_login(a_kaikukeskus_person())
    assert client.post(path).status_code == 405


def test_the_numbers_of_queries_are_the_same_at_10_and_at_200_tasks(django_assert_num_queries):
    region, elsewhere = a_region(), a_region("ruotsi")
    aino, _mikko = a_pair(region)
    laura = a_kaikukeskus_person()
    clients = {person.pk: Client() for person in (aino, laura)}
    for person in (aino, laura):
        clients[person.pk].force_login(person)
    trials_of_one_municipality(elsewhere, range(200, 210))
    for numbers, waiting in ((range(10), 10), (range(10, 200), 200)):
        trials_of_one_municipality(region, numbers)
        with django_assert_num_queries(25):
            answer = clients[aino.pk].get("/")
        assert answer.context["page"].paginator.count == waiting
        with django_assert_num_queries(31):
            answer = clients[laura.pk].get("/queue/")
        assert answer.context["page"].paginator.count == waiting + 10
        with django_assert_num_queries(8):
            clients[aino.pk].get("/regions/")
    assert len(clients[aino.pk].get("/").context["page"]) == 50
    assert len(clients[aino.pk].get("/?page=4").context["page"]) == 50
    assert clients[aino.pk].get("/?page=nonsense").status_code == 200


def test_the_numbers_of_queries_do_not_grow_with_partners_and_commitments(django_assert_num_queries):
    region = a_region()
    aino, mikko = a_pair(region)
    mine_now, queue_now = Client(), Client()
    mine_now.force_login(mikko)
    queue_now.force_login(a_kaikukeskus_person())
    for numbers in (range(2), range(2, 8)):
        for number in numbers:
            partner = a_distributor(region, mikko, f"Tupa {number} ry")
            partners.request_clearance(partner, mikko, ANSWERS)
            if number % 2:
                partners.want_more(partner, a_kaikukeskus_person(), "Kuinka moni?")
            papers.draft_partner_commitment(a_venue(region, aino, f"Sali {number}"), aino)
        with django_assert_num_queries(29):
            mine_now.get("/")
        with django_assert_num_queries(24):
            queue_now.get("/queue/")


# -- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_is_kaikukeskuss_own():
    here = a_walk()
    page(here.aino, "/queue/", status=404)


def test_the_queue_has_everything_that_waits_the_oldest_first():
    here = a_walk("workshop")
    there = a_walk("local_pair", "ruotsi")
    asked = next(p for p in here.partners() if p.is_distributor)
    partners.request_clearance(asked, here.mikko)
    Partner.objects.filter(pk=asked.pk).update(asked_at=now() - timedelta(days=9))
    draft = ready(services.draft_for_trial(here.trial, here.aino), here.aino)
    others_sign(draft, here.mikko)
    Task.objects.filter(process__trial=there.trial).update(created=now() - timedelta(days=3))
    assert [(str(one.kind), one.days, one.is_late) for one in queue()] == [
        ("New distributor", 9, True),
        ("Training to enter", 3, False),
        ("Signature", 0, False),
    ]
    shown = page(here.laura, "/queue/")
    assert re.search(r"Begin with the oldest, which has waited .+: .+ \(Kainuu", shown)
    assert reverse("commitment_copy", args=["kainuu", draft.pk]) in shown
    assert reverse("step", args=["ruotsi", there.trial.pk, "pair_training"]) in shown
    assert "neljä viidestä" in shown
    assert shown.count("<details open>") == 1


def others_sign(draft, by: Person) -> None:
    """Every party has signed but Kaikukeskus."""
    rows = [p for p in draft.parties.all() if p.role != "kaikukeskus"]
    signed = [commitments.Signature(p.pk, p.signatory_name, localdate()) for p in rows]
    reviewing.record_copy(draft, by, a_pdf(), "sopimus.pdf", signed)


def test_a_commitment_waits_for_kaikukeskus_only_when_all_others_have_signed():
    here = a_walk("workshop")
    draft = ready(services.draft_for_trial(here.trial, here.aino), here.aino)
    assert queue() == []
    others_sign(draft, here.mikko)
    assert [one.title for one in queue()] == ["Cooperation commitment, Kainuu"]
    assert others(here.aino)[0][1] == {"kaikukeskus"}


def test_a_commitment_signed_all_at_once_waits_for_kaikukeskus_from_the_sending_on(worker):
    here = a_walk("workshop")
    draft = finish(services.draft_for_trial(here.trial, here.aino))
    names = {party.pk: {"signatory_name": f"Johtaja {party.position}"} for party in draft.parties.all()}
    draft = papers.change_draft(draft, here.laura, names, in_turn=False)
    commitments.check(draft, here.aino, draft.edition.manifest_sha256)
    worker.run()
    mail.outbox.clear()
    Person.objects.update(language="en")
    draft = commitments.send(draft, here.aino)
    worker.run()
    assert [letter.to for letter in mail.outbox if "Kaikukeskus" in letter.subject] == [[here.laura.email]]
    with time_machine.travel(now() + timedelta(days=2)):
        [one] = queue()
        assert (one.title, one.days) == ("Cooperation commitment, Kainuu", 2)
        assert one.note == "0 of 9 others have signed. All at once, in any order."
        others_sign(draft, here.mikko)
        [one] = queue()
        assert (one.days, "last" in one.note) == (2, False)
    shown = page(here.aino, draft.get_absolute_url())
    assert "All others have signed: it waits for Kaikukeskus." in shown
    assert "signs last" not in shown
    worker.run()
    assert len([letter for letter in mail.outbox if "Kaikukeskus" in letter.subject]) == 1


def test_the_button_of_the_queue_leads_to_what_the_words_beside_it_say():
    here = a_walk("local_pair")
    asked = a_distributor(here.region, here.mikko)
    Task.objects.filter(process__trial=here.trial).update(created=now() - timedelta(days=3))
    partners.request_clearance(asked, here.mikko, ANSWERS)
    client = Client()
    client.force_login(here.laura)
    Person.objects.update(language="en")

    def leads() -> tuple[str, str]:
        body = client.get("/queue/").content.decode()
        [panel] = re.findall(r'<div class="next">(.*?)</div>', body, re.DOTALL)
        [button] = re.findall(r'<a class="btn" href="([^"]*)">(.*?)</a>', panel, re.DOTALL)
        return button[0], re.sub(r"<[^>]+>", "", button[1])

    training = reverse("step", args=["kainuu", here.trial.pk, "pair_training"])
    href, words = leads()
    assert (href, words.startswith("Enter the training: Step 3")) == (training, True)
    Partner.objects.filter(pk=asked.pk).update(asked_at=now() - timedelta(days=9))
    assert leads() == ("#decide", f"To the decision: {asked}")


def test_a_refused_decision_read_in_another_language_is_the_queue_with_it_open():
    region = a_region()
    _aino, mikko = a_pair(region)
    client = Client()
    client.force_login(a_kaikukeskus_person())
    first, second = (a_distributor(region, mikko, name) for name in ("Ensimmäinen ry", "Toinen ry"))
    for partner in (first, second):
        partners.request_clearance(partner, mikko, ANSWERS)
    address = reverse("queue_decide", args=[second.pk])
    assert client.post(address, {"decision": "more", "message": ""}).status_code == 422
    answer = client.post(reverse("set_language"), {"language": "sv", "next": address}, follow=True)
    assert answer.redirect_chain[-1] == (f"/queue/?open={second.pk}", 302)
    assert answer.context["open"].partner == second
    stranger = Client()
    stranger.force_login(mikko)
    assert stranger.get(address).status_code == 404


def test_a_request_is_decided_in_place_and_the_next_one_is_open():
    region = a_region()
    _aino, mikko = a_pair(region)
    laura = a_kaikukeskus_person()
    first, second = (a_distributor(region, mikko, name) for name in ("Ensimmäinen ry", "Toinen ry"))
    for partner in (first, second):
        partners.request_clearance(partner, mikko, ANSWERS)
    client = Client()
    client.force_login(laura)
    address = reverse("queue_decide", args=[first.pk])
    answer = client.post(address, {"decision": "clear", "message": ""}, follow=True)
    assert answer.redirect_chain == [("/queue/", 302)]
    assert Partner.objects.get(pk=first.pk).state == Partner.State.CLEARED
    assert [one.partner for one in queue()] == [second]
    refused = client.post(reverse("queue_decide", args=[second.pk]), {"decision": "more", "message": ""})
    assert refused.status_code == 422
    body = refused.content.decode()
    assert '<div class="error-summary"' in body
    [opened] = re.findall(r'<details class="more" name="decide" open>(.*?)</details>', body, re.DOTALL)
    assert 'name="decision" value="more"' in opened
    again = client.post(reverse("queue_decide", args=[first.pk]), {"decision": "clear", "message": ""})
    assert again.status_code == 422  # cleared already: said on top of the queue
    assert Partner.objects.get(pk=second.pk).state == Partner.State.ASKED


def test_question_and_answer_stand_with_the_request():
    region = a_region()
    _aino, mikko = a_pair(region)
    partner = a_distributor(region, mikko)
    partners.request_clearance(partner, mikko, ANSWERS)
    partners.want_more(partner, a_kaikukeskus_person(), "Kuinka moni tulee toisesta kunnasta?")
    partners.answer_question(partner, mikko, "Noin <viisi> sadasta.")
    shown = page(a_kaikukeskus_person(), "/queue/")
    assert shown.index("Kuinka moni tulee toisesta kunnasta?") < shown.index("Noin &lt;viisi&gt; sadasta.")
    assert "More information has come" in shown


def test_the_second_step_says_which_side_is_not_named():
    region = a_region()
    trial = a_trial(region)
    laura = a_kaikukeskus_person()
    skip_step(trial, "intro_event", laura, "Pidettiin jo keväällä.")
    name_person(region, "culture", "aino@example.org", "Aino Virtanen", laura)
    [one] = queue()
    assert one.missing == ["A responsible person of the care side"]


def test_an_empty_queue_says_so():
    a_region()
    shown = words(page(a_kaikukeskus_person(), "/queue/"))
    assert "Nothing waits for your decision" in shown
    assert "No trial is open yet" in shown


# -- regions × ten steps ----------------------------------------------------------------------------------------------


def states(here: Walk) -> list[str]:
    [row] = [row for row in matrix() if row.trial == here.trial]
    return [cell.state for cell in row.cells]


def test_each_state_has_its_cell():
    here = a_walk("commitments")
    skip_step(here.trial, "kaikukanta_users", here.laura, "Tunnukset on jo.")
    due_in(here, "print_comms", -1)
    assert states(here) == ["done"] * 5 + ["skip", "late", "open", "ahead", "ahead"]
    reopen_step(here.trial, "workshop", here.laura, "Uusi kunta tuli mukaan.")
    for partner in here.partners():
        partners.record_induction(partner, here.mikko, localdate(), "event")
    confirm_step(here.trial, "induction", here.mikko)
    assert states(here) == ["done"] * 3 + ["again", "done", "skip", "late", "half", "ahead", "ahead"]


def test_the_oldest_of_one_day_is_the_one_that_came_first_whatever_its_name():
    region, other = a_region("kainuu"), a_region("lappi")
    for place in (region, other):
        a_pair(place)
    first, second = a_trial(region), a_trial(other)
    noon = localtime().replace(hour=12)
    for trial, minutes in ((first, 5), (second, 15)):
        Task.objects.filter(process=trial.process_id).update(created=noon - timedelta(minutes=minutes))
    assert [one.where for one in queue()] == [str(second), str(first)]


def test_all_open_steps_stand_in_the_situation_and_the_late_by_their_days():
    here = a_walk("commitments")
    [row] = matrix()
    assert row.situation == "Steps 6, 7 and 8, open since today"
    due_in(here, "print_comms", -9)
    [row] = matrix()
    assert row.situation == "Step 7, 9 days late"


def test_what_has_no_day_stands_apart_from_this_week():
    here = a_walk("pair_training")
    due_in(here, "pair_training", -30)
    reopen_step(here.trial, "pair_training", here.laura, "Uusi vastuuhenkilö ei ole saanut koulutusta.")
    shown = words(page(here.aino))
    assert "As soon as you can 1 thing" in shown


def test_the_late_stand_first_and_those_longest_in_place_before_others():
    here, there, far = a_walk("local_pair"), a_walk("local_pair", "ruotsi"), a_walk("local_pair", "lappi")
    for walked, days in ((here, 2), (there, 30), (far, 20)):
        Task.objects.filter(process__trial=walked.trial).update(
            created=localtime().replace(hour=10) - timedelta(days=days)
        )  # whatever the clock's season
    due_in(here, "pair_training", -1)
    rows = matrix()
    assert [row.trial.region.slug for row in rows] == ["kainuu", "ruotsi", "lappi"]
    assert [row.situation for row in rows] == [
        "Step 3, 1 day late", "Step 3, open for 30 days", "Step 3, open for 20 days",
    ]  # fmt: skip


def test_a_region_that_went_on_stays_with_its_next_feedback_meeting():
    here = a_walk("decision")
    [row] = matrix()
    assert (row.situation, row.meeting_is_late) == ("In lasting use", False)
    Trial.objects.filter(pk=here.trial.pk).update(decided="stop")
    assert matrix() == []


def test_every_cell_has_its_word_and_the_legend_stands_above():
    a_walk("local_pair")
    shown = page(a_kaikukeskus_person(), "/queue/")
    assert shown.count('<span class="hidden">not yet</span>') == 7
    assert shown.index('class="legend"') < shown.index("<table")


def test_trials_of_one_region_are_told_apart_by_their_municipalities():
    region = a_region("pohjois-savo")
    for name in ("Kuopio", "Iisalmi"):
        a_trial(region, municipalities=[Municipality.objects.get(name_fi=name)])
    assert sorted(row.places for row in matrix()) == [["Iisalmi"], ["Kuopio"]]


# -- all regions ------------------------------------------------------------------------------------------------------


def test_kaikukeskus_sees_all_regions_and_may_add_one():
    a_region()
    shown = page(a_kaikukeskus_person(), "/regions/")
    assert all(region.get_absolute_url() in shown for region in Region.objects.all())
    assert reverse("region_new") in shown
    assert "Kaikukortti is in use in 60 municipalities. It is coming to 41 more." in words(shown)


def test_others_see_their_own_and_add_none():
    aino, _mikko = a_pair(a_region())
    shown = page(aino, "/regions/")
    assert "Kainuu" in shown
    assert "Tampere" not in shown
    assert reverse("region_new") not in shown
    assert "No region is yours at present" in page(a_stranger(), "/regions/")


def test_what_a_reader_sees_of_the_country_is_not_told_for_the_whole():
    region = a_region()
    aino, mikko = a_pair(region)
    shown = words(page(aino, "/regions/"))
    assert "In your regions Kaikukortti is in use in 8 municipalities." in shown
    contact = a_distributor(region, mikko).contact
    for person in (contact, a_stranger()):
        assert "Kaikukortti is in use in" not in page(person, "/regions/")
    assert "You are the contact person of a partner" in page(contact, "/regions/")


def test_what_is_not_known_of_haaparanta_is_said():
    a_region()
    shown = words(page(a_kaikukeskus_person(), "/regions/"))
    assert re.search(r"Haparanda Trial: none .{0,80}Residents: not known", shown)


def test_a_phase_is_chosen_and_a_wrong_one_shows_all():
    here = a_walk("start_distribution")
    shown = page(here.laura, "/regions/?phase=trial")
    table = shown[shown.index("<table") : shown.index("</table>")]
    assert "Kajaani" in table
    assert "Tampere" not in table
    assert "No municipality is in this phase" in page(here.laura, "/regions/?phase=paused")
    assert "Tampere" in page(here.laura, "/regions/?phase=<script>")


# -- the ten steps in words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "title"), [("", "Users in Kaikukanta"), ("?model=2023", "Seeing to the local statistics")]
)
def test_the_help_shows_each_published_model_with_its_sources(query, title):
    shown = page(a_stranger(), f"/help/steps/{query}")
    assert title in shown
    assert "Järjestävät palautekokouksen (vähintään kerran vuodessa)" in shown
    assert "Kaikukeskus&#x27;s slides 2024" in shown
    assert shown.count("<h2") == 11


# -- in the browser ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_are_accessible_and_the_queue_works_by_keyboard(new_page, axe, live_server, width):
    here = a_walk("workshop")
    for partner in here.partners():
        if partner.is_distributor:
            partners.request_clearance(partner, here.mikko)
    for person, paths in (
        (here.laura, ["/queue/", "/regions/", "/help/steps/"]),
        (here.aino, ["/"]),
        (a_stranger(), ["/"]),
    ):
        opened = new_page(width=width)
        opened.context.add_cookies([session_of(person, live_server.url)])
        for path in paths:
            opened.goto(path)
            assert axe(opened) == []
            assert opened.evaluate("document.documentElement.scrollWidth") <= width
            if path == "/queue/":
                assert decided_by_keyboard(opened, here)


def session_of(person: Person, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


def decided_by_keyboard(opened, here: Walk) -> bool:
    """The first request is cleared, and the second is opened, without a mouse."""
    opened.locator(".queue .entry").nth(1).focus()
    with opened.expect_navigation(url="**/queue/?open=*"):
        opened.keyboard.press("Enter")
    opened.locator(".decide summary").first.focus()
    opened.keyboard.press("Enter")
    opened.locator(".decide details[open] button").first.focus()
    with opened.expect_navigation(url="**/queue/"):
        opened.keyboard.press("Enter")
    return here.region.partners.filter(state=Partner.State.CLEARED).count() == 1
