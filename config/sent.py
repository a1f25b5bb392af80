"""What has been sent with a request, that it can be sent once more as it was?"""

from typing import NamedTuple

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError

UNREADABLE = (BadRequest, SuspiciousOperation, UnreadablePostError, RawPostDataException)


class Sent(NamedTuple):
    """A form as a browser sent it. Its files are not kept: the person has them."""

    address: str
    fields: list[tuple[str, str]]
    had_files: bool


def sent_with(request: HttpRequest) -> Sent | None:
    """The form, without asking the database; None where none was sent, or it cannot be read."""
    if request.method != "POST":
        return None
    try:
        fields = [(name, str(value)) for name, values in request.POST.lists() for value in values]
        return Sent(request.get_full_path(), fields, bool(request.FILES))
    except UNREADABLE:
        return None
