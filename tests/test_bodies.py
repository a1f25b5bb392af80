"""Are the days of bodies read as people write them, and does the plan name the last meeting by which it needs them?"""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as some

from adoption.days import A_DAY
from adoption.models import Act, Municipality
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import day, weekday_day
from tests.people import a_kaikukeskus_person, a_pair, a_region
from tests.trials import a_walk, text_of
from workflows import services
from workflows.bodies import add_body, alike, change_body, deciding, remove_body
from workflows.meeting_days import days_of
from workflows.models import Body, TrialStep
from workflows.sentences import sentences
from workflows.timeline import plan_of_trial, wished
from workflows.trial import MODELS

pytestmark = pytest.mark.usefixtures("in_english")

THIS = localdate().year
FIFTH = date(THIS, 3, 5)


# -- reading days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "5.3.{y}", "05.03.{y}", "5.3.", "5.3", "{y}-03-05", "pe 5.3.{y} klo 17.00", "Fredag 5.3. kl. 17.00–19.30",
        "5. 3. {y}", "5.3.{short}", "  5.3.{y},", "- 5.3.{y} at 17:00 (Raatihuone)", "5.3.{y} klo 9–14", "5.3. 17:00",
    ],
)  # fmt: skip
def test_a_day_is_read_in_any_usual_form(text):
    found = days_of(text.format(y=THIS, short=f"{THIS % 100:02}"), THIS)
    assert found == ([FIFTH], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31.2.{y}", "there is no such day"), ("{y}-13-01", "there is no such day"),
        ("marraskuussa", "no day was found"),
        ("5.3.1899", "not near this one"), ("5.3.{far}", "not near this one"), ("5.–6.3.{y}", "not understood"),
        ("kokous 12: 5.3.{y}", "not understood"), ("5/3/{y}", "no day was found"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(text, said):
    found = days_of(f"5.3.{THIS}\n\n{text.format(y=THIS, far=THIS + 9)}\n6.3.{THIS}", THIS)
    [line] = found.refused
    assert line.startswith("Line 3, “")
    assert said in line
    assert {FIFTH, date(THIS, 3, 6)} <= set(found.days)


FORMS = (
    "{0.day}.{0.month}.{0.year}", "{0:%d}.{0:%m}.{0.year}", "{0:%Y-%m-%d}", "{0.day}.{0.month}.",
    "ti {0.day}.{0.month}.{0.year}",
)  # fmt: skip


@given(
    some.lists(some.dates(date(THIS, 1, 1), date(THIS, 12, 31)), min_size=1, max_size=12),
    some.sampled_from(FORMS), some.sampled_from(["\n", ", ", "; ", " ", "\r\n", " ja ", "\n\n"]),
)  # fmt: skip
def test_many_days_are_read_in_whatever_order(days, form, between):
    assert days_of(between.join(form.format(one) for one in days), THIS) == (sorted(set(days)), [])


@given(some.text(max_size=60))
def test_no_text_errs(text):
    found = days_of(text, THIS)
    assert found.days == sorted(set(found.days))
    assert bool(found.days or found.refused) == bool(text.strip())


# -- keeping them -----------------------------------------------------------------------------------------------------


@pytest.fixture
def kainuu(db):
    return a_region("kainuu")


def town(name: str) -> Municipality:
    return Municipality.objects.get(name_fi=name)


def refused(act, *args) -> str:
    with pytest.raises(Refused) as caught:
        act(*args)
    return str(caught.value)


def test_a_body_is_known_changed_and_removed(kainuu):
    aino, _mikko = a_pair(kainuu)
    body = add_body(kainuu, aino, town("Kajaani"), " Sivistyslautakunta ", [FIFTH, FIFTH])
    assert (body.days, str(body)) == ([FIFTH.isoformat()], "Sivistyslautakunta, Kajaani")
    change_body(body, aino, "Kulttuurilautakunta", [FIFTH + A_DAY, FIFTH])
    assert Body.objects.get().meets_on == [FIFTH, FIFTH + A_DAY]
    county = add_body(kainuu, aino, None, "Aluehallitus", [FIFTH])
    remove_body(body, aino)
    assert list(Body.objects.all()) == [county]
    assert "removed already" in refused(remove_body, body, aino)
    acts = Act.objects.filter(what__startswith="body_").order_by("number")
    assert [line.text for line in sentences(acts)] == [
        "Aino Virtanen (culture side) entered the meetings of a body: Sivistyslautakunta, Kajaani.",
        "Aino Virtanen (culture side) changed the meetings of a body: Kulttuurilautakunta, Kajaani.",
        "Aino Virtanen (culture side) entered the meetings of a body: Aluehallitus, county.",
        "Aino Virtanen (culture side) removed a body: Kulttuurilautakunta, Kajaani.",
    ]


def test_a_slip_is_refused_in_words(kainuu):
    laura = a_kaikukeskus_person()
    add_body(kainuu, laura, town("Kajaani"), "Lautakunta", [FIFTH])
    assert "known already" in refused(add_body, kainuu, laura, town("Kajaani"), "lautakunta", [FIFTH])
    assert "not in this region" in refused(add_body, kainuu, laura, town("Oulu"), "Lautakunta", [FIFTH])
    said = refused(add_body, kainuu, laura, town("Kuhmo"), " ", [])
    assert "Give the name" in said
    assert "at least one day" in said
    assert "has no county" in refused(add_body, a_region("ruotsi"), laura, None, "Hallitus", [FIFTH])


def test_a_holder_of_one_municipality_keeps_its_bodies_alone(kainuu):
    laura = a_kaikukeskus_person()
    given_to = name_person(
        kainuu, "culture", "kaisa@example.org", "Kaisa Kuhmolainen", laura, municipality=town("Kuhmo")
    )
    add_body(kainuu, given_to.person, town("Kuhmo"), "Lautakunta", [FIFTH])
    with pytest.raises(NotYours):
        add_body(kainuu, given_to.person, town("Kajaani"), "Lautakunta", [FIFTH])


# -- in the plan ------------------------------------------------------------------------------------------------------


def of_plan(here, name: str):
    trial = services.read(here.trial.pk)
    rows = deciding(here.region, trial.municipalities.all(), plan_of_trial(trial))
    return next(row for row in rows if row.name == name)


@pytest.mark.django_db
def test_the_plan_names_the_last_meeting_in_time_of_all_the_bodies():
    here = a_walk("kainuu")
    row = TrialStep.objects.get(trial=here.trial, key="workshop")
    before = [row.due - n * A_DAY for n in (30, 5, 2)]
    add_body(here.region, here.aino, town("Kajaani"), "Lautakunta", [before[0], before[2], row.due + A_DAY])
    add_body(here.region, here.aino, town("Kajaani"), "Hallitus", [before[1]])
    add_body(here.region, here.aino, town("Kuhmo"), "Lautakunta", [row.due + 3 * A_DAY])
    add_body(here.region, here.aino, None, "Aluehallitus", [row.due])
    kajaani = of_plan(here, "Kajaani")
    assert kajaani.join == ("open", f"Lautakunta, {weekday_day(before[2])}")
    last = weekday_day(row.due + A_DAY)
    due = weekday_day(TrialStep.objects.get(trial=here.trial, key="decision").due)
    text = f"later meetings than Lautakunta, {last} are not known yet, and the decision is needed by {due}"
    assert kajaani.go_on == ("missing", text)
    kuhmo = of_plan(here, "Kuhmo").join
    assert kuhmo.icon == "late"
    assert (
        kuhmo.text == f"Lautakunta, {weekday_day(row.due + 3 * A_DAY)}: after the planned day, {weekday_day(row.due)}"
    )
    sotkamo = of_plan(here, "Sotkamo").join
    assert sotkamo == ("missing", f"no meeting is known, and the decision is needed by {weekday_day(row.due)}")
    assert of_plan(here, here.region.county.name).join == ("open", f"Aluehallitus, {weekday_day(row.due)}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "icon"),
    [(42, None, "open"), (43, None, "missing"), (60, 31, "open"), (60, 32, "missing"), (200, 5, "missing")],
)
def test_a_meeting_is_the_last_only_where_the_calendar_reaches_the_day(before, after, icon):
    here = a_walk("kainuu")
    due = TrialStep.objects.get(trial=here.trial, key="decision").due
    days = [due - before * A_DAY, *([due + after * A_DAY] if after else [])]
    add_body(here.region, here.aino, town("Kajaani"), "Lautakunta", days)
    found = of_plan(here, "Kajaani").go_on
    assert found.icon == icon
    assert ("not known yet" in found.text) == (icon == "missing")
    assert weekday_day(days[0]) in found.text


@pytest.mark.django_db
def test_a_decision_that_was_made_is_told_instead():
    here = a_walk("kainuu")
    on = localdate() - timedelta(days=9)
    said = [{"body": f"m{town('Kajaani').pk}", "organ": "Hallitus", "date": on.isoformat(), "answer": "yes"}]
    TrialStep.objects.filter(trial=here.trial, key="workshop").update(evidence={"decisions": said})
    assert of_plan(here, "Kajaani").join == ("done", f"Hallitus {weekday_day(on)}")
    services.skip_step(here.trial, "workshop", here.laura, "Pidetty.")
    assert of_plan(here, "Kuhmo").join == ("done", "the step is done")


@pytest.mark.django_db
def test_a_wish_has_its_meetings_too(django_assert_num_queries):
    region = a_region("kainuu")
    plan = wished(MODELS["2024"], localdate() + timedelta(days=250), localdate() + timedelta(days=600))
    assert region.county
    with django_assert_num_queries(2):
        rows = deciding(region, region.municipalities.all(), plan)
    assert {row.join.icon for row in rows} == {"missing"}
    [together] = alike(rows)
    assert together.name.startswith("Hyrynsalmi, Kajaani, ")
    assert together.name.endswith(f"and {region.county.name}")


# -- the pages --------------------------------------------------------------------------------------------------------


def form_of(**said) -> dict[str, str]:
    return {"owner": f"m{town('Kajaani').pk}", "name": "Lautakunta", "year": str(THIS), "days": "5.3.\n6.4."} | said


def test_days_are_pasted_on_the_page_and_changed_the_next_year(client, kainuu):
    laura = a_kaikukeskus_person()
    laura.language = "en"
    laura.save()
    client.force_login(laura)
    address = reverse("bodies", args=["kainuu"])
    assert "No body is known yet" in text_of(client.get(address))
    wrong = client.post(address, form_of(days="5.3.\nhuomenna\n31.2."))
    assert wrong.status_code == 422
    assert "Line 2, “huomenna”: no day was found" in text_of(wrong)
    assert "Line 3, “31.2.”: there is no such day" in text_of(wrong)
    assert "huomenna</textarea>" not in wrong.content.decode()
    assert "huomenna\n31.2.</textarea>" in wrong.content.decode()
    assert client.post(address, form_of()).status_code == 302
    body = Body.objects.get()
    assert body.meets_on == [FIFTH, date(THIS, 4, 6)]
    assert f"5.3.{THIS}\n6.4.{THIS}</textarea>" in client.get(body.get_absolute_url()).content.decode()
    again = client.post(address, form_of())
    assert again.status_code == 422
    assert "known already" in text_of(again)
    said = form_of(days=f"5.3.{THIS}\n7.1.", year=str(THIS + 1))
    assert client.post(body.get_absolute_url(), said).status_code == 302
    body.refresh_from_db()
    assert body.meets_on == [FIFTH, date(THIS + 1, 1, 7)]
    assert day(body.meets_on[1]) in text_of(client.get(address))
    assert client.post(body.get_absolute_url(), {"act": "remove"}).status_code == 302
    assert not Body.objects.exists()
    assert client.post(body.get_absolute_url(), {"act": "remove"}).status_code == 404


def test_who_only_reads_sees_the_bodies_and_adds_none(client, kainuu):
    laura = a_kaikukeskus_person()
    add_body(kainuu, laura, town("Kajaani"), "Lautakunta", [FIFTH])
    reader = name_person(kainuu, "group", "reino@example.org", "Reino Saari", laura).person
    client.force_login(reader)
    page = client.get(reverse("bodies", args=["kainuu"]))
    assert "Lautakunta" in text_of(page)
    assert "<textarea" not in page.content.decode()
    assert client.post(reverse("bodies", args=["kainuu"]), form_of()).status_code == 403
    assert client.get(Body.objects.get().get_absolute_url()).status_code == 403


def test_many_bodies_are_read_at_once(client, kainuu, django_assert_max_num_queries):
    laura = a_kaikukeskus_person()
    client.force_login(laura)
    Body.objects.bulk_create(
        Body(region=kainuu, municipality=town("Kajaani"), name=f"Lautakunta {n}", days=[FIFTH.isoformat()])
        for n in range(100)
    )
    with django_assert_max_num_queries(12):
        assert "Lautakunta 99" in text_of(client.get(reverse("bodies", args=["kainuu"])))
