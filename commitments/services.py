"""What happens to a commitment, and who may do it? Every write about commitments, each one act in one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from adoption import history, partners
from adoption.access import KAIKUKESKUS, acting
from adoption.alphabet import spelt
from adoption.days import next_working_day
from adoption.deadlines import why_no_deadline
from adoption.history import Acting, locked
from adoption.joined import read_anew
from adoption.mail import later
from adoption.models import Act, Municipality, Partner, Person, Phase, Region
from adoption.operating_model import DEFAULT
from adoption.refusal import Linked, Refused
from commitments import asking, certificates
from commitments.facts import day, kaikukeskus, own_of_partner
from commitments.making import ask
from commitments.marks import record
from commitments.models import Batch, Commitment, Document, Party, SignedCopy
from commitments.storage import digest_of
from commitments.stored import refuse_damaged, refuse_edited

PROMISED = (Partner.State.COMMITTED, Partner.State.ACTIVE)


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
    refuse_region_commitment(region, municipalities, replaces)
    commitment = Commitment(
        region=region, kind=Commitment.Kind.REGION, operating_model=model, replaces=replaces, **details
    )
    return _made(commitment, region, who, parties_of_region(region, municipalities), term)


def refuse_region_commitment(
    region: Region, municipalities: list[Municipality], replaces: Commitment | None = None
) -> None:
    """Raises Refused without a municipality, while another draft of theirs is unfinished, and, unless it replaces
    one, when all of them have a commitment in force."""
    if not municipalities:
        raise Refused([_("Choose at least one municipality.")])
    same = Commitment.objects.filter(
        region=region, kind=Commitment.Kind.REGION, parties__municipality__in=municipalities
    )
    refuse_second_draft(same)
    if replaces is None:
        _refuse_if_all_are_bound(same.in_force(), municipalities)


@transaction.atomic
def draft_partner_commitment(
    partner: Partner,
    by: Person,
    model: str = DEFAULT,
    term: tuple[date | None, date | None] = (None, None),
    replaces: Commitment | None = None,
    batch: Batch | None = None,
    bodies: Mapping[str, Mapping[str, str]] | None = None,
    **details: Any,
) -> Commitment:
    """A draft between the partner, the municipalities in which it acts and the county if there is one, with its files.

    `bodies`: by `key_of`, what the row of a responsible body says otherwise than in its last commitment.
    Raises Refused for a distributor that Kaikukeskus has not cleared (R5), and while another draft is unfinished.
    """
    region = locked(partner.region_id)
    partner = read_anew(partner, "organisation", "contact")
    municipalities = list(partner.municipalities.order_by("name_fi"))
    who = acting(by, region, [m.pk for m in municipalities])
    promised = replaces is not None and partner.state in PROMISED
    if not promised and not partner.may_commit:
        raise Refused([_not_ready(partner)])
    refuse_second_draft(Commitment.objects.filter(partner=partner))
    kind = Commitment.Kind.PARTNER
    commitment = Commitment(
        region=region, kind=kind, operating_model=model, partner=partner, replaces=replaces, **details
    )
    return _made(commitment, region, who, parties_of_partner(partner, municipalities, bodies or {}), term, batch)


def key_of(party: Party) -> str:
    """By what a responsible body is known before it has a row."""
    return f"m{party.municipality_id}" if party.municipality_id else "county" if party.county_id else ""


def _not_ready(partner: Partner) -> str:
    if partner.is_distributor and partner.state not in PROMISED:
        return _("Kaikukeskus has not cleared %(name)s: a new distributor is discussed with Kaikukeskus first.") % {
            "name": partner
        }
    return partners.not_now(partner)


def _refuse_if_all_are_bound(in_force: Any, municipalities: list[Municipality]) -> None:
    bound = set(in_force.values_list("parties__municipality", flat=True))
    if {municipality.pk for municipality in municipalities} <= bound:
        raise Refused([_("These municipalities have a commitment in force: replace that one instead.")])


def refuse_second_draft(same: Any) -> None:
    """Raises Refused when one of these is unfinished."""
    found = same.unfinished().first()
    if found:
        raise Refused(
            [_("A commitment with the same parties is unfinished already: go on with it, or decline it first.")]
        )


def _made(
    commitment: Commitment,
    region: Region,
    who: Acting,
    parties: list[Party],
    term: tuple[date | None, date | None],
    batch: Batch | None = None,
) -> Commitment:
    commitment.term_start, commitment.term_end = term
    commitment.save()
    if commitment.replaces:
        _as_in(commitment.replaces, parties)
    for position, party in enumerate(parties, 1):
        party.commitment, party.position = commitment, position
    Party.objects.bulk_create(parties)
    assert who.person
    ask(commitment, who.person, batch)
    act = record(
        region, who, "commitment_drafted", commitment, kind=commitment.kind, partner=commitment.partner_id,
        members=[party.pk for party in parties],
    )  # fmt: skip
    later("commitments.letters.name_signatory", act.pk)
    return commitment


SIGNATORY = ("signatory_name", "signatory_title", "signatory_basis", "signatory_email")


def parties_of_region(region: Region, municipalities: list[Municipality]) -> list[Party]:
    """The responsible bodies and Kaikukeskus, as parties that are not stored yet."""
    return [*bodies_of(region, municipalities), _kaikukeskus_party()]


def parties_of_partner(
    partner: Partner, municipalities: list[Municipality], said: Mapping[str, Mapping[str, str]]
) -> list[Party]:
    """The partner and the responsible bodies, as parties that are not stored yet. `said`: by `key_of`, what a body's
    row says otherwise than in its last commitment."""
    bodies = bodies_of(partner.region, municipalities)
    for body in bodies:
        for name, value in said.get(key_of(body), {}).items():
            setattr(body, name, value)
    return [_partner_party(partner), *bodies]


def bodies_of(region: Region, municipalities: Iterable[Municipality]) -> list[Party]:
    """The responsible bodies, with the signatory that each had in its newest commitment here."""
    bodies = [Party(role=Party.Role.MUNICIPALITY, municipality=m, name=m.name_fi) for m in municipalities]
    if region.county:
        bodies.append(Party(role=Party.Role.COUNTY, county=region.county, name=region.county.name_fi))
    for body in bodies:
        same = Party.objects.filter(commitment__region=region, municipality=body.municipality, county=body.county)
        _as_before(body, same)
    return bodies


def _as_before(party: Party, same: QuerySet[Party]) -> None:
    before = same.exclude(signatory_name="").order_by("-pk").first()
    if before:
        _take_signatory(party, before)


def _take_signatory(party: Party, before: Party) -> None:
    """The same signatory as there. Of one who was asked in another's stead the right to sign was chosen from a list,
    and no paper says it: it is left to be written."""
    for field in SIGNATORY:
        setattr(party, field, getattr(before, field))
    if before.paper_name:
        party.signatory_basis = ""


def _as_in(old: Commitment, parties: Iterable[Party]) -> None:
    """Signatories and record numbers as in the commitment that is replaced. A partner's signatory who has been changed
    in its data since is taken from there."""
    rows = {(row.role, row.municipality_id, row.county_id): row for row in old.parties.all()}
    for party in parties:
        before = rows.get((party.role, party.municipality_id, party.county_id))
        if before:
            party.record_number = before.record_number
        if before and before.signatory_name and not (party.role == Party.Role.PARTNER and _has_other_signatory(old)):
            _take_signatory(party, before)


def _has_other_signatory(old: Commitment) -> bool:
    acts = Act.objects.filter(about_kind="partner", about_id=str(old.partner_id), what="partner_changed")
    changed = acts.filter(at__gt=old.made_at).values_list("data", flat=True)
    return any(field in SIGNATORY for data in changed for field in data["fields"])


def _partner_party(partner: Partner) -> Party:
    return Party(
        role=Party.Role.PARTNER,
        name=str(partner),
        signatory_name=partner.signatory_name,
        signatory_title=partner.signatory_title,
        signatory_basis=partner.signatory_basis,
        signatory_email=signatory_address(partner),
    )


def signatory_address(partner: Partner) -> str:
    """Where the partner's signatory is written to: the own address, or the contact person's where it is the same."""
    contact = partner.contact
    is_contact = contact is not None and spelt(contact.name) == spelt(partner.signatory_name)
    return partner.signatory_email or (contact.email if contact and is_contact else "")


def _kaikukeskus_party() -> Party:
    """Kaikukeskus, with the signatory of its newest commitment in any region."""
    party = Party(role=Party.Role.KAIKUKESKUS, name=kaikukeskus("fi"))
    _as_before(party, Party.objects.filter(role=Party.Role.KAIKUKESKUS))
    return party


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
        check_term(commitment)
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


def check_term(commitment: Commitment) -> None:
    """Raises Refused for an end that is not after the beginning, and for a day of signing that has passed or on which
    nobody is at work."""
    start, end = commitment.term_start, commitment.term_end
    if start and end and end <= start:
        raise Refused([_("The end of the trial must be after its beginning.")])
    _refuse_past(commitment)
    if commitment.sign_by and (why := why_no_deadline(commitment.sign_by)):
        raise Refused([why])


def _refuse_past(commitment: Commitment) -> None:
    if commitment.sign_by and commitment.sign_by < localdate():
        raise Refused([_("The day by which it is to be signed has passed: give a later one.")])


# -- checking and sending ---------------------------------------------------------------------------------------------


def check(commitment: Commitment, by: Person, manifest: str) -> Commitment:
    """A responsible person has read this very edition and found it right.

    `manifest`: the hash that the preview page carries, so that only one who has opened it can check it. Raises
    Refused when the files or the partner's data have changed since, when a party has no signatory, and when one person
    would sign both for the partner or Kaikukeskus and for a responsible body; Damaged, here and wherever a paper is
    sent or signed, when a stored document is not as it was made.
    """
    with changing(commitment, by) as (commitment, region, who):
        edition = commitment.edition
        if edition is None or not manifest or edition.manifest_sha256 != manifest:
            raise Refused([_("The document has changed since you opened it: read it anew.")])
        missing = lacks_to_check(commitment)
        if missing:
            raise Refused(missing)
        refuse_damaged(commitment)
        commitment.check_off()
        commitment.save()
        record(region, who, "commitment_checked", commitment, manifest=manifest)
    return commitment


def lacks_to_check(commitment: Commitment) -> list[str]:
    """Why the draft cannot be checked yet."""
    return missing_signatories(commitment) + outdated(commitment)


def missing_signatories(commitment: Commitment) -> list[str]:
    """Whom the draft lacks or names twice: parties without a named signatory, a name that would sign twice, and a paper
    that does not fit its partner."""
    return unnamed(commitment) + named_twice(commitment) + [text for text in [unfit(commitment)] if text]


def unnamed(commitment: Commitment) -> list[str]:
    """The parties without a named signatory. Kaikukeskus names its own."""
    rows = [party for party in commitment.parties.all() if not party.signatory_name]
    return [
        _("Kaikukeskus names its own signatory, and has not done so yet.")
        if party.role == Party.Role.KAIKUKESKUS
        else _("Name the signatory of %(party)s.") % {"party": party.short_name}
        for party in rows
    ]


def named_twice(commitment: Commitment) -> list[str]:
    """The signatory of a responsible body who is named for the partner or for Kaikukeskus as well."""
    return both_sides([(party, party.signatory_name) for party in commitment.parties.all()])


def both_sides(signatories: list[tuple[Party, str]]) -> list[str]:
    """Nobody signs on both sides of the table: the responsible bodies on one, the partner or Kaikukeskus on the other.

    Several municipalities may have one signatory: they are on the same side.
    """
    facing = [(p, name) for p, name in signatories if p.role in (Party.Role.PARTNER, Party.Role.KAIKUKESKUS)]
    bodies = [(p, name) for p, name in signatories if p.role in (Party.Role.MUNICIPALITY, Party.Role.COUNTY)]
    return [
        _("%(name)s cannot sign both for %(partner)s and for %(body)s: two parties, two people.")
        % {"name": name, "partner": other.short_name, "body": body.short_name}
        for other, own_name in facing
        for body, name in bodies
        if name and spelt(name) == spelt(own_name)
    ]


def send(commitment: Commitment, by: Person) -> Commitment:
    """The commitment awaits its signatures, for three weeks and to a working day if the draft gives none; the partner's
    contact person is told, and each signatory with an address is asked by a link when it is the party's turn.

    Raises Refused when the day has passed, when the paper no longer fits its partner, and when the partner's data have
    changed since it was made.
    """
    with changing(commitment, by) as (commitment, region, who):
        commitment.send()
        _refuse_past(commitment)
        refuse_unfit(commitment)
        if changed := outdated(commitment):
            raise Refused(changed)
        refuse_damaged(commitment)
        commitment.sign_by = commitment.sign_by or next_working_day(localdate() + asking.TIME_TO_SIGN)
        commitment.save()
        asking.await_turns(commitment)
        act = record(region, who, "commitment_sent", commitment)
        later("commitments.letters.awaits_signatures", act.pk)
        asking.ask_next(commitment, region, who)
    return commitment


def unfit(commitment: Commitment) -> str:
    """Why nobody should sign the paper any more; nothing when it fits. Partner and its municipalities may be
    prefetched."""
    partner = commitment.partner
    if partner is None or commitment.state not in Commitment.UNFINISHED:
        return ""
    served = {municipality.pk for municipality in partner.municipalities.all()}
    left = [p for p in commitment.parties.all() if p.municipality_id and p.municipality_id not in served]
    return " ".join(
        _("The partner no longer acts in %(party)s, which the paper names: a new draft is made instead of this one.")
        % {"party": party.short_name}
        for party in left
    )


def outdated(commitment: Commitment) -> list[str]:
    """Why the draft is to be made anew before it is sent: its papers no longer say what is known of the partner, or
    speak of a trial that has become lasting use. Editions, documents and the region's members may be prefetched."""
    partner, edition = commitment.partner, commitment.edition
    to_send = commitment.state in (Commitment.State.DRAFT, Commitment.State.CHECKED)
    if not to_send or edition is None or edition.made_at is None:
        return []
    said = []
    if partner and not all(_is_as_said(document, partner) for document in edition.documents.all()):
        said.append(_("The partner's data have changed since the document was made: save the draft anew, and read it."))
    if commitment.term_end and _is_in_lasting_use(commitment):
        said.append(
            _("Kaikukortti has come into lasting use, and the document speaks of a trial: take the end of the trial "
              "away, save the draft anew, and read it.")
        )  # fmt: skip
    edit = reverse("commitment_edit", args=[commitment.region.slug, commitment.pk])
    return [Linked(text, edit) for text in said]


