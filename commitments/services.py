"""What happens to a commitment, and who may do it? Every write about commitments, each one act in one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed
from pypdf import PdfReader

from adoption import partners
from adoption.access import KAIKUKESKUS, acting
from adoption.history import Acting, locked, record
from adoption.mail import later
from adoption.models import Municipality, Partner, Person, Region
from adoption.operating_model import DEFAULT
from adoption.refusal import Refused
from commitments.facts import day, kaikukeskus
from commitments.making import ask
from commitments.models import Commitment, Party, SignedCopy
from commitments.storage import store

LARGEST_COPY = 20 * 1024 * 1024  # bytes


class Signature(NamedTuple):
    """What a signed paper says of one party."""

    party: int
    name: str
    on: date


@contextmanager
def changing(commitment: Commitment, by: Person) -> Iterator[tuple[Commitment, Region, Acting]]:
    """The commitment read anew under the region's lock, and who acts: a holder whose municipality is a party."""
    with transaction.atomic():
        region = locked(commitment.region_id)
        commitment = Commitment.objects.select_related("partner__organisation", "region").get(pk=commitment.pk)
        members = commitment.parties.exclude(municipality=None).values_list("municipality", flat=True)
        who = acting(by, region, members)
        try:
            yield commitment, region, who
        except TransitionNotAllowed as error:
            raise Refused([not_now(commitment)]) from error


def not_now(commitment: Commitment) -> str:
    """Why a transition was not allowed, in people's words."""
    return _("The commitment is now in the state “%(state)s”: this cannot be done in it. Look at the page anew.") % {
        "state": commitment.get_state_display()
    }


# -- drafting ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_region_commitment(
    region: Region,
    municipalities: Iterable[Municipality],
    by: Person,
    model: str = DEFAULT,
    term: tuple[date | None, date | None] = (None, None),
    replaces: Commitment | None = None,
    **details: Any,
) -> Commitment:
    """A draft between the municipalities, the county if there is one, and Kaikukeskus, with its files.

    Raises Refused without a municipality, and while another draft of the same municipalities is unfinished.
    """
    region = locked(region.pk)
    municipalities = list(municipalities)
    who = acting(by, region, [m.pk for m in municipalities])
    if not municipalities:
        raise Refused([_("Choose at least one municipality.")])
    same = Commitment.objects.filter(
        region=region, kind=Commitment.Kind.REGION, parties__municipality__in=municipalities
    )
    _refuse_second_draft(same)
    if replaces is None:
        _refuse_if_all_are_bound(same.in_force(), municipalities)
    commitment = Commitment(
        region=region, kind=Commitment.Kind.REGION, operating_model=model, replaces=replaces, **details
    )
    return _made(commitment, region, who, [*_bodies(region, municipalities), _kaikukeskus_party()], term)


@transaction.atomic
def draft_partner_commitment(
    partner: Partner,
    by: Person,
    model: str = DEFAULT,
    term: tuple[date | None, date | None] = (None, None),
    replaces: Commitment | None = None,
) -> Commitment:
    """A draft between the partner, the municipalities in which it acts and the county if there is one, with its files.

    Raises Refused for a distributor that Kaikukeskus has not cleared (R5), and while another draft is unfinished.
    """
    region = locked(partner.region_id)
    partner = Partner.objects.select_related("organisation", "contact").get(pk=partner.pk)
    municipalities = list(partner.municipalities.order_by("name_fi"))
    who = acting(by, region, [m.pk for m in municipalities])
    if replaces is None and not partner.may_commit:
        raise Refused([_not_ready(partner)])
    _refuse_second_draft(Commitment.objects.filter(partner=partner))
    commitment = Commitment(
        region=region, kind=Commitment.Kind.PARTNER, operating_model=model, partner=partner, replaces=replaces
    )
    return _made(commitment, region, who, [_partner_party(partner), *_bodies(region, municipalities)], term)


def _not_ready(partner: Partner) -> str:
    if partner.is_distributor and partner.state not in (Partner.State.COMMITTED, Partner.State.ACTIVE):
        return _("Kaikukeskus has not cleared %(name)s: a new distributor is discussed with Kaikukeskus first.") % {
            "name": partner
        }
    return partners.not_now(partner)


