"""Who may see a region, and who may act in it? The only door: the object, or 404."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from adoption import about
from adoption.history import Acting
from adoption.joined import joined_away
from adoption.models import Joined, Municipality, Note, Partner, Person, Region, Responsibility, Side
from adoption.refusal import NotYours, Refused

KAIKUKESKUS = "kaikukeskus"
PAIR = (Side.CULTURE, Side.CARE)


def regions_of(person: Person) -> QuerySet[Region]:
    """The regions whose pages the person may read: all for Kaikukeskus, else those with a responsibility today."""
    if person.is_kaikukeskus:
        return Region.objects.all()
    return Region.objects.filter(pk__in=Responsibility.objects.current().filter(person=person).values("region"))


def region_or_404(person: Person, slug: str) -> Region:
    """The region, if the person may read it."""
    return get_object_or_404(regions_of(person), slug=slug)


def partners_of(person: Person) -> QuerySet[Partner]:
    """The partners whose page the person may read: those of the own regions, and those whose contact one is."""
    partners = Partner.objects.select_related("organisation", "region", "contact")
    if person.is_kaikukeskus:
        return partners
    return partners.filter(Q(region__in=regions_of(person)) | Q(contact=person))


def partner_or_404(person: Person, slug: str, pk: int) -> Partner:
    """The partner, if the person may read it. Raises Refused for one that was joined into such a one, and names it."""
    seen = partners_of(person).filter(region__slug=slug)
    found = seen.filter(pk=pk).first()
    if found is None:
        kept = Joined.objects.filter(kind=Joined.Kind.PARTNER, gone=pk).values("kept")
        raise Refused([joined_away(pk)]) if seen.filter(pk__in=kept).exists() else Http404
    return found


def thing_or_404(person: Person, slug: str, kind: str, pk: int) -> tuple[Region, Model]:
    """What a note can be about, with its region, if the person reads the region: a partner's contact reads none."""
    region = region_or_404(person, slug)
    thing = about.find(region, kind, pk)
    if thing is None:
        raise Http404
    return region, thing


def notes_of(person: Person) -> QuerySet[Note]:
    """The notes and questions that stand and that the person may read: what is for the region all who read it, the
    rest the writer's own side, and what is for Kaikukeskus, or of it, Kaikukeskus."""
    notes = Note.objects.standing().select_related("region", "by", "to", "answered_by")
    if person.is_kaikukeskus:
        return notes.exclude(audience=Note.Audience.OWN)
    held = Responsibility.objects.current().filter(person=person, region=OuterRef("region"))
    for_all = Q(audience=Note.Audience.REGION) & Q(Exists(held))
    return notes.filter(for_all | Q(Exists(held.filter(side=OuterRef("side")))))


def note_or_404(person: Person, slug: str, pk: int) -> Note:
    """The note or question, if the person may read it."""
    return get_object_or_404(notes_of(person), region__slug=slug, pk=pk)


def question_or_404(person: Person, slug: str, pk: int) -> Note:
    """The question, if the person may read it; for Kaikukeskus also one that is withdrawn while it is answered."""
    if not person.is_kaikukeskus:
        return note_or_404(person, slug, pk)
    notes = Note.objects.filter(audience=Note.Audience.KAIKUKESKUS).select_related("region", "by", "answered_by")
    return get_object_or_404(notes, region__slug=slug, pk=pk)


def kaikukeskus_or_404(person: Person) -> None:
    """Passes for Kaikukeskus's people; for others the page does not exist."""
    if not person.is_kaikukeskus:
        raise Http404


def acting(
    person: Person, region: Region, municipalities: Iterable[int] | None = None, sides: Iterable[str] = PAIR
) -> Acting:
    """For whom the person acts here today. With municipalities given, the responsibility must cover one of them.

    Kaikukeskus acts as itself. A substitute acts for the side's own holder, who is named.
    Raises NotYours for everybody else: the working group reads, and confirms nothing.
    """
    if person.is_kaikukeskus and person.is_active:
        return Acting(person, KAIKUKESKUS)
    found = _responsibilities(person, region, municipalities).filter(side__in=sides).first()
    if found is None or not person.is_active:
        raise NotYours
    return Acting(person, found.side, holder_for(found, municipalities) if found.substitute else None)


