"""How does a template look something up by its key?"""

from typing import Any

from django import template

register = template.Library()


@register.filter
def of(found: dict[int, Any], key: int) -> Any:
    """What stands under the key; nothing when nothing does."""
    return found.get(key)
