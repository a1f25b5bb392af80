"""What do the rules of a gate look at? One reader, for a single trial under its lock and for a whole list of tasks."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, F, OuterRef, Subquery
from django.utils.timezone import localdate

from adoption.alphabet import alphabetical
from adoption.models import Municipality, Partner, Region, Responsibility
from adoption.next_step import has_said_no
from commitments.models import Commitment, Party
from workflows.models import FeedbackMeeting, Trial, TrialMunicipality, TrialStep

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Promise(NamedTuple):
    """That a municipality stands in a commitment in force: the region's own, or a partner's with what 6 and 8 ask."""

    municipality: int
    partner: int | None
    role: str | None
    sector: str | None
    contact: int | None
    account_on: date | None
    account_before: bool
    induction_on: date | None
    induction_before: bool
    in_force_on: date | None
    replaces: int | None
    signed_on: date | None  # the day of its last signature


OF_PROMISE = (
    "municipality", "commitment__partner", "commitment__partner__role", "commitment__partner__organisation__sector",
    "commitment__partner__contact", "commitment__partner__account_on", "commitment__partner__account_before",
    "commitment__partner__induction_on", "commitment__partner__induction_before",
    "commitment__in_force_on", "commitment__replaces",
)  # fmt: skip
LAST_SIGNATURE = Subquery(
    Party.objects.filter(commitment=OuterRef("commitment"), signed_on__isnull=False)
    .order_by("-signed_on")
    .values("signed_on")[:1]
)


class Read:
    """What the rules look at, of one trial or of many: each kind once for all of them, and only when a rule asks."""

    MEMBER = "trial_memberships__trial"  # the way from a municipality to the trial whose it is
    REGION = "trial_memberships__trial__region"  # and to that trial's region

    def __init__(self, trials: Iterable[Trial], rows: dict[int, dict[str, TrialStep]] | None = None) -> None:
        """`rows`: trial → key → the newest row of each step, where they have been read already."""
        self.trials = {trial.pk: trial for trial in trials}
        if rows is not None:
            vars(self)["rows"] = rows  # a cached property looks here first

    @cached_property
    def rows(self) -> dict[int, dict[str, TrialStep]]:
        found: dict[int, dict[str, TrialStep]] = defaultdict(dict)
        for row in TrialStep.objects.filter(trial__in=self.trials).order_by("round", "pk"):
            row.trial = self.trials[row.trial_id]
            found[row.trial_id][row.key] = row
        return found

    @cached_property
    def municipalities(self) -> dict[int, list[Municipality]]:
        """Trial → its municipalities, in the order of the reader's language."""
        found: dict[int, list[Municipality]] = defaultdict(list)
        for one in TrialMunicipality.objects.filter(trial__in=self.trials).select_related("municipality"):
            found[one.trial_id].append(one.municipality)
        for municipalities in found.values():
            municipalities.sort(key=lambda municipality: alphabetical(municipality.name))
        return found

    @cached_property
    def partners(self) -> dict[int, list[Partner]]:
        """Trial → the region's partners in its municipalities."""
        member = f"municipalities__{self.MEMBER}"
        rows = Partner.objects.filter(**{f"{member}__in": self.trials, "region": F(f"municipalities__{self.REGION}")})
        rows = rows.annotate(of_trial=F(member)).select_related("organisation", "contact").distinct()
        found: dict[int, list[Partner]] = defaultdict(list)
        for partner in rows:
            found[partner.of_trial].append(partner)
        return found

    @cached_property
    def promises(self) -> dict[int, list[Promise]]:
        """Trial → what commitments in force promise for its municipalities, a row a municipality."""
        member = f"municipality__{self.MEMBER}"
        rows = Party.objects.filter(
            **{f"{member}__in": self.trials, "commitment__region": F(f"municipality__{self.REGION}")},
            commitment__state=Commitment.State.IN_FORCE,
        )
        found: dict[int, list[Promise]] = defaultdict(list)
        for trial, *promise in rows.annotate(last=LAST_SIGNATURE).values_list(member, *OF_PROMISE, "last"):
            found[trial].append(Promise._make(promise))
        return found

    @cached_property
    def signed_by_others(self) -> dict[int, set[int]]:
        """Trial → its municipalities in a region commitment that Kaikukeskus alone has still to sign."""
        member = f"municipality__{self.MEMBER}"
        others = Party.objects.filter(commitment=OuterRef("commitment"), method="").exclude(role=Party.Role.KAIKUKESKUS)
        rows = Party.objects.filter(
            **{f"{member}__in": self.trials, "commitment__region": F(f"municipality__{self.REGION}")},
            commitment__kind=Commitment.Kind.REGION,
            commitment__state__in=Commitment.SIGNING,
        )
        found: dict[int, set[int]] = defaultdict(set)
        for trial, municipality in rows.exclude(Exists(others)).values_list(member, "municipality"):
            found[trial].add(municipality)
        return found

    @cached_property
    def sides(self) -> dict[int, set[str]]:
        """Trial → the sides with a responsible person who covers one of its municipalities (R2)."""
        regions = {trial.region_id for trial in self.trials.values()}
        holders = Responsibility.objects.current().holders().filter(region__in=regions)
        by_region: dict[int, set[tuple[str, int | None]]] = defaultdict(set)
        for region, side, municipality in holders.values_list("region", "side", "municipality"):
            by_region[region].add((side, municipality))
        return {pk: self._covering(by_region[trial.region_id], pk) for pk, trial in self.trials.items()}

    def _covering(self, held: set[tuple[str, int | None]], trial: int) -> set[str]:
        members = {municipality.pk for municipality in self.municipalities[trial]} | {None}
        return {side for side, municipality in held if municipality in members}

    @cached_property
    def meetings(self) -> dict[int, list[FeedbackMeeting]]:
        found: dict[int, list[FeedbackMeeting]] = defaultdict(list)
        for meeting in FeedbackMeeting.objects.filter(trial__in=self.trials):
            assert meeting.trial_id
            found[meeting.trial_id].append(meeting)
        return found


