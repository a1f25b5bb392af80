"""Whose commitments can be drafted together, by which trial's model and dates, and what does each still lack?"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from adoption.access import PAIR
from adoption.alphabet import by_name
from adoption.models import Partner, Person, Region, Responsibility
from commitments.models import Party
from commitments.services import bodies_of
from commitments.together import Lack, Plan, Term, lacks_of_partner, may_commit
from workflows.models import Trial
from workflows.services import plan_by
from workflows.trial import WITHDRAWN


class Candidate(NamedTuple):
    """A partner that may commit now, by which trial, and what it lacks."""

    partner: Partner
    plan: Plan
    lacks: list[Lack]

    @property
    def is_ready(self) -> bool:
        """Whether its paper could be sent with the others."""
        return not self.plan.refusal and not self.missing

    @property
    def missing(self) -> list[Lack]:
        """What keeps its paper from being sent with the others."""
        return [lack for lack in self.lacks if lack.needed]

    @property
    def worth_adding(self) -> list[Lack]:
        """What its paper can be sent without."""
        return [lack for lack in self.lacks if not lack.needed]


def candidates(region: Region, person: Person) -> list[Candidate]:
    """The partners that the person may act for and that may commit now, in the order of their names. The number of
    queries never grows."""
    found = may_commit().filter(region=region).select_related("organisation", "contact", "region")
    covered = _covered(region, person)
    partners = [one for one in found.prefetch_related("municipalities") if _acts_for(one, covered)]
    return [Candidate(plan.partner, plan, lacks_of_partner(plan.partner)) for plan in plans(region, by_name(partners))]


def _covered(region: Region, person: Person) -> set[int | None]:
    """The municipalities for which the person acts; None among them for the whole region."""
    if person.is_kaikukeskus:
        return {None}
    held = Responsibility.objects.current().filter(person=person, region=region, side__in=PAIR)
    return set(held.values_list("municipality", flat=True))


def _acts_for(partner: Partner, covered: set[int | None]) -> bool:
    return None in covered or any(municipality.pk in covered for municipality in partner.municipalities.all())


def plans(region: Region, partners: Iterable[Partner]) -> list[Plan]:
    """For each partner the model and the dates of the newest trial in its municipalities, as `draft_for_partner` has
    them."""
    found = Trial.objects.filter(region=region).exclude(decided=WITHDRAWN).prefetch_related("municipalities")
    trials = [(trial, {municipality.pk for municipality in trial.municipalities.all()}) for trial in found]
    return [plan_by(_trial_of(partner, trials), partner) for partner in partners]


def _trial_of(partner: Partner, trials: list[tuple[Trial, set[int]]]) -> Trial | None:
    served = {municipality.pk for municipality in partner.municipalities.all()}
    return next((trial for trial, members in trials if members & served), None)


def common_term(ready: Sequence[Plan]) -> Term:
    """The term that all of them have; none where they differ: then each has its own."""
    terms = {plan.term for plan in ready}
    return terms.pop() if len(terms) == 1 else (None, None)


def bodies(region: Region, found: Iterable[Candidate]) -> list[Party]:
    """The responsible bodies that these papers name, each with the signatory of its newest commitment."""
    served = {municipality for one in found for municipality in one.partner.municipalities.all()}
    return bodies_of(region, by_name(served)) if served else []
