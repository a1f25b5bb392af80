"""What does one keep on the own list: small tasks, what is put off, filters; and who else can do what stands there?"""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate, now

from adoption import partners
from adoption.models import Mail, Partner, Person
from adoption.people import name_person
from adoption.refusal import Refused
from tests import trials
from tests.mornings import A_MONDAY, a_morning, at
from tests.people import a_distributor, a_kaikukeskus_person, a_region, a_stranger, a_venue
from tests.test_pages_tasks import ANSWERS, a_walk, due_in, page, trials_of_one_municipality, words
from workflows.models import OwnTask, Reminder, SavedFilter, Snooze, TrialStep
from workflows.my_work import filters
from workflows.my_work.filters import Wanted, kind_of, remove_filter, save_filter, saved_by, show_first
from workflows.my_work.own_tasks import LATELY, add_task, change_task, finish_task, take_back
from workflows.my_work.snoozing import bring_back, put_off
from workflows.my_work.telling import tell, write_told
from workflows.my_work.whole import whole_of
from workflows.my_work.why import who_else, why_seen
from workflows.services import confirm_step
from workflows.tasks import work_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

DAY = timedelta(days=1)


def waiting(person: Person) -> list[str]:
    return [item.what for item in whole_of(person).mine]


def key_of(person: Person, begins: str) -> str:
    """The key of the one thing in the person's work that begins so."""
    whole = whole_of(person)
    everything = [*whole.mine, *(one.item for one in whole.put_off), *whole.others]
    [key] = [item.key for item in everything if item.what.startswith(begins)]
    return key


def post(person: Person, path: str, **sent: object):
    client = Client()
    client.force_login(person)
    return client.post(path, sent)


# -- own tasks --------------------------------------------------------------------------------------------------------


def test_an_own_task_stands_among_the_others_until_it_is_done(aino, mikko, region):
    task = add_task(aino, "Soita painoon", localdate() - DAY, region)
    assert waiting(aino) == ["Soita painoon"]
    assert (whole_of(aino).mine[0].days_late, whole_of(aino).mine[0].where) == (1, region.name)
    assert waiting(mikko) == []
    change_task(task, aino, "Soita painoon taas", None, None)
    assert (waiting(aino), whole_of(aino).mine[0].days_late) == (["Soita painoon taas"], 0)
    finish_task(task, aino)
    assert (waiting(aino), whole_of(aino).done) == ([], [task])
    take_back(task, aino)
    assert (waiting(aino), whole_of(aino).done) == (["Soita painoon taas"], [])


def test_the_second_press_is_refused_in_words(aino):
    task = add_task(aino, "Soita painoon")
    finish_task(task, aino)
    for act in (lambda: finish_task(task, aino), lambda: change_task(task, aino, "Muu", None, None)):
        with pytest.raises(Refused, match="done already"):
            act()
    take_back(task, aino)
    with pytest.raises(Refused, match="open already"):
        take_back(task, aino)


def test_what_was_done_long_ago_is_gone_from_the_page(aino):
    task = finish_task(add_task(aino, "Soita painoon"), aino)
    OwnTask.objects.filter(pk=task.pk).update(done_at=now() - LATELY - DAY)
    assert whole_of(aino).done == []


def test_a_task_is_about_a_region_that_one_reads(aino):
    with pytest.raises(Refused, match="region of yours"):
        add_task(aino, "Soita", None, a_region("lappi"))
    task = add_task(aino, "Soita")
    with pytest.raises(Refused, match="region of yours"):
        change_task(task, aino, "Soita", None, a_region("lappi"))


def test_the_list_has_an_end(aino, monkeypatch):
    monkeypatch.setattr("workflows.my_work.own_tasks.MOST", 2)
    add_task(aino, "1")
    done = add_task(aino, "2")
    with pytest.raises(Refused, match="2 own tasks open"):
        add_task(aino, "3")
    finish_task(done, aino)
    add_task(aino, "3")


