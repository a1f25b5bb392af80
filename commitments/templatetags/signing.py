"""How are things looked up by a party's key?"""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of(found: Mapping, key: object) -> object:
    """What belongs to the key; nothing where nothing does."""
    return found.get(key)
