"""What must be there before a step closes? One function a rule: the facts of a step → the list of what is missing.

The same list is the checklist on the page, the refusal, and the test. Quotes are Kaikukeskus's own words:
S1 the adoption page (text of 3/2023), S3 the slides of 2024, S4 the workshop slides of North Savo.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adoption.models import Municipality, Organisation, Partner, Region, Responsibility
from adoption.next_step import has_said_no
from commitments.models import Commitment, Party

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workflows.models import FeedbackMeeting, Trial, TrialStep

S1 = gettext_lazy("Kaikukortti.fi, adoption in a region, 3/2023")
S3 = gettext_lazy("Kaikukeskus's slides 2024")
S4 = gettext_lazy("Workshop slides of North Savo 2023")


class Promise(NamedTuple):
    """That a municipality stands in a commitment in force: the region's own, or a partner's."""

    municipality: int
    partner: int | None
    role: str | None
    sector: str | None


class Facts:
    """What the rules of one step look at, each read once and only when a rule asks."""

    def __init__(self, trial: "Trial", row: "TrialStep", region: Region, open_before: "list[StrOrPromise]") -> None:
        self.trial, self.row, self.region = trial, row, region
        self.open_before = open_before  # titles of earlier steps that are open

    @cached_property
    def municipalities(self) -> list[Municipality]:
        return list(self.trial.municipalities.order_by("name_fi"))

    @cached_property
    def partners(self) -> list[Partner]:
        """The region's partners in the trial's municipalities."""
        found = Partner.objects.filter(region=self.region, municipalities__in=self.trial.municipalities.all())
        return list(found.select_related("organisation", "contact").distinct())

    @cached_property
    def promises(self) -> list["Promise"]:
        """What is promised for the trial's municipalities by commitments in force, a row a municipality."""
        found = Party.objects.filter(
            commitment__region=self.region,
            commitment__state=Commitment.State.IN_FORCE,
            municipality__trial_memberships__trial=self.trial,
        )
        partner = "commitment__partner"
        return list(
            map(
                Promise._make,
                found.values_list("municipality", partner, f"{partner}__role", f"{partner}__organisation__sector"),
            )
        )

    @cached_property
    def committed(self) -> list[Partner]:
        """The partners with a commitment in force here; 6 and 8 ask only about these."""
        keys = {promise.partner for promise in self.promises}
        return [p for p in self.partners if p.pk in keys]

    @cached_property
    def unsigned(self) -> list[Partner]:
        """Those still on the way, who go on by the late partner's path; one that has said no is not coming."""
        gone = (Partner.State.COMMITTED, Partner.State.ACTIVE, Partner.State.DECLINED, Partner.State.ENDED)
        return [p for p in self.partners if p.state not in gone and not has_said_no(p)]

    @cached_property
    def bound_municipalities(self) -> set[int]:
        """Keys of the trial's municipalities that stand in a region commitment in force."""
        return {promise.municipality for promise in self.promises if promise.partner is None}

    @cached_property
    def sides(self) -> set[str]:
        """The sides that have a responsible person whose responsibility covers a municipality of the trial."""
        held = Responsibility.objects.current().holders().filter(region=self.region)
        return set(held.covering([m.pk for m in self.municipalities]).values_list("side", flat=True))

    @cached_property
    def meetings(self) -> list["FeedbackMeeting"]:
        """The feedback meetings of this round."""
        return list(self.trial.meetings.filter(round=self.row.round))

    def said(self, key: str) -> object:
        """A field of the step's own evidence."""
        return self.row.evidence.get(key)


Check = Callable[[Facts], list[str]]


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule of a gate: its key, its words when it holds, Kaikukeskus's own words behind it, and the function."""

    key: str
    title: "StrOrPromise"
    check: Check
    quote: str = ""
    source: "StrOrPromise" = ""
    firm: bool = False  # no override, since the engine itself stands on it

    def __call__(self, facts: Facts) -> list[str]:
        return self.check(facts)


