"""Are meetings arranged: times proposed, picked without signing in, fixed, changed, cancelled, and held?"""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import get_default_timezone, localdate, now

from adoption.mail import deliver_waiting
from adoption.models import Act, Mail, Person
from adoption.people import correct_person, name_person
from adoption.refusal import NotYours, Refused
from tests.entries import english, lasting
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.strangers import everything
from tests.trials import a_walk, text_of
from workflows.arranging import services
from workflows.arranging.forms import ArrangeForm
from workflows.arranging.inviting import Whom, groups, groups_of_country, responsible_everywhere
from workflows.arranging.links import link_in, token_of
from workflows.arranging.models import Invitee, Meeting, Pick
from workflows.arranging.picking import pick
from workflows.arranging.times import suiting, times_of
from workflows.handing_over import Given, hand_over
from workflows.models import FeedbackMeeting
from workflows.sentences import sentences
from workflows.tasks import work_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
DAY = timedelta(days=1)
SAID = {
    "kind": "feedback", "title": "Palautekokous 2027", "place": "Kirjasto, Ärjänkatu 1", "link": "",
    "length": 90, "message": "Kahvia on tarjolla.",
}  # fmt: skip


def at(days: int, hour: int = 9) -> datetime:
    """At nine so many days from now, by the site's clock."""
    day = localdate() + days * DAY
    return datetime(day.year, day.month, day.day, hour, tzinfo=get_default_timezone())


def proposed(region, by, *others: Whom, times=(10, 11), **said) -> Meeting:
    return services.arrange(region, by, SAID | said, [at(days) for days in times], others)


def liisa() -> Whom:
    return Whom(name="Liisa Laine", email="liisa@example.org")


def invitee(meeting: Meeting, email: str) -> Invitee:
    return next(one for one in meeting.invitees.select_related("person", "meeting") if one.email == email)


def link_of(one: Invitee):
    return link_in(token_of(one))


def picks(meeting: Meeting, *suits: str) -> dict[int, str]:
    return dict(zip(meeting.times.values_list("pk", flat=True), suits, strict=True))


def fresh(meeting: Meeting) -> Meeting:
    return Meeting.objects.get(pk=meeting.pk)


def letters(to: str) -> list:
    return [one for one in mail.outbox if one.to == [to]]


def page_of(one: Invitee) -> str:
    return reverse("invited", args=[token_of(one)])


# -- proposing and picking --------------------------------------------------------------------------------------------


def test_everybody_invited_has_a_mail_with_a_link_and_picks_without_signing_in(client, region, aino, mikko, worker):
    meeting = proposed(region, aino, Whom(mikko), liisa())
    assert (meeting.state, meeting.starts_at) == ("proposed", None)
    worker.run()
    [letter] = letters("liisa@example.org")
    one = invitee(meeting, "liisa@example.org")
    [token] = re.findall(r"/invited/([^/\s]+)/", letter.body)
    assert link_in(token) == link_of(one)
    assert not letter.attachments
    first, second = meeting.times.all()
    answer = client.post(page_of(one), {f"time{first.pk}": "yes", f"time{second.pk}": "no"}, follow=True)
    assert answer.status_code == 200
    answer = client.post(page_of(one), {f"time{first.pk}": "maybe", f"time{second.pk}": "yes"})
    assert answer.status_code == 302
    assert dict(one.picks.values_list("time", "suits")) == {first.pk: "maybe", second.pk: "yes"}
    assert Act.objects.filter(what="meeting_picked").count() == 2


def test_reading_by_the_link_changes_nothing(client, region, aino):
    meeting = proposed(region, aino, liisa())
    before = everything()
    for _again in range(2):
        assert client.get(page_of(invitee(meeting, "liisa@example.org"))).status_code == 200
    assert client.head(page_of(invitee(meeting, "liisa@example.org"))).status_code == 200
    assert everything() == before


def test_the_same_pick_again_changes_nothing(region, aino):
    meeting = proposed(region, aino, liisa())
    one = invitee(meeting, "liisa@example.org")
    pick(link_of(one), picks(meeting, "yes", "no"))
    before = everything()
    pick(link_of(one), picks(meeting, "yes", "no"))
    assert everything() == before


