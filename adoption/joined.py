"""Which row is it now, that was joined into another? For history, jobs and links that name the former key."""

from collections.abc import Iterable

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from adoption.models import Act, Joined, Partner
from adoption.refusal import Linked, Refused

PARTNER, ORGANISATION = Joined.Kind.PARTNER, Joined.Kind.ORGANISATION


def partner_of(act: Act) -> Partner:
    """The partner that the act is about, with organisation and region; the kept one, when it has been joined since."""
    key = int(act.about_id)
    kept = Joined.objects.filter(kind=PARTNER, gone=key).values_list("kept", flat=True).first()
    return Partner.objects.select_related("organisation", "region").get(pk=kept or key)


def about(partner: Partner) -> Q:
    """Acts about the partner, also by the keys of the rows that were joined into it."""
    former = Joined.objects.filter(kind=PARTNER, kept=partner.pk).values(key=Cast("gone", CharField()))
    return Q(about_kind="partner") & (Q(about_id=str(partner.pk)) | Q(about_id__in=former))


def read_anew(partner: Partner, *related: str) -> Partner:
    """The partner's row as it is now. Raises Refused when it has been joined into another, which it names."""
    found = Partner.objects.select_related(*related).filter(pk=partner.pk).first()
    if found is None:
        raise Refused([joined_away(partner.pk)])
    return found


def joined_away(key: int) -> str:
    """Where to act instead: with its address, where that is known."""
    away = Joined.objects.filter(kind=PARTNER, gone=key).first()
    kept = Partner.objects.select_related("organisation", "region").filter(pk=away.kept).first() if away else None
    if kept is None:
        return _("This partner is no longer in the list. Look at the list anew.")
    said = _("This partner has been joined with %(partner)s: go on there.") % {"partner": kept}
    return Linked(said, kept.get_absolute_url())


def names_of_joined(kind: str, keys: Iterable[int]) -> dict[int, str]:
    """Key → what the row was called that has it no more."""
    return dict(Joined.objects.filter(kind=kind, gone__in=list(keys)).values_list("gone", "name"))
