"""Makes the first person of a site, who then names the others in the pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from adoption.people import add_kaikukeskus_person
from adoption.refusal import Refused


class Command(BaseCommand):
    help = "A person of Kaikukeskus, who opens trials and names the others. There is no self sign-up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="the person's name; can be corrected after signing in")
        parser.add_argument("--kaikukeskus", action="store_true", required=True, help="works at Kaikukeskus")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            name = options["name"] or options["email"].partition("@")[0]
            person = add_kaikukeskus_person(options["email"], name, None)
        except (ValidationError, Refused) as error:
            raise CommandError(f"{options['email']}: {error}", returncode=1) from error
        self.stdout.write(f"{person.name} <{person.email}> works at Kaikukeskus and can sign in.")