def _refuse_if_all_are_bound(in_force: Any, municipalities: list[Municipality]) -> None:
    bound = set(in_force.values_list("parties__municipality", flat=True))
    if {municipality.pk for municipality in municipalities} <= bound:
        raise Refused([_("These municipalities have a commitment in force: replace that one instead.")])


def _refuse_second_draft(same: Any) -> None:
    found = same.unfinished().first()
    if found:
        raise Refused(
            [_("A commitment with the same parties is unfinished already: go on with it, or decline it first.")]
        )


def _made(
    commitment: Commitment, region: Region, who: Acting, parties: list[Party], term: tuple[date | None, date | None]
) -> Commitment:
    commitment.term_start, commitment.term_end = term
    commitment.save()
    for position, party in enumerate(parties, 1):
        party.commitment, party.position = commitment, position
    Party.objects.bulk_create(parties)
    assert who.person
    ask(commitment, who.person)
    record(region, who, "commitment_drafted", commitment, kind=commitment.kind, partner=commitment.partner_id)
    return commitment


def _bodies(region: Region, municipalities: list[Municipality]) -> list[Party]:
    """The responsible bodies, with the signatory that each had in its newest commitment here."""
    bodies = [Party(role=Party.Role.MUNICIPALITY, municipality=m, name=m.name_fi) for m in municipalities]
    if region.county:
        bodies.append(Party(role=Party.Role.COUNTY, county=region.county, name=region.county.name_fi))
    for body in bodies:
        _as_before(region, body)
    return bodies


def _as_before(region: Region, body: Party) -> None:
    same = Party.objects.filter(commitment__region=region, municipality=body.municipality, county=body.county)
    before = same.exclude(signatory_name="").order_by("-pk").first()
    for field in ("signatory_name", "signatory_title", "signatory_basis"):
        setattr(body, field, getattr(before, field) if before else "")


def _partner_party(partner: Partner) -> Party:
    return Party(
        role=Party.Role.PARTNER,
        name=str(partner),
        signatory_name=partner.signatory_name,
        signatory_title=partner.signatory_title,
        signatory_basis=partner.signatory_basis,
    )


def _kaikukeskus_party() -> Party:
    return Party(role=Party.Role.KAIKUKESKUS, name=kaikukeskus("fi"))


def change_draft(
    commitment: Commitment, by: Person, parties: dict[int, dict[str, str]], edition: int | None = None, **details: Any
) -> Commitment:
    """Signatories and record numbers are as given, the files are made anew, and the draft waits to be checked again.

    `parties`: key of the party → its fields; `edition`: the number of the edition that these changes started from.
    Refused when a newer edition exists, with an end that is not after the beginning, for Kaikukeskus's signatory by
    anybody else, and once it has been sent: then it is replaced by a new draft.
    """
    with changing(commitment, by) as (commitment, region, who):
        commitment.redraft()
        _refuse_older(commitment, edition)
        _refuse_foreign(commitment, who, parties)
        for field, value in details.items():
            setattr(commitment, field, value)
        _check_term(commitment)
        commitment.save()
        for party in commitment.parties.filter(pk__in=parties):
            Party.objects.filter(pk=party.pk).update(**parties[party.pk])
        assert who.person
        ask(commitment, who.person)
        record(region, who, "commitment_changed", commitment)
    return commitment


class Changed(Refused):
    """Somebody else was faster: the draft has a newer edition, whose number this carries."""

    def __init__(self, number: int) -> None:
        self.number = number
        said = _(
            "Somebody has changed the draft since you opened it. What you wrote is still here: compare it with what "
            "the draft has now, and save again."
        )
        super().__init__([said])


def _refuse_older(commitment: Commitment, edition: int | None) -> None:
    newest = commitment.edition
    if edition is not None and newest and newest.number != edition:
        raise Changed(newest.number)


def _refuse_foreign(commitment: Commitment, who: Acting, parties: dict[int, dict[str, str]]) -> None:
    own = commitment.parties.filter(role=Party.Role.KAIKUKESKUS, pk__in=parties)
    if who.side != KAIKUKESKUS and own.exists():
        raise Refused([_("Kaikukeskus names its own signatory.")])


def _check_term(commitment: Commitment) -> None:
    start, end = commitment.term_start, commitment.term_end
    if start and end and end <= start:
        raise Refused([_("The end of the trial must be after its beginning.")])


