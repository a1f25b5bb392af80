"""Which partner, organisation and person does a row of a list mean? The same is found again, however it is spelt."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from adoption.alphabet import plain
from adoption.folding import folded
from adoption.joined import PARTNER
from adoption.models import Joined, Organisation, Partner, Person, Region
from adoption.partners import TAKEN_ID, two_ids
from adoption.public_bodies import Bodies
from adoption.refusal import Refused
from adoption.rows import Given

AT_ONCE = 30  # counties and municipalities that one query asks for by all their names
Key = tuple[str, str, str]  # name or business ID, unit, role


class Kept(NamedTuple):
    """A partner that is there by its key, or one that a row before would make, by the number of that row. The key of an
    organisation that a row would make too is that row's number below zero."""

    pk: int
    row: int
    organisation: int
    business_id: str
    towns: set[int]


class Known:
    """What is there already in a region, and what the rows before bring."""

    def __init__(self, region: Region) -> None:
        self.bodies = Bodies()
        self.by_id: dict[Key, Kept] = {}
        self.by_name: dict[Key, list[Kept]] = defaultdict(list)
        self.owners: dict[str, list[Kept]] = defaultdict(list)  # by the organisation's name alone
        self.former: dict[Key, list[Kept]] = defaultdict(list)  # by the names that it had too
        self.former_ids: dict[Key, Kept] = {}
        self.former_owners: dict[str, list[Kept]] = defaultdict(list)
        self.elsewhere: dict[str, list[Kept]] = {}  # counties and municipalities that only other regions know
        self.partners: dict[int, Partner] = {}
        self.organisations: dict[str, Organisation] = {}
        self.by_key: dict[int, Organisation] = {}
        self.ids: dict[int, str] = {}  # organisation → the business ID that a row brings it
        self.people: dict[str, str] = {}  # address → name, of those that are known and of those that a row brings
        self.inactive: set[str] = set()
        self.unfinished: set[int] = set()
        self._read(region)

    def _read(self, region: Region) -> None:
        """Keys and names only: a region may have thousands of partners."""
        towns: dict[int, set[int]] = defaultdict(set)
        through = Partner.municipalities.through.objects.filter(partner__region=region)
        for partner, town in through.values_list("partner_id", "municipality_id"):
            towns[partner].add(town)
        rows = Partner.objects.filter(region=region).order_by("pk").values_list(
            "pk", "unit", "role", "organisation_id", "organisation__name", "organisation__business_id",
            "organisation__former_names", "former_units",
        )  # fmt: skip
        joined = _joined_into(region)
        for pk, unit, role, owner, name, business_id, former, former_units in rows.iterator():
            kept = Kept(pk, 0, owner, business_id, towns[pk])
            self._add(kept, name, unit, role)
            names = [name, *filter(None, former.split("\n"))]
            self._remember(
                kept, names, {unit, *_units(names, joined[pk]), *filter(None, former_units.split("\n"))}, role
            )

    def _remember(self, kept: Kept, names: list[str], units: set[str], role: str) -> None:
        """What it was called before it was joined or corrected."""
        for unit in units:
            self.former_ids.setdefault((kept.business_id, plain(unit), role), kept)
            for name in names:
                self.former[self.bodies.key(name), plain(unit), role].append(kept)
        for name in names[1:]:
            self.former_owners[self.bodies.key(name)].append(kept)

    def _add(self, kept: Kept, name: str, unit: str, role: str) -> None:
        spelt = self.bodies.key(name)
        if kept.business_id:
            self.by_id[kept.business_id, plain(unit), role] = kept
        self.by_name[spelt, plain(unit), role].append(kept)
        self.owners[spelt].append(kept)

    def add(self, given: Given, owner: Organisation, row: int) -> None:
        """What the row brings is known to those after it, by all that its organisation is and was called."""
        kept = Kept(0, row, owner.pk, given.key_id(owner), given.towns)
        self._add(kept, owner.name, given.unit, given.role)
        former = [name for name in owner.former_names.split("\n") if name]
        self._remember(kept, [owner.name, *former], {given.unit}, given.role)

    def would_make(self, given: Given, row: int) -> Organisation:
        """The organisation that the row would make, which is not stored, is that of the rows after it."""
        owner = Organisation(pk=-row, name=given.organisation, sector=given.sector, business_id=given.business_id)
        self.meet_organisation(owner, owner)
        return owner

    def meet_organisation(self, planned: Organisation, owner: Organisation) -> None:
        """What the row would make has been made: this is the organisation of the rows after it."""
        self.by_key[planned.pk] = owner
        if owner.business_id:
            self.organisations[owner.business_id] = owner

    def meet_id(self, owner: Organisation, business_id: str) -> None:
        """By the business ID that a row brings, the rows after it find the organisation that lacked one. Raises Refused
        for that of another organisation, and where another row brings another."""
        if self.organisations.get(business_id, owner).pk != owner.pk:
            raise Refused([str(TAKEN_ID)])
        if wrong := two_ids(self.ids.get(owner.pk, ""), business_id):
            raise Refused(wrong)
        self.ids[owner.pk], self.organisations[business_id] = business_id, owner

    # -- what rows ask of the database, for many at once --------------------------------------------------------------

    def look_up(self, rows: Iterable[Given]) -> None:
        """The organisations, partners and people that these rows mean are read."""
        rows = list(rows)
        self.partners.clear()
        ids = {given.business_id for given in rows if given.business_id} - self.organisations.keys()
        for one in Organisation.objects.filter(business_id__in=ids):
            self.organisations[one.business_id] = one
        self._look_up_bodies({self.bodies.key(given.organisation): given for given in rows if self.is_body(given)})
        keys = {one.organisation for given in rows for one in self._owners(given)}
        self.by_key |= Organisation.objects.in_bulk(keys - self.by_key.keys())
        self._look_up_partners({kept.pk for given in rows for kept in self._candidates(given)} - {0})
        self._look_up_people({given.contact["email"] for given in rows if given.contact} - self.people.keys())

    def _look_up_bodies(self, rows: dict[str, Given]) -> None:
        """There is one of each in the country: where the region has none of its own, that of another."""
        unknown = {key: given for key, given in rows.items() if key not in self.elsewhere.keys() | self.owners.keys()}
        if not unknown:
            return
        self.elsewhere |= {key: [] for key in unknown}
        asked = list(unknown.values())
        for start in range(0, len(asked), AT_ONCE):
            some = asked[start : start + AT_ONCE]
            names = {folded(name) for given in some for name in self.bodies.names(given.organisation)}
            called = Q(*(Q(found_by__startswith=f" {name} ") for name in names), _connector=Q.OR)
            for one in Organisation.objects.filter(called).order_by("pk"):
                if (key := self.bodies.key(one.name)) in unknown:
                    self.elsewhere[key].append(Kept(0, 0, one.pk, one.business_id, set()))

    def _look_up_partners(self, keys: set[int]) -> None:
        found = Partner.objects.filter(pk__in=keys).select_related("organisation", "contact", "region")
        for one in found.prefetch_related("municipalities"):
            one.organisation = self.by_key.setdefault(one.organisation_id, one.organisation)
            self.partners[one.pk] = one
        unfinished = Partner.objects.filter(
            pk__in=keys, commitments__state__in=["draft", "checked", "awaiting", "partly_signed"]
        )
        self.unfinished |= set(unfinished.values_list("pk", flat=True))

    def _look_up_people(self, addresses: set[str]) -> None:
        known = Person.objects.filter(email__in=addresses).values_list("email", "name", "is_active", "joined_to__name")
        for email, name, active, joined in known:
            self.people[email] = joined or name
            if not (active or joined):
                self.inactive.add(email)

    # -- which one a row means ----------------------------------------------------------------------------------------

    def _candidates(self, given: Given) -> list[Kept]:
        """By what they are called; else by what they were."""
        by_id = (given.business_id, plain(given.unit), given.role)
        by_name = self._named(given)
        if given.business_id and (known := self.by_id.get(by_id)):
            return [known]
        if by_name in self.by_name:
            return self.by_name[by_name]
        if given.business_id and (known := self.former_ids.get(by_id)):
            return [known]
        return self.former.get(by_name, [])

    def _named(self, given: Given) -> Key:
        return self.bodies.key(given.organisation), plain(given.unit), given.role

    def _owners(self, given: Given) -> list[Kept]:
        """The organisations that are called so; else those that were."""
        name = self.bodies.key(given.organisation)
        return self.owners.get(name) or self.former_owners.get(name) or self.elsewhere.get(name, [])

    def partner_of(self, given: Given) -> Kept | None:
        """By business ID, unit and role; without an ID, on either side, by name, unit, role and a municipality: that of
        a county's or a municipality's own is the same one wherever it acts.

        Raises Refused when two of one name act there: only the ID tells which is meant.
        """
        found = self._candidates(given)
        if given.business_id:
            found = [one for one in found if self._id(one) in (given.business_id, "")]
        if len(found) != 1 or not (self.is_body(given) or self._id(found[0]) == given.business_id != ""):
            found = [one for one in found if one.towns & given.towns]
        if len(found) > 1:
            raise Refused([_("Two of this name act there: give the business ID of the one that is meant.")])
        return found[0] if found else None

    def is_body(self, given: Given) -> bool:
        """Whether the name alone tells the organisation: that of a county or a municipality, of which there is one."""
        return self.bodies.of(given.organisation) is not None

    def has_owner(self, given: Given) -> bool:
        """Whether an organisation of this name or business ID is known, wherever it acts."""
        return given.business_id in self.organisations or bool(self._owners(given))

    def has_namesake(self, given: Given) -> bool:
        """Whether there is another partner of this name, unit and role in the region."""
        return self._named(given) in self.by_name

    def other_id_of(self, given: Given) -> str:
        """The business ID under which an organisation of this name is known here, where the row has another one that
        nobody has."""
        if not given.business_id or given.business_id in self.organisations:
            return ""
        near = {self._id(one) for one in self._near(given)}
        return "" if "" in near else next(iter(sorted(near)), "")

    def partner(self, kept: Kept) -> Partner:
        """The row of one that is there."""
        return self.partners[kept.pk]

    def organisation_of(self, given: Given) -> Organisation | None:
        """By its business ID, anywhere; else by name and a municipality in the region, or by the name of its units; a
        county or a municipality by any of its names, also in another region.

        Raises Refused where two of one name act there with an ID each: only the ID tells which is meant."""
        if owner := self.organisations.get(given.business_id):
            return owner
        near, units = self._near(given), self._owners(given) if given.unit else []
        if given.business_id:
            near, units = ([one for one in some if not self._id(one)] for some in (near, units))
        elif len({self._id(one) for one in near} - {""}) > 1:
            raise Refused([_("Two of this name act there: give the business ID of the one that is meant.")])
        found = near or units
        return self.by_key.get(found[0].organisation) if found else None

    def _near(self, given: Given) -> list[Kept]:
        """Those of the name in a municipality of the row; of a county or a municipality all."""
        return [one for one in self._owners(given) if one.towns & given.towns or self.is_body(given)]

    def _id(self, kept: Kept) -> str:
        """The business ID of its organisation, which a row before may bring."""
        return self.ids.get(self._owner(kept), kept.business_id)

    def _owner(self, kept: Kept) -> int:
        """The key of its organisation, which may have been made meanwhile."""
        owner = self.by_key.get(kept.organisation)
        return owner.pk if owner else kept.organisation

    def refuse_twin(self, given: Given, owner: Organisation) -> None:
        """Raises Refused where the organisation has a unit of this name in this role, in other municipalities: nothing
        tells whether it is the same."""
        same = self.by_name.get((self.bodies.key(owner.name), plain(given.unit), given.role), [])
        if any(self._owner(one) == owner.pk for one in same):
            said = _("%(name)s is in the list already in this role, in other municipalities.") % {"name": given.name}
            more = _("If it is the same, name them all on one row. If they are two, give each its own unit's name.")
            raise Refused([said, more])

    # -- people -------------------------------------------------------------------------------------------------------

    def refuse_other_name(self, given: Given) -> None:
        """Raises Refused for an address that is known as that of a person of another name, and for one without any."""
        if given.contact is None:
            return
        email, name = given.contact["email"], given.contact["name"]
        known = self.people.get(email, "")
        if email in self.inactive:
            raise Refused([_("%(name)s has left and cannot be named.") % {"name": known}])
        if not (name or known):
            raise Refused([_("Give the contact person's name.")])
        if name and known and plain(name) != plain(known):
            said = _("%(email)s is the address of %(name)s, not of %(typed)s: correct one of them.")
            raise Refused([said % {"email": email, "name": known, "typed": name}])

    def meet_contact(self, given: Given) -> None:
        """The address is known to the rows after it."""
        if given.contact:
            self.people.setdefault(given.contact["email"], given.contact["name"])


def _joined_into(region: Region) -> dict[int, list[str]]:
    """Partner of the region → what those were called that were joined into it."""
    found: dict[int, list[str]] = defaultdict(list)
    own = Partner.objects.filter(region=region).values("pk")
    for kept, name in Joined.objects.filter(kind=PARTNER, kept__in=own).order_by("pk").values_list("kept", "name"):
        found[kept].append(name)
    return found


def _units(owners: list[str], names: list[str]) -> Iterator[str]:
    """The units' own names, of names that begin with their organisation's."""
    for name in names:
        for owner in owners:
            if name.startswith(f"{owner}, "):
                yield name.removeprefix(f"{owner}, ")
