"""Can a region walk the ten steps as its people would, in a real browser, signing in as each?"""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils.timezone import localdate
from playwright.sync_api import Page

from adoption.models import Partner, Phase
from adoption.people import add_kaikukeskus_person
from commitments.models import Commitment
from tests.people import a_region
from workflows.checks import faults
from workflows.models import Trial
from workflows.walk import a_pdf

pytestmark = pytest.mark.django_db(transaction=True)

LAURA, AINO, MIKKO = "laura@example.org", "aino@example.org", "mikko@example.org"


def written(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def today() -> str:
    """Read anew each time: a walk that begins before midnight types the day on which the page is."""
    return written(localdate())


class Visitor:
    """A person at a browser, who signs in by the code in the mail."""

    def __init__(self, page: Page, worker, email: str) -> None:
        self.page, self.worker = page, worker
        page.goto("/sign-in/")
        self.fill(email=email)
        self.press("main form button[type=submit]")
        worker.run()
        self.fill(code=code_for(email))
        self.press("main form button[type=submit]")
        assert "/sign-in/" not in page.url

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer
        assert answer.status == 200, path

    def fill(self, **values: object) -> None:
        """Types text, ticks boxes and chooses options by the fields' own names."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']:not([type=hidden])")
            kind = field.first.get_attribute("type") or field.first.evaluate("e => e.tagName.toLowerCase()")
            if kind in ("radio", "checkbox"):
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
            elif kind == "select":
                field.select_option(str(value))
            else:
                field.fill(str(value))

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        assert not self.page.locator(".error-summary").count(), self.page.locator(".error-summary").inner_text()

    def step(self, key: str, button: str = "confirm", **values: object) -> None:
        """Opens the step from the board, as one does, records and presses the button."""
        self.go("/regions/etela-savo/")
        self.press(f".steps a[href$='/{key}/']")
        self.fill(**values)
        self.press(f"button[name=act][value={button}]")


def code_for(email: str) -> str:
    """The newest code mailed to the address; other letters may have been sent along with it."""
    bodies = [letter.body for letter in mail.outbox if letter.to == [email]]
    found = [re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", body, re.MULTILINE) for body in bodies]
    return [code[1] for code in found if code][-1]


@pytest.fixture
def visitor(new_page, worker):
    add_kaikukeskus_person(LAURA, "Laura Mäkelä", None)
    a_region("etela-savo")
    people: dict[str, Visitor] = {}

    def visit(email: str) -> Visitor:
        if email not in people:
            people[email] = Visitor(new_page(), worker, email)
        return people[email]

    return visit


def test_a_region_walks_the_ten_steps_in_the_browser(visitor, tmp_path):
    begin(visitor(LAURA))
    laura, aino, mikko = (visitor(email) for email in (LAURA, AINO, MIKKO))
    town = Trial.objects.get().municipalities.get()
    laura.step("intro_event", date=today(), place="Teams", attendees=25)
    laura.step("local_pair")
    laura.step("pair_training", button="save", date=today(), trainer="Laura Mäkelä")
    for person in (aino, mikko):
        person.step("pair_training")
    add_partners(aino, mikko, town.pk)
    bodies = {f"organ_m{town.pk}": "Sivistyslautakunta", f"date_m{town.pk}": today()}
    bodies |= {"organ_county": "Aluehallitus", "date_county": today()}
    aino.step("workshop", date=today(), place="Kirjasto", attendees=34, **bodies)
    mikko.step("workshop")
    clear(mikko, laura)
    commit(aino, mikko, laura, tmp_path)
    for person in (aino, mikko):
        person.step("commitments")
    aino.step("kaikukanta_users", all_on=today())
    mikko.step("kaikukanta_users")
    numbers = {"cards": 500, "community_cards": 20, "brochures": 1500, "posters": 80, "cost": "1 850,50"}
    addresses = {"local_page": "https://www.example.org/kaikukortti", "feedback_email": "kaiku@example.org"}
    aino.step("print_comms", printed_on=today(), languages="fi", **numbers, **addresses)
    mikko.step("print_comms")
    mikko.step("induction", all_on=today(), all_manner="event")
    aino.step("induction")
    assert set(Partner.objects.values_list("state", flat=True)) == {Partner.State.ACTIVE}
    end = written(localdate() + timedelta(days=364))
    aino.step("start_distribution", start=today(), end=end)
    mikko.step("start_distribution")
    aino.go("/regions/etela-savo/meetings/new/")
    aino.fill(held_on=today(), attendees=18, minutes="Korttia on jaettu odotettua enemmän.")
    aino.press("main form button[type=submit]")
    aino.step("feedback")
    mikko.step("feedback")
    decision = {"outcome": "continue", "date": today(), "section": "§ 21", "record_number": "KP/99"}
    aino.step("decision", body="Sivistyslautakunta", **decision)
    mikko.step("decision", body="Aluehallitus", **decision)
    trial = Trial.objects.get()
    assert trial.decided == "continue"
    assert set(trial.region.members.values_list("phase", flat=True)) == {Phase.LASTING}
    assert all(c.carried_over_on for c in Commitment.objects.filter(kind=Commitment.Kind.PARTNER))
    assert faults() == []


def begin(laura: Visitor) -> None:
    """Kaikukeskus opens the trial and names the pair."""
    laura.go("/regions/etela-savo/open-trial/")
    laura.page.locator("main [name=municipalities]").first.check()
    start = localdate() + timedelta(days=150)
    laura.fill(planned_start=written(start), planned_end=written(start + timedelta(days=364)))
    laura.press("main form button[value=look]")
    laura.press("main button[value=open]")
    for side, email, name in (("culture", AINO, "Aino Virtanen"), ("care", MIKKO, "Mikko Kettunen")):
        laura.go("/regions/etela-savo/people/new/")
        laura.fill(side=side, email=email, name=name)
        laura.press("main form button[type=submit]")


def add_partners(aino: Visitor, mikko: Visitor, town: int) -> None:
    """The care side adds a third-sector distributor, the culture side a venue; both have said yes."""
    for person, role, kind, name in (
        (mikko, "distributor", "clubhouse", "Kohtaamispaikka Tupanen ry"),
        (aino, "venue", "culture", "Puu & Sivu <Oy>"),
    ):
        person.go(f"/regions/etela-savo/partners/new/?role={role}")
        person.fill(organisation_name=name, sector="third" if role == "distributor" else "private", kind=kind)
        if not person.page.locator("main [name=municipalities]:checked").count():
            person.fill(municipalities=town)
        person.fill(
            interest="yes", contact_name="Outi Karppinen", contact_email=f"{role}@example.org",
            signatory_name=f"Teemu {role.title()}", signatory_title="johtaja", signatory_basis="rules",
        )  # fmt: skip
        person.press("main form button[type=submit]")


def clear(mikko: Visitor, laura: Visitor) -> None:
    """The pair asks, Kaikukeskus clears in its queue."""
    partner = Partner.objects.get(role="distributor")
    mikko.go(f"{partner.get_absolute_url()}ask/")
    mikko.fill(client_group="Matalan kynnyksen kohtaamispaikka.", why_most="Neljä viidestä elää perusturvalla.")
    mikko.page.locator("main [name=most_in_tight]").first.check()
    mikko.press("main form button[type=submit]")
    laura.go("/queue/")
    laura.page.locator(".decide summary").first.click()
    laura.press(".queue form button[type=submit]")
    partner.refresh_from_db()
    assert partner.state == Partner.State.CLEARED


def commit(aino: Visitor, mikko: Visitor, laura: Visitor, folder) -> None:
    """Each commitment is drafted on step 5, completed, read, sent and signed; Kaikukeskus signs the region's last."""
    aino.go("/regions/etela-savo/")
    aino.press(".steps a[href$='/commitments/']")
    aino.press("form[action$='/commitment/'] button")
    region_commitment = Commitment.objects.get(kind=Commitment.Kind.REGION)
    name_signatory(laura, region_commitment)
    make_ready(aino, region_commitment)
    sign_by_copy(mikko, region_commitment, folder)
    sign_by_copy(laura, region_commitment, folder)
    for partner in Partner.objects.all():
        aino.go(partner.get_absolute_url())
        aino.press("form[action$='/commitment/'] button")
        commitment = Commitment.objects.get(partner=partner)
        make_ready(aino, commitment)
        mikko.go(f"{commitment.get_absolute_url()}kaikukanta/")
        mikko.fill(name="Laura Mäkelä", on=today())
        mikko.press("main form button[type=submit]")
    assert set(Commitment.objects.values_list("state", flat=True)) == {Commitment.State.IN_FORCE}


def name_signatory(laura: Visitor, commitment: Commitment) -> None:
    """Kaikukeskus names its own, whom no other can name."""
    laura.worker.run()
    laura.go(f"{commitment.get_absolute_url()}edit/")
    own = commitment.parties.get(role="kaikukeskus")
    laura.fill(**{f"signatory_name_{own.pk}": "Laura Mäkelä"})
    laura.press("main form button[type=submit]")


def make_ready(person: Visitor, commitment: Commitment) -> None:
    person.worker.run()
    person.go(f"{commitment.get_absolute_url()}edit/")
    for party in commitment.parties.exclude(role__in=["partner", "kaikukeskus"]):
        person.fill(**{f"signatory_name_{party.pk}": f"Antti {party.role}", f"record_number_{party.pk}": "KP/1/2026"})
    person.press("main form button[type=submit]")
    person.worker.run()
    person.go(f"{commitment.get_absolute_url()}preview/")
    person.press("form[action$='/check/'] button")
    person.go(commitment.get_absolute_url())
    person.press("form[action$='/send/'] button")


def sign_by_copy(person: Visitor, commitment: Commitment, folder) -> None:
    copy = folder / "allekirjoitettu.pdf"
    copy.write_bytes(a_pdf())
    person.go(f"{commitment.get_absolute_url()}copy/")
    person.page.locator("main [name=copy]").set_input_files(copy)
    for box in person.page.locator("main [name^=signed_]").all():
        box.check()
        party = (box.get_attribute("name") or "").removeprefix("signed_")
        own = commitment.parties.filter(pk=party, role="kaikukeskus").exists()
        person.fill(**{f"name_{party}": "Laura Mäkelä" if own else "Antti Hämäläinen", f"on_{party}": today()})
    person.press("main form button[type=submit]")
