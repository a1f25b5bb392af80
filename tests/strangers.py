"""Where do the closed addresses lead? To a region with a real thing of each kind; and who else knocks at them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import localdate, now
from django_q.models import OrmQ

from adoption.models import Person, Region
from adoption.notes import ask_kaikukeskus, leave_note
from adoption.people import find_or_make
from adoption.prepared_texts import add_text
from adoption.shared_answers import write_answer
from adoption.tables import pasted
from commitments import importing
from commitments.models import Batch, Certificate, CertificateFile, Commitment, Document, Rendition, Template
from commitments.publishing import upload
from commitments.storage import store
from tests.entries import lasting
from tests.hostile import saying
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_trial
from workflows import services
from workflows.arranging.inviting import Whom
from workflows.arranging.services import arrange
from workflows.bodies import add_body
from workflows.models import YearlyDone
from workflows.my_work.filters import Wanted, save_filter
from workflows.my_work.own_tasks import add_task
from workflows.walk import Walk, a_pdf, walk

HERE = "regions/<slug:slug>"
# What the keys of an address are of, by the address's beginning; the longest one that fits counts.
MEANT = {
    f"{HERE}/people/": "responsibility",
    f"{HERE}/partners/": "partner",
    f"{HERE}/notes/": "note",
    f"{HERE}/notes/new/": "region",
    f"{HERE}/questions/": "question",
    f"{HERE}/questions/new/": "region",
    f"{HERE}/commitments/": "commitment",
    f"{HERE}/bodies/": "body",
    f"{HERE}/meetings/": "meeting",
    f"{HERE}/year/": "yearly",
    f"{HERE}/meetings/arranged/": "arranged",
    "national-meetings/": "national",
    "people/": "person",
    "organisations/": "organisation",
    "joins/": "organisation",
    "queue/": "partner",
    "queue/texts/": "text",
    "answers/": "answer",
    "templates/": "template",
    "papers/": "batch",
    "my-work/tasks/": "own_task",
    "my-work/filters/": "filter",
}


@dataclass
class World:
    """The keys of the things by what they are; who may see them, and who has a right to something else only."""

    here: Walk
    keys: dict[str, object]
    entered: tuple[str, int]
    elsewhere: Region
    holder_elsewhere: Person
    another_contact: Person

    def address(self, pattern: URLPattern, **other: object) -> str:
        """The address of a real thing; `other`: values in the stead of its own."""
        return reverse(
            pattern.name, kwargs={name: (self._values(pattern) | other)[name] for name in arguments(pattern)}
        )

    def _values(self, pattern: URLPattern) -> dict[str, object]:
        route = str(pattern.pattern)
        values = {"key": "commitments", "language": "fi", "about": "region", "path": "no/such/page/"} | self.keys
        values |= {"kind": "organisations", "sample": "full", "slug": self.here.region.slug}
        if fit := [start for start in MEANT if route.startswith(start)]:
            values["pk"] = self.keys[MEANT[max(fit, key=len)]]
        if route.startswith("joins/"):
            values["gone"] = self.keys["other_organisation"]
        if route.startswith("my-work/items/"):
            values["key"] = f"own-{self.keys['own_task']}"
        return values | OWN_KIND.get(str(pattern.name), {}) | self._entered(pattern)

    def _entered(self, pattern: URLPattern) -> dict[str, object]:
        slug, trial = self.entered
        return {"slug": slug, "trial": trial} if pattern.name == "entry_correct" else {}


OWN_KIND: dict[str, dict[str, object]] = {
    "lists_file": {"kind": "text"},
    "agenda": {"kind": "feedback"},
    "template_ours": {"kind": "region_commitment"},
    "yearly_done": {"kind": "page"},
    "yearly_take_back": {"kind": "page"},
}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address of the site, whichever file names it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def arguments(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.regex.groupindex)


def everything() -> dict[str, list[tuple]]:
    """Every row of the site, and every job that is queued."""
    areas = [apps.get_app_config(area).get_models() for area in ("adoption", "commitments", "workflows")]
    models = [model for area in areas for model in area]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in [*models, OrmQ]}


# -- the things -------------------------------------------------------------------------------------------------------


def a_world() -> World:
    """A region walked to its commitments, one that was entered afterwards, and one of another pair."""
    region = a_region("etela-savo")
    here = Walk(a_trial(region), a_kaikukeskus_person(), *a_pair(region))
    walk(here, "commitments")
    entered = lasting(a_region("kainuu"), here.laura)
    elsewhere = a_region("lappi")
    holder = a_pair(elsewhere)[0]
    keys = _of_partners(here) | _of_papers(here) | _of_region(here) | _of_kaikukeskus(here.laura)
    return World(here, keys, (entered.region.slug, entered.pk), elsewhere, holder, _another_contact(here))


def _another_contact(here: Walk) -> Person:
    """Of a partner in the same region: nobody without a right to these things comes nearer to them."""
    partner = a_distributor(here.region, here.mikko, "Naapuri ry")
    partner.contact = find_or_make("naapuri@example.org", "Nelli Naapuri")
    partner.save()
    return partner.contact


def _of_partners(here: Walk) -> dict[str, object]:
    partner, other = here.partners()[:2]
    return {
        "partner": partner.pk, "gone": other.pk, "organisation": partner.organisation_id,
        "other_organisation": other.organisation_id,
    }  # fmt: skip


def _of_papers(here: Walk) -> dict[str, object]:
    """The region commitment, in force with its copy; its PDFs and its certificate as the worker would bring them."""
    commitment = Commitment.objects.get(region=here.region, kind=Commitment.Kind.REGION)
    document = Document.objects.filter(edition=commitment.edition)[0]
    for form in Rendition.Form.values:
        Rendition.objects.create(document=document, form=form, **_stored("documents"))
    CertificateFile.objects.create(
        certificate=Certificate.objects.get(commitment=commitment), language="fi", form="pdf", **_stored("certificates")
    )
    brought = importing.preview(here.region, here.aino, pasted("Nimi\nTupa ry"))
    return {
        "commitment": commitment.pk, "document": document.pk, "copy": commitment.copies.all()[0].pk,
        "party": commitment.parties.all()[0].pk, "brought": brought.pk,
        "batch": Batch.objects.create(region=here.region, asked_by=here.aino).pk,
    }  # fmt: skip


def _stored(folder: str) -> dict[str, object]:
    pdf = a_pdf()
    stored, digest = store(pdf, folder, "pdf")
    return {"file": stored, "sha256": digest, "size": len(pdf)}


def _of_region(here: Walk) -> dict[str, object]:
    region, about = here.region, ("region", here.region.pk)
    meeting = services.record_meeting(region, here.aino, localdate(), 5, "Hyvin meni.", kaikukeskus_took_part=True)
    said = {"kind": "feedback", "title": "Kokous", "place": "", "link": "", "length": 60, "message": ""}
    soon, others = [now() + timedelta(days=9)], [Whom(here.mikko)]
    return {
        "arranged": arrange(region, here.aino, said, soon, others).pk,
        "national": arrange(None, here.laura, said | {"kind": "national"}, soon, others).pk,
        "region": region.pk, "trial": here.trial.pk, "person": here.aino.pk, "meeting": meeting.pk,
        "responsibility": region.responsibilities.get(person=here.aino).pk,
        "body": add_body(region, here.aino, region.municipalities.all()[0], "Lautakunta", [localdate()]).pk,
        "note": leave_note(region, about, here.laura, "Huomio.", "region").pk,
        "yearly": YearlyDone.objects.create(region=region, kind="page", on=localdate(), recorded_by=here.aino).pk,
        "question": ask_kaikukeskus(region, about, here.aino, "Miten pohjasta saa korttia?").pk,
    }  # fmt: skip


def _of_kaikukeskus(laura: Person) -> dict[str, object]:
    template: Template = upload("region_commitment", "fi", saying("Kaikukeskuksen oma lause."), "oma.docx", laura)
    return {
        "template": template.pk,
        "text": add_text("more", "fi", "Oma lause", "Kertokaa lisää.", laura).pk,
        "own_task": add_task(laura, "Soittaa Kajaaniin").pk,
        "filter": save_filter(laura, "Myöhässä", Wanted(late=True)).pk,
        "answer": write_answer(laura, {"question_fi": "Miten?", "answer_fi": "Näin."}).pk,
    }
