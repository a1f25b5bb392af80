"""Where may the long name of a paper be divided on a narrow page?"""

import re

from django import template

register = template.Library()

SOFT_HYPHEN = "\u00ad"
JOINT = re.compile(r"(?<=\w)(?=förbindelse|sitoumus)")  # where the names of the papers are put together


@register.filter
def divisible(name: str) -> str:
    """The name of a paper, that may be divided at its joint: browsers know no Finnish or Swedish of their own."""
    return JOINT.sub(SOFT_HYPHEN, name)
