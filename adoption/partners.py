"""How does an organisation become a distributor or a venue? Every write about partners but their commitments."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import TransitionNotAllowed

from adoption.access import KAIKUKESKUS, acting, only_kaikukeskus
from adoption.alphabet import plain
from adoption.history import Acting, locked, record
from adoption.joined import read_anew
from adoption.mail import later
from adoption.models import Act, Municipality, Organisation, Partner, Person, Region
from adoption.operating_model import LIMITS, MODELS
from adoption.people import alone, find_or_make
from adoption.public_bodies import Bodies
from adoption.refusal import Linked, Refused
from adoption.venue_limits import limits_refused

DETAILS = (
    "kind", "language", "interest", "signatory_name", "signatory_title", "signatory_email", "signatory_basis",
    "client_group", "most_in_tight", "why_most", "cards_per_year", "offering", *LIMITS, "limits",
    "how_to_get",
)  # fmt: skip
TAKEN_ID = gettext_lazy(
    "Another organisation has this business ID already. If it is the same one, ask Kaikukeskus to join them."
)


@contextmanager
def changing(partner: Partner, by: Person, kaikukeskus: bool = False) -> Iterator[tuple[Partner, Region, Acting]]:
    """The partner read anew under the region's lock, and who acts: a holder whose municipality the partner serves."""
    with transaction.atomic():
        region = locked(partner.region_id)
        partner = read_anew(partner, "organisation", "contact")
        served = partner.municipalities.values_list("pk", flat=True)
        who = only_kaikukeskus(by) if kaikukeskus else acting(by, region, served)
        try:
            yield partner, region, who
        except TransitionNotAllowed as error:
            raise Refused([not_now(partner)]) from error


def not_now(partner: Partner) -> str:
    """Why a transition was not allowed, in people's words."""
    return _("%(partner)s is now in the state “%(state)s”: this cannot be done in it. Look at the page anew.") % {
        "partner": partner, "state": partner.get_state_display()
    }  # fmt: skip


@transaction.atomic
def add_partner(
    region: Region,
    by: Person,
    organisation: dict[str, Any],
    role: str,
    municipalities: Iterable[Municipality],
    contact: dict[str, str] | None = None,
    unit: str = "",
    **details: Any,
) -> Partner:
    """The organisation's unit is a candidate of the region in this role; an organisation known by its business ID
    is not typed again. `organisation`: name, sector, business_id, or the `known` one itself, which takes the business
    ID that it lacked; `contact`: email, name, title, phone, language. Who looks after it there hears of it.

    Raises Refused for the same unit twice in one role, however its name is typed, a kind that is not of the role, a
    municipality that is not the region's, and for what `take_id` refuses.
    """
    region = locked(region.pk)
    municipalities = list(municipalities)
    who = acting(by, region, [m.pk for m in municipalities])
    _check(region, role, details["kind"], municipalities)
    partner = Partner(region=region, organisation=_organisation(region, **organisation), unit=unit, role=role)
    _refuse_twin(partner, partner.organisation)
    act = enter(partner, region, who, municipalities, details)
    take_id(partner, region, who, organisation.get("business_id", ""))
    later("adoption.letters.partner_added", act.pk)
    if contact and contact.get("email"):
        set_contact(partner, region, who, contact)
    return partner


def enter(
    partner: Partner, region: Region, who: Acting, municipalities: list[Municipality], details: dict[str, Any]
) -> Act:
    """The partner, which nothing is against, stands in the list. Called under the region's lock."""
    _hold(partner.organisation)
    _set(partner, details)
    partner.save()
    partner.municipalities.add(*municipalities)
    return record(region, who, "partner_added", partner, role=partner.role)


def take_id(partner: Partner, region: Region, who: Acting, business_id: str) -> None:
    """The organisation of a partner that has just entered has the business ID that it lacked, and history says so.
    Called under the region's lock. Raises Refused where it has another one, and for what a correction refuses."""
    owner = partner.organisation
    if business_id in ("", owner.business_id):
        return
    owner.refresh_from_db(fields=["business_id"])
    if wrong := two_ids(owner.business_id, business_id):
        raise Refused(wrong)
    refuse_id_of_elsewhere(owner, region.pk, who)
    change(partner, region, who, list(partner.municipalities.all()), {"business_id": business_id}, None, {})