def test_nothing_picked_is_refused_and_what_was_picked_stays(client, region, aino):
    meeting = proposed(region, aino, liisa())
    one = invitee(meeting, "liisa@example.org")
    pick(link_of(one), picks(meeting, "yes", "no"))
    answer = client.post(page_of(one), {})
    assert answer.status_code == 422
    assert one.picks.count() == 2


def test_a_time_of_another_meeting_is_not_picked(region, aino):
    meeting, other = proposed(region, aino, liisa()), proposed(region, aino, liisa())
    one = invitee(meeting, "liisa@example.org")
    with pytest.raises(Refused):
        pick(link_of(one), picks(other, "yes", "yes"))
    assert not Pick.objects.exists()


def test_how_the_times_suit_is_counted_and_the_best_is_said(region, aino, mikko):
    meeting = proposed(region, aino, Whom(mikko), liisa())
    pick(link_of(invitee(meeting, mikko.email)), picks(meeting, "yes", "maybe"))
    pick(link_of(invitee(meeting, "liisa@example.org")), picks(meeting, "no", "yes"))
    first, second = suiting(meeting, meeting.invitees.select_related("person"))
    assert (first.yes, first.no, first.is_best) == (["Mikko Kettunen"], ["Liisa Laine"], False)
    assert (second.yes, second.maybe, second.is_best) == (["Liisa Laine"], ["Mikko Kettunen"], True)


def test_more_times_are_proposed_and_everybody_is_asked_again(region, aino, worker):
    meeting = proposed(region, aino, liisa())
    worker.run()
    services.propose_more(meeting, aino, [at(20), at(10)])
    worker.run()
    assert meeting.times.count() == 3
    [_first, again] = letters("liisa@example.org")
    assert again.body.count("9.00") == 3
    with pytest.raises(Refused, match="at most 12"):
        services.propose_more(meeting, aino, [at(30 + number) for number in range(12)])


@pytest.mark.parametrize("worker_is_late", [True, False])
def test_a_change_before_a_time_is_fixed_keeps_nobodys_mail(region, aino, mikko, worker, worker_is_late):
    Person.objects.update(language="en")
    meeting = proposed(region, aino, Whom(mikko))
    worker.run() if not worker_is_late else None
    services.change(meeting, aino, SAID | {"place": "Muualla"}, meeting.sequence)
    worker.run()
    assert subjects(mikko) == [f"Which times suit you? {SAID['title']}"]
    services.invite(fresh(meeting), aino, [liisa()])
    services.change(fresh(meeting), aino, SAID | {"place": "Taas muualla"}, fresh(meeting).sequence)
    services.propose_more(meeting, aino, [at(20)])
    services.change(fresh(meeting), aino, SAID | {"place": "Kirjasto"}, fresh(meeting).sequence)
    worker.run()
    assert len(letters("liisa@example.org")) == 1
    assert subjects(mikko)[1:] == [f"More times are proposed: {SAID['title']}"]


def subjects(person: Person) -> list[str]:
    """Of the mails on the meeting that the person has had."""
    return [one.subject for one in letters(person.email) if SAID["title"] in one.subject]


@pytest.mark.parametrize("then", ["cancel", "move", "uninvite"])
def test_after_an_outage_nobody_gets_a_stale_invitation(region, aino, mikko, worker, monkeypatch, then):
    Person.objects.update(language="en")
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse_connection)
    meeting = proposed(region, aino, Whom(mikko), liisa(), times=(10,))
    worker.run()
    acts = {
        "cancel": lambda: services.cancel(meeting, aino, "Sairastuin."),
        "move": lambda: services.fix(meeting, aino, at(12), meeting.sequence),
        "uninvite": lambda: services.uninvite(meeting, aino, invitee(meeting, mikko.email).pk),
    }
    acts[then]()
    worker.run()
    monkeypatch.undo()
    with time_machine.travel(now() + timedelta(hours=1)):
        deliver_waiting()
    [left] = subjects(mikko)
    begins = {"cancel": "Cancelled", "move": "Changed", "uninvite": "You are not expected"}
    assert left.startswith(begins[then])


