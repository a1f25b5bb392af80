"""Does a trial walk the ten steps as published, and stop where a rule says so?"""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation
from django.utils.timezone import localdate
from viewflow.workflow.models import Process
from viewflow.workflow.status import PROCESS

from adoption import partners
from adoption.history import all_faults
from adoption.models import Act, Municipality, Partner, Phase, Region, RegionMunicipality
from adoption.people import end_responsibility, name_person
from adoption.refusal import NotYours, Refused
from commitments.models import Commitment, Party
from commitments.services import end as end_commitment
from tests.people import a_kaikukeskus_person, a_pair, a_region, a_stranger, a_trial
from workflows import services
from workflows import walk as acts
from workflows.checks import faults
from workflows.models import Trial, TrialStep
from workflows.sentences import sentences
from workflows.trial import MODELS
from workflows.walk import Walk, begin, walk

pytestmark = pytest.mark.django_db


def a_walk(until: str | None = None, model: str = "2024", slug: str = "kainuu") -> Walk:
    here = begin(a_region(slug), model, "walk")
    if until:
        walk(here, until)
    return here


def opened(here: Walk) -> set[str]:
    return set(services.read(here.trial.pk).open)


def refused(act, *args, **kwargs) -> str:
    """What the refusal says, in English."""
    with translation.override("en"), pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(("slug", "model"), [("pohjois-savo", "2024"), ("kainuu", "2023"), ("pohjanmaa", "2024")])
def test_a_region_walks_from_the_first_step_to_the_decision(slug, model, worker):
    here = a_walk("decision", model, slug)
    trial = Trial.objects.get(pk=here.trial.pk)
    assert trial.decided == "continue"
    assert Process.objects.get(pk=trial.process_id).status == PROCESS.DONE
    assert all(row.closed_at for row in trial.steps.all())
    assert set(here.region.partners.values_list("state", flat=True)) == {Partner.State.ACTIVE}
    assert {c.state for c in here.region.commitments.all()} == {Commitment.State.IN_FORCE}
    assert all(c.carried_over_on for c in here.region.commitments.filter(kind="partner_commitment"))
    assert set(here.region.members.values_list("phase", flat=True)) == {Phase.LASTING}
    assert faults() == []
    worker.run()
    assert any(here.aino.email in sent.to for sent in mail.outbox)


def test_a_region_of_one_municipality_without_a_county_walks_throughout():
    region = a_region("ruotsi")
    assert [m.code for m in region.municipalities.all()] == [None]
    assert region.county is None
    here = begin(region, "2024", "walk")
    walk(here)
    assert Trial.objects.get(pk=here.trial.pk).decided == "continue"
    parties = Commitment.objects.get(region=region, kind="region_commitment").parties
    assert list(parties.values_list("role", flat=True)) == ["municipality", "kaikukeskus"]


def test_steps_open_one_after_another_then_three_side_by_side():
    here = a_walk()
    seen = [opened(here)]
    for key in ("intro_event", "local_pair", "pair_training", "workshop", "commitments"):
        walk_one(here, key)
        seen.append(opened(here))
    assert seen == [
        {"intro_event"}, {"local_pair"}, {"pair_training"}, {"workshop"}, {"commitments"},
        {"kaikukanta_users", "print_comms", "induction"},
    ]  # fmt: skip
    for key in ("induction", "6"):
        walk_one(here, key)
    assert opened(here) == {"print_comms"}
    walk_one(here, "print_comms")
    assert opened(here) == {"start_distribution"}


def walk_one(here: Walk, key: str) -> None:
    by_key = {
        "intro_event": acts.introduce, "local_pair": acts.name_pair, "pair_training": acts.train, "workshop": acts.meet,
        "commitments": acts.commit, "6": acts.make_accounts, "print_comms": acts.print_materials,
        "induction": acts.induct, "start_distribution": acts.start, "feedback": acts.give_feedback,
    }  # fmt: skip
    by_key[key](here)


# -- opening ------------------------------------------------------------------------------------------------------


def test_only_kaikukeskus_opens_a_trial():
    region = a_region()
    aino, _mikko = a_pair(region)
    start = localdate() + timedelta(days=100)
    with pytest.raises(NotYours):
        services.open_trial(region, region.municipalities.all(), start, start + timedelta(days=300), aino)


