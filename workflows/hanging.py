"""What hangs on a person in each region: steps, commitments, partners, notes, questions, and the days to come?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption import about
from adoption.access import PAIR
from adoption.models import Act, ContactCheck, Handover, Note, Partner, Person, Region, Responsibility
from commitments.models import Commitment, Party
from workflows.arranging.called import by_region
from workflows.arranging.models import Meeting
from workflows.arranging.to_do import ahead_in
from workflows.models import OwnTask, Trial, TrialStep
from workflows.plan import term_of
from workflows.steps import Step
from workflows.tasks import IN_SOME_ROLE, held, open_steps, sides_held, trials_of
from workflows.trial import MODELS
from workflows.year import next_feedback_due

MONTHS_TO_COME = timedelta(days=183)


@dataclass(frozen=True)
class Thing:
    """One thing that hangs on the person: in words, what more there is to say of it, its page, its day."""

    what: str
    note: str = ""
    href: str = ""
    on: date | None = None


@dataclass
class Hanging:
    """All that hangs on a person in one region."""

    region: Region
    responsibilities: list[Responsibility] = field(default_factory=list)
    steps: list[Thing] = field(default_factory=list)
    commitments: list[Thing] = field(default_factory=list)
    partners: list[Thing] = field(default_factory=list)
    notes: list[Thing] = field(default_factory=list)
    points: list[Thing] = field(default_factory=list)
    meetings: list[Thing] = field(default_factory=list)
    questions: list[Thing] = field(default_factory=list)
    days: list[Thing] = field(default_factory=list)
    addressed: bool = False  # whether a note is to the person; the own questions are answered to the side
    to_sign: bool = False  # whether the person is asked to sign a commitment that nobody has signed for the party

    @property
    def sections(self) -> list[tuple[str, str, list[Thing]]]:
        """Key, heading and things; what is empty is left out."""
        found = [
            ("steps", _("Open steps"), self.steps),
            ("commitments", _("Unfinished commitments"), self.commitments),
            ("partners", _("Contact person of"), self.partners),
            ("notes", _("Notes and questions"), self.notes),
            ("points", _("Agreed on in meetings"), self.points),
            ("meetings", _("Meetings to come, as one invited or arranging"), self.meetings),
            ("questions", _("Asked whether still the right person"), self.questions),
            ("days", _("Calendar of the next six months"), self.days),
        ]
        return [one for one in found if one[2]]

    @property
    def moves(self) -> bool:
        """Whether anything hangs on the person by name, which does not pass with the responsibility itself."""
        return bool(self.partners or self.points or self.addressed or self.to_sign)


def hanging_on(person: Person, regions: Iterable[Region]) -> list[Hanging]:
    """What hangs on the person in these regions, in the order given; in queries whose number does not grow."""
    found = {region.pk: Hanging(region) for region in regions}
    _responsibilities(person, found)
    _steps(person, found)
    _commitments(person, found)
    _partners(person, found)
    _notes(person, found)
    _points(person, found)
    _meetings(person, found)
    _questions(person, found)
    _days(found)
    return list(found.values())


def _responsibilities(person: Person, found: dict[int, Hanging]) -> None:
    given = Responsibility.objects.current().filter(person=person, region__in=found)
    for one in given.select_related("region", "municipality", "person"):
        found[one.region_id].responsibilities.append(one)


def _steps(person: Person, found: dict[int, Hanging]) -> None:
    trials = [trial for trial in trials_of(person).filter(region__in=found) if sides_held(trial) & set(PAIR)]
    for one in open_steps(trials):
        if one.step.sides & sides_held(one.trial):
            given = one.row.confirmed
            note = _("%(count)s of %(all)s have confirmed") % {"count": len(given), "all": len(one.step.sides)}
            thing = Thing(_title(one.step), note if given else "", one.row.get_absolute_url(), one.due)
            found[one.trial.region_id].steps.append(thing)


def _title(step: Step) -> str:
    if step.outcomes:
        return str(step.title)
    return _("Step %(number)s, %(title)s") % {"number": step.number, "title": step.title}


def _commitments(person: Person, found: dict[int, Hanging]) -> None:
    """Those that the person's side looks after, and those that the person is asked to sign, or has sent."""
    sent = Act.objects.filter(what="commitment_sent", by=person, region__in=found).values_list("about_id", flat=True)
    mine = {int(key) for key in sent}
    signs = set(signed_by(person, found).values_list("commitment", flat=True))
    towns = Party.objects.filter(commitment=OuterRef(OuterRef("pk"))).values("municipality")
    unfinished = Commitment.objects.unfinished().filter(region__in=found).annotate(**held(person, towns))
    unfinished = unfinished.filter(IN_SOME_ROLE | Q(pk__in=mine | signs))
    for one in unfinished.select_related("region", "partner__organisation").order_by("pk"):
        here = found[one.region_id]
        words = [str(one.get_state_display())]
        words += [_("%(name)s is asked to sign") % {"name": person}] if one.pk in signs else []
        words += [_("sent by %(name)s") % {"name": person}] if one.pk in mine else []
        name = f"{one.name}, {one.partner or one.region}"
        here.commitments.append(Thing(name, ", ".join(words), one.get_absolute_url(), one.sign_by))
        here.to_sign |= one.pk in signs and one.state in Commitment.SIGNING


