"""Can everything that tells of others' acts be chosen away, and does nothing else come whatever one chooses?"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.timezone import localdate

from adoption.mail_choices import choose
from adoption.models import How, Kind, Mail, Person, Responsibility
from tests.people import a_kaikukeskus_person
from tests.test_moving import a_working_day, dues, moved
from tests.trials import a_walk
from workflows.handing_over import Given, hand_over

ROOT = Path(__file__).parent.parent
AREAS = ("adoption", "commitments", "workflows")
# What comes whatever one has chosen: what one has become, or no longer is, and by which address one signs in.
ALWAYS = {
    "adoption.joining.letters.people_joined", "adoption.joining.letters.contact_goes", "adoption.letters.named",
    "adoption.letters.kaikukeskus_person_added", "adoption.letters.contact_named", "adoption.letters.contacts_brought",
    "adoption.letters._contact_taken_over", "workflows.handover_letters.agreed", "workflows.handover_letters.passed",
}  # fmt: skip


def writing() -> Iterator[tuple[str, ast.Call]]:
    """Each call of `adoption.mail.write` in the product, by the name of the function in which it stands."""
    for path in (path for area in AREAS for path in (ROOT / area).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            for call in calls:
                if is_mail(call) and path.name != "mail.py":
                    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                    yield f"{module}.{function.name}", call


def is_mail(call: ast.Call) -> bool:
    """A mail's key comes first and is a text; the minutes of a meeting are written, too."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name == "write" and len(call.args) >= 3 and not isinstance(call.args[0], ast.Name | ast.Attribute)


def _keywords(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def test_each_mail_without_a_kind_is_one_that_must_come():
    without = {name for name, call in writing() if len(call.args) == 3 and "kind" not in _keywords(call)}
    assert without == ALWAYS
    assert len(list(writing())) > len(ALWAYS)


def nothing_of_others(*people: Person) -> None:
    for person in people:
        choose(person, person, {Kind.TOLD: How.NONE})


def written_to(worker, *people: Person) -> list[int]:
    """How many mails each has, once the worker has written them."""
    worker.run()
    return [Mail.objects.filter(person=person).count() for person in people]


@pytest.mark.django_db
def test_who_wants_no_mail_of_others_acts_hears_of_no_moved_day(worker):
    here = a_walk()
    nothing_of_others(here.mikko)
    aino, mikko = written_to(worker, here.aino, here.mikko)
    moved(here, "workshop", a_working_day(dues(here)["workshop"]))
    moved(here, "workshop", a_working_day(dues(here)["workshop"]), a_kaikukeskus_person())
    assert written_to(worker, here.aino, here.mikko) == [aino + 1, mikko]
    assert Mail.objects.filter(person=here.aino).latest("pk").kind == Kind.TOLD


@pytest.mark.django_db
@pytest.mark.parametrize("wants", [True, False])
def test_of_a_handover_always_hears_whom_it_concerns_and_others_if_they_want(worker, wants):
    here = a_walk()
    row = Responsibility.objects.get(person=here.aino, region=here.region)
    if not wants:
        nothing_of_others(here.aino, here.mikko)
    aino, mikko = written_to(worker, here.aino, here.mikko)
    hand_over(
        here.aino, a_kaikukeskus_person(), localdate(), [Given(row.pk, "nina@example.org", "Nina Laine", "", "Pyyntö")]
    )
    assert written_to(worker, here.aino, here.mikko) == [aino + 1, mikko + wants]
    assert Mail.objects.filter(person__email="nina@example.org").exists()