def _is_in_lasting_use(commitment: Commitment) -> bool:
    towns = [party.municipality_id for party in commitment.parties.all() if party.municipality_id]
    phases = {member.municipality_id: member.phase for member in commitment.region.members.all()}
    return all(phases.get(town) == Phase.LASTING for town in towns)


def _is_as_said(document: Document, partner: Partner) -> bool:
    """By the facts that the document has: an older one may lack some."""
    now_so = own_of_partner(partner, document.language)
    return all(document.facts.get(key, value) == value for key, value in now_so.items())


def refuse_unfit(commitment: Commitment) -> None:
    """Raises Refused for a paper that no longer fits its partner."""
    if reason := unfit(commitment):
        raise Refused([reason])


# -- signing ------------------------------------------------------------------------------------------------------


def record_kaikukanta(
    commitment: Commitment,
    by: Person,
    name: str,
    on: date,
    reference: str = "",
    parties: Iterable[int] | None = None,
) -> Commitment:
    """Acknowledged in Kaikukanta by the named person on the day: this counts for these parties, or for partner,
    municipality and county at once (W1: Kaikukeskus represents municipalities and counties there). Only for a
    partner's commitment, on no day to come or before the document was made, and in turn."""
    with changing(commitment, by) as (commitment, region, who):
        refuse_unless_signing(commitment)
        if commitment.kind != Commitment.Kind.PARTNER:
            raise Refused([_("Only a partner's commitment is acknowledged in Kaikukanta.")])
        if impossible := why_not_on(commitment, on):
            raise Refused([impossible])
        keys = list(commitment.parties.filter(signed_on=None).values_list("pk", flat=True))
        signatures = [Signature(key, name, on) for key in (keys if parties is None else parties)]
        rows = parties_to_sign(commitment, who, signatures)
        for given in signatures:
            sign(rows[given.party], given, method=Party.Method.KAIKUKANTA, reference=reference, recorded_by=by)
        record(region, who, "commitment_acknowledged", commitment, parties=sorted(rows), on=on.isoformat())
        settle(commitment, region, who)
    return commitment


