"""What does a region's board say to whom, how is a trial opened, a meeting recorded, and history told?"""

import ast
import re
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override

from adoption.access import KAIKUKESKUS
from adoption.alphabet import alphabetical
from adoption.history import NOBODY, Acting, locked, record
from adoption.models import Act, Municipality, Partner
from adoption.partners import clear, request_clearance
from adoption.people import name_person
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial
from tests.trials import a_walk, text_of, venues
from workflows import services
from workflows.board import recent, walked
from workflows.models import FeedbackMeeting, Trial
from workflows.path import RADIUS, SIGN_HEIGHT, SIGN_WIDTH, Picture
from workflows.sentences import OF_THE_SITE, SENTENCES, sentences
from workflows.standing import written
from workflows.walk import Walk, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def sign_in(client, person):
    person.language = "en"
    person.save()
    client.force_login(person)
    return client


def board_of(client, region):
    response = client.get(reverse("board", args=[region.slug]))
    assert response.status_code == 200
    return response


# -- regions without a trial ----------------------------------------------------------------------------------------


def test_a_region_without_a_trial_says_so_and_shows_what_is_not_known(client):
    region = a_region("ruotsi")
    page = text_of(board_of(sign_in(client, a_kaikukeskus_person()), region))
    assert "Kaikukortti is in use here. Open a trial if new municipalities join." in page
    assert "Open a trial" in page
    assert "Haparanda Phase In use (list of 2024) since 7.2.2024 County not known Residents not known" in page


def test_only_kaikukeskus_is_offered_to_open_a_trial(client):
    region = a_region()
    aino, _mikko = a_pair(region)
    page = text_of(board_of(sign_in(client, aino), region))
    assert "Kaikukortti is in use here." in page
    assert "Open a trial" not in page


def test_a_stranger_sees_no_board(client):
    region = a_region()
    sign_in(client, a_stranger())
    for name in ("board", "history", "trial_open", "meeting_new"):
        for method in (client.get, client.post):
            answer = method(reverse(name, args=[region.slug]))
            assert answer.status_code == 404 or (answer.status_code == 405 and name in ("board", "history"))


# -- the board of a trial -------------------------------------------------------------------------------------------


def test_the_board_says_the_next_thing_to_this_very_person(client):
    here = a_walk(until="workshop")
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Step 5, Commitments of the trial's actors: three things are missing. Then confirm." in page
    assert "Waiting for both sides: step 5" in text_of(board_of(sign_in(client, here.laura), here.region))


@pytest.mark.parametrize("model", ["2023", "2024"])
def test_the_board_shows_ten_steps_and_the_decision_in_both_models(client, model):
    here = a_walk(model=model)
    page = board_of(sign_in(client, here.laura), here.region)
    for step in services.read(here.trial.pk).flow.all_steps():
        assert str(step.title) in text_of(page)
    assert "Your turn" in text_of(page)  # step 1 is Kaikukeskus's


def test_the_picture_and_the_words_beside_it_say_the_same(client):
    here = a_walk(until="commitments")
    services.reopen_step(here.trial, "pair_training", here.laura, "A new person has not been trained.")
    body = board_of(sign_in(client, here.aino), here.region).content.decode()
    description = re.search(r"<desc[^>]*>(.*?)</desc>", body)[1]
    for words in (
        "Steps 6, 7 and 8 are open side by side.",
        "Done: 1, 2 and 4. Skipped: 5.",
        "Step 3 has been reopened, and closes before step 9, 10 or the decision.",
        "Ahead: 9, 10 and the decision.",
    ):
        assert words in description
        assert words in body.replace(description, "")
    assert body.count('<g class="is-open">') == 3
    assert body.count('<g class="is-again">') == 1
    assert "A new person has not been trained." in body