def test_opening_puts_municipalities_in_preparation_and_each_in_one_trial():
    region = a_region()
    kajaani, kuhmo = Municipality.objects.filter(name_fi__in=["Kajaani", "Kuhmo"]).order_by("name_fi")
    a_trial(region, municipalities=[kajaani])
    phases = dict(region.members.values_list("municipality__name_fi", "phase"))
    assert (phases["Kajaani"], phases["Kuhmo"]) == (Phase.PREPARATION, Phase.IN_USE)
    assert "Kajaani is in another open trial" in refused(a_trial, region, municipalities=[kajaani, kuhmo])
    assert a_trial(region, municipalities=[kuhmo]).pk


@pytest.mark.parametrize(("start", "end"), [(100, 100), (100, 50), (0, 200), (-5, 200)])
def test_an_end_before_the_start_and_a_past_start_are_refused(start, end):
    region, today = a_region(), localdate()
    laura = a_kaikukeskus_person()
    days = [today + timedelta(days=start), today + timedelta(days=end)]
    assert refused(services.open_trial, region, region.municipalities.all(), *days, laura)
    assert not Trial.objects.exists()


# -- confirmations ------------------------------------------------------------------------------------------------


def test_both_sides_confirm_and_a_substitute_says_for_whom():
    here = a_walk("local_pair")
    services.save_evidence(here.trial, "pair_training", here.laura, {"date": "2026-10-01", "trainer": "Laura"}, 0)
    kaisa = name_person(here.region, "care", "kaisa@example.org", "Kaisa Oja", here.mikko, substitute=True).person
    services.confirm_step(here.trial, "pair_training", kaisa)
    assert opened(here) == {"pair_training"}
    act = Act.objects.get(what="step_confirmed", by=kaisa)
    assert (act.side, act.on_behalf_of) == ("care", here.mikko)
    assert "waits for the other side" in refused(services.confirm_step, here.trial, "pair_training", here.mikko)
    services.confirm_step(here.trial, "pair_training", here.aino)
    assert opened(here) == {"workshop"}


def test_strangers_readers_and_former_holders_confirm_nothing():
    here = a_walk("local_pair")
    reader = name_person(here.region, "group", "reino@example.org", "Reino Saari", here.aino).person
    other = name_person(here.region, "culture", "uusi@example.org", "Uusi Nimi", here.aino).person
    services.save_evidence(here.trial, "pair_training", here.laura, {"date": "2026-10-01", "trainer": "Laura"}, 0)
    end_responsibility(here.region.responsibilities.get(person=here.aino), other)
    for person in (a_stranger(), reader, here.aino, here.laura):
        with pytest.raises(NotYours):
            services.confirm_step(here.trial, "pair_training", person)
    services.confirm_step(here.trial, "pair_training", other)


def test_a_holder_of_another_municipality_confirms_nothing():
    region = a_region()
    kajaani, kuhmo = Municipality.objects.filter(name_fi__in=["Kajaani", "Kuhmo"]).order_by("name_fi")
    laura, _pair = a_kaikukeskus_person(), a_pair(region)
    own = name_person(region, "culture", "kajaani@example.org", "Kaija Kajaanista", laura, municipality=kajaani).person
    other = name_person(region, "culture", "kuhmo@example.org", "Kuisma Kuhmosta", laura, municipality=kuhmo).person
    trial = a_trial(region, municipalities=[kajaani])
    for key in ("intro_event", "pair_training"):
        services.skip_step(trial, key, laura, "Pidetty jo viime vuonna.")
    services.confirm_step(trial, "local_pair", laura)
    evidence = {"date": "2026-10-01", "place": "Kajaani", "attendees": 8}
    with pytest.raises(NotYours):
        services.save_evidence(trial, "workshop", other, evidence, 0)
    services.save_evidence(trial, "workshop", own, evidence, 0)


def test_changed_evidence_withdraws_the_half_confirmation_and_tells_its_giver(worker):
    here = a_walk("commitments")
    evidence = {"statistics_person": "Aino"}
    services.save_evidence(here.trial, "kaikukanta_users", here.aino, evidence, 0)
    for partner in here.partners():
        partners.record_account(partner, here.mikko, localdate())
    services.confirm_step(here.trial, "kaikukanta_users", here.mikko)
    row = services.save_evidence(here.trial, "kaikukanta_users", here.aino, {"statistics_person": "Mikko"}, 1)
    assert row.confirmed == {}
    worker.run()
    assert here.aino.name in next(m.body for m in reversed(mail.outbox) if m.to == [here.mikko.email])