def _partners(person: Person, found: dict[int, Hanging]) -> None:
    partners = Partner.objects.alive().filter(contact=person, region__in=found)
    for one in partners.select_related("organisation", "region"):
        found[one.region_id].partners.append(Thing(str(one), str(one.get_role_display()), one.get_absolute_url()))


def _notes(person: Person, found: dict[int, Hanging]) -> None:
    """Notes to the person, and the own questions that Kaikukeskus has not answered yet."""
    notes = Note.objects.standing().filter(Q(to=person) | Q(by=person, state=Note.State.ASKED), region__in=found)
    rows = list(notes.select_related("region", "by"))
    things = about.things_of(rows)
    for one in rows:
        thing = things.get((one.about_kind, one.about_id))
        note = _("waits for Kaikukeskus") if one.is_question else _("from %(name)s") % {"name": one.by}
        href = f"{thing.get_absolute_url()}#notes" if thing else ""
        found[one.region_id].addressed |= one.to_id == person.pk
        found[one.region_id].notes.append(Thing(one.text.splitlines()[0][:120], note, href))


def _points(person: Person, found: dict[int, Hanging]) -> None:
    for one in OwnTask.objects.agreed(person, found).select_related("meeting"):
        found[one.region_id or 0].points.append(Thing(one.text, str(one.meeting), one.get_absolute_url(), one.due))


def _meetings(person: Person, found: dict[int, Hanging]) -> None:
    """The national meeting is no page of the region's people: it is named only."""
    for region, one in by_region(person, found):
        words = [str(one.get_kind_display())]
        words += [] if one.starts_at else [str(Meeting.State.PROPOSED.label)]
        words += [_("arranged by %(name)s") % {"name": person}] if one.organiser_id == person.pk else []
        href = one.get_absolute_url() if one.region_id else ""
        on = localdate(one.starts_at) if one.starts_at else None
        found[region].meetings.append(Thing(one.title, ", ".join(words), href, on))


def _questions(person: Person, found: dict[int, Hanging]) -> None:
    checks = ContactCheck.objects.standing().filter(person=person).with_subject()
    for one in checks.filter(Q(partner__region__in=found) | Q(responsibility__region__in=found)):
        found[one.region.pk].questions.append(Thing(one.what, str(one.get_state_display())))


def _days(found: dict[int, Hanging]) -> None:
    """What the months to come bring: planned steps, signatures, the feedback meeting, the end of the trial."""
    today = localdate()
    until = today + MONTHS_TO_COME
    days: dict[int, list[Thing]] = defaultdict(list)
    for region, due in next_feedback_due(found).items():
        href = reverse("meeting_new", args=[found[region].region.slug])
        days[region].append(Thing(_("Feedback meeting"), href=href, on=due))
    for trial in Trial.objects.filter(region__in=found, decided=""):
        days[trial.region_id].append(Thing(_("The trial ends"), on=term_of(trial)[1]))
    for act in Act.objects.filter(region__in=found, what="kaikukeskus_invited", data__on__gte=today.isoformat()):
        on = date.fromisoformat(act.data["on"])
        days[act.region_id or 0].append(Thing(_("Feedback meeting to which Kaikukeskus was invited"), on=on))
    for one in ahead_in(found):
        on = localdate(one.starts_at)
        days[one.region_id or 0].append(Thing(one.title, str(one.get_kind_display()), one.get_absolute_url(), on))
    rows = TrialStep.objects.filter(trial__region__in=found, trial__decided="", closed_at=None, due__gte=today)
    for row in rows.select_related("trial__region"):
        step = MODELS[row.trial.model].step(row.key)
        if step:
            days[row.trial.region_id].append(Thing(_title(step), href=row.get_absolute_url(), on=row.due))
    for region, things in days.items():
        listed = {one.href for one in (*found[region].steps, *found[region].meetings)} - {""}
        soon = [one for one in things if one.on and one.on <= until and one.href not in listed]
        found[region].days = sorted(soon, key=lambda one: (one.on or today, one.what))


# -- what passes by name ----------------------------------------------------------------------------------------------


def signed_by(person: Person, regions: Iterable[int]) -> QuerySet[Party]:
    """The parties of unfinished commitments for which the person is to sign and has not."""
    unsigned = Party.objects.filter(commitment__region__in=list(regions), signed_on=None)
    unfinished = unsigned.filter(commitment__state__in=Commitment.UNFINISHED)
    return unfinished.filter(signatory_email__iexact=person.email).exclude(role=Party.Role.KAIKUKESKUS)


def agreed_of(person: Person) -> list[Handover]:
    """The person's handovers that wait for their day."""
    found = Handover.objects.filter(responsibility__person=person, state=Handover.State.AGREED)
    return list(found.select_related("responsibility__region", "responsibility__municipality", "successor", "by"))