def test_half_late_skipped_overridden_and_early_stand_on_the_board_with_their_reasons(client):
    here = a_walk(until="local_pair")
    services.save_evidence(
        here.trial, "pair_training", here.laura, {"date": localdate().isoformat(), "trainer": "Laura"}, 0
    )
    services.confirm_step(here.trial, "pair_training", here.mikko)
    here.trial.steps.filter(key="pair_training").update(due=localdate() - timedelta(days=2))
    services.open_next_early(here.trial, "pair_training", here.laura, "The hall is booked.")
    services.override_rule(here.trial, "workshop", "candidates_not_asked", here.laura, "They come in January.")
    services.skip_step(here.trial, "print_comms", here.laura, "The cards of the neighbour are used.")
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "2 days late Waiting for the culture side Your turn" in page
    assert f"Next step opened early {written(localdate())}: ”The hall is booked.” Laura Mäkelä, Kaikukeskus" in page
    rule = "There are candidates, and each has said yes, no or maybe"
    assert f"Rule overridden {written(localdate())}: {rule}: ”They come in January.”" in page
    assert "Skipped" in page
    assert f"Skipped {written(localdate())}: ”The cards of the neighbour are used.” Laura Mäkelä, Kaikukeskus" in page
    assert "The step after 3 was opened early; 3 is open still." in page
    assert "Confirm step 3, Kaikukeskus's training for the pair: everything is there." in page


def drawn(here: Walk) -> tuple[Picture, list[tuple[float, float, float, float]]]:
    """The picture, and the box of each word and sign in it; a letter of 13 pixels is at most 8 wide."""
    picture = walked(here.trial.pk, here.region, here.laura).picture
    words = [s for s in picture.stations if s.label]
    boxes = [(s.label_x - 4 * len(s.label), s.label_y - 11, s.label_x + 4 * len(s.label), s.label_y + 3) for s in words]
    return picture, boxes + [(sign.x, sign.y, sign.x + SIGN_WIDTH, sign.y + SIGN_HEIGHT) for sign in picture.signs]