def rule(
    title: "StrOrPromise", quote: str = "", source: "StrOrPromise" = "", firm: bool = False
) -> Callable[[Check], Rule]:
    """Makes a rule of the function that returns what is missing; its key is the function's name."""
    return lambda check: Rule(check.__name__, title, check, quote, source, firm)


def _lacking(facts: Facts, *fields: tuple[str, str]) -> list[str]:
    return [text for key, text in fields if facts.said(key) in (None, "", [])]


@rule(
    gettext_lazy("The introductory event has been held"),
    "Kaikukortti-kokeilu valmistellaan aina yhdessä Kaikukeskuksen kanssa.",
    S1,
)
def introduction_not_held(facts: Facts) -> list[str]:
    """R1: a region is opened together with Kaikukeskus."""
    return _lacking(
        facts,
        ("date", _("The day of the introductory event")),
        ("place", _("The place of the introductory event")),
        ("attendees", _("The number of people who took part")),
    )


@rule(
    gettext_lazy("Both sides have a named responsible person"),
    "On tärkeää, että sekä kulttuuri-puoli että sote-puoli (ja/tai hyte-puoli) osoittavat henkilön tai henkilöitä",
    S1,
)
def side_not_named(facts: Facts) -> list[str]:
    """R2."""
    texts = {
        "culture": _("A responsible person of the culture side"),
        "care": _("A responsible person of the care side"),
    }
    return [text for side, text in texts.items() if side not in facts.sides]


@rule(
    gettext_lazy("Kaikukeskus has trained the pair"),
    "Perehdytys vastuuhenkilöille, kortin jakajille, Kaikukorttikohteille ennen kokeilun aloittamista",
    S4,
)
def training_not_recorded(facts: Facts) -> list[str]:
    return _lacking(
        facts,
        ("date", _("The day of the training, which Kaikukeskus enters")),
        ("trainer", _("The trainer, whom Kaikukeskus enters")),
    )


@rule(
    gettext_lazy("The workshop has been held"),
    "Kun kokeilua vasta valmistellaan, ensimmäisiä neuvotteluja tukee yhteinen työpaja aiheen ympärillä.",
    S3,
)
def workshop_not_held(facts: Facts) -> list[str]:
    return _lacking(
        facts,
        ("date", _("The day of the workshop")),
        ("place", _("The place of the workshop")),
        ("attendees", _("The number of people who took part")),
    )


@rule(
    gettext_lazy("There are candidates, and each has said yes, no or maybe"),
    "Aloitustyöpaja kiinnostuneille sote- ja kulttuurialan toimijoille",
    S1,
)
def candidates_not_asked(facts: Facts) -> list[str]:
    if not facts.partners:
        return [_("At least one candidate for distributor or venue")]
    return [
        _("The answer of %(name)s") % {"name": p} for p in facts.partners if not p.interest and p.state == "candidate"
    ]


@rule(gettext_lazy("Each body has decided to take part"), "PÄÄTÖS KOKEILUUN OSALLISTUMISESTA", S4)
def decision_to_join_missing(facts: Facts) -> list[str]:
    """Each municipality of the trial, and the county if there is one."""
    decided = {d["body"] for d in facts.row.evidence.get("decisions", []) if d.get("date") and d.get("organ")}
    bodies = [(f"m{m.pk}", m.name) for m in facts.municipalities]
    if facts.region.county:
        bodies.append(("county", facts.region.county.name))
    return [_("The decision of %(name)s to take part") % {"name": name} for key, name in bodies if key not in decided]


@rule(
    gettext_lazy("The region's commitment with Kaikukeskus is in force"),
    "Kaikukortin valtakunnalliseen toimintamalliin sitoutuminen on ehto verkostossa mukana olemiselle.",
    S1,
)
def region_commitment_not_in_force(facts: Facts) -> list[str]:
    lacking = [m.name for m in facts.municipalities if m.pk not in facts.bound_municipalities]
    if not lacking:
        return []
    return [_("A region commitment in force with %(names)s") % {"names": ", ".join(lacking)}]


