"""What is written to people about a commitment? Jobs that the worker runs once the act has been committed."""

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from adoption.access import holders_for_partner
from adoption.mail import link, others, write, write_to
from adoption.models import Act, Kind, Person, Responsibility
from adoption.templatetags.kaiku import in_quotes
from commitments import asking
from commitments.facts import day
from commitments.models import Certificate, Commitment, Party, SignatureRequest, SignedCopy
from commitments.reminding import REFUSED, STAGES, awaited, by_hand_key
from commitments.signatories import asker_of
from commitments.turn import awaits_kaikukeskus

# -- to people who have an account ------------------------------------------------------------------------------------


def name_signatory(act_pk: int) -> None:
    """Kaikukeskus knows that a draft waits for the name of its own signatory; of a draft that has it nobody hears."""
    act, commitment = _about(act_pk)
    if not commitment.parties.filter(role=Party.Role.KAIKUKESKUS, signatory_name="").exists():
        return

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(by)s has drafted a commitment: %(commitment)s (%(region)s).\n"
            "It can be checked and sent once Kaikukeskus has named its own signatory.\n\n%(link)s\n"
        )
        facts = _facts(person, act, commitment)
        return _("Name Kaikukeskus's signatory: %(commitment)s") % facts, body % facts

    write(f"act:{act.pk}", others(Person.objects.filter(is_kaikukeskus=True), act), text, Kind.ASKED)


def awaits_signatures(act_pk: int) -> None:
    """The partner's contact person knows what is to be signed; of a region's commitment its pair knows.

    A contact person who signs oneself has the link instead.
    """
    act, commitment = _about(act_pk)
    signs = set(commitment.parties.values_list("signatory_email", flat=True))
    contacts = [person for person in contacts_of(commitment) if person.email not in signs]
    people = contacts if commitment.partner else pair_of(commitment)

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(by)s has sent a commitment to be signed: %(commitment)s (%(region)s).\n"
            "The page has the document, and says who signs it and whose turn it is.\n\n%(link)s\n"
        )
        facts = _facts(person, act, commitment)
        return _("To be signed: %(commitment)s") % facts, body % facts

    write(f"act:{act.pk}", others(people, act), text, Kind.ASKED if commitment.partner else Kind.TOLD)


def kaikukeskus_signs(commitment_pk: int) -> None:
    """Kaikukeskus knows once that its signature is awaited, where its signatory has no link of the own."""
    commitment = _found().get(pk=commitment_pk)
    if not awaits_kaikukeskus(commitment):
        return

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\nA commitment waits for Kaikukeskus's signature: %(commitment)s (%(region)s).\n"
            "The page has the document, and says who has signed it.\n\n%(link)s\n"
        )
        facts = _facts(person, None, commitment)
        return _("Kaikukeskus signs: %(commitment)s") % facts, body % facts

    write(f"kaikukeskus-signs:{commitment.pk}", Person.objects.filter(is_kaikukeskus=True), text, Kind.ASKED)


def in_force(act_pk: int) -> None:
    """Both sides, the partner's contact person and all who were asked by link know that the commitment is in force."""
    act, commitment = _about(act_pk)
    people = list(dict.fromkeys([*pair_of(commitment), *contacts_of(commitment)]))

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\nEvery party has signed or acknowledged it: the commitment is in force. "
            "%(commitment)s (%(region)s).\n"
            "The page has the document, and says who has signed or acknowledged it and when.\n\n%(link)s\n"
        )
        facts = _facts(person, act, commitment)
        return _("In force: %(commitment)s") % facts, body % facts

    write(f"act:{act.pk}", others(people, act), text, Kind.TOLD)
    known = [person.email for person in people]
    for request in _all_requests().filter(party__commitment=commitment).exclude(email__in=known):
        by_link = request.state == SignatureRequest.State.SIGNED
        _tell(request, f"act:{act.pk}:request:{request.pk}", "in_force" if by_link else "in_force_elsewhere")


def declined(act_pk: int) -> None:
    """The pair knows who will not sign, and why."""
    said = gettext_noop(
        "%(signatory)s will not sign for %(party)s:\n“%(reason)s”\n\nTalk with them. On the page you can then ask "
        "anew, or stop the signing."
    )
    _to_pair(act_pk, gettext_noop("Declined: %(commitment)s"), said)