def test_stale_evidence_is_refused():
    here = a_walk()
    services.save_evidence(here.trial, "intro_event", here.laura, {"place": "Teams"}, 0)
    assert refused(services.save_evidence, here.trial, "intro_event", here.laura, {"place": "Kajaani"}, 0)
    assert here.trial.steps.get(key="intro_event").evidence == {"place": "Teams"}


def test_a_half_confirmation_is_withdrawn_by_its_giver_alone():
    here = a_walk("local_pair")
    services.save_evidence(here.trial, "pair_training", here.laura, {"date": "2026-10-01", "trainer": "Laura"}, 0)
    services.confirm_step(here.trial, "pair_training", here.aino)
    assert refused(services.withdraw, here.trial, "pair_training", here.mikko)
    assert services.withdraw(here.trial, "pair_training", here.aino).confirmed == {}
    with translation.override("en"):
        assert "took the confirmation back: Step 3" in sentences(list(Act.objects.order_by("-number")[:1]))[0].text
    assert refused(services.withdraw, here.trial, "pair_training", here.aino)


def test_closed_evidence_changes_only_by_reopening():
    here = a_walk("intro_event")
    assert refused(services.save_evidence, here.trial, "intro_event", here.laura, {"place": "muualla"}, 1)


def test_only_kaikukeskus_enters_the_training():
    here = a_walk("local_pair")
    with pytest.raises(NotYours):
        services.save_evidence(here.trial, "pair_training", here.aino, {"date": "2026-10-01"}, 0)


# -- gates --------------------------------------------------------------------------------------------------------


def test_step_two_waits_for_both_sides():
    region = a_region()
    laura = a_kaikukeskus_person()
    trial = a_trial(region)
    services.skip_step(trial, "intro_event", laura, "Pidetty jo.")
    name_person(region, "culture", "aino@example.org", "Aino Virtanen", laura)
    assert "care side" in refused(services.confirm_step, trial, "local_pair", laura)
    name_person(region, "care", "mikko@example.org", "Mikko Kettunen", laura)
    services.confirm_step(trial, "local_pair", laura)


def test_step_five_names_what_is_missing_and_one_rule_can_be_overridden():
    here = a_walk("workshop")
    said = refused(services.confirm_step, here.trial, "commitments", here.aino)
    assert all(part in said for part in ("region commitment", "A venue", "A third-sector distributor"))
    with pytest.raises(NotYours):
        services.override_rule(here.trial, "commitments", "no_committed_venue", here.aino, "Kohde aloittaa elokuussa.")
    rules = [rule.key for rule in MODELS["2024"].step("commitments").missing]
    for key in rules[:-1]:
        services.override_rule(here.trial, "commitments", key, here.laura, "Kohde aloittaa elokuussa.")
    assert refused(services.confirm_step, here.trial, "commitments", here.aino).startswith("A third-sector distributor")
    services.override_rule(here.trial, "commitments", rules[-1], here.laura, "Järjestö aloittaa elokuussa.")
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "commitments", person)
    act = Act.objects.get(what="step_confirmed", data__closes=True, data__step="commitments")
    assert len(act.data["unsigned"]) == 3
    services.reopen_step(here.trial, "commitments", here.laura, "Sitoumukset ovat nyt valmiit.")
    assert here.trial.steps.get(key="commitments").overrides == {}


def test_step_five_of_2023_needs_the_meeting_and_step_ten_the_survey():
    keys = {model: {r.key for s in flow.all_steps() for r in s.missing} for model, flow in MODELS.items()}
    assert keys["2023"] - keys["2024"] == {
        "commitments_meeting_not_held",
        "survey_not_held",
        "statistics_person_missing",
    }
    assert keys["2024"] - keys["2023"] == {"accounts_missing"}


def test_step_six_asks_for_an_account_of_each_committed_partner():
    here = a_walk("commitments")
    assert refused(services.confirm_step, here.trial, "kaikukanta_users", here.aino).count("The account of") == 3