def test_of_a_given_task_only_the_day_is_changed(aino, mikko, region):
    task = OwnTask.objects.create(person=aino, made_by=mikko, text="Tilaa kortit", region=region)
    changed = change_task(task, aino, "En tilaa", localdate() + DAY, None)
    assert (changed.text, changed.region, changed.due) == ("Tilaa kortit", region, localdate() + DAY)
    assert f"given by {mikko}" in words(page(aino))
    assert why_seen(aino, whole_of(aino).mine[0])[0].startswith(f"{mikko} gave it to you")


def test_the_pages_of_own_tasks(aino, mikko):
    assert post(aino, reverse("own_task_new"), text="Soita painoon", due="5.3.2031").url == "/"
    task = OwnTask.objects.get()
    assert (task.person, task.made_by, task.due.isoformat()) == (aino, aino, "2031-03-05")
    shown = page(aino)
    assert "Soita painoon" in shown
    assert f'action="{task.get_absolute_url()}done/"' in shown
    answer = post(aino, reverse("own_task_new"), text="", due="31.2.2031")
    assert (answer.status_code, b"31.2.2031" in answer.content) == (422, True)
    assert post(aino, reverse("own_task", args=[task.pk]), text="Soita", due="").url == "/"
    assert post(aino, reverse("own_task_done", args=[task.pk])).url == "/"
    assert post(aino, reverse("own_task_done", args=[task.pk])).status_code == 422
    assert "Done lately of your own tasks: 1" in words(page(aino))
    assert "It was done on" in page(aino, task.get_absolute_url())
    assert post(aino, reverse("own_task_undo", args=[task.pk])).url == "/"
    for person in (mikko, a_kaikukeskus_person(), a_stranger()):
        for name in ("own_task", "own_task_done", "own_task_undo"):
            assert post(person, reverse(name, args=[task.pk]), text="Minun").status_code == 404
        assert post(person, reverse("work_item", args=[f"own-{task.pk}"]), act="back").status_code == 404
    assert OwnTask.objects.get().text == "Soita"


def test_kaikukeskus_and_who_answers_for_nothing_keep_own_tasks_too(region):
    laura, sirpa = a_kaikukeskus_person(), a_stranger()
    for person, where in ((laura, "/queue/"), (sirpa, "/")):
        add_task(person, "Soita Kajaaniin")
        assert "Soita Kajaaniin" in page(person, where)


# -- putting off ------------------------------------------------------------------------------------------------------


def test_what_is_put_off_is_hidden_from_oneself_until_the_day(aino, mikko):
    here = a_walk(slug="kainuu")
    what, key = "Fill in step 1: Introductory event", key_of(here.aino, "Fill in step 1")
    put_off(here.aino, key, localdate() + 7 * DAY, "Odotan salia")
    [snoozed] = whole_of(here.aino).put_off
    assert (waiting(here.aino), snoozed.item.what, snoozed.note) == ([], what, "Odotan salia")
    assert what in waiting(here.mikko)
    with time_machine.travel(now() + 6 * DAY):
        assert waiting(here.aino) == []
    with time_machine.travel(now() + 7 * DAY):
        assert (waiting(here.aino), whole_of(here.aino).put_off) == ([what], [])


def test_it_comes_back_when_it_has_changed():
    here = a_walk("local_pair")
    here.record("pair_training", {"date": "2026-02-01", "trainer": "Laura Mäkelä"}, here.laura)
    put_off(here.aino, key_of(here.aino, "Confirm step 3"), localdate() + 30 * DAY)
    assert waiting(here.aino) == []
    confirm_step(here.trial, "pair_training", here.mikko)
    assert waiting(here.aino) == ["Confirm step 3: Kaikukeskus's training for the pair"]


def test_it_comes_back_when_its_day_is_moved():
    here = a_walk()
    put_off(here.aino, key_of(here.aino, "Fill in step 1"), localdate() + 30 * DAY)
    due_in(here, "intro_event", 9)
    assert len(waiting(here.aino)) == 1