def refuse_connection(self, fail_silently=False):
    raise ConnectionRefusedError


def test_who_could_come_at_none_of_the_times_has_not_answered_to_more_of_them(region, aino, mikko, worker):
    meeting = proposed(region, aino, Whom(mikko), liisa())
    pick(link_of(invitee(meeting, mikko.email)), picks(meeting, "no", "no"))
    pick(link_of(invitee(meeting, "liisa@example.org")), picks(meeting, "no", "maybe"))
    services.propose_more(meeting, aino, [at(20)])
    silent = meeting.invitees.filter(answered_at=None)
    assert {one.email for one in silent.select_related("person")} == {aino.email, mikko.email}


def test_nobody_is_reminded_of_times_that_have_passed(region, aino):
    meeting = proposed(region, aino, liisa())
    with time_machine.travel(at(12)), pytest.raises(Refused, match="have passed"):
        services.remind(meeting, aino)


def test_a_responsible_person_who_is_invited_by_address_counts_for_the_region(region, aino):
    laura = a_kaikukeskus_person()
    lasting(region, laura)
    said = SAID | {"kind": "national"}
    meeting = services.arrange(None, laura, said, [at(10)], [Whom(name="A. Virtanen", email=aino.email)])
    assert list(meeting.invitees.get(person=aino).regions.all()) == [region]


def test_who_has_left_hears_of_no_meeting(region, aino, mikko, worker):
    meeting = proposed(region, aino, Whom(mikko), times=(10,))
    worker.run()
    mail.outbox.clear()
    Person.objects.filter(pk=mikko.pk).update(is_active=False)
    services.fix(meeting, aino, at(12), meeting.sequence)
    worker.run()
    assert [one.to for one in mail.outbox] == [[aino.email]]


def test_the_page_says_whose_mail_did_not_arrive(client, region, aino, mikko, worker):
    meeting = proposed(region, aino, Whom(mikko), liisa())
    client.force_login(aino)
    english(aino)
    assert text_of(client.get(meeting.get_absolute_url())).count("the mail has not left yet") == 0  # nobody has one yet
    worker.run()
    Mail.objects.filter(address="liisa@example.org").update(returned_at=now())
    Mail.objects.filter(address=mikko.email, thread__gt="").update(sent_at=None)
    page = text_of(client.get(meeting.get_absolute_url()))
    assert "Liisa Laine (has not answered) the mail did not arrive: check the address" in page
    assert "Mikko Kettunen (has not answered) the mail has not left yet" in page
    services.remind(meeting, aino)
    worker.run()
    assert "the mail did not arrive" not in text_of(client.get(meeting.get_absolute_url()))


def test_the_silent_are_asked_again_once_a_day(region, aino, mikko, worker):
    meeting = proposed(region, aino, Whom(mikko), liisa())
    pick(link_of(invitee(meeting, mikko.email)), picks(meeting, "yes", "no"))
    worker.run()
    assert services.remind(meeting, aino) == 2
    with pytest.raises(Refused, match="today already"):
        services.remind(meeting, aino)
    worker.run()
    asked = {who: sum(SAID["title"] in one.subject for one in letters(who)) for who in (mikko.email, aino.email)}
    assert (asked, len(letters("liisa@example.org"))) == ({mikko.email: 1, aino.email: 2}, 2)
    for address in ("liisa@example.org", aino.email):
        pick(link_of(invitee(meeting, address)), picks(meeting, "yes", "no"))
    with pytest.raises(Refused, match="Everybody has answered"):
        services.remind(meeting, aino)


# -- fixing, changing, cancelling -------------------------------------------------------------------------------------


def test_one_time_needs_no_picking(region, aino, worker):
    meeting = proposed(region, aino, liisa(), times=(10,))
    assert (meeting.state, meeting.starts_at) == ("fixed", at(10))
    worker.run()
    [letter] = letters("liisa@example.org")
    assert [name for name, _content, _kind in letter.attachments] == ["kaikupolku.ics"]