def refuse_unless_signing(commitment: Commitment) -> None:
    """Raises Refused for a commitment that does not wait for signatures, and Edited for one changed behind our back."""
    if commitment.state not in Commitment.SIGNING:
        raise Refused([not_now(commitment)])
    refuse_edited(commitment)


def parties_to_sign(commitment: Commitment, who: Acting, signatures: list[Signature]) -> dict[int, Party]:
    """The rows of these parties. Raises Refused when one of them cannot have signed so."""
    rows = {party.pk: party for party in commitment.parties.select_related("municipality", "county")}
    refuse_unfit(commitment)
    missing = [] if signatures else [_("Choose the parties that have signed.")]
    for given in signatures:
        party = rows.get(given.party)
        if party is None:
            raise Refused([_("The party does not belong to this commitment.")])
        missing += _against(commitment, party, given)
    keys = {given.party for given in signatures}
    missing += _against_kaikukeskus(rows, who, keys) + _against_turn(commitment, keys)
    if missing:
        raise Refused(missing)
    refuse_damaged(commitment)
    return {key: rows[key] for key in keys}


def _against(commitment: Commitment, party: Party, signature: Signature) -> list[str]:
    if party.signed_on:
        return [_("%(party)s has signed already.") % {"party": party.short_name}]
    if impossible := why_not_on(commitment, signature.on):
        return [f"{party.short_name}: {impossible}"]
    if not signature.name.strip():
        return [_("%(party)s: write who has signed.") % {"party": party.short_name}]
    return []


