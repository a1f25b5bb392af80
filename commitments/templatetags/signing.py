"""How are things looked up by a party's key, and how does a language stand inside a sentence?"""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def of(found: Mapping, key: object) -> object:
    """What belongs to the key; nothing where nothing does."""
    return found.get(key)


@register.filter
def in_sentence(language: str) -> str:
    """The name of a language inside a sentence: finska, suomi; in English it keeps its capital."""
    return language if (get_language() or "").startswith("en") else language.lower()
