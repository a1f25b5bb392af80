"""How does a morning go? The scan at six, the mails from seven on, on whatever day a test is set."""

from datetime import date, datetime, time, timedelta

import time_machine
from django.utils.timezone import get_default_timezone

from workflows.reminders import daily, deliver_waiting

A_MONDAY = date(2027, 3, 1)


def at(day: date, hour: int = 7, minute: int = 5) -> time_machine.travel:
    """So long it is this moment in Finland."""
    return time_machine.travel(datetime.combine(day, time(hour, minute), get_default_timezone()), tick=False)


def a_morning(day: date, worker, times: int = 1) -> None:
    """The worker runs from six to some minutes past seven; the scan once, or more."""
    with at(day, 6, 0):
        for _again in range(times):
            daily()
        worker.run()
    post(day, worker)


def post(day: date, worker) -> None:
    """What waits for the day's morning has left, if it is a working day."""
    with at(day):
        deliver_waiting()
        worker.run()


def mornings(first: date, last: date, worker, times: int = 1) -> None:
    for number in range((last - first).days + 1):
        a_morning(first + timedelta(days=number), worker, times)


def left(worker) -> None:
    """The worker has run, and what waited to leave together has left."""
    worker.run()
    deliver_waiting()
    worker.run()
