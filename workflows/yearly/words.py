"""How is that called which comes round every year, and what is to be done?"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adoption.ladders import NATIONAL, PAGE
from adoption.models import Partner
from workflows.standing import listed
from workflows.yearly.rounds import Round

# Within a sentence: "Kainuu: the yearly look through the local page is to be done by Fri 5.3.2027."
TITLES = {
    NATIONAL.kind: gettext_lazy("taking part in Kaikukeskus's national meeting"),
    PAGE.kind: gettext_lazy("the yearly look through the local page"),
}
WHAT_TO_DO = {
    NATIONAL.kind: gettext_lazy(
        "Kaikukeskus calls the responsible persons of all regions together once a year, usually online. "
        "When you have taken part, say so here."
    ),
    PAGE.kind: gettext_lazy(
        "Look whether the page names the present distributors, venues and limits, and the right addresses. "
        "When it does, say so here."
    ),
}
# Kaikukeskus's own words, S3.
QUOTES = {
    NATIONAL.kind: "Osallistuvat Kaikukeskuksen järjestämään valtakunnalliseen vastuuhenkilöiden (etä)kokoukseen",
    PAGE.kind: (
        "Vastaavat alueen Kaikukortti-toimintaan liittyvästä paikallisesta Kaikukortti-verkkosivusta ja sen "
        "pitämisestä ajan tasalla"
    ),
}
MOST_NAMED = 5


def what_to_do(one: Round) -> str:
    """In sentences; of the national meeting also when it is, and that nobody is late before it."""
    said = [str(WHAT_TO_DO[one.kind])]
    if one.awaited and one.awaited.is_to_come:
        said.append(one.awaited.said)
    if one.is_put_off:
        said.append(_("Nobody is late before it."))
    return " ".join(said)


def induction_title(role: str) -> str:
    """Of the role's staff."""
    if role == Partner.Role.VENUE:
        return _("the yearly induction of the venues' staff")
    return _("the yearly induction of the distributors' staff")


def induction_todo(partners: Sequence[Partner]) -> str:
    """Whose staff it is: the names, as far as they are few."""
    names = [str(partner) for partner in partners[:MOST_NAMED]]
    if more := len(partners) - len(names):
        names.append(ngettext("%(count)s other", "%(count)s others", more) % {"count": more})
    said = _("New and old staff alike are inducted at least once a year: %(names)s. Mark them when it has been done.")
    return said % {"names": listed(names)}