# -- Kaikukeskus's means ------------------------------------------------------------------------------------------


def test_reopened_steps_stand_beside_and_hold_nine():
    here = a_walk("induction")
    services.reopen_step(here.trial, "pair_training", here.aino, "Uusi vastuuhenkilö ei ole käynyt koulutusta.")
    services.reopen_step(here.trial, "print_comms", here.mikko, "Esite uusitaan.")
    assert opened(here) == {"pair_training", "print_comms", "start_distribution"}
    days = {"start": localdate().isoformat(), "end": (localdate() + timedelta(days=300)).isoformat()}
    services.save_evidence(here.trial, "start_distribution", here.aino, days, 0)
    assert "still open" in refused(services.confirm_step, here.trial, "start_distribution", here.aino)
    for key in ("pair_training", "print_comms"):
        for person in (here.aino, here.mikko):
            services.confirm_step(here.trial, key, person)
    assert opened(here) == {"start_distribution"}
    assert faults() == []


def test_two_nine_and_the_decision_are_never_skipped():
    here = a_walk()
    for key in ("local_pair", "start_distribution", "decision"):
        assert refused(services.skip_step, here.trial, key, here.laura, "Kiire.")
    services.skip_step(here.trial, "workshop", here.laura, "Pidetty keväällä.")
    for key in ("intro_event", "local_pair", "pair_training"):
        walk_one(here, key)
    assert opened(here) == {"commitments"}
    assert faults() == []


def test_the_next_step_opens_early_and_the_passed_one_closes_before_nine():
    here = a_walk("local_pair")
    services.open_next_early(here.trial, "pair_training", here.laura, "Kouluttaja sairastui.")
    assert opened(here) == {"pair_training", "workshop"}
    assert refused(services.open_next_early, here.trial, "pair_training", here.laura, "Uudelleen.")
    walk_one(here, "workshop")
    walk_one(here, "pair_training")
    assert opened(here) == {"commitments"}
    assert faults() == []


@pytest.mark.parametrize("reason", ["", "   "])
def test_reasons_are_demanded(reason):
    here = a_walk("intro_event")
    for act in (services.skip_step, services.open_next_early):
        assert refused(act, here.trial, "local_pair", here.laura, reason)
    assert refused(services.reopen_step, here.trial, "intro_event", here.laura, reason)


def test_a_step_of_another_model_is_refused():
    here = a_walk()
    assert refused(services.confirm_step, here.trial, "statistics", here.laura)
    assert refused(services.confirm_step, here.trial, "nonsense", here.laura)


# -- the trial runs and is decided --------------------------------------------------------------------------------


def decision(decided: str, **more) -> dict:
    said = {"outcome": decided, "body": "Lautakunta", "date": localdate().isoformat(), "section": "§ 3"}
    return said | {"record_number": "D/1", "new_end": None} | more


def test_step_nine_records_the_actual_dates_and_the_phase():
    here = a_walk("start_distribution")
    trial = Trial.objects.get(pk=here.trial.pk)
    assert (trial.started_on, trial.ends_on) == (localdate(), localdate() + timedelta(days=364))
    assert set(here.region.members.values_list("phase", "phase_since")) == {(Phase.TRIAL, localdate())}


def test_a_corrected_beginning_corrects_the_phase():
    here = a_walk("start_distribution")
    services.reopen_step(here.trial, "start_distribution", here.laura, "Alkupäivä oli väärä.")
    row = TrialStep.objects.get(trial=here.trial, key="start_distribution")
    earlier = localdate() - timedelta(days=1)
    Party.objects.update(signed_on=earlier)
    said = row.evidence | {"start": earlier.isoformat()}
    services.save_evidence(here.trial, "start_distribution", here.aino, said, row.version)
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "start_distribution", person)
    assert set(here.region.members.values_list("phase", "phase_since")) == {(Phase.TRIAL, earlier)}