def why_not_on(commitment: Commitment, on: date) -> str:
    """Why nobody can have signed on the day; nothing when it is possible."""
    edition = commitment.edition
    if on > localdate():
        return _("The day %(day)s is still to come.") % {"day": day(on)}
    if edition and edition.made_at and on < (made := localdate(edition.made_at)):
        return _("The day %(day)s is before %(made)s, when the document was made.") % {
            "day": day(on), "made": day(made),
        }  # fmt: skip
    return ""


def refuse_both_sides(commitment: Commitment, signatures: Iterable[Signature]) -> None:
    """Raises Refused when with these signatures one person has signed on both sides of the table."""
    if both := both_sides(signed_so(commitment, signatures)):
        raise Refused(both)


def signed_so(commitment: Commitment, signatures: Iterable[Signature]) -> list[tuple[Party, str]]:
    """Who has signed for each party, these signatures included."""
    given = {signature.party: signature.name for signature in signatures}
    return [(party, given.get(party.pk, party.signed_by)) for party in commitment.parties.all()]


def _against_kaikukeskus(rows: dict[int, Party], who: Acting, signing_now: set[int]) -> list[str]:
    """Kaikukeskus records its own signature itself."""
    own = [key for key in signing_now if rows[key].role == Party.Role.KAIKUKESKUS]
    return [_("Kaikukeskus records its own signature.")] if own and who.side != KAIKUKESKUS else []


