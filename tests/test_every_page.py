"""Is the page of every address clean under axe? Each is opened once by somebody who may, in turns in Finnish, Swedish
and English, on a phone and on a desk; none is left out without being named here."""

import re
from datetime import timedelta
from itertools import cycle

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import Page

from adoption.contacts import pair
from adoption.mail_choices import off_path
from adoption.models import ContactCheck, Kind, Person
from commitments import services
from commitments.models import Certificate
from config.urls import PUBLIC
from tests import papers
from tests.people import a_venue
from tests.strangers import World, a_world, patterns
from tests.test_commitments import checked
from workflows.models import Meeting
from workflows.survey.opening import open_survey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.long]

# Addresses that take a form alone, and lead whoever opens them to the page on which it stands.
ACTS = {
    "account_logout", "batch_again", "certificate_again", "commitment_ask", "commitment_check", "commitment_remind",
    "commitment_review", "commitment_send", "commitments_remind", "contact_ask", "contact_confirm", "drafts_again",
    "handover_withdraw", "import_confirm", "mails_choose", "making_again", "note_withdraw", "partner_draft",
    "pdf_again", "person_close", "person_reopen", "person_right", "prepared_text_remove", "queue_decide",
    "region_draft", "responsibility_end", "responsible_ask", "responsible_confirm", "set_language", "sign_copy",
    "sign_decline", "sign_forward", "sign_renew", "still_hand_over", "still_leave", "still_renew",
    "successor_decline", "template_discard", "template_publish", "feed_renew", "feed_end", "own_task_done",
    "own_task_undo", "work_filter", "yearly_take_back",
}  # fmt: skip
FILES = {
    "accounts_csv", "all_accounts_csv", "certificate_file", "commitment_bundle", "document", "document_pdf",
    "document_sealed", "import_refused", "lists_file", "national_file", "partners_csv", "partners_xlsx",
    "plan_calendar", "plan_sheet", "region_bundle", "seal_certificate", "sign_certificate", "sign_document",
    "sign_pdf", "sign_sealed", "signed_copy", "template_file", "template_filled", "template_ours", "feed",
    "feed_region", "region_year_calendar", "invited_calendar", "minutes_file", "national_minutes_file",
}  # fmt: skip
OTHERS = {
    "making",  # a piece of the page of a commitment
    "health",  # for a machine
    "anything_else",  # says that nothing is there
}
WAYS = [
    ("fi", 390, "light"), ("en", 1280, "dark"), ("sv", 390, "dark"), ("en", 390, "light"), ("fi", 1280, "dark"),
    ("sv", 320, "light"), ("en", 320, "dark"), ("sv", 1280, "light"),
]  # fmt: skip
OF_THE_PAIR = {"question_new", "my_tasks"}


@pytest.fixture
def world(live_server, settings) -> World:
    settings.SITE_URL = live_server.url
    return a_world()


def of_papers(world: World) -> dict[str, str]:
    """The pages that a commitment has on its way: as a draft, and while it waits for signatures."""
    region, aino = world.here.region, world.here.aino
    named = {"signatory_email": "tiina.salo@example.org", "signatory_name": "Tiina Salo"}
    draft = papers.draft_partner_commitment(a_venue(region, aino, "Galleria Vire", **named), aino)
    sent = papers.draft_partner_commitment(a_venue(region, aino, "Teatteri Lampi", **named), aino)
    signers = {party.pk: {"signatory_name": f"Johtaja {party.pk}"} for party in sent.parties.exclude(role="partner")}
    sent = services.send(checked(papers.change_draft(sent, aino, signers), aino), aino)
    waiting = ("commitment_copy", "commitment_kaikukanta", "commitment_decline", "commitment_move")
    pages = {name: reverse(name, args=[region.slug, sent.pk]) for name in waiting}
    return pages | {"commitment_edit": reverse("commitment_edit", args=[region.slug, draft.pk])}


def by_link(world: World, worker) -> dict[str, str]:
    """The pages that stand behind the links in mails: of two contact persons one names who is to follow."""
    stays, leaves = world.here.partners()[:2]
    for partner in (stays, leaves):
        pair.ask_contact(partner, world.here.aino)
    worker.run()
    found = {"sign": mailed("sign"), "still": mailed("still", stays.contact.email), "invited": mailed("invited")}
    check = ContactCheck.objects.get(partner=leaves)
    follows = {"name": "Liisa Laine", "email": "liisa@example.org"}
    assert Client().post(f"{mailed('still', leaves.contact.email)}{check.pk}/successor/", follows).status_code == 302
    open_survey(Meeting.objects.get(pk=world.keys["arranged"]), world.here.aino, localdate() + timedelta(days=5))
    worker.run()
    found["survey_answer"] = mailed("survey")
    return found | {"successor": mailed("successor"), "mails_off": off_path(world.here.aino.pk, Kind.TOLD)}


def mailed(kind: str, address: str = "") -> str:
    texts = "\n".join(letter.body for letter in mail.outbox if address in letter.to[0])
    return re.search(rf"/{kind}/[^/\s]+/", texts)[0]


def pages_of(world: World, worker) -> dict[str, str]:
    """Name → address, of all that have a page."""
    special = of_papers(world) | by_link(world, worker)
    special["verify_file"] = reverse("verify_file", args=[Certificate.objects.all()[0].code])
    names = {pattern.name: pattern for pattern in patterns()}
    assert (ACTS | FILES | OTHERS) - names.keys() == set()
    return {
        name: special.get(name) or world.address(pattern)
        for name, pattern in names.items()
        if name not in ACTS | FILES | OTHERS
    }


def test_every_address_that_has_a_page(world, worker, new_page, axe):
    pages = pages_of(world, worker)
    visitors = {who: as_person(new_page(), who) for who in (world.here.laura, world.here.aino, None)}
    visitors[None].fill("[name=email]", "nobody@example.org")  # so that the page of the code has a code to wait for
    visitors[None].click("main form button")
    ways, faults = cycle(WAYS), []
    for name, path in pages.items():
        who = None if name in PUBLIC else world.here.aino if name in OF_THE_PAIR else world.here.laura
        reader = world.here.aino if name == "mails_off" else who  # her link speaks her language, whoever opens it
        faults += [f"{name}: {fault}" for fault in faults_of(visitors[who], reader, path, next(ways), axe)]
    assert faults == []


def as_person(page: Page, who: Person | None) -> Page:
    page.goto("/sign-in/")
    if who:
        client = Client()
        client.force_login(who)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": page.url.split("/sign-in")[0]}])
    return page


def faults_of(page: Page, who: Person | None, path: str, way: tuple[str, int, str], axe) -> list[str]:
    """What is wrong with the page in this language, at this width and by this light; and that it fits a phone."""
    language, width, scheme = way
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    if who:
        Person.objects.filter(pk=who.pk).update(language=language)
    else:
        site = page.url.split("/", 3)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": "/".join(site[:3])}])
    answer = page.goto(path)
    if answer.status != 200 or page.url.split("/", 3)[3] != path[1:]:
        return [f"{answer.status} at {page.url}"]
    found = [f"{fault} ({way})" for fault in axe(page)]
    if page.locator("html").get_attribute("lang") != language:
        found.append(f"not in {language}")
    for narrow in {width, 390}:
        page.set_viewport_size({"width": narrow, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"wider than {narrow} px")
    return found


def test_what_is_said_to_have_no_page_has_none(world, client):
    client.force_login(world.here.laura)
    for pattern in patterns():
        if pattern.name in (ACTS | FILES) - set(PUBLIC):
            answer = client.get(world.address(pattern))
            is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
            assert not is_page, pattern.name