def test_it_comes_back_when_it_becomes_late_but_what_is_late_already_may_wait():
    here = a_walk()
    due_in(here, "intro_event", 3)
    key = key_of(here.aino, "Fill in step 1")
    put_off(here.aino, key, localdate() + 30 * DAY)
    with time_machine.travel(now() + 3 * DAY):
        assert waiting(here.aino) == []
    with time_machine.travel(now() + 4 * DAY):
        assert len(waiting(here.aino)) == 1
        put_off(here.aino, key, localdate() + 2 * DAY)
        assert waiting(here.aino) == []


def test_a_new_question_about_the_same_partner_is_not_put_off(region, aino, mikko):
    partner = a_distributor(region, mikko)
    partners.request_clearance(partner, mikko, ANSWERS)
    partners.want_more(partner, a_kaikukeskus_person(), "Kuinka moni?")
    put_off(mikko, f"question-{partner.pk}", localdate() + 30 * DAY)
    assert waiting(mikko) == []
    partners.answer_question(partner, mikko, "Kuusikymmentä.")
    partners.want_more(Partner.objects.get(), a_kaikukeskus_person(), "Entä miksi?")
    assert waiting(mikko) == [f"Answer Kaikukeskus's question: {partner}"]


def test_the_snooze_of_what_is_done_vanishes(aino):
    first, second = add_task(aino, "Soita"), add_task(aino, "Kirjoita")
    put_off(aino, f"own-{first.pk}", localdate() + DAY, "Huomenna")
    finish_task(first, aino)
    assert (waiting(aino), whole_of(aino).put_off) == (["Kirjoita"], [])
    put_off(aino, f"own-{second.pk}", localdate() + DAY)
    assert Snooze.objects.get().key == f"own-{second.pk}"


def test_what_cannot_be_put_off(aino, mikko):
    task = add_task(aino, "Soita")
    for until, said in ((localdate(), "ahead"), (localdate() + 400 * DAY, "more than a year")):
        with pytest.raises(Refused, match=said):
            put_off(aino, f"own-{task.pk}", until)
    with pytest.raises(Refused, match="no longer waits"):
        put_off(mikko, f"own-{task.pk}", localdate() + DAY)
    with pytest.raises(Refused, match="in your list already"):
        bring_back(aino, f"own-{task.pk}")


def test_the_page_of_one_thing_puts_off_and_brings_back():
    here = a_walk()
    path = reverse("work_item", args=[key_of(here.aino, "Fill in step 1")])
    assert path in page(here.aino)
    late = post(here.aino, path, act="snooze", until="1.1.2020", note="Odotan")
    assert (late.status_code, b"Odotan" in late.content) == (422, True)
    day = localdate() + 7 * DAY
    assert post(here.aino, path, act="snooze", until=day.isoformat(), note="Odotan salia").url == "/"
    shown = words(page(here.aino))
    assert "nothing waits for you" in shown
    assert "Put off: 1" in shown
    assert "Odotan salia" in shown
    assert "Put off: it comes back on" in page(here.aino, path)
    assert post(here.aino, path, act="back").url == "/"
    assert post(here.aino, path, act="back").status_code == 422
    assert "one thing waits for you" in words(page(here.aino))
    assert post(a_stranger(), path, act="back").status_code == 404


# -- why, and who else ------------------------------------------------------------------------------------------------


def test_the_page_says_why_and_who_else():
    here = a_walk()
    substitute = name_person(
        here.region, "care", "riitta@example.org", "Riitta Kallio", here.mikko, substitute=True
    ).person
    item = whole_of(here.aino).mine[0]
    assert [one.split(", since")[0] for one in why_seen(here.aino, item)] == [
        "You are a responsible person of the culture side in Kainuu", "It waits for: both sides.",
    ]  # fmt: skip
    assert [one.person for one in who_else(here.aino, item)] == [here.mikko, substitute]
    shown = words(page(here.aino, reverse("work_item", args=[item.key])))
    for said in (here.mikko.email, substitute.email, "It waits for: both sides."):
        assert said in shown