# -- checking and sending ---------------------------------------------------------------------------------------------


def check(commitment: Commitment, by: Person, manifest: str) -> Commitment:
    """A responsible person has read this very edition and found it right.

    `manifest`: the hash that the preview page carries, so that only one who has opened it can check it. Raises
    Refused when the files have changed since, when a party has no signatory, and when one person would sign both
    for the partner or Kaikukeskus and for a responsible body.
    """
    with changing(commitment, by) as (commitment, region, who):
        edition = commitment.edition
        if edition is None or not manifest or edition.manifest_sha256 != manifest:
            raise Refused([_("The document has changed since you opened it: read it anew.")])
        missing = missing_signatories(commitment)
        if missing:
            raise Refused(missing)
        commitment.check_off()
        commitment.save()
        record(region, who, "commitment_checked", commitment, manifest=manifest)
    return commitment


def missing_signatories(commitment: Commitment) -> list[str]:
    """Why the draft cannot be checked yet: parties without a named signatory, and a name that would sign twice."""
    return unnamed(commitment) + named_twice(commitment)


def unnamed(commitment: Commitment) -> list[str]:
    """The parties without a named signatory. Kaikukeskus may name its own as late as when it signs."""
    rows = [p for p in commitment.parties.all() if p.role != Party.Role.KAIKUKESKUS]
    return [_("Name the signatory of %(party)s.") % {"party": p} for p in rows if not p.signatory_name]


def named_twice(commitment: Commitment) -> list[str]:
    """The signatory of a responsible body who is named for the partner or for Kaikukeskus as well."""
    return _of_both([(party, party.signatory_name) for party in commitment.parties.all()])


def _of_both(signatories: list[tuple[Party, str]]) -> list[str]:
    """Nobody signs on both sides of the table: the responsible bodies on one, the partner or Kaikukeskus on the other.

    Several municipalities may have one signatory: they are on the same side.
    """
    facing = [(p, name) for p, name in signatories if p.role in (Party.Role.PARTNER, Party.Role.KAIKUKESKUS)]
    bodies = [(p, name) for p, name in signatories if p.role in (Party.Role.MUNICIPALITY, Party.Role.COUNTY)]
    return [
        _("%(name)s cannot sign both for %(partner)s and for %(body)s: two parties, two people.")
        % {"name": name, "partner": other, "body": body}
        for other, own_name in facing
        for body, name in bodies
        if name and _spelt(name) == _spelt(own_name)
    ]


def _spelt(name: str) -> str:
    """The name as it is compared: capitals and spaces make no other person."""
    return " ".join(name.split()).casefold()


def send(commitment: Commitment, by: Person) -> Commitment:
    """The commitment awaits its signatures; the partner's contact person is told."""
    with changing(commitment, by) as (commitment, region, who):
        commitment.send()
        commitment.save()
        act = record(region, who, "commitment_sent", commitment)
        later("commitments.letters.awaits_signatures", act.pk)
    return commitment


# -- signing ------------------------------------------------------------------------------------------------------


def record_copy(
    commitment: Commitment, by: Person, content: bytes, name: str, signatures: Iterable[Signature]
) -> Commitment:
    """The signed copy is kept, and the parties whose signatures it bears have signed.

    Raises Refused for what is no readable PDF or over 20 MB, no party, a party that has signed, a day to come or
    before the document was made, one person on both sides of the table, and Kaikukeskus's own signature before the
    others' or by anybody but Kaikukeskus.
    """
    check_copy(content)
    with changing(commitment, by) as (commitment, region, who):
        _refuse_unless_signing(commitment)
        signatures = list(signatures)
        parties = _parties_to_sign(commitment, who, signatures)
        if both := _of_both(_signed_so(commitment, signatures)):
            raise Refused(both)
        stored, digest = store(content, "copies", "pdf")
        copy = SignedCopy.objects.create(
            commitment=commitment, file=stored, sha256=digest, size=len(content), name=name[:200], uploaded_by=by
        )
        for signature in signatures:
            _sign(parties[signature.party], signature, Party.Method.COPY, by, copy)
        record(region, who, "commitment_signed", commitment, parties=sorted(parties), sha256=digest)
        _settle(commitment, region, who)
    return commitment


