"""`manage.py import_partners` does what people and scripts rely on, with its exit status and one JSON object."""

import io
import json
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from adoption.models import Act, Import, Partner
from commitments.models import Commitment
from tests.lists import a_row, text, xlsx
from tests.people import a_pair, a_region
from workflows.checks import faults

pytestmark = pytest.mark.django_db


def a_file(folder: Path, rows: list, name: str = "kumppanit.xlsx") -> str:
    content = xlsx(rows) if name.endswith("xlsx") else text(rows, ";").encode()
    (folder / name).write_bytes(content)
    return str(folder / name)


def run(*args: str) -> tuple[int, str]:
    """The exit status and what was printed."""
    out = io.StringIO()
    try:
        call_command("import_partners", *args, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def said(*args: str) -> tuple[int, dict]:
    status, printed = run(*args, "--json")
    return status, json.loads(printed)


def test_a_dry_run_says_what_would_happen_and_does_nothing(region, tmp_path):
    file = a_file(tmp_path, [a_row(1), a_row(2), a_row(4, town="Atlantis")])
    status, told = said(file, "--region", "kainuu", "--dry-run")
    assert status == 1
    assert [(row["row"], row["outcome"], row["name"]) for row in told["rows"]] == [
        (2, "create", "Toimija 1 ry"), (3, "create", "Toimija 2 ry"), (4, "refuse", "Toimija 4 ry"),
    ]  # fmt: skip
    assert set(told["rows"][0]) == {"row", "outcome", "name", "why"}
    assert "Atlantis" in told["rows"][2]["why"]
    assert (Partner.objects.count(), Import.objects.count(), Act.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("name", ["kumppanit.xlsx", "kumppanit.csv"])
def test_the_good_rows_are_done_and_the_same_again_is_the_same(region, tmp_path, name, worker):
    file = a_file(tmp_path, [a_row(1), a_row(2), a_row(4, town="Atlantis")], name)
    status, told = said(file, "--region", "kainuu")
    assert (status, [row["outcome"] for row in told["rows"]]) == (1, ["create", "create", "refuse"])
    status, told = said(file, "--region", "kainuu")
    assert (status, [row["outcome"] for row in told["rows"]]) == (1, ["same", "same", "refuse"])
    assert Partner.objects.count() == 2
    assert faults() == []
    worker.run()
    assert sorted(m.to[0] for m in mail.outbox) == ["henkilo1@example.org", "henkilo2@example.org"]
    assert "None" not in mail.outbox[0].body


def test_a_list_without_faults_ends_with_0_and_a_line_for_people(region, tmp_path):
    status, printed = run(a_file(tmp_path, [a_row(1)]), "--region", "kainuu")
    made, counted = printed.splitlines()
    assert (status, counted) == (0, "1 create, 0 update, 0 same, 0 refuse")
    assert made.startswith("2: create: Toimija 1 ry: ")


def test_existing_partners_are_taken_over(region, tmp_path):
    status, told = said(a_file(tmp_path, [a_row(1), a_row(2)]), "--region", "kainuu", "--existing")
    assert (status, [row["outcome"] for row in told["rows"]]) == (0, ["create", "create"])
    assert set(Partner.objects.values_list("state", flat=True)) == {"active"}
    assert Commitment.objects.in_force().count() == 2
    assert faults() == []


def test_it_names_the_columns_of_which_nothing_is_taken(region, tmp_path):
    file = tmp_path / "kumppanit.csv"
    listed = text([["Tupa ry", "kohde", "Kajaani", "1.2.2024", "t@example.org"]], ";",
                  headings=["Nimi", "Rooli", "Kunta", "Sitoutunut", "S-posti"])  # fmt: skip
    file.write_text(listed)
    args = [str(file), "--region", "kainuu"]
    assert said(*args, "--dry-run")[1]["not_read"] == ["Sitoutunut"]
    assert "columns not read: Sitoutunut" in run(*args)[1]
    assert "not_read" not in said(*args, "--existing")[1]


def test_it_acts_for_a_person(region, tmp_path):
    aino, _mikko = a_pair(region)
    run(a_file(tmp_path, [a_row(1)]), "--region", "kainuu", "--by", aino.email)
    assert Act.objects.filter(what="partner_added").get().by == aino


def test_a_person_without_right_is_refused(region, tmp_path):
    aino, _mikko = a_pair(a_region("etela-savo"))
    status, told = said(a_file(tmp_path, [a_row(1)]), "--region", "kainuu", "--by", aino.email)
    assert (status, told["rows"], bool(told["why"])) == (1, [], True)


def test_a_list_that_cannot_be_read_is_refused(region, tmp_path):
    file = tmp_path / "kumppanit.pdf"
    file.write_bytes(b"%PDF-1.7\x00")
    status, told = said(str(file), "--region", "kainuu")
    assert (status, told["rows"], bool(told["why"])) == (1, [], True)


@pytest.mark.parametrize(
    "args", [["ei-ole.xlsx", "--region", "kainuu"], ["--region", "atlantis"], ["--region", "kainuu", "--by", "x@y.z"]]
)
def test_misuse_ends_with_2(region, tmp_path, args):
    file = [] if args[0].endswith("xlsx") else [a_file(tmp_path, [a_row(1)])]
    with pytest.raises(CommandError) as caught:
        run(*file, *args)
    assert caught.value.returncode == 2
