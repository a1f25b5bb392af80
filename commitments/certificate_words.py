"""What does a certificate say of each party: who signed or acknowledged, when, how, and by which right?"""

from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.models import Act, Region, Responsibility, Side
from adoption.templatetags.kaiku import HARD, side_name
from commitments.asking import request_of
from commitments.facts import day, in_order, kaikukeskus
from commitments.models import Commitment, Party, SignedCopy
from commitments.signatories import Passing, passings, signed_as_asked, signed_by_another
from commitments.told import acts_about

HOW: dict[str, Any] = {
    Party.Method.LINK: gettext_lazy("by a personal link"),
    Party.Method.COPY: gettext_lazy("by a signed copy"),
    Party.Method.KAIKUKANTA: gettext_lazy("acknowledged in Kaikukanta"),
}
CLOCK = {"fi": "klo{0}{1.hour}.{1:%M.%S}", "sv": "kl.{0}{1.hour}.{1:%M.%S}", "en": "at{0}{1.hour}:{1:%M:%S}"}
REPRESENTED = {
    Party.Role.MUNICIPALITY: gettext_lazy("Kaikukeskus represents the municipality there"),
    Party.Role.COUNTY: gettext_lazy("Kaikukeskus represents the wellbeing services county there"),
}


def of_parties(commitment: Commitment, language: str) -> list[dict[str, Any]]:
    """Each party's line, in words of the language, which the caller has made the active one."""
    rows = commitment.parties.select_related("municipality", "county", "copy", "recorded_by", "request")
    parties = list(rows.prefetch_related("request__rounds"))
    passed, copies = passings(commitment, parties), copies_of(parties)
    signed = list(acts_about(commitment).filter(what="commitment_signed").exclude(by=None).select_related("by"))
    return [_line(party, language, passed[party.pk], copies, signed) for party in in_order(parties, language)]


def copies_of(parties: Iterable[Party]) -> list[str]:
    """The SHA-256 of each file of a signed copy, in the order of the parties."""
    return list(dict.fromkeys(party.copy.sha256 for party in parties if party.copy))


def copies_named(commitment: Commitment, language: str) -> list[tuple[str, str]]:
    """Each file of a signed copy: its SHA-256, and the parties whose signatures it bears."""
    parties = list(commitment.parties.select_related("municipality", "county", "copy"))
    return [
        (digest, ", ".join(name_of(party, language) for party in parties if party.copy and party.copy.sha256 == digest))
        for digest in copies_of(parties)
    ]


def name_of(party: Party, language: str) -> str:
    """The party's name in the language."""
    return kaikukeskus(language) if party.role == Party.Role.KAIKUKESKUS else party.name_in_languages[language]


def _line(party: Party, language: str, passed: list[Passing], copies: list[str], signed: list[Act]) -> dict[str, Any]:
    own = signed_as_asked(party)
    title = party.signed_title or (party.signatory_title if own else "")
    return {
        "name": name_of(party, language),
        "record_number": party.record_number,
        "who": ", ".join(text for text in (party.signed_by, title) if text),
        "basis": together(party.basis) if own else "",
        "notes": [*_of_signatory(party, passed), *_of_recorder(party, signed, language)],
        "when": exact(party.signed_at) if party.signed_at else day(party.signed_on),
        "how": HOW[party.method],
        "copy": copies.index(party.copy.sha256) + 1 if party.copy and len(copies) > 1 else "",
        "link": _link(party),
        "reference": party.reference,
        "read": party.read_language,
    }


def _of_signatory(party: Party, passed: list[Passing]) -> list[str]:
    """That the document names somebody else, and how the signing came from that person to the one who has signed."""
    if not signed_by_another(party):
        return []
    said = _("The document names %(named)s as the signatory.") % {"named": party.named}
    return [" ".join([said, *map(str, passed)])]


def _of_recorder(party: Party, signed: list[Act], language: str) -> list[str]:
    """Who vouches for what was not done by a link: for a copy who found it right, for Kaikukanta who recorded it."""
    if party.method == Party.Method.KAIKUKANTA:
        stands_for = REPRESENTED.get(Party.Role(party.role))
        by = _("recorded by %(by)s") % {"by": party.recorded_by} if party.recorded_by else ""
        return [str(text) for text in (stands_for, by) if text]
    if not party.copy:
        return []
    act = next((one for one in signed if _is_of(one, party, party.copy.sha256)), None)
    by = who_looked(act, language) if act else _looked(party.copy)
    return [_("found right by %(by)s") % {"by": by} if by else _("its digital signatures were checked by the site")]


def _is_of(act: Act, party: Party, sha256: str) -> bool:
    return act.data.get("sha256") == sha256 and party.pk in act.data["parties"]


def _looked(copy: SignedCopy) -> str:
    return copy.reviewed_by.name if copy.reviewed_by else ""


def who_looked(act: Act, language: str) -> str:
    """The name and the side of who acted, and where: "Aino Virtanen, kulttuuripuoli, Kajaani"."""
    assert act.by
    if act.side not in Side.values:
        return ", ".join([act.by.name, side_name(act.side)] if act.side else [act.by.name])
    return f"{act.by.name}, {side_name(act.side)}, {_place(act, language)}"


def _place(act: Act, language: str) -> str:
    """The municipality that the person answered for, else the region: whose employee it is, is not known here."""
    assert act.region
    region: Region = act.region
    whose = act.on_behalf_of or act.by
    held = Responsibility.objects.filter(person=whose, region=region, side=act.side, since__lte=localdate(act.at))
    one = held.select_related("municipality").order_by("-since", "-pk").first()
    if one and one.municipality:
        return one.municipality.name_in(language)
    return region.name_in(language)


def _link(party: Party) -> dict[str, str]:
    """To which address the link was sent, and when; nothing of a party that has not signed by one."""
    request = request_of(party)
    if party.method != Party.Method.LINK or request is None or request.sent_at is None:
        return {}
    return {"email": request.email, "sent": exact(request.sent_at)}


def together(text: str) -> str:
    """A paragraph sign stays on the line of its number."""
    return text.replace("§ ", f"§{HARD}")


def exact(moment: Any) -> str:
    """8.3.2027 klo 14.12.07, in Finland's time."""
    here = localtime(moment)
    return f"{day(here)} {CLOCK[(translation.get_language() or 'fi')[:2]].format(HARD, here)}"
