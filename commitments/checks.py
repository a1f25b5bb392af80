"""Does the configuration say all that the papers need? For `manage.py check`; nothing is asked over a network."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from commitments import seal_keys


def converter(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A site that others reach should have a converter; a laptop may do without."""
    if settings.PDF_CONVERTER or settings.ON_THIS_MACHINE:
        return []
    hint = "Run manage.py converter, and set PDF_CONVERTER=127.0.0.1:2003. Everything else works without."
    return [checks.Warning("No PDF is made of documents: PDF_CONVERTER is not set.", hint, id="commitments.W001")]


def seal(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A key that is configured must be one that seals; a site that others reach should have one."""
    if fault := seal_keys.fault():
        return [checks.Error(f"Nothing can be sealed: {fault}.", id="commitments.E001")]
    if seal_keys.is_configured() or settings.ON_THIS_MACHINE:
        return []
    hint = "Run manage.py make_seal_key, and set SEAL_KEY and SEAL_PASSWORD. Everything else works without."
    return [checks.Warning("No PDF is sealed: SEAL_KEY is not set.", hint, id="commitments.W002")]
