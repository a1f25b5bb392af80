"""Does the nightly check see whatever was changed behind the site's back, and nothing that the site itself did?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils.timezone import localdate
from viewflow.workflow.models import Process, Task

from adoption import partners
from adoption.leaving import close_person, end_kaikukeskus
from adoption.models import Act, Country, Partner, Person, RegionMunicipality, Responsibility
from adoption.people import add_kaikukeskus_person, end_responsibility, name_person
from commitments.models import Commitment, Party
from commitments.services import end
from tests.people import a_distributor, a_kaikukeskus_person, a_region, a_stranger
from workflows import services
from workflows.checks import faults, nightly
from workflows.correcting import correct_trial, withdraw_trial
from workflows.meetings import correct_meeting
from workflows.models import FeedbackMeeting, Trial, TrialMunicipality, TrialStep
from workflows.walk import Walk, begin, walk

pytestmark = pytest.mark.django_db


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done inside is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def underway() -> Walk:
    """After step 7: 8 was reopened, a rule of it overridden, and then it was skipped; 7 is half confirmed anew."""
    here = begin(a_region("ruotsi"), "2024", "walk")
    walk(here, "induction")
    services.reopen_step(here.trial, "induction", here.laura, "Yksi puuttui.")
    services.override_rule(here.trial, "induction", "inductions_missing", here.laura, "Sovittu.")
    services.skip_step(here.trial, "induction", here.laura, "Pidetään myöhemmin.")
    services.reopen_step(here.trial, "print_comms", here.laura, "Painovirhe.")
    services.confirm_step(here.trial, "print_comms", here.mikko)
    return here


def decided() -> Walk:
    here = begin(a_region("etela-savo"), "2024", "walk")
    walk(here)
    return here


def step(here: Walk, key: str):
    return TrialStep.objects.filter(trial=here.trial, key=key)


def partner(here: Walk, role: str = "venue"):
    return Partner.objects.filter(region=here.region, role=role)


def given(by: int, behalf: int | None = None) -> dict:
    return {"by": by, "for": behalf, "at": "2026-01-01T00:00:00+00:00"}


def deleted(rows) -> None:
    rows._raw_delete("default")


def without_a_row(table: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])


def held_twice(here: Walk) -> None:
    row = Responsibility.objects.filter(region=here.region).first()
    row.pk, row.person = None, a_stranger()
    row.save()


# What is done behind the site's back → what the line says.
UNDERWAY: dict[str, tuple[Callable[[Walk], object], str]] = {
    "others have confirmed": (
        lambda here: step(here, "workshop").update(
            confirmed={"culture": given(here.laura.pk), "care": given(here.mikko.pk)}
        ),
        "workshop (1): confirmed is",
    ),
    "nobody has confirmed": (lambda here: step(here, "workshop").update(confirmed={}), "workshop (1): confirmed is {}"),
    "in nobody's stead": (
        lambda here: step(here, "workshop").update(
            confirmed={"culture": given(here.aino.pk, here.laura.pk), "care": given(here.mikko.pk)}
        ),
        "workshop (1): confirmed is",
    ),
    "a forged half": (
        lambda here: step(here, "print_comms").update(confirmed={"culture": given(here.aino.pk)}),
        "print_comms (1): confirmed is",
    ),
    "a half taken away": (lambda here: step(here, "print_comms").update(confirmed={}), "print_comms (1): confirmed is"),
    "an override forged": (
        lambda here: step(here, "workshop").update(overrides={"workshop_not_held": given(1) | {"reason": "x"}}),
        "workshop (1): overrides is",
    ),
    "an override explained otherwise": (
        lambda here: step(here, "induction").update(
            overrides={"inductions_missing": given(here.laura.pk) | {"reason": "Toinen syy."}}
        ),
        "induction (1): overrides is",
    ),
    "an override taken away": (lambda here: step(here, "induction").update(overrides={}), "induction (1): overrides"),
    "skipped, they say": (lambda here: step(here, "workshop").update(skipped="Turha."), "workshop (1): skipped is"),
    "not skipped, they say": (lambda here: step(here, "induction").update(skipped=""), "induction (1): skipped is ''"),
    "reopened for another reason": (
        lambda here: step(here, "induction").update(reopened="Muuten vain."), "induction (1): reopened is",
    ),
    "opened early": (lambda here: step(here, "workshop").update(opened_early="Kiire."), "workshop (1): opened_early"),
    "evidence changed with its version": (
        lambda here: step(here, "workshop").update(version=7), "workshop (1): version is 7",
    ),
    "a step opened again": (lambda here: step(here, "workshop").update(closed_at=None), "workshop (1): closed is"),
    "a step's row gone": (lambda here: deleted(step(here, "feedback")), "steps without a row: feedback"),
    "a step's row of another": (lambda here: step(here, "workshop").update(key="shop"), "without a row: workshop"),
    "the town freed": (
        lambda here: TrialMunicipality.objects.filter(trial=here.trial).update(is_open=False), "is held by it: False",
    ),
    "another town": (
        lambda here: TrialMunicipality.objects.create(
            trial=here.trial, municipality=a_region("etela-savo").municipalities.first()
        ),
        "municipalities is",
    ),
    "another phase": (
        lambda here: RegionMunicipality.objects.filter(region=here.region).update(phase="paused"), "history says prep",
    ),
    "a phase that no trial brought": (
        lambda here: RegionMunicipality.objects.filter(region__slug="kainuu").update(phase="lasting"),
        "history says no trial",
    ),
    "a decision": (lambda here: Trial.objects.filter(pk=here.trial.pk).update(decided="stop"), "decided is 'stop'"),
    "an unknown model": (
        lambda here: Trial.objects.filter(pk=here.trial.pk).update(model="2030"), "no operating model is called '2030'",
    ),
    "another model": (lambda here: Trial.objects.filter(pk=here.trial.pk).update(model="2023"), "model is '2023'"),
    "the process is done": (
        lambda here: Process.objects.filter(trial=here.trial).update(status="DONE"), "its process should be NEW",
    ),
    "no process": (lambda here: Trial.objects.filter(pk=here.trial.pk).update(process=None), "it has no process"),
    "stranded": (
        lambda here: Task.objects.filter(process__trial=here.trial, status="NEW").update(status="DONE"), "open are []",
    ),
    "a task of no step": (
        lambda here: Task.objects.filter(process__trial=here.trial, status="NEW").update(
            flow_task="workflows/trial.Trial2024.no_such"
        ),
        "belongs to no step",
    ),
    "signatures wiped": (
        lambda here: Party.objects.filter(commitment__in=here.region.commitments.all()).update(
            signed_on=None, method=""
        ),
        "signed is []",
    ),
    "one signature wiped": (
        lambda here: Party.objects.filter(pk=Party.objects.filter(commitment__region=here.region).last().pk).update(
            signed_on=None, method=""
        ),
        "a party has not signed",
    ),
    "a contact person shut out": (
        lambda here: Person.objects.filter(pk__in=partner(here).values("contact")).update(is_active=False),
        "its contact person has left",
    ),
    "in force since another day": (
        lambda here: here.region.commitments.update(in_force_on="2020-01-01"), "in_force_on is '2020-01-01'",
    ),
    "a commitment ended": (
        lambda here: Commitment.objects.filter(partner__in=partner(here)).update(state="ended"),
        "active, and its commitment in force: False",
    ),
    "a commitment gone": (
        lambda here: without_a_row("commitments_commitment", here.region.commitments.last().pk), "its row is gone",
    ),
    "active without a contact": (lambda here: partner(here).update(contact=None), "active without"),
    "active without induction": (lambda here: partner(here).update(induction_on=None), "active without"),
    "active without an account": (lambda here: partner(here).update(account_on=None), "active without"),
    "inducted on another day": (lambda here: partner(here).update(induction_on="2020-01-01"), "induction_on is"),
    "another contact": (lambda here: partner(here).update(contact=here.laura), "contact is"),
    "cleared on another day": (
        lambda here: partner(here, "distributor").update(cleared_on="2020-01-01"), "cleared_on is",
    ),
    "another partner's state": (lambda here: partner(here).update(state="candidate"), "state is 'candidate'"),
    "another is responsible": (
        lambda here: Responsibility.objects.filter(region=here.region, side="culture").update(person=a_stranger()),
        "does not agree who is responsible",
    ),
    "one more is responsible": (held_twice, "does not agree who is responsible"),
    "ended without an act": (
        lambda here: Responsibility.objects.filter(region=here.region, side="care").update(until=localdate()),
        "does not agree whose responsibility has ended",
    ),
    "an act that nobody understands": (
        lambda here: Act.objects.filter(region=here.region, what="trial_opened").update(data={}), "be understood",
    ),
    "an act about nothing": (
        lambda here: Act.objects.filter(region=here.region, what="person_named").update(about_id="x"),
        "cannot be understood",
    ),
    "the country's row gone": (lambda here: Country.objects.all().delete(), "its row is gone, and with it the head"),
    "the country's acts changed, and its row gone": (
        lambda here: (Act.objects.filter(region=None).update(reason="x"), Country.objects.all().delete()),
        "it is not as it was written",
    ),
}  # fmt: skip
DECIDED: dict[str, tuple[Callable[[Walk], object], str]] = {
    "stopped, they say": (lambda here: Trial.objects.filter(pk=here.trial.pk).update(decided="stop"), "decided is"),
    "opened again": (lambda here: Trial.objects.filter(pk=here.trial.pk).update(decided=""), "its process should be"),
    "it holds the town": (
        lambda here: TrialMunicipality.objects.filter(trial=here.trial).update(is_open=True), "is held by it: True",
    ),
    "another phase": (
        lambda here: RegionMunicipality.objects.filter(region=here.region).update(phase="exploring"), "history says l",
    ),
    "the process runs": (
        lambda here: Process.objects.filter(trial=here.trial).update(status="NEW"), "its process should be DONE",
    ),
    "a meeting gone": (lambda here: deleted(FeedbackMeeting.objects.filter(trial=here.trial)), "its row is gone"),
    "a meeting that nobody held": (
        lambda here: FeedbackMeeting.objects.create(
            region=here.region, held_on="2020-01-01", attendees=3, minutes="x", recorded_by=here.aino
        ),
        "history does not know it",
    ),
    "a meeting of another day": (
        lambda here: FeedbackMeeting.objects.filter(trial=here.trial).update(held_on="2020-01-01"), "held_on is",
    ),
    "carried over on another day": (
        lambda here: here.region.commitments.update(carried_over_on="2020-01-01"), "carried_over_on is",
    ),
    "decided by others": (
        lambda here: step(here, "decision").update(confirmed={"culture": given(1), "care": given(2)}),
        "decision (1): confirmed is",
    ),
    "a round more": (
        lambda here: TrialStep.objects.create(trial=here.trial, key="decision", round=2), "rounds is 2, history says 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "changes"), [(underway, UNDERWAY), (decided, DECIDED)], ids=["underway", "decided"])
def test_every_change_behind_the_sites_back_has_its_line(made, changes):
    here = made()
    assert faults() == []
    for name, (change, words) in changes.items():
        with taken_back():
            change(here)
            assert any(words in line for line in faults()), (name, faults())
    assert faults() == []


def test_the_right_of_kaikukeskus_is_given_and_taken_by_acts():
    laura = a_kaikukeskus_person()
    eero = add_kaikukeskus_person("eero@example.org", "Eero Toinen", laura)
    outi = Person.objects.create(email="outi@example.org", name="Outi Karppinen", language="fi")
    end_kaikukeskus(eero, laura, "Siirtyi muualle.")
    assert faults() == []
    Person.objects.filter(pk=outi.pk).update(is_kaikukeskus=True)
    assert faults() == [f"person {outi.pk}: the right of Kaikukeskus was given by no act"]
    Person.objects.update(is_kaikukeskus=False)
    assert faults() == [f"person {laura.pk}: the right of Kaikukeskus was taken by no act"]


def test_the_night_fails_by_what_it_finds():
    here = a_trial_walked_here()
    nightly()
    Trial.objects.filter(pk=here.trial.pk).update(decided="stop")
    with pytest.raises(RuntimeError, match="trial"):
        nightly()


def a_trial_walked_here() -> Walk:
    here = begin(a_region("ruotsi"), "2024", "walk")
    walk(here, "intro_event")
    return here


def test_an_act_is_written_once_and_never_deleted():
    act = Act.objects.filter(region=a_trial_walked_here().region).first()
    act.reason = "Another."
    for change in (act.save, act.delete):
        with pytest.raises(TypeError, match="append-only"):
            change()


def test_what_the_site_does_has_no_line():
    """People come and go, steps are reopened, skipped, overridden and opened early, a partner leaves and is back."""
    here = underway()
    seija = name_person(here.region, "culture", "seija@example.org", "Seija Seuraaja", here.laura).person
    end_responsibility(Responsibility.objects.get(region=here.region, person=here.aino), here.laura)
    later = localdate() + timedelta(days=9)
    name_person(here.region, "care", "sijainen@example.org", "Satu Sijainen", here.laura, None, True, later)
    name_person(here.region, "group", "ryhma@example.org", "Risto Ryhmä", here.laura, last_day=later)
    assert faults() == []
    venue = partner(here).get()
    end(Commitment.objects.get(partner=venue), here.laura, "Muutti pois.")
    partners.end_partner(venue, here.laura, "Muutti pois.")
    partners.consider_again(venue, here.laura)
    newcomer = a_distributor(here.region, here.mikko)
    partners.request_clearance(newcomer, here.mikko, {"client_group": "x", "most_in_tight": True, "why_most": "x"})
    partners.want_more(newcomer, here.laura, "Miksi?")
    partners.answer_question(newcomer, here.mikko, "Siksi.")
    partners.decline(newcomer, here.laura, "Ei nyt.")
    assert faults() == []
    services.withdraw(here.trial, "print_comms", here.mikko)
    services.reopen_step(here.trial, "workshop", here.laura, "Vielä kerran.")
    assert faults() == []
    services.confirm_step(here.trial, "workshop", seija)
    assert faults() == []


def test_a_corrected_and_a_withdrawn_trial_have_no_line():
    region = a_region("kymenlaakso")
    towns = list(region.municipalities.order_by("name_fi"))
    here = begin(region, "2024", "walk")
    days = (here.trial.planned_start, here.trial.planned_end)
    correct_trial(here.trial, here.laura, towns[:1], *days, "Toinen ei lähdekään mukaan.")
    assert faults() == []
    correct_trial(here.trial, here.laura, towns, *days, "Lähtipä sittenkin.")
    assert faults() == []
    withdraw_trial(here.trial, here.laura, "Avattu väärälle alueelle.")
    assert faults() == []
    RegionMunicipality.objects.filter(region=region).update(phase="trial")
    assert len(faults()) == 2


def test_a_closed_person_has_no_line():
    here = begin(a_region("ruotsi"), "2024", "walk")
    name_person(here.region, "culture", "seija@example.org", "Seija Seuraaja", here.laura)
    close_person(here.aino, here.laura, "Jäi eläkkeelle.")
    assert faults() == []


def test_an_extension_and_an_early_opening_have_no_line():
    here = begin(a_region("etela-savo"), "2024", "walk")
    services.open_next_early(here.trial, "intro_event", here.laura, "Tilaisuus siirtyi.")
    assert faults() == []
    walk(here, "feedback")
    said = {"body": "Lautakunta", "date": localdate().isoformat(), "section": "§ 1", "record_number": "KP/1"}
    longer = said | {"outcome": "extend", "new_end": (localdate() + timedelta(days=500)).isoformat()}
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "decision", person, longer)
    assert faults() == []
    assert set(services.read(here.trial.pk).open) == {"feedback"}


def test_a_meeting_withdraws_a_half_confirmation_and_has_no_line():
    here = begin(a_region("ruotsi"), "2023", "walk")
    walk(here, "start_distribution")
    services.record_meeting(here.region, here.aino, localdate(), 9, "Hyvin meni.")
    here.record("feedback", {"survey": localdate().isoformat()}, here.aino)
    services.confirm_step(here.trial, "feedback", here.aino)
    Trial.objects.filter(pk=here.trial.pk).update(started_on=localdate() - timedelta(days=30))
    services.record_meeting(here.region, here.mikko, localdate() - timedelta(days=2), 9, "Taas.")
    assert TrialStep.objects.get(trial=here.trial, key="feedback").confirmed == {}
    assert faults() == []
    services.confirm_step(here.trial, "feedback", here.aino)
    meeting = FeedbackMeeting.objects.filter(trial=here.trial).first()
    correct_meeting(meeting, here.mikko, meeting.held_on, 12, "Tarkemmin.", kaikukeskus_took_part=True)
    assert TrialStep.objects.get(trial=here.trial, key="feedback").confirmed == {}
    assert faults() == []


def test_so_many_queries_whatever_the_number_of_partners(django_assert_num_queries, django_assert_max_num_queries):
    here = begin(a_region("ruotsi"), "2024", "walk")
    walk(here, "workshop")
    with django_assert_max_num_queries(1000) as asked:
        assert faults() == []
    for number in range(9):
        a_distributor(here.region, here.mikko, name=f"Tupa {number} ry")
    with django_assert_num_queries(len(asked)):
        assert faults() == []