def test_after_the_fixing_nobody_picks(client, region, aino):
    meeting = proposed(region, aino, liisa())
    one = invitee(meeting, "liisa@example.org")
    services.fix(meeting, aino, at(10), 0)
    with pytest.raises(Refused, match="too late to pick"):
        pick(link_of(one), picks(meeting, "yes", "no"))
    answer = client.get(page_of(one))
    assert "Kirjasto, Ärjänkatu 1" in answer.content.decode()
    assert client.get(reverse("invited_calendar", args=[token_of(one)])).status_code == 200


def test_what_somebody_has_changed_meanwhile_is_seen_before_it_is_written_over(region, aino, mikko):
    meeting = proposed(region, aino, liisa())
    services.fix(meeting, aino, at(10), 0)
    with pytest.raises(Refused, match="look at it anew"):
        services.fix(meeting, mikko, at(11), 0)
    with pytest.raises(Refused, match="look at it anew"):
        services.change(meeting, mikko, SAID | {"place": "Kahvila"}, 0)
    services.fix(meeting, mikko, at(11), 1)
    assert fresh(meeting).starts_at == at(11)


def test_what_a_meeting_cannot_be_is_refused_and_leaves_nothing(region, aino):
    before = everything()
    for refused in (
        lambda: services.arrange(region, aino, SAID, [], [liisa()]),
        lambda: services.arrange(region, aino, SAID, [now() - DAY], [liisa()]),
        lambda: services.arrange(region, aino, SAID, [at(10 + day) for day in range(13)], [liisa()]),
        lambda: services.arrange(region, aino, SAID, [at(10)], []),
        lambda: services.arrange(region, aino, SAID | {"title": " "}, [at(10)], [liisa()]),
        lambda: services.arrange(region, aino, SAID, [at(10)], [Whom(name="X", email="x\n@example.org")]),
        lambda: services.arrange(region, aino, SAID | {"kind": "national"}, [at(10)], [liisa()]),
    ):
        with pytest.raises(Refused):
            refused()
    assert everything() == before


def test_nothing_of_a_cancelled_or_held_meeting_changes(region, aino):
    meeting = proposed(region, aino, liisa())
    services.cancel(meeting, aino, "Sairaus.")
    for act in (
        lambda: services.fix(meeting, aino, at(10), 1),
        lambda: services.change(meeting, aino, SAID | {"place": "Kahvila"}, 1),
        lambda: services.invite(meeting, aino, [Whom(name="Kalle", email="kalle@example.org")]),
        lambda: services.uninvite(meeting, aino, invitee(meeting, "liisa@example.org").pk),
        lambda: services.propose_more(meeting, aino, [at(20)]),
        lambda: services.remind(meeting, aino),
        lambda: services.cancel(meeting, aino, "Taas."),
        lambda: services.hold(meeting, aino, []),
    ):
        with pytest.raises(Refused):
            act()


def test_what_changes_nothing_tells_nobody(region, aino, worker):
    meeting = proposed(region, aino, liisa(), times=(10,))
    worker.run()
    services.change(meeting, aino, SAID, 1)
    assert worker.run() == 0
    assert fresh(meeting).sequence == 1


# -- who is invited ---------------------------------------------------------------------------------------------------


def test_the_groups_of_a_region_are_invited_each_person_once(region, aino, mikko, worker):
    a_distributor(region, mikko)
    a_venue(region, aino)
    name_person(region, "group", "reino@example.org", "Reino Saari", aino)
    found = groups(region)
    assert [str(one) for one in found["pair"]] == ["Aino Virtanen", "Mikko Kettunen"]
    assert [str(one) for one in found["group"]] == ["Reino Saari"]
    assert len(found["partners"]) == 2
    everybody = [one for people in found.values() for one in people]
    meeting = services.arrange(region, aino, SAID, [at(10)], everybody + everybody)
    assert meeting.invitees.count() == 6
    assert {str(one.partner) for one in meeting.invitees.exclude(partner=None)} == {
        "Kohtaamispaikka Tupanen ry", "Taidehalli Pato",
    }  # fmt: skip


def test_an_address_of_somebody_known_means_that_person(region, aino, mikko):
    meeting = proposed(region, aino, Whom(name="Joku", email=mikko.email.upper()))
    assert invitee(meeting, mikko.email).person == mikko