def two_ids(one: str, other: str) -> list[str]:
    """Why rows with these business IDs, empty where there is none, are not one organisation."""
    if not (one and other) or one == other:
        return []
    said = _("They have two business IDs, %(one)s and %(other)s: they are two organisations, or one ID is wrong.")
    return [said % {"one": one, "other": other}]


def _hold(owner: Organisation) -> None:
    """The organisation stays while a partner of it is made. Raises Refused when it has just been joined into another:
    organisations are joined under the locks of their own regions, and this one may be new to it."""
    if not list(Organisation.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk")):
        raise Refused([_("This organisation has just been joined with another one. Look for it anew.")])


def change_partner(
    partner: Partner,
    by: Person,
    municipalities: Iterable[Municipality],
    organisation: dict[str, str] | None = None,
    unit: str | None = None,
    **details: Any,
) -> Partner:
    """The partner's own facts are as given; history says which of them changed. Documents made earlier keep theirs.

    `organisation` (name, sector, business_id) corrects it for all its partners: refused to a region's people when it
    is a partner elsewhere too, and for a business ID that another has. While its commitment is in force, the partner
    keeps its sector and the municipalities that it has promised for; others may be added. What Kaikukeskus has
    cleared, only Kaikukeskus gives another name, unit, sector or kind.
    """
    with changing(partner, by) as (partner, region, who):
        change(partner, region, who, list(municipalities), organisation or {}, unit, details)
    return partner


def change(
    partner: Partner,
    region: Region,
    who: Acting,
    municipalities: list[Municipality],
    organisation: dict[str, str],
    unit: str | None,
    details: dict[str, Any],
) -> None:
    """The same within a transaction that has locked the region and asked who may act."""
    _check(region, partner.role, details.get("kind", partner.kind), municipalities)
    _refuse_against_promise(partner, municipalities, organisation)
    refuse_against_clearance(partner, who, details.get("kind"), organisation, unit)
    changed = _set(partner, details) + _correct(partner, who, organisation, unit)
    if set(partner.municipalities.all()) != set(municipalities):
        partner.municipalities.set(municipalities)
        changed.append("municipalities")
    partner.save()
    if changed:
        record(region, who, "partner_changed", partner, fields=sorted(changed))


def name_contact(partner: Partner, by: Person, email: str, name: str, **details: Any) -> Partner:
    """The partner has this one named contact person (R7), who is told and sees the partner's page; the former one is
    told too. The same again changes nothing. Raises Refused for a person who has left."""
    with changing(partner, by) as (partner, region, who):
        set_contact(partner, region, who, {"email": email, "name": name, **details})
    return partner


def set_contact(partner: Partner, region: Region, who: Acting, contact: dict[str, str], tell: bool = True) -> None:
    """The same within a transaction that has locked the region and asked who may act; `tell`: by a mail of its own."""
    person = alone(find_or_make(**contact))  # so that nobody closes this person meanwhile
    if not person.is_active:
        raise Refused([_("%(name)s has left and cannot be named.") % {"name": person.name}])
    if partner.contact_id == person.pk:
        return
    former = partner.contact_id
    partner.contact = person
    partner.save(update_fields=["contact"])
    act = record(region, who, "contact_named", partner, person=person.pk, former=former)
    if tell:
        later("adoption.letters.contact_named", act.pk)
    activate_if_ready(partner, region, who)


def _refuse_against_promise(partner: Partner, municipalities: list[Municipality], organisation: dict[str, str]) -> None:
    promised = (Partner.State.COMMITTED, Partner.State.ACTIVE)
    left = partner.state in promised and set(partner.municipalities.all()) - set(municipalities)
    owner = partner.organisation
    other_sector = organisation.get("sector", owner.sector) != owner.sector
    if left or (other_sector and owner.partners.filter(state__in=promised).exists()):
        raise Refused([_("A commitment names these municipalities and this sector: end it before you change them.")])


def refuse_against_clearance(
    partner: Partner, who: Acting, kind: str | None, organisation: dict[str, str], unit: str | None
) -> None:
    """Raises Refused to all but Kaikukeskus: of what it has cleared (R5), only a business ID may be added."""
    if who.side == KAIKUKESKUS:
        return
    owner = partner.organisation
    other_unit = (unit is not None and unit != partner.unit) or (kind is not None and kind != partner.kind)
    other_owner = any(getattr(owner, field) not in ("", value) for field, value in organisation.items())
    cleared = owner.partners.cleared()
    if (other_unit and cleared.filter(pk=partner.pk).exists()) or (other_owner and cleared.exists()):
        raise Refused([kept_by_clearance(partner)])


def kept_by_clearance(partner: Partner) -> str:
    """What only Kaikukeskus changes of the partner, since it has cleared it, or another unit of the organisation, by
    that; empty where nothing was cleared."""
    cleared = set(partner.organisation.partners.cleared().values_list("pk", flat=True))
    if partner.pk in cleared:
        return _("Kaikukeskus has cleared it by its name, unit, sector and kind: ask Kaikukeskus to change them.")
    said = _(
        "Kaikukeskus has cleared another unit of this organisation by the organisation's name and sector: ask "
        "Kaikukeskus to change them."
    )
    return said if cleared else ""


def refuse_of_elsewhere(owner: Organisation, region: int | None, who: Acting) -> None:
    """Raises Refused to all but Kaikukeskus where other regions than this one have partners of the organisation."""
    if who.side != KAIKUKESKUS and owner.partners.exclude(region=region).exists():
        raise Refused([_("This organisation is a partner in another region too: ask Kaikukeskus to correct it.")])


def refuse_id_of_elsewhere(owner: Organisation, region: int, who: Acting) -> None:
    """The same for the business ID that a partner would bring it."""
    try:
        refuse_of_elsewhere(owner, region, who)
    except Refused as refusal:
        raise Refused([*refusal.reasons, _("Without the business ID it can be added at once.")]) from refusal


def _correct(partner: Partner, who: Acting, organisation: dict[str, str], unit: str | None) -> list[str]:
    """What has been corrected of the organisation and of the unit's name."""
    owner = partner.organisation
    changed = [field for field, value in organisation.items() if getattr(owner, field) != value]
    if changed:
        refuse_of_elsewhere(owner, partner.region_id, who)
    business_id = organisation.get("business_id")
    if business_id and Organisation.objects.filter(business_id=business_id).exclude(pk=owner.pk).exists():
        raise Refused([str(TAKEN_ID)])
    if "name" in changed:
        remember(owner, owner.name)
    for field in changed:
        setattr(owner, field, organisation[field])
    try:
        with transaction.atomic():
            owner.save()
    except IntegrityError as error:  # two regions give the same one at once
        raise Refused([str(TAKEN_ID)]) from error
    if unit is not None and unit != partner.unit:
        partner.former_units = with_lines(partner.former_units, partner.unit)
        partner.unit = unit
        changed.append("unit")
    if {"name", "unit"} & set(changed) or (changed and not owner.business_id):  # by an ID one is told from others
        _refuse_twin(partner, owner)
    return changed


def remember(thing: Organisation | Person, *names: str) -> None:
    """What it was called is found later too; the caller saves it."""
    thing.former_names = with_lines(thing.former_names, *names)


def with_lines(text: str, *more: str) -> str:
    """The text's lines and these, each once and none of them empty."""
    return "\n".join(dict.fromkeys(line for line in (*text.split("\n"), *more) if line))


def _refuse_twin(partner: Partner, owner: Organisation) -> None:
    """The same unit stands once in a region in one role, however its name was typed; two business IDs are two."""
    others = Partner.objects.filter(region=partner.region_id, role=partner.role).exclude(pk=partner.pk)
    bodies = Bodies()
    for other in others.select_related("organisation", "region"):
        if plain(other.unit) == plain(partner.unit) and _may_be_one(other.organisation, owner, bodies):
            said = _("%(partner)s is in the list already in this role.") % {"partner": other}
            more = _("For another unit of it, give the unit's name. Another of the same name needs its business ID.")
            raise Refused([Linked(said, other.get_absolute_url()), more])


def _may_be_one(one: Organisation, other: Organisation, bodies: Bodies) -> bool:
    if one.pk == other.pk:
        return True
    return not (one.business_id and other.business_id) and bodies.key(one.name) == bodies.key(other.name)


def _check(region: Region, role: str, kind: str, municipalities: list[Municipality]) -> None:
    missing = []
    if (kind in Partner.VENUE_KINDS) != (role == Partner.Role.VENUE):
        missing.append(
            _(
                "The kind does not belong to the role: choose a client service for a distributor, "
                "a venue's kind for a venue."
            )
        )
    own = set(region.members.values_list("municipality", flat=True))
    missing += [
        _("%(name)s is not a municipality of this region.") % {"name": m.name}
        for m in municipalities
        if m.pk not in own
    ]
    if not municipalities:
        missing.append(_("Choose at least one municipality in which the partner acts."))
    if missing:
        raise Refused(missing)


def _organisation(
    region: Region, name: str, sector: str, business_id: str = "", known: Organisation | None = None
) -> Organisation:
    """The known one that is meant; the one with this business ID anywhere, or without an ID the one of this name and
    sector in the region, a county or a municipality in whichever language and of whatever sector; else a new one."""
    if known:
        return known
    if business_id:
        return Organisation.objects.get_or_create(business_id=business_id, defaults={"name": name, "sector": sector})[0]
    here, bodies = Organisation.objects.filter(partners__region=region).order_by("business_id", "pk"), Bodies()
    if bodies.of(name) is None:
        here = here.filter(sector=sector)
    same = next((one for one in here if bodies.key(one.name) == bodies.key(name)), None)
    return same or Organisation.objects.create(name=name, sector=sector)


def _set(partner: Partner, details: dict[str, Any]) -> list[str]:
    if refused := limits_refused(partner, details):
        raise Refused(refused)
    changed = [field for field in DETAILS if field in details and getattr(partner, field) != details[field]]
    for field in changed:
        setattr(partner, field, details[field])
    return changed


# -- clearance: R5, "Uusista kortinjakajista keskustellaan ensin Kaikukeskuksen kanssa" (S3) ----------------------


def request_clearance(partner: Partner, by: Person, answers: dict[str, Any] | None = None) -> Partner:
    """Kaikukeskus has the distributor in its queue. Raises Refused without an answer to rule R6 (S3: suurin osa
    asiakkaista tiukassa taloudellisessa tilanteessa), or for a venue, which needs no clearance."""
    with changing(partner, by) as (partner, region, who):
        if partner.state == Partner.State.MORE_WANTED:
            raise Refused([_("Kaikukeskus has asked a question about the request: answer it on the partner's page.")])
        _set(partner, answers or {})
        _check_request(partner)
        partner.ask()
        partner.asked_at, partner.question = now(), ""
        left = _drop_contact_who_left(partner)
        partner.save()
        act = record(region, who, "clearance_asked", partner, **left)
        later("adoption.letters.clearance_asked", act.pk)
    return partner


def _check_request(partner: Partner) -> None:
    missing = []
    if not partner.is_distributor:
        missing.append(_("A venue needs no clearance: its commitment can be made at once."))
    if not partner.client_group.strip():
        missing.append(_("Write what the unit does and for whom."))
    if partner.most_in_tight is None or not partner.why_most.strip():
        missing.append(
            _("Answer whether most of the clients are in a tight financial situation, and why you think so.")
        )
    if missing:
        raise Refused(missing)


def answer_question(partner: Partner, by: Person, answer: str, most_in_tight: bool | None = None) -> Partner:
    """The pair has answered, and the request is back in the queue at the place of its first asking. `most_in_tight`:
    its answer to rule R6, if that is another now."""
    with changing(partner, by) as (partner, region, who):
        if not answer.strip():
            raise Refused([_("Write the answer to Kaikukeskus's question.")])
        if partner.state != Partner.State.MORE_WANTED:
            raise Refused([not_now(partner)])
        partner.ask()
        partner.answer = answer
        _set(partner, {} if most_in_tight is None else {"most_in_tight": most_in_tight})
        partner.save()
        act = record(region, who, "clearance_answered", partner, reason=answer)
        later("adoption.letters.clearance_asked", act.pk)
    return partner


def mark_of(partner: Partner) -> str:
    """What a request says that Kaikukeskus decides by, in short: another once any of it has changed."""
    owner, towns = partner.organisation, sorted(town.pk for town in partner.municipalities.all())
    said: list[Any] = [owner.name, owner.sector, owner.business_id, partner.unit, partner.kind, towns]
    said += [
        partner.client_group,
        partner.most_in_tight,
        partner.why_most,
        partner.cards_per_year,
        partner.question,
        partner.answer,
    ]
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


def _refuse_unread(partner: Partner, seen: str) -> None:
    if seen and seen != mark_of(partner):
        raise Refused([_("More has been said since this page was opened: read it, and decide again.")])


def clear(partner: Partner, by: Person, message: str = "", among_others: bool = False, seen: str = "") -> Partner:
    """Kaikukeskus has cleared the distributor: its commitment can be made; the pair is told.

    `seen`, here and below: the mark of what the page showed (`mark_of`). Raises Refused when the request says something
    else now, and without a message where the answer to rule R6 is no: the commitment then says why it was cleared.
    Among others, which share one message, such a one is refused.
    """
    with changing(partner, by, kaikukeskus=True) as (partner, region, who):
        partner.clear()
        _refuse_unread(partner, seen)
        if not partner.most_in_tight and (among_others or not message.strip()):
            raise Refused(
                [
                    _(
                        "The pair's answer to the rule is no. Write why you clear the distributor all the same: "
                        "the pair sees it, and the commitment says it."
                    )
                ]
            )
        partner.cleared_on = localdate()
        partner.cleared_because = "" if partner.most_in_tight else message
        _decided(partner, region, who, "clearance_given", message)
    return partner


def want_more(partner: Partner, by: Person, question: str, seen: str = "") -> Partner:
    """Kaikukeskus wants to know more; the pair is told what. Raises Refused without a question."""
    with changing(partner, by, kaikukeskus=True) as (partner, region, who):
        if not question.strip():
            raise Refused([_("Write what you want to know: the pair sees it.")])
        partner.want_more()
        _refuse_unread(partner, seen)
        partner.question, partner.answer = question, ""
        _decided(partner, region, who, "clearance_more_wanted", question)
    return partner


def decline(partner: Partner, by: Person, reason: str, seen: str = "") -> Partner:
    """The partner is not taking part. Kaikukeskus declines a request that waits, the pair any other. Needs a reason.

    Raises Refused where an answer has come to the question that the one who declines saw unanswered.
    """
    unanswered = partner.state == Partner.State.MORE_WANTED
    with changing(partner, by) as (partner, region, who):
        if not reason.strip():
            raise Refused([_("Write the reason: it stays visible.")])
        if partner.state == Partner.State.ASKED:
            only_kaikukeskus(by)
            if unanswered:
                raise Refused([not_now(partner)])
        elif who.side == KAIKUKESKUS and partner.state == Partner.State.CLEARED:
            raise Refused([not_now(partner)])  # a colleague has cleared it since this page was opened
        _refuse_while_signing(partner)
        partner.decline()
        _refuse_unread(partner, seen)
        _decided(partner, region, who, "partner_declined", reason)
    return partner


def _decided(partner: Partner, region: Region, who: Acting, what: str, reason: str) -> None:
    partner.save()
    act = record(region, who, what, partner, reason=reason)
    later("adoption.letters.clearance_decided", act.pk)


def consider_again(partner: Partner, by: Person) -> Partner:
    """The partner is a candidate once more."""
    with changing(partner, by) as (partner, region, who):
        if partner.state == Partner.State.ENDED:  # what it had is of its former time
            partner.account_on, partner.induction_on, partner.induction_manner = None, None, ""
            partner.induction_persons = None
            partner.account_before = partner.induction_before = False
        partner.consider_again()
        left = _drop_contact_who_left(partner)
        partner.save()
        record(region, who, "partner_considered_again", partner, **left)
    return partner


def _drop_contact_who_left(partner: Partner) -> dict[str, Any]:
    """Back on its way, a partner keeps no contact who was closed while it was not (R7). What history says of it."""
    if partner.contact is None or alone(partner.contact).is_active:
        return {}
    partner.contact = None
    return {"contact_left": True}


def _refuse_while_signing(partner: Partner) -> None:
    if partner.commitments.filter(state__in=["draft", "checked", "awaiting", "partly_signed"]).exists():
        raise Refused([_("Its commitment is unfinished: close that first, so that nobody signs it.")])


def end_partner(partner: Partner, by: Person, reason: str) -> Partner:
    """The partner has left. Refused while its commitment is in force: that is ended first."""
    with changing(partner, by) as (partner, region, who):
        if not reason.strip():
            raise Refused([_("Write the reason: it stays visible.")])
        if partner.state in (Partner.State.COMMITTED, Partner.State.ACTIVE):
            raise Refused([_("End its commitment first.")])
        _refuse_while_signing(partner)
        partner.end()
        partner.save()
        record(region, who, "partner_ended", partner, reason=reason)
    return partner


# -- the way to active: account and induction in any order ---------------------------------------------------------


def record_account(partner: Partner, by: Person, on: date) -> Partner:
    """The partner has its Kaikukanta account since the day (R15). Raises Refused for a day to come."""
    with changing(partner, by) as (partner, region, who):
        _check_past(on)
        if partner.account_on == on and not partner.account_before:
            return partner
        partner.account_on, partner.account_before = on, False
        partner.save(update_fields=["account_on", "account_before"])
        record(region, who, "account_recorded", partner, on=on.isoformat())
        activate_if_ready(partner, region, who)
    return partner


def record_induction(partner: Partner, by: Person, on: date, manner: str, persons: int | None = None) -> Partner:
    """The partner's staff was inducted on the day, in the manner. Raises Refused for a day to come."""
    with changing(partner, by) as (partner, region, who):
        _check_past(on)
        known = (partner.induction_on, partner.induction_manner, partner.induction_persons)
        if known == (on, manner, persons) and not partner.induction_before:
            return partner
        partner.induction_on, partner.induction_manner, partner.induction_persons = on, manner, persons
        partner.induction_before = False
        partner.save(update_fields=["induction_on", "induction_manner", "induction_persons", "induction_before"])
        record(region, who, "induction_recorded", partner, on=on.isoformat(), manner=manner)
        activate_if_ready(partner, region, who)
    return partner


def describe_induction(partner: Partner, by: Person, manner: str, persons: int | None = None) -> Partner:
    """Of an induction whose day is not known, its manner and the number of persons; the day stays unknown. Raises
    Refused for one whose day is known, or that has not been held."""
    with changing(partner, by) as (partner, region, who):
        if not partner.induction_before:
            raise Refused([_("Write the day too: without it nothing of the row is stored.")])
        if (partner.induction_manner, partner.induction_persons) != (manner, persons):
            partner.induction_manner, partner.induction_persons = manner, persons
            partner.save(update_fields=["induction_manner", "induction_persons"])
            record(region, who, "induction_described", partner, manner=manner)
    return partner


def _check_past(on: date) -> None:
    if on > localdate():
        raise Refused([_("The day is still to come: record it when it has happened.")])


def committed(partner: Partner, region: Region, who: Acting, model: str) -> None:
    """Called by commitments in the transaction of the last signature, under the region's lock."""
    partner.commit()
    partner.committed_model = model
    partner.save()
    record(region, who, "partner_committed", partner)
    activate_if_ready(partner, region, who)


def uncommitted(partner: Partner, region: Region, who: Acting) -> None:
    """Its commitment has ended: a distributor is back to cleared, a venue to candidate."""
    partner.uncommit_distributor() if partner.is_distributor else partner.uncommit_venue()
    partner.committed_model = ""
    partner.save()
    record(region, who, "partner_uncommitted", partner)


def missing_for_active(partner: Partner) -> list[str]:
    """What a committed partner still lacks: contact (R7), induction, and in 2024 the account."""
    missing = []
    if partner.contact_id is None:
        missing.append(_("contact person"))
    if partner.induction_on is None:
        missing.append(_("induction"))
    if partner.account_on is None and (not partner.committed_model or MODELS[partner.committed_model].needs_account):
        missing.append(_("Kaikukanta account"))
    return missing


def activate_if_ready(partner: Partner, region: Region, who: Acting) -> None:
    """A committed partner that lacks nothing more is active. Called under the region's lock."""
    if partner.state == Partner.State.COMMITTED and not missing_for_active(partner):
        partner.activate()
        partner.save()
        record(region, who, "partner_active", partner)
