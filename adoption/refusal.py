"""How a service says no in people's words."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _


class Linked(str):
    """A reason that leads somewhere: its words, and the address of the page that they speak of; and whose turn it is
    with that, where it is neither the reader's nor that of whoever else is waited for."""

    href: str
    whose: str

    def __new__(cls, text: str, href: str, whose: str = "") -> "Linked":
        reason = super().__new__(cls, text)
        reason.href, reason.whose = href, whose
        return reason


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

    def __init__(self, whose: str = "") -> None:
        text = _("This act belongs to others: %(names)s.") if whose else ""
        super().__init__(
            [text % {"names": whose} or _("This act belongs to others: see on the page whose turn it is.")]
        )


class Left(NamedTuple):
    """One that was left as it was while the others went, and why."""

    name: str
    refusal: Refused

    def __str__(self) -> str:
        return f"{self.name}: {self.refusal}"
