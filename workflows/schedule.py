"""What does the worker do by the clock? A check each night, a scan each morning, a look round each minute."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import get_default_timezone, localdate, now
from django_q.models import Schedule

from adoption.history import locked_country
from workflows.models import Heartbeat

MORNING = time(6)
NIGHT = time(3)
MIDNIGHT = time(0, 5)


def ensure() -> None:
    """The schedules stand, each once, whoever starts at the same time; one that runs keeps its next run."""
    with transaction.atomic():
        locked_country()  # a schedule's name is not unique in the database
        _stands("daily", _next(MORNING), func="workflows.reminders.daily", schedule_type=Schedule.DAILY)
        _stands("nightly", _next(NIGHT), func="workflows.checks.nightly", schedule_type=Schedule.DAILY)
        _stands("files", _next(NIGHT), func="commitments.verifying.nightly", schedule_type=Schedule.DAILY)
        _stands("mails", now(), func="workflows.reminders.deliver_waiting", schedule_type=Schedule.MINUTES, minutes=1)
        _stands("papers", now(), func="commitments.making.make_waiting", schedule_type=Schedule.MINUTES, minutes=1)
        _stands("pdf", now(), func="commitments.pdf.make_waiting", schedule_type=Schedule.MINUTES, minutes=1)
        _stands("proof", now(), func="commitments.certifying.make_waiting", schedule_type=Schedule.MINUTES, minutes=1)
        _stands("contacts", _next(MORNING), func="adoption.contacts.asking.daily", schedule_type=Schedule.DAILY)
        _stands("returned", now(), func="adoption.contacts.returned.read", schedule_type=Schedule.MINUTES, minutes=10)
        _stands("surveys", _next(MORNING), func="workflows.survey.letters.remind", schedule_type=Schedule.DAILY)
        _stands("lists", _next(NIGHT), func="commitments.importing.expire", schedule_type=Schedule.DAILY)
        _stands("handovers", _next(MIDNIGHT), func="workflows.passing.daily", schedule_type=Schedule.DAILY)
        _stands("invited", now(), func="workflows.arranging.roll.keep", schedule_type=Schedule.MINUTES, minutes=1)
        _stands("heartbeat", now(), func="workflows.schedule.beat", schedule_type=Schedule.MINUTES, minutes=1)


def _stands(name: str, first: datetime, **wanted: Any) -> None:
    Schedule.objects.update_or_create(name=name, defaults=wanted, create_defaults=wanted | {"next_run": first})


def _next(hour: time) -> datetime:
    """The hour's next coming; a run that was missed is made up for as soon as the worker is back."""
    today = datetime.combine(localdate(), hour, get_default_timezone())
    return today if today > now() else today + timedelta(days=1)


def beat() -> None:
    """The worker has run now: what /health/ looks at."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": now()})
