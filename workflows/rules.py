"""What must be there before a step closes? One function a rule: the facts of a step → the list of what is missing.

The same list is the checklist on the page, the refusal, and the test. Quotes are Kaikukeskus's own words:
S1 the adoption page (text of 3/2023), S3 the slides of 2024, S4 the workshop slides of North Savo, W4 the introductory
material for distributors.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adoption.access import KAIKUKESKUS
from adoption.models import Organisation, Partner
from adoption.refusal import Linked
from adoption.templatetags.kaiku import day as shown
from commitments.models import Party
from workflows.facts import Facts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

S1 = gettext_lazy("Kaikukortti.fi, adoption in a region, 3/2023")
S3 = gettext_lazy("Kaikukeskus's slides 2024")
W4 = gettext_lazy("Kaikukortti.fi, introductory material for distributors")
S4 = gettext_lazy("Workshop slides of North Savo 2023")


Check = Callable[[Facts], list[str]]
NO = "no"  # a body's answer: it does not take part; that it takes part is not written out


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule of a gate: its key, its words when it holds, Kaikukeskus's own words behind it, and the function.

    A rule without a quote is this service's own, and `ours` says why there is one."""

    key: str
    title: "StrOrPromise"
    check: Check
    quote: str = ""
    source: "StrOrPromise" = ""
    ours: "StrOrPromise" = ""
    firm: bool = False  # no override, since the engine itself stands on it

    def __call__(self, facts: Facts) -> list[str]:
        return self.check(facts)


def rule(
    title: "StrOrPromise", quote: str = "", source: "StrOrPromise" = "", firm: bool = False
) -> Callable[[Check], Rule]:
    """Makes a rule of the function that returns what is missing; its key is the function's name."""
    return lambda check: Rule(check.__name__, title, check, quote, source, firm=firm)


def _lacking(facts: Facts, *fields: tuple[str, str]) -> list[str]:
    """Of a step entered afterwards nothing: what was done before, and is not known here, counts as done."""
    if facts.row.entered_at:
        return []
    return [Linked(text, f"#id_{key}") for key, text in fields if facts.said(key) in (None, "", [])]


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
    href = reverse("person_name", args=[facts.region.slug])
    return [Linked(text, f"{href}?side={side}") for side, text in texts.items() if side not in facts.sides]


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
        href = reverse("partner_new", args=[facts.region.slug])
        return [Linked(_("At least one candidate for distributor or venue"), href)]
    silent = [p for p in facts.partners if not p.interest and p.state == Partner.State.CANDIDATE]
    return [Linked(_("The answer of %(name)s") % {"name": p}, f"#id_interest_{p.pk}") for p in silent]


@rule(gettext_lazy("Each body has decided to take part"), "PÄÄTÖS KOKEILUUN OSALLISTUMISESTA", S4)
def decision_to_join_missing(facts: Facts) -> list[str]:
    """Each municipality of the trial, and the county if there is one; a municipality that says no leaves the trial."""
    decided = {one["body"]: one for one in facts.row.evidence.get("decisions", []) if one.get("date") and one["organ"]}
    bodies = [(f"m{m.pk}", m.name) for m in facts.municipalities]
    if facts.region.county:
        bodies.append(("county", facts.region.county.name))
    lacking = [_of_body(facts, key, name, decided.get(key)) for key, name in bodies]
    return [lack for lack in lacking if lack]


def _of_body(facts: Facts, key: str, name: str, said: dict[str, str] | None) -> Linked | None:
    if said is None:
        return Linked(_("The decision of %(name)s to take part") % {"name": name}, f"#body-{key}")
    if said.get("answer") != NO:
        return None
    if key == "county":
        text = _("An agreement with Kaikukeskus on how to go on: %(name)s has decided not to take part")
        return Linked(text % {"name": name}, f"#body-{key}")
    text = _("The leaving of %(name)s, which has decided not to take part: Kaikukeskus takes it out of the trial")
    return Linked(text % {"name": name}, reverse("trial_correct", args=[facts.region.slug, facts.trial.pk]))