@rule(
    gettext_lazy("At least one venue is committed"),
    "Paikalliset vastuutahot neuvottelevat kohteet mukaan",
    S3,
)
def no_committed_venue(facts: Facts) -> list[str]:
    if any(promise.role == Partner.Role.VENUE for promise in facts.promises):
        return []
    return [_("A venue whose commitment is in force")]


@rule(
    gettext_lazy("At least one third-sector distributor is committed"),
    "Edellytämme, että mukana on 3. sektorin toimija/toimijoita",
    S3,
)
def no_committed_third_sector_distributor(facts: Facts) -> list[str]:
    """R4; S1: "ainakin Kaikukortin jakajina"."""
    third = (Partner.Role.DISTRIBUTOR, Organisation.Sector.THIRD)
    if any((promise.role, promise.sector) == third for promise in facts.promises):
        return []
    return [_("A third-sector distributor whose commitment is in force")]


@rule(
    gettext_lazy("The meeting about the commitments has been held"),
    "Kokous ja sitoumukset Kaikukortti-kokeilun toimijoille",
    S1,
)
def commitments_meeting_not_held(facts: Facts) -> list[str]:
    """Demanded in 2023, offered in 2024."""
    return _lacking(facts, ("meeting", _("The day of the meeting about the commitments")))


@rule(gettext_lazy("Each committed partner has its Kaikukanta account"), "Tekevät Kaikukantaan tunnuksia", S3)
def accounts_missing(facts: Facts) -> list[str]:
    """R15; the card cannot be used before it is registered in Kaikukanta."""
    return [_("The account of %(name)s") % {"name": p} for p in facts.committed if p.account_on is None]


@rule(gettext_lazy("Somebody sees to the statistics"), "Paikallisista tilastoista huolehtiminen", S1)
def statistics_person_missing(facts: Facts) -> list[str]:
    return _lacking(facts, ("statistics_person", _("The person who sees to the local statistics")))


@rule(
    gettext_lazy("Cards and local materials are printed"),
    "Tuottavat, painattavat ja jakavat alueen Kaikukortin kohderyhmälle suunnatut Kaikukortti-viestintämateriaalit",
    S3,
)
def materials_not_printed(facts: Facts) -> list[str]:
    return _lacking(
        facts,
        ("printed_on", _("The day of the print run")),
        ("languages", _("The languages of the materials")),
        ("cards", _("The number of cards")),
        ("community_cards", _("The number of community cards")),
        ("brochures", _("The number of brochures")),
        ("posters", _("The number of posters")),
        ("cost", _("The cost of the print run")),
    )


@rule(
    gettext_lazy("The local page and the feedback address are there"),
    "Vastaavat alueen Kaikukortti-toimintaan liittyvästä paikallisesta Kaikukortti-verkkosivusta",
    S3,
)
def local_page_missing(facts: Facts) -> list[str]:
    """R14."""
    return _lacking(
        facts,
        ("local_page", _("The address of the local page")),
        ("feedback_email", _("The local feedback address")),
    )


@rule(
    gettext_lazy("Each committed partner has inducted its staff"),
    "Ohjeistavat ja perehdyttävät alueen Kaikukortti-verkoston sote/hyte- ja kulttuuripuolen toimijat",
    S3,
)
def inductions_missing(facts: Facts) -> list[str]:
    return [_("The induction of %(name)s") % {"name": p} for p in facts.committed if p.induction_on is None]


@rule(
    gettext_lazy("Each committed partner has a named contact person"),
    "jokaisella Kaikukortti-kohteella ja Kaikukortin jakaja-organisaatiolla on nimetty Kaikukortti-yhteyshenkilö",
    S3,
)
def contacts_missing(facts: Facts) -> list[str]:
    """R7."""
    return [_("The contact person of %(name)s") % {"name": p} for p in facts.committed if p.contact_id is None]


