"""Makes the worker's schedules: run once a deployment, again does no harm."""

from typing import Any

from django.core.management.base import BaseCommand

from workflows import schedule


class Command(BaseCommand):
    help = "The daily scan, the nightly check and the heartbeat stand, each once."

    def handle(self, *args: Any, **options: Any) -> None:
        schedule.ensure()
        self.stdout.write("The schedules stand: a scan each morning, a check each night, a heartbeat each minute.")
