"""What does the page of a step show to this reader: what is there, what may be done, and with which forms?"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, prefetch_related_objects
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adoption.access import KAIKUKESKUS
from adoption.fields import Fault, Form
from adoption.history import Acting
from adoption.icons import COMMITMENT_ICONS, PARTNER_ICONS
from adoption.models import Act, Partner, Person, Region, Responsibility
from adoption.next_step import has_said_no
from adoption.templatetags.kaiku import in_words
from commitments.access import sides_in
from commitments.models import Commitment
from commitments.turn import WITH_WHAT_THEY_ASK, lateness, next_of
from commitments.turn import Next as Turn
from workflows.arranging.evidence import KINDS, offered_for
from workflows.board import Next, Walked, next_here
from workflows.forms import FORMS, DecisionForm, Entry, OverrideForm, PartnersForm, ReasonForm, StepForm
from workflows.meetings import Invited, invitation
from workflows.models import FeedbackMeeting, Trial, TrialStep
from workflows.moves import DISTRIBUTION, Moves
from workflows.path import names
from workflows.plan import term_of
from workflows.replanning import moves_when_started, term_recorded
from workflows.rules import Rule, started_too_early
from workflows.services import withdrawable
from workflows.standing import Check, Given, Standing, listed, written
from workflows.trial import WITHDRAWN

RECENT = 50  # acts on a step among which the one that withdrew a confirmation is looked for
WITH_PARTNERS = ("workshop", "commitments", "kaikukanta_users", "induction")
CONFIRM = {
    "culture": gettext_lazy("Confirm for the culture side"),
    "care": gettext_lazy("Confirm for the care side"),
    "kaikukeskus": gettext_lazy("Confirm for Kaikukeskus"),
}
NOT_DONE = {
    "confirm": gettext_lazy("The step was not confirmed"),
    "save": gettext_lazy("The entries were not saved"),
    "withdraw": gettext_lazy("The confirmation was not taken back"),
    "reopen": gettext_lazy("The step was not reopened"),
    "override": gettext_lazy("The rule was not overridden"),
    "skip": gettext_lazy("The step was not skipped"),
    "early": gettext_lazy("The next step was not opened"),
    "draft": gettext_lazy("The commitment was not drafted"),
}


class Confirming(NamedTuple):
    """One side in the confirmation section: its confirmation, or the people who can give it."""

    side: str
    label: str
    given: Given | None
    is_mine: bool
    people: list[Responsibility]


@dataclass
class StepPage:
    """A step of a trial for one reader: what is there, what the reader may do, and the forms."""

    person: Person
    region: Region
    walked: Walked
    key: str
    data: QueryDict | None = None  # what was sent, and by which button
    act: str = ""
    reasons: list[str] = field(default_factory=list)
    status: int = 200
    conflict: bool = False  # somebody has changed the entries since the person opened the page
    saved: int = 0  # partners whose rows were stored

    @property
    def trial(self) -> Trial:
        return self.walked.trial

    @property
    def standing(self) -> Standing:
        return self.walked.standings[self.key]

    @property
    def who(self) -> Acting | None:
        return self.walked.who

    @property
    def side(self) -> str:
        """The side for which the reader acts; empty for who only reads."""
        return self.who.side if self.who else ""

    # -- what the reader may do ---------------------------------------------------------------------------------

    @property
    def may_confirm(self) -> bool:
        standing = self.standing
        return standing.is_open and self.side in standing.step.sides and self.side not in standing.row.confirmed

    @property
    def may_write(self) -> bool:
        """Whether the evidence form is the reader's: who alone enters it, or the pair and Kaikukeskus; a decision is
        recorded by the side that confirms it."""
        step = self.standing.step
        if step.outcomes:
            return self.may_confirm
        return self.standing.is_open and bool(self.side) and step.writer in ("", self.side)

    @property
    def may_withdraw(self) -> bool:
        """The own half, or one whose giver has left."""
        who = Acting(self.person, self.side)
        return self.standing.is_open and bool(self.side) and bool(withdrawable(self.trial, self.standing.row, who))

    @property
    def may_reopen(self) -> bool:
        mine = self.side == KAIKUKESKUS or self.side in self.standing.step.sides
        return mine and bool(self.side) and self.standing.row.closed_at is not None and bool(self.trial.open)

    @property
    def may_skip(self) -> bool:
        free = self.standing.row.closed_at is None and self.standing.step.may_be_skipped
        return self.side == KAIKUKESKUS and free and bool(self.trial.open)

    @property
    def may_open_early(self) -> bool:
        number, task = self.standing.step.number, self.standing.task
        early = isinstance(number, int) and number <= 5 and task is not None and not (task.data or {}).get("again")
        return self.side == KAIKUKESKUS and early

    @property
    def to_override(self) -> list[Rule]:
        """The rules that keep the step from closing now and that Kaikukeskus can override."""
        if self.side != KAIKUKESKUS or not self.standing.is_open:
            return []
        return [check.rule for check in self.standing.checks if check.is_missing and not check.rule.firm]

    # -- forms --------------------------------------------------------------------------------------------------

    @cached_property
    def form(self) -> StepForm:
        """The step's own form, with what was typed when it was sent."""
        data = self.data if self.act in ("save", "confirm") and self.may_write else None
        form = FORMS[self.key](self.standing, data, self.own_partners, self.bodies)
        if self.may_write:
            form.offer(offered_for(self.trial, self.key))
        return form

    @property
    def has_form(self) -> bool:
        return self.may_write and bool(self.form.plain or self.own_partners or self.bodies)

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """Key and name of each body that decides to take part."""
        if self.key != "workshop":
            return []
        found = [(f"m{m.pk}", m.name) for m in self.walked.shared.municipalities]
        return found + ([("county", self.region.county.name)] if self.region.county else [])

    @cached_property
    def partners(self) -> list[Partner]:
        """The partners whom the step concerns: the candidates of 4 and 5, the committed ones of 6 and 8."""
        if self.key not in WITH_PARTNERS:
            return []
        gone = (Partner.State.DECLINED, Partner.State.ENDED)
        shared = self.walked.shared
        found = shared.committed if self.key in ("kaikukanta_users", "induction") else shared.partners
        alive = [partner for partner in found if partner.state not in gone]
        prefetch_related_objects(alive, "municipalities")
        for partner in alive:
            partner.region = self.region
        return alive

    @cached_property
    def held(self) -> list[Responsibility]:
        """Today's holders and substitutes of both sides who cover the trial."""
        members = [m.pk for m in self.walked.shared.municipalities]
        found = Responsibility.objects.current().filter(region=self.region, side__in=("culture", "care"))
        return list(found.covering(members).select_related("person", "municipality").order_by("substitute", "pk"))

    @property
    def own_partners(self) -> list[Partner]:
        """Those partners whose rows the reader may change: a holder of one municipality, its own."""
        if not self.may_write or not issubclass(FORMS[self.key], PartnersForm):
            return []
        return [partner for partner in self.partners if self.covers(partner)]

    def covers(self, partner: Partner) -> bool:
        """Whether the reader may act for the partner, as the partner's services ask it."""
        if self.side == KAIKUKESKUS:
            return True
        served = {m.pk for m in partner.municipalities.all()} | {None}
        return any(one.person_id == self.person.pk and one.municipality_id in served for one in self.held)

    @cached_property
    def means(self) -> list["Means"]:
        """The other acts that the reader may do here, each with its form."""
        offered = {
            "reopen": self.may_reopen, "override": bool(self.to_override), "early": self.may_open_early,
            "skip": self.may_skip,
        }  # fmt: skip
        return [self._means(act) for act, may in offered.items() if may]

    def _means(self, act: str) -> "Means":
        data = self.data if self.act == act else None
        if act == "override":
            form: Form = OverrideForm(self.to_override, data, prefix=act)
        else:
            form = ReasonForm(data, prefix=act)
        return Means(act, form, is_open=self.act == act)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def next(self) -> Next:
        """The sentence of the page's head."""
        standing = self.standing
        if standing.is_open:
            return next_here(standing)
        if self.trial.decided == WITHDRAWN:
            return Next(_("The trial was withdrawn: nothing is done at this step any more."))
        if standing.state == "ahead" and not self.trial.open:
            return Next(_("The trial has been decided: this step was not walked."))
        if standing.state == "ahead":
            return Next(_("This step is not open yet."), _("Below is what will be needed."))
        if not self.trial.open:
            return Next(_("This step is closed. The trial has been decided."))
        if standing.state == "skip":
            return Next(_("This step is skipped."), _("What is recorded changes only when the step is reopened."))
        return Next(_("This step is closed."), _("What is recorded changes only when the step is reopened."))

    @property
    def entries(self) -> list[Entry]:
        """What is recorded, to be read."""
        return [] if isinstance(self.form, DecisionForm) else self.form.entries()

    @property
    def decisions(self) -> list[tuple[str, list[Entry]]]:
        """Each side's record of the decision."""
        if not isinstance(self.form, DecisionForm):
            return []
        found = [
            (side.label, self.form.entries_of(self.standing.row.evidence.get(side.side, {})))
            for side in self.standing.sides
        ]
        return [(label, entries) for label, entries in found if entries]

    @property
    def confirming(self) -> list[Confirming]:
        return [
            Confirming(
                one.side, one.label, one.given, self.side == one.side and one.is_turn,
                [held for held in self.held if held.side == one.side],
            )
            for one in self.standing.sides
        ]  # fmt: skip

    @property
    def pair(self) -> list[Confirming]:
        """The two sides and who is named to each, for step 2."""
        labels = {"culture": _("Culture side"), "care": _("Care side")}
        return [
            Confirming(side, label, None, False, [held for held in self.held if held.side == side])
            for side, label in labels.items()
        ]

    @property
    def quoted(self) -> dict[str, str]:
        """Kaikukeskus's own words behind the rules of the step, each once, with their source."""
        return {rule.quote: str(rule.source) for rule in self.standing.step.missing if rule.quote}

    @property
    def ours(self) -> list[str]:
        """Why the rules are there that stand on no words of Kaikukeskus."""
        return [str(rule.ours) for rule in self.standing.step.missing if rule.ours]

    @property
    def missing_in_words(self) -> str:
        """How many things are missing: of the checklist's own lines."""
        count = len(self.standing.missing)
        if not count and self.standing.step.outcomes:
            return _("Only the records of the decision itself")
        if not count:
            return _("Nothing is missing")
        text = ngettext("One thing is missing", "%(count)s things are missing", count)
        return capfirst(text % {"count": in_words(count)})

    @property
    def concerns_partners(self) -> bool:
        return self.key in WITH_PARTNERS

    @property
    def confirm_button(self) -> str:
        return str(CONFIRM[self.side])

    @property
    def opens(self) -> str:
        """What opens when the step closes, in words."""
        blocks = self.walked.blocks
        at = next(i for i, block in enumerate(blocks) if self.standing in block)
        if at + 1 == len(blocks) or self.standing.state == "again":
            return ""
        ahead = [s for s in blocks[at + 1] if s.state == "ahead"]
        if not ahead:  # opened early
            return ""
        beside = [
            s
            for block in blocks[: at + 1]
            for s in block
            if s is not self.standing and s.row.closed_at is None and (s.is_open or block is blocks[at])
        ]
        if beside:
            text = ngettext(
                "When this step and step %(beside)s have been closed, the way goes on to %(steps)s.",
                "When this step and steps %(beside)s have been closed, the way goes on to %(steps)s.",
                len(beside),
            )
            return text % {"beside": names(beside), "steps": names(ahead)}
        is_last = self.standing.step.awaits(self.standing.row.confirmed) == {self.side}
        return _opened_by_me(ahead) if is_last else _opened_by_all(ahead)

    @property
    def neighbours(self) -> list[Standing]:
        """The steps before and after this one."""
        steps = list(self.walked.standings.values())
        at = steps.index(self.standing)
        return steps[max(at - 1, 0) : at] + steps[at + 1 : at + 2]

    @property
    def is_retried(self) -> bool:
        """Whether the page shows again what was typed into the evidence form, other than a decision."""
        return self.form.is_bound and not self.standing.step.outcomes

    def take_over_version(self) -> None:
        """The person is told here of the others' entries: the next sending is against these."""
        assert self.data is not None
        self.data, self.conflict = self.data.copy(), True
        self.data["version"] = str(self.standing.row.version)

    @property
    def heading(self) -> str:
        """What the refused act was."""
        return str(NOT_DONE.get(self.act, _("This was not saved")))

    @property
    def faults(self) -> list[Fault]:
        """The lines of the summary: the refusal's reasons, each with its place in the checklist, and the forms' own."""
        return [self._fault(reason) for reason in self.reasons] + [
            fault for form in [self.form, *(one.form for one in self.means)] for fault in form.summary()
        ]

    def _fault(self, reason: str) -> Fault:
        checks = {str(text): (check, text) for check in self.standing.checks for text in check.lacking}
        if reason not in checks:
            return Fault("", "", str(reason))
        check, text = checks[reason]
        return Fault(self.place_of(text) or f"#{check.anchor}", "", check.said(reason))

    @property
    def checklist(self) -> list["Checked"]:
        """The rules of the gate, each with what is missing and where that is mended."""
        return [
            Checked(check, [(text, self.place_of(text)) for text in check.lacking], self._is_unasked(check))
            for check in self.standing.checks
        ]

    def _is_unasked(self, check: Check) -> bool:
        """Whether the rule has nothing to look at yet: it compares the start with other days, and there is none."""
        return check.rule is started_too_early and not self.standing.row.evidence.get("start")

    def place_of(self, text: str) -> str:
        """The field or page where what is missing is mended, if it is there for this reader."""
        href = getattr(text, "href", "")
        if href.startswith("#id_"):
            return href if self.has_form and href.removeprefix("#id_") in self.form.fields else ""
        if href.startswith("#body-"):
            return href if self.has_form else ""
        if href.startswith("#"):
            return href
        kaikukeskus_only = reverse("trial_correct", args=[self.region.slug, self.trial.pk])
        return href if self.side and (href != kaikukeskus_only or self.side == KAIKUKESKUS) else ""

    @property
    def other_terms(self) -> list[str]:
        """Which days the commitments in force say, where the trial's own are others; at 9 and at the decision."""
        if self.key not in ("start_distribution", "decision") or self.trial.had_ended:
            return []
        said = self.standing.row.evidence if self.key == "start_distribution" else {}
        days = (said.get("start"), said.get("end")) if said else tuple(d.isoformat() for d in term_of(self.trial))
        found = Commitment.objects.in_force().filter(region=self.region, term_end__isnull=False)
        terms = found.filter(parties__municipality__in=[m.pk for m in self.walked.shared.municipalities])
        others = sorted(set(terms.values_list("term_start", "term_end")))
        return [
            f"{written(start)}–{written(end)}"
            for start, end in others
            if start and end and (start.isoformat(), end.isoformat()) != days
        ]

    @cached_property
    def moves(self) -> Moves | None:
        """What moves once the days that stand in step 9 are confirmed."""
        if self.key != DISTRIBUTION or not self.standing.is_open:
            return None
        term = term_recorded(self.trial)
        return moves_when_started(self.trial, *term) if term else None

    @cached_property
    def commitments(self) -> "Promises | None":
        return promises(self) if self.key == "commitments" else None

    @property
    def partners_read(self) -> list["PartnerShown"]:
        """The partners whose rows the reader does not change here, as they are."""
        own = {partner.pk for partner in self.own_partners}
        return [PartnerShown(p, PARTNER_ICONS[Partner.State(p.state)]) for p in self.partners if p.pk not in own]

    @cached_property
    def meetings(self) -> list[FeedbackMeeting]:
        """The meetings of the trial, for step 10."""
        return list(self.trial.meetings.all()) if self.key == "feedback" else []

    @property
    def earlier_rounds(self) -> list["Round"]:
        """What was recorded in the rounds before an extension, the newest first."""
        if self.standing.row.round == 1:
            return []
        rows = list(self.trial.steps.filter(key=self.key, round__lt=self.standing.row.round).order_by("-round"))
        keys = {given["by"] for row in rows for given in row.confirmed.values()}
        people = dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))
        return [self._round(row, people) for row in rows]

    def _round(self, row: TrialStep, people: dict[int, str]) -> "Round":
        given = [people[one["by"]] for one in row.confirmed.values() if one["by"] in people]
        if not isinstance(self.form, DecisionForm):
            return Round(row, listed(given), [("", self.form.entries(row.evidence))])
        records = [(side.label, self.form.entries_of(row.evidence.get(side.side, {}))) for side in self.standing.sides]
        return Round(row, listed(given), records)

    @property
    def is_given_by_reader(self) -> bool:
        """Whether the reader has given a half confirmation of the step."""
        return self.standing.row.given_by(self.side) == self.person.pk

    @cached_property
    def asked_again(self) -> Act | None:
        """The act that withdrew the reader's confirmation, as long as it is not given again."""
        if not self.may_confirm or self.standing.step.outcomes:
            return None
        mine = Q(by=self.person, what__in=("step_confirmed", "confirmation_withdrawn"))
        others = Q(what="evidence_saved") & ~Q(by=self.person)
        about = Q(about_kind="trialstep", about_id=str(self.standing.row.pk)) & (mine | others)
        if self.key == "feedback":
            meetings = [str(meeting.pk) for meeting in self.meetings]
            held = ("meeting_recorded", "meeting_corrected")
            about |= Q(about_kind="feedbackmeeting", about_id__in=meetings, what__in=held)
        acts = Act.objects.filter(about, region=self.region).select_related("by").order_by("-number")[:RECENT]
        found = next((a for a in acts if a.by_id == self.person.pk or self._fell_by(a)), None)
        return found if found and self._fell_by(found) else None

    def _fell_by(self, act: Act) -> bool:
        return self.person.pk in act.data.get("withdrew", [])

    @property
    def may_meet(self) -> bool:
        return bool(self.side) and self.trial.started_on is not None

    @property
    def may_invite(self) -> bool:
        return self.may_meet and self.side != KAIKUKESKUS

    def may_correct(self, meeting: FeedbackMeeting) -> bool:
        return bool(self.side) and self.standing.is_open and meeting.round == self.standing.row.round

    @property
    def meetings_shown(self) -> list[tuple[FeedbackMeeting, bool]]:
        """The meetings of the trial, each with whether the reader may correct it."""
        return [(meeting, self.may_correct(meeting)) for meeting in self.meetings]

    @property
    def meeting_kind(self) -> str:
        """The kind of meeting that the step has; empty for a step without one."""
        return KINDS[self.key].value if self.key in KINDS else ""

    @property
    def invitation(self) -> Invited | None:
        """The invitation of Kaikukeskus to a meeting that has not been recorded yet."""
        return invitation(self.region) if self.key == "feedback" else None

    @property
    def url(self) -> str:
        return self.standing.href