@rule(
    gettext_lazy("The region's commitment with Kaikukeskus is in force"),
    "Kaikukortin valtakunnalliseen toimintamalliin sitoutuminen on ehto verkostossa mukana olemiselle.",
    S1,
)
def region_commitment_not_in_force(facts: Facts) -> list[str]:
    lacking = [municipality.name for municipality in facts.unbound]
    if not lacking:
        return []
    if facts.is_for_kaikukeskus_to_sign:
        text = _("The signature of Kaikukeskus in the region commitment, which all others have signed")
        return [Linked(text, "#region-commitment", KAIKUKESKUS)]
    county = [str(Party.Role.COUNTY.label)] if facts.region.county_id else []
    names = [*lacking, *county, "Kaikukeskus"]
    text = _("A region commitment in force with %(names)s") % {"names": ", ".join(names)}
    return [Linked(text, "#region-commitment")]


@rule(
    gettext_lazy("At least one venue is committed"),
    "Paikalliset vastuutahot neuvottelevat kohteet mukaan",
    S3,
)
def no_committed_venue(facts: Facts) -> list[str]:
    if any(promise.role == Partner.Role.VENUE for promise in facts.promises):
        return []
    return [Linked(_("A venue whose commitment is in force"), "#partner-commitments")]


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
    return [Linked(_("A third-sector distributor whose commitment is in force"), "#partner-commitments")]


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
    return _nobody_committed(facts) or [
        Linked(_("The account of %(name)s") % {"name": p}, f"#id_account_{p.pk}")
        for p in facts.committed
        if p.account_on is None
    ]


def _nobody_committed(facts: Facts) -> list[str]:
    """What is asked of each committed partner does not hold while there is none."""
    if any(promise.partner for promise in facts.promises):
        return []
    return [Linked(_("A partner whose commitment is in force"), reverse("partners", args=[facts.region.slug]))]


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
    return _nobody_committed(facts) or [
        Linked(_("The induction of %(name)s") % {"name": p}, f"#id_induction_{p.pk}")
        for p in facts.committed
        if p.induction_on is None
    ]


@rule(
    gettext_lazy("Each committed partner has a named contact person"),
    "jokaisella Kaikukortti-kohteella ja Kaikukortin jakaja-organisaatiolla on nimetty Kaikukortti-yhteyshenkilö",
    S3,
)
def contacts_missing(facts: Facts) -> list[str]:
    """R7."""
    slug = facts.region.slug
    return _nobody_committed(facts) or [
        Linked(_("The contact person of %(name)s") % {"name": p}, reverse("partner_contact", args=[slug, p.pk]))
        for p in facts.committed
        if p.contact_id is None
    ]


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
    trained = facts.rows["pair_training"].evidence.get("date") or ""
    wrong = {
        _("An end of the trial after its start"): end <= start,
        _("A start that is not to come: record it when it has happened"): start > localdate().isoformat(),
        _("A start that is not before the training of the pair"): start < trained,
    }
    return [Linked(text, "#id_start") for text, holds in wrong.items() if holds]


@rule(
    gettext_lazy("The commitments of step 5 are in force still"),
    "Kaikukortin valtakunnalliseen toimintamalliin sitoutuminen on ehto verkostossa mukana olemiselle.",
    S1,
)
def commitments_no_longer_in_force(facts: Facts) -> list[str]:
    """5 before 9: what step 5 closed on is asked anew, but for what Kaikukeskus overrode or skipped there."""
    five = facts.rows["commitments"]
    if five.skipped:
        return []
    asked = (region_commitment_not_in_force, no_committed_venue, no_committed_third_sector_distributor)
    page = five.get_absolute_url()
    lacking = [text for one in asked if one.key not in five.overrides for text in one(facts)]
    return [Linked(text, page, getattr(text, "whose", "")) for text in lacking]


@rule(
    gettext_lazy("What steps 6 and 8 asked of the committed partners is there still"),
    "Perehdytys vastuuhenkilöille, kortin jakajille, Kaikukorttikohteille ennen kokeilun aloittamista",
    S4,
)
def partners_no_longer_ready(facts: Facts) -> list[str]:
    """6 and 8 before 9: asked anew of those whose commitment was in force when step 5 closed, but for what
    Kaikukeskus overrode or skipped there. Late partners begin by their own path, and keep nobody waiting."""
    six_and_eight = (
        ("kaikukanta_users", accounts_missing, "account_on", _("The account of %(name)s")),
        ("induction", inductions_missing, "induction_on", _("The induction of %(name)s")),
        ("induction", contacts_missing, "contact", _("The contact person of %(name)s")),
    )
    asked = [(fact, text) for key, rule, fact, text in six_and_eight if _is_asked_at(facts, key, rule)]
    if not asked:
        return []
    return _nobody_committed(facts) or [lack for fact, text in asked for lack in _without(facts, fact, text)]


