"""Which tables of partners can be taken along?"""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from adoption.access import region_or_404
from adoption.exporting import partners_table
from adoption.sheets import CSV, XLSX, csv_bytes, xlsx_bytes
from adoption.views import Request


@never_cache
@require_safe
def partners_export(request: Request, slug: str, form: str) -> HttpResponse:
    """The region's partners, as CSV or XLSX, in the columns in which a list of them is brought in."""
    region = region_or_404(request.user, slug)
    rows = partners_table(region)
    content, kind = (csv_bytes(rows), CSV) if form == "csv" else (xlsx_bytes(rows, _("Partners")), XLSX)
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="partners-{region.slug}.{form}"'
    return answer