def test_a_differing_decision_is_refused_naming_the_first():
    here = a_walk("feedback")
    services.confirm_step(here.trial, "decision", here.aino, decision("continue"))
    assert here.aino.name in refused(services.confirm_step, here.trial, "decision", here.mikko, decision("stop"))
    services.withdraw(here.trial, "decision", here.aino)
    services.confirm_step(here.trial, "decision", here.mikko, decision("stop"))
    services.confirm_step(here.trial, "decision", here.aino, decision("stop"))
    assert Trial.objects.get(pk=here.trial.pk).decided == "stop"
    assert set(here.region.members.values_list("phase", flat=True)) == {Phase.ENDED}
    trial = Trial.objects.get(pk=here.trial.pk)
    assert "was stopped" in refused(services.draft_for_trial, trial, here.aino)
    assert "was stopped" in refused(services.draft_for_partner, here.partners()[0], here.aino)
    assert a_trial(here.region).pk  # its municipalities are free again


def test_a_decision_needs_body_date_section_and_record_number():
    here = a_walk("feedback")
    for field in ("outcome", "body", "date", "section", "record_number"):
        assert refused(services.confirm_step, here.trial, "decision", here.aino, decision("continue", **{field: ""}))


def test_an_extension_brings_ten_and_the_decision_again_with_a_meeting_of_its_own():
    here = a_walk("feedback")
    end = Trial.objects.get(pk=here.trial.pk).ends_on
    assert refused(
        services.confirm_step, here.trial, "decision", here.aino, decision("extend", new_end=end.isoformat())
    )
    assert "new end" in refused(
        services.confirm_step, here.trial, "decision", here.aino, decision("extend", new_end="some day")
    )
    new_end = (end + timedelta(days=180)).isoformat()
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "decision", person, decision("extend", new_end=new_end))
    assert opened(here) == {"feedback"}
    assert Trial.objects.get(pk=here.trial.pk).ends_on.isoformat() == new_end
    assert refused(services.confirm_step, here.trial, "feedback", here.aino)
    services.reopen_step(here.trial, "start_distribution", here.laura, "Alkupäivä oli väärä.")
    for person in (here.aino, here.mikko):
        services.confirm_step(here.trial, "start_distribution", person)
    assert Trial.objects.get(pk=here.trial.pk).ends_on.isoformat() == new_end
    with pytest.raises(Refused):  # the day of the first round's meeting
        services.record_meeting(here.region, here.aino, localdate(), 5, "Toinen kokous.")


def test_a_decided_trial_reopens_nothing_and_lasting_use_takes_no_new_trial():
    here = a_walk("decision")
    assert "has been decided" in refused(services.reopen_step, here.trial, "workshop", here.laura, "Vielä kerran.")
    assert "Kajaani: Kaikukortti is in lasting use there" in refused(a_trial, here.region)
    assert set(here.region.members.values_list("phase", flat=True)) == {Phase.LASTING}


def test_a_second_walk_is_refused():
    here = a_walk()
    assert refused(begin, here.region, "2024", "walk")


def test_phases_of_other_municipalities_stay():
    region = Region.objects.get(slug="pirkanmaa") if Region.objects.exists() else a_region("pirkanmaa")
    nokia = Municipality.objects.get(name_fi="Nokia")
    a_trial(region, municipalities=[nokia])
    assert RegionMunicipality.objects.get(municipality__name_fi="Tampere").phase == Phase.IN_USE


def test_history_is_one_chain_a_region_and_shows_tampering():
    here = a_walk("intro_event")
    assert all_faults() == []
    Act.objects.filter(region=here.region, number=2).update(reason="something else")
    assert len(all_faults()) == 1


# -- when people and promises change on the way -------------------------------------------------------------------


def test_a_half_decision_of_one_who_has_left_is_taken_back_by_the_successor():
    here = a_walk("feedback")
    services.confirm_step(here.trial, "decision", here.aino, decision("continue"))
    after = name_person(here.region, "culture", "uusi@example.org", "Uusi Nimi", here.aino).person
    assert refused(services.withdraw, here.trial, "decision", after)
    end_responsibility(here.region.responsibilities.get(person=here.aino), after)
    assert refused(services.withdraw, here.trial, "decision", here.mikko)
    services.withdraw(here.trial, "decision", after)
    for person in (after, here.mikko):
        services.confirm_step(here.trial, "decision", person, decision("stop"))
    assert Trial.objects.get(pk=here.trial.pk).decided == "stop"


