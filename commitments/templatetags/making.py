"""Which papers of a region are being made together, and which of its drafts have none?"""

from typing import Any

from django import template
from django.template import Context

from adoption.models import Region
from commitments.access import batches_of, may_act_in
from commitments.batches import failed_drafts
from commitments.models import Edition

register = template.Library()


@register.inclusion_tag("commitments/asked_together.html", takes_context=True)
def asked_together(context: Context, region: Region) -> dict[str, Any]:
    """The batches that are not through, and the button for the drafts whose documents could not be made."""
    person = context["request"].user
    waiting = Edition.objects.waiting().filter(batch__region=region)
    may = may_act_in(person, region)
    return {
        "region": region,
        "batches": batches_of(person).filter(pk__in=waiting.values("batch")).order_by("-pk"),
        "failed": [draft for draft in failed_drafts(region).prefetch_related("parties") if may(draft)],
        "csrf_token": context.get("csrf_token"),
    }