def _against_turn(commitment: Commitment, signing_now: set[int]) -> list[str]:
    """Whose signature is missing before these."""
    text = (
        _("Kaikukeskus signs last: %(party)s has not signed yet.")
        if commitment.kind == Commitment.Kind.REGION
        else _("The parties sign in turn: %(party)s has not signed yet.")
    )
    return [text % {"party": party.short_name} for party in asking.awaited_before(commitment, signing_now)]


def sign(party: Party, signature: Signature, **how: Any) -> None:
    """The party has signed; nothing is asked of it any more, and a copy that it sent is looked at by nobody."""
    party.signed_by, party.signed_on = signature.name.strip(), signature.on
    for field, value in how.items():
        setattr(party, field, value)
    party.save()
    asking.stop_asking([party])
    close_copies(party.sent_copies.waiting())


def close_copies(waiting: QuerySet[SignedCopy]) -> None:
    """Nobody needs to look at these copies any more."""
    for copy in waiting:
        copy.refuse()
        copy.reviewed_at = now()
        copy.save()


def settle(commitment: Commitment, region: Region, who: Acting) -> None:
    """Partly signed, and the next are asked; or in force when every party has signed: then a replaced one is
    superseded, the partner committed and the certificate begun, in this same transaction."""
    if commitment.parties.filter(signed_on=None).exists():
        commitment.sign_partly()
        commitment.save()
        asking.ask_next(commitment, region, who)
        return
    if old := _replaced(commitment):
        _supersede(old, region, who)
    commitment.enter_into_force()
    commitment.in_force_on = localdate()
    commitment.save()
    asking.keep_links(commitment)
    code = digest_of(certificates.begin(commitment).code.encode())
    act = record(region, who, "commitment_in_force", commitment, code=code)
    later("commitments.letters.in_force", act.pk)
    if commitment.partner:
        _commit_partner(commitment, commitment.partner, region, who)


