"""How large is a file, in words for a page?"""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()

KILO, MEGA = 1000, 1000 * 1000


@register.filter
def file_size(size: int) -> str:
    """9 kB, from a million bytes on 1.2 MB, in the reader's language."""
    if size < MEGA:
        return _("%(size)s kB") % {"size": max(1, round(size / KILO))}
    return _("%(size)s MB") % {"size": number_format(round(size / MEGA, 1), 1)}