def passed_on(act_pk: int) -> None:
    """The pair knows who is asked now in whose stead."""
    said = gettext_noop("%(party)s has passed the request to sign on: %(signatory)s is asked now.")
    _to_pair(act_pk, gettext_noop("Another signatory: %(commitment)s"), said, Kind.TOLD)


def copy_sent(act_pk: int) -> None:
    """The pair knows that a signed copy waits for it."""
    said = gettext_noop(
        "%(party)s has sent a signed copy. It counts once you have looked at it and accepted it on the page."
    )
    _to_pair(act_pk, gettext_noop("A signed copy to be looked at: %(commitment)s"), said)


def _to_pair(act_pk: int, subject: str, said: str, kind: Kind = Kind.ASKED) -> None:
    act, commitment = _about(act_pk)
    party = Party.objects.select_related("municipality", "county", "request").get(pk=act.data["parties"][0])
    asked = asking.round_of(party, act.data.get("round"))

    def text(person: Person) -> tuple[str, str]:
        facts = _facts(person, act, commitment)
        facts |= {"party": party.short_name, "signatory": asked.name if asked else "", "reason": act.reason}
        facts["said"] = _(said) % facts
        return _(subject) % facts, _("Hello %(name)s,\n\n%(commitment)s (%(region)s)\n\n%(said)s\n\n%(link)s\n") % facts

    write(f"act:{act.pk}", others(pair_of(commitment), act), text, kind)


# -- to signatories, who need no account ------------------------------------------------------------------------------

SAID = {
    "asked": gettext_noop(
        "%(by)s asks %(party)s to sign a commitment, and you are named as its signatory: %(commitment)s."
    ),
    "named": gettext_noop(
        "%(by)s asks you to sign a commitment for %(party)s: %(commitment)s. The document names %(named)s as its "
        "signatory, and you are asked instead."
    ),
    "own": gettext_noop("here is your link for signing for %(party)s: %(commitment)s."),
    "renewed": gettext_noop(
        "here is a new link for signing for %(party)s: %(commitment)s. Links in earlier mails no longer work."
    ),
    "moved": gettext_noop(
        "the day by which %(commitment)s is to be signed for %(party)s has been moved to %(day)s.\n“%(reason)s”\n"
        "Here is a new link. Links in earlier mails no longer work."
    ),
    "forwarded": gettext_noop(
        "the request to sign for %(party)s has been passed on to you by %(former)s: %(commitment)s. The document names "
        "%(named)s as its signatory, and you are asked instead."
    ),
    "half": gettext_noop("this is a reminder: %(commitment)s waits for your signature for %(party)s."),
    "soon": gettext_noop("the time is ending: %(commitment)s waits for your signature for %(party)s."),
    "late": gettext_noop(
        "%(commitment)s was to be signed for %(party)s by %(day)s, and it still waits for your signature."
    ),
    "copy_refused": gettext_noop(
        "the signed copy that you sent for %(party)s could not be accepted: %(commitment)s.\n“%(reason)s”"
    ),
}
# Mails after which nothing is awaited from the one who gets it.
ENDS = {
    "stopped": gettext_noop(
        "%(commitment)s is not to be signed any more: the signing was stopped. You need not do anything."
    ),
    "replaced": gettext_noop(
        "%(commitment)s is not to be signed any more: it is being replaced by a corrected one. You need not do "
        "anything now. When the corrected one is ready, whoever signs it for %(party)s gets a link of its own."
    ),
    "in_force_elsewhere": gettext_noop("every party has signed or acknowledged it: %(commitment)s is in force."),
    "in_force": gettext_noop(
        "every party has signed or acknowledged it: %(commitment)s is in force.\n\n"
        "Fetch your copy of the document, the certificate of the signatures, and the PDF with the site's seal where "
        "there is one, here by %(end)s:\n\n%(link)s\n\n"
        "Whoever holds one of the files can ask whether it is one of those that were signed: %(verify)s (code %(code)s)"
    ),
}
APART = "\n– – –\n\n"  # between the languages of one mail
SUBJECTS = {
    "half": gettext_noop("Reminder, to be signed by %(day)s: %(commitment)s"),
    "soon": gettext_noop("Reminder, to be signed by %(day)s: %(commitment)s"),
    "late": gettext_noop("Late, was to be signed by %(day)s: %(commitment)s"),
    "moved": gettext_noop("New day, to be signed by %(day)s: %(commitment)s"),
    "copy_refused": gettext_noop("Your signed copy was not accepted: %(commitment)s"),
    "stopped": gettext_noop("No longer to be signed: %(commitment)s"),
    "replaced": gettext_noop("No longer to be signed: %(commitment)s"),
    "in_force": gettext_noop("In force: %(commitment)s"),
    "in_force_elsewhere": gettext_noop("In force: %(commitment)s"),
}