def test_a_corrected_address_shuts_the_old_link(client, region, aino, mikko):
    meeting = proposed(region, aino, Whom(mikko))
    old = page_of(invitee(meeting, mikko.email))
    correct_person(mikko, a_kaikukeskus_person(), mikko.name, "mikko.uusi@example.org")
    assert client.get(old).status_code == 410
    assert client.post(old, {}).status_code == 422
    assert client.get(page_of(invitee(meeting, "mikko.uusi@example.org"))).status_code == 200


def test_one_taken_off_the_list_is_told_and_answers_no_more_until_invited_again(client, region, aino, worker):
    meeting = proposed(region, aino, liisa())
    one = invitee(meeting, "liisa@example.org")
    services.uninvite(meeting, aino, one.pk)
    worker.run()
    [letter] = letters("liisa@example.org")
    assert ("/invited/" in letter.body, letter.attachments) == (False, [])
    assert client.get(page_of(one)).status_code == 410
    with translation.override("en"), pytest.raises(Refused, match="not invited any more"):
        services.uninvite(meeting, aino, one.pk)
    services.invite(meeting, aino, [liisa()])
    assert client.get(page_of(one)).status_code == 200
    with translation.override("en"), pytest.raises(Refused, match="invited already"):
        services.invite(meeting, aino, [liisa()])


def test_whoever_does_not_act_for_the_region_arranges_nothing(region, aino):
    meeting = proposed(region, aino, liisa())
    reader = name_person(region, "group", "reino@example.org", "Reino Saari", aino).person
    elsewhere = a_pair(a_region("lappi"))[0]
    for person in (reader, elsewhere, a_stranger()):
        with pytest.raises(NotYours):
            proposed(region, person, liisa())
        with pytest.raises(NotYours):
            services.fix(meeting, person, at(10), 0)
        with pytest.raises(NotYours):
            services.cancel(meeting, person, "Ei.")


# -- held -------------------------------------------------------------------------------------------------------------


def test_a_feedback_meeting_that_was_held_is_the_evidence_of_step_ten(worker):
    here = a_walk(until="start_distribution")
    meeting = proposed(here.region, here.aino, Whom(here.mikko), Whom(here.laura), liisa(), times=(1,))
    with pytest.raises(Refused, match="still to come"):
        services.hold(meeting, here.aino, [], 3, "Hyvin meni.")
    keys = [invitee(meeting, who).pk for who in (here.mikko.email, here.laura.email)]
    with time_machine.travel(at(1, 12), tick=False):
        with pytest.raises(Refused, match="Write the minutes"):
            services.hold(meeting, here.aino, keys, 3, " ")
        services.hold(meeting, here.aino, keys, 3, "Hyvin meni.")
        found = FeedbackMeeting.objects.get(arranged=meeting)
        assert (found.attendees, found.kaikukeskus_took_part, found.held_on) == (5, True, localdate())
        assert found.round == 1
        services.hold(meeting, here.aino, keys[:1], 3, "Hyvin meni.")
        found.refresh_from_db()
        assert (found.attendees, found.kaikukeskus_took_part) == (4, False)
    assert fresh(meeting).state == "held"


def test_an_introduction_that_was_held_writes_no_evidence(region, aino):
    meeting = proposed(region, aino, liisa(), times=(1,), kind="introduction")
    with time_machine.travel(at(1, 12), tick=False):
        with pytest.raises(Refused, match="cancel the meeting"):
            services.hold(meeting, aino, [])
        services.hold(meeting, aino, [], 12)
    assert fresh(meeting).state == "held"
    assert not FeedbackMeeting.objects.exists()


def test_the_history_says_each_act_in_words(region, aino):
    meeting = proposed(region, aino, liisa())
    one = invitee(meeting, "liisa@example.org")
    pick(link_of(one), picks(meeting, "yes", "no"))
    services.fix(meeting, aino, at(10), 0)
    services.cancel(meeting, aino, "Sairaus.")
    told = [line.text for line in sentences(Act.objects.filter(about_kind="meeting").order_by("number"))]
    assert told[0] == "Aino Virtanen (culture side) proposed times for a meeting: Palautekokous 2027."
    assert told[1] == "One who is invited said which times suit: Palautekokous 2027."
    assert len(told) == 4


