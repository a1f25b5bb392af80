"""Two rows of one person become one: by Kaikukeskus. The former row stays, shut, since history names it by its key."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.access import PAIR, only_kaikukeskus
from adoption.contacts.asking import overtake, regions_asked
from adoption.contacts.links import round_of
from adoption.history import Acting, locked, locked_country, record
from adoption.joining.moving import move
from adoption.leaving import shut
from adoption.mail import later
from adoption.models import Act, ContactCheck, Country, Handover, Partner, Person, Region, Responsibility
from adoption.partners import remember
from adoption.people import alone
from adoption.refusal import Linked, Refused
from adoption.templatetags.kaiku import day


def against_people(kept: Person, gone: Person, by: Person) -> list[str]:
    """Why the two cannot be joined."""
    if kept.pk == gone.pk:
        return [_("These are one and the same row.")]
    names = {"kept": kept.name, "gone": gone.name}
    wrong = []
    if by.pk in (kept.pk, gone.pk):
        wrong.append(_("One of them is you yourself: ask a colleague to join them."))
    if gone.joined_to_id:
        wrong.append(_("%(gone)s has been joined with another row already.") % names)
    if not kept.is_active:
        wrong.append(_("%(kept)s is closed and cannot sign in: keep the other one.") % names)
    wrong += [*_of_kaikukeskus(kept, gone), *_while_handing_over(kept, gone)]
    return [*wrong, *_on_two_sides(kept, gone), *_confirmed_both(kept, gone)]


def _while_handing_over(kept: Person, gone: Person) -> list[str]:
    """A responsibility that waits for its day to pass from one to the other would end with nobody in it."""
    both = Q(responsibility__person__in=[kept, gone]) | Q(successor__in=[kept, gone])
    waiting = Handover.objects.filter(both, state=Handover.State.AGREED).select_related("responsibility__person")
    said = _("%(name)s hands over on %(day)s: withdraw that first, or join them after that day.")
    return list(dict.fromkeys(said % {"name": one.responsibility.person, "day": day(one.on)} for one in waiting))


def _of_kaikukeskus(kept: Person, gone: Person) -> list[str]:
    names = {"kept": kept.name, "gone": gone.name}
    if gone.is_kaikukeskus and not kept.is_kaikukeskus:
        return [_("%(gone)s works at Kaikukeskus: keep that one, or end the right first.") % names]
    if kept.is_kaikukeskus and gone.responsibilities.current().exists():
        said = _("%(kept)s works at Kaikukeskus, and %(gone)s is responsible for a region: nobody is both.")
        return [said % names]
    return []


def _on_two_sides(kept: Person, gone: Person) -> list[str]:
    """S1, R2: the two sides are always different people. Whoever went from one side to the other was not on both."""
    found = []
    theirs = list(_sides(gone))
    for own in _sides(kept):
        for other in theirs:
            if own.region_id == other.region_id and own.side != other.side and _at_once(own, other):
                said = _("They stand on the two sides of %(region)s, which are always different people.")
                found.append(Linked(said % {"region": own.region.name}, own.region.get_absolute_url()))
    return list(dict.fromkeys(found))


def _sides(person: Person) -> list[Responsibility]:
    return list(Responsibility.objects.filter(person=person, side__in=PAIR).select_related("region"))


def _at_once(one: Responsibility, other: Responsibility) -> bool:
    begins_first, ends_later = max(one.since, other.since), [day for day in (one.until, other.until) if day]
    return not ends_later or begins_first < min(ends_later)


def _confirmed_both(kept: Person, gone: Person) -> list[str]:
    """A step that each of them has confirmed for a side of its own."""
    acts = Act.objects.filter(what="step_confirmed")
    own = set(acts.filter(by=kept).values_list("region", "about_id", "side"))
    theirs = set(acts.filter(by=gone).values_list("region", "about_id", "side"))
    steps = {(region, step) for region, step, side in own} & {(region, step) for region, step, side in theirs}
    sides = {step: {side for *key, side in own | theirs if tuple(key) == step} for step in steps}
    regions = {region for (region, _step), found in sides.items() if len(found & set(PAIR)) > 1}
    said = _("They have confirmed a step of %(region)s for its two sides, which are always different people.")
    found = Region.objects.filter(pk__in=regions)
    return [Linked(said % {"region": one.name}, one.get_absolute_url()) for one in found]


@transaction.atomic
def join_people(kept: Person, gone: Person, by: Person) -> Person:
    """The two rows of one person are one: what the gone one answers for, is the contact of and has done belongs to the
    kept one. No code opens the gone row any more; its address means the kept one where somebody is named by it, and
    both addresses are told which of them signs in.

    Only Kaikukeskus joins. Raises Refused for what `against_people` says. Acts keep their key: history is hashed.
    """
    only_kaikukeskus(by)
    regions = {pk: locked(pk) for pk in sorted(_regions_of(gone))}
    country = locked_country()
    who = only_kaikukeskus(Person.objects.get(pk=by.pk))
    found = {pk: alone(Person(pk=pk)) for pk in sorted({kept.pk, gone.pk})}
    kept, gone = found[kept.pk], found[gone.pk]
    if not _regions_of(gone) <= regions.keys():
        raise Refused([_("%(name)s has just been named. Look at the page anew.") % {"name": gone.name}])
    if wrong := against_people(kept, gone, by):
        raise Refused(wrong)
    _make_one(kept, gone)
    _tell(kept, gone, country, regions, who)
    return kept


def _regions_of(person: Person) -> set[int]:
    """Where history says anything of what the person is or was, or is asked to become."""
    held = Responsibility.objects.filter(person=person).values_list("region", flat=True)
    contact = Partner.objects.filter(contact=person).values_list("region", flat=True)
    following = Coalesce("partner__region", "responsibility__region")
    asked_to = ContactCheck.objects.unfinished().filter(successor_email=person.email).values_list(following, flat=True)
    return {*held, *contact, *regions_asked(person.pk), *asked_to}


def _make_one(kept: Person, gone: Person) -> None:
    overtake(ContactCheck.objects.filter(person=gone, state=ContactCheck.State.ASKED))  # the link was to that address
    to_oneself = Q(person=gone, successor_email=kept.email) | Q(person=kept, successor_email=gone.email)
    overtake(ContactCheck.objects.filter(to_oneself))
    # The link that the kept address has stays good: a greater round would make it an old one.
    ContactCheck.objects.filter(person=gone).update(round=round_of(kept))
    shut(gone)
    move(gone, kept)
    gone.joined_to = kept
    gone.save(update_fields=["joined_to"])
    for field in ("title", "phone"):
        setattr(kept, field, getattr(kept, field) or getattr(gone, field))
    remember(kept, gone.name, gone.email, *gone.former_names.split("\n"))
    kept.save(update_fields=["title", "phone", "former_names"])


def _tell(kept: Person, gone: Person, country: Country, regions: dict[int, Region], who: Acting) -> None:
    for region in regions.values():
        record(region, who, "people_joined", kept, gone=gone.pk)
        for given in _twice(kept, region):
            given.until = localdate()
            given.save(update_fields=["until"])
            record(region, who, "responsibility_ended", kept, side=given.side)
    act = record(country, who, "people_joined", kept, gone=gone.pk)
    later("adoption.joining.letters.people_joined", act.pk)


def _twice(person: Person, region: Region) -> list[Responsibility]:
    """The same responsibility a second time, which ends sooner, and being one's own substitute."""
    current = Responsibility.objects.current().filter(person=person, region=region).order_by("pk")
    found, own = [], set()
    for given in sorted(current, key=lambda one: (one.substitute, -(one.until or date.max).toordinal())):
        key = (given.side, given.municipality_id)
        if key in own or (given.substitute and (given.side, None) in own):
            found.append(given)
        own.add(key)
    return found