def asked(request: int, number: int, by_clock: bool = False) -> None:
    """The signatory has the first link."""
    _ask(request, number, "asked", by_clock=by_clock)


def named(request: int, number: int, by_clock: bool = False) -> None:
    """The one whom a responsible person asks instead of the signatory of the document has a first link."""
    _ask(request, number, "named", by_clock=by_clock)


def renewed(request: int, number: int, by_clock: bool = False) -> None:
    """The signatory has a new link."""
    _ask(request, number, "renewed", by_clock=by_clock)


def moved(request: int, number: int) -> None:
    """The signatory knows the new day by which to sign, and has a new link."""
    moves = Act.objects.filter(what="sign_by_moved", about_kind="commitment")
    about = SignatureRequest.objects.filter(pk=request).values_list("party__commitment", flat=True)
    _ask(request, number, "moved", reason=moves.filter(about_id=str(about.get())).latest("number").reason)


def forwarded(request: int, number: int) -> None:
    """The one to whom the request was passed on has a link."""
    _ask(request, number, "forwarded")


def reminded(request: int, number: int, stage: str) -> None:
    """The silent signatory is reminded."""
    if awaited([asking.mail_key(request, number, stage)]):
        _ask(request, number, stage)


def reminded_by_hand(request: int, number: int, on: str) -> None:
    """A responsible person has the silent signatory reminded, once on that day at most."""
    found = _awaited(request, number)
    if found and awaited([key := by_hand_key(found, date.fromisoformat(on))]):
        _tell(found, key, "late" if found.party.commitment.is_late else "half")


def copy_refused(copy_pk: int) -> None:
    """The signatory who sent a copy knows why it was not accepted, and can sign by the link."""
    copy = SignedCopy.objects.get(pk=copy_pk)
    request = SignatureRequest.objects.filter(party=copy.sent_by).first()
    if request:
        _ask(request.pk, request.round, REFUSED, f":{copy.pk}", reason=copy.reason)


def _ask(pk: int, number: int, kind: str, more: str = "", by_clock: bool = False, **facts: object) -> None:
    """A mail with the link, if it is still the newest one and awaited."""
    request = _awaited(pk, number)
    if request:
        _tell(request, asking.mail_key(pk, number, kind) + more, kind, by_clock or kind in STAGES, **facts)


def _awaited(pk: int, number: int) -> SignatureRequest | None:
    """The request, if this is still its newest round and nobody has answered."""
    return _all_requests().filter(pk=pk, round=number, state=SignatureRequest.State.SENT).first()


def stopped(act_pk: int, told: list[int]) -> None:
    """Who was asked and has not signed knows that nothing is awaited any more."""
    act, _commitment = _about(act_pk)
    kind = "replaced" if act.what == "commitment_superseded" else "stopped"
    for request in _all_requests().filter(pk__in=told):
        _tell(request, f"act:{act.pk}:request:{request.pk}", kind, reason=act.reason)


def _tell(request: SignatureRequest, key: str, kind: str, by_clock: bool = False, **more: object) -> None:
    """`by_clock`: nobody waits for the mail, so that it leaves on a working morning."""
    languages = asking.languages_to(request)

    def text() -> tuple[str, str]:
        subjects, bodies = zip(*(_letter(request, kind, language, more) for language in languages), strict=True)
        return " / ".join(subjects), APART.join(bodies)

    reminds = by_clock and kind in STAGES
    write_to(key, request.email, languages[0], text, Kind.DUTIES if reminds else Kind.ALWAYS, by_clock=by_clock)


def _letter(request: SignatureRequest, kind: str, language: str, more: dict[str, object]) -> tuple[str, str]:
    commitment = request.party.commitment
    with override(language):
        facts = _facts_for(request, commitment) | more
        subject = _(_subject(kind, commitment.is_late)) % facts
        if _signs_for_others_too(request, commitment):
            subject += f" ({facts['party']})"
        return subject, _body(kind, facts, commitment.is_late) % facts