def covering(boxes: list[tuple[float, float, float, float]]) -> list[tuple]:
    return [(a, b) for a, b in combinations(boxes, 2) if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_no_word_of_the_picture_covers_another(language):
    with override(language):
        here = a_walk()
        for key in ("intro_event", "local_pair", "pair_training", "workshop", "commitments"):
            services.open_next_early(here.trial, key, here.laura, "Sovittu puhelimessa.")
            picture, boxes = drawn(here)
            assert covering(boxes) == []
            assert all(box[0] >= -20 and box[3] <= picture.top + picture.height for box in boxes)
        for key in ("intro_event", "pair_training", "workshop", "print_comms"):
            services.skip_step(here.trial, key, here.laura, "Asia on kunnossa.")
            services.reopen_step(here.trial, key, here.laura, "Tieto muuttui.")
            assert covering(drawn(here)[1]) == []


def test_each_sign_stands_over_a_step_that_is_open():
    here = a_walk(until="workshop")
    services.open_next_early(here.trial, "commitments", here.laura, "Sovittu puhelimessa.")
    picture, _boxes = drawn(here)
    now = {(s.x, s.y) for s in picture.stations if s.state == "open"}
    tops = {x: min(y for other, y in now if other == x) for x, _y in now}
    assert [(sign.text_x, sign.y) for sign in picture.signs] == [
        (x, y - RADIUS - SIGN_HEIGHT - 9) for x, y in sorted(tops.items())
    ]


def test_what_is_due_first_is_the_next_thing_though_another_is_ready(client):
    here = a_walk(until="workshop")
    services.open_next_early(here.trial, "commitments", here.laura, "Sovittu puhelimessa.")
    for key in ("kaikukanta_users", "induction"):
        for rule in services.read(here.trial.pk).flow.step(key).missing:
            services.override_rule(here.trial, key, rule.key, here.laura, "Sovittu puhelimessa.")
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Step 5, Commitments of the trial's actors: three things are missing. Then confirm." in page
    page = text_of(board_of(sign_in(client, here.laura), here.region))
    assert "Waiting for both sides: step 5" in page
    step = reverse("step", args=[here.region.slug, here.trial.pk, "induction"])
    page = text_of(sign_in(client, here.aino).get(step))
    assert "When this step and steps 5, 6 and 7 have been closed, the way goes on to 9." in page


def test_a_step_waits_for_what_is_not_closed_before_it(client):
    here = a_walk(until="local_pair")
    services.skip_step(here.trial, "workshop", here.laura, "Pidetty keväällä.")
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Opens when step 3 is done." in page
    assert "Opens when step 4 is done." not in page


def test_the_facts_name_who_decided_when_and_where_it_stands(client):
    here = a_walk(until="decision")
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    for side, body in (("Culture", "Sivistyslautakunta"), ("Care", "Aluehallitus")):
        assert f"{side}: {body} {written(localdate())}, § 21, KP/99/2027" in page


def test_of_the_decision_its_own_records_are_missing(client):
    here = a_walk(until="feedback")
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Nothing is missing but the records of the decision itself." in page
    assert "Nothing is missing but the confirmation." not in page


def test_municipalities_stand_in_the_order_of_the_readers_language(client):
    region = a_region("pohjanmaa")
    a_trial(region)
    names = [one.municipality.name_sv for one in region.members.select_related("municipality")]
    laura = sign_in(client, a_kaikukeskus_person())
    with override("sv"):
        shown = walked(region.trials.get().pk, region, a_kaikukeskus_person()).municipalities
    assert shown.replace(" och ", ", ").split(", ") == sorted(names, key=alphabetical)
    assert laura.get(reverse("trial_open", args=[region.slug])).status_code == 200


def test_a_substitute_stands_with_the_holder(client):
    here = a_walk(until="local_pair")
    riitta = name_person(here.region, "care", "riitta@example.org", "Riitta Kallio", here.laura, substitute=True).person
    services.save_evidence(
        here.trial, "pair_training", here.laura, {"date": localdate().isoformat(), "trainer": "Laura"}, 0
    )
    services.confirm_step(here.trial, "pair_training", riitta)
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Riitta Kallio, in the stead of Mikko Kettunen" in page
    assert "Riitta Kallio (care side, in the stead of Mikko Kettunen) confirmed" in page


def test_many_missing_things_of_one_rule_are_counted(client):
    here = a_walk(until="commitments")
    venues(here, 4)
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Each committed partner has its Kaikukanta account: 7 missing" in page


def test_two_open_trials_stand_under_their_own_headings(client):
    region = a_region()
    aino, _mikko = a_pair(region)
    first, second, *_others = region.municipalities.order_by("name_fi")
    a_trial(region, "2023", [first])
    a_trial(region, "2024", [second])
    page = board_of(sign_in(client, aino), region)
    assert len(re.findall(r"<h2[^>]*>Trial \d", page.content.decode())) == 2
    ids = re.findall(r'\bid="([^"]+)"', page.content.decode())
    assert len(ids) == len(set(ids))


def test_a_decided_trial_stands_on_the_board_until_a_new_one_and_then_below_it(client):
    here = a_walk(until="decision")
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Decided: Kaikukortti goes on for good." in page
    assert "Lasting use · operating model 2024" in page
    assert "What waits for you: My work" in page
    assert "What waits for you" not in text_of(board_of(sign_in(client, here.laura), here.region))
    here.region.members.update(phase="ended")
    assert "None: Kaikukortti has ended here." in text_of(board_of(client, here.region))
    here.region.members.update(phase="in_use")  # a region of one municipality, which lasting use keeps from a new trial
    a_trial(here.region)
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Other trials Trial" in page
    assert "Record step 1, Introductory event. Kaikukeskus confirms it then." in page


def test_the_feedback_meeting_that_is_late_is_the_next_thing(client):
    here = a_walk(until="decision")
    long_ago = localdate() - timedelta(days=400)
    Trial.objects.update(started_on=long_ago - timedelta(days=30))
    FeedbackMeeting.objects.update(held_on=long_ago)
    page = text_of(board_of(sign_in(client, here.aino), here.region))
    assert "Hold the feedback meeting: it was due on" in page
    assert "Record the meeting" in page


def test_the_working_group_reads_and_is_offered_no_act(client):
    here = a_walk(until="commitments")
    reader = name_person(here.region, "group", "liisa@example.org", "Liisa Aho", here.laura).person
    page = board_of(sign_in(client, reader), here.region).content.decode()
    assert "Your turn" not in page
    assert "Record a meeting" not in page
    assert '<form method="post"' not in page.split("<main")[1]


def test_the_board_asks_the_same_number_of_queries_at_ten_and_at_two_hundred_partners(client):
    here = a_walk(until="commitments")
    sign_in(client, here.aino)
    _venues(here, 10)
    few = _queries(client, reverse("board", args=[here.region.slug]))
    _venues(here, 190)
    assert _queries(client, reverse("board", args=[here.region.slug])) == few
    assert few <= 32


def _venues(here: Walk, count: int) -> None:
    """So many committed venues more, each with its act."""
    made = venues(here, count)
    region = locked(here.region.pk)
    for partner in made:
        record(region, Acting(here.aino, "culture"), "partner_added", partner, role="venue")


def _queries(client, address) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


# -- history --------------------------------------------------------------------------------------------------------


def codes_of_acts() -> set[str]:
    """Every `what` that the services record, read from their source."""
    found: set[str] = set()
    for app in ("adoption", "commitments", "workflows"):
        for file in Path(settings.BASE_DIR, app).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text())):
                if isinstance(call, ast.Call):
                    found |= _codes(call)
    return found