@rule(
    gettext_lazy("The start of distribution and the trial's dates are recorded"),
    "Kaikukortin jakamisen ja rekisteröinnin aloittaminen",
    S3,
    firm=True,
)
def start_not_recorded(facts: Facts) -> list[str]:
    """Days as they were, so the start is not to come."""
    lacking = _lacking(
        facts,
        ("start", _("The day on which distribution and registration began")),
        ("end", _("The day on which the trial ends")),
    )
    if lacking:
        return lacking
    start, end = str(facts.said("start")), str(facts.said("end"))
    trained = facts.trial.rows["pair_training"].evidence.get("date") or ""
    wrong = {
        _("An end of the trial after its start"): end <= start,
        _("A start that is not to come: record it when it has happened"): start > localdate().isoformat(),
        _("A start that is not before the training of the pair"): start < trained,
    }
    return [text for text, holds in wrong.items() if holds]


@rule(
    gettext_lazy("The commitments of step 5 are in force still"),
    "Kaikukortin valtakunnalliseen toimintamalliin sitoutuminen on ehto verkostossa mukana olemiselle.",
    S1,
)
def commitments_no_longer_in_force(facts: Facts) -> list[str]:
    """5 before 9: what step 5 closed on is asked anew, but for what Kaikukeskus overrode or skipped there."""
    five = facts.trial.rows["commitments"]
    if five.skipped or five.closed_at is None:
        return []
    asked = (region_commitment_not_in_force, no_committed_venue, no_committed_third_sector_distributor)
    return [text for one in asked if one.key not in five.overrides for text in one(facts)]


def _open_before(facts: Facts) -> list[str]:
    if not facts.open_before:
        return []
    count = len(facts.open_before)
    text = ngettext("Step still open: %(titles)s", "Steps still open: %(titles)s", count)
    return [text % {"titles": ", ".join(str(title) for title in facts.open_before)}]


@rule(
    gettext_lazy("No earlier step is open"),
    "Perehdytys vastuuhenkilöille, kortin jakajille, Kaikukorttikohteille ennen kokeilun aloittamista",
    S4,
)
def earlier_step_open(facts: Facts) -> list[str]:
    """Reopened steps and those passed over early close before 9, 10 and the decision."""
    return _open_before(facts)


# Before 10 the distribution has begun long ago: the words about what precedes it belong to 9 alone.
earlier_step_open_at_feedback = replace(earlier_step_open, quote="", source="")


@rule(
    gettext_lazy("No earlier step is open"),
    "Jos ja kun toiminta jatkuu kokeilun jälkeen, sitoumuksia kokeilussa mukana olleiden paikallisten toimijoiden "
    "kanssa ei enää tarvita, mutta uusien kumppaneiden kanssa sitoumukset tehdään.",
    S1,
    firm=True,
)
def earlier_step_open_at_the_end(facts: Facts) -> list[str]:
    """The same before the decision, where Kaikukeskus skips an open step instead of overriding the rule."""
    return _open_before(facts)


@rule(
    gettext_lazy("A feedback meeting of this round has been held, with minutes"),
    "Järjestävät palautekokouksen (vähintään kerran vuodessa)",
    S3,
)
def feedback_meeting_not_held(facts: Facts) -> list[str]:
    """R8; each round of step 10 needs its own meeting."""
    return [] if facts.meetings else [_("A feedback meeting, its attendance and its minutes")]


@rule(gettext_lazy("A survey has been held"), "Paikalliset palautekokoukset ja -kyselyt", S1)
def survey_not_held(facts: Facts) -> list[str]:
    """Demanded in 2023, offered in 2024."""
    return _lacking(facts, ("survey", _("The day of the survey")))
