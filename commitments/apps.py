"""Which Django app this folder is, and what it checks before the site starts."""

from django.apps import AppConfig
from django.core import checks

from commitments.checks import converter, seal


class CommitmentsConfig(AppConfig):
    name = "commitments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register(converter)
        checks.register(seal)