def test_kaikukeskus_takes_back_what_one_who_has_left_confirmed():
    here = a_walk("local_pair")
    services.save_evidence(here.trial, "pair_training", here.laura, {"date": "2026-10-01", "trainer": "Laura"}, 0)
    services.confirm_step(here.trial, "pair_training", here.aino)
    assert refused(services.withdraw, here.trial, "pair_training", here.laura)
    name_person(here.region, "culture", "uusi@example.org", "Uusi Nimi", here.laura)
    end_responsibility(here.region.responsibilities.get(person=here.aino), here.laura)
    assert services.withdraw(here.trial, "pair_training", here.laura).confirmed == {}


def test_one_person_never_confirms_for_both_sides():
    here = a_walk("local_pair")
    services.save_evidence(here.trial, "pair_training", here.laura, {"date": "2026-10-01", "trainer": "Laura"}, 0)
    services.confirm_step(here.trial, "pair_training", here.aino)
    name_person(here.region, "culture", "uusi@example.org", "Uusi Nimi", here.laura)
    end_responsibility(here.region.responsibilities.get(person=here.aino), here.laura)
    name_person(here.region, "care", here.aino.email, here.aino.name, here.laura)
    assert "other side" in refused(services.confirm_step, here.trial, "pair_training", here.aino)


def test_step_nine_asks_anew_for_the_commitments_of_step_five():
    here = a_walk("induction")
    for commitment in Commitment.objects.filter(kind="partner_commitment", partner__role="venue"):
        end_commitment(commitment, here.aino, "Kohde suljettiin.")
    days = {"start": localdate().isoformat(), "end": (localdate() + timedelta(days=300)).isoformat()}
    services.save_evidence(here.trial, "start_distribution", here.aino, days, 0)
    assert "A venue" in refused(services.confirm_step, here.trial, "start_distribution", here.aino)
    reason = "Uusi kohde aloittaa kuukauden päästä."
    services.override_rule(here.trial, "start_distribution", "commitments_no_longer_in_force", here.laura, reason)
    services.confirm_step(here.trial, "start_distribution", here.aino)


def test_distribution_does_not_begin_before_the_training():
    here = a_walk("induction")
    days = {"start": "2026-01-02", "end": (localdate() + timedelta(days=300)).isoformat()}
    services.save_evidence(here.trial, "start_distribution", here.aino, days, 0)
    assert "training" in refused(services.confirm_step, here.trial, "start_distribution", here.aino)


def test_two_trials_of_one_region_each_have_their_own_meeting():
    region = a_region()
    laura, (aino, mikko) = a_kaikukeskus_person(), a_pair(region)
    towns = list(region.municipalities.order_by("name_fi")[:2])
    trials = [a_trial(region, municipalities=[town]) for town in towns]
    for trial in trials:
        for key in MODELS["2024"].all_steps():
            if key.may_be_skipped and key.key != "feedback":
                services.skip_step(trial, key.key, laura, "Kokeilu alkoi jo aiemmin.")
        services.confirm_step(trial, "local_pair", laura)
        days = {"start": localdate().isoformat(), "end": (localdate() + timedelta(days=300)).isoformat()}
        services.save_evidence(trial, "start_distribution", aino, days, 0)
        for person in (aino, mikko):
            services.confirm_step(trial, "start_distribution", person)
    meetings = [services.record_meeting(region, aino, localdate(), 9, "Hyvin meni.") for _trial in trials]
    assert {meeting.trial_id for meeting in meetings} == {trial.pk for trial in trials}
    assert faults() == []


def test_a_confirmation_says_what_it_opened_even_when_the_mail_leaves_late(worker):
    here = a_walk("start_distribution")
    act = Act.objects.get(what="step_confirmed", data__step="commitments", data__closes=True)
    assert act.data["opens"] == ["kaikukanta_users", "print_comms", "induction"]
    later = Act.objects.get(what="step_confirmed", data__step="start_distribution", data__closes=True)
    assert later.data["opens"] == ["feedback"]
    worker.run()  # every mail leaves only now, when step 10 is open
    of_five = next(sent.body for sent in mail_to(here.aino) if str(MODELS["2024"].step("induction").title) in sent.body)
    assert str(MODELS["2024"].step("feedback").title) not in of_five


def mail_to(person) -> list:
    return [sent for sent in mail.outbox if sent.to == [person.email]]