def _opened_by_me(ahead: list[Standing]) -> str:
    text = ngettext("When you confirm, step %(steps)s opens.", "When you confirm, steps %(steps)s open.", len(ahead))
    if ahead[0].step.outcomes:
        text = _("When you confirm, the decision on going on opens.")
    return text % {"steps": names(ahead)}


def _opened_by_all(ahead: list[Standing]) -> str:
    text = ngettext(
        "When every side has confirmed, step %(steps)s opens.",
        "When every side has confirmed, steps %(steps)s open.",
        len(ahead),
    )
    if ahead[0].step.outcomes:
        text = _("When every side has confirmed, the decision on going on opens.")
    return text % {"steps": names(ahead)}


class Checked(NamedTuple):
    """A rule of the gate, and what is missing by it: each thing in words, and its place if it has one."""

    check: Check
    lines: list[tuple[str, str]]
    is_unasked: bool


@dataclass
class Means:
    """One of the other means: its act, its form, and whether it is unfolded."""

    act: str
    form: Form
    is_open: bool


class Round(NamedTuple):
    """An earlier round of a step: its row, who confirmed it, and each side's record, or the one of both."""

    row: TrialStep
    names: str
    records: list[tuple[str, list[Entry]]]


class PartnerShown(NamedTuple):
    """A partner, and the icon of its state."""

    partner: Partner
    icon: str