def _codes(call: ast.Call) -> set[str]:
    """The code stands third in `record` and the certificates' `_record_files`, fourth in the partner's `_decided`,
    second where a point of a meeting tells of itself."""
    places = {"record": 2, "history.record": 2, "_record": 2, "_record_files": 2, "_decided": 3, "_tell_history": 1}
    place = places.get(ast.unparse(call.func))
    if place is None or len(call.args) <= place:
        return set()
    code = call.args[place]
    if isinstance(code, ast.Name):
        assert code.id == "what", f"line {call.lineno}: a code that this test cannot read"
        return set()
    either = [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]
    assert all(isinstance(one, ast.Constant) for one in either), (
        f"line {call.lineno}: a code that this test cannot read"
    )
    return {one.value for one in either}


def test_every_act_that_is_recorded_has_a_sentence_and_no_other():
    codes = codes_of_acts()
    assert len(codes) > 30
    assert set(SENTENCES) == codes


def test_a_whole_walk_is_told_in_sentences_without_a_hole():
    here = a_walk()
    walk(here)
    told = [line.text for line in sentences(Act.objects.filter(region=here.region))]
    assert not [text for text in told if "not known" in text or "%(" in text or "  " in text]
    closed = "confirmed: Step 5, Commitments of the trial's actors. With this the step was closed."
    assert any(closed in text for text in told)
    assert "Mikko Kettunen (care side) confirmed, and the decision is made: Kaikukortti goes on for good." in told


def test_history_names_who_had_not_signed_when_step_five_closed(client):
    here = a_walk(until="workshop")
    late = a_distributor(here.region, here.mikko, "Myöhäinen ry")
    walk_on = {"most_in_tight": True, "why_most": "Useimmat.", "client_group": "Aikuisia."}
    request_clearance(late, here.mikko, walk_on)
    clear(late, here.laura)
    Partner.objects.filter(pk=late.pk).update(state="asked")  # so that the walk does not sign it
    for rule in ("region_commitment_not_in_force", "no_committed_venue", "no_committed_third_sector_distributor"):
        services.override_rule(here.trial, "commitments", rule, here.laura, "For the test.")
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "commitments", person)
    page = text_of(sign_in(client, here.aino).get(reverse("history", args=[here.region.slug])))
    assert re.search(r"Not signed by then: .*Myöhäinen ry", page)


def test_history_asks_the_same_number_of_queries_at_two_hundred_acts(client):
    here = a_walk(until="commitments")
    sign_in(client, here.aino)
    address = reverse("history", args=[here.region.slug])
    client.get(address)
    few = _queries(client, address)
    region = locked(here.region.pk)
    for number in range(200):
        record(region, Acting(here.laura, KAIKUKESKUS), "partner_changed", here.partners()[number % 3], fields=[])
    assert _queries(client, address) <= few
    assert few <= 20


# -- opening a trial ------------------------------------------------------------------------------------------------


def opening(region, **changes) -> dict:
    start = localdate() + timedelta(days=170)
    said = {
        "municipalities": [m.pk for m in region.municipalities.all()], "model": "2024",
        "planned_start": f"{start.day}.{start.month}.{start.year}", "planned_end": str(start + timedelta(days=365)),
    }  # fmt: skip
    return said | changes