def test_of_a_step_that_each_side_confirms_only_the_own_side_can_do_the_own_part():
    here = trials.a_walk(until="pair_training")
    deputy = name_person(here.region, "culture", "d@example.org", "Dani Koski", here.aino, substitute=True).person
    [key] = [item.key for item in whole_of(here.aino).mine if item.each]
    assert [one.person for one in who_else(here.aino, whole_of(here.aino).find(key))] == [deputy]
    assert [one.person for one in who_else(deputy, whole_of(deputy).find(key))] == [here.aino]
    assert "Nobody else can do it at present." in words(page(here.mikko, reverse("work_item", args=[key])))
    with pytest.raises(Refused, match="cannot do it"):
        tell(here.aino, key, here.mikko)
    given = {"culture": {"by": here.aino.pk, "at": now().isoformat()}}
    TrialStep.objects.filter(trial=here.trial, key="workshop").update(confirmed=given)
    assert [one.person for one in who_else(here.aino, whole_of(here.aino).find(key))] == [here.mikko]


def test_of_a_partner_those_are_named_who_look_after_its_municipality(region, mikko):
    first, second = region.municipalities.order_by("pk")[:2]
    laura = a_kaikukeskus_person()
    own = name_person(region, "care", "oma@example.org", "Oma Hoitaja", laura, first).person
    name_person(region, "care", "muu@example.org", "Muu Hoitaja", laura, second)
    partner = a_distributor(region, mikko)
    partner.municipalities.set([first])
    partners.request_clearance(partner, mikko, ANSWERS)
    partners.want_more(partner, laura, "Kuinka moni?")
    [item] = whole_of(mikko).mine
    assert [one.person for one in who_else(mikko, item)] == [own]


def test_every_kind_of_item_has_a_key_that_says_its_kind_and_a_page(region, aino, mikko):
    here = trials.a_walk(until="commitments")
    name_person(here.region, "care", mikko.email, "", here.laura)
    a_venue(region, aino)
    partners.request_clearance(a_distributor(region, mikko), mikko, ANSWERS)
    Partner.objects.filter(pk=here.region.partners.filter(role="distributor")[0].pk).update(contact=None)
    add_task(mikko, "Soita")
    whole = whole_of(mikko)
    items = whole.mine + whole.others
    assert {kind_of(item) for item in items} >= {"step", "partner", "own"}
    assert len({item.key for item in items}) == len(items)
    [clearance] = [item for item in items if item.key.startswith("clearance")]
    assert (why_seen(mikko, clearance)[-1], who_else(mikko, clearance)) == ("It waits for: Kaikukeskus.", [])
    for item in items:
        assert item.what in words(page(mikko, reverse("work_item", args=[item.key]))).replace("&#x27;", "'")


# -- passing on -------------------------------------------------------------------------------------------------------


def test_another_is_asked_by_one_mail_a_day(worker):
    here = a_walk()
    key = key_of(here.aino, "Fill in step 1")
    path = reverse("work_item", args=[key])
    Person.objects.filter(pk=here.mikko.pk).update(language="sv")
    worker.run()
    mail.outbox.clear()
    assert post(here.aino, path, act="tell", to=here.mikko.pk).url == "/"
    worker.run()
    [sent] = mail.outbox
    assert sent.to == [here.mikko.email]
    assert sent.extra_headers["Content-Language"] == "sv"
    assert reverse("step", args=[here.region.slug, here.trial.pk, "intro_event"]) in sent.body
    again = post(here.aino, path, act="tell", to=here.mikko.pk)
    assert again.status_code == 422
    with time_machine.travel(now() + DAY):
        tell(here.aino, key, here.mikko)


def test_two_presses_before_the_worker_comes_are_one_mail(worker):
    here = a_walk()
    key = key_of(here.aino, "Fill in step 1")
    tell(here.aino, key, here.mikko)
    tell(here.aino, key, here.mikko)
    worker.run()
    assert Mail.objects.filter(key__startswith="passed:").count() == 1