class Promise(NamedTuple):
    """A commitment, the icon of its state, who has not signed, and what comes next with an unfinished one."""

    commitment: Commitment
    icon: str
    unsigned: str
    turn: Turn | None
    waits_for: str
    late: str


class PartnerPromise(NamedTuple):
    """A partner of step 5 with its newest commitment."""

    partner: Partner
    icon: str
    promise: Promise | None
    may_draft: bool


class Promises(NamedTuple):
    """The commitments of step 5."""

    region: list[Promise]
    may_draft_region: bool
    partners: list[PartnerPromise]  # without the candidates that have said no, who are not counted among the coming
    unsigned: list[Partner]
    said_no: int


# -- the commitments of step 5 ----------------------------------------------------------------------------------------


def promises(page: StepPage) -> Promises:
    """The region's commitments and each partner's, in a fixed number of queries."""
    alive = Commitment.objects.filter(region=page.region).exclude(state__in=("declined", "superseded", "ended"))
    found = list(alive.select_related("partner__organisation").order_by("pk"))
    for one in found:
        one.region = page.region
    turns = _turns(page, [one for one in found if one.state in Commitment.UNFINISHED])
    shown = {one.pk: _promise(one, turns.get(one.pk)) for one in found}
    of_region = [shown[one.pk] for one in found if one.kind == Commitment.Kind.REGION]
    newest = {one.partner_id: shown[one.pk] for one in found}
    partners = [
        PartnerPromise(
            p, PARTNER_ICONS[Partner.State(p.state)], newest.get(p.pk),
            bool(page.side) and p.may_commit and p.pk not in newest and page.covers(p),
        )
        for p in page.partners
        if not has_said_no(p) or p.pk in newest
    ]  # fmt: skip
    lacks = any(check.lacking for check in page.standing.checks if check.rule.key == "region_commitment_not_in_force")
    unfinished = any(one.commitment.state in Commitment.UNFINISHED for one in of_region)
    may_draft = bool(page.side) and lacks and not unfinished
    said_no = len(page.partners) - len(partners)
    return Promises(of_region, may_draft, partners, page.walked.shared.unsigned, said_no)


def _turns(page: StepPage, unfinished: list[Commitment]) -> dict[int, Turn]:
    """What comes next with each, for the reader."""
    if not unfinished:
        return {}
    prefetch_related_objects(unfinished, *WITH_WHAT_THEY_ASK)
    sides = sides_in(page.person, page.region)
    return {one.pk: next_of(one, page.person, sides(one)) for one in unfinished}


def _promise(commitment: Commitment, turn: Turn | None) -> Promise:
    icon, unsigned = COMMITMENT_ICONS[commitment.state], _unsigned(commitment)
    if turn is None:
        return Promise(commitment, icon, unsigned, None, "", "")
    return Promise(commitment, icon, unsigned, turn, turn.waits_for(commitment), lateness(commitment))


def _unsigned(commitment: Commitment) -> str:
    if commitment.state not in Commitment.SIGNING:
        return ""
    return ", ".join(party.name for party in commitment.parties.all() if party.signed_on is None)
