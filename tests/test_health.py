"""Does the site say when it cannot work?"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now
from django_q.models import Schedule

from workflows.models import Heartbeat
from workflows.schedule import beat

pytestmark = pytest.mark.django_db


def test_health_wants_a_young_heartbeat(client):
    assert client.get(reverse("health")).status_code == 503
    beat()
    assert client.get(reverse("health")).json() == {"ok": True, "faults": {}}
    Heartbeat.objects.update(at=now() - timedelta(minutes=6))
    answer = client.get(reverse("health"))
    assert (answer.status_code, list(answer.json()["faults"])) == (503, ["worker"])


def test_the_schedules_stand_once_however_often_they_are_set(capsys):
    call_command("set_schedule")
    call_command("set_schedule")
    assert sorted(Schedule.objects.values_list("name", flat=True)) == ["daily", "heartbeat", "nightly"]
