"""A new key for sealing PDFs, with a certificate that it has signed itself."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from commitments import seal_keys


class Command(BaseCommand):
    help = "Makes a key and its certificate (EC P-256, PKCS #12) for SEAL_KEY, under the password SEAL_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where the key is to lie: outside the site's own folders")
        parser.add_argument("--name", required=True, help="whose seal it is, as readers of PDF will show it")

    def handle(self, *args: Any, file: Path, name: str, **options: Any) -> None:
        """Never overwrites: the seals of a lost key can still be checked, but nothing can be sealed with it."""
        if not settings.SEAL_PASSWORD:
            raise CommandError("Set SEAL_PASSWORD to the password that the key is to have.")
        password = settings.SEAL_PASSWORD.encode()
        made = seal_keys.made_key(name, password)
        if not seal_keys.write_once(file, made):
            raise CommandError(f"{file} is there already, and stays as it is.")
        fingerprint = seal_keys.opened(made, password).fingerprint
        self.stdout.write(f"{file}: set SEAL_KEY to it. Fingerprint of its certificate: {fingerprint}")