def _signs_for_others_too(request: SignatureRequest, commitment: Commitment) -> bool:
    """Whether the same address is asked for another party of the commitment: the subjects tell the mails apart."""
    same = SignatureRequest.objects.filter(party__commitment=commitment, email__iexact=request.email)
    return same.exclude(party=request.party_id).exists()


def _subject(kind: str, is_late: bool) -> str:
    late, first = gettext_noop("To be signed: %(commitment)s"), gettext_noop("To be signed by %(day)s: %(commitment)s")
    return SUBJECTS.get(kind, late if is_late else first)


def _body(kind: str, facts: dict[str, object], is_late: bool) -> str:
    ask = _("Questions? Ask %(ask)s.") if facts["ask"] else ""
    if kind in ENDS:
        reason = in_quotes("%(reason)s") if facts.get("reason") else ""
        ends = ask if kind in ("stopped", "replaced") else ""
        return "\n\n".join(filter(None, [_("Hello %(name)s,"), _(ENDS[kind]), reason, ends])) + "\n"
    act = _("Read the document and sign it by %(day)s. You need no account and no password.")
    if is_late or kind == "copy_refused":
        act = _("Read the document and sign it. You need no account and no password.")
    rest = _(
        "The link is yours alone and works until %(end)s. On the page you can also decline with a reason, or pass the "
        "request on to the right person of your organisation."
    )
    said = "own" if facts["is_own"] and kind in ("asked", "named") else kind
    return "\n\n".join([_("Hello %(name)s,"), _(SAID[said]), act, "%(link)s", rest, ask]).rstrip() + "\n"


def _facts_for(request: SignatureRequest, commitment: Commitment) -> dict[str, object]:
    """What the mails to a signatory say; the code where there is one, from the moment when it is in force."""
    certificate = Certificate.objects.filter(commitment=commitment).first()
    by, former = asker_of(request.party), asking.round_of(request.party, request.round - 1)
    return {
        "name": request.name,
        "party": request.party.short_name,
        "commitment": f"{commitment.name}, {commitment.partner or commitment.region.name}",
        "by": by,
        "is_own": by is not None and by.email.lower() == request.email.lower(),
        "named": request.party.named,
        "former": former.name if former and former.name else request.party.short_name,
        "day": day(commitment.sign_by),
        "end": day(localdate(request.expires_at)) if request.expires_at else "",
        "link": link(reverse("sign", args=[asking.token_of(request)])),
        "code": certificate.code if certificate else "",
        "verify": link(reverse("verify_file", args=[certificate.code])) if certificate else "",
        "ask": ", ".join(f"{person.name} ({person.email})" for person in to_ask(commitment)),
    }


# -- whom a commitment concerns ---------------------------------------------------------------------------------------


def _found() -> QuerySet[Commitment]:
    return Commitment.objects.select_related("region", "partner__organisation", "partner__contact")


def _about(act_pk: int) -> tuple[Act, Commitment]:
    act = Act.objects.select_related("by").get(pk=act_pk)
    return act, _found().get(pk=act.about_id)


def _all_requests() -> QuerySet[SignatureRequest]:
    commitment = "party__commitment"
    return SignatureRequest.objects.select_related(
        "party__municipality", "party__county", f"{commitment}__region", f"{commitment}__partner__organisation"
    )


def _facts(person: Person, act: Act | None, commitment: Commitment) -> dict[str, object]:
    return {
        "name": person.given_name,
        "by": act.by_whom if act else "",
        "commitment": f"{commitment.name}, {commitment.partner or commitment.region.name}",
        "region": commitment.region.name,
        "link": link(commitment.get_absolute_url()),
    }


def pair_of(commitment: Commitment) -> list[Person]:
    """The holders of both sides whose responsibility covers a municipality of the commitment, each once."""
    members = commitment.parties.exclude(municipality=None).values("municipality")
    held = Responsibility.objects.current().holders().filter(region=commitment.region_id).covering(members)
    return list(dict.fromkeys(one.person for one in held.select_related("person").order_by("pk")))


def contacts_of(commitment: Commitment) -> list[Person]:
    """The partner's contact person, where there is one."""
    return [commitment.partner.contact] if commitment.partner and commitment.partner.contact else []


def to_ask(commitment: Commitment) -> list[Person]:
    """Whom a signatory asks: the pair, of a partner the side that looks after it first."""
    pair = pair_of(commitment)
    if commitment.partner is None:
        return pair
    return [person for person in holders_for_partner(commitment.partner) if person in pair] or pair
