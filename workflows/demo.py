"""What is in the demo? Regions at several places of the path, walked there by the services that the pages call."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import get_default_timezone, localdate

from adoption import notes, partners
from adoption.country import load
from adoption.days import A_DAY, next_working_day
from adoption.models import Organisation, Partner, Person, Region
from adoption.people import name_person
from adoption.shared_answers import change_answer, write_answer
from workflows import services
from workflows.arranging.inviting import Whom
from workflows.arranging.services import arrange
from workflows.my_work.own_tasks import add_task
from workflows.survey.opening import open_survey
from workflows.walk import Walk, add_partners, begin, print_materials, ready, walk

# Region → operating model and the step after which it stands; the list is in the order in which a newcomer looks.
PLACES = {
    "pohjois-savo": ("2024", "commitments"),
    "kainuu": ("2023", "pair_training"),
    "pohjanmaa": ("2024", "local_pair"),
    "keski-pohjanmaa": ("2024", "start_distribution"),
    "etela-karjala": ("2024", "decision"),
}


@transaction.atomic
def fill() -> bool:
    """The demo's people, trials and partners are there. Returns False, and does nothing, when they are already."""
    load()
    if Person.objects.exists():
        return False
    walks = {slug: _walked(slug, model, until) for slug, (model, until) in PLACES.items()}
    _waits_for_the_other(walks["pohjois-savo"])
    _asks(walks["pohjois-savo"])
    _is_asked_to_sign(walks["pohjois-savo"])
    _writes(walks["pohjois-savo"])
    _looks_for_partners(walks["kainuu"])
    _is_late(walks["kainuu"])
    _meets(walks["keski-pohjanmaa"])
    add_task(walks["pohjois-savo"].aino, "Soita kirjastoon: mihin esitteet toimitetaan?", localdate() + 5 * A_DAY)
    return True


def _walked(slug: str, model: str, until: str) -> Walk:
    here = begin(Region.objects.get(slug=slug), model, "demo")
    walk(here, until)
    return here


def _waits_for_the_other(here: Walk) -> None:
    """Step 7 is half confirmed, and the care side has a substitute."""
    print_materials(here)
    services.reopen_step(
        here.trial, "print_comms", here.laura, "Esitteen ruotsinkielinen taitto puuttui ensimmäisestä erästä."
    )
    services.confirm_step(here.trial, "print_comms", here.mikko)
    name_person(
        here.region, "care", "riitta.kallio@example.org", "Riitta Kallio", here.mikko,
        substitute=True, made_by="demo", title="sosiaaliohjaaja",
    )  # fmt: skip


def _asks(here: Walk) -> None:
    """Two new distributors wait for Kaikukeskus, one of them after a question."""
    first = _distributor(
        here,
        "Kallaveden Toimintatupa ry",
        "Sari Kolehmainen",
        "rehabilitative_work",
        "Lähes kaikki asiakkaat ovat pitkään työttöminä.",
    )
    partners.request_clearance(first, here.mikko)
    second = _distributor(
        here, "Savon Päiväkeskus Kajo ry", "Raimo Hyvönen", "substance_mental", "Useimmat elävät kuntoutustuella."
    )
    partners.request_clearance(second, here.mikko)
    partners.want_more(second, here.laura, "Kuinka moni kävijöistä on alle 18-vuotias?")
    partners.answer_question(second, here.mikko, "Ei kukaan: toiminta on tarkoitettu aikuisille.")


def _is_asked_to_sign(here: Walk) -> None:
    """A venue's signatory, who has no account, has the link for signing in a mail."""
    venue = partners.add_partner(
        here.region, here.aino, {"name": "Kuopion Kesäteatteri ry", "sector": Organisation.Sector.THIRD},
        Partner.Role.VENUE, list(here.region.municipalities.order_by("-population_2022")[:1]), kind="culture",
        interest="yes", offering="Kesän kaikki esitykset.", how_to_get="Lippukassalta.",
        contact={"email": "paivi.hakkinen@example.org", "name": "Päivi Häkkinen", "made_by": "demo"},
        signatory_name="Teemu Rissanen", signatory_title="puheenjohtaja", signatory_basis="rules",
        signatory_email="teemu.rissanen@example.org",
    )  # fmt: skip
    ready(services.draft_for_partner(venue, here.aino), here.mikko)