def _is_asked_at(facts: Facts, key: str, rule: Rule) -> bool:
    """Whether the trial has the step, and Kaikukeskus has neither skipped it nor overridden its rule."""
    row = facts.rows.get(key)
    return row is not None and not row.skipped and rule.key not in row.overrides


def _without(facts: Facts, fact: str, text: str) -> list[str]:
    """The partners without it, each with its own page."""
    keys = {promise.partner for promise in facts.on_time if getattr(promise, fact) is None}
    found = facts.names_of(keys) if keys else []  # the names are read only where one is to be said
    return [Linked(text % {"name": p}, reverse("partner", args=[facts.region.slug, p.pk])) for p in found]


@rule(
    gettext_lazy("Distribution began after what it stands on: commitments, accounts, cards and inductions"),
    "Kaikukorttia ei voi käyttää ennen sen rekisteröintiä Kaikukantaan",
    W4,
)
def started_too_early(facts: Facts) -> list[str]:
    """5 to 8 before 9, by the days of those who were committed on time. That there is a start is another rule's."""
    start = str(facts.said("start") or "")
    partners = [promise for promise in facts.on_time if promise.partner]
    promised = [one.signed_on for one in facts.promises if one.partner is None and not one.replaces]
    latest = {
        _("A start that is not before the last signature of the commitments, %(day)s"): _last(
            [*promised, *(one.signed_on for one in partners if not one.replaces)]
        ),
        _("A start that is not before the last Kaikukanta account, %(day)s"): _last(
            [one.account_on for one in partners if not one.account_before] if "kaikukanta_users" in facts.rows else []
        ),
        _("A start that is not before the print run of the cards, %(day)s"): str(
            facts.rows["print_comms"].evidence.get("printed_on") or ""
        ),
        _("A start that is not before the last induction, %(day)s"): _last(
            [one.induction_on for one in partners if not one.induction_before]
        ),
    }
    return [
        Linked(text % {"day": shown(date.fromisoformat(day))}, "#id_start")
        for text, day in latest.items()
        if start and start < day
    ]


def _last(days: Iterable[date | None]) -> str:
    return max((day.isoformat() for day in days if day), default="")


def _open_before(facts: Facts) -> list[str]:
    if not facts.open_before:
        return []
    count = len(facts.open_before)
    text = ngettext("Step still open: %(titles)s", "Steps still open: %(titles)s", count)
    said = text % {"titles": ", ".join(str(title) for title in facts.open_before)}
    return [Linked(said, f"{facts.region.get_absolute_url()}#steps-{facts.trial.pk}")]


@rule(
    gettext_lazy("No earlier step is open"),
    "Perehdytys vastuuhenkilöille, kortin jakajille, Kaikukorttikohteille ennen kokeilun aloittamista",
    S4,
)
def earlier_step_open(facts: Facts) -> list[str]:
    """Reopened steps and those passed over early close before 9, 10 and the decision."""
    return _open_before(facts)


# Before 10 the distribution has begun long ago: the words about what precedes it belong to 9 alone.
earlier_step_open_at_feedback = replace(
    earlier_step_open, quote="", source="",
    ours=gettext_lazy(
        "This is Kaikupolku's own rule: what was reopened or passed over is closed before step 10, so that the meeting "
        "looks back on all of it."
    ),
)  # fmt: skip


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
    if facts.meetings:
        return []
    href = reverse("meeting_new", args=[facts.region.slug])
    return [Linked(_("A feedback meeting, its attendance and its minutes"), href)]


@rule(gettext_lazy("A survey has been held"), "Paikalliset palautekokoukset ja -kyselyt", S1)
def survey_not_held(facts: Facts) -> list[str]:
    """Demanded in 2023, offered in 2024."""
    return _lacking(facts, ("survey", _("The day of the survey")))
