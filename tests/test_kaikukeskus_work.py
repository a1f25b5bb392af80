"""What stands in the work of one who works at Kaikukeskus and of one who is invited: the queue and meetings?"""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from adoption import notes, partners
from adoption.models import Mail, Person, Region
from adoption.refusal import Refused
from tests.people import a_distributor, a_pair, a_region, a_stranger, a_trial
from tests.test_pages_tasks import ANSWERS
from tests.trials import text_of
from workflows import overview
from workflows.arranging import services
from workflows.arranging.inviting import Whom
from workflows.arranging.links import link_in, token_of
from workflows.arranging.models import Meeting
from workflows.arranging.picking import pick
from workflows.models import TrialStep
from workflows.my_work.filters import Wanted, kind_of, save_filter, show_first
from workflows.my_work.snoozing import bring_back, put_off
from workflows.my_work.telling import tell
from workflows.my_work.whole import whole_of
from workflows.my_work.why import who_else, why_seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_in_english")]

DAY = timedelta(days=1)
SAID = {"kind": "feedback", "title": "Palaute", "place": "Kirjasto", "link": "", "length": 90, "message": ""}


@pytest.fixture
def leena(laura) -> Person:
    """A second one of Kaikukeskus."""
    return Person.objects.create(email="leena@example.org", name="Leena Laakso", is_kaikukeskus=True, language="en")


def a_request(region: Region, by: Person, name: str):
    return partners.request_clearance(a_distributor(region, by, name), by, ANSWERS)


def on_desk(person: Person, address: str = "", **more: object):
    client = Client()
    Person.objects.update(language="en")
    client.force_login(person)
    return client.get(address or reverse("queue"), more)


def queued(answer) -> list[str]:
    return [one.title for one in answer.context["page"]]


def at(days: int) -> datetime:
    day = localdate() + days * DAY
    return timezone.make_aware(datetime.combine(day, time(9)))


def keys(person: Person) -> list[str]:
    return [item.key for item in whole_of(person).mine]


# -- the queue --------------------------------------------------------------------------------------------------------


def test_every_kind_of_entry_says_why_and_who_else_and_is_put_off_for_oneself_alone(region, mikko, laura, leena):
    asked = a_request(region, mikko, "Tupa ry")
    notes.ask_kaikukeskus(region, ("region", region.pk), mikko, "Saako kortin antaa heti?")
    items = {kind_of(item): item for item in whole_of(laura).mine}
    assert {"partner", "question"} <= set(items)
    item = items["partner"]
    assert (item.key, item.due) == (f"clearance-{asked.pk}", localdate() + overview.ANSWER_WITHIN * DAY)
    assert [other.person for other in who_else(laura, item)] == [leena]
    assert why_seen(laura, item)[-1] == "It waits for: Kaikukeskus."
    for one in items.values():
        page = on_desk(laura, reverse("work_item", args=[one.key]))
        assert "You work at Kaikukeskus" in text_of(page)
        assert leena.email in text_of(page)
    put_off(laura, item.key, localdate() + DAY, "Odotan puhelua")
    shown = on_desk(laura)
    assert "Tupa ry" not in queued(shown)
    assert "Odotan puhelua" in text_of(shown)
    assert "Tupa ry" in queued(on_desk(leena))
    bring_back(laura, item.key)
    assert "Tupa ry" in queued(on_desk(laura))


def test_what_is_put_off_comes_back_when_the_request_has_changed_and_is_decided_all_the_same(region, mikko, laura):
    asked = a_request(region, mikko, "Tupa ry")
    put_off(laura, f"clearance-{asked.pk}", localdate() + DAY)
    partners.want_more(asked, laura, "Kuinka moni?")
    partners.answer_question(asked, mikko, "Kaksikymmentä.")
    assert keys(laura) == [f"clearance-{asked.pk}"]
    put_off(laura, f"clearance-{asked.pk}", localdate() + DAY)
    assert keys(laura) == []
    shown = on_desk(laura, open=asked.pk)
    assert queued(shown) == ["Tupa ry"]
    assert "Nothing waits for your decision" in text_of(shown)


def test_a_filter_of_the_queue_is_saved_kept_while_one_decides_and_says_what_it_leaves_out(region, mikko, laura):
    elsewhere = a_region("ruotsi")
    there = a_pair(elsewhere)[1]
    first, second = a_request(region, mikko, "Aalto ry"), a_request(region, mikko, "Meri ry")
    other = a_request(elsewhere, there, "Vuori ry")
    assert queued(on_desk(laura)) == ["Aalto ry", "Meri ry", "Vuori ry"]
    followed = on_desk(laura, "/", region=region.slug)
    assert followed.url == f"{reverse('queue')}?region={region.slug}"
    shown = on_desk(laura, followed.url)
    assert queued(shown) == ["Aalto ry", "Meri ry"]
    assert "2 of 3 are shown" in text_of(shown)
    assert f"?region={region.slug}&amp;open={second.pk}#open" in shown.content.decode()
    client = Client()
    client.force_login(laura)
    said = {"decision": "clear", "message": "", "seen": partners.mark_of(first)}
    answer = client.post(f"{reverse('queue_decide', args=[first.pk])}?region={region.slug}", said)
    assert answer.url == f"{reverse('queue')}?region={region.slug}"
    save_filter(laura, "Ruotsi", Wanted(region=elsewhere))
    show_first(laura.saved_filters.get(), laura, True)
    assert queued(on_desk(laura)) == ["Vuori ry"]
    assert queued(on_desk(laura, filter="all")) == ["Meri ry", "Vuori ry"]
    partners.clear(other, laura)
    shown = on_desk(laura)
    assert "One thing waits for your decision" in text_of(shown)
    assert "Nothing in your list is such a thing" in text_of(shown)