def test_kaikukeskus_opens_a_trial(client):
    region = a_region()
    sign_in(client, a_kaikukeskus_person())
    other = Municipality.objects.filter(county=region.county).exclude(regions=region).first()
    said = opening(region, model="2023") | ({"others": [other.pk]} if other else {})
    answer = client.post(reverse("trial_open", args=[region.slug]), said, follow=True)
    trial = region.trials.get()
    assert trial.model == "2023"
    assert answer.redirect_chain == [(region.get_absolute_url(), 302)]
    assert "The trial is open, at its first step." in text_of(answer)
    again = client.post(reverse("trial_open", args=[region.slug]), said)
    assert again.status_code == 422
    assert region.trials.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"municipalities": []}, "Choose at least one municipality."),
        ({"planned_end": "1.1.2020"}, "The trial must end after it starts"),
        ({"planned_start": "31.2.2030"}, "has only 28 days"),
        ({"planned_start": "1.1.2020"}, "The planned start must be after today"),
        ({"model": "2019"}, "Select a valid choice"),
    ],
)
def test_a_trial_that_cannot_be_is_refused_with_what_was_typed_still_there(client, changes, words):
    region = a_region()
    said = opening(region, **changes)
    answer = sign_in(client, a_kaikukeskus_person()).post(reverse("trial_open", args=[region.slug]), said)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.content.decode()
    assert words in text_of(answer)
    assert f'value="{said["planned_start"]}"' in answer.content.decode()
    assert not region.trials.exists()


def test_municipalities_of_another_open_trial_are_shown_as_taken(client):
    region = a_region()
    first, *_others = region.municipalities.order_by("name_fi")
    a_trial(region, municipalities=[first])
    page = sign_in(client, a_kaikukeskus_person()).get(reverse("trial_open", args=[region.slug]))
    assert f"Not offered here: {first.name}: in another open trial" in text_of(page)
    assert f'value="{first.pk}"' not in page.content.decode()


def test_only_kaikukeskus_reaches_the_opening(client):
    region = a_region()
    aino, _mikko = a_pair(region)
    sign_in(client, aino)
    assert client.get(reverse("trial_open", args=[region.slug])).status_code == 404
    assert client.post(reverse("trial_open", args=[region.slug]), opening(region)).status_code == 404


# -- feedback meetings ----------------------------------------------------------------------------------------------


def meeting(**changes) -> dict:
    today = localdate()
    said = {"held_on": f"{today.day}.{today.month}.{today.year}", "attendees": "12", "minutes": "The hall is wanted."}
    return said | changes


def test_a_meeting_is_recorded_and_counts_for_step_ten(client):
    here = a_walk(until="start_distribution")
    address = reverse("meeting_new", args=[here.region.slug])
    answer = sign_in(client, here.aino).post(address, meeting(kaikukeskus_took_part="on"), follow=True)
    assert "The meeting is recorded." in text_of(answer)
    assert "12 attendees, Kaikukeskus took part The hall is wanted." in text_of(answer)
    assert "Everything is there: confirm." in text_of(answer)
    again = client.post(address, meeting())
    assert again.status_code == 422
    assert "A meeting of this day is recorded already." in text_of(again)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"held_on": "1.1.2099"}, "The day is still to come"),
        ({"held_on": "1.1.2020"}, "The meeting was before distribution began"),
        ({"minutes": " "}, "Write the minutes, at least what was agreed."),
        ({"attendees": "-1"}, "greater than or equal to 0"),
        ({"minutes": "Hän on 010190-123A."}, "personal identity code"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(client, changes, words):
    here = a_walk(until="start_distribution")
    answer = sign_in(client, here.aino).post(reverse("meeting_new", args=[here.region.slug]), meeting(**changes))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not here.region.meetings.exists()


def test_who_only_reads_records_no_meeting(client):
    here = a_walk()
    reader = name_person(here.region, "group", "liisa@example.org", "Liisa Aho", here.laura).person
    sign_in(client, reader)
    for answer in (
        client.get(reverse("meeting_new", args=[here.region.slug])),
        client.post(reverse("meeting_new", args=[here.region.slug]), meeting()),
    ):
        assert answer.status_code == 403
    assert not here.region.meetings.exists()


def test_what_the_worker_did_does_not_push_out_what_people_did():
    here = a_walk(until="local_pair")
    for _number in range(9):
        record(locked(here.region.pk), NOBODY, "documents_sealed", here.trial)
    assert all(line.act.what not in OF_THE_SITE for line in recent(here.region))
    assert len(list(recent(here.region))) > 1