def test_nobody_is_told_of_what_is_done_meanwhile(worker, aino, mikko):
    write_told(aino.pk, "step-1", mikko.pk, localdate().isoformat())
    assert not Mail.objects.filter(key__startswith="passed:").exists()


def test_only_who_can_do_it_is_asked(aino):
    here = a_walk()
    key = key_of(here.aino, "Fill in step 1")
    path = reverse("work_item", args=[key])
    for to in (a_stranger().pk, "", "x", 10**30):
        assert post(here.aino, path, act="tell", to=to).status_code == 422
    with translation.override("en"), pytest.raises(Refused, match="cannot do it"):
        tell(here.aino, key, a_stranger())
    with translation.override("en"), pytest.raises(Refused, match="no longer waits"):
        tell(here.aino, "step-0", here.mikko)


# -- filters ----------------------------------------------------------------------------------------------------------


def test_a_filter_shows_what_fits_and_says_how_much(aino, mikko):
    here = trials.a_walk(until="commitments")
    due_in(here, "print_comms", -5)
    add_task(here.aino, "Soita painoon")
    everything = len(whole_of(here.aino).mine)
    for query, count in (("late=on", 1), ("kind=own", 1), (f"region={here.region.slug}", everything - 1)):
        shown = words(page(here.aino, f"/?{query}"))
        assert f"{count} of {everything} are shown." in shown
        assert "waits for you" in shown or "wait for you" in shown
    assert "Nothing in your list is such a thing" in page(here.aino, "/?kind=people")
    assert "are shown." not in page(here.aino, "/?kind=nonsense")


def test_a_filter_is_saved_shown_first_and_removed(mikko):
    here = trials.a_walk(until="commitments")
    add_task(here.aino, "Soita painoon")
    answer = post(here.aino, reverse("work_filters"), name="Omat", kind="own")
    saved = SavedFilter.objects.get()
    assert answer.url == f"/?filter={saved.pk}"
    assert "1 of" in words(page(here.aino, answer.url))
    assert "are shown." not in page(here.aino)
    manage = reverse("work_filter", args=[saved.pk])
    assert post(here.aino, manage, act="first").url == reverse("work_filters")
    assert "1 of" in words(page(here.aino))
    assert "are shown." not in page(here.aino, "/?filter=all")
    assert "shown first" in page(here.aino, reverse("work_filters"))
    post(here.aino, manage, act="plain")
    assert "are shown." not in page(here.aino)
    assert post(here.aino, manage, act="x").status_code == 422
    assert post(mikko, manage, act="remove").status_code == 404
    page(mikko, f"/?filter={saved.pk}", 404)
    post(here.aino, manage, act="remove")
    assert not SavedFilter.objects.exists()
    assert post(here.aino, manage, act="remove").status_code == 404


def test_filters_have_names_of_their_own_and_an_end(aino, mikko, monkeypatch):
    monkeypatch.setattr(filters, "MOST", 2)
    save_filter(aino, "a", Wanted(late=True))
    one = save_filter(aino, "b", Wanted(kind="own"))
    assert save_filter(aino, "b", Wanted(kind="step")) == one
    save_filter(mikko, "b", Wanted(side="care"))
    with pytest.raises(Refused, match="2 filters saved"):
        save_filter(aino, "c", Wanted(late=True))
    with pytest.raises(Refused, match="shows everything"):
        save_filter(aino, "b", Wanted())
    for saved in saved_by(aino):
        show_first(saved, aino, True)
    assert [saved.is_default for saved in saved_by(aino)] == [False, True]
    remove_filter(one, mikko)
    assert len(saved_by(aino)) == 2


def test_the_side_of_a_filter_is_whose_turn_it_is(mikko):
    here = a_walk()
    assert len(Wanted(side="care").of(whole_of(here.mikko).mine)) == 1
    assert Wanted(side="culture", region=here.region).query == "region=kainuu&side=culture"


# -- reminders --------------------------------------------------------------------------------------------------------