def test_a_colleague_is_asked_and_nobody_else(region, mikko, laura, leena, worker):
    asked = a_request(region, mikko, "Tupa ry")
    worker.run()
    tell(laura, f"clearance-{asked.pk}", leena)
    worker.run()
    assert "Tupa ry" in Mail.objects.filter(person=leena).latest("pk").subject
    with pytest.raises(Refused, match="cannot do it"):
        tell(laura, f"clearance-{asked.pk}", mikko)


# -- meetings ---------------------------------------------------------------------------------------------------------


def test_kaikukeskus_sees_the_national_meeting_that_it_arranges_until_it_is_recorded(aino, mikko, laura, leena):
    said = SAID | {"kind": "national", "title": "Valtakunnallinen"}
    meeting = services.arrange(None, laura, said, [at(10), at(11)], [Whom(aino), Whom(leena)])
    [item] = whole_of(laura).mine
    assert (item.what, item.due) == ("Fix the time: Valtakunnallinen (0 of 3 have answered)", localdate(at(10)))
    assert [other.person for other in who_else(laura, item)] == [leena]
    assert kind_of(item) == "meeting"
    assert {one.what for one in whole_of(leena).mine} == {item.what, "Say which times suit you: Valtakunnallinen"}
    assert "Fix the time: Valtakunnallinen" in text_of(on_desk(laura))
    services.fix(meeting, laura, at(10), 0)
    assert keys(laura) == []
    for person in (laura, leena):
        assert [one.href for one in whole_of(person).ahead] == [meeting.get_absolute_url()]
    assert "Your meetings to come" in text_of(on_desk(laura))
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=at(-1))
    assert [item.what for item in whole_of(laura).mine] == ["Say who came: Valtakunnallinen"]


def test_who_is_invited_answers_from_the_own_list_whatever_the_role(region, aino, mikko, laura):
    sirpa = a_stranger()
    people = [Whom(mikko), Whom(laura), Whom(sirpa), Whom(name="Liisa", email="liisa@example.org")]
    meeting = services.arrange(region, aino, SAID, [at(10), at(11)], people)
    assert not [key for key in keys(aino) if key.startswith("invited")]
    for person in (mikko, laura, sirpa):
        [item] = [one for one in whole_of(person).mine if one.key.startswith("invited")]
        assert (item.what, item.due) == ("Say which times suit you: Palaute", localdate(at(10)))
        assert f"{aino} has invited you" in why_seen(person, item)[0]
        assert who_else(person, item) == []
        assert on_desk(person, reverse("work_item", args=[item.key])).status_code == 200
        assert "The proposed times" in text_of(Client().get(item.href))
        one = meeting.invitees.get(person=person)
        pick(link_in(token_of(one)), {meeting.times.first().pk: "yes"})
        assert item.key not in keys(person)
    services.fix(meeting, aino, at(10), 0)
    assert whole_of(mikko).ahead[0].href == meeting.get_absolute_url()
    assert Client().get(whole_of(sirpa).ahead[0].href).status_code == 200
    assert "Your meetings to come" in text_of(on_desk(sirpa, "/"))
    services.cancel(meeting, aino, "Sairastapaus.")
    assert whole_of(sirpa).ahead == []


def test_another_persons_invitation_is_nobodys_to_see(region, aino, mikko, laura):
    meeting = services.arrange(region, aino, SAID, [at(10), at(11)], [Whom(mikko)])
    key = f"invited-{meeting.invitees.get(person=mikko).pk}"
    assert on_desk(laura, reverse("work_item", args=[key])).status_code == 404
    assert on_desk(a_stranger(), reverse("work_item", args=[key])).status_code == 404


@pytest.mark.parametrize("number", [3, 60])
def test_so_many_queries_whatever_the_number_of_meetings(region, pair, laura, number, django_assert_num_queries):
    aino, mikko = pair
    for one in range(number):
        services.arrange(region, aino, SAID | {"title": f"Kokous {one}"}, [at(10), at(11)], [Whom(mikko), Whom(laura)])
        services.arrange(None, laura, SAID | {"kind": "national"}, [at(10)], [Whom(mikko)])
    with django_assert_num_queries(10):
        assert len(whole_of(laura).mine) == number
    with django_assert_num_queries(16):
        whole = whole_of(mikko)
    assert (len([item for item in whole.mine if item.key.startswith("invited")]), len(whole.ahead)) == (number, number)


def test_a_planned_step_is_due_by_its_plan_and_a_clearance_by_the_aim_which_one_may_pass(laura, region, aino):
    a_trial(region)
    TrialStep.objects.filter(key="intro_event").update(due=localdate() + 57 * DAY)
    a_request(region, aino, "Tupa ry")
    step, asked = sorted(whole_of(laura).mine, key=lambda item: item.key, reverse=True)
    assert (step.due, step.is_aim) == (localdate() + 57 * DAY, False)
    assert (asked.due, asked.is_aim) == (localdate() + 7 * DAY, True)
    assert put_off(laura, step.key, localdate() + 22 * DAY, "Koulutus silloin") == localdate() + 22 * DAY
    assert put_off(laura, asked.key, localdate() + 22 * DAY, "Soitettu") == localdate() + 22 * DAY
    with time_machine.travel(timezone.now() + 21 * DAY):
        assert {one.note for one in whole_of(laura).put_off} == {"Koulutus silloin", "Soitettu"}
        assert whole_of(laura).mine == []
    assert put_off(laura, step.key, localdate() + 90 * DAY) == localdate() + 58 * DAY  # the day on which it is late
    with time_machine.travel(timezone.now() + 58 * DAY):
        assert [item.key for item in whole_of(laura).mine] == [asked.key, step.key]