def _writes(here: Walk) -> None:
    """A note stands on the board and one on a partner, a question waits, and one that was answered is shared."""
    region, partner = ("region", here.region.pk), ("partner", here.partners()[0].pk)
    notes.leave_note(here.region, region, here.aino, "Kulttuurilautakunta kokoontuu 18. päivä.", "region")
    notes.leave_note(here.region, partner, here.mikko, "Toivoo perehdytystä vasta elokuussa.", "own")
    asked = "Saako kortinjakaja antaa kortin myös alle 16-vuotiaalle asiakkaalle?"
    note = notes.ask_kaikukeskus(here.region, region, here.mikko, asked)
    answer = "Kortin saa 16 vuotta täyttänyt. Nuorempi pääsee mukaan aikuisen kortilla."
    notes.answer_question(note, here.laura, answer)
    said = {
        "question_fi": asked, "answer_fi": answer,
        "question_sv": "Får en kortutdelare ge ett kort också till en klient som är under 16 år?",
        "answer_sv": "Den som har fyllt 16 år får ett kort. En yngre kommer med på en vuxens kort.",
    }  # fmt: skip
    change_answer(write_answer(here.laura, said), here.laura, said, publish=True)
    step = ("step", here.trial.steps.get(key="print_comms").pk)
    question = "Voiko esitteen painaa kahdessa erässä, jos kaikki kohteet eivät ole vielä mukana?"
    notes.ask_kaikukeskus(here.region, step, here.aino, question)


def _distributor(here: Walk, name: str, contact: str, kind: str, why: str) -> Partner:
    return partners.add_partner(
        here.region, here.mikko, {"name": name, "sector": Organisation.Sector.THIRD}, Partner.Role.DISTRIBUTOR,
        list(here.region.municipalities.order_by("-population_2022")[:1]), kind=kind, interest="yes",
        client_group="Avoin kohtaamispaikka ja työpaja.", most_in_tight=True, why_most=why, cards_per_year=60,
        contact={"email": f"contact.{Partner.objects.count()}@example.org", "name": contact, "made_by": "demo"},
        signatory_name="Jari Tiainen", signatory_title="puheenjohtaja", signatory_basis="rules",
    )  # fmt: skip


def _looks_for_partners(here: Walk) -> None:
    """The workshop is being prepared: candidates are in the list, the decisions are missing."""
    add_partners(here)


def _is_late(here: Walk) -> None:
    """The workshop should have been held a good week ago, and a colleague of the working group reads along."""
    here.trial.steps.filter(key="workshop").update(due=localdate() - timedelta(days=9))
    name_person(
        here.region,
        "group",
        "venla.moisio@example.org",
        "Venla Moisio",
        here.aino,
        made_by="demo",
        title="kirjastonhoitaja",
    )


def _meets(here: Walk) -> None:
    """Three times are proposed for the feedback meeting, and the partners are asked before it in a survey."""
    first = next_working_day(localdate() + 30 * A_DAY)
    days = [first, next_working_day(first + A_DAY), next_working_day(first + 7 * A_DAY)]
    times = [datetime.combine(day, time(9 + number), get_default_timezone()) for number, day in enumerate(days)]
    said = {
        "kind": "feedback", "title": "Palautekokous", "place": "Kirjaston kokoushuone", "link": "", "length": 90,
        "message": "Käydään läpi, miten jakaminen on alkanut.",
    }  # fmt: skip
    contacts = [Whom(partner.contact) for partner in here.partners() if partner.contact]
    meeting = arrange(here.region, here.aino, said, times, [Whom(here.mikko), Whom(here.laura), *contacts])
    open_survey(meeting, here.aino, first)
