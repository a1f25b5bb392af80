"""Do the commands do what people and scripts rely on, with their exit status and one JSON object?"""

import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from docx import Document as Docx

from adoption.models import Act, Partner
from adoption.people import add_kaikukeskus_person
from adoption.refusal import Refused
from tests.people import a_region, a_trial
from workflows.models import Trial, TrialStep

pytestmark = pytest.mark.django_db


def run(name: str, *args: str) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def refused(name: str, *args: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        run(name, *args)
    return caught.value


def text_of(path: Path) -> str:
    """All text of a DOCX, tables included."""
    return "\n".join(
        element.text or "" for element in Docx(str(path)).element.body.iter() if element.tag.endswith("}t")
    )


@pytest.mark.parametrize(("region", "model"), [("pohjois-savo", "2024"), ("kainuu", "2023")])
def test_walk_tells_what_it_did_and_every_document_names_every_party(tmp_path, region, model):
    a_region()
    said = json.loads(run("walk", "--region", region, "--model", model, "--out", str(tmp_path), "--json"))
    assert (said["region"], said["model"]) == (region, model)
    assert len(said["municipalities"]) == {"pohjois-savo": 13, "kainuu": 8}[region]
    assert [step["number"] for step in said["steps"]] == list(range(1, 11))
    assert all(step["completed_at"] for step in said["steps"])
    assert said["steps"][0]["confirmed_by"]["kaikukeskus"] == "Laura Mäkelä"
    assert said["steps"][0]["confirmed_by"]["culture"] is None
    assert all(said["decision"]["confirmed_by"][side] for side in ("culture", "care"))
    assert said["decision"]["outcome"] == "continue"
    assert said["commitments"] == {"in_force": 4}
    assert said["next_feedback_due"]
    kinds = [document["kind"] for document in said["documents"]]
    assert (kinds.count("region_commitment"), kinds.count("partner_commitment")) == (1, 3)
    for document in said["documents"]:
        file = tmp_path / document["path"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == document["sha256"]
        text = text_of(file)
        assert document["parties"]
        assert all(party["name"] in text for party in document["parties"])


def test_a_second_walk_and_one_among_real_people_are_refused(tmp_path):
    a_region()
    args = ("--model", "2024", "--out", str(tmp_path))
    run("walk", "--region", "etela-savo", *args)
    assert refused("walk", "--region", "etela-savo", *args).returncode == 1
    assert refused("walk", "--region", "nowhere", *args).returncode == 2
    add_kaikukeskus_person("real@example.org", "Real Person", None)
    assert refused("walk", "--region", "lappi", *args).returncode == 1
    assert Trial.objects.count() == 1


def test_a_walk_that_fails_on_its_way_leaves_nothing(tmp_path, monkeypatch):
    def refuse(*args: object) -> None:
        raise Refused(["no"])

    a_region()
    monkeypatch.setattr("workflows.walk.decide", refuse)
    assert refused("walk", "--region", "lappi", "--out", str(tmp_path)).returncode == 1
    assert not Trial.objects.exists()


@pytest.fixture
def walked(tmp_path):
    a_region()
    run("walk", "--region", "etela-savo", "--out", str(tmp_path))
    assert json.loads(run("check_trials", "--json")) == {"ok": True, "faults": []}


def test_check_trials_finds_a_tampered_history(walked):
    Act.objects.filter(what="trial_opened").update(reason="changed later")
    error = refused("check_trials", "--json")
    assert error.returncode == 1


def test_check_trials_finds_a_removed_last_row_of_history(walked):
    Act.objects.filter(pk=Act.objects.latest("pk").pk)._raw_delete("default")
    assert refused("check_trials").returncode == 1


def test_check_trials_finds_a_state_that_history_does_not_know(walked):
    Partner.objects.filter(role="venue").update(state="candidate")
    TrialStep.objects.filter(key="workshop").update(closed_at=None)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_trials", stdout=out)
    assert "candidate" in out.getvalue()
    assert "workshop" in out.getvalue()


def test_check_trials_finds_a_stranded_trial(tmp_path):
    region = a_region("etela-savo")
    trial = a_trial(region)
    trial.process.task_set.filter(flow_task_type="STEP").update(status="CANCELED")
    assert refused("check_trials").returncode == 1