def may_act(person: Person, region: Region, municipalities: Iterable[int] | None = None) -> bool:
    """Whether `acting` would let the person act; pages ask it before they show a form."""
    return person.is_kaikukeskus or _responsibilities(person, region, municipalities).filter(side__in=PAIR).exists()


def may_act_for(person: Person, region: Region) -> QuerySet[Municipality]:
    """The municipalities of the region for which the person may act: all, or the own ones of a holder of some."""
    everywhere = region.municipalities.all()
    if person.is_kaikukeskus:
        return everywhere
    held = _responsibilities(person, region, None).filter(side__in=PAIR)
    return (
        everywhere if held.filter(municipality=None).exists() else everywhere.filter(pk__in=held.values("municipality"))
    )


def _responsibilities(person: Person, region: Region, municipalities: Iterable[int] | None) -> QuerySet[Responsibility]:
    found = Responsibility.objects.current().filter(person=person, region=region).order_by("substitute", "pk")
    return found if municipalities is None else found.covering(list(municipalities))


def only_kaikukeskus(person: Person) -> Acting:
    """Kaikukeskus's person as the acting one; raises NotYours for others."""
    if not (person.is_kaikukeskus and person.is_active):
        raise NotYours
    return Acting(person, KAIKUKESKUS)


def holder_for(substitute: Responsibility, municipalities: Iterable[int] | QuerySet | None = None) -> Person | None:
    """The holder in whose stead a substitute acts: one of the municipalities that the act is about, if they are given,
    and of these the one of the substitute's own municipality first."""
    holders = Responsibility.objects.current().holders().filter(region=substitute.region_id, side=substitute.side)
    if municipalities is not None:
        holders = holders.covering(municipalities if isinstance(municipalities, QuerySet) else list(municipalities))
    own = holders.filter(municipality=substitute.municipality_id).select_related("person").first()
    found = own or holders.select_related("person").first()
    return found.person if found else None


def pair_for_partner(partner: Partner) -> list[Person]:
    """Both sides' holders for a partner, the side that looks after it first."""
    return list(dict.fromkeys(holders_for_partner(partner) + holders_for_partner(partner, _other(partner))))


def _other(partner: Partner) -> str:
    """The side that does not look after the partner."""
    return "culture" if partner.side == "care" else "care"


def holders_for_partner(partner: Partner, side: str = "") -> list[Person]:
    """Who hears of a partner first: the own holders of its municipalities, else those of the whole region's side."""
    holders = Responsibility.objects.current().holders().filter(region=partner.region_id, side=side or partner.side)
    holders = holders.select_related("person").order_by("pk")
    own = [h.person for h in holders.filter(municipality__in=partner.municipalities.all())]
    return list(
        dict.fromkeys(own or [h.person for h in holders if h.municipality_id is None] or [h.person for h in holders])
    )


def holders_of(partners: Sequence[Partner], other: bool = False) -> dict[int, list[Person]]:
    """Partner → who hears of it first, as by `holders_for_partner`, for all of them in one query; or of the other side.

    Their municipalities have been read with them.
    """
    holders: dict[tuple[int, str], list[Responsibility]] = defaultdict(list)
    current = Responsibility.objects.current().holders().filter(region__in={one.region_id for one in partners})
    for one in current.select_related("person").order_by("pk"):
        holders[one.region_id, one.side].append(one)
    sides = {partner.pk: _other(partner) if other else partner.side for partner in partners}
    return {partner.pk: _first(partner, holders[partner.region_id, sides[partner.pk]]) for partner in partners}


def _first(partner: Partner, holders: list[Responsibility]) -> list[Person]:
    served = {municipality.pk for municipality in partner.municipalities.all()}
    own = [one.person for one in holders if one.municipality_id in served]
    whole = [one.person for one in holders if one.municipality_id is None]
    return list(dict.fromkeys(own or whole or [one.person for one in holders]))