def check_copy(content: bytes) -> None:
    """Raises Refused, in words, for a file that cannot be a signed copy."""
    if len(content) > LARGEST_COPY:
        raise TooLarge([_("The file is larger than 20 MB: scan it in a lower resolution.")])
    if not content.startswith(b"%PDF-"):
        raise Refused([_("The file is not a PDF. Save or scan the signed copy as PDF and choose it again.")])
    if not _pages(content):
        raise Refused([_("The PDF cannot be opened: it may be broken or password-protected.")])


def _pages(content: bytes) -> int:
    """How many pages a PDF has; 0 when pypdf cannot open it, which it says by an exception of nearly any kind."""
    try:
        return len(PdfReader(BytesIO(content)).pages)
    except Exception:
        return 0


class TooLarge(Refused):
    """The file is larger than a copy may be."""

    status = 413


def record_kaikukanta(commitment: Commitment, by: Person, name: str, on: date) -> Commitment:
    """Acknowledged in Kaikukanta by the named person on the day: this counts for partner, municipality and county
    at once (W1: Kaikukeskus represents municipalities and counties there). Only for a partner's commitment, and
    on no day to come or before the document was made."""
    with changing(commitment, by) as (commitment, region, who):
        _refuse_unless_signing(commitment)
        if commitment.kind != Commitment.Kind.PARTNER:
            raise Refused([_("Only a partner's commitment is acknowledged in Kaikukanta.")])
        if impossible := _impossible(commitment, on):
            raise Refused([impossible])
        unsigned = list(commitment.parties.filter(signed_on=None))
        signatures = [Signature(party.pk, name, on) for party in unsigned]
        parties = _parties_to_sign(commitment, who, signatures)
        for signature in signatures:
            _sign(parties[signature.party], signature, Party.Method.KAIKUKANTA, by)
        record(region, who, "commitment_acknowledged", commitment, on=on.isoformat())
        _settle(commitment, region, who)
    return commitment


def _refuse_unless_signing(commitment: Commitment) -> None:
    if commitment.state not in Commitment.SIGNING:
        raise Refused([not_now(commitment)])


def _parties_to_sign(commitment: Commitment, who: Acting, signatures: list[Signature]) -> dict[int, Party]:
    rows = {party.pk: party for party in commitment.parties.all()}
    missing = [] if signatures else [_("Choose the parties whose signatures the copy bears.")]
    for signature in signatures:
        party = rows.get(signature.party)
        if party is None:
            raise Refused([_("The party does not belong to this commitment.")])
        missing += _against(commitment, party, signature)
    missing += _against_kaikukeskus(rows, who, {s.party for s in signatures})
    if missing:
        raise Refused(missing)
    return {s.party: rows[s.party] for s in signatures}


def _against(commitment: Commitment, party: Party, signature: Signature) -> list[str]:
    if party.signed_on:
        return [_("%(party)s has signed already.") % {"party": party}]
    if impossible := _impossible(commitment, signature.on):
        return [f"{party}: {impossible}"]
    if not signature.name.strip():
        return [_("%(party)s: write who has signed.") % {"party": party}]
    return []


def _impossible(commitment: Commitment, on: date) -> str:
    """Why nobody can have signed on the day; nothing when it is possible."""
    edition = commitment.edition
    if on > localdate():
        return _("The day %(day)s is still to come.") % {"day": day(on)}
    if edition and edition.made_at and on < (made := localdate(edition.made_at)):
        return _("The day %(day)s is before %(made)s, when the document was made.") % {
            "day": day(on), "made": day(made),
        }  # fmt: skip
    return ""


def _signed_so(commitment: Commitment, signatures: list[Signature]) -> list[tuple[Party, str]]:
    """Who has signed on paper for each party, these signatures included."""
    given = {signature.party: signature.name for signature in signatures}
    return [(party, given.get(party.pk, party.signed_by)) for party in commitment.parties.all()]


def _against_kaikukeskus(rows: dict[int, Party], who: Acting, signing: set[int]) -> list[str]:
    """Kaikukeskus signs last, and records its own signature itself."""
    own = next((p for p in rows.values() if p.role == Party.Role.KAIKUKESKUS and p.pk in signing), None)
    if own is None:
        return []
    if who.side != KAIKUKESKUS:
        return [_("Kaikukeskus records its own signature.")]
    awaited = [p for p in rows.values() if p.signed_on is None and p.pk not in signing]
    return [_("Kaikukeskus signs last: %(party)s has not signed yet.") % {"party": p} for p in awaited]