class Facts:
    """What the rules of one step look at."""

    def __init__(self, read: Read, trial: Trial, row: TrialStep, open_before: "Iterable[StrOrPromise]" = ()) -> None:
        self.read, self.trial, self.row = read, trial, row
        self.open_before = list(open_before)  # titles of earlier steps that are open

    @property
    def region(self) -> Region:
        return self.trial.region

    @property
    def rows(self) -> dict[str, TrialStep]:
        """The newest row of each step of the trial."""
        return self.read.rows[self.trial.pk]

    @property
    def municipalities(self) -> list[Municipality]:
        return self.read.municipalities[self.trial.pk]

    @property
    def partners(self) -> list[Partner]:
        return self.read.partners[self.trial.pk]

    @property
    def promises(self) -> list[Promise]:
        return self.read.promises[self.trial.pk]

    @property
    def sides(self) -> set[str]:
        return self.read.sides[self.trial.pk]

    @property
    def meetings(self) -> list[FeedbackMeeting]:
        """The feedback meetings of this round."""
        return [one for one in self.read.meetings[self.trial.pk] if one.round == self.row.round]

    @property
    def committed(self) -> list[Partner]:
        """The partners with a commitment in force here; 6 and 8 ask only about these."""
        keys = {promise.partner for promise in self.promises}
        return [partner for partner in self.partners if partner.pk in keys]

    @property
    def unsigned(self) -> list[Partner]:
        """Those still on the way, who go on by the late partner's path; one that has said no is not coming."""
        gone = (Partner.State.COMMITTED, Partner.State.ACTIVE, Partner.State.DECLINED, Partner.State.ENDED)
        return [partner for partner in self.partners if partner.state not in gone and not has_said_no(partner)]

    @property
    def bound_municipalities(self) -> set[int]:
        """Keys of the trial's municipalities that stand in a region commitment in force."""
        return {promise.municipality for promise in self.promises if promise.partner is None}

    @property
    def unbound(self) -> list[Municipality]:
        """The trial's municipalities that do not; they are read only where there are any."""
        bound = self.bound_municipalities
        if bound and len(bound) == self.trial.size:
            return []
        return [municipality for municipality in self.municipalities if municipality.pk not in bound]

    @property
    def is_for_kaikukeskus_to_sign(self) -> bool:
        """Whether nothing but Kaikukeskus's own signature keeps the region commitment from being in force."""
        unbound = {municipality.pk for municipality in self.unbound}
        return bool(unbound) and unbound <= self.read.signed_by_others[self.trial.pk]

    @property
    def on_time(self) -> list[Promise]:
        """The partners' promises that were in force when step 5 closed: whoever came later goes on by the late
        partner's path, and keeps nobody waiting."""
        closed = self.rows["commitments"].closed_at
        until = localdate(closed) if closed else date.max
        return [
            one
            for one in self.promises
            if one.partner and (one.in_force_on is None or one.replaces or one.in_force_on <= until)
        ]

    def names_of(self, keys: set[int | None]) -> list[Partner]:
        """The partners with these keys, in the order of the list."""
        return [partner for partner in self.partners if partner.pk in keys]

    def said(self, key: str) -> object:
        """A field of the step's own evidence."""
        return self.row.evidence.get(key)