def _replaced(commitment: Commitment) -> Commitment | None:
    """The commitment in force that this one replaces, itself or through replacements that were never in force."""
    old = commitment.replaces
    while old and old.state != Commitment.State.IN_FORCE:
        old = old.replaces
    return old


def _supersede(old: Commitment, region: Region, who: Acting) -> Act:
    _close(old)
    old.supersede()
    old.save()
    return record(region, who, "commitment_superseded", old)


def _close(commitment: Commitment) -> None:
    """Nobody is asked to sign it any more, and no copy of it waits."""
    asking.stop_asking(commitment.parties.all())
    close_copies(commitment.copies.waiting())


def _commit_partner(commitment: Commitment, partner: Partner, region: Region, who: Acting) -> None:
    try:
        if partner.state in PROMISED:
            partner.committed_model = commitment.operating_model
            partner.save(update_fields=["committed_model"])
        else:
            partners.committed(partner, region, who, commitment.operating_model)
    except TransitionNotAllowed as error:
        raise Refused([partners.not_now(partner)]) from error


# -- the other ends ---------------------------------------------------------------------------------------------


def decline(commitment: Commitment, by: Person, reason: str, party: int | None = None) -> Commitment:
    """It is closed unsigned with the reason: the party will not sign, or without one the signing is stopped. Links no
    longer work, and who was asked is told.

    Refused without a reason, for a party that has signed, and once in force.
    """
    with changing(commitment, by) as (commitment, region, who):
        _require(reason)
        if party and not commitment.parties.filter(pk=party, signed_on=None).exists():
            raise Refused([_("Choose a party that has not signed.")])
        commitment.decline()
        commitment.save()
        told = asking.asked(commitment)
        _close(commitment)
        parties = [party] if party else []
        act = record(region, who, "commitment_declined", commitment, reason=reason, parties=parties)
        later("commitments.letters.stopped", act.pk, told)
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
    """A new draft with the same parties, signatories, record numbers and order, and the same day to sign by unless that
    has passed. One in force is superseded when the new one is in force; one that is being signed at once: its links no
    longer work, and who was asked is told.

    One that was carried over is bound to the trial no more: its replacement has no end, and begins when it is made.
    """
    region = locked(commitment.region_id)
    commitment = Commitment.objects.select_related("partner", "region", "replaces").get(pk=commitment.pk)
    if commitment.state in Commitment.SIGNING:
        _withdraw(commitment, region, by)
    elif commitment.state != Commitment.State.IN_FORCE:
        raise Refused([not_now(commitment)])
    return _draft_anew(commitment, by)


def _withdraw(commitment: Commitment, region: Region, by: Person) -> None:
    who = acting(by, region, commitment.parties.exclude(municipality=None).values_list("municipality", flat=True))
    told = asking.asked(commitment)
    later("commitments.letters.stopped", _supersede(commitment, region, who).pk, told)


def _draft_anew(old: Commitment, by: Person) -> Commitment:
    is_over = old.carried_over_on or _is_in_lasting_use(old)
    term = (None, None) if is_over else (old.term_start, old.term_end)
    sign_by = old.sign_by if old.sign_by and old.sign_by >= localdate() else None
    details: dict[str, Any] = {"in_turn": old.in_turn, "sign_by": sign_by}
    if old.partner:
        return draft_partner_commitment(old.partner, by, old.operating_model, term, old, **details)
    municipalities = Municipality.objects.filter(party__commitment=old).order_by("name_fi")
    details |= {"feedback_email": old.feedback_email, "local_page": old.local_page}
    return draft_region_commitment(old.region, municipalities, by, old.operating_model, term, old, **details)


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
        history.record(region, who, "commitment_carried_over", commitment, on=on.isoformat())
    return len(carried)