# -- the national meeting ---------------------------------------------------------------------------------------------


def test_the_national_meeting_is_for_all_responsible_persons_and_says_which_regions_came(client, worker):
    here = a_walk(until="start_distribution")
    laura = here.laura
    found = responsible_everywhere()
    assert {here.aino, here.mikko} <= {one.person for one in found}
    said = SAID | {"kind": "national"}
    with pytest.raises(NotYours):
        services.arrange(None, here.aino, said, [at(1)], found)
    meeting = services.arrange(None, laura, said, [at(1)], found)
    client.force_login(laura)
    page = reverse("national_arranged_regions", args=[meeting.pk])
    assert here.region.name in client.get(page).content.decode()
    with time_machine.travel(at(1, 12), tick=False):
        services.hold(meeting, laura, [invitee(meeting, here.aino.email).pk])
        client.force_login(laura)
        assert "Aino Virtanen" in text_of(client.get(page))
    client.force_login(here.aino)
    for name in ("national_arranged_meeting", "national_arranged_regions", "national_arranged_held"):
        assert client.get(reverse(name, args=[meeting.pk])).status_code == 404


def test_the_national_form_says_who_is_meant_and_offers_the_regions_that_prepare(client):
    here = a_walk(until="start_distribution")
    outi, ossi = a_pair(a_region("kymenlaakso"))
    form = ArrangeForm(None, "")
    assert form.fields["groups"].choices == [
        ("responsible", "Responsible persons of the regions in trial or in lasting use (2)"),
        ("preparing", "Responsible persons of the regions that explore or prepare (2)"),
    ]
    name_person(here.region, "culture", outi.email, outi.name, here.laura)
    found = groups_of_country()
    assert [one.person for one in found["preparing"]] == [ossi]
    assert {outi: 2, here.aino: 1, here.mikko: 1} == {one.person: len(one.regions) for one in found["responsible"]}


# -- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["5.3.2027 9.00", "5.3.2027 klo 9", "pe 5.3.2027 klo 9.00", "2027-03-05 09:00", "2027-03-05T09:00",
     "5. 3. 2027 9:00", "Fri 5.3.2027 at 9:00", "fre 5.3.2027 kl. 9.00"],
)  # fmt: skip
@time_machine.travel("2026-11-22 10:00+02:00", tick=False)
def test_a_time_is_read_in_any_usual_form(text):
    assert times_of(text).times == [datetime(2027, 3, 5, 9, tzinfo=get_default_timezone())]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5.3. 9.00", "no time was found"),
        ("31.2.2027 9.00", "no time was found"),
        ("5.3.2027 25.00", "no time was found"),
        ("5.3.2027", "no time was found"),
        ("5.3.2026 9.00", "has passed"),
        ("5.3.2037 9.00", "not near this one"),
        ("28.3.2027 3.30", "no such time"),
    ],
)
@time_machine.travel("2026-11-22 10:00+02:00", tick=False)
def test_a_line_that_is_no_time_is_told(text, why):
    found = times_of(f"5.3.2027 9.00\n\n{text}")
    assert len(found.times) == 1
    assert why in found.refused[0]
    assert found.refused[0].startswith("Line 3")


# -- the pages --------------------------------------------------------------------------------------------------------


def form(**more) -> dict[str, object]:
    times = "\n".join(f"{when:%d.%m.%Y %H.%M}" for when in (at(10), at(11)))
    return SAID | {"times": times, "groups": ["pair"], "others": "Liisa Laine, liisa@example.org"} | more


