"""How a service says no in people's words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


class Refused(Exception):
    """The one exception that a person sees: nothing was done, and `reasons` say why and what to do."""

    status = 422

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(*self.reasons)

    def __str__(self) -> str:
        return " ".join(str(reason) for reason in self.reasons)


class NotYours(Refused):
    """The person may read this, and may not do it."""

    status = 403

    def __init__(self) -> None:
        super().__init__([_("This act belongs to others: see on the page whose turn it is.")])
