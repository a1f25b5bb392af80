"""Loads the country's municipalities, counties and Kaikukortti areas."""

from django.core.management.base import BaseCommand

from adoption.country import load


class Command(BaseCommand):
    help = "Municipalities and counties of 2026 and the Kaikukortti areas of 2024; safe to run again."

    def handle(self, *args: object, **options: object) -> None:
        counts = load()
        self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))