def _sign(party: Party, signature: Signature, method: str, by: Person, copy: SignedCopy | None = None) -> None:
    party.signed_by, party.signed_on = signature.name.strip(), signature.on
    party.method, party.recorded_by, party.copy = method, by, copy
    party.save()


def _settle(commitment: Commitment, region: Region, who: Acting) -> None:
    """Partly signed, or in force when every party has signed: then a replaced one is superseded and the partner
    committed, in this same transaction."""
    if commitment.parties.filter(signed_on=None).exists():
        commitment.sign_partly()
        commitment.save()
        return
    if commitment.replaces and commitment.replaces.state == Commitment.State.IN_FORCE:
        commitment.replaces.supersede()
        commitment.replaces.save()
        record(region, who, "commitment_superseded", commitment.replaces)
    commitment.enter_into_force()
    commitment.in_force_on = localdate()
    commitment.save()
    act = record(region, who, "commitment_in_force", commitment)
    later("commitments.letters.in_force", act.pk)
    if commitment.partner:
        _commit_partner(commitment, commitment.partner, region, who)


def _commit_partner(commitment: Commitment, partner: Partner, region: Region, who: Acting) -> None:
    try:
        if partner.state in (Partner.State.COMMITTED, Partner.State.ACTIVE):
            partner.committed_model = commitment.operating_model
            partner.save(update_fields=["committed_model"])
        else:
            partners.committed(partner, region, who, commitment.operating_model)
    except TransitionNotAllowed as error:
        raise Refused([partners.not_now(partner)]) from error


# -- the other ends ---------------------------------------------------------------------------------------------


def decline(commitment: Commitment, by: Person, reason: str) -> Commitment:
    """A party will not sign: the commitment is closed with the reason. Refused without one, and once in force."""
    with changing(commitment, by) as (commitment, region, who):
        _require(reason)
        commitment.decline()
        commitment.save()
        record(region, who, "commitment_declined", commitment, reason=reason)
    return commitment


def end(commitment: Commitment, by: Person, reason: str) -> Commitment:
    """The commitment has ended today; its partner is back to cleared, a venue to candidate. Needs a reason."""
    with changing(commitment, by) as (commitment, region, who):
        _require(reason)
        commitment.end()
        commitment.ended_on = localdate()
        commitment.save()
        record(region, who, "commitment_ended", commitment, reason=reason)
        if commitment.partner:
            partners.uncommitted(commitment.partner, region, who)
    return commitment


def _require(reason: str) -> None:
    if not reason.strip():
        raise Refused([_("Write the reason: it stays visible.")])


@transaction.atomic
def replace(commitment: Commitment, by: Person) -> Commitment:
    """A new draft with the same parties; the present one is superseded only when the new one is in force.

    One that was carried over has no end any more, and neither has its replacement.
    """
    locked(commitment.region_id)
    commitment = Commitment.objects.select_related("partner", "region").get(pk=commitment.pk)
    if commitment.state != Commitment.State.IN_FORCE:
        raise Refused([not_now(commitment)])
    term = (commitment.term_start, None if commitment.carried_over_on else commitment.term_end)
    if commitment.partner:
        return draft_partner_commitment(commitment.partner, by, commitment.operating_model, term, replaces=commitment)
    municipalities = Municipality.objects.filter(party__commitment=commitment).order_by("name_fi")
    return draft_region_commitment(
        commitment.region, municipalities, by, commitment.operating_model, term, replaces=commitment,
        feedback_email=commitment.feedback_email, local_page=commitment.local_page,
    )  # fmt: skip


def carry_over(region: Region, municipalities: Iterable[int], who: Acting, on: date) -> int:
    """The trial's partner commitments go on without new ones (R10): a date on each, which stays in force.

    Called in the transaction of the decision, under the region's lock. Returns how many were carried over.
    """
    found = Commitment.objects.in_force().filter(
        region=region, kind=Commitment.Kind.PARTNER, carried_over_on=None, parties__municipality__in=municipalities
    )
    carried = list(found.distinct())
    for commitment in carried:
        commitment.carried_over_on = on
        commitment.save(update_fields=["carried_over_on"])
        record(region, who, "commitment_carried_over", commitment, on=on.isoformat())
    return len(carried)