def test_a_meeting_goes_through_its_pages(client, region, aino, mikko):
    client.force_login(aino)
    assert client.get(reverse("arranged", args=[region.slug])).status_code == 200
    new = reverse("arranged_new", args=[region.slug])
    assert client.get(f"{new}?kind=workshop").status_code == 200
    answer = client.post(new, form(), follow=True)
    meeting = Meeting.objects.get()
    assert meeting.invitees.count() == 3
    assert "Palautekokous 2027" in text_of(answer)
    time = meeting.times.all()[1]
    answer = client.post(meeting.get_absolute_url(), {"act": "fix", "time": time.pk, "seen": 0}, follow=True)
    assert fresh(meeting).starts_at == time.starts_at
    changed = SAID | {"place": "Kahvila", "seen": fresh(meeting).sequence}
    client.post(meeting.page("arranged_change"), changed)
    assert fresh(meeting).place == "Kahvila"
    client.post(meeting.page("arranged_people"), {"others": "Kalle Repo, kalle@example.org"})
    assert meeting.invitees.count() == 4
    another = {"act": "another", "at": f"{at(12):%d.%m.%Y %H.%M}", "seen": fresh(meeting).sequence}
    client.post(meeting.get_absolute_url(), another)
    assert fresh(meeting).starts_at == at(12)
    client.post(meeting.get_absolute_url(), {"act": "cancel", "reason": "Sairaus."})
    answer = client.get(meeting.get_absolute_url())
    assert (fresh(meeting).state, "Sairaus." in text_of(answer)) == ("cancelled", True)


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"times": "huomenna"}, "huomenna"),
        ({"others": "Liisa ilman osoitetta"}, "Liisa ilman osoitetta"),
        ({"title": ""}, "Kirjasto, Ärjänkatu 1"),
        ({"length": "5"}, "Kirjasto, Ärjänkatu 1"),
        ({"link": "javascript:alert(1)"}, "javascript:alert(1)"),
        ({"groups": [], "others": ""}, "Kirjasto, Ärjänkatu 1"),
        ({"message": "Hän on 010190-123A"}, "010190-123A"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(client, region, aino, wrong, kept):
    client.force_login(aino)
    answer = client.post(reverse("arranged_new", args=[region.slug]), form(**wrong))
    assert answer.status_code == 422
    assert kept in answer.content.decode()
    assert not Meeting.objects.exists()


def test_a_refused_act_keeps_what_was_typed(client, region, aino):
    meeting = proposed(region, aino, liisa())
    client.force_login(aino)
    for act, name in (("more", "times"), ("another", "at")):
        answer = client.post(meeting.get_absolute_url(), {"act": act, name: "huomenna", "seen": 0})
        assert (answer.status_code, "huomenna" in answer.content.decode()) == (422, True)
    assert client.post(meeting.get_absolute_url(), {"act": "cancel"}).status_code == 422
    assert client.post(meeting.get_absolute_url(), {"act": "uninvite", "invitee": "x"}).status_code == 422
    assert client.post(meeting.get_absolute_url(), {"act": "fix", "time": "9" * 30}).status_code == 404
    assert client.post(meeting.get_absolute_url(), {"act": "explode"}).status_code == 422


def test_who_only_reads_sees_the_meeting_and_no_form(client, region, aino):
    meeting = proposed(region, aino, liisa())
    reader = name_person(region, "group", "reino@example.org", "Reino Saari", aino).person
    client.force_login(reader)
    page = client.get(meeting.get_absolute_url())
    assert page.status_code == 200
    assert 'name="act"' not in page.content.decode()
    assert client.post(meeting.get_absolute_url(), {"act": "cancel", "reason": "x"}).status_code == 403
    for name in ("arranged_change", "arranged_people", "arranged_held"):
        assert client.get(meeting.page(name)).status_code == 403
    assert client.get(reverse("arranged_new", args=[region.slug])).status_code == 403


def test_a_link_that_was_made_up_leads_nowhere(client, region, aino):
    meeting = proposed(region, aino, liisa())
    token = token_of(invitee(meeting, "liisa@example.org"))
    for wrong in ("x", token[:-1], token + "x", token.replace(":", ":x", 1)):
        assert client.get(reverse("invited", args=[wrong])).status_code == 404
        assert client.get(reverse("invited_calendar", args=[wrong])).status_code == 404
    assert client.get(reverse("invited_calendar", args=[token])).status_code == 404  # nothing is fixed yet


def test_the_link_speaks_the_language_of_the_mail(region, aino, mikko):
    mikko.language = "sv"
    mikko.save()
    meeting = proposed(region, aino, Whom(mikko))
    answer = Client().get(page_of(invitee(meeting, mikko.email)))
    assert '<html lang="sv">' in answer.content.decode()


@pytest.mark.parametrize("number", [10, 60])
def test_the_number_of_queries_does_not_grow_with_those_invited(
    client, region, aino, django_assert_max_num_queries, number
):
    people = [Whom(name=f"Vieras {one}", email=f"vieras.{one}@example.org") for one in range(number)]
    meeting = services.arrange(region, aino, SAID, [at(10), at(11)], people)
    for one in meeting.invitees.select_related("person", "meeting"):
        pick(link_of(one), picks(meeting, "yes", "maybe"))
    client.force_login(aino)
    client.get(meeting.get_absolute_url())
    with django_assert_max_num_queries(14):
        assert client.get(meeting.get_absolute_url()).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(reverse("arranged", args=[region.slug])).status_code == 200


def test_mails_wait_for_nothing_and_their_text_is_wiped(region, aino, worker):
    proposed(region, aino, liisa(), times=(10,))
    worker.run()
    sent = Mail.objects.get(address="liisa@example.org")
    assert (bool(sent.sent_at), sent.body, sent.calendar) == (True, "", "")


def test_kaikukeskus_arranges_for_a_region_too(region, aino):
    meeting = proposed(region, a_kaikukeskus_person(), Whom(aino), times=(10,), kind="training")
    assert meeting.invitees.count() == 2


# -- where else it is seen --------------------------------------------------------------------------------------------


def test_a_held_introduction_is_offered_to_step_one_and_written_by_nobody():
    here = a_walk()
    meeting = proposed(here.region, here.aino, liisa(), times=(1,), kind="introduction")
    row = here.trial.steps.get(key="intro_event")
    client = Client()
    with time_machine.travel(at(1, 12), tick=False):
        client.force_login(here.laura)
        assert "From the meeting" not in text_of(client.get(row.get_absolute_url()))
        services.hold(meeting, here.aino, [], 12)
        page = client.get(row.get_absolute_url())
        day = localdate()
        assert f'value="{day.day}.{day.month}.{day.year}"' in page.content.decode()
        assert 'value="12"' in page.content.decode()
        assert "From the meeting that was arranged here" in text_of(page)
    row.refresh_from_db()
    assert row.evidence == {}


def test_my_work_says_what_is_to_do_with_a_meeting(region, aino, mikko):
    meeting = proposed(region, aino, Whom(mikko))
    reader = name_person(region, "group", "reino@example.org", "Reino Saari", aino).person
    pick(link_of(invitee(meeting, mikko.email)), picks(meeting, "yes", "no"))
    for person in (aino, mikko):
        [item] = work_of(person).mine
        assert item.what == "Fix the time: Palautekokous 2027 (1 of 2 have answered)"
    assert [item.what for item in work_of(reader).others] == [item.what]
    services.fix(meeting, aino, at(1), 0)
    assert work_of(aino).mine == []
    with time_machine.travel(at(1, 12), tick=False):
        [item] = work_of(aino).mine
        assert (item.what, item.href) == ("Say who came: Palautekokous 2027", meeting.get_absolute_url())


def test_the_board_says_when_the_next_meeting_is(client, region, aino):
    proposed(region, aino, liisa(), times=(10,))
    client.force_login(aino)
    assert "Palautekokous 2027" in text_of(client.get(region.get_absolute_url()))


def test_who_follows_a_leaver_arranges_what_was_arranged_and_is_invited(region, aino, mikko, worker):
    meeting, past = proposed(region, aino, Whom(mikko), times=(10,)), proposed(region, aino, Whom(mikko))
    services.cancel(past, aino, "Turha.")
    name_person(region, "culture", "uusi@example.org", "Uuno Uusi", aino)
    given = region.responsibilities.get(person=aino)
    hand_over(aino, aino, localdate(), [Given(given.pk, "uusi@example.org", "Uuno Uusi")])
    worker.run()
    assert [fresh(one).organiser.name for one in (meeting, past)] == ["Uuno Uusi", "Aino Virtanen"]
    assert invitee(meeting, "uusi@example.org").uninvited_at is None
    assert any("kaikupolku.ics" in str(one.attachments) for one in letters("uusi@example.org"))
