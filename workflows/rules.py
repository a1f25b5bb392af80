"""What must be there before a step closes? One function a rule: the facts of a step → the list of what is missing.

The same list is the checklist on the page, the refusal, and the test. Quotes are Kaikukeskus's own words:
S1 the adoption page (text of 3/2023), S3 the slides of 2024, S4 the workshop slides of North Savo.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adoption.models import Municipality, Partner, Region, Responsibility
from commitments.models import Commitment, Party

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workflows.models import FeedbackMeeting, Trial, TrialStep

S1 = gettext_lazy("Kaikukortti.fi, adoption in a region, 3/2023")
S3 = gettext_lazy("Kaikukeskus's slides 2024")
S4 = gettext_lazy("Workshop slides of North Savo 2023")


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
    def committed(self) -> list[Partner]:
        """The partners with a commitment in force; 6 and 8 ask only about these."""
        return [p for p in self.partners if p.state in (Partner.State.COMMITTED, Partner.State.ACTIVE)]

    @cached_property
    def unsigned(self) -> list[Partner]:
        """Those still on the way, who go on by the late partner's path."""
        gone = (Partner.State.COMMITTED, Partner.State.ACTIVE, Partner.State.DECLINED, Partner.State.ENDED)
        return [p for p in self.partners if p.state not in gone]

    @cached_property
    def bound_municipalities(self) -> set[int]:
        """Keys of the trial's municipalities that stand in a region commitment in force."""
        found = Party.objects.filter(
            commitment__region=self.region,
            commitment__kind=Commitment.Kind.REGION,
            commitment__state=Commitment.State.IN_FORCE,
        )
        return set(found.exclude(municipality=None).values_list("municipality", flat=True))

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


@rule(gettext_lazy("There are candidates, and each has said yes, no or maybe"))
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
    if any(not p.is_distributor for p in facts.committed):
        return []
    return [_("A venue whose commitment is in force")]


@rule(
    gettext_lazy("At least one third-sector distributor is committed"),
    "Edellytämme, että mukana on 3. sektorin toimija/toimijoita",
    S3,
)
def no_committed_third_sector_distributor(facts: Facts) -> list[str]:
    """R4; S1: "ainakin Kaikukortin jakajina"."""
    if any(p.is_distributor and p.is_third_sector for p in facts.committed):
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


@rule(gettext_lazy("The start of distribution and the trial's dates are recorded"), firm=True)
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
    wrong = [_("An end of the trial after its start")] if end <= start else []
    return wrong + (
        [_("A start that is not to come: record it when it has happened")] if start > localdate().isoformat() else []
    )


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


@rule(gettext_lazy("No earlier step is open"), firm=True)
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
