"""How does a person get a stored file? Whole and as it was recorded, or not at all."""

from io import BytesIO

from django.http import FileResponse

from commitments.stored import Row, content_of


def given(row: Row, name: str, kind: str) -> FileResponse:
    """The file, to be kept on the person's own machine under this name. Raises Damaged for one that is not as it was
    recorded."""
    return FileResponse(BytesIO(content_of(row)), as_attachment=True, filename=name, content_type=kind)
