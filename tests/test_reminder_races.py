"""Two workers, or a worker and a person, at the same moment: is each reminder made, written and gathered once?"""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate, now
from django_q.models import OrmQ
from viewflow.workflow.models import Task

from adoption.days import next_working_day
from adoption.mail import _put_together, write
from adoption.models import Act, Kind, Mail
from tests.people import a_region
from tests.race import DONE
from tests.test_reminders import a_trial_at
from workflows import reminders, services
from workflows.models import Reminder, TrialStep
from workflows.moving import mark_of, move_due

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 10
DAY = timedelta(days=1)


class Ground:
    """A step that both sides owe, and have owed for long."""

    def __init__(self) -> None:
        a_region()
        self.here = a_trial_at("workshop")
        self.row = TrialStep.objects.get(trial=self.here.trial, key="workshop").pk
        Task.objects.update(created=now() - 200 * DAY)
        self.today = next_working_day(localdate())

    def due(self, day: date) -> None:
        """It is due on the day, and nobody has been reminded."""
        Reminder.objects.all().delete()
        Mail.objects.all().delete()
        OrmQ.objects.all().delete()
        TrialStep.objects.filter(pk=self.row).update(due=day)

    def moves(self, day: date) -> tuple:
        """Aino moves it to the day, from a page that shows the plan as it stands now."""
        trial = self.here.trial
        mark = mark_of(services.read(trial.pk))
        return move_due, (trial, "workshop", self.here.aino, day, "Sali on varattu.", mark)


def said(person) -> tuple[str, str]:
    return "Sivu", f"Hei {person.given_name}\n\nhttp://127.0.0.1/\n"


@pytest.fixture
def ground(transactional_db) -> Ground:
    return Ground()


def test_two_scans_at_once(race, ground):
    for number in range(ROUNDS):
        ground.due(ground.today - number * DAY)
        scan = (reminders.scan, (ground.today,))
        assert race(scan, scan) == [DONE, DONE]
        assert Reminder.objects.count() == 2 + (number >= 14)  # Kaikukeskus hears after two weeks


def test_two_jobs_write_one_persons_reminders(race, ground):
    for number in range(ROUNDS):
        ground.due(localdate() - (3 + number % 4) * DAY)
        found = reminders.due(localdate())
        Reminder.objects.bulk_create(map(reminders._row, found))
        job = (reminders.write, (ground.here.aino.pk,))
        assert race(job, job) == [DONE, DONE]
        assert Reminder.objects.exclude(mail=None).get().person == ground.here.aino
        assert Mail.objects.count() == 1


def test_a_deadline_is_moved_while_the_worker_looks(race, ground, worker):
    later = next_working_day(ground.today + 200 * DAY)
    for number in range(ROUNDS):
        ground.due(localdate() - (3 + number % 4) * DAY)
        assert race(ground.moves(later), (reminders.scan, (ground.today,))) == [DONE, DONE]
        worker.run()  # the jobs of what was found before the move
        assert TrialStep.objects.get(pk=ground.row).due == later
        assert Reminder.objects.count() == 0
        assert Mail.objects.filter(kind=Kind.DUTIES).count() == 0
    assert Act.objects.filter(what="due_moved").count() == ROUNDS


def test_two_workers_gather_one_morning(race, ground):
    for number in range(ROUNDS):
        ground.due(localdate())
        for key in range(3):
            write(f"{number}:{key}", [ground.here.aino], said, Kind.DUTIES)
        Mail.objects.update(not_before=now() - DAY)
        gather = (_put_together, (ground.here.aino.email,))
        assert race(gather, gather) == [DONE, DONE]
        [digest] = Mail.objects.filter(kind=Kind.DIGEST)
        assert digest.items.count() == 3
        Mail.objects.exclude(pk=digest.pk).update(digest=None)