def reminded(worker, day) -> list[tuple[str, str]]:
    """To whom the reminders of the morning went, and their subjects."""
    worker.run()
    mail.outbox.clear()
    a_morning(day, worker)
    return [(one.to[0], one.subject) for one in mail.outbox]


def test_an_own_task_is_reminded_of_on_its_day_and_once_when_it_is_late(aino, region, worker):
    monday = A_MONDAY
    with at(monday - 10 * DAY):
        task = add_task(aino, "Soita painoon", monday, region)
    Person.objects.filter(pk=aino.pk).update(language="en")
    assert reminded(worker, monday - 3 * DAY) == []
    assert reminded(worker, monday) == [(aino.email, "Today, Kaikupolku: “Soita painoon”")]
    assert reminded(worker, monday + DAY) == []
    assert reminded(worker, monday + 2 * DAY) == [(aino.email, "Late, Kaikupolku: “Soita painoon”, by 1.3.2027")]
    assert [reminded(worker, monday + days * DAY) for days in (3, 4, 7, 14)] == [[]] * 4
    with at(monday + 15 * DAY):
        change_task(task, aino, "Soita painoon", monday + 21 * DAY, region)
    assert len(reminded(worker, monday + 21 * DAY)) == 1
    with at(monday + 21 * DAY, 12):
        finish_task(task, aino)
    assert reminded(worker, monday + 23 * DAY) == []


def test_no_page_of_the_region_speaks_of_an_own_task(aino, mikko, region, worker):
    with at(A_MONDAY - 10 * DAY):
        add_task(aino, "Soita painoon", A_MONDAY, region)
    a_morning(A_MONDAY, worker)
    assert Reminder.objects.get().region is None
    with at(A_MONDAY):
        for person in (mikko, a_kaikukeskus_person()):
            shown = page(person, reverse("reminders", args=[region.slug]))
            assert "Soita painoon" not in shown


# -- the number of queries --------------------------------------------------------------------------------------------


def test_the_own_things_add_a_fixed_number_of_queries(region, aino, django_assert_num_queries):
    trials_of_one_municipality(region, range(3))
    for tasks in (10, 100):
        made = [add_task(aino, f"Soita {number}", None, region) for number in range(tasks)]
        for task in made[:5]:
            put_off(aino, f"own-{task.pk}", localdate() + DAY)
        with django_assert_num_queries(17):
            whole_of(aino)


# -- a partner that came late -----------------------------------------------------------------------------------------


def test_what_a_late_partner_lacks_waits_for_its_side_once_no_step_asks_for_it():
    here = trials.a_walk(until="commitments")
    late = a_distributor(here.region, here.mikko, "Myöhäinen ry")
    trials.promise(late)
    assert "Myöhäinen ry" not in page(here.mikko, "/")  # step 6 and 8 are open and ask for it
    for key in ("6", "print_comms", "induction"):
        trials.WALKED[key](here)
    Partner.objects.filter(pk=late.pk).update(state="committed", account_on=None, induction_on=None)
    assert "Make the Kaikukanta account: Myöhäinen ry" in mine(here.mikko)
    assert "Make the Kaikukanta account: Myöhäinen ry" not in mine(here.aino)
    partners.record_account(Partner.objects.get(pk=late.pk), here.mikko, localdate())
    [item] = [item for item in work_of(here.mikko).mine if item.key == f"lacks-{late.pk}"]
    assert (item.what, kind_of(item)) == ("Hold the induction: Myöhäinen ry", "partner")
    assert item.href == reverse("partner_induction", args=[here.region.slug, late.pk])
    assert "You are a responsible person of the care side" in why_seen(here.mikko, item)[0]
    partners.record_induction(Partner.objects.get(pk=late.pk), here.mikko, localdate(), "own")
    assert not [item for item in work_of(here.mikko).mine if item.key == f"lacks-{late.pk}"]


def mine(person: Person) -> list[str]:
    return [item.what for item in work_of(person).mine]
