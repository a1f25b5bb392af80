"""Whose turn is it with a commitment, where a page of the layer below tells of it?"""

from typing import Any

from django import template
from django.template import Context

from commitments.models import Commitment
from commitments.turn import OURS, lateness, turn_for

register = template.Library()


@register.simple_tag(takes_context=True)
def turn_of(context: Context, commitment: Commitment) -> dict[str, Any]:
    """What comes next with the commitment for the reader, as the commitment's own page says it."""
    coming = turn_for(commitment, context["request"].user)
    return {
        "what": coming.what,
        "why": coming.why,
        "yours": coming.yours,
        "is_pairs": coming.whose == OURS,
        "waits_for": coming.waits_for(commitment),
        "href": coming.href(commitment),
        "late": lateness(commitment),
    }
